"""What calls give back: receipts, plans, listings."""

import json
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from . import _arguments, _native, errors
from ._attribute import Attribute
from .errors import Violation, violations
from .words import ReceiptKind, by_number


@dataclass(frozen=True)
class NotComparable:
    """A pushed member that the service returns on no row, so that it cannot be compared.

    `pointer` is its JSON pointer within a record, `records` the number of live records that were
    pushed with it.
    """

    pointer: str
    records: int


class Receipt:
    """Proof of what Vanta accepted, or of what was found live; str() is a line for a log."""

    receipt_kind = Attribute[Optional[ReceiptKind]](
        "What it is proof of: pushed, verified, uploaded, or unchanged for a push that was not sent."
    )
    time = Attribute[str]("When, in RFC 3339.")
    resource_kind = Attribute[str]("The kind of the records.")
    resource_id = Attribute[str]("The id of the resource.")
    record_count = Attribute[int]("How many records the body has.")
    byte_len = Attribute[int]("The size of the body, in bytes.")
    sha256 = Attribute[str]("The SHA-256 of the body, in hexadecimal digits.")
    http_status = Attribute[int]("The status of the response.")
    request_id = Attribute[Optional[str]]("The name of the request at Vanta.")
    attempts = Attribute[int]("How many requests the call made: token requests, reads and writes.")
    token_generation = Attribute[int]("The number of the token; it counts the tokens of this process.")
    removed = Attribute[Optional[int]](
        "How many live records a push removed, None where the live records were not read."
    )
    upload_id = Attribute[Optional[str]]("What Vanta calls an upload.")
    origin = Attribute[Optional[str]]("The server.")
    application = Attribute[Optional[str]]("The client id, None with a static token.")
    not_comparable = Attribute[List[NotComparable]](
        "What verify could not compare: what Vanta holds for these members is not proved."
    )
    is_audited = Attribute[bool]("Whether the receipt is in the audit file.")
    warnings = Attribute[List[Violation]]("What Vanta may reject.")
    json = Attribute[str]("The line of the audit file.")

    def __init__(self, handle: _native.Handle) -> None:
        self.receipt_kind = by_number(ReceiptKind, _native.number("vanta_receipt_kind", handle) - 1)
        self.time = _native.text("vanta_receipt_time", handle) or ""
        self.resource_kind = _native.text("vanta_receipt_resource_kind", handle) or ""
        self.resource_id = _native.text("vanta_receipt_resource_id", handle) or ""
        self.record_count = _native.number("vanta_receipt_record_count", handle)
        self.byte_len = _native.number("vanta_receipt_byte_len", handle)
        self.sha256 = _native.text("vanta_receipt_sha256", handle) or ""
        self.http_status = _native.number("vanta_receipt_http_status", handle)
        self.request_id = _native.text("vanta_receipt_request_id", handle)
        self.attempts = _native.number("vanta_receipt_attempts", handle)
        self.token_generation = _native.number("vanta_receipt_token_generation", handle)
        removed = _native.number("vanta_receipt_removed", handle)
        self.removed = None if removed < 0 else removed
        self.upload_id = _native.text("vanta_receipt_upload_id", handle)
        self.origin = _native.text("vanta_receipt_origin", handle)
        self.application = _native.text("vanta_receipt_application", handle)
        self.not_comparable = not_comparable(_native.borrowed("vanta_receipt_not_comparable", handle))
        self.is_audited = _native.number("vanta_receipt_is_audited", handle) == 1
        self.warnings = violations(_native.borrowed("vanta_receipt_warnings", handle))
        self.json = _native.text("vanta_receipt_json", handle) or ""
        self._line = _native.text("vanta_receipt_line", handle) or ""
        handle.close()

    @classmethod
    def from_json(cls, line: str) -> "Receipt":
        """Reads a line of an audit file."""
        return cls(receipt_handle(line))

    def __repr__(self) -> str:
        what = f"{self.resource_kind} {self.resource_id}"
        return f"<Receipt: {self.receipt_kind} {what}, {self.record_count} records at {self.time}>"

    def __str__(self) -> str:
        return self._line


def receipt_handle(line: str) -> _native.Handle:
    text = _arguments.c_text(line, "line")
    name = "vanta_receipt_from_json"
    return _native.make("receipt", errors.raise_error, name, text, len(text))


def not_comparable(pointer: Any) -> List[NotComparable]:
    """The members that could not be compared, of a pointer of the library's, which may be borrowed."""

    def member(i: int) -> NotComparable:
        json_pointer = _native.text("vanta_not_comparable_pointer", pointer, i) or ""
        return NotComparable(json_pointer, _native.number("vanta_not_comparable_records", pointer, i))

    return [member(i) for i in range(_native.number("vanta_not_comparable_count", pointer))]


class ChangePlan:
    """What a push would change; str() has a line for each record that would be touched.

    A plan that the deletion guard would refuse is no error: look at `refusal`.
    """

    refusal = Attribute[Optional[str]](
        "Why the deletion guard would refuse the push, None where it would not. push() raises"
        " TooManyRemovals then."
    )
    is_empty = Attribute[bool](
        "Whether a push would change nothing; False where not_comparable lists members."
    )
    live = Attribute[int]("How many records are live.")
    records = Attribute[int]("How many records the body has.")
    added = Attribute[List[str]]("The uniqueIds that are not live yet.")
    changed = Attribute[List[Dict[str, Any]]](
        "The live records that would change: dicts with index, uniqueId and differences, which have"
        " pointer, live and pushed."
    )
    deactivated = Attribute[List[str]]("The uniqueIds of leavers: see Body.with_leavers().")
    removed = Attribute[List[str]]("The uniqueIds that would be deleted.")
    unchanged = Attribute[int]("How many live records would stay as they are.")
    not_comparable = Attribute[List[NotComparable]](
        "Members that cannot be compared. Among them are members that this body does not set and that"
        " an earlier push, as far as this process or the audit file knows, may have set (`records` is"
        " 0)."
    )
    warnings = Attribute[List[Dict[str, Any]]](
        "What Vanta may reject: dicts with index, uniqueId, pointer and message."
    )
    json = Attribute[str]("The plan as one JSON object.")

    def __init__(self, handle: _native.Handle) -> None:
        self.json = _native.text("vanta_change_plan_json", handle) or ""
        self._text = _native.text("vanta_change_plan_text", handle) or ""
        self.is_empty = _native.number("vanta_change_plan_is_empty", handle) == 1
        self.not_comparable = not_comparable(_native.borrowed("vanta_change_plan_not_comparable", handle))
        handle.close()
        told = json.loads(self.json)
        self.live = told["live"]
        self.records = told["records"]
        self.added = told["added"]
        self.changed = told["changed"]
        self.deactivated = told["deactivated"]
        self.removed = told["removed"]
        self.unchanged = told["unchanged"]
        self.warnings = told["warnings"]
        self.refusal = told["refusal"]
        if self.refusal is not None:
            theirs, self.refusal = self.refusal, errors.own_names(self.refusal)
            self._text = self._text.replace(theirs, self.refusal)
            quoted = json.dumps(theirs, ensure_ascii=False)
            self.json = self.json.replace(quoted, json.dumps(self.refusal, ensure_ascii=False))

    def __str__(self) -> str:
        return self._text[:-1]

    def __repr__(self) -> str:
        counts = f"{len(self.added)} added, {len(self.changed)} changed, {len(self.removed)} removed"
        return f"<ChangePlan: {counts}, {self.unchanged} unchanged>"

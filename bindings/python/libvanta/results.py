"""What calls give back: receipts, plans, listings."""

import json
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from . import _arguments, _native, errors
from .errors import violations
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
    """Proof of what Vanta accepted, or of what was found live; str() is a line for a log.

    `receipt_kind` is a ReceiptKind: pushed, verified, uploaded, or unchanged for a push that was not
    sent. `time` is when, in RFC 3339.
    `resource_kind`, `resource_id`, `record_count`, `byte_len` (bytes) and `sha256` tell of what.
    `removed` is how many live records a push removed, None where the live records were not read.
    `attempts` is how many requests the call made: token requests, reads and writes. `http_status` and
    `request_id` are those of the response. `token_generation` numbers the tokens of this process.
    `upload_id` is what Vanta calls an upload. `origin` is the server, `application` the client id, None
    with a static token. `not_comparable` lists what verify could not compare: what Vanta holds for
    these members is not proved. `warnings` lists what Vanta may reject. `is_audited` tells whether the
    receipt is in the audit file, `json` is the line that stands there.
    """

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
        self.removed: Optional[int] = None if removed < 0 else removed
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

    `added`, `deactivated` (see Body.with_leavers) and `removed` are lists of uniqueIds, `changed` is a list of dicts with the differences.
    `is_empty` tells whether a push would change nothing; it is False where `not_comparable` lists
    members that cannot be compared. Among them are members that this body does not set and that an
    earlier push, as far as this process or the audit file knows, may have set (`records` is 0).
    """

    def __init__(self, handle: _native.Handle) -> None:
        self.json = _native.text("vanta_change_plan_json", handle) or ""
        self._text = _native.text("vanta_change_plan_text", handle) or ""
        self.is_empty = _native.number("vanta_change_plan_is_empty", handle) == 1
        self.not_comparable = not_comparable(_native.borrowed("vanta_change_plan_not_comparable", handle))
        handle.close()
        told = json.loads(self.json)
        self.live: int = told["live"]
        self.records: int = told["records"]
        self.added: List[str] = told["added"]
        self.changed: List[Dict[str, Any]] = told["changed"]
        self.deactivated: List[str] = told["deactivated"]
        self.removed: List[str] = told["removed"]
        self.unchanged: int = told["unchanged"]
        self.warnings: List[Dict[str, Any]] = told["warnings"]
        self.refusal: Optional[str] = told["refusal"]
        if self.refusal is not None:
            theirs, self.refusal = self.refusal, errors.own_names(self.refusal)
            self._text = self._text.replace(theirs, self.refusal)
            quoted = json.dumps(theirs, ensure_ascii=False)
            self.json = self.json.replace(quoted, json.dumps(self.refusal, ensure_ascii=False))

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        counts = f"{len(self.added)} added, {len(self.changed)} changed, {len(self.removed)} removed"
        return f"<ChangePlan: {counts}, {self.unchanged} unchanged>"

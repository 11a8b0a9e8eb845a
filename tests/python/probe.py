"""Makes one call and prints its result, in the format that the probes of all languages share: see tests/c/probe.c."""

import sys
from pathlib import Path
from typing import Any, BinaryIO, Dict, List, Optional

import libvanta

RESOURCE = "66f0c0ffee0000000000a001"

RECEIPT_KINDS = {"pushed": 1, "verified": 2, "uploaded": 3, "unchanged": 4}


def print_violations(name: str, violations: List[libvanta.Violation]) -> None:
    for violation in violations:
        index = -1 if violation.index is None else violation.index
        print(f"{name} {index}|{violation.unique_id or '-'}|{violation.pointer}|{violation.message}")
        print(f"rule {violation.rule or '-'}")


def print_error(error: libvanta.VantaError) -> None:
    wait = -1 if error.retry_after is None else int(error.retry_after * 1000)
    actions = libvanta.errors.BY_ACTION.items()
    action = next(number for number, kind in actions if isinstance(error, kind))
    print(f"status {error.code:d}\naction {action}")
    print(f"stage {[stage.value for stage in libvanta.Stage].index(error.stage)}")
    print(f"http {error.http_status or 0}\nattempts {error.attempts}")
    print(f"retryable {int(error.is_retryable)}\nretry_after_ms {wait}")
    print(f"request_id {error.request_id or '-'}\noauth_error {error.oauth_error or '-'}")
    print(f"excerpt {error.excerpt or '-'}")
    print_violations("violation", error.violations)
    print_violations("warning", error.warnings)
    print(f"cause {error.cause_code or 0:d}\nmessage {error}")


def print_not_comparable(members: List[libvanta.NotComparable]) -> None:
    for member in members:
        print(f"not_comparable {member.pointer}|{member.records}")


def print_receipt(receipt: libvanta.Receipt) -> None:
    removed = -1 if receipt.removed is None else receipt.removed
    print(f"status 0\nreceipt_kind {RECEIPT_KINDS[receipt.receipt_kind or '']}\ntime {receipt.time}")
    print(f"kind {receipt.resource_kind}\nresource_id {receipt.resource_id}\nrecords {receipt.record_count}")
    print(f"bytes {receipt.byte_len}\nsha256 {receipt.sha256}\nhttp {receipt.http_status}")
    print(f"attempts {receipt.attempts}\ngeneration {receipt.token_generation}")
    print(f"removed {removed}\naudited {int(receipt.is_audited)}")
    print(f"request_id {receipt.request_id or '-'}\nupload_id {receipt.upload_id or '-'}")
    print(f"origin {receipt.origin or '-'}\napplication {receipt.application or '-'}")
    print_not_comparable(receipt.not_comparable)
    print_violations("warning", receipt.warnings)
    print(f"line {receipt}\njson {receipt.json}")


def print_plan(plan: libvanta.ChangePlan) -> None:
    print(f"status 0\nadded {len(plan.added)}\nchanged {len(plan.changed)}")
    print(f"removed {len(plan.removed)}\nunchanged {plan.unchanged}")
    print(f"refused {int(plan.refusal is not None)}\nempty {int(plan.is_empty)}")
    print_not_comparable(plan.not_comparable)
    print(f"text {plan}\njson {plan.json}")


class ShortReader:
    """Returns at most a thousand bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        return self.file.read(min(size, 1000))


def read_body(what: str) -> libvanta.Body:
    source, colon, path = what.rpartition(":")
    Body = libvanta.Body
    if source == "request":
        return Body.from_request(Path(path).read_bytes())
    if source == "array":
        return Body.from_json_array(RESOURCE, Path(path).read_bytes())
    if source == "ndjson":
        return Body.from_ndjson(RESOURCE, Path(path).read_bytes())
    if source == "ndjson-file":
        return Body.from_ndjson_file(RESOURCE, path)
    if source in ("ndjson-reader", "reader"):
        with open(path, "rb") as file:
            reader: Any = ShortReader(file)
            ndjson = source == "ndjson-reader"
            return Body.from_ndjson_reader(RESOURCE, reader) if ndjson else Body.from_reader(reader)
    return Body.from_file(Path(path))


class ProgressCalls:
    """A progress callback: counts its calls, and may raise, cancel or make a call."""

    def __init__(self, client: libvanta.Client, cancel: libvanta.Cancel, action: str) -> None:
        self.client, self.cancel, self.action = client, cancel, action
        self.sent = self.total = self.records = self.restarts = self.called = self.callback_status = 0

    def __call__(self, sent: int, total: int, records: int) -> None:
        self.restarts += self.called > 0 and sent < self.sent
        self.called += 1
        self.sent, self.total, self.records = sent, total, records
        if self.action == "throw":
            raise RuntimeError("lost")
        if self.action == "cancel":
            self.cancel.set()
        if self.action == "call":
            try:
                self.client.list("user_account", RESOURCE)
            except libvanta.VantaError as error:
                self.callback_status = error.code


def push_options(kind: str, body: libvanta.Body, words: Dict[str, str]) -> libvanta.PushOptions:
    options: Dict[str, Any] = {"rules": {}}
    for name, value in words.items():
        if name.startswith("rule:"):
            options["rules"][name[5:]] = value
        elif name in ("allow_empty", "allow_any_removals", "only_if_changed"):
            options[name] = True
        elif name == "expect_removals":
            options[name] = int(value)
        elif name in ("schema", "custom_properties"):
            options[name] = Path(value).read_text()
        elif name == "components":
            options[name] = [libvanta.Body.from_file(value)]
        elif name == "live_components":
            options[name] = value
        elif name == "baseline":
            options[name] = libvanta.Receipt.from_json(Path(value).read_text())
        elif name == "baseline_from_audit":
            options[name] = (value, kind, body.resource_id)
    return libvanta.PushOptions(**options)


def run(client: libvanta.Client, cancel: libvanta.Cancel, progress: Optional[ProgressCalls]) -> None:
    verb, kind, what = sys.argv[1:4]
    words = {word.partition("=")[0]: word.partition("=")[2] for word in sys.argv[4:]}
    how: Any = {"deadline": int(words.get("deadline_ms", "30000")) / 1000, "cancel": cancel}
    if verb == "list":
        listing = client.list(kind, what, **how)
        assert len(listing.rows) == listing.count
        assert len(listing.live) == listing.live_count
        print(f"status 0\nrows {listing.count}\nlive {listing.live_count}")
        return
    if verb == "upload":
        how["effective_at_date"] = words.get("date")
        how["description"] = words.get("description")
        print_receipt(client.upload(kind, what, progress=progress, **how))
        return
    body = read_body(what)
    options = push_options(kind, body, words)
    if verb == "push":
        print_receipt(client.push(kind, body, options, progress=progress, **how))
    elif verb == "verify":
        print_receipt(client.verify(kind, body, **how))
    elif verb == "plan":
        print_plan(client.plan(kind, body, options, **how))
    else:
        warnings = libvanta.validate(kind, body, options)
        print("status 0")
        print_violations("warning", warnings)


def main() -> None:
    sys.unraisablehook = lambda _: None  # what a progress callback raises
    cancel, progress = libvanta.Cancel(), None
    try:
        with libvanta.Client(libvanta.Config(environment=True)) as client:
            for action in (word[9:] for word in sys.argv if word.startswith("progress=")):
                progress = ProgressCalls(client, cancel, action)
            if "cancelled" in sys.argv:
                cancel.set()
            run(client, cancel, progress)
    except libvanta.VantaError as error:
        print_error(error)
    if progress and progress.called:
        print(f"progress {progress.sent} of {progress.total}, {progress.records} records, ", end="")
        print(f"restarts {progress.restarts}, callback status {progress.callback_status}")


main()

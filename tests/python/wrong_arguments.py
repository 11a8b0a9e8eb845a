"""Passes wrong types, negative numbers, closed clients and callbacks that raise. Checks the exceptions, and that nothing
is sent."""

import io
import sys
from pathlib import Path
from typing import Any, Callable, List, Type

import libvanta
from libvanta import Body, Client, Config, PushOptions, Receipt, validate

RESOURCE = "66f0c0ffee0000000000a001"
RECORD = {"uniqueId": "a", "displayName": "a", "externalUrl": "http://x.example.com"}
KIND = "custom_resource"


def raises(kind: Type[BaseException], words: str, call: Callable[[], Any]) -> None:
    try:
        call()
    except BaseException as error:
        exact = not isinstance(error, libvanta.VantaError)
        assert type(error) is kind if exact else isinstance(error, kind), (kind, repr(error))
        assert words in str(error), (words, str(error))
    else:
        raise AssertionError(f"{kind} was to be raised: {words}")


class Reader:
    """Returns its results one after the other, and raises those that are exceptions."""

    def __init__(self, *results: Any) -> None:
        self.results: List[Any] = list(results)

    def read(self, size: int) -> Any:
        result = self.results.pop(0) if self.results else b""
        if isinstance(result, BaseException):
            raise result
        return result


def wrong_types() -> None:
    text: Any = "[]"
    raises(TypeError, "must be bytes, not str", lambda: Body.from_request(text))
    raises(TypeError, "must be bytes, not str", lambda: Body.from_json_array(RESOURCE, text))
    raises(TypeError, "must be bytes, not str", lambda: Body.from_ndjson(RESOURCE, text))
    number: Any = 7
    raises(TypeError, "must be bytes, not int", lambda: Body.from_request(number))
    raises(TypeError, "must be a str, not int", lambda: Body.from_json_array(number, b"[]"))
    raises(TypeError, "PathLike", lambda: Body.from_file(number))
    raises(TypeError, "os.PathLike, not bytes", lambda: Body.from_file(b"/"))  # type: ignore
    raises(ValueError, "NUL", lambda: Body.from_ndjson("a\0b", b""))
    raises(ValueError, "JSON has no number inf", lambda: Body.from_records(RESOURCE, [{"a": float("inf")}]))
    assert Body.from_ndjson(RESOURCE, bytearray(b"")).record_count == 0  # type: ignore
    assert len(Body.from_records(RESOURCE, iter([RECORD]))) == 1


def readers() -> None:
    def from_reader(*results: Any) -> Callable[[], Body]:
        return lambda: Body.from_reader(Reader(*results))  # type: ignore

    raises(TypeError, "what read() gives must be bytes, not str", from_reader("{}"))
    raises(TypeError, "what read() gives must be bytes, not int", from_reader(7))
    raises(TypeError, "what read() gives must be bytes, not NoneType", from_reader(b"{", None))
    raises(OSError, "its own", from_reader(b"{", OSError("its own")))
    raises(KeyboardInterrupt, "", from_reader(b"{", KeyboardInterrupt()))
    raises(libvanta.ConfigError, "more than there is room", from_reader(b"x" * (1 << 20)))
    raises(libvanta.RecordsError, "EOF", from_reader())
    raises(TypeError, "not str", lambda: Body.from_reader(io.StringIO("{}")))  # type: ignore
    raises(AttributeError, "read", lambda: Body.from_reader(None))  # type: ignore
    lines = Reader(bytearray(b'{"uniqueId":'), memoryview(b'"a"}\n'))
    assert Body.from_ndjson_reader(RESOURCE, lines).record_count == 1  # type: ignore
    failing: Any = Reader(b'{"uniqueId":"a"}\n', ValueError("its own"))
    raises(ValueError, "its own", lambda: Body.from_ndjson_reader(RESOURCE, failing))


def options(body: Body) -> None:
    def validated(**options: Any) -> Callable[[], Any]:
        return lambda: validate(KIND, body, PushOptions(**options))

    raises(ValueError, "expect_removals", validated(expect_removals=-1))
    raises(ValueError, "contradict", validated(expect_removals=1, allow_any_removals=True))
    raises(ValueError, "expect_removals", validated(expect_removals=1 << 64))
    raises(TypeError, "expect_removals", validated(expect_removals=1.5))
    raises(TypeError, "expect_removals", validated(expect_removals=True))
    raises(ValueError, "null_optional, https_url", validated(rules={"https": "error"}))
    raises(ValueError, "off, warning, error, not 'fatal'", validated(rules={"https_url": "fatal"}))
    raises(TypeError, "components must be a list of bodies", validated(components=body))
    raises(TypeError, "must be a str, not int", validated(live_components=7))
    raises(ValueError, "unpack", validated(baseline_from_audit="audit.jsonl"))
    raises(ValueError, "unpack", validated(baseline_from_audit=("a", KIND, RESOURCE, "d")))
    raises(ValueError, "unpack", validated(baseline_from_audit=("a", KIND)))
    raises(TypeError, "JSON", validated(schema=b"{}"))
    raises(libvanta.CallError, "", validated(schema={"type": "colour"}))
    assert validated(schema={"properties": {}, "additionalProperties": True})()[0].pointer == "/externalUrl"
    assert repr(PushOptions(expect_removals=7)).startswith("PushOptions(rules={}, schema=None")
    assert "expect_removals=7" in repr(PushOptions(expect_removals=7))
    swapped: Any = (body, KIND)
    raises(TypeError, "must be a str, not Body", lambda: validate(*swapped))
    raises(libvanta.CallError, "", lambda: Receipt.from_json("{}"))


def closed(body: Body) -> None:
    client = Client(Config(environment=True))
    raises(ValueError, "0 or more", lambda: client.push(KIND, body, deadline=-1))
    raises(ValueError, "0 or more", lambda: client.token_valid_for(-1))
    raises(TypeError, "PathLike", lambda: client.upload("slot", None))  # type: ignore
    raises(TypeError, "must be a str, not NoneType", lambda: client.upload(None, "a"))  # type: ignore
    raises(TypeError, "must be a str, not Body", lambda: client.push(body, KIND))  # type: ignore
    client.close()
    client.close()
    for verb in (client.push, client.verify, client.plan):
        call: Any = verb
        raises(ValueError, "this client is closed", lambda: call(KIND, body))
    raises(ValueError, "this client is closed", lambda: client.upload("slot", "a"))
    raises(ValueError, "this client is closed", lambda: client.list(KIND, RESOURCE))
    raises(TypeError, "cannot be pickled", lambda: client.__reduce__())


def pushes(body: Body, audit: Path) -> None:
    seen: List[Any] = []
    sys.unraisablehook = lambda raised: seen.append(raised.exc_value)

    def failing(sent: int, total: int, records: int) -> None:
        raise RuntimeError("its own")

    def interrupted(sent: int, total: int, records: int) -> None:
        raise KeyboardInterrupt

    with Client(Config(environment=True, audit_file=str(audit))) as client:
        receipt = client.push(KIND, body, progress=failing)
        assert receipt.receipt_kind == "pushed" and receipt.removed == 0 and receipt.is_audited
        assert [type(error) for error in seen] == [RuntimeError] * len(seen) and seen
        assert audit.read_text() == receipt.json + "\n"
        assert [violation.pointer for violation in receipt.warnings] == ["/externalUrl"]
        assert str(receipt).startswith("custom_resource 66f0c0ffee0000000000a001: 1 record in")
        raises(KeyboardInterrupt, "", lambda: client.push(KIND, body, progress=interrupted))
        assert len(audit.read_text().splitlines()) == 2, "the push was accepted"
        # The receipt handle that the options make must live until the call.
        for _ in range(3):
            baseline = Receipt.from_json(receipt.json.replace('"recordCount":1', '"recordCount":9'))
            options = PushOptions(baseline=baseline, expect_removals=7)
            words = "8 of 9 live records would be deleted"
            raises(libvanta.TooManyRemovals, words, lambda: client.push(KIND, body, options))
        options = PushOptions(baseline_from_audit=(audit, KIND, RESOURCE))
        assert client.push(KIND, body, options).removed is None


def main() -> None:
    body = Body.from_records(RESOURCE, [RECORD])
    wrong_types()
    readers()
    options(body)
    closed(body)
    pushes(body, Path(sys.argv[1]))
    print("passed")


main()

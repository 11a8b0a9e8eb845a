"""Checks help(), repr() and dir(), the errors about arguments, logging, and a deadline that calls share."""

import dataclasses
import inspect
import logging
import pydoc
import secrets
import time
from typing import Any, Callable, List, Tuple

import libvanta
from libvanta import Body, Cancel, Client, Config, Deadline, Kind, PushOptions
from libvanta._attribute import Attribute

RESOURCE = secrets.token_hex(12)
RECORD = {"uniqueId": "a", "displayName": "a", "externalUrl": "https://x.example.com"}


def documentation() -> None:
    for settings in (Config, PushOptions):
        text = inspect.getdoc(settings) or ""
        for field in dataclasses.fields(settings):
            name = field.name
            if name == "environment":
                assert "environment=True" in text
                continue
            lines = text.partition(f"\n{name}\n")[2].splitlines()[:6]
            assert lines and lines[0].startswith("    ") and "Default: " in " ".join(lines), name
    text = inspect.getdoc(Config) or ""
    about = " ".join(text.partition("\ndeadline\n")[2][:300].split())
    assert "in seconds" in about and "Default: 120 s." in about, about
    assert "Variable: VANTA_CLIENT_ID." in text
    for name in libvanta.__all__:
        public = getattr(libvanta, name)
        assert name == "__version__" or public.__doc__, name
        if isinstance(public, type):
            methods = {key: value for key, value in vars(public).items() if key[0] != "_"}
            for key, method in methods.items():
                is_own = callable(method) or isinstance(method, (property, classmethod))
                assert not is_own or getattr(public, key).__doc__ or method.__doc__, (name, key)
    assert dir(libvanta) == sorted(libvanta.__all__)
    overview = libvanta.__doc__ or ""
    functions = {"library_version", "records", "validate"}
    for name in ("Config", "Client", "Body", "PushOptions", "Deadline", "VantaError", *functions - {"library_version"}):
        assert f"    {name}" in overview, name
    assert len(overview.splitlines()) < 40


def attributes(*instances: Any) -> None:
    """What an instance has, its class shows to help() and dir() with a text for each."""
    for instance in instances:
        kind = type(instance)
        found = {name for name in vars(instance) if name[0] != "_"}
        shown = {name for name in dir(kind) if isinstance(getattr(kind, name), Attribute)}
        assert found == shown, (kind, found ^ shown)
        text = pydoc.plain(pydoc.render_doc(kind))
        for name in shown:
            assert hasattr(kind, name) and inspect.getdoc(getattr(kind, name)), name
            assert f" {name} = {getattr(kind, name)!r}" in text, (name, text)
    snapshot = inspect.getdoc(libvanta.Snapshot) or ""
    for field in dataclasses.fields(libvanta.Snapshot):
        assert f"\n{field.name}\n    " in snapshot, field.name
    account = inspect.getdoc(libvanta.records.UserAccount) or ""
    for field in dataclasses.fields(libvanta.records.UserAccount):
        assert f"\n{field.name}\n    " in account, field.name
    try:
        libvanta.Receipt.__new__(libvanta.Receipt).sha256
        raise AssertionError("it has no value")
    except AttributeError as error:
        assert str(error) == "this Receipt has no sha256"


def shown(client: Client) -> None:
    body = Body.from_records(RESOURCE, [RECORD])
    token = client.token()
    receipt = client.push(Kind.CUSTOM_RESOURCE, body)
    assert repr(receipt).startswith(f"<Receipt: pushed custom_resource {RESOURCE}, 1 record"), receipt
    plan = client.plan(Kind.CUSTOM_RESOURCE, body)
    attributes(receipt, plan, body)
    assert repr(plan) == "<ChangePlan: 0 added, 0 changed, 0 removed, 1 unchanged>"
    listing = client.list(Kind.CUSTOM_RESOURCE, RESOURCE)
    assert repr(listing) == "<Listing: 1 rows, 1 live>"
    assert repr(client) in ("<Client>", f"<Client of {Config().client_id}>")
    for one in (receipt, plan, listing, client, listing.live):
        assert token not in repr(one) + str(one) and "0x" not in repr(one)


def wrong(client: Client) -> None:
    body = Body.from_records(RESOURCE, [RECORD])
    one: Any = RECORD
    advice = "body must be a Body, not list: make one with Body.from_records(resource_id, records)"
    calls: List[Tuple[str, Callable[[], Any]]] = [
        (advice, lambda: client.push("custom_resource", [one])),  # type: ignore
        (advice, lambda: client.verify("custom_resource", [one])),  # type: ignore
        (advice, lambda: libvanta.validate("custom_resource", [one])),  # type: ignore
        ("kind must be a str, not Body", lambda: client.push(body, "custom_resource")),  # type: ignore
        ("options must be a PushOptions, not dict", lambda: client.push("a", body, {})),  # type: ignore
        ("deadline must be a number of seconds, not str", lambda: client.token(deadline="1")),  # type: ignore
        ("cancel must be a Cancel, not bool", lambda: client.token(cancel=True)),  # type: ignore
        ("progress must be a function, not int", lambda: client.push("a", body, progress=1)),  # type: ignore
        ("resource_id must be a str, not int", lambda: client.list("secret", 1)),  # type: ignore
        ("token must be a str, not bytes", lambda: client.report_token_rejected(b"")),  # type: ignore
        ("config must be a Config, not dict", lambda: Client({})),  # type: ignore
        ("client_id must be a str, not int", lambda: Client(Config(client_id=1))),  # type: ignore
        ("client_secret must be a str", lambda: Client(Config(client_secret=b""))),  # type: ignore
        ("ca_file must be a str or an os.PathLike", lambda: Client(Config(ca_file=1))),  # type: ignore
        ("retry_on_401 must be True or False", lambda: Client(Config(retry_on_401="no"))),  # type: ignore
        ("on_event must be a function", lambda: Client(Config(on_event="no"))),  # type: ignore
        ("components must be a list of bodies", lambda: libvanta.validate(
            "secret", body, PushOptions(components=body))),  # type: ignore
        ("allow_empty must be True or False", lambda: libvanta.validate(
            "secret", body, PushOptions(allow_empty="no"))),  # type: ignore
    ]
    for words, call in calls:
        try:
            call()
        except TypeError as error:
            assert str(error).startswith(words), (words, str(error))
        else:
            raise AssertionError(words)


class RecordingHandler(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: List[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def logged() -> None:
    handler, seen = RecordingHandler(), []
    logger = logging.getLogger("libvanta")
    # Without a handler nothing is written to stderr, which the test checks.
    with Client(Config(environment=True)) as client:
        client.report_token_rejected(client.token())
        client.token()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    config = Config(environment=True, on_event=lambda *event: seen.append(event))
    with Client(config) as client:
        client.report_token_rejected(client.token())
        client.token()
    events = [(getattr(each, "event"), each.levelname, each.getMessage()) for each in handler.records]
    levels = {True: "WARNING", False: "INFO"}
    assert events == [(event, levels[is_warning], line) for event, is_warning, line in seen], events
    assert any(event is libvanta.Event.NEW_TOKEN for event, _, _ in events), events
    logger.removeHandler(handler)


def deadlines(client: Client) -> None:
    shared = Deadline(60)
    assert 59 < shared.remaining <= 60 and repr(shared).startswith("<Deadline: ")
    client.list(Kind.CUSTOM_RESOURCE, RESOURCE, deadline=shared)
    passed = Deadline(0)
    assert passed.remaining == 0
    for _ in range(2):
        try:
            client.list(Kind.CUSTOM_RESOURCE, RESOURCE, deadline=passed)
        except libvanta.DeadlineExceeded as error:
            assert error.code is libvanta.Status.DEADLINE_EXCEEDED and error.exit_code == 75
        else:
            raise AssertionError("the deadline has passed")
    before = shared.remaining
    time.sleep(0.05)
    assert shared.remaining < before


def main() -> None:
    documentation()
    with Client(Config(environment=True)) as client:
        shown(client)
        wrong(client)
        deadlines(client)
        cancelled = Cancel()
        cancelled.set()
        try:
            client.list("secret", RESOURCE, cancel=cancelled)
        except libvanta.Cancelled as error:
            assert error.exit_code == 130
            attributes(error)
    assert repr(client).startswith("<closed Client")
    logged()
    print("passed")


main()

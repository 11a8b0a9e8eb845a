"""An embeddable client for Vanta's private-integration API: token, push, list.

    with Client(Config(environment=True)) as client:
        receipt = client.push_file("user_account", "accounts.json")
        print(client.list("user_account", receipt.resource_id).live_count)

Calls block, and let other Python threads run meanwhile; a client may be used by any of them.
"""

import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Dict, List, Optional, Type

from . import _native, errors
from .errors import (
    CallError,
    Cancelled,
    ConfigError,
    CredentialsError,
    Fault,
    OutcomeUnknown,
    RecordsError,
    ReportError,
    RetryLater,
    VantaError,
)

__version__ = "0.1.0"

__all__ = [
    "CallError",
    "Cancel",
    "Cancelled",
    "Client",
    "Config",
    "ConfigError",
    "CredentialsError",
    "Fault",
    "Listing",
    "OutcomeUnknown",
    "Receipt",
    "RecordsError",
    "ReportError",
    "RetryLater",
    "VantaError",
    "library_version",
]


def library_version() -> str:
    """The version of the library that is loaded."""
    return _native.version()


@dataclass(frozen=True)
class Config:
    """How to reach Vanta, as whom, and how patiently. Its repr does not show the secret."""

    client_id: Optional[str] = None
    client_secret: Optional[str] = field(default=None, repr=False)
    client_secret_file: Optional[str] = None
    origin: Optional[str] = None
    scope: Optional[str] = None
    token_store: Optional[str] = None
    ca_file: Optional[str] = None
    application: Optional[str] = None
    deadline: Optional[float] = None
    margin: Optional[int] = None
    list_cap: Optional[int] = None
    allow_plain_http_to_loopback: bool = False
    environment: bool = False

    def _native(self) -> _native.Handle:
        handle = _native.new("config")

        def tell(name: str, *values: Any) -> None:
            errors.check(_native.status_of(f"vanta_config_{name}", handle.get(), *values))

        texts = ("client_id", "client_secret_file", "origin", "scope", "token_store", "ca_file")
        for name in (*texts, "application"):
            value = getattr(self, name)
            if value is not None:
                tell(f"set_{name}", _text(str(value)))
        if self.client_secret is not None:
            secret = self.client_secret.encode()
            tell("set_client_secret", secret, len(secret))
        if self.deadline is not None:
            tell("set_deadline_ms", _milliseconds(self.deadline))
        if self.margin is not None:
            tell("set_margin", self.margin)
        if self.list_cap is not None:
            tell("set_list_cap", self.list_cap)
        if self.allow_plain_http_to_loopback:
            tell("allow_plain_http_to_loopback")
        if self.environment:
            tell("use_environment")
        return handle


class Cancel:
    """A switch that ends calls from another thread."""

    def __init__(self) -> None:
        self._handle = _native.new("cancel")

    def now(self) -> None:
        """Ends the calls that have this switch within 200 ms, and all later ones at once."""
        _native.cancel_now(self._handle)


class Receipt:
    """Proof of a push that Vanta accepted; str() is a line for a log."""

    def __init__(self, handle: _native.Handle) -> None:
        self.resource_id = _native.text("vanta_receipt_resource_id", handle) or ""
        self.records = _native.number("vanta_receipt_records", handle)
        self.bytes = _native.number("vanta_receipt_bytes", handle)
        self.attempts = _native.number("vanta_receipt_attempts", handle)
        self.http_status = _native.number("vanta_receipt_http_status", handle)
        self.request_id = _native.text("vanta_receipt_request_id", handle)
        self._line = _native.text("vanta_receipt_line", handle) or ""
        handle.close()

    def __str__(self) -> str:
        return self._line


class Listing:
    """What Vanta holds of one resource; each row is a dict, with what Vanta added to it."""

    def __init__(self, handle: _native.Handle) -> None:
        self.count = _native.number("vanta_listing_count", handle)
        self.live_count = _native.number("vanta_listing_live_count", handle)
        # Room for usual rows; a larger text is asked for again, which sends nothing.
        size = 1024 * (self.count + 1)
        text = _native.fill(errors.raise_error, size, "vanta_listing_json", handle.get())
        self.rows: List[Dict[str, Any]] = json.loads(text)
        handle.close()

    @property
    def live(self) -> List[Dict[str, Any]]:
        """The rows that are not soft-deleted."""
        return [row for row in self.rows if row["deletedAt"] is None]


class Client:
    """A client of one application; any number of threads may use it, and they share one token.

    Each call takes `deadline`, in seconds, and `cancel`, a Cancel, as keyword arguments.
    """

    def __init__(self, config: Config) -> None:
        made = config._native()
        self._handle = _native.make("client", errors.raise_error, "vanta_client_new", made.get())

    def close(self) -> None:
        """Frees the client, and wipes its token and secret; no thread may be inside a call."""
        self._handle.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise TypeError("a Client cannot be pickled or copied: make one in each process")

    def token(self, *, deadline: Optional[float] = None, cancel: Optional[Cancel] = None) -> str:
        """A token that lives longer than the margin, for a header of your own."""
        call = _call(deadline, cancel)
        arguments = (self._handle.get(), call.get())
        return _native.fill(errors.raise_error, 256, "vanta_token", *arguments)

    def token_valid_for(
        self, seconds: int, *, deadline: Optional[float] = None, cancel: Optional[Cancel] = None
    ) -> str:
        """A token that lives at least so many seconds."""
        call = _call(deadline, cancel)
        arguments = (self._handle.get(), seconds, call.get())
        return _native.fill(errors.raise_error, 256, "vanta_token_valid_for", *arguments)

    def push_json(
        self,
        kind: str,
        body: bytes,
        *,
        deadline: Optional[float] = None,
        cancel: Optional[Cancel] = None,
    ) -> Receipt:
        """Replaces everything Vanta holds of `kind` with the records of a whole request body."""
        call = _call(deadline, cancel)
        arguments = (_text(kind), body, len(body), call.get())
        return self._push("vanta_push_json", *arguments)

    def push_records(
        self,
        kind: str,
        resource_id: str,
        records: List[Dict[str, Any]],
        *,
        deadline: Optional[float] = None,
        cancel: Optional[Cancel] = None,
    ) -> Receipt:
        """Replaces everything Vanta holds of `kind` with these records."""
        call = _call(deadline, cancel)
        array = json.dumps(records, allow_nan=False).encode()
        arguments = (_text(kind), _text(resource_id), array, len(array), call.get())
        return self._push("vanta_push_records", *arguments)

    def push_file(
        self,
        kind: str,
        path: str,
        *,
        deadline: Optional[float] = None,
        cancel: Optional[Cancel] = None,
    ) -> Receipt:
        """Replaces everything Vanta holds of `kind` with the request body in a file."""
        call = _call(deadline, cancel)
        return self._push("vanta_push_file", _text(kind), _text(str(path)), call.get())

    def _push(self, name: str, *arguments: Any) -> Receipt:
        made = _native.make("receipt", errors.raise_error, name, self._handle.get(), *arguments)
        return Receipt(made)

    def list(
        self,
        kind: str,
        resource_id: str,
        *,
        deadline: Optional[float] = None,
        cancel: Optional[Cancel] = None,
    ) -> Listing:
        """Reads what Vanta holds of `kind` for a resource, soft-deleted rows among it."""
        call = _call(deadline, cancel)
        arguments = (self._handle.get(), _text(kind), _text(resource_id), call.get())
        made = _native.make("listing", errors.raise_error, "vanta_list", *arguments)
        return Listing(made)


def _call(deadline: Optional[float], cancel: Optional[Cancel]) -> _native.Handle:
    handle = _native.new("call")
    if deadline is not None:
        milliseconds = _milliseconds(deadline)
        status = _native.status_of("vanta_call_set_deadline_ms", handle.get(), milliseconds)
        errors.check(status)
    if cancel is not None:
        switch = cancel._handle.get()
        errors.check(_native.status_of("vanta_call_set_cancel", handle.get(), switch))
    return handle


def _milliseconds(seconds: float) -> int:
    if not 0 <= seconds < 1e12:
        raise ValueError("a deadline is a number of seconds, 0 or more")
    return int(seconds * 1000)


def _text(text: str) -> bytes:
    if "\0" in text:
        raise ValueError("a text for libvanta cannot hold a NUL")
    return text.encode()

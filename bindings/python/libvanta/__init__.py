"""An embeddable client for Vanta's private-integration API: token, push, list.

    with Client(Config(environment=True)) as client:
        receipt = client.push("user_account", Body.from_file("accounts.json"))
        print(client.list("user_account", receipt.resource_id).live_count)

Calls block, and let other Python threads run meanwhile; a client may be used by any of them.
"""

import json
from types import TracebackType
from typing import Any, Dict, List, Optional, Type

from . import _native, errors
from ._native import UnusableStore
from .body import Body
from .config import Config, TokenStore, native
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
from .snapshot import Snapshot, taken

__version__ = "0.1.0"

__all__ = [
    "Body",
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
    "Snapshot",
    "TokenStore",
    "UnusableStore",
    "VantaError",
    "library_version",
]


def library_version() -> str:
    """The version of the library that is loaded."""
    return _native.version()


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
        made = native(config)
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

    def token_refused(self, token: str) -> None:
        """Tells that Vanta refused a token with 401 in a request of your own."""
        text = token.encode()
        arguments = (self._handle.get(), text, len(text))
        errors.check(_native.status_of("vanta_token_refused", *arguments))

    def snapshot(self) -> Snapshot:
        """The state of the application's token in this process; it waits for nothing."""
        name = "vanta_client_snapshot"
        made = _native.make("snapshot", errors.raise_error, name, self._handle.get())
        return taken(made)

    def push(
        self,
        kind: str,
        body: Body,
        *,
        deadline: Optional[float] = None,
        cancel: Optional[Cancel] = None,
    ) -> Receipt:
        """Replaces everything Vanta holds of `kind` for the body's resource with its records."""
        call = _call(deadline, cancel)
        arguments = (self._handle.get(), _native.c_text(kind), body._handle.get(), call.get())
        return Receipt(_native.make("receipt", errors.raise_error, "vanta_push", *arguments))

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
        arguments = (self._handle.get(), _native.c_text(kind), _native.c_text(resource_id), call.get())
        made = _native.make("listing", errors.raise_error, "vanta_list", *arguments)
        return Listing(made)


def _call(deadline: Optional[float], cancel: Optional[Cancel]) -> _native.Handle:
    handle = _native.new("call")
    if deadline is not None:
        milliseconds = _native.milliseconds(deadline)
        status = _native.status_of("vanta_call_set_deadline_ms", handle.get(), milliseconds)
        errors.check(status)
    if cancel is not None:
        switch = cancel._handle.get()
        errors.check(_native.status_of("vanta_call_set_cancel", handle.get(), switch))
    return handle

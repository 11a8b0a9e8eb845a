"""Clients: token, plan, push, verify, list, upload."""

from datetime import date
from types import TracebackType
from typing import Any, List, Optional, Type, Union

from . import _arguments, _native, errors, waiting
from .body import Body, Path, handle_of
from .config import Config, native
from .errors import Violation, violations
from .listing import Listing
from .listing import taken as taken_listing
from .options import Cancel, Deadline, Progress, PushOptions
from .options import native as native_call
from .results import ChangePlan, Receipt
from .snapshot import Snapshot, taken

# Seconds, or a deadline that several calls share.
Limit = Union[float, Deadline, None]


def library_version() -> str:
    """Returns the version of the library that is loaded."""
    return _native.text("vanta_version") or ""


def validate(kind: str, body: Body, options: Optional[PushOptions] = None) -> List[Violation]:
    """Validates all records of a body, and sends nothing. Raises InvalidRecords with every violation;
    returns the warnings: what Vanta may reject."""
    call = native_call(options=options)
    arguments = (_arguments.c_text(kind, "kind"), handle_of(body), call)
    made = _native.make("violations", errors.raise_error, "vanta_validate", *arguments)
    return violations(made)


class Client:
    """A client of one application; any number of threads may use it, and they share one token.

    Each call takes `deadline` and `cancel` as keyword arguments. `deadline` is the timeout of the whole
    call in seconds, or a Deadline that several calls share; default that of the configuration (120 s).
    No token request starts with less than 2 s left: a call with a shorter deadline succeeds only with a
    cached or stored token. `cancel` is a Cancel, which ends the call from another thread.
    """

    def __init__(self, config: Config) -> None:
        made = native(config)
        self._handle = _native.make("client", errors.raise_error, "vanta_client_new", made)
        self._serial = _native.serial_function()
        # The last token that was given out, and its number.
        self._kept = 0, ""
        self._client_id = config.client_id

    def __repr__(self) -> str:
        state = "closed " if self._handle.pointer is None else ""
        return f"<{state}Client{' of ' if self._client_id else ''}{self._client_id or ''}>"

    def close(self) -> None:
        """Wipes the token and the secret and frees the client, when the calls of other threads have
        ended."""
        self._handle.close()
        self._kept = 0, ""

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    __reduce__ = _native.uncopied

    def token(self, *, deadline: Limit = None, cancel: Optional[Cancel] = None) -> str:
        """Returns a token that is valid for longer than the expiry margin, for a request of your own."""
        serial, kept = self._serial(self._handle.pointer), self._kept
        if serial == kept[0] and serial and deadline is None and cancel is None:
            return kept[1]
        call = native_call(deadline, cancel)
        if not serial:
            return self._token("vanta_token", call, call)
        # It is in hand: another thread would cost a hundred times as much.
        found = self._filled("vanta_token", call)
        if self._serial(self._handle.pointer) == serial:
            self._kept = serial, found
        return found

    def token_valid_for(
        self, seconds: int, *, deadline: Limit = None, cancel: Optional[Cancel] = None
    ) -> str:
        """Returns a token that is valid for at least so many seconds."""
        call, least = native_call(deadline, cancel), _arguments.count(seconds, "seconds")
        if self.snapshot().seconds_left > max(60, least):
            return self._filled("vanta_token_valid_for", least, call)
        return self._token("vanta_token_valid_for", call, least, call)

    def _token(self, name: str, call: _native.Handle, *arguments: Any) -> str:
        return waiting.interruptible(call.cancel, lambda: self._filled(name, *arguments))

    def _filled(self, name: str, *arguments: Any) -> str:
        return _native.fill(errors.raise_error, 256, name, self._handle, *arguments)

    def report_token_rejected(self, token: str) -> None:
        """Reports that Vanta rejected a token with 401 in a request of your own."""
        text = _arguments.c_text(token, "token")
        arguments = (self._handle, text, len(text))
        errors.check(_native.status_of("vanta_report_token_rejected", *arguments))

    def snapshot(self) -> Snapshot:
        """Returns the state of the application's token in this process; it waits for nothing."""
        name = "vanta_client_snapshot"
        made = _native.make("snapshot", errors.raise_error, name, self._handle)
        return taken(made)

    def plan(
        self,
        kind: str,
        body: Body,
        options: Optional[PushOptions] = None,
        *,
        deadline: Limit = None,
        cancel: Optional[Cancel] = None,
    ) -> ChangePlan:
        """Compares a body with the live records, and returns what pushing it would change.

        A plan that the deletion guard would refuse is returned too: look at its `refusal`.
        """
        call = native_call(deadline, cancel, options)
        return ChangePlan(self._verb("change_plan", "vanta_plan", kind, body, call))

    def push(
        self,
        kind: str,
        body: Body,
        options: Optional[PushOptions] = None,
        *,
        deadline: Limit = None,
        cancel: Optional[Cancel] = None,
        progress: Optional[Progress] = None,
    ) -> Receipt:
        """Replaces everything Vanta holds of `kind` for the body's resource with its records.

        Pushes of one resource from one process go out one at a time, in the order of the calls. A
        push that waits for an earlier one does so within its own deadline.

        `progress` is called with bytes sent, bytes in all, and records. What it raises does not
        end the push; an interrupt is raised when the push has ended.
        """
        call = native_call(deadline, cancel, options, progress)
        return Receipt(self._verb("receipt", "vanta_push", kind, body, call))

    def verify(
        self,
        kind: str,
        body: Body,
        *,
        deadline: Limit = None,
        cancel: Optional[Cancel] = None,
    ) -> Receipt:
        """Reads the live records; raises unless they are those of the body.

        Settles what became of a push whose outcome is unknown, except where it depends on members
        that the service returns on no row and that this body or an earlier push sets.
        """
        call = native_call(deadline, cancel)
        return Receipt(self._verb("receipt", "vanta_verify", kind, body, call))

    def _verb(
        self, noun: str, name: str, kind: str, body: Body, call: _native.Handle
    ) -> _native.Handle:
        arguments = (self._handle, _arguments.c_text(kind, "kind"), handle_of(body), call)
        return self._made(noun, name, call, *arguments)

    def _made(self, noun: str, name: str, call: _native.Handle, *arguments: Any) -> _native.Handle:
        try:
            return waiting.interruptible(
                call.cancel, lambda: _native.make(noun, errors.raise_error, name, *arguments)
            )
        finally:
            if call.interrupt is not None:
                raise call.interrupt

    def upload(
        self,
        document_id: str,
        path: Path,
        *,
        effective_at_date: Union[str, date, None] = None,
        description: Optional[str] = None,
        deadline: Limit = None,
        cancel: Optional[Cancel] = None,
        progress: Optional[Progress] = None,
    ) -> Receipt:
        """Uploads a file for a document; each upload that Vanta takes adds a version to it.

        The configuration must name the scope self:write-document. A description has at most 10,000
        bytes.
        """
        call = native_call(deadline, cancel, progress=progress)
        document = _arguments.c_text(document_id, "document_id")
        file = _arguments.c_path(path, "path")
        if isinstance(effective_at_date, date):
            effective_at_date = effective_at_date.strftime("%Y-%m-%d")
        texts = {"effective_at_date": effective_at_date, "description": description}
        words = [text and _arguments.c_text(text, name) for name, text in texts.items()]
        arguments = (self._handle, document, file, *words, call)
        return Receipt(self._made("receipt", "vanta_upload", call, *arguments))

    def list(
        self,
        kind: str,
        resource_id: str,
        *,
        deadline: Limit = None,
        cancel: Optional[Cancel] = None,
    ) -> Listing:
        """Reads what Vanta holds of `kind` for a resource, soft-deleted rows among it."""
        call = native_call(deadline, cancel)
        texts = (_arguments.c_text(kind, "kind"), _arguments.c_text(resource_id, "resource_id"))
        arguments = (self._handle, *texts, call)
        return taken_listing(self._made("listing", "vanta_list", call, *arguments))

"""What can go wrong, sorted by what the caller should do: a class for each action."""

import re
from dataclasses import dataclass
from typing import Any, Dict, List, NoReturn, Optional, Type

from . import _native

# How far a call had come: the numbers of vanta.h, VANTA_STAGE_...
STAGES = (
    "validate",
    "resolve",
    "connect",
    "tls",
    "send",
    "wait",
    "read",
    "queue",
    "store",
    "proxy",
)


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong with one record."""

    index: Optional[int]
    unique_id: Optional[str]
    pointer: str
    message: str


def violations(pointer: Any) -> List[Violation]:
    """The list behind a pointer of the library's, which may be borrowed."""

    def violation(i: int) -> Violation:
        index = _native.number("vanta_violations_index", pointer, i)
        unique_id, where, message = (
            _native.text(f"vanta_violations_{name}", pointer, i)
            for name in ("unique_id", "pointer", "message")
        )
        return Violation(None if index < 0 else index, unique_id, where or "", message or "")

    return [violation(i) for i in range(_native.number("vanta_violations_count", pointer))]


class VantaError(Exception):
    """Any failure; str() is one line that says what, where, and what to do.

    `attempts` is how many requests the call made: token requests, reads and writes. `retry_after` is
    how many seconds the server asks to wait, uncapped.
    """

    code: int
    stage: str
    is_retryable: bool
    is_remembered: bool
    http_status: Optional[int]
    attempts: int
    retry_after: Optional[float]
    request_id: Optional[str]
    excerpt: Optional[str]
    oauth_error: Optional[str]
    violations: List[Violation]
    cause_code: Optional[int]
    cause: Optional[str]


class CallError(VantaError):
    """The call itself is wrong: correct the program."""


class RecordsError(VantaError):
    """The records are wrong: correct the data. Nothing was changed at Vanta."""


class ConfigError(VantaError):
    """The configuration is wrong: correct it before the next run."""


class CredentialsError(VantaError):
    """Vanta does not accept the credentials or the scope."""


class RetryLater(VantaError):
    """Run the same again later; nothing was changed by this attempt."""


class OutcomeUnknown(VantaError):
    """The push may or may not have taken effect: read back, or run the same push again."""


class Cancelled(VantaError):
    """The caller ended the call itself."""


class ReportError(VantaError):
    """An error that no caller can fix: report it, with the request id if there is one."""


BY_ACTION: Dict[int, Type[VantaError]] = {
    1: CallError,
    2: RecordsError,
    3: ConfigError,
    4: CredentialsError,
    5: RetryLater,
    6: OutcomeUnknown,
    7: Cancelled,
    8: ReportError,
}


# The name of a setting in a message, as C has it.
_NAME = re.compile(r"vanta_(?:options|config)_(set_)?([a-z_0-9]+)\((\d*)\)")


def own_names(message: str) -> str:
    """The message with the names of this package: allow_any_removals=True."""

    def own(found: "re.Match[str]") -> str:
        name = "environment" if found[2] == "use_environment" else found[2]
        is_value = found[1] and not name.startswith("allow_")
        return name if is_value else f"{name}={found[3] or 'True'}"

    return _NAME.sub(own, message)


def raise_error(status: int, handle: _native.Handle) -> NoReturn:
    """Raises the exception for an error that a function gave out, and frees it."""
    kind = BY_ACTION.get(_native.action(status), ReportError)
    error = kind(own_names(_native.text("vanta_error_message", handle) or ""))
    error.code = status
    stage = _native.number("vanta_error_stage", handle)
    error.stage = STAGES[stage] if stage < len(STAGES) else "other"
    error.is_retryable = _native.number("vanta_error_is_retryable", handle) == 1
    error.is_remembered = _native.number("vanta_error_is_remembered", handle) == 1
    error.http_status = _native.number("vanta_error_http_status", handle) or None
    error.attempts = _native.number("vanta_error_attempts", handle)
    wait = _native.number("vanta_error_retry_after_ms", handle)
    error.retry_after = None if wait < 0 else wait / 1000
    error.request_id = _native.text("vanta_error_request_id", handle)
    error.excerpt = _native.text("vanta_error_excerpt", handle)
    error.oauth_error = _native.text("vanta_error_oauth_error", handle)
    error.violations = violations(_native.borrowed("vanta_error_violations", handle))
    error.cause_code, cause = _native.cause(handle)
    error.cause = None if cause is None else own_names(cause)
    handle.close()
    raise error


def check(status: int) -> None:
    """Raises for the status of a function that gives out no error."""
    if status != 0:
        kind = BY_ACTION.get(_native.action(status), ReportError)
        error = kind(_native.status_text(status))
        error.code, error.attempts, error.violations = status, 0, []
        error.stage = STAGES[0]
        error.is_retryable = error.is_remembered = False
        error.http_status = error.retry_after = None
        error.request_id = error.excerpt = error.oauth_error = None
        error.cause_code = error.cause = None
        raise error

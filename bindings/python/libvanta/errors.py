"""What can go wrong: a class for each action of the caller, and below it one for each situation that
a program may treat on its own."""

import re
from dataclasses import dataclass
from typing import Any, Dict, List, NoReturn, Optional, Type

from . import _native
from ._attribute import Attribute
from .status import Status
from .words import Rule, Stage, by_number

@dataclass(frozen=True)
class Violation:
    """One thing that is wrong with one record.

    `index` is the place of the record, from 0, and `unique_id` its uniqueId: None where it is about no
    single record, or where it has none. `pointer` is the JSON pointer within the record. `rule` is the
    Rule that the record breaks, whose level `PushOptions.rules` sets; None where no rule applies.
    """

    index: Optional[int]
    unique_id: Optional[str]
    pointer: str
    message: str
    rule: Optional[Rule] = None

    def __str__(self) -> str:
        """Returns one line: which record, where in it, and what is wrong."""
        record = "" if self.index is None else f"record {self.index} "
        unique_id = "" if self.unique_id is None else f"(uniqueId {self.unique_id}) "
        where = f"at {self.pointer} " if self.pointer else ""
        return f"{record}{unique_id}{where}- {self.message}"


def violations(pointer: Any) -> List[Violation]:
    """Returns the list behind a pointer of the library's, which may be borrowed."""

    def violation(i: int) -> Violation:
        index = _native.number("vanta_violations_index", pointer, i)
        unique_id, where, message, name = (
            _native.text(f"vanta_violations_{member}", pointer, i)
            for member in ("unique_id", "pointer", "message", "rule")
        )
        rule = next((rule for rule in Rule if rule == name), None)
        return Violation(None if index < 0 else index, unique_id, where or "", message or "", rule)

    return [violation(i) for i in range(_native.number("vanta_violations_count", pointer))]


class VantaError(Exception):
    """Any failure; str() is one line that says what, where, and what to do.

    `code` and `exit_code` say what to do; the other attributes are facts about the call.
    """

    code = Attribute[Status]("The library's status, such as Status.TLS.")
    exit_code = Attribute[int](
        "What a job exits with: 64 correct the call, 65 the records, 70 report it, 75 run it again later,"
        " 76 verify, 77 correct the credentials, 78 the configuration, 130 cancelled."
    )
    stage = Attribute[str]("How far the call had come, a Stage.")
    is_retryable = Attribute[bool](
        "Whether the same call may succeed later and can safely be repeated: any RetryLater or"
        " OutcomeUnknown, but that of an upload which may have taken effect."
    )
    is_remembered = Attribute[bool]("Whether the error is that of an earlier request, and none was sent.")
    http_status = Attribute[Optional[int]]("The status of the response, None without one.")
    attempts = Attribute[int]("How many requests the call made: token requests, reads and writes.")
    retry_after = Attribute[Optional[float]]("How many seconds the server asks to wait, uncapped.")
    request_id = Attribute[Optional[str]]("The name of the request at Vanta.")
    excerpt = Attribute[Optional[str]]("A quote of the response.")
    oauth_error = Attribute[Optional[str]]("The error code of a token response, such as invalid_client.")
    violations = Attribute[List[Violation]]("What is wrong with the records.")
    warnings = Attribute[List[Violation]](
        "What is only a warning, of a validation that found violations too."
    )
    cause_code = Attribute[Optional[Status]]("The status of the error before this one.")
    cause = Attribute[Optional[str]]("The text of the error before this one.")


# A class for each action.


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
    """The push may or may not have taken effect: verify, or run the same push again.

    Its subclass NotVerified is what verify() raises. Where the two are treated in different ways,
    `except NotVerified` stands before `except OutcomeUnknown`.
    """


class Cancelled(VantaError):
    """The caller ended the call itself."""


class ReportError(VantaError):
    """An error that no caller can fix: report it, with the request id if there is one."""


# Situations that a program may treat on its own; `code` tells statuses of one class apart.


class Reentrant(CallError):
    """A callback called the library, which waits for the callback."""


class InvalidPayload(RecordsError):
    """The payload is not what a push takes: broken JSON, a byte order mark, a wrong shape."""


class UnencodableValue(InvalidPayload, ValueError):
    """Body.from_records() got a value that JSON has no form for: a datetime without a time zone, NaN."""


class UnencodableType(InvalidPayload, TypeError):
    """Body.from_records() got a value of a type that JSON has no form for, such as a Decimal."""


class EmptyPayload(RecordsError):
    """The set of records is empty: pushing it would delete everything of the kind."""


class DuplicateUniqueId(RecordsError):
    """Two records share a uniqueId."""


class PayloadTooLarge(RecordsError):
    """The request body is larger than Vanta or the server accepts (10,485,760 bytes)."""


class InvalidRecords(RecordsError):
    """Records break the schema of their kind, or a rule that was made an error: see `violations`."""


class TooManyRemovals(RecordsError):
    """The push would delete more of the live records than it may: see `PushOptions.expect_removals`."""


class RecordsRejected(RecordsError):
    """Vanta rejected the records: see `violations`."""


class MissingCredentials(ConfigError):
    """No client id or no client secret was given."""


class UnusableStore(ConfigError):
    """The token store must be corrected before it can be used: the message says what.

    A TokenStore of your own raises it in its methods to say so; the call then fails with it too.
    """


class ProxyRefused(ConfigError):
    """The proxy refused a tunnel, or asks for credentials: Vanta was not reached."""


class TlsError(ConfigError):
    """The TLS handshake failed: the message names what is wrong with the certificate."""


class GatewayResponse(ConfigError):
    """A gateway responded (firewall, proxy, CDN, captive portal), and not Vanta."""


class NotFound(ConfigError):
    """The kind or the resource id is not declared in Vanta's console (404)."""


class Contention(ConfigError):
    """Another program requests tokens for this application, which revokes ours."""


class InvalidClient(CredentialsError):
    """Vanta does not accept the client id and secret."""


class InvalidScope(CredentialsError):
    """The application may not have a scope that was asked for."""


class Unauthorized(CredentialsError):
    """Vanta rejected the token, and the next one too (401)."""


class Forbidden(CredentialsError):
    """The token does not allow this call (403)."""


class NetworkError(RetryLater):
    """No connection could be made, or it broke, and the request had no effect."""


class DeadlineExceeded(RetryLater):
    """The deadline passed; nothing was changed at Vanta by this call."""


class RateLimited(RetryLater):
    """The requests or the token requests of this minute are used up: see `retry_after`."""


class ServiceUnavailable(RetryLater):
    """Vanta has trouble of its own (408 or 5xx)."""


class SecretUnavailable(RetryLater):
    """The client secret callback raised; no token was requested."""


class StoreUnavailable(RetryLater):
    """The token store cannot be reached or fails."""


class StoreLocked(RetryLater):
    """Another process held the token store's lock for as long as the call could wait."""


class TokenRequestNotAllowed(RetryLater):
    """A new token is needed, and the configuration has `token_from_store_only`."""


class TokenResponseLost(RetryLater):
    """The token request was sent, and no usable response came."""


class NotVerified(OutcomeUnknown):
    """What Vanta holds is not what the body says, or cannot be compared with it: see `violations`.

    `except OutcomeUnknown` catches it too.
    """


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

BY_STATUS: Dict[Status, Type[VantaError]] = {
    Status.REENTRANT: Reentrant,
    Status.INVALID_PAYLOAD: InvalidPayload,
    Status.EMPTY_PAYLOAD: EmptyPayload,
    Status.DUPLICATE_UNIQUE_ID: DuplicateUniqueId,
    Status.PAYLOAD_TOO_LARGE: PayloadTooLarge,
    Status.SERVER_TOO_LARGE: PayloadTooLarge,
    Status.INVALID_RECORDS: InvalidRecords,
    Status.TOO_MANY_REMOVALS: TooManyRemovals,
    Status.RECORDS_REJECTED: RecordsRejected,
    Status.MISSING_CREDENTIALS: MissingCredentials,
    Status.UNUSABLE_STORE: UnusableStore,
    Status.PROXY_REFUSED: ProxyRefused,
    Status.TLS: TlsError,
    Status.GATEWAY_RESPONSE: GatewayResponse,
    Status.NOT_FOUND: NotFound,
    Status.CONTENTION: Contention,
    Status.INVALID_CLIENT: InvalidClient,
    Status.INVALID_SCOPE: InvalidScope,
    Status.UNAUTHORIZED: Unauthorized,
    Status.FORBIDDEN: Forbidden,
    Status.RESOLVE: NetworkError,
    Status.CONNECT: NetworkError,
    Status.SEND: NetworkError,
    Status.RECEIVE: NetworkError,
    Status.DEADLINE_EXCEEDED: DeadlineExceeded,
    Status.RATE_LIMITED: RateLimited,
    Status.TOKEN_RATE_LIMITED: RateLimited,
    Status.TOKEN_RATE_LIMIT_REACHED: RateLimited,
    Status.UNAVAILABLE: ServiceUnavailable,
    Status.TOKEN_UNAVAILABLE: ServiceUnavailable,
    Status.SECRET_UNAVAILABLE: SecretUnavailable,
    Status.STORE_UNAVAILABLE: StoreUnavailable,
    Status.STORE_LOCKED: StoreLocked,
    Status.TOKEN_REQUEST_NOT_ALLOWED: TokenRequestNotAllowed,
    Status.TOKEN_RESPONSE_LOST: TokenResponseLost,
    Status.NOT_VERIFIED: NotVerified,
}


# The name of a setting in a message, as C has it.
_NAME = re.compile(r"vanta_(?:options|config)_(set_)?([a-z_0-9]+)\((\d*)\)")


def own_names(message: str) -> str:
    """Returns the message with the names of this package: allow_any_removals=True."""

    def own(found: "re.Match[str]") -> str:
        name = "environment" if found[2] == "use_environment" else found[2]
        is_value = found[1] and not name.startswith("allow_")
        return name if is_value else f"{name}={found[3] or 'True'}"

    return _NAME.sub(own, message)


def _made(status: int, message: str, kind: Optional[Type[VantaError]] = None) -> VantaError:
    """Returns the exception for a status, of the class of its situation or else of its action."""
    code, action = Status(status), _native.number("vanta_status_action", status)
    kind = kind or BY_STATUS.get(code) or BY_ACTION.get(action, ReportError)
    error = kind(own_names(message))
    error.code, error.exit_code = code, _native.number("vanta_action_exit_code", action)
    return error


def raise_error(status: int, handle: _native.Handle) -> NoReturn:
    """Raises the exception for an error that a function gave out, and frees it."""
    error = _made(status, _native.text("vanta_error_message", handle) or "")
    error.stage = by_number(Stage, _native.number("vanta_error_stage", handle)) or "other"
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
    error.warnings = violations(_native.borrowed("vanta_error_warnings", handle))
    cause_code, cause = _native.cause(handle)
    error.cause_code = None if cause_code is None else Status(cause_code)
    error.cause = None if cause is None else own_names(cause)
    handle.close()
    raise error


def check(status: int) -> None:
    """Raises for the status of a function that gives out no error."""
    if status != 0:
        raise _without_request(_made(status, _native.text("vanta_status_text", status) or ""))


def unencodable(kind: Type[VantaError], violation: Violation) -> VantaError:
    """Returns the exception for a value of a record that cannot be written."""
    text = _native.text("vanta_status_text", Status.INVALID_PAYLOAD)
    error = _made(Status.INVALID_PAYLOAD, f"{text}: {violation}", kind)
    _without_request(error).violations = [violation]
    return error


def _without_request(error: VantaError) -> VantaError:
    """Sets the facts of an error that no request led to."""
    error.stage, error.attempts = Stage.VALIDATE, 0
    error.violations, error.warnings = [], []
    error.is_retryable = error.is_remembered = False
    error.http_status = error.retry_after = None
    error.request_id = error.excerpt = error.oauth_error = None
    error.cause_code = error.cause = None
    return error

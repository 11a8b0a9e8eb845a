"""Words that settings take and results have. Each is a str, so that plain strings work as well."""

from enum import Enum
from typing import Optional, Type, TypeVar


class _Word(str, Enum):
    def __str__(self) -> str:
        return str(self.value)


Word = TypeVar("Word", bound=_Word)


def by_number(words: Type[Word], number: int) -> Optional[Word]:
    """Returns the word that has this number in C; None where there is none."""
    every = list(words)
    return every[number] if 0 <= number < len(every) else None


def number_of(words: Type[Word], word: str, name: str) -> int:
    """Returns the number in C of a word, or raises a ValueError that lists the words."""
    every = list(words)
    if word not in [each.value for each in every]:
        raise ValueError(f"{name} must be one of {', '.join(every)}, not {word!r}")
    return every.index(words(word))


# -- generated from include/vanta.h --


class Stage(_Word):
    """How far a call had come when it failed."""

    # Validating the arguments, before any network access.
    VALIDATE = "validate"
    # Resolving the host name.
    RESOLVE = "resolve"
    # Opening the connection.
    CONNECT = "connect"
    # Performing the TLS handshake.
    TLS = "tls"
    # Sending the request.
    SEND = "send"
    # Waiting for the first byte of the response.
    WAIT = "wait"
    # Reading the response.
    READ = "read"
    # Waiting for the rate limit, for another thread's token request or for an earlier push, or for
    # the backoff between two attempts.
    QUEUE = "queue"
    # Locking, reading or writing the token store.
    STORE = "store"
    # Requesting a tunnel from the proxy.
    PROXY = "proxy"


class Event(_Word):
    """What an event reports."""

    # An event of a later version.
    OTHER = "other"
    # A token request succeeded. It revoked the previous access token.
    NEW_TOKEN = "new_token"
    # An access token that another job requested was read from the store.
    TOKEN_FROM_STORE = "token_from_store"
    # The token response has no token_type. A warning.
    TOKEN_TYPE_MISSING = "token_type_missing"
    # The token store failed, or its record is malformed. A warning.
    STORE_FAILED = "store_failed"
    # Access tokens were revoked long before they expired: another program requests tokens. A
    # warning.
    CONTENTION = "contention"
    # An access token was rejected within about a second of its issue. It is tried once more after
    # a moment.
    NEW_TOKEN_REJECTED = "new_token_rejected"
    # The server granted other scopes than were requested. A warning.
    SCOPE_DIFFERS = "scope_differs"
    # An access token could not be renewed; the previous one is still valid and is used. A warning.
    RENEWAL_FAILED = "renewal_failed"
    # A request was rejected with 401 and is sent once more with another access token.
    TOKEN_REJECTED = "token_rejected"
    # The jobs of this application have reached the rate limit, of requests or of token requests.
    # The call waits.
    RATE_LIMIT_REACHED = "rate_limit_reached"
    # A request or a token request failed temporarily and is sent again after a backoff.
    RETRYING = "retrying"
    # The call succeeded, and its receipt could not be written to the audit file. A warning.
    AUDIT_FAILED = "audit_failed"
    # Timestamps in the token store show that the clock of this machine, or of another that shares
    # the store, is wrong. Calls go on. A warning.
    CLOCK_SKEW = "clock_skew"


class Rule(_Word):
    """A rule that records are validated by."""

    # The schema of the kind. Vanta rejects the whole push otherwise. Default: VANTA_LEVEL_ERROR.
    SCHEMA = "schema"
    # An optional member is left out instead of null. Default: VANTA_LEVEL_WARNING.
    NULL_OPTIONAL = "null_optional"
    # externalUrl is an https URL. Default: VANTA_LEVEL_WARNING.
    HTTPS_URL = "https_url"
    # A task has closedTimestamp exactly when it is CLOSED. Default: VANTA_LEVEL_WARNING.
    CLOSED_TIMESTAMP = "closed_timestamp"
    # Severities and confidences lie between 0 and 10. Default: VANTA_LEVEL_WARNING.
    ZERO_TO_TEN = "zero_to_ten"
    # A vulnerability names a known component. Default: VANTA_LEVEL_WARNING.
    UNKNOWN_COMPONENT = "unknown_component"
    # A uniqueId differs from another in more than letter case, leading or trailing blanks
    # (invisible characters count as blanks) or Unicode normalisation. Default:
    # VANTA_LEVEL_WARNING.
    SIMILAR_IDS = "similar_ids"


class Level(_Word):
    """What breaking a rule comes to."""

    # The rule is not applied.
    OFF = "off"
    # The record is pushed, and the receipt lists the violation as a warning.
    WARNING = "warning"
    # Nothing is sent: VANTA_ERR_INVALID_RECORDS.
    ERROR = "error"


class ReceiptKind(_Word):
    """What a receipt is proof of."""

    # Vanta accepted a push with a clear success response.
    PUSHED = "pushed"
    # The live records were read, and are equal to the body's.
    VERIFIED = "verified"
    # Vanta accepted a file for a document.
    UPLOADED = "uploaded"
    # Nothing was sent: a list showed the records of the body. Such a receipt is no baseline, and
    # settles no unknown outcome; see vanta_options_set_only_if_changed().
    UNCHANGED = "unchanged"


class Roots(_Word):
    """Which certificate authorities are trusted."""

    # Trusts Mozilla's public roots, as of the library's build. This is the default.
    BUNDLED = "bundled"
    # Trusts the roots of the system's bundle.
    SYSTEM = "system"
    # Trusts no roots: only the authorities of the CA file.
    NONE = "none"


class OnStoreUnavailable(_Word):
    """What to do without a store."""

    # A call that needs a new token fails with VANTA_ERR_STORE_UNAVAILABLE. This is the default.
    FAIL = "fail"
    # The call proceeds without the store. A token request then revokes the token that other jobs
    # use.
    PROCEED = "proceed"


class TokenSource(_Word):
    """Where the cached token came from."""

    # There is no token.
    NONE = "none"
    # This process requested the token.
    REQUESTED = "requested"
    # Another process requested the token, and it was read from the store.
    STORE = "store"
    # The configuration has a static token.
    STATIC = "static"


class RequestReason(_Word):
    """Why a token was requested last."""

    # There was no token.
    NONE = "none"
    # The token had expired, or less lifetime left than the expiry margin.
    EXPIRED = "expired"
    # Vanta had rejected the token.
    REJECTED = "rejected"
    # The token did not have all scopes that were needed.
    SCOPE = "scope"


# -- end of what is generated --

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

    # Before any network.
    VALIDATE = "validate"
    # Looking up the host name.
    RESOLVE = "resolve"
    # Opening the connection.
    CONNECT = "connect"
    # The TLS handshake.
    TLS = "tls"
    # Sending the request.
    SEND = "send"
    # Waiting for the answer to begin.
    WAIT = "wait"
    # Reading the answer.
    READ = "read"
    # Waiting for another thread's token request, or between two attempts.
    QUEUE = "queue"
    # Locking, reading or writing the token store.
    STORE = "store"
    # Asking a proxy for a tunnel.
    PROXY = "proxy"


class Event(_Word):
    """What an event reports."""

    # Something of a later version.
    OTHER = "other"
    # A token request succeeded, which revokes the token before.
    NEW_TOKEN = "new_token"
    # A token that another job asked for was taken from the store.
    TOKEN_FROM_STORE = "token_from_store"
    # The token answer does not say of what type the token is. A warning.
    TOKEN_TYPE_MISSING = "token_type_missing"
    # The token store could not be used, or its record could not be read. A warning.
    STORE_FAILED = "store_failed"
    # Tokens were revoked long before they expired: another program requests tokens. A warning.
    CONTENTION = "contention"
    # A token that is hardly a second old was refused: it is tried once more after a moment.
    NEW_TOKEN_REJECTED = "new_token_rejected"
    # The server granted other scopes than were asked for. A warning.
    SCOPE_DIFFERS = "scope_differs"
    # A token could not be renewed, but the old one still lives and goes on being used. A warning.
    RENEWAL_FAILED = "renewal_failed"
    # A request was refused with 401 and is sent once more with another token.
    TOKEN_REJECTED = "token_rejected"
    # The jobs of this application have made as many requests as a minute allows.
    RATE_LIMIT_REACHED = "rate_limit_reached"
    # A request failed in a way that may pass, and is made again.
    RETRYING = "retrying"
    # Vanta said yes, and the receipt could not be written to the audit file. A warning.
    AUDIT_FAILED = "audit_failed"
    # Timestamps in the token store show that the clock of this machine, or of another that shares
    # the store, is wrong. Calls go on. A warning.
    CLOCK_SKEW = "clock_skew"


class Rule(_Word):
    """A rule that records are validated by."""

    # The schema of the kind: an error unless set otherwise, since Vanta refuses the whole push.
    SCHEMA = "schema"
    # An optional property is null instead of left out: a warning unless set otherwise.
    NULL_OPTIONAL = "null_optional"
    # externalUrl is not https: a warning unless set otherwise.
    HTTPS_URL = "https_url"
    # A task has closedTimestamp exactly when it is CLOSED: a warning unless set otherwise.
    CLOSED_TIMESTAMP = "closed_timestamp"
    # Severities and confidences lie between 0 and 10: a warning unless set otherwise.
    ZERO_TO_TEN = "zero_to_ten"
    # A vulnerability names a component that is not known: a warning unless set otherwise.
    UNKNOWN_COMPONENT = "unknown_component"
    # A uniqueId differs from an earlier record's only in letter case, in leading or trailing
    # blanks (invisible characters count as blanks) or in Unicode normalisation: a warning unless
    # set otherwise.
    SIMILAR_IDS = "similar_ids"


class Level(_Word):
    """What breaking a rule comes to."""

    # The rule is not looked at.
    OFF = "off"
    # The record is pushed, and the receipt tells of it.
    WARNING = "warning"
    # Nothing is sent: VANTA_ERR_INVALID_RECORDS.
    ERROR = "error"


class ReceiptKind(_Word):
    """What a receipt is proof of."""

    # Vanta clearly said yes to a push.
    PUSHED = "pushed"
    # What is live was read back, and is what the body says.
    VERIFIED = "verified"
    # Vanta took a file for a document.
    UPLOADED = "uploaded"


class Roots(_Word):
    """Which certificate authorities are trusted."""

    # Mozilla's public roots, as they were when the library was built. This is the default.
    BUNDLED = "bundled"
    # Those of the system's bundle.
    SYSTEM = "system"
    # None: the authorities of the CA file are the only ones.
    NONE = "none"


class OnStoreUnavailable(_Word):
    """What to do without a store."""

    # What to do when the store cannot be reached: a call that needs a new token fails with
    # VANTA_ERR_STORE_UNAVAILABLE. This is the default.
    FAIL = "fail"
    # What to do when the store cannot be reached: go on as if this process were alone. A token
    # that is asked for then kills the one that other jobs use.
    PROCEED = "proceed"


class TokenSource(_Word):
    """Where the cached token came from."""

    # There is no token.
    NONE = "none"
    # This process asked for it.
    REQUESTED = "requested"
    # Another process asked for it; it was taken from the store.
    STORE = "store"
    # The configuration gave it.
    STATIC = "static"


class RequestReason(_Word):
    """Why a token was requested last."""

    # There was no token.
    NONE = "none"
    # The token had too little of its life left.
    EXPIRED = "expired"
    # Vanta had refused the token.
    REJECTED = "rejected"
    # The token did not hold all scopes that were needed.
    SCOPE = "scope"


# -- end of what is generated --

"""The state of an application's token, for operators."""

from dataclasses import dataclass, field
from typing import Optional, Type

from . import _native
from .status import Status
from .words import RequestReason, Stage, TokenSource, Word, by_number

# The numbers of vanta.h: VANTA_SNAPSHOT_...
FIELDS = {
    "generation": 0,
    "source": 1,
    "seconds_left": 2,
    "lifetime_assumed": 3,
    "maybe_revoked": 4,
    "cache_hits": 5,
    "waits": 6,
    "from_store": 7,
    "token_requests": 8,
    "renewal_failures": 9,
    "rejections": 10,
    "requests_last_minute": 11,
    "requests_left": 12,
    "revoked": 13,
    "last_reason": 14,
    "last_error_code": 15,
    "last_error_stage": 16,
}


@dataclass(frozen=True)
class Snapshot:
    """The state of an application's token in this process, for operators; never the token.

    Fields, generated from include/vanta.h:
    generation
        The number of the application's current access token, counted from 1; 0 when there was none
        yet.
    source
        Where the token came from: a TokenSource.
    seconds_left
        The token's lifetime left, in seconds; 0 when there is no token.
    lifetime_assumed
        True when the token response has no lifetime, and one hour is assumed; otherwise False.
    maybe_revoked
        True when a later token request got no clear response, so that this token may be revoked;
        otherwise False.
    cache_hits
        How many calls used the cached token.
    waits
        How many calls waited for another thread's token request.
    from_store
        How many tokens were read from the store.
    token_requests
        How many token requests of this process succeeded.
    renewal_failures
        How many times the previous token was used because the renewal failed.
    rejections
        How many times a token was rejected with 401.
    requests_last_minute
        Token requests of all jobs within the last minute, as of the last read of the store.
    requests_left
        Token requests that the rate limit still allows in this minute.
    revoked
        Tokens that were revoked long before they expired, within ten minutes; from 3 on it is
        contention.
    last_reason
        Why the last token was requested: a RequestReason; None when none was requested.
    last_error_code
        The Status of the last failure; None when there was none since the last success.
    last_error_stage
        The stage of the last failure: a Stage; None when there was none.
    last_error
        The message of the last failure, or None when there was none since the last success.
    scope
        The granted scopes, separated by spaces, or None when there is no token.
    store
        The name of the token store, "memory" when no store is shared.
    store_error
        The last failure of the store and how it was handled, or None when the last use of the
        store succeeded.
    line
        The snapshot on one line, for a log, as str() returns it.
    (end of what is generated)
    """

    generation: int
    source: str
    seconds_left: int
    lifetime_assumed: bool
    maybe_revoked: bool
    cache_hits: int
    waits: int
    from_store: int
    token_requests: int
    renewal_failures: int
    rejections: int
    requests_last_minute: int
    requests_left: int
    revoked: int
    last_reason: Optional[str]
    last_error_code: Optional[Status]
    last_error_stage: Optional[str]
    last_error: Optional[str]
    scope: Optional[str]
    store: str
    store_error: Optional[str]
    line: str = field(repr=False)

    def __str__(self) -> str:
        return self.line


def taken(handle: _native.Handle) -> Snapshot:
    """What the handle holds; it is freed."""

    def number(name: str) -> int:
        return _native.number("vanta_snapshot_number", handle, FIELDS[name])

    def named(name: str, words: Type[Word]) -> Optional[Word]:
        return by_number(words, number(name))

    snapshot = Snapshot(
        generation=number("generation"),
        source=named("source", TokenSource) or "none",
        seconds_left=number("seconds_left"),
        lifetime_assumed=number("lifetime_assumed") == 1,
        maybe_revoked=number("maybe_revoked") == 1,
        cache_hits=number("cache_hits"),
        waits=number("waits"),
        from_store=number("from_store"),
        token_requests=number("token_requests"),
        renewal_failures=number("renewal_failures"),
        rejections=number("rejections"),
        requests_last_minute=number("requests_last_minute"),
        requests_left=number("requests_left"),
        revoked=number("revoked"),
        last_reason=named("last_reason", RequestReason),
        last_error_code=Status(code) if (code := number("last_error_code")) else None,
        last_error_stage=named("last_error_stage", Stage),
        last_error=_native.text("vanta_snapshot_last_error", handle),
        scope=_native.text("vanta_snapshot_scope", handle),
        store=_native.text("vanta_snapshot_store", handle) or "",
        store_error=_native.text("vanta_snapshot_store_error", handle),
        line=_native.text("vanta_snapshot_line", handle) or "",
    )
    handle.close()
    return snapshot

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

    str() is a line for a log. What the fields mean, vanta.h says at VANTA_SNAPSHOT_….
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

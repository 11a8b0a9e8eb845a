"""The state of an application's token, for operators."""

from dataclasses import dataclass, field
from typing import Optional, Tuple

from . import _native
from .errors import STEPS

# The numbers of vanta.h: VANTA_SNAPSHOT_..., VANTA_SOURCE_... and VANTA_REASON_...
FIELDS = {
    "generation": 0,
    "source": 1,
    "seconds_left": 2,
    "lifetime_assumed": 3,
    "suspect": 4,
    "hits": 5,
    "waits": 6,
    "adoptions": 7,
    "mints": 8,
    "kept": 9,
    "refused": 10,
    "requests_in_a_minute": 11,
    "budget_left": 12,
    "killed": 13,
    "last_reason": 14,
    "last_error_status": 15,
    "last_error_step": 16,
}
SOURCES = ("none", "minted", "store", "fixed")
REASONS = ("none", "expired", "refused", "scope")


@dataclass(frozen=True)
class Snapshot:
    """The state of an application's token in this process, for operators; never the token.

    str() is a line for a log. What the fields mean, vanta.h says at VANTA_SNAPSHOT_….
    """

    generation: int
    source: str
    seconds_left: int
    lifetime_assumed: bool
    suspect: bool
    hits: int
    waits: int
    adoptions: int
    mints: int
    kept: int
    refused: int
    requests_in_a_minute: int
    budget_left: int
    killed: int
    last_reason: Optional[str]
    last_error_status: Optional[int]
    last_error_step: Optional[str]
    last_error: Optional[str]
    scope: Optional[str]
    store: str
    store_trouble: Optional[str]
    line: str = field(repr=False)

    def __str__(self) -> str:
        return self.line


def taken(handle: _native.Handle) -> Snapshot:
    """What the handle holds; it is freed."""

    def number(name: str) -> int:
        return _native.number("vanta_snapshot_number", handle, FIELDS[name])

    def named(name: str, names: Tuple[str, ...]) -> Optional[str]:
        at = number(name)
        return names[at] if 0 <= at < len(names) else None

    snapshot = Snapshot(
        generation=number("generation"),
        source=named("source", SOURCES) or "none",
        seconds_left=number("seconds_left"),
        lifetime_assumed=number("lifetime_assumed") == 1,
        suspect=number("suspect") == 1,
        hits=number("hits"),
        waits=number("waits"),
        adoptions=number("adoptions"),
        mints=number("mints"),
        kept=number("kept"),
        refused=number("refused"),
        requests_in_a_minute=number("requests_in_a_minute"),
        budget_left=number("budget_left"),
        killed=number("killed"),
        last_reason=named("last_reason", REASONS),
        last_error_status=number("last_error_status") or None,
        last_error_step=named("last_error_step", STEPS),
        last_error=_native.text("vanta_snapshot_last_error", handle),
        scope=_native.text("vanta_snapshot_scope", handle),
        store=_native.text("vanta_snapshot_store", handle) or "",
        store_trouble=_native.text("vanta_snapshot_store_trouble", handle),
        line=_native.text("vanta_snapshot_line", handle) or "",
    )
    handle.close()
    return snapshot

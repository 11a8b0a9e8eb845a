"""The state of an application's token, for operators."""

from dataclasses import dataclass, field
from typing import Optional, Tuple

from . import _native


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
    line: str = field(repr=False)

    def __str__(self) -> str:
        return self.line


_SOURCES = ("none", "minted", "store", "fixed")
_REASONS = ("none", "expired", "refused", "scope")
_STEPS = ("check", "resolve", "connect", "tls", "send", "wait", "read", "queue", "store")


def taken(handle: _native.Handle) -> Snapshot:
    def number(field: int) -> int:
        return _native.number("vanta_snapshot_number", handle, field)

    def named(field: int, names: Tuple[str, ...]) -> Optional[str]:
        at = number(field)
        return names[at] if 0 <= at < len(names) else None

    snapshot = Snapshot(
        number(0),
        named(1, _SOURCES) or "none",
        number(2),
        number(3) == 1,
        number(4) == 1,
        number(5),
        number(6),
        number(7),
        number(8),
        number(9),
        number(10),
        number(11),
        number(12),
        number(13),
        last_reason=named(14, _REASONS),
        last_error_status=number(15) or None,
        last_error_step=named(16, _STEPS),
        last_error=_native.text("vanta_snapshot_last_error", handle),
        scope=_native.text("vanta_snapshot_scope", handle),
        store=_native.text("vanta_snapshot_store", handle) or "",
        line=_native.text("vanta_snapshot_line", handle) or "",
    )
    handle.close()
    return snapshot

"""Options of a push and of single calls."""

import json
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional, Sequence, Tuple, Union

from . import _arguments, _native, errors
from .body import Body, Path, handle_of
from .results import Receipt, receipt_handle
from .words import Level, Rule, number_of

Progress = Callable[[int, int, int], None]
Schema = Union[str, Dict[str, Any]]


@dataclass(frozen=True)
class PushOptions:
    """Validation of a push, and limits of what it may delete.

    Default: every record is validated by its kind's schema, an empty set is refused, and so is a push
    that removes more than half of three or more live records.

    rules
        Gives rules another level, as in {"https_url": "error", "schema": "off"}: a Rule for the key,
        a Level for the value. Default: none, each rule has its own.
    schema
        A JSON Type Definition (RFC 8927) in the place of the kind's own, as text or as a dict.
        Default: that of the kind.
    custom_properties
        The JSON Type Definition of the customProperties, as text or as a dict. Default: none, they
        are not validated.
    components
        Bodies of the vulnerable components that the records refer to, for the rule
        unknown_component. Default: none.
    live_components
        The resource id of the vulnerable components that Vanta holds, which are read for the same
        rule. Default: none, nothing is read.
    allow_empty
        Allows a push of no records. The deletion guard still applies. Default: False.
    expect_removals
        How many live records a push may remove, at most. Default: half of them, or all where there
        are fewer than three.
    allow_any_removals
        Turns the deletion guard off: nothing is read before the push, and every live record that
        is not in the body is deleted. Default: False.
    only_if_changed
        Sends nothing where the live records are those of the body: the receipt's kind is "unchanged"
        then. Sends where members cannot be compared, and within 60 seconds of a push of the resource
        by this process that was accepted or whose outcome is unknown. Default: False.
    baseline
        The receipt of an earlier push, whose record count stands for that of the live records. Nothing is
        read. For a token that may not read. Default: none.
    baseline_from_audit
        The same from an audit file: its path, a kind and a resource id. Default: none.
    """

    rules: Dict[str, str] = field(default_factory=dict)
    schema: Optional[Schema] = None
    custom_properties: Optional[Schema] = None
    components: Sequence[Body] = ()
    live_components: Optional[str] = None
    allow_empty: bool = False
    expect_removals: Optional[int] = None
    allow_any_removals: bool = False
    only_if_changed: bool = False
    baseline: Optional[Receipt] = None
    baseline_from_audit: Optional[Tuple[Path, str, str]] = None

    def __post_init__(self) -> None:
        if self.allow_any_removals and self.expect_removals is not None:
            raise ValueError("expect_removals and allow_any_removals contradict each other: keep one")
        if self.baseline is not None and self.baseline_from_audit is not None:
            raise ValueError("baseline and baseline_from_audit are two baselines: keep one")


def _now() -> float:
    """Returns seconds of a clock that also counts while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Deadline:
    """One deadline for several calls, in seconds from now: for a push and its verify, or a whole job.

        deadline = Deadline(600)
        client.push(kind, body, deadline=deadline)
        client.verify(kind, body, deadline=deadline)  # by then, at most what is left of 10 minutes
    """

    def __init__(self, seconds: float) -> None:
        self._end = _now() + _arguments.milliseconds(seconds, "seconds") / 1000

    @property
    def remaining(self) -> float:
        """Returns how many seconds are left, 0 when it has passed."""
        return max(0.0, self._end - _now())

    def __repr__(self) -> str:
        return f"<Deadline: {self.remaining:.1f} s left>"


class Cancel:
    """A flag that cancels calls from another thread."""

    def __init__(self) -> None:
        self._handle = _native.new("cancel")

    __reduce__ = _native.uncopied

    def set(self) -> None:
        """Cancels the calls that were given the flag within 200 ms, and all later ones at once.

        Ctrl-C sets it too, when it ends a call that was given it.
        """
        _native.cancel_set(self._handle)

    def is_set(self) -> bool:
        """Returns whether the flag is set, for a wait of the program's own between two calls."""
        return _native.number("vanta_cancel_is_set", self._handle) == 1


def native(
    deadline: Union[float, Deadline, None] = None,
    cancel: Optional[Cancel] = None,
    options: Optional[PushOptions] = None,
    progress: Optional[Progress] = None,
) -> _native.Handle:
    """Returns the options of a call as the library has them; what is malformed raises."""
    handle = _native.new("options")
    if isinstance(deadline, Deadline):
        left = _arguments.milliseconds(deadline.remaining)
        _tell(handle, "set_shared_deadline_ms", left)
    elif deadline is not None:
        _tell(handle, "set_deadline_ms", _arguments.milliseconds(deadline))
    if cancel is not None:
        _arguments.instance(cancel, Cancel, "cancel")
    # Without one, nobody could end the call when Ctrl-C is pressed.
    handle.cancel = (cancel or Cancel())._handle
    _tell(handle, "set_cancel", handle.cancel)
    if options is not None:
        _arguments.instance(options, PushOptions, "options")
        _tell_checks(handle, options)
        _tell_guards(handle, options)
    if progress is not None:
        _arguments.function(progress, "progress")
        errors.check(_native.set_progress(handle, progress))
    return handle


def _tell(handle: _native.Handle, name: str, *values: Any) -> None:
    errors.check(_native.status_of(f"vanta_options_{name}", handle, *values))


def _tell_in_words(handle: _native.Handle, name: str, *values: Any) -> None:
    """As _tell(), for a function that has an error output."""
    _native.told(errors.raise_error, f"vanta_options_{name}", handle, *values)


def _tell_checks(handle: _native.Handle, options: PushOptions) -> None:
    for rule, level in options.rules.items():
        numbers = number_of(Rule, rule, "a key of rules"), number_of(Level, level, "a value of rules")
        _tell(handle, "set_rule", *numbers)
    for name in ("schema", "custom_properties"):
        value = getattr(options, name)
        if value is not None:
            text = (value if isinstance(value, str) else json.dumps(value)).encode()
            _tell_in_words(handle, f"set_{name}", text, len(text))
    if isinstance(options.components, Body):
        raise TypeError("components must be a list of bodies, not one Body")
    for body in options.components:
        _tell(handle, "add_components", handle_of(body, "components"))
    if options.live_components is not None:
        resource_id = _arguments.c_text(options.live_components, "live_components")
        _tell(handle, "set_live_components", resource_id)


def _tell_guards(handle: _native.Handle, options: PushOptions) -> None:
    for name in ("allow_empty", "allow_any_removals"):
        _tell(handle, name, _arguments.switch(getattr(options, name), name))
    only = _arguments.switch(options.only_if_changed, "only_if_changed")
    _tell(handle, "set_only_if_changed", only)
    if options.expect_removals is not None:
        most = _arguments.count(options.expect_removals, "expect_removals")
        _tell(handle, "expect_removals", most)
    if options.baseline is not None:
        baseline = _arguments.instance(options.baseline, Receipt, "baseline")
        receipt = receipt_handle(baseline.json)  # must live until it is taken
        _tell(handle, "set_baseline", receipt)
    if options.baseline_from_audit is not None:
        path, kind, resource_id = options.baseline_from_audit
        name = "baseline_from_audit"
        texts = (_arguments.c_text(kind, name), _arguments.c_text(resource_id, name))
        words = (_arguments.c_path(path, name), *texts)
        _tell_in_words(handle, "set_baseline_from_audit", *words)

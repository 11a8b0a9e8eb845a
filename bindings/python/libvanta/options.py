"""How a push is checked and guarded, and how a single call behaves."""

import json
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional, Sequence, Tuple, Union

from . import _arguments, _native, errors
from .body import Body, Path
from .results import Receipt, receipt_handle
from .words import Level, Rule, number_of

Progress = Callable[[int, int, int], None]
Schema = Union[str, Dict[str, Any]]


@dataclass(frozen=True)
class PushOptions:
    """How a push is checked and guarded. The default: every record by its kind's schema, no empty
    set, and no push that removes more than half of three or more live records.

    `rules` gives rules another level, as in {"https_url": "error", "schema": "off"}. Schemas are JSON
    Type Definition (RFC 8927), as text or as a dict. `baseline_from_audit` is the path of an audit
    file, a kind and a resource id.
    """

    rules: Dict[str, str] = field(default_factory=dict)
    schema: Optional[Schema] = None
    custom_properties: Optional[Schema] = None
    components: Sequence[Body] = ()
    live_components: Optional[str] = None
    allow_empty: bool = False
    expect_removals: Optional[int] = None
    allow_any_removals: bool = False
    baseline: Optional[Receipt] = None
    baseline_from_audit: Optional[Tuple[Path, str, str]] = None

    def __post_init__(self) -> None:
        if self.allow_any_removals and self.expect_removals is not None:
            raise ValueError("expect_removals and allow_any_removals contradict each other: keep one")
        if self.baseline is not None and self.baseline_from_audit is not None:
            raise ValueError("baseline and baseline_from_audit are two baselines: keep one")


class Cancel:
    """Cancels calls from another thread."""

    def __init__(self) -> None:
        self._handle = _native.new("cancel")

    __reduce__ = _native.uncopied

    def set(self) -> None:
        """Cancels the calls that were given it within 200 ms, and all later ones at once.

        Ctrl-C sets it too, when it ends a call that was given it.
        """
        _native.cancel_set(self._handle)


def native(
    deadline: Optional[float] = None,
    cancel: Optional[Cancel] = None,
    options: Optional[PushOptions] = None,
    progress: Optional[Progress] = None,
) -> _native.Handle:
    """The settings of a call as the library has them; what is malformed raises."""
    handle = _native.new("options")
    if deadline is not None:
        _tell(handle, "set_deadline_ms", _arguments.milliseconds(deadline))
    # Without one, nobody could end the call when Ctrl-C is pressed.
    handle.cancel = (cancel or Cancel())._handle
    _tell(handle, "set_cancel", handle.cancel)
    if options is not None:
        _tell_checks(handle, options)
        _tell_guards(handle, options)
    if progress is not None:
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
    for body in options.components:
        _tell(handle, "add_components", body._handle)
    if options.live_components is not None:
        _tell(handle, "set_live_components", _arguments.c_text(options.live_components))


def _tell_guards(handle: _native.Handle, options: PushOptions) -> None:
    if options.allow_empty:
        _tell(handle, "allow_empty", 1)
    if options.expect_removals is not None:
        most = _arguments.count(options.expect_removals, "expect_removals")
        _tell(handle, "expect_removals", most)
    if options.allow_any_removals:
        _tell(handle, "allow_any_removals", 1)
    if options.baseline is not None:
        receipt = receipt_handle(options.baseline.json)  # must live until it is taken
        _tell(handle, "set_baseline", receipt)
    if options.baseline_from_audit is not None:
        path, kind, resource_id = options.baseline_from_audit
        words = (_arguments.c_path(path), _arguments.c_text(kind), _arguments.c_text(resource_id))
        _tell_in_words(handle, "set_baseline_from_audit", *words)

"""Records as Python has them, as the JSON that is sent: nothing is guessed, and what has no one
spelling in JSON is refused, with the record and the field where it stands."""

import dataclasses
import enum
import json
import math
import uuid
from collections.abc import Mapping as AnyMapping
from datetime import date, datetime, timezone
from typing import Any, ClassVar, Dict, Iterable, List, Mapping, Protocol, Union

_DEEPEST = 100


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[Dict[str, Any]]


Record = Union[Mapping[str, Any], _Dataclass]


class CamelCase:
    """A base of dataclasses whose fields are written in camelCase: `unique_id` as `uniqueId`."""


def json_array(records: Iterable[Record], camel_case: bool = False) -> bytes:
    """Returns the JSON array of the records; all are taken before anything is made of them."""
    written: List[Any] = []
    for record in records:
        where = f"record {len(written)}"
        if not _has_fields(record):
            raise TypeError(f"{where} is a {_name(record)}, not a dict or a dataclass")
        written.append(_plain(record, where, "", camel_case))
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()


def _name(value: Any) -> str:
    return type(value).__name__


def _has_fields(value: Any) -> bool:
    is_dataclass = dataclasses.is_dataclass(value) and not isinstance(value, type)
    return is_dataclass or isinstance(value, AnyMapping)


def _plain(value: Any, where: str, pointer: str, camel_case: bool) -> Any:
    """Returns the value in types that JSON has; `pointer` is the way to it from the record."""
    if isinstance(value, enum.Enum):
        value = value.value
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        return _text(value, f"{where}, {pointer}")
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise ValueError(f"{where}, {pointer}: JSON has no number {value}: leave it out")
    if isinstance(value, datetime):
        return _rfc3339(value, where, pointer)
    if isinstance(value, (date, uuid.UUID)):
        return str(value)
    if pointer.count("/") > _DEEPEST:
        raise ValueError(f"{where} is nested too deeply, or holds itself")
    if _has_fields(value):
        fields = _fields(value, where, pointer, camel_case).items()
        return {key: _plain(each, where, _below(pointer, key), camel_case) for key, each in fields}
    if isinstance(value, (list, tuple)):
        return [
            _plain(each, where, _below(pointer, i), camel_case) for i, each in enumerate(value)
        ]
    words = "write what Vanta is to get, such as a str, a float or a list"
    raise TypeError(f"{where}, {pointer}: a {_name(value)} has no one spelling in JSON: {words}")


def _fields(value: Any, where: str, pointer: str, camel_case: bool) -> Mapping[str, Any]:
    """Returns what a dict or a dataclass holds. None is how a dataclass says that it has no value for a
    field: it is left out. A dict says so by not having the key, and its None is a null."""
    if not isinstance(value, AnyMapping):
        name_of = _camel if camel_case or isinstance(value, CamelCase) else str
        names = (field.name for field in dataclasses.fields(value))
        held = ((name_of(name), getattr(value, name)) for name in names)
        return {name: of_field for name, of_field in held if of_field is not None}
    for key in value:
        at = f"{where}, {pointer}" if pointer else where
        if not isinstance(key, str):
            raise TypeError(f"{at}: a key is a str, not {_name(key)}: {key!r}")
        _text(key, f"{at}, {key!r}")
    return value


# Names of fields, as they are written.
_camel_names: Dict[str, str] = {}


def _camel(name: str) -> str:
    """Returns unique_id as uniqueId; what is in camelCase already stays so."""
    known = _camel_names.get(name)
    if known is None:
        first, *rest = name.split("_")
        known = first + "".join(word[:1].upper() + word[1:] for word in rest)
        _camel_names[name] = known
    return known


def _text(text: str, where: str) -> str:
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:  # a file name, for one, whose bytes are no UTF-8
        raise ValueError(f"{where}: a text with half a character in it (a surrogate)") from None
    return text


def _below(pointer: str, key: Union[str, int]) -> str:
    """A JSON pointer (RFC 6901), as in the violations that the library tells."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _rfc3339(value: datetime, where: str, pointer: str) -> str:
    """In UTC, so that one moment has one spelling, as the library spells it where it is told one."""
    if value.utcoffset() is None:
        words = "a datetime without an offset may be any of 26 hours: give it a tzinfo"
        raise ValueError(f"{where}, {pointer}: {words}")
    try:
        in_utc = value.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f"{where}, {pointer}: {value} lies outside the years 1 to 9999") from None
    return in_utc.isoformat(timespec="milliseconds") + "Z"

"""Records as Python has them, as the JSON that is sent: nothing is guessed, and what has no one
spelling in JSON is refused, with the record and the member where it stands."""

import dataclasses
import enum
import json
import math
import uuid
from collections.abc import Mapping as AnyMapping
from datetime import date, datetime, timezone
from typing import Any, ClassVar, Dict, Iterable, List, Mapping, Optional, Protocol, Type, Union

from . import errors
from .errors import UnencodableType, UnencodableValue, VantaError, Violation

_DEEPEST = 100


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[Dict[str, Any]]


Record = Union[Mapping[str, Any], _Dataclass]


class CamelCase:
    """A base of dataclasses whose fields are written in camelCase: `unique_id` as `uniqueId`."""


class _Refused(Exception):
    """Where in a record a value is that cannot be written, and why."""

    def __init__(self, kind: Type[VantaError], pointer: str, words: str) -> None:
        self.kind, self.pointer, self.words = kind, pointer, words


def json_array(records: Iterable[Record], camel_case: bool = False) -> bytes:
    """Returns the JSON array of the records; all are taken before anything is made of them."""
    written: List[Any] = []
    for record in records:
        try:
            if not _has_fields(record):
                words = f"it is a {_name(record)}, not a dict or a dataclass"
                raise _Refused(UnencodableType, "", words)
            written.append(_plain(record, "", camel_case))
        except _Refused as refused:
            place = len(written), _unique_id(record), refused.pointer, refused.words
            raise errors.unencodable(refused.kind, Violation(*place)) from None
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()


def _unique_id(record: Any) -> Optional[str]:
    """Returns the id of a record if it has one that can be printed in one line."""
    if isinstance(record, AnyMapping):
        found = record.get("uniqueId")
    else:
        found = getattr(record, "unique_id", getattr(record, "uniqueId", None))
    return found if isinstance(found, str) and found.isprintable() else None


def _name(value: Any) -> str:
    return type(value).__name__


def _has_fields(value: Any) -> bool:
    is_dataclass = dataclasses.is_dataclass(value) and not isinstance(value, type)
    return is_dataclass or isinstance(value, AnyMapping)


def _plain(value: Any, pointer: str, camel_case: bool) -> Any:
    """Returns the value in types that JSON has; `pointer` is the way to it from the record."""
    if isinstance(value, enum.Enum):
        value = value.value
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        return _text(value, pointer, "a text")
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise _Refused(UnencodableValue, pointer, f"JSON has no number {value}: leave it out")
    if isinstance(value, datetime):
        return _rfc3339(value, pointer)
    if isinstance(value, (date, uuid.UUID)):
        return str(value)
    if pointer.count("/") > _DEEPEST:
        raise _Refused(UnencodableValue, "", "it is nested too deeply, or holds itself")
    if _has_fields(value):
        fields = _fields(value, pointer, camel_case).items()
        return {key: _plain(each, _below(pointer, key), camel_case) for key, each in fields}
    if isinstance(value, (list, tuple)):
        return [_plain(each, _below(pointer, i), camel_case) for i, each in enumerate(value)]
    words = "write what Vanta is to get, such as a str, a float or a list"
    words = f"a {_name(value)} has no one spelling in JSON: {words}"
    raise _Refused(UnencodableType, pointer, words)


def _fields(value: Any, pointer: str, camel_case: bool) -> Mapping[str, Any]:
    """Returns what a dict or a dataclass holds. None is how a dataclass says that it has no value for a
    field: it is left out. A dict says so by not having the key, and its None is a null."""
    if not isinstance(value, AnyMapping):
        name_of = _camel if camel_case or isinstance(value, CamelCase) else str
        names = (field.name for field in dataclasses.fields(value))
        held = ((name_of(name), getattr(value, name)) for name in names)
        return {name: of_field for name, of_field in held if of_field is not None}
    for key in value:
        if not isinstance(key, str):
            words = f"a key is a str, not {_name(key)}: {key!r}"
            raise _Refused(UnencodableType, pointer, words)
        _text(key, pointer, f"the key {key!r} is a text")
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


def _text(text: str, pointer: str, what: str) -> str:
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:  # a file name, for one, whose bytes are no UTF-8
        words = f"{what} with half a character in it (a surrogate)"
        raise _Refused(UnencodableValue, pointer, words) from None
    return text


def _below(pointer: str, key: Union[str, int]) -> str:
    """A JSON pointer (RFC 6901), as in the violations that the library tells."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _rfc3339(value: datetime, pointer: str) -> str:
    """In UTC, so that one moment has one spelling, as the library spells it where it is told one."""
    if value.utcoffset() is None:
        words = f"the datetime {value} has no time zone: give it a tzinfo"
        raise _Refused(UnencodableValue, pointer, words)
    try:
        in_utc = value.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError:
        words = f"{value} lies outside the years 1 to 9999"
        raise _Refused(UnencodableValue, pointer, words) from None
    return in_utc.isoformat(timespec="milliseconds") + "Z"

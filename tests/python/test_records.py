"""Writes records of Python objects as JSON, and refuses values that JSON cannot represent."""

import enum
import json
import pickle
import secrets
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Dict, Iterator, List, Optional, Tuple, Type
from uuid import UUID

import pytest
from conftest import RESOURCE

from libvanta import Body, Client, RecordsError, Status, UnencodableType, UnencodableValue
from libvanta._json import json_array

INDIA = timezone(timedelta(hours=5, minutes=30))
MOMENT = datetime(2026, 1, 2, 8, 34, 5, 678901, tzinfo=INDIA)


class Level(str, enum.Enum):
    ADMIN = "ADMIN"


class Colour(enum.Enum):
    RED = 7


@dataclass
class Disk:
    name: str
    encrypted: Optional[bool] = None


@dataclass(frozen=True)
class Computer:
    uniqueId: str
    displayName: str
    externalUrl: str = "https://x.example.com"
    customProperties: Dict[str, Any] = field(default_factory=dict)
    disks: Optional[Tuple[Disk, ...]] = None
    seen: Optional[datetime] = None


def written(value: Any) -> Any:
    return json.loads(json_array([{"field": value}]))[0]["field"]


@pytest.mark.parametrize(
    "value, expected",
    [
        (MOMENT, "2026-01-02T03:04:05.678Z"),
        (datetime(1, 1, 1, tzinfo=timezone.utc), "0001-01-01T00:00:00.000Z"),
        ((1, (2.5, None), [True]), [1, [2.5, None], [True]]),
        (Disk("a"), {"name": "a"}),
        ([Disk("a", False)], [{"name": "a", "encrypted": False}]),
        ({"a": None}, {"a": None}),
        (OrderedDict(a=MappingProxyType({"b": 1})), {"a": {"b": 1}}),
        (Level.ADMIN, "ADMIN"),
        (Colour.RED, 7),
        (date(2026, 1, 2), "2026-01-02"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ("é\n\U0001f600", "é\n\U0001f600"),
        (1 << 70, 1 << 70),
    ],
)
def test_values_with_one_json_form_are_written(value: Any, expected: Any) -> None:
    assert written(value) == expected


def circle() -> List[Any]:
    held: List[Any] = []
    held.append(held)
    return held


@pytest.mark.parametrize(
    "value, error, words",
    [
        (MOMENT.replace(tzinfo=None), ValueError, "has no time zone: give it a tzinfo"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=2))), ValueError, "outside the years"),
        (Decimal("1.5"), TypeError, "a Decimal has no"),
        (float("nan"), ValueError, "no number nan"),
        (float("-inf"), ValueError, "no number -inf"),
        (b"bytes", TypeError, "a bytes has no"),
        ({1, 2}, TypeError, "a set has no"),
        (iter([1]), TypeError, "a list_iterator has no"),
        (Disk, TypeError, "a type has no"),
        ("half \udc80", ValueError, "half a character"),
    ],
)
def test_other_values_are_refused_with_their_pointer(value: Any, error: Type[Exception], words: str) -> None:
    def records() -> Iterator[Any]:
        yield {"uniqueId": "a"}
        yield {"uniqueId": "b", "customProperties": {"a/b": [0, value]}}

    with pytest.raises(error) as raised:
        Body.from_records(RESOURCE, records())
    found: Any = raised.value
    assert isinstance(found, (UnencodableValue, UnencodableType)) and isinstance(found, RecordsError)
    assert (found.code, found.exit_code) == (Status.INVALID_PAYLOAD, 65)
    (violation,) = found.violations
    place = violation.index, violation.unique_id, violation.pointer
    assert place == (1, "b", "/customProperties/a~1b/1") and words in violation.message
    assert str(found) == f"the payload is malformed: {violation}"
    assert pickle.loads(pickle.dumps(found)).violations == [violation]


@pytest.mark.parametrize(
    "records, error, words",
    [
        (["a"], TypeError, "record 0 - it is a str, not a dict or a dataclass"),
        ({"uniqueId": "a"}, TypeError, "record 0 - it is a str"),
        ([{}, namedtuple("Row", "uniqueId")("a")], TypeError, "record 1 (uniqueId a) - it is a Row"),
        ([Computer], TypeError, "record 0 - it is a type"),
        ([{1: "a"}], TypeError, "record 0 - a key is a str, not int: 1"),
        ([{"a": {None: 1}}], TypeError, "record 0 at /a - a key is a str, not NoneType: None"),
        ([{"a": {"\ud800": 1}}], ValueError, "record 0 at /a - the key '\\ud800' is a text with half"),
        ([{"a": circle()}], ValueError, "record 0 - it is nested too deeply, or holds itself"),
        ([{"uniqueId": "a\n", "b": b""}], TypeError, "record 0 at /b - a bytes has no"),
        (None, TypeError, "not iterable"),
    ],
)
def test_records_of_a_wrong_type_are_refused(records: Any, error: Type[Exception], words: str) -> None:
    with pytest.raises(error) as raised:
        Body.from_records(RESOURCE, records)
    assert words in str(raised.value)


def test_records_that_end_with_an_exception_make_no_body() -> None:
    def cursor() -> Iterator[Dict[str, Any]]:
        yield {"uniqueId": "a"}
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError, match="went away"):
        Body.from_records(RESOURCE, cursor())


def test_dataclasses_are_pushed_as_dicts_are(client: Client) -> None:
    fields = {"at": MOMENT, "on": True}
    body = Body.from_records(
        secrets.token_hex(12),
        (Computer(str(number), "a", customProperties=fields) for number in range(3)),
    )
    assert client.push("custom_resource", body).warnings == []
    assert client.verify("custom_resource", body).record_count == 3
    for number, row in enumerate(client.list("custom_resource", body.resource_id).live):
        members = {key: row[key] for key in ("uniqueId", "customProperties")}
        at = "2026-01-02T03:04:05.678Z"
        assert members == {"uniqueId": str(number), "customProperties": {"at": at, "on": True}}
        assert "disks" not in row and "seen" not in row
    assert json_array([Computer("a", "a", disks=(Disk("b"),), seen=MOMENT)]).decode() == (
        '[{"uniqueId":"a","displayName":"a","externalUrl":"https://x.example.com",'
        '"customProperties":{},"disks":[{"name":"b"}],"seen":"2026-01-02T03:04:05.678Z"}]'
    )

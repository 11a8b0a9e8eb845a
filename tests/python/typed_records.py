"""Checks that typed records have the members of each schema and pass validation, and pushes some."""

import dataclasses
import json
import sys
import typing
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from pathlib import Path
from typing import Any, Dict, Optional, Set
from uuid import UUID

import libvanta
from libvanta import Body, CamelCase, Client, Config, Kind, records
from libvanta._json import _camel, json_array

RESOURCE = "66f0c0ffee0000000000a001"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1)))


def made(kind: Any, name: str) -> Any:
    """Makes a value of a type."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind == records.Time:
        return NOW
    if origin is typing.Union:  # an optional one
        wanted = next(each for each in inner if each is not type(None))
        return made(records.Time if set(inner) >= {str, datetime} else wanted, name)
    if dataclasses.is_dataclass(kind):
        return example(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[0]
    if origin is not None and issubclass(origin, typing.cast(Any, typing.Mapping).__origin__):
        return {"own": True}
    if origin is not None:
        return [made(inner[0], "")]
    return {str: "https://x.example.com" if name.endswith("url") else "a", bool: True, int: 1, float: 1.5}[kind]


def example(kind: Any) -> Any:
    hints = typing.get_type_hints(kind)
    return kind(**{each.name: made(hints[each.name], each.name) for each in dataclasses.fields(kind)})


def members(schema: Dict[str, Any]) -> Dict[str, Dict[str, Any]]:
    return {**schema.get("properties", {}), **schema.get("optionalProperties", {})}


def same(value: Any, schema: Dict[str, Any], where: str) -> None:
    """Compares the members of a value with those of its schema."""
    if members(schema):
        found: Set[str] = set(value) - {"customProperties"}
        assert found == set(members(schema)) - {"customProperties"}, (where, found)
        for name, below in members(schema).items():
            if name != "customProperties":
                same(value[name], below, f"{where}/{name}")
    elif "elements" in schema:
        same(value[0], schema["elements"], f"{where}/0")


def required(kind: Any, schema: Dict[str, Any]) -> None:
    without = {
        _camel(each.name) for each in dataclasses.fields(kind) if each.default is dataclasses.MISSING
    }
    assert without == set(schema.get("properties", {})), (kind, without)


def schemas(folder: Path) -> None:
    of_kinds = [each for each in vars(records).values() if isinstance(each, type)]
    of_kinds = [each for each in of_kinds if issubclass(each, records.Record) and each is not records.Record]
    assert sorted(kind.KIND for kind in of_kinds) == sorted(Kind)
    for kind in of_kinds:
        schema = json.loads((folder / f"{kind.KIND}.jtd.json").read_text())
        required(kind, schema)
        record = example(kind)
        same(json.loads(json_array([record]))[0], schema, str(kind.KIND))
        own = {"properties": {"own": {"type": "boolean"}}}
        off = {"closed_timestamp": "off", "unknown_component": "off"}
        options = libvanta.PushOptions(custom_properties=own, rules=off)
        warnings = libvanta.validate(kind.KIND, Body.from_records(RESOURCE, [record]), options)
        assert warnings == [], (kind, warnings)


@dataclasses.dataclass
class Laptop:
    unique_id: str
    displayName: str
    external_url: str = "https://x.example.com"
    custom_properties: Optional[Dict[str, Any]] = None


@dataclasses.dataclass
class Own(CamelCase):
    asset_tag: UUID
    bought_on: date


class Colour(Enum):
    RED = "red"


def values() -> None:
    own = Own(UUID(int=7), date(2026, 1, 2))
    laptop = Laptop("a", "b", custom_properties={"snake_case": own, "colour": Colour.RED})
    expected = {
        "uniqueId": "a",
        "displayName": "b",
        "externalUrl": "https://x.example.com",
        "customProperties": {
            "snake_case": {"assetTag": str(UUID(int=7)), "boughtOn": "2026-01-02"},
            "colour": "red",
        },
    }
    assert json.loads(json_array([laptop], camel_case=True)) == [expected]
    assert "unique_id" in json.loads(json_array([laptop]))[0]
    with Client(Config(environment=True)) as client:
        laptop.custom_properties = {"tag": UUID(int=7), "day": date(2026, 1, 2), "colour": Colour.RED}
        body = Body.from_records(RESOURCE, [laptop], camel_case=True)
        client.push(Kind.CUSTOM_RESOURCE, body)
        assert client.list(Kind.CUSTOM_RESOURCE, RESOURCE)[0]["uniqueId"] == "a"
    names = {"unique_id": "uniqueId", "cvss3_vector": "cvss3Vector", "uniqueId": "uniqueId"}
    assert {name: _camel(name) for name in names} == names


schemas(Path(sys.argv[1]))
values()
print("passed")

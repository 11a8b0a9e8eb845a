"""The full state of one resource: what a push replaces everything with."""

import os
from datetime import datetime, timedelta, timezone
from typing import Any, BinaryIO, Iterable, Optional, Union

from . import _arguments, _native, errors, waiting
from ._attribute import Attribute
from ._json import Record, json_array
from .listing import Listing

Path = Union[str, "os.PathLike[str]"]


class Body:
    """A resource id and all its records; made by one of the class methods."""

    resource_id = Attribute[str]("The id from Vanta's console.")
    record_count = Attribute[int]("How many records there are.")
    byte_len = Attribute[int]("The size of the request body in bytes, of which Vanta takes 10,485,760.")

    def __init__(self, handle: _native.Handle) -> None:
        self._handle = handle
        self.resource_id = _native.text("vanta_body_resource_id", handle) or ""
        self.record_count = _native.number("vanta_body_record_count", handle)
        self.byte_len = _native.number("vanta_body_byte_len", handle)

    @classmethod
    def from_request(cls, body: bytes) -> "Body":
        """Makes a body from a whole request, {"resourceId": ..., "resources": [...]}, as JSON."""
        data = _arguments.data(body, "body")
        return cls._made("vanta_body_from_request", data, len(data))

    @classmethod
    def from_file(cls, path: Path) -> "Body":
        """Reads a file that holds a whole request body."""
        return cls._made("vanta_body_from_file", _arguments.c_path(path, "path"))

    @classmethod
    def from_json_array(cls, resource_id: str, array: bytes) -> "Body":
        """Makes a body from the JSON array of its records."""
        resource, data = _arguments.c_text(resource_id, "resource_id"), _arguments.data(array, "array")
        return cls._made("vanta_body_from_json_array", resource, data, len(data))

    @classmethod
    def from_ndjson(cls, resource_id: str, lines: bytes) -> "Body":
        """Makes a body from lines (NDJSON), each the JSON object of one record."""
        resource, data = _arguments.c_text(resource_id, "resource_id"), _arguments.data(lines, "lines")
        return cls._made("vanta_body_from_ndjson", resource, data, len(data))

    @classmethod
    def from_ndjson_file(cls, resource_id: str, path: Path) -> "Body":
        """Reads a file of lines (NDJSON), each the JSON object of one record."""
        resource = _arguments.c_text(resource_id, "resource_id")
        return cls._made("vanta_body_from_ndjson_file", resource, _arguments.c_path(path, "path"))

    @classmethod
    def from_reader(cls, reader: BinaryIO) -> "Body":
        """Reads a whole request body from a binary file, or anything else that has read()."""
        return cls._read("vanta_body_from_reader", reader)

    @classmethod
    def from_ndjson_reader(cls, resource_id: str, reader: BinaryIO) -> "Body":
        """Reads lines (NDJSON), each the JSON object of one record, from a binary file or the like."""
        resource = _arguments.c_text(resource_id, "resource_id")
        return cls._read("vanta_body_from_ndjson_reader", reader, resource)

    @classmethod
    def _read(cls, name: str, reader: BinaryIO, *before: Any) -> "Body":
        give = reader.read

        def read(size: int) -> bytes:
            waiting.check_that_it_goes_on()
            return give(size)

        raise_error = errors.raise_error
        return cls(
            waiting.counted(None, lambda: _native.body_of_reader(raise_error, name, read, *before))
        )

    @classmethod
    def from_records(
        cls, resource_id: str, records: Iterable[Record], *, camel_case: bool = False
    ) -> "Body":
        """Makes a body from dicts, dataclasses, or the types of `libvanta.records`.

        Fields of dataclasses are called as Vanta calls them, or, with `camel_case`, in snake_case:
        `unique_id` is written as `uniqueId`. Keys of dicts are written as they are. Values may be
        dicts, dataclasses, lists, tuples, enums, UUIDs, dates, and datetimes with a tzinfo, which
        are written in UTC. A field of a dataclass that is None is left out; None in a dict is a
        null. What raises while it is gone through makes no body.

        A value that JSON has no form for raises UnencodableValue (a ValueError: a datetime without a
        time zone, NaN) or UnencodableType (a TypeError: Decimal, bytes, set). Both are RecordsErrors,
        so VantaErrors, with the record and the member in `violations`.
        """
        return cls.from_json_array(resource_id, json_array(records, camel_case))

    def with_leavers(
        self, listing: Listing, keep_for: timedelta, now: Optional[datetime] = None
    ) -> "Body":
        """Returns this body with its leavers: the live accounts of a listing that are missing here.

        Each is added with the status DEACTIVATED and with `now` as its deactivatedTimestamp; without
        `now` it is the present. One that the listing shows as DEACTIVATED keeps its timestamp, and is
        left out `keep_for` after it. Nothing is sent. A push counts each account that it deactivates
        as a removal. Only the body that is returned knows its leavers.

            listing = client.list(Kind.USER_ACCOUNT, body.resource_id)
            client.push(Kind.USER_ACCOUNT, body.with_leavers(listing, timedelta(days=90)))
        """
        _arguments.instance(listing, Listing, "listing", "read one with Client.list()")
        _arguments.instance(keep_for, timedelta, "keep_for")
        seconds = _arguments.count(keep_for // timedelta(seconds=1), "keep_for in seconds")
        now = datetime.now(timezone.utc) if now is None else now
        if _arguments.instance(now, datetime, "now").utcoffset() is None:
            raise ValueError("now has no time zone: give it a tzinfo, as datetime.now(timezone.utc) has")
        since_1970 = now - datetime(1970, 1, 1, tzinfo=timezone.utc)
        times = seconds, since_1970 // timedelta(milliseconds=1)
        return self._made("vanta_body_with_leavers", self._handle, listing._native_handle(), *times)

    @classmethod
    def _made(cls, name: str, *arguments: Any) -> "Body":
        return cls(_native.make("body", errors.raise_error, name, *arguments))

    __reduce__ = _native.uncopied

    def __len__(self) -> int:
        return self.record_count

    def __repr__(self) -> str:
        return f"<Body of {self.resource_id}: {self.record_count} records, {self.byte_len} bytes>"


def handle_of(body: Any, name: str = "body") -> _native.Handle:
    """Returns the handle of a body; an error for anything else says how one is made."""
    advice = "make one with Body.from_records(resource_id, records)"
    handle: _native.Handle = _arguments.instance(body, Body, name, advice)._handle
    return handle

"""Lists: the rows that Vanta holds, decoded when they are asked for."""

import json
from typing import Any, Dict, Iterator, List, Sequence, Tuple, Union, overload

from . import _native

Row = Dict[str, Any]


class _OfLibrary:
    """Rows that the library holds, as the text that the server sent."""

    def __init__(self, handle: _native.Handle) -> None:
        self.handle = handle
        self.count = _native.number("vanta_listing_count", handle)

    def text(self, index: int) -> bytes:
        return _native.sized_text("vanta_listing_row", self.handle, index)

    def is_deleted(self, index: int) -> bool:
        return _native.number("vanta_listing_row_is_deleted", self.handle, index) == 1


class _OfPickle:
    """Rows that came from another process."""

    def __init__(self, rows: List[Tuple[bytes, bool]]) -> None:
        self.rows, self.count = rows, len(rows)

    def text(self, index: int) -> bytes:
        return self.rows[index][0]

    def is_deleted(self, index: int) -> bool:
        return self.rows[index][1]


_Source = Union[_OfLibrary, _OfPickle]


class Rows:
    """Rows of a listing, each decoded when it is asked for: a new dict each time.

    len(), indexes, slices and iteration work as with a list; list(rows) decodes all of them.
    """

    def __init__(self, source: _Source, indexes: Sequence[int]) -> None:
        self._source, self._indexes = source, indexes

    def __len__(self) -> int:
        return len(self._indexes)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> "Rows": ...

    def __getitem__(self, index: Union[int, slice]) -> Union[Row, "Rows"]:
        if isinstance(index, slice):
            return Rows(self._source, self._indexes[index])
        row: Row = json.loads(self._source.text(self._indexes[index]))
        return row

    def __iter__(self) -> Iterator[Row]:
        return (json.loads(self._source.text(index)) for index in self._indexes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Rows, list, tuple)):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} rows>"

    def __reduce__(self) -> Any:
        texts = [(self._source.text(index), self._source.is_deleted(index)) for index in self._indexes]
        return _unpickled, (type(self), texts)


class Listing(Rows):
    """What Vanta holds of one resource: a sequence of rows, soft-deleted ones among them.

    Each row is a dict, with what Vanta added to it. It is decoded when it is asked for, so that a
    listing takes little more memory than the response. `rows` is the listing itself, `live` the rows
    that are not soft-deleted. `count` and `live_count` are how many there are.
    """

    def __init__(self, source: _Source) -> None:
        super().__init__(source, range(source.count))
        self.count = source.count
        live = [index for index in range(source.count) if not source.is_deleted(index)]
        # Usually all of them.
        self._live: Sequence[int] = live if len(live) < self.count else range(self.count)
        self.live_count = len(live)

    @property
    def rows(self) -> Rows:
        """Returns all rows."""
        return self

    @property
    def live(self) -> Rows:
        """Returns the rows that are not soft-deleted."""
        return Rows(self._source, self._live)

    def _native_handle(self) -> _native.Handle:
        if isinstance(self._source, _OfLibrary):
            return self._source.handle
        raise ValueError("the listing came from another process: read it in this one")

    def __repr__(self) -> str:
        return f"<Listing: {self.count} rows, {self.live_count} live>"


def taken(handle: _native.Handle) -> Listing:
    """Returns the listing that a handle of the library's holds."""
    return Listing(_OfLibrary(handle))


def _unpickled(kind: Any, rows: List[Tuple[bytes, bool]]) -> Rows:
    source = _OfPickle(rows)
    made: Rows = kind(source) if kind is Listing else kind(source, range(len(rows)))
    return made

"""Rows of a source before anything is made of them, and how a source is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.remarks import Remark

AT_A_TIME = 20_000
"""Rows made into text at a time: Python's texts take several times the room of Arrow's."""


PEEK = 65_536
"""Bytes at the beginning of a file that tell what it is."""


@dataclass(frozen=True)
class Raw:
    """Columns as they were written.

    Attributes
    ----------
    columns : those asked for, by name, each of n cells.
    rows : int64[n], the number of each row, as a spreadsheet counts: 1 is the first of the
        file, above or at the header; in a database, the first of the answer.
    broken : rows that have no such cells: their number, and why.
    sheets : the sheet of each row, where they are of several.
    remarks : what was done beyond reading one table as written.
    """

    columns: dict[str, pa.Array]
    rows: NDArray[np.int64]
    broken: list[tuple[int, str]] = field(default_factory=list)
    sheets: pa.Array | None = None
    remarks: tuple[Remark, ...] = ()


class Source(Protocol):
    """An opened table."""

    name: str
    """How to name it to the planner; without a password."""
    header: list[str]
    """Names of its columns."""

    def read(self, names: Sequence[str], most: int | None = None) -> Raw:
        """Read columns; at most so many rows, about, from the beginning.

        Raises
        ------
        InputError
            The table can't be read to its end.
        """
        ...


def refuse(message: str, file: str, suggestion: str = "") -> NoReturn:
    """Raise an `InputError` about a file."""
    raise InputError([Problem(message, file=file, suggestion=suggestion)])


def damaged(file: str, reason: object = "") -> NoReturn:
    """Refuse a file of which only a part is there."""
    message = tr("the file is damaged or was cut off on its way; export it again")
    if reason:
        message = tr("{message} ({reason})", message=message, reason=reason)
    refuse(message, file)


def places(
    header: Sequence[str], names: Sequence[str], file: str, missing: bool = False
) -> list[int]:
    """Find columns in a header; some may be missing if that is said.

    Raises
    ------
    InputError
        A name stands there more than once.
    """
    twice = [name for name in names if header.count(name) > 1]
    if twice:
        message = tr("the column “{name}” occurs twice; rename one of them", name=twice[0])
        refuse(message, file)
    return [header.index(name) for name in names if not missing or name in header]


def header_at(rows: Sequence[Sequence[Any]]) -> int:
    """Find the header below titles and notes: the first row filled about as far as any."""
    filled = [sum(str(cell).strip() != "" for cell in row) for row in rows]
    wide = max(map(len, rows), default=0)
    for i, row in enumerate(rows):
        # The first column may be a number of the row, without a name; R leaves out even that.
        numbered = len(row) > 1 and filled[i] == len(row) - 1 and not str(row[0]).strip()
        filled[i] += numbered or 2 < filled[i] + 1 == len(row) + 1 == wide
    most = max(filled, default=0)
    return next((i for i, n in enumerate(filled) if n >= 0.8 * most), 0)


def joined(chunks: list[list[pa.Array]]) -> list[pa.Array]:
    """Join the parts of columns, one column after another; the parts of each are let go.

    Else all columns would be there twice, for a moment, and a large table not fit in memory.
    """
    columns = []
    for parts in chunks:
        columns.append(pa.concat_arrays(parts) if parts else pa.array([], pa.large_string()))
        parts.clear()
        pa.default_memory_pool().release_unused()
    return columns


def reason(error: Exception) -> str:
    """Give the first sentence of what a library says of a file that it can't read."""
    return str(error).strip().partition("\n")[0].partition(". ")[0].rstrip(".")[:200]


def whole(column: pa.ChunkedArray) -> pa.Array:
    """Make one array of a column; of text, if it is neither of times nor of text."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # as some releases of Arrow give
        array = pa.concat_arrays(array.chunks) if array.num_chunks else array
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_timestamp(array.type):
        return _of_a_zone(array)
    if pa.types.is_date(array.type):
        return array
    if pa.types.is_floating(array.type):
        return pa.array(
            [None if x is None or x != x else f"{x:.15g}" for x in array.to_pylist()],
            pa.large_string(),
        )
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        return _readable(array.cast(pa.large_string()))
    try:
        if not (pa.types.is_nested(array.type) or _is_bytes(array.type)):
            return array.cast(pa.large_string())
    except pa.ArrowInvalid:  # a time or a number that is none
        pass
    return pa.array([written(x) for x in array.to_pylist()], pa.large_string())


def _is_bytes(kind: pa.DataType) -> bool:
    return any(
        test(kind)
        for test in (
            *(pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary),
            *(pa.types.is_binary_view, pa.types.is_string_view),
        )
    )


def _of_a_zone(array: pa.Array) -> pa.Array:
    """Refuse times of a zone that there isn't; their texts would be in UTC in silence."""
    if array.type.tz is not None:
        import pyarrow.compute as pc

        pc.local_timestamp(array.slice(0, 1))
    return array


def _readable(array: pa.Array) -> pa.Array:
    """Put a sign for what can't be read in the place of bytes that are no characters."""
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return pa.array(map(written, array.cast(pa.large_binary()).to_pylist()), pa.large_string())
    return array


def written(value: Any) -> str | None:
    """Write a value as text; bytes as the text that they most likely are."""
    if value is None:
        return None
    if isinstance(value, memoryview | bytearray):
        value = bytes(value)
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.decode("utf-8", "replace")
    # A half of a pair of UTF-16 can't be written.
    return str(value).encode("utf-8", "replace").decode()

"""Where work orders come from: a file of any kind that offices have, or a database.

`open_source` looks at what a file is, not at what it is called (an ``.xls`` is often a text
file). A `Source` tells its columns, and reads those that it is asked for, and no others, so that
names and telephone numbers beside them are never read. Used by `govsim.orders.reading`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.mapping import Mapping
from govsim.orders.remarks import Remark
from govsim.scenarios.documents import Unreadable, fetch

_ADDRESS = re.compile(r"^[a-z][a-z0-9+]{2,}:|\b(pwd|password)=", re.IGNORECASE)
"""What looks like the address of a database, but isn't written like one."""

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


def open_source(address: str | Path, mapping: Mapping | None = None) -> Source:
    """Open a file, or a database by its SQLAlchemy address.

    Parameters
    ----------
    address : of a file, or such as ``postgresql+psycopg://reader@host/name``.
    mapping : which sheet, table, query or encoding, where that must be told.

    Raises
    ------
    InputError
        There is no such table, or it is none that can be read.
    """
    if "://" in str(address):
        from govsim.orders.databases import Database

        return Database(str(address), mapping)
    path = Path(address)
    if _ADDRESS.search(str(address)) and not path.exists():
        # Not shown, since it may hold a password.
        from govsim.orders.databases import EXAMPLE

        refuse(
            tr("this is no address of a database; write it like {example}", example=EXAMPLE),
            tr("the database"),
        )
    beginning = _beginning(path)
    if beginning.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from govsim.orders.workbooks import Workbook

        return Workbook(path, mapping)
    if beginning.startswith(b"PAR1"):
        return Parquet(path)
    if beginning.startswith(b"SQLite format 3\0"):
        from govsim.orders.databases import Database

        return Database(path, mapping)
    if not beginning.strip():
        refuse(tr("the file is empty"), str(path))
    if (
        beginning[:1000]
        .removeprefix(codecs.BOM_UTF8)
        .lower()
        .lstrip()
        .startswith((b"<html", b"<!doctype html", b"<table", b"<?xml"))
    ):
        refuse(tr("this is a web page; open it in Excel and save it as xlsx or CSV"), str(path))
    from govsim.orders.characters import Characters
    from govsim.orders.json_files import JsonFile, is_json
    from govsim.orders.text_files import TextFile

    text = Characters(path, None if mapping is None else mapping.encoding)
    return JsonFile(text) if is_json(text.sample()) else TextFile(text)


def refuse(message: str, file: str, suggestion: str = "") -> NoReturn:
    """Raise an `InputError` about a file."""
    raise InputError([Problem(message, file=file, suggestion=suggestion)])


def damaged(file: str, reason: object = "") -> NoReturn:
    """Refuse a file of which only a part is there."""
    message = tr("the file is damaged or was cut off on its way; export it again")
    if reason:
        message = tr("{message} ({reason})", message=message, reason=reason)
    refuse(message, file)


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(PEEK)
    except OSError:
        try:
            fetch(path, str(path))  # says in plain words what the matter is
        except Unreadable as error:
            raise InputError(error.problems) from None
        raise


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


class Parquet:
    """A parquet file."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self.name = str(path)
        try:
            self.file = pq.ParquetFile(path)
            self.header = list(self.file.schema_arrow.names)
        except MemoryError:
            raise
        except Exception as error:  # of a damaged file anything may be wrong, names included
            damaged(self.name, reason(error))

    def read(self, names: Sequence[str], most: int | None = None) -> Raw:
        """Read columns; see `Source`."""
        places(self.header, names, self.name)
        wanted = list(names)
        chunks: list[list[pa.Array]] = [[] for _ in names]
        n = 0
        try:
            for batch in self.file.iter_batches(AT_A_TIME, columns=wanted):
                n += len(batch)
                for column, cells in zip(chunks, wanted, strict=True):
                    column.append(whole(pa.chunked_array([batch.column(cells)])))
                if most is not None and n >= most:
                    break
        except MemoryError:
            raise
        except Exception as error:
            damaged(self.name, reason(error))
        return Raw(dict(zip(wanted, joined(chunks), strict=True)), np.arange(1, n + 1))


def joined(chunks: list[list[pa.Array]]) -> list[pa.Array]:
    """Join the parts of columns, one column after another; the parts of each are let go.

    Else all columns would be there twice, for a moment, and a large table not fit in memory.
    """
    columns = []
    for parts in chunks:
        columns.append(pa.concat_arrays(parts) if parts else pa.array([], pa.large_string()))
        parts.clear()
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

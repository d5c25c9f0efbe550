"""Where work orders come from: a file of any kind that offices have, or a database.

`open_source` looks at what a file is, not at what it is called (an ``.xls`` is often a text
file). A `Source` tells its columns, and reads those that it is asked for, and no others, so that
names and telephone numbers beside them are never read. Used by `govsim.orders.reading`.
"""

from __future__ import annotations

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
from govsim.scenarios.documents import Unreadable, fetch

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
    """

    columns: dict[str, pa.Array]
    rows: NDArray[np.int64]
    broken: list[tuple[int, str]] = field(default_factory=list)


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
    beginning = _beginning(path)
    if beginning.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from govsim.orders.workbooks import Workbook

        return Workbook(path, None if mapping is None else mapping.sheet)
    if beginning.startswith(b"PAR1"):
        return Parquet(path)
    if beginning.startswith(b"SQLite format 3\0"):
        from govsim.orders.databases import Database

        return Database(f"sqlite:///{path}", mapping, shown=str(path))
    if not beginning.strip():
        refuse(tr("the file is empty"), str(path))
    if (
        beginning[:1000]
        .lower()
        .lstrip()
        .startswith((b"<html", b"<!doctype html", b"<table", b"<?xml"))
    ):
        refuse(tr("this is a web page; open it in Excel and save it as xlsx or CSV"), str(path))
    from govsim.orders.text_files import TextFile

    return TextFile(path, None if mapping is None else mapping.encoding)


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


def places(header: Sequence[str], names: Sequence[str], file: str) -> list[int]:
    """Find columns in a header.

    Raises
    ------
    InputError
        A name stands there more than once.
    """
    twice = [name for name in names if header.count(name) > 1]
    if twice:
        message = tr("the column “{name}” occurs twice; rename one of them", name=twice[0])
        refuse(message, file)
    return [header.index(name) for name in names]


def header_at(rows: Sequence[Sequence[Any]]) -> int:
    """Find the header below titles and notes: the first row filled about as far as any."""
    filled = [sum(str(cell).strip() != "" for cell in row) for row in rows]
    most = max(filled, default=0)
    return next((i for i, n in enumerate(filled) if n >= 0.8 * most), 0)


class Parquet:
    """A parquet file."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self.name = str(path)
        try:
            self.file = pq.ParquetFile(path)
        except (pa.ArrowInvalid, OSError) as error:
            damaged(self.name, str(error).partition(".")[0])
        self.header = list(self.file.schema_arrow.names)

    def read(self, names: Sequence[str], most: int | None = None) -> Raw:
        """Read columns; see `Source`."""
        places(self.header, names, self.name)
        try:
            if most is None:
                table = self.file.read(columns=list(names))
            else:
                first = next(self.file.iter_batches(most, columns=list(names)), None)
                table = (
                    self.file.schema_arrow.empty_table().select(list(names))
                    if first is None
                    else pa.Table.from_batches([first])
                )
        except (pa.ArrowInvalid, OSError) as error:
            damaged(self.name, str(error).partition(".")[0])
        columns = {name: whole(table.column(name)) for name in names}
        return Raw(columns, np.arange(1, len(table) + 1))


def whole(column: pa.ChunkedArray) -> pa.Array:
    """Make one array of a column; of text, if it is neither of times nor of text."""
    array = column.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_timestamp(array.type) or pa.types.is_date(array.type):
        return array
    if pa.types.is_floating(array.type):
        return pa.array(
            [None if x is None or x != x else f"{x:.15g}" for x in array.to_pylist()],
            pa.large_string(),
        )
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        return pa.array(
            [None if x is None else str(x) for x in array.to_pylist()], pa.large_string()
        )
    return array.cast(pa.large_string())

"""Work orders in a spreadsheet: xlsx, xls, xlsb, ods or a web page called xls; one sheet or more.

Used by `govsim.orders.sources`. Which sheets are read is said: all that have the header of the
orders; covers, statistics and lists of other things are named as not read. Cells become text,
times included, so that a column that changes its type half-way is read like any other.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa

from govsim.errors import InputError
from govsim.language import tr
from govsim.orders import xlsx
from govsim.orders.grids import Grid, filled_down, header_of
from govsim.orders.mapping import Mapping
from govsim.orders.raw import Raw, damaged, joined, places, reason, refuse
from govsim.orders.recognising import is_known
from govsim.orders.remarks import Remark
from govsim.orders.shapes import Ints
from govsim.orders.times import Kind, parse
from govsim.scenarios.units import nearest

T = TypeVar("T")

ALIKE = 0.6
"""Share of the names of columns, at least, that sheets of one table have in common."""


SUMS = re.compile(r"汇总|合计|总表|全部|总计|\b(all|total|summary|combined)\b", re.IGNORECASE)
"""Names of a sheet that may hold all that the others hold."""


@dataclass(frozen=True)
class _Table:
    """A sheet with its header.

    Attributes
    ----------
    grid : the sheet.
    row : the last row of the header.
    header : the columns: place and name.
    times : how many of them hold times, by their first rows.
    known : how many have a name that such columns of orders often have.
    """

    grid: Grid
    row: int
    header: list[tuple[int, str]]
    times: int
    known: int

    @property
    def names(self) -> list[str]:
        return [name for _, name in self.header]

    def like(self, other: _Table) -> bool:
        """Whether both are parts of one table."""
        mine, others = set(self.names), set(other.names)
        return len(mine & others) >= ALIKE * max(len(mine), len(others))


class Workbook:
    """The work orders of a workbook.

    Parameters
    ----------
    path : the file.
    mapping : may name a sheet, which is then the only one; and columns, by which sheets are
        known.
    tables : where they were read already, from a web page.
    """

    def __init__(
        self, path: Path, mapping: Mapping | None, tables: Sequence[Grid] | None = None
    ) -> None:
        self.name = str(path)
        grids = list(tables) if tables else self._guarded(lambda: _grids(path))
        if not grids:
            refuse(tr("the file is empty"), self.name)
        sheet = None if mapping is None else mapping.sheet
        names = [grid.name for grid in grids]
        if sheet is not None and sheet not in names:
            message = tr(
                "there is no sheet “{sheet}”; there are: {names}",
                sheet=sheet,
                names=", ".join(names),
            )
            refuse(message, self.name, nearest(sheet, names))
        if sheet is not None:
            grids = [grid for grid in grids if grid.name == sheet]
        found = self._guarded(lambda: list(map(_table, grids)))
        found = [table for table in found if table.header]
        if not found:
            refuse(tr("the sheet is empty"), self.name)
        self.tables = _chosen(found, mapping)
        used = {table.grid.name for table in self.tables}
        self.unused = [] if sheet is not None else [name for name in names if name not in used]
        self.header = self.tables[0].names
        for table in self.tables[1:]:
            self.header += [name for name in table.names if name not in self.header]

    def _guarded(self, read: Callable[[], T]) -> T:
        """Read something; if the file is damaged, say so."""
        try:
            return read()
        except (InputError, MemoryError):
            raise
        except xlsx.UNREADABLE as error:
            damaged(self.name, reason(error))

    def read(self, names: Sequence[str], most: int | None = None) -> Raw:
        """Read columns; see `Source`."""
        chunks: list[list[pa.Array]] = [[pa.array([], pa.large_string())] for _ in names]
        numbers: list[Ints] = [np.empty(0, np.int64)]
        sheets: list[str] = []
        for table in self.tables:
            left = None if most is None else most - sum(map(len, numbers))
            if left is not None and left <= 0:
                break
            rows, columns = self._of(table, names, left)
            numbers.append(rows)
            sheets += [table.grid.name] * len(rows)
            for chunk, cells in zip(chunks, columns, strict=True):
                chunk.append(cells)
        several = len(self.tables) > 1
        return Raw(
            dict(zip(names, joined(chunks), strict=True)),
            np.concatenate(numbers),
            sheets=pa.array(sheets).dictionary_encode() if several else None,
            remarks=tuple(self._remarks(names)),
        )

    def _of(
        self, table: _Table, names: Sequence[str], most: int | None
    ) -> tuple[Ints, list[pa.Array]]:
        """Read columns of a sheet; empty where it has none of that name."""
        places(table.names, names, f"{self.name} ({table.grid.name})", missing=True)
        there = {name: place for place, name in table.header if name in names}
        rows, found, merges = self._guarded(
            lambda: table.grid.columns(list(there.values()), table.row, most)
        )
        cells = {
            name: filled_down(rows, column, place, merges)
            for (name, place), column in zip(there.items(), found, strict=True)
        }
        empty = pa.nulls(len(rows), pa.large_string())
        return rows, [cells.get(name, empty) for name in names]

    def _remarks(self, names: Sequence[str]) -> Iterator[Remark]:
        """Say which sheets were read, which not, and what is missing in one of them."""
        if len(self.tables) > 1:
            read = ", ".join(table.grid.name for table in self.tables)
            yield Remark("sheets", "", len(self.tables), read)
        if self.unused:
            yield Remark("other sheets", "", len(self.unused), ", ".join(self.unused))
        for table in self.tables:
            if missing := [name for name in names if name not in table.names]:
                said = tr("{sheet}: {names}", sheet=table.grid.name, names=", ".join(missing))
                yield Remark("missing in sheet", "", len(missing), said)


def _grids(path: Path) -> list[Grid]:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"PK"
    if packed:
        book = zipfile.ZipFile(path)
        names = [name.lower().replace("\\", "/") for name in book.namelist()]
        if any(name.endswith("workbook.xml") for name in names):
            return list(xlsx.Xlsx(path).sheets)
        if not any(name in ("content.xml", "xl/workbook.bin") for name in names):
            inside = ", ".join(book.namelist()[:10])
            refuse(
                tr(
                    "this is a packed folder; unpack it, and name a file of it: {names}",
                    names=inside,
                ),
                str(path),
            )
    from govsim.orders.old_workbooks import sheets

    return list(sheets(path))


def _table(grid: Grid) -> _Table:
    """Find the header of a sheet, and see what is below it."""
    row, names, below = header_of(grid)
    columns = [[cells.get(column, "") for cells in below.values()] for column in names]
    times = 0
    for cells in columns:
        kind = parse(pa.array(cells, pa.large_string())).kind
        filled = kind != Kind.BLANK
        times += bool(filled.any() and (kind[filled] == Kind.MOMENT).mean() > 0.5)
    known = sum(map(is_known, names.values()))
    return _Table(grid, row, list(names.items()), times, known)


def _chosen(tables: list[_Table], mapping: Mapping | None) -> list[_Table]:
    """Choose the sheets that hold the orders; hidden ones only where no other does."""
    wanted = [] if mapping is None else [c for c in mapping.columns.given().values() if c]
    found = []
    if mapping is not None and mapping.columns.created:
        has = {id(table): len(set(wanted) & set(table.names)) for table in tables}
        found = [
            table
            for table in tables
            if mapping.columns.created in table.names
            if has[id(table)] >= ALIKE * max(has.values())
        ]
    if not found:
        first = max(
            tables,
            key=lambda one: (one.times > 0, one.grid.visible, one.times + one.known, one.grid.size),
        )
        found = [table for table in tables if table.like(first)]
    if any(table.grid.visible for table in found):
        found = [table for table in found if table.grid.visible]
    for table in found:
        others = sum(other.grid.size for other in found if other is not table)
        if SUMS.search(table.grid.name) and len(found) > 2 and table.grid.size >= 0.8 * others:
            return [table]
    return found

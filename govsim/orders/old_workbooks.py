"""Sheets of xls, xlsb and ods workbooks, read by calamine.

It lays a sheet out from its first to its last cell, and ends the process where that doesn't fit
in memory. So the true extent is found first. Used by `govsim.orders.workbooks`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from xml.parsers import expat

import numpy as np
import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from govsim.language import tr
from govsim.orders.grids import Merge, Rows
from govsim.orders.raw import AT_A_TIME, damaged, joined, reason, refuse
from govsim.orders.shapes import Ints

MOST_CELLS = 20_000_000
"""Cells from the first to the last of a sheet; more take more than a gigabyte."""

T = TypeVar("T")


def sheets(path: Path) -> Iterator[Sheet]:
    """Go through the sheets of a workbook."""
    name = str(path)
    for sheet, (height, width) in _extents(path).items():
        if height * width > MOST_CELLS:
            message = tr(
                "the sheet “{sheet}” reaches over {height} rows and {width} columns, most of them "
                "empty; delete what stands far below or beside the table",
                sheet=sheet,
                height=f"{height:,}",
                width=f"{width:,}",
            )
            refuse(message, name)
    book = guarded(name, lambda: CalamineWorkbook.from_path(name))
    for about in book.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet:
            visible = about.visible == SheetVisibleEnum.Visible
            yield Sheet(name, book, about.name, visible)


def guarded(file: str, read: Callable[[], T]) -> T:
    """Let calamine read; what it can't, it says in many ways, or by a panic of its language."""
    try:
        return read()
    except PasswordError:
        refuse(tr("the workbook is protected by a password; save it without one"), file)
    except (CalamineError, OSError) as error:
        damaged(file, reason(error))
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        damaged(file, tr("the reader gave up"))


@dataclass
class Sheet:
    """A sheet; see `govsim.orders.grids.Grid`."""

    file: str
    book: CalamineWorkbook
    name: str
    visible: bool
    read: CalamineSheet | None = None

    @property
    def sheet(self) -> CalamineSheet:
        """The sheet itself, of which one at a time is kept."""
        if self.read is None:
            self.read = guarded(self.file, lambda: self.book.get_sheet_by_name(self.name))
        return self.read

    @property
    def size(self) -> int:
        """How much there is in it; for comparison with others."""
        return self.sheet.height * self.sheet.width

    def _rows(self, after: int = 0) -> Iterator[tuple[int, list[Any]]]:
        """Go through the rows with their numbers.

        Calamine gives all rows from the first of the sheet on, but columns only from the first
        that holds anything.
        """
        return islice(enumerate(self.sheet.iter_rows(), 1), after, None)

    def top(self, most: int) -> Rows:
        """Give the cells of the first rows that hold anything."""
        found: Rows = {}
        for number, row in self._rows():
            cells = {i: text for i, cell in enumerate(row) if (text := _text(cell))}
            if cells:
                found[number] = cells
            if len(found) >= most:
                break
        return found

    def merges(self) -> list[Merge]:
        """Give the ranges of merged cells."""
        left = self.sheet.start[1] if self.sheet.start else 0
        return [
            (top + 1, first - left, bottom + 1, last - left)
            for (top, first), (bottom, last) in self.sheet.merged_cell_ranges or ()
        ]

    def columns(
        self, wanted: list[int], after: int, most: int | None
    ) -> tuple[Ints, list[pa.Array], list[Merge]]:
        """Read columns below a row; at most so many rows."""
        rows = islice(self._rows(after), most)
        chunks: list[list[pa.Array]] = [[pa.array([], pa.large_string())] for _ in wanted]
        numbers: list[int] = []
        while part := list(islice(rows, AT_A_TIME)):
            filled = [(number, row) for number, row in part if any(cell != "" for cell in row)]
            numbers += [number for number, _ in filled]
            for place, column in zip(wanted, chunks, strict=True):
                texts = [_text(row[place]) for _, row in filled]
                column.append(pa.array(texts, pa.large_string()))
        return np.array(numbers, np.int64), joined(chunks), self.merges()


def _text(cell: Any) -> str:
    """Write a cell as text; spreadsheets keep 320115001 as 320115001.0."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "milliseconds" if cell.microsecond >= 1000 else "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return repr(cell / timedelta(days=1))  # a number of days, as the file has it
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


# ------------------------------------------------------------------ extents


def _extents(path: Path) -> dict[str, tuple[int, int]]:
    """Find how far the sheets of a workbook reach; an xls can't reach far."""
    try:
        with zipfile.ZipFile(path) as book:
            names = book.namelist()
            if "content.xml" in names:
                return _of_ods(book)
            return {
                name: _of_xlsb(book.read(name))
                for name in names
                if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".bin")
            }
    except zipfile.BadZipFile:
        return {}


def _of_ods(book: zipfile.ZipFile) -> dict[str, tuple[int, int]]:
    """Find the last filled cell of each sheet; rows and cells may be written once for many."""
    found: dict[str, tuple[int, int]] = {}
    name, row, column, times, width = "", 0, 0, 1, 0
    cell = 1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal name, row, column, times, width, cell
        tag = tag.rpartition(":")[2]
        if tag == "table":
            name, row = attributes.get("table:name", ""), 0
            found[name] = 0, 0
        elif tag == "table-row":
            times = int(attributes.get("table:number-rows-repeated", 1))
            column = width = 0
        elif tag in ("table-cell", "covered-table-cell"):
            cell = int(attributes.get("table:number-columns-repeated", 1))
            column += cell
            if "office:value-type" in attributes:
                width = column
        elif tag == "p":
            width = column

    def end(tag: str) -> None:
        nonlocal row
        if tag.rpartition(":")[2] == "table-row":
            row += times
            if width:
                _, widest = found.get(name, (0, 0))
                found[name] = row, max(widest, width)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with book.open("content.xml") as stream:
        parser.ParseFile(stream)
    return found


def _of_xlsb(data: bytes) -> tuple[int, int]:
    """Find the last row and column of a sheet in records of a type, a length and so many bytes."""
    at = height = width = 0
    while at < len(data):
        kind, at = _short(data, at, 2)
        length, at = _short(data, at, 4)
        if kind == 0:
            height = max(height, int.from_bytes(data[at : at + 4], "little") + 1)
        elif 1 <= kind <= 11:
            width = max(width, int.from_bytes(data[at : at + 4], "little") + 1)
        at += length
    return height, width


def _short(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Read a number of seven bits a byte."""
    value = 0
    for i in range(most):
        byte = data[at + i] if at + i < len(data) else 0
        value |= (byte & 127) << 7 * i
        if byte < 128:
            return value, at + i + 1
    return value, at + most

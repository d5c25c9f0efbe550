"""Tables of a web page, which many systems of offices write and call .xls.

Excel opens such a file like a workbook, so whoever exports it takes it for one. Each table of the
page is a sheet here (`govsim.orders.workbooks`); cells over several rows or columns are merged
cells. Read by the standard library as a stream, so that tags that were never closed do no harm.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from govsim.orders.characters import Characters
from govsim.orders.grids import WIDEST, Merge, Rows
from govsim.orders.raw import AT_A_TIME, damaged, joined, reason
from govsim.orders.shapes import Ints

BEGINS = (
    b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"<head", b"<body", b"<style",
    b"<div", b"<!--",
)  # fmt: skip
"""How such files begin."""

MOST_ROWS, MOST_COLUMNS = 65_534, 1_000
"""Rows and columns that a cell may reach over, by the HTML standard."""

MOST_TOP = 64
"""Rows kept as they are, in which a header is looked for."""

DEEPEST = 50
"""Tables within cells of tables; more are no page that anybody wrote."""


class Sheet:
    """A table of a page.

    Attributes
    ----------
    name : what it is called there, or its number.
    size : cells with anything in them.
    """

    visible = True

    def __init__(self, name: str) -> None:
        self.name, self.size = name, 0
        self._rows, self._place = 0, 0
        self._row: dict[int, str] = {}
        self._top: Rows = {}
        self._merges: list[Merge] = []
        self._reaching: dict[int, int] = {}  # by column, the last row of a cell from above
        self._pending: Rows = {}
        self._numbers: list[Ints] = []
        self._chunks: list[list[pa.Array]] = []

    # ------------------------------------------------------------------ while it is read

    def new_row(self) -> None:
        """Begin a row, and end the one before."""
        self.end_row()
        self._rows += 1

    def put(self, text: str, rows: int, columns: int) -> None:
        """Put a cell at the next place of the row that no cell from above reaches over."""
        if not self._rows:
            self.new_row()
        place = self._place
        while self._reaching.get(place, 0) >= self._rows:
            place += 1
        self._place = place + columns
        if place >= WIDEST:
            return
        if rows > 1:
            for column in range(place, place + columns):
                self._reaching[column] = self._rows + rows - 1
        if rows > 1 or columns > 1:
            self._merges.append((self._rows, place, self._rows + rows - 1, place + columns - 1))
        if text:
            self._row[place] = text
            self.size += 1

    def end_row(self) -> None:
        """End the row, if there is one with anything in it."""
        if self._row:
            self._pending[self._rows] = self._row
            if len(self._pending) == AT_A_TIME:
                self._lay_down()
        self._row, self._place = {}, 0

    def _lay_down(self) -> None:
        """Turn the rows that came last into columns, which take a fraction of the room."""
        for number, cells in islice(self._pending.items(), max(0, MOST_TOP - len(self._top))):
            self._top[number] = cells
        wide = max((max(cells) + 1 for cells in self._pending.values()), default=0)
        while len(self._chunks) < wide:
            before = [pa.nulls(len(numbers), pa.large_string()) for numbers in self._numbers]
            self._chunks.append(before)
        for column, chunks in enumerate(self._chunks):
            texts = [row.get(column) for row in self._pending.values()]
            chunks.append(pa.array(texts, pa.large_string()))
        self._numbers.append(np.array(list(self._pending), dtype=np.int64))
        self._pending = {}

    def close(self) -> None:
        """End the table."""
        self.end_row()
        if self._pending:
            self._lay_down()

    # ------------------------------------------------------------------ as a `Grid`

    def top(self, most: int) -> Rows:
        """Give the cells of the first rows that hold anything."""
        return dict(islice(self._top.items(), most))

    def merges(self) -> list[Merge]:
        """Give the ranges of cells over several rows or columns."""
        return self._merges

    def columns(
        self, wanted: list[int], after: int, most: int | None
    ) -> tuple[Ints, list[pa.Array], list[Merge]]:
        """Read columns below a row; see `govsim.orders.grids.Grid`."""
        numbers = np.concatenate([np.empty(0, np.int64), *self._numbers])
        first = int(np.searchsorted(numbers, after, side="right"))
        last = len(numbers) if most is None else min(len(numbers), first + most)
        none = pa.nulls(len(numbers), pa.large_string())
        kept = [list(self._chunks[c]) if c < len(self._chunks) else [none] for c in wanted]
        cells = [column.slice(first, last - first) for column in joined(kept)]
        return numbers[first:last], cells, self._merges


def sheets(path: Path, encoding: str | None = None) -> list[Sheet]:
    """Read the tables of a page that hold anything.

    Parameters
    ----------
    encoding : if the planner names one; else it is found.
    """
    reader = _Reader()
    stream = io.BufferedReader(Characters(path, encoding).stream())
    with io.TextIOWrapper(stream, "utf-8", "replace", newline="") as text:
        try:
            while chunk := text.read(2**20):
                reader.feed(chunk)
            reader.close()
        except AssertionError as error:  # a declaration that is none
            damaged(str(path), reason(error))
    reader.finish()
    return [sheet for sheet in reader.sheets if sheet.size]


@dataclass
class _Open:
    """A table whose end has not come yet, and the cell of it that is being read.

    Attributes
    ----------
    cell : the parts of its text; None between cells.
    rows, columns : how many it reaches over.
    """

    sheet: Sheet
    cell: list[str] | None = None
    rows: int = 1
    columns: int = 1

    def end_cell(self) -> None:
        if self.cell is not None:
            self.sheet.put(" ".join("".join(self.cell).split()), self.rows, self.columns)
            self.cell = None


class _Reader(HTMLParser):
    """Takes tables out of a page, those within cells of others too."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[Sheet] = []
        self._open: list[_Open] = []
        self._unseen = ""  # what is being read and is not shown

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" and len(self._open) < DEEPEST:
            # A mapping may name it, whatever the language.
            self.sheets.append(Sheet(f"table {len(self.sheets) + 1}"))
            self._open.append(_Open(self.sheets[-1]))
        elif tag in ("script", "style"):
            self._unseen = tag
        if not self._open:
            return
        now = self._open[-1]
        if tag in ("tr", "td", "th"):
            now.end_cell()
        if tag == "tr":
            now.sheet.new_row()
        elif tag in ("td", "th"):
            given = dict(attrs)
            now.cell = []
            now.rows = _span(given.get("rowspan"), MOST_ROWS)
            now.columns = _span(given.get("colspan"), MOST_COLUMNS)
        elif tag in ("br", "p", "div") and now.cell is not None:
            now.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        if not self._open:
            return
        if tag in ("td", "th", "tr", "table"):
            self._open[-1].end_cell()
        if tag == "tr":
            self._open[-1].sheet.end_row()
        elif tag == "table":
            self._open.pop().sheet.close()

    def handle_data(self, data: str) -> None:
        if self._open and not self._unseen and self._open[-1].cell is not None:
            self._open[-1].cell.append(data)

    def finish(self) -> None:
        """End what was not ended: the file may be cut off."""
        while self._open:
            self._open[-1].end_cell()
            self._open.pop().sheet.close()


def _span(given: str | None, most: int) -> int:
    """Read how many rows or columns a cell reaches over; 1 where that is no number."""
    text = (given or "").strip()
    if not (text.isascii() and text.isdigit()):
        return 1
    return min(max(int(text[:9]), 1), most)

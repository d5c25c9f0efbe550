"""Sheets as grids of cells: their header, which may have two storeys, and merged cells.

Used by `govsim.orders.workbooks` for sheets of every kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pyarrow as pa

from govsim.orders.shapes import Ints

Rows = dict[int, dict[int, str]]
"""Filled cells of rows: by the number of the row, from 1, and of the column, from 0."""

Merge = tuple[int, int, int, int]
"""A range of merged cells: first row, first column, last row, last column."""

TOP = 40
"""Rows at the top of a sheet in which the header is looked for, and its kind is seen."""

WIDEST = 16_384
"""Columns of a header, at most."""


class Grid(Protocol):
    """A sheet of a workbook."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def visible(self) -> bool: ...  # noqa: D102
    @property
    def size(self) -> int:
        """How much there is in it; for comparison with others of the book."""
        ...

    def top(self, most: int) -> Rows:
        """Give the cells of the first rows that hold anything."""
        ...

    def merges(self) -> list[Merge]:
        """Give the ranges of merged cells."""
        ...

    def columns(
        self, wanted: list[int], after: int, most: int | None
    ) -> tuple[Ints, list[pa.Array], list[Merge]]:
        """Read columns as text below a row, at most so many rows, about.

        Returns
        -------
        numbers : int64[n], the rows that hold anything.
        columns : n cells each, null where there is none.
        merges : ranges of merged cells, as far as the sheet was read.
        """
        ...


def header_of(grid: Grid) -> tuple[int, dict[int, str], Rows]:
    """Find the header of a sheet.

    Returns
    -------
    row : its last row, below which the table begins; 0 if there is none.
    names : by column.
    below : the cells of the first rows of the table.
    """
    rows = grid.top(TOP)
    row, names = _header(rows, [])
    if _storeys(rows, row):
        row, names = _header(rows, grid.merges())
    return row, names, {number: cells for number, cells in rows.items() if number > row}


def _storeys(rows: Rows, row: int) -> bool:
    """Whether the header may have more than one storey: rows filled in part above the table."""
    first = [number for number in rows if number <= row]
    most = max(map(len, rows.values()), default=0)
    return any(1 < len(rows[number]) < most for number in first)


def _header(rows: Rows, merges: Sequence[Merge]) -> tuple[int, dict[int, str]]:
    numbers = sorted(rows)
    if not numbers:
        return 0, {}
    filled = {number: dict(rows[number]) for number in numbers}
    spans = [merge for merge in merges if merge[0] <= numbers[-1] and merge[3] < WIDEST]
    for top, left, bottom, right in spans:
        if (text := rows.get(top, {}).get(left)) is not None:
            for number in numbers:
                if top <= number <= bottom:
                    for column in range(left, right + 1):
                        filled[number].setdefault(column, text)
    # A title may be merged over the whole width.
    worth = {
        number: len(cells) if len(set(cells.values())) > 1 else min(len(cells), 1)
        for number, cells in filled.items()
    }
    wide = max(max(cells) for cells in filled.values()) + 1
    for number, cells in filled.items():
        # The first column may be a number of the row, without a name.
        if wide > 1 and 0 not in cells and len(cells) == wide - 1 and worth[number] > 1:
            worth[number] = wide
    most = max(worth.values())
    first = last = next(number for number in numbers if worth[number] >= 0.8 * most)
    while (below := last + 1) in filled and any(
        top <= last < bottom or (top == bottom == last and left < right)
        for top, left, bottom, right in spans
    ):
        last = below
    storeys = [filled[number] for number in numbers if first <= number <= last]
    names: dict[int, list[str]] = {}
    for cells in storeys:
        for column, text in cells.items():
            said = names.setdefault(column, [])
            if (name := text.strip()) and name not in said:
                said.append(name)
    lowest = [said[-1] for said in names.values() if said]
    return last, {
        # 受理/时间 beside 办结/时间
        column: said[-1] if lowest.count(said[-1]) == 1 else _joined(said)
        for column, said in sorted(names.items())
        if said and column < WIDEST
    }


def _joined(said: Sequence[str]) -> str:
    return ("" if all(not part.isascii() for part in said) else " ").join(said)


def filled_down(numbers: Ints, cells: pa.Array, column: int, merges: Sequence[Merge]) -> pa.Array:
    """Give the cells merged below one another the text that stands in the first."""
    spans = [(top, bottom) for top, left, bottom, _ in merges if left == column and top < bottom]
    if not spans or not len(numbers):
        return cells
    taken = np.arange(len(numbers))
    for top, bottom in spans:
        first, last = np.searchsorted(numbers, (top, bottom + 1))
        if first < last and numbers[first] == top:
            taken[first:last] = first
    return cells.take(pa.array(taken))

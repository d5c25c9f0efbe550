"""Work orders in a spreadsheet: xlsx, xls, xlsb or ods, read by calamine.

Used by `govsim.orders.sources`. Cells become text, times included, so that a column that
changes its type half-way is read like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from govsim.language import tr
from govsim.orders.sources import Raw, damaged, header_at, places, refuse
from govsim.scenarios.units import nearest

AT_A_TIME = 20_000
"""Rows made into text at a time: Python's texts take several times the room of Arrow's."""


class Workbook:
    """A sheet of a workbook.

    Parameters
    ----------
    path : the file.
    sheet : name of the sheet; the first if None.
    """

    def __init__(self, path: Path, sheet: str | None) -> None:
        self.name = str(path)
        try:
            book = CalamineWorkbook.from_path(str(path))
        except CalamineError as error:
            damaged(self.name, error)
        if sheet is not None and sheet not in book.sheet_names:
            names = ", ".join(book.sheet_names)
            message = tr(
                "there is no sheet “{sheet}”; there are: {names}", sheet=sheet, names=names
            )
            refuse(message, self.name, nearest(sheet, book.sheet_names))
        if not book.sheet_names:
            refuse(tr("the file is empty"), self.name)
        try:
            self.sheet = book.get_sheet_by_name(sheet or book.sheet_names[0])
        except CalamineError as error:
            damaged(self.name, error)
        top = [[_text(cell) for cell in row] for row in islice(self.sheet.iter_rows(), 20)]
        if not any(map(any, top)):
            refuse(tr("the sheet is empty"), self.name)
        at = header_at(top)
        self.header = [cell.strip() for cell in top[at]]
        self.above = at + 1

    def read(self, names: Sequence[str], most: int | None = None) -> Raw:
        """Read columns; see `Source`."""
        at = places(self.header, names, self.name)
        rows = islice(
            self.sheet.iter_rows(), self.above, None if most is None else self.above + most
        )
        chunks: list[list[pa.Array]] = [[] for _ in names]
        n = 0
        while part := list(islice(rows, AT_A_TIME)):
            n += len(part)
            for place, column in zip(at, chunks, strict=True):
                column.append(pa.array([_text(row[place]) for row in part], pa.large_string()))
        columns = {
            name: pa.chunked_array(column, pa.large_string()).combine_chunks()
            for name, column in zip(names, chunks, strict=True)
        }
        # Calamine leaves out empty rows above the first that is filled.
        first = self.sheet.start[0] if self.sheet.start else 0
        return Raw(columns, np.arange(n, dtype=np.int64) + first + self.above + 1)


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

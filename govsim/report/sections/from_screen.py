"""Tables of the screen as tables of a report: what is laid out once is said alike in both."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table as ScreenTable
from rich.text import Text

from govsim.report.parts import Cell, Row, Table


def table(made: ScreenTable, caption: str, note: str = "", words: int = 1) -> Table:
    """Take a table of the screen over.

    Parameters
    ----------
    made : laid out for the screen.
    caption, note, words : as in `govsim.report.parts.Table`.
    """
    heads = tuple(_plain(column.header) for column in made.columns)
    columns = [list(column.cells) for column in made.columns]
    rows = tuple(
        Row(
            tuple(Cell(_plain(cell)) for cell in cells),
            _is_strong(cells[0]) or "bold" in str(style),
        )
        for cells, style in zip(
            zip(*columns, strict=True), (row.style for row in made.rows), strict=True
        )
    )
    return Table(caption, heads, rows, words, note)


def _plain(cell: RenderableType) -> str:
    """Take the words of a cell, without the marks that style them."""
    return cell.plain if isinstance(cell, Text) else Text.from_markup(str(cell)).plain


def _is_strong(cell: RenderableType) -> bool:
    return isinstance(cell, Text) and "bold" in str(cell.style)

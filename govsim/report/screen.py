"""What tables and sentences on the screen are laid out with, in 100 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.table import Table
from rich.text import Text

from govsim.report import WIDTH, wrapping


def paragraph(text: str, mark: str, style: str = "") -> Iterator[Text]:
    """Write a text behind a mark of two columns, its further lines below its first."""
    for i, line in enumerate(wrapping.lines(text, WIDTH - 2)):
        yield Text(("  " if i else mark) + line, style=style)


def table(*columns: tuple[str, int]) -> Table:
    """Make a table of columns of these widths, the first of words and the others of numbers."""
    made = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for i, (head, width) in enumerate(columns):
        made.add_column(head, width=width, justify="left" if i == 0 else "right", overflow="fold")
    return made

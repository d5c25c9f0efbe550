"""What tables and sentences on the screen are laid out with, in as many columns as it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from govsim.report import wrapping


@dataclass(frozen=True)
class _Paragraph:
    """A text behind a mark of two columns, its further lines below its first."""

    text: str
    mark: str
    style: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for i, line in enumerate(wrapping.lines(self.text, options.max_width - 2)):
            yield Text(("  " if i else self.mark) + line, style=self.style)


def paragraph(text: str, mark: str, style: str = "") -> Iterator[RenderableType]:
    """Write a text behind a mark of two columns, its further lines below its first."""
    yield _Paragraph(text, mark, style)


def table(*columns: tuple[str, int]) -> Table:
    """Make a table of columns of these widths, the first of words and the others of numbers."""
    made = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for i, (head, width) in enumerate(columns):
        made.add_column(head, width=width, justify="left" if i == 0 else "right", overflow="fold")
    return made

"""What a report is made of: sections of words, tables and figures.

Sections (`govsim.report.sections`) make them, the template lays them out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from govsim.measures.catalogue import Measure
from govsim.measures.statistics import Interval
from govsim.report import hands, style, svg
from govsim.report.wording import MISSING, number, spread

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Cell:
    """A cell of a table: a text, a smaller one behind it, or a share with its interval drawn."""

    text: str
    small: str = ""
    drawn: Interval | None = None


@dataclass(frozen=True)
class Row:
    """A row of a table; a strong one is a sum."""

    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption.

    Attributes
    ----------
    heads : of the columns, with units.
    words : how many columns, from the left, hold words; the others hold numbers.
    note : what must be known to read it.
    dense : small type, for long lists.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    words: int = 1
    note: str = ""
    dense: bool = False
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Words:
    """Paragraphs, a list, notes in small type, or warnings, below a heading if there is one."""

    lines: tuple[str, ...]
    manner: Literal["text", "list", "note", "warning"] = "text"
    heading: str = ""
    kind: ClassVar[str] = "words"


@dataclass(frozen=True)
class Plate:
    """A figure: its drawing as SVG, what it shows, and the same in words for who can't see it."""

    name: str
    caption: str
    said: str
    drawn: Callable[[], str] = field(repr=False)
    kind: ClassVar[str] = "plate"

    @cached_property
    def drawing(self) -> str:
        """The SVG; waits for whoever draws it."""
        return self.drawn()


Block = Table | Words | Plate


@dataclass(frozen=True)
class Section:
    """A section of a report; `name` is its anchor."""

    name: str
    title: str
    blocks: Sequence[Block]
    new_page: bool = False


@dataclass(frozen=True)
class Point:
    """A point of the answer on the first page: what it is about, and its sentences."""

    lead: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """A whole report.

    Attributes
    ----------
    kind : what it is a report of.
    title, changes, question, measured : what stands at its head; `changes` under the title, a
        line each.
    answer, plates, warnings, notes : the first page.
    sections : the other pages.
    """

    kind: str
    title: str
    question: str
    measured: str
    answer: tuple[Point, ...]
    plates: tuple[Plate, ...]
    sections: tuple[Section, ...]
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass
class Desk:
    """Where figures are drawn, several at once: each is kept below `folder`, as a plate.

    They are drawn when the first is looked at: all are known by then.

    Attributes
    ----------
    folder : of the figures, which are written as SVG and PNG; None if they aren't kept.
    files : what is written there, once the plates were looked at.
    """

    folder: Path | None
    files: list[Path] = field(default_factory=list)
    _to_draw: list[hands.Draw] = field(default_factory=list, init=False, repr=False)

    def plate(self, name: str, caption: str, said: str, draw: Callable[[], Figure]) -> Plate:
        """Let a figure be drawn.

        Parameters
        ----------
        name : of its files.
        caption : what it shows, with its units.
        said : what it says, for who can't see it.
        draw : makes it.
        """
        folder = self.folder

        def made() -> Figure:
            figure = draw()
            style.settle(figure)
            return figure

        if folder is None:

            def at_once() -> str:
                with style.drawing():
                    return svg.drawn(made(), name)

            return Plate(name, caption, said, at_once)

        def kept() -> None:
            with style.drawing():
                style.save(made(), folder, name)

        files = style.files_of(folder, name)
        self.files += files
        self._to_draw.append(kept)

        def drawn() -> str:
            self.draw_all()
            return svg.inline(files[0].read_text(encoding="utf-8"), name)

        return Plate(name, caption, said, drawn)

    def draw_all(self) -> None:
        """Draw whatever is not drawn yet."""
        work, self._to_draw = self._to_draw, []
        if work:
            style.get_ready()
            hands.share_out(work)


def row(*cells: str | Cell, strong: bool = False) -> Row:
    """Make a row of texts and cells."""
    return Row(tuple(c if isinstance(c, Cell) else Cell(c) for c in cells), strong)


def measured(found: Interval, shown: Measure | None = None) -> Cell:
    """Make a cell of a mean and its interval."""
    if isnan(found.mean):
        return Cell(MISSING)
    ends = spread(found, shown)
    return Cell(number(found.mean, shown), "" if ends == MISSING else ends)


def drawn(found: Interval) -> Cell:
    """Make a cell that draws a share and its interval on a scale from 0 to 100%."""
    return Cell("", drawn=None if isnan(found.mean) else found)

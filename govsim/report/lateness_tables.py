"""Tables for the terminal of where the time of demands went, and what brings more in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from govsim.language import joined, tr
from govsim.lateness.result import PAIR, Lateness
from govsim.measures.clocks import PIECES
from govsim.report import lateness_words as words
from govsim.report.lateness_words import clock_name, piece_name
from govsim.report.wording import MISSING
from govsim.scenarios.units import MINUTE

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

LEAST = 0.005
"""Share of late demands, and of their time, below which a piece isn't shown."""


def of_one(went: Mapping[str, Mapping[str, int]]) -> Table:
    """Lay out what the time of one demand went to, minutes, a column for each clock."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, title_justify="left")
    made.add_column(tr("Where its time went, min"), no_wrap=True)
    for clock in went:
        made.add_column(clock_name(clock), justify="right")
    for piece in PIECES:
        if any(of.get(piece) for of in went.values()):
            cells = [f"{of.get(piece, 0) / MINUTE:.1f}" for of in went.values()]
            made.add_row(piece_name(piece), *cells)
    sums = [f"{sum(of.values()) / MINUTE:.1f}" for of in went.values()]
    made.add_row(tr("in all"), *sums, style="bold")
    return made


def summary(found: Lateness, by: Sequence[str] = ()) -> RenderableType:
    """Lay out why demands are late: the answer in words, then the tables.

    Parameters
    ----------
    by : levels of `govsim.report.lateness_words.LEVELS` to part the district by; by channel and
        category if there is none.
    """
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from govsim.report import screen

    lines: list[RenderableType] = [Text(words.title(found), style="bold")]
    for i, line in enumerate(words.sentences(found)):
        lines += screen.paragraph(line, "  ", "bold" if i == 0 else "")
    shown = tables(found, by or ("channel", "category"))
    lines += [Padding(table, (1, 0, 0, 0)) for table in shown.values()]
    lines.append(Text())
    for line in words.how_meant(found):
        lines += screen.paragraph(line, "  ", "dim")
    return Group(*lines)


def tables(found: Lateness, by: Sequence[str]) -> dict[str, Table]:
    """Lay out the tables: changes, clocks, pieces, and a table for each level of `by`."""
    made = {"changes": _changes(found)} if len(found.changes) else {}
    made |= {"clocks": _clocks(found), "pieces": _pieces(found)}
    made |= {level: _parts(found, level) for level in by}
    return {name: table for name, table in made.items() if table.row_count}


def _changes(found: Lateness) -> Table:
    """Show the changes that bring most, and the best two together."""
    from govsim.report import screen

    table = screen.table(
        (tr("Change, simulated"), 40),
        (tr("in time"), 8),
        (tr("more, points"), 14),
        (tr("interval"), 15),
        (tr("yuan a year"), 12),
    )
    mine = found.to_frame()
    pair = mine[mine["change"] == PAIR]
    for row in words.rows(mine[mine["change"] != PAIR].head(words.SHOWN)):
        table.add_row(words.change_name(found.scenario, row["change"]), *_of_change(row))
    if len(pair):
        table.add_section()
    for row in words.rows(pair):
        table.add_row(tr("the best two together"), *_of_change(row), style="bold")
    return table


def _of_change(row: words.Row) -> list[str]:
    low, high = row["low"], row["high"]
    between = f"{words.points(low)} – {words.points(high)}" if low == low else MISSING
    return [words.share(row["kept"]), words.points(row["gain"]), between, words.cost(row)]


def _clocks(found: Lateness) -> Table:
    """Show for each clock what is kept and what could be."""
    from govsim.report import screen

    table = screen.table(
        (tr("Clock"), 14), (tr("today"), 8), (tr("at most by staffing"), 20),
        (tr("people without limit, sent as now"), 24), (tr("largest piece of the late"), 28),
    )  # fmt: skip
    for clock in found.ceiling["clock"].unique():
        cells = [found.at_most(what, clock) for what in ("kept", "reachable", "as_sent")]
        largest = words.largest_of(found.pieces, clock)
        some = not largest.empty and largest.max() > 0
        named = f"{piece_name(str(largest.idxmax()))} {100 * largest.max():.0f}%" if some else ""
        shares = (words.share(cell) for cell in cells)
        table.add_row(clock_name(clock), *shares, named or MISSING)
    return table


def _pieces(found: Lateness) -> Table:
    """Show where the time goes, of late demands and of those in time."""
    from govsim.report import screen

    table = screen.table(
        (tr("Where the time goes ({clock})", clock=clock_name(found.clock)), 30),
        (tr("largest"), 9),
        (tr("alone"), 11),
        (tr("of the time"), 12),
        (tr("min, late"), 12),
        (tr("min, in time"), 14),
    )
    mine = found.pieces[(found.pieces["clock"] == found.clock)]
    for row in words.rows(mine[mine["level"] == "district"].fillna(0.0)):
        if max(row["largest"], row["alone"], row["time"]) >= LEAST:
            table.add_row(
                piece_name(row["piece"]),
                *(f"{100 * share:.0f}%" for share in (row["largest"], row["alone"], row["time"])),
                *(f"{minutes:,.1f}" for minutes in (row["minutes_late"], row["minutes_kept"])),
            )
    return table


def _parts(found: Lateness, level: str) -> Table:
    """Show what is kept and what could be, and the largest pieces, by parts of the district."""
    from govsim.report import screen

    table = screen.table(
        (words.level_name(level), 28),
        (tr("late a year"), 12),
        (tr("in time"), 8),
        (tr("at most"), 8),
        (tr("largest piece of the late"), 40),
    )
    for row in words.parts(found, level):
        named = (f"{piece_name(piece)} {100 * n:.0f}%" for piece, n in row["pieces"])
        table.add_row(
            row["name"],
            f"{row['late']:,.0f}",
            words.share(row["kept"]),
            words.share(row["reachable"]),
            joined(named, zh="、", en=", ") or MISSING,
        )
    return table

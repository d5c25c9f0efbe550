"""Tables for the terminal of where the time of demands went, and what brings more in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from govsim.language import name as in_language
from govsim.language import tr
from govsim.lateness.result import PAIR, Lateness
from govsim.measures.lives import PIECES
from govsim.report import lateness_words as words
from govsim.report.lateness_words import clock_name, piece_name
from govsim.report.wording import MISSING
from govsim.scenarios.units import MINUTE

if TYPE_CHECKING:
    import pandas as pd
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


def summary(found: Lateness) -> RenderableType:
    """Lay out why demands are late: the answer in words, then the tables."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from govsim.report import screen

    parts: list[RenderableType] = [Text(words.title(found), style="bold")]
    for i, line in enumerate(words.sentences(found)):
        parts += screen.paragraph(line, "  ", "bold" if i == 0 else "")
    tables = (_changes(found), _clocks(found), _pieces(found), _parts(found))
    parts += [Padding(table, (1, 0, 0, 0)) for table in tables]
    parts.append(Text())
    for line in words.how_meant(found):
        parts += screen.paragraph(line, "  ", "dim")
    return Group(*parts)


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
        (tr("Clock"), 18), (tr("today"), 10), (tr("at most by staffing"), 22),
        (tr("people without limit, sent as now"), 36),
    )  # fmt: skip
    for clock in found.ceiling["clock"].unique():
        cells = [found.at_most(what, clock) for what in ("kept", "reachable", "as_sent")]
        table.add_row(clock_name(clock), *(words.share(cell) for cell in cells))
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
                *(f"{minutes:.1f}" for minutes in (row["minutes_late"], row["minutes_kept"])),
            )
    return table


def _parts(found: Lateness) -> Table:
    """Show what is kept and what could be, and the largest piece, by channel and category."""
    from govsim.report import screen

    table = screen.table(
        (tr("Channel or category"), 30),
        (tr("late a year"), 14),
        (tr("in time"), 9),
        (tr("at most"), 9),
        (tr("largest piece of the late"), 30),
    )
    plan = found.scenario
    years = found.manifest["measured_days"] / 365
    for level, known in (("channel", plan.channels), ("category", plan.demand.categories)):
        pieces = _of_level(found.pieces, found.clock, level)
        for row in words.rows(_of_level(found.groups, found.clock, level)):
            mine = pieces[pieces["key"] == row["key"]].set_index("piece")["largest"].fillna(0.0)
            largest = MISSING if mine.empty or not mine.max() > 0 else str(mine.idxmax())
            table.add_row(
                in_language(known[row["key"]].label),
                f"{row['late'] / years:,.0f}",
                words.share(row["kept"]),
                words.share(row["reachable"]),
                largest if largest == MISSING else f"{piece_name(largest)} {100 * mine.max():.0f}%",
            )
        if level == "channel":
            table.add_section()
    return table


def _of_level(frame: pd.DataFrame, clock: str, level: str) -> pd.DataFrame:
    return frame[(frame["clock"] == clock) & (frame["level"] == level)]

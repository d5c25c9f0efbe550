"""Tables for the terminal of where the time of demands went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from govsim.language import tr
from govsim.measures.lives import PIECES
from govsim.report.lateness_words import clock_name, piece_name
from govsim.scenarios.units import MINUTE

if TYPE_CHECKING:
    from rich.table import Table


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

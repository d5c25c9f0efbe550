"""Figure: where the minutes of demands go, those in time and late ones side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from govsim.language import tr
from govsim.report import plates, style
from govsim.report.lateness_words import piece_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST = 0.05
"""Minutes below which a piece isn't drawn."""


@dataclass(frozen=True)
class Bar:
    """Minutes of a piece: of a demand in time, and of a late one, on average."""

    name: str
    kept: float
    late: float


def of(pieces: pd.DataFrame, clock: str) -> list[Bar]:
    """Give the pieces of a clock for the whole district, in the order of a demand's life."""
    mine = pieces[(pieces["clock"] == clock) & (pieces["level"] == "district")].fillna(0.0)
    columns = (mine["piece"], mine["minutes_kept"], mine["minutes_late"])
    found = [Bar(piece_name(piece), kept, late) for piece, kept, late in zip(*columns, strict=True)]
    return [bar for bar in found if max(bar.kept, bar.late) >= LEAST]


def figure(bars: list[Bar]) -> Figure:
    """Draw two bars for each piece; the scale is by tens where nights take hours."""
    made = plates.sheet(plates.AROUND + 0.25 + 0.32 * len(bars))
    axes = made.subplots()
    rows = np.arange(len(bars))
    for shift, colour, label, values in (
        (-0.19, style.BLUE, tr("demands in time"), [bar.kept for bar in bars]),
        (0.19, style.ORANGE, tr("late demands"), [bar.late for bar in bars]),
    ):
        axes.barh(rows + shift, values, 0.36, color=colour, label=label)
        for at, value in zip(rows, values, strict=True):
            axes.annotate(
                f"{value:.1f}", (value, at + shift), (3, 0), textcoords="offset points",
                va="center", fontsize="small", color=style.INK,
            )  # fmt: skip
    axes.set_yticks(rows, [bar.name for bar in bars])
    axes.invert_yaxis()
    most = max(max(bar.kept, bar.late) for bar in bars)
    if most > 60:
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xticks([t for t in (0, 5, 10, 30, 100, 300, 1000, 3000) if t <= 1.5 * most])
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.minorticks_off()
    axes.set_xlim(0, 1.6 * most if most > 60 else 1.15 * most)
    axes.set_xlabel(tr("minutes of a demand, on average"))
    axes.legend(loc="lower right", frameon=False)
    return made

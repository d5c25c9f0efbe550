"""Where stations should stand: what `govsim.site` found.

`Siting` holds frames that tables and maps are made of; `open_siting` reads one back from its
folder, ``<out>/site/<id>/``. Called by `govsim.siting.door`, the command line and `govsim.report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from govsim.errors import RunError
from govsim.language import name as in_language
from govsim.language import tr
from govsim.scenarios.schema import Label, Scenario
from govsim.storage import frames

SITE, RECORD = "site", "site.json"

COVER, WITHIN, WAYS = "cover", "within", "ways"
"""Designs: most residents covered by stations that take so many grids each; most residents within
reach (maximal covering); least way to the nearest station (p-median)."""

TODAY, MIXED = "today", "same_mix"
"""Design of today; and the proposed one where residents choose channels as if there were no station
anywhere."""


@dataclass(frozen=True, eq=False)
class Siting:
    """Where stations should stand, which grids each covers, and what comes of it.

    Attributes
    ----------
    manifest : what is recorded: the scenario, what was asked, the proposed design, what the fall in
        orders rests on, versions, seconds.
    stations : ``design, point, name_zh, name_en, change, x, y, from_x, from_y, grids, n_grids,
        residents``: where each station of each design stands; ``change`` is kept, new, moved or
        closed.
    designs : ``design, covered, share, within, distance, value, bound, gap, idle``: residents
        covered and their share of those who could be, residents within reach, mean way to the
        nearest station (m, as the crow flies); what the design was made for, what any design could
        reach at most and the gap between, as a share of the bound; stations without a grid.
    measures : ``design, measure, today, plan, difference, low, high, n``: each design simulated
        beside today's, on the same demands; ``same_mix`` is the proposed one where a station
        changes no resident's choice of channel.
    prices : ``design, cost, avoided, price, low, high``: what a 12345 order avoided costs.
    curve : ``model, count, value, bound, gap``: what each number of new stations reaches.
    grids : ``grid, x, y, residents, able, today, proposed``: who covers each grid.
    outline : ``ring, x, y``, m.
    set_aside : ``line, reason``: rows of the candidates' table that could not be used.
    folder : where it is kept; None where nothing was written.
    """

    manifest: Mapping[str, Any]
    stations: pd.DataFrame
    designs: pd.DataFrame
    measures: pd.DataFrame
    prices: pd.DataFrame
    curve: pd.DataFrame
    grids: pd.DataFrame
    outline: pd.DataFrame
    set_aside: pd.DataFrame
    folder: Path | None = None

    @property
    def proposed(self) -> str:
        """Name of the design that is proposed."""
        return str(self.manifest["proposed"])

    @property
    def confidence(self) -> float:
        """Confidence of the intervals."""
        return float(self.manifest["confidence"])

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was given."""
        return Scenario.model_validate(self.manifest["scenario"])

    @property
    def title(self) -> str:
        """Name of the scenario in the current language."""
        return in_language(Label.model_validate(self.manifest["label"]))

    def design(self, name: str) -> Mapping[str, Any]:
        """Give what is known of one design."""
        found = self.designs[self.designs["design"] == name]
        return {str(key): value for key, value in found.iloc[0].items()}

    def to_frame(self) -> pd.DataFrame:
        """Give the stations of the proposed design."""
        mine = self.stations[self.stations["design"] == self.proposed]
        return mine.drop(columns="design").reset_index(drop=True)

    def __repr__(self) -> str:
        """Say what is covered, as `print` should."""
        plan, today = self.design(self.proposed), self.design(TODAY)
        return tr(
            "{plan} residents covered; {today} today",
            plan=f"{plan['covered']:,.0f}",
            today=f"{today['covered']:,.0f}",
        )


FRAMES = frames.names(Siting)

COLUMNS: dict[str, tuple[str, ...]] = {
    "stations": (
        "design", "point", "name_zh", "name_en", "change", "x", "y", "from_x", "from_y", "grids",
        "n_grids", "residents",
    ),
    "designs": (
        "design", "covered", "share", "within", "distance", "value", "bound", "gap", "idle",
    ),
    "measures": ("design", "measure", "today", "plan", "difference", "low", "high", "n"),
    "prices": ("design", "cost", "avoided", "price", "low", "high"),
    "curve": ("model", "count", "value", "bound", "gap"),
    "grids": ("grid", "x", "y", "residents", "able", "today", "proposed"),
    "outline": ("ring", "x", "y"),
    "set_aside": ("line", "reason"),
}  # fmt: skip
"""Columns of each frame."""


def made(manifest: Mapping[str, Any], rows: Mapping[str, Any]) -> Siting:
    """Make one of the rows that there are of each frame."""
    tables: dict[str, Any] = {
        name: pd.DataFrame(rows.get(name, ()), columns=list(columns))
        for name, columns in COLUMNS.items()
    }
    return Siting(manifest, **tables)


def write_siting(found: Siting, folder: Path) -> Siting:
    """Keep it; the same question replaces its answer.

    Raises
    ------
    RunError
        It can't be written.
    """
    return frames.write(found, folder, RECORD)


def open_siting(folder: str | Path) -> Siting:
    """Read back what `govsim.site` found.

    Raises
    ------
    RunError
        There is none in the folder, it isn't finished, or a file can't be read.
    """
    try:
        return frames.read(Siting, Path(folder), RECORD)
    except FileNotFoundError:
        raise RunError(tr("there are no sites in {folder}", folder=folder)) from None

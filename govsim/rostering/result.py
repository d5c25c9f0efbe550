"""A rota that was made, or what stands against it: what `govsim.roster` found.

`Rota` holds frames that tables and sheets are made of; `open_rota` reads one back from its folder,
``<out>/roster/<id>/``. Called by `govsim.rostering.roster`, the command line and `govsim.report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from govsim.errors import RunError
from govsim.language import current, tr
from govsim.storage import frames

ROSTER, RECORD = "roster", "roster.json"

MADE, SHORT, IMPOSSIBLE, UNKNOWN = "made", "short", "impossible", "unknown"
"""Verdicts: all is kept; the best that these people can work, with people missing; no rota holds
the rules; the search ended before it could tell."""


@dataclass(frozen=True, eq=False)
class Rota:
    """Who is on which shift, and what is known of that.

    Attributes
    ----------
    manifest : what is recorded: the plan, the point, the verdict, the rules, the first day, how
        many people would do, files, versions, seconds.
    duties : ``person, team, date, shift, starts, ends, hours, night, day_off``: a row for each
        shift that somebody is given; ``day_off`` is a weekend or holiday by the official calendar.
    people : ``person, teams, hours_a_week, part_time, nights_allowed, leave_days, normal, hours,
        overtime, shifts, nights, fair_nights, days_off, fair_days_off, holidays``: ``normal`` are
        the hours that the law has for the workdays of these weeks.
    leave : ``person, date``.
    days : ``date, kind, festival``.
    shifts : ``shift, zh, en, short, starts, ends, hours, night``: minutes since midnight.
    cover : ``team, starts, ends, need, kept``: people needed and on duty, by any time.
    rules : ``rule, value, law``: what holds, and the article that it is from; empty: assumed.
    conflicts : ``what, rule, team, starts, ends, number``: of a rota that can't be made, the rules
        that stand against it (``rule``), those that alone do (``alone``), where people are missing
        (``short``) or no shift reaches (``uncovered``), and how many people more would do
        (``more``).
    service : ``measure, needed, rota, difference, low, high, n``: what is kept with the people that
        are needed, and with the rota, on the same demands.
    folder : where it is kept; None where nothing was written.
    """

    manifest: Mapping[str, Any]
    duties: pd.DataFrame
    people: pd.DataFrame
    leave: pd.DataFrame
    days: pd.DataFrame
    shifts: pd.DataFrame
    cover: pd.DataFrame
    rules: pd.DataFrame
    conflicts: pd.DataFrame
    service: pd.DataFrame
    folder: Path | None = None

    @property
    def verdict(self) -> str:
        """``made``, ``short``, ``impossible`` or ``unknown``."""
        return str(self.manifest["verdict"])

    @property
    def title(self) -> str:
        """Name of the station, or of the table, in the current language."""
        return str(self.manifest["place"][current()])

    def team_name(self, team: str) -> str:
        """Name a team in the current language."""
        named = self.manifest["teams"].get(team, {})
        return str(named.get(current(), team))

    def to_frame(self) -> pd.DataFrame:
        """Give the rota: a row for each person, a column for each day, the shift in the cell."""
        table = self.duties.pivot_table("shift", "person", "date", aggfunc="first")
        return table.reindex(self.people["person"], columns=self.days["date"]).fillna("")

    def __repr__(self) -> str:
        """Say the verdict, as `print` should."""
        return f"<Rota: {self.verdict}, {len(self.people)} people, {len(self.days)} days>"


FRAMES = frames.names(Rota)

COLUMNS: dict[str, tuple[str, ...]] = {
    "duties": (
        "person", "team", "date", "shift", "starts", "ends", "hours", "night", "day_off",
    ),
    "people": (
        "person", "teams", "hours_a_week", "part_time", "nights_allowed", "leave_days", "normal",
        "hours", "overtime", "shifts", "nights", "fair_nights", "days_off", "fair_days_off",
        "holidays",
    ),
    "leave": ("person", "date"),
    "days": ("date", "kind", "festival"),
    "shifts": ("shift", "zh", "en", "short", "starts", "ends", "hours", "night"),
    "cover": ("team", "starts", "ends", "need", "kept"),
    "rules": ("rule", "value", "law"),
    "conflicts": ("what", "rule", "team", "starts", "ends", "number"),
    "service": ("measure", "needed", "rota", "difference", "low", "high", "n"),
}  # fmt: skip
"""Columns of each frame."""


def made(manifest: Mapping[str, Any], rows: Mapping[str, Any]) -> Rota:
    """Make one of the rows that there are of each frame."""
    tables: dict[str, Any] = {
        name: pd.DataFrame(rows.get(name, ()), columns=list(columns))
        for name, columns in COLUMNS.items()
    }
    return Rota(manifest, **tables)


def write_rota(found: Rota, folder: Path) -> Rota:
    """Keep it; the same question replaces its answer.

    Raises
    ------
    RunError
        It can't be written.
    """
    return frames.write(found, folder, RECORD)


def open_rota(folder: str | Path) -> Rota:
    """Read back what `govsim.roster` found.

    Raises
    ------
    RunError
        There is none in the folder, it isn't finished, or a file can't be read.
    """
    try:
        return frames.read(Rota, Path(folder), RECORD)
    except FileNotFoundError:
        raise RunError(tr("there is no rota in {folder}", folder=folder)) from None

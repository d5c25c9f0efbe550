"""What a run kept by the hour of the week: of its stations, of people on duty, of the district.

Weeks are arrays of seven days, Monday first, by 24 hours. Read by the sections and figures that
answer "and on Tuesday evening?".
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.language import joined, tr
from govsim.measures.statistics import Interval, interval
from govsim.report.wording import PROMISES
from govsim.runs.results import Result
from govsim.scenarios.units import DAY, YEAR

Week = NDArray[np.float64]
"""float[7, 24]; NaN where there is no value."""

DAYS, HOURS = 7, 24
WORKING, FREE = range(5), range(5, 7)
"""Monday to Friday, and the weekend."""

COUNTS = ("reported", "due", "kept", "asked", "waited")


class Stretch(NamedTuple):
    """A part of the day, from one hour to another."""

    name: str
    first: int
    last: int

    @property
    def hours(self) -> slice:
        """Its hours."""
        return slice(self.first, self.last)


def parts_of_day() -> tuple[Stretch, ...]:
    """Give the parts of the day that a table has columns for."""
    return (
        Stretch(tr("night"), 0, 8),
        Stretch(tr("morning"), 8, 12),
        Stretch(tr("afternoon"), 12, 18),
        Stretch(tr("evening"), 18, 24),
    )


@dataclass(frozen=True)
class Station:
    """Counts of a station by the hour of the week.

    Attributes
    ----------
    counts : float[replications (or draws from a posterior), 7, 24] for each of `COUNTS`, over the
        measured time.
    years : length of the measured time.
    confidence : of intervals.
    """

    counts: dict[str, NDArray[np.float64]]
    years: float
    confidence: float

    def share(self) -> Week:
        """Share on the scene in time by the hour of the report."""
        return _ratio(self.counts["kept"].sum(0), self.counts["due"].sum(0))

    def a_year(self) -> Week:
        """Reported demands a year in each hour of the week."""
        week: Week = self.counts["reported"].mean(0) / self.years
        return week

    def wait(self) -> Week:
        """Mean wait for a crew, minutes, by the hour in which it was asked for."""
        return _ratio(self.counts["waited"].sum(0), 60 * self.counts["asked"].sum(0))

    def within(self, days: slice, hours: slice) -> tuple[Interval, float, float]:
        """Give the share on the scene in time, demands a year and the mean wait of some hours."""
        sums = {name: counts[:, days, hours].sum((1, 2)) for name, counts in self.counts.items()}
        due = sums["due"]
        whole = sums["kept"].sum() / due.sum() if due.sum() else nan
        # Hours with few demands: the mean of all, with the interval of the replications' shares.
        each = interval(_ratio(sums["kept"], due)[due > 0], self.confidence)
        low, high = np.clip([whole - each.half_width, whole + each.half_width], 0.0, 1.0)
        found = Interval(float(whole), float(low), float(high), each.n)
        asked = sums["asked"].sum()
        wait = sums["waited"].sum() / 60 / asked if asked else nan
        return found, float(sums["reported"].mean() / self.years), float(wait)


def of_station(result: Result, point: str) -> Station | None:
    """Read what was counted at a point; None where nothing was."""
    mine = result.hours[result.hours["key"] == point]
    if mine.empty:
        return None
    shape = (result.replications, DAYS * HOURS)
    counts = {}
    for name in COUNTS:
        week = np.zeros(shape)
        week[mine["replication"].to_numpy(int), mine["hour"].to_numpy(int)] = mine[name]
        # Replications of one draw from a posterior count as one.
        counts[name] = week.reshape(-1, result.per_draw, DAYS, HOURS).mean(1)
    return Station(counts, result.measured_days * DAY / YEAR, result.confidence)


def on_duty(result: Result, point: str | None = None, team: str | None = None) -> dict[str, Week]:
    """Mean number on duty by the hour of the week: ``paid``, and ``free`` for demands.

    Parameters
    ----------
    point, team : where, and who; everywhere and all teams, but not desks, if not given.
    """
    staff = result.staff
    if point is not None:
        staff = staff[staff["point"] == point]
    staff = staff[staff["team"] == team] if team else staff[staff["team"] != "desk"]
    return {name: _week(staff.groupby("hour")[name].sum()) for name in ("paid", "free")}


def reports(result: Result) -> Week:
    """Reported demands a year in each hour of the week, over the whole district."""
    table = result.summary("hour")
    mine = table[table["measure"] == "reported"]
    week = _week(mine.set_index(mine["key"].astype(int))["mean"])
    a_year: Week = week * YEAR / DAY / result.measured_days
    return a_year


def in_time(result: Result, days: range = range(DAYS)) -> dict[int, float]:
    """Share reached in time by hour of the day, its weekdays weighted by their reports."""
    table = result.summary("hour")
    mine = table[table["measure"] == PROMISES[0]]
    if mine.empty:
        return {}
    share = _week(mine.set_index(mine["key"].astype(int))["mean"], nan)[list(days)]
    weight = reports(result)[list(days)]
    known = ~np.isnan(share)
    total = (weight * known).sum(axis=0)
    hours = np.flatnonzero(total > 0)
    means = np.nansum(share * weight, axis=0)[hours] / total[hours]
    return dict(zip(hours.tolist(), means.tolist(), strict=True))


def hours_in_words(day: NDArray[np.float64]) -> str:
    """Say how many are on duty when: ``0–8: 1; 8–20: 4; 20–24: 1``."""
    said = [f"{n:.1f}".removesuffix(".0") for n in np.where(_is_whole(day), day.round(), day)]
    starts = [h for h in range(len(said)) if h == 0 or said[h] != said[h - 1]]
    ends = [*starts[1:], len(said)]
    return joined(
        (
            tr("{first}–{last}: {n}", first=first, last=last, n=said[first])
            for first, last in zip(starts, ends, strict=True)
            if said[first] != "0"
        ),
        "；",
        "; ",
    )


def _is_whole(day: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a mean over days is a whole number but for a few holidays."""
    near: NDArray[np.bool_] = np.abs(day - day.round()) < 0.2
    return near


def _week(values: pd.Series, empty: float = 0.0) -> Week:
    week = np.full(DAYS * HOURS, empty)
    week[values.index.to_numpy(int)] = values.to_numpy(float)
    return week.reshape(DAYS, HOURS)


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.full(np.shape(below), nan)
    np.divide(above, below, out=found, where=below > 0)
    return found

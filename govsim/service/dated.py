"""Dated changes of a laid-out service: whose numbers change, who serves closed points' grids.

`Changes.of` brings a scenario's ``changes``, and the rows with days of a planner's table of
rosters, to days of the run and rows of the territory. `govsim.service.network` lays rosters out
with them; `govsim.demand` asks who serves a grid at a time, so that both engines read the same.
Without changes all is as if this module weren't there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.scenarios import dated_rows
from govsim.scenarios.calendar import Calendar
from govsim.scenarios.own_tables import POINT_KINDS, by_name
from govsim.scenarios.points import serve
from govsim.scenarios.schema import Change, Scenario
from govsim.scenarios.territory import Territory
from govsim.scenarios.units import DAY
from govsim.service.rosters import Dated, Days

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Placed:
    """A change with the rows of its points.

    Attributes
    ----------
    key : its name in the scenario; "" if a table has it.
    line : of the planner's table of rosters; 0 if the scenario has it.
    points : None where it names none.
    """

    key: str
    line: int
    change: Change
    dated: Dated
    points: frozenset[int] | None


@dataclass(frozen=True)
class Spell:
    """Days on which the same points are closed.

    Attributes
    ----------
    days : first and last day of the run.
    shut : the closed points.
    point : int64[grids], who serves each grid then; a closed one where nobody can instead.
    """

    days: Days
    shut: frozenset[int]
    point: Ints


@dataclass(frozen=True)
class Changes:
    """The dated changes of one service.

    Attributes
    ----------
    placed : in the order in which they hold, one over the other.
    covering : int64[grids], who serves each grid on other days.
    spells : when points are closed, by day; no two share one.
    """

    placed: tuple[Placed, ...]
    covering: Ints
    spells: tuple[Spell, ...]

    @classmethod
    def of(
        cls, scenario: Scenario, territory: Territory, calendar: Calendar, covering: Ints
    ) -> Changes:
        """Place the changes of a service; names that aren't known are told before a run."""
        found = []
        given = [(key, 0, change) for key, change in scenario.changes.items()]
        given += [("", line, row) for line, row in _of_table(territory.rosters)]
        for key, line, change in given:
            first, last = calendar.day_of(change.first_day), calendar.day_of(change.last_day)
            dated = Dated(first, last, dict(change.roster), change.add, change.closed)
            points = rows_of(change.at, territory) if change.at else None
            found.append(Placed(key, line, change, dated, points))
        # Numbers that are said come before numbers that are added, and a closed door last; of each,
        # what is said of a point itself goes over what is said of its kind, or of all.
        found.sort(key=lambda one: (one.change.closed, one.change.add != 0, _special(one.change)))
        return cls(tuple(found), covering, tuple(_spells(found, territory, covering)))

    def at(self, point: int, team: str) -> tuple[Dated, ...]:
        """Give what changes the numbers of a team (`desk`, `centre`) at a point, in order."""
        return tuple(one.dated for one in self._of(point, team))

    def _of(self, point: int, team: str) -> Iterator[Placed]:
        for one in self.placed:
            here = one.points is None or point in one.points
            if here and (one.change.team == team or (one.change.closed and point >= 0)):
                yield one

    def brings(self, point: int, team: str) -> bool:
        """Whether a change puts people of a team at a point where it has no roster."""
        return any(
            one.change.team == team and one.change.roster and one.points and point in one.points
            for one in self.placed
        )

    def elsewhere(self) -> Bools:
        """Grids that another point serves on some days, while their own is closed."""
        found = np.zeros(len(self.covering), dtype=bool)
        for spell in self.spells:
            found |= spell.point != self.covering
        return found

    def active(self) -> list[int]:
        """Points that serve grids at some time, those in place of closed ones too."""
        found = np.unique(np.concatenate([self.covering, *(one.point for one in self.spells)]))
        return [int(point) for point in found]

    def called(self, point: int) -> tuple[Days, ...] | None:
        """Days on which a point serves grids that it doesn't serve else; None if it does else."""
        if (self.covering == point).any():
            return None
        return tuple(one.days for one in self.spells if (one.point == point).any())

    def covers(self, grid: Ints, at: Ints) -> Ints:
        """Point that serves each demand: int64[n], given its grid and when it meets the service."""
        found, day = self.covering[grid], at // DAY
        for spell in self.spells:
            on = (day >= spell.days[0]) & (day <= spell.days[1])
            found[on] = spell.point[grid[on]]
        return found

    def stations_open(self, has_station: Bools, grid: Ints, at: Ints) -> Bools:
        """Whether an open point station covers each demand's grid then: bool[n]."""
        covered = has_station[grid]
        if not self.spells:
            return covered
        open_: Bools = covered & (self.covers(grid, at) == self.covering[grid])
        return open_

    def holding(
        self, point: int, team: str, kinds: NDArray[np.integer[Any]]
    ) -> dict[tuple[str, int], int]:
        """Find whose number holds for a team at a point, where a change gives one.

        Parameters
        ----------
        kinds : int[days], the kind of each day of the run.

        Returns
        -------
        dict
            (shift, day of the run) to the line of the planner's table; 0 if the scenario's
            ``changes`` give the number. A closed point's shift is "".
        """
        found: dict[tuple[str, int], int] = {}
        for one in self._of(point, team):
            days = range(max(one.dated.first, 0), min(one.dated.last, len(kinds) - 1) + 1)
            for shift in one.change.roster or ([""] if one.change.closed else []):
                for day in days:
                    if shift == "" or one.dated.says(shift, int(kinds[day])) is not None:
                        found[shift, day] = one.line
        return found


def _special(change: Change) -> int:
    """Say how narrowly a change names its points: 0 not at all, 1 by a kind, 2 one by one."""
    if not change.at:
        return 0
    return 1 if any(name in POINT_KINDS for name in change.at) else 2


def _of_table(rosters: pd.DataFrame) -> list[tuple[int, Change]]:
    """Turn the rows with days into changes, each with its line.

    They come in the order in which they hold, one over the other: those for a kind of point, then
    those for a point itself; of each those for all days, then those for a kind of day.
    """
    kinds = set(POINT_KINDS.values())
    found = []
    row: Any
    rows = rosters[dated_rows.dated(rosters)].itertuples()
    for row in sorted(rows, key=lambda row: (row.point not in kinds, row.day_kind != "")):
        days = dict(zip(("first_day", "last_day"), dated_rows.span(row), strict=True))
        number = int(row.number)
        says: dict[str, Any] = {"closed": True}
        if not row.closed:
            head = {row.day_kind: number} if row.day_kind else number
            says = {"team": str(row.team), "roster": {str(row.shift): head}}
        change = Change.model_validate({**days, "at": (str(row.point),), **says})
        found.append((int(row.line), change))
    return found


def _spells(placed: list[Placed], territory: Territory, covering: Ints) -> Iterator[Spell]:
    """Part the days into spells with the same points closed, and find who serves instead."""
    closing = [one for one in placed if one.change.closed and one.points]
    edges = sorted({day for one in closing for day in (one.dated.first, one.dated.last + 1)})
    for first, after in pairwise(edges):
        on = [one.points or () for one in closing if one.dated.first <= first <= one.dated.last]
        shut = frozenset().union(*on)
        if shut:
            yield Spell((first, after - 1), shut, _instead(territory, covering, shut))


def _instead(territory: Territory, covering: Ints, shut: frozenset[int]) -> Ints:
    """Find who serves each grid while some points are closed: int64[grids].

    A station's grids go to the workstation or office that would serve them without it; those of a
    closed workstation or office to the one that would serve them if it weren't there.
    """
    closed = np.array(sorted(shut), dtype=np.int64)
    fallback = territory.grids["fallback"].to_numpy(np.int64)
    found = np.where(np.isin(covering, closed), fallback, covering)
    still = np.flatnonzero(np.isin(found, closed) | (found < 0))
    if len(still):
        others = np.setdiff1d(np.arange(len(territory.points)), closed)
        there = serve(territory.grids.iloc[still], territory.points.iloc[others])
        found[still] = np.where(there >= 0, np.append(others, -1)[there], covering[still])
    return found


def rows_of(names: tuple[str, ...], territory: Territory) -> frozenset[int]:
    """Rows of the points that are named by id, by name, or by kind."""
    known, kinds = by_name(territory.points), territory.points["kind"]
    found: set[int] = set()
    for name in names:
        if name in known:
            found.add(known[name])
        elif name in POINT_KINDS:
            found |= set(np.flatnonzero((kinds == POINT_KINDS[name]).to_numpy()).tolist())
    return frozenset(found)


def unknown(names: tuple[str, ...], territory: Territory) -> list[tuple[int, str, list[Any]]]:
    """Names that no point has, with their place and those that are known."""
    known = [*by_name(territory.points), *POINT_KINDS]
    return [(i, name, known) for i, name in enumerate(names) if name not in known]

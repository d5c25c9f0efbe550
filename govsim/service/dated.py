"""Dated changes of a laid-out service: whose numbers change, who serves closed stations' grids.

`Changes.of` brings a scenario's ``changes`` to days of the run and rows of the territory.
`govsim.service.network` lays rosters out with them; `govsim.demand` asks who serves a grid at a
time, so that both engines read the same. Without changes all is as if this module weren't there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios.calendar import Calendar
from govsim.scenarios.own_tables import POINT_KINDS, by_name
from govsim.scenarios.schema import Change, Scenario
from govsim.scenarios.territory import Territory
from govsim.scenarios.units import DAY
from govsim.service.rosters import Dated

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class _Placed:
    """A change with the rows of its points.

    Attributes
    ----------
    points : None where it names none.
    elsewhere : bool[grids], those of closed stations that another point serves meanwhile.
    """

    change: Change
    dated: Dated
    points: frozenset[int] | None
    elsewhere: Bools


@dataclass(frozen=True)
class Changes:
    """The dated changes of one service."""

    placed: tuple[_Placed, ...]
    station: Ints
    fallback: Ints

    @classmethod
    def of(
        cls, scenario: Scenario, territory: Territory, calendar: Calendar, has_station: Bools
    ) -> Changes:
        """Place the changes of a scenario; names that aren't known are told before a run."""
        station, fallback = (territory.grids[c].to_numpy(np.int64) for c in ("station", "fallback"))
        found = []
        for change in scenario.changes.values():
            first, last = calendar.day_of(change.first_day), calendar.day_of(change.last_day)
            dated = Dated(first, last, dict(change.roster), change.add, change.closed)
            points = rows_of(change.at, territory) if change.at else None
            shut = list(points) if change.closed and points else []
            elsewhere = has_station & np.isin(station, shut) & (fallback >= 0)
            found.append(_Placed(change, dated, points, elsewhere))
        # Numbers that are said come before numbers that are added, and a closed door last.
        found.sort(key=lambda one: (one.change.closed, one.change.add != 0))
        return cls(tuple(found), station, fallback)

    def at(self, point: int, team: str) -> tuple[Dated, ...]:
        """Give what changes the numbers of a team (`desk`, `centre`) at a point, in order."""
        return tuple(
            one.dated
            for one in self.placed
            if (one.points is None or point in one.points)
            and (one.change.team == team or (one.change.closed and point >= 0))
        )

    def brings(self, point: int, team: str) -> bool:
        """Whether a change puts people of a team at a point where it has no roster."""
        return any(
            one.change.team == team and one.change.roster and one.points and point in one.points
            for one in self.placed
        )

    def elsewhere(self) -> Bools:
        """Grids that another point serves on some days, while their station is closed."""
        found = np.zeros(len(self.station), dtype=bool)
        for one in self.placed:
            found |= one.elsewhere
        return found

    def active(self, covering: Ints) -> list[int]:
        """Points that serve grids at some time, closed stations' substitutes too."""
        found = np.union1d(covering, self.fallback[self.elsewhere()])
        return [int(point) for point in found]

    def covering(self, covering: Ints, grid: Ints, at: Ints) -> Ints:
        """Point that serves each demand: int64[n], given its grid and when it meets the service."""
        point, shut = covering[grid], self._shut(grid, at)
        return point if shut is None else np.where(shut, self.fallback[grid], point)

    def stations_open(self, has_station: Bools, grid: Ints, at: Ints) -> Bools:
        """Whether an open point station covers each demand's grid then: bool[n]."""
        covered, shut = has_station[grid], self._shut(grid, at)
        return covered if shut is None else covered & ~shut

    def _shut(self, grid: Ints, at: Ints) -> Bools | None:
        """Demands whose station is closed then, and has somebody in its place."""
        found: Bools | None = None
        for one in self.placed:
            if one.elsewhere.any():
                day = at // DAY
                shut = one.elsewhere[grid] & (day >= one.dated.first) & (day <= one.dated.last)
                found = shut if found is None else found | shut
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

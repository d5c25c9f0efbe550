"""When staff walk their grids and visit homes, who is away meanwhile, and when a grid is passed.

`patrols` is called by `govsim.service.network`; of a plan's rosters it reads that of the team which
walks, and no other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios.schema import Roster, Scenario
from govsim.scenarios.territory import Territory
from govsim.scenarios.units import DAY
from govsim.service.dated import Changes
from govsim.service.rosters import Duty, timeline

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rounds:
    """When staff pass a grid, and what that finds.

    Attributes
    ----------
    offsets : int64[grids, rounds a day], ms since midnight; -1 where nobody passes.
    days : int64[patrol days], the days with rounds, ascending.
    visits_per_day : float[grids], home visits to a household a day; 0 where none.
    passes : when a grid is passed, ms, ascending; of grids that are passed by on some days, since
        a dated change leaves nobody to walk.
    visiting : days with home visits to a grid, ascending, likewise.
    """

    offsets: Ints
    days: Ints
    visits_per_day: NDArray[np.float64]
    passes: dict[int, Ints] = field(default_factory=dict)
    visiting: dict[int, Ints] = field(default_factory=dict)


def patrols(
    scenario: Scenario,
    territory: Territory,
    changes: Changes,
    kinds: NDArray[np.integer[Any]],
    roster_at: Callable[[int], Roster | None],
) -> tuple[dict[int, list[Duty]], Rounds]:
    """Say who is away on rounds and visits, and when each grid is passed.

    A point's grids are walked one after another from the window's start by as many
    members as it takes to be through at its end, at most those on the largest shift. Where a
    dated change leaves nobody on duty when it begins, a round or visit is left out.

    Parameters
    ----------
    kinds : int[days + 1], kind of each day, from the eve of day 0 on.
    roster_at : gives the roster of the team that walks, by point.
    """
    patrol, grids, n = scenario.patrol, territory.grids, len(kinds) - 1
    offsets = np.full((len(grids), len(patrol.rounds)), -1, dtype=np.int64)
    rounds = Rounds(offsets, np.empty(0, np.int64), np.zeros(len(grids)))
    duties: dict[int, list[Duty]] = {}
    daily = np.ones(n, dtype=bool)
    on = daily if patrol.days == "daily" else kinds[1:] == 0

    def with_somebody(point: int, roster: Roster, duty: Duty) -> Duty:
        return _with_somebody(scenario, changes, kinds, point, roster, duty)

    for point in changes.active() if patrol.enabled else ():
        roster = roster_at(point)
        most = _largest(roster) if roster else 0
        mine = np.flatnonzero(changes.covering == point)
        if not roster or not most or not len(mine):
            continue
        duties[point] = []
        for r, windows in enumerate(patrol.rounds):
            duty = _walk(windows[0], len(mine) * patrol.per_grid, most, on)
            duties[point].append(with_somebody(point, roster, duty))
            step = np.arange(1, len(mine) + 1) * (duty.end - duty.start) // len(mine)
            offsets[mine, r] = duty.start + step
        if any((duty.days != on).any() for duty in duties[point]):
            for grid in mine:
                found = [
                    np.flatnonzero(duty.days) * DAY + offset
                    for duty, offset in zip(duties[point], offsets[grid], strict=True)
                ]
                rounds.passes[int(grid)] = np.sort(np.concatenate(found))
        home = patrol.home_visits
        if home.enabled and home.per_household.per_day > 0:
            households = int(grids["households"].to_numpy()[mine].sum())
            load = round(households * home.per_household.per_day * home.time)
            if load:
                duty = _walk(home.hours[0], load, most, daily)
                duty = with_somebody(point, roster, duty)
                duties[point].append(duty)
                rounds.visits_per_day[mine] = home.per_household.per_day
                if not duty.days.all():
                    days = np.flatnonzero(duty.days)
                    rounds.visiting.update(dict.fromkeys(map(int, mine), days))
    offsets.sort(axis=1)  # passes in the order of the day, however the rounds are listed
    return duties, replace(rounds, days=np.flatnonzero(on).astype(np.int64))


def _with_somebody(
    scenario: Scenario,
    changes: Changes,
    kinds: NDArray[np.integer[Any]],
    point: int,
    roster: Roster,
    duty: Duty,
) -> Duty:
    """Leave a duty out on days on which a dated change leaves nobody for it."""
    dated = changes.at(point, scenario.patrol.team)
    if not dated:
        return duty
    shifts, day = scenario.calendar.shifts, np.arange(len(kinds) - 1)
    begins = day * DAY + duty.start
    usual = timeline(roster, shifts, kinds).at(begins)
    there = timeline(roster, shifts, kinds, changes=dated).at(begins)
    touched = usual > 0
    for change in dated:
        touched |= (day >= change.first) & (day <= change.last)
    return replace(duty, days=duty.days & ~(touched & (there == 0)))


def _largest(roster: Roster) -> int:
    return max(
        (max(h.values(), default=0) if isinstance(h, dict) else h for h in roster.values()),
        default=0,
    )


def _walk(window: tuple[int, int], load: int, most: int, days: NDArray[np.bool_]) -> Duty:
    """Send out as many members as get through `load` person-ms within the window."""
    start, end = window
    members = min(most, max(1, ceil(load / (end - start))))
    return Duty(start, min(end, start + max(1, round(load / members))), members, days)

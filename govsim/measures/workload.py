"""How busy people are and how long work waits for them: by team, pool, shift and hour.

Called by `govsim.measures` for each replication; reads an outcome's visits and pools.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from govsim.demand.grouping import (
    WEEK_HOURS,
    Steps,
    at_work,
    grouped,
    kaplan_meier,
    worked_by_hour,
    worked_when_free,
)
from govsim.measures.duty import add_by_hour, within
from govsim.scenarios.calendar import WorkingClock
from govsim.scenarios.units import HOUR, MINUTE
from govsim.service.network import CENTRE, DEPARTMENT, DESK, TEAM, Network
from govsim.service.ordering import order_of
from govsim.service.outcome import Outcome

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

Row = tuple[str, str, str, float]


@dataclass(frozen=True)
class OnDuty:
    """Person-ms on duty in a stretch of time, by pool.

    Attributes
    ----------
    free : float[pools], of those free for demands.
    paid : float[pools], of all.
    by_shift : float[pools] for each shift, of those free.
    by_hour : float[pools, 168], of those free, by hour of the week.
    """

    free: Floats
    paid: Floats
    by_shift: dict[str, Floats]
    by_hour: Floats


@lru_cache(maxsize=8)
def on_duty(network: Network, start: int, end: int) -> OnDuty:
    """Add up who is on duty in [start, end), ms."""
    shifts, lines = _shifts(network), network.timelines
    by_hour, first = np.zeros((len(lines), WEEK_HOURS)), int(network.calendar.weekday[0]) * 24
    for line, hours in zip(lines, by_hour, strict=True):
        add_by_hour(line.times, line.available, start, end, first, hours)
    by_shift = {
        name: [
            within(clock.starts, clock.ends, line.times, line.available, start, end)
            for line in lines
        ]
        for name, clock in shifts.items()
    }
    of = [pool.timeline for pool in network.pools]
    return OnDuty(
        np.array([line.person_ms(start, end) for line in lines], dtype=float)[of],
        paid(network, start, end),
        {name: np.array(sums, dtype=float)[of] for name, sums in by_shift.items()},
        by_hour[of],
    )


@lru_cache(maxsize=32)
def paid(network: Network, start: int, end: int) -> Floats:
    """Add up who is paid in [start, end), person-ms by pool: float[pools]."""
    lines = network.timelines
    found = np.array([line.person_ms(start, end, paid=True) for line in lines], dtype=float)
    return found[[pool.timeline for pool in network.pools]]


@lru_cache(maxsize=8)
def _shifts(network: Network) -> dict[str, WorkingClock]:
    shifts = network.scenario.calendar.shifts
    return {n: WorkingClock(*network.calendar.intervals(h, "daily")) for n, h in shifts.items()}


@lru_cache(maxsize=8)
def free_steps(network: Network) -> Steps:
    """Lay the numbers free for demands of all timelines end to end, with where each pool's are."""
    lines = network.timelines
    first = np.cumsum([0, *(len(line.times) for line in lines[:-1])])
    return Steps(
        first[[pool.timeline for pool in network.pools]],
        np.concatenate([line.times for line in lines]),
        np.concatenate([line.available for line in lines]),
    )


def hour_of_week(network: Network, time: Ints) -> Ints:
    """Hour of the week, 0 to 167 from Monday's first, of times (int64[n], ms)."""
    hour: Ints = (time // HOUR + int(network.calendar.weekday[0]) * 24) % WEEK_HOURS
    return hour


def workload(network: Network, outcome: Outcome) -> Iterator[Row]:
    """Measure use of people, overtime, helpers, queues and waiting.

    Yields
    ------
    level, key, measure, value
        Levels district, team, pool, shift and ``team_hour`` (``team/hour`` of the week,
        0 to 167 from Monday's first).
    """
    duty = on_duty(network, outcome.measured_from, outcome.end)
    labels = {DESK: "desk", CENTRE: "centre"}
    teams = [
        p.name if p.kind == TEAM else labels.get(p.kind, f"department {p.name}")
        for p in network.pools
    ]
    names = list(dict.fromkeys(teams))
    code = np.array([names.index(team) for team in teams], dtype=np.int64)
    yield from _use(network, outcome, duty, names, code)
    yield from _shift_use(network, outcome, duty, names, code)
    yield from _waiting(network, outcome, names, code)
    yield from _hours(network, outcome, duty)


def _use(
    network: Network, outcome: Outcome, duty: OnDuty, names: list[str], code: Ints
) -> Iterator[Row]:
    """Use, overtime, helpers and queues, by team and pool."""
    pools, length = outcome.pools, max(outcome.end - outcome.measured_from, 1)
    starts = [int(network.timelines[p.timeline].available[0]) for p in network.pools]
    unlimited = np.array(
        [p.kind == DEPARTMENT and n > 2**30 for p, n in zip(network.pools, starts, strict=True)]
    )
    used = np.where(unlimited, 0.0, pools["in_free_time"])
    capacity = np.where(unlimited, 0.0, duty.free + pools["helpers"])
    for level, keys, of in (
        ("team", names, code),
        ("pool", network.pool_names(), np.arange(len(code))),
    ):
        n = len(keys)
        use, have = np.bincount(of, used, n), np.bincount(of, capacity, n)
        over, helped = np.bincount(of, pools["overtime"], n), np.bincount(of, pools["helpers"], n)
        queue = np.bincount(of, pools["waiting"], n) / length
        for i, key in enumerate(keys):
            if have[i] > 0:
                yield level, key, "utilisation", float(use[i] / have[i])
            yield level, key, "queue_length", float(queue[i])
            if level == "team":
                yield level, key, "overtime_hours", float(over[i] / HOUR)
                yield level, key, "helper_hours", float(helped[i] / HOUR)
    team = np.array([p.kind == TEAM for p in network.pools])
    have_all = capacity[team].sum()
    share = float(used[team].sum() / have_all) if have_all > 0 else float("nan")
    yield "district", "", "utilisation", share
    yield "district", "", "overtime_hours", float(pools["overtime"][team].sum() / HOUR)
    yield "district", "", "helper_hours", float(pools["helpers"].sum() / HOUR)


def _shift_use(
    network: Network, outcome: Outcome, duty: OnDuty, names: list[str], code: Ints
) -> Iterator[Row]:
    """Use of teams by shift: of the time free for demands, the part in which so many were at work.

    So what a crew works into the next shift counts there as far as people of that are free.
    """
    visits, start, end = outcome.visits, outcome.measured_from, outcome.end
    began = np.where(visits["began"] >= 0, visits["began"], end)
    over = np.where(visits["ended"] >= 0, visits["ended"], end)
    began, over = np.clip(began, start, None), np.clip(over, start, None)
    work, steps = at_work(visits["pool"], began, over, visits["crew"]), free_steps(network)
    for shift, clock in _shifts(network).items():
        use = worked_when_free(clock, work, steps, code, len(names))
        have = np.bincount(code, duty.by_shift[shift], len(names))
        for name, a, b in zip(names, use, have, strict=True):
            if b > 0 and name in network.teams:
                yield "shift", f"{name}/{shift}", "utilisation", float(a / b)


def _waiting(network: Network, outcome: Outcome, names: list[str], code: Ints) -> Iterator[Row]:
    """Mean wait for a crew by Kaplan-Meier: for the district, by team, and by its hours."""
    visits = outcome.visits
    lasted, left = outcome.waits()
    asked = (visits["queued"] >= outcome.measured_from) & (lasted >= 0)
    mine = np.flatnonzero(asked)
    mine = mine[order_of(lasted[mine])]
    length, over, team = lasted[mine] / MINUTE, left[mine], code[visits["pool"][mine]]
    hour = hour_of_week(network, visits["queued"][mine])
    hours = [f"{name}/{h}" for name in names for h in range(WEEK_HOURS)]
    for level, keys, of in (
        ("district", [""], np.zeros(len(mine), dtype=np.int64)),
        ("team", names, team),
        ("team_hour", hours, team * WEEK_HOURS + hour),
    ):
        means = kaplan_meier(length, over, grouped(of, len(keys))).means()
        for i in np.flatnonzero(~np.isnan(means)).tolist():
            yield level, keys[i], "waiting_minutes_mean", float(means[i])


def _hours(network: Network, outcome: Outcome, duty: OnDuty) -> Iterator[Row]:
    """Use of each team by hour of the week.

    Work is set against those rostered in that hour: where members work beyond their
    shift, or helpers beside them, it can be more than their time.
    """
    teams = list(network.teams)
    row = np.array([teams.index(p.name) if p.kind == TEAM else -1 for p in network.pools])
    visits = outcome.visits
    used = worked_by_hour(
        visits["pool"],
        visits["began"],
        visits["ended"],
        visits["crew"],
        row,
        rows=len(teams),
        first=int(network.calendar.weekday[0]) * 24,
        during=(outcome.measured_from, outcome.end),
    )
    have = np.zeros(used.shape)
    np.add.at(have, row[row >= 0], duty.by_hour[row >= 0])
    for i, team in enumerate(teams):
        for hour, (use, of) in enumerate(zip(used[i], have[i], strict=True)):
            if of > 0:
                yield "team_hour", f"{team}/{hour}", "utilisation", float(use / of)

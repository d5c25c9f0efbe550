"""Joint meetings and the hours of departments, programmed a second time (docs/model.md, 2.2)."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from govsim.scenarios.units import HOUR
from govsim.validation.independent.people import WEDNESDAY, weekday
from govsim.validation.observing import Numbers, Replication

DAYS = 140
END = 24.0 * DAYS
MAKE_SAFE = 1.0

# ---------------------------------------------------------------------- joint meetings

STREETS = (0.6, 0.4)
"""Share of residents of each."""

A_DAY, BY_WAY_OF_A_MEETING, IN_DEPARTMENT = 3.0, 0.5, 30.0
SITS_ON, AT, HOLIDAYS = (2, 4), 14.0, (14, 37)
"""Days of the week; hour; days of the year, from 0, that are holidays."""


def meeting(rng: np.random.Generator, cases: int = 4, one_for_all: bool = False) -> Numbers:
    """Simulate one replication and give its numbers."""
    reports, solved, waited = [], [], []
    for share in (1.0,) if one_for_all else STREETS:
        report = np.sort(rng.uniform(0, END, rng.poisson(A_DAY * share * DAYS)))
        by_meeting = rng.random(len(report)) < BY_WAY_OF_A_MEETING
        begins = report + MAKE_SAFE
        begins[by_meeting] = _decided(begins[by_meeting], cases)
        reports.append(report)
        waited.append(by_meeting)
        solved.append(begins + rng.exponential(IN_DEPARTMENT, len(report)))
    return _after_a_meeting(np.concatenate(reports), np.concatenate(solved), np.concatenate(waited))


def _decided(ready: np.ndarray, cases: int) -> np.ndarray:
    """When each of these cases, in order of time, is sent on."""
    decided = np.full(len(ready), np.inf)
    following = 0
    for day in range(DAYS):
        if weekday(day, WEDNESDAY) in SITS_ON and day not in HOLIDAYS:
            there = np.searchsorted(ready, 24 * day + AT)
            last = min(following + cases, int(there))
            decided[following:last] = 24 * day + AT
            following = last
    return decided


def observe_meeting(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d = r.outcome.demands
    mine = np.flatnonzero(d["accepted"] >= 0)
    solved = np.where(d["resolved"] >= 0, d["resolved"] / HOUR, np.inf)[mine]
    return _after_a_meeting(d["accepted"][mine] / HOUR, solved, r.table.meeting[mine])


def _after_a_meeting(report: np.ndarray, solved: np.ndarray, waited: np.ndarray) -> Numbers:
    took = np.where(solved < END, solved - report, np.inf)
    early = report < END / 2
    found = {"share with a meeting": float(waited.mean())}
    for what, mine in (("with", waited & early), ("without", ~waited & early)):
        done = took[mine]
        found |= {
            f"{what} a meeting, mean, h": float(done[done < np.inf].mean()),
            f"{what} a meeting, within 3 days": float((done <= 72).mean()),
            f"{what} a meeting, within 7 days": float((done <= 168).mean()),
        }
    return found | {"unsolved at the end": float((took == np.inf).sum())}


# ---------------------------------------------------------------------- departments

REPAIR, PERMIT = 0, 1
RATES, TIMES = (2.0, 0.8), (3.0, 8.0)
"""A day; mean time in working hours, and in hours."""

OFFICE, DAILY = ((9.0, 12.0), (13.5, 17.5)), ((10.0, 16.0),)
CLOSED, WORKED = (7, 23), (10,)
"""Days, from 0, that are holidays; a Saturday that is worked."""


def department(
    rng: np.random.Generator,
    crews: int | None = 2,
    hours: Sequence[tuple[float, float]] = OFFICE,
    daily: bool = False,
) -> Numbers:
    """Simulate one replication and give its numbers."""
    came, kind = [], []
    for which, rate in enumerate(RATES):
        times = rng.uniform(0, END, rng.poisson(rate * DAYS))
        came += list(times + MAKE_SAFE)
        kind += [which] * len(times)
    free = [0.0] * (len(came) if crews is None else crews)
    rows = []
    for ready, which in sorted(zip(came, kind, strict=True)):
        begins = max(ready, free[0])
        time = rng.exponential(TIMES[which])
        ends = _end(begins, time, hours, daily) if which == REPAIR else begins + time
        heapq.heapreplace(free, ends)
        rows.append((ready, ends, which))
    return _solved(np.array(rows))


def _works(day: int, daily: bool) -> bool:
    return daily or (weekday(day, WEDNESDAY) < 5 and day not in CLOSED) or day in WORKED


def _end(begins: float, time: float, hours: Sequence[tuple[float, float]], daily: bool) -> float:
    """When so many working hours from a moment on are over."""
    day = int(begins // 24)
    while True:
        for opens, closes in hours if _works(day, daily) else ():
            first = max(begins, 24 * day + opens)
            passes = 24 * day + closes - first
            if passes > 0:
                if time < passes:
                    return first + time
                time -= passes
        day += 1


def observe_department(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d = r.outcome.demands
    mine = np.flatnonzero((d["accepted"] >= 0) & (d["scene"] >= 0))
    ends = np.where(d["resolved"] >= 0, d["resolved"] / HOUR, np.inf)
    rows = (d["scene"] / HOUR + MAKE_SAFE, ends, r.table.category)
    return _solved(np.column_stack([column[mine] for column in rows]))


def _solved(rows: np.ndarray) -> Numbers:
    ready, ends, kind = rows.T
    took = np.where(ends < END, ends - ready, np.inf)
    early = ready < END - 24 * 14
    found: Numbers = {}
    for name, which in (("repair", REPAIR), ("permit", PERMIT)):
        mine = took[(kind == which) & early]
        found |= {
            f"{name}: mean time, h": float(mine[mine < np.inf].mean()),
            f"{name}: within 8 h": float((mine <= 8).mean()),
            f"{name}: within 24 h": float((mine <= 24).mean()),
            f"{name}: within 72 h": float((mine <= 72).mean()),
        }
    hour = ends[ends < END] % 24
    night = (hour < 9) | (hour >= 17.5)
    return found | {"solved out of hours": float(night.mean())}

"""Patrols, home visits and the lag of reports, programmed a second time (docs/model.md, 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf

import numpy as np
import simpy

from govsim.demand.arrivals import BY_PATROL, BY_VISIT
from govsim.scenarios.units import HOUR
from govsim.validation.independent.people import People, Steps, by_roster, every_day
from govsim.validation.observing import Numbers, Replication

DAYS = 60
END = 24.0 * DAYS
PER_HOUR, INCIDENT, VISIBLE = 2.0, 0.8, 0.5
LAG, WORK = 20.0, 1 / 3
"""Means, h."""

GRIDS, WINDOWS, WINDOW = 6, (9.0, 15.0), 2.0
FOUND_VISIBLE, FOUND_HIDDEN = 0.3, 0.05

HOUSEHOLDS, VISITS_A_DAY, FOUND_ON_VISIT, MINUTES_A_VISIT = 600, 0.2, 0.5, 2.0
VISITS_BEGIN, VISITS_LAST = 17.0, 3.0


@dataclass(frozen=True)
class Met:
    """A demand that the service has met; times in h.

    Attributes
    ----------
    by : "patrol", "visit" or "report".
    lag : since the onset.
    came, waited : when, and how long until a crew left.
    """

    by: str
    lag: float
    came: float
    waited: float


def walk(staff: int, minutes_a_grid: float) -> tuple[int, float]:
    """How many walk, and how long the round takes, h."""
    total = GRIDS * minutes_a_grid / 60
    walkers = min(staff, ceil(total / WINDOW - 1e-9))
    return walkers, min(WINDOW, total / walkers)


def patrol(
    rng: np.random.Generator, minutes_a_grid: float = 20, staff: int = 2, visits: bool = False
) -> Numbers:
    """Simulate one replication and give its numbers."""
    env = simpy.Environment()
    walkers, lasts = walk(staff, minutes_a_grid)
    steps = {0.0: staff}
    for begins in WINDOWS:
        steps |= {begins: staff - walkers, begins + lasts: staff}
    if visits:
        total = HOUSEHOLDS * VISITS_A_DAY * MINUTES_A_VISIT / 60
        visitors = ceil(total / VISITS_LAST)
        steps |= {VISITS_BEGIN: staff - visitors, VISITS_BEGIN + total / visitors: staff}
    people = People(env, staff)
    env.process(by_roster(env, people, every_day(DAYS, sorted(steps.items())), staff))
    met: list[Met] = []

    def demand(by: str, onset: float, came: float) -> Steps:
        yield env.timeout(came)
        place = len(met)
        met.append(Met(by, came - onset, came, END - came))
        yield people.ask()
        met[place] = Met(by, came - onset, came, env.now - came)
        yield env.timeout(rng.exponential(WORK))
        people.done()

    for onset in rng.uniform(0, END, rng.poisson(PER_HOUR * END)):
        by, came = "report", onset
        if rng.random() < INCIDENT:
            came += rng.exponential(LAG)
            seen = FOUND_VISIBLE if rng.random() < VISIBLE else FOUND_HIDDEN
            found = _found(rng, onset, int(rng.integers(GRIDS)), seen, lasts, until=came)
            visited = _visited(rng, onset) if visits else inf
            if min(found, visited) < came:
                by = "patrol" if found < visited else "visit"
                came = min(found, visited)
        if came < END:
            env.process(demand(by, onset, came))
    env.run(until=END)
    people.count()
    return numbers(met, people.worked, people.over, people.within)


def _found(
    rng: np.random.Generator, onset: float, grid: int, chance: float, lasts: float, until: float
) -> float:
    """When a pass finds it; each grid is passed at the end of its part of the round."""
    for day in range(int(onset // 24), DAYS + 1):
        for begins in WINDOWS:
            passes = 24 * day + begins + lasts * (grid + 1) / GRIDS
            if passes >= until:
                return inf
            if passes > onset and rng.random() < chance:
                return passes
    return inf


def _visited(rng: np.random.Generator, onset: float) -> float:
    """When a visit brings it up; the wait passes in the hours of visits alone."""
    left = rng.exponential(VISITS_LAST / (VISITS_A_DAY * FOUND_ON_VISIT))
    day, hour = divmod(onset, 24)
    first = min(max(hour, VISITS_BEGIN), VISITS_BEGIN + VISITS_LAST)
    today = VISITS_BEGIN + VISITS_LAST - first
    if left < today:
        return float(24 * day + first + left)
    more, rest = divmod(left - today, VISITS_LAST)
    return float(24 * (day + 1 + more) + VISITS_BEGIN + rest)


def observe(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d, t, pools = r.outcome.demands, r.table, r.outcome.pools
    by = np.where(
        t.source == BY_PATROL, "patrol", np.where(t.source == BY_VISIT, "visit", "report")
    )
    left = np.where(d["dispatched"] >= 0, d["dispatched"], r.outcome.end)
    met = [
        Met(
            str(by[row]),
            float(t.enters[row] - t.onset[row]) / HOUR,
            float(t.enters[row]) / HOUR,
            float(left[row] - t.enters[row]) / HOUR,
        )
        for row in np.flatnonzero(t.enters < r.outcome.end).tolist()
    ]
    worked, in_time, over = (pools[c][0] / HOUR for c in ("busy", "in_free_time", "overtime"))
    return numbers(met, worked, over, worked - in_time - over)


def numbers(met: list[Met], worked: float, over: float, late: float) -> Numbers:
    """What is compared."""
    waits = np.array([m.waited for m in met])
    hours = np.array([m.came % 24 for m in met])
    walking = ((hours >= 9) & (hours < 11)) | ((hours >= 15) & (hours < 17))
    found = {
        "wait while a round is on, h": float(waits[walking].mean()),
        "wait at other times, h": float(waits[~walking].mean()),
        "mean number at work": worked / END,
        "overtime a day, h": over / DAYS,
        "work into rounds a day, h": late / DAYS,
    }
    for by in sorted({m.by for m in met}):
        mine = [m.lag for m in met if m.by == by]
        found[f"share by {by}"] = len(mine) / len(met)
        found[f"mean lag until a {by}, h"] = float(np.mean(mine))
    return found


# ---------------------------------------------------------------------- reports

PROFILE = np.array([1, 7, 5, 3]) / 4
"""Demand in each quarter of the day, over its mean."""

LAG_OF_REPORTS, OF_INCIDENTS = 10.0, 0.9
SPANS = np.cumsum([0, *PROFILE * 6])
"""Hours as the demand passes them, at the ends of the quarters."""


def reports(rng: np.random.Generator) -> Numbers:
    """Draw onsets and lags, and give when they are reported."""
    n = rng.poisson(PER_HOUR * END)
    onset = rng.uniform(0, END, n)  # in hours as the demand passes them
    lag = np.where(rng.random(n) < OF_INCIDENTS, rng.exponential(LAG_OF_REPORTS, n), 0.0)
    return _reported(_by_the_clock(onset), _by_the_clock(onset + lag))


def _by_the_clock(times: np.ndarray) -> np.ndarray:
    day, passed = np.divmod(times, 24)
    return np.asarray(24 * day + np.interp(passed, SPANS, [0, 6, 12, 18, 24]))


def observe_reports(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    return _reported(r.table.onset / HOUR, r.table.enters / HOUR)


def _reported(onset: np.ndarray, report: np.ndarray) -> Numbers:
    onset, report = onset[report < END], report[report < END]
    began, hours, lag = onset % 24 // 6, report % 24 // 6, report - onset
    found = {"reports": float(len(report)), "mean lag, h": float(lag.mean())}
    found |= {
        f"reports in quarter {q + 1} of the day": float((hours == q).mean()) for q in range(4)
    }
    found |= {
        f"lag of what began in quarter {q + 1}, h": float(lag[began == q].mean()) for q in range(4)
    }
    return found | {"within 6 h of the onset": float((lag <= 6).mean())}

"""How many demands come when, programmed a second time (docs/model.md, 2.2)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import numpy as np

from govsim.scenarios.units import HOUR
from govsim.validation.observing import Numbers, Replication

STREETS = (0.6, 0.4)
"""Share of residents of each."""

NOISE, WATER = 0, 1
A_DAY = (20.0, 12.0)
HOURS = np.array([[4, 1, 1, 2], [1, 4, 3, 2]]) / [[8], [10]]
"""Share of each quarter of the day, by category."""

START = date(2025, 1, 1)

# ---------------------------------------------------------------------- the calendar

DAYS = 90
WEEKDAYS = np.array([3, 1, 1, 1, 2, 1, 1]) * 7 / 10
MONTHS = {1: 1.0, 2: 0.5, 3: 1.5}
FESTIVAL = {date(2025, 1, 28) + timedelta(days) for days in range(8)}
HOLIDAYS = {date(2025, 1, 1)}
"""Of the State Council's notice for 2025, within the 90 days."""

LEVEL, INDUCED, TREND = 1.5, (0.9 / 0.6) ** 0.5, 0.8
STORM = (24 * 63 + 15.0, 24 * 63 + 75.0)
LULL = (24 * 78 + 6.0, 24 * 82 + 6.0)
"""From 5 March, 15:00, 60 h; from 20 March, 6:00, four days."""


def calendar(rng: np.random.Generator) -> Numbers:
    """Draw one replication and give its numbers."""
    rows = []
    for day in range(DAYS):
        when = START + timedelta(day)
        weight = LEVEL * INDUCED * WEEKDAYS[when.weekday()] * MONTHS[when.month]
        weight *= 0.4 if when in FESTIVAL else 0.7 if when in HOLIDAYS else 1.0
        weight *= 1 + TREND * day / 365
        for street, kind in product((0, 1), (NOISE, WATER)):
            rate = weight * STREETS[street] * A_DAY[kind]
            # A surge adds twice the process; a lull keeps four in ten.
            times = _within(rng, day, rate, kind)
            if (street, kind) == (0, WATER):
                more = _within(rng, day, 2 * rate, kind)
                more = more[(more >= STORM[0]) & (more < STORM[1])]
                times = np.concatenate([times, more])
            calm = (times >= LULL[0]) & (times < LULL[1])
            times = times[~calm | (rng.random(len(times)) < 0.4)]
            rows += [(time, street, kind) for time in times]
    return _of_the_calendar(np.array(rows))


def _within(rng: np.random.Generator, day: int, rate: float, kind: int) -> np.ndarray:
    """Times of a day, h since the start."""
    n = rng.poisson(rate)
    quarter = rng.choice(4, n, p=HOURS[kind])
    return np.asarray(24.0 * day + 6 * quarter + rng.uniform(0, 6, n))


def _rows(r: Replication) -> np.ndarray:
    """Time (h), street and category of each demand of a replication of govsim."""
    t = r.table
    mine = t.enters < r.outcome.end
    return np.column_stack([t.enters[mine] / HOUR, t.grid[mine], t.category[mine]])


def observe_calendar(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    return _of_the_calendar(_rows(r))


def _of_the_calendar(rows: np.ndarray) -> Numbers:
    time, street, kind = rows.T
    days = [START + timedelta(int(t // 24)) for t in time]
    plain = (time < STORM[0]) & ~np.isin(time // 24, [0, *range(27, 35)])
    weekdays = np.array([d.weekday() for d in days])
    months = np.array([d.month for d in days])
    found: Numbers = {"all": float(len(rows))}
    names = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
    found |= {f"on {name}": float((plain & (weekdays == i)).sum()) for i, name in enumerate(names)}
    found |= {f"in month {m}": float((months == m).sum()) for m in MONTHS}
    found["on New Year's Day"] = float((time < 24).sum())
    found["at the Spring Festival"] = float(np.isin(time // 24, range(27, 35)).sum())
    found["on make-up workdays"] = float(np.isin(time // 24, [25, 38]).sum())
    quarters = time % 24 // 6
    for name, which in (("noise", NOISE), ("water", WATER)):
        for quarter in range(4):
            mine = (kind == which) & (quarters == quarter) & plain
            found[f"{name}, quarter {quarter + 1} of the day"] = float(mine.sum())
    for name, (begins, ends) in (("storm", STORM), ("lull", LULL)):
        on = (time >= begins) & (time < ends)
        for place, what in product((0, 1), (NOISE, WATER)):
            at = ("north", "south")[place], ("noise", "water")[what]
            found[f"{name}: {at[1]}, {at[0]}"] = float(
                (on & (street == place) & (kind == what)).sum()
            )
    return found


# ---------------------------------------------------------------------- dispersion

DISPERSED_DAYS = 60


def dispersion(rng: np.random.Generator, k: float = 3, one_for_all: bool = False) -> Numbers:
    """Draw one replication and give its numbers."""
    factors = rng.gamma(k, 1 / k, (DISPERSED_DAYS, 2))
    if one_for_all:
        factors[:, 1] = factors[:, 0]
    rates = factors[:, :, None] * np.outer(STREETS, A_DAY)
    return _dispersed(rng.poisson(rates))


def observe_dispersion(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    time, street, kind = _rows(r).T
    counts = np.zeros((DISPERSED_DAYS, 2, 2))
    np.add.at(counts, ((time // 24).astype(int), street.astype(int), kind.astype(int)), 1)
    return _dispersed(counts)


def _dispersed(counts: np.ndarray) -> Numbers:
    """Means and covariances of the numbers of a day: counts[day, street, category]."""
    cells = counts.reshape(len(counts), 4).astype(float)
    names = [f"{at}, {of}" for at in ("north", "south") for of in ("noise", "water")]
    covariance = np.cov(cells.T)
    found = {f"{name}: mean": float(cells[:, i].mean()) for i, name in enumerate(names)}
    found |= {f"{name}: variance": float(covariance[i, i]) for i, name in enumerate(names)}
    found["covariance of north, noise and water"] = float(covariance[0, 1])
    found["covariance of south, noise and water"] = float(covariance[2, 3])
    found["covariance of noise, north and south"] = float(covariance[0, 2])
    total = cells.sum(axis=1)
    next_day = np.cov(total[:-1], total[1:])[0, 1]
    skew = ((total - total.mean()) ** 3).mean()
    return found | {
        "covariance of a day and the next": float(next_day),
        "third moment of a day": float(skew),
        "days with fewer than half": float((total < 16).mean()),
    }

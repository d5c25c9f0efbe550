"""Free time and other work in turn, programmed a second time (docs/model.md, 2.2, "Free time")."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, sqrt
from zlib import crc32

import numpy as np
import simpy

from govsim.scenarios.units import HOUR
from govsim.validation.independent.people import People, Steps
from govsim.validation.observing import Numbers, Replication

DAYS = 60
END = 24.0 * DAYS
BEGINS, ENDS, ROUND = 8.0, 20.0, 9.0
"""Of the shift and of the round, h."""

PER_HOUR, WORK = 0.5, 1 / 3

POINT = ("S01 team", "Centre team")
"""Names of the point and team, without and with a patrol."""


def program(
    rng: np.random.Generator,
    staff: int = 1,
    share: float = 0.4,
    cycle: float = 3.0,
    patrol: float = 0.0,
) -> Numbers:
    """Simulate one replication and give its numbers.

    Parameters
    ----------
    patrol : hours that one of them walks, from nine on.
    """
    env = simpy.Environment()
    people, waits = People(env, 0), list[tuple[float, float]]()
    begins = 24 / (24 / cycle + (sqrt(5) - 1) / 2)  # of each turn after the last one
    # The first turn ends where the names of the point and the team say, as part of a cycle.
    phase = (1 - crc32(POINT[bool(patrol)].encode()) / 2**32) * begins
    changes = list(_numbers(staff, share, begins, phase, patrol))
    env.process(_roster(env, people, changes))

    def job(came: float) -> Steps:
        yield env.timeout(came)
        yield people.ask()
        waits.append((came, env.now - came))
        yield env.timeout(rng.exponential(WORK))
        people.done()

    for came in np.sort(rng.uniform(0, END, rng.poisson(PER_HOUR * END))):
        env.process(job(float(came)))
    env.run(until=END)
    people.count()
    return numbers(waits, people.worked, people.within, people.over)


def _numbers(
    staff: int, share: float, cycle: float, phase: float, patrol: float
) -> Iterator[tuple[float, int, int]]:
    """When how many are free, and how many are on duty and not: h, people, people."""
    length = ENDS - BEGINS
    # What one on patrol leaves of the shift, in person-hours, and what is free of it.
    mean = min(share * staff * length / (staff * length - patrol), 1.0)
    for day in range(DAYS):
        edges = {BEGINS, *((ROUND, ROUND + patrol) if patrol else ())}
        turn = floor((24 * day + BEGINS - phase) / cycle)
        for k in range(turn, turn + int(length / cycle) + 3):
            for there in (staff, staff - 1) if patrol else (staff,):
                part = mean * there - floor(mean * there + 1e-9)
                edges |= {phase + k * cycle - 24 * day, phase + (k - part) * cycle - 24 * day}
        for hour in sorted(e for e in edges if BEGINS <= e < ENDS):
            there = staff - (ROUND <= hour < ROUND + patrol)
            whole = floor(mean * there + 1e-9)
            into = ((24 * day + hour + 1e-6 - phase) / cycle) % 1
            free = whole + (into >= 1 - (mean * there - whole) and mean * there - whole > 1e-9)
            yield 24 * day + hour, free, staff - free
        yield 24 * day + ENDS, 0, 0


def _roster(env: simpy.Environment, people: People, changes: list[tuple[float, int, int]]) -> Steps:
    for at, free, away in changes:
        yield env.timeout(at - env.now)
        people.turn(free, away)


def observe(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    visits, pools = r.outcome.visits, r.outcome.pools
    went = visits["began"] >= 0
    came, left = visits["queued"][went] / HOUR, visits["began"][went] / HOUR
    worked, in_time, over = (pools[c][0] / HOUR for c in ("busy", "in_free_time", "overtime"))
    waits = list(zip(came.tolist(), (left - came).tolist(), strict=True))
    return numbers(waits, worked, worked - in_time - over, over)


def numbers(waits: list[tuple[float, float]], worked: float, within: float, over: float) -> Numbers:
    """What is compared."""
    came, waited = (np.array(column) for column in zip(*waits, strict=True))
    by_day = (came % 24 >= BEGINS + 2) & (came % 24 < ENDS - 4)
    return {
        "mean wait, h": float(waited.mean()),
        "waits": float((waited > 0).mean()),
        "mean wait by day, h": float(waited[by_day].mean()),
        "waits by day": float((waited[by_day] > 0).mean()),
        "mean number at work": worked / END,
        "work into other work a day, h": within / DAYS,
        "overtime a day, h": over / DAYS,
    }

"""Crews of two and helpers on call, programmed a second time (docs/model.md, 2.2)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import simpy

from govsim.scenarios.units import HOUR
from govsim.validation.independent.people import People, Steps
from govsim.validation.observing import Numbers, Replication

END = 24.0 * 60
LAST = END - 24.0
"""Demands that come later are not looked at, so that nearly all have begun, h."""


# ---------------------------------------------------------------------- crews of two

SMALL, LARGE = "small", "large"
WORK = {SMALL: 1 / 2, LARGE: 2 / 3}


@dataclass
class _Waits:
    of: dict[str, list[float]] = field(default_factory=lambda: {SMALL: [], LARGE: []})
    alone: int = 0

    def add(self, kind: str, came: float, waited: float) -> None:
        if came < LAST:
            self.of[kind].append(waited)

    def numbers(self, *teams: tuple[float, float]) -> Numbers:
        """Waits, and person- and job-hours of each team."""
        found = {f"{kind}: mean wait, h": float(np.mean(w)) for kind, w in self.of.items() if w}
        found |= {f"{k}: waits": float((np.array(w) > 0).mean()) for k, w in self.of.items() if w}
        for i, (worked, waited) in enumerate(teams, start=1):
            found[f"team {i}: mean number at work"] = worked / END
            found[f"team {i}: mean queue"] = waited / END
        return found


def one_team(rng: np.random.Generator) -> Numbers:
    """Three people, small jobs for one and large ones for two of them."""
    env = simpy.Environment()
    people, waits = People(env, 3), _Waits()

    def job(kind: str, came: float, need: int) -> Steps:
        yield env.timeout(came)
        yield people.ask(need)
        waits.add(kind, came, env.now - came)
        yield env.timeout(rng.exponential(WORK[kind]))
        people.done(need)

    for kind, rate, need in ((SMALL, 1.5, 1), (LARGE, 0.8, 2)):
        for came in _arrivals(rng, rate):
            env.process(job(kind, came, need))
    env.run(until=END)
    people.count()
    return waits.numbers((people.worked, people.waited))


def two_teams(rng: np.random.Generator) -> Numbers:
    """A team of four that goes in pairs for large jobs, and one person who takes them alone."""
    env = simpy.Environment()
    pairs, alone, waits = People(env, 4), People(env, 1), _Waits()
    alone.idle = lambda: alone.help_out(pairs, 1, asked_for=2)

    def job(kind: str, came: float) -> Steps:
        yield env.timeout(came)
        team, need = pairs, 1
        if kind == LARGE:
            need = 2
            if not pairs.free_for(2) and alone.free_for(1):
                team, need = alone, 1
        begun_by = yield team.ask(need)
        waits.add(kind, came, env.now - came)
        yield env.timeout(rng.exponential(WORK[kind]))
        begun_by.done(1 if begun_by is alone else need)

    for kind, rate in ((SMALL, 1.0), (LARGE, 1.3)):
        for came in _arrivals(rng, rate):
            env.process(job(kind, came))
    env.run(until=END)
    pairs.count()
    alone.count()
    return waits.numbers((pairs.worked, pairs.waited), (alone.worked, alone.waited))


def pooled(rng: np.random.Generator) -> Numbers:
    """The same teams with one queue for both, and large jobs alone."""
    env = simpy.Environment()
    waits, queue = _Waits(), deque[tuple[float, simpy.Event]]()
    free, worked = [4, 1], [0.0, 0.0]

    def begin() -> None:
        while queue and (free[0] >= 2 or free[1]):
            team = 0 if free[0] >= 2 else 1
            free[team] -= 2 - team
            queue.popleft()[1].succeed(team)

    def job(came: float) -> Steps:
        yield env.timeout(came)
        begun = env.event()
        queue.append((came, begun))
        begin()
        team = yield begun
        waits.add(LARGE, came, env.now - came)
        work = rng.exponential(WORK[LARGE])
        worked[team] += min(work, END - env.now) * (2 - team)
        yield env.timeout(work)
        free[team] += 2 - team
        begin()

    for came in _arrivals(rng, 2.6):
        env.process(job(came))
    env.run(until=END)
    found = waits.numbers()
    return found | {f"team {i}: mean number at work": w / END for i, w in enumerate(worked, 1)}


def _arrivals(rng: np.random.Generator, rate: float) -> np.ndarray:
    return np.sort(rng.uniform(0, END, rng.poisson(rate * END)))


def observe(r: Replication) -> Numbers:
    """Read waits and use off a replication of govsim."""
    d, pools, waits = r.outcome.demands, r.outcome.pools, _Waits()
    kinds = [k if k == LARGE else SMALL for k in r.network.scenario.demand.categories]
    began = np.where(d["dispatched"] >= 0, d["dispatched"], r.outcome.end)
    for row in np.flatnonzero(d["accepted"] >= 0).tolist():
        came = int(d["accepted"][row])
        kind = kinds[int(r.table.category[row])]
        waits.add(kind, came / HOUR, (int(began[row]) - came) / HOUR)
    teams = range(len(r.network.teams))
    return waits.numbers(*((pools["busy"][i] / HOUR, pools["waiting"][i] / HOUR) for i in teams))


# ---------------------------------------------------------------------- helpers

POOL, THRESHOLD, ARRIVES_AFTER = 2, 3, 0.25
ON_CALL = (8.0, 20.0)
PER_HOUR, MEAN_WORK = 2.0, 25 / 60
WAVES = np.array([1, 1, 3, 1]) / 1.5
"""Demand in each quarter of the day, over its mean."""


def helpers(rng: np.random.Generator) -> Numbers:
    """One person, and two helpers on call by day."""
    env = simpy.Environment()
    people, waits = People(env, 1), _Waits()
    called: list[float] = []  # since when, of each who is called or there
    here, spent, calls = [0], [0.0], [0]

    def helper() -> Steps:
        yield env.timeout(ARRIVES_AFTER)
        here[0] += 1
        people.turn(people.on_duty + 1)
        leave()

    def leave() -> None:
        # Whoever is free counts as the helper: people are interchangeable within a team.
        while here[0] and people.busy < people.on_duty and not people.waiting:
            here[0] -= 1
            people.turn(people.on_duty - 1)
            spent[0] += env.now - called.pop(0)

    def call() -> None:
        while people.waiting >= THRESHOLD * (len(called) + 1) and len(called) < POOL:
            called.append(env.now)
            calls[0] += 1
            env.process(helper())

    def mornings() -> Steps:
        # A queue left from the night calls them as soon as they can be called.
        while True:
            yield env.timeout(ON_CALL[0] - env.now % 24 + 24 * (env.now % 24 >= ON_CALL[0]))
            call()

    def job(came: float) -> Steps:
        yield env.timeout(came)
        begun = people.ask()
        if not begun.triggered and ON_CALL[0] <= env.now % 24 < ON_CALL[1]:
            call()
        yield begun
        waits.add(SMALL, came, env.now - came)
        yield env.timeout(rng.exponential(MEAN_WORK))
        people.done()
        leave()

    env.process(mornings())
    for day in range(int(END / 24)):
        for quarter, wave in enumerate(WAVES):
            for hour in rng.uniform(0, 6, rng.poisson(6 * PER_HOUR * wave)):
                env.process(job(24 * day + 6 * quarter + hour))
    env.run(until=END)
    people.count()
    hours = spent[0] + sum(END - since for since in called)
    return waits.numbers((people.worked, people.waited)) | {"helpers' hours a day": hours / 60}


def observe_helpers(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    found = observe(r)
    return found | {"helpers' hours a day": float(r.outcome.pools["helpers"].sum()) / HOUR / 60}

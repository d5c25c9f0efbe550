"""Demands withdrawn while they wait, and opened again by 12345 (docs/model.md, 2.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simpy

from govsim.scenarios.units import HOUR
from govsim.service.rules import CAUSES, WITHDRAWN
from govsim.validation.independent.people import People, Steps
from govsim.validation.observing import Numbers, Replication

END = 24.0 * 60
PER_HOUR, WORK, PATIENCE, STRETCH, CALLS = 2.0, 0.5, 1.5, 1.5, 0.5
CALL, DELAY = 5 / 60, 20 / 60
USUAL, PRESSING = 2, 1


@dataclass
class Demand:
    """What became of a demand.

    Attributes
    ----------
    withdrawn : now.
    lost : its resident's patience ended before the solution.
    cause : of the order, "" for none.
    again : opened again.
    served_after : h from the report until a crew left, None where none did.
    solved : now.
    """

    withdrawn: bool = False
    lost: bool = False
    cause: str = ""
    again: bool = False
    served_after: float | None = None
    solved: bool = False


def program(rng: np.random.Generator) -> Numbers:
    """Simulate one replication and give its numbers."""
    env = simpy.Environment()
    people, demands = People(env, 1), list[Demand]()

    def demand(came: float) -> Steps:
        yield env.timeout(came)
        mine = Demand()
        demands.append(mine)
        patience = rng.exponential(PATIENCE)
        begun, over = people.ask(1, USUAL), env.timeout(patience)
        yield begun | over
        if not begun.triggered:
            people.leave(begun)
            mine.withdrawn = mine.lost = True
            if rng.random() < CALLS:
                mine.cause = "slow to the scene"
                yield env.timeout(rng.exponential(CALL) + rng.exponential(DELAY))
                mine.withdrawn, mine.again = False, True
                yield people.ask(1, PRESSING)
                mine.served_after = env.now - came
                yield env.timeout(rng.exponential(WORK))
                people.done()
                mine.solved = True
            return
        mine.served_after = env.now - came
        left, work = STRETCH * (came + patience - env.now), rng.exponential(WORK)
        if left < work:
            yield env.timeout(left)
            mine.lost = True
            if rng.random() < CALLS:
                mine.cause = "not solved"
            yield env.timeout(work - left)
        else:
            yield env.timeout(work)
        people.done()
        mine.solved = True

    for came in np.sort(rng.uniform(0, END, rng.poisson(PER_HOUR * END))):
        env.process(demand(float(came)))
    env.run(until=END)
    people.count()
    return _numbers(demands, people.worked, people.waited)


def observe(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d, orders, pools = r.outcome.demands, r.outcome.orders, r.outcome.pools
    causes = dict(zip(orders["demand"].tolist(), orders["cause"].tolist(), strict=True))
    demands = []
    for row in np.flatnonzero(d["accepted"] >= 0).tolist():
        left = int(d["dispatched"][row])
        demands.append(
            Demand(
                bool(d["state"][row] == WITHDRAWN),
                bool(d["patience_ended"][row] >= 0),
                CAUSES[causes[row]] if row in causes else "",
                bool(d["reopened"][row]),
                (left - int(d["accepted"][row])) / HOUR if left >= 0 else None,
                bool(d["resolved"][row] >= 0),
            )
        )
    return _numbers(demands, pools["busy"][0] / HOUR, pools["waiting"][0] / HOUR)


def _numbers(demands: list[Demand], worked: float, waited: float) -> Numbers:
    found = {
        "withdrawn for good": float(np.mean([d.withdrawn for d in demands])),
        "lost patience": float(np.mean([d.lost for d in demands])),
        "opened again": float(np.mean([d.again for d in demands])),
        "solved": float(np.mean([d.solved for d in demands])),
        "mean number at work": worked / END,
        "mean number that waits": waited / END,
    }
    for cause in ("slow to the scene", "not solved"):
        found[f"called for: {cause}"] = float(np.mean([d.cause == cause for d in demands]))
    for name, again in (("served at once", False), ("served when opened again", True)):
        times = [d.served_after for d in demands if d.again == again]
        found[f"{name}: after, h"] = float(np.mean([t for t in times if t is not None]))
    return found

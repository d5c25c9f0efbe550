"""Repeated reports, satisfaction, 12345 and its call-backs, a second time (docs/model.md, 2.2)."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from math import inf

import numpy as np
import simpy

from govsim.scenarios.units import DAY, HOUR
from govsim.service.rules import CAUSES, TURNED_AWAY
from govsim.validation.independent.people import People, Steps
from govsim.validation.observing import Numbers, Replication

END = 24.0 * 60
EARLY = END - 24 * 5
"""Demands of the last days have not been told all there is to tell, h."""


# ---------------------------------------------------------------------- repeated reports

PER_HOUR, ANSWERED, SHARE, AFTER, MOST = 1.5, 0.2, 0.5, 8.0, 2
MAKE_SAFE, IN_DEPARTMENT, INTAKE = 1 / 6, 12.0, 0.25
MOST_CALLS = 2


@dataclass
class Told:
    """A problem, and how often it was reported; times in h."""

    report: float
    accepted: float = inf
    solved: float = inf
    again: int = 0
    orders: int = 0
    at_the_desk: bool = False


def repeats(rng: np.random.Generator, via: str = "desk") -> Numbers:
    """Simulate one replication and give its numbers.

    Parameters
    ----------
    via : "desk", "direct" or "centre".
    """
    env = simpy.Environment()
    people, told = People(env, 1), list[Told]()

    def taken_in(handling: float) -> Steps:
        if via != "direct":
            yield people.ask()
        yield env.timeout(handling)
        if via != "direct":
            people.done()

    def resident(report: float) -> Steps:
        yield env.timeout(report)
        mine, handling = Told(report), rng.exponential(INTAKE)
        mine.orders += via == "centre"
        told.append(mine)
        env.process(reminders(mine, handling, rng.exponential(AFTER)))
        answered = rng.random() < ANSWERED
        yield env.process(taken_in(handling))
        if not answered or via != "centre":
            if via == "centre":
                yield env.timeout(rng.exponential(0.5))
            mine.accepted = env.now
        if not answered:
            yield env.timeout(MAKE_SAFE)
            yield env.timeout(rng.exponential(IN_DEPARTMENT))
        mine.solved = env.now

    def once_more(mine: Told, handling: float) -> Steps:
        mine.at_the_desk = True  # meanwhile another report of the same takes no time
        yield env.process(taken_in(handling))
        mine.at_the_desk = False

    def reminders(mine: Told, handling: float, interval: float) -> Steps:
        for _ in range(MOST):
            if rng.random() >= SHARE:
                return
            yield env.timeout(interval)
            if mine.solved < inf:
                return
            mine.again += 1
            if via == "centre" and mine.orders < MOST_CALLS:
                mine.orders += 1
                env.process(taken_in(handling))
            elif via == "desk" and not mine.at_the_desk:
                env.process(once_more(mine, handling))

    for report in np.sort(rng.uniform(0, END, rng.poisson(PER_HOUR * END))):
        env.process(resident(float(report)))
    env.run(until=END)
    people.count()
    return _repeated(told, people.worked)


def observe_repeats(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d = r.outcome.demands
    told = [
        Told(
            int(d["reported"][row]) / HOUR,
            int(d["accepted"][row]) / HOUR if d["accepted"][row] >= 0 else inf,
            int(d["resolved"][row]) / HOUR if d["resolved"][row] >= 0 else inf,
            int(d["repeats"][row]),
            int(d["orders"][row]),
        )
        for row in np.flatnonzero(d["reported"] >= 0).tolist()
    ]
    pools, busy = r.network.pools, r.outcome.pools["busy"]
    taking_in = sum(int(busy[i]) for i, p in enumerate(pools) if p.name in ("desk", "centre"))
    return _repeated(told, taking_in / HOUR)


def _repeated(told: list[Told], worked: float) -> Numbers:
    early = [t for t in told if t.report < EARLY]
    again = np.array([t.again for t in early])
    orders = np.array([t.orders for t in early])
    found = {
        "reported again": float((again > 0).mean()),
        "reported again twice": float((again > 1).mean()),
        "orders a demand": float(orders.mean()),
        "mean number taking in": worked / END,
    }
    late = np.array([t.solved - t.report > 12 for t in early])
    found["reported again, if open for 12 h"] = float((again > 0)[late].mean())
    waits = [t.accepted - t.report for t in early if t.accepted < inf]
    return found | {"mean time until accepted, h": float(np.mean(waits))}


# ---------------------------------------------------------------------- orders, call-backs

LENGTH = 24.0 * 90
RATE, WORK, SATISFIED, ESCALATES, ESCALATES_AFTER = 0.55, 0.75, 0.5, 0.6, 3.0
CALL, DELAY, LIMIT, CALL_BACK, AGAIN, MOST_ORDERS = 0.2, 0.5, 2.0, 10.0, 0.5, 3
USUAL, PRESSING = 2, 1


@dataclass
class Case:
    """A demand with its orders; times in h."""

    came: float
    waited: float = inf
    open: bool = True
    solved: float = -1.0
    round: int = 0
    urgency: int = USUAL
    satisfied: bool | None = None
    waits_for: simpy.Event | None = None
    orders: list[Order] = field(default_factory=list)


@dataclass
class Order:
    """An order of 12345; times in h."""

    called: float
    first: bool
    arrived: float = inf
    overdue: bool = False


class Orders:
    """One replication of the case `call_backs`."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.env = rng, simpy.Environment()
        self.team, self.centre = People(self.env, 1), People(self.env, 1)
        self.cases: list[Case] = []
        for came in np.sort(rng.uniform(0, LENGTH, rng.poisson(RATE * LENGTH))):
            self.env.process(self.case(float(came)))
        self.env.run(until=LENGTH)
        self.team.count()

    def case(self, came: float) -> Steps:
        """A demand comes and is worked on."""
        yield self.env.timeout(came)
        mine = Case(came)
        self.cases.append(mine)
        # One draw of a purpose serves a demand for life; calling again has one for each order.
        self.env.process(
            self.work(
                mine,
                self.rng.exponential(WORK),
                _Luck(
                    self.rng.exponential(WORK),
                    self.rng.exponential(CALL),
                    self.rng.exponential(DELAY),
                    list(self.rng.random(8) < AGAIN),
                ),
            )
        )

    def work(self, mine: Case, time: float, luck: _Luck) -> Steps:
        """A piece of work, the close, and what follows from it."""
        mine.waits_for = self.team.ask(1, mine.urgency)
        yield mine.waits_for
        if mine.round == 0:
            mine.waited = self.env.now - mine.came
        yield self.env.timeout(time)
        self.team.done()
        mine.open, mine.solved = False, self.env.now
        had_order = bool(mine.orders)
        mine.satisfied = bool(self.rng.random() < SATISFIED)
        if had_order:
            yield self.env.timeout(CALL_BACK)
            calls = luck.again[len(mine.orders)]
        else:
            calls = self.rng.random() < ESCALATES
            yield self.env.timeout(ESCALATES_AFTER)
        if calls and not mine.satisfied:
            self.call(mine, luck)

    def call(self, mine: Case, luck: _Luck) -> None:
        """The resident calls 12345, unless there were calls enough."""
        if len(mine.orders) < MOST_ORDERS:
            mine.orders.append(Order(self.env.now, not mine.orders))
            self.env.process(self.order(mine, mine.orders[-1], luck))

    def order(self, mine: Case, order: Order, luck: _Luck) -> Steps:
        """A call, the order that comes of it, and its limit."""
        yield self.centre.ask()
        yield self.env.timeout(luck.call)
        self.centre.done()
        yield self.env.timeout(luck.delay)
        order.arrived = self.env.now
        if mine.solved > order.called:
            return
        if mine.open:
            self.press(mine)
        else:
            mine.open, mine.urgency = True, PRESSING
            mine.round += 1
            self.env.process(self.work(mine, luck.rework, luck))
        yield self.env.timeout(max(0.0, order.called + LIMIT - self.env.now))
        if mine.solved < order.called:
            order.overdue = True
            self.press(mine)
            if luck.again[len(mine.orders)]:
                self.call(mine, luck)

    def press(self, mine: Case) -> None:
        """An order raises the demand in its queue."""
        mine.urgency = PRESSING
        if mine.waits_for is not None:
            self.team.hurry(mine.waits_for, PRESSING)


@dataclass(frozen=True)
class _Luck:
    rework: float
    call: float
    delay: float
    again: list[bool]


def call_backs(rng: np.random.Generator) -> Numbers:
    """Simulate one replication and give its numbers."""
    done = Orders(rng)
    return _ordered(done.cases, done.team.worked)


def observe_call_backs(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d, o = r.outcome.demands, r.outcome.orders
    cases = []
    rows = np.flatnonzero(d["accepted"] >= 0)
    for row in rows.tolist():
        came, left = int(d["accepted"][row]), int(d["dispatched"][row])
        satisfied = int(d["satisfied"][row])
        cases.append(
            Case(
                came / HOUR,
                (left - came) / HOUR if left >= 0 else inf,
                round=int(d["reopened"][row]),
                satisfied=None if satisfied < 0 else bool(satisfied),
            )
        )
    place = {row: i for i, row in enumerate(rows.tolist())}
    for i in range(len(o["time"])):
        arrived = int(o["arrived"][i])
        cases[place[int(o["demand"][i])]].orders.append(
            Order(
                int(o["time"][i]) / HOUR,
                CAUSES[int(o["cause"][i])] == "unsatisfied",
                arrived / HOUR if arrived >= 0 else inf,
                bool(o["overdue"][i] == 1),
            )
        )
    team = next(i for i, p in enumerate(r.network.pools) if p.name == "team")
    return _ordered(cases, float(r.outcome.pools["busy"][team]) / HOUR)


def _ordered(cases: list[Case], worked: float) -> Numbers:
    early = [c for c in cases if c.came < LENGTH - 24 * 7]
    orders = [o for c in early for o in c.orders]
    arrived = [o for o in orders if o.arrived < inf]
    number = np.array([len(c.orders) for c in early])
    after = [o.arrived - o.called for o in arrived]
    return {
        "demands with an order": float((number > 0).mean()),
        "with two": float((number > 1).mean()),
        "with three": float((number > 2).mean()),
        "orders for the first time": float(np.mean([o.first for o in orders])),
        "mean time until they arrive, h": float(np.mean(after)),
        "overdue": float(np.mean([o.overdue for o in arrived])),
        "opened again a demand": float(np.mean([c.round for c in early])),
        "satisfied at the last close": float(
            np.mean([c.satisfied for c in early if c.satisfied is not None])
        ),
        "mean wait, h": float(np.mean([c.waited for c in early])),
        "mean number at work": worked / LENGTH,
    }


# ---------------------------------------------------------------------- satisfaction

KINDS = {"answered": 0.8, "simple": 0.9, "complex": 0.95, "turned away": 0.1}
EXPECTED = {"simple": 0.25, "complex": 48.0}
A_DAY_LATE, LEAST = 0.12, 0.3


def satisfaction(rng: np.random.Generator) -> Numbers:
    """Simulate one replication and give its numbers."""
    free = [0.0] * 3
    closed = []
    for report in np.sort(rng.uniform(0, END, rng.poisson(3.0 * END))):
        kind, took = "simple" if rng.random() < 0.6 else "complex", 0.0
        if rng.random() < 0.2:
            kind = "answered"
        elif free[0] > report:
            kind = "turned away"
        else:
            took = rng.exponential(0.5)
            heapq.heapreplace(free, report + took)
            took += rng.exponential(96.0) if kind == "complex" else 0.0
        late = max(0.0, took - EXPECTED.get(kind, inf)) / 24
        chance = KINDS[kind] if not late else max(LEAST, KINDS[kind] - A_DAY_LATE * late)
        if report + took < END:
            closed.append((kind, late, bool(rng.random() < chance)))
    return _satisfied(closed)


def observe_satisfaction(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d, closed = r.outcome.demands, []
    for row in np.flatnonzero(d["closed"] >= 0).tolist():
        kind = "complex" if r.table.complex[row] else "simple"
        if d["state"][row] == TURNED_AWAY:
            kind = "turned away"
        elif d["dispatched"][row] < 0:
            kind = "answered"
        took = (int(d["closed"][row]) - int(d["reported"][row])) / HOUR
        late = max(0.0, took - EXPECTED.get(kind, inf)) * HOUR / DAY
        closed.append((kind, late, bool(d["satisfied"][row])))
    return _satisfied(closed)


def _satisfied(closed: list[tuple[str, float, bool]]) -> Numbers:
    found: Numbers = {}
    for kind in KINDS:
        mine = [s for k, _, s in closed if k == kind]
        found[f"{kind}: share of the closed"] = len(mine) / len(closed)
        found[f"{kind}: satisfied"] = float(np.mean(mine))
    for low, high in ((0, 0), (0, 1), (1, 2), (2, 4), (5.5, inf)):
        mine = [
            s
            for k, late, s in closed
            if k == "complex" and (low < late < high or low == late == high)
        ]
        found[f"complex, {low} to {high} days late: satisfied"] = float(np.mean(mine))
    return found

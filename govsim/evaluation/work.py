"""What a worker does when it is asked for measures of a plan: little is done twice.

A worker keeps networks, parts of them, steps of rosters and the demands of replications; plans
that differ by rosters meet the demands that were drawn for one of them. What they meet depends on
rosters in one way only: on when staff pass the grids (`govsim.service.patrols.Rounds`), so that is
part of the name under which a demand table is kept. Called by `govsim.evaluation.service`, in any
executor.
"""

from __future__ import annotations

import json
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable, draw
from govsim.engine import Luck, luck_of, run
from govsim.measures.replication import Asked, asked_of
from govsim.runs.tasks import Plan, suit_the_work
from govsim.scenarios.schema import Roster, Scenario
from govsim.service.network import Lines, Network, lay_out, with_rosters
from govsim.service.outcome import Outcome
from govsim.service.plan import Plan as Numbers

Floats = NDArray[np.float64]
V = TypeVar("V")

Rosters = tuple[tuple[tuple[int, str], str], ...]
"""Other rosters, by row of the points and team or ``desk``: each as JSON, so that it can
be hashed; sorted. See `frozen`."""

TABLES = 2**30
"""Bytes of demand tables, laid out as the engine reads them, that a process keeps; at least one."""

PARTS, STAFFED = 256, 32
"""Networks of some points, and networks with other rosters, that a process keeps."""

STEPS = 12_000_000
"""Steps of rosters that are kept of one network; a district's year has 2.6 million."""


@dataclass(frozen=True)
class Question:
    """Measures of a plan in some replications.

    Attributes
    ----------
    plan : the scenario, packed.
    points : rows of the points that are looked at alone; None: all.
    rosters : in place of the plan's own.
    replications : their numbers.
    measured_from : end of the warm-up, ms.
    asked : level, key and measure.
    """

    plan: Plan
    points: tuple[int, ...] | None
    rosters: Rosters
    replications: tuple[int, ...]
    measured_from: int
    asked: tuple[Asked, ...]


def frozen(rosters: dict[tuple[int, str], Roster]) -> Rosters:
    """Give rosters a form that can be hashed."""
    return tuple(sorted((where, json.dumps(roster)) for where, roster in rosters.items()))


def perform(question: Question) -> Floats:
    """Answer a question.

    Returns
    -------
    float[replications, asked]
        The very values of `govsim.run`; NaN where a measure has none.
    """
    suit_the_work()
    service = staffed(question.plan, question.points, question.rosters)
    found = np.empty((len(question.replications), len(question.asked)))
    for row, replication in enumerate(question.replications):
        met = drawn(question.plan, question.points, service, replication)
        outcome = met.serve(service, question.measured_from)
        found[row] = asked_of(service, met.table, outcome, question.asked)
    return found


@dataclass(frozen=True)
class Met:
    """What a replication's residents bring, drawn and laid out."""

    table: DemandTable
    luck: Luck

    @property
    def nbytes(self) -> int:
        """Memory of all of it."""
        return self.table.nbytes + self.luck["luck"].nbytes

    def serve(self, service: Network, measured_from: int) -> Outcome:
        """Simulate what comes of it."""
        return run(service, self.table, measured_from, None, self.luck)


class Kept(Generic[V]):
    """Things that are made once and kept while there is room; those used last stay."""

    def __init__(self, room: int, size: Callable[[V], int] = lambda _: 1) -> None:
        self.room, self.size = room, size
        self.things: OrderedDict[Hashable, V] = OrderedDict()
        self.held, self.lock = 0, threading.Lock()

    def get(self, name: Hashable, make: Callable[[], V]) -> V:
        """Give what has this name; two threads that ask at once may both make it."""
        with self.lock:
            if name in self.things:
                self.things.move_to_end(name)
                return self.things[name]
        made = make()
        with self.lock:
            if name not in self.things:
                self.things[name] = made
                self.held += self.size(made)
                while self.held > self.room and len(self.things) > 1:
                    self.held -= self.size(self.things.popitem(last=False)[1])
        return made


_parts: Kept[Network] = Kept(PARTS)
_staffed: Kept[Network] = Kept(STAFFED)
_tables: Kept[Met] = Kept(TABLES, lambda met: met.nbytes)
_lines: WeakKeyDictionary[Network, Lines] = WeakKeyDictionary()
_walks: WeakKeyDictionary[Network, bytes] = WeakKeyDictionary()


def base(plan: Plan, points: tuple[int, ...] | None) -> Network:
    """Give the network of a plan, or of some of its points, with the plan's own rosters."""
    if points is None:
        return plan.network()
    return _parts.get((plan.run, points), lambda: part_of(plan.network(), points))


def staffed(plan: Plan, points: tuple[int, ...] | None, rosters: Rosters) -> Network:
    """Give that network with other rosters."""
    own = base(plan, points)
    if not rosters:
        return own

    def make() -> Network:
        lines = _lines.setdefault(own, {})
        if sum(len(line.times) for line in list(lines.values())) > STEPS:
            lines.clear()
        others = {where: json.loads(roster) for where, roster in rosters}
        made = with_rosters(own, others, lines)
        Numbers.with_rosters(made, own)
        return made

    return _staffed.get((plan.run, points, rosters), make)


def drawn(plan: Plan, points: tuple[int, ...] | None, service: Network, replication: int) -> Met:
    """Give what the residents of a replication bring, by all that it depends on."""

    def make() -> Met:
        table = draw(service, replication)
        return Met(table, luck_of(table))

    return _tables.get((plan.run, points, walks(service), replication), make)


def walks(service: Network) -> bytes:
    """Name the rounds and visits of a network: all that rosters have to do with its demands."""
    if service not in _walks:
        _walks[service] = blake2b(pickle.dumps(service.rounds), digest_size=16).digest()
    return _walks[service]


def part_of(service: Network, points: Sequence[int]) -> Network:
    """Lay out some points alone, with the grids that they serve.

    Their demands are those that they have in the whole district. What points share is theirs
    alone then: departments, the 12345 centre, helpers of the street, the joint meeting.
    """
    scenario, territory = service.scenario, service.territory
    mine = np.isin(service.covering, np.asarray(points))
    grids = territory.grids[mine].reset_index(drop=True)
    residents = territory.grids["residents"].to_numpy(np.float64)
    share = float(residents[mine].sum() / residents.sum())
    return lay_out(_for_share(scenario, share), replace(territory, grids=grids))


def _for_share(scenario: Scenario, share: float) -> Scenario:
    """Give part of the residents their part of what is given for all together."""
    categories = {
        name: one
        if one.rate.per_resident
        else one.model_copy(update={"rate": replace(one.rate, per_day=one.rate.per_day * share)})
        for name, one in scenario.demand.categories.items()
    }
    demand = scenario.demand.model_copy(update={"categories": categories})
    return scenario.model_copy(update={"demand": demand})

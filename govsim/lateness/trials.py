"""Changed plans simulated over the same demands, and people without limit.

A `Case` is one replication of several changed plans. Its demands are drawn once; a change redraws
them only where it reaches into them (the turn-out that a demand meets, the channel that takes it
in). `served_by_all` simulates what `govsim.measures.shortest` computes: the fastest team goes, and
nobody ever waits.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from math import ceil
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable, draw
from govsim.engine import luck_of, run
from govsim.lateness.levers import Setting, changed
from govsim.measures.clocks import CLOCKS
from govsim.measures.replication import allowed, cost_of_people, promise_kept
from govsim.measures.shortest import least
from govsim.runs import provenance
from govsim.runs.tasks import Plan
from govsim.scenarios.schema import Scenario
from govsim.scenarios.territory import Territory
from govsim.scenarios.units import DAY, WEEK
from govsim.service.network import DESK, TEAM, Lines, Network
from govsim.service.outcome import Outcome
from govsim.service.plan import Plan as Numbers
from govsim.service.rosters import constant

Floats = NDArray[np.float64]

EVERYBODY = 10**6
"""People at each desk and of each team of `unlimited`; more than there are demands in a year."""

DEMANDS = 180_000
"""Demands that a changed plan is simulated on at most, over all replications."""

AT_FIRST = 60_000
"""Demands that all changes are simulated on; then only those go on that bring most by then."""

GO_ON = 6
"""Changes that go on."""

SHORTEST = 28 * DAY
"""Below that a simulation isn't shortened: a week to settle, and three that count."""


@dataclass(frozen=True)
class Case:
    """One replication of a plan and of changed ones.

    Attributes
    ----------
    plans : the plan as it is first, then the others.
    drawn_anew : for each, whether it has demands of its own.
    people_only : for each, whether it differs by nothing but who is on duty and free when.
    replication : its number.
    measured_from : end of the warm-up, ms.
    ceiling : whether people without limit are simulated too.
    known : whether what the plan as it is gives is known already; its row is then empty.
    """

    plans: tuple[Plan, ...]
    drawn_anew: tuple[bool, ...]
    people_only: tuple[bool, ...]
    replication: int
    measured_from: int
    ceiling: bool = False
    known: bool = False

    def of(self, which: Sequence[int]) -> Case:
        """Give the case of some of its changes, by their number from 0."""
        mine = (0, *(1 + i for i in which))
        return replace(
            self,
            plans=tuple(self.plans[i] for i in mine),
            drawn_anew=tuple(self.drawn_anew[i] for i in mine),
            people_only=tuple(self.people_only[i] for i in mine),
        )

    def parted(self, parts: int) -> list[Case]:
        """Share its changes out over some cases; see `joined`."""
        n = len(self.plans) - 1
        cuts = [n * part // parts for part in range(parts + 1)]
        shares = [range(a, b) for a, b in pairwise(cuts) if a < b] or [range(0)]
        last = len(shares) - 1
        return [
            replace(self.of(share), known=self.known or i > 0, ceiling=self.ceiling and i == last)
            for i, share in enumerate(shares)
        ]


def packed(scenario: Scenario, territory: Territory) -> Plan:
    """Pack a plan for workers, under what it holds as its name."""
    content = zlib.compress(pickle.dumps((scenario, territory)), 1)
    return Plan(hashlib.sha256(content).hexdigest(), provenance.program(), content)


_ON_DUTY = ("roster", "roster_at", "free_for_calls", "free_in_shift")

_lines: WeakKeyDictionary[Network, Lines] = WeakKeyDictionary()
"""Steps of rosters, by the plan that others are changes of."""


def reaches_demands(scenario: Scenario, settings: Sequence[Setting]) -> bool:
    """Whether a change alters the demand table, and not only who answers it."""

    def within(path: tuple[str, ...]) -> bool:
        follows = path[0] == "teams" and path[1] == scenario.patrol.team
        if follows and path[2] in ("roster", "roster_at"):
            return True  # rounds and visits follow this roster, and what they find
        return not (
            path[:2] in (("desk", "rosters"), ("policies", "dispatch"), ("policies", "queue"))
            or (path[0] == "teams" and path[2] in ("mode", *_ON_DUTY))
            or (path[0] == "groups" and path[2] == "teams")
        )

    return any(within(path) for path, _ in settings)


def case_of(
    scenario: Scenario, territory: Territory, changes: Sequence[tuple[Setting, ...]]
) -> Case:
    """Make the case of a plan and some changes of it, of replication 0 and without a warm-up."""
    plans = [packed(scenario, territory)]
    plans += [packed(changed(scenario, settings), territory) for settings in changes]
    anew = (False, *(reaches_demands(scenario, settings) for settings in changes))
    people = (False, *(all(map(_of_people, one)) for one in changes))
    return Case(tuple(plans), anew, people, 0, 0)


def _of_people(setting: Setting) -> bool:
    """Whether a change is one of who is on duty, and free, when."""
    path, _ = setting
    return path[:2] == ("desk", "rosters") or (path[0] == "teams" and path[2] in _ON_DUTY)


def perform(case: Case) -> Floats:
    """Simulate a case.

    Returns
    -------
    float[plans, clocks + 1]
        Share of demands that kept each of `CLOCKS`, and the cost of people a year. With `ceiling`
        two rows more: what people without limit keep, and what is computed that they could.
    """
    own_lines: Lines = {}
    base = case.plans[0].network(lines=own_lines)
    lines = _lines.setdefault(base, own_lines)  # it may have been laid out before
    table = draw(base, case.replication)
    luck = luck_of(table)
    rows = []
    for i, (plan, anew) in enumerate(zip(case.plans, case.drawn_anew, strict=True)):
        if case.known and i == 0:
            rows.append([np.nan] * (len(CLOCKS) + 1))
            continue
        service = plan.network(base, lines) if i else base
        if case.people_only[i]:
            Numbers.with_rosters(service, base)
        own = draw(service, case.replication) if anew else table
        outcome = run(service, own, case.measured_from, None, None if anew else luck)
        kept = promise_kept(service, own, outcome)
        cost = sum(cost_of_people(service, outcome).values())
        rows.append([*(_share(kept[clock][1], kept[clock][0]) for clock in CLOCKS), cost])
    if case.ceiling:
        service = unlimited(base)
        outcome = run(service, table, case.measured_from, None, luck)
        kept = promise_kept(service, table, outcome)
        rows.append([*(_share(kept[c][1], kept[c][0]) for c in CLOCKS), np.nan])
        rows.append([*could_be_kept(base, table, outcome), np.nan])
    return np.array(rows)


def could_be_kept(service: Network, table: DemandTable, outcome: Outcome) -> list[float]:
    """Share of demands that any staffing could serve in time, by `CLOCKS`; NaN of none.

    Nobody ever waits, and the fastest team of the group goes; see `govsim.measures.shortest`.
    """
    limits, could = allowed(service, table, outcome), least(service, table, outcome)
    kept = promise_kept(service, table, outcome)
    return [_share(could[c] <= limits[c], kept[c][0]) for c in CLOCKS]


def joined(parts: Sequence[Floats]) -> Floats:
    """Put together what the parts of a case gave."""
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _share(which: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    n = int(of.sum())
    return float((which & of).sum() / n) if n else float("nan")


@lru_cache(maxsize=2)
def unlimited(network: Network) -> Network:
    """Give the network with people without limit at desks and in teams, the fastest sent first.

    Where stations help each other, whoever can be there first is sent, a neighbour's people too: a
    plan asks its neighbours only where it has nobody, and any of its points may have nobody.
    """
    line = len(network.timelines)
    pace = Numbers.of(network).pools["pace"]
    speed = [
        plan.training if (plan := network.scenario.teams.get(pool.name)) else 1.0
        for pool in network.pools
    ]
    near = network.neighbours
    pools = tuple(
        replace(pool, timeline=line, room=EVERYBODY) if pool.kind in (TEAM, DESK) else pool
        for pool in network.pools
    )
    candidates = {
        (point, group): tuple(
            sorted(
                (
                    pool
                    for p in (point, *near.get(point, ()))
                    for pool in network.candidates[p, group]
                ),
                key=lambda pool: (-pace[pool], -speed[pool]),
            )
        )
        for point, group in network.candidates
    }
    scenario = network.scenario
    if any(near.values()):
        soonest = scenario.policies.model_copy(update={"dispatch": "soonest"})
        scenario = scenario.model_copy(update={"policies": soonest})
    timelines = (*network.timelines, constant(EVERYBODY))
    return replace(
        network, scenario=scenario, pools=pools, timelines=timelines, candidates=candidates,
        neighbours={},
    )  # fmt: skip


@dataclass(frozen=True)
class Length:
    """On how much changed plans are simulated.

    Attributes
    ----------
    scenario : with its start and horizon as they are simulated.
    replications : how many.
    at_first : of these, how many all changes are simulated on; the best go on.
    measured_from : end of the warm-up, ms.
    shortened : whether that is less than a run of the plan.
    """

    scenario: Scenario
    replications: int
    at_first: int
    measured_from: int
    shortened: bool

    @property
    def days(self) -> float:
        """Days that are measured in each replication."""
        return (self.scenario.horizon - self.measured_from) / DAY


def length(scenario: Scenario, replications: int, measured_from: int, demands: float) -> Length:
    """Choose on how much to simulate changed plans, so that each takes a second at most.

    Parameters
    ----------
    replications : of the run.
    measured_from : end of its warm-up, ms.
    demands : in one replication of it.

    Returns
    -------
    Length
        All of the run where that is little. Else as many replications, of some weeks: from a
        quarter of the run on where nothing in the plan is bound to a date.
    """
    share = DEMANDS / max(demands * replications, 1)
    horizon = int(scenario.horizon * share) // DAY * DAY
    if share >= 1 or scenario.horizon <= SHORTEST:
        return Length(
            scenario, replications, _at_first(replications, demands), measured_from, False
        )
    horizon = min(max(horizon, SHORTEST), scenario.horizon)
    changes: dict[str, object] = {"horizon": horizon}
    if not scenario.changes and not scenario.demand.surges:
        later = (scenario.horizon - horizon) // 4 // WEEK * 7
        changes["start"] = scenario.start + timedelta(days=later)
    short = scenario.model_copy(update=changes)
    first = _at_first(replications, demands * horizon / scenario.horizon)
    return Length(short, replications, first, min(measured_from, WEEK), True)


def _at_first(replications: int, demands: float) -> int:
    """Choose how many replications it takes to tell which changes are not among the best."""
    return min(replications, max(2, ceil(AT_FIRST / max(demands, 1))))

"""The plan as both engines read it: numbers and tables of numbers, laid out once.

`Plan.of` turns what a network says in names into places in tables. `govsim.engine` works on these
arrays as they are, `govsim.model` reads the same ones, and neither changes them. A new number of
the scenario is a line of `Numbers` and one of `_numbers`; both engines have it under that name.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from govsim.service.network import TEAM, Network
from govsim.service.ordering import lay_out_steps, order_of
from govsim.service.queueing import lent, queues
from govsim.service.rules import (
    ANSWER,
    ENDED_ANSWERED,
    ENDED_COMPLEX,
    ENDED_SIMPLE,
    ENDED_TURNED_AWAY,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Table = NDArray[Any]

FINISH, RELIEF, HAND_OVER = range(3)
"""What is done with work in hand at the end of a shift."""

MODES = {"finish": FINISH, "relief": RELIEF, "hand over": HAND_OVER}

DIRECT, AT_DESK, BY_CENTRE = range(3)
"""What takes in reports of a channel."""

VIAS = {"direct": DIRECT, "desk": AT_DESK, "centre": BY_CENTRE}

OF_ORDER, SIMPLE, COMPLEX = range(ANSWER + 1, ANSWER + 4)
"""First rows of `Plan.limits`, after the promises: the limit of orders, what residents expect."""


def record(**kinds: str) -> np.dtype[np.void]:
    """Make a record type of fields by kind: ``i8="a b c", f8="d"``."""
    fields = [(name, kind) for kind, names in kinds.items() for name in names.split()]
    return np.dtype(fields, align=True)


POOL_COLUMNS = {
    "i8": "kind point room on_duty present street team end_of_shift queues n_queues queue_of_group"
    " lends n_lends",
    "f8": "x y pace",
}
POOL = record(**POOL_COLUMNS)
"""A pool of people. `on_duty`: free for demands at the start, of `present` on duty; `street`,
`team`: -1 for none; `pace`: m/s; `queues`, `n_queues`: in `Plan.lists`, the queues that it draws
on; `queue_of_group`: there too, for each working group the queue in which its jobs wait for this
pool; `lends`, `n_lends`: those that it helps out with, by point, before those of each point how
many."""

QUEUE_COLUMNS = "group staff n_staff lenders n_lenders"
QUEUE = record(i8=QUEUE_COLUMNS)
"""A queue; `group`: whose jobs wait there, -1 for none; `staff`, `n_staff`: where in `Plan.lists`
the pools that draw on it stand; `lenders`, `n_lenders`: those that help out, in their order."""

STEP = record(i8="time", i4="line number present staff n_staff", b1="boundary")
"""A step of a roster, in the order of time and timeline; `number`: free for demands, of `present`
on duty; `staff`, `n_staff`: in `Plan.lists`, the pools that follow it. A year has millions."""

CATEGORY = record(i8="priority department clock solve", b1="calendar_time solves_complex")
"""A category; `department`: its pool, or -1; `clock`: row of `Plan.clocks`; `solve`: row of
`Plan.limits` with its limit of clock 2."""

CHANNEL = record(i8="via instead hours n_hours")
"""A channel; `instead`: where residents turn if it is closed, -1 if they come back; `hours`,
`n_hours`: its stretches in `Plan.starts` and `Plan.ends`."""

POINT = record(i8="desk area neighbours n_neighbours candidates")
"""A service point; `neighbours`: in `Plan.lists`, points that help, the nearest first;
`candidates`: in `Plan.lists`, for each working group where its pools stand there, and how many."""

CLOCK = record(i8="first n")
"""Working time: its stretches in `Plan.starts`, `Plan.ends` and `Plan.done`."""

LIMIT = record(i8="ms", b1="working")
"""A limit in calendar or in working time."""


@dataclass(frozen=True)
class Numbers:
    """The plan's single numbers: times in ms, shares as fractions, places in tables or -1."""

    end: int
    tick: int
    centre: int
    most_calls: int
    call_back_after: int
    interim_after: int
    escalates_after: int
    overdue_priority: int
    threshold: int
    helpers_arrive_after: int
    helpers_on_call: int
    helper_line: int
    cases: int
    n_channels: int
    n_teams: int
    n_categories: int
    n_areas: int
    n_streets: int
    n_steps: int
    n_queues: int
    sittings: int
    n_sittings: int
    promises_made: bool
    promises_matter: bool
    pooled: bool
    by_due: bool
    soonest: bool
    travels: bool
    rectilinear: bool
    withdraws: bool
    ends_at_scene: bool
    helpers_enabled: bool
    detour: float
    stretch_scene: float
    stretch_reply: float
    left_after_broken: float
    lost_per_day: float
    least: float


@dataclass(frozen=True)
class Plan:
    """A network in numbers.

    Attributes
    ----------
    numbers : what stands alone.
    pools, queues, steps, points, categories, channels, clocks, limits : records; see their types.
    starts, ends, done : int64, stretches of open or working time, one clock after another.
    contentment : float64, by how a demand ended, the chance that its resident is content.
    crews : int64[groups, teams], members that a visit takes.
    speeds : float64[teams, categories].
    lists : int64, what records point into.
    """

    numbers: Numbers
    pools: Table
    queues: Table
    steps: Table
    points: Table
    categories: Table
    channels: Table
    clocks: Table
    limits: Table
    starts: Ints
    ends: Ints
    done: Ints
    contentment: Floats
    crews: Ints
    speeds: Floats
    lists: Ints

    @staticmethod
    def of(network: Network) -> Plan:
        """Lay a network out, or give what was laid out of it before."""
        with _one_lays_out:
            if network not in _laid_out:
                _laid_out[network] = _Layout(network).plan()
            return _laid_out[network]

    @staticmethod
    def with_rosters(network: Network, like: Network) -> Plan:
        """Lay out a network that differs from another by its rosters only, from what that one has.

        Its people stand where they did, and so do its queues: steps of rosters are what is new.
        """
        if network not in _laid_out:
            same = len(network.pools) == len(like.pools) and all(
                replace(a, timeline=0) == replace(b, timeline=0)
                for a, b in zip(network.pools, like.pools, strict=True)
            )
            known = Plan.of(like)
            _laid_out[network] = (
                _Layout(network, len(known.lists)).over(known) if same else _Layout(network).plan()
            )
        return _laid_out[network]


_laid_out: WeakKeyDictionary[Network, Plan] = WeakKeyDictionary()
_one_lays_out = Lock()


def rows(table: Table) -> list[Any]:
    """Take a table's records as named tuples, several times faster in Python than NumPy's."""
    row = namedtuple("row", table.dtype.names or ())  # type: ignore[misc]
    return [row(*values) for values in table.tolist()]


class _Layout:
    """Collects what records point into while they are made."""

    def __init__(self, network: Network, listed: int = 0) -> None:
        self.network, self.scenario = network, network.scenario
        self.listed = listed  # in lists that were made before
        self.lists: list[int] = []
        self.stretches: list[tuple[Ints, Ints, Ints]] = []
        self.laid = 0

    def plan(self) -> Plan:
        network, scenario = self.network, self.scenario
        promises, content = scenario.promises, scenario.residents.satisfaction
        pools, queues = self._pools()
        steps, points, channels = self._steps(), self._points(), self._channels()
        clocks = [
            self._stretch(c.starts, c.ends, c.done)
            for c in (network.clock, *network.department_clocks.values())
        ]
        contentment = np.zeros(4)
        contentment[[ENDED_ANSWERED, ENDED_SIMPLE, ENDED_COMPLEX, ENDED_TURNED_AWAY]] = (
            content.answered, content.simple, content.complex, content.turned_away,
        )  # fmt: skip
        spans = (
            promises.scene, promises.solve, promises.reply,
            scenario.centre.limit, content.expected_simple, content.expected_complex,
        )  # fmt: skip
        limits = [network.span(span) for span in spans] + network.solve_limits()
        numbers = self._numbers(len(steps), len(queues))
        starts, ends, done = (np.concatenate(part) for part in zip(*self.stretches, strict=True))
        return Plan(
            numbers=numbers,
            pools=pools,
            queues=queues,
            steps=steps,
            points=points,
            categories=self._categories(),
            channels=channels,
            clocks=np.array(clocks, CLOCK),
            limits=np.array(limits, LIMIT),
            starts=starts,
            ends=ends,
            done=done,
            contentment=contentment,
            crews=self._crews(),
            speeds=np.array(
                [
                    [team.training * team.speed.get(c, 1.0) for c in network.categories]
                    for team in scenario.teams.values()
                ],
                dtype=np.float64,
            ),
            lists=np.array(self.lists, np.int64),
        )

    def over(self, known: Plan) -> Plan:
        """Lay rosters out over a plan of the same people at the same places."""
        pools, lines = known.pools.copy(), self.network.timelines
        for i, pool in enumerate(self.network.pools):
            line = lines[pool.timeline]
            pools["on_duty"][i], pools["present"][i] = line.available[0], line.present[0]
        steps = self._steps()
        numbers = replace(
            known.numbers, n_steps=len(steps), helper_line=self.network.helper_timeline
        )
        lists = np.concatenate([known.lists, np.array(self.lists, np.int64)])
        return replace(known, pools=pools, steps=steps, numbers=numbers, lists=lists)

    def _list(self, members: Iterable[int]) -> tuple[int, int]:
        """Enter a list; return where it stands and how long it is."""
        before = len(self.lists)
        self.lists += [int(m) for m in members]
        return self.listed + before, len(self.lists) - before

    def _stretch(self, starts: Ints, ends: Ints, done: Ints) -> tuple[int, int]:
        first = self.laid
        self.stretches.append((starts, ends, done))
        self.laid += len(starts)
        return first, len(starts)

    def _numbers(self, n_steps: int, n_queues: int) -> Numbers:
        network, plan = self.network, self.scenario
        patience, helpers = plan.residents.patience, plan.helpers
        sittings, n_sittings = self._list(network.sittings.tolist())
        line = network.helper_timeline
        return Numbers(
            end=network.end,
            tick=plan.tick,
            centre=network.centre,
            most_calls=plan.centre.most_calls,
            call_back_after=plan.centre.call_back_after,
            interim_after=plan.promises.interim_after,
            escalates_after=plan.residents.escalates_after,
            overdue_priority=plan.policies.overdue_priority,
            threshold=helpers.threshold,
            helpers_arrive_after=helpers.arrives_after,
            helpers_on_call=int(network.timelines[line].available[0]) if line >= 0 else 0,
            helper_line=line,
            cases=plan.joint_meeting.cases,
            n_channels=len(plan.channels),
            n_teams=len(plan.teams),
            n_categories=len(network.categories),
            n_areas=int(network.area_of_meeting.max(initial=0)) + 1,
            n_streets=len(network.streets),
            n_steps=n_steps,
            n_queues=n_queues,
            sittings=sittings,
            n_sittings=n_sittings,
            promises_made=plan.promises.made,
            promises_matter=plan.promises.made and patience.enabled,
            pooled=plan.policies.queue == "pooled",
            by_due=plan.policies.order == "due",
            soonest=plan.policies.dispatch == "soonest",
            travels=plan.travel.enabled,
            rectilinear=plan.travel.metric == "rectilinear",
            withdraws=patience.withdraws,
            ends_at_scene=patience.ends_at_scene,
            helpers_enabled=helpers.enabled,
            detour=plan.travel.detour,
            stretch_scene=patience.stretch_scene,
            stretch_reply=patience.stretch_reply,
            left_after_broken=patience.left_after_broken,
            lost_per_day=plan.residents.satisfaction.lost_per_day,
            least=plan.residents.satisfaction.least,
        )

    def _pools(self) -> tuple[Table, Table]:
        """Make the pools, and the queues in which jobs wait for them."""
        network, plan = self.network, self.scenario
        drawn = queues(network)
        queues_of: list[list[int]] = [[] for _ in network.pools]
        for_group: dict[tuple[int, int], int] = {}
        for q, queue in enumerate(drawn):
            for i in queue.owners:
                queues_of[i].append(q)
                for_group[i, queue.group] = q
        lends = lent(network)
        pools = []
        xs, ys = (network.territory.points[axis].tolist() for axis in "xy")
        for i, pool in enumerate(network.pools):
            one: dict[str, Any] = dict.fromkeys(POOL.names or (), 0)
            one["kind"], one["point"], one["room"] = pool.kind, pool.point, pool.room
            line = network.timelines[pool.timeline]
            one["on_duty"], one["present"] = line.available[0], line.present[0]
            one["street"], one["team"], one["end_of_shift"] = -1, -1, FINISH
            if pool.point >= 0:
                one["street"] = network.street_of[pool.point]
                one["x"], one["y"] = xs[pool.point], ys[pool.point]
            if pool.kind == TEAM:
                team = plan.teams[pool.name]
                one["team"] = network.teams.index(pool.name)
                one["end_of_shift"] = MODES[team.end_of_shift]
                one["pace"] = plan.travel.speeds.get(team.mode, 1.0)
            one["queues"], one["n_queues"] = self._list(queues_of[i])
            one["queue_of_group"], _ = self._list(
                for_group.get((i, g), -1) for g in range(len(network.groups))
            )
            one["lends"], one["n_lends"] = self._list(
                number for tier in lends[i] for number in (len(tier), *tier)
            )
            pools.append(tuple(one.values()))
        lists = [(q.group, *self._list(q.owners), *self._list(q.lenders)) for q in drawn]
        return np.array(pools, POOL), np.array(lists, QUEUE)

    def _steps(self) -> Table:
        """Lay out the steps of all timelines after the start, in the order of time and line."""
        lines = self.network.timelines
        followers: list[list[int]] = [[] for _ in lines]
        for i, pool in enumerate(self.network.pools):
            followers[pool.timeline].append(i)
        staff = np.array([self._list(f) for f in followers], np.int64).reshape(-1, 2)
        times = np.concatenate([line.times[1:] for line in lines])
        steps = np.zeros(len(times), STEP)
        lay_out_steps(
            order_of(times),  # of several at one time, those of the first line come first
            times,
            np.repeat(np.arange(len(lines)), [len(line.times) - 1 for line in lines]),
            np.concatenate([line.available[1:] for line in lines]),
            np.concatenate([line.present[1:] for line in lines]),
            np.concatenate([line.boundary[1:] for line in lines]),
            staff[:, 0].copy(),
            staff[:, 1].copy(),
            steps,
        )
        return steps

    def _points(self) -> Table:
        network = self.network
        points = np.zeros(len(network.territory.points), POINT)
        points["area"] = network.area_of_meeting
        for p in range(len(points)):
            points["desk"][p] = network.desk_of.get(p, -1)
            points["neighbours"][p], points["n_neighbours"][p] = self._list(
                network.neighbours.get(p, ())
            )
            own = [
                self._list(network.candidates.get((p, g), ())) for g in range(len(network.groups))
            ]
            points["candidates"][p], _ = self._list(value for pair in own for value in pair)
        return points

    def _categories(self) -> Table:
        network = self.network
        clocks = {name: 1 + i for i, name in enumerate(network.department_clocks)}
        rows = [
            (
                c.priority,
                -1 if c.department is None else network.department_pool[c.department],
                -1 if c.department is None else clocks[c.department],
                COMPLEX + 1 + i,
                c.department_time.unit == "calendar",
                c.solve is not None,
            )
            for i, c in enumerate(self.scenario.demand.categories.values())
        ]
        return np.array(rows, CATEGORY)

    def _channels(self) -> Table:
        network = self.network
        rows = []
        for c in self.scenario.channels.values():
            instead = -1 if c.if_closed == "wait" else network.channels.index(c.if_closed)
            starts, ends = network.calendar.intervals(c.hours, c.days)
            hours = self._stretch(starts, ends, np.zeros_like(starts))
            rows.append((VIAS[c.via], instead, *hours))
        return np.array(rows, CHANNEL)

    def _crews(self) -> Ints:
        groups, teams = self.scenario.groups.values(), self.network.teams
        crews = np.ones((len(groups), len(teams)), np.int64)
        for g, group in enumerate(groups):
            for name in group.teams:
                own = group.crew if isinstance(group.crew, int) else group.crew.get(name, 1)
                crews[g, teams.index(name)] = own
        return crews

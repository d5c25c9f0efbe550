"""What a demand was at, from the start of its clocks on: stretches of time, each with its piece.

`Lives` reads them off the demand table and the outcome, without simulating anything again.
`govsim.measures.pieces` cuts them where each clock stops, and adds them up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.measures.absence import Absence
from govsim.measures.clocks import (
    ACCESS,
    ANOTHER_TEAM,
    BUSY,
    CASE,
    CLOSED,
    DESK,
    GONE,
    INTAKE,
    MEETING,
    NOBODY,
    PASSING_ON,
    TURN_OUT,
    WAY,
    WORK,
)
from govsim.measures.ways import ways
from govsim.service.network import Network
from govsim.service.ordering import order_of
from govsim.service.outcome import Outcome
from govsim.service.plan import AT_DESK, Plan
from govsim.service.rules import TURNED_AWAY, WITHDRAWN

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Stretch:
    """Stretches of one piece: whose each is, and from when until when, ms.

    Attributes
    ----------
    waits : which people each waits for, an index of `Absence`; then what falls into hours with
        nobody on duty counts as `absent` instead, and what falls into hours in which those on
        duty are all at other work as `OTHER_WORK`. None where nobody is waited for.
    """

    piece: int
    demand: Ints
    begins: Ints
    ends: Ints
    waits: Ints | None = None
    absent: int = NOBODY


_absences: WeakKeyDictionary[Network, Absence] = WeakKeyDictionary()


class Lives:
    """The stretches of all demands of a replication."""

    def __init__(self, network: Network, table: DemandTable, outcome: Outcome) -> None:
        self.network, self.table, self.outcome = network, table, outcome
        self.end = outcome.end
        self.absence = _absences.setdefault(network, Absence(network))
        d, visits = outcome.demands, outcome.visits
        self.start = d["clock_start"]
        self.first = _ends_of(visits["demand"], len(table), first=True)
        self.last = _ends_of(visits["demand"], len(table))
        self.plan = Plan.of(network)
        self.desk = self.plan.points["desk"]
        self.via = self.plan.channels["via"][np.maximum(d["channel"], 0)]
        self.lasted, self.left = outcome.waits()
        # When it was withdrawn or turned away, until it was opened again, if it was.
        whose = visits["demand"]
        newest = self.last[whose] == np.arange(len(whose))
        lost = np.isin(d["state"], (WITHDRAWN, TURNED_AWAY))
        away = np.flatnonzero(~self.left & (~newest | lost[whose]))
        self.away = whose[away]
        self.turned_away = self.lasted[away] < 0
        self.away_from = visits["queued"][away] + np.maximum(self.lasted[away], 0)
        self.back = self._next_queued(away)

    def gone(self) -> Ints:
        """When each was given up for good; the horizon where it was not."""
        d = self.outcome.demands
        found = np.where(d["state"] == WITHDRAWN, d["patience_ended"], self.end)
        return np.where(d["state"] == TURNED_AWAY, d["closed"], found)

    def stretches(self) -> Iterator[Stretch]:
        """Give all stretches up to the solution, in the order of a demand's life."""
        yield from self._taken_in()
        yield from self._waits()
        yield from self._on_the_way()
        yield from self._after_the_scene()
        yield Stretch(GONE, self.away, self.away_from, self.back)

    # ------------------------------------------------------------------ before a team is asked

    def _taken_in(self) -> Iterator[Stretch]:
        d, visits = self.outcome.demands, self.outcome.visits
        mine = np.flatnonzero(self.start >= 0)
        start, accepted = self.start[mine], d["accepted"][mine]
        queued = np.append(visits["queued"], self.end)  # -1: no visit, up to the horizon
        asked = queued[self.first[mine]]
        # A crew may be asked for before the desk has taken all down.
        over = np.minimum(np.where(accepted >= 0, accepted, self.end), asked)
        pool = self.desk[self.table.point[mine]]
        at_desk = (self.via[mine] == AT_DESK) & (pool >= 0)
        began = np.maximum(accepted - self.table.intake[mine], start)
        handling = np.where(accepted >= 0, np.maximum(over - began, 0), 0)
        handling = np.where(at_desk, handling, over - start)
        queue = np.flatnonzero(at_desk)
        yield Stretch(
            DESK, mine[queue], start[queue], (over - handling)[queue], self.desks(pool[queue]),
            CLOSED,
        )  # fmt: skip
        yield Stretch(INTAKE, mine, over - handling, over)
        yield Stretch(PASSING_ON, mine, over, asked)

    def desks(self, pool: Ints) -> Ints:
        """Say for whom work at some desks waits."""
        line = np.array([p.timeline for p in self.network.pools], dtype=np.int64)[pool]
        return _looked_up(line, lambda one: self.absence.index(((one, 1),)))

    # ------------------------------------------------------------------ teams

    def _waits(self) -> Iterator[Stretch]:
        visits = self.outcome.visits
        waited = np.flatnonzero(self.lasted > 0)
        demand, queued = visits["demand"][waited], visits["queued"][waited]
        over = queued + self.lasted[waited]
        further = visits["stage"][waited] > self.table.first_stage[demand]
        yield Stretch(ANOTHER_TEAM, demand[further], queued[further], over[further])
        own = waited[~further]
        yield Stretch(BUSY, demand[~further], queued[~further], over[~further], self._for_whom(own))

    def _for_whom(self, rows: Ints) -> Ints:
        """Say for whom visits wait: any team of the group at their point that is free."""
        network, visits = self.network, self.outcome.visits
        stage = visits["stage"][rows]
        crews, team = self.plan.crews, self.plan.pools["team"]
        group = self.table.stage_group[stage]
        place = self.table.point[visits["demand"][rows]]

        def index(kind: int) -> int:
            where, g = divmod(kind, len(network.groups))
            pools = network.candidates[where, g]
            who = tuple((network.pools[p].timeline, int(crews[g, team[p]])) for p in pools)
            return self.absence.index(who)

        return _looked_up(place * len(network.groups) + group, index)

    def _on_the_way(self) -> Iterator[Stretch]:
        visits, table = self.outcome.visits, self.table
        went = np.flatnonzero(visits["began"] >= 0)
        demand, began = visits["demand"][went], visits["began"][went]
        scene, ended = visits["scene"][went], visits["ended"][went]
        over = np.where(ended >= 0, ended, self.end)
        there = np.where(scene >= 0, scene, over)
        if self.network.scenario.travel.enabled:
            left = np.minimum(began + table.turn_out[demand], there)
            way = ways(self.network, table, demand, visits["pool"][went])
            arrived = np.minimum(left + way, there)
            yield Stretch(TURN_OUT, demand, began, left)
            yield Stretch(WAY, demand, left, arrived)
            yield Stretch(ACCESS, demand, arrived, there)
        yield Stretch(WORK, demand, there, over)

    def _next_queued(self, rows: Ints) -> Ints:
        """When the visit after each of some was asked for; the horizon where there is none."""
        demand, queued = self.outcome.visits["demand"], self.outcome.visits["queued"]
        order = order_of(demand)
        after = np.full(len(demand), self.end, dtype=np.int64)
        same = demand[order][1:] == demand[order][:-1]
        after[order[:-1][same]] = queued[order[1:][same]]
        return after[rows]

    # ------------------------------------------------------------------ meeting and department

    def _after_the_scene(self) -> Iterator[Stretch]:
        d, visits = self.outcome.demands, self.outcome.visits
        demand, ended = visits["demand"], visits["ended"]
        solved = np.where(d["resolved"] >= 0, d["resolved"], self.end)
        work = np.flatnonzero((ended >= 0) & (ended <= solved[demand]))
        last = np.full(len(self.table), -1, dtype=np.int64)
        last[demand[work]] = work
        newest = (last == self.last) | (d["resolved"] >= 0)
        mine = np.flatnonzero((last >= 0) & self.table.complex & newest)
        begins, ends = ended[last[mine]], solved[mine]
        passed = begins.copy()
        # Who was opened again is solved at the end of the work, without a meeting.
        meets = np.flatnonzero(self.table.meeting[mine] & (ends > begins))
        passed[meets] = np.minimum(self._sittings(mine[meets], begins[meets]), ends[meets])
        yield Stretch(MEETING, mine, begins, passed)
        yield Stretch(CASE, mine, passed, ends)

    def _sittings(self, demand: Ints, joined: Ints) -> Ints:
        """When the meeting sits on each case: in the order of joining, so many at a time."""
        network, sittings = self.network, self.network.sittings
        area = network.area_of_meeting[self.table.point[demand]]
        following = np.searchsorted(sittings, joined)
        most = network.scenario.joint_meeting.cases
        found = np.full(len(demand), self.end, dtype=np.int64)
        before: dict[int, list[int]] = {}
        for i in np.lexsort((demand, joined, area)).tolist():
            sat, at = before.setdefault(int(area[i]), []), int(following[i])
            if len(sat) >= most:
                at = max(at, sat[-most] + 1)
            sat.append(at)
            if at < len(sittings):
                found[i] = sittings[at]
        return found

    # ------------------------------------------------------------------ the reply

    def reply_asked(self) -> tuple[Ints, Ints]:
        """When the desk was asked for the first reply, and how long that takes it to write.

        The word in between if it fell due first, else the reply to what is solved; the horizon
        where neither was.
        """
        d, table, made = self.outcome.demands, self.table, self.network.scenario.promises
        solved = np.where(d["resolved"] >= 0, d["resolved"], self.end)
        asked = solved.copy()
        if made.made:
            due = self.start + made.interim_after
            given_up = np.zeros(len(table), dtype=bool)
            mine = due[self.away]
            before = np.where(self.turned_away, self.away_from <= mine, self.away_from < mine)
            given_up[self.away[before & (mine < self.back)]] = True
            sent = (self.start >= 0) & (due < solved) & ~given_up
            sent &= (d["replied"] < 0) | (d["replied"] >= due)
            asked = np.where(sent, due, solved)
            takes = np.where(sent, table.interim_reply, table.reply)
        else:
            takes = table.reply
        at_desk = self.desk[table.point] >= 0
        return asked, np.where(at_desk, takes, 0)


def _looked_up(kind: Ints, index: Callable[[int], int]) -> Ints:
    """Give the index of each kind, which is asked for once."""
    found = np.bincount(kind)
    for one in np.flatnonzero(found).tolist():
        found[one] = index(one)
    return found[kind]


def _ends_of(demand: Ints, n: int, first: bool = False) -> Ints:
    """Row of each demand's first or last visit; -1 where there is none."""
    found = np.full(n, -1, dtype=np.int64)
    rows = np.arange(len(demand))
    if first:
        rows = rows[::-1]
    found[demand[rows]] = rows  # of several, the one that is written last stands
    return found

"""When too few people are there to take a job, looked up in compiled code.

`govsim.measures.lives` names whom a demand waits for; `govsim.measures.pieces` adds up.
"""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios.units import DAY
from govsim.service.compiling import inlined, kept, kept_if_entered
from govsim.service.network import Network

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

THERE, OFF, ELSEWHERE = range(3)
"""Enough are free for demands; too few are on duty; enough are, but at other work."""


class Lines(NamedTuple):
    """Whether people are there, of several groups of them end to end.

    Attributes
    ----------
    first : int64[groups + 1], where the steps of each group begin.
    times : int64[n], ms; each step holds until the next of its group.
    off, elsewhere : int64[n], ms up to there in which too few are on duty, or free.
    state : int64[n], `THERE`, `OFF` or `ELSEWHERE`.
    by_day : int64[groups, days], the step of each midnight, from which the look goes on.
    """

    first: Ints
    times: Ints
    off: Ints
    elsewhere: Ints
    state: Ints
    by_day: Ints


class Absence:
    """When too few are there to take a job: added up over time, so that any stretch is two looks.

    Groups of people are known by index; each is one pool or, where queues are pooled, all that
    draw on a queue, with the crew that a job takes of each. Too few are on duty, or enough are and
    too few of them free for demands: two sums. Nothing here depends on chance, so it is kept for
    all replications of a network, which may be measured in several threads.
    """

    def __init__(self, network: Network) -> None:
        self.timelines, self.end = network.timelines, network.end
        self.one_adds = Lock()
        self.known: dict[tuple[tuple[int, int], ...], int] = {}
        self.parts: list[Ints] = []
        self._joined: Lines | None = None

    def index(self, who: tuple[tuple[int, int], ...]) -> int:
        """Give the index of some people: (timeline, crew) of each pool that may take the job."""
        with self.one_adds:
            if who not in self.known:
                self._add(who)
            return self.known[who]

    def _add(self, who: tuple[tuple[int, int], ...]) -> None:
        lines = [self.timelines[line] for line, _ in who]
        first = np.cumsum([0, *(len(line.times) for line in lines)])
        found = np.empty((4, first[-1]), np.int64)
        steps = _follow(
            first,
            np.concatenate([line.times for line in lines]),
            np.concatenate([line.available for line in lines]),
            np.concatenate([line.present for line in lines]),
            np.array([crew for _, crew in who], np.int64),
            self.end,
            found,
        )
        self.known[who] = len(self.parts)
        self.parts.append(found[:, :steps].copy())
        self._joined = None

    def lines(self) -> Lines:
        """Lay all groups that are known end to end."""
        with self.one_adds:
            if self._joined is None:
                first = np.cumsum([0, *(part.shape[1] for part in self.parts)])
                none = np.empty((4, 0), np.int64)
                times, off, elsewhere, state = np.concatenate([none, *self.parts], axis=1)
                by_day = np.empty((len(self.parts), self.end // DAY + 1), np.int64)
                _find_days(first, times, by_day)
                self._joined = Lines(first, times, off, elsewhere, state, by_day)
            return self._joined

    def between(self, who: Ints, begins: Ints, ends: Ints) -> Ints:
        """Give the ms of stretches in which those who are waited for are not there.

        Returns
        -------
        int64[2, n]
            In which too few are on duty, and in which enough are, and too few free for demands.
        """
        found = np.zeros((2, len(who)), dtype=np.int64)
        if len(who):
            _between(who, begins, ends, *self.lines(), found)
        return found


@kept
def _follow(
    first: Ints, times: Ints, available: Ints, present: Ints, crews: Ints, end: int, found: Ints
) -> int:
    """Walk along several rosters at once; return at how many steps it changes who is there.

    Parameters
    ----------
    first : int64[rosters + 1], where the steps of each begin.
    crews : int64[rosters], members that a job takes.
    end : of the run, ms.
    found : int64[4, n], of each change its time, what has added up of each absence, and the state.
    """
    at = first[:-1].copy()
    now, put, off, elsewhere = 0, 0, 0, 0
    while now < end:
        free, on_duty = False, False
        then = end
        for r in range(len(crews)):
            while at[r] + 1 < first[r + 1] and times[at[r] + 1] <= now:
                at[r] += 1
            free = free or available[at[r]] >= crews[r]
            on_duty = on_duty or present[at[r]] >= crews[r]
            if at[r] + 1 < first[r + 1]:
                then = min(then, times[at[r] + 1])
        state = THERE if free else ELSEWHERE if on_duty else OFF
        if put == 0 or found[3, put - 1] != state:
            found[0, put], found[1, put], found[2, put], found[3, put] = now, off, elsewhere, state
            put += 1
        off += (then - now) * (state == OFF)
        elsewhere += (then - now) * (state == ELSEWHERE)
        now = then
    return put


@kept
def _find_days(first: Ints, times: Ints, by_day: Ints) -> None:
    for group in range(len(by_day)):
        step = first[group]
        for day in range(by_day.shape[1]):
            while step + 1 < first[group + 1] and times[step + 1] <= day * DAY:
                step += 1
            by_day[group, day] = step


@inlined
def step_at(who: int, time: int, first: Ints, times: Ints, by_day: Ints) -> int:
    """Find the step of a group that holds at a time."""
    step: int = by_day[who, time // DAY]
    while step + 1 < first[who + 1] and times[step + 1] <= time:
        step += 1
    return step


@kept_if_entered
def _between(
    who: Ints,
    begins: Ints,
    ends: Ints,
    first: Ints,
    times: Ints,
    off: Ints,
    elsewhere: Ints,
    state: Ints,
    by_day: Ints,
    found: Ints,
) -> None:
    for i in range(len(who)):
        a = step_at(who[i], begins[i], first, times, by_day)
        b = step_at(who[i], ends[i], first, times, by_day)
        since, after = begins[i] - times[a], ends[i] - times[b]
        found[0, i] = off[b] - off[a] + after * (state[b] == OFF) - since * (state[a] == OFF)
        found[1, i] = elsewhere[b] - elsewhere[a]
        found[1, i] += after * (state[b] == ELSEWHERE) - since * (state[a] == ELSEWHERE)


@kept
def add_up(
    demand: Ints,
    begins: Ints,
    ends: Ints,
    waits: Ints,
    piece: int,
    off_piece: int,
    elsewhere_piece: int,
    within: Bools,
    start: Ints,
    until: Ints,
    first: Ints,
    times: Ints,
    off: Ints,
    elsewhere: Ints,
    state: Ints,
    by_day: Ints,
    spent: Ints,
) -> None:
    """Add stretches to the pieces of their demands, as far as they lie within each clock.

    Parameters
    ----------
    demand, begins, ends : int64[n], whose each is, and from when until when, ms.
    waits : int64[n], whom each waits for; empty where nobody is waited for.
    piece, off_piece, elsewhere_piece : what each counts as, and what does of it in which too few
        are on duty, or enough are and are at other work.
    within : bool[clocks], which clocks have the piece.
    start : int64[demands], start of the clocks; -1 where they never ran.
    until : int64[clocks, demands], ms, when each stopped.
    first, times, off, elsewhere, state, by_day : of `Lines`.
    spent : int64[clocks, pieces, demands], which is added to.
    """
    for i in range(len(demand)):
        d = demand[i]
        if start[d] < 0:
            continue
        since, a, b, before = max(begins[i], start[d]), -1, -1, -1
        for c in range(len(within)):
            over = min(ends[i], until[c, d])
            if not within[c] or over <= since:
                continue
            lasts = over - since
            if len(waits):
                if a < 0:
                    a = step_at(waits[i], since, first, times, by_day)
                if over != before:
                    b, before = step_at(waits[i], over, first, times, by_day), over
                head, tail = since - times[a], over - times[b]
                gone = off[b] - off[a] + tail * (state[b] == OFF) - head * (state[a] == OFF)
                busy = elsewhere[b] - elsewhere[a]
                busy += tail * (state[b] == ELSEWHERE) - head * (state[a] == ELSEWHERE)
                spent[c, off_piece, d] += gone
                spent[c, elsewhere_piece, d] += busy
                lasts -= gone + busy
            spent[c, piece, d] += lasts

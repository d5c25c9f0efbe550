"""Passes over all demands that are made again and again, compiled: order, counts, work, survival.

Plain functions of arrays. The demand table is put in order with them; `govsim.measures`
counts demands by group, and estimates how long they take.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios.calendar import WorkingClock
from govsim.scenarios.units import HOUR
from govsim.service.compiling import inlined, kept
from govsim.service.ordering import add_up, order_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WEEK_HOURS = 168

# ---------------------------------------------------------------------- groups


@dataclass(frozen=True)
class Groups:
    """Rows by their group, in each in their own order.

    Attributes
    ----------
    order : int64[m], the rows of group 0, then those of group 1, and so on.
    first : int64[groups + 1], where each begins in `order`.
    """

    order: Ints
    first: Ints

    def __len__(self) -> int:
        """Give the number of groups."""
        return len(self.first) - 1

    def __getitem__(self, group: int) -> Ints:
        """Give the rows of a group."""
        return self.order[self.part(group)]

    def part(self, group: int) -> slice:
        """Tell where the rows of a group stand in `order`."""
        return slice(int(self.first[group]), int(self.first[group + 1]))


def grouped(code: Ints, groups: int) -> Groups:
    """Sort rows by their group, int64[n]; those with -1 are in none."""
    order, first = np.empty(len(code), np.int64), np.zeros(groups + 1, np.int64)
    _group(code, order, first)
    return Groups(order[: first[-1]], first)


@kept
def _group(code: Ints, order: Ints, first: Ints) -> None:
    for i in range(len(code)):
        if code[i] >= 0:
            first[code[i]] += 1
    add_up(first)
    place = first.copy()
    for i in range(len(code)):
        if code[i] >= 0:
            order[place[code[i]]] = i
            place[code[i]] += 1


def tally(code: Ints, groups: int, which: Bools, of: Bools) -> tuple[Ints, Ints]:
    """Count by group, in one pass, those `which` and `of` are true for, and those of `of`.

    Parameters
    ----------
    code : int64[n], group of each row, or -1 for none.
    which, of : bool[n].

    Returns
    -------
    both, all
        int64[groups].
    """
    both, all_ = np.zeros(groups + 1, np.int64), np.zeros(groups + 1, np.int64)
    _count(code, which, of, both, all_)
    return both[1:], all_[1:]


@kept
def _count(code: Ints, which: Bools, of: Bools, both: Ints, all_: Ints) -> None:
    # Entry 0 takes what is in no group: to add nothing is faster than to branch.
    for i in range(len(code)):
        group = code[i] + 1
        both[group] += which[i] & of[i]
        all_[group] += of[i]


@dataclass(frozen=True)
class AtWork:
    """How many members of each pool are at work, while there are any: stretches that don't overlap.

    Attributes
    ----------
    pool, begins, ends, number : int64[n], by pool, and for each in the order of time.
    """

    pool: Ints
    begins: Ints
    ends: Ints
    number: Ints


def at_work(pool: Ints, began: Ints, over: Ints, members: Ints) -> AtWork:
    """Add up pieces of work that are done at the same time, int64[n] each."""
    some = np.flatnonzero(over > began)
    pools = np.concatenate([pool[some], pool[some]])
    times = np.concatenate([began[some], over[some]])
    change = np.concatenate([members[some], -members[some]])
    order = order_of(times)
    order = order[grouped(pools[order], int(pools.max(initial=-1)) + 1).order]
    pools, times = pools[order], times[order]
    number = np.cumsum(change[order])  # back at 0 where a pool's last piece is over
    ends = np.append(times[1:], 0)
    mine = np.flatnonzero((number > 0) & (ends > times))
    return AtWork(pools[mine], times[mine], ends[mine], number[mine])


@dataclass(frozen=True)
class Steps:
    """Numbers free for demands, of one pool after the other.

    Attributes
    ----------
    first : int64[pools], where the steps of each begin.
    times, numbers : int64[n], each holds until the next; the first of a pool is at 0.
    """

    first: Ints
    times: Ints
    numbers: Ints


def worked_when_free(
    clock: WorkingClock, work: AtWork, steps: Steps, code: Ints, groups: int
) -> Ints:
    """Add up the person-ms of work within a clock's stretches by as many as are free then.

    Parameters
    ----------
    code : int64[pools], group of each, from 0 to `groups` - 1.

    Returns
    -------
    numpy.ndarray
        int64[groups].
    """
    total = np.zeros(groups, np.int64)
    _work(
        clock.starts, clock.ends, clock.done, work.pool, work.begins, work.ends, work.number,
        steps.first, steps.times, steps.numbers, code, total,
    )  # fmt: skip
    return total


@kept
def _work(
    starts: Ints,
    ends: Ints,
    done: Ints,
    pool: Ints,
    begins: Ints,
    until: Ints,
    number: Ints,
    first: Ints,
    times: Ints,
    free: Ints,
    code: Ints,
    total: Ints,
) -> None:
    i, j = -1, 0
    for k in range(len(pool)):
        p, now = pool[k], begins[k]
        if k == 0 or pool[k - 1] != p:
            j = first[p]
        while now < until[k]:
            # The last step by now; those of the next pool begin at 0 again.
            while j + 1 < len(times) and times[j] < times[j + 1] <= now:
                j += 1
            then = until[k]
            if j + 1 < len(times) and times[j] < times[j + 1] < then:
                then = times[j + 1]
            i = _stretch(starts, now, i)
            before = done[i] + min(now, ends[i]) - starts[i] if i >= 0 else 0
            i = _stretch(starts, then, i)
            after = done[i] + min(then, ends[i]) - starts[i] if i >= 0 else 0
            total[code[p]] += (after - before) * min(number[k], free[j])
            now = then


@inlined
def _stretch(starts: Ints, time: int, i: int) -> int:
    """Find the last stretch that starts by a time, going on from stretch `i`."""
    while i + 1 < len(starts) and starts[i + 1] <= time:
        i += 1
    while i >= 0 and starts[i] > time:
        i -= 1
    return i


def worked_by_hour(
    pool: Ints,
    began: Ints,
    ended: Ints,
    members: Ints,
    row: Ints,
    rows: int,
    first: int,
    during: tuple[int, int],
) -> Ints:
    """Add up work by row and hour of the week.

    Parameters
    ----------
    pool, began, ended, members : int64[n], visits; -1 where they did not begin or end.
    row : int64[pools], the row that a pool counts in, or -1.
    first : hour of the week at time 0.
    during : the time that is measured, ms.

    Returns
    -------
    numpy.ndarray
        int64[rows, 168]: person-ms of work in each hour.
    """
    work = np.zeros((rows, WEEK_HOURS), np.int64)
    start, end = during
    _by_hour(pool, began, ended, members, row, first, start, end, work)
    return work


@kept
def _by_hour(
    pool: Ints,
    began: Ints,
    ended: Ints,
    members: Ints,
    row: Ints,
    first: int,
    start: int,
    end: int,
    work: Ints,
) -> None:
    for k in range(len(pool)):
        r = row[pool[k]]
        if r < 0 or began[k] < 0:
            continue
        now, over = max(began[k], start), ended[k] if ended[k] >= 0 else end
        while now < over:
            hour = now // HOUR
            until = min(over, (hour + 1) * HOUR)
            work[r, (hour + first) % WEEK_HOURS] += (until - now) * members[k]
            now = until


# ---------------------------------------------------------------------- survival


@dataclass(frozen=True)
class Survival:
    """Survival curves of groups: how many last longer than a time.

    Attributes
    ----------
    time : float64[m], times at which something ended, by group and ascending in each.
    share : float64[m], share that lasts longer than that.
    area : float64[m], area below the curve since the time before; the sum is a mean.
    first, last : int64[groups], where each group begins and ends in these.
    longest : float64[groups], longest time of each, ended or not; NaN of an empty group.
    """

    time: Floats
    share: Floats
    area: Floats
    first: Ints
    last: Ints
    longest: Floats

    def curve(self, group: int) -> tuple[Floats, Floats]:
        """Times and shares of one group."""
        mine = slice(self.first[group], self.last[group])
        return self.time[mine], self.share[mine]

    def means(self) -> Floats:
        """Mean time of each group, up to the longest that was seen; NaN of an empty one."""
        found = np.full(len(self.first), np.nan)
        for g in np.flatnonzero(~np.isnan(self.longest)).tolist():
            mine = slice(self.first[g], self.last[g])
            time, share = self.time[mine], self.share[mine]
            # Beyond the last that ended are those who were still waiting: left out, they
            # would make a team that served but one as quick as that one.
            after, left = (time[-1], share[-1]) if len(time) else (0.0, 1.0)
            found[g] = self.area[mine].sum() + (self.longest[g] - after) * left
        return found

    def quantiles(self, q: float) -> Floats:
        """Time by which a share `q` of each group has ended; NaN where that is not known."""
        found = np.full(len(self.first), np.nan)
        _reached(self.time, self.share, self.first, self.last, 1 - q + 1e-12, found)
        return found


def kaplan_meier(length: Floats, over: Bools, groups: Groups) -> Survival:
    """Estimate survival by group from lengths in ascending order, some of them censored.

    Parameters
    ----------
    length : float64[n], ascending; ties with events first or last make no difference.
    over : bool[n], whether the length ended, rather than was cut off.
    groups : of these n.

    Notes
    -----
    Kaplan and Meier 1958. Censorings at a time count as at risk at that time.
    """
    time, share, area = np.empty((3, len(groups.order)))
    last = groups.first[1:].copy()
    _estimate(length, over, groups.order, groups.first, time, share, area, last)
    longest = np.full(len(groups), np.nan)
    some = groups.first[:-1] < groups.first[1:]
    longest[some] = length[groups.order[groups.first[1:][some] - 1]]
    return Survival(time, share, area, groups.first[:-1], last, longest)


@kept
def _estimate(
    length: Floats,
    over: Bools,
    order: Ints,
    first: Ints,
    time: Floats,
    share: Floats,
    area: Floats,
    last: Ints,
) -> None:
    for g in range(len(last)):
        at, end = first[g], first[g + 1]
        now, left, put = 0.0, 1.0, at
        while at < end:
            moment, at_risk, ended = length[order[at]], end - at, 0
            while at < end and length[order[at]] == moment:
                ended += over[order[at]]
                at += 1
            if ended:
                area[put] = (moment - now) * left
                now, left = moment, left * (1 - ended / at_risk)
                time[put], share[put] = now, left
                put += 1
        last[g] = put


@kept
def _reached(
    time: Floats, share: Floats, first: Ints, last: Ints, least: float, found: Floats
) -> None:
    """Find the first time of each group at which its share is down to `least`, by halving."""
    for g in range(len(first)):
        low, high = first[g], last[g]
        while low < high:
            middle = (low + high) // 2
            if share[middle] <= least:
                high = middle
            else:
                low = middle + 1
        if low < last[g]:
            found[g] = time[low]

"""Rosters as step functions of time: who is on duty, who is paid, and who is free for demands.

`govsim.service.network` makes one `Timeline` for each distinct roster; engines walk along the
steps, measures take their integrals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios.units import DAY
from govsim.service.turns import integral, take_turns

Ints = NDArray[np.int64]
Days = tuple[int, int]
"""First and last day of the run."""

Floats = NDArray[np.float64]

KINDS_OF_DAY = ("workday", "weekend", "holiday")

DRIFT = (5**0.5 - 1) / 2
"""Cycles of free and other time that a day has more than was asked for: the golden section, which
spreads their beginnings over the hours most evenly."""


@dataclass(frozen=True)
class Duty:
    """Members away from the roster at the same hours of some days (patrol, home visits).

    Attributes
    ----------
    start, end : ms since midnight.
    members : people away.
    days : bool[days], the days on which it takes place.
    """

    start: int
    end: int
    members: int
    days: NDArray[np.bool_]


@dataclass(frozen=True)
class Dated:
    """What holds on some days instead of a roster, or on top of it.

    Attributes
    ----------
    first, last : days of the run, 0 the first, -1 its eve.
    roster : numbers by shift, and kind of day; what is not named stays.
    add : people more, or fewer, on each shift that has anybody.
    closed : nobody is there.
    """

    first: int
    last: int
    roster: Mapping[str, int | Mapping[Any, int]]
    add: int = 0
    closed: bool = False

    def over(self, numbers: Ints, shift: str, kinds: NDArray[np.integer[Any]]) -> Ints:
        """Change the numbers of a shift: int64[days + 1], from the eve of day 0 on."""
        day = np.arange(len(numbers)) - 1
        on = (day >= self.first) & (day <= self.last)
        if self.closed:
            return np.where(on, 0, numbers)
        for k in range(len(KINDS_OF_DAY)):
            number = self.says(shift, k)
            if number is not None:
                numbers = np.where(on & (kinds == k), number, numbers)
        return np.where(on & (numbers > 0), np.maximum(numbers + self.add, 0), numbers)

    def says(self, shift: str, kind: int) -> int | None:
        """Number that the roster has for a shift on a kind of day; None if it doesn't say."""
        head = self.roster.get(shift, {})
        return head if isinstance(head, int) else head.get(KINDS_OF_DAY[kind])


@dataclass(frozen=True)
class FreeTime:
    """What share of a shift people are free for demands, and when.

    Attributes
    ----------
    share : of the time on duty; patrols and visits count among the rest.
    by_shift : where a shift's share differs.
    cycle : ms that one stretch of free time and the other work before it take, about.
    phase : 0 to 1, where in the cycle the run begins; each team of each point has its own.
    """

    share: float = 1.0
    by_shift: Mapping[str, float] = field(default_factory=dict)
    cycle: int = 3 * 3_600_000
    phase: float = 0.0

    def of(self, shift: str) -> float:
        """Share of a shift."""
        return self.by_shift.get(shift, self.share)

    def always(self, shifts: Iterable[str]) -> bool:
        """Whether people are free for demands all the time on these shifts."""
        return all(self.of(shift) == 1 for shift in shifts)


@dataclass(frozen=True)
class Timeline:
    """Numbers on duty as a step function.

    Attributes
    ----------
    times : int64[n], ms; the first is 0; each step holds until the next.
    available : int64[n], people free for demands.
    paid : int64[n], people on duty who are paid, those on patrol and at other work included.
    present : int64[n], people on duty, paid for that or not.
    boundary : bool[n], whether a shift begins or ends here.
    """

    times: Ints
    available: Ints
    paid: Ints
    present: Ints
    boundary: NDArray[np.bool_]

    def person_ms(self, start: int, end: int, *, paid: bool = False) -> int:
        """Integral of the number on duty over [start, end), in person-ms."""
        return integral(self.times, self.paid if paid else self.available, start, end)

    def at(self, times: Ints) -> Ints:
        """Available numbers at `times` (int64[m])."""
        found: Ints = self.available[np.searchsorted(self.times, times, side="right") - 1]
        return found


def timeline(
    roster: Mapping[str, int | Mapping[Any, int]],
    shifts: Mapping[str, Sequence[tuple[int, int]]],
    kind_of_day: NDArray[np.integer[Any]],
    free: FreeTime | None = None,
    duties: Sequence[Duty] = (),
    keep_boundaries: bool = False,
    changes: Sequence[Dated] = (),
    called: Sequence[Days] | None = None,
) -> Timeline:
    """Lay a roster out in time.

    Parameters
    ----------
    roster : number on duty by shift, or by shift and kind of day; a shift that crosses
        midnight belongs to the day on which it begins.
    shifts : windows of each shift, ms since midnight; an end above a day is on the next.
    kind_of_day : int[days + 1], 0 workday, 1 weekend, 2 holiday, from the eve of day 0 on.
    free : when those on duty and not away are free for demands; None: always.
    duties : members away at fixed hours.
    keep_boundaries : keep the steps at which a shift changes and the number does not.
    changes : what holds on some days, laid over the roster one after the other.
    called : the only days on which these people are on duty here, and paid; afterwards they
        still work off what was begun. None: always.
    """
    days = len(kind_of_day) - 1
    # The shift that began on the eve of day 0 is still on, by the eve's own kind of day.
    midnights = (np.arange(days + 1, dtype=np.int64) - 1) * DAY
    starts, ends, there, paid = [], [], [], []
    asked, done = _called(days, called)
    named = tuple(dict.fromkeys((*roster, *(s for change in changes for s in change.roster))))
    windows = [(shift, *window) for shift in named for window in shifts[shift]]
    for shift, start, end in windows:
        head = roster.get(shift, 0)
        heads = [head] * 3 if isinstance(head, int) else [head.get(k, 0) for k in KINDS_OF_DAY]
        numbers = np.array(heads, dtype=np.int64)[kind_of_day]
        for change in changes:
            numbers = change.over(numbers, shift, kind_of_day)
        starts.append(midnights + start)
        ends.append(midnights + end)
        there.append(numbers * (asked | done))
        paid.append(numbers * asked)
    edges = [np.zeros(1, dtype=np.int64), *starts, *ends]
    away_starts, away_ends, away = _away(duties)
    ordered = np.sort(np.clip(np.concatenate([*edges, away_starts, away_ends]), 0, days * DAY))
    times = ordered[np.diff(ordered, prepend=-1) > 0]
    own = np.concatenate(edges)
    boundary = np.zeros(len(times), dtype=bool)
    boundary[np.searchsorted(times, own[(own >= 0) & (own <= days * DAY)])] = True
    stretches = _Windows(times, starts, ends)
    total = stretches.stack(paid)
    present = total if called is None else stretches.stack(there)
    left = np.maximum(present - _Windows(times, [away_starts], [away_ends]).stack([away]), 0)
    line = Timeline(times, left, total, present, boundary)
    if free is None or free.always(named):
        return _changing(line, keep_boundaries)
    gone = (present - left) / np.maximum(present, 1)
    shares = _shares(times, gone, [free.of(window[0]) for window in windows], starts, ends)
    numbers_free = [share * n for share, n in zip(shares, there, strict=True)]
    return _in_turn(line, stretches.sums(numbers_free) * (1 - gone), free, keep_boundaries)


def _changing(line: Timeline, keep_boundaries: bool) -> Timeline:
    """Leave out steps at which nothing changes."""
    numbers = np.stack([line.available, line.paid, line.present])
    keep = np.diff(numbers, prepend=-1).any(axis=0)
    keep |= line.boundary & keep_boundaries
    available, paid, present = numbers[:, keep]
    return Timeline(line.times[keep], available, paid, present, line.boundary[keep])


def _shares(
    times: Ints,
    gone: Floats,
    shares: Sequence[float],
    starts: Sequence[Ints],
    ends: Sequence[Ints],
) -> list[Floats]:
    """Share of those not away who are free, by window and day.

    Whoever is free for 40% of a shift of 12 hours and on patrol for 4 is free for 4.8 of the
    other 8: what the plan already names counts among what takes the rest.

    Parameters
    ----------
    gone : float64[n], share of those on duty who are away from each of `times` on.
    shares : of each window, of the whole time.
    """
    until = np.concatenate([[0.0], np.cumsum(np.diff(times) * gone[:-1])])
    found = []
    for share, start, end in zip(shares, starts, ends, strict=True):
        start, end = (np.clip(edge, 0, times[-1]) for edge in (start, end))
        length = (end - start).astype(np.float64)
        rest = length - (until[np.searchsorted(times, end)] - until[np.searchsorted(times, start)])
        found.append(np.minimum(share * length / np.where(rest > 0, rest, 1), 1))
    return found


def _in_turn(line: Timeline, mean: Floats, free: FreeTime, keep: bool) -> Timeline:
    """Make whole people of a mean number free, and keep the steps at which something changes.

    As many as there are of it all the time, and for what is left one for that part of each cycle.
    One member who is free for 40% goes at other work for 60% of each cycle, then is free for the
    rest of it. With more people the stretches grow, and never move: nobody is free less for that.
    """
    mean = np.round(mean, 9)  # what is whole but for the rounding of sums is whole
    whole = np.floor(mean).astype(np.int64)
    part = np.round(mean - whole, 9)
    # At other hours each day, or a station would be at other work at ten o'clock all the year.
    period = DAY / (DAY / free.cycle + DRIFT)
    cycles = np.arange(int(line.times[-1] / period) + 2, dtype=np.float64)
    turns = (cycles + 1 - free.phase) * period
    most = len(line.times) + 2 * len(turns)
    times, boundary = np.empty(most, np.int64), np.empty(most, dtype=bool)
    available, paid, present = (np.empty(most, np.int64) for _ in range(3))
    steps = take_turns(
        line.times, line.available, line.paid, line.present, line.boundary,
        whole, part, turns, period, keep, times, available, paid, present, boundary,
    )  # fmt: skip
    available, paid, present = np.stack([available[:steps], paid[:steps], present[:steps]])
    return Timeline(times[:steps].copy(), available, paid, present, boundary[:steps].copy())


def _called(
    days: int, called: Sequence[Days] | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Days on which people are called to a point, and those after the first: bool[days + 1]."""
    asked = np.full(days + 1, called is None)
    done = asked.copy()
    day = np.arange(days + 1) - 1
    for first, last in called or ():
        asked |= (day >= first) & (day <= last)
        done |= day >= first
    return asked, done


def constant(number: int) -> Timeline:
    """Make a timeline that never changes."""
    zero = np.zeros(1, dtype=np.int64)
    all_ = zero + number
    return Timeline(zero, all_, all_, all_, np.zeros(1, dtype=bool))


def _away(duties: Sequence[Duty]) -> tuple[Ints, Ints, Ints]:
    starts, ends, members = [np.empty(0, np.int64)], [np.empty(0, np.int64)], []
    for duty in duties:
        midnights = np.flatnonzero(duty.days).astype(np.int64) * DAY
        starts.append(midnights + duty.start)
        ends.append(midnights + duty.end)
        members.append(np.full(len(midnights), duty.members, dtype=np.int64))
    return (
        np.concatenate(starts),
        np.concatenate(ends),
        np.concatenate(members) if members else np.empty(0, np.int64),
    )


class _Windows:
    """Windows of time, by the places of their ends among `times`."""

    def __init__(self, times: Ints, starts: Sequence[Ints], ends: Sequence[Ints]) -> None:
        self.steps = len(times)
        edges = np.concatenate([np.empty(0, np.int64), *starts, *ends])
        self.places = np.searchsorted(times, np.maximum(edges, 0))

    def stack(self, numbers: Sequence[Ints]) -> Ints:
        """Sum the windows' numbers that hold from each of `times` on; exact, as all are whole."""
        total: Ints = self.sums(numbers).astype(np.int64)
        return total

    def sums(self, numbers: Sequence[NDArray[Any]]) -> Floats:
        """Sum numbers that need not be whole."""
        there = np.concatenate([np.empty(0), *numbers])
        change = np.bincount(self.places, np.concatenate([there, -there]), self.steps + 1)
        total: Floats = np.cumsum(change[: self.steps])
        return total

"""Rosters as step functions of time: who is paid, and who of them is free for demands.

`govsim.service.network` makes one `Timeline` for each distinct roster; engines walk along the
steps, measures take their integrals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios.quantities import DAY

Ints = NDArray[np.int64]
Days = tuple[int, int]
"""First and last day of the run."""

KINDS_OF_DAY = ("workday", "weekend", "holiday")


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
class Timeline:
    """Numbers on duty as a step function.

    Attributes
    ----------
    times : int64[n], ms; the first is 0; each step holds until the next.
    available : int64[n], people free for demands.
    paid : int64[n], people on duty, those on patrol and other duties included.
    boundary : bool[n], whether a shift begins or ends here.
    """

    times: Ints
    available: Ints
    paid: Ints
    boundary: NDArray[np.bool_]

    def person_ms(self, start: int, end: int, *, paid: bool = False) -> int:
        """Integral of the number on duty over [start, end), in person-ms."""
        numbers = self.paid if paid else self.available
        edges = np.append(self.times, max(end, int(self.times[-1])))
        spans = np.clip(edges[1:], start, end) - np.clip(edges[:-1], start, end)
        return int((spans * numbers).sum())

    def at(self, times: Ints) -> Ints:
        """Available numbers at `times` (int64[m])."""
        found: Ints = self.available[np.searchsorted(self.times, times, side="right") - 1]
        return found


def timeline(
    roster: Mapping[str, int | Mapping[Any, int]],
    shifts: Mapping[str, Sequence[tuple[int, int]]],
    kind_of_day: NDArray[np.integer[Any]],
    free_for_calls: float = 1.0,
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
    free_for_calls : share of those on duty and not away who are free; rounded half up, at
        least one of any.
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
    for shift in dict.fromkeys((*roster, *(s for change in changes for s in change.roster))):
        head = roster.get(shift, 0)
        heads = [head] * 3 if isinstance(head, int) else [head.get(k, 0) for k in KINDS_OF_DAY]
        numbers = np.array(heads, dtype=np.int64)[kind_of_day]
        for change in changes:
            numbers = change.over(numbers, shift, kind_of_day)
        for start, end in shifts[shift]:
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
    windows = _Windows(times, starts, ends)
    total = windows.stack(paid)
    here = total if called is None else windows.stack(there)
    left = np.maximum(here - _Windows(times, [away_starts], [away_ends]).stack([away]), 0)
    available = np.where(left > 0, _free(left, free_for_calls), 0)
    same = (np.diff(available, prepend=-1) == 0) & (np.diff(total, prepend=-1) == 0)
    keep = ~same | (boundary if keep_boundaries else np.zeros(len(times), dtype=bool))
    return Timeline(times[keep], available[keep], total[keep], boundary[keep])


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
    return Timeline(zero, zero + number, zero + number, np.zeros(1, dtype=bool))


def _free(numbers: Ints, share: float) -> Ints:
    rounded: Ints = np.maximum(np.floor(numbers * share + 0.5), 1).astype(np.int64)
    return rounded


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
        there = np.concatenate([np.empty(0, np.int64), *numbers])
        change = np.bincount(self.places, np.concatenate([there, -there]), self.steps + 1)
        total: Ints = np.cumsum(change[: self.steps].astype(np.int64))
        return total

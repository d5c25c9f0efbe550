"""Days and working time: which days are worked, when doors are open, when work is done.

`Calendar` knows each day of a run: weekday, holiday, make-up workday. Its `intervals`
turn hours of the day into stretches of time, and `WorkingClock` counts along them
("three working days from now"). Built by `govsim.service.network`; read by the demand table and
both engines. Uses the scenario's calendar section and the package `chinese_calendar`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any, Literal, Protocol

import chinese_calendar
import numpy as np
from numpy.typing import NDArray

from govsim.language import tr
from govsim.scenarios.units import DAY

Ints = NDArray[np.int64]

WORKDAY, WEEKEND, HOLIDAY = 0, 1, 2
"""Kinds of day. A make-up workday, on a weekend, is a `WORKDAY`."""

NEVER = 2**62
"""Time of what doesn't happen within a calendar; sums of it with a run's times fit int64."""

FESTIVALS = {
    "new_year": "New Year's Day",
    "spring_festival": "Spring Festival",
    "tomb_sweeping": "Tomb-sweeping Day",
    "labour_day": "Labour Day",
    "dragon_boat": "Dragon Boat Festival",
    "national_day": "National Day",
    "mid_autumn": "Mid-autumn Festival",
}
"""Festivals by the names used here, with the names that `chinese_calendar` uses."""

Days = Literal["daily", "workdays", "weekends", "holidays"] | frozenset[int]
"""On which days hours apply: by kind of day, or weekdays (Monday 0) whatever their kind."""

_KINDS: dict[str, tuple[int, ...]] = {
    "daily": (WORKDAY, WEEKEND, HOLIDAY),
    "workdays": (WORKDAY,),
    "weekends": (WEEKEND,),
    "holidays": (HOLIDAY,),
}


class Section(Protocol):
    """What is read of a scenario's ``calendar``."""

    @property
    def holidays(self) -> Literal["china", "none"]: ...  # noqa: D102
    @property
    def extra_holidays(self) -> Sequence[date]: ...  # noqa: D102
    @property
    def extra_workdays(self) -> Sequence[date]: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Calendar:
    """The days of a run, counted from 0. Made with `Calendar.build` or `Calendar.of`.

    Attributes
    ----------
    start : date of day 0, whose midnight is time 0.
    days : number of days known; time runs over ``[0, days * DAY)``.
    with_eve_kinds : int8[days + 1], kind of each day from the eve of day 0 on; shifts that
        began on the eve are still on.
    festivals : festival by day, for days that are an official holiday of one.
    notes : what a reader of the results must know, in the current language.
    """

    start: date
    days: int
    with_eve_kinds: NDArray[np.int8]
    festivals: dict[int, str]
    notes: tuple[str, ...] = ()

    @classmethod
    def build(
        cls,
        start: date,
        days: int,
        source: Literal["china", "none"] = "china",
        extra_holidays: Iterable[date] = (),
        extra_workdays: Iterable[date] = (),
    ) -> Calendar:
        """Lay out `days` days from `start`.

        Parameters
        ----------
        source : official holidays and make-up workdays of China, or weekends only.
        extra_holidays : further holidays; they win over everything but `extra_workdays`.
        extra_workdays : days that are worked although they are a weekend or holiday.

        Notes
        -----
        Official holidays are known for the years that `chinese_calendar` lists. A later or
        earlier year has weekends only, and a note says so unless `extra_holidays` names
        days of that year.
        """
        holidays, workdays = frozenset(extra_holidays), frozenset(extra_workdays)
        kinds = np.empty(days + 1, dtype=np.int8)
        festivals: dict[int, str] = {}
        unknown: set[int] = set()
        for i in range(days + 1):
            day = start + timedelta(days=i - 1)
            kind = WEEKEND if day.weekday() >= 5 else WORKDAY
            if source == "china":
                try:
                    off, festival = _official(day)
                except NotImplementedError:
                    if i > 0:
                        unknown.add(day.year)
                else:
                    if off and festival:
                        festivals[i - 1] = str(festival)
                        kind = HOLIDAY
                    else:
                        kind = WEEKEND if off else WORKDAY
            if day in holidays:
                kind = HOLIDAY
            if day in workdays:
                kind = WORKDAY
                festivals.pop(i - 1, None)
            kinds[i] = kind
        kinds.flags.writeable = False
        unknown -= {day.year for day in holidays}
        notes = (_unofficial(unknown),) if unknown else ()
        return cls(start, days, kinds, festivals, notes)

    @classmethod
    def of(cls, section: Section, start: date, days: int) -> Calendar:
        """Lay out `days` days from `start` as a scenario's ``calendar`` says."""
        return cls.build(
            start, days, section.holidays, section.extra_holidays, section.extra_workdays
        )

    @property
    def kind_of_day(self) -> NDArray[np.int8]:
        """int8[days]: `WORKDAY`, `WEEKEND` or `HOLIDAY`."""
        return self.with_eve_kinds[1:]

    @cached_property
    def weekday(self) -> NDArray[np.int8]:
        """int8[days]: Monday 0 to Sunday 6."""
        return self._with_eve_weekdays[1:]

    @cached_property
    def month(self) -> NDArray[np.int8]:
        """int8[days]: 1 to 12."""
        months = [(self.start + timedelta(days=i)).month for i in range(self.days)]
        return np.array(months, dtype=np.int8)

    @cached_property
    def _with_eve_weekdays(self) -> NDArray[np.int8]:
        return ((np.arange(self.days + 1) + self.start.weekday() - 1) % 7).astype(np.int8)

    def date_of(self, ms: int) -> date:
        """Date on which time `ms` falls."""
        return self.start + timedelta(days=int(ms) // DAY)

    def day_of(self, day: date) -> int:
        """Count days from the start to this date; may lie outside ``[0, days)``."""
        return (day - self.start).days

    def is_festival(self, name: str) -> NDArray[np.bool_]:
        """Say on which days it is a festival.

        Parameters
        ----------
        name : key of `FESTIVALS`, or a name of `chinese_calendar`.

        Returns
        -------
        bool[days]
            True on the festival's official days off ("spring_festival": the week). False
            throughout in years whose official days aren't known.

        Raises
        ------
        KeyError
            When there is no such festival.
        """
        official = name if name in FESTIVALS.values() else FESTIVALS[name]
        found = np.zeros(self.days, dtype=bool)
        for i, festival in self.festivals.items():
            if i >= 0 and festival == official:
                found[i] = True
        return found

    def intervals(
        self, hours: Sequence[tuple[int, int]], days: Days = "daily"
    ) -> tuple[Ints, Ints]:
        """Lay hours of the day out over the calendar.

        Parameters
        ----------
        hours : windows (start, end), ms since midnight; an end above `DAY`, or not after
            its start, is on the next day. A window belongs to the day on which it starts.
        days : on which days; kinds of day, or a set of weekdays.

        Returns
        -------
        starts, ends : int64[n]
            Disjoint stretches in order, ms, clipped to ``[0, days * DAY]``; windows that
            touch or overlap are one.
        """
        if isinstance(days, str):
            on = np.isin(self.with_eve_kinds, _KINDS[days])
        else:
            on = np.isin(self._with_eve_weekdays, sorted(days))
        midnights = (np.flatnonzero(on).astype(np.int64) - 1) * DAY
        whole = self.days * DAY
        begun = [np.clip(midnights + start, 0, whole) for start, _ in hours]
        over = [
            np.clip(midnights + (end if end > start else end + DAY), 0, whole)
            for start, end in hours
        ]
        return merged(np.concatenate([_EMPTY, *begun]), np.concatenate([_EMPTY, *over]))


_EMPTY: Ints = np.empty(0, dtype=np.int64)


@cache
def _official(day: date) -> tuple[bool, str | None]:
    """Look a day up; kept, as a study lays the same year out thousands of times."""
    found: tuple[bool, str | None] = chinese_calendar.get_holiday_detail(day)
    return found


def _unofficial(years: Iterable[int]) -> str:
    return tr(
        "No official holidays are known for {years}: only weekends are free there, "
        "unless the scenario lists holidays.",
        years=", ".join(map(str, sorted(years))),
    )


def merged(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Put stretches in order, join those that touch or overlap, drop empty ones."""
    some = ends > starts
    order = np.argsort(starts[some], kind="stable")
    starts, ends = starts[some][order], ends[some][order]
    if not len(starts):
        return _EMPTY, _EMPTY
    reach = np.maximum.accumulate(ends)
    first = np.append(True, starts[1:] > reach[:-1])
    last = np.append(first[1:], True)
    return starts[first], reach[last]


def working_finish(
    t: int, work: int, starts: Sequence[int], ends: Sequence[int], done: Sequence[int]
) -> int:
    """Time at which `work` begun at `t` is done, counting only the open stretches.

    Plain arithmetic on whole numbers and loops, so that it means the same on lists, on
    arrays, and compiled.

    Parameters
    ----------
    t, work : ms; neither negative.
    starts, ends : stretches of working time, ms, disjoint and in order.
    done : working ms before each stretch.

    Returns
    -------
    int
        ms. Work used up exactly at closing time counts as done when work opens again, as
        in pandas' ``CustomBusinessHour``; no work is done at the next opening. `NEVER`
        (2**62) when the stretches don't suffice.
    """
    low, high = 0, len(starts)  # how many stretches begin at or before t
    while low < high:
        middle = (low + high) // 2
        if starts[middle] <= t:
            low = middle + 1
        else:
            high = middle
    goal = work
    if low > 0:
        until = t if t < ends[low - 1] else ends[low - 1]
        goal = done[low - 1] + until - starts[low - 1] + work
    low, high = max(low - 1, 0), len(starts)  # how many have no more than the goal before them
    while low < high:
        middle = (low + high) // 2
        if done[middle] <= goal:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return 2**62
    finish = starts[low - 1] + goal - done[low - 1]
    if finish >= ends[low - 1]:
        return 2**62
    return finish


def next_open(t: int, starts: Sequence[int], ends: Sequence[int]) -> int:
    """First time from `t` on that lies in one of the stretches; `NEVER` when none does."""
    i = bisect_right(starts, t)
    if i > 0 and t < ends[i - 1]:
        return t
    return int(starts[i]) if i < len(starts) else NEVER


class WorkingClock:
    """Counts working time along stretches of it.

    Attributes
    ----------
    starts, ends : int64[n], ms; disjoint, in order, none empty.
    done : int64[n], working ms before each stretch.
    total : working ms in all.
    """

    def __init__(self, starts: Ints, ends: Ints) -> None:
        lengths = ends - starts
        assert (lengths > 0).all() and (starts[1:] > ends[:-1]).all()
        self.starts, self.ends = starts, ends
        self.done: Ints = np.cumsum(lengths) - lengths
        self.total = int(lengths.sum())
        # Python numbers are several times faster than NumPy scalars one at a time.
        self._lists: tuple[list[int], list[int], list[int]] = (
            starts.tolist(),
            ends.tolist(),
            self.done.tolist(),
        )

    def elapsed(self, t: int) -> int:
        """Working ms in ``[0, t)``."""
        starts, ends, done = self._lists
        i = bisect_right(starts, t) - 1
        return done[i] + min(t, ends[i]) - starts[i] if i >= 0 else 0

    def finish(self, t: int, work: int) -> int:
        """Time at which `work` ms begun at `t` are done; see `working_finish`."""
        starts, ends, done = self._lists
        i = bisect_right(done, self.elapsed(t) + work) - 1
        finish = starts[i] + self.elapsed(t) + work - done[i] if i >= 0 else NEVER
        return finish if i >= 0 and finish < ends[i] else NEVER

    def finish_all(self, t: Ints, work: Ints) -> Ints:
        """Do `finish` for arrays, int64[m] both (or of shapes that broadcast)."""
        goal = self._elapsed_all(np.asarray(t)) + np.asarray(work)
        if not self.total:
            return np.full(goal.shape, NEVER, dtype=np.int64)
        i = np.searchsorted(self.done, goal, side="right") - 1
        return np.where(goal < self.total, self.starts[i] + goal - self.done[i], NEVER)

    def work_between(self, a: int, b: int) -> int:
        """Working ms in ``[a, b)``; negative when `b` is before `a`."""
        return self.elapsed(b) - self.elapsed(a)

    def work_between_all(self, a: Ints, b: Ints) -> Ints:
        """Do `work_between` for arrays."""
        return self._elapsed_all(np.asarray(b)) - self._elapsed_all(np.asarray(a))

    def next_open(self, t: int) -> int:
        """First working time from `t` on; `NEVER` when there is none."""
        return next_open(t, self._lists[0], self._lists[1])

    def _elapsed_all(self, t: Ints) -> Ints:
        if not self.total:
            return np.zeros(t.shape, dtype=np.int64)
        i = np.searchsorted(self.starts, t, side="right") - 1
        before = self.done[i] + np.minimum(t, self.ends[i]) - self.starts[i]
        found: Ints = np.where(i >= 0, before, 0)
        return found

    def as_lists(self) -> tuple[list[int], list[int], list[int]]:
        """Give starts, ends and done as Python lists, for `working_finish`."""
        return self._lists

    def __repr__(self) -> str:
        hours: Any = round(self.total / 3_600_000, 2)
        return f"WorkingClock({len(self.starts)} stretches, {hours} h)"

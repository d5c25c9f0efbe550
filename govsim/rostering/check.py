"""Holds a rota against its rules, hour by hour, in plain Python.

Written apart from the solver's model, from what docs/rostering.md says alone: nothing of
`govsim.rostering.model` is used, and times are dates and times here. Whatever `broken` names is a
mistake in the model, and no rota with one is given out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from govsim.rostering.task import Duty, Task

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Broken:
    """A rule that a rota breaks: which, whose, when."""

    rule: str
    who: str
    when: str


@dataclass(frozen=True)
class _Worked:
    start: datetime
    end: datetime
    hours: float
    night: bool
    team: str

    @property
    def day(self) -> date:
        return self.start.date()


def broken(task: Task, duties: Sequence[Duty], short: bool = False) -> list[Broken]:
    """List all that a rota breaks.

    Parameters
    ----------
    short : fewer than needed may be on duty; the rules of people hold all the same.
    """
    found = [] if short else list(_need(task, duties))
    for p in range(len(task.people)):
        mine = sorted(_worked(task, duties, p), key=lambda one: one.start)
        found += _person(task, p, mine)
    return found


def _worked(task: Task, duties: Sequence[Duty], p: int) -> Iterator[_Worked]:
    for duty in duties:
        if duty.person != p:
            continue
        shift = task.shifts[duty.shift]
        midnight = datetime.combine(task.first + duty.day * DAY, time())
        start = midnight + timedelta(minutes=shift.start)
        end = midnight + timedelta(minutes=shift.end)
        hours = (end - start) / HOUR - shift.pause / 60
        yield _Worked(start, end, hours, _is_night(task, start, end), duty.team)


def _is_night(task: Task, start: datetime, end: datetime) -> bool:
    """Count the minutes of the night in a shift, one by one."""
    minutes = int((end - start) / timedelta(minutes=1))
    inside = sum(_in_the_night(task, start + timedelta(minutes=m)) for m in range(minutes))
    return inside >= task.rules.night_hours


def _in_the_night(task: Task, at: datetime) -> bool:
    begins, ends = task.rules.night_window
    minute = at.hour * 60 + at.minute
    return begins <= minute < ends or begins <= minute + 1440 < ends


# ---------------------------------------------------------------------- what is needed


def _need(task: Task, duties: Sequence[Duty]) -> Iterator[Broken]:
    """Look at every moment at which anything changes."""
    zero = datetime.combine(task.first, time())
    on = [(one, p) for p in range(len(task.people)) for one in _worked(task, duties, p)]
    turn = zero + timedelta(minutes=task.turn)
    until = turn + task.days * DAY
    steps = [
        (step.team, zero + timedelta(minutes=step.start), zero + timedelta(minutes=step.end), step)
        for step in task.need
    ]
    moments = {turn}
    for _, start, end, _ in steps:
        moments |= {start, end}
    for one, _ in on:
        moments |= {one.start, one.end}
    for k in range(-1, task.days + 2):
        moments |= {zero + k * DAY + timedelta(minutes=t) for t in task.rules.night_window}
    for now in sorted(m for m in moments if turn <= m < until):
        wanted = {team: step.number for team, start, end, step in steps if start <= now < end}
        there: dict[str, int] = {}
        for one, _ in on:
            if one.start <= now < one.end:
                there[one.team] = there.get(one.team, 0) + 1
        for team, number in wanted.items():
            if there.get(team, 0) < number:
                yield Broken("need", team, f"{now}")
        few = sum(there.values()) < task.rules.least_at_night
        if few and any(wanted.values()) and _in_the_night(task, now):
            yield Broken("least_at_night", "", f"{now}")


# ---------------------------------------------------------------------- rules of a person


def _person(task: Task, p: int, mine: list[_Worked]) -> Iterator[Broken]:
    person, rules = task.people[p], task.rules
    zero = datetime.combine(task.first, time())
    earlier = [
        _Worked(
            zero + timedelta(minutes=one.start), zero + timedelta(minutes=one.end), 0, one.night, ""
        )
        for one in task.past
        if one.name == person.name
    ]  # fmt: skip
    whole = sorted(earlier, key=lambda one: one.start) + mine

    def wrong(rule: str, when: object) -> Broken:
        return Broken(rule, person.name, str(when))

    for one in mine:
        if one.team not in person.teams:
            yield wrong("team", one.start)
        if one.night and not person.nights:
            yield wrong("no_nights", one.start)
        for away in person.leave:
            if one.start < zero + (away + 1) * DAY and one.end > zero + away * DAY:
                yield wrong("leave", one.start)
    for one, later in pairwise(whole):
        if later.day < task.first:
            continue
        if one.day == later.day:
            yield wrong("one a day", later.day)
        if later.start - one.end < timedelta(minutes=rules.rest):
            yield wrong("rest", later.start)
    nights = [one for one in whole if one.night]
    for rule, row, most in (
        ("days_in_a_row", whole, rules.days_in_a_row),
        ("nights_in_a_row", nights, rules.nights_in_a_row),
    ):
        yield from (wrong(rule, day) for day in _rows(row, most) if day >= task.first)
    for first in range(0, task.days, 7):
        days = [task.first + d * DAY for d in range(first, min(first + 7, task.days))]
        if len(days) == 7 and _days_of_rest(whole, days) < rules.rest_days:
            yield wrong("rest_days", days[0])
        if sum(one.hours for one in mine if one.day in days) > rules.most_hours_a_week / 60 + 1e-9:
            yield wrong("most_hours_a_week", days[0])
    yield from _weekends(task, mine, wrong)
    if _overtime(task, p, mine) > (0 if person.part_time else task.overtime / 60) + 1e-9:
        yield wrong("hours", "")


def _rows(worked: list[_Worked], most: int) -> Iterator[date]:
    """Find the days at which a row of days is too long."""
    days = sorted({one.day for one in worked})
    run = 0
    for i, day in enumerate(days):
        run = run + 1 if i and day - days[i - 1] == DAY else 1
        if run > most:
            yield day


def _days_of_rest(worked: list[_Worked], days: list[date]) -> int:
    """Count days without a beginning in a gap of at least 24 hours."""
    found = 0
    for day in days:
        if any(one.day == day for one in worked):
            continue
        midnight = datetime.combine(day, time())
        before = [one.end for one in worked if one.start < midnight]
        after = [one.start for one in worked if one.start >= midnight]
        if not before or not after or min(after) - max(before) >= DAY:
            found += 1
    return found


def _weekends(
    task: Task, mine: list[_Worked], wrong: Callable[[str, object], Broken]
) -> Iterator[Broken]:
    saturdays = [
        task.first + d * DAY
        for d in range(task.days - 1)
        if (task.first + d * DAY).isoweekday() == 6
    ]
    free = 0
    for saturday in saturdays:
        start = datetime.combine(saturday, time())
        free += not any(one.start < start + 2 * DAY and one.end > start for one in mine)
    wanted = int(task.rules.free_weekends * len(saturdays) / 4 + 0.5)
    if free < min(wanted, len(saturdays)):
        yield wrong("free_weekends", saturdays[0])


def _overtime(task: Task, p: int, mine: list[_Worked]) -> float:
    """Hours beyond the normal ones: by the week and the day in standard hours, else in all."""
    person = task.people[p]

    def normal(days: range) -> float:
        workdays = [d for d in days if task.kinds[d] == 0 and d not in person.leave]
        return person.hours / 60 / 5 * len(workdays)

    standard = task.rules.system == "standard" or (
        task.rules.system == "auto"
        and all(
            (s.end - s.start - s.pause) <= task.rules.hours_a_day + task.rules.overtime_a_day
            for s in task.shifts
        )
    )
    if not standard or person.part_time:
        return max(0.0, sum(one.hours for one in mine) - normal(range(task.days)))
    total = 0.0
    for first in range(0, task.days, 7):
        days = range(first, min(first + 7, task.days))
        week = [one for one in mine if one.day in {task.first + d * DAY for d in days}]
        by_day = sum(max(0.0, one.hours - task.rules.hours_a_day / 60) for one in week)
        total += max(by_day, sum(one.hours for one in week) - normal(days))
    return total

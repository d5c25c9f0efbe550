"""What a rota is made from: days, shifts, people, need and rules, as plain values.

Times are whole minutes from the midnight with which the first day begins; a shift that passes
midnight belongs to the day on which it begins. `govsim.rostering.model` turns a `Task` into a model
for the solver; `govsim.rostering.check` holds a rota against one without that model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from govsim.rostering.rules import AUTO, COMPREHENSIVE, DAY_MINUTES, STANDARD, Rules

WORKDAY, WEEKEND, HOLIDAY = 0, 1, 2
"""Kinds of day, as `govsim.scenarios.calendar` has them."""

WEEK = 7


@dataclass(frozen=True)
class Shift:
    """A shift that people may be given.

    Attributes
    ----------
    key : its name, as rules or the scenario have it.
    start, end : minutes since midnight of its day; the end may be past 1440.
    pause : minutes of it that aren't work.
    zh, en, short : what it is called on the rota, and in its cells; empty: by its key or hours.
    teams : whose it is; empty: of all.
    """

    key: str
    start: int
    end: int
    pause: int = 0
    zh: str = ""
    en: str = ""
    short: str = ""
    teams: tuple[str, ...] = ()

    @property
    def work(self) -> int:
        """Minutes of work."""
        return self.end - self.start - self.pause


@dataclass(frozen=True)
class Person:
    """Somebody who can be given shifts.

    Attributes
    ----------
    name : as on the rota.
    teams : where they can work; the first is their own.
    hours : minutes a week.
    leave : days of the rota, from 0, on which they don't work.
    nights : whether they may work at night.
    part_time : whether the hours are fewer than the normal ones: then no overtime.
    """

    name: str
    teams: tuple[str, ...]
    hours: int
    leave: frozenset[int] = frozenset()
    nights: bool = True
    part_time: bool = False


@dataclass(frozen=True)
class Step:
    """People of a team that are needed from a minute to another."""

    team: str
    start: int
    end: int
    number: int


@dataclass(frozen=True)
class Duty:
    """A shift that is given to somebody, at a team."""

    person: int
    day: int
    shift: int
    team: str


@dataclass(frozen=True)
class Past:
    """A shift that somebody worked before the rota: minutes, mostly negative."""

    name: str
    start: int
    end: int
    night: bool


@dataclass(frozen=True)
class Task:
    """A rota to make.

    Attributes
    ----------
    first : its first day.
    shifts, people, rules : what there is.
    need : who is needed when; steps of a team don't overlap.
    kinds : kind of each day of the rota, `WORKDAY`, `WEEKEND` or `HOLIDAY`.
    festivals : name of the holiday, by day.
    past : shifts of the rota before this one.
    """

    first: date
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    need: tuple[Step, ...]
    rules: Rules
    kinds: tuple[int, ...]
    festivals: dict[int, str] = field(default_factory=dict)
    past: tuple[Past, ...] = ()

    @property
    def days(self) -> int:
        """Days of the rota."""
        return len(self.kinds)

    @property
    def weeks(self) -> list[range]:
        """Days of each week, counted from the first day."""
        return [range(d, min(d + WEEK, self.days)) for d in range(0, self.days, WEEK)]

    @property
    def teams(self) -> tuple[str, ...]:
        """Teams of which somebody is needed, in the order of the need."""
        return tuple(dict.fromkeys(step.team for step in self.need if step.number))

    @property
    def standard(self) -> bool:
        """Whether hours are reckoned by day and week, not over the whole rota."""
        if self.rules.system != AUTO:
            return self.rules.system == STANDARD
        return all(shift.work <= self.rules.longest_standard for shift in self.shifts)

    @property
    def system(self) -> str:
        """How hours are reckoned."""
        return STANDARD if self.standard else COMPREHENSIVE

    def date_of(self, day: int) -> date:
        """Give the date of a day of the rota."""
        return self.first + timedelta(days=day)

    # ------------------------------------------------------------------ nights, weekends, hours

    @cached_property
    def at_night(self) -> tuple[bool, ...]:
        """Whether each shift is a night shift."""
        start, end = self.rules.night_window
        night = [(start + k * DAY_MINUTES, end + k * DAY_MINUTES) for k in (-1, 0, 1)]
        return tuple(
            sum(max(0, min(s.end, b) - max(s.start, a)) for a, b in night) >= self.rules.night_hours
            for s in self.shifts
        )

    @cached_property
    def weekends(self) -> tuple[tuple[int, int], ...]:
        """Whole weekends of the rota: first and last minute of Saturday and Sunday."""
        days = [d for d in range(self.days - 1) if self.date_of(d).weekday() == 5]
        return tuple((d * DAY_MINUTES, (d + 2) * DAY_MINUTES) for d in days)

    @property
    def free_weekends(self) -> int:
        """How many weekends must be free for each: the rule's number, of fewer weeks its share."""
        asked = (self.rules.free_weekends * len(self.weekends) + 2) // 4
        return min(asked, len(self.weekends))

    def normal(self, person: Person, days: Iterable[int]) -> int:
        """Minutes that somebody works normally on some days: a fifth of a week each workday.

        Official holidays have none and make-up workdays have some, as the law reckons the hours
        of a period; days of leave count as if they had been worked.
        """
        worked = sum(self.kinds[d] == WORKDAY and d not in person.leave for d in days)
        return person.hours * worked // 5

    @property
    def overtime(self) -> int:
        """Most minutes of overtime of one person in the whole rota."""
        return self.rules.overtime * self.days // (4 * WEEK)

    def overtime_of(self, person: Person, duties: Sequence[Duty]) -> int:
        """Minutes that somebody works beyond the normal ones."""

        def work(days: Iterable[int]) -> int:
            return sum(self.shifts[one.shift].work for one in duties if one.day in days)

        if not self.standard or person.part_time:
            return max(0, work(range(self.days)) - self.normal(person, range(self.days)))
        total = 0
        for week in self.weeks:
            long = sum(self.day_excess(self.shifts[o.shift]) for o in duties if o.day in week)
            total += max(long, work(week) - self.normal(person, week))
        return total

    def day_excess(self, shift: Shift) -> int:
        """Minutes of a shift beyond a normal day."""
        return max(0, shift.work - self.rules.hours_a_day)

    # ------------------------------------------------------------------ need

    @cached_property
    def turn(self) -> int:
        """Time of day at which the rota begins and ends: where fewest shifts go across.

        The first day's small hours are of the shift that began the evening before.
        """
        starts = sorted({s.start % DAY_MINUTES for s in self.shifts}) or [0]

        def across(at: int) -> int:
            return sum(s.start < at + k * DAY_MINUTES < s.end for s in self.shifts for k in (0, 1))

        return min(starts, key=lambda at: (across(at), at))

    @property
    def window(self) -> tuple[int, int]:
        """Minutes in which the rota must keep what is needed."""
        return self.turn, self.turn + self.days * DAY_MINUTES

    def pieces(self, raised: bool = False) -> list[Step]:
        """Cut the need where shifts or the night begin or end, within the rota's window.

        Parameters
        ----------
        raised : at night as many as `Rules.least_at_night` has, wherever anybody is needed; who
            is needed more is of the team that needs most people then, and in all.
        """
        low, high = self.window
        times = {t % DAY_MINUTES for s in self.shifts for t in (s.start, s.end)}
        times |= {t % DAY_MINUTES for t in self.rules.night_window}
        edges = {t + d * DAY_MINUTES for d in range(self.days + 2) for t in times}
        if raised:
            edges |= {t for step in self.need for t in (step.start, step.end)}
        at = sorted(edges)
        found = []
        for step in self.need:
            start, end = max(step.start, low), min(step.end, high)
            if start >= end or not step.number:
                continue
            inner = [start, *(e for e in at if start < e < end), end]
            found += [Step(step.team, a, b, step.number) for a, b in pairwise(inner)]
        return self._raised(found) if raised else found

    def _raised(self, pieces: list[Step]) -> list[Step]:
        total: dict[int, int] = {}
        work = dict.fromkeys(self.teams, 0)
        for p in pieces:
            total[p.start] = total.get(p.start, 0) + p.number
            work[p.team] += p.number * (p.end - p.start)
        most: dict[int, Step] = {}
        for p in pieces:
            now = most.setdefault(p.start, p)
            if (p.number, work[p.team]) > (now.number, work[now.team]):
                most[p.start] = p
        return [
            replace(p, number=p.number + max(0, self.rules.least_at_night - total[p.start]))
            if self.is_night(p.start) and most[p.start] is p
            else p
            for p in pieces
        ]

    def parts(self, without: Collection[str] = ()) -> list[tuple[Task, tuple[int, ...]]]:
        """Part the rota into those that can be made one by one: of teams that share nobody.

        Returns
        -------
        list of (Task, places)
            The tasks, whose need has the least number at night, and whose people are those at
            these places of the whole.
        """
        pieces = self.pieces(raised="least_at_night" not in without)
        rules = self.rules.model_copy(update={"least_at_night": 0})
        found = []
        for teams, places in circles(self):
            people = tuple(self.people[p] for p in places)
            need = tuple(p for p in pieces if p.team in teams)
            if need:
                found.append((replace(self, people=people, need=need, rules=rules), places))
        return found

    def covering(self, start: int, end: int, team: str) -> list[tuple[int, int]]:
        """Find the shifts, as day and place, of a team that cover a piece of time."""
        found = []
        for s, shift in enumerate(self.shifts):
            if shift.teams and team not in shift.teams:
                continue
            for day in range(max(0, start // DAY_MINUTES - 1), start // DAY_MINUTES + 1):
                begun = day * DAY_MINUTES
                if day < self.days and begun + shift.start <= start and end <= begun + shift.end:
                    found.append((day, s))
        return found

    def is_night(self, minute: int) -> bool:
        """Whether a minute is of the night."""
        start, end = self.rules.night_window
        at = minute % DAY_MINUTES
        return start <= at < end or start <= at + DAY_MINUTES < end

    def uncovered(self) -> list[Step]:
        """Pieces of the need that no shift covers, whoever works it."""
        return [p for p in self.pieces() if not self.covering(p.start, p.end, p.team)]


def kept(task: Task, duties: Sequence[Duty]) -> list[tuple[Step, int]]:
    """Count who is on duty in each piece of what is needed."""
    on: dict[tuple[str, int, int], int] = {}
    for duty in duties:
        key = duty.team, duty.day, duty.shift
        on[key] = on.get(key, 0) + 1
    return [
        (p, sum(on.get((p.team, d, s), 0) for d, s in task.covering(p.start, p.end, p.team)))
        for p in task.pieces()
    ]


def circles(task: Task) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Part teams and people into those who share work: teams that somebody works in both are one.

    Returns
    -------
    list of (teams, places of people)
        In the order of the teams; of a team without people the places are none.
    """
    group = {team: team for team in (*task.teams, *(t for p in task.people for t in p.teams))}

    def head(team: str) -> str:
        while group[team] != team:
            team = group[team]
        return team

    for person in task.people:
        for team in person.teams[1:]:
            group[head(team)] = head(person.teams[0])
    found: dict[str, tuple[list[str], list[int]]] = {}
    for team in group:
        found.setdefault(head(team), ([], []))[0].append(team)
    for p, person in enumerate(task.people):
        found[head(person.teams[0])][1].append(p)
    return [(tuple(teams), tuple(places)) for teams, places in found.values()]

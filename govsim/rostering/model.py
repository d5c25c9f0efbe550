"""A task as a model for CP-SAT: who begins which shift on which day, and every rule as sums.

`Model` can leave rules out, to find those that stand against a need, and can let the need be short,
to find where. What it gives is held against the rules by `govsim.rostering.check`, which shares
nothing with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from govsim.rostering import solver
from govsim.rostering.rules import DAY_MINUTES
from govsim.rostering.task import WORKDAY, Duty, Step, Task

Option = tuple[int, int, int, str]
"""Person, day, shift and team."""

REST = DAY_MINUTES
"""Minutes without work that a day of rest is part of."""


class Model:
    """Variables and rules of a task.

    Parameters
    ----------
    task : a part of a rota to make, whose need has the least number at night; see `Task.parts`.
    without : rules that are left out, of `govsim.rostering.rules.TESTED`.
    may_be_short : whether fewer than needed may be on duty; how many are `short`.
    """

    def __init__(
        self, task: Task, without: Collection[str] = (), may_be_short: bool = False
    ) -> None:
        self.task, self.without = task, frozenset(without)
        self.cp: Any = solver.cp_model().CpModel()
        self.x: dict[Option, Any] = {}
        self.at: dict[tuple[int, int], list[tuple[int, Any]]] = {}
        self.short: dict[Step, Any] = {}
        self.overtime: dict[int, Any] = {}
        self._options()
        self._need(may_be_short)
        for p in range(len(task.people)):
            self._person(p)

    # ------------------------------------------------------------------ variables

    def _options(self) -> None:
        task = self.task
        wanted = {
            (d, s, piece.team)
            for piece in task.pieces()
            for d, s in task.covering(piece.start, piece.end, piece.team)
        }
        for p, person in enumerate(task.people):
            for d, s, team in sorted(wanted):
                if team in person.teams and self._may(p, d, s):
                    made = self.cp.new_bool_var(f"{p},{d},{s},{team}")
                    self.x[p, d, s, team] = made
                    self.at.setdefault((p, d), []).append((s, made))

    def _may(self, p: int, day: int, s: int) -> bool:
        person, shift = self.task.people[p], self.task.shifts[s]
        if self.task.at_night[s] and not person.nights and "no_nights" not in self.without:
            return False
        if "leave" in self.without:
            return True
        last = day + (shift.end - 1) // DAY_MINUTES
        return not any(d in person.leave for d in range(day, last + 1))

    def _need(self, may_be_short: bool) -> None:
        """Ask for people in each piece of time; pieces with the same shifts are one.

        Where the need may be short, every piece counts for its own length.
        """
        task = self.task
        most: dict[tuple[str, frozenset[tuple[int, int]], int], Step] = {}
        for piece in task.pieces():
            covers = frozenset(task.covering(piece.start, piece.end, piece.team))
            key = piece.team, covers, piece.start if may_be_short else -1
            if key not in most or most[key].number < piece.number:
                most[key] = piece
        for (team, covering, _), piece in most.items():
            on = sum(self._on(covering, team))
            if may_be_short:
                gap = self.cp.new_int_var(0, piece.number, "short")
                self.short[piece] = gap
                on = on + gap
            self.cp.add(on >= piece.number)

    def _on(self, covering: Any, team: str) -> Iterator[Any]:
        for d, s in covering:
            for p in range(len(self.task.people)):
                if (p, d, s, team) in self.x:
                    yield self.x[p, d, s, team]

    # ------------------------------------------------------------------ rules of a person

    def _day(self, p: int, day: int, night: bool = False) -> list[Any]:
        """Shifts that begin on a day, or night shifts alone."""
        return [x for s, x in self.at.get((p, day), ()) if not night or self.task.at_night[s]]

    def _person(self, p: int) -> None:
        task, rules, without = self.task, self.task.rules, self.without
        for day in range(task.days):
            self.cp.add_at_most_one(self._day(p, day))
        past = [one for one in task.past if one.name == task.people[p].name]
        self._rest(p, 0 if "rest" in without else rules.rest, [one.end for one in past])
        if "days_in_a_row" not in without:
            begun = {one.start // DAY_MINUTES for one in past}
            self._in_a_row(p, rules.days_in_a_row, begun, night=False)
        if "nights_in_a_row" not in without:
            begun = {one.start // DAY_MINUTES for one in past if one.night}
            self._in_a_row(p, rules.nights_in_a_row, begun, night=True)
        if "rest_days" not in without and rules.rest_days:
            self._rest_days(p, [one.end for one in past])
        if "most_hours_a_week" not in without:
            for week in task.weeks:
                self.cp.add(self.minutes(p, week) <= rules.most_hours_a_week)
        if "free_weekends" not in without:
            self._free_weekends(p)
        self._hours(p)

    def _rest(self, p: int, rest: int, ended: list[int]) -> None:
        """Keep two shifts apart; without the rule they still can't overlap."""
        task = self.task
        latest = max(ended, default=-(10**6))
        for day in range(task.days):
            for s, x in self.at.get((p, day), ()):
                shift, begun = task.shifts[s], day * DAY_MINUTES
                if begun + shift.start < latest + rest:
                    self.cp.add(x == 0)
                until = begun + shift.end + rest
                for later in range(day + 1, min(until // DAY_MINUTES + 1, task.days)):
                    close = [
                        y
                        for t, y in self.at.get((p, later), ())
                        if later * DAY_MINUTES + task.shifts[t].start < until
                    ]
                    if close:
                        self.cp.add_at_most_one([x, *close])

    def _in_a_row(self, p: int, most: int, begun: set[int], night: bool) -> None:
        for day in range(-most, self.task.days - most):
            days = range(day, day + most + 1)
            before = sum(d in begun for d in days if d < 0)
            on = [x for d in days if d >= 0 for x in self._day(p, d, night)]
            if on and before + sum(1 for d in days if d >= 0) > most:
                self.cp.add(before + sum(on) <= most)

    def _rest_days(self, p: int, ended: list[int]) -> None:
        """Give days of rest: no shift begins, and 24 hours pass between those around it."""
        task = self.task
        latest = max(ended, default=-(10**6))
        for week in task.weeks:
            if len(week) < 7:
                continue
            free = []
            for day in week:
                rest = self.cp.new_bool_var("rest")
                free.append(rest)
                for x in self._day(p, day):
                    self.cp.add_implication(rest, x.negated())
                for start, y in self._after(p, day):
                    if latest > start - REST:
                        self.cp.add_implication(rest, y.negated())
                    for end, x in self._before(p, day):
                        if end > start - REST:
                            self.cp.add_bool_or([rest.negated(), x.negated(), y.negated()])
            self.cp.add(sum(free) >= task.rules.rest_days)

    def _before(self, p: int, day: int) -> Iterator[tuple[int, Any]]:
        """Shifts that began on the day before, with their ends; none is longer than a day."""
        for s, x in self.at.get((p, day - 1), ()):
            yield (day - 1) * DAY_MINUTES + self.task.shifts[s].end, x

    def _after(self, p: int, day: int) -> Iterator[tuple[int, Any]]:
        """Shifts that begin on the day after, with their beginnings."""
        for s, x in self.at.get((p, day + 1), ()):
            yield (day + 1) * DAY_MINUTES + self.task.shifts[s].start, x

    def _free_weekends(self, p: int) -> None:
        task = self.task
        if not task.free_weekends:
            return
        free = []
        for start, end in task.weekends:
            one = self.cp.new_bool_var("free")
            free.append(one)
            for day in range(max(0, start // DAY_MINUTES - 1), end // DAY_MINUTES):
                for s, x in self.at.get((p, day), ()):
                    begun, shift = day * DAY_MINUTES, task.shifts[s]
                    if begun + shift.start < end and begun + shift.end > start:
                        self.cp.add_implication(one, x.negated())
        self.cp.add(sum(free) >= task.free_weekends)

    def _hours(self, p: int) -> None:
        """Hold hours and overtime; `overtime` is what somebody works beyond the normal hours."""
        task, person = self.task, self.task.people[p]
        limit = 0 if person.part_time else task.overtime
        over = self.cp.new_int_var(0, 7 * DAY_MINUTES * len(task.weeks), "overtime")
        self.overtime[p] = over
        if task.standard and not person.part_time:
            parts = []
            for week in task.weeks:
                part = self.cp.new_int_var(0, 7 * DAY_MINUTES, "overtime")
                parts.append(part)
                self.cp.add(part >= self.minutes(p, week) - task.normal(person, week))
                long_days = (
                    task.day_excess(task.shifts[s]) * x
                    for d in week
                    for s, x in self.at.get((p, d), ())
                )
                self.cp.add(part >= sum(long_days))
            self.cp.add(over >= sum(parts))
        else:
            every = range(task.days)
            self.cp.add(over >= self.minutes(p, every) - task.normal(person, every))
        if "hours" not in self.without:
            self.cp.add(over <= limit)

    # ------------------------------------------------------------------ sums

    def minutes(self, p: int, days: Any) -> Any:
        """Work of somebody on some days."""
        return sum(self.task.shifts[s].work * x for d in days for s, x in self.at.get((p, d), ()))

    def missing(self) -> Any:
        """Person-minutes that are missing of what is needed."""
        return sum((piece.end - piece.start) * gap for piece, gap in self.short.items())

    def shifts_of(self, p: int, counts: Any) -> Any:
        """Number of shifts that count, by day and shift."""
        return sum(
            x for d in range(self.task.days) for s, x in self.at.get((p, d), ()) if counts(d, s)
        )

    def is_night(self, day: int, s: int) -> bool:
        """Whether it counts as a night."""
        return self.task.at_night[s]

    def is_day_off(self, day: int, s: int) -> bool:
        """Whether a shift begins on a weekend or holiday, by the official calendar."""
        return self.task.kinds[day] != WORKDAY

    def duties(self, found: Any) -> list[Duty]:
        """Read who has which shift."""
        return [
            Duty(p, d, s, team) for (p, d, s, team), x in self.x.items() if found.boolean_value(x)
        ]

"""Finds a rota: one that keeps all that is needed with the least overtime, then a fair one.

Where there is none, `govsim.rostering.refusal` says why. Every search ends after a fixed amount of
work on one thread, so that a seed gives the same rota everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

from govsim.rostering import fairness, solver
from govsim.rostering.model import Model
from govsim.rostering.solver import FEASIBLE, INFEASIBLE, OPTIMAL
from govsim.rostering.task import Duty, Person, Task

TO_FIND, TO_MEND, TO_SHARE, TO_ASK, TO_GUESS = 12.0, 1.0, 0.7, 3.0, 0.2
"""Most work of a search for any rota, for little overtime, for a fair one, for a yes or no,
and for a guess."""

OVERTIME, SPARE = 10, 1
"""Weight of a minute of overtime, and of one of work."""

LOOSER = ((0, 0, 0), (0, 1, 1), (1, 1, 1), (2, 2, 2), (4, 5, 5))
"""Shifts further from a fair share of nights, weekends and hours than whole shifts must be, in the
order in which they are tried."""

Told = Callable[[str, int, int], None]


def nobody_told(phase: str, done: int, total: int) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True)
class Answer:
    """What a search found.

    Attributes
    ----------
    duties : who has which shift; None if there is none.
    known : whether that there is none was proved, and not only not found.
    fairest : whether everybody has the whole shifts next to a fair share.
    short : person-minutes that are missing of what is needed.
    """

    duties: tuple[Duty, ...] | None
    known: bool = True
    fairest: bool = False
    short: int = 0


def can(
    task: Task, seed: int, without: Collection[str] = (), only: Collection[int] | None = None
) -> bool | None:
    """Say whether a rota is possible; None where the search didn't tell.

    Parameters
    ----------
    without : rules that are left out.
    only : places of the parts that are asked about; see `Task.parts`.
    """
    if task.uncovered():
        return False
    sure = True
    for n, (part, _) in enumerate(task.parts(without)):
        if only is None or n in only:
            ended, _ = solver.solve(Model(part, without).cp, seed, TO_ASK)
            if ended == INFEASIBLE:
                return False
            sure &= ended != solver.UNKNOWN
    return True if sure else None


def rota(task: Task, seed: int, told: Told = nobody_told) -> Answer:
    """Look for a rota that holds all rules, with the least overtime and then the fairest."""
    return _together(task, seed, told, _rota)


def nearest(task: Task, seed: int, told: Told = nobody_told) -> Answer:
    """Look for the rota that holds all rules and keeps most of what is needed."""
    return _together(task, seed, told, _nearest)


def _together(task: Task, seed: int, told: Told, find: Callable[[Task, int], Answer]) -> Answer:
    """Put the rotas of all parts together; where one has none, so has the whole."""
    parts = task.parts()
    duties: list[Duty] = []
    whole = Answer(())
    for n, (part, places) in enumerate(parts):
        told("rota", n, len(parts))
        one = find(part, seed)
        if one.duties is None:
            return one
        duties += [replace(duty, person=places[duty.person]) for duty in one.duties]
        whole = Answer(
            (),
            whole.known and one.known,
            (whole.fairest or not n) and one.fairest,
            whole.short + one.short,
        )
    told("rota", len(parts), len(parts))
    return replace(whole, duties=tuple(sorted(duties, key=_order)))


def _rota(task: Task, seed: int) -> Answer:
    model = Model(task)
    ended, found = solver.solve(model.cp, seed, TO_FIND)
    if ended not in (OPTIMAL, FEASIBLE):
        return Answer(None, known=ended == INFEASIBLE)
    return _better(model, model.duties(found), seed)


def _nearest(task: Task, seed: int) -> Answer:
    model = Model(task, may_be_short=True)
    missing = model.missing()
    model.cp.minimize(missing)
    ended, found = solver.solve(model.cp, seed, TO_ASK)
    if ended not in (OPTIMAL, FEASIBLE):
        return Answer(None, known=ended == INFEASIBLE)
    short = round(found.objective_value)
    model.cp.add(missing <= short)
    answer = _better(model, model.duties(found), seed)
    return replace(answer, known=ended == OPTIMAL, short=short)


def _better(model: Model, duties: list[Duty], seed: int) -> Answer:
    """Take overtime and spare work out of a rota, then share it fairly."""
    task = model.task
    everybody, every = range(len(task.people)), range(task.days)
    over = sum(model.overtime[p] for p in everybody)
    work = sum(model.minutes(p, every) for p in everybody)
    cost = OVERTIME * over + SPARE * work
    model.cp.add(cost >= _least_cost(task, model))  # said here, it need not be proved
    model.cp.minimize(cost)
    ended, found = solver.solve(model.cp, seed, TO_MEND)
    if ended in (OPTIMAL, FEASIBLE):
        duties = model.duties(found)
        model.cp.add(over <= sum(found.value(model.overtime[p]) for p in everybody))
    model.cp.clear_objective()
    model.cp.add(work == sum(task.shifts[duty.shift].work for duty in duties))
    for looser in LOOSER:
        fairer = model.cp.clone()
        _bound(model, fairer, duties, looser)
        ended, found = solver.solve(fairer, seed, TO_SHARE)
        if ended in (OPTIMAL, FEASIBLE):
            duties = model.duties(found)
            break
    return Answer(tuple(sorted(duties, key=_order)), fairest=looser == LOOSER[0])


def _least_cost(task: Task, model: Model) -> int:
    """Bound overtime and work from below by the sum of what is needed, less what may be short."""
    if model.short:
        return 0
    paid = min((s.work / (s.end - s.start) for s in task.shifts), default=0.0)
    work = ceil(paid * sum((p.end - p.start) * p.number for p in task.pieces()) - 1e-6)
    normal = sum(task.normal(person, range(task.days)) for person in task.people)
    return SPARE * work + OVERTIME * max(0, work - normal)


def _order(duty: Duty) -> tuple[int, int]:
    return duty.person, duty.day


def _bound(model: Model, cp: Any, duties: list[Duty], looser: tuple[int, int, int]) -> None:
    """Keep everybody within a shift of a fair share of what the rota has, or somewhat further.

    Parameters
    ----------
    cp : what the bounds are added to.
    looser : shifts beyond that, of nights, weekends and hours.
    """
    task = model.task
    sums: dict[str, Callable[[int], Any]] = {
        fairness.NIGHTS: lambda p: model.shifts_of(p, model.is_night),
        fairness.WEEKENDS: lambda p: model.shifts_of(p, model.is_day_off),
        fairness.HOURS: lambda p: model.minutes(p, range(task.days)),
    }
    longest = max(shift.work for shift in task.shifts)
    for (what, count), more in zip(sums.items(), looser, strict=True):
        unit = longest if what == fairness.HOURS else 1
        for p, mine in fairness.fair(task, duties, what).items():
            if what == fairness.NIGHTS and not task.people[p].nights:
                continue
            # The shifts next to a fair share, from below and above.
            low, high = floor(mine / unit + 1e-9) - more, ceil(mine / unit - 1e-9) + more
            cp.add_linear_constraint(count(p), max(0, low * unit), high * unit)


# ---------------------------------------------------------------------- how many people


def placeholders(counts: dict[str, int], hours: int) -> tuple[Person, ...]:
    """Make people who stand for others: A1, A2, ... of the first team, B1, ... of the next."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return tuple(
        Person(f"{letters[place % 26]}{i + 1}", (team,), hours)
        for place, (team, number) in enumerate(counts.items())
        for i in range(number)
    )


def at_least(task: Task, team: str, overtime: bool) -> int:
    """Bound the full-time people of a team from below, by hours and by the fullest moment."""
    pieces = [p for p in task.pieces(raised=True) if p.team == team]
    one = Person("", (team,), task.rules.hours_a_week)
    most = task.normal(one, range(task.days)) + (task.overtime if overtime else 0)
    needed = sum((p.end - p.start) * p.number for p in pieces)
    least = min((s.work / (s.end - s.start) for s in task.shifts), default=1.0)
    if len({s.work for s in task.shifts}) == 1:  # whole shifts
        most -= most % task.shifts[0].work
    fullest = max((p.number for p in pieces), default=0)
    return max(fullest, ceil(needed * least / most - 1e-9) if most else fullest, 1)


def enough(
    task: Task, seed: int, overtime: bool, told: Told = nobody_told, most: int = 40
) -> dict[str, int] | None:
    """Find how many full-time people, team by team, can work what is needed; None: not found.

    One more is added until there is a rota. That nobody fewer would do is claimed only of the
    bound by hours, from which it begins.
    """
    found: dict[str, int] = {}
    for n, team in enumerate(task.teams):
        told("people", n, len(task.teams))
        begun = at_least(task, team, overtime)
        for number in range(begun, begun + most):
            mine = placeholders({team: number}, task.rules.hours_a_week)
            with_them = with_people(task, mine, overtime)
            places = [i for i, (part, _) in enumerate(with_them.parts()) if part.people]
            if can(with_them, seed, only=places):
                found[team] = number
                break
        else:
            return None
    return found


def with_people(task: Task, people: tuple[Person, ...], overtime: bool = True) -> Task:
    """Give the task with other people, perhaps without overtime."""
    rules = task.rules if overtime else task.rules.model_copy(update={"overtime": 0})
    return replace(task, people=people, rules=rules)

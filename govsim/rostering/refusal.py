"""Why a rota can't be made: which rules stand against what is needed, where, and who would do.

The rules that are named can't all be held with what is needed, and of them none could be left out:
they are found by leaving one rule after another out for good as long as there is still no rota.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from govsim.rostering import solver
from govsim.rostering.model import Model
from govsim.rostering.rules import TESTED
from govsim.rostering.solver import FEASIBLE, OPTIMAL
from govsim.rostering.solving import TO_ASK, Told, can, nobody_told
from govsim.rostering.task import Person, Step, Task

MOST_MORE = 40
"""People who are added at most to see how many would do."""


@dataclass(frozen=True)
class Refusal:
    """What stands against a rota.

    Attributes
    ----------
    uncovered : pieces of what is needed that no shift covers.
    rules : those that can't all be held, of which none could be left out; empty where even without
        any rule there are too few people at once.
    proved : whether every step of that was proved.
    alone : those of them without which, alone, all the rest can be held.
    short : pieces in which people are missing from the rota that keeps most, with how many.
    more : full-time people more, by team, with whom all can be held; None where that isn't known.
    """

    uncovered: tuple[Step, ...] = ()
    rules: tuple[str, ...] = ()
    proved: bool = True
    alone: tuple[str, ...] = ()
    short: tuple[tuple[Step, int], ...] = ()
    more: dict[str, int] | None = field(default_factory=dict)


def why(task: Task, seed: int, told: Told = nobody_told) -> Refusal:
    """Find what stands against a rota that was found to be impossible."""
    if uncovered := task.uncovered():
        return Refusal(uncovered=tuple(uncovered), more=None)
    active = [rule for rule in TESTED if _says(task, rule)]
    parts = range(len(task.parts()))
    total = 2 * len(active) + 2
    # Parts of teams that can be made are out of the question, with fewer rules as well.
    failing = [part for part in parts if can(task, seed, only=(part,)) is not True]
    left: list[str] = []
    proved = True
    for n, rule in enumerate(active):
        told("why", n, total)
        found = can(task, seed, (*left, rule), failing)
        proved &= found is not None
        if found is False:
            left.append(rule)
    standing = [rule for rule in active if rule not in left]
    alone = []
    for n, rule in enumerate(standing):
        told("why", len(active) + n, total)
        if can(task, seed, (rule,), failing):
            alone.append(rule)
    told("why", total - 2, total)
    short = tuple(one for part in failing for one in _short(task.parts()[part][0], seed))
    told("why", total - 1, total)
    more = _more(task, seed, failing)
    return Refusal((), tuple(standing), proved, tuple(alone), short, more)


def _says(task: Task, rule: str) -> bool:
    """Whether a rule says anything of this task."""
    if rule == "leave":
        return any(person.leave for person in task.people)
    if rule == "no_nights":
        return any(not person.nights for person in task.people)
    if rule == "least_at_night":
        return task.rules.least_at_night > 1
    if rule == "rest_days":
        return task.rules.rest_days > 0
    return rule != "free_weekends" or task.free_weekends > 0


def _short(part: Task, seed: int) -> tuple[tuple[Step, int], ...]:
    """Say where people are missing from the rota that keeps most."""
    model = Model(part, may_be_short=True)
    model.cp.minimize(model.missing())
    ended, found = solver.solve(model.cp, seed, TO_ASK)
    if ended not in (OPTIMAL, FEASIBLE):
        return ()
    missing = [(piece, int(found.value(gap))) for piece, gap in model.short.items()]
    return tuple(sorted(((p, n) for p, n in missing if n), key=lambda one: one[0].start))


def _more(task: Task, seed: int, failing: Sequence[int]) -> dict[str, int] | None:
    """Add full-time people to each part that can't be made, until it can."""
    more: dict[str, int] = {}
    parts = task.parts()
    for place in failing:
        part = parts[place][0]
        for turn in range(MOST_MORE):
            team = _shortest(part, seed)
            more[team] = more.get(team, 0) + 1
            one = Person(f"+{turn + 1}", (team,), task.rules.hours_a_week)
            part = replace(part, people=(*part.people, one))
            if can(part, seed):
                break
        else:
            return None
    return more


def _shortest(part: Task, seed: int) -> str:
    """Name the team of which most is missing."""
    if len(part.teams) == 1:
        return part.teams[0]
    missing = dict.fromkeys(part.teams, 0)
    for piece, n in _short(part, seed):
        missing[piece.team] += n * (piece.end - piece.start)
    return max(missing, key=lambda name: missing[name])

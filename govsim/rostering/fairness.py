"""What is shared among people, and how much of it is each one's fair share.

Nights, weekends and hours are shared by those who can be given them, in proportion to the hours
that each works normally in the weeks of the rota: half a post has half the nights, and a week of
leave takes a week's share away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from govsim.rostering.task import WORKDAY, Duty, Task, circles

Counts = Callable[[Duty], float]

NIGHTS, WEEKENDS, HOURS = "nights", "weekends", "hours"


def counters(task: Task) -> dict[str, Counts]:
    """Say how much each duty counts of what is shared."""
    return {
        NIGHTS: lambda duty: float(task.at_night[duty.shift]),
        WEEKENDS: lambda duty: float(task.kinds[duty.day] != WORKDAY),
        HOURS: lambda duty: float(task.shifts[duty.shift].work),
    }


def share(task: Task, people: Sequence[int], total: float) -> dict[int, float]:
    """Share a total out over people by their normal hours."""
    weights = {p: task.normal(task.people[p], range(task.days)) for p in people}
    whole = sum(weights.values())
    return {p: total * w / whole if whole else 0.0 for p, w in weights.items()}


def fair(task: Task, duties: Sequence[Duty], what: str) -> dict[int, float]:
    """Give everybody's fair share of what a rota has; of nights, only of who may work them."""
    counts = counters(task)[what]
    found: dict[int, float] = {}
    for _, circle in circles(task):
        total = sum(counts(duty) for duty in duties if duty.person in circle)
        able = [p for p in circle if what != NIGHTS or task.people[p].nights]
        found |= dict.fromkeys(circle, 0.0) | share(task, able, total)
    return found


def given(task: Task, duties: Sequence[Duty], what: str) -> dict[int, float]:
    """Count what everybody has of it."""
    counts, found = counters(task)[what], dict.fromkeys(range(len(task.people)), 0.0)
    for duty in duties:
        found[duty.person] += counts(duty)
    return found

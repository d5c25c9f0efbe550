"""How long a rota of four weeks for twelve people takes, and that it holds every rule.

    python benchmarks/roster.py

Three of them by day and two at night, every day, with leave and two part-time people: in shifts of
twelve hours, and in shifts of eight by standard hours; then a rota that can't be made, and why.
"""

from __future__ import annotations

import time
from datetime import date, timedelta

from govsim.rostering import check, refusal, solving
from govsim.rostering.rules import DAY_MINUTES, Rules
from govsim.rostering.task import Person, Shift, Step, Task

FIRST, DAYS = date(2025, 3, 3), 28
LONG = (Shift("day", 480, 1200), Shift("night", 1200, 1920))
EIGHT = (Shift("early", 480, 960), Shift("late", 960, 1440), Shift("night", 0, 480))


def people(number: int) -> tuple[Person, ...]:
    """Make people: two work half the hours, one is away for a week, one never at night."""
    made = [Person(f"A{i + 1}", ("staff",), 40 * 60) for i in range(number)]
    made[-1] = Person(made[-1].name, ("staff",), 20 * 60, part_time=True)
    made[-2] = Person(made[-2].name, ("staff",), 20 * 60, part_time=True)
    made[0] = Person("A1", ("staff",), 40 * 60, frozenset(range(7, 14)))
    made[1] = Person("A2", ("staff",), 40 * 60, nights=False)
    return tuple(made)


def task(number: int, shifts: tuple[Shift, ...]) -> Task:
    """Ask for three from 8 to 20 and two from 20 to 8."""
    need = []
    for day in range(-1, DAYS + 1):
        begun = day * DAY_MINUTES
        need.append(Step("staff", max(begun + 480, 0), max(begun + 1200, 0), 3))
        need.append(Step("staff", max(begun + 1200, 0), begun + 1920, 2))
    kinds = tuple(int((FIRST + timedelta(days=d)).weekday() >= 5) for d in range(DAYS))
    whole = tuple(step for step in need if step.start < step.end)
    return Task(FIRST, shifts, people(number), whole, Rules(), kinds)


def main() -> None:
    """Measure, and print a line for each."""
    for name, shifts in (("12 h", LONG), ("8 h", EIGHT)):
        asked = task(12, shifts)
        begun = time.perf_counter(), time.process_time()
        found = solving.rota(asked, 1)
        took = time.perf_counter() - begun[0], time.process_time() - begun[1]
        assert found.duties is not None, "no rota was found"
        broken = check.broken(asked, found.duties)
        print(
            f"12 people, shifts of {name}: {took[0]:.1f} s ({took[1]:.1f} s of processor time), "
            f"{len(found.duties)} shifts, rules broken: {len(broken)}, next to fair shares: "
            f"{found.fairest}"
        )
    asked = task(9, LONG)
    begun = time.perf_counter(), time.process_time()
    none = solving.rota(asked, 1)
    why = refusal.why(asked, 1)
    took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    print(
        f"9 people: {took[0]:.1f} s ({took[1]:.1f} s of processor time), made: "
        f"{none.duties is not None}, against it: {', '.join(why.rules)}, would do: {why.more}"
    )


if __name__ == "__main__":
    main()

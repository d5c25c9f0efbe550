"""Rotas hold every rule, as a check finds that shares nothing with the solver's model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govsim.rostering import check, fairness, solving
from govsim.rostering.rules import DAY_MINUTES, Rules
from govsim.rostering.solving import placeholders
from govsim.rostering.task import Duty, Past, Person, Shift, Step, Task

MONDAY = date(2025, 3, 3)
LONG = (Shift("day", 480, 1200), Shift("night", 1200, 1920))
EIGHT = (Shift("early", 480, 960), Shift("late", 960, 1440), Shift("small", 0, 480))


def a_task(
    people: tuple[Person, ...] = (), day: int = 2, night: int = 2, weeks: int = 1, **parts: Any
) -> Task:
    """Ask for people from 8 to 20 and from 20 to 8, every day."""
    shifts = parts.pop("shifts", LONG)
    rules = Rules(weeks=weeks, **parts.pop("rules", {}))
    days = 7 * weeks
    need = [Step("a", 0, 480, night)]
    for d in range(days + 1):
        begun = d * DAY_MINUTES
        need += [Step("a", begun + 480, begun + 1200, day)]
        need += [Step("a", begun + 1200, begun + 1920, night)]
    first = parts.pop("first", MONDAY)
    kinds = tuple(int((first + timedelta(days=d)).weekday() >= 5) for d in range(days))
    return Task(first, shifts, people, tuple(n for n in need if n.number), rules, kinds, **parts)


def team(number: int, **parts: Any) -> tuple[Person, ...]:
    """Make full-time people of the one team."""
    return tuple(replace(p, **parts) for p in placeholders({"a": number}, 40 * 60))


# ---------------------------------------------------------------------- on random instances


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Draw small tasks: some can be done, some can't."""
    n = draw(st.integers(4, 6))
    people = []
    for i in range(n):
        away = draw(st.sampled_from(((), (), (), (2, 3), tuple(range(7)))))
        hours = draw(st.sampled_from((40, 40, 40, 20))) * 60
        people.append(
            Person(
                f"A{i}", ("a",), hours, frozenset(away), nights=draw(st.integers(0, 5)) > 0,
                part_time=hours < 2400,
            )
        )  # fmt: skip
    rules = {
        "rest": draw(st.sampled_from(("8 h", "11 h", "14 h"))),
        "days_in_a_row": draw(st.integers(2, 6)),
        "rest_days": draw(st.integers(0, 2)),
        "free_weekends": draw(st.integers(0, 4)),
        "nights_in_a_row": draw(st.integers(1, 4)),
        "least_at_night": draw(st.integers(0, 2)),
        "overtime": draw(st.sampled_from((0, 36, 60))),
    }
    past = tuple(
        Past(f"A{i}", start, start + 720, night)
        for i, start, night in draw(
            st.sampled_from(((), ((0, -960, False), (1, -240, True), (1, -240 - 1440, True))))
        )
    )
    return a_task(
        tuple(people), draw(st.integers(0, 2)), draw(st.integers(0, 2)), rules=rules, past=past,
        shifts=draw(st.sampled_from((LONG, EIGHT))),
        first=MONDAY + timedelta(draw(st.integers(0, 6))),
    )  # fmt: skip


@settings(max_examples=8)
@given(tasks(), st.integers(0, 9))
def test_whatever_is_found_holds_every_rule(task: Task, seed: int) -> None:
    answer = solving.rota(task, seed)
    assert answer.known
    if answer.duties is not None:
        assert check.broken(task, answer.duties) == []
    else:
        best = solving.nearest(task, seed)
        assert best.duties is not None and best.known
        assert check.broken(task, best.duties, short=True) == []
        missing = check.broken(task, best.duties)
        assert bool(missing) == (best.short > 0)
        assert best.short > 0


# ---------------------------------------------------------------------- the check itself


def test_the_check_names_each_rule_that_is_broken() -> None:
    people = team(1)
    task = a_task(people, day=0, night=0, weeks=1, rules={"free_weekends": 4})
    day, night = 0, 1

    def rules(*given: tuple[int, int], of: Task = task) -> set[str]:
        return {one.rule for one in check.broken(of, [Duty(0, d, s, "a") for d, s in given])}

    assert rules() == set()
    assert rules((0, day), (1, day)) == set()
    assert rules((0, day), (0, night)) == {"one a day", "rest"}
    assert rules((0, night), (1, day)) == {"rest"}
    assert "free_weekends" in rules((5, day))
    assert "free_weekends" in rules((4, night))  # until Saturday morning
    assert "free_weekends" not in rules((4, day))
    assert rules(*((d, night) for d in range(4))) >= {"nights_in_a_row"}
    assert rules(*((d, day) for d in range(7))) >= {"days_in_a_row", "rest_days"}
    # Night, a free day, day: 24 hours from 8 to 8 are a day of rest; an earlier start is none.
    six = [(d, day) for d in (0, 1, 2, 5, 6)]
    assert "rest_days" not in rules((3, night), *six[:3], *six[3:])
    early = replace(task, shifts=(Shift("day", 420, 1200), LONG[1]))
    assert "rest_days" in rules(*six[:3], (3, night), *six[3:], of=early)
    assert rules(*((d, day) for d in range(6))) >= {"most_hours_a_week"}
    away = replace(task, people=team(1, leave=frozenset({1})))
    assert rules((1, day), of=away) == {"leave"} == rules((0, night), of=away)
    assert rules((2, night), of=replace(task, people=team(1, nights=False))) == {"no_nights"}
    part = replace(task, people=team(1, hours=20 * 60, part_time=True))
    assert rules((0, day), of=part) == set() and rules((0, day), (2, day), of=part) == {"hours"}
    assert {one.rule for one in check.broken(task, [Duty(0, 0, 0, "b")])} == {"team"}


def test_a_need_that_is_not_kept_and_one_alone_at_night_are_seen() -> None:
    people = team(2)
    task = a_task(people, day=1, night=1, rules={"least_at_night": 2})
    wrong = check.broken(task, [Duty(0, d, 0, "a") for d in range(7)])
    assert {one.when[:10] for one in wrong if one.rule == "need"} >= {"2025-03-03", "2025-03-09"}
    alone = check.broken(task, [Duty(d % 2, d, 1, "a") for d in range(7)])
    assert "least_at_night" in {one.rule for one in alone}


def test_standard_hours_count_a_long_day_and_a_long_week() -> None:
    nine = (Shift("day", 480, 1020),)  # nine hours
    task = a_task(team(1), day=0, night=0, shifts=nine, rules={"overtime": "16 h"})
    assert task.standard  # four weeks' 16 hours are four in a week
    four = [Duty(0, d, 0, "a") for d in range(4)]
    assert check.broken(task, four) == []  # an hour each day, 36 in the week
    five = [*four, Duty(0, 4, 0, "a")]
    assert {one.rule for one in check.broken(task, five)} == {"hours"}
    assert {one.rule for one in check.broken(replace(task, kinds=(2,) * 7), four)} == {"hours"}


# ---------------------------------------------------------------------- what rotas are like


def test_nights_are_shared_by_hours_and_leave() -> None:
    people = (
        *team(4), Person("half", ("a",), 20 * 60, part_time=True),
        Person("by day", ("a",), 40 * 60, nights=False),
        Person("away", ("a",), 40 * 60, frozenset(range(7))),
    )  # fmt: skip
    task = a_task(people, day=1, night=1, weeks=2, rules={"least_at_night": 1})
    answer = solving.rota(task, 3)
    assert answer.duties is not None and answer.fairest
    nights = fairness.given(task, answer.duties, fairness.NIGHTS)
    fair = fairness.fair(task, answer.duties, fairness.NIGHTS)
    assert nights[5] == 0 and sum(nights.values()) == 14 == pytest.approx(sum(fair.values()))
    assert fair[4] == pytest.approx(fair[0] / 2) == pytest.approx(fair[6])
    assert all(abs(nights[p] - fair[p]) < 1 for p in fair)


def test_a_seed_gives_the_same_rota_again() -> None:
    task = a_task(team(6), day=1, night=1, rules={"least_at_night": 1})
    assert solving.rota(task, 5).duties == solving.rota(task, 5).duties


def test_nobody_does_overtime_where_it_can_be_done_without() -> None:
    task = a_task(team(10), weeks=1)
    answer = solving.rota(task, 1)
    assert answer.duties is not None
    work = fairness.given(task, answer.duties, fairness.HOURS)
    assert sum(work.values()) == 7 * 4 * 720  # nobody more than needed
    assert all(work[p] <= 40 * 60 for p in work)


def test_the_rota_goes_on_from_the_one_before() -> None:
    before = tuple(Past("A1", -1440 * k + 480, -1440 * k + 1200, False) for k in (1, 2, 3))
    task = a_task(team(5), day=1, night=0, past=before, rules={"days_in_a_row": 3})
    answer = solving.rota(task, 1)
    assert answer.duties is not None
    assert not any(duty.person == 0 and duty.day == 0 for duty in answer.duties)


def test_so_many_are_enough() -> None:
    task = a_task(day=1, night=1, weeks=1, rules={"least_at_night": 2})
    counts = solving.enough(task, 1, overtime=False)
    assert counts is not None
    assert solving.can(replace(task, people=placeholders(counts, 2400)), 1)
    fewer = {"a": solving.at_least(task, "a", overtime=False) - 1}
    mine = solving.with_people(task, placeholders(fewer, 2400), overtime=False)
    assert solving.can(mine, 1) is False

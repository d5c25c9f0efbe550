"""The race drops plans by a test that keeps its error, and gives the cheapest that keeps all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from govsim.optimisation.race import ERROR, LOOKS, Race, bound, verdict
from govsim.optimisation.search import error_of, holds


def normal(means: Sequence[float], seed: int = 1):  # type: ignore[no-untyped-def]
    """Observe plans whose margins are normal with these means and a standard deviation of 1."""
    noise = np.random.default_rng(seed).standard_normal((len(means), LOOKS[-1], 1))
    asked: list[tuple[int, int]] = []

    def observe(plans: Sequence[int], n: int):  # type: ignore[no-untyped-def]
        asked.extend((plan, n) for plan in plans)
        return [noise[plan, :n] + means[plan] for plan in plans]

    return observe, asked


def raced(means: Sequence[float], costs: Sequence[float], seed: int = 1) -> tuple[Race, int | None]:
    observe, _ = normal(means, seed)
    order = np.argsort(costs, kind="stable")
    race = Race(observe, order, np.array(costs, float))
    return race, next(race.run(), None)


def test_the_cheapest_plan_that_keeps_its_promise_is_given() -> None:
    race, found = raced([-3, -2, 2, -1, 3], [10, 20, 30, 25, 40])
    assert found == 2
    assert sorted(race.dropped) == [0, 1, 3] and not race.open_
    assert bound(race, found) == 30


def test_a_plan_at_its_target_stays_open_and_bounds_what_the_answer_may_cost() -> None:
    at_target = [raced([0, 3], [10, 20], seed) for seed in range(40)]
    still_open = [race for race, found in at_target if race.open_]
    assert len(still_open) > 30
    assert all(bound(race, 1) == 10 for race in still_open)


def test_of_equal_cost_the_surest_is_given() -> None:
    assert raced([2, 5, 3], [10, 10, 10])[1] == 1


def test_nothing_is_given_where_no_plan_keeps_it() -> None:
    race, found = raced([-2, -3], [10, 20])
    assert found is None and np.isnan(bound(race, None))


def test_a_race_stops_above_the_cost_that_is_asked_for() -> None:
    observe, asked = normal([-3] * 20 + [3] * 20)
    costs = np.arange(40, dtype=float)
    race = Race(observe, np.arange(40), costs, most=17.0)
    assert next(race.run(), None) == 20 or not race.kept
    assert max(plan for plan, _ in asked) < 40


@pytest.mark.statistics
def test_a_plan_that_just_keeps_its_promises_is_seldom_dropped() -> None:
    rng = np.random.default_rng(7)
    dropped = 0
    for _ in range(600):
        margins = rng.standard_normal((LOOKS[5], 2))  # both means are at the target: the hardest
        found = [verdict(margins[:n]) for n in LOOKS[:6]]
        dropped += "dropped" in found
    assert dropped / 600 <= ERROR + 0.01


@pytest.mark.statistics
def test_a_check_seldom_passes_a_plan_that_breaks_a_promise() -> None:
    rng = np.random.default_rng(8)
    passed = [holds(rng.standard_normal((100, 1)), 1) for _ in range(2000)]
    assert np.mean(passed) <= error_of(1) + 0.01
    assert sum(error_of(attempt) for attempt in range(1, 7)) <= ERROR


def test_values_that_do_not_vary_are_judged_by_themselves() -> None:
    assert verdict(np.full((4, 1), 0.1)) == "kept"
    assert verdict(np.zeros((4, 1))) == "kept"
    assert verdict(np.full((4, 1), -0.1)) == "dropped"
    assert verdict(np.full((4, 1), np.nan)) == "open"
    assert holds(np.zeros((4, 1)), 1) and not holds(np.full((4, 1), -0.1), 1)

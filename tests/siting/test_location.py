"""Designs of small problems are the best of all, and no design passes its bound."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import floyd_warshall

from govsim.siting.exact import proven
from govsim.siting.location import Choice, Location, Solved

DATA = Path(__file__).parent / "data"


def solved(problem: Location, choice: Choice) -> Solved:
    return proven(problem, choice, next(iter(problem.solve([choice]))))


def assigned(worth: np.ndarray, room: np.ndarray, opened: list[int]) -> float:
    """What some options are worth by the Hungarian method: each as often as it has room."""
    rows = np.repeat(opened, np.minimum(room[opened], worth.shape[1])).astype(int)
    if not len(rows):
        return 0.0
    full = worth[rows]
    return float(full[linear_sum_assignment(full, maximize=True)].sum())


@st.composite
def problems(draw: st.DrawFn) -> tuple[Location, np.ndarray, Choice]:
    """A few options, with and without limits, some of which stand already."""
    options, clients = draw(st.integers(2, 6)), draw(st.integers(1, 7))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    limited = draw(st.booleans())
    if limited:
        weight = rng.integers(0, 9, clients).astype(float)
        worth = (rng.random((options, clients)) < 0.6) * weight
        room = rng.integers(1, 4, options)
    else:
        worth = rng.integers(0, 9, (options, clients)).astype(float)
        room = np.full(options, 100)
    always = np.zeros(options, dtype=bool)
    today = np.zeros(options, dtype=bool)
    always[0] = draw(st.booleans())
    stands = draw(st.integers(0, options - 1))
    today[1 : 1 + stands] = True
    free = options - int(always.sum())
    count = draw(st.integers(1, free))
    must = draw(st.integers(0, min(count, stands)))
    table = np.tile(np.arange(clients), (options, 1))
    table[worth == 0] = clients
    problem = Location(table, worth, room, clients, always, today, True)
    return problem, worth, Choice(count, must)


def best_of_all(problem: Location, worth: np.ndarray, choice: Choice) -> float:
    free = np.flatnonzero(~problem.always).tolist()
    always = np.flatnonzero(problem.always).tolist()
    return max(
        assigned(worth, problem.room, [*always, *some])
        for some in combinations(free, choice.count)
        if problem.today[list(some)].sum() >= choice.today
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problems())
def test_a_small_design_is_the_best_of_all_and_its_bound_says_so(
    given_: tuple[Location, np.ndarray, Choice],
) -> None:
    problem, worth, choice = given_
    best = best_of_all(problem, worth, choice)
    first = next(iter(problem.solve([choice])))
    assert first.value <= best + 1e-9 and first.bound >= best - 1e-9
    found = proven(problem, choice, first)
    assert found.value == pytest.approx(best) and found.bound == pytest.approx(best)
    assert len(found.chosen) == choice.count
    assert problem.today[list(found.chosen)].sum() >= choice.today
    assert not problem.always[list(found.chosen)].any()
    mine = [*np.flatnonzero(problem.always).tolist(), *found.chosen]
    assert assigned(worth, problem.room, mine) == pytest.approx(best)


def test_one_sweep_over_all_numbers_is_as_good_as_a_bound_says() -> None:
    rng = np.random.default_rng(7)
    worth = (rng.random((14, 30)) < 0.25) * rng.integers(1, 40, 30).astype(float)
    table = np.where(worth > 0, np.arange(30), 30)
    none = np.zeros(14, dtype=bool)
    problem = Location(table, worth, np.full(14, 3), 30, none, none, True, rng.random((14, 2)))
    choices = [Choice(k) for k in range(1, 9)]
    values = []
    for choice, found in zip(choices, problem.solve(choices), strict=True):
        best = best_of_all(problem, worth, choice)
        assert found.value <= best <= found.bound
        assert found.value >= 0.97 * best
        values.append(found.bound)
    assert values == sorted(values)


def test_the_p_median_of_or_library_is_its_published_optimum() -> None:
    lines = (DATA / "pmed1.txt").read_text(encoding="utf-8").splitlines()
    nodes, edges, p = map(int, lines[0].split())
    assert len(lines) == 1 + edges
    way = np.full((nodes, nodes), np.inf)
    for a, b, cost in (map(int, line.split()) for line in lines[1:]):
        way[a - 1, b - 1] = way[b - 1, a - 1] = cost
    far = floyd_warshall(way)
    saved = far.max(axis=0) - far
    none = np.zeros(nodes, dtype=bool)
    table = np.tile(np.arange(nodes), (nodes, 1))
    problem = Location(table, saved, np.full(nodes, nodes), nodes, none, none, True)
    found = solved(problem, Choice(p))
    whole = far.max(axis=0).sum()
    assert (whole - found.value, whole - found.bound) == (5819, 5819)
    assert far[list(found.chosen)].min(axis=0).sum() == 5819

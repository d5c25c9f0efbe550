"""Compiled passes give what NumPy gives, and each group what it would give alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govsim.demand.grouping import (
    Steps,
    at_work,
    grouped,
    kaplan_meier,
    tally,
    worked_when_free,
)
from govsim.scenarios.calendar import WorkingClock
from govsim.service.ordering import order_of

GROUPS = 4


@given(st.lists(st.integers(0, 3) | st.integers(-(2**61), 2**62), max_size=60))
def test_times_are_put_in_order_and_ties_stay_as_they_were(times: list[int]) -> None:
    column = np.array(times, dtype=np.int64)
    assert order_of(column).tolist() == np.argsort(column, kind="stable").tolist()


def test_a_year_of_times_is_put_in_order() -> None:
    times = np.random.default_rng(1).integers(0, 365 * 86_400, 50_000) * 1000
    assert np.array_equal(order_of(times), np.argsort(times, kind="stable"))


ROWS = st.lists(
    st.tuples(st.integers(-1, GROUPS - 1), st.booleans(), st.booleans(), st.integers(0, 9)),
    max_size=60,
)


@given(ROWS)
def test_rows_are_grouped_and_counted(rows: list[tuple[int, bool, bool, int]]) -> None:
    code = np.array([g for g, *_ in rows], dtype=np.int64)
    which, of = (np.array([row[i] for row in rows], dtype=bool) for i in (1, 2))
    groups = grouped(code, GROUPS)
    both, all_ = tally(code, GROUPS, which, of)
    assert len(groups) == GROUPS
    for g in range(GROUPS):
        assert groups[g].tolist() == [i for i, c in enumerate(code) if c == g]
        assert all_[g] == sum(of[code == g])
        assert both[g] == sum((which & of)[code == g])


@given(ROWS)
def test_each_group_lasts_as_long_as_it_would_alone(
    rows: list[tuple[int, bool, bool, int]],
) -> None:
    rows = sorted(rows, key=lambda row: row[3])
    code = np.array([g for g, *_ in rows], dtype=np.int64)
    over = np.array([ended for _, ended, *_ in rows], dtype=bool)
    length = np.array([lasted for *_, lasted in rows], dtype=float)
    together = kaplan_meier(length, over, grouped(code, GROUPS))
    means, medians = together.means(), together.quantiles(0.5)
    for g in range(GROUPS):
        mine = code == g
        none = np.zeros(mine.sum(), dtype=np.int64)
        one = kaplan_meier(length[mine], over[mine], grouped(none, 1))
        for a, b in zip(together.curve(g), one.curve(0), strict=True):
            assert a.tolist() == b.tolist()
        assert np.array_equal(means[g : g + 1], one.means(), equal_nan=True)
        assert np.array_equal(medians[g : g + 1], one.quantiles(0.5), equal_nan=True)


@given(
    st.lists(st.integers(0, 300), max_size=12, unique=True),
    st.lists(st.tuples(st.integers(0, 320), st.integers(0, 90), st.integers(0, GROUPS - 1))),
)
def test_work_counts_as_far_as_it_falls_into_the_clock(
    edges: list[int], work: list[tuple[int, int, int]]
) -> None:
    edges = sorted(edges)[: len(edges) // 2 * 2]
    starts, ends = (np.array(edges[i::2], dtype=np.int64) for i in (0, 1))
    began, lasts, pool = (np.array([w[i] for w in work], dtype=np.int64) for i in range(3))
    clock = WorkingClock(starts, ends)
    # Every pool has two people until 100, nobody until 200, then one.
    steps = Steps(np.arange(GROUPS) * 3, np.tile([0, 100, 200], GROUPS), np.tile([2, 0, 1], GROUPS))
    together = at_work(pool, began, began + lasts, pool + 1)
    found = worked_when_free(clock, together, steps, np.arange(GROUPS), GROUPS)
    for g in range(GROUPS):
        mine = [(b, b + lasts) for b, lasts, c in work if c == g]
        expected = 0
        for t in range(420):
            if any(a <= t < e for a, e in zip(starts, ends, strict=True)):
                busy = sum(g + 1 for b, e in mine if b <= t < e)
                expected += min(busy, 2 if t < 100 else 0 if t < 200 else 1)
        assert found[g] == expected


def test_mean_and_quantiles_of_lengths_that_all_end_are_the_plain_ones() -> None:
    length = np.arange(1.0, 102.0)
    all_ = kaplan_meier(length, np.ones(101, dtype=bool), grouped(np.zeros(101, np.int64), 1))
    assert all_.means()[0] == pytest.approx(51)
    assert all_.quantiles(0.5)[0] == 51
    assert all_.quantiles(0.9)[0] == 91


def test_a_mean_counts_who_still_waits_with_the_wait_so_far() -> None:
    """One of four ends at once and another after 10; two have waited for 40 and go on."""
    length, over = np.array([0.0, 10.0, 40.0, 40.0]), np.array([True, True, False, False])
    code = np.zeros(4, dtype=np.int64)
    assert kaplan_meier(length, over, grouped(code, 1)).means()[0] == 10 * 3 / 4 + 30 * 2 / 4
    # Nobody has ended: the mean is at least that.
    none = np.zeros(4, dtype=bool)
    assert kaplan_meier(length, none, grouped(code, 2)).means().tolist()[0] == 40
    assert np.isnan(kaplan_meier(length, none, grouped(code, 2)).means()[1])

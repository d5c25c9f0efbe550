"""What replications say about a mean, and where a warm-up ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from govsim.measures.statistics import (
    Interval,
    Moments,
    Paired,
    each_of,
    interval,
    more_to_settle,
    mser5,
    paired,
    precise_enough,
    ratio,
)

NUMBERS = st.floats(-1e3, 1e3)


def test_an_interval_is_the_textbook_one():
    # Law 2015, section 4.5: ten observations, 90% interval 1.34 ± 0.24.
    values = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
    found = interval(values, 0.90)
    assert found.mean == pytest.approx(1.343)
    assert found.half_width == pytest.approx(0.24, abs=0.005)


def test_a_replication_without_a_value_is_left_out_of_the_mean():
    found = interval([1.0, np.nan, 3.0])
    assert (found.mean, found.n) == (2.0, 2)


@pytest.mark.parametrize("values", [[], [np.nan], [4.0], [4.0, np.nan]])
def test_fewer_than_two_values_have_no_interval(values):
    found = interval(values)
    assert np.isnan(found.low)
    assert np.isnan(found.high)
    assert found.n == len([v for v in values if v == v])


def test_intervals_of_many_groups_are_those_of_each():
    """Replications come one at a time; a group may begin late, or have no value in some."""
    rng = np.random.default_rng(1)
    values = rng.normal(1e6, [1.0, 0.0, 1e-3, 5.0], size=(7, 4))  # [replication, group]
    values[2, 0] = values[:4, 3] = values[1:, 2] = np.nan
    moments = Moments()
    for replication, row in enumerate(values):
        groups = rng.permutation(4 if replication >= 4 else 3)
        moments.add(groups, row[groups])
    found = moments.intervals(0.9)
    for group in range(4):
        one = interval(values[:, group], 0.9)
        assert found["n"][group] == one.n
        for name in ("mean", "low", "high"):
            assert found[name][group] == pytest.approx(getattr(one, name), rel=1e-12, nan_ok=True)


def test_a_group_that_is_always_the_same_has_no_spread():
    moments = Moments()
    for _ in range(10):
        moments.add(np.array([0]), np.array([0.1]))
    found = moments.intervals()
    assert found["low"] == found["mean"] == found["high"] == 0.1


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(5)
    found = [interval(rng.exponential(2.0, (10, 4)).mean(axis=1)) for _ in range(2000)]
    assert 0.92 < np.mean([i.low <= 2.0 <= i.high for i in found]) < 0.97


def test_a_mean_is_precise_when_its_half_width_is_small_beside_it():
    assert precise_enough(Interval(10.0, 9.5, 10.5, 8), 0.05)
    assert not precise_enough(Interval(10.0, 9.4, 10.6, 8), 0.05)
    assert not precise_enough(Interval(10.0, np.nan, np.nan, 1), 0.05)
    assert precise_enough(Interval(0.0, 0.0, 0.0, 8), 0.05)


def _by_definition(z):
    """Truncation in batches straight from the formula."""
    k = len(z)
    errors = [((z[d:] - z[d:].mean()) ** 2).sum() / (k - d) ** 2 for d in range(k // 2 + 1)]
    return int(np.argmin(errors))


@given(st.lists(st.integers(-50, 50), min_size=10, max_size=80))
def test_a_cut_is_the_one_that_its_formula_names(series):
    z = np.array(series[: len(series) // 5 * 5], float).reshape(-1, 5).mean(1)
    k, d = len(z), mser5(series).index // 5

    def error(cut):
        return ((z[cut:] - z[cut:].mean()) ** 2).sum() / (k - cut) ** 2

    assert d <= k // 2
    assert error(d) <= error(_by_definition(z)) + 1e-9


def test_a_series_without_bias_is_hardly_cut():
    rng = np.random.default_rng(3)
    cuts = [mser5(rng.normal(size=1000)).index for _ in range(100)]
    assert np.median(cuts) < 100


def test_the_warm_up_of_a_series_that_starts_off_its_mean_is_found():
    """AR(1) with 0.9 from 10 standard deviations above: the bias falls below 0.1 at 44."""
    rng = np.random.default_rng(4)
    x = np.empty((20, 1000))
    sd = 1 / np.sqrt(1 - 0.9**2)
    x[:, 0] = 10 * sd
    for t in range(1, 1000):
        x[:, t] = 0.9 * x[:, t - 1] + rng.normal(size=20)
    found = mser5(x.mean(axis=0))
    assert found.settled
    assert 20 <= found.index <= 120


def test_a_queue_that_starts_empty_is_cut_before_its_mean_is_taken():
    """Mean number in an M/M/1 queue of load 0.9 from empty, as the validation cases give it."""
    t = [0, 1, 5, 10, 50, 100, 200, 500, 1500]
    n = [0, 0.626, 1.752, 2.531, 5.122, 6.444, 7.652, 8.685, 9.0]
    expected = np.interp(np.arange(5000), t, n)
    found = mser5(expected + np.random.default_rng(2).normal(0, 0.5, 5000))
    assert found.settled
    assert expected.mean() < 8.9
    assert expected[found.index :].mean() == pytest.approx(9.0, rel=0.01)


def test_a_series_that_never_settles_is_refused():
    assert not mser5(np.arange(200.0)).settled
    assert not mser5([1.0, 2.0, 3.0]).settled


# ---------------------------------------------------------------------- two plans


def test_a_paired_interval_is_the_textbook_one():
    # Law 2015, section 10.2.1, table 10.2: costs of two inventory policies, 90% interval.
    one = [126.97, 124.31, 126.68, 122.66, 127.23]
    other = [118.21, 120.22, 122.45, 122.68, 119.40]
    found = paired(one, other, 0.90)
    assert found.difference.mean == pytest.approx(4.98, abs=0.005)
    assert (found.difference.low, found.difference.high) == pytest.approx((1.65, 8.31), abs=0.005)
    assert found.sd**2 / 5 == pytest.approx(2.44, abs=0.005)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=20))
def test_what_pairing_saves_is_the_variance_it_takes_away(pairs):
    a, b = np.array(pairs).T
    apart, together = a.var(ddof=1) + b.var(ddof=1), (a - b).var(ddof=1)
    found = paired(a, b)
    if together > 1e-6:
        assert found.saved == pytest.approx(apart / together)
        assert found.sd == pytest.approx(np.sqrt(together))


def test_a_replication_without_a_value_in_either_plan_is_left_out():
    found = paired([1.0, np.nan, 3.0, 4.0], [0.0, 0.0, np.nan, 1.0])
    assert found.difference.n == 2 and found.difference.mean == 2.0


def test_the_replications_that_a_verdict_takes_give_it_nine_times_in_ten():
    """The power of the t test, by the noncentral t distribution."""
    for mean, sd in ((1.0, 3.0), (1.0, 6.0), (0.2, 1.5)):
        seen = Paired(Interval(mean, mean - 9, mean + 9, 5), sd, 1.0)
        n = 5 + more_to_settle(seen, 0.99)
        limit = stats.t.isf(0.005, n - 1)
        power = stats.nct.sf(limit, n - 1, mean / sd * np.sqrt(n))
        assert power == pytest.approx(0.9, abs=0.01)


def test_no_number_of_replications_tells_equal_means_apart():
    assert more_to_settle(Paired(Interval(0.0, -1, 1, 5), 1.0, 1.0), 0.95) == np.inf
    assert np.isnan(more_to_settle(paired([1.0], [0.0]), 0.95))


def test_errors_of_intervals_that_hold_together_add_up_to_the_error_of_all():
    assert 5 * (1 - each_of(5, 0.95)) == pytest.approx(0.05)
    assert each_of(1, 0.9) == each_of(0, 0.9) == 0.9


def test_the_ends_of_a_ratio_are_where_the_t_test_turns():
    """Fieller: cost less r times effect can just not be told from 0."""
    rng = np.random.default_rng(1)
    effect = 5 + rng.standard_normal(12)
    cost = 20 + 3 * effect + rng.standard_normal(12)
    found = ratio(cost, effect, 0.9)
    assert found.mean == pytest.approx(cost.mean() / effect.mean())
    for end in (found.low, found.high):
        assert stats.ttest_1samp(cost - end * effect, 0).pvalue == pytest.approx(0.1)


def test_a_ratio_to_what_may_be_nothing_has_no_interval():
    found = ratio([1.0, 2.0, 3.0], [-1.0, 0.5, 1.0])
    assert np.isnan(found.low) and np.isnan(found.high)


@pytest.mark.statistics
def test_intervals_of_ratios_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(2)
    tries, held = 2000, 0
    for _ in range(tries):
        effect = 4 + 3 * rng.standard_normal(15)
        cost = 10 + 2 * (effect - 4) + 4 * rng.standard_normal(15)
        found = ratio(cost, effect, 0.9)
        # Where no finite interval is right, none is given: that misses nothing.
        held += bool(np.isnan(found.low)) or found.low <= 2.5 <= found.high
    assert held / tries == pytest.approx(0.9, abs=3.3 * np.sqrt(0.09 / tries))

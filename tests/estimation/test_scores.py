"""Scores of forecasts, against closed forms and by what they mean."""

import numpy as np
import pytest
from scipy import stats

from govsim.estimation import scores


def quantiles(distribution, n=20_000):
    """Stand in for a distribution."""
    return distribution.ppf((np.arange(n) + 0.5) / n)


@pytest.mark.parametrize("y", [-1.5, 0.0, 2.2])
def test_crps_of_a_normal_forecast_has_its_closed_form(y):
    # Gneiting and Raftery (2007), equation 21 and the example after it.
    exact = y * (2 * stats.norm.cdf(y) - 1) + 2 * stats.norm.pdf(y) - 1 / np.sqrt(np.pi)
    assert scores.crps(quantiles(stats.norm())[:, None], [y]) == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("y", [0, 3, 9])
def test_crps_of_a_poisson_forecast_is_the_sum_over_its_steps(y):
    at = np.arange(100)
    exact = ((stats.poisson.cdf(at, 3.5) - (at >= y)) ** 2).sum()
    assert scores.crps(quantiles(stats.poisson(3.5))[:, None], [y]) == pytest.approx(
        exact, abs=1e-3
    )


def test_crps_of_draws_is_their_distance_from_the_day_less_half_the_distance_between_them():
    rng = np.random.default_rng(1)
    x, y = rng.poisson(5, (40, 6)), rng.poisson(5, 6)
    apart = np.abs(x - y).mean(axis=0)
    between = np.abs(x[:, None] - x).mean(axis=(0, 1))
    assert scores.crps(x, y) == pytest.approx((apart - between / 2).mean())


def test_a_forecast_of_one_number_is_scored_by_its_error():
    assert scores.crps([[3.0, 8.0]], [5.0, 7.0]) == pytest.approx(1.5)


def test_the_naive_forecast_says_what_came_a_week_before_and_is_never_below_none():
    seen = np.array([5, 0, 9, 2, 4, 1, 0] * 5 + [6, 1, 8, 3, 5, 0, 2])
    found = scores.naive(seen, 16)
    assert scores.last_weeks(seen, 16, weeks=1)[:, 0].tolist() == [6, 1, 8, 3, 5, 0, 2] * 2 + [6, 1]
    assert found.min() == 0
    assert (found[:7].max(axis=1) >= seen[-7:]).all()


def test_errors_of_the_naive_forecast_grow_with_the_weeks_ahead_where_the_level_wanders():
    rng = np.random.default_rng(2)
    seen = 1000 + np.cumsum(rng.normal(0, 5, 400))
    spread = scores.naive(seen, 70).std(axis=1)
    # A random walk's error over w weeks has w times the variance.
    assert spread[63:].mean() / spread[:7].mean() == pytest.approx(np.sqrt(10), rel=0.4)


def test_a_forecast_as_good_as_the_naive_one_has_mase_1():
    rng = np.random.default_rng(3)
    seen, came = rng.poisson(20, 70), rng.poisson(20, 21)
    same = np.tile(scores.last_weeks(seen, 21, weeks=1)[:, 0], (5, 1))
    assert scores.score(same, came, seen).mase == pytest.approx(1)


def test_the_true_distribution_covers_and_places_days_as_it_says():
    rng = np.random.default_rng(4)
    mean = rng.gamma(3, 2, 2000)
    drawn, came = rng.poisson(mean, (999, 2000)), rng.poisson(mean)
    assert stats.kstest(scores.pit(drawn, came, rng), "uniform").pvalue > 1e-3
    # Counts: the central interval holds its share at least.
    assert scores.coverage(drawn, came, 0.9) > 0.9 - 3.3 * np.sqrt(0.09 / 2000)


def test_a_forecast_that_is_too_narrow_is_seen_in_coverage_and_places():
    rng = np.random.default_rng(5)
    drawn, came = rng.normal(0, 0.5, (500, 1000)), rng.normal(0, 1, 1000)
    assert scores.coverage(drawn, came, 0.9) < 0.7
    assert stats.kstest(scores.pit(drawn, came, rng), "uniform").pvalue < 1e-6


def test_less_than_a_week_is_too_little_for_a_naive_forecast():
    with pytest.raises(ValueError, match="at least a week"):
        scores.last_weeks([1, 2, 3], 5)

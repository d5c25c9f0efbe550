"""Forecasts of daily numbers, on records whose law is known."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from govsim.estimation import daily, scores
from govsim.estimation.daily import Kinds
from govsim.estimation.forecast import daily_numbers, forecast, rolling
from govsim.scenarios.calendar import Calendar
from govsim.scenarios.units import DAY

FIRST = date(2023, 1, 1)
CALENDAR = Calendar.build(FIRST, 730)
WEEKDAYS = np.array([1.17, 1.40, 1.29, 1.20, 1.13, 0.43, 0.37])


def record(days, mean, rng, k=20.0, correlation=0.0):
    """Make daily numbers with a weekday profile and lognormal days of variance 1/k."""
    kinds = Kinds.of(CALENDAR, FIRST, days)
    s2 = np.log1p(1 / k)
    z = np.empty(days)
    z[0] = rng.normal()
    for t in range(1, days):
        z[t] = correlation * z[t - 1] + np.sqrt(1 - correlation**2) * rng.normal()
    return rng.poisson(mean * WEEKDAYS[kinds.weekday] * np.exp(np.sqrt(s2) * z - s2 / 2))


@pytest.fixture(scope="module")
def several():
    """Forecasts of sixteen weeks of 12 series, from 30 weeks of each."""
    rng = np.random.default_rng(11)
    means = np.geomspace(1, 200, 12)
    numbers = pd.DataFrame({f"{m:.0f}": record(322, m, rng, correlation=0.4) for m in means})
    return forecast(numbers, FIRST, 210, CALENDAR, seed=1)


@pytest.mark.slow
def test_predictive_distributions_hold_days_as_often_as_they_say(several):
    # Places rather than closed intervals, which hold more than their share of small counts.
    off = (several.days(np.random.default_rng(2))["pit"] - 0.5).abs()
    # 12 series of 112 days; the days of a series share its level, so they tell less than 1344.
    assert 0.84 < (off < 0.45).mean() < 0.96
    assert 0.40 < (off < 0.25).mean() < 0.60


@pytest.mark.slow
def test_a_forecast_beats_the_naive_one_where_nothing_but_weekdays_matters(several):
    found = several.scores()
    assert (found["mase"] < 0.95).all()
    assert (found["crps"] < 0.9 * found["crps_naive"]).all()


@pytest.mark.slow
def test_a_forecast_is_nearly_as_good_as_the_law_itself(several):
    rng = np.random.default_rng(12)
    mine = several.scores().set_index("series")["crps"]
    kinds = Kinds.of(CALENDAR, several.split, 112)
    s2 = np.log1p(1 / 20)
    for name in mine.index[-4:]:
        mean = np.geomspace(1, 200, 12)[list(mine.index).index(name)]
        days = np.exp(np.sqrt(s2) * rng.normal(size=(1000, 112)) - s2 / 2)
        true = rng.poisson(mean * WEEKDAYS[kinds.weekday] * days)
        assert mine[name] < 1.15 * scores.crps(true, several.observed[name])


@pytest.mark.slow
def test_days_and_scores_come_for_each_series(several):
    days = several.days(np.random.default_rng(1))
    assert len(days) == 12 * 112
    assert (days["q05"] <= days["median"]).all() and (days["median"] <= days["q95"]).all()
    assert days["pit"].between(0, 1).all()
    assert days["date"].iloc[0] == str(several.split)


def test_a_forecast_is_the_same_with_the_same_seed():
    numbers = pd.DataFrame({"all": record(100, 10, np.random.default_rng(13))})
    one, other = (forecast(numbers, FIRST, 80, CALENDAR, seed=5) for _ in range(2))
    assert (one.drawn["all"] == other.drawn["all"]).all()


def test_a_forecast_does_not_see_the_days_held_out():
    numbers = pd.DataFrame({"all": record(100, 10, np.random.default_rng(14))})
    changed = numbers.copy()
    changed.iloc[80:] *= 50
    one, other = (forecast(n, FIRST, 80, CALENDAR, seed=5) for n in (numbers, changed))
    assert (one.drawn["all"] == other.drawn["all"]).all()


def test_a_known_holiday_is_forecast_from_those_before():
    rng = np.random.default_rng(15)
    kinds = Kinds.of(CALENDAR, FIRST, 640)
    counts = rng.poisson(60 * np.where(kinds.special == daily.ORDINARY, 1.0, 0.3))
    split = 580
    fitted = daily.fit(counts[:split].astype(float), kinds[:split])
    drawn = fitted.predict(kinds[split:], 500, rng)
    off = kinds[split:].special == daily.ON_HOLIDAY
    assert off.any()
    assert drawn[:, off].mean() == pytest.approx(18, rel=0.2)
    assert drawn[:, ~off].mean() == pytest.approx(60, rel=0.1)


def test_uncertainty_grows_with_the_days_ahead_where_the_level_wanders():
    rng = np.random.default_rng(16)
    kinds = Kinds.of(CALENDAR, FIRST, 390)
    counts = rng.poisson(300 * np.exp(np.cumsum(rng.normal(0, 0.04, 300)))).astype(float)
    drawn = daily.fit(counts, kinds[:300]).predict(kinds[300:], 800, rng)
    spread = np.log1p(drawn).std(axis=0)
    assert spread[60:].mean() > 1.5 * spread[:7].mean()


def test_a_day_ahead_is_forecast_better_than_months_ahead_where_the_level_wanders():
    rng = np.random.default_rng(17)
    kinds = Kinds.of(CALENDAR, FIRST, 200)
    counts = rng.poisson(100 * np.exp(np.cumsum(rng.normal(0, 0.06, 200)))).astype(float)
    fitted = daily.fit(counts[:170], kinds[:170])
    fixed = fitted.predict(kinds[170:], 1000, rng)
    ahead = rolling(fitted, counts[170:], kinds[170:], ahead=1)
    assert scores.crps(ahead, counts[170:]) < 0.8 * scores.crps(fixed, counts[170:])


def test_orders_are_counted_on_the_day_they_were_created():
    midnight = np.datetime64("2023-03-01", "ms")
    created = midnight + np.array([-1, 0, DAY - 1, DAY, 3 * DAY]).astype("timedelta64[ms]")
    frame = pd.DataFrame({"created": created, "category": list("aabba")}, index=[9, 4, 5, 1, 0])
    start = int(midnight.astype(np.int64))
    found = daily_numbers(frame, start, start + 3 * DAY, by="category")
    assert found["a"].tolist() == [1, 0, 0] and found["b"].tolist() == [1, 1, 0]
    assert daily_numbers(frame, start, start + 3 * DAY)["all"].tolist() == [2, 1, 0]


def test_a_month_of_days_is_the_least():
    with pytest.raises(ValueError, match="28 days"):
        daily.fit(np.ones(20), Kinds.of(CALENDAR, FIRST, 20))


def test_days_without_any_order_can_be_fitted():
    kinds = Kinds.of(CALENDAR, FIRST, 70)
    drawn = daily.fit(np.zeros(56), kinds[:56]).predict(kinds[56:], 500, np.random.default_rng(1))
    assert drawn.mean() < 0.2


def test_what_is_known_of_days_comes_from_the_calendar():
    kinds = Kinds.of(CALENDAR, date(2023, 1, 20), 10)
    assert kinds.weekday[0] == 4
    assert kinds.special.tolist() == [0] + [daily.SPRING_FESTIVAL] * 7 + [0, 0]
    with pytest.raises(ValueError, match="doesn't hold"):
        Kinds.of(CALENDAR, date(2022, 12, 31), 10)


@pytest.mark.slow
def test_places_in_the_predictive_distribution_are_uniform_day_by_day():
    # One day of each of 40 independent records, so that days don't share anything.
    rng = np.random.default_rng(18)
    kinds = Kinds.of(CALENDAR, FIRST, 91)
    placed = []
    for _ in range(40):
        counts = record(91, rng.gamma(2, 20), rng, correlation=0.3)
        drawn = daily.fit(counts[:84].astype(float), kinds[:84]).predict(kinds[84:88], 300, rng)
        placed.append(scores.pit(drawn[:, -1:], counts[87:88], rng)[0])
    assert stats.kstest(placed, "uniform").pvalue > 1e-3

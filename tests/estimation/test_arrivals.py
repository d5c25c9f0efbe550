"""Rates of arrival and shares: seldom things borrow strength, and intervals hold the truth."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from govsim.estimation import arrivals, shares
from govsim.scenarios.calendar import Calendar
from govsim.scenarios.units import DAY, HOUR

FIRST, DAYS = date(2024, 1, 1), 364
START = int(np.datetime64(FIRST, "ms").astype(np.int64))
END = START + DAYS * DAY
CALENDAR = Calendar.build(FIRST, DAYS, "none")
WEEKDAYS = np.array([1.2, 1.4, 1.3, 1.2, 1.1, 0.4, 0.4])
MEAN = 12.0
PLACES = np.array([0.4, 0.3, 0.2, 0.09, 0.01])


@pytest.fixture(scope="module")
def record() -> pd.DataFrame:
    """A year of twelve orders a day, from places and of categories of known shares."""
    rng = np.random.default_rng(1)
    day = np.arange(DAYS)
    numbers = rng.poisson(MEAN * WEEKDAYS[day % 7] * rng.gamma(20, 1 / 20, DAYS))
    created = START + np.repeat(day, numbers) * DAY
    hour = np.clip(rng.normal(13, 3, len(created)), 0, 23.9)
    created = created + (hour * HOUR).astype(np.int64)
    names = pd.Categorical(rng.choice(list("abcde"), len(created), p=PLACES), list("abcdef"))
    return pd.DataFrame(
        {
            "created": created.astype("datetime64[ms]"),
            "place": names,
            "category": pd.Categorical(rng.choice(["x", "y"], len(created), p=[0.7, 0.3])),
            "parent": np.where(rng.random(len(created)) < 0.1, "1", None),
        }
    )


@pytest.fixture(scope="module")
def found(record: pd.DataFrame) -> arrivals.ArrivalFit:
    return arrivals.fit(record, START, END, CALENDAR, confidence=0.99)


def test_intervals_hold_what_the_record_was_made_of(found: arrivals.ArrivalFit) -> None:
    days = found.days.loc[0]
    assert days["low"] < MEAN < days["high"]
    weekdays = found.weekdays
    assert (weekdays["low"] < WEEKDAYS).all() and (weekdays["high"] > WEEKDAYS).all()
    k = found.dispersion.set_index("name").loc["k"]
    assert k["low"] < 20 < k["high"]
    months = found.months
    assert len(months) == 12 and (months["low"] < 1).all() and (months["high"] > 1).all()
    categories = found.categories.set_index("category")
    assert categories.loc["x", "low"] < 0.7 * MEAN < categories.loc["x", "high"]


def test_a_place_with_few_orders_borrows_from_the_others(found: arrivals.ArrivalFit) -> None:
    places = found.places.set_index("place")
    rare = places.loc["e"]
    plain = 6 * rare["count"] / places["count"].sum()  # against an even share of six places
    assert plain < rare["factor"] < 1
    assert rare["low"] < MEAN * 0.01 < rare["high"]
    assert places.loc["f", "count"] == 0 and places.loc["f", "value"] > 0


def test_cells_add_up_to_about_all_orders(found: arrivals.ArrivalFit) -> None:
    assert found.cells["value"].sum() == pytest.approx(found.days["value"][0], rel=0.03)
    assert found.hours.groupby("weekday")["value"].mean().to_numpy() == pytest.approx(np.ones(7))


def test_shrinkage_is_that_of_the_closed_form() -> None:
    """Given the prior's shape a, the factor is (n + a) / (e + a), with gamma quantiles."""
    rng = np.random.default_rng(2)
    expected = rng.uniform(1, 50, 400)
    count = rng.poisson(expected * rng.gamma(5, 1 / 5, 400))
    got = arrivals.shrunk(count, expected)
    assert got.shape == pytest.approx(5, rel=0.3)
    assert got.factor == pytest.approx((count + got.shape) / (expected + got.shape))
    low = stats.gamma.ppf(0.05, count + got.shape, scale=1 / (expected + got.shape))
    assert got.low == pytest.approx(low)


@pytest.mark.statistics
def test_intervals_of_places_hold_their_factors_as_often_as_they_say() -> None:
    rng, held, n = np.random.default_rng(3), 0, 0
    for _ in range(40):
        expected = rng.uniform(0.5, 20, 100)
        factor = rng.gamma(4, 1 / 4, 100)
        got = arrivals.shrunk(rng.poisson(expected * factor), expected)
        held += int(((got.low <= factor) & (factor <= got.high)).sum())
        n += 100
    assert held / n == pytest.approx(0.9, abs=0.02)


# ---------------------------------------------------------------------- shares


def test_wilsons_interval_is_the_published_one() -> None:
    """Brown, Cai and DasGupta 2001; R: prop.test(15, 50, correct = FALSE), 95%."""
    low, high = shares.wilson(15, 50, 0.95)
    assert (float(low), float(high)) == pytest.approx((0.1910, 0.4375), abs=5e-5)


def test_shares_are_counted_with_those_that_never_came(record: pd.DataFrame) -> None:
    got = shares.shares(record, "place", START, END, 0.99).set_index("place")
    assert got["share"].sum() == pytest.approx(1)
    assert (got["low"][:5] < PLACES).all() and (got["high"][:5] > PLACES).all()
    assert got.loc["f", "share"] == 0 and 0 < got.loc["f", "high"] < 0.01


def test_bouts_widen_intervals() -> None:
    """Half of the weeks all of one kind, the others none: that is no coin."""
    week = np.repeat(np.arange(52), 20)
    created = (START + week * 7 * DAY).astype("datetime64[ms]")
    bouts = pd.DataFrame({"created": created, "kind": pd.Categorical(np.where(week % 2, "a", "b"))})
    got = shares.shares(bouts, "kind", START, END)
    assert got["dispersion"][0] == pytest.approx(20, rel=0.1)
    low, high = shares.wilson(520, 1040, 0.9)
    assert got["high"][0] - got["low"][0] > 4 * float(high - low)


def test_repeats_are_told_by_a_parent(record: pd.DataFrame) -> None:
    got = shares.repeats(record, START, END, 0.99).loc[0]
    assert got["low"] < 0.1 < got["high"]
    with pytest.raises(ValueError, match="neither"):
        shares.repeats(record[["created"]], START, END)

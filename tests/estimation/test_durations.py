"""Times are estimated as they were, though cases are open and times rounded."""

from __future__ import annotations

import json

import numpy as np
import pytest
from places import SHARED
from scipy import stats

from govsim.errors import RunError
from govsim.estimation import durations, families
from govsim.estimation.durations import Fit, fit, observed
from govsim.estimation.survival import kaplan_meier
from govsim.scenarios.calendar import WorkingClock
from govsim.scenarios.distributions import Distribution
from govsim.scenarios.units import DAY, HOUR, MINUTE

CASES = SHARED / "validation" / "queueing-cases.json"
OPEN = np.iinfo(np.int64).min
LONG_AFTER = 10_000 * DAY


def expected(name: str) -> dict[str, list[float]]:
    """What the closed case says, which came with the project; skipped where it is absent."""
    if not CASES.is_file():
        pytest.skip("the validation cases are not there")
    text = json.loads(CASES.read_text("utf-8"))
    return next(case["expected"] for case in text["cases"] if case.get("name") == name)


def drawn(n: int, rng: np.random.Generator, days: int = 300) -> np.ndarray:
    """Starts, spread over whole days."""
    return rng.integers(0, days * DAY, n)


# ---------------------------------------------------------------------- days


def test_the_kernel_of_the_day_is_the_known_one() -> None:
    """Share of cases that end 0 and 1 days later, for exponential times."""
    known = expected("day_rounded_exponential")
    one = families.FAMILIES["exponential"]
    for days, same, next_ in zip((2, 1, 0.5), known["P_K0"], known["P_K1"], strict=True):
        free = np.array([np.log(days * DAY)])
        for later, share in ((0, same), (1, next_)):
            seen = observed([0], [later * DAY], LONG_AFTER, (DAY, DAY))
            chance = (one.cdf(seen.before, free) - one.cdf(seen.after, free)) @ seen.weight
            assert float(chance[0]) == pytest.approx(share, abs=1e-8)


@pytest.mark.parametrize("which", range(3))
def test_the_share_within_a_day_is_found_though_only_days_are_recorded(which: int) -> None:
    known = expected("day_rounded_exponential")
    days = (2, 1, 0.5)[which]
    naive, truth = known["naive_P_K0_vs_true_P_le_1d"][which]
    rng, n = np.random.default_rng(which), 4000
    start = drawn(n, rng)
    end = start + (days * DAY * rng.exponential(size=n)).astype(np.int64)
    start, end = start // DAY * DAY, end // DAY * DAY
    found = fit(start, end, LONG_AFTER, (DAY, DAY), candidates=("exponential",))
    # Four standard errors, of the mean (1 / sqrt(n) of it) through the share.
    error = days**-1 * np.exp(-1 / days) / np.sqrt(n)
    assert float(found.cdf(DAY)) == pytest.approx(truth, abs=5 * error)
    counted = (end == start).mean()
    assert counted == pytest.approx(naive, abs=4.5 * np.sqrt(naive * (1 - naive) / n))
    assert abs(counted - truth) > 0.15


def test_days_do_not_hide_which_family_it_is() -> None:
    rng = np.random.default_rng(4)
    start = drawn(4000, rng)
    end = start + (2 * DAY * np.exp(0.8 * rng.standard_normal(4000))).astype(np.int64)
    found = fit(start // DAY * DAY, end // DAY * DAY, LONG_AFTER, (DAY, DAY))
    assert found.family.name == "lognormal"
    low, high = found.interval(lambda one: one.quantile([0.5, 0.9]), 0.999)
    truth = 2 * DAY * np.exp(0.8 * stats.norm.ppf([0.5, 0.9]))
    assert (low < truth).all() and (truth < high).all()


# ---------------------------------------------------------------------- open cases


def test_open_cases_are_not_left_out() -> None:
    """A week of cases that take a day: the share done in a day, as the closed form has it."""
    known = expected("horizon_bias_sla")
    rng, n = np.random.default_rng(5), 20_000
    start = rng.integers(0, 7 * DAY, n)
    end = start + (DAY * rng.exponential(size=n)).astype(np.int64)
    still = end > 7 * DAY
    recorded = np.where(still, OPEN, end)
    error = 4.5 * np.sqrt(0.25 / n)
    took = (end - start)[~still]
    assert (took <= DAY).mean() == pytest.approx(known["naive_closed_only"], abs=error)
    late = np.where(still, False, end - start <= DAY)
    assert late.mean() == pytest.approx(known["naive_open_counted_late"], abs=error)
    found = fit(start, recorded, 7 * DAY)
    assert float(found.cdf(DAY)) == pytest.approx(known["kaplan_meier_target"], abs=error)
    curve = kaplan_meier(start, recorded, 7 * DAY)
    share = curve["share"][curve["time"].searchsorted(DAY, side="right") - 1]
    assert share == pytest.approx(known["kaplan_meier_target"], abs=error)
    assert (found.n, found.censored) == (n, still.sum())


def test_a_time_that_is_missing_as_not_a_number_is_open_too() -> None:
    start = np.arange(40) * HOUR
    end = np.where(np.arange(40) % 4, start + HOUR * (1 + np.arange(40) % 7), np.nan)
    same = np.where(np.isnan(end), float(OPEN), end)
    one, other = (
        fit(start, each, 50 * HOUR, candidates=("lognormal",))
        for each in (end, same.astype(np.int64))
    )
    assert one.censored == other.censored == 10
    assert one.free == pytest.approx(other.free)


def test_too_few_cases_are_refused() -> None:
    start = np.arange(30) * HOUR
    with pytest.raises(RunError, match="9 cases"):
        fit(start, np.where(np.arange(30) < 9, start + HOUR, OPEN), 100 * HOUR)


# ---------------------------------------------------------------------- clocks


def test_working_time_is_found_from_the_calendar() -> None:
    """Eight hours a day, five days a week; work of 6 hours by the median."""
    days = np.array([day for day in range(0, 700) if day % 7 < 5], dtype=np.int64) * DAY
    clock = WorkingClock(days + 9 * HOUR, days + 17 * HOUR)
    rng, n = np.random.default_rng(6), 1500
    start = rng.integers(0, 600 * DAY, n)
    work = (6 * HOUR * np.exp(0.5 * rng.standard_normal(n))).astype(np.int64)
    end = clock.finish_all(start, work)
    found = fit(start, end, 700 * DAY, clock=clock)
    assert found.family.name == "lognormal"
    error = 0.5 / np.sqrt(n)
    assert float(found.quantile(0.5)) == pytest.approx(6 * HOUR, rel=4.5 * error)
    assert "working hours" in found.distribution()["lognormal"]["median"]
    by_calendar = fit(start, end, 700 * DAY)
    assert float(by_calendar.quantile(0.5)) > 2 * 6 * HOUR


# ---------------------------------------------------------------------- families


TRUTHS = {
    "exponential": stats.expon(scale=3),
    "lognormal": stats.lognorm(0.9, scale=3),
    "weibull": stats.weibull_min(0.6, scale=3),
    "gamma": stats.gamma(4, scale=1),
}


@pytest.mark.parametrize("name", TRUTHS)
def test_the_family_is_found_again(name: str) -> None:
    rng = np.random.default_rng(7)
    took = TRUTHS[name].rvs(3000, random_state=rng)
    start = drawn(3000, rng)
    found = fit(start, start + (took * HOUR).astype(np.int64) + 1, LONG_AFTER)
    assert found.family.name == name
    shares = np.array([0.1, 0.5, 0.9])
    assert found.quantile(shares) / HOUR == pytest.approx(TRUTHS[name].ppf(shares), rel=0.12)
    assert found.cdf(found.quantile(shares)) == pytest.approx(shares)
    assert found.mean() / HOUR == pytest.approx(TRUTHS[name].mean(), rel=0.15)


@pytest.mark.parametrize("name", families.FAMILIES)
def test_a_family_agrees_with_itself(name: str) -> None:
    """Density is the slope of the share, quantile its inverse, mean the integral of both."""
    family = families.FAMILIES[name]
    free = np.array([0.3, -0.2, -0.5, 0.4, -0.1])[: {"exponential": 1, name: 2}.get(name, 2)]
    if name == "two lognormals":
        free = np.array([0.3, -0.2, -0.5, 0.4, -0.1])
    at = np.geomspace(0.05, 20, 50)
    slope = (family.cdf(at * 1.0001, free) - family.cdf(at * 0.9999, free)) / (at * 0.0002)
    assert family.density(at, free) == pytest.approx(slope, rel=1e-4, abs=1e-7)
    shares = np.linspace(0.01, 0.99, 20)
    assert family.cdf(family.quantile(shares, free), free) == pytest.approx(shares)
    fine = np.geomspace(1e-9, 1e5, 400_001)
    assert family.mean(free) == pytest.approx(
        np.trapezoid(1 - family.cdf(fine, free), fine), rel=1e-3
    )


def two_kinds(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two cases in three take 20 minutes, the others two days."""
    rng = np.random.default_rng(seed)
    quick = rng.random(n) < 2 / 3
    median = np.where(quick, 20 * MINUTE, 2 * DAY)
    start = drawn(n, rng)
    return start, start + (median * np.exp(0.5 * rng.standard_normal(n))).astype(np.int64)


def test_a_mixture_is_chosen_where_one_distribution_does_not_do() -> None:
    found = fit(*two_kinds(1000, 8), LONG_AFTER)
    assert found.family.name == "two lognormals"
    told = found.candidates["parameters"][0]
    assert told["quick"] == pytest.approx(2 / 3, abs=0.07)
    assert told["slow median"] == pytest.approx(2 * DAY, rel=0.15)
    assert list(found.candidates["bic"]) == sorted(found.candidates["bic"])


def test_what_is_fitted_is_a_time_of_a_scenario() -> None:
    rng = np.random.default_rng(9)
    start = drawn(2000, rng)
    for took in (TRUTHS["lognormal"], TRUTHS["gamma"], TRUTHS["weibull"], TRUTHS["exponential"]):
        end = start + (took.rvs(2000, random_state=rng) * DAY).astype(np.int64) + 1
        found = fit(start, end, LONG_AFTER)
        written = Distribution.model_validate(found.distribution())
        assert written.parameters.average() == pytest.approx(found.mean(), rel=1e-3)
    mixed = fit(*two_kinds(2000, 10), LONG_AFTER)
    written = Distribution.model_validate(mixed.distribution())
    assert written.parameters.average() == pytest.approx(mixed.mean(), rel=0.05)


@pytest.mark.slow
@pytest.mark.statistics
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of the share done in a day, from 120 cases recorded by the hour, a quarter still open."""
    truth, tries, held = stats.lognorm(1.0, scale=12), 150, 0
    for seed in range(tries):
        rng = np.random.default_rng([11, seed])
        start = rng.integers(0, 5 * DAY, 120)
        end = start + (truth.rvs(120, random_state=rng) * HOUR).astype(np.int64)
        end = np.where(end > 5 * DAY, OPEN, end // HOUR * HOUR)
        found = fit(start // HOUR * HOUR, end, 5 * DAY, (HOUR, HOUR), candidates=("lognormal",))
        low, high = found.interval(lambda one: one.cdf(DAY))
        held += bool(low <= truth.cdf(24) <= high)
    assert held / tries == pytest.approx(0.9, abs=3.3 * np.sqrt(0.09 / tries) + 0.01)


def test_a_curve_without_a_family_is_that_of_the_textbook() -> None:
    """Kaplan and Meier 1958, section 2: deaths at 0.8, 3.1, 5.4, 9.2 of eight, losses between."""
    times = np.array([0.8, 1.0, 2.7, 3.1, 5.4, 7.0, 9.2, 12.1])
    died = np.array([1, 0, 0, 1, 1, 0, 1, 0], dtype=bool)
    start = np.array([0.0] * 8)
    until = 13_000
    start = np.where(died, 0, until - times * 1000).astype(np.int64)
    end = np.where(died, times * 1000, OPEN).astype(np.int64)
    found = kaplan_meier(start, end, until)
    shown = found.set_index("time")["share"]
    known = {800: 1 / 8, 3100: 1 - 7 / 8 * 4 / 5, 5400: 1 - 7 / 8 * 3 / 5, 9200: 1 - 7 / 8 * 0.3}
    for time, share in known.items():
        assert shown[time] == pytest.approx(share)


def test_a_fit_can_be_asked_with_other_parameters() -> None:
    found = fit(*two_kinds(500, 12), LONG_AFTER)
    assert isinstance(found, Fit) and found.draws.shape == (durations.DRAWS, 5)
    low, high = found.interval(lambda one: one.quantile(0.5))
    assert low < found.quantile(0.5) < high

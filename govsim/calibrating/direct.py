"""What the record tells by itself: how demand is spread over categories, weekdays, hours, months.

The scenario is simulated as it is given, over the weeks that are fitted. Where the record has more
orders of a category than its share of that, the category's rate is raised by the ratio; and so on.
So residents who go to a station first, and orders that come days after the problem, are
allowed for as the scenario has them. How much there is in all is left to inference. Called by
`govsim.calibrate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibrating.counting import HOURS, Counted, Window
from govsim.scenarios.loading import Loaded
from govsim.scenarios.quantities import Rate
from govsim.scenarios.schema import Scenario

Floats = NDArray[np.float64]

REPLICATIONS = 40
"""Of the scenario as it is given."""

WEEKDAYS = 7
MONTHS = 12
HALF_A_YEAR = 183
"""Days below which no season is estimated: a month would be told from the trend by nothing."""

FEWEST = 3 * HOURS
"""Orders in all below which no profile of the day is estimated."""

SHAPES = np.geomspace(0.5, 500, 40)
"""Of the gamma distribution of ratios, from far apart to nearly alike (within 4%)."""

QUANTILES = (np.arange(200) + 0.5) / 200
"""Points that stand for the distribution of a ratio, given the shape."""


@dataclass(frozen=True)
class Estimate:
    """A value of a scenario with its 90% interval, as a scenario writes them."""

    path: tuple[str, ...]
    low: Any
    value: Any
    high: Any


def ratios(observed: Floats, drawn: Floats) -> Floats:
    """Estimate by how much shares of what was observed differ from those of a simulation.

    Parameters
    ----------
    observed : float[n], numbers of orders.
    drawn : float[m, n], the same of m replications.

    Returns
    -------
    float[3, n]
        5%, 50% and 95% points of the ratio.

    Notes
    -----
    Numbers are Poisson about their expectation times a ratio, but for a factor on the variance
    that is that of the replications; ratios are gamma with mean 1 (Clayton and Kaldor 1987), so
    rare categories borrow strength from the others. The shape isn't known either: intervals are
    averaged over `SHAPES`, each weighed by its marginal likelihood (negative binomial), as the
    best one alone would make them too narrow where ratios look alike.
    """
    from scipy.special import gammaln
    from scipy.stats import gamma

    mean = drawn.mean(axis=0)
    used = mean > 0
    spread = max(1.0, float((drawn.var(axis=0, ddof=1)[used] / mean[used]).mean()))
    expected = mean[used] * observed[used].sum() / mean[used].sum() / spread
    seen, a = observed[used] / spread, SHAPES[:, None]
    likelihood = (
        gammaln(a + seen)
        - gammaln(a)
        + a * np.log(a / (a + expected))
        + seen * np.log(expected / (a + expected))
    ).sum(axis=1)
    weights = np.exp(likelihood - likelihood.max())
    points = gamma.ppf(QUANTILES[:, None, None], a + seen) / (a + expected)
    each = np.repeat((weights / weights.sum() / len(QUANTILES))[None], len(QUANTILES), axis=0)
    found = np.ones((3, len(observed)))
    found[:, used] = np.transpose([_points(one, each) for one in np.moveaxis(points, -1, 0)])
    return found


def _points(values: Floats, weights: Floats) -> Floats:
    """Give the 5%, 50% and 95% points of weighted values, both of any one shape."""
    order = values.ravel().argsort()
    below = np.cumsum(weights.ravel()[order])
    at = np.searchsorted(below, np.array([0.05, 0.5, 0.95]) * below[-1])
    return np.asarray(values.ravel()[order][at], dtype=np.float64)


def estimates(
    scenario: Scenario, window: Window, observed: Counted, drawn: Counted
) -> tuple[list[Estimate], pd.DataFrame]:
    """Estimate the spread of demand.

    Parameters
    ----------
    scenario : as it is given.
    window : whose numbers these are.
    observed, drawn : of the record, and of replications of the scenario.

    Returns
    -------
    list of Estimate
    pandas.DataFrame
        As `govsim.calibration.Calibration.direct`.
    """
    categories = scenario.demand.categories
    found: list[Estimate] = []
    told: list[pd.DataFrame] = []

    def tell(part: str, names: Sequence[str], values: Floats) -> None:
        low, middle, high = values
        told.append(
            pd.DataFrame({"part": part, "name": names, "low": low, "ratio": middle, "high": high})
        )

    if observed.category.sum():
        by_category = ratios(observed.category, drawn.category)
        tell("category", list(categories), by_category)
        for i, (name, category) in enumerate(categories.items()):
            scaled = (_rate(category.rate, ratio) for ratio in by_category[:, i].tolist())
            found.append(Estimate(("demand", "categories", name, "rate"), *scaled))
    weekdays = ratios(_by_weekday(observed.daily, window), _by_weekday(drawn.daily, window))
    tell("weekday", [str(i) for i in range(WEEKDAYS)], weekdays)
    found.append(_weights(("demand", "weekdays"), scenario.demand.weekdays, weekdays))
    if observed.daily.shape[-1] >= HALF_A_YEAR:
        # A month that the record doesn't hold keeps its factor.
        by_month = ratios(_by_month(observed.daily, window), _by_month(drawn.daily, window))
        tell("month", [str(1 + i) for i in range(MONTHS)], by_month)
        found.append(_weights(("demand", "months"), scenario.demand.months, by_month))
    hours = scenario.demand.hours
    if len(hours) == HOURS and observed.hour.sum() >= FEWEST:
        by_hour = ratios(observed.hour, drawn.hour)
        tell("hour", [str(i) for i in range(HOURS)], by_hour)
        found.append(_weights(("demand", "hours"), hours, by_hour))
    return found, pd.concat(told, ignore_index=True)


def changed(loaded: Loaded, found: Sequence[Estimate]) -> Loaded:
    """Put estimates into a scenario."""
    tree = loaded.scenario.model_dump(mode="json")
    for one in found:
        part = tree
        for key in one.path[:-1]:
            part = part[key]
        part[one.path[-1]] = one.value
    return replace(loaded, scenario=Scenario.model_validate(tree))


def _by_weekday(daily: Floats, window: Window) -> Floats:
    """Add up days float[..., days] to float[..., 7], from Monday on."""
    first = np.datetime64(window.start, "ms").astype("datetime64[D]").item().weekday()
    of = (first + np.arange(daily.shape[-1])) % WEEKDAYS
    return np.stack([daily[..., of == day].sum(axis=-1) for day in range(WEEKDAYS)], axis=-1)


def _by_month(daily: Floats, window: Window) -> Floats:
    """Add up days float[..., days] to float[..., 12], from January on."""
    first = np.datetime64(window.start, "ms").astype("datetime64[D]")
    month = (first + np.arange(daily.shape[-1])).astype("datetime64[M]").astype(np.int64) % MONTHS
    return np.stack([daily[..., month == one].sum(axis=-1) for one in range(MONTHS)], axis=-1)


def _rate(rate: Rate, ratio: float) -> str:
    per_year = rate.per_day * 365 * ratio
    if rate.per_resident:
        return f"{1000 * per_year:.4g} per 1000 per year"
    return f"{per_year:.4g} per year"


def _weights(path: tuple[str, ...], given: Sequence[float], found: Floats) -> Estimate:
    def scaled(at: Floats) -> list[float]:
        return [round(float(weight * ratio), 4) for weight, ratio in zip(given, at, strict=True)]

    return Estimate(path, *(scaled(at) for at in found))

"""Regression to the mean: the fall that picking a bad year brings with no change of service.

An estate that is picked for its many 12345 orders is picked partly for bad luck, and luck does
not come twice: its next year is better, whatever is done. `simulated` repeats that with the
model: many estates, two years of the same service, the worst of the first year, their change
in the second. Called by `govsim.explain`, which shows it beside what the service changed.

Luck is what the model has of it: whose problems arise, on which days (counts vary more than
Poisson's, by a gamma factor a day and area), and how residents bear the waiting. Two things are
added, as no record of years tells them: how estates differ for good, which makes the worst one
worse in both years, and how an estate's years differ beyond the model, which makes it worse
in one. `SETTINGS` spans them, and each row says what it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.measures.statistics import interval
from govsim.runs import trials
from govsim.runs.trials import Simulate, Trial
from govsim.scenarios.schema import Scenario

Floats = NDArray[np.float64]

APART = 0.24
"""Log standard deviation that puts a threefold between the highest and lowest of 60 estates:
reporting differs by neighbourhood by up to 3 times (Liu and Garg 2022); ln 3 over the expected
range of 60 normal values, 4.6 standard deviations."""

SETTINGS = ((0.0, 0.0), (APART, 0.0), (APART, 0.1), (APART, 0.2))
"""How estates differ for good, and how their years differ beyond the model (log sd of demand)."""

FIRST = 1_000_000
"""Replications from here on are years of this comparison: no other run has them."""

LEVELS = np.exp(np.linspace(-1.0, 1.0, 7))
"""Levels of demand at which years are simulated; between them orders are interpolated."""

AT_ONCE = 5
"""Years of one level in a trial."""

WORLDS = 2_000
"""How often estates are drawn and the worst of them picked."""

POOLS, WORLDS_OF_POOL = 50, 500
"""How often the simulated years are resampled, and estates drawn of each."""

COLUMNS = (
    "between", "years", "picked", "estates", "mean", "low", "high", "n", "q05", "q95", "variation",
)  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """What is picked from what.

    Attributes
    ----------
    estates : how many there are, if the scenario is one estate.
    picked : how many of them are picked, for each answer.
    years : years that are simulated at each level of demand, if the scenario is one estate.
    pairs : pairs of years that are simulated if it has several communities.
    """

    estates: int = 60
    picked: tuple[int, ...] = (1, 6)
    years: int = 100
    pairs: int = 8


def fall_after(first: Floats, second: Floats, picked: int) -> Floats:
    """Give the relative fall of the worst of a year in the next.

    Parameters
    ----------
    first, second : float[..., estates], orders per resident in two years.
    picked : so many with the most in the first year.

    Returns
    -------
    float[...]
        Share by which their orders together are fewer in the second year; NaN if they had none.
    """
    worst = np.argsort(-first, axis=-1, kind="stable")[..., :picked]
    before, after = (
        np.take_along_axis(year, worst, axis=-1).sum(axis=-1) for year in (first, second)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(before > 0, 1 - after / before, np.nan)


def simulated(
    scenario: Scenario,
    folder: Path,
    measured_from: int,
    selection: Selection,
    confidence: float,
    simulate: Simulate,
    communities: Sequence[str] = (),
) -> pd.DataFrame:
    """Pick the worst of many estates by one year, and see the next, with the same service.

    Parameters
    ----------
    scenario : the service, the same in both years.
    folder : where relative paths of its tables start.
    measured_from : end of the warm-up, ms.
    communities : where the scenario has several, those that are picked from
        (``street/community``); they differ for good as they do in the scenario, and their years
        as the model has it. Else the scenario is one estate, and there are
        `Selection.estates` such as it, by `SETTINGS`.

    Returns
    -------
    pandas.DataFrame
        A row for each setting and number picked: ``between`` and ``years``, as set (``between``
        is NaN for communities, which differ as the scenario says); ``picked``,
        ``estates``; ``mean``, ``low``, ``high``, ``n``, the expected fall and its interval over
        ``n`` years (or pairs of years); ``q05``, ``q95``, between which nine tenths of single
        falls lie; ``variation``, coefficient of variation of an estate's orders over years.
    """
    base = Trial(trials.plain(scenario), str(folder), (), measured_from, ())
    if len(communities) > 1:
        return _of_communities(base, communities, selection, confidence, simulate)
    return _of_copies(base, scenario, selection, confidence, simulate)


def _of_communities(
    base: Trial,
    communities: Sequence[str],
    selection: Selection,
    confidence: float,
    simulate: Simulate,
) -> pd.DataFrame:
    asked = tuple(("community", name, "orders_per_1000") for name in communities)
    each = [
        replace(base, replications=(FIRST + year,), asked=asked)
        for year in range(2 * selection.pairs)
    ]
    years = np.nan_to_num(np.array(simulate(each))[:, :, 0])
    first, second = years[0::2], years[1::2]
    variation = float(np.sqrt(((second - first) ** 2 / 2).mean()) / years.mean())
    rows = []
    for picked in (k for k in selection.picked if k < len(communities)):
        falls = fall_after(first, second, picked)
        over = interval(falls, confidence)
        ends = (over.mean, over.low, over.high, over.n, *np.nanquantile(falls, (0.05, 0.95)))
        rows.append((np.nan, 0.0, picked, len(communities), *ends, variation))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_copies(
    base: Trial,
    scenario: Scenario,
    selection: Selection,
    confidence: float,
    simulate: Simulate,
) -> pd.DataFrame:
    """Draw estates and their years from simulated ones.

    Notes
    -----
    The same replications are simulated at each of `LEVELS`, so that orders of one year are a
    smooth function of its demand. Intervals are percentiles over resampled years (Efron's
    bootstrap).
    """
    asked = (("district", "", "orders_per_1000"),)
    parts = [
        tuple(range(FIRST + at, FIRST + min(at + AT_ONCE, selection.years)))
        for at in range(0, selection.years, AT_ONCE)
    ]
    each = [
        replace(base, replications=part, asked=asked).changed(
            [(("demand", "level"), round(scenario.demand.level * float(level), 6))]
        )
        for level in LEVELS
        for part in parts
    ]
    found = np.concatenate([values[0] for values in simulate(each)])
    pool = np.nan_to_num(found.reshape(len(LEVELS), selection.years))
    rng = np.random.default_rng([scenario.seed, FIRST])
    whole = np.arange(selection.years)
    ends = ((1 - confidence) / 2, (1 + confidence) / 2)
    rows = []
    for between, own in SETTINGS:
        first, second = _two_years(pool, whole, between, own, selection.estates, WORLDS, rng)
        variation = float(np.sqrt(((second - first) ** 2 / 2).mean()) / first.mean())
        others = []
        for _ in range(POOLS):
            some = rng.choice(whole, len(whole))
            others.append(
                _two_years(pool, some, between, own, selection.estates, WORLDS_OF_POOL, rng)
            )
        for picked in (k for k in selection.picked if k < selection.estates):
            falls = fall_after(first, second, picked)
            means = [np.nanmean(fall_after(*years, picked)) for years in others]
            over = (*np.quantile(means, ends), selection.years)
            each_time = np.nanquantile(falls, (0.05, 0.95))
            setting = (between, own, picked, selection.estates)
            rows.append((*setting, np.nanmean(falls), *over, *each_time, variation))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _two_years(
    pool: Floats,
    years: NDArray[np.int64],
    between: float,
    own: float,
    estates: int,
    worlds: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Draw two years of many estates; float[worlds, estates] each.

    Parameters
    ----------
    pool : float[levels, years], orders as simulated.
    years : those of the pool that are drawn from.
    """
    for_good = between * rng.normal(size=(worlds, estates))
    found = []
    for _ in range(2):
        # Lognormal with mean 1: an estate's demand is as in the scenario, on average.
        factor = for_good + own * rng.normal(size=for_good.shape) - (between**2 + own**2) / 2
        place = np.interp(factor, np.log(LEVELS), np.arange(len(LEVELS)))
        below = np.minimum(place.astype(np.int64), len(LEVELS) - 2)
        year = rng.choice(years, size=for_good.shape)
        low, high = pool[below, year], pool[below + 1, year]
        found.append(low + (place - below) * (high - low))
    return found[0], found[1]

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
from math import exp
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim import trials
from govsim.scenarios.schema import Scenario
from govsim.statistics import interval
from govsim.trials import Asked, Simulate, Trial

Floats = NDArray[np.float64]

APART = 0.24
"""Log standard deviation that puts a threefold between the highest and lowest of 60 estates:
reporting differs by neighbourhood by up to 3 times (Liu and Garg 2022); ln 3 over the expected
range of 60 normal values, 4.6 standard deviations."""

SETTINGS = ((0.0, 0.0), (APART, 0.0), (APART, 0.1), (APART, 0.2))
"""How estates differ for good, and how their years differ beyond the model (log sd of demand)."""

FIRST = 1_000_000
"""Replications from here on are years of this comparison: no other run has them."""

COLUMNS = ("between", "years", "picked", "estates", "mean", "low", "high", "n", "variation")


@dataclass(frozen=True)
class Selection:
    """What is picked from what.

    Attributes
    ----------
    estates : how many there are, if the scenario is one estate.
    picked : how many of them are picked, for each answer.
    repeats : how often all of it is repeated, for an interval.
    """

    estates: int = 60
    picked: tuple[int, ...] = (1, 6)
    repeats: int = 8


def fall_after(first: Floats, second: Floats, picked: int) -> float:
    """Give the relative fall of the worst of a year in the next.

    Parameters
    ----------
    first, second : float[estates], orders per resident in two years.
    picked : so many with the most in the first year.

    Returns
    -------
    float
        Share by which their orders together are fewer in the second year; NaN if they had none.
    """
    worst = np.argsort(-first, kind="stable")[:picked]
    total = float(first[worst].sum())
    return 1 - float(second[worst].sum()) / total if total > 0 else float("nan")


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
        A row for each setting and number picked: ``between`` and ``years``, as set; ``picked``,
        ``estates``; ``mean``, ``low``, ``high``, ``n``, the fall and its interval over repeats;
        ``variation``, coefficient of variation of an estate's orders over years.
    """
    settings: Sequence[tuple[float, float]] = SETTINGS
    if len(communities) > 1:
        asked: tuple[Asked, ...] = tuple(("community", c, "orders_per_1000") for c in communities)
        copies, settings = 1, SETTINGS[:1]
    else:
        asked = (("district", "", "orders_per_1000"),)
        copies = selection.estates
    shape = (selection.repeats, copies, 2)
    luck = np.random.default_rng([scenario.seed, FIRST])
    for_good, of_year = luck.normal(size=(*shape[:2], 1)), luck.normal(size=shape)
    base = Trial(trials.plain(scenario), str(folder), (), measured_from, asked)
    wanted = [
        _year(base, scenario.demand.level, FIRST + year, float(factor))
        for between, own in settings
        for year, factor in enumerate(_factors(for_good, between, of_year, own).ravel())
    ]
    found = np.array(simulate(wanted))
    # Copies of one estate, or communities of one copy: whichever there are several of.
    years = found.reshape(len(settings), *shape, len(asked)).swapaxes(3, 4)
    orders = np.nan_to_num(years.reshape(len(settings), shape[0], copies * len(asked), 2))
    rows = []
    for (between, own), mine in zip(settings, orders, strict=True):
        spread = float(np.sqrt((np.diff(mine, axis=2) ** 2 / 2).mean()) / mine.mean())
        for picked in (k for k in selection.picked if k < mine.shape[1]):
            falls = [fall_after(one[:, 0], one[:, 1], picked) for one in mine]
            over = interval(falls, confidence)
            ends = (over.mean, over.low, over.high, over.n)
            rows.append((between, own, picked, mine.shape[1], *ends, spread))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _factors(for_good: Floats, between: float, of_year: Floats, own: float) -> Floats:
    """Factors on demand, lognormal with mean 1; float[repeats, copies, 2]."""
    found: Floats = np.exp(between * for_good + own * of_year) / exp((between**2 + own**2) / 2)
    return found


def _year(base: Trial, level: float, replication: int, factor: float) -> Trial:
    """One year: a replication of its own, with its own level of demand."""
    year = replace(base, replications=(replication,))
    return year if factor == 1 else year.changed([(("demand", "level"), round(level * factor, 6))])

"""How good a forecast of daily numbers was, on days that it had not seen.

A forecast is scored on its draws, beside the seasonal naive forecast that saw the same record:
every coming day is like the same day of the last week before the split. Its distribution is
that of its own errors so far, as far ahead (`naive`), or, which is sharper where the last weeks
were quiet, what came on that weekday in the last eight weeks (`last_weeks`).

Called by `govsim.calibrate`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

WEEK = 7
QUANTILES = 100
"""Quantiles that stand for the errors of the naive forecast."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a forecast of one series.

    Attributes
    ----------
    crps : mean over days of the continuous ranked probability score, orders a day.
    crps_naive : of the seasonal naive forecast with the distribution of its errors.
    crps_last_weeks : of the last eight weeks' values on the same weekday.
    mase : mean absolute error of the median, over that of the seasonal naive forecast on the
        same days.
    mase_in_sample : the same over the seasonal naive forecast's error a week ahead within the
        record before the split (Hyndman and Koehler 2006).
    coverage_50, coverage_90 : share of days within the central predictive intervals.
    """

    crps: float
    crps_naive: float
    crps_last_weeks: float
    mase: float
    mase_in_sample: float
    coverage_50: float
    coverage_90: float

    @property
    def skill(self) -> float:
        """Share of the seasonal naive forecast's CRPS that the forecast does without."""
        return 1 - self.crps / self.crps_naive if self.crps_naive else np.nan


def score(drawn: ArrayLike, observed: ArrayLike, seen: ArrayLike) -> Scores:
    """Hold a forecast against what came.

    Parameters
    ----------
    drawn : float[draws, held], the forecast.
    observed : float[held], orders on each of these days.
    seen : float[days], orders on each day before, up to the split; at least three weeks.
    """
    x, y, before = (np.asarray(a, dtype=np.float64) for a in (drawn, observed, seen))
    point = last_weeks(before, len(y), weeks=1)[:, 0]
    off = float(np.abs(y - point).mean())
    step = float(np.abs(before[WEEK:] - before[:-WEEK]).mean())
    error = float(np.abs(y - np.median(x, axis=0)).mean())
    return Scores(
        crps=crps(x, y),
        crps_naive=crps(naive(before, len(y)).T, y),
        crps_last_weeks=crps(last_weeks(before, len(y)).T, y),
        mase=error / off if off else np.nan,
        mase_in_sample=error / step if step else np.nan,
        coverage_50=coverage(x, y, 0.5),
        coverage_90=coverage(x, y, 0.9),
    )


def crps(drawn: ArrayLike, observed: ArrayLike) -> float:
    """Mean continuous ranked probability score of draws float[draws, held].

    The distribution is that of the draws themselves (Gneiting and Raftery 2007, equation 21);
    a forecast of one draw has its absolute error. Summed over the sorted draws, as pairs of them
    are many: each is as far off as it lies from the day, weighted by the share of draws on its
    far side (Jordan, Krüger and Lerch 2019, equation 3).
    """
    x = np.sort(np.asarray(drawn, dtype=np.float64), axis=0)
    off = x - np.asarray(observed, dtype=np.float64)
    beyond = (np.arange(len(x)) + 0.5)[:, None] / len(x)
    weighted = np.where(off > 0, (1 - beyond) * off, -beyond * off)
    return float(2 * weighted.mean(axis=0).mean())


def coverage(drawn: ArrayLike, observed: ArrayLike, share: float) -> float:
    """Share of days within the central interval that holds this share of the draws."""
    tail = (1 - share) / 2
    low, high = np.quantile(np.asarray(drawn), [tail, 1 - tail], axis=0)
    y = np.asarray(observed)
    return float(((low <= y) & (y <= high)).mean())


def pit(drawn: ArrayLike, observed: ArrayLike, rng: np.random.Generator) -> Floats:
    """Place of each day in its predictive distribution, randomised within ties: float64[held].

    Uniform on (0, 1) where the forecast is calibrated (Czado, Gneiting and Held 2009).
    """
    x, y = np.asarray(drawn), np.asarray(observed)
    below, same = (x < y).sum(axis=0), (x == y).sum(axis=0)
    found: Floats = (below + rng.random(len(y)) * (same + 1)) / (len(x) + 1)
    return found


def last_weeks(seen: ArrayLike, held: int, weeks: int = 8) -> Floats:
    """What came on the same weekday in the last weeks: float64[held, weeks], latest first."""
    before = np.asarray(seen, dtype=np.float64)
    weeks = min(weeks, len(before) // WEEK)
    if not weeks:
        raise ValueError("a seasonal naive forecast takes at least a week")
    back = WEEK * np.arange(1, weeks + 1)
    found: Floats = before[len(before) - back + np.arange(held)[:, None] % WEEK]
    return found


def naive(seen: ArrayLike, held: int) -> Floats:
    """Seasonal naive forecast, with its errors so far: float64[held, QUANTILES].

    For a day w weeks after the last one of its weekday, the errors are all differences over w
    weeks in the record (over half the record, at most), and no number is below 0: the
    distribution of Hyndman and Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed.
    2021, section 5.5, without its normality.
    """
    before = np.asarray(seen, dtype=np.float64)
    point = last_weeks(before, held, weeks=1)
    longest = max(1, len(before) // (2 * WEEK))
    at = (np.arange(QUANTILES) + 0.5) / QUANTILES
    found = np.empty((held, QUANTILES))
    for day in range(held):
        lag = WEEK * min(day // WEEK + 1, longest)
        errors = np.quantile(before[lag:] - before[:-lag], at)
        found[day] = np.maximum(0, point[day] + errors)
    return found

"""Forecasts of daily numbers of orders over days that the fit has not seen.

`forecast` fits each series of the record before a split (`govsim.estimation.daily`) and draws
the days after it all at once, from what was known at the split: a fixed origin. `rolling`
forecasts day after day a given number of days ahead, with the shape of the process fitted once
but each day's record known. Called by `govsim.calibrate`; scored by `govsim.estimation.scores`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.estimation import daily, scores
from govsim.estimation.daily import DailyFit, Kinds
from govsim.scenarios.calendar import Calendar
from govsim.scenarios.units import DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRAWS = 1000

QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}


@dataclass(frozen=True, eq=False)
class Forecast:
    """Predictive distributions of daily numbers, and what came.

    Attributes
    ----------
    split : first day of the forecast.
    drawn : int64[draws, held] for each series.
    observed : a column for each series, a row for each day held out.
    seen : the same for the days before.
    """

    split: date
    drawn: dict[str, Ints]
    observed: pd.DataFrame
    seen: pd.DataFrame

    def days(self, rng: np.random.Generator) -> pd.DataFrame:
        """Tell each day: ``series, date, observed, naive, mean``, `QUANTILES`, ``pit``."""
        parts = []
        for name, drawn in self.drawn.items():
            came, before = self.observed[name].to_numpy(), self.seen[name].to_numpy()
            told = {
                "series": name,
                "date": [str(self.split + timedelta(days=i)) for i in range(len(came))],
                "observed": came,
                "naive": scores.last_weeks(before, len(came), weeks=1)[:, 0],
                "mean": drawn.mean(axis=0),
            }
            told |= dict(
                zip(QUANTILES, np.quantile(drawn, list(QUANTILES.values()), axis=0), strict=True)
            )
            parts.append(pd.DataFrame(told | {"pit": scores.pit(drawn, came, rng)}))
        return pd.concat(parts, ignore_index=True)

    def scores(self) -> pd.DataFrame:
        """Score each series: a row for each, its columns those of `scores.Scores`."""
        found = {
            name: scores.score(drawn, self.observed[name], self.seen[name])
            for name, drawn in self.drawn.items()
        }
        rows = [
            {"series": name} | {key: getattr(one, key) for key in one.__slots__}
            for name, one in found.items()
        ]
        return pd.DataFrame(rows)


def daily_numbers(
    frame: pd.DataFrame, start: int, end: int, by: str | None = None, name: str = "all"
) -> pd.DataFrame:
    """Count the orders created on each day.

    Parameters
    ----------
    frame : as in `OrderLog`.
    start, end : midnights, local ms since 1970.
    by : column whose values are series of their own; one series without.
    name : of the series, without `by`.

    Returns
    -------
    pandas.DataFrame
        A row for each day from 0 on, a column for each series.
    """
    created = frame["created"].to_numpy(dtype="datetime64[ms]").astype(np.int64)
    inside = (created >= start) & (created < end)
    day = (created[inside] - start) // DAY
    whole = range((end - start) // DAY)
    series = pd.Series(name, frame.index) if by is None else frame[by]
    counted = pd.crosstab(day, series[inside].to_numpy(dtype=object))
    return counted.reindex(whole, fill_value=0)


def forecast(
    numbers: pd.DataFrame,
    first: date,
    split: int,
    calendar: Calendar,
    seed: int = 0,
    recent: int | None = None,
) -> Forecast:
    """Forecast the days from a split on, from the days before it.

    Parameters
    ----------
    numbers : as `daily_numbers` gives them, held out days included.
    first : date of the first row.
    split : row of the first day that the fit doesn't see.
    calendar : that holds these days; its holidays are known beforehand.
    recent : days before the split that are fitted, where older ones were of another kind; all
        if not given.
    """
    begin = 0 if recent is None else max(0, split - recent)
    kinds = Kinds.of(calendar, first, len(numbers))
    seen = numbers.iloc[:split]
    rng = np.random.default_rng(seed)
    drawn = {
        str(name): fitted.predict(kinds[split:], DRAWS, rng)
        for name in numbers
        for fitted in [daily.fit(seen[name].to_numpy(np.float64)[begin:], kinds[begin:split])]
    }
    return Forecast(first + timedelta(days=split), drawn, numbers.iloc[split:], seen)


def rolling(fitted: DailyFit, later: Floats, kinds: Kinds, ahead: int, seed: int = 0) -> Ints:
    """Forecast each later day as many days ahead, knowing what came up to then.

    Parameters
    ----------
    fitted : to the days before.
    later : float[held], orders on each of the days after.
    kinds : of these days.
    ahead : days between the last that is known and the one that is forecast.

    Returns
    -------
    int64[draws, held]
        For a day that is less than `ahead` days after the fit, the forecast of the fit.
    """
    rng = np.random.default_rng(seed)
    found = np.empty((DRAWS, len(later)), dtype=np.int64)
    for begin in range(0, len(later)):
        known = max(0, begin - ahead + 1)
        updated = fitted.with_days(later[:known], kinds[:known])
        found[:, begin] = updated.predict(kinds[known : begin + 1], DRAWS, rng)[:, -1]
    return found

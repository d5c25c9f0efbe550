"""How many orders come: by category, place, hour of the week, holiday and season.

`fit` gives everything on the scale on which a scenario writes it (``demand``), with intervals.
What was seen often is left as it is, and what was seen seldom borrows from the rest: weekdays,
holidays and months by the normal priors of `govsim.estimation.daily`; places, places by
category and hours of the week by a gamma prior around what the whole leads to expect, whose
width is found by likelihood (`shrunk`). For whoever works in Python: docs/estimation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln
from scipy.stats import gamma

from govsim.estimation import daily, shares
from govsim.estimation.daily import DailyFit, Kinds
from govsim.estimation.forecast import daily_numbers
from govsim.scenarios.calendar import Calendar
from govsim.scenarios.units import DAY, HOUR

Floats = NDArray[np.float64]

DRAWS = 2000
LEAST, MOST = 1e-2, 1e6
"""Bounds of the prior's shape: places that have nothing in common, places that are all alike."""


@dataclass(frozen=True, eq=False)
class ArrivalFit:
    """Rates of arrival and how they vary. Made by `fit`; intervals have its confidence.

    Attributes
    ----------
    days : frame of one row, ``value, low, high``: orders a day.
    categories : ``category, count, value, low, high``, orders a day; share of the category, and
        orders a day, both uncertain.
    places : ``place, count, factor, value, low, high``: the factor is against a place's part
        of what is expected, after shrinkage; the others are orders a day.
    cells : the same for each place and category, around what place and category lead to expect.
    hours : a row for each hour of the week: ``weekday`` (Monday 0), ``hour, count, value, low,
        high``; the values of a weekday have the mean 1.
    weekdays : ``weekday, value, low, high``, factors of mean 1.
    holidays : ``kind`` (``holidays``, ``spring_festival``), ``days`` of it in the record,
        ``value, low, high``, factors against a day of the same weekday.
    months : ``month, days, value, low, high``, factors of mean 1 over the days of the record; a
        month that isn't in it has no row.
    dispersion : ``name`` (``k``, ``correlation``), ``value, low, high``: k is as in a
        scenario's ``demand.dispersion``; the correlation is that of the factors of a day and
        the next.
    daily : the fit of days, for forecasts.
    """

    days: pd.DataFrame
    categories: pd.DataFrame
    places: pd.DataFrame
    cells: pd.DataFrame
    hours: pd.DataFrame
    weekdays: pd.DataFrame
    holidays: pd.DataFrame
    months: pd.DataFrame
    dispersion: pd.DataFrame
    daily: DailyFit


def fit(
    frame: pd.DataFrame,
    start: int,
    end: int,
    calendar: Calendar,
    *,
    residents: pd.Series | None = None,
    confidence: float = 0.9,
    seed: int = 0,
) -> ArrivalFit:
    """Fit the arrivals of a record.

    Parameters
    ----------
    frame : as in `OrderLog`: ``created``, and where they are known ``category`` and ``place``.
        Orders without a category or place count for the days, and are shared out as the others.
    start, end : midnights, local ms since 1970, at least 28 days apart.
    calendar : that holds these days.
    residents : of each place, by its name, to which its orders are in proportion but for its
        factor; places that it names and that have no orders are included. All alike if not
        given.
    confidence : of the intervals.
    seed : of the draws behind the intervals.
    """
    rng = np.random.default_rng(seed)
    first = np.datetime64(start, "ms").astype("datetime64[D]").item()
    counts = daily_numbers(frame, start, end).sum(axis=1).to_numpy(np.float64)
    kinds = Kinds.of(calendar, first, len(counts))
    fitted = daily.fit(counts, kinds)
    coefficients, season = fitted.effects(DRAWS, rng)
    rate = np.exp(coefficients @ kinds.design.T + season)
    k, correlation = fitted.dispersion(DRAWS, rng)
    ends = _Ends(confidence)
    created = frame["created"].to_numpy(dtype="datetime64[ms]").astype(np.int64)
    mine = frame[(created >= start) & (created < end)]
    days = ends.of(_matched(rate, counts)[:, None])
    weekdays = np.exp(coefficients[:, 1:8])
    weekdays /= weekdays.mean(axis=1, keepdims=True)
    special = pd.DataFrame({"kind": ["holidays", "spring_festival"]})
    special["days"] = [(kinds.special == kind).sum() for kind in (1, 2)]
    return ArrivalFit(
        days=days,
        categories=_categories(mine, start, end, days, ends),
        places=_places(mine, len(counts), residents, ends),
        cells=_cells(mine, len(counts), residents, ends),
        hours=_hours(mine, ends),
        weekdays=_beside(pd.DataFrame({"weekday": range(7)}), ends.of(weekdays)),
        holidays=_beside(special, ends.of(np.exp(coefficients[:, 8:]))),
        months=_months(first, season, ends),
        dispersion=_beside(
            pd.DataFrame({"name": ["k", "correlation"]}), ends.of(np.column_stack([k, correlation]))
        ),
        daily=fitted,
    )


class Shrunk(NamedTuple):
    """Factors on what was expected, after shrinkage.

    Attributes
    ----------
    factor, low, high : float64[n], mean and interval of each.
    shape : of the gamma prior of the factors, whose mean is 1: orders that the prior is worth.
    """

    factor: Floats
    low: Floats
    high: Floats
    shape: float


def shrunk(count: ArrayLike, expected: ArrayLike, confidence: float = 0.9) -> Shrunk:
    """Shrink what was counted towards what was expected (empirical Bayes).

    Parameters
    ----------
    count : float[n], orders of each place (hour, cell).
    expected : float[n], what the whole leads to expect of it; above 0.

    Returns
    -------
    Shrunk

    Notes
    -----
    Counts are Poisson given their factor, so negative binomial over all: the prior's shape is
    the maximum of that likelihood (Clayton and Kaldor 1987), and a factor's posterior is gamma.
    """
    n, e = np.asarray(count, dtype=np.float64), np.asarray(expected, dtype=np.float64)

    def loss(log_shape: float) -> float:
        a = np.exp(log_shape)
        terms = gammaln(n + a) - gammaln(a) + a * np.log(a / (a + e)) + n * np.log(e / (a + e))
        return -float(terms.sum())

    bounds = (np.log(LEAST), np.log(MOST))
    a = np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x)
    tail = (1 - confidence) / 2
    low, high = (gamma.ppf(q, n + a, scale=1 / (e + a)) for q in (tail, 1 - tail))
    return Shrunk((n + a) / (e + a), low, high, float(a))


@dataclass(frozen=True)
class _Ends:
    confidence: float

    def of(self, drawn: Floats) -> pd.DataFrame:
        """Median and interval of each column of draws."""
        tail = (1 - self.confidence) / 2
        low, value, high = np.quantile(drawn, [tail, 0.5, 1 - tail], axis=0)
        return pd.DataFrame({"value": value, "low": low, "high": high})


def _beside(names: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([names, values], axis=1)


def _matched(rate: Floats, counts: Floats) -> Floats:
    """Draws of orders a day, around their number in the record: float64[draws]."""
    level = rate.mean(axis=1)
    found: Floats = counts.mean() * level / level.mean() if counts.any() else level
    return found


def _categories(
    mine: pd.DataFrame, start: int, end: int, days: pd.DataFrame, ends: _Ends
) -> pd.DataFrame:
    """Multiply orders a day by shares; uncertain both, so their logarithms' variances add."""
    if "category" not in mine:
        return pd.DataFrame(columns=["category", "count", "value", "low", "high"])
    found = shares.shares(mine, "category", start, end, ends.confidence)
    total, low, high = days.loc[0, ["value", "low", "high"]].to_numpy(np.float64)
    share = np.maximum(found["share"], 1e-300)
    below = np.hypot(np.log(total / low), np.log(share / np.maximum(found["low"], 1e-300)))
    above = np.hypot(np.log(high / total), np.log(found["high"] / share))
    value = total * found["share"]
    none = found["count"] == 0
    return found[["category", "count"]].assign(
        value=value,
        low=np.where(none, 0.0, value * np.exp(-below)),
        high=np.where(none, high * found["high"], value * np.exp(above)),
    )


def _placed(mine: pd.DataFrame, residents: pd.Series | None) -> tuple[pd.DataFrame, Floats]:
    """Orders with a place, and each place's part of what is expected."""
    placed = mine[mine["place"].notna()]
    if residents is None:
        known = placed["place"].astype("category").cat.categories
    else:
        known = residents.index
        placed = placed[placed["place"].isin(known)]
    codes = known.get_indexer(pd.Index(placed["place"].astype(object)))
    placed = placed.assign(place=pd.Categorical.from_codes(codes, categories=known))
    part = np.ones(len(known)) if residents is None else residents.to_numpy(np.float64)
    return placed, part / part.sum()


def _places(
    mine: pd.DataFrame, days: int, residents: pd.Series | None, ends: _Ends
) -> pd.DataFrame:
    names = ["place", "count", "factor", "value", "low", "high"]
    if "place" not in mine or not mine["place"].notna().any():
        return pd.DataFrame(columns=names)
    placed, part = _placed(mine, residents)
    count = placed["place"].value_counts(sort=False).to_numpy(np.float64)
    expected = np.maximum(part * count.sum(), 1e-9)
    factor, low, high, _ = shrunk(count, expected, ends.confidence)
    # Orders without a known place are shared out as the others.
    daily_part = expected * len(mine) / len(placed) / days
    columns = [
        placed["place"].cat.categories,
        count.astype(np.int64),
        factor,
        *(daily_part * one for one in (factor, low, high)),
    ]
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def _cells(mine: pd.DataFrame, days: int, residents: pd.Series | None, ends: _Ends) -> pd.DataFrame:
    names = ["place", "category", "count", "factor", "value", "low", "high"]
    told = {"place", "category"} <= set(mine)
    both = mine[mine["place"].notna() & mine["category"].notna()] if told else mine[:0]
    if both.empty:
        return pd.DataFrame(columns=names)
    placed, part = _placed(both, residents)
    kinds = placed["category"].astype("category")
    count = pd.crosstab(placed["place"], kinds, dropna=False).to_numpy(np.float64)
    by_place = count.sum(axis=1)
    factor, *_ = shrunk(by_place, np.maximum(part * count.sum(), 1e-9))
    place_part = part * factor / (part * factor).sum()
    expected = np.maximum(np.outer(place_part, count.sum(axis=0)), 1e-9)
    shape = expected.shape
    each, low, high, _ = shrunk(count.ravel(), expected.ravel(), ends.confidence)
    daily_part = expected.ravel() * len(mine) / len(placed) / days
    places, categories = placed["place"].cat.categories, kinds.cat.categories
    columns = [
        np.repeat(places, shape[1]),
        np.tile(categories, shape[0]),
        count.ravel().astype(np.int64),
        each,
        *(daily_part * one for one in (each, low, high)),
    ]
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def _hours(mine: pd.DataFrame, ends: _Ends) -> pd.DataFrame:
    """Shrink each weekday's profile of hours towards that of workdays or of weekends.

    Counts are divided by their dispersion from one such day to another (quasi-likelihood).
    """
    created = mine["created"].to_numpy(dtype="datetime64[ms]").astype(np.int64)
    day, hour = created // DAY, created % DAY // HOUR
    weekday = (day + 3) % 7  # 1970 began on a Thursday
    count = np.zeros((7, 24))
    np.add.at(count, (weekday, hour), 1)
    parts = []
    for group in (range(5), range(5, 7)):
        rows = list(group)
        mine_too = np.isin(weekday, rows)
        each, at = np.unique(day[mine_too], return_inverse=True)
        by_day = np.zeros((len(each), 24))
        np.add.at(by_day, (at, hour[mine_too]), 1)
        wide = float(shares.dispersion(by_day).mean()) if len(each) else 1.0
        profile = count[rows].sum(axis=0) + 0.5  # an hour without orders is rare, not impossible
        profile /= profile.sum()
        expected = np.maximum(np.outer(count[rows].sum(axis=1), profile), 1e-9) / wide
        factor, low, high, _ = shrunk(count[rows].ravel() / wide, expected.ravel(), ends.confidence)
        values = np.array([factor, low, high]).reshape(3, len(rows), 24) * profile
        parts.append(values / values[:1].mean(axis=2, keepdims=True))
    value, low, high = np.concatenate(parts, axis=1).reshape(3, 168)
    columns: dict[str, Any] = {
        "weekday": np.repeat(np.arange(7), 24),
        "hour": np.tile(np.arange(24), 7),
    }
    columns |= {"count": count.ravel().astype(np.int64), "value": value, "low": low, "high": high}
    return pd.DataFrame(columns)


def _months(first: date, season: Floats, ends: _Ends) -> pd.DataFrame:
    days = np.datetime64(first, "D") + np.arange(season.shape[1])
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    level = np.exp(season)
    level /= level.mean(axis=1, keepdims=True)
    names, counted = np.unique(month, return_counts=True)
    drawn = np.column_stack([level[:, month == one].mean(axis=1) for one in names])
    return _beside(pd.DataFrame({"month": names, "days": counted}), ends.of(drawn))

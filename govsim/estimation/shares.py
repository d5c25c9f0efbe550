"""Shares of channels, of categories, and of repeats, with intervals.

Orders of one kind come in bouts, so that a share is known less well than from as many tosses of
a coin. How much less is measured from week to week (`dispersion`), and the interval is Wilson's
for that many fewer orders. Called by `govsim.estimation.arrivals`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from govsim.scenarios.units import WEEK

Floats = NDArray[np.float64]


def shares(
    frame: pd.DataFrame, by: str, start: int, end: int, confidence: float = 0.9
) -> pd.DataFrame:
    """Estimate the shares of a column's values.

    Parameters
    ----------
    frame : as in `OrderLog`; orders without a value count nowhere.
    by : column, such as ``channel`` or ``category``.
    start, end : of the span, local ms since 1970.
    confidence : of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row for each value, those of the column's categories that never came included:
        the value under the column's name, ``count, share, low, high, dispersion``.
    """
    created = frame["created"].to_numpy(dtype="datetime64[ms]").astype(np.int64)
    inside = (created >= start) & (created < end) & frame[by].notna().to_numpy()
    values = frame.loc[inside, by].astype("category")
    names = values.cat.categories
    weeks = max(1, -(-(end - start) // WEEK))
    counted = np.zeros((weeks, len(names)))
    np.add.at(counted, ((created[inside] - start) // WEEK, values.cat.codes.to_numpy()), 1)
    count = counted.sum(axis=0)
    wide = dispersion(counted)
    low, high = wilson(count, count.sum(), confidence, wide)
    with np.errstate(invalid="ignore"):
        share = count / count.sum()
    columns = {by: names, "count": count.astype(np.int64), "share": share}
    return pd.DataFrame(columns | {"low": low, "high": high, "dispersion": wide})


def repeats(frame: pd.DataFrame, start: int, end: int, confidence: float = 0.9) -> pd.DataFrame:
    """Estimate the share of orders that repeat an earlier one.

    Returns
    -------
    pandas.DataFrame
        One row, with the columns of `shares`.

    Raises
    ------
    ValueError
        The orders don't tell repeats: neither ``repeat`` nor ``parent`` is there.
    """
    if "repeat" not in frame and "parent" not in frame:
        raise ValueError("the orders have neither a column for repeats nor one for parents")
    told = frame["repeat"] if "repeat" in frame else frame["parent"].notna()
    codes = told.astype("Float64").fillna(-1).to_numpy(np.float64).astype(np.int64)
    kinds = pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype([False, True]))
    marked = frame[["created"]].assign(repeat=kinds)
    found = shares(marked, "repeat", start, end, confidence)
    return found.iloc[1:].reset_index(drop=True)


def dispersion(counted: ArrayLike) -> Floats:
    """Measure how much more a value's share varies over weeks than by chance: float64[values].

    Parameters
    ----------
    counted : float[weeks, values].

    Notes
    -----
    Pearson's statistic of a value against the rest, over its degrees of freedom (McCullagh and
    Nelder, *Generalized Linear Models*, 2nd ed. 1989, section 4.5), and 1 where it is less or
    the record is a week.
    """
    n = np.asarray(counted, dtype=np.float64)
    n = n[n.sum(axis=1) > 0]
    if len(n) < 2:
        return np.ones(n.shape[1])
    total = n.sum(axis=1, keepdims=True)
    share = n.sum(axis=0) / n.sum()
    chance = total * share * (1 - share)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(chance > 0, (n - total * share) ** 2 / chance, 1.0)
    measured: Floats = np.maximum(1.0, found.sum(axis=0) / (len(n) - 1))
    return measured


def wilson(
    count: ArrayLike, total: ArrayLike, confidence: float = 0.9, wide: ArrayLike = 1.0
) -> tuple[Floats, Floats]:
    """Wilson's interval for a share, as if the orders were fewer by the dispersion `wide`.

    Returns
    -------
    low, high : float64; 0 and 1 where there are no orders.

    Notes
    -----
    Wilson (1927); Brown, Cai and DasGupta (2001) recommend it for few cases.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}, but must be between 0 and 1")
    z2 = norm.ppf((1 + confidence) / 2) ** 2
    over = np.asarray(wide, dtype=np.float64)
    x = np.asarray(count, dtype=np.float64) / over
    n = np.asarray(total, dtype=np.float64) / over
    centre = (x + z2 / 2) / (n + z2)
    half = np.sqrt(z2 * (np.where(n > 0, x * (n - x) / np.maximum(n, 1e-300), 0.0) + z2 / 4))
    half = half / (n + z2)
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)

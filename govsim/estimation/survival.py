"""The curve of how long cases take that assumes no family: Kaplan and Meier's.

It stands beside a fitted one in figures and tests. Called by `govsim.report` and
`govsim.estimation.stages`.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def kaplan_meier(
    start: ArrayLike, end: ArrayLike, until: int, confidence: float = 0.9
) -> pd.DataFrame:
    """Estimate the share of cases that have ended, by the time since they began.

    Parameters
    ----------
    start, end, until : as in `govsim.estimation.durations.fit`; times are taken at their word.
    confidence : of the interval at each time.

    Returns
    -------
    pandas.DataFrame
        ``time`` (ms), ``share``, ``low, high``; a row for each time at which a case ended.

    Notes
    -----
    Kaplan and Meier 1958, with the intervals of Kalbfleisch and Prentice (log-log), by SciPy.
    """
    from scipy import stats

    began = np.asarray(start, dtype=np.int64)
    ended = np.asarray(end, dtype=np.float64)
    ended = np.where(ended == np.iinfo(np.int64).min, np.nan, ended)
    still = np.isnan(ended)
    data = stats.CensoredData.right_censored(
        np.maximum(np.where(still, until, ended) - began, 0.0), still
    )
    found = stats.ecdf(data).cdf
    # Before the first end and after the last the interval is that of nothing known.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        ends: Any = found.confidence_interval(confidence, method="log-log")
    return pd.DataFrame(
        {
            "time": found.quantiles,
            "share": found.probabilities,
            "low": np.nan_to_num(ends.low.probabilities, nan=0.0),
            "high": np.nan_to_num(ends.high.probabilities, nan=1.0),
        }
    )

"""Stages of an answer from a dispatch log: call, order, on the way, on the scene.

Such logs often hold one date and times of day only, go over midnight, and lack some of the times.
`instants` makes points in time of them; `fit` fits each stage by `govsim.estimation.durations`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.estimation import durations
from govsim.estimation.durations import Fit
from govsim.scenarios.units import DAY, HOUR, SECOND

Ints = NDArray[np.int64]

LONGEST = 6 * HOUR
"""A longer stage is taken for times in the wrong order: a minute back looks like 23 h 59 min."""

NONE = np.iinfo(np.int64).min
"""Stands for a time that isn't there, as in `OrderLog.milliseconds`."""


@dataclass(frozen=True)
class Stage:
    """How long a stage takes.

    Attributes
    ----------
    first, then : names of the times that it lies between.
    took : int64[n], ms, of the cases that have both.
    missing : cases that lack one of them, and count nowhere.
    disordered : cases set aside since it would have taken longer than `LONGEST`.
    over_midnight : cases, of those that count, that began on one day and ended on the next.
    fitted : the distribution.
    """

    first: str
    then: str
    took: Ints
    missing: int
    disordered: int
    over_midnight: int
    fitted: Fit

    def quantiles(self, shares: Sequence[float]) -> pd.DataFrame:
        """Hold the quantiles of what was fitted against those of the record.

        Returns
        -------
        pandas.DataFrame
            ``share, record, fitted``; times in ms.
        """
        record = np.quantile(self.took, shares)
        return pd.DataFrame(
            {"share": shares, "record": record, "fitted": self.fitted.quantile(shares)}
        )


def instants(days: pd.Series, times: pd.DataFrame) -> dict[str, Ints]:
    """Make points in time of a date and times of day.

    Parameters
    ----------
    days : ``datetime64``, the date of the first time of each row.
    times : ``timedelta64`` since midnight, a column for each time, in the order in which they
        should come; NaT where there is none.

    Returns
    -------
    dict
        int64[n] ms since 1970 for each column, `NONE` where there is no time. A time of day
        before that of the last one known is one of the next day.
    """
    first = days.to_numpy(dtype="datetime64[ms]").astype(np.int64)
    last, found = first, {}
    for name in times:
        of_day = times[name].to_numpy(dtype="timedelta64[ms]").astype(np.int64)
        missing = of_day == NONE
        at = last // DAY * DAY + np.where(missing, 0, of_day)
        at = np.where(at < last, at + DAY, at)
        # Times in the wrong order must not shift all that follow by a day.
        last = np.where(missing | (at - last > LONGEST) & (name != times.columns[0]), last, at)
        found[str(name)] = np.where(missing, NONE, at)
    return found


def fit(at: dict[str, Ints]) -> list[Stage]:
    """Fit the stages between times that follow each other.

    Parameters
    ----------
    at : as `instants` gives; rounded to the second.

    Raises
    ------
    RunError
        Too few cases of a stage have both of its times.
    """
    found = []
    for first, then in pairwise(at):
        a, b = at[first], at[then]
        both = (a != NONE) & (b != NONE)
        ordered = both & (b - a <= LONGEST) & (b >= a)
        a, b = a[ordered], b[ordered]
        fitted = durations.fit(a, b, int(b.max(initial=0)) + DAY, (SECOND, SECOND))
        crossed = int((a // DAY != b // DAY).sum())
        counts = int((~both).sum()), int((both & ~ordered).sum()), crossed
        found.append(Stage(first, then, b - a, *counts, fitted))
    return found

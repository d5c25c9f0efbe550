"""The test on weeks that the fit has not seen: forecasts of the simulation, and their scores.

The seasonal naive forecast of a day is what came on the same day of the week, the last time before
the forecast begins; its distribution is that of the last eight such days. The naive forecast of a
share is the weeks' before. Called by `govsim.calibrate`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibrating.counting import HOURS, Counted

Floats = NDArray[np.float64]

NAIVE_WEEKS = 8

SERIES = ("daily", "backlog")
"""What is forecast day by day."""

SHARES = ("hour", "category", "on_time")
"""What is forecast for all weeks together."""


def days(drawn: Counted, before: Counted, held: Counted, first: int, seed: int) -> pd.DataFrame:
    """Hold forecasts of daily numbers against what came.

    Parameters
    ----------
    drawn : of the days held out, parts with a row for each draw.
    before, held : of the record: the days before, and the days held out.
    first : first day held out, local ms since 1970.
    seed : of the randomised PIT.

    Returns
    -------
    pandas.DataFrame
        As in `govsim.calibration.Calibration`.
    """
    made = []
    for series in SERIES:
        given, seen = getattr(drawn, series), getattr(held, series)
        naive = naive_days(getattr(before, series), len(seen))
        dates = np.datetime64(first, "ms").astype("datetime64[D]") + np.arange(len(seen))
        made.append(
            pd.DataFrame(
                {
                    "series": series,
                    "date": np.datetime_as_string(dates),
                    **_forecast(given, seen, seed),
                    "naive": naive[0],
                    "crps_naive": crps(naive, seen),
                }
            )
        )
    return pd.concat(made, ignore_index=True)


def shares(
    drawn: Counted, before: Counted, held: Counted, categories: Sequence[str], seed: int
) -> pd.DataFrame:
    """Hold forecasts of shares against what came; arguments as of `days`.

    Returns
    -------
    pandas.DataFrame
        As in `govsim.calibration.Calibration`.
    """
    names = {"hour": [str(h) for h in range(HOURS)], "category": categories, "on_time": [""]}
    made = []
    for kind in SHARES:
        given, seen, naive = (_share(getattr(each, kind)) for each in (drawn, held, before))
        if np.isnan(seen).any() or np.isnan(naive).any() or np.isnan(given).any():
            continue
        made.append(
            pd.DataFrame(
                {
                    "kind": kind,
                    "name": list(names[kind]),
                    **_forecast(given, seen, seed),
                    "naive": naive,
                    "crps_naive": np.abs(seen - naive),
                }
            )
        )
    return pd.concat(made, ignore_index=True) if made else pd.DataFrame()


def scores(of_days: pd.DataFrame, of_shares: pd.DataFrame) -> pd.DataFrame:
    """Score what `days` and `shares` gave.

    Returns
    -------
    pandas.DataFrame
        As in `govsim.calibration.Calibration`. MASE is by the naive forecast's absolute error of
        the same numbers.
    """
    rows = []
    for frame, by in ((of_days, "series"), (of_shares, "kind")):
        for quantity, each in frame.groupby(by, sort=False) if len(frame) else ():
            off = (each["observed"] - each["naive"]).abs().mean()
            miss = (each["observed"] - each["mean"]).abs().mean()
            rows.append(
                {
                    "quantity": quantity,
                    "n": len(each),
                    "crps": each["crps"].mean(),
                    "crps_naive": each["crps_naive"].mean(),
                    "mase": miss / off if off else np.nan,
                    "coverage_50": each["observed"].between(each["q25"], each["q75"]).mean(),
                    "coverage_90": each["observed"].between(each["q05"], each["q95"]).mean(),
                }
            )
    return pd.DataFrame(rows)


def naive_days(before: Floats, held: int) -> Floats:
    """Forecast days by the same day of the week before: float[weeks, held], the last week first."""
    weeks = min(NAIVE_WEEKS, len(before) // 7)
    weekday = np.arange(held) % 7
    return np.array([before[len(before) - 7 * back + weekday] for back in range(1, weeks + 1)])


def crps(drawn: Floats, observed: Floats) -> Floats:
    """Give the continuous ranked probability score of draws float[m, n], fair (Ferro 2014)."""
    m = len(drawn)
    apart = np.abs(drawn - observed).mean(axis=0)
    weights = 2 * np.arange(1, m + 1) - m - 1
    between = (weights[:, None] * np.sort(drawn, axis=0)).sum(axis=0) / (m * (m - 1))
    return np.asarray(apart - between, dtype=np.float64)


def pit(drawn: Floats, observed: Floats, rng: np.random.Generator) -> Floats:
    """Give the randomised probability integral transform (Czado, Gneiting and Held 2009).

    Where `observed` is one more draw, its rank among draws float[m, n], ties by lot, is uniform;
    so is this, spread over the width of a rank.
    """
    below, same = (drawn < observed).sum(axis=0), (drawn == observed).sum(axis=0)
    within = rng.random(len(observed)) * (same + 1)
    return np.asarray((below + within) / (len(drawn) + 1), dtype=np.float64)


def _forecast(drawn: Floats, observed: Floats, seed: int) -> dict[str, Floats]:
    q05, q25, q75, q95 = np.quantile(drawn, [0.05, 0.25, 0.75, 0.95], axis=0)
    return {
        "observed": observed,
        "mean": drawn.mean(axis=0),
        **{"q05": q05, "q25": q25, "q75": q75, "q95": q95},
        "pit": pit(drawn, observed, np.random.default_rng([seed, 4])),
        "crps": crps(drawn, observed),
    }


def _share(numbers: Floats) -> Floats:
    """Turn numbers float[..., n] into shares of their sum; a single one is a share already."""
    if numbers.shape[-1] == 1:
        return numbers
    total = numbers.sum(axis=-1, keepdims=True)
    found: Floats = np.divide(numbers, total, out=np.full(numbers.shape, np.nan), where=total > 0)
    return found

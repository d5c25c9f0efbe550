"""The test on weeks that the fit has not seen: forecasts of the simulation, and their scores.

Days are held against the seasonal naive forecast, the same day of the last week before; a share
against that of the weeks before. Scores are those of `govsim.estimation.scores`. Called by
`govsim.calibrate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibration.counts import HOURS, Counted
from govsim.estimation import scores

Floats = NDArray[np.float64]

QUANTILES = {"q05": 0.05, "q25": 0.25, "q75": 0.75, "q95": 0.95}

SERIES = ("daily", "backlog")
"""What is forecast day by day."""

SHARES = ("hour", "category", "on_time")
"""What is forecast for all weeks together."""


class Tested(NamedTuple):
    """How forecasts did; frames as in `govsim.calibration.Calibration`."""

    days: pd.DataFrame
    shares: pd.DataFrame
    scores: pd.DataFrame


NOT_TESTED = Tested(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())


def test(
    drawn: Counted,
    before: Counted,
    held: Counted,
    first: int,
    categories: Sequence[str],
    seed: int,
) -> Tested:
    """Hold forecasts against what came.

    Parameters
    ----------
    drawn : of the days held out, parts with a row for each draw.
    before, held : of the record: the days before, and the days held out.
    first : first day held out, local ms since 1970.
    categories : their names.
    seed : of the randomised PIT.
    """
    rng = np.random.default_rng([seed, 4])
    days, shares, rows = [], [], []
    for series in SERIES:
        given, seen, came = (getattr(each, series) for each in (drawn, before, held))
        dates = np.datetime64(first, "ms").astype("datetime64[D]") + np.arange(len(came))
        told = {"series": series, "date": np.datetime_as_string(dates)}
        naive = scores.last_weeks(seen, len(came), weeks=1)[:, 0]
        days.append(pd.DataFrame(told | _forecast(given, came, naive, rng)))
        rows.append({"quantity": series} | _of_days(given, came, seen))
    names = {"hour": [str(h) for h in range(HOURS)], "category": categories, "on_time": [""]}
    for kind in SHARES:
        given, seen, came = (_share(getattr(each, kind)) for each in (drawn, before, held))
        if np.isnan(given).any() or np.isnan(seen).any() or np.isnan(came).any():
            continue
        told = {"kind": kind, "name": list(names[kind])}
        shares.append(pd.DataFrame(told | _forecast(given, came, seen, rng)))
        rows.append({"quantity": kind} | _of_shares(given, came, seen))
    shares = shares or [pd.DataFrame({"kind": [], "name": []})]
    return Tested(
        pd.concat(days, ignore_index=True),
        pd.concat(shares, ignore_index=True),
        pd.DataFrame(rows),
    )


def _forecast(
    drawn: Floats, observed: Floats, naive: Floats, rng: np.random.Generator
) -> dict[str, Floats]:
    ends = np.quantile(drawn, list(QUANTILES.values()), axis=0)
    return {
        "observed": observed,
        "naive": naive,
        "mean": drawn.mean(axis=0),
        **dict(zip(QUANTILES, ends, strict=True)),
        "pit": scores.pit(drawn, observed, rng),
    }


def _of_days(drawn: Floats, observed: Floats, before: Floats) -> dict[str, float]:
    found = scores.score(drawn, observed, before)
    return {
        "n": len(observed),
        "crps": found.crps,
        "crps_naive": found.crps_last_weeks,
        "mase": found.mase,
        "coverage_50": found.coverage_50,
        "coverage_90": found.coverage_90,
    }


def _of_shares(drawn: Floats, observed: Floats, naive: Floats) -> dict[str, float]:
    off = float(np.abs(observed - naive).mean())
    miss = float(np.abs(observed - np.median(drawn, axis=0)).mean())
    return {
        "n": len(observed),
        "crps": scores.crps(drawn, observed),
        "crps_naive": off,  # the CRPS of a forecast that is one number
        "mase": miss / off if off else np.nan,
        "coverage_50": scores.coverage(drawn, observed, 0.5),
        "coverage_90": scores.coverage(drawn, observed, 0.9),
    }


def _share(numbers: Floats) -> Floats:
    """Turn numbers float[..., n] into shares of their sum; a single one is a share already."""
    if numbers.shape[-1] == 1:
        return numbers
    total = numbers.sum(axis=-1, keepdims=True)
    nothing = np.full(numbers.shape, np.nan)
    found: Floats = np.divide(numbers, total, out=nothing, where=total > 0)
    return found

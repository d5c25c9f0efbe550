"""How long orders take, by category: estimated from the record alone, open ones included.

Nothing here is simulated. The report shows the fitted times beside the curve that assumes no
family, and how the one that was chosen is called. Called by `govsim.calibrate`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibration.counts import Window, of_log
from govsim.calibration.inference.records import start_of
from govsim.estimation import durations
from govsim.estimation.survival import kaplan_meier
from govsim.orders.log import OrderLog
from govsim.scenarios.calendar import WorkingClock
from govsim.scenarios.units import HOUR, MINUTE
from govsim.service.network import Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST = 8
"""Categories, the most frequent first, whose times are fitted: each takes seconds."""

LEAST = 30
"""Orders of a category that have ended, at least."""

CASES = 2000
"""Orders of a category that are fitted, at most: a sample of them, if there are more."""

POINTS = 80
"""Of a curve."""


def fitted(network: Network, log: OrderLog, window: Window) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fit the times of orders of a window, as they were known at its end.

    Parameters
    ----------
    network : whose categories and clocks these are.
    log : work orders.
    window : that is fitted.

    Returns
    -------
    times, curves
        As in `govsim.calibration.Calibration`.
    """
    cases = of_log(network, log, window)
    mine = (cases.created >= window.start) & (cases.created < window.end)
    mine &= ~np.isnan(cases.ended)
    rows, curves = [], []
    zero = start_of(network)  # clocks count from the start of the scenario
    until = window.end - zero
    counted = np.bincount(cases.category[mine & (cases.category >= 0)], minlength=window.categories)
    steps = window.rounding.orders
    rounding = steps.get("created", 1), steps.get("resolved", 1)
    for code in np.argsort(-counted, kind="stable")[:MOST].tolist():
        at = np.flatnonzero(mine & (cases.category == code))
        if len(at) > CASES:
            at = np.sort(np.random.default_rng(0).choice(at, CASES, replace=False))
        start = cases.created[at].astype(np.int64) - zero
        end = np.where(cases.ended[at] < window.end, cases.ended[at] - zero, np.nan)
        if np.isfinite(end).sum() < LEAST:
            continue
        name, clock = network.categories[code], _clock(network, code)
        found = durations.fit(start, end, until, rounding, clock)
        curve = _curve(found, start, end, until, clock)
        seen = float(curve["record"].max())
        rows.append({"category": name, "orders": int(counted[code])} | _row(found, seen))
        curves.append(curve.assign(category=name))
    if not rows:
        return pd.DataFrame(columns=list(_COLUMNS)), pd.DataFrame(columns=list(_OF_CURVES))
    return pd.DataFrame(rows)[list(_COLUMNS)], pd.concat(curves, ignore_index=True)[
        list(_OF_CURVES)
    ]


_COLUMNS = (
    "category", "orders", "fitted", "open", "family", "working", "gain",
    "median", "median_low", "median_high", "q90", "q90_low", "q90_high",
)  # fmt: skip
_OF_CURVES = "category", "hours", "fitted", "record", "low", "high"


def _clock(network: Network, code: int) -> WorkingClock | None:
    """Working time, where all of a category goes to a department that counts in it."""
    category = network.scenario.demand.categories[network.categories[code]]
    department = category.department
    if department is None or category.complex < 1 or category.department_time.unit == "calendar":
        return None
    return network.department_clocks.get(department, network.clock)


def _row(found: durations.Fit, seen: float) -> dict[str, object]:
    """Say what was fitted; no quantile beyond the share whose end was seen."""
    told: dict[str, object] = {
        "fitted": found.n,
        "open": found.censored / found.n,
        "family": found.family.name,
        "working": found.worked,
        # Over the best of the others, on the scale of log likelihoods.
        "gain": float(found.candidates["bic"].iloc[1] - found.candidates["bic"].iloc[0]) / 2,
    }
    shares = np.array([0.5, 0.9])
    with np.errstate(over="ignore"):
        low, high = found.interval(lambda fit: fit.quantile(shares))
    low, middle, high = np.where(shares <= seen, [low, found.quantile(shares), high], np.nan)
    for i, name in enumerate(("median", "q90")):
        told |= {
            name: middle[i] / HOUR,
            f"{name}_low": low[i] / HOUR,
            f"{name}_high": high[i] / HOUR,
        }
    return told


def _curve(
    found: durations.Fit, start: Ints, end: Floats, until: int, clock: WorkingClock | None
) -> pd.DataFrame:
    """Lay the fitted share that has ended beside Kaplan and Meier's, over times in hours."""
    still = np.isnan(end)
    ended = np.where(still, until, end).astype(np.int64)
    took = ended - start if clock is None else clock.work_between_all(start, ended)
    # Each on a time axis of its own, so that open cases are open at their own age.
    record = kaplan_meier(np.where(still, until - took, 0), np.where(still, np.nan, took), until)
    least = max(float(MINUTE), float(np.quantile(took[~still], 0.01)))
    most = max(2 * least, float(np.quantile(took, 0.99)))
    times = np.geomspace(least, most, POINTS)
    at = np.searchsorted(record["time"].to_numpy(), times, side="right") - 1

    def shown(name: str) -> Floats:
        return np.where(at >= 0, record[name].to_numpy()[np.maximum(at, 0)], 0.0)

    return pd.DataFrame(
        {
            "hours": times / HOUR,
            "fitted": found.cdf(times),
            "record": shown("share"),
            "low": shown("low"),
            "high": shown("high"),
        }
    )

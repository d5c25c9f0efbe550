"""What days tell: how orders go by weekday, month and holiday, and vary from day to day.

Numbers of a record are held against those of its simulation (`govsim.calibration.shrinkage`).
Weekdays, months and holidays are multiplied with each other, so each is estimated with the others
as they were found, in turn, until they fit together. Called by `govsim.calibration.direct`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from govsim.calibration.shrinkage import NINETY, alone, ratios
from govsim.estimation.daily import Kinds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = {"weekday": 7, "month": 12, "holiday": 3}
"""How many there are of each: from Monday on, from January on, as `Kinds.special`."""

HALF_A_YEAR = 183
"""Days below which no season is estimated: a month would be told from the trend by nothing."""

ROUNDS = 4
"""Times that weekdays, months and holidays are gone through."""

AROUND = 29
"""Days whose level a day is held against, so that a slow trend is no variation of days."""

BLURRED = 0.5
"""Relative luck of the variation of days from which on it tells nothing."""


def classes(start: int, kinds: Kinds) -> dict[str, Ints]:
    """Say of each day what it is: int64[days] for each of `CLASSES` that can be told.

    Parameters
    ----------
    start : first midnight, local ms since 1970.
    kinds : of the days.
    """
    first = np.datetime64(start, "ms").astype("datetime64[D]")
    month = (first + np.arange(len(kinds))).astype("datetime64[M]").astype(np.int64) % 12
    found = {"weekday": kinds.weekday, "month": month, "holiday": kinds.special}
    if len(kinds) < HALF_A_YEAR:
        del found["month"]
    if not kinds.special.any():
        del found["holiday"]
    return found


def spread(observed: Floats, drawn: Floats, of: Mapping[str, Ints]) -> dict[str, Floats]:
    """Estimate by how much days of each class differ from the simulation.

    Parameters
    ----------
    observed : float[days], orders.
    drawn : float[m, days], of m replications.
    of : as `classes` gives it.

    Returns
    -------
    dict
        float[3, classes] for each, as of `ratios`, of holidays as of `alone`; a class without a
        day has 1.
    """
    found = {part: np.ones((3, CLASSES[part])) for part in of}
    for _ in range(ROUNDS if len(of) > 1 else 1):
        for part, mine in of.items():
            others = np.prod([found[o][1][c] for o, c in of.items() if o != part], axis=0)
            n = CLASSES[part]
            estimate = alone if part == "holiday" else ratios
            found[part] = estimate(_total(observed, mine, n), _total(drawn * others, mine, n))
    return found


def variation(
    observed: Floats, drawn: Floats, of: Mapping[str, Ints], found: Mapping[str, Floats]
) -> Floats | None:
    """Estimate how many times more days vary beyond chance than in the simulation.

    Parameters
    ----------
    observed, drawn, of : as of `spread`.
    found : what it gave.

    Returns
    -------
    float[3] or None
        Low end, estimate and high end of a 90% interval; None where it can't be told.
    """
    usual = drawn.mean(axis=0)
    # A replication is held against the others, as the record is: it isn't part of its own mean.
    others = (drawn.sum(axis=0) - drawn) / (len(drawn) - 1)
    factors = np.prod([found[part][1][mine] for part, mine in of.items()], axis=0)
    fitted = sum(len(np.unique(mine)) - 1 for mine in of.values())
    by_chance = beyond_chance(drawn, others)
    middle, luck = float(by_chance.mean()), float(by_chance.std(ddof=1))
    if luck > BLURRED * middle:
        return None
    seen = float(beyond_chance(observed, usual * factors, fitted))
    ratio = max(seen / middle, luck / middle)
    # Poisson's part of the luck stays where days vary less; where they vary more, the tails of a
    # gamma distribution are longer (kurtosis 3 + 6 times its variance over the squared mean).
    longer = np.sqrt((2 + 6 * ratio * middle) / (2 + 6 * middle))
    half = NINETY * luck / middle * max(longer, 1 / ratio)
    return ratio * np.exp([-half, 0.0, half])


def felt(drawn: Floats, probed: Floats, holiday: Ints, kind: int) -> float:
    """Give the logarithm of the factor by which a kind of day changes, next to ordinary ones.

    Parameters
    ----------
    drawn, probed : float[m, days], of replications without and with a change.
    holiday, kind : int[days], as `Kinds.special`, and which of it.
    """

    def ratio(daily: Floats) -> float:
        mean = daily.mean(axis=0)
        return float(mean[holiday == kind].mean() / max(mean[holiday == 0].mean(), 1e-9))

    return float(np.log(max(ratio(probed), 1e-9) / max(ratio(drawn), 1e-9)))


def varied(drawn: Floats, probed: Floats) -> float:
    """Give the logarithm of the factor by which the variation of days rises with a change."""
    before, after = (
        float(beyond_chance(daily, (daily.sum(axis=0) - daily) / (len(daily) - 1)).mean())
        for daily in (drawn, probed)
    )
    return float(np.log(after / before)) if min(before, after) > 0 else 0.0


def beyond_chance(counts: Floats, usual: Floats, fitted: int = 0) -> Floats:
    """Measure the variance of days' factors: that of numbers, less Poisson's, over its square.

    Parameters
    ----------
    counts : float[..., days], orders.
    usual : float[..., days], what is expected of each but for the level of the weeks around it.
    fitted : how many numbers were fitted to get it.
    """
    kernel = np.ones(AROUND)
    came, due = (
        np.apply_along_axis(np.convolve, -1, daily, kernel, "same") for daily in (counts, usual)
    )
    expected = usual * came / np.maximum(due, 1e-9)
    spent = counts.shape[-1] / (counts.shape[-1] - fitted)
    off = spent * ((counts - expected) ** 2).sum(axis=-1) - expected.sum(axis=-1)
    found: Floats = off / np.maximum((expected**2).sum(axis=-1), 1e-9)
    return found


def _total(daily: Floats, of: Ints, n: int) -> Floats:
    """Add up days float[..., days] to float[..., n]."""
    return np.stack([daily[..., of == one].sum(axis=-1) for one in range(n)], axis=-1)

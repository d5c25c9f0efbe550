"""Positions as exports write them, in degrees. Used by `govsim.orders.reading`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LIMITS = {"longitude": 180.0, "latitude": 90.0}

SENTINELS = (-1.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0)
"""Numbers that databases write for no position, in both columns, of either sign."""

_DEGREES = re.compile(
    r"(?P<before>东经|西经|北纬|南纬|[EWNSO])?\s*(?P<degrees>[+-]?\d{1,3}(?:[.,]\d+)?)\s*[°º度]?\s*"
    r"(?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*['′’分]\s*)?"
    r"(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:[\"″”秒]|'')\s*)?(?P<after>[EWNSO])?",
    re.IGNORECASE,
)


def degrees(text: pa.Array, name: str) -> Floats:
    """Read positions: numbers with a point or a comma, or degrees, minutes and seconds.

    Parameters
    ----------
    text : large strings, "" where there is nothing.
    name : ``longitude`` or ``latitude``.

    Returns
    -------
    numpy.ndarray
        float64[n], east and north positive; NaN where there is no number.
    """
    cells = text.to_pandas()
    number: Floats = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64).copy()
    for at in np.flatnonzero(np.isnan(number) & (cells != "").to_numpy(dtype=bool)):
        number[at] = _read(cells.iloc[at])
    return number


def _read(cell: str) -> float:
    if not (found := _DEGREES.fullmatch(cell.strip())):
        return float("nan")
    parts = [
        float((found[name] or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")
    ]
    side = (found["before"] or found["after"] or "").upper()
    value = abs(parts[0]) + parts[1] / 60 + parts[2] / 3600
    negative = side in ("W", "S", "西经", "南纬") or found["degrees"].startswith("-")
    return -value if negative else value


def exchanged(numbers: dict[str, Floats]) -> bool:
    """Whether longitude and latitude stand in each other's columns: none is beyond 90 north."""
    if set(numbers) != set(LIMITS):
        return False
    east, north = numbers["longitude"], numbers["latitude"]
    known = ~(np.isnan(east) | np.isnan(north)) & (np.abs(north) <= 180) & (east != north)
    beyond = known & (np.abs(north) > LIMITS["latitude"]) & (np.abs(east) <= LIMITS["latitude"])
    return bool(known.any()) and bool(beyond.sum() > 0.9 * known.sum())


def nowhere(numbers: Sequence[Floats]) -> NDArray[np.bool_]:
    """Say which positions stand for none: 0/0, -1/-1, 999/999, or 0 beside nothing.

    Parameters
    ----------
    numbers : longitude and latitude, float64[n] each; or one of them, or none.
    """
    if not numbers:
        return np.zeros(1, bool)
    table = np.stack(numbers)
    missing = np.isnan(table)
    zero = (table == 0) | missing
    odd = np.isin(np.abs(table), np.abs(SENTINELS)) | missing
    alike = np.nanmax(np.where(missing, -np.inf, np.abs(table)), axis=0) == np.nanmin(
        np.where(missing, np.inf, np.abs(table)), axis=0
    )
    none: NDArray[np.bool_] = (zero.all(axis=0) | (odd.all(axis=0) & alike)) & ~missing.all(axis=0)
    return none

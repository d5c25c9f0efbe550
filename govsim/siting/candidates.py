"""Places where a station may stand: a planner's table, or the centres of suitable grids."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.errors import Problem
from govsim.language import joined, tr
from govsim.scenarios import tables
from govsim.scenarios.outline import Projection
from govsim.scenarios.territory import Territory

Floats = NDArray[np.float64]

COLUMNS = tuple(
    column
    if column.name != "point"
    else tables.Column(
        "point",
        ("候选点", "候选点编号", "选址", "site", "candidate", *column.also),
        required=True,
        unique=True,
    )
    for column in tables.POINTS
    if column.name != "grids"
)
"""Columns of a table of candidates: those of a table of stations, without grids."""

SHOWN = 5
"""Rows set aside that a message names."""


@dataclass(frozen=True)
class Candidates:
    """Places where a station may stand.

    Attributes
    ----------
    frame : ``point, name_zh, name_en, street, community, x, y``; m.
    given : whether they come from a table.
    set_aside : ``line, reason``, rows that can't be used.
    aside : the same with what was written in them.
    """

    frame: pd.DataFrame
    given: bool
    set_aside: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["line", "reason"])
    )
    aside: pd.DataFrame = field(default_factory=pd.DataFrame)


def of_grids(territory: Territory, able: NDArray[np.bool_]) -> Candidates:
    """Take the centres of grids; a station there is named by its community."""
    grids = territory.grids[able]
    names: list[tuple[str, str]] = []
    columns = (grids[name].astype(str) for name in ("street", "community", "grid"))
    for street, community, grid in zip(*columns, strict=True):
        there = community or street
        english = territory.english.get(f"{street}/{community}") or there
        names.append((f"{there}{grid}点站", f"{english} station at {grid}".strip()))
    frame = pd.DataFrame(
        {
            "point": [f"N{n:04}" for n in range(1, len(grids) + 1)],
            "name_zh": [zh for zh, _ in names],
            "name_en": [en for _, en in names],
            "street": grids["street"].to_numpy(),
            "community": grids["community"].to_numpy(),
            "x": grids["x"].to_numpy(np.float64),
            "y": grids["y"].to_numpy(np.float64),
        }
    )
    return Candidates(frame, False)


def of_table(
    path: Path, territory: Territory, projection: Projection | None, reach: float
) -> tuple[Candidates | None, list[Problem]]:
    """Read a planner's table; rows that can't be used are set aside.

    Returns
    -------
    candidates : None where nothing can be used.
    problems : what makes the table useless; rows set aside are none as long as others are left.
    """
    read = tables.read_table(path, COLUMNS)
    frame = read.frame
    if frame.empty:
        return None, read.problems
    file = str(path)
    degrees = {"lon", "lat"} <= set(frame.columns)
    if not degrees and not {"x", "y"} <= set(frame.columns):
        text = tr("positions are missing: give the columns x and y (m), or lon and lat")
        return None, [Problem(text, "", file, 1)]
    if degrees and projection is None:
        text = tr("this scenario has no longitude and latitude: give the columns x and y (m)")
        return None, [Problem(text, "", file, 1)]
    reasons: dict[int, str] = {}
    x, y = (frame[name].to_numpy(np.float64) for name in (("lon", "lat") if degrees else "xy"))
    if degrees and projection is not None:
        x, y = projection.metres(x, y)
    frame = frame.assign(x=x, y=y)
    for name in ("name_zh", "name_en", "street", "community"):
        if name not in frame:
            frame[name] = ""
    grids = territory.grids
    at = grids[["x", "y"]].to_numpy(np.float64)
    ids = _ids(territory)
    streets, places = grids["street"].tolist(), grids["community"].tolist()
    lines = frame["line"].tolist()
    for i, point in enumerate(frame["point"]):
        if np.isnan(x[i]) or np.isnan(y[i]):
            reasons[lines[i]] = tr("the position is empty")
        elif point in ids:
            reasons[lines[i]] = tr("“{name}” is already a service point", name=point)
        else:
            far = np.hypot(*(at - (x[i], y[i])).T)
            if far.min() > reach:
                reasons[lines[i]] = tr(
                    "no grid is within {reach} m; the nearest is {far} m away",
                    reach=f"{reach:,.0f}",
                    far=f"{far.min():,.0f}",
                )
            else:
                nearest = int(np.argmin(far))
                if not frame.at[i, "community"]:
                    frame.at[i, "street"] = streets[nearest]
                    frame.at[i, "community"] = places[nearest]
    known = set(places)
    for i, name in enumerate(frame["community"]):
        if lines[i] not in reasons and name not in known:
            reasons[lines[i]] = tr("no grid is in the community “{name}”", name=name)
    frame["name_zh"] = frame["name_zh"].where(frame["name_zh"] != "", frame["point"])
    frame["name_en"] = frame["name_en"].where(frame["name_en"] != "", frame["name_zh"])
    good = ~frame["line"].isin(list(reasons)).to_numpy()
    written = read.frame[~good]
    mine = written.assign(reason=[reasons[line] for line in written["line"]])
    aside = pd.concat([read.set_aside, mine], ignore_index=True).sort_values("line", kind="stable")
    if not good.any():
        rows = zip(aside["line"].tolist(), aside["reason"].tolist(), strict=True)
        return None, tables.short([Problem(why, "", file, line) for line, why in rows])
    columns = ["point", "name_zh", "name_en", "street", "community", "x", "y"]
    return (
        Candidates(
            frame.loc[good, columns].reset_index(drop=True),
            True,
            aside[["line", "reason"]].reset_index(drop=True),
            aside.reset_index(drop=True),
        ),
        [],
    )


def _ids(territory: Territory) -> Collection[str]:
    points = territory.points
    return {str(one) for name in ("point", "name_zh", "name_en") for one in points[name]}


def briefly(aside: pd.DataFrame) -> str:
    """Name the first rows that were set aside, with their reasons."""
    rows = zip(aside["line"].head(SHOWN), aside["reason"].head(SHOWN), strict=True)
    said = [tr("line {line}: {reason}", line=line, reason=reason) for line, reason in rows]
    return joined([*said, *(["…"] if len(aside) > SHOWN else [])], "；", "; ")

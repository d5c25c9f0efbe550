"""Maps of where stations stand today and should stand: grids, who covers them, and stations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govsim.language import tr
from govsim.report import marks, style
from govsim.report.plates import WIDTH, plain_sheet, sheet
from govsim.report.wrapping import lines as lines_of
from govsim.siting.result import COVER, TODAY, Siting

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KM = 1000.0

LEAST, MOST = 2.6, 4.6
"""Inches: limits to the height of a map."""

AROUND = 2.5
"""Km around the stations that change, on the map of their surroundings."""

NAMED = 12
"""Stations that are named on the map, at most."""

DOT = 5.0
"""Size of a grid, square points."""


def window(found: Siting) -> tuple[float, float, float, float] | None:
    """Find what is around the stations that change (west, east, south, north; km).

    Returns
    -------
    tuple
        None where nothing changes, or where that is most of the district.
    """
    plan = found.to_frame()
    some = plan.loc[plan["change"] != "kept", ["x", "y"]].to_numpy(np.float64) / KM
    if not len(some):
        return None
    every = found.grids[["x", "y"]].to_numpy(np.float64) / KM
    low, high = some.min(axis=0) - AROUND, some.max(axis=0) + AROUND
    if float((high - low).max()) > 0.6 * float(np.ptp(every, axis=0).max()):
        return None
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def before_and_after(
    found: Siting, around: tuple[float, float, float, float] | None = None
) -> Figure:
    """Draw today's stations and the proposed ones beside one another, all or some part of it."""
    corners = np.concatenate([found.outline[["x", "y"]], found.grids[["x", "y"]]]) / KM
    if around is not None:
        corners = np.array([[around[0], around[2]], [around[1], around[3]]])
    wide, tall = np.maximum(corners.max(axis=0) - corners.min(axis=0), 0.1).tolist()
    height = min(max(WIDTH / 2 * tall / wide, LEAST), MOST)
    figure = plain_sheet(height + 0.75)
    foot, head = 0.45 / (height + 0.75), 1 - 0.3 / (height + 0.75)
    room = {"left": 0.01, "right": 0.99, "bottom": foot, "top": head, "wspace": 0.03}
    left, right = figure.subplots(1, 2, gridspec_kw=room)
    for axes, name, title in (
        (left, TODAY, tr("today")),
        (right, found.proposed, tr("proposed")),
    ):
        _draw(axes, found, name, named=around is not None or window(found) is None)
        if around is not None:
            axes.set_xlim(around[0], around[1])
            axes.set_ylim(around[2], around[3])
        axes.set_title(title, fontsize=10)
    handles = _legend()
    figure.legend(
        handles=handles, loc="lower center", ncols=len(handles), frameon=False, fontsize=8
    )
    return figure


def _draw(axes: Axes, found: Siting, name: str, named: bool) -> None:
    for _, ring in found.outline.groupby("ring"):
        axes.fill(
            ring["x"] / KM, ring["y"] / KM, facecolor="#F6F7F8", edgecolor=style.GREY, linewidth=0.8
        )
    covers = found.grids["today" if name == TODAY else "proposed"].to_numpy() != ""
    x, y = found.grids["x"].to_numpy() / KM, found.grids["y"].to_numpy() / KM
    able = found.grids["able"].to_numpy(dtype=bool)
    for some, colour in ((~able & ~covers, "#D9DDE0"), (able & ~covers, "#8A8F94"),
                         (covers, style.BLUE)):  # fmt: skip
        axes.scatter(x[some], y[some], s=DOT, c=colour, linewidths=0, rasterized=False)
    mine = found.stations[found.stations["design"] == name]
    if name == TODAY and name != found.proposed:
        _stations(axes, mine, "kept")
    else:
        for change in ("kept", "closed", "moved", "new"):
            _stations(axes, mine[mine["change"] == change], change)
        if named:
            _names(axes, mine)
    axes.set_aspect("equal")
    axes.margins(0.03)
    axes.set_axis_off()


LOOKS: dict[str, dict[str, Any]] = {
    "kept": {"marker": "s", "s": 16, "facecolor": "white", "edgecolor": style.INK},
    "new": {"marker": "*", "s": 95, "facecolor": style.ORANGE, "edgecolor": style.INK},
    "moved": {"marker": "D", "s": 30, "facecolor": style.ORANGE, "edgecolor": style.INK},
    "closed": {"marker": "x", "s": 30, "color": style.INK},
}
"""How stations are drawn: told apart by shape, not by colour alone."""


def _stations(axes: Axes, some: pd.DataFrame, change: str) -> None:
    for x, y, fx, fy in some[["x", "y", "from_x", "from_y"]].to_numpy(np.float64) / KM:
        if change == "moved":
            axes.annotate("", (x, y), (fx, fy), arrowprops={"arrowstyle": "->", "color": style.INK})
    axes.scatter(some["x"] / KM, some["y"] / KM, linewidths=0.8, zorder=4, **LOOKS[change])


def _names(axes: Axes, mine: pd.DataFrame) -> None:
    """Name the stations that are new or moved by their numbers in the table."""
    from matplotlib.patheffects import withStroke

    changed = mine[mine["change"].isin(["new", "moved"])]
    if len(changed) > NAMED:
        return
    for point, x, y in changed[["point", "x", "y"]].itertuples(index=False):
        axes.annotate(
            "\n".join(lines_of(str(point), 14)),
            (x / KM, y / KM),
            xytext=(6, 5),
            textcoords="offset points",
            fontsize=7.5,
            zorder=6,
            annotation_clip=True,
            clip_on=True,
            path_effects=[withStroke(linewidth=2.2, foreground="white")],
        )


def _legend() -> list[Any]:
    from matplotlib.lines import Line2D

    looks: dict[str, Any] = {"linestyle": ""}
    dots = (
        (style.BLUE, tr("grid, covered")),
        ("#8A8F94", tr("grid that could be")),
        ("#D9DDE0", tr("other grid")),
    )
    made = [
        Line2D([], [], marker="o", markersize=4, color=c, markeredgewidth=0, label=text, **looks)
        for c, text in dots
    ]
    for change, text in (("kept", tr("station")), ("new", tr("new")), ("moved", tr("moved")),
                         ("closed", tr("given up"))):  # fmt: skip
        one = LOOKS[change]
        made.append(
            Line2D(
                [], [], marker=one["marker"], markersize=6 if change != "new" else 9,
                markerfacecolor=one.get("facecolor", "none"), markeredgecolor=style.INK,
                label=text, **looks,
            )
        )  # fmt: skip
    return made


def curve(found: Siting) -> Figure:
    """Draw how many residents each number of new stations covers, with the bound."""
    mine = found.curve[found.curve["model"] == COVER]
    counts = [0, *mine["count"]]
    figure = sheet(2.3)
    axes = figure.subplots()
    style.bare(axes, "y")
    today = found.design(TODAY)["covered"]
    axes.plot(counts, [today, *mine["bound"]], color=style.GREY, linewidth=1, linestyle=(0, (4, 3)),
              label=tr("at most, by any choice of places"))  # fmt: skip
    axes.plot(counts, [today, *mine["value"]], color=style.BLUE, label=tr("residents covered"))
    axes.yaxis.set_major_formatter(marks.thousands)
    axes.set_xlabel(tr("new stations"))
    axes.legend(frameon=False, loc="lower right")
    return figure

"""Maps of a run: where people are served, how many, and how well.

Communities or service points are marks, as large as the people they stand for and as dark as
a measure is bad, inside the territory's outline. A map says where its positions come from.
Called by the sections of the report, which draw with `govsim.report.style.drawing`.
"""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from govsim.language import name, tr
from govsim.measures.catalogue import CATALOGUE, Measure
from govsim.report import style
from govsim.report.plates import WIDTH, plain_sheet
from govsim.report.tables import FEWEST, WORST
from govsim.report.wording import community_name, number, point_name
from govsim.report.wrapping import lines as lines_of
from govsim.runs.results import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure

BESIDE = 1.9
"""Inches: width of what is beside the map."""

LEAST, MOST = 3.6, 4.3
"""Inches: limits to the height of a map; that of one with few marks is `SMALL`."""

SMALL, LINE = 2.6, 0.15
"""Inches: height of a map with few marks, and of a line below a map."""

GAP = 0.03
"""Inches around a map."""

SMALLEST, LARGEST = 8.0, 90.0
"""Areas of a mark of nobody and of the largest, square points."""

LIST, NOTE = 30, 84
"""Columns of the lines beside and below a map, of which Chinese signs take two."""

FEW = 6
"""Marks up to which each is named on the map."""

EDGE = 0.02
"""Share of the marks at each end of the scale that may lie beyond it."""

DOTS, DOT = "#B9BFC4", 1.6
"""Colour of the dots that stand for grids, and their size in points."""

KM = 1000.0


def communities(result: Result, measure: str = "compliance_scene") -> Figure:
    """Draw the communities at the middle of their residents.

    Parameters
    ----------
    result : of a run.
    measure : what shades them; any measure by community (`govsim.measures`).
    """
    places = ["street", "community"]
    grids = _grids(result)
    weight = grids["residents"].clip(lower=1)  # so that nobody's home has a middle too
    moments = grids.assign(x=grids["x"] * weight, y=grids["y"] * weight, weight=weight)
    found = moments.groupby(places, as_index=False)[["x", "y", "weight", "residents"]].sum()
    keys = found["street"] + "/" + found["community"]
    marks = pd.DataFrame(
        {
            "key": keys,
            "name": [community_name(result, key) for key in keys],
            "x": found["x"] / found["weight"],
            "y": found["y"] / found["weight"],
            "residents": found["residents"],
        }
    )
    return _map(result, measure, "community", marks, tr("Community, residents"))


def points(result: Result, measure: str = "compliance_scene") -> Figure:
    """Draw the service points that serve anybody; only point stations where there are any.

    Parameters
    ----------
    result : of a run.
    measure : what shades them; any measure by point (`govsim.measures`).
    """
    served = _grids(result).groupby("point")["residents"].sum()
    active = result.points.assign(key=result.points["point"].astype(str))
    active = active[active["key"].isin(served.index)]
    stations = active["kind"] == "point_station"
    title = tr("Service point, residents served")
    if stations.any():
        active, title = active[stations], tr("Point station, residents served")
    marks = active[["key", "x", "y"]].assign(
        name=[point_name(result, key) for key in active["key"]],
        residents=served[active["key"]].to_numpy(),
    )
    return _map(result, measure, "point", marks.reset_index(drop=True), title)


def _grids(result: Result) -> pd.DataFrame:
    """The grids, with plain words for categories."""
    words = {
        column: result.grids[column].astype(str) for column in ("street", "community", "point")
    }
    return result.grids.assign(**words)


def _map(result: Result, measure: str, level: str, marks: pd.DataFrame, title: str) -> Figure:
    """Draw marks (key, name, x, y, residents) and, beside them, what their looks stand for."""
    shown = CATALOGUE[measure]
    marks = marks.assign(
        x=marks["x"] / KM,
        y=marks["y"] / KM,
        value=[result.get(measure, level, key).mean for key in marks["key"]],
    )  # the small are drawn over the large:
    marks = marks.sort_values("residents", ascending=False, kind="stable", ignore_index=True)
    corners = np.concatenate([result.outline[["x", "y"]], result.grids[["x", "y"]]]) / KM
    wide, tall = np.maximum(corners.max(axis=0) - corners.min(axis=0), 0.1).tolist()
    few = len(marks) <= FEW
    height = SMALL if few else min(max((WIDTH - BESIDE) * tall / wide, LEAST), MOST)
    note = lines_of(_where_from(result), NOTE)
    foot = LINE * len(note) + 0.06

    figure = plain_sheet(height + foot)
    share = foot / (height + foot)
    area, beside = figure.subplots(
        1,
        2,
        width_ratios=[WIDTH - BESIDE, BESIDE],
        gridspec_kw={
            "left": GAP / WIDTH,
            "right": 1 - GAP / WIDTH,
            "bottom": share,
            "top": 1 - GAP / (height + foot),
            "wspace": 4 * GAP / WIDTH,
        },
    )
    _ground(area, result, wide)
    drawn, ends = _draw(area, marks, shown)
    _orient(area, wide)
    _legend(beside, marks, title)
    if few:
        _name_all(area, marks, shown)
    else:
        _scale(beside, drawn, ends, shown)
        listed = _number_worst(area, result, level, marks, shown)
        beside.text(0, 0.42, "\n".join(listed), fontsize=7.5, va="top", linespacing=1.35)
    figure.text(0.012, share, "\n".join(note), fontsize=7.5, color=style.GREY, va="top")
    return figure


def _ground(axes: Axes, result: Result, wide: float) -> None:
    """Draw the outline, and the grids as small dots: where people live."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    for _, ring in result.outline.groupby("ring"):
        axes.fill(
            ring["x"] / KM, ring["y"] / KM, facecolor="#F6F7F8", edgecolor=style.GREY, linewidth=0.8
        )
    # Very short lines with round ends are dots, and take a tenth of the room of markers.
    dots = np.repeat(result.grids[["x", "y"]].to_numpy(float) / KM, 2, axis=0)
    dots[1::2, 0] += wide / 2000
    path = Path(dots, np.tile([Path.MOVETO, Path.LINETO], len(result.grids)))
    looks: dict[str, Any] = {"edgecolor": DOTS, "linewidth": DOT, "capstyle": "round"}
    # What it spans is known; matplotlib would look along each line for where it turns.
    axes.add_artist(PathPatch(path, fill=False, snap=False, **looks))
    axes.update_datalim(dots)
    axes.set_aspect("equal")
    axes.margins(0.05, 0.08)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])


def _draw(axes: Axes, marks: pd.DataFrame, shown: Measure) -> tuple[PathCollection, str]:
    """Draw the marks; say at which ends there are values beyond the scale."""
    known = marks[marks["value"].notna()]
    values = known["value"] * _factor(shown)
    low, high = (float(values.quantile(q)) for q in (EDGE, 1 - EDGE)) if len(known) else (0.0, 1.0)
    if high - low < 1e-9:
        low, high = min(low, 0.0), max(high, low + 1.0)
    unknown = marks[marks["value"].isna()]
    axes.scatter(
        unknown["x"],
        unknown["y"],
        s=_area(unknown, marks),
        facecolor="none",
        edgecolor=style.GREY,
        linewidth=0.7,
        linestyle=":",
    )
    drawn = axes.scatter(
        known["x"],
        known["y"],
        s=_area(known, marks),
        c=values,
        cmap=style.shades(dark_is_low=shown.better == "higher"),
        vmin=low,
        vmax=high,
        edgecolor=style.INK,
        linewidth=0.6,
        zorder=3,
    )
    below, above = bool((values < low).any()), bool((values > high).any())
    return drawn, {
        (False, False): "neither",
        (True, False): "min",
        (False, True): "max",
        (True, True): "both",
    }[below, above]


def _area(some: pd.DataFrame, marks: pd.DataFrame) -> pd.Series:
    return SMALLEST + (LARGEST - SMALLEST) * some["residents"] / _most(marks)


def _most(marks: pd.DataFrame) -> float:
    return max(float(marks["residents"].max()), 1.0)


def _factor(shown: Measure) -> float:
    return 100.0 if shown.kind == "share" else 1.0


def _name_all(axes: Axes, marks: pd.DataFrame, shown: Measure) -> None:
    """Write name and value of each mark beside it."""
    named = zip(marks["name"], marks["x"], marks["y"], marks["value"].tolist(), strict=True)
    for of, x, y, value in named:
        found = number(value, shown)
        text = tr("{name}: {measure} {value}", name=of, measure=name(shown.label), value=found)
        _beside(axes, (x, y), "\n".join(lines_of(text, 28)), (0, 9), ha="center", fontsize=8.5)


def _number_worst(
    axes: Axes, result: Result, level: str, marks: pd.DataFrame, shown: Measure
) -> list[str]:
    """Number the worst marks that have enough demands, and list them.

    A place with few demands is easily the worst by bad luck.
    """
    if shown.better is None:
        return []
    many = [result.get("reported", level, key).mean >= FEWEST for key in marks["key"]]
    order = marks[np.array(many) & marks["value"].notna()].sort_values(
        ["value", "key"], ascending=[shown.better == "higher", True]
    )
    order = order.head(WORST)
    listed = [tr("Worst {n}:", n=len(order))] if len(order) else []
    places = zip(order["name"], order["x"], order["y"], order["value"].tolist(), strict=True)
    for i, (of, x, y, value) in enumerate(places, 1):
        _beside(axes, (x, y), str(i), fontsize=9)
        text = tr("{i}  {name}: {value}", i=i, name=of, value=number(value, shown))
        listed += lines_of(text, LIST)
    return listed


def _beside(
    axes: Axes,
    place: tuple[float, float],
    text: str,
    offset: tuple[float, float] = (7, 5),
    **looks: Any,
) -> None:
    from matplotlib.patheffects import withStroke

    axes.annotate(
        text,
        place,
        xytext=offset,
        textcoords="offset points",
        zorder=5,
        **looks,
        path_effects=[withStroke(linewidth=2.2, foreground="white")],
    )


def _orient(axes: Axes, wide: float) -> None:
    """Draw a bar of round length, and where north is."""
    largest = wide / 4
    power = 10 ** floor(log10(largest))
    length = max(step * power for step in (1, 2, 5) if step * power <= largest)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    x, y = left + 0.02 * (right - left), low + 0.02 * (high - low)
    axes.plot([x, x + length], [y, y], color=style.INK, linewidth=1.6, solid_capstyle="butt")
    text = tr("{n:g} km", n=length) if length >= 1 else tr("{n:g} m", n=KM * length)
    axes.annotate(
        text, (x + length, y), xytext=(4, 0), textcoords="offset points", fontsize=8, va="center"
    )
    top = high - 0.02 * (high - low)
    axes.annotate(
        tr("N"),
        (x, top),
        xytext=(0, -26),
        textcoords="offset points",
        ha="center",
        fontsize=9,
        arrowprops={"arrowstyle": "-|>", "color": style.INK, "shrinkA": 1, "shrinkB": 0},
    )


def _legend(axes: Axes, marks: pd.DataFrame, title: str) -> None:
    """Show how many residents a mark of each size stands for, and what a hollow one means."""
    from matplotlib.lines import Line2D

    axes.set_axis_off()
    most = _most(marks)
    round_ = 10 ** floor(log10(most))
    top = max(step * round_ for step in (1, 2, 5) if step * round_ <= most)
    looks: dict[str, Any] = {"linestyle": "", "marker": "o", "markerfacecolor": "white"}
    dot = Line2D([], [], linestyle="", marker="o", color=DOTS, markersize=DOT, label=tr("a grid"))
    shown = [
        Line2D(
            [],
            [],
            markersize=(SMALLEST + (LARGEST - SMALLEST) * n / most) ** 0.5,
            markeredgecolor=style.INK,
            markeredgewidth=0.6,
            label=number(n),
            **looks,
        )
        for n in (top, top / 5)
    ]
    if marks["value"].isna().any():
        looks |= {"markeredgecolor": style.GREY, "markersize": 6}
        shown.append(Line2D([], [], label=tr("no value"), **looks))
    axes.legend(
        handles=[*shown, dot],
        title="\n".join(lines_of(title, LIST)),
        loc="upper left",
        bbox_to_anchor=(-0.05, 1.0),
        frameon=False,
        fontsize=8,
        title_fontsize=8.5,
        alignment="left",
        borderaxespad=0,
    )


def _scale(axes: Axes, drawn: PathCollection, ends: str, shown: Measure) -> None:
    from matplotlib.ticker import MaxNLocator

    place = axes.inset_axes((0.0, 0.56, 0.95, 0.028))
    figure: Any = axes.figure
    bar = figure.colorbar(drawn, cax=place, orientation="horizontal", extend=ends)
    bar.outline.set_visible(False)
    bar.locator = MaxNLocator(4)
    label, unit = name(shown.label), name(shown.unit)
    text = tr("{measure}, {unit}", measure=label, unit=unit) if unit else label
    place.set_title("\n".join(lines_of(text, LIST)), fontsize=8.5, pad=5)
    place.tick_params(labelsize=8)


def _where_from(result: Result) -> str:
    """Say how far positions can be believed."""
    if result.manifest["generated"]:
        return tr("Positions that no table gives are generated inside the outline, not surveyed.")
    note = result.scenario.territory.note
    return name(note) if note is not None else tr("Positions are those of the scenario's tables.")

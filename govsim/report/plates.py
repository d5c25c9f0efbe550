"""Figures of the report, each at the width of its column.

They draw what they are given: intervals by name, frames of weeks, hours of the week. Called by
`govsim.report.sections`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.language import current, tr
from govsim.measures.catalogue import Measure
from govsim.measures.statistics import Interval
from govsim.report import marks, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, ROW, AROUND = 7.0, 0.21, 0.43
"""Inches: width of a figure, height of a row of marks, height of what is around them."""

ABREAST = 3
"""Curves of weeks beside one another."""

NAMES = 44
"""Columns for the name of a row, of which Chinese signs take two."""

Named = Sequence[tuple[str, Interval]]


def sheet(height: float) -> Figure:
    """Make an empty figure of the report's width, which is laid out when all is in it."""
    figure = plain_sheet(height)
    style.fitted(figure)
    return figure


def plain_sheet(height: float) -> Figure:
    """Make an empty figure of the report's width for axes whose places are given."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH, height))


NUMBERS, LABEL = 0.26, 0.18
"""Inches: height of ticks with numbers below axes, and of what stands below those."""


def panels(
    figure: Figure,
    deep: int,
    abreast: int,
    around: tuple[float, float, float],
    between: tuple[float, float],
    **shared: Any,
) -> NDArray[Any]:
    """Make a grid of axes with room for what is written around them, so that nothing is measured.

    Parameters
    ----------
    figure : from `plain_sheet`.
    deep, abreast : how many.
    around : inches on the left, on the right and above.
    between : inches across and down.
    """
    tall = figure.get_size_inches()[1]
    left, right, above = around
    across, down = between
    bottom = NUMBERS + LABEL
    wide = (WIDTH - left - right - (abreast - 1) * across) / abreast
    high = (tall - bottom - above - (deep - 1) * down) / deep
    room = {
        "left": left / WIDTH,
        "right": 1 - right / WIDTH,
        "bottom": bottom / tall,
        "top": 1 - above / tall,
        "wspace": across / wide,
        "hspace": down / high,
    }
    grid: NDArray[Any] = figure.subplots(deep, abreast, squeeze=False, gridspec_kw=room, **shared)
    for axes in grid.flat:
        axes.xaxis.set_label_coords(0.5, -NUMBERS / high)
        axes.yaxis.set_label_coords(-(left - 0.18) / wide, 0.5)
    return grid


def shares(named: Named, shown: Measure, unit: str, mark: float | None = None) -> Figure:
    """Dots with intervals on a scale from 0 to 100%, or to the largest that is more.

    Parameters
    ----------
    named : rows, the first at the top.
    shown : the measure.
    unit : what is written below the axis.
    mark : a share that all rows are held against, as a line.
    """
    figure = sheet(AROUND + ROW * len(named))
    axes = figure.subplots()
    marks.dots(axes, [name for name, _ in named], [found for _, found in named], shown, NAMES)
    # Work over the end of shifts can take more than the time on duty.
    most = max((one.mean for _, one in named if one.mean > 1), default=0.0)
    axes.set_xlim(0, max(1.0, 1.05 * most))
    if mark is not None:
        axes.axvline(mark, color=style.INK, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    axes.set_xlabel(unit)
    marks.percent(axes)
    return figure


def curve(
    costs: NDArray[np.float64],
    ends: Sequence[Interval],
    today: tuple[float, float],
    shown: Measure,
    name: str,
) -> Figure:
    """Draw what is kept by its cost, with intervals, and today's plan as a point.

    Parameters
    ----------
    costs : float[n], yuan a year.
    ends : what each keeps.
    today : cost and value of today's plan.
    shown, name : the measure.
    """
    figure = sheet(2.2)
    axes = figure.subplots()
    means = np.array([one.mean for one in ends])
    around = [[one.mean - one.low for one in ends], [one.high - one.mean for one in ends]]
    scale = 1e4 if current() == "zh" else 1e6  # as offices count
    axes.errorbar(costs / scale, means, around, color=style.BLUE, marker="o", ms=4, lw=1.2)
    axes.plot([today[0] / scale], [today[1]], "D", color=style.ORANGE, ms=5)
    axes.annotate(tr("today"), (today[0] / scale, today[1]), (5, -9), textcoords="offset points")
    axes.set_xlabel(tr("cost of people on duty, million yuan a year"))
    axes.set_ylabel(name)
    if shown.kind == "share":
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    style.bare(axes, "y")
    return figure


def counts(named: Named, unit: str) -> Figure:
    """Bars with intervals of numbers that are not shares."""
    figure = sheet(AROUND + ROW * len(named))
    axes = figure.subplots()
    marks.bars(axes, [name for name, _ in named], [found for _, found in named], columns=NAMES)
    axes.xaxis.set_major_formatter(marks.thousands)
    axes.set_xlabel(unit)
    return figure


def differences(named: Named, texts: Sequence[str], unit: str, scale: float = 1.0) -> Figure:
    """Dots with intervals on both sides of none.

    Parameters
    ----------
    named : rows, the first at the top.
    texts : their numbers, written at the right.
    unit : what is written below the axis.
    scale : factor from values to the unit.
    """
    figure = sheet(AROUND + ROW * len(named))
    axes = figure.subplots()
    scaled = [
        Interval(scale * one.mean, scale * one.low, scale * one.high, one.n) for _, one in named
    ]
    axes.axvline(0, color=style.INK, linewidth=0.9, zorder=1)
    marks.whiskers(axes, scaled)
    rows = np.arange(len(scaled))
    axes.plot([one.mean for one in scaled], rows, "o", color=style.BLUE, markersize=5.5, zorder=5)
    marks.rows(axes, [name for name, _ in named], texts, NAMES)
    axes.xaxis.set_major_formatter(marks.thousands)
    axes.margins(x=0.08)
    axes.set_xlabel(unit)
    return figure


def weeks(named: Sequence[tuple[str, pd.DataFrame]], first: datetime, unit: str) -> Figure:
    """Small curves of the same weeks, each with its band and its own scale, three abreast.

    Parameters
    ----------
    named : title and frame (week, mean, low, high) of each.
    first : when week 0 begins.
    unit : what is counted, written at the left.
    """
    abreast = min(ABREAST, len(named))
    deep = -(-len(named) // abreast)
    figure = plain_sheet(1.25 * deep + 0.2)
    grid = panels(figure, deep, abreast, (0.62, 0.26, 0.25), (0.47, 0.36), sharex=True)
    for axes, (title, frame) in zip(grid.flat, named, strict=False):
        _curve(axes, frame, first)
        axes.set_title(title, fontsize=9)
    for axes in grid[:, 0]:
        axes.set_ylabel(unit, fontsize=8)
    for axes in grid.flat[len(named) :]:
        axes.set_axis_off()
    for axes in grid.flat[max(0, len(named) - abreast) : len(named)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel(tr("week beginning"), fontsize=8)
    return figure


def _curve(axes: Axes, frame: pd.DataFrame, first: datetime) -> None:
    days = pd.to_timedelta(frame["week"].to_numpy() * 7, unit="D")
    x = (pd.Timestamp(first) + days).to_numpy()
    style.bare(axes, "y")
    axes.fill_between(x, frame["low"], frame["high"], color=style.PALE, linewidth=0)
    axes.plot(x, frame["mean"], color=style.BLUE, linewidth=1.4)
    top = np.nanmax([*frame["high"], *frame["mean"], 0.0])
    axes.set_ylim(0, max(1.0, float(top) * 1.12))
    axes.yaxis.set_major_formatter(marks.thousands)
    axes.tick_params(labelsize=8)
    marks.date_axis(axes, most=4)


def spread_over_places(values: Sequence[float], people: Sequence[float], unit: str) -> Figure:
    """Draw how a share spreads over places, in bars of five points, weighted by residents.

    Parameters
    ----------
    values : share of each place.
    people : its weight.
    unit : what is written below the axis.
    """
    edges = np.arange(0, 101, 5)
    share = 100 * np.asarray(people) / sum(people)
    heights, _ = np.histogram(100 * np.asarray(values), edges, weights=share)
    figure = sheet(1.9)
    axes = figure.subplots()
    axes.bar(
        edges[:-1],
        heights,
        width=5,
        align="edge",
        color=style.PALE,
        edgecolor=style.BLUE,
        linewidth=0.9,
    )
    style.bare(axes, "y")
    axes.set_xlim(0, 100)
    axes.set_xlabel(unit)
    axes.set_ylabel(tr("share of demands, %"))
    return figure


def answers(values: NDArray[np.float64], goal: float, across: str, up: str) -> Figure:
    """Draw how often each answer comes out, with the goal as a dashed line.

    Parameters
    ----------
    values : float[points]
    goal : in the unit of `values`.
    across, up : units.
    """
    figure = sheet(1.3)
    axes = figure.subplots()
    axes.hist(values, bins=30, color=style.PALE, edgecolor=style.BLUE, linewidth=0.9)
    axes.axvline(goal, color=style.INK, linewidth=1.2, linestyle=(0, (4, 3)))
    style.bare(axes, "y")
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    return figure


def prices(points: Sequence[tuple[str, Interval, Interval]], across: str, up: str) -> Figure:
    """Draw what each plan costs (up) against what it brings (across), with both intervals.

    Parameters
    ----------
    points : letter, effect, cost of each plan; the baseline at (0, 0).
    across, up : units.
    """
    figure = sheet(2.3)
    axes = figure.subplots()
    style.bare(axes, "y")
    axes.grid(axis="x")
    axes.axhline(0, color=style.INK, linewidth=0.9)
    axes.axvline(0, color=style.INK, linewidth=0.9)
    for _, effect, cost in points:
        if effect.low == effect.low and cost.low == cost.low:
            axes.plot([effect.low, effect.high], [cost.mean] * 2, color=style.INK, linewidth=1.4)
            axes.plot([effect.mean] * 2, [cost.low, cost.high], color=style.INK, linewidth=1.4)
        axes.plot(effect.mean, cost.mean, "o", color=style.BLUE, markersize=7, zorder=5)
    axes.margins(0.12)
    for (letter, effect, cost), place in zip(points, _beside(points), strict=True):
        axes.annotate(
            letter,
            (effect.mean, cost.mean),
            xytext=place,
            textcoords="offset points",
            fontsize=11,
            va="center",
        )
    axes.xaxis.set_major_formatter(marks.thousands)
    axes.yaxis.set_major_formatter(marks.thousands)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    return figure


SIDES = ((7, 9), (7, -9), (-15, 9), (-15, -9), (22, 9), (22, -9), (-30, 9), (-30, -9))
"""Places for a letter beside its point, in points of type, the first choice first."""

NEAR = 0.08
"""Points are near where they lie within this share of the figure's width and height."""


def _beside(points: Sequence[tuple[str, Interval, Interval]]) -> list[tuple[int, int]]:
    """Give each letter a place beside its point that no letter of a point near by has."""
    at = np.array([(effect.mean, cost.mean) for _, effect, cost in points])
    ends = [(one.low, one.high, one.mean) for _, *both in points for one in both]
    across = np.array(ends, dtype=float).reshape(len(points), 2, 3)
    size = np.nanmax(across, axis=(0, 2)) - np.nanmin(across, axis=(0, 2))
    scaled = at / np.where(size > 0, size, 1.0)
    places: list[tuple[int, int]] = []
    for i, here in enumerate(scaled):
        near = np.flatnonzero((np.abs(scaled[:i] - here) < NEAR).all(axis=1))
        taken = {places[j] for j in near}
        places.append(next((side for side in SIDES if side not in taken), SIDES[0]))
    return places

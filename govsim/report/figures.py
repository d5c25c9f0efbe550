"""Figures of a run. `overview` is the one that every run gets.

Called by the command line after a run; reads a `govsim.runs.results.Result`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.report import changes, hands, marks, style
from govsim.report.wording import (
    PROMISES,
    cause_name,
    how_measured,
    measure_name,
    number,
    per_year,
    team_name,
    why_no_interval,
)
from govsim.runs.results import Result
from govsim.service.rules import CAUSES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEAD, BODY, FOOT, LINE = 10.6, 0.7, 6.1, 0.2, 0.15
"""Inches: width of a figure; heights of its head, its panels, its foot and a line in it."""


def write_overview(result: Result, folder: Path) -> list[Path]:
    """Draw the overview of a run and write it as ``overview.svg`` and ``overview.png``.

    Raises
    ------
    RunError
        The folder can't be written to.
    """
    with style.drawing():
        return style.save(overview(result), folder, "overview")


def begin_overview(result: Result, folder: Path) -> hands.Copy:
    """Let the same be drawn beside what else is to do; whoever waits for it has it."""
    style.get_ready()
    return hands.Copy(lambda: write_overview(result, folder))


def overview(result: Result) -> Figure:
    """Draw what a planner asks first: promises kept, orders and why, weeks, use of teams."""
    from matplotlib.figure import Figure

    notes, changed = _footnote(result), "\n".join(changes.told(result))
    foot = FOOT + LINE * (notes.count("\n") + 1)
    under_title = LINE * (changed.count("\n") + 1) if changed else 0.0
    height = HEAD + under_title + BODY + foot
    figure = Figure(figsize=(WIDTH, height))
    style.fitted(figure, (0.006, foot / height, 0.994, (foot + BODY) / height), between=0.22)
    axes = figure.subplots(2, 2)
    _promises(axes[0, 0], result)
    _causes(axes[0, 1], result)
    _use(axes[1, 0], result)
    _weeks(axes[1, 1], result)
    top, grey = 1 - 0.24 / height, style.GREY
    figure.text(0.012, top, result.title, fontsize=15, va="center")
    if changed:
        figure.text(0.012, top - 0.17 / height, changed, fontsize=9, va="top")
    measured = top - (0.31 + under_title) / height
    figure.text(0.012, measured, how_measured(result), fontsize=9, color=grey, va="center")
    figure.text(0.012, (foot - 0.05) / height, notes, fontsize=8, color=grey, va="top")
    style.settle(figure)
    return figure


def _promises(axes: Axes, result: Result) -> None:
    """Share of demands that kept each promise: a dot with its interval."""
    found = [result.get(measure) for measure in PROMISES]
    labels = [measure_name(measure) for measure in PROMISES]
    marks.dots(axes, labels, found, CATALOGUE[PROMISES[0]])
    axes.set_xlim(0, 1)
    axes.axvline(1, color=style.GREY, linewidth=0.8)
    axes.set_title(_lettered("a", tr("Promises kept")))
    axes.set_xlabel(tr("share of demands, %"))
    marks.percent(axes)


def _causes(axes: Axes, result: Result) -> None:
    """Orders a year by cause."""
    found = [per_year(result, result.get("orders", "cause", cause)) for cause in CAUSES]
    marks.bars(axes, [cause_name(cause) for cause in CAUSES], found)
    axes.xaxis.set_major_formatter(marks.thousands)
    total = per_year(result, result.get("orders"))
    rate = result.get("orders_per_1000")
    axes.set_title(_lettered("b", tr("12345 orders by cause")))
    axes.set_xlabel(
        tr(
            "orders a year (in all {n}; {rate} per 1,000 residents)",
            n=number(total.mean),
            rate=number(rate.mean),
        )
    )


def _use(axes: Axes, result: Result) -> None:
    """Utilisation of each team and of the desks."""
    teams = [
        team
        for team in (*result.scenario.teams, "desk")
        if result.get("utilisation", "team", team).n
    ]
    found = [result.get("utilisation", "team", team) for team in teams]
    marks.bars(axes, [team_name(result, team) for team in teams], found, CATALOGUE["utilisation"])
    axes.set_title(_lettered("c", tr("Utilisation of those on duty")))
    axes.set_xlabel(tr("share of time on duty spent on demands, %"))
    marks.percent(axes)


def _weeks(axes: Axes, result: Result) -> None:
    """Orders week by week, with the interval of each week's mean."""
    axes.set_title(_lettered("d", tr("12345 orders by week")))
    axes.set_ylabel(tr("orders a week"))
    weeks = result.by_week("orders")
    style.bare(axes, "y")
    if weeks.empty:
        axes.set_axis_off()
        note = tr("Less than a whole week was measured.")
        axes.text(0.0, 0.9, note, transform=axes.transAxes, fontsize=9, color=style.GREY)
        return
    first = datetime.combine(result.scenario.start, datetime.min.time())
    first += timedelta(days=float(result.manifest["warm_up_days"]))
    dates = [first + timedelta(weeks=int(week)) for week in weeks["week"]]
    x = np.array(dates, dtype="datetime64[s]")
    axes.fill_between(x, weeks["low"], weeks["high"], color=style.PALE, linewidth=0)
    axes.plot(x, weeks["mean"], color=style.BLUE, linewidth=1.6, marker="o", markersize=2.6)
    top = np.nanmax(np.append(weeks["high"].to_numpy(), weeks["mean"].to_numpy()))
    axes.set_ylim(0, max(1.0, float(top) * 1.1))
    axes.yaxis.set_major_formatter(marks.thousands)
    axes.set_xlabel(tr("week beginning"))
    marks.date_axis(axes)


def _lettered(letter: str, title: str) -> str:
    return f"{letter}  {title}"


def _footnote(result: Result) -> str:
    lines = [
        tr(
            "Dots, bars and lines are means over replications; whiskers and the band are "
            "{share:.0f}% intervals.",
            share=100 * result.confidence,
        )
    ]
    if missing := why_no_interval(result):
        lines = [tr("No intervals: {why}.", why=missing)]
    lines += result.notes
    return "\n".join(marks.broken(line, 160) for line in lines)

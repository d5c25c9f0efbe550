"""Figures by the hour: people against demand, plans against each other, a station's week.

Called by the sections of the report, which draw with `govsim.report.style.drawing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govsim.language import tr
from govsim.report import by_hour, heatmaps, marks, style
from govsim.report.by_hour import HOURS, Week
from govsim.report.plates import WIDTH, panels, plain_sheet
from govsim.runs.results import Result
from govsim.scenarios.units import WEEK, YEAR

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINES: tuple[dict[str, Any], ...] = (
    {"color": style.INK, "linestyle": (0, (4, 2))},
    {"color": style.BLUE, "linestyle": "-"},
    {"color": style.ORANGE, "linestyle": (0, (1, 1))},
    {"color": style.GREY, "linestyle": (0, (6, 1, 1, 1))},
)
"""Looks of lines, which differ in black and white too."""


KEY = 0.27
"""Inches: height of what says what lines mean."""

BROAD, DEEP, ABOVE, BETWEEN, BELOW = 2.7, 0.925, 0.19, 0.17, 0.35
"""Inches: width and height of a station's week; height of its title, of the hours below it, and of
what is below all."""


def kinds_of_day() -> list[tuple[str, range]]:
    """Name the days that figures put together."""
    return [
        (tr("Monday to Friday"), by_hour.WORKING),
        (tr("Saturday and Sunday"), by_hour.FREE),
    ]


def staffing(duty: Mapping[str, Week], reports: Week) -> Figure:
    """Draw people on duty, and below them what is reported, over the hours of a day.

    Parameters
    ----------
    duty : mean numbers ``paid`` and ``free`` by hour of the week.
    reports : reports a year in each hour of the week.
    """
    figure = plain_sheet(2.45)
    grid = panels(figure, 2, 2, (0.57, 0.1, 0.2 + KEY), (0.17, 0.12), sharex=True, sharey="row")
    edges = np.arange(HOURS + 1)
    for (people, demand), (title, days) in zip(grid.T, kinds_of_day(), strict=True):
        paid, free = (duty[name][list(days)].mean(0) for name in ("paid", "free"))
        people.stairs(paid, edges, fill=True, color=style.PALE, label=tr("on duty"))
        people.stairs(free, edges, color=style.INK, linewidth=1.3, label=tr("free for demands"))
        people.set_title(title, fontsize=9, pad=4)
        a_day = reports[list(days)].sum(0) / (len(days) * YEAR / WEEK)
        demand.bar(edges[:-1] + 0.5, a_day, width=0.85, color=style.BLUE)
        for axes in (people, demand):
            _by_the_hour(axes)
        demand.set_xlabel(tr("hour of the day"), fontsize=8)
    grid[0, 0].set_ylabel(tr("people"), fontsize=8)
    grid[1, 0].set_ylabel(tr("reports an hour"), fontsize=8)
    grid[0, 0].set_ylim(bottom=0)
    figure.legend(
        *grid[0, 0].get_legend_handles_labels(),
        loc="upper right",
        ncols=2,
        fontsize=8,
        frameon=False,
    )
    return figure


def people(hours: pd.DataFrame) -> Figure:
    """Draw people on duty today and in a plan, and below them the work that is asked for.

    Parameters
    ----------
    hours : ``day, hour, today, number, asked``; see `govsim.optimisation.hours`.
    """
    figure = plain_sheet(2.45)
    grid = panels(figure, 2, 2, (0.57, 0.1, 0.2 + KEY), (0.17, 0.12), sharex=True, sharey="row")
    edges = np.arange(HOURS + 1)
    titles = {"workday": tr("workdays"), "weekend": tr("weekends")}
    for (on_duty, work), (day, title) in zip(grid.T, titles.items(), strict=True):
        mine = hours[hours["day"] == day].sort_values("hour")
        on_duty.stairs(mine["number"], edges, fill=True, color=style.PALE, label=tr("plan"))
        on_duty.stairs(
            mine["today"], edges, color=style.INK, linewidth=1.3, linestyle=(0, (4, 2)),
            label=tr("today"),
        )  # fmt: skip
        on_duty.set_title(title, fontsize=9, pad=4)
        work.bar(edges[:-1] + 0.5, mine["asked"], width=0.85, color=style.BLUE)
        for axes in (on_duty, work):
            _by_the_hour(axes)
        work.set_xlabel(tr("hour of the day"), fontsize=8)
    grid[0, 0].set_ylabel(tr("people on duty"), fontsize=8)
    grid[1, 0].set_ylabel(tr("people at work"), fontsize=8)
    grid[0, 0].set_ylim(bottom=0)
    figure.legend(
        *grid[0, 0].get_legend_handles_labels(), loc="upper right", ncols=2, fontsize=8,
        frameon=False,
    )  # fmt: skip
    return figure


def in_time(plans: Sequence[tuple[str, Result]], unit: str) -> Figure:
    """Draw the share on the scene in time by hour of the day, a line a plan.

    Parameters
    ----------
    plans : letter and run of each, at most as many as `LINES`.
    unit : what is written at the axis.
    """
    figure = plain_sheet(1.95)
    grid = panels(figure, 1, 2, (0.52, 0.1, 0.2 + KEY), (0.17, 0.0), sharey=True)[0]
    for axes, (title, days) in zip(grid, kinds_of_day(), strict=True):
        for (letter, result), look in zip(plans, LINES, strict=False):
            found = by_hour.in_time(result, days)
            shares = np.array([100 * found.get(hour, np.nan) for hour in range(HOURS)])
            axes.stairs(shares, np.arange(HOURS + 1), baseline=None, label=letter,
                        linewidth=1.5, **look)  # fmt: skip
        axes.set_title(title, fontsize=9, pad=4)
        axes.set_ylim(0, 100)
        axes.set_xlabel(tr("hour of the day"), fontsize=8)
        _by_the_hour(axes)
    grid[0].set_ylabel(unit, fontsize=8)
    figure.legend(
        *grid[0].get_legend_handles_labels(),
        loc="upper right",
        ncols=len(plans),
        fontsize=8,
        frameon=False,
        handlelength=2.6,
    )
    return figure


def station(share: Week, demands: Week, wait: Week, duty: Week) -> Figure:
    """Draw a station's week: what is reached in time, what comes, waits, and who is there."""
    figure = plain_sheet(BELOW + 2 * (DEEP + ABOVE) + BETWEEN)
    top = float(np.nanmax(wait, initial=1.0))
    shown = (
        (tr("on the scene in time, %"), 100 * share, 100.0, True),
        (tr("reported demands a year"), demands, float(demands.max(initial=1.0)), False),
        (tr("mean wait for a crew, min"), wait, max(1.0, top), False),
        (tr("people on duty"), duty, float(duty.max(initial=1.0)), True),
    )
    for number, (title, week, highest, dark_is_low) in enumerate(shown):
        left, row = number % 2 * WIDTH / 2 + heatmaps.BESIDE, number // 2
        bottom = BELOW + (1 - row) * (DEEP + ABOVE + BETWEEN)
        axes = heatmaps.placed(figure, (left, bottom, BROAD, DEEP))
        axes.set(xlim=(0, HOURS), ylim=(by_hour.DAYS, 0))
        shades = style.shades(dark_is_low)
        heatmaps.panel(axes, week, shades, highest)
        heatmaps.by_hour(axes, tr("hour of the day") if row else "", 8)
        axes.set_title(title, fontsize=8.5, pad=3)
        place = (left + BROAD + 0.1, bottom, 0.07, DEEP)
        heatmaps.scale(figure, place, shades, highest).ax.tick_params(labelsize=7)
    return figure


def _by_the_hour(axes: Axes) -> None:
    style.bare(axes, "y")
    axes.set_xlim(0, HOURS)
    axes.set_xticks(range(0, HOURS + 1, 4))
    axes.tick_params(labelsize=7.5)
    axes.yaxis.set_major_formatter(marks.thousands)

"""Heat maps of the week: use of teams, waiting and promises kept, by weekday and hour.

Called by the sections of the report, which draw with `govsim.report.style.drawing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.language import tr
from govsim.report import style
from govsim.report.plates import WIDTH, plain_sheet
from govsim.report.wording import PROMISES, measure_name, team_name
from govsim.runs.results import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

DAYS, HOURS = 7, 24

TITLE = 0.22
"""Inches: height of what stands above a week."""

PANEL, AROUND = 0.95, 0.4
"""Inches: height of a week with its title, and of what is below the weeks."""

BESIDE, SCALE = 0.3, 0.72
"""Inches: width of the names of days, and of the scale with its numbers."""

PITCH = DAYS * PANEL / (PANEL - TITLE)
"""From one week to the next, in days."""

HIGHEST = 0.98
"""Share of the hours whose waits the scale spans; the few beyond take its darkest shade."""

Week = NDArray[np.float64]
"""float[7, 24], Monday's first hour first; NaN where there is no value."""


def use(result: Result) -> Figure:
    """Draw the utilisation of each team; hatched where nobody is free."""
    weeks = [(title, 100 * week) for title, week in _of_teams(result, "utilisation")]
    top = 10 * np.ceil(_quantile(weeks, 1.0) / 10)
    unit = tr("share of time on duty spent at work, %")
    hours = tr("hour of the day (hatched: nobody is free for demands)")
    return _weeks(weeks, unit, hours, min(max(top, 10.0), 100.0))


def waiting(result: Result) -> Figure:
    """Draw the mean wait for a crew of each team, by the hour in which it was asked for."""
    weeks = _of_teams(result, "waiting_minutes_mean")
    hours = tr("hour of the day (hatched: no crew was asked for)")
    return _weeks(
        weeks, tr("mean wait for a crew, min"), hours, max(_quantile(weeks, HIGHEST), 1.0)
    )


def varying(result: Result, measures: Sequence[str] = PROMISES) -> list[str]:
    """Name the measures that are not the same in every hour: others have nothing to show."""
    found = result.summary("hour")
    ends = {m: found.loc[found["measure"] == m, "mean"].agg(["min", "max"]) for m in measures}
    return [m for m, (low, high) in ends.items() if f"{100 * low:.1f}" != f"{100 * high:.1f}"]


def promises(result: Result, measures: Sequence[str] = PROMISES) -> Figure:
    """Draw the share of demands that kept each promise, by the hour in which they came."""
    found = result.summary("hour")
    weeks = [
        (measure_name(measure), 100 * _week(found[found["measure"] == measure]))
        for measure in measures
    ]
    hours = tr("hour of the day (hatched: no demand came)")
    return _weeks(weeks, tr("share of demands, %"), hours, 100.0, dark_is_low=True)


def _of_teams(result: Result, measure: str) -> list[tuple[str, Week]]:
    """Lay out a measure by team; teams without any value are left out."""
    found = result.summary("team_hour")
    found = found[found["measure"] == measure]
    keys = found["key"].astype(str).str.rpartition("/")
    parts = found.assign(team=keys[0], key=keys[2])
    teams = [team for team in result.scenario.teams if (parts["team"] == team).any()]
    return [(team_name(result, team), _week(parts[parts["team"] == team])) for team in teams]


def _week(found: pd.DataFrame) -> Week:
    """Lay the means of hours of the week out by weekday and hour."""
    week = np.full(DAYS * HOURS, np.nan)
    week[found["key"].astype(int).to_numpy()] = found["mean"]
    return week.reshape(DAYS, HOURS)


def _quantile(weeks: Sequence[tuple[str, Week]], share: float) -> float:
    """Find the value that this share of the hours of all weeks does not exceed; 0 for none."""
    seen = np.concatenate([np.zeros(0), *(week[np.isfinite(week)] for _, week in weeks)])
    return float(np.quantile(seen, share)) if len(seen) else 0.0


def _weeks(
    weeks: Sequence[tuple[str, Week]],
    unit: str,
    hours: str,
    top: float,
    dark_is_low: bool = False,
) -> Figure:
    """Draw weeks below one another, with one scale for all.

    Parameters
    ----------
    weeks : title and values of each.
    unit, hours : written at the scale and below the hours.
    top : end of the scale, which begins at 0; what is beyond takes the last shade.
    dark_is_low : what calls for attention is dark.
    """
    tall = PANEL * max(1, len(weeks))
    figure = plain_sheet(tall + AROUND)
    inside = (BESIDE, AROUND, WIDTH - BESIDE - SCALE, tall)
    axes = placed(figure, inside)
    if not weeks:
        axes.set_axis_off()
        axes.text(0, 0.5, tr("Nothing was measured."), color=style.GREY)
        return figure
    shades = style.shades(dark_is_low)
    axes.set(xlim=(0, HOURS), ylim=(PITCH * len(weeks), 0))
    for number, (title, week) in enumerate(weeks):
        panel(axes, week, shades, top, PITCH * number + PITCH - DAYS)
        axes.text(0, PITCH * number + PITCH - DAYS - 0.4, title, fontsize=9)
    by_hour(axes, hours, 9)
    beyond = any(np.nanmax(week, initial=0.0) > top for _, week in weeks)
    scale(
        figure,
        (WIDTH - SCALE + 0.16, AROUND, 0.05, tall - TITLE),
        shades,
        top,
        "max" if beyond else "neither",
    ).set_label(unit)
    figure.axes[-1].yaxis.set_label_coords((SCALE - 0.16 - 0.18) / 0.05, 0.5)
    return figure


def placed(figure: Figure, inches: tuple[float, float, float, float], label: str = "") -> Axes:
    """Make axes of which left, bottom, width and height are given in inches."""
    wide, tall = figure.get_size_inches()
    left, bottom, width, height = inches
    place = (left / wide, bottom / tall, width / wide, height / tall)
    return figure.add_axes(place, label=label)


def by_hour(axes: Axes, label: str, fontsize: float) -> None:
    """Name the hours below a week."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.yaxis.set_visible(False)
    axes.set_xticks(range(0, HOURS + 1, 3))
    axes.tick_params(axis="x", length=0, labelsize=8)
    axes.set_xlabel(label, fontsize=fontsize)


def panel(axes: Axes, week: Week, shades: Colormap, top: float, above: float = 0.0) -> None:
    """Draw one week and name its days; what has no value is hatched.

    Parameters
    ----------
    axes : whose vertical unit is a day, downwards.
    week : its values.
    shades, top : the scale, from 0.
    above : where the week begins.
    """
    from matplotlib.patches import Rectangle

    from govsim.report.cells import Cells

    if not np.isfinite(week).all():  # no shade is hatched in print
        axes.add_patch(
            Rectangle((0, above), HOURS, DAYS, facecolor="white", edgecolor="#C9CDD1",
                      hatch="////", linewidth=0)
        )  # fmt: skip
    axes.add_collection(Cells(week, above, shades, top), autolim=False)
    beside = axes.get_yaxis_transform()
    for day, text in enumerate(weekdays()):
        axes.text(-0.009, above + day + 0.5, text, transform=beside, fontsize=7, ha="right",
                  va="center")  # fmt: skip


def scale(
    figure: Figure,
    inches: tuple[float, float, float, float],
    shades: Colormap,
    top: float,
    beyond: Literal["neither", "max"] = "neither",
) -> Colorbar:
    """Draw what shades stand for, from 0 to `top`."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    values = ScalarMappable(Normalize(0, top), shades)
    beside = placed(figure, inches, "<colorbar>")  # as matplotlib calls those that it makes
    drawn = figure.colorbar(values, cax=beside, extend=beyond, format="%g")
    drawn.outline.set_visible(False)
    return drawn


def weekdays() -> list[str]:
    """Name the days of the week, Monday first."""
    return [tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun")]

"""Heat maps of the week: use of teams, waiting and promises kept, by weekday and hour.

Called by the sections of the report, which draw with `govsim.report.style.drawing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.language import tr
from govsim.report import style
from govsim.report.plates import sheet
from govsim.report.wording import PROMISES, measure_name, team_name
from govsim.runs.results import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DAYS, HOURS = 7, 24

PANEL, AROUND = 0.98, 0.35
"""Inches: height of a week, and of what is around the weeks."""

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
    figure = sheet(AROUND + PANEL * max(1, len(weeks)))
    panels = figure.subplots(max(1, len(weeks)), 1, sharex=True, squeeze=False)[:, 0]
    shades, beyond = style.shades(dark_is_low), "neither"
    for axes, (title, week) in zip(panels, weeks, strict=False):
        panel(axes, week, shades, top)
        axes.set_title(title, fontsize=9, pad=4)
        if np.nanmax(week, initial=0.0) > top:
            beyond = "max"
    if not weeks:
        panels[0].set_axis_off()
        panels[0].text(0, 0.5, tr("Nothing was measured."), color=style.GREY)
        return figure
    panels[-1].set_xlabel(hours)
    scale = figure.colorbar(
        panels[0].collections[0],
        ax=panels.tolist(),
        label=unit,
        extend=beyond,
        aspect=18 * len(weeks),
        pad=0.015,
        format="%g",
    )
    scale.outline.set_visible(False)
    return figure


def panel(axes: Axes, week: Week, shades: Any, top: float) -> None:
    """Draw one week; what has no value is hatched."""
    # What has no value is hatched, which no shade is in print.
    axes.patch.set(facecolor="white", edgecolor="#C9CDD1", hatch="////", linewidth=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    shown = np.ma.masked_invalid(week)
    axes.pcolormesh(shown, cmap=shades, vmin=0, vmax=top, linewidths=0.5, edgecolor="white")
    axes.set(xlim=(0, HOURS), ylim=(DAYS, 0))
    axes.set_yticks(np.arange(DAYS) + 0.5, weekdays())
    edges = range(0, HOURS + 1, 3)
    axes.set_xticks(edges, [str(hour) for hour in edges], rotation=0)
    axes.tick_params(axis="both", length=0, labelsize=8)
    axes.tick_params(axis="y", rotation=0, labelsize=7)


def weekdays() -> list[str]:
    """Name the days of the week, Monday first."""
    return [tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun")]

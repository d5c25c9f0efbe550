"""Waiting and utilisation: by team and shift, and how long demands take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.statistics import Interval
from govsim.report import by_hour, heatmaps, hour_plates, plates
from govsim.report.parts import Block, Cell, Desk, Row, Section, Table, measured, row
from govsim.report.wording import (
    MISSING,
    category_name,
    number,
    per_year,
    shift_name,
    team_name,
    what_use_leaves_out,
)
from govsim.runs.results import Result

_SHARE = CATALOGUE["utilisation"]


def section(result: Result, desk: Desk) -> Section:
    """Say how busy people are, and how long residents wait."""
    return Section("people", tr("Waiting and utilisation"), tuple(_blocks(result, desk)))


def _blocks(result: Result, desk: Desk) -> Iterator[Block]:
    share = 100 * result.confidence
    if teams := tuple(_teams(result)):
        yield Table(
            tr("Teams and desks: use, waiting and extra hours, with {share:.0f}% intervals.",
               share=share),
            (
                tr("Team"),
                tr("utilisation, %"),
                tr("wait for a crew, min"),
                tr("jobs waiting"),
                tr("overtime, h a year"),
                tr("helpers, h a year"),
            ),
            teams,
            note=what_use_leaves_out()
            + " "
            + tr(
                "It is the share of the time on duty, kept free for demands, that is spent at "
                "work; jobs waiting are the mean number over time."
            ),
        )  # fmt: skip
    if busy := shifts(result):
        yield desk.plate(
            "shifts",
            tr(
                "Utilisation by team and shift, % of the time on duty; whiskers are intervals. "
                "Demands alone: the rest of a shift is not modelled."
            ),
            tr("; ").join(tr("{what}: {value}", what=n, value=number(f.mean, _SHARE))
                          for n, f in busy),
            lambda: plates.shares(busy, _SHARE, tr("share of time on duty spent on demands, %")),
        )  # fmt: skip
    if not result.staff.empty:
        yield desk.plate(
            "staffing",
            tr(
                "People on duty (filled), and how many of them patrols and other duties leave free "
                "for demands (line); below, what residents report. An average day."
            ),
            tr("Most are on duty at {hour}:00.", hour=_fullest(result)),
            lambda: hour_plates.staffing(by_hour.on_duty(result), by_hour.reports(result)),
        )
    yield Table(
        tr("How long it takes, by category: from the report to the scene and to the solution."),
        (
            tr("Category"),
            tr("to the scene, median, min"),
            tr("to the scene, 90%, min"),
            tr("to solve, median, h"),
            tr("to solve, 90%, h"),
            tr("to reply, median, h"),
        ),
        tuple(_times(result)),
        note=tr(
            "Median: half are quicker; 90%: nine of ten are. Those not yet done at the end count "
            "as lasting longer than so far (Kaplan-Meier estimate); a dash stands where they are "
            "too many to tell."
        ),
    )
    if not result.summary("team_hour").empty:
        said = _said(teams)
        yield desk.plate(
            "use",
            tr(
                "Utilisation by team, weekday and hour, % of the time on duty. Dark is busy. "
                "Demands alone: the rest of a shift is not modelled."
            ),
            said,
            lambda: heatmaps.use(result),
        )
        yield desk.plate(
            "waits",
            tr(
                "Mean wait for a crew, minutes, by team and by the weekday and hour in which it "
                "was asked for. Dark is long."
            ),
            said,
            lambda: heatmaps.waiting(result),
        )


def _fullest(result: Result) -> int:
    """Find the hour of the day at which most are on duty."""
    return int(by_hour.on_duty(result)["paid"].mean(0).argmax())


def _said(teams: Iterable[Row]) -> str:
    """Say use and wait of each team, for who can't see them by the hour."""
    parts = (
        tr(
            "{team}: utilisation {use}, wait {wait} min",
            team=team.cells[0].text,
            use=team.cells[1].text,
            wait=team.cells[2].text,
        )
        for team in teams
    )
    return tr("; ").join(parts)


def _teams(result: Result) -> Iterator[Row]:
    for team in (*result.scenario.teams, "desk"):
        used = result.get("utilisation", "team", team)
        if not used.n:
            continue
        wait = result.get("waiting_minutes_mean", "team", team)
        extra = (
            per_year(result, result.get(measure, "team", team))
            for measure in ("overtime_hours", "helper_hours")
        )
        yield row(
            team_name(result, team),
            measured(used, _SHARE),
            measured(wait) if wait.n else Cell(MISSING),
            measured(result.get("queue_length", "team", team)),
            *map(measured, extra),
        )


def shifts(result: Result) -> list[tuple[str, Interval]]:
    """Name teams by shift with their use, busiest first."""
    found = []
    for team in result.scenario.teams:
        for shift in result.scenario.calendar.shifts:
            used = result.get("utilisation", "shift", f"{team}/{shift}")
            if used.n:
                label = tr("{team}, {shift}", team=team_name(result, team), shift=shift_name(shift))
                if used.high > 1:  # a share, but for work over the end of a shift
                    used = replace(used, high=max(used.mean, 1.0))
                found.append((label, used))
    return sorted(found, key=lambda one: -one[1].mean)


def _times(result: Result) -> Iterator[Row]:
    measures = (
        "scene_minutes_median",
        "scene_minutes_p90",
        "solve_hours_median",
        "solve_hours_p90",
        "reply_hours_median",
    )
    named = [(category_name(result, c), "category", c) for c in result.scenario.demand.categories]
    for label, level, key in [*named, (tr("all"), "district", "")]:
        cells = (measured(result.get(measure, level, key)) for measure in measures)
        yield row(label, *cells, strong=level == "district")

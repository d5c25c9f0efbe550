"""The sheets of a run: the district, its places, its people, its hours and weeks, its inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from govsim.language import current, name, tr
from govsim.measures.catalogue import CATALOGUE, FLOWS, Measure
from govsim.report import changes, inputs, plainly, spreadsheet
from govsim.report.heatmaps import weekdays
from govsim.report.sections import record
from govsim.report.sheets.columns import (
    FORMATS,
    about,
    how_to_read,
    measured,
    said,
    titled,
    unit,
)
from govsim.report.spreadsheet import Chart, Column, Sheet, Value
from govsim.report.wording import (
    PROMISES,
    category_name,
    cause_name,
    community_name,
    evidence_name,
    how_measured,
    measure_name,
    per_year,
    shift_name,
    street_name,
    team_name,
    what_use_leaves_out,
    why_no_interval,
)
from govsim.runs.results import Result
from govsim.scenarios.parameters import leaves
from govsim.scenarios.units import DAY, YEAR
from govsim.service.rules import CAUSES

if TYPE_CHECKING:
    import pandas as pd

CHARTS = {
    "street": "compliance_scene",
    "category": "compliance_scene",
    "cause": "orders",
    "team": "utilisation",
    "hour": "reported",
}
"""The measure that is drawn below the table of a level."""

Labels = Sequence[tuple[str, Callable[[str], Value]]]
"""Columns that name a row: the head of each, and what it makes of the row's key."""


def of_run(result: Result) -> Iterator[Sheet]:
    """Lay out a run."""
    yield about(
        [
            (tr("Simulation of a service plan"), result.title),
            *[("", line) for line in changes.told(result, len(result.changes))],
            *_question(result),
            (tr("measured"), how_measured(result)),
            *how_to_read(result.confidence),
            *[(tr("warning"), text) for text in result.warnings],
            *[(tr("warning"), text) for text in [why_no_interval(result)] if text],
            *[(tr("note"), text) for text in (*result.notes, what_use_leaves_out())],
            *record.recorded(result),
        ]
    )
    yield _district(result)
    yield from _by_place(result)
    yield from _by_people(result)
    yield _hours(result)
    yield _weeks(result)
    yield _inputs(result)


def _question(result: Result) -> list[tuple[str, str]]:
    question = result.scenario.question
    return [] if question is None else [(tr("question"), name(question))]


def _district(result: Result) -> Sheet:
    """Lay out the measures of the whole district, a row each."""
    measures = [m for m in CATALOGUE.values() if result.get(m.name).n]
    means = [result.get(m.name) for m in measures]
    found = [
        per_year(result, mean) if m.name in FLOWS else mean
        for m, mean in zip(measures, means, strict=True)
    ]
    formats = [FORMATS[m.kind] for m in measures]
    return Sheet(
        tr("District"),
        (
            Column(tr("Measure"), [measure_name(m.name) for m in measures]),
            Column(tr("unit"), [unit(m) for m in measures]),
            Column(tr("mean"), [one.mean for one in found], formats),
            Column(tr("interval from"), [one.low for one in found], formats),
            Column(tr("interval to"), [one.high for one in found], formats),
            Column(tr("replications"), [int(one.n) for one in found]),
        ),
    )


def _by_place(result: Result) -> Iterator[Sheet]:
    points = result.points.assign(point=result.points["point"].astype(str)).set_index("point")
    named = points["name_zh" if current() == "zh" else "name_en"].astype(str)
    known = {str(key): text or str(key) for key, text in named.items()}
    kinds = {
        "point_station": tr("point station"),
        "workstation": tr("grid workstation"),
        "community_office": tr("community office"),
    }
    yield _level(result, tr("Streets"), "street", [(tr("Street"), partial(street_name, result))])
    yield _level(
        result,
        tr("Communities"),
        "community",
        [
            (tr("Community"), partial(community_name, result)),
            (tr("street"), lambda key: street_name(result, key.rpartition("/")[0])),
        ],
    )
    yield _level(
        result,
        tr("Service points"),
        "point",
        [
            (tr("Service point"), lambda key: known[key]),
            (tr("id"), str),
            (tr("kind"), lambda key: kinds[str(points.at[key, "kind"])]),
            (tr("community"), lambda key: community_name(result, _community(points, key))),
        ],
    )
    yield _level(
        result,
        tr("Categories"),
        "category",
        [(tr("Category"), lambda key: category_name(result, key))],
    )
    channels = result.scenario.channels
    yield _level(
        result, tr("Channels"), "channel", [(tr("Channel"), lambda key: name(channels[key].label))]
    )
    yield _level(result, tr("Causes of orders"), "cause", [(tr("Cause"), cause_name)])
    yield _level(
        result,
        tr("Teams by point"),
        "pool",
        [
            (tr("Team"), lambda key: _team(result, key.rpartition("/")[2])),
            (tr("service point"), lambda key: known.get(key.rpartition("/")[0])),
        ],
    )


def _community(points: pd.DataFrame, point: str) -> str:
    return "/".join(str(points.at[point, column]) for column in ("street", "community"))


def _by_people(result: Result) -> Iterator[Sheet]:
    yield _level(result, tr("Teams"), "team", [(tr("Team"), lambda key: _team(result, key))])
    yield _level(
        result,
        tr("Shifts"),
        "shift",
        [
            (tr("Team"), lambda key: _team(result, key.partition("/")[0])),
            (tr("shift"), lambda key: shift_name(key.partition("/")[2])),
        ],
    )
    yield _level(
        result,
        tr("Teams by hour"),
        "team_hour",
        [
            (tr("Team"), lambda key: _team(result, key.rpartition("/")[0])),
            *_hour_of_week(lambda key: int(key.rpartition("/")[2])),
        ],
    )


def _hours(result: Result) -> Sheet:
    return _level(result, tr("Hours of the week"), "hour", _hour_of_week(int))


def _hour_of_week(hour: Callable[[str], int]) -> Labels:
    days = weekdays()
    return [
        (tr("weekday"), lambda key: days[hour(key) // 24]),
        (tr("hour of the day"), lambda key: hour(key) % 24),
    ]


def _team(result: Result, team: str) -> str:
    departments = result.scenario.departments
    department = team.removeprefix("department ")
    return (
        name(departments[department].label)
        if department in departments
        else team_name(result, team)
    )


def _level(result: Result, sheet: str, level: str, labels: Labels) -> Sheet:
    """Lay out all measures of a level, a row a key, with a mean and its ends for each."""
    found = result.summary(level).astype({"key": str, "measure": str})
    keys = list(dict.fromkeys(found["key"]))
    columns = [Column(head, [label(key) for key in keys]) for head, label in labels]
    for measure in CATALOGUE.values():
        mine = found[found["measure"] == measure.name].set_index("key").reindex(keys)
        if mine["n"].notna().any():
            ends = mine[["mean", "low", "high"]] * _scale(result, measure)
            columns += measured(ends, measure, titled(measure))
    return Sheet(sheet, tuple(columns), len(labels), tuple(_charts(level)))


def _charts(level: str) -> Iterator[Chart]:
    """Name the charts below the table of a level."""
    if level in CHARTS:
        title = titled(CATALOGUE[CHARTS[level]])
        along = level == "hour"
        yield Chart(title, title, "line" if along else "bars", 1 if along else 0)


def _weeks(result: Result) -> Sheet:
    """Lay out orders, reports and promises by week."""
    series = [("orders", "district", "", tr("12345 orders a week"))]
    series += [
        ("orders", "cause", cause, tr("12345 orders a week: {cause}", cause=cause_name(cause)))
        for cause in CAUSES
    ]
    series.append(("reported", "district", "", tr("reports a week")))
    series += [(p, "district", "", titled(CATALOGUE[p])) for p in PROMISES]
    weeks = result.by_week("orders")["week"]
    first = result.scenario.start + timedelta(days=float(result.manifest["warm_up_days"]))
    columns = [
        Column(
            tr("week beginning"),
            [first + timedelta(weeks=int(week)) for week in weeks],
            spreadsheet.DATE,
        )
    ]
    for measure, level, key, title in series:
        found = result.by_week(measure, level, key).set_index("week").reindex(weeks)
        columns += measured(found, CATALOGUE[measure], title)
    return Sheet(tr("Weeks"), tuple(columns), 1, (Chart(series[0][3], series[0][3], "line"),))


def _inputs(result: Result) -> Sheet:
    """Lay every input out, first those that are not as by default."""
    names, frame = inputs.Names((result.scenario,)), record.known_inputs(result)
    known = {".".join(map(str, leaf.path)): leaf for leaf in leaves(result.scenario)}
    differs = [not known[path].is_default for path in frame["path"]]
    order = np.argsort(~np.array(differs, dtype=bool), kind="stable")
    frame, mine = frame.iloc[order], [known[frame["path"].iloc[i]] for i in order]
    return Sheet(
        tr("Inputs"),
        (
            Column(tr("Input"), [names.of(leaf.path) for leaf in mine]),
            Column(tr("as by default"), [tr("yes") if x.is_default else tr("no") for x in mine]),
            Column(tr("value"), [said(names, leaf.written) for leaf in mine]),
            Column(tr("by default"), [said(names, inputs.default_of(leaf)) for leaf in mine]),
            Column(tr("unit"), [plainly.unit(str(one)) for one in frame["unit"]]),
            Column(tr("plausible from"), [said(names, v) for v in frame["low"]]),
            Column(tr("plausible to"), [said(names, v) for v in frame["high"]]),
            Column(tr("evidence"), [evidence_name(str(e)) for e in frame["evidence"]]),
            Column(tr("source"), [plainly.source(str(s)) for s in frame["source"]]),
            Column(tr("in the scenario file"), frame["path"].tolist()),
        ),
    )


def _scale(result: Result, measure: Measure) -> float:
    """Factor from a measure to what is shown: what adds up over time is shown a year."""
    return YEAR / DAY / result.measured_days if measure.name in FLOWS else 1.0

"""The sheets of a plan that was sought: the answer, rosters, what is kept, what posts hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from govsim.language import tr
from govsim.optimisation.result import Optimum
from govsim.report import optimum_words as words
from govsim.report import spreadsheet
from govsim.report.optimum_tables import day_kind, point_name
from govsim.report.sheets.columns import about, end, start
from govsim.report.spreadsheet import Column, Sheet
from govsim.report.wording import shift_name

NUMBER, MONEY, WHOLE = spreadsheet.NUMBER, spreadsheet.MONEY, spreadsheet.WHOLE

ROSTERS = "rosters.xlsx"


def of_optimum(found: Optimum) -> Iterator[Sheet]:
    """Lay out an answer."""
    m = found.manifest
    yield about(
        [
            (tr("Plan sought"), found.title),
            *[(tr("the answer"), line) for line in words.sentences(found)],
            *[(tr("how it is meant"), line) for line in words.how_meant(found)],
            (tr("run"), str(m["run"])),
            (tr("seed"), str(m["seed"])),
            (tr("program"), f"govsim {m['versions']['govsim']}"),
        ]
    )
    if len(found.rosters):
        yield rosters(found)
    if len(found.measures):
        yield _measures(found)
    if len(found.posts):
        yield _posts(found)
    if len(found.curve):
        yield _curve(found)
    if len(found.hours):
        yield _hours(found)


def write_rosters(found: Optimum, folder: Path) -> Path:
    """Write the roster alone, as a workbook that a planner hands to the station.

    Raises
    ------
    RunError
        It can't be written.
    """
    spreadsheet.save([rosters(found)], folder / ROSTERS)
    return folder / ROSTERS


def rosters(found: Optimum) -> Sheet:
    """Lay out who is on duty."""
    frame = found.rosters
    columns = (
        Column(tr("point"), tuple(point_name(row) for row in words.rows(frame))),
        Column(tr("team"), tuple(words.team(found.scenario, t) for t in frame["team"])),
        Column(tr("shift"), tuple(shift_name(s) for s in frame["shift"])),
        Column(tr("kind of day"), tuple(day_kind(k) for k in frame["day_kind"])),
        Column(tr("today"), tuple(int(n) for n in frame["today"]), WHOLE),
        Column(tr("plan"), tuple(int(n) for n in frame["number"]), WHOLE),
    )
    return Sheet(tr("Roster"), columns)


def _measures(found: Optimum) -> Sheet:
    frame = found.measures
    difference = tr("difference")
    named = {
        "today": tr("today"),
        "plan": tr("plan"),
        "plan_low": start(tr("plan")),
        "plan_high": end(tr("plan")),
        "difference": difference,
        "difference_low": start(difference),
        "difference_high": end(difference),
    }
    targets = found.promises.set_index("measure")["target"].to_dict()
    return Sheet(
        tr("What is kept"),
        (
            Column(tr("measure"), [words.measure(str(text)) for text in frame["measure"]]),
            Column(tr("target"), [targets.get(text) for text in frame["measure"]], NUMBER),
            *(Column(head, _known(frame[name]), NUMBER) for name, head in named.items()),
            Column(tr("replications"), frame["n"].astype(int).tolist()),
        ),
    )


def _posts(found: Optimum) -> Sheet:
    frame = found.posts
    lost = tr("lost")
    return Sheet(
        tr("One fewer"),
        (
            Column(tr("One fewer of"), [words.post(found.scenario, str(p)) for p in frame["path"]]),
            Column(tr("saves, yuan a year"), _known(frame["saved"]), MONEY),
            Column(tr("measure"), [words.measure(str(text)) for text in frame["measure"]]),
            *(
                Column(head, _known(frame[name]), NUMBER)
                for name, head in {"lost": lost, "low": start(lost), "high": end(lost)}.items()
            ),
        ),
    )


def _curve(found: Optimum) -> Sheet:
    frame = found.curve
    name = words.measure(str(frame["measure"].iloc[0]))
    return Sheet(
        tr("What money buys"),
        (
            Column(tr("yuan a year"), _known(frame["cost"]), MONEY),
            Column(tr("posts"), frame["heads"].astype(int).tolist(), WHOLE),
            *(
                Column(head, _known(frame[column]), NUMBER)
                for column, head in {"mean": name, "low": start(name), "high": end(name)}.items()
            ),
            Column(
                tr("changes"), [words.changes(found.scenario, str(t)) for t in frame["changes"]]
            ),
        ),
    )


def _hours(found: Optimum) -> Sheet:
    frame = found.hours
    days = {"workday": tr("workdays"), "weekend": tr("weekends")}
    return Sheet(
        tr("By hour"),
        (
            Column(tr("kind of day"), [days[str(day)] for day in frame["day"]]),
            Column(tr("hour of the day"), frame["hour"].astype(int).tolist(), WHOLE),
            Column(tr("people on duty today"), _known(frame["today"]), NUMBER),
            Column(tr("people on duty in the plan"), _known(frame["number"]), NUMBER),
            Column(tr("work asked for, as people at work"), _known(frame["asked"]), NUMBER),
        ),
    )


def _known(column: pd.Series) -> list[float | None]:
    return [None if x != x else float(x) for x in column]

"""The sheets of where stations should stand: stations with their grids, designs, differences."""

from __future__ import annotations

from collections.abc import Iterator

from govsim.language import tr
from govsim.report import siting_words as words
from govsim.report import spreadsheet
from govsim.report.sheets.columns import about, end, start
from govsim.report.spreadsheet import Column, Sheet
from govsim.siting.result import Siting

SHARE, NUMBER = spreadsheet.SHARE, spreadsheet.NUMBER


def of_siting(found: Siting) -> Iterator[Sheet]:
    """Lay out the answer."""
    m = found.manifest
    yield about(
        [
            (tr("Where stations should stand"), found.title),
            *[(tr("the answer"), line) for line in words.sentences(found)],
            *[(tr("how it is meant"), line) for line in words.how_meant(found)],
            (tr("run"), str(m["run"])),
            (tr("replications"), str(m["replications"])),
            (tr("seed"), str(m["seed"])),
            (tr("program"), f"govsim {m['versions']['govsim']}"),
        ]
    )
    plan = found.to_frame()
    yield Sheet(
        tr("Stations"),
        (
            Column(tr("Station"), [str(one) for one in plan["point"]]),
            Column(tr("Name"), [words.station_name(one) for one in words.rows(plan)]),
            Column(tr("change"), [words.change_name(one) for one in plan["change"]]),
            Column("x", plan["x"].tolist(), NUMBER),
            Column("y", plan["y"].tolist(), NUMBER),
            Column(tr("residents"), [int(n) for n in plan["residents"]]),
            Column(tr("number of grids"), [int(n) for n in plan["n_grids"]]),
            Column(tr("its grids"), [str(one) for one in plan["grids"]]),
        ),
    )
    frame = found.designs
    yield Sheet(
        tr("Designs"),
        (
            Column(tr("Design"), [words.design_name(str(one)) for one in frame["design"]]),
            Column(tr("residents covered"), frame["covered"].tolist(), NUMBER),
            Column(tr("share"), frame["share"].tolist(), SHARE),
            Column(tr("within reach"), frame["within"].tolist(), NUMBER),
            Column(tr("way, m"), _numbers(frame["distance"]), NUMBER),
            Column(tr("gap to the bound"), _numbers(frame["gap"]), SHARE),
        ),
    )
    if len(found.measures):
        frame = found.measures
        title = tr("difference")
        yield Sheet(
            tr("Simulated"),
            (
                Column(tr("Design"), [words.design_name(str(one)) for one in frame["design"]]),
                Column(tr("Measure"), [words.marked(str(one)) for one in frame["measure"]]),
                Column(tr("today"), frame["today"].tolist(), NUMBER),
                Column(tr("proposed"), frame["plan"].tolist(), NUMBER),
                Column(title, frame["difference"].tolist(), NUMBER),
                Column(start(title), _numbers(frame["low"]), NUMBER),
                Column(end(title), _numbers(frame["high"]), NUMBER),
                Column(tr("rests on"), [
                    words.mix(found) if one in words.RESTS else "" for one in frame["measure"]
                ]),
            ),
        )  # fmt: skip
    if len(found.curve):
        frame = found.curve
        yield Sheet(
            tr("Number of stations"),
            (
                Column(tr("Design"), [words.design_name(str(one)) for one in frame["model"]]),
                Column(tr("New stations"), [int(n) for n in frame["count"]]),
                Column(tr("value"), frame["value"].tolist(), NUMBER),
                Column(tr("bound"), frame["bound"].tolist(), NUMBER),
                Column(tr("gap to the bound"), frame["gap"].tolist(), SHARE),
            ),
        )


def _numbers(column: object) -> list[float | None]:
    """Give the numbers; nothing where there is none."""
    values = column.tolist()  # type: ignore[attr-defined]
    return [None if value != value else float(value) for value in values]

"""The sheets of an explanation: mechanisms, causes, uncertain inputs, a bad year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from govsim.explanation.mechanisms import mechanism_name
from govsim.explanation.result import Explanation
from govsim.language import tr
from govsim.report import explanation_words as words
from govsim.report import spreadsheet
from govsim.report.sheets.columns import FORMATS, about, end, start, unit, written
from govsim.report.spreadsheet import Column, Sheet
from govsim.report.wording import evidence_name

SHARE, RATE = spreadsheet.SHARE, spreadsheet.RATE


def of_explanation(found: Explanation) -> Iterator[Sheet]:
    """Lay out an explanation."""
    m = found.manifest
    yield about(
        [
            (tr("Why a measure differs"), words.title(found)),
            (tr("unit"), unit(found.quantity.shown)),
            *[(tr("how it is meant"), line) for line in words.how_meant(found)],
            *[(tr("note"), line) for line in found.notes],
            (tr("scenarios"), ", ".join(str(m[which]["name"]) for which in ("before", "after"))),
            (tr("replications"), str(m["replications"])),
            (tr("seed"), str(m["seed"])),
            (tr("program"), f"govsim {m['versions']['govsim']}, {m['program'][:16]}"),
        ]
    )
    yield _mechanisms(found)
    yield _causes(found)
    yield _replications(found)
    yield _changes(found)
    if len(found.ranges):  # a quick one has asked nothing of them
        yield _uncertain(found)
    yield _cases(found)
    yield _conditions(found)
    yield _bad_year(found)


def _numbers(
    frame: pd.DataFrame, heads: Mapping[str, str], style: str = spreadsheet.FREE
) -> list[Column]:
    """Take columns of numbers of a frame, by their names there, under these heads."""
    return [Column(head, frame[name].tolist(), style) for name, head in heads.items()]


def _ends(title: str, mean: str = "mean", low: str = "low", high: str = "high") -> dict[str, str]:
    """Head the columns of a mean and its interval."""
    return {
        mean: title,
        low: start(title),
        high: end(title),
    }


def _mechanisms(found: Explanation) -> Sheet:
    """Lay out what each mechanism contributes, and does first and last; then the whole."""
    style = FORMATS[found.quantity.shown.kind]
    parts = (
        (tr("contribution"), found.shapley),
        (tr("first in"), found.first_in),
        (tr("last in"), found.last_in),
    )
    names = [mechanism_name(str(one)) for one in found.shapley["mechanism"]]
    columns = [Column(tr("Mechanism"), names)]
    for title, frame in parts:
        columns += _numbers(frame, _ends(title), style)
    columns.append(Column(tr("share of the change"), found.shapley["share"].tolist(), SHARE))
    return Sheet(tr("Mechanisms"), tuple(columns))


def _causes(found: Explanation) -> Sheet:
    frame, style = found.causes, FORMATS["count"]
    whole = tr("in all")
    names = [mechanism_name(one) if one else whole for one in _texts(frame, "mechanism")]
    return Sheet(
        tr("Causes of orders"),
        (
            Column(tr("Mechanism"), names),
            Column(tr("cause"), [words.cause_group_name(one) for one in _texts(frame, "cause")]),
            *_numbers(frame, {"before": tr("before"), "after": tr("after")}, style),
            *_numbers(frame, _ends(tr("change")), style),
        ),
        kept=2,
    )


def _replications(found: Explanation) -> Sheet:
    frame, style = found.replications, FORMATS[found.quantity.shown.kind]
    heads = {
        "shapley": tr("contribution"),
        "first_in": tr("first in"),
        "last_in": tr("last in"),
    }
    return Sheet(
        tr("Replications"),
        (
            Column(tr("Mechanism"), [mechanism_name(one) for one in _texts(frame, "mechanism")]),
            Column(tr("replication"), frame["replication"].tolist()),
            *_numbers(frame, heads, style),
        ),
        kept=2,
    )


def _changes(found: Explanation) -> Sheet:
    frame = found.changes
    return Sheet(
        tr("Inputs that differ"),
        (
            Column(tr("Input"), [words.input_name(found, one) for one in _texts(frame, "path")]),
            Column(tr("mechanism"), [mechanism_name(one) for one in _texts(frame, "mechanism")]),
            *(
                Column(
                    head,
                    [
                        words.input_value(found, *one)
                        for one in zip(_texts(frame, "path"), _texts(frame, which), strict=True)
                    ],
                )
                for which, head in (("before", tr("before")), ("after", tr("after")))
            ),
            Column(tr("in the scenario file"), _texts(frame, "path")),
        ),
    )


def _uncertain(found: Explanation) -> Sheet:
    """Lay out the inputs that are not known for sure, and how much the answer depends on each."""
    frame = found.ranges
    for other in (found.morris, found.sobol):
        if len(other):
            frame = frame.merge(other, on="input", how="left", suffixes=("", "_sobol"))
    columns = [
        Column(tr("Input"), [words.input_name(found, one) for one in _texts(frame, "input")]),
        Column(tr("value"), [written(value) for value in frame["value"]]),
        Column(tr("plausible from"), [written(value) for value in frame["low"]]),
        Column(tr("plausible to"), [written(value) for value in frame["high"]]),
    ]
    heads = {
        "mu_star": tr("effect (mean of Morris)"),
        "mu_star_conf": tr("effect: ± of the interval"),
        "ST": tr("share of variance (Sobol, total)"),
        "ST_conf": tr("share: ± of the interval"),
    }
    columns += _numbers(frame, {k: head for k, head in heads.items() if k in frame}, SHARE)
    columns += [
        Column(tr("evidence"), [evidence_name(one) for one in _texts(frame, "evidence")]),
        Column(tr("source"), _texts(frame, "source")),
    ]
    return Sheet(tr("Uncertain inputs"), tuple(columns))


def _cases(found: Explanation) -> Sheet:
    """Lay out the cases over the plausible ranges, each input by its position in its range."""
    frame = found.points
    if not len(frame):
        return Sheet(tr("Cases"), (Column(tr("change"), ()),))
    style = FORMATS[found.quantity.shown.kind]
    inputs = [str(name) for name in frame.columns if name not in ("before", "after", "answer")]
    return Sheet(
        tr("Cases"),
        (
            Column(tr("change"), frame["answer"].tolist(), SHARE),
            *_numbers(frame, {"before": tr("before"), "after": tr("after")}, style),
            *_numbers(frame, {name: name for name in inputs}, RATE),
        ),
    )


def _conditions(found: Explanation) -> Sheet:
    """Lay out what sets the cases that reach the goal, or come nearest to it, apart."""
    rows = words.rows(found.conditions)
    heads = {
        "value": tr("median"),
        "value_from": tr("nine of ten from"),
        "value_to": tr("nine of ten to"),
        "value_others": tr("median of the others"),
    }
    return Sheet(
        tr("Conditions of the goal"),
        (
            Column(tr("Input"), [words.input_name(found, str(row["input"])) for row in rows]),
            *(
                Column(head, [words.value(row, name) for row in rows])
                for name, head in heads.items()
            ),
        ),
    )


def _bad_year(found: Explanation) -> Sheet:
    """Lay out the fall that picking a bad year brings by itself."""
    rows: Sequence[Mapping[str, Any]] = words.rows(found.regression)
    frame = found.regression
    if not rows:
        return Sheet(tr("A bad year"), (Column(tr("Estates"), ()),))
    return Sheet(
        tr("A bad year"),
        (
            Column(tr("Estates"), [words.setting_name(row) for row in rows]),
            *_numbers(frame, {"picked": tr("picked"), "estates": tr("of")}),
            *_numbers(frame, _ends(tr("fewer a year later")), SHARE),
            *_numbers(frame, {"q05": tr("nine of ten from"), "q95": tr("nine of ten to")}, SHARE),
        ),
    )


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    """Take a column of texts; none of a frame without rows, which may lack the column."""
    return [str(value) for value in frame[column]] if len(frame) else []

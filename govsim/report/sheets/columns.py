"""Columns that sheets of all kinds have: what a workbook is of, means with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from govsim.language import name, tr
from govsim.measures.catalogue import FLOWS, Measure
from govsim.report import inputs, spreadsheet
from govsim.report.spreadsheet import Column, Sheet, Value
from govsim.scenarios.changes import compact

FORMATS = {
    "share": spreadsheet.SHARE,
    "count": spreadsheet.NUMBER,
    "time": spreadsheet.NUMBER,
    "money": spreadsheet.MONEY,
    "rate": spreadsheet.RATE,
}
"""Format of the cells of a measure, by its kind."""


def about(rows: Sequence[tuple[str, str]]) -> Sheet:
    """Lay out what the workbook is of, and where it comes from."""
    heads = (tr("Record"), tr("value"))
    columns = zip(heads, zip(*rows, strict=True), strict=True)
    return Sheet(tr("About"), tuple(Column(head, values) for head, values in columns))


def how_to_read(confidence: float) -> list[tuple[str, str]]:
    """Say what intervals and units are."""
    return [
        (
            tr("numbers"),
            tr(
                "means over replications; “from” and “to” are the ends of {share:.0f}% "
                "intervals of the mean, which say how far luck moves it, not how well the inputs "
                "are known",
                share=100 * confidence,
            ),
        ),
        (
            tr("units"),
            tr("counts and hours of work are a year, money is in yuan a year"),
        ),
    ]


def measured(found: pd.DataFrame, measure: Measure, title: str) -> Iterator[Column]:
    """Make columns of a mean and the ends of its interval, where there is one at all."""
    style = FORMATS[measure.kind]
    yield Column(title, found["mean"].tolist(), style)
    if (found["high"] > found["low"]).any():
        yield Column(start(title), found["low"].tolist(), style)
        yield Column(end(title), found["high"].tolist(), style)


def start(title: str) -> str:
    """Head the lower ends of intervals."""
    return tr("{measure}: interval from", measure=title)


def end(title: str) -> str:
    """Head the upper ends of intervals."""
    return tr("{measure}: interval to", measure=title)


def written(value: Any) -> Value:
    """Give a number as such, and all else as people write it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return compact(value) or None


def said(names: inputs.Names, value: object) -> Value:
    """Give a number as such, nothing for nothing, and all else in the reader's words."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return None if value is None else names.value(value)


def unit(measure: Measure) -> str:
    """Name the unit of a measure; what adds up over time is shown a year."""
    text = name(measure.unit)
    return tr("{unit} a year", unit=text) if measure.name in FLOWS else text


def titled(measure: Measure) -> str:
    """Name a measure with its unit."""
    label, text = name(measure.label), unit(measure)
    return tr("{measure}, {unit}", measure=label, unit=text) if text else label

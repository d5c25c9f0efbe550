"""The table of a sweep on the screen: a row for each combination, in 100 columns.

Called by the command line; reads a `govsim.sweep.Sweep`.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from govsim.catalogue import CATALOGUE, FLOWS
from govsim.language import name, tr
from govsim.report.wording import measure_name, number, spread
from govsim.sweep import Found, Sweep

FIRST, OTHER = 28, 16
"""Columns of what varies, and of each measure."""

MOST = 4
"""Measures that fit."""


def summary(made: Sweep, measures: Sequence[str]) -> RenderableType:
    """Lay out the first few of some measures of the district, with their intervals.

    Parameters
    ----------
    made : the sweep.
    measures : names of measures.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("\n× ".join(made.paths), width=FIRST, overflow="fold")
    for measure in measures[:MOST]:
        table.add_column(_head(measure), width=OTHER, justify="right", overflow="fold")
    for values, found in made.combinations:
        cells = (_cell(found, measure) for measure in measures[:MOST])
        table.add_row(" × ".join(values), *cells)
    return Group(
        Text(name(made.base.scenario.label), style="bold"),
        Text(_how_often(made), style="dim"),
        Padding(table, (1, 0, 0, 0)),
        *_notes(made),
    )


def _head(measure: str) -> str:
    label = measure_name(measure)
    if measure in FLOWS:
        return tr("{measure}, a year", measure=label)
    return label


def _cell(found: Found, measure: str) -> str:
    """Write a mean, and below it the interval where there is one."""
    value, shown = found.get(measure), CATALOGUE[measure]
    mean = number(value.mean, shown)
    return f"{mean}\n{spread(value, shown)}" if value.n > 1 else mean


def _how_often(made: Sweep) -> str:
    numbers = [found.replications for _, found in made.combinations]
    least, most = min(numbers), max(numbers)
    return tr(
        "{combinations} combinations; replications of each: {n}; intervals of {share:.0f}%",
        combinations=len(numbers),
        n=least if least == most else f"{least} – {most}",
        share=100 * made.base.scenario.confidence,
    )


def _notes(made: Sweep) -> list[RenderableType]:
    found = [one for _, one in made.combinations]
    warnings = dict.fromkeys(text for one in found for text in one.warnings)
    notes = dict.fromkeys(text for one in found for text in one.notes)
    lines = [Text(f"! {text}", style="yellow") for text in warnings]
    lines += [Text(f"· {text}") for text in notes]
    if made.file is not None:
        lines.append(Text("· " + tr("table: {file}", file=made.file), style="dim"))
    return [Text(), *lines]

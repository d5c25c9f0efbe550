"""The table of a sweep on the screen: a row for each combination, in 100 columns.

Called by the command line; reads a `govsim.comparison.sweep.Sweep`.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from govsim.comparison.result import Comparison
from govsim.comparison.sweep import Found, Sweep
from govsim.language import name, tr
from govsim.measures.catalogue import CATALOGUE, FLOWS, Measure
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval, interval
from govsim.report import comparison_words as words
from govsim.report.wording import MISSING, measure_name, money_unit, number, spread

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
    shown = list(dict.fromkeys((*measures, "cost")))
    tables = [_table(made, shown[i : i + MOST]) for i in range(0, len(shown), MOST)]
    return Group(
        Text(name(made.base.scenario.label), style="bold"),
        Text(_how_often(made), style="dim"),
        *(Padding(table, (1, 0, 0, 0)) for table in tables),
        *_notes(made),
    )


def _table(made: Sweep, measures: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("\n× ".join(made.paths), width=FIRST, overflow="fold")
    for measure in measures:
        table.add_column(_head(measure), width=OTHER, justify="right", overflow="fold")
    if made.comparison is not None and _is_apart(made):
        cells = (_of_base(made.comparison, measure) for measure in measures)
        table.add_row(tr("as it is"), *cells)
    for values, found in made.combinations:
        cells = (_cell(made, values, found, measure) for measure in measures)
        table.add_row(" × ".join(values), *cells)
    return table


def _is_apart(made: Sweep) -> bool:
    """Whether the plan as it is is none of the combinations."""
    assert made.comparison is not None
    return made.comparison.baseline not in {made.name(v) for v, _ in made.combinations}


def _of_base(found: Comparison, measure: str) -> str:
    values, shown = found.values(Quantity(measure))[found.baseline], CATALOGUE[measure]
    return _mean(interval(values, found.confidence), shown)


def _mean(value: Interval, shown: Measure) -> str:
    """Write a mean, and below it its interval where there is one."""
    mean = number(value.mean, shown)
    return f"{mean}\n{spread(value, shown)}" if value.n > 1 else mean


def _head(measure: str) -> str:
    label = measure_name(measure)
    if measure in FLOWS:
        return tr("{measure}, a year", measure=label)
    if CATALOGUE[measure].kind == "money":
        return tr("{measure}, {unit}", measure=label, unit=money_unit())
    return label


def _cell(made: Sweep, values: Sequence[str], found: Found, measure: str) -> str:
    """Write a mean, and below it the difference from the base with its interval and verdict.

    Where there is none, or this is the base, the mean's own interval.
    """
    shown = CATALOGUE[measure]
    one = made.difference(values, measure)
    if one is None or one.verdict == "no value":
        return _mean(found.get(measure), shown)
    lines = [number(found.get(measure).mean, shown), words.change(one)]
    ends = words.ends(one.paired.difference, shown)
    return "\n".join(
        (*lines, *(() if ends == MISSING else (ends,)), words.verdict_name(one.verdict))
    )


def _how_often(made: Sweep) -> str:
    numbers = [found.replications for _, found in made.combinations]
    least, most = min(numbers), max(numbers)
    return tr(
        "{combinations} combinations; replications of each: {n}; intervals of {share:.0f}%",
        combinations=len(numbers),
        n=least if least == most else f"{least} – {most}",
        share=100 * made.base.scenario.confidence,
    )


def _how_meant(made: Sweep) -> list[str]:
    """Say what stands below the means."""
    found = made.comparison
    if found is None:
        return [tr("No differences: {why}", why=why) for why in made.notes]
    lines = [
        tr(
            "Below each mean: the difference from the plan as it is, “{base}”, replication by "
            "replication, its interval, and what can be said. All {n} intervals hold together "
            "with {share:g}% confidence.",
            base=found.result(found.baseline).plan,
            n=len(found.differences),
            share=100 * found.confidence,
        )
    ]
    if any(one.made > one.replications for _, one in made.combinations):
        lines.append(tr("Replications that an earlier run had and others have not do not count."))
    return lines


def _notes(made: Sweep) -> list[RenderableType]:
    found = [one for _, one in made.combinations]
    warnings = dict.fromkeys(text for one in found for text in one.warnings)
    if made.comparison is not None:
        warnings = dict.fromkeys(made.comparison.warnings)
    notes = dict.fromkeys(text for one in found for text in one.notes)
    lines = [Text(f"! {text}", style="yellow") for text in warnings]
    lines += [Text(f"· {text}") for text in (*_how_meant(made), *notes)]
    if made.comparison is not None and made.comparison.folder is not None:
        folder = tr("results: {folder}", folder=made.comparison.folder)
        lines.append(Text("· " + folder, style="dim"))
    if made.file is not None:
        lines.append(Text("· " + tr("table: {file}", file=made.file), style="dim"))
    return [Text(), *lines]

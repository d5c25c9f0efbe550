"""Tables on the screen: why a measure differs between two scenarios, in 100 columns.

Called by the command line; reads a `govsim.explanation.Explanation`.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from govsim.explanation.mechanisms import mechanism_name
from govsim.explanation.result import AGAIN, FAILED, FIRST, Explanation
from govsim.language import tr
from govsim.report import explanation_words as words
from govsim.report import screen
from govsim.report.comparison_words import amount, unit_of_change
from govsim.report.wording import MISSING

INPUTS = 10
"""Inputs in the table of those that matter most."""

CONDITIONS = 6
"""Inputs in the table of what would have to be true."""


def summary(explanation: Explanation) -> RenderableType:
    """Lay out an explanation: what came out in words, then the tables."""
    parts: list[RenderableType] = [Text(words.title(explanation), style="bold")]
    for heading, lines in words.sentences(explanation):
        parts += [Text(), Text(heading, style="bold")]
        for line in lines:
            parts += screen.paragraph(line, "  ")
    parts += [Padding(table, (1, 0, 0, 0)) for table in tables(explanation).values()]
    return Group(*parts, *_notes(explanation))


def tables(explanation: Explanation) -> dict[str, Table]:
    """Lay out the tables of what was asked for, by what they are of."""
    found = {"mechanisms": _mechanisms(explanation)}
    if len(explanation.causes):
        found["causes"] = _causes(explanation)
    if len(explanation.morris):
        found["inputs"] = _inputs(explanation)
    if len(explanation.conditions):
        found["conditions"] = _conditions(explanation)
    if len(explanation.regression):
        found["bad year"] = _bad_year(explanation)
    return found


def _mechanisms(explanation: Explanation) -> Table:
    """Show what each mechanism contributes, and does first and last."""
    unit = unit_of_change(explanation.quantity.shown)
    table = screen.table(
        (tr("Mechanism ({unit})", unit=unit), 36),
        (tr("contributes"), 12),
        (tr("interval"), 18),
        (tr("share"), 7),
        (tr("first"), 10),
        (tr("last"), 10),
    )
    parts = [
        words.rows_by(frame, "mechanism")
        for frame in (explanation.shapley, explanation.first_in, explanation.last_in)
    ]
    for mechanism in explanation.mechanisms:
        found, *both = (words.of_row(part[mechanism]) for part in parts)
        share = parts[0][mechanism]["share"]
        table.add_row(
            mechanism_name(mechanism),
            words.changed(explanation, found),
            words.between(explanation, found),
            words.percent(share) if share == share else MISSING,
            *(words.changed(explanation, one) for one in both),
        )
    table.add_section()
    change = explanation.total("change")
    table.add_row(
        tr("in all"),
        words.changed(explanation, change),
        words.between(explanation, change),
        "100%",
        style="bold",
    )
    return table


def _causes(explanation: Explanation) -> Table:
    """Show by which orders each mechanism changes their number."""
    shown = (FIRST, AGAIN, FAILED)
    table = screen.table(
        (tr("12345 orders a year, by cause"), 40),
        *((words.cause_group_name(cause), 18) for cause in shown),
    )
    whole = words.of_causes(explanation, "")
    measure = explanation.quantity.shown
    for end, name in (("before", tr("before")), ("after", tr("after"))):
        table.add_row(name, *(amount(whole[cause][end], measure, 1.0) for cause in shown))
    table.add_section()
    for mechanism in ("", *explanation.mechanisms):
        mine = words.of_causes(explanation, mechanism)
        table.add_row(
            mechanism_name(mechanism) if mechanism else tr("change"),
            *(words.changed(explanation, words.of_row(mine[cause])) for cause in shown),
            style="" if mechanism else "bold",
        )
    return table


def _inputs(explanation: Explanation) -> Table:
    """Show the inputs on which the answer depends most."""
    table = screen.table(
        (tr("Inputs that matter most"), 41),
        (tr("plausible range"), 28),
        (tr("effect"), 13),
        (tr("share"), 13),
    )
    ranges, sobol = (words.rows_by(f, "input") for f in (explanation.ranges, explanation.sobol))
    for row in words.rows(explanation.morris)[:INPUTS]:
        name = row["input"]
        share = MISSING
        if name in sobol:
            mean, half = (words.percent(sobol[name][column]) for column in ("ST", "ST_conf"))
            share = f"{mean} ± {half}"
        effect = [words.answer(explanation, row[column]) for column in ("mu_star", "mu_star_conf")]
        table.add_row(
            escape(words.input_name(explanation, name)),
            words.range_of(ranges[name]),
            " ± ".join(effect).replace("+", ""),
            share,
            style="" if row["matters"] else "dim",
        )
    return table


def _conditions(explanation: Explanation) -> Table:
    """Show what sets the points that reach the goal apart."""
    goal = words.answer(explanation, explanation.manifest["goal"])
    reached = explanation.conditions["of"].iloc[0] == "goal"
    head = (
        tr("What would have to be true for {goal}", goal=goal)
        if reached
        else tr("What brings it nearest to {goal}", goal=goal)
    )
    table = screen.table(
        (head, 41), (tr("median"), 18), (tr("nine of ten between"), 22), (tr("else"), 14)
    )
    for row in words.rows(explanation.conditions)[:CONDITIONS]:
        table.add_row(
            escape(words.input_name(explanation, row["input"])),
            words.value(row),
            words.range_of(row, "value_from", "value_to"),
            words.value(row, "value_others"),
        )
    return table


def _bad_year(explanation: Explanation) -> Table:
    """Show the fall that picking a bad year brings by itself."""
    table = screen.table(
        (tr("Next year, with no change of service"), 45),
        (tr("picked"), 12),
        (tr("fewer"), 7),
        (tr("interval"), 15),
        (tr("nine of ten"), 16),
    )
    for row in words.rows(explanation.regression):
        table.add_row(
            words.setting_name(row),
            tr("{n} of {total}", n=int(row["picked"]), total=int(row["estates"])),
            words.percent(row["mean"]),
            tr("{low} to {high}", low=words.percent(row["low"]), high=words.percent(row["high"])),
            tr("{low} to {high}", low=words.percent(row["q05"]), high=words.percent(row["q95"])),
        )
    return table


def _notes(explanation: Explanation) -> Iterator[RenderableType]:
    yield Text()
    for line in (*words.how_meant(explanation), *explanation.notes):
        yield from screen.paragraph(line, "· ")
    if explanation.folder is not None:
        yield Text("· " + tr("results: {folder}", folder=explanation.folder), style="dim")

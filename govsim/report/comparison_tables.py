"""Tables on the screen: plans compared, in 100 columns.

Called by the command line; reads a `govsim.comparison.Comparison`.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from govsim.comparison.result import Comparison, Difference
from govsim.comparison.tradeoffs import EFFECTS, dominated, trade_offs
from govsim.language import tr
from govsim.measures.quantity import Quantity
from govsim.report import changes, screen, uncertain
from govsim.report import comparison_words as words
from govsim.report.comparison_sentences import sentences
from govsim.report.wording import how_measured


def summary(comparison: Comparison) -> RenderableType:
    """Lay out a comparison: what came out in words, the differences, what they cost."""
    title = tr("Compared with “{baseline}”", baseline=comparison.title(comparison.baseline))
    parts: list[RenderableType] = [
        Text(title, style="bold"),
        *(Text(line) for line in changes.of_all(comparison)),
        *_plans(comparison),
        *_in_words(comparison),
        Padding(_differences(comparison), (1, 0, 0, 0)),
        Padding(prices(comparison), (1, 0, 0, 0)),
        *uncertain.shown(comparison),
    ]
    return Group(*parts, *_notes(comparison))


def _plans(comparison: Comparison) -> Iterator[RenderableType]:
    """Say which letter stands for which plan, and how it was measured."""
    measured = {
        plan: how_measured(comparison.result(plan), used)
        for plan, used in zip(comparison.names, comparison.used, strict=True)
    }
    alike = len(set(measured.values())) == 1
    for plan, letter in words.letters(comparison).items():
        yield Text(f"{letter}  {comparison.title(plan)}")
        yield from (Text(f"   {line}") for line in changes.of_plan(comparison, plan))
        if not alike:
            yield Text("   " + measured[plan], style="dim")
    if alike:
        yield Text(measured[comparison.baseline], style="dim")


def _in_words(comparison: Comparison) -> Iterator[RenderableType]:
    for heading, lines in sentences(comparison):
        yield Text()
        yield Text(heading, style="bold")
        for line in lines:
            yield from screen.paragraph(line, "  ")


def _differences(comparison: Comparison) -> RenderableType:
    table = screen.table(
        (tr("Plan"), 38),
        (tr("mean"), 8),
        (tr("difference"), 10),
        (tr("interval"), 17),
        (tr("verdict"), 10),
        (tr("saved"), 7),
    )
    for quantity in comparison.quantities:
        shown, base = quantity.shown, comparison.baseline
        unit = words.unit(shown)
        name = words.quantity_name(comparison, quantity)
        heading = tr("{measure} ({unit})", measure=name, unit=unit) if unit else name
        table.add_row(Text(heading, style="bold"))
        mean = comparison.values(quantity)[base].mean()
        table.add_row(_plan(comparison, base), words.amount(mean, shown))
        for one in comparison.differences:
            if one.quantity == quantity:
                table.add_row(*_row(comparison, one))
        table.add_section()
    return table


def _row(comparison: Comparison, one: Difference) -> Iterator[str]:
    found, shown = one.paired.difference, one.quantity.shown
    plan = _plan(comparison, one.plan)
    if one.against != comparison.baseline:
        letter = words.letters(comparison)
        plan = "  " + tr("{plan} less {other}", plan=letter[one.plan], other=letter[one.against])
    yield plan
    yield words.amount(one.mean, shown)
    yield words.change(one)
    yield words.ends(found, shown)
    yield words.verdict_name(one.verdict)
    yield words.saved(one.paired.saved)


def _plan(comparison: Comparison, plan: str) -> str:
    return f"{words.letters(comparison)[plan]} {comparison.title(plan)}"


def prices(comparison: Comparison) -> Table:
    """Lay out what each plan gains and what that costs, by effect."""
    table = screen.table(
        (tr("Cost and what it brings"), 39),
        (tr("gained"), 8),
        (tr("yuan each"), 10),
        (tr("interval"), 18),
        (tr("cost and effect"), 17),
    )
    offs = {(off.effect.quantity, off.effect.plan): off for off in trade_offs(comparison)}
    beaten = {(one.effect, one.plan): one for one in dominated(comparison)}
    for effect in EFFECTS:
        table.add_row(Text(_effect_name(comparison, effect), style="bold"))
        for plan in comparison.names:
            off, one = offs.get((effect, plan)), beaten.get((effect, plan))
            cells = [_plan(comparison, plan), "", "", "", ""]
            if off:
                gained = off.gained
                cells[1] = words.amount(gained.mean, effect.shown, gained.half_width, sign=True)
                cells[2], cells[3] = words.price(off)
                cells[4] = words.kind_name(off.kind)
            if one:
                cells[4] = words.beaten_name(comparison, one)
            if off or one:
                table.add_row(*cells)
        table.add_section()
    return table


def _effect_name(comparison: Comparison, effect: Quantity) -> str:
    if effect.measure == "orders":
        return tr("12345 orders avoided a year")
    measure = words.quantity_name(comparison, effect)
    return tr("{measure} (points)", measure=measure)


def _notes(comparison: Comparison) -> Iterator[RenderableType]:
    yield Text()
    for line in comparison.warnings:
        yield from screen.paragraph(line, "! ", style="yellow")
    lines = words.how_sure(comparison)
    notes = [note for result in comparison.results for note in result.notes]
    for line in (*lines, *dict.fromkeys(notes)):
        yield from screen.paragraph(line, "· ")
    if comparison.folder is not None:
        yield Text("· " + tr("results: {folder}", folder=comparison.folder), style="dim")

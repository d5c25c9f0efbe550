"""The report of a sweep: what each combination of values brings and costs, beside the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govsim.comparison.result import Comparison, Difference
from govsim.comparison.tradeoffs import ALIKE, COST
from govsim.language import joined, tr
from govsim.measures.quantity import Quantity
from govsim.report import changes, plates
from govsim.report import comparison_words as words
from govsim.report.comparison_sentences import choice_left
from govsim.report.parts import (
    Block,
    Cell,
    Contents,
    Desk,
    Plate,
    Point,
    Row,
    Section,
    Table,
    Words,
    row,
)
from govsim.report.sections import comparison
from govsim.report.warned import on_paper
from govsim.report.wording import how_measured
from govsim.runs.results import MAIN

SHOWN = (*map(Quantity, MAIN), COST)
"""What the tables of combinations show, and the first page."""

BESIDE = 3
"""Measures beside each other in one of these tables."""

FIRST_PAGE = 6
"""Steps of the choice that is left that stand on the first page."""


def contents(found: Comparison, desk: Desk) -> Contents:
    """Say what a sweep found."""
    base = found.result(found.baseline)
    notes = dict.fromkeys(note for result in found.results for note in result.notes)
    return Contents(
        kind=tr("Many values tried"),
        title=base.plan,
        question=tr("What does each value bring and cost, beside the plan as it is?"),
        measured=how_measured(base, found.used[0]),
        answer=tuple(_answer(found)),
        plates=tuple(_plates(found, desk)),
        sections=(
            Section("combinations", tr("All combinations"), tuple(_combinations(found)), True),
            *_choice(found),
            Section("differences", tr("What differs"), tuple(comparison.differences(found))),
            Section("prices", tr("Cost and what it brings"), (comparison.prices(found),)),
            Section("provenance", tr("Provenance"), tuple(_runs(found))),
        ),
        warnings=on_paper(found.warnings, (result.scenario for result in found.results)),
        notes=(*notes, *words.how_sure(found)[:1]),
        changes=tuple(changes.of_all(found)),
    )


def _answer(found: Comparison) -> Iterator[Point]:
    tried = tr(
        "{n} combinations of values of {paths}, each beside A, the plan as it is, over the same "
        "{replications} replications.",
        n=len(found.names) - 1,
        paths=joined(found.grid, "、", ", "),
        replications=found.used[0],
    )
    yield Point(tr("What was tried"), (tried,))
    for quantity in SHOWN:
        yield Point(words.quantity_name(found, quantity), tuple(_about(found, quantity)))
    left = tuple(choice_left(found))
    if 0 < len(left) <= FIRST_PAGE:
        yield Point(tr("The choice that is left"), left)


def _choice(found: Comparison) -> Iterator[Section]:
    """Lay out the choice that is left on a page of its own where there is much of it."""
    left = tuple(choice_left(found))
    if len(left) > FIRST_PAGE:
        yield Section("choice", tr("The choice that is left"), (Words(left, "list"),))


def _about(found: Comparison, quantity: Quantity) -> Iterator[str]:
    """Say which combination is the best on something, and how many differ at all."""
    mine = [d for d in found.differences if d.quantity == quantity]
    better = [d for d in mine if d.verdict == "better"]
    if better:
        sign = 1.0 if quantity.shown.better == "higher" else -1.0
        best = max(better, key=lambda d: sign * d.paired.difference.mean)
        letter = words.letters(found)[best.plan]
        title = tr("{letter}, “{plan}”:", letter=letter, plan=found.title(best.plan))
        yield tr("Best in its mean: {plan}.", plan=words.with_numbers(title, best))
    yield tr(
        "Of {n} combinations {better} are better than A, {worse} worse; {alike} are not "
        "distinguishable from it.",
        n=len(mine),
        better=len(better),
        worse=sum(d.verdict == "worse" for d in mine),
        alike=sum(d.verdict in ALIKE for d in mine),
    )


def _title(found: Comparison, plan: str) -> str:
    return tr("{letter}: {plan}", letter=words.letters(found)[plan], plan=found.title(plan))


def _plates(found: Comparison, desk: Desk) -> Iterator[Plate]:
    orders = [d for d in found.differences if d.quantity == Quantity("orders")]
    letter = words.letters(found)
    named = [(letter[d.plan], d.paired.difference) for d in orders]
    texts = [
        tr(
            "{value} ({ends})",
            value=words.change(d),
            ends=words.ends(d.paired.difference, d.quantity.shown),
        )
        for d in orders
    ]
    said = (
        tr("{what}: {value}", what=_title(found, d.plan), value=text)
        for d, text in zip(orders, texts, strict=True)
    )
    yield desk.plate(
        "sweep-orders",
        tr("Change in 12345 orders against the plan as it is, orders a year; left are fewer."),
        tr("; ").join(said),
        lambda: plates.differences(named, texts, tr("12345 orders a year more")),
    )


def _combinations(found: Comparison) -> Iterator[Block]:
    """Lay out a row for each combination: mean and difference of each measure."""
    for start in range(0, len(SHOWN), BESIDE):
        yield _table(found, SHOWN[start : start + BESIDE])


def _table(found: Comparison, shown: Sequence[Quantity]) -> Table:
    differences = {(d.plan, d.quantity): d for d in found.differences}
    heads = [tr("Combination")]
    for quantity in shown:
        name, unit = words.quantity_name(found, quantity), words.unit(quantity.shown)
        heads.append(tr("{measure} ({unit})", measure=name, unit=unit) if unit else name)
    means = {quantity: found.values(quantity).mean() for quantity in shown}
    rows = []
    for plan in words.letters(found):
        cells = [Cell(_title(found, plan))]
        for quantity in shown:
            mean = words.amount(means[quantity][plan], quantity.shown)
            one = differences.get((plan, quantity))
            cells.append(Cell(mean, "" if one is None else _small(one)))
        rows.append(Row(tuple(cells), plan == found.baseline))
    caption = tr(
        "Mean of each combination; in small type the difference from A, its interval and what "
        "can be said of it."
    )
    return Table(caption, tuple(heads), tuple(rows))


def _small(one: Difference) -> str:
    ends = words.ends(one.paired.difference, one.quantity.shown)
    said = words.verdict_name(one.verdict)
    return tr("{change} ({ends}), {said}", change=words.change(one), ends=ends, said=said)


def _runs(found: Comparison) -> Iterator[Block]:
    """List the runs, a row each; the report of a run says all that it was made from."""
    rows = []
    for plan in words.letters(found):
        result = found.result(plan)
        folder = result.folder
        run = "" if folder is None else f"{folder.parent.name}/{folder.name}"
        changed = joined(map(str, found.changes(plan)), "；", "; ")
        rows.append(row(_title(found, plan), run, changed))
    yield Table(
        tr("The run of each combination; govsim report RUN writes its own report."),
        (tr("Combination"), tr("run"), tr("changed")),
        tuple(rows),
        words=3,
        dense=True,
    )

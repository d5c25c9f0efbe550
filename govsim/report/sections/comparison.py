"""The report of a comparison: which plan is better, by how much, how sure, at what cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import nan

from govsim.comparison.result import Comparison, Difference
from govsim.comparison.tradeoffs import trade_offs
from govsim.language import joined, tr
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval
from govsim.report import by_hour, changes, comparison_tables, hour_plates, plates, uncertain
from govsim.report import comparison_words as words
from govsim.report import inputs as inputs_of
from govsim.report.comparison_reasons import following
from govsim.report.comparison_sentences import sentences
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
    measured,
    row,
)
from govsim.report.sections import from_screen, record
from govsim.report.warned import on_paper
from govsim.report.wording import (
    MISSING,
    PROMISES,
    cause_name,
    evidence_name,
    how_measured,
    measure_name,
    money_unit,
    number,
    per_year,
    team_name,
    told,
    what_use_leaves_out,
)
from govsim.service.rules import CAUSES

MANY = 4
"""Plans above which the first figure shows the first promise alone."""

_SHARE = CATALOGUE["compliance_scene"]
_ORDERS = Quantity("orders")


def contents(found: Comparison, desk: Desk) -> Contents:
    """Say what a comparison found."""
    notes = [note for result in found.results for note in result.notes]
    measured_ = {
        how_measured(result, used) for result, used in zip(found.results, found.used, strict=True)
    }
    return Contents(
        kind=tr("Comparison of service plans"),
        title=tr("{n} plans compared", n=len(found.names)),
        question=tr("Which plan is better, by how much, how sure is that, and what does it cost?"),
        measured=tr("; ").join(sorted(measured_)),
        answer=tuple(_answer(found)),
        plates=tuple(_plates(found, desk)),
        sections=(
            Section("differences", tr("What differs"), (*_hours(found, desk), *differences(found))),
            Section("prices", tr("Cost and what it brings"), (prices(found),)),
            *uncertain.sections(found),
            Section("plans", tr("The plans beside each other"), tuple(_plans(found))),
            Section("inputs", tr("Inputs and their evidence"), tuple(inputs(found))),
            Section("provenance", tr("Provenance"), tuple(provenance(found))),
        ),
        warnings=on_paper(found.warnings, (result.scenario for result in found.results)),
        notes=tuple(dict.fromkeys(notes)),
        changes=tuple(changes.of_all(found)),
    )


def _answer(found: Comparison) -> Iterator[Point]:
    plans = (
        tr("{letter}: {plan}", letter=letter, plan=found.title(plan))
        for plan, letter in words.letters(found).items()
    )
    changed = (
        tr("{letter}: {plan}", letter=letter, plan=line)
        for plan, letter in words.letters(found).items()
        for line in changes.of_plan(found, plan)
    )
    yield Point(tr("Plans"), (tr("; ").join(plans), *changed))
    for heading, lines in sentences(found):
        yield Point(heading, tuple(lines))
    if found.per_draw > 1:
        yield Point(tr("What the data leave open"), (uncertain.carried(found),))


# ---------------------------------------------------------------- figures


def _plates(found: Comparison, desk: Desk) -> Iterator[Plate]:
    kept = list(_kept(found))
    yield desk.plate(
        "plans-promises",
        tr("Promises kept by each plan, % of demands."),
        _said((label, told(one, _SHARE)) for label, one in kept),
        lambda: plates.shares(kept, _SHARE, tr("share of demands, %")),
    )
    letter = words.letters(found)
    changes = [d for d in found.differences if d.quantity == _ORDERS]
    named = [
        (
            tr("{plan} less {other}", plan=letter[d.plan], other=letter[d.against]),
            d.paired.difference,
        )
        for d in changes
    ]
    texts = [
        tr(
            "{value} ({ends})",
            value=words.change(d),
            ends=words.ends(d.paired.difference, d.quantity.shown),
        )
        for d in changes
    ]
    yield desk.plate(
        "plans-orders",
        tr("Change in 12345 orders, orders a year; left of the line are fewer."),
        _said((label, text) for (label, _), text in zip(named, texts, strict=True)),
        lambda: plates.differences(named, texts, tr("12345 orders a year more")),
    )
    points = list(_price_points(found))
    yield desk.plate(
        "plans-prices",
        tr(
            "12345 orders avoided a year (to the right) and what that costs ({unit}, up), against "
            "plan A, with intervals.",
            unit=money_unit(),
        ),
        _said((name, tr("{value} orders avoided", value=told(e))) for name, e, _ in points[1:]),
        lambda: plates.prices(
            points,
            tr("12345 orders avoided a year"),
            tr("more cost, {unit}", unit=money_unit()),
        ),
    )


def _kept(found: Comparison) -> Iterator[tuple[str, Interval]]:
    letter = words.letters(found)
    for measure in PROMISES if len(letter) <= MANY else PROMISES[:1]:
        for plan in letter:
            label = tr("{plan}: {what}", plan=letter[plan], what=measure_name(measure))
            yield label, found.result(plan).get(measure)


def _price_points(found: Comparison) -> Iterator[tuple[str, Interval, Interval]]:
    """Give letter, orders avoided, and further cost in the unit of `money_unit` of each plan."""
    nothing = Interval(0.0, nan, nan, 0)
    letter = words.letters(found)
    yield letter[found.baseline], nothing, nothing
    scale = words.scale_of(CATALOGUE["cost"])
    for off in trade_offs(found):
        if off.effect.quantity == _ORDERS:
            more = off.cost.paired.difference
            cost = Interval(scale * more.mean, scale * more.low, scale * more.high, more.n)
            yield letter[off.effect.plan], off.gained, cost


def _said(rows: Iterable[tuple[str, str]]) -> str:
    return tr("; ").join(tr("{what}: {value}", what=what, value=value) for what, value in rows)


# ---------------------------------------------------------------- tables


def _hours(found: Comparison, desk: Desk) -> Iterator[Block]:
    """Draw the first promise by the hour, plan beside plan."""
    letter = words.letters(found)
    plans = [(letter[plan], found.result(plan)) for plan in letter][:MANY]
    if not all(by_hour.in_time(result) for _, result in plans):
        return
    said = (
        (one, tr("{low} to {high}", low=number(min(by.values()), _SHARE),
                 high=number(max(by.values()), _SHARE)))
        for one, by in ((one, by_hour.in_time(result)) for one, result in plans)
    )  # fmt: skip
    yield desk.plate(
        "plans-hours",
        tr(
            "On the scene in time by hour of the report, % of demands, under each plan ({plans}).",
            plans=tr("; ").join(_plan(found, plan) for plan in list(letter)[:MANY]),
        ),
        _said(said),
        lambda: hour_plates.in_time(plans, tr("in time, %")),
    )


def differences(found: Comparison) -> Iterator[Block]:
    """Lay out the differences, a table for each measure, and say how sure they are."""
    letter = words.letters(found)
    heads = (
        tr("Plan"),
        tr("mean"),
        tr("difference"),
        tr("interval"),
        tr("verdict"),
        tr("saved"),
    )
    for quantity in found.quantities:
        unit = words.unit(quantity.shown)
        name = words.quantity_name(found, quantity)
        caption = tr("{measure} ({unit})", measure=name, unit=unit) if unit else name
        base = found.values(quantity)[found.baseline].mean()
        rows = [row(_plan(found, found.baseline), words.amount(base, quantity.shown))]
        rows += [_difference(found, d, letter) for d in found.differences if d.quantity == quantity]
        yield Table(caption, heads, tuple(_padded(one, len(heads)) for one in rows))
    yield Words(tuple(words.how_sure(found)), "note", tr("How sure"))


def _difference(found: Comparison, one: Difference, letter: dict[str, str]) -> Row:
    plan = _plan(found, one.plan)
    if one.against != found.baseline:
        plan = tr("{plan} less {other}", plan=letter[one.plan], other=letter[one.against])
    shown = one.quantity.shown
    return row(
        plan,
        words.amount(one.mean, shown),
        words.change(one),
        words.ends(one.paired.difference, shown),
        words.verdict_name(one.verdict),
        words.saved(one.paired.saved),
    )


def _padded(one: Row, columns: int) -> Row:
    return Row(one.cells + (Cell(""),) * (columns - len(one.cells)), one.strong)


def _plan(found: Comparison, plan: str) -> str:
    return tr("{letter}: {plan}", letter=words.letters(found)[plan], plan=found.title(plan))


def prices(found: Comparison) -> Table:
    """Say what each plan gains and what that costs, by effect."""
    caption = tr(
        "What each plan gains against plan A, and what an order avoided or a percentage point "
        "costs, yuan."
    )
    return from_screen.table(comparison_tables.prices(found), caption)


def _plans(found: Comparison) -> Iterator[Block]:
    letter = words.letters(found)
    heads = tuple(letter.values())
    results = [found.result(plan) for plan in letter]
    legend = tr("; ").join(_plan(found, plan) for plan in letter)
    yield Table(
        tr("12345 orders by cause, orders a year, with intervals of each plan's mean."),
        (tr("Cause"), *heads),
        tuple(
            row(label, *(measured(per_year(r, r.get("orders", level, key))) for r in results),
                strong=level == "district")
            for label, level, key in [
                *((cause_name(c), "cause", c) for c in CAUSES),
                (tr("all"), "district", ""),
            ]
        ),
        note=legend,
    )  # fmt: skip
    teams = dict.fromkeys(team for r in results for team in (*r.scenario.teams, "desk"))
    known = {t: next((r for r in results if t in r.scenario.teams), results[0]) for t in teams}
    yield Table(
        tr("Utilisation by team, % of the time on duty."),
        (tr("Team"), *heads),
        tuple(
            row(
                team_name(known[team], team),
                *(measured(r.get("utilisation", "team", team), _SHARE) for r in results),
            )
            for team in teams
        ),
        note=joined((legend, what_use_leaves_out()), "。", ". "),
    )


# ---------------------------------------------------------------- what it rests on


def inputs(found: Comparison) -> Iterator[Block]:
    """List the inputs in which the plans differ; the others stand in the report of each run."""
    letter = words.letters(found)
    names = inputs_of.Names(tuple(found.result(plan).scenario for plan in letter))
    frames = {plan: record.known_inputs(found.result(plan)).set_index("path") for plan in letter}
    yield record.evidence_in_words(frames[found.baseline])
    paths = dict.fromkeys(path for frame in frames.values() for path in frame.index)
    rows = []
    for path in paths:
        values = [
            names.value(frame.at[path, "value"], str(frame.at[path, "unit"]))
            if path in frame.index
            else MISSING
            for frame in frames.values()
        ]
        if len(set(values)) > 1:
            known = {frame.at[path, "evidence"] for frame in frames.values() if path in frame.index}
            evidence = ", ".join(evidence_name(one) for one in record.STRENGTH if one in known)
            rows.append(row(names.of(str(path)), *values, evidence))
    rows += [
        row(label, *values, tr("follows from the above"))
        for label, values in following([found.result(plan) for plan in letter])
        if len(set(values)) > 1
    ]
    columns = (tr("Input"), *letter.values(), tr("evidence"))
    if rows:
        caption = tr("Inputs in which the plans differ.")
        yield Table(caption, columns, tuple(rows), words=len(columns), dense=True)
    yield Words((tr("All other inputs stand in the report of each run."),), "note")


def provenance(found: Comparison) -> Iterator[Block]:
    """Say how the runs were made, a column each."""
    letter = words.letters(found)
    columns = [dict(record.recorded(found.result(plan))) for plan in letter]
    heads = (tr("Record"), *letter.values())
    names = dict.fromkeys(name for column in columns for name in column)
    yield Table(
        tr("How these runs were made. The same scenario, seed and program give the same numbers."),
        heads,
        tuple(row(name, *(column.get(name, "") for column in columns)) for name in names),
        words=len(heads),
        dense=True,
    )

"""The report of a run: the answer on the first page, and the order of what follows."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from govsim.language import name, tr
from govsim.measures.catalogue import CATALOGUE
from govsim.report import by_hour, changes, plates, tables, uncertain
from govsim.report.parts import Contents, Desk, Plate, Point
from govsim.report.sections import cost, late, orders, people, places, promises, record, stations
from govsim.report.warned import on_paper
from govsim.report.wording import (
    PROMISES,
    cause_name,
    how_measured,
    limit,
    measure_name,
    number,
    per_year,
    point_name,
    told,
    what_use_leaves_out,
    why_no_interval,
)
from govsim.runs.results import Result
from govsim.service.rules import CAUSES

BUSY = 0.8
"""Utilisation from which queues grow fast, so that one more member is worth a try."""

_SHARE = CATALOGUE["utilisation"]


def contents(result: Result, desk: Desk) -> Contents:
    """Say what a run found."""
    question = result.scenario.question
    missing = why_no_interval(result)
    return Contents(
        kind=tr("Simulation of a service plan"),
        title=result.title,
        question="" if question is None else name(question),
        measured=how_measured(result),
        answer=tuple(_answer(result)),
        plates=tuple(_plates(result, desk)),
        sections=(
            promises.section(result, desk),
            *late.sections(result, desk),
            orders.section(result, desk),
            people.section(result, desk),
            *places.sections(result, desk),
            *stations.only_one(result, desk),
            cost.section(result),
            *uncertain.sections(result),
            record.inputs(result),
            record.provenance(result),
        ),
        warnings=(*on_paper(result.warnings, [result.scenario]), *([missing] if missing else [])),
        notes=(*result.notes, how_sure(result)),
        changes=tuple(changes.told(result)),
    )


def how_sure(result: Result) -> str:
    """Say what the numbers in brackets are."""
    if result.per_draw > 1:
        return uncertain.how_meant(result.replications, result.per_draw)
    return tr(
        "In brackets and as whiskers: {share:.0f}% intervals of the mean over replications. They "
        "show what luck does to it, not how well the inputs are known.",
        share=100 * result.confidence,
    )


# ---------------------------------------------------------------- in words


def _answer(result: Result) -> Iterator[Point]:
    yield Point(tr("Promises"), tuple(_of_promises(result)))
    yield Point(tr("12345 orders"), tuple(_of_orders(result)))
    if where := tuple(_where(result)):
        yield Point(tr("Where it is worst"), where)
    if then := tuple(_then(result)):
        yield Point(tr("What to look at next"), then)
    yield Point(tr("Cost"), tuple(_of_cost(result)))


def _of_promises(result: Result) -> Iterator[str]:
    made = result.scenario.promises
    if not made.made:
        yield tr("Nothing is promised; the clocks are measured all the same.")
    yield tr(
        "On the scene within {limit}: {share}. Simple problems solved within {limit2}: {share2}. "
        "Replied to within {limit3}: {share3}.",
        limit=limit(made.scene),
        share=told(result.get(PROMISES[0]), _SHARE),
        limit2=limit(made.solve),
        share2=told(result.get(PROMISES[1]), _SHARE),
        limit3=limit(made.reply),
        share3=told(result.get(PROMISES[2]), _SHARE),
    )
    own = [c for c in result.scenario.demand.categories.values() if c.solve is not None]
    if own:
        yield tr(
            "{n} categories have a time of their own in which their problems are to be solved; the "
            "share counts those by it.",
            n=len(own),
        )
    satisfied = result.get("satisfaction")
    if satisfied.n:
        yield tr("Satisfied at the close: {share}.", share=told(satisfied, _SHARE))


def _of_orders(result: Result) -> Iterator[str]:
    total = per_year(result, result.get("orders"))
    yield tr(
        "{n} orders a year, {rate} per 1,000 residents.",
        n=told(total),
        rate=told(result.get("orders_per_1000")),
    )
    found = {cause: per_year(result, result.get("orders", "cause", cause)) for cause in CAUSES}
    largest = sorted((c for c in CAUSES if found[c].mean > 0), key=lambda c: -found[c].mean)[:3]
    if largest:
        listed = [
            tr("{cause} {n}", cause=cause_name(cause), n=told(found[cause])) for cause in largest
        ]
        yield tr("Most for these reasons: {list}.", list=tr("; ").join(listed))


def _where(result: Result) -> Iterator[str]:
    kind, keys, of = tables.worst_points(result)
    if keys and of > 1:
        worst = result.get("compliance_scene", "point", keys[0])
        template = (
            tr("Of {of} stations, {name} reaches the fewest in time: {share}.")
            if kind
            else tr("Of {of} service points, {name} reaches the fewest in time: {share}.")
        )
        share = told(worst, _SHARE)
        yield template.format(of=of, name=point_name(result, keys[0]), share=share)
    hours = by_hour.in_time(result)
    if len(hours) > 1:
        low, high = (end(hours, key=hours.__getitem__) for end in (min, max))
        yield tr(
            "By hour of the report, fewest are reached in time at {low}:00 ({a}), most at "
            "{high}:00 ({b}).",
            low=low,
            a=number(hours[low], _SHARE),
            high=high,
            b=number(hours[high], _SHARE),
        )


def _then(result: Result) -> Iterator[str]:
    """Say where people are short, or that they are not, as use and waiting show it."""
    shifts = people.shifts(result)
    if not shifts:
        return
    where, busiest = shifts[0]
    share = told(busiest, _SHARE)
    if busiest.mean >= BUSY:
        yield tr(
            "Busiest is {where}: {share} of the time on duty spent at work. Above {limit:.0%} "
            "queues grow fast; one more there is the first plan to compare.",
            where=where,
            share=share,
            limit=BUSY,
        )
        return
    yield what_use_leaves_out()
    yield tr(
        "Even the busiest, {where}, spends only {share} of the time on duty on demands; a job "
        "waits {wait} min for a crew. That points to hours and places with nobody on duty, and to "
        "the way there, rather than to too few people in all: compare other rosters, places and "
        "ways of dispatch first.",
        where=where,
        share=share,
        wait=told(result.get("waiting_minutes_mean")),
    )


def _of_cost(result: Result) -> Iterator[str]:
    found, shown = result.get("cost"), CATALOGUE["cost"]
    yield tr("{cost} {unit} in all.", cost=told(found, shown), unit=cost.unit())


# ---------------------------------------------------------------- in figures


def _plates(result: Result, desk: Desk) -> Iterator[Plate]:
    kept = [(measure_name(measure), result.get(measure)) for measure in PROMISES]
    yield desk.plate(
        "promises",
        tr("Promises kept, % of the demands that each clock applies to."),
        _said((n, told(f, _SHARE)) for n, f in kept),
        lambda: plates.shares(kept, _SHARE, tr("share of demands, %")),
    )
    causes = [(cause_name(c), per_year(result, result.get("orders", "cause", c))) for c in CAUSES]
    yield desk.plate(
        "causes",
        tr("12345 orders by cause, orders a year."),
        _said((n, told(f)) for n, f in causes),
        lambda: plates.counts(causes, tr("orders a year")),
    )
    yield _worst_plate(result, desk)


def _worst_plate(result: Result, desk: Desk) -> Plate:
    """Draw the worst stations; the categories where there are not two stations.

    By arrival on the scene; by the solution where no arrival is promised within the run.
    """
    measure, axis = "compliance_scene", tr("on the scene in time, % of demands")
    kind, keys, of = tables.worst_points(result)
    if of > 1:
        named = [(point_name(result, k), result.get("compliance_scene", "point", k)) for k in keys]
        what = tr("stations") if kind else tr("service points")
        caption = tr(
            "On the scene in time at the {n} worst of {of} {what}, % (dashed: all together). The "
            "worst are partly the unlucky.",
            n=len(keys),
            of=of,
            what=what,
        )
    else:
        named = promises.by_category(result, measure)
        caption = tr(
            "On the scene in time by category, % of demands; the dashed line is all of them."
        )
        if not named:
            measure, axis = "compliance_solve", tr("solved in time, % of demands")
            named = promises.by_category(result, measure)
            caption = tr(
                "Solved in time by category, % of demands; the dashed line is all of them."
            )
    mean = result.get(measure).mean
    mark = None if isnan(mean) else mean
    return desk.plate(
        "worst",
        caption,
        _said((n, told(f, _SHARE)) for n, f in named),
        lambda: plates.shares(named, _SHARE, axis, mark),
    )


def _said(rows: Iterator[tuple[str, str]]) -> str:
    return tr("; ").join(tr("{what}: {value}", what=what, value=value) for what, value in rows)

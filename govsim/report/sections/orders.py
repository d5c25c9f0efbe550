"""12345 orders: why, when, and about what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.report import plates
from govsim.report.parts import Block, Desk, Row, Section, Table, Words, measured, row
from govsim.report.wording import category_name, cause_name, measure_name, per_year, told
from govsim.runs.results import Result
from govsim.service.rules import CAUSES

FEW = 0.01
"""Share of all orders below which a cause gets no curve of its own."""


def section(result: Result, desk: Desk) -> Section:
    """Say how many 12345 orders there are, and why."""
    return Section("orders", tr("12345 orders"), tuple(_blocks(result, desk)))


def _blocks(result: Result, desk: Desk) -> Iterator[Block]:
    heads = (tr("orders a year"), tr("per 1,000 residents a year"))
    yield Table(
        tr("12345 orders by cause, with {share:.0f}% intervals.", share=100 * result.confidence),
        (tr("Cause"), *heads),
        tuple(_by_cause(result)),
    )
    yield Words(tuple(_judged(result)))
    if not result.by_week("orders").empty:
        total = result.get("orders").mean
        shown = [c for c in CAUSES if result.get("orders", "cause", c).mean > FEW * total]
        named = [(tr("all causes"), result.by_week("orders"))]
        named += [(cause_name(c), result.by_week("orders", "cause", c)) for c in shown]
        first = datetime.combine(result.scenario.start, datetime.min.time())
        first += timedelta(days=float(result.manifest["warm_up_days"]))
        yield desk.plate(
            "weeks",
            tr(
                "12345 orders by week and by cause, orders a week; bands are {share:.0f}% "
                "intervals of each week's mean. Scales differ.",
                share=100 * result.confidence,
            ),
            tr("{n} orders a year in all.", n=told(per_year(result, result.get("orders")))),
            lambda: plates.weeks(named, first, tr("orders a week")),
        )
    yield Table(
        tr("12345 orders and problems by category, a year."),
        (tr("Category"), tr("orders a year"), tr("problems a year"), tr("reported a year")),
        tuple(_by_category(result)),
        note=tr(
            "Problems are all that arise, also those that staff find on patrol before anybody "
            "reports them."
        ),
    )


def _by_cause(result: Result) -> Iterator[Row]:
    rows = [(cause_name(cause), "cause", cause) for cause in CAUSES] + [(tr("all"), "district", "")]
    for label, level, key in rows:
        orders = per_year(result, result.get("orders", level, key))
        rate = result.get("orders_per_1000", level, key)
        yield row(label, measured(orders), measured(rate), strong=level == "district")


def _judged(result: Result) -> Iterator[str]:
    parts = [
        tr("{what}: {value}", what=measure_name(m), value=told(result.get(m), CATALOGUE[m]))
        for m in ("orders_overdue_share", "orders_repeated_share", "repeat_report_share")
        if result.get(m).n
    ]
    if parts:
        yield tr("{list}.", list=tr("; ").join(parts))


def _by_category(result: Result) -> Iterator[Row]:
    named = [(category_name(result, c), "category", c) for c in result.scenario.demand.categories]
    for label, level, key in [*named, (tr("all"), "district", "")]:
        cells = (
            measured(per_year(result, result.get(measure, level, key)))
            for measure in ("orders", "demands", "reported")
        )
        yield row(label, *cells, strong=level == "district")

"""What the service costs a year."""

from __future__ import annotations

from govsim.language import name, tr
from govsim.measures.catalogue import CATALOGUE
from govsim.report.parts import Section, Table, measured, row
from govsim.report.tables import COSTS
from govsim.report.wording import money_unit
from govsim.runs.results import Result


def unit() -> str:
    """Name the unit in which money is written."""
    return money_unit()


def section(result: Result) -> Section:
    """Say what the service costs."""
    rows = [
        row(
            tr("all") if measure == "cost" else name(CATALOGUE[measure].label),
            measured(result.get(measure), CATALOGUE[measure]),
            strong=measure == "cost",
        )
        for measure in (*COSTS, "cost")
    ]
    table = Table(
        tr(
            "Cost of the service, {unit}, with {share:.0f}% intervals.",
            unit=money_unit(),
            share=100 * result.confidence,
        ),
        (tr("Item"), money_unit()),
        tuple(rows),
        note=tr(
            "Teams, desks, overtime, helpers and stations are paid by the service; handling of "
            "12345 orders is what they cost wherever they are handled. The 12345 centre and the "
            "departments themselves are not on its payroll."
        ),
    )
    return Section("cost", tr("Cost"), (table,))

"""What inputs that are not known do to the results, apart from luck: tables of both reports.

Of runs and comparisons whose replications use draws from a posterior (`govsim.runs.uncertainty`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from math import isnan

import pandas as pd
from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from govsim.comparison.result import COMPARED, Comparison, by_replication
from govsim.language import tr
from govsim.measures.catalogue import FLOWS, YEARLY, per
from govsim.measures.quantity import Quantity
from govsim.report import parts
from govsim.report.wording import MISSING, measure_name, number
from govsim.runs.results import Result
from govsim.runs.uncertainty import Components, components


def how_meant(replications: int, per_draw: int) -> str:
    """Say what was done, and what the numbers are."""
    return tr(
        "{draws} draws from the posterior of the calibration, {each} replications of each. "
        "“From the inputs” is where the expected value lies given what the data leave open; more "
        "data narrow it, more replications don't. “From run to run” is what luck does to one run "
        "with known inputs. Intervals elsewhere are those of the mean over the draws.",
        draws=replications // per_draw,
        each=per_draw,
    )


def carried(found: Result | Comparison) -> str:
    """Say in a sentence that the doubt about the inputs is in the intervals."""
    return tr(
        "The inputs that a calibration has fitted were varied by {n} draws from its posterior, and "
        "the intervals hold what it leaves open, not luck alone; how much is due to each stands "
        "below.",
        n=_replications(found) // found.per_draw,
    )


def each(found: Result | Comparison) -> Iterator[tuple[str, Quantity, Components]]:
    """Give the components of each main measure, or of each difference: plan, measure, what."""
    if isinstance(found, Comparison):
        for one in found.differences:
            split = found.components(one.quantity, one.plan, one.against)
            pair = found.title(one.plan)
            if one.against != found.baseline:
                pair += " – " + found.title(one.against)
            yield pair, one.quantity, split
        return
    for quantity in map(Quantity, COMPARED):
        values = by_replication(found, quantity, found.replications)
        yield "", quantity, components(values, found.confidence, found.per_draw)


def frame_of(found: Result | Comparison) -> pd.DataFrame:
    """Tabulate components, a row for each plan and measure, with what it is an amount of."""
    rows = [
        {
            "plan": plan,
            "measure": str(quantity),
            "per": per(quantity.measure, YEARLY),
            **asdict(split),
            "share": split.share,
        }
        for plan, quantity, split in each(found)
    ]
    return pd.DataFrame(rows)


def shown(found: Result | Comparison) -> Iterator[RenderableType]:
    """Lay the table out for the screen; nothing where the inputs are as given."""
    if found.per_draw == 1:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    first, *others = _heads()
    table.add_column(first, width=31, overflow="fold")
    for head in others:
        table.add_column(head, justify="right", overflow="fold")
    last = ""
    for plan, quantity, split in each(found):
        if plan != last:
            table.add_row(Text(plan, style="bold"), "", "", "", "")
            last = plan
        table.add_row(*_cells(quantity, split, isinstance(found, Comparison)))
    yield Padding(table, (1, 0, 0, 0))
    yield Text(how_meant(_replications(found), found.per_draw), style="dim")


def sections(found: Result | Comparison) -> Iterator[parts.Section]:
    """Write the section of a report; nothing where the inputs are as given."""
    if found.per_draw == 1:
        return
    rows: list[parts.Row] = []
    of_two = isinstance(found, Comparison)
    for plan, quantity, split in each(found):
        name, *cells = _cells(quantity, split, of_two)
        rows.append(parts.row(f"{plan}: {name}" if plan else name, *cells))
    table = parts.Table(
        caption=tr("What the inputs do to it, and what luck does"),
        heads=_heads(),
        rows=tuple(rows),
        note=how_meant(_replications(found), found.per_draw),
    )
    yield parts.Section("uncertainty", tr("How well it is known"), [table])


def _replications(found: Result | Comparison) -> int:
    return found.used[0] if isinstance(found, Comparison) else found.replications


def _heads() -> tuple[str, ...]:
    return (
        tr("What is not known"),
        tr("mean"),
        tr("from the inputs"),
        tr("from run to run"),
        tr("inputs' share"),
    )


def _cells(quantity: Quantity, split: Components, signed: bool) -> tuple[str, ...]:
    def one(value: float) -> str:
        return ("+" if signed and value > 0 else "") + number(value, quantity.shown)

    name = measure_name(quantity.measure) + (f" ({quantity.key})" if quantity.key else "")
    if quantity.measure in FLOWS:
        name = tr("{measure}, a year", measure=name)
    if isnan(split.mean):
        return name, MISSING, MISSING, MISSING, MISSING
    return (
        name,
        one(split.mean),
        f"{one(split.low)} … {one(split.high)}",
        f"{one(split.run_low)} … {one(split.run_high)}",
        MISSING if isnan(split.share) else f"{split.share:.0%}",
    )

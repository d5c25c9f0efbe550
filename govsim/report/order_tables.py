"""Tables on the screen: what work orders are like, in 100 columns.

Called by ``govsim inspect``, and by the report of a calibration; reads a
`govsim.orders.describing.Description`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from govsim.language import current, tr
from govsim.orders.answers import State
from govsim.orders.describing import QUANTILES, Description, changes_halfway, coarser
from govsim.orders.log import TimeColumn, step_name
from govsim.orders.mapping import CLOSED, OPEN, Mapping
from govsim.orders.proposing import Proposal
from govsim.orders.remarks import Remark
from govsim.report.order_columns import also_read, field_name, left_out, unit_name

Columns = dict[str, str]
"""Names of columns, by fields of a mapping."""

MOST_REASONS = 12
"""Reasons shown; the file of rows set aside has all."""

MOST_GAPS = 5

MOST_STATES = 6
"""Words of a kind that are shown of the column of states."""


def description(found: Description, mapping: Mapping, proposal: Proposal | None) -> RenderableType:
    """Lay out a description, and the columns that were read."""
    columns = mapping.columns.given()
    parts: list[RenderableType] = [
        Text(found.source, style="bold"),
        Text(
            tr(
                "{rows} rows, {orders} work orders used, {aside} rows set aside",
                rows=f"{found.rows:,}",
                orders=f"{found.orders:,}",
                aside=f"{sum(found.set_aside.values()):,}",
            ),
            style="dim",
        ),
        _below(times(found, columns)),
    ]
    if found.words or found.states:
        parts.append(_below(words(found, columns)))
    if other := also_read(columns):
        parts += [Text(), Text(other)]
    parts.append(_below(facts(found)))
    if found.set_aside:
        parts.append(_below(aside(found)))
    # A line of Chinese has no spaces, and would begin below a bullet with one.
    bullet = "·" if current() == "zh" else "· "
    notes = [Text(f"! {line}", style="yellow") for line in warnings(found)]
    notes += [Text(f"{bullet}{line}") for line in ([] if proposal is None else left_out(proposal))]
    if notes:
        parts += [Text(), *notes]
    return Group(*parts)


def _below(table: Table) -> RenderableType:
    return Padding(table, (1, 0, 0, 0))


def _table(*heads: tuple[str, int | None, bool]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head, width, right in heads:
        table.add_column(head, width=width, justify="right" if right else "left", overflow="fold")
    return table


def times(found: Description, columns: Columns) -> Table:
    """Lay out the columns of times."""
    table = _table(
        (tr("Time"), 21, False),
        (tr("column"), 19, False),
        (tr("filled"), 7, True),
        (tr("rounded to"), 22, False),
        (tr("written as"), None, False),
    )
    for name, column in found.times.items():
        table.add_row(
            field_name(name),
            columns[name],
            f"{column.present / found.orders:.1%}",
            _rounding(column),
            column.forms[0].example if column.forms else "",
        )
    return table


def _rounding(column: TimeColumn) -> str:
    if not column.present:
        return ""
    said = step_name(column.rounding)
    if mixed := coarser(column):
        step, share = mixed
        said = tr(
            "{fine}; {share:.0%} to the {coarse}", fine=said, share=share, coarse=step_name(step)
        )
    return said


def words(found: Description, columns: Columns) -> Table:
    """Lay out the columns of words."""
    table = _table(
        (tr("Words"), 21, False),
        (tr("column"), 19, False),
        (tr("values"), 7, True),
        (tr("missing"), 8, True),
        (tr("most frequent"), None, False),
    )
    if found.states:
        meant = {
            CLOSED: tr("closed"),
            OPEN: tr("open"),
            "": tr("by the time of closing"),
        }
        parts = [
            f"{meaning}: {_shares(ones, found.orders)}"
            for kind, meaning in meant.items()
            if (ones := [one for one in found.states if one.meaning == kind])
        ]
        table.add_row(
            field_name("status"),
            columns["status"],
            f"{len(found.states):,}",
            f"{1 - sum(one.orders for one in found.states) / found.orders:.1%}",
            "; ".join(parts),
        )
    for name, column in found.words.items():
        frequent = [
            f"{word} {n / found.orders:.0%}" for word, n in list(column.frequent.items())[:3]
        ]
        table.add_row(
            field_name(name),
            columns[name],
            f"{column.distinct:,}",
            f"{column.missing:.1%}",
            ", ".join(frequent),
        )
    return table


def facts(found: Description) -> Table:
    """Lay out what the orders are like."""
    table = _table((tr("What is in it"), 53, False), ("", None, False))
    table.add_row(tr("created"), f"{found.first} – {found.last}")
    table.add_row(tr("orders a day"), f"{found.per_day:,.1f}")
    table.add_row(tr("open"), _count(found.open, found.orders))
    if found.closed_without_time:
        table.add_row(
            tr("closed, without a time of closing"), _count(found.closed_without_time, found.orders)
        )
    if found.open_with_time:
        table.add_row(
            tr("open, with a time of closing"), _count(found.open_with_time, found.orders)
        )
    if found.hours_to_close:
        shares = "/".join(f"{q:.0%}".rstrip("%") for q in QUANTILES)
        hours = " / ".join(f"{h:,.3g}" if h < 1000 else f"{h:,.0f}" for h in found.hours_to_close)
        table.add_row(tr("hours to close, at {shares}% of closed orders", shares=shares), hours)
    if not math.isnan(found.on_time):
        table.add_row(tr("in time, of closed orders with a limit"), f"{found.on_time:.1%}")
    if found.default_places:
        table.add_row(tr("place unknown (a default)"), f"{found.default_places:.1%}")
    if found.crowded_point:
        table.add_row(tr("on one and the same point"), f"{found.crowded_point:.1%}")
    if found.same_content:
        table.add_row(
            tr("the same as another but for the identity"), _count(found.same_content, found.orders)
        )
    if not math.isnan(found.repeats):
        table.add_row(tr("repeats, of those that say"), f"{found.repeats:.1%}")
    if not math.isnan(found.satisfied):
        table.add_row(tr("satisfied, of those that say"), f"{found.satisfied:.1%}")
    if found.blank_rows:
        table.add_row(tr("blank rows"), f"{found.blank_rows:,}")
    return table


def _count(n: int, of: int) -> str:
    return f"{n:,} ({n / of:.1%})"


def aside(found: Description) -> Table:
    """Count the rows set aside by their reasons."""
    table = _table((tr("Rows set aside"), 14, True), (tr("reason"), None, False))
    reasons = list(found.set_aside.items())
    for reason, n in reasons[:MOST_REASONS]:
        table.add_row(f"{n:,}", reason)
    if rest := reasons[MOST_REASONS:]:
        table.add_row(f"{sum(n for _, n in rest):,}", tr("for other reasons"))
    return table


def warnings(found: Description) -> Iterator[str]:
    """Say what is odd."""
    for name, column in found.times.items():
        where = field_name(name)
        if changes_halfway(column.forms):
            first, second = sorted(column.forms[:2], key=lambda form: form.first)
            yield tr(
                "{field}: written like {first} up to row {last}, like {second} from row {row} on",
                field=where,
                first=first.example,
                last=first.last,
                second=second.example,
                row=second.first,
            )
        if len(column.forms) > 1 + changes_halfway(column.forms):
            forms = [f"{form.example} ({form.rows:,})" for form in column.forms]
            yield tr(
                "{field}: written in several ways: {forms}", field=where, forms=", ".join(forms)
            )
        if column.placeholders:
            yield tr(
                "{field}: {n} dates such as 1900-01-01 or 9999-12-31, which stand for none",
                field=where,
                n=column.placeholders,
            )
    yield from map(remark, found.remarks)
    yield from _states(found)
    if found.lost_identities:
        yield tr(
            "{n} identities were rounded by a spreadsheet (2.0250131E+17) and are lost, so that "
            "orders that occur twice can't be found; export them as text",
            n=f"{found.lost_identities:,}",
        )
    for gap in found.gaps[:MOST_GAPS]:
        if gap.days == 1:
            yield tr("no orders on {day}", day=gap.first)
        else:
            yield tr(
                "no orders from {first} to {last} ({days} days)",
                first=gap.first,
                last=gap.last,
                days=gap.days,
            )
    if len(found.gaps) > MOST_GAPS:
        yield tr("and {n} more such gaps", n=len(found.gaps) - MOST_GAPS)


def _states(found: Description) -> Iterator[str]:
    """Say what the words in the column of states were taken for."""
    if found.endless:
        yield tr(
            "nothing that was read says when an order ends, nor whether it is open, so that all "
            "count as open and nothing can be said of how long they take; if a column says so, "
            "map it to “closed”, “resolved” or “status”"
        )
        if "replied" in found.times:
            yield tr(
                "if an order ends with the reply, map the column of replies to “closed” in place "
                "of “replied”"
            )
    if unknown := [one for one in found.states if not one.meaning]:
        yield tr(
            "status: words without a counterpart count as open where there is no time of closing: "
            "{words}; give their meaning under “values:” in the mapping",
            words=_shares(unknown, found.orders),
        )


def _shares(states: Iterable[State], of: int) -> str:
    """Name words with their shares."""
    shown = [f"{one.word[:30]} {one.orders / of:.0%}" for one in states]
    return ", ".join(shown[:MOST_STATES]) + (", …" if len(shown) > MOST_STATES else "")


def remark(one: Remark) -> str:
    """Say what was done to cells beyond reading them as written."""
    whole = one.kind in ("nowhere", "states", "again") or not one.field
    field = "" if whole else field_name(one.field)
    n = f"{one.cells:,}"
    match one.kind:
        case "zone":
            return tr(
                "{field}: {n} times of another zone, such as UTC, were moved to {zone}; if that is "
                "not the place's, give “timezone:” in the mapping",
                field=field,
                n=n,
                zone=one.detail,
            )
        case "swapped":
            return tr(
                "{field}: a spreadsheet had swapped day and month in {n} dates, which were put "
                "right",
                field=field,
                n=n,
            )
        case "year first":
            return tr(
                "{field}: {n} dates such as 25/01/31 were read with the year first; if that is "
                "wrong, give “dates:” in the mapping",
                field=field,
                n=n,
            )
        case "day first":
            return tr(
                "{field}: {n} dates such as 03.04.2025 were read with the day first, as they are "
                "written, or as the names of columns are; if that is wrong, give “dates:” in the "
                "mapping",
                field=field,
                n=n,
            )
        case "buddhist":
            return tr("{field}: {n} years are of the Buddhist era", field=field, n=n)
        case "far":
            return tr(
                "{field}: far from all other times, so the rows are set aside: {which}",
                field=field,
                which=one.detail,
            )
        case "endless":
            return tr(
                "{field}: {n} times that can't be and recur stand for none: {which}",
                field=field,
                n=n,
                which=one.detail,
            )
        case "exchanged":
            return tr("longitudes and latitudes stood in each other's columns, and were exchanged")
        case "clock":
            return tr("{field}: the time of day is from “{column}”", field=field, column=one.detail)
        case "duration":
            unit, base = one.detail.split()
            return tr(
                "{field}: the column says how long it was after the {base}, in {unit}; if that is "
                "wrong, give “durations:” in the mapping",
                field=field,
                base=field_name(base),
                unit=unit_name(unit),
            )
        case "words":
            return tr(
                "{field}: {n} cells are neither yes nor no and count as no answer: {which}; if "
                "they say something, list them under “values:” in the mapping",
                field=field,
                n=n,
                which=one.detail,
            )
        case "marks":
            return tr(
                "{field}: {n} cells are marks; with {which} a resident counts as satisfied; if "
                "that is wrong, give “satisfied_from:” or “satisfied_up_to:” in the mapping",
                field=field,
                n=n,
                which=one.detail,
            )
        case "nowhere":
            return tr("{n} positions such as 0/0 stand for none", n=n)
        case "page":
            return tr(
                "the answer holds {n} records, but says that there are {all}; fetch the other "
                "pages",
                n=n,
                all=one.detail,
            )
        case "events":
            return tr(
                "{n} rows of events were read as one row for each order, created at the first: "
                "{which}; if a step is another, list it under “values: event:” in the mapping",
                n=n,
                which=one.detail,
            )
        case "states":
            return tr("{n} orders have several rows, of which the last counts", n=n)
        case "again":
            return tr(
                "{n} orders were created several times (reopened); the first creation and the "
                "last state count",
                n=n,
            )
        case "sheets":
            return tr("{n} sheets were read as one table: {names}", n=n, names=one.detail)
        case "other sheets":
            return tr(
                "sheets that are not read: {names}; name one by “sheet:” in the mapping if it "
                "holds the orders",
                names=one.detail,
            )
        case "missing in sheet":
            return tr(
                "columns that a sheet doesn't have are empty there: {which}", which=one.detail
            )

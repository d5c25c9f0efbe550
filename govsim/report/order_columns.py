"""Says which columns of an export were read as what, and which were left out and why.

Called by `govsim.report.order_tables`, and for the mapping file by `govsim.cli.inspecting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govsim.language import tr
from govsim.orders.mapping import TIMES, WORDS
from govsim.orders.proposing import Left, Proposal

MOST = 12
"""Columns or words of a kind that are named."""


def field_name(field: str) -> str:
    """Name a field of a mapping in the planner's language."""
    names = {
        "created": tr("time of creation"),
        "accepted": tr("time of acceptance"),
        "dispatched": tr("time of dispatch"),
        "departed": tr("time of departure"),
        "scene": tr("time of arrival"),
        "resolved": tr("time of resolution"),
        "replied": tr("time of reply"),
        "closed": tr("time of closing"),
        "due": tr("time limit"),
        "channel": tr("channel"),
        "category": tr("category"),
        "place": tr("place"),
        "department": tr("department"),
        "status": tr("status"),
        "date": tr("date"),
        "order": tr("identity of the order"),
        "parent": tr("order that it repeats"),
        "demand": tr("identity of the demand"),
        "repeat": tr("whether it repeats another"),
        "satisfied": tr("whether satisfied"),
        "place_unknown": tr("whether the place is a default"),
        "longitude": tr("longitude"),
        "latitude": tr("latitude"),
        "event": tr("event"),
        "updated": tr("time at which the row was written"),
    }
    return names[field]


def unit_name(unit: str) -> str:
    """Name a unit of durations."""
    names = {
        "seconds": tr("seconds"),
        "minutes": tr("minutes"),
        "hours": tr("hours"),
        "days": tr("days"),
    }
    return names[unit]


def also_read(columns: dict[str, str]) -> str:
    """Name the columns that no table shows; nothing if there are none."""
    others = [
        f"{field_name(field)}: {column}"
        for field, column in columns.items()
        if field not in (*TIMES, *WORDS)
    ]
    return tr("also read: {columns}", columns="; ".join(others)) if others else ""


def left_out(proposal: Proposal) -> Iterator[str]:
    """Say what a proposal rests on, what it leaves out, why, and what to do."""
    columns = proposal.mapping.columns.given()
    for field in proposal.guessed:
        yield tr(
            "“{column}” was taken for {field} by what is in it, not by its name: check that",
            column=columns[field],
            field=field_name(field),
        )
    for left in proposal.left:
        if left.why not in ("none", "person"):
            yield _why(left, columns)
    if names := _left(proposal, "none"):
        yield tr("columns that are not read: {names}", names=_some(names))
    if names := _left(proposal, "person"):
        yield tr(
            "columns not even opened, as they may speak of persons: {names}", names=_some(names)
        )
    for field, words in proposal.unmatched.items():
        if field == "status":
            continue  # told with the shares, among what is odd
        yield tr(
            "{field}: without a counterpart: {words}",
            field=field_name(field),
            words=_some(words),
        )


def _left(proposal: Proposal, why: str) -> list[str]:
    return [left.column for left in proposal.left if left.why == why]


def _some(names: Sequence[str]) -> str:
    shown = [name[:40] for name in names[:MOST]]
    return ", ".join(shown) + (", …" if len(names) > MOST else "")


def _why(left: Left, columns: dict[str, str]) -> str:
    """Say why one column is left out."""
    of = left.column
    field = field_name(left.field) if left.field else ""
    match left.why:
        case "change":
            return tr(
                "“{column}” is not read: times of the last change to a row, which end no order",
                column=of,
            )
        case "other time":
            return tr("“{column}” is not read: times of something else, by its name", column=of)
        case "before":
            return tr(
                "“{column}” is not read: {share:.0%} of its times are before the time of creation",
                column=of,
                share=1 - left.share,
            )
        case "clock":
            return tr(
                "“{column}” is not read: times of day without a date; join date and time in one "
                "column, or map the column of dates to “date”",
                column=of,
            )
        case "taken":
            return tr(
                "“{column}” is not read: by its name it could be the {field}, for which "
                "“{other}” was taken",
                column=of,
                field=field,
                other=columns.get(left.field, ""),
            )
        case "time":
            return tr(
                "“{column}” is not read, and has times: {filled:.0%} filled, of these {share:.0%} "
                "after creation; if it says when an order was accepted, reached, solved or closed, "
                "map it to that",
                column=of,
                filled=left.filled,
                share=left.share,
            )
        case "office":
            return tr(
                "“{column}” is not read: its numbers are working days, which are no days of "
                "a calendar",
                column=of,
            )
        case "span":
            return tr(
                "“{column}” is not read: its numbers may say how long the {field} took; if so, map "
                "it and give their unit: “durations: {{{name}: hours}}”",
                column=of,
                field=field,
                name=left.field,
            )
        case "states":
            return tr(
                "“{column}” is not read: its words don't say whether an order is open or closed; "
                "if they do, map it to “status” and give their meaning under “values:”",
                column=of,
            )
        case _:
            return tr(
                "“{column}” is not read: its answers can't be understood; if it says {field}, map "
                "it and give their meaning under “values:” or “satisfied_from:”",
                column=of,
                field=field,
            )

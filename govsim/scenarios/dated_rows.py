"""Rows of a planner's table of rosters that hold from a day to a day: `first_day`, `last_day`.

A row without days is part of the roster that always holds (`Territory.roster_rows`). One with
days, or with ``closed``, is a dated change as in a scenario's ``changes``; `govsim.service.dated`
lays both over the rosters.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from govsim.errors import Problem
from govsim.language import tr

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("first_day", "last_day", "closed")
"""A table of rosters has all of them or none; cells are days as 2025-03-31, or empty."""

EVER = (date.min.isoformat(), date.max.isoformat())
"""First and last day of a row that leaves one of them open."""


def with_columns(rosters: pd.DataFrame) -> pd.DataFrame:
    """Give a table all of `COLUMNS` if a row has something in one, else none of them."""
    found = [name for name in COLUMNS if name in rosters]
    if not any((rosters[name] != "").any() for name in found):
        return rosters.drop(columns=found)
    return rosters.assign(**{name: "" for name in COLUMNS if name not in found})


def dated(rosters: pd.DataFrame) -> pd.Series:
    """Say which rows hold on some days only: bool, with the table's index."""
    if COLUMNS[0] not in rosters:
        return rosters["line"] != rosters["line"]
    return (rosters["first_day"] != "") | (rosters["last_day"] != "") | (rosters["closed"] != "")


def span(row: Any) -> tuple[str, str]:
    """First and last day of a row, as texts that sort."""
    return getattr(row, "first_day", "") or EVER[0], getattr(row, "last_day", "") or EVER[1]


def mistakes(rosters: pd.DataFrame, file: str) -> list[Problem]:
    """Find rows that say nothing or two things, line by line."""
    found = []
    row: Any
    for row in rosters[dated(rosters)].itertuples():
        first, last = span(row)
        if last < first:
            text = tr("the last day {last} is before the first, {first}", last=last, first=first)
            found.append(Problem(text, "", file, row.line))
        if not row.closed:
            continue
        if row.team or row.shift or row.day_kind or row.number:
            text = tr("a row that closes a point says its days and no team, shift or number")
            found.append(Problem(text, "", file, row.line))
        elif (first, last) == EVER:
            text = tr("say from which day on the point is closed, or until which, or both")
            found.append(Problem(text, "", file, row.line))
    return found


def twice(rosters: pd.DataFrame) -> list[int]:
    """Find the lines whose point, team, shift and kind of day have a number then already.

    A row with days may stand beside one without, whose number it takes the place of; two that
    share a day may not.
    """
    last_of: dict[tuple[Any, ...], tuple[str, int]] = {}
    found = []
    row: Any
    rows = zip(rosters.itertuples(), dated(rosters), strict=True)
    for row, on in sorted(rows, key=lambda one: (span(one[0]), one[0].line)):
        if getattr(row, "closed", ""):
            continue
        key = (row.point, row.team, row.shift, getattr(row, "day_kind", ""), bool(on))
        first, last = span(row)
        until, line = last_of.get(key, ("", 0))
        if first <= until:
            found.append(max(line, int(row.line)))
        last_of[key] = max((until, line), (last, int(row.line)))
    return sorted(set(found))

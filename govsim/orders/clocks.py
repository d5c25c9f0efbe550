"""Moments in two columns, a day and a time of day, made one before they are read.

A mapping says under ``clocks`` which column has the time of day of a field whose own has the day.
Used by `govsim.orders.reading`; found by `govsim.orders.proposing`.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from govsim.orders.cells import something, text_of
from govsim.orders.contents import Content
from govsim.orders.mapping import TIMES, Mapping
from govsim.orders.nothing import nothing
from govsim.orders.raw import Raw
from govsim.orders.remarks import Remark

_MIDNIGHT = r"[T ]\s*0?0:00(:00(\.0+)?)?$"
"""What programs write behind a day that is kept as a moment."""

_DAY_BEFORE = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\s*"
"""What programs write before a time of day that is kept as a moment, such as 1899-12-30."""


def joined(raw: Raw, mapping: Mapping) -> Raw:
    """Put times of day behind the days of their fields, in the columns of these.

    Parameters
    ----------
    raw : the columns of the mapping, those of its ``clocks`` among them.
    mapping : which column is of which field.
    """
    if not mapping.clocks:
        return raw
    names = mapping.columns.given()
    columns, remarks = dict(raw.columns), list(raw.remarks)
    for field, clock in mapping.clocks.items():
        columns[names[field]] = _joined(raw.columns[names[field]], raw.columns[clock])
        remarks.append(Remark("clock", field, len(raw.rows), clock))
    return replace(raw, columns=columns, remarks=tuple(remarks))


def _joined(days: pa.Array, clocks: pa.Array) -> pa.Array:
    """Join two columns as text; a day without a time of day stays one, and nothing nothing."""
    day = pc.replace_substring_regex(text_of(days), _MIDNIGHT, "")
    clock = pc.replace_substring_regex(something(clocks), _DAY_BEFORE, "")
    # 72009 has lost the zero of 07:20:09 to a spreadsheet.
    short = pc.match_substring_regex(clock, r"^(\d{3}|\d{5})$")
    clock = pc.if_else(short, pc.replace_substring_regex(clock, "^", "0"), clock)
    space = pa.scalar(" ", pa.large_string())
    alone = pc.or_(pc.equal(clock, ""), nothing(day))
    return pc.if_else(alone, day, pc.binary_join_element_wise(day, clock, space))


def found_in(
    contents: Table[str, Content],
    scores: Table[str, Table[str, int]],
    found: dict[str, str],
) -> dict[str, str]:
    """Find the times of day beside the days of fields: columns by field.

    Parameters
    ----------
    contents : of the columns that were looked at.
    scores : by column and field, how much its name is like one of that field.
    found : columns by field; of a field that has a column of times of day, that of its days
        takes the place.
    """
    clocks: dict[str, str] = {}
    for field in TIMES[1:]:
        own = found.get(field, "")
        taken = {*found.values(), *clocks.values()} - {own}
        if not own or own in clocks.values():
            continue
        alike = [n for n, score in scores.items() if field in score and n not in taken]
        days = [n for n in alike if contents[n].moments and contents[n].daily]
        times = [n for n in alike if contents[n].of_day]
        if own not in (*days, *times) or not days or not times:
            continue
        day = own if own in days else max(days, key=lambda n: scores[n][field])
        clocks[field] = max(times, key=lambda n: (_common(n, day), scores[n][field]))
        found[field] = day
    return clocks


def _common(one: str, other: str) -> int:
    """Count the signs with which both names begin."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))

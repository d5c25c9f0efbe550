"""What the two-digit years of a file are, and which of three numbers is the day.

Both are learned from all dates of the file. Used by `govsim.orders.moments`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from govsim.orders.forms import layout_of
from govsim.orders.shapes import Ints, Shapes, days_of
from govsim.orders.words import bare, fold

Order = Literal["day first", "month first", "year first"]

BUDDHIST_YEARS = (2443, 2643)
"""Years that are of the Buddhist era: 1900 to 2100 of the common one."""

BUDDHIST_SHORT = (55, 85)
"""Two digits of a year of the Buddhist era, 2012 to 2042; of the common one none is so late."""


@dataclass(frozen=True)
class Short:
    """What the two-digit years of some columns are.

    Attributes
    ----------
    year_first : whether 25/03/04 begins with the year; None where the dates don't tell.
    buddhist : whether 68 is 2568 of the Buddhist era.
    """

    year_first: bool | None = False
    buddhist: bool = False


def orders_of(column: pa.Array, short: Short | None = None) -> set[Order]:
    """Say which orders of day and month the dates of a column show (31/01/2025: day first).

    Parameters
    ----------
    column : of strings.
    short : what two-digit years are; found in the column if not given.
    """
    found: set[Order] = set()
    short = short_years([column]) if short is None else short
    strings = Shapes(column)
    for shape, where in strings.shapes():
        layout = layout_of(shape)
        if layout is None or "one" not in layout.re.groupindex:
            continue
        if is_short(layout) and short.year_first is not False:
            continue
        digits = strings.cutter(shape, where)
        if (digits(layout, "one") > 12).any():
            found.add("day first")
        if (digits(layout, "two") > 12).any():
            found.add("month first")
    return found


def writes_day_first(column: pa.Array, name: str) -> bool:
    """Whether dates that leave day and month open are of those that write the day first.

    Only English tables write the month first, with slashes and hyphens: points between the
    numbers, years of the Buddhist era, or a header in another language leave no doubt.

    Parameters
    ----------
    column : of strings.
    name : of the column.
    """
    open_, pointed, buddhist = False, True, True
    strings = Shapes(column)
    for shape, where in strings.shapes():
        layout = layout_of(shape)
        if layout is None or "one" not in layout.re.groupindex:
            continue
        open_ = True
        pointed &= layout["sep"] == "."
        year = strings.cutter(shape, where)(layout, "year")
        low, high = BUDDHIST_YEARS
        buddhist &= bool(((year >= low) & (year <= high)).all())
    return open_ and (
        pointed or buddhist or _NOT_ENGLISH.search(bare(fold(name)).replace("_", " ")) is not None
    )


_NOT_ENGLISH = re.compile(
    r"\b(?:fecha|hora|ingreso|cierre|apertura|creacion|registro|data (?:de|da|di|do)|abertura|"
    r"encerramento|chiusura|creazione|date d['’e]|ouverture|cloture|creation de|heure|"
    r"datum|eingang|eroffnet|erstellt|erledigt|gemeldet|geschlossen|abschluss|"
    r"ngay)\b|\w+(?:datum|zeitpunkt)\b|[\u0e00-\u0e7f]"
)
"""Names of columns of times in languages that write the day first."""

FAR_LESS = 5
"""Times as long a span, at least, that the dates have if the year is read in the wrong place."""


def short_years(columns: Iterable[pa.Array]) -> Short:
    """Find out what the two-digit years of some columns are.

    Records are of a short time: read in the right place, years are the same in nearly all rows.
    In 25/03/03 to 25/03/31 they are 2025; read at the end they would go from 2003 to 2031.
    """
    parts: list[Ints] = []
    seen: set[bool] = set()
    ends: list[Ints] = []
    for column in columns:
        strings = Shapes(column)
        for shape, where in strings.shapes():
            layout = layout_of(shape)
            if layout is None or not is_short(layout) or "name" in layout.re.groupindex:
                continue
            digits = strings.cutter(shape, where)
            if "one" not in layout.re.groupindex:
                # In 25/3/3 the last number is too short for a year.
                seen |= {True} if {"sep", "month"} <= set(layout.re.groupindex) else set()
                ends.append(digits(layout, "year"))
                continue
            if layout.end("one") - layout.start("one") == 1:
                seen.add(False)
            parts.append(np.stack([digits(layout, name) for name in ("one", "two", "year")]))
    dates = np.concatenate(parts, axis=1) if parts else np.zeros((3, 0), np.int64)
    first = _year_first(dates, seen)
    years = np.concatenate([dates[0 if first else 2], *ends])
    low, high = BUDDHIST_SHORT
    return Short(first, bool(len(years)) and bool(((years >= low) & (years <= high)).all()))


def _year_first(dates: Ints, seen: set[bool]) -> bool | None:
    """Say whether three two-digit numbers begin with the year.

    Parameters
    ----------
    dates : int64[3, n], the numbers of the dates that leave it open.
    seen : what dates of the same columns with a single digit show.
    """
    if len(seen) == 1:
        return next(iter(seen))
    if not dates.shape[1]:
        return False
    places = {"year first": (0, 1, 2), "day first": (2, 1, 0), "month first": (2, 0, 1)}
    spans: dict[str, int] = {}
    for name, (year, month, day) in places.items():
        days, possible = days_of(2000 + dates[year], dates[month], dates[day])
        if possible.all():
            spans[name] = int(days.max() - days.min())
    first = spans.pop("year first", None)
    if first is None or not spans:
        return first is not None
    other = min(spans.values())
    # Within a day or so everything is as likely; beyond, one of them is far shorter.
    if FAR_LESS * first < other:
        return True
    return False if FAR_LESS * other < first else None


def is_short(layout: re.Match[str]) -> bool:
    """Whether a date's year has two digits, of the common or the Buddhist era."""
    return layout.end("year") - layout.start("year") == 2 and "era" not in layout.re.groupindex

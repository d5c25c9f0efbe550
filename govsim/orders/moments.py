"""All times of a record together: what one column can't tell, the others do.

Which number is the day, what two-digit years are, whether a spreadsheet has swapped days and
months, how long an order took over a change to summer time, and which times are so far from all
others that they are slips, or stand for "never". Called by `govsim.orders.reading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import replace

import numpy as np
import pyarrow as pa

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.mapping import TIMES, Mapping
from govsim.orders.nothing import is_edge
from govsim.orders.remarks import Remark
from govsim.orders.shapes import Bools, Ints
from govsim.orders.short_years import Order, Short, orders_of, short_years, writes_day_first
from govsim.orders.times import Kind, Parsed, local_of, parse
from govsim.scenarios.units import DAY, HOUR, MINUTE

YEAR = 366 * DAY

FAR_FROM_CREATION = {"due": 5 * YEAR}
"""How long after the last creation a time may be, ms, without being odd; else a year."""

LONE = 90 * DAY
"""A lone time of creation is at least so far from all others, ms, and"""

EXPECTED = 20
"""so many orders should have come in between, at the rate of the others."""

FEWEST = 8
"""Orders, at least, that say what is far from them."""

MOST_LONE = 0.02
"""Share of the orders, at most, that are lone: more of them are a part of the record."""

SWAPPED_SURE = 8
"""Dates of each kind that show by themselves that a spreadsheet has swapped days and months.

Of eight dates that were not chosen by their day, all are up to the twelfth once in 1,700 times.
"""

NAMED = 3
"""Far times that are named."""

_UTC = re.compile(
    r"(?<![a-z])(?:utc|gmt)\s*(?P<sign>[+-])?(?P<hour>(?<=[+-])\d{1,2})?(?::?(?P<minute>\d\d))?"
    r"(?![a-z])|世界时",
    re.IGNORECASE,
)


def read_times(
    cells: Table[str, pa.Array], mapping: Mapping, source: str
) -> tuple[dict[str, Parsed], list[Remark]]:
    """Read the columns of times of a record, ``date`` among them.

    Parameters
    ----------
    cells : by field, as they were written.
    mapping : the columns' names, and what it says of dates and zone.
    source : the file, for messages.

    Returns
    -------
    tuple
        The columns by field, as written (across a change to summer time too), and what was done
        to them.

    Raises
    ------
    InputError
        No date tells which number is the day.
    """
    names = [name for name in ("date", *TIMES) if name in cells]
    texts = {n: cells[n] for n in names if pa.types.is_large_string(cells[n].type)}
    short = short_years(texts.values())
    if mapping.dates is not None:
        short = replace(short, year_first=mapping.dates == "year first")
    shown: set[Order] = set().union(*(orders_of(text, short) for text in texts.values()))
    order: Order | None = mapping.dates
    if order in (None, "year first"):
        order = next(iter(shown)) if len(shown) == 1 else None
    columns = mapping.columns.given()
    guessed = (
        order is None
        and not shown
        and short.year_first is False
        and any(writes_day_first(text, columns[name]) for name, text in texts.items())
    )
    order = "day first" if guessed else order
    parsed = {name: parse(cells[name], mapping.timezone, order, short) for name in names}
    _undecided(parsed, short, bool(shown), columns, source)
    remarks = list(_swapped(parsed))
    open_ = {name: int((parsed[name].swappable == 4).sum()) for name in names if guessed}
    remarks += [Remark("day first", name, n) for name, n in open_.items() if n]
    for name in names:
        remarks += _in_utc(name, columns[name], parsed, mapping.timezone)
        if n := int(parsed[name].moved.sum()):
            remarks.append(Remark("zone", name, n, mapping.timezone))
        if n := parsed[name].buddhist:
            remarks.append(Remark("buddhist", name, n))
        if n := parsed[name].year_first if mapping.dates is None else 0:
            remarks.append(Remark("year first", name, n))
    if "date" in parsed:
        _put_dates(parsed)
    return parsed, remarks


def _undecided(
    parsed: Table[str, Parsed],
    short: Short,
    shown: bool,
    columns: Table[str, str],
    source: str,
) -> None:
    """Refuse a file in which no date tells which number is the day, or the year."""
    for name, found in parsed.items():
        if not (found.kind == Kind.AMBIGUOUS).any():
            continue
        if short.year_first is None:
            message = tr(
                "the dates in “{column}” can be read with the year first or last; add a line to "
                "the mapping: “dates: year first”, “dates: day first” or “dates: month first”",
                column=columns[name],
            )
        elif shown:
            continue
        else:
            message = tr(
                "the dates in “{column}” can be read as day/month or as month/day; "
                "add a line to the mapping: “dates: day first” or “dates: month first”",
                column=columns[name],
            )
        raise InputError([Problem(message, "dates", source)])


def _put_dates(parsed: dict[str, Parsed]) -> None:
    """Make moments of times of day: the first at or after creation that has this time."""
    date = parsed["date"]
    dated = date.kind == Kind.MOMENT
    created = parsed["created"]
    of_day = (created.kind == Kind.TIME_OF_DAY) & dated
    start = np.where(of_day, date.ms + created.ms, created.ms)
    for name, found in parsed.items():
        mask = (found.kind == Kind.TIME_OF_DAY) & dated
        if name == "date" or not mask.any():
            continue
        after = start if name == "created" else start + (found.ms - start) % DAY
        found.ms[mask] = after[mask]
        found.kind[mask] = Kind.MOMENT


# ------------------------------------------------------------------ zones


def _in_utc(name: str, column: str, parsed: dict[str, Parsed], timezone: str) -> Iterator[Remark]:
    """Move times that are of another zone by the name of their column: ``created_utc``."""
    if not (said := _UTC.search(column)):
        return
    found = parsed[name]
    mask = (found.kind == Kind.MOMENT) & ~found.aware
    ahead = int(said["hour"] or 0) * HOUR + int(said["minute"] or 0) * MINUTE
    utc = found.ms - (-ahead if said["sign"] == "-" else ahead)
    local = local_of(utc, timezone)
    moved = mask & (local != found.ms)
    found.offset[mask] = (local - utc)[mask]
    found.ms[mask] = local[mask]
    parsed[name] = replace(found, aware=found.aware | mask, moved=found.moved | moved)
    yield from ()


def elapsed(created: Parsed, found: Parsed) -> Ints:
    """Give times of a column by the clock of creation, int64[n] ms.

    Where both times say how far they are from UTC, as with an offset, a change to summer time
    between them takes nothing from the time that an order took, and adds nothing.
    """
    both = created.aware & found.aware
    return found.ms + np.where(both, created.offset - found.offset, 0)


# ------------------------------------------------------------------ days and months swapped


def _swapped(parsed: dict[str, Parsed]) -> Iterator[Remark]:
    """Put right what a spreadsheet has swapped.

    One that expects the month first takes 03/04/2025 of a day-first table for 4 March, and makes
    a date of it; 13/04/2025 can't be a date for it and stays a text. So all dates are up to the
    twelfth, and all texts are beyond.
    """
    sure = {name: _is_swapped(found) for name, found in parsed.items()}
    if not any(sure.values()):
        return
    for name, found in parsed.items():
        dates, texts, unsure = _dates_and_texts(found)
        small = (_day_of_month(found.ms[dates]) <= 12).all()
        if sure[name] or (dates.any() and texts.any() and small and not unsure):
            found.ms[dates] = _exchanged(found.ms[dates])
            yield Remark("swapped", name, int(dates.sum()))


def _dates_and_texts(found: Parsed) -> tuple[Bools, Bools, bool]:
    """Say which cells are dates, which texts with a day beyond 12, and if there are others."""
    moment = found.kind == Kind.MOMENT
    kinds = found.swappable
    texts = moment & ((kinds == 2) | (kinds == 3))
    unsure = bool((kinds == 4).any()) or bool((kinds == 2).any() and (kinds == 3).any())
    return moment & (kinds == 1), texts, unsure


def _is_swapped(found: Parsed) -> bool:
    dates, texts, unsure = _dates_and_texts(found)
    n, others = int(dates.sum()), int(texts.sum())
    if unsure or min(n, others) < 2 or (_day_of_month(found.ms[dates]) > 12).any():
        return False
    fixed = found.ms[texts]
    as_read = np.ptp(np.concatenate([found.ms[dates], fixed]))
    put_right = np.ptp(np.concatenate([_exchanged(found.ms[dates]), fixed]))
    if 2 * put_right < as_read:
        return True
    return bool(min(n, others) >= SWAPPED_SURE and put_right <= 1.1 * as_read)


def _day_of_month(ms: Ints) -> Ints:
    dates = (ms // DAY).astype("datetime64[D]")
    of_month: Ints = (dates - dates.astype("datetime64[M]").astype("datetime64[D]")).astype(
        np.int64
    ) + 1
    return of_month


def _exchanged(ms: Ints) -> Ints:
    """Exchange day and month of moments up to the twelfth."""
    months = (ms // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    day, month = _day_of_month(ms), months % 12 + 1
    first = (months - month + day).astype("datetime64[M]").astype("datetime64[D]")
    exchanged: Ints = (first.astype(np.int64) + month - 1) * DAY + ms % DAY
    return exchanged


# ------------------------------------------------------------------ far from all others


def lone(ms: Ints) -> Bools:
    """Say which times of creation are so far from all others that they must be slips.

    Parameters
    ----------
    ms : int64[n], in any order.

    Returns
    -------
    numpy.ndarray
        bool[n]. A few at either end, beyond a gap in which many orders should have come.
    """
    n = len(ms)
    apart = np.zeros(n, bool)
    if n < FEWEST:
        return apart
    by_time = np.argsort(ms, kind="stable")
    at, most = ms[by_time], max(1, int(MOST_LONE * n))
    core = at[most : n - most]
    per_ms = len(core) / max(int(np.ptp(core)), DAY)
    wide = np.diff(at)
    gaps = np.flatnonzero((wide >= LONE) & (wide * per_ms >= EXPECTED)) + 1
    if len(late := gaps[gaps >= n - most]):
        apart[by_time[late[0] :]] = True
    if len(early := gaps[gaps <= most]):
        apart[by_time[: early[-1]]] = True
    return apart


def beyond(name: str, found: Parsed, created: Ints) -> tuple[Bools, Bools]:
    """Say which times of a column stand for "never", and which are slips.

    Parameters
    ----------
    name : field of the column; not creation.
    found : the column.
    created : int64[m], ms of creation, without lone ones.

    Returns
    -------
    tuple of numpy.ndarray
        bool[n] each. Far before the first creation or after the last are times that can't be.
        What occurs twice there, or begins or ends a year, is a word for "never"; what occurs
        once, after the last, is a slip. A slip before is an end before the beginning anyway.
    """
    moment = found.kind == Kind.MOMENT
    none = np.zeros(len(moment), bool)
    if not len(created) or not moment.any():
        return none, none.copy()
    first, last = int(created.min()), int(created.max())
    margin = FAR_FROM_CREATION.get(name, YEAR)
    values, at, counts = np.unique(found.ms[moment], return_inverse=True, return_counts=True)
    # Old orders may be closed long after the last was created, but not all after a year of rest.
    later = np.concatenate([[last], values[values > last]])
    rests = np.flatnonzero(np.diff(later) >= YEAR)
    start = int(later[rests[0] + 1]) if len(rests) else np.iinfo(np.int64).max
    after = (values >= start) & (values > last + margin)
    before = values < first - YEAR
    often = (counts > 1) | is_edge(values)
    none[moment] = ((after | before) & often)[at]
    slips = np.zeros(len(moment), bool)
    slips[moment] = (after & ~often)[at]
    return none, slips


def named(ms: Ints, rows: Ints, mask: Bools) -> str:
    """Name far times with their rows."""
    where = np.flatnonzero(mask)
    parts = [
        tr("{time} in row {row}", time=str(np.datetime64(int(ms[i]), "ms"))[:10], row=int(rows[i]))
        for i in where[:NAMED]
    ]
    return ", ".join(parts) + (", …" if len(where) > NAMED else "")

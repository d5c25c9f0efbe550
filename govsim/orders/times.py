"""Times as exports write them, read a column at a time.

Strings of the same shape (each digit a 9: ``9999-99-99 99:99``) have their parts at the same
places. So a shape is understood once, by a regular expression (`govsim.orders.forms`), and the
numbers of all its strings are cut from a matrix of bytes: a million times a second, however many
ways of writing a column mixes. Used by `govsim.orders.moments` and `govsim.orders.proposing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from govsim.orders.forms import (
    BUDDHIST,
    ERAS,
    EVENING,
    NOON,
    ZONES,
    clock_layout_of,
    compact_layout_of,
    example_of,
    is_morning,
    is_thai,
    layout_of,
    month_of,
)
from govsim.orders.nothing import FAR, OLD_YEARS, is_no_date, is_nothing
from govsim.orders.shapes import Bools, Cutter, Ints, Shapes, days_of
from govsim.orders.short_years import (
    BUDDHIST_SHORT,
    BUDDHIST_YEARS,
    Order,
    Short,
    is_short,
    short_years,
)
from govsim.orders.states import means_open
from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND

EARLIEST, LATEST = 1990, 2100
"""Years outside of these are slips of the pen."""

EXCEL_DAYS = (32_000, 80_000)
"""Numbers that are days since 1899-12-30, as Excel keeps dates: 1987 to 2119."""

UNIX_SECONDS = (631_152_000, 4_102_444_800)
"""Numbers that are seconds since 1970, UTC: 1990 to 2100; or ms, or as many times smaller."""

NO_DAY = 2_958_465
"""The last day of Excel, 9999-12-31."""

NO_SECONDS = (253_402_214_400, -62_135_596_800, -2_208_988_800)
"""Seconds since 1970 of the last day of 9999, and of the first of 0001 and of 1900."""

MOST_COMPACT = 0.9
"""Share of numbers such as 20250131 that are dates, at least, for all to be meant as dates."""

SAFE = tuple(int(np.datetime64(day, "ms").astype(np.int64)) for day in ("1900-01-02", "2200-01-01"))
"""Moments, ms, for which zones are known."""

EXCEL_EPOCH = int(np.datetime64("1899-12-30", "ms").astype(np.int64))


class Kind(IntEnum):
    """What a cell that should hold a time holds."""

    BLANK = 0
    MOMENT = 1
    TIME_OF_DAY = 2
    PLACEHOLDER = 3
    UNREADABLE = 4
    IMPOSSIBLE = 5
    AMBIGUOUS = 6
    OUT_OF_RANGE = 7
    FORMULA = 8


@dataclass(frozen=True)
class Form:
    """A way of writing times, and where in the column it is used.

    Attributes
    ----------
    example : such as ``2025-01-31 10:05``, of this form but of no row.
    rows : how many.
    first, last : positions of the first and the last, from 0.
    """

    example: str
    rows: int
    first: int
    last: int


@dataclass(frozen=True)
class Parsed:
    """A column of times.

    Attributes
    ----------
    ms : int64[n], local ms since 1970 where `kind` is a moment; since midnight where it is a
        time of day; else 0.
    kind : uint8[n], a `Kind`.
    forms : ways of writing, the most frequent first.
    aware : bool[n], whether the cell says which zone it is in.
    offset : int64[n], how far local time is ahead of UTC then, ms, where `aware`; else 0.
    moved : bool[n], whether the cell is of another zone, and was moved.
    swappable : int8[n], 1 where the cell gives the year first, 2 where it gives the day first
        and a number above 12, 3 where it gives the month first and such a number; else 0.
    buddhist : cells with a year of the Buddhist era.
    year_first : cells that begin with a year of two digits, which others might read as a day.
    """

    ms: Ints
    kind: NDArray[np.uint8]
    forms: tuple[Form, ...]
    aware: Bools
    offset: Ints
    moved: Bools
    swappable: NDArray[np.int8]
    buddhist: int = 0
    year_first: int = 0


_NUMBER = re.compile(r"-?9+(?:[.,]9*)?(?:[eE][+-]?9+)?")


def parse(
    column: pa.Array,
    timezone: str = "Asia/Shanghai",
    order: Order | None = None,
    short: Short | None = None,
) -> Parsed:
    """Read a column of times.

    Parameters
    ----------
    column : of strings, or of any type that a file or database has for times.
    timezone : local time, for times with an offset and for seconds since 1970.
    order : of day and month in 03/04/2025, where the column itself doesn't tell.
    short : what two-digit years are; found in the column if not given.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("ms"))
    if pa.types.is_timestamp(column.type):
        return _native(column, timezone)
    return _Strings(column, ZoneInfo(timezone), order, short).parsed()


def _native(column: pa.Array, timezone: str) -> Parsed:
    """Take times that are times already."""
    n, aware = len(column), column.type.tz is not None
    offset = np.zeros(n, np.int64)
    if aware:
        utc = _whole(column)
        column = pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, timezone)))
        offset = _whole(column) - utc
    ms = _whole(column)
    present = column.is_valid().to_numpy(zero_copy_only=False)
    kind = np.where(present, Kind.MOMENT, Kind.BLANK).astype(np.uint8)
    _judge_years(ms, kind)
    where = np.flatnonzero(present)
    form = (
        Form("2025-01-31 10:05:00", len(where), int(where[0]), int(where[-1]))
        if len(where)
        else None
    )
    moment = kind == Kind.MOMENT
    return Parsed(
        np.where(moment, ms, 0),
        kind,
        (form,) if form else (),
        aware=moment & aware,
        offset=np.where(moment, offset, 0),
        moved=moment & aware & (offset != 0),
        swappable=moment.astype(np.int8),
    )


def _whole(column: pa.Array) -> Ints:
    """Give timestamps as ms; 0 where there is none."""
    ms = column.cast(pa.timestamp("ms", column.type.tz), safe=False).cast(pa.int64())
    whole: Ints = pc.fill_null(ms, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return whole


def _judge_years(ms: Ints, kind: NDArray[np.uint8]) -> None:
    """Mark, of the moments, those that stand for none and those outside of all reason."""
    year = ms.astype("datetime64[ms]").astype("datetime64[Y]").astype(np.int64) + 1970
    moment = kind == Kind.MOMENT
    kind[moment & ((year < EARLIEST) | (year > LATEST))] = Kind.OUT_OF_RANGE
    kind[moment & is_no_date(ms)] = Kind.PLACEHOLDER


class _Strings(Shapes):
    """A column of strings that are to be times."""

    def __init__(
        self, column: pa.Array, timezone: ZoneInfo, order: Order | None, short: Short | None
    ) -> None:
        super().__init__(column)
        self.timezone, self.order = timezone, order
        self.short = short_years([self.text]) if short is None else short
        self.ms = np.zeros(self.n, np.int64)
        self.kind = np.full(self.n, Kind.UNREADABLE, np.uint8)
        self.aware, self.moved = np.zeros(self.n, bool), np.zeros(self.n, bool)
        self.offset = np.zeros(self.n, np.int64)
        self.swappable = np.zeros(self.n, np.int8)
        self.buddhist = np.zeros(self.n, bool)
        self.year_first = np.zeros(self.n, bool)
        self.forms: list[tuple[str, Ints]] = []

    def parsed(self) -> Parsed:
        for shape, where in self.shapes():
            self._read(shape, where)
        _judge_years(self.ms, self.kind)
        if (self.kind == Kind.MOMENT).any():
            # Among dates, midnight without a date is what an empty cell looks like as a time.
            self.kind[(self.kind == Kind.TIME_OF_DAY) & (self.ms == 0)] = Kind.PLACEHOLDER
        moment = self.kind == Kind.MOMENT
        self.ms[~moment & (self.kind != Kind.TIME_OF_DAY)] = 0
        return Parsed(
            self.ms,
            self.kind,
            self._forms(),
            aware=self.aware & moment,
            offset=np.where(self.aware & moment, self.offset, 0),
            moved=self.moved & moment,
            swappable=np.where(moment | (self.kind == Kind.AMBIGUOUS), self.swappable, 0).astype(
                np.int8
            ),
            buddhist=int((self.buddhist & moment).sum()),
            year_first=int((self.year_first & moment).sum()),
        )

    def _forms(self) -> tuple[Form, ...]:
        """Count the ways of writing; dates that stand for none show nothing of them."""
        rows: dict[str, list[Ints]] = {}
        for example, where in self.forms:
            written = where[self.kind[where] != Kind.PLACEHOLDER]
            if len(written):
                rows.setdefault(example, []).append(written)
        forms = []
        for example, parts in rows.items():
            first, last = min(p.min() for p in parts), max(p.max() for p in parts)
            forms.append(Form(example, sum(map(len, parts)), int(first), int(last)))
        return tuple(sorted(forms, key=lambda form: (-form.rows, form.first)))

    def _read(self, shape: str, where: Ints) -> None:
        if is_nothing(shape) or means_open(shape):
            # "Not closed yet" in a column of closings says that there is no time of it.
            self.kind[where] = Kind.BLANK
        elif shape.startswith("="):
            self.kind[where] = Kind.FORMULA
        elif (layout := layout_of(shape)) is not None:
            self._dated(layout, self.cutter(shape, where), where)
        elif layout := clock_layout_of(shape):
            self._remember("10:05:00" if layout["second"] else "10:05", where)
            ms, possible = _clock(layout, self.cutter(shape, where))
            self.ms[where] = ms
            self.kind[where] = np.where(possible, Kind.TIME_OF_DAY, Kind.IMPOSSIBLE)
        elif layout := compact_layout_of(shape):
            if not self._compact(layout, shape, where) and _NUMBER.fullmatch(shape):
                self._numbers(where)
        elif _NUMBER.fullmatch(shape):
            self._numbers(where)

    def _remember(self, example: str, where: Ints) -> None:
        self.forms.append((example, where))

    def _dated(self, layout: re.Match[str], digits: Cutter, where: Ints) -> None:
        groups = layout.re.groupindex
        order = self.order
        if "one" not in groups:
            order = None
        elif is_short(layout) and self.short.year_first:
            order = "year first"
            self.year_first[where] = True
        elif order == "year first" and not is_short(layout):
            order = None
        year = self._year(layout, digits, where, "one" if order == "year first" else "year")
        ambiguous = np.zeros(len(where), bool)
        if "one" in groups:
            numbers = [digits(layout, group) for group in ("one", "two", "year")]
            month, day, ambiguous = self._month_and_day(layout, numbers, order, where)
            if order is None and (numbers[1] > 12).any() and not (numbers[0] > 12).any():
                order = "month first"
        else:
            day = digits(layout, "day")
            month = (
                np.full(len(where), month_of(layout["name"]), np.int64)
                if "name" in groups
                else digits(layout, "month")
            )
            self.swappable[where] = "sep" in groups and "era" not in groups
        self._remember(example_of(layout, order), where)
        days, possible = days_of(year, month, day)
        ms, in_day = _clock(layout, digits)
        moment = days * DAY + ms
        if layout.groupdict().get("zone"):
            moment = self._zoned(layout, digits, moment, where)
        self.ms[where] = moment
        kind = np.where(possible & in_day, Kind.MOMENT, Kind.IMPOSSIBLE)
        kind = np.where(ambiguous, Kind.AMBIGUOUS, kind)
        self.kind[where] = np.where(np.isin(year, OLD_YEARS), Kind.PLACEHOLDER, kind)

    def _month_and_day(
        self, layout: re.Match[str], numbers: list[Ints], order: Order | None, where: Ints
    ) -> tuple[Ints, Ints, Bools]:
        """Tell month and day apart in three numbers, and say where that can't be done."""
        one, two, three = numbers
        if order == "year first":
            return two, three, np.zeros(len(one), bool)
        self.swappable[where] = np.select([one > 12, two > 12], [2, 3], 4)
        if order is None:
            # 00/00/0000 is none, whichever number is the day.
            ambiguous = (one <= 12) & (two <= 12) & (one != two)
            if is_short(layout) and self.short.year_first is None:
                ambiguous |= (two <= 12) & (one <= 31)
            swapped: Bools = one > 12
        else:
            ambiguous = np.zeros(len(one), bool)
            swapped = np.full(len(one), order == "day first")
        return np.where(swapped, two, one), np.where(swapped, one, two), ambiguous

    def _year(self, layout: re.Match[str], digits: Cutter, where: Ints, group: str) -> Ints:
        """Give years of the common era."""
        if era := layout.groupdict().get("era"):
            first = layout["year"] == "元"
            number = np.ones(len(where), np.int64) if first else digits(layout, "year")
            return number + ERAS[era.lower()]
        year, width = digits(layout, group), layout.end(group) - layout.start(group)
        if width == 3:
            return year + ERAS["民国"]
        thai = is_thai(layout.string)
        if width == 4:
            buddhist = (year >= BUDDHIST_YEARS[0]) & (year <= BUDDHIST_YEARS[1])
        else:
            low, high = BUDDHIST_SHORT
            # 01-JAN-70 is what Oracle makes of 1970.
            era = thai or (self.short.buddhist and "name" not in layout.re.groupindex)
            buddhist = (year >= low) & (year <= high) & era
            year = year + np.where(buddhist, 2500, np.where(year >= low, 1900, 2000))
        self.buddhist[where] = buddhist
        return np.where(buddhist, year - BUDDHIST, year)

    def _numbers(self, where: Ints) -> None:
        """Read numbers: days as Excel keeps them, or seconds since 1970, or parts of them."""
        text = pc.replace_substring(self.text.take(pa.array(where)), ",", ".")
        value = text.cast(pa.float64()).to_numpy()
        excel = (value >= EXCEL_DAYS[0]) & (value <= EXCEL_DAYS[1])
        none = (value >= 0) & (value <= 2) | (value == -1) | (np.trunc(value) == NO_DAY)
        since = np.zeros(len(value), np.int64)
        unix = np.zeros(len(value), bool)
        for parts in (1, 10**3, 10**6, 10**9):
            fits = (value >= parts * UNIX_SECONDS[0]) & (value <= parts * UNIX_SECONDS[1])
            since = np.where(fits, np.round(value * (1000 / parts)), since).astype(np.int64)
            unix |= fits
            for seconds in NO_SECONDS:
                # A zone may have moved them by a part of a day.
                none |= np.abs(value / parts - seconds) <= DAY // SECOND
        # A day has 86,400 seconds and a double some 15 digits: nearer than half a second.
        days = EXCEL_EPOCH + np.round(np.where(excel, value, 0) * (DAY / SECOND)) * SECOND
        local = self._local(since)
        self.ms[where] = np.where(excel, days.astype(np.int64), local)
        self.aware[where], self.offset[where] = unix, np.where(unix, local - since, 0)
        self.moved[where] = unix & (local != since)
        self.kind[where] = np.select(
            [none, excel | unix], [Kind.PLACEHOLDER, Kind.MOMENT], Kind.UNREADABLE
        )
        self.swappable[where] = excel
        for mask, example in ((excel, "45688.42"), (unix, "1738288800")):
            if mask.any():
                self._remember(example, where[mask])

    def _compact(self, layout: re.Match[str], shape: str, where: Ints) -> bool:
        """Read 20250131100500, if nearly all are dates; else they are numbers of another kind."""
        digits = self.cutter(shape, where)
        year = self._year(layout, digits, where, "year")
        days, possible = days_of(year, digits(layout, "month"), digits(layout, "day"))
        ms, in_day = _clock(layout, digits)
        possible &= in_day
        # 00000000 is no day, but as good a way to say none as 99991231.
        none = (year == 0) & (digits(layout, "day") == 0) | possible & (
            np.isin(year, OLD_YEARS) | (year >= FAR)
        )
        dated = possible & (year >= EARLIEST - 100) & (year <= LATEST)
        if (dated | none).mean() < MOST_COMPACT:
            self.buddhist[where] = False
            return False
        moment = days * DAY + ms
        if layout["zone"]:
            moment = self._zoned(layout, digits, moment, where)
        self.ms[where] = moment
        self.kind[where] = np.select(
            [none, dated], [Kind.PLACEHOLDER, Kind.MOMENT], Kind.IMPOSSIBLE
        )
        century = layout.end("year") - layout.start("year") == 4
        self._remember(("20250131100500" if century else "1140131100500")[: len(shape)], where)
        return True

    def _zoned(self, layout: re.Match[str], digits: Cutter, moment: Ints, where: Ints) -> Ints:
        """Bring times of another zone to local ones, and keep how far these are from UTC."""
        written = _offset(layout, digits, self.timezone)
        utc = moment - written
        local = self._local(utc)
        self.aware[where], self.offset[where] = True, local - utc
        self.moved[where] = local != moment
        return local

    def _local(self, utc: Ints) -> Ints:
        return local_of(utc, str(self.timezone))


def local_of(utc: Ints, timezone: str) -> Ints:
    """Bring UTC ms to local ms; beyond the calendars of zones they stay what they are."""
    safe = (utc >= SAFE[0]) & (utc <= SAFE[1])
    moments = pd.DatetimeIndex(np.where(safe, utc, 0).astype("datetime64[ms]"))
    local = moments.tz_localize("UTC").tz_convert(timezone).tz_localize(None)
    ms = local.to_numpy().astype("datetime64[ms]").astype(np.int64)
    return np.where(safe, ms, utc)


def _clock(layout: re.Match[str], digits: Cutter) -> tuple[Ints, Bools]:
    """Give the time of day, ms, and whether it can be."""
    groups = layout.groupdict()
    if not groups.get("hour"):
        zero = np.zeros_like(digits(layout, "year"))
        return zero, zero == 0
    hour = digits(layout, "hour")
    none = np.zeros_like(hour)
    minute = digits(layout, "minute") if groups.get("minute") else none
    second = digits(layout, "second") if groups.get("second") else none
    possible = (hour <= 24) & (minute < 60) & (second < 60)
    if half := groups.get("before") or groups.get("half"):
        hour, fair = _whole_day(hour, half)
        possible &= fair
    ms = hour * HOUR + minute * MINUTE + second * SECOND
    if groups.get("fraction"):
        begin, end = layout.span("fraction")
        ms = ms + digits(layout, "fraction") * 1000 // 10 ** (end - begin)
    return ms, possible & (ms <= DAY)


def _whole_day(hour: Ints, half: str) -> tuple[Ints, Bools]:
    """Bring hours of half a day to those of a whole day, and say which can be.

    12:05 AM is 00:05, and so is 上午12:05; 13:05 PM says twice that it is afternoon, and
    13:05 AM contradicts itself.
    """
    if is_morning(half):
        return np.where(hour == 12, 0, hour), hour <= 12
    after = np.where(hour < 12, hour + 12, hour)
    if half == NOON:
        return np.where(hour < 4, after, hour), (hour < 4) | (hour >= 11)
    if half in EVENING:
        return after, (hour >= 5) & (hour != 12)
    return after, hour <= 24


def _offset(layout: re.Match[str], digits: Cutter, timezone: ZoneInfo) -> Ints | int:
    """Give how far the zone that is written is ahead of UTC, ms."""
    if not layout["sign"]:
        return _named_offset(layout["zone"].strip(), timezone)
    ms: Ints = digits(layout, "off_hour") * HOUR
    if layout["off_minute"]:
        ms = ms + digits(layout, "off_minute") * MINUTE
    return ms if layout["sign"] == "+" else -ms


def _named_offset(name: str, timezone: ZoneInfo) -> int:
    """Give how far a zone is ahead of UTC by its name: CST is China's in China, not Chicago's."""
    for month in (1, 7):
        moment = datetime(2025, month, 1, tzinfo=timezone)
        offset = moment.utcoffset()
        if offset is not None and (moment.tzname() or "").lower() == name.lower():
            return int(offset.total_seconds()) * SECOND
    if name.lower() == "cst" and str(timezone).startswith(("America/", "US/")):
        return -6 * HOUR
    return ZONES[name.lower()] * MINUTE

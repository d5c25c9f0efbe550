"""Times as exports write them, read a column at a time.

Strings of the same shape (each digit a 9: ``9999-99-99 99:99``) have their parts at the same
places. So a shape is understood once, by a regular expression, and the numbers of all its
strings are cut from a matrix of bytes: a million times a second, however many ways of writing
a column mixes. Used by `govsim.orders.reading` and `govsim.orders.proposing`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND

Ints = NDArray[np.int64]
Order = Literal["day first", "month first"]

EARLIEST, LATEST = 1990, 2100
"""Years outside of these are slips of the pen."""

PLACEHOLDERS = (0, 1899, 1900)
"""Years of the dates that programs write for "none": Excel's 1900-01-00, 0000-00-00."""

EXCEL_DAYS = (32_000, 80_000)
"""Numbers that are days since 1899-12-30, as Excel keeps dates: 1987 to 2119."""

UNIX_SECONDS = (631_152_000, 4_102_444_800)
"""Numbers that are seconds since 1970, UTC: 1990 to 2100."""

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
    """

    ms: Ints
    kind: NDArray[np.uint8]
    forms: tuple[Form, ...]


BLANKS = ("", "-", "--", "/", "null", "none", "nan", "nat", "n/a", "无", "空", "—", "0", "\\n")
"""What exports write for "nothing", in lower case."""

_CLOCK = (
    r"(?P<hour>9?9)(?:[:：时点]|小时)(?P<minute>9?9)分?(?:[:：]?(?P<second>99?)秒?"
    r"(?:[.,](?P<fraction>9+))?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"\s*(?P<zone>[Zz]|UTC|[+-]99:?(?:99)?)?"
_GAP = r"(?:T|\s+|(?=[上下]午)|(?<=[日号]))(?P<before>[上下]午)?\s*"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*"
_LAYOUTS = tuple(
    re.compile(rf"(?:{day})(?:{_GAP}{_CLOCK}{_ZONE})?", re.IGNORECASE)
    for day in (
        r"(?P<year>9999)(?P<sep>[-/.])(?P<month>9?9)(?P=sep)(?P<day>9?9)",
        r"(?P<year>9999)年(?P<month>9?9)月(?P<day>9?9)[日号]?",
        r"(?P<one>9?9)(?P<sep>[-/.])(?P<two>9?9)(?P=sep)(?P<year>9999|99)",
        rf"(?P<day>9?9)[ -]{_MONTH}[ -](?P<year>9999)",
        rf"{_MONTH} (?P<day>9?9),? (?P<year>9999)",
    )
)
_COMPACT = re.compile(
    r"(?P<year>9999)(?P<month>99)(?P<day>99)(?:[T ]?(?P<hour>99)(?P<minute>99)(?P<second>99)?)?"
)
_TIME_OF_DAY = re.compile(_CLOCK)
_NUMBER = re.compile(r"9+(?:\.9*)?(?:[eE][+-]?9+)?")
_EXCEL_TEXT = re.compile(r'="(.*)"', re.DOTALL)

_NINES = np.arange(256, dtype=np.uint8)
_NINES[ord("0") : ord("9") + 1] = ord("9")


def parse(column: pa.Array, timezone: str = "Asia/Shanghai", order: Order | None = None) -> Parsed:
    """Read a column of times.

    Parameters
    ----------
    column : of strings, or of any type that a file or database has for times.
    timezone : local time, for times with an offset and for seconds since 1970.
    order : of day and month in 03/04/2025, where the column itself doesn't tell.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("ms"))
    if pa.types.is_timestamp(column.type):
        return _native(column, timezone)
    return _Strings(column, ZoneInfo(timezone), order).parsed()


def orders_of(column: pa.Array) -> set[Order]:
    """Say which orders of day and month the dates of a column show (31/01/2025: day first)."""
    found: set[Order] = set()
    for _, layout, digits in _Strings(column, ZoneInfo("UTC"), None).slashed():
        if (digits(layout, "one") > 12).any():
            found.add("day first")
        if (digits(layout, "two") > 12).any():
            found.add("month first")
    return found


def _native(column: pa.Array, timezone: str) -> Parsed:
    """Take times that are times already."""
    if column.type.tz is not None:
        column = pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, timezone)))
    ms = pc.fill_null(column.cast(pa.timestamp("ms"), safe=False).cast(pa.int64()), 0).to_numpy()
    present = column.is_valid().to_numpy(zero_copy_only=False)
    kind = np.where(present, Kind.MOMENT, Kind.BLANK).astype(np.uint8)
    ms = ms.astype(np.int64)
    _judge_years(ms, kind)
    where = np.flatnonzero(present)
    form = (
        Form("2025-01-31 10:05:00", len(where), int(where[0]), int(where[-1]))
        if len(where)
        else None
    )
    return Parsed(np.where(kind == Kind.MOMENT, ms, 0), kind, (form,) if form else ())


def _judge_years(ms: Ints, kind: NDArray[np.uint8]) -> None:
    """Mark, of the moments, those of 1900 and those outside of all reason."""
    year = ms.astype("datetime64[ms]").astype("datetime64[Y]").astype(np.int64) + 1970
    moment = kind == Kind.MOMENT
    kind[moment & ((year < EARLIEST) | (year > LATEST))] = Kind.OUT_OF_RANGE
    kind[moment & np.isin(year, PLACEHOLDERS)] = Kind.PLACEHOLDER


class _Strings:
    """A column of strings, sorted into shapes."""

    def __init__(self, column: pa.Array, timezone: ZoneInfo, order: Order | None) -> None:
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        self.timezone, self.order = timezone, order
        text = pc.fill_null(column.cast(pa.large_string()), "")
        self.text = _tidied(pc.utf8_trim_whitespace(text))
        self.n = len(self.text)
        self.offsets = np.frombuffer(self.text.buffers()[1], np.int64)[
            self.text.offset : self.text.offset + self.n + 1
        ]
        data = self.text.buffers()[2]
        self.bytes = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
        self.ms = np.zeros(self.n, np.int64)
        self.kind = np.full(self.n, Kind.UNREADABLE, np.uint8)
        self.forms: list[tuple[str, Ints]] = []

    def shapes(self) -> Iterator[tuple[str, Ints]]:
        """Go through the shapes, each with the positions of its strings."""
        if not self.n:
            return
        nines = pa.py_buffer(_NINES[self.bytes].tobytes())
        shaped = pa.LargeStringArray.from_buffers(
            self.n, self.text.buffers()[1], nines, offset=self.text.offset
        ).dictionary_encode()
        codes = shaped.indices.to_numpy(zero_copy_only=False)
        by_code = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(shaped.dictionary)))
        begin = 0
        for shape, end in zip(shaped.dictionary.to_pylist(), ends.tolist(), strict=True):
            yield shape, by_code[begin:end]
            begin = end

    def slashed(self) -> Iterator[tuple[Ints, re.Match[str], Any]]:
        """Go through the shapes that leave open which number is the day."""
        for shape, where in self.shapes():
            layout = _layout(shape)
            if layout is not None and "one" in layout.re.groupindex:
                yield where, layout, self._cutter(shape, where)

    def parsed(self) -> Parsed:
        for shape, where in self.shapes():
            self._read(shape, where)
        _judge_years(self.ms, self.kind)
        self.ms[(self.kind != Kind.MOMENT) & (self.kind != Kind.TIME_OF_DAY)] = 0
        return Parsed(self.ms, self.kind, self._forms())

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
        if shape.lower() in BLANKS:
            self.kind[where] = Kind.BLANK
        elif shape.startswith("="):
            self.kind[where] = Kind.FORMULA
        elif (layout := _layout(shape)) is not None:
            self._remember(_example(layout), where)
            self._dated(layout, self._cutter(shape, where), where)
        elif layout := _TIME_OF_DAY.fullmatch(shape):
            self._remember("10:05:00" if layout["second"] else "10:05", where)
            digits = self._cutter(shape, where)
            ms, possible = _clock(layout, digits)
            self.ms[where] = ms
            self.kind[where] = np.where(possible, Kind.TIME_OF_DAY, Kind.IMPOSSIBLE)
        elif _NUMBER.fullmatch(shape):
            self._numbers(shape, where)

    def _remember(self, example: str, where: Ints) -> None:
        self.forms.append((example, where))

    def _cutter(self, shape: str, where: Ints) -> Any:
        """Make a function that gives the digits of a group as int64[len(where)]."""
        starts = self.offsets[where]
        cell = shape.encode()

        def digits(layout: re.Match[str], group: str) -> Ints:
            begin, end = layout.span(group)
            begin, end = (len(shape[:place].encode()) for place in (begin, end))
            assert end <= len(cell)
            value = np.zeros(len(where), np.int64)
            for place in range(begin, end):
                value = value * 10 + (self.bytes[starts + place] - np.uint8(ord("0")))
            return value

        return digits

    def _dated(self, layout: re.Match[str], digits: Any, where: Ints) -> None:
        groups = layout.re.groupindex
        year = digits(layout, "year")
        if layout.end("year") - layout.start("year") == 2:
            year = year + 2000
        ambiguous = np.zeros(len(where), bool)
        if "one" in groups:
            one, two = digits(layout, "one"), digits(layout, "two")
            if self.order is None:
                ambiguous = (one <= 12) & (two <= 12) & (one != two)
            swapped = (
                (one > 12) if self.order is None else np.full(len(where), self.order == "day first")
            )
            month, day = np.where(swapped, two, one), np.where(swapped, one, two)
        else:
            day = digits(layout, "day")
            month = (
                np.full(len(where), _MONTHS.index(layout["name"].lower()) + 1)
                if "name" in groups
                else digits(layout, "month")
            )
        days, possible = _days(year, month, day)
        ms, in_day = _clock(layout, digits)
        moment = days * DAY + ms
        if zone := layout.groupdict().get("zone"):
            moment = self._local(moment - _offset(layout, digits, zone))
        self.ms[where] = moment
        kind = np.where(possible & in_day, Kind.MOMENT, Kind.IMPOSSIBLE)
        kind = np.where(ambiguous, Kind.AMBIGUOUS, kind)
        self.kind[where] = np.where(np.isin(year, PLACEHOLDERS), Kind.PLACEHOLDER, kind)

    def _numbers(self, shape: str, where: Ints) -> None:
        """Read numbers: days as Excel keeps them, seconds or ms since 1970, or 20250131."""
        if (layout := _COMPACT.fullmatch(shape)) and self._compact(layout, shape, where):
            return
        value = self.text.take(pa.array(where)).cast(pa.float64()).to_numpy()
        excel = (value >= EXCEL_DAYS[0]) & (value <= EXCEL_DAYS[1])
        none = (value >= 0) & (value <= 2)
        seconds = (value >= UNIX_SECONDS[0]) & (value <= UNIX_SECONDS[1])
        thousand = (value >= 1e3 * UNIX_SECONDS[0]) & (value <= 1e3 * UNIX_SECONDS[1])
        # A day has 86,400 seconds and a double some 15 digits: nearer than half a second.
        days = EXCEL_EPOCH + np.round(np.where(excel, value, 0) * (DAY / SECOND)) * SECOND
        since = np.where(seconds, value * 1e3, np.where(thousand, value, 0)).astype(np.int64)
        moments = np.where(excel, days.astype(np.int64), self._local(since))
        self.ms[where] = moments
        self.kind[where] = np.select(
            [excel | seconds | thousand, none], [Kind.MOMENT, Kind.PLACEHOLDER], Kind.UNREADABLE
        )
        for mask, example in ((excel, "45688.42"), (seconds | thousand, "1738288800")):
            if mask.any():
                self._remember(example, where[mask])

    def _compact(self, layout: re.Match[str], shape: str, where: Ints) -> bool:
        """Read 20250131100500, if all are dates; else they are numbers of another kind."""
        digits = self._cutter(shape, where)
        year = digits(layout, "year")
        days, possible = _days(year, digits(layout, "month"), digits(layout, "day"))
        ms, in_day = _clock(layout, digits)
        if not (possible & in_day & (year >= EARLIEST - 100) & (year <= LATEST)).all():
            return False
        self.ms[where], self.kind[where] = days * DAY + ms, Kind.MOMENT
        self._remember("20250131100500"[: len(shape)], where)
        return True

    def _local(self, utc: Ints) -> Ints:
        """Bring UTC ms to local ms."""
        moments = pd.DatetimeIndex(utc.astype("datetime64[ms]")).tz_localize("UTC")
        local = moments.tz_convert(self.timezone).tz_localize(None)
        return local.to_numpy().astype("datetime64[ms]").astype(np.int64)


def _tidied(text: pa.Array) -> pa.Array:
    """Fold full-width forms and unwrap Excel's ="text", where there are any."""
    ascii_ = pc.string_is_ascii(text)
    odd = pc.or_(pc.invert(ascii_), pc.starts_with(text, "="))
    if not pc.any(odd).as_py():
        return text
    changed = text.filter(odd).dictionary_encode()
    words = [unicodedata.normalize("NFKC", word) for word in changed.dictionary.to_pylist()]
    words = [m[1].strip() if (m := _EXCEL_TEXT.fullmatch(word)) else word for word in words]
    folded = pa.array(words, pa.large_string()).take(changed.indices)
    return pc.replace_with_mask(text, odd, folded)


def _layout(shape: str) -> re.Match[str] | None:
    """Find the parts of a date in a shape."""
    return next((m for layout in _LAYOUTS if (m := layout.fullmatch(shape))), None)


def _clock(layout: re.Match[str], digits: Any) -> tuple[Ints, NDArray[np.bool_]]:
    """Give the time of day, ms, and whether it can be."""
    groups = layout.groupdict()
    if not groups.get("hour"):
        zero = np.zeros_like(digits(layout, "year"))
        return zero, zero == 0
    hour, minute = digits(layout, "hour"), digits(layout, "minute")
    second = digits(layout, "second") if groups.get("second") else np.zeros_like(hour)
    possible = (hour <= 24) & (minute < 60) & (second < 60)
    if half := groups.get("half") or groups.get("before"):
        possible &= (hour >= 1) & (hour <= 12) if half[0] in "aApP" else possible
        after = half[0] in "pP下"
        hour = np.where(hour < 12, hour + 12 * after, 12 * after)
    ms = hour * HOUR + minute * MINUTE + second * SECOND
    if groups.get("fraction"):
        begin, end = layout.span("fraction")
        ms = ms + digits(layout, "fraction") * 1000 // 10 ** (end - begin)
    return ms, possible & (ms <= DAY)


def _days(year: Ints, month: Ints, day: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Days since 1970, and whether there is such a day."""
    fair = (month >= 1) & (month <= 12) & (day >= 1)
    months = (year - 1970) * 12 + np.where(fair, month, 1) - 1
    first = months.astype("datetime64[M]")
    length = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64)
    days: Ints = first.astype("datetime64[D]").astype(np.int64) + day - 1
    return days, fair & (day <= length)


def _offset(layout: re.Match[str], digits: Any, zone: str) -> Ints | int:
    """Give the offset from UTC, ms."""
    if zone[0] not in "+-":
        return 0
    begin, _ = layout.span("zone")
    inner = re.compile(rf".{{{begin}}}[+-](?P<h>99):?(?P<m>99)?.*", re.DOTALL).fullmatch(
        layout.string
    )
    assert inner is not None
    ms: Ints = digits(inner, "h") * HOUR
    if inner["m"]:
        ms = ms + digits(inner, "m") * MINUTE
    return ms if zone[0] == "+" else -ms


def _example(layout: re.Match[str]) -> str:
    """Write an example of a form, 10:05 on 31 January 2025, without a value of the file."""
    groups = layout.groupdict()
    sep = groups.get("sep") or "-"
    if groups.get("one"):
        date = f"31{sep}01{sep}{'2025' if len(groups['year']) == 4 else '25'}"
    elif "name" in groups:
        date = "31 Jan 2025" if layout.start("day") < layout.start("name") else "Jan 31, 2025"
    else:
        date = "2025年1月31日" if "年" in layout.string else f"2025{sep}01{sep}31"
    if not groups.get("hour"):
        return date
    time = "10:05:00" if groups.get("second") else "10:05"
    time += ".000" if groups.get("fraction") else ""
    time = f"上午{time}" if (groups.get("before") or "")[:1] in ("上", "下") else time
    time += " AM" if groups.get("half") else ""
    zone = groups.get("zone") or ""
    return f"{date} {time}" + ("Z" if zone in ("Z", "z", "UTC") else "+08:00" if zone else "")

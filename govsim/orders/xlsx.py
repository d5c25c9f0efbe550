"""Sheets of an xlsx workbook, read as a stream: in time and room of the cells that are there.

A cell that somebody touched at the far end of a sheet costs nothing, and columns that are not
asked for are passed over. Used by `govsim.orders.workbooks`.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from govsim.orders.grids import Merge, Rows
from govsim.orders.raw import AT_A_TIME, joined
from govsim.orders.shapes import Ints
from govsim.scenarios.units import DAY

PIECE = 2**18
"""Bytes of a sheet parsed at a time."""

UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, ValueError),
    *(NotImplementedError, RuntimeError, OSError, LookupError),
)
"""What parts of a damaged workbook lead to."""

_DATES = {*range(14, 23), *range(27, 37), *range(50, 59), 45, 47}
"""Numbers of formats for dates that Excel doesn't write down."""

_NO_FORMAT = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general|standard', re.IGNORECASE
)
"""What a format holds beside its letters: texts, colours, conditions."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

_REF = re.compile(r"([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?$")

EPOCH, BEFORE_LEAP, EPOCH_1904 = -25_569, 60, 1462
"""Excel's day 0 in days since 1970; up to day 59 it is one less, as Excel has a 29 February 1900;
days by which workbooks of old Macs begin later."""

LAST_ROW = 2**31
"""No program has as many rows."""

LAST_DAY = 2_958_465
"""31 December 9999."""


@lru_cache(maxsize=20_000)
def column_of(letters: str) -> int:
    """Give the number of a column, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    if not 0 < number < 2**31:
        raise ValueError(f"column {letters}")
    return number - 1


def is_date(code: str) -> bool:
    """Whether a format shows a date or a time of day; hours beyond a day are a number."""
    letters = _NO_FORMAT.sub("", code.partition(";")[0])
    return "[" not in letters and bool(re.search(r"[ymdhs年月日时分秒]", letters, re.IGNORECASE))


class Xlsx:
    """An xlsx workbook.

    Raises
    ------
    UNREADABLE
        The file is damaged, or none; also while sheets are read.
    """

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)
        # Some programs write backward slashes, or other capitals.
        self.parts = {name.replace("\\", "/").lower(): name for name in self.zip.namelist()}
        main = next(
            (part for kind, part in self._related("").values() if kind == "officeDocument"),
            "xl/workbook.xml",
        )
        folder = main.rpartition("/")[0]
        related = self._related(main)
        self.later, found = 0, []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.later = EPOCH_1904
            if name == "sheet":
                found.append(attributes)

        _parse(self.open(main), start)
        self.styles = next((p for k, p in related.values() if k == "styles"), "")
        self.texts = next((p for k, p in related.values() if k == "sharedStrings"), "")
        self.sheets: list[Sheet] = []
        for i, one in enumerate(found, 1):
            kind, part = related.get(
                one.get("id", ""), ("worksheet", f"{folder}/worksheets/sheet{i}.xml")
            )
            if kind == "worksheet" and part.lower() in self.parts:
                visible = one.get("state", "visible") == "visible"
                self.sheets.append(Sheet(self, one.get("name", ""), part, visible))

    def open(self, part: str) -> IO[bytes]:
        """Open a part of the file."""
        return self.zip.open(self.parts[part.lower()])

    def size(self, part: str) -> int:
        """Give the length of a part, in bytes of XML."""
        return self.zip.getinfo(self.parts[part.lower()]).file_size

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Give what a part refers to, by its mark: what it is, and its own part."""
        folder, _, name = part.rpartition("/")
        if (file := f"{folder}/_rels/{name}.rels".lstrip("/").lower()) not in self.parts:
            return {}
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                to = attributes.get("Target", "")
                whole = to.lstrip("/") if to.startswith("/") else f"{folder}/{to}".lstrip("/")
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = kind, whole

        _parse(self.open(file), start)
        return found

    @cached_property
    def dates(self) -> frozenset[str]:
        """Marks of the styles that show dates."""
        codes: dict[str, str] = {}
        styles: list[str] = []
        inside = [False]

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                inside[0] = True
            elif name == "xf" and inside[0]:
                styles.append(attributes.get("numFmtId", "0"))

        def end(name: str) -> None:
            if name == "cellXfs":
                inside[0] = False

        if self.styles:
            _parse(self.open(self.styles), start, end)
        return frozenset(
            str(i)
            for i, number in enumerate(styles)
            if (is_date(codes[number]) if number in codes else number in map(str, _DATES))
        )

    @cached_property
    def shared(self) -> pa.Array:
        """Texts that cells refer to."""
        chunks: list[pa.Array] = [pa.array([], pa.large_string())]
        if not self.texts or self.texts.lower() not in self.parts:
            return chunks[0]
        texts: list[str] = []
        parts: list[str] = []
        taking, aloud = [False], [False]

        def start(name: str, _: dict[str, str]) -> None:
            if name == "t":
                taking[0] = not aloud[0]
            elif name == "si":
                parts.clear()
            elif name == "rPh":  # how Japanese is read aloud
                aloud[0] = True

        def end(name: str) -> None:
            if name == "t":
                taking[0] = False
            elif name == "si":
                texts.append("".join(parts))
                if len(texts) == AT_A_TIME:
                    chunks.append(pa.array(map(_plain, texts), pa.large_string()))
                    texts.clear()
            elif name == "rPh":
                aloud[0] = False

        def data(text: str) -> None:
            if taking[0]:
                parts.append(text)

        _parse(self.open(self.texts), start, end, data)
        return pa.concat_arrays([*chunks, pa.array(map(_plain, texts), pa.large_string())])


@dataclass
class Sheet:
    """A sheet of it; see `govsim.orders.grids.Grid`."""

    book: Xlsx
    name: str
    part: str
    visible: bool
    merged: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How much there is in it; for comparison with others."""
        return self.book.size(self.part)

    def top(self, most: int) -> Rows:
        """Give the cells of the first rows that hold anything."""
        found: Rows = {}
        for piece in self._pieces(None, most):
            for number, cells in piece.texts(self.book).items():
                if len(found) < most:
                    found[number] = cells
            if len(found) >= most:
                break
        return found

    def merges(self) -> list[Merge]:
        """Give the ranges of merged cells; they stand below all cells."""
        return self.columns([], LAST_ROW, None)[2]

    def columns(
        self, wanted: list[int], after: int, most: int | None
    ) -> tuple[Ints, list[pa.Array], list[Merge]]:
        """Read columns below a row; at most so many rows, about."""
        numbers: list[int] = []
        chunks: list[list[pa.Array]] = [[] for _ in wanted]
        for piece in self._pieces(set(wanted), None if most is None else most + after):
            piece.drop(after)
            numbers += piece.numbers
            for place, chunk in zip(wanted, chunks, strict=True):
                chunk.append(piece.array(place, self.book))
            if most is not None and len(numbers) >= most:
                break
        return (
            np.array(numbers, np.int64),
            joined(chunks),
            list(filter(None, map(merge_of, self.merged))),
        )

    def _pieces(self, wanted: Collection[int] | None, most: int | None) -> Iterator[_Piece]:
        """Go through the rows, some at a time; the first soon, if only few are wanted."""
        reader = _Reader(wanted)
        self.merged = reader.merged
        with self.book.open(self.part) as stream:
            while data := stream.read(PIECE):
                reader.feed(data)
                if len(reader.piece.numbers) >= min(AT_A_TIME, most or AT_A_TIME):
                    yield reader.take()
            reader.feed(b"", last=True)
        yield reader.take()


def merge_of(ref: str) -> Merge | None:
    """Read a range such as A1:B3."""
    if not (found := _REF.match(ref)):
        return None
    top, left = int(found[2]), column_of(found[1])
    bottom = int(found[4] or found[2])
    return top, left, bottom, column_of(found[3]) if found[3] else left


def _plain(text: str) -> str:
    """Undo what Excel does to signs that XML has not: _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _parse(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> None:
    """Parse a small part; names without prefixes, of attributes too."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(
        _local(name), {_local(key): value for key, value in attributes.items()}
    )
    if end is not None:
        parser.EndElementHandler = lambda name: end(_local(name))
    if data is not None:
        parser.CharacterDataHandler = data
    with stream:
        parser.ParseFile(stream)


@dataclass
class _Piece:
    """Some rows: their numbers, and by column the place in these, type, style and text of cells."""

    numbers: list[int] = field(default_factory=list)
    cells: dict[int, list[tuple[int, str, str, str]]] = field(default_factory=dict)
    skip: int = 0

    def drop(self, after: int) -> None:
        """Leave out rows up to a number."""
        self.skip = sum(number <= after for number in self.numbers)
        self.numbers = self.numbers[self.skip :]

    def array(self, column: int, book: Xlsx) -> pa.Array:
        """Give a column as text; null where there is no cell."""
        n = len(self.numbers)
        texts: list[str | None] = [None] * n
        at_shared, shared = [], []
        at_date, days = [], []
        dates = book.dates
        for place, kind, style, text in self.cells.get(column, ()):
            at = place - self.skip
            if at < 0:
                continue
            if kind == "s":
                at_shared.append(at)
                shared.append(int(text))
            elif kind in ("n", ""):
                if style in dates and _in_calendar(text):
                    at_date.append(at)
                    days.append(float(text))
                else:
                    texts[at] = _number(text)
            elif kind == "b":
                texts[at] = "true" if text.strip() == "1" else "false"
            else:
                texts[at] = _plain(text)
        found = pa.array(texts, pa.large_string())
        if shared:
            there = pc.take(book.shared, pa.array(shared))
            found = _put(found, at_shared, there)
        if days:
            found = _put(found, at_date, _moments(np.array(days), book.later))
        return found

    def texts(self, book: Xlsx) -> Rows:
        """Give the rows as texts by column."""
        rows: Rows = {number: {} for number in self.numbers}
        for column in sorted(self.cells):
            cells = self.array(column, book).to_pylist()
            for number, text in zip(self.numbers, cells, strict=True):
                if text is not None and text != "":
                    rows[number][column] = text
        return {number: cells for number, cells in rows.items() if cells}


def _put(into: pa.Array, at: list[int], values: pa.Array) -> pa.Array:
    mask = np.zeros(len(into), bool)
    mask[at] = True
    # Cells of a row may stand in any order, but each place only once.
    order = np.argsort(at, kind="stable")
    if int(mask.sum()) != len(at):
        last = {place: i for i, place in enumerate(at)}
        order = np.array([last[place] for place in sorted(last)])
    return pc.replace_with_mask(into, pa.array(mask), values.take(pa.array(order)))


def _in_calendar(text: str) -> bool:
    try:
        return 0 <= float(text) < LAST_DAY + 1
    except ValueError:
        return False


def _moments(days: np.ndarray[Any, np.dtype[np.float64]], later: int) -> pa.Array:
    """Write Excel's days as times; a time of day where there is no day."""
    ms = np.rint(days * DAY).astype(np.int64)
    of_day = ms < DAY if not later else np.zeros(len(ms), bool)
    shift = EPOCH + later + (days < BEFORE_LEAP if not later else np.zeros(len(ms), bool))
    moments = (ms + shift * DAY).astype("datetime64[ms]")
    fine = ms % 1000 != 0
    text = np.char.replace(np.datetime_as_string(moments, "ms"), "T", " ")
    text = np.where(fine, text, np.char.partition(text, ".")[:, 0])
    text = np.where((ms % DAY == 0) & ~of_day, text.astype("U10"), text)
    text = np.where(of_day, np.char.partition(text, " ")[:, 2], text)
    return pa.array(text.tolist(), pa.large_string())


def _number(text: str) -> str | None:
    """Write a number as a spreadsheet shows it: 320115001, not 320115001.0."""
    text = text.strip()
    if text.isdecimal() and text.isascii():
        return text
    try:
        value = float(text)
    except ValueError:
        return text or None
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


class _Reader:
    """Turns the XML of a sheet into `_Piece` after `_Piece`."""

    def __init__(self, wanted: Collection[int] | None) -> None:
        self.wanted, self.piece = wanted, _Piece()
        self.done = 0
        self.merged: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._first

    def feed(self, data: bytes, last: bool = False) -> None:
        self.parser.Parse(data, last)

    def take(self) -> _Piece:
        """Give the rows that are over; one that has begun stays."""
        numbers, cells, done = self.piece.numbers, self.piece.cells, self.done
        taken = _Piece(numbers[:done], {column: found[:] for column, found in cells.items()})
        del numbers[:done]
        for column, found in taken.cells.items():
            begun: list[tuple[int, str, str, str]] = []
            while found and found[-1][0] >= done:
                place, kind, style, text = found.pop()
                begun.append((place - done, kind, style, text))
            cells[column][:] = begun[::-1]
        self.done = 0
        return taken

    def _first(self, name: str, _: dict[str, str]) -> None:
        """Learn from the root which prefix the names have, if any, and set the handlers.

        Each cell calls five of them, so that their state is kept in names of their own.
        """
        before, colon, _rest = name.rpartition(":")
        of_cell, of_row, of_value, of_text, of_reading, of_merge = (
            before + colon + name for name in ("c", "row", "v", "t", "rPh", "mergeCell")
        )
        wanted, numbers, cells = self.wanted, self.piece.numbers, self.piece.cells
        values = frozenset((of_value, of_text))
        kind = style = text = ""
        row, column = 0, -1
        taking = aloud = kept = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal kind, style, text, row, column, taking, aloud, kept
            if name == of_cell:
                reference = attributes.get("r")
                if reference is None:
                    column += 1
                else:
                    column = column_of(reference.rstrip("0123456789"))
                kind, style = attributes.get("t", ""), attributes.get("s", "")
                text = ""
            elif name in values:
                taking = not aloud
            elif name == of_row:
                row = int(attributes.get("r", row + 1))
                if row >= LAST_ROW:
                    raise ValueError(f"row {row}")
                column, kept = -1, False
            elif name == of_reading:
                aloud = True
            elif name == of_merge:
                self.merged.append(attributes.get("ref", ""))

        def data(piece: str) -> None:
            nonlocal text
            if taking:
                text += piece

        def end(name: str) -> None:
            nonlocal taking, aloud, kept
            if name in values:
                taking = False
            elif name == of_cell:
                if text != "":
                    if not kept:
                        numbers.append(row)
                        kept = True
                    if wanted is None or column in wanted:
                        if (found := cells.get(column)) is None:
                            found = cells[column] = []
                        found.append((len(numbers) - 1, kind, style, text))
            elif name == of_row:
                self.done = len(numbers)
            elif name == of_reading:
                aloud = False

        self.parser.StartElementHandler = start
        self.parser.EndElementHandler = end
        self.parser.CharacterDataHandler = data

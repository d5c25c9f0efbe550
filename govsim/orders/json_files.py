"""Work orders as JSON: answers of open-data interfaces, GeoJSON, one record a line.

The list with the most records is the table, wherever it stands: at the top, under ``data``,
``records``, ``result.records``, ``features``. It is read as a stream, a record at a time. Used
by `govsim.orders.sources`.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from govsim.language import tr
from govsim.orders.characters import Characters
from govsim.orders.raw import AT_A_TIME, Raw, joined, places, refuse
from govsim.orders.remarks import Remark

LONGEST = 2**26
"""Signs of a record, at most."""

DEEPEST = 6
"""Objects within one another that are gone into."""

MOST_NAMES = 5000
"""Different names in records, at most."""

_BEGINS = re.compile(r"\s*(\[\s*[\[{\]]|\{\s*[\"}])")
_HEADS = tuple((name,) for name in ("columns", "fields", "headers", "header", "cols"))
"""Ends of paths to lists of names."""

_TOTALS = re.compile(r"^(total|total_?count|total_?records|numbermatched|count|totalnum)$", re.I)
_WRAPPED = ("properties", "attributes", "_source", "fields", "node")
"""What interfaces wrap the fields of a record in."""

_PLACES = ("geometry", "geom", "the_geom", "shape", "geolocation", "location", "geo_point_2d")
_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_SPACE = re.compile(r"[\s\ufeff\x1e]*")

Path = tuple[str, ...]

_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)


def is_json(text: str) -> bool:
    """Whether a text begins like JSON that may hold records."""
    return bool(_BEGINS.match(text.lstrip("\ufeff")))


class _CutOffError(Exception):
    """The text ends before what it has begun."""


@dataclass
class _List:
    """A list that was met: its records, their names, and the first elements of a short one."""

    records: int = 0
    rows: int = 0
    names: dict[str, None] = field(default_factory=dict)
    first: list[Any] = field(default_factory=list)


class JsonFile:
    """A JSON file.

    Parameters
    ----------
    text : its characters.
    """

    def __init__(self, text: Characters) -> None:
        self.text, self.name = text, text.name
        self.totals: list[int] = []
        self.lines = _by_lines(text.sample())
        lists: dict[Path, _List] = {}
        for _, path, element in self._elements():
            found = lists.setdefault(path, _List())
            if isinstance(element, dict):
                found.records += 1
                found.names |= dict.fromkeys(_flat(element))
            elif isinstance(element, list):
                found.rows += 1
            if len(found.first) < 1000 and (not found.first or path[-1:] in _HEADS):
                found.first.append(element)
            if len(found.names) > MOST_NAMES:
                message = tr("the records have more than {n} different names", n=f"{MOST_NAMES:,}")
                refuse(message, self.name)
        best = max(lists, key=lambda path: max(lists[path].records, lists[path].rows), default=())
        if not lists or not (lists[best].records or lists[best].rows):
            refuse(
                tr(
                    "there is no list of records in this JSON; save it as a list of objects, or as "
                    "CSV"
                ),
                self.name,
            )
        self.path, chosen = best, lists[best]
        self.n = max(chosen.records, chosen.rows)
        self.positional = chosen.rows > chosen.records
        self.skip = 0
        self.header = self._named(lists, chosen) if self.positional else list(chosen.names)

    def _named(self, lists: dict[Path, _List], chosen: _List) -> list[str]:
        """Find the names of rows that have none of their own: elsewhere, or in the first row."""
        width = len(chosen.first[0])
        for path, found in lists.items():
            if path[-1:] in _HEADS and len(found.first) >= width:
                names = [
                    str(one.get("name") or one.get("fieldName") or one.get("id") or "")
                    if isinstance(one, dict)
                    else str(one)
                    for one in found.first
                ]
                return names[:width]
        self.skip = 1
        return [str(cell) for cell in chosen.first[0]]

    def read(self, names: Sequence[str], most: int | None = None) -> Raw:
        """Read columns; see `Source`."""
        at = places(self.header, names, self.name)
        chunks: list[list[pa.Array]] = [[pa.array([], pa.large_string())] for _ in names]
        cells: list[list[str | None]] = [[] for _ in names]
        numbers: list[int] = []
        broken: list[tuple[int, str]] = []

        def flush() -> None:
            for chunk, column in zip(chunks, cells, strict=True):
                chunk.append(pa.array(column, pa.large_string()))
                column.clear()

        count = 0
        kind: type[Any] = list if self.positional else dict
        for line, path, element in self._elements(broken):
            if path != self.path or not isinstance(element, kind):
                continue
            count += 1
            if count <= self.skip:
                continue
            numbers.append(line if self.lines else count)
            if self.positional:
                for column, place in zip(cells, at, strict=True):
                    cell = element[place] if place < len(element) else None
                    column.append(_written(cell))
            else:
                said = _flat(element)
                for column, name in zip(cells, names, strict=True):
                    column.append(said.get(name))
            if len(numbers) % AT_A_TIME == 0:
                flush()
            if most is not None and len(numbers) >= most:
                break
        flush()
        total = max(self.totals, default=0)
        remarks = [Remark("page", "", self.n, f"{total:,}")] if total > self.n else []
        return Raw(
            dict(zip(names, joined(chunks), strict=True)),
            np.array(numbers, np.int64),
            [(count + 1, why) if not row else (row, why) for row, why in broken],
            remarks=tuple(remarks),
        )

    def _elements(
        self, broken: list[tuple[int, str]] | None = None
    ) -> Iterator[tuple[int, Path, Any]]:
        """Go through the elements of all lists: line (of text by lines), path and element."""
        broken = [] if broken is None else broken
        try:
            if self.lines:
                yield from self._of_lines(broken)
            else:
                stream = _Stream(self.text)
                for path, element in self._walk(stream, (), 0):
                    yield 0, path, element
        except _CutOffError:
            broken.append((0, tr("the file is cut off in this row")))
        except json.JSONDecodeError as error:
            self._invalid(error.msg)
        except RecursionError:
            self._invalid(tr("too many lists within one another"))

    def _invalid(self, why: str) -> NoReturn:
        refuse(tr("this is no valid JSON ({reason}); export it again", reason=why), self.name)

    def _of_lines(self, broken: list[tuple[int, str]]) -> Iterator[tuple[int, Path, Any]]:
        line, left = 0, ""
        decoder = codecs.getincrementaldecoder(self.text.encoding)("replace")
        for chunk in _and_end(self.text.chunks()):
            left += decoder.decode(chunk or b"", chunk is None)
            if len(left) > LONGEST and "\n" not in left:
                self._invalid(tr("a record is too long"))
            *whole, left = (left + "\n" if chunk is None else left).split("\n")
            for text in whole:
                line += 1
                if not (text := text.strip("\ufeff\x1e\r ,")):
                    continue
                try:
                    yield line, (), _DECODER.decode(text)
                except (json.JSONDecodeError, RecursionError):
                    last = chunk is None and text is whole[-1]
                    why = tr("the file is cut off in this row") if last else tr("no valid JSON")
                    broken.append((line, why))

    def _walk(self, stream: _Stream, path: Path, depth: int) -> Iterator[tuple[Path, Any]]:
        if depth > DEEPEST:
            stream.value()
            return
        if stream.peek() == "[":
            stream.take("[")
            while stream.peek() != "]":
                yield path, stream.value()
                if stream.peek() != "]":
                    stream.take(",")
            stream.take("]")
        else:
            stream.take("{")
            while stream.peek() != "}":
                key = str(stream.value())
                stream.take(":")
                if stream.peek() in ("[", "{"):
                    yield from self._walk(stream, (*path, key), depth + 1)
                else:
                    value = stream.value()
                    if _TOTALS.match(key) and str(value).isdecimal():
                        self.totals.append(int(str(value)[:15]))
                if stream.peek() != "}":
                    stream.take(",")
            stream.take("}")


class _Stream:
    """A text from which JSON values are taken one after another."""

    def __init__(self, text: Characters) -> None:
        self.chunks = text.chunks()
        self.decoder = codecs.getincrementaldecoder(text.encoding)("replace")
        self.text, self.at, self.ended = "", 0, False

    def _more(self, least: int = 1) -> bool:
        """Read on; say whether there was more."""
        parts, got = [self.text[self.at :]], 0
        while got < least and not self.ended:
            chunk = next(self.chunks, None)
            self.ended = chunk is None
            parts.append(self.decoder.decode(chunk or b"", self.ended))
            got += len(parts[-1])
        self.text, self.at = "".join(parts), 0
        return got > 0

    def peek(self) -> str:
        """Give the next sign that is no space."""
        while True:
            found = _SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more():
                raise _CutOffError

    def take(self, sign: str) -> None:
        """Pass over a sign that must come."""
        if self.peek() != sign:
            raise json.JSONDecodeError(f"'{sign}' expected", self.text, self.at)
        self.at += 1

    def value(self) -> Any:
        """Take a value."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError:
                whole = self.ended
                if not whole and len(self.text) - self.at > LONGEST:
                    raise
                # Twice as much each time, or long values would be begun again too often.
                if not self._more(max(2**16, len(self.text) - self.at)):
                    if self._may_go_on():
                        raise _CutOffError from None
                    raise
                continue
            if end == len(self.text) and self._more():  # a number may go on
                continue
            self.at = end
            return value

    def _may_go_on(self) -> bool:
        """Whether what is left is the beginning of a value rather than none."""
        try:
            _DECODER.raw_decode(self.text, self.at)
        except json.JSONDecodeError as error:
            return error.pos >= len(self.text) - 6 or "Unterminated" in error.msg
        return False


def _and_end(chunks: Iterator[bytes]) -> Iterator[bytes | None]:
    yield from chunks
    yield None


def _by_lines(sample: str) -> bool:
    """Whether the text is one record a line."""
    lines = [line.strip("\ufeff\x1e\r ,") for line in sample.split("\n")[:20]]
    lines = [line for line in lines if line]
    if len(lines) < 2 or not (lines[0].startswith("{") and lines[1].startswith("{")):
        return False
    try:
        return isinstance(_DECODER.decode(lines[0]), dict)
    except (json.JSONDecodeError, RecursionError):
        return False


# ------------------------------------------------------------------ records


def _flat(record: dict[str, Any]) -> dict[str, str | None]:
    """Give the fields of a record as text, those of objects within it with dots."""
    found: dict[str, str | None] = {}
    _flatten(record, "", found, 0)
    return found


def _flatten(value: dict[str, Any], before: str, into: dict[str, str | None], depth: int) -> None:
    for key, part in value.items():
        name = f"{before}{key}"
        if isinstance(part, dict) and depth <= DEEPEST:
            if (point := _point(key, part)) is not None:
                for field_, number in zip(("longitude", "latitude"), point, strict=True):
                    into.setdefault(field_ if field_ not in value else name + "." + field_, number)
            elif len(part) == 1 and next(iter(part)).startswith("$"):  # {"$date": ...}
                _flatten({key: next(iter(part.values()))}, before, into, depth + 1)
            elif key in _WRAPPED and not before:
                _flatten(part, "", into, depth + 1)
            else:
                _flatten(part, f"{name}.", into, depth + 1)
        else:
            into.setdefault(name, _written(part))


def _point(name: str, value: dict[str, Any]) -> tuple[str, str] | None:
    """Give the longitude and latitude of a place."""
    pair = value.get("coordinates")
    if value.get("type") == "Point" and isinstance(pair, list) and len(pair) >= 2:
        return str(pair[0]), str(pair[1])
    if name.lower() in _PLACES:
        for x, y in (("x", "y"), ("lon", "lat"), ("lng", "lat")):
            if x in value and y in value:
                return str(value[x]), str(value[y])
    return None


def _written(value: Any) -> str | None:
    """Write a value as text."""
    if value is None or value == [] or value == {}:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if found := _DATE.fullmatch(value):
            return found[1]
        # A half of a pair of UTF-16 can't be written.
        return value if value.isprintable() else value.encode("utf-8", "replace").decode()
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ", ".join(_written(one) or "" for one in value)
    try:
        return json.dumps(value, ensure_ascii=True)
    except RecursionError:
        return "…"

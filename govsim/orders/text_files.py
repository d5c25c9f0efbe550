"""Work orders in a text file: CSV in whatever encoding, with whatever separator, whole or not.

Used by `govsim.orders.sources`. The file is read by pyarrow, as a stream that is recoded to
UTF-8 where it must be.
"""

from __future__ import annotations

import codecs
import csv
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from govsim.language import tr
from govsim.orders.sources import PEEK, Raw, damaged, header_at, places, refuse

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

SEPARATORS = (",", "\t", ";", "|")
BLOCK = 2**24
"""Bytes read at a time; also the longest row."""

MOST_BAD = 0.01
"""Share of characters that may be unreadable before the file is refused; a few always may."""

FEW = 3
"""Unreadable characters that any file may have."""

GARBLED = "\ufffd"
"""What stands for bytes that are no character."""


class TextFile:
    """A text file, perhaps packed by gzip.

    Parameters
    ----------
    path : the file.
    encoding : if the planner names one; else it is found.
    """

    def __init__(self, path: Path, encoding: str | None) -> None:
        self.path, self.name = path, str(path)
        with path.open("rb") as stream:
            self.packed = stream.read(2) == b"\x1f\x8b"
        self.encoding, self.cut = self._find_encoding(encoding)
        sample = self._sample()
        self.separator = max(SEPARATORS, key=lambda s: _regularity(sample, s))
        rows, lines = [], []
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=self.separator)
        for row in reader:
            rows.append([cell.strip() for cell in row])
            lines.append(reader.line_num)
            if len(rows) == 20:
                break
        if not any(map(any, rows)):
            refuse(tr("the file is empty"), self.name)
        at = header_at(rows)
        self.header, self.above = rows[at], lines[at]
        below = Counter(len(row) for row in rows[at + 1 :] if len(row) > 1)
        width = max(len(self.header), below.most_common(1)[0][0] if below else 0)
        self.header += [""] * (width - len(self.header))

    # --- bytes and characters ----------------------------------------------------------------

    def _chunks(self) -> Iterator[bytes]:
        """Go through the bytes of the file; of a packed one that is cut off, what there is."""
        with self.path.open("rb") as opened:
            if self.packed:
                yield from self._unpacked(opened)
                return
            while chunk := opened.read(2**20):
                yield chunk

    def _unpacked(self, opened: BinaryIO) -> Iterator[bytes]:
        unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while packed := opened.read(2**18):
            try:
                chunk = unpack.decompress(packed)
                while unpack.eof and unpack.unused_data:  # another file joined to it
                    rest = unpack.unused_data
                    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
                    chunk += unpack.decompress(rest)
            except zlib.error as error:
                damaged(self.name, error)
            if chunk:
                yield chunk
        self.cut = self.cut or not unpack.eof

    def _find_encoding(self, named: str | None) -> tuple[str, bool]:
        """Find the encoding, and whether the file is cut off at its end."""
        self.cut = False
        beginning = next(self._chunks(), b"")[:PEEK]
        if beginning.startswith(codecs.BOM_UTF8):
            candidates = ["utf-8-sig"]
        elif beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            candidates = ["utf-16"]
        elif b"\0" in beginning[:1000]:
            evens, odds = beginning[0:1000:2].count(0), beginning[1:1000:2].count(0)
            if min(evens, odds) > 0.1 * max(evens, odds):
                refuse(tr("this is not a text file, and none that can be read"), self.name)
            candidates = ["utf-16-be" if evens > odds else "utf-16-le"]
        else:
            candidates = ["utf-8", "gb18030"]
        if named is not None and len(candidates) > 1:
            candidates = [named]
        bad = {}
        for encoding in candidates:
            bad[encoding], seen, rest = self._count_bad(encoding)
            if not bad[encoding]:
                return encoding, self.cut or rest
        best = min(bad, key=lambda encoding: bad[encoding])
        if bad[best] > max(FEW, MOST_BAD * seen):
            self._refuse_encoding(named)
        return best, self.cut

    def _refuse_encoding(self, named: str | None) -> None:
        if named is not None:
            message = tr(
                "the text is not in the encoding {name} that the mapping names", name=named
            )
        else:
            message = tr(
                "the text is neither UTF-8 nor GBK or GB18030; save it as CSV UTF-8, "
                "or name its encoding in the mapping"
            )
        refuse(message, self.name)

    def _count_bad(self, encoding: str) -> tuple[int, int, bool]:
        """Count characters that can't be read, and all; say whether the last one is cut."""
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        seen = bad = 0
        for chunk in self._chunks():
            text = decoder.decode(chunk)
            bad += text.count(GARBLED)
            if encoding.startswith("utf-8"):
                bad -= chunk.count(GARBLED.encode())  # that was in it before
            seen += len(text)
        return bad, seen, bool(decoder.getstate()[0])

    def _sample(self) -> str:
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        text = decoder.decode(next(self._chunks(), b"")[: 4 * PEEK])
        return text if len(text) < PEEK else text[: text.rfind("\n") + 1] or text

    # --- rows --------------------------------------------------------------------------------

    def read(self, names: Sequence[str], most: int | None = None) -> Raw:
        """Read columns; see `Source`."""
        at = places(self.header, names, self.name)
        broken: list[tuple[int, str]] = []

        def set_aside(row: pa.csv.InvalidRow) -> str:
            broken.append((row.number, _why_broken(row)))
            return "skip"

        keys = [str(i) for i in range(len(self.header))]
        wanted = [keys[i] for i in at]
        stream = _Recoded(self._chunks, self.encoding)
        try:
            reader = pa.csv.open_csv(
                pa.PythonFile(stream, "r"),
                pa.csv.ReadOptions(
                    use_threads=False, block_size=BLOCK, column_names=keys, skip_rows=self.above
                ),
                pa.csv.ParseOptions(
                    delimiter=self.separator,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=set_aside,
                ),
                pa.csv.ConvertOptions(
                    include_columns=wanted,
                    column_types=dict.fromkeys(wanted, pa.large_string()),
                    strings_can_be_null=False,
                ),
            )
            batches, n = [], 0
            for batch in reader:
                batches.append(batch)
                n += len(batch)
                if most is not None and n >= most:
                    break
            table = pa.Table.from_batches(batches, reader.schema)
        except pa.ArrowInvalid as error:
            if "straddling" in str(error) or "out of sync" in str(error):
                refuse(
                    tr(
                        "a quotation mark is not closed, so that where rows end can't be told; "
                        "export the file again"
                    ),
                    self.name,
                )
            if "Empty CSV" in str(error):
                table = pa.table({key: pa.array([], pa.large_string()) for key in wanted})
            else:
                damaged(self.name, error)
        if broken and stream.ended and (self.cut or not stream.ends_in_newline):
            last = self.above + len(table) + len(broken)
            broken = [
                (row, tr("the file is cut off in this row") if row == last else why)
                for row, why in broken
            ]
        rows = np.arange(self.above + 1, self.above + 1 + len(table) + len(broken))
        rows = np.setdiff1d(rows, [row for row, _ in broken], assume_unique=True)
        columns = {
            name: table.column(key).combine_chunks()
            for name, key in zip(names, wanted, strict=True)
        }
        return Raw(columns, rows[: len(table)].astype(np.int64), broken)


def _why_broken(row: pa.csv.InvalidRow) -> str:
    lines = row.text.count("\n")
    if lines:
        return tr("a quotation mark is not closed; the {n} lines below belong to this row", n=lines)
    return tr(
        "the row has {found} cells, the header {expected}",
        found=row.actual_columns,
        expected=row.expected_columns,
    )


def _regularity(sample: str, separator: str) -> tuple[int, int]:
    """Rate a separator: rows that have as many cells as most, if that is more than one."""
    reader = csv.reader(io.StringIO(sample[:20_000], newline=""), delimiter=separator)
    try:
        widths = Counter(len(row) for row in reader)
    except csv.Error:
        return 0, 0
    widths.pop(1, None)
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return rows, width


def ungarbled(header: Sequence[str]) -> list[str]:
    """Give what column names said before a program took UTF-8 for GBK; none if none did."""
    found = []
    for name in header:
        try:
            said = name.encode("gb18030").decode("utf-8")
        except UnicodeError:
            continue  # as nearly always: Chinese in GBK is hardly ever UTF-8 too
        if sum("\u4e00" <= sign <= "\u9fff" for sign in said) >= 2:
            found.append(said)
    return found


class _Recoded(io.RawIOBase):
    """The characters of a file as a stream of UTF-8."""

    def __init__(self, chunks: Callable[[], Iterator[bytes]], encoding: str) -> None:
        self.chunks, self.buffer = chunks(), memoryview(b"")
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.ended, self.ends_in_newline = False, True

    def readable(self) -> bool:
        return True

    def readinto(self, into: Buffer) -> int:
        view = memoryview(into).cast("B")
        while not self.buffer and not self.ended:
            chunk = next(self.chunks, None)
            if chunk is None:
                self.ended = True
                text = self.decoder.decode(b"", final=True)
            else:
                text = self.decoder.decode(chunk)
            if text:
                self.ends_in_newline = text[-1] in "\r\n"
            self.buffer = memoryview(text.encode())
        n = min(len(view), len(self.buffer))
        view[:n] = self.buffer[:n]
        self.buffer = self.buffer[n:]
        return n

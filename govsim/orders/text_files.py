"""Work orders in a text file: CSV in whatever encoding, with whatever separator, whole or not.

Used by `govsim.orders.sources`. The file is read by pyarrow, as a stream of UTF-8 (see
`govsim.orders.characters`).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv

from govsim.errors import Problem
from govsim.language import tr
from govsim.orders.characters import Characters
from govsim.orders.raw import Raw, Source, damaged, header_at, joined, places, reason, refuse

SEPARATORS = (",", "\t", ";", "|")
BLOCK = 2**24
"""Bytes read at a time; also the longest row."""

csv.field_size_limit(BLOCK)


class TextFile:
    """A text file of rows.

    Parameters
    ----------
    text : its characters.
    """

    def __init__(self, text: Characters) -> None:
        self.text, self.name = text, text.name
        sample = text.sample()
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
        ends = [row[-1] for row in rows[at + 1 :] if len(row) == width]
        if width == len(self.header) + 1 and sum(map(bool, ends)) > len(ends) / 2:
            self.header = ["", *self.header]  # R numbers rows, and gives the numbers no name
        self.header += [""] * (width - len(self.header))

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
        stream = self.text.stream()
        chunks: list[list[pa.Array]] = [[] for _ in names]
        n = 0
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
            for batch in reader:
                for column, cells in zip(chunks, batch.columns, strict=True):
                    column.append(cells)
                n += len(batch)
                if most is not None and n >= most:
                    break
        except pa.ArrowInvalid as error:
            if "straddling" in str(error) or "out of sync" in str(error):
                refuse(
                    tr(
                        "a quotation mark is not closed, or a row is longer than 16 MB, so that "
                        "where rows end can't be told; export the file again"
                    ),
                    self.name,
                )
            if "Empty CSV" not in str(error):
                damaged(self.name, reason(error))
        if broken and stream.ended and (self.text.cut or not stream.ends_in_newline):
            last = self.above + n + len(broken)
            broken = [
                (row, tr("the file is cut off in this row") if row == last else why)
                for row, why in broken
            ]
        rows = np.arange(self.above + 1, self.above + 1 + n + len(broken))
        rows = np.setdiff1d(rows, [row for row, _ in broken], assume_unique=True)
        columns = dict(zip(names, joined(chunks), strict=True))
        return Raw(columns, rows[:n].astype(np.int64), broken)


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


def garbled_header(source: Source) -> list[Problem]:
    """Say so where a program has garbled a table before it came here."""
    if not (said := ungarbled(source.header)):
        return []
    message = tr(
        "the table was garbled before it came here: a program took UTF-8 for GBK and saved that "
        "(its header said {names}); export it again",
        names=", ".join(said[:5]),
    )
    return [Problem(message, file=source.name)]

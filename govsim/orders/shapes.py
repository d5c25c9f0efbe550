"""A column of strings, sorted into shapes, from which numbers are cut all at once.

Each digit of a shape is a 9. Used by `govsim.orders.times` and `govsim.orders.short_years`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Cutter = Callable[[re.Match[str], str], Ints]
"""Gives the number that a group of a layout holds, for each string of a shape."""

_EXCEL_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_JSON_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
"""How .NET writes a moment: ms since 1970."""

_IN_WORDS = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十廿]{1,3})(?=[日号])"
)
"""A date in Chinese numerals."""

_INVISIBLE = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0x00AD]
)
"""Signs without width, which copying from a web page or Windows leaves in dates."""

_DIGITS = {
    first + digit: str(digit) for first in (0x0E50, 0x0660, 0x06F0, 0x0966) for digit in range(10)
}
"""Digits of Thai and others."""

_ODD = (
    "^[='\"一二]|^/Date|[" + "".join(rf"\x{{{sign:X}}}" for sign in (*_INVISIBLE, *_DIGITS)) + "]"
)
"""Cells that need more than folding, one at a time."""

_NINES = np.arange(256, dtype=np.uint8)
_NINES[ord("0") : ord("9") + 1] = ord("9")


class Shapes:
    """A column of strings, sorted into shapes.

    Attributes
    ----------
    n : how many strings.
    text : large strings, tidied.
    offsets, bytes : int64[n + 1] and uint8, where each string begins, and all their bytes.
    """

    def __init__(self, column: pa.Array) -> None:
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        text = pc.fill_null(column.cast(pa.large_string()), "")
        self.text = _tidied(pc.utf8_trim_whitespace(text))
        self.n = len(self.text)
        self.offsets = np.frombuffer(self.text.buffers()[1], np.int64)[
            self.text.offset : self.text.offset + self.n + 1
        ]
        data = self.text.buffers()[2]
        self.bytes = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)

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

    def cutter(self, shape: str, where: Ints) -> Cutter:
        """Make a function that gives the digits of a group as int64[len(where)]."""
        starts = self.offsets[where]

        def digits(layout: re.Match[str], group: str) -> Ints:
            begin, end = (len(shape[:place].encode()) for place in layout.span(group))
            value = np.zeros(len(where), np.int64)
            for place in range(begin, end):
                value = value * 10 + (self.bytes[starts + place] - np.uint8(ord("0")))
            return value

        return digits


def _tidied(text: pa.Array) -> pa.Array:
    """Fold full-width forms and unwrap Excel's ="text", where there are any."""
    if not pc.all(pc.string_is_ascii(text)).as_py():
        text = pc.utf8_trim_whitespace(pc.utf8_normalize(text, form="NFKC"))
    odd = pc.match_substring_regex(text, _ODD)
    if not pc.any(odd).as_py():
        return text
    changed = text.filter(odd).dictionary_encode()
    folded = pa.array(map(_word, changed.dictionary.to_pylist()), pa.large_string())
    return pc.replace_with_mask(text, odd, folded.take(changed.indices))


def _word(word: str) -> str:
    word = word.translate(_INVISIBLE).translate(_DIGITS).strip()
    if found := _JSON_DATE.fullmatch(word):
        return found[1]
    word = _IN_WORDS.sub(_in_digits, word)
    if found := _EXCEL_TEXT.fullmatch(word):
        return found[1].strip()
    if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        return word[1:-1].strip()
    # Excel marks text by an apostrophe before it; '25 is a year.
    return word[1:] if re.match(r"'\d{4}", word) else word


def _in_digits(found: re.Match[str]) -> str:
    """Write a date in Chinese numerals in digits: 二〇二五年三月二十一 is 2025年3月21."""
    year = "".join(
        str("〇一二三四五六七八九".index(sign)) for sign in re.sub("[○零]", "〇", found[1])
    )
    return f"{year}年{_number(found[2])}月{_number(found[3])}"


def _number(word: str) -> int:
    """Read a Chinese number up to 99."""
    tens, ten, ones = word.replace("廿", "二十").rpartition("十")
    many = "〇一二三四五六七八九".index(tens or "一") if ten else 0
    return 10 * many + ("〇一二三四五六七八九".index(ones) if ones else 0)


def days_of(year: Ints, month: Ints, day: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Days since 1970, and whether there is such a day."""
    fair = (month >= 1) & (month <= 12) & (day >= 1)
    months = (year - 1970) * 12 + np.where(fair, month, 1) - 1
    first = months.astype("datetime64[M]")
    length = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64)
    days: Ints = first.astype("datetime64[D]").astype(np.int64) + day - 1
    return days, fair & (day <= length)

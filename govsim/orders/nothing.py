"""What exports write for "nothing", in words and in dates: one table for every column.

Rows with such cells are mostly those of open orders. To take the cell for a mistake would set
them aside, and leave a record in which nothing is open. Used by `govsim.orders.times`, for
columns of times, and by `govsim.orders.reading`, for all others.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from govsim.orders.shapes import Bools, Ints
from govsim.scenarios.units import DAY, HOUR, MINUTE

_SIGNS = ("-", "--", "---", "----", "-/-", "/", "//", "\\", "*", "**", ".", "..", "...", "?", "_")
_DASHES = ("–", "—", "——", "―", "−", "ー", "一一", "…", "……", "、", "。")
_WORDS = (
    *("null", "nil", "none", "nan", "nat", "na", "n.a.", "n.a", "n/a", "#n/a", "#na", "n/d"),
    *("nd", "s/d", "<na>", "\\n", "undefined", "missing", "blank", "empty", "nothing", "void"),
    *("not available", "not applicable", "not set", "not given", "not recorded", "no data"),
    *("no date", "no value", "not specified", "unspecified", "tbd", "tba", "tbc"),
    *("k.a.", "k. a.", "ka", "keine", "keine angabe", "keine angaben", "leer", "entfällt"),
    *("nicht vorhanden", "nulo", "ninguno", "ninguna", "vacío", "sin datos", "sin fecha"),
    *("no aplica", "无", "無", "空", "空白", "空值", "暂无", "暫無", "暂无数据", "无数据", "没有"),
    *("未填", "未填写", "未录入", "未登记", "缺失", "不详", "不適用", "不适用", "待定", "尚无"),
    *("なし", "無し", "ナシ", "未入力", "未定", "該当なし", "不明", "없음", "없슴", "미정"),
    *("해당없음", "해당 없음", "미입력", "ไม่มี", "ไม่ระบุ", "ไม่มีข้อมูล", "ยังไม่ระบุ"),
)
_BRACKETS = (("(", ")"), ("[", "]"), ("<", ">"), ("{", "}"), ('"', '"'), ("'", "'"))


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).lower()


@cache
def nothings() -> frozenset[str]:
    """Give all forms of "nothing" in words: in lower case, of normal width, spaces cut off."""
    bare = {"", *_SIGNS, *_DASHES, *map(_folded, _WORDS), *map(_folded, _DASHES)}
    wrapped = {f"{left}{word}{right}" for word in bare for left, right in _BRACKETS}
    return frozenset(bare | wrapped)


def is_nothing(word: str) -> bool:
    """Whether a word stands for nothing."""
    return _folded(word).strip() in nothings()


def nothing(text: pa.Array) -> pa.Array:
    """Say which cells of a column of text stand for nothing.

    Parameters
    ----------
    text : large strings without null.
    """
    # Most columns are ASCII, where folding the width changes nothing.
    if not pc.all(pc.string_is_ascii(text)).as_py():
        text = pc.utf8_normalize(text, form="NFKC")
    folded = pc.utf8_lower(pc.utf8_trim_whitespace(text))
    return pc.is_in(folded, value_set=pa.array(sorted(nothings()), pa.large_string()))


# ------------------------------------------------------------------ dates

OLD_YEARS = (0, 1, 1899, 1900)
"""Years of which every date stands for none: 0000-00-00, .NET's 0001, Excel's 1900-01-00."""

FAR = 2900
"""Years from here on stand for "never": 2999, 9999."""

EDGE = 2035
"""From this year on, the first and the last day of a year, at midnight, stand for "never"."""

_FIRST_DAYS = tuple(
    int(np.datetime64(day, "D").astype(np.int64))
    for day in (
        *("1582-10-15", "1601-01-01", "1753-01-01", "1858-11-17", "1904-01-01", "1980-01-01"),
        # Second 0 of Unix, as any zone shows it: 1970-01-01 08:00 in China.
        *("1969-12-31", "1970-01-01", "1970-01-02"),
    )
)
"""Days on which calendars of programs begin."""

_LAST_DAYS = tuple(
    int(np.datetime64(day, "D").astype(np.int64))
    for day in ("2038-01-19", "2079-06-06", "2099-09-09", "2222-02-22", "2262-04-11")
)
"""Days on which calendars of programs end, or that clerks choose for "never"."""


def is_edge(ms: Ints) -> Bools:
    """Say which moments begin or end a year; whole hours, as a zone may have moved midnight."""
    days = ms // DAY
    of_year = _days_of_year(days)
    to_next = _days_of_year(days + 1)
    into_hour = ms % HOUR
    midnight = (into_hour == 0) | (into_hour >= 59 * MINUTE)
    edge: Bools = ((of_year == 0) | (to_next == 0)) & midnight
    return edge


def is_no_date(ms: Ints) -> Bools:
    """Say which moments, local ms since 1970, stand for "none" or "never"."""
    days = ms // DAY
    year = ms.astype("datetime64[ms]").astype("datetime64[Y]").astype(np.int64) + 1970
    never: Bools = (
        np.isin(year, OLD_YEARS)
        | (year >= FAR)
        | np.isin(days, (*_FIRST_DAYS, *_LAST_DAYS))
        | ((year >= EDGE) & is_edge(ms))
    )
    return never


def _days_of_year(days: Ints) -> Ints:
    dates = days.astype("datetime64[D]")
    first = dates.astype("datetime64[Y]").astype("datetime64[D]")
    of_year: Ints = (dates - first).astype(np.int64)
    return of_year

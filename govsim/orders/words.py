"""Words that exports use for yes and no, and nowhere, and how words are folded.

Used by `govsim.orders.reading`, to understand cells, and by `govsim.orders.proposing`, to
recognise columns.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from govsim.orders.spelling import simplified

YES_WORDS = (
    *("是", "有", "对", "重复", "重复件", "满意", "非常满意", "基本满意", "较满意", "比较满意"),
    *("yes", "y", "true", "t", "1", "satisfied", "repeat", "duplicate", "repeated", "√", "✓"),
    *("si", "sí", "ja", "oui", "sim", "はい", "예", "네", "ใช่", "已重复", "重复诉求", "重复工单"),
)
NO_WORDS = (
    *("否", "无", "没有", "非重复", "首次", "首件", "不满意", "非常不满意", "不太满意"),
    *("no", "n", "false", "f", "0", "not satisfied", "unsatisfied", "dissatisfied", "first"),
    *("nein", "non", "não", "いいえ", "아니오", "아니요", "ไม่ใช่", "×", "✗", "不重复", "首次诉求"),
)
NEITHER_WORDS = (
    *("未评价", "未回访", "无法联系", "未接通", "不评价", "一般", "unknown", "neutral"),
)
"""Words for neither, beside those for nothing, which are `govsim.orders.nothing`'s."""

NOWHERE = frozenset(
    (
        *("未知", "不详", "未知位置", "其他", "无", "未定位", "默认", "待核实", "暂无", "空", "-"),
        *("unknown", "unspecified", "n/a", "none", "null", "not available", "0", "default"),
    )
)
"""Places that are none."""


def fold(word: object) -> str:
    """Fold a word: width, case and spaces don't matter."""
    return " ".join(unicodedata.normalize("NFKC", str(word)).lower().split())


def bare(word: str) -> str:
    """Take accents off letters; other scripts keep their marks."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    kept = "".join(sign for sign in parts if not 0x300 <= ord(sign) <= 0x36F)
    return unicodedata.normalize("NFC", kept)


def plain(name: object) -> str:
    """Fold the name of a column: neither do underscores, hyphens, and a remark in brackets."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", str(name)))
    folded = re.sub(r"\s*[(\[（].*[)\]）]$", "", spaced.strip().lower())
    return simplified(re.sub(r"[\s_\-/、·.:]+", "", folded))


NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
"""A cell that is a number, and nothing else."""


@cache
def answers() -> dict[str, bool | None]:
    """Say which words mean yes, no, or neither."""
    said: dict[str, bool | None] = dict.fromkeys(map(fold, NEITHER_WORDS))
    said |= dict.fromkeys(map(fold, YES_WORDS), True)
    return said | dict.fromkeys(map(fold, NO_WORDS), False)

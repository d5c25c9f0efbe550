"""Words that exports use: for columns, for open and closed, yes and no, and nowhere.

Used by `govsim.orders.reading`, to understand cells, and by `govsim.orders.proposing`, to
recognise columns.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from govsim.orders.mapping import CLOSED, OPEN

CLOSED_WORDS = (
    *("已结案", "结案", "已办结", "办结", "已关闭", "关闭", "已完成", "完成", "已归档", "归档"),
    *("已销案", "已处置", "已解决", "已回访", "已评价", "已答复"),
    *("closed", "close", "completed", "complete", "resolved", "done", "archived"),
)
OPEN_WORDS = (
    *("未结案", "待结案", "处置中", "处理中", "办理中", "待处置", "待处理", "待派遣", "待立案"),
    *("待受理", "已受理", "已立案", "已派遣", "已派单", "派遣中", "待核查", "核查中", "待回访"),
    *("待办", "在办", "未办结", "进行中", "挂账", "已延期", "延期", "退回", "未完成", "待办结"),
    *("open", "in progress", "pending", "assigned", "started", "new", "unassigned", "reopened"),
)
YES_WORDS = (
    *("是", "有", "对", "重复", "重复件", "满意", "非常满意", "基本满意", "较满意", "比较满意"),
    *("yes", "y", "true", "t", "1", "satisfied", "repeat", "duplicate"),
)
NO_WORDS = (
    *("否", "无", "没有", "非重复", "首次", "首件", "不满意", "非常不满意", "不太满意"),
    *("no", "n", "false", "f", "0", "not satisfied", "unsatisfied", "dissatisfied", "first"),
)
NEITHER_WORDS = (
    *("", "-", "--", "/", "未评价", "未回访", "无法联系", "未接通", "不评价", "一般"),
    *("null", "none", "nan", "n/a", "unknown", "neutral"),
)
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


def plain(name: object) -> str:
    """Fold the name of a column: neither do underscores, hyphens, and a remark in brackets."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", str(name)))
    folded = re.sub(r"\s*[(\[（].*[)\]）]$", "", spaced.strip().lower())
    return re.sub(r"[\s_\-/、·.:]+", "", folded)


@cache
def default_statuses() -> dict[str, str]:
    """Say which words mean open and closed."""
    return dict.fromkeys(map(fold, OPEN_WORDS), OPEN) | dict.fromkeys(
        map(fold, CLOSED_WORDS), CLOSED
    )


def means_open(word: str) -> bool:
    """Whether a word says that something is not over."""
    return default_statuses().get(fold(word)) == OPEN


@cache
def answers() -> dict[str, bool | None]:
    """Say which words mean yes, no, or neither."""
    said: dict[str, bool | None] = dict.fromkeys(map(fold, NEITHER_WORDS))
    said |= dict.fromkeys(map(fold, YES_WORDS), True)
    return said | dict.fromkeys(map(fold, NO_WORDS), False)

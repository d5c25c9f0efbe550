"""The measures by name: what each is called in both languages, its unit, which way is better.

Read by everything that shows measures; `govsim.measures` computes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["share", "count", "time", "money", "rate"]
Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Measure:
    """What a reader must know of a measure."""

    name: str
    label: Text
    unit: Text
    kind: Kind
    better: Better | None = None


_SHARE, _NONE = Text("%", "%"), Text("", "")
_YUAN, _HOURS, _MIN = Text("元/年", "yuan a year"), Text("小时", "h"), Text("分钟", "min")
# ruff: noqa: E501 - a table is read by its rows
_MEASURES: list[tuple[str, str, str, Text, Kind, Better | None]] = [
    ("compliance_scene", "到场达标率", "On the scene in time", _SHARE, "share", "higher"),
    ("compliance_solve", "简单问题解决达标率", "Simple problems solved in time", _SHARE, "share", "higher"),
    ("compliance_reply", "回复达标率", "Replied in time", _SHARE, "share", "higher"),
    ("n_scene", "适用到场时限的诉求", "Demands under clock 1", Text("件", "demands"), "count", None),
    ("n_solve", "适用解决时限的诉求", "Demands under clock 2", Text("件", "demands"), "count", None),
    ("n_reply", "适用回复时限的诉求", "Demands under clock 3", Text("件", "demands"), "count", None),
    ("residents", "居民", "Residents", Text("人", "residents"), "count", None),
    ("demands", "发生的问题", "Problems that arose", Text("件", "demands"), "count", None),
    ("reported", "居民上报", "Reported by residents", Text("件", "demands"), "count", None),
    ("found_share", "案件中巡查走访发现占比", "Share of cases that staff found first", _SHARE, "share", "higher"),
    ("found_on_visits_share", "入户走访发现占比", "Found on home visits", _SHARE, "share", None),
    ("repeat_report_share", "重复诉求占比", "Reported more than once", _SHARE, "share", "lower"),
    ("satisfaction", "满意率", "Satisfied at the close", _SHARE, "share", "higher"),
    ("open_at_end", "期末未结", "Open at the end", Text("件", "demands"), "count", "lower"),
    ("orders", "12345工单", "12345 orders", Text("件", "orders"), "count", "lower"),
    ("orders_per_1000", "每千人每年12345工单", "12345 orders per 1,000 residents a year",
     Text("件/千人·年", "per 1,000 a year"), "rate", "lower"),
    ("orders_overdue_share", "工单超期率", "Orders past their limit", _SHARE, "share", "lower"),
    ("orders_repeated_share", "工单重复率", "Repeated orders", _SHARE, "share", "lower"),
    ("scene_minutes_mean", "到场用时均值", "Time to the scene, mean", _MIN, "time", "lower"),
    ("scene_minutes_median", "到场用时中位数", "Time to the scene, median", _MIN, "time", "lower"),
    ("scene_minutes_p90", "到场用时90%分位", "Time to the scene, 90%", _MIN, "time", "lower"),
    ("scene_minutes_p95", "到场用时95%分位", "Time to the scene, 95%", _MIN, "time", "lower"),
    ("solve_hours_mean", "解决用时均值", "Time to solve, mean", _HOURS, "time", "lower"),
    ("solve_hours_median", "解决用时中位数", "Time to solve, median", _HOURS, "time", "lower"),
    ("solve_hours_p90", "解决用时90%分位", "Time to solve, 90%", _HOURS, "time", "lower"),
    ("solve_hours_p95", "解决用时95%分位", "Time to solve, 95%", _HOURS, "time", "lower"),
    ("reply_hours_mean", "回复用时均值", "Time to reply, mean", _HOURS, "time", "lower"),
    ("reply_hours_median", "回复用时中位数", "Time to reply, median", _HOURS, "time", "lower"),
    ("reply_hours_p90", "回复用时90%分位", "Time to reply, 90%", _HOURS, "time", "lower"),
    ("reply_hours_p95", "回复用时95%分位", "Time to reply, 95%", _HOURS, "time", "lower"),
    ("waiting_minutes_mean", "等待派出均值", "Wait for a crew, mean", _MIN, "time", "lower"),
    ("queue_length", "平均排队数", "Jobs waiting, mean", Text("件", "jobs"), "count", "lower"),
    ("utilisation", "利用率", "Utilisation", _SHARE, "share", None),
    ("overtime_hours", "加班工时", "Overtime", _HOURS, "time", "lower"),
    ("helper_hours", "帮办工时", "Helper hours", _HOURS, "time", None),
    ("worst_tenth", "最差一成社区的到场达标率", "On the scene in time, worst tenth of communities",
     _SHARE, "share", "higher"),
    ("gini", "到场达标率的基尼系数", "Gini coefficient of being on the scene in time", _NONE, "rate", "lower"),
    ("cost", "总成本", "Cost", _YUAN, "money", "lower"),
    ("cost_staff", "人员成本", "Staff", _YUAN, "money", "lower"),
    ("cost_overtime", "加班成本", "Overtime cost", _YUAN, "money", "lower"),
    ("cost_helpers", "帮办成本", "Helpers", _YUAN, "money", "lower"),
    ("cost_stations", "点站成本", "Point stations", _YUAN, "money", "lower"),
    ("cost_orders", "工单成本", "12345 orders, cost", _YUAN, "money", "lower"),
    ("staff_hours", "在岗工时", "Staff hours", Text("小时/年", "h a year"), "time", None),
]  # fmt: skip

CATALOGUE: dict[str, Measure] = {
    name: Measure(name, Text(zh, en), unit, kind, better)
    for name, zh, en, unit, kind, better in _MEASURES
}
"""Every measure, in the order in which tables show them."""

FLOWS = frozenset(
    {"demands", "reported", "orders", "n_scene", "n_solve", "n_reply"}
    | {"overtime_hours", "helper_hours"}
)
"""Measures that add up over time: how much depends on how long was measured."""

BY_YEAR = frozenset(
    {"orders_per_1000", "staff_hours"} | {one for one in CATALOGUE if one.split("_")[0] == "cost"}
)
"""Measures that are amounts a year, however long was measured."""

YEARLY, WEEKLY = "year", "week"


def per(measure: str, length: str) -> str:
    """Say what a value is an amount of, or per.

    Every file with values of measures has this as its column ``per``, since what adds up over
    time stands as it was counted in some of them and as an amount a year in others.

    Parameters
    ----------
    measure : its name.
    length : what those that add up are given for: `days`, `YEARLY` or `WEEKLY`.

    Returns
    -------
    str
        Such as ``336 days`` or ``year``; empty for shares, times and what was there at once.
    """
    if measure in FLOWS:
        return length
    return YEARLY if measure in BY_YEAR else ""


def days(measured: float) -> str:
    """Write how many days were counted."""
    return f"{measured:g} days"

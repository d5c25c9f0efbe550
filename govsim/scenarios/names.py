"""Names in a scenario as planners write them: 物业人员 for a team, 白班 for a shift.

Keys and words of a scenario are short and English (``property_management``, ``day``); a planner
knows their labels. `Names` knows both, and brings a tree of nodes to keys before files are merged
and before the schema reads it. Used by `govsim.scenarios.merging`, and for tables of rosters.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from govsim.errors import Problem
from govsim.language import tr
from govsim.scenarios import shape
from govsim.scenarios.documents import Key, Node
from govsim.scenarios.units import nearest

if TYPE_CHECKING:
    import pandas as pd

HOLDERS = {
    "team": ("teams",),
    "group": ("groups",),
    "channel": ("channels",),
    "category": ("demand", "categories"),
    "department": ("departments",),
    "shift": ("calendar", "shifts"),
    "mode": ("travel", "speeds"),
}
"""Where the names of each kind are given."""

Kinds = dict[tuple[int, str], list[tuple[tuple[str, ...], str]]]
"""Kinds of names by their path, which is found by its length and its beginning."""


def _by_beginning(kinds: Mapping[tuple[str, ...], str]) -> Kinds:
    found: Kinds = {}
    for path, kind in kinds.items():
        found.setdefault((len(path), path[0]), []).append((path, kind))
    return found


KEYS = _by_beginning(
    {
        **{(*path, "*"): kind for kind, path in HOLDERS.items()},
        ("teams", "*", "roster", "*"): "shift",
        ("teams", "*", "roster_at", "*", "*"): "shift",
        ("teams", "*", "free_in_shift", "*"): "shift",
        ("teams", "*", "speed", "*"): "category",
        ("desk", "rosters", "*", "*"): "shift",
        ("centre", "roster", "*"): "shift",
        ("changes", "*", "roster", "*"): "shift",
        ("groups", "*", "crew", "*"): "team",
        ("groups", "*", "handover", "*"): "group",
    }
)
"""Keys that are names of a kind, by their path."""

VALUES = _by_beginning(
    {
        ("demand", "categories", "*", "group"): "group",
        ("demand", "categories", "*", "department"): "department",
        ("demand", "surges", "*", "categories", "*"): "category",
        ("channels", "*", "if_closed"): "channel",
        ("groups", "*", "teams", "*"): "team",
        ("teams", "*", "mode"): "mode",
        ("patrol", "team"): "team",
        ("changes", "*", "team"): "team",
    }
)
"""Values that are names of a kind."""

OTHERS: dict[str, dict[str, tuple[str, ...]]] = {
    "shift": {
        **dict.fromkeys(("白班", "日班", "白天", "白天班"), ("day",)),
        **dict.fromkeys(("夜班", "夜间", "大夜班"), ("night",)),
        "早班": ("morning", "early", "day"),
        "中班": ("afternoon", "middle", "evening"),
        "晚班": ("evening", "late", "night"),
    },
    "mode": {
        "步行": ("walking",),
        **dict.fromkeys(("电动车", "电瓶车", "电动自行车"), ("e-bike",)),
        **dict.fromkeys(("汽车", "小汽车", "开车"), ("car",)),
    },
    "channel": {"等待": ("wait",), "等开放": ("wait",)},
    "team": {
        **dict.fromkeys(("前台", "接待前台"), ("desk",)),
        "12345中心": ("centre",),
    },
}
"""Chinese for names without a label, with the keys that it may stand for, the likeliest first."""

WORDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("点站",), ("point_station",)),
    **dict.fromkeys(("网格工作站", "工作站"), ("workstation",)),
    **dict.fromkeys(("社区便民服务中心", "便民服务中心"), ("community_office",)),
    "社区": ("community_office", "community"),
    "工作日": ("workday", "workdays"),
    **dict.fromkeys(("周末", "双休日"), ("weekend",)),
    **dict.fromkeys(("节假日", "法定节假日"), ("holiday",)),
    **dict.fromkeys(("每天", "每日", "天天"), ("daily",)),
    **dict.fromkeys(("大型小区", "大型"), ("large",)),
    **dict.fromkeys(("老旧小区", "老旧"), ("old",)),
    **dict.fromkeys(("安置小区", "安置房"), ("resettlement",)),
    **dict.fromkeys(("商品房小区", "商品房"), ("commercial",)),
    **dict.fromkeys(("农村", "村庄"), ("rural",)),
    "前台": ("desk",),
    "直接": ("direct",),
    **dict.fromkeys(("中心", "12345中心"), ("centre",)),
    **dict.fromkeys(("受理完毕后", "受理后"), ("after intake",)),
    **dict.fromkeys(("问清地点即派", "立即"), ("at once",)),
    **dict.fromkeys(("办完", "做完"), ("finish",)),
    **dict.fromkeys(("换班", "接班"), ("relief",)),
    **dict.fromkeys(("移交", "交接"), ("hand over",)),
    **dict.fromkeys(("分开", "分别排队"), ("separate",)),
    **dict.fromkeys(("共用", "合并排队"), ("pooled",)),
    "按队伍先后": ("order",),
    **dict.fromkeys(("最快到场", "最快到的先去"), ("soonest",)),
    **dict.fromkeys(("先来先办", "先到先办"), ("arrival",)),
    **dict.fromkeys(("按时限", "先到期先办"), ("due",)),
    "中国": ("china",),
    "无": ("none",),
    **dict.fromkeys(("全区", "区"), ("district",)),
    "街道": ("street",),
    "随机": ("random",),
    "公布": ("published",),
    **dict.fromkeys(("推算", "推断"), ("inferred",)),
    "假设": ("assumed",),
    "校准": ("calibrated",),
    "给定": ("given",),
}
"""Chinese for the words of the schema, likewise."""

FIELDS: dict[str, tuple[str, ...]] = {
    "名称": ("label", "name"),
    "问题": ("question",),
    "开始日期": ("start",),
    "时长": ("horizon", "time", "lasts"),
    "预热期": ("warm_up",),
    "重复次数": ("replications",),
    "随机种子": ("seed",),
    "置信水平": ("confidence",),
    "地域": ("territory",),
    "日历": ("calendar",),
    "班次": ("shifts",),
    **dict.fromkeys(("诉求", "需求"), ("demand",)),
    "类别": ("categories",),
    **dict.fromkeys(("水平", "诉求水平"), ("level",)),
    "发生率": ("rate",),
    "优先级": ("priority",),
    "渠道": ("channels",),
    "居民": ("residents",),
    "前台": ("desk",),
    **dict.fromkeys(("排班", "在岗人数"), ("roster", "rosters")),
    **dict.fromkeys(("分点排班", "各类点排班"), ("roster_at",)),
    "工作组": ("groups", "group"),
    "队伍": ("teams", "team"),
    **dict.fromkeys(("路程", "出行"), ("travel",)),
    **dict.fromkeys(("部门", "职能部门"), ("departments", "department")),
    "联席会议": ("joint_meeting",),
    **dict.fromkeys(("帮办员", "宁帮"), ("helpers",)),
    "巡查": ("patrol",),
    "入户走访": ("home_visits",),
    **dict.fromkeys(("12345中心", "中心"), ("centre",)),
    "承诺": ("promises",),
    "规则": ("policies",),
    **dict.fromkeys(("费用", "成本"), ("costs", "cost")),
    "点站": ("point_stations",),
    "网格": ("grids",),
    **dict.fromkeys(("启用", "开启"), ("enabled",)),
    "到场": ("scene",),
    "解决": ("solve",),
    "回复": ("reply",),
}
"""Chinese for keys of the schema that planners change most."""

CHINESE = {
    **{"day": "白班", "night": "夜班", "morning": "早班", "afternoon": "中班", "evening": "晚班"},
    **{"walking": "步行", "e-bike": "电动车", "car": "汽车", "desk": "前台", "wait": "等待"},
    **{
        "point_station": "点站",
        "workstation": "网格工作站",
        "community_office": "社区便民服务中心",
        "centre": "12345中心",
    },
}
"""Names without a label, as a planner would write them."""

YES = frozenset(("是", "开", "启用", "有"))
NO = frozenset(("否", "关", "停用", "不启用"))


def plain(word: object) -> str:
    """Fold a name: width, case and spaces don't matter."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(word)).lower())


def near_chinese(word: str, known: Iterable[str]) -> str:
    """Give the name most like a Chinese word, or "": of two signs one may be another."""
    known = list(known)
    return nearest(word, known) or next(iter(difflib.get_close_matches(word, known, 1, 0.5)), "")


@dataclass
class Names:
    """What is called how in a scenario.

    Attributes
    ----------
    keys : by kind, the keys that there are.
    labels : by kind, keys by their folded labels, Chinese and English; those of two are none.
    """

    keys: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    chinese: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, *trees: Node) -> Names:
        """Gather the names of trees; what the first says of a label goes before the others."""
        found = cls()
        for later, tree in enumerate(trees):
            earlier = set(found.keys)
            for kind, path in HOLDERS.items():
                node: Node | None = tree
                for key in path:
                    node = None if node is None else (node.mapping or {}).get(key)
                for key, entry in ((node.mapping if node else None) or {}).items():
                    label = (entry.mapping or {}).get("label")
                    if later and kind in ("shift", "mode"):
                        # Where there are some already, 白班 is another word for one of them.
                        known = found.key(kind, key) == key or kind not in earlier
                    else:  # without a label of its own it changes one that is there
                        known = not later or label is not None
                    if known:
                        found._add(kind, key, label)
        return found

    def _add(self, kind: str, key: str, label: Node | None) -> None:
        keys = self.keys.setdefault(kind, [])
        if key not in keys:
            keys.append(key)
        if label is None:
            return
        parts = label.mapping
        words = [label.value] if parts is None else [node.value for node in parts.values()]
        labels = self.labels.setdefault(kind, {})
        for word in words:
            if isinstance(word, str):
                labels.setdefault(plain(word), key)
                if not word.isascii():
                    self.chinese.setdefault(kind, {}).setdefault(key, word)

    def key(self, kind: str, word: str) -> str:
        """Give the key that a word means; the word itself where it is one, or means none."""
        keys = self.keys.get(kind, [])
        if word in keys:
            return word
        folded = plain(word)
        if (labelled := self.labels.get(kind, {}).get(folded)) is not None:
            return labelled
        others = OTHERS.get(kind, {}).get(folded, ())
        if kind in ("channel", "team") and others:
            return others[0]
        # Where no names of this kind are written, the schema's own hold: those that come first.
        return next((key for key in others if key in keys or not keys), word)

    def shown(self, kind: str) -> list[str]:
        """Give the names of a kind as a Chinese planner would write them."""
        known = self.chinese.get(kind, {})
        return [known.get(key) or CHINESE.get(key, key) for key in self.keys.get(kind, [])]

    def near(self, kind: str, word: str) -> str:
        """Give the name most like a Chinese word, or ""."""
        return "" if word.isascii() else near_chinese(word, self.shown(kind))


def kind_at(path: Iterable[Key], table: Kinds) -> str:
    """Say of which kind the names at a path are; "" where none stand."""
    keys = tuple(map(str, path))
    for pattern, kind in table.get((len(keys), keys[0]), ()) if keys else ():
        if all(p in ("*", key) for p, key in zip(pattern, keys, strict=True)):
            return kind
    return ""


def key_here(word: str, places: shape.Types, path: tuple[Key, ...], names: Names) -> str:
    """Give the key that a planner's word means at a place; `path` leads to it, itself left out."""
    if kind := kind_at((*path, word), KEYS):
        return names.key(kind, word)
    known = shape.keys(places)
    if word in known:
        return word
    folded = plain(word)
    meant = (*WORDS.get(folded, ()), *FIELDS.get(folded, ()))
    return next((key for key in meant if key in known), word)


@dataclass
class Canonical:
    """Brings a tree to keys; what is wrong on the way goes to `problems`."""

    names: Names
    top: shape.Types
    problems: list[Problem] = field(default_factory=list)

    def tree(self, node: Node, places: shape.Types, path: tuple[Key, ...] = ()) -> Node:
        """Rename the keys of a block, and the words in it."""
        if node.mapping is not None:
            return Node(self._entries(node.mapping, places, path), node.origin)
        if node.sequence is not None:
            items = [
                self.tree(item, shape.below(places, i), (*path, i))
                for i, item in enumerate(node.sequence)
            ]
            return Node(items, node.origin)
        if isinstance(node.value, str):
            return Node(self._value(node.value, places, path), node.origin)
        return node

    def _entries(
        self, entries: dict[str, Node], places: shape.Types, path: tuple[Key, ...]
    ) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for word, entry in entries.items():
            if path == ("evidence",):
                key = ".".join(in_keys(split(word), self.top, self.names))
            else:
                key = key_here(word, places, path, self.names)
            self._misspelt(word, key, entry, path)
            if (key != word and key in entries) or key in found:
                message = tr(
                    "“{word}” means “{key}”, which stands here already", word=word, key=key
                )
                at = entry.origin
                self.problems.append(Problem(message, ".".join(map(str, path)), at.file, at.line))
                continue
            found[key] = self.tree(entry, shape.below(places, key), (*path, key))
        return found

    def _misspelt(self, word: str, key: str, entry: Node, path: tuple[Key, ...]) -> None:
        """Say that a part is not there, where one is changed that is called nearly so."""
        kind = kind_at((*path, word), KEYS)
        if not kind or key != word or word in self.names.keys.get(kind, []):
            return
        own = "label" in (entry.mapping or {})  # a new part has a label of its own
        if path == HOLDERS[kind] and (own or kind in ("shift", "mode")):
            return
        if near := self.names.near(kind, word):
            at, where = entry.origin, ".".join(map(str, (*path, word)))
            self.problems.append(
                Problem(unknown(word, self.names, kind), where, at.file, at.line, near)
            )

    def _value(self, word: str, places: shape.Types, path: tuple[Key, ...]) -> object:
        if kind := kind_at(path, VALUES):
            return self.names.key(kind, word)
        allowed = shape.literals(places)
        folded = plain(word)
        if allowed and word not in allowed:
            return next((key for key in WORDS.get(folded, ()) if key in allowed), word)
        if bool in places and folded in YES | NO:
            return folded in YES
        return word


def split(text: str) -> list[str]:
    """Split a dotted path; full-width signs will do."""
    return [word.strip() for word in re.split(r"[.。]", unicodedata.normalize("NFKC", text))]


def in_keys(words: Iterable[str], top: shape.Types, names: Names) -> list[str]:
    """Bring a path from the top of a scenario to keys; what means none stays."""
    path: list[str] = []
    places = top
    for word in words:
        key = key_here(word, places, tuple(path), names)
        path.append(key)
        places = shape.below(places, key)
    return path


def unknown(word: str, names: Names, kind: str) -> str:
    """Say that there is no part of a name."""
    return tr(
        "there is nothing called “{word}” here; known here: {known}",
        word=word,
        known="、".join(names.shown(kind)) or tr("none"),
    )


def rosters_in_keys(
    frame: pd.DataFrame, teams: Mapping[str, Any], shifts: Iterable[str]
) -> pd.DataFrame:
    """Bring the teams and shifts of a table of rosters to the keys of a scenario.

    Parameters
    ----------
    frame : with ``team`` and ``shift``.
    teams : labelled, by their keys.
    shifts : keys.
    """
    names = Names({"team": list(teams), "shift": list(shifts)})
    spelled = names.labels.setdefault("team", {})
    for key, team in teams.items():
        for word in (team.label.zh, team.label.en):
            spelled.setdefault(plain(word), key)
    changed = frame.copy()
    for kind in ("team", "shift"):
        if kind in changed:
            changed[kind] = [names.key(kind, str(word)) for word in changed[kind]]
    return changed

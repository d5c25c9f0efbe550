"""Proposes a mapping for a table, from the names of its columns and from what is in them.

Columns whose names speak of people (names, telephones, addresses, what was said) are not even
opened. Called by ``govsim inspect``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ruamel.yaml import YAML

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.events import recognised
from govsim.orders.mapping import (
    IDENTITIES,
    TIMES,
    Columns,
    Mapping,
    Values,
)
from govsim.orders.matching import MATCHED, like, parts_of, spellings
from govsim.orders.nothing import is_nothing
from govsim.orders.sources import Source
from govsim.orders.states import state_of
from govsim.orders.times import Kind, parse
from govsim.orders.words import plain

if TYPE_CHECKING:
    from govsim.scenarios.schema import Scenario

SAMPLE = 5000
"""Rows from the beginning that are looked at."""

MOST_WORDS = 500
"""Different words, at most, in a column of words."""

NAMES: dict[str, tuple[str, ...]] = {
    "order": (
        *("案件号", "案件编号", "工单编号", "工单号", "任务号", "受理编号", "事件编号", "编号"),
        *(
            "工单id",
            "案件id",
            "台账编号",
            "ledger id",
            "order",
            "order id",
            "case id",
            "case number",
            "case enquiry id",
        ),
        *(
            "unique key",
            "service request id",
            "service request number",
            "sr number",
            "ticket",
            "id",
        ),
    ),
    "created": (
        *("上报时间", "创建时间", "来电时间", "反映时间", "登记时间", "诉求时间", "发生时间"),
        *("投诉时间", "工单创建时间", "created", "created date", "created at", "open dt", "opened"),
        *("open date", "opened date", "requested datetime", "reported", "report time", "toc"),
    ),
    "accepted": ("立案时间", "受理时间", "接单时间", "accepted", "accepted at", "acknowledged"),
    "dispatched": (
        *("派遣时间", "派单时间", "派发时间", "交办时间", "转派时间", "分派时间", "下派时间"),
        *("dispatched", "dispatch time", "assigned date", "assigned at", "ord"),
    ),
    "departed": ("出发时间", "出动时间", "departed", "en route", "mobile", "mob"),
    "scene": ("到场时间", "到达时间", "到达现场时间", "on scene", "scene", "arrived", "ia"),
    "resolved": (
        *("处置结束时间", "处置完成时间", "处置时间", "办理完成时间", "处理完成时间", "完成时间"),
        *(
            "解决时间",
            "反馈时间",
            "resolved",
            "resolved date",
            "completed",
            "completed date",
            "mav",
        ),
    ),
    "replied": ("回复时间", "答复时间", "回访时间", "replied", "reply time", "answered"),
    "closed": (
        *("结案时间", "办结时间", "归档时间", "关闭时间", "closed", "closed date", "closed dt"),
        *("closed at", "close date", "cd"),
    ),
    "due": (
        *(
            "处置截止时间",
            "截止时间",
            "办理时限",
            "处置时限",
            "要求完成时间",
            "应办结时间",
            "到期时间",
        ),
        *("due", "due date", "target dt", "target date", "sla due date", "expected datetime"),
    ),
    "channel": (
        *("问题来源", "案件来源", "来源", "诉求来源", "工单来源", "受理渠道", "来电渠道", "渠道"),
        *("channel", "open data channel type", "source", "origin", "method received"),
    ),
    "category": (
        *(
            "大类名称",
            "案件大类",
            "问题大类",
            "大类",
            "诉求类别",
            "案件类型",
            "问题类型",
            "诉求类型",
        ),
        *(
            "类别",
            "小类名称",
            "category",
            "complaint type",
            "reason",
            "type",
            "case type",
            "service name",
        ),
    ),
    "place": (
        *("网格", "网格编号", "所属网格", "社区", "社区名称", "所属社区", "街道", "街道名称"),
        *(
            "所属街道",
            "镇街",
            "区域",
            "grid",
            "community",
            "street",
            "neighborhood",
            "neighbourhood",
        ),
        *("district", "borough", "ward", "station name"),
    ),
    "status": (
        *("案件状态", "工单状态", "办理状态", "处理状态", "当前状态", "状态", "当前阶段"),
        *("status", "case status", "state"),
    ),
    "parent": (
        "父案件号",
        "原工单编号",
        "关联工单",
        "关联案件号",
        "主工单编号",
        "parent",
        "parent id",
    ),
    "demand": ("诉求编号", "demand", "demand id"),
    "repeat": ("是否重复", "重复件", "是否重复件", "是否重复诉求", "repeat", "duplicate"),
    "satisfied": (
        *("是否满意", "满意度", "回访满意度", "满意情况", "评价结果", "回访结果", "满意评价"),
        *("satisfied", "satisfaction", "satisfaction rating"),
    ),
    "place_unknown": ("loc is cityhall default", "place unknown", "是否默认位置"),
    "longitude": ("经度", "longitude", "lon", "lng"),
    "latitude": ("纬度", "latitude", "lat"),
    "date": ("日期", "date"),
}
"""Names of columns by field, the likeliest first; `govsim.orders.words.plain` folds them."""

PERSONAL = re.compile(
    r"姓名|人$|人员|联系|电话|手机|号码|身份|住址|地址|内容|描述|备注|标题|详情|邮箱|微信号|"
    r"phone|mobile\s*n|address|e-?mail|contact|caller|complainant|applicant|citizen|owner|"
    r"first.?name|last.?name|full.?name|descri|detail|comment|note|text|title|photo|url",
    re.IGNORECASE,
)
"""Names of columns that may hold something of a person; they are not opened."""


@dataclass(frozen=True)
class Proposal:
    """A mapping to be looked over by the planner.

    Attributes
    ----------
    mapping : the proposal.
    unread : columns that it leaves out.
    unmatched : by field, words without a counterpart: channels and categories that the
        scenario doesn't have, states that are not known to be open or closed.
    """

    mapping: Mapping
    unread: tuple[str, ...]
    unmatched: Table[str, tuple[str, ...]]


def propose(
    source: Source, given: Mapping | None = None, scenario: Scenario | None = None
) -> Proposal:
    """Propose a mapping.

    Parameters
    ----------
    source : the table.
    given : its sheet, table or query, if that had to be told; kept.
    scenario : whose channels and categories the words are to be matched with.

    Raises
    ------
    InputError
        No column holds times of creation.
    """
    named = [name for name in source.header if name and source.header.count(name) == 1]
    opened = [name for name in named if not PERSONAL.search(name)]
    sample = source.read(opened, SAMPLE).columns if opened else {}
    kinds = {name: _Content.of(cells) for name, cells in sample.items()}
    columns = _by_names(kinds)
    if "created" not in columns and "date" in columns and kinds[columns["date"]].of_day < 0.5:
        # With times beside it a date would be a part of them; alone it is when all began.
        columns["created"] = columns.pop("date")
    if "created" not in columns:
        _by_content(columns, kinds)
    _several(columns, sample, kinds)
    if "created" not in columns and "accepted" in columns:
        # A hotline takes an order down when it accepts it.
        columns["created"] = columns.pop("accepted")
    if "created" not in columns:
        message = tr(
            "no column looks like the time of creation; the columns are: {names}",
            names=", ".join(named),
        )
        raise InputError([Problem(message, file=source.name)])
    if kinds[columns["created"]].of_day < 0.5:
        columns.pop("date", None)
    values, unmatched = _values(columns, sample, scenario)
    kept = {} if given is None else given.model_dump(include={"sheet", "table_name", "query"})
    mapping = Mapping(columns=Columns(**columns), values=Values(**values), **kept)
    taken = set(columns.values())
    unread = tuple(name for name in source.header if name and name not in taken)
    return Proposal(mapping, unread, unmatched)


def _several(
    columns: dict[str, str], sample: Table[str, pa.Array], kinds: Table[str, _Content]
) -> None:
    """Take the columns that tell the rows of an order apart, where it has several."""
    times = [
        name
        for name, content in kinds.items()
        if content.times > 0.9 and content.filled > 0.9 and content.of_day < 0.5
    ]
    found = recognised(columns, sample, times)
    if found.event:
        taken = found.event, found.created
        for field in [field for field, column in columns.items() if column in taken]:
            del columns[field]
        columns |= {"created": found.created, "event": found.event}
    if found.updated:
        columns["updated"] = found.updated


@dataclass(frozen=True)
class _Content:
    """What a sample of a column holds.

    Attributes
    ----------
    filled : share of cells with something in them.
    times : share of these that are times, of any kind; `of_day` those without a date.
    distinct : different words; `cells` filled ones.
    first : mean of its moments, ms; 0 if it has none.
    """

    filled: float
    times: float
    of_day: float
    distinct: int
    cells: int
    first: float

    @classmethod
    def of(cls, cells: pa.Array) -> _Content:
        parsed = parse(cells)
        text = pc.utf8_trim_whitespace(pc.fill_null(cells.cast(pa.large_string()), ""))
        words = [word for word in pc.unique(text).to_pylist() if not is_nothing(word)]
        filled = int((parsed.kind != Kind.BLANK).sum())
        moments = np.isin(parsed.kind, (Kind.MOMENT, Kind.AMBIGUOUS, Kind.PLACEHOLDER))
        of_day = parsed.kind == Kind.TIME_OF_DAY
        sure = parsed.kind == Kind.MOMENT
        return cls(
            filled=filled / max(len(cells), 1),
            times=float((moments | of_day).sum()) / max(filled, 1),
            of_day=float(of_day.sum()) / max(filled, 1),
            distinct=len(words),
            cells=filled,
            first=float(parsed.ms[sure].mean()) if sure.any() else 0.0,
        )

    def suits(self, field: str) -> bool:
        """Whether a field may have such content; an empty sample says nothing against it."""
        if not self.cells:
            return True
        if field in (*TIMES, "date"):
            return self.times >= 0.5
        if field in ("longitude", "latitude", *IDENTITIES):
            return True
        return self.distinct <= MOST_WORDS and (self.cells < 50 or self.distinct < self.cells / 2)


def _by_names(kinds: Table[str, _Content]) -> dict[str, str]:
    """Give each field the column that is called most like it; exact names before others."""
    found: dict[str, str] = {}
    folded = {plain(name): name for name in kinds}
    for inexact in (False, True):
        for field, names in NAMES.items():
            if field in found:
                continue
            for name in map(plain, names):
                column = folded.get(name) if not inexact else _containing(folded, name)
                if column and column not in found.values() and kinds[column].suits(field):
                    found[field] = column
                    break
    return {field: found[field] for field in Columns.model_fields if field in found}


def _containing(folded: Table[str, str], name: str) -> str:
    """Find a column whose name ends with one that is long enough to mean something."""
    if len(name) < (3 if not name.isascii() else 6):
        return ""
    return next((column for long, column in folded.items() if long.endswith(name)), "")


def _by_content(columns: dict[str, str], kinds: Table[str, _Content]) -> None:
    """Take the earliest of the columns of moments that are nearly always filled."""
    free = [
        (content.first, name)
        for name, content in kinds.items()
        if name not in columns.values() and content.times > 0.9 and content.filled > 0.9
        if content.first and not content.of_day
    ]
    if free:
        columns["created"] = min(free)[1]


# ------------------------------------------------------------------ words


def _values(
    columns: Table[str, str], sample: Table[str, pa.Array], scenario: Scenario | None
) -> tuple[dict[str, dict[str, Any]], dict[str, tuple[str, ...]]]:
    """Match words with what they mean."""
    values: dict[str, dict[str, Any]] = {}
    unmatched: dict[str, tuple[str, ...]] = {}
    if scenario is not None:
        for field in MATCHED:
            if field not in columns:
                continue
            known = spellings(parts_of(scenario, field))
            meant = {word: like(word, known, field) for word in _words(sample[columns[field]])}
            if matched := {word: it for word, it in meant.items() if it and it != word}:
                values[field] = matched
            if missing := tuple(word for word, it in meant.items() if not it):
                unmatched[field] = missing
    if "status" in columns:
        words = [w for w in _words(sample[columns["status"]]) if not is_nothing(w)]
        guessed = {word: state_of(word) for word in words}
        if sure := {word: it for word, it in guessed.items() if it}:
            values["status"] = sure
        if missing := tuple(word for word, it in guessed.items() if not it):
            unmatched["status"] = missing
    return values, unmatched


def _words(cells: pa.Array) -> list[str]:
    counted = pc.value_counts(
        pc.utf8_trim_whitespace(pc.fill_null(cells.cast(pa.large_string()), ""))
    )
    pairs = [(entry["counts"], entry["values"]) for entry in counted.to_pylist()]
    return [word for _, word in sorted(pairs, key=lambda pair: -pair[0]) if word][:MOST_WORDS]


# ------------------------------------------------------------------ the file


def to_yaml(proposal: Proposal, source: str) -> str:
    """Write a proposal as a mapping file, with remarks in the planner's language."""
    mapping = proposal.mapping
    head = [
        tr("Which column of {source} says what, proposed by govsim inspect.", source=source),
        tr("Correct it where it is wrong; take a line out if there is no such column."),
    ]
    if proposal.unread:
        head.append(tr("Not read: {names}", names=", ".join(proposal.unread)))
    for field, words in proposal.unmatched.items():
        head.append(
            tr(
                "Words in {field} without a counterpart: {words}",
                field=field,
                words=", ".join(words),
            )
        )
    tree = mapping.model_dump(exclude_defaults=True)
    tree["columns"] = mapping.columns.given()
    order = [name for name in Mapping.model_fields if name in tree]
    return _comment(head) + _dump({name: tree[name] for name in order})


def _comment(lines: Iterable[str]) -> str:
    return "".join(f"# {' '.join(line.split())}\n" for line in lines)


def _dump(tree: dict[str, Any]) -> str:
    yaml = YAML()
    yaml.width = 10_000
    yaml.allow_unicode = True
    stream = io.StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()

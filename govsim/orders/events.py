"""Logs of events: several rows an order, each a step that it took, and when.

The rows of an order become one: created at the first, and a time for each stage that its steps
are known to be. Used by `govsim.orders.reading`, and to recognise such logs by
`govsim.orders.proposing`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.cells import something
from govsim.orders.mapping import TIMES, Columns, Mapping, Values
from govsim.orders.moments import read_times
from govsim.orders.raw import Raw
from govsim.orders.remarks import Remark
from govsim.orders.times import Kind, parse
from govsim.orders.words import bare, fold

AGAIN = "reopened"
"""A step that takes back an end before it."""

ENDS = ("resolved", "replied", "closed")
"""Stages of which the last time counts; of all others the first."""

_STEPS: tuple[tuple[str, str], ...] = (
    # Of several that match, the one furthest on in the word: 派遣员派遣, 受理员立案.
    (
        "created",
        r"上报|创建|来电|提交|发起|新增|新建|created?|open(ed)?|submitted|reported|logged|new|"
        r"to do|backlog|angelegt|erstellt|eroffnet|eingegangen|gemeldet|cread[oa]|abiert[oa]|"
        r"recibid[oa]|registrad[oa]|접수|등록|受付|起票|รับแจ้ง|แจ้งเรื่อง",
    ),
    ("created", r"登记"),
    (
        "accepted",
        r"立案|受理|接单|签收|接收|审核通过|accept(ed)?|acknowledged?|triaged?|angenommen|bestatigt|"
        r"aceptad[oa]|admitid[oa]|รับเรื่อง",
    ),
    ("dispatched", r"派遣|派单|派发|交办|转派|分派|下派|转办|分拨|派工|assign(ed)?|dispatch(ed)?"),
    ("dispatched", r"forward(ed)?|routed?|转交|zugewiesen|weitergeleitet|asignad[oa]|derivad[oa]"),
    ("dispatched", r"배정|이송|지정|割当|ส่งต่อ|มอบหมาย"),
    ("departed", r"出发|出动|departed|en ?route"),
    ("scene", r"到场|到达|到现场|on ?scene|on ?site|arriv(ed|al)"),
    (
        "resolved",
        r"处置|处理|办理|反馈|解决|整改|resolved?|completed?|fixed|done|finished|完成|办毕|"
        r"erledigt|behoben|gelost|resuelt[oa]|solucionad[oa]|atendid[oa]|처리|조치|対応|処理|แก้ไข",
    ),
    ("replied", r"回复|答复|回访|replied|reply|answered|responded|beantwortet|contestad[oa]|답변"),
    (
        "closed",
        r"结案|办结|归档|关闭|销案|close[ds]?|closing|closure|archived?|"
        r"geschlossen|abgeschlossen|cerrad[oa]|finalizad[oa]|종결|완료|完了|クローズ|ปิดเรื่อง|เสร็จสิ้น",
    ),
    (
        AGAIN,
        r"重开|重新打开|退回|返工|驳回|reopen(ed)?|returned|rejected|"
        r"wiedereroffnet|reabiert[oa]|재접수|再開",
    ),
)
_PENDING = re.compile(r"^(待|未|拟)|中$|正在|\b(pending|waiting|awaiting|to be|in progress|not)\b")
_NAMED = re.compile(
    r"环节|事件|操作|动作|阶段|步骤|流程|节点|event|action|activity|step|stage|operation|transition|aktion|"
    r"vorgangsschritt|accion|evento|단계|処理区分|\bto (?:status|state)|(?:new|after) (?:status|"
    r"state)|变更后|新状态",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"快照|统计日|统计时|数据日|数据时|导出|更新|修改|变更|抽取|snapshot|as.?of|extract|export|updat|"
    r"modif|chang",
    re.IGNORECASE,
)
"""Names of a column that says when a row was written."""

MOST_STEPS = 60
"""Different steps in a log, at most."""


def step_of(word: str) -> str:
    """Say which stage a step is: a field of the mapping, `AGAIN`, or "" for none."""
    folded = bare(fold(word)).replace("_", " ")
    if _PENDING.search(folded):
        return ""
    best, stage = -1, ""
    for field, pattern in _STEPS:
        for found in re.finditer(rf"(?<![a-z])(?:{pattern})(?![a-z])", folded):
            if found.end() > best or (found.end() == best and field == "closed"):
                best, stage = found.end(), field
    return stage


# ------------------------------------------------------------------ reading


def stages(raw: Raw, mapping: Mapping, source: str) -> tuple[Raw, Mapping]:
    """Turn rows of events into rows of orders.

    Parameters
    ----------
    raw : the mapped columns, ``event`` among them.
    mapping : as given.
    source : the file, for messages.

    Returns
    -------
    tuple
        A row for each order, numbered as its first event, and a mapping in which the columns of
        the stages are called by their steps.

    Raises
    ------
    InputError
        No column tells whose the events are.
    """
    names = mapping.columns.given()
    if "order" not in names:
        message = tr("events need a column for “order”, which says whose they are")
        raise InputError([Problem(message, "columns.event", source)])
    cells = {field: raw.columns[column] for field, column in names.items()}
    # All times of a log are read alike; what is wrong with one is told with its row.
    timely: dict[str, pa.Array] = {
        field: cells[field] for field in ("date", "created") if field in cells
    }
    parsed, remarks = read_times(timely, mapping, source)
    found, identity = parsed["created"], _texts(cells["order"])
    fine = (found.kind == Kind.MOMENT) & (identity != "")
    wrong = [
        (int(raw.rows[i]), _why(names, identity[i] == "", int(found.kind[i])))
        for i in np.flatnonzero(~fine)
    ]
    steps = _texts(cells["event"])
    said = {fold(word): field for word, field in mapping.values.event.items()}
    meant = {word: said.get(fold(word), step_of(word)) or "" for word in set(steps.tolist())}
    table = pd.DataFrame(
        {
            "order": identity,
            "ms": found.ms,
            "place": np.arange(len(identity)),
            "stage": [meant[word] for word in steps],
        }
    )[fine]
    for field, column in cells.items():
        if field not in ("order", "created", "date", "event"):
            text = pd.Series(_texts(column)[fine], table.index)
            table[f"={field}"] = text.where(text != "")
    return _pivoted(raw, mapping, table, meant, wrong, remarks)


def _pivoted(
    raw: Raw,
    mapping: Mapping,
    table: pd.DataFrame,
    meant: Table[str, str],
    wrong: list[tuple[int, str]],
    remarks: list[Remark],
) -> tuple[Raw, Mapping]:
    names = mapping.columns.given()
    table = table.sort_values(["order", "ms", "place"])
    by_order = table.groupby("order", sort=False)
    first = by_order[["ms", "place"]].first().sort_values("place")
    columns: dict[str, Any] = {
        "order": pa.array(first.index.to_numpy(dtype=object), pa.large_string()),
        "created": _moments(first["ms"]),
    }
    called = {"order": names["order"], "created": names["created"]}
    work = table[~table["stage"].isin(["", *ENDS])].groupby("order")["ms"].max()
    for field in TIMES:
        here = table[table["stage"] == field]
        if field == "created" or here.empty:
            continue
        times = here.groupby("order")["ms"]
        ms = (times.last() if field in ENDS else times.first()).reindex(first.index)
        if field in ("resolved", "closed"):  # what was taken up again has not ended
            ms = ms.where(~(work.reindex(first.index) > ms))
        columns[field] = _moments(ms)
        words = [word for word, stage in meant.items() if stage == field]
        called[field] = "/".join(sorted(words))
    for field in names:
        if f"={field}" in table:
            last = by_order[f"={field}"].last().reindex(first.index)
            columns[field] = pa.array(
                last.astype(object).where(last.notna(), None), pa.large_string()
            )
            called[field] = names[field]
    known = "; ".join(
        f"{word} = {stage or '-'}" for word, stage in sorted(meant.items(), key=_in_order) if word
    )
    remarks = [*raw.remarks, Remark("events", "", len(table), known), *remarks]
    values = mapping.values.model_dump() | {"event": {}}
    read = mapping.model_copy(
        update={"columns": Columns(**called), "values": Values.model_validate(values)}
    )
    rows = raw.rows[first["place"].to_numpy()]
    made = {called[field]: columns[field] for field in called}
    sheets = None if raw.sheets is None else raw.sheets.take(pa.array(first["place"].to_numpy()))
    broken = sorted([*raw.broken, *wrong])
    return replace(
        raw, columns=made, rows=rows, broken=broken, sheets=sheets, remarks=tuple(remarks)
    ), read


def _in_order(item: tuple[str, str]) -> tuple[int, str]:
    word, stage = item
    return (TIMES.index(stage) if stage in TIMES else len(TIMES)), word


def _moments(ms: pd.Series) -> pa.Array:
    there = ms.notna().to_numpy()
    values = ms.fillna(0).to_numpy().astype(np.int64)
    return pa.array(values, pa.timestamp("ms"), mask=~there)


def _texts(cells: pa.Array) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Give cells as texts; "" where there is nothing."""
    found: np.ndarray[Any, np.dtype[np.object_]] = something(cells).to_numpy(zero_copy_only=False)
    return found


def _why(names: Table[str, str], nobodys: bool, kind: int) -> str:
    if nobodys:
        return tr("{column}: empty", column=names["order"])
    if kind in (Kind.BLANK, Kind.PLACEHOLDER):
        return tr("{column}: empty", column=names["created"])
    return tr("{column}: not a time", column=names["created"])


# ------------------------------------------------------------------ recognising


@dataclass(frozen=True)
class Several:
    """What columns of a table with several rows an order say of them.

    Attributes
    ----------
    event, created : columns of a log of events; empty if it is none.
    updated : the column that says when a row was written; empty if there is none.
    """

    event: str = ""
    created: str = ""
    updated: str = ""


def recognised(
    columns: Table[str, str], sample: Table[str, pa.Array], times: Sequence[str]
) -> Several:
    """See whether orders have several rows, and what tells these apart.

    Parameters
    ----------
    columns : by field, as far as they are known.
    sample : cells of the first rows, by column.
    times : columns that hold dates, and are nearly always filled.
    """
    if "order" not in columns:
        return Several()
    identity = pd.Series(_texts(sample[columns["order"]]))
    identity = identity[identity != ""]
    repeated = identity[identity.duplicated(keep=False)]
    if len(repeated) < 0.2 * len(identity):
        return Several()
    taken = {column for field, column in columns.items() if field != "status"}
    told = [name for name in times if name not in taken and _TOLD.search(name)]
    # A log has one time; a table of stages, or of states, has more or the same one again.
    own = {columns.get(field, "") for field in TIMES}
    if len(set(times) - own - set(told)) + len(own & set(times)) > 1 or not times:
        return Several(updated=told[0] if told else "")
    created = next(iter(own & set(times)), next(iter(times)))
    ms = pd.Series(parse(sample[created]).ms)[repeated.index]
    if ms.groupby(repeated).nunique().gt(1).mean() <= 0.5:
        return Several(updated=told[0] if told and told[0] != created else "")
    event = _event(columns, sample, repeated, created)
    return Several(event, created) if event else Several()


def _event(
    columns: Table[str, str], sample: Table[str, pa.Array], repeated: pd.Series, created: str
) -> str:
    """Find the column of steps: words that are mostly others within an order, and known."""
    best, event = 0.0, ""
    for name, cells in sample.items():
        if name in (created, columns["order"]):
            continue
        words = pd.Series(_texts(cells))[repeated.index]
        counted = words[words != ""].value_counts()
        if not 2 <= len(counted) <= MOST_STEPS or counted.sum() < 0.9 * len(words):
            continue
        apart = 1 - pd.DataFrame({"o": repeated, "w": words}).duplicated().mean()
        known = sum(int(n) for word, n in counted.items() if step_of(str(word))) / len(words)
        named = bool(_NAMED.search(name))
        rank = known + 0.3 * named
        if apart > 0.6 and known >= (0.1 if named else 0.3) and rank > best:
            best, event = rank, name
    return event

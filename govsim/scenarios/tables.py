"""Reads planners' tables (CSV or Excel): grids, service points, communities, rosters.

`read_table` takes the columns that it is told of, under their English or Chinese names,
and no others, so that names and telephone numbers beside them are never read. It collects
every mistake with its file and line; `govsim.scenarios.territory` raises them all at once.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd

from govsim.errors import Problem
from govsim.language import tr
from govsim.scenarios.cells import WORDS, BadCellError, brief, cell, closest, is_day, plain, text_of
from govsim.storage.plain_files import MOST_TABLE_BYTES, read_plain

SHEETS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
MOST_PROBLEMS = 20
"""So many mistakes of one file are told one by one; the rest are counted."""


@dataclass(frozen=True)
class Column:
    """A column that is read.

    Attributes
    ----------
    name : its name in the frame.
    also : other names that planners give it, Chinese and English.
    kind : how its cells are read; `choice` by `choices`, ``whole`` is a whole number, ``day`` a
        day as 2025-03-31.
    required : the table can't do without it, and no cell may be empty.
    unless : a column; where a row has something there, its own cell may be empty.
    low, high : limits of a number, inclusive.
    unique : no value may occur twice.
    choices : accepted spellings, with the value that each stands for.
    """

    name: str
    also: tuple[str, ...] = ()
    kind: Literal["text", "whole", "number", "choice", "day"] = "text"
    required: bool = False
    unless: str = ""
    low: float | None = None
    high: float | None = None
    unique: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its English and Chinese name, for messages."""
        chinese = next((n for n in self.also if not n.isascii()), "")
        return f"{self.name} ({chinese})" if chinese else self.name


class Reading(NamedTuple):
    """What came of a table.

    Attributes
    ----------
    frame : the good rows; a column for each that was found, and ``line`` (int, from 1).
        Empty cells are "" in text and days, NaN in numbers, and 0 in those that may be empty by
        `Column.unless`.
    problems : all mistakes, in the order of lines, the many cut short.
    set_aside : the other rows: ``line``, the same columns as they were written, ``reason``.
    days_unread : other columns all of whose cells are days, by the header's words.
    """

    frame: pd.DataFrame
    problems: list[Problem]
    set_aside: pd.DataFrame
    days_unread: tuple[str, ...] = ()


_PLACE = (
    Column("x", ("x坐标", "横坐标", "east"), "number", low=-1e8, high=1e8),
    Column("y", ("y坐标", "纵坐标", "north"), "number", low=-1e8, high=1e8),
    Column("lon", ("lng", "longitude", "经度"), "number", low=-180, high=180),
    Column("lat", ("latitude", "纬度"), "number", low=-90, high=90),
)
_STREET = Column("street", ("街道", "街道名称", "所属街道", "镇街"))
_COMMUNITY = Column("community", ("社区", "社区名称", "所属社区", "村社区", "社区村"))

ESTATES = {
    **{kind: kind for kind in ("large", "old", "resettlement", "commercial", "rural")},
    **dict.fromkeys(("大型小区", "大型"), "large"),
    **dict.fromkeys(("老旧小区", "老旧", "老小区"), "old"),
    **dict.fromkeys(("安置小区", "安置", "安置房", "拆迁安置小区"), "resettlement"),
    **dict.fromkeys(("商品房小区", "商品房", "普通小区", "一般小区"), "commercial"),
    **dict.fromkeys(("农村", "村庄", "自然村", "村"), "rural"),
}

GRIDS = (
    Column("grid", ("网格", "网格编号", "网格名称", "grid_id", "id"), required=True, unique=True),
    Column(
        "residents", ("常住人口", "人口", "居民数", "人数"), "whole", required=True, low=0, high=2e9
    ),
    _STREET,
    _COMMUNITY,
    Column("households", ("户数", "居民户数", "住户数"), "whole", low=0, high=2e9),
    Column("area", ("面积", "area_km2"), "number", low=0, high=1e7),
    *_PLACE,
    Column("side", ("边长", "side_m"), "number", low=0, high=5e6),
    Column("estate", ("小区类型", "小区类别", "estate_type"), "choice", choices=ESTATES),
    Column("station", ("点站", "所属点站", "point_station")),
)
POINTS = (
    Column(
        "point",
        (
            *("编号", "点站编号", "工作站编号", "点站", "网格工作站", "工作站"),
            *("point_id", "station", "station_id", "workstation", "id"),
        ),
        required=True,
        unique=True,
    ),
    Column("name_zh", ("名称", "点站名称", "工作站名称", "name")),
    Column("name_en", ("英文名称", "英文名")),
    _STREET,
    _COMMUNITY,
    *_PLACE,
    Column("grids", ("网格", "覆盖网格", "服务网格", "grid")),
)
COMMUNITIES = (
    Column("community", ("社区", "社区名称", "名称", "name"), required=True),
    Column("name_en", ("英文名称", "英文名")),
    _STREET,
    Column("street_en", ("街道英文名",)),
    Column(
        "type",
        ("类型", "城乡类型"),
        "choice",
        choices={
            **dict.fromkeys(("urban", "社区居委会", "社区", "居委会", "城市"), "urban"),
            **dict.fromkeys(("village", "村委会", "村", "农村"), "village"),
        },
    ),
    Column("residents", ("常住人口", "人口"), "whole", low=0, high=2e9),
)
DAY_KINDS = {
    **dict.fromkeys(("workday", "workdays", "工作日"), "workday"),
    **dict.fromkeys(("weekend", "weekends", "周末", "双休日"), "weekend"),
    **dict.fromkeys(("holiday", "holidays", "节假日", "法定节假日"), "holiday"),
    **dict.fromkeys(("all", "every day", "daily", "每天", "全部"), ""),
}
CLOSED = {
    **dict.fromkeys(("closed", "yes", "true", "1", "关闭", "是", "√"), "closed"),
    **dict.fromkeys(("open", "no", "false", "0", "开放", "否"), ""),
}
ROSTERS = (
    Column("point", ("点站", "服务点", "编号", "station", "workstation"), required=True),
    Column("team", ("队伍", "班组"), required=True, unless="closed"),
    Column("shift", ("班次",), required=True, unless="closed"),
    Column("day_kind", ("日期类型", "日类型", "day"), "choice", choices=DAY_KINDS),
    Column(
        "number",
        ("人数", "在岗人数", "on_duty"),
        "whole",
        required=True,
        unless="closed",
        low=0,
        high=1e7,
    ),
    Column(
        "first_day",
        ("从", "自", "起", "开始日期", "起始日期", "开始日", "from", "from date", "start"),
        "day",
    ),
    Column(
        "last_day",
        ("至", "到", "止", "结束日期", "截止日期", "终止日期", "结束日", "to", "until", "end"),
        "day",
    ),
    Column("closed", ("关闭", "是否关闭", "停用"), "choice", choices=CLOSED),
)


def read_table(path: Path, columns: Sequence[Column]) -> Reading:
    """Read the named columns of a table.

    Parameters
    ----------
    path : CSV (UTF-8 with or without a byte-order mark, or GBK; commas, semicolons or
        tabs) or a spreadsheet, of which the first sheet is read. Rows above the header,
        such as a title, are passed over.
    columns : what to read, such as `GRIDS`.
    """
    try:
        rows = _sheet_rows(path) if path.suffix.lower() in SHEETS else _csv_rows(path)
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        return _nothing(columns, Problem(_unreadable(path, error), file=str(path)))
    if not rows:
        return _nothing(columns, Problem(tr("the table is empty"), file=str(path)))
    at = _header_at(rows, columns)
    line, header = rows[at]
    places, problems = _match(header, columns, str(path), line)
    if problems:
        return Reading(_frame(columns, [], places), problems, _aside(columns, [], places))
    below = rows[at + 1 :]
    read = _read_rows(below, columns, places, str(path))
    return read._replace(days_unread=_days_unread(header, below, set(places.values())))


def read_rosters(path: Path) -> Reading:
    """Read numbers on duty: point (id, name or kind of point), team, shift, day_kind, number."""
    return read_table(path, ROSTERS)


def _read_rows(
    rows: Iterable[tuple[int, list[Any]]],
    columns: Sequence[Column],
    places: Mapping[str, int],
    file: str,
) -> Reading:
    good: list[dict[str, Any]] = []
    aside: list[dict[str, Any]] = []
    problems: list[Problem] = []
    first: dict[tuple[str, Any], int] = {}
    present = [column for column in columns if column.name in places]
    for line, cells in rows:
        row: dict[str, Any] = {"line": line}
        reasons = []
        for column in present:
            place = places[column.name]
            raw = cells[place] if place < len(cells) else ""
            if column.unless in places and not text_of(raw) and _says(cells, places, column.unless):
                row[column.name] = 0 if column.kind == "whole" else ""
                continue
            try:
                value = row[column.name] = cell(raw, column)
            except BadCellError as bad:
                reasons.append(f"{column.title}: {bad}")
                problems.append(Problem(reasons[-1], "", file, line, bad.suggestion))
                continue
            if column.unique and (known := first.setdefault((column.name, value), line)) != line:
                text = tr("“{value}” is already in line {line}", value=value, line=known)
                reasons.append(f"{column.title}: {text}")
                problems.append(Problem(reasons[-1], "", file, line))
        if reasons:
            written = {c.name: _shown(cells, places[c.name]) for c in present}
            aside.append({"line": line, **written, "reason": "; ".join(reasons)})
        else:
            good.append(row)
    if not good and not aside:
        problems.append(Problem(tr("the table has no rows"), file=file))
    return Reading(_frame(columns, good, places), short(problems), _aside(columns, aside, places))


def short(problems: list[Problem]) -> list[Problem]:
    """Cut the problems of one file to `MOST_PROBLEMS`, and count the rest."""
    if len(problems) <= MOST_PROBLEMS + 1:
        return problems
    rest = len(problems) - MOST_PROBLEMS
    last = Problem(tr("and {n} more mistakes in this table", n=rest), file=problems[0].file)
    return [*problems[:MOST_PROBLEMS], last]


def apart(street: pd.Series, community: pd.Series) -> list[str]:
    """Name communities so that no two streets share a name (谷里街道柏树村)."""
    streets: dict[str, set[str]] = {}
    for s, c in zip(street, community, strict=True):
        streets.setdefault(c, set()).add(s)
    return [s + c if len(streets[c]) > 1 else c for s, c in zip(street, community, strict=True)]


# --- files -------------------------------------------------------------------------------


def _sheet_rows(path: Path) -> list[tuple[int, list[Any]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    content = io.BytesIO(read_plain(path, MOST_TABLE_BYTES))
    try:
        sheet = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise ValueError(str(error)) from error
    return [(i, row) for i, row in enumerate(rows, start=1) if any(c != "" for c in row)]


def _csv_rows(path: Path) -> list[tuple[int, list[Any]]]:
    data = read_plain(path, MOST_TABLE_BYTES)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode text"
        text = data.decode("utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
    if "\0" in text:
        raise ValueError(tr("it is not a text file"))
    head = text[:4000]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [row for row in _numbered(reader) if any(cell.strip() for cell in row[1])]


def _numbered(reader: Any) -> Iterator[tuple[int, list[Any]]]:
    """Give each row the number of its first line: a quoted cell may span several."""
    line = 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1


def _unreadable(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        near = closest(path.name, (p.name for p in path.parent.glob("*")))
        hint = tr("; did you mean “{it}”?", it=near) if near else ""
        return tr("there is no such file") + hint
    if isinstance(error, IsADirectoryError):
        return tr("this is a folder, not a table")
    if isinstance(error, PermissionError):
        return tr("the file can't be opened; is it open in Excel?")
    if isinstance(error, UnicodeDecodeError):
        return tr("the text is neither UTF-8 nor GBK; save it as CSV UTF-8")
    return tr("the file can't be read as a table: {reason}", reason=error)


# --- header ------------------------------------------------------------------------------


def _names(column: Column) -> set[str]:
    return {plain(name) for name in (column.name, *column.also)}


def _header_at(rows: Sequence[tuple[int, list[Any]]], columns: Sequence[Column]) -> int:
    known = set().union(*map(_names, columns))
    hits = [sum(plain(cell) in known for cell in row) for _, row in rows[:10]]
    return hits.index(max(hits))


def _match(
    header: Sequence[Any], columns: Sequence[Column], file: str, line: int
) -> tuple[dict[str, int], list[Problem]]:
    """Find the place of each column; its own name before other names, in their order."""
    found = [plain(cell) for cell in header]
    places: dict[str, int] = {}
    taken: set[int] = set()
    problems = []
    exact = sorted(columns, key=lambda column: plain(column.name) not in found)
    for column in exact:
        for name in map(plain, (column.name, *column.also)):
            where = [i for i, cell in enumerate(found) if cell == name and i not in taken]
            if where:
                places[column.name] = where[0]
                taken.add(where[0])
                if len(where) > 1:
                    text = tr("the column “{name}” occurs twice", name=header[where[0]])
                    problems.append(Problem(text, file=file, line=line))
                break
    free = {found[i]: str(header[i]) for i in range(len(found)) if i not in taken and found[i]}
    for column in columns:
        if column.required and column.name not in places:
            near = [m for n in _names(column) for m in difflib.get_close_matches(n, free, 1, 0.6)]
            text = tr(
                "the column {name} is missing; found are: {found}",
                name=column.title,
                found=", ".join(str(cell).strip() for cell in header if str(cell).strip()),
            )
            problems.append(Problem(text, "", file, line, column.name if near else ""))
    return places, problems


def _says(cells: Sequence[Any], places: Mapping[str, int], other: str) -> bool:
    """Whether a row says yes in another column."""
    text = plain(_shown(cells, places[other]))
    return any(value and plain(name) == text for name, value in CLOSED.items())


def _shown(cells: Sequence[Any], place: int) -> str:
    return text_of(cells[place]) if place < len(cells) else ""


def _days_unread(
    header: Sequence[Any], rows: Sequence[tuple[int, list[Any]]], taken: set[int]
) -> tuple[str, ...]:
    """Name the columns that are not read and hold days and nothing else."""
    named = []
    for i, name in enumerate(header):
        cells = [row[i] for _, row in rows if i < len(row) and text_of(row[i])]
        if i not in taken and cells and all(map(is_day, cells)):
            named.append(brief(text_of(name)) or tr("column {n}", n=i + 1))
    return tuple(named)


# --- frames ------------------------------------------------------------------------------


def _frame(
    columns: Sequence[Column], rows: list[dict[str, Any]], places: Mapping[str, int]
) -> pd.DataFrame:
    made: dict[str, Any] = {"line": pd.Series([r["line"] for r in rows], dtype="int64")}
    for column in columns:
        if column.name not in places:
            continue
        values = [row[column.name] for row in rows]
        if column.kind in WORDS:
            made[column.name] = pd.Series(values, dtype=object)
        else:
            whole = column.kind == "whole" and column.required
            made[column.name] = pd.Series(values, dtype="int64" if whole else "float64")
    return pd.DataFrame(made)


def _aside(
    columns: Sequence[Column], rows: list[dict[str, Any]], places: Mapping[str, int]
) -> pd.DataFrame:
    names = ["line", *(c.name for c in columns if c.name in places), "reason"]
    return pd.DataFrame(rows, columns=names)


def _nothing(columns: Sequence[Column], problem: Problem) -> Reading:
    places = {column.name: i for i, column in enumerate(columns)}
    return Reading(_frame(columns, [], places), [problem], _aside(columns, [], places))

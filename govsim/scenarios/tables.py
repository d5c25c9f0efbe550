"""Reads planners' tables (CSV or Excel): grids, service points, communities, rosters.

`read_table` takes the columns that it is told of, under their English or Chinese names,
and no others, so that names and telephone numbers beside them are never read. It collects
every mistake with its file and line; `govsim.scenarios.territory` raises them all at once.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd

from govsim.errors import Problem, has_controls
from govsim.language import tr
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
    kind : how its cells are read; `choice` by `choices`, ``whole`` is a whole number.
    required : the table can't do without it, and no cell may be empty.
    low, high : limits of a number, inclusive.
    unique : no value may occur twice.
    choices : accepted spellings, with the value that each stands for.
    """

    name: str
    also: tuple[str, ...] = ()
    kind: Literal["text", "whole", "number", "choice"] = "text"
    required: bool = False
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
        Empty cells are "" in text and NaN in numbers.
    problems : all mistakes, in the order of lines, the many cut short.
    set_aside : the other rows: ``line``, the same columns as they were written, ``reason``.
    """

    frame: pd.DataFrame
    problems: list[Problem]
    set_aside: pd.DataFrame


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
ROSTERS = (
    Column("point", ("点站", "服务点", "编号", "station", "workstation"), required=True),
    Column("team", ("队伍", "班组"), required=True),
    Column("shift", ("班次",), required=True),
    Column("day_kind", ("日期类型", "日类型", "day"), "choice", choices=DAY_KINDS),
    Column("number", ("人数", "在岗人数", "on_duty"), "whole", required=True, low=0, high=1e7),
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
    return _read_rows(rows[at + 1 :], columns, places, str(path))


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
            try:
                value = row[column.name] = _cell(raw, column)
            except _BadCellError as bad:
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


def closest(text: str, known: Iterable[str]) -> str:
    """Give the known spelling that `text` most likely means, or ""."""
    plain = {_plain(k): k for k in known}
    found = difflib.get_close_matches(_plain(text), plain, n=1, cutoff=0.6)
    return plain[found[0]] if found else ""


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


def _plain(text: object) -> str:
    """Fold a header or choice: width, case, spaces, and a unit in brackets don't matter."""
    folded = unicodedata.normalize("NFKC", str(text)).strip().lower()
    folded = re.sub(r"\s*[(\[].*[)\]]$", "", folded)
    return re.sub(r"[\s_\-/、·]+", "", folded)


def _names(column: Column) -> set[str]:
    return {_plain(name) for name in (column.name, *column.also)}


def _header_at(rows: Sequence[tuple[int, list[Any]]], columns: Sequence[Column]) -> int:
    known = set().union(*map(_names, columns))
    hits = [sum(_plain(cell) in known for cell in row) for _, row in rows[:10]]
    return hits.index(max(hits))


def _match(
    header: Sequence[Any], columns: Sequence[Column], file: str, line: int
) -> tuple[dict[str, int], list[Problem]]:
    """Find the place of each column; its own name before other names, in their order."""
    found = [_plain(cell) for cell in header]
    places: dict[str, int] = {}
    taken: set[int] = set()
    problems = []
    exact = sorted(columns, key=lambda column: _plain(column.name) not in found)
    for column in exact:
        for name in map(_plain, (column.name, *column.also)):
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


# --- cells -------------------------------------------------------------------------------


class _BadCellError(ValueError):
    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*)?(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)


def _cell(raw: Any, column: Column) -> Any:
    if isinstance(raw, (date, time, timedelta)):
        raise _BadCellError(tr("the cell holds a date or time; format it as a number or text"))
    text = _text(raw)
    if text.startswith("=") and len(text) > 1:
        raise _BadCellError(tr("the cell holds a formula; write its value instead"))
    if text.startswith("#") and text.rstrip("!?").isupper() and text.endswith(("!", "?", "A")):
        raise _BadCellError(tr("the cell holds an error of the spreadsheet, {it}", it=text))
    if not text:
        if column.required:
            raise _BadCellError(
                tr("the cell is empty (so is a formula that Excel has not yet calculated)")
            )
        return "" if column.kind in ("text", "choice") else math.nan
    if has_controls(text.replace("\r\n", "\n")):
        raise _BadCellError(tr("{found} has a control character; retype it", found=_brief(text)))
    if column.kind == "text":
        return text
    if column.kind == "choice":
        for name, value in column.choices.items():
            if _plain(name) == _plain(text):
                return value
        allowed = ", ".join(dict.fromkeys(v for v in column.choices.values() if v))
        raise _BadCellError(
            tr("“{found}” is none of {allowed}", found=_brief(text), allowed=allowed),
            closest(text, column.choices),
        )
    return _number(text, column)


def _number(text: str, column: Column) -> float | int:
    if not _NUMBER.fullmatch(text) or not any(c.isdigit() for c in text):
        raise _BadCellError(tr("“{found}” is not a number", found=_brief(text)))
    value = float(text.replace(",", ""))
    if not math.isfinite(value):
        raise _BadCellError(tr("“{found}” is too large", found=_brief(text)))
    if column.low is not None and value < column.low:
        raise _BadCellError(
            tr("{found} is less than {low}", found=_brief(text), low=f"{column.low:g}")
        )
    if column.high is not None and value > column.high:
        raise _BadCellError(
            tr("{found} is more than {high}", found=_brief(text), high=f"{column.high:g}")
        )
    if column.kind == "number":
        return value
    if value != int(value):
        raise _BadCellError(tr("{found} is not a whole number", found=_brief(text)))
    return int(value)


def _text(raw: Any) -> str:
    """Read a cell as text; spreadsheets keep 320115001 as 320115001.0."""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        raw = int(raw)
    return unicodedata.normalize("NFKC", str(raw)).strip()


def _brief(text: str) -> str:
    return text if len(text) <= 20 else text[:19] + "…"


def _shown(cells: Sequence[Any], place: int) -> str:
    return _text(cells[place]) if place < len(cells) else ""


# --- frames ------------------------------------------------------------------------------


def _frame(
    columns: Sequence[Column], rows: list[dict[str, Any]], places: Mapping[str, int]
) -> pd.DataFrame:
    made: dict[str, Any] = {"line": pd.Series([r["line"] for r in rows], dtype="int64")}
    for column in columns:
        if column.name not in places:
            continue
        values = [row[column.name] for row in rows]
        if column.kind in ("text", "choice"):
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

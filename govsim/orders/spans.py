"""Limits and durations that an export gives as numbers: ``sla_hours``, 处置用时（分钟）.

A mapping says under ``durations`` that a field's column holds how long after creation, or after
another stage, it was, and in what unit. Called by `govsim.orders.reading`, and by
`govsim.orders.proposing` to recognise such columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Table
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.answers import distinct
from govsim.orders.mapping import TIMES, UNITS, Mapping, Span
from govsim.orders.nothing import is_nothing
from govsim.orders.recognising import spaced
from govsim.orders.times import Form, Kind, Parsed
from govsim.orders.words import NUMBER
from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND

SMALL = 32_000
"""Numbers from here on may be days as Excel keeps them."""

_IN_NAMES = (
    ("seconds", r"\b(?:seconds?|secs?)\b|秒|\bsegundos\b|\bsekunden\b|초|วินาที"),
    (
        "minutes",
        r"\b(?:minutes?|mins?)\b|分钟|[(（]分[)）]|\bminutos\b|\bminuten\b|분|分(?=$|[)）])|นาที",
    ),
    ("hours", r"\b(?:hours|hrs?)\b|小时|[(（](?:时|h)[)）]|\bhoras\b|\bstunden\b|시간|時間|ชั่วโมง"),
    ("days", r"\bdays\b|天数?|[(（]日[)）]|\bdias\b|\btage\b|일수|日数|จำนวนวัน"),
)
_OFFICE = r"business|working|工作日|\bhabiles\b|arbeitstage|영업일|営業日"
_NO_END = (
    r"\bage\b|\bopen\b|worked|labou?r|man ?hours|billable|overdue|remaining|left|"
    r"of day|超期|剩余|逾期"
)
_LONG = r"\b(?:time|duration|elapsed|length|sla)\b|用时|时长|耗时|历时|时效|时限|期限|소요|所要"
_OF: tuple[tuple[str, str, str], ...] = (
    (
        "due",
        "created",
        r"\b(?:sla|limit|target|allowed|due|deadline|standard|goal|plazo|limite|\w*frist)\b|时限|"
        r"期限|"
        r"限时|기한",
    ),
    (
        "accepted",
        "created",
        r"\b(?:first|initial) (?:respon\w*|repl\w*|contact)\b|首次|"
        r"(?:接单|受理|签收)(?:用时|时长|耗时)",
    ),
    ("scene", "dispatched", r"\btravel\b|路途|途中"),
    ("dispatched", "created", r"\b(?:dispatch|queue)\w*\b|派单|派遣"),
    (
        "scene",
        "created",
        r"\b(?:respon\w*|arriv\w*|on ?scene|reach\w*|wait\w*)\b|到场|到达|响应|등청",
    ),
    (
        "closed",
        "created",
        r"\b(?:resol\w*|solution|solv\w*|handl\w*|process\w*|complet\w*|clos\w*|turn ?around|"
        r"duration|elapsed|fix\w*|repair|resolucion|cierre|\w*bearbeitung\w*|\w*dauer)\b|"
        r"办理|处置|处理|办结|结案|办件|用时|时长|耗时|历时|処理|対応|所要|처리|소요",
    ),
)


@dataclass(frozen=True)
class Named:
    """What the name of a column says of durations in it.

    Attributes
    ----------
    field : that the end of the duration is.
    unit : one of `UNITS`; empty where the name doesn't say.
    base : field from which it counts.
    """

    field: str
    unit: str
    base: str

    def span(self, known: Table[str, str]) -> str:
        """Give it as a mapping has it, counted from creation where the base is not known."""
        base = self.base if self.base in known else "created"
        return self.unit if base == "created" else f"{self.unit} after {base}"


def unit_in(name: str) -> str:
    """Find the unit that a name tells; empty if it tells none."""
    words = unicodedata.normalize("NFKC", spaced(name) + " " + " ".join(_remarks(name)))
    return next((unit for unit, part in _IN_NAMES if re.search(part, words)), "")


def _remarks(name: str) -> list[str]:
    return re.findall(r"[(\[（][^)\]）]*[)\]）]", name.lower())


def in_office_days(name: str) -> bool:
    """Whether a name speaks of working days or hours, which are no days of a calendar."""
    return re.search(_OFFICE, spaced(name) + " ".join(_remarks(name))) is not None


def named(name: str) -> Named | None:
    """Say what durations a column of numbers holds by its name; nothing if it is of none."""
    words, unit = spaced(name), unit_in(name)
    if in_office_days(name) or re.search(_NO_END, words):
        return None
    if not unit and not re.search(_LONG, words):
        return None
    for field, base, part in _OF:
        if re.search(part, words):
            return Named(field, unit, base)
    return None


_LASTS = (
    r"\b(?:duration|elapsed|length|time (?:to|taken|spent)|turn ?around|(?:resolution|response|"
    r"reply|handling|processing|wait(?:ing)?|repair|travel|queue) time)\b|"
    r"用时|时长|耗时|历时|소요|所要"
)


def lasts(name: str) -> bool:
    """Whether a name is of how long something took, even where 05:00:00 stands below it."""
    return re.search(_LASTS, spaced(name)) is not None


# ------------------------------------------------------------------ reading

_CLOCK = re.compile(
    r"(?:(?P<d>\d+)\s*(?:d|days?|天|日)?[\s,]+)?(?P<h>\d+):(?P<m>\d\d)(?::(?P<s>\d\d))?(?:\.\d+)?"
)
_PARTS = re.compile(
    r"(?:p?(?P<d>\d+(?:\.\d+)?)\s*(?:d|days?|天|日)\s*t?)?(?:p?t?(?P<h>\d+(?:\.\d+)?)\s*(?:h|hrs?|"
    r"hours?|"
    r"个?小时|时)\s*)?(?:p?t?(?P<m>\d+(?:\.\d+)?)\s*(?:m|mins?|minutes?|分钟?)\s*)?"
    r"(?:p?t?(?P<s>\d+(?:\.\d+)?)\s*(?:s|secs?|seconds?|秒)\s*)?",
)


def amount(word: str, unit: int) -> float | None:
    """Read a duration in ms: a number of units, 1:30:00, "2 days 03:15:00", 3小时20分, PT4H."""
    text = unicodedata.normalize("NFKC", word).strip().lower()
    if NUMBER.fullmatch(text):
        return float(text.replace(",", ".")) * unit
    for form in (_CLOCK, _PARTS):
        if text and (found := form.fullmatch(text)) and any(found.groupdict().values()):
            parts = {key: float(value or 0) for key, value in found.groupdict().items()}
            return parts["d"] * DAY + parts["h"] * HOUR + parts["m"] * MINUTE + parts["s"] * SECOND
    return None


def only_numbers(cells: pa.Array) -> bool:
    """Whether a column holds numbers that are too small for dates, and nothing else."""
    words = [word for word in distinct(cells)[1] if not is_nothing(word)]
    numbers = [word for word in words if NUMBER.fullmatch(word)]
    few = all(abs(float(word.replace(",", "."))) < SMALL for word in numbers)
    return few and len(numbers) == len(words) and any(word.strip("0.,") for word in numbers)


def add_spans(
    parsed: dict[str, Parsed], cells: Table[str, pa.Array], spans: Table[str, Span]
) -> None:
    """Add fields given as durations to the times of a record.

    Parameters
    ----------
    parsed : the columns of times by field; the others are added.
    cells : as they were written, by field.
    spans : by field; a base that is a duration itself comes before.
    """
    for field in TIMES:
        if field not in spans:
            continue
        unit, base = spans[field]
        parsed[field] = _after(parsed[base], cells[field], UNITS[unit], field == "due")


def _after(base: Parsed, cells: pa.Array, unit: int, limit: bool) -> Parsed:
    """Give the times that lie so long after others; a limit of 0 is none."""
    codes, words = distinct(cells)
    ms = np.zeros(len(words), np.int64)
    kind = np.full(len(words), Kind.BLANK, np.uint8)
    for at, word in enumerate(words):
        if is_nothing(word):
            continue
        found = amount(word, unit)
        if found is None or abs(found) > 100 * 366 * DAY:
            kind[at] = Kind.UNREADABLE
        elif found > 0 or not limit:
            ms[at], kind[at] = round(found), Kind.MOMENT
    there = kind[codes] == Kind.MOMENT
    known = base.kind == Kind.MOMENT
    of = np.where(there & ~known, Kind.BLANK, kind[codes]).astype(np.uint8)
    where = np.flatnonzero(there)
    form = None
    if len(where):
        example = words[codes[where[0]]]
        form = Form(example, len(where), int(where[0]), int(where[-1]))
    n = len(codes)
    return Parsed(
        ms=np.where(of == Kind.MOMENT, base.ms + ms[codes], 0),
        kind=of,
        forms=() if form is None else (form,),
        aware=base.aware.copy(),
        offset=base.offset.copy(),
        moved=np.zeros(n, bool),
        swappable=np.zeros(n, np.int8),
        buddhist=0,
        year_first=0,
    )


def spans_of(mapping: Mapping, cells: Table[str, pa.Array], source: str) -> dict[str, Span]:
    """Give the fields that are durations: as the mapping says, else as names of columns do.

    Raises
    ------
    InputError
        A column of a time has numbers, and nothing says of what.
    """
    spans = {field: span for field, span in mapping.spans().items() if field in cells}
    problems = [
        Problem(tr("there is no column for {field}", field=base), f"durations.{field}", source)
        for field, (_, base) in spans.items()
        if base not in cells
    ]
    columns = mapping.columns.given()
    for field in TIMES[1:]:
        if field not in cells or field in spans or not only_numbers(cells[field]):
            continue
        spans[field] = Span(unit_in(columns[field]), "created")
        if not spans[field].unit:
            message = tr(
                "the column “{column}” holds numbers, not times; if they say how long after "
                "creation it was, add to the mapping: “durations: {{{field}: hours}}”, or minutes, "
                "days, seconds",
                column=columns[field],
                field=field,
            )
            problems.append(Problem(message, f"durations.{field}", source))
    if problems:
        raise InputError(problems)
    return spans

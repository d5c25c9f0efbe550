"""Cells of planners' tables: what they may hold, and the day, number or word that they mean."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from govsim.errors import has_controls
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.scenarios.tables import Column

WORDS = ("text", "choice", "day")
"""Kinds of column whose cells are text in a frame; empty ones are "", not NaN."""

YEARS = range(1990, 2101)
"""Years of days that are taken for days where nobody says so."""


def plain(text: object) -> str:
    """Fold a header or choice: width, case, spaces, and a unit in brackets don't matter."""
    folded = unicodedata.normalize("NFKC", str(text)).strip().lower()
    folded = re.sub(r"\s*[(\[].*[)\]]$", "", folded)
    return re.sub(r"[\s_\-/、·]+", "", folded)


def closest(text: str, known: Iterable[str]) -> str:
    """Give the known spelling that `text` most likely means, or ""."""
    folded = {plain(k): k for k in known}
    found = difflib.get_close_matches(plain(text), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


class BadCellError(ValueError):
    """A cell can't be read; `suggestion` is what was likely meant."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*)?(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)


def cell(raw: Any, column: Column) -> Any:
    """Read a cell as its column says.

    Raises
    ------
    BadCellError
        With what is wrong with it.
    """
    if column.kind == "day" and isinstance(raw, date):
        return _day(raw)
    if isinstance(raw, (date, time, timedelta)):
        raise BadCellError(tr("the cell holds a date or time; format it as a number or text"))
    text = text_of(raw)
    if text.startswith("=") and len(text) > 1:
        raise BadCellError(tr("the cell holds a formula; write its value instead"))
    if text.startswith("#") and text.rstrip("!?").isupper() and text.endswith(("!", "?", "A")):
        raise BadCellError(tr("the cell holds an error of the spreadsheet, {it}", it=text))
    if not text:
        if column.required:
            raise BadCellError(
                tr("the cell is empty (so is a formula that Excel has not yet calculated)")
            )
        return "" if column.kind in WORDS else math.nan
    if has_controls(text.replace("\r\n", "\n")):
        raise BadCellError(tr("{found} has a control character; retype it", found=brief(text)))
    if column.kind == "text":
        return text
    if column.kind == "day":
        return _day(text)
    if column.kind == "choice":
        for name, value in column.choices.items():
            if plain(name) == plain(text):
                return value
        allowed = ", ".join(dict.fromkeys(v for v in column.choices.values() if v))
        raise BadCellError(
            tr("“{found}” is none of {allowed}", found=brief(text), allowed=allowed),
            closest(text, column.choices),
        )
    return _number(text, column)


_DAY = re.compile(
    r"(\d{4})(?:(?P<mark>[-/.])(\d{1,2})(?P=mark)(\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d\d)(\d\d))"
    r"(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
"""A day with the year first, perhaps with the midnight that spreadsheets add."""


def _day(found: date | str) -> str:
    """Read a day, as 2025-03-31."""
    if isinstance(found, date):
        if isinstance(found, datetime) and found.time() != time():
            raise BadCellError(tr("“{found}” is not a day but a time", found=found))
        return f"{found:%Y-%m-%d}"
    match = _DAY.fullmatch(found)
    if match is None:
        raise BadCellError(tr("“{found}” is not a day; write it as 2025-03-31", found=brief(found)))
    year, month, day = (int(g) for i, g in enumerate(match.groups()) if g and i != 1)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise BadCellError(tr("there is no day {found}", found=brief(found))) from None


def is_day(raw: Any) -> bool:
    """Whether a cell holds a day of our time; eight digits may be a telephone number, too."""
    try:
        return int(_day(raw if isinstance(raw, date) else text_of(raw))[:4]) in YEARS
    except BadCellError:
        return False


def _number(text: str, column: Column) -> float | int:
    if not _NUMBER.fullmatch(text) or not any(c.isdigit() for c in text):
        raise BadCellError(tr("“{found}” is not a number", found=brief(text)))
    value = float(text.replace(",", ""))
    if not math.isfinite(value):
        raise BadCellError(tr("“{found}” is too large", found=brief(text)))
    if column.low is not None and value < column.low:
        raise BadCellError(
            tr("{found} is less than {low}", found=brief(text), low=f"{column.low:g}")
        )
    if column.high is not None and value > column.high:
        raise BadCellError(
            tr("{found} is more than {high}", found=brief(text), high=f"{column.high:g}")
        )
    if column.kind == "number":
        return value
    if value != int(value):
        raise BadCellError(tr("{found} is not a whole number", found=brief(text)))
    return int(value)


def text_of(raw: Any) -> str:
    """Read a cell as text; spreadsheets keep 320115001 as 320115001.0."""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        raw = int(raw)
    return unicodedata.normalize("NFKC", str(raw)).strip()


def brief(text: str) -> str:
    """Cut a text that stands in a message."""
    return text if len(text) <= 20 else text[:19] + "…"

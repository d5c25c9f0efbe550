"""Hours and days as people write them ("08:00-17:30", "mon-fri"), read and written back.

Plain functions between text and values, in pairs, like those of `govsim.scenarios.units`;
`govsim.scenarios.quantities` makes field types of them.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NoReturn

from govsim.language import tr
from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND, QuantityError, describe, nearest, tidy

Windows = tuple[tuple[int, int], ...]

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?")
ALWAYS: Windows = ((0, DAY),)


def read_clock(text: object) -> int:
    """Read a time of day, as milliseconds since midnight; "24:00" is the day's end."""
    part = _CLOCK.fullmatch(tidy(text)) if isinstance(text, str) else None
    if part:
        hours, minutes, seconds = int(part[1]), int(part[2]), int(part[3] or 0)
        ms = (
            hours * HOUR + minutes * MINUTE + seconds * SECOND + int((part[4] or "0").ljust(3, "0"))
        )
        if minutes < 60 and seconds < 60 and ms <= DAY:
            return ms
    raise QuantityError(
        tr(
            "expected a time of day from 00:00 to 24:00, such as “08:30”, but found {found}",
            found=describe(text),
        )
    )


def write_clock(ms: int) -> str:
    """Write a time of day; seconds only where there are any."""
    minutes, rest = divmod(ms, MINUTE)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    if rest:
        text += f":{rest // SECOND:02}"
        if rest % SECOND:
            text += f".{rest % SECOND:03}"
    return text


def read_hours(text: object) -> Windows:
    """Read opening hours as windows (start, end) in ms, in order of their start.

    A window that goes past midnight ends after `DAY`: "22:00-06:00" is (22 h, 30 h).
    """
    if isinstance(text, list) and all(isinstance(t, str) for t in text):
        text = ", ".join(text)
    if not isinstance(text, str):
        _refuse_hours(text)
    clean = tidy(text)
    if clean in ("always", "all day", "24h", "全天", "全天候", "24小时"):
        return ALWAYS
    if clean in ("never", "closed", "从不", "不开放"):
        return ()
    windows = []
    for piece in re.split(r"\s*[,;、]\s*", clean):
        ends = re.split(r"\s*(?:-|–|—|~|to|至|到)\s*", piece)
        if len(ends) != 2:
            _refuse_hours(text)
        start, end = read_clock(ends[0]), read_clock(ends[1])
        if start in (end, DAY):
            raise QuantityError(
                tr("“{found}” is no time at all; for the whole day write “always”", found=piece)
            )
        windows.append((start, end if end > start else end + DAY))
    pieces = sorted(part for window in windows for part in _within_day(window))
    if any(later[0] < earlier[1] for earlier, later in pairwise(pieces)):
        raise QuantityError(tr("the hours in “{found}” overlap", found=text))
    return tuple(sorted(windows))


def _within_day(window: tuple[int, int]) -> list[tuple[int, int]]:
    start, end = window
    return [(start, end)] if end <= DAY else [(start, DAY), (0, end - DAY)]


def _refuse_hours(text: object) -> NoReturn:
    raise QuantityError(
        tr(
            "expected hours, such as “08:00-17:30”, “09:00-12:00, 14:00-17:00”, "
            "“always” or “never”, but found {found}",
            found=describe(text),
        )
    )


def write_hours(windows: Windows) -> str:
    """Write opening hours."""
    if not windows:
        return "never"
    if windows == ALWAYS:
        return "always"
    return ", ".join(
        f"{write_clock(a)}-{write_clock(b - DAY if b > DAY else b)}" for a, b in windows
    )


DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_OF = {
    **{name: i for i, name in enumerate(DAY_NAMES)},
    **{name: i for i, name in enumerate(_LONG_DAYS)},
    **{first + name: i for i, name in enumerate("一二三四五六日") for first in ("周", "星期")},
    **{"周天": 6, "星期天": 6, "tues": 1, "thur": 3, "thurs": 3},
}
_DAY_GROUPS = {
    **dict.fromkeys(("daily", "every day", "always", "每天", "每日"), frozenset(range(7))),
    **dict.fromkeys(("weekend", "weekends", "周末", "双休日"), frozenset((5, 6))),
    **dict.fromkeys(("weekdays", "workday", "workdays", "工作日", "平日"), frozenset(range(5))),
    **dict.fromkeys(("never", "从不"), frozenset[int]()),
}


def read_weekdays(text: object) -> frozenset[int]:
    """Read days of the week ("mon-fri", "sat, sun", "daily"); Monday is 0."""
    if isinstance(text, list) and all(isinstance(t, str) for t in text):
        text = ", ".join(text)
    if not isinstance(text, str):
        _refuse_weekday(text)
    clean = tidy(text)
    if clean in _DAY_GROUPS:
        return _DAY_GROUPS[clean]
    days: set[int] = set()
    for piece in re.split(r"\s*[,;、]\s*|\s+and\s+", clean):
        if piece in _DAY_GROUPS:
            days |= _DAY_GROUPS[piece]
            continue
        ends = re.split(r"\s*(?:-|–|—|~|至|到)\s*", piece)
        if len(ends) > 2:
            _refuse_weekday(text)
        for end in ends:
            if end not in _DAY_OF:
                near = nearest(end, _DAY_OF)
                _refuse_weekday(text, clean.replace(end, near) if near else "")
        first, last = _DAY_OF[ends[0]], _DAY_OF[ends[-1]]
        days.update((first + i) % 7 for i in range((last - first) % 7 + 1))
    return frozenset(days)


def _refuse_weekday(text: object, suggestion: str = "") -> NoReturn:
    raise QuantityError(
        tr(
            "expected days of the week, such as “mon-fri”, “sat, sun” or “daily”, "
            "but found {found}",
            found=describe(text),
        ),
        suggestion,
    )


def write_weekdays(days: frozenset[int]) -> str:
    """Write days of the week; three or more in a row as a range."""
    if not days:
        return "never"
    if len(days) == 7:
        return "daily"
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = []
    for run in runs:
        if len(run) >= 3:
            names.append(f"{DAY_NAMES[run[0]]}-{DAY_NAMES[run[-1]]}")
        else:
            names.extend(DAY_NAMES[d] for d in run)
    return ", ".join(names)

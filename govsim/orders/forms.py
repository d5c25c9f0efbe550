"""Ways of writing dates and times, each understood once by a regular expression.

An expression is for shapes: strings in which each digit is a 9 (`govsim.orders.times`). The forms
are those that spreadsheets, databases, programming languages and open-data sites write in China,
Thailand, Korea, Japan, Germany, the Spanish-speaking countries and the US.
"""

from __future__ import annotations

import re
from functools import lru_cache

_MONTH_NAMES: tuple[tuple[str, ...], ...] = (
    *(("january|jan|januar|jänner|enero|ene|janvier|janv|มกราคม|ม.ค",),),
    *(("february|feb|februar|febrero|février|févr|กุมภาพันธ์|ก.พ",),),
    *(("march|mar|märz|maerz|mär|mrz|marzo|mars|มีนาคม|มี.ค",),),
    *(("april|apr|abril|abr|avril|avr|เมษายน|เม.ย",),),
    *(("may|mai|mayo|พฤษภาคม|พ.ค",),),
    *(("june|jun|juni|junio|juin|มิถุนายน|มิ.ย",),),
    *(("july|jul|juli|julio|juillet|juil|กรกฎาคม|ก.ค",),),
    *(("august|aug|agosto|ago|août|สิงหาคม|ส.ค",),),
    *(("september|sept|sep|septiembre|septembre|กันยายน|ก.ย",),),
    *(("october|oct|oktober|okt|octubre|octobre|ตุลาคม|ต.ค",),),
    *(("november|nov|noviembre|novembre|พฤศจิกายน|พ.ย",),),
    *(("december|dec|dezember|dez|diciembre|dic|décembre|déc|ธันวาคม|ธ.ค",),),
)
MONTHS = {
    name: number for number, (names,) in enumerate(_MONTH_NAMES, 1) for name in names.split("|")
}
"""Names of months, in lower case, without a point at the end."""

MORNING = ("上午", "午前", "오전", "凌晨", "清晨", "早上", "早晨", "a")
"""Words before or after the hours up to noon, by their beginning."""

NOON = "中午"
"""Before 11, 12, 1 and 2 o'clock."""

EVENING = ("晚上", "晚间", "夜间", "夜晚")
"""Before the hours from six in the evening; twelve is midnight then."""

ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "wet"), 0),
    **dict.fromkeys(("cet", "mez", "bst", "west"), 60),
    **dict.fromkeys(("cest", "mesz", "eet"), 120),
    **dict.fromkeys(("hkt", "sgt", "cst", "awst"), 480),
    **dict.fromkeys(("jst", "kst"), 540),
    **{"eest": 180, "msk": 180, "ict": 420, "aest": 600},
    **{"est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420},
}
"""Minutes from UTC of zones that are named; `govsim.orders.times` asks the place's zone first."""

ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
ERAS |= {"民国": 1911, "民國": 1911}
"""The year before the first of an era."""

BUDDHIST = 543
"""Years from the Buddhist era to the common one."""

_MONTH = "(?P<name>" + "|".join(map(re.escape, sorted(MONTHS, key=len, reverse=True))) + r")\.?"
_HALF = (
    r"[ap]\.?\s?m\.?(?![a-z])|上午|下午|午前|午后|午後|오전|오후|凌晨|清晨|早上|早晨|中午|傍晚|"
    r"晚上|晚间|夜间|夜晚"
)
_CJK_DAY = "[一二三四五六日天月火水木金土월화수목금토]"
_WEEKDAY = (
    rf"(?:\(?(?:星期|周|週|礼拜){_CJK_DAY}\)?|\(?{_CJK_DAY}(?:曜日?|요일)\)?|\({_CJK_DAY}\)|"
    r"\(?(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\)?[.,]?|"
    r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so)"
    r"[.,]{1,2}|(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo),?|"
    r"(?:วัน)?(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|ศุกร์|เสาร์|อาทิตย์)(?:ที่)?)"
)
_HOUR_MARK = r"(?:[:.h时時点點시]|小时)"
_CLOCK = (
    rf"(?P<hour>9?9)\s?{_HOUR_MARK}\s?(?P<minute>9?9)"
    r"(?:\s?[:.분分]\s?(?P<second>9?9)(?:[.,:](?P<fraction>9+))?\s?[秒초]?)?\s?[分분]?"
)
_HOUR_ALONE = r"(?P<hour>9?9)\s?(?:[时時点點시]|小时)?[整钟]?"
_SOLID = r"(?P<hour>99)(?P<minute>99)(?:(?P<second>99)(?:[.,]?(?P<fraction>9+))?)?"
_AFTER = rf"\s*(?P<half>{_HALF})?\s?(?:uhr|hrs|h|น\.?)?"
_NAMED = "|".join(sorted(ZONES, key=len, reverse=True))
_ZONE = (
    rf"\s*(?P<zone>(?:utc|gmt)?\s?(?P<sign>[+-])(?P<off_hour>9?9):?(?P<off_minute>99)?(?:\s(?:{_NAMED})(?![a-z]))?"
    rf"|(?:{_NAMED})(?![a-z]))?\s?(?:\([^)]*\)|\[[^\]]*\])?"
)
_GAP = (
    rf"(?:\s*t\s*|\s*,\s*|\s+(?:um|at|à|เวลา|a\slas|-)?\s*|_|\s?-(?=99\.99)|:(?=99:99)|"
    rf"(?<=[日号號일)])|(?={_HALF}))"
)
_DAYS = (
    r"(?P<year>9999)\s?(?P<sep>[-/.])\s?(?P<month>9?9)\s?(?P=sep)\s?(?P<day>9?9)\.?",
    r"'?(?P<year>9999|99)\s?[年년]\s?(?P<month>9?9)\s?[月월]\s?(?P<day>9?9)\s?[日号號일]?",
    r"(?:中[华華])?(?P<era>令和|平成|昭和|民国|民國)\s?(?P<year>99?9?|元)\s?[年./-]\s?(?P<month>9?9)\s?[月./-]\s?"
    r"(?P<day>9?9)\s?日?",
    r"(?P<era>[rhs])(?P<year>9?9)(?P<sep>[./-])(?P<month>9?9)(?P=sep)(?P<day>9?9)",
    r"(?P<year>999)(?P<sep>[-/.])(?P<month>9?9)(?P=sep)(?P<day>9?9)",
    r"'?(?P<year>99)(?P<sep>\.)\s(?P<month>9?9)\.\s(?P<day>9?9)\.",
    r"(?P<one>9?9)(?P<sep>[-/.])\s?(?P<two>9?9)(?P=sep)\s?(?P<year>9999|99)",
    r"'?(?P<year>99)(?P<sep>[-/.])\s?(?P<month>9?9)(?P=sep)\s?(?P<day>9)\.?",
    r"'(?P<year>99)(?P<sep>[-/.])\s?(?P<month>9?9)(?P=sep)\s?(?P<day>99)\.?",
    rf"(?P<day>9?9)(?:st|nd|rd|th|\.|º)?(?:\s|-|/|\sde\s|\sof\s)?\s?{_MONTH}"
    r"(?:,?\s|-|/|\sde\s|\sdel\s)?\s?(?:พ\.ศ\.\s?)?'?(?P<year>9999|99)",
    rf"{_MONTH}(?:\s|-|/)?\s?(?P<day>9?9)(?:st|nd|rd|th)?(?:,\s?|\s|-|/)(?P<year>9999)",
    rf"(?P<year>9999)(?:\s|-|/)?\s?{_MONTH}(?:\s|-|/)?\s?(?P<day>9?9)",
    r"(?P<day>9?9)-(?P<month>9?9)月\s?-\s?(?P<year>9999|99)",
)


def _layouts() -> tuple[re.Pattern[str], ...]:
    """Join days, clocks and zones: day first, clock first, and as Java and C do it."""
    patterns = []
    for day in _DAYS:
        dated = rf"(?:{_WEEKDAY}\s*)?{day}(?:\s?{_WEEKDAY})?"
        before = rf"{_GAP}(?P<before>{_HALF})?\s*"
        for clock in (_CLOCK, _SOLID, _HOUR_ALONE):
            timed = rf"{before}{clock}{_AFTER}{_ZONE}"
            patterns.append(rf"{dated}(?:{timed})?" if clock is _CLOCK else dated + timed)
        patterns.append(rf"(?P<before>{_HALF})?\s?{_CLOCK}{_AFTER}(?:\s*,\s*|\s+){dated}")
    spread = (
        rf"(?:{_WEEKDAY}\s*)?{_MONTH}\s+(?P<day>9?9)\s+{_CLOCK}{_AFTER}{_ZONE}\s+(?P<year>9999)"
    )
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in (*patterns, spread))


_LAYOUTS = _layouts()
_COMPACT = re.compile(
    r"(?P<year>9999)(?P<month>99)(?P<day>99)(?:(?:t|\s|-|_)?"
    r"(?:(?P<hour>99):?(?P<minute>99)(?::?(?P<second>99)(?:\.?(?P<fraction>999))?)?))?" + _ZONE,
    re.IGNORECASE,
)
_COMPACT_OF_ERA = re.compile(
    r"(?P<year>999)(?P<month>99)(?P<day>99)"
    r"(?:(?:\s|-|_)?(?P<hour>99):?(?P<minute>99)(?::?(?P<second>99))?)?(?P<zone>)"
)
# A point makes 13.05 a number, unless a word says that it is a time.
_TIME_OF_DAY = re.compile(rf"(?!9?9\.99?$)(?P<before>{_HALF})?\s?{_CLOCK}{_AFTER}", re.IGNORECASE)
LONGEST = 90
"""Signs of the longest form, with room; expressions are not tried on more."""


@lru_cache(maxsize=20_000)
def layout_of(shape: str) -> re.Match[str] | None:
    """Find the parts of a date in a shape; none, if it is no date."""
    if len(shape) > LONGEST or shape.count("9") < 3 or "   " in shape:
        return None
    return next((m for layout in _LAYOUTS if (m := layout.fullmatch(shape))), None)


def compact_layout_of(shape: str) -> re.Match[str] | None:
    """Find the parts of a date that is written as one number, 20250131100500."""
    if len(shape) > LONGEST:
        return None
    return _COMPACT.fullmatch(shape) or _COMPACT_OF_ERA.fullmatch(shape)


def clock_layout_of(shape: str) -> re.Match[str] | None:
    """Find the parts of a time of day."""
    return _TIME_OF_DAY.fullmatch(shape) if len(shape) <= LONGEST else None


def month_of(name: str) -> int:
    """Give the number of a month."""
    return MONTHS[name.lower().rstrip(".")]


def is_morning(half: str) -> bool:
    """Whether a word for half of a day stands for the hours up to noon."""
    return half.lower().startswith(MORNING)


def is_thai(shape: str) -> bool:
    """Whether a form is written in Thai: its years are of the Buddhist era."""
    return any("\u0e00" <= sign <= "\u0e7f" for sign in shape)


def example_of(layout: re.Match[str], order: str | None) -> str:
    """Write an example of a form, 10:05 on 31 January 2025, without a value of the file.

    Parameters
    ----------
    layout : of a date, from `layout_of`.
    order : of day, month and year, where three numbers leave that open.
    """
    groups = layout.groupdict()
    date = _example_date(layout, groups, order)
    if not groups.get("hour"):
        return date
    time = "10:05:00" if groups.get("second") else "10:05" if groups.get("minute") else "10"
    time += ".000" if groups.get("fraction") else ""
    if before := groups.get("before"):
        morning = {"午": "午前", "오": "오전"}.get(before[0], "上午")
        time = f"AM {time}" if before.isascii() else f"{morning}{time}"
    time += " AM" if groups.get("half") else ""
    return f"{date} {time}{_example_zone(groups.get('zone'))}"


def _example_zone(zone: str | None) -> str:
    if not zone:
        return ""
    if zone.lower() in ("z", "utc"):
        return "Z"
    return "+08:00" if "9" in zone else f" {zone}"


def _example_date(layout: re.Match[str], groups: dict[str, str | None], order: str | None) -> str:
    sep, year = groups.get("sep") or "-", groups["year"] or ""
    shown = {4: "2025", 3: "114"}.get(len(year), "25")
    if groups.get("one"):
        orders = {
            "month first": f"01{sep}31{sep}{shown}",
            "year first": f"{shown}{sep}01{sep}31",
        }
        return orders.get(order or "", f"31{sep}01{sep}{shown}")
    if era := groups.get("era"):
        if era.isascii():
            return f"{era.upper()}7{sep}01{sep}31"
        return f"{era}{'114' if era[0] == '民' else '7'}年1月31日"
    if name := groups.get("name"):
        jan = "ม.ค." if is_thai(name) else "Jan"
        shown = "2568" if is_thai(name) and len(year) == 4 else shown
        if layout.start("year") < layout.start("name"):
            return f"{shown} {jan} 31"
        if layout.start("day") < layout.start("name"):
            return f"31 {jan} {shown}"
        return f"{jan} 31, {shown}"
    if "년" in layout.string:
        return f"{shown}년 1월 31일"
    if layout.start("day") < layout.start("month"):
        return f"31-1月-{shown}"
    return f"{shown}年1月31日" if "年" in layout.string else f"{shown}{sep}01{sep}31"

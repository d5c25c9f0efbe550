"""Amounts as people write them ("10 min", "17.1 km/h", "6 per hour"), read and written back.

Plain functions between text and numbers, in pairs: ``write_x(read_x(text))`` reads to the
same number again, to the last bit. `govsim.scenarios.quantities` makes field types of them;
`govsim.scenarios.week` does the same for hours and weekdays.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NoReturn

from govsim.language import current, tr

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
YEAR = 365 * DAY
"""Milliseconds; a year is 365 days throughout, so that rates don't depend on leap years."""

LONGEST = 1000 * YEAR
"""A longer duration is a slip of the pen, and would overflow sums of int64 milliseconds."""

Units = Mapping[str, Fraction]


class QuantityError(ValueError):
    """A text can't be read as an amount; `suggestion` is the likely intended spelling."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


def _table(*rows: tuple[Fraction | float, str]) -> dict[str, Fraction]:
    return {name: Fraction(size) for size, names in rows for name in names.split()}


TIME_UNITS = _table(
    (1, "ms millisecond milliseconds 毫秒"),
    (SECOND, "s sec secs second seconds 秒 秒钟"),
    (MINUTE, "min mins minute minutes 分钟 分"),
    (HOUR, "h hr hrs hour hours 小时 个小时 时"),
    (DAY, "days day d 天 日"),
    (WEEK, "weeks week w wk wks 周 星期 个星期"),
    (YEAR, "years year y yr yrs 年"),
)
DISTANCE_UNITS = _table(
    (1, "m metre metres meter meters 米"),
    (1000, "km kilometre kilometres kilometer kilometers 公里 千米"),
)
SPEED_UNITS = _table(
    (Fraction(1000, 3600), "km/h kmh kph 公里/小时 千米/小时 公里每小时 千米每小时"),
    (Fraction(1000, 60) / 60, "公里/时 千米/时"),
    (1, "m/s 米/秒 米每秒"),
    (Fraction(1, 60), "m/min 米/分钟 米每分钟 米/分"),
)
MONEY_UNITS = _table((1, "yuan rmb cny 元 块"), (10_000, "万元"))
HOURLY_UNITS = _table(
    (1, "yuan/h yuan/hr yuan/hour 元/小时 元/时 元每小时"), (Fraction(1, 60), "yuan/min 元/分钟")
)
WORKING_UNITS = {
    "working hours": ("working hour", "working hours", "工作小时", "个工作小时"),
    "working days": (
        *("working day", "working days", "workday", "workdays", "business day", "business days"),
        *("工作日", "个工作日"),
    ),
}

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.?\d*(?:e[+-]?\d{1,3})?|\.\d+)"
_AMOUNT = re.compile(rf"\s*(?P<number>[+-]?\s*{_NUMBER})\s*(?P<unit>[^\d.,+\-]*)")


def tidy(text: str) -> str:
    """Fold full-width forms and spaces, and case, so that only the meaning is left."""
    words = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return re.sub(r"\s*/\s*", "/", words)


MOST_SIGNS = 400
"""A longer number is none that anyone wrote, and takes its time to read."""

MOST_SHOWN = 100
"""So many signs of a value are shown; its place says the rest."""

_EXPONENT = re.compile(r"e[+-]?(\d+)$", re.IGNORECASE)


def number(text: str) -> Fraction:
    """Read a plain decimal number exactly.

    Raises
    ------
    QuantityError
        It is beyond 10¹⁸, or so near to 0 that it can only be a slip.
    """
    plain = text.replace(",", "").replace(" ", "")
    exponent = _EXPONENT.search(plain)
    if len(plain) > MOST_SIGNS or (exponent and int(exponent[1]) > MOST_SIGNS):
        # An exact fraction of 1e999999999 would fill the memory before it could be compared.
        raise QuantityError(tr("{found} is out of range", found=describe(text)))
    value = Fraction(plain)
    if abs(value) > 10**18:
        raise QuantityError(tr("{found} is too large", found=describe(text)))
    return value


def nearest(word: str, known: Iterable[str]) -> str:
    """Find the known word most like `word`, or ``""`` when none is near."""
    known = list(known)
    for cutoff in (0.75, 0.6):
        if found := difflib.get_close_matches(word, known, n=1, cutoff=cutoff):
            return found[0]
    prefixed = [k for k in known if word and k.startswith(word)]
    return min(prefixed, key=len, default="")


def shown(names: Iterable[str]) -> str:
    """List the spellings to show: Chinese ones to a Chinese reader, else the others."""
    chinese = current() == "zh"
    names = [n for n in names if n.isascii() != chinese]
    return ("、" if chinese else ", ").join(names)


def _first_names(units: Units) -> list[str]:
    """One spelling of each unit for each of the two scripts."""
    seen: dict[tuple[Fraction, bool], str] = {}
    for name, size in units.items():
        seen.setdefault((size, name.isascii()), name)
    return list(seen.values())


def read_amount(text: object, units: Units, example: str) -> Fraction:
    """Read a sum of numbers with units ("1 h 30 min") in the base unit of `units`.

    Raises
    ------
    QuantityError
        No unit (only a zero needs none), an unknown unit, a negative amount, or no number.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        if text == 0:
            return Fraction(0)
        text = str(text) if isinstance(text, int) else f"{text:g}"
    if not isinstance(text, str):
        raise QuantityError(
            tr(
                "expected an amount with a unit, such as “{example}”, but found {found}",
                example=example,
                found=describe(text),
            )
        )
    clean, total, at = tidy(text), Fraction(0), 0
    while at < len(clean) or not clean:
        part = _AMOUNT.match(clean, at)
        if part is None:
            raise QuantityError(
                tr(
                    "“{found}” is not an amount with a unit; write it like “{example}” "
                    "(units: {units})",
                    found=in_part(text),
                    example=example,
                    units=shown(_first_names(units)),
                )
            )
        value, unit = number(part["number"]), part["unit"].strip()
        at = part.end()
        if unit in units:
            total += value * units[unit]
        elif not unit and value == 0:
            pass
        elif not unit:
            raise QuantityError(
                tr(
                    "“{found}” has no unit; the units are {units}",
                    found=in_part(text),
                    units=shown(_first_names(units)),
                )
            )
        else:
            near = "min" if unit == "m" and units is TIME_UNITS else nearest(unit, units)
            raise QuantityError(
                tr(
                    "“{found}” has the unknown unit “{unit}”; the units are {units}",
                    found=in_part(text),
                    unit=unit,
                    units=shown(_first_names(units)),
                ),
                f"{part['number']} {near}" if near else "",
            )
        if value < 0:
            raise QuantityError(tr("“{found}” is negative, but must not be", found=text))
    return total


_COUNT = re.compile(
    r"(?P<number>[+-]?\d[\d,]*(?:\.\d+)?)\s*(?P<many>[百千万亿]?)\s*"
    r"(?:人|名|位|个|件|次|户|组|辆|遍|种|起|people|persons?)?"
)
_TIMES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


def read_count(text: str) -> object:
    """Read a number with what is counted ("2人", "6.5万人") as it is; any other text stays."""
    part = _COUNT.fullmatch(tidy(text))
    if part is None:
        return text
    value = number(part["number"]) * _TIMES[part["many"]]
    return int(value) if value.denominator == 1 else float(value)


def in_part(text: str) -> str:
    """Give a text, or the beginning of one that nobody would read to its end."""
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def describe(value: object) -> str:
    """Name the kind of a value that was found where text or a number was expected."""
    if value is None:
        return tr("nothing")
    if isinstance(value, bool):
        return tr("yes or no (“{value}”)", value=str(value).lower())
    if isinstance(value, Mapping):
        return tr("a block of keys")
    if isinstance(value, list | tuple | set | frozenset):
        return tr("a list")
    text = str(value)
    return f"“{in_part(text)}”"


def write_amount(value: float | Fraction, choices: Iterable[tuple[str, Fraction]]) -> str:
    """Write `value` (base units) in the unit that says it exactly with the fewest signs.

    Ties go to the earlier of `choices`. One of them must be the base unit (size 1), which
    can always say it exactly.
    """
    return _written(float(value), tuple(choices))


@lru_cache(maxsize=4096)  # a scenario has the same few amounts over and over
def _written(target: float, choices: tuple[tuple[str, Fraction], ...]) -> str:
    exact = []
    for unit, size in choices:
        scaled = float(Fraction(target) / size)
        for digits in range(1, 18):
            text = _plain(float(f"{scaled:.{digits}g}"))
            if float(Fraction(text) * size) == target:
                exact.append((text, unit))
                break
    text, unit = min(exact, key=lambda pair: len(pair[0]))
    return f"{text} {unit}"


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


# ---------------------------------------------------------------- durations


def read_duration(text: object) -> int:
    """Read a length of time, as whole milliseconds."""
    exact = read_amount(text, TIME_UNITS, "10 min")
    if exact > LONGEST:
        raise QuantityError(tr("“{found}” is longer than 1000 years", found=text))
    if 0 < exact < 1:
        raise QuantityError(tr("“{found}” is shorter than 1 ms, the shortest time", found=text))
    return round(exact)


def write_duration(milliseconds: float) -> str:
    """Write milliseconds in the unit that needs the fewest signs: "90 min", "9.5 days"."""
    if milliseconds == 0:
        return "0 min"
    names = ("weeks", "days", "h", "min", "s", "ms")
    text = write_amount(milliseconds, [(name, TIME_UNITS[name]) for name in names])
    return text.removesuffix("s") if text in ("1 days", "1 weeks") else text


def working_amount(text: object) -> tuple[float, str] | None:
    """Read "3 working days" as (3.0, "working days"); None if it isn't about working time."""
    if not isinstance(text, str):
        return None
    clean = tidy(text)
    part = _AMOUNT.fullmatch(clean)
    if part is None:
        return None
    unit = part["unit"].strip()
    for name, spellings in WORKING_UNITS.items():
        if unit in spellings:
            value = number(part["number"])
            if value < 0:
                raise QuantityError(tr("“{found}” is negative, but must not be", found=text))
            return float(value), name
    if unit.startswith(("work", "busi", "个工", "工作")):
        names = [s for spellings in WORKING_UNITS.values() for s in spellings]
        raise QuantityError(
            tr(
                "“{found}” has the unknown unit “{unit}”; the units are {units}",
                found=in_part(text),
                unit=unit,
                units=shown(["working hours", "working days", "工作小时", "工作日"]),
            ),
            f"{part['number']} {near}" if (near := nearest(unit, names)) else "",
        )
    return None


def write_working(amount: float, unit: str) -> str:
    """Write an amount of working time; the singular for one."""
    return f"{_plain(amount)} {unit.removesuffix('s') if amount == 1 else unit}"


# ---------------------------------------------------------------- rates

_PEOPLE = r"(?:(?P<people>[\d,]+|千|万|百)?\s*(?:residents?|people|persons?|人|居民|名居民)?)"
_PERIOD = r"(?P<count>\d+(?:\.\d+)?)?\s*(?P<unit>[a-z]+|[^\s\da-z/每]+)"
_RATE = re.compile(
    rf"(?P<number>[+-]?{_NUMBER})\s*(?:件|次)?\s*(?:(?:per|/|每)\s*"
    rf"(?P<who>{_PEOPLE}))??\s*(?:per|/|每|a)\s*{_PERIOD}"
)
_RATE_CHINESE = re.compile(
    rf"(?:每\s*(?P<who>{_PEOPLE}))??\s*每\s*{_PERIOD}\s*(?P<number>[+-]?{_NUMBER})\s*(?:件|次)?"
)
_MANY = {"百": 100, "千": 1000, "万": 10_000}


def read_rate(text: object) -> tuple[float, bool]:
    """Read "60 per 1000 per year" or "6 per hour" as (number per day, is it per resident)."""
    if isinstance(text, int | float) and not isinstance(text, bool) and text == 0:
        return 0.0, False
    clean = tidy(text) if isinstance(text, str) else ""
    part = _RATE.fullmatch(clean) or _RATE_CHINESE.fullmatch(clean)
    if part is None:
        _refuse_rate(text)
    unit = part["unit"]
    if unit not in TIME_UNITS:
        near = nearest(unit, TIME_UNITS)
        raise QuantityError(
            tr(
                "“{found}” has the unknown unit “{unit}”; the units are {units}",
                found=in_part(str(text)),
                unit=unit,
                units=shown(_first_names(TIME_UNITS)),
            ),
            clean[: part.start("unit")] + near + clean[part.end("unit") :] if near else "",
        )
    value = number(part["number"])
    if value < 0:
        raise QuantityError(tr("“{found}” is negative, but must not be", found=text))
    period = TIME_UNITS[unit] * number(part["count"] or "1")
    people = part["people"] or "1"
    residents = Fraction(_MANY[people]) if people in _MANY else number(people)
    if not period or not residents:
        _refuse_rate(text)
    who = part["who"]
    return float(value * DAY / period / (residents if who else 1)), bool(who)


def _refuse_rate(text: object) -> NoReturn:
    raise QuantityError(
        tr(
            "expected a rate, such as “60 per 1000 per year” or “6 per hour”, but found {found}",
            found=describe(text),
        )
    )


def write_rate(per_day: float, per_resident: bool) -> str:
    """Write a rate; per 1000 residents a year where it is by resident."""
    year, hour, minute = Fraction(1, 365), Fraction(24), Fraction(24 * 60)
    if per_resident:
        return write_amount(
            per_day,
            [("per 1000 per year", year / 1000), ("per resident per day", Fraction(1))],
        )
    return write_amount(
        per_day,
        [("per day", Fraction(1)), ("per hour", hour), ("per min", minute), ("per year", year)],
    )

"""Field types for what a scenario says in words: durations, rates, hours, distributions.

The schema annotates its fields with these; pydantic then reads "10 min" as 600000 and
writes it back as "10 min". The reading itself is in `units` and `week`. An amount
without a unit is refused, but for a plain zero: 10 what? Python code that already holds
internal values (milliseconds, metres) may validate with ``context=INTERNAL``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

from govsim.scenarios import units, week
from govsim.scenarios.distributions import (
    Deterministic,
    Distribution,
    Empirical,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Weibull,
)
from govsim.scenarios.numbers import INTERNAL, Factor, PositiveFactor, Share, reads
from govsim.scenarios.spans import Rate, Span
from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND, WEEK, YEAR

__all__ = [
    "DAY",
    "HOUR",
    "INTERNAL",
    "MINUTE",
    "SECOND",
    "WEEK",
    "YEAR",
    "ClockTime",
    "Deterministic",
    "Distance",
    "Distribution",
    "Duration",
    "Empirical",
    "Erlang",
    "Exponential",
    "Factor",
    "Gamma",
    "HourlyCost",
    "Hours",
    "Lognormal",
    "Money",
    "PositiveFactor",
    "Rate",
    "Share",
    "Span",
    "Speed",
    "Weekdays",
    "Weibull",
]


def _schema(description: str, pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": "string",
            "description": description,
            "pattern": pattern,
            "examples": list(examples),
        }
    )


def _measure(table: units.Units, example: str) -> Callable[[object], float]:
    return lambda text: float(units.read_amount(text, table, example))


def _writer(*names: str, table: units.Units) -> PlainSerializer:
    choices = [(name, table[name]) for name in names]
    return PlainSerializer(lambda x: units.write_amount(x, choices), return_type=str)


_WITH_UNIT = r"^\s*[0-9.].*$"

Duration = Annotated[
    int,
    reads(units.read_duration),
    Field(ge=0),
    PlainSerializer(units.write_duration, return_type=str),
    _schema("a length of time with its unit", _WITH_UNIT, "10 min", "1.5 h", "2 days", "12 weeks"),
]
"""Length of time, int milliseconds: "10 min"."""

Speed = Annotated[
    float,
    reads(_measure(units.SPEED_UNITS, "17.1 km/h")),
    Field(ge=0, allow_inf_nan=False),
    _writer("km/h", "m/s", table=units.SPEED_UNITS),
    _schema("a speed with its unit", _WITH_UNIT, "17.1 km/h", "1.3 m/s"),
]
"""Metres per second: "17.1 km/h"."""

Distance = Annotated[
    float,
    reads(_measure(units.DISTANCE_UNITS, "800 m")),
    Field(ge=0, allow_inf_nan=False),
    _writer("m", table=units.DISTANCE_UNITS),
    _schema("a distance with its unit", _WITH_UNIT, "800 m", "2 km"),
]
"""Metres: "800 m"."""

Money = Annotated[
    float,
    reads(_measure(units.MONEY_UNITS, "30 yuan")),
    Field(ge=0, allow_inf_nan=False),
    _writer("yuan", table=units.MONEY_UNITS),
    _schema("a sum of money", _WITH_UNIT, "30 yuan", "30 元"),
]
"""Yuan: "30 yuan"."""

HourlyCost = Annotated[
    float,
    reads(_measure(units.HOURLY_UNITS, "35 yuan/h")),
    Field(ge=0, allow_inf_nan=False),
    _writer("yuan/h", table=units.HOURLY_UNITS),
    _schema("a cost for each hour", _WITH_UNIT, "35 yuan/h", "35 元/小时"),
]
"""Yuan per hour: "35 yuan/h"."""

ClockTime = Annotated[
    int,
    reads(week.read_clock),
    PlainSerializer(week.write_clock, return_type=str),
    _schema("a time of day", r"^\s*\d{1,2}:\d{2}", "08:30", "24:00"),
]
"""Time of day, int milliseconds since midnight: "08:30"."""

Hours = Annotated[
    tuple[tuple[int, int], ...],
    reads(week.read_hours, lambda v: isinstance(v, tuple)),
    PlainSerializer(week.write_hours, return_type=str),
    _schema(
        "hours of the day, one window or several",
        r"^.+$",
        *("08:00-17:30", "09:00-12:00, 14:00-17:00", "22:00-06:00", "always", "never"),
    ),
]
"""Windows (start, end) in ms within a day, in order; the end is past `DAY` if it is tomorrow."""

Weekdays = Annotated[
    frozenset[int],
    reads(week.read_weekdays, lambda v: isinstance(v, frozenset)),
    PlainSerializer(week.write_weekdays, return_type=str),
    _schema("days of the week", r"^.+$", "mon-fri", "sat, sun", "daily"),
]
"""Days of the week, Monday 0 to Sunday 6: "mon-fri"."""

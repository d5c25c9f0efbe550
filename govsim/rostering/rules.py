"""What a rota must hold: hours, rest, nights, weekends; China's labour law where nobody says else.

`Rules` is read from a small YAML file, of which `example` gives one with remarks. Each rule knows
where its default is from (`SOURCES`): an article of a law, or nothing but an assumption of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, field_validator, model_validator

from govsim.errors import InputError
from govsim.language import current, tr
from govsim.scenarios.loading import load_as
from govsim.scenarios.quantities import ClockTime, Hours
from govsim.scenarios.schema.base import Label, Model, choice
from govsim.scenarios.spans import refusal
from govsim.scenarios.units import MINUTE, QuantityError, describe, read_duration

DAY_MINUTES = 24 * 60

STANDARD, COMPREHENSIVE, AUTO = "standard", "comprehensive", "auto"
"""Ways to reckon hours: by day and week (Labour Law 36, 41), or over the whole rota (39)."""

LONGEST_SHIFT = 24
"""Hours of the longest shift that can be asked for."""


def _minutes(value: object) -> object:
    """Read a length of time: ``11 h``, ``30 min``, or a bare number of hours."""
    if isinstance(value, bool):
        raise refusal(_expected(value))
    if isinstance(value, int | float):
        return round(value * 60)
    try:
        return round(float(str(value).strip()) * 60)
    except ValueError:
        pass
    try:
        return round(read_duration(value) / MINUTE)
    except QuantityError as error:
        raise refusal(str(error), error.suggestion) from None
    except (ArithmeticError, RecursionError):
        raise refusal(_expected(value)) from None


def _expected(value: object) -> str:
    return tr("expected hours such as 8 h or 40, but found {found}", found=describe(value))


Length = Annotated[int, BeforeValidator(_minutes)]
"""Minutes, written as ``11 h`` or as a number of hours."""


class Pattern(Model):
    """A shift that people may be given."""

    hours: Hours
    """From when to when, such as "08:00-16:00"; one window, which may pass midnight."""
    pause: Length = choice(0, ge=0, le=4 * 60)
    """Time of it that is no work (a meal): not counted as hours, though somebody is there."""
    label: Label | None = None
    """What it is called on the rota."""
    short: str | None = choice(None, min_length=1, max_length=3)
    """What stands in a cell of the rota, one to three signs."""
    teams: tuple[str, ...] = ()
    """Whose shift it is; of all teams if none is named."""

    @model_validator(mode="before")
    @classmethod
    def _in_short(cls, value: object) -> object:
        return {"hours": value} if isinstance(value, str) else value

    @field_validator("hours")
    @classmethod
    def _one(cls, value: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        if len(value) != 1:
            raise ValueError(tr("a shift that somebody works is one window, such as 08:00-16:00"))
        return value


class Rules(Model):
    """The rules of a rota; every field has a default."""

    weeks: int = choice(4, ge=1, le=8)
    """How long the rota is."""
    shifts: dict[str, Pattern] = choice({})
    """Shifts that people may be given; those of the scenario if none are named."""
    lengths: tuple[Length, ...] = choice(())
    """Instead, or besides: each of these lengths from each of `starts`."""
    starts: tuple[ClockTime, ...] = choice(())
    """Times of day at which shifts of `lengths` may begin."""

    system: Literal["auto", "standard", "comprehensive"] = "auto"
    """How hours are reckoned; `auto`: standard where all shifts are short enough for it."""
    hours_a_day: Length = choice("8 h", ge=60, le=DAY_MINUTES)
    """Normal hours a day."""
    hours_a_week: Length = choice("40 h", ge=60, le=7 * DAY_MINUTES)
    """Normal hours a week of whoever has none of their own in the table of people."""
    overtime_a_day: Length = choice("3 h", ge=0, le=16 * 60)
    """Most overtime a day, in standard hours."""
    overtime: Length = choice("36 h", ge=0, le=200 * 60)
    """Most overtime in four weeks; part-time people do none."""
    most_hours_a_week: Length = choice("60 h", ge=60, le=7 * DAY_MINUTES)
    """Most hours in any one week."""

    rest: Length = choice("11 h", ge=0, le=72 * 60)
    """Rest between two shifts."""
    days_in_a_row: int = choice(6, ge=1, le=60)
    """Most days in a row on which a shift begins."""
    rest_days: int = choice(1, ge=0, le=6)
    """Days of rest in each week of the rota, each with 24 hours or more without work."""
    free_weekends: int = choice(1, ge=0, le=4)
    """Saturdays with their Sundays that are wholly free, in four weeks."""

    night: Hours = choice("22:00-06:00")
    """What counts as night."""
    night_hours: Length = choice("3 h", ge=30, le=12 * 60)
    """A shift with so much of the night in it is a night shift."""
    nights_in_a_row: int = choice(3, ge=1, le=60)
    """Most night shifts in a row."""
    least_at_night: int = choice(2, ge=0, le=100)
    """People at the station at night, all teams together, wherever anybody is needed then."""

    @field_validator("night")
    @classmethod
    def _one_night(cls, value: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        if len(value) != 1:
            raise ValueError(tr("the night is one window, such as 22:00-06:00"))
        return value

    @model_validator(mode="after")
    def _both(self) -> Rules:
        if bool(self.lengths) != bool(self.starts):
            raise ValueError(tr("give both the lengths of shifts and the times when they start"))
        if any(not 60 <= length <= LONGEST_SHIFT * 60 for length in self.lengths):
            raise ValueError(tr("a shift has 1 to {most} hours", most=LONGEST_SHIFT))
        return self

    @property
    def night_window(self) -> tuple[int, int]:
        """Beginning and end of the night, minutes since midnight; the end may be past 1440."""
        start, end = self.night[0]
        return start // MINUTE, end // MINUTE

    @property
    def longest_standard(self) -> int:
        """Minutes of work of the longest shift that standard hours allow."""
        return self.hours_a_day + self.overtime_a_day


LAW: dict[str, str] = {
    "hours_a_day": "劳动法36、国务院令174号第3条",
    "hours_a_week": "劳动法36、国务院令174号第3条",
    "overtime_a_day": "劳动法41",
    "overtime": "劳动法41",
    "rest_days": "劳动法38",
    "days_in_a_row": "劳动法38",
    "system": "劳动法39、劳部发〔1994〕503号第5条",
}
"""Article that a default is from; other defaults are assumptions."""

TESTED = (
    "leave", "no_nights", "rest", "days_in_a_row", "rest_days", "hours", "most_hours_a_week",
    "nights_in_a_row", "free_weekends", "least_at_night",
)  # fmt: skip
"""Rules that may stand against what is needed, in the order in which one is let go to see."""


def read(file: str | Path | None = None, settings: Sequence[tuple[str, str]] = ()) -> Rules:
    """Read the rules.

    Parameters
    ----------
    file : YAML; the defaults if none is given.
    settings : rules that are set on top, as with ``--rule rest=12h``.

    Raises
    ------
    InputError
        With all mistakes, each with its line and the likely spelling.
    """
    try:
        return load_as(file or example_file(), Rules, settings=settings).scenario
    except InputError as error:
        raise InputError(
            replace(one, file="--rule") if one.file == "--set" else one for one in error.problems
        ) from None


def example_file() -> Path:
    """Give the file of rules with remarks in the current language; it says the defaults."""
    return Path(__file__).with_name(f"rules.{current()}.yaml")


def example() -> str:
    """Give its text."""
    return example_file().read_text(encoding="utf-8")

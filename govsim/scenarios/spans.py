"""Lengths of time and rates as values: calendar or working time, in all or by resident.

Both are written as text in a scenario; `govsim.scenarios.units` reads and writes it.
`govsim.scenarios.quantities` offers them to the schema along with the other field types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from govsim.language import tr
from govsim.scenarios import units
from govsim.scenarios.units import QuantityError

TimeUnit = Literal["calendar", "working hours", "working days"]

T = TypeVar("T")


def refusal(message: str, suggestion: str = "") -> PydanticCustomError:
    """Make the error that a validator raises: plain words, and the likely intended spelling."""
    return PydanticCustomError(
        "quantity", "{message}", {"message": message, "suggestion": suggestion}
    )


def read_with(reader: Callable[[object], T], value: object) -> T:
    """Read `value`, turning a reader's refusal into pydantic's."""
    try:
        return _text_read(reader, value) if type(value) is str else reader(value)
    except QuantityError as error:
        raise refusal(str(error), error.suggestion) from None
    except (ArithmeticError, RecursionError):
        raise refusal(tr("{found} is out of range", found=units.describe(value))) from None


@lru_cache(maxsize=8192)
def _text_read(reader: Callable[[object], T], text: str) -> T:
    """Read a text once: a study reads the same scenario hundreds of times.

    What readers give can't be changed, and what they refuse is not kept.
    """
    return reader(text)


class _Written:
    """Makes a frozen dataclass a field type that is written as text."""

    @classmethod
    def read(cls, value: object) -> Any:
        """Read what a person wrote, or let an instance through."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else read_with(cls.read, value),
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\s*[0-9.].*$", "description": _first_line(cls)}


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").partition("\n")[0].rstrip(".")


@dataclass(frozen=True, slots=True)
class Span(_Written):
    """A length of time by the calendar ("10 min") or of working time ("3 working days").

    Attributes
    ----------
    amount : milliseconds for "calendar", else the number of working hours or days.
    unit : which of the three it is counted in.
    """

    amount: float
    unit: TimeUnit = "calendar"

    @property
    def is_working(self) -> bool:
        """Whether it passes only in working time."""
        return self.unit != "calendar"

    @property
    def ms(self) -> float:
        """Milliseconds of a calendar span; a working span has no fixed length."""
        if self.is_working:
            raise ValueError(f"{self} has no length without a calendar")
        return self.amount

    @classmethod
    def read(cls, value: object) -> Span:
        """Read "10 min", "6 working hours" or "3 working days"."""
        working = units.working_amount(value)
        if working is not None:
            return cls(working[0], working[1])  # type: ignore[arg-type]
        exact = units.read_amount(value, units.TIME_UNITS, "10 min")
        if exact > units.LONGEST:
            raise QuantityError(tr("“{found}” is longer than 1000 years", found=value))
        return cls(float(exact))

    def __str__(self) -> str:
        """Write it as `read` reads it."""
        if self.is_working:
            return units.write_working(self.amount, self.unit)
        return units.write_duration(self.amount)


@dataclass(frozen=True, slots=True)
class Rate(_Written):
    """How often something happens, in all ("6 per hour") or by resident ("60 per 1000 per year").

    Attributes
    ----------
    per_day : number per day (a year has 365).
    per_resident : whether `per_day` is for each resident.
    """

    per_day: float
    per_resident: bool = False

    @classmethod
    def read(cls, value: object) -> Rate:
        """Read "60 per 1000 per year", "6 per hour", "1/h", "每千人每年 60"."""
        return cls(*units.read_rate(value))

    def __str__(self) -> str:
        """Write it as `read` reads it."""
        return units.write_rate(self.per_day, self.per_resident)

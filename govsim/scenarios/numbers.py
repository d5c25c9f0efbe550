"""Field types for plain numbers: shares and factors; and how text becomes a field type.

`govsim.scenarios.quantities` offers them to the schema along with those that have units.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from govsim.language import tr
from govsim.scenarios import units
from govsim.scenarios.spans import read_with
from govsim.scenarios.units import QuantityError

INTERNAL = {"govsim": "internal values"}
"""Validation context under which bare numbers are taken as internal values."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def reads(
    reader: Callable[[object], Any], is_internal: Callable[[object], bool] | None = None
) -> BeforeValidator:
    """Read text; let a value through that can only be internal, or is declared to be."""

    def read(value: object, info: ValidationInfo) -> Any:
        if is_internal is not None and is_internal(value):
            return value
        if info.context is INTERNAL and _is_number(value):
            return value
        return read_with(reader, value)

    return BeforeValidator(read)


def _read_number(value: object) -> float:
    if isinstance(value, str):
        text = units.tidy(value)
        try:
            value = float(units.number(text))
        except (ValueError, ZeroDivisionError):
            value = text
    if not _is_number(value) or not math.isfinite(value):  # type: ignore[arg-type]
        raise QuantityError(tr("expected a number, but found {found}", found=units.describe(value)))
    return float(value)  # type: ignore[arg-type]


def _read_share(value: object) -> float:
    text = units.tidy(value) if isinstance(value, str) else ""
    if text.endswith("%"):
        try:
            share = float(units.number(text[:-1]) / 100)
        except (ValueError, ZeroDivisionError):
            raise QuantityError(_not_share(value)) from None
    else:
        try:
            share = _read_number(value)
        except QuantityError:
            raise QuantityError(_not_share(value)) from None
    if not 0 <= share <= 1:
        percent = f"{share:g}%" if 1 < share <= 100 and not text.endswith("%") else ""
        raise QuantityError(_not_share(value), percent)
    return share


def _not_share(value: object) -> str:
    return tr(
        "expected a share from 0 to 1, or from 0% to 100%, but found {found}",
        found=units.describe(value),
    )


def _read_factor(value: object) -> float:
    factor = _read_number(value)
    if factor < 0:
        raise QuantityError(tr("{found} is negative, but must not be", found=value))
    return factor


def _read_positive(value: object) -> float:
    factor = _read_number(value)
    if factor <= 0:
        raise QuantityError(tr("{found} must be greater than 0", found=value))
    return factor


Share = Annotated[
    float,
    reads(_read_share),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"type": "string", "pattern": r"^\s*[0-9.]+\s*%\s*$"},
            ],
            "description": "a share, as a number from 0 to 1 or in percent",
            "examples": [0.3, "30%"],
        }
    ),
]
"""Number from 0 to 1: 0.3 or "30%"."""

Factor = Annotated[float, reads(_read_factor), WithJsonSchema({"type": "number", "minimum": 0})]
"""Number that multiplies, at least 0."""

PositiveFactor = Annotated[
    float, reads(_read_positive), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]
"""Number that multiplies or divides, above 0."""

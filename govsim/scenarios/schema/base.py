"""What every part of a scenario shares: frozen, strict, and documented with its evidence.

`par` is the one place where an input gets its default, plausible range and evidence;
``docs/parameters.md`` and the JSON Schema are generated from it.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Evidence = Literal["published", "inferred", "assumed", "calibrated", "given"]
"""How well a value is known; ``given`` is a planner's own figure or choice."""


class Model(BaseModel):
    """A part of a scenario: frozen, unknown keys refused, docstrings kept for the docs."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        validate_default=True,
        allow_inf_nan=False,
    )


class Label(Model):
    """A name in both languages."""

    zh: str
    """Chinese name."""
    en: str
    """English name."""


def par(
    default: Any,
    low: Any = None,
    high: Any = None,
    evidence: Evidence = "assumed",
    source: str = "",
    **limits: Any,
) -> Any:
    """Declare an input.

    Parameters
    ----------
    default : value as people write it; parsed by the field's type.
    low, high : plausible range, which sensitivity analysis and calibration explore.
    evidence, source : how the default is known, and from where.
    **limits : hard limits for pydantic (``ge``, ``le``, ...).
    """
    extra: dict[str, Any] = {"evidence": evidence}
    if low is not None:
        extra |= {"low": low, "high": high}
    if source:
        extra["source"] = source
    return Field(default, json_schema_extra=extra, **limits)


def choice(default: Any, **limits: Any) -> Any:
    """Declare a setting that is a planner's decision, not a fact to be known."""
    return par(default, evidence="given", **limits)

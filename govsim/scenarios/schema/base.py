"""What every part of a scenario shares: frozen, strict, and documented with its evidence.

`par` is the one place where an input gets its default, plausible range and evidence;
``docs/parameters.md`` and the JSON Schema are generated from it.
"""

from __future__ import annotations

from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)

from govsim.scenarios.described import descriptions
from govsim.scenarios.units import read_count

Evidence = Literal["published", "inferred", "assumed", "calibrated", "given"]
"""How well a value is known; ``given`` is a planner's own figure or choice."""


def _read_counts(value: Any, hint: Any) -> Any:
    """Read the plain numbers of a field, also those under names."""
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if isinstance(value, str) and (int in kinds or float in kinds):
        return read_count(value)
    for kind in kinds:
        if isinstance(value, dict) and get_origin(kind) is dict:
            return {key: _read_counts(entry, get_args(kind)[1]) for key, entry in value.items()}
    return value


class Model(BaseModel):
    """A part of a scenario: frozen, unknown keys refused.

    `govsim.scenarios.described` reads the docstrings of its fields for the docs.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_default=True,
        allow_inf_nan=False,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _counted(cls, value: Any, info: ValidationInfo) -> Any:
        """Read "2人" where a plain number is wanted."""
        if not isinstance(value, str | dict):
            return value
        field = cls.model_fields[str(info.field_name)]
        if any(isinstance(one, BeforeValidator) for one in field.metadata):
            return value  # an amount with a unit of its own
        return _read_counts(value, field.annotation)


class Label(Model):
    """A name in both languages; a plain text is the name in both."""

    zh: str
    """Chinese name."""
    en: str
    """English name."""

    @model_validator(mode="before")
    @classmethod
    def _in_both(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"zh": value, "en": value}
        if isinstance(value, dict) and set(value) <= {"zh", "en"}:
            given = [name for name in value.values() if name]
            return dict.fromkeys(("zh", "en"), given[0]) if len(given) == 1 else value
        return value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        block = handler.resolve_ref_schema(handler(core))
        block.pop("required", None)
        block["minProperties"] = 1
        for name, said in descriptions(cls).items():
            block["properties"][name] = {"description": said, **block["properties"][name]}
        return {"anyOf": [{"type": "string"}, dict(block)], "title": "Label"}


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

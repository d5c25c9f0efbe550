"""Every input in one list: unit, default, plausible range, evidence and source.

`fields` reads them off the schema, `leaves` off a scenario; `govsim.scenarios.evidence` has the
scenario's own word on how its values are known. ``docs/parameters.md`` and the JSON Schema for
editors are written from them by ``tools/make_docs.py``; `govsim.scenarios.checks` walks a
scenario with `leaves`.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pandas as pd
from pydantic import TypeAdapter
from pydantic_core import PydanticUndefined

from govsim.scenarios.described import descriptions
from govsim.scenarios.quantities import (
    ClockTime,
    Distance,
    Distribution,
    Duration,
    Factor,
    HourlyCost,
    Hours,
    Money,
    PositiveFactor,
    Rate,
    Share,
    Span,
    Speed,
    Weekdays,
)
from govsim.scenarios.schema import Label, Model, Scenario
from govsim.scenarios.schema.place import Head

Path = tuple[str | int, ...]

REQUIRED = "required"
"""Stands for the default of an input that has none."""

_UNITS: tuple[tuple[Any, str], ...] = (
    (Duration, "time"),
    (Span, "time or working time"),
    (Distribution, "time, fixed or random"),
    (Rate, "number per time, or per residents and time"),
    (Speed, "speed"),
    (Distance, "distance"),
    (Money, "yuan"),
    (HourlyCost, "yuan per hour"),
    (Share, "share, 0 to 1"),
    (Factor, "factor"),
    (PositiveFactor, "factor"),
    (ClockTime, "time of day"),
    (Hours, "hours of the day"),
    (Weekdays, "days of the week"),
    (Head, "people"),
    (Label, "name in Chinese and English"),
    (str, "name"),
    (bool, "yes or no"),
    (int, "number"),
    (float, "number"),
    (date, "date"),
    (datetime, "date and time"),
)

_COUNTED = {
    "replications": "replications",
    "residents": "residents",
    "household_size": "residents per household",
    "grids_each": "grids",
    "count": "grids or points",
    "crew": "people",
    "pool": "people",
    "crews": "cases at once",
    "cases": "cases",
    "threshold": "jobs",
    "waiting_room": "jobs",
    "most": "reports",
    "most_calls": "orders",
    "priority": "class, 0 to 9",
    "overdue_priority": "class, 0 to 9",
    "trend": "per year",
    "hours": "weights",
    "weekdays": "weights",
    "months": "factors",
}
"""What plain numbers count, by the name of their field."""

_QUANTITIES = (*(kind for kind, _ in _UNITS[:11]), Head, int, float)
"""Types of inputs that are amounts, and so have a plausible range."""


@dataclass(frozen=True)
class Input:
    """An input of the schema.

    Attributes
    ----------
    path : ``*`` stands for a name that the planner chooses, or a number in a list.
    hint : its type, with annotations.
    default : as people write it; `REQUIRED` if there is none.
    parsed : the default as the schema reads it; None if there is none.
    low, high : plausible range, as people write it; for a mapping or list, of each entry
        or of all; None for a choice.
    evidence : one of `govsim.scenarios.schema.base.Evidence`.
    source : from where; may be empty.
    part : the part of the schema whose field it is.
    """

    path: tuple[str, ...]
    hint: Any
    default: Any
    parsed: Any
    low: Any
    high: Any
    evidence: str
    source: str
    part: type[Model]

    @property
    def description(self) -> str:
        """What it is."""
        return descriptions(self.part).get(self.path[-1], "")

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return unit_of(self.hint, self.path[-1])

    @property
    def words(self) -> tuple[str, ...]:
        """Words to choose from, where only given words may stand."""
        return tuple(
            str(word)
            for kind in _kinds(self.hint)
            if get_origin(kind) is Literal
            for word in get_args(kind)
        )

    @property
    def is_quantity(self) -> bool:
        """Whether it is an amount, not a name, a word or a schedule."""
        return any(kind == q for kind in _inner_kinds(self.hint) for q in _QUANTITIES)


@dataclass(frozen=True)
class Leaf:
    """A value of a scenario.

    Attributes
    ----------
    path : where it stands.
    value : as the schema read it.
    written : as people write it.
    hint : its type, with annotations.
    input : what the schema says of its field.
    keys : where it stands within its field, if that is a mapping.
    """

    path: Path
    value: Any
    written: Any
    hint: Any
    input: Input
    keys: Path = ()

    @property
    def is_default(self) -> bool:
        """Whether it is as the schema has it."""
        same = self.value == below(self.input.parsed, self.keys)
        return self.input.default != REQUIRED and bool(same)


# ---------------------------------------------------------------- types


def _kinds(hint: Any) -> tuple[Any, ...]:
    """Alternatives of a type, annotations kept; without None."""
    if get_origin(hint) in (Union, types.UnionType) and hint != Head:
        return tuple(k for arg in get_args(hint) for k in _kinds(arg))
    return () if hint is type(None) else (hint,)


def _entry(kind: Any) -> Any:
    """Type of the entries of a mapping or list; None of anything else."""
    if any(kind == q for q, _ in _UNITS):
        return None
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is dict:
        return arguments[1]
    return arguments[0] if origin in (tuple, list, frozenset) and arguments else None


def _inner_kinds(hint: Any) -> Iterator[Any]:
    """Alternatives of a type, or of its entries."""
    for kind in _kinds(hint):
        if (entry := _entry(kind)) is not None:
            yield from _inner_kinds(entry)
        else:
            yield kind


def _is_part(kind: Any) -> bool:
    """Whether it is a part of a scenario with fields of its own."""
    return isinstance(kind, type) and issubclass(kind, Model) and kind is not Label


def unit_of(hint: Any, name: str = "") -> str:
    """Name the unit of a type.

    Parameters
    ----------
    hint : type of a field, with annotations.
    name : name of the field, which says what plain numbers count.
    """
    found: list[str] = []
    for kind in _inner_kinds(hint):
        if get_origin(kind) is Literal:
            unit = "one of the words"
        else:
            unit = next((u for k, u in _UNITS if kind == k), "")
            if kind in (int, float):
                unit = _COUNTED.get(name, unit)
        if unit and unit not in found:
            found.append(unit)
    return " or ".join(found)


@cache
def _hints(part: type[Model]) -> dict[str, Any]:
    return get_type_hints(part, include_extras=True)


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint)


# ---------------------------------------------------------------- the schema


@cache
def _inputs(part: type[Model]) -> dict[str, Input]:
    """Fields of a part, by name; their paths begin in the part."""
    found = {}
    for name, info in part.model_fields.items():
        extra = info.json_schema_extra
        extra = extra if isinstance(extra, dict) else {}
        hint, given = _hints(part)[name], info.default is not PydanticUndefined
        found[name] = Input(
            path=(name,),
            hint=hint,
            default=info.default if given else REQUIRED,
            parsed=_adapter(hint).validate_python(info.default) if given else None,
            low=extra.get("low"),
            high=extra.get("high"),
            evidence=str(extra.get("evidence", "given")),
            source=str(extra.get("source", "")),
            part=part,
        )
    return found


def fields(part: type[Model] = Scenario, above: tuple[str, ...] = ()) -> Iterator[Input]:
    """List every input that a scenario can have, in the order of the schema.

    Parameters
    ----------
    part : where to begin.
    above : path of that.
    """
    for name, one in _inputs(part).items():
        path = (*above, name)
        if path == ("evidence",):  # says how inputs are known, is none itself
            continue
        leaf = False
        for kind in _kinds(one.hint):
            entry = _entry(kind)
            if _is_part(kind):
                yield from fields(kind, path)
            elif entry is not None and any(_is_part(k) for k in _kinds(entry)):
                yield from fields(next(k for k in _kinds(entry) if _is_part(k)), (*path, "*"))
            else:
                leaf = True
        if leaf:
            yield Input(**{**one.__dict__, "path": path})


def schema_table() -> pd.DataFrame:
    """Tabulate every input of the schema.

    Returns
    -------
    pandas.DataFrame
        ``path, unit, default, low, high, words, evidence, source, description``; a row
        for each input. Values as people write them; ``*`` for a name of the planner's.
    """
    rows = [
        (
            ".".join(i.path),
            i.unit,
            i.default,
            i.low,
            i.high,
            i.words,
            i.evidence,
            i.source,
            i.description,
        )
        for i in fields()
    ]
    columns = "path unit default low high words evidence source description"
    return pd.DataFrame(rows, columns=columns.split(), dtype=object)


# ---------------------------------------------------------------- a scenario


def leaves(scenario: Scenario) -> Iterator[Leaf]:
    """List every value of a scenario, defaults too; not its `Scenario.evidence`."""
    written = scenario.model_dump(mode="json")
    for leaf in _leaves_of_part(scenario, written, ()):
        if leaf.path[0] != "evidence":
            yield leaf


def _leaves_of_part(part: Model, written: Any, path: Path) -> Iterator[Leaf]:
    for name, one in _inputs(type(part)).items():
        value = getattr(part, name)
        yield from _leaves(value, written[name], one.hint, (*path, name), one)


def _leaves(
    value: Any, written: Any, hint: Any, path: Path, one: Input, keys: Path = ()
) -> Iterator[Leaf]:
    if isinstance(value, Model) and not isinstance(value, Label):
        yield from _leaves_of_part(value, written, path)
    elif isinstance(value, dict):
        entry = next((_entry(k) for k in _kinds(hint) if get_origin(k) is dict), None)
        entry = Head if entry is None else entry  # number on duty, by kind of day
        for key, inner in value.items():
            yield from _leaves(inner, written[key], entry, (*path, key), one, (*keys, key))
    elif isinstance(value, tuple) and any(isinstance(v, Model) for v in value):
        for i, inner in enumerate(value):
            yield from _leaves_of_part(inner, written[i], (*path, i))
    else:
        yield Leaf(path, value, written, hint, one, keys)


def below(value: Any, keys: Sequence[str | int]) -> Any:
    """Entry of nested mappings; None where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def matches(pattern: Sequence[str], path: Sequence[str | int]) -> bool:
    """Whether a dotted path of `Scenario.evidence` is that of a value, or of one above it."""
    return len(pattern) <= len(path) and all(
        p in ("*", str(k)) for p, k in zip(pattern, path, strict=False)
    )


# ---------------------------------------------------------------- for editors


def json_schema() -> dict[str, Any]:
    """Make the JSON Schema by which editors complete and check scenario files.

    A file may leave out what the files that it extends say, so nothing within it is
    required, and null takes out what they say; a file that extends none must have the
    main parts.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12; each input has also ``unit``, ``evidence``, ``source``,
        and its plausible range as ``low`` and ``high``.
    """
    schema = Scenario.model_json_schema()
    parts = {part.__name__: part for part in _parts(Scenario)}
    for name, definition in [("Scenario", schema), *schema["$defs"].items()]:
        required = definition.pop("required", [])
        if name == "Scenario":
            schema["anyOf"] = [{"required": ["extends"]}, {"required": required}]
        if name not in parts:
            continue
        for field, entry in definition["properties"].items():
            one = _inputs(parts[name])[field]
            described = dict(sorted((entry | {"description": one.description}).items()))
            unit = {"unit": one.unit} if one.unit else {}
            definition["properties"][field] = _or_null(described) | unit
    names = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    schema["properties"] |= {
        "extends": {**names, "description": "Files that this one builds on."},
        "apply": {**names, "description": "Overrides to apply."},
        "overrides": {
            "type": "object",
            "additionalProperties": {"type": "object"},
            "description": "Named blocks of keys, to be applied over the rest.",
        },
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


_REMARKS = ("default", "description", "title", "examples", "evidence", "source", "low", "high")


def _or_null(entry: dict[str, Any]) -> dict[str, Any]:
    """Let null stand in place of a value, and of each entry of a mapping."""
    kinds = {key: value for key, value in entry.items() if key not in _REMARKS}
    remarks = {key: value for key, value in entry.items() if key in _REMARKS}
    choices = kinds["anyOf"] if kinds.keys() == {"anyOf"} else [kinds]
    for kind in choices:
        if isinstance(kind.get("additionalProperties"), dict):
            kind["additionalProperties"] = _or_null(kind["additionalProperties"])
    return {**remarks, "anyOf": [*(k for k in choices if k != _NULL), _NULL]}


_NULL = {"type": "null"}


def _parts(part: type[Model]) -> Iterator[type[Model]]:
    yield part
    for one in _inputs(part).values():
        for kind in _inner_kinds(one.hint):
            if _is_part(kind):
                yield from _parts(kind)

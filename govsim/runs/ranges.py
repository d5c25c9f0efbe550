"""What is not known for sure: the inputs of two scenarios that have plausible ranges.

`inputs` collects them from both; each can then be set anywhere in its range. A position of 0
is the low end of a range, 1 the high end, and 0.5 the scenario's own value: so if positions
are uniform, half of the values lie below the scenario's and half above. Between, amounts go by
their logarithm, shares and what can be zero linearly. Called by `govsim.explanation.sensitivity`.

Ranges come from the scenario's word on how a value is known, else from the schema
(`govsim.scenarios.evidence`). An input whose range the scenario gives stands alone; those
with the schema's range move together over all categories, teams or departments, since
what isn't known of them isn't known for a common reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isclose
from typing import Any, Literal

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from govsim.scenarios.evidence import plausible
from govsim.scenarios.parameters import Leaf, leaves
from govsim.scenarios.quantities import (
    DAY,
    HOUR,
    MINUTE,
    Deterministic,
    Distance,
    Distribution,
    Duration,
    HourlyCost,
    Money,
    Rate,
    Share,
    Span,
    Speed,
)
from govsim.scenarios.schema import Scenario

Path = tuple[str, ...]
Which = Literal["both", "before", "after"]

COLLECTIONS = (("demand", "categories"), ("channels",), ("teams",), ("departments",), ("groups",))
"""Where entries have names that a planner chooses; their inputs move together."""

LEFT_OUT = ("warm_up", "territory", "calendar")
"""Of the experiment, or of a layout that would have to be generated anew."""

COSTS = ("costs", "cost")
MIXES = ("with_station", "without_station")


@dataclass(frozen=True)
class Entry:
    """A value with its range, as the schema reads them.

    Attributes
    ----------
    path : where it stands.
    low, value, high : the value lies between the others, or on one of them.
    hint : its type, with annotations.
    """

    path: Path
    low: Any
    value: Any
    high: Any
    hint: Any

    def at(self, position: float) -> Any:
        """Give the value at a position of the range."""
        end, way = (self.low, 1 - 2 * position) if position < 0.5 else (self.high, 2 * position - 1)
        return _toward(self.value, end, way, self.hint == Share)

    def written(self, position: float) -> Any:
        """Give the same as a scenario may write it, to six digits."""
        return _written(self.at(position), self.hint)

    def shown(self, position: float) -> str:
        """Give the same on little room, with three digits."""
        return _brief(self.at(position), self.hint)


@dataclass(frozen=True)
class Uncertain:
    """An input that is not known for sure.

    Attributes
    ----------
    path : dotted; ``*`` where the same input of several entries moves together.
    which : the scenario that it is an input of, if its value or range differs between them.
    entries : what it sets.
    evidence, source : how it is known.
    """

    path: str
    which: Which
    entries: tuple[Entry, ...]
    evidence: str
    source: str

    @property
    def name(self) -> str:
        """Name it apart from the others: its path, and its scenario where that matters."""
        return self.path if self.which == "both" else f"{self.path} [{self.which}]"

    def values(self, position: float) -> list[tuple[Path, Any]]:
        """Paths and values at a position of the range."""
        return [(entry.path, entry.written(position)) for entry in self.entries]

    def shown(self, position: float) -> str:
        """Write the value at a position as a scenario may; nothing if entries differ."""
        found = {entry.shown(position) for entry in self.entries}
        return found.pop() if len(found) == 1 else ""


def inputs(before: Scenario, after: Scenario, with_costs: bool = False) -> list[Uncertain]:
    """List the inputs that have a plausible range, in the order of the schema.

    Parameters
    ----------
    before, after : an input that has the same value and range in both is set in both alike.
    with_costs : whether prices matter for what is asked.
    """
    each = [
        {found.path: found for found in _of_scenario(scenario, with_costs)}
        for scenario in (before, after)
    ]
    listed: list[Uncertain] = []
    for path in dict.fromkeys((*each[0], *each[1])):
        one, other = (found.get(path) for found in each)
        if one is not None and one == other:
            listed.append(one)
            continue
        if one is not None:
            listed.append(replace(one, which="before"))
        if other is not None:
            listed.append(replace(other, which="after"))
    return listed


def within(scenario: Scenario, path: str, low: str, high: str) -> Uncertain | None:
    """Give an input another range than the scenario's.

    Parameters
    ----------
    path : of a value; with ``*`` of all entries, which then move together.
    low, high : ends of the range, as a scenario may write them.

    Returns
    -------
    Uncertain or None
        Nothing where no value has this path, or the ends are no range of it.
    """
    entries = []
    for leaf in leaves(scenario):
        own = tuple(map(str, leaf.path))
        if path not in (".".join(own), ".".join(_starred(own))):
            continue
        entry = _entry(leaf, own, low, high)
        if entry is None:
            return None
        entries.append(entry)
    return Uncertain(path, "both", tuple(entries), "assumed", "") if entries else None


def to_frame(uncertain: Sequence[Uncertain]) -> pd.DataFrame:
    """Tabulate inputs: ``input, path, which, low, value, high, evidence, source``.

    The ends and the value are as a scenario may write them; empty where inputs that move
    together differ in them.
    """
    rows = [
        (u.name, u.path, u.which, *map(u.shown, (0.0, 0.5, 1.0)), u.evidence, u.source)
        for u in uncertain
    ]
    columns = ["input", "path", "which", "low", "value", "high", "evidence", "source"]
    return pd.DataFrame(rows, columns=columns)


def changes(
    scenario: Scenario, which: Which, uncertain: Sequence[Uncertain], positions: Sequence[float]
) -> list[tuple[Path, Any]]:
    """Say what to change in a scenario to set its inputs.

    Shares of first channels are set as they are, and the other channels share what is left
    in their own proportion.

    Parameters
    ----------
    scenario : what to change.
    which : whether it is the one before or after.
    uncertain, positions : inputs, and where in its range each is.
    """
    found: dict[Path, Any] = {}
    for one, position in zip(uncertain, positions, strict=True):
        if one.which in ("both", which):
            found |= dict(one.values(float(position)))
    for mix in MIXES:
        given = {p[1]: v for p, v in found.items() if p[0] == "channels" and p[2] == mix}
        if given:
            found |= _mixed(scenario, mix, given)
    return list(found.items())


def _mixed(scenario: Scenario, mix: str, given: Mapping[str, float]) -> dict[Path, float]:
    rest = {
        name: getattr(channel, mix)
        for name, channel in scenario.channels.items()
        if name not in given
    }
    total, taken = sum(rest.values()), sum(given.values())
    if taken > 1 or total == 0:  # nothing left for the others, or nobody to take it
        shares = {name: value / taken for name, value in given.items()} | dict.fromkeys(rest, 0.0)
    else:
        factor = (1 - taken) / total
        factor = 1.0 if isclose(factor, 1.0) else factor  # as it was: to the last bit
        shares = {name: value * factor for name, value in rest.items()}
    return {("channels", name, mix): value for name, value in shares.items()}


# ---------------------------------------------------------------- of one scenario


def _of_scenario(scenario: Scenario, with_costs: bool) -> Iterator[Uncertain]:
    grouped: dict[str, Uncertain] = {}
    for leaf in leaves(scenario):
        path = tuple(map(str, leaf.path))
        if path[0] in LEFT_OUT or (set(path) & set(COSTS) and not with_costs):
            continue
        low, high, evidence, source, own = plausible(scenario, leaf)
        share_of_mix = path[0] == "channels" and path[-1] in MIXES
        if low is None or leaf.value is None or (share_of_mix and not own):
            continue
        entry = _entry(leaf, path, low, high)
        if entry is None:
            continue
        name = ".".join(path if own else _starred(path))
        if name in grouped:
            one = grouped[name]
            grouped[name] = replace(one, entries=(*one.entries, entry))
        else:
            grouped[name] = Uncertain(name, "both", (entry,), evidence, source)
    yield from grouped.values()


def _entry(leaf: Leaf, path: Path, low: Any, high: Any) -> Entry | None:
    """Read a range; None where it isn't one of amounts, or has no room."""
    adapter = TypeAdapter(leaf.hint)
    try:
        ends = [adapter.validate_python(end) for end in (low, high)]
        for end in ends:
            _toward(leaf.value, end, 1.0, False)
    except (ValidationError, TypeError):
        return None
    if ends[0] == leaf.value == ends[1]:
        return None
    below, above = (_is_above(leaf.value, ends[0]), _is_above(ends[1], leaf.value))
    low = ends[0] if below else leaf.value
    high = ends[1] if above else leaf.value
    return Entry(path, low, leaf.value, high, leaf.hint)


def _starred(path: Path) -> Path:
    for above in COLLECTIONS:
        if path[: len(above)] == above and len(path) > len(above):
            return (*above, "*", *path[len(above) + 1 :])
    return path


# ---------------------------------------------------------------- between two values


def _toward(value: Any, end: Any, way: float, linear: bool) -> Any:
    """Go a share of the way from a value to an end of its range.

    Raises
    ------
    TypeError
        There is no way: they are no amounts, or not of one kind.
    """
    if isinstance(value, Distribution) and isinstance(end, Distribution):
        return Distribution(**{value.family: _parameters(value, end, way)})
    if isinstance(value, Span) and isinstance(end, Span) and value.unit == end.unit:
        return replace(value, amount=_between(value.amount, end.amount, way))
    if isinstance(value, Rate) and isinstance(end, Rate) and value.per_resident == end.per_resident:
        return replace(value, per_day=_between(value.per_day, end.per_day, way))
    if any(isinstance(x, bool) or not isinstance(x, int | float) for x in (value, end)):
        raise TypeError
    found = _between(float(value), float(end), way, linear)
    return round(found) if isinstance(value, int) else float(found)


def _parameters(value: Distribution, end: Distribution, way: float) -> Any:
    """Parameters on the way; an end that is a plain time is one for the place, not the spread."""
    mine, theirs = value.parameters, end.parameters
    if type(mine) is type(theirs):
        fields = {
            name: (getattr(mine, name), getattr(theirs, name)) for name in type(mine).model_fields
        }
        given = {name: pair for name, pair in fields.items() if None not in pair}
        if any((a is None) != (b is None) for a, b in fields.values()):
            raise TypeError
    elif isinstance(theirs, Deterministic):
        spans = {n: getattr(mine, n) for n in type(mine).model_fields}
        given = {n: (v, theirs.value) for n, v in spans.items() if isinstance(v, Span)}
        if not given:
            raise TypeError
    else:
        raise TypeError
    changed = {name: _toward(a, b, way, False) for name, (a, b) in given.items()}
    return mine.model_copy(update=changed)


def _between(value: float, end: float, way: float, linear: bool = False) -> float:
    if linear or value <= 0 or end <= 0:
        return value + (end - value) * way
    return float(value * (end / value) ** way)


def _is_above(one: Any, other: Any) -> bool:
    """Whether an amount is more than another; a distribution by its mean, at like spread."""
    return _size(one) > _size(other)


def _size(value: Any) -> float:
    if isinstance(value, Distribution):
        return value.mean()
    if isinstance(value, Span):
        return value.amount
    return value.per_day if isinstance(value, Rate) else float(value)


# ---------------------------------------------------------------- in words

_PLAIN = {Distance: "m", Money: "yuan", HourlyCost: "yuan/h"}
"""Units in which such an amount is held, and so written without a search for a better one."""


def _written(value: Any, hint: Any) -> Any:
    if isinstance(value, Distribution):
        own = value.parameters
        if isinstance(own, Deterministic):
            return _written(own.value, Span)
        given = [(name, getattr(own, name)) for name in type(own).model_fields]
        return {value.family: {n: _written(v, None) for n, v in given if v is not None}}
    if isinstance(value, Span):
        return (
            f"{value.amount:.6f} {value.unit}" if value.is_working else f"{round(value.amount)} ms"
        )
    if isinstance(value, Rate):
        per_year = value.per_day * 365
        return (
            f"{1000 * per_year:.6f} per 1000 per year"
            if value.per_resident
            else f"{per_year:.6f} per year"
        )
    if hint == Duration:
        return f"{value} ms"
    if hint == Speed:
        return f"{3.6 * value:.6f} km/h"
    return f"{value:.6f} {_PLAIN[hint]}" if hint in _PLAIN else value


def _brief(value: Any, hint: Any) -> str:
    if isinstance(value, Distribution):
        own = value.parameters
        given = [(name, getattr(own, name)) for name in type(own).model_fields]
        if isinstance(own, Deterministic):
            return _brief(own.value, Span)
        return ", ".join(f"{n} {_brief(v, None)}" for n, v in given if v is not None)
    if isinstance(value, Span) and value.is_working:
        return f"{value.amount:.3g} {value.unit}"
    if isinstance(value, Span):
        return _time(value.amount)
    if isinstance(value, Rate) and value.per_resident:
        return f"{value.per_day * 365_000:.3g} per 1000 per year"
    if isinstance(value, Rate):
        return f"{value.per_day * 365:.3g} per year"
    if hint == Duration:
        return _time(value)
    if hint == Speed:
        return f"{value * 3.6:.3g} km/h"
    if hint == Share:
        return f"{value:.3g}"
    if hint in (Distance, Money, HourlyCost):
        return str(_written(round(value, 1), hint))
    return f"{value:.3g}"


def _time(ms: float) -> str:
    """Write a time in the largest unit of which it has at least two, but for minutes."""
    for unit, length in (("days", DAY), ("h", HOUR)):
        if ms >= 2 * length:
            return f"{ms / length:.3g} {unit}"
    return f"{ms / MINUTE:.3g} min"

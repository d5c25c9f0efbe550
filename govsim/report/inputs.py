"""Inputs as a planner reads them: what each is called, and its value in the reader's language.

Used by the reports and workbooks; names come from `govsim.report.input_names`, and from what the
scenario calls its own parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any

from govsim.language import current, joined, name, tr
from govsim.report.input_names import INPUTS, PARTS, WORDS
from govsim.report.wording import MISSING
from govsim.scenarios.parameters import REQUIRED, Leaf, leaves
from govsim.scenarios.schema import Scenario

COLLECTIONS = (
    ("demand", "categories"),
    ("demand", "surges"),
    ("channels",),
    ("groups",),
    ("teams",),
    ("departments",),
)
"""Where a planner gives names to entries, which all have the same inputs."""

_AMOUNT = re.compile(r"(-?[\d.,e+]+) ?([a-z%/ ]+)")
_RATE = re.compile(r"([\d.,]+) per ([\d,]+) per (year|month|week|day|hour|min)")
_EACH = re.compile(r"([\d.,]+) per (year|month|week|day|hour|min)")
_UNITS = {
    "ms": "毫秒",
    "s": "秒",
    "min": "分钟",
    "h": "小时",
    "day": "天",
    "days": "天",
    "week": "周",
    "weeks": "周",
    "year": "年",
    "years": "年",
    "working hour": "工作小时",
    "working hours": "工作小时",
    "working day": "个工作日",
    "working days": "个工作日",
    "m": "米",
    "km": "公里",
    "km/h": "公里/小时",
    "m/s": "米/秒",
    "yuan": "元",
    "yuan/h": "元/小时",
}
_PERIODS = {"year": "年", "month": "月", "week": "周", "day": "天", "hour": "小时", "min": "分钟"}
_WEEKDAYS = dict(
    zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "一二三四五六日", strict=True)
)

MANY = 12
"""Weights in a list from which on they are counted, not listed."""


@dataclass(frozen=True)
class Names:
    """Names of the inputs of scenarios.

    Attributes
    ----------
    scenarios : those whose parts have names; the first that knows a part names it.
    """

    scenarios: tuple[Scenario, ...]

    def of(self, path: str | Sequence[str | int]) -> str:
        """Name the input at a path; ``*`` in it stands for all entries of a collection."""
        steps = path.split(".") if isinstance(path, str) else [str(step) for step in path]
        if (collection := _collection_of(steps)) and (whole := self.entry(collection, steps[-1])):
            return whole
        entry, pattern = self._entry(steps)
        label = self.within(pattern)
        return joined(filter(None, (entry, label)), " · ", " · ") if label else ".".join(steps)

    def within(self, pattern: Sequence[str]) -> str:
        """Name an input by its path with ``*`` for an entry, without the entry."""
        for length in range(len(pattern), 0, -1):
            path = ".".join(pattern[:length])
            if (known := INPUTS.get(path, PARTS.get(path))) is not None:
                keys = map(self.word, pattern[length:])
                return joined((name(known), *keys), " · ", " · ")
        return ""

    def entry(self, collection: Sequence[str], key: str) -> str:
        """Name an entry of a collection."""
        if key == "*":
            return tr("each of them")
        for scenario in self.scenarios:
            part: Any = scenario
            for step in collection:
                part = getattr(part, step)
            if key in part:
                return name(part[key].label)
        return key

    def word(self, text: str) -> str:
        """Say a word of a scenario: one of the schema's, or the name of an entry."""
        if text in WORDS:
            return name(WORDS[text])
        for collection in COLLECTIONS:
            if (found := self.entry(collection, text)) != text:
                return found
        return text

    def value(self, written: Any, unit: str = "") -> str:
        """Say a value, given as people write it, in the current language."""
        if written is None or written == []:
            return name(WORDS["none"])
        if isinstance(written, bool):
            return tr("yes") if written else tr("no")
        if isinstance(written, int | float):
            return _number(written, unit)
        if isinstance(written, Mapping):
            return self._mapping(written)
        if isinstance(written, list | tuple):
            if len(written) > MANY and unit in ("weights", "factors"):
                return tr("{n} weights of its own", n=len(written))
            return ("、" if current() == "zh" else ", ").join(self.value(v, unit) for v in written)
        return self._text(str(written))

    def part(self, path: str, written: Any) -> str:
        """Say the value of an input; of a whole team or channel, what its inputs are."""
        collection = _collection_of(path.split("."))
        if not collection or not isinstance(written, Mapping):
            return self.value(written)
        said = []
        for key, value in written.items():
            if key != "label" and value not in (None, "", [], {}):
                label = self.within([*collection, "*", key]) or self.word(key)
                said.append(joined((label, self.value(value)), " ", " "))
        return joined(said, "；", "; ")

    def _entry(self, steps: Sequence[str]) -> tuple[str, list[str]]:
        """Name the entry that a path is in, and give the path with ``*`` in its place."""
        for collection in COLLECTIONS:
            at = len(collection)
            if tuple(steps[:at]) == collection and len(steps) > at + 1:
                return self.entry(collection, steps[at]), [*collection, "*", *steps[at + 1 :]]
        return "", list(steps)

    def _mapping(self, written: Mapping[str, Any]) -> str:
        if set(written) == {"zh", "en"}:
            return str(written[current()])
        if len(written) == 1:
            family, inner = next(iter(written.items()))
            if family == "lognormal" and set(inner) == {"median", "sigma"}:
                return tr("{median}, σ {sigma}", median=self.value(inner["median"]),
                          sigma=_number(inner["sigma"]))  # fmt: skip
            if isinstance(inner, Mapping):
                return tr("{family} ({rest})", family=self.word(family), rest=self._mapping(inner))
        return joined(
            [f"{self.word(key)} {self.value(value)}" for key, value in written.items()], "，", ", "
        )

    def _text(self, text: str) -> str:
        found = self.word(text)
        if found != text:
            return found
        file = PureWindowsPath(text)  # which has parts by either kind of slash
        if len(file.parts) > 1 and file.suffix:
            return file.name
        days = text.split(", ")
        if all(day in _WEEKDAYS for day in days):
            return "、".join("周" + _WEEKDAYS[day] for day in days) if current() == "zh" else text
        if current() != "zh":
            return text
        return _in_chinese(text)


def _collection_of(steps: Sequence[str]) -> tuple[str, ...]:
    """Give the collection of which a path names a whole entry; nothing if it names none."""
    before = tuple(steps[:-1])
    return before if before in COLLECTIONS else ()


def _in_chinese(text: str) -> str:
    """Say an amount with its unit."""
    if whole := _RATE.fullmatch(text):
        amount, people, period = whole.groups()
        each = {"1000": "每千人", "1": "每人"}.get(people.replace(",", ""), f"每{people}人")
        return f"{each}每{_PERIODS[period]}{amount}件"
    if whole := _EACH.fullmatch(text):
        return f"每{_PERIODS[whole[2]]}{whole[1]}次"
    whole = _AMOUNT.fullmatch(text)
    if whole and whole[2] in _UNITS:
        return f"{whole[1]}{_UNITS[whole[2]]}"
    return text


def _number(value: float, unit: str = "") -> str:
    if unit.startswith("share"):
        return f"{100 * value:g}%"
    if abs(value) >= 10_000 and float(value).is_integer() and unit != "number":
        return f"{value:,.0f}"
    return f"{value:g}" if abs(value) < 1e6 else str(value)


# ---------------------------------------------------------------- what is not as by default


def default_of(leaf: Leaf) -> Any:
    """Give the schema's value of an input as people write it; None where it has none."""
    value = None if leaf.input.default == REQUIRED else leaf.input.default
    for key in leaf.keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def is_name(leaf: Leaf) -> bool:
    """Whether it is a name of a part, or the question: no input that a result depends on."""
    return leaf.path[-1] in ("label", "question", "name", "note")


def differing(scenario: Scenario) -> list[Leaf]:
    """List the inputs that are not as the schema has them."""
    return [leaf for leaf in leaves(scenario) if not leaf.is_default and not is_name(leaf)]


@dataclass(frozen=True)
class Matrix:
    """Inputs that the entries of a collection share.

    Attributes
    ----------
    collection : path of the collection.
    entries : names of its entries, as the scenario spells them.
    rows : path within an entry, and the leaf of each entry that has it; only of inputs in which
        some entry is not as by default.
    """

    collection: tuple[str, ...]
    entries: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], dict[str, Leaf]], ...]


def matrices(scenario: Scenario, which: Callable[[Leaf], bool]) -> Iterator[Matrix]:
    """Lay the inputs of collections out, an input a row and an entry a column.

    Parameters
    ----------
    scenario : whose inputs.
    which : whether a leaf calls for the row that it is in.
    """
    all_leaves = [leaf for leaf in leaves(scenario) if not is_name(leaf)]
    for collection in COLLECTIONS:
        at = len(collection)
        mine = [one for one in all_leaves if one.path[:at] == collection and len(one.path) > at]
        rows: dict[tuple[str, ...], dict[str, Leaf]] = {}
        for leaf in mine:
            rows.setdefault(tuple(map(str, leaf.path[at + 1 :])), {})[str(leaf.path[at])] = leaf
        shown = {path: row for path, row in rows.items() if any(map(which, row.values()))}
        if shown:
            entries = tuple(dict.fromkeys(str(leaf.path[at]) for leaf in mine))
            yield Matrix(collection, entries, tuple(shown.items()))


def in_collection(leaf: Leaf) -> bool:
    """Whether it is an input of an entry of a collection."""
    return any(leaf.path[: len(one)] == one and len(leaf.path) > len(one) for one in COLLECTIONS)


def shown_default(names: Names, leaf: Leaf, unit: str) -> str:
    """Say the schema's value of an input; a dash where it has none."""
    value = default_of(leaf)
    return MISSING if value is None else names.value(value, unit)

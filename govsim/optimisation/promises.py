"""What a planner wants kept: ``scene=55%``, ``orders<=574``, read and held against values.

Values are those that reports show: means over replications, and what adds up over time as an amount
a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE, FLOWS
from govsim.measures.clocks import CLOCKS
from govsim.measures.quantity import Quantity, unknown
from govsim.measures.replication import Asked
from govsim.scenarios.units import DAY, YEAR, nearest

Floats = NDArray[np.float64]

SHORT = {clock: f"compliance_{clock}" for clock in CLOCKS}
"""Short names of what is asked most."""

_FORM = re.compile(r"^\s*(.+?)\s*(>=|<=|≥|≤|=)\s*(.+?)\s*$")


@dataclass(frozen=True)
class Promise:
    """A measure with its target.

    Attributes
    ----------
    quantity : which measure, and where.
    at_least : whether values at or above the target keep it; else those at or below.
    target : in the unit of the measure; a share from 0 to 1.
    """

    quantity: Quantity
    at_least: bool
    target: float

    @property
    def asked(self) -> Asked:
        """Name it as `govsim.evaluation` takes it."""
        return self.quantity.level, self.quantity.key, self.quantity.measure

    @property
    def clock(self) -> str:
        """Clock that it is about, if it is the share of all demands in time; else empty."""
        whole = self.quantity.level == "district"
        return next((c for c in CLOCKS if whole and SHORT[c] == self.quantity.measure), "")

    def margin(self, values: Floats) -> Floats:
        """By how much values keep it; below 0 where they don't."""
        found: Floats = values - self.target if self.at_least else self.target - values
        return found

    def __str__(self) -> str:
        """Write it as `read` reads it."""
        is_share = self.quantity.shown.kind == "share"
        target = f"{100 * self.target:g}%" if is_share else f"{self.target:g}"
        return f"{self.quantity}{'>=' if self.at_least else '<='}{target}"


def read(texts: Iterable[str], option: str = "--keep") -> tuple[Promise, ...]:
    """Read promises.

    Raises
    ------
    InputError
        One has another form, a measure that nothing measures, or a target that nothing can reach.
    """
    found: list[Promise] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            found.append(_read(text, option))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def measure(text: str, option: str) -> Quantity:
    """Read the name of a measure, or a short one.

    Raises
    ------
    InputError
        Nothing measures it.
    """
    quantity = Quantity.parse(SHORT.get(text.strip(), text.strip()))
    if problems := list(unknown([quantity], option)):
        near = nearest(text.strip(), [*SHORT, *CATALOGUE])
        raise InputError(replace(problem, suggestion=near) for problem in problems)
    return quantity


def _read(text: str, option: str) -> Promise:
    bare = text.replace("＝", "=").replace("％", "%")
    form = _FORM.match(bare)
    if not form:
        message = tr(
            "expected a measure with its target, such as scene=55% or orders<=574, but found "
            "“{text}”",
            text=text,
        )
        raise InputError([Problem(message, file=option)])
    quantity = measure(form[1], option)
    shown = quantity.shown
    if form[2] == "=" and shown.better is None:
        message = tr(
            "“{name}” is neither better high nor better low: write {name}>=… or {name}<=…",
            name=form[1],
        )
        raise InputError([Problem(message, file=option)])
    at_least = form[2] in (">=", "≥") or (form[2] == "=" and shown.better == "higher")
    return Promise(quantity, at_least, _target(form[3], shown.kind == "share", text, option))


def _target(text: str, is_share: bool, whole: str, option: str) -> float:
    percent = text.endswith("%")
    try:
        value = float(text.removesuffix("%").replace(",", "")) / (100 if percent else 1)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value) or (percent and not is_share):
        message = tr("the target in “{text}” is no number", text=whole)
    elif is_share and not 0 <= value <= 1:
        message = tr("a share is from 0% to 100%, but “{text}” asks for more or less", text=whole)
    elif value < 0:
        message = tr("no measure is below 0, but found “{text}”", text=whole)
    else:
        return value
    raise InputError([Problem(message, file=option)])


def a_year(asked: Sequence[Asked], measured_days: float) -> Floats:
    """Give the factors that turn values of replications into what reports show."""
    factor = YEAR / DAY / measured_days
    return np.array([factor if name in FLOWS else 1.0 for _, _, name in asked])

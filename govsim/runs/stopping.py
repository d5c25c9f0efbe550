"""How many replications are enough: as many as asked, or as many as a precision needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import pandas as pd

from govsim.errors import InputError, Problem
from govsim.language import joined, tr
from govsim.measures.quantity import Quantity, unknown
from govsim.measures.statistics import interval, precise_enough
from govsim.runs.given import is_whole


def wanted(
    replications: int | None,
    precision: float | None,
    on: Sequence[str],
    at_least: int = 5,
    most: int = 200,
) -> Wanted:
    """Say how many replications are wanted; as in `run`.

    Raises
    ------
    InputError
        With all that makes no sense.
    """
    problems = [*unknown(map(Quantity, on), "--on"), *unreasonable(replications, precision)]
    if problems:
        raise InputError(problems)
    return Wanted(replications, precision, tuple(on), at_least, max(most, at_least))


def unreasonable(replications: int | None, precision: float | None) -> Iterator[Problem]:
    """Say what makes no sense of a number of replications, or of a precision in their place."""
    if replications is not None and not is_whole(replications):
        text = tr("replications are counted in whole numbers, not {found}", found=replications)
        yield Problem(text, file="--replications")
    elif replications is not None and replications < 1:
        yield Problem(tr("at least one replication is needed"), file="--replications")
    if precision is not None and not 0 < precision < 1:
        yield Problem(tr("the precision must be between 0 and 1, such as 5%"), file="--precision")


def chosen_by(measures: Iterable[str]) -> str:
    """Say what a number of replications that a precision has chosen does to other measures."""
    return tr(
        "how many replications there are was decided by the intervals of {names}; all other "
        "measures may come out a little low by that, and their intervals hold less often than "
        "they say: name them with --on too, or give --replications",
        names=joined(measures, "、", ", "),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """When there are enough replications.

    Attributes
    ----------
    replications : how many; None for the scenario's own number.
    precision, on, at_least, most : as in `run`.
    """

    replications: int | None
    precision: float | None
    on: tuple[str, ...]
    at_least: int
    most: int

    def enough(self, values: pd.DataFrame, confidence: float) -> bool:
        """Whether to stop after the replications in `values`, which has a row for each."""
        if len(values) < self.at_least:
            return False
        return len(values) >= self.most or not self.imprecise(values, confidence)

    def imprecise(self, values: pd.DataFrame, confidence: float) -> list[str]:
        """Name the measures whose intervals are still too wide; not those without any value."""
        if self.precision is None:
            return []
        found = {m: interval(values[m], confidence) for m in self.on if m in values}
        return [m for m, i in found.items() if i.n and not precise_enough(i, self.precision)]

    def expected(self, values: pd.DataFrame, confidence: float) -> int:
        """Guess the replications that a precision takes: half-widths shrink with their root."""
        done = len(values)
        guess = max(self.at_least, done)
        for measure in self.imprecise(values, confidence) if done > 1 else ():
            i = interval(values[measure], confidence)
            ratio = i.half_width / ((self.precision or 1.0) * abs(i.mean)) if i.mean else 1.0
            guess = max(guess, ceil(done * ratio**2) if ratio == ratio else guess)
        return min(guess, self.most)

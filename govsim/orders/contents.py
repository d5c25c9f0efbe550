"""What a sample of a column holds: times, words, numbers. Used by `govsim.orders.proposing`."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from govsim.orders.answers import answers_among, distinct, opinion_of, scale_of
from govsim.orders.cells import text_of
from govsim.orders.mapping import CLOSED, IDENTITIES, POSITIONS
from govsim.orders.meanings import MOST_WORDS, states_in
from govsim.orders.nothing import is_nothing
from govsim.orders.recognising import OF_TIMES, speaks_of_times
from govsim.orders.shapes import Bools, Ints
from govsim.orders.spans import amount, unit_in
from govsim.orders.times import Kind, parse
from govsim.orders.words import NUMBER, fold
from govsim.scenarios.units import DAY

FEW = 20
"""Different words, at most, of a column that clerks choose from."""

ENOUGH_WORDS = 8
"""Cells, at least, that show whether words recur, or are sentences."""

ENOUGH = 3
"""Orders with both times, at least, that say which comes first."""


@dataclass(frozen=True, eq=False)
class Content:
    """What a sample of a column holds.

    Attributes
    ----------
    name : of the column.
    filled : share of cells with something in them; `cells` how many those are.
    times : share of these that are times, of any kind; `of_day` whether most are without a date.
    words : the different words, with the cells that have them.
    numeric : share of the filled cells that are numbers.
    ms, present : int64[n] and bool[n], its moments.
    codes, vocabulary : int64[n], which word stands in each cell.
    """

    name: str
    filled: float
    cells: int
    times: float
    of_day: bool
    words: Table[str, int]
    numeric: float
    ms: Ints
    present: Bools
    codes: Ints
    vocabulary: list[str]

    @classmethod
    def of(cls, name: str, cells: pa.Array) -> Content:
        """Look at the cells of a column."""
        parsed = parse(cells)
        codes, vocabulary = distinct(cells)
        counts = np.bincount(codes, minlength=len(vocabulary))
        words = {
            word: int(n) for word, n in zip(vocabulary, counts, strict=True) if not is_nothing(word)
        }
        # Words for open count as blank among times; in a column of words they are all there is.
        filled = int((parsed.kind != Kind.BLANK).sum()) or sum(words.values())
        moments = np.isin(parsed.kind, (Kind.MOMENT, Kind.AMBIGUOUS, Kind.PLACEHOLDER))
        of_day = parsed.kind == Kind.TIME_OF_DAY
        numbers = sum(n for word, n in words.items() if NUMBER.fullmatch(word))
        return cls(
            name=name,
            filled=filled / max(len(cells), 1),
            cells=filled,
            times=float((moments | of_day).sum()) / max(filled, 1),
            of_day=bool(of_day.sum() > 0.5 * max(filled, 1)),
            words=words,
            numeric=numbers / max(sum(words.values()), 1),
            ms=parsed.ms,
            present=parsed.kind == Kind.MOMENT,
            codes=codes,
            vocabulary=vocabulary,
        )

    @property
    def may_be_times(self) -> bool:
        """Whether a field of times may have this: an empty sample says nothing against it."""
        return not self.cells or self.is_times

    @cached_property
    def is_times(self) -> bool:
        """Whether it holds times; numbers do only where the name says so, as with Excel's days."""
        if self.of_day and unit_in(self.name):
            return False  # 05:00 below "resolution time (hrs)" is how long it took
        if self.of_day and any(
            re.search(r"小时|小時|시간|時間|ชั่วโมง", word) for word in self.words
        ):
            return False  # 5小时 is how long, 5时 is when
        return self.times >= 0.5 and (self.numeric < 0.5 or speaks_of_times(self.name))

    @property
    def moments(self) -> bool:
        """Whether it holds times with their dates."""
        return self.is_times and not self.of_day

    @cached_property
    def daily(self) -> bool:
        """Whether its moments are days."""
        return bool(self.present.any() and (self.ms[self.present] % DAY == 0).all())

    @property
    def first(self) -> float:
        """Mean of its moments, ms; 0 if it has none."""
        return float(self.ms[self.present].mean()) if self.present.any() else 0.0

    @cached_property
    def spans(self) -> bool:
        """Whether it holds durations in words, such as 5小时20分, 5h 20m and PT5H20M."""
        said = [
            word
            for word in self.words
            if re.search(r"[^\W\d_]", word) and amount(word, 1) is not None
        ]
        return bool(said) and sum(map(self.words.__getitem__, said)) >= 0.9 * sum(
            self.words.values()
        )

    @property
    def few(self) -> bool:
        """Whether clerks may have chosen from its words."""
        return len(self.words) <= FEW

    @property
    def states_apart(self) -> bool:
        """Whether its words are few, and some mean open and some closed."""
        said = set(states_in(self.name, list(self.words)).values()) if self.few else set()
        return len(said - {""}) == 2

    def suits(self, field: str) -> bool:
        """Whether a field may have such content; an empty sample says nothing against it."""
        if not self.cells:
            return True
        if field in OF_TIMES:
            return self.is_times
        if field in IDENTITIES:
            return True
        if field in POSITIONS:
            return self.numeric >= 0.5 or any(re.search(r"[°º′']", word) for word in self.words)
        n = len(self.words)
        if self.cells < 50:
            return self.cells < ENOUGH_WORDS or n <= 0.8 * self.cells
        return n <= MOST_WORDS and n < self.cells / 2

    def fitness(self, field: str) -> float:
        """Say how well this suits a field, beside others of like name."""
        if not self.cells:
            return -45.0
        if field in OF_TIMES:
            return 2 * self.filled
        if field == "order":
            return -25.0 if len(self.words) < 0.5 * self.cells else 0.0
        if field in ("category", "channel", "place"):
            return -8.0 if len(self.words) < 2 else 0.0
        return 0.0

    def answers(self, field: str) -> bool:
        """Whether most cells hold answers that are understood."""
        n = sum(self.words.values())
        if not n:
            return True
        if field == "satisfied" and scale_of(self.name, list(self.words)) is not None:
            return True
        known = answers_among(self.words)
        said = sum(
            k
            for word, k in self.words.items()
            if fold(word) in known or (field == "satisfied" and opinion_of(word)[0])
        )
        return said >= 0.5 * n

    def closed_rows(self) -> Bools:
        """Say in which rows a column of states has a word for closed."""
        meant = states_in(self.name, [w for w in self.vocabulary if not is_nothing(w)])
        over = np.array([meant.get(word) == CLOSED for word in self.vocabulary], bool)
        return over[self.codes] if len(over) else np.zeros(len(self.codes), bool)

    def differs(self, other: Content) -> bool:
        """Whether its moments are mostly other than those of another column."""
        both = self.present & other.present
        return bool((self.ms[both] != other.ms[both]).mean() >= 0.5) if both.any() else False


def without_blank_rows(cells: Table[str, pa.Array]) -> dict[str, pa.Array]:
    """Leave out the rows of a sample in which no column has anything."""
    filled = None
    for column in cells.values():
        here = pc.not_equal(text_of(column), "")
        filled = here if filled is None else pc.or_(filled, here)
    if filled is None or pc.all(filled).as_py():
        return dict(cells)
    return {name: column.filter(filled) for name, column in cells.items()}


def follows(first: Content, second: Content) -> float | None:
    """Give the share of orders that have a second time not before a first.

    Days are compared with days. Nothing where too few have both.
    """
    both = first.present & second.present
    if both.sum() < ENOUGH:
        return None
    one, other = first.ms[both], second.ms[both]
    if first.daily or second.daily:
        one, other = one // DAY, other // DAY
    return float((other >= one).mean())

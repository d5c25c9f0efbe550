"""What the words in columns seem to mean, to be written into a mapping: for `values`.

Called by `govsim.orders.proposing`.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from govsim.orders.cells import text_of
from govsim.orders.mapping import CLOSED, OPEN
from govsim.orders.matching import MATCHED, like, parts_of, spellings
from govsim.orders.nothing import is_nothing
from govsim.orders.recognising import asks_for_state, of_being_open
from govsim.orders.states import state_of
from govsim.orders.words import answers, fold

if TYPE_CHECKING:
    from govsim.scenarios.schema import Scenario

MOST_WORDS = 500
"""Different words, at most, in a column of words."""


def values_of(
    columns: Table[str, str], sample: Table[str, pa.Array], scenario: Scenario | None
) -> tuple[dict[str, dict[str, Any]], dict[str, tuple[str, ...]]]:
    """Match words with what they mean."""
    values: dict[str, dict[str, Any]] = {}
    unmatched: dict[str, tuple[str, ...]] = {}
    if scenario is not None:
        for field in MATCHED:
            if field not in columns:
                continue
            known = spellings(parts_of(scenario, field))
            meant = {word: like(word, known, field) for word in words_of(sample[columns[field]])}
            if matched := {word: it for word, it in meant.items() if it and it != word}:
                values[field] = matched
            if missing := tuple(word for word, it in meant.items() if not it):
                unmatched[field] = missing
    if "status" in columns:
        words = [w for w in words_of(sample[columns["status"]]) if not is_nothing(w)]
        guessed = states_in(columns["status"], words)
        if sure := {word: it for word, it in guessed.items() if it}:
            values["status"] = sure
        if missing := tuple(word for word, it in guessed.items() if not it):
            unmatched["status"] = missing
    return values, unmatched


def words_of(cells: pa.Array) -> list[str]:
    """List the words of a column, the most frequent first."""
    counted = text_of(cells).value_counts()
    pairs = [(entry["counts"], entry["values"]) for entry in counted.to_pylist()]
    return [word for _, word in sorted(pairs, key=lambda pair: -pair[0]) if word][:MOST_WORDS]


def states_in(name: str, words: list[str]) -> dict[str, str]:
    """Say what the words of a column mean as states; yes and no by what its name asks."""
    said = {word: answers().get(fold(word)) for word in words}
    if words and all(it is not None for it in said.values()):
        if not asks_for_state(name):
            return dict.fromkeys(words, "")
        still = of_being_open(name)
        return {word: OPEN if it == still else CLOSED for word, it in said.items()}
    return {word: state_of(word) for word in words}

"""What words of an export mean in a scenario: its channels and categories, however spelled.

Used wherever records meet a scenario, with a mapping file and without one: by
`govsim.calibration.given`, and by `govsim.orders.proposing` to write down what words seem to mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

import pandas as pd

from govsim.errors import InputError, Problem
from govsim.language import current, joined, name, tr
from govsim.orders.log import OrderLog
from govsim.orders.mapping import FOUND, MappingFile
from govsim.orders.words import fold, plain
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import nearest

MATCHED = ("channel", "category")
"""Fields whose words are those of a scenario."""

BY_STAFF = re.compile(
    r"巡查|巡检|巡逻|走访|自查|监督员|(?:人员|员工|网格员|队员|家访|入户)发现|"
    r"\bpatrol|\bfound (?:by|on)\b",
    re.IGNORECASE,
)
BY_RESIDENTS = re.compile(r"居民|市民|群众|业主|来电|热线|resident|citizen|caller", re.IGNORECASE)
"""How records say that staff found a case, or a resident; the former is none of the channels."""

ALIKE = 0.75
"""How like a spelling a word must be to count as a slip of it, of 1."""

TOLD = 5
"""Words that a message names; of more, it says how many there are."""


@dataclass(frozen=True)
class Word:
    """A word of a record.

    Attributes
    ----------
    text : as the record has it.
    rows : orders with it.
    meaning : name in the scenario; empty where it has none like it.
    sure : whether it is spelled alike, or given in the mapping; else it only looks like it.
    """

    text: str
    rows: int
    meaning: str
    sure: bool


@dataclass(frozen=True)
class Matched:
    """Work orders in the words of a scenario.

    Attributes
    ----------
    log : its channels and categories are names of the scenario where they are known, and stay as
        they were where not.
    words : by field, the most frequent first.
    file : what the planner would correct: the mapping, or the record where there is none.
    """

    log: OrderLog
    words: Table[str, tuple[Word, ...]]
    file: str

    def unknown(self, field: str) -> tuple[Word, ...]:
        """Give the words of a field that mean nothing in the scenario."""
        return tuple(word for word in self.words.get(field, ()) if not word.meaning)

    def share_unknown(self, field: str) -> float:
        """Share of such words, of the orders that have one; 0 where none has."""
        rows = sum(word.rows for word in self.words.get(field, ()))
        return sum(word.rows for word in self.unknown(field)) / rows if rows else 0.0

    def guessed(self) -> tuple[Word, ...]:
        """Give the words that were taken for what they look like."""
        return tuple(
            word
            for words in self.words.values()
            for word in words
            if word.meaning and not word.sure
        )


def parts_of(scenario: Scenario, field: str) -> dict[str, Any]:
    """Give a scenario's channels or categories by name."""
    return dict(scenario.channels if field == "channel" else scenario.demand.categories)


def spellings(parts: Table[str, Any]) -> dict[str, str]:
    """Names of channels or categories, by all their spellings."""
    spelled: dict[str, str] = {}
    for key, part in parts.items():
        for spelling in (key, part.label.zh, part.label.en):
            spelled.setdefault(plain(spelling), key)
    return spelled


def like(word: str, known: Table[str, str], field: str) -> str:
    """Find the name that a word means: the same, else that with the longest part in common.

    A channel that speaks of a patrol is `FOUND`, though the scenario may have one of like name.
    """
    folded = plain(word)
    if folded in known:
        return known[folded]
    if field == "channel" and BY_STAFF.search(word) and not BY_RESIDENTS.search(word):
        return FOUND
    shared: dict[str, int] = {}
    for spelling, key in known.items():
        match = SequenceMatcher(None, folded, spelling, autojunk=False).find_longest_match()
        part = folded[match.a : match.a + match.size]
        whole = part == spelling and len(part) >= 4
        if whole or len(part) >= (6 if part.isascii() else 2):
            shared[key] = max(shared.get(key, 0), len(part))
    best = max(shared.values(), default=0)
    likely = [key for key, size in shared.items() if size == best]
    if len(likely) == 1:
        return likely[0]
    # 热线 is a part of 便民热线 and of 12345热线: which of them, the record doesn't say.
    near = nearest(folded, known)
    alike = SequenceMatcher(None, folded, near, autojunk=False).ratio() >= ALIKE
    return known[near] if near and alike else ""


def match(log: OrderLog, mapping: MappingFile, scenario: Scenario) -> Matched:
    """Put the words of a log in those of a scenario, the same with a mapping and without.

    What the mapping says comes first; a word that it doesn't list is matched by its spelling.

    Raises
    ------
    InputError
        The mapping names what the scenario doesn't have.
    """
    frame, found, problems = log.frame.copy(), {}, []
    for field in MATCHED:
        parts = parts_of(scenario, field)
        known = spellings(parts)
        given: dict[str, str] = {}
        for word, meaning in getattr(mapping.mapping.values, field).items():
            if meaning is None or (field == "channel" and fold(meaning) in _found_by_staff()):
                continue
            if plain(meaning) in known:
                given[meaning] = known[plain(meaning)]
            else:
                problems.append(_no_such(mapping, field, word, meaning, parts))
        if field in frame:
            frame[field], found[field] = _matched(frame[field], given, known, field)
    if problems:
        raise InputError(problems)
    return Matched(replace(log, frame=frame), found, mapping.file or log.source)


def _found_by_staff() -> tuple[str, ...]:
    return FOUND, "工作人员发现", "人员发现"


def _matched(
    column: pd.Series, given: Table[str, str], known: Table[str, str], field: str
) -> tuple[pd.Series, tuple[Word, ...]]:
    """Rename the words of a column, and say what each was taken for."""
    words, meant = [], {}
    for text, rows in column.value_counts().items():
        word = str(text)
        staff = field == "channel" and fold(word) in _found_by_staff()
        meaning = FOUND if staff else given.get(word) or like(word, known, field)
        sure = staff or word in given or plain(word) in known
        words.append(Word(word, int(rows), meaning, sure))
        meant[word] = meaning or word
    renamed = column.astype(object).map(meant, na_action="ignore")
    kept = [name for name in dict.fromkeys(meant.values()) if name]
    return renamed.astype(pd.CategoricalDtype(pd.Index(kept, dtype="str"))), tuple(words)


def _no_such(
    mapping: MappingFile, field: str, word: str, meaning: str, parts: Table[str, Any]
) -> Problem:
    """Say that a mapping names what the scenario doesn't have."""
    known = spellings(parts)
    near = known.get(nearest(plain(meaning), known), "")
    if near and not meaning.isascii():
        near = parts[near].label.zh
    has = listed(parts)
    if field == "channel":
        message = tr("the scenario has no channel “{it}”; it has {names}", it=meaning, names=has)
    else:
        message = tr("the scenario has no category “{it}”; it has {names}", it=meaning, names=has)
    return mapping.problem(("values", field, word), message, near)


def listed(parts: Table[str, Any]) -> str:
    """List a scenario's channels or categories, as a mapping would name them."""
    if current() != "zh":
        return ", ".join(parts)
    return "、".join(f"{part.label.zh} {key}" for key, part in parts.items())


def counted(words: tuple[Word, ...]) -> str:
    """List words with their numbers of orders."""
    shown = [f"{word.text} ({word.rows:,})" for word in words[:TOLD]]
    if (more := len(words) - TOLD) > 0:
        shown.append(tr("{n} more", n=more))
    return joined(shown, "、", ", ")


def taken(words: Iterable[Word], scenario: Scenario) -> str:
    """List words with what they were taken for."""
    parts = {field: parts_of(scenario, field) for field in MATCHED}
    labels = {key: part.label for of in parts.values() for key, part in of.items()}
    shown = []
    for word in words:
        label = labels.get(word.meaning)
        meaning = tr("found by staff") if label is None else name(label)
        shown.append(joined((word.text, meaning), "→", " → "))
    return joined(shown, "、", ", ")


def too_strange(matched: Matched, field: str, scenario: Scenario) -> Problem:
    """Say that a scenario knows too few of the words, which ones, and what to do."""
    share = matched.share_unknown(field)
    words, has = counted(matched.unknown(field)), listed(parts_of(scenario, field))
    if field == "category":
        message = tr(
            "{share:.0%} of the orders have a category that the scenario does not know: {words}; "
            "it has {names}. Say under “values: category:” in a mapping which is which (govsim "
            "inspect --scenario proposes it), or take the category out of the mapping, to fit "
            "without it",
            share=share,
            words=words,
            names=has,
        )
    else:
        message = tr(
            "{share:.0%} of the cases have a channel that the scenario does not know, so that they "
            "would count as found by staff: {words}; it has {names}. Say under “values: channel:” "
            "in a mapping which is which (govsim inspect --scenario proposes it), or take the "
            "channel out of the mapping",
            share=share,
            words=words,
            names=has,
        )
    return Problem(message, file=matched.file)

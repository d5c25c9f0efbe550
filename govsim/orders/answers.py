"""What the cells of columns of states and answers mean: open and closed, yes and no, marks.

Nothing that a clerk writes there costs a row: a word without a counterpart is told, with its
share, and says nothing. Called by `govsim.orders.reading`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from govsim.orders.cells import text_of
from govsim.orders.mapping import CLOSED
from govsim.orders.nothing import is_nothing
from govsim.orders.shapes import Bools, Ints
from govsim.orders.states import state_of
from govsim.orders.words import NUMBER, answers, fold

NAMED = 8
"""Words without a counterpart that are named."""


@dataclass(frozen=True)
class State:
    """A word in the column of states.

    Attributes
    ----------
    word : as it was written.
    meaning : ``open``, ``closed``, or nothing where the time of closing tells.
    orders : that have it.
    """

    word: str
    meaning: str
    orders: int


def read_states(cells: pa.Array, said: Table[str, str], over: Bools) -> Bools:
    """Read a column of states.

    Parameters
    ----------
    cells : as they were written.
    said : what the mapping says of words.
    over : bool[n], whether the order has a time of closing.

    Returns
    -------
    bool[n]
        Whether closed: as the word says; where it says nothing, as `over` does.
    """
    found, words = distinct(cells)
    meant = _meant(words, said)
    known = np.array([bool(it) for it in meant], bool)
    closed = np.array([it == CLOSED for it in meant], bool)
    return np.where(known[found], closed[found], over)


def count_states(cells: pa.Array, said: Table[str, str], used: Bools) -> tuple[State, ...]:
    """Count the words of a column of states over the rows that are used, most frequent first."""
    found, words = distinct(cells)
    meant = _meant(words, said)
    counts = np.bincount(found[used], minlength=len(words))
    return tuple(
        State(words[i], meant[i], int(counts[i]))
        for i in np.argsort(-counts, kind="stable")
        if counts[i] and (meant[i] or not is_nothing(words[i]))
    )


def _meant(words: list[str], said: Table[str, str]) -> list[str]:
    """Say of each word what state it means: as the mapping has it, else by its parts."""
    meanings = {fold(word): meaning for word, meaning in said.items()}
    return [meanings.get(fold(word), "" if is_nothing(word) else state_of(word)) for word in words]


def read_answers(
    cells: pa.Array, said: Table[str, bool | None], parts: bool = False
) -> tuple[pd.Series, dict[str, int]]:
    """Read a column of yes and no.

    Parameters
    ----------
    cells : as they were written.
    said : what the mapping says of words.
    parts : read words that aren't known by their parts, as answers on satisfaction.

    Returns
    -------
    tuple
        Nullable booleans, missing where the cell says neither; and the words that aren't known,
        with the cells that have them.
    """
    found, words = distinct(cells)
    listed = {fold(word): it for word, it in said.items()}
    meanings = answers_among(words) | listed
    meant: list[bool | None] = []
    strange = []
    for at, word in enumerate(words):
        folded = fold(word)
        # Of repeats, 无 says no; of satisfaction it says nothing.
        if is_nothing(word) and (parts or folded not in meanings):
            meant.append(listed.get(folded))
            continue
        if folded in meanings:
            meant.append(meanings[folded])
            continue
        known, it = opinion_of(word) if parts else (False, None)
        meant.append(it)
        if not known:
            strange.append(at)
    counts = np.bincount(found, minlength=len(words))
    values = pd.array(meant, dtype="boolean")
    taken = values.take(found) if len(words) else values
    return pd.Series(taken), {words[at]: int(counts[at]) for at in strange}


def answers_among(words: Iterable[str]) -> dict[str, bool | None]:
    """Say which words of a column mean yes, no, or neither; beside 2, a 1 is a code or a mark."""
    if not any(NUMBER.fullmatch(word) and word not in ("0", "1") for word in words):
        return answers()
    return {word: it for word, it in answers().items() if not NUMBER.fullmatch(word)}


def distinct(cells: pa.Array) -> tuple[Ints, list[str]]:
    """Give a column as int64[n] positions in a list of its different words."""
    found = text_of(cells).dictionary_encode()
    return found.indices.to_numpy().astype(np.int64), found.dictionary.to_pylist()


def named(words: Table[str, int]) -> str:
    """Name words with the cells that have them, the most frequent first."""
    by_count = sorted(words.items(), key=lambda pair: -pair[1])
    shown = [f"{word[:30]} ({n:,})" for word, n in by_count[:NAMED]]
    return ", ".join(shown) + (", …" if len(by_count) > NAMED else "")


# ------------------------------------------------------------------ satisfaction

_NEITHER = (
    r"neither|neutral|fair|average|moderate|ok\b|okay|so-so|offered|unoffered|no (?:response|"
    r"answer|"
    r"opinion|reply|rating)|not (?:rated|asked|answered|surveyed)|unrated|^mixed|default|"
    r"一般|中评|普通|尚可|未|无法|無法|拒|弃|棄|默认|默認|系统|自动|不评价|不評價|空号|关机|停机|"
    r"无人接听|"
    r"regular|ni satisfecho|indiferente|weder|teils|mittel|보통|어느|どちら|ふつう|พอใช้|ปานกลาง|"
    r"เฉย"
)
_BAD = (
    r"dis-?satisf|un-?satisf|not (?:\w+ )?satisf|in-?satisf|unhappy|not happy|bad\b|poor|terrible|"
    r"negative|"
    r"awful|worst|thumbs? ?down|不满|不滿|不太满|不够满|差评|差評|^很?差|较差|非常差|不认可|不好|"
    r"不行|"
    r"mal[oa]\b|pesim[oa]|unzufrieden|nicht zufrieden|schlecht|mangelhaft|불만|나쁨|미흡|不満|悪い|"
    r"ไม่พอใจ|ไม่พึงพอใจ|ไม่ดี|แย่"
)
_GOOD = (
    r"satisf|happy|good\b|great|excellent|positive|best|thumbs? ?up|满意|滿意|好评|好評|^很?好|"
    r"非常好|较好|"
    r"优秀|认可|satisfech|buen[oa]|excelente|zufrieden|gut\b|만족|좋음|우수|満足|良い|よい|พอใจ|"
    r"พึงพอใจ|ดี"
)

_OPINIONS = tuple(
    (re.compile(fold(parts)), it) for parts, it in ((_NEITHER, None), (_BAD, False), (_GOOD, True))
)


def opinion_of(word: str) -> tuple[bool, bool | None]:
    """Read a word on satisfaction by its parts: whether it is understood, and what it says."""
    folded = fold(word)
    for parts, it in _OPINIONS:
        if parts.search(folded):
            return True, it
    return False, None


# ------------------------------------------------------------------ marks

_MARK = re.compile(
    r"(?P<n>-?\d{1,3}(?:[.,]\d+)?)\s*(?:星级?|分|颗星|stars?|points?|pts?|점|点|ดาว|%|"
    r"(?:/|of|out of|von|de)\s*\d{1,3}(?:\.0+)?)?(?:\s*(?:[-–:—.(（]|=>?).*)?",
    re.IGNORECASE,
)
_STARS = re.compile(r"([★⭐🌟*]+)[☆✩]*\ufe0f?")
_NUMERALS = {sign: float(n) for n, sign in enumerate("零一二三四五六七八九十")} | {"两": 2.0}

_OF_MARKS = re.compile(
    r"rating|score|stars?(?![a-z])|marks?(?![a-z])|csat|nps|points?(?![a-z])|评分|得分|打分|分数|"
    r"分值|"
    r"星级|评星|几星|打星|bewertung|note(?![a-z])|puntuaci|puntaje|calificaci|valoraci|평점|별점|"
    r"점수|"
    r"点数|คะแนน|ดาว",
    re.IGNORECASE,
)


def mark_of(word: str) -> float | None:
    """Read a mark, such as 4, 4.5, 4星, ★★★★☆, 80% or 4/5; nothing if it is none, or says more."""
    folded = fold(word)
    if opinion_of(word)[0]:
        return None  # 1.非常满意: the number only counts the choices
    if stars := _STARS.fullmatch(folded):
        return float(len(stars[1].replace("\ufe0f", "")))
    if re.fullmatch(r"[零一二两三四五六七八九十](?:星级?|分|颗星)", folded):
        return _NUMERALS[folded[0]]
    if found := _MARK.fullmatch(folded):
        return float(found["n"].replace(",", "."))
    return None


@dataclass(frozen=True)
class Scale:
    """Marks, and which of them are good.

    Attributes
    ----------
    low, high : the lowest and the highest that occur.
    best_from : from which on a resident is satisfied.
    zero : whether 0 is a mark; else it stands for none.
    best_to : up to which a resident is satisfied, where low marks are the good ones.
    """

    low: float
    high: float
    best_from: float
    zero: bool
    best_to: float = math.inf

    def good(self, mark: float) -> bool:
        """Whether a mark is one of a satisfied resident."""
        return self.best_from <= mark <= self.best_to


def scale_of(
    name: str,
    words: Sequence[str],
    best_from: float | None = None,
    best_to: float | None = None,
) -> Scale | None:
    """Find out on what scale a column has marks.

    Parameters
    ----------
    name : of the column.
    words : the different words in it.
    best_from, best_to : from which, or up to which mark a resident is satisfied, if that is told.

    Returns
    -------
    Scale or None
        Nothing where they are no marks, or may be the other way round: 1, 2 and 3 are often
        codes, of which the first is the best.
    """
    marks = sorted(
        mark for word in words if not is_nothing(word) and (mark := mark_of(word)) is not None
    )
    if not marks:
        return None
    low, high = marks[0], marks[-1]
    # Nobody gives 0 of five stars: it stands for no answer.
    zero = high > 5 or low < 0
    if best_from is not None:
        return Scale(low, high, best_from, zero or best_from <= 0)
    if best_to is not None:
        return Scale(low, high, -math.inf, zero, best_to)
    if set(marks) <= {0, 1} and 0 in marks:
        return None
    of_marks = bool(_OF_MARKS.search(name)) or any(re.search(r"星|★|⭐|star|分", w) for w in words)
    if low == -1 and high == 1:
        return Scale(low, high, 1, zero)
    if low < 0 or high > 100 or not (of_marks or (high >= 5 and len(set(marks)) > 2)):
        return None
    if high <= 5:
        return Scale(low, high, 4, zero)
    top = 10 if high <= 10 else 100
    promoters = 9 if re.search(r"nps", name, re.IGNORECASE) and top == 10 else 0.8 * top
    return Scale(low, high, promoters, zero)


def read_marks(
    cells: pa.Array, said: Table[str, bool | None], scale: Scale
) -> tuple[pd.Series, dict[str, int], int]:
    """Read a column of marks.

    Parameters
    ----------
    cells : as they were written.
    said : what the mapping says of words; these come before marks.
    scale : of the marks.

    Returns
    -------
    tuple
        As `read_answers`, and how many cells have a mark.
    """
    found, words = distinct(cells)
    listed = {fold(word) for word in said}
    meant: dict[str, bool | None] = dict(said)
    marks = np.zeros(len(words), bool)
    for at, word in enumerate(words):
        if fold(word) in listed or is_nothing(word) or (mark := mark_of(word)) is None:
            continue
        none = mark == 0 and not scale.zero
        meant[word] = None if none else scale.good(mark)
        marks[at] = not none
    values, strange = read_answers(cells, meant, parts=True)
    return values, strange, int(marks[found].sum()) if len(words) else 0

"""Proposes a mapping for a table, from the names of its columns and from what is in them.

Columns whose names speak of people (names, telephones, addresses, what was said) are not even
opened. Whatever is left out is told with the reason. Called by ``govsim inspect``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.answers import Scale, scale_of
from govsim.orders.clocks import found_in
from govsim.orders.contents import Content, follows, without_blank_rows
from govsim.orders.events import recognised
from govsim.orders.mapping import TIMES, Columns, Mapping
from govsim.orders.meanings import states_in, values_of
from govsim.orders.raw import Source
from govsim.orders.recognising import (
    fields_of,
    is_change,
    is_other_time,
    is_personal,
    spaced,
)
from govsim.orders.spans import in_office_days, lasts, named

if TYPE_CHECKING:
    from govsim.scenarios.schema import Scenario

SAMPLE = 5000
"""Rows from the beginning that are looked at."""

MOST_COLUMNS = 2000
"""Columns that are looked at; no export of orders has as many."""


@dataclass(frozen=True)
class Left:
    """A column that is left out, and why.

    Attributes
    ----------
    column : its name.
    why : ``person``, not opened, as its name speaks of a person; ``change``, times of changes to
        the row; ``other time``, times of something else; ``before``, times that are mostly before
        creation; ``taken``, times of a field for which there is a better column; ``time``, times
        after creation whose name says nothing; ``clock``, times of day without a date; ``span``,
        numbers that may be a duration, without a unit; ``office``, working days;
        ``states``, no words for open and closed
        in it; ``answers``, answers that can't be understood; ``none``, nothing that govsim asks
        for.
    field : that it may be of, if that is known.
    share : of the orders that have it, how many have it after creation; of all, for `filled`.
    filled : share of cells that are filled.
    """

    column: str
    why: str
    field: str = ""
    share: float = 0.0
    filled: float = 0.0


@dataclass(frozen=True)
class Proposal:
    """A mapping to be looked over by the planner.

    Attributes
    ----------
    mapping : the proposal.
    unread : columns that it leaves out.
    unmatched : by field, words without a counterpart: channels and categories that the
        scenario doesn't have, states that are not known to be open or closed.
    left : the columns that it leaves out, with the reasons.
    guessed : fields whose columns were found by what is in them, not by their names.
    """

    mapping: Mapping
    unread: tuple[str, ...]
    unmatched: Table[str, tuple[str, ...]]
    left: tuple[Left, ...] = ()
    guessed: tuple[str, ...] = ()


def propose(
    source: Source, given: Mapping | None = None, scenario: Scenario | None = None
) -> Proposal:
    """Propose a mapping.

    Parameters
    ----------
    source : the table.
    given : its sheet, table or query, if that had to be told; kept.
    scenario : whose channels and categories the words are to be matched with.

    Raises
    ------
    InputError
        No column holds times of creation.
    """
    counted = Counter(source.header)
    named = [name for name, times in counted.items() if name and times == 1]
    if len(named) > MOST_COLUMNS:
        message = tr(
            "the table has {n} columns, too many to look at; name those that count in a mapping",
            n=f"{len(named):,}",
        )
        raise InputError([Problem(message, file=source.name)])
    opened = [name for name in named if not is_personal(name)]
    sample = without_blank_rows(source.read(opened, SAMPLE).columns) if opened else {}
    search = _Search({name: Content.of(name, cells) for name, cells in sample.items()})
    columns = search.columns()
    _several(columns, sample, search)
    if "created" not in columns:
        raise InputError([Problem(_no_creation(named, search), file=source.name)])
    values, unmatched = values_of(columns, sample, scenario)
    marks = search.marks()
    kept = {} if given is None else given.model_dump(include={"sheet", "table_name", "query"})
    mapping = Mapping.model_validate(
        {"columns": columns, "values": values, "durations": search.spans, "clocks": search.clocks}
        | ({} if marks is None else {"satisfied_from": marks.best_from})
        | kept
    )
    taken = {*columns.values(), *search.clocks.values()}
    unread = tuple(name for name in source.header if name and name not in taken)
    left = tuple(search.left(name) if name in sample else Left(name, "person") for name in unread)
    guessed = tuple(field for field in columns if field in search.guessed)
    return Proposal(mapping, unread, unmatched, left, guessed)


def _several(columns: dict[str, str], sample: Table[str, pa.Array], search: _Search) -> None:
    """Take the columns that tell the rows of an order apart, where it has several."""
    times = [
        name
        for name, content in search.contents.items()
        if content.moments and content.times > 0.9 and content.filled > 0.9
    ]
    found = recognised(columns, sample, times)
    if found.event:
        taken = found.event, found.created
        for field in [field for field, column in columns.items() if column in taken]:
            del columns[field]
        columns |= {"created": found.created, "event": found.event}
        search.found = columns
    if found.updated:
        columns["updated"] = found.updated


def _no_creation(named: list[str], search: _Search) -> str:
    message = tr(
        "no column looks like the time of creation; the columns are: {names}",
        names=", ".join(name[:60] for name in named[:50]),
    )
    if (odd := search.called_so()) and (cells := list(search.contents[odd].words)):
        message = tr(
            "{message}; “{column}” is called like one, but “{cell}” is no time with its date and "
            "year that govsim reads",
            message=message,
            column=odd[:60],
            cell=cells[0][:40],
        )
    if times := [name for name, content in search.contents.items() if content.is_times]:
        message = tr(
            "{message}; times stand in {times}: if one of them is when an order was created, write "
            "“columns: {{created: ...}}” into a mapping",
            message=message,
            times=", ".join(times[:20]),
        )
    return message


class _Search:
    """Finds the column of each field.

    Attributes
    ----------
    contents : what is in the columns that were opened.
    found : columns by field.
    guessed : fields found by content.
    spans : fields whose columns hold durations, as a mapping says so.
    clocks : columns with the time of day, of fields whose column has the day.
    refused : columns that would have been of a field, and why they aren't.
    """

    def __init__(self, contents: Table[str, Content]) -> None:
        self.contents = contents
        self.found: dict[str, str] = {}
        self.guessed: set[str] = set()
        self.refused: dict[str, Left] = {}
        self.spans: dict[str, str] = {}
        self.clocks: dict[str, str] = {}
        self.scores = {name: self._scores(name, content) for name, content in contents.items()}

    def _scores(self, name: str, content: Content) -> dict[str, int]:
        """Scores by field of a column, by its name, of those that its content suits."""
        of_times = fields_of(name, times=True) if content.may_be_times else {}
        others = fields_of(name, times=False) if not content.is_times else {}
        return {f: score for f, score in (of_times | others).items() if content.suits(f)}

    def columns(self) -> dict[str, str]:
        """Give the columns by field, in the order of `Columns`."""
        self._creation()
        self._by_name()
        if "created" in self.found:
            self._by_content()
        return {field: self.found[field] for field in Columns.model_fields if field in self.found}

    # --- creation ----------------------------------------------------------------------------

    def _creation(self) -> None:
        """Find the time of creation, and the date beside a time of day."""
        named = {n: s["created"] for n, s in self.scores.items() if "created" in s}
        if not named:
            named = {n: s["date"] for n, s in self.scores.items() if "date" in s}
        if not any(self.contents[n].moments for n in named):
            # A hotline takes an order down when it accepts it; an answer comes later.
            named |= {
                n: score["accepted"] - 50
                for n, score in self.scores.items()
                if "accepted" in score
                and self.contents[n].filled > 0.9
                and "first" not in spaced(n)
            }
        if not any(self.contents[n].cells for n in named):
            named |= self._earliest()
        ranked = sorted(named, key=lambda n: -self._rank(n, named))
        for name in ranked:
            content = self.contents[name]
            if not content.of_day:
                self.found["created"] = name
                if content.daily and (clock := self._clock(name)):
                    self.found |= {"created": clock, "date": name}
                return
            if date := self._day_beside(name):
                self.found |= {"created": name, "date": date}
                return

    def called_so(self) -> str:
        """Find a column that is called like the time of creation and holds something else."""
        scores = {n: fields_of(n, times=True) for n in self.contents}
        called = [n for n, s in scores.items() if {"created", "accepted", "date"} & set(s)]
        return next((n for n in called if not self.contents[n].is_times), "")

    def _earliest(self) -> dict[str, int]:
        """Score the earliest of the columns of moments that are nearly always filled."""
        free = [
            (content.first, name)
            for name, content in self.contents.items()
            if content.moments and content.times > 0.9 and content.filled > 0.9
            if not self._hint(name)
            if not any(f in self.scores[name] for f in ("due", "closed", "resolved", "replied"))
        ]
        if not free:
            return {}
        self.guessed.add("created")
        return {min(free)[1]: 1}

    def _rank(self, name: str, named: Table[str, int]) -> float:
        """Rank a column as the time of creation: its name, unless others begin before it."""
        content = self.contents[name]
        rank = float(named[name])
        others = [self.contents[n] for n in named if n != name and named[n] > 10]
        if content.daily and any(o.moments and not o.daily and o.filled > 0.5 for o in others):
            rank -= 200  # a day beside a time is the day of that time, or of a shift
        if content.of_day:
            rank -= 100
        if content.filled < 0.5:
            rank -= 60
        later = [
            self.contents[n]
            for n, score in self.scores.items()
            if n not in named and any(f in score for f in ("closed", "resolved", "scene"))
        ]
        if any((share := follows(content, o)) is not None and share < 0.5 for o in later):
            rank -= 60
        return rank

    def _clock(self, day: str) -> str:
        """Find the column of times of day beside a column of days."""
        for name, content in self.contents.items():
            score = self.scores[name]
            fits = name != day and content.of_day and content.filled > 0.5
            if fits and ("created" in score or not score or set(score) & set(self.scores[day])):
                return name
        return ""

    def _day_beside(self, clock: str) -> str:
        """Find the column of days beside a column of times of day."""
        days = [
            (score.get("date", 0) + score.get("created", 0), name)
            for name, score in self.scores.items()
            if name != clock
            and self.contents[name].moments
            and ("date" in score or "created" in score)
        ]
        return max(days)[1] if days else ""

    # --- the other fields --------------------------------------------------------------------

    def _by_name(self) -> None:
        """Give each field the column that is called most like it, if its content agrees."""
        created = self.contents[self.found["created"]] if "created" in self.found else None
        wanted = [
            (score + self._fitness(field, name), field, name)
            for name, scores in self.scores.items()
            for field, score in scores.items()
            if field not in ("created", "date")
        ]
        order = list(Columns.model_fields)
        at = list(self.contents)
        wanted.sort(key=lambda one: (-one[0], order.index(one[1]), at.index(one[2])))
        for _, field, name in wanted:
            if field in self.found or name in self.found.values():
                continue
            if why := self._objection(field, name, created):
                self.refused.setdefault(name, Left(name, why, field))
                continue
            self.found[field] = name
        self._second_acceptance()
        self.clocks = found_in(self.contents, self.scores, self.found)

    def _fitness(self, field: str, name: str) -> float:
        """Say how well a column suits a field: a day doesn't where there is a time of the same."""
        content = self.contents[name]
        others = (self.contents[n] for n, s in self.scores.items() if n != name and field in s)
        finer = (o.moments and not o.daily and o.filled >= 0.8 * content.filled for o in others)
        return content.fitness(field) - (80 if content.daily and any(finer) else 0)

    def _objection(self, field: str, name: str, created: Content | None) -> str:
        """Say why a column can't be of a field whose name it has; nothing if it can."""
        content = self.contents[name]
        if field in TIMES:
            if content.of_day:
                return "" if "date" in self.found else "clock"
            share = None if created is None else follows(created, content)
            return "before" if share is not None and share < 0.5 else ""
        if field == "status":
            return self._no_states(name, content)
        if field in ("satisfied", "repeat", "place_unknown"):
            return "" if content.answers(field) else "answers"
        return ""

    def _no_states(self, name: str, content: Content) -> str:
        """Say whether a column has no words for open and closed: a "State" may be New York."""
        understood = _understood(name, content)
        bare = spaced(name) in ("state", "estado", "etat", "stato")
        if not content.cells or understood >= 0.5:
            return ""
        plainly = self.scores[name]["status"] >= 30 and not bare
        return "" if plainly and (understood or content.few) else "states"

    def _second_acceptance(self) -> None:
        """Where 受理 stands for creation, 签收 is the acceptance."""
        if "accepted" in self.found and self.found["accepted"] == self.found.get("created"):
            del self.found["accepted"]

    # --- by content --------------------------------------------------------------------------

    def _by_content(self) -> None:
        """Find states by their words, and the end of an order by the times after its creation."""
        free = [name for name in self.contents if name not in self.found.values()]
        if "status" not in self.found:
            for name in free:
                content = self.contents[name]
                if (
                    not content.is_times
                    and content.states_apart
                    and _understood(name, content) >= 0.9
                ):
                    self.found["status"] = name
                    self.guessed.add("status")
                    break
        self._durations(free)
        if not {"closed", "resolved"} & set(self.found) and (end := self._end(free)):
            self.found["closed"] = end
            self.guessed.add("closed")

    def _durations(self, free: list[str]) -> None:
        """Find the columns of numbers that say how long something took, or may take."""
        for name in free:
            content = self.contents[name]
            if name in self.found.values() or content.moments:
                continue
            if content.is_times:  # 05:00:00 below "resolution time" may be a time of day
                if lasts(name) and (said := named(name)) is not None:
                    self.refused[name] = Left(name, "span", said.field)
                continue
            if content.numeric < 0.9 and not content.of_day and not content.spans:
                continue
            if in_office_days(name):
                self.refused[name] = Left(name, "office")
                continue
            if (said := named(name)) is None or said.field in self.found:
                continue
            if said.field == "closed" and ("resolved" in self.found or self._end(free)):
                continue
            if not said.unit and not content.spans:
                self.refused[name] = Left(name, "span", said.field)
                continue
            self.found[said.field] = name
            self.spans[said.field] = said.span(self.found) or "hours"

    def _end(self, free: list[str]) -> str:
        """Find the one column of times after creation that may be the end of an order."""
        created = self.contents[self.found["created"]]
        likely = []
        for name in free:
            content = self.contents[name]
            if self._hint(name) or not content.moments:
                continue
            share = follows(created, content)
            if share is not None and share >= 0.98 and content.differs(created):
                likely.append(name)
        status = self.found.get("status")
        if status is not None:
            ends = self.contents[status].closed_rows()
            likely = [n for n in likely if (self.contents[n].present == ends).mean() >= 0.9]
        return likely[0] if len(likely) == 1 else ""

    def marks(self) -> Scale | None:
        """Find the scale of marks for satisfaction; nothing if there are none."""
        if (name := self.found.get("satisfied")) is None:
            return None
        return scale_of(name, list(self.contents[name].words))

    # --- what is left ------------------------------------------------------------------------

    def _hint(self, name: str) -> str:
        """Say what speaks against taking a column of times for one of an order's."""
        if is_change(name):
            return "change"
        return "other time" if is_other_time(name) else ""

    def left(self, name: str) -> Left:
        """Say why a column is left out."""
        content, scores = self.contents[name], self.scores[name]
        if name in self.refused:
            return self._with_shares(self.refused[name])
        if content.is_times and content.cells:
            field = max(scores, key=lambda f: scores[f], default="")
            why = self._hint(name) or ("clock" if content.of_day else "taken" if field else "time")
            return self._with_shares(Left(name, why, field))
        return Left(name, "none")

    def _with_shares(self, left: Left) -> Left:
        content = self.contents[left.column]
        share = follows(self.contents[self.found["created"]], content)
        why = "before" if left.why == "time" and share is not None and share < 0.5 else left.why
        return Left(left.column, why, left.field, share or 0.0, content.filled)


def _understood(name: str, content: Content) -> float:
    """Share of a column's cells whose words are understood as open or closed."""
    meant = states_in(name, list(content.words))
    n = sum(content.words.values())
    return sum(k for word, k in content.words.items() if meant[word]) / n if n else 0.0

"""The mapping file: which column of an export says what, and what its words mean.

A short YAML file, proposed by ``govsim inspect`` and read like a scenario: everything that is
wrong is told at once, with its line and the likely typo. Used by `govsim.orders.reading`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.scenarios.loading import Origins, load_as
from govsim.scenarios.schema.base import Model
from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND, QuantityError, nearest, tidy

TIMES = (
    "created",
    "accepted",
    "dispatched",
    "departed",
    "scene",
    "resolved",
    "replied",
    "closed",
    "due",
)
"""Fields that are times, in the order in which a work order goes through them; the limit last."""

WORDS = ("channel", "category", "place", "department", "status")
"""Fields that are one of some words."""

IDENTITIES = ("order", "parent", "demand")
"""Fields that name a work order, or the demand behind it."""

ANSWERS = ("repeat", "satisfied", "place_unknown")
"""Fields that are yes or no."""

POSITIONS = ("longitude", "latitude")
"""Fields that are numbers."""

ORDER = (
    *("order", *TIMES, "channel", "category", "place", "department", "status"),
    *("parent", "demand", "repeat", "satisfied", *POSITIONS),
)
"""Columns of a log, in their order."""

OPEN, CLOSED = "open", "closed"

FOUND = "found by staff"
"""What a mapping may call a channel: such a case was found by staff, and no resident called."""

TimeField = (
    Literal["accepted", "dispatched", "departed", "scene"]
    | Literal["resolved", "replied", "closed", "due"]
)
"""Fields that may be given as durations."""

Word = str | bool | None


Step = (
    Literal["created", "accepted", "dispatched", "departed", "scene"]
    | Literal["resolved", "replied", "closed", "reopened"]
)
"""What a step of a log may be: a time of an order, or what takes back its end."""


class Span(NamedTuple):
    """How a column says how long something took.

    Attributes
    ----------
    unit : of its numbers, one of `UNITS`.
    base : field of the time from which it counts.
    """

    unit: str
    base: str


UNITS = {"seconds": SECOND, "minutes": MINUTE, "hours": HOUR, "days": DAY}
"""Units of durations, ms."""

SPAN = re.compile(rf"\s*({'|'.join(UNITS)})(?:\s+after\s+(\w+))?\s*")
"""How a mapping writes a `Span`: ``hours``, or ``minutes after dispatched``."""


def _unit(text: str) -> str:
    """Refuse what is no unit of durations."""
    if not (found := SPAN.fullmatch(text)) or found[2] not in (None, *TIMES[:-1]):
        message = tr(
            "“{found}” is no unit of durations; write “seconds”, “minutes”, “hours” or "
            "“days”, and after it “after dispatched” where it doesn't count from creation",
            found=text,
        )
        raise QuantityError(message, nearest(tidy(text), UNITS))
    return text


class Columns(Model):
    """Names of columns, as they stand in the header."""

    order: str | None = None
    """Identity of the work order, by which duplicates are found."""
    date: str | None = None
    """Date of creation, where the times are times of day only."""
    created: str
    """When it was created, or reported."""
    accepted: str | None = None
    """When it was accepted."""
    dispatched: str | None = None
    """When it was handed to who does the work."""
    departed: str | None = None
    """When they left for the scene."""
    scene: str | None = None
    """When they were on the scene."""
    resolved: str | None = None
    """When it was solved."""
    replied: str | None = None
    """When the resident had a reply."""
    closed: str | None = None
    """When it was closed."""
    due: str | None = None
    """By when it was to be done."""
    channel: str | None = None
    """How it came in."""
    category: str | None = None
    """What it is about."""
    place: str | None = None
    """Street, community or grid."""
    department: str | None = None
    """Who is to do the work; described, and of no influence on a calibration."""
    status: str | None = None
    """Whether it is open or closed."""
    parent: str | None = None
    """Identity of the work order that it repeats."""
    demand: str | None = None
    """Identity of the demand, the same in the station's ledger and in 12345 orders."""
    repeat: str | None = None
    """Whether it repeats another."""
    satisfied: str | None = None
    """Whether the resident was satisfied."""
    place_unknown: str | None = None
    """Whether the place is only a default."""
    longitude: str | None = None
    """Degrees east."""
    latitude: str | None = None
    """Degrees north."""

    event: str | None = None
    """What happened, in a log with a row for each event; ``created`` is then when."""
    updated: str | None = None
    """When the row was written; of several rows of an order the last counts."""

    def given(self) -> dict[str, str]:
        """Columns by field, of those that are mapped, in the order of this class."""
        return {name: column for name, column in self if column is not None}


class Values(Model):
    """What the words in a column mean, by column; a word that isn't listed stays as it is."""

    status: dict[str, Literal["open", "closed"]] = Field(default_factory=dict)
    """Words for open and closed; others are read by their parts, else by the time of closing."""
    channel: dict[str, str | None] = Field(default_factory=dict)
    """Channels of the scenario."""
    category: dict[str, str | None] = Field(default_factory=dict)
    """Categories of the scenario."""
    place: dict[str, str | None] = Field(default_factory=dict)
    """Places of the scenario; nothing for words that stand for an unknown place."""
    department: dict[str, str | None] = Field(default_factory=dict)
    """Names for departments."""
    repeat: dict[str, bool | None] = Field(default_factory=dict)
    """Words for yes and no."""
    satisfied: dict[str, bool | None] = Field(default_factory=dict)
    """Words for yes and no."""
    event: dict[str, Step | None] = Field(default_factory=dict)
    """Stages that the steps of a log are; nothing for steps that are none."""
    place_unknown: dict[str, bool | None] = Field(default_factory=dict)
    """Words for yes and no."""


class Mapping(Model):
    """How to read an export of work orders."""

    columns: Columns
    """Which column says what; no other column is read."""
    values: Values = Field(default_factory=Values)
    """What the words in the columns mean."""
    durations: dict[TimeField, Annotated[str, AfterValidator(_unit)]] = Field(default_factory=dict)
    """Fields whose columns say how long after creation it was: ``due: hours``, ``scene: minutes``.

    Or how long after another stage: ``scene: minutes after dispatched``.
    """
    clocks: dict[TimeField, str] = Field(default_factory=dict)
    """Columns with the time of day, of fields whose own has the day: ``closed: 办结时间``.

    For creation, ``date`` under `columns` says the same.
    """
    satisfied_from: float | None = None
    """Mark from which on a resident is satisfied, where `satisfied` has marks, such as 1 to 5."""
    satisfied_up_to: float | None = None
    """Mark up to which a resident is satisfied, where the lowest mark is the best."""
    sheet: str | None = None
    """Sheet of a workbook; all that have the header of the orders if not given."""
    table_name: str | None = None
    """Table of a database."""
    query: str | None = None
    """Query of a database, in place of a table."""
    encoding: str | None = None
    """Encoding of a text file, where it isn't found by itself."""
    dates: Literal["day first", "month first", "year first"] | None = None
    """How to read 03/04/2025 or 03/04/25, where no date of the file tells."""
    timezone: str = "Asia/Shanghai"
    """Local time; of use for times that are kept with an offset, or in seconds since 1970."""

    def spans(self) -> dict[str, Span]:
        """Give the durations by field."""
        found = {field: SPAN.fullmatch(text) for field, text in self.durations.items()}
        return {f: Span(it[1], it[2] or "created") for f, it in found.items() if it is not None}

    @field_validator("encoding")
    @classmethod
    def _encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                codecs.lookup(value)
            except LookupError:
                known = ("utf-8", "gbk", "gb18030", "utf-16", "big5", "latin-1")
                message = tr(
                    "“{found}” is not an encoding; use one of {known}",
                    found=value,
                    known=", ".join(known),
                )
                raise QuantityError(message, nearest(tidy(value), known)) from None
        return value

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            known = ("Asia/Shanghai", "America/New_York", "Europe/Dublin", "UTC")
            message = tr(
                "“{found}” is not a time zone; write it like {example}",
                found=value,
                example=known[0],
            )
            raise QuantityError(message, nearest(value, known)) from None
        return value


@dataclass(frozen=True)
class MappingFile:
    """A mapping with the lines where its entries stand, for messages.

    Attributes
    ----------
    mapping : what it says.
    file : as shown to the planner; empty for a mapping that was built or proposed.
    origins : where each entry was written.
    """

    mapping: Mapping
    file: str = ""
    origins: Origins = field(default_factory=dict)

    def problem(self, path: Sequence[str], message: str, suggestion: str = "") -> Problem:
        """Make a problem of an entry."""
        for length in range(len(path), 0, -1):
            if at := self.origins.get(tuple(path[:length])):
                return Problem(message, ".".join(path), at.file, at.line, suggestion)
        return Problem(message, ".".join(path), self.file, 0, suggestion)

    def missing_columns(self, header: Sequence[str], where: str) -> list[Problem]:
        """Find the columns of the mapping that a table doesn't have.

        Parameters
        ----------
        header : the table's column names.
        where : how to name the table.
        """
        return [
            self.problem(
                ("columns", name),
                tr("{where} has no column “{column}”", where=where, column=column),
                nearest(column, header),
            )
            for name, column in self.mapping.columns.given().items()
            if column not in header
        ] + [
            self.problem(
                ("clocks", name),
                tr("{where} has no column “{column}”", where=where, column=column),
                nearest(column, header),
            )
            for name, column in self.mapping.clocks.items()
            if column not in header
        ]


def load_mapping(path: str | Path) -> MappingFile:
    """Read a mapping file.

    Raises
    ------
    InputError
        With everything that is wrong, in the order of lines.
    """
    loaded = load_as(path, Mapping)
    read = MappingFile(loaded.scenario, str(path), loaded.origins)
    if problems := list(_contradictions(read)):
        raise InputError(problems)
    return read


def _contradictions(read: MappingFile) -> list[Problem]:
    """Find what each entry alone doesn't show."""
    mapping, problems = read.mapping, []
    seen: dict[str, str] = {}
    for name, column in mapping.columns.given().items():
        if column in seen:
            problems.append(
                read.problem(
                    ("columns", name),
                    tr("the column “{it}” is already {other}", it=column, other=seen[column]),
                )
            )
        seen.setdefault(column, name)
    if mapping.table_name is not None and mapping.query is not None:
        problems.append(read.problem(("query",), tr("give either a table or a query")))
    if mapping.satisfied_from is not None and mapping.satisfied_up_to is not None:
        problems.append(
            read.problem(
                ("satisfied_up_to",), tr("give either satisfied_from or satisfied_up_to, not both")
            )
        )
    for name in ("satisfied_from", "satisfied_up_to"):
        if getattr(mapping, name) is not None and mapping.columns.satisfied is None:
            problems.append(
                read.problem((name,), tr("there is no column for {field}", field="satisfied"))
            )
    for name, clock in mapping.clocks.items():
        if getattr(mapping.columns, name) is None:
            message = tr("there is no column for {field}", field=name)
            problems.append(read.problem(("clocks", name), message))
        if clock in seen:
            message = tr("the column “{it}” is already {other}", it=clock, other=seen[clock])
            problems.append(read.problem(("clocks", name), message))
        if name in mapping.durations:
            message = tr("{field} is a duration already", field=name)
            problems.append(read.problem(("clocks", name), message))
    for name, span in mapping.spans().items():
        for needed in (name, span.base):
            if getattr(mapping.columns, needed) is None:
                message = tr("there is no column for {field}", field=needed)
                problems.append(read.problem(("durations", name), message))
        if TIMES.index(span.base) >= TIMES.index(name):
            message = tr("{field} does not come after {base}", field=name, base=span.base)
            problems.append(read.problem(("durations", name), message))
    for name in Values.model_fields:
        if getattr(mapping.values, name) and getattr(mapping.columns, name) is None:
            problems.append(
                read.problem(
                    ("values", name),
                    tr("there are words for {field}, but no column for it", field=name),
                )
            )
    return problems

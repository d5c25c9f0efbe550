"""From a table of work orders and a mapping to an `OrderLog`.

A row is used whole or set aside whole, with the reason; nothing is dropped silently. Called by
the command line and by calibration.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.answers import (
    count_states,
    distinct,
    read_answers,
    read_marks,
    read_states,
    scale_of,
)
from govsim.orders.answers import named as said_of
from govsim.orders.cells import as_numpy, only_zeros, something, text_of
from govsim.orders.characters import GARBLED
from govsim.orders.clocks import joined
from govsim.orders.events import stages
from govsim.orders.log import OrderLog, TimeColumn, on_steps, rounding_of
from govsim.orders.mapping import (
    CLOSED,
    IDENTITIES,
    OPEN,
    ORDER,
    POSITIONS,
    WORDS,
    Mapping,
    MappingFile,
    load_mapping,
)
from govsim.orders.moments import beyond, elapsed, lone, named, read_times
from govsim.orders.nothing import is_nothing
from govsim.orders.positions import degrees, exchanged, nowhere
from govsim.orders.raw import Raw, Source
from govsim.orders.remarks import Remark
from govsim.orders.several import content_of, judged, written_at
from govsim.orders.shapes import Bools, Ints
from govsim.orders.sources import open_source
from govsim.orders.spans import add_spans, spans_of
from govsim.orders.text_files import garbled_header
from govsim.orders.times import Form, Kind, Parsed
from govsim.orders.words import NOWHERE, fold

LOST_IDENTITY = r"^\d(\.\d+)?[eE]\+\d+$"
"""An identity that a spreadsheet has taken for a number, and rounded."""

Floats = NDArray[np.float64]


def read_orders(
    source: str | Path | Source,
    mapping: str | Path | Mapping | MappingFile,
    most: int | None = None,
) -> OrderLog:
    """Read work orders.

    Parameters
    ----------
    source : a file, the SQLAlchemy address of a database, or what `open_source` made of it.
    mapping : which column says what; a file, or what was read or built.
    most : read about so many rows only, from the beginning.

    Raises
    ------
    InputError
        The mapping or the source can't be used, or no row can.
    """
    if isinstance(mapping, str | Path):
        mapping = load_mapping(mapping)
    elif isinstance(mapping, Mapping):
        mapping = MappingFile(mapping)
    if isinstance(source, str | Path):
        source = open_source(source, mapping.mapping)
    columns = mapping.mapping.columns.given()
    if problems := mapping.missing_columns(source.header, source.name):
        raise InputError([*garbled_header(source), *problems])
    read = mapping.mapping
    wanted = dict.fromkeys([*columns.values(), *read.clocks.values()])
    raw = joined(source.read(list(wanted), most), read)
    if "event" in columns:
        raw, read = stages(raw, read, source.name)
    return _Reader(raw, source.name, read).log()


class _Reader:
    """Turns raw columns into typed ones, and notes what is wrong with which rows."""

    def __init__(self, raw: Raw, source: str, mapping: Mapping) -> None:
        self.source, self.mapping = source, mapping
        self.names = mapping.columns.given()
        self.cells = {name: raw.columns[column] for name, column in self.names.items()}
        self.raw, self.n = raw, len(raw.rows)
        self.faults: list[tuple[Bools, str]] = []
        self.placeholders: dict[str, int] = {}
        self.early: dict[str, int] = {}
        self.frame: dict[str, Any] = {}
        self.ms: dict[str, Ints] = {}
        self.written: dict[str, Ints] = {}
        self.forms: dict[str, tuple[Form, ...]] = {}
        self.there: dict[str, Bools] = {}
        self.remarks: list[Remark] = []

    def log(self) -> OrderLog:
        blank = self._blank_rows()
        self._times()
        self._garbled()
        self._contradictions()
        for name in WORDS:
            if name in self.cells and name != "status":
                self.frame[name] = self._words(name)
        self._statuses()
        lost = sum(self._identities(name) for name in IDENTITIES if name in self.cells)
        self._own_parents()
        defaults = self._places()
        self._answers()
        self._duplicates(blank)
        bad = np.zeros(self.n, bool)
        for mask, _ in self.faults:
            bad |= mask
        bad &= ~blank
        used = ~(bad | blank)
        if not used.any():
            self._nothing(bad)
        aside = self._set_aside(bad)
        status, said = self.cells.get("status"), self.mapping.values.status
        states = () if status is None else count_states(status, said, used)
        times = {name: self._about(name, used) for name in self.ms}
        # What was written is not needed any more, and takes most of the room.
        for done in (self.cells, self.raw.columns, self.written):
            done.clear()
        pa.default_memory_pool().release_unused()
        return OrderLog(
            frame=self._used(used),
            set_aside=aside,
            times=times,
            default_places=int((defaults & used).sum()),
            blank_rows=int(blank.sum()),
            lost_identities=lost,
            source=self.source,
            mapping=self.mapping,
            remarks=tuple(self.remarks),
            states=states,
        )

    def _used(self, used: Bools) -> pd.DataFrame:
        """Make a frame of the rows that are used, and let go of all rows, column by column."""
        columns: dict[str, Any] = {"row": self.raw.rows[used]}
        for name in ORDER:
            if name in self.ms:
                moments = self.ms.pop(name)[used].astype("datetime64[ms]")
                moments[~self.there.pop(name)[used]] = np.datetime64("NaT", "ms")
                columns[name] = moments
            elif name in self.frame:
                columns[name] = self.frame.pop(name)[used]
        return pd.DataFrame(columns, copy=False)

    def _fault(self, mask: Bools, reason: str) -> None:
        if mask.any():
            self.faults.append((mask, reason))

    def _blank_rows(self) -> Bools:
        """Find the rows without anything in the mapped columns."""
        blank = np.ones(self.n, bool)
        for cells in self.cells.values():
            text = pa.types.is_large_string(cells.type)
            blank &= ~as_numpy(pc.not_equal(something(cells), "") if text else cells.is_valid())
        return blank

    # --- times -------------------------------------------------------------------------------

    def _times(self) -> None:
        """Read all times, by the clock of creation where a change to summer time is between."""
        spans = spans_of(self.mapping, self.cells, self.source)
        times = {name: cells for name, cells in self.cells.items() if name not in spans}
        parsed, remarks = read_times(times, self.mapping, self.source)
        self.remarks = [*self.raw.remarks, *remarks]
        add_spans(parsed, self.cells, spans)
        for name, span in spans.items():
            self.remarks.append(Remark("duration", name, self.n, f"{span.unit} {span.base}"))
        self._far(parsed)
        for name, found in parsed.items():
            self._judge(name, found)
        parsed.pop("date", None)
        created = parsed["created"]
        for name, found in parsed.items():
            there = found.kind == Kind.MOMENT
            self.written[name], self.forms[name] = found.ms, found.forms
            found.ms[~there] = 0
            ms = elapsed(created, found)  # mostly the same, which need not be kept twice
            same = np.array_equal(ms, found.ms)
            self.ms[name], self.there[name] = found.ms if same else np.where(there, ms, 0), there
        pa.default_memory_pool().release_unused()

    def _far(self, parsed: Table[str, Parsed]) -> None:
        """Keep times that are far from all others out of the record, and name them."""
        created = parsed["created"]
        moment = created.kind == Kind.MOMENT
        apart = np.zeros(self.n, bool)
        apart[moment] = lone(created.ms[moment])
        core = created.ms[moment & ~apart]
        self._slips("created", apart, created)
        for name, found in parsed.items():
            if name in ("created", "date"):
                continue
            none, slips = beyond(name, found, core)
            if none.any():
                often = named(found.ms, self.raw.rows, none)
                self.remarks.append(Remark("endless", name, int(none.sum()), often))
            self._slips(name, slips, found)
            found.kind[none] = Kind.PLACEHOLDER
            found.ms[none] = 0

    def _slips(self, name: str, slips: Bools, found: Parsed) -> None:
        if slips.any():
            said = named(found.ms, self.raw.rows, slips)
            self.remarks.append(Remark("far", name, int(slips.sum()), said))
            self._fault(slips, tr("{column}: far from all other times", column=self.names[name]))

    def _judge(self, name: str, found: Parsed) -> None:
        """Note what is wrong with a column of times; only creation must not stand for none."""
        column, kind = self.names[name], found.kind
        reasons = {
            Kind.TIME_OF_DAY: tr("{column}: a time of day without a date", column=column),
            Kind.UNREADABLE: tr("{column}: not a time", column=column),
            Kind.IMPOSSIBLE: tr("{column}: there is no such day or time", column=column),
            Kind.AMBIGUOUS: tr(
                "{column}: day and month can't be told apart, as dates are mixed", column=column
            ),
            Kind.OUT_OF_RANGE: tr("{column}: the year can't be right", column=column),
            Kind.FORMULA: tr("{column}: a formula in place of a value", column=column),
        }
        if name == "created":
            reasons[Kind.BLANK] = tr("{column}: empty", column=column)
            reasons[Kind.PLACEHOLDER] = tr("{column}: a date that stands for none", column=column)
        else:
            self.placeholders[name] = int((kind == Kind.PLACEHOLDER).sum())
        for bad, reason in reasons.items():
            self._fault(kind == bad, reason)

    def _about(self, name: str, used: Bools) -> TimeColumn:
        there, rows = self.there[name] & used, self.raw.rows
        on_step = on_steps(self.written[name][there])
        return TimeColumn(
            present=int(there.sum()),
            rounding=rounding_of(on_step),
            on_step=on_step,
            placeholders=self.placeholders.get(name, 0),
            before_created=self.early.get(name, 0),
            forms=tuple(
                replace(form, first=int(rows[form.first]), last=int(rows[form.last]))
                for form in self.forms[name]
            ),
        )

    def _contradictions(self) -> None:
        """Set aside what ends before it begins, unless rounding explains it."""
        created, there = self.ms["created"], self.there["created"]
        for name in self.ms:
            if name in ("created", "due"):
                continue
            both = self.there[name] & there
            step = rounding_of(on_steps(self.written[name][both]))
            early = both & (self.ms[name] + step <= created)
            self.early[name] = int(early.sum())
            first, second = self.names[name], self.names["created"]
            self._fault(early, tr("{first} is before {second}", first=first, second=second))

    # --- words -------------------------------------------------------------------------------

    def _words(self, name: str) -> pd.Categorical:
        """Read a column of words, each as the mapping says."""
        meanings = {fold(k): v for k, v in getattr(self.mapping.values, name).items()}
        found = text_of(self.cells[name]).dictionary_encode()
        words: list[str] = found.dictionary.to_pylist()
        # What the mapping lists has a meaning, even if it looks like nothing.
        said = [meanings.get(fold(w), None if is_nothing(w) else w) for w in words]
        kept = list(dict.fromkeys(word for word in said if word))
        code = {word: i for i, word in enumerate(kept)}
        lookup = np.array([code.get(word or "", -1) for word in said], np.int64)
        codes = lookup[found.indices.to_numpy()] if len(lookup) else np.empty(0, np.int64)
        return pd.Categorical.from_codes(codes, categories=pd.Index(kept, dtype="str"))

    def _identities(self, name: str) -> int:
        """Read a column of identities, and count those that Excel has made numbers of.

        It keeps 15 digits: 202501310000012345 becomes 2.0250131E+17, as do its neighbours.
        """
        text = something(self.cells[name])
        number = pc.match_substring_regex(text, LOST_IDENTITY)
        none = pc.or_(pc.equal(text, ""), self._zeros(name, text))
        kept = pc.if_else(pc.or_(number, none), None, text)
        self.frame[name] = pd.array(kept.to_pandas(), dtype="str")
        return int(pc.sum(number).as_py() or 0)

    def _own_parents(self) -> None:
        """Take an order that names itself as its parent for one without a parent."""
        if {"order", "parent"} <= set(self.frame):
            parent = pd.Series(self.frame["parent"])
            own = (parent == pd.Series(self.frame["order"])).fillna(False).to_numpy(dtype=bool)
            self.frame["parent"] = parent.mask(own).array

    def _zeros(self, name: str, text: pa.Array) -> pa.Array:
        """Say which identities are zeros that stand for none.

        A database writes 0, or an identity of zeros only, for "no such order". But a list may
        begin with 0 too: such an identity stands in one row.
        """
        zeros = only_zeros(text)
        if name == "parent" and "order" in self.cells:
            identities = text_of(self.cells["order"])
            known = pc.is_in(text, value_set=identities.filter(only_zeros(identities)))
            return pc.and_(zeros, pc.invert(known))
        if name == "parent" or not pc.any(zeros).as_py():
            return zeros
        others = pc.value_counts(text.filter(pc.invert(pc.or_(zeros, pc.equal(text, "")))))
        most = pc.max(others.field("counts")).as_py() or 1
        return zeros if (pc.sum(zeros).as_py() or 0) > most else pc.and_(zeros, False)

    def _statuses(self) -> None:
        """Settle what is open: as the column says, else by the time of closing."""
        none = np.zeros(self.n, bool)
        # A column of closings that nobody fills says nothing of ends.
        end = next(
            (name for name in ("closed", "resolved") if self.there.get(name, none).any()), None
        )
        closed = none if end is None else self.there[end]
        if "status" in self.cells:
            closed = read_states(self.cells["status"], self.mapping.values.status, closed)
        self.frame["status"] = pd.Categorical.from_codes(
            closed.astype(np.int64), categories=pd.Index([OPEN, CLOSED], dtype="str")
        )

    def _garbled(self) -> None:
        """Set aside rows with signs that the encoding doesn't have."""
        for name, cells in self.cells.items():
            if pa.types.is_large_string(cells.type):
                bad = as_numpy(pc.fill_null(pc.match_substring(cells, GARBLED), False))
                reason = tr("{column}: signs that can't be read", column=self.names[name])
                self._fault(bad, reason)

    def _places(self) -> Bools:
        """Make the place missing where it is only a default; say where that is."""
        unknown = np.zeros(self.n, bool)
        if "place_unknown" in self.cells:
            unknown = self._answer("place_unknown").fillna(False).to_numpy(dtype=bool)
        if "place" in self.frame:
            place = self.frame["place"]
            assert isinstance(place, pd.Categorical)
            empty = pc.equal(text_of(self.cells["place"]), "")
            nowhere = [fold(word) in NOWHERE for word in place.categories]
            unknown |= np.append(np.array(nowhere, bool), False)[place.codes]
            unknown |= (place.codes < 0) & ~as_numpy(empty)
            codes = np.where(unknown, -1, place.codes)
            kept = pd.Categorical.from_codes(codes, categories=place.categories)
            self.frame["place"] = kept.remove_unused_categories()
        self._positions(unknown)
        return unknown

    def _positions(self, unknown: Bools) -> None:
        """Read positions; 0/0 in the Gulf of Guinea, and 999, are nowhere."""
        numbers: dict[str, Floats] = {}
        for name in POSITIONS:
            if name in self.cells:
                text = something(self.cells[name])
                numbers[name] = degrees(text, name)
                filled = as_numpy(pc.not_equal(text, ""))
                reason = tr("{column}: not a number", column=self.names[name])
                self._fault(filled & np.isnan(numbers[name]), reason)
        if exchanged(numbers):
            numbers = dict(zip(numbers, reversed(numbers.values()), strict=True))
            self.remarks.append(Remark("exchanged", "longitude", self.n))
        none = nowhere(list(numbers.values()))
        if none.any():
            self.remarks.append(Remark("nowhere", next(iter(numbers)), int(none.sum())))
        for name, number in numbers.items():
            self.frame[name] = np.where(unknown | none, np.nan, number)

    def _answer(self, name: str) -> pd.Series:
        """Read a column of yes and no, or of marks; missing where it says neither."""
        cells, said = self.cells[name], getattr(self.mapping.values, name)
        scale = None
        if name == "satisfied":
            words, given = distinct(cells)[1], self.mapping
            scale = scale_of(self.names[name], words, given.satisfied_from, given.satisfied_up_to)
        if scale is None:
            values, strange = read_answers(cells, said, parts=name == "satisfied")
        else:
            values, strange, n = read_marks(cells, said, scale)
            good = f"≤ {scale.best_to:g}" if scale.best_to < np.inf else f"≥ {scale.best_from:g}"
            self.remarks.append(Remark("marks", name, n, good))
        if strange:
            self.remarks.append(Remark("words", name, sum(strange.values()), said_of(strange)))
        return values

    def _answers(self) -> None:
        for name in ("repeat", "satisfied"):
            if name in self.cells:
                self.frame[name] = self._answer(name)
        if "parent" in self.frame and "repeat" not in self.frame:
            self.frame["repeat"] = pd.array(~pd.isna(self.frame["parent"]), dtype="boolean")

    def _duplicates(self, blank: Bools) -> None:
        """Use one row of each order; see `govsim.orders.several`."""
        if "order" not in self.frame:
            return
        identity = pd.Series(self.frame["order"])
        fine = identity.notna().to_numpy() & ~blank
        for mask, _ in self.faults:
            fine &= ~mask
        if not identity[fine].duplicated().any():
            return
        where = np.flatnonzero(fine)
        found = judged(
            identity.iloc[where],
            content_of(self.cells, where),
            self.ms["created"][where],
            (self.frame["status"] == CLOSED)[where],
            np.sum([there[where] for there in self.there.values()], axis=0),
            written_at(self.cells, where, self.mapping.timezone),
        )
        found.hold(self.names["order"], self.source)
        for bad, reason in (
            (found.same, tr("the order is in another row too")),
            (found.earlier, tr("an earlier state of the order")),
        ):
            mask = np.zeros(self.n, bool)
            mask[where[bad]] = True
            self._fault(mask, reason)
        if found.states:
            self.remarks.append(Remark("states", "order", found.states))
        if found.created:
            self.remarks.append(Remark("again", "order", found.created))
            self.ms["created"] = self.ms["created"].copy()  # what was written stays as it was
            self.ms["created"][where] = found.first

    # --- rows set aside ----------------------------------------------------------------------

    def _set_aside(self, bad: Bools) -> pd.DataFrame:
        """Lay out the rows that can't be used, as they were written."""
        where = np.flatnonzero(bad)
        reasons = np.full(len(where), "", dtype=object)
        for mask, reason in self.faults:
            hit = mask[where]
            first = hit & (reasons == "")
            reasons[hit & ~first] += "; " + reason
            reasons[first] = reason
        taken = pa.array(where)
        frame = pd.DataFrame(
            {
                **(
                    {} if (of := self.raw.sheets) is None else {"sheet": of.take(taken).to_pandas()}
                ),
                "row": self.raw.rows[where],
                **{
                    name: cells.take(taken).cast(pa.large_string()).to_pandas()
                    for name, cells in self.cells.items()
                },
                "reason": reasons,
            }
        )
        if self.raw.broken:
            broken = pd.DataFrame(self.raw.broken, columns=["row", "reason"])
            frame = pd.concat([frame, broken], ignore_index=True).sort_values("row")
            columns = list(self.cells)
            frame[columns] = frame[columns].fillna("")
        frame["reason"] = frame["reason"].astype("str")
        return frame.reset_index(drop=True)

    def _nothing(self, bad: Bools) -> None:
        """Refuse a table of which no row can be used."""
        if not bad.any() and not self.raw.broken:
            raise InputError([Problem(tr("the table has no rows"), file=self.source)])
        reasons = self._set_aside(bad)["reason"].value_counts().head(5)
        problems = [
            Problem(
                tr("{n} rows can't be used: {reason}", n=f"{n:,}", reason=reason),
                file=self.source,
            )
            for reason, n in reasons.items()
        ]
        raise InputError([Problem(tr("no row can be used"), file=self.source), *problems])

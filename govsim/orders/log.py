"""Work orders as they were read: an `OrderLog`, which estimation works from.

Made by `govsim.orders.reading` and read by everything after it. It holds no column that the
mapping doesn't name.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.language import tr
from govsim.orders.answers import State
from govsim.orders.mapping import CLOSED, OPEN, TIMES, Mapping
from govsim.orders.remarks import Remark
from govsim.orders.times import Form
from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND

STEPS = (DAY, HOUR, MINUTE, SECOND, 1)
"""Steps to which times may be rounded, ms, the coarsest first."""

ROUNDED = 0.98
"""Share of a column's times that fall on a step, at least, for the column to count as rounded."""


@dataclass(frozen=True)
class TimeColumn:
    """What was found in a column of times.

    Attributes
    ----------
    present : orders that have the time.
    rounding : step to which it is rounded (down), ms: the coarsest that `ROUNDED` of it fall on.
    on_step : share of the times that fall on each of `STEPS`.
    placeholders : cells with a date that stands for none (1900, 9999); they count as empty.
    before_created : times before creation, beyond what rounding explains.
    forms : ways of writing; more than one where formats are mixed or the type changes. Their
        ``first`` and ``last`` are numbers of rows here.
    """

    present: int
    rounding: int
    on_step: Table[int, float]
    placeholders: int
    before_created: int
    forms: tuple[Form, ...]


@dataclass(frozen=True, eq=False, repr=False)
class OrderLog:
    """Work orders, a row each, in the order of the file.

    Attributes
    ----------
    frame : the orders that can be used. ``row`` (int64, as a spreadsheet counts), the fields
        that the mapping names, and ``status``: times are ``datetime64[ms]``, local, NaT where
        there is none; ``channel``, ``category``, ``place``, ``department`` and ``status``
        (``open`` or ``closed``) are categorical, missing where unknown; ``order``, ``parent`` and
        ``demand`` are text; ``repeat`` and ``satisfied`` are nullable booleans;
        ``longitude`` and ``latitude`` are float. Where there is no column for the status, an
        order with a time of closing (of resolution, if closings are not mapped) is closed.
        Where there is no column for repeats, an order with a parent is one.
    set_aside : the rows that can't: ``row``, the mapped fields as they were written,
        ``reason``; before them ``sheet``, where several sheets of a workbook were read.
    rounding : step to which each column of times is rounded, ms. A time t stands for
        [t, t + step).
    times : more about each of these columns.
    default_places : orders whose place is a default, that is, unknown.
    blank_rows : rows without anything in them; they count nowhere else.
    lost_identities : cells with an identity that a spreadsheet has rounded as a number
        (2.0250131E+17); they count as empty.
    source : the file, or the database without its password.
    mapping : how it was read.
    remarks : what was done to cells beyond reading them as written.
    states : the words in the column of states, and what they were taken for.
    """

    frame: pd.DataFrame
    set_aside: pd.DataFrame
    times: Table[str, TimeColumn]
    default_places: int
    blank_rows: int
    lost_identities: int
    source: str
    mapping: Mapping = field(repr=False)
    remarks: tuple[Remark, ...] = ()
    states: tuple[State, ...] = ()

    @property
    def rounding(self) -> dict[str, int]:
        """Step to which each column of times is rounded, ms."""
        return {name: found.rounding for name, found in self.times.items()}

    @property
    def rows(self) -> int:
        """Rows that were read: orders and rows set aside."""
        return len(self.frame) + len(self.set_aside)

    def to_frame(self) -> pd.DataFrame:
        """Copy the orders."""
        return self.frame.copy()

    def milliseconds(self, name: str) -> NDArray[np.int64]:
        """Give a column of times as local int64 ms since 1970; NaT is the smallest int64."""
        values = self.frame[name].to_numpy(dtype="datetime64[ms]")
        return values.astype(np.int64)

    def reasons(self) -> dict[str, int]:
        """Count the rows set aside by their reason, the most frequent first."""
        counted = self.set_aside["reason"].value_counts()
        return {str(reason): int(n) for reason, n in counted.items()}

    def write_set_aside(self, folder: Path) -> Path | None:
        """Write ``set-aside.csv`` into a folder, for a spreadsheet; nothing where all is well.

        Raises
        ------
        RunError
            The file can't be written.
        """
        from govsim.storage.files import replacing, writing

        file = folder / "set-aside.csv"
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if self.set_aside.empty:
                if file.exists():  # of an earlier time; a disk that can only be read is no matter
                    file.unlink()
                return None
        columns = self.mapping.columns.given()
        first = [tr("sheet")] if "sheet" in self.set_aside else []
        header = [*first, tr("row"), *columns.values(), tr("reason")]
        with writing(file), replacing(file) as stream:
            # With its mark, or Excel takes Chinese for something else.
            self.set_aside.to_csv(stream, index=False, header=header, encoding="utf-8-sig")
        return file

    def __repr__(self) -> str:
        lines = [
            tr(
                "{n} work orders from {source}",
                n=f"{len(self.frame):,}",
                source=self.source,
            )
        ]
        if len(self.frame):
            created = self.frame["created"]
            first, last = (str(t)[:16] for t in (created.min(), created.max()))
            lines.append(tr("created from {first} to {last}", first=first, last=last))
            counted = self.frame["status"].value_counts()
            lines.append(
                tr(
                    "{closed} closed, {open} open",
                    closed=f"{counted.get(CLOSED, 0):,}",
                    open=f"{counted.get(OPEN, 0):,}",
                )
            )
            for name in TIMES:
                if name in self.times:
                    found = self.times[name]
                    lines.append(
                        tr(
                            "{name}: {share:.1%}, to the {step}",
                            name=name,
                            share=found.present / len(self.frame),
                            step=step_name(found.rounding),
                        )
                    )
        lines += [
            tr("set aside: {n} ({reason})", n=f"{n:,}", reason=reason)
            for reason, n in self.reasons().items()
        ]
        return "\n".join(lines)


def step_name(step: int) -> str:
    """Name a step of rounding."""
    names = {
        DAY: tr("day"),
        HOUR: tr("hour"),
        MINUTE: tr("minute"),
        SECOND: tr("second"),
        1: tr("millisecond"),
    }
    return names[step]


def on_steps(ms: NDArray[np.int64]) -> dict[int, float]:
    """Give the share of times that fall on each of `STEPS`; all 0 where there are none."""
    return {step: float((ms % step == 0).mean()) if len(ms) else 0.0 for step in STEPS}


def rounding_of(on_step: Table[int, float]) -> int:
    """Find the coarsest step on which nearly all times fall."""
    return next((step for step in STEPS if on_step[step] >= ROUNDED), 1)

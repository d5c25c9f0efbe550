"""What a log of work orders is like: what it covers, what is missing, what is odd.

Called by ``govsim inspect`` and `govsim.calibrate`. Counts and shares only: no single
order is told of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping as Table
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from govsim.orders.answers import State
from govsim.orders.log import STEPS, OrderLog, TimeColumn
from govsim.orders.mapping import CLOSED, OPEN, POSITIONS, WORDS
from govsim.orders.remarks import Remark
from govsim.orders.times import Form
from govsim.scenarios.units import DAY, HOUR, SECOND

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)

LONG_GAP = 10.0
"""Orders that should have come in a time without any, at the mean rate, for it to be a gap.

With Poisson arrivals such a gap has a chance of 1 in 20,000; real arrivals, which cluster, have
more, but weekends of an office that is closed stay below.
"""

CROWD = 0.02
"""Share of orders on one point, at least, for it to look like a default."""

FREQUENT = 5
"""Words shown of a column."""


@dataclass(frozen=True)
class Gap:
    """Days on which no order was created, though orders were to be expected.

    Attributes
    ----------
    first, last : the days, such as ``2025-02-03``.
    days : how many.
    """

    first: str
    last: str
    days: int


@dataclass(frozen=True)
class Words:
    """A column of words.

    Attributes
    ----------
    distinct : how many there are.
    missing : share of orders without one, or with an unknown place.
    frequent : the most frequent, with the orders that have them.
    """

    distinct: int
    missing: float
    frequent: Table[str, int]


@dataclass(frozen=True)
class Description:
    """Facts about a log; shares are of its orders unless said otherwise.

    Attributes
    ----------
    source : the file, or the database without its password.
    rows, orders, blank_rows : rows read; those used; those with nothing in them.
    lost_identities : identities that a spreadsheet has rounded as numbers.
    set_aside : rows that can't be used, by reason.
    first, last : first and last creation.
    per_day : orders a day between them.
    gaps : see `Gap`.
    times : columns of times, by field.
    words : columns of words, by field.
    open : orders still open.
    closed_without_time, open_with_time : orders whose status and times don't agree.
    hours_to_close : hours from creation to close of closed orders, at `QUANTILES`.
    on_time : share in time of closed orders with a limit; NaN where there are none.
    same_content : orders that are the same as an earlier one in every field but the identity.
    default_places : share of orders whose place is unknown.
    crowded_point : share of orders on the one point with the most, where it looks like a
        default; else 0.
    repeats, satisfied : shares of those orders that say; NaN where none do.
    remarks : what was done to cells beyond reading them as written.
    states : the words in the column of states, and what they were taken for.
    endless : whether nothing in the record says when, or that, an order ends.
    """

    source: str
    rows: int
    orders: int
    blank_rows: int
    lost_identities: int
    set_aside: Table[str, int]
    first: str
    last: str
    per_day: float
    gaps: tuple[Gap, ...]
    times: Table[str, TimeColumn]
    words: Table[str, Words]
    open: int
    closed_without_time: int
    open_with_time: int
    hours_to_close: tuple[float, ...]
    on_time: float
    same_content: int
    default_places: float
    crowded_point: float
    repeats: float
    satisfied: float
    remarks: tuple[Remark, ...] = ()
    states: tuple[State, ...] = ()
    endless: bool = False

    def as_values(self) -> dict[str, Any]:
        """Give everything as plain values, for JSON."""
        return asdict(self)

    def plain(self) -> dict[str, Any]:
        """Give the same with None for what is not a number, to be kept; see `from_plain`."""
        nan = {name for name in _SHARES if math.isnan(getattr(self, name))}
        return self.as_values() | dict.fromkeys(nan)

    @classmethod
    def from_plain(cls, kept: Table[str, Any]) -> Description:
        """Make a description of what `plain` gave, other keys left out."""
        told = {one.name: kept[one.name] for one in fields(cls) if one.name in kept}
        told |= {name: float("nan") for name in _SHARES if kept[name] is None}
        times = {
            name: TimeColumn(
                **(column | {"on_step": {int(k): v for k, v in column["on_step"].items()}})
                | {"forms": tuple(Form(**form) for form in column["forms"])}
            )
            for name, column in kept["times"].items()
        }
        return cls(
            **told
            | {
                "gaps": tuple(Gap(**gap) for gap in kept["gaps"]),
                "times": times,
                "words": {name: Words(**words) for name, words in kept["words"].items()},
                "hours_to_close": tuple(kept["hours_to_close"]),
                # What was kept before there were remarks has none.
                "remarks": tuple(Remark(**one) for one in kept.get("remarks", ())),
                "states": tuple(State(**one) for one in kept.get("states", ())),
            }
        )


_SHARES = "on_time", "repeats", "satisfied"
"""Shares that may be none."""


def describe(log: OrderLog) -> Description:
    """Describe a log of at least one order."""
    frame = log.frame
    created = log.milliseconds("created")
    first, last = int(created.min()), int(created.max())
    closed = frame["status"] == CLOSED
    ends = (name for name in ("closed", "resolved") if name in frame)
    end = next((name for name in ends if frame[name].notna().any()), None)
    ended = frame[end].notna() if end else pd.Series(False, index=frame.index)
    hours, on_time = _durations(log, end)
    return Description(
        source=log.source,
        rows=log.rows,
        orders=len(frame),
        blank_rows=log.blank_rows,
        lost_identities=log.lost_identities,
        set_aside=log.reasons(),
        first=_moment(first),
        last=_moment(last),
        per_day=len(frame) * DAY / max(last - first, DAY),
        gaps=_gaps(created),
        times=log.times,
        words={name: _words(frame[name]) for name in WORDS if name in frame and name != "status"},
        open=int((frame["status"] == OPEN).sum()),
        closed_without_time=int((closed & ~ended).sum()),
        open_with_time=int((~closed & ended).sum()),
        hours_to_close=hours,
        on_time=on_time,
        same_content=_same_content(frame),
        default_places=log.default_places / len(frame),
        crowded_point=_crowded(frame),
        repeats=_share(frame, "repeat"),
        satisfied=_share(frame, "satisfied"),
        remarks=log.remarks,
        states=log.states,
        endless=end is None and not any(state.meaning for state in log.states),
    )


def coarser(found: TimeColumn) -> tuple[int, float] | None:
    """Give the coarsest step that far more of a column falls on than chance explains.

    That is a mixture of roundings, as where half of the clerks write dates only.
    """
    for step in STEPS:
        if step <= found.rounding:
            return None
        chance = found.rounding / step
        if found.on_step[step] >= max(0.05, 3 * chance):
            return step, found.on_step[step]
    return None


def changes_halfway(forms: tuple[Form, ...]) -> bool:
    """Whether a column is written in one way up to a row, and in another from there on."""
    if len(forms) < 2:
        return False
    one, other = sorted(forms[:2], key=lambda form: form.first)
    return one.last < other.first


def _moment(ms: int) -> str:
    return str(np.datetime64(ms, "ms"))[:16].replace("T", " ")


def _gaps(created: np.ndarray[Any, np.dtype[np.int64]]) -> tuple[Gap, ...]:
    """Find times without orders that the mean rate doesn't explain, in whole days."""
    days = np.unique(created // DAY)
    rate = len(created) / (days[-1] - days[0] + 1)
    empty = np.diff(days) - 1
    where = np.flatnonzero((empty * rate >= LONG_GAP) & (empty >= 1))
    return tuple(
        Gap(
            first=str(np.datetime64(int(days[i]) + 1, "D")),
            last=str(np.datetime64(int(days[i + 1]) - 1, "D")),
            days=int(empty[i]),
        )
        for i in where
    )


def _words(column: pd.Series) -> Words:
    counted = column.value_counts()
    return Words(
        distinct=int((counted > 0).sum()),
        missing=float(column.isna().mean()),
        frequent={str(word): int(n) for word, n in counted.head(FREQUENT).items() if n},
    )


def _durations(log: OrderLog, end: str | None) -> tuple[tuple[float, ...], float]:
    """Hours to close at `QUANTILES`, and the share in time of those with a limit."""
    frame = log.frame
    if end is None or not (both := frame[end].notna()).any():
        return (), float("nan")
    over = frame[both]
    hours = (over[end] - over["created"]).dt.total_seconds() * SECOND / HOUR
    limited = over[over["due"].notna()] if "due" in over else over.iloc[:0]
    on_time = float((limited[end] <= limited["due"]).mean()) if len(limited) else float("nan")
    return tuple(float(q) for q in hours.quantile(list(QUANTILES))), on_time


def _same_content(frame: pd.DataFrame) -> int:
    fields = [name for name in frame if name not in ("row", "order")]
    return int(frame.duplicated(subset=fields).sum())


def _crowded(frame: pd.DataFrame) -> float:
    """Share of orders on the point with the most, where no other comes near it."""
    if not all(name in frame for name in POSITIONS):
        return 0.0
    counted = frame.groupby(list(POSITIONS)).size().nlargest(2) / len(frame)
    if counted.empty:
        return 0.0
    most, next_most = float(counted.iloc[0]), float(counted.iloc[-1] if len(counted) > 1 else 0)
    return most if most >= max(CROWD, 5 * next_most) else 0.0


def _share(frame: pd.DataFrame, name: str) -> float:
    if name not in frame or frame[name].isna().all():
        return float("nan")
    return float(frame[name].mean())

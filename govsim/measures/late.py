"""Where the time of late demands went: counts by clock, piece and part of the district.

`count` adds up what `govsim.measures.pieces` takes apart, beside what `govsim.measures.shortest`
says that any staffing could reach; `govsim.runs.results` keeps the table, so that every report can
say why demands are late. Counts and sums, not shares: parts can be put together and still be right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.measures import point_hours
from govsim.measures.lives import GONE, PIECES
from govsim.measures.pieces import CLOCKS, Pieces
from govsim.measures.shortest import as_sent, least
from govsim.scenarios.units import HOUR
from govsim.service.network import Network
from govsim.service.outcome import Outcome
from govsim.service.rules import TURNED_AWAY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

COLUMNS = ("clock", "level", "key", "piece", "n", "alone", "late_ms", "kept_ms")

LATE, KEPT, REACHABLE, AS_SENT = "late", "kept", "reachable", "as_sent"
"""In place of a piece: how many were late and in time; how many any staffing could reach, and how
many people without limit would, sent as the plan sends them."""

HOURS = 24


def count(
    network: Network,
    table: DemandTable,
    outcome: Outcome,
    kept: Mapping[str, tuple[Bools, Bools]],
    limits: Mapping[str, Ints],
    found: Pieces,
) -> pd.DataFrame:
    """Count one replication.

    Parameters
    ----------
    kept : by clock, the demands that it applies to and has run out for, and those that kept it.
    limits : by clock int64[n], what was promised, ms from the start of the clocks.
    found : where the time of all demands went.

    Returns
    -------
    pandas.DataFrame
        A row for each clock, ``level`` (district, kind of point, point, category, channel, hour of
        the day of the report), ``key`` and ``piece`` with anything in it. Of a piece: ``n`` late
        demands of which it is the largest, ``alone`` late demands that would have been in time
        without it, and the time that it took of those late and of those in time, ``late_ms`` and
        ``kept_ms``. `LATE` has all late demands, those that some one piece alone made late
        (``alone``; all others need two fixes or more) and their whole time, `KEPT` those in time;
        `REACHABLE` and `AS_SENT` have numbers only.
    """
    reach = {REACHABLE: least(network, table, outcome), AS_SENT: as_sent(network, table, outcome)}
    crossed = [_Crossed(levels) for levels in _levels(network, table, outcome)]
    parts: list[tuple[NDArray[Any], ...]] = []
    for clock in CLOCKS:
        applies, in_time = kept[clock]
        mine = np.flatnonzero(applies)
        within = {name: times[clock][mine] <= limits[clock][mine] for name, times in reach.items()}
        read = _Read(clock, [one.of(mine) for one in crossed], in_time[mine])
        read.count(found, mine, limits[clock][mine], outcome.demands["state"][mine], within)
        parts += read.parts()
    columns = zip(COLUMNS, zip(*parts, strict=True), strict=True)
    return pd.DataFrame({name: np.concatenate(column) for name, column in columns})


@dataclass(frozen=True)
class _Level:
    """A way to group demands: the names of its groups, and each demand's; -1 in none of them."""

    name: str
    keys: list[str]
    code: Ints


def _levels(
    network: Network, table: DemandTable, outcome: Outcome
) -> tuple[tuple[_Level, ...], tuple[_Level, ...]]:
    """Give the ways to group demands, in two sets with about as many groups each when crossed."""
    points, d = network.territory.points, outcome.demands
    counted = point_hours.counted(network)
    row = np.where(counted, np.cumsum(counted) - 1, -1)
    names = points["point"].astype(str).to_numpy()[counted].tolist()
    kinds, kind = np.unique(points["kind"].to_numpy(str), return_inverse=True)
    hour = np.maximum(d["reported"], 0) // HOUR % HOURS
    return (
        (
            _Level("point", names, row[table.point]),
            _Level("hour", [str(h) for h in range(HOURS)], hour),
        ),
        (
            _Level("kind", kinds.tolist(), kind[table.point]),
            _Level("category", list(network.categories), table.category),
            _Level("channel", list(network.channels), d["channel"]),
        ),
    )


class _Crossed:
    """Some levels crossed, so that one look at a column adds it up for all of them."""

    def __init__(self, levels: tuple[_Level, ...], code: Ints | None = None) -> None:
        self.levels = levels
        self.shape = tuple(len(level.keys) + 1 for level in levels)  # one more for those in none
        if code is None:
            code = np.zeros(len(levels[0].code), dtype=np.int64)
            for level, size in zip(levels, self.shape, strict=True):
                code = code * size + np.where(level.code < 0, size - 1, level.code)
        self.code = code

    def of(self, rows: Ints) -> _Crossed:
        """Give the same for some demands."""
        return _Crossed(self.levels, self.code[rows])

    def add(self, code: Ints, values: Floats | None = None) -> dict[str, Ints]:
        """Count, or add up, by level and group; floats would lose ms only beyond 2**53."""
        size = int(np.prod(self.shape))
        found = np.bincount(code, values, size).astype(np.int64).reshape(self.shape)
        sums = {"district": found.sum(keepdims=True).ravel()}
        for axis, level in enumerate(self.levels):
            others = tuple(i for i in range(len(self.levels)) if i != axis)
            sums[level.name] = found.sum(axis=others)[:-1]
        return sums


class _Read:
    """One clock being read."""

    def __init__(self, clock: str, crossed: list[_Crossed], kept: Bools) -> None:
        self.clock, self.crossed, self.kept = clock, crossed, kept
        self.late = np.flatnonzero(~kept)
        self.on_time = np.flatnonzero(kept)
        self.rows: list[tuple[str, dict[str, list[Ints]]]] = []

    def count(
        self, found: Pieces, mine: Ints, limit: Ints, state: Ints, within: Mapping[str, Bools]
    ) -> None:
        """Count demands, piece by piece."""
        late, length = self.late, found.length(self.clock)[mine]
        over = (length - limit)[late]
        longest, largest = np.zeros(len(late), dtype=np.int64), np.full(len(late), GONE)
        # Who was turned away at once has spent no time at all.
        turned = (state[late] == TURNED_AWAY) & (length[late] == 0)
        times: dict[int, tuple[Ints, Bools]] = {}
        any_alone = turned.copy()
        for p in range(len(PIECES)):
            column = found.spent[self.clock][:, p]
            if not (column.any() or (p == GONE and turned.any())):
                continue
            spent = column[mine]
            mine_late = spent[late]
            larger = mine_late > longest
            longest[larger], largest[larger] = mine_late[larger], p
            alone = (mine_late >= over) & (mine_late > 0)
            if p == GONE:
                alone |= turned
            any_alone |= alone
            times[p] = (spent, alone)
        lasted = (late, length[late].astype(np.float64))
        self._row(LATE, (late, None), (late[any_alone], None), lasted, None)
        self._row(KEPT, (self.on_time, None), None, None, self._kept(length))
        for name, some in within.items():
            self._row(name, (np.flatnonzero(some), None), None, None, None)
        for p, (spent, alone) in times.items():
            lasted = (late, spent[late].astype(np.float64))
            counted = (late[largest == p], None)
            self._row(PIECES[p], counted, (late[alone], None), lasted, self._kept(spent))

    def _kept(self, spent: Ints) -> tuple[Ints, Floats]:
        return self.on_time, spent[self.on_time].astype(np.float64)

    def _row(self, name: str, *columns: tuple[Ints, Floats | None] | None) -> None:
        """Add columns up by level: each some demands, and what to add up, or None to count."""
        found: dict[str, list[Ints]] = {}
        for crossed in self.crossed:
            sums = [
                None if column is None else crossed.add(crossed.code[column[0]], column[1])
                for column in columns
            ]
            first = next(one for one in sums if one is not None)
            for level, like in first.items():
                found[level] = [np.zeros_like(like) if s is None else s[level] for s in sums]
        self.rows.append((name, found))

    def parts(self) -> Iterator[tuple[NDArray[Any], ...]]:
        """Lay out what was counted, by level; rows with nothing in them are left out."""
        keys = {level.name: level.keys for one in self.crossed for level in one.levels}
        names = np.array([name for name, _ in self.rows], dtype=object)
        for level, groups in {"district": [""], **keys}.items():
            columns = np.array([sums[level] for _, sums in self.rows])  # rows, columns, groups
            row, group = np.nonzero(columns.any(axis=1))
            yield (
                np.full(len(row), self.clock, dtype=object),
                np.full(len(row), level, dtype=object),
                np.array(groups, dtype=object)[group],
                names[row],
                *columns[row, :, group].T,
            )

"""Where the time of late demands went: counts by clock, piece and part of the district.

`count` adds up what `govsim.measures.pieces` takes apart, beside what `govsim.measures.shortest`
says that any staffing could reach; `govsim.runs.results` keeps the table, so that every report can
say why demands are late. Counts and sums, not shares: parts can be put together and still be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.measures import point_hours
from govsim.measures.clocks import AS_SENT, CLOCKS, GONE, KEPT, LATE, PIECES, REACHABLE
from govsim.measures.counting import FIRST_PIECE, N, count_pieces
from govsim.measures.pieces import Pieces
from govsim.measures.shortest import as_sent, least
from govsim.scenarios.units import HOUR
from govsim.service.network import Network
from govsim.service.outcome import Outcome
from govsim.service.rules import TURNED_AWAY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

COLUMNS = ("clock", "level", "key", "piece", "n", "alone", "late_ms", "kept_ms")

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
    one, other = (_Crossed(levels) for levels in _levels(network, table, outcome))
    turned_away = outcome.demands["state"] == TURNED_AWAY
    names = [LATE, KEPT, *reach, *PIECES]
    parts: list[tuple[NDArray[Any], ...]] = []
    for clock in CLOCKS:
        applies, in_time = kept[clock]
        mine, limit, spent = np.flatnonzero(applies), limits[clock], found.spent[clock].T
        length = found.length(clock)
        sums = [np.zeros((2 + len(PIECES), 4, each.size), dtype=np.int64) for each in (one, other)]
        count_pieces(
            mine, in_time, length, limit, turned_away, spent, GONE,
            one.code, other.code, sums[0], sums[1],
        )  # fmt: skip
        if not (spent[GONE].any() or (turned_away & (length == 0))[mine].any()):
            for counts in sums:  # late, and nothing known of what took the time
                counts[FIRST_PIECE + GONE, N] = 0
        within = [mine[times[clock][mine] <= limit[mine]] for times in reach.values()]
        levels: list[tuple[str, list[str], Ints]] = []
        for each, counts in zip((one, other), sums, strict=True):
            could = [each.count(some)[None] for some in within]
            rows = np.concatenate([counts[:FIRST_PIECE], *could, counts[FIRST_PIECE:]])
            levels += list(each.by_level(rows))[len(levels) > 0 :]
        parts += _laid_out(clock, names, levels)
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
    """Some levels crossed, so that one look at a demand counts it for all of them."""

    def __init__(self, levels: tuple[_Level, ...]) -> None:
        self.levels = levels
        self.shape = tuple(len(level.keys) + 1 for level in levels)  # one more for those in none
        self.size = int(np.prod(self.shape))
        self.code = np.zeros(len(levels[0].code), dtype=np.int64)
        for level, size in zip(levels, self.shape, strict=True):
            self.code = self.code * size + np.where(level.code < 0, size - 1, level.code)

    def count(self, demands: Ints) -> Ints:
        """Count some demands: int64[4, groups], with numbers only."""
        found = np.zeros((4, self.size), dtype=np.int64)
        found[N] = np.bincount(self.code[demands], minlength=self.size)
        return found

    def by_level(self, counts: Ints) -> Iterator[tuple[str, list[str], Ints]]:
        """Add counts up by level: its name, its groups, and int64[rows, 4, groups]."""
        whole = counts.reshape(*counts.shape[:2], *self.shape)
        axes = tuple(range(2, whole.ndim))
        yield "district", [""], whole.sum(axis=axes)[..., None]
        for axis, level in zip(axes, self.levels, strict=True):
            others = tuple(other for other in axes if other != axis)
            yield level.name, level.keys, whole.sum(axis=others)[..., :-1]


def _laid_out(
    clock: str, names: list[str], levels: Iterable[tuple[str, list[str], Ints]]
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Lay out what was counted, by level; rows with nothing in them are left out."""
    pieces = np.array(names, dtype=object)
    for level, groups, columns in levels:
        row, group = np.nonzero(columns.any(axis=1))
        yield (
            np.full(len(row), clock, dtype=object),
            np.full(len(row), level, dtype=object),
            np.array(groups, dtype=object)[group],
            pieces[row],
            *columns[row, :, group].T,
        )

"""What became of each demand: the table that an engine makes and measures read.

Both engines fill the same columns with the same integers; -1 stands for "did not
happen". All times are int64 ms since the start of the replication.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from govsim.service.rules import OPEN

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DEMAND_COLUMNS = (
    "state",
    "channel",
    "reported",
    "clock_start",
    "accepted",
    "dispatched",
    "scene",
    "resolved",
    "replied",
    "closed",
    "ended",
    "satisfied",
    "orders",
    "repeats",
    "reopened",
    "served_by",
    "patience_ended",
)
"""One entry a demand: state; channel that took it; first contact; start of the clocks;
when it was handed over to dispatch, or answered; first crew sent; first arrival; first
resolution; first reply; last close; how it ended; satisfied at the last close (0, 1); 12345
orders; repeated reports; times it was opened again; pool of the first crew; end of patience
while unresolved."""

ORDER_COLUMNS = (
    "demand",
    "time",
    "cause",
    "round",
    "answered",
    "arrived",
    "due",
    "resolved",
    "overdue",
)
"""One entry a 12345 order; ``answered`` by the centre and ``overdue`` are 0 or 1."""

VISIT_COLUMNS = (
    "demand",
    "stage",
    "pool",
    "crew",
    "queued",
    "began",
    "scene",
    "ended",
    "handed_back",
)
"""One entry a piece of work for a team, ``pool``, which is the one that it asked for where no
crew left: ``queued`` when it asked for a crew, ``began``
when the crew left, ``ended`` when it was free again."""

POOL_COLUMNS = ("busy", "in_free_time", "overtime", "helpers", "jobs", "waiting")
"""One entry a pool: person-ms at work; person-ms of that by those who are free for demands then,
and of those who are not on duty any more (what is in neither was taken from patrols and other
work); helper-ms since called, jobs begun, job-ms in its queue (in its first team's, where pooled);
all from the start of measurement on."""


@dataclass(frozen=True)
class Outcome:
    """All that happened in a replication.

    Attributes
    ----------
    demands, orders, visits, pools : int64 columns by the names above; rows of `demands`
        are those of the demand table, rows of `pools` those of `Network.pools`; orders
        and visits stand in the order in which they came up.
    measured_from, end : ms.
    """

    demands: dict[str, Ints]
    orders: dict[str, Ints]
    visits: dict[str, Ints]
    pools: dict[str, Ints]
    measured_from: int
    end: int

    def team_of(self) -> Ints:
        """Pool of each demand's first crew, or that it asked for one in vain; -1 for none.

        To leave out who still waits would show a team by those only whom it has served.
        """
        found = self.demands["served_by"].copy()
        visits = self.visits
        asked = np.flatnonzero((visits["began"] < 0) & (visits["pool"] >= 0))[::-1]
        asked = asked[found[visits["demand"][asked]] < 0]
        # The first of several is written last, and stands.
        found[visits["demand"][asked]] = visits["pool"][asked]
        return found

    def waits(self) -> tuple[Ints, Bools]:
        """How long each visit waited for a crew, ms, and whether one left then.

        Whoever still waits has waited up to the end; who was withdrawn, until then. Who was
        turned away never waited: -1.
        """
        return self._waits

    @cached_property
    def _waits(self) -> tuple[Ints, Bools]:
        visits, d = self.visits, self.demands
        demand, queued, began = visits["demand"], visits["queued"], visits["began"]
        newest = np.full(len(d["state"]), -1, dtype=np.int64)
        newest[demand] = np.arange(len(demand))
        still = (newest[demand] == np.arange(len(demand))) & (d["state"][demand] == OPEN)
        until = np.where(still, self.end, d["patience_ended"][demand])
        until = np.where(until < queued, queued - 1, until)
        return np.where(began >= 0, began, until) - queued, began >= 0

    def differences(self, other: Outcome) -> list[str]:
        """Name the columns in which two outcomes differ; none where they are the same bits."""
        found = []
        for part in fields(self)[:4]:
            mine, theirs = getattr(self, part.name), getattr(other, part.name)
            found += [
                f"{part.name}.{column}"
                for column in mine
                if not np.array_equal(mine[column], theirs[column])
            ]
        return found

"""Where the time of a demand went, for each of its three clocks, in whole ms.

`find` cuts what `govsim.measures.lives` reads off an outcome where each clock stops: at the event
that it waits for, where the demand was given up, or at the horizon. The pieces of a demand add up
to the length of its clock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.measures.absence import Lines, add_up
from govsim.measures.clocks import CLOCKS, CLOSED, DESK, EVENTS, IN, OTHER_WORK, PIECES, REPLY
from govsim.measures.lives import Lives, Stretch
from govsim.service.network import Network
from govsim.service.outcome import Outcome

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pieces:
    """Where the time went.

    Attributes
    ----------
    start : int64[n], start of the clocks; -1 where they never ran.
    stopped : by clock int64[n], when each stopped; the start where it never ran.
    spent : by clock int64[n, pieces], ms in each of `PIECES`; they add up to the length.
    """

    start: Ints
    stopped: dict[str, Ints]
    spent: dict[str, Ints]

    def length(self, clock: str) -> Ints:
        """How long each clock ran, ms."""
        return np.where(self.start >= 0, self.stopped[clock] - self.start, 0)


def find(network: Network, table: DemandTable, outcome: Outcome) -> Pieces:
    """Take the times of all demands of a replication apart."""
    lives = Lives(network, table, outcome)
    d, start, gone = outcome.demands, lives.start, lives.gone()
    runs = start >= 0
    stopped = {
        clock: np.where(runs, np.where(d[event] >= 0, d[event], np.maximum(gone, start)), start)
        for clock, event in EVENTS.items()
    }
    asked, takes = lives.reply_asked()
    until = {**stopped, "reply": np.minimum(stopped["reply"], np.maximum(asked, start))}
    stops = np.stack([until[clock] for clock in CLOCKS])
    spent = np.zeros((len(CLOCKS), len(PIECES), len(table)), dtype=np.int64)
    for stretch in lives.stretches():
        _add(lives, spent, stretch, stops)
    by_clock = dict(zip(CLOCKS, spent, strict=True))
    late = np.flatnonzero(runs & (until["reply"] < stopped["reply"]))
    _add_reply(lives, by_clock["reply"], late, until["reply"], stopped["reply"], takes)
    return Pieces(start, stopped, {clock: columns.T for clock, columns in by_clock.items()})


def _add(lives: Lives, spent: Ints, stretch: Stretch, stops: Ints) -> None:
    """Add stretches to the pieces, as far as they lie within the clocks."""
    within = np.array([stretch.piece in IN[clock] for clock in CLOCKS])
    nobody, waits = np.zeros(0, dtype=np.int64), stretch.waits
    lines = Lines(nobody, nobody, nobody, nobody, nobody, nobody[None])
    if waits is not None:
        lines = lives.absence.lines()
    add_up(
        stretch.demand, stretch.begins, stretch.ends, nobody if waits is None else waits,
        stretch.piece, stretch.absent, OTHER_WORK, within, lives.start, stops,
        lines.first, lines.times, lines.off, lines.elsewhere, lines.state, lines.by_day, spent,
    )  # fmt: skip


def _add_reply(
    lives: Lives, spent: Ints, late: Ints, asked: Ints, stopped: Ints, takes: Ints
) -> None:
    """Split what is left to the first reply: the desk shut, others before it, writing it."""
    begins, ends = asked[late], stopped[late]
    replied = lives.outcome.demands["replied"][late] >= 0
    written = np.where(replied, np.minimum(takes[late], ends - begins), 0)
    pool = lives.desk[lives.table.point[late]]
    some = np.flatnonzero(pool >= 0)
    waits = lives.desks(pool[some])
    absent = lives.absence.between(waits, begins[some], (ends - written)[some]).sum(0)
    spent[CLOSED, late[some]] += absent
    spent[DESK, late[some]] += (ends - written - begins)[some] - absent
    spent[REPLY, late] += written
    spent[REPLY, late[pool < 0]] += (ends - written - begins)[pool < 0]

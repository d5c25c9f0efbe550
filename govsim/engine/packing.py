"""Lays a plan and a demand table out as the tables that compiled code works on.

`lay_out` is called by `govsim.engine.run`. What the plan says is taken as it stands in
`govsim.service.plan`; what changes during a replication is made anew for each.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.demand.randomness import NEVER
from govsim.demand.table import DemandTable
from govsim.engine import memory
from govsim.engine.memory import Memory
from govsim.service.network import Network
from govsim.service.plan import POOL, QUEUE, Plan
from govsim.service.rules import LATENT

Ints = NDArray[np.int64]

ROWS_AT_ONCE = 4096
"""Rows that are put side by side, or taken apart, at a time; they fit a core's cache."""

AT_A_TIME = 32
"""Demands that enter in a stretch of time whose events are kept in order, about."""


Luck = dict[str, NDArray[Any]]
"""What the demand table says, as compiled code reads it; see `luck_of`."""


def luck_of(table: DemandTable, rows: NDArray[Any] | None = None) -> Luck:
    """Lay a demand table out. Nothing writes there, so that several plans can meet the same.

    Parameters
    ----------
    rows : memory for as many demands; fresh memory if not given.
    """
    if rows is None:
        rows = np.empty(len(table), memory.LUCK)
    return {
        "luck": _side_by_side(table, rows),
        "loses_trust": table.loses_trust,
        "satisfaction": table.satisfaction,
        "escalates": table.escalates,
        "calls_again": table.calls_again,
        "stages": _records(memory.STAGE, group=table.stage_group, work=table.stage_work),
    }


def lay_out(
    network: Network, table: DemandTable, measured_from: int, luck: Luck | None = None
) -> Memory:
    """Make all tables of a replication that has not begun.

    Parameters
    ----------
    luck : what `luck_of` has laid out of the demand table, to be kept; None: it is laid out here.
    """
    plan, n = Plan.of(network), len(table)
    shift = max(plan.numbers.end * AT_A_TIME // max(n, 1), 1).bit_length()
    staff = _with(plan.pools, POOL, memory.STAFF)
    staff["in_hand"] = -1
    queues = _with(plan.queues, QUEUE, memory.QUEUE)
    queues["first"] = queues["caller"] = -1
    areas = np.full(plan.numbers.n_areas, -1, memory.AREA)
    areas["waiting"] = areas["heard"] = 0
    numbers = asdict(plan.numbers) | {
        "n": n,
        "measured_from": measured_from,
        "shift": shift,
        "stretch_end": 1 << shift,
        "free_later": -1,
        "free_job": -1,
        "free_node": -1,
        "watched": -1,
    }
    tables = {name: getattr(plan, name) for name in memory.OF_PLAN} | {
        **(luck_of(table, memory.room("luck", len(table))) if luck is None else luck),
        "demands": _demands(n, table),
        "areas": areas,
        "staff": staff,
        "queues": queues,
        "helpers_out": np.zeros(plan.numbers.n_streets, np.int64),
        "events": np.zeros(1024, memory.EVENT),
        "later": np.zeros(1024, memory.LATER),
        "stretches": np.full((plan.numbers.end >> shift) + 2, -1, np.int64),
        "jobs": np.zeros(1024, memory.JOB),
        "nodes": np.zeros(1024, memory.NODE),
        "orders": np.zeros(256, memory.ORDER),
        "visits": memory.room("visits", n + 256),
        "stack": np.zeros(1024, memory.FRAME),
        "last_seen": np.zeros(1, memory.DEMAND),
    }
    return Memory(numbers, tables, frozenset() if luck is None else frozenset({"luck"}))


def _with(rows: NDArray[Any], kind: np.dtype[np.void], larger: np.dtype[np.void]) -> NDArray[Any]:
    """Copy records into others that have further fields, at zero."""
    found = np.zeros(len(rows), larger)
    for name in kind.names or ():
        found[name] = rows[name]
    return found


def _records(kind: np.dtype[np.void], **columns: Any) -> NDArray[Any]:
    table = np.zeros(len(next(iter(columns.values()))), kind)
    for name, column in columns.items():
        table[name] = column
    return table


def _side_by_side(table: DemandTable, rows: NDArray[Any]) -> NDArray[Any]:
    """Put the columns of the demand table side by side, so that a demand is in one place."""
    assert memory.LUCK.names is not None
    columns = {
        name: getattr(table, name)
        for name in memory.LUCK.names
        if name not in ("first_stage", "end_stage")
    }
    columns |= {"first_stage": table.first_stage[:-1], "end_stage": table.first_stage[1:]}
    for a in range(0, len(table), ROWS_AT_ONCE):
        b = min(a + ROWS_AT_ONCE, len(table))
        part = rows[a:b]
        for name, column in columns.items():
            part[name] = column[a:b]
    return rows


def apart(table: str, rows: NDArray[Any], names: tuple[str, ...]) -> dict[str, Ints]:
    """Take the records of a table apart into int64 columns."""
    columns = memory.columns(table, len(names), len(rows))
    for a in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[a : a + ROWS_AT_ONCE]
        for column, name in zip(columns, names, strict=True):
            column[a : a + ROWS_AT_ONCE] = part[name]
    return dict(zip(names, columns, strict=True))


def _demands(n: int, table: DemandTable) -> NDArray[Any]:
    """Make the records of demands that nobody has met yet."""
    blank = np.full(1, -1, memory.DEMAND)
    for name in ("orders", "repeats", "reopened", "solved", "urgent", "repeat_pending"):
        blank[name] = 0
    blank["state"], blank["patience_end"] = LATENT, NEVER
    demands = memory.room("demands", n)
    as_words = (-1, memory.DEMAND.itemsize // 8)  # several times faster than field by field
    demands.view(np.int64).reshape(as_words)[:] = blank.view(np.int64)
    demands["stage"][:n] = table.first_stage[:-1]
    return demands

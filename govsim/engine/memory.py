"""What the compiled engine works on: tables of records, by the names that the model uses.

`World` holds them. `govsim.engine.packing` fills them for a replication; the functions of
`events`, `staffing` and `service` change them. A record is named by its place in its
table, and -1 stands for none. Tables that grow are listed in `GROWING`.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.service.plan import (
    CATEGORY,
    CHANNEL,
    CLOCK,
    LIMIT,
    POINT,
    POOL_COLUMNS,
    QUEUE_COLUMNS,
    STEP,
    Numbers,
    record,
)

Table = NDArray[Any]


LUCK = record(
    i8="""enters patience repeat_after intake handing_over dispatch_delay turn_out access
    department_time reply interim_reply written_reply call order_delay rework""",
    f8="x y way",
    i4="first_stage end_stage point repeats",
    i2="category channel",
    i1="source",
    b1="answered answered_by_centre complex meeting calls",
)
"""A row of the demand table, its columns side by side; see `govsim.demand.DemandTable`."""

DEMAND = record(
    i8="""reported clock_start accepted dispatched scene resolved replied closed
    patience_ended solved_at patience_end""",
    i4="""stage first_order last_order visit next_waiting patience_event interim_event
    orders repeats reopened served_by""",
    i2="channel",
    i1="state ended satisfied",
    b1="solved urgent repeat_pending",
)
"""What becomes of a demand; `visit` is the job that the model calls ``visit_of``. Where the
end of its patience and its interim reply stand among the events: `patience_event`,
`interim_event`."""

JOB = record(
    i8="""id demand work ends began class_ rank crew stage staff queue order visit shift
    before after references""",
    i4="kind round state",
    b1="rest over handed_back",
)
"""A piece of work. `references` counts entries in queues and events that name it; a job
that is over gives its place to another once there are none."""

NODE = record(i8="class_ rank id job child sibling")
"""An entry in a queue; queues are pairing heaps."""

QUEUE = record(i8=f"{QUEUE_COLUMNS} first waiting waited since caller")
"""A queue, as it stands; `caller`: who calls helpers for it, -1 while nobody has asked."""

STAFF = record(
    i8=f"""{POOL_COLUMNS["i8"]} onward waiting lendable busy leaving helpers called shift
    busy_ms free_ms overtime_ms helper_ms jobs since in_hand""",
    f8=POOL_COLUMNS["f8"],
)
"""A pool of people at work. `waiting`, `lendable`: jobs in its queues, and in those that it helps
out with. `in_hand`: first of a chain of jobs; `onward`: next of one of staff, when rosters
change."""

ORDER = record(i8="demand time cause round answered arrived due resolved overdue next due_event")
"""A 12345 order; `next` is the next of the same demand, `due_event` the place of its limit
among the events."""

VISIT_ROW = record(i8="queued began scene ended", i4="demand stage pool crew", b1="handed_back")

EVENT = record(i8="time key payload")

LATER = record(i8="time key payload next")
"""An event of a later stretch of time; a stretch's events form a chain."""

STAGE = record(i8="group work")

AREA = record(i8="first last waiting sat heard")
"""A joint meeting: the chain of demands that wait for it; when it sat last, and on how many."""

FRAME = record(i8="staff queue seen")
"""Somebody in the midst of `govsim.engine.staffing.take_next`."""

NUMBER, REAL, SINGLE, YES = (record(**{kind: "value"}) for kind in ("i8", "f8", "f4", "b1"))

TABLES: dict[str, np.dtype[np.void]] = {
    "luck": LUCK,
    "loses_trust": YES,
    "satisfaction": SINGLE,
    "escalates": YES,
    "calls_again": YES,
    "stages": STAGE,
    "demands": DEMAND,
    "categories": CATEGORY,
    "channels": CHANNEL,
    "points": POINT,
    "clocks": CLOCK,
    "starts": NUMBER,
    "ends": NUMBER,
    "done": NUMBER,
    "limits": LIMIT,
    "contentment": REAL,
    "crews": NUMBER,
    "speeds": REAL,
    "areas": AREA,
    "staff": STAFF,
    "queues": QUEUE,
    "helpers_out": NUMBER,
    "lists": NUMBER,
    "steps": STEP,
    "events": EVENT,
    "later": LATER,
    "stretches": NUMBER,
    "jobs": JOB,
    "nodes": NODE,
    "orders": ORDER,
    "visits": VISIT_ROW,
    "stack": FRAME,
    "last_seen": DEMAND,
}
"""Each table's kind of record. What a demand is drawn for each round runs over rounds and demands;
`last_seen` is what `govsim.engine.watching` compares the demand with that is watched."""

REUSED = ("luck", "demands", "visits")
"""The largest tables; a thread keeps theirs for its next replication, since getting fresh
memory from the system takes a tenth of a replication's time. All that is read of them is
written first."""

_spare = threading.local()

OF_PLAN = (
    "categories", "channels", "points", "clocks", "starts", "ends", "done", "limits",
    "contentment", "crews", "speeds", "lists", "steps",
)  # fmt: skip
"""Tables of `govsim.service.plan.Plan` that are taken as they are; nothing writes there."""

GROWING = ("events", "later", "jobs", "nodes", "orders", "visits", "stack")

STATE = """now events next_demand next_step jobs free_job live nodes free_node live_nodes
    orders visits in_meetings later free_later live_later stretch stretch_end
    timed_events needed key"""

WORLD = record(
    i8=" ".join(
        [
            *(f.name for f in fields(Numbers) if f.type == "int"),
            "n measured_from shift watched",
            STATE,
            *(f"at_{name}" for name in TABLES),
            *(f"room_{name}" for name in GROWING),
        ]
    ),
    b1=" ".join(["touched", *(f.name for f in fields(Numbers) if f.type == "bool")]),
    f8=" ".join(f.name for f in fields(Numbers) if f.type == "float"),
)
"""The plan's numbers, where the replication is, and where its tables are."""

World = Any
"""A record of `WORLD`, in compiled code."""


def room(table: str, n: int) -> Table:
    """Get memory for `n` records or more of one of the tables in `REUSED`, as it was left."""
    spare: Table | None = vars(_spare).pop(table, None)
    if spare is None or not n <= len(spare) <= 4 * n:
        spare = np.empty(n, TABLES[table])
    return spare


def columns(table: str, number: int, n: int) -> NDArray[np.int64]:
    """Get memory for what is handed over of a table: int64[number, n], as it was left.

    It is that of the thread's last replication if nobody holds any of its columns any more.
    A column is a view of all, so the count of references to all tells.
    """
    name = f"columns of {table}"
    block: NDArray[np.int64] | None = vars(_spare).get(name)
    held_here = 3  # by `_spare`, `block` and the call
    if (
        block is None
        or len(block) != number
        or not n <= block.shape[1] <= 4 * n
        or sys.getrefcount(block) > held_here
    ):
        block = vars(_spare)[name] = np.empty((number, n), np.int64)
    return block[:, :n]


class Memory:
    """The tables of a replication, and the record that compiled code reaches them by.

    Attributes
    ----------
    world : one record of `WORLD`.
    kept : names of tables that are another's, who keeps them.
    """

    def __init__(
        self,
        numbers: dict[str, Any],
        tables: dict[str, Table],
        kept: frozenset[str] = frozenset(),
    ) -> None:
        self.kept = kept
        self.world = np.zeros(1, WORLD)
        for name, value in numbers.items():
            self.world[name] = value
        self.tables: dict[str, Table] = {}
        for name, table in tables.items():
            self.put(name, table)

    def put(self, name: str, table: Table) -> None:
        """Set a table, or replace it by a larger one."""
        flat = np.ascontiguousarray(table).reshape(-1)
        assert flat.itemsize == TABLES[name].itemsize, name
        self.tables[name] = flat
        self.world[f"at_{name}"] = flat.ctypes.data
        if name in GROWING:
            self.world[f"room_{name}"] = len(flat)

    def give_back(self) -> None:
        """Leave the largest tables to the next replication of this thread."""
        mine = [name for name in REUSED if name not in self.kept]
        vars(_spare).update({name: self.tables.pop(name) for name in mine})

    def make_room(self) -> None:
        """Double what would not hold what the next event may add."""
        needed = int(self.world["needed"][0])
        for name in GROWING:
            old = self.tables[name]
            used = 0 if name == "stack" else int(self.world[name][0])
            if name == "events":
                used += int(self.world["live_later"][0])
            if used + needed > len(old):
                new = np.zeros(2 * (len(old) + needed), old.dtype)
                new[: len(old)] = old
                self.put(name, new)

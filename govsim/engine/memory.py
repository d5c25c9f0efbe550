"""What the compiled engine works on: tables of records, by the names that the model uses.

`World` holds them. `govsim.engine.packing` fills them for a replication; the functions of
`events`, `staffing` and `service` change them. A record is named by its place in its
table, and -1 stands for none. Tables that grow are listed in `GROWING`.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.service.rules import ANSWER

Table = NDArray[Any]


def _record(**kinds: str) -> np.dtype[np.void]:
    """Make a record type of fields by kind: ``i8="a b c", f8="d"``."""
    fields = [(name, kind) for kind, names in kinds.items() for name in names.split()]
    return np.dtype(fields, align=True)


LUCK = _record(
    i8="""enters patience repeat_after intake handing_over dispatch_delay turn_out access
    department_time reply interim_reply written_reply call order_delay rework""",
    f8="x y way",
    i4="first_stage end_stage point repeats",
    i2="category channel",
    i1="source",
    b1="answered answered_by_centre complex meeting calls",
)
"""A row of the demand table, its columns side by side; see `govsim.demand.DemandTable`."""

DEMAND = _record(
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

JOB = _record(
    i8="""id demand work ends began class_ rank crew stage staff queue order visit shift
    before after references""",
    i4="kind round state",
    b1="rest over handed_back",
)
"""A piece of work. `references` counts entries in queues and events that name it; a job
that is over gives its place to another once there are none."""

NODE = _record(i8="class_ rank id job child sibling")
"""An entry in a queue; queues are pairing heaps."""

QUEUE = _record(i8="first waiting waited since staff n_staff")
"""A queue; `staff`, `n_staff`: where in `World.lists` those who draw on it stand."""

STAFF = _record(
    i8="""kind active on_duty busy leaving helpers called shift busy_ms overtime_ms helper_ms jobs
    since street room end_of_shift team in_hand queues n_queues queue_of_group""",
    f8="x y pace",
)
"""A pool of people; `queues`: in `World.lists`; `in_hand`: first of a chain of jobs."""

ORDER = _record(i8="demand time cause round answered arrived due resolved overdue next due_event")
"""A 12345 order; `next` is the next of the same demand, `due_event` the place of its limit
among the events."""

VISIT_ROW = _record(i8="queued began scene ended", i4="demand stage pool crew", b1="handed_back")

EVENT = _record(i8="time key payload")

LATER = _record(i8="time key payload next")
"""An event of a later stretch of time; a stretch's events form a chain."""

STAGE = _record(i8="group work")

STEP = _record(i8="time line number staff n_staff", b1="boundary")
"""A step of a roster; `staff`, `n_staff`: in `World.lists`, those who follow it."""

CATEGORY = _record(i8="priority department clock solve", b1="calendar_time solves_complex")
"""A category; `solve`: row of `World.limits` with its limit of clock 2."""

CHANNEL = _record(i8="via instead hours n_hours")
"""A channel; `hours`, `n_hours`: its stretches in `World.starts` and `World.ends`."""

POINT = _record(i8="desk area neighbours n_neighbours candidates")
"""A service point; `candidates`: in `World.lists`, for each group where and how many."""

AREA = _record(i8="first last waiting")
"""A joint meeting: the chain of demands that wait for it."""

CLOCK = _record(i8="first n")

LIMIT = _record(i8="ms", b1="working")

FINISH, RELIEF, HAND_OVER = range(3)
"""What is done with work in hand at the end of a shift."""

DIRECT, AT_DESK, BY_CENTRE = range(3)
"""What takes in reports of a channel."""

OF_ORDER, SIMPLE, COMPLEX = range(ANSWER + 1, ANSWER + 4)
"""First rows of `World.limits`, after the promises: the limit of orders, what residents expect."""


FRAME = _record(i8="staff queue seen")
"""Somebody in the midst of `govsim.engine.staffing.take_next`."""

NUMBER, REAL, SINGLE, YES = (_record(**{kind: "value"}) for kind in ("i8", "f8", "f4", "b1"))

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
"""Each table's kind of record. `crews` runs over groups and teams, `speeds` over teams
and categories, what a demand is drawn for each round over rounds and demands. `last_seen` is what
`govsim.engine.watching` compares the demand with that is watched."""

REUSED = ("luck", "demands", "visits")
"""The largest tables; a thread keeps theirs for its next replication, since getting fresh
memory from the system takes a tenth of a replication's time. All that is read of them is
written first."""

_spare = threading.local()

GROWING = ("events", "later", "jobs", "nodes", "orders", "visits", "stack")

PLAN = """n end measured_from tick centre most_calls call_back_after interim_after
    escalates_after overdue_priority threshold helpers_arrive_after cases helper_line
    n_channels sittings n_sittings n_steps teams n_categories shift watched"""

STATE = """now events next_demand next_step jobs free_job live nodes free_node live_nodes
    orders visits in_meetings later free_later live_later stretch stretch_end
    helpers_on_call timed_events needed key"""

WORLD = _record(
    i8=" ".join(
        [PLAN, STATE, *(f"at_{name}" for name in TABLES), *(f"room_{name}" for name in GROWING)]
    ),
    b1="""promises_made promises_matter by_due soonest travels rectilinear withdraws ends_at_scene
    helpers_enabled touched""",
    f8="detour stretch_scene stretch_reply left_after_broken lost_per_day least",
)
"""The scenario's numbers, where the replication is, and where its tables are."""

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
    """

    def __init__(self, numbers: dict[str, Any], tables: dict[str, Table]) -> None:
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
        vars(_spare).update({name: self.tables.pop(name) for name in REUSED})

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

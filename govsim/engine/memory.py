"""What the compiled engine works on: tables of records, by the names that the model uses.

`World` holds them. `govsim.engine.layout` fills them for a replication; the functions of
`events`, `staffing` and `service` change them. A record is named by its place in its
table, and -1 stands for none. Tables that grow are listed in `GROWING`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Table = NDArray[Any]


def _record(**kinds: str) -> np.dtype[np.void]:
    """Make a record type of fields by kind: ``i8="a b c", f8="d"``."""
    fields = [(name, kind) for kind, names in kinds.items() for name in names.split()]
    return np.dtype(fields, align=True)


PLAN = _record(
    i8="""n end measured_from tick centre most_calls call_back_after interim_after
    escalates_after overdue_priority threshold helpers_arrive_after cases helper_line
    channels sittings n_sittings neighbours""",
    b1="""promises_made promises_matter by_due travels rectilinear withdraws ends_at_scene
    helpers_enabled""",
    f8="detour stretch_scene stretch_reply left_after_broken lost_per_day least",
)
"""The scenario's numbers; one record."""

STATE = _record(
    i8="""now events next_demand next_step jobs free_job live nodes free_node live_nodes
    orders visits in_meetings helpers_on_call timed_events needed"""
)
"""Where the replication is; one record."""

LUCK = _record(
    i8="""enters patience repeat_after intake dispatch_delay turn_out access department_time
    reply interim_reply written_reply call order_delay rework first_stage end_stage""",
    f8="x y way",
    i4="category point channel repeats source",
    b1="answered answered_by_centre complex meeting calls",
)
"""A row of the demand table, its columns side by side; see `govsim.demand.DemandTable`."""

DEMAND = _record(
    i8="""reported clock_start accepted dispatched scene resolved replied closed
    patience_ended solved_at patience_end stage first_order last_order visit next_waiting""",
    i4="state channel ended satisfied orders repeats reopened served_by wanted",
    b1="solved urgent repeat_pending",
)
"""What becomes of a demand; `visit` is the job that the model calls ``visit_of``."""

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

ORDER = _record(
    i8="demand time cause round answered arrived due resolved overdue next"
)
"""A 12345 order; `next` is the next of the same demand."""

VISIT_ROW = _record(i8="demand stage pool crew queued began scene ended handed_back")

EVENT = _record(i8="time key payload")

STAGE = _record(i8="group work")

STEP = _record(i8="time line number staff n_staff", b1="boundary")
"""A step of a roster; `staff`, `n_staff`: in `World.lists`, those who follow it."""

CATEGORY = _record(i8="priority department clock", b1="calendar_time")

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

SCENE, SOLVE, ANSWER, OF_ORDER, SIMPLE, COMPLEX = range(6)
"""Rows of `World.limits`: the promises, the limit of orders, what residents expect."""


class World(NamedTuple):
    """All tables of a replication."""

    plan: Table
    state: Table
    luck: Table
    loses_trust: Table
    satisfaction: Table
    escalates: Table
    calls_again: Table
    stages: Table
    demands: Table
    categories: Table
    channels: Table
    points: Table
    clocks: Table
    starts: Table
    ends: Table
    done: Table
    limits: Table
    contentment: Table
    crews: Table
    """int64[groups, teams]."""
    speeds: Table
    """float64[teams, categories]."""
    areas: Table
    staff: Table
    queues: Table
    helpers_out: Table
    """int64[streets]."""
    lists: Table
    steps: Table
    events: Table
    jobs: Table
    nodes: Table
    orders: Table
    visits: Table
    stack: Table


GROWING = ("events", "jobs", "nodes", "orders", "visits", "stack")

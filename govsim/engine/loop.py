"""The loop over all events of a replication, in the order that the rules state.

What enters and what rosters do stands sorted in tables from the start; only the rest
goes through the heap of `govsim.engine.events`. Entered by `govsim.engine.run`.
"""

from __future__ import annotations

from govsim.engine.events import next_stretch, take_event
from govsim.engine.memory import Table, World
from govsim.engine.residents import (
    call_is_taken,
    is_called_back,
    loses_patience,
    order_comes,
    order_is_due,
    promise_due,
    reports_again,
)
from govsim.engine.rules import event_key
from govsim.engine.service import (
    accepts,
    calls_12345,
    dispatches,
    enters,
    finished,
    interim_reply_is_due,
    meeting_sits,
    turns_to,
)
from govsim.engine.staffing import helper_comes, rosters_change, set_free
from govsim.engine.tables import (
    demand_at,
    event_at,
    job_at,
    luck_at,
    step_at,
)
from govsim.engine.watching import has_changed
from govsim.engine.work import on_scene, release
from govsim.service.compiling import compiled, inlined, kept
from govsim.service.rules import (
    CALL,
    CALL_BACK,
    CALLS_12345,
    COMES_BACK,
    DONE,
    ENTERS,
    GONE,
    HELPER_COMES,
    INTERIM,
    ON_SCENE,
    ORDER_BITS,
    ORDER_COMES,
    ORDER_DUE,
    PASSED_ON,
    PATIENCE_ENDS,
    PROMISE_DUE,
    REPEAT,
    REPEATED_INTAKE,
    ROSTER,
    SITTING,
)

IS_THERE, NEEDS_ROOM, NOTICED = range(3)
"""How `advance` returns: at the time that it was to go to, for larger tables, or because an
event has just changed something of the demand that is watched."""

IDENTIFIER = (1 << ORDER_BITS) - 1


@compiled
def _most_needed(w: World) -> int:
    """Bound on the entries that one event can add to any table.

    An event begins or hands back a job at most twice, calls a helper for each at most, and makes
    a few jobs and orders for each demand that it concerns: one, or all that a meeting sends on.
    """
    demands = 1 + min(w.cases, w.in_meetings)
    return 3 * w.live + demands * (w.most_calls + 8) + 16


@inlined
def _has_room(w: World) -> bool:
    most = _most_needed(w)
    w.needed = most
    return (
        w.events + w.live_later + most <= w.room_events
        and w.live_later + most <= w.room_later
        and w.live + most <= w.room_jobs
        and w.live_nodes + most <= w.room_nodes
        and w.orders + most <= w.room_orders
        and w.visits + most <= w.room_visits
        and most <= w.room_stack
    )


@kept
def advance(world: Table, until: int) -> int:
    """Let everything happen that happens before `until`.

    Returns
    -------
    int
        `IS_THERE`; or `NEEDS_ROOM` or `NOTICED`, when it is to be called again to go on.
    """
    w = world[0]
    n, n_steps = w.n, w.n_steps
    while True:
        if not _has_room(w):
            return NEEDS_ROOM
        time, key, what = until, 0, -1
        if w.events:
            first = event_at(w, 0)
            if first.time < time:
                time, key, what = first.time, first.key, 0
        d = w.next_demand
        if d < n:
            enters_at = luck_at(w, d).enters
            if enters_at < time or (enters_at == time and event_key(ENTERS, d) < key):
                time, key, what = enters_at, event_key(ENTERS, d), 1
        step = w.next_step
        if step < n_steps:
            changes_at = step_at(w, step).time
            # Rosters come before everything else of their instant.
            if changes_at < time or (changes_at == time and what >= 0):
                time, key, what = changes_at, event_key(ROSTER, 0), 2
        if time >= w.stretch_end and w.stretch_end < until:
            next_stretch(w)
            continue
        if what < 0:
            return IS_THERE
        w.now = time
        if what == 0:
            payload = event_at(w, 0).payload
            take_event(w)
            _happens(w, (key >> ORDER_BITS) - 1, key & IDENTIFIER, payload)
        elif what == 1:
            w.next_demand += 1
            w.timed_events += 1
            enters(w, d)
        else:
            last = step + 1
            while last < n_steps and step_at(w, last).time == time:
                last += 1
            w.next_step = last
            w.timed_events += 1
            rosters_change(w, step, last)
        if w.watched >= 0 and has_changed(w):
            w.key = key
            return NOTICED


@compiled
def _happens(w: World, kind: int, i: int, payload: int) -> None:
    """Tell whom it concerns what has come about."""
    if kind == DONE:
        _done(w, payload)
    elif kind == ON_SCENE:
        on_scene(w, payload)
        job_at(w, payload).references -= 1
        release(w, payload)
    elif kind == PATIENCE_ENDS:
        loses_patience(w, i, payload)
    elif kind == INTERIM:
        interim_reply_is_due(w, i)
    elif kind == PROMISE_DUE:
        promise_due(w, i // 4, i % 4)
    elif kind == REPEAT:
        reports_again(w, i)
    elif kind == PASSED_ON:
        if i % 2:
            dispatches(w, i // 2)
        else:
            accepts(w, i // 2)
    elif kind == COMES_BACK:
        turns_to(w, i, payload)
    elif kind == ORDER_COMES:
        order_comes(w, i)
    elif kind == ORDER_DUE:
        order_is_due(w, i)
    elif kind == CALLS_12345:
        calls_12345(w, i, payload)
    elif kind == CALL_BACK:
        is_called_back(w, i, payload)
    elif kind == SITTING:
        meeting_sits(w, i)
    elif kind == HELPER_COMES:
        helper_comes(w, i)


@compiled
def _done(w: World, j: int) -> None:
    """Free the crew, let it take what waits, and let the demand go on, in this order."""
    job = job_at(w, j)
    if job.state != GONE:  # not handed back before
        set_free(w, j)
        if job.kind == CALL:
            call_is_taken(w, job.demand, job.order)
        elif job.kind == REPEATED_INTAKE:
            demand_at(w, job.demand).repeat_pending = False
        else:
            finished(w, j)
    job.references -= 1
    release(w, j)

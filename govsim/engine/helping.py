"""Helpers on call, compiled: called for long queues, and leaving when nothing waits.

The compiled counterpart of what `govsim.reference.staffing` says of them.
"""

from __future__ import annotations

from govsim.engine.events import at
from govsim.engine.memory import World
from govsim.engine.rules import wants_helper
from govsim.engine.tables import helpers_out_at, queue_at, staff_at
from govsim.engine.work import account
from govsim.service.compiling import compiled, inlined
from govsim.service.rules import HELPER_COMES


@inlined
def before(w: World, q: int, s: int) -> int:
    """How many jobs wait where a further one for a staff would."""
    return queue_at(w, q).waiting if w.pooled else staff_at(w, s).waiting


@compiled
def helpers_leave(w: World, s: int, number: int) -> None:
    """Helpers go."""
    if number:
        account(w, s)
        staff = staff_at(w, s)
        staff.helpers -= number
        staff.called -= number
        helpers_out_at(w, staff.street).value -= number
        call_helpers(w)


@compiled
def call_helpers(w: World) -> None:
    """Call helpers for queues that were long before there was anybody to call."""
    if w.helpers_enabled:
        for q in range(w.n_queues):
            if queue_at(w, q).waiting:
                calls(w, q)


@compiled
def calls(w: World, q: int) -> None:
    """Call as many helpers as a queue's length asks for, if they are on call."""
    s = queue_at(w, q).caller
    if not w.helpers_enabled or s < 0:
        return
    staff = staff_at(w, s)
    out = helpers_out_at(w, staff.street)
    while wants_helper(before(w, q, s), w.threshold, staff.called, w.helpers_on_call, out.value):
        account(w, s)
        staff.called += 1
        out.value += 1
        at(w, w.now + w.helpers_arrive_after, HELPER_COMES, s, s)

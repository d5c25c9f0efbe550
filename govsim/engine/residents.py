"""The residents' side, compiled; see `govsim.reference.residents`, whose names it keeps."""

from __future__ import annotations

from govsim.demand.randomness import NEVER
from govsim.engine.events import after, at
from govsim.engine.memory import World
from govsim.engine.rules import (
    cause_of_call,
    order_means,
    promise_broken,
    queue_class,
    reply_is_due,
    withdraws,
)
from govsim.engine.service import (
    calls_12345,
    clocks_start,
    dispatches,
    done_at_once,
    is_replied,
    is_solved,
    solve_applies,
)
from govsim.engine.staffing import leave, move_up
from govsim.engine.tables import (
    calls_again_at,
    channel_at,
    demand_at,
    job_at,
    luck_at,
    order_at,
)
from govsim.engine.watching import touch
from govsim.engine.work import stretch_patience
from govsim.service.compiling import compiled
from govsim.service.plan import AT_DESK, BY_CENTRE, OF_ORDER
from govsim.service.rules import (
    ANSWER,
    ENDED_ANSWERED,
    FIRST_CHANNEL,
    FIRST_REPORT,
    OPEN,
    OPENS_AGAIN,
    ORDER_COMES,
    ORDER_DUE,
    REPEAT,
    REPEATED,
    REPEATED_INTAKE,
    WAITING,
    WITHDRAWN,
)


@compiled
def promise_due(w: World, d: int, promise: int) -> None:
    """A clock has run out; a broken promise costs this resident's trust."""
    demand = demand_at(w, d)
    if promise_broken(
        promise,
        demand.state == OPEN,
        demand.solved,
        demand.scene >= 0,
        demand.replied >= 0,
        solve_applies(w, d),
    ):
        stretch_patience(w, d, w.left_after_broken)


@compiled
def loses_patience(w: World, d: int, end: int) -> None:
    """Patience has ended: the resident calls 12345, or withdraws."""
    demand, now = demand_at(w, d), w.now
    if end != demand.patience_end or demand.solved or demand.state != OPEN:
        return
    demand.patience_end = NEVER
    demand.patience_ended = now
    j = demand.visit
    if j >= 0 and withdraws(w.withdraws, job_at(w, j).state, job_at(w, j).kind):
        leave(w, j)
        demand.visit = -1
        demand.state = WITHDRAWN
    if luck_at(w, d).calls:
        start = demand.clock_start
        due = after(w, start, ANSWER) if start >= 0 else NEVER
        reply_due = reply_is_due(due, now)
        first = demand.orders == 0
        cause = cause_of_call(first, demand.scene >= 0, demand.replied >= 0, reply_due)
        calls_12345(w, d, cause)


@compiled
def reports_again(w: World, d: int) -> None:
    """Still unresolved: the resident reports it once more, the same way."""
    demand, luck = demand_at(w, d), luck_at(w, d)
    if demand.solved or demand.state != OPEN:
        return
    demand.repeats += 1
    via = channel_at(w, demand.channel).via
    if via == BY_CENTRE:
        calls_12345(w, d, REPEATED)
    elif via == AT_DESK and not demand.repeat_pending:
        demand.repeat_pending = not done_at_once(w, REPEATED_INTAKE, d, 0, luck.intake)
    if demand.repeats < luck.repeats:
        at(w, w.now + luck.repeat_after, REPEAT, d, 0)


@compiled
def call_is_taken(w: World, d: int, o: int) -> None:
    """The centre answers on the call, or sends the order to the point that covers the grid."""
    order, luck = order_at(w, o), luck_at(w, d)
    if order.cause == FIRST_CHANNEL and luck.answered_by_centre:
        order.answered = 1
        is_replied(w, d)
        is_solved(w, d, ENDED_ANSWERED)
    elif luck.order_delay:
        at(w, w.now + luck.order_delay, ORDER_COMES, o, 0)
    else:
        order_comes(w, o)


@compiled
def order_comes(w: World, o: int) -> None:
    """The order reaches the service point: new work, a nudge, or the case opened again."""
    order, now = order_at(w, o), w.now
    d = order.demand
    demand = demand_at(w, d)
    order.arrived = now
    due = after(w, order.time, OF_ORDER)
    order.due = due
    touch(w, d)
    if order.resolved >= 0:
        return
    order.due_event = at(w, max(due, now), ORDER_DUE, o, 0)
    means = order_means(demand.state == OPEN, demand.clock_start >= 0, demand.reopened > 0)
    if means == OPENS_AGAIN:
        demand.state, demand.solved, demand.urgent = OPEN, False, True
        demand.reopened += 1
        dispatches(w, d)
    elif means == FIRST_REPORT:
        clocks_start(w, d)
        demand.accepted = now
        dispatches(w, d)
    else:
        presses(w, d)


@compiled
def presses(w: World, d: int) -> None:
    """An order that follows a failure, or is overdue, raises the demand in its queue."""
    demand = demand_at(w, d)
    demand.urgent = True
    j = demand.visit
    if j >= 0:
        job = job_at(w, j)
        if job.state == WAITING and job.queue >= 0:
            raised = queue_class(job.class_, True, w.overdue_priority)
            if raised != job.class_:
                move_up(w, j, raised)


@compiled
def order_is_due(w: World, o: int) -> None:
    """The limit of an order is over; unresolved, it presses, and residents call again."""
    order = order_at(w, o)
    d = order.demand
    demand = demand_at(w, d)
    if order.resolved >= 0 or demand.state != OPEN:
        return
    order.overdue = 1
    touch(w, d)
    presses(w, d)
    if o == demand.last_order and calls_again_at(w, demand.orders * w.n + d).value:
        calls_12345(w, d, REPEATED)


@compiled
def is_called_back(w: World, d: int, closed: int) -> None:
    """The centre asks how it went; who is not content may give a further order."""
    demand = demand_at(w, d)
    still = demand.closed == closed and demand.state != OPEN
    if still and not demand.satisfied and calls_again_at(w, demand.orders * w.n + d).value:
        calls_12345(w, d, REPEATED)

"""A demand's life, compiled: reported, dispatched, resolved, replied to, closed.

The compiled counterpart of `govsim.model`, in its order and under its names, where each
step says what it means.
"""

from __future__ import annotations

from govsim.demand.randomness import NEVER
from govsim.demand.table import REPORTED
from govsim.engine.events import NOWHERE, after, at, opens, revoke
from govsim.engine.helping import before
from govsim.engine.memory import World
from govsim.engine.rules import (
    after_scene,
    bisect_left,
    can_begin,
    ended_by_work,
    hears_more,
    queue_class,
    queue_time,
    satisfied,
    solution_promised,
    word_is_missing,
)
from govsim.engine.staffing import give, queue_of, wait
from govsim.engine.tables import (
    area_at,
    category_at,
    channel_at,
    contentment_at,
    demand_at,
    escalates_at,
    job_at,
    listed,
    lists_of,
    loses_trust_at,
    luck_at,
    order_at,
    point_at,
    satisfaction_at,
    staff_at,
    stage_at,
    visit_at,
)
from govsim.engine.work import (
    begin,
    crew_of,
    free,
    new_job,
    new_visit,
    others_before,
    release,
    set_patience,
    stretch_patience,
    way,
)
from govsim.service.compiling import compiled, inlined
from govsim.service.plan import AT_DESK, BY_CENTRE, COMPLEX, OF_ORDER, SIMPLE
from govsim.service.rules import (
    ANSWER,
    CALL,
    CALL_BACK,
    CALLS_12345,
    CASE,
    CLOSED,
    COMES_BACK,
    ENDED_ANSWERED,
    ENDED_COMPLEX,
    ENDED_TURNED_AWAY,
    FIRST_CHANNEL,
    GONE,
    INTAKE,
    INTERIM,
    INTERIM_REPLY,
    NEXT_GROUP,
    OPEN,
    ORDER_DUE,
    PASSED_ON,
    PROMISE_DUE,
    REPEAT,
    REPLY,
    SCENE,
    SITTING,
    SOLVE,
    SOLVED,
    TO_MEETING,
    TURNED_AWAY,
    UNSATISFIED,
    VISIT,
    WRITTEN_REPLY,
)

# ---------------------------------------------------------------------- found or reported


@compiled
def enters(w: World, d: int) -> None:
    """A demand meets the service: staff find it, or its resident reports it."""
    if luck_at(w, d).source == REPORTED:
        turns_to(w, d, luck_at(w, d).channel)
    else:
        demand_at(w, d).state = OPEN
        accepts(w, d)


@compiled
def turns_to(w: World, d: int, wanted: int) -> None:
    """The resident turns to a channel; if it is closed, to another, or comes back."""
    channel, now = wanted, w.now
    for _ in range(w.n_channels):
        if opens(w, channel) == now:
            reports(w, d, channel)
            return
        if channel_at(w, channel).instead < 0:
            break
        channel = channel_at(w, channel).instead
    at(w, opens(w, channel), COMES_BACK, d, channel)


@compiled
def reports(w: World, d: int, channel: int) -> None:
    """The report: patience begins, and with it the clocks, unless 12345 was called."""
    demand, luck, now, via = demand_at(w, d), luck_at(w, d), w.now, channel_at(w, channel).via
    demand.state, demand.channel, demand.reported = OPEN, channel, now
    set_patience(w, d, min(now + luck.patience, NEVER))
    if luck.repeats:
        at(w, now + luck.repeat_after, REPEAT, d, 0)
    if via == BY_CENTRE:
        calls_12345(w, d, FIRST_CHANNEL)
        return
    clocks_start(w, d)
    if via == AT_DESK:
        if done_at_once(w, INTAKE, d, 0, luck.intake):
            accepts(w, d)
    elif luck.handing_over:
        at(w, now + luck.handing_over, PASSED_ON, 2 * d, 0)
    else:
        accepts(w, d)


@compiled
def clocks_start(w: World, d: int) -> None:
    """The three clocks run from here; what a broken promise may cost is watched."""
    now, luck, demand = w.now, luck_at(w, d), demand_at(w, d)
    demand.clock_start = now
    if not w.promises_made:
        return
    demand.interim_event = at(w, now + w.interim_after, INTERIM, d, 0)
    if w.promises_matter:
        at_desk = luck.answered and demand.orders == 0
        for promise in range(ANSWER if at_desk else SCENE, ANSWER + 1):
            limit = promise
            if promise == SOLVE:
                if not solve_applies(w, d):
                    continue  # nobody was promised that, so nothing will come of it
                limit = category_at(w, luck.category).solve
            if loses_trust_at(w, promise * w.n + d).value:
                at(w, after(w, now, limit), PROMISE_DUE, 4 * d + promise, 0)


@inlined
def solve_applies(w: World, d: int) -> bool:
    """Whether a solution was promised: of simple demands, and where a category has its own."""
    luck = luck_at(w, d)
    return solution_promised(luck.complex, category_at(w, luck.category).solves_complex)


# ---------------------------------------------------------------------- intake and dispatch


@compiled
def accepts(w: World, d: int) -> None:
    """It was handed over, or answered there and then: what is not answered goes to a team."""
    demand, luck, now = demand_at(w, d), luck_at(w, d), w.now
    demand.accepted = now
    if demand.solved:
        return
    if luck.answered and demand.channel >= 0:
        is_replied(w, d)
        is_solved(w, d, ENDED_ANSWERED)
    elif luck.dispatch_delay:
        at(w, now + luck.dispatch_delay, PASSED_ON, 2 * d + 1, 0)
    else:
        dispatches(w, d)


@compiled
def dispatches(w: World, d: int) -> None:
    """Ask the working group for a crew for the next piece of work on the scene."""
    demand = demand_at(w, d)
    stage, reopened = demand.stage, demand.reopened
    work = luck_at(w, d).rework if reopened else stage_at(w, stage).work
    j = new_job(w, VISIT, d, reopened, work)
    job_at(w, j).stage = stage
    new_visit(w, j)
    finds_crew(w, j)


@compiled
def finds_crew(w: World, j: int) -> None:
    """A free crew of the point's own teams, else of a neighbour's, else wait.

    Who waits does so for the first team that has somebody on duty.
    """
    job = job_at(w, j)
    d = job.demand
    luck, group = luck_at(w, d), stage_at(w, job.stage).group
    point = point_at(w, luck.point)
    best = _who_goes(w, j, luck.point, group, -1)
    if best < 0:
        for k in range(point.neighbours, point.neighbours + point.n_neighbours):
            best = _who_goes(w, j, listed(w, k).value, group, best)
    visit_at(w, job.visit).crew = job.crew
    if best >= 0:
        job.crew = crew_of(w, group, best)
        begin(w, j, best)
        return
    own = listed(w, point.candidates + 2 * group).value
    first = listed(w, own).value
    for k in range(own, own + listed(w, point.candidates + 2 * group + 1).value):
        if staff_at(w, listed(w, k).value).present:
            first = listed(w, k).value
            break
    visit_at(w, job.visit).pool = first
    q = queue_of(w, first, group)
    if before(w, q, first) >= staff_at(w, first).room:
        turned_away(w, j)
        return
    job.class_ = class_of(w, d)
    by_due = w.by_due
    job.rank = queue_time(by_due, w.now, due(w, d) if by_due else 0)
    wait(w, j, q, first)


@compiled
def _who_goes(w: World, j: int, p: int, group: int, best: int) -> int:
    """Of teams at a point with a crew free and nobody waiting: the first, or the soonest there.

    `best` is that of other points, or -1.
    """
    job = job_at(w, j)
    entry = point_at(w, p).candidates + 2 * group
    for k in range(listed(w, entry).value, listed(w, entry).value + listed(w, entry + 1).value):
        if best >= 0 and not w.soonest:
            break
        s = listed(w, k).value
        job.crew = crew_of(w, group, s)
        if can_begin(free(w, s), job.crew, others_before(w, s)) and (
            best < 0 or way(w, job.demand, s) < way(w, job.demand, best)
        ):
            best = s
    return best


@inlined
def class_of(w: World, d: int) -> int:
    """Class of a demand in queues."""
    priority = category_at(w, luck_at(w, d).category).priority
    return queue_class(priority, demand_at(w, d).urgent, w.overdue_priority)


@compiled
def due(w: World, d: int) -> int:
    """When its clock 2, or the limit of its 12345 order, is over."""
    demand = demand_at(w, d)
    start = demand.clock_start if demand.clock_start >= 0 else w.now
    found = after(w, start, category_at(w, luck_at(w, d).category).solve)
    if demand.last_order >= 0:
        found = min(found, after(w, order_at(w, demand.last_order).time, OF_ORDER))
    return found


@compiled
def turned_away(w: World, j: int) -> None:
    """No room to wait."""
    job = job_at(w, j)
    demand = demand_at(w, job.demand)
    job.state, demand.visit, demand.state = GONE, -1, TURNED_AWAY
    closes(w, job.demand, ENDED_TURNED_AWAY)
    release(w, j)


# ---------------------------------------------------------------------- work


@compiled
def finished(w: World, j: int) -> None:
    """A job is done: the demand goes on its way."""
    job = job_at(w, j)
    d, kind = job.demand, job.kind
    if kind == VISIT:
        demand_at(w, d).visit = -1
        work_is_done(w, d)
    elif kind == INTAKE:
        if demand_at(w, d).accepted < 0:  # not handed over while the desk still took it in
            accepts(w, d)
    elif kind == CASE:
        is_solved(w, d, ENDED_COMPLEX)
    elif kind == INTERIM_REPLY:
        is_replied(w, d)
    elif kind == REPLY:
        is_replied(w, d)
        closes(w, d, demand_at(w, d).ended)


@compiled
def work_is_done(w: World, d: int) -> None:
    """Off the scene: on to another group, to a department by way of the meeting, or solved."""
    demand, luck = demand_at(w, d), luck_at(w, d)
    more_groups = demand.stage + 1 < luck.end_stage
    then = after_scene(demand.reopened > 0, more_groups, luck.complex, luck.meeting)
    if then == SOLVED:
        is_solved(w, d, ended_by_work(luck.complex))
    elif then == NEXT_GROUP:
        demand.stage += 1
        dispatches(w, d)
    elif then == TO_MEETING:
        waits_for_meeting(w, d)
    else:
        goes_to_department(w, d)


@compiled
def waits_for_meeting(w: World, d: int) -> None:
    """Hard cases wait for the joint meeting of their area."""
    number = point_at(w, luck_at(w, d).point).area
    area = area_at(w, number)
    demand_at(w, d).next_waiting = -1
    if area.waiting:
        demand_at(w, area.last).next_waiting = d
    else:
        area.first = d
    area.last = d
    area.waiting += 1
    w.in_meetings += 1
    if area.waiting == 1:
        meeting_is_called(w, number)


@compiled
def meeting_is_called(w: World, area: int) -> None:
    """A meeting sits at the next fixed time, once something waits for it."""
    sittings = lists_of(w, w.sittings, w.n_sittings)
    following = bisect_left(sittings, w.now)
    if following < len(sittings) and sittings[following] == w.now:
        last = area_at(w, area)
        if not hears_more(last.sat == w.now, last.heard, w.cases):
            following += 1
    if following < len(sittings):
        at(w, sittings[following], SITTING, area, 0)


@compiled
def meeting_sits(w: World, number: int) -> None:
    """The meeting sends on the cases that have waited longest, as many as it can take."""
    area = area_at(w, number)
    if area.sat != w.now:
        area.sat, area.heard = w.now, 0
    cases = min(w.cases - area.heard, area.waiting)
    area.heard += cases
    area.waiting -= cases
    w.in_meetings -= cases
    for _ in range(cases):
        d = area.first
        area.first = demand_at(w, d).next_waiting
        goes_to_department(w, d)
    if area.waiting:
        meeting_is_called(w, number)


@compiled
def goes_to_department(w: World, d: int) -> None:
    """A department or company finishes the case, once it has a crew."""
    luck = luck_at(w, d)
    department = category_at(w, luck.category).department
    if department < 0:
        is_solved(w, d, ENDED_COMPLEX)
        return
    j = new_job(w, CASE, d, 0, luck.department_time)
    job = job_at(w, j)
    job.class_, job.rank = class_of(w, d), w.now
    demand_at(w, d).visit = j
    give(w, j, department)


# ---------------------------------------------------------------------- solved, replied, closed


@compiled
def is_solved(w: World, d: int, how: int) -> None:
    """The problem is solved: its orders are met, and the desk replies."""
    now, luck, demand = w.now, luck_at(w, d), demand_at(w, d)
    demand.visit = -1
    demand.solved, demand.solved_at, demand.ended = True, now, how
    if demand.resolved < 0:
        demand.resolved = now
    set_patience(w, d, NEVER)
    o = demand.first_order
    while o >= 0:
        order = order_at(w, o)
        if order.resolved < 0:
            order.resolved = now
            revoke(w, order.due_event, ORDER_DUE, o)
            if order.arrived >= 0:
                done_at_once(w, WRITTEN_REPLY, d, order.round, luck.written_reply)
        o = order.next
    if how == ENDED_ANSWERED or luck.source != REPORTED:
        closes(w, d, how)
    elif done_at_once(w, REPLY, d, demand.reopened, luck.reply):
        is_replied(w, d)
        closes(w, d, how)


@inlined
def is_replied(w: World, d: int) -> None:
    """The resident has a reply; the first one reassures."""
    demand = demand_at(w, d)
    if demand.replied < 0:
        demand.replied = w.now
        revoke(w, demand.interim_event, INTERIM, d)
        stretch_patience(w, d, w.stretch_reply)


@compiled
def interim_reply_is_due(w: World, d: int) -> None:
    """The desk sends word if there was none yet."""
    demand = demand_at(w, d)
    unheard = word_is_missing(demand.replied >= 0, demand.state == OPEN, demand.solved)
    if unheard and done_at_once(w, INTERIM_REPLY, d, 0, luck_at(w, d).interim_reply):
        is_replied(w, d)


@compiled
def closes(w: World, d: int, how: int) -> None:
    """The close: the resident is content or not, and may turn to 12345."""
    now, demand = w.now, demand_at(w, d)
    demand.closed, demand.ended = now, how
    if how != ENDED_TURNED_AWAY:
        demand.state = CLOSED
    set_patience(w, d, NEVER)
    if luck_at(w, d).source != REPORTED:
        return
    late = 0
    if demand.solved:
        expected = after(w, demand.reported, COMPLEX if how == ENDED_COMPLEX else SIMPLE)
        late = demand.solved_at - expected
    this = demand.orders
    luck = float(satisfaction_at(w, this * w.n + d).value)
    content = satisfied(luck, contentment_at(w, how).value, late, w.lost_per_day, w.least)
    demand.satisfied = 1 if content else 0
    if this:
        # Content residents have nothing to add; who was turned away may be again, right now.
        if not content or how == ENDED_TURNED_AWAY:
            at(w, now + w.call_back_after, CALL_BACK, d, now)
    elif not content and escalates_at(w, this * w.n + d).value:
        at(w, now + w.escalates_after, CALLS_12345, d, UNSATISFIED)


# ---------------------------------------------------------------------- the desk and the centre


@compiled
def done_at_once(w: World, kind: int, d: int, round_: int, work: int) -> bool:
    """Give work to the reception desk; where that is off, tell that it is done at once."""
    desk = point_at(w, luck_at(w, d).point).desk
    if desk < 0 or not work:
        return True
    j = new_job(w, kind, d, round_, work)
    job_at(w, j).rank = w.now
    give(w, j, desk)
    return False


@compiled
def calls_12345(w: World, d: int, cause: int) -> None:
    """The resident calls 12345; the order is recorded and waits for a call-taker."""
    demand = demand_at(w, d)
    if w.centre < 0 or demand.orders >= w.most_calls:
        return
    o = w.orders
    w.orders += 1
    order = order_at(w, o)
    order.demand, order.time, order.cause, order.round = d, w.now, cause, demand.orders
    order.answered, order.arrived, order.due, order.resolved = 0, -1, -1, -1
    order.overdue, order.next, order.due_event = 0, -1, NOWHERE
    if demand.last_order >= 0:
        order_at(w, demand.last_order).next = o
    else:
        demand.first_order = o
    demand.last_order = o
    j = new_job(w, CALL, d, demand.orders, luck_at(w, d).call)
    demand.orders += 1
    job_at(w, j).rank, job_at(w, j).order = w.now, o
    give(w, j, w.centre)

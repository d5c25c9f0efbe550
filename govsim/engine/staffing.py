"""People and their queues, compiled; see `govsim.reference.staffing`, whose steps it keeps.

A queue is a pairing heap by class, rank and identifier. A job that was raised stands in
it twice, and one that has left still stands in it: such entries are passed over.
"""

from __future__ import annotations

from govsim.engine.helping import call_helpers, calls, helpers_leave
from govsim.engine.memory import World
from govsim.engine.rules import can_begin
from govsim.engine.tables import (
    frame_at,
    job_at,
    listed,
    node_at,
    queue_at,
    staff_at,
    stage_at,
    step_at,
    visit_at,
)
from govsim.engine.watching import touch
from govsim.engine.work import (
    account,
    begin,
    crew_of,
    free,
    new_job,
    new_visit,
    others_before,
    out_of_hand,
    release,
)
from govsim.service.compiling import compiled, inlined
from govsim.service.plan import HAND_OVER, RELIEF
from govsim.service.rules import GONE, HEAD_OF_QUEUE, ON_THE_SCENE, WAITING

# ---------------------------------------------------------------------- queues


@inlined
def _meld(w: World, a: int, b: int) -> int:
    """Join two heaps; return the first entry of both."""
    x, y = node_at(w, a), node_at(w, b)
    if x.class_ != y.class_:
        first = x.class_ < y.class_
    elif x.rank != y.rank:
        first = x.rank < y.rank
    else:
        first = x.id <= y.id
    if first:
        y.sibling = x.child
        x.child = b
        return a
    x.sibling = y.child
    y.child = a
    return b


@compiled
def _enter(w: World, j: int) -> None:
    """Enter a job in its queue, or enter it again with a better key."""
    job = job_at(w, j)
    i = w.free_node
    if i >= 0:
        w.free_node = node_at(w, i).sibling
    else:
        i = w.nodes
        w.nodes += 1
    w.live_nodes += 1
    node, queue = node_at(w, i), queue_at(w, job.queue)
    node.class_, node.rank, node.id, node.job = job.class_, job.rank, job.id, j
    node.child = node.sibling = -1
    job.references += 1
    queue.first = i if queue.first < 0 else _meld(w, queue.first, i)


@compiled
def _drop_first(w: World, q: int) -> None:
    """Remove the first entry of a queue."""
    queue = queue_at(w, q)
    old = queue.first
    # Children melded in pairs from the first on, then those from the last back.
    pairs, child = -1, node_at(w, old).child
    while child >= 0:
        other = node_at(w, child).sibling
        if other < 0:
            node_at(w, child).sibling = pairs
            pairs = child
            break
        onward = node_at(w, other).sibling
        pair = _meld(w, child, other)
        node_at(w, pair).sibling = pairs
        pairs, child = pair, onward
    first = -1
    while pairs >= 0:
        onward = node_at(w, pairs).sibling
        node_at(w, pairs).sibling = -1
        first = pairs if first < 0 else _meld(w, first, pairs)
        pairs = onward
    queue.first = first
    node_at(w, old).sibling = w.free_node
    w.free_node = old
    w.live_nodes -= 1
    j = node_at(w, old).job
    job_at(w, j).references -= 1
    release(w, j)


@compiled
def _head(w: World, q: int) -> int:
    """First entry of a queue that still stands, or -1."""
    queue = queue_at(w, q)
    while queue.first >= 0:
        node = node_at(w, queue.first)
        job = job_at(w, node.job)
        stands = job.state == WAITING and job.class_ == node.class_ and job.rank == node.rank
        if stands and job.queue == q:
            return queue.first
        _drop_first(w, q)
    return -1


@compiled
def _count(w: World, q: int, change: int) -> None:
    queue, now = queue_at(w, q), w.now
    queue.waited += queue.waiting * max(now - max(queue.since, w.measured_from), 0)
    queue.since = now
    queue.waiting += change
    for i in range(queue.staff, queue.staff + queue.n_staff):
        staff_at(w, listed(w, i).value).waiting += change
    for i in range(queue.lenders, queue.lenders + queue.n_lenders):
        staff_at(w, listed(w, i).value).lendable += change


@compiled
def join(w: World, j: int, q: int) -> None:
    """Let a job wait."""
    _count(w, q, 1)
    job_at(w, j).queue = q
    _enter(w, j)


@inlined
def queue_of(w: World, s: int, group: int) -> int:
    """Queue in which jobs of a working group wait for this staff."""
    return listed(w, staff_at(w, s).queue_of_group + group).value


# ---------------------------------------------------------------------- taking what waits


@compiled
def take_next(w: World, s: int) -> None:
    """Let free members take what waits, first things first; nobody is overtaken.

    Where several draw on a queue, each job that leaves it lets the others look again,
    before the one that took it goes on. `World.stack` keeps who is in the midst of it:
    the staff, the queue that the others are called from, and how many have been.
    """
    frame = frame_at(w, 0)
    frame.staff, frame.queue, frame.seen = s, -1, 0
    top = 0
    while top >= 0:
        frame = frame_at(w, top)
        s, q, seen = frame.staff, frame.queue, frame.seen
        if q >= 0:
            queue = queue_at(w, q)
            if seen == queue.n_staff:
                frame.queue = -1
                continue
            frame.seen = seen + 1
            other = listed(w, queue.staff + seen).value
            if other != s:
                top += 1
                frame = frame_at(w, top)
                frame.staff, frame.queue, frame.seen = other, -1, 0
            continue
        able = free(w, s)
        best = _next_of(w, s, able) if able > 0 else -1
        if best < 0:
            top -= 1
            continue
        j = node_at(w, best).job
        job = job_at(w, j)
        q = job.queue
        queue = queue_at(w, q)
        _drop_first(w, q)
        _count(w, q, -1)
        job.crew = crew_of(w, queue.group, s)
        begin(w, j, s)
        if queue.n_staff > 1 or listed(w, queue.staff).value != s:
            frame.queue, frame.seen = q, 0


@compiled
def _next_of(w: World, s: int, able: int) -> int:
    """Entry of what a staff with members free begins next, or -1.

    Nobody is overtaken whose crew is there, busy or not.
    """
    staff = staff_at(w, s)
    own = -1
    if staff.waiting:
        own = _first_head(w, s, staff.queues, staff.n_queues, staff.on_duty + staff.helpers)
    if own >= 0:
        q = job_at(w, node_at(w, own).job).queue
        return own if crew_of(w, queue_at(w, q).group, s) <= able else -1
    if staff.helpers and not staff.waiting:
        helpers_leave(w, s, min(staff.helpers, able))
        able = free(w, s)
    if not staff.lendable:
        return -1
    i = staff.lends
    while i < staff.lends + staff.n_lends:
        n = listed(w, i).value
        head = _first_head(w, s, i + 1, n, able)
        if head >= 0:
            return head
        i += n + 1
    return -1


@compiled
def _first_head(w: World, s: int, first: int, n: int, most: int) -> int:
    """First entry of what waits in some queues that takes at most so many of a staff, or -1."""
    best = -1
    for i in range(first, first + n):
        q = listed(w, i).value
        if queue_at(w, q).waiting and crew_of(w, queue_at(w, q).group, s) <= most:
            head = _head(w, q)
            if best < 0:
                best = head
            elif head >= 0:
                x, y = node_at(w, head), node_at(w, best)
                if x.class_ != y.class_:
                    better = x.class_ < y.class_
                elif x.rank != y.rank:
                    better = x.rank < y.rank
                else:
                    better = x.id < y.id
                if better:
                    best = head
    return best


@compiled
def see_to(w: World, q: int) -> None:
    """Let whoever is free take what now stands first in a queue."""
    queue = queue_at(w, q)
    for i in range(queue.staff, queue.staff + queue.n_staff):
        take_next(w, listed(w, i).value)


@compiled
def give(w: World, j: int, s: int) -> None:
    """Give a job to the staff of a pool: at once if somebody is free, else it waits."""
    if can_begin(free(w, s), job_at(w, j).crew, others_before(w, s)):
        begin(w, j, s)
    else:
        join(w, j, listed(w, staff_at(w, s).queues).value)


@compiled
def wait(w: World, j: int, q: int, s: int) -> None:
    """Put a job that asks for a crew in a queue; call a helper if that has grown long."""
    queue_at(w, q).caller = s
    join(w, j, q)
    see_to(w, q)
    calls(w, q)


@compiled
def leave(w: World, j: int) -> None:
    """Take a waiting job out of its queue."""
    job = job_at(w, j)
    q = job.queue
    _count(w, q, -1)
    job.state = GONE
    see_to(w, q)


@compiled
def move_up(w: World, j: int, class_: int) -> None:
    """Raise a waiting job to a better class."""
    job = job_at(w, j)
    job.class_ = class_
    _enter(w, j)
    see_to(w, job.queue)


@compiled
def set_free(w: World, j: int) -> None:
    """Free the crew of a job that is done, and let it take what waits."""
    job = job_at(w, j)
    s = job.staff
    staff = staff_at(w, s)
    account(w, s)
    if job.shift == staff.shift:
        staff.busy -= job.crew
    else:
        staff.leaving -= job.crew
    if staff.end_of_shift == HAND_OVER:
        out_of_hand(w, j)
    _is_over(w, j)
    take_next(w, s)


@inlined
def _is_over(w: World, j: int) -> None:
    job = job_at(w, j)
    job.state, job.over = GONE, True
    touch(w, job.demand)
    if job.visit >= 0:
        visit_at(w, job.visit).ended = w.now


# ---------------------------------------------------------------------- helpers


@compiled
def helper_comes(w: World, s: int) -> None:
    """A helper joins a team, and leaves again if nothing waits."""
    account(w, s)
    staff_at(w, s).helpers += 1
    if staff_at(w, s).waiting:
        take_next(w, s)
    else:
        helpers_leave(w, s, 1)


# ---------------------------------------------------------------------- rosters


@compiled
def rosters_change(w: World, first: int, last: int) -> None:
    """Change all numbers of one instant, in steps `first` to `last`.

    Only then may anybody take what waits.
    """
    helper_line, were_on_call = w.helper_line, w.helpers_on_call
    at_work = more = first_at_work = first_more = -1  # last and first of two chains
    for i in range(first, last):
        step = step_at(w, i)
        if step.line == helper_line:
            w.helpers_on_call = step.number
        for k in range(step.staff, step.staff + step.n_staff):
            s = listed(w, k).value
            staff = staff_at(w, s)
            staff.onward = -1
            if staff.busy or staff.leaving or staff.helpers or staff.waiting:
                _shift_changes(w, s, step.number, step.present, step.boundary)
                if at_work < 0:
                    first_at_work = s
                else:
                    staff_at(w, at_work).onward = s
                at_work = s
            elif step.number > staff.on_duty and staff.lendable:
                if more < 0:
                    first_more = s
                else:
                    staff_at(w, more).onward = s
                more = s
            staff.on_duty, staff.present = step.number, step.present
    s = first_at_work
    while s >= 0:
        staff = staff_at(w, s)
        for k in range(staff.queues, staff.queues + staff.n_queues):
            q = listed(w, k).value
            see_to(w, q)
            queue = queue_at(w, q)
            for i in range(queue.lenders, queue.lenders + queue.n_lenders):
                take_next(w, listed(w, i).value)
        s = staff.onward
    s = first_more
    while s >= 0:
        take_next(w, s)
        s = staff_at(w, s).onward
    if w.helpers_on_call > were_on_call:
        call_helpers(w)
    s = first_at_work
    while s >= 0:
        staff = staff_at(w, s)
        for k in range(staff.queues, staff.queues + staff.n_queues):
            calls(w, listed(w, k).value)
        s = staff.onward


@compiled
def _shift_changes(w: World, s: int, number: int, present: int, boundary: bool) -> None:
    """Change the number on duty; at a shift's end, as the team's setting says."""
    account(w, s)
    staff = staff_at(w, s)
    staff.on_duty, staff.present = number, present
    if boundary and staff.end_of_shift == RELIEF:
        staff.leaving += staff.busy
        staff.busy = 0
        staff.shift += 1
        helpers_leave(w, s, staff.helpers)
    elif boundary and staff.end_of_shift == HAND_OVER:
        too_many = -number - staff.helpers
        j = staff.in_hand
        while j >= 0:
            if _goes_on(w, j):
                too_many += job_at(w, j).crew
            j = job_at(w, j).after
        while too_many > 0:
            j = _begun_last(w, s)
            too_many -= job_at(w, j).crew
            _hand_back(w, j)


@inlined
def _goes_on(w: World, j: int) -> bool:
    """What is done at this very instant is not handed over."""
    job = job_at(w, j)
    return job.state != ON_THE_SCENE or job.ends > w.now


@compiled
def _begun_last(w: World, s: int) -> int:
    """Of the jobs in hand that go on, the one that was begun last."""
    last = -1
    j = staff_at(w, s).in_hand
    while j >= 0:
        if _goes_on(w, j):
            x = job_at(w, j)
            if last < 0:
                last = j
            else:
                y = job_at(w, last)
                if x.began > y.began or (x.began == y.began and x.id > y.id):
                    last = j
        j = job_at(w, j).after
    return last


@compiled
def _hand_back(w: World, j: int) -> None:
    """Return work in hand to the head of the queue; what is done of it stays done."""
    now = w.now
    s = job_at(w, j).staff
    out_of_hand(w, j)
    staff_at(w, s).busy -= job_at(w, j).crew
    i = new_job(w, job_at(w, j).kind, job_at(w, j).demand, job_at(w, j).round, job_at(w, j).work)
    job, again = job_at(w, j), job_at(w, i)
    again.stage, again.rest, again.handed_back = job.stage, job.rest, True
    if job.state == ON_THE_SCENE:
        again.work, again.rest = job.ends - now, True
    _is_over(w, j)
    new_visit(w, i)
    visit_at(w, again.visit).pool = s
    again.class_, again.rank = HEAD_OF_QUEUE, job.rank
    q = queue_of(w, s, stage_at(w, job.stage).group)
    if queue_at(w, q).caller < 0:
        queue_at(w, q).caller = s
    join(w, i, q)
    release(w, j)

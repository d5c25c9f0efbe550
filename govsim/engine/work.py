"""Pieces of work: made, begun, on the scene, and when they will be done.

The compiled counterpart of `Job` in `govsim.reference.staffing` and of the work on the scene in
`govsim.model`. What is left of patience stands here too, as an arrival changes it.
"""

from __future__ import annotations

from govsim.demand.randomness import NEVER
from govsim.engine.events import at, revoke, working_end
from govsim.engine.memory import World
from govsim.engine.rules import (
    can_be_made_up,
    handed_over_early,
    in_free_time,
    job_identifier,
    overtime,
    stretched,
    travel_time,
    work_time,
)
from govsim.engine.rules import free_members as _free_members
from govsim.engine.tables import (
    category_at,
    crew_at,
    demand_at,
    job_at,
    listed,
    luck_at,
    queue_at,
    speed_at,
    staff_at,
    visit_at,
)
from govsim.engine.watching import touch
from govsim.service.compiling import compiled, inlined
from govsim.service.plan import HAND_OVER
from govsim.service.rules import (
    BEGUN,
    CASE,
    DONE,
    GONE,
    ON_SCENE,
    ON_THE_SCENE,
    PASSED_ON,
    PATIENCE_ENDS,
    VISIT,
    WAITING,
)

# ---------------------------------------------------------------------- patience


@compiled
def set_patience(w: World, d: int, end: int) -> None:
    """Let patience end at another time; what was set before is void."""
    demand = demand_at(w, d)
    if end != demand.patience_end:
        revoke(w, demand.patience_event, PATIENCE_ENDS, d)
        demand.patience_end = end
        demand.patience_event = at(w, end, PATIENCE_ENDS, d, end)


@compiled
def stretch_patience(w: World, d: int, factor: float) -> None:
    """Something happened: what is left of patience is multiplied."""
    end = demand_at(w, d).patience_end
    if end < NEVER:
        set_patience(w, d, stretched(w.now, end, factor))


# ---------------------------------------------------------------------- jobs


@compiled
def new_job(w: World, kind: int, d: int, round_: int, work: int) -> int:
    """Make a piece of work, in the place of one that nothing names any more if there is one."""
    j = w.free_job
    if j >= 0:
        w.free_job = job_at(w, j).after
    else:
        j = w.jobs
        w.jobs += 1
    w.live += 1
    job = job_at(w, j)
    job.id = job_identifier(d, kind, round_)
    job.kind, job.demand, job.round, job.work = kind, d, round_, work
    job.state, job.crew, job.stage, job.rest, job.over = WAITING, 1, 0, False, False
    job.began, job.ends, job.handed_back, job.shift = -1, -1, False, 0
    job.class_, job.rank, job.staff, job.queue, job.order, job.visit = 0, 0, -1, -1, -1, -1
    job.before, job.after, job.references = -1, -1, 0
    return j


@compiled
def new_visit(w: World, j: int) -> None:
    """Enter a piece of work on the scene in the log of visits."""
    job = job_at(w, j)
    row = visit_at(w, w.visits)
    row.demand, row.stage, row.queued = job.demand, job.stage, w.now
    row.pool, row.crew, row.began, row.scene, row.ended = -1, 1, -1, -1, -1
    row.handed_back = job.handed_back
    job.visit = w.visits
    w.visits += 1
    demand_at(w, job.demand).visit = j


@compiled
def release(w: World, j: int) -> None:
    """Give up the place of a job that is over, once nothing names it."""
    job = job_at(w, j)
    if job.state == GONE and job.references == 0:
        demand = demand_at(w, job.demand)
        if demand.visit == j:
            demand.visit = -1
        job.after = w.free_job
        w.free_job = j
        w.live -= 1


@inlined
def crew_of(w: World, group: int, s: int) -> int:
    """Members of this staff that a job of a group takes; one of all but teams."""
    if group < 0:
        return 1
    return crew_at(w, group * w.n_teams + staff_at(w, s).team).value


# ---------------------------------------------------------------------- staff


@inlined
def free(w: World, s: int) -> int:
    """Members who can begin something."""
    staff = staff_at(w, s)
    return _free_members(staff.on_duty, staff.helpers, staff.busy)


@compiled
def others_before(w: World, s: int) -> bool:
    """Whether jobs wait for this staff that it has the people for."""
    staff = staff_at(w, s)
    if not staff.waiting:
        return False
    for i in range(staff.queues, staff.queues + staff.n_queues):
        queue = queue_at(w, listed(w, i).value)
        if queue.waiting:
            crew = crew_of(w, queue.group, s)
            if can_be_made_up(crew, staff.on_duty, staff.helpers):
                return True
    return False


@compiled
def account(w: World, s: int) -> None:
    """Add up person-time since the last change."""
    staff, now = staff_at(w, s), w.now
    span = now - max(staff.since, w.measured_from)
    staff.since = now
    if span > 0:
        staff.busy_ms += (staff.busy + staff.leaving) * span
        staff.free_ms += in_free_time(staff.busy, staff.on_duty, staff.helpers) * span
        late = overtime(staff.busy, staff.leaving, staff.present, staff.helpers)
        staff.overtime_ms += late * span
        staff.helper_ms += staff.called * span


@compiled
def begin(w: World, j: int, s: int) -> None:
    """Put a crew to work on a job."""
    account(w, s)
    staff, job, now = staff_at(w, s), job_at(w, j), w.now
    staff.busy += job.crew
    if now >= w.measured_from:
        staff.jobs += 1
    job.staff, job.state, job.began, job.shift = s, BEGUN, now, staff.shift
    if job.visit >= 0:
        row = visit_at(w, job.visit)
        row.pool, row.crew, row.began = s, job.crew, now
    if staff.end_of_shift == HAND_OVER:
        job.before, job.after = -1, staff.in_hand
        if staff.in_hand >= 0:
            job_at(w, staff.in_hand).before = j
        staff.in_hand = j
    touch(w, job.demand)
    _begun(w, j)


@compiled
def out_of_hand(w: World, j: int) -> None:
    """Take a job from those that its staff has in hand."""
    job = job_at(w, j)
    if job.before >= 0:
        job_at(w, job.before).after = job.after
    else:
        staff_at(w, job.staff).in_hand = job.after
    if job.after >= 0:
        job_at(w, job.after).before = job.before


@compiled
def way(w: World, d: int, s: int) -> int:
    """Time of a team's way from its point to a demand, ms."""
    if not w.travels:
        return 0
    luck, staff = luck_at(w, d), staff_at(w, s)
    return travel_time(
        luck.x - staff.x,
        luck.y - staff.y,
        w.rectilinear,
        w.detour,
        staff.pace,
        luck.way,
        w.tick,
    )


@compiled
def _begun(w: World, j: int) -> None:
    """A team leaves for the scene, others work where they are."""
    job, now = job_at(w, j), w.now
    d = job.demand
    luck = luck_at(w, d)
    if job.kind == CASE:
        category = category_at(w, luck.category)
        if category.calendar_time:
            will_end(w, j, now + job.work)
        else:
            will_end(w, j, working_end(w, category.clock, now, job.work))
    elif job.kind != VISIT:
        will_end(w, j, now + job.work)
        if handed_over_early(job.kind, luck.handing_over, job.work):
            at(w, now + luck.handing_over, PASSED_ON, 2 * d, 0)
    else:
        demand = demand_at(w, d)
        if demand.dispatched < 0:
            demand.dispatched, demand.served_by = now, job.staff
        if not w.travels:
            on_scene(w, j)
            return
        there = now + luck.turn_out + way(w, d, job.staff) + luck.access
        if there < w.end:
            at(w, there, ON_SCENE, job.id, j)
            job.references += 1


@compiled
def on_scene(w: World, j: int) -> None:
    """The crew is on the scene: the resident is reassured, and work begins."""
    job = job_at(w, j)
    if job.over:  # handed back on the way
        return
    d, now = job.demand, w.now
    demand = demand_at(w, d)
    job.state = ON_THE_SCENE
    visit_at(w, job.visit).scene = now
    touch(w, d)
    if demand.scene < 0:
        demand.scene = now
        if w.ends_at_scene:
            set_patience(w, d, NEVER)
        else:
            stretch_patience(w, d, w.stretch_scene)
    work = job.work
    if not job.rest:
        team, category = staff_at(w, job.staff).team, luck_at(w, d).category
        speed = speed_at(w, team * w.n_categories + category).value
        work = work_time(job.work, speed, w.tick)
    will_end(w, j, now + work)


@compiled
def will_end(w: World, j: int, time: int) -> None:
    """Set the time at which a job that has begun is done."""
    job = job_at(w, j)
    job.ends = time
    if time < w.end:
        at(w, time, DONE, job.id, j)
        job.references += 1

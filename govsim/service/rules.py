"""The decisions of the service and its residents, as small pure functions of numbers.

Both engines call these; neither decides anything by itself. Functions take and return
plain integers, floats and booleans and look at nothing else, so they can be compiled.
The codes below (kinds of event, of job, states, causes) stand here once.

Events happen in the order (time, kind of event, identifier). What follows at the same
instant without delay happens at once, before the next event.
"""

from __future__ import annotations

from math import sqrt

from govsim.scenarios.calendar import NEVER

# Kinds of event, in the order in which they apply at the same instant. Who is on duty
# is settled first; work that ends makes people free before new work comes; whatever
# happens exactly at a limit is still in time, so limits come after it.
ROSTER, HELPER_COMES, DONE, SITTING, ON_SCENE, ENTERS, COMES_BACK, PASSED_ON = range(8)
ORDER_COMES, CALLS_12345, CALL_BACK, REPEAT, INTERIM = range(8, 13)
PROMISE_DUE, PATIENCE_ENDS, ORDER_DUE = range(13, 16)

# Kinds of job. Each is done by the people of a pool.
VISIT, INTAKE, REPEATED_INTAKE, REPLY, INTERIM_REPLY, WRITTEN_REPLY, CALL, CASE = range(8)

# States of a job.
WAITING, BEGUN, ON_THE_SCENE, GONE = range(4)

# The three promises.
SCENE, SOLVE, ANSWER = range(3)

# States of a demand. At the end of a replication each demand is in exactly one.
LATENT, OPEN, CLOSED, TURNED_AWAY, WITHDRAWN = range(5)

# How a demand ended, for satisfaction.
ENDED_ANSWERED, ENDED_SIMPLE, ENDED_COMPLEX, ENDED_TURNED_AWAY = range(4)

# Causes of a 12345 order.
FIRST_CHANNEL, SLOW_TO_SCENE, NOT_SOLVED, NO_REPLY, UNSATISFIED, REPEATED = range(6)
CAUSES = ("first channel", "slow to the scene", "not solved", "no reply", "unsatisfied", "repeated")

# What comes after work on the scene.
NEXT_GROUP, SOLVED, TO_MEETING, TO_DEPARTMENT = range(4)

# What an order is to the service point that it reaches.
OPENS_AGAIN, FIRST_REPORT, NUDGE = range(3)

HEAD_OF_QUEUE = -1
"""Class of work that was handed back at the end of a shift."""

ORDER_BITS = 48
ROUND_BITS, JOB_BITS = 3, 3


def event_key(kind: int, identifier: int) -> int:
    """Rank of an event among those of the same instant; 2 and up, as SimPy keeps 0 and 1."""
    return ((kind + 1) << ORDER_BITS) | identifier


def job_identifier(demand: int, kind: int, round_: int) -> int:
    """Name a piece of work: no two of one demand at the same time have the same."""
    return (((demand << JOB_BITS) | kind) << ROUND_BITS) | round_


# ---------------------------------------------------------------------- time


def whole_ticks(amount: float, tick: int) -> int:
    """Round a length up to whole ticks, at least one."""
    ticks = int(amount) // tick
    if ticks * tick < amount:
        ticks += 1
    return max(ticks, 1) * tick


# ---------------------------------------------------------------------- intake


def handed_over_early(kind: int, handing_over: int, work: int) -> bool:
    """Whether a report that somebody begins to take in is handed over before that is done.

    Parameters
    ----------
    kind, work : of the job that begins.
    handing_over : ms from the begin of the intake.
    """
    return kind == INTAKE and handing_over < work


# ---------------------------------------------------------------------- teams


def travel_time(
    dx: float, dy: float, rectilinear: bool, detour: float, speed: float, own: float, tick: int
) -> int:
    """Time of the way, ms: distance times detour over speed, times the demand's own factor.

    Parameters
    ----------
    dx, dy : m.
    speed : m/s.
    """
    distance = abs(dx) + abs(dy) if rectilinear else sqrt(dx * dx + dy * dy)
    return whole_ticks(distance * detour / speed * own * 1000.0, tick)


def work_time(work: int, speed: float, tick: int) -> int:
    """Time that a team of this speed takes for `work` ms at speed 1."""
    return whole_ticks(work / speed, tick)


def free_members(on_duty: int, helpers: int, busy: int) -> int:
    """Members who can begin something: those on duty and helpers, less those at work."""
    return max(on_duty + helpers - busy, 0)


def can_begin(free: int, crew: int, others_before: bool) -> bool:
    """Whether a new job may begin at once: nobody overtakes those who wait."""
    return not others_before and free >= crew


def can_be_made_up(crew: int, on_duty: int, helpers: int) -> bool:
    """Whether so many are there, busy or not, that a job has them as soon as they are free.

    Then those who are free wait for the others, or small jobs would keep them apart for ever. Else
    nobody waits for a crew that will not come, and people do what else there is.
    """
    return crew <= on_duty + helpers


def overtime(busy: int, leaving: int, present: int, helpers: int) -> int:
    """Members at work who are not on duty any more: of an earlier shift, or above the roster."""
    return leaving + max(busy - present - helpers, 0)


def in_free_time(busy: int, free_for_demands: int, helpers: int) -> int:
    """Members at work who are free for demands then, and not on patrol or at other work."""
    return min(busy, free_for_demands + helpers)


def wants_helper(
    waiting: int, threshold: int, helpers: int, on_call: int, helpers_out: int
) -> bool:
    """Whether a team calls one more helper: one for each `threshold` jobs that wait."""
    return waiting >= threshold * (helpers + 1) and helpers_out < on_call


def queue_class(category_class: int, urgent: bool, urgent_class: int) -> int:
    """Class in queues; an order from 12345 that presses raises its demand."""
    return min(category_class, urgent_class) if urgent else category_class


def queue_time(by_due: bool, arrived: int, due: int) -> int:
    """Rank within a class: by the time it is due, or by arrival."""
    return due if by_due else arrived


# ---------------------------------------------------------------------- a demand's way


def after_scene(reopened: bool, more_groups: bool, is_complex: bool, meeting: bool) -> int:
    """What comes after work on the scene.

    Parameters
    ----------
    reopened : the demand had been closed before; going there once more settles it.
    more_groups : a further working group has to go there.
    is_complex, meeting : it needs a department, by way of the joint meeting or not.
    """
    if reopened:
        return SOLVED
    if more_groups:
        return NEXT_GROUP
    if not is_complex:
        return SOLVED
    return TO_MEETING if meeting else TO_DEPARTMENT


def hears_more(sat_now: bool, heard: int, cases: int) -> bool:
    """Whether a meeting hears a case that comes at the very hour at which it sits.

    Parameters
    ----------
    sat_now : it has sat at this instant already, on `heard` of the `cases` that it can take.
    """
    return not sat_now or heard < cases


def ended_by_work(is_complex: bool) -> int:
    """How a demand ends that is solved on the scene."""
    return ENDED_COMPLEX if is_complex else ENDED_SIMPLE


def order_means(is_open: bool, clock_runs: bool, reopened: bool) -> int:
    """What an unsolved order is to the service point that it reaches.

    Parameters
    ----------
    is_open : the demand is still open.
    clock_runs : the service knew of the demand already.
    reopened : the demand was opened again before.
    """
    if not is_open:
        return OPENS_AGAIN
    return NUDGE if clock_runs or reopened else FIRST_REPORT


# ---------------------------------------------------------------------- promises


def solution_promised(is_complex: bool, own_limit: bool) -> bool:
    """Whether a solution was promised: of simple demands, and where a category has its own."""
    return not is_complex or own_limit


def promise_broken(
    promise: int, is_open: bool, solved: bool, on_scene: bool, replied: bool, of_solution: bool
) -> bool:
    """Whether a promise is broken whose limit is over.

    Parameters
    ----------
    is_open, solved, on_scene, replied : where the demand is.
    of_solution : a solution was promised; see `solution_promised`.
    """
    if solved or not is_open:
        return promise == ANSWER and solved and not replied
    if promise == SCENE:
        return not on_scene
    if promise == SOLVE:
        return of_solution
    return not replied


def reply_is_due(due: int, now: int) -> bool:
    """Whether the limit of the reply is over; exactly at the limit it is for who calls then."""
    return due <= now


def word_is_missing(replied: bool, is_open: bool, solved: bool) -> bool:
    """Whether the desk sends an interim reply."""
    return is_open and not replied and not solved


# ---------------------------------------------------------------------- residents


def withdraws(allowed: bool, state: int, kind: int) -> bool:
    """Whether a resident whose patience ended withdraws: only while nobody has set out.

    Parameters
    ----------
    allowed : residents of this scenario withdraw.
    state, kind : of the job that the demand stands at.
    """
    return allowed and state == WAITING and kind == VISIT


def stretched(now: int, end: int, factor: float) -> int:
    """When patience ends after what is left of it was multiplied; at most `NEVER`."""
    left = (end - now) * factor
    return NEVER if left >= NEVER - now else now + int(left)


def cause_of_call(first: bool, on_scene: bool, replied: bool, reply_due: bool) -> int:
    """Why a resident whose patience ended calls.

    Parameters
    ----------
    first : there has been no order yet.
    on_scene, replied : whether that has happened.
    reply_due : whether the promised reply is overdue.
    """
    if not first:
        return REPEATED
    if reply_due and not replied:
        return NO_REPLY
    return NOT_SOLVED if on_scene else SLOW_TO_SCENE


def satisfied(luck: float, base: float, late: int, lost_per_day: float, least: float) -> bool:
    """Whether a resident is satisfied at the close.

    Parameters
    ----------
    luck : the demand's uniform number for this close.
    base : chance when in time.
    late : ms after the time at which the resident expected it, if above 0.
    lost_per_day, least : chance lost for each day of that, and where that ends.
    """
    if late <= 0:
        return luck < base
    chance = base - lost_per_day * (late / 86_400_000.0)
    return luck < max(chance, min(least, base))

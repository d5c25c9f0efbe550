"""The service as a SimPy model: the readable statement of how it runs.

`Service` takes the demands of one replication through the network. Its methods stand
in the order of a demand's life: found or reported, taken in, dispatched, on the scene,
resolved, replied to, closed. What residents do meanwhile, and the hotline 12345, follow
in `govsim.reference.residents`; people and their queues are in `govsim.reference.staffing`,
decisions in `govsim.service.rules`, the clock and the records in `govsim.reference.replication`.
Nothing is drawn here.

SimPy keeps the calendar. Each timed event carries its rank as SimPy's priority, so that
events of one instant come in the order that `govsim.service.rules` states; what follows from an
event without delay happens at once, inside it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from govsim.demand.randomness import NEVER
from govsim.demand.table import REPORTED, DemandTable
from govsim.reference.people import Job, Staff
from govsim.reference.residents import ORDER, Residents
from govsim.reference.staffing import Staffing
from govsim.scenarios.calendar import next_open, working_finish
from govsim.service import rules
from govsim.service.network import Network
from govsim.service.outcome import Outcome
from govsim.service.plan import AT_DESK, BY_CENTRE, COMPLEX, OF_ORDER, SIMPLE
from govsim.service.queueing import NO_GROUP
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
    ENTERS,
    FIRST_CHANNEL,
    INTAKE,
    INTERIM,
    INTERIM_REPLY,
    NEXT_GROUP,
    ON_SCENE,
    ON_THE_SCENE,
    OPEN,
    PASSED_ON,
    PROMISE_DUE,
    REPEAT,
    REPEATED_INTAKE,
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


def run(
    network: Network,
    table: DemandTable,
    measured_from: int = 0,
    on_day: Callable[[int], None] | None = None,
) -> Outcome:
    """Simulate one replication.

    Parameters
    ----------
    network : the service.
    table : the demands of the replication, drawn for this network.
    measured_from : ms; use of people and lengths of queues count from here.
    on_day : told the number of days that have passed, at each midnight.
    """
    return Service(network, table, measured_from).run(on_day)


class Service(Residents):
    """The people and residents of one replication, and what they do."""

    def __init__(self, network: Network, table: DemandTable, measured_from: int = 0) -> None:
        super().__init__(network, table, measured_from)
        self.staffing = Staffing(self)
        if self.n:
            self.at(self.table.enters[0], ENTERS, 0, self.enters, 0)

    # ------------------------------------------------------------------ found or reported

    def enters(self, d: int) -> None:
        """A demand meets the service: staff find it, or its resident reports it."""
        if d + 1 < self.n:
            self.at(self.table.enters[d + 1], ENTERS, d + 1, self.enters, d + 1)
        if self.table.source[d] == REPORTED:
            self.turns_to(d, self.table.channel[d])
        else:
            self.state[d] = OPEN
            self.accepts(d)

    def turns_to(self, d: int, wanted: int) -> None:
        """The resident turns to a channel; if it is closed, to another, or comes back."""
        channel = wanted
        for _ in self.channels:
            opens = next_open(self.now, *self.opening[channel])
            if opens == self.now:
                return self.reports(d, channel)
            if self.channels[channel].instead < 0:
                break
            channel = self.channels[channel].instead
        opens = next_open(self.now, *self.opening[channel])
        return self.at(opens, COMES_BACK, d, self.turns_to, d, channel)

    def reports(self, d: int, channel: int) -> None:
        """The report: patience begins, and with it the clocks, unless 12345 was called."""
        t, now, via = self.table, self.now, self.channels[channel].via
        self.state[d], self.channel[d], self.reported[d] = OPEN, channel, now
        self.set_patience(d, min(now + t.patience[d], NEVER))
        if t.repeats[d]:
            self.at(now + t.repeat_after[d], REPEAT, d, self.reports_again, d)
        if via == BY_CENTRE:
            self.calls_12345(d, FIRST_CHANNEL)
            return
        self.clocks_start(d)
        if via == AT_DESK:
            self.desk(INTAKE, d, 0, t.intake[d])
        elif t.handing_over[d]:
            self.at(now + t.handing_over[d], PASSED_ON, 2 * d, self.accepts, d)
        else:
            self.accepts(d)

    def clocks_start(self, d: int) -> None:
        """The three clocks run from here; what a broken promise may cost is watched."""
        self.clock_start[d] = self.now
        if not self.numbers.promises_made:
            return
        interim = self.now + self.numbers.interim_after
        self.at(interim, INTERIM, d, self.interim_reply_is_due, d)
        if self.numbers.promises_matter:
            # Who is answered at the desk was promised nobody on the scene.
            at_desk = self.table.answered[d] and self.orders[d] == 0
            for promise in (ANSWER,) if at_desk else (SCENE, SOLVE, ANSWER):
                if self.table.loses_trust[promise][d]:
                    due = self.after(self.now, self.limit(d, promise))
                    self.at(due, PROMISE_DUE, 4 * d + promise, self.promise_due, d, promise)

    # ------------------------------------------------------------------ intake and dispatch

    def accepts(self, d: int) -> None:
        """It was handed over, or answered there and then: what is not answered goes to a team."""
        self.accepted[d] = self.now
        if self.solved[d]:
            return
        if self.table.answered[d] and self.channel[d] >= 0:
            self.is_replied(d)
            self.is_solved(d, ENDED_ANSWERED)
        elif self.table.dispatch_delay[d]:
            delayed = self.now + self.table.dispatch_delay[d]
            self.at(delayed, PASSED_ON, 2 * d + 1, self.dispatches, d)
        else:
            self.dispatches(d)

    def dispatches(self, d: int) -> None:
        """Ask the working group for a crew for the next piece of work on the scene."""
        stage = self.stage[d]
        work, reopened = self.table.stage_work[stage], self.reopened[d]
        if reopened:
            work = self.table.rework[d]
        job = Job(VISIT, d, reopened, work, self.now)
        job.stage = stage
        self.visit_of[d] = job
        self.visit_log.append(job)
        self.finds_crew(job)

    def finds_crew(self, job: Job) -> None:
        """A free crew of the point's own teams, else of a neighbour's, else wait.

        Who waits does so for the first team that has somebody on duty.
        """
        d, staff = job.demand, self.staffing.staff
        point, group = self.table.point[d], self.table.stage_group[job.stage]
        own = self.candidates(point, group)
        near = self.listed(self.points[point].neighbours, self.points[point].n_neighbours)
        for pools in own, [i for other in near for i in self.candidates(other, group)]:
            if crew_of := self.who_goes(job, pools):
                job.crew = self.crew(group, crew_of)
                self.staffing.begin(job, crew_of)
                return
        # Nobody waits for a team that has gone home while another of the group is on duty.
        first = next((staff[i] for i in own if staff[i].present), staff[own[0]])
        job.waits_for = first.index
        queue = self.staffing.queue_of(first, group)
        if self.staffing.before(queue, first) >= first.room:
            self.turned_away(job)
            return
        category = self.categories[self.table.category[d]]
        job.key = (
            rules.queue_class(category.priority, self.urgent[d], self.numbers.overdue_priority),
            rules.queue_time(self.numbers.by_due, self.now, self.due(d)),
        )
        self.staffing.wait(job, queue, first)

    def due(self, d: int) -> int:
        """When its clock 2, or the limit of its 12345 order, is over."""
        start = self.clock_start[d] if self.clock_start[d] >= 0 else self.now
        due = self.after(start, self.limit(d, SOLVE))
        if d in self.orders_of:
            due = min(
                due, self.after(self.order_log[self.orders_of[d][-1]][1], self.limits[OF_ORDER])
            )
        return due

    def who_goes(self, job: Job, pools: Sequence[int]) -> Staff | None:
        """Of teams with a crew free and nobody waiting: the first, or who is there soonest."""
        best: Staff | None = None
        for index in pools:
            staff = self.staffing.staff[index]
            job.crew = self.crew(self.table.stage_group[job.stage], staff)
            if not rules.can_begin(staff.free(), job.crew, self.staffing.others_before(staff)):
                continue
            if best is None or self.way(job.demand, staff) < self.way(job.demand, best):
                best = staff
            if not self.numbers.soonest:
                break
        return best

    def way(self, d: int, staff: Staff) -> int:
        """Time of this team's way from its point to a demand, ms."""
        numbers, t = self.numbers, self.table
        if not numbers.travels:
            return 0
        return rules.travel_time(
            t.x[d] - staff.x,
            t.y[d] - staff.y,
            numbers.rectilinear,
            numbers.detour,
            staff.pace,
            t.way[d],
            numbers.tick,
        )

    def crew(self, group: int, staff: Staff) -> int:
        """Members of this staff that a job of a group takes; one of all but teams."""
        return 1 if group == NO_GROUP else self.crews[group][staff.team]

    def turned_away(self, job: Job) -> None:
        """No room to wait."""
        d = job.demand
        self.visit_of.pop(d, None)
        self.state[d] = TURNED_AWAY
        self.closes(d, ENDED_TURNED_AWAY)

    # ------------------------------------------------------------------ work

    def begun(self, job: Job) -> None:
        """Somebody begins a job: a team leaves for the scene, others work where they are."""
        now, t, d = self.now, self.table, job.demand
        staff = job.staff
        assert staff is not None
        if job.kind == CASE:
            self.department_begins(job)
        elif job.kind != VISIT:
            self.staffing.will_end(job, now + job.work)
            if rules.handed_over_early(job.kind, t.handing_over[d], job.work):
                self.at(now + t.handing_over[d], PASSED_ON, 2 * d, self.accepts, d)
        else:
            if self.dispatched[d] < 0:
                self.dispatched[d], self.served_by[d] = now, staff.index
            if not self.numbers.travels:
                self.on_scene(job)
                return
            there = now + t.turn_out[d] + self.way(d, staff) + t.access[d]
            self.at(there, ON_SCENE, job.id, self.on_scene, job)

    def on_scene(self, job: Job) -> None:
        """The crew is on the scene: the resident is reassured, and work begins."""
        if job.staff is None or job.over >= 0:  # handed back on the way
            return
        d = job.demand
        job.state, job.scene = ON_THE_SCENE, self.now
        if self.scene[d] < 0:
            self.scene[d] = self.now
            if self.numbers.ends_at_scene:
                self.set_patience(d, NEVER)
            else:
                self.stretch_patience(d, self.numbers.stretch_scene)
        speed = self.speeds[job.staff.team][self.table.category[d]]
        work = job.work if job.rest else rules.work_time(job.work, speed, self.numbers.tick)
        self.staffing.will_end(job, self.now + work)

    def finished(self, job: Job) -> None:
        """A job is done: the demand goes on its way."""
        d = job.demand
        if job.kind == VISIT:
            self.visit_of.pop(d, None)
            self.work_is_done(d)
        elif job.kind == INTAKE:
            if self.accepted[d] < 0:  # not handed over while the desk still took it in
                self.accepts(d)
        elif job.kind == CALL:
            self.call_is_taken(job)
        elif job.kind == CASE:
            self.is_solved(d, ENDED_COMPLEX)
        elif job.kind == INTERIM_REPLY:
            self.is_replied(d)
        elif job.kind == REPEATED_INTAKE:
            self.repeat_pending.discard(d)
        elif job.kind == REPLY:
            self.is_replied(d)
            self.closes(d, self.ended[d])

    def handed_back(self, job: Job, again: Job) -> None:
        """A crew went home at the end of its shift and left the work to the next."""
        self.visit_of[job.demand] = again
        self.visit_log.append(again)

    def work_is_done(self, d: int) -> None:
        """Off the scene: on to another group, to a department by way of the meeting, or solved."""
        t = self.table
        more_groups = self.stage[d] + 1 < t.first_stage[d + 1]
        then = rules.after_scene(self.reopened[d] > 0, more_groups, t.complex[d], t.meeting[d])
        if then == SOLVED:
            self.is_solved(d, rules.ended_by_work(t.complex[d]))
        elif then == NEXT_GROUP:
            self.stage[d] += 1
            self.dispatches(d)
        elif then == TO_MEETING:
            self.waits_for_meeting(d)
        else:
            self.goes_to_department(d)

    def waits_for_meeting(self, d: int) -> None:
        """Hard cases wait for the joint meeting of their area."""
        area = self.points[self.table.point[d]].area
        waiting = self.meetings.setdefault(area, [])
        waiting.append(d)
        if len(waiting) == 1:
            self.meeting_is_called(area)

    def meeting_is_called(self, area: int) -> None:
        """A meeting sits at the next fixed time, once something waits for it."""
        following = bisect_left(self.sittings, self.now)
        if following < len(self.sittings) and self.sittings[following] == self.now:
            sat, heard = self.sat.get(area, (-1, 0))
            following += not rules.hears_more(sat == self.now, heard, self.numbers.cases)
        if following < len(self.sittings):
            self.at(self.sittings[following], SITTING, area, self.meeting_sits, area)

    def meeting_sits(self, area: int) -> None:
        """The meeting sends on the cases that have waited longest, as many as it can take."""
        waiting = self.meetings[area]
        sat, heard = self.sat.get(area, (-1, 0))
        heard = heard if sat == self.now else 0
        number = min(self.numbers.cases - heard, len(waiting))
        self.sat[area] = self.now, heard + number
        now_on, self.meetings[area] = waiting[:number], waiting[number:]
        for d in now_on:
            self.goes_to_department(d)
        if self.meetings[area]:
            self.meeting_is_called(area)

    def goes_to_department(self, d: int) -> None:
        """A department or company finishes the case, once it has a crew."""
        category = self.categories[self.table.category[d]]
        if category.department < 0:
            self.is_solved(d, ENDED_COMPLEX)
            return
        job = Job(CASE, d, 0, self.table.department_time[d], self.now)
        job.key = (
            rules.queue_class(category.priority, self.urgent[d], self.numbers.overdue_priority),
            self.now,
        )
        self.visit_of[d] = job
        self.staffing.give(job, category.department)

    def department_begins(self, job: Job) -> None:
        """Departments work in their hours, unless a time is given in calendar time."""
        category = self.categories[self.table.category[job.demand]]
        if category.calendar_time:
            self.staffing.will_end(job, self.now + job.work)
        else:
            clock = self.clocks[category.clock]
            self.staffing.will_end(job, working_finish(self.now, job.work, *clock))

    # ------------------------------------------------------------------ solved, replied, closed

    def is_solved(self, d: int, how: int) -> None:
        """The problem is solved: its orders are met, and the desk replies."""
        now, t = self.now, self.table
        self.visit_of.pop(d, None)
        self.solved[d], self.solved_at[d], self.ended[d] = True, now, how
        if self.resolved[d] < 0:
            self.resolved[d] = now
        self.set_patience(d, NEVER)
        for order in self.orders_of.get(d, ()):
            log = self.order_log[order]
            if log[ORDER["resolved"]] < 0:
                log[ORDER["resolved"]] = now
                if log[ORDER["arrived"]] >= 0:
                    self.desk(WRITTEN_REPLY, d, log[ORDER["round"]], t.written_reply[d])
        if how == ENDED_ANSWERED or t.source[d] != REPORTED:
            self.closes(d, how)
        else:
            self.desk(REPLY, d, self.reopened[d], t.reply[d])

    def is_replied(self, d: int) -> None:
        """The resident has a reply; the first one reassures."""
        if self.replied[d] < 0:
            self.replied[d] = self.now
            self.stretch_patience(d, self.numbers.stretch_reply)

    def interim_reply_is_due(self, d: int) -> None:
        """The desk sends word if there was none yet."""
        if rules.word_is_missing(self.replied[d] >= 0, self.state[d] == OPEN, self.solved[d]):
            self.desk(INTERIM_REPLY, d, 0, self.table.interim_reply[d])

    def closes(self, d: int, how: int) -> None:
        """The close: the resident is content or not, and may turn to 12345."""
        now, t, numbers = self.now, self.table, self.numbers
        self.closed[d], self.ended[d] = now, how
        if how != ENDED_TURNED_AWAY:
            self.state[d] = CLOSED
        self.set_patience(d, NEVER)
        if t.source[d] != REPORTED:
            return
        expected = self.after(
            self.reported[d], self.limits[COMPLEX if how == ENDED_COMPLEX else SIMPLE]
        )
        late = self.solved_at[d] - expected if self.solved[d] else 0
        this = self.orders[d]
        content = rules.satisfied(
            t.satisfaction[this][d],
            self.contentment[how],
            late,
            numbers.lost_per_day,
            numbers.least,
        )
        self.satisfied[d] = int(content)
        if self.orders[d]:
            back = now + numbers.call_back_after
            self.at(back, CALL_BACK, d, self.is_called_back, d, now)
        elif not content and t.escalates[this][d]:
            later = now + numbers.escalates_after
            self.at(later, CALLS_12345, d, self.calls_12345, d, UNSATISFIED)

    # ------------------------------------------------------------------ the desk

    def desk(self, kind: int, d: int, round_: int, work: int) -> None:
        """Work at the reception desk; where that is off, it is done at once."""
        job = Job(kind, d, round_, work, self.now)
        job.key = (0, self.now)
        desk = self.points[self.table.point[d]].desk
        if desk < 0 or not work:
            self.finished(job)
        else:
            self.staffing.give(job, desk)

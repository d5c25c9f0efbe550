"""The service as a SimPy model: the readable statement of how it runs.

`Service` takes the demands of one replication through the network. Its methods stand
in the order of a demand's life: found or reported, taken in, dispatched, on the scene,
resolved, replied to, closed; then what residents do meanwhile, and the hotline 12345;
last, the people and their queues. Decisions are in `govsim.rules`; nothing is drawn here.

SimPy keeps the calendar. Each timed event carries its rank as SimPy's priority, so that
events of one instant come in the order that `govsim.rules` states; what follows from an
event without delay happens at once, inside it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import simpy

from govsim import rules
from govsim.demand import REPORTED, DemandTable
from govsim.network import Network
from govsim.outcome import DEMAND_COLUMNS, ORDER_COLUMNS, VISIT_COLUMNS, Outcome
from govsim.pools import ON_THE_SCENE, WAITING, Job, Staff, Staffing
from govsim.randomness import NEVER
from govsim.rules import (
    CALL,
    CALL_BACK,
    CALLS_12345,
    CASE,
    CLOSED,
    COMES_BACK,
    ENDED_ANSWERED,
    ENDED_COMPLEX,
    ENDED_SIMPLE,
    ENDED_TURNED_AWAY,
    ENTERS,
    FIRST_CHANNEL,
    INTAKE,
    INTERIM,
    INTERIM_REPLY,
    LATENT,
    ON_SCENE,
    OPEN,
    ORDER_COMES,
    ORDER_DUE,
    PASSED_ON,
    PATIENCE_ENDS,
    PROMISE_DUE,
    REPEAT,
    REPEATED,
    REPEATED_INTAKE,
    REPLY,
    SITTING,
    TURNED_AWAY,
    UNSATISFIED,
    VISIT,
    WITHDRAWN,
    WRITTEN_REPLY,
)
from govsim.scenarios.calendar import next_open, working_finish
from govsim.scenarios.units import DAY

SCENE, SOLVE, ANSWER = range(3)
"""The three promises."""


class _Timed(simpy.Event):
    """Something that happens at a known time, ranked among the events of its instant."""

    __slots__ = ("args", "happens", "service", "time")

    def __init__(
        self, service: Service, time: int, rank: int, happens: Callable[..., None], args: Any
    ) -> None:
        self.env = env = service.env
        self.callbacks, self._ok, self._value = [self._happen], True, None
        self.service, self.time, self.happens, self.args = service, time, happens, args
        env.schedule(self, rank, time - env.now)  # type: ignore[arg-type]  # any rank will do

    def _happen(self, _: simpy.Event) -> None:
        self.service.now = self.time
        self.happens(*self.args)


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


class Service:
    """One replication in progress."""

    def __init__(self, network: Network, table: DemandTable, measured_from: int = 0) -> None:
        self.network, self.end, self.measured_from = network, network.end, measured_from
        self.plan = plan = network.scenario
        self.env = simpy.Environment()
        self.now = 0
        self.timed_events = 0
        self.table = t = _AsLists(table)
        self.n = n = len(table)
        self._read_plan()

        # What becomes of each demand; see `govsim.outcome.DEMAND_COLUMNS`.
        self.state, self.channel, self.reported = [LATENT] * n, [-1] * n, [-1] * n
        self.clock_start, self.accepted, self.dispatched = [-1] * n, [-1] * n, [-1] * n
        self.scene, self.resolved, self.replied, self.closed = (
            [-1] * n,
            [-1] * n,
            [-1] * n,
            [-1] * n,
        )
        self.ended, self.satisfied, self.served_by = [-1] * n, [-1] * n, [-1] * n
        self.patience_ended = [-1] * n
        self.orders, self.repeats, self.reopened = [0] * n, [0] * n, [0] * n
        # What is known of it on the way.
        self.solved, self.urgent = [False] * n, [False] * n
        self.stage = t.first_stage[:n]
        self.solved_at, self.patience_end = [-1] * n, [NEVER] * n
        self.visit_of: dict[int, Job] = {}
        self.repeat_pending: set[int] = set()
        self.orders_of: dict[int, list[int]] = {}
        self.order_log: list[list[int]] = []
        self.visit_log: list[Job] = []
        self.meetings: dict[int, list[int]] = {}

        self.staffing = Staffing(self)
        if n:
            self.at(t.enters[0], ENTERS, 0, self.enters, 0)
        self.promises_matter = plan.promises.made and plan.residents.patience.enabled

    def _read_plan(self) -> None:
        """Bring the plan into the form that the methods below look things up in."""
        network, plan = self.network, self.plan
        self.channels = list(plan.channels.values())
        hours = [network.calendar.intervals(c.hours, c.days) for c in self.channels]
        self.opening = [(starts.tolist(), ends.tolist()) for starts, ends in hours]
        self.instead = [
            -1 if c.if_closed == "wait" else network.channels.index(c.if_closed)
            for c in self.channels
        ]
        self.categories = list(plan.demand.categories.values())
        groups = list(plan.groups.values())
        self.crews = [
            {t: g.crew if isinstance(g.crew, int) else g.crew.get(t, 1) for t in g.teams}
            for g in groups
        ]
        self.speeds = {
            name: [team.training * team.speed.get(c, 1.0) for c in network.categories]
            for name, team in plan.teams.items()
        }
        self.pace = {name: plan.travel.speeds.get(t.mode, 1.0) for name, t in plan.teams.items()}
        points = network.territory.points
        self.px, self.py = points["x"].tolist(), points["y"].tolist()
        self.area_of_meeting, self.sittings = (
            network.area_of_meeting.tolist(),
            network.sittings.tolist(),
        )
        self.clock = network.clock.as_lists()
        self.department_clocks = {n: c.as_lists() for n, c in network.department_clocks.items()}
        promises, centre = plan.promises, plan.centre
        self.limits = [network.span(p) for p in (promises.scene, promises.solve, promises.reply)]
        self.order_limit = network.span(centre.limit)
        s = plan.residents.satisfaction
        self.expected = network.span(s.expected_simple), network.span(s.expected_complex)
        self.contentment = {
            ENDED_ANSWERED: s.answered,
            ENDED_SIMPLE: s.simple,
            ENDED_COMPLEX: s.complex,
            ENDED_TURNED_AWAY: s.turned_away,
        }

    def run(self, on_day: Callable[[int], None] | None = None) -> Outcome:
        """Let all of it happen, and hand over the records."""
        for day in range(1, self.end // DAY + 1):
            if day * DAY < self.end:
                self.env.run(until=day * DAY)
            if on_day is not None:
                on_day(day)
        self.env.run(until=self.end)
        return Outcome(
            demands={c: np.array(getattr(self, c), dtype=np.int64) for c in DEMAND_COLUMNS},
            orders=_columns(ORDER_COLUMNS, self.order_log),
            visits=_columns(VISIT_COLUMNS, [self._visit_row(job) for job in self.visit_log]),
            pools=self.staffing.totals(self.end),
            measured_from=self.measured_from,
            end=self.end,
        )

    # ------------------------------------------------------------------ time

    def at(
        self, time: int, kind: int, identifier: int, happens: Callable[..., None], *args: Any
    ) -> None:
        """Let something happen at `time`, unless that is past the horizon."""
        assert time >= self.now, "time does not run backwards"
        if time < self.end:
            self.timed_events += 1
            _Timed(self, time, rules.event_key(kind, identifier), happens, args)

    def after(self, start: int, limit: tuple[int, bool]) -> int:
        """When a limit of calendar or working time after `start` is over."""
        ms, working = limit
        return working_finish(start, ms, *self.clock) if working else start + ms

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
            if self.instead[channel] < 0:
                break
            channel = self.instead[channel]
        opens = next_open(self.now, *self.opening[channel])
        return self.at(opens, COMES_BACK, d, self.turns_to, d, channel)

    def reports(self, d: int, channel: int) -> None:
        """The report: patience begins, and with it the clocks, unless 12345 was called."""
        t, now, via = self.table, self.now, self.channels[channel].via
        self.state[d], self.channel[d], self.reported[d] = OPEN, channel, now
        self.set_patience(d, min(now + t.patience[d], NEVER))
        if t.repeats[d]:
            self.at(now + t.repeat_after[d], REPEAT, d, self.reports_again, d)
        if via == "centre":
            self.calls_12345(d, FIRST_CHANNEL)
            return
        self.clocks_start(d)
        if via == "desk":
            self.desk(INTAKE, d, 0, t.intake[d])
        elif t.intake[d]:
            self.at(now + t.intake[d], PASSED_ON, 2 * d, self.accepts, d)
        else:
            self.accepts(d)

    def clocks_start(self, d: int) -> None:
        """The three clocks run from here; what a broken promise may cost is watched."""
        self.clock_start[d] = self.now
        if not self.plan.promises.made:
            return
        interim = self.now + self.plan.promises.interim_after
        self.at(interim, INTERIM, d, self.interim_reply_is_due, d)
        if self.promises_matter:
            for promise in (SCENE, SOLVE, ANSWER):
                if self.table.loses_trust[promise][d]:
                    due = self.after(self.now, self.limits[promise])
                    self.at(due, PROMISE_DUE, 4 * d + promise, self.promise_due, d, promise)

    # ------------------------------------------------------------------ intake and dispatch

    def accepts(self, d: int) -> None:
        """Intake is over: the demand was answered there and then, or goes to a team."""
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
        """First team in the group's order with a free crew, else a neighbour's, else wait."""
        d, network, staff = job.demand, self.network, self.staffing.staff
        point, group = self.table.point[d], self.table.stage_group[job.stage]
        own = network.candidates[point, group]
        for index in own:
            if self.sets_out(job, staff[index]):
                return
        for neighbour in network.neighbours.get(point, ()):
            for index in network.candidates[neighbour, group]:
                if self.sets_out(job, staff[index]):
                    return
        first = staff[own[0]]
        queue = self.staffing.queue_of(first, group)
        if queue.waiting >= first.pool.room:
            self.turned_away(job)
            return
        category = self.categories[self.table.category[d]]
        job.key = (
            rules.queue_class(
                category.priority, self.urgent[d], self.plan.policies.overdue_priority
            ),
            rules.queue_time(self.plan.policies.order == "due", self.now, self.due(d)),
        )
        self.staffing.wait(job, queue, first)

    def due(self, d: int) -> int:
        """When its clock 2, or the limit of its 12345 order, is over."""
        start = self.clock_start[d] if self.clock_start[d] >= 0 else self.now
        due = self.after(start, self.limits[SOLVE])
        if d in self.orders_of:
            due = min(due, self.after(self.order_log[self.orders_of[d][-1]][1], self.order_limit))
        return due

    def sets_out(self, job: Job, staff: Staff) -> bool:
        """Send a crew of this team if one is free and nobody waits."""
        job.crew = self.crew(job, staff)
        begins = rules.can_begin(staff.free(), job.crew, staff.waiting())
        if begins:
            self.staffing.begin(job, staff)
        return begins

    def crew(self, job: Job, staff: Staff) -> int:
        """Members of this staff that a job takes."""
        if job.kind != VISIT:
            return 1
        group: int = self.table.stage_group[job.stage]
        return self.crews[group][staff.pool.name]

    def turned_away(self, job: Job) -> None:
        """No room to wait."""
        d = job.demand
        self.staffing.leave_unqueued(job)
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
        else:
            if self.dispatched[d] < 0:
                self.dispatched[d], self.served_by[d] = now, staff.index
            travel = self.plan.travel
            if not travel.enabled:
                self.on_scene(job)
                return
            point = staff.pool.point
            way = rules.travel_time(
                t.x[d] - self.px[point],
                t.y[d] - self.py[point],
                travel.metric == "rectilinear",
                travel.detour,
                self.pace[staff.pool.name],
                t.way[d],
                self.plan.tick,
            )
            there = now + t.turn_out[d] + way + t.access[d]
            self.at(there, ON_SCENE, job.id, self.on_scene, job)

    def on_scene(self, job: Job) -> None:
        """The crew is on the scene: the resident is reassured, and work begins."""
        if job.staff is None or job.over >= 0:  # handed back on the way
            return
        d, patience = job.demand, self.plan.residents.patience
        job.state, job.scene = ON_THE_SCENE, self.now
        if self.scene[d] < 0:
            self.scene[d] = self.now
            if patience.ends_at_scene:
                self.set_patience(d, NEVER)
            else:
                self.stretch_patience(d, patience.stretch_scene)
        speed = self.speeds[job.staff.pool.name][self.table.category[d]]
        work = job.work if job.rest else rules.work_time(job.work, speed, self.plan.tick)
        self.staffing.will_end(job, self.now + work)

    def finished(self, job: Job) -> None:
        """A job is done: the demand goes on its way."""
        d = job.demand
        if job.kind == VISIT:
            self.visit_of.pop(d, None)
            self.work_is_done(d)
        elif job.kind == INTAKE:
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
        if self.reopened[d]:
            self.is_solved(d, ENDED_COMPLEX if t.complex[d] else ENDED_SIMPLE)
        elif self.stage[d] + 1 < t.first_stage[d + 1]:
            self.stage[d] += 1
            self.dispatches(d)
        elif not t.complex[d]:
            self.is_solved(d, ENDED_SIMPLE)
        elif t.meeting[d]:
            self.waits_for_meeting(d)
        else:
            self.goes_to_department(d)

    def waits_for_meeting(self, d: int) -> None:
        """Hard cases wait for the joint meeting of their area."""
        area = self.area_of_meeting[self.table.point[d]]
        waiting = self.meetings.setdefault(area, [])
        waiting.append(d)
        if len(waiting) == 1:
            self.meeting_is_called(area)

    def meeting_is_called(self, area: int) -> None:
        """A meeting sits at the next fixed time, once something waits for it."""
        later = bisect_right(self.sittings, self.now)
        if later < len(self.sittings):
            self.at(self.sittings[later], SITTING, area, self.meeting_sits, area)

    def meeting_sits(self, area: int) -> None:
        """The meeting sends on the cases that have waited longest, as many as it can take."""
        waiting = self.meetings[area]
        cases = self.plan.joint_meeting.cases
        now_on, self.meetings[area] = waiting[:cases], waiting[cases:]
        for d in now_on:
            self.goes_to_department(d)
        if self.meetings[area]:
            self.meeting_is_called(area)

    def goes_to_department(self, d: int) -> None:
        """A department or company finishes the case, once it has a crew."""
        name = self.categories[self.table.category[d]].department
        if name is None:
            self.is_solved(d, ENDED_COMPLEX)
            return
        job = Job(CASE, d, 0, self.table.department_time[d], self.now)
        category = self.categories[self.table.category[d]]
        job.key = (
            rules.queue_class(
                category.priority, self.urgent[d], self.plan.policies.overdue_priority
            ),
            self.now,
        )
        self.visit_of[d] = job
        self.staffing.give(job, self.network.department_pool[name])

    def department_begins(self, job: Job) -> None:
        """Departments work in their hours, unless a time is given in calendar time."""
        category = self.categories[self.table.category[job.demand]]
        if category.department_time.unit == "calendar":
            self.staffing.will_end(job, self.now + job.work)
        else:
            clock = self.department_clocks[category.department or ""]
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
            self.stretch_patience(d, self.plan.residents.patience.stretch_reply)

    def interim_reply_is_due(self, d: int) -> None:
        """The desk sends word if there was none yet."""
        if self.replied[d] < 0 and self.state[d] == OPEN and not self.solved[d]:
            self.desk(INTERIM_REPLY, d, 0, self.table.interim_reply[d])

    def closes(self, d: int, how: int) -> None:
        """The close: the resident is content or not, and may turn to 12345."""
        now, t, plan = self.now, self.table, self.plan.residents
        self.closed[d], self.ended[d] = now, how
        if how != ENDED_TURNED_AWAY:
            self.state[d] = CLOSED
        self.set_patience(d, NEVER)
        if t.source[d] != REPORTED:
            return
        expected = self.after(self.reported[d], self.expected[how == ENDED_COMPLEX])
        late = self.solved_at[d] - expected if self.solved[d] else 0
        this, least = self.orders[d], plan.satisfaction.least
        content = rules.satisfied(
            t.satisfaction[this][d],
            self.contentment[how],
            late,
            plan.satisfaction.lost_per_day,
            least,
        )
        self.satisfied[d] = int(content)
        if self.orders[d]:
            back = now + self.plan.centre.call_back_after
            self.at(back, CALL_BACK, d, self.is_called_back, d, now)
        elif not content and t.escalates[this][d]:
            later = now + plan.escalates_after
            self.at(later, CALLS_12345, d, self.calls_12345, d, UNSATISFIED)

    # ------------------------------------------------------------------ meanwhile, residents

    def set_patience(self, d: int, end: int) -> None:
        """Let patience end at another time; what was set before is void."""
        if end != self.patience_end[d]:
            self.patience_end[d] = end
            self.at(end, PATIENCE_ENDS, d, self.loses_patience, d, end)

    def stretch_patience(self, d: int, factor: float) -> None:
        """Something happened: what is left of patience is multiplied."""
        end = self.patience_end[d]
        if end < NEVER:
            self.set_patience(d, rules.stretched(self.now, end, factor))

    def promise_due(self, d: int, promise: int) -> None:
        """A clock has run out; a broken promise costs this resident's trust."""
        if self.solved[d] or self.state[d] != OPEN:
            broken = promise == ANSWER and self.replied[d] < 0 and self.solved[d]
        elif promise == SCENE:
            broken = self.scene[d] < 0
        elif promise == SOLVE:
            broken = not self.table.complex[d]
        else:
            broken = self.replied[d] < 0
        if broken:
            self.stretch_patience(d, self.plan.residents.patience.left_after_broken)

    def loses_patience(self, d: int, end: int) -> None:
        """Patience has ended: the resident calls 12345, or withdraws."""
        if end != self.patience_end[d] or self.solved[d] or self.state[d] != OPEN:
            return
        self.patience_end[d] = NEVER
        self.patience_ended[d] = self.now
        job = self.visit_of.get(d)
        if (
            self.plan.residents.patience.withdraws
            and job
            and job.state == WAITING
            and job.kind == VISIT
        ):
            self.staffing.leave(job)
            del self.visit_of[d]
            self.state[d] = WITHDRAWN
        if self.table.calls[d]:
            start = self.clock_start[d]
            reply_due = start >= 0 and self.after(start, self.limits[ANSWER]) <= self.now
            first = self.orders[d] == 0
            self.calls_12345(
                d, rules.cause_of_call(first, self.scene[d] >= 0, self.replied[d] >= 0, reply_due)
            )

    def reports_again(self, d: int) -> None:
        """Still unresolved: the resident reports it once more, the same way."""
        if self.solved[d] or self.state[d] != OPEN:
            return
        self.repeats[d] += 1
        via = self.channels[self.channel[d]].via
        if via == "centre":
            self.calls_12345(d, REPEATED)
        elif via == "desk" and d not in self.repeat_pending:
            self.repeat_pending.add(d)
            self.desk(REPEATED_INTAKE, d, 0, self.table.intake[d])
        if self.repeats[d] < self.table.repeats[d]:
            self.at(self.now + self.table.repeat_after[d], REPEAT, d, self.reports_again, d)

    # ------------------------------------------------------------------ the hotline 12345

    def calls_12345(self, d: int, cause: int) -> None:
        """The resident calls 12345; the order is recorded and waits for a call-taker."""
        if self.network.centre < 0 or self.orders[d] >= self.plan.centre.most_calls:
            return
        order = len(self.order_log)
        self.order_log.append([d, self.now, cause, self.orders[d], 0, -1, -1, -1, 0])
        self.orders_of.setdefault(d, []).append(order)
        job = Job(CALL, d, self.orders[d], self.table.call[d], self.now)
        self.orders[d] += 1
        job.key = (0, self.now)
        self.staffing.give(job, self.network.centre)

    def call_is_taken(self, job: Job) -> None:
        """The centre answers on the call, or sends the order to the point that covers the grid."""
        d = job.demand
        order = self.orders_of[d][job.round]
        log = self.order_log[order]
        if log[ORDER["cause"]] == FIRST_CHANNEL and self.table.answered_by_centre[d]:
            log[ORDER["answered"]] = 1
            self.is_replied(d)
            self.is_solved(d, ENDED_ANSWERED)
        elif self.table.order_delay[d]:
            comes = self.now + self.table.order_delay[d]
            self.at(comes, ORDER_COMES, order, self.order_comes, order)
        else:
            self.order_comes(order)

    def order_comes(self, order: int) -> None:
        """The order reaches the service point: new work, a nudge, or the case opened again."""
        log = self.order_log[order]
        d = log[ORDER["demand"]]
        log[ORDER["arrived"]] = self.now
        log[ORDER["due"]] = due = self.after(log[ORDER["time"]], self.order_limit)
        if log[ORDER["resolved"]] >= 0:
            return  # solved since the call; the reply is on its way, or was given
        # Counted from the call, the limit may be over before the order is here.
        self.at(max(due, self.now), ORDER_DUE, order, self.order_is_due, order)
        if self.state[d] != OPEN:
            self.opens_again(d)
        elif self.clock_start[d] < 0:
            self.clocks_start(d)
            self.accepts_order(d)
        else:
            self.presses(d)

    def accepts_order(self, d: int) -> None:
        """An order that is the first report skips the desk's intake."""
        self.accepted[d] = self.now
        self.dispatches(d)

    def opens_again(self, d: int) -> None:
        """A closed demand is opened again, as urgent work on the scene."""
        self.state[d], self.solved[d], self.urgent[d] = OPEN, False, True
        self.reopened[d] += 1
        self.dispatches(d)

    def presses(self, d: int) -> None:
        """An order that follows a failure, or is overdue, raises the demand in its queue."""
        self.urgent[d] = True
        job = self.visit_of.get(d)
        if job is not None and job.state == WAITING and job.queue is not None:
            raised = rules.queue_class(job.key[0], True, self.plan.policies.overdue_priority)
            if raised != job.key[0]:
                self.staffing.move_up(job, raised)

    def order_is_due(self, order: int) -> None:
        """The limit of an order is over; unresolved, it presses, and residents call again."""
        log = self.order_log[order]
        d = log[ORDER["demand"]]
        if log[ORDER["resolved"]] >= 0 or self.state[d] != OPEN:
            return
        log[ORDER["overdue"]] = 1
        self.presses(d)
        if order == self.orders_of[d][-1] and self.table.calls_again[self.orders[d]][d]:
            self.calls_12345(d, REPEATED)

    def is_called_back(self, d: int, closed: int) -> None:
        """The centre asks how it went; who is not content may give a further order."""
        still = self.closed[d] == closed and self.state[d] != OPEN
        if still and not self.satisfied[d] and self.table.calls_again[self.orders[d]][d]:
            self.calls_12345(d, REPEATED)

    # ------------------------------------------------------------------ the desk

    def desk(self, kind: int, d: int, round_: int, work: int) -> None:
        """Work at the reception desk; where that is off, it is done at once."""
        job = Job(kind, d, round_, work, self.now)
        job.key = (0, self.now)
        desk = self.network.desk_of.get(self.table.point[d])
        if desk is None or not work:
            self.finished(job)
        else:
            self.staffing.give(job, desk)

    def _visit_row(self, job: Job) -> tuple[int, ...]:
        staff = -1 if job.staff is None else job.staff.index
        return (
            job.demand, job.stage, staff, job.crew, job.queued, job.began, job.scene, job.over,
            job.handed_back,
        )  # fmt: skip


ORDER = {name: i for i, name in enumerate(ORDER_COLUMNS)}


class _AsLists:
    """A demand table as lists: plain numbers are several times faster in Python than NumPy's."""

    def __init__(self, table: DemandTable) -> None:
        for field in fields(table):
            if field.name != "id":
                setattr(self, field.name, getattr(table, field.name).tolist())

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def _columns(names: tuple[str, ...], rows: list[Any]) -> dict[str, Any]:
    array = np.array(rows, dtype=np.int64).reshape(-1, len(names))
    return {name: array[:, i].copy() for i, name in enumerate(names)}

"""People at work, as the SimPy model has them.

`Staffing` puts jobs to work, sends people home at the end of a shift as the roster says, and calls
helpers. `govsim.reference.people` has who they are; `govsim.model` says what jobs mean.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any, Protocol

import numpy as np

from govsim.reference.people import Job, Queue, Staff
from govsim.service import rules
from govsim.service.network import Network
from govsim.service.outcome import POOL_COLUMNS
from govsim.service.plan import HAND_OVER, RELIEF, Plan, rows
from govsim.service.rules import (
    BEGUN,
    DONE,
    GONE,
    HEAD_OF_QUEUE,
    HELPER_COMES,
    ON_THE_SCENE,
    ROSTER,
)


class Service(Protocol):
    """What people and queues ask of the service that they work for; `govsim.model` is one."""

    network: Network
    plan: Plan
    lists: list[int]
    table: Any  # a demand table, or its columns as lists
    now: int
    measured_from: int

    def at(
        self, time: int, kind: int, identifier: int, happens: Callable[..., None], *args: Any
    ) -> None:
        """Let something happen at a time."""

    def listed(self, first: int, n: int) -> list[int]:
        """Give a list that a record of the plan points into."""

    def crew(self, group: int, staff: Staff) -> int:
        """Say how many members of this staff a job of a group takes."""

    def begun(self, job: Job) -> None:
        """Hear that somebody begins a job."""

    def finished(self, job: Job) -> None:
        """Hear that a job is done."""

    def handed_back(self, job: Job, again: Job) -> None:
        """Hear that a crew left a job to the next shift."""


class Staffing:
    """All staff of a replication, their queues and their rosters."""

    def __init__(self, service: Service) -> None:
        plan = service.plan
        self.service, self.numbers = service, plan.numbers
        self.start = service.measured_from
        self.queues = [Queue(row.group) for row in rows(plan.queues)]
        self.staff: list[Staff] = []
        for i, row in enumerate(rows(plan.pools)):
            drawn_on = [self.queues[q] for q in service.listed(row.queues, row.n_queues)]
            self.staff.append(Staff(i, service.network.pools[i], row, drawn_on))
            lends = service.listed(row.lends, row.n_lends)
            while lends:
                n = lends.pop(0)
                self.staff[-1].lends.append([self.queues[q] for q in lends[:n]])
                del lends[:n]
        for queue, row in zip(self.queues, rows(plan.queues), strict=True):
            queue.staff = [self.staff[i] for i in service.listed(row.staff, row.n_staff)]
            queue.lenders = [self.staff[i] for i in service.listed(row.lenders, row.n_lenders)]
        self.helpers_out = [0] * plan.numbers.n_streets
        self.helpers_on_call = plan.numbers.helpers_on_call
        self._steps = groupby(rows(plan.steps), key=lambda step: step.time)
        self._next_step()

    def queue_of(self, staff: Staff, group: int) -> Queue:
        """Queue in which jobs of a working group wait for this staff."""
        return self.queues[self.service.lists[staff.queue_of_group + group]]

    def before(self, queue: Queue, staff: Staff) -> int:
        """How many jobs wait where a further one for this staff would."""
        return queue.waiting if self.numbers.pooled else staff.waiting()

    # ------------------------------------------------------------------ rosters

    def _next_step(self) -> None:
        time, steps = next(self._steps, (None, ()))
        if time is not None:
            self.service.at(time, ROSTER, 0, self._rosters_change, list(steps))

    def _rosters_change(self, steps: list[Any]) -> None:
        """Change all numbers of this instant; only then may anybody take what waits."""
        active, more, were_on_call = [], [], self.helpers_on_call
        for step in steps:
            if step.line == self.numbers.helper_line:
                self.helpers_on_call = step.number
            for i in self.service.listed(step.staff, step.n_staff):
                staff = self.staff[i]
                if staff.busy or staff.leaving or staff.helpers or staff.waiting():
                    self._shift_changes(staff, step.number, step.present, step.boundary)
                    active.append(staff)
                elif step.number > staff.on_duty:
                    more.append(staff)
                staff.on_duty, staff.present = step.number, step.present
        for staff in active:
            for queue in staff.queues:
                self._see_to(queue)
                for lender in queue.lenders:
                    self._take_next(lender)
        for staff in more:
            self._take_next(staff)
        if self.helpers_on_call > were_on_call:
            self._call_helpers()
        for staff in active:
            for queue in staff.queues:
                self._calls(queue)
        self._next_step()

    def _shift_changes(self, staff: Staff, number: int, present: int, boundary: bool) -> None:
        """Change the number on duty; at a shift's end, as the team's setting says."""
        self._account(staff)
        staff.on_duty, staff.present = number, present
        if boundary and staff.end_of_shift == RELIEF:
            # Helpers go with the crew that they joined, or they would work twice.
            staff.leaving += staff.busy
            staff.busy = 0
            staff.shift += 1
            self._helpers_leave(staff, staff.helpers)
        elif boundary and staff.end_of_shift == HAND_OVER:
            # What is done at this very instant is not handed over.
            going_on = [
                job
                for job in staff.in_hand
                if job.state != ON_THE_SCENE or job.ends > self.service.now
            ]
            too_many = sum(job.crew for job in going_on) - number - staff.helpers
            going_on.sort(key=lambda job: (job.began, job.id))
            while too_many > 0:
                job = going_on.pop()
                too_many -= job.crew
                self._hand_back(job)

    def _hand_back(self, job: Job) -> None:
        """Return work in hand to the head of the queue; what is done of it stays done."""
        staff, now = job.staff, self.service.now
        assert staff is not None
        staff.in_hand.remove(job)
        staff.busy -= job.crew
        again = Job(job.kind, job.demand, job.round, job.work, now)
        again.stage, again.rest, again.handed_back = job.stage, job.rest, 1
        again.waits_for = staff.index
        if job.state == ON_THE_SCENE:
            again.work, again.rest = job.ends - now, True
        job.state, job.over = GONE, now
        self.service.handed_back(job, again)
        again.key = (HEAD_OF_QUEUE, job.key[1])
        queue = self.queue_of(staff, self.service.table.stage_group[job.stage])
        queue.caller = queue.caller or staff
        self._join(again, queue)

    # ------------------------------------------------------------------ jobs

    def give(self, job: Job, index: int) -> None:
        """Give a job to the staff of a pool: at once if somebody is free, else it waits."""
        staff = self.staff[index]
        if rules.can_begin(staff.free(), job.crew, self.others_before(staff)):
            self.begin(job, staff)
        else:
            self._join(job, staff.queues[0])

    def others_before(self, staff: Staff) -> bool:
        """Whether jobs wait for this staff that it has the people for."""
        return any(
            queue.waiting and staff.can_make_up(self.service.crew(queue.group, staff))
            for queue in staff.queues
        )

    def begin(self, job: Job, staff: Staff) -> None:
        """Put a crew to work on a job."""
        self._account(staff)
        staff.busy += job.crew
        if self.service.now >= self.start:
            staff.jobs += 1
        job.staff, job.state, job.began, job.shift = staff, BEGUN, self.service.now, staff.shift
        if staff.end_of_shift == HAND_OVER:
            staff.in_hand.append(job)
        self.service.begun(job)

    def will_end(self, job: Job, time: int) -> None:
        """Set the time at which a job that has begun is done."""
        job.ends = time
        self.service.at(time, DONE, job.id, self._done, job)

    def _done(self, job: Job) -> None:
        """Free the crew, let it take what waits, and let the demand go on, in this order."""
        staff = job.staff
        if job.state == GONE or staff is None:  # handed back before
            return
        self._account(staff)
        if job.shift == staff.shift:
            staff.busy -= job.crew
        else:
            staff.leaving -= job.crew
        if staff.in_hand:
            staff.in_hand.remove(job)
        job.state, job.over = GONE, self.service.now
        self._take_next(staff)
        self.service.finished(job)

    def wait(self, job: Job, queue: Queue, staff: Staff) -> None:
        """Put a job that asks for a crew in a queue; call a helper if that has grown long."""
        queue.caller = staff
        self._join(job, queue)
        self._see_to(queue)
        self._calls(queue)

    def _join(self, job: Job, queue: Queue) -> None:
        self._count(queue, 1)
        job.queue = queue
        queue.push(job)

    def leave(self, job: Job) -> None:
        """Take a waiting job out of its queue."""
        assert job.queue is not None
        self._count(job.queue, -1)
        job.state = GONE
        self._see_to(job.queue)

    def move_up(self, job: Job, class_: int) -> None:
        """Raise a waiting job to a better class."""
        assert job.queue is not None
        job.key = (class_, job.key[1])
        job.queue.push(job)
        self._see_to(job.queue)

    def _see_to(self, queue: Queue) -> None:
        """Let whoever is free take what now stands first in a queue."""
        for staff in queue.staff:
            self._take_next(staff)

    def _take_next(self, staff: Staff) -> None:
        """Let free members take what waits for them, first things first; then help out others."""
        while staff.free() > 0:
            job = self._next_of(staff)
            if job is None:
                return
            queue = job.queue
            assert queue is not None
            queue.pop()
            self._count(queue, -1)
            job.crew = self.service.crew(queue.group, staff)
            self.begin(job, staff)
            for other in queue.staff:
                if other is not staff:
                    self._take_next(other)

    def _next_of(self, staff: Staff) -> Job | None:
        """What a staff with members free begins next.

        Nobody is overtaken whose crew is there, busy or not.
        """
        free = staff.free()
        own = self._first_head(staff, staff.queues, staff.on_duty + staff.helpers)
        if own is not None:
            assert own.queue is not None
            return own if self.service.crew(own.queue.group, staff) <= free else None
        if not staff.waiting():
            self._helpers_leave(staff, min(staff.helpers, free))
        for queues_of_point in staff.lends:
            job = self._first_head(staff, queues_of_point, staff.free())
            if job is not None:
                return job
        return None

    def _first_head(self, staff: Staff, queues_: list[Queue], most: int) -> Job | None:
        """First of what waits in some queues that takes at most so many members of a staff."""
        heads = [
            head
            for queue in queues_
            if queue.waiting
            and self.service.crew(queue.group, staff) <= most
            and (head := queue.head()) is not None
        ]
        return min(heads, key=lambda head: head[:3])[3] if heads else None

    # ------------------------------------------------------------------ helpers

    def _helper_comes(self, staff: Staff) -> None:
        self._account(staff)
        staff.helpers += 1
        if staff.waiting():
            self._take_next(staff)
        else:
            self._helpers_leave(staff, 1)

    def _helpers_leave(self, staff: Staff, number: int) -> None:
        if number:
            self._account(staff)
            staff.helpers -= number
            staff.called -= number
            self.helpers_out[staff.street] -= number
            self._call_helpers()

    def _call_helpers(self) -> None:
        """Call helpers for queues that were long before there was anybody to call."""
        if self.numbers.helpers_enabled:
            for queue in self.queues:
                if queue.waiting:
                    self._calls(queue)

    def _calls(self, queue: Queue) -> None:
        """Call as many helpers as a queue's length asks for, if they are on call."""
        staff, numbers = queue.caller, self.numbers
        while (
            numbers.helpers_enabled
            and staff is not None
            and rules.wants_helper(
                self.before(queue, staff),
                numbers.threshold,
                staff.called,
                self.helpers_on_call,
                self.helpers_out[staff.street],
            )
        ):
            self._account(staff)
            staff.called += 1
            self.helpers_out[staff.street] += 1
            due = self.service.now + numbers.helpers_arrive_after
            self.service.at(due, HELPER_COMES, staff.index, self._helper_comes, staff)

    # ------------------------------------------------------------------ what is measured

    def _account(self, staff: Staff) -> None:
        """Add up person-time since the last change."""
        now = self.service.now
        span = now - max(staff.since, self.start)
        staff.since = now
        if span > 0:
            staff.account(span)

    def _count(self, queue: Queue, change: int) -> None:
        now = self.service.now
        queue.waited += queue.waiting * max(now - max(queue.since, self.start), 0)
        queue.since = now
        queue.waiting += change

    def totals(self, end: int) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
        """Close the books at the horizon; see `govsim.service.outcome.POOL_COLUMNS`."""
        rows, seen = [], set()
        for staff in self.staff:
            for queue in staff.queues:
                queue.waited += queue.waiting * max(end - max(queue.since, self.start), 0)
                queue.since = end
            staff.account(max(end - max(staff.since, self.start), 0))
            staff.since = end
            waited = sum(q.waited for q in staff.queues if id(q) not in seen)
            seen |= {id(q) for q in staff.queues}
            rows.append(
                (
                    staff.busy_ms,
                    staff.free_ms,
                    staff.overtime_ms,
                    staff.helper_ms,
                    staff.jobs,
                    waited,
                )
            )
        columns = np.array(rows, dtype=np.int64).reshape(-1, len(POOL_COLUMNS)).T
        return dict(zip(POOL_COLUMNS, columns.copy(), strict=True))

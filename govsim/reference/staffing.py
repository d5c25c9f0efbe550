"""People and their queues, as the SimPy model keeps them.

A `Staff` is one pool of the network at work; a `Queue` is where jobs wait for it (or,
pooled, for several). `Staffing` puts jobs to work, sends people home at the end of a
shift as the roster says, and calls helpers. `govsim.model` says what jobs mean.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import groupby
from typing import Any, Protocol

import numpy as np

from govsim.service import rules
from govsim.service.network import Network, Pool
from govsim.service.plan import HAND_OVER, RELIEF, Plan, rows
from govsim.service.rules import (
    BEGUN,
    DONE,
    GONE,
    HEAD_OF_QUEUE,
    HELPER_COMES,
    ON_THE_SCENE,
    ROSTER,
    WAITING,
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

    def crew(self, job: Job, staff: Staff) -> int:
        """Say how many members of this staff a job takes."""

    def begun(self, job: Job) -> None:
        """Hear that somebody begins a job."""

    def finished(self, job: Job) -> None:
        """Hear that a job is done."""

    def handed_back(self, job: Job, again: Job) -> None:
        """Hear that a crew left a job to the next shift."""


class Job:
    """A piece of work for people of some pool.

    Attributes
    ----------
    kind, demand, round : what it is; see `govsim.service.rules.job_identifier`.
    work : ms at speed 1; of work that was handed back, what was left, at any speed.
    crew : members that it takes.
    waits_for : pool whose crew it asked for, if none set out at once.
    """

    __slots__ = (
        "began", "crew", "demand", "ends", "handed_back", "id", "key", "kind", "over", "queue",
        "queued", "rest", "round", "scene", "shift", "staff", "stage", "state", "waits_for", "work",
    )  # fmt: skip

    def __init__(self, kind: int, demand: int, round_: int, work: int, queued: int) -> None:
        self.kind, self.demand, self.round, self.work, self.queued = (
            kind,
            demand,
            round_,
            work,
            queued,
        )
        self.id = rules.job_identifier(demand, kind, round_)
        self.state, self.crew, self.stage = WAITING, 1, 0
        self.rest = False
        self.began = self.ends = self.over = self.scene = -1
        self.handed_back = 0
        self.shift = 0
        self.key: tuple[int, int] = (0, 0)
        self.staff: Staff | None = None
        self.waits_for = -1
        self.queue: Queue | None = None


class Queue:
    """Jobs that wait, by class, then by their rank in it, then by identifier.

    `staff` are those who draw on it.
    """

    __slots__ = ("entries", "since", "staff", "waited", "waiting")

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, int, Job]] = []
        self.staff: list[Staff] = []
        self.waiting = 0
        self.waited = 0
        self.since = 0

    def push(self, job: Job) -> None:
        """Enter a job, or enter it again with a better key: the old entry is passed over."""
        heapq.heappush(self.entries, (*job.key, job.id, job))

    def head(self) -> tuple[int, int, int, Job] | None:
        """First entry that still stands."""
        entries = self.entries
        while entries:
            entry = entries[0]
            job = entry[3]
            if job.state == WAITING and job.key == entry[:2] and job.queue is self:
                return entry
            heapq.heappop(entries)
        return None

    def pop(self) -> Job:
        """Take the job that `head` found out of the entries."""
        return heapq.heappop(self.entries)[3]


class Staff:
    """A pool of people at work.

    Attributes
    ----------
    on_duty, busy : by the roster, and at work.
    leaving : at work beyond a shift that others have taken over (``relief``).
    helpers, called : helpers who have joined, and those called (the joined among them).
    shift : counts reliefs; work begun in an earlier shift frees nobody.
    """

    __slots__ = (
        "busy", "busy_ms", "called", "end_of_shift", "helper_ms", "helpers", "in_hand", "index",
        "jobs", "leaving", "on_duty", "overtime_ms", "pace", "pool", "queue_of_group", "queues",
        "room", "shift", "since", "street", "team", "x", "y",
    )  # fmt: skip

    def __init__(self, index: int, pool: Pool, row: Any, queues: list[Queue]) -> None:
        self.index, self.pool, self.queues = index, pool, queues
        self.on_duty: int
        self.queue_of_group: int
        self.on_duty, self.end_of_shift, self.room = row.on_duty, row.end_of_shift, row.room
        self.street, self.team, self.queue_of_group = row.street, row.team, row.queue_of_group
        self.x, self.y, self.pace = row.x, row.y, row.pace
        self.busy = self.leaving = self.helpers = self.called = self.shift = 0
        self.busy_ms = self.overtime_ms = self.helper_ms = self.jobs = self.since = 0
        self.in_hand: list[Job] = []

    def free(self) -> int:
        """Members who can begin something."""
        return rules.free_members(self.on_duty, self.helpers, self.busy)

    def waiting(self) -> int:
        """Jobs in the queues that it draws on."""
        return sum(queue.waiting for queue in self.queues)

    def overtime(self) -> int:
        """Members at work beyond the roster."""
        return self.leaving + max(self.busy - self.on_duty - self.helpers, 0)


class Staffing:
    """All staff of a replication, their queues and their rosters."""

    def __init__(self, service: Service) -> None:
        plan = service.plan
        self.service, self.numbers = service, plan.numbers
        self.start = service.measured_from
        self.queues = [Queue() for _ in plan.queues]
        self.staff: list[Staff] = []
        for i, row in enumerate(rows(plan.pools)):
            drawn_on = [self.queues[q] for q in service.listed(row.queues, row.n_queues)]
            self.staff.append(Staff(i, service.network.pools[i], row, drawn_on))
        for queue, (first, n) in zip(self.queues, plan.queues.tolist(), strict=True):
            queue.staff = [self.staff[i] for i in service.listed(first, n)]
        self.helpers_out = [0] * plan.numbers.n_streets
        self.helpers_on_call = plan.numbers.helpers_on_call
        self._steps = groupby(rows(plan.steps), key=lambda step: step.time)
        self._next_step()

    def queue_of(self, staff: Staff, group: int) -> Queue:
        """Queue in which jobs of a working group wait for this staff."""
        return self.queues[self.service.lists[staff.queue_of_group + group]]

    # ------------------------------------------------------------------ rosters

    def _next_step(self) -> None:
        time, steps = next(self._steps, (None, ()))
        if time is not None:
            self.service.at(time, ROSTER, 0, self._rosters_change, list(steps))

    def _rosters_change(self, steps: list[Any]) -> None:
        """Change all numbers of this instant; only then may anybody take what waits."""
        active = []
        for step in steps:
            if step.line == self.numbers.helper_line:
                self.helpers_on_call = step.number
            for i in self.service.listed(step.staff, step.n_staff):
                staff = self.staff[i]
                if staff.busy or staff.leaving or staff.helpers or staff.waiting():
                    self._shift_changes(staff, step.number, step.boundary)
                    active.append(staff)
                else:
                    staff.on_duty = step.number
        for staff in active:
            for queue in staff.queues:
                self._see_to(queue)
        self._next_step()

    def _shift_changes(self, staff: Staff, number: int, boundary: bool) -> None:
        """Change the number on duty; at a shift's end, as the team's setting says."""
        self._account(staff)
        staff.on_duty = number
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
        group = self.service.table.stage_group[job.stage]
        self._join(again, self.queue_of(staff, group))

    # ------------------------------------------------------------------ jobs

    def give(self, job: Job, index: int) -> None:
        """Give a job to the staff of a pool: at once if somebody is free, else it waits."""
        staff = self.staff[index]
        if rules.can_begin(staff.free(), job.crew, staff.waiting()):
            self.begin(job, staff)
        else:
            self._join(job, staff.queues[0])

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
        self._join(job, queue)
        self._see_to(queue)
        numbers = self.numbers
        if (
            numbers.helpers_enabled
            and staff.street >= 0
            and rules.wants_helper(
                queue.waiting,
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
        """Let free members take what waits, first things first; nobody is overtaken."""
        while (free := staff.free()) > 0:
            heads = [head for queue in staff.queues if (head := queue.head()) is not None]
            if not heads:
                self._helpers_leave(staff, min(staff.helpers, free))
                return
            job = min(heads, key=lambda head: head[:3])[3]
            crew = self.service.crew(job, staff)
            if crew > free:
                return
            assert job.queue is not None
            job.queue.pop()
            self._count(job.queue, -1)
            job.crew = crew
            self.begin(job, staff)
            for other in job.queue.staff:
                if other is not staff:
                    self._take_next(other)

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

    # ------------------------------------------------------------------ what is measured

    def _account(self, staff: Staff) -> None:
        """Add up person-time since the last change."""
        now = self.service.now
        span = now - max(staff.since, self.start)
        staff.since = now
        if span > 0:
            staff.busy_ms += (staff.busy + staff.leaving) * span
            staff.overtime_ms += staff.overtime() * span
            staff.helper_ms += staff.called * span

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
            span = max(end - max(staff.since, self.start), 0)
            at_work = staff.busy + staff.leaving
            waited = sum(q.waited for q in staff.queues if id(q) not in seen)
            seen |= {id(q) for q in staff.queues}
            rows.append(
                (
                    staff.busy_ms + at_work * span,
                    staff.overtime_ms + staff.overtime() * span,
                    staff.helper_ms + staff.called * span,
                    staff.jobs,
                    waited,
                )
            )
        columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
        names = ("busy", "overtime", "helpers", "jobs", "waiting")
        return dict(zip(names, columns.copy(), strict=True))

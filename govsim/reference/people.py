"""Jobs, the queues in which they wait, and the people who do them, in the SimPy model.

A `Staff` is one pool of the network at work; a `Queue` is where jobs wait for it (or, pooled, for
several). `govsim.reference.staffing` moves them.
"""

from __future__ import annotations

import heapq
from typing import Any

from govsim.service import rules
from govsim.service.network import Pool
from govsim.service.rules import WAITING


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

    __slots__ = ("caller", "entries", "group", "lenders", "since", "staff", "waited", "waiting")

    def __init__(self, group: int) -> None:
        self.entries: list[tuple[int, int, int, Job]] = []
        self.group = group
        self.staff: list[Staff] = []
        self.lenders: list[Staff] = []
        self.caller: Staff | None = None
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
    on_duty, present, busy : free for demands by the roster, all on duty by it, and at work.
    queues, lends : whose jobs it takes; and others', by point, which it helps out with when free.
    leaving : at work beyond a shift that others have taken over (``relief``).
    helpers, called : helpers who have joined, and those called (the joined among them).
    shift : counts reliefs; work begun in an earlier shift frees nobody.
    """

    __slots__ = (
        "busy", "busy_ms", "called", "end_of_shift", "free_ms", "helper_ms", "helpers", "in_hand",
        "index", "jobs", "leaving", "lends", "on_duty", "overtime_ms", "pace", "pool", "present",
        "queue_of_group", "queues", "room", "shift", "since", "street", "team", "x", "y",
    )  # fmt: skip

    def __init__(self, index: int, pool: Pool, row: Any, queues: list[Queue]) -> None:
        self.index, self.pool, self.queues = index, pool, queues
        self.on_duty: int
        self.queue_of_group: int
        self.on_duty, self.present = row.on_duty, row.present
        self.end_of_shift, self.room = row.end_of_shift, row.room
        self.street, self.team, self.queue_of_group = row.street, row.team, row.queue_of_group
        self.x, self.y, self.pace = row.x, row.y, row.pace
        self.busy = self.leaving = self.helpers = self.called = self.shift = 0
        self.busy_ms = self.free_ms = self.overtime_ms = self.helper_ms = 0
        self.jobs = self.since = 0
        self.lends: list[list[Queue]] = []
        self.in_hand: list[Job] = []

    def free(self) -> int:
        """Members who can begin something."""
        return rules.free_members(self.on_duty, self.helpers, self.busy)

    def waiting(self) -> int:
        """Jobs in the queues that it draws on."""
        return sum(queue.waiting for queue in self.queues)

    def can_make_up(self, crew: int) -> bool:
        """Whether a crew of this size is there, busy or not."""
        return rules.can_be_made_up(crew, self.on_duty, self.helpers)

    def account(self, span: int) -> None:
        """Add up person-time of a stretch in which nothing changed."""
        self.busy_ms += (self.busy + self.leaving) * span
        self.free_ms += rules.in_free_time(self.busy, self.on_duty, self.helpers) * span
        late = rules.overtime(self.busy, self.leaving, self.present, self.helpers)
        self.overtime_ms += late * span
        self.helper_ms += self.called * span

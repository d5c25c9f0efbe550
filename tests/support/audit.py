"""Runs a scenario under watch: every piece of work is kept, every event is followed by a check.

`audit` is what the tests of invariants call. It replaces nothing of the model: jobs are
recorded as they are made, and after each event `Watch.settled` looks at all staff.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any
from unittest import mock

import numpy as np
import simpy
from places import DATA

from govsim import model
from govsim.demand.table import DemandTable, draw
from govsim.model import Service
from govsim.reference import residents
from govsim.reference import staffing as pools
from govsim.reference.people import Job, Queue, Staff
from govsim.scenarios.schema import Scenario
from govsim.scenarios.schema import Territory as Section
from govsim.scenarios.territory import Territory, build
from govsim.service import network
from govsim.service.network import TEAM, Network
from govsim.service.outcome import Outcome
from govsim.service.rules import COMES_BACK, GONE, ORDER_COMES, PASSED_ON, WAITING


@lru_cache(maxsize=512)
def _territory(section: str) -> Territory:
    return build(Section.model_validate_json(section), DATA)


def lay_out(scenario: Scenario) -> Network:
    """Build a scenario's network; territories, which take longest, are kept."""
    with mock.patch.object(network, "laid_out", lambda s, _: _territory(s.model_dump_json())):
        return network.build(scenario, DATA)


class BackwardsEnvironment(simpy.Environment):
    """Breaks ties of time and rank the other way round: last come, first served."""

    def __init__(self) -> None:
        super().__init__()
        self._eid = count(0, -1)


@dataclass
class Span:
    """When a job waited and when it was worked on: [queued, left) and [began, over), ms."""

    job: Job
    queued: int
    left: int
    began: int
    over: int


@dataclass
class Audit:
    """A replication with all that was seen on the way."""

    network: Network
    table: DemandTable
    outcome: Outcome
    service: Watched
    jobs: list[Job]

    def column(self, name: str) -> np.ndarray[Any, Any]:
        return self.outcome.demands[name]

    def spans(self) -> Iterator[Span]:
        """Waiting and work of every job, cut off at the horizon; empty where there was none."""
        end, ended = self.outcome.end, self.column("patience_ended")
        for job in self.jobs:
            began = job.began if job.began >= 0 else end
            left = job.queued
            if job.queue is not None:  # it has waited
                withdrawn = job.began < 0 and job.state == GONE
                left = int(ended[job.demand]) if withdrawn else began
            over = job.over if job.over >= 0 else end
            yield Span(job, job.queued, left, began, max(over, began))


class Watched(Service):
    """A service that is checked after each event."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.beyond: set[int] = set()
        super().__init__(*args, **kwargs)

    def at(self, time: int, kind: int, identifier: int, happens: Any, *args: Any) -> None:
        """Note the demands that go on only past the horizon."""
        if time >= self.end:
            if kind == PASSED_ON:
                self.beyond.add(identifier // 2)
            elif kind == COMES_BACK:
                self.beyond.add(identifier)
            elif kind == ORDER_COMES:
                self.beyond.add(self.order_log[identifier][0])
        super().at(time, kind, identifier, happens, *args)

    def begun(self, job: Job) -> None:
        """No work begins with people who are not there."""
        staff = job.staff
        assert staff is not None
        line = self.network.timelines[staff.pool.timeline]
        on_duty = int(line.at(np.array([self.now]))[0])
        assert staff.on_duty == on_duty
        assert staff.busy <= on_duty + staff.helpers, "work begins beyond those on duty and helpers"
        assert job.crew >= 1
        super().begun(job)

    def heads(self, staff: Staff, queues: list[Queue], most: int) -> list[tuple[Any, int]]:
        """First of each of some queues that takes at most so many of a staff: key and crew."""
        heads = [(q.head(), self.crew(q.group, staff)) for q in queues]
        return [(head[:3], crew) for head, crew in heads if head is not None and crew <= most]

    def settled(self) -> None:
        """Nobody stands idle before work that could begin, and no helper stays for nothing."""
        staffing = self.staffing
        called = [0] * len(staffing.helpers_out)
        for staff in staffing.staff:
            assert 0 <= staff.helpers <= staff.called
            assert staff.busy >= 0
            assert staff.leaving >= 0
            if staff.street >= 0:
                called[staff.street] += staff.called
            for queue in staff.queues:
                standing = {
                    id(e[3])
                    for e in queue.entries
                    if e[3].state == WAITING and e[3].queue is queue and e[3].key == e[:2]
                }
                assert len(standing) == queue.waiting, "the queue's length is miscounted"
            free, there = staff.free(), staff.on_duty + staff.helpers
            if not free:
                continue
            own = self.heads(staff, staff.queues, there)
            if own:
                _, crew = min(own)
                assert crew > free, "somebody is idle before work that could begin"
            else:
                for others in staff.lends:
                    assert not self.heads(staff, others, free), "nobody helps out"
            if not staff.waiting():
                assert not staff.helpers, "a helper stays for nothing"
        assert called == staffing.helpers_out, "helpers are lost or made"


class _SteppingEnvironment(simpy.Environment):
    """Lets the service be checked after each event."""

    service: Watched | None = None

    def step(self) -> None:
        super().step()
        if self.service is not None:
            self.service.settled()


@contextmanager
def _recorded() -> Iterator[list[Job]]:
    jobs: list[Job] = []

    class RecordedJob(Job):
        __slots__ = ()

        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            jobs.append(self)

    with ExitStack() as replaced:
        for module in (model, pools, residents):
            replaced.enter_context(mock.patch.object(module, "Job", RecordedJob))
        yield jobs


def audit(scenario: Scenario, replication: int = 0, measured_from: int = 0) -> Audit:
    """Run one replication under watch."""
    laid_out = lay_out(scenario)
    table = draw(laid_out, replication)
    with _recorded() as jobs, mock.patch.object(simpy, "Environment", _SteppingEnvironment):
        service = Watched(laid_out, table, measured_from)
        service.env.service = service
        outcome = service.run()
    return Audit(laid_out, table, outcome, service, jobs)


def team_pools(laid_out: Network) -> list[int]:
    return [i for i, pool in enumerate(laid_out.pools) if pool.kind == TEAM]

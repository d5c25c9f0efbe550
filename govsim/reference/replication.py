"""A replication in progress: its clock, its records, and the plan as the model looks it up.

The plumbing of `govsim.model`, which builds on it and says how the service runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from govsim.demand.randomness import NEVER
from govsim.demand.table import DemandTable
from govsim.scenarios.calendar import working_finish
from govsim.scenarios.units import DAY
from govsim.service import rules
from govsim.service.network import Network
from govsim.service.outcome import DEMAND_COLUMNS, ORDER_COLUMNS, VISIT_COLUMNS, Outcome
from govsim.service.plan import Plan, rows
from govsim.service.rules import LATENT

if TYPE_CHECKING:
    from govsim.reference.people import Job
    from govsim.reference.staffing import Staffing


class _Timed(simpy.Event):
    """Something that happens at a known time, ranked among the events of its instant."""

    __slots__ = ("args", "happens", "service", "time")

    def __init__(
        self, service: Replication, time: int, rank: int, happens: Callable[..., None], args: Any
    ) -> None:
        self.env = env = service.env
        self.callbacks, self._ok, self._value = [self._happen], True, None
        self.service, self.time, self.happens, self.args = service, time, happens, args
        env.schedule(self, rank, time - env.now)  # type: ignore[arg-type]  # any rank will do

    def _happen(self, _: simpy.Event) -> None:
        self.service.now = self.time
        self.happens(*self.args)


class Replication:
    """One replication in progress; times are ms since its start."""

    def __init__(self, network: Network, table: DemandTable, measured_from: int = 0) -> None:
        self.network, self.measured_from = network, measured_from
        self.plan = Plan.of(network)
        self.end = self.plan.numbers.end
        self.env = simpy.Environment()
        self.now = 0
        self.timed_events = 0
        self.table = t = _AsLists(table)
        self.n = n = len(table)
        self._read_plan()

        # What becomes of each demand; see `govsim.service.outcome.DEMAND_COLUMNS`.
        self.state, self.channel, self.reported = [LATENT] * n, [-1] * n, [-1] * n
        self.clock_start, self.accepted, self.dispatched = [-1] * n, [-1] * n, [-1] * n
        self.scene, self.resolved, self.replied = [-1] * n, [-1] * n, [-1] * n
        self.closed, self.ended, self.satisfied = [-1] * n, [-1] * n, [-1] * n
        self.served_by, self.patience_ended = [-1] * n, [-1] * n
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
        # When each meeting sat last, and on how many cases.
        self.sat: dict[int, tuple[int, int]] = {}

    staffing: Staffing

    def _read_plan(self) -> None:
        """Bring the plan into the form that the model looks things up in."""
        plan = self.plan
        self.numbers = plan.numbers
        self.channels, self.categories = rows(plan.channels), rows(plan.categories)
        self.points = rows(plan.points)
        self.limits: list[tuple[int, bool]] = plan.limits.tolist()
        self.crews, self.speeds = plan.crews.tolist(), plan.speeds.tolist()
        self.contentment = plan.contentment.tolist()
        self.lists: list[int] = plan.lists.tolist()
        self.sittings = self.listed(plan.numbers.sittings, plan.numbers.n_sittings)
        starts, ends, done = plan.starts.tolist(), plan.ends.tolist(), plan.done.tolist()
        self.opening = [
            (starts[c.hours : c.hours + c.n_hours], ends[c.hours : c.hours + c.n_hours])
            for c in self.channels
        ]
        self.clocks = [
            tuple(part[first : first + n] for part in (starts, ends, done))
            for first, n in plan.clocks.tolist()
        ]

    def listed(self, first: int, n: int) -> list[int]:
        """Give a list that a record of the plan points into."""
        return self.lists[first : first + n]

    def candidates(self, point: int, group: int) -> list[int]:
        """Give the team pools of a working group at a point, in the group's order."""
        return self.listed(*self.listed(self.points[point].candidates + 2 * group, 2))

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
        return working_finish(start, ms, *self.clocks[0]) if working else start + ms

    def _visit_row(self, job: Job) -> tuple[int, ...]:
        staff = job.waits_for if job.staff is None else job.staff.index
        return (
            job.demand, job.stage, staff, job.crew, job.queued, job.began, job.scene, job.over,
            job.handed_back,
        )  # fmt: skip


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

"""Lays a network and a demand table out as the tables that compiled code works on.

`lay_out` is called by `govsim.engine.run`. It reads the plan as `govsim.reference.replication`
does for the SimPy model, and turns names into places in tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.demand.randomness import NEVER
from govsim.demand.table import DemandTable
from govsim.engine import memory
from govsim.engine.memory import Memory
from govsim.service.network import TEAM, Network
from govsim.service.rules import (
    ENDED_ANSWERED,
    ENDED_COMPLEX,
    ENDED_SIMPLE,
    ENDED_TURNED_AWAY,
    LATENT,
)

Ints = NDArray[np.int64]

ROWS_AT_ONCE = 4096
"""Rows that are put side by side, or taken apart, at a time; they fit a core's cache."""

AT_A_TIME = 32
"""Demands that enter in a stretch of time whose events are kept in order, about."""

MODES = {"finish": memory.FINISH, "relief": memory.RELIEF, "hand over": memory.HAND_OVER}
VIAS = {"direct": memory.DIRECT, "desk": memory.AT_DESK, "centre": memory.BY_CENTRE}


def lay_out(network: Network, table: DemandTable, measured_from: int) -> Memory:
    """Make all tables of a replication that has not begun."""
    return _Layout(network, table, measured_from).memory()


class _Layout:
    def __init__(self, network: Network, table: DemandTable, measured_from: int) -> None:
        self.network, self.table, self.plan = network, table, network.scenario
        self.measured_from = measured_from
        self.lists: list[int] = []
        self.queues: list[list[int]] = []  # those who draw on each
        self.stretches: list[tuple[Ints, Ints, Ints]] = []
        self.laid = 0

    def memory(self) -> Memory:
        network, table, plan, n = self.network, self.table, self.plan, len(self.table)
        staff = self._staff()
        steps = self._steps()
        queues = np.zeros(len(self.queues), memory.QUEUE)
        queues["first"] = -1
        for q, members in enumerate(self.queues):
            queues["staff"][q], queues["n_staff"][q] = self._list(members)
        points = self._points()
        categories, channels = self._categories(), self._channels()
        clocks = np.array(
            [
                self._stretch(c.starts, c.ends, c.done)
                for c in (network.clock, *network.department_clocks.values())
            ],
            memory.CLOCK,
        )
        s = plan.residents.satisfaction
        contentment = np.zeros(4)
        for how, chance in (
            (ENDED_ANSWERED, s.answered),
            (ENDED_SIMPLE, s.simple),
            (ENDED_COMPLEX, s.complex),
            (ENDED_TURNED_AWAY, s.turned_away),
        ):
            contentment[how] = chance
        promises = plan.promises
        spans = (
            promises.scene, promises.solve, promises.reply,
            plan.centre.limit, s.expected_simple, s.expected_complex,
        )  # fmt: skip
        limits = [network.span(span) for span in spans] + network.solve_limits()
        areas = np.full(int(network.area_of_meeting.max(initial=0)) + 1, -1, memory.AREA)
        areas["waiting"] = 0
        numbers = self._numbers()
        starts, ends, done = (np.concatenate(part) for part in zip(*self.stretches, strict=True))
        tables = {
            "luck": _side_by_side(table),
            "loses_trust": table.loses_trust,
            "satisfaction": table.satisfaction,
            "escalates": table.escalates,
            "calls_again": table.calls_again,
            "stages": _records(memory.STAGE, group=table.stage_group, work=table.stage_work),
            "demands": _demands(n, table),
            "categories": categories,
            "channels": channels,
            "points": points,
            "clocks": clocks,
            "starts": starts,
            "ends": ends,
            "done": done,
            "limits": np.array(limits, memory.LIMIT),
            "contentment": contentment,
            "crews": self._crews(),
            "speeds": np.array(
                [
                    [team.training * team.speed.get(c, 1.0) for c in network.categories]
                    for team in plan.teams.values()
                ],
                dtype=np.float64,
            ),
            "areas": areas,
            "staff": staff,
            "queues": queues,
            "helpers_out": np.zeros(len(network.streets), np.int64),
            "lists": np.array(self.lists, np.int64),
            "steps": steps,
            "events": np.zeros(1024, memory.EVENT),
            "later": np.zeros(1024, memory.LATER),
            "stretches": np.full((network.end >> numbers["shift"]) + 2, -1, np.int64),
            "jobs": np.zeros(1024, memory.JOB),
            "nodes": np.zeros(1024, memory.NODE),
            "orders": np.zeros(256, memory.ORDER),
            "visits": memory.room("visits", n + 256),
            "stack": np.zeros(1024, memory.FRAME),
            "last_seen": np.zeros(1, memory.DEMAND),
        }
        return Memory(numbers | {"n_steps": len(steps)}, tables)

    # ------------------------------------------------------------------ pieces

    def _list(self, members: Iterable[int]) -> tuple[int, int]:
        """Enter a list; return where it stands and how long it is."""
        first = len(self.lists)
        self.lists += [int(m) for m in members]
        return first, len(self.lists) - first

    def _stretch(self, starts: Ints, ends: Ints, done: Ints) -> tuple[int, int]:
        first = self.laid
        self.stretches.append((starts, ends, done))
        self.laid += len(starts)
        return first, len(starts)

    def _numbers(self) -> dict[str, Any]:
        network, plan = self.network, self.plan
        patience, helpers = plan.residents.patience, plan.helpers
        first, n_sittings = self._list(network.sittings.tolist())
        line = network.helper_timeline
        shift = max(network.end * AT_A_TIME // max(len(self.table), 1), 1).bit_length()
        return {
            "n": len(self.table),
            "end": network.end,
            "measured_from": self.measured_from,
            "tick": plan.tick,
            "centre": network.centre,
            "most_calls": plan.centre.most_calls,
            "call_back_after": plan.centre.call_back_after,
            "interim_after": plan.promises.interim_after,
            "escalates_after": plan.residents.escalates_after,
            "overdue_priority": plan.policies.overdue_priority,
            "threshold": helpers.threshold,
            "helpers_arrive_after": helpers.arrives_after,
            "cases": plan.joint_meeting.cases,
            "helper_line": network.helper_timeline,
            "n_channels": len(plan.channels),
            "teams": len(plan.teams),
            "n_categories": len(network.categories),
            "shift": shift,
            "stretch_end": 1 << shift,
            "free_later": -1,
            "free_job": -1,
            "free_node": -1,
            "watched": -1,
            "helpers_on_call": network.timelines[line].available[0] if line >= 0 else 0,
            "sittings": first,
            "n_sittings": n_sittings,
            "promises_made": plan.promises.made,
            "promises_matter": plan.promises.made and patience.enabled,
            "by_due": plan.policies.order == "due",
            "soonest": plan.policies.dispatch == "soonest",
            "travels": plan.travel.enabled,
            "rectilinear": plan.travel.metric == "rectilinear",
            "withdraws": patience.withdraws,
            "ends_at_scene": patience.ends_at_scene,
            "helpers_enabled": helpers.enabled,
            "detour": plan.travel.detour,
            "stretch_scene": patience.stretch_scene,
            "stretch_reply": patience.stretch_reply,
            "left_after_broken": patience.left_after_broken,
            "lost_per_day": plan.residents.satisfaction.lost_per_day,
            "least": plan.residents.satisfaction.least,
        }

    def _staff(self) -> NDArray[Any]:
        """Make the pools, and the queues in which jobs wait for them, as `Staffing` does."""
        network, plan = self.network, self.plan
        staff = np.zeros(len(network.pools), memory.STAFF)
        queues_of: list[list[int]] = [[] for _ in network.pools]
        pooled: dict[tuple[int, int], int] = {}
        count = 0
        if plan.policies.queue == "pooled":
            for key, pools in network.candidates.items():
                pooled[key] = count
                for index in pools:
                    queues_of[index].append(count)
                count += 1
        for mine in queues_of:
            if not mine:
                mine.append(count)
                count += 1
        self.queues = [[] for _ in range(count)]
        xs, ys = (network.territory.points[axis].tolist() for axis in "xy")
        teams = list(plan.teams)
        for i, pool in enumerate(network.pools):
            for q in queues_of[i]:
                self.queues[q].append(i)
            one = staff[i]
            one["kind"], one["room"] = pool.kind, pool.room
            one["on_duty"] = network.timelines[pool.timeline].available[0]
            one["street"], one["in_hand"], one["team"] = -1, -1, -1
            if pool.point >= 0:
                one["street"] = network.street_of[pool.point]
                one["x"], one["y"] = xs[pool.point], ys[pool.point]
            if pool.kind == TEAM:
                team = plan.teams[pool.name]
                one["team"] = teams.index(pool.name)
                one["end_of_shift"] = MODES[team.end_of_shift]
                one["pace"] = plan.travel.speeds.get(team.mode, 1.0)
            one["queues"], one["n_queues"] = self._list(queues_of[i])
            one["queue_of_group"], _ = self._list(
                pooled.get((pool.point, g), queues_of[i][0]) for g in range(len(network.groups))
            )
        return staff

    def _steps(self) -> NDArray[Any]:
        """Lay out the steps of all timelines after the start, in the order of time and line."""
        lines = self.network.timelines
        index = np.repeat(np.arange(len(lines)), [len(line.times) - 1 for line in lines])
        times = np.concatenate([line.times[1:] for line in lines])
        order = np.lexsort((index, times))
        followers: list[list[int]] = [[] for _ in lines]
        for i, pool in enumerate(self.network.pools):
            followers[pool.timeline].append(i)
        at = np.array([self._list(f) for f in followers], np.int64).reshape(-1, 2)[index[order]]
        return _records(
            memory.STEP,
            time=times[order],
            line=index[order],
            number=np.concatenate([line.available[1:] for line in lines])[order],
            boundary=np.concatenate([line.boundary[1:] for line in lines])[order],
            staff=at[:, 0],
            n_staff=at[:, 1],
        )

    def _points(self) -> NDArray[Any]:
        network = self.network
        points = np.zeros(len(network.territory.points), memory.POINT)
        points["area"] = network.area_of_meeting
        for p in range(len(points)):
            points["desk"][p] = network.desk_of.get(p, -1)
            points["neighbours"][p], points["n_neighbours"][p] = self._list(
                network.neighbours.get(p, ())
            )
            own = [
                self._list(network.candidates.get((p, g), ())) for g in range(len(network.groups))
            ]
            points["candidates"][p], _ = self._list(value for pair in own for value in pair)
        return points

    def _categories(self) -> NDArray[Any]:
        network = self.network
        clocks = {name: 1 + i for i, name in enumerate(network.department_clocks)}
        rows = [
            (
                c.priority,
                -1 if c.department is None else network.department_pool[c.department],
                -1 if c.department is None else clocks[c.department],
                memory.COMPLEX + 1 + i,
                c.department_time.unit == "calendar",
                c.solve is not None,
            )
            for i, c in enumerate(self.plan.demand.categories.values())
        ]
        return np.array(rows, memory.CATEGORY)

    def _channels(self) -> NDArray[Any]:
        network = self.network
        rows = []
        for c in self.plan.channels.values():
            instead = -1 if c.if_closed == "wait" else network.channels.index(c.if_closed)
            starts, ends = network.calendar.intervals(c.hours, c.days)
            hours = self._stretch(starts, ends, np.zeros_like(starts))
            rows.append((VIAS[c.via], instead, *hours))
        return np.array(rows, memory.CHANNEL)

    def _crews(self) -> Ints:
        groups, teams = self.plan.groups.values(), list(self.plan.teams)
        crews = np.ones((len(groups), len(teams)), np.int64)
        for g, group in enumerate(groups):
            for name in group.teams:
                own = group.crew if isinstance(group.crew, int) else group.crew.get(name, 1)
                crews[g, teams.index(name)] = own
        return crews


def _records(kind: np.dtype[np.void], **columns: Any) -> NDArray[Any]:
    table = np.zeros(len(next(iter(columns.values()))), kind)
    for name, column in columns.items():
        table[name] = column
    return table


def _side_by_side(table: DemandTable) -> NDArray[Any]:
    """Put the columns of the demand table side by side, so that a demand is in one place."""
    assert memory.LUCK.names is not None
    columns = {
        name: getattr(table, name)
        for name in memory.LUCK.names
        if name not in ("first_stage", "end_stage")
    }
    columns |= {"first_stage": table.first_stage[:-1], "end_stage": table.first_stage[1:]}
    rows = memory.room("luck", len(table))
    for a in range(0, len(table), ROWS_AT_ONCE):
        b = min(a + ROWS_AT_ONCE, len(table))
        part = rows[a:b]
        for name, column in columns.items():
            part[name] = column[a:b]
    return rows


def apart(table: str, rows: NDArray[Any], names: tuple[str, ...]) -> dict[str, Ints]:
    """Take the records of a table apart into int64 columns."""
    columns = memory.columns(table, len(names), len(rows))
    for a in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[a : a + ROWS_AT_ONCE]
        for column, name in zip(columns, names, strict=True):
            column[a : a + ROWS_AT_ONCE] = part[name]
    return dict(zip(names, columns, strict=True))


def _demands(n: int, table: DemandTable) -> NDArray[Any]:
    """Make the records of demands that nobody has met yet."""
    blank = np.full(1, -1, memory.DEMAND)
    for name in ("orders", "repeats", "reopened", "solved", "urgent", "repeat_pending"):
        blank[name] = 0
    blank["state"], blank["patience_end"] = LATENT, NEVER
    demands = memory.room("demands", n)
    as_words = (-1, memory.DEMAND.itemsize // 8)  # several times faster than field by field
    demands.view(np.int64).reshape(as_words)[:] = blank.view(np.int64)
    demands["stage"][:n] = table.first_stage[:-1]
    return demands

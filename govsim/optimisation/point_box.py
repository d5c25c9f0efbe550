"""The box where each point chooses by itself: its levers, what its plans cost, what a mix has.

A *mix* gives each point one of its plans; a plan of a point says which value each of its levers
has. Points with the same levers are a group, whose plans are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from govsim.evaluation.service import Service
from govsim.evaluation.work import Rosters, frozen
from govsim.optimisation.box import Lever, head_text, most
from govsim.scenarios.schema import Roster
from govsim.scenarios.schema.place import Head

Floats = NDArray[np.float64]

Digits = tuple[int, ...]
"""Plan of a point: which value of each of its levers holds."""

Mix = Mapping[int, Digits]
"""Plan of each point, by its row of the territory's points."""


@dataclass(frozen=True)
class Group:
    """Points with the same levers."""

    points: tuple[int, ...]
    levers: tuple[Lever, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each lever has."""
        return tuple(len(lever.values) for lever in self.levers)

    @property
    def size(self) -> int:
        """Plans of each of the points."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def today(self) -> Digits:
        """The plan of today, or the nearest in the box."""
        return tuple(
            min(range(len(one.values)), key=lambda i: abs(most(one.values[i]) - most(one.today)))
            for one in self.levers
        )

    def numbered(self, plan: int) -> Digits:
        """Give the plan with a number."""
        return tuple(int(i) for i in np.unravel_index(plan, self.shape))


class PointBox:
    """Plans of each point.

    Parameters
    ----------
    service : the plan of today.
    levers : what may change; each is one number, or alike numbers of several points.
    """

    def __init__(self, service: Service, levers: Sequence[Lever]) -> None:
        self.service, self.levers = service, tuple(levers)
        self.own = service.rosters_by_pool()
        of: dict[int, list[int]] = {}
        for i, lever in enumerate(levers):
            for point in lever.points:
                of.setdefault(point, []).append(i)
        together: dict[tuple[int, ...], list[int]] = {}
        for point, mine in sorted(of.items()):
            together.setdefault(tuple(mine), []).append(point)
        self.groups = [
            Group(tuple(points), tuple(levers[i] for i in mine))
            for mine, points in together.items()
        ]
        self.group_of = {point: group for group in self.groups for point in group.points}

    @property
    def points(self) -> tuple[int, ...]:
        """All points that choose."""
        return tuple(self.group_of)

    @property
    def size(self) -> int:
        """Plans of a point at most."""
        return max(group.size for group in self.groups)

    @cached_property
    def _extra(self) -> dict[int, list[Floats]]:
        """What each value costs more than today's, yuan a year, by point and lever."""
        found: dict[int, list[Floats]] = {}
        for point, group in self.group_of.items():
            found[point] = []
            for lever in group.levers:
                now = dict(self.own.get((point, lever.team), {}))
                costs = [
                    self.service.cost_of(point, lever.team, {**now, lever.shift: head})
                    for head in lever.values
                ]
                less = self.service.cost_of(point, lever.team, now)
                found[point].append(np.array(costs) - less)
        return found

    def cost_of(self, point: int, plan: Digits) -> float:
        """Cost of a point's plan beyond today's, yuan a year; shifts of a team add up."""
        extra = self._extra[point]
        return float(sum(costs[digit] for costs, digit in zip(extra, plan, strict=True)))

    def cost(self, mix: Mix) -> float:
        """Cost of all people on duty, yuan a year."""
        return self.service.cost + sum(self.cost_of(point, plan) for point, plan in mix.items())

    def heads_of(self, point: int, plan: Digits) -> int:
        """Posts of a plan beyond today's, on the fullest kind of day."""
        levers = self.group_of[point].levers
        return sum(
            most(lever.values[digit]) - most(self._now(point, lever))
            for lever, digit in zip(levers, plan, strict=True)
        )

    def heads(self, mix: Mix) -> int:
        """Posts on all rosters."""
        return self.heads_today + sum(self.heads_of(point, plan) for point, plan in mix.items())

    @property
    def heads_today(self) -> int:
        """Posts on today's rosters, over all shifts."""
        return sum(most(head) for roster in self.own.values() for head in roster.values())

    def _now(self, point: int, lever: Lever) -> Head:
        return self.own.get((point, lever.team), {}).get(lever.shift, 0)

    def rosters(self, mix: Mix) -> dict[tuple[int, str], Roster]:
        """Rosters of a mix that differ from today's, by row of the points and team."""
        found: dict[tuple[int, str], Roster] = {}
        for point, plan in mix.items():
            for lever, digit in zip(self.group_of[point].levers, plan, strict=True):
                key = point, lever.team
                now = found.setdefault(key, dict(self.own.get(key, {})))
                now[lever.shift] = lever.values[digit]
        return {key: roster for key, roster in found.items() if roster != self.own.get(key)}

    def frozen(self, mix: Mix) -> Rosters:
        """Give the same, as `govsim.evaluation` takes it."""
        return frozen(self.rosters(mix))

    def changes(self, mix: Mix) -> str:
        """Say what a mix changes: ``desk.rosters.workstation.night: 0→1 ×120``, at 120 points."""
        counted: Counter[tuple[str, str, str]] = Counter()
        for point, plan in mix.items():
            for lever, digit in zip(self.group_of[point].levers, plan, strict=True):
                now, then = self._now(point, lever), lever.values[digit]
                if now != then:
                    counted[lever.path, head_text(now), head_text(then)] += 1
        order = {lever.path: i for i, lever in enumerate(self.levers)}
        said = sorted(counted.items(), key=lambda one: (order[one[0][0]], one[0][1:]))
        return "; ".join(f"{path}: {now}→{then} ×{n}" for (path, now, then), n in said)

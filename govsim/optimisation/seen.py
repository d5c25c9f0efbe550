"""What each point keeps with each of its plans: whole districts are simulated, many plans at once.

Points are nearly independent of each other (`benchmarks/by_point.py` measures how nearly): what one
keeps depends on its own people. So one simulated year of the district tells of one plan of *every*
point. Where the plans of a point are few, all are seen; else points look around the plans that the
prices of what is asked make best, until none finds a better one. Called by
`govsim.optimisation.by_point`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from govsim.measures.replication import Asked
from govsim.optimisation.choice import Choice, Columns, choose, nearest
from govsim.optimisation.point_box import Digits, Group, Mix, PointBox
from govsim.optimisation.promises import Promise
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.trials import Kept

Floats = NDArray[np.float64]

ENUMERATED = 300
"""Plans of a point up to which all are simulated."""

ROUNDS = 12
"""Times at most that points look around."""

BETTER = 0.0005
"""Part of the cost by which a round must be better, or it was the last."""

OF = {"compliance_scene": "n_scene", "compliance_solve": "n_solve", "compliance_reply": "n_reply"}
"""Shares, and the number of demands that each is a share of."""


@dataclass(frozen=True)
class Made:
    """Replications of a mix, and under which name they are kept."""

    key: str


@dataclass
class Seen:
    """Plans of points that were simulated.

    Parameters
    ----------
    box : the plans.
    promises : what is asked, of the whole district.
    replications : of each mix.
    factor : from what is measured to a year.
    kept : results that were made before.
    name : of all that results depend on but the mix.
    """

    box: PointBox
    promises: tuple[Promise, ...]
    replications: int
    factor: float
    kept: Kept
    name: str
    on_progress: OnProgress | None = None
    made: int = 0
    points: list[int] = field(default_factory=list)
    plans: list[Digits] = field(default_factory=list)
    amounts: list[Floats] = field(default_factory=list)
    """Of each plan seen: float[promises, 2], what is kept or counted, and of how many; a year."""

    def __post_init__(self) -> None:
        frame = self.box.service.network.territory.points["point"].astype(str)
        self.names = [frame.iloc[point] for point in self.box.points]
        self.row = {point: i for i, point in enumerate(self.box.points)}
        self.known: set[tuple[int, Digits]] = set()
        measures = dict.fromkeys(
            name
            for promise in self.promises
            for name in (promise.asked[2], OF.get(promise.asked[2], ""))
            if name
        )
        self.measures = tuple(measures)
        self.asked: tuple[Asked, ...] = tuple(
            ("point", point, name) for point in self.names for name in self.measures
        )

    # ------------------------------------------------------------------ simulating

    def see(self, mixes: Sequence[Mix], done: int = 0, total: int = 0) -> None:
        """Simulate mixes, and note what each point keeps with its plan."""
        values = self._values(mixes, done, total or len(mixes))
        for mix, found in zip(mixes, values, strict=True):
            table = np.nan_to_num(found).reshape(-1, len(self.names), len(self.measures))
            of = {name: table[:, :, i] for i, name in enumerate(self.measures)}
            each = np.empty((len(self.names), len(self.promises), 2))
            for k, promise in enumerate(self.promises):
                amount = of[promise.asked[2]]
                if base := OF.get(promise.asked[2]):
                    many = of[base]
                    each[:, k] = np.stack([(amount * many).mean(axis=0), many.mean(axis=0)], 1)
                else:
                    each[:, k] = np.stack([amount.mean(axis=0), np.zeros(len(self.names))], 1)
            for point, plan in mix.items():
                if (point, plan) not in self.known:
                    self.known.add((point, plan))
                    self.points.append(self.row[point])
                    self.plans.append(plan)
                    self.amounts.append(each[self.row[point]] * self.factor)

    def _values(self, mixes: Sequence[Mix], done: int, total: int) -> Iterator[Floats]:
        numbers = range(self.replications)
        rosters = [self.box.frozen(mix) for mix in mixes]
        keys = [self._key(one) for one in rosters]
        left = [r for r, key in zip(rosters, keys, strict=True) if key.key not in self.kept.found]
        fresh = self.box.service.each(left, numbers, self.asked)
        for i, key in enumerate(keys, 1):
            if key.key not in self.kept.found:
                self.kept.put(key, next(fresh))
                self.made += self.replications
            if self.on_progress is not None:
                self.on_progress(Progress("plans", done + i, max(total, done + i)))
            yield self.kept.found[key.key]

    def _key(self, rosters: object) -> Made:
        told = json.dumps([self.name, rosters, self.replications, self.asked])
        return Made(hashlib.sha256(told.encode()).hexdigest()[:32])

    # ------------------------------------------------------------------ looking

    @property
    def whole(self) -> bool:
        """Whether all plans of all points are few enough to be simulated."""
        return self.box.size <= ENUMERATED

    def look(self) -> None:
        """Simulate what is worth it: all plans, or those around the best ones."""
        if self.whole:
            self.see([self._all(n) for n in range(self.box.size)])
            return
        groups = self.box.groups
        starts: list[list[Digits]] = [
            [g.today for g in groups],
            [tuple(0 for _ in g.shape) for g in groups],
            [tuple(n - 1 for n in g.shape) for g in groups],
        ]
        self.see([self._everywhere(start) for start in starts])
        before = np.inf
        for turn in range(ROUNDS):
            found = self.chosen([p.target for p in self.promises])
            best = self._best_at(found)
            steps = max(2 * len(group.levers) for group in groups)
            around = [self._moved(best, step) for step in range(steps)]
            around = [
                mix for mix in around if any((p, d) not in self.known for p, d in mix.items())
            ]
            if not around:
                return
            self.see(around, len(starts) + turn * steps, len(starts) + ROUNDS * steps)
            now = self.chosen([p.target for p in self.promises])
            if now.bound == now.bound and now.bound > before * (1 - BETTER):
                return
            before = now.bound if now.bound == now.bound else np.inf

    def _all(self, number: int) -> Mix:
        return self._everywhere([g.numbered(number % g.size) for g in self.box.groups])

    def _everywhere(self, plans: Sequence[Digits]) -> Mix:
        groups = zip(self.box.groups, plans, strict=True)
        return {point: plan for group, plan in groups for point in group.points}

    def _best_at(self, choice: Choice) -> Mix:
        """Take the plan of each point that is best at the prices of what is asked."""
        columns = self.columns([p.target for p in self.promises])
        worth = columns.cost - columns.gains @ choice.prices
        found: dict[int, int] = {}
        for row, point in enumerate(self.points):
            if point not in found or worth[row] < worth[found[point]]:
                found[point] = row
        return {self.box.points[point]: self.plans[row] for point, row in found.items()}

    def _moved(self, mix: Mix, step: int) -> Mix:
        """Move one lever of each point by one, where that is another plan of the box."""
        lever, up = divmod(step, 2)
        return {point: _moved(self.box.group_of[point], d, lever, up) for point, d in mix.items()}

    # ------------------------------------------------------------------ choosing

    def columns(self, targets: Sequence[float]) -> Columns:
        """Lay out what has been seen, for targets of the promises."""
        amounts = np.array(self.amounts)
        gains = amounts[:, :, 0] - np.array(targets) * amounts[:, :, 1]
        gains *= np.array([1.0 if p.at_least else -1.0 for p in self.promises])
        points = np.array(self.points, dtype=np.int64)
        cost = np.array(
            [
                self.box.cost_of(self.box.points[point], plan)
                for point, plan in zip(self.points, self.plans, strict=True)
            ]
        )
        return Columns(points, cost, gains)

    def needs(self, targets: Sequence[float]) -> Floats:
        """Say what the gains of all points come to at least."""
        found = [
            0.0 if p.asked[2] in OF else (t if p.at_least else -t)
            for p, t in zip(self.promises, targets, strict=True)
        ]
        return np.array(found)

    def chosen(self, targets: Sequence[float]) -> Choice:
        """Choose a plan for each point; its bound is NaN where no choice keeps all."""
        columns, needs = self.columns(targets), self.needs(targets)
        spent = self.box.service.cost
        return choose(columns, needs, spent) or nearest(columns, needs)

    def mix(self, choice: Choice) -> Mix:
        """Give what was chosen as a mix."""
        return {self.box.points[self.points[row]]: self.plans[row] for row in choice.taken.tolist()}

    def means(self, choice: Choice) -> list[float]:
        """Give what a choice reaches, by promise, as the search's own replications have it."""
        total = np.array(self.amounts)[choice.taken].sum(axis=0)
        return [
            float(a / n) if p.asked[2] in OF and n else float(a)
            for p, (a, n) in zip(self.promises, total, strict=True)
        ]


def _moved(group: Group, plan: Digits, lever: int, up: int) -> Digits:
    if lever >= len(group.levers):
        return plan
    digit = plan[lever] + (1 if up else -1)
    if not 0 <= digit < group.shape[lever]:
        return plan
    return (*plan[:lever], digit, *plan[lever + 1 :])

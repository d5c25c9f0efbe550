"""Simulates plans of a box as they are asked for, and looks for the one that is sought.

`Search` keeps every replication that was made, in memory and, if there is a folder, on disk, so
that a search that was stopped goes on where it was. Called by `govsim.optimise`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from govsim.comparison import selection
from govsim.evaluation import work
from govsim.evaluation.service import Service
from govsim.lateness.trials import could_be_kept
from govsim.measures.clocks import CLOCKS
from govsim.measures.replication import Asked
from govsim.measures.statistics import Interval, interval
from govsim.optimisation.box import Box
from govsim.optimisation.promises import Promise, a_year
from govsim.optimisation.race import ERROR, LOOKS, Observe, Race, verdict
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.trials import Kept
from govsim.scenarios.units import DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FRESH = 1_000_000
"""First of the replications by which a plan is checked; the race sees those from 0 on."""

BLOCK = 100
"""Replications of a check that are made at a time."""

FEWEST, MOST = 100, 2000
"""Replications of a check; fewer than the first where one has very many demands."""

DEMANDS, TEN = 400_000, 10
"""Demands that a check sees at least, and replications that it takes at least."""

CEILING = (4, 8, 32, 96)
"""Replications from which the ceiling is computed: more where a target lies near it."""

NARROWING = (4, 8, 16, 32, 64)
"""Replications after which plans are left out that another one beats."""

FINALISTS = 12
"""Plans that are told from each other by ranking and selection."""


@dataclass(frozen=True)
class Values:
    """Some replications of a plan, and under which name they are kept.

    Attributes
    ----------
    key : of what they depend on.
    """

    key: str


class Search:
    """Simulates plans of a box.

    Parameters
    ----------
    services : by which options are taken: those of `Box.digits`, joined to a number.
    box : the plans.
    promises : what must hold.
    also : a measure that is to be as good as possible.
    kept : results that were made before.
    name : of all that results depend on but the plan.
    on_progress : told how many plans have been looked at.
    """

    def __init__(
        self,
        services: Sequence[Service],
        box: Box,
        promises: Sequence[Promise],
        also: Promise | None,
        kept: Kept,
        name: str,
        on_progress: OnProgress | None = None,
    ) -> None:
        self.services, self.box, self.promises, self.also = services, box, tuple(promises), also
        self.kept, self.name, self.on_progress = kept, name, on_progress
        self.asked: tuple[Asked, ...] = tuple(
            dict.fromkeys([p.asked for p in promises] + ([] if also is None else [also.asked]))
        )
        self.made = 0
        self.known: dict[int, Floats] = {}
        service = services[0]
        days = (service.network.end - service.measured_from) / DAY
        self.factors, self.days = a_year(self.asked, days), days

    @cached_property
    def fewest(self) -> int:
        """Replications of a check at least: `FEWEST`, or fewer of a whole district."""
        service = self.services[0]
        met = work.drawn(service.plan, service.points, service.network, 0)
        return int(np.clip(DEMANDS // max(len(met.table), 1), TEN, FEWEST))

    # ------------------------------------------------------------------ simulating

    def values(self, plans: Sequence[int], n: int) -> list[Floats]:
        """Give the first n replications of plans, float[n, asked] each, as reports show them."""
        missing: dict[tuple[int, int], list[int]] = {}
        for plan in dict.fromkeys(plans):
            have = len(self.known.get(plan, ()))
            if have < n:
                missing.setdefault((self._service(plan), have), []).append(plan)
        for (which, have), some in missing.items():
            found = self._made(which, some, tuple(range(have, n)))
            for plan, values in zip(some, found, strict=True):
                before = self.known.get(plan)
                self.known[plan] = values if before is None else np.concatenate([before, values])
        return [self.known[plan][:n] for plan in plans]

    def fresh(self, plan: int, n: int, asked: Sequence[Asked]) -> tuple[Floats, Floats]:
        """Give n replications that the race never saw: of the plan of today, and of another."""
        which, rosters, factors = (
            self._service(plan),
            self.box.frozen(plan),
            a_year(asked, self.days),
        )
        today, then = [], []
        for first in range(FRESH, FRESH + n, BLOCK):  # whose demands are kept for both
            numbers = range(first, min(first + BLOCK, FRESH + n))
            own: list[work.Rosters] = [()]
            if which == 0:
                own.append(rosters)
            found = list(self.services[0].each(own, numbers, asked))
            if which:
                found += self.services[which].each([rosters], numbers, asked)
            today.append(found[0] * factors)
            then.append(found[1] * factors)
            if self.on_progress is not None:
                self.on_progress(Progress("check", numbers.stop - FRESH, n))
        return np.concatenate(today), np.concatenate(then)

    def service_of(self, plan: int) -> Service:
        """Give the service with the options that a plan takes."""
        return self.services[self._service(plan)]

    def _service(self, plan: int) -> int:
        options, _ = self.box.digits(plan)
        return sum(1 << i for i, taken in enumerate(options) if taken)

    def _made(self, which: int, plans: list[int], numbers: tuple[int, ...]) -> list[Floats]:
        keys = {plan: self._key(which, plan, numbers) for plan in plans}
        found = {p: self.kept.found[k.key] for p, k in keys.items() if k.key in self.kept.found}
        left = [plan for plan in plans if plan not in found]
        rosters = [self.box.frozen(plan) for plan in left]
        made = self.services[which].each(rosters, numbers, self.asked)
        for plan, values in zip(left, made, strict=True):
            self.kept.put(keys[plan], values)
            found[plan] = values
            self.made += len(numbers)
        return [found[plan] * self.factors for plan in plans]

    def _key(self, which: int, plan: int, numbers: tuple[int, ...]) -> Values:
        told = [self.name, which, self.box.frozen(plan), numbers, self.asked]
        return Values(hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32])

    def margins(self, plans: Sequence[int], n: int) -> list[Floats]:
        """Give by how much plans keep the promises: float[n, promises] each."""
        return [self._margins(values, self.promises) for values in self.values(plans, n)]

    def _margins(self, values: Floats, promises: Sequence[Promise]) -> Floats:
        columns = [p.margin(values[:, self.asked.index(p.asked)]) for p in promises]
        return np.stack(columns, axis=1) if columns else np.empty((len(values), 0))

    def nearest(self) -> tuple[int, Floats] | None:
        """Give the plan seen whose worst promise is nearest, in standard deviations; its means."""
        found = []
        for plan, values in self.known.items():
            margins = self._margins(values, self.promises)
            if margins.shape[1] and len(margins) > 1:
                spread = np.nanstd(margins, axis=0, ddof=1)
                worst = np.nanmin(np.nanmean(margins, axis=0) / np.where(spread > 0, spread, 1))
                found.append((float(worst), plan))
        if not found:
            return None
        plan = max(found)[1]
        return plan, np.nanmean(self.known[plan], axis=0)

    # ------------------------------------------------------------------ searching

    def cheapest(
        self, among: Ints, promises: Sequence[Promise] | None = None
    ) -> tuple[Race, Iterator[int]]:
        """Give the race of plans, the cheapest first, and those that keep all as it finds them."""
        observe = self._told(len(among), self.promises if promises is None else promises)
        race = Race(observe, among, self.box.costs)
        return race, race.run()

    def _told(self, total: int, promises: Sequence[Promise]) -> Observe:
        """Observe margins, and tell how many plans have been looked at."""
        seen: set[int] = set()

        def observe(plans: Sequence[int], n: int) -> list[Floats]:
            found = [self._margins(values, promises) for values in self.values(plans, n)]
            seen.update(plans)
            if self.on_progress is not None:
                self.on_progress(Progress("plans", len(seen), total))
            return found

        return observe

    def best(self, among: Ints, error: float = ERROR) -> list[int]:
        """Give the plans that are best by the measure sought, the best first.

        Plans are left out when one of the promises is clearly broken, or another plan is clearly
        better on the same demands; then Kim and Nelson's procedure goes on with the rest.
        """
        assert self.also is not None
        left = among.tolist()
        for n in NARROWING:
            pieces = [left[i : i + 64] for i in range(0, len(left), 64)]
            values: list[Floats] = []
            for i, piece in enumerate(pieces):
                values += self.values(piece, n)
                if self.on_progress is not None:
                    self.on_progress(Progress("plans", min(64 * i + 64, len(left)), len(left)))
            stays = [
                not self.promises
                or verdict(self._margins(v, self.promises), NARROWING, error) != "dropped"
                for v in values
            ]
            left = [plan for plan, stay in zip(left, stays, strict=True) if stay]
            goods = np.array([self._good(v) for v, stay in zip(values, stays, strict=True) if stay])
            if len(left) < 2:
                break
            behind = goods - goods[int(np.nanargmax(goods.mean(axis=1)))]
            reach = _width(behind, error / len(NARROWING))
            left = [p for p, d, w in zip(left, behind.mean(axis=1), reach, strict=True) if d >= -w]
            if len(left) <= FINALISTS:
                break
        means = {plan: float(self._good(self.values([plan], 64)[0]).mean()) for plan in left}
        final = sorted(left, key=lambda plan: -means[plan])[:FINALISTS]
        if len(final) > 1:
            chosen = selection.kn(
                lambda place, n: self._good(self.values([final[place]], n)[0]),
                len(final), self._zone(means[final[0]]), 1 - error, LOOKS[-1],
            )  # fmt: skip
            if chosen.best is not None:
                first = final[chosen.best]
                final = [first, *(plan for plan in final if plan != first)]
        return final

    def _good(self, values: Floats) -> Floats:
        assert self.also is not None
        column = values[:, self.asked.index(self.also.asked)]
        return column if self.also.at_least else -column

    def _zone(self, level: float) -> float:
        """Smallest difference that matters: 0.2 points of a share, or 0.5% of what is measured."""
        assert self.also is not None
        is_share = self.also.quantity.shown.kind == "share"
        return 0.002 if is_share else max(abs(level) * 0.005, 1e-9)

    def front(self, among: Ints, error: float = ERROR) -> list[int]:
        """Give the plans that no cheaper plan beats, the cheapest first."""
        order = among[np.argsort(self.box.costs[among], kind="stable")].tolist()
        for n in NARROWING:
            goods = []
            for i in range(0, len(order), 64):
                goods += [self._good(v) for v in self.values(order[i : i + 64], n)]
                if self.on_progress is not None:
                    self.on_progress(Progress("plans", min(i + 64, len(order)), len(order)))
            table = np.array(goods)
            means, stay, ahead = table.mean(axis=1), [], 0
            for i in range(len(order)):
                behind = table[i] - table[ahead]
                stay.append(behind.mean() >= -float(_width(behind[None], error / 5)[0]))
                if means[i] > means[ahead]:
                    ahead = i
            order = [plan for plan, stays in zip(order, stay, strict=True) if stays]
        found: list[int] = []
        best = -np.inf
        for plan in order:
            mean = float(self._good(self.values([plan], NARROWING[-1])[0]).mean())
            if mean > best:
                if found and self.box.costs[plan] <= self.box.costs[found[-1]] + 0.5:
                    found.pop()
                found.append(plan)
                best = mean
        return found

    # ------------------------------------------------------------------ checking

    def length_of_check(self, plan: int, attempt: int) -> int:
        """How many fresh replications show with 90% chance that a plan keeps what it seems to."""
        from scipy.stats import norm

        if not self.promises:
            return self.fewest
        margins = self.margins([plan], max(LOOKS[2], len(self.known.get(plan, ()))))[0]
        needed = [self.fewest]
        for column in margins.T:
            known = column[~np.isnan(column)]
            mean, spread = float(known.mean()), float(known.std(ddof=1))
            z = float(norm.isf(error_of(attempt))) + float(norm.isf(0.1))
            if not np.isfinite(spread):
                continue
            if mean > 0 and spread > 0:
                needed.append(ceil(1.5 * (z * spread / mean) ** 2))
            elif spread > 0:
                needed.append(MOST)
        return min(max(needed), MOST)


def error_of(attempt: int) -> float:
    """Chance that the check of the n-th plan says wrongly that a promise is kept; from 1 on.

    The first has 2.5%, as the lower end of a 95% interval has; each further one half of that of the
    one before, so that all together have at most 5%.
    """
    return float(ERROR / 2**attempt)


def holds(margins: Floats, attempt: int) -> bool:
    """Whether fresh replications show that every promise is kept."""
    ends = [interval(column, 1 - 2 * error_of(attempt)) for column in margins.T]
    return all(found.low >= 0 or (found.mean >= 0 and found.half_width == 0) for found in ends)


def _width(behind: Floats, error: float) -> Floats:
    """Half-width of one-sided intervals of differences: float[plans], of float[plans, n]."""
    from scipy.special import stdtrit

    n = behind.shape[1]
    width: Floats = behind.std(axis=1, ddof=1) / sqrt(n) * float(stdtrit(n - 1, 1 - error))
    return width


# ------------------------------------------------------------------ the ceiling


def ceiling(
    service: Service, confidence: float, targets: Mapping[str, float]
) -> dict[str, Interval]:
    """Share of demands that any staffing could serve in time, by clock; see `govsim.why`.

    Nobody ever waits, and the fastest team of the group goes.

    Parameters
    ----------
    targets : by clock; replications are added while one lies within the interval.
    """
    found: list[list[float]] = []
    ends: dict[str, Interval] = {}
    for n in CEILING:
        found += _could(service, range(len(found), n))
        columns = zip(CLOCKS, np.array(found).T, strict=True)
        ends = {clock: interval(column, confidence) for clock, column in columns}
        if not any(
            ends[clock].low <= target <= ends[clock].high for clock, target in targets.items()
        ):
            break
    return ends


def _could(service: Service, replications: Sequence[int]) -> list[list[float]]:
    network, found = service.network, []
    for replication in replications:
        met = work.drawn(service.plan, service.points, network, replication)
        outcome = met.serve(network, service.measured_from)
        found.append(could_be_kept(network, met.table, outcome))
    return found

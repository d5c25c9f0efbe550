"""The steps to an answer: the ceiling, the search, the check on fresh replications, what binds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.evaluation.service import Service
from govsim.evaluation.work import frozen
from govsim.lateness.result import PAIR
from govsim.measures.quantity import Quantity
from govsim.measures.replication import Asked
from govsim.measures.statistics import interval
from govsim.optimisation import files, hours, result
from govsim.optimisation.asked import Question
from govsim.optimisation.box import head_text, most
from govsim.optimisation.promises import a_year
from govsim.optimisation.race import Race, bound
from govsim.optimisation.result import Optimum
from govsim.optimisation.search import FRESH, Search, ceiling, holds
from govsim.runs import provenance
from govsim.runs.given import scenario_name
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.trials import Kept
from govsim.scenarios.schema import Scenario
from govsim.why import why

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SURE = 0.998
"""Confidence with which a target is said to be above what any staffing reaches."""

ATTEMPTS = 6
"""Plans that are checked at most."""

ALTERNATIVES, DEARER = 3, 1.1
"""Plans that are named beside the one that was found, and what they cost at most beside it."""

POINT = 0.01
"""One point more of a share, whose price is told; of other measures one percent."""

HELPS = 2
"""Replications from which changes are named that help where staffing can't."""

SHOWN = (
    "compliance_scene", "compliance_solve", "compliance_reply", "orders", "satisfaction", "cost",
)  # fmt: skip
"""Measures that are shown beside those that were asked about."""


class Answer:
    """An answer that is being found.

    Attributes
    ----------
    plan : the plan that was found; None before, and where there is none.
    """

    def __init__(self, question: Question, kept: Kept, on_progress: OnProgress | None) -> None:
        self.question, self.on_progress = question, on_progress
        self.service, self.box = question.service, question.box
        self.promises, self.also = question.promises, question.also
        self.search = Search(
            question.services, self.box, self.promises, self.also, kept, question.key, on_progress
        )
        self.asked: tuple[Asked, ...] = tuple(
            dict.fromkeys((*self.search.asked, *(("district", "", name) for name in SHOWN)))
        )
        self.factors = a_year(self.asked, self.search.days)
        self.plan: int | None = None
        self.race: Race | None = None
        self.found: Iterator[int] = iter(())
        self.among: Ints = question.among
        self.rows: dict[str, Any] = {}
        self.more: dict[str, float] = {}
        self.checked, self.began = 0, time.monotonic()
        self.confidence = self.service.scenario.confidence

    def look(self) -> str:
        """Compute the ceiling, search, and check what is found; return the verdict."""
        self.among, reachable = self._below_the_ceiling(self.question.among)
        if not reachable:
            return result.OUT_OF_REACH
        if self.question.seeks_best:
            self.found = iter(self.search.best(self.among))
        else:
            self.race, self.found = self.search.cheapest(self.among)
        if self._check(self.found):
            return result.FOUND if self.plan is not None else result.UNCHECKED
        return result.NONE

    def optimum(self) -> Optimum:
        """Find it, and what is worth telling beside it."""
        verdict = self.look()
        if verdict == result.OUT_OF_REACH:
            self.rows["helps"] = list(self._helps())
        elif verdict == result.FOUND:
            self._beside()
        if verdict == result.FOUND:
            self.rows["hours"] = list(self._hours())
        if self.question.wanted.curve and verdict != result.OUT_OF_REACH:
            self.rows["curve"] = list(self._curve(self.among))
        self.rows["box"] = list(self._box())
        return result.made(self._manifest(verdict, self.race), self.rows)

    # ------------------------------------------------------------------ the ceiling

    def _below_the_ceiling(self, among: Ints) -> tuple[Ints, bool]:
        """Leave out options with which no staffing keeps all; say whether any are left."""
        rows, can = [], []
        for i, service in enumerate(self.question.services):
            mine = [p for p in self.promises if p.clock and p.at_least]
            targets = {p.clock: max(q.target for q in mine if q.clock == p.clock) for p in mine}
            if not targets:
                can.append(True)
                continue
            most = ceiling(service, SURE, targets)
            can.append(not any(most[p.clock].high < p.target for p in mine))
            for p in mine:
                found = most[p.clock]
                rows.append((i, p.clock, p.target, found.mean, found.low, found.high, found.n))
        last = max(can, default=True)
        # Of several choices of options the one that reaches most is told.
        best = {
            row[1]: max((r for r in rows if r[1] == row[1]), key=lambda r: r[3]) for row in rows
        }
        self.rows["ceiling"] = [row[1:] for row in best.values()]
        places = np.zeros(len(among), dtype=np.int64)
        for bit in range(len(self.box.options)):
            digit = np.unravel_index(among, self.box.shape)[bit]
            places += digit.astype(np.int64) << bit
        return among[np.array(can)[places]], bool(last)

    def _helps(self) -> Iterator[tuple[Any, ...]]:
        """Simulate what helps where staffing can't, for the promise that is furthest away."""
        far = max(self.rows["ceiling"], key=lambda row: row[1] - row[2])
        found = why(
            self.service.loaded,
            clock=far[0],
            replications=HELPS,
            executor=self.service.executor,
            on_progress=self.on_progress,
        )
        for row in found.to_frame().to_dict("records"):
            if row["gain"] > 0 and (row["change"] == PAIR or row["rank"] <= 4):
                yield tuple(row[name] for name in result.COLUMNS["helps"])

    # ------------------------------------------------------------------ the check

    def _check(self, found: Iterator[int]) -> int:
        """Check plans on fresh replications until one holds; return how many were checked."""
        attempt = 0
        for attempt, plan in enumerate(islice(found, ATTEMPTS), 1):
            n = self.search.length_of_check(plan, attempt)
            today, values = self.search.fresh(plan, n, self.asked)
            self.checked += n
            if not self.promises or holds(self._margins(values), attempt):
                self.plan = plan
                self.rows["promises"] = list(self._promises(today, values))
                self.rows["measures"] = list(self._measures(today, values))
                return attempt
        return attempt

    def _margins(self, values: Floats) -> Floats:
        columns = [p.margin(values[:, self.asked.index(p.asked)]) for p in self.promises]
        return np.stack(columns, axis=1)

    def _promises(self, today: Floats, values: Floats) -> Iterator[tuple[Any, ...]]:
        for p in self.promises:
            column = self.asked.index(p.asked)
            now = interval(today[:, column], self.confidence)
            then = interval(values[:, column], self.confidence)
            yield (
                str(p.quantity), p.at_least, p.target, now.mean, now.low, now.high, then.mean,
                then.low, then.high, then.n,
            )  # fmt: skip

    def _measures(self, today: Floats, values: Floats) -> Iterator[tuple[Any, ...]]:
        for column, (level, key, name) in enumerate(self.asked):
            now = interval(today[:, column], self.confidence)
            then = interval(values[:, column], self.confidence)
            more = interval(values[:, column] - today[:, column], self.confidence)
            yield (
                str(Quantity(name, level, key)), now.mean, now.low, now.high, then.mean, then.low,
                then.high, more.mean, more.low, more.high, then.n,
            )  # fmt: skip

    # ------------------------------------------------------------------ beside the plan

    def _beside(self) -> None:
        """Say who else comes near, and what each post holds."""
        assert self.plan is not None
        cost = float(self.box.costs[self.plan])
        if self.race is not None:
            self.race.most = DEARER * cost
        others = list(islice(self.found, ALTERNATIVES))
        rows = []
        for rank, plan in enumerate([self.plan, *others], 1):
            values = self.search.values([plan], max(16, len(self.search.known.get(plan, ()))))[0]
            for column, (level, key, name) in enumerate(self.search.asked):
                one = interval(values[:, column], self.confidence)
                rows.append((
                    plan, rank, float(self.box.costs[plan]), int(self.box.heads[plan]),
                    self.changes(plan), str(Quantity(name, level, key)), one.mean, one.low,
                    one.high, one.n,
                ))  # fmt: skip
        self.rows["plans"] = rows
        self.more = self._price_of_more()
        self.rows["posts"] = list(self._posts())
        self.rows["rosters"] = list(self._rosters())

    def _price_of_more(self) -> dict[str, float]:
        """What the first promise costs more if its target is a point harder; NaN if nothing is."""
        assert self.plan is not None
        if self.question.seeks_best:
            return {}
        first = self.promises[0]
        share = first.quantity.shown.kind == "share"
        step = POINT if share else POINT * first.target
        target = first.target + (step if first.at_least else -step)
        if share and not 0 <= target <= 1:
            return {}
        harder = (replace(first, target=target), *self.promises[1:])
        cost = float(self.box.costs[self.plan])
        among = self.question.among
        race, found = self.search.cheapest(among[self.box.costs[among] >= cost - 0.5], harder)
        race.most = 1.5 * cost
        plan = next(found, None)
        more = float("nan") if plan is None else float(self.box.costs[plan]) - cost
        return {"step": step, "target": target, "more": more}

    def _posts(self) -> Iterator[tuple[Any, ...]]:
        """Take one away from each number on duty, on fresh replications of both."""
        assert self.plan is not None
        places = self.box.digits(self.plan)[1]
        service = self.search.service_of(self.plan)
        mine = self.box.own | self.box.rosters(self.plan)
        asked = self.search.asked
        factors, numbers = a_year(asked, self.search.days), range(FRESH, FRESH + self.search.fewest)
        posts = [
            (lever, lever.values[place])
            for lever, place in zip(self.box.levers, places, strict=True)
            if most(lever.values[place])
        ]
        fewer = []
        for lever, head in posts:
            less = (
                head - 1 if isinstance(head, int) else {k: max(0, n - 1) for k, n in head.items()}
            )
            changed = {
                (p, lever.team): {**mine[p, lever.team], lever.shift: less} for p in lever.points
            }
            fewer.append(mine | changed)
        plans = [frozen(mine), *(frozen(one) for one in fewer)]
        base: Floats | None = None
        for i, values in enumerate(service.each(plans, numbers, asked)):
            self._tell("posts", i, len(posts))
            if base is None:
                base = values * factors
                continue
            lever, head = posts[i - 1]
            saved = sum(
                service.cost_of(*key, mine[key]) - service.cost_of(*key, fewer[i - 1][key])
                for key in mine
            )
            for column, (level, key_, name) in enumerate(asked):
                lost = interval(values[:, column] * factors[column] - base[:, column])
                yield (
                    lever.path, most(head), saved, str(Quantity(name, level, key_)), lost.mean,
                    lost.low, lost.high, lost.n,
                )  # fmt: skip

    def _curve(self, among: Ints) -> Iterator[tuple[Any, ...]]:
        """Say what each amount of money buys, on fresh replications."""
        assert self.also is not None
        column = [self.also.asked]
        for plan in self.search.front(among):
            values = self.search.fresh(plan, self.search.fewest, column)[1]
            one = interval(values[:, 0], self.confidence)
            self.checked += self.search.fewest
            yield (
                float(self.box.costs[plan]), int(self.box.heads[plan]), self.changes(plan),
                str(self.also.quantity), one.mean, one.low, one.high, one.n,
            )  # fmt: skip

    # ------------------------------------------------------------------ telling

    def changes(self, plan: int) -> str:
        """Say what a plan changes: options, and numbers on duty that differ from today's."""
        options, places = self.box.digits(plan)
        taken = zip(self.box.options, options, strict=True)
        said = [option.text.rpartition(":")[0] for option, yes in taken if yes]
        for lever, place in zip(self.box.levers, places, strict=True):
            if lever.values[place] != lever.today:
                said.append(
                    f"{lever.path}: {head_text(lever.today)}→{head_text(lever.values[place])}"
                )
        return "; ".join(said)

    def _rosters(self) -> Iterator[tuple[Any, ...]]:
        points = self.service.network.territory.points
        called = dict(
            zip(
                points["point"].astype(str),
                points[["name_zh", "name_en", "kind"]].itertuples(index=False, name=None),
                strict=True,
            )
        )
        by = ["point", "team", "shift", "day_kind"]
        today = self.service.rosters.set_index(by)["number"].to_dict()
        for row in self._service_of_plan().rosters.to_dict("records"):
            where = tuple(row[name] for name in by)
            names = called[str(row["point"])]
            now = today.get(where)
            if now is None:
                now = today.get((*where[:3], ""), today.get((*where[:3], "workday"), 0))
            yield row["point"], *names, *where[1:], int(now), int(row["number"])

    def _service_of_plan(self) -> Service:
        assert self.plan is not None
        return self.service.with_pools(self.box.rosters(self.plan))

    def _hours(self) -> Iterator[tuple[Any, ...]]:
        """Lay people on duty beside the work that is asked of them, by the hour."""
        return hours.by_hour(self.service, self._service_of_plan(), FRESH)

    def _box(self) -> Iterator[tuple[Any, ...]]:
        places: Sequence[int | None] = [None] * len(self.box.levers)
        if self.plan is not None:
            places = self.box.digits(self.plan)[1]
        for lever, place in zip(self.box.levers, places, strict=True):
            values = ", ".join(head_text(value) for value in lever.values)
            number = "" if place is None else head_text(lever.values[place])
            yield lever.path, head_text(lever.today), values, number

    def _nearest(self) -> dict[str, Any]:
        """Say how near the promises a plan came, where none keeps them."""
        near = None if self.plan is not None else self.search.nearest()
        if near is None:
            return {}
        plan, means = near
        at = {p.asked: means[self.search.asked.index(p.asked)] for p in self.promises}
        return {
            "cost": float(self.box.costs[plan]),
            "changes": self.changes(plan),
            "values": [float(at[p.asked]) for p in self.promises],
        }

    def write(self, folder: Path) -> Path | None:
        """Write the scenario and the table of rosters; see `govsim.optimisation.files`."""
        assert self.plan is not None
        taken = self.box.digits(self.plan)[0]
        options = [o for o, yes in zip(self.box.options, taken, strict=True) if yes]
        return files.write(
            folder, self.service.loaded, files.table(self._service_of_plan()), options
        )

    def _tell(self, phase: str, done: int, total: int) -> None:
        if self.on_progress is not None:
            self.on_progress(Progress(phase, done, total))

    def _manifest(self, verdict: str, race: Race | None) -> dict[str, Any]:
        loaded, wanted, plan = self.service.loaded, self.question.wanted, self.plan
        scenario: Scenario = loaded.scenario
        nan = float("nan")
        at_least = nan if race is None else bound(race, plan)
        return {
            "name": scenario_name(loaded),
            "label": scenario.label.model_dump(),
            "scenario": provenance.resolved(scenario, loaded.folder),
            "run": self.service.plan.run,
            "keep": [str(p) for p in self.promises],
            "best": None
            if self.also is None or not self.question.seeks_best
            else str(self.also.quantity),
            "budget": wanted.budget,
            "heads_at_most": wanted.heads,
            "options": [option.text for option in self.box.options],
            "verdict": verdict,
            "by_point": False,
            "plans_in_box": self.box.size,
            "within": len(self.question.among),
            "looked_at": len(self.search.known),
            "open": 0
            if race is None
            else len(
                [p for p in race.open_ if plan is None or self.box.costs[p] < self.box.costs[plan]]
            ),
            "replications": self.search.made,
            "checked": self.checked,
            "cost": nan if plan is None else float(self.box.costs[plan]),
            "heads": 0 if plan is None else int(self.box.heads[plan]),
            "changes": "" if plan is None else self.changes(plan),
            "cost_today": self.service.cost,
            "heads_today": sum(most(h) for r in self.box.own.values() for h in r.values()),
            "bound": at_least,
            "price_of_more": self.more,
            "nearest": self._nearest(),
            "confidence": self.confidence,
            "seed": scenario.seed,
            "versions": provenance.versions(),
            "seconds": round(time.monotonic() - self.began, 1),
        }

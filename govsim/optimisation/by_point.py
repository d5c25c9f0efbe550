"""The steps to an answer where each point has rosters of its own.

Every point chooses among its own plans, so that all together keep what is asked at the least cost
(`govsim.optimisation.choice`). What was chosen by few replications is lucky in them: it is checked
as a whole district on fresh ones, and where it falls short the targets are raised by what is
missing and points choose anew, until a check holds. Called by `govsim.optimise`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, isnan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.evaluation.service import Service
from govsim.measures.statistics import interval
from govsim.optimisation import files, result
from govsim.optimisation.answer import ATTEMPTS, POINT, Answer
from govsim.optimisation.asked import Question
from govsim.optimisation.box import head_text
from govsim.optimisation.choice import Choice
from govsim.optimisation.point_box import Mix, PointBox
from govsim.optimisation.promises import a_year
from govsim.optimisation.result import Optimum
from govsim.optimisation.search import FRESH, Values, error_of, holds
from govsim.optimisation.seen import Seen
from govsim.runs.progress import OnProgress
from govsim.runs.trials import Kept
from govsim.scenarios.units import DAY, YEAR

Floats = NDArray[np.float64]

DEMANDS, MOST = 800_000, 32
"""Demands that each plan of the points meets at least, and replications that are at most made."""

CHECKED, LEVEL = 3, 2
"""Replications of a check, and those by which the search's luck is told: so many times those that a
check of a plan that is the same everywhere has at least."""

APART = 10_000
"""Numbers between the replications of one check and those of the next."""


@dataclass(frozen=True)
class Checked:
    """A mix with what it was found to keep on fresh replications.

    Attributes
    ----------
    today, values : float[replications, asked].
    """

    mix: Mix
    today: Floats
    values: Floats


class AnswerByPoint(Answer):
    """An answer that is being found, with rosters of each point by itself."""

    def __init__(self, question: Question, kept: Kept, on_progress: OnProgress | None) -> None:
        super().__init__(question, kept, on_progress)
        self.points = PointBox(self.service, question.box.levers)
        first = Values(f"{question.key} demands")
        if first.key not in kept.found:  # of today's plan, which needs no demand table then
            kept.put(first, np.array([float(self._demands())]))
        met = float(kept.found[first.key][0])
        self.seen = Seen(
            self.points,
            self.promises,
            int(np.clip(ceil(DEMANDS / max(met, 1)), 2, MOST)),
            YEAR / DAY / self.search.days,
            kept,
            question.key,
            on_progress,
        )
        self.level: Floats = np.zeros(len(self.promises))
        self.checked_as: Checked | None = None
        self.chosen: Choice | None = None
        self.asked_for: Choice | None = None

    def _demands(self) -> int:
        from govsim.evaluation import work

        service = self.service
        return len(work.drawn(service.plan, service.points, service.network, 0).table)

    def look(self) -> str:
        """Compute the ceiling, let points choose, and check them together; return the verdict."""
        if not self._below_the_ceiling(np.zeros(1, dtype=np.int64))[1]:
            return result.OUT_OF_REACH
        self.seen.look()
        targets = np.array([p.target for p in self.promises]) - self._luck()
        self.asked_for = self.seen.chosen(targets.tolist())
        if isnan(self.asked_for.bound):
            return result.NONE
        harder = targets.copy()
        signs = np.array([1.0 if p.at_least else -1.0 for p in self.promises])
        for attempt in range(1, ATTEMPTS + 1):
            choice = self.seen.chosen(harder.tolist())
            if isnan(choice.bound):
                return result.UNCHECKED
            made = self._fresh(self.seen.mix(choice), attempt)
            margins = self._margins(made.values)
            if holds(margins, attempt):
                self.chosen, self.checked_as = choice, made
                self.rows["promises"] = list(self._promises(made.today, made.values))
                self.rows["measures"] = list(self._measures(made.today, made.values))
                return result.FOUND
            # The next check is stricter: what it would miss is missing.
            ends = [interval(m, 1 - 2 * error_of(attempt + 1)).low for m in margins.T]
            harder += signs * np.maximum(-np.array(ends), 0.0)
        return result.UNCHECKED

    def _luck(self) -> Floats:
        """Say by how much the search's few replications are off, by today's plan in more of them.

        All plans meet the same demands, so they share most of that luck: float[promises], what is
        to be taken off the targets while the search's own replications are looked at.
        """
        few, asked = self.seen.replications, [p.asked for p in self.promises]
        more = few + LEVEL * self.search.fewest
        self._tell("check", 0, more)
        (today,) = self.service.each([()], range(more), asked)
        self._tell("check", more, more)
        values = today * a_year(asked, self.search.days)
        found: Floats = values.mean(axis=0) - values[:few].mean(axis=0)
        self.level = found
        return found

    def _fresh(self, mix: Mix, attempt: int) -> Checked:
        """Simulate a mix, and today's plan, on replications that nobody has seen."""
        first = FRESH + attempt * APART
        numbers = range(first, first + CHECKED * self.search.fewest)
        self._tell("check", 0, len(numbers))
        plans = [(), self.points.frozen(mix)]
        today, values = self.service.each(plans, numbers, self.asked)
        self.checked += len(numbers)
        self._tell("check", len(numbers), len(numbers))
        return Checked(mix, today * self.factors, values * self.factors)

    def optimum(self) -> Optimum:
        """Find it, and what is worth telling beside it."""
        verdict = self.look()
        if verdict == result.OUT_OF_REACH:
            self.rows["helps"] = list(self._helps())
        elif verdict == result.FOUND:
            self.more = self._price_of_more()
            self.rows["rosters"] = list(self._rosters())
            self.rows["hours"] = list(self._hours())
            if self.question.wanted.curve:
                self.rows["curve"] = list(self._buys())
        self.rows["box"] = list(self._box())
        return result.made(self._manifest(verdict, None), self.rows)

    # ------------------------------------------------------------------ beside the plan

    def _price_of_more(self) -> dict[str, float]:
        """What the first promise costs more, a point harder, by the search's own replications."""
        assert self.asked_for is not None
        first = self.promises[0]
        share = first.quantity.shown.kind == "share"
        step = POINT if share else POINT * first.target
        target = first.target + (step if first.at_least else -step)
        if share and not 0 <= target <= 1:
            return {}
        harder = self.seen.chosen(self._targets_with(target))
        more = harder.cost - self.asked_for.cost if harder.bound == harder.bound else float("nan")
        return {
            "step": step,
            "target": target,
            "more": more,
            "one": float(self.asked_for.prices[0]),
        }

    def _targets_with(self, first: float) -> list[float]:
        """Give the targets with another one of the first promise, as the search takes them."""
        given = np.array([first, *(p.target for p in self.promises[1:])])
        return [float(target) for target in given - self.level]

    def _buys(self) -> Iterator[tuple[Any, ...]]:
        """Say what each amount of money buys of the first promise, on fresh replications."""
        first = self.promises[0]
        column = [first.asked]
        for target in self._targets():
            choice = self.seen.chosen(self._targets_with(target))
            if isnan(choice.bound):
                return
            mix = self.seen.mix(choice)
            numbers = range(FRESH, FRESH + self.search.fewest)
            (values,) = self.service.each([self.points.frozen(mix)], numbers, column)
            self.checked += len(numbers)
            one = interval(values[:, 0] * self.factors[0], self.confidence)
            yield (
                self.points.cost(mix), self.points.heads(mix), self.points.changes(mix),
                str(first.quantity), one.mean, one.low, one.high, one.n,
            )  # fmt: skip

    def _targets(self) -> list[float]:
        """Give seven targets around the one that was asked."""
        first = self.promises[0]
        share = first.quantity.shown.kind == "share"
        step = 2 * POINT if share else 2 * POINT * first.target
        return [first.target + i * step for i in range(-3, 4) if first.target + i * step > 0]

    # ------------------------------------------------------------------ telling

    def _service_of_plan(self) -> Service:
        assert self.checked_as is not None
        return self.service.with_pools(self.points.rosters(self.checked_as.mix))

    def _box(self) -> Iterator[tuple[Any, ...]]:
        mix = {} if self.checked_as is None else self.checked_as.mix
        for lever in self.points.levers:
            counted: dict[str, int] = {}
            for point in lever.points if mix else ():
                place = self.points.group_of[point].levers.index(lever)
                head = head_text(lever.values[mix[point][place]])
                counted[head] = counted.get(head, 0) + 1
            numbers = ", ".join(f"{head} ×{n}" for head, n in sorted(counted.items()))
            values = ", ".join(head_text(value) for value in lever.values)
            yield lever.path, head_text(lever.today), values, numbers

    def _nearest(self) -> dict[str, Any]:
        if self.checked_as is not None or self.asked_for is None:
            return {}
        mix = self.seen.mix(self.asked_for)
        return {
            "cost": self.points.cost(mix),
            "changes": self.points.changes(mix),
            "values": self.seen.means(self.asked_for),
        }

    def _gap(self, choice: Choice) -> float:
        """Part of the cost by which whole plans cost more than the bound, in the same sample."""
        least = self.service.cost + choice.bound
        return (choice.cost - choice.bound) / least if least else 0.0

    def write(self, folder: Path) -> Path | None:
        """Write the scenario and the table of rosters; see `govsim.optimisation.files`."""
        return files.write(folder, self.service.loaded, files.table(self._service_of_plan()), [])

    def _manifest(self, verdict: str, race: Any) -> dict[str, Any]:
        told = super()._manifest(verdict, race)
        mix = None if self.checked_as is None else self.checked_as.mix
        nan = float("nan")
        bound = nan
        if self.asked_for is not None and self.seen.whole:
            bound = self.service.cost + self.asked_for.bound
        return {
            **told,
            "by_point": True,
            "points": len(self.points.points),
            "enumerated": self.seen.whole,
            "replications_each": self.seen.replications,
            "whole_gap": nan if self.asked_for is None else self._gap(self.asked_for),
            "plans_in_box": self.points.size,
            "within": self.points.size,
            "looked_at": len(self.seen.plans),
            "replications": self.seen.made,
            "cost": nan if mix is None else self.points.cost(mix),
            "heads": 0 if mix is None else self.points.heads(mix),
            "changes": "" if mix is None else self.points.changes(mix),
            "bound": bound,
        }

"""More replications of each plan, until differences are precise, or until one plan is the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, isnan
from pathlib import Path

import numpy as np

from govsim.comparison import selection
from govsim.comparison.plans import Plan
from govsim.comparison.result import Comparison, values
from govsim.errors import InputError, Problem
from govsim.language import name as in_language
from govsim.language import tr
from govsim.measures.quantity import Quantity
from govsim.run import run
from govsim.runs.executors import Executor
from govsim.runs.progress import Progress
from govsim.runs.results import MAIN, Result
from govsim.runs.stopping import chosen_by
from govsim.runs.tasks import Engine
from govsim.runs.uncertainty import Uncertainty

AT_LEAST = 10
"""Replications after which a precision is first looked at; see docs/comparison.md."""


MOST = 500
"""Replications of a plan at which to give up."""


OnPlan = Callable[[str, Progress], None]
"""Told the name of the plan that is being simulated, and how far its run is."""


@dataclass
class PlanRuns:
    """The runs of the plans, each gone on with when more of its replications are wanted."""

    plans: dict[str, Plan]
    out: Path
    on_progress: OnPlan | None
    engine: Engine
    executor: Executor | None
    uncertainty: Uncertainty | None = None
    results: dict[str, Result] = field(default_factory=dict)

    def extend(self, plan: str, replications: int | None) -> Result:
        """Give a run with at least so many replications, or its usual number."""
        chosen = self.plans[plan]
        if chosen.loaded is None:
            assert chosen.run is not None
            return self.results.setdefault(plan, chosen.run)
        done = self.results[plan].replications if plan in self.results else 0
        if not done or done < (replications or 0):
            told = self.on_progress

            def on_progress(now: Progress) -> None:
                if told is not None:
                    told(plan, now)

            self.results[plan] = run(
                chosen.loaded,
                replications=replications,
                out=self.out,
                on_progress=on_progress,
                engine=self.engine,
                executor=self.executor,
                uncertainty=self.uncertainty,
                name=chosen.called,
            )
        return self.results[plan]

    def compared(self, question: Comparison, replications: int | None) -> Comparison:
        """Answer with at least so many replications of every plan, and with equally many."""
        found = tuple(self.extend(plan, replications) for plan in self.plans)
        common = min(result.replications for result in found)
        alike = tuple(result.first(common) for result in found)
        return replace(question, results=alike, used=(common,) * len(found))


def until_precise(
    runs: PlanRuns, question: Comparison, precision: float, on: Sequence[Quantity], most: int
) -> Comparison:
    """Go on until the differences from the baseline are known well enough.

    Notes
    -----
    The sequential procedure of Law 2015, section 9.4.1, on the intervals that are shown.
    As many replications are added as the widest interval seems to take, at most as many as
    there are: each look is another chance to stop too early.
    """
    n = min(AT_LEAST, most)
    while True:
        found = runs.compared(question, n)
        n = found.used[0]
        wide = _imprecise(found, precision, on)
        if not wide or n >= most:
            break
        n = min(most, 2 * n, max(n + 1, ceil(n * max(wide.values()) ** 2)))
    names = (in_language(q.shown.label) for q in on or tuple(map(Quantity, MAIN)))
    found = replace(found, warnings=(*found.warnings, chosen_by(names)))
    if not wide:
        return found
    warning = tr(
        "after {n} replications differences are not yet known to {share} of the baseline: {names}",
        n=n,
        share=f"{100 * precision:g}%",
        names=", ".join(in_language(quantity.shown.label) for quantity in wide),
    )
    return replace(found, warnings=(*found.warnings, warning))


def _imprecise(
    found: Comparison, precision: float, on: Sequence[Quantity]
) -> dict[Quantity, float]:
    """Say of what the intervals are too wide, and how many times too wide the widest is."""
    wide: dict[Quantity, float] = {}
    for one in found.differences:
        asked = one.quantity in (on or tuple(map(Quantity, MAIN)))
        if not asked or one.against != found.baseline or not one.paired.difference.n:
            continue
        width, allowed = one.paired.difference.half_width, precision * abs(one.mean_against)
        if not width <= allowed:
            times = width / allowed if allowed and not isnan(width) else 2.0
            wide[one.quantity] = max(times, wide.get(one.quantity, 0.0))
    return wide


def until_best(
    runs: PlanRuns, question: Comparison, goal: Quantity, delta: float, most: int
) -> Comparison:
    """Go on with the plans that may be the best until one is left."""
    names = question.names
    sign = 1.0 if goal.shown.better == "higher" else -1.0

    def observe(plan: int, n: int) -> selection.Floats:
        result = runs.extend(names[plan], n)
        found: selection.Floats = sign * np.asarray(values(result, goal, n), np.float64)
        if np.isnan(found).any():
            message = tr(
                "“{name}” has no value in some replication of “{plan}”",
                name=goal,
                plan=result.title,
            )
            raise InputError([Problem(message, file="--best")])
        return found

    chosen = selection.choose(observe, len(names), delta, question.confidence, most)
    results = tuple(runs.results[name] for name in names)
    return replace(
        question,
        results=results,
        used=tuple(result.replications for result in results),
        selection=chosen,
    )

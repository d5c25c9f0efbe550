"""Why a measure differs between two scenarios: shared out over the mechanisms that differ.

`explain` is the door for the command line and for Python. It shares the change out over mechanisms
(`govsim.explanation.attribution`), says on which uncertain inputs it depends and how sure it is
(`govsim.explanation.sensitivity`), and what picking a bad year would show by itself
(`govsim.explanation.regression`). Trials are kept as they finish, so an explanation that was
stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from govsim.errors import InputError, Problem
from govsim.explanation import attribution, sensitivity, switches
from govsim.explanation.attribution import Attribution
from govsim.explanation.result import EXPLANATIONS, FRAMES, Explanation, write_explanation
from govsim.explanation.result import open_explanation as open_explanation
from govsim.explanation.steps import Budget, ExplanationSteps
from govsim.explanation.switches import Switches
from govsim.language import tr
from govsim.measures.catalogue import YEARLY, per
from govsim.measures.quantity import Quantity, unknown
from govsim.runs import provenance
from govsim.runs.executors import Executor, Serial
from govsim.runs.given import opened, scenario_name
from govsim.runs.progress import OnProgress
from govsim.runs.trials import Kept
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.schema import Scenario
from govsim.service import network
from govsim.storage import lock
from govsim.storage.files import writing

Given = str | Path | Scenario | Loaded

CLAIM = -0.6
"""The fall in 12345 orders that the programme reports, whose chance is asked for."""


def explain(
    before: Given,
    after: Given,
    *,
    measure: str = "orders",
    replications: int | None = None,
    goal: float | None = None,
    budget: Budget | None = None,
    seed: int | None = None,
    settings: Settings = (),
    out: str | Path | None = None,
    on_progress: OnProgress | None = None,
    executor: Executor | None = None,
) -> Explanation:
    """Share a change out over the mechanisms in which two scenarios differ.

    Parameters
    ----------
    before, after : as for `govsim.run`; their starts, horizons, warm-ups and seeds must agree, so
        that the same demands meet them.
    measure : what is explained, such as ``orders`` or ``team/volunteers:utilisation``.
    replications : of each scenario in between; the larger of the scenarios' own if not given.
    goal : the change whose chance over the plausible ranges is asked for: relative (-0.6 is a
        fall by 60%), of shares a difference. If not given, `CLAIM` for 12345 orders, and half of
        the change that is found for all else.
    budget : how much is simulated beside that; `Budget` if not given.
    seed, settings : as in `govsim.run`, for both.
    out : folder for results; ``<out>/explanations/<id>`` is made in it, or gone on with. None:
        nothing is written.
    on_progress : told the phase, and how far it is.
    executor : where trials are done.

    Raises
    ------
    InputError
        With all that is wrong with the scenarios and with what is asked.
    RunError
        The results can't be written.
    """
    budget = budget or Budget()
    quantity = Quantity.parse(measure)
    problems = list(_problems(quantity, replications, goal, budget))
    if problems:
        raise InputError(problems)
    pair = tuple(opened(given, seed, settings) for given in (before, after))
    between = switches.between(pair[0].scenario, pair[1].scenario, pair[0].folder)
    started = time.monotonic()
    with _folder(out, pair, quantity) as folder:
        work = ExplanationSteps(
            between, quantity, budget, executor or Serial(), Kept(folder), on_progress
        )
        found, frames = work.shares(replications or max(p.scenario.replications for p in pair))
        if goal is None:
            goal = _usual_goal(quantity, found)
        frames |= work.inputs(goal) | {"regression": work.bad_year()}
        manifest = {
            **_described(pair),
            "measure": str(quantity),
            "replications": len(found.change),
            "confidence": between.after.confidence,
            "seed": between.after.seed,
            "goal": goal,
            "budget": asdict(budget),
            "measured_days": work.measured_days,
            "per": per(quantity.measure, YEARLY),
            **_switched(found.switches),
            "exact": len(found.switches.mechanisms) <= attribution.MOST_EXACT,
            "versions": provenance.versions(),
            "program": provenance.program()[0],
            "seconds": round(time.monotonic() - started, 1),
        }
        explained = Explanation(manifest, folder=None, **{name: frames[name] for name in FRAMES})
        return explained if folder is None else write_explanation(explained, folder)


def _problems(
    quantity: Quantity, replications: int | None, goal: float | None, budget: Budget
) -> Iterator[Problem]:
    yield from unknown([quantity], "--measure")
    if replications is not None and replications < 2:
        yield Problem(tr("an interval takes at least two replications"), file="--replications")
    if goal is not None and (not goal or goal <= -1):
        yield Problem(
            tr("the goal must be a change such as -60%, and less than a fall by 100%"),
            file="--goal",
        )
    if budget.samples < 2 or budget.samples & (budget.samples - 1):
        yield Problem(tr("{n} is no power of 2, such as 128", n=budget.samples), file="--samples")


@contextmanager
def _folder(
    out: str | Path | None, pair: Sequence[Loaded], quantity: Quantity
) -> Iterator[Path | None]:
    """Give the folder of this question, held so that nobody else works there; None if none."""
    if out is None:
        yield None
        return
    runs = [provenance.run_id(network.build(one.scenario, one.folder)) for one in pair]
    asked = json.dumps([*runs, str(quantity)])
    name = hashlib.sha256(asked.encode()).hexdigest()[:12]
    folder = Path(out) / EXPLANATIONS / name
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        held = lock.hold(folder)
    with held:
        yield folder


def _described(pair: Sequence[Loaded]) -> dict[str, Any]:
    return {
        which: {
            "name": scenario_name(loaded),
            "label": loaded.scenario.label.model_dump(),
            "scenario": provenance.resolved(loaded.scenario, loaded.folder),
        }
        for which, loaded in zip(("before", "after"), pair, strict=True)
    }


def _switched(found: Switches) -> dict[str, Any]:
    """Record how mechanisms were switched, for `Explanation.notes`."""
    with_teams = found.stations is not None and "station_teams" in found.parts
    return {
        "mechanisms": list(found.mechanisms),
        "needs": {one: sorted(others) for one, others in found.needs.items() if others},
        "replaced": found.stations.replaced if found.stations and with_teams else None,
    }


def _usual_goal(quantity: Quantity, found: Attribution) -> float:
    """Choose what to ask the chance of: the programme's claim, or half of what is found."""
    if quantity.measure in ("orders", "orders_per_1000"):
        return CLAIM
    before, after = found.before[:, 0].mean(keepdims=True), found.after[:, 0].mean(keepdims=True)
    change = sensitivity.difference(before, after, quantity.shown.kind != "share")
    return float(f"{change[0] / 2:.2g}")


# ---------------------------------------------------------------------- the work

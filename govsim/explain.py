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
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from govsim.errors import InputError, Problem
from govsim.explanation import attribution, regression, sensitivity, switches
from govsim.explanation.attribution import Attribution
from govsim.explanation.regression import Selection
from govsim.explanation.result import EXPLANATIONS, FRAMES, Explanation, write_explanation
from govsim.explanation.result import open_explanation as open_explanation
from govsim.explanation.sensitivity import Study
from govsim.explanation.switches import Switches
from govsim.language import tr
from govsim.measures.catalogue import FLOWS, YEARLY, per
from govsim.measures.quantity import Quantity, unknown
from govsim.run import run
from govsim.runs import provenance, ranges, tasks, trials
from govsim.runs.executors import Executor, Serial
from govsim.runs.given import opened, scenario_name
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.trials import Kept, Simulate
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY, YEAR
from govsim.service import network
from govsim.service.network import Network
from govsim.service.rules import CAUSES
from govsim.storage import lock
from govsim.storage.files import writing

Given = str | Path | Scenario | Loaded

CLAIM = -0.6
"""The fall in 12345 orders that the programme reports, whose chance is asked for."""


@dataclass(frozen=True)
class Budget:
    """How much is simulated beside the scenarios in between.

    Attributes
    ----------
    trajectories : Morris' ways through the ranges; each takes a point for each input.
    points : points at which all inputs are set at once; 0 asks nothing of the inputs.
    screened : inputs at most that Sobol's indices are asked of.
    samples : Sobol's samples, a power of 2; each takes a point for each of these inputs.
    each : replications at a point.
    selection : of the bad year; None asks nothing of it.
    """

    trajectories: int = 10
    points: int = 400
    screened: int = 6
    samples: int = 128
    each: int = 2
    selection: Selection | None = field(default_factory=Selection)


QUICK = Budget(points=0, selection=None)
"""The mechanisms alone."""


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
        work = _Work(between, quantity, budget, executor or Serial(), Kept(folder), on_progress)
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


@dataclass(frozen=True)
class _Work:
    """What is simulated for an explanation."""

    between: Switches
    quantity: Quantity
    budget: Budget
    executor: Executor
    kept: Kept
    on_progress: OnProgress | None

    def shares(self, replications: int) -> tuple[Attribution, dict[str, pd.DataFrame]]:
        """Share the change out over mechanisms, and by cause if it is one in 12345 orders."""
        self._compile()
        asked = [self._asked]
        if self.quantity == Quantity("orders"):
            asked += [("cause", cause, "orders") for cause in CAUSES]
        found = attribution.attribute(
            self.between,
            asked,
            replications,
            self.measured_from,
            self._scale,
            self._simulate("in between"),
        )
        if np.isnan(found.shares.shapley).any():
            text = tr("“{name}” has no value in some replication", name=self.quantity)
            raise InputError([Problem(text, file="--measure")])
        return found, found.frames(self._confidence)

    def inputs(self, goal: float) -> dict[str, pd.DataFrame]:
        """Find on which inputs the answer depends, and how sure it is."""
        names = ("ranges", "morris", "sobol", "points", "chance", "conditions")
        frames = {name: pd.DataFrame() for name in names}
        if not self.budget.points:
            return frames
        kind, before, after = self.quantity.shown.kind, self.between.before, self.between.after
        found = ranges.inputs(before, after, kind == "money")
        study = Study(
            before,
            after,
            self.between.folder,
            self._asked,
            kind != "share",
            tuple(found),
            self.budget.each,
            self.measured_from,
            self._scale,
        )
        frames["ranges"] = ranges.to_frame(found)
        frames["morris"] = sensitivity.screening(
            study,
            self.budget.trajectories,
            self._seed,
            self._confidence,
            self._simulate("screening"),
        )
        points = sensitivity.points(study, self.budget.points, self._seed, self._simulate("points"))
        frames["points"] = points
        frames["chance"] = sensitivity.chance(points["answer"], goal, self._confidence)
        frames["conditions"] = sensitivity.conditions(points, found, goal, self._confidence)
        morris = frames["morris"]
        loud = morris[morris["mu_star"] > morris["noise"].fillna(0.0)]
        chosen = set(loud["input"].head(self.budget.screened))
        if chosen:
            frames["sobol"] = sensitivity.variances(
                study,
                [one for one in found if one.name in chosen],
                self.budget.samples,
                self._seed,
                self._confidence,
                self._simulate("variances"),
            )
        return frames

    def bad_year(self) -> pd.DataFrame:
        """See what picking a bad year brings by itself."""
        if self.budget.selection is None:
            return pd.DataFrame()
        services = self._services
        with_stations = next((one for one in reversed(services) if one.has_station.any()), None)
        return regression.simulated(
            self.between.before,
            self.between.folder,
            self.measured_from,
            self.budget.selection,
            self._confidence,
            self._simulate("bad year"),
            _communities(with_stations) if with_stations else (),
        )

    @cached_property
    def measured_from(self) -> int:
        """End of the scenarios' warm-up, ms; the longer one where it must be found."""
        before, after = self.between.before, self.between.after
        if before.warm_up != "mser5":
            return before.warm_up
        runs = (run(one, replications=1, executor=self.executor) for one in (before, after))
        return max(int(run.manifest["warm_up"]["length_ms"]) for run in runs)

    @property
    def measured_days(self) -> float:
        """Days from then to the end."""
        return (self.between.after.horizon - self.measured_from) / DAY

    @property
    def _scale(self) -> float:
        """Factor to an amount a year, for measures that add up over time."""
        return YEAR / DAY / self.measured_days if self.quantity.measure in FLOWS else 1.0

    @property
    def _asked(self) -> trials.Asked:
        return (self.quantity.level, self.quantity.key, self.quantity.measure)

    @property
    def _confidence(self) -> float:
        return self.between.after.confidence

    @property
    def _seed(self) -> int:
        return self.between.after.seed % 2**32  # SALib takes no larger ones

    @property
    def _services(self) -> tuple[Network, Network]:
        before, after, folder = self.between.before, self.between.after, self.between.folder
        return network.build(before, folder), network.build(after, folder)

    def _compile(self) -> None:
        from govsim import engine

        if not engine.is_kept():
            self._tell("compiling", 0, 1)
            tasks.compile_engine()

    def _simulate(self, phase: str) -> Simulate:
        return partial(
            trials.run,
            executor=self.executor,
            kept=self.kept,
            on_trial=partial(self._tell, phase),
        )

    def _tell(self, phase: str, done: int, total: int) -> None:
        if self.on_progress is not None:
            self.on_progress(Progress(phase, done, total))


def _communities(service: Network) -> list[str]:
    """Name the communities where stations cover grids, as `govsim.measures` does."""
    grids = service.territory.grids[service.has_station]
    named = grids["street"].astype(str) + "/" + grids["community"].astype(str)
    return sorted(named.unique())

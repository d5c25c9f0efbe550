"""The steps of an explanation: the shares of mechanisms, what depends on inputs, a bad year."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import pandas as pd

from govsim.errors import InputError, Problem
from govsim.explanation import attribution, regression, sensitivity
from govsim.explanation.attribution import Attribution
from govsim.explanation.regression import Selection
from govsim.explanation.result import open_explanation as open_explanation
from govsim.explanation.sensitivity import Study
from govsim.explanation.switches import Switches
from govsim.language import tr
from govsim.measures.catalogue import FLOWS
from govsim.measures.quantity import Quantity
from govsim.run import run
from govsim.runs import ranges, tasks, trials
from govsim.runs.executors import Executor
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.trials import Kept, Simulate
from govsim.scenarios.units import DAY, YEAR
from govsim.service import network
from govsim.service.network import Network
from govsim.service.rules import CAUSES


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


@dataclass(frozen=True)
class ExplanationSteps:
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

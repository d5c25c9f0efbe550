"""Whether calibration finds known truths again, and says no more than records tell.

Truths are drawn from the prior, records simulated from each, and the inputs inferred from them
with the functions that `govsim.calibrate` uses. Called by ``govsim validate-calibration``;
docs/calibration.md has the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from govsim.calibration.inference import design as simulating
from govsim.calibration.inference import emulator, posterior, prior, sbc
from govsim.calibration.inference.emulator import Emulator
from govsim.calibration.inference.sbc import Check
from govsim.calibration.inference.summaries import NAMES
from govsim.runs.executors import Executor
from govsim.runs.trials import Kept, Trial, plain
from govsim.scenarios.loading import load
from govsim.scenarios.units import WEEK

Floats = NDArray[np.float64]
OnStep = Callable[[str, float], None]
"""Told what is done, and which share of it."""

RECORDS = {
    "linked": ("orders", "ledger", "links"),
    "unlinked": ("orders", "ledger"),
    "orders": ("orders",),
}
"""What there is: the ledger linked to orders, both but not linked, and orders only."""

SEEDS = 4
"""Replications of each point."""

WARM_UP = 4 * WEEK
"""Where the scenario leaves it to be found."""

COVERED = 0.85, 0.95
"""Share of truths that 90% intervals should hold."""

FALSE_ALARM = 0.05
"""Chance that uniform ranks of any of the inputs checked together are called uneven."""


@dataclass(frozen=True)
class Known:
    """What became of one input.

    Attributes
    ----------
    records : a key of `RECORDS`.
    input : its path.
    truths : how many.
    coverage : share of truths that 90% intervals held.
    p_uniform : see `govsim.calibration.inference.sbc.p_uniform`.
    contraction : median share of the prior's variance that is gone.
    ranks : how many truths in each tenth of the ranks.
    inputs : how many are checked together.
    """

    records: str
    input: str
    truths: int
    coverage: float
    p_uniform: float
    contraction: float
    ranks: tuple[int, ...]
    inputs: int

    @property
    def determined(self) -> bool:
        """Whether records determine it."""
        return self.contraction >= posterior.NOT_DETERMINED

    @property
    def kept(self) -> bool:
        """Whether intervals and ranks are right; of what is not determined nothing is promised."""
        low, high = COVERED
        right = low <= self.coverage <= high and self.p_uniform >= FALSE_ALARM / self.inputs
        return right or not self.determined


@dataclass(frozen=True)
class _Truth:
    emulator: Emulator
    observed: Floats
    scores: Floats
    number: int


def _infer(truth: _Truth) -> tuple[NDArray[np.int64], NDArray[np.bool_], Floats]:
    d, rng = len(truth.scores), np.random.default_rng([truth.number, 4])
    drawn, _, _ = posterior.draw(truth.emulator, d, truth.observed, truth.number)
    ranks, covered = sbc.rank(truth.scores, drawn, rng), sbc.covers(truth.scores, drawn)
    return ranks, covered, posterior.contraction(drawn)


def known_truths(
    scenario: Path,
    truths: int,
    runs: int,
    records: Sequence[str],
    executor: Executor,
    folder: Path | None = None,
    told: OnStep | None = None,
    wanted: Sequence[str] = prior.USUAL,
) -> Iterator[Known]:
    """Infer inputs from records of known truths.

    Parameters
    ----------
    scenario : the file.
    truths : drawn from the prior.
    runs : simulations that the emulator is fitted to, `SEEDS` at each point.
    records : keys of `RECORDS`.
    executor : where it is done.
    folder : where simulations are kept, for whoever is stopped.
    told : told how far it is.
    wanted : paths of the latent inputs.

    Raises
    ------
    InputError
        The scenario can't be used.
    RunError
        Too few runs.
    """
    loaded = load(scenario)
    plan = loaded.scenario
    warm_up = plan.warm_up if isinstance(plan.warm_up, int) else WARM_UP
    base = Trial(plain(plan), str(loaded.folder), (), warm_up, ())
    inputs = tuple(prior.find(plan, wanted))
    kept, d = Kept(folder), len(inputs)

    def tell(what: str) -> Callable[[int, int], None]:
        def step(done: int, total: int) -> None:
            if told:
                told(what, done / total)

        return step

    points = simulating.design(max(1, runs // SEEDS), d, plan.seed)
    design = simulating.simulate(
        base, inputs, points, executor, kept, SEEDS, on_trial=tell("points")
    )
    scores = simulating.truths(truths, d, plan.seed)
    made = simulating.simulate(
        base, inputs, scores, executor, kept, 1, simulating.OF_TRUTHS, tell("truths")
    ).summaries
    for kind in records:
        names = [name for name in NAMES if name.split()[0] in RECORDS[kind]]
        fitted = emulator.fit(design.scores, design.summaries[names])
        seen = made[list(fitted.names)].to_numpy(dtype=np.float64)
        tasks = [
            _Truth(fitted, seen[i], scores[i], i)
            for i in np.flatnonzero(np.isfinite(seen).all(axis=1)).tolist()
        ]
        found = []
        for one in executor.map(_infer, tasks):
            found.append(one)
            tell(kind)(len(found), len(tasks))
        ranks, covered, contraction = (np.array(each) for each in zip(*found, strict=True))
        yield from _counted(kind, Check(tuple(x.path for x in inputs), ranks, covered, contraction))


def _counted(kind: str, check: Check) -> Iterator[Known]:
    for i, row in enumerate(check.to_frame().itertuples(index=False)):
        tenths = np.bincount(check.ranks[:, i] * 10 // (sbc.DRAWS + 1), minlength=10)
        yield Known(
            kind,
            str(row.input),
            len(check.ranks),
            float(check.covered[:, i].mean()),
            sbc.p_uniform(check.ranks[:, i]),
            float(np.median(check.contraction[:, i])),
            tuple(tenths.tolist()),
            len(check.names),
        )

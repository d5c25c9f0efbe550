"""Simulates records at points of the prior: a design that fills its space, and fresh truths.

Every point has replications of its own, so the luck of a point says nothing of the next. Results
are kept as they finish (`govsim.runs.trials.Kept`): whoever was stopped goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibration.inference import prior, records, summaries
from govsim.calibration.inference.records import EXACT, Rounding
from govsim.demand.table import draw
from govsim.runs import trials
from govsim.runs.executors import Executor
from govsim.runs.ranges import Uncertain
from govsim.runs.tasks import runs
from govsim.runs.trials import Kept, OnTrial, Trial

Floats = NDArray[np.float64]

OF_TRUTHS = 1_000_000
"""Number of the first replication of the truths, which no point of a design uses."""


@dataclass(frozen=True)
class Simulated:
    """Summaries at points.

    Attributes
    ----------
    scores : float[n, d], normal scores of the latent inputs.
    summaries : n rows, a column each; see `govsim.calibration.inference.summaries`.
    """

    scores: Floats
    summaries: pd.DataFrame


def design(points: int, d: int, seed: int) -> Floats:
    """Fill the prior: scores float[points, d] by a scrambled Sobol' sequence (SciPy's)."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(d, rng=np.random.default_rng(seed))
    power = int(np.ceil(np.log2(points)))
    return prior.scores(sequence.random_base2(power)[:points])


def truths(number: int, d: int, seed: int) -> Floats:
    """Draw from the prior: scores float[number, d]."""
    rng = np.random.default_rng([seed, 1])
    return prior.scores(rng.random((number, d)))


def simulate(
    base: Trial,
    inputs: Sequence[Uncertain],
    scores: Floats,
    executor: Executor,
    kept: Kept,
    seeds: int = 1,
    first: int = 0,
    on_trial: OnTrial | None = None,
    rounding: Rounding = EXACT,
) -> Simulated:
    """Simulate records at points.

    Parameters
    ----------
    base : the scenario, and the end of its warm-up.
    inputs : d latent inputs.
    scores : float[n, d].
    executor, kept : where, and what is done already.
    seeds : replications of each point.
    first : number of the first replication.
    on_trial : told how many points are done.
    rounding : of the records.

    Returns
    -------
    Simulated
        n times `seeds` rows.
    """
    scenario = base.network().scenario
    points = [
        replace(
            base.changed(prior.changes(scenario, inputs, z)),
            replications=tuple(range(first + i * seeds, first + (i + 1) * seeds)),
            asked=tuple(("records", "", name) for name in summaries.NAMES),
        )
        for i, z in enumerate(scores)
    ]
    found = trials.run(points, executor, kept, on_trial, partial(summarise, rounding=rounding))
    table = pd.DataFrame(np.concatenate(found, axis=0), columns=list(summaries.NAMES))
    return Simulated(np.repeat(scores, seeds, axis=0), table)


def summarise(trial: Trial, rounding: Rounding = EXACT) -> Floats:
    """Simulate the replications of a trial and summarise their records.

    Returns
    -------
    float[replications, summaries]
    """
    service = trial.network()
    rows = []
    for replication in trial.replications:
        table = draw(service, replication)
        outcome = runs(trial.engine)(service, table, trial.measured_from)
        shown = records.of_replication(service, table, outcome, trial.measured_from, rounding)
        rows.append(list(summaries.of(shown).values()))
    return np.array(rows)

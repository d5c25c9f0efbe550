"""Predictive checks: fresh runs with draws from the posterior, held against the record.

No emulator has a part in them. Called by `govsim.calibrate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibration.counts import Counted, Window, observe
from govsim.calibration.inference import prior, summaries
from govsim.calibration.inference.design import OF_TRUTHS
from govsim.calibration.inference.posterior import Posterior
from govsim.runs import trials
from govsim.runs.executors import Executor
from govsim.runs.trials import Kept, OnTrial, Trial

Floats = NDArray[np.float64]

DRAWS = 100
"""Draws from the posterior that are simulated, once each."""

CHANCE = 0.01
"""A right scenario has a check that fails in this share of calibrations."""

FEWEST = 5
"""Orders, seen or expected, that a category or place has at least to be judged."""


def simulated(
    base: Trial,
    fitted: Posterior,
    window: Window,
    executor: Executor,
    kept: Kept,
    on_trial: OnTrial | None,
) -> Floats:
    """Simulate draws from the posterior afresh.

    Parameters
    ----------
    base : the scenario, up to the end of the window.
    fitted, window : what is drawn, and what is counted.
    executor, kept : where, and what is done already.
    on_trial : told how many draws are done.

    Returns
    -------
    float[DRAWS, numbers]
        As of `govsim.calibration.counts.observe`.
    """
    at = np.linspace(0, len(fitted.scores) - 1, DRAWS).round().astype(np.int64)
    scenario = base.network().scenario
    each = [
        replace(
            base.changed(prior.changes(scenario, fitted.inputs, z)),
            replications=(OF_TRUTHS + i,),
        )
        for i, z in enumerate(fitted.scores[at])
    ]
    doing = partial(observe, window=window)
    return np.concatenate(trials.run(each, executor, kept, on_trial, doing))


def checks(drawn: Floats, observed: Mapping[str, float]) -> pd.DataFrame:
    """Hold summaries of the record against those of fresh runs.

    Parameters
    ----------
    drawn : float[m, numbers], of `simulated`.
    observed : summaries of the record by name.

    Returns
    -------
    pandas.DataFrame
        As in `govsim.calibration.Calibration`. Summaries are made so that they vary about
        normally, so the tail probability is that of Student's t for a further value of a normal
        sample (Geisser 1993, section 2.2).
    """
    table = pd.DataFrame(drawn[:, : len(summaries.NAMES)], columns=list(summaries.NAMES))
    rows = []
    for name, value in observed.items():
        given = table[name].dropna().to_numpy()
        if len(given) < len(table) / 2:
            continue
        low, middle, high = np.quantile(given, [0.05, 0.5, 0.95])
        rows.append((name, value, middle, low, high, tail(given, value)))
    columns = ["summary", "observed", "median", "low", "high", "tail"]
    return _judged(pd.DataFrame(rows, columns=columns))


def fit(drawn: Counted, observed: Counted, names: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Hold numbers of orders by category and place against those of fresh runs.

    Parameters
    ----------
    drawn, observed : of the same window; parts of the first have a row for each draw.
    names : of ``category`` and ``place``.

    Returns
    -------
    pandas.DataFrame
        As in `govsim.calibration.Calibration`; the tail probability is on the scale of square
        roots, on which numbers of rare events vary alike.
    """
    rows: list[tuple[object, ...]] = []
    for kind, words in names.items():
        given, seen = getattr(drawn, kind), getattr(observed, kind)
        if seen.sum():
            # The simulation knows of every order what it is; a record of these only.
            given = given * seen.sum() / observed.daily.sum()
            rows += list(_counted(kind, words, given, seen))
    columns = ["kind", "name", "observed", "median", "low", "high", "tail"]
    return _judged(pd.DataFrame(rows, columns=columns))


def _counted(
    kind: str, words: Sequence[str], given: Floats, seen: Floats
) -> Iterator[tuple[object, ...]]:
    for i, word in enumerate(words):
        if max(seen[i], given[:, i].mean()) < FEWEST:
            continue
        low, middle, high = np.quantile(given[:, i], [0.05, 0.5, 0.95])
        roots, root = np.sqrt(given[:, i] + 0.375), float(np.sqrt(seen[i] + 0.375))
        yield kind, word, seen[i], middle, low, high, tail(roots, root)


def tail(given: Floats, value: float) -> float:
    """Chance that a further value of a normal sample float[m] lies as far out as this one."""
    from scipy.stats import t

    m, spread = len(given), float(given.std(ddof=1))
    off = abs(value - float(given.mean()))
    if not spread:
        return float(off == 0)
    return float(2 * t.sf(off / (spread * np.sqrt(1 + 1 / m)), m - 1))


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``inside``: a check fails where chance alone hardly ever fails one of them all."""
    return frame.assign(inside=frame["tail"] >= CHANCE / max(1, len(frame)))

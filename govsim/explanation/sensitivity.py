"""On which uncertain inputs an answer depends: Morris, then Sobol; and how sure the answer is.

The answer is how a measure differs between two scenarios that meet the same demands: relative
to the first, or as the difference of two shares. `screening` finds the inputs that matter at
all, `variances` shares out the variance of the answer among those, `points` sets all inputs at
once anywhere in their ranges, and `conditions` says what sets the points that reach a goal
apart from the others. Called by `govsim.explain`.

Simulation is noisy, and noise must not pass for an effect. All points meet the same
replications (common random numbers), and the answer at a point is that of their mean. What
noise is left is estimated from the spread over replications, as if points met different
ones: so it is rather over- than underestimated. Inputs below it are said to be so.

The designs are SALib's: Herman and Usher, *JOSS* 2(9), 2017; Iwanaga, Usher and Herman, *SESMO* 4,
2022.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2, pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.runs import trials
from govsim.runs.ranges import Uncertain, Which, changes
from govsim.runs.trials import Asked, Simulate, Trial
from govsim.scenarios.schema import Scenario

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
"""From positions in ranges, float[points, inputs] between 0 and 1, to answers, float[points]."""

LEVELS = 4
"""Levels of Morris' grid."""

MORRIS = ("input", "mu_star", "mu_star_conf", "mu", "sigma")
SOBOL = ("input", "S1", "S1_conf", "ST", "ST_conf")

FEW = 10
"""So many points must reach a goal to say what sets them apart; else the best tenth is taken."""


# ---------------------------------------------------------------- of any function


def elementary_effects(
    function: Function, names: Sequence[str], trajectories: int, seed: int, confidence: float
) -> pd.DataFrame:
    """Screen inputs by Morris' elementary effects.

    Parameters
    ----------
    function : asked once, for all points.
    names : of the inputs.
    trajectories : ways through the grid; each takes a point more than there are inputs.

    Returns
    -------
    pandas.DataFrame
        ``input``; ``mu_star``, mean absolute effect of going through the whole range, with half
        its bootstrap interval; ``mu``, mean effect; ``sigma``, their spread. The largest first.

    Notes
    -----
    Morris, *Technometrics* 33(2), 1991; mu_star: Campolongo, Cariboni and Saltelli,
    *Environmental Modelling & Software* 22, 2007.
    """
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as design

    problem = _problem(names)
    x = design.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    found = analysis.analyze(
        problem, x, function(x), conf_level=confidence, num_levels=LEVELS, seed=seed
    )
    table = pd.DataFrame({"input": list(names)} | {c: np.asarray(found[c]) for c in MORRIS[1:]})
    return table.sort_values("mu_star", ascending=False, ignore_index=True)


def indices(
    function: Function, names: Sequence[str], samples: int, seed: int, confidence: float
) -> pd.DataFrame:
    """Share out the variance of a function among its inputs: Sobol's indices.

    Parameters
    ----------
    function : asked once, for all points: (inputs + 2) × samples.
    names : of the inputs.
    samples : a power of 2.

    Returns
    -------
    pandas.DataFrame
        ``input``; ``S1``, share of the variance that goes if it alone were known; ``ST``, share
        that is left if all others were known; with half their bootstrap intervals. The largest
        ST first.

    Raises
    ------
    ValueError
        `samples` is no power of 2, and Sobol's sequence would not be balanced.

    Notes
    -----
    Sobol, *Mathematics and Computers in Simulation* 55, 2001; estimators of Saltelli and others,
    *Computer Physics Communications* 181, 2010.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    if samples < 2 or log2(samples) % 1:
        raise ValueError(f"{samples} samples are no power of 2")
    problem = _problem(names)
    x = design.sample(problem, samples, calc_second_order=False, seed=seed)
    answers = function(x)
    if np.ptp(answers) == 0:  # no variance to share out
        found: dict[str, Any] = {column: np.zeros(len(names)) for column in SOBOL[1:]}
    else:
        found = analysis.analyze(
            problem, answers, calc_second_order=False, conf_level=confidence, seed=seed
        )
    table = pd.DataFrame({"input": list(names)} | {c: np.asarray(found[c]) for c in SOBOL[1:]})
    return table.sort_values("ST", ascending=False, ignore_index=True)


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


# ---------------------------------------------------------------- of two scenarios


@dataclass(frozen=True)
class Answers:
    """Answers at some points.

    Attributes
    ----------
    before, after : float[points, replications], the measure in both scenarios.
    relative : whether the answer is relative to the first.
    """

    before: Floats
    after: Floats
    relative: bool

    @property
    def each(self) -> Floats:
        """Answer by point and replication."""
        return difference(self.before, self.after, self.relative)

    @property
    def mean(self) -> Floats:
        """Answer by point: that of the means over replications."""
        before, after = (np.nanmean(part, axis=1) for part in (self.before, self.after))
        return difference(before, after, self.relative)

    @property
    def noise(self) -> float:
        """Standard deviation of an answer that simulation alone brings about; NaN if unknown."""
        replications = self.before.shape[1]
        if replications < 2:
            return float("nan")
        return float(np.sqrt(np.nanmean(np.nanvar(self.each, axis=1, ddof=1)) / replications))


def difference(before: Floats, after: Floats, relative: bool) -> Floats:
    """Give after less before, or that relative to before; NaN where before is 0."""
    if not relative:
        return after - before
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(before > 0, after / before - 1, np.nan)


@dataclass(frozen=True)
class Study:
    """Two scenarios whose inputs are not known for sure, and what is asked of them.

    Attributes
    ----------
    before, after : the scenarios.
    folder : where relative paths of their tables start.
    asked : the value that is compared.
    relative : whether the answer is relative to before.
    inputs : those that have a plausible range.
    replications : at each point.
    measured_from : end of the warm-up, ms.
    scale : factor on what is simulated, such as to amounts a year.
    """

    before: Scenario
    after: Scenario
    folder: Path
    asked: Asked
    relative: bool
    inputs: tuple[Uncertain, ...]
    replications: int
    measured_from: int
    scale: float = 1.0

    def answers(
        self,
        x: Floats,
        uncertain: Sequence[Uncertain],
        simulate: Simulate,
    ) -> Answers:
        """Simulate both scenarios at some points.

        Parameters
        ----------
        x : float[points, inputs], positions in their ranges.
        uncertain : the inputs that are set; all others stay as they are.
        """
        base = {
            which: Trial(
                trials.plain(scenario),
                str(self.folder),
                tuple(range(self.replications)),
                self.measured_from,
                (self.asked,),
            )
            for which, scenario in self._both()
        }
        wanted = [
            base[which].changed(changes(scenario, which, uncertain, list(point)))
            for point in x
            for which, scenario in self._both()
        ]
        found = self.scale * np.array(simulate(wanted))[:, 0, :]
        return Answers(found[0::2], found[1::2], self.relative)

    def _both(self) -> tuple[tuple[Which, Scenario], tuple[Which, Scenario]]:
        return ("before", self.before), ("after", self.after)


def screening(
    study: Study,
    trajectories: int,
    seed: int,
    confidence: float,
    simulate: Simulate,
) -> pd.DataFrame:
    """Find which inputs matter: `elementary_effects` on the answer.

    Returns
    -------
    pandas.DataFrame
        Also ``noise``, the mean absolute effect that simulation alone would show, and
        ``matters``, whether ``mu_star`` less its half interval is above it.
    """
    noise = float("nan")

    def function(x: Floats) -> Floats:
        nonlocal noise
        found = study.answers(x, study.inputs, simulate)
        noise = found.noise
        return _whole(found.mean)

    names = [one.name for one in study.inputs]
    table = elementary_effects(function, names, trajectories, seed, confidence)
    # An effect is a difference of two answers over delta; a normal value has mean size √(2/π) sd.
    delta = LEVELS / (2 * (LEVELS - 1))
    table["noise"] = sqrt(2 / pi) * sqrt(2) * noise / delta
    certain = table["mu_star"] - table["mu_star_conf"]
    table["matters"] = certain > table["noise"].fillna(0.0)
    return table


def variances(
    study: Study,
    uncertain: Sequence[Uncertain],
    samples: int,
    seed: int,
    confidence: float,
    simulate: Simulate,
) -> pd.DataFrame:
    """Share out the answer's variance among some inputs, with all others as they are.

    Returns
    -------
    pandas.DataFrame
        As of `indices`; also ``noise``, the share of the variance that is the simulation's.
    """
    noise = float("nan")

    def function(x: Floats) -> Floats:
        nonlocal noise
        found = study.answers(x, uncertain, simulate)
        answers = _whole(found.mean)
        noise = found.noise**2 / answers.var() if answers.var() > 0 else 0.0
        return answers

    table = indices(function, [one.name for one in uncertain], samples, seed, confidence)
    table["noise"] = noise
    return table


def points(
    study: Study,
    count: int,
    seed: int,
    simulate: Simulate,
) -> pd.DataFrame:
    """Set all inputs at once anywhere in their ranges, independent of each other.

    Returns
    -------
    pandas.DataFrame
        A row for each point of a Latin hypercube: ``before`` and ``after``, means of the measure;
        ``answer``; a column for each input, its position.
    """
    from scipy.stats import qmc

    x = qmc.LatinHypercube(len(study.inputs), rng=seed).random(count)
    found = study.answers(x, study.inputs, simulate)
    table = pd.DataFrame(x, columns=[one.name for one in study.inputs])
    table.insert(0, "before", np.nanmean(found.before, axis=1))
    table.insert(1, "after", np.nanmean(found.after, axis=1))
    table.insert(2, "answer", found.mean)
    return table


def _whole(answers: Floats) -> Floats:
    """Put the mean in place of answers that there are none of, so that they show no effect."""
    mean = np.nanmean(answers) if np.isfinite(answers).any() else 0.0
    return np.where(np.isfinite(answers), answers, mean)


# ---------------------------------------------------------------- how sure


def reached(answers: pd.Series, goal: float) -> pd.Series:
    """Tell which answers reach a goal: at most a negative one, at least a positive one."""
    return answers <= goal if goal < 0 else answers >= goal


def chance(answers: pd.Series, goal: float, confidence: float) -> pd.DataFrame:
    """Give the chance that an answer reaches a goal, over the plausible ranges.

    Returns
    -------
    pandas.DataFrame
        One row: ``goal``, ``points``, ``reached``, ``chance``, ``low``, ``high`` (Clopper and
        Pearson's exact interval, as if points were drawn independently, which for a Latin
        hypercube is rather too wide), and quantiles ``q05`` to ``q95`` of the answer.
    """
    from scipy.stats import binomtest

    known = answers.dropna()
    k, n = int(reached(known, goal).sum()), len(known)
    ends = binomtest(k, n).proportion_ci(confidence, method="exact")
    row = {"goal": goal, "points": n, "reached": k, "chance": k / n}
    row |= {"low": float(ends.low), "high": float(ends.high)}
    row |= {
        f"q{round(100 * q):02}": float(known.quantile(q)) for q in (0.05, 0.25, 0.5, 0.75, 0.95)
    }
    return pd.DataFrame([row])


def conditions(
    table: pd.DataFrame, uncertain: Sequence[Uncertain], goal: float, confidence: float
) -> pd.DataFrame:
    """Say what would have to be true: inputs by which points that reach a goal differ from others.

    Parameters
    ----------
    table : as `points` gives it.
    uncertain : its inputs.
    goal : as in `chance`. If fewer than `FEW` points reach it, the tenth that comes nearest to
        it is taken in their place.

    Returns
    -------
    pandas.DataFrame
        Inputs whose positions differ by a rank test (Mann and Whitney) with Holm's correction
        for their number, the most different first: ``input``; ``reaching`` and ``others``, median
        positions; ``from`` and ``to``, between which nine tenths of those that reach it lie;
        ``value``, ``value_others``, ``value_from``, ``value_to``, the same as values; ``p``;
        ``of``, ``goal`` or ``nearest tenth``; ``points``, how many these are.
    """
    from scipy.stats import mannwhitneyu

    known = table[table["answer"].notna()]
    those, of = reached(known["answer"], goal), "goal"
    if those.sum() < FEW or those.all():
        low = goal < 0
        edge = known["answer"].quantile(0.1 if low else 0.9)
        those, of = known["answer"] <= edge if low else known["answer"] >= edge, "nearest tenth"
    rows = []
    for one in uncertain:
        mine, others = known.loc[those, one.name], known.loc[~those, one.name]
        ends = {
            "reaching": mine.median(),
            "others": others.median(),
            "from": mine.quantile(0.05),
            "to": mine.quantile(0.95),
        }
        rows.append(
            {
                "input": one.name,
                **ends,
                **{
                    name: one.shown(float(ends[at]))
                    for name, at in (
                        ("value", "reaching"),
                        ("value_others", "others"),
                        ("value_from", "from"),
                        ("value_to", "to"),
                    )
                },
                "p": float(mannwhitneyu(mine, others).pvalue),
                "of": of,
                "points": int(those.sum()),
            }
        )
    found = pd.DataFrame(rows).sort_values("p", ignore_index=True)
    left = np.arange(len(found), 0, -1)
    found["p"] = np.minimum(np.maximum.accumulate(found["p"].to_numpy() * left), 1.0)
    return found[found["p"] < 1 - confidence].reset_index(drop=True)

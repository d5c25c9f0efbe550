"""What records tell of the latent inputs: draws from their posterior, and how far they narrow it.

Draws come from emcee's affine-invariant ensemble (Foreman-Mackey et al. 2013), in normal scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibration.inference import prior
from govsim.calibration.inference.emulator import Emulator
from govsim.runs.ranges import Uncertain

Floats = NDArray[np.float64]

DETERMINED, NOT_DETERMINED = 0.75, 0.5
"""Contraction from which on records determine an input; below the second they do not."""


CLIMBS = 3
"""Points of the prior from which the top is looked for."""


@dataclass(frozen=True)
class Posterior:
    """Draws from a posterior.

    Attributes
    ----------
    inputs : d latent inputs.
    scores : float[m, d], normal scores; the prior is standard normal.
    acceptance : share of steps that were taken.
    misfits : summaries that the model does not bring about at any inputs, and so were doubted.
    """

    inputs: tuple[Uncertain, ...]
    scores: Floats
    acceptance: float
    misfits: tuple[str, ...] = ()

    @property
    def contraction(self) -> Floats:
        """Share of the prior's variance that is gone, float[d]; 1 if an input is known for sure."""
        return contraction(self.scores)

    def to_frame(self) -> pd.DataFrame:
        """Tabulate inputs as they are written, and their posterior.

        Returns
        -------
        pandas.DataFrame
            ``input, low, value, high, q05, median, q95``, as written; ``at_05, at_25, at_50,
            at_75, at_95``, positions in the plausible range; ``contraction``.
        """
        levels = (5, 25, 50, 75, 95)
        rows = []
        for i, one in enumerate(self.inputs):
            at = prior.positions(np.quantile(self.scores[:, i], np.array(levels) / 100))
            ends = [one.shown(p) for p in (0.0, 0.5, 1.0)]
            shown = [one.shown(p) for p in at[[0, 2, 4]].tolist()]
            rows.append((one.name, *ends, *shown, *at.tolist(), float(self.contraction[i])))
        columns = ["input", "low", "value", "high", "q05", "median", "q95"]
        columns += [f"at_{level:02}" for level in levels]
        return pd.DataFrame(rows, columns=[*columns, "contraction"])


def contraction(scores: Floats) -> Floats:
    """Share of the prior's variance that is gone, float[d], in draws float[m, d]."""
    found: Floats = 1 - scores.var(axis=0, ddof=1)
    return found


def sample(
    emulator: Emulator, inputs: Sequence[Uncertain], observed: Floats, seed: int, draws: int = 2000
) -> Posterior:
    """Draw from the posterior of some inputs; see `draw`."""
    return Posterior(tuple(inputs), *draw(emulator, len(inputs), observed, seed, draws))


def draw(
    emulator: Emulator, d: int, observed: Floats, seed: int, draws: int = 2000
) -> tuple[Floats, float, tuple[str, ...]]:
    """Draw scores from the posterior.

    Parameters
    ----------
    emulator : of the summaries, over the inputs' prior.
    d : how many latent inputs.
    observed : float[k], in the order of the emulator's names.
    seed : of the ensemble.
    draws : about how many are kept.

    Returns
    -------
    scores, acceptance, misfits
        As in `Posterior`.
    """
    import emcee

    walkers = max(8 * d, 24)
    keep = -(-draws // walkers)
    thin, burn_in = 10, 200

    rng = np.random.default_rng([seed, 2])
    tried = rng.standard_normal((200 * walkers, d))
    forgiving, misfits = emulator.forgiving(tried, observed)

    def log_probability(z: Floats) -> Floats:
        found: Floats = forgiving.log_likelihood(z, observed) - 0.5 * (z**2).sum(axis=1)
        return found

    # Where records tell much, the posterior is so small a part of the prior that walkers from
    # there would take thousands of steps to fill it; so they begin within it.
    mode = _mode(log_probability, tried)
    root = np.linalg.cholesky(_covariance(log_probability, mode))
    start = mode + rng.standard_normal((walkers, d)) @ root.T
    # Not emcee's snooker move: up to 3.1.6 its acceptance ratio is wrong (dfm/emcee#531), and in
    # six dimensions a third of the variance is missing.
    moves = [(emcee.moves.DEMove(), 0.9), (emcee.moves.DEMove(gamma0=1.0), 0.1)]
    sampler = emcee.EnsembleSampler(walkers, d, log_probability, vectorize=True, moves=moves)
    sampler.random_state = np.random.RandomState(seed % 2**32).get_state()
    sampler.run_mcmc(start, burn_in + thin * keep)
    scores = sampler.get_chain(discard=burn_in, thin=thin, flat=True)
    taken = float(sampler.acceptance_fraction.mean())
    return scores, taken, misfits


def _mode(log_probability: Callable[[Floats], Floats], tried: Floats) -> Floats:
    """Climb to the top from the best of points float[n, d]."""
    from scipy.optimize import minimize

    best = tried[np.argsort(log_probability(tried))[-CLIMBS:]]

    def down(z: Floats) -> float:
        return -float(log_probability(z[None])[0])

    found = [minimize(down, z) for z in best]
    top: Floats = min(found, key=lambda one: float(one.fun)).x
    return top


def _covariance(log_probability: Callable[[Floats], Floats], mode: Floats) -> Floats:
    """Approximate the covariance at the mode, float[d, d], by second differences.

    Each step is one at which the log probability falls by about a half: as wide as it is.
    """
    d, top = len(mode), log_probability(mode[None])[0]
    steps = np.geomspace(1e-4, 2.0, 60)
    h = np.empty(d)
    for i in range(d):
        there = mode + steps[:, None] * np.eye(d)[i]
        h[i] = steps[np.argmin(np.abs(top - log_probability(there) - 0.5))]
    shift = np.diag(h)
    pairs = [(i, j) for i in range(d) for j in range(i, d)]
    signs = ((1, 1, 1), (-1, -1, 1), (1, -1, -1), (-1, 1, -1))
    information = np.empty((d, d))
    for i, j in pairs:
        at = np.array([mode + a * shift[i] + b * shift[j] for a, b, _ in signs])
        change = np.array([sign for _, _, sign in signs]) @ log_probability(at)
        information[i, j] = information[j, i] = -change / (4 * h[i] * h[j])
    # The prior alone has an information of 1: less is an artefact of the differences.
    size, along = np.linalg.eigh(information)
    found: Floats = (along / np.maximum(size, 1.0)) @ along.T
    return found

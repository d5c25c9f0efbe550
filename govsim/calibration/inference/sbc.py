"""Simulation-based calibration: whether what inference says of known truths is true.

Truths are drawn from the prior and records simulated from each; if inference is right, the rank
of a truth among draws from its posterior is uniform (Talts et al. 2018), and intervals cover as
often as they say. Uniformity is held against a simultaneous band for the ECDF of ranks
(Säilynoja, Bürkner and Vehtari 2022), found by simulation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRAWS = 99
"""Draws of a posterior among which a truth is ranked."""


@dataclass(frozen=True)
class Check:
    """Ranks of truths, and how inference did.

    Attributes
    ----------
    names : d inputs.
    ranks : int64[n, d], each from 0 to `DRAWS`.
    covered : bool[n, d], whether the 90% interval held the truth.
    contraction : float[n, d].
    """

    names: tuple[str, ...]
    ranks: Ints
    covered: NDArray[np.bool_]
    contraction: Floats

    def to_frame(self) -> pd.DataFrame:
        """Tabulate: ``input, truths, coverage_90, p_uniform, contraction`` (its median)."""
        return pd.DataFrame(
            {
                "input": self.names,
                "truths": len(self.ranks),
                "coverage_90": self.covered.mean(axis=0),
                "p_uniform": [p_uniform(self.ranks[:, i]) for i in range(len(self.names))],
                "contraction": np.median(self.contraction, axis=0),
            }
        )


def rank(truth: Floats, draws: Floats, rng: np.random.Generator) -> Ints:
    """Rank truths float[d] among `DRAWS` draws, spread evenly over float[m, d]; ties by lot."""
    at = np.linspace(0, len(draws) - 1, DRAWS).round().astype(np.int64)
    some = draws[at]
    below, same = (some < truth).sum(axis=0), (some == truth).sum(axis=0)
    return np.asarray(below + rng.integers(0, same + 1), dtype=np.int64)


def covers(truth: Floats, draws: Floats, level: float = 0.9) -> NDArray[np.bool_]:
    """Whether the central interval of draws float[m, d] holds each truth float[d]."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    held: NDArray[np.bool_] = (low <= truth) & (truth <= high)
    return held


def p_uniform(ranks: Ints, draws: int = DRAWS, simulated: int = 4000) -> float:
    """Chance that uniform ranks would lie as far outside, anywhere along their ECDF.

    Parameters
    ----------
    ranks : int64[n], each from 0 to `draws`.

    Notes
    -----
    At each of the `draws` + 1 ranks the number of ranks up to it is binomial; the smallest of the
    two-sided tail probabilities over all of them is the statistic of Säilynoja et al. (2022), and
    its distribution under uniformity is found by simulation.
    """
    from scipy.stats import binom

    n, cells = len(ranks), draws + 1
    up_to = np.arange(1, cells) / cells
    counts = np.arange(n + 1)
    lower = binom.cdf(counts[:, None], n, up_to)  # [n + 1, draws]
    upper = binom.sf(counts[:, None] - 1, n, up_to)
    tail = np.minimum(np.minimum(lower, upper) * 2, 1)

    def statistic(found: Ints) -> float:
        below = np.cumsum(np.bincount(found, minlength=cells))[:-1]
        return float(tail[below, np.arange(draws)].min())

    rng = np.random.default_rng(0)
    uniform = np.array([statistic(rng.integers(0, cells, n)) for _ in range(simulated)])
    return float((1 + (uniform <= statistic(ranks) * (1 + 1e-12)).sum()) / (1 + simulated))

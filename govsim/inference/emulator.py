"""An emulator of summaries: what they would be at inputs that were not simulated.

The mean of each summary is a polynomial in the positions of the latent inputs (Legendre's, up to
a degree that held-out points choose); the logarithm of its variance is one of second degree,
fitted to squared residuals (Harvey 1976); and correlations between summaries are those of the
standardised residuals. So the summaries' likelihood is a heteroscedastic Gaussian: the synthetic
likelihood of Wood (2010), emulated over the whole prior, so that it has to be simulated only once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from numpy.polynomial import legendre
from numpy.typing import NDArray

from govsim.errors import RunError
from govsim.inference import latent
from govsim.language import tr

Floats = NDArray[np.float64]
Powers = tuple[tuple[int, ...], ...]

DEGREES = (1, 2, 3, 4)
RIDGE = 1e-6
LOG_CHI2 = -1.2703628454614782
"""Mean of the logarithm of a chi-square variable with one degree of freedom (Harvey 1976)."""

MISSING = 0.2
"""A summary that is missing at more of the points than this is left out."""


@dataclass(frozen=True)
class Emulator:
    """Mean and covariance of k summaries, for scores of d latent inputs.

    Attributes
    ----------
    names : the summaries.
    powers : degrees of the terms of the mean; those of the variance are of second degree.
    mean : float[terms, k].
    spread : float[terms of second degree, k], of the logarithm of the variance.
    correlation : float[k, k].
    left_out : summaries that say nothing, or are missing too often.
    points : rows that it was fitted to.
    held_out : float[k], mean square of standardised residuals at points not fitted; 1 is right.
    """

    names: tuple[str, ...]
    powers: Powers
    mean: Floats
    spread: Floats
    correlation: Floats
    left_out: tuple[str, ...]
    points: int
    held_out: Floats

    def predict(self, scores: Floats) -> tuple[Floats, Floats]:
        """Give means and standard deviations, float[n, k] each, at scores float[n, d]."""
        x = 2 * latent.positions(scores) - 1
        mean = _terms(x, self.powers) @ self.mean
        deviation = np.exp(0.5 * (_terms(x, _powers(x.shape[1], 2)) @ self.spread))
        return mean, deviation

    def log_likelihood(self, scores: Floats, observed: Floats) -> Floats:
        """Give the log likelihood, float[n], of observed summaries float[k] at scores."""
        mean, deviation = self.predict(scores)
        standard = (observed - mean) / deviation
        root = np.linalg.cholesky(self.correlation)
        white = np.linalg.solve(root, standard.T)
        found: Floats = -0.5 * (white**2).sum(axis=0) - np.log(deviation).sum(axis=1)
        return found

    def observed(self, found: dict[str, float]) -> Floats:
        """Put summaries by name in the order of this one's.

        Raises
        ------
        RunError
            One of them is missing.
        """
        missing = [n for n in self.names if not np.isfinite(found.get(n, np.nan))]
        if missing:
            raise RunError(
                tr("the records do not give these summaries: {names}", names=", ".join(missing))
            )
        return np.array([found[name] for name in self.names])


def fit(scores: Floats, summaries: pd.DataFrame) -> Emulator:
    """Fit an emulator.

    Parameters
    ----------
    scores : float[n, d].
    summaries : n rows, a column each; rows with a missing one (of those kept) are left out.

    Raises
    ------
    RunError
        Too few points for the number of inputs.
    """
    useful = [
        name
        for name, column in summaries.items()
        if column.isna().mean() <= MISSING and column.std() > 1e-9
    ]
    left_out = tuple(map(str, summaries.columns.difference(useful)))
    kept = summaries[useful].notna().all(axis=1).to_numpy()
    x = 2 * latent.positions(scores[kept]) - 1
    y = summaries[useful].to_numpy(dtype=np.float64)[kept]
    n, d = x.shape
    # Every fifth point is held out: those of a Sobol' sequence fill the space too.
    out = np.arange(n) % 5 == 4
    degrees = [g for g in DEGREES if 3 * len(_powers(d, g)) < (~out).sum()]
    if not degrees:
        raise RunError(tr("{n} simulated points are too few for {d} latent inputs", n=n, d=d))
    tried = [_one(x[~out], y[~out], _powers(d, degree)) for degree in degrees]
    losses = np.array([_loss(x[out], y[out], *one) for one in tried])
    best = losses.argmin(axis=0)
    powers = _powers(d, degrees[best.max()])
    mean, spread = np.zeros((len(powers), y.shape[1])), np.empty((len(_powers(d, 2)), y.shape[1]))
    held_out = np.empty(y.shape[1])
    for which in np.unique(best):
        mine, own = best == which, _powers(d, degrees[which])
        # Terms stand in the order of their degree, so those of a lower one come first.
        _, mean[: len(own), mine], spread[:, mine] = _one(x, y[:, mine], own)
        _, of_mean, of_spread = tried[which]
        apart = _standardised(x[out], y[out], own, of_mean, of_spread)[:, mine]
        held_out[mine] = (apart**2).mean(axis=0)
    # What is wrong with the mean where it was not fitted is part of the doubt.
    spread[0] += np.log(np.maximum(held_out, 1.0))
    residual = _standardised(x, y, powers, mean, spread)
    correlation = np.atleast_2d(np.corrcoef(residual, rowvar=False))
    return Emulator(
        names=tuple(map(str, useful)),
        powers=powers,
        mean=mean,
        spread=spread,
        correlation=correlation,
        left_out=left_out,
        points=n,
        held_out=held_out,
    )


def _one(x: Floats, y: Floats, powers: Powers) -> tuple[Powers, Floats, Floats]:
    """Fit means and variances by turns: weighted least squares, then the logs of squares."""
    terms, second = _terms(x, powers), _terms(x, _powers(x.shape[1], 2))
    weights = np.ones_like(y)
    for _ in range(2):
        mean = _least_squares(terms, y, weights)
        # A residual of the fit is smaller than the error by its share of degrees of freedom.
        square = (y - terms @ mean) ** 2 * len(x) / (len(x) - len(powers))
        scale = np.maximum(square.mean(axis=0), 1e-300)
        logs = np.log(np.maximum(square, 1e-12 * scale)) - LOG_CHI2
        spread = _least_squares(second, logs, np.ones_like(y))
        weights = np.exp(-(second @ spread))
    level = np.log((square * weights).mean(axis=0))  # so that standard residuals have variance 1
    spread[0] += level
    return powers, mean, spread


def _least_squares(terms: Floats, y: Floats, weights: Floats) -> Floats:
    found = np.empty((terms.shape[1], y.shape[1]))
    small = RIDGE * np.eye(terms.shape[1])
    for k in range(y.shape[1]):
        w = weights[:, k] / weights[:, k].mean()
        gram = (terms * w[:, None]).T @ terms / len(terms)
        found[:, k] = np.linalg.solve(gram + small, terms.T @ (w * y[:, k]) / len(terms))
    return found


def _standardised(x: Floats, y: Floats, powers: Powers, mean: Floats, spread: Floats) -> Floats:
    deviation = np.exp(0.5 * (_terms(x, _powers(x.shape[1], 2)) @ spread))
    found: Floats = (y - _terms(x, powers) @ mean) / deviation
    return found


def _loss(x: Floats, y: Floats, powers: Powers, mean: Floats, spread: Floats) -> Floats:
    """Twice the negative log likelihood of held-out points, by summary."""
    log_variance = _terms(x, _powers(x.shape[1], 2)) @ spread
    residual = y - _terms(x, powers) @ mean
    found: Floats = (residual**2 * np.exp(-log_variance) + log_variance).mean(axis=0)
    return found


def _powers(d: int, degree: int) -> Powers:
    """List the degrees in each input of all terms up to a total degree; the constant first."""
    found = []
    for total in range(degree + 1):
        for which in combinations_with_replacement(range(d), total):
            found.append(tuple(which.count(i) for i in range(d)))
    return tuple(found)


def _terms(x: Floats, powers: Powers) -> Floats:
    """Products of Legendre polynomials, float[n, terms], at x float[n, d] between -1 and 1."""
    highest = max(map(max, powers))
    values = legendre.legvander(x, highest)  # [n, d, highest + 1]
    found = np.ones((len(x), len(powers)))
    for t, degrees in enumerate(powers):
        for i, degree in enumerate(degrees):
            if degree:
                found[:, t] *= values[:, i, degree]
    return found

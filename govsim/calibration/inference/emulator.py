"""An emulator of summaries: what they would be at inputs that were not simulated.

The mean of each summary is a polynomial in the positions of the latent inputs (Legendre's), whose
coefficients are shrunk towards 0, those of each degree as much as the evidence says (MacKay 1992).
The logarithm of its variance is a polynomial of second degree, fitted by gamma likelihood to
squared residuals at points that the mean was not fitted to, so that what the mean gets wrong counts
as doubt; correlations between summaries are those of the same residuals, shrunk towards none. So
the summaries' likelihood is a heteroscedastic Gaussian: the synthetic likelihood of Wood (2010),
emulated over the whole prior, so that it has to be simulated only once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from numpy.polynomial import legendre
from numpy.typing import NDArray

from govsim.calibration.inference import prior
from govsim.errors import RunError
from govsim.language import tr

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Powers = tuple[tuple[int, ...], ...]

DEGREES = (1, 2, 3, 4)
"""Of the mean; the highest for which there are twice as many points as terms."""

FOLDS = 20
"""Parts of the points that are kept out in turn."""

ROUNDS = 8
"""Turns of mean and variance, and steps of each variance; they settle in fewer."""

MISFIT = 4.0
"""Standard deviations between what was observed and the best that the model can do."""

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
    points : how many it was fitted to.
    """

    names: tuple[str, ...]
    powers: Powers
    mean: Floats
    spread: Floats
    correlation: Floats
    left_out: tuple[str, ...]
    points: int

    def predict(self, scores: Floats) -> tuple[Floats, Floats]:
        """Give means and standard deviations, float[n, k] each, at scores float[n, d]."""
        x = 2 * prior.positions(scores) - 1
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

    def forgiving(self, scores: Floats, observed: Floats) -> tuple[Emulator, tuple[str, ...]]:
        """Doubt each summary that was observed where the model does not get.

        A model is never quite like the place. Without this, a summary that it misses by far would
        drag the inputs to wherever it is missed by a little less. The variance of such a summary
        is raised by the square of its misfit where all of them together fit best, the worst first
        (in the spirit of the robust synthetic likelihood of Frazier and Drovandi 2021).

        Parameters
        ----------
        scores : float[n, d], points of the prior, many.
        observed : float[k].

        Returns
        -------
        emulator, names
            With the doubt, and which summaries it is about.
        """
        spread, doubted = self.spread.copy(), set[str]()
        while True:
            found = replace(self, spread=spread)
            fits = found.log_likelihood(scores, observed) - 0.5 * (scores**2).sum(axis=1)
            mean, deviation = found.predict(scores[[fits.argmax()]])
            misfit = np.abs((observed - mean) / deviation)[0]
            worst = int(misfit.argmax())
            if misfit[worst] <= MISFIT:
                return found, tuple(name for name in self.names if name in doubted)
            spread[0, worst] += 2 * np.log(misfit[worst])
            doubted.add(self.names[worst])

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
    scores : float[n, d]; equal rows are replications of a point.
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
    x = 2 * prior.positions(scores[kept]) - 1
    y = summaries[useful].to_numpy(dtype=np.float64)[kept]
    n, d = x.shape
    # All replications of a point are in one fold, else its luck would be known beforehand.
    point = np.unique(x, axis=0, return_inverse=True)[1]
    points = int(point.max()) + 1 if n else 0
    fold = np.random.default_rng(0).permutation(points)[point] % FOLDS
    degrees = [degree for degree in DEGREES if 2 * len(_powers(d, degree)) <= points]
    if not degrees:
        raise RunError(tr("{n} simulated points are too few for {d} latent inputs", n=points, d=d))
    powers = _powers(d, degrees[-1])
    terms, second = _terms(x, powers), _terms(x, _powers(d, 2))
    degree = np.array([sum(one) for one in powers])
    each = [_one(terms, second, degree, column, fold) for column in y.T]
    mean, spread, apart = (np.column_stack(one) for one in zip(*each, strict=True))
    residual = apart * np.exp(-0.5 * (second @ spread))
    return Emulator(
        names=tuple(map(str, useful)),
        powers=powers,
        mean=mean,
        spread=spread,
        correlation=_correlation(residual),
        left_out=left_out,
        points=points,
    )


def _one(
    terms: Floats, second: Floats, degree: Ints, y: Floats, fold: Ints
) -> tuple[Floats, Floats, Floats]:
    """Fit one summary.

    Parameters
    ----------
    terms, second : float[n, terms], of the mean and of the logarithm of the variance.
    degree : int[terms], of each term of the mean.
    y : float[n].
    fold : int[n].

    Returns
    -------
    mean, spread, residuals
        Coefficients, and float[n], each y less its mean as fitted without its own fold.
    """
    scale = float(y.std())
    y = (y - (middle := float(y.mean()))) / scale
    precision = np.ones(degree.max() + 1)  # of the coefficients, by degree
    spread = np.zeros(second.shape[1])
    for _ in range(ROUNDS):
        weights = np.exp(-(second @ spread))
        gram = (terms * weights[:, None]).T @ terms
        covariance = np.linalg.inv(gram + np.diag(precision[degree]))
        mean = covariance @ (terms.T @ (weights * y))
        for g in range(1, len(precision)):
            mine = degree == g
            told = (1 - precision[g] * np.diag(covariance)[mine]).sum()
            precision[g] = max(told, 1e-3) / max((mean[mine] ** 2).sum(), 1e-12)
        # A residual is smaller than the error by what the point itself adds to the fit.
        own = ((terms @ covariance) * terms).sum(axis=1) * weights
        spread = _log_variance(second, (y - terms @ mean) ** 2 / np.maximum(1 - own, 0.05))
    apart = np.empty_like(y)
    for k in range(FOLDS):
        out = fold == k
        some, w = terms[~out], weights[~out]
        gram = (some * w[:, None]).T @ some + np.diag(precision[degree])
        apart[out] = y[out] - terms[out] @ np.linalg.solve(gram, some.T @ (w * y[~out]))
    # What is wrong with the mean where it was not fitted is part of the doubt.
    spread = _log_variance(second, apart**2)
    mean *= scale
    mean[0] += middle
    spread[0] += 2 * np.log(scale)
    return mean, spread, apart * scale


def _correlation(residual: Floats) -> Floats:
    """Estimate the correlations of residuals float[n, k], float[k, k] and positive definite.

    They are shrunk towards 0 by as much as they are uncertain (Schaefer and Strimmer 2005, target
    D): with fewer points than summaries the plain ones would be singular.
    """
    n = len(residual)
    z = (residual - residual.mean(axis=0)) / residual.std(axis=0)
    plain = z.T @ z / n
    doubt = ((z**2).T @ (z**2) / n - plain**2) / (n - 1)
    apart = ~np.eye(len(plain), dtype=bool)
    signal = (plain[apart] ** 2).sum()
    # Less than all is taken for signal also when two summaries are the same by definition.
    share = np.clip(doubt[apart].sum() / signal, 1e-6, 1.0) if signal > 0 else 1.0
    return np.where(apart, (1 - share) * plain, 1.0)


def _log_variance(terms: Floats, square: Floats) -> Floats:
    """Fit the logarithm of a variance to squares, by gamma likelihood (Fisher's scoring)."""
    found = np.zeros(terms.shape[1])
    found[0] = np.log(square.mean())
    gram = terms.T @ terms
    for _ in range(ROUNDS):
        ratio = square * np.exp(-(terms @ found))
        found += np.linalg.solve(gram, terms.T @ (ratio - 1))
    found[0] += np.log((square * np.exp(-(terms @ found))).mean())
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
    degrees = np.array(powers)
    values = legendre.legvander(x, int(degrees.max()))  # [n, d, highest + 1]
    found: Floats = np.asarray(values[:, 0, degrees[:, 0]], dtype=np.float64)
    for i in range(1, x.shape[1]):
        found *= values[:, i, degrees[:, i]]
    return found

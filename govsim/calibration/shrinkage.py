"""By how much a record differs from its simulation: ratios that borrow strength from each other.

Called by `govsim.calibration.direct` and `govsim.calibration.days`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SHAPES = np.geomspace(0.5, 500, 40)
"""Of the gamma distribution of ratios, from far apart to nearly alike (within 4%)."""

POINTS = np.array([0.05, 0.5, 0.95])
"""Of a distribution, that are given: both ends of a 90% interval, and its middle."""

SPREADS = np.geomspace(0.01, 2, 40)
"""Standard deviations of logarithms of times over categories."""

NINETY = 1.6449
"""Standard deviations from the middle of a normal distribution to the ends of its 90%."""


def ratios(observed: Floats, drawn: Floats) -> Floats:
    """Estimate by how much shares of what was observed differ from those of a simulation.

    Parameters
    ----------
    observed : float[n], numbers of orders.
    drawn : float[m, n], the same of m replications.

    Returns
    -------
    float[3, n]
        5%, 50% and 95% points of the ratio.

    Notes
    -----
    Numbers are Poisson about their expectation times a ratio, but for a factor on the variance
    that is that of the replications; ratios are gamma with mean 1 (Clayton and Kaldor 1987), so
    rare categories borrow strength from the others. The shape isn't known either: intervals are
    averaged over `SHAPES`, each weighed by its marginal likelihood (negative binomial), as the
    best one alone would make them too narrow where ratios look alike.
    """
    from scipy.special import gammaln

    found = np.ones((3, len(observed)))
    if not observed[drawn.any(axis=0)].any():
        return found  # nothing was seen of what is expected, so nothing tells one from another
    used, seen, expected = _counted(observed, drawn)
    a = SHAPES[:, None]
    likelihood = (
        gammaln(a + seen)
        - gammaln(a)
        + a * np.log(a / (a + expected))
        + seen * np.log(expected / (a + expected))
    ).sum(axis=1)
    weights = np.exp(likelihood - likelihood.max())
    found[:, used] = _points_of_gammas(weights / weights.sum(), a + seen, a + expected)
    return found


def alone(observed: Floats, drawn: Floats) -> Floats:
    """Estimate the same of what has nothing to do with each other: none borrows strength.

    The interval of each is that of a Poisson number with Jeffreys' prior, with the same factor on
    the variance.
    """
    from scipy.stats import gamma

    used, seen, expected = _counted(observed, drawn)
    found = np.ones((3, len(observed)))
    found[:, used] = gamma.ppf(POINTS[:, None], seen + 0.5) / expected
    return found


def _counted(observed: Floats, drawn: Floats) -> tuple[Bools, Floats, Floats]:
    """Give what is used, what was seen of it, and what is expected, in numbers that are Poisson."""
    mean = drawn.mean(axis=0)
    used = mean > 0
    spread = max(1.0, float((drawn.var(axis=0, ddof=1)[used] / mean[used]).mean()))
    expected = mean[used] * observed[used].sum() / mean[used].sum() / spread
    return used, observed[used] / spread, expected


def _points_of_gammas(weights: Floats, shape: Floats, rate: Floats) -> Floats:
    """Give points of mixtures of gamma distributions: float[3, n].

    Parameters
    ----------
    weights : float[k], of the gamma distributions that are mixed; their sum is 1.
    shape, rate : float[k, n], of each distribution of each mixture.
    """
    from scipy.optimize.elementwise import find_root
    from scipy.special import gammainc, gammaincinv

    each = np.log(gammaincinv(shape, POINTS[:, None, None]) / rate)  # float[3, k, n]
    of = POINTS[:, None] + np.zeros(each.shape[-1])
    column = np.arange(each.shape[-1]) + np.zeros((len(POINTS), 1), dtype=np.int64)

    def over(log: Floats, wanted: Floats, n: Ints) -> Floats:
        """Say by how much the chance of at most this is more than what is wanted."""
        chances = gammainc(shape[:, n], np.exp(log) * rate[:, n])
        return np.asarray(np.tensordot(weights, chances, 1) - wanted, dtype=np.float64)

    # A mixture's point lies between the least and the greatest of what it is mixed from.
    ends = each.min(axis=1) - 1e-9, each.max(axis=1) + 1e-9
    found = find_root(over, ends, args=(of, column), tolerances={"xatol": 1e-7})
    return np.asarray(np.exp(found.x), dtype=np.float64)


def of_times(
    observed: Floats, drawn: Floats, cases: Floats, simulated: Floats, felt: Floats
) -> Floats:
    """Estimate by how much times of each kind are longer than simulated, next to the others.

    Parameters
    ----------
    observed : float[n], logarithms of median times; NaN where too few cases tell.
    drawn : float[m, n], the same of m replications.
    cases, simulated : float[n], their numbers, in the record and in a replication.
    felt : float[n], by how much the logarithm grows if that of the cause grows by 1; NaN where
        they tell nothing of it.

    Returns
    -------
    float[3, n]
        5%, 50% and 95% points of the ratio to what is common to all, which is left out.

    Notes
    -----
    Differences are normal about a common one, and each is drawn to it the more, the less its cases
    tell. How far they lie apart isn't known either: the answer is averaged over `SPREADS`, each
    weighed by its restricted likelihood (Gelman et al., *Bayesian Data Analysis*, 3rd ed. 2013,
    section 5.4).
    """
    found = np.ones((3, len(observed)))
    many = np.isfinite(drawn).sum(axis=0) >= max(2, len(drawn) / 2)
    used = many & np.isfinite(observed) & (cases > 0) & np.isfinite(felt)
    if used.sum() < 2:
        return found
    seen = drawn[:, used]
    off = (observed[used] - np.nanmean(seen, axis=0)) / felt[used]
    luck = np.nanvar(seen, axis=0, ddof=1) * simulated[used] / cases[used]
    chance = np.maximum(luck / felt[used] ** 2, 1e-6)
    weight = 1 / (chance + SPREADS[:, None] ** 2)
    common = (weight @ off / weight.sum(axis=1))[:, None]
    likelihood = 0.5 * np.log(weight).sum(axis=1) - 0.5 * np.log(weight.sum(axis=1))
    likelihood -= 0.5 * (weight * (off - common) ** 2).sum(axis=1)
    chances = np.exp(likelihood - likelihood.max())
    chances /= chances.sum()
    kept = 1 - chance * weight
    each = kept * (off - common)
    middle = chances @ each
    half = NINETY * np.sqrt(chances @ (kept * chance + each**2) - middle**2)
    found[:, used] = np.exp([middle - half, middle, middle + half])
    return found

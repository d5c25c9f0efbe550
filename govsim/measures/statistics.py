"""Statistics that stand alone: intervals, precision, warm-up, inequality.

Between replications: `interval` and its kin, for values that are independent and
identically distributed; `paired` and `ratio` for two plans that met the same demands.
Within one: `mser5` and `gini`. Called by `govsim.measures`, `govsim.runs.replications`,
`govsim.runs.results` and `govsim.comparison`; uses nothing of govsim.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isnan, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BATCH = 5
"""Observations in a batch of MSER-5."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Mean of a measure over replications, and its confidence interval.

    Attributes
    ----------
    mean : NaN where no replication has a value.
    low, high : ends of the interval; NaN with fewer than two values.
    n : replications that have a value.
    """

    mean: float
    low: float
    high: float
    n: int

    @property
    def half_width(self) -> float:
        """Half the length of the interval; NaN with fewer than two values."""
        return (self.high - self.low) / 2


def interval(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """Student's t interval for the mean of independent values.

    Parameters
    ----------
    values : float[replications]; NaN where a replication has no value.
    confidence : probability with which such intervals hold the true mean.

    Raises
    ------
    ValueError
        `confidence` is not between 0 and 1.

    Notes
    -----
    Law, *Simulation Modeling and Analysis*, 5th ed. 2015, section 4.5. Replications
    are independent, so no correction for correlation is needed.
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[~np.isnan(x)]
    if not len(x):
        return Interval(nan, nan, nan, 0)
    mean = float(x.mean())
    if len(x) < 2:
        return Interval(mean, nan, nan, 1)
    half = float(x.std(ddof=1)) / sqrt(len(x)) * float(t_quantile(len(x), confidence))
    return Interval(mean, mean - half, mean + half, len(x))


def t_quantile(n: ArrayLike, confidence: float) -> NDArray[np.float64]:
    """Quantile of Student's t for a two-sided interval from n values; NaN for n < 2."""
    from scipy.special import stdtrit  # what scipy.stats.t.ppf calls, without all its kin

    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}, but must be between 0 and 1")
    degrees = np.asarray(n, dtype=np.float64) - 1
    with np.errstate(invalid="ignore"):
        quantile = stdtrit(np.where(degrees > 0, degrees, np.nan), (1 + confidence) / 2)
    return np.asarray(quantile, dtype=np.float64)


class Moments:
    """Means and variances of many groups, over replications that come one at a time.

    Notes
    -----
    Welford, "Note on a method for calculating corrected sums of squares and products",
    *Technometrics* 4, 1962: one pass, and nothing is lost where the spread is small
    beside the mean.
    """

    def __init__(self) -> None:
        self.n = np.zeros(0, np.int64)
        self.mean, self.squares = np.zeros(0), np.zeros(0)

    def add(self, group: NDArray[np.integer], value: Floats) -> None:
        """Take in a replication.

        Parameters
        ----------
        group : int[rows], each group at most once; a new one is greater than all before.
        value : float[rows]; NaN is no value.
        """
        more = int(group.max(initial=-1)) + 1 - len(self.n)
        if more > 0:
            self.n = np.pad(self.n, (0, more))
            self.mean, self.squares = np.pad(self.mean, (0, more)), np.pad(self.squares, (0, more))
        some = ~np.isnan(value)
        g, x = group[some], value[some]
        self.n[g] += 1
        before = x - self.mean[g]
        self.mean[g] += before / self.n[g]
        self.squares[g] += before * (x - self.mean[g])

    def intervals(self, confidence: float = 0.95) -> dict[str, NDArray[np.generic]]:
        """`interval` of each group: arrays ``mean``, ``low``, ``high`` and ``n``."""
        n = self.n
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(n > 0, self.mean, nan)
            sd = np.sqrt(self.squares / (n - 1))
            half = np.where(n > 1, sd, nan) / np.sqrt(n) * t_quantile(n, confidence)
        return {"mean": mean, "low": mean - half, "high": mean + half, "n": n}


def precise_enough(found: Interval, precision: float) -> bool:
    """Whether an interval's half-width is at most this share of its mean.

    Parameters
    ----------
    found : interval of a measure.
    precision : relative half-width, e.g. 0.05.

    Notes
    -----
    Stopping rule of the sequential procedure in Law 2015, section 9.4.1, taken as Hoad,
    Robinson and Davies do ("Automated selection of the number of replications for a
    discrete-event simulation", *J. Opl Res. Soc.* 61, 2010): on the half-width that is
    shown, without Law's factor 1/(1 + precision). Looking again after each replication
    stops somewhat too early now and then; a least number of replications keeps the
    loss of coverage small (both sources). A mean of 0 is precise only if all values are 0.
    """
    return not isnan(found.half_width) and found.half_width <= precision * abs(found.mean)


# ---------------------------------------------------------------------- between plans


def each_of(together: int, confidence: float) -> float:
    """Confidence of each of several intervals that shall hold together with `confidence`.

    Notes
    -----
    Bonferroni: errors add up at most, however the intervals depend on each other. Those of
    plans that met the same demands depend on each other strongly.
    """
    return 1 - (1 - confidence) / max(1, together)


@dataclass(frozen=True, slots=True)
class Paired:
    """Difference of two plans over replications that met the same demands.

    Attributes
    ----------
    difference : interval of the mean of plan minus baseline.
    sd : standard deviation of the differences; NaN with fewer than two.
    saved : variance that the difference would have had with independent demands, over the
        variance it has; so many times the replications would be needed without pairing.
        Infinite where all differences are the same, NaN where neither plan varies.
    """

    difference: Interval
    sd: float
    saved: float


def paired(values: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> Paired:
    """Compare two plans by the differences of their replications.

    Parameters
    ----------
    values, baseline : float[replications]; a replication without a value in either is left out.
    confidence : of the interval.

    Notes
    -----
    Law, *Simulation Modeling and Analysis*, 5th ed. 2015, sections 10.2.1 and 11.2: the
    paired t interval is valid with common random numbers, whatever they do to the variance.
    """
    a, b = np.asarray(values, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = a[both], b[both]
    found = interval(a - b, confidence)
    if found.n < 2:
        return Paired(found, nan, nan)
    apart, together = float(a.var(ddof=1) + b.var(ddof=1)), float((a - b).var(ddof=1))
    tiny = 1e-20 * float(np.square(a).mean() + np.square(b).mean())  # rounding, squared
    if together <= tiny:
        return Paired(found, sqrt(together), nan if apart <= tiny else inf)
    return Paired(found, sqrt(together), apart / together)


def more_to_settle(found: Paired, confidence: float, chance: float = 0.9) -> float:
    """How many more replications would tell a difference of this size from none.

    Parameters
    ----------
    found : a difference that is not yet told from 0.
    confidence : of the interval that must leave out 0.
    chance : with which it then does, if the true mean and standard deviation are those seen.

    Returns
    -------
    float
        At least 1; infinite where the mean difference is 0, NaN without a standard deviation.

    Notes
    -----
    Smallest n with (t(n - 1, confidence) + z(chance)) sd / sqrt(n) at most the difference: the
    size of a sample for a paired t test of given power (Law 2015, section 10.2, for the width).
    """
    from scipy.stats import norm

    have, mean = found.difference.n, abs(found.difference.mean)
    if isnan(found.sd):
        return nan
    if mean == 0:
        return inf
    z, n = float(norm.ppf(chance)), 2.0
    for _ in range(50):  # a fixed point: the quantile depends on n, but weakly
        quantile = float(t_quantile(n, confidence))
        if (needed := max(2.0, ceil(((quantile + z) * found.sd / mean) ** 2))) == n:
            break
        n = needed
    return max(1.0, n - have)


def ratio(above: ArrayLike, below: ArrayLike, confidence: float = 0.95) -> Interval:
    """Interval of a ratio of two means that were observed together, such as cost per effect.

    Parameters
    ----------
    above, below : float[replications]; a replication without either is left out.
    confidence : probability with which such sets hold the true ratio.

    Returns
    -------
    Interval
        The ends are NaN where the mean of `below` can't be told from 0: then no finite
        interval holds the ratio with this confidence, and none is given.

    Notes
    -----
    Fieller, "Some problems in interval estimation", *J. R. Statist. Soc.* B 16, 1954: all r
    for which the mean of `above` - r `below` can't be told from 0. Exact for normal pairs,
    where the quotient's own mean and variance do not exist.
    """
    c, e = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    both = ~(np.isnan(c) | np.isnan(e))
    c, e = c[both], e[both]
    n = len(c)
    cost, effect = (float(x.mean()) if n else nan for x in (c, e))
    middle = cost / effect if n and effect else nan
    if n < 2:
        return Interval(middle, nan, nan, n)
    g = float(t_quantile(n, confidence)) ** 2 / n
    (cc, ce), (_, ee) = np.cov(c, e).tolist()
    square = effect**2 - g * ee
    if not square > 0:
        return Interval(middle, nan, nan, n)
    half_of_linear = cost * effect - g * ce
    root = sqrt(max(0.0, half_of_linear**2 - square * (cost**2 - g * cc)))
    ends = (half_of_linear - root) / square, (half_of_linear + root) / square
    return Interval(middle, ends[0], ends[1], n)


@dataclass(frozen=True, slots=True)
class Truncation:
    """Where the warm-up of a series ends.

    Attributes
    ----------
    index : observations to leave out at the start.
    settled : False where the best cut lies in the second half: the series is too short
        for its warm-up, and `index` is the best cut within the first half.
    """

    index: int
    settled: bool


def mser5(series: ArrayLike) -> Truncation:
    """Find the end of the warm-up: the marginal standard error rule on batches of five.

    Parameters
    ----------
    series : float[observations], best averaged over replications; a remainder of fewer
        than five observations at the end is left out.

    Returns
    -------
    Truncation
        The cut d that makes the standard error of the mean of what is left smallest,
        sum over j > d of (Z_j - mean)^2 / (k - d)^2 for batch means Z_1 to Z_k. The first
        of equal cuts is taken. Fewer than ten observations are too few: nothing is cut,
        and `settled` is False.

    Notes
    -----
    White, "An effective truncation heuristic for bias reduction in simulation output",
    *Simulation* 69, 1997; White, Cobb and Spratt, WSC 2000, for batches of five. Cuts
    that leave fewer than five batches are not tried, since a few batches may lie close
    together by chance, and a best cut in the second half is refused: Hoad, Robinson and
    Davies, "Automating warm-up length estimation", *J. Opl Res. Soc.* 61, 2010.
    """
    x = np.asarray(series, dtype=np.float64)
    k = len(x) // BATCH
    if k < 2:
        return Truncation(0, settled=False)
    z = x[: k * BATCH].reshape(k, BATCH).mean(axis=1)
    z = z - z.mean()  # small numbers: their squares lose nothing to rounding
    left = np.arange(k, 0, -1)
    sums, squares = np.cumsum(z[::-1])[::-1], np.cumsum((z * z)[::-1])[::-1]
    error = np.maximum(squares - sums**2 / left, 0.0) / left.astype(np.float64) ** 2
    half = k // 2
    within = int(np.argmin(error[: half + 1]))
    best = int(np.argmin(error[: max(k - 4, half + 1)]))
    return Truncation(within * BATCH, settled=best <= half)


def gini(rate: Floats, people: Floats) -> float:
    """Gini coefficient of a rate over people: 0 where all have the same.

    Half the mean absolute difference between two residents drawn at random, over the
    mean rate.
    """
    order = np.argsort(rate, kind="stable")
    share = people[order] / people.sum()
    have = rate[order] * share
    if have.sum() <= 0:
        return 0.0
    lorenz = np.concatenate([[0.0], np.cumsum(have) / have.sum()])
    return float(1 - (share * (lorenz[1:] + lorenz[:-1])).sum())

"""Daily numbers of orders as a count process: weekday, holidays, season, bad days.

The number of orders on day t is negative binomial with size k about exp(eta[t]), where

    eta[t] = level + weekday + holiday + season[t] + drift[t].

Level, weekdays and holidays have normal priors; season and drift are Ornstein-Uhlenbeck
processes, one that changes over weeks to months and one that changes from day to day. So a
weekday that was seen a few times stays near the others, the season is as smooth as the record
says, and a bad day makes the next one more likely bad as far as it did before. All of eta is
one Gaussian process: it is integrated out by Laplace's approximation (Rasmussen and Williams,
*Gaussian Processes for Machine Learning*, 2006, algorithms 3.1 and 3.2; the negative binomial
likelihood is log-concave in eta, so there is one mode), and the five numbers that shape it
have a normal approximation around their posterior mode.

Used by `govsim.estimation.arrivals` and `govsim.estimation.forecast`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular, toeplitz
from scipy.optimize import minimize
from scipy.special import expit, gammaln

from govsim.scenarios.calendar import HOLIDAY, Calendar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ORDINARY, ON_HOLIDAY, SPRING_FESTIVAL = range(3)

LEVEL, WEEKDAY, SPECIAL = 1.0, 0.7, 1.0
"""Prior standard deviations of the level, of weekdays and of holidays, logarithms."""

PRIOR = {
    "season": (np.log(0.2), 1.0),
    "weeks": (np.log(16.0), 0.7),
    "drift": (np.log(0.2), 1.0),
    "persistence": (0.0, 1.0),
    "size": (np.log(20.0), 2.0),
}
"""Normal priors (mean, standard deviation) of what shapes the process: log standard deviation
of the season, log weeks over which it forgets, log standard deviation of the drift, logit of
its correlation from one day to the next, log k."""

SHAPES = 16
"""Draws of these five with which predictions are mixed."""


@dataclass(frozen=True, eq=False)
class Kinds:
    """What is known of days beforehand.

    Attributes
    ----------
    weekday : int64[n], Monday 0.
    special : int64[n], `ORDINARY`, `ON_HOLIDAY` or `SPRING_FESTIVAL`.
    """

    weekday: Ints
    special: Ints

    @classmethod
    def of(cls, calendar: Calendar, first: date, days: int) -> Kinds:
        """Take so many days of a calendar from a date on.

        Raises
        ------
        ValueError
            The calendar doesn't hold them all.
        """
        begin = calendar.day_of(first)
        if begin < 0 or begin + days > calendar.days:
            raise ValueError(f"the calendar doesn't hold {days} days from {first}")
        mine = slice(begin, begin + days)
        special = np.where(calendar.kind_of_day[mine] == HOLIDAY, ON_HOLIDAY, ORDINARY)
        special[calendar.is_festival("spring_festival")[mine]] = SPRING_FESTIVAL
        return cls(calendar.weekday[mine].astype(np.int64), special.astype(np.int64))

    def __len__(self) -> int:
        return len(self.weekday)

    def __getitem__(self, part: slice) -> Kinds:
        return Kinds(self.weekday[part], self.special[part])

    def then(self, later: Kinds) -> Kinds:
        """Put the days that follow behind these."""
        return Kinds(
            np.concatenate([self.weekday, later.weekday]),
            np.concatenate([self.special, later.special]),
        )

    @cached_property
    def design(self) -> Floats:
        """Columns of the level, seven weekdays, holidays and Spring Festival: float64[n, 10]."""
        columns = np.zeros((len(self), 10))
        columns[:, 0] = 1
        columns[np.arange(len(self)), 1 + self.weekday] = 1
        columns[:, 8] = self.special == ON_HOLIDAY
        columns[:, 9] = self.special == SPRING_FESTIVAL
        return columns


_SPREADS = np.array([LEVEL] + [WEEKDAY] * 7 + [SPECIAL] * 2)


@dataclass(frozen=True, eq=False)
class _Mode:
    """Laplace's approximation of eta given the five numbers that shape the process.

    Attributes
    ----------
    eta : float64[n], the mode, less the offset.
    slope : float64[n], of the log likelihood there.
    root : float64[n], root of minus its curvature.
    lower : float64[n, n], Cholesky factor of I + root K root.
    evidence : log marginal likelihood.
    """

    eta: Floats
    slope: Floats
    root: Floats
    lower: Floats
    evidence: float


@dataclass(frozen=True, eq=False)
class DailyFit:
    """Fit of a series of daily numbers. Made by `fit`.

    Attributes
    ----------
    counts : float64[n], orders on each day.
    kinds : of these days.
    shape : float64[5], posterior mode of what shapes the process, in the order of `PRIOR`.
    covariance : float64[5, 5], of its normal approximation.
    """

    counts: Floats
    kinds: Kinds
    shape: Floats
    covariance: Floats

    def shapes(self, draws: int, rng: np.random.Generator) -> Floats:
        """Draw what shapes the process: float64[draws, 5]."""
        return rng.multivariate_normal(self.shape, self.covariance, draws)

    def dispersion(self, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw the overdispersion of days about their season, and its correlation.

        Returns
        -------
        k : float64[draws], such that a day's factor about the season has variance 1/k, as a
            scenario's ``demand.dispersion.k``.
        correlation : float64[draws], of the factors of a day and the next.

        Notes
        -----
        A factor is a gamma one of variance 1/size times a lognormal one of log variance s2.
        """
        _, _, drift, persistence, size = self.shapes(draws, rng).T
        s2 = np.exp(2 * drift)
        variance = (1 + np.exp(-size)) * np.exp(s2) - 1
        return 1 / variance, np.expm1(s2 * expit(persistence)) / variance

    def with_days(self, counts: Floats, later: Kinds) -> DailyFit:
        """Add days that came since, and leave the shape of the process as it was fitted."""
        known = np.concatenate([self.counts, counts])
        return DailyFit(known, self.kinds.then(later), self.shape, self.covariance)

    def predict(self, later: Kinds, draws: int, rng: np.random.Generator) -> Ints:
        """Draw the days that follow the record, with all uncertainty: int64[draws, later]."""
        n, days = len(self.kinds), self.kinds.then(later)
        parts = []
        for shape, some in self._mixed(draws, rng):
            mean, covariance = self._posterior(_covariance(days, shape), shape, n)
            rate = np.exp(rng.multivariate_normal(mean, covariance, some, method="cholesky"))
            size = np.exp(shape[4])
            parts.append(rng.poisson(rate * rng.gamma(size, 1 / size, rate.shape)))
        return np.concatenate(parts)

    def effects(self, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw the logarithms of what is in the design, and of the season.

        Returns
        -------
        coefficients : float64[draws, 10], level, weekdays, holidays, Spring Festival.
        season : float64[draws, n].
        """
        n = len(self.kinds)
        offset = _offset(self.counts)
        parts = []
        for shape, some in self._mixed(draws, rng):
            season = toeplitz(_decay(n, shape[0], np.exp(-1 / (7 * np.exp(shape[1])))))
            prior = np.zeros((10 + n, 10 + n))
            prior[:10, :10] = np.diag(_SPREADS**2)
            prior[10:, 10:] = season
            across = np.vstack([_SPREADS[:, None] ** 2 * self.kinds.design.T, season])
            mode = _mode(self.counts, _covariance(self.kinds, shape), np.exp(shape[4]))
            v = solve_triangular(mode.lower, mode.root[:, None] * across.T, lower=True)
            covariance = prior - v.T @ v
            covariance[np.diag_indices_from(covariance)] += 1e-9
            mean = across @ mode.slope
            mean[0] += offset
            parts.append(rng.multivariate_normal(mean, covariance, some, method="cholesky"))
        drawn = np.concatenate(parts)
        return drawn[:, :10], drawn[:, 10:]

    def _mixed(self, draws: int, rng: np.random.Generator) -> list[tuple[Floats, int]]:
        """Draws of the shape, each with the number of draws to make with it."""
        shapes = self.shapes(min(SHAPES, draws), rng)
        sizes = [len(part) for part in np.array_split(np.arange(draws), len(shapes))]
        return list(zip(shapes, sizes, strict=True))

    def _posterior(self, joint: Floats, shape: Floats, n: int) -> tuple[Floats, Floats]:
        """Mean and covariance of eta after the n days that were seen."""
        mode = _mode(self.counts, joint[:n, :n], np.exp(shape[4]))
        across = joint[n:, :n]
        v = solve_triangular(mode.lower, mode.root[:, None] * across.T, lower=True)
        covariance = joint[n:, n:] - v.T @ v
        covariance[np.diag_indices_from(covariance)] += 1e-9
        return _offset(self.counts) + across @ mode.slope, covariance


def fit(counts: Floats, kinds: Kinds) -> DailyFit:
    """Fit daily numbers.

    Parameters
    ----------
    counts : float64[n], orders on each of the days; at least 28.
    kinds : of these days.

    Raises
    ------
    ValueError
        The days are too few, or not as many as their kinds.
    """
    if len(counts) != len(kinds) or len(counts) < 28:
        raise ValueError("a fit takes the numbers of at least 28 days, and their kinds")
    centre, spread = (np.array(column) for column in zip(*PRIOR.values(), strict=True))
    start: list[Floats | None] = [None]

    def loss(shape: Floats) -> float:
        mode = _mode(counts, _covariance(kinds, shape), np.exp(shape[4]), start[0])
        start[0] = mode.eta
        distance = (shape - centre) / spread
        penalty: float = distance @ distance / 2
        return penalty - mode.evidence

    bounds = [(m - 5 * s, m + 5 * s) for m, s in zip(centre, spread, strict=True)]
    found = minimize(
        loss, centre, method="L-BFGS-B", bounds=bounds, options={"eps": 1e-4, "ftol": 1e-8}
    )
    curvature = _curvature(loss, found.x, 0.05)
    # Where the record says nothing the prior still does: no direction is wider than it.
    scaled = curvature * np.outer(spread, spread)
    values, vectors = np.linalg.eigh(scaled)
    inverse = (vectors / np.maximum(values, 1.0)) @ vectors.T
    return DailyFit(counts, kinds, found.x, inverse * np.outer(spread, spread))


def _offset(counts: Floats) -> float:
    return float(np.log(max(counts.mean(), 0.5 / len(counts))))


def _decay(n: int, log_deviation: float, correlation: float) -> Floats:
    """Covariance of an Ornstein-Uhlenbeck process with itself 0 to n - 1 days on."""
    found: Floats = np.exp(2 * log_deviation) * correlation ** np.arange(n)
    return found


def _covariance(kinds: Kinds, shape: Floats) -> Floats:
    """Prior covariance of eta on these days: float64[n, n]."""
    season, weeks, drift, persistence, _ = shape
    n = len(kinds)
    columns = kinds.design * _SPREADS
    slow = _decay(n, season, np.exp(-1 / (7 * np.exp(weeks))))
    quick = _decay(n, drift, expit(persistence))
    found: Floats = columns @ columns.T + toeplitz(slow + quick)
    return found


def _mode(counts: Floats, prior: Floats, size: float, start: Floats | None = None) -> _Mode:
    """Find the mode of eta by Newton's method, with steps halved where they overshoot."""
    offset = _offset(counts)
    constant = float((gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)).sum())
    constant += len(counts) * size * np.log(size)

    def likelihood(eta: Floats) -> float:
        at = eta + offset
        terms = counts * at - (counts + size) * np.logaddexp(np.log(size), at)
        return float(constant + terms.sum())

    # Newton's steps go on the weights a, eta = prior @ a, which keeps eta within the prior.
    eta = np.zeros(len(counts)) if start is None else start
    weights, height = np.zeros(len(counts)), -np.inf
    for _ in range(50):
        share = expit(eta + offset - np.log(size))
        slope = counts - (counts + size) * share
        root = np.sqrt((counts + size) * share * (1 - share))
        inner = np.eye(len(counts)) + root[:, None] * prior * root
        lower = cholesky(inner, lower=True, check_finite=False)
        b = root**2 * eta + slope
        solved = solve_triangular(lower, root * (prior @ b), lower=True, check_finite=False)
        solved = solve_triangular(lower.T, solved, lower=False, check_finite=False)
        goal = b - root * solved
        step, reached = 1.0, -np.inf
        while step > 1e-4:
            tried = weights + step * (goal - weights)
            at = prior @ tried
            reached = likelihood(at) - 0.5 * float(tried @ at)
            if reached >= height - 1e-9:
                break
            step /= 2
        gain, height, weights, eta = reached - height, reached, tried, at
        if gain < 1e-8:
            break
    evidence = height - float(np.log(np.diag(lower)).sum())
    return _Mode(eta, slope, root, lower, evidence)


def _curvature(loss: Callable[[Floats], float], at: Floats, step: float) -> Floats:
    """Second derivatives by central differences: float64[5, 5]."""
    n = len(at)
    found = np.empty((n, n))
    middle = loss(at)
    steps = np.eye(n) * step
    for i in range(n):
        found[i, i] = (loss(at + steps[i]) - 2 * middle + loss(at - steps[i])) / step**2
        for j in range(i):
            up = loss(at + steps[i] + steps[j]) + loss(at - steps[i] - steps[j])
            down = loss(at + steps[i] - steps[j]) + loss(at - steps[i] + steps[j])
            found[i, j] = found[j, i] = (up - down) / (4 * step**2)
    return found

"""How long things take, from records with open cases and rounded times.

`fit` maximises the likelihood of what was recorded, which is never a time itself: a case that is
still open has taken longer than until now (right-censored); where times are rounded to the hour
or the day, the true start and end lie anywhere within their steps. Leaving open cases out, or
taking rounded times at their word, is off by ten points and more of a share done in time
(docs/estimation.md). `govsim.estimation.survival` has the curve that assumes no family.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from govsim.errors import RunError
from govsim.estimation import families
from govsim.estimation.families import FAMILIES, Family
from govsim.language import tr

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST = 10
"""Ended cases below which nothing is fitted."""

GRADIENT = 1e-6
"""Slope of the log likelihood of a case below which a maximum is reached."""

FINE = 0.02
"""A step below this share of the median time counts as exact, at its middle."""

NODES = 16
"""Points within the step of a start at which the rest of the kernel is taken (Gauss-Legendre)."""

DRAWS = 1000
"""Of the parameters' approximate distribution, for intervals."""

FLAT = 2.0
"""Standard deviation of an unbounded parameter of which the cases tell nothing."""

STEP = 1e-4
"""Of unbounded parameters, for second differences of the likelihood."""


class Clock(Protocol):
    """Counts working time, as `govsim.scenarios.calendar.WorkingClock` does."""

    def work_between_all(self, a: Ints, b: Ints) -> Ints:
        """Working ms from a to b."""
        ...


@dataclass(frozen=True)
class Observed:
    """What is known of times, in ms; n different ones.

    Attributes
    ----------
    after, before : float[n, m]. A time lies between the two, of the same column; the columns
        are the cases of where in its step it may have started. `before` is infinite where
        the case is open.
    weight : float[m], adding up to 1: of the columns.
    times : float[n], how many cases are alike.
    """

    after: Floats
    before: Floats
    weight: Floats
    times: Floats

    @property
    def open(self) -> NDArray[np.bool_]:
        """Which are of cases still open."""
        return np.isinf(self.before[:, 0])


@dataclass(frozen=True)
class Fit:
    """A distribution of times.

    Attributes
    ----------
    family : a key of `families.FAMILIES`.
    free : float[p], its unbounded parameters at the maximum.
    draws : float[m, p], of their approximate normal distribution.
    unit : ms that parameters count in.
    n, censored : cases, and those of them still open.
    candidates : ``family, parameters, log_likelihood, bic``; the smallest BIC first, which is
        the one that was chosen.
    worked : whether times are working time.
    """

    family: Family
    free: Floats
    draws: Floats
    unit: float
    n: int
    censored: int
    candidates: pd.DataFrame
    worked: bool

    def cdf(self, time: ArrayLike) -> Floats:
        """Share of cases that take no longer than times in ms."""
        return self.family.cdf(np.asarray(time, dtype=np.float64) / self.unit, self.free)

    def quantile(self, share: ArrayLike) -> Floats:
        """Times in ms within which shares of the cases end."""
        return self.unit * self.family.quantile(np.asarray(share, dtype=np.float64), self.free)

    def mean(self) -> float:
        """Mean time in ms."""
        return self.unit * self.family.mean(self.free)

    def interval(
        self, of: Callable[[Fit], ArrayLike], confidence: float = 0.9
    ) -> tuple[Floats, Floats]:
        """Give the ends of an interval of a cdf or quantiles, float[k], for each of k."""
        # All draws at once: float[p, m, 1] parameters against float[k] times or shares.
        found = np.atleast_2d(
            np.asarray(of(self._with(self.draws.T[:, :, None])), dtype=np.float64)
        )
        tail = (1 - confidence) / 2
        low, high = np.quantile(found, [tail, 1 - tail], axis=0)
        return low, high

    def _with(self, free: Floats) -> Fit:
        return Fit(
            self.family, free, self.draws, self.unit, self.n, self.censored, self.candidates,
            self.worked,
        )  # fmt: skip

    def distribution(self) -> dict[str, Any]:
        """Give it as a scenario writes it; a mixture by its quantiles."""
        return families.written(self.family.name, self.quantile, self.free, self.unit, self.worked)


def fit(
    start: ArrayLike,
    end: ArrayLike,
    until: int,
    rounding: tuple[int, int] = (1, 1),
    clock: Clock | None = None,
    candidates: tuple[str, ...] = tuple(FAMILIES),
) -> Fit:
    """Fit the distribution of the time from a start to an end.

    Parameters
    ----------
    start : int[n], ms.
    end : float[n] or int[n], ms; NaN, or the smallest int64, where the case is still open.
    until : when the record was made, ms: open cases were open then.
    rounding : steps in ms to which starts and ends are rounded down.
    clock : of working time, if that is what passes; calendar time if not given.
    candidates : families to choose from.

    Raises
    ------
    RunError
        Fewer than `FEWEST` cases have ended.

    Notes
    -----
    With a start rounded to s (step h) and an end to e (step g), the likelihood is the mean over
    the true start u in [s, s + h) of F(e + g - u) - F(e - u): for the day, the triangular kernel.
    Families are compared by Schwarz's BIC (1978), so that a mixture of two lognormals is chosen
    only where one distribution does not do. Intervals are those of the normal approximation at
    the maximum, in the parameters' unbounded form.
    """
    seen = observed(start, end, until, rounding, clock)
    ended = float(seen.times[~seen.open].sum())
    n = int(seen.times.sum())
    if ended < FEWEST:
        raise RunError(
            tr("{n} cases that have ended are too few to fit how long they take", n=int(ended))
        )
    unit = _middle(seen)
    rows, found = [], []
    for name in candidates:
        family = FAMILIES[name]
        lost = _loss(seen, family, unit)
        free = _best(lost, family, seen, unit)
        if free is None:  # times too much alike for two of a kind
            continue
        likelihood = -lost(free)
        bic = len(free) * np.log(n) - 2 * likelihood
        with np.errstate(over="ignore"):
            named = family.named(free, unit)
        rows.append((name, named, likelihood, bic))
        found.append((bic, family, free, lost))
    table = pd.DataFrame(rows, columns=["family", "parameters", "log_likelihood", "bic"])
    _, family, free, lost = min(found, key=lambda one: one[0])
    draws = np.random.default_rng(0).multivariate_normal(free, _covariance(lost, free), DRAWS)
    return Fit(
        family=family,
        free=free,
        draws=draws,
        unit=unit,
        n=n,
        censored=n - int(ended),
        candidates=table.sort_values("bic", ignore_index=True),
        worked=clock is not None,
    )


def observed(
    start: ArrayLike,
    end: ArrayLike,
    until: int,
    rounding: tuple[int, int] = (1, 1),
    clock: Clock | None = None,
) -> Observed:
    """Say between which ends times lie; see `fit`."""
    began = np.asarray(start, dtype=np.int64)
    ended = np.asarray(end)
    missing = np.isnan(ended) if ended.dtype.kind == "f" else ended == np.iinfo(np.int64).min
    ended = np.where(missing, until, ended).astype(np.int64)
    step, last = rounding
    at, weight = np.array([0.5]), np.array([1.0])
    typical = np.median(np.maximum(ended - began, 1))
    if step > FINE * typical:
        at, weight = np.polynomial.legendre.leggauss(NODES)
        at, weight = (at + 1) / 2, weight / 2
    u = began[:, None] + (step * at).astype(np.int64)
    passed = _between(clock)
    after = np.maximum(passed(u, np.broadcast_to(ended[:, None], u.shape)), 0.0)
    before = passed(u, np.broadcast_to(ended[:, None] + last, u.shape))
    # While nobody works a clock stands still; a time is known to a step there, not better.
    least = 1e-6 if clock is None else last
    before = np.where(missing[:, None], np.inf, np.maximum(before, after + least))
    rows, times = np.unique(np.hstack([after, before]), axis=0, return_counts=True)
    low, high = np.hsplit(rows, 2)
    return Observed(low, high, weight, times.astype(np.float64))


def _between(clock: Clock | None) -> Callable[[Ints, Ints], Floats]:
    if clock is None:
        return lambda a, b: (b - a).astype(np.float64)

    def worked(a: Ints, b: Ints) -> Floats:
        return clock.work_between_all(a.ravel(), b.ravel()).reshape(a.shape).astype(np.float64)

    return worked


def _middle(seen: Observed) -> float:
    """Typical time, so that parameters are near 1: the median of what was seen."""
    low = seen.after @ seen.weight
    order = low.argsort()
    below = seen.times[order].cumsum()
    middle = float(low[order][np.searchsorted(below, below[-1] / 2)])
    width = np.where(seen.open, 0.0, (np.where(seen.open[:, None], 0.0, seen.before)) @ seen.weight)
    return max(middle, float(width.max()) / 100, 1.0)


def _loss(seen: Observed, family: Family, unit: float) -> Callable[[Floats], float]:
    """Make the negative log likelihood of unbounded parameters."""
    done = ~seen.open
    low, high = seen.after[done] / unit, seen.before[done] / unit
    middle, width = (low + high) / 2, high - low
    exact = (width < FINE * middle).all(axis=1)
    waited = seen.after[~done] / unit

    def loss(free: Floats) -> float:
        # Far from the maximum, a family may be asked for what no number holds.
        with np.errstate(all="ignore"):
            # The density at the middle where it hardly changes: a difference would lose digits.
            chance = np.empty(low.shape)
            chance[exact] = family.density(middle[exact], free) * width[exact]
            rough = ~exact
            chance[rough] = family.cdf(high[rough], free) - family.cdf(low[rough], free)
            still = 1 - family.cdf(waited, free)
            total = seen.times[done] @ np.log(np.maximum(chance @ seen.weight, 1e-300))
            total += seen.times[~done] @ np.log(np.maximum(still @ seen.weight, 1e-300))
        return -float(total)

    return loss


def _best(
    lost: Callable[[Floats], float], family: Family, seen: Observed, unit: float
) -> Floats | None:
    """Maximise the likelihood from the starts that a family knows; None where it knows none."""
    done = ~seen.open
    shown = ((seen.after[done] + seen.before[done]) / 2 / unit) @ seen.weight
    n = float(seen.times.sum())

    def of_a_case(free: Floats) -> float:
        return lost(free) / n  # a small number, whose differences keep their digits

    tries = []
    for first in family.starts(np.log(np.maximum(shown, 1e-6)), seen.times[done]):
        found = optimize.minimize(of_a_case, first, method="BFGS", options={"gtol": GRADIENT})
        tries.append(np.asarray(found.x))
        if not found.success:  # a slope that differences don't tell: go on without one
            found = optimize.minimize(
                lost, found.x if np.isfinite(found.x).all() else first, method="Nelder-Mead",
                options={"maxiter": 4000, "xatol": 1e-6, "fatol": 1e-7},
            )  # fmt: skip
            tries.append(np.asarray(found.x))
    return min(tries, key=lost) if tries else None


def _covariance(lost: Callable[[Floats], float], at: Floats) -> Floats:
    """Invert the observed information, by second differences."""
    p = len(at)
    step = STEP**0.5 * np.maximum(1.0, np.abs(at))
    shift = np.diag(step)
    information = np.empty((p, p))
    for i in range(p):
        for j in range(i, p):
            plus = lost(at + shift[i] + shift[j]) + lost(at - shift[i] - shift[j])
            minus = lost(at + shift[i] - shift[j]) + lost(at - shift[i] + shift[j])
            information[i, j] = information[j, i] = (plus - minus) / (4 * step[i] * step[j])
    # A direction in which the likelihood is flat is left as uncertain as logarithms of times are.
    size, along = np.linalg.eigh(information)
    covariance: Floats = (along / np.maximum(size, 1 / FLAT**2)) @ along.T
    return covariance

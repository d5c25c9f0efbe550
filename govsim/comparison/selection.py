"""Ranking and selection: which of several plans is the best, with stated confidence.

A planner says what difference is too small to matter (the indifference zone, delta) and how
sure the answer must be. `kn` goes on with the plans that may still be the best, one
replication of each at a time, and drops a plan as soon as the differences allow it; it
gains from common random numbers. `gsp` is for so many plans that comparing each with each
from the start wastes replications. Both see nothing but numbers, larger being better, so
they can be held against known means (``govsim validate-comparison``). Called by
`govsim.compare`; uses nothing of govsim.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, expm1, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Observe = Callable[[int, int], Floats]
"""Gives the first n values of a plan, float[n]: ``observe(plan, n)``; simulates what it must."""

FIRST = 20
"""Replications of each plan before the first is dropped; they estimate the variances."""

LOOK_AHEAD = 0.25
"""Replications that are made at a time, as a share of those that there are."""

MANY = 50
"""Plans above which `choose` takes `gsp`."""

ROUNDS, STEP = 10, 20
"""Rounds of screening in `gsp`, and replications that a plan of mean spread gets in each."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What ranking and selection found.

    Attributes
    ----------
    best : index of the plan that was selected; None where replications ran out before.
    left : plans that may still be the best, in ascending order; ``(best,)`` or, where plans
        can't be told apart at all, those that are the same.
    used : int[plans], replications after which each was dropped, or that it has had.
    delta : the indifference zone, in the unit of the values.
    confidence : chance that the best is selected if it is better than any other by `delta`.
    procedure : ``KN`` or ``GSP``.
    """

    best: int | None
    left: tuple[int, ...]
    used: tuple[int, ...]
    delta: float
    confidence: float
    procedure: str


def choose(
    observe: Observe, plans: int, delta: float, confidence: float, most: int, first: int = FIRST
) -> Selection:
    """Select the best plan: by `kn`, above `MANY` plans by `gsp`."""
    procedure = kn if plans <= MANY else gsp
    return procedure(observe, plans, delta, confidence, most, first)


def _check(plans: int, delta: float, confidence: float, first: int) -> None:
    if plans < 2 or not delta > 0 or not 0 < confidence < 1 or first < 3:
        raise ValueError("needs two plans, a delta above 0, a confidence, three replications")
    if confidence <= 1 / plans:
        raise ValueError("a guess would be right as often")


def kn(
    observe: Observe,
    plans: int,
    delta: float,
    confidence: float = 0.95,
    most: int = 10_000,
    first: int = FIRST,
) -> Selection:
    """Drop plans one by one until the best is left.

    Parameters
    ----------
    observe : gives values; larger is better. Replication r of all plans may have met the same
        demands.
    plans : how many.
    delta : smallest difference that matters, above 0.
    confidence : chance of selecting the best if it is better than all others by `delta`.
    most : replications of a plan at which to give up.
    first : replications before anything is dropped.

    Notes
    -----
    Kim and Nelson, "A fully sequential procedure for indifference-zone selection in
    simulation", *ACM TOMACS* 11(3), 2001, with c = 1: eta = ((2 alpha / (k - 1))^(-2 /
    (n0 - 1)) - 1) / 2 and h^2 = 2 eta (n0 - 1). Plan i is dropped after r replications when
    some plan l that is left has a mean higher by more than W = max(0, delta / (2 r) (h^2 S^2
    / delta^2 - r)), S^2 being the variance of the *differences* of i and l in the first n0
    replications. So it holds for normal values with unequal variances and any correlation.
    Plans that are dropped after the same replication are compared with all that were left
    before it.
    """
    _check(plans, delta, confidence, first)
    eta = (np.power(2 * (1 - confidence) / (plans - 1), -2 / (first - 1)) - 1) / 2
    values = np.stack([observe(plan, first) for plan in range(plans)])
    varies: Floats = np.var(values[:, None] - values[None], axis=2, ddof=1)
    reach = 2 * eta * (first - 1) * varies  # h^2 S^2
    last = floor_of(reach.max() / delta**2) + 1  # here W is 0 for every pair

    left: Ints = np.arange(plans)
    used = np.zeros(plans, dtype=np.int64)
    sums, before = values.sum(axis=1), first  # of the plans left, after `before` replications
    steps = sums[:, None]  # float[left, r]: sums after `before`, `before` + 1, ...
    while len(left) > 1:
        r = before + np.arange(steps.shape[1])
        lead = steps[:, None] - steps[None]  # float[left, left, r], times r as all that follows
        width = np.maximum(0.0, (reach[np.ix_(left, left)][..., None] / delta - delta * r) / 2)
        drops = (lead < -width).any(axis=1)  # bool[left, r]
        when = np.flatnonzero(drops.any(axis=0))
        if len(when):
            stay = ~drops[:, when[0]]
            before = int(r[when[0]])
            used[left[~stay]] = before
            steps, left = steps[stay][:, when[0] :], left[stay]
            continue
        before = int(r[-1])
        if before >= min(last, most):
            break
        ahead = min(most, max(before + 1, ceil(before * (1 + LOOK_AHEAD))))
        new = np.stack([observe(int(plan), ahead)[before:] for plan in left])
        steps = steps[:, -1:] + np.concatenate([np.zeros((len(left), 1)), new.cumsum(1)], axis=1)
    used[left] = before
    best = int(left[0]) if len(left) == 1 or before >= last else None
    return Selection(best, tuple(left.tolist()), tuple(used.tolist()), delta, confidence, "KN")


def floor_of(number: float) -> int:
    """Round down; a procedure whose bound is infinite never ends by itself."""
    return int(min(number, 2.0**62))


def gsp(
    observe: Observe,
    plans: int,
    delta: float,
    confidence: float = 0.95,
    most: int = 10_000,
    first: int = FIRST,
) -> Selection:
    """Screen many plans in rounds, then compare the means of those that are left.

    Parameters
    ----------
    observe, plans, delta, confidence, most, first : as in `kn`. The guarantee is for plans
        whose values are independent of each other; common random numbers make differences
        vary less than is reckoned with, so it selects more often right, at no gain in
        replications.

    Notes
    -----
    Ni, Ciocan, Henderson and Hunter, "Efficient ranking and selection in parallel computing
    environments", *Operations Research* 65(3), 2017: the good selection procedure. Half of
    the error is spent on screening, half on the last stage, which is that of Rinott 1978.
    It selects, with this confidence, a plan within `delta` of the best, wherever the means
    lie. In round r plan i has n0 + r b replications, b in proportion to its standard
    deviation. It is dropped when for some other plan t (mean - other mean) < -eta ((n0 - 1)
    t_end)^(1/2), where 1 / t = S^2 / n + (S^2 / n of the other), now and after the last round.
    """
    _check(plans, delta, confidence, first)
    error = (1 - confidence) / 2
    values = np.stack([observe(plan, first) for plan in range(plans)])
    varies: Floats = values.var(axis=1, ddof=1)
    mean: Floats = values.mean(axis=1)
    spread = np.sqrt(varies)
    even = spread / spread.mean() if spread.any() else np.ones(plans)
    batch = np.maximum(1, np.ceil(STEP * even)).astype(np.int64)
    eta = screening_constant(plans, first, error)
    end = first + ROUNDS * batch
    alone = varies / end
    apart = alone[:, None] + alone[None]
    with np.errstate(divide="ignore"):
        wall = eta * np.sqrt((first - 1) / apart)

    alive = np.ones(plans, dtype=bool)
    used = np.full(plans, first)
    for turn in range(ROUNDS + 1):
        if turn:
            for plan in np.flatnonzero(alive).tolist():
                used[plan] = min(first + turn * int(batch[plan]), most)
                mean[plan] = observe(plan, int(used[plan])).mean()
        left = np.flatnonzero(alive)
        noise = (varies / used)[left]
        with np.errstate(divide="ignore", invalid="ignore"):
            lead = (mean[left, None] - mean[None, left]) / (noise[:, None] + noise[None])
        alive[left[(lead < -wall[np.ix_(left, left)]).any(axis=1)]] = False
        if alive.sum() == 1 or (used[alive] >= most).any():
            break
    left = np.flatnonzero(alive)
    if len(left) > 1:
        wanted = np.ceil(rinott(plans, first, 1 - error) ** 2 * varies[left] / delta**2)
        for plan, n in zip(left.tolist(), wanted.tolist(), strict=True):
            used[plan] = max(used[plan], min(int(n), most))
            mean[plan] = observe(plan, int(used[plan])).mean()
        enough = bool((wanted <= most).all())
    else:
        enough = True
    best = int(left[np.argmax(mean[left])]) if enough else None
    kept = (best,) if best is not None else tuple(left.tolist())
    return Selection(best, kept, tuple(used.tolist()), delta, confidence, "GSP")


@lru_cache
def screening_constant(plans: int, first: int, error: float) -> float:
    """Find eta of `gsp`: E[2 P(Z > eta sqrt(R))] = 1 - (1 - error)^(1 / (plans - 1)).

    R is the smaller of two independent chi-squared values with `first` - 1 degrees.
    """
    from scipy import optimize, stats

    chi = stats.chi2(first - 1)
    at, weight = _gauss()
    # Of two values the smaller is above x with the square of the chance that one is.
    smaller = chi.isf(np.sqrt(1 - at))
    chance = -expm1(log1p(-error) / (plans - 1))

    def excess(eta: float) -> float:
        return float(2 * (weight * stats.norm.sf(eta * np.sqrt(smaller))).sum() - chance)

    return float(optimize.brentq(excess, 1e-6, 100.0))


@lru_cache
def rinott(plans: int, first: int, confidence: float) -> float:
    """Find Rinott's constant h.

    Notes
    -----
    Rinott, "On two-stage selection procedures and related probability-inequalities",
    *Commun. Statist.* A7, 1978: E over Y of [E over X of Phi(h / sqrt((n0 - 1)(1/X + 1/Y)))]
    ^(k - 1) = confidence, X and Y chi-squared with n0 - 1 degrees.
    """
    from scipy import optimize, stats

    degrees = first - 1
    at, weight = _gauss()
    chi = stats.chi2.ppf(at, degrees)
    both = sqrt(degrees) * np.sqrt(1 / chi[:, None] + 1 / chi[None])

    def excess(h: float) -> float:
        inner = stats.norm.cdf(h / both) @ weight
        return float((inner ** (plans - 1) * weight).sum() - confidence)

    return float(optimize.brentq(excess, 0.0, 200.0))


def _gauss(points: int = 400) -> tuple[Floats, Floats]:
    """Points and weights of Gauss-Legendre quadrature from 0 to 1."""
    x, w = np.polynomial.legendre.leggauss(points)
    return (x + 1) / 2, w / 2

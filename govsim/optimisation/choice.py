"""One plan for each point, so that all together keep what is asked at the least cost.

A knapsack with one choice a point. Its linear relaxation splits at most as many points as there are
things asked, so its value is a bound that lies very near; whole plans are then chosen among those
that it could still take. Called by `govsim.optimisation.by_point`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_linprog: Any = optimize.linprog  # whose published types know no sparse matrix

NEAR = 1e-5
"""Part of all that is spent within which the choice of whole plans is good enough."""

WAYS = 4096
"""Ways to make split points whole that are tried at most."""

SPLIT = 1e-9
"""What is no rounding of numbers."""

SECONDS = 20.0
"""Time that choosing whole plans may take, for machines that are very slow."""


@dataclass(frozen=True)
class Columns:
    """Plans of points, one to a row.

    Attributes
    ----------
    point : int[n], from 0 on.
    cost : float[n].
    gains : float[n, asked], what each adds to what is asked; all are wanted large.
    """

    point: Ints
    cost: Floats
    gains: Floats


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Attributes
    ----------
    taken : int[points], row of each point's plan.
    cost : of all taken.
    bound : what any choice costs at least.
    prices : float[asked], what one more unit of each costs at the margin.
    """

    taken: Ints
    cost: float
    bound: float
    prices: Floats


def undominated(columns: Columns) -> Bools:
    """Say which plans no other of the same point beats in cost and in everything asked."""
    keep = np.ones(len(columns.point), dtype=bool)
    for mine in _rows_of(columns.point):
        good = np.column_stack([-columns.cost[mine], columns.gains[mine]])
        at_least = (good[:, None] >= good[None]).all(axis=2)
        more = (good[:, None] > good[None]).any(axis=2)
        # Of two that are alike in everything the first stays.
        alike = at_least & at_least.T & np.tri(len(mine), k=-1, dtype=bool).T
        keep[mine] = ~((at_least & more) | alike).any(axis=0)
    return keep


def choose(columns: Columns, needs: Floats, of: float = 0.0) -> Choice | None:
    """Choose a plan for each point at the least cost; None if none keeps all that is asked.

    Parameters
    ----------
    needs : float[asked], how much the gains of all that are taken come to at least.
    of : all that is spent: the choice is within `NEAR` of that from the cheapest; 0: the cheapest.
    """
    rows = np.flatnonzero(undominated(columns))
    point, cost, gains = columns.point[rows], columns.cost[rows], columns.gains[rows]
    scale = np.maximum(np.abs(gains).max(axis=0, initial=0.0), 1e-12)
    one_each = sparse.csr_array((np.ones(len(rows)), (point, np.arange(len(rows)))))
    money = max(float(np.abs(cost).max(initial=0.0)), 1.0)
    relaxed = _linprog(
        cost / money,
        A_ub=-(gains / scale).T if gains.shape[1] else None,
        b_ub=-needs / scale if gains.shape[1] else None,
        A_eq=one_each,
        b_eq=np.ones(one_each.shape[0]),
        method="highs",
    )
    if relaxed.status != 0:
        return None
    bound = float(relaxed.fun) * money
    prices = -np.asarray(relaxed.ineqlin.marginals, dtype=np.float64) * money / scale
    reduced = cost - gains @ prices - np.asarray(relaxed.eqlin.marginals)[point] * money
    near = SPLIT * money + NEAR * of
    whole = _rounded(point, cost, gains, needs, np.asarray(relaxed.x))
    worth = np.inf if whole is None else float(cost[whole].sum()) - bound
    if worth > near:
        # What costs more than that by itself is in no better choice.
        some = np.flatnonzero(reduced <= worth + SPLIT * money)
        gap = near / max(abs(bound), near)
        found = _whole(
            cost[some] / money, (gains / scale)[some], needs / scale, one_each[:, some], gap
        )
        if found is not None and (whole is None or cost[some[found]].sum() < cost[whole].sum()):
            whole = some[found]
    if whole is None:
        return None
    taken = np.empty(one_each.shape[0], dtype=np.int64)
    taken[point[whole]] = rows[whole]
    return Choice(taken, float(columns.cost[taken].sum()), bound, prices)


def nearest(columns: Columns, needs: Floats) -> Choice:
    """Choose what comes nearest to all that is asked, whatever it costs.

    What is missing is measured in parts of the most that all points could add.
    """
    n, points = len(columns.point), int(columns.point.max()) + 1
    most = np.zeros(columns.gains.shape[1])
    for k in range(len(most)):
        each = np.full(points, -np.inf)
        np.maximum.at(each, columns.point, columns.gains[:, k])
        most[k] = max(float(np.abs(each).sum()), 1e-12)
    one_each = sparse.csr_array((np.ones(n), (columns.point, np.arange(n))))
    money = max(float(np.abs(columns.cost).sum()), 1.0)
    relaxed = _linprog(
        np.append(1e-6 * columns.cost / money, 1.0),  # of what comes equally near the cheapest
        A_ub=-np.column_stack([(columns.gains / most).T, np.ones(len(most))]),
        b_ub=-needs / most,
        A_eq=sparse.hstack([one_each, sparse.csr_array((points, 1))]),
        b_eq=np.ones(points),
        method="highs",
    )
    share = np.asarray(relaxed.x)[:n]
    taken = np.array([mine[share[mine].argmax()] for mine in _rows_of(columns.point)])
    prices = -np.asarray(relaxed.ineqlin.marginals, dtype=np.float64) * 1e6 * money / most
    return Choice(taken, float(columns.cost[taken].sum()), float("nan"), prices)


def _rows_of(point: Ints) -> list[Ints]:
    order = np.argsort(point, kind="stable")
    edges = np.flatnonzero(np.diff(point[order])) + 1
    return [np.asarray(rows, dtype=np.int64) for rows in np.split(order, edges)]


def _rounded(point: Ints, cost: Floats, gains: Floats, needs: Floats, share: Floats) -> Ints | None:
    """Choose whole plans where the relaxation splits a point: the cheapest that keep all.

    Each split point takes a plan that it was split into, or the one that adds most.
    """
    taken, split = [], []
    for rows in _rows_of(point):
        parts = rows[share[rows] > SPLIT]
        if len(parts) == 1:
            taken.append(int(parts[0]))
        else:
            split.append(np.unique([*parts, *rows[gains[rows].argmax(axis=0)]]).tolist())
    ways = 1
    for some in split:
        ways *= len(some)
    if ways > WAYS:
        return None
    best, least = None, np.inf
    for more in product(*split):
        whole = np.array([*taken, *more], dtype=np.int64)
        spent = float(cost[whole].sum())
        if spent < least and (gains[whole].sum(axis=0) >= needs - SPLIT * np.abs(needs)).all():
            best, least = whole, spent
    return best


def _whole(
    cost: Floats, gains: Floats, needs: Floats, one_each: sparse.csr_array, gap: float
) -> Ints | None:
    """Choose whole plans; None if there is no such choice among these."""
    limits = [optimize.LinearConstraint(one_each, 1, 1)]
    if gains.shape[1]:
        limits.append(optimize.LinearConstraint(gains.T, needs, np.inf))
    found = optimize.milp(
        cost,
        integrality=np.ones(len(cost), dtype=np.int64),
        bounds=optimize.Bounds(0, 1),
        constraints=limits,
        options={"mip_rel_gap": gap, "time_limit": SECONDS},
    )
    return None if found.x is None else np.flatnonzero(found.x > 0.5)

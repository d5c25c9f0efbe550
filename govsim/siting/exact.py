"""The exact answer to a location problem, where prices leave few enough places open.

`proven` takes a design and its bound. Places that can't be part of a better design, by the prices
that made the bound, are left out; HiGHS (through SciPy) looks for a better one among the rest, or
among the most promising of them if there are many. It stops after a number of nodes, not after a
time: the same question gives the same answer on any machine.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from govsim.siting.location import Choice, Location, Solved

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NODES = 60
"""Nodes that HiGHS looks at."""

MORE = 30
"""Places beside as many as are chosen, the most promising, where there are too many for all."""

MOST_PAIRS = 12_000
"""Pairs of a place and a client above which HiGHS isn't asked."""


def proven(problem: Location, choice: Choice, solved: Solved) -> Solved:
    """Look for a better design, and for a proof that there is none."""
    if solved.bound <= solved.value or solved.price is None:
        return solved
    left = problem.left(choice, solved)
    some = left[: choice.count + MORE]
    if choice.today:  # what must stay is among today's
        some = np.union1d(some, np.flatnonzero(problem.today))
    rows = np.union1d(np.union1d(some, solved.chosen), np.flatnonzero(problem.always))
    done = _asked(problem, choice, rows.astype(np.int64))
    if done is None:
        return solved
    opened, at_most = done
    value, chosen, bound = solved.value, solved.chosen, solved.bound
    if opened is not None and (found := problem.value(opened)) > value:
        value, chosen = found, problem.named(opened)
    if np.isin(left, rows).all():  # nothing better lies outside of what was looked at
        bound = min(bound, max(at_most, value))
    if problem.whole:
        bound = float(np.floor(bound + 1e-5))
    return replace(solved, chosen=chosen, value=value, bound=max(bound, value))


def _asked(problem: Location, choice: Choice, rows: Ints) -> tuple[Bools | None, float] | None:
    """Ask HiGHS for the best design of some places, and for what none of them can pass."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    place, at = np.nonzero((problem.clients[rows] < problem.n) & (problem.worth[rows] > 0))
    j, pairs = len(rows), len(place)
    if not 0 < pairs <= MOST_PAIRS:
        return None
    client, worth = problem.clients[rows][place, at], problem.worth[rows][place, at]
    ones, each = np.ones(pairs), np.arange(pairs)
    x, size = j + each, j + pairs
    once = coo_array((ones, (client, x)), shape=(problem.n, size))
    by_whom = coo_array(
        (np.r_[ones, -ones], (np.r_[each, each], np.r_[x, place])), shape=(pairs, size)
    )
    parts = [LinearConstraint(once, ub=1), LinearConstraint(by_whom, ub=0)]
    if problem.limited:
        room = -np.minimum(problem.room[rows], problem.n).astype(np.float64)
        where = (np.r_[place, np.arange(j)], np.r_[x, np.arange(j)])
        within = coo_array((np.r_[ones, room], where), shape=(j, size))
        parts.append(LinearConstraint(within, ub=0))
    always = problem.always[rows]
    wanted = np.zeros((2, size))
    wanted[0, :j], wanted[1, :j] = ~always, problem.today[rows]
    parts.append(LinearConstraint(wanted, lb=[0, choice.today], ub=[choice.count, np.inf]))
    done = milp(
        np.r_[np.zeros(j), -worth],
        integrality=np.r_[np.ones(j), np.zeros(pairs)],
        bounds=Bounds(np.r_[always.astype(np.float64), np.zeros(pairs)], 1.0),
        constraints=parts,
        options={"node_limit": NODES, "mip_rel_gap": 1e-9},
    )
    at_most = np.inf if done.mip_dual_bound is None else -float(done.mip_dual_bound)
    if done.x is None:
        return None, at_most
    opened = problem.always.copy()
    opened[rows[done.x[:j] > 0.5]] = True
    # HiGHS may open fewer: the others, too, must stand somewhere.
    return problem.grown(choice, problem.named(opened)), at_most

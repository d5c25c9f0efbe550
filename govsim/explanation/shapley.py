"""Shapley values: what each of several causes contributes to what all of them bring about.

The worth of a coalition is what its members bring about together. A player's Shapley value
is what it adds on joining, averaged over all orders in which players can join. The values
add up to the worth of all, whatever the players do to one another. Called by
`govsim.explain`, whose players are the mechanisms in which two scenarios differ; uses
nothing of govsim.

Where a player can't join before another (a station's teams before the station), the average
goes over the orders that respect it: Faigle and Kern, "The Shapley value for cooperative games
under precedence constraints", *Int. J. Game Theory* 21, 1992. Without such needs it is Shapley's
own value ("A value for n-person games", 1953).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Coalition = frozenset[str]
Worth = Callable[[Coalition], ArrayLike]
"""Worth of a coalition: a number, or an array with one for each replication and measure."""

Needs = Mapping[str, Iterable[str]]
"""For a player, the others that must have joined before it."""

NOBODY: Coalition = frozenset()


@dataclass(frozen=True, eq=False)
class Shares:
    """What each player contributes.

    Attributes
    ----------
    players : their names.
    shapley : float[players, ...], Shapley values; over players they add up to the worth of all
        less that of nobody.
    first : float[players, ...], what a player adds when only those that it needs are there.
    last : float[players, ...], what it adds when all are there but those that need it.
    """

    players: tuple[str, ...]
    shapley: Floats
    first: Floats
    last: Floats


def coalitions(players: Sequence[str], needs: Needs | None = None) -> list[Coalition]:
    """List the coalitions in which everybody has whom he needs, small ones first.

    Raises
    ------
    ValueError
        Players need one another in a circle, or somebody who is not there.
    """
    needed = _all_needed(players, needs)
    found = [NOBODY]
    for player in players:
        found += [one | {player} for one in found]
    return sorted(
        (one for one in found if all(needed[p] <= one for p in one)),
        key=lambda one: (len(one), [p in one for p in reversed(players)]),
    )


def exact(players: Sequence[str], worth: Worth, needs: Needs | None = None) -> Shares:
    """Share out by all coalitions.

    Parameters
    ----------
    players : their names.
    worth : asked once for each coalition of `coalitions`; arrays must all be of one shape.
    needs : whom a player needs, if any.

    Notes
    -----
    In the lattice of coalitions each order is a way up from nobody to all. The step from S to
    S and i lies on (ways up to S) × (ways on from S and i) of them; without needs these are
    |S|! and (n - |S| - 1)! ways of n!, Shapley's weights.
    """
    sets = coalitions(players, needs)
    values = {one: np.asarray(worth(one), dtype=np.float64) for one in sets}
    ways_to: dict[Coalition, int] = {NOBODY: 1}
    for one in sets[1:]:
        ways_to[one] = sum(ways_to.get(one - {p}, 0) for p in one)
    ways_on: dict[Coalition, int] = {sets[-1]: 1}
    for one in sets[-2::-1]:
        ways_on[one] = sum(ways_on.get(one | {p}, 0) for p in players if p not in one)
    orders = ways_to[sets[-1]]
    shapley = np.zeros((len(players), *values[NOBODY].shape))
    for i, player in enumerate(players):
        for one in sets:
            more = one | {player}
            if player not in one and more in values:
                weight = ways_to[one] * ways_on[more] / orders
                shapley[i] += weight * (values[more] - values[one])
    first, last = _first_and_last(players, values.__getitem__, needs)
    return Shares(tuple(players), shapley, first, last)


def along(orders: Iterable[Sequence[str]], players: Sequence[str], worth: Worth) -> Floats:
    """Average what each player adds over given orders: an estimate that adds up exactly, too.

    Returns
    -------
    float[players, ...]
    """
    added: dict[str, list[Floats]] = {player: [] for player in players}
    for order in orders:
        there, before = NOBODY, np.asarray(worth(NOBODY), dtype=np.float64)
        for player in order:
            there = there | {player}
            now = np.asarray(worth(there), dtype=np.float64)
            added[player].append(now - before)
            before = now
    return np.array([np.mean(added[player], axis=0) for player in players])


def random_orders(
    players: Sequence[str], count: int, rng: np.random.Generator, needs: Needs | None = None
) -> list[tuple[str, ...]]:
    """Draw orders in which nobody comes before whom he needs, each with the same chance."""
    needed = _all_needed(players, needs)
    found: list[tuple[str, ...]] = []
    while len(found) < count:  # those that can't be are drawn again, so the rest stay uniform
        order = tuple(players[i] for i in rng.permutation(len(players)))
        if all(needed[p] <= set(order[:at]) for at, p in enumerate(order)):
            found.append(order)
    return found


def ends(players: Sequence[str], needs: Needs | None = None) -> dict[str, tuple[Coalition, ...]]:
    """Say which coalitions a player's first and last effects compare.

    Returns
    -------
    dict
        For each player: whom it needs, the same with it, the largest coalition that can do
        without it, the same with it.
    """
    needed = _all_needed(players, needs)
    found: dict[str, tuple[frozenset[str], ...]] = {}
    for player in players:
        late = frozenset(p for p in players if p != player and player not in needed[p])
        found[player] = (needed[player], needed[player] | {player}, late, late | {player})
    return found


def _first_and_last(
    players: Sequence[str], worth: Worth, needs: Needs | None
) -> tuple[Floats, Floats]:
    steps = [
        [np.asarray(worth(one), dtype=np.float64) for one in four]
        for four in ends(players, needs).values()
    ]
    first = np.array([after - before for before, after, _, _ in steps])
    last = np.array([after - before for _, _, before, after in steps])
    return first, last


def sampled(
    players: Sequence[str],
    worth: Callable[[Coalition, int], ArrayLike],
    orders: Sequence[Sequence[Sequence[str]]],
    needs: Needs | None = None,
) -> Shares:
    """Share out by orders drawn anew for each replication.

    So the values of replications are independent, each adds up exactly, and an interval over
    replications holds what the choice of orders adds to the noise.

    Parameters
    ----------
    players : their names.
    worth : of a coalition in a replication.
    orders : some orders for each replication, of `random_orders`.
    needs : whom a player needs, if any.

    Returns
    -------
    Shares
        Arrays float[players, replications, ...].
    """
    shapley, first, last = [], [], []
    for replication, some in enumerate(orders):

        def here(one: Coalition, r: int = replication) -> ArrayLike:
            return worth(one, r)

        shapley.append(along(some, players, here))
        begun, ended = _first_and_last(players, here, needs)
        first.append(begun)
        last.append(ended)
    stacked = (np.stack(part, axis=1) for part in (shapley, first, last))
    return Shares(tuple(players), *stacked)


def _all_needed(players: Sequence[str], needs: Needs | None) -> dict[str, Coalition]:
    """For each player all that it needs, directly or by way of others."""
    needed = {p: frozenset((needs or {}).get(p, ())) for p in players}
    for player in players:
        if not needed[player] <= set(players):
            raise ValueError(f"{player} needs {sorted(needed[player] - set(players))}")
    for _ in players:
        needed = {p: mine.union(*(needed[other] for other in mine)) for p, mine in needed.items()}
    if circle := [p for p in players if p in needed[p]]:
        raise ValueError(f"these need one another in a circle: {circle}")
    return needed

"""The loops of siting that are too slow in plain Python, compiled and kept on disk.

Options (places where a station may stand) know the clients (grids) within their reach as rows of a
table, filled up with the client ``n``, whose price nobody pays. Called by
`govsim.siting.location` alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.service.compiling import kept_if_entered

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@kept_if_entered
def best_sums(
    clients: Ints,
    worth: Floats,
    price: Floats,
    room: Ints,
    chosen: Bools,
    taken: Ints,
    sums: Floats,
) -> None:
    """Let each option take the clients that are worth most beyond their price.

    Parameters
    ----------
    clients, worth : [options, most], the clients of each option and what each is worth to it.
    price : float[clients + 1], infinite for the client that fills rows up.
    room : int64[options], how many each may take.
    chosen : bool[options], whose clients are counted in `taken`.
    taken : int64[clients + 1], out: by how many of the chosen options each client is taken.
    sums : float[options], out: what is left of the worth of those taken when they are paid.
    """
    taken[:] = 0
    most = clients.shape[1]
    gains = np.empty(most)
    places = np.empty(most, np.int64)
    for j in range(len(sums)):
        n, limit, total = 0, room[j], 0.0
        for p in range(most):
            gain = worth[j, p] - price[clients[j, p]]
            if gain <= 0.0:
                continue
            if limit >= most:
                total += gain
                if chosen[j]:
                    taken[clients[j, p]] += 1
                continue
            if n == limit:
                if n == 0 or gain <= gains[n - 1]:
                    continue
                n -= 1
            at = n
            while at > 0 and gains[at - 1] < gain:
                gains[at] = gains[at - 1]
                places[at] = places[at - 1]
                at -= 1
            gains[at] = gain
            places[at] = p
            n += 1
        for i in range(n):
            total += gains[i]
            if chosen[j]:
                taken[clients[j, places[i]]] += 1
        sums[j] = total


@kept_if_entered
def cover(
    order: Ints,
    starts: Ints,
    options: Ints,
    opened: Bools,
    room: Ints,
    holder: Ints,
    held: Ints,
    holds: Ints,
) -> None:
    """Give clients to open options so that those who are served are worth most.

    Clients that can be served together are the independent sets of a transversal matroid, so
    taking them by worth, the most first, each along an augmenting path if there is one, is exact
    (Edmonds 1971).

    Parameters
    ----------
    order : int64[clients], the clients by worth, the most first.
    starts, options : the options in whose reach a client is: ``options[starts[i]:starts[i + 1]]``.
    opened : bool[options].
    room : int64[options], how many each may serve.
    holder : int64[clients], out: who serves each client, or -1.
    held : int64[options, most], room for whom each option serves.
    holds : int64[options], out: how many each serves.
    """
    holder[:] = -1
    holds[:] = 0
    seen = np.full(len(opened), -1, np.int64)
    through = np.empty(len(opened), np.int64)
    reached = np.empty(len(opened), np.int64)
    queue = np.empty(len(holder) + 1, np.int64)
    # What a search has reached in vain is full for good, and needs no second look.
    full = ~opened
    for client in order:
        queue[0] = client
        first, last, far, end = 0, 1, 0, -1
        while first < last and end < 0:
            at = queue[first]
            first += 1
            for p in range(starts[at], starts[at + 1]):
                j = options[p]
                if full[j] or seen[j] == client:
                    continue
                seen[j] = client
                through[j] = at
                if holds[j] < room[j]:
                    end = j
                    break
                reached[far] = j
                far += 1
                for i in range(holds[j]):
                    queue[last] = held[j, i]
                    last += 1
        if end < 0:
            for i in range(far):
                full[reached[i]] = True
            continue
        # Along the path back, everybody moves on by one.
        j = end
        while True:
            moved = through[j]
            before = holder[moved]
            if before >= 0:
                for i in range(holds[before]):
                    if held[before, i] == moved:
                        holds[before] -= 1
                        held[before, i] = held[before, holds[before]]
                        break
            holder[moved] = j
            held[j, holds[j]] = moved
            holds[j] += 1
            if before < 0:
                break
            j = before

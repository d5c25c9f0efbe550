"""Queues that need no event calendar: the same arrivals by a recursion, to the millisecond.

Replications leave room for chance; these don't. Given the demand table, the moment at
which each demand is begun follows from a few lines that share nothing with the model.
Called by `govsim.validation.running`.
"""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable

Ints = NDArray[np.int64]


def in_order(table: DemandTable, servers: int, room: int | None = None) -> Ints:
    """When each demand is begun where the first to come is the first to be served.

    Parameters
    ----------
    table : demands with one stage of work each, done at speed 1 without any way; who has
        a patience withdraws when it ends before the work begins.
    servers : always there.
    room : demands that may wait, further ones are turned away; None: no limit. With a
        room, nobody may have a patience.

    Returns
    -------
    numpy.ndarray
        int64[n], ms; -1 where it is never begun.

    Notes
    -----
    Kiefer and Wolfowitz 1955, Trans. Am. Math. Soc. 78, 1-18: whoever comes takes the
    server that is free first. Who will withdraw stands in nobody's way.
    """
    free = [0] * servers
    begun, leaves = [], deque[int]()  # when those who wait begin
    rows = zip(
        table.enters.tolist(), table.stage_work.tolist(), table.patience.tolist(), strict=True
    )
    for comes, work, patience in rows:
        begins = max(comes, free[0])
        if room is not None:
            while leaves and leaves[0] <= comes:
                leaves.popleft()
            if begins > comes:
                if len(leaves) >= room:
                    begun.append(-1)
                    continue
                leaves.append(begins)
        if begins - comes > patience:
            begun.append(-1)
            continue
        heapq.heapreplace(free, begins + work)
        begun.append(begins)
    return np.array(begun, dtype=np.int64)


def by_class(table: DemandTable, servers: int, priority: list[int]) -> Ints:
    """When each demand is begun where the best class goes first, without interruption.

    Parameters
    ----------
    priority : class of each category; 0 goes first.
    """
    comes, work = table.enters.tolist(), table.stage_work.tolist()
    order = [priority[c] for c in table.category.tolist()]
    begun = [-1] * len(comes)
    free = [0] * servers
    waiting: list[tuple[int, int]] = []
    following = 0
    while following < len(comes) or waiting:
        now = free[0]
        if not waiting:
            now = max(now, comes[following])
        # Work that ends makes people free before new work of that instant comes.
        while following < len(comes) and (comes[following] < now or not waiting):
            heapq.heappush(waiting, (order[following], following))
            following += 1
        d = heapq.heappop(waiting)[1]
        begun[d] = max(now, comes[d])
        heapq.heapreplace(free, begun[d] + work[d])
    return np.array(begun, dtype=np.int64)

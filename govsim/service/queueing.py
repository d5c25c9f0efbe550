"""Who draws on which queue, and who helps out: the same for both engines.

A team has a queue for each working group that it may go for, or all teams of a point and group
have one (``queue: pooled``). Other teams of the group, and those of neighbouring stations, help
out: they take what waits there when nothing waits for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from govsim.service.network import TEAM, Network

NO_GROUP = -1
"""Group of the queues of desks, departments and the 12345 centre."""


@dataclass(frozen=True)
class Drawn:
    """A queue, by pools.

    Attributes
    ----------
    group : whose jobs wait there; `NO_GROUP` where no team goes.
    owners : whose queue it is.
    lenders : who helps out, in the order in which they are asked.
    """

    group: int
    owners: tuple[int, ...]
    lenders: tuple[int, ...] = ()


def queues(network: Network) -> list[Drawn]:
    """Give all queues, in the order in which both engines number them."""
    pooled = network.scenario.policies.queue == "pooled"
    found, with_queue = [], set()
    for (point, group), pools in network.candidates.items():
        with_queue |= set(pools)
        near = tuple(
            pool
            for other in network.neighbours.get(point, ())
            for pool in network.candidates[other, group]
        )
        if pooled and pools:
            found.append(Drawn(group, tuple(sorted(pools)), near))
        for pool in () if pooled else pools:
            others = tuple(other for other in pools if other != pool)
            found.append(Drawn(group, (pool,), (*others, *near)))
    for i in range(len(network.pools)):
        if i not in with_queue:
            found.append(Drawn(NO_GROUP, (i,)))
    return found


def lent(network: Network) -> list[list[list[int]]]:
    """Give the queues that each pool helps out with: those of its point first, then by neighbour.

    Returns
    -------
    list
        For each pool the queues of one point after the other, by their number in `queues`.
    """
    of_point: list[dict[int, list[int]]] = [{} for _ in network.pools]
    for q, queue in enumerate(queues(network)):
        point = network.pools[queue.owners[0]].point
        for lender in queue.lenders:
            of_point[lender].setdefault(point, []).append(q)
    found = []
    for pool, mine in zip(network.pools, of_point, strict=True):
        order = (pool.point, *network.neighbours.get(pool.point, ())) if pool.kind == TEAM else ()
        found.append([mine[point] for point in order if point in mine])
    return found

"""Time of the way of many crews at once, as `govsim.service.rules.travel_time` has it of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.service.network import Network
from govsim.service.plan import Plan

Ints = NDArray[np.int64]


def ways(network: Network, table: DemandTable, demand: Ints, pool: Ints) -> Ints:
    """Time of the way of some demands' crews, ms: `rules.travel_time` for many at once."""
    plan = Plan.of(network)
    numbers, pools = plan.numbers, plan.pools[pool]
    dx, dy = table.x[demand] - pools["x"], table.y[demand] - pools["y"]
    distance = np.abs(dx) + np.abs(dy) if numbers.rectilinear else np.sqrt(dx * dx + dy * dy)
    # In the order of `rules.travel_time`, or a bit would differ; then as `rules.whole_ticks`.
    amount = distance * numbers.detour / pools["pace"] * table.way[demand] * 1000.0
    ticks = amount.astype(np.int64) // numbers.tick
    ticks += ticks * numbers.tick < amount
    found: Ints = np.maximum(ticks, 1) * numbers.tick
    return found

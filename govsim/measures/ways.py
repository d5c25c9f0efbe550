"""Time of the way of many crews at once, as `govsim.service.rules.travel_time` has it of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.service.network import Network

Ints = NDArray[np.int64]


def ways(network: Network, table: DemandTable, demand: Ints, pool: Ints) -> Ints:
    """Time of the way of some demands' crews, ms: `rules.travel_time` for many at once."""
    plan, points = network.scenario, network.territory.points
    speeds = {name: plan.travel.speeds.get(team.mode, 1.0) for name, team in plan.teams.items()}
    pace = np.array([speeds.get(one.name, 1.0) for one in network.pools])[pool]
    point = np.array([one.point for one in network.pools], dtype=np.int64)[pool]
    dx = table.x[demand] - points["x"].to_numpy()[point]
    dy = table.y[demand] - points["y"].to_numpy()[point]
    if plan.travel.metric == "rectilinear":
        distance = np.abs(dx) + np.abs(dy)
    else:
        distance = np.sqrt(dx * dx + dy * dy)
    # In the order of `rules.travel_time`, or a bit would differ; then as `rules.whole_ticks`.
    amount = distance * plan.travel.detour / pace * table.way[demand] * 1000.0
    ticks = amount.astype(np.int64) // plan.tick
    ticks += ticks * plan.tick < amount
    found: Ints = np.maximum(ticks, 1) * plan.tick
    return found

"""Time of the way of many crews at once, as `govsim.service.rules.travel_time` has it of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.service.network import Network

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def ways(network: Network, table: DemandTable, demand: Ints, pool: Ints) -> Ints:
    """Time of the way of some demands' crews, ms: `rules.travel_time` for many at once."""
    pace = np.array([_pace(network, p.name) for p in network.pools])
    point = np.array([p.point for p in network.pools], dtype=np.int64)
    return _way(network, table, demand, point[pool], pace[pool])


def _pace(network: Network, team: str) -> float:
    plan = network.scenario
    return plan.travel.speeds.get(plan.teams[team].mode, 1.0) if team in plan.teams else 1.0


def _way(
    network: Network, table: DemandTable, demand: Ints, point: Ints, pace: Floats | float
) -> Ints:
    travel, points = network.scenario.travel, network.territory.points
    dx = table.x[demand] - points["x"].to_numpy()[point]
    dy = table.y[demand] - points["y"].to_numpy()[point]
    if travel.metric == "rectilinear":
        distance = np.abs(dx) + np.abs(dy)
    else:
        distance = np.sqrt(dx * dx + dy * dy)
    # In the order of `rules.travel_time`, or a bit would differ.
    return _ticks(distance * travel.detour / pace * table.way[demand] * 1000.0, network)


def _ticks(amount: Floats, network: Network) -> Ints:
    """Round up to whole ticks, at least one, as `rules.whole_ticks` does."""
    tick = network.scenario.tick
    ticks = amount.astype(np.int64) // tick
    ticks += ticks * tick < amount
    found: Ints = np.maximum(ticks, 1) * tick
    return found

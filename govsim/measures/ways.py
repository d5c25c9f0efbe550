"""Time of the way of many crews at once, as `govsim.service.rules.travel_time` has it of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.service.network import Network
from govsim.service.plan import Plan

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def ways(network: Network, table: DemandTable, demand: Ints, pool: Ints) -> Ints:
    """Time of the way of some demands' crews, ms: `rules.travel_time` for many at once."""
    plan = Plan.of(network)
    pools = plan.pools[pool]
    return _time(plan, table, demand, (pools["x"], pools["y"]), pools["pace"])


def ways_from(network: Network, table: DemandTable, demand: Ints, point: Ints, pace: float) -> Ints:
    """Time of the way from some points to some demands at one pace (m/s), ms."""
    points = network.territory.points
    here = points["x"].to_numpy()[point], points["y"].to_numpy()[point]
    return _time(Plan.of(network), table, demand, here, np.array(pace))


def _time(
    plan: Plan, table: DemandTable, demand: Ints, here: tuple[Floats, Floats], pace: Floats
) -> Ints:
    numbers = plan.numbers
    dx, dy = table.x[demand] - here[0], table.y[demand] - here[1]
    distance = np.abs(dx) + np.abs(dy) if numbers.rectilinear else np.sqrt(dx * dx + dy * dy)
    # In the order of `rules.travel_time`, or a bit would differ.
    return whole_ticks(distance * numbers.detour / pace * table.way[demand] * 1000.0, numbers.tick)


def whole_ticks(amount: Floats, tick: int) -> Ints:
    """Round up to whole ticks, at least one: `rules.whole_ticks` for many at once."""
    ticks = amount.astype(np.int64) // tick
    ticks += ticks * tick < amount
    found: Ints = np.maximum(ticks, 1) * tick
    return found

"""Time of the way of many crews at once, by the rules that both engines have of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.service import rules
from govsim.service.compiling import kept, kept_if_entered, shared
from govsim.service.network import Network
from govsim.service.plan import Plan

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def ways(network: Network, table: DemandTable, demand: Ints, pool: Ints) -> Ints:
    """Time of the way of some demands' crews, ms: `rules.travel_time` for many at once."""
    plan = Plan.of(network)
    here = tuple(np.ascontiguousarray(plan.pools[name]) for name in ("x", "y", "pace"))
    return _time(plan, table, demand, pool, here)


def ways_from(network: Network, table: DemandTable, demand: Ints, point: Ints, pace: float) -> Ints:
    """Time of the way from some points to some demands at one pace (m/s), ms."""
    points = network.territory.points
    here = points["x"].to_numpy(np.float64), points["y"].to_numpy(np.float64)
    return _time(Plan.of(network), table, demand, point, (*here, np.full(len(points), pace)))


def whole_ticks(amount: Floats, tick: int) -> Ints:
    """Round up to whole ticks, at least one: `rules.whole_ticks` for many at once."""
    found = np.empty(len(amount), dtype=np.int64)
    _round_up(amount, tick, found)
    return found


def _time(
    plan: Plan, table: DemandTable, demand: Ints, place: Ints, here: tuple[Floats, ...]
) -> Ints:
    numbers, found = plan.numbers, np.empty(len(demand), dtype=np.int64)
    x, y, pace = here
    _take_ways(
        table.x, table.y, table.way, demand, place, x, y, pace,
        numbers.rectilinear, numbers.detour, numbers.tick, found,
    )  # fmt: skip
    return found


_whole_ticks = shared(rules.whole_ticks)
_travel_time = shared(rules.travel_time, whole_ticks=_whole_ticks)


@kept_if_entered
def _take_ways(
    x: Floats,
    y: Floats,
    own: Floats,
    demand: Ints,
    place: Ints,
    from_x: Floats,
    from_y: Floats,
    pace: Floats,
    rectilinear: bool,
    detour: float,
    tick: int,
    found: Ints,
) -> None:
    for i in range(len(demand)):
        d, p = demand[i], place[i]
        dx, dy = x[d] - from_x[p], y[d] - from_y[p]
        found[i] = _travel_time(dx, dy, rectilinear, detour, pace[p], own[d], tick)


@kept
def _round_up(amount: Floats, tick: int, found: Ints) -> None:
    for i in range(len(amount)):
        found[i] = _whole_ticks(amount[i], tick)

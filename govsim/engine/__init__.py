"""The compiled engine: the service of `govsim.model`, many times faster, with the same bits.

`run` gives the outcome that `govsim.model.run` gives, to the last bit, from the same
network and demand table. `govsim.model` says how the service runs; here the same steps
stand in the same order as functions that Numba compiles, on tables of records
(`memory`). Decisions are those of `govsim.rules`, compiled from their own code.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from govsim.demand import DemandTable
from govsim.engine.compiling import is_kept
from govsim.engine.layout import lay_out
from govsim.engine.loop import NEEDS_ROOM, advance
from govsim.engine.memory import GROWING, World
from govsim.network import Network
from govsim.outcome import DEMAND_COLUMNS, ORDER_COLUMNS, POOL_COLUMNS, VISIT_COLUMNS, Outcome
from govsim.scenarios.units import DAY

__all__ = ["is_kept", "run"]


def run(
    network: Network,
    table: DemandTable,
    measured_from: int = 0,
    on_day: Callable[[int], None] | None = None,
) -> Outcome:
    """Simulate one replication; as `govsim.model.run`.

    Parameters
    ----------
    network : the service.
    table : the demands of the replication, drawn for this network.
    measured_from : ms; use of people and lengths of queues count from here.
    on_day : told the number of days that have passed, at each midnight.
    """
    world = lay_out(network, table, measured_from)
    if on_day is not None:
        for day in range(1, network.end // DAY + 1):
            if day * DAY < network.end:
                world = _go_to(world, day * DAY)
            on_day(day)
    return _outcome(_go_to(world, network.end), network)


def _go_to(world: World, until: int) -> World:
    """Let everything happen before a time, in larger tables where it takes them."""
    while advance(world, until) == NEEDS_ROOM:
        needed = int(world.state["needed"][0])
        larger = {}
        for name in GROWING:
            old = getattr(world, name)
            used = int(world.state[name][0]) if name != "stack" else 2 * needed
            if used + needed > len(old):
                new = np.zeros(2 * len(old) + 2 * needed, old.dtype)
                new[: len(old)] = old
                larger[name] = new
        world = world._replace(**larger)
    return world


def _outcome(world: World, network: Network) -> Outcome:
    """Hand over the records."""
    state = world.state[0]
    demands, orders = world.demands, world.orders[: state["orders"]]
    visits = world.visits[: state["visits"]]
    return Outcome(
        demands={c: demands[c].astype(np.int64) for c in DEMAND_COLUMNS},
        orders={c: orders[c].copy() for c in ORDER_COLUMNS},
        visits={c: visits[c].copy() for c in VISIT_COLUMNS},
        pools=_totals(world, network.end),
        measured_from=int(world.plan["measured_from"][0]),
        end=network.end,
    )


def _totals(world: World, end: int) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Close the books at the horizon; see `govsim.outcome.POOL_COLUMNS`."""
    staff, queues = world.staff, world.queues
    measured_from = world.plan["measured_from"][0]
    at_work = staff["busy"] + staff["leaving"]
    beyond = np.maximum(staff["busy"] - staff["on_duty"] - staff["helpers"], 0)
    span = np.maximum(end - np.maximum(staff["since"], measured_from), 0)
    since = np.maximum(queues["since"], measured_from)
    waited = queues["waited"] + queues["waiting"] * np.maximum(end - since, 0)
    waiting, seen = np.zeros(len(staff), np.int64), set()
    for i, one in enumerate(staff):
        for q in world.lists[one["queues"] : one["queues"] + one["n_queues"]].tolist():
            if q not in seen:
                seen.add(q)
                waiting[i] += waited[q]
    columns = (
        staff["busy_ms"] + at_work * span,
        staff["overtime_ms"] + (staff["leaving"] + beyond) * span,
        staff["helper_ms"] + staff["called"] * span,
        staff["jobs"].copy(),
        waiting,
    )
    return dict(zip(POOL_COLUMNS, columns, strict=True))

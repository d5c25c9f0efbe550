"""The compiled engine: the service of `govsim.model`, many times faster, with the same bits.

`run` gives the outcome that `govsim.model.run` gives, to the last bit, from the same
network and demand table. `govsim.model` says how the service runs; here the same steps
stand in the same order as functions that Numba compiles, on tables of records
(`memory`). Decisions are those of `govsim.service.rules`, compiled from their own code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from govsim.demand.table import DemandTable
from govsim.engine.loop import IS_THERE, NEEDS_ROOM, advance
from govsim.engine.memory import Memory
from govsim.engine.packing import Luck, apart, lay_out, luck_of
from govsim.scenarios.units import DAY
from govsim.service.compiling import is_kept
from govsim.service.network import Network
from govsim.service.outcome import (
    DEMAND_COLUMNS,
    ORDER_COLUMNS,
    POOL_COLUMNS,
    VISIT_COLUMNS,
    Outcome,
)

__all__ = ["Luck", "is_kept", "luck_of", "run", "watch"]


def run(
    network: Network,
    table: DemandTable,
    measured_from: int = 0,
    on_day: Callable[[int], None] | None = None,
    luck: Luck | None = None,
) -> Outcome:
    """Simulate one replication; as `govsim.model.run`.

    Parameters
    ----------
    network : the service.
    table : the demands of the replication, drawn for this network.
    measured_from : ms; use of people and lengths of queues count from here.
    on_day : told the number of days that have passed, at each midnight.
    luck : the demand table as `luck_of` has laid it out, where several plans meet it.
    """
    memory = lay_out(network, table, measured_from, luck)
    if on_day is not None:
        for day in range(1, network.end // DAY + 1):
            if day * DAY < network.end:
                _go_to(memory, day * DAY)
            on_day(day)
    _go_to(memory, network.end)
    outcome = _outcome(memory, network)
    memory.give_back()
    return outcome


def watch(network: Network, table: DemandTable, demand: int) -> Iterator[Memory]:
    """Simulate one replication, and stop whenever an event has changed anything of a demand.

    Parameters
    ----------
    demand : its row in the demand table.

    Yields
    ------
    Memory
        The replication as it stands; `Memory.world` has the time (`now`) and the event
        (`key`). Now and then nothing has changed that an `Outcome` would show.
    """
    memory = lay_out(network, table, 0)
    memory.world["watched"] = demand
    memory.tables["last_seen"][0] = memory.tables["demands"][demand]
    while (why := advance(memory.world, network.end)) != IS_THERE:
        if why == NEEDS_ROOM:
            memory.make_room()
        else:
            yield memory


def _go_to(memory: Memory, until: int) -> None:
    """Let everything happen before a time, in larger tables where it takes them."""
    while advance(memory.world, until) == NEEDS_ROOM:
        memory.make_room()


def _outcome(memory: Memory, network: Network) -> Outcome:
    """Hand over the records."""
    world, tables = memory.world[0], memory.tables
    return Outcome(
        demands=apart("demands", tables["demands"][: world["n"]], DEMAND_COLUMNS),
        orders=apart("orders", tables["orders"][: world["orders"]], ORDER_COLUMNS),
        visits=apart("visits", tables["visits"][: world["visits"]], VISIT_COLUMNS),
        pools=_totals(memory, network.end),
        measured_from=int(world["measured_from"]),
        end=network.end,
    )


def _totals(memory: Memory, end: int) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Close the books at the horizon; see `govsim.service.outcome.POOL_COLUMNS`."""
    staff, queues, lists = (memory.tables[name] for name in ("staff", "queues", "lists"))
    measured_from = memory.world["measured_from"][0]
    at_work = staff["busy"] + staff["leaving"]
    free = np.minimum(staff["busy"], staff["on_duty"] + staff["helpers"])
    beyond = np.maximum(staff["busy"] - staff["present"] - staff["helpers"], 0)
    span = np.maximum(end - np.maximum(staff["since"], measured_from), 0)
    since = np.maximum(queues["since"], measured_from)
    waited = queues["waited"] + queues["waiting"] * np.maximum(end - since, 0)
    waiting, seen = np.zeros(len(staff), np.int64), set()
    for i, one in enumerate(staff):
        for q in lists[one["queues"] : one["queues"] + one["n_queues"]].tolist():
            if q not in seen:
                seen.add(q)
                waiting[i] += waited[q]
    columns = (
        staff["busy_ms"] + at_work * span,
        staff["free_ms"] + free * span,
        staff["overtime_ms"] + (staff["leaving"] + beyond) * span,
        staff["helper_ms"] + staff["called"] * span,
        staff["jobs"].copy(),
        waiting,
    )
    return dict(zip(POOL_COLUMNS, columns, strict=True))

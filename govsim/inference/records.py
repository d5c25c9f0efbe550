"""What the records of a service show of a span of time, simulated or real.

`of_replication` keeps of a replication what a 12345 export and a station's ledger would hold;
nothing that nobody writes down. `govsim.inference.summaries` works on either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.demand import REPORTED, DemandTable
from govsim.network import Network
from govsim.outcome import Outcome
from govsim.scenarios.units import WEEK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Orders:
    """Orders of 12345 that were dispatched to the service, n of them.

    Attributes
    ----------
    took : float[n], ms from creation to resolution; infinite while open.
    again : bool[n], a further order of a matter that had one.
    category : int[n].
    """

    took: Floats
    again: Bools
    category: Ints


@dataclass(frozen=True)
class Ledger:
    """Cases of the service's own ledger that did not come from 12345, n of them.

    Attributes
    ----------
    found : bool[n], found by staff; the others were reported.
    scene, resolved : float[n], ms from when the case came up; infinite where it did not happen.
    unsatisfied : float[n], 1 or 0; NaN where nobody was asked.
    """

    found: Bools
    scene: Floats
    resolved: Floats
    unsatisfied: Floats


@dataclass(frozen=True)
class Links:
    """Which case of the ledger led to which order.

    Attributes
    ----------
    ordered : float[n], for each case ms from when it came up to its first order; infinite where
        there was none.
    """

    ordered: Floats


@dataclass(frozen=True)
class Records:
    """What was recorded.

    Attributes
    ----------
    weeks : length of the span.
    orders, ledger, links : see there; None where there is no such record.
    """

    weeks: float
    orders: Orders
    ledger: Ledger | None = None
    links: Links | None = None


def of_replication(
    network: Network, table: DemandTable, outcome: Outcome, measured_from: int
) -> Records:
    """Keep what records would show of a replication, from the end of its warm-up on."""
    d, o, end = outcome.demands, outcome.orders, outcome.end
    dispatched = (o["time"] >= measured_from) & (o["answered"] == 0)
    mine = {name: column[dispatched] for name, column in o.items()}
    orders = Orders(
        took=_after(mine["resolved"], mine["time"]),
        again=mine["round"] > 0,
        category=table.category[mine["demand"]],
    )
    came_up = np.where(table.source == REPORTED, d["reported"], table.enters)
    centre = [i for i, c in enumerate(network.scenario.channels.values()) if c.via == "centre"]
    own = (came_up >= measured_from) & (came_up < end) & (d["accepted"] >= 0)
    own &= ~((table.source == REPORTED) & np.isin(d["channel"], centre))
    ledger = Ledger(
        found=(table.source != REPORTED)[own],
        scene=_after(d["scene"][own], came_up[own]),
        resolved=_after(d["resolved"][own], came_up[own]),
        unsatisfied=np.where(d["satisfied"][own] < 0, np.nan, d["satisfied"][own] == 0),
    )
    first = np.full(len(table), -1, dtype=np.int64)
    # The earliest stays, written last.
    first[o["demand"][::-1]] = o["time"][::-1]
    links = Links(_after(first[own], came_up[own]))
    return Records((end - measured_from) / WEEK, orders, ledger, links)


def _after(time: Ints, since: Ints) -> Floats:
    return np.where(time >= 0, time - since, np.inf)

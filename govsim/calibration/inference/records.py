"""What the records of a service show of a span of time, simulated or real.

`of_replication` keeps of a replication what a 12345 export and a station's ledger would hold;
nothing that nobody writes down. `govsim.calibration.inference.summaries` works on either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import REPORTED, DemandTable
from govsim.scenarios.units import WEEK
from govsim.service.network import Network
from govsim.service.outcome import Outcome

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Rounding:
    """Steps to which recorded times are rounded down, ms, by their names; exact where none.

    Attributes
    ----------
    orders : of ``created``, ``resolved`` and ``due``.
    ledger : of ``created``, ``scene`` and ``resolved``.
    """

    orders: Mapping[str, int] = field(default_factory=dict)
    ledger: Mapping[str, int] = field(default_factory=dict)

    @property
    def of_orders(self) -> int:
        """The coarsest step between which an order's time lies."""
        return max(self.orders.get("created", 1), self.orders.get("resolved", 1))

    @property
    def of_ledger(self) -> int:
        """The coarsest step of the ledger."""
        return max(self.ledger.values(), default=1)


EXACT = Rounding()


@dataclass(frozen=True)
class Orders:
    """Orders of 12345 that were dispatched to the service, n of them.

    Attributes
    ----------
    took : float[n], ms from creation to resolution; infinite while open.
    again : bool[n], a further order of a matter that had one.
    category : int[n].
    step : ms, the coarser of those to which creation and resolution are rounded.
    """

    took: Floats
    again: Bools
    category: Ints
    step: int = 1


@dataclass(frozen=True)
class Ledger:
    """Cases of the service's own ledger that did not come from 12345, n of them.

    Attributes
    ----------
    found : bool[n], found by staff; the others were reported.
    scene, resolved : float[n], ms from when the case came up; infinite where it did not happen.
    unsatisfied : float[n], 1 or 0; NaN where nobody was asked.
    step : ms, the coarsest of those to which its times are rounded.
    """

    found: Bools
    scene: Floats
    resolved: Floats
    unsatisfied: Floats
    step: int = 1


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
    network: Network,
    table: DemandTable,
    outcome: Outcome,
    measured_from: int,
    rounding: Rounding = EXACT,
) -> Records:
    """Keep what records would show of a replication, from the end of its warm-up on.

    Parameters
    ----------
    network, table, outcome : the replication.
    measured_from : end of the warm-up, ms.
    rounding : of the records; simulated times are rounded alike.
    """
    written, kept = (
        partial(rounded, start=start_of(network), steps=steps)
        for steps in (rounding.orders, rounding.ledger)
    )
    d, o, end = outcome.demands, outcome.orders, outcome.end
    dispatched = (o["time"] >= measured_from) & (o["answered"] == 0)
    mine = {name: column[dispatched] for name, column in o.items()}
    orders = Orders(
        took=_after(written("resolved", mine["resolved"]), written("created", mine["time"])),
        again=mine["round"] > 0,
        category=table.category[mine["demand"]],
        step=rounding.of_orders,
    )
    came_up, own = taken_down(network, table, outcome, measured_from)
    since = kept("created", came_up[own])
    ledger = Ledger(
        found=(table.source != REPORTED)[own],
        scene=_after(kept("scene", d["scene"][own]), since),
        resolved=_after(kept("resolved", d["resolved"][own]), since),
        unsatisfied=np.where(d["satisfied"][own] < 0, np.nan, d["satisfied"][own] == 0),
        step=rounding.of_ledger,
    )
    first = np.full(len(table), -1, dtype=np.int64)
    # The earliest stays, written last.
    first[o["demand"][::-1]] = o["time"][::-1]
    links = Links(_after(written("created", first[own]), since))
    return Records((end - measured_from) / WEEK, orders, ledger, links)


def taken_down(
    network: Network, table: DemandTable, outcome: Outcome, measured_from: int
) -> tuple[Ints, Bools]:
    """Say when demands came up, and which of them the service's own ledger holds: [demands]."""
    d = outcome.demands
    came_up = np.where(table.source == REPORTED, d["reported"], table.enters)
    centre = [i for i, c in enumerate(network.scenario.channels.values()) if c.via == "centre"]
    own = (came_up >= measured_from) & (came_up < outcome.end) & (d["accepted"] >= 0)
    own &= ~((table.source == REPORTED) & np.isin(d["channel"], centre))
    return came_up, own


def start_of(network: Network) -> int:
    """Give the start of a scenario, local ms since 1970."""
    return int(np.datetime64(network.scenario.start, "ms").astype(np.int64))


def rounded(name: str, times: Ints, start: int, steps: Mapping[str, int]) -> Ints:
    """Round times down as a record does; those below 0 have not happened, and stay so.

    Parameters
    ----------
    name : of the time.
    times : int[n], ms since the start.
    start : local ms since 1970.
    steps : by names.
    """
    step = steps.get(name, 1)
    if step == 1:
        return times
    return np.where(times < 0, times, np.maximum((times + start) // step * step - start, 0))


def _after(time: Ints, since: Ints) -> Floats:
    return np.where(time >= 0, time - since, np.inf)

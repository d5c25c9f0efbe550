"""Simulated work orders, and the ledger of the stations, as an office would export them.

They carry what an export has and no more: not why a resident called, nor what the service never
heard of. With the same identity in both, orders can be linked to the ledger. Called by
``govsim synth``; `govsim.orders.faults` adds the faults of real exports.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.language import name, tr
from govsim.orders.mapping import CLOSED, OPEN
from govsim.scenarios.units import SECOND
from govsim.service.network import Network
from govsim.service.outcome import Outcome
from govsim.service.rules import LATENT

Ints = NDArray[np.int64]
Names = NDArray[np.object_]


def work_orders(
    network: Network, table: DemandTable, outcome: Outcome, linked: bool = False
) -> pd.DataFrame:
    """Lay out the 12345 orders of a replication since the end of its warm-up.

    Parameters
    ----------
    linked : whether they carry the identity of their demand, as the ledger does.

    Returns
    -------
    pandas.DataFrame
        By fields of a mapping, in the order of creation; times in whole seconds, NaT where
        there is none. An order with a successor counts as closed when it was resolved; the
        last one of a demand when the demand was closed for good.
    """
    o, d = outcome.orders, outcome.demands
    demand = o["demand"]
    number = _numbers(network, o["time"], "")
    last = np.full(len(table), -1, np.int64)
    previous = np.full(len(demand), -1, np.int64)
    for i, of in enumerate(demand.tolist()):
        previous[i], last[of] = last[of], i
    is_last = last[demand] == np.arange(len(demand))
    final = d["closed"][demand]
    closed = np.where(is_last, np.where(final >= o["resolved"], final, -1), o["resolved"])
    closed = np.where(o["resolved"] >= 0, closed, -1)
    frame = pd.DataFrame(
        {
            "order": number,
            **({"demand": _identities(table, demand)} if linked else {}),
            "parent": np.where(previous >= 0, number[previous], ""),
            "channel": _hotline(network),
            **_about(network, table, demand),
            **_times(network, {"created": o["time"], "dispatched": o["arrived"], "due": o["due"]}),
            **_times(network, {"resolved": o["resolved"], "closed": closed}),
            "status": np.where(closed >= 0, CLOSED, OPEN),
            "satisfied": np.where(is_last & (closed >= 0), d["satisfied"][demand], -1),
        }
    )
    return frame[o["time"] >= outcome.measured_from].reset_index(drop=True)


def station_ledger(
    network: Network, table: DemandTable, outcome: Outcome, linked: bool = True
) -> pd.DataFrame:
    """Lay out what the stations took down: demands that didn't come through 12345 first.

    Parameters and values are those of `work_orders`; ``channel`` is also how staff found them.
    """
    d = outcome.demands
    centre = [
        i for i, channel in enumerate(network.scenario.channels.values()) if channel.via == "centre"
    ]
    began = np.where(d["reported"] >= 0, d["reported"], table.enters)
    taken = (d["state"] != LATENT) & ~np.isin(d["channel"], centre)
    rows = np.flatnonzero(taken & (began >= outcome.measured_from))
    rows = rows[np.argsort(began[rows], kind="stable")]
    labels = [name(channel.label) for channel in network.scenario.channels.values()]
    channel = np.array([*labels, ""], dtype=object)[d["channel"][rows]]
    found = np.array(["", tr("found on patrol"), tr("found on a home visit")], dtype=object)
    stages = ("accepted", "dispatched", "scene", "resolved", "replied", "closed")
    return pd.DataFrame(
        {
            "order": _numbers(network, began[rows], "T"),
            **({"demand": _identities(table, rows)} if linked else {}),
            "channel": np.where(table.source[rows] > 0, found[table.source[rows]], channel),
            **_about(network, table, rows),
            **_times(network, {"created": began[rows]}),
            **_times(network, {stage: d[stage][rows] for stage in stages}),
            "status": np.where(d["closed"][rows] >= 0, CLOSED, OPEN),
            "satisfied": d["satisfied"][rows],
        }
    )


def _numbers(network: Network, times: Ints, prefix: str) -> Names:
    """Number what comes by day: 20250131-00017."""
    start = np.datetime64(network.scenario.start, "ms")
    days = (start + times.astype("timedelta64[ms]")).astype("datetime64[D]")
    within = pd.Series(days).groupby(days).cumcount().to_numpy() + 1
    text = np.datetime_as_string(days)
    made = [f"{prefix}{day.replace('-', '')}-{i:05d}" for day, i in zip(text, within, strict=True)]
    return np.array(made, dtype=object)


def _identities(table: DemandTable, rows: Ints) -> list[str]:
    return [f"{i:016x}" for i in table.id[rows].tolist()]


def _hotline(network: Network) -> str:
    """Name of the channel that leads to the centre."""
    channels = network.scenario.channels.values()
    return next((name(channel.label) for channel in channels if channel.via == "centre"), "12345")


def _about(network: Network, table: DemandTable, rows: Ints) -> dict[str, Names]:
    """Give category and place."""
    labels = [name(c.label) for c in network.scenario.demand.categories.values()]
    grids = network.territory.grids.iloc[table.grid[rows]]
    return {
        "category": _taken(labels, table.category[rows]),
        "street": grids["street"].astype(str).to_numpy(dtype=object),
        "community": grids["community"].astype(str).to_numpy(dtype=object),
        "grid": grids["grid"].astype(str).to_numpy(dtype=object),
    }


def _taken(names: Sequence[str], codes: Ints) -> Names:
    return np.array(names, dtype=object)[codes]


def _times(network: Network, columns: dict[str, Ints]) -> dict[str, NDArray[np.datetime64]]:
    """Give local times in whole seconds, as an export has them."""
    start = np.datetime64(network.scenario.start, "s")
    none = np.datetime64("NaT", "s")
    return {
        stage: np.where(ms >= 0, start + (ms // SECOND).astype("timedelta64[s]"), none)
        for stage, ms in columns.items()
    }

"""What became of each demand, as a table that a spreadsheet or a notebook reads.

Called by `govsim.runs.replications` where ``--orders`` asks for it. No person stands in it:
demands are simulated, and none carries a name, a number or an address.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.measures.clocks import CLOCKS, IN, PIECES
from govsim.measures.pieces import Pieces
from govsim.service.network import Network
from govsim.service.outcome import Outcome
from govsim.service.rules import CAUSES

STATES = ("latent", "open", "closed", "turned away", "withdrawn")
SOURCES = ("reported", "patrol", "home visit")
TIMES = (
    "reported",
    "clock_start",
    "accepted",
    "dispatched",
    "scene",
    "resolved",
    "replied",
    "closed",
)


def demands_frame(
    network: Network, table: DemandTable, outcome: Outcome, pieces: Pieces
) -> pd.DataFrame:
    """Lay out the demands of one replication, a row each, in the order of the demand table.

    Returns
    -------
    pandas.DataFrame
        ``demand`` (its identity, hexadecimal), ``category``, ``grid``, ``point``,
        ``channel`` and ``team`` (empty where none), ``source``, ``state``, ``complex``,
        the local times of its stages (NaT where they did not happen), ``satisfied``
        (1, 0, or -1 if it was never closed), ``orders``, ``first_cause`` of an order,
        ``repeats``, ``reopened``; and what its time went to, by clock and piece, whole ms, such
        as ``scene_intake``: see `govsim.measures.pieces`. Those of a clock add up to its length.
    """
    d, start = outcome.demands, np.datetime64(network.scenario.start, "ms")
    grids, points = network.territory.grids["grid"], network.territory.points["point"]
    teams = [pool.name for pool in network.pools]
    first = np.full(len(table), -1, dtype=np.int64)
    seen, at = np.unique(outcome.orders["demand"], return_index=True)
    first[seen] = outcome.orders["cause"][at]

    def moment(column: NDArray[np.int64]) -> NDArray[np.datetime64]:
        local = start + column.astype("timedelta64[ms]")
        return np.where(column >= 0, local, np.datetime64("NaT", "ms"))

    return pd.DataFrame(
        {
            "demand": [f"{i:016x}" for i in table.id.tolist()],
            "category": _named(network.categories, table.category),
            "grid": _named(grids.astype(str).tolist(), table.grid),
            "point": _named(points.astype(str).tolist(), table.point),
            "channel": _named(network.channels, d["channel"]),
            "team": _named(teams, outcome.team_of()),
            "source": _named(SOURCES, table.source),
            "state": _named(STATES, d["state"]),
            "complex": table.complex,
            "onset": moment(table.onset),
            **{name: moment(d[name]) for name in TIMES},
            "satisfied": d["satisfied"],
            "orders": d["orders"],
            "first_cause": _named(CAUSES, first),
            "repeats": d["repeats"],
            "reopened": d["reopened"],
            **pieces_columns(pieces),
        }
    )


def pieces_columns(found: Pieces) -> dict[str, NDArray[np.int64]]:
    """Name the pieces of each clock: those that can be in it."""
    return {f"{clock}_{PIECES[p]}": found.spent[clock][:, p] for clock in CLOCKS for p in IN[clock]}


def _named(names: tuple[str, ...] | list[str], codes: NDArray[np.int64]) -> NDArray[np.object_]:
    """Names by code; -1 gives an empty string."""
    return np.array([*names, ""], dtype=object)[codes]

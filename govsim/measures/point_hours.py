"""What happens at each station in each hour of the week: counts, from which reports make shares.

`count` reads a demand table and its outcome beside `govsim.measures`; `govsim.runs.results` keeps
the table, so that "Tuesday evening at this station" has an answer. Counts, not shares: hours can be
put together, to an evening or to the working days, and still be right.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.demand.grouping import WEEK_HOURS
from govsim.demand.table import REPORTED, DemandTable
from govsim.measures.workload import hour_of_week
from govsim.scenarios.units import SECOND
from govsim.service.network import Network
from govsim.service.outcome import Outcome

COLUMNS = ("key", "hour", "reported", "due", "kept", "asked", "waited")

LONG = "waited"
"""The column that 32 bits do not hold: under overload the waits of an hour come to 68 years."""

MOST = 100
"""Service points up to which all are counted where there are no point stations."""


def counted(network: Network) -> NDArray[np.bool_]:
    """Which service points are counted: the point stations; where there are none, all of a few."""
    kinds = network.territory.points["kind"].to_numpy()
    serving = np.zeros(len(kinds), dtype=bool)
    serving[np.unique(network.covering)] = True
    stations: NDArray[np.bool_] = serving & (kinds == "point_station")
    if stations.any():
        return stations
    return serving if serving.sum() <= MOST else stations


def count(
    network: Network,
    table: DemandTable,
    outcome: Outcome,
    due: NDArray[np.bool_],
    kept: NDArray[np.bool_],
) -> pd.DataFrame:
    """Count one replication, from `Outcome.measured_from` to its end.

    Parameters
    ----------
    due, kept : bool[n], demands whose first clock has run out, and those that kept it.

    Returns
    -------
    pandas.DataFrame
        A row for each point (``key``) and ``hour`` of the week, 0 to 167 from Monday's first, in
        which anything came: ``reported`` demands, those that are ``due`` and ``kept`` by the hour
        of their report, and by the hour in which a crew was ``asked`` for, how many were and how
        long they ``waited`` for it together, seconds (those who still wait, up to the end).
    """
    points = network.territory.points["point"].astype(str).to_numpy()
    row = np.cumsum(counted(network)) - 1
    row[~counted(network)] = -1
    n, d, visits = int(row.max(initial=-1)) + 1, outcome.demands, outcome.visits
    place = row[table.point]
    cell = np.where(place >= 0, place * WEEK_HOURS, 0)
    cell += hour_of_week(network, np.maximum(d["reported"], 0))
    reported = (d["reported"] >= outcome.measured_from) & (table.source == REPORTED)
    lasted, _ = outcome.waits()
    where = place[visits["demand"]]
    asked = (visits["queued"] >= outcome.measured_from) & (lasted >= 0) & (where >= 0)
    when = where[asked] * WEEK_HOURS + hour_of_week(network, visits["queued"][asked])
    of = n * WEEK_HOURS
    sums = {
        "reported": np.bincount(cell[reported & (place >= 0)], minlength=of),
        "due": np.bincount(cell[due & (place >= 0)], minlength=of),
        "kept": np.bincount(cell[due & kept & (place >= 0)], minlength=of),
        "asked": np.bincount(when, minlength=of),
        "waited": np.rint(np.bincount(when, lasted[asked] / SECOND, of)),
    }
    some = np.flatnonzero(sum(sums.values()))
    which = {name: values[some].astype(np.int32) for name, values in sums.items() if name != LONG}
    which[LONG] = sums[LONG][some].astype(np.int64)
    keys = points[np.flatnonzero(row >= 0)][some // WEEK_HOURS]
    return pd.DataFrame(
        {"key": keys, "hour": (some % WEEK_HOURS).astype(np.int16), **which}, columns=list(COLUMNS)
    )

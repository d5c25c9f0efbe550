"""Who is on duty where, hour by hour of the week, and what that costs: a table beside a run.

`table` is made of a `govsim.service.network.Network`; `govsim.runs.results` keeps it, so that
reports can hold people against demand, and say whose pay a cheaper plan saves.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.measures.duty import add_by_hour
from govsim.scenarios.units import DAY, HOUR, WEEK, YEAR
from govsim.service.network import DESK, TEAM, Network
from govsim.service.rosters import Timeline

Floats = NDArray[np.float64]

WORDS = ("point", "kind", "team")
COLUMNS = (*WORDS, "hour", "paid", "free", "cost")


def table(network: Network, start: int, end: int) -> pd.DataFrame:
    """Lay out who is on duty.

    Parameters
    ----------
    network : the service.
    start, end : the measured time, ms.

    Returns
    -------
    pandas.DataFrame
        A row for each team or desk at each point and hour of the week in which it has anybody:
        ``point``, its ``kind``, ``team`` (``desk`` for a desk), ``hour`` (0 to 167 from Monday's
        first), ``paid`` and ``free`` (mean number on duty, and free for demands after patrols and
        other duties), ``cost`` (their pay, yuan a year, in that hour).
    """
    points = network.territory.points["point"].astype(str).tolist()
    kinds = network.territory.points["kind"].astype(str).tolist()
    plan = network.scenario
    hours = hour_of_week(network, start, end)
    edges = np.clip(np.arange(start // HOUR, -(-end // HOUR) + 1) * HOUR, start, end)
    lasts = np.bincount(hours, np.diff(edges).astype(np.float64), WEEK // HOUR)
    each, length = np.maximum(lasts, 1.0), max(end - start, 1)
    first = int(network.calendar.weekday[0]) * (DAY // HOUR)
    by_line: dict[int, tuple[Floats, Floats]] = {}
    parts: list[tuple[Any, ...]] = []
    for pool in network.pools:
        if pool.kind not in (TEAM, DESK) or pool.point < 0:
            continue
        if pool.timeline not in by_line:
            by_line[pool.timeline] = _of_line(network.timelines[pool.timeline], start, end, first)
        person_ms, free_ms = by_line[pool.timeline]
        paid, free = person_ms / each, free_ms / each
        wage = plan.teams[pool.name].cost if pool.kind == TEAM else plan.desk.cost
        on = np.flatnonzero(paid > 0)
        team = pool.name if pool.kind == TEAM else "desk"
        cost = person_ms[on] / HOUR * float(wage) * (YEAR / length)
        words = ([word] * len(on) for word in (points[pool.point], kinds[pool.point], team))
        parts.append((*words, on, paid[on], free[on], cost))
    columns = zip(COLUMNS, zip(*parts, strict=True), strict=True)
    return pd.DataFrame(
        {
            name: list(chain.from_iterable(column)) if name in WORDS else np.concatenate(column)
            for name, column in columns
        }
        if parts
        else {name: [] for name in COLUMNS}
    )


def hour_of_week(network: Network, start: int, end: int) -> NDArray[np.int64]:
    """Hour of the week of each hour that [start, end) touches: int64[n]."""
    first = int(network.calendar.weekday[0]) * (DAY // HOUR)
    touched = np.arange(start // HOUR, -(-end // HOUR), dtype=np.int64)
    found: NDArray[np.int64] = (touched + first) % (WEEK // HOUR)
    return found


def _of_line(line: Timeline, start: int, end: int, first: int) -> tuple[Floats, Floats]:
    """Person-ms paid, and free, in [start, end) by hour of the week: whole numbers, so exact."""
    paid, free = np.zeros((2, WEEK // HOUR))
    for numbers, by_hour in ((line.paid, paid), (line.available, free)):
        add_by_hour(line.times, numbers, start, end, first, by_hour)
    return paid, free

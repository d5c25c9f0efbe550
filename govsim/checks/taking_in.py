"""Which channel takes reports in, on average over the horizon: the first one may be closed.

Called by `govsim.checks.offered_load`; `govsim.demand` draws the same report by report.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from govsim.demand.arrivals import day_factors
from govsim.scenarios.units import DAY, HOUR
from govsim.service.network import Network

Floats = NDArray[np.float64]
HOURS = DAY // HOUR


@lru_cache(maxsize=2)  # grids with a station and without, of the network that is being looked at
def shares(network: Network, covered: bool) -> Floats:
    """Share of each category's reports that each channel takes in.

    Parameters
    ----------
    network : the service.
    covered : whether of grids with a station, or of those without.

    Returns
    -------
    numpy.ndarray
        float64[categories, channels]; rows of zeros where nobody turns to any channel.

    Notes
    -----
    Reports come by the profile of their category's hours and the days' known factors, since the
    time until a resident reports runs by that profile too. Each hour is looked at in its middle.
    """
    scenario, calendar = network.scenario, network.calendar
    names, ways = list(scenario.channels), list(scenario.channels.values())
    first = np.array([w.with_station if covered else w.without_station for w in ways], np.float64)
    days = day_factors(network)
    categories = scenario.demand.categories.values()
    profiles = np.array([_by_hour(c.hours or scenario.demand.hours) for c in categories])
    if not first.sum() or not days.sum():
        return np.zeros((len(profiles), len(ways)))
    at = np.arange(len(days) * HOURS, dtype=np.int64) * HOUR + HOUR // 2
    closed = np.zeros((len(ways), len(at)), dtype=bool)
    for c, way in enumerate(ways):
        starts, ends = calendar.intervals(way.hours, way.days)
        begun = np.searchsorted(starts, at, side="right")
        closed[c] = begun == np.searchsorted(ends, at, side="right")
    found = np.zeros((len(profiles), len(ways)))
    for c, share in enumerate(first / first.sum()):
        here = np.full(len(at), c)
        for _ in ways:
            for one, way in enumerate(ways):
                if way.if_closed != "wait":
                    sent = (here == one) & closed[one]
                    here = np.where(sent, names.index(way.if_closed), here)
        for taker in np.unique(here):
            by_hour = days @ (here == taker).reshape(-1, HOURS) / days.sum()
            found[:, taker] += share * (profiles @ by_hour)
    found.flags.writeable = False
    return found


def _by_hour(weights: Sequence[float]) -> Floats:
    """Turn weights of equal parts of a day into shares of its hours."""
    reached = np.concatenate([[0.0], np.cumsum(weights)]) / np.sum(weights)
    edges = np.linspace(0, HOURS, len(reached))
    found: Floats = np.diff(np.interp(np.arange(HOURS + 1), edges, reached))
    return found

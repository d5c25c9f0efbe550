"""Compiled passes over the demands of a replication, one demand after another.

What `govsim.demand.arrivals` and `govsim.demand.table` do with numbers that are drawn already. Here
are sums, comparisons and look-ups only, which give the same bits on every machine:
logarithms and powers stay with NumPy and SciPy.
"""

from __future__ import annotations

from math import floor

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios.units import DAY
from govsim.service.compiling import inlined, kept

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Bools = NDArray[np.bool_]

MOST_TRIALS = 2.0**40
"""Passes of a patrol, or days of a wait for a visit, that no horizon has."""

_BELOW_1 = float(np.nextafter(1.0, 0.0))


# ---------------------------------------------------------------------- yes or no, one of many


def happens(coin: Float32s, category: Ints, chance: Floats) -> Bools:
    """Tell which coins lie below the chance of their category: bool[n].

    Parameters
    ----------
    coin : float32[n].
    category : int64[n].
    chance : float64[categories].
    """
    found = np.empty(len(coin), np.bool_)
    _happens(coin, category, chance, found)
    return found


@kept
def _happens(coin: Float32s, category: Ints, chance: Floats, found: Bools) -> None:
    for i in range(len(coin)):
        found[i] = coin[i] < chance[category[i]]


def chosen(u: Floats, row: Ints, edges: Floats) -> Ints:
    """Choose one of many for each demand: how many of its row's edges `u` has reached.

    Parameters
    ----------
    u : float64[n], in (0, 1).
    row : int64[n], row of `edges` that holds for each.
    edges : float64[rows, m], cumulated shares, ascending in each row.

    Returns
    -------
    numpy.ndarray
        int64[n], from 0 to m.
    """
    found = np.empty(len(u), np.int64)
    _choose(u, row, edges, found)
    return found


@kept
def _choose(u: Floats, row: Ints, edges: Floats, found: Ints) -> None:
    for i in range(len(u)):
        at = 0
        for edge in edges[row[i]]:
            at += edge <= u[i]
        found[i] = at


# ---------------------------------------------------------------------- times of the day


class Profiles:
    """How the demands of a day spread over it, by category.

    Parameters
    ----------
    weights : of equal parts of the day, for each category.

    Notes
    -----
    ``share`` holds the cumulated shares at the edges of the parts, of all categories one
    after another; those of category c begin at ``first[c]``. ``edge`` holds the edges.
    """

    def __init__(self, weights: list[Floats]) -> None:
        shares = [np.concatenate([[0.0], np.cumsum(w)]) / w.sum() for w in weights]
        edges = [np.linspace(0.0, 1.0, len(share)) for share in shares]
        self.share, self.edge = np.concatenate(shares), np.concatenate(edges)
        self.first = np.cumsum([0, *map(len, shares)])

    def onsets(self, u: Floats, category: Ints, area: Ints, days: Floats, tick: int) -> Ints:
        """Invert the intensity: the day by its weight, the moment by the day's profile.

        Parameters
        ----------
        u : float64[n], in (0, 1).
        category, area : int64[n].
        days : float64[areas, days], weights.
        tick : ms.

        Returns
        -------
        numpy.ndarray
            int64[n], ms, on a tick.
        """
        total = days.sum(axis=1)[:, None]
        share = np.cumsum(days, axis=1) / np.where(total > 0, total, 1.0)  # 0: nothing is drawn
        share[:, -1] = 1.0
        onset = np.empty(len(u), np.int64)
        _onsets(u, category, area, share, _guide(share), self.first, self.share, tick, onset)
        return onset

    def reports(self, onset: Ints, lag: Ints, category: Ints, latest: int, tick: int) -> Ints:
        """Add lags that pass by the clock of residents' activity.

        A day of that clock is a day, but its hours pass in proportion to the category's
        profile: so reports have the profile of onsets over the day, whatever the lag.

        Parameters
        ----------
        onset, lag, category : int64[n]; ms. A lag of 0 is none.
        latest, tick : ms.

        Returns
        -------
        numpy.ndarray
            int64[n], ms, on a tick, and a tick after the onset at least.
        """
        report = np.empty(len(onset), np.int64)
        _reports(onset, lag, category, self.first, self.share, self.edge, latest, tick, report)
        return report


def _guide(share: Floats) -> Ints:
    """Days at which a search for a share may begin: int64[areas, parts], by part of [0, 1)."""
    parts = np.arange(share.shape[1]) / share.shape[1]
    return np.array([np.searchsorted(row, parts) for row in share], dtype=np.int64)


@inlined
def _moment(share: float, profile: Floats) -> float:
    """Moment of a day, in [0, 1), by which `share` of its demands have come."""
    bins = len(profile) - 1
    at = -1
    for edge in profile:
        at += edge <= share
    at = min(max(at, 0), bins - 1)
    width = profile[at + 1] - profile[at]
    inside = (share - profile[at]) / width if width > 0 else 0.0
    return min((at + inside) / bins, _BELOW_1)


@inlined
def _share(moment: float, profile: Floats, edges: Floats) -> float:
    """Share of a day's demands that have come by a moment in [0, 1)."""
    at = -1
    for edge in edges:
        at += edge <= moment
    slope = (profile[at + 1] - profile[at]) / (edges[at + 1] - edges[at])
    share: float = slope * (moment - edges[at]) + profile[at]
    return share


@kept
def _onsets(
    u: Floats,
    category: Ints,
    area: Ints,
    share: Floats,
    guide: Ints,
    first: Ints,
    profile: Floats,
    tick: int,
    onset: Ints,
) -> None:
    for i in range(len(u)):
        days, c = share[area[i]], category[i]
        day = guide[area[i], int(u[i] * len(days))]
        while day > 0 and days[day - 1] >= u[i]:  # the product was rounded up
            day -= 1
        while days[day] < u[i]:
            day += 1
        before = days[day - 1] if day > 0 else 0.0
        width = days[day] - before
        rest = (u[i] - before) / (width if width > 0 else 1.0)
        moment = _moment(min(max(rest, 0.0), _BELOW_1), profile[first[c] : first[c + 1]])
        onset[i] = (day * DAY + floor(moment * DAY)) // tick * tick


@kept
def _reports(
    onset: Ints,
    lag: Ints,
    category: Ints,
    first: Ints,
    profile: Floats,
    edges: Floats,
    latest: int,
    tick: int,
    report: Ints,
) -> None:
    for i in range(len(onset)):
        report[i] = onset[i]
        if lag[i] > 0:
            a, b = first[category[i]], first[category[i] + 1]
            day = onset[i] // DAY
            moment = (onset[i] - day * DAY) / DAY
            active = day + _share(moment, profile[a:b], edges[a:b]) + lag[i] / DAY
            whole = floor(active)
            time = (whole + _moment(active - whole, profile[a:b])) * DAY
            later = int(min(time, latest)) // tick * tick
            report[i] = max(later, onset[i] + tick)


# ---------------------------------------------------------------------- found by staff


@kept
def find_on_patrol(
    onset: Ints,
    grid: Ints,
    trials: Floats,
    offsets: Ints,
    days: Ints,
    before: Ints,
    tick: int,
    found: Ints,
) -> None:
    """Set `found` to the time of the pass that finds a problem, where one does.

    Parameters
    ----------
    onset, grid : int64[n].
    trials : float64[n], number of the pass after the onset that finds it, 1 or more; 0
        where none can.
    offsets : int64[grids, rounds a day], as in `govsim.service.network.Rounds`.
    days : int64[patrol days], ascending.
    before : int64[days + 1], patrol days before each day.
    tick : ms.
    found : int64[n], ms; set where the pass is within the horizon.
    """
    for i in range(len(onset)):
        passes = offsets[grid[i]]
        a_day = 0
        for offset in passes:
            a_day += offset >= 0
        if trials[i] == 0 or a_day == 0:
            continue
        day = onset[i] // DAY
        moment = onset[i] - day * DAY
        past = before[day] * a_day
        if before[day + 1] > before[day]:
            for offset in passes:
                past += 0 <= offset <= moment
        which = past + int(trials[i]) - 1
        if which // a_day < len(days):
            time = days[which // a_day] * DAY + passes[which % a_day]
            found[i] = -(-time // tick) * tick


@kept
def find_on_visits(
    onset: Ints,
    wait: Floats,
    start: int,
    end: int,
    tick: int,
    found: Ints,
    visited: Bools,
) -> None:
    """Set `found` to the time of the home visit that finds a problem, where that is sooner.

    Parameters
    ----------
    onset : int64[n], ms.
    wait : float64[n], days until the visit, or infinite. Waits pass in visiting hours
        only: a day's window counts as a day.
    start, end : the window, ms since midnight.
    tick : ms.
    found : int64[n], ms.
    visited : bool[n], set to true where a visit is the first to find it.
    """
    for i in range(len(onset)):
        day = onset[i] // DAY
        within = (onset[i] - day * DAY - start) / (end - start)
        time = day + min(max(within, 0.0), 1.0) + wait[i]
        if time < MOST_TRIALS:
            day = floor(time)
            moment = int((time - day) * (end - start))
            visit = max((day * DAY + start + moment) // tick * tick, onset[i])
            if visit < found[i]:
                found[i], visited[i] = visit, True

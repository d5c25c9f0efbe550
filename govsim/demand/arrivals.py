"""When and where problems arise, and when they are found or reported.

The first half of the demand table: `Arrivals` draws the demands of a replication as
non-homogeneous Poisson processes per grid and category, made as uneven from day to day
as real records are, and says when each meets the service. Called by `govsim.demand`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from govsim.demand.drawing import MOST_TRIALS, Profiles, find_on_patrol, find_on_visits, happens
from govsim.demand.grouping import Groups, grouped
from govsim.demand.randomness import (
    LONGEST_DRAW,
    NEVER,
    Streams,
    gamma_factor,
    poisson_counts,
    quantile,
    ticks,
)
from govsim.scenarios.quantities import DAY, YEAR, Distribution
from govsim.scenarios.schema import Category, Surge
from govsim.service.network import Network
from govsim.service.ordering import order_of

Ids = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REPORTED, BY_PATROL, BY_VISIT = range(3)
"""How a demand comes to the service."""

NUMBER_BITS = 24
"""Bits of an identity that number the demands of a cell; the other 40 name the cell."""


def induced_factor(network: Network) -> float:
    """Demand over what it would be at the reference service level."""
    induced = network.scenario.demand.induced
    if not induced.enabled:
        return 1.0
    return float((induced.resolution_rate / induced.reference) ** induced.elasticity)


def day_factors(network: Network) -> Floats:
    """Known factors of each day of the horizon: weekday, month, holidays, trend.

    Returns
    -------
    numpy.ndarray
        float64[days].
    """
    demand, calendar = network.scenario.demand, network.calendar
    days = -(-network.end // DAY)
    weekday = np.array(demand.weekdays)[calendar.weekday[:days]] / np.mean(demand.weekdays)
    month = np.array(demand.months)[calendar.month[:days] - 1]
    festival = calendar.is_festival("Spring Festival")[:days]
    holiday = (calendar.kind_of_day[:days] == 2) & ~festival
    special = np.where(festival, demand.spring_festival, np.where(holiday, demand.holidays, 1.0))
    trend = np.maximum(0.0, 1 + demand.trend * np.arange(days) * DAY / YEAR)
    factors: Floats = np.asarray(weekday * month * special * trend, dtype=np.float64)
    return factors


def expected_per_day(network: Network) -> Floats:
    """Latent demands a day by grid and category, before the factors of days and surges.

    Returns
    -------
    numpy.ndarray
        float64[grids, categories].
    """
    demand = network.scenario.demand
    residents = network.territory.grids["residents"].to_numpy(np.float64)
    shares = residents / residents.sum()
    rates = np.empty((len(residents), len(demand.categories)))
    for c, category in enumerate(demand.categories.values()):
        over = residents if category.rate.per_resident else shares
        rates[:, c] = category.rate.per_day * over
    scaled: Floats = rates * demand.level * induced_factor(network)
    return scaled


def _identity(*names: object) -> int:
    """40 bits that name a cell or area."""
    digest = blake2b("|".join(map(str, names)).encode(), digest_size=5).digest()
    return int.from_bytes(digest, "little")


def _name(surge: Surge) -> str:
    """Name a surge for its streams: two storms of the same name are two storms."""
    return f"surge {surge.label.en} {surge.begins.isoformat()}"


@dataclass(frozen=True)
class Arrived:
    """Demands before their columns, in the order in which the service meets them: shape (n,)."""

    id: Ids
    grid: Ints
    category: Ints
    onset: Ints
    enters: Ints
    source: Ints


@dataclass(frozen=True)
class _Cells:
    """Demands as they arise: identities with their cell and onset."""

    id: Ids
    grid: Ints
    category: Ints
    onset: Ints


class Arrivals:
    """The arrivals of one replication."""

    def __init__(self, network: Network, streams: Streams) -> None:
        self.network, self.streams = network, streams
        self.scenario = network.scenario
        self.categories: list[Category] = list(self.scenario.demand.categories.values())
        self.tick = self.scenario.tick
        demand = self.scenario.demand
        self.profiles = Profiles([np.array(c.hours or demand.hours) for c in self.categories])

    def draw(self) -> Arrived:
        """Draw all demands with an onset before the horizon."""
        parts = [self._cells(None)]
        parts += [self._cells(surge) for surge in self.scenario.demand.surges]
        id_: Ids = np.concatenate([p.id for p in parts])
        grid: Ints = np.concatenate([p.grid for p in parts])
        category: Ints = np.concatenate([p.category for p in parts])
        onset: Ints = np.concatenate([p.onset for p in parts])
        nature = self.streams.coins("nature", id_)
        incident = happens(nature[0], category, self.of("incident"))
        visible = happens(nature[1], category, self.of("visible"))
        report = self._report(id_, category, onset, incident)
        found, source = self._found(id_, grid, onset, incident, visible)
        source[found >= report] = REPORTED
        enters = np.minimum(found, report)
        order = order_of(enters)  # ties stay in the order of cells
        return Arrived(
            id_[order], grid[order], category[order], onset[order], enters[order], source[order]
        )

    # ------------------------------------------------------------------ arrivals

    def _cells(self, surge: Surge | None) -> _Cells:
        """Draw the demands of all cells, or those that a surge adds to them.

        Counts come from the inverse of the Poisson distribution at a cell's own uniform
        number, so that a higher rate only adds; onsets are independent of each other
        given the count, so that one more changes none.
        """
        network, demand = self.network, self.scenario.demand
        grids = network.territory.grids
        rates = expected_per_day(network)
        areas, area_of = self._areas()
        weights = day_factors(network)[None, :] * self._dispersion(areas)
        tag, begin, end = "", 0, network.end
        if surge is not None:
            tag = _name(surge)
            midnight = np.datetime64(self.scenario.start, "ms")
            begin = int((np.datetime64(surge.begins, "ms") - midnight).astype(np.int64))
            end = min(begin + surge.lasts, network.end)
            days = np.arange(weights.shape[1]) * DAY
            weights = weights * ((days < end) & (days + DAY > begin))
            rates = rates * self._touched(surge) * max(surge.factor - 1, 0)
        mean = rates * weights.sum(axis=1)[area_of][:, None]
        # Category by category, so that what follows can work on slices.
        cell_grid, cell_category = (a.T.ravel() for a in np.indices(mean.shape))
        cell_id = _cell_ids(tuple(grids["grid"]), tuple(demand.categories), tag)
        count = poisson_counts(self.streams.uniform("count", cell_id), mean.T.ravel())
        if count.max(initial=0) >= 2**NUMBER_BITS:
            raise ValueError("a cell has over 16 million demands: split it into more grids")
        first = np.concatenate([[0], np.cumsum(count)])
        number = np.arange(first[-1]) - np.repeat(first[:-1], count)
        id_ = (np.repeat(cell_id, count) << np.uint64(NUMBER_BITS)) | number.astype(np.uint64)
        grid, category = np.repeat(cell_grid, count), np.repeat(cell_category, count)
        u = self.streams.uniform("onset", id_)
        onset = self.profiles.onsets(u, category, area_of[grid], weights, self.tick)
        keep = (onset >= begin) & (onset < end)
        if surge is None:
            keep &= ~self._thinned(id_, grid, category, onset)
        return _Cells(id_[keep], grid[keep], category[keep], onset[keep])

    def _areas(self) -> tuple[list[str], Ints]:
        level, grids = self.scenario.demand.dispersion.area, self.network.territory.grids
        if level == "district":
            return ["district"], np.zeros(len(grids), dtype=np.int64)
        names = grids["street"].astype(str)
        if level == "community":
            names = names + "/" + grids["community"].astype(str)
        known = {name: i for i, name in enumerate(dict.fromkeys(names))}
        return list(known), np.array([known[n] for n in names], dtype=np.int64)

    def _dispersion(self, areas: list[str]) -> Floats:
        """Gamma factor of each area and day: float64[areas, days]."""
        days = -(-self.network.end // DAY)
        dispersion = self.scenario.demand.dispersion
        if not dispersion.enabled:
            return np.ones((len(areas), days))
        cells = np.array([_identity("area", a) for a in areas], dtype=np.uint64)
        ids = (cells[:, None] << np.uint64(NUMBER_BITS)) | np.arange(days, dtype=np.uint64)
        u = self.streams.uniform("day factor", ids.ravel())
        return gamma_factor(u, dispersion.k).reshape(len(areas), days)

    def _touched(self, surge: Surge) -> Floats:
        """1 for the cells that a surge touches: float64[grids, categories]."""
        grids, keys = self.network.territory.grids, list(self.scenario.demand.categories)
        where = np.ones(len(grids), dtype=bool)
        if surge.streets is not None:
            where = grids["street"].isin(surge.streets).to_numpy()
        what = np.array([surge.categories is None or k in surge.categories for k in keys])
        touched: Floats = np.outer(where, what).astype(float)
        return touched

    def _thinned(self, id_: Ids, grid: Ints, category: Ints, onset: Ints) -> Bools:
        """Demands that a surge with a factor below 1 takes away."""
        gone = np.zeros(len(id_), dtype=bool)
        midnight = np.datetime64(self.scenario.start, "ms")
        for surge in self.scenario.demand.surges:
            if surge.factor < 1:
                begin = int((np.datetime64(surge.begins, "ms") - midnight).astype(np.int64))
                within = (onset >= begin) & (onset < begin + surge.lasts)
                touched = self._touched(surge)[grid, category] > 0
                u = self.streams.uniform(f"thinned by {_name(surge)}", id_)
                gone |= within & touched & (u >= surge.factor)
        return gone

    # ------------------------------------------------------------------ found or reported

    def of(self, field: str) -> Floats:
        """One number of each category: float64[categories]."""
        return np.array([getattr(c, field) for c in self.categories], dtype=float)

    def times(self, stream: str, id_: Ids, distribution: Distribution, draw: int = 0) -> Ints:
        """Draw lengths of calendar time: int64[n] ms, at least a tick unless always 0."""
        if distribution.is_zero:
            return np.zeros(len(id_), dtype=np.int64)
        if distribution.deterministic is not None:
            fixed = np.array([distribution.deterministic.value.amount])
            return np.full(len(id_), ticks(fixed, self.tick)[0])
        u = self.streams.uniform(stream, id_, draw)
        return ticks(quantile(distribution, u), self.tick)

    def times_by(
        self,
        stream: str,
        id_: Ids,
        groups: Groups,
        distributions: Sequence[Distribution],
        draw: int = 0,
    ) -> Ints:
        """Draw lengths as `times` does, each group's from a distribution of its own.

        Parameters
        ----------
        groups : of these demands; a time of those in none is 0.
        distributions : one for each group.
        """
        ids, drawn = id_[groups.order], np.empty(len(groups.order), np.int64)
        for group, how in enumerate(distributions):
            mine = groups.part(group)
            drawn[mine] = self.times(stream, ids[mine], how, draw)
        found = np.zeros(len(id_), np.int64)
        found[groups.order] = drawn
        return found

    def _report(self, id_: Ids, category: Ints, onset: Ints, incident: Bools) -> Ints:
        """When residents report: requests at once, incidents after a lag."""
        groups = grouped(np.where(incident, category, -1), len(self.categories))
        lag = self.times_by("report lag", id_, groups, [c.report_lag for c in self.categories])
        return self.profiles.reports(onset, lag, category, LONGEST_DRAW, self.tick)

    def _found(
        self, id_: Ids, grid: Ints, onset: Ints, incident: Bools, visible: Bools
    ) -> tuple[Ints, Ints]:
        """When staff would find each incident, and how.

        A scenario without patrols or visits has no offsets and no visits a day.
        """
        found = np.full(len(id_), NEVER, dtype=np.int64)
        source = np.full(len(id_), REPORTED, dtype=np.int64)
        patrol, rounds = self.scenario.patrol, self.network.rounds
        chance = np.array([patrol.found_hidden, patrol.found_visible])
        passes = np.where(incident, self._passes(id_, chance, visible), 0.0)
        before = np.searchsorted(rounds.days, np.arange(self.network.end // DAY + 2))
        find_on_patrol(onset, grid, passes, rounds.offsets, rounds.days, before, self.tick, found)
        _find_on_passes(onset, grid, passes, rounds.passes, self.tick, found)
        source[found < NEVER] = BY_PATROL
        home = patrol.home_visits
        rate = np.where(incident, (rounds.visits_per_day * home.found)[grid], 0.0)
        with np.errstate(divide="ignore"):
            wait = -np.log(self.streams.uniform("found on a visit", id_)) / rate
        visited = np.zeros(len(id_), dtype=bool)
        _pass_over_days(onset, grid, wait, home.hours[0], rounds.visiting)
        find_on_visits(onset, wait, *home.hours[0], self.tick, found, visited)
        source[visited] = BY_VISIT
        return found, source

    def _passes(self, id_: Ids, chance: Floats, visible: Bools) -> Floats:
        """Number of the pass that finds each: geometric, the first success among trials."""
        u = self.streams.uniform("found on patrol", id_)
        with np.errstate(divide="ignore"):
            trials = np.ceil(np.log(u) / np.log1p(-chance)[visible.view(np.int8)])
        passes: Floats = np.clip(trials, 1.0, MOST_TRIALS)
        return passes


def _find_on_passes(
    onset: Ints, grid: Ints, trials: Floats, passes: Mapping[int, Ints], tick: int, found: Ints
) -> None:
    """Do what `find_on_patrol` does for grids whose rounds are left out on some days."""
    for g, times in passes.items():
        mine = np.flatnonzero((grid == g) & (trials > 0))
        which = np.searchsorted(times, onset[mine], side="right") + trials[mine].astype(int) - 1
        inside = which < len(times)
        found[mine] = NEVER
        found[mine[inside]] = -(-times[which[inside]] // tick) * tick


def _pass_over_days(
    onset: Ints, grid: Ints, wait: Floats, window: tuple[int, int], visiting: Mapping[int, Ints]
) -> None:
    """Lengthen waits for home visits by the days on which a grid has none.

    Waits pass in visiting hours only, as in `find_on_visits`; a day without visits has none.
    """
    for g, days in visiting.items():
        mine = np.flatnonzero((grid == g) & np.isfinite(wait))
        day = onset[mine] // DAY
        within = np.clip((onset[mine] - day * DAY - window[0]) / (window[1] - window[0]), 0, 1)
        first = np.searchsorted(days, day)
        visited = np.append(days, -1)[first] == day
        passed = first + np.where(visited, within, 0.0) + wait[mine]
        known = passed < len(days)
        whole = np.floor(passed[known]).astype(int)
        wait[mine[~known]] = np.inf
        wait[mine[known]] = days[whole] - day[known] + (passed[known] - whole) - within[known]


@lru_cache(maxsize=32)
def _cell_ids(grids: tuple[str, ...], categories: tuple[str, ...], tag: str) -> Ids:
    """Name the cells, category by category: uint64[categories x grids]."""
    found = np.array([_identity(g, c, tag) for c in categories for g in grids], dtype=np.uint64)
    if len(np.unique(found)) < len(found):
        raise ValueError("two cells share an identity: rename a grid")
    return found

"""When and where problems arise, and when they are found or reported.

The first half of the demand table: `Arrivals` draws the demands of a replication as
non-homogeneous Poisson processes per grid and category, made as uneven from day to day
as real records are, and says when each meets the service. Called by `govsim.demand`.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from govsim.network import Network
from govsim.randomness import (
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
    """Demands before their columns, in the order in which the service meets them.

    All arrays have shape (n,); `nature` (4, n) holds coarse uniform numbers, of which the
    last two are still unused: for complex, and for answered at intake.
    """

    id: Ids
    grid: Ints
    category: Ints
    onset: Ints
    enters: Ints
    source: Ints
    nature: NDArray[np.float32]


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
        self.profiles = [self._profile(c) for c in self.categories]

    def draw(self) -> Arrived:
        """Draw all demands with an onset before the horizon."""
        parts = [self._cells(None)]
        parts += [self._cells(surge) for surge in self.scenario.demand.surges]
        id_: Ids = np.concatenate([p.id for p in parts])
        grid: Ints = np.concatenate([p.grid for p in parts])
        category: Ints = np.concatenate([p.category for p in parts])
        onset: Ints = np.concatenate([p.onset for p in parts])
        nature = self.streams.coins("nature", id_)
        incident = nature[0] < self.of(category, "incident")
        visible = incident & (nature[1] < self.of(category, "visible"))
        report = self._report(id_, category, onset, incident)
        found, source = self._found(id_, grid, onset, incident, visible)
        source[found >= report] = REPORTED
        enters = np.minimum(found, report)
        order = np.argsort(enters, kind="stable")  # ties stay in the order of cells
        return Arrived(
            id_[order],
            grid[order],
            category[order],
            onset[order],
            enters[order],
            source[order],
            nature[:, order],
        )

    # ------------------------------------------------------------------ arrivals

    def _profile(self, category: Category) -> Floats:
        """Cumulated share of a day's demands at the edges of its bins."""
        weights = np.array(category.hours or self.scenario.demand.hours, dtype=float)
        profile: Floats = np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
        return profile

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
        names, keys = grids["grid"].tolist(), list(demand.categories)
        cell_id = np.array([_identity(g, c, tag) for c in keys for g in names], dtype=np.uint64)
        if len(np.unique(cell_id)) < len(cell_id):
            raise ValueError("two cells share an identity: rename a grid")
        count = poisson_counts(self.streams.uniform("count", cell_id), mean.T.ravel())
        if count.max(initial=0) >= 2**NUMBER_BITS:
            raise ValueError("a cell has over 16 million demands: split it into more grids")
        first = np.concatenate([[0], np.cumsum(count)])
        number = np.arange(first[-1]) - np.repeat(first[:-1], count)
        id_ = (np.repeat(cell_id, count) << np.uint64(NUMBER_BITS)) | number.astype(np.uint64)
        grid, category = np.repeat(cell_grid, count), np.repeat(cell_category, count)
        onset = self._onsets(self.streams.uniform("onset", id_), category, area_of[grid], weights)
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

    def _onsets(self, u: Floats, category: Ints, area: Ints, weights: Floats) -> Ints:
        """Invert the intensity: the day by its weight, the moment by the day's profile."""
        days = weights.shape[1]
        total = weights.sum(axis=1)
        share = np.cumsum(weights, axis=1) / total[:, None]
        share[:, -1] = 1.0
        # One sorted table for all areas: area a's shares lie in (a, a + 1].
        flat = (share + np.arange(len(share))[:, None]).ravel()
        day = np.minimum(np.searchsorted(flat, u + area), (area + 1) * days - 1) - area * days
        before = np.where(day > 0, share[area, day - 1], 0.0)
        width = share[area, day] - before
        rest = np.clip((u - before) / np.where(width > 0, width, 1.0), 0.0, np.nextafter(1.0, 0.0))
        moment = np.empty(len(u))
        for c, profile in enumerate(self.profiles):
            mine = rows_of(category, c)
            moment[mine] = _moment(rest[mine], profile)
        onset = day * DAY + np.floor(moment * DAY).astype(np.int64)
        floored: Ints = onset // self.tick * self.tick
        return floored

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

    def of(self, category: Ints, field: str) -> Floats:
        """One number of each demand's category."""
        values: Floats = np.array([getattr(c, field) for c in self.categories], dtype=float)[
            category
        ]
        return values

    def times(self, stream: str, id_: Ids, distribution: Distribution, draw: int = 0) -> Ints:
        """Draw lengths of calendar time: int64[n] ms, at least a tick unless always 0."""
        if distribution.is_zero:
            return np.zeros(len(id_), dtype=np.int64)
        if distribution.deterministic is not None:
            fixed = np.array([distribution.deterministic.value.amount])
            return np.full(len(id_), ticks(fixed, self.tick)[0])
        u = self.streams.uniform(stream, id_, draw)
        return ticks(quantile(distribution, u), self.tick)

    def _report(self, id_: Ids, category: Ints, onset: Ints, incident: Bools) -> Ints:
        """When residents report: requests at once, incidents after a lag.

        The lag runs by the clock of residents' activity, in which a day is a day but its
        hours pass in proportion to the category's profile: so the reports have the same
        profile over the day as the onsets, whatever the lag.
        """
        report = onset.copy()
        for c, (category_, profile) in enumerate(zip(self.categories, self.profiles, strict=True)):
            mine = rows_of(category, c)
            mine = mine[incident[mine]]
            lag = self.times("report lag", id_[mine], category_.report_lag)
            day, moment = np.divmod(onset[mine], DAY)
            edges = np.linspace(0.0, 1.0, len(profile))
            active = day + np.interp(moment / DAY, edges, profile) + lag / DAY
            whole = np.floor(active)
            time = (whole + _moment(active - whole, profile)) * DAY
            later = np.minimum(time, LONGEST_DRAW).astype(np.int64) // self.tick * self.tick
            report[mine] = np.where(
                lag > 0, np.maximum(later, onset[mine] + self.tick), onset[mine]
            )
        return report

    def _found(
        self, id_: Ids, grid: Ints, onset: Ints, incident: Bools, visible: Bools
    ) -> tuple[Ints, Ints]:
        """When staff would find each incident, and how."""
        found = np.full(len(id_), NEVER, dtype=np.int64)
        source = np.full(len(id_), REPORTED, dtype=np.int64)
        patrol, rounds = self.scenario.patrol, self.network.rounds
        if not patrol.enabled:
            return found, source
        walked = (rounds.offsets[grid, :] >= 0).any(axis=1) & (len(rounds.days) > 0)
        who = np.flatnonzero(incident & walked)
        chance = np.where(visible[who], patrol.found_visible, patrol.found_hidden)
        passes = _geometric(self.streams.uniform("found on patrol", id_[who]), chance)
        found[who] = self._pass_time(grid[who], onset[who], passes)
        source[who] = BY_PATROL
        home = patrol.home_visits
        rate = rounds.visits_per_day[grid] * home.found
        who = np.flatnonzero(incident & (rate > 0) & home.enabled)
        if len(who):
            wait = -np.log(self.streams.uniform("found on a visit", id_[who])) / rate[who]
            start, end = home.hours[0]
            # Waits pass in visiting hours only: a day's window counts as a day.
            day, moment = np.divmod(onset[who], DAY)
            time = day + np.clip((moment - start) / (end - start), 0, 1) + wait
            day = np.floor(time).astype(np.int64)
            visit = day * DAY + start + ((time - day) * (end - start)).astype(np.int64)
            visit = np.maximum(visit // self.tick * self.tick, onset[who])
            earlier = visit < found[who]
            source[who[earlier]] = BY_VISIT
            found[who] = np.minimum(found[who], visit)
        return found, source

    def _pass_time(self, grid: Ints, onset: Ints, passes: Ints) -> Ints:
        """When a grid is passed for the k-th time after an onset; NEVER past the horizon."""
        rounds = self.network.rounds
        offsets = rounds.offsets[grid]
        per_day = (offsets >= 0).sum(axis=1)
        day, moment = np.divmod(onset, DAY)
        before = np.searchsorted(rounds.days, day) * per_day
        today = np.isin(day, rounds.days)
        before += np.where(today, ((offsets >= 0) & (offsets <= moment[:, None])).sum(axis=1), 0)
        which = before + passes - 1
        day_index, round_index = np.divmod(which, np.maximum(per_day, 1))
        within = day_index < len(rounds.days)
        day_index = np.where(within, day_index, 0)
        time = rounds.days[day_index] * DAY + offsets[np.arange(len(grid)), round_index]
        on_tick: Ints = np.where(within, -(-time // self.tick) * self.tick, NEVER)
        return on_tick


def rows_of(category: Ints, c: int) -> Ints:
    """Positions of the demands of one category (or channel)."""
    return np.flatnonzero(category == c)


def _moment(share: Floats, profile: Floats) -> Floats:
    """Moment of a day, in [0, 1), by which `share` of its demands have come."""
    bins = len(profile) - 1
    at = np.clip(np.searchsorted(profile, share, side="right") - 1, 0, bins - 1)
    width = profile[at + 1] - profile[at]
    inside = np.where(width > 0, (share - profile[at]) / np.where(width > 0, width, 1.0), 0.0)
    moment: Floats = np.minimum((at + inside) / bins, np.nextafter(1.0, 0.0))
    return moment


def _geometric(u: Floats, chance: Floats) -> Ints:
    """Number of the first success among independent trials; a very large one if none can be."""
    with np.errstate(divide="ignore"):
        trials = np.ceil(np.log(u) / np.log1p(-chance))
    capped: Ints = np.clip(trials, 1, 2**40).astype(np.int64)
    return capped

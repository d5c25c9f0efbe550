"""The demand table: who needs what, when and where, and all the luck that goes with it.

`draw` turns a `Network` and the number of a replication into a `DemandTable`. All
randomness of a run is here: each variate is a function of (seed, replication, stream,
demand), with a stream for each purpose, so scenarios meet the same residents and
engines draw nothing. A demand's identity is its grid's name, its category and its
number in that cell; one more resident can only add demands.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from govsim.network import Network, working_ms
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

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REPORTED, BY_PATROL, BY_VISIT = range(3)
"""How a demand comes to the service."""

_NUMBER_BITS = 24  # demands of one cell; the other 40 bits of an identity name the cell


@dataclass(frozen=True)
class DemandTable:
    """Demands of one replication as a structure of arrays, sorted by `enters`.

    All times and lengths are int64 ms. n demands, s stages of work, m = `most_calls` + 1
    rounds (the first close and one for each 12345 order).
    """

    id: NDArray[np.uint64]
    """[n] identity, the same in every scenario that has the grid and category."""
    category: Ints
    grid: Ints
    point: Ints
    """[n] service point that covers the grid."""
    x: Floats
    y: Floats
    """[n] place, m."""
    onset: Ints
    enters: Ints
    """[n] when the service first meets it: found, or reported."""
    source: Ints
    """[n] `REPORTED`, `BY_PATROL` or `BY_VISIT`."""
    channel: Ints
    """[n] first channel of its resident."""

    answered: Bools
    """[n] the desk can answer it at intake."""
    answered_by_centre: Bools
    complex: Bools
    meeting: Bools
    """[n] complex, and must go through the joint meeting."""
    intake: Ints
    dispatch_delay: Ints
    turn_out: Ints
    access: Ints
    way: Floats
    """[n] own factor on the time of the way."""
    first_stage: Ints
    """[n + 1] where its stages begin in the next two."""
    stage_group: Ints
    stage_work: Ints
    """[s] work on the scene at speed 1."""
    department_time: Ints
    """[n] time of its department, in working time where the category says so."""
    reply: Ints
    interim_reply: Ints
    written_reply: Ints
    call: Ints
    order_delay: Ints
    rework: Ints
    """[n] work on the scene when a closed demand is opened again."""

    patience: Ints
    """[n] `NEVER` where patience is off."""
    calls: Bools
    """[n] calls 12345 when patience ends."""
    loses_trust: Bools
    """[3, n] a broken promise 1, 2, 3 costs trust."""
    repeats: Ints
    """[n] repeated reports if it stays unresolved long enough."""
    repeat_after: Ints
    satisfaction: NDArray[np.float32]
    """[m, n] satisfied at the close of round r if below the chance of it."""
    escalates: Bools
    """[m, n] calls 12345 after an unsatisfactory close."""
    calls_again: Bools
    """[m, n] calls again when order r is overdue or was closed unsatisfactorily."""

    def __len__(self) -> int:
        """Give the number of demands."""
        return len(self.id)

    @property
    def nbytes(self) -> int:
        """Memory of all columns, bytes."""
        return sum(getattr(self, f.name).nbytes for f in fields(self))


def draw(network: Network, replication: int, seed: int | None = None) -> DemandTable:
    """Draw the demands of one replication.

    Parameters
    ----------
    network : the service, which says where residents live and what they meet.
    replication : its number, from 0.
    seed : in place of the scenario's own.

    Returns
    -------
    DemandTable
        All demands with an onset before the horizon, in the order in which the service
        meets them; those that nobody has reported by the horizon stand last.
    """
    scenario = network.scenario
    return _Drawing(network, Streams(scenario.seed if seed is None else seed, replication)).table()


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
    factors: Floats = weekday * month * special * trend
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


@dataclass(frozen=True)
class _Cell:
    """Demands before their columns: identities with their cell and onset."""

    id: NDArray[np.uint64]
    grid: Ints
    category: Ints
    onset: Ints


class _Drawing:
    """One replication's table in the making."""

    def __init__(self, network: Network, streams: Streams) -> None:
        self.network, self.streams = network, streams
        self.scenario = network.scenario
        self.categories: list[Category] = list(self.scenario.demand.categories.values())
        self.tick = self.scenario.tick
        self.profiles = [self._profile(c) for c in self.categories]

    def table(self) -> DemandTable:
        cells = [self._cells(None)]
        cells += [self._cells(surge) for surge in self.scenario.demand.surges]
        id_, grid, category, onset = (
            np.concatenate([getattr(c, f) for c in cells]) for f in ("id", "grid", "category", "onset")
        )
        nature = self.streams.coins("nature", id_)
        incident = nature[0] < self._of(category, "incident")
        visible = incident & (nature[1] < self._of(category, "visible"))
        report = self._report(id_, category, onset, incident)
        found, source = self._found(id_, grid, onset, incident, visible)
        source[found >= report] = REPORTED
        enters = np.minimum(found, report)
        order = np.lexsort((id_, enters))
        id_, grid, category, onset, enters, source = (
            a[order] for a in (id_, grid, category, onset, enters, source)
        )
        columns = _Columns(self, id_, grid, category, nature[2:][:, order])
        return DemandTable(
            id=id_,
            category=category,
            grid=grid,
            point=self.network.covering[grid],
            onset=onset,
            enters=enters,
            source=source,
            **columns.place(),
            **columns.work(),
            **columns.residents(),
        )

    # ------------------------------------------------------------------ arrivals

    def _profile(self, category: Category) -> Floats:
        """Cumulated share of a day's demands at the edges of its bins."""
        weights = np.array(category.hours or self.scenario.demand.hours, dtype=float)
        return np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()

    def _cells(self, surge: Surge | None) -> _Cell:
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
            tag = f"surge {surge.label.en}"
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
        if count.max(initial=0) >= 2**_NUMBER_BITS:
            raise ValueError("a cell has over 16 million demands: split it into more grids")
        first = np.concatenate([[0], np.cumsum(count)])
        number = np.arange(first[-1]) - np.repeat(first[:-1], count)
        id_ = (np.repeat(cell_id, count) << np.uint64(_NUMBER_BITS)) | number.astype(np.uint64)
        grid, category = np.repeat(cell_grid, count), np.repeat(cell_category, count)
        onset = self._onsets(self.streams.uniform("onset", id_), category, area_of[grid], weights)
        keep = (onset >= begin) & (onset < end)
        if surge is None:
            keep &= ~self._thinned(id_, grid, category, onset)
        return _Cell(id_[keep], grid[keep], category[keep], onset[keep])

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
        ids = (cells[:, None] << np.uint64(_NUMBER_BITS)) | np.arange(days, dtype=np.uint64)
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
            mine = _rows(category, c)
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

    def _thinned(self, id_: NDArray[np.uint64], grid: Ints, category: Ints, onset: Ints) -> Bools:
        """Demands that a surge with a factor below 1 takes away."""
        gone = np.zeros(len(id_), dtype=bool)
        midnight = np.datetime64(self.scenario.start, "ms")
        for surge in self.scenario.demand.surges:
            if surge.factor < 1:
                begin = int((np.datetime64(surge.begins, "ms") - midnight).astype(np.int64))
                within = (onset >= begin) & (onset < begin + surge.lasts)
                touched = self._touched(surge)[grid, category] > 0
                u = self.streams.uniform(f"thinned by {surge.label.en}", id_)
                gone |= within & touched & (u >= surge.factor)
        return gone

    # ------------------------------------------------------------------ found or reported

    def _of(self, category: Ints, field: str) -> Floats:
        """One number of each demand's category."""
        values: Floats = np.array([getattr(c, field) for c in self.categories], dtype=float)[category]
        return values

    def times(
        self, stream: str, id_: NDArray[np.uint64], distribution: Distribution, draw: int = 0
    ) -> Ints:
        """Draw lengths of calendar time: int64[n] ms, at least a tick unless always 0."""
        if distribution.is_zero:
            return np.zeros(len(id_), dtype=np.int64)
        if distribution.deterministic is not None:
            fixed = np.array([distribution.deterministic.value.amount])
            return np.full(len(id_), ticks(fixed, self.tick)[0])
        u = self.streams.uniform(stream, id_, draw)
        return ticks(quantile(distribution, u), self.tick)

    def _report(self, id_: NDArray[np.uint64], category: Ints, onset: Ints, incident: Bools) -> Ints:
        """When residents report: requests at once, incidents after a lag.

        The lag runs by the clock of residents' activity, in which a day is a day but its
        hours pass in proportion to the category's profile: so the reports have the same
        profile over the day as the onsets, whatever the lag.
        """
        report = onset.copy()
        for c, (category_, profile) in enumerate(zip(self.categories, self.profiles, strict=True)):
            mine = _rows(category, c)
            mine = mine[incident[mine]]
            lag = self.times("report lag", id_[mine], category_.report_lag)
            day, moment = np.divmod(onset[mine], DAY)
            edges = np.linspace(0.0, 1.0, len(profile))
            active = day + np.interp(moment / DAY, edges, profile) + lag / DAY
            whole = np.floor(active)
            time = (whole + _moment(active - whole, profile)) * DAY
            later = np.minimum(time, LONGEST_DRAW).astype(np.int64) // self.tick * self.tick
            report[mine] = np.where(lag > 0, np.maximum(later, onset[mine] + self.tick), onset[mine])
        return report

    def _found(
        self, id_: NDArray[np.uint64], grid: Ints, onset: Ints, incident: Bools, visible: Bools
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
            time = onset[who] / DAY + wait
            day = np.floor(time)
            visit = (day * DAY + start + (time - day) * (end - start)).astype(np.int64)
            visit += np.where(visit < onset[who], DAY, 0)
            visit = visit // self.tick * self.tick
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


class _Columns:
    """The columns that each demand has for itself, drawn in the table's order."""

    def __init__(
        self,
        drawing: _Drawing,
        id_: NDArray[np.uint64],
        grid: Ints,
        category: Ints,
        nature: NDArray[np.float32],
    ) -> None:
        self.drawing, self.streams, self.scenario = drawing, drawing.streams, drawing.scenario
        self.network = drawing.network
        self.id, self.grid, self.category = id_, grid, category
        self.complex = nature[0] < drawing._of(category, "complex")
        self.answered = nature[1] < drawing._of(category, "answered")
        self.rows = [_rows(category, c) for c in range(len(drawing.categories))]
        self.channel = self._channel()

    def place(self) -> dict[str, NDArray[np.generic]]:
        """Where it is, and how its resident first reports it."""
        grids = self.network.territory.grids
        u, v = self.streams.pair("place", self.id)
        side = grids["side_m"].to_numpy()[self.grid]
        return {
            "x": grids["x"].to_numpy()[self.grid] + (u - 0.5) * side,
            "y": grids["y"].to_numpy()[self.grid] + (v - 0.5) * side,
            "channel": self.channel,
        }

    def work(self) -> dict[str, NDArray[np.generic]]:
        """All that takes the service's time."""
        s, id_ = self.scenario, self.id
        times = self.drawing.times
        intake = np.empty(len(id_), dtype=np.int64)
        for c, how in enumerate(s.channels.values()):
            mine = _rows(self.channel, c)
            intake[mine] = times("intake", id_[mine], how.handling)
        answers = np.array([c.answers for c in s.channels.values()])[self.channel]
        coins = self.streams.coins("meeting and centre", id_)
        meeting = coins[0] < self.drawing._of(self.category, "joint_meeting")
        if s.travel.variation > 0:
            spread = Distribution.model_validate(
                {"lognormal": {"median": "1 ms", "sigma": s.travel.variation}}
            )
            way = quantile(spread, self.streams.uniform("way", id_))
        else:
            way = np.ones(len(id_))
        return {
            "answered": self.answered & answers,
            "answered_by_centre": coins[1] < s.centre.answered,
            "complex": self.complex,
            "meeting": self.complex & meeting & s.joint_meeting.enabled,
            "intake": intake,
            "dispatch_delay": times("dispatch delay", id_, s.policies.dispatch_delay),
            "turn_out": times("turn-out", id_, s.travel.turn_out),
            "access": times("access", id_, s.travel.access),
            "way": way,
            **self._stages(),
            "department_time": self._department_time(),
            "reply": times("reply", id_, s.desk.reply),
            "interim_reply": times("interim reply", id_, s.desk.interim_reply),
            "written_reply": times("written reply", id_, s.desk.written_reply),
            "call": times("call", id_, s.centre.call),
            "order_delay": times("order delay", id_, s.centre.dispatch_delay),
            "rework": self._by_category("rework", "work", np.arange(len(id_))),
        }

    def residents(self) -> dict[str, NDArray[np.generic]]:
        """How long residents wait, and what they do then."""
        s, id_, n = self.scenario, self.id, len(self.id)
        rounds = s.centre.most_calls + 1
        patience = np.full(n, NEVER, dtype=np.int64)
        if s.residents.patience.enabled:
            for rows, category in zip(self.rows, self.drawing.categories, strict=True):
                how = category.patience or s.residents.patience.time
                patience[rows] = self.drawing.times("patience", id_[rows], how)
        trust = self.streams.coins("trust", id_)
        broken = s.residents.patience.broken_promise if s.promises.made else 0.0
        close = np.stack([self.streams.coins("close", id_, r) for r in range(rounds)])
        escalation = self._chance("escalation", s.residents.escalation)
        return {
            "patience": patience,
            "calls": trust[3] < s.residents.patience.calls,
            "loses_trust": trust[:3] < broken,
            "repeats": self._repeats(),
            "repeat_after": self.drawing.times("repeat", id_, s.residents.repeats.after),
            "satisfaction": close[:, 0],
            "escalates": close[:, 1] < escalation,
            "calls_again": close[:, 2] < s.centre.called_again,
        }

    def _channel(self) -> Ints:
        """First channel, from the mix of grids with or without a station."""
        channels = self.scenario.channels.values()
        u = self.streams.uniform("channel", self.id)
        found = np.empty(len(u), dtype=np.int64)
        has_station = self.network.has_station[self.grid]
        for covered, shares in (
            (True, [c.with_station for c in channels]),
            (False, [c.without_station for c in channels]),
        ):
            mine = has_station == covered
            edges = np.cumsum(shares)
            found[mine] = np.searchsorted(edges[:-1] / edges[-1], u[mine], side="right")
        return found

    def _stages(self) -> dict[str, NDArray[np.generic]]:
        """Pieces of work on the scene: the first by its own group, more where it is handed on."""
        s, groups = self.scenario, list(self.scenario.groups)
        group = np.array([groups.index(c.group) for c in self.drawing.categories])[self.category]
        work = self._by_category("work", "work", np.flatnonzero(~self.complex))
        safe = self._by_category("work", "make_safe", np.flatnonzero(self.complex))
        work = np.where(self.complex, safe, work)
        owner, stages, works = [np.arange(len(work))], [group], [work]
        onward = np.zeros((len(groups), len(groups)))
        for g, one in enumerate(s.groups.values()):
            for name, share in one.handover.items():
                onward[g, groups.index(name)] = share
        edges = np.cumsum(onward, axis=1)
        here, at, draw = np.arange(len(work)), group, 0
        while len(here) and onward.any():
            u = self.streams.uniform("handover", self.id[here], draw)
            to = (edges[at] <= u[:, None]).sum(axis=1)
            goes = to < len(groups)
            here, at, draw = here[goes], to[goes], draw + 1
            owner.append(here)
            stages.append(at)
            works.append(self._by_category("work", "work", here, draw)[here])
        count = np.bincount(np.concatenate(owner), minlength=len(work))
        order = np.argsort(np.concatenate(owner), kind="stable")
        return {
            "first_stage": np.concatenate([[0], np.cumsum(count)]),
            "stage_group": np.concatenate(stages)[order],
            "stage_work": np.concatenate(works)[order],
        }

    def _by_category(self, stream: str, field: str, rows: Ints, draw: int = 0) -> Ints:
        """Draw a time whose distribution the category gives, for some rows; 0 elsewhere."""
        out = np.zeros(len(self.id), dtype=np.int64)
        wanted = np.zeros(len(self.id), dtype=bool)
        wanted[rows] = True
        for mine, category in zip(self.rows, self.drawing.categories, strict=True):
            mine = mine[wanted[mine]]
            out[mine] = self.drawing.times(stream, self.id[mine], getattr(category, field), draw)
        return out

    def _department_time(self) -> Ints:
        """Departments' times: ms, of working time where the distribution says so."""
        out = np.zeros(len(self.id), dtype=np.int64)
        for mine, category in zip(self.rows, self.drawing.categories, strict=True):
            mine = mine[self.complex[mine]]
            if category.department is None or not len(mine):
                continue
            how = category.department_time
            length = self.network.department_days[category.department]
            unit, _ = working_ms(1, how.unit, length) if how.unit != "calendar" else (1, False)
            amounts = quantile(how, self.streams.uniform("department", self.id[mine]))
            out[mine] = ticks(amounts * unit, self.drawing.tick)
        return out

    def _repeats(self) -> Ints:
        """How often it is reported again if it stays unresolved: a run of coins."""
        repeats = self.scenario.residents.repeats
        if not repeats.enabled:
            return np.zeros(len(self.id), dtype=np.int64)
        share = self._chance("repeat", repeats.share)
        going = np.ones(len(self.id), dtype=bool)
        count = np.zeros(len(self.id), dtype=np.int64)
        for k in range(repeats.most):
            going &= self.streams.coins("repeats", self.id, k // 4)[k % 4] < share
            count += going
        return count

    def _chance(self, field: str, default: float) -> Floats:
        """Chance by category, where it has one of its own."""
        own = [getattr(c, field) for c in self.drawing.categories]
        chance = np.array([default if v is None else v for v in own], dtype=float)
        values: Floats = chance[self.category]
        return values


def _rows(category: Ints, c: int) -> Ints:
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

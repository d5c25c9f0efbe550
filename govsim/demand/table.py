"""The demand table: who needs what, when and where, and all the luck that goes with it.

`draw` turns a `Network` and the number of a replication into a `DemandTable`. All
randomness of a run is here and in `govsim.demand.arrivals`: each variate is a function of
(seed, replication, stream, demand), with a stream for each purpose, so scenarios meet
the same residents and engines draw nothing. A demand's identity is its grid's name, its
category and its number in that cell; one more resident can only add demands.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.demand.arrivals import BY_PATROL as BY_PATROL
from govsim.demand.arrivals import BY_VISIT as BY_VISIT
from govsim.demand.arrivals import REPORTED as REPORTED
from govsim.demand.arrivals import Arrivals, Arrived
from govsim.demand.arrivals import day_factors as day_factors
from govsim.demand.arrivals import expected_per_day as expected_per_day
from govsim.demand.arrivals import induced_factor as induced_factor
from govsim.demand.drawing import chosen, happens
from govsim.demand.grouping import grouped
from govsim.demand.randomness import NEVER, Streams, quantile, ticks
from govsim.scenarios.quantities import Distribution
from govsim.service.network import Network, working_ms

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


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
    """[n] the channel that takes it in can answer it at intake."""
    answered_by_centre: Bools
    complex: Bools
    meeting: Bools
    """[n] complex, and must go through the joint meeting."""
    intake: Ints
    """[n] handling by the channel that takes it in."""
    handing_over: Ints
    """[n] from the begin of its intake until it is handed over; as long as the intake where a crew
    is asked for after that only."""
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
    arrivals = Arrivals(network, Streams(scenario.seed if seed is None else seed, replication))
    arrived = arrivals.draw()
    columns = _Columns(arrivals, arrived)
    return DemandTable(
        id=arrived.id,
        category=arrived.category,
        grid=arrived.grid,
        point=network.changes.covers(arrived.grid, arrived.enters),
        onset=arrived.onset,
        enters=arrived.enters,
        source=arrived.source,
        **columns.place(),
        **columns.work(),
        **columns.residents(),
    )


class _Columns:
    """The columns that each demand has for itself, drawn in the table's order."""

    def __init__(self, arrivals: Arrivals, arrived: Arrived) -> None:
        self.arrivals, self.streams, self.scenario = arrivals, arrivals.streams, arrivals.scenario
        self.network = arrivals.network
        self.id, self.grid, self.category = arrived.id, arrived.grid, arrived.category
        nature = self.streams.coins("nature", self.id)  # the first two are used up
        self.complex: Bools = happens(nature[2], self.category, arrivals.of("complex"))
        self.answered: Bools = happens(nature[3], self.category, arrivals.of("answered"))
        self.kinds = grouped(self.category * 2 + self.complex, 2 * len(arrivals.categories))
        self.channel = self._channel(arrived.enters)
        self.taken_in_by = self._sent_on(arrived.enters)

    def place(self) -> dict[str, Any]:
        """Where it is, and how its resident first reports it."""
        grids = self.network.territory.grids
        u, v = self.streams.pair("place", self.id)
        side = grids["side_m"].to_numpy()[self.grid]
        return {
            "x": grids["x"].to_numpy()[self.grid] + (u - 0.5) * side,
            "y": grids["y"].to_numpy()[self.grid] + (v - 0.5) * side,
            "channel": self.channel,
        }

    def work(self) -> dict[str, Any]:
        """All that takes the service's time."""
        s, id_ = self.scenario, self.id
        times = self.arrivals.times
        answers = np.array([c.answers for c in s.channels.values()])[self.taken_in_by]
        coins = self.streams.coins("meeting and centre", id_)
        meeting = happens(coins[0], self.category, self.arrivals.of("joint_meeting"))
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
            **self._intake(self.answered & answers),
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
            "rework": self._by_kind("rework", "work", "work"),
        }

    def residents(self) -> dict[str, Any]:
        """How long residents wait, and what they do then."""
        s, id_, n = self.scenario, self.id, len(self.id)
        rounds = s.centre.most_calls + 1
        patience = np.full(n, NEVER, dtype=np.int64)
        if s.residents.patience.enabled:
            usual = s.residents.patience.time
            how = [c.patience or usual for c in self.arrivals.categories for _ in range(2)]
            patience = self.arrivals.times_by("patience", id_, self.kinds, how)
        trust = self.streams.coins("trust", id_)
        broken = s.residents.patience.broken_promise if s.promises.made else 0.0
        satisfaction = np.empty((rounds, n), dtype=np.float32)
        escalates, calls_again = np.empty((2, rounds, n), dtype=bool)
        escalation = self._chances("escalation", s.residents.escalation)
        for r in range(rounds):
            close = self.streams.coins("close", id_, r)
            satisfaction[r] = close[0]
            escalates[r] = happens(close[1], self.category, escalation)
            calls_again[r] = close[2] < s.centre.called_again
        return {
            "patience": patience,
            "calls": trust[3] < s.residents.patience.calls,
            "loses_trust": trust[:3] < broken,
            "repeats": self._repeats(),
            "repeat_after": self.arrivals.times("repeat", id_, s.residents.repeats.after),
            "satisfaction": satisfaction,
            "escalates": escalates,
            "calls_again": calls_again,
        }

    def _channel(self, turns: Ints) -> Ints:
        """First channel, from the mix of grids with or without a station."""
        channels = self.scenario.channels.values()
        shares = [[c.without_station for c in channels], [c.with_station for c in channels]]
        edges = np.cumsum(shares, axis=1)
        edges[edges[:, -1] == 0] = 1  # a sort of grid that the plan doesn't have
        u = self.streams.uniform("channel", self.id)
        open_ = self.network.changes.stations_open(self.network.has_station, self.grid, turns)
        covered = open_.astype(np.int64)
        return chosen(u, covered, edges[:, :-1] / edges[:, -1:])

    def _sent_on(self, turns: Ints) -> Ints:
        """Channel that takes each in, if its resident turns to the first at a time.

        A closed channel sends residents on to its `if_closed`, and the last of the way takes
        them in when it opens: the same steps as in `govsim.model`, where they also take time.
        """
        names, calendar = list(self.scenario.channels), self.network.calendar
        ways = list(self.scenario.channels.values())
        instead = [-1 if c.if_closed == "wait" else names.index(c.if_closed) for c in ways]
        opening = [calendar.intervals(c.hours, c.days) for c in ways]
        found = self.channel.copy()
        for _ in ways:
            before = found.copy()
            for c, (starts, ends) in enumerate(opening):
                if instead[c] < 0:
                    continue
                here = np.flatnonzero(before == c)
                # Open is whose last opening is not followed by a closing yet.
                opened = np.searchsorted(starts, turns[here], side="right")
                closed = opened == np.searchsorted(ends, turns[here], side="right")
                found[here[closed]] = instead[c]
            if (found == before).all():
                break
        return found

    def _handling(self) -> Ints:
        """Time that the channel that takes it in needs, by the channel's own luck.

        So that whom two plans send to the same channel meets the same there, whatever the
        hours of the others.
        """
        found = np.zeros(len(self.id), dtype=np.int64)
        by_channel = grouped(self.taken_in_by, len(self.scenario.channels))
        for c, (name, channel) in enumerate(self.scenario.channels.items()):
            mine = by_channel[c]
            found[mine] = self.arrivals.times(f"intake by {name}", self.id[mine], channel.handling)
        return found

    def _intake(self, answered: Bools) -> dict[str, Ints]:
        """Time of the intake, and from its begin until the report is handed over.

        What can be answered is a question, which is heard at once: no crew is asked for.
        """
        handling, channels = self._handling(), self.scenario.channels
        handed = handling.copy()
        for c, (name, channel) in enumerate(channels.items()):
            if channel.dispatch == "at once":
                mine = np.flatnonzero((self.taken_in_by == c) & ~answered)
                stream = f"handing over by {name}"
                own = self.arrivals.times(stream, self.id[mine], channel.handing_over)
                handed[mine] = np.minimum(handling[mine], own)
        return {"intake": handling, "handing_over": handed}

    def _stages(self) -> dict[str, Any]:
        """Pieces of work on the scene: the first by its own group, more where it is handed on."""
        s, groups = self.scenario, list(self.scenario.groups)
        group = np.array([groups.index(c.group) for c in self.arrivals.categories])[self.category]
        owner, stages = [np.arange(len(group))], [group]
        works = [self._by_kind("work", "work", "make_safe")]
        onward = np.zeros((len(groups), len(groups)))
        for g, one in enumerate(s.groups.values()):
            for name, share in one.handover.items():
                onward[g, groups.index(name)] = share
        edges = np.cumsum(onward, axis=1)
        here, at, draw = owner[0], group, 0
        while len(here) and onward.any():
            to = chosen(self.streams.uniform("handover", self.id[here], draw), at, edges)
            goes = to < len(groups)
            here, at, draw = here[goes], to[goes], draw + 1
            own = grouped(self.category[here], len(self.arrivals.categories))
            how = [c.work for c in self.arrivals.categories]
            owner.append(here)
            stages.append(at)
            works.append(self.arrivals.times_by("work", self.id[here], own, how, draw))
        owned = grouped(np.concatenate(owner), len(group))
        return {
            "first_stage": owned.first,
            "stage_group": np.concatenate(stages)[owned.order],
            "stage_work": np.concatenate(works)[owned.order],
        }

    def _by_kind(self, stream: str, simple: str, complex_: str) -> Ints:
        """Draw times whose distributions the category gives, of simple and of complex demands."""
        how = [getattr(c, k) for c in self.arrivals.categories for k in (simple, complex_)]
        return self.arrivals.times_by(stream, self.id, self.kinds, how)

    def _department_time(self) -> Ints:
        """Departments' times: ms, of working time where the distribution says so."""
        out = np.zeros(len(self.id), dtype=np.int64)
        for c, category in enumerate(self.arrivals.categories):
            mine = self.kinds[2 * c + 1]
            if category.department is None or not len(mine):
                continue
            how = category.department_time
            length = self.network.department_days[category.department]
            unit, _ = working_ms(1, how.unit, length) if how.unit != "calendar" else (1, False)
            amounts = quantile(how, self.streams.uniform("department", self.id[mine]))
            out[mine] = ticks(amounts * unit, self.arrivals.tick)
        return out

    def _repeats(self) -> Ints:
        """How often it is reported again if it stays unresolved: a run of coins."""
        repeats = self.scenario.residents.repeats
        count = np.zeros(len(self.id), dtype=np.int64)
        if repeats.enabled:
            share = self._chances("repeat", repeats.share)
            going = np.ones(len(self.id), dtype=bool)
            for k in range(repeats.most):
                if k % 4 == 0:
                    coins = self.streams.coins("repeats", self.id, k // 4)
                going &= happens(coins[k % 4], self.category, share)
                count += going
        return count

    def _chances(self, field: str, default: float) -> Floats:
        """Chance of each category, where it has one of its own: float64[categories]."""
        own = [getattr(c, field) for c in self.arrivals.categories]
        return np.array([default if v is None else v for v in own], dtype=float)

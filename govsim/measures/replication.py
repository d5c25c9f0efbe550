"""What is measured of a replication: its outcome as rates, counts, times, use and cost.

`measure` reads a demand table and its outcome and gives every measure for the district
and for each street, community, point, team, category and hour; `govsim.measures.workload` has those
of people at work. Called for each replication; intervals come from replications, never
from pooled demands.

Censoring at the horizon: a share of demands that kept a clock counts those whose clock
has run out by the horizon, and no others. (To count those that happened to be finished
before their clock ran out, but not those that were not, would flatter: it gives 0.653
for a true 0.632 in the case ``horizon_bias_sla`` of the validation set.) Times are by
the Kaplan-Meier estimator, with unfinished demands as censored at the horizon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isnan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.demand.grouping import WEEK_HOURS, grouped, kaplan_meier, tally
from govsim.demand.table import BY_VISIT, REPORTED, DemandTable
from govsim.measures import catalogue, late, point_hours
from govsim.measures.catalogue import CATALOGUE as CATALOGUE
from govsim.measures.pieces import Pieces, find
from govsim.measures.statistics import gini
from govsim.measures.workload import Row, free_steps, hour_of_week, on_duty, paid, workload
from govsim.scenarios.territory import Territory
from govsim.scenarios.units import DAY, HOUR, MINUTE, YEAR
from govsim.service.network import DESK, TEAM, Network
from govsim.service.ordering import order_of
from govsim.service.outcome import Outcome
from govsim.service.plan import Plan
from govsim.service.rules import CAUSES, OPEN, REPEATED, TURNED_AWAY, WITHDRAWN

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Asked = tuple[str, str, str]
"""Level, key and name of a measure."""

WEEK = 7 * DAY
QUANTILES = {"median": 0.5, "p90": 0.9, "p95": 0.95}


@dataclass(frozen=True)
class Measures:
    """Measures of one replication in long form.

    Attributes
    ----------
    values : columns level, key, measure, value, per (`govsim.measures.catalogue.per`: what adds up
        over time is that of the days that were measured, and ``per`` says how many).
    weekly : columns week (from 0, of the measured time), level, key, measure, value, per.
    hours : counts by station and hour of the week; see `govsim.measures.point_hours`.
    late : where the time of late demands went; see `govsim.measures.late`.
    pieces : where the time of each demand went.
    """

    values: pd.DataFrame
    weekly: pd.DataFrame
    hours: pd.DataFrame
    late: pd.DataFrame
    pieces: Pieces


@dataclass(frozen=True)
class _Level:
    """A way to group demands: the names of its groups, and each demand's."""

    name: str
    keys: list[str]
    code: Ints


def measure(network: Network, table: DemandTable, outcome: Outcome) -> Measures:
    """Measure one replication, from `Outcome.measured_from` to its end."""
    reading = _Reading(network, table, outcome)
    rows = [row for part in reading.parts() for row in part]
    values = pd.DataFrame(rows, columns=["level", "key", "measure", "value"])
    weekly = pd.DataFrame(reading.weekly(), columns=["week", "level", "key", "measure", "value"])
    measured = catalogue.days((outcome.end - outcome.measured_from) / DAY)
    hours = point_hours.count(network, table, outcome, *reading.kept["scene"])
    pieces = find(network, table, outcome)
    why = late.count(network, table, outcome, reading.kept, reading.limits, pieces)
    return Measures(
        _labelled(values, measured),
        _labelled(weekly, catalogue.WEEKLY),
        hours.assign(per=measured),
        why.assign(per=measured),
        pieces,
    )


def get_ready(network: Network, measured_from: int) -> None:
    """Lay out what every replication needs, and its measures, whatever chance brings."""
    Plan.of(network)
    on_duty(network, measured_from, network.end)
    free_steps(network)


def values_of(
    network: Network, table: DemandTable, outcome: Outcome
) -> dict[tuple[str, str, str], float]:
    """Give `Measures.values` alone, by level, key and measure: half the time, for short runs."""
    parts = _Reading(network, table, outcome).parts()
    return {(level, key, name): value for rows in parts for level, key, name, value in rows}


def asked_of(
    network: Network, table: DemandTable, outcome: Outcome, asked: Sequence[Asked]
) -> list[float]:
    """Give the very values of `Measures.values` that are asked for, and compute few others.

    Returns
    -------
    list of float
        In the order of `asked`; NaN where a measure has no value.
    """
    reading = _Reading(network, table, outcome, frozenset(level for level, _, _ in asked))
    wanted = {_part(measure) for _, _, measure in asked}
    known = {
        (level, key, name): value
        for part in _PARTS
        if part in wanted
        for level, key, name, value in getattr(reading, part)()
    }
    return [known.get(one, float("nan")) for one in asked]


_PARTS = ("compliance", "demands", "orders", "times", "workload", "fairness", "costs")
"""Kinds of measures: methods of `_Reading`."""


def _part(measure: str) -> str:
    """Say which method gives a measure."""
    first = measure.split("_")[0]
    for part, names in (
        ("compliance", ("compliance", "n")),
        ("orders", ("orders", "residents")),
        ("times", ("scene", "solve", "reply")),
        ("fairness", ("gini", "worst")),
        ("costs", ("cost", "staff")),
        ("workload", ("utilisation", "queue", "overtime", "helper", "waiting")),
    ):
        if first in names:
            return part
    return "demands"


def _labelled(frame: pd.DataFrame, length: str) -> pd.DataFrame:
    """Say beside each value what it is an amount of."""
    of = {name: catalogue.per(name, length) for name in frame["measure"].unique()}
    return frame.assign(per=frame["measure"].map(of).astype(object))


def promise_kept(
    network: Network,
    table: DemandTable,
    outcome: Outcome,
    limits: Mapping[str, Ints] | None = None,
) -> dict[str, tuple[Bools, Bools]]:
    """Which demands each clock applies to and has run out for, and which kept it.

    Parameters
    ----------
    limits : as `allowed` gives them, where that was asked before.

    Returns
    -------
    dict
        ``scene``, ``solve``, ``reply`` to (applies, kept), bool[n] each. The first two
        clocks apply to reported demands that need a visit (the desk can't answer them),
        the second to simple ones among them, or to all of a category that has a limit of
        its own; the third to all that were reported.
    """
    d = outcome.demands
    start = d["clock_start"]
    by_order = np.array([c.via == "centre" for c in network.scenario.channels.values()])
    visit = ~table.answered | by_order[np.maximum(d["channel"], 0)]
    everyone = np.ones(len(table), dtype=bool)
    measured = start >= outcome.measured_from
    own = np.array([c.solve is not None for c in network.scenario.demand.categories.values()])
    limits = allowed(network, table, outcome) if limits is None else limits
    found = {}
    for name, event, applies in (
        ("scene", d["scene"], visit),
        ("solve", d["resolved"], visit & (~table.complex | own[table.category])),
        ("reply", d["replied"], everyone),
    ):
        due = start + limits[name]
        found[name] = (measured & applies & (due < outcome.end), (event >= 0) & (event <= due))
    return found


def allowed(network: Network, table: DemandTable, outcome: Outcome) -> dict[str, Ints]:
    """How long each demand may take by each clock, ms from the start of its clocks: int64[n]."""
    start, promises = outcome.demands["clock_start"], network.scenario.promises
    solve = np.empty_like(start)
    for c, limit in enumerate(network.solve_limits()):
        mine = table.category == c
        solve[mine] = _due(network, start[mine], limit) - start[mine]
    return {
        "scene": _due(network, start, network.span(promises.scene)) - start,
        "solve": solve,
        "reply": _due(network, start, network.span(promises.reply)) - start,
    }


def cost_of_people(network: Network, outcome: Outcome) -> dict[str, float]:
    """Cost a year of those on duty, of their overtime and of helpers, by measure."""
    plan, pools = network.scenario, outcome.pools
    years = (outcome.end - outcome.measured_from) / YEAR
    on_duty = paid(network, outcome.measured_from, outcome.end)
    wage = np.array(
        [
            plan.teams[p.name].cost if p.kind == TEAM else plan.desk.cost if p.kind == DESK else 0.0
            for p in network.pools
        ]
    )
    own = np.array([p.kind in (TEAM, DESK) for p in network.pools])
    overtime = float((pools["overtime"] * wage).sum() / HOUR * plan.costs.overtime_factor / years)
    return {
        "cost_staff": float((on_duty * wage)[own].sum() / HOUR / years),
        "cost_overtime": overtime,
        "cost_helpers": float(pools["helpers"].sum() / HOUR * plan.helpers.cost / years),
    }


def _due(network: Network, start: Ints, limit: tuple[int, bool]) -> Ints:
    """When a limit from each start (-1: none) is over."""
    ms, working = limit
    if not working:
        return start + ms
    return network.clock.finish_all(np.maximum(start, 0), np.array(ms, dtype=np.int64))


@dataclass(frozen=True)
class _Static:
    """What does not change between the replications in a territory."""

    points: list[str]
    street: tuple[list[str], Ints]
    community: tuple[list[str], Ints]
    residents: Floats


@lru_cache(maxsize=8)
def _static(territory: Territory) -> _Static:
    grids = territory.grids
    streets, street = np.unique(grids["street"].astype(str), return_inverse=True)
    named = grids["street"].astype(str) + "/" + grids["community"].astype(str)
    communities, community = np.unique(named, return_inverse=True)
    return _Static(
        territory.points["point"].astype(str).tolist(),
        (streets.tolist(), street.astype(np.int64)),
        (communities.tolist(), community.astype(np.int64)),
        grids["residents"].to_numpy(np.float64),
    )


class _Reading:
    """One replication being measured."""

    def __init__(
        self,
        network: Network,
        table: DemandTable,
        outcome: Outcome,
        only: frozenset[str] | None = None,
    ) -> None:
        self.only = only  # levels that are asked for; None: all
        self.network, self.table, self.outcome = network, table, outcome
        self.start, self.end = outcome.measured_from, outcome.end
        self.years = (self.end - self.start) / YEAR
        self.static = static = _static(network.territory)
        d = outcome.demands
        teams = list(network.teams)
        team_of = np.array(
            [teams.index(p.name) if p.kind == TEAM else -1 for p in network.pools] + [-1]
        )
        hour = hour_of_week(network, np.maximum(d["reported"], 0))
        self.district = _Level("district", [""], np.zeros(len(table), dtype=np.int64))
        self.places = [
            _Level("street", static.street[0], static.street[1][table.grid]),
            _Level("point", static.points, table.point),
            _Level("category", list(network.categories), table.category),
            _Level("team", teams, team_of[outcome.team_of()]),
            _Level("channel", list(network.channels), d["channel"]),
        ]
        self.community = _Level("community", static.community[0], static.community[1][table.grid])
        self.hour = _Level("hour", [str(h) for h in range(WEEK_HOURS)], hour)
        self.levels = [self.district, *self.places, self.community, self.hour]
        self.limits = allowed(network, table, outcome)
        self.kept = promise_kept(network, table, outcome, self.limits)

    def parts(self) -> Iterator[Iterator[Row]]:
        """All measures, one kind after another."""
        for part in _PARTS:
            yield getattr(self, part)()

    def among(self, levels: Iterable[_Level]) -> Iterator[_Level]:
        """Leave out levels that nobody asks for."""
        return (level for level in levels if self.only is None or level.name in self.only)

    def workload(self) -> Iterator[Row]:
        """How busy people are."""
        return workload(self.network, self.outcome)

    # ------------------------------------------------------------------ residents

    def compliance(self) -> Iterator[Row]:
        """Share that kept each clock."""
        for name, (applies, kept) in self.kept.items():
            for level in self.among(self.levels):
                yield from _share(level, f"compliance_{name}", kept, applies)
                if level.name == "point":
                    yield from _count(level, f"n_{name}", applies)

    def demands(self) -> Iterator[Row]:
        """How many, how they came, how they ended."""
        d, t = self.outcome.demands, self.table
        reported = (d["reported"] >= self.start) & (t.source == REPORTED)
        found = (t.source != REPORTED) & (t.enters >= self.start) & (t.enters < self.end)
        closed = (d["closed"] >= self.start) & (d["satisfied"] >= 0)
        for level in self.among(self.levels[:-1]):
            yield from _count(level, "demands", (t.onset >= self.start))
            yield from _count(level, "reported", reported)
            yield from _share(level, "satisfaction", d["satisfied"] == 1, closed)
            if level.name != "channel":
                # What the desk answers at once is not a case.
                yield from _share(
                    level, "found_share", found, found | (reported & ~self.table.answered)
                )
        yield from _count(self.hour, "reported", reported)
        yield from _share(
            self.district, "found_on_visits_share", t.source == BY_VISIT, found | reported
        )
        yield from _share(self.district, "repeat_report_share", d["repeats"] > 0, reported)
        yield from _count(self.district, "open_at_end", d["state"] == OPEN)

    def orders(self) -> Iterator[Row]:
        """12345 orders, in all and by cause."""
        orders = self.outcome.orders
        counts = orders["time"] >= self.start
        demand, cause = orders["demand"][counts], orders["cause"][counts]
        # As with the clocks: only orders whose limit has run out can be judged.
        due = counts & (orders["due"] >= 0) & (orders["due"] < self.end)
        residents = self.static.residents
        by_grid = {"district": np.zeros(len(residents), dtype=np.int64)}
        by_grid |= {"street": self.static.street[1], "community": self.static.community[1]}
        by_grid["point"] = self.network.covering
        for level in self.among([self.district, *self.places[:3], self.community]):
            mine = _Level(level.name, level.keys, level.code[demand])
            yield from _count(mine, "orders", np.ones(len(demand), dtype=bool))
            if level.name in by_grid:
                people = np.bincount(by_grid[level.name], residents, len(level.keys))
                number = np.bincount(mine.code, minlength=len(level.keys))
                for key, n, of in zip(level.keys, number, people, strict=True):
                    yield level.name, key, "residents", float(of)
                    if of > 0:
                        yield level.name, key, "orders_per_1000", 1000 * n / of / self.years
        causes = np.bincount(cause, minlength=len(CAUSES))
        for name, n in zip(CAUSES, causes, strict=True):
            yield "cause", name, "orders", float(n)
            yield "cause", name, "orders_per_1000", 1000 * n / residents.sum() / self.years
        if len(demand):
            yield "district", "", "orders_repeated_share", float((cause == REPEATED).mean())
        if due.any():
            share = float((orders["overdue"][due] == 1).mean())
            yield "district", "", "orders_overdue_share", share

    def times(self) -> Iterator[Row]:
        """Times to the scene, to the solution and to the reply, by Kaplan-Meier."""
        d = self.outcome.demands
        start = d["clock_start"]
        by_order = np.array([c.via == "centre" for c in self.network.scenario.channels.values()])
        needs_visit = ~self.table.answered | by_order[np.maximum(d["channel"], 0)]
        measured = start >= self.start
        # Who has been withdrawn or turned away waits no longer.
        gone = np.where(d["state"] == WITHDRAWN, d["patience_ended"], self.end)
        gone = np.where(d["state"] == TURNED_AWAY, d["closed"], gone)
        for name, event, unit, applies in (
            ("scene_minutes", d["scene"], MINUTE, needs_visit),
            ("solve_hours", d["resolved"], HOUR, needs_visit),
            ("reply_hours", d["replied"], HOUR, np.ones(len(start), dtype=bool)),
        ):
            mine = np.flatnonzero(measured & applies)
            over = event[mine] >= 0
            lasted = np.where(over, event[mine], gone[mine]) - start[mine]
            order = order_of(lasted)
            mine, over, length = mine[order], over[order], lasted[order] / unit
            for level in self.among([self.district, *self.places[:4]]):
                yield from _survival(level, name, level.code[mine], length, over)

    # ------------------------------------------------------------------ fairness and cost

    def fairness(self) -> Iterator[Row]:
        """How evenly the first promise is kept over communities, weighted by residents."""
        applies, kept = self.kept["scene"]
        code, n = self.community.code, len(self.community.keys)
        of = np.bincount(code[applies], minlength=n)
        rate: Floats = np.bincount(code[applies & kept], minlength=n) / np.maximum(of, 1)
        people = np.bincount(self.static.community[1], self.static.residents, n)
        have = of > 0
        if have.sum() >= 2:
            yield "district", "", "gini", gini(rate[have], people[have].astype(np.float64))
            worst = np.argsort(rate[have], kind="stable")[: max(1, round(have.sum() / 10))]
            share = np.average(rate[have][worst], weights=people[have][worst])
            yield "district", "", "worst_tenth", float(share)

    def costs(self) -> Iterator[Row]:
        """Cost a year of the service; the 12345 centre and departments are not on its payroll."""
        network, plan = self.network, self.network.scenario
        active = np.unique(network.covering)
        stations = (network.territory.points["kind"].to_numpy()[active] == "point_station").sum()
        orders = int((self.outcome.orders["time"] >= self.start).sum())
        parts = cost_of_people(network, self.outcome) | {
            "cost_stations": float(stations * plan.costs.station_per_year),
            "cost_orders": orders * plan.costs.order / self.years,
        }
        for name, value in parts.items():
            yield "district", "", name, value
        yield "district", "", "cost", sum(parts.values())
        own = np.array([p.kind in (TEAM, DESK) for p in network.pools])
        on_duty = paid(network, self.start, self.end)
        yield "district", "", "staff_hours", float(on_duty[own].sum() / HOUR / self.years)

    # ------------------------------------------------------------------ weeks

    def weekly(self) -> list[tuple[int, str, str, str, float]]:
        """Orders, reports and compliance by whole week from the start of measurement."""
        weeks = (self.end - self.start) // WEEK
        rows: list[tuple[int, str, str, str, float]] = []
        if not weeks:
            return rows
        keys = [str(w) for w in range(weeks)]
        d, orders = self.outcome.demands, self.outcome.orders

        def week_of(time: Ints) -> tuple[_Level, Bools]:
            week = (time - self.start) // WEEK
            return _Level("district", keys, np.clip(week, 0, weeks - 1)), (time >= self.start) & (
                week < weeks
            )

        level, within = week_of(orders["time"])
        rows += [(int(k), "district", "", "orders", v) for _, k, _, v in _count(level, "", within)]
        for c, cause in enumerate(CAUSES):
            mine = within & (orders["cause"] == c)
            rows += [
                (int(k), "cause", cause, "orders", v) for _, k, _, v in _count(level, "", mine)
            ]
        level, within = week_of(d["reported"])
        rows += [
            (int(k), "district", "", "reported", v) for _, k, _, v in _count(level, "", within)
        ]
        level, within = week_of(d["clock_start"])
        for name, (applies, kept) in self.kept.items():
            shares = _share(level, "", kept, applies & within)
            rows += [(int(k), "district", "", f"compliance_{name}", v) for _, k, _, v in shares]
        return rows


# ---------------------------------------------------------------------- by group


def _survival(level: _Level, name: str, code: Ints, length: Floats, over: Bools) -> Iterator[Row]:
    found = kaplan_meier(length, over, grouped(code, len(level.keys)))
    columns = {"mean": found.means()}
    columns |= {quantile: found.quantiles(q) for quantile, q in QUANTILES.items()}
    for key, values in zip(level.keys, np.stack(list(columns.values()), 1).tolist(), strict=True):
        for statistic, value in zip(columns, values, strict=True):
            if not isnan(value):
                yield level.name, key, f"{name}_{statistic}", value


def _count(level: _Level, name: str, which: Bools) -> Iterator[Row]:
    _, counts = tally(level.code, len(level.keys), which, which)
    for key, n in zip(level.keys, counts.tolist(), strict=True):
        yield level.name, key, name, float(n)


def _share(level: _Level, name: str, which: Bools, of: Bools) -> Iterator[Row]:
    some, all_ = tally(level.code, len(level.keys), which, of)
    for key, a, b in zip(level.keys, some.tolist(), all_.tolist(), strict=True):
        if b:
            yield level.name, key, name, a / b

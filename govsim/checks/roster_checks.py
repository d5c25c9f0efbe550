"""What only the laid-out network shows of days: those with nobody on duty, those nobody knows.

Called by `govsim.checks.offered_load` before a run, with its other warnings.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as File
from typing import Literal

import numpy as np

from govsim.checks.staffed import kinds_met
from govsim.language import joined, tr
from govsim.scenarios import dated_rows, staffing
from govsim.scenarios.calendar import Calendar
from govsim.scenarios.findings import Finding, Path, error, listed, missing, point_kind, warning
from govsim.scenarios.schema import PointKind
from govsim.scenarios.schema.place import DayKind
from govsim.scenarios.staffing_checks import Plan
from govsim.scenarios.units import DAY
from govsim.service.dated import unknown
from govsim.service.network import CENTRE, DESK, Network, Pool

TABLE: Path = ("territory", "rosters", "table")


def days_without_people(network: Network) -> Iterator[Finding]:
    """Teams, desks and the hotline that have nobody on some kind of day of the run.

    Where a roster has nobody on any day, the checks of the scenario tell, unless the planner's
    table made it so.
    """
    met = kinds_met(network)
    found: dict[tuple[Path, str, PointKind | Literal[""], tuple[DayKind, ...]], list[int]] = {}
    every: dict[tuple[str, str], int] = {}
    rows = network.territory.roster_rows()
    kinds: list[PointKind] = network.territory.points["kind"].tolist()
    for i, roster in network.rosters.items():
        pool = network.pools[i]
        kind: PointKind | Literal[""] = kinds[pool.point] if pool.point >= 0 else ""
        every[pool.name, kind] = every.get((pool.name, kind), 0) + 1
        none = tuple(k for k in staffing.days_without(roster) if k in met)
        by_table = (pool.point, pool.name) in rows
        if none and (by_table or set(none) != set(met)):
            path = TABLE if by_table else _path(network, pool, kind)
            found.setdefault((path, pool.name, kind, none), []).append(pool.point)
    for (path, name, kind, none), points in found.items():
        when = joined([_days(k) for k in none], "、", ", ")
        if not kind:
            yield warning(path, tr("nobody is on duty on {days}", days=when))
            continue
        text = tr(
            "on {days} nobody of “{team}” is on duty at {n} of {all} {points}: {some}; if that is "
            "not meant, give them people in the roster",
            days=when,
            team=name,
            n=len(points),
            all=every[name, kind],
            points=point_kind(kind),
            some=listed(network.territory.points["point"].iloc[points].astype(str)),
        )
        yield warning(path, text)


def changes_can_hold(network: Network) -> Iterator[Finding]:
    """Dated changes name points that there are, and leave nobody without a team."""
    plan = network.scenario
    for key, change in plan.changes.items():
        for i, name, known in unknown(change.at, network.territory):
            what = tr("there is no service point “{name}”", name=name)
            yield missing(("changes", key, "at", i), name, known, what)
        if change.add < 0 and not change.at:
            n = sum(pool.name == change.team and pool.point >= 0 for pool in network.pools)
            if n > 1:
                text = tr(
                    "{n} fewer at each of {points} service points; name those that are meant in "
                    "`at`",
                    n=-change.add,
                    points=n,
                )
                yield warning(("changes", key, "add"), text)
    yield from _closed_points(network)


def _closed_points(network: Network) -> Iterator[Finding]:
    """What is not served while points are closed, told where they are closed."""
    changes, names = network.changes, network.territory.points["point"].astype(str)
    waits: dict[Path, set[int]] = {}
    lacks: dict[tuple[Path, int, str], None] = {}
    for one in changes.placed:
        path: Path = ("changes", one.key, "closed") if one.key else TABLE
        mine = np.isin(changes.covering, list(one.points or ())) if one.change.closed else None
        for spell in changes.spells if mine is not None and mine.any() else ():
            if one.dated.first <= spell.days[0] <= one.dated.last:
                waits.setdefault(path, set()).update(
                    int(p) for p in set(spell.point[mine].tolist()) & spell.shut
                )
                for p in sorted(set(spell.point[mine].tolist()) - spell.shut):
                    lacks |= dict.fromkeys((path, p, g) for g in _groups_lacking(network, p))
    for path, points in waits.items():
        if points:
            text = tr(
                "no other point serves the grids of {points} meanwhile; what is reported there "
                "waits until they open again",
                points=listed(names.iloc[sorted(points)]),
            )
            yield warning(path, text)
    for path, p, group in lacks:
        text = tr(
            "meanwhile its grids are served by {point}, where no team of the group "
            "“{group}” stands",
            point=names.iloc[p],
            group=group,
        )
        yield error(path, text)


def _groups_lacking(network: Network, point: int) -> list[str]:
    """Groups that are needed and have no team at a point."""
    used = Plan(network.scenario, File()).used_groups
    groups = enumerate(network.groups)
    return [name for g, name in groups if name in used and not network.candidates[point, g]]


def rows_say_one_number(network: Network) -> Iterator[Finding]:
    """No two rows of the planner's table are for the same people and days, however they are named.

    The table's reader tells of those that are written alike.
    """
    for line in dated_rows.twice(network.territory.rosters):
        text = tr(
            "line {line} of the table: this point, team, shift and kind of day has a number "
            "already",
            line=line,
        )
        yield error(TABLE, text)


def unknown_holidays(network: Network) -> Iterator[Finding]:
    """Years of the run whose official holidays no list holds."""
    plan = network.scenario  # the network's own calendar goes on beyond the horizon
    for note in Calendar.of(plan.calendar, plan.start, -(-network.end // DAY)).notes:
        yield warning(("calendar", "holidays"), note)


def _path(network: Network, pool: Pool, kind: PointKind | Literal[""]) -> Path:
    """Where the roster of a pool is written in the scenario."""
    if pool.kind == CENTRE:
        return ("centre", "roster")
    if pool.kind == DESK:
        return ("desk", "rosters", kind)
    assert kind
    return staffing.where_written(network.scenario, pool.name, kind)


def _days(kind: DayKind) -> str:
    """Name a kind of day in the plural."""
    return {"workday": tr("working days"), "weekend": tr("weekends"), "holiday": tr("holidays")}[
        kind
    ]

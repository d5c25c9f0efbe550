"""Whose number holds where: which entries of rosters and rows of a table put people on duty.

Every team and desk that stands somewhere has a number for each shift and kind of day. It comes
from the roster of the scenario, from that of its kind of point, or from a row of the planner's
table. What gave no number anywhere was written in vain; `govsim.checks.unused` tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from govsim.language import tr
from govsim.scenarios import dated_rows, staffing
from govsim.scenarios.documents import Key
from govsim.scenarios.findings import point_kind
from govsim.scenarios.merging import dotted
from govsim.scenarios.schema import PointKind, Roster
from govsim.scenarios.schema.place import DayKind
from govsim.scenarios.staffing import Row
from govsim.scenarios.units import DAY
from govsim.service.network import DESK, TEAM, Network

Path = tuple[Key, ...]


class Off(NamedTuple):
    """What keeps an input from having any effect.

    Attributes
    ----------
    why : a sentence, in the planner's language.
    by : the input that wins; empty where it isn't one.
    """

    why: str
    by: Path = ()


def kinds_met(network: Network) -> tuple[DayKind, ...]:
    """Kinds of day that the run has."""
    days = network.calendar.kind_of_day[: -(-network.end // DAY)]
    return tuple(kind for i, kind in enumerate(staffing.DAY_KINDS) if (days == i).any())


class Staffed:
    """The numbers on duty of a laid-out service, with where each was written."""

    def __init__(self, network: Network) -> None:
        self.network, self.plan = network, network.scenario
        self.kind: list[PointKind] = network.territory.points["kind"].tolist()
        self.rows = network.territory.roster_rows()
        self.active = frozenset(network.changes.active())
        self.kinds = frozenset(self.kind[p] for p in self.active)
        self.days = kinds_met(network)
        self.kind_of_day = network.calendar.kind_of_day[: -(-network.end // DAY)]

    @cached_property
    def _holds(self) -> tuple[frozenset[Path], frozenset[int], dict[Path, Off]]:
        """Entries, and lines of the table, that hold somewhere; and who wins over the others."""
        used: set[Path] = set()
        lines: set[int] = set()
        instead: dict[Path, Off] = {}
        for i in self.network.rosters:
            pool = self.network.pools[i]
            if pool.point < 0:
                continue
            kind = self.kind[pool.point]
            where = self._where(pool.kind, pool.name, kind)
            rows = self.rows.get((pool.point, pool.name), ())
            base = self._written(pool.kind, pool.name, kind)
            for shift, head in base.items():
                for day in staffing.DAY_KINDS:
                    entry: Path = (*where, shift, *((day,) if isinstance(head, dict) else ()))
                    row = _last(rows, shift, day)
                    if row is not None:
                        instead.setdefault(entry, self._by_row(row))
                    elif day in self.days:
                        used.add(entry)
            for row in rows:
                if any(_last(rows, row.shift, day) == row for day in self.days):
                    lines.add(row.line)
            lines.update(self._dated(pool.point, pool.name).values())
        return frozenset(used), frozenset(lines), instead

    def _dated(self, point: int, team: str) -> dict[tuple[str, int], int]:
        return self.network.changes.holding(point, team, self.kind_of_day)

    def _where(self, kind_of_pool: int, name: str, kind: PointKind) -> Path:
        if kind_of_pool == DESK:
            return ("desk", "rosters", kind)
        return staffing.where_written(self.plan, name, kind)

    def _written(self, kind_of_pool: int, name: str, kind: PointKind) -> Roster:
        if kind_of_pool == DESK:
            return self.plan.desk.rosters.get(kind, {})
        assert kind_of_pool == TEAM
        return staffing.written(self.plan, name, kind) or {}

    def _by_row(self, row: Row) -> Off:
        text = tr("line {line} of the table of rosters holds instead", line=row.line)
        return Off(text, ("territory", "rosters", "table"))

    def entry(self, path: Path) -> Off | None:
        """Say why an entry of a roster holds nowhere; None where it does."""
        used, _, instead = self._holds
        if any(one[: len(path)] == path for one in used):
            return None
        if path in instead:
            return instead[path]
        if path[0] == "desk":
            return self.no_points((path[2],))
        team = self.plan.teams[str(path[1])]
        if path[2] == "roster_at":
            return self.no_points((path[3],) if path[3] in team.at else ())
        here = [kind for kind in team.at if kind in self.kinds]
        own = [kind for kind in here if kind in team.roster_at]
        if here and len(own) == len(here):
            by: Path = ("teams", path[1], "roster_at", own[0])
            return Off(tr("{winner} holds instead", winner=dotted(by)), by)
        if not here:
            return self.no_points(team.at)
        return Off(tr("the run has no such day"))

    def no_points(self, kinds: tuple[Key, ...]) -> Off:
        """Say that no point of these kinds serves a grid; of none, that nobody stands there."""
        if not kinds:
            return Off(tr("this team does not stand there"))
        for kind in kinds:
            if kind in self.kinds:
                return Off(tr("the run has no such day"))
        names = ", ".join(point_kind(str(kind)) for kind in kinds)
        return Off(tr("no grid is served by {points}", points=names))

    def rows_in_vain(self) -> Iterator[tuple[int, str]]:
        """Give the lines of the table's rows that hold nowhere, each with why."""
        _, held, _ = self._holds
        table = self.network.territory.rosters
        yield from self._dated_in_vain(held)
        row: Any
        for row in table[~dated_rows.dated(table)].itertuples():
            line = int(row.line)
            if line in held:
                continue
            here = [
                (p, rows)
                for (p, team), rows in self.rows.items()
                if team == row.team and any(one.line == line for one in rows)
            ]
            open_ = [(p, rows) for p, rows in here if p in self.active]
            if not open_:
                yield line, tr("no grid is served by “{point}”", point=row.point)
            elif row.team == staffing.DESK and not self.plan.desk.enabled:
                yield line, tr("{input} is {value}", input="desk.enabled", value="false")
            elif row.day_kind and row.day_kind not in self.days:
                yield line, tr("the run has no such day")
            else:
                winner = _last(open_[0][1], str(row.shift), str(row.day_kind) or self.days[0])
                assert winner is not None
                yield line, self._by_row(winner).why

    def _dated_in_vain(self, held: frozenset[int]) -> Iterator[tuple[int, str]]:
        """Give the lines that hold from a day to a day and change nothing, each with why."""
        for one in self.network.changes.placed:
            if not one.line or one.line in held:
                continue
            team = str(one.change.team)
            open_ = sorted((one.points or frozenset()) & self.active)
            first, last = max(one.dated.first, 0), min(one.dated.last, len(self.kind_of_day) - 1)
            winners = {
                line
                for point in open_
                for (shift, day), line in self._dated(point, team).items()
                if shift in one.change.roster and first <= day <= last
            }
            if not open_:
                yield one.line, tr("no grid is served by “{point}”", point=one.change.at[0])
            elif team == staffing.DESK and not self.plan.desk.enabled:
                yield one.line, tr("{input} is {value}", input="desk.enabled", value="false")
            elif winners:
                text = tr("line {line} of the table of rosters holds instead", line=max(winners))
                yield one.line, text
            else:
                yield one.line, tr("the run has no such day")


def _last(rows: tuple[Row, ...], shift: str, day: str) -> Row | None:
    """The row that gives the number of a shift on a kind of day, if one does."""
    mine = [row for row in rows if row.shift == shift and row.day_kind in ("", day)]
    return mine[-1] if mine else None

"""The service as a network of people with queues: a scenario in numbers, drawn once.

`build` turns a `Scenario` and its `Territory` into a `Network`: which point serves which
grid, which teams stand where, who is on duty when. `govsim.demand` reads it for what
residents meet, both engines for everything else. Nothing here is random.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios import staffing
from govsim.scenarios.calendar import Calendar, WorkingClock
from govsim.scenarios.kept_territory import laid_out
from govsim.scenarios.names import rosters_in_keys
from govsim.scenarios.quantities import DAY, Span
from govsim.scenarios.schema import PointKind, Roster, Scenario
from govsim.scenarios.territory import Territory
from govsim.service.dated import Changes
from govsim.service.patrols import Rounds, patrols
from govsim.service.rosters import (
    Dated,
    Days,
    Duty,
    FreeTime,
    Timeline,
    constant,
    timeline,
)

Ints = NDArray[np.int64]

TEAM, DESK, CENTRE, DEPARTMENT = range(4)
"""Kinds of pool."""

NO_LIMIT = 2**31
"""Crews of a department without a limit; room of a queue without one."""

Rosters = Mapping[tuple[int, str], Roster]
"""Numbers by shift, by row of the territory's points and team or ``desk``."""

Lines = dict[Any, Timeline]
"""Timelines by all that they are laid out from."""

PADDING_DAYS = 150
"""Days after the horizon that calendars know, so that limits can be counted past it."""


@dataclass(frozen=True)
class Pool:
    """People of one kind at one place, with a queue before them.

    Attributes
    ----------
    kind : `TEAM`, `DESK`, `CENTRE` or `DEPARTMENT`.
    name : team or department in the scenario; ``desk``; ``centre``.
    point : index of its service point; -1 for the centre and departments.
    timeline : index into `Network.timelines`.
    room : jobs that may wait.
    """

    kind: int
    name: str
    point: int
    timeline: int
    room: int = NO_LIMIT


@dataclass(frozen=True, eq=False)
class Network:
    """All that does not depend on chance. Indices run over the scenario's own order."""

    scenario: Scenario
    territory: Territory
    calendar: Calendar
    end: int
    """Horizon, ms."""

    categories: tuple[str, ...]
    channels: tuple[str, ...]
    groups: tuple[str, ...]
    teams: tuple[str, ...]
    departments: tuple[str, ...]

    covering: Ints
    """int64[grids]: the point that serves each grid."""
    has_station: NDArray[np.bool_]
    """bool[grids]: whether that is a point station."""
    changes: Changes
    """What holds on some days only, and who serves the grids of closed stations then."""
    rounds: Rounds

    pools: tuple[Pool, ...]
    rosters: dict[int, Roster]
    """Numbers by shift of each pool that has a roster, the planner's table included."""
    timelines: tuple[Timeline, ...]
    desk_of: dict[int, int]
    """Desk pool of each active point; empty where desks take no time."""
    centre: int
    """Pool of the 12345 centre, or -1."""
    department_pool: dict[str, int]
    candidates: dict[tuple[int, int], tuple[int, ...]]
    """(point, group) -> team pools in the group's order."""
    neighbours: dict[int, tuple[int, ...]]
    """Point station -> stations within reach of help, nearest first."""
    helper_timeline: int
    """Timeline of helpers on call in a street, or -1."""
    area_of_meeting: Ints
    """int64[points]: the joint meeting that a point's cases go to."""
    sittings: Ints
    """int64[m]: when joint meetings sit, ms."""
    streets: tuple[str, ...]
    street_of: Ints
    """int64[points]: index into `streets`."""
    clock: WorkingClock
    """Working time of the district, for limits in working hours and days."""
    day_length: int
    """A working day, ms."""
    department_clocks: dict[str, WorkingClock] = field(default_factory=dict)
    department_days: dict[str, int] = field(default_factory=dict)

    def span(self, span: Span) -> tuple[int, bool]:
        """Give a limit as (ms, whether they are ms of working time)."""
        return working_ms(span.amount, span.unit, self.day_length)

    def solve_limits(self) -> list[tuple[int, bool]]:
        """Give the limit of clock 2 of each category, as `span` does."""
        usual = self.scenario.promises.solve
        return [self.span(c.solve or usual) for c in self.scenario.demand.categories.values()]

    def pool_names(self) -> list[str]:
        """Name each pool for tables: point and team."""
        points = self.territory.points["point"].tolist()
        return [f"{points[p.point]}/{p.name}" if p.point >= 0 else p.name for p in self.pools]


def working_ms(amount: float, unit: str, day_length: int) -> tuple[int, bool]:
    """Convert an amount of a `Span` to (ms, whether they are ms of working time)."""
    if unit == "calendar":
        return round(amount), False
    return round(amount * (day_length if unit == "working days" else 3_600_000)), True


def length_of(windows: Sequence[tuple[int, int]]) -> int:
    """Length of a day's windows, ms."""
    return sum(end - start for start, end in windows)


def build(scenario: Scenario, folder: Path | None = None) -> Network:
    """Lay out the service.

    Parameters
    ----------
    scenario : what to simulate.
    folder : where its relative table paths start; tables named by the loader are absolute.

    Raises
    ------
    InputError
        When a table that the scenario names can't be used.
    """
    return lay_out(scenario, laid_out(scenario.territory, folder or Path()))


def lay_out(
    scenario: Scenario,
    territory: Territory,
    like: Network | None = None,
    lines: Lines | None = None,
) -> Network:
    """Lay out the service in a territory that was built from the scenario's section.

    Parameters
    ----------
    like : of another scenario in the same territory; what both have alike is taken from it.
    lines : steps of rosters that were laid out before with the same dates; new ones are entered.
    """
    if like is not None and _alike(like.scenario, scenario):
        points = dict.fromkeys(point for point, _ in like.candidates)
        own = _candidates(scenario, like.pools, points)
        return replace(like, scenario=scenario, candidates=own)
    if len(rows := territory.rosters):
        called = rosters_in_keys(rows, scenario.teams, scenario.calendar.shifts)
        if not called.equals(rows):
            territory = replace(territory, rosters=called)
    return _Builder(scenario, territory, lines=lines).network()


def _alike(one: Scenario, other: Scenario) -> bool:
    """Whether two scenarios differ in nothing but who is asked first, and what demands meet."""
    mine = {name: getattr(other, name) for name in ("channels", "groups", "policies", "travel")}
    mine |= {"teams": other.teams, "evidence": other.evidence}
    return (
        one.model_copy(update=mine) == other
        and all(list(getattr(one, x)) == list(getattr(other, x)) for x in ("channels", "groups"))
        and list(one.teams) == list(other.teams)
        and one.policies.neighbours_within == other.policies.neighbours_within
        and all(
            team.model_copy(update={"mode": other.teams[name].mode}) == other.teams[name]
            for name, team in one.teams.items()
        )
    )


def _candidates(
    scenario: Scenario, pools: Sequence[Pool], points: Iterable[int]
) -> dict[tuple[int, int], tuple[int, ...]]:
    """Say who may go from each point, by group, in the group's order."""
    at = {(pool.point, pool.name): i for i, pool in enumerate(pools) if pool.kind == TEAM}
    return {
        (point, g): tuple(at[point, t] for t in group.teams if (point, t) in at)
        for point in points
        for g, group in enumerate(scenario.groups.values())
    }


def with_rosters(network: Network, rosters: Rosters, lines: Lines | None = None) -> Network:
    """Give the network with other rosters at some points; all else is taken as it is.

    Parameters
    ----------
    network : as it was laid out.
    rosters : by row of the territory's points, and team or ``desk``: numbers by shift, in place of
        all that the plan says there.
    lines : steps of rosters that were laid out of this network before; new ones are entered.
    """
    builder = _Builder(network.scenario, network.territory, network, rosters, lines)
    return replace(network, **builder.staffed())


class _Builder:
    """Collects pools and timelines while a network is laid out, or laid out with other rosters."""

    def __init__(
        self,
        scenario: Scenario,
        territory: Territory,
        like: Network | None = None,
        instead: Rosters | None = None,
        lines: Lines | None = None,
    ) -> None:
        self.scenario, self.territory = scenario, territory
        self.days = ceil(scenario.horizon / DAY)
        self.pools: list[Pool] = []
        self.timelines: list[Timeline] = []
        self.known: dict[Any, int] = {}
        self.lines: Lines = {} if lines is None else lines
        if like is None:
            grids = territory.grids
            self.calendar = Calendar.of(scenario.calendar, scenario.start, self.days + PADDING_DAYS)
            station = grids["station"].to_numpy(np.int64)
            fallback = grids["fallback"].to_numpy(np.int64)
            use = (station >= 0) & scenario.territory.point_stations.enabled
            self.covering = np.where(use, station, fallback)
            self.has_station = use
            self.changes = Changes.of(scenario, territory, self.calendar, self.covering)
        else:
            self.calendar, self.covering = like.calendar, like.covering
            self.has_station, self.changes = like.has_station, like.changes
        self.kinds = self.calendar.with_eve_kinds[: self.days + 1]
        self.active = self.changes.active()
        self.kind_of_point: list[PointKind] = territory.points["kind"].tolist()
        self.ids: list[str] = territory.points["point"].tolist()
        self.instead: Rosters | None = None
        if like is None:
            self.rows = territory.roster_rows()
        else:
            own = {(like.pools[i].point, like.pools[i].name): r for i, r in like.rosters.items()}
            self.instead = own | dict(instead or {})
        self.rosters: dict[int, Roster] = {}

    def staffed(self) -> dict[str, Any]:
        """Lay out people and queues: the fields of the network that rosters reach into."""
        s = self.scenario
        teams = list(s.teams)
        duties, rounds = patrols(
            s, self.territory, self.changes, self.kinds, lambda p: self._roster(p, s.patrol.team)
        )
        for point in self.active:
            for name in teams:
                roster = self._roster(point, name)
                if roster is None and self.changes.brings(point, name):
                    roster = {}
                if roster is not None:
                    own = duties.get(point, ()) if name == s.patrol.team else ()
                    self._team(point, name, roster, own)
        desk_of = {}
        if s.desk.enabled:
            for point in self.active:
                roster = s.desk.rosters.get(self.kind_of_point[point])
                roster = self._as_planned(roster, point, staffing.DESK)
                if roster is not None:
                    line = self._timeline(
                        roster,
                        changes=self.changes.at(point, staffing.DESK),
                        called=self.changes.called(point),
                    )
                    desk_of[point] = self._pool(DESK, "desk", point, line, roster=roster)
        centre = -1
        if s.centre.enabled:
            line = self._timeline(s.centre.roster, changes=self.changes.at(-1, "centre"))
            centre = self._pool(CENTRE, "centre", -1, line, roster=s.centre.roster)
        department_pool = {
            name: self._pool(
                DEPARTMENT,
                name,
                -1,
                self._remember(("crews", d.crews), constant(d.crews or NO_LIMIT)),
            )
            for name, d in s.departments.items()
        }
        helper_timeline = -1
        if s.helpers.enabled and s.helpers.pool:
            helper_timeline = self._timeline(
                {"on call": s.helpers.pool}, {"on call": s.helpers.hours}
            )
        return {
            "rounds": rounds,
            "pools": tuple(self.pools),
            "rosters": self.rosters,
            "timelines": tuple(self.timelines),
            "desk_of": desk_of,
            "centre": centre,
            "department_pool": department_pool,
            "candidates": _candidates(s, self.pools, self.active),
            "helper_timeline": helper_timeline,
        }

    def network(self) -> Network:
        s = self.scenario
        streets = tuple(dict.fromkeys(self.territory.points["street"]))
        street_of = np.array([streets.index(x) for x in self.territory.points["street"]], np.int64)
        return Network(
            scenario=s,
            territory=self.territory,
            calendar=self.calendar,
            end=s.horizon,
            categories=tuple(s.demand.categories),
            channels=tuple(s.channels),
            groups=tuple(s.groups),
            teams=tuple(s.teams),
            departments=tuple(s.departments),
            covering=self.covering,
            has_station=self.has_station,
            changes=self.changes,
            **self.staffed(),
            neighbours=self._neighbours(),
            area_of_meeting=self._meeting_areas(),
            sittings=self._sittings(),
            streets=streets,
            street_of=street_of,
            clock=self._clock(s.calendar.working_hours, "workdays"),
            day_length=length_of(s.calendar.working_hours),
            department_clocks={n: self._clock(d.hours, d.days) for n, d in s.departments.items()},
            department_days={n: length_of(d.hours) for n, d in s.departments.items()},
        )

    def _clock(self, hours: Sequence[tuple[int, int]], days: Any) -> WorkingClock:
        return WorkingClock(*self.calendar.intervals(tuple(hours), days))

    def _pool(
        self,
        kind: int,
        name: str,
        point: int,
        line: int,
        room: int = NO_LIMIT,
        roster: Roster | None = None,
    ) -> int:
        if roster is not None:
            self.rosters[len(self.pools)] = roster
        self.pools.append(Pool(kind, name, point, line, room))
        return len(self.pools) - 1

    def _remember(self, key: Any, line: Timeline) -> int:
        """Keep one copy of each distinct timeline."""
        if key not in self.known:
            self.known[key] = len(self.timelines)
            self.timelines.append(line)
        return self.known[key]

    def _timeline(
        self,
        roster: Roster,
        shifts: dict[str, Any] | None = None,
        free: FreeTime | None = None,
        duties: Sequence[Duty] = (),
        keep: bool = False,
        changes: Sequence[Dated] = (),
        called: Sequence[Days] | None = None,
    ) -> int:
        shifts = shifts or self.scenario.calendar.shifts
        what = tuple((d.start, d.end, d.members, int(d.days.sum())) for d in duties)
        key = (repr(roster), repr(shifts), repr(free), what, keep, repr(changes), repr(called))
        if key in self.known:
            return self.known[key]
        if key not in self.lines:
            self.lines[key] = timeline(
                roster, shifts, self.kinds, free, duties, keep, changes, called
            )
        return self._remember(key, self.lines[key])

    def _roster(self, point: int, team: str) -> Roster | None:
        """Roster of a team at a point."""
        written = staffing.written(self.scenario, team, self.kind_of_point[point])
        return self._as_planned(written, point, team)

    def _as_planned(self, written: Roster | None, point: int, team: str) -> Roster | None:
        """Roster that holds: the one given in its place, or as it is with the table's rows."""
        if self.instead is not None:
            return self.instead.get((point, team))
        rows = self.rows.get((point, team))
        return staffing.with_rows(written, rows) if rows else written

    def _team(self, point: int, name: str, roster: Roster, duties: Sequence[Duty]) -> None:
        team = self.scenario.teams[name]
        keep = team.end_of_shift != "finish"
        changes = self.changes.at(point, name)
        # Each has its own turn, whoever else is there: plans with the same people are alike in it.
        turn = crc32(f"{self.ids[point]} {name}".encode()) / 2**32
        own = FreeTime(team.free_for_calls, dict(team.free_in_shift), team.free_cycle, turn)
        free = None if own.always(self.scenario.calendar.shifts) else own
        line = self._timeline(roster, None, free, duties, keep, changes, self.changes.called(point))
        room = NO_LIMIT if team.waiting_room is None else team.waiting_room
        self._pool(TEAM, name, point, line, room, roster)

    def _neighbours(self) -> dict[int, tuple[int, ...]]:
        within = self.scenario.policies.neighbours_within
        stations = [p for p in self.active if self.kind_of_point[p] == "point_station"]
        if within is None:
            return {}
        points = self.territory.points
        x, y = points["x"].to_numpy(), points["y"].to_numpy()
        found = {}
        for p in stations:
            far = [(float(np.hypot(x[q] - x[p], y[q] - y[p])), q) for q in stations if q != p]
            found[p] = tuple(q for d, q in sorted(far) if d <= within)
        return found

    def _meeting_areas(self) -> Ints:
        level = self.scenario.joint_meeting.level
        points = self.territory.points
        if level == "district":
            return np.zeros(len(points), dtype=np.int64)
        names = points["street"] + (("/" + points["community"]) if level == "community" else "")
        known = {name: i for i, name in enumerate(dict.fromkeys(names))}
        return np.array([known[name] for name in names], dtype=np.int64)

    def _sittings(self) -> Ints:
        meeting = self.scenario.joint_meeting
        days = np.flatnonzero(
            np.isin(self.calendar.weekday, list(meeting.days)) & (self.calendar.kind_of_day != 2)
        )
        return days.astype(np.int64) * DAY + meeting.at

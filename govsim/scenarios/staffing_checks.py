"""Checks of who answers: groups, teams, rosters, patrol, desks, helpers, the hotline.

One function a check; `CHECKS` lists them for `govsim.scenarios.checks`. They see the
scenario, not the laid-out network: what depends on where points stand is in
`govsim.checks.offered_load`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from pathlib import Path

from govsim.language import tr
from govsim.scenarios import dated_rows, staffing, tables
from govsim.scenarios.findings import (
    Finding,
    error,
    in_words,
    listed,
    missing,
    point_kind,
    warning,
)
from govsim.scenarios.findings import Path as Where
from govsim.scenarios.names import near_chinese, rosters_in_keys
from govsim.scenarios.schema import PointKind, Roster, Scenario, Team
from govsim.scenarios.units import DAY, nearest
from govsim.scenarios.week import write_hours

Windows = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Plan:
    """A scenario under check.

    Attributes
    ----------
    scenario : what is checked.
    folder : where its relative table paths start.
    """

    scenario: Scenario
    folder: Path

    @cached_property
    def kinds(self) -> tuple[PointKind, ...]:
        """Kinds of service point that certainly serve grids."""
        t = self.scenario.territory
        stations = t.point_stations
        found: list[PointKind] = []
        if stations.enabled and (stations.count or stations.table):
            found.append("point_station")
        if t.workstations.count or t.workstations.table:
            found.append("workstation")
        if t.offices:
            found.append("community_office")
        return tuple(found)

    @property
    def may_have_stations(self) -> bool:
        """Whether point stations serve grids, or a table of grids may name some."""
        t = self.scenario.territory
        return "point_station" in self.kinds or (
            t.point_stations.enabled and t.grids.table is not None
        )

    @cached_property
    def used_groups(self) -> frozenset[str]:
        """Groups that own a category, or that others hand work on to."""
        s = self.scenario
        found: set[str] = set()
        ahead = [c.group for c in s.demand.categories.values()]
        while ahead:
            group = ahead.pop()
            if group in s.groups and group not in found:
                found.add(group)
                ahead += [to for to, share in s.groups[group].handover.items() if share > 0]
        return frozenset(found)

    @cached_property
    def own_rosters(self) -> tables.Reading | None:
        """The planner's table of rosters; None if there is none."""
        table = self.scenario.territory.rosters
        if table is None:
            return None
        read, s = tables.read_table(self.folder / table.table, tables.ROSTERS), self.scenario
        if read.problems:
            return read
        frame = dated_rows.with_columns(read.frame)
        frame = rosters_in_keys(frame, s.teams, s.calendar.shifts)
        return read._replace(frame=frame)

    def has_own_roster(self, team: str) -> bool:
        """Whether the planner's table has numbers for a team, which the scenario can't tell."""
        read = self.own_rosters
        if read is None:
            return False
        always = read.frame[~dated_rows.dated(read.frame)]
        return bool((always["team"] == team).any())

    def roster(self, team: str, kind: PointKind) -> Roster | None:
        """Roster of a team at a kind of point; None if it doesn't stand there."""
        return staffing.written(self.scenario, team, kind)

    def roster_path(self, team: str, kind: PointKind) -> Where:
        """Where that roster is written."""
        return staffing.where_written(self.scenario, team, kind)

    def on_duty(self, roster: Roster) -> list[tuple[int, int]]:
        """Windows in which somebody is on duty on some day, ms within a day."""
        shifts = self.scenario.calendar.shifts
        return [w for shift in roster if most_of(roster, shift) for w in shifts.get(shift, ())]


def most_of(roster: Roster, shift: str) -> int:
    """Largest number that a roster has for a shift."""
    head = roster.get(shift, 0)
    return max(head.values(), default=0) if isinstance(head, dict) else head


def most_free(roster: Roster, team: Team) -> int:
    """Largest number free for demands at a time; `govsim.service.rosters` makes whole people so."""
    numbers = [
        ceil(round(most_of(roster, shift) * team.free_in_shift.get(shift, team.free_for_calls), 9))
        for shift in roster
    ]
    return max(numbers, default=0)


# ---------------------------------------------------------------- groups


def groups_are_used_and_name_teams(plan: Plan) -> Iterator[Finding]:
    """Teams and crews of groups exist; every group has work."""
    s = plan.scenario
    for key, group in s.groups.items():
        here: Where = ("groups", key)
        if key not in plan.used_groups:
            yield warning(here, tr("no category belongs to this group, so it has no work"))
        for i, team in enumerate(group.teams):
            if team not in s.teams:
                what = tr("there is no team “{found}”", found=team)
                yield missing((*here, "teams", i), team, s.teams, what)
            elif team in group.teams[:i]:
                yield error(
                    (*here, "teams", i), tr("the team “{found}” is named twice", found=team)
                )
        crews = {"": group.crew} if isinstance(group.crew, int) else group.crew
        for team, size in crews.items():
            there = (*here, "crew", team) if team else (*here, "crew")
            if team and team not in group.teams:
                what = tr("“{found}” is not among the teams of this group", found=team)
                yield missing(there, team, group.teams, what)
            if size < 1:
                yield error(there, tr("a crew of {found} is too small: at least 1", found=size))


def work_that_is_handed_on_ends(plan: Plan) -> Iterator[Finding]:
    """Work is handed on to groups that exist, and leaves them at last."""
    groups = plan.scenario.groups
    sound = True
    for key, group in groups.items():
        here: Where = ("groups", key, "handover")
        for to in group.handover:
            if to not in groups:
                sound = False
                what = tr("there is no group “{found}”", found=to)
                yield missing((*here, to), to, groups, what)
        total = sum(group.handover.values())
        if total > 1 + 1e-9:
            sound = False
            text = tr(
                "the shares add up to {found}; they may be 1 in all at most", found=f"{total:g}"
            )
            yield error(here, text)
    if not sound:
        return
    ends = {key for key, group in groups.items() if sum(group.handover.values()) < 1 - 1e-9}
    grown = True
    while grown:
        more = {
            key
            for key, group in groups.items()
            if any(share > 0 and to in ends for to, share in group.handover.items())
        }
        grown = not more <= ends
        ends |= more
    for key in groups:
        if key not in ends:
            text = tr("all work of this group is handed on for ever, and never ends")
            yield error(("groups", key, "handover"), text)


def each_point_has_a_team_for_each_group(plan: Plan) -> Iterator[Finding]:
    """Wherever grids are served, somebody may take each demand."""
    s = plan.scenario
    for key in s.groups:
        teams = [t for t in s.groups[key].teams if t in s.teams]
        if key not in plan.used_groups or any(map(plan.has_own_roster, teams)):
            continue
        for kind in plan.kinds:
            if not any(kind in s.teams[t].at for t in teams):
                there = [t for t, team in s.teams.items() if kind in team.at]
                yield error(
                    ("groups", key, "teams"),
                    tr(
                        "none of its teams stands at {points}, whose grids nobody would then "
                        "serve; teams there: {teams}",
                        points=point_kind(kind),
                        teams=listed(there),
                    ),
                )


def crews_can_be_made_up(plan: Plan) -> Iterator[Finding]:
    """No job takes more members than a team ever has."""
    s = plan.scenario
    helpers = s.helpers.pool if s.helpers.enabled and s.helpers.hours else 0
    for key in s.groups:
        group = s.groups[key]
        teams = [t for t in group.teams if t in s.teams]
        if key not in plan.used_groups or any(map(plan.has_own_roster, teams)):
            continue
        for kind in plan.kinds:
            here = [t for t in teams if kind in s.teams[t].at]
            sizes = {
                t: group.crew if isinstance(group.crew, int) else group.crew.get(t, 1) for t in here
            }
            most = {t: most_free(plan.roster(t, kind) or {}, s.teams[t]) + helpers for t in here}
            never = [t for t in here if sizes[t] > most[t] > helpers]
            for team in never:
                path: Where = ("groups", key, "crew")
                path = path if isinstance(group.crew, int) else (*path, team)
                text = tr(
                    "a crew of {size} is more than the {most} of {team} who are ever free at "
                    "{points}, helpers included",
                    size=sizes[team],
                    most=most[team],
                    team=team,
                    points=point_kind(kind),
                )
                yield error(path, text) if never == here else warning(path, text)


# ---------------------------------------------------------------- teams


def teams_can_be_dispatched(plan: Plan) -> Iterator[Finding]:
    """Every team has something to do, and a way to get there."""
    s = plan.scenario
    named = {team for group in s.groups.values() for team in group.teams}
    speeds = s.travel.speeds
    for key, team in s.teams.items():
        here: Where = ("teams", key)
        if key not in named and not (s.patrol.enabled and s.patrol.team == key):
            near = nearest(key, named - s.teams.keys())
            text = tr("no working group names this team, so nobody can dispatch it")
            yield error(here, text, near)
        if s.travel.enabled and team.mode not in speeds:
            what = tr("there is no speed for “{found}” in travel.speeds", found=team.mode)
            yield missing((*here, "mode"), team.mode, speeds, what)
        elif s.travel.enabled and speeds[team.mode] <= 0:
            path: Where = ("travel", "speeds", team.mode)
            yield error(path, tr("a speed of 0 never arrives; it must be above 0"))
        for category, factor in team.speed.items():
            if category not in s.demand.categories:
                what = tr("there is no category “{found}”", found=category)
                yield missing((*here, "speed", category), category, s.demand.categories, what)
            if factor <= 0:
                text = tr("work at speed 0 never ends; it must be above 0")
                yield error((*here, "speed", category), text)


def rosters_name_shifts(plan: Plan) -> Iterator[Finding]:
    """Rosters name shifts of the calendar, with numbers that people can have."""
    s = plan.scenario
    rosters: list[tuple[Where, Roster]] = []
    for key, team in s.teams.items():
        rosters.append((("teams", key, "roster"), team.roster))
        rosters += [(("teams", key, "roster_at", k), r) for k, r in team.roster_at.items()]
    rosters += [(("desk", "rosters", k), r) for k, r in s.desk.rosters.items() if s.desk.enabled]
    if s.centre.enabled:
        rosters.append((("centre", "roster"), s.centre.roster))
    rosters += [(("changes", key, "roster"), change.roster) for key, change in s.changes.items()]
    for path, roster in rosters:
        for shift, head in roster.items():
            if shift not in s.calendar.shifts:
                what = tr("there is no shift “{found}” in calendar.shifts", found=shift)
                yield missing((*path, shift), shift, s.calendar.shifts, what)
            numbers = head if isinstance(head, dict) else {"": head}
            for day, number in numbers.items():
                if number < 0:
                    there = (*path, shift, day) if day else (*path, shift)
                    text = tr("{found} people is negative; 0 or more are allowed", found=number)
                    yield error(there, text)


def rosters_cover_some_hour(plan: Plan) -> Iterator[Finding]:
    """Whoever demands wait for is on duty at some hour."""
    s = plan.scenario
    nobody = tr("this roster covers no hour: nobody would ever be on duty")
    told: set[Where] = set()
    for key in s.groups:
        if key not in plan.used_groups:
            continue
        for kind in plan.kinds:
            here = [t for t in s.groups[key].teams if t in s.teams and kind in s.teams[t].at]
            empty = [t for t in here if not plan.on_duty(plan.roster(t, kind) or {})]
            for team in empty:
                path = plan.roster_path(team, kind)
                if path in told or plan.has_own_roster(team):
                    continue
                waits = team == here[0] and s.policies.queue == "separate"
                if waits or len(empty) == len(here):
                    told.add(path)
                    text = tr(
                        "this roster covers no hour, but demands of group “{group}” would wait "
                        "for this team at {points}; give it people in some shift ({shifts}), or "
                        "take it out of the group",
                        group=key,
                        points=point_kind(kind),
                        shifts=listed(s.calendar.shifts),
                    )
                    yield error(path, text)
    for team in s.teams:
        for kind in plan.kinds:
            roster, path = plan.roster(team, kind), plan.roster_path(team, kind)
            if roster is not None and not plan.on_duty(roster) and path not in told:
                told.add(path)
                if not plan.has_own_roster(team):
                    yield warning(path, nobody)
    if s.centre.enabled and not plan.on_duty(s.centre.roster):
        yield error(("centre", "roster"), nobody)


def desks_are_staffed(plan: Plan) -> Iterator[Finding]:
    """Reception desks have people where there are points."""
    s = plan.scenario
    if not s.desk.enabled or plan.has_own_roster("desk"):
        return
    for kind in plan.kinds:
        roster = s.desk.rosters.get(kind)
        if roster is None:
            text = tr(
                "{points} have no desk here: intake and replies take no time there",
                points=point_kind(kind),
            )
            yield warning(("desk", "rosters"), text)
        elif not plan.on_duty(roster):
            text = tr("this roster covers no hour: nobody would ever be at the desk")
            yield error(("desk", "rosters", kind), text)


def helpers_are_on_call(plan: Plan) -> Iterator[Finding]:
    """Helpers have hours."""
    helpers = plan.scenario.helpers
    if helpers.enabled and helpers.pool and not helpers.hours:
        text = tr("helpers are never on call; give hours, or switch them off (enabled: false)")
        yield error(("helpers", "hours"), text)


def own_rosters_name_teams_and_shifts(plan: Plan) -> Iterator[Finding]:
    """A table of rosters uses the names of the scenario."""
    s, read = plan.scenario, plan.own_rosters
    if read is None or read.problems:  # the territory tells what is wrong with the table
        return
    path: Where = ("territory", "rosters", "table")
    frame = read.frame
    if "closed" in frame:
        frame = frame[frame["closed"] == ""]
    for name in read.days_unread:
        text = tr(
            "the column “{name}” of the table holds days and is not read; rows that hold from a "
            "day to a day have them in the columns 从 and 至 (from and to)",
            name=name,
        )
        yield warning(path, text)
    known: tuple[tuple[str, Sequence[str], str], ...] = (
        ("team", [*s.teams, "desk"], tr("team")),
        ("shift", list(s.calendar.shifts), tr("shift")),
    )
    for column, keys, what in known:
        wrong = frame[~frame[column].isin(keys)].drop_duplicates(column)
        for found, line in zip(wrong[column], wrong["line"], strict=True):
            names = in_words(str(found), keys, s.teams)
            near = near_chinese(str(found), names)
            text = tr(
                "line {line} of the table: there is no {what} “{found}”; known here: {known}",
                line=line,
                what=what,
                found=found,
                known=listed(names),
            )
            yield error(path, text, near)


# ---------------------------------------------------------------- patrol


def patrol_has_windows(plan: Plan) -> Iterator[Finding]:
    """Each round has a team and one window of the day."""
    s, patrol = plan.scenario, plan.scenario.patrol
    if not patrol.enabled:
        return
    if patrol.team not in s.teams:
        what = tr("there is no team “{found}” to walk the rounds", found=patrol.team)
        yield missing(("patrol", "team"), patrol.team, s.teams, what)
    home = patrol.home_visits
    windows: list[tuple[Where, Windows]] = [
        (("patrol", "rounds", i), hours) for i, hours in enumerate(patrol.rounds)
    ]
    if home.enabled:
        windows.append((("patrol", "home_visits", "hours"), home.hours))
    walked: list[tuple[int, int]] = []
    for path, hours in windows:
        if len(hours) != 1:
            text = tr("“{found}” must be one window, such as 09:00-11:00", found=_written(hours))
            yield error(path, text)
        elif hours[0][1] > DAY:
            text = tr("“{found}” goes past midnight, which it may not", found=_written(hours))
            yield error(path, text)
        elif any(start < hours[0][1] and hours[0][0] < end for start, end in walked):
            text = tr(
                "“{found}” overlaps another: staff would be away twice", found=_written(hours)
            )
            yield warning(path, text)
        else:
            walked.append(hours[0])
            yield from _somebody_can_walk(plan, path, hours)


def _somebody_can_walk(plan: Plan, path: Where, hours: Windows) -> Iterator[Finding]:
    team = plan.scenario.patrol.team
    if team not in plan.scenario.teams or plan.has_own_roster(team):
        return
    for kind in plan.kinds:
        roster = plan.roster(team, kind)
        if roster and plan.on_duty(roster) and not _covers(plan.on_duty(roster), hours[0]):
            text = tr(
                "team “{team}” is not on duty at {points} throughout {hours}, but walks then",
                team=team,
                points=point_kind(kind),
                hours=_written(hours),
            )
            yield warning(path, text)
            return


def _covers(duty: Windows, window: tuple[int, int]) -> bool:
    """Whether windows of a day, which may go past midnight, cover one that doesn't."""
    parts = sorted(p for a, b in duty for p in ((a, min(b, DAY)), (0, max(b - DAY, 0))))
    at = window[0]
    for start, end in parts:
        if start <= at < end:
            at = end
    return at >= window[1]


def _written(hours: Windows) -> str:
    return write_hours(tuple(hours))


CHECKS: tuple[Callable[[Plan], Iterator[Finding]], ...] = (
    groups_are_used_and_name_teams,
    work_that_is_handed_on_ends,
    each_point_has_a_team_for_each_group,
    crews_can_be_made_up,
    teams_can_be_dispatched,
    rosters_name_shifts,
    rosters_cover_some_hour,
    desks_are_staffed,
    helpers_are_on_call,
    own_rosters_name_teams_and_shifts,
    patrol_has_windows,
)

__all__ = ["CHECKS", "Plan", "most_free", "most_of"]

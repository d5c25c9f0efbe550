"""What a run makes use of: which channels residents use, who works, what is switched off.

`Usage` answers for one input after another why it has no effect, if it has none; its methods are
the rules that `govsim.checks.unused` lists.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path as File
from typing import Any

from govsim.checks.staffed import Off, Staffed
from govsim.language import tr
from govsim.scenarios.documents import Key
from govsim.scenarios.merging import dotted
from govsim.scenarios.schema import Category
from govsim.scenarios.staffing_checks import Plan
from govsim.scenarios.units import DAY
from govsim.service.network import TEAM, Network

Path = tuple[Key, ...]
HOLIDAY = 2


class Usage:
    """What a laid-out service makes use of.

    Attributes
    ----------
    network : the service.
    plan : its scenario.
    staffed : whose numbers hold where.
    """

    def __init__(self, network: Network, staffed: Staffed) -> None:
        self.network, self.plan, self.staffed = network, network.scenario, staffed

    # ------------------------------------------------------------ what is there

    @cached_property
    def demanded(self) -> dict[str, Category]:
        """Categories with demands."""
        demand = self.plan.demand
        return {k: c for k, c in demand.categories.items() if c.rate.per_day * demand.level > 0}

    @cached_property
    def groups(self) -> frozenset[str]:
        """Working groups that have work."""
        return Plan(self.plan, File()).used_groups

    @cached_property
    def standing(self) -> frozenset[str]:
        """Teams that stand at some point that serves grids."""
        return frozenset(pool.name for pool in self.network.pools if pool.kind == TEAM)

    @cached_property
    def working(self) -> frozenset[str]:
        """Those of them that a group with work names."""
        named = {team for group in self.groups for team in self.plan.groups[group].teams}
        return self.standing & named

    @cached_property
    def stations(self) -> bool:
        """Whether point stations serve grids."""
        return bool(self.network.has_station.any())

    @cached_property
    def others(self) -> bool:
        """Whether other points serve grids, be it while a station is closed."""
        network = self.network
        return not network.has_station.all() or bool(network.changes.elsewhere().any())

    @cached_property
    def channels(self) -> frozenset[str]:
        """Channels that residents come to, at first or where another is closed."""
        found: set[str] = set()
        ahead = [
            key
            for key, c in self.plan.channels.items()
            if (self.stations and c.with_station) or (self.others and c.without_station)
        ]
        while ahead:
            key = ahead.pop()
            if key in self.plan.channels and key not in found:
                found.add(key)
                if not self._always_open(key):
                    ahead.append(self.plan.channels[key].if_closed)
        return frozenset(found)

    def _always_open(self, key: Key) -> bool:
        channel = self.plan.channels[str(key)]
        return channel.hours == ((0, DAY),) and len(channel.days) == 7

    def says(self, path: Path, value: Any) -> Off:
        """Say that an input has a value that silences others."""
        plain = value is None or isinstance(value, bool)
        shown = {True: "true", False: "false", None: "null"}[value] if plain else value
        return Off(tr("{input} is {value}", input=dotted(path), value=shown), path)

    def holds(self, *path: Key) -> Off:
        """Say that another input holds in place of this one."""
        return Off(tr("{winner} holds instead", winner=dotted(path)), path)

    # ------------------------------------------------------------ place and time

    def generated_station(self, path: Path) -> Off | None:
        """Of point stations: what a table, or none at all, silences."""
        given = self.plan.territory.point_stations
        if path[2] == "count" and given.table is not None:
            return self.holds("territory", "point_stations", "table")
        if path[2] in ("estates", "reach", "grids_each") and not (given.count or given.table):
            return self.says(("territory", "point_stations", "count"), 0)
        return None

    def generated_workstation(self, path: Path) -> Off | None:
        """A number of workstations beside a table of them."""
        if self.plan.territory.workstations.table is None:
            return None
        return self.holds("territory", "workstations", "table")

    def generated_grid(self, path: Path) -> Off | None:
        """What is said of grids that a table gives."""
        given = self.plan.territory
        there = int(self.network.territory.grids["residents"].sum())
        if given.grids.table is None or (path[1] == "residents" and given.residents == there):
            return None
        return self.holds("territory", "grids", "table")

    def nothing_generated(self, path: Path) -> Off | None:
        """The seed of a layout, where all of it is given."""
        given = self.network.territory.generated
        return None if given else Off(tr("nothing of this territory is generated"))

    def shift(self, path: Path) -> Off | None:
        """A shift that no roster names."""
        changed = [one.change.roster for one in self.network.changes.placed]
        named = any(path[2] in one for one in (*self.network.rosters.values(), *changed))
        return None if named else Off(tr("nobody's roster names this shift"))

    def festival(self, path: Path) -> Off | None:
        """Spring Festival, in a run that has none."""
        calendar, days = self.network.calendar, -(-self.network.end // DAY)
        met = calendar.is_festival("spring_festival")[:days].any()
        return None if met else Off(tr("the run has no such day"))

    def holiday(self, path: Path) -> Off | None:
        """Other holidays likewise."""
        calendar, days = self.network.calendar, -(-self.network.end // DAY)
        other = (calendar.kind_of_day == HOLIDAY) & ~calendar.is_festival("spring_festival")
        return None if other[:days].any() else Off(tr("the run has no such day"))

    # ------------------------------------------------------------ demand and residents

    def category(self, path: Path) -> Off | None:
        """A category without demands."""
        if path[3] in ("rate", "label") or path[2] in self.demanded:
            return None
        if self.plan.demand.level == 0:
            return self.says(("demand", "level"), 0)
        return self.says((*path[:3], "rate"), 0)

    def nature(self, path: Path) -> Off | None:
        """What its own values, or those of the service, silence in a category."""
        here, name, plan = path[:3], path[3], self.plan
        category = self.plan.demand.categories[str(path[2])]
        if name in ("visible", "report_lag") and category.incident == 0:
            return self.says((*here, "incident"), 0)
        if name == "visible" and not (self.network.rounds.offsets >= 0).any():
            return Off(tr("nobody walks the grids"))
        if name == "answered" and not any(self.plan.channels[k].answers for k in self.channels):
            return Off(tr("no channel that residents use answers at intake"))
        ends = ("make_safe", "department", "department_time", "joint_meeting")
        if name in ends and category.complex == 0:
            return self.says((*here, "complex"), 0)
        if name == "department_time" and category.department is None:
            return self.says((*here, "department"), None)
        switches: dict[Key, tuple[bool, Path]] = {
            "joint_meeting": (plan.joint_meeting.enabled, ("joint_meeting", "enabled")),
            "patience": (plan.residents.patience.enabled, ("residents", "patience", "enabled")),
            "repeat": (plan.residents.repeats.enabled, ("residents", "repeats", "enabled")),
            "escalation": (plan.centre.enabled, ("centre", "enabled")),
        }
        on, by = switches.get(name, (True, ()))
        return None if on else self.says(by, False)

    def hours(self, path: Path) -> Off | None:
        """The district's hours, where every category has its own."""
        return self._own("hours")

    def _own(self, name: str) -> Off | None:
        """Say that every category with demands has a value of its own."""
        if any(getattr(c, name) is None for c in self.demanded.values()):
            return None
        return Off(tr("every category has {name} of its own", name=f"`{name}`"))

    def elasticity(self, path: Path) -> Off | None:
        """Induced demand, where it is switched off by its numbers."""
        induced = self.plan.demand.induced
        if path[2] in ("resolution_rate", "reference") and induced.elasticity == 0:
            return self.says(("demand", "induced", "elasticity"), 0)
        if path[2] == "elasticity" and induced.resolution_rate == induced.reference:
            rate: Path = ("demand", "induced", "resolution_rate")
            return self.says(rate, induced.resolution_rate)
        return None

    def channel(self, path: Path) -> Off | None:
        """A channel that nobody comes to, or what its others values silence."""
        here, name = path[:2], path[2]
        channel = self.plan.channels[str(path[1])]
        if name == "with_station":
            return None if self.stations else self.staffed.no_points(("point_station",))
        if name == "without_station":
            return None if self.others else Off(tr("a point station serves every grid"))
        if path[1] not in self.channels:
            return Off(tr("no resident comes to this channel"))
        if name == "if_closed" and self._always_open(path[1]):
            return Off(tr("the channel is always open"))
        if name in ("handling", "dispatch", "handing_over") and channel.via == "centre":
            return self.says((*here, "via"), channel.via)
        if name == "handing_over" and channel.dispatch == "after intake":
            return self.says((*here, "dispatch"), channel.dispatch)
        by_desk = name in ("handling", "dispatch", "handing_over") and channel.via == "desk"
        if by_desk and not self.network.desk_of:
            return Off(tr("there is no desk"), ("desk", "enabled"))
        return None

    def patience(self, path: Path) -> Off | None:
        """Of patience: what other values of it, or of the service, silence."""
        patience, here = self.plan.residents.patience, ("residents", "patience")
        name = path[2]
        if name == "time":
            return self._own("patience")
        if name == "stretch_scene" and patience.ends_at_scene:
            return self.says((*here, "ends_at_scene"), True)
        if name in ("broken_promise", "left_after_broken") and not self.plan.promises.made:
            return self.says(("promises", "made"), False)
        if name == "left_after_broken" and patience.broken_promise == 0:
            return self.says((*here, "broken_promise"), 0)
        if name == "calls" and not self.plan.centre.enabled:
            return self.says(("centre", "enabled"), False)
        return None

    def escalation(self, path: Path) -> Off | None:
        """Calls after a close: the chance of each category's own, or none at all."""
        usual = self.plan.residents.escalation
        if path[1] == "escalation":
            return self._own("escalation")
        if any(usual if c.escalation is None else c.escalation for c in self.demanded.values()):
            return None
        return self.says(("residents", "escalation"), 0)

    def turned_away(self, path: Path) -> Off | None:
        """Content of those turned away, where nobody is."""
        if any(self.plan.teams[t].waiting_room is not None for t in self.working):
            return None
        return Off(tr("no team turns anybody away"))

    def lateness(self, path: Path) -> Off | None:
        """What counts as late, where lateness costs nothing."""
        late = self.plan.residents.satisfaction.lost_per_day
        if path[2] in ("expected_simple", "expected_complex", "least") and late == 0:
            return self.says(("residents", "satisfaction", "lost_per_day"), 0)
        return None

    def repeats(self, path: Path) -> Off | None:
        """Repeated reports: the chance of each category's own, or none at all."""
        usual = self.plan.residents.repeats.share
        if path[2] == "share":
            return self._own("repeat")
        if path[2] in ("after", "most") and not any(
            usual if c.repeat is None else c.repeat for c in self.demanded.values()
        ):
            return self.says(("residents", "repeats", "share"), 0)
        return None

    # ------------------------------------------------------------ who answers

    def roster(self, path: Path) -> Off | None:
        """An entry of a roster in whose place another holds, or that nobody has."""
        return self.staffed.entry(path)

    def group(self, path: Path) -> Off | None:
        """A group without work."""
        idle = path[1] not in self.groups and path[2] != "label"
        return Off(tr("no category belongs to this group, so it has no work")) if idle else None

    def team(self, path: Path) -> Off | None:
        """A team that stands nowhere, or to which no work goes."""
        if path[2] == "label":
            return None
        if path[1] not in self.standing:
            return self.staffed.no_points(self.plan.teams[str(path[1])].at)
        if path[1] not in self.working and path[2] in ("training", "speed", "mode", "waiting_room"):
            return Off(tr("no group that has work names this team"))
        return None

    def speed(self, path: Path) -> Off | None:
        """A team's speed on a category whose work never goes to it."""
        category = self.demanded.get(str(path[3]))
        reached: set[str] = set()
        ahead = [] if category is None else [category.group]
        while ahead:
            group = ahead.pop()
            if group not in reached:
                reached.add(group)
                onward = self.plan.groups[group].handover
                ahead += [to for to, share in onward.items() if share > 0]
        if any(path[1] in self.plan.groups[group].teams for group in reached):
            return None
        return Off(tr("no work of this category goes to this team"))

    def way(self, path: Path) -> Off | None:
        """A way to travel that no team takes."""
        taken = any(self.plan.teams[team].mode == path[2] for team in self.working)
        return None if taken else Off(tr("no team travels that way"))

    def department(self, path: Path) -> Off | None:
        """A department that gets no case, or none timed in its hours."""
        if path[2] == "label":
            return None
        mine = [c for c in self.demanded.values() if c.department == path[1] and c.complex > 0]
        if not mine:
            return Off(tr("no category sends cases there"))
        if path[2] in ("hours", "days") and not any(
            c.department_time.unit != "calendar" for c in mine
        ):
            return Off(tr("its cases are not timed in working time"))
        return None

    def meeting(self, path: Path) -> Off | None:
        """A joint meeting without cases."""
        if path[1] == "enabled" or any(c.complex * c.joint_meeting for c in self.demanded.values()):
            return None
        return Off(tr("no case waits for the joint meeting"))

    def helpers(self, path: Path) -> Off | None:
        """Helpers of whom there are none."""
        if self.plan.helpers.pool == 0 and path[1] not in ("enabled", "pool"):
            return self.says(("helpers", "pool"), 0)
        return None

    def visits(self, path: Path) -> Off | None:
        """Home visits that are not made."""
        none = not (self.network.rounds.visits_per_day > 0).any()
        if none and path[2] in ("found", "time", "hours"):
            return self.says(("patrol", "home_visits", "per_household"), 0)
        return None

    def walkers(self, path: Path) -> Off | None:
        """Rounds that nobody walks."""
        if path[1] in ("enabled", "team"):
            return None
        if self.plan.patrol.team not in self.standing:
            return Off(tr("the team that walks stands nowhere"), ("patrol", "team"))
        if path[1] not in ("rounds", "home_visits") and not self.plan.patrol.rounds:
            return Off(tr("nobody walks the grids"), ("patrol", "rounds"))
        return None

    def first_calls(self, path: Path) -> Off | None:
        """Answers of the centre on a first call, where nobody calls first."""
        if any(self.plan.channels[key].via == "centre" for key in self.channels):
            return None
        return Off(tr("no first report goes to 12345"))

    def neighbours(self, path: Path) -> Off | None:
        """Help between stations, where there are not two."""
        points = self.network.territory.points["kind"].tolist()
        stations = sum(points[p] == "point_station" for p in self.staffed.active)
        return Off(tr("there are no two point stations")) if stations < 2 else None

    def soonest(self, path: Path) -> Off | None:
        """Who is there first, where all who may go start from one place at one speed."""
        network, plan = self.network, self.plan
        if plan.policies.dispatch == "order" or any(network.neighbours.values()):
            return None
        speeds, names = plan.travel.speeds, list(network.groups)
        for (_, group), pools in network.candidates.items():
            teams = [plan.teams[network.pools[i].name] for i in pools]
            if names[group] in self.groups and len({speeds[team.mode] for team in teams}) > 1:
                return None
        return Off(tr("all teams that may go are as fast, from the same place"))

    def upkeep(self, path: Path) -> Off | None:
        """The cost of stations, where there are none."""
        return None if self.stations else self.staffed.no_points(("point_station",))

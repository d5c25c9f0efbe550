"""Scenarios between two others: mechanisms as switches that can be set one by one.

A mechanism (`govsim.explanation.mechanisms`) is switched by taking all its values from the one
scenario or the other, so that a coalition of mechanisms is a scenario in between. Called by
`govsim.explanation.attribution`.

Point stations are more than their switch: grids that get one also get its channels and its
teams. Where only one of the two scenarios has stations, these are mechanisms of their own that
need the station: a station without its channels is used as the grids without stations use
theirs; one without its teams has the people of the points that it replaces.

What can't be switched apart is found by trying: a mechanism comes to need another, or is
joined with it, until every coalition is a scenario that can be run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import combinations, permutations
from pathlib import Path as File
from typing import Any

import numpy as np
from pydantic import ValidationError

from govsim.errors import InputError, Problem
from govsim.explanation.mechanisms import ORDER, Path, Tree, belongs, differences, take, value_at
from govsim.explanation.shapley import Coalition, coalitions
from govsim.language import tr
from govsim.scenarios.checks import check
from govsim.scenarios.merging import dotted
from govsim.scenarios.schema import Scenario
from govsim.service import network

WORDS = ("label", "question", "evidence", "replications", "confidence")
"""Keys that change no replication, wherever they stand."""

ONLY_SHOWN = (("territory", "name"), ("territory", "note"))

COMMON = ("start", "horizon", "warm_up", "tick", "seed")
"""What scenarios must share to meet the same demands over the same time."""


# ---------------------------------------------------------------- stations


@dataclass(frozen=True)
class Stations:
    """What comes with stations that only one of two scenarios has.

    Attributes
    ----------
    in_after : whether it is the second that has them.
    kind : kind of the points that serve their grids where there are none.
    replaced : such points that fall idle for each station, at least 1.
    """

    in_after: bool
    kind: str
    replaced: int

    @classmethod
    def between(cls, before: network.Network, after: network.Network) -> Stations | None:
        """Compare the scenarios; None where both have stations, or neither."""
        here, there = bool(before.has_station.any()), bool(after.has_station.any())
        if here == there or len(before.covering) != len(after.covering):
            return None
        without, with_ = (before, after) if there else (after, before)
        kinds = without.territory.points["kind"].to_numpy()[without.covering[with_.has_station]]
        names, counts = np.unique(kinds.astype(str), return_counts=True)
        kind = str(names[counts.argmax()])
        stations = len(np.unique(with_.covering[with_.has_station]))
        idle = len(np.unique(without.covering)) - len(np.unique(with_.covering)) + stations
        return cls(there, kind, max(1, round(idle / stations)))

    def without_channels(self, tree: Tree) -> None:
        """Let residents of the stations' grids use the channels of the others."""
        for channel in tree["channels"].values():
            channel["with_station"] = channel["without_station"]

    def without_teams(self, tree: Tree) -> None:
        """Give the stations the people of the points that they replace."""
        for name, team in list(tree["teams"].items()):
            others = [kind for kind in team["at"] if kind != "point_station"]
            team["roster_at"].pop("point_station", None)
            if self.kind in others:
                roster = team["roster_at"].get(self.kind, team["roster"])
                team["roster_at"]["point_station"] = self._times(roster)
                if len(others) == len(team["at"]):
                    team["at"] = [*others, "point_station"]
            elif others:
                team["at"] = others
            else:
                del tree["teams"][name]
                for group in tree["groups"].values():
                    group["teams"] = [one for one in group["teams"] if one != name]
                    if isinstance(group["crew"], dict):
                        group["crew"].pop(name, None)
        rosters = tree["desk"]["rosters"]
        rosters.pop("point_station", None)
        if self.kind in rosters:
            rosters["point_station"] = self._times(rosters[self.kind])

    def _times(self, roster: Tree) -> Tree:
        return {
            shift: {day: n * self.replaced for day, n in head.items()}
            if isinstance(head, dict)
            else head * self.replaced
            for shift, head in roster.items()
        }


# ---------------------------------------------------------------- switches


@dataclass(frozen=True)
class Change:
    """A value that a mechanism changes, as people write it; None where there is nothing."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Switches:
    """Two scenarios, and the mechanisms by which one becomes the other.

    Attributes
    ----------
    before, after : the scenarios.
    folder : where relative paths of their tables start.
    parts : for each mechanism that can be told apart, the paths of its values.
    stations : what comes with stations that only one of them has.
    mechanisms : names of those that can be switched apart; ``a+b`` where two can't.
    needs : for a mechanism, the others that must be switched before it.
    """

    before: Scenario
    after: Scenario
    folder: File
    parts: Mapping[str, tuple[Path, ...]]
    stations: Stations | None
    mechanisms: tuple[str, ...]
    needs: Mapping[str, frozenset[str]]
    _trees: tuple[Tree, Tree] = field(repr=False)

    def at(self, on: Iterable[str]) -> Scenario:
        """Give the scenario in which these mechanisms are as after, all others as before.

        Raises
        ------
        pydantic.ValidationError
            There is no such scenario.
        """
        chosen = {part for mechanism in on for part in mechanism.split("+")}
        if not chosen:
            return self.before
        if chosen == self.parts.keys():
            return self.after
        return Scenario.model_validate(self._tree(chosen))

    def changes(self, mechanism: str) -> list[Change]:
        """List what a mechanism changes."""
        found = []
        before, after = self._trees
        for part in mechanism.split("+"):
            for path in self.parts[part]:
                old, new = value_at(before, path), value_at(after, path)
                found.append(Change(dotted(path), old, new))
            if self.stations and part in self.stations_parts:
                own = after if self.stations.in_after else before
                bare = deepcopy(own)
                self._strip(bare, part)
                trees = (bare, own) if self.stations.in_after else (own, bare)
                found += [
                    Change(dotted(path), value_at(trees[0], path), value_at(trees[1], path))
                    for path in differences(*trees)
                ]
        return found

    @property
    def stations_parts(self) -> tuple[str, ...]:
        """Mechanisms that come with stations, and are switched by more than values."""
        return tuple(p for p in ("channels", "station_teams") if p in self.parts)

    def _tree(self, chosen: set[str]) -> Tree:
        before, after = self._trees
        tree = deepcopy(before)
        for part, paths in self.parts.items():
            if part in chosen:
                for path in paths:
                    take(tree, after, path)
        if self.stations:
            in_after = self.stations.in_after
            for part in self.stations_parts:
                if ("stations" in chosen) == in_after and (part in chosen) != in_after:
                    self._strip(tree, part)
        return tree

    def _strip(self, tree: Tree, part: str) -> None:
        assert self.stations is not None
        if part == "channels":
            self.stations.without_channels(tree)
        else:
            self.stations.without_teams(tree)

    def is_valid(self, on: Iterable[str]) -> bool:
        """Whether the scenario in between can be run."""
        try:
            scenario = self.at(on)
        except ValidationError:
            return False
        return not any(f.severity == "error" for f in check(scenario, self.folder))

    def joined(self, one: str, other: str) -> Switches:
        """Let two mechanisms be switched together only."""
        both = f"{one}+{other}"

        def renamed(names: Iterable[str]) -> frozenset[str]:
            return frozenset(both if n in (one, other) else n for n in names)

        left = [both if m == one else m for m in self.mechanisms if m != other]
        old = dict(self.needs) | {both: self.needs[one] | self.needs[other]}
        needs = {m: renamed(old[m]) - {m} for m in left}
        return replace(self, mechanisms=tuple(left), needs=needs)

    def needing(self, one: str, other: str) -> Switches:
        """Let a mechanism be switched only where another was before."""
        needs = dict(self.needs) | {one: self.needs[one] | {other}}
        return replace(self, needs=needs)


def between(before: Scenario, after: Scenario, folder: File) -> Switches:
    """Find the mechanisms in which two scenarios differ.

    Parameters
    ----------
    before, after : the scenarios.
    folder : where relative paths of their tables start.

    Raises
    ------
    InputError
        They don't share their time and seed, they don't differ, or a table can't be used.
    """
    trees = before.model_dump(mode="json"), after.model_dump(mode="json")
    problems = [
        Problem(
            tr(
                "the two scenarios must share this to meet the same demands: {before} and {after}",
                before=trees[0][key],
                after=trees[1][key],
            ),
            key,
        )
        for key in COMMON
        if trees[0][key] != trees[1][key]
    ]
    if problems:
        raise InputError(problems)
    parts: dict[str, list[Path]] = {}
    for path in differences(*trees):
        if not (set(WORDS) & set(path) or path[:2] in ONLY_SHOWN):
            parts.setdefault(belongs(path), []).append(path)
    if not parts:
        raise InputError([Problem(tr("the two scenarios do not differ, so nothing fell"))])
    for tree in trees:
        tree["evidence"] = {}  # it may name values that a scenario in between lacks
    services = network.build(before, folder), network.build(after, folder)
    stations = Stations.between(*services) if "stations" in parts else None
    needs: dict[str, frozenset[str]] = {}
    if stations:
        own = trees[stations.in_after]
        for part, strip in (
            ("channels", stations.without_channels),
            ("station_teams", stations.without_teams),
        ):
            bare = deepcopy(own)
            strip(bare)
            if bare != own:
                parts.setdefault(part, [])
                if stations.in_after:
                    needs[part] = frozenset({"stations"})
                else:
                    needs["stations"] = needs.get("stations", frozenset()) | {part}
    names = tuple(name for name in ORDER if name in parts)
    found = Switches(
        before,
        after,
        folder,
        {name: tuple(parts[name]) for name in names},
        stations,
        names,
        {name: needs.get(name, frozenset()) for name in names},
        trees,
    )
    by_table = own_rosters(services[int(stations.in_after)]) if stations else False
    if by_table and "station_teams" in names:
        # A table of rosters says who is at the stations, whatever the scenario's values say.
        found = found.joined("stations", "station_teams")
    return found


def own_rosters(service: network.Network) -> bool:
    """Whether a planner's table says who is on duty at point stations."""
    kinds = service.territory.points["kind"].tolist()
    return any(kinds[point] == "point_station" for point, _ in service.territory.roster_rows())


def settle(
    switches: Switches,
    visited: Callable[
        [Sequence[str], Mapping[str, frozenset[str]]], Iterable[Coalition]
    ] = coalitions,
) -> Switches:
    """Join what can't be switched apart, until each coalition visited is a valid scenario.

    Parameters
    ----------
    switches : as `between` found them.
    visited : the coalitions of given mechanisms that will be run.

    Notes
    -----
    Of all ways to rule out invalid coalitions, that one mechanism needs another or that two
    go together, the one is taken that rules out the most of them, and of those the one that
    leaves the most valid ones; and so on until all are valid, at the latest when before and
    after are left.
    """
    known = {frozenset[str](): True, frozenset(switches.parts): True}  # given, and so run

    def is_valid(on: Coalition) -> bool:
        key = frozenset(part for mechanism in on for part in mechanism.split("+"))
        if key not in known:
            known[key] = switches.is_valid(on)
        return known[key]

    while True:
        sets = list(visited(switches.mechanisms, switches.needs))
        wrong = [one for one in sets if not is_valid(one)]
        if not wrong:
            return switches
        right = [one for one in sets if is_valid(one)]
        ways = []
        for one, other in permutations(switches.mechanisms, 2):
            if one not in _all_above(switches.needs, other):
                cut = [sum(one in s and other not in s for s in of) for of in (wrong, right)]
                ways.append((cut[0], -cut[1], switches.needing, one, other))
        for one, other in combinations(switches.mechanisms, 2):
            cut = [sum((one in s) != (other in s) for s in of) for of in (wrong, right)]
            ways.append((cut[0], -cut[1], switches.joined, one, other))
        *_, change, one, other = max(ways, key=lambda way: way[:2])
        switches = change(one, other)


def _all_above(needs: Mapping[str, frozenset[str]], mechanism: str) -> set[str]:
    """All that a mechanism needs, directly or by way of others."""
    found: set[str] = set()
    more = set(needs[mechanism])
    while more:
        found |= more
        more = {above for one in more for above in needs[one]} - found
    return found

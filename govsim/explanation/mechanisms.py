"""The mechanisms of a service: which values of a scenario belong to which, and their names.

Every value in which two scenarios differ belongs to one mechanism, by `BELONGS`; so whatever
differs between two plans is accounted for. Called by `govsim.explanation.switches`, which switches
mechanisms one by one, and by whoever names them.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from govsim.language import current, tr
from govsim.scenarios.parameters import matches

Path = tuple[str, ...]
Tree = dict[str, Any]

BELONGS: tuple[tuple[str, str], ...] = (
    ("desk.cost", "costs"),
    ("helpers.cost", "costs"),
    ("teams.*.cost", "costs"),
    ("costs", "costs"),
    ("teams.*.training", "training"),
    ("teams.*.speed", "training"),
    ("demand.categories.*.work", "training"),
    ("demand.categories.*.make_safe", "training"),
    ("teams.*.mode", "stations"),
    ("travel", "stations"),
    ("territory.point_stations", "stations"),
    ("territory.workstations", "stations"),
    ("territory.offices", "stations"),
    ("territory.rosters", "teams"),
    ("teams", "teams"),
    ("desk", "teams"),
    ("helpers", "teams"),
    ("changes", "teams"),
    ("groups", "dispatch"),
    ("policies", "dispatch"),
    ("demand.categories.*.group", "dispatch"),
    ("demand.categories.*.priority", "dispatch"),
    ("channels", "channels"),
    ("demand.categories.*.answered", "channels"),
    ("promises", "promises"),
    ("patrol", "patrol"),
    ("departments", "departments"),
    ("joint_meeting", "departments"),
    ("demand.categories.*.complex", "departments"),
    ("demand.categories.*.department", "departments"),
    ("demand.categories.*.department_time", "departments"),
    ("demand.categories.*.joint_meeting", "departments"),
    ("centre", "centre"),
    ("demand.categories.*.patience", "residents"),
    ("demand.categories.*.escalation", "residents"),
    ("demand.categories.*.repeat", "residents"),
    ("residents", "residents"),
    ("demand.induced", "induced"),
    ("demand", "demand"),
    ("territory", "demand"),
    ("calendar", "calendar"),
)
"""Which mechanism a value belongs to: that of the first pattern that leads to it."""

ORDER = (
    "stations",
    "channels",
    "station_teams",
    "teams",
    "promises",
    "dispatch",
    "patrol",
    "training",
    "departments",
    "induced",
    "demand",
    "residents",
    "centre",
    "calendar",
    "costs",
    "other",
)
"""Mechanisms in the order in which tables show them."""


def part_name(part: str) -> str:
    """Name one mechanism in planners' words."""
    names = {
        "stations": tr("stations and travel"),
        "channels": tr("channels"),
        "station_teams": tr("the stations' teams and rosters"),
        "teams": tr("teams and rosters"),
        "promises": tr("the 3-1 promises"),
        "dispatch": tr("dispatch"),
        "patrol": tr("patrol and home visits"),
        "training": tr("training and speed of work"),
        "departments": tr("departments and joint meeting"),
        "induced": tr("reports that good service brings"),
        "demand": tr("residents and their problems"),
        "residents": tr("residents' patience and satisfaction"),
        "centre": tr("the 12345 centre"),
        "calendar": tr("calendar and shifts"),
        "costs": tr("costs"),
    }
    return names.get(part, tr("everything else"))


def mechanism_name(mechanism: str) -> str:
    """Name a mechanism, or several that can't be switched apart (``stations+channels``)."""
    names = [part_name(part) for part in mechanism.split("+")]
    return ("、" if current() == "zh" else ", ").join(names)


# ---------------------------------------------------------------- values that differ


def differences(before: Any, after: Any, at: Path = ()) -> list[Path]:
    """Find the paths at which two trees of plain values differ, or one has nothing."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [] if before == after else [at]
    found: list[Path] = []
    for key in dict.fromkeys((*after, *before)):
        if key in before and key in after:
            found += differences(before[key], after[key], (*at, key))
        else:
            found.append((*at, key))
    return found


def belongs(path: Path) -> str:
    """Tell the mechanism of a value."""
    known = (m for pattern, m in BELONGS if matches(pattern.split("."), path))
    return next(known, "other")


def value_at(tree: Any, path: Path) -> Any:
    """Look a value up; None where there is nothing."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def take(tree: Tree, source: Tree, path: Path) -> None:
    """Make a value of one tree that of another, absent if it is absent there."""
    *above, last = path
    for key in above:
        tree, source = tree.setdefault(key, {}), source.get(key, {})
    if last in source:
        tree[last] = deepcopy(source[last])
    else:
        tree.pop(last, None)

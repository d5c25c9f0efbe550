"""The box of plans: which numbers may change, between which limits, and what each plan costs.

A plan is a number: its digits are the options that are taken and the numbers on duty of each lever.
What people on duty cost is known without simulating, so that all plans can be sorted by it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.evaluation.service import Service
from govsim.evaluation.work import Rosters, frozen
from govsim.language import tr
from govsim.scenarios.schema import Roster, Scenario
from govsim.scenarios.schema.place import Head
from govsim.scenarios.staffing import DAY_KINDS, DESK, on, where_written
from govsim.scenarios.units import nearest

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lever:
    """People of a team, or at the desk, on a shift at one or several points.

    Attributes
    ----------
    path : as the scenario writes it, ``teams.volunteers.roster.day``.
    points : rows of the territory's points.
    team, shift : whose number it is.
    today : number on duty, or numbers by kind of day.
    values : those that are tried, ascending.
    """

    path: str
    points: tuple[int, ...]
    team: str
    shift: str
    today: Head
    values: tuple[Head, ...]


@dataclass(frozen=True)
class Option:
    """A change of something else than rosters, at a price.

    Attributes
    ----------
    text : as it was given.
    setting : path and value in the scenario.
    cost : yuan a year.
    """

    text: str
    setting: tuple[tuple[str, ...], Any]
    cost: float


class Box:
    """All plans that are looked at.

    Parameters
    ----------
    service : the plan of today.
    levers, options : what may change.
    """

    def __init__(
        self, service: Service, levers: Sequence[Lever], options: Sequence[Option] = ()
    ) -> None:
        self.service, self.levers, self.options = service, tuple(levers), tuple(options)
        self.own = service.rosters_by_pool()
        self.shape = (2,) * len(self.options) + tuple(len(one.values) for one in self.levers)

    @property
    def size(self) -> int:
        """Number of plans."""
        found = 1
        for n in self.shape:
            found *= n
        return found

    def digits(self, plan: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Options that are taken (0 or 1 each), and which value of each lever holds."""
        found = tuple(int(i) for i in np.unravel_index(plan, self.shape))
        return found[: len(self.options)], found[len(self.options) :]

    def rosters(self, plan: int) -> dict[tuple[int, str], Roster]:
        """Rosters that differ from today's, by row of the points and team."""
        _, places = self.digits(plan)
        found: dict[tuple[int, str], Roster] = {}
        for lever, place in zip(self.levers, places, strict=True):
            for point in lever.points:
                key = point, lever.team
                found.setdefault(key, dict(self.own.get(key, {})))[lever.shift] = lever.values[
                    place
                ]
        return {key: roster for key, roster in found.items() if roster != self.own.get(key)}

    def frozen(self, plan: int) -> Rosters:
        """Give the same, as `govsim.evaluation` takes it."""
        return frozen(self.rosters(plan))

    @cached_property
    def costs(self) -> Floats:
        """Cost of people on duty and of options, yuan a year: float[plans]."""
        fixed = self.service.cost
        parts = [np.array([0.0, option.cost]) for option in self.options]
        for lever in self.levers:
            parts.append(np.array([self._cost(lever, head) for head in lever.values]))
        return fixed + self._sums(parts)

    def _cost(self, lever: Lever, head: Head) -> float:
        """What a number costs more than today's; shifts of a team add up."""
        found = 0.0
        for point in lever.points:
            now = dict(self.own.get((point, lever.team), {}))
            then = {**now, lever.shift: head}
            found += self.service.cost_of(point, lever.team, then)
            found -= self.service.cost_of(point, lever.team, now)
        return found

    @cached_property
    def heads(self) -> Ints:
        """Posts on the rosters, over all shifts, on the fullest kind of day: int[plans]."""
        fixed = sum(most(head) for roster in self.own.values() for head in roster.values())
        parts = [np.zeros(2) for _ in self.options]
        for lever in self.levers:
            now = most(lever.today)
            parts.append(
                np.array([len(lever.points) * (most(head) - now) for head in lever.values], float)
            )
        return (fixed + self._sums(parts)).round().astype(np.int64)

    def _sums(self, parts: Sequence[Floats]) -> Floats:
        total = np.zeros(())
        for part in parts:
            total = np.add.outer(total, part)
        return total.ravel()

    @cached_property
    def today(self) -> int:
        """The plan of today; -1 where the box leaves it out."""
        places = []
        for lever in self.levers:
            if lever.today not in lever.values:
                return -1
            places.append(lever.values.index(lever.today))
        found = [0] * len(self.options) + places
        return int(np.ravel_multi_index(tuple(found), self.shape)) if found else 0


def most(head: Head) -> int:
    """Number on the fullest kind of day."""
    return max((on(head, kind) for kind in DAY_KINDS), default=0)


def head_text(head: Head) -> str:
    """Write a number on duty, or those by kind of day."""
    return str(head) if isinstance(head, int) else "/".join(str(n) for n in head.values())


# ------------------------------------------------------------------ what may change


def levers_of(service: Service) -> list[Lever]:
    """Name all numbers on duty, each with one fewer and one more than today.

    Points of a kind that have the same rosters change alike. Where nobody is on duty, one is tried.
    Who walks the grids is not cut: what patrols and visits find is the reason why they are there.
    """
    plan, own = service.scenario, service.rosters_by_pool()
    kinds = service.network.territory.points["kind"].tolist()
    groups: dict[tuple[str, str, str], list[int]] = {}
    for (point, team), roster in sorted(own.items()):
        groups.setdefault((kinds[point], team, json.dumps(roster)), []).append(point)
    found = []
    for (kind, team, _), points in groups.items():
        alike = len([1 for k, t, _ in groups if (k, t) == (kind, team)]) == 1
        roster = own[points[0], team]
        for shift in plan.calendar.shifts:
            head = roster.get(shift, 0)
            found.append(
                Lever(
                    _path(plan, kind, team, shift, "" if alike else str(points[0])),
                    tuple(points),
                    team,
                    shift,
                    head,
                    _around(head, team == plan.patrol.team and plan.patrol.enabled),
                )
            )
    return found


def _path(plan: Scenario, kind: Any, team: str, shift: str, point: str) -> str:
    if team == DESK:
        parts: tuple[str, ...] = ("desk", "rosters", kind)
    else:
        parts = where_written(plan, team, kind)
        if parts[-1] == "roster" and len(plan.teams[team].at) > 1:
            parts = ("teams", team, "roster_at", kind)
    return ".".join((*parts, *([point] if point else []), shift))


def _around(head: Head, walks: bool) -> tuple[Head, ...]:
    """Values that are tried around today's."""
    steps = (0, 1) if walks or not most(head) else (-1, 0, 1)
    if isinstance(head, int):
        return tuple(head + step for step in steps)
    return tuple({k: max(0, n + step) if n else 0 for k, n in head.items()} for step in steps)


def narrowed(
    levers: Sequence[Lever], vary: Iterable[str], fix: Iterable[str], shifts: Sequence[str]
) -> list[Lever]:
    """Change the values that are tried: ``teams.volunteers.roster.day=0..3``; or leave some out.

    Raises
    ------
    InputError
        A path names no number on duty, or the values are none.
    """
    now = {lever.path: lever.values for lever in levers}
    problems: list[Problem] = []
    for text in fix:
        for lever in _named(text, levers, shifts, "--fix", problems):
            now[lever.path] = (lever.today,)
    for text in vary:
        path, _, given = text.replace("＝", "=").partition("=")
        values = _values(given)
        if not values:
            message = tr("expected numbers such as 0..3 or 0,1,3, but found “{text}”", text=text)
            problems.append(Problem(message, file="--vary"))
            continue
        for lever in _named(path, levers, shifts, "--vary", problems):
            now[lever.path] = values
    if problems:
        raise InputError(problems)
    return [
        Lever(one.path, one.points, one.team, one.shift, one.today, now[one.path]) for one in levers
    ]


def _values(text: str) -> tuple[int, ...]:
    span = re.fullmatch(r"\s*(\d{1,4})\s*(?:\.\.|…|-|~)\s*(\d{1,4})\s*", text)
    if span:
        return tuple(range(int(span[1]), int(span[2]) + 1))
    parts = re.split(r"[,，、]", text)
    if all(re.fullmatch(r"\s*\d{1,4}\s*", part) for part in parts):
        return tuple(sorted({int(part) for part in parts}))
    return ()


def _named(
    path: str, levers: Sequence[Lever], shifts: Sequence[str], option: str, problems: list[Problem]
) -> Iterator[Lever]:
    """Find the levers that a path is about: all of a team, or of one of its shifts."""
    parts = [part for part in path.strip().split(".") if part not in ("roster", "rosters")]
    shift = parts.pop() if parts and parts[-1] in shifts else ""
    wanted = [part for part in parts if part not in ("teams", "roster_at")]
    found = [
        lever
        for lever in levers
        if wanted
        and wanted[0] == lever.team
        and (not shift or shift == lever.shift)
        and set(wanted[1:]) <= set(lever.path.split("."))
    ]
    if not found:
        teams = dict.fromkeys(lever.team for lever in levers)
        problems.append(
            Problem(
                tr("“{path}” names no number on duty", path=path),
                file=option,
                suggestion=nearest(path, [*(one.path for one in levers), *teams]),
            )
        )
    yield from found


def options_of(texts: Iterable[str]) -> list[Option]:
    """Read what else may change: ``travel.turn_out=1 min:20000 yuan/year``.

    Raises
    ------
    InputError
        One has another form.
    """
    found, problems = [], []
    for text in texts:
        path, equals, rest = text.replace("＝", "=").partition("=")
        value, colon, price = rest.replace("：", ":").rpartition(":")
        number = re.fullmatch(
            r"\s*([\d,.]+)\s*(?:yuan|元)?\s*(?:/|per |每)?\s*(?:year|年)?\s*", price
        )
        if not (equals and colon and path.strip() and value.strip() and number):
            message = tr(
                "expected a change with its price, such as travel.turn_out=1 min:20000 yuan/year, "
                "but found “{text}”",
                text=text,
            )
            problems.append(Problem(message, file="--try"))
            continue
        setting = tuple(path.strip().split(".")), value.strip()
        found.append(Option(text, setting, float(number[1].replace(",", ""))))
    if problems:
        raise InputError(problems)
    return found

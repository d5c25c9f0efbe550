"""How many people are needed when: of a scenario's rosters at one station, or of a table.

A table says it by the hour: ``hours`` (08:00-20:00), ``number``, and where it differs ``team``,
``day`` (workday, weekend, holiday, Mon to Sun) or ``date``; what is said of fewer days goes over
what is said of more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from govsim.errors import InputError, Problem
from govsim.language import joined, tr
from govsim.rostering.people import TeamOf
from govsim.rostering.rules import DAY_MINUTES
from govsim.rostering.task import Step
from govsim.scenarios import tables
from govsim.scenarios.calendar import Calendar
from govsim.scenarios.tables import Column, read_table
from govsim.scenarios.units import MINUTE, QuantityError
from govsim.scenarios.week import read_hours
from govsim.service.network import Network
from govsim.service.rosters import timeline

STAFF = "staff"
"""Team of a table that names none."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS = {
    **tables.DAY_KINDS,
    **{day: day for day in _WEEKDAYS},
    **{f"周{sign}": day for sign, day in zip("一二三四五六日", _WEEKDAYS, strict=True)},
    **{f"星期{sign}": day for sign, day in zip("一二三四五六日", _WEEKDAYS, strict=True)},
}
"""What a row may say of the days for which it holds."""

NEED = (
    Column("team", ("队伍", "班组", "岗位")),
    Column("hours", ("时段", "时间", "小时", "hour", "time"), required=True),
    Column("day", ("日期类型", "日类型", "星期", "day_kind", "weekday"), "choice", choices=DAYS),
    Column("date", ("日期",), "day"),
    Column(
        "number", ("人数", "需要人数", "在岗人数", "people", "need"), "whole", required=True,
        low=0, high=1000,
    ),
)  # fmt: skip
"""Columns of a table of need."""

KINDS = ("workday", "weekend", "holiday")


@dataclass(frozen=True)
class Needed:
    """Who is needed when.

    Attributes
    ----------
    steps : minutes from the midnight of the first day, the evening before and after included.
    aside : rows that could not be read, with the reason.
    notes : what a planner must know of it.
    """

    steps: tuple[Step, ...]
    aside: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def of_service(network: Network, point: int, first: date, days: int) -> Needed:
    """Read who the rosters put on duty at a point, by any hour.

    Rosters that differ on some days, and days on which the point is closed, count; people more or
    fewer (``add``) do not: who is ill is missing from the rota, and not from what is needed.
    """
    scenario = network.scenario
    calendar = Calendar.of(scenario.calendar, first, days + 2)
    kinds = calendar.with_eve_kinds[: days + 3]
    offset = (first - scenario.start).days
    steps: list[Step] = []
    absent = False
    for i, pool in enumerate(network.pools):
        if pool.point != point or i not in network.rosters:
            continue
        dated = network.changes.at(point, pool.name)
        absent |= any(
            one.add and one.first - offset <= days and one.last >= offset for one in dated
        )
        changes = [
            replace(one, first=one.first - offset, last=one.last - offset)
            for one in dated
            if not one.add
        ]
        line = timeline(network.rosters[i], scenario.calendar.shifts, kinds, changes=changes)
        ends = [*line.times[1:].tolist(), (days + 2) * DAY_MINUTES * MINUTE]
        steps += [
            Step(pool.name, round(start / MINUTE), round(end / MINUTE), int(number))
            for start, end, number in zip(line.times.tolist(), ends, line.paid, strict=True)
        ]
    notes = []
    if absent:
        notes.append(
            tr(
                "The scenario's changes have people more or fewer in these weeks; the rota doesn't "
                "count them, and the simulation has them on top of it."
            )
        )
    return Needed(tuple(steps), notes=tuple(notes))


def of_table(
    file: Path,
    team_of: TeamOf,
    teams: Mapping[str, str] | None,
    calendar: Calendar,
    skip: bool = False,
) -> Needed:
    """Read a table of need.

    Parameters
    ----------
    teams : that there are, with what they are called; None: whatever the table names.
    calendar : of the rota, from its first day on, and two days more.
    skip : set rows that can't be read aside, in place of refusing the table.

    Raises
    ------
    InputError
        With all that is wrong, line by line.
    """
    reading = read_table(file, NEED)
    problems, aside = list(reading.problems), reading.set_aside.to_dict("records")
    rows = []
    for row in reading.frame.to_dict("records"):
        try:
            mine = _row({str(k): v for k, v in row.items()}, team_of, teams, str(file))
        except InputError as error:
            problems += error.problems
            aside.append({**row, "reason": "; ".join(one.message for one in error.problems)})
        else:
            rows.append(mine)
    problems += _twice(rows, str(file))
    if problems and (not skip or not rows):
        raise InputError(sorted(problems, key=lambda one: one.line))
    steps = tuple(step for team in dict.fromkeys(r["team"] for r in rows) for step in _laid(
        [r for r in rows if r["team"] == team], team, calendar
    ))  # fmt: skip
    told = tuple({str(k): v for k, v in one.items()} for one in aside)
    return Needed(steps, told)


def _row(
    row: dict[str, Any], team_of: TeamOf, teams: Mapping[str, str] | None, file: str
) -> dict[str, Any]:
    line = int(row["line"])
    problems = []
    try:
        hours = [(a // MINUTE, b // MINUTE) for a, b in _hours(str(row["hours"]))]
    except QuantityError as error:
        text = tr("hours (时段): {reason}", reason=error)
        problems.append(Problem(text, "", file, line, error.suggestion))
        hours = []
    team = team_of(str(row.get("team") or "")) if row.get("team") else STAFF
    if teams is not None and team == STAFF and STAFF not in teams:
        team = next(iter(teams)) if len(teams) == 1 else team
    if teams is not None and team not in teams:
        text = tr(
            "team (队伍): there is no “{name}” at this point; there are {known}",
            name=row.get("team") or "",
            known=joined(teams.values(), "、", ", "),
        )
        problems.append(Problem(text, file=file, line=line))
    if row.get("day") and row.get("date"):
        text = tr("say either a day of the week or kind of day, or a date")
        problems.append(Problem(text, file=file, line=line))
    if problems:
        raise InputError(problems)
    days = {name: row.get(name) or "" for name in ("day", "date")}
    return {**row, **days, "team": team, "hours": hours}


def _hours(text: str) -> tuple[tuple[int, int], ...]:
    """Read hours; a bare hour, ``8`` or ``08:00``, is the one that begins then."""
    bare = text.strip().removesuffix("时").removesuffix("点")
    if bare.endswith(":00"):
        bare = bare[:-3]
    if bare.isdecimal() and len(bare) <= 2 and int(bare) < 24:
        return ((int(bare) * 60 * MINUTE, (int(bare) + 1) * 60 * MINUTE),)
    return read_hours(text)


def _special(row: dict[str, Any]) -> int:
    """Say of how few days a row speaks."""
    if row["date"]:
        return 3
    if row["day"] in _WEEKDAYS:
        return 2
    return 1 if row["day"] else 0


def _twice(rows: list[dict[str, Any]], file: str) -> Iterator[Problem]:
    """Find rows that speak of the same team, days and hours."""
    seen: dict[tuple[Any, ...], list[tuple[int, int, int]]] = {}
    for row in rows:
        key = row["team"], row["day"], row["date"]
        for a, b in row["hours"]:
            for c, d, line in seen.setdefault(key, []):
                if a < d and c < b:
                    text = tr("these hours are in line {line} already", line=line)
                    yield Problem(text, file=file, line=int(row["line"]))
                    break
            seen[key].append((a, b, int(row["line"])))


def _laid(rows: list[dict[str, Any]], team: str, calendar: Calendar) -> Iterator[Step]:
    """Lay the rows of a team out over the days, minute by minute."""
    size = (calendar.days + 1) * DAY_MINUTES
    number = np.zeros(size, dtype=np.int64)
    for row in sorted(rows, key=_special):
        for day in range(-1, calendar.days):
            if _holds(row, day, calendar):
                for a, b in row["hours"]:
                    low, high = day * DAY_MINUTES + a, day * DAY_MINUTES + b
                    number[max(low, 0) : max(high, 0)] = int(row["number"])
    edges = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), size]
    for start, end in pairwise(edges):
        yield Step(team, start, end, int(number[start]))


def _holds(row: dict[str, Any], day: int, calendar: Calendar) -> bool:
    date_ = calendar.start + timedelta(days=day)
    if row["date"]:
        return bool(f"{date_}" == row["date"])
    if row["day"] in _WEEKDAYS:
        return date_.weekday() == _WEEKDAYS.index(row["day"])
    kind = KINDS[calendar.with_eve_kinds[day + 1]]
    return bool(row["day"] in ("", kind))

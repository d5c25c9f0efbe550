"""Who can be given shifts: a planner's table of people, or placeholders that are counted.

The table names each person with the team, the hours a week, whether they may work at night, and
leave from a day to a day; a further row of the same name adds further leave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from govsim.errors import InputError, Problem
from govsim.language import joined, tr
from govsim.rostering.rules import Rules
from govsim.rostering.task import Person
from govsim.scenarios.tables import Column, read_table
from govsim.scenarios.units import nearest

YES_OR_NO = {
    **dict.fromkeys(("yes", "y", "true", "1", "是", "可", "能", "√"), "yes"),
    **dict.fromkeys(("no", "n", "false", "0", "否", "不可", "不能", "×"), "no"),
}

PEOPLE = (
    Column("name", ("姓名", "人员", "名字", "person"), required=True),
    Column("team", ("队伍", "班组", "岗位", "teams")),
    Column(
        "hours", ("每周工时", "周工时", "工时", "hours_a_week", "hours a week"), "number",
        low=1, high=80,
    ),
    Column("nights", ("夜班", "可上夜班", "night"), "choice", choices=YES_OR_NO),
    Column(
        "leave_from",
        ("请假从", "休假从", "请假开始", "休假开始", "从", "自", "from", "leave from"), "day",
    ),
    Column(
        "leave_to",
        ("请假至", "休假至", "请假结束", "休假结束", "至", "到", "to", "until", "leave to"), "day",
    ),
)  # fmt: skip
"""Columns of a table of people."""

SEVERAL = re.compile(r"\s*[、,，;；/]\s*")
"""What stands between the teams that somebody works in."""

TeamOf = Callable[[str], str]
"""Brings the name of a team to its key."""


@dataclass(frozen=True)
class Roll:
    """The people of a rota.

    Attributes
    ----------
    people : in the order of the table.
    aside : rows that could not be read: ``line, reason`` and what stood there.
    outside : people with leave that lies wholly outside the rota; it changes nothing.
    """

    people: tuple[Person, ...]
    aside: pd.DataFrame
    outside: tuple[str, ...] = ()


def read(
    file: Path,
    teams: Mapping[str, str],
    team_of: TeamOf,
    rules: Rules,
    first: date,
    days: int,
    skip: bool = False,
) -> Roll:
    """Read a table of people.

    Parameters
    ----------
    teams : that are needed, with what they are called; of one alone, the column may be left out.
    team_of : see `TeamOf`.
    first, days : of the rota.
    skip : set rows that can't be read aside, in place of refusing the table.

    Raises
    ------
    InputError
        With all that is wrong, line by line.
    """
    reading = read_table(file, PEOPLE)
    problems = list(reading.problems)
    aside: list[dict[Any, Any]] = reading.set_aside.to_dict("records")
    found: dict[str, dict[str, Any]] = {}
    away: dict[str, set[int]] = {}
    outside: list[str] = []
    for one in reading.frame.to_dict("records"):
        row = {str(key): value for key, value in one.items()}
        said = list(_wrong(row, teams, team_of, found, str(file)))
        if said:
            problems += said
            aside.append({**row, "reason": "; ".join(one.message for one in said)})
            continue
        name = str(row["name"])
        found.setdefault(name, row)
        leave = set(_leave(row, first, days))
        away.setdefault(name, set()).update(leave)
        if (row.get("leave_from") or row.get("leave_to")) and not leave:
            outside.append(name)
    unreadable = not len(reading.frame) and not aside
    if problems and (unreadable or not skip):
        raise InputError(sorted(problems, key=lambda one: one.line))
    people = tuple(
        _person(row, frozenset(away[name]), teams, team_of, rules) for name, row in found.items()
    )
    if not people:
        raise InputError([*problems, Problem(tr("no row names anybody"), file=str(file))])
    return Roll(people, pd.DataFrame(aside), tuple(dict.fromkeys(outside)))


def _person(
    row: dict[str, Any],
    leave: frozenset[int],
    teams: Mapping[str, str],
    team_of: TeamOf,
    rules: Rules,
) -> Person:
    hours = row.get("hours")
    minutes = rules.hours_a_week if hours is None or pd.isna(hours) else round(hours * 60)
    return Person(
        str(row["name"]),
        _teams(row, teams, team_of),
        minutes,
        leave,
        row.get("nights") != "no",
        minutes < rules.hours_a_week,
    )


def _teams(row: dict[str, Any], teams: Mapping[str, str], team_of: TeamOf) -> tuple[str, ...]:
    written = [word for word in SEVERAL.split(str(row.get("team") or "")) if word]
    return tuple(dict.fromkeys(map(team_of, written))) or tuple(teams)


def _wrong(
    row: dict[str, Any],
    teams: Mapping[str, str],
    team_of: TeamOf,
    found: dict[str, dict[str, Any]],
    file: str,
) -> list[Problem]:
    """Find what a row says that can't be."""
    line = int(row["line"])
    told = []
    written = [word for word in SEVERAL.split(str(row.get("team") or "")) if word]
    name = str(row["name"])
    if not written and len(teams) > 1 and name not in found:
        text = tr(
            "team (队伍): say which; needed are {known}", known=joined(teams.values(), "、", ", ")
        )
        told.append(Problem(text, file=file, line=line))
    for word in written:
        if team_of(word) not in teams:
            text = tr(
                "team (队伍): nobody of “{name}” is needed here; needed are {known}",
                name=word,
                known=joined(teams.values(), "、", ", "),
            )
            told.append(Problem(text, "", file, line, nearest(word, teams.values())))
    first, last = row.get("leave_from") or "", row.get("leave_to") or ""
    if bool(first) != bool(last):
        text = tr("leave has a first and a last day; one of them is empty")
        told.append(Problem(text, file=file, line=line))
    elif last < first:
        text = tr("the last day {last} is before the first, {first}", last=last, first=first)
        told.append(Problem(text, file=file, line=line))
    if (before := found.get(name)) is not None:
        for key in ("team", "hours", "nights"):
            now, then = row.get(key), before.get(key)
            if now and not pd.isna(now) and now != then:
                text = tr(
                    "“{name}” is already in line {line} with another {field}; two people of one "
                    "name need names that differ",
                    name=name,
                    line=before["line"],
                    field=key,
                )
                told.append(Problem(text, file=file, line=line))
    return told


def _leave(row: dict[str, Any], first: date, days: int) -> list[int]:
    """Give the days of the rota on which somebody is away."""
    if not row.get("leave_from") or not row.get("leave_to"):
        return []
    begins = (date.fromisoformat(str(row["leave_from"])) - first).days
    ends = (date.fromisoformat(str(row["leave_to"])) - first).days
    return list(range(max(begins, 0), min(ends, days) + 1))


def example(teams: Sequence[str], first: date) -> str:
    """Give a table of people to begin from, as CSV."""
    team = teams[0] if teams else ""
    days = [f"{first + timedelta(days=d)}" for d in (7, 11)]
    rows = [
        ["姓名", "队伍", "每周工时", "夜班", "请假从", "请假至"],
        ["张三", team, "40", "是", "", ""],
        ["李四", team, "40", "是", *days],
        ["王五", team, "20", "否", "", ""],
    ]
    return "".join(",".join(row) + "\n" for row in rows)

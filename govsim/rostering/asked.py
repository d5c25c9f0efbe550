"""What is asked of `govsim.roster`, read and checked as a whole: a task for the solver.

Faults of the rules, the table of people, the table of need and the options are told together, each
with its file and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from govsim.errors import InputError, Problem
from govsim.evaluation.service import Service
from govsim.language import joined, tr
from govsim.rostering import need as needs
from govsim.rostering import people as rolls
from govsim.rostering import solving
from govsim.rostering.people import Roll, TeamOf
from govsim.rostering.result import Rota
from govsim.rostering.rules import DAY_MINUTES, STANDARD, Rules
from govsim.rostering.task import Past, Person, Shift, Task
from govsim.scenarios.calendar import Calendar
from govsim.scenarios.names import Names, plain
from govsim.scenarios.schema import Scenario
from govsim.scenarios.schema.place import Calendar as Section
from govsim.scenarios.staffing import DESK
from govsim.scenarios.units import DAY, MINUTE, nearest

DESK_WORDS = ("前台", "受理前台", "服务台", "reception", "reception desk", "desk")

USUAL = {
    "early": ("08:00-16:00", "早班", "early shift"),
    "late": ("16:00-24:00", "中班", "late shift"),
    "night": ("00:00-08:00", "夜班", "night shift"),
}
"""Shifts where neither rules nor a scenario has any."""

NAMES = {"day": ("白班", "day shift"), "night": ("夜班", "night shift")}
"""What shifts of these keys are called."""

FULLEST = 300
"""Most people of one rota."""


@dataclass(frozen=True)
class Wanted:
    """What a planner has said; see `govsim.rostering.roster.roster`."""

    point: str | None = None
    teams: tuple[str, ...] = ()
    need: Path | None = None
    people: int | Mapping[str, int] | Path | None = None
    first: date | None = None
    after: Rota | None = None
    skip: bool = False


@dataclass(frozen=True)
class Question:
    """A rota to make, and where it belongs.

    Attributes
    ----------
    task : with people, or without where they are to be counted.
    counted : whether the people are placeholders.
    counts : how many of each team were asked for; None: as many as needed.
    labels : of the teams, Chinese and English.
    place : of the rota, Chinese and English.
    point : id of the point; empty without a scenario.
    notes : what a planner must know.
    aside : rows that were set aside: ``file, line, reason``.
    """

    task: Task
    counted: bool
    counts: Mapping[str, int] | None
    labels: Mapping[str, tuple[str, str]]
    place: tuple[str, str]
    point: str = ""
    notes: tuple[str, ...] = ()
    aside: tuple[dict[str, Any], ...] = field(default=())


def asked_for(service: Service | None, rules: Rules, wanted: Wanted) -> Question:
    """Understand what is asked.

    Parameters
    ----------
    service : of the scenario; None where there is a table of need alone.

    Raises
    ------
    InputError
        Something of it can't be used; all of that is named at once.
    """
    problems: list[Problem] = []
    notes: list[str] = []
    aside: list[dict[str, Any]] = []
    scenario = None if service is None else service.scenario
    first = wanted.first or _first(scenario)
    days = 7 * rules.weeks
    section = Section() if scenario is None else scenario.calendar
    calendar = Calendar.of(section, first, days + 2)
    notes += calendar.notes
    point = -1
    if service is not None:
        point = _point(service, wanted.point)
    labels = _labels(service, point)
    team_of = _team_of(labels)
    shown = {key: _shown(pair) for key, pair in labels.items()}
    if wanted.need is not None:
        known = None if service is None else shown
        table = needs.of_table(wanted.need, team_of, known, calendar, wanted.skip)
        aside += [_aside(wanted.need, row) for row in table.aside]
        steps = table.steps
    else:
        assert service is not None
        found = needs.of_service(service.network, point, first, days)
        steps, notes = found.steps, [*notes, *found.notes]
    asked = list(dict.fromkeys(map(team_of, wanted.teams)))
    needed = [
        t for t in dict.fromkeys(s.team for s in steps if s.number) if not asked or t in asked
    ]
    shown |= {team: shown.get(team, team) for team in needed}
    there = {s.team: shown.get(s.team, s.team) for s in steps if s.number}
    for word, team in zip(wanted.teams, map(team_of, wanted.teams), strict=True):
        if team not in there:
            text = tr(
                "nobody of “{name}” is needed here; needed are {known}",
                name=word,
                known=joined(there.values(), "、", ", "),
            )
            problems.append(Problem(text, file="--team", suggestion=nearest(word, there.values())))
    if not needed and not problems:
        text = tr("nobody is needed in these weeks, so that there is no rota to make")
        problems.append(Problem(text, file=str(wanted.need or "")))
    shifts = _shifts(rules, scenario, team_of)
    task = Task(
        first,
        shifts,
        (),
        tuple(s for s in steps if s.team in needed),
        rules,
        tuple(int(kind) for kind in calendar.kind_of_day[:days]),
        {d: name for d, name in calendar.festivals.items() if 0 <= d < days},
        _past(wanted.after, first),
    )
    problems += _shift_problems(task, shown)
    people: tuple[Person, ...] = ()
    counts: dict[str, int] | None = None
    mine = {team: shown[team] for team in needed}
    try:
        if isinstance(wanted.people, Path):
            roll = rolls.read(wanted.people, mine, team_of, rules, first, days, wanted.skip)
            people = roll.people
            aside += [_aside(wanted.people, row) for row in roll.aside.to_dict("records")]
            notes += _of_roll(roll, mine, task)
        elif wanted.people is not None and not problems:
            counts = _counts(wanted.people, task, team_of, mine)
            people = solving.placeholders(counts, rules.hours_a_week)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    if len(people) > FULLEST:
        text = tr("a rota has at most {most} people, not {n}", most=FULLEST, n=len(people))
        raise InputError([Problem(text, file="--people")])
    kept = {team: labels.get(team, (team, team)) for team in needed}
    place = _place(service, point, wanted)
    key = "" if service is None else str(service.network.territory.points["point"].iloc[point])
    return Question(
        replace(task, people=people),
        not isinstance(wanted.people, Path),
        counts,
        kept,
        place,
        key,
        tuple(notes),
        tuple(aside),
    )


def _first(scenario: Scenario | None) -> date:
    """Begin on the first Monday after a scenario's warm-up, or on the next one of ours."""
    begun = date.today()
    if scenario is not None:
        warm = scenario.warm_up if isinstance(scenario.warm_up, int) else 28 * DAY
        begun = scenario.start + timedelta(days=-(-warm // DAY))
    return begun + timedelta(days=-begun.weekday() % 7)


def _point(service: Service, asked: str | None) -> int:
    """Find the point whose rota is asked for: the only station, if none is named."""
    network = service.network
    points = network.territory.points
    active = [int(p) for p in np.unique(network.covering)]
    named = {
        p: [str(points[c].iloc[p]) for c in ("name_zh", "name_en", "point") if points[c].iloc[p]]
        for p in active
    }
    known = [names[0] for names in named.values()]
    if asked is not None:
        for p, names in named.items():
            if plain(asked) in map(plain, names):
                return p
        every = [name for names in named.values() for name in names]
        text = tr(
            "there is no point “{name}” that serves anybody; there are {known}",
            name=asked,
            known=_some(known),
        )
        raise InputError([Problem(text, file="--point", suggestion=nearest(asked, every))])
    stations = [p for p in active if points["kind"].iloc[p] == "point_station"]
    for some in (stations, active):
        if len(some) == 1:
            return some[0]
    text = tr("say whose rota it is with --point; there are {known}", known=_some(known))
    raise InputError([Problem(text, file="--point")])


def _some(names: Sequence[str]) -> str:
    """List some names, and count the others."""
    shown = joined(names[:8], "、", ", ")
    if len(names) <= 8:
        return shown
    return tr("{names} and {n} more", names=shown, n=len(names) - 8)


def _labels(service: Service | None, point: int) -> dict[str, tuple[str, str]]:
    """Name the teams that stand at a point, and the desk."""
    if service is None:
        return {needs.STAFF: ("值班人员", "staff")}
    network = service.network
    found = {}
    for pool in network.pools:
        if pool.point != point:
            continue
        if pool.name == DESK:
            found[DESK] = ("前台", "reception desk")
        elif pool.name in network.scenario.teams:
            label = network.scenario.teams[pool.name].label
            found[pool.name] = (label.zh, label.en)
    return found


def _shown(pair: tuple[str, str]) -> str:
    from govsim.language import current

    return pair[0] if current() == "zh" else pair[1]


def _team_of(labels: Mapping[str, tuple[str, str]]) -> TeamOf:
    """Bring the name of a team, in either language, to its key."""
    names = Names({"team": list(labels)})
    spelled = names.labels.setdefault("team", {})
    for key, pair in labels.items():
        for word in (*pair, *(DESK_WORDS if key == DESK else ())):
            spelled.setdefault(plain(word), key)
    return lambda word: names.key("team", word)


def _shifts(rules: Rules, scenario: Scenario | None, team_of: TeamOf) -> tuple[Shift, ...]:
    """Give the shifts that people may be given: those of the rules, the scenario, or usual ones."""
    found = []
    for key, pattern in rules.shifts.items():
        start, end = (t // MINUTE for t in pattern.hours[0])
        zh, en = NAMES.get(key, (key, key))
        if pattern.label is not None:
            zh, en = pattern.label.zh, pattern.label.en
        teams = tuple(map(team_of, pattern.teams))
        found.append(Shift(key, start, end, pattern.pause, zh, en, pattern.short or "", teams))
    for start in rules.starts:
        for length in rules.lengths:
            begin = start // MINUTE % DAY_MINUTES
            end = begin + length
            called = f"{_clock(begin)}-{_clock(end % DAY_MINUTES or DAY_MINUTES)}"
            found.append(Shift(called, begin, end, 0, called, called))
    if not found and scenario is not None:
        for key, windows in scenario.calendar.shifts.items():
            zh, en = NAMES.get(key, (key, key))
            for n, (a, b) in enumerate(windows):
                called = key if len(windows) == 1 else f"{key}{n + 1}"
                found.append(Shift(called, a // MINUTE, b // MINUTE, 0, zh, en))
    if not found:
        for key, (hours, zh, en) in USUAL.items():
            a, b = (60 * int(part[:2]) for part in hours.split("-"))
            found.append(Shift(key, a, b, 0, zh, en))
    return tuple(found)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _shift_problems(task: Task, shown: Mapping[str, str]) -> Iterator[Problem]:
    """Find shifts that nobody may work by standard hours, or that have no work."""
    for shift in task.shifts:
        span = f"{_clock(shift.start)}-{_clock((shift.end - 1) % DAY_MINUTES + 1)}"
        if shift.work <= 0:
            text = tr("the pause of {shift} is as long as the shift", shift=shift.key)
            yield Problem(text, f"shifts.{shift.key}.pause", "--rules")
        if task.rules.system == STANDARD and shift.work > task.rules.longest_standard:
            text = tr(
                "{span} is {hours:g} h of work; standard hours allow {most:g} h with overtime "
                "(Labour Law 36 and 41). Shorter shifts, a pause, or system=comprehensive, which "
                "the labour authority has to approve (Labour Law 39)",
                span=span,
                hours=shift.work / 60,
                most=task.rules.longest_standard / 60,
            )
            yield Problem(text, f"shifts.{shift.key}", "--rules")


def _counts(
    asked: int | Mapping[str, int], task: Task, team_of: TeamOf, shown: Mapping[str, str]
) -> dict[str, int]:
    """Say how many placeholders each team has: as asked, or shared out by what is needed."""
    teams = list(shown)
    if isinstance(asked, int):
        least = {team: solving.at_least(task, team, overtime=False) for team in teams}
        if asked < len(teams):
            text = tr(
                "{n} people for {teams} teams: each needs one at least", n=asked, teams=len(teams)
            )
            raise InputError([Problem(text, file="--people")])
        found = dict.fromkeys(teams, 1)
        for _ in range(asked - len(teams)):
            found[max(teams, key=lambda team: least[team] / found[team])] += 1
        return found
    counts, problems = {}, []
    for word, number in asked.items():
        team = team_of(word)
        if team not in teams:
            text = tr(
                "nobody of “{name}” is needed here; needed are {known}",
                name=word,
                known=joined(shown.values(), "、", ", "),
            )
            problems.append(
                Problem(text, file="--people", suggestion=nearest(word, shown.values()))
            )
        counts[team] = number
    if missing := [team for team in teams if team not in counts]:
        text = tr(
            "say also how many there are of {teams}",
            teams=joined([shown[team] for team in missing], "、", ", "),
        )
        problems.append(Problem(text, file="--people"))
    if problems:
        raise InputError(problems)
    return {team: counts[team] for team in teams}


def _of_roll(roll: Roll, shown: Mapping[str, str], task: Task) -> Iterator[str]:
    for name in roll.outside:
        yield tr("The leave of {name} lies outside the rota.", name=name)
    for team, called in shown.items():
        if not any(team in person.teams for person in roll.people):
            yield tr("Nobody of the table is of “{team}”, which needs people.", team=called)


def _past(after: Rota | None, first: date) -> tuple[Past, ...]:
    """Read the shifts of the last ten days of an earlier rota."""
    if after is None:
        return ()
    zero = pd.Timestamp(first)
    found = []
    for row in after.duties.to_dict("records"):
        start, end = (
            round((pd.Timestamp(row[key]) - zero).total_seconds() / 60)
            for key in ("starts", "ends")
        )
        if -10 * DAY_MINUTES <= start < 0:
            found.append(Past(str(row["person"]), start, end, bool(row["night"])))
    return tuple(found)


def _place(service: Service | None, point: int, wanted: Wanted) -> tuple[str, str]:
    if service is None:
        stem = wanted.need.stem if wanted.need else ""
        return stem, stem
    row = service.network.territory.points.iloc[point]
    names = [str(row[c]) for c in ("name_zh", "name_en")]
    return names[0] or str(row["point"]), names[1] or names[0] or str(row["point"])


def _aside(file: Path, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {"file": str(file), "line": int(row["line"]), "reason": str(row["reason"])}

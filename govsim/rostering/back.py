"""The way back of a rota into its scenario: as dated changes, in a file that runs as it is.

Shifts of a scenario may not overlap, those of a rota may. So the scenario's shifts are cut where
the rota's begin and end: the first piece keeps the name, rosters have the others with the same
numbers, and the rota's people are counted in each piece on each day.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, pairwise
from math import ceil
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from govsim.rostering.rules import DAY_MINUTES
from govsim.rostering.task import Duty, Task
from govsim.scenarios import dated_rows
from govsim.scenarios.changes import MISSING
from govsim.scenarios.loading import Loaded
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY, MINUTE
from govsim.storage.files import write_text

WARM_UP = 28
"""Days before the rota, where the scenario finds its warm-up by itself."""

Numbers = Callable[[str, int], int]
"""People of a team on duty at a minute of the rota."""

Tree = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """A part of a scenario's shift: its new name and its hours, minutes since midnight.

    Attributes
    ----------
    of : the shift that it was cut from; empty where there was none.
    next_day : whether it was after the midnight of a shift that began the day before.
    """

    name: str
    start: int
    end: int
    of: str
    next_day: bool = False


@dataclass(frozen=True)
class Overlay:
    """What is laid over a scenario.

    Attributes
    ----------
    tree : keys of a scenario file.
    table : a table of rosters in place of the scenario's own; None: that stays.
    """

    tree: Tree
    table: pd.DataFrame | None


def on_duty(task: Task, duties: Sequence[Duty]) -> Numbers:
    """Count who is on duty by a rota."""
    spans = [
        (one.team, one.day * DAY_MINUTES + shift.start, one.day * DAY_MINUTES + shift.end)
        for one in duties
        for shift in [task.shifts[one.shift]]
    ]
    return lambda team, at: sum(t == team and a <= at < b for t, a, b in spans)


def needed(task: Task) -> Numbers:
    """Count who is needed."""
    return lambda team, at: sum(
        step.number for step in task.need if step.team == team and step.start <= at < step.end
    )


def pieces(scenario: Scenario, task: Task) -> list[Piece]:
    """Cut the scenario's shifts where a shift of the rota, or what is needed, changes."""
    edges = {t % DAY_MINUTES for s in task.shifts for t in (s.start, s.end)}
    edges |= {step.start % DAY_MINUTES for step in task.need if step.start > 0}
    found: list[Piece] = []
    taken = set(scenario.calendar.shifts)

    def name(of: str, start: int) -> str:
        base = f"{of or 'rota'}_{start // 60:02d}{start % 60:02d}"
        new, k = base, 1
        while new in taken:
            new, k = f"{base}_{k + 1}", k + 1
        taken.add(new)
        return new

    for shift, windows in scenario.calendar.shifts.items():
        first = True
        for a, b in windows:
            inner = _cut(a // MINUTE, b // MINUTE, edges)
            for start, end in inner:
                later = start >= DAY_MINUTES
                at = start % DAY_MINUTES
                called = shift if first else name(shift, at)
                found.append(Piece(called, at, at + end - start, shift, later))
                first = False
    for start, end in _gaps(found):
        for a, b in _cut(start, end, edges):
            found.append(Piece(name("", a), a, b, ""))
    return found


def _cut(start: int, end: int, edges: set[int]) -> list[tuple[int, int]]:
    inner = sorted(e + k * DAY_MINUTES for e in edges for k in (0, 1))
    at = [start, *(e for e in inner if start < e < end), end]
    return list(pairwise(at))


def _gaps(found: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Find the hours of the day that no shift has."""
    spans = sorted(
        part
        for piece in found
        for part in (
            [(piece.start, piece.end)]
            if piece.end <= DAY_MINUTES
            else [(piece.start, DAY_MINUTES), (0, piece.end - DAY_MINUTES)]
        )
    )
    reached = 0
    for start, end in [*spans, (DAY_MINUTES, DAY_MINUTES)]:
        if start > reached:
            yield reached, start
        reached = max(reached, end)


def overlay(
    scenario: Scenario, rosters: pd.DataFrame, point: str, task: Task, numbers: Numbers | None
) -> Overlay:
    """Say what a scenario needs to have these people on duty at a point in the rota's weeks.

    Parameters
    ----------
    rosters : the territory's table of rosters.
    numbers : None: those of the scenario, in the same weeks.
    """
    warm = scenario.warm_up if isinstance(scenario.warm_up, int) else WARM_UP * DAY
    days = max(ceil(warm / DAY), 1)
    tree: Tree = {
        "start": task.first - timedelta(days=days),
        "horizon": f"{days + task.days} days",
        "warm_up": f"{days} days",
    }
    parts = pieces(scenario, task)
    new = [piece for piece in parts if piece.name not in scenario.calendar.shifts]
    if new:
        _put(tree, ("calendar", "shifts"), {p.name: _hours(p) for p in _windows(scenario, parts)})
        _more_rosters(tree, scenario, new)
    table = None
    if len(rosters) and (new or _collides(rosters, point, task)):
        table = _table(rosters, point, task, new)
    if numbers is not None:
        tree["changes"] = dict(_changes(point, task, parts, numbers))
    return Overlay(tree, table)


def _windows(scenario: Scenario, parts: Sequence[Piece]) -> list[Piece]:
    """Give the pieces that are not shifts of the scenario as they were."""
    return [
        p
        for p in parts
        if p.name not in scenario.calendar.shifts
        or [(p.start * MINUTE, p.end * MINUTE)] != list(scenario.calendar.shifts[p.name])
    ]


def _hours(piece: Piece) -> str:
    def clock(minutes: int) -> str:
        return f"{minutes // 60:02d}:{minutes % 60:02d}"

    end = piece.end if piece.end <= DAY_MINUTES else piece.end - DAY_MINUTES
    return f"{clock(piece.start)}-{clock(end)}"


def _more_rosters(tree: Tree, scenario: Scenario, new: Sequence[Piece]) -> None:
    """Give every roster the new pieces, with the numbers of the shift that they are cut from."""

    def more(roster: Mapping[str, Any]) -> dict[str, Any]:
        return {p.name: roster[p.of] for p in new if p.of in roster}

    def put(path: tuple[str, ...], roster: Mapping[str, Any]) -> None:
        if added := more(roster):
            _put(tree, path, added)

    for name, team in scenario.teams.items():
        put(("teams", name, "roster"), team.roster)
        for kind, roster in team.roster_at.items():
            put(("teams", name, "roster_at", kind), roster)
        put(("teams", name, "free_in_shift"), team.free_in_shift)
    for kind, roster in scenario.desk.rosters.items():
        put(("desk", "rosters", kind), roster)
    put(("centre", "roster"), scenario.centre.roster)
    for name, change in scenario.changes.items():
        put(("changes", name, "roster"), change.roster)


def _put(tree: Tree, path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    if isinstance(value, dict):
        tree.setdefault(path[-1], {}).update(value)
    else:
        tree[path[-1]] = value


def _changes(
    point: str, task: Task, parts: Sequence[Piece], numbers: Numbers
) -> Iterator[tuple[str, Tree]]:
    """Give dated changes: a run of days with the same numbers is one."""
    low, high = task.window
    for team in task.teams:
        runs: list[tuple[int, int, dict[str, int]]] = []
        for day in range(task.days + 1):
            begun = day * DAY_MINUTES
            roster = {
                p.name: numbers(team, begun + p.start)
                for p in parts
                if low <= begun + p.start < high
            }
            if roster and runs and runs[-1][2] == roster:
                runs[-1] = (runs[-1][0], day, roster)
            elif roster:
                runs.append((day, day, roster))
        for first, last, roster in runs:
            dates = [task.date_of(d) for d in (first, last)]
            yield (
                f"rota_{team}_{dates[0]:%m%d}",
                {
                    "first_day": dates[0],
                    "last_day": dates[1],
                    "at": [point],
                    "team": team,
                    "roster": roster,
                },
            )


# ---------------------------------------------------------------------- a planner's own table


def _collides(rosters: pd.DataFrame, point: str, task: Task) -> bool:
    return bool(_hidden(rosters, point, task).any())


def _hidden(rosters: pd.DataFrame, point: str, task: Task) -> pd.Series:
    """Say which rows of some days would go over the rota's: bool, with the table's index."""
    mine = dated_rows.dated(rosters) & (rosters["point"] == point)
    mine &= rosters["team"].isin(task.teams)
    if not mine.any():
        return mine
    first, last = f"{task.first}", f"{task.date_of(task.days)}"
    begins = rosters["first_day"].replace("", dated_rows.EVER[0])
    ends = rosters["last_day"].replace("", dated_rows.EVER[1])
    return mine & (begins <= last) & (ends >= first) & (rosters["closed"] == "")


def _table(rosters: pd.DataFrame, point: str, task: Task, new: Sequence[Piece]) -> pd.DataFrame:
    """Write the table anew: rows for the new pieces, and none over the rota in its weeks."""
    frame = rosters.drop(columns=[c for c in ("line",) if c in rosters])
    hidden = _hidden(rosters, point, task)
    rows: list[dict[str, Any]] = []
    for over, row in zip(hidden, frame.to_dict("records"), strict=True):
        kept = list(_outside(row, task)) if over else [row]
        for one in kept:
            rows.append({str(k): v for k, v in one.items()})
            for piece in new:
                if piece.of and piece.of == one["shift"]:
                    rows.append({**rows[-1], "shift": piece.name})
    return pd.DataFrame(rows, columns=list(frame.columns))


def _outside(row: Mapping[Any, Any], task: Task) -> Iterator[dict[Any, Any]]:
    """Give the parts of a row before and after the rota."""
    begins, ends = row["first_day"] or dated_rows.EVER[0], row["last_day"] or dated_rows.EVER[1]
    before, after = task.first - timedelta(days=1), task.date_of(task.days) + timedelta(days=1)
    if begins <= f"{before}":
        yield {**row, "last_day": f"{before}"}
    if ends >= f"{after}":
        yield {**row, "first_day": f"{after}"}


# ---------------------------------------------------------------------- files, and in memory


def applied(scenario: Scenario, laid: Overlay, folder: Path) -> Scenario:
    """Give the scenario with it, in memory; a table goes to a file in the folder."""
    tree = laid.tree
    if laid.table is not None:
        file = folder / "rosters.csv"
        write_text(file, laid.table.to_csv(index=False, lineterminator="\n"))
        tree = {**tree, "territory": {"rosters": {"table": str(file.resolve())}}}
    whole = scenario.model_dump(mode="json")
    for path, value in _leaves(tree):
        part = whole
        for key in path[:-1]:
            if not isinstance(part.get(key), dict):
                part[key] = {}
            part = part[key]
        part[path[-1]] = value
    return Scenario.model_validate(whole | {"evidence": {}})


def _leaves(tree: Tree, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*path, key))
        else:
            plain = f"{value}" if isinstance(value, date) else value
            yield (*path, key), plain


def write(given: Loaded, laid: Overlay, ending: str, label: tuple[str, str]) -> Path | None:
    """Write a scenario that extends the given one, beside it; see `govsim.optimisation.files`.

    Parameters
    ----------
    ending : of its name, ``rota``; an earlier one with other contents stays: then a number follows.
    label : what goes behind the name in Chinese and English.

    Returns
    -------
    Path
        None where no file was given, or ``--set`` has left something out.
    """
    if not given.files or any(change.after is MISSING for change in given.changes):
        return None
    file = given.files[0].path
    own = given.scenario.label
    for number in count(1):
        name = f"{file.stem}-{ending}{'' if number == 1 else f'-{number}'}"
        tree: Tree = {
            "extends": file.name,
            "label": {"zh": f"{own.zh}{label[0]}", "en": f"{own.en}{label[1]}"},
        }
        for change in given.changes:
            _put(tree, tuple(change.path.split(".")), change.after)
        for key, value in laid.tree.items():
            _put(tree, (key,), value)
        contents = {}
        if laid.table is not None:
            _put(tree, ("territory", "rosters", "table"), f"{name}-rosters.csv")
            contents[file.with_name(f"{name}-rosters.csv")] = laid.table.to_csv(
                index=False, lineterminator="\n"
            )
        text = io.StringIO()
        YAML().dump(tree, text)
        contents[file.with_name(f"{name}.yaml")] = text.getvalue()
        if not any(one.exists() for one in contents) or _same(contents):
            break
    for one, body in contents.items():
        write_text(one, body)
    return file.with_name(f"{name}.yaml")


def _same(contents: Mapping[Path, str]) -> bool:
    try:
        return all(one.read_text(encoding="utf-8") == text for one, text in contents.items())
    except (OSError, ValueError):
        return False

"""From people needed by the hour to a named rota for four weeks, and back into the scenario.

`roster` is the door for the command line and for Python. It says how many people would do, or takes
those that there are; it finds a rota that holds every rule, or names the rules that stand against
it; and it simulates what the service keeps with the rota. docs/rostering.md has the rules.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from govsim.errors import InputError, Problem
from govsim.evaluation.service import Service
from govsim.language import tr
from govsim.optimisation.result import FOUND, Optimum, open_optimum
from govsim.optimisation.result import RECORD as OPTIMUM
from govsim.rostering import back, check, fairness, simulating, solver, solving
from govsim.rostering import rules as rulebook
from govsim.rostering.asked import Question, Wanted, asked_for
from govsim.rostering.refusal import Refusal, why
from govsim.rostering.result import (
    IMPOSSIBLE,
    MADE,
    ROSTER,
    SHORT,
    UNKNOWN,
    Rota,
    made,
    open_rota,
    write_rota,
)
from govsim.rostering.rules import LAW, Rules
from govsim.rostering.solving import Answer, Told, nobody_told
from govsim.rostering.task import Duty, Task, kept
from govsim.runs import provenance
from govsim.runs.executors import Executor
from govsim.runs.progress import OnProgress, Progress
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.schema import Scenario
from govsim.scenarios.tables import SHEETS

TABLES = {".csv", ".txt", *SHEETS}
"""Endings of files that are tables of need, and no scenarios."""


def roster(
    plan: str | Path | Scenario | Loaded | Optimum,
    *,
    point: str | None = None,
    teams: Sequence[str] = (),
    need: str | Path | None = None,
    people: int | Mapping[str, int] | str | Path | None = None,
    rules: str | Path | Rules | None = None,
    rule: Sequence[tuple[str, str]] = (),
    first: date | str | None = None,
    after: str | Path | Rota | None = None,
    short: bool = False,
    skip_bad_rows: bool = False,
    replications: int = simulating.REPLICATIONS,
    seed: int | None = None,
    settings: Settings = (),
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    on_progress: OnProgress | None = None,
    executor: Executor | None = None,
) -> Rota:
    """Make a rota that people can work, from how many are needed by the hour.

    Parameters
    ----------
    plan : a scenario, whose rosters at a point say who is needed; what `govsim.optimise` found, or
        its folder; or a table of need, without a scenario.
    point : whose rota it is, by id or name; the only station if not given.
    teams : those that the rota is for; all that are needed there if not given.
    need : a table of who is needed by the hour, in place of the scenario's rosters.
    people : a table of people; or how many there are, in all or by team, for whom placeholders
        stand; None: as many as can work it without overtime.
    rules : a file of rules, or `govsim.rostering.rules.Rules`; China's labour law if not given.
    rule : rules that are set on top, as (name, value).
    first : first day; the first Monday after the scenario's warm-up if not given.
    after : the rota before this one, whose last shifts count for rest and days in a row.
    short : where these people can't work all that is needed, give the rota that keeps most of it.
    skip_bad_rows : set rows that can't be read aside and count them, in place of refusing.
    replications : of the simulation; 0: don't simulate.
    seed : of the search and the simulation; the scenario's own, or 1, if not given.
    settings, overrides : as for `govsim.run`.
    out : folder for results; ``<out>/roster/<id>`` is made in it, and a scenario with the rota
        beside the given one. None: nothing is written.
    on_progress : told how far it is.
    executor : where replications are done.

    Returns
    -------
    Rota
        Also where there is none: then it says what stands against it.

    Raises
    ------
    InputError
        Something of what is given can't be used; all of that is named.
    RunError
        OR-Tools is not installed, or the results can't be written.
    """
    began = time.monotonic()
    solver.cp_model()
    given, table = _plan(plan, need)
    service = None
    if given is not None:
        service = Service(
            given, seed=seed, settings=settings, overrides=overrides, executor=executor
        )
    if not isinstance(rules, Rules):
        rules = rulebook.read(rules, rule)
    elif rule:
        raise InputError([Problem(tr("give rules as a file, or set them one by one"), file="rule")])
    wanted = Wanted(
        point,
        tuple(teams),
        table,
        Path(people) if isinstance(people, str) else people,
        _day(first),
        open_rota(after) if isinstance(after, str | Path) else after,
        skip_bad_rows,
    )
    question = asked_for(service, rules, wanted)
    chosen = seed if seed is not None else 1 if service is None else service.scenario.seed
    told = _told(on_progress)
    task, answer, refusal, enough = _answer(question, chosen, short, told)
    duties = answer.duties or ()
    if wrong := check.broken(task, duties, short=bool(answer.short)) if answer.duties else []:
        raise RuntimeError(f"the rota breaks its own rules: {wrong[:5]}")  # and is not given out
    verdict = SHORT if answer.short else MADE
    if answer.duties is None:
        verdict = IMPOSSIBLE if answer.known else UNKNOWN
    told_of = _Told(service, question, task, duties, table is not None)
    key = _key(task, chosen, question, service, short, replications)
    folder = None if out is None else Path(out) / ROSTER / key
    rows = {**_rows(task, duties), "conflicts": _conflicts(refusal)}
    manifest: dict[str, Any] = {
        "verdict": verdict,
        "place": dict(zip(("zh", "en"), question.place, strict=True)),
        "point": question.point,
        "teams": {
            team: dict(zip(("zh", "en"), pair, strict=True))
            for team, pair in question.labels.items()
        },
        "first": f"{task.first}",
        "days": task.days,
        "system": task.system,
        "counted": question.counted,
        "enough": enough,
        "proved": refusal.proved if refusal else answer.known,
        "fairest": answer.fairest,
        "short_hours": answer.short / 60,
        "seed": chosen,
        "notes": list(question.notes),
        "set_aside": list(question.aside),
        "given": "" if service is None or not service.loaded.files else str(
            service.loaded.files[0].path
        ),
        "need_file": "" if table is None else str(table),
    }  # fmt: skip
    if answer.duties is not None and service is not None:
        if replications:
            rows["service"], manifest["alone"] = told_of.simulated(
                replications, folder, on_progress, executor
            )
        if folder is not None:
            manifest |= told_of.written()
    manifest |= {"versions": provenance.versions(), "seconds": round(time.monotonic() - began, 1)}
    found = made(manifest, rows)
    return found if folder is None else write_rota(found, folder)


def _plan(
    plan: str | Path | Scenario | Loaded | Optimum, need: str | Path | None
) -> tuple[str | Path | Scenario | Loaded | None, Path | None]:
    """Find the scenario and the table of need in what was given."""
    table = None if need is None else Path(need)
    if isinstance(plan, str | Path):
        path = Path(plan)
        if (path / OPTIMUM).is_file():
            plan = open_optimum(path)
        elif path.suffix.lower() in TABLES:
            if table is not None:
                text = tr("give one table of need: {one} or {other}", one=path, other=table)
                raise InputError([Problem(text, file="--need")])
            return None, path
    if isinstance(plan, Optimum):
        file = plan.manifest.get("plan_file")
        if plan.verdict != FOUND:
            text = tr("this search found no plan, so that there is no roster to make a rota of")
            raise InputError([Problem(text, file=str(plan.folder or ""))])
        if not file or not Path(file).is_file():
            text = tr("the plan's scenario {file} is gone; govsim optimise writes it", file=file)
            raise InputError([Problem(text, file=str(plan.folder or ""))])
        return Path(file), table
    return plan, table


def _day(first: date | str | None) -> date | None:
    if not isinstance(first, str):
        return first
    try:
        return date.fromisoformat(first.strip().replace("/", "-"))
    except ValueError:
        text = tr("“{found}” is not a day; write it as 2025-03-31", found=first)
        raise InputError([Problem(text, file="--from")]) from None


def _told(on_progress: OnProgress | None) -> Told:
    if on_progress is None:
        return nobody_told
    return lambda phase, done, total: on_progress(Progress(phase, done, total))


def _answer(
    question: Question, seed: int, short: bool, told: Told
) -> tuple[Task, Answer, Refusal | None, dict[str, dict[str, int]]]:
    """Find the rota, or what stands against it, and how many people would do."""
    task, enough = question.task, {}
    if question.counted and question.counts is None:
        if not task.uncovered():
            for name, overtime in (("normal", False), ("overtime", True)):
                if (counts := solving.enough(task, seed, overtime, told)) is not None:
                    enough[name] = counts
        if "normal" in enough:
            hours = task.rules.hours_a_week
            task = replace(task, people=solving.placeholders(enough["normal"], hours))
    if not task.uncovered():
        answer = solving.rota(task, seed, told)
        if answer.duties is not None:
            return task, answer, None, enough
    else:
        answer = Answer(None)
    refusal = why(task, seed, told)
    if short and not task.uncovered():
        answer = solving.nearest(task, seed, told)
    return task, answer, refusal, enough


def _key(
    task: Task,
    seed: int,
    question: Question,
    service: Service | None,
    short: bool,
    replications: int,
) -> str:
    """Name the question: what its answer depends on."""
    run = "" if service is None else service.plan.run
    text = json.dumps([repr(task), seed, question.point, run, short, replications])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


# ---------------------------------------------------------------------- back into the scenario


class _Told:
    """The rota's scenario, and the one with the people that are needed."""

    def __init__(
        self,
        service: Service | None,
        question: Question,
        task: Task,
        duties: Sequence[Duty],
        by_table: bool,
    ) -> None:
        self.service, self.question, self.by_table = service, question, by_table
        if service is None or not duties:
            return
        scenario, rosters = service.scenario, service.network.territory.rosters
        wanted = back.needed(task) if by_table else None
        point = question.point
        self.need = back.overlay(scenario, rosters, point, task, wanted)
        self.rota = back.overlay(scenario, rosters, point, task, back.on_duty(task, duties))

    def simulated(
        self,
        replications: int,
        folder: Path | None,
        on_progress: OnProgress | None,
        executor: Executor | None,
    ) -> tuple[list[dict[str, Any]], bool]:
        """Simulate both."""
        assert self.service is not None
        return simulating.beside(
            self.service.scenario, self.need, self.rota, self.question.point, replications,
            folder, on_progress, executor,
        )  # fmt: skip

    def written(self) -> dict[str, str]:
        """Write the scenarios beside the given one, and say where they are."""
        assert self.service is not None
        loaded, files = self.service.loaded, {}
        file = back.write(loaded, self.rota, "rota", ("（值班表）", ", with the rota"))
        if file is not None:
            files["scenario_file"] = str(file)
        if self.by_table:
            ends = ("（按小时需要的人数）", ", people needed by the hour")
            other = back.write(loaded, self.need, "rota-need", ends)
            if other is not None:
                files["need_scenario_file"] = str(other)
        tree = self.rota.tree
        return {**files, **{f"set_{k}": str(tree[k]) for k in ("start", "horizon", "warm_up")}}


# ---------------------------------------------------------------------- as rows of frames


def _rows(task: Task, duties: Sequence[Duty]) -> dict[str, Any]:
    zero = datetime.combine(task.first, datetime.min.time())

    def at(minutes: int) -> datetime:
        return zero + timedelta(minutes=minutes)

    return {
        "duties": list(_duties(task, duties, zero)),
        "people": list(_people(task, duties)),
        "leave": [
            {"person": person.name, "date": f"{task.date_of(day)}"}
            for person in task.people
            for day in sorted(person.leave)
            if 0 <= day < task.days
        ],
        "days": [
            {
                "date": f"{task.date_of(d)}",
                "kind": ("workday", "weekend", "holiday")[kind],
                "festival": task.festivals.get(d, ""),
            }
            for d, kind in enumerate(task.kinds)
        ],
        "shifts": [
            {
                "shift": s.key,
                "zh": s.zh,
                "en": s.en,
                "short": s.short,
                "starts": s.start,
                "ends": s.end,
                "hours": s.work / 60,
                "night": task.at_night[i],
            }
            for i, s in enumerate(task.shifts)
        ],
        "cover": [
            {
                "team": piece.team,
                "starts": at(piece.start),
                "ends": at(piece.end),
                "need": piece.number,
                "kept": number,
            }
            for piece, number in kept(task, duties)
        ],
        "rules": list(_rules(task)),
    }


def _duties(task: Task, duties: Sequence[Duty], zero: datetime) -> Iterable[dict[str, Any]]:
    for duty in duties:
        shift = task.shifts[duty.shift]
        begun = zero + timedelta(days=duty.day)
        yield {
            "person": task.people[duty.person].name,
            "team": duty.team,
            "date": f"{task.date_of(duty.day)}",
            "shift": shift.key,
            "starts": begun + timedelta(minutes=shift.start),
            "ends": begun + timedelta(minutes=shift.end),
            "hours": shift.work / 60,
            "night": task.at_night[duty.shift],
            "day_off": task.kinds[duty.day] != 0,
        }


def _people(task: Task, duties: Sequence[Duty]) -> Iterable[dict[str, Any]]:
    given = {what: fairness.given(task, duties, what) for what in fairness.counters(task)}
    fair = {what: fairness.fair(task, duties, what) for what in fairness.counters(task)}
    every = range(task.days)
    for p, person in enumerate(task.people):
        mine = [duty for duty in duties if duty.person == p]
        hours = given[fairness.HOURS][p] / 60
        yield {
            "person": person.name,
            "teams": ",".join(person.teams),
            "hours_a_week": person.hours / 60,
            "part_time": person.part_time,
            "nights_allowed": person.nights,
            "leave_days": sum(0 <= d < task.days for d in person.leave),
            "normal": task.normal(person, every) / 60,
            "hours": hours,
            "overtime": task.overtime_of(person, mine) / 60,
            "shifts": len(mine),
            "nights": int(given[fairness.NIGHTS][p]),
            "fair_nights": fair[fairness.NIGHTS][p],
            "days_off": int(given[fairness.WEEKENDS][p]),
            "fair_days_off": fair[fairness.WEEKENDS][p],
            "holidays": sum(duty.day in task.festivals for duty in mine),
        }


RULES = (
    "system", "hours_a_day", "hours_a_week", "overtime_a_day", "overtime", "most_hours_a_week",
    "rest", "days_in_a_row", "rest_days", "free_weekends", "night", "night_hours",
    "nights_in_a_row", "least_at_night",
)  # fmt: skip
"""Rules, in the order in which they are listed."""

HOURS_OF = {
    "hours_a_day", "hours_a_week", "overtime_a_day", "overtime", "most_hours_a_week", "rest",
    "night_hours",
}  # fmt: skip


def _rules(task: Task) -> Iterable[dict[str, Any]]:
    """List the rules that hold, and where each default is from."""
    usual = Rules()
    for name in RULES:
        value: Any = getattr(task.rules, name)
        if name in ("hours_a_day", "overtime_a_day") and not task.standard:
            continue
        shown = f"{value}"
        if name in HOURS_OF:
            shown = f"{value / 60:g}"
        elif name == "night":
            shown = "-".join(f"{t // 60 % 24:02d}:{t % 60:02d}" for t in task.rules.night_window)
        elif name == "system":
            shown = task.system
        law = LAW.get(name, "") if value == getattr(usual, name) else "given"
        yield {"rule": name, "value": shown, "law": law}


def _conflicts(refusal: Refusal | None) -> list[dict[str, Any]]:
    """List what stands against a rota."""
    if refusal is None:
        return []
    empty = {"rule": "", "team": "", "starts": 0, "ends": 0, "number": 0}
    found = [{**empty, "what": "rule", "rule": rule} for rule in refusal.rules]
    found += [{**empty, "what": "alone", "rule": rule} for rule in refusal.alone]
    for step, n in [*refusal.short, *((piece, piece.number) for piece in refusal.uncovered)]:
        what = "short" if step not in refusal.uncovered else "uncovered"
        row = {"team": step.team, "starts": step.start, "ends": step.end, "number": n}
        found.append({**empty, **row, "what": what})
    for team, n in (refusal.more or {}).items():
        found.append({**empty, "what": "more", "team": team, "number": n})
    return found

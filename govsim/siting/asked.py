"""What is asked of `govsim.site`: read, checked as a whole, refused with what is possible."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.evaluation.service import Service
from govsim.language import joined, tr
from govsim.runs.given import is_whole
from govsim.scenarios.own_tables import by_name
from govsim.scenarios.territory import degrees_of
from govsim.scenarios.units import nearest
from govsim.siting import candidates
from govsim.siting.candidates import Candidates
from govsim.siting.location import Choice
from govsim.siting.models import Places

Bools = NDArray[np.bool_]

ALL, NONE = "all", "none"
"""What ``--fixed`` says of all stations at once."""

MOST_ADDED = 1000
"""New stations at most, and numbers of them on a curve."""

MOST_SIMULATED = 1000
"""Replications at most."""

NAMED = 6
"""Names that a message lists."""


@dataclass(frozen=True)
class Wanted:
    """What is asked, as it was typed; see `govsim.siting.door.site`."""

    add: int = 0
    move: int = 0
    close: int = 0
    fixed: tuple[str, ...] = ()
    grids_each: int | None = None
    reach: float | None = None
    candidates: str | None = None
    curve: int = 0
    simulate: int | None = None


@dataclass(frozen=True)
class Question:
    """What is asked, understood.

    Attributes
    ----------
    wanted : as it was typed.
    service : with today's stations.
    places : where stations may stand.
    candidates : as they were read.
    choice : how many stations are chosen, and how many of today's at least.
    close : how many are closed for good.
    simulate : replications; 0: none.
    """

    wanted: Wanted
    service: Service
    places: Places
    candidates: Candidates
    choice: Choice
    close: int
    simulate: int

    @cached_property
    def key(self) -> str:
        """Name of the question: what its answer depends on."""
        table = self.candidates.frame.to_csv(index=False) if self.candidates.given else ""
        told = json.dumps([self.service.plan.run, asdict(self.wanted), self.simulate, table])
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def with_added(self, add: int) -> Choice:
        """How many are chosen where another number is added."""
        return Choice(self.choice.count - self.wanted.add + add, self.choice.today)


def asked_for(service: Service, wanted: Wanted) -> Question:
    """Understand what is asked.

    Raises
    ------
    InputError
        Something of it can't be used; all of that is named at once.
    """
    territory, plan = service.network.territory, service.scenario
    stations = plan.territory.point_stations
    problems = list(_numbers(wanted))
    points = territory.points
    existing = np.flatnonzero((points["kind"] == "point_station").to_numpy())
    problems += _place_problems(service)
    reach = stations.reach if wanted.reach is None else wanted.reach
    grids_each = stations.grids_each if wanted.grids_each is None else wanted.grids_each
    may_go, of_names = _may_go(points.iloc[existing], wanted)
    problems += of_names
    if wanted.close:
        problems += _named_in_changes(service, points.iloc[existing][may_go])
    able = territory.grids["estate"].isin(list(stations.estates)).to_numpy()
    if len(territory.grids) == 1:  # the textbook's: its station stands in it, whatever its estate
        able = np.ones(1, dtype=np.bool_)
    found: Candidates | None
    if wanted.candidates is None:
        found = candidates.of_grids(territory, able)
    else:
        folder = service.loaded.folder or Path()
        degrees = degrees_of(plan.territory, folder)[1]
        path = Path(wanted.candidates)
        found, of_table = candidates.of_table(
            path, territory, degrees, reach if reach > 0 else float("inf")
        )
        problems += of_table
    if problems or found is None:
        raise InputError(problems)
    places = Places(territory, existing, may_go, found.frame, able, reach, grids_each)
    choice, of_choice = _choice(places, wanted)
    if of_choice:
        raise InputError(of_choice)
    simulate = wanted.simulate
    if simulate is None:
        simulate = max(2, plan.replications)
    return Question(wanted, service, places, found, choice, wanted.close, simulate)


def _numbers(wanted: Wanted) -> Iterator[Problem]:
    """Say which numbers can't be."""
    for option, number, most in (
        ("--add", wanted.add, MOST_ADDED),
        ("--move", wanted.move, MOST_ADDED),
        ("--close", wanted.close, MOST_ADDED),
        ("--curve", wanted.curve, MOST_ADDED),
        ("--simulate", wanted.simulate, MOST_SIMULATED),
    ):
        if number is None:
            continue
        if not is_whole(number) or not 0 <= number <= most:
            text = tr("expected a whole number from 0 to {most}, not {found}",
                      most=most, found=number)  # fmt: skip
            yield Problem(text, file=option)
        elif option == "--simulate" and number == 1:
            yield Problem(tr("an interval takes at least two replications"), file=option)
    each = wanted.grids_each
    if each is not None and (not is_whole(each) or not 1 <= each <= 100_000):
        text = tr(
            "a station covers from 1 to {most} grids, not {found}", most="100,000", found=each
        )
        yield Problem(text, file="--grids-each")
    if wanted.reach is not None and not 0 < wanted.reach < float("inf"):
        text = tr("a station reaches further than 0 m; found {found} m", found=f"{wanted.reach:g}")
        yield Problem(text, file="--reach")


def _place_problems(service: Service) -> Iterator[Problem]:
    territory, section = service.network.territory, service.scenario.territory
    if len(territory.grids) < 2:
        text = tr(
            "this scenario has no territory to choose places in: it is a single grid; give "
            "territory.grids a table, or a count with an outline"
        )
        yield Problem(text, "territory.grids")
    elif not section.point_stations.enabled:
        text = tr("point stations are switched off in this scenario; write enabled: true")
        yield Problem(text, "territory.point_stations.enabled")


def _may_go(stations: pd.DataFrame, wanted: Wanted) -> tuple[Bools, list[Problem]]:
    """Say which of today's stations may be moved or closed."""
    frame = stations.reset_index(drop=True)
    free = bool(wanted.move or wanted.close)
    fixed = [name for text in wanted.fixed for name in text.replace("，", ",").split(",") if name]
    fixed = [name.strip() for name in fixed]
    if not fixed:
        return np.full(len(frame), free, dtype=np.bool_), []
    if fixed == [ALL]:
        if free:
            text = tr("all stations are fixed, so none can be moved or closed; leave it out")
            return np.zeros(len(frame), dtype=np.bool_), [Problem(text, file="--fixed")]
        return np.zeros(len(frame), dtype=np.bool_), []
    may_go = np.ones(len(frame), dtype=np.bool_)
    if fixed == [NONE]:
        return may_go, []
    known, problems = by_name(frame), []
    for name in fixed:
        if name in known:
            may_go[known[name]] = False
            continue
        some = joined(
            [*frame["point"].astype(str)[:NAMED], *(["…"] if len(frame) > NAMED else [])],
            "、",
            ", ",
        )
        text = tr("there is no station “{name}”", name=name)
        if not known:
            text = tr("there is no station “{name}”: this scenario has none", name=name)
        near = nearest(name, [*known, ALL, NONE])
        if not near and known:
            text = tr("there is no station “{name}”; there are {known}", name=name, known=some)
        problems.append(Problem(text, file="--fixed", suggestion=near))
    return may_go, problems


def _named_in_changes(service: Service, stations: pd.DataFrame) -> Iterator[Problem]:
    """Say which stations can't be closed, since the scenario's changes name them."""
    known, ids = by_name(stations.reset_index(drop=True)), stations["point"].astype(str).tolist()
    for key, change in service.scenario.changes.items():
        for name in change.at:
            if name in known:
                text = tr(
                    "“{name}” is named here, so it can't be closed; keep it with --fixed {id}",
                    name=name,
                    id=ids[known[name]],
                )
                yield Problem(text, f"changes.{key}.at")


def _choice(places: Places, wanted: Wanted) -> tuple[Choice, list[Problem]]:
    """Say how many stations are chosen."""
    free, move = len(places.going), wanted.move
    if wanted.fixed and not wanted.move and not wanted.close:
        move = free  # whoever is not fixed may be anywhere
    problems = list(_too_many(places, wanted, free))
    if not (wanted.add or move or wanted.close or wanted.curve):
        text = tr("say how many stations to add, move or close: --add 5")
        problems.append(Problem(text, file="--add"))
    count = free - wanted.close + wanted.add
    return Choice(max(count, 0), max(0, free - wanted.close - move)), problems


def _too_many(places: Places, wanted: Wanted, free: int) -> Iterator[Problem]:
    able = len(places.candidates)
    for option, number in (
        ("--add", wanted.add),
        ("--curve", wanted.curve),
        ("--move", wanted.move),
    ):
        if number > able:
            text = tr(
                "{number} stations are more than the {n} places where one may stand",
                number=number,
                n=able,
            )
            yield Problem(text, file=option)
    if wanted.move + wanted.close > free:
        text = tr(
            "{number} stations to move or close are more than the {n} that may go",
            number=wanted.move + wanted.close,
            n=free,
        )
        yield Problem(text, file="--close" if wanted.close else "--move")
    if not able:
        text = tr("there is no grid of an estate that stations stand in ({estates})",
                  estates=joined(_estates(places), "、", ", "))  # fmt: skip
        yield Problem(text, "territory.point_stations.estates")
    elif (wanted.add or wanted.curve) and not free and not _gains(places):
        text = tr(
            "no place is left where a new station would cover anybody: all {n} residents within "
            "{reach} m of a place are covered by a station already. With --fixed none stations "
            "may stand elsewhere",
            n=f"{places.residents[places.counted].sum():,.0f}",
            reach=f"{places.reach:,.0f}",
        )
        yield Problem(text, file="--add")


def _estates(places: Places) -> Sequence[str]:
    return sorted(set(places.territory.grids["estate"].astype(str)))


def _gains(places: Places) -> bool:
    uncovered = ~places.fixed_covers & (places.residents > 0)
    return any(bool(uncovered[some].any()) for some in places.near)

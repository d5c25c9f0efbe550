"""A service opened once and asked about many plans, in memory: `Service`, for Python.

>>> service = govsim.Service("scenarios/tiandi.yaml")
>>> service.evaluate(replications=30)["compliance_scene"].mean()
>>> more = service.with_rosters({"volunteers": {"night": 1}})
>>> more.cost - service.cost, more.evaluate(replications=30).mean()

The figures are the very ones of `govsim.run`. What takes a run its time is done once: the network,
the demands of each replication, and what the engine reads of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.evaluation import work
from govsim.evaluation.work import Question, Rosters
from govsim.language import joined, tr
from govsim.measures import warmup
from govsim.measures.quantity import Quantity, unknown
from govsim.measures.replication import Asked
from govsim.runs import tasks
from govsim.runs.executors import Executor
from govsim.runs.given import is_whole, opened
from govsim.runs.tasks import Plan, Task
from govsim.runs.workers import choose
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.schema import Roster, Scenario
from govsim.scenarios.staffing import DAY_KINDS, DESK, Row, on, with_rows
from govsim.scenarios.units import DAY, HOUR, YEAR, nearest
from govsim.service import network
from govsim.service.network import Network
from govsim.service.rosters import timeline

Floats = NDArray[np.float64]

Where = str | tuple[str, str]
"""A team, or ``desk``, at all points; or a point or kind of point, and the team."""

MAIN = ("compliance_scene", "compliance_solve", "compliance_reply", "orders", "cost")
"""Measures that are given if none are asked for."""

AT_A_TIME = 5
"""Replications that a worker does in one go, at most."""


class Service:
    """A scenario that is asked what comes of it with these rosters, and with others.

    Parameters
    ----------
    scenario, seed, settings, overrides : as for `govsim.run`.
    executor : where replications are done; on all cores if not given.

    Raises
    ------
    InputError
        The scenario can't be used.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario | Loaded,
        *,
        seed: int | None = None,
        settings: Settings = (),
        overrides: Sequence[str] = (),
        executor: Executor | None = None,
    ) -> None:
        self.loaded = opened(scenario, seed, settings, overrides)
        self.executor = executor or choose()
        self._whole = network.build(self.loaded.scenario, self.loaded.folder)
        self._plan = Plan.of(self._whole)
        self._points: tuple[int, ...] | None = None
        self._instead: dict[tuple[int, str], Roster] = {}
        self._costs: dict[tuple[str, str, str], float] = {}

    @property
    def scenario(self) -> Scenario:
        """What is simulated, but for rosters that were put in place of its own."""
        return self.loaded.scenario

    @property
    def network(self) -> Network:
        """The service with its rosters."""
        return work.staffed(self._plan, self._points, self._frozen)

    @property
    def plan(self) -> Plan:
        """The scenario as it travels to workers."""
        return self._plan

    @property
    def points(self) -> tuple[int, ...] | None:
        """Rows of the points that are looked at alone; None: all."""
        return self._points

    @cached_property
    def measured_from(self) -> int:
        """End of the warm-up, ms: given, or found as a run finds it."""
        given = self.scenario.warm_up
        if given != "mser5":
            return given
        pilots = [Task(self._plan, warmup.FIRST_PILOT + i) for i in range(warmup.PILOTS)]
        series = self.executor.map(tasks.pilot, pilots)
        return warmup.find(series, warmup.step(self._whole.end)).length

    # ------------------------------------------------------------------ other rosters

    def with_rosters(self, rosters: Mapping[Where, Roster]) -> Service:
        """Give the service with other numbers on duty; this one stays as it is.

        Parameters
        ----------
        rosters : by team, or by point (or kind of point) and team; ``desk`` for those at the desk:
            numbers by shift, or by shift and kind of day. A shift that isn't named stays as it is.

        Raises
        ------
        InputError
            A point, team, shift or number is none.
        """
        problems = [one for where, roster in rosters.items() for one in self._wrong(where, roster)]
        if problems:
            raise InputError(problems)
        now = self.rosters_by_pool()
        changed = dict(self._instead)
        for where, roster in rosters.items():
            for key in self._places(where):
                before = changed.get(key, now.get(key))
                changed[key] = with_rows(before, _rows(roster))
        return self._like(instead=changed)

    def with_pools(self, rosters: Mapping[tuple[int, str], Roster]) -> Service:
        """Give the service with whole rosters, by row of the points and team or ``desk``."""
        return self._like(instead=self._instead | dict(rosters))

    def at(self, points: Iterable[str]) -> Service:
        """Give some points of the service alone, with the grids that they serve.

        What they share with others (departments, the 12345 centre, helpers, the joint meeting) is
        theirs alone then.

        Raises
        ------
        InputError
            There is no such point, or it serves no grid.
        """
        known = self._whole.territory.points["point"].astype(str).tolist()
        active = {known[p] for p in np.unique(self._whole.covering).tolist()}
        wanted = list(dict.fromkeys(points))
        problems = [
            Problem(
                tr("no point “{name}” serves any grid", name=name),
                file="points",
                suggestion=nearest(name, active),
            )
            for name in wanted
            if name not in active
        ]
        if problems:
            raise InputError(problems)
        return self._like(points=tuple(sorted(known.index(name) for name in wanted)))

    def _like(self, **parts: Any) -> Service:
        made = copy(self)
        for name, value in parts.items():
            setattr(made, f"_{name}", value)
        vars(made).pop("_frozen", None)
        vars(made)["measured_from"] = self.measured_from
        return made

    @cached_property
    def _frozen(self) -> Rosters:
        return work.frozen(self._instead)

    def rosters_by_pool(self) -> dict[tuple[int, str], Roster]:
        """Give the rosters that hold, by row of the territory's points and team or ``desk``."""
        service = work.base(self._plan, self._points)
        pools = service.pools
        own = {(pools[i].point, pools[i].name): r for i, r in service.rosters.items()}
        own.pop((-1, "centre"), None)
        return own | self._instead

    @property
    def rosters(self) -> pd.DataFrame:
        """Numbers on duty: ``point, team, shift, day_kind, number``, as a planner's table has them.

        ``day_kind`` is empty where the number is that of every day.
        """
        names = self._whole.territory.points["point"].astype(str).tolist()
        shifts = list(self.scenario.calendar.shifts)
        rows = []
        for (point, team), roster in sorted(self.rosters_by_pool().items()):
            for shift in shifts:
                head = roster.get(shift, 0)
                each = {kind: on(head, kind) for kind in DAY_KINDS}
                if len(set(each.values())) == 1:
                    rows.append((names[point], team, shift, "", each["workday"]))
                else:
                    rows += [(names[point], team, shift, k, n) for k, n in each.items()]
        return pd.DataFrame(rows, columns=["point", "team", "shift", "day_kind", "number"])

    # ------------------------------------------------------------------ what comes of it

    @property
    def cost(self) -> float:
        """Cost of those on duty, yuan a year: the measure ``cost_staff``, known beforehand."""
        return sum(self.cost_of(*where, roster) for where, roster in self.rosters_by_pool().items())

    def cost_of(self, point: int, team: str, roster: Roster) -> float:
        """Cost of a team of a point, or of its desk, with a roster; yuan a year."""
        base, plan = work.base(self._plan, self._points), self.scenario
        dated, called = base.changes.at(point, team), base.changes.called(point)
        key = team, repr(roster), repr((dated, called))
        if key not in self._costs:
            kinds = base.calendar.with_eve_kinds[: ceil(plan.horizon / DAY) + 1]
            # Paid is who is on the roster, on patrol or at other work as well.
            line = timeline(roster, plan.calendar.shifts, kinds, changes=dated, called=called)
            ms = line.person_ms(self.measured_from, base.end, paid=True)
            wage = plan.desk.cost if team == DESK else plan.teams[team].cost
            years = (base.end - self.measured_from) / YEAR
            self._costs[key] = ms * wage / HOUR / years
        return self._costs[key]

    def evaluate(
        self,
        plan: Mapping[Where, Roster] | None = None,
        replications: int | Iterable[int] | None = None,
        measures: Sequence[str] = MAIN,
    ) -> pd.DataFrame:
        """Simulate, and give some measures of each replication.

        Parameters
        ----------
        plan : rosters, as for `with_rosters`; those that hold if not given.
        replications : how many, or their numbers; the scenario's own number if not given.
        measures : names of measures of the district, or ``team/volunteers:utilisation``.

        Returns
        -------
        pandas.DataFrame
            A row for each replication, a column for each measure; NaN where it has no value.

        Raises
        ------
        InputError
            A measure or a roster is none.
        """
        if plan is not None:
            return self.with_rosters(plan).evaluate(None, replications, measures)
        if replications is None:
            replications = self.scenario.replications
        numbers = tuple(range(replications) if isinstance(replications, int) else replications)
        values = next(self.each([self._frozen], numbers, quantities(measures)))
        return pd.DataFrame(values, pd.Index(numbers, name="replication"), list(measures))

    def each(
        self, plans: Iterable[Rosters], replications: Sequence[int], asked: Sequence[Asked]
    ) -> Iterator[Floats]:
        """Simulate plans one after another: float[replications, asked] of each.

        Parameters
        ----------
        plans : all that differs from the scenario's rosters; see `govsim.evaluation.work.frozen`.
        asked : level, key and measure.
        """
        numbers, points, start = tuple(replications), self._points, self.measured_from
        pieces = [numbers[i : i + AT_A_TIME] for i in range(0, len(numbers), AT_A_TIME)]
        questions = (
            Question(self._plan, points, plan, piece, start, tuple(asked))
            for plan in plans
            for piece in pieces
        )
        found: list[Floats] = []
        for values in self.executor.map(work.perform, questions):
            found.append(values)
            if len(found) == len(pieces):
                yield np.concatenate(found)
                found = []

    # ------------------------------------------------------------------ what is said of rosters

    def _places(self, where: Where) -> list[tuple[int, str]]:
        """Name the rows of points, and the team, that something is said of."""
        point, team = ("", where) if isinstance(where, str) else where
        frame = work.base(self._plan, self._points).territory.points
        if not point:
            return [key for key in self.rosters_by_pool() if key[1] == team]
        rows = np.flatnonzero((frame["point"] == point) | (frame["kind"] == point))
        active = set(work.base(self._plan, self._points).changes.active())
        return [(int(row), team) for row in rows if int(row) in active]

    def _wrong(self, where: Where, roster: Roster) -> Iterator[Problem]:
        plan = self.scenario
        point, team = ("", where) if isinstance(where, str) else where
        called = team if not point else f"{point}, {team}"
        teams = [*plan.teams, *([DESK] if plan.desk.enabled else [])]
        if team not in teams:
            yield Problem(
                tr("there is no team “{name}”", name=team),
                file="rosters",
                suggestion=nearest(team, teams),
            )
        elif not self._places(where):
            yield Problem(tr("nobody can stand at {where}", where=called), file="rosters")
        shifts = list(plan.calendar.shifts)
        for shift, head in roster.items():
            if shift not in shifts:
                yield Problem(
                    tr("there is no shift “{name}”", name=shift),
                    file=called,
                    suggestion=nearest(shift, shifts),
                )
            heads = head.values() if isinstance(head, Mapping) else [head]
            if not all(is_whole(n) and n >= 0 for n in heads):
                text = tr("people on duty are a whole number from 0 on, not {found}", found=head)
                yield Problem(text, file=called, path=shift)
            if isinstance(head, Mapping) and not set(head) <= set(DAY_KINDS):
                text = tr("kinds of day are {known}", known=joined(DAY_KINDS, "、", ", "))
                yield Problem(text, file=called, path=shift)


def _rows(roster: Roster) -> list[Row]:
    rows = []
    for shift, head in roster.items():
        if isinstance(head, Mapping):
            rows += [Row(shift, kind, int(number)) for kind, number in head.items()]
        else:
            rows.append(Row(shift, "", int(head)))
    return rows


def quantities(measures: Iterable[str]) -> list[Asked]:
    """Read the names of measures.

    Raises
    ------
    InputError
        There is no such measure.
    """
    read = [Quantity.parse(text) for text in measures]
    if problems := list(unknown(read, "measures")):
        raise InputError(problems)
    return [(one.level, one.key, one.measure) for one in read]

"""The steps of a run: `govsim.run` takes them, for one scenario or for each of several.

An executor does the replications (`govsim.runs.tasks.packed`), several at once if it has the
workers; the results are the same. With a results folder each replication is kept as soon as it
is finished, so a run that was stopped goes on where it was, and one that was finished can be
given more replications.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from govsim import sources
from govsim.checks.offered_load import load_warnings
from govsim.errors import InputError, RunError
from govsim.language import joined, kept, name, tr
from govsim.measures import warmup
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.replication import get_ready
from govsim.measures.warmup import WarmUp
from govsim.runs import provenance, tasks
from govsim.runs.aside import Aside
from govsim.runs.executors import Executor, Threads
from govsim.runs.given import engine_problems, scenario_name
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.results import Result, on_disk, places
from govsim.runs.stopping import Wanted, chosen_by
from govsim.runs.tasks import Engine, Plan, Task
from govsim.runs.uncertainty import PER_DRAW, Draws
from govsim.scenarios.changes import Change
from govsim.scenarios.loading import Loaded
from govsim.scenarios.units import DAY
from govsim.service.network import Network
from govsim.storage.folder import RunFolder
from govsim.storage.tables import MEASURES, OF_ALL, ORDERS, as_frame, unpack

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Run:
    """A run under way: knows what is left to do, and keeps what was done.

    `result` does all of it; a sweep calls the steps of many runs, so that their
    replications share the workers.
    """

    loaded: Loaded
    network: Network
    wanted: Wanted
    out: str | Path | None = None
    keep_orders: bool = False
    on_progress: OnProgress | None = None
    engine: Engine = "compiled"
    draws: Draws | None = None
    name: str = ""
    kept: dict[int, dict[str, bytes]] = field(default_factory=dict)
    """Packed tables of each replication, where there is no folder."""

    def __post_init__(self) -> None:
        if problems := engine_problems(self.engine):
            raise InputError(problems)
        scenario = self.loaded.scenario
        self.plan = Plan.of(self.network)
        self.folder = None
        if self.out is not None:
            run = self.draws.run_id(self.plan.run) if self.draws else self.plan.run
            self.folder = RunFolder(Path(self.out) / scenario_name(self.loaded) / run)
        self.drawn: dict[int, Plan] = {}  # the draw in use
        self.before: dict[str, Any] = {}
        self.total = self.wanted.replications or scenario.replications
        if self.wanted.precision is not None:
            self.total = self.wanted.at_least
        overloads = load_warnings(self.network, self.loaded.origins)
        self.warnings = [str(warning) for warning in (*self.loaded.warnings, *overloads)]
        self.warm_up = WarmUp(0, True, "")
        self.began_with = 0
        self.aside: Aside[dict[str, pd.DataFrame]] | None = None
        self.started, self.clock = _now(), time.monotonic()

    def result(self, executor: Executor) -> Result:
        """Do what is left to do, and give the result."""
        try:
            self.begin(executor)
            idle = isinstance(executor, Threads) and self.total < executor.slots
            self._begin_places(idle and self.wanted.precision is None)
            if self.wanted.precision is not None:
                self._until_precise(executor)
            made = executor.as_completed(tasks.packed, self.missing(), self._under_way)
            for task, packed in made:
                self.keep(task.replication, packed)
            return self.finish()
        except BaseException as error:
            self.give_up(error)
            raise

    def begin(self, executor: Executor) -> None:
        """Take the folder, compile the engine, find the warm-up."""
        self._take_up()
        self._record("running")
        if self.engine == "compiled" and executor.here:
            self._compile()
        self.warm_up = self._warm_up(executor)
        self._record("running")
        if self.wanted.precision is None:
            self._never_fewer_than_before()

    def _never_fewer_than_before(self) -> None:
        """Want all that earlier runs have made, gaps among them filled."""
        self.total = max(self.total, self.folder.reach() if self.folder else 0)
        self.done = sum(map(self.has, range(self.total)))
        self._under_way(0.0)

    def _take_up(self) -> None:
        """Hold the folder, and go on with what an earlier run left there."""
        if self.folder:
            self.before = self.folder.hold()
        self.keep_orders = self.folder is not None and (
            self.keep_orders or bool(self.before.get("orders"))
        )
        self.began_with = self.before.get("replications", 0)
        self.name = self.name or self.before.get("name", "")
        known = self.before.get("warm_up", {})
        if known.get("measure"):
            self.warm_up = WarmUp(known["length_ms"], known["settled"], known["measure"])

    def _begin_places(self, now: bool) -> None:
        """Promise what is written beside the replications; make it `now` where a core is idle."""

        def make() -> dict[str, pd.DataFrame]:
            if now:  # the replication needs it too, and draws its demands first
                get_ready(self.network, self.warm_up.length)
            if self.folder:
                import pyarrow.parquet  # noqa: F401  # which takes a while too
            return places(self.network, self.warm_up.length)

        self.aside = Aside(make, now)

    def give_up(self, error: BaseException) -> None:
        """Record why the run has not come to its end, unless its folder is another's."""
        if not (self.folder and self.folder.is_held):
            return
        with suppress(RunError):  # what went wrong first is what matters
            if isinstance(error, Exception):
                self._record("failed", f"{type(error).__name__}: {error}")
            else:
                self._record("stopped")
        self.folder.release()

    # ------------------------------------------------------------------ replications

    def _compile(self) -> None:
        """Compile the engine before several workers need it, and say so if it takes long."""
        from govsim import engine

        if not engine.is_kept():
            self._tell("compiling", 0, self.total)
            tasks.compile_engine()

    def _warm_up(self, executor: Executor) -> WarmUp:
        """Take the warm-up from the scenario, from an earlier run, or find it."""
        given = self.network.scenario.warm_up
        if given != "mser5":
            return WarmUp(given, True, "")
        found = self.warm_up if self.warm_up.measure else self._find_warm_up(executor)
        self.warnings += warmup.doubts(found, self.network.end)
        return found

    def _find_warm_up(self, executor: Executor) -> WarmUp:
        pilots = [
            Task(self.plan, warmup.FIRST_PILOT + number, engine=self.engine)
            for number in range(warmup.PILOTS)
        ]
        series: list[dict[str, warmup.Series]] = []

        def under_way(share: float) -> None:
            self._tell("warm-up", len(series), warmup.PILOTS, share)

        under_way(0.0)
        for one in executor.map(tasks.pilot, pilots, under_way):
            series.append(one)
            under_way(0.0)
        return warmup.find(series, warmup.step(self.network.end))

    def has(self, replication: int) -> bool:
        """Whether a replication is there already."""
        if self.folder:
            return self.folder.has(replication, self.keep_orders)
        return replication in self.kept

    def missing(self, most: int | None = None) -> Iterator[Task]:
        """Name the replications that are left to do, or those below `most`."""
        for replication in range(self.total if most is None else most):
            if not self.has(replication):
                length = self.warm_up.length
                plan = self._plan_of(replication)
                yield Task(plan, replication, length, self.engine, self.keep_orders)

    def _plan_of(self, replication: int) -> Plan:
        """Give the scenario as it is, or with the draw of the replication."""
        if self.draws is None:
            return self.plan
        draw = replication // PER_DRAW
        if draw not in self.drawn:
            self.drawn = {draw: self.draws.plan(self.network, draw)}
        return self.drawn[draw]

    def keep(self, replication: int, packed: dict[str, bytes]) -> None:
        """Keep a replication that was done, in whatever order they come."""
        if self.folder:
            self.folder.put(replication, packed)
        else:
            self.kept[replication] = packed
        self.done += 1
        self._under_way(0.0)

    def _until_precise(self, executor: Executor) -> None:
        """Add replications until the first n are precise.

        Workers are ahead of the one that is judged, but what they have done is kept in the
        order of the replications, and no more of it than is needed: how many there are in
        the end depends neither on their number nor on a run having been killed.
        """
        district: list[dict[str, float]] = []
        values, confidence = pd.DataFrame(), self.network.scenario.confidence
        ahead = self.missing(self.wanted.most)
        with closing(executor.map(tasks.packed, ahead, self._under_way)) as made:
            while not self.wanted.enough(values, confidence):
                replication = self.done = len(district)
                if not self.has(replication):
                    self.keep(replication, next(made))
                district.append(self._judged(replication))
                values = pd.DataFrame(district)
                self.total = self.wanted.expected(values, confidence)
        n = self.total = len(district)
        self.warnings.append(chosen_by(name(CATALOGUE[one].label) for one in self.wanted.on))
        if wide := self.wanted.imprecise(values, confidence):
            self.warnings.append(
                tr(
                    "after {n} replications the precision of {share} is not reached on: {names}",
                    n=n,
                    share=f"{100 * (self.wanted.precision or 0):g}%",
                    names=joined((name(CATALOGUE[measure].label) for measure in wide), "、", ", "),
                )
            )
        self._never_fewer_than_before()

    def _judged(self, replication: int) -> dict[str, float]:
        """Get the measures of the district that precision is judged by."""
        if self.folder:
            values = self.folder.get(replication)
        else:
            packed = self.kept[replication][MEASURES]
            values = as_frame([unpack(packed)])
        mine = values[(values["level"] == "district") & values["measure"].isin(self.wanted.on)]
        return dict(zip(mine["measure"], mine["value"], strict=True))

    def _under_way(self, share: float) -> None:
        self._tell("replications", self.done, self.total, share)

    def _tell(self, phase: str, done: int, total: int, within: float = 0.0) -> None:
        if self.on_progress:
            self.on_progress(Progress(phase, done, max(total, done), within, self.began_with))

    # ------------------------------------------------------------------ the end

    def finish(self) -> Result:
        """Join what was kept, and give the result."""
        done = self.total
        self._tell("replications", done, done)
        manifest = self._manifest("done", done)
        if self.aside is None:
            self._begin_places(False)
        assert self.aside is not None
        where = self.aside.value()
        if not self.folder:
            return Result(self._in_memory, where.__getitem__, manifest, None, self.network)
        self.folder.combine(done, (*OF_ALL, *[ORDERS] * self.keep_orders))
        self.folder.put_places(where)
        self.folder.record(manifest)
        self.folder.drop_journal()
        self.folder.release()
        if not manifest["changes"]:
            self.folder.point_latest()
        return on_disk(self.folder, manifest, self.network)

    def _in_memory(self, table: str) -> Iterator[pa.Table]:
        return (unpack(self.kept[r][table]) for r in range(self.total))

    def _record(self, state: str, error: str = "") -> None:
        if self.folder:
            self.folder.record(self._manifest(state, self.before.get("replications", 0), error))

    def _changes(self) -> list[Change]:
        """What the run changes in the plan of its file, but for what changes no replication."""
        apart = provenance.NOT_OF_THE_RUN
        return [c for c in self.loaded.changes if c.path.partition(".")[0] not in apart]

    def _manifest(self, state: str, replications: int, error: str = "") -> dict[str, Any]:
        """Describe the run; everything but times and machine is fixed by the run's id."""
        warm_up, service = self.warm_up, self.network
        earlier = float(self.before.get("seconds", 0.0))
        return {
            "state": state,
            **({"error": error} if error else {}),
            "scenario_name": scenario_name(self.loaded),
            "name": self.name,
            "changes": [change.record() for change in self._changes()],
            "replications": replications,
            "orders": self.keep_orders,
            "horizon_days": service.end / DAY,
            "warm_up_days": warm_up.length / DAY,
            "warm_up": {
                "how": "mser5" if service.scenario.warm_up == "mser5" else "given",
                "length_ms": warm_up.length,
                "settled": warm_up.settled,
                "measure": warm_up.measure,
            },
            "precision": self.wanted.precision,
            "precision_on": list(self.wanted.on) if self.wanted.precision else [],
            "seed": service.scenario.seed,
            **({"posterior": self.draws.record()} if self.draws else {}),
            "generated": service.territory.generated,
            "notes": list(service.territory.notes),
            "warnings": self.warnings,
            # The same texts as they can be said again in the language of whoever reads them.
            "said": {
                "notes": [kept(text) for text in service.territory.notes],
                "warnings": [kept(text) for text in self.warnings],
            },
            "started": self.before.get("started", self.started),
            "finished": _now() if state != "running" else None,
            "seconds": round(earlier + time.monotonic() - self.clock, 3),
            **self._given,
        }

    @cached_property
    def _given(self) -> dict[str, Any]:
        """What the manifest says of the plan and of what computes, which no replication changes."""
        return {
            "versions": provenance.versions(),
            "code": sources.code_hash(),
            "inputs": {file.path.name: file.sha256 for file in self.loaded.files},
            "territory": self.network.territory.content_hash(),
            "machine": provenance.machine(),
            "scenario": provenance.resolved(self.network.scenario, self.loaded.folder),
        }


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")

"""Replications of a scenario: as many as asked, or as many as a precision needs.

`run` is the door for the command line and for Python. One replication goes through
`simulate`: demand table, model, measures. With a results folder each replication is
kept as soon as it is finished, so a run that was stopped goes on where it was, and one
that was finished can be given more replications.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from govsim import demand, measures, model, network, provenance, storage, warmup
from govsim.catalogue import CATALOGUE
from govsim.demand import DemandTable
from govsim.errors import InputError, Problem, RunError
from govsim.language import name, tr
from govsim.ledger import demands_frame
from govsim.measures import Measures
from govsim.network import Network
from govsim.offered_load import load_warnings
from govsim.outcome import Outcome
from govsim.results import MAIN, Result
from govsim.scenarios.loading import Loaded, LoadedAs, Settings, load
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY, nearest
from govsim.statistics import interval, precise_enough
from govsim.storage import RunFolder
from govsim.warmup import WarmUp


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; given to `on_progress` about once a simulated day.

    Attributes
    ----------
    phase : ``compiling`` before the engine is compiled; ``warm-up`` while pilot replications
        look for it, else ``replications``.
    done : replications that are finished.
    total : replications in all; with a precision, so many as are now expected.
    within : share of the replication in hand.
    began_with : replications that were there when the run began.
    """

    phase: str
    done: int
    total: int
    within: float = 0.0
    began_with: int = 0


OnProgress = Callable[[Progress], None]

Engine = Literal["compiled", "simpy"]
"""What simulates: the compiled engine, or the SimPy model. Both give the same bits."""


def simulate(
    network: Network,
    replication: int,
    measured_from: int = 0,
    on_day: Callable[[int], None] | None = None,
    engine: Engine = "compiled",
) -> tuple[Measures, DemandTable, Outcome]:
    """Run one replication: draw its demands, serve them, measure.

    Parameters
    ----------
    network : the service.
    replication : its number, from 0.
    measured_from : end of the warm-up, ms.
    on_day : told the days that have passed, at each midnight.
    engine : what simulates.
    """
    table = demand.draw(network, replication)
    outcome = _runs(engine)(network, table, measured_from, on_day)
    return measures.measure(network, table, outcome), table, outcome


def _runs(engine: Engine) -> Callable[..., Outcome]:
    """Get the function that simulates; the compiled engine is imported only where it is used."""
    if engine == "simpy":
        return model.run
    from govsim.engine import run as compiled

    return compiled


def run(
    scenario: str | Path | Scenario | Loaded,
    *,
    replications: int | None = None,
    precision: float | None = None,
    on: Sequence[str] = MAIN,
    at_least: int = 5,
    most: int = 200,
    seed: int | None = None,
    settings: Settings = (),
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    keep_orders: bool = False,
    on_progress: OnProgress | None = None,
    engine: Engine = "compiled",
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : a file, or a scenario that was loaded or built.
    replications : how many; the scenario's own number if not given.
    precision : instead, go on until the interval of each measure in `on` has a
        half-width of at most this share of its mean, e.g. 0.05.
    on : measures of the district that `precision` is asked of.
    at_least, most : bounds on the replications that `precision` leads to.
    seed : in place of the scenario's.
    settings, overrides : for a file, as in `govsim.scenarios.loading.load`.
    out : folder for results; ``<out>/<scenario>/<run>`` is made in it, or gone on with.
        None: nothing is written.
    keep_orders : also keep what became of each demand (``orders.parquet``); needs `out`.
    on_progress : told how far the run is.
    engine : what simulates; the results are the same.

    Returns
    -------
    Result
        With all replications that there are, also if an earlier run had made more.

    Raises
    ------
    InputError
        The scenario, or a measure in `on`, can't be used.
    RunError
        The results can't be written.
    """
    _check(replications, precision, on)
    loaded = _loaded(scenario, settings, overrides)
    plan = loaded.scenario
    if seed is not None:
        plan = plan.model_copy(update={"seed": seed})
    service = network.build(plan, loaded.folder)
    overloads = load_warnings(service, loaded.origins)
    loaded = replace(loaded, warnings=(*loaded.warnings, *overloads))
    wanted = _Wanted(
        plan.replications if replications is None else replications,
        precision,
        tuple(on),
        at_least,
        max(most, at_least),
    )
    path = (
        Path(out) / scenario_name(loaded) / provenance.run_id(service) if out is not None else None
    )
    return _Run(loaded, service, wanted, path, keep_orders, on_progress, engine).result()


def scenario_name(loaded: Loaded) -> str:
    """Name of a scenario's folder under the results: that of its file."""
    return loaded.files[0].path.stem if loaded.files else "scenario"


def _loaded(
    scenario: str | Path | Scenario | Loaded, settings: Settings, overrides: Sequence[str]
) -> Loaded:
    if isinstance(scenario, str | Path):
        return load(scenario, settings=settings, overrides=overrides)
    if settings or overrides:
        raise ValueError("settings and overrides go with a file; load it with them")
    if isinstance(scenario, Scenario):
        return LoadedAs(scenario, scenario.model_dump(mode="json"), {}, Path(), ())
    return scenario


def _check(replications: int | None, precision: float | None, on: Sequence[str]) -> None:
    problems = [
        Problem(
            tr("unknown measure “{name}”", name=measure),
            file="--on",
            suggestion=nearest(measure, CATALOGUE),
        )
        for measure in on
        if measure not in CATALOGUE
    ]
    if replications is not None and replications < 1:
        problems.append(Problem(tr("at least one replication is needed"), file="--replications"))
    if precision is not None and not 0 < precision < 1:
        problems.append(
            Problem(tr("the precision must be between 0 and 1, such as 5%"), file="--precision")
        )
    if problems:
        raise InputError(problems)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """When there are enough replications."""

    replications: int
    precision: float | None
    on: tuple[str, ...]
    at_least: int
    most: int

    def enough(self, values: pd.DataFrame, done: int, confidence: float) -> bool:
        """Whether to stop after `done` replications; `values` has a row for each."""
        if self.precision is None:
            return done >= self.replications
        if done < self.at_least:
            return False
        return done >= self.most or not self.imprecise(values, confidence)

    def imprecise(self, values: pd.DataFrame, confidence: float) -> list[str]:
        """Name the measures whose intervals are still too wide; not those without any value."""
        if self.precision is None:
            return []
        found = {m: interval(values[m], confidence) for m in self.on if m in values}
        return [m for m, i in found.items() if i.n and not precise_enough(i, self.precision)]

    def expected(self, values: pd.DataFrame, done: int, confidence: float) -> int:
        """Guess the replications in all: half-widths shrink with their square root."""
        if self.precision is None:
            return max(self.replications, done)
        guess = max(self.at_least, done)
        for measure in self.imprecise(values, confidence) if done > 1 else ():
            i = interval(values[measure], confidence)
            ratio = i.half_width / (self.precision * abs(i.mean)) if i.mean else 1.0
            guess = max(guess, ceil(done * ratio**2) if ratio == ratio else guess)
        return min(guess, self.most)


@dataclass
class _Run:
    """A run under way."""

    loaded: Loaded
    network: Network
    wanted: _Wanted
    path: Path | None
    keep_orders: bool
    on_progress: OnProgress | None
    engine: Engine = "compiled"
    kept: list[dict[str, pd.DataFrame]] = field(default_factory=list)
    """Tables of each replication, where there is no folder."""
    district: list[dict[str, float]] = field(default_factory=list)
    """Measures of the district that precision is asked of, by replication."""

    def __post_init__(self) -> None:
        self.folder = RunFolder(self.path) if self.path else None
        self.before = self.folder.manifest() if self.folder else {}
        self.keep_orders = self.folder is not None and (
            self.keep_orders or bool(self.before.get("orders"))
        )
        self.confidence = self.network.scenario.confidence
        self.warnings = [str(warning) for warning in self.loaded.warnings]
        self.warm_up = WarmUp(0, True, "")
        self.began_with = self.before.get("replications", 0)
        self.started, self.clock = _now(), time.monotonic()

    def result(self) -> Result:
        """Do what is left to do, and give the result."""
        state, error = "failed", ""
        try:
            self._record("running")
            self._compile()
            self.warm_up = self._warm_up()
            self._record("running")
            self._replicate()
            result = self._finish()
            state = "done"
        except KeyboardInterrupt:
            state = "stopped"
            raise
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
            raise
        finally:
            if state != "done":
                with suppress(RunError):  # what went wrong first is what matters
                    self._record(state, error)
        return result

    # ------------------------------------------------------------------ replications

    def _compile(self) -> None:
        """Say that the engine must be compiled first, which the first replication does."""
        if self.engine == "compiled" and self.on_progress:
            from govsim.engine import is_kept

            if not is_kept():
                self._tell("compiling", 0, self._expected())

    def _warm_up(self) -> WarmUp:
        """Take the warm-up from the scenario, from an earlier run, or find it."""
        given = self.network.scenario.warm_up
        if given != "mser5":
            return WarmUp(given, True, "")
        known = self.before.get("warm_up", {})
        if known.get("measure"):
            found = WarmUp(known["length_ms"], known["settled"], known["measure"])
        else:
            days = self.network.end / DAY
            found = warmup.find(
                self.network,
                lambda pilot, day: self._tell("warm-up", pilot, warmup.PILOTS, day / days),
                _runs(self.engine),
            )
        if not found.settled:
            self.warnings.append(
                tr(
                    "the horizon is too short to find the warm-up: {measure} have not settled by "
                    "half of it; the first {days:.1f} days are left out",
                    measure=tr("open demands") if found.measure == "open" else tr("12345 orders"),
                    days=found.length / DAY,
                )
            )
        return found

    def _replicate(self) -> None:
        replication = 0
        total = self._expected()
        while not self.wanted.enough(self._values(), replication, self.confidence):
            if not (self.folder and self.folder.has(replication, self.keep_orders)):
                self._do(replication, total)
            self._note(replication)
            replication += 1
            total = self._expected()
        while self.folder and self.folder.has(replication, self.keep_orders):
            self._note(replication)  # made by an earlier run: never thrown away
            replication += 1
        self.done = replication
        self._tell("replications", self.done, self.done)
        self._judge()

    def _do(self, replication: int, total: int) -> None:
        days = self.network.end / DAY
        self._tell("replications", replication, total)
        found, table, outcome = simulate(
            self.network,
            replication,
            self.warm_up.length,
            lambda day: self._tell("replications", replication, total, min(1.0, day / days)),
            self.engine,
        )
        tables = {storage.MEASURES: found.values, storage.WEEKLY: found.weekly}
        if self.folder:
            if self.keep_orders:
                tables[storage.ORDERS] = demands_frame(self.network, table, outcome)
            self.folder.put(replication, tables)
        else:
            self.kept.append(tables)

    def _note(self, replication: int) -> None:
        """Remember what precision is judged by."""
        if self.wanted.precision is None:
            self.district.append({})
            return
        if self.folder:
            values = self.folder.get(replication)
        else:
            values = self.kept[replication][storage.MEASURES]
        mine = values[(values["level"] == "district") & values["measure"].isin(self.wanted.on)]
        self.district.append(dict(zip(mine["measure"], mine["value"], strict=True)))

    def _values(self) -> pd.DataFrame:
        return pd.DataFrame(self.district)

    def _expected(self) -> int:
        return self.wanted.expected(self._values(), len(self.district), self.confidence)

    def _judge(self) -> None:
        wide = self.wanted.imprecise(self._values(), self.confidence)
        if wide:
            self.warnings.append(
                tr(
                    "after {n} replications the precision of {share} is not reached on: {names}",
                    n=self.done,
                    share=f"{100 * (self.wanted.precision or 0):g}%",
                    names=", ".join(name(CATALOGUE[measure].label) for measure in wide),
                )
            )

    def _tell(self, phase: str, done: int, total: int, within: float = 0.0) -> None:
        if self.on_progress:
            self.on_progress(Progress(phase, done, max(total, done), within, self.began_with))

    # ------------------------------------------------------------------ the end

    def _finish(self) -> Result:
        points = self.network.territory.points
        if not self.folder:
            values, weekly = (
                pd.concat([part[table].assign(replication=r) for r, part in enumerate(self.kept)])
                for table in (storage.MEASURES, storage.WEEKLY)
            )
            manifest = self._manifest("done", self.done)
            return Result(values, weekly, points, manifest, None, self.network)
        names = [storage.MEASURES, storage.WEEKLY] + [storage.ORDERS] * self.keep_orders
        self.folder.combine(self.done, tuple(names))
        self.folder.put_points(points)
        manifest = self._manifest("done", self.done)
        self.folder.record(manifest)
        self.folder.drop_parts()
        self.folder.point_latest()
        values, weekly = self.folder.frame(storage.MEASURES), self.folder.frame(storage.WEEKLY)
        return Result(values, weekly, points, manifest, self.folder.path, self.network)

    def _record(self, state: str, error: str = "") -> None:
        if self.folder:
            self.folder.record(self._manifest(state, self.before.get("replications", 0), error))

    def _manifest(self, state: str, replications: int, error: str = "") -> dict[str, Any]:
        """Describe the run; everything but times and machine is fixed by the run's id."""
        warm_up, service = self.warm_up, self.network
        earlier = float(self.before.get("seconds", 0.0))
        return {
            "state": state,
            **({"error": error} if error else {}),
            "scenario_name": scenario_name(self.loaded),
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
            "generated": service.territory.generated,
            "notes": list(service.territory.notes),
            "warnings": self.warnings,
            "started": self.before.get("started", self.started),
            "finished": _now() if state != "running" else None,
            "seconds": round(earlier + time.monotonic() - self.clock, 3),
            "versions": provenance.versions(),
            "code": provenance.code_hash(),
            "inputs": {file.path.name: file.sha256 for file in self.loaded.files},
            "territory": service.territory.content_hash(),
            "machine": provenance.machine(),
            "scenario": provenance.resolved(service.scenario, self.loaded.folder),
        }


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")

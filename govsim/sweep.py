"""One scenario with several values of some inputs: each combination is a run of its own.

A combination's run has the folder and the id that it would have with ``--set``, so whatever
has been simulated of it is used again. The replications of all combinations go through one
executor. Called by ``govsim run --set-grid``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path

import pandas as pd

from govsim import network, tasks
from govsim.errors import InputError, Problem
from govsim.executors import Executor, Serial
from govsim.experiment import OnProgress, Progress, Run, scenario_name, with_seed
from govsim.language import tr
from govsim.plans import split_outside
from govsim.results import MAIN, Result, a_year
from govsim.scenarios.kept_territory import laid_out
from govsim.scenarios.loading import Loaded, Settings, load
from govsim.scenarios.territory import Territory
from govsim.statistics import Interval
from govsim.stopping import Wanted, wanted
from govsim.storage import write_text
from govsim.tasks import Engine, Task

OPTION = "--set-grid"

COLUMNS = ["run", "replications", "measure", "per", "mean", "low", "high", "n"]


@dataclass(frozen=True)
class Found:
    """What the run of one combination found.

    Attributes
    ----------
    run : its id, which is the name of its folder.
    replications : how many there are.
    measured_days : length of what was measured in each.
    table : measures of the district as in `govsim.results.Result.summary`, but a year.
    warnings, notes : as in `govsim.results.Result`.
    folder : its results folder; None where nothing was written.
    """

    run: str
    replications: int
    measured_days: float
    table: pd.DataFrame
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    folder: Path | None

    @cached_property
    def _index(self) -> dict[str, Interval]:
        t = self.table
        rows = zip(t["mean"], t["low"], t["high"], t["n"], strict=True)
        return {name: Interval(*row) for name, row in zip(t["measure"], rows, strict=True)}

    def get(self, measure: str) -> Interval:
        """Mean and interval of a measure of the district, a year; NaN where there is none."""
        nothing = float("nan")
        return self._index.get(measure, Interval(nothing, nothing, nothing, 0))


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    base : the scenario of the first combination, for what all of them share.
    paths : inputs that vary.
    combinations : values of `paths`, as they were given, with what was found.
    file : the table on disk, beside the runs; None where nothing was written.
    """

    base: Loaded
    paths: tuple[str, ...]
    combinations: list[tuple[tuple[str, ...], Found]]
    file: Path | None = None

    def to_frame(self) -> pd.DataFrame:
        """Every measure of the district: the paths' columns, then `COLUMNS`; a row for each."""
        frames = []
        for values, found in self.combinations:
            frame = found.table.assign(run=found.run, replications=found.replications)[COLUMNS]
            for place, (path, value) in enumerate(zip(self.paths, values, strict=True)):
                frame.insert(place, path, value)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)


@dataclass(frozen=True)
class _Combination:
    values: tuple[str, ...]
    loaded: Loaded
    territory: Territory


def sweep(
    scenario: str | Path,
    grid: Mapping[str, Sequence[str]],
    *,
    replications: int | None = None,
    precision: float | None = None,
    on: Sequence[str] = MAIN,
    seed: int | None = None,
    settings: Settings = (),
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    keep_orders: bool = False,
    on_progress: OnProgress | None = None,
    engine: Engine = "compiled",
    executor: Executor | None = None,
) -> Sweep:
    """Run a scenario with each combination of values.

    Parameters
    ----------
    scenario : the file.
    grid : values of each path, as ``--set`` takes them.
    replications, precision, on, seed, settings, overrides, out, keep_orders, on_progress, \
engine, executor : as in `govsim.experiment.run`, for each combination.

    Raises
    ------
    InputError
        With all that is wrong in any combination; nothing has been run then.
    RunError
        The results can't be written.
    """
    asked = wanted(replications, precision, on)
    combinations = _combinations(scenario, grid, settings, overrides, seed)
    work = _Work(asked, out, keep_orders, on_progress, engine, len(combinations))
    found = work.do(combinations, executor or Serial())
    base = combinations[0].loaded
    made = Sweep(base, tuple(grid), list(zip((c.values for c in combinations), found, strict=True)))
    if out is None:
        return made
    file = Path(out) / scenario_name(base) / _file_name(made.paths)
    # Excel takes a file for UTF-8 only if it begins with this mark.
    write_text(file, "\ufeff" + made.to_frame().to_csv(index=False, lineterminator="\n"))
    return replace(made, file=file)


def read_grid(texts: Sequence[str]) -> dict[str, list[str]]:
    """Read what is given to ``--set-grid``: ``path=value,value,...``, several times.

    Commas within brackets, braces and quotes belong to a value.

    Raises
    ------
    InputError
        With all that can't be read.
    """
    grid: dict[str, list[str]] = {}
    problems = []
    for text in texts:
        wide = text.replace("＝", "=", 0 if "=" in text else 1)
        path, equals, values = (part.strip() for part in wide.partition("="))
        given = split_outside(values, ",，")
        if not equals or not path or not all(given):
            message = tr("“{text}” is not of the form path=value,value,...", text=text)
        elif path in grid:
            message = tr("{path} is given twice; give all its values at once", path=path)
        elif len(set(given)) < len(given):
            message = tr("“{text}” has the same value twice", text=text)
        else:
            grid[path] = given
            continue
        problems.append(Problem(message, file=OPTION))
    if problems:
        raise InputError(problems)
    return grid


def _file_name(paths: Sequence[str]) -> str:
    """Name the table after what varies: ``sweep-teams.volunteers.roster.day.csv``."""
    name = "+".join(re.sub(r"[^\w.-]+", "_", path) for path in paths)
    return f"sweep-{name[:100]}.csv"


def _combinations(
    scenario: str | Path,
    grid: Mapping[str, Sequence[str]],
    settings: Settings,
    overrides: Sequence[str],
    seed: int | None,
) -> list[_Combination]:
    """Read every combination, and build the territories, of which there are few."""
    before = tuple(settings.items()) if isinstance(settings, Mapping) else tuple(settings)
    territories: dict[str, Territory] = {}
    combinations: list[_Combination] = []
    problems = [
        Problem(tr("no values are given for {path}", path=path), file=OPTION)
        for path, values in grid.items()
        if not values
    ]
    for values in product(*grid.values()):
        mine = tuple(zip(grid, values, strict=True))
        try:
            loaded = load(scenario, settings=(*before, *mine), overrides=overrides)
            loaded = with_seed(loaded, seed)
            section = loaded.scenario.territory
            key = section.model_dump_json()
            if key not in territories:
                territories[key] = laid_out(section, loaded.folder)
            combinations.append(_Combination(values, loaded, territories[key]))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    return combinations


@dataclass
class _Work:
    """The runs of a sweep, several of them under way at once."""

    wanted: Wanted
    out: str | Path | None
    keep_orders: bool
    on_progress: OnProgress | None
    engine: Engine
    of: int
    """Number of combinations."""
    active: dict[str, Run] = field(default_factory=dict)
    finished: dict[str, Found] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    """Run of each combination; two may have the same, as with 60 min and 1 h."""

    def do(self, combinations: Sequence[_Combination], executor: Executor) -> list[Found]:
        """Do what is left to do of each, in the order of the combinations."""
        try:
            made = executor.as_completed(
                tasks.packed, self._missing(combinations, executor), self._under_way
            )
            for task, packed in made:
                run = self.active[task.plan.run]
                run.keep(task.replication, packed)
                self._end_if_complete(run)
        except BaseException as error:
            for run in self.active.values():
                run.give_up(error)
            raise
        return [self.finished[run] for run in self.ids]

    def _missing(self, combinations: Sequence[_Combination], executor: Executor) -> Iterator[Task]:
        """Begin one run after another, as workers have time for it, and name what it lacks."""
        for combination in combinations:
            run = self._begun(combination)
            self.ids.append(run.plan.run)
            if run.plan.run in self.active or run.plan.run in self.finished:
                continue
            self.active[run.plan.run] = run
            if self.wanted.precision is not None:
                self._end(run, run.result(executor))
                continue
            run.begin(executor)
            yield from run.missing()
            self._end_if_complete(run)

    def _begun(self, combination: _Combination) -> Run:
        loaded = combination.loaded
        service = network.lay_out(loaded.scenario, combination.territory)
        return Run(
            loaded, service, self.wanted, self.out, self.keep_orders, self._told, self.engine
        )

    def _end_if_complete(self, run: Run) -> None:
        if run.plan.run in self.active and run.done == run.total:
            self._end(run, run.finish())

    def _end(self, run: Run, result: Result) -> None:
        """Keep what the table shows, and let go of the rest."""
        self.finished[run.plan.run] = Found(
            run.plan.run,
            result.replications,
            result.measured_days,
            a_year(result.summary(), result.measured_days),
            result.warnings,
            result.notes,
            result.folder,
        )
        del self.active[run.plan.run]

    def _told(self, now: Progress) -> None:
        """Pass on what a run says of itself, but for its replications: those are told of all."""
        if now.phase != "replications":
            self._tell(now)
        else:
            self._under_way(now.within)

    def _under_way(self, share: float) -> None:
        runs = self.active.values()
        done = sum(found.replications for found in self.finished.values())
        done += sum(run.done for run in runs)
        known = sum(found.replications for found in self.finished.values())
        known += sum(run.total for run in runs)
        begun = max(1, len(self.finished) + len(self.active))
        total = known + round(known / begun * (self.of - len(self.ids)))
        self._tell(Progress("replications", done, max(total, done), share))

    def _tell(self, now: Progress) -> None:
        if self.on_progress:
            self.on_progress(now)

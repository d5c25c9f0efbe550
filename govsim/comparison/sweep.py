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
from math import nan
from pathlib import Path

import pandas as pd

from govsim.comparison.doubts import doubts
from govsim.comparison.plans import Plan, differing_demands, split_outside
from govsim.comparison.result import COMPARED, Comparison, Difference, write_comparison
from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval
from govsim.runs import tasks
from govsim.runs.executors import Executor, Serial
from govsim.runs.given import opened, scenario_name
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.replications import Run
from govsim.runs.results import MAIN, Result, a_year
from govsim.runs.stopping import Wanted, wanted
from govsim.runs.tasks import Engine, Task
from govsim.scenarios.changes import NAMING
from govsim.scenarios.kept_territory import laid_out
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.territory import Territory
from govsim.service import network
from govsim.storage.contents import GRIDS, POINTS
from govsim.storage.files import write_text
from govsim.storage.tables import MEASURES

OPTION = "--set-grid"

DIFFERENCES = ["difference", "difference_low", "difference_high"]

COLUMNS = ["run", "replications", "measure", "per", "mean", "low", "high", "n", *DIFFERENCES]


@dataclass(frozen=True)
class Found:
    """What the run of one combination found.

    Attributes
    ----------
    run : its id, which is the name of its folder.
    replications : how many there are.
    measured_days : length of what was measured in each.
    made : how many its run has, of which the first `replications` count.
    table : measures of the district as in `govsim.runs.results.Result.summary`, but a year.
    warnings, notes : as in `govsim.runs.results.Result`.
    folder : its results folder; None where nothing was written.
    """

    run: str
    replications: int
    made: int
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
    base : the scenario as it is without the grid, or the first combination where that can't be.
    paths : inputs that vary.
    combinations : values of `paths`, as they were given, with what was found.
    comparison : each combination against the base, over the same replications; None where they
        did not meet the same demands, as with several seeds.
    notes : why there is none.
    file : the table on disk, beside the runs; None where nothing was written.
    """

    base: Loaded
    paths: tuple[str, ...]
    combinations: list[tuple[tuple[str, ...], Found]]
    comparison: Comparison | None = None
    notes: tuple[str, ...] = ()
    file: Path | None = None

    def name(self, values: Sequence[str]) -> str:
        """Name of a combination in `comparison`: ``path=value; path=value``."""
        return _name(self.paths, values)

    def difference(self, values: Sequence[str], measure: str) -> Difference | None:
        """What a combination changes in a measure of the district; None where it isn't compared."""
        return self._differences.get((self.name(values), measure))

    @cached_property
    def _differences(self) -> dict[tuple[str, str], Difference]:
        if self.comparison is None:
            return {}
        differences = self.comparison.differences
        return {(d.plan, d.quantity.measure): d for d in differences if not d.quantity.key}

    def to_frame(self) -> pd.DataFrame:
        """Every measure of the district: the paths' columns, then `COLUMNS`; a row for each.

        Differences from the base have intervals that hold together; there are some for the
        measures that are compared.
        """
        frames = []
        for values, found in self.combinations:
            frame = found.table.assign(run=found.run, replications=found.replications)
            pairs = [self.difference(values, str(measure)) for measure in frame["measure"]]
            ends = [None if pair is None else pair.paired.difference for pair in pairs]
            for column, part in zip(DIFFERENCES, ("mean", "low", "high"), strict=True):
                frame[column] = [nan if end is None else getattr(end, part) for end in ends]
            frame = frame[COLUMNS]
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
engine, executor : as in `govsim.runs.replications.run`, for each combination.

    Raises
    ------
    InputError
        With all that is wrong in any combination; nothing has been run then.
    RunError
        The results can't be written.
    """
    asked = wanted(replications, precision, on)
    combinations = _combinations(scenario, grid, settings, overrides, seed)
    base = _base(scenario, settings, overrides, seed, combinations[0])
    ahead = [] if any(c.loaded.scenario == base.loaded.scenario for c in combinations) else [base]
    work = _Work(asked, out, keep_orders, on_progress, engine, len(combinations) + len(ahead))
    results = work.do([*ahead, *combinations], executor or Serial())
    n = min(result.replications for _, result in results)
    found = [_found(run, result, n) for run, result in results[len(ahead) :]]
    rows = list(zip((c.values for c in combinations), found, strict=True))
    made = Sweep(base.loaded, tuple(grid), rows)
    plans = [*ahead, *combinations]
    made = _compared(made, base, plans, [result for _, result in results], n, on)
    if out is None:
        return made
    if made.comparison is not None:
        made = replace(made, comparison=write_comparison(made.comparison, Path(out)))
    file = Path(out) / scenario_name(base.loaded) / _file_name(made.paths)
    # Excel takes a file for UTF-8 only if it begins with this mark.
    write_text(file, "\ufeff" + made.to_frame().to_csv(index=False, lineterminator="\n"))
    return replace(made, file=file)


def _compared(
    made: Sweep,
    base: _Combination,
    plans: Sequence[_Combination],
    results: Sequence[Result],
    n: int,
    on: Sequence[str],
) -> Sweep:
    """Compare every combination with the base, over the first `n` replications of all."""
    names = [_name(made.paths, p.values) or scenario_name(p.loaded) for p in plans]
    same = [p.loaded.scenario == base.loaded.scenario for p in plans]
    baseline = names[same.index(True)]
    sides = {name: Plan(plan.loaded) for name, plan in zip(names, plans, strict=True)}
    if problems := list(differing_demands(sides, baseline)):
        return replace(made, notes=tuple(problem.message for problem in problems))
    short = briefly(made.paths)
    called = [
        "; ".join(f"{short[path]} = {v}" for path, v in zip(made.paths, p.values, strict=False))
        for p in plans
    ]
    found = Comparison(
        tuple(names),
        tuple(result.first(n) for result in results),
        (n,) * len(names),
        baseline,
        tuple(dict.fromkeys(map(Quantity, (*COMPARED, *on)))),
        base.loaded.scenario.confidence,
        called=tuple(
            tr("{values} (as it is)", values=text) if text and name == baseline else text
            for text, name in zip(called, names, strict=True)
        ),
        grid=made.paths,
    )
    return replace(made, comparison=replace(found, warnings=tuple(doubts(found))))


def _name(paths: Sequence[str], values: Sequence[str]) -> str:
    return "; ".join(f"{path}={value}" for path, value in zip(paths, values, strict=False))


def briefly(paths: Sequence[str]) -> dict[str, str]:
    """Give the ends of paths that tell them apart, of three steps at least."""
    steps = {path: path.split(".") for path in paths}
    found = {}
    for path, mine in steps.items():
        others = [other for name, other in steps.items() if name != path]
        length = NAMING
        while any(mine[-length:] == other[-length:] for other in others) and length < len(mine):
            length += 1
        found[path] = ".".join(mine[-length:])
    return found


def _base(
    scenario: str | Path,
    settings: Settings,
    overrides: Sequence[str],
    seed: int | None,
    first: _Combination,
) -> _Combination:
    """Read the scenario without the grid; where only a grid makes one of it, take the first."""
    try:
        loaded = opened(scenario, seed, settings, overrides)
    except InputError:
        return first
    return _Combination((), loaded, laid_out(loaded.scenario.territory, loaded.folder))


def _found(run: str, result: Result, n: int) -> Found:
    """Keep what the table shows, of the first `n` replications."""
    days, counted = result.measured_days, result.first(n)
    return Found(
        run,
        n,
        result.replications,
        days,
        a_year(counted.summary(), days),
        result.warnings,
        result.notes,
        result.folder,
    )


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
            loaded = opened(scenario, seed, (*before, *mine), overrides)
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


def _slim(result: Result) -> Result:
    """Let go of a run's network, and of what a sweep does not show where there is no folder."""
    result = replace(result, network=None)
    if result.folder is not None:
        return result
    import pyarrow as pa
    import pyarrow.compute as pc

    shown = pa.array(["district", "cause"])
    kept = [t.filter(pc.is_in(t["level"], shown)) for t in result.tables(MEASURES)]
    places = {name: result.places(name) for name in (POINTS, GRIDS)}

    def tables(name: str) -> list[pa.Table]:
        return kept if name == MEASURES else []

    return replace(result, tables=tables, places=places.__getitem__)


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
    kept: dict[str, dict[int, dict[str, bytes]]] = field(default_factory=dict)
    """Replications of runs that may need more of them, where there is no folder."""
    finished: dict[str, Result] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    """Run of each combination; two may have the same, as with 60 min and 1 h."""

    def do(
        self, combinations: Sequence[_Combination], executor: Executor
    ) -> list[tuple[str, Result]]:
        """Do what is left to do of each; give ids and results in the order of the combinations.

        Where a precision leads to different numbers of replications, all get the largest.
        """
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
        if self.wanted.precision is not None:
            self._level(combinations, executor)
        return [(run, self.finished[run]) for run in self.ids]

    def _level(self, combinations: Sequence[_Combination], executor: Executor) -> None:
        """Give every run as many replications as that has which has the most."""
        most = max(result.replications for result in self.finished.values())
        for name, combination in zip(self.ids, combinations, strict=True):
            if self.finished[name].replications < most:
                run = self._begun(combination)
                run.wanted = replace(self.wanted, replications=most, precision=None)
                run.total = most
                run.kept = self.kept.get(name, {})
                self._end(run, run.result(executor))

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
        """Keep what is compared, and let go of the rest."""
        if result.folder is None and self.wanted.precision is not None:
            self.kept[run.plan.run] = run.kept
        self.finished[run.plan.run] = _slim(result)
        self.active.pop(run.plan.run, None)

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

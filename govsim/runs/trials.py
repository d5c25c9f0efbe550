"""Trials: many small experiments, each a scenario in some replications, kept as they finish.

`Trial` says what to simulate and which measures to read off; `run` does those that are not
kept yet, in any executor, and `Kept` remembers them on disk, so that whoever asks for ten thousand
can be stopped and go on. Called by `govsim.explanation.attribution`,
`govsim.explanation.sensitivity` and `govsim.explanation.regression`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import draw
from govsim.measures.replication import values_of
from govsim.runs.executors import Executor
from govsim.runs.tasks import Engine, runs
from govsim.scenarios.schema import Scenario
from govsim.scenarios.schema.place import Territory as Section
from govsim.scenarios.territory import Territory
from govsim.scenarios.territory import build as build_territory
from govsim.service import network
from govsim.service.network import Network
from govsim.storage.files import writing

Floats = NDArray[np.float64]
Asked = tuple[str, str, str]
"""A value of a replication: level, key, measure; see `govsim.measures`."""

OnTrial = Callable[[int, int], None]
"""Told how many trials are done, of how many."""

Simulate = Callable[[Sequence["Trial"]], list[Floats]]
"""Does trials and gives their results in order: `run`, where and with whatever is kept."""

FILE = "trials.jsonl"


@dataclass(frozen=True)
class Trial:
    """A scenario in some replications.

    Attributes
    ----------
    scenario : all its values, as JSON; see `plain`.
    folder : where relative paths of its tables start.
    replications : their numbers.
    measured_from : end of the warm-up, ms.
    asked : the values that are wanted.
    changes : paths with values to put in place of the scenario's, as JSON; see `changed`.
    engine : what simulates; the results are the same.
    """

    scenario: str
    folder: str
    replications: tuple[int, ...]
    measured_from: int
    asked: tuple[Asked, ...]
    changes: str = "[]"
    engine: Engine = "compiled"

    @cached_property
    def key(self) -> str:
        """What determines its result, hashed; tables enter by the folder it is kept in."""
        told = [self.scenario, self.replications, self.measured_from, self.asked, self.changes]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]

    def network(self) -> Network:
        """Lay out the service.

        Raises
        ------
        pydantic.ValidationError
            The changes make no scenario.
        """
        return _laid_out(self.scenario, self.folder, self.changes)

    def changed(self, changes: Iterable[tuple[Sequence[str], Any]]) -> Trial:
        """Give the same trial with other values at some paths."""
        return replace(self, changes=json.dumps([[list(path), value] for path, value in changes]))


def plain(scenario: Scenario) -> str:
    """Write all values of a scenario as JSON; without their evidence, which changes no result."""
    return json.dumps(scenario.model_dump(mode="json") | {"evidence": {}})


@lru_cache(maxsize=4)
def _laid_out(text: str, folder: str, changes: str) -> Network:
    tree = json.loads(text)
    for path, value in json.loads(changes):
        part = tree
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value
    scenario = Scenario.model_validate(tree)
    territory = _territory(json.dumps(tree["territory"]), folder)
    return network.lay_out(scenario, territory)


@lru_cache(maxsize=4)
def _territory(section: str, folder: str) -> Territory:
    return build_territory(Section.model_validate_json(section), Path(folder))


def perform(trial: Trial) -> Floats:
    """Simulate a trial.

    Returns
    -------
    float[asked, replications]
        NaN where a measure has no value.
    """
    service = trial.network()
    found = np.empty((len(trial.asked), len(trial.replications)))
    for column, replication in enumerate(trial.replications):
        table = draw(service, replication)
        outcome = runs(trial.engine)(service, table, trial.measured_from)
        known = values_of(service, table, outcome)
        found[:, column] = [known.get(asked, np.nan) for asked in trial.asked]
    return found


class Keyed(Protocol):
    """What has a name that says all that its result depends on."""

    @property
    def key(self) -> str: ...  # noqa: D102


class Kept:
    """Results of trials, in memory, and in a file of a folder if there is one.

    A line is written when a trial is finished, with its checksum. One that was cut off by a kill,
    or that is other than was written, is passed over: its trial is done again.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.found: dict[str, Floats] = {}
        self.file = None if folder is None else folder / FILE
        if self.file is not None and self.file.exists():
            for line in self.file.read_bytes().splitlines():
                checked, _, content = line.partition(b" ")
                if checked == _checked(content):
                    key, values = json.loads(content)
                    self.found[key] = np.array(values, dtype=np.float64)

    def put(self, trial: Keyed, values: Floats) -> None:
        """Keep a result."""
        self.found[trial.key] = values
        if self.file is not None:
            with writing(self.file.parent):
                self.file.parent.mkdir(parents=True, exist_ok=True)
                with self.file.open("ab") as out:
                    # A line break first: the line before may have been cut off.
                    content = json.dumps([trial.key, values.tolist()]).encode()
                    out.write(b"\n" + _checked(content) + b" " + content)


def _checked(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest()[:16].encode()


def run(
    trials: Sequence[Trial],
    executor: Executor,
    kept: Kept,
    on_trial: OnTrial | None = None,
    doing: Callable[[Trial], Floats] = perform,
) -> list[Floats]:
    """Do the trials that are not kept yet, and give the results of all, in their order.

    Returns
    -------
    list of float[asked, replications]
    """
    missing = [t for t in dict.fromkeys(trials) if t.key not in kept.found]
    done, total = len(trials) - len(missing), len(trials)
    if on_trial:
        on_trial(done, total)
    for trial, values in zip(missing, executor.map(doing, missing), strict=True):
        kept.put(trial, values)
        done += 1
        if on_trial:
            on_trial(done, total)
    return [kept.found[trial.key] for trial in trials]

"""Where the next stations should stand, and what comes of it: `site`.

The door for the command line and for Python. Three designs are made (`govsim.siting.models`), each
with a bound that no design can pass; then they are simulated beside today's on the same demands.
The method and its limits are in docs/siting.md.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from govsim.errors import InputError, Problem
from govsim.evaluation.service import Service
from govsim.language import tr
from govsim.runs import provenance
from govsim.runs.executors import Executor
from govsim.runs.given import scenario_name
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.trials import Kept
from govsim.scenarios.evidence import parameters
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.schema import Scenario
from govsim.siting import files, result, simulated
from govsim.siting.asked import Question, Wanted, asked_for
from govsim.siting.exact import proven
from govsim.siting.location import Solved
from govsim.siting.models import Design
from govsim.siting.result import COVER, MIXED, SITE, TODAY, WAYS, WITHIN, Siting, write_siting
from govsim.storage.files import write_text, writing

ASIDE = "candidates-set-aside.csv"
"""Rows of the candidates' table that could not be used."""

LARGEST_GAP = 0.01
"""Gap of a number of stations on a curve above which an exact answer is sought."""

DESIGNS = "designs"
"""Folder of the tables of each design."""


def site(
    scenario: str | Path | Scenario | Loaded,
    *,
    add: int = 0,
    move: int = 0,
    close: int = 0,
    fixed: Sequence[str] = (),
    grids_each: int | None = None,
    reach: float | None = None,
    candidates: str | Path | None = None,
    curve: int = 0,
    simulate: int | None = None,
    seed: int | None = None,
    settings: Settings = (),
    overrides: Sequence[str] = (),
    out: str | Path | None = None,
    on_progress: OnProgress | None = None,
    executor: Executor | None = None,
) -> Siting:
    """Find where the next stations should stand, which to move or close, and their grids.

    Parameters
    ----------
    scenario, seed, settings, overrides : as for `govsim.run`.
    add : new stations.
    move, close : at most so many of today's stations are moved, and so many are closed.
    fixed : stations that stay where they are, by id or name; ``all`` or ``none``. All if nothing
        is moved or closed. Those that stay keep their grids.
    grids_each, reach : how many grids a new station covers at most, and how far away (m); as the
        scenario says if not given.
    candidates : table of places where a station may stand (``point``, and ``x``, ``y`` or ``lon``,
        ``lat``); the centres of grids of suitable estates if not given.
    curve : also say what each number of new stations reaches, from 1 to so many.
    simulate : replications of each design; the scenario's own number if not given, 0 for none.
    out : folder for results; ``<out>/site/<id>`` is made in it, and what was simulated before is
        not simulated again. The design is written beside the scenario, as
        ``<scenario>-sites.yaml`` with its tables. None: nothing is written.
    on_progress : told how far it is.
    executor : where replications are done; on all cores if not given.

    Returns
    -------
    Siting

    Raises
    ------
    InputError
        The scenario, or what is asked, can't be used.
    RunError
        The results can't be written.
    """
    begun = time.monotonic()
    table = None if candidates is None else str(candidates)
    wanted = Wanted(add, move, close, tuple(fixed), grids_each, reach, table, curve, simulate)
    service = Service(
        scenario, seed=seed, settings=settings, overrides=overrides, executor=executor
    )
    question = asked_for(service, wanted)
    with _folder(out, question.key) as (folder, is_kept):
        search = _Search(question, folder, is_kept, on_progress)
        found = search.found(begun)
        if not is_kept:
            return found
        if len(question.candidates.aside):
            # The byte-order mark lets Excel read the Chinese in it.
            aside = question.candidates.aside.to_csv(index=False, lineterminator="\n")
            write_text(folder / ASIDE, f"\ufeff{aside}")
        if file := search.write():
            found = replace(found, manifest={**found.manifest, "plan_file": str(file)})
        return write_siting(found, folder)


@contextmanager
def _folder(out: str | Path | None, key: str) -> Iterator[tuple[Path, bool]]:
    """Give the folder of the results, or one that is gone in the end."""
    if out is not None:
        folder = Path(out) / SITE / key
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        yield folder, True
        return
    made = Path(tempfile.mkdtemp(prefix="govsim-"))
    try:
        yield made, False
    finally:
        shutil.rmtree(made, ignore_errors=True)


class _Search:
    """Designs that are being made, bounded and simulated."""

    def __init__(
        self, question: Question, folder: Path, is_kept: bool, on_progress: OnProgress | None
    ) -> None:
        self.question, self.folder, self.on_progress = question, folder, on_progress
        self.places, self.service = question.places, question.service
        self.kept = Kept(folder if is_kept else None)
        self.solved: dict[str, Solved] = {}
        self.designs: dict[str, Design] = {TODAY: self.places.today()}
        self.rows: dict[str, Any] = {"curve": []}
        self.proposed = COVER
        self.confidence = self.service.scenario.confidence

    def found(self, begun: float) -> Siting:
        """Make all of it."""
        models = [COVER, *([WITHIN, WAYS] if self.places.small else [])]
        for i, model in enumerate(models):
            self._tell("places", i, len(models))
            self._solve(model)
        self._tell("places", len(models), len(models))
        self._simulate()
        self.rows["designs"] = [self._of(name) for name in self.designs]
        self.rows["stations"] = [
            (name, *row) for name, design in self.designs.items() for row in self._stations(design)
        ]
        self.rows["grids"] = list(self._grids())
        self.rows["outline"] = [
            (i, x, y) for i, ring in enumerate(self.places.territory.outline) for x, y in ring
        ]
        self.rows["set_aside"] = self.question.candidates.set_aside
        return result.made(self._manifest(begun), self.rows)

    def write(self) -> Path | None:
        """Write the tables of the proposed design, and a scenario that runs with it."""
        given = self.service.loaded
        made = files.written(self.places, self.designs[self.proposed], given)
        for name, text in made.tables.items():
            write_text(self.folder / name, text)
        return files.write(given, made)

    # ------------------------------------------------------------------ designs

    def _solve(self, model: str) -> None:
        """Find the design of one model, and its bound; and those of the curve."""
        question, problem = self.question, self.places.problem(model)
        counts = range(1, question.wanted.curve + 1)
        asked = question.choice
        choices = {question.with_added(n).count: question.with_added(n) for n in counts}
        choices[asked.count] = asked
        base = self.places.base(model)
        for choice in problem.solve([choices[count] for count in sorted(choices)]):
            added = choice_count = len(choice.chosen) - (asked.count - question.wanted.add)
            is_asked = len(choice.chosen) == asked.count
            if is_asked or choice.gap > LARGEST_GAP:
                choice = proven(problem, choices[len(choice.chosen)], choice)
            if is_asked:
                self.solved[model] = choice
            if 1 <= added <= question.wanted.curve:
                value, bound = self._in_words(model, base, choice)
                self.rows["curve"].append((model, choice_count, value, bound, choice.gap))
            if question.wanted.curve:
                self._tell(model, max(added, 0), question.wanted.curve)
        self.designs[model] = self.places.design(self.solved[model], question.close)

    def _in_words(self, model: str, base: float, solved: Solved) -> tuple[float, float]:
        """Give value and bound in the unit that is shown: residents, or metres."""
        if model != WAYS:
            return base + solved.value, base + solved.bound
        rows = self.places.counted
        people = self.places.residents[rows]
        whole = float((people * self.places.farthest[rows]).sum())
        all_ = max(float(people.sum()), 1.0)
        return (whole - solved.value) / all_, (whole - solved.bound) / all_

    def _of(self, name: str) -> tuple[Any, ...]:
        """Say what a design is: a row of `Siting.designs`."""
        places, design = self.places, self.designs[name]
        covered, nan = places.covered(design), float("nan")
        could = float(places.residents[places.counted].sum())
        value = bound = gap = nan
        if name in self.solved:
            value, bound = self._in_words(name, places.base(name), self.solved[name])
            gap = abs(bound - value) / bound if bound else 0.0
        counts = np.bincount(design.station[design.station >= 0], minlength=len(design.standing))
        return (
            name, covered, covered / could if could else nan, places.within(design),
            places.distance(design), value, bound, gap, int((counts == 0).sum()),
        )  # fmt: skip

    def _stations(self, design: Design) -> Iterator[tuple[Any, ...]]:
        ids = self.places.territory.grids["grid"].astype(str).to_numpy()
        residents = self.places.residents
        for row, one in enumerate(design.stations.to_dict("records")):
            mine = np.flatnonzero((design.station == row) & (one["change"] != "closed"))
            yield (
                one["point"], one["name_zh"], one["name_en"], one["change"], one["x"], one["y"],
                one["from_x"], one["from_y"], "; ".join(ids[mine]), len(mine),
                int(residents[mine].sum()),
            )  # fmt: skip

    def _grids(self) -> Iterator[tuple[Any, ...]]:
        grids, places = self.places.territory.grids, self.places
        covers = []
        for name in (TODAY, self.proposed):
            points = [*self.designs[name].stations["point"].astype(str), ""]
            covers.append([points[row] for row in self.designs[name].station])
        columns = (grids[name].tolist() for name in ("grid", "x", "y", "residents"))
        yield from zip(*columns, places.able.tolist(), *covers, strict=True)

    # ------------------------------------------------------------------ simulation

    def _simulate(self) -> None:
        n = self.question.simulate
        self.rows["measures"], self.rows["prices"] = [], []
        if not n:
            return
        services = {TODAY: self.service}
        services |= {name: self._service(name) for name in self.designs if name != TODAY}
        values = simulated.simulate(services, n, self.kept, self.on_progress)
        self.proposed = simulated.best(values, list(self.designs), self.confidence)
        for name in services:
            if name != TODAY:
                told = values[TODAY], values[name], self.confidence
                self.rows["measures"] += simulated.differences(name, *told)
                self.rows["prices"].append(simulated.price(name, *told))
        mixed = {name: self._mixed(services[name]) for name in (TODAY, self.proposed)}
        if all(mixed.values()):
            same = {name: one for name, one in mixed.items() if one is not None}
            values = simulated.simulate(same, n, self.kept, self.on_progress)
            told = values[TODAY], values[self.proposed], self.confidence
            self.rows["measures"] += simulated.differences(MIXED, *told)

    def _service(self, name: str) -> Service:
        """Open the service with the stations of a design."""
        made = files.written(self.places, self.designs[name], self.service.loaded)
        given = files.scenario_of(self.service.loaded, made, self.folder / DESIGNS / name)
        return self._open(given)

    def _mixed(self, service: Service) -> Service | None:
        scenario = simulated.alike(service.scenario)
        return None if scenario is None else self._open(replace(service.loaded, scenario=scenario))

    def _open(self, given: Loaded) -> Service:
        try:
            made = Service(given, executor=self.service.executor)
        except InputError as error:
            text = tr("this scenario can't be run with other stations")
            raise InputError([Problem(text), *error.problems]) from None
        vars(made)["measured_from"] = self.service.measured_from
        return made

    # ------------------------------------------------------------------ telling

    def _tell(self, phase: str, done: int, total: int) -> None:
        if self.on_progress is not None:
            self.on_progress(Progress(phase, done, total))

    def _manifest(self, begun: float) -> dict[str, Any]:
        loaded, question, places = self.service.loaded, self.question, self.places
        scenario, wanted = loaded.scenario, question.wanted
        known = parameters(scenario)
        mix = known.loc[known["path"].str.match(r"channels\.[^.]+\.with_station$"), "evidence"]
        changes = self.designs[self.proposed].stations["change"].value_counts()
        return {
            "name": scenario_name(loaded),
            "label": scenario.label.model_dump(),
            "scenario": provenance.resolved(scenario, loaded.folder),
            "run": self.service.plan.run,
            "add": wanted.add,
            "move": wanted.move,
            "close": wanted.close,
            "fixed": int((~places.may_go).sum()),
            "grids_each": places.grids_each,
            "reach": places.reach,
            "places": len(places.candidates),
            "candidates": "table" if question.candidates.given else "grids",
            "set_aside": len(question.candidates.set_aside),
            "could_be_covered": float(places.residents[places.counted].sum()),
            "residents": float(places.residents.sum()),
            "stations_today": len(places.existing),
            "changes": {str(k): int(v) for k, v in changes.items()},
            "proposed": self.proposed,
            "too_large": not places.small,
            "channel_mix": sorted({str(one) for one in mix}),
            "replications": question.simulate,
            "confidence": self.confidence,
            "generated": places.territory.generated,
            "seed": scenario.seed,
            "versions": provenance.versions(),
            "seconds": round(time.monotonic() - begun, 1),
        }

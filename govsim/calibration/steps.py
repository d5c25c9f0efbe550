"""The steps of a calibration: counts, inference, checks, the weeks kept apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibration import (
    counts,
    direct,
    given,
    out_of_sample,
    predictive_checks,
    scenario_file,
    times,
)
from govsim.calibration.counts import Window
from govsim.calibration.direct import REPLICATIONS as OF_SPREAD
from govsim.calibration.direct import Estimate
from govsim.calibration.given import Span, date
from govsim.calibration.inference import design, emulator, observations, posterior, summaries
from govsim.calibration.inference.posterior import Posterior
from govsim.calibration.inference.records import Rounding
from govsim.calibration.out_of_sample import Tested
from govsim.calibration.result import CALIBRATIONS, Calibration, write_calibration
from govsim.estimation.daily import Kinds
from govsim.language import kept, tr
from govsim.orders.describing import describe
from govsim.orders.log import OrderLog
from govsim.orders.mapping import CLOSED
from govsim.orders.matching import Matched, counted, taken
from govsim.runs import provenance, trials
from govsim.runs.executors import Executor
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.ranges import MIXES, Uncertain
from govsim.runs.trials import Kept, Trial
from govsim.scenarios.loading import Loaded
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY, WEEK
from govsim.storage import lock
from govsim.storage.files import writing

Floats = NDArray[np.float64]


POINTS, SEEDS = 400, 2
"""Points of the prior that are simulated, and replications of each."""


MUCH = 0.1
"""Share of orders that lack something, from which on it is told."""


DAYS_OFF = 3
"""Days without orders from which on it is told."""


WARM_UP = 4 * WEEK
"""Where the scenario leaves it to be found."""


@dataclass
class CalibrationSteps:
    """What a calibration does, once its inputs are read; as in `govsim.calibrate`."""

    loaded: Loaded
    inputs: list[Uncertain]
    read: Matched
    book: Matched | None
    span: Span
    points: int
    out: Path
    on_progress: OnProgress | None
    executor: Executor
    replace_earlier: bool

    @property
    def log(self) -> OrderLog:
        """Orders of the hotline."""
        return self.read.log

    @property
    def ledger(self) -> OrderLog | None:
        """Orders that stations keep a book of."""
        return None if self.book is None else self.book.log

    def done(self) -> Calibration:
        """Do all of it, in a folder that nobody else works in meanwhile."""
        folder = self.out / CALIBRATIONS / self._id()
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            held = lock.hold(folder)
        with held:
            return self._done(folder)

    def _done(self, folder: Path) -> Calibration:
        found, table = self._directly(folder)
        begun = replace(
            self,
            loaded=direct.changed(self.loaded, found),
            inputs=direct.moved(self.inputs, table),
        )
        return begun._inferred(found, table, folder)

    def _directly(self, folder: Path) -> tuple[list[Estimate], pd.DataFrame]:
        """Estimate what the record tells by itself, from runs of the scenario as it is given."""
        window = self._fitted_window
        given = self._trial(window.end)
        covered = given.network().has_station
        there = covered.any(), not covered.all()
        mixes = [mix for mix, some in zip(MIXES, there, strict=True) if some]
        probed = given.changed(direct.probe(self.loaded.scenario.demand))
        each = [
            replace(one, replications=(i,)) for one in (given, probed) for i in range(OF_SPREAD)
        ]
        kept, doing = Kept(folder / "direct"), partial(counts.observe, window=window)
        drawn = np.concatenate(
            trials.run(each, self.executor, kept, self._tell("direct"), doing), axis=0
        )
        return direct.estimates(
            self.loaded.scenario,
            window,
            self._kinds(window),
            self._counted(window),
            window.parts(drawn[:OF_SPREAD]),
            window.parts(drawn[OF_SPREAD:]),
            {entry.path for one in self.inputs for entry in one.entries},
            mixes,
        )

    def _inferred(self, direct_: list[Estimate], table: pd.DataFrame, folder: Path) -> Calibration:
        """Infer the rest, test it, and write what came out."""
        scenario, span, inputs = self.loaded.scenario, self.span, self.inputs
        records = observations.records(scenario, self.log, self.ledger, span.start, span.split)
        told = summaries.of(records)
        observed = {name: value for name, value in told.items() if np.isfinite(value)}
        found = design.simulate(
            self._trial(span.split),
            inputs,
            design.design(self.points, len(inputs), scenario.seed),
            self.executor,
            Kept(folder / "design"),
            SEEDS,
            on_trial=self._tell("points"),
            rounding=self._rounding,
        )
        emulated = emulator.fit(found.scores, found.summaries[list(observed)])
        fitted = posterior.sample(emulated, inputs, emulated.observed(observed), scenario.seed)
        used = {name: observed[name] for name in emulated.names}
        checks, fit = self._checked(fitted, used, folder)
        tested = self._forecast(fitted, folder)
        source = tr(
            "fitted to {n} work orders of {start} to {end}",
            n=f"{len(self.log.frame):,}",
            start=date(span.start),
            end=date(span.split),
        )
        written = scenario_file.write(self.loaded, direct_, fitted, source, self.replace_earlier)
        manifest = {
            "scenario": str(self.loaded.files[0].path),
            "written": str(written.file),
            "earlier": list(map(str, written.earlier)),
            "categories": {
                name: {"zh": category.label.zh, "en": category.label.en}
                for name, category in scenario.demand.categories.items()
            },
            "channels": {
                name: {"zh": channel.label.zh, "en": channel.label.en}
                for name, channel in self.loaded.scenario.channels.items()
            },
            "orders": len(self.log.frame),
            "set_aside": len(self.log.set_aside),
            "ledger": None if self.ledger is None else len(self.ledger.frame),
            "records": {
                name: {"columns": log.mapping.columns.given(), **describe(log).plain()}
                for name, log in (("orders", self.log), ("ledger", self.ledger))
                if log is not None
            },
            "linked": records.links is not None,
            "start": date(span.start),
            "split": date(span.split),
            "end": date(span.end),
            "points": self.points,
            "seeds": SEEDS,
            "draws": predictive_checks.DRAWS,
            "left_out": list(emulated.left_out),
            "misfits": list(fitted.misfits),
            "acceptance": fitted.acceptance,
            "warnings": (warnings := list(self._warnings())),
            "said": {"warnings": list(map(kept, warnings))},
            "versions": provenance.versions(),
        }
        timed = times.fitted(self._trial(span.split).network(), self.log, self._fitted_window)
        made = Calibration(manifest, table, *timed, fitted.to_frame(), checks, fit, *tested)
        return write_calibration(made, folder)

    def _id(self) -> str:
        logs = [self.log] + ([self.ledger] if self.ledger is not None else [])
        digest = hashlib.sha256()
        for log in logs:
            digest.update(pd.util.hash_pandas_object(log.frame, index=False).to_numpy().tobytes())
        told = [
            provenance.resolved(self.loaded.scenario),
            provenance.program(),
            [[one.path, one.shown(0.0), one.shown(1.0)] for one in self.inputs],
            [self.span.start, self.span.split, self.span.end, self.points, SEEDS],
            digest.hexdigest(),
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]

    def _trial(self, end: int) -> Trial:
        """Lay the scenario over the dates of the record, from its warm-up to an end."""
        scenario = self.loaded.scenario
        warm_up = scenario.warm_up if isinstance(scenario.warm_up, int) else WARM_UP
        start = np.datetime64(self.span.start - warm_up, "ms").astype("datetime64[s]").item()
        tree = json.loads(trials.plain(scenario)) | {
            "start": start.isoformat(),
            "horizon": f"{end - self.span.start + warm_up} ms",
            "warm_up": f"{warm_up} ms",
        }
        dated = Scenario.model_validate(tree)
        return Trial(trials.plain(dated), str(self.loaded.folder), (), warm_up, ())

    @cached_property
    def _rounding(self) -> Rounding:
        return observations.rounding(self.log, self.ledger)

    @cached_property
    def _fitted_window(self) -> Window:
        network = self._trial(self.span.split).network()
        level, places = counts.level_of(network, self.log)
        start, end = self.span.start, self.span.split
        n, has_ledger = len(network.categories), self.ledger is not None
        channels = len(network.channels)
        return Window(start, end, n, level, places, self._rounding, has_ledger, channels)

    def _kinds(self, window: Window) -> Kinds:
        network = self._trial(window.end).network()
        first = np.datetime64(window.start, "ms").astype("datetime64[D]").item()
        return Kinds.of(network.calendar, first, (window.end - window.start) // DAY)

    def _counted(self, window: Window) -> counts.Counted:
        network = self._trial(window.end).network()
        ledger = self.ledger
        own = None if ledger is None else counts.of_log(network, ledger, window, own=True)
        found = window.count(counts.of_log(network, self.log, window), own)
        if self.log.rounding["created"] >= DAY:  # all of them at midnight
            return replace(found, hour=np.full_like(found.hour, np.nan))
        return found

    def _checked(
        self, fitted: Posterior, used: Mapping[str, float], folder: Path
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Hold fresh runs against the record that was fitted."""
        window = self._fitted_window
        kept, told = Kept(folder / "checks"), self._tell("checks")
        base = self._trial(window.end)
        drawn = predictive_checks.simulated(base, fitted, window, self.executor, kept, told)
        names = {"category": tuple(self.loaded.scenario.demand.categories), "place": window.places}
        fit = predictive_checks.fit(window.parts(drawn), self._counted(window), names)
        return predictive_checks.checks(drawn, used), fit

    def _forecast(self, fitted: Posterior, folder: Path) -> Tested:
        """Hold fresh runs against the weeks kept apart."""
        if not self.span.held:
            return out_of_sample.NOT_TESTED
        before, scenario = self._fitted_window, self.loaded.scenario
        window = replace(before, start=self.span.split, end=self.span.end)
        kept, told = Kept(folder / "holdout"), self._tell("forecast")
        base = self._trial(window.end)
        made = predictive_checks.simulated(base, fitted, window, self.executor, kept, told)
        return out_of_sample.test(
            window.parts(made),
            self._counted(before),
            self._counted(window),
            self.span.split,
            tuple(scenario.demand.categories),
            scenario.seed,
        )

    def _warnings(self) -> Iterator[str]:
        """Say what the record lacks that the fit would need."""
        frame, window = self.log.frame, self._fitted_window
        for field, known in (
            ("category", tuple(self.loaded.scenario.demand.categories)),
            ("place", window.places),
        ):
            if field not in frame or not known:
                continue
            share = 1 - frame[field].astype(object).isin(known).mean()
            if share >= MUCH and field == "place":
                yield tr(
                    "{share:.0%} of the orders have no place that the scenario knows", share=share
                )
            elif share >= MUCH and not self.read.unknown(field):
                yield tr("{share:.0%} of the orders have no category", share=share)
            elif share >= MUCH:
                yield tr(
                    "{share:.0%} of the orders have no category that the scenario knows: {words}",
                    share=share,
                    words=counted(self.read.unknown(field)),
                )
        closed = (frame["status"] == CLOSED).to_numpy(dtype=bool)
        undated = 1 - given.ended(self.log)[closed].mean() if closed.any() else 0.0
        if undated >= MUCH:
            yield tr(
                "{share:.0%} of the closed orders have no time when they were resolved or closed: "
                "the fit takes them for open",
                share=undated,
            )
        for matched in (self.read, self.book):
            if matched is not None and (guessed := matched.guessed()):
                yield tr(
                    "words of {source} were taken for what they look like: {words}; where that is "
                    "wrong, say in a mapping what they mean",
                    source=matched.log.source,
                    words=taken(guessed, self.loaded.scenario),
                )
        for gap in describe(self.log).gaps:
            if gap.days >= DAYS_OFF:
                yield tr(
                    "no orders from {first} to {last}: the fit takes them for days without any",
                    first=gap.first,
                    last=gap.last,
                )

    def _tell(self, phase: str) -> trials.OnTrial:
        def told(done: int, total: int) -> None:
            if self.on_progress:
                self.on_progress(Progress(phase, done, total))

        return told

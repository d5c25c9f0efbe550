"""From work orders to a scenario that fits them, with an interval on everything fitted.

`calibrate` is the door for the command line and for Python. It reads a 12345 export (and the
stations' ledger), keeps the last weeks apart, infers what only the simulation can tell
(`govsim.inference`) from the rest, forecasts the weeks kept apart, and writes a scenario file
that extends the given one, with draws from the posterior beside it (`govsim.uncertainty`).
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ruamel.yaml import YAML

from govsim import calibration, provenance, ranges, trials
from govsim.calibration import CALIBRATIONS, Calibration
from govsim.demand import draw
from govsim.errors import InputError, Problem
from govsim.executors import Executor, Serial
from govsim.experiment import OnProgress, Progress
from govsim.inference import emulator, from_logs, latent, posterior, simulating, summaries
from govsim.inference.posterior import Posterior
from govsim.language import tr
from govsim.orders.log import OrderLog, step_name
from govsim.orders.mapping import Mapping
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.ranges import Uncertain
from govsim.scenarios.loading import Loaded, Settings, load
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY, HOUR, WEEK
from govsim.storage import write_text, writing
from govsim.storage.files import replacing
from govsim.tasks import runs
from govsim.trials import Kept, Trial
from govsim.uncertainty import SUFFIX

Floats = NDArray[np.float64]

POINTS, SEEDS = 400, 2
"""Points of the prior that are simulated, and replications of each."""

DRAWS = 1000
"""Draws that are kept beside the scenario."""

FORECASTS = 100
"""Draws with which the weeks kept apart are simulated."""

WARM_UP = 4 * WEEK
"""Where the scenario leaves it to be found."""

SHORTEST = 8 * WEEK
"""A fit takes at least this long a record."""


def calibrate(
    scenario: str | Path,
    orders: str | Path,
    *,
    ledger: str | Path | None = None,
    mapping: str | Path | None = None,
    holdout: int = 12 * WEEK,
    points: int = POINTS,
    settings: Settings = (),
    out: str | Path = "results",
    on_progress: OnProgress | None = None,
    executor: Executor | None = None,
) -> Calibration:
    """Fit a scenario to work orders.

    Parameters
    ----------
    scenario : the file.
    orders, ledger : files, or addresses of databases.
    mapping : of both; proposed from names and contents if not given.
    holdout : length of the end of the record that the fit doesn't see, ms.
    points : of the prior that are simulated.
    settings : as in `govsim.run`.
    out : folder for results. What was simulated is kept there: a calibration that was stopped
        goes on.
    on_progress : told how far it is.
    executor : where it is simulated; in this process if not given.

    Raises
    ------
    InputError
        The scenario or the records can't be used.
    RunError
        The results can't be written.
    """
    loaded = load(scenario, settings=settings)
    log = _read(orders, mapping, loaded.scenario)
    book = None if ledger is None else _read(ledger, mapping, loaded.scenario)
    span = _span(log, holdout)
    work = _Work(loaded, log, book, span, points, Path(out), on_progress, executor or Serial())
    return work.done()


def _read(source: str | Path, mapping: str | Path | None, scenario: Scenario) -> OrderLog:
    if mapping is not None:
        return read_orders(source, mapping)
    proposed: Mapping = propose(open_source(source), None, scenario).mapping
    return read_orders(source, proposed)


@dataclass(frozen=True)
class _Span:
    """Whole days of the record, local ms since 1970: fitted from start, held out from split."""

    start: int
    split: int
    end: int


def _span(log: OrderLog, holdout: int) -> _Span:
    created = log.milliseconds("created")
    # The first and the last day may have begun before the export, and not be over at its end.
    start, end = -(-int(created.min()) // DAY) * DAY, int(created.max()) // DAY * DAY
    split = end - holdout
    if split - start < SHORTEST:
        message = tr(
            "without the last {held} weeks the record has {weeks:.0f} weeks; a fit takes at least "
            "{least}",
            held=holdout // WEEK,
            weeks=max(0, split - start) / WEEK,
            least=SHORTEST // WEEK,
        )
        raise InputError([Problem(message, file=log.source)])
    return _Span(start, split, end)


@dataclass
class _Work:
    loaded: Loaded
    log: OrderLog
    ledger: OrderLog | None
    span: _Span
    points: int
    out: Path
    on_progress: OnProgress | None
    executor: Executor

    def done(self) -> Calibration:
        """Do all of it."""
        scenario, span = self.loaded.scenario, self.span
        inputs = self._inputs()
        records = from_logs.records(scenario, self.log, self.ledger, span.start, span.split)
        told = {name: value for name, value in summaries.of(records).items() if self._usable(name)}
        observed = {name: value for name, value in told.items() if np.isfinite(value)}
        folder = self.out / CALIBRATIONS / self._id(inputs)
        found = simulating.simulate(
            self._trial(span.split),
            inputs,
            simulating.design(self.points, len(inputs), scenario.seed),
            self.executor,
            Kept(folder / "design"),
            SEEDS,
            on_trial=self._tell("points"),
        )
        emulated = emulator.fit(found.scores, found.summaries[list(observed)])
        seen = emulated.observed(observed)
        fitted = posterior.sample(emulated, inputs, seen, scenario.seed)
        checks = _checks(emulated, fitted, seen, scenario.seed)
        days, scores = self._forecast(fitted, folder)
        written = self._write(fitted)
        manifest = {
            "scenario": str(self.loaded.files[0].path),
            "written": str(written),
            "orders": len(self.log.frame),
            "set_aside": len(self.log.set_aside),
            "ledger": None if self.ledger is None else len(self.ledger.frame),
            "linked": records.links is not None,
            "start": _date(span.start),
            "split": _date(span.split),
            "end": _date(span.end),
            "points": self.points,
            "seeds": SEEDS,
            "left_out": list(emulated.left_out),
            "acceptance": fitted.acceptance,
            "warnings": self._warnings(checks),
            "versions": provenance.versions(),
        }
        made = Calibration(manifest, fitted.to_frame(), checks, days, scores)
        return calibration.write(made, folder)

    def _inputs(self) -> list[Uncertain]:
        """Those of the usual latent inputs that this scenario has with a range."""
        known = {one.path for one in ranges.inputs(self.loaded.scenario, self.loaded.scenario)}
        wanted = [path for path in latent.USUAL if path in known]
        if not wanted:
            message = tr("none of the inputs that could be inferred has a plausible range")
            raise InputError([Problem(message, file=str(self.loaded.files[0].path))])
        return latent.find(self.loaded.scenario, wanted)

    def _usable(self, name: str) -> bool:
        """Whether times are recorded finely enough for a summary of them."""
        log = self.ledger if name.startswith("ledger") else self.log
        of_times = "time" in name or "work" in name
        return not of_times or log is None or max(log.rounding.values(), default=1) < HOUR

    def _id(self, inputs: Sequence[Uncertain]) -> str:
        logs = [self.log] + ([self.ledger] if self.ledger is not None else [])
        digest = hashlib.sha256()
        for log in logs:
            digest.update(pd.util.hash_pandas_object(log.frame, index=False).to_numpy().tobytes())
        told = [
            provenance.resolved(self.loaded.scenario),
            provenance.program(),
            [one.path for one in inputs],
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

    def _forecast(self, fitted: Posterior, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Simulate the days kept apart with draws from the posterior, and hold them to them."""
        span = self.span
        if span.split >= span.end:
            return pd.DataFrame(), pd.DataFrame()
        base = self._trial(span.end)
        at = np.linspace(0, len(fitted.scores) - 1, FORECASTS).round().astype(np.int64)
        scenario = base.network().scenario
        each = [
            replace(
                base.changed(latent.changes(scenario, fitted.inputs, z)),
                replications=(simulating.OF_TRUTHS + i,),
            )
            for i, z in enumerate(fitted.scores[at])
        ]
        kept, told = Kept(folder / "holdout"), self._tell("forecast")
        made = trials.run(each, self.executor, kept, told, daily_orders)
        held = (span.end - span.split) // DAY
        drawn = np.array([one[0, -held:] for one in made])
        created = self.log.milliseconds("created")[from_logs.passed_on(self.log)]
        whole = (span.end - span.start) // DAY
        counted = created[(created >= span.start) & (created < span.end)]
        daily = np.bincount((counted - span.start) // DAY, minlength=whole).astype(np.float64)
        return held_out(daily, drawn, span.split)

    def _write(self, fitted: Posterior) -> Path:
        """Write the scenario, and the draws beside it."""
        given = self.loaded.files[0].path
        file = given.with_name(f"{given.stem}-calibrated.yaml")
        source = tr(
            "fitted to {n} work orders of {start} to {end}",
            n=f"{len(self.log.frame):,}",
            start=_date(self.span.start),
            end=_date(self.span.split),
        )
        tree: dict[str, Any] = {"extends": given.name}
        evidence: dict[str, Any] = {}
        ends = latent.positions(np.quantile(fitted.scores, [0.05, 0.5, 0.95], axis=0))
        for one, (low, middle, high) in zip(fitted.inputs, ends.T.tolist(), strict=True):
            for entry in one.entries:
                part = tree
                for key in entry.path[:-1]:
                    part = part.setdefault(key, {})
                part[entry.path[-1]] = entry.written(middle)
                evidence[".".join(entry.path)] = {
                    "evidence": "calibrated",
                    "source": source,
                    "low": entry.written(low),
                    "high": entry.written(high),
                }
        yaml, text = YAML(), io.StringIO()
        yaml.dump({**tree, "evidence": evidence}, text)
        write_text(file, text.getvalue())
        rng = np.random.default_rng(self.loaded.scenario.seed)
        some = fitted.scores[rng.permutation(len(fitted.scores))[:DRAWS]]
        rows = [
            {
                ".".join(path): json.dumps(value)
                for path, value in latent.changes(self.loaded.scenario, fitted.inputs, z)
            }
            for z in some
        ]
        draws = file.with_name(file.stem + SUFFIX)
        with writing(draws), replacing(draws) as to:
            pd.DataFrame(rows).to_parquet(to, index=False)
        return file

    def _warnings(self, checks: pd.DataFrame) -> list[str]:
        lines = []
        for log in (self.log, self.ledger):
            coarse = {} if log is None else log.rounding
            if coarse and (step := max(coarse.values())) >= HOUR:
                text = tr("times are rounded to the {step} and were not used", step=step_name(step))
                lines.append(text)
        if outside := list(checks.loc[~checks["inside"], "summary"]):
            lines.append(
                tr("the fitted scenario does not reproduce: {names}", names=", ".join(outside))
            )
        return lines

    def _tell(self, phase: str) -> trials.OnTrial:
        def told(done: int, total: int) -> None:
            if self.on_progress:
                self.on_progress(Progress(phase, done, total))

        return told


def daily_orders(trial: Trial) -> Floats:
    """Simulate a trial, and count the orders dispatched on each day.

    Returns
    -------
    float[replications, days]
    """
    service = trial.network()
    rows = []
    for replication in trial.replications:
        table = draw(service, replication)
        outcome = runs(trial.engine)(service, table, trial.measured_from)
        o = outcome.orders
        at = o["time"][(o["answered"] == 0) & (o["time"] < service.end)]
        rows.append(np.bincount(at // DAY, minlength=service.end // DAY))
    return np.array(rows, dtype=np.float64)


def held_out(daily: Floats, drawn: Floats, first: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold a forecast of daily numbers against what came, and against the seasonal naive one.

    Parameters
    ----------
    daily : float[days], the whole record, the days of the forecast last.
    drawn : float[m, held], draws of the forecast.
    first : first day of the forecast, local ms since 1970.

    Returns
    -------
    days, scores
        As in `Calibration`. The naive forecast says what came on the same day of the week, the
        last time before the forecast begins; its distribution is that of the last eight such
        days. MASE is by the naive forecast's absolute error on the same days. The CRPS is the
        ensemble's, fair (Ferro 2014).
    """
    held = drawn.shape[1]
    fit, observed = daily[:-held], daily[-held:]
    back = np.arange(held) % 7
    weeks = min(8, len(fit) // 7)
    naive = np.array([fit[len(fit) - 7 * np.arange(1, weeks + 1) + day] for day in back])
    mean = drawn.mean(axis=0)
    q05, q25, q75, q95 = np.quantile(drawn, [0.05, 0.25, 0.75, 0.95], axis=0)
    pit = (drawn < observed).mean(axis=0) + (drawn == observed).mean(axis=0) / 2
    dates = np.datetime64(first, "ms").astype("datetime64[D]") + np.arange(held)
    days = pd.DataFrame(
        {
            "date": np.datetime_as_string(dates),
            "observed": observed,
            "naive": naive[:, 0],
            "mean": mean,
            **{"q05": q05, "q25": q25, "q75": q75, "q95": q95, "pit": pit},
        }
    )
    off = np.abs(observed - naive[:, 0]).mean()
    scores = pd.DataFrame(
        {
            "crps": [crps(drawn, observed)],
            "crps_naive": [crps(naive.T, observed)],
            "mase": [np.abs(observed - mean).mean() / off if off else np.nan],
            "coverage_50": [((q25 <= observed) & (observed <= q75)).mean()],
            "coverage_90": [((q05 <= observed) & (observed <= q95)).mean()],
        }
    )
    return days, scores


def crps(drawn: Floats, observed: Floats) -> float:
    """Mean over days of the continuous ranked probability score of draws float[m, days]."""
    m = len(drawn)
    apart = np.abs(drawn - observed).mean(axis=0)
    ordered = np.sort(drawn, axis=0)
    weights = 2 * np.arange(1, m + 1) - m - 1
    between = (weights[:, None] * ordered).sum(axis=0) / (m * (m - 1))
    return float((apart - between).mean())


def _checks(
    emulated: emulator.Emulator, fitted: Posterior, seen: Floats, seed: int
) -> pd.DataFrame:
    """Hold each summary against its posterior predictive distribution, as emulated."""
    rng = np.random.default_rng([seed, 3])
    mean, deviation = emulated.predict(fitted.scores)
    drawn = mean + deviation * rng.standard_normal(mean.shape)
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    # A check fails where chance alone would fail it once in a hundred calibrations.
    far = 0.005 / len(seen)
    outer = np.quantile(drawn, [far, 1 - far], axis=0)
    inside = (outer[0] <= seen) & (seen <= outer[1])
    return pd.DataFrame(
        {"summary": emulated.names, "observed": seen, "low": low, "high": high, "inside": inside}
    )


def _date(ms: int) -> str:
    return str(np.datetime64(ms, "ms").astype("datetime64[D]"))

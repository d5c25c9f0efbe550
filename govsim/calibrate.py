"""From work orders to a scenario that fits them, with an interval on everything fitted.

`calibrate` is the door for the command line and for Python. It reads a 12345 export (and the
stations' ledger) and keeps the last weeks apart. From the rest it estimates how demand is spread
over categories, weekdays and hours, and infers what only the simulation can tell
(`govsim.calibration.inference`). Then it holds fresh runs against the record and against the weeks
kept apart, and writes a scenario file that extends the given one, with draws from the posterior
beside it (`govsim.runs.uncertainty`). The steps are those of `govsim.calibration`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from govsim.calibration import (
    given,
)
from govsim.calibration.inference import prior
from govsim.calibration.result import Calibration
from govsim.calibration.steps import POINTS, CalibrationSteps
from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.runs import ranges
from govsim.runs.executors import Executor, Serial
from govsim.runs.progress import OnProgress
from govsim.runs.ranges import Uncertain
from govsim.scenarios.loading import Loaded, Settings, load
from govsim.scenarios.units import WEEK


def calibrate(
    scenario: str | Path,
    orders: str | Path,
    *,
    ledger: str | Path | None = None,
    mapping: str | Path | None = None,
    ledger_mapping: str | Path | None = None,
    holdout: int = 12 * WEEK,
    latents: Sequence[str] = (),
    points: int = POINTS,
    settings: Settings = (),
    out: str | Path = "results",
    on_progress: OnProgress | None = None,
    executor: Executor | None = None,
    replace_earlier: bool = False,
) -> Calibration:
    """Fit a scenario to work orders.

    Parameters
    ----------
    scenario : the file.
    orders, ledger : files, or addresses of databases.
    mapping : of the orders; proposed from names and contents if not given.
    ledger_mapping : of the ledger; if not given, that of the orders, with what only the ledger
        has as its own names and contents say.
    holdout : length of the end of the record that the fit doesn't see, ms.
    latents : inputs to infer, ``PATH`` or ``PATH=low..high``; those of `latent.USUAL` that the
        scenario has if not given.
    points : of the prior that are simulated.
    settings : as in `govsim.run`.
    out : folder for results. What was simulated is kept there: a calibration that was stopped
        goes on.
    on_progress : told how far it is.
    executor : where it is simulated; in this process if not given.
    replace_earlier : write over a calibrated scenario that is there; see `writing.write`.

    Raises
    ------
    InputError
        The scenario or the records can't be used.
    RunError
        The results can't be written.
    """
    loaded = load(scenario, settings=settings)
    inputs = _inputs(loaded, latents)
    read = given.read(orders, mapping, loaded.scenario)
    book = None
    if ledger is not None:
        how, own = ledger_mapping or mapping, ledger_mapping is not None
        book = given.read(ledger, how, loaded.scenario, ledger=True, own=own)
    span = given.span(read.log, holdout)
    work = CalibrationSteps(
        loaded,
        inputs,
        read,
        book,
        span,
        points,
        Path(out),
        on_progress,
        executor or Serial(),
        replace_earlier,
    )
    return work.done()


def _inputs(loaded: Loaded, wanted: Sequence[str]) -> list[Uncertain]:
    """Those that are asked for, or those of the usual ones that have a range here."""
    if wanted:
        return prior.find(loaded.scenario, wanted)
    known = {one.path for one in ranges.inputs(loaded.scenario, loaded.scenario)}
    usual = [path for path in prior.USUAL if path in known]
    if not usual:
        message = tr("none of the inputs that could be inferred has a plausible range")
        raise InputError([Problem(message, file=str(loaded.files[0].path))])
    return prior.find(loaded.scenario, usual)

"""Replications of a scenario: as many as asked, or as many as a precision needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from govsim.runs.executors import Executor, Serial
from govsim.runs.given import opened
from govsim.runs.progress import OnProgress
from govsim.runs.replications import Run
from govsim.runs.results import MAIN, Result
from govsim.runs.stopping import wanted
from govsim.runs.tasks import Engine, keep_freed_memory
from govsim.runs.uncertainty import Uncertainty, whole_blocks
from govsim.runs.uncertainty import find as draws_of
from govsim.scenarios.loading import Loaded, Settings
from govsim.scenarios.schema import Scenario
from govsim.service import network


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
    executor: Executor | None = None,
    uncertainty: Uncertainty | None = None,
    name: str = "",
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
    executor : where replications are done; in this process, one after another, if not
        given. See `govsim.runs.workers.choose`.
    uncertainty : ``posterior`` to use a calibration's draws; see `govsim.runs.uncertainty`.
    name : of this run, in place of the scenario's; what an earlier run was called if not given.

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
    asked = wanted(replications, precision, on, at_least, most)
    loaded = opened(scenario, seed, settings, overrides)
    keep_freed_memory()  # to lay a district out takes and frees as much as a replication
    service = network.build(loaded.scenario, loaded.folder)
    draws = None
    if uncertainty is not None:
        number = whole_blocks(replications, precision, loaded.scenario.replications)
        draws, asked = draws_of(loaded), replace(asked, replications=number)
    under_way = Run(
        loaded, service, asked, out, keep_orders, on_progress, engine, draws, name.strip()
    )
    return under_way.result(executor or Serial())

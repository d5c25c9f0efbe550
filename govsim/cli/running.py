"""``govsim run``: simulate a scenario, with progress, a summary, a figure and a folder."""

from __future__ import annotations

import gc
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govsim.cli.finding import check_name
from govsim.cli.options import (
    as_json,
    command,
    console,
    engine,
    executor,
    out,
    overrides,
    print_json,
    quiet,
    replications,
    scenario_file,
    seed,
    settings,
    share,
    uncertainty,
    workers,
)
from govsim.cli.progress import progress, stoppable
from govsim.cli.reporting import no_report, report_at_the_end, say_where
from govsim.language import tr

if TYPE_CHECKING:
    from rich.console import RenderableType

    from govsim.runs.results import Result
    from govsim.runs.tasks import Engine
    from govsim.runs.uncertainty import Uncertainty


@command("run", tr("Simulate SCENARIO, a file or the name of one in ./scenarios."))
@click.argument("scenario")
@replications(tr("How many replications to run."))
@click.option("--precision", metavar="5%", help=tr("Instead: run until intervals are this narrow."))
@click.option("--on", multiple=True, metavar="MEASURE", help=tr("Measure for --precision."))
@seed(tr("Seed, in place of the scenario's."))
@settings(tr("Change one input."))
@click.option(
    "--set-grid",
    "grid",
    multiple=True,
    metavar="PATH=VALUES",
    help=tr("Run with each of several values, such as 1,2,3; with all combinations if repeated."),
)
@overrides()
@out(tr("Folder for results."))
@click.option(
    "--name",
    metavar="TEXT",
    help=tr("Name of this run in reports and lists; govsim show TEXT finds it."),
)
@click.option("--orders", is_flag=True, help=tr("Also write what became of each demand."))
@engine()
@uncertainty()
@workers()
@click.option(
    "--trace",
    "traced",
    metavar="DEMAND",
    help=tr("Tell one demand's whole story instead: its identity as in orders.parquet."),
)
@no_report()
@quiet()
@as_json()
def run(
    scenario: str,
    replications: int | None,
    precision: str | None,
    on: tuple[str, ...],
    seed: int | None,
    settings: tuple[str, ...],
    grid: tuple[str, ...],
    overrides: tuple[str, ...],
    out: Path,
    name: str | None,
    orders: bool,
    engine: Engine,
    uncertainty: Uncertainty | None,
    workers: int | None,
    cluster: str | None,
    traced: str | None,
    no_report: bool,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Simulate a scenario and show what came out."""
    # What is imported and laid out now all stays, so nobody need look through it for what could be
    # let go, up to the first replication (`govsim.runs.tasks.suit_the_work`).
    gc.disable()
    click.get_current_context().call_on_close(gc.enable)
    if replications is not None and precision is not None:
        raise click.UsageError(tr("give either --replications or --precision"))
    width = share(precision)
    if on and width is None:
        raise click.UsageError(tr("--on says what --precision is asked of; give both"))
    from govsim.scenarios.loading import load, split_setting

    if name is not None and (grid or traced is not None):
        raise click.UsageError(tr("--name goes with a plain run"))
    file, pairs = scenario_file(scenario), [split_setting(s) for s in settings]
    if name is not None:
        check_name(name, file.stem, out)
    asked: dict[str, Any] = {
        "replications": replications,
        "precision": width,
        **({"on": on} if on else {}),
        "seed": seed,
        "out": out,
        "keep_orders": orders,
        "engine": engine,
    }
    if uncertainty and (grid or traced is not None):
        raise click.UsageError(tr("--uncertainty goes with a plain run"))
    if grid:
        if traced is not None:
            raise click.UsageError(tr("--trace tells of one run; leave out --set-grid"))
        from govsim.cli.sweeping import show
        from govsim.runs.results import MAIN

        given = {"on": MAIN, **asked, "settings": pairs, "overrides": overrides}
        show(
            file,
            grid,
            given,
            partial(executor, workers, cluster, engine),
            quiet,
            as_json_,
            no_report,
        )
        return
    loaded = load(file, overrides=overrides, settings=pairs)
    if traced is not None:
        from govsim.cli.tracing import trace
        from govsim.runs.given import with_seed

        loaded = with_seed(loaded, seed)
        trace(loaded, traced, replications or loaded.scenario.replications, engine, as_json_)
        return
    if not quiet:
        for warning in loaded.warnings:
            click.echo(tr("warning: {warning}", warning=warning), err=True)
    from govsim.report.ahead import Ahead

    with Ahead() as ahead:  # before the engine is imported, which takes a while
        from govsim.run import run

        with (
            stoppable(),
            executor(workers, cluster, engine) as chosen,
            progress(quiet or as_json_) as told,
        ):
            result = run(
                loaded,
                on_progress=told,
                executor=chosen,
                uncertainty=uncertainty,
                name=name or "",
                **asked,
            )
        assert result.folder is not None
        ahead.begin(result.folder, not no_report)
        shown = None if quiet or as_json_ else _summary(result)
        if not ahead.done():
            _draw(result, not no_report, quiet or as_json_)
        elif not (no_report or quiet or as_json_):
            say_where(result.folder)
    if as_json_:
        print_json(as_values(result))
    elif shown is not None:
        console().print(shown)


def _summary(result: Result) -> RenderableType:
    from govsim.report.tables import summary

    return summary(result)


def _draw(result: Result, report: bool, quiet: bool) -> None:
    """Draw the overview of a run into its folder, and its report if it is wanted."""
    from govsim.report import figures

    assert result.folder is not None
    overview = figures.begin_overview(result, result.folder / "figures")
    if report:
        report_at_the_end(result, quiet)
    overview.wait()


def as_values(result: Result) -> dict[str, Any]:
    """Give what the tables show, and more, as plain values."""
    from govsim.report.uncertain import frame_of

    frame = result.to_frame()
    shown = frame[frame["level"].isin(["district", "cause", "team"])]
    kept = ("state", "scenario_name", "replications", "seed", "warm_up_days", "horizon_days")
    return {
        "title": result.title,
        "name": result.name,
        "changes": [change.record() for change in result.changes],
        **{name: result.manifest[name] for name in kept},
        "confidence": result.confidence,
        "folder": None if result.folder is None else str(result.folder),
        **({"uncertainty": frame_of(result).to_dict("records")} if result.per_draw > 1 else {}),
        "notes": list(result.notes),
        "warnings": list(result.warnings),
        "measures": shown.to_dict("records"),
    }

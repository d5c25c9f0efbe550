"""``govsim run``: simulate a scenario, with progress, a summary, a figure and a folder."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govsim.cli.options import (
    as_json,
    command,
    console,
    executor,
    fail,
    out,
    print_json,
    scenario_file,
    uncertainty,
    workers,
)
from govsim.cli.reporting import no_report, report_at_the_end
from govsim.errors import InputError, Problem
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.experiment import OnProgress, Progress
    from govsim.results import Result
    from govsim.tasks import Engine
    from govsim.uncertainty import Uncertainty


def share(text: str | None, option: str = "--precision") -> float | None:
    """Read ``5%`` or ``0.05``, given with an option.

    Raises
    ------
    InputError
        It is neither.
    """
    if text is None:
        return None
    bare = text.strip().removesuffix("%").removesuffix("％")
    try:
        return float(bare) / (100 if bare != text.strip() else 1)
    except ValueError:
        message = tr("expected a share such as 5% or 0.05, but found “{text}”", text=text)
        raise InputError([Problem(message, file=option)]) from None


@command("run", tr("Simulate SCENARIO, a file or the name of one in ./scenarios."))
@click.argument("scenario")
@click.option(
    "--replications",
    "-n",
    type=click.IntRange(min=1),
    metavar="N",
    help=tr("How many replications to run."),
)
@click.option("--precision", metavar="5%", help=tr("Instead: run until intervals are this narrow."))
@click.option("--on", multiple=True, metavar="MEASURE", help=tr("Measure for --precision."))
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    help=tr("Seed, in place of the scenario's."),
)
@click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE", help=tr("Change one input.")
)
@click.option(
    "--set-grid",
    "grid",
    multiple=True,
    metavar="PATH=VALUES",
    help=tr("Run with each of several values, such as 1,2,3; with all combinations if repeated."),
)
@click.option(
    "--override", "overrides", multiple=True, metavar="NAME", help=tr("Apply a named override.")
)
@out(tr("Folder for results."))
@click.option("--orders", is_flag=True, help=tr("Also write what became of each demand."))
@click.option(
    "--engine",
    type=click.Choice(["compiled", "simpy"]),
    default="compiled",
    help=tr(
        "What simulates: the compiled engine, or the readable model; the results are the same."
    ),
)
@uncertainty()
@workers()
@click.option(
    "--trace",
    "traced",
    metavar="DEMAND",
    help=tr("Tell one demand's whole story instead: its identity as in orders.parquet."),
)
@no_report()
@click.option("--quiet", is_flag=True, help=tr("Say nothing but errors."))
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
    if replications is not None and precision is not None:
        raise click.UsageError(tr("give either --replications or --precision"))
    width = share(precision)
    if on and width is None:
        raise click.UsageError(tr("--on says what --precision is asked of; give both"))
    from govsim import experiment
    from govsim.results import MAIN
    from govsim.scenarios.loading import load, split_setting

    file, pairs = scenario_file(scenario), [split_setting(s) for s in settings]
    asked: dict[str, Any] = {
        "replications": replications,
        "precision": width,
        "on": on or MAIN,
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

        given = {**asked, "settings": pairs, "overrides": overrides}
        show(file, grid, given, partial(executor, workers, cluster, engine), quiet, as_json_)
        return
    loaded = load(file, overrides=overrides, settings=pairs)
    if traced is not None:
        from govsim.cli.tracing import trace

        changes = {} if seed is None else {"seed": seed}
        loaded = replace(loaded, scenario=loaded.scenario.model_copy(update=changes))
        trace(loaded, traced, replications or loaded.scenario.replications, engine, as_json_)
        return
    if not quiet:
        for warning in loaded.warnings:
            click.echo(tr("warning: {warning}", warning=warning), err=True)
    with (
        stoppable(),
        executor(workers, cluster, engine) as chosen,
        progress(quiet or as_json_) as told,
    ):
        result = experiment.run(
            loaded, on_progress=told, executor=chosen, uncertainty=uncertainty, **asked
        )
    _draw(result)
    if not no_report:
        report_at_the_end(result, quiet or as_json_)
    if as_json_:
        print_json(as_values(result))
    elif not quiet:
        from govsim.report.tables import summary

        console().print(summary(result))


@contextmanager
def stoppable() -> Iterator[None]:
    """Say on Ctrl-C that nothing finished is lost."""
    try:
        yield
    except KeyboardInterrupt:
        fail(tr("Stopped. Finished replications are kept: the same command goes on from here."))


def _draw(result: Result) -> None:
    """Draw the overview figure into the run's folder."""
    from govsim.report import figures

    assert result.folder is not None
    figures.write_overview(result, result.folder / "figures")


def as_values(result: Result) -> dict[str, Any]:
    """Give what the tables show, and more, as plain values."""
    from govsim.report.uncertain import frame_of

    frame = result.to_frame()
    shown = frame[frame["level"].isin(["district", "cause", "team"])]
    kept = ("state", "scenario_name", "replications", "seed", "warm_up_days", "horizon_days")
    return {
        **{name: result.manifest[name] for name in kept},
        "confidence": result.confidence,
        "folder": None if result.folder is None else str(result.folder),
        **({"uncertainty": frame_of(result).to_dict("records")} if result.per_draw > 1 else {}),
        "notes": list(result.notes),
        "warnings": list(result.warnings),
        "measures": shown.to_dict("records"),
    }


# ------------------------------------------------------------------ progress


@contextmanager
def progress(quiet: bool) -> Iterator[OnProgress | None]:
    """Show progress: a bar with the time left on a terminal, else a line now and then."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as told:
            yield told
    else:
        yield _Lines()


def _doing(now: Progress) -> str:
    if now.phase == "compiling":
        return tr("compiling the engine; only the first run after an update has to wait")
    if now.phase == "warm-up":
        return tr("finding the warm-up")
    parts = {
        "in between": tr("scenarios in between: {n} of {total}", n=now.done, total=now.total),
        "screening": tr("inputs that matter: {n} of {total}", n=now.done, total=now.total),
        "points": tr("plausible inputs: {n} of {total}", n=now.done, total=now.total),
        "variances": tr("shares of the variance: {n} of {total}", n=now.done, total=now.total),
        "direct": tr("runs of the scenario as given: {n} of {total}", n=now.done, total=now.total),
        "checks": tr("fresh runs of what was fitted: {n} of {total}", n=now.done, total=now.total),
        "forecast": tr("weeks not seen: {n} of {total}", n=now.done, total=now.total),
        "bad year": tr("years without change: {n} of {total}", n=now.done, total=now.total),
    }
    if now.phase in parts:
        return parts[now.phase]
    return tr("replications: {n} of {total}", n=now.done, total=now.total)


@contextmanager
def _bar() -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    clock = Clock()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(tr("laying out the service"), total=None, left="")

        def told(now: Progress) -> None:
            bar.update(
                task,
                description=_doing(now),
                total=now.total,
                completed=now.done + now.within,
                left=in_words(clock.left(now)),
            )

        yield told


class Clock:
    """Tells the time left from how long the work of this run has taken so far."""

    def __init__(self) -> None:
        self.began: dict[str, tuple[float, float]] = {}

    def left(self, now: Progress) -> float | None:
        """Seconds left in this phase; None while too little is done to tell."""
        done, moment = now.done + now.within, time.monotonic()
        first, at = self.began.setdefault(now.phase, (moment, done))
        if done - at < 0.02 or moment - first < 1:
            return None
        return (moment - first) / (done - at) * max(0.0, now.total - done)


def in_words(seconds: float | None) -> str:
    """Say how long is left."""
    if seconds is None:
        return ""
    if seconds < 60:
        return tr("{n} s left", n=round(seconds))
    if seconds < 3600:
        return tr("{n} min left", n=round(seconds / 60))
    return tr("{n:.1f} h left", n=seconds / 3600)


class _Lines:
    """A line when a replication is done, at most one a second, and at least every half minute."""

    OFTEN, SELDOM = 1.0, 30.0

    def __init__(self) -> None:
        self.clock, self.said, self.at = Clock(), -1, -self.SELDOM

    def __call__(self, now: Progress) -> None:
        if now.phase == "compiling":
            click.echo(_doing(now), err=True)
            return
        left = in_words(self.clock.left(now))
        finished = now.phase == "replications" and now.done >= now.total
        since = time.monotonic() - self.at
        news = now.done != self.said
        if not (news and (finished or since >= self.OFTEN)) and since < self.SELDOM:
            return
        self.said, self.at = now.done, time.monotonic()
        if finished:
            line = tr("replications: {n}, all done", n=now.total)
        else:
            share = (now.done + now.within) / now.total
            line = tr("{doing}, {share:.0%}", doing=_doing(now), share=share)
            line = tr("{line}, {left}", line=line, left=left) if left else line
        click.echo(line, err=True)

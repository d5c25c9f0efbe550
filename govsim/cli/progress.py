"""How far a command is, on the screen: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from govsim.cli import terminal
from govsim.cli.options import fail
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.comparison.stopping import OnPlan
    from govsim.runs.progress import OnProgress, Progress


@contextmanager
def stoppable() -> Iterator[None]:
    """Say on Ctrl-C that nothing finished is lost."""
    try:
        yield
    except (KeyboardInterrupt, Exception) as error:
        if isinstance(error, Exception) and not terminal.is_stopping():
            raise
        fail(tr("Stopped. Finished replications are kept: the same command goes on from here."))


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


@contextmanager
def phases(quiet: bool) -> Iterator[OnProgress | None]:
    """Show the progress of one phase after another."""
    with plans(quiet) as told:
        yield told and (lambda now: told(now.phase, now))


@contextmanager
def plans(quiet: bool, named: bool = False) -> Iterator[OnPlan | None]:
    """Show the progress of one plan after another; if wanted, under their names."""
    if quiet:
        yield None
        return
    shown: dict[str, OnProgress] = {}
    with ExitStack() as stack:

        def told(plan: str, now: Progress) -> None:
            if plan not in shown:
                stack.close()
                shown.clear()
                if named:
                    click.echo(plan, err=True)
                of_this = stack.enter_context(progress(False))
                assert of_this is not None
                shown[plan] = of_this
            shown[plan](now)

        yield told


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
        "changes": tr("changed plans: {n} of {total} replications", n=now.done, total=now.total),
        "plans": tr(
            "plans, the cheapest first: {n} of at most {total}", n=now.done, total=now.total
        ),
        "check": tr("check on fresh replications: {n} of {total}", n=now.done, total=now.total),
        "posts": tr("one fewer of each: {n} of {total}", n=now.done, total=now.total),
        "people": tr("how many people would do: team {n} of {total}", n=now.done, total=now.total),
        "rota": tr("looking for the rota: part {n} of {total}", n=now.done, total=now.total),
        "why": tr("what stands against it: {n} of {total}", n=now.done, total=now.total),
        "service": tr("simulating the rota: {n} of {total}", n=now.done, total=now.total),
        "places": tr("designs made: {n} of {total}", n=now.done, total=now.total),
        "cover": tr("numbers of stations, cover: {n} of {total}", n=now.done, total=now.total),
        "within": tr("numbers of stations, reach: {n} of {total}", n=now.done, total=now.total),
        "ways": tr("numbers of stations, ways: {n} of {total}", n=now.done, total=now.total),
        "designs": tr("designs simulated: {n} of {total}", n=now.done, total=now.total),
        "bad year": tr("years without change: {n} of {total}", n=now.done, total=now.total),
    }
    if now.phase in parts:
        return parts[now.phase]
    return tr("replications: {n} of {total}", n=now.done, total=now.total)


@contextmanager
def _bar() -> Iterator[OnProgress]:
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from govsim.cli.screen import Screen

    clock = Clock()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}", markup=False),
    )
    with Bar(*columns, console=Screen(stderr=True), transient=True) as bar:
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

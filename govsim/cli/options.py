"""What all commands share: options spelled the same everywhere, and how they fail.

Exit codes: 0 done, 1 the run failed or was stopped, 2 the input is wrong.
"""

from __future__ import annotations

import functools
import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from govsim import language
from govsim.cli import terminal
from govsim.cli.helping import Command
from govsim.cli.places import scenario_file
from govsim.errors import InputError, Problem, RunError, visible_in_json
from govsim.language import tr
from govsim.storage.files import reason_of

if TYPE_CHECKING:
    from rich.console import Console

    from govsim.runs.executors import Executor

__all__ = ["scenario_file"]

F = TypeVar("F", bound=Callable[..., Any])

RESULTS = Path("results")
"""Folder of results, below where the command is run."""

DONE, FAILED, WRONG_INPUT = 0, 1, 2

NARROWEST = 20
"""Columns below which no table can be read, whatever COLUMNS says."""


def command(name: str, help_: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command with ``--lang`` and ``--debug``, whose errors are messages."""

    def make(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def guarded(*args: Any, lang: str | None, debug: bool, **kwargs: Any) -> Any:
            if lang:
                language.use("zh" if lang == "zh" else "en")
            with terminal.shown():
                return said(function, debug, *args, **kwargs)

        guarded.__doc__ = None
        made = click.command(
            name, cls=Command, help=help_, short_help=help_, options_metavar=tr("[OPTIONS]")
        )(guarded)
        made.params += [
            click.Option(
                ["--lang"], type=click.Choice(["zh", "en"]), help=tr("Language of what is said.")
            ),
            click.Option(
                ["--debug"], is_flag=True, help=tr("Show where in the program an error arose.")
            ),
        ]
        return made

    return make


def said(function: Callable[..., Any], debug: bool, *args: Any, **kwargs: Any) -> Any:
    """Do what a command does; what goes wrong becomes a message."""
    try:
        return function(*args, **kwargs)
    except (click.ClickException, click.exceptions.Exit):
        raise
    except KeyboardInterrupt:
        fail(tr("Stopped."))
    except Exception as error:
        if terminal.is_stopping():
            fail(tr("Stopped."))
        if debug:
            raise
        _explain(error)


def _explain(error: Exception) -> NoReturn:
    """Say what went wrong, one line a problem, and leave."""
    if isinstance(error, InputError):
        fail("\n".join(map(str, error.problems)), WRONG_INPUT)
    if isinstance(error, RunError):
        fail(str(error))
    if isinstance(error, MemoryError):
        fail(tr("there is not enough memory"))
    if isinstance(error, OSError):  # what the system refuses is no mistake of the program
        fail(_refused(error))
    fail(
        tr(
            "this is a mistake in govsim, not in your input: {kind}: {error}; "
            "the same command with --debug shows where",
            kind=type(error).__name__,
            error=error,
        )
    )


def _refused(error: OSError) -> str:
    reason = reason_of(error)
    if error.filename is None:
        return tr("the system says: {reason}", reason=reason)
    return tr("{file}: the system says: {reason}", file=error.filename, reason=reason)


def fail(message: str, code: int = FAILED) -> NoReturn:
    """Say why, and leave."""
    terminal.leave(message, code)


def out(help_: str) -> Callable[[F], F]:
    """Make the option for the results folder."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        default=RESULTS,
        show_default=True,
        help=help_,
    )


def workers() -> Callable[[F], F]:
    """Make the options for where replications are done, ``--workers`` and ``--cluster``."""

    def both(function: F) -> F:
        here = click.option(
            "--workers",
            type=click.IntRange(min=1),
            metavar="N",
            help=tr("How many replications at once; as many as there are cores if not given."),
        )
        there = click.option(
            "--cluster",
            metavar="ADDRESS",
            help=tr(
                "Use the workers of a Dask cluster: tls://host:port of its scheduler, or tcp://."
            ),
        )
        return here(there(function))

    return both


def executor(
    workers: int | None, cluster: str | None, engine: str = "compiled", processes: bool = False
) -> Executor:
    """Choose who does the replications, by the options; the SimPy model needs processes."""
    if workers is not None and cluster is not None:
        raise click.UsageError(tr("give either --workers or --cluster"))
    from govsim.runs.workers import choose

    return choose(workers, processes or engine == "simpy", cluster)


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


def settings(help_: str) -> Callable[[F], F]:
    """Make the option that changes inputs."""
    return click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help=help_)


def overrides() -> Callable[[F], F]:
    """Make the option that applies named overrides."""
    return click.option(
        "--override", "overrides", multiple=True, metavar="NAME", help=tr("Apply a named override.")
    )


def replications(help_: str, least: int = 1) -> Callable[[F], F]:
    """Make the option for a number of replications; an interval takes two."""
    kind = click.IntRange(min=least)
    return click.option("--replications", "-n", type=kind, metavar="N", help=help_)


def seed(help_: str) -> Callable[[F], F]:
    """Make the option for a seed."""
    return click.option("--seed", type=click.IntRange(min=0), metavar="N", help=help_)


def engine() -> Callable[[F], F]:
    """Make the option for what simulates."""
    return click.option(
        "--engine",
        type=click.Choice(["compiled", "simpy"]),
        default="compiled",
        help=tr(
            "What simulates: the compiled engine, or the readable model; the results are the same."
        ),
    )


def quiet() -> Callable[[F], F]:
    """Make the option to say nothing."""
    return click.option("--quiet", is_flag=True, help=tr("Say nothing but errors."))


def uncertainty() -> Callable[[F], F]:
    """Make the option for draws from a posterior."""
    return click.option(
        "--uncertainty",
        type=click.Choice(["posterior"]),
        help=tr("Also vary what a calibration has fitted, by its posterior."),
    )


def as_json() -> Callable[[F], F]:
    """Make the option for output that programs read."""
    return click.option(
        "--json", "as_json_", is_flag=True, help=tr("Print JSON for other programs, no tables.")
    )


def console() -> Console:
    """Make a console of at most 100 columns, or as many as COLUMNS says.

    Where neither is known, as in a pipe without COLUMNS, it has 100.
    """
    from govsim.cli.screen import Screen
    from govsim.report import WIDTH

    found = Screen()
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said) >= NARROWEST:
        return Screen(width=int(said))
    return Screen(width=min(found.width, WIDTH) if found.is_terminal else WIDTH)


def print_json(value: object) -> None:
    """Print a value as JSON; what is not a number becomes null."""
    text = json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False)
    click.echo(visible_in_json(text))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

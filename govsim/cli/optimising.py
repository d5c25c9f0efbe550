"""``govsim optimise``: which rosters keep a promise at the least cost, or best for a sum."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govsim.cli.options import (
    as_json,
    command,
    console,
    executor,
    out,
    overrides,
    print_json,
    quiet,
    scenario_file,
    seed,
    settings,
    workers,
)
from govsim.cli.progress import phases, stoppable
from govsim.cli.reporting import no_report, report_at_the_end
from govsim.errors import InputError, Problem
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.optimisation.result import Optimum

_MONEY = re.compile(
    r"([\d.]+)\s*(million|thousand|m|k|万|亿|)\s*(?:yuan|元)?\s*(?:/|a |per |每)?\s*(?:year|年)?"
)

_MANY = {"million": 1e6, "m": 1e6, "万": 1e4, "k": 1e3, "thousand": 1e3, "亿": 1e8, "": 1.0}


@command(
    "optimise",
    tr(
        "Find the cheapest rosters that keep promises, or the best for a budget: whether any "
        "staffing can, which plan, and that it held on demands that the search never saw."
    ),
)
@click.argument("scenario")
@click.option(
    "--keep",
    multiple=True,
    metavar="MEASURE=TARGET",
    help=tr("What must hold, such as scene=55% or orders<=574; may be repeated."),
)
@click.option(
    "--best",
    metavar="MEASURE",
    help=tr("Make this as good as possible, within --budget or --heads, in place of cheapest."),
)
@click.option(
    "--budget",
    metavar="YUAN",
    help=tr("At most so much a year for people on duty, such as 1300000 or “1.3 million”."),
)
@click.option("--heads", type=click.IntRange(min=1), metavar="N", help=tr("At most so many posts."))
@click.option(
    "--vary",
    multiple=True,
    metavar="PATH=0..3",
    help=tr("Numbers to try, in place of one fewer and one more than today."),
)
@click.option("--fix", multiple=True, metavar="PATH", help=tr("A team, or number, that stays."))
@click.option(
    "--try",
    "tries",
    multiple=True,
    metavar="PATH=VALUE:YUAN",
    help=tr("Something else that may change, with its price a year."),
)
@click.option(
    "--each-point",
    is_flag=True,
    help=tr("Rosters of each point by itself, in place of all points of a kind alike."),
)
@click.option("--curve", is_flag=True, help=tr("Also say what each amount of money buys."))
@seed(tr("Seed, in place of the scenario's."))
@settings(tr("Change one input."))
@overrides()
@out(tr("Folder for results."))
@workers()
@no_report()
@quiet()
@as_json()
def optimise(
    scenario: str,
    keep: tuple[str, ...],
    best: str | None,
    budget: str | None,
    heads: int | None,
    vary: tuple[str, ...],
    fix: tuple[str, ...],
    tries: tuple[str, ...],
    curve: bool,
    each_point: bool,
    seed: int | None,
    settings: tuple[str, ...],
    overrides: tuple[str, ...],
    out: Path,
    workers: int | None,
    cluster: str | None,
    no_report: bool,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Look for the plan, and show it."""
    from govsim.optimise import optimise as asked
    from govsim.scenarios.loading import split_setting

    with (
        stoppable(),
        executor(workers, cluster) as chosen,
        phases(quiet or as_json_) as told,
    ):
        found = asked(
            scenario_file(scenario),
            keep=keep,
            best=best,
            budget=money(budget),
            heads=heads,
            vary=vary,
            fix=fix,
            tries=tries,
            curve=curve,
            each_point=each_point,
            seed=seed,
            settings=[split_setting(setting) for setting in settings],
            overrides=overrides,
            out=out,
            on_progress=told,
            executor=chosen,
        )
    if len(found.rosters) and found.folder is not None:
        from govsim.report.sheets.optimum import write_rosters

        write_rosters(found, found.folder)
    if not no_report:
        report_at_the_end(found, quiet or as_json_)
    if as_json_:
        print_json(as_values(found))
    elif not quiet:
        from govsim.report.optimum_tables import summary

        console().print(summary(found))
        if len(found.rosters):
            _say_where(found, scenario)


def _say_where(found: Optimum, scenario: str) -> None:
    """Say where the plan is, and how it is compared with the one of today."""
    click.echo()
    click.echo(tr("Rosters as tables: {folder}", folder=found.folder))
    if file := found.manifest.get("plan_file"):
        click.echo(tr("The plan as a scenario: {file}", file=file))
        click.echo(f"  govsim compare {scenario} {file}")


def money(text: str | None) -> float | None:
    """Read an amount of money a year: ``1300000``, ``1.3 million yuan``, ``130万``.

    Raises
    ------
    InputError
        It is none.
    """
    if text is None:
        return None
    bare = text.strip().lower().replace(",", "")
    form = _MONEY.fullmatch(bare)
    try:
        if form is None:
            raise ValueError
        return float(form[1]) * _MANY[form[2]]
    except ValueError:
        message = tr("expected an amount such as 1300000 or “1.3 million”, not “{text}”", text=text)
        raise InputError([Problem(message, file="--budget")]) from None


def as_values(found: Optimum) -> dict[str, Any]:
    """Give what the tables show as plain values."""
    from govsim.optimisation.result import FRAMES
    from govsim.report.optimum_words import how_meant, sentences

    frames = {name: getattr(found, name) for name in FRAMES}
    told = {name: value for name, value in found.manifest.items() if name != "scenario"}
    return {
        **told,
        **{name: frame.to_dict("records") for name, frame in frames.items()},
        "in_words": sentences(found),
        "notes": how_meant(found),
        "folder": None if found.folder is None else str(found.folder),
    }

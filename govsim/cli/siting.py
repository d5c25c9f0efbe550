"""``govsim site``: where the next stations should stand, which move or close, and their grids."""

from __future__ import annotations

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
    from govsim.siting.result import Siting


@command(
    "site",
    tr(
        "Find where the next stations should stand, which to move or close, and which grids each "
        "should cover: with a bound that no design can pass, and simulated beside today's."
    ),
)
@click.argument("scenario")
@click.option("--add", type=int, default=0, metavar="K", help=tr("New stations."))
@click.option(
    "--move", type=int, default=0, metavar="K", help=tr("Move at most so many of today's stations.")
)
@click.option(
    "--close", type=int, default=0, metavar="K", help=tr("Close so many of today's stations.")
)
@click.option(
    "--fixed",
    multiple=True,
    metavar="all|none|NAME",
    help=tr(
        "Stations that stay where they are, by id or name; repeatable. All if nothing is moved or "
        "closed; with “none” any may stand elsewhere."
    ),
)
@click.option(
    "--grids-each",
    type=int,
    metavar="N",
    help=tr("Grids that a new station covers at most; as the scenario says if not given."),
)
@click.option(
    "--reach",
    metavar="DISTANCE",
    help=tr("How far a new station reaches, such as 1.2km; as the scenario says if not given."),
)
@click.option(
    "--candidates",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=tr(
        "Table of places where a station may stand; centres of grids of suitable estates if not "
        "given."
    ),
)
@click.option(
    "--curve",
    type=int,
    default=0,
    metavar="K",
    help=tr("Also say what each number of new stations reaches, from 1 to K."),
)
@click.option(
    "--simulate",
    type=int,
    metavar="N",
    help=tr("Replications of each design; the scenario's own number if not given, 0 for none."),
)
@seed(tr("Seed, in place of the scenario's."))
@settings(tr("Change one input."))
@overrides()
@out(tr("Folder for results."))
@workers()
@no_report()
@quiet()
@as_json()
def site(
    scenario: str,
    add: int,
    move: int,
    close: int,
    fixed: tuple[str, ...],
    grids_each: int | None,
    reach: str | None,
    candidates: Path | None,
    curve: int,
    simulate: int | None,
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
    """Look for the places, and show them."""
    from govsim.scenarios.loading import split_setting
    from govsim.siting.door import site as asked

    with (
        stoppable(),
        executor(workers, cluster) as chosen,
        phases(quiet or as_json_) as told,
    ):
        found = asked(
            scenario_file(scenario),
            add=add,
            move=move,
            close=close,
            fixed=fixed,
            grids_each=grids_each,
            reach=metres(reach),
            candidates=candidates,
            curve=curve,
            simulate=simulate,
            seed=seed,
            settings=[split_setting(setting) for setting in settings],
            overrides=overrides,
            out=out,
            on_progress=told,
            executor=chosen,
        )
    if not no_report:
        report_at_the_end(found, quiet or as_json_)
    if as_json_:
        print_json(as_values(found))
    elif not quiet:
        from govsim.report.siting_tables import summary

        console().print(summary(found))
        _say_where(found, scenario)


def _say_where(found: Siting, scenario: str) -> None:
    """Say where the design is, and how it is compared with today's."""
    click.echo()
    click.echo(tr("Stations as a table: {file}", file=f"{found.folder}/point_stations.csv"))
    if file := found.manifest.get("plan_file"):
        click.echo(tr("The design as a scenario: {file}", file=file))
        click.echo(f"  govsim compare {scenario} {file}")


def metres(text: str | None) -> float | None:
    """Read a distance: ``1.2km``, ``1.2 公里``, ``800``, ``800 m``.

    Raises
    ------
    InputError
        It is none.
    """
    if text is None:
        return None
    bare = text.strip().lower().replace("公里", "km").replace("千米", "km").replace("米", "m")
    number, factor = bare, 1.0
    if bare.endswith("km"):
        number, factor = bare[:-2], 1000.0
    elif bare.endswith("m"):
        number = bare[:-1]
    try:
        return float(number) * factor
    except ValueError:
        message = tr("expected a distance such as 1.2km or 800m, not “{text}”", text=text)
        raise InputError([Problem(message, file="--reach")]) from None


def as_values(found: Siting) -> dict[str, Any]:
    """Give what the tables show as plain values."""
    from govsim.report.siting_words import how_meant, sentences
    from govsim.siting.result import FRAMES

    frames = {name: getattr(found, name) for name in FRAMES}
    told = {name: value for name, value in found.manifest.items() if name != "scenario"}
    return {
        **told,
        **{name: frame.to_dict("records") for name, frame in frames.items()},
        "in_words": sentences(found),
        "notes": how_meant(found),
        "folder": None if found.folder is None else str(found.folder),
    }

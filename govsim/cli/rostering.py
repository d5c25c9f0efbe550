"""``govsim roster``: a rota for four weeks that people can work, from how many are needed when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govsim.cli.options import (
    FAILED,
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
from govsim.errors import InputError, Problem
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.rostering.result import Rota


@command(
    "roster",
    tr(
        "Make a named rota for four weeks that people can work, from how many are needed by the "
        "hour: by the labour law, with nights and weekends shared fairly; then simulate it."
    ),
)
@click.argument("plan", required=False)
@click.option(
    "--point", metavar=tr("STATION"), help=tr("Whose rota; the only station if not given.")
)
@click.option(
    "--team",
    "teams",
    multiple=True,
    metavar="TEAM",
    help=tr("A team that the rota is for; all that are needed if not given; may be repeated."),
)
@click.option(
    "--need",
    type=click.Path(path_type=Path),
    metavar="TABLE",
    help=tr("Who is needed by the hour, in place of the plan's rosters: CSV or Excel."),
)
@click.option(
    "--people",
    multiple=True,
    metavar="N|TEAM=N|TABLE",
    help=tr(
        "How many there are, in all or of a team; or a table with their names and leave. "
        "As many as can work it without overtime if not given."
    ),
)
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=tr("Rules of the rota (YAML); China's labour law if not given."),
)
@click.option(
    "--rule",
    "each",
    multiple=True,
    metavar="NAME=VALUE",
    help=tr("Set one rule, such as rest=12h; may be repeated."),
)
@click.option("--from", "first", metavar="DATE", help=tr("First day of the rota."))
@click.option(
    "--after",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=tr("The rota before this one, whose last shifts count for rest."),
)
@click.option(
    "--short",
    is_flag=True,
    help=tr("If these people can't work all of it, give the rota that keeps most."),
)
@click.option(
    "--skip-bad-rows",
    is_flag=True,
    help=tr("Set rows that can't be read aside and count them, in place of refusing the table."),
)
@click.option(
    "--replications",
    "-n",
    type=click.IntRange(min=0),
    metavar="N",
    help=tr("Replications of the simulation; 0: don't simulate."),
)
@click.option(
    "--write-rules",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=tr("Write a file of rules to begin from, with remarks, and end."),
)
@click.option(
    "--write-people",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=tr("Write a table of people to begin from (CSV), and end."),
)
@seed(tr("Seed, in place of the scenario's."))
@settings(tr("Change one input."))
@overrides()
@out(tr("Folder for results."))
@workers()
@quiet()
@as_json()
def roster(
    plan: str | None,
    point: str | None,
    teams: tuple[str, ...],
    need: Path | None,
    people: tuple[str, ...],
    rules: Path | None,
    each: tuple[str, ...],
    first: str | None,
    after: Path | None,
    short: bool,
    skip_bad_rows: bool,
    replications: int | None,
    write_rules: Path | None,
    write_people: Path | None,
    seed: int | None,
    settings: tuple[str, ...],
    overrides: tuple[str, ...],
    out: Path,
    workers: int | None,
    cluster: str | None,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Make the rota, and show it."""
    from govsim.rostering import roster as door
    from govsim.rostering.simulating import REPLICATIONS
    from govsim.scenarios.loading import split_setting

    if write_rules or write_people:
        _examples(write_rules, write_people, quiet)
        return
    if plan is None:
        raise click.UsageError(
            tr("say of which plan: a scenario, a folder of optimise, or a table")
        )
    with (
        stoppable(),
        executor(workers, cluster) as chosen,
        phases(quiet or as_json_) as told,
    ):
        found = door.roster(
            _plan(plan, out),
            point=point,
            teams=teams,
            need=need,
            people=_people(people),
            rules=rules,
            rule=[split_setting(one) for one in each],
            first=first,
            after=None if after is None else _folder(str(after), out),
            short=short,
            skip_bad_rows=skip_bad_rows,
            replications=REPLICATIONS if replications is None else replications,
            seed=seed,
            settings=[split_setting(setting) for setting in settings],
            overrides=overrides,
            out=out,
            on_progress=told,
            executor=chosen,
        )
    if len(found.duties) and found.folder is not None:
        from govsim.report.rota_sheet import write

        write(found, found.folder)
    if as_json_:
        print_json(as_values(found))
    elif not quiet:
        from govsim.report.rota_tables import summary

        console().print(summary(found))
        if len(found.duties):
            _say_where(found)
    if not len(found.duties) or found.verdict not in ("made", "short"):
        raise SystemExit(FAILED)


def _plan(plan: str, out: Path) -> str | Path:
    """Find what a plan is: a table, a folder of results, a scenario, or an id of optimise."""
    from govsim.optimisation.result import OPTIMISE, RECORD
    from govsim.rostering.roster import TABLES

    path = Path(plan)
    if (path / RECORD).is_file() or path.suffix.lower() in TABLES:
        return path
    file = scenario_file(plan, needed=False)
    if not file.is_file():
        near = [f for f in (out / OPTIMISE).glob(f"{path.name}*/") if (f / RECORD).is_file()]
        if len(near) == 1 and len(path.name) >= 4:
            return near[0]
    return scenario_file(plan)


def _folder(given: str, out: Path) -> Path:
    from govsim.rostering.result import RECORD, ROSTER

    for place in (Path(given), out / ROSTER / given):
        if (place / RECORD).is_file():
            return place
    return Path(given)


def _people(given: tuple[str, ...]) -> int | dict[str, int] | Path | None:
    """Read ``12``, ``grid_staff=6`` or the name of a table.

    Raises
    ------
    InputError
        They don't go together, or a number is none.
    """
    if not given:
        return None
    counts: dict[str, int] = {}
    for text in given:
        team, equals, number = text.rpartition("=")
        bare = number.strip().removesuffix("人").strip()
        if bare.isdecimal() and int(bare) > 0:
            if not equals and len(given) == 1:
                return int(bare)
            if equals:
                counts[team.strip()] = int(bare)
                continue
        elif len(given) == 1 and not equals:
            return Path(text)
        message = tr(
            "expected a number of people such as 12, a team and a number such as grid_staff=6, or "
            "one table, but found “{text}”",
            text=text,
        )
        raise InputError([Problem(message, file="--people")])
    return counts


def _examples(rules: Path | None, people: Path | None, quiet: bool) -> None:
    """Write files to begin from; nothing that is there is overwritten."""
    from datetime import date

    from govsim.rostering.people import example
    from govsim.rostering.rules import example as example_rules
    from govsim.storage.files import write_text

    for file in (rules, people):
        if file is not None and file.exists():
            text = tr("there is such a file already; name another one")
            raise InputError([Problem(text, file=str(file))])
    if rules is not None:
        write_text(rules, example_rules())
    if people is not None:
        write_text(people, "\ufeff" + example((), date.today()))
    for file in (rules, people):
        if file is not None and not quiet:
            click.echo(tr("written: {file}", file=file))


def _say_where(found: Rota) -> None:
    """Say where the rota is, and how its plan is compared with the one that was given."""
    from govsim.report.rota_sheet import SHEET, TABLE

    assert found.folder is not None
    m = found.manifest
    click.echo()
    click.echo(tr("The rota to pin up: {file}", file=found.folder / SHEET))
    click.echo(tr("As a table: {file}", file=found.folder / TABLE))
    if file := m.get("scenario_file"):
        click.echo(tr("The plan with the rota as a scenario: {file}", file=file))
        other = m.get("need_scenario_file")
        sets = ("start", "horizon", "warm_up")
        told = "" if other else "".join(f' --set {k}="{m[f"set_{k}"]}"' for k in sets)
        click.echo(f"  govsim compare {other or m['given']} {file}{told}")


def as_values(found: Rota) -> dict[str, Any]:
    """Give what the tables show as plain values."""
    from govsim.report.rota_words import how_meant, sentences
    from govsim.rostering.result import FRAMES

    def plain(value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value

    frames = {
        name: [
            {str(k): plain(v) for k, v in row.items()}
            for row in getattr(found, name).to_dict("records")
        ]
        for name in FRAMES
    }
    return {
        **found.manifest,
        **frames,
        "in_words": sentences(found),
        "notes": how_meant(found),
        "folder": None if found.folder is None else str(found.folder),
    }

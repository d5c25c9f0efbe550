"""``govsim validate`` and ``govsim new``: see that scenarios can be run, begin one."""

from __future__ import annotations

from pathlib import Path

import click

from govsim.cli.options import (
    WRONG_INPUT,
    as_json,
    command,
    fail,
    overrides,
    print_json,
    quiet,
    scenario_file,
    settings,
)
from govsim.errors import InputError, Problem
from govsim.language import tr

TEMPLATE = Path(__file__).parent.parent / "scenarios" / "template.yaml"


@command("validate", tr("Check scenarios without running them; say all that is wrong."))
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@settings(tr("Change one input."))
@overrides()
@quiet()
@as_json()
def validate(
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    overrides: tuple[str, ...],
    quiet: bool,
    as_json_: bool,
) -> None:
    """Load each scenario and lay out its service."""
    from govsim.scenarios.loading import split_setting

    pairs = [split_setting(setting) for setting in settings]
    wrong = False
    report = []
    for scenario in scenarios:
        file = scenario_file(scenario)
        errors, warnings = check(file, overrides, pairs)
        wrong |= bool(errors)
        report.append(
            {
                "scenario": file.as_posix(),
                "errors": [str(problem) for problem in errors],
                "warnings": [str(problem) for problem in warnings],
            }
        )
        if as_json_:
            continue
        for problem in errors:
            click.echo(str(problem), err=True)
        if not quiet:
            for problem in warnings:
                click.echo(tr("warning: {warning}", warning=problem))
            if not errors:
                click.echo(tr("{file}: ok", file=file.as_posix()))
    if as_json_:
        print_json(report)
    if wrong:
        raise click.exceptions.Exit(WRONG_INPUT)


def check(
    file: Path, overrides: tuple[str, ...] = (), settings: list[tuple[str, str]] | None = None
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Give the errors and the warnings of a scenario, its tables included."""
    from govsim.checks.offered_load import load_warnings
    from govsim.scenarios.loading import load
    from govsim.service import network

    try:
        loaded = load(file, overrides=overrides, settings=settings or ())
        service = network.build(loaded.scenario, loaded.folder)
        overloads = load_warnings(service, loaded.origins)
    except InputError as error:
        return error.problems, ()
    return (), (*loaded.warnings, *overloads)


@command("new", tr("Write FILE, a commented scenario to start from."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help=tr("Replace the file if there is one."))
def new(file: Path, force: bool) -> None:
    """Copy the template."""
    from govsim.storage.files import write_text, writing

    if not file.suffix:
        file = file.with_suffix(".yaml")
    if file.exists() and not force:
        fail(tr("{file} is there already; --force replaces it", file=file), WRONG_INPUT)
    with writing(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, TEMPLATE.read_text(encoding="utf-8"))
    click.echo(tr("Written: {file}. Run it with: govsim run {file}", file=file))

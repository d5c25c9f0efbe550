"""``govsim list`` and ``govsim show``: what there is, and what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govsim.cli.options import (
    WRONG_INPUT,
    as_json,
    command,
    console,
    fail,
    out,
    overrides,
    print_json,
    settings,
)
from govsim.cli.places import listed, scenario_file, sought
from govsim.errors import RunError
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.scenarios.loading import Loaded


@command(
    "list",
    tr("List scenarios, your own first, and the runs in the results folder."),
)
@click.option(
    "--all", "every", is_flag=True, help=tr("Also the cases that come with govsim for validation.")
)
@out(tr("Folder of results."))
@as_json()
def list_(every: bool, out: Path, as_json_: bool) -> None:
    """Show what can be run, and what has been."""
    scenarios, left_out = listed(every)
    runs = _runs(out)
    if as_json_:
        print_json({"scenarios": scenarios, "runs": runs})
        return
    from govsim.report.tables import listing

    console().print(listing(scenarios, runs))
    if left_out:
        click.echo(tr("{n} cases for validation are left out; --all lists them", n=left_out))
    if not scenarios and not left_out:
        click.echo(tr("There are no scenarios here; govsim new FILE begins one."))


def _runs(folder: Path) -> list[dict[str, Any]]:
    from govsim.storage.finding import runs

    found = []
    for run in runs(folder):
        entry: dict[str, Any] = {"scenario": run.path.parent.name, "run": run.path.name}
        try:
            manifest = run.manifest()
        except RunError:
            manifest = {}
        entry |= {"name": manifest.get("name", ""), "changes": manifest.get("changes", [])}
        entry |= {"state": run.state(), "replications": run.kept()}
        found.append(entry | {key: manifest.get(key) for key in ("started", "seed")})
    return found


@command(
    "show",
    tr(
        "Show the summary of a run (its id, or the scenario that was run), or a scenario file "
        "with all its defaults."
    ),
)
@click.argument("what", metavar="RUN_OR_SCENARIO")
@click.option(
    "--parameters", is_flag=True, help=tr("Of a scenario: each input, its range and evidence.")
)
@settings(tr("Change one input."))
@overrides()
@out(tr("Folder of results."))
@as_json()
def show(
    what: str,
    parameters: bool,
    settings: tuple[str, ...],
    overrides: tuple[str, ...],
    out: Path,
    as_json_: bool,
) -> None:
    """Show the newest unchanged run of a bare name if there is one; a file, as a scenario."""
    from govsim.cli.finding import run_named

    of_scenario = bool(parameters or settings or overrides or Path(what).suffix)
    run = None if of_scenario else run_named(what, out)
    if run is None:
        file = scenario_file(what, needed=False)
        if not of_scenario and not file.is_file():
            fail(
                tr(
                    "there is no run “{what}” in {out}, and no scenario of that name in {places}; "
                    "govsim list names what there is",
                    what=what,
                    out=out,
                    places=sought(),
                ),
                WRONG_INPUT,
            )
        from govsim.scenarios.loading import load, split_setting

        pairs = [split_setting(setting) for setting in settings]
        _show_scenario(load(file, overrides=overrides, settings=pairs), parameters, as_json_)
        return
    from govsim.runs.results import open_run

    result = open_run(run)
    if as_json_:
        from govsim.cli.running import as_values

        print_json(as_values(result))
        return
    from govsim.report.tables import summary

    console().print(summary(result))


def _show_scenario(loaded: Loaded, parameters: bool, as_json_: bool) -> None:
    if parameters:
        from govsim.scenarios.evidence import parameters as table_of

        frame = table_of(loaded.scenario)
        if as_json_:
            print_json(frame.to_dict("records"))
            return
        from govsim.report.tables import inputs

        console().print(inputs(frame, loaded.scenario))
    elif as_json_:
        print_json(loaded.scenario.model_dump(mode="json"))
    else:
        from govsim.scenarios.loading import to_yaml

        click.echo(to_yaml(loaded.scenario), nl=False)

"""``govsim why``: why demands are late, what any staffing could reach, and what brings most."""

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
    replications,
    scenario_file,
    seed,
    settings,
    workers,
)
from govsim.cli.progress import phases, stoppable
from govsim.cli.reporting import no_report, report_at_the_end
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.lateness.result import Lateness


@command(
    "why",
    tr(
        "Say why demands are late, how many any staffing could serve in time, and which single "
        "changes bring most; each is simulated."
    ),
)
@click.argument("scenario")
@click.option(
    "--clock",
    type=click.Choice(["scene", "solve", "reply"]),
    default="scene",
    show_default=True,
    help=tr("Which promise: on the scene, solved, or replied to."),
)
@replications(tr("How many replications; the scenario's own number if not given."), least=2)
@seed(tr("Seed, in place of the scenario's."))
@settings(tr("Change one input."))
@overrides()
@click.option(
    "--by",
    type=click.Choice(["station", "kind", "category", "channel", "hour"]),
    multiple=True,
    help=tr(
        "Part the district by stations, kinds of point, categories, channels or hours of the "
        "report; repeatable. By channel and category if not given."
    ),
)
@out(tr("Folder for results."))
@workers()
@no_report()
@quiet()
@as_json()
def why(
    scenario: str,
    clock: str,
    replications: int | None,
    seed: int | None,
    settings: tuple[str, ...],
    overrides: tuple[str, ...],
    by: tuple[str, ...],
    out: Path,
    workers: int | None,
    cluster: str | None,
    no_report: bool,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Ask why, and show the answer."""
    from govsim.scenarios.loading import split_setting
    from govsim.why import why as asked

    with (
        stoppable(),
        executor(workers, cluster) as chosen,
        phases(quiet or as_json_) as told,
    ):
        found = asked(
            scenario_file(scenario),
            clock=clock,
            replications=replications,
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
        from govsim.report.lateness_tables import summary

        levels = ["point" if level == "station" else level for level in dict.fromkeys(by)]
        console().print(summary(found, levels))


def as_values(found: Lateness) -> dict[str, Any]:
    """Give what the tables show, and all parts, as plain values."""
    from govsim.lateness.result import FRAMES
    from govsim.report.lateness_words import how_meant, sentences

    frames = {name: getattr(found, name) for name in FRAMES}
    return {
        "scenario": found.manifest["name"],
        "clock": found.clock,
        "run": found.manifest["run"],
        "replications": found.manifest["replications"],
        "confidence": found.confidence,
        **{name: frame.to_dict("records") for name, frame in frames.items()},
        "in_words": sentences(found),
        "notes": how_meant(found),
        "folder": None if found.folder is None else str(found.folder),
    }

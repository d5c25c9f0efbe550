"""``govsim explain``: why a measure differs between two scenarios, and how sure that is."""

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
    print_json,
    quiet,
    replications,
    scenario_file,
    seed,
    settings,
    share,
    workers,
)
from govsim.cli.progress import phases, stoppable
from govsim.cli.reporting import no_report, report_at_the_end
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.explanation.result import Explanation


@command(
    "explain",
    tr(
        "Split what differs between two scenarios over the mechanisms that differ, and say how "
        "sure that is."
    ),
)
@click.argument("before")
@click.argument("after")
@click.option(
    "--measure",
    default="orders",
    show_default=True,
    metavar="MEASURE",
    help=tr("What to explain, such as cost or team/grid_staff:utilisation."),
)
@replications(tr("How many replications of each scenario in between."), least=2)
@click.option(
    "--goal",
    metavar="-60%",
    help=tr("The change whose chance over the plausible ranges is asked for."),
)
@click.option(
    "--points",
    type=click.IntRange(min=20),
    metavar="N",
    help=tr("Points in the plausible ranges of all inputs; 400 if not given."),
)
@click.option(
    "--quick",
    is_flag=True,
    help=tr("Split the difference only: nothing of uncertain inputs and of bad years."),
)
@seed(tr("Seed, in place of the scenarios'."))
@settings(tr("Change one input of both."))
@out(tr("Folder for results."))
@workers()
@no_report()
@quiet()
@as_json()
def explain(
    before: str,
    after: str,
    measure: str,
    replications: int | None,
    goal: str | None,
    points: int | None,
    quick: bool,
    seed: int | None,
    settings: tuple[str, ...],
    out: Path,
    workers: int | None,
    cluster: str | None,
    no_report: bool,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Explain the difference, and show it."""
    from dataclasses import replace

    from govsim.explain import explain as explained
    from govsim.explanation.steps import QUICK, Budget
    from govsim.scenarios.loading import split_setting

    budget = QUICK if quick else Budget()
    if points is not None:
        budget = replace(budget, points=points)
    with (
        stoppable(),
        # Trials are so short that most of each is Python, which threads can't share out.
        executor(workers, cluster, processes=True) as chosen,
        phases(quiet or as_json_) as told,
    ):
        found = explained(
            scenario_file(before),
            scenario_file(after),
            measure=measure,
            replications=replications,
            goal=share(goal, "--goal"),
            budget=budget,
            seed=seed,
            settings=[split_setting(setting) for setting in settings],
            out=out,
            on_progress=told,
            executor=chosen,
        )
    if not no_report:
        report_at_the_end(found, quiet or as_json_)
    if as_json_:
        print_json(as_values(found))
    elif not quiet:
        from govsim.report.explanation_tables import summary

        console().print(summary(found))


def as_values(found: Explanation) -> dict[str, Any]:
    """Give what the tables show as plain values."""
    from govsim.explanation.result import FRAMES
    from govsim.report.explanation_words import sentences

    frames = {name: getattr(found, name) for name in FRAMES if name not in ("points",)}
    return {
        "before": found.manifest["before"]["name"],
        "after": found.manifest["after"]["name"],
        "measure": found.manifest["measure"],
        "replications": found.manifest["replications"],
        "confidence": found.confidence,
        "goal": found.manifest["goal"],
        **{name: frame.to_dict("records") for name, frame in frames.items()},
        "in_words": [{"about": about, "lines": lines} for about, lines in sentences(found)],
        "notes": list(found.notes),
        "folder": None if found.folder is None else str(found.folder),
    }

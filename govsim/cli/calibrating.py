"""``govsim calibrate``: a scenario that fits work orders, and what they can't tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from govsim.cli.options import (
    as_json,
    command,
    console,
    executor,
    out,
    print_json,
    quiet,
    scenario_file,
    settings,
    workers,
)
from govsim.cli.progress import phases, stoppable
from govsim.cli.reporting import no_report, report_at_the_end
from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.scenarios.units import WEEK


@command(
    "calibrate",
    tr("Fit SCENARIO to work orders, test it on weeks not seen, and say what they can't tell."),
)
@click.argument("scenario")
@click.option("--orders", required=True, metavar="FILE", help=tr("The 12345 export."))
@click.option("--ledger", metavar="FILE", help=tr("The stations' own record."))
@click.option(
    "--mapping",
    metavar="FILE",
    help=tr("Which column is what; proposed from names and contents if not given."),
)
@click.option(
    "--ledger-mapping",
    metavar="FILE",
    help=tr("The same of the ledger, where it has other columns than the orders."),
)
@click.option(
    "--holdout",
    default="12w",
    show_default=True,
    metavar="12w",
    help=tr("Weeks at the end that the fit does not see; 0w for none."),
)
@click.option(
    "--latent",
    "latents",
    multiple=True,
    metavar="PATH[=LOW..HIGH]",
    help=tr("Input to infer, within a range of its own if one is given; the usual six if not."),
)
@click.option(
    "--points",
    type=click.IntRange(min=60),
    metavar="N",
    help=tr("Points of the plausible ranges to simulate; 400 if not given."),
)
@click.option(
    "--force", is_flag=True, help=tr("Replace the calibrated scenario of an earlier calibration.")
)
@settings(tr("Change one input."))
@out(tr("Folder for results."))
@workers()
@no_report()
@quiet()
@as_json()
def calibrate(
    scenario: str,
    orders: str,
    ledger: str | None,
    mapping: str | None,
    ledger_mapping: str | None,
    holdout: str,
    latents: tuple[str, ...],
    points: int | None,
    force: bool,
    settings: tuple[str, ...],
    out: Path,
    workers: int | None,
    cluster: str | None,
    no_report: bool,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Fit a scenario, and show what came out."""
    from govsim.calibrate import calibrate as calibrated
    from govsim.calibration.result import FRAMES
    from govsim.calibration.steps import POINTS
    from govsim.scenarios.loading import split_setting

    with (
        stoppable(),
        executor(workers, cluster, processes=True) as chosen,
        phases(quiet or as_json_) as told,
    ):
        found = calibrated(
            scenario_file(scenario),
            orders,
            ledger=ledger,
            mapping=mapping,
            ledger_mapping=ledger_mapping,
            holdout=_weeks(holdout),
            latents=latents,
            points=points or POINTS,
            settings=[split_setting(setting) for setting in settings],
            out=out,
            on_progress=told,
            executor=chosen,
            replace_earlier=force,
        )
    if not no_report:
        report_at_the_end(found, quiet or as_json_)
    if as_json_:
        frames: dict[str, Any] = {name: getattr(found, name).to_dict("records") for name in FRAMES}
        print_json({**found.manifest, **frames, "folder": str(found.folder)})
    elif not quiet:
        from govsim.report.calibration_tables import next_steps, summary

        console().print(summary(found))
        for line in next_steps(found):
            click.echo(line)


def _weeks(text: str) -> int:
    """Read ``12w`` as a length in ms."""
    number = text.strip().removesuffix("w")
    if not number.isdecimal():
        message = tr("expected weeks such as 12w, but found “{text}”", text=text)
        raise InputError([Problem(message, file="--holdout")])
    return int(number) * WEEK

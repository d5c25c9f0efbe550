"""``govsim synth``: simulated work orders in the form of an office's export."""

from __future__ import annotations

from pathlib import Path

import click

from govsim.cli.options import command, scenario_file, seed, settings
from govsim.errors import InputError, Problem
from govsim.language import tr


@command("synth", tr("Write simulated 12345 work orders of SCENARIO as an office exports them."))
@click.argument("scenario")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default=Path("orders.csv"),
    show_default=True,
    help=tr("CSV file for the work orders."),
)
@click.option(
    "--replication",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    show_default=True,
    help=tr("Which replication, from 0."),
)
@seed(tr("Seed, in place of the scenario's."))
@settings(tr("Change one input."))
@click.option(
    "--fault",
    "wanted",
    multiple=True,
    metavar="NAME=VALUE",
    help=tr(
        "Faults of real exports: rounding=minute, hour or day; shares of missing, open, reversed, "
        "nowhere, placeholder, formats, duplicates; halfway, cut; encoding."
    ),
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=tr("Also write the stations' ledger, whose demands are linked to the orders."),
)
@click.option("--unlinked", is_flag=True, help=tr("Leave out what links ledger and orders."))
def synth(
    scenario: str,
    out: Path,
    replication: int,
    seed: int | None,
    settings: tuple[str, ...],
    wanted: tuple[str, ...],
    ledger: Path | None,
    unlinked: bool,
) -> None:
    """Simulate a replication, and write what an office would have of it."""
    from govsim.demand.randomness import Streams
    from govsim.demand.table import draw
    from govsim.orders.faults import read_faults, write_export
    from govsim.orders.synthetic import station_ledger, work_orders
    from govsim.runs.given import opened
    from govsim.runs.tasks import runs
    from govsim.scenarios.loading import split_setting
    from govsim.service import network

    faults = read_faults([_pair(text) for text in wanted])
    pairs = [split_setting(s) for s in settings]
    loaded = opened(scenario_file(scenario), seed, pairs)
    plan = loaded.scenario
    if not isinstance(plan.warm_up, int):
        message = tr('the warm-up must be a length here; add --set warm_up="4 weeks"')
        raise InputError([Problem(message, "warm_up", scenario)])
    service = network.build(plan, loaded.folder)
    table = draw(service, replication)
    outcome = runs("compiled")(service, table, plan.warm_up)
    streams = Streams(plan.seed, replication)
    linked = ledger is not None and not unlinked
    n = write_export(work_orders(service, table, outcome, linked), out, faults, streams)
    click.echo(tr("{n} rows of work orders: {file}", n=f"{n:,}", file=out))
    if ledger is not None:
        n = write_export(station_ledger(service, table, outcome, linked), ledger, faults, streams)
        click.echo(tr("{n} rows of the stations' ledger: {file}", n=f"{n:,}", file=ledger))
    click.echo(tr("Next: {command}", command=f"govsim inspect {out} --write m.yaml"))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        message = tr("expected NAME=VALUE, but found “{text}”", text=text)
        raise InputError([Problem(message, file="--fault")])
    return name.strip(), value.strip()

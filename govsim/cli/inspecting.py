"""``govsim inspect``: what an export of work orders holds, and how it is to be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govsim.cli.options import as_json, command, console, print_json, scenario_file
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.orders.mapping import Mapping
    from govsim.orders.proposing import Proposal


@command("inspect", tr("Describe work orders in FILE, or in a database, and propose a mapping."))
@click.argument("source", metavar="FILE")
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=tr("Read by this mapping, and propose none."),
)
@click.option(
    "--write",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=tr("Write the proposed mapping to this file."),
)
@click.option(
    "--scenario",
    metavar="SCENARIO",
    help=tr("Match channels and categories with those of this scenario."),
)
@click.option(
    "--table", metavar="NAME", help=tr("Sheet of the workbook, or table of the database.")
)
@click.option("--query", metavar="SQL", help=tr("Query of the database, in place of a table."))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=tr("Write the rows that can't be used, with the reasons, to set-aside.csv in it."),
)
@as_json()
def inspect(
    source: str,
    mapping_file: Path | None,
    write: Path | None,
    scenario: str | None,
    table: str | None,
    query: str | None,
    out: Path | None,
    as_json_: bool,
) -> None:
    """Propose a mapping, read by it, and describe what was read."""
    if mapping_file is not None and (write, scenario, table, query) != (None,) * 4:
        raise click.UsageError(tr("--mapping says all that; leave out the other options"))
    from govsim.orders.describing import describe
    from govsim.orders.mapping import load_mapping
    from govsim.orders.reading import read_orders

    proposal = None
    if mapping_file is not None:
        read = load_mapping(mapping_file)
        mapping = read.mapping
        log = read_orders(source, read)
    else:
        proposal = _propose(source, scenario, table, query)
        mapping = proposal.mapping
        if write is not None:
            _write(proposal, source, write)
        log = read_orders(source, mapping)
    found = describe(log)
    aside = None if out is None else log.write_set_aside(out)
    if as_json_:
        values = found.as_values()
        plain = mapping.model_dump(exclude_defaults=True) | {"columns": mapping.columns.given()}
        unread = [] if proposal is None else list(proposal.unread)
        print_json(values | {"mapping": plain, "unread": unread})
        return
    from govsim.report.order_tables import description

    console().print(description(found, log.mapping, proposal))
    for line in _next_steps(source, mapping_file or write, aside):
        click.echo(line)


def _propose(source: str, scenario: str | None, table: str | None, query: str | None) -> Proposal:
    from govsim.orders.proposing import propose
    from govsim.orders.sources import open_source
    from govsim.scenarios.loading import load

    where = _where(source, table, query)
    loaded = None if scenario is None else load(scenario_file(scenario)).scenario
    return propose(open_source(source, where), where, loaded)


def _where(source: str, table: str | None, query: str | None) -> Mapping | None:
    """Say which table is meant, as a mapping would."""
    from govsim.orders.mapping import Columns, Mapping

    if table is not None and query is not None:
        raise click.UsageError(tr("give either --table or --query"))
    if table is None and query is None:
        return None
    named: dict[str, Any] = {"sheet": table, "table_name": table, "query": query}
    in_database = "://" in source or Path(source).suffix.lower() in (".db", ".sqlite", ".sqlite3")
    named.pop("sheet" if in_database else "table_name")
    return Mapping(columns=Columns(created=""), **named)


def _write(proposal: Proposal, source: str, file: Path) -> None:
    from govsim.orders.mapping_file import to_yaml
    from govsim.storage.files import write_text, writing

    name = source if "://" not in source else tr("the database")
    with writing(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, to_yaml(proposal, name))


def _next_steps(source: str, mapping: Path | None, aside: Path | None) -> list[str]:
    """Say where things were written, and what to do next."""
    from govsim.cli import COMMANDS

    lines = []
    if aside is not None:
        lines.append(tr("rows set aside: {file}", file=aside))
    if mapping is None:
        lines.append(tr("Next: look over the mapping; --write m.yaml keeps it in a file."))
    elif "calibrate" in COMMANDS:
        shown = source if "://" not in source else tr("ADDRESS")
        command_ = f"govsim calibrate SCENARIO --orders {shown} --mapping {mapping}"
        lines.append(tr("Next: {command}", command=command_))
    return lines

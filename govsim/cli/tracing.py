"""``govsim run --trace``: one demand's whole story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from govsim.cli.options import console, print_json
from govsim.language import name, tr

if TYPE_CHECKING:
    from govsim.demand.table import DemandTable
    from govsim.runs.tasks import Engine
    from govsim.scenarios.loading import Loaded
    from govsim.service.network import Network


def trace(loaded: Loaded, wanted: str, replications: int, engine: Engine, as_json: bool) -> None:
    """Follow a demand through its replication and tell its story; nothing is written."""
    from govsim.report import lateness_tables
    from govsim.report.story import in_words, story
    from govsim.runs.trace import find, follow
    from govsim.service import network

    service = network.build(loaded.scenario, loaded.folder)
    replication, table, d = find(service, wanted, replications)
    lines = story(service, table, d, follow(service, table, d, engine))
    start = np.datetime64(loaded.scenario.start, "ms")
    grid = service.territory.grids.iloc[int(table.grid[d])]
    category = list(loaded.scenario.demand.categories.values())[int(table.category[d])]
    facts: dict[str, Any] = {
        "demand": f"{int(table.id[d]):016x}",
        "replication": replication,
        "category": name(category.label),
        "grid": str(grid["grid"]),
        "community": str(grid["community"]),
        "point": str(service.territory.points["point"].iloc[int(table.point[d])]),
    }
    went = taken_apart(service, table, d, engine)
    when = [str(start + np.timedelta64(line.time, "ms"))[:19].replace("T", " ") for line in lines]
    if as_json:
        told = [
            {"time": at, "ms": line.time, "what": line.what}
            for at, line in zip(when, lines, strict=True)
        ]
        print_json(facts | {"story": told, "pieces": went})
        return
    from rich.table import Table

    heads = {
        "demand": tr("demand"),
        "replication": tr("replication"),
        "category": tr("category"),
        "grid": tr("grid"),
        "community": tr("community"),
        "point": tr("service point"),
    }
    said = "  ".join(f"{heads[key]}: {value}" for key, value in facts.items() if value != "")
    shown = Table(box=None, pad_edge=False)
    shown.add_column(tr("time"), no_wrap=True)
    shown.add_column(tr("since the onset"), justify="right", no_wrap=True)
    shown.add_column(tr("what happened"))
    for at, line in zip(when, lines, strict=True):
        shown.add_row(at, in_words(line.time - lines[0].time), line.what)
    console().print(said)
    console().print(shown)
    if went:
        console().print(lateness_tables.of_one(went))


def taken_apart(
    service: Network, table: DemandTable, d: int, engine: Engine
) -> dict[str, dict[str, int]]:
    """Give what the time of a demand went to, by clock and piece, ms; empty if no clock ran."""
    from govsim.measures.clocks import CLOCKS, PIECES
    from govsim.measures.pieces import find
    from govsim.runs.tasks import runs

    found = find(service, table, runs(engine)(service, table))
    if found.start[d] < 0:
        return {}
    spent = {c: zip(PIECES, found.spent[c][d].tolist(), strict=True) for c in CLOCKS}
    return {clock: {name: ms for name, ms in of if ms} for clock, of in spent.items()}

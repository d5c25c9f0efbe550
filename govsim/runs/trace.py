"""Follows one demand through a replication, in either engine.

`follow` lets an engine run and keeps a `Moment` whenever anything that an `Outcome` tells
of the demand has changed; both engines give the same moments. `govsim.report.story` puts
them into words. Called by ``govsim run --trace``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from govsim.demand.randomness import NEVER
from govsim.demand.table import DemandTable, draw
from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.service.network import Network
from govsim.service.outcome import DEMAND_COLUMNS, ORDER_COLUMNS, VISIT_COLUMNS
from govsim.service.rules import CASE, LATENT

Row = dict[str, int]

FURTHER = ("stage", "patience_end")
"""What is followed of a demand besides `DEMAND_COLUMNS`."""


@dataclass(frozen=True)
class Moment:
    """How a demand stands after an instant.

    Attributes
    ----------
    time : ms.
    demand : its row of the outcome, and `FURTHER`.
    orders, visits : its rows of these, in the order in which they came up.
    case : state of its work at a department (see `govsim.reference.staffing`); -1 where there is
        none.
    """

    time: int
    demand: Row
    orders: tuple[Row, ...]
    visits: tuple[Row, ...]
    case: int

    def differs(self, other: Moment) -> bool:
        """Whether anything but the time is another."""
        return replace(self, time=0) != replace(other, time=0)


# ---------------------------------------------------------------------- finding and following


def find(network: Network, wanted: str, replications: int) -> tuple[int, DemandTable, int]:
    """Find a demand by the beginning of its identity.

    Parameters
    ----------
    wanted : ``ID`` or ``REPLICATION:ID``; the beginning of an identity is enough.
    replications : how many to look through, from the first on.

    Returns
    -------
    tuple
        Replication, its demand table, and the demand's row there.

    Raises
    ------
    InputError
        No demand, or more than one, has such an identity.
    """
    number, _, beginning = wanted.strip().lower().rpartition(":")
    if not beginning or set(beginning) - set("0123456789abcdef") or not (number or "0").isdigit():
        raise _refused(
            tr(
                "expected a demand's identity, hexadecimal as in orders.parquet, such as 0b1c or "
                "3:0b1c for replication 3, but found “{text}”",
                text=wanted,
            )
        )
    looked = [int(number)] if number else list(range(replications))
    for replication in looked:
        table = draw(network, replication)
        low = np.uint64(int(beginning.ljust(16, "0")[:16], 16))
        high = np.uint64(int(beginning.ljust(16, "f")[:16], 16))
        rows = np.flatnonzero((table.id >= low) & (table.id <= high))
        if len(rows) > 1:
            some = ", ".join(f"{i:016x}" for i in table.id[rows[:5]].tolist())
            found = tr("{n} demands begin with “{text}”", n=len(rows), text=beginning)
            raise _refused(f"{found}: {some}")
        if len(rows):
            return replication, table, int(rows[0])
    raise _refused(
        tr(
            "no demand in replications {first} to {last} begins with “{text}”",
            first=looked[0],
            last=looked[-1],
            text=beginning,
        )
    )


def _refused(message: str) -> InputError:
    return InputError([Problem(message, file="--trace")])


def follow(network: Network, table: DemandTable, d: int, engine: str = "compiled") -> list[Moment]:
    """Simulate a replication, and keep how a demand stood whenever it changed.

    Returns
    -------
    list of Moment
        One for each instant after which anything was another; the last is the horizon's.
    """
    watched = _compiled(network, table, d) if engine == "compiled" else _simpy(network, table, d)
    found: list[Moment] = []
    for moment in watched:
        if found and found[-1].time == moment.time:
            found.pop()
        if not found or moment.differs(found[-1]):
            found.append(moment)
    return [*found, replace(found[-1], time=network.end)]


def _compiled(network: Network, table: DemandTable, d: int) -> Iterator[Moment]:
    from govsim import engine

    mine: list[int] = []  # its visits among all
    seen = 0
    yield _unmet(table, d)
    for memory in engine.watch(network, table, d):
        world, tables = memory.world[0], memory.tables
        visits = tables["visits"]
        new = visits["demand"][seen : world["visits"]]
        mine += (seen + np.flatnonzero(new == d)).tolist()
        seen = int(world["visits"])
        record = tables["demands"][d]
        orders, o = [], int(record["first_order"])
        while o >= 0:
            orders.append({c: int(tables["orders"][o][c]) for c in ORDER_COLUMNS})
            o = int(tables["orders"][o]["next"])
        job = int(record["visit"])
        case = -1
        if job >= 0 and tables["jobs"][job]["kind"] == CASE:
            case = int(tables["jobs"][job]["state"])
        yield Moment(
            int(world["now"]),
            {c: int(record[c]) for c in (*DEMAND_COLUMNS, *FURTHER)},
            tuple(orders),
            tuple({c: int(visits[i][c]) for c in VISIT_COLUMNS} for i in mine),
            case,
        )


def _simpy(network: Network, table: DemandTable, d: int) -> Iterator[Moment]:
    from govsim.model import Service

    service = Service(network, table)
    columns = [getattr(service, c) for c in (*DEMAND_COLUMNS, *FURTHER)]
    names = (*DEMAND_COLUMNS, *FURTHER)
    mine: list[Any] = []
    seen = 0
    yield _unmet(table, d)
    while (following := service.env.peek()) < service.end:
        service.env.step()
        mine += [job for job in service.visit_log[seen:] if job.demand == d]
        seen = len(service.visit_log)
        if service.state[d] == LATENT and service.now < table.enters[d]:
            continue
        work = service.visit_of.get(d)
        yield Moment(
            int(following),
            {c: int(column[d]) for c, column in zip(names, columns, strict=True)},
            tuple(
                dict(zip(ORDER_COLUMNS, map(int, service.order_log[o]), strict=True))
                for o in service.orders_of.get(d, ())
            ),
            tuple(
                dict(zip(VISIT_COLUMNS, map(int, service._visit_row(job)), strict=True))
                for job in mine
            ),
            work.state if work is not None and work.kind == CASE else -1,
        )


def _unmet(table: DemandTable, d: int) -> Moment:
    """How a demand stands before anybody knows of it."""
    row = dict.fromkeys(DEMAND_COLUMNS, -1) | {"state": LATENT, "patience_end": NEVER}
    row |= {"orders": 0, "repeats": 0, "reopened": 0, "stage": int(table.first_stage[d])}
    return Moment(-1, row, (), (), -1)

"""Several rows of one order: the same row again, or states that it was in one after another.

The same row again counts once. Of states the last counts, with the first time of creation.
Used by `govsim.orders.reading`.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.shapes import Bools, Ints
from govsim.orders.times import Kind, parse

MOSTLY, FEW = 0.5, 3
"""Share of orders with several times of creation, and such orders, from which on the column is
none that tells orders apart, or the rows are events."""


@dataclass(frozen=True)
class Rows:
    """What becomes of the rows of orders that have several.

    Attributes
    ----------
    same : rows that are the same as the one that is used.
    earlier : rows that tell an earlier state than another.
    first : int64[n], first time of creation of the row's order, ms.
    states : orders of which several states are told.
    created : of these, those with several times of creation.
    orders : all orders.
    """

    same: Bools
    earlier: Bools
    first: Ints
    states: int
    created: int
    orders: int

    def hold(self, column: str, source: str) -> None:
        """Refuse rows of which most orders have several, with other times of creation.

        Parameters
        ----------
        column, source : the column of identities, and the file.

        Raises
        ------
        InputError
            So it is.
        """
        if self.created < FEW or self.created <= MOSTLY * self.orders:
            return
        message = tr(
            "{n} of {all} orders have rows with several times of creation. If these are events, "
            "name the column of events under “event:”; if “{column}” doesn't tell orders apart, "
            "map another or none",
            n=f"{self.created:,}",
            all=f"{self.orders:,}",
            column=column,
        )
        raise InputError([Problem(message, "columns.order", source)])


def content_of(cells: Table[str, pa.Array], where: Ints) -> pd.DataFrame:
    """Give all that rows say of their order, as numbers that are alike where cells are."""
    taken = pa.array(where)
    return pd.DataFrame(
        {
            name: column.take(taken).dictionary_encode().indices.fill_null(-1).to_numpy()
            for name, column in cells.items()
            if name not in ("order", "updated")
        }
    )


def written_at(cells: Table[str, pa.Array], where: Ints, timezone: str) -> Ints | None:
    """Give when rows were written, ms; nothing where no column says so."""
    if "updated" not in cells:
        return None
    found = parse(cells["updated"], timezone)
    ms: Ints = np.where(found.kind == Kind.MOMENT, found.ms, np.iinfo(np.int64).min)[where]
    return ms


def judged(
    identity: pd.Series,
    content: pd.DataFrame,
    created: Ints,
    over: Bools,
    times: Ints,
    written: Ints | None,
) -> Rows:
    """Judge rows, all of which can be used.

    Parameters
    ----------
    identity : of the order, by row.
    content : all mapped cells.
    created : ms since 1970.
    over : whether the row says that the order is over.
    times : how many times the row has.
    written : when the row was written, ms; without it, rows stand in the order of the file, or
        in the opposite one, if orders then open rather than close.
    """
    n = len(identity)
    code = pd.factorize(identity)[0]
    orders = int(code.max()) + 1 if n else 0
    alike = content.assign(**{"=": code}).groupby([*content, "="], sort=False).ngroup().to_numpy()
    left = np.lexsort((np.arange(n), code if written is None else written, code))
    if written is None and _newest_first(code[left], created[left], over[left], times[left]):
        left = np.lexsort((-np.arange(n), code))
    last = left[np.append(code[left][1:] != code[left][:-1], True)[:n]]
    of_order = np.empty(orders, np.int64)
    of_order[code[last]] = alike[last]
    tells = alike == of_order[code]
    # Of rows that are the same the first is used.
    _, used = np.unique(np.where(tells, code, orders + np.arange(n)), return_index=True)
    same = tells.copy()
    same[used] = False
    earlier = ~tells
    first = np.full(orders, np.iinfo(np.int64).max)
    latest = np.full(orders, np.iinfo(np.int64).min)
    np.minimum.at(first, code[left], created[left])
    np.maximum.at(latest, code[left], created[left])
    return Rows(
        same=same,
        earlier=earlier,
        first=first[code],
        states=len(np.unique(code[earlier])),
        created=int((first < latest).sum()),
        orders=orders,
    )


def _newest_first(code: Ints, created: Ints, over: Bools, times: Ints) -> bool:
    """Whether rows, sorted by order and place in the file, go back in time."""
    pair = code[1:] == code[:-1]
    forth = back = 0
    for value in (created, over.astype(np.int64), times):
        step = np.sign(np.diff(value))[pair]
        forth, back = forth + int((step > 0).sum()), back + int((step < 0).sum())
        if forth != back:
            break
    return back > forth

"""Records of a service from what an office exports: a 12345 export, and the stations' ledger."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibration.inference.records import Floats, Ledger, Links, Orders, Records, Rounding
from govsim.orders.log import OrderLog
from govsim.orders.mapping import FOUND
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import WEEK

Bools = NDArray[np.bool_]

NONE = np.iinfo(np.int64).min
"""NaT, as `OrderLog.milliseconds` gives it."""


def records(
    scenario: Scenario, orders: OrderLog, ledger: OrderLog | None, start: int, end: int
) -> Records:
    """Keep what came up in a span, as it was known at the end of it.

    Parameters
    ----------
    scenario : whose channels the ledger names; a case of another channel was found by staff.
    orders, ledger : as read.
    start, end : of the span, local ms since 1970; later times count as not yet happened.
    """
    weeks = (end - start) / WEEK
    steps = rounding(orders, ledger)
    mine = _within(orders, start, end)
    mine = mine[passed_on(orders)[mine.index]]
    again = np.zeros(len(mine), dtype=bool)
    for name in ("repeat", "parent"):
        if name in mine:
            column = mine[name]
            told = column.fillna(False).astype(bool) if name == "repeat" else column.notna()
            again |= told.to_numpy(dtype=bool)
    category = mine["category"].cat.codes if "category" in mine else pd.Series(0, mine.index)
    shown = Orders(
        took=_after(orders, mine, end_of(orders), end),
        again=again,
        category=np.asarray(category, dtype=np.int64),
        step=steps.of_orders,
    )
    if ledger is None:
        return Records(weeks, shown)
    cases = _within(ledger, start, end)
    if "channel" in cases:
        found = (
            cases["channel"].notna() & ~cases["channel"].isin(list(scenario.channels))
        ).to_numpy()
    else:
        found = np.zeros(len(cases), dtype=bool)
    unsatisfied = np.full(len(cases), np.nan)
    if "satisfied" in cases:
        unsatisfied = 1 - cases["satisfied"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    own = Ledger(
        found=found,
        scene=_after(ledger, cases, "scene", end),
        resolved=_after(ledger, cases, end_of(ledger), end),
        unsatisfied=unsatisfied,
        step=steps.of_ledger,
    )
    if "demand" not in cases or "demand" not in mine:
        return Records(weeks, shown, own)
    first = mine.groupby("demand")["created"].min()
    waited = (cases["demand"].map(first) - cases["created"]).dt.total_seconds() * 1000
    links = Links(np.asarray(waited.fillna(np.inf), dtype=np.float64))
    return Records(weeks, shown, own, links)


def rounding(orders: OrderLog, ledger: OrderLog | None) -> Rounding:
    """Say to which steps the times of records are rounded."""

    def steps(log: OrderLog, names: dict[str, str]) -> dict[str, int]:
        return {name: log.rounding[column] for name, column in names.items() if column in log.times}

    own = {"created": "created", "resolved": end_of(orders), "due": "due"}
    if ledger is None:
        return Rounding(steps(orders, own))
    taken = {"created": "created", "scene": "scene", "resolved": end_of(ledger)}
    return Rounding(steps(orders, own), steps(ledger, taken))


def passed_on(orders: OrderLog) -> Bools:
    """Say which orders of a 12345 export residents gave, and the centre passed on: bool[orders]."""
    mine = np.ones(len(orders.frame), dtype=bool)
    if "dispatched" in orders.frame:  # an order without was answered by the centre itself
        mine &= orders.milliseconds("dispatched") != NONE
    if "channel" in orders.frame:
        mine &= (orders.frame["channel"] != FOUND).to_numpy(dtype=bool)
    return mine


def _within(log: OrderLog, start: int, end: int) -> pd.DataFrame:
    created = log.milliseconds("created")
    return log.frame[(created >= start) & (created < end)]


def end_of(log: OrderLog) -> str:
    """Name the column that says when an order was done."""
    return "resolved" if "resolved" in log.frame else "closed"


def _after(log: OrderLog, rows: pd.DataFrame, name: str, end: int) -> Floats:
    """Time from creation, ms; infinite where it has not happened by the end."""
    if name not in log.frame:
        return np.full(len(rows), np.inf)
    at = log.milliseconds(name)[rows.index]
    since = log.milliseconds("created")[rows.index]
    return np.where((at != NONE) & (at < end), (at - since).astype(np.float64), np.inf)

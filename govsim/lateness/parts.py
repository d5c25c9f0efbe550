"""Shares of late demands' time, from the counts that a run keeps of its replications.

`groups` and `pieces` read `govsim.runs.results.Result.late`; the report of a run, `govsim.why` and
the command line show them.
"""

from __future__ import annotations

import pandas as pd

from govsim.measures.clocks import AS_SENT, CLOCKS, KEPT, LATE, PIECES, REACHABLE
from govsim.measures.statistics import Interval, interval
from govsim.runs.results import Result
from govsim.scenarios.units import MINUTE

BY = ["clock", "level", "key"]


def groups(result: Result) -> pd.DataFrame:
    """Count demands by clock and part of the district, over all replications.

    Returns
    -------
    pandas.DataFrame
        ``clock, level, key, demands, late`` (a replication), ``kept, reachable, as_sent`` (shares
        of demands: in time, and what any staffing, and people without limit sent as planned, could
        reach), ``two_or_more`` (share of the late that need two fixes or more). Empty for older
        runs.
    """
    found = _summed(result)
    numbers = found["n"].unstack("piece").reindex(columns=[LATE, KEPT, REACHABLE, AS_SENT])
    numbers = numbers.fillna(0.0)
    alone = found["alone"].unstack("piece").reindex(columns=[LATE])[LATE].fillna(0.0)
    demands = numbers[LATE] + numbers[KEPT]
    made = pd.DataFrame(
        {
            "demands": demands / max(result.replications, 1),
            "late": numbers[LATE] / max(result.replications, 1),
            "kept": numbers[KEPT] / demands,
            "reachable": numbers[REACHABLE] / demands,
            "as_sent": numbers[AS_SENT] / demands,
            "two_or_more": (1 - alone / numbers[LATE]).where(numbers[LATE] > 0),
        }
    )
    return made.reset_index()


def pieces(result: Result) -> pd.DataFrame:
    """Share the time of late demands out over its pieces, over all replications.

    Returns
    -------
    pandas.DataFrame
        ``clock, level, key, piece, largest`` (share of late demands of which it is the largest
        piece), ``alone`` (share of them that would be in time without it), ``time`` (share of
        their time), ``minutes_late``, ``minutes_kept`` (of a late demand and of one in time, on
        average). ``largest`` and ``time`` add up to 1 in each group. Empty for older runs.
    """
    found = _summed(result).reset_index()
    whole = found[found["piece"] == LATE].set_index(BY)
    kept = found[found["piece"] == KEPT].set_index(BY)["n"]
    all_ = whole[["n", "late_ms"]].add_suffix("_all")
    mine = found[found["piece"].isin(PIECES)].join(all_, BY)
    mine = mine.join(kept.rename("n_kept"), BY)
    late = mine["n_all"].where(mine["n_all"] > 0)
    made = mine[[*BY, "piece"]].assign(
        largest=mine["n"] / late,
        alone=mine["alone"] / late,
        time=mine["late_ms"] / mine["late_ms_all"].where(mine["late_ms_all"] > 0),
        minutes_late=mine["late_ms"] / late / MINUTE,
        minutes_kept=mine["kept_ms"] / mine["n_kept"].where(mine["n_kept"] > 0) / MINUTE,
    )
    order = made["piece"].map({name: i for i, name in enumerate(PIECES)})
    clock = made["clock"].map({name: i for i, name in enumerate(CLOCKS)})
    sorted_ = made.assign(order=order, c=clock).sort_values(
        ["c", "level", "key", "order"], kind="stable"
    )
    return sorted_.drop(columns=["order", "c"]).reset_index(drop=True)


def reach(result: Result, clock: str) -> dict[str, Interval]:
    """Share of demands in time, and those that could be, with intervals over replications.

    Returns
    -------
    dict
        `KEPT`, `REACHABLE`, `AS_SENT` to intervals; empty for older runs.
    """
    found = result.late
    mine = found[(found["clock"] == clock) & (found["level"] == "district")]
    if mine.empty:
        return {}
    n = mine.pivot_table(index="replication", columns="piece", values="n", aggfunc="sum")
    n = n.reindex(columns=[LATE, KEPT, REACHABLE, AS_SENT]).fillna(0.0)
    demands = n[LATE] + n[KEPT]
    shares = n[demands > 0].div(demands[demands > 0], axis=0)
    if shares.empty:
        return {}
    return {
        name: interval(shares[name].to_numpy(float), result.confidence)
        for name in (KEPT, REACHABLE, AS_SENT)
    }


def _summed(result: Result) -> pd.DataFrame:
    """Add up over replications, by group and piece."""
    columns = ["n", "alone", "late_ms", "kept_ms"]
    found = result.late
    return found.groupby([*BY, "piece"], sort=False)[columns].sum().astype(float)

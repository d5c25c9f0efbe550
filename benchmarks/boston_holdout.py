"""Test scenarios/boston on October to December 2015, which it has not seen.

    python benchmarks/boston_holdout.py [../shared/data/boston311/boston311-2015.csv.gz]

First the promises kept, by department. Both in the records and in the simulation, a case counts
that a resident reported from October to December and whose promise was due before the export of
12 January 2016; one still open then was not in time. Then the numbers of requests a day, staff's
among them, as `govsim calibrate` scores them. A department's cases are those of its types.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim import engine
from govsim.demand.table import draw
from govsim.estimation.scores import score
from govsim.measures.replication import promise_kept
from govsim.orders.reading import read_orders
from govsim.scenarios.loading import load
from govsim.scenarios.units import DAY
from govsim.service import network

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "scenarios" / "boston"
Floats = NDArray[np.float64]
RAW = ROOT.parent / "shared" / "data" / "boston311" / "boston311-2015.csv.gz"

FIRST, LAST, SEEN = (pd.Timestamp(day) for day in ("2015-10-01", "2016-01-01", "2016-01-12"))
REPLICATIONS = 100
DAYS = (LAST - FIRST).days
LEAST = 1000
"""Requests until October with which a department's days are scored."""

SETTINGS = [("start", "2015-09-17"), ("horizon", f"{(SEEN - FIRST).days + 14} days")]
"""The warm-up of the scenario, 14 days, ends when the test begins."""


def recorded(cases: pd.DataFrame) -> pd.DataFrame:
    """Count the cases by department: judged, and in time."""
    mine = cases["created"].between(FIRST, LAST, inclusive="left") & (cases["due"] < SEEN)
    judged = cases[mine & (cases["channel"] != "found by staff")]
    kept = judged["closed"] <= judged["due"]
    of = judged["department"]
    return pd.DataFrame({"cases": of.value_counts(), "recorded": kept.groupby(of).mean()})


def simulated(department: dict[str, str]) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Simulate the test.

    Returns
    -------
    shares : by department, the mean share in time and where 90% of replications lie.
    days : by department, float[replications, days], requests a day.
    """
    plan = load(FOLDER / "boston.yaml", settings=SETTINGS)
    service = network.build(plan.scenario, plan.folder)
    names = np.array([department[name] for name in service.categories])
    rows: list[pd.Series[float]] = []
    days: dict[str, list[Floats]] = {name: [] for name in names}
    for replication in range(REPLICATIONS):
        table = draw(service, replication)
        outcome = engine.run(service, table, plan.scenario.warm_up)
        applies, kept = promise_kept(service, table, outcome)["solve"]
        start = outcome.measured_from
        mine = applies & (outcome.demands["clock_start"] < start + DAYS * DAY)
        rows.append(pd.Series(kept[mine]).groupby(names[table.category[mine]]).mean())
        day = (table.enters - start) // DAY
        for name, counted in days.items():
            here = (names[table.category] == name) & (day >= 0) & (day < DAYS)
            counted.append(np.bincount(day[here], minlength=DAYS).astype(np.float64))
    shares = pd.DataFrame(rows)
    ends = {"low": shares.quantile(0.05), "high": shares.quantile(0.95)}
    return pd.DataFrame({"simulated": shares.mean(), **ends}), {
        name: np.array(counted) for name, counted in days.items()
    }


def numbers(cases: pd.DataFrame, days: dict[str, Floats]) -> pd.DataFrame:
    """Score the numbers a day of each department against the records and the seasonal naive."""
    every = pd.date_range(cases["created"].min().normalize(), LAST, inclusive="left")
    found = {}
    for name, drawn in days.items():
        day = cases.loc[cases["department"] == name, "created"].dt.normalize()
        daily = day.value_counts().reindex(every, fill_value=0).to_numpy(np.float64)
        before, seen = daily[:-DAYS], daily[-DAYS:]
        if before.sum() < LEAST:
            continue
        told = score(drawn, seen, before)
        found[name] = {
            "crps": told.crps,
            "crps_naive": told.crps_last_weeks,
            "mase": told.mase,
            "coverage_90": told.coverage_90,
        }
    return pd.DataFrame(found).T.sort_values("crps", ascending=False)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("raw", type=Path, nargs="?", default=RAW)
    scenario = load(FOLDER / "boston.yaml").scenario
    department = {k: str(c.department) for k, c in scenario.demand.categories.items()}
    cases = read_orders(parser.parse_args().raw, FOLDER / "mapping.yaml").frame
    of = cases["category"].astype(str).map(department).fillna("types not seen before")
    cases = cases.assign(department=of)
    shares, days = simulated(department)
    found = recorded(cases).join(shares).sort_values("cases", ascending=False)
    found["off"] = found["simulated"] - found["recorded"]
    found["of all cases"] = found["cases"] / found["cases"].sum()
    print(found.round(3).to_string())
    print(numbers(cases, days).round(2).to_string())


if __name__ == "__main__":
    main()

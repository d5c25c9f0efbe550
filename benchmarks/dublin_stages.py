"""The dispatch stages of Dublin's fire brigade: fitted, beside the quantiles of the record.

    python benchmarks/dublin_stages.py path/to/dublin-fire-2020-2022.csv.gz

Prints the table of docs/estimation.md: call to order, order to mobile, mobile to scene.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from govsim.estimation import stages
from govsim.scenarios.units import SECOND

RECORD = (
    Path(__file__).parents[2] / "shared" / "data" / "dublin-fire" / "dublin-fire-2020-2022.csv.gz"
)
TIMES = {"TOC": "call", "ORD": "order", "MOB": "mobile", "IA": "scene"}
SHARES = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95)


def read(file: Path) -> dict[str, stages.Ints]:
    """Read the four times of each incident."""
    record = pd.read_csv(file, dtype=str)
    times = pd.DataFrame(
        {name: pd.to_timedelta(record[key], errors="coerce") for key, name in TIMES.items()}
    )
    return stages.instants(pd.to_datetime(record["Date"], format="%d/%m/%Y"), times)


def main(file: Path) -> None:
    """Fit, and print."""
    for stage in stages.fit(read(file)):
        print(
            f"\n{stage.first} to {stage.then}: {len(stage.took):,} incidents, {stage.missing:,} "
            f"without one of the times, {stage.disordered} in the wrong order, "
            f"{stage.over_midnight} over midnight; {stage.fitted.family.name}"
        )
        for row in stage.quantiles(SHARES).itertuples():
            off = row.fitted / row.record - 1
            print(
                f"  {row.share:4.0%}  record {row.record / SECOND:6.0f} s"
                f"  fitted {row.fitted / SECOND:6.0f} s  {off:+.1%}"
            )
        for one in stage.fitted.candidates.itertuples():
            print(f"    {one.family:15} BIC {one.bic:,.0f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RECORD)

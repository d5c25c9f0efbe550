"""How well daily volumes of Boston's departments are forecast, on months that were not seen.

    python benchmarks/boston_volumes.py [--validate]

Reads the service requests of 2015 from ../shared/data/boston311 (City of Boston, open data).
Every department with an order a day or more in January to September is fitted on these months
and forecast for October to December, all 92 days from what was known on 30 September, as the
seasonal naive forecast is. Beside it stands what is gained by knowing each day up to the eve,
or up to a week before. Holidays of 2015 are known beforehand.

How many recent days are fitted was chosen on January to September alone: `--validate` repeats
it, on four splits within these months, and never looks at October.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from govsim.estimation import daily, scores
from govsim.estimation.daily import Kinds
from govsim.estimation.forecast import Forecast, daily_numbers, forecast, rolling
from govsim.scenarios.calendar import Calendar

FILE = Path(__file__).parents[2] / "shared" / "data" / "boston311" / "boston311-2015.csv.gz"
FIRST = date(2015, 1, 1)
SPLIT = (date(2015, 10, 1) - FIRST).days
RECENT = 17 * 7
SPLITS = [(121, 181), (151, 243), (181, 273), (211, 273)]
"""First day forecast and last, for the choice of RECENT."""

HOLIDAYS = [(1, 1), (1, 19), (2, 16), (4, 20), (5, 25), (7, 4), (9, 7), (10, 12), (11, 11)]
HOLIDAYS += [(11, 26), (12, 25)]
CALENDAR = Calendar.build(FIRST, 365, "none", [date(2015, *day) for day in HOLIDAYS])


def volumes() -> pd.DataFrame:
    """Orders a day of the departments that had one a day or more before October."""
    columns = {"open_dt": "created", "department": "department"}
    frame = pd.read_csv(FILE, usecols=list(columns), parse_dates=["open_dt"]).rename(
        columns=columns
    )
    start = int(np.datetime64(FIRST, "ms").astype(np.int64))
    numbers = daily_numbers(frame, start, start + 365 * 86_400_000, by="department")
    return numbers.loc[:, numbers.iloc[:SPLIT].mean() >= 1]


def told(name: str, found: pd.DataFrame) -> None:
    """Print the scores over departments."""
    parts = [f"{name:24s} MASE {found['mase'].mean():.2f}"]
    for against, label in (("crps_naive", "naive"), ("crps_last_weeks", "last 8 weeks")):
        each = 1 - np.exp(np.log(found["crps"] / found[against]).mean())
        whole = 1 - found["crps"].sum() / found[against].sum()
        parts.append(f"CRPS below {label}: {each:.1%} (of orders {whole:.1%})")
    cover = [f"{found[f'coverage_{share}'].mean():.1%}" for share in (50, 90)]
    print("; ".join([*parts, f"cover of 50% {cover[0]}, 90% {cover[1]}"]), flush=True)


def validate(numbers: pd.DataFrame) -> None:
    """Compare how many recent days to fit, within January to September."""
    for recent in (8 * 7, 12 * 7, 17 * 7, 26 * 7, None):
        parts = [
            forecast(numbers[:end], FIRST, split, CALENDAR, recent=recent).scores()
            for split, end in SPLITS
        ]
        told("all days" if recent is None else f"last {recent // 7} weeks", pd.concat(parts))


def ahead(numbers: pd.DataFrame, days: int) -> Forecast:
    """Forecast each day of October to December so many days ahead."""
    kinds = Kinds.of(CALENDAR, FIRST, 365)
    begin, drawn = SPLIT - RECENT, {}
    for name in numbers:
        counts = numbers[name].to_numpy(np.float64)
        fitted = daily.fit(counts[begin:SPLIT], kinds[begin:SPLIT])
        drawn[str(name)] = rolling(fitted, counts[SPLIT:], kinds[SPLIT:], days)
    return Forecast(date(2015, 10, 1), drawn, numbers[SPLIT:], numbers[:SPLIT])


def against_rolling(found: Forecast, days: int) -> None:
    """Print the scores of a rolling forecast beside a naive one that knows as much."""
    rows = []
    for name, drawn in found.drawn.items():
        whole = np.concatenate([found.seen[name], found.observed[name]]).astype(np.float64)
        came = whole[SPLIT:]
        naive = [scores.naive(whole[: t - days + 1], days)[-1] for t in range(SPLIT, 365)]
        eight = [scores.last_weeks(whole[: t - days + 1], days)[-1] for t in range(SPLIT, 365)]
        off = np.abs(came - np.array(eight)[:, 0]).mean()
        rows.append(
            {
                "mase": np.abs(came - np.median(drawn, axis=0)).mean() / off,
                "crps": scores.crps(drawn, came),
                "crps_naive": scores.crps(np.array(naive).T, came),
                "crps_last_weeks": scores.crps(np.array(eight).T, came),
                "coverage_50": scores.coverage(drawn, came, 0.5),
                "coverage_90": scores.coverage(drawn, came, 0.9),
            }
        )
    told(f"rolling, {days} day(s) ahead", pd.DataFrame(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--validate", action="store_true", help="choose within the first months")
    chosen = parser.parse_args()
    if not FILE.exists():
        sys.exit(f"{FILE} is not there")
    numbers = volumes()
    if chosen.validate:
        validate(numbers[:SPLIT])
        return
    fixed = forecast(numbers, FIRST, SPLIT, CALENDAR, recent=RECENT).scores()
    print(fixed.round(2).to_string(index=False))
    told("fixed origin", fixed)
    for days in (7, 1):
        against_rolling(ahead(numbers, days), days)


if __name__ == "__main__":
    main()

"""Times with open cases and with days only: naive shares, what govsim estimates, and the truth.

    python benchmarks/closed_cases.py

Prints the first table of docs/estimation.md: means and standard deviations over many records.
"""

from __future__ import annotations

import numpy as np

from govsim.estimation.durations import fit
from govsim.scenarios.units import DAY

RECORDS, CASES = 40, 2000
OPEN = np.iinfo(np.int64).min
FAR = 10_000 * DAY


def told(name: str, truth: float, naive: list[float], ours: list[float]) -> None:
    """Print a case."""
    print(
        f"{name:42} truth {truth:.3f}  naive {np.mean(naive):.3f}  "
        f"govsim {np.mean(ours):.3f} +- {np.std(ours) / np.sqrt(RECORDS):.3f}"
    )


def days(mean: float) -> None:
    """Exponential times, of which only the days are recorded: share within 24 hours."""
    naive, ours = [], []
    for seed in range(RECORDS):
        rng = np.random.default_rng([1, seed])
        start = rng.integers(0, 300 * DAY, CASES)
        end = start + (mean * DAY * rng.exponential(size=CASES)).astype(np.int64)
        start, end = start // DAY * DAY, end // DAY * DAY
        naive.append(float((start == end).mean()))
        ours.append(float(fit(start, end, FAR, (DAY, DAY)).cdf(DAY)))
    told(f"days only, mean {mean:g} days, within a day", 1 - np.exp(-1 / mean), naive, ours)


def horizon() -> None:
    """A week of cases that take a day in the mean: share within a day."""
    naive, ours = [], []
    for seed in range(RECORDS):
        rng = np.random.default_rng([2, seed])
        start = rng.integers(0, 7 * DAY, CASES)
        end = start + (DAY * rng.exponential(size=CASES)).astype(np.int64)
        closed = end <= 7 * DAY
        naive.append(float((end - start <= DAY)[closed].mean()))
        ours.append(float(fit(start, np.where(closed, end, OPEN), 7 * DAY).cdf(DAY)))
    told("open cases after a week, within a day", 1 - np.exp(-1), naive, ours)


if __name__ == "__main__":
    for mean in (2.0, 1.0, 0.5):
        days(mean)
    horizon()

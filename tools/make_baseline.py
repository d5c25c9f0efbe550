"""Write scenarios/baseline.csv: numbers of the shipped scenarios; a diff shows what moved.

    python tools/make_baseline.py            # after a change that means to move results
    python tools/make_baseline.py --check    # what moved, and by how much; CI asks this

A row is a measure of the whole service, its mean over the first replications of a scenario with
the scenario's own seed, to ten digits: as many as machines with other mathematics agree in. Where
`engines` says so, the SimPy model was asked as well, and gave the same bits.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

import govsim

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / "scenarios" / "baseline.csv"
HEAD = ("scenario", "engines", "replications", "measure", "mean")

REPLICATIONS = {"scenarios/jiangning.yaml": 2, "scenarios/tiandi.yaml": 2}
"""Of the others one; a replication has thousands of demands."""

SIMPY_TAKES_MINUTES = ("jiangning", "boston", "single_server")
"""Where the name of a scenario holds one of these, the compiled engine is asked alone."""

LEFT_OUT = ("scenarios/service.yaml",)
"""What other scenarios extend."""

Row = tuple[str, str, str, str, str]


def scenarios() -> list[str]:
    """List the shipped scenarios, the longest first."""
    found = sorted(
        file.relative_to(ROOT).as_posix()
        for folder in ("", "textbook", "boston")
        for file in (ROOT / "scenarios" / folder).glob("*.yaml")
        if file.name not in ("mapping.yaml", "requests.yaml")
    )
    return sorted(set(found) - set(LEFT_OUT), key=lambda name: ("jiangning" not in name, name))


def rows(name: str) -> list[Row]:
    """Simulate a scenario and give its rows; raise where the engines differ."""
    n = REPLICATIONS.get(name, 1)
    means = measured(name, n, "compiled")
    engines = "compiled"
    if not any(word in name for word in SIMPY_TAKES_MINUTES):
        engines = "both"
        if not means == measured(name, n, "simpy"):
            raise SystemExit(f"{name}: the engines differ")
    return [(name, engines, str(n), measure, mean) for measure, mean in means.items()]


def measured(name: str, replications: int, engine: str) -> dict[str, str]:
    """Give the mean of each measure of the whole service."""
    found = govsim.run(ROOT / name, replications=replications, engine=engine)
    whole = found.values.query("level == 'district'")
    means = whole.groupby("measure", observed=True, sort=True)["value"].mean()
    return {str(measure): f"{mean:.10g}" for measure, mean in means.items() if np.isfinite(mean)}


def moved(before: list[Row], now: list[Row]) -> Iterator[str]:
    """Say each number that is not what it was."""
    old, new = ({row[0:1] + row[3:4]: row for row in each} for each in (before, now))
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            was, is_ = (each[key][4] if key in each else "-" for each in (old, new))
            by = f" ({float(is_) / float(was) - 1:+.2%})" if is_ != "-" != was != "0" else ""
            yield f"{key[0]}: {key[1]} was {was}, is {is_}{by}"


def read() -> list[Row]:
    """Read what is kept; nothing where there is no file yet."""
    if not BASELINE.exists():
        return []
    with BASELINE.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]  # type: ignore[misc]


def main() -> None:
    """Simulate all; write, or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if any moved")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.workers) as pool:
        now = [row for each in pool.map(rows, scenarios()) for row in each]
    now.sort()
    told = list(moved(read(), now))
    print(*told, f"{len(told)} of {len(now)} numbers moved", sep="\n")
    if asked.check and told:
        sys.exit("if that is meant: python tools/make_baseline.py, and say why in CHANGELOG.md")
    if not asked.check:
        with BASELINE.open("w", encoding="utf-8", newline="\n") as file:
            csv.writer(file, lineterminator="\n").writerows([HEAD, *now])


if __name__ == "__main__":
    main()

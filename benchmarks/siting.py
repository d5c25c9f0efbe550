"""How long `govsim site` takes for all numbers of new stations, and how far each is from its bound.

    python benchmarks/siting.py                 # the district, 1 to 70 new stations, three models
    python benchmarks/siting.py --upto 20

Nothing is simulated. Processor time says the same on a machine that is busy with other things.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import govsim
from govsim.runs.executors import Serial
from govsim.siting.result import COVER, WAYS, WITHIN

SCENARIO = Path(__file__).parents[1] / "scenarios" / "jiangning.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scenario", nargs="?", default=str(SCENARIO))
    parser.add_argument("--upto", type=int, default=70)
    asked = parser.parse_args()
    govsim.site(asked.scenario, add=1, simulate=0, executor=Serial())  # compiled from here on
    wall, used = time.perf_counter(), time.process_time()
    found = govsim.site(
        asked.scenario, add=asked.upto, curve=asked.upto, simulate=0, executor=Serial()
    )
    wall, used = time.perf_counter() - wall, time.process_time() - used
    print(
        f"{'new':>4} {'covered':>10} {'gap':>7} {'reach':>10} {'gap':>7} {'way, m':>8} {'gap':>7}"
    )
    by = found.curve.set_index(["model", "count"])
    for count in range(1, asked.upto + 1):
        cells = []
        for model, width in ((COVER, 10), (WITHIN, 10), (WAYS, 8)):
            row = by.loc[(model, count)]
            cells.append(f"{row['value']:{width},.0f} {100 * row['gap']:6.2f}%")
        print(f"{count:4} " + " ".join(cells))
    most = found.curve.groupby("model")["gap"].max()
    print("largest gaps: " + ", ".join(f"{name} {100 * gap:.2f}%" for name, gap in most.items()))
    print(f"{wall:.0f} s by the clock, {used:.0f} s of processors")


if __name__ == "__main__":
    main()

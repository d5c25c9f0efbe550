"""How long it takes to ask what other rosters do, beside a run of the same replications.

    python benchmarks/evaluating.py                          # Tiandi, 30 replications
    python benchmarks/evaluating.py scenarios/jiangning.yaml --replications 1

Both are measured in turn in this process, on one core, in seconds of the processor, so that a busy
machine is so for both. A plan is asked for with other numbers of volunteers each time: its rosters
are new, the demands are those drawn for the first. The promises and orders are compared with those
of the run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from math import isclose
from pathlib import Path
from typing import Any

import govsim
from govsim.runs.executors import Serial
from govsim.scenarios.loading import load

SCENARIO = Path(__file__).parents[1] / "scenarios" / "tiandi.yaml"
MEASURES = ("compliance_scene", "orders")


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    """Do something; give the seconds of a processor that it took, and what came of it."""
    begun = time.process_time()
    found = what()
    return time.process_time() - begun, found


def main() -> None:
    """Measure, and print a line for each turn and the best of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", type=Path, default=SCENARIO)
    parser.add_argument("--replications", type=int, default=30)
    parser.add_argument("--turns", type=int, default=5)
    args = parser.parse_args()
    loaded, n = load(args.scenario), args.replications
    opening, service = timed(lambda: govsim.Service(loaded, executor=Serial()))
    service.evaluate(None, 1, MEASURES)  # the engine is read from where it is kept compiled
    first, own = timed(lambda: service.evaluate(None, n, MEASURES))
    print(f"opened in {opening:.2f} s; {n} replications for the first time {first:.3f} s")
    runs, asked = [], []
    for turn in range(args.turns):
        plan = {"volunteers": {"day": turn, "night": turn}}
        seconds, run = timed(lambda: govsim.run(loaded, replications=n))
        runs.append(seconds)
        seconds, _ = timed(lambda plan=plan: service.evaluate(plan, n, MEASURES))
        asked.append(seconds)
        print(f"run {runs[-1]:7.3f} s   other rosters {asked[-1]:7.3f} s")
    for measure in MEASURES:
        assert isclose(run.get(measure).mean, own[measure].mean(), rel_tol=1e-12), measure
    one, other = min(runs), min(asked)
    print(f"best: run {one:.3f} s, other rosters {other:.3f} s, {1000 * other / n:.1f} ms each")
    print(f"{one / other:.1f} times as fast")


if __name__ == "__main__":
    main()

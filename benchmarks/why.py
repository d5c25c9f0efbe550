"""How long `govsim why` takes beyond the run that it asks of, beside that run.

    python benchmarks/why.py                        # the district: at most 10 s on two quiet cores
    python benchmarks/why.py scenarios/tiandi.yaml --clock solve

Wall time says what a planner waits; processor time says the same on a machine that is busy with
other things, and its ratio to the run's on any. Compiled code and the territory are in place.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import govsim
from govsim.runs.workers import choose

SCENARIO = Path(__file__).parents[1] / "scenarios" / "jiangning.yaml"


def timed(what: Callable[[], Any]) -> tuple[float, float]:
    """Do it; give seconds by the clock on the wall, and of processors."""
    wall, used = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - wall, time.process_time() - used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scenario", nargs="?", default=str(SCENARIO))
    parser.add_argument("--clock", default="scene")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    warm = {"replications": 2, "settings": [("horizon", "6 weeks"), ("warm_up", "1 week")]}
    govsim.why(asked.scenario, **warm)
    with tempfile.TemporaryDirectory() as out, choose(workers=asked.workers) as executor:
        run = timed(lambda: govsim.run(asked.scenario, out=out, executor=executor))
        again = timed(lambda: govsim.run(asked.scenario, out=out, executor=executor))
        why = timed(
            lambda: govsim.why(asked.scenario, clock=asked.clock, out=out, executor=executor)
        )
    print(f"{'':34} {'wall':>8} {'processors':>11}")
    for name, (wall, used) in (("the run", run), ("reading it again", again), ("why", why)):
        print(f"{name:34} {wall:6.1f} s {used:9.1f} s")
    beyond = tuple(a - b for a, b in zip(why, again, strict=True))
    print(f"{'why beyond the run':34} {beyond[0]:6.1f} s {beyond[1]:9.1f} s")
    print(f"{'... beside the run':34} {beyond[0] / run[0]:8.2f} {beyond[1] / run[1]:11.2f}")


if __name__ == "__main__":
    main()

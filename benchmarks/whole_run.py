"""A whole `govsim run`, and where its time goes: start, demand, engine, measures, writing.

    python benchmarks/whole_run.py                     # the district, three replications
    python benchmarks/whole_run.py scenarios/tiandi.yaml
    python benchmarks/whole_run.py --waiting           # how long a planner waits for a report

The steps are measured one by one in this process; the command is run beside it in an empty
folder, for a single replication with and without its report and for all, with compiled code and
the laid-out territory in place. What the libraries alone take to be imported is measured beside
them: a machine that is busy or slow is so for both.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCENARIO = Path(__file__).parents[1] / "scenarios" / "jiangning.yaml"
COMMAND = "from govsim.cli import main; main()"
LIBRARIES = "import numba, pandas, matplotlib.figure, matplotlib.backends.backend_svg"
BUILT = "from govsim.cli.running import run; import govsim.runs.replications, govsim.engine"


WAITING = (
    ("a station and its report", ("run", str(SCENARIO.with_name("tiandi.yaml"))), 3.0),
    ("the district, one replication", ("run", str(SCENARIO), "--replications", "1"), 5.0),
    ("--help", ("--help",), 0.3),
)
"""What a planner waits for, and for how long at most, s."""


def waiting(times: int) -> None:
    """Print how long a planner waits for each of `WAITING`, beside what the imports take."""
    found: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(times + 1):  # the first fills caches
            for what, command, _ in (("imports", (), 0.0), *WAITING):
                seed = ("--seed", str(turn + 1), "--out", folder) if "run" in command else ()
                before, begun = os.times(), time.perf_counter()
                seconds(*((COMMAND, *command, *seed) if command else (LIBRARIES,)))
                wall, after = time.perf_counter() - begun, os.times()
                used = after.children_user + after.children_system
                used -= before.children_user + before.children_system
                if turn:
                    found.setdefault(what, []).append((wall, used))
    best = {what: (min(w for w, _ in one), min(u for _, u in one)) for what, one in found.items()}
    print(f"{'':30} {'wall':>8} {'at most':>8} {'processors':>11} {'of the imports':>15}")
    for what, _, most in (*WAITING, ("imports", (), 0.0)):
        wall, used = best[what]
        times_as_long = f"{wall / best['imports'][0]:.1f}, {used / best['imports'][1]:.1f}"
        print(f"{what:30} {wall:6.2f} s {most:6.1f} s {used:9.2f} s {times_as_long:>15}")


def seconds(*command: str) -> float:
    """Time a command, s."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", *command], check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> None:
    """Run it, and print where the time goes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", type=Path, nargs="?", default=SCENARIO)
    parser.add_argument("--replications", type=int, default=3)
    parser.add_argument("--waiting", action="store_true")
    parser.add_argument("--times", type=int, default=3, help="how often, with --waiting")
    arguments = parser.parse_args()
    if arguments.waiting:
        waiting(arguments.times)
        return
    file, n = arguments.scenario, arguments.replications

    from govsim import engine
    from govsim.demand.table import draw
    from govsim.measures.replication import measure
    from govsim.scenarios.loading import load
    from govsim.service import network
    from govsim.storage.folder import RunFolder
    from govsim.storage.tables import MEASURES, WEEKLY, pack

    steps: list[tuple[str, float]] = []

    def timed(what: str, block: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        found = block()
        steps.append((what, time.perf_counter() - begun))
        return found

    with tempfile.TemporaryDirectory() as folder:
        options = ("run", str(file), "--out", folder, "--workers", "1", "--quiet")
        seconds(COMMAND, *options, "-n", "1", "--seed", "1")  # compiled now, if it was not
        one = min(seconds(COMMAND, *options, "-n", "1", "--seed", seed) for seed in "24")
        bare = min(
            seconds(COMMAND, *options, "-n", "1", "--seed", seed, "--no-report") for seed in "56"
        )
        libraries = min(seconds(LIBRARIES) for _ in range(3))
        whole = seconds(COMMAND, *options, "-n", str(n), "--seed", "3")
    steps.append(("start: Python and imports", seconds(BUILT)))
    plan = timed("start: reading the scenario", lambda: load(file))
    net = timed("start: laying out the service", lambda: network.build(plan.scenario, plan.folder))
    table = timed("start: loading compiled code", lambda: draw(net, 0))
    begun = time.perf_counter()
    engine.run(net, table)
    first = time.perf_counter() - begun
    measure(net, table, engine.run(net, table))
    table = timed("replication: demand", lambda: draw(net, 1))
    outcome = timed("replication: engine", lambda: engine.run(net, table))
    drawn, ran = (time for _, time in steps[-2:])
    loading = steps[-3][1] - drawn + first - ran
    steps[-3] = (steps[-3][0], max(loading, 0.0))
    found = timed("replication: measures", lambda: measure(net, table, outcome))
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder) / "run")
        tables = {MEASURES: found.values, WEEKLY: found.weekly}

        def write() -> None:
            run.put(0, {name: pack(frame, 0) for name, frame in tables.items()})

        timed("replication: writing", write)
    for what, time_ in steps:
        print(f"{what:32} {time_:6.2f} s")
    of = {what.split(": ")[1]: time_ for what, time_ in steps if what.startswith("replication")}
    start = sum(time_ for what, time_ in steps if what.startswith("start"))
    print(f"\nbefore the first replication     {start:6.2f} s")
    work = of["demand"] + of["engine"] + of["measures"]
    print(f"a replication of {len(table):,} demands takes {work:.2f} s: ", end="")
    print(f"{work / of['engine']:.1f} times its engine's time")
    print(f"the whole command, 1 replication {one:6.2f} s, {one / libraries:.1f} times the imports")
    print(
        f"the same without its report      {bare:6.2f} s, {bare / libraries:.1f} times the imports"
    )
    print(f"its libraries' imports alone     {libraries:6.2f} s")
    print(f"the whole command, {n} replications {whole:5.2f} s: ", end="")
    print(f"{(whole - one) / max(n - 1, 1):.2f} s each further")


if __name__ == "__main__":
    main()

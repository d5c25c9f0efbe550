"""Several workers beside one: whole runs with threads, processes and a Dask cluster.

    python benchmarks/scaling.py                          # the district, some minutes
    python benchmarks/scaling.py scenarios/tiandi.yaml --replications 40
    python benchmarks/scaling.py --ways dask --workers 4

A run draws demands, simulates, measures, and writes a results folder. With one worker and with
several it does the same replications, in turn, so that both meet the same state of the machine.
Workers have been started and have simulated before. Dask has a scheduler and a worker in
processes of their own, as ``dask scheduler`` and ``dask worker`` start them.

``apart`` is the yardstick: several processes that share nothing, each with a run of its own.
What they lose against one at a time, they lose to memory, caches and cores that the machine
makes them share, and no executor can win it back.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import govsim
from govsim.runs.executors import Executor, Processes, Serial
from govsim.runs.workers import choose, cores
from govsim.scenarios.loading import load

SCENARIO = Path(__file__).parents[1] / "scenarios" / "jiangning.yaml"

Work = tuple[Path, int]
"""A scenario and a number of replications."""


def run(work: Work, executor: Executor) -> None:
    """Run the scenario into an empty folder."""
    file, replications = work
    with tempfile.TemporaryDirectory() as out:
        govsim.run(load(file), replications=replications, out=out, executor=executor)


def run_alone(work: Work) -> None:
    """Run the scenario in one process."""
    run(work, Serial())


@contextmanager
def threads(workers: int) -> Iterator[Callable[[Work], None]]:
    """Threads of this process; for one worker, the process itself."""
    with choose(workers) as executor:
        yield lambda work: run(work, executor)


@contextmanager
def processes(workers: int) -> Iterator[Callable[[Work], None]]:
    """Processes of this machine."""
    with Processes(workers) as executor:
        yield lambda work: run(work, executor)


@contextmanager
def dask(workers: int) -> Iterator[Callable[[Work], None]]:
    """Threads of one worker of a Dask cluster."""
    from distributed.deploy.subprocess import SubprocessCluster

    with (
        SubprocessCluster(n_workers=1, threads_per_worker=workers, dashboard_address=None) as there,
        choose(cluster=there.scheduler_address) as executor,
    ):
        yield lambda work: run(work, executor)


@contextmanager
def apart(workers: int) -> Iterator[Callable[[Work], None]]:
    """Processes that share nothing, each with its share of the replications as a run of its own."""
    with Processes(workers) as executor:

        def runs(work: Work) -> None:
            file, replications = work
            for _ in executor.map(run_alone, [(file, replications // workers)] * workers):
                pass

        yield runs


WAYS = {"threads": threads, "processes": processes, "dask": dask, "apart": apart}


def seconds(block: Callable[[Work], None], work: Work) -> float:
    """Time it, s."""
    begun = time.perf_counter()
    block(work)
    return time.perf_counter() - begun


def machine() -> str:
    """Name the processor and the cores that this program may use."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.split(": ")[1] for line in lines if "model name" in line), model)
    return f"{cores()} of {os.cpu_count()} cores of {model}"


def main() -> None:
    """Run it, and print times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", type=Path, nargs="?", default=SCENARIO)
    parser.add_argument("--replications", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    arguments = parser.parse_args()
    workers = arguments.workers
    work = arguments.scenario, arguments.replications
    print(f"{arguments.scenario.stem}, {arguments.replications} replications, {machine()}")
    print(f"{'':10} 1 worker  {workers} workers   ratio")
    for name in arguments.ways:
        way, ratios = WAYS[name], []
        with way(1) as one, way(workers) as several:
            for each in (one, several):
                each((arguments.scenario, 2 * workers))
            for _ in range(arguments.rounds):
                alone, together = seconds(one, work), seconds(several, work)
                ratios.append(alone / together)
                print(f"{name:10} {alone:6.2f} s   {together:6.2f} s    {ratios[-1]:5.2f}")
        print(f"{name:10} {workers} workers are {median(ratios):.2f} times one")


if __name__ == "__main__":
    main()

"""The district's year on one core: time and memory of each step, beside bare NumPy and SimPy.

    python benchmarks/district_year.py                 # the demand table of a million demands
    python benchmarks/district_year.py --simulate      # and a simulated year, some minutes

Prints what each step takes, and its ratio to a yardstick that is run beside it on the same
machine: for the demand table, drawing as many plain uniform numbers with NumPy's own Philox;
for the SimPy model, as many bare timeouts in SimPy as the model has timed events; for the
compiled engine, the SimPy model.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import simpy

from govsim import engine, model
from govsim.demand.table import draw
from govsim.measures.replication import measure
from govsim.scenarios.loading import load
from govsim.service import network

SCENARIO = Path(__file__).parents[1] / "scenarios" / "jiangning.yaml"


@contextmanager
def timed(times: dict[str, float], what: str) -> Iterator[None]:
    """Note how long a block takes."""
    begun = time.perf_counter()
    yield
    times[what] = time.perf_counter() - begun


def best_of(runs: int, block: Callable[[], object]) -> float:
    """Shortest of several times, s."""
    times: dict[str, float] = {}
    for i in range(runs):
        with timed(times, str(i)):
            block()
    return min(times.values())


def peak_gib() -> float:
    """Most memory that the process has had, GiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**30 if sys.platform == "darwin" else peak / 2**20


def bare_timeouts(events: int) -> None:
    """Let SimPy do nothing but keep `events` timeouts in order, a thousand at a time."""
    env = simpy.Environment()

    def tick(env: simpy.Environment) -> Iterator[simpy.Event]:
        for _ in range(events // 1000):
            yield env.timeout(7)

    for _ in range(1000):
        env.process(tick(env))
    env.run()


def demand_table() -> None:
    """A million demands of the district."""
    plan = load(SCENARIO, settings=[("demand.level", "2.2")])
    net = network.build(plan.scenario, plan.folder)
    table = draw(net, 0)
    seconds = best_of(3, lambda: draw(net, 0))
    # Columns that hold luck of their own, one uniform number each.
    columns = 24
    rng = np.random.Generator(np.random.Philox(1))
    plain = best_of(3, lambda: [rng.random(len(table)) for _ in range(columns)])
    print(f"demand table: {len(table):,} demands, {table.nbytes / 2**20:.0f} MiB, {seconds:.2f} s")
    print(f"  {seconds / len(table) * 1e9:.0f} ns a demand; {seconds / plain:.1f} times {columns}")
    print(f"  plain uniform numbers a demand from NumPy's Philox ({plain:.2f} s)")


def simulated_year() -> None:
    """A replication of the district's year, step by step."""
    times: dict[str, float] = {}
    plan = load(SCENARIO)
    with timed(times, "network"):
        net = network.build(plan.scenario, plan.folder)
    with timed(times, "demand table"):
        table = draw(net, 0)
    service = model.Service(net, table)
    with timed(times, "SimPy model"):
        outcome = service.run()
    peak, events = peak_gib(), service.timed_events
    del service  # millions of objects, through which Python would go while the engine runs
    gc.collect()
    with timed(times, "engine, compiling"):
        same = engine.run(net, table)
    assert not outcome.differences(same), "the engines differ"
    times["compiled engine"] = best_of(3, lambda: engine.run(net, table))
    with timed(times, "measures"):
        measure(net, table, outcome)
    yardstick = best_of(1, lambda: bare_timeouts(events))
    print(f"district-year: {len(table):,} demands, {events:,} timed events")
    for what, seconds in times.items():
        print(f"  {what:18} {seconds:8.2f} s")
    print(f"  memory with SimPy  {peak:8.2f} GiB")
    ratio = times["SimPy model"] / yardstick
    print(f"  the SimPy model takes {ratio:.1f} times bare SimPy timeouts ({yardstick:.1f} s)")
    faster = times["SimPy model"] / times["compiled engine"]
    print(f"  the compiled engine is {faster:.0f} times as fast, with the same bits")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulate", action="store_true", help="also simulate a year")
    arguments = parser.parse_args()
    if arguments.simulate:
        simulated_year()
    demand_table()

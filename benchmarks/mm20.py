"""The M/M/20 queue, 90% busy: govsim's whole engine beside other programs, on the same arrivals.

    pip install ciw salabim cimba        # those that are there are run
    python benchmarks/mm20.py            # a minute or two

Arrivals and service times are drawn beforehand, and given to each: `govsim.engine` with all
its mechanisms and records, the SimPy model of govsim, a queue written plainly for SimPy, Ciw,
salabim and Cimba, and a bare loop that does no more than such a queue must, in C (mm20.c, -O3)
if there is a compiler and compiled as the engine is. Each gives the
mean wait, which must be the same; printed is the time per customer, the best of three runs.
"""

from __future__ import annotations

import argparse
import ctypes
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import simpy
from numpy.typing import NDArray

from govsim import engine, model
from govsim.demand.table import DemandTable, draw
from govsim.scenarios.loading import load
from govsim.service import network
from govsim.service.compiling import compiled
from govsim.service.network import Network
from govsim.service.outcome import Outcome

Ints = NDArray[np.int64]

HERE = Path(__file__).parent
MINE = "govsim, the whole engine"
SERVERS, PER_MINUTE = 20, 18
"""Each customer is served for a minute on average."""


def queue(customers: int) -> tuple[Network, DemandTable]:
    """Lay out the queue as a scenario, and draw about so many customers."""
    plan = load(
        HERE.parent / "scenarios" / "textbook" / "erlang_c.yaml",
        settings=[
            ("horizon", f"{round(customers / PER_MINUTE)} min"),
            ("warm_up", "0 min"),
            ("demand.categories.demand.rate", f"{PER_MINUTE} per min"),
            ("teams.team.roster.all day", str(SERVERS)),
        ],
    )
    net = network.build(plan.scenario, plan.folder)
    return net, draw(net, 0)


def by_simpy(arrives: Ints, work: Ints) -> float:
    """Run a queue as SimPy's own examples write one."""
    env = simpy.Environment()
    staff = simpy.Resource(env, SERVERS)
    waits = []

    def customer(env: simpy.Environment, work: int) -> Iterator[simpy.Event]:
        came = env.now
        with staff.request() as request:
            yield request
            waits.append(env.now - came)
            yield env.timeout(work)

    def source(env: simpy.Environment) -> Iterator[simpy.Event]:
        for at, length in zip(arrives.tolist(), work.tolist(), strict=True):
            yield env.timeout(at - env.now)
            env.process(customer(env, length))

    env.process(source(env))
    env.run()
    return float(np.mean(waits))


def by_ciw(arrives: Ints, work: Ints) -> float:
    """Run it with Ciw's distributions of given numbers."""
    import ciw

    gaps = np.diff(arrives, prepend=0).tolist()
    plan = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, float("inf")])],
        service_distributions=[ciw.dists.Sequential(work.tolist())],
        number_of_servers=[SERVERS],
    )
    simulation = ciw.Simulation(plan)
    simulation.simulate_until_max_customers(len(arrives), method="Finish")
    return float(np.mean([r.waiting_time for r in simulation.get_all_records()]))


def by_salabim(arrives: Ints, work: Ints) -> float:
    """Run it with salabim's components."""
    import salabim as sim

    sim.yieldless(False)
    env = sim.Environment(trace=False, time_unit="n/a")
    staff = sim.Resource("staff", capacity=SERVERS, monitor=False)
    waits = []

    class Customer(sim.Component):
        def setup(self, work: int) -> None:
            self.work = work

        def process(self) -> Iterator[None]:
            came = env.now()
            yield self.request(staff)
            waits.append(env.now() - came)
            yield self.hold(self.work)
            self.release()

    class Source(sim.Component):
        def process(self) -> Iterator[None]:
            for at, length in zip(arrives.tolist(), work.tolist(), strict=True):
                yield self.hold(till=at)
                Customer(work=length)

    Source()
    env.run()
    return float(np.mean(waits))


def by_cimba(arrives: Ints, work: Ints) -> tuple[float, float]:
    """Run it with Cimba, in a process of its own; the time, s, and the mean wait, ms."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("arrives.npy", "work.npy")]
        for file, values in zip(files, (arrives, work), strict=True):
            np.save(file, values)
        command = [sys.executable, str(HERE / "mm20_cimba.py"), *files]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, wait = map(float, said.split()[-2:])
    return seconds, wait


@compiled
def _push(times: Ints, who: Ints, n: int, time: int, customer: int) -> None:
    while n > 0:
        parent = (n - 1) // 2
        if times[parent] < time or (times[parent] == time and who[parent] <= customer):
            break
        times[n], who[n] = times[parent], who[parent]
        n = parent
    times[n], who[n] = time, customer


@compiled
def _pop(times: Ints, who: Ints, n: int) -> None:
    time, customer = times[n], who[n]
    i, child = 0, 1
    while child < n:
        other = child + 1
        if other < n and (
            times[other] < times[child]
            or (times[other] == times[child] and who[other] < who[child])
        ):
            child = other
        if time < times[child] or (time == times[child] and customer < who[child]):
            break
        times[i], who[i] = times[child], who[child]
        i, child = child, 2 * child + 1
    times[i], who[i] = time, customer


@compiled
def numba_loop(servers: int, arrives: Ints, work: Ints, began: Ints, ended: Ints) -> None:
    """Do what mm20.c does, compiled as the engine is."""
    n = len(arrives)
    times, who = np.empty(servers, np.int64), np.empty(servers, np.int64)
    waiting = np.empty(n, np.int64)
    busy = head = tail = coming = 0
    while coming < n or busy:
        if busy and (coming >= n or times[0] <= arrives[coming]):
            now, done = times[0], who[0]
            ended[done] = now
            busy -= 1
            _pop(times, who, busy)
            if head < tail:
                d = waiting[head]
                head += 1
                began[d] = now
                _push(times, who, busy, now + work[d], d)
                busy += 1
        else:
            d = coming
            coming += 1
            if busy < servers:
                began[d] = arrives[d]
                _push(times, who, busy, arrives[d] + work[d], d)
                busy += 1
            else:
                waiting[tail] = d
                tail += 1


def by_numba(arrives: Ints, work: Ints) -> float:
    """Run the bare loop, compiled as the engine is."""
    began, ended = np.empty_like(arrives), np.empty_like(arrives)
    numba_loop(SERVERS, arrives, work, began, ended)
    return float((began - arrives).mean())


def c_loop() -> Callable[[Ints, Ints], float] | None:
    """Build the loop in C; None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    built = Path(tempfile.mkdtemp()) / "mm20.so"
    flags = ["-O3", "-march=native", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, str(HERE / "mm20.c"), "-o", str(built)], check=True)
    loop = ctypes.CDLL(str(built)).mmc
    loop.argtypes = [ctypes.c_int64] * 2 + [np.ctypeslib.ndpointer(np.int64)] * 4

    def run(arrives: Ints, work: Ints) -> float:
        began, ended = np.empty_like(arrives), np.empty_like(arrives)
        loop(len(arrives), SERVERS, arrives, work, began, ended)
        return float((began - arrives).mean())

    return run


def best(block: Callable[[], float], runs: int = 3) -> tuple[float, float]:
    """Shortest of several times, s, and what the block gives."""
    times, found = deque[float](), 0.0
    for _ in range(runs):
        begun = time.perf_counter()
        found = block()
        times.append(time.perf_counter() - begun)
    return min(times), found


def mean_wait(
    run: Callable[[Network, DemandTable], Outcome], net: Network, table: DemandTable
) -> float:
    """Mean wait for a server, ms, as an engine of govsim gives it."""
    visits = run(net, table).visits
    begun = visits["began"] >= 0
    return float((visits["began"] - visits["queued"])[begun].mean())


def fast_ones(net: Network, table: DemandTable) -> Iterator[tuple[str, float, float]]:
    """Run what is compiled: name, shortest time, s, mean wait, ms."""
    arrives, work = given(net, table)
    engine.run(net, table)  # compiled now, if it was not
    yield MINE, *best(lambda: mean_wait(engine.run, net, table), 5)
    by_numba(arrives, work)  # compiled now
    yield "a bare loop, compiled so", *best(lambda: by_numba(arrives, work), 5)
    if loop := c_loop():
        yield "a bare loop in C, -O3", *best(lambda: loop(arrives, work), 5)
    if find_spec("cimba"):
        yield "Cimba", *by_cimba(arrives, work)


def slow_ones(net: Network, table: DemandTable) -> Iterator[tuple[str, float, float]]:
    """Run what is in Python, likewise."""
    arrives, work = given(net, table)
    yield "govsim, the SimPy model", *best(lambda: mean_wait(model.run, net, table), 1)
    yield "SimPy, written plainly", *best(lambda: by_simpy(arrives, work), 1)
    if find_spec("salabim"):
        yield "salabim", *best(lambda: by_salabim(arrives, work), 1)
    if find_spec("ciw"):
        yield "Ciw", *best(lambda: by_ciw(arrives, work), 1)


def given(net: Network, table: DemandTable) -> tuple[Ints, Ints]:
    """Times of arrival and of service, ms, of all who come before the horizon."""
    come = table.enters < net.end
    return table.enters[come], table.stage_work[: come.sum()].astype(np.int64)


def main() -> None:
    """Run all that are there, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000, help="for the fast ones")
    parser.add_argument("--few", type=int, default=100_000, help="for those in Python")
    arguments = parser.parse_args()
    costs: dict[str, float] = {}
    for customers, programs in ((arguments.customers, fast_ones), (arguments.few, slow_ones)):
        net, table = queue(customers)
        n = len(table)
        for name, seconds, wait in programs(net, table):
            costs[name] = seconds / n * 1e9
            print(f"  {name:28} {n:>9,} customers, mean wait {wait / 1000:.2f} s", flush=True)
    print(f"\n{'M/M/20, 90% busy':30} {'ns a customer':>14} {'times govsim':>13}")
    for name, cost in costs.items():
        print(f"{name:30} {cost:14,.0f} {cost / costs[MINE]:13.2f}")


if __name__ == "__main__":
    main()

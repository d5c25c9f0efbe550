"""What a worker does: one replication, or one pilot, of a plan that travels with the task.

A `Task` is small: what it simulates is drawn where it is done, from the seed. A worker
needs no file of the caller's, and builds the network of a plan once. Called by
`govsim.runs.replications` through `govsim.runs.executors`.
"""

from __future__ import annotations

import ctypes
import gc
import pickle
import platform
import sys
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import pandas as pd

from govsim.demand.table import DemandTable, draw
from govsim.errors import RunError
from govsim.measures import warmup
from govsim.measures.ledger import demands_frame
from govsim.measures.replication import Measures, measure
from govsim.runs import provenance
from govsim.runs.executors import report
from govsim.scenarios.loading import load
from govsim.scenarios.units import DAY
from govsim.service import network
from govsim.service.network import Lines, Network
from govsim.service.outcome import Outcome
from govsim.storage.tables import HOURS, LATE, MEASURES, ORDERS, WEEKLY, pack

Engine = Literal["compiled", "simpy"]
"""What simulates: the compiled engine, or the SimPy model. Both give the same bits."""

TEMPLATE = Path(__file__).parents[1] / "scenarios" / "template.yaml"

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's `mallopt`, from ``malloc.h``; 32 MiB is the most that the second takes."""

TURN = 0.0002
"""Seconds after which a thread that waits for Python's lock asks for it; Python's own are 0.005.

The engine needs the lock for a moment at each midnight; with Python's own value a year of them
waits for 30 ms where another thread draws or measures, with this one for a third of that.
"""

KEPT = 16
"""Networks that a process keeps at most, those used last."""

KEPT_STEPS = 12_000_000
"""Steps of rosters that these hold at most: a district's year has 2.6 million, in some 200 MB."""

_networks: OrderedDict[str, Network] = OrderedDict()
_one_builds = threading.Lock()


@dataclass(frozen=True)
class Plan:
    """A scenario with its territory, as it travels to workers.

    Attributes
    ----------
    run : id of its run; see `govsim.runs.provenance.run_id`.
    program : code and libraries that it is to be simulated with.
    content : scenario and territory, packed; some 100 kB for a district.
    """

    run: str
    program: provenance.Program = field(compare=False)
    content: bytes = field(compare=False, repr=False)

    @classmethod
    def of(cls, service: Network) -> Plan:
        """Pack a network; in this process it will not be built again."""
        packed = zlib.compress(pickle.dumps((service.scenario, service.territory)), 1)
        plan = cls(provenance.run_id(service), provenance.program(), packed)
        with _one_builds:
            _keep(plan.run, service)
        return plan

    def network(self, like: Network | None = None, lines: Lines | None = None) -> Network:
        """Lay out the service, or take the network that was laid out before.

        Parameters
        ----------
        like, lines : of another plan for the same territory and days; see
            `govsim.service.network.lay_out`.

        Raises
        ------
        RunError
            This process has another program than the caller.
        """
        with _one_builds:
            if self.run not in _networks:
                if differs := provenance.difference(self.program, provenance.program()):
                    raise RunError(differs)
                scenario, territory = pickle.loads(zlib.decompress(self.content))
                there = territory if like is None else like.territory
                _keep(self.run, network.lay_out(scenario, there, like, lines))
            _networks.move_to_end(self.run)
            return _networks[self.run]


def _keep(run: str, service: Network) -> None:
    _networks[run] = service
    while len(_networks) > KEPT or (len(_networks) > 1 and _steps_kept() > KEPT_STEPS):
        _networks.popitem(last=False)


def _steps_kept() -> int:
    return sum(len(line.times) for kept in _networks.values() for line in kept.timelines)


@dataclass(frozen=True)
class Task:
    """One replication.

    Attributes
    ----------
    plan : what is simulated.
    replication : its number, from 0.
    measured_from : end of the warm-up, ms.
    engine : what simulates.
    orders : whether what became of each demand is wanted too.
    """

    plan: Plan
    replication: int
    measured_from: int = 0
    engine: Engine = "compiled"
    orders: bool = False


def perform(task: Task) -> dict[str, pd.DataFrame]:
    """Simulate a replication and give its tables by the names in `govsim.storage`."""
    suit_the_work()
    service = task.plan.network()
    found, table, outcome = simulate(
        service, task.replication, task.measured_from, _report_of(service), task.engine
    )
    tables = {
        MEASURES: found.values,
        WEEKLY: found.weekly,
        HOURS: found.hours,
        LATE: found.late,
    }
    if task.orders:
        tables[ORDERS] = demands_frame(service, table, outcome, found.pieces)
    return tables


def packed(task: Task) -> dict[str, bytes]:
    """As `perform`, with the tables packed: a tenth of the bytes, and the work of a worker."""
    return {name: pack(t, task.replication) for name, t in perform(task).items()}


def pilot(task: Task) -> dict[str, warmup.Series]:
    """Simulate a replication and give the series by which its warm-up is found."""
    suit_the_work()
    service = task.plan.network()
    table = draw(service, task.replication)
    outcome = runs(task.engine)(service, table, 0, _report_of(service))
    return warmup.observe(outcome, warmup.step(service.end))


def _report_of(service: Network) -> Callable[[int], None]:
    """Report the share of a replication at each midnight."""
    days = service.end / DAY
    return lambda day: report(min(1.0, day / days))


def simulate(
    network: Network,
    replication: int,
    measured_from: int = 0,
    on_day: Callable[[int], None] | None = None,
    engine: Engine = "compiled",
) -> tuple[Measures, DemandTable, Outcome]:
    """Run one replication: draw its demands, serve them, measure.

    Parameters
    ----------
    network : the service.
    replication : its number, from 0.
    measured_from : end of the warm-up, ms.
    on_day : told the days that have passed, at each midnight.
    engine : what simulates.
    """
    table = draw(network, replication)
    outcome = runs(engine)(network, table, measured_from, on_day)
    return measure(network, table, outcome), table, outcome


def runs(engine: Engine) -> Callable[..., Outcome]:
    """Get the function that simulates; either engine is imported only where it is used."""
    if engine == "simpy":
        from govsim import model

        return model.run
    if engine != "compiled":
        raise ValueError(f"no engine is called {engine!r}")
    from govsim.engine import run as compiled

    return compiled


@cache
def compile_engine() -> None:
    """Compile whatever is compiled when it is first used, by simulating a day.

    Several workers that begin at once would otherwise wait for one of them, or each compile.
    """
    day = (("horizon", "1 day"), ("warm_up", "0 days"))
    loaded = load(TEMPLATE, settings=day)
    simulate(network.build(loaded.scenario, loaded.folder), 0)


@cache
def suit_the_work() -> None:
    """Set up this process, once, for replications in several threads."""
    keep_freed_memory()
    sys.setswitchinterval(TURN)
    gc.enable()  # a command that has just begun may have put it off


def keep_freed_memory() -> None:
    """Let this process keep what it frees, up to 1 GiB, for its next replication.

    A replication takes and frees hundreds of MB in columns of some MB. glibc gives them
    back each time, and the system must clear them again; with the low threshold that Dask
    sets for its workers (``MALLOC_TRIM_THRESHOLD_``, 64 kB) that takes a third of the time.
    Other C libraries are left alone.
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, 2**25)
        libc.mallopt(M_TRIM_THRESHOLD, 2**30)

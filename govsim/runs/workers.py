"""Where replications are done: in this process, threads, processes, or on a cluster."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govsim.runs.executors import Executor


def choose(
    workers: int | None = None, processes: bool = False, cluster: str | None = None
) -> Executor:
    """Choose where tasks are done.

    Parameters
    ----------
    workers : tasks at once; as many as this process may use cores if not given. 1 is this
        process without further threads.
    processes : take processes, not threads.
    cluster : address of a Dask scheduler, ``tls://host:port``; its workers do the tasks.

    Raises
    ------
    InputError, RunError
        The cluster can't be used; see `govsim.runs.cluster.Cluster`.
    """
    from govsim.runs.executors import Processes, Serial, Threads  # who counts cores needs none

    if cluster is not None:
        from govsim.runs.cluster import Cluster

        return Cluster(cluster)
    slots = cores() if workers is None else workers
    if slots == 1:
        return Serial()
    return Processes(slots) if processes else Threads(slots)


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

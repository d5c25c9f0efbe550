"""Whether a replication fits in memory: what it is expected to hold against what there is.

Asked by `govsim.checks.offered_load` before anything is drawn, so that `govsim validate` refuses
what would end without memory or never. Expected numbers, as `govsim.checks.offered_load` has them;
a replication that is somewhat larger by chance still fits.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from govsim.demand.arrivals import NUMBER_BITS, day_factors, expected_per_day
from govsim.language import tr
from govsim.scenarios.findings import Finding, error
from govsim.scenarios.quantities import DAY
from govsim.service.network import Network

BYTES_PER_DEMAND = 2_000
"""Measured: 1,200 with every mechanism switched off, 2,400 with all of them, at the peak."""

BYTES_PER_STAGE = 32
"""Of each further stage of work."""

MOST_IN_A_CELL = 0.9 * 2**NUMBER_BITS
"""Identities number no more demands of a grid and category; chance may add a little."""

MOST_STAGES = 1_000
"""Pieces of work of one demand, on average: above it, work is handed round rather than on."""

USUAL_MEMORY = 16 << 30
"""Bytes, where the system doesn't say."""

GIB = 1 << 30


def memory() -> int:
    """Memory that this process may have, bytes: the machine's, or less in a container."""
    found = [USUAL_MEMORY]
    with suppress(ValueError, OSError, AttributeError):
        found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            found.append(int((Path("/sys/fs/cgroup") / name).read_text()))
    return min(found)


def nobody_lives_there(network: Network) -> Iterator[Finding]:
    """Tables whose grids have no residents at all."""
    if not network.territory.grids["residents"].sum() > 0:
        text = tr("nobody lives in any of the grids; at least one must have residents")
        table = network.scenario.territory.grids.table
        yield error(("territory", "grids", "table" if table else "count"), text)


def too_large(network: Network, passed: NDArray[np.float64]) -> Iterator[Finding]:
    """Find what a replication would hold that can't be held.

    Parameters
    ----------
    network : the service.
    passed : float64[groups, groups], stages in each group for a demand that begins in one.
    """
    stages = float(np.max(passed.sum(axis=1), initial=1.0))
    if not stages <= MOST_STAGES:
        text = tr(
            "work is handed on {n} times before it ends, on average; at most {most} is allowed",
            n=f"{stages:.3g}",
            most=MOST_STAGES,
        )
        yield error(("groups",), text)
        return
    cells = _expected(network)
    demands, days = float(cells.sum()), -(-network.end // DAY)
    need = demands * (BYTES_PER_DEMAND + stages * BYTES_PER_STAGE)
    need += 24.0 * days * len(cells)
    there = memory()
    if not need <= there:
        text = tr(
            "a replication would have {n} demands and take {need} GB; this machine has {there} GB: "
            "fewer residents, lower rates or a shorter horizon fit",
            n=f"{demands:.3g}",
            need=f"{need / GIB:.3g}",
            there=f"{there / GIB:.3g}",
        )
        yield error(("demand",), text)
    elif cells.max(initial=0.0) > MOST_IN_A_CELL:
        text = tr(
            "a grid would have {n} demands of one category; at most {most} are allowed: split it "
            "into more grids",
            n=f"{cells.max():.3g}",
            most=f"{MOST_IN_A_CELL:.3g}",
        )
        yield error(("territory", "grids"), text)


def _expected(network: Network) -> NDArray[np.float64]:
    """Expected demands of a replication: float64[grids, categories]; the most that surges add."""
    a_day = expected_per_day(network)
    surges = sum(
        max(surge.factor - 1, 0.0) * min(surge.lasts, network.end) / DAY
        for surge in network.scenario.demand.surges
    )
    factors = day_factors(network)
    found: NDArray[np.float64] = a_day * (factors.sum() + surges * factors.max(initial=0.0))
    return found

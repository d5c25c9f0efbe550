"""Time of people on duty, added up over the millions of steps of a year's rosters, compiled.

Called by `govsim.measures.workload`, once for each network.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios.units import HOUR
from govsim.service.compiling import kept

Ints = NDArray[np.int64]


@kept
def within(starts: Ints, ends: Ints, times: Ints, numbers: Ints, start: int, end: int) -> int:
    """Add up the person-ms of a roster in [start, end) that lie in a clock's stretches.

    Parameters
    ----------
    starts, ends : int64[n], stretches in order.
    times, numbers : int64[m], steps of a roster; each holds until the next, the last for good.
    """
    total, j = 0, 0
    for k in range(len(times)):
        begins = max(times[k], start)
        over = min(times[k + 1], end) if k + 1 < len(times) else end
        if over <= begins or not numbers[k]:
            continue
        while j < len(starts) and ends[j] <= begins:
            j += 1
        i = j
        while i < len(starts) and starts[i] < over:
            total += numbers[k] * (min(ends[i], over) - max(starts[i], begins))
            i += 1
    return total


@kept
def add_by_hour(
    times: Ints, numbers: Ints, start: int, end: int, first: int, by_hour: NDArray[np.float64]
) -> None:
    """Add up the person-ms of a roster in [start, end) by hour of the week.

    Parameters
    ----------
    first : hour of the week at time 0.
    by_hour : float64[168], which is added to; whole numbers, so no order of adding matters.
    """
    for k in range(len(times)):
        now = max(times[k], start)
        over = min(times[k + 1], end) if k + 1 < len(times) else end
        if over <= now or not numbers[k]:
            continue
        hour = now // HOUR
        at = (hour + first) % len(by_hour)
        edge = (hour + 1) * HOUR
        while now < over:
            until = min(over, edge)
            by_hour[at] += (until - now) * numbers[k]
            now = until
            edge += HOUR
            at = at + 1 if at + 1 < len(by_hour) else 0

"""People who are free for demands and at other work in turn, compiled: millions of steps a year.

Called by `govsim.service.rosters` for each roster with other work.
"""

from __future__ import annotations

from math import floor

import numpy as np
from numpy.typing import NDArray

from govsim.scenarios.units import MINUTE
from govsim.service.compiling import inlined, kept, kept_if_entered

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STEP = 5 * MINUTE
"""Free time begins and ends at whole steps."""


@inlined
def _rounded(time: float) -> int:
    return floor(time / STEP + 0.5) * STEP


@kept_if_entered
def take_turns(
    times: Ints,
    most: Ints,
    paid: Ints,
    present: Ints,
    boundary: Bools,
    whole: Ints,
    part: Floats,
    turns: Floats,
    period: float,
    keep: bool,
    new_times: Ints,
    free: Ints,
    new_paid: Ints,
    new_present: Ints,
    new_boundary: Bools,
) -> int:
    """Lay out the steps of a roster with other work; return how many there are.

    In each cycle one more person than `whole` is free for the last `part` of it. Steps at which
    nothing changes are left out.

    Parameters
    ----------
    times, most, paid, present, boundary : of the roster, each step as long as the next is not
        there; `most` are there to be free.
    whole : int64[n], people free all the time.
    part : float64[n], the part of each cycle for which there is one more.
    turns : float64[cycles], when each cycle ends, ms.
    period : its length, ms.
    keep : whether to leave in steps at which a shift changes and no number.
    new_times, free, new_paid, new_present, new_boundary : what is found; room for
        `len(times) + 2 * len(turns)` entries is enough.
    """
    n, cycle, put = len(times), 0, 0
    until = _rounded(turns[0])
    before = 0  # when the cycle before ended
    for j in range(n):
        now, one = times[j], part[j]
        while True:
            while cycle < len(turns) and until <= now:
                before = until
                cycle += 1
                if cycle < len(turns):
                    until = _rounded(turns[cycle])
            number, begin = whole[j], -1
            if one > 0 and cycle < len(turns):
                begin = max(_rounded(turns[cycle] - one * period), before)
                number += begin <= now
            number = min(number, most[j])
            edge = boundary[j] and now == times[j]
            if (
                put == 0
                or free[put - 1] != number
                or new_paid[put - 1] != paid[j]
                or new_present[put - 1] != present[j]
                or (keep and edge)
            ):
                new_times[put] = now
                free[put], new_paid[put], new_present[put] = number, paid[j], present[j]
                new_boundary[put] = edge
                put += 1
            if begin < 0 or j + 1 == n:
                break
            then = begin if begin > now else until
            if then >= times[j + 1]:
                break
            now = then
    return put


@kept
def integral(times: Ints, numbers: Ints, start: int, end: int) -> int:
    """Add up a step function over [start, end), person-ms; the last step holds for good."""
    total = 0
    for k in range(len(times)):
        until = min(times[k + 1], end) if k + 1 < len(times) else end
        total += numbers[k] * max(until - max(times[k], start), 0)
    return total

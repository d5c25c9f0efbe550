"""The order of many times, compiled: a year has millions of steps of rosters.

Called by `govsim.service.plan`, and by what puts demands in order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.service.compiling import inlined, kept

Ints = NDArray[np.int64]

DIGIT = 12
"""Bits that one pass sorts by: its 4096 counters fit the fastest cache."""


def order_of(times: Ints) -> Ints:
    """Give the stable order of times: ``np.argsort(times, kind="stable")``, sooner.

    Parameters
    ----------
    times : int64[n]; the narrower their range, which is below 2**63, the fewer passes.

    Notes
    -----
    Radix sort from the last digit: Knuth, *The Art of Computer Programming* 3, 5.2.5.
    """
    order = np.arange(len(times))
    if not len(times):
        return order
    keys = times - times.min()
    passes = -(-int(keys.max()).bit_length() // DIGIT)
    spare = np.empty_like(order)
    return spare if _sort(keys, order, np.empty_like(keys), spare, passes) else order


@kept
def _sort(keys: Ints, order: Ints, keys_2: Ints, order_2: Ints, passes: int) -> bool:
    """Sort `keys`, and `order` with them; tell whether they end up in the second arrays."""
    place = np.empty(1 << DIGIT, np.int64)
    last = len(place) - 1
    for turn in range(passes):
        shift = turn * DIGIT
        place[:] = 0
        for i in range(len(keys)):
            place[keys[i] >> shift & last] += 1
        add_up(place)
        for i in range(len(keys)):
            digit = keys[i] >> shift & last
            at = place[digit]
            keys_2[at], order_2[at] = keys[i], order[i]
            place[digit] = at + 1
        keys, keys_2 = keys_2, keys
        order, order_2 = order_2, order
    return passes % 2 == 1


@inlined
def add_up(counts: Ints) -> None:
    """Turn counts into the places at which each begins."""
    place = 0
    for i in range(len(counts)):
        count = counts[i]
        counts[i] = place
        place += count


@kept
def lay_out_steps(
    order: Ints,
    times: Ints,
    lines: Ints,
    numbers: Ints,
    present: Ints,
    boundary: NDArray[np.bool_],
    staff: Ints,
    n_staff: Ints,
    steps: NDArray[Any],
) -> None:
    """Write the steps of rosters in their order into records; `staff` and `n_staff` by line."""
    for i in range(len(order)):
        k, step = order[i], steps[i]
        line = lines[k]
        step.time, step.line = times[k], line
        step.number, step.present, step.boundary = numbers[k], present[k], boundary[k]
        step.staff, step.n_staff = staff[line], n_staff[line]

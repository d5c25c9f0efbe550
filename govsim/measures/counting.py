"""One pass over the demands of a clock that counts what made them late, compiled.

Called by `govsim.measures.late`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.service.compiling import inlined, kept

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

N, ALONE, LATE_MS, KEPT_MS = range(4)
"""What is counted: demands, those that one piece alone made late, ms of those late and in time."""

ALL_LATE, ALL_KEPT, FIRST_PIECE = range(3)
"""Rows of what is counted: all late demands, all in time, then one for each piece."""


@kept
def count_pieces(
    mine: Ints,
    in_time: Bools,
    length: Ints,
    limit: Ints,
    turned_away: Bools,
    spent: Ints,
    given_up: int,
    code: Ints,
    other_code: Ints,
    counts: Ints,
    other_counts: Ints,
) -> None:
    """Count demands by what their time went to.

    Parameters
    ----------
    mine : int64[m], the demands that the clock applies to; the following are of all demands.
    in_time : whether each kept the clock.
    length, limit : how long the clock ran and might run, ms.
    turned_away : whether each was turned away at once, so that it spent no time on anything.
    spent : int64[pieces, n], ms.
    given_up : the piece of those who were turned away, and of those without any.
    code, other_code : two ways to group demands.
    counts, other_counts : int64[2 + pieces, 4, groups], which are added to.
    """
    for d in mine:
        a, b = code[d], other_code[d]
        if in_time[d]:
            _add(counts, other_counts, ALL_KEPT, N, a, b, 1)
            _add(counts, other_counts, ALL_KEPT, KEPT_MS, a, b, length[d])
            for p in range(len(spent)):
                if spent[p, d]:
                    _add(counts, other_counts, FIRST_PIECE + p, KEPT_MS, a, b, spent[p, d])
            continue
        over, longest, largest = length[d] - limit[d], 0, given_up
        turned = turned_away[d] and length[d] == 0
        any_alone = turned
        for p in range(len(spent)):
            lasted = spent[p, d]
            if lasted > longest:
                longest, largest = lasted, p
            alone = (lasted > 0 and lasted >= over) or (turned and p == given_up)
            if alone:
                any_alone = True
                _add(counts, other_counts, FIRST_PIECE + p, ALONE, a, b, 1)
            if lasted:
                _add(counts, other_counts, FIRST_PIECE + p, LATE_MS, a, b, lasted)
        _add(counts, other_counts, FIRST_PIECE + largest, N, a, b, 1)
        _add(counts, other_counts, ALL_LATE, N, a, b, 1)
        _add(counts, other_counts, ALL_LATE, LATE_MS, a, b, length[d])
        if any_alone:
            _add(counts, other_counts, ALL_LATE, ALONE, a, b, 1)


@inlined
def _add(
    counts: Ints, other_counts: Ints, row: int, column: int, a: int, b: int, value: int
) -> None:
    counts[row, column, a] += value
    other_counts[row, column, b] += value

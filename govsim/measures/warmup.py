"""How long a service takes to settle from its empty start, found by MSER-5.

Called by `govsim.runs.replications` where a scenario says ``warm_up: mser5``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.language import tr
from govsim.measures.statistics import mser5
from govsim.scenarios.units import DAY, HOUR
from govsim.service.outcome import Outcome

PILOTS = 5
"""Replications that only serve to find the warm-up; Hoad et al. 2010 take five."""

FIRST_PILOT = 2**31
"""Number of the first pilot: far from those of any replication that is measured."""

FEWEST = 50
"""Observations of a series, at least: ten batches of five."""

Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WarmUp:
    """A warm-up that was found.

    Attributes
    ----------
    length : ms.
    settled : False where the horizon is too short to tell; `length` is then the best cut
        within its first half.
    measure : the series that takes longest: ``open`` (demands) or ``orders`` (of 12345).
    """

    length: int
    settled: bool
    measure: str


def find(pilots: Iterable[Mapping[str, Series]], interval: int) -> WarmUp:
    """Cut where both open demands and orders have settled.

    Parameters
    ----------
    pilots : what `observe` gives of each pilot replication.
    interval : length of the steps that were observed, ms.

    Notes
    -----
    The rule is applied to the mean over the pilots of the number of open demands and of
    the orders that came, step by step; each step is a day, or less on a short horizon.
    Days are smoothed over the week before, or the rule would see Sundays as bias.
    """
    series: dict[str, list[Series]] = {}
    for pilot in pilots:
        for name, one in pilot.items():
            series.setdefault(name, []).append(one)
    longest = WarmUp(0, True, "open")
    for name, several in series.items():
        mean = np.mean(several, axis=0)
        window = 7 if interval == DAY and len(mean) >= FEWEST + 7 else 1
        mean = np.convolve(mean, np.full(window, 1 / window), "valid")
        if np.ptp(mean) == 0:
            continue
        cut = mser5(mean)
        found = WarmUp(cut.index * interval, cut.settled, name)
        if (not found.settled, found.length) > (not longest.settled, longest.length):
            longest = found
    return longest


def doubts(found: WarmUp, end: int) -> Iterator[str]:
    """Say why a warm-up that was found may be too short, on a horizon of `end` ms."""
    if not found.settled:
        yield tr(
            "the horizon is too short to find the warm-up: {measure} have not settled by "
            "half of it; the first {days:.1f} days are left out",
            measure=tr("open demands") if found.measure == "open" else tr("12345 orders"),
            days=found.length / DAY,
        )
    # White's rule weighs bias against noise: on a short series it keeps the bias.
    if end < FEWEST * DAY:
        yield tr(
            "a warm-up found by MSER-5 is too short where the horizon is below {days} days and "
            "people are busy most of the time: waits come out too low (by 6% at 95% busy and ten "
            "days); give `warm_up` as a time, or a longer `horizon`",
            days=FEWEST,
        )


def step(end: int) -> int:
    """Choose the step in which a replication of this length, ms, is observed."""
    for length in (DAY, HOUR):
        if end >= FEWEST * length:
            return length
    return max(1, end // (4 * FEWEST))


def observe(outcome: Outcome, step: int) -> dict[str, Series]:
    """Count by step of time.

    Returns
    -------
    dict
        ``open`` at the end of each whole step, and ``orders`` within it;
        float64[steps].
    """
    steps = outcome.end // step
    edges = np.arange(steps + 1) * step
    d = outcome.demands
    begun = d["accepted"]
    begun = np.where(d["reported"] >= 0, d["reported"], begun)
    came = np.sort(begun[begun >= 0])
    ended = (d["closed"] >= 0) & (begun >= 0)
    went = np.sort(d["closed"][ended])
    opened = np.searchsorted(came, edges[1:]) - np.searchsorted(went, edges[1:])
    orders = np.histogram(outcome.orders["time"], edges)[0]
    return {
        "open": opened.astype(np.float64),
        "orders": orders.astype(np.float64),
    }

"""Summary statistics of records: few numbers in which the latent inputs show.

Each is on a scale on which it varies about normally: counts and times as logarithms, shares as
log odds. What is counted half too high (0.5 more of each) can't be infinite where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from govsim.calibration.inference.records import Ledger, Links, Orders, Records
from govsim.scenarios.units import HOUR

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LONG = 24 * HOUR
"""A case that takes longer than this was not solved on the scene, but by a department."""


def of(records: Records) -> dict[str, float]:
    """Summarise records.

    Returns
    -------
    dict
        Value by name; names begin with ``orders``, ``ledger`` or ``links``, by the record that
        shows them. Those that records can't show are left out.
    """
    found = dict(_of_orders(records.orders, records.weeks))
    if records.ledger is not None:
        found |= dict(_of_ledger(records.ledger, records.weeks))
        if records.links is not None:
            found |= dict(_of_links(records.ledger, records.links))
    return found


def _of_orders(orders: Orders, weeks: float) -> Iterator[tuple[str, float]]:
    yield "orders a week", _count(len(orders.took), weeks)
    yield "orders again", _odds(orders.again)
    # A median of all would leap from the scene's minutes to a department's days.
    long = orders.took >= LONG
    yield "orders long time", _odds(long)
    fine = orders.step < LONG
    yield "orders median short time", _quantile(orders.took[~long & fine], 0.5, orders.step)
    yield "orders median long time", _quantile(orders.took[long], 0.5, orders.step)


def _of_ledger(ledger: Ledger, weeks: float) -> Iterator[tuple[str, float]]:
    on_scene, took, step = ledger.scene, ledger.resolved, ledger.step
    at_work = _between(on_scene, took)
    came, short = np.isfinite(on_scene) & (step < LONG), (at_work < LONG) & (step < LONG)
    yield "ledger reported a week", _count(int((~ledger.found).sum()), weeks)
    yield "ledger found a week", _count(int(ledger.found.sum()), weeks)
    yield "ledger median time to the scene", _quantile(on_scene[came], 0.5, step)
    yield "ledger median work", _quantile(at_work[short], 0.5, step)
    yield "ledger upper work", _quantile(at_work[short], 0.85, step)
    yield "ledger long cases", _odds(~(at_work < LONG)[np.isfinite(on_scene)])
    yield "ledger median long time", _quantile(took[took >= LONG], 0.5, step)
    asked = ~np.isnan(ledger.unsatisfied)
    yield "ledger unsatisfied", _odds(ledger.unsatisfied[asked] > 0)


def _of_links(ledger: Ledger, links: Links) -> Iterator[tuple[str, float]]:
    reported = ~ledger.found
    ordered, resolved = links.ordered[reported], ledger.resolved[reported]
    before = np.isfinite(ordered) & (ordered < resolved)
    after = np.isfinite(ordered) & (ordered >= resolved)
    yield "links ordered before it was solved", _odds(before)
    yield "links ordered after it was solved", _odds(after)
    waited = ordered[before & (resolved >= LONG)]
    yield "links median time to that order", _quantile(waited, 0.5, ledger.step)
    slow = resolved >= LONG
    yield "links long cases ordered before they were solved", _odds(before[slow])


# ---------------------------------------------------------------------- scales


def _between(start: Floats, end: Floats) -> Floats:
    """Length of spans; infinite where one end is."""
    found: Floats = np.full(len(start), np.inf)
    np.subtract(end, start, out=found, where=np.isfinite(end))
    return found


def _count(n: int, weeks: float) -> float:
    return float(np.log((n + 0.5) / weeks))


def _odds(happened: Bools) -> float:
    n = int(happened.sum())
    return float(np.log((n + 0.5) / (len(happened) - n + 0.5)))


def _quantile(ms: Floats, q: float, step: int) -> float:
    """Give the logarithm of a quantile in minutes; NaN where there are fewer than five.

    Times that are rounded to the same step lie evenly over it, as in grouped data: the quantile
    moves with their numbers, and doesn't leap from step to step.
    """
    if len(ms) < 5:
        return float("nan")
    at = float(np.quantile(ms, q, method="higher"))
    if not np.isfinite(at):
        return float("nan")
    below, alike = int((ms < at).sum()), int((ms == at).sum())
    within = (q * (len(ms) - 1) - below + 0.5) / alike
    at += step * min(max(within, 0.0), 1.0)
    return float(np.log(at / 60_000 + 0.5))


def _names() -> tuple[str, ...]:
    none, never = np.zeros(0), np.zeros(0, dtype=bool)
    orders = Orders(none, never, np.zeros(0, dtype=np.int64))
    return tuple(of(Records(1.0, orders, Ledger(never, none, none, none), Links(none))))


NAMES = _names()
"""All summaries."""

"""What a calibration is given: work orders, the stations' ledger, and the span they tell of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.log import OrderLog
from govsim.orders.mapping import Mapping
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY, WEEK

SHORTEST = 8 * WEEK
"""A fit takes at least this long a record."""


@dataclass(frozen=True)
class Span:
    """Whole days of the record, local ms since 1970: fitted from start, held out from split."""

    start: int
    split: int
    end: int

    @property
    def held(self) -> int:
        """Days that are held out."""
        return (self.end - self.split) // DAY


def read(source: str | Path, mapping: str | Path | None, scenario: Scenario) -> OrderLog:
    """Read work orders; the mapping is proposed from names and contents if there is none.

    Raises
    ------
    InputError
        They can't be read.
    """
    if mapping is not None:
        return read_orders(source, mapping)
    proposed: Mapping = propose(open_source(source), None, scenario).mapping
    return read_orders(source, proposed)


def span(log: OrderLog, holdout: int) -> Span:
    """Split the whole days of a record into what is fitted and what is held out.

    Parameters
    ----------
    log : work orders.
    holdout : length of the second part, ms.

    Raises
    ------
    InputError
        The first part is too short.
    """
    created = log.milliseconds("created")
    # The first and the last day may have begun before the export, and not be over at its end.
    start, end = -(-int(created.min()) // DAY) * DAY, int(created.max()) // DAY * DAY
    split = end - holdout
    if split - start < SHORTEST:
        message = tr(
            "without the last {held} weeks the record has {weeks:.0f} weeks; a fit takes at least "
            "{least}",
            held=holdout // WEEK,
            weeks=max(0, split - start) / WEEK,
            least=SHORTEST // WEEK,
        )
        raise InputError([Problem(message, file=log.source)])
    return Span(start, split, end)


def date(ms: int) -> str:
    """Write a moment as its date."""
    return str(np.datetime64(ms, "ms").astype("datetime64[D]"))

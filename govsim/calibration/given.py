"""What a calibration is given: work orders, the stations' ledger, and the span they tell of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.orders.log import OrderLog
from govsim.orders.mapping import Columns, MappingFile, Values, load_mapping
from govsim.orders.matching import Matched, match, too_strange
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY, WEEK

SHORTEST = 8 * WEEK
"""A fit takes at least this long a record."""

MOST_UNKNOWN = 0.5
"""Share of orders whose category the scenario doesn't know, from which on nothing is fitted."""


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


def read(
    source: str | Path,
    mapping: str | Path | None,
    scenario: Scenario,
    *,
    ledger: bool = False,
    own: bool = True,
) -> Matched:
    """Read work orders in the words of a scenario, the same with a mapping file and without.

    Parameters
    ----------
    source : file, or address of a database.
    mapping : its file; proposed from names and contents if there is none.
    scenario : whose channels and categories the words are matched with.
    ledger : whether it is the stations' own record.
    own : whether the mapping was written for this source. That of the orders, used for the
        ledger, may name columns that only the orders have, and leave out others of the ledger.

    Raises
    ------
    InputError
        They can't be read, or the scenario doesn't know the greater part of the words that the
        fit needs.
    """
    if mapping is None:
        how = MappingFile(propose(open_source(source)).mapping)
    else:
        how = load_mapping(mapping)
        if not own:
            how = _completed(how, source)
    matched = match(read_orders(source, how), how, scenario)
    needed = ("channel", "category") if ledger else ("category",)
    most = {"channel": 1.0, "category": MOST_UNKNOWN}
    problems = [
        too_strange(matched, field, scenario)
        for field in needed
        if matched.share_unknown(field) >= most[field]
    ]
    if not ended(matched.log).any():
        message = tr(
            "no row says when it was resolved or closed, so how long they take can't be fitted; "
            "give the column with that time as “resolved:” or “closed:” in a mapping"
        )
        problems.append(Problem(message, file=matched.file))
    if problems:
        raise InputError(problems)
    return matched


def ended(log: OrderLog) -> NDArray[np.bool_]:
    """Say which rows have a time when they were resolved, or closed: bool[rows]."""
    there = [log.frame[name].notna() for name in ("resolved", "closed") if name in log.frame]
    return np.logical_or.reduce(there) if there else np.zeros(len(log.frame), dtype=bool)


def _completed(how: MappingFile, source: str | Path) -> MappingFile:
    """Fit a mapping of the orders to the ledger.

    Columns that it names and the ledger has are as it says; of the ledger's other columns, their
    own names and contents tell.
    """
    opened = open_source(source, how.mapping)
    given = how.mapping.columns.given()
    if all(column in opened.header for column in given.values()):
        return how
    kept = {name: column for name, column in given.items() if column in opened.header}
    proposed = propose(opened, how.mapping).mapping
    own = {
        name: column
        for name, column in proposed.columns.given().items()
        if name not in kept and column not in kept.values()
    }
    values = {name: words for name, words in how.mapping.values if name in kept}
    durations = {name: unit for name, unit in how.mapping.durations.items() if name in kept}
    durations |= {name: unit for name, unit in proposed.durations.items() if name in own}
    mapping = how.mapping.model_copy(
        update={
            "columns": Columns(**kept | own),
            "values": Values(**values),
            "durations": durations,
        }
    )
    return replace(how, mapping=mapping)


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

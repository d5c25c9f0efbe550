"""What is counted in a window of time, alike in a record and in its simulation.

Orders by category, place, hour and day; those open at the end of each day; and the share that was
done by its limit; and how long orders of each category take. An order that the centre answered
itself is none of the service's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibration.inference import records, summaries
from govsim.calibration.inference.observations import NONE, end_of, passed_on
from govsim.calibration.inference.records import EXACT, Rounding, rounded, start_of, taken_down
from govsim.calibration.inference.summaries import LONG
from govsim.demand.table import REPORTED, DemandTable, draw
from govsim.orders.log import OrderLog
from govsim.orders.mapping import CLOSED
from govsim.runs.tasks import runs
from govsim.runs.trials import Trial
from govsim.scenarios.units import DAY, HOUR
from govsim.service.network import Network
from govsim.service.outcome import Outcome

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LEVELS = ("grid", "community", "street")
"""What the place of an order may name: a column of the grids."""

HOURS = 24
FEWEST_TIMES = 20
"""Orders of a category below which their times tell nothing."""

LEAST_KNOWN = 0.5
"""Places are compared where the scenario has those of at least this share of the orders."""


@dataclass(frozen=True)
class Counted:
    """Numbers of a window.

    Attributes
    ----------
    category, place : float[n], orders of each.
    hour : float[24], orders by their hour of the day.
    daily : float[days], orders.
    backlog : float[days], orders of the record that are open at the end of the day.
    on_time : float[1], share done by their limit, of those whose limit was in the window; NaN
        where none was.
    long : float[n], of each category the logarithm of the median time, ms, of orders, and of
        cases of the ledger, that took more than a day or are open at the end of the window; NaN
        where these are few, or most of them are open.
    channel : float[channels], reports by channel: of the ledger's cases, and of orders.
    """

    category: Floats
    place: Floats
    hour: Floats
    daily: Floats
    backlog: Floats
    on_time: Floats
    long: Floats
    channel: Floats


@dataclass(frozen=True)
class Cases:
    """Orders, n of them, in local ms since 1970.

    Attributes
    ----------
    created, ended, due : float[n]; infinite where there is none. An order that is closed, but
        nobody wrote down when, has NaN as its end.
    category, place, channel : int[n]; -1 where unknown.
    """

    created: Floats
    ended: Floats
    due: Floats
    category: Ints
    place: Ints
    channel: Ints


@dataclass(frozen=True)
class Window:
    """Whole days in which is counted, local ms since 1970.

    Attributes
    ----------
    start, end : of the window.
    categories : number of categories.
    level : what places name, one of `LEVELS`; empty where the scenario has too few of them.
    places : their names.
    rounding : of the record's times; those of a simulation are rounded alike.
    ledger : whether there is one.
    channels : number of channels.
    """

    start: int
    end: int
    categories: int
    level: str
    places: tuple[str, ...]
    rounding: Rounding = EXACT
    ledger: bool = False
    channels: int = 0

    @property
    def sizes(self) -> tuple[int, ...]:
        """Length of each part of `Counted`."""
        days = (self.end - self.start) // DAY
        one, places = self.categories, len(self.places)
        return one, places, HOURS, days, days, 1, one, self.channels

    def count(self, cases: Cases, own: Cases | None = None) -> Counted:
        """Count orders; `own` are the cases of the ledger."""
        c = cases
        mine = (c.created >= self.start) & (c.created < self.end)
        days = (self.end - self.start) // DAY
        since = (c.created[mine] - self.start).astype(np.int64)
        ends = self.start + DAY * np.arange(1, days + 1)
        came = np.searchsorted(np.sort(c.created), ends)
        # One that ended at an unknown time is left out of what is open, and of what is late.
        went = np.searchsorted(np.sort(np.fmax(c.ended, c.created)), ends)
        limited = mine & (c.due < self.end) & ~np.isnan(c.ended)
        late = c.ended[limited] > c.due[limited]
        return Counted(
            category=_number(c.category[mine], self.categories),
            place=_number(c.place[mine], len(self.places)),
            hour=_number(since % DAY // HOUR, HOURS),
            daily=_number(since // DAY, days),
            backlog=(came - went).astype(np.float64),
            on_time=np.array([1 - late.mean() if len(late) else np.nan]),
            channel=sum(
                (self._channels(each) for each in (cases, own) if each is not None),
                np.zeros(self.channels),
            ),
            long=self._long([cases] if own is None else [cases, own]),
        )

    def _long(self, records: Sequence[Cases]) -> Floats:
        """Take the median of long times by category; what ends after the window is open."""
        took = np.concatenate([self._took(cases) for cases in records])
        category = np.concatenate([cases.category for cases in records])
        found = np.full(self.categories, np.nan)
        for i in range(self.categories):
            one = took[(took >= LONG) & (category == i)]
            if len(one) >= FEWEST_TIMES and np.isfinite(middle := np.median(one)):
                found[i] = np.log(middle)
        return found

    def _channels(self, cases: Cases) -> Floats:
        mine = (cases.created >= self.start) & (cases.created < self.end)
        return _number(cases.channel[mine], self.channels)

    def _took(self, cases: Cases) -> Floats:
        """Give how long cases of the window took; NaN for others, and where nobody knows."""
        mine = (cases.created >= self.start) & (cases.created < self.end)
        took = np.where(cases.ended < self.end, cases.ended - cases.created, np.inf)
        return np.where(mine & ~np.isnan(cases.ended), took, np.nan)

    def parts(self, row: Floats) -> Counted:
        """Take apart what `observe` put in a row after the summaries; float[..., numbers]."""
        cuts = np.cumsum(self.sizes)[:-1]
        return Counted(*np.split(row[..., len(summaries.NAMES) :], cuts, axis=-1))


def level_of(network: Network, log: OrderLog) -> tuple[str, tuple[str, ...]]:
    """Find what the places of a log name, and the names; nothing where the scenario has few."""
    if "place" not in log.frame:
        return "", ()
    told = log.frame["place"].astype(object)
    known = {level: network.territory.grids[level].astype(str) for level in LEVELS}
    shares = {level: told.isin(set(names)).mean() for level, names in known.items()}
    best = max(LEVELS, key=lambda level: shares[level])
    if shares[best] < LEAST_KNOWN:
        return "", ()
    return best, tuple(dict.fromkeys(known[best]))


def of_log(network: Network, log: OrderLog, window: Window, own: bool = False) -> Cases:
    """Give the orders of a log, or the cases of the stations' `own` ledger."""
    frame = log.frame
    mine = np.ones(len(frame), dtype=bool) if own else passed_on(log)
    created = log.milliseconds("created").astype(np.float64)

    def moment(name: str) -> Floats:
        if name not in frame:
            return np.full(len(frame), np.inf)
        ms = log.milliseconds(name)
        return np.where(ms != NONE, ms.astype(np.float64), np.inf)

    ended = moment(end_of(log))
    ended = np.where(np.isinf(ended), moment("closed"), ended)
    closed = (frame["status"] == CLOSED).to_numpy(dtype=bool)
    ended = np.where(np.isinf(ended) & closed, np.nan, ended)
    return Cases(
        created=created[mine],
        ended=ended[mine],
        due=moment("due")[mine],
        category=_codes(frame, "category", network.categories)[mine],
        place=_codes(frame, "place", window.places)[mine],
        channel=_codes(frame, "channel", network.channels)[mine],
    )


def of_replication(network: Network, table: DemandTable, outcome: Outcome, window: Window) -> Cases:
    """Give the orders of a replication since the end of its warm-up."""
    o, zero = outcome.orders, start_of(network)
    as_written = partial(rounded, start=zero, steps=window.rounding.orders)
    mine = (o["time"] >= outcome.measured_from) & (o["answered"] == 0)

    def moment(name: str, called: str) -> Floats:
        ms = as_written(called, o[name][mine])
        return np.where(ms >= 0, zero + ms.astype(np.float64), np.inf)

    demand = o["demand"][mine]
    place = np.full(len(demand), -1, dtype=np.int64)
    if window.level:
        names = network.territory.grids[window.level].astype(str)
        place = _code(names, window.places)[table.grid[demand]]
    at = (moment("time", "created"), moment("resolved", "resolved"), moment("due", "due"))
    return Cases(*at, table.category[demand], place, _by_centre(network, outcome)[demand])


def of_stations(network: Network, table: DemandTable, outcome: Outcome, window: Window) -> Cases:
    """Give the cases of a replication that the stations' ledger holds."""
    came_up, mine = taken_down(network, table, outcome, outcome.measured_from)
    zero, steps = start_of(network), window.rounding.ledger
    created = rounded("created", came_up[mine], zero, steps)
    ended = rounded("resolved", outcome.demands["resolved"][mine], zero, steps)
    never = np.full(len(created), np.inf)
    return Cases(
        created=zero + created.astype(np.float64),
        ended=np.where(ended >= 0, zero + ended.astype(np.float64), np.inf),
        due=never,
        category=table.category[mine],
        place=np.full(len(created), -1, dtype=np.int64),
        channel=np.where(table.source == REPORTED, outcome.demands["channel"], -1)[mine],
    )


def observe(trial: Trial, window: Window) -> Floats:
    """Simulate the replications of a trial; summarise their records, and count in a window.

    Returns
    -------
    float[replications, numbers]
        Summaries, then the parts of `Counted` (`Window.parts`).
    """
    service = trial.network()
    rows = []
    for replication in trial.replications:
        table = draw(service, replication)
        outcome = runs(trial.engine)(service, table, trial.measured_from)
        shown = records.of_replication(
            service, table, outcome, trial.measured_from, window.rounding
        )
        own = of_stations(service, table, outcome, window) if window.ledger else None
        counted = window.count(of_replication(service, table, outcome, window), own)
        told = np.array(list(summaries.of(shown).values()))
        rows.append(np.concatenate([told, *vars(counted).values()]))
    return np.array(rows)


def _by_centre(network: Network, outcome: Outcome) -> Ints:
    """Give the channel of demands that came to the centre first, which their orders name.

    Orders of others name the only channel to the centre, if it is the only one; how residents who
    had been to a station called is not simulated.
    """
    channel = outcome.demands["channel"]
    centre = [i for i, c in enumerate(network.scenario.channels.values()) if c.via == "centre"]
    other = centre[0] if len(centre) == 1 else -1
    return np.where(np.isin(channel, centre), channel, other)


def _codes(frame: pd.DataFrame, name: str, known: tuple[str, ...]) -> Ints:
    if name not in frame:
        return np.full(len(frame), -1, dtype=np.int64)
    return _code(frame[name].astype(object), known)


def _code(words: pd.Series, known: tuple[str, ...]) -> Ints:
    return np.asarray(pd.Index(known, dtype=object).get_indexer(pd.Index(words)), dtype=np.int64)


def _number(codes: Ints, n: int) -> Floats:
    """Count codes from 0 to n - 1; those below are unknown."""
    return np.bincount(codes[codes >= 0], minlength=n).astype(np.float64)

"""What the record tells by itself: how demand is spread, and how it varies from day to day.

The scenario is simulated as it is given, over the weeks that are fitted. Where the record has more
orders of a category than its share of that, the category's rate is raised by the ratio; and so
with weekdays, months, holidays and hours, with the variation of days beyond chance, and with how
departments' times differ between categories. So residents who go to a station first, and orders
that come days after the problem, are allowed for as the scenario has them. How much there is in
all, and how long departments take in all, is left to inference. Called by `govsim.calibrate`.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govsim.calibration import days
from govsim.calibration.counts import HOURS, Counted, Window
from govsim.calibration.shrinkage import of_times, ratios
from govsim.estimation.daily import ON_HOLIDAY, ORDINARY, SPRING_FESTIVAL, Kinds
from govsim.runs.ranges import MIXES, Entry, Path, Uncertain
from govsim.scenarios.loading import Loaded
from govsim.scenarios.quantities import Rate
from govsim.scenarios.schema import Scenario
from govsim.scenarios.schema.demand import Demand

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REPLICATIONS = 40
"""Of the scenario as it is given."""

FEWEST = 3 * HOURS
"""Orders in all below which no profile of the day is estimated."""

TIME = "department_time"

FACTOR, SPREAD, LONGER = 0.5, 4.0, 2.0
"""By which holidays' factors, the variance of days, and departments' times are changed to see what
follows."""

FELT = 0.3
"""Least share of such a change that shows in orders; below, they tell nothing of it."""


@dataclass(frozen=True)
class Estimate:
    """A value of a scenario with its 90% interval, as a scenario writes them."""

    path: Path
    low: Any
    value: Any
    high: Any


def estimates(
    scenario: Scenario,
    window: Window,
    kinds: Kinds,
    observed: Counted,
    drawn: Counted,
    probed: Counted,
    inferred: Collection[Path] = (),
    mixes: Collection[str] = MIXES,
) -> tuple[list[Estimate], pd.DataFrame]:
    """Estimate what the record tells by itself.

    Parameters
    ----------
    scenario : as it is given.
    window : whose numbers these are.
    kinds : of its days.
    observed, drawn : of the record, and of replications of the scenario.
    probed : of replications of it with the changes of `probe`.
    inferred : paths that are left to inference. If departments' times are among them, it is how
        they differ between categories that is estimated here.
    mixes : of channels, those that some grid has.

    Returns
    -------
    list of Estimate
    pandas.DataFrame
        As `govsim.calibration.Calibration.direct`.
    """
    made = _Made(scenario, scenario.demand, frozenset(inferred), [], [])
    made.by_category(observed, drawn, probed)
    made.by_day(observed.daily, drawn.daily, probed.daily, days.classes(window.start, kinds))
    made.by_hour(observed.hour, drawn.hour)
    made.by_channel(observed.channel, drawn.channel, mixes)
    return made.found, pd.concat(made.told, ignore_index=True)


@dataclass(frozen=True)
class _Made:
    """What was estimated so far."""

    scenario: Scenario
    demand: Demand
    inferred: frozenset[Path]
    found: list[Estimate]
    told: list[pd.DataFrame]

    def by_category(self, observed: Counted, drawn: Counted, probed: Counted) -> None:
        categories = self.demand.categories
        if not observed.category.sum():
            return
        each = ratios(observed.category, drawn.category)
        self._tell("category", list(categories), each)
        for i, (name, category) in enumerate(categories.items()):
            self._put(Estimate(_of(name, "rate"), *(_rate(category.rate, r) for r in each[:, i])))
        told = [
            name
            for name, category in categories.items()
            if category.department and _of(name, TIME) in self.inferred
        ]
        if not told:
            return
        mine = [list(categories).index(name) for name in told]
        with np.errstate(invalid="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a category without long times
            longer = np.nanmean(probed.long[:, mine], axis=0) - np.nanmean(
                drawn.long[:, mine], axis=0
            )
        felt = longer / np.log(LONGER)
        times = of_times(
            observed.long[mine],
            drawn.long[:, mine],
            observed.category[mine],
            drawn.category[:, mine].mean(axis=0),
            np.where(felt >= FELT, felt, np.nan),
        )
        self._tell("time", told, times)
        for i, name in enumerate(told):
            given = categories[name].department_time
            ends = (given.scaled(float(r)).model_dump(mode="json") for r in times[:, i])
            self.found.append(Estimate(_of(name, TIME), *ends))

    def by_day(
        self, observed: Floats, drawn: Floats, probed: Floats, of: Mapping[str, Ints]
    ) -> None:
        demand = self.demand
        found = days.spread(observed, drawn, of)
        self._tell("weekday", [str(i) for i in range(7)], found["weekday"])
        self._put(_weights(("demand", "weekdays"), demand.weekdays, found["weekday"]))
        if "month" in found:  # one that the record doesn't hold keeps its factor
            self._tell("month", [str(1 + i) for i in range(12)], found["month"])
            self._put(_weights(("demand", "months"), demand.months, found["month"]))
        for name, kind in (("holidays", ON_HOLIDAY), ("spring_festival", SPRING_FESTIVAL)):
            if "holiday" not in of or not (of["holiday"] == kind).any():
                continue
            felt = days.felt(drawn, probed, of["holiday"], kind) / np.log(FACTOR)
            if felt >= FELT:
                ratio = (found["holiday"][:, kind] / found["holiday"][1, ORDINARY]) ** (1 / felt)
                self._tell("holiday", [name], ratio[:, None])
                given = getattr(demand, name)
                self._put(Estimate(("demand", name), *(round(float(given * r), 4) for r in ratio)))
        if not demand.dispersion.enabled:
            return
        varies = days.variation(observed, drawn, of, found)
        felt = days.varied(drawn, probed) / np.log(SPREAD)
        if varies is not None and felt >= FELT:
            varies = varies ** (1 / felt)
            self._tell("dispersion", ["k"], varies[:, None])
            ends = (float(f"{demand.dispersion.k / r:.4g}") for r in varies[::-1])
            self._put(Estimate(("demand", "dispersion", "k"), *ends))

    def by_hour(self, observed: Floats, drawn: Floats) -> None:
        hours = self.demand.hours
        if len(hours) == HOURS and observed.sum() >= FEWEST:
            found = ratios(observed, drawn)
            self._tell("hour", [str(i) for i in range(HOURS)], found)
            self._put(_weights(("demand", "hours"), hours, found))

    def by_channel(self, observed: Floats, drawn: Floats, mixes: Collection[str]) -> None:
        """Those of the stations among each other, and those to the centre."""
        channels = self.scenario.channels
        for to_centre in (False, True):
            mine = [
                i for i, one in enumerate(channels.values()) if (one.via == "centre") == to_centre
            ]
            if len(mine) < 2 or observed[mine].sum() < FEWEST:
                continue
            found = ratios(observed[mine], drawn[:, mine])
            names = [list(channels)[i] for i in mine]
            self._tell("channel", names, found)
            for mix in mixes:
                given = np.array([getattr(channels[name], mix) for name in names])
                # What they have in all stays: how many turn to the centre, no ledger shows.
                whole = float(given @ found[1])
                scaled = given * found * (given.sum() / whole if whole else 1.0)
                for name, ends in zip(names, scaled.T, strict=True):
                    if getattr(channels[name], mix):
                        ends = np.minimum(ends, 1.0)
                        self._put(
                            Estimate(("channels", name, mix), *(round(float(x), 9) for x in ends))
                        )

    def _put(self, one: Estimate) -> None:
        if one.path not in self.inferred:
            self.found.append(one)

    def _tell(self, part: str, names: Sequence[str], values: Floats) -> None:
        low, middle, high = values
        columns = {"part": part, "name": names, "low": low, "ratio": middle, "high": high}
        self.told.append(pd.DataFrame(columns))


def probe(demand: Demand) -> list[tuple[Path, Any]]:
    """Say what to change to see how far orders feel it.

    Much of what happens on a day is reported days later: orders of a holiday are not as few as its
    problems, and an order that came late is open for less than the department's time.
    """
    times = (
        (_of(name, TIME), category.department_time.scaled(LONGER).model_dump(mode="json"))
        for name, category in demand.categories.items()
        if category.department
    )
    return [
        (("demand", "holidays"), FACTOR * demand.holidays),
        (("demand", "spring_festival"), FACTOR * demand.spring_festival),
        (("demand", "dispersion", "k"), demand.dispersion.k / SPREAD),
        *times,
    ]


def changed(loaded: Loaded, found: Sequence[Estimate]) -> Loaded:
    """Put estimates into a scenario."""
    tree = loaded.scenario.model_dump(mode="json")
    for one in found:
        part = tree
        for key in one.path[:-1]:
            part = part[key]
        part[one.path[-1]] = one.value
    return replace(loaded, scenario=Scenario.model_validate(tree))


def moved(inputs: Sequence[Uncertain], table: pd.DataFrame) -> list[Uncertain]:
    """Lay the ranges of departments' times about what was estimated of their differences.

    Parameters
    ----------
    inputs : to infer, with the ranges of the scenario as it was given.
    table : as `estimates` gave it.
    """
    times = table[table["part"] == "time"]
    by_path = {
        _of(str(name), TIME): float(ratio)
        for name, ratio in zip(times["name"], times["ratio"], strict=True)
    }

    def laid(entry: Entry) -> Entry:
        ratio = by_path.get(entry.path)
        if ratio is None:
            return entry
        low, value, high = (one.scaled(ratio) for one in (entry.low, entry.value, entry.high))
        return replace(entry, low=low, value=value, high=high)

    return [replace(one, entries=tuple(map(laid, one.entries))) for one in inputs]


def _of(category: str, name: str) -> Path:
    return "demand", "categories", category, name


def _rate(rate: Rate, ratio: float) -> str:
    per_year = rate.per_day * 365 * ratio
    if rate.per_resident:
        return f"{1000 * per_year:.4g} per 1000 per year"
    return f"{per_year:.4g} per year"


def _weights(path: Path, given: Sequence[float], found: Floats) -> Estimate:
    def scaled(at: Floats) -> list[float]:
        return [round(float(weight * ratio), 4) for weight, ratio in zip(given, at, strict=True)]

    return Estimate(path, *(scaled(at) for at in found))

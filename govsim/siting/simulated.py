"""Designs simulated on the same demands, and what comes of each beside today's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.evaluation import work
from govsim.evaluation.service import Service
from govsim.lateness.levers import changed
from govsim.measures.replication import Asked
from govsim.measures.statistics import each_of, interval, ratio
from govsim.optimisation.promises import a_year
from govsim.runs.progress import OnProgress, Progress
from govsim.runs.trials import Kept
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import DAY
from govsim.siting.result import COVER, TODAY

Floats = NDArray[np.float64]

SHOWN = (
    "orders", "compliance_scene", "compliance_solve", "compliance_reply", "satisfaction", "cost",
    "cost_staff", "cost_orders",
)  # fmt: skip
"""Measures of the district that are compared."""

ASKED: tuple[Asked, ...] = tuple(("district", "", name) for name in SHOWN)


@dataclass(frozen=True)
class _Keyed:
    key: str


def simulate(
    services: Mapping[str, Service],
    replications: int,
    kept: Kept,
    on_progress: OnProgress | None = None,
) -> dict[str, Floats]:
    """Simulate designs; what was done before is not done again.

    Returns
    -------
    dict
        float[replications, measures] of each design, flows by year.
    """
    numbers = range(replications)
    keys = {(name, n): _key(service, n) for name, service in services.items() for n in numbers}
    missing = {
        key: (name, n) for (name, n), key in keys.items() if key not in kept.found
    }  # two designs may be the same
    total, done = len(set(keys.values())), len(set(keys.values())) - len(missing)
    questions = (
        work.Question(services[name].plan, None, (), (n,), services[name].measured_from, ASKED)
        for name, n in missing.values()
    )
    executor = next(iter(services.values())).executor
    if on_progress is not None:
        on_progress(Progress("designs", done, total))
    for key, values in zip(missing, executor.map(work.perform, questions), strict=True):
        kept.put(_Keyed(key), values)
        done += 1
        if on_progress is not None:
            on_progress(Progress("designs", done, total))
    found = {}
    for name, service in services.items():
        days = (service.network.end - service.measured_from) / DAY
        rows = [kept.found[keys[name, n]][0] for n in numbers]
        found[name] = np.stack(rows) * a_year(ASKED, days)
    return found


def _key(service: Service, replication: int) -> str:
    told = json.dumps([service.plan.run, replication, service.measured_from, ASKED])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def alike(scenario: Scenario) -> Scenario | None:
    """Let a station change no resident's choice of channel.

    Returns
    -------
    Scenario
        None where it changes none as it is.
    """
    channels = scenario.channels
    if all(one.with_station == one.without_station for one in channels.values()):
        return None
    settings = tuple(
        (("channels", key, "with_station"), one.without_station) for key, one in channels.items()
    )
    return changed(scenario, settings)


def column(values: Floats, name: str) -> Floats:
    """Give one measure: float[replications]."""
    return values[:, SHOWN.index(name)]


def differences(
    design: str, today: Floats, plan: Floats, confidence: float
) -> Iterator[tuple[object, ...]]:
    """Hold a design against today's, measure by measure: rows of `Siting.measures`."""
    for i, name in enumerate(SHOWN):
        more = interval(plan[:, i] - today[:, i], confidence)
        yield (
            design, name, float(today[:, i].mean()), float(plan[:, i].mean()), more.mean, more.low,
            more.high, more.n,
        )  # fmt: skip


def price(design: str, today: Floats, plan: Floats, confidence: float) -> tuple[object, ...]:
    """Say what an order avoided costs: what is paid beside orders, over orders avoided."""
    paid = [column(v, "cost") - column(v, "cost_orders") for v in (today, plan)]
    more, fewer = paid[1] - paid[0], column(today, "orders") - column(plan, "orders")
    one = ratio(more, fewer, confidence)
    each = float(more.mean() / fewer.mean()) if fewer.mean() > 0 else float("nan")
    return design, float(more.mean()), float(fewer.mean()), each, one.low, one.high


def best(values: Mapping[str, Floats], names: Sequence[str], confidence: float) -> str:
    """Choose the design: that for most covered, unless another clearly has fewer orders."""
    others = [name for name in names if name not in (TODAY, COVER) and name in values]
    if COVER not in values:
        return COVER
    chosen, most = COVER, 0.0
    for name in others:
        less = column(values[COVER], "orders") - column(values[name], "orders")
        found = interval(less, each_of(len(others), confidence))
        if found.low > 0 and found.mean > most:
            chosen, most = name, found.mean
    return chosen

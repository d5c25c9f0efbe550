"""Whether comparisons keep what they promise: intervals that cover, few false alarms, best plans.

Each study makes many comparisons whose answer is known, through the ordinary model and with the
functions that `govsim.compare` uses, and counts how often they are right. Called by
``govsim validate-comparison``; docs/comparison.md has the outcome.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from govsim.comparison import selection
from govsim.comparison.selection import Selection
from govsim.language import name as in_language
from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.statistics import Interval, each_of, paired
from govsim.runs.executors import Executor
from govsim.runs.tasks import simulate
from govsim.scenarios.loading import load
from govsim.service import network
from govsim.service.network import Network
from govsim.validation.closed_forms import wait_mmc
from govsim.validation.running import folder_of_scenarios

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
REPLICATIONS = 10
"""Replications of each plan in a comparison."""

STAFFINGS, EQUAL = "two_staffings.yaml", "equal_plans.yaml"
EQUAL_PLANS = ("one", "two", "three", "four", "five")
PER_HOUR, SERVED_PER_HOUR = 60.0, 12.0

SHIPPED = "tiandi.yaml"
"""The shipped plan that is given a member more by day, of one team after the other."""

MEASURES = ("compliance_scene", "compliance_solve", "orders", "cost")
SAVED = 4.0
"""What pairing is to save at least, in replications."""

KN_PLANS, GSP_PLANS = 5, 60
FIRST = 20


@dataclass(frozen=True)
class Promise:
    """What is promised, and how often it was kept.

    Attributes
    ----------
    what : in the planner's language.
    low, high : where the share, or factor, must lie.
    found : where it does.
    of : tries that were made.
    """

    what: str
    low: float
    high: float
    found: float
    of: int

    @property
    def kept(self) -> bool:
        """Whether it lies there."""
        return self.low <= self.found <= self.high


OnStep = Callable[[str, float], None]
"""Told which study is under way, and the share of it that is done."""


# ---------------------------------------------------------------------- intervals


@dataclass(frozen=True)
class _Block:
    """Some replications of a plan whose queue is looked at."""

    file: str
    folder: str
    plan: str
    replications: tuple[int, ...]


@cache
def _service(file: str, folder: str, plan: str) -> Network:
    loaded = load(Path(folder) / file, overrides=(plan,) if plan else ())
    return network.build(loaded.scenario, loaded.folder)


def _queues(block: _Block) -> list[float]:
    """Mean number of demands that wait, by replication, as a run measures it."""
    service = _service(block.file, block.folder, block.plan)
    warm_up = service.scenario.warm_up
    assert isinstance(warm_up, int), "textbook cases state their warm-up"
    found = []
    for replication in block.replications:
        values = simulate(service, replication, warm_up)[0].values
        mine = values[(values["level"] == "team") & (values["measure"] == "queue_length")]
        found.append(float(mine["value"].iloc[0]))
    return found


def observe(
    file: str, plans: Sequence[str], comparisons: int, executor: Executor, told: OnStep
) -> Floats:
    """Simulate plans for many comparisons.

    Returns
    -------
    float[comparisons, plans, `REPLICATIONS`]
        Mean number that waits.
    """
    folder, n, step = str(folder_of_scenarios()), comparisons * REPLICATIONS, 20 * REPLICATIONS
    blocks = [
        _Block(file, folder, plan, tuple(range(first, min(first + step, n))))
        for first in range(0, n, step)
        for plan in plans
    ]
    rows: dict[str, list[float]] = {plan: [] for plan in plans}
    for done, (block, found) in enumerate(
        zip(blocks, executor.map(_queues, blocks), strict=True), start=1
    ):
        rows[block.plan] += found
        told(file, done / len(blocks))
    values = np.array([rows[plan] for plan in plans])
    return values.reshape(len(plans), comparisons, REPLICATIONS).transpose(1, 0, 2)


def intervals(comparisons: int, executor: Executor, told: OnStep) -> Iterator[Promise]:
    """Count how often intervals hold a difference that is known, and see one that is not there."""
    values = observe(STAFFINGS, ("", "eight"), comparisons, executor, told)
    seven, eight = (PER_HOUR * wait_mmc(PER_HOUR, SERVED_PER_HOUR, c) for c in (7, 8))
    known = eight - seven
    held = [
        _holds(paired(of_eight, of_seven, CONFIDENCE).difference, known)
        for of_seven, of_eight in values
    ]
    yield Promise(
        tr("95% intervals that hold the known difference of M/M/8 and M/M/7"),
        *_about(CONFIDENCE, comparisons),
        float(np.mean(held)),
        comparisons,
    )
    values = observe(EQUAL, EQUAL_PLANS, comparisons, executor, told)
    held = [_holds(paired(one[1], one[0], CONFIDENCE).difference, 0.0) for one in values]
    yield Promise(
        tr("95% intervals of two equal plans that hold 0"),
        *_about(CONFIDENCE, comparisons),
        float(np.mean(held)),
        comparisons,
    )
    each = each_of(len(EQUAL_PLANS) - 1, CONFIDENCE)
    alarms = [
        not all(_holds(paired(plan, one[0], each).difference, 0.0) for plan in one[1:])
        for one in values
    ]
    yield Promise(
        tr("comparisons of five equal plans that see any difference"),
        0.0,
        1 - CONFIDENCE + _luck(CONFIDENCE, comparisons),
        float(np.mean(alarms)),
        comparisons,
    )


def _holds(found: Interval, value: float) -> bool:
    return found.low <= value <= found.high


def _about(confidence: float, tries: int) -> tuple[float, float]:
    """Limits for the coverage of intervals: two points, or more where tries are few."""
    off = 0.02 if tries >= 1000 else _luck(confidence, tries)
    return confidence - off, min(confidence + off, 1.0)


def _luck(confidence: float, tries: int) -> float:
    """What a share that is right passes by luck in one of a thousand studies (3.1 sd)."""
    return 3.1 * sqrt(confidence * (1 - confidence) / tries)


# ---------------------------------------------------------------------- pairing


@dataclass(frozen=True)
class _Year:
    """A replication of the shipped plan, with a change."""

    file: str
    setting: tuple[tuple[str, str], ...]
    replication: int


@cache
def _shipped(file: str, setting: tuple[tuple[str, str], ...]) -> Network:
    loaded = load(Path(file), settings=setting)
    return network.build(loaded.scenario, loaded.folder)


def _measured(year: _Year) -> list[float]:
    service = _shipped(year.file, year.setting)
    warm_up = service.scenario.warm_up
    found = simulate(service, year.replication, warm_up if isinstance(warm_up, int) else 0)[0]
    values = found.values
    district = values[values["level"] == "district"].set_index("measure")["value"]
    return [float(district[name]) for name in MEASURES]


def _one_more(number: int | dict[str, int]) -> int | dict[str, int]:
    """Add one to a shift, on every kind of day."""
    if isinstance(number, dict):
        return {kind: n + 1 for kind, n in number.items()}
    return number + 1


def pairing(replications: int, executor: Executor, told: OnStep) -> Iterator[Promise]:
    """Measure what pairing saves where a plan has one member more."""
    file = str(folder_of_scenarios().parent / SHIPPED)
    loaded = load(Path(file))
    plan, teams = loaded.scenario, loaded.tree["teams"]
    settings: dict[str, tuple[tuple[str, str], ...]] = {"": ()}
    for name, team in teams.items():
        rosters = {"roster": team["roster"]}
        rosters |= {
            f"roster_at.{kind}": roster for kind, roster in team.get("roster_at", {}).items()
        }
        settings[name] = tuple(
            (f"teams.{name}.{path}.day", json.dumps(_one_more(roster["day"])))
            for path, roster in rosters.items()
        )
    years = [_Year(file, s, r) for s in settings.values() for r in range(replications)]
    rows = []
    for year in zip(years, executor.map(_measured, years), strict=True):
        rows.append(year[1])
        told(SHIPPED, len(rows) / len(years))
    values = np.array(rows).reshape(len(settings), replications, len(MEASURES))
    for i, team in enumerate(list(settings)[1:], start=1):
        for m, measure in enumerate(MEASURES):
            saved = paired(values[i, :, m], values[0, :, m], CONFIDENCE).saved
            what = tr(
                "one more of {team} in Tiandi, {measure}: replications that pairing saves",
                team=in_language(plan.teams[team].label),
                measure=in_language(CATALOGUE[measure].label),
            )
            yield Promise(what, SAVED, np.inf, saved, replications)


# ---------------------------------------------------------------------- selection

SPREADS: dict[str, Callable[[Floats], Floats]] = {
    "equal": np.ones_like,
    "increasing": lambda rank: np.asarray(np.sqrt(1 + 3 * rank)),
    "decreasing": lambda rank: np.asarray(np.sqrt(4 - 3 * rank)),
}
"""Standard deviations by rank from 0 (the best) to 1, in units of which delta is a half."""

DELTA = 0.5


def slippage(
    procedure: Callable[..., Selection],
    plans: int,
    tries: int,
    spread: str,
    shared: float,
    seed: int,
) -> float:
    """Share of tries in which the best is selected, in the hardest case for the procedure.

    The best is better than all others by exactly the indifference zone. It stands at each
    place in turn.

    Parameters
    ----------
    spread : a key of `SPREADS`.
    shared : share of the variance that all plans have in common in a replication.
    """
    right = 0
    for number in range(tries):
        rng = np.random.default_rng([seed, number])
        best = number % plans
        rank = (np.arange(plans) - best) % plans / (plans - 1)
        sd = SPREADS[spread](rank.astype(np.float64))
        luck = _Luck(rng, plans)

        def observe(
            plan: int, n: int, luck: _Luck = luck, sd: Floats = sd, best: int = best
        ) -> Floats:
            common, own = luck.first(plan, n)
            noise = sqrt(shared) * common + sqrt(1 - shared) * own
            seen: Floats = DELTA * (plan == best) + sd[plan] * noise
            return seen

        found = procedure(observe, plans, DELTA, CONFIDENCE, 100_000, FIRST)
        right += found.best == best
    return right / tries


class _Luck:
    """Normal numbers, drawn once: those of all plans alike, and those of each plan."""

    def __init__(self, rng: np.random.Generator, plans: int) -> None:
        self.rng = rng
        self.drawn = [np.zeros(0) for _ in range(plans + 1)]

    def first(self, plan: int, n: int) -> tuple[Floats, Floats]:
        return self._of(-1, n), self._of(plan, n)

    def _of(self, which: int, n: int) -> Floats:
        have = self.drawn[which]
        if len(have) < n:
            more = self.rng.standard_normal(max(n, 2 * len(have)) - len(have))
            have = self.drawn[which] = np.concatenate([have, more])
        return have[:n]


def selections(tries: int, told: OnStep) -> Iterator[Promise]:
    """Count how often the best plan is selected."""
    cases = [
        (procedure, plans, spread, shared)
        for procedure, plans, shares in (
            (selection.kn, KN_PLANS, (0.0, 0.5)),
            (selection.gsp, GSP_PLANS, (0.0,)),
        )
        for spread in SPREADS
        for shared in shares
    ]
    for done, (procedure, plans, spread, shared) in enumerate(cases, start=1):
        found = slippage(procedure, plans, tries, spread, shared, seed=done)
        told(procedure.__name__.upper(), done / len(cases))
        yield Promise(
            tr(
                "{procedure}, {plans} plans, {spread} variances, {shared} common: best selected",
                procedure=procedure.__name__.upper(),
                plans=plans,
                spread=_in_words(spread),
                shared=f"{shared:.0%}",
            ),
            CONFIDENCE - _luck(CONFIDENCE, tries),
            1.0,
            found,
            tries,
        )


def _in_words(spread: str) -> str:
    return {
        "equal": tr("equal"),
        "increasing": tr("increasing"),
        "decreasing": tr("decreasing"),
    }[spread]

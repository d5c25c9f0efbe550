"""Where the two engines part, if they do: the same random scenarios for both.

    python tests/support/parting.py --examples 10000            # other scenarios each time
    python tests/support/parting.py --examples 10000 --seed 3   # the same each time

`test_engine.py` runs a few hundred. A difference is brought down to a small scenario, and
told as the first instant after which anything is not the same, what happens at that
instant in the SimPy model, and what each engine made of it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
from audit import lay_out
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from themes import crowded, crowds, scenarios

from govsim import engine, model
from govsim.demand.table import DemandTable, draw
from govsim.scenarios.schema import Scenario
from govsim.service import rules
from govsim.service.network import Network
from govsim.service.outcome import Outcome

KINDS = (
    *("ROSTER", "HELPER_COMES", "DONE", "SITTING", "ON_SCENE", "ENTERS", "COMES_BACK"),
    *("PASSED_ON", "ORDER_COMES", "CALLS_12345", "CALL_BACK", "REPEAT", "INTERIM"),
    *("PROMISE_DUE", "PATIENCE_ENDS", "ORDER_DUE"),
)

SHOWN = 12
"""Rows that are shown of what differs."""


class Recorded(model.Service):
    """A service that notes what is going to happen when."""

    def __init__(self, *args: Any) -> None:
        self.noted: list[tuple[int, int, int]] = []
        super().__init__(*args)

    def at(self, time: int, kind: int, identifier: int, happens: Any, *args: Any) -> None:
        if time < self.end:
            self.noted.append((time, kind, identifier))
        super().at(time, kind, identifier, happens, *args)


def both(laid_out: Network, table: DemandTable, measured_from: int) -> tuple[Outcome, Outcome]:
    mine = model.run(laid_out, table, measured_from)
    return mine, engine.run(laid_out, table, measured_from)


def parting(laid_out: Network, table: DemandTable, measured_from: int = 0) -> str:
    """Tell where the engines part; nothing if they don't."""
    mine, theirs = both(laid_out, table, measured_from)
    if not mine.differences(theirs):
        return ""
    service = Recorded(laid_out, table, measured_from)
    service.run()
    instants = sorted({when for when, _, _ in service.noted}) or [laid_out.end - 1]
    low, high = 0, len(instants) - 1
    while low < high:  # the first instant after which something differs
        middle = (low + high) // 2
        mine, theirs = both(replace(laid_out, end=instants[middle] + 1), table, measured_from)
        if mine.differences(theirs):
            high = middle
        else:
            low = middle + 1
    instant = instants[low]
    mine, theirs = both(replace(laid_out, end=instant + 1), table, measured_from)
    lines = [f"The engines part at {instant} ms. What happens then in the SimPy model:"]
    events = sorted((kind, who) for when, kind, who in service.noted if when == instant)
    lines += [f"  {KINDS[kind]} {who}" for kind, who in events[:SHOWN]]
    lines += ["What differs after it (SimPy model, compiled engine):"]
    for part in fields(Outcome)[:4]:
        for name, column in getattr(mine, part.name).items():
            other = getattr(theirs, part.name)[name]
            lines += [f"  {part.name}.{name}: {x}" for x in _unlike(column, other)]
    return "\n".join(lines)


def _unlike(mine: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> list[str]:
    if len(mine) != len(theirs):
        return [f"{len(mine)} and {len(theirs)} rows"]
    rows = np.flatnonzero(mine != theirs)[:SHOWN]
    return [f"row {i}: {mine[i]}, {theirs[i]}" for i in rows.tolist()]


def assert_same(scenario: Scenario, warm_up: float = 0.0, crowd: int = 1) -> None:
    """Let both engines run a scenario, and fail with where they part."""
    laid_out = lay_out(scenario)
    table = crowded(draw(laid_out, 0), crowd)
    told = parting(laid_out, table, int(laid_out.end * warm_up))
    assert not told, told


warm_ups = st.sampled_from([0.0, 0.3])


def over_random_scenarios(examples: int, **further: Any) -> Callable[[], None]:
    """Make a check of both engines on as many random scenarios as one likes."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **further,
    )
    @given(scenarios, warm_ups, crowds)
    def check(scenario: Scenario, warm_up: float, crowd: int) -> None:
        assert_same(scenario, warm_up, crowd)

    return check


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=1000)
    parser.add_argument("--seed", type=int, help="for the same scenarios each time")
    arguments = parser.parse_args()
    assert len(KINDS) == rules.ORDER_DUE + 1
    check = over_random_scenarios(arguments.examples)
    begun = time.perf_counter()
    try:
        (check if arguments.seed is None else seed(arguments.seed)(check))()
    except AssertionError as apart:
        sys.exit(f"{apart}")
    print(f"{arguments.examples} random scenarios: no bit differs ", end="")
    print(f"({time.perf_counter() - begun:.0f} s)")

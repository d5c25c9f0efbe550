"""The plan stands once: laid out once for a network, read by both engines, changed by neither."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import govsim
from govsim import engine, model
from govsim.demand.table import draw
from govsim.scenarios.loading import load
from govsim.service import network
from govsim.service.network import Network
from govsim.service.plan import Numbers, Plan

PACKAGE = Path(govsim.__file__).parent

LAID_OUT_ONLY = {
    "n_areas": "the compiled engine makes as many joint meetings; Python's grow as they are needed",
    "n_channels": "the compiled engine counts what Python walks along",
    "n_teams": "the compiled engine finds a row of a table by its length",
    "n_categories": "likewise",
    "n_steps": "likewise",
    "n_queues": "likewise",
}
"""Numbers that one engine need not read."""


@pytest.fixture(scope="module")
def service() -> Network:
    plan = load("scenarios/tiandi.yaml", settings=(("horizon", "3 weeks"), ("warm_up", "1 week")))
    return network.build(plan.scenario, plan.folder)


def test_a_plan_is_laid_out_once_for_a_network(service: Network) -> None:
    assert Plan.of(service) is Plan.of(service)


@pytest.mark.parametrize("run", [engine.run, model.run])
def test_no_engine_changes_the_plan(service: Network, run: object) -> None:
    plan = Plan.of(service)
    tables = [f.name for f in fields(Plan) if f.name != "numbers"]
    before = {name: getattr(plan, name).copy() for name in tables}
    assert callable(run)
    run(service, draw(service, 0))
    for name, table in before.items():
        np.testing.assert_array_equal(getattr(plan, name), table, err_msg=name)


def _text(*names: str) -> str:
    files = [PACKAGE / name for name in names]
    return "\n".join(
        f.read_text("utf-8")
        for file in files
        for f in ([file] if file.is_file() else sorted(file.glob("*.py")))
    )


def test_each_number_is_read_by_both_engines_under_its_name() -> None:
    compiled, plain = _text("engine"), _text("model.py", "reference")
    for field in fields(Numbers):
        assert re.search(rf"\b(w|numbers)\.{field.name}\b", compiled), field.name
        read = re.search(rf"\bnumbers\.{field.name}\b", plain) is not None
        # The horizon is the replication's own in both.
        assert read != (field.name in LAID_OUT_ONLY), field.name


def test_the_model_asks_the_scenario_nothing() -> None:
    """What is not in the plan can't be in the compiled engine."""
    plain = re.sub(r'"""[\s\S]*?"""', "", _text("model.py", "reference"))
    assert not re.search(r"\bscenario\b", plain)

"""The pinned numbers of the shipped scenarios: all of them are there, and what moves is said."""

import importlib.util
import sys
from types import ModuleType

import pytest
from places import ROOT


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_baseline", ROOT / "tools/make_baseline.py")
    assert spec and spec.loader
    made = sys.modules["make_baseline"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_every_shipped_scenario_has_its_numbers(tool):
    kept = tool.read()
    assert {row[0] for row in kept} == set(tool.scenarios())
    assert kept == sorted(kept)
    assert {"compliance_scene", "orders", "cost"} <= {row[3] for row in kept}


def test_what_is_kept_is_what_a_scenario_gives(tool):
    """One that is simulated at once; `tools/make_baseline.py --check` asks for all."""
    name = "scenarios/textbook/base.yaml"
    assert not list(tool.moved([row for row in tool.read() if row[0] == name], tool.rows(name)))


def test_what_moved_came_or_went_is_said_by_how_much(tool):
    before = [("a.yaml", "both", "1", "orders", "200"), ("a.yaml", "both", "1", "cost", "5")]
    now = [("a.yaml", "both", "1", "orders", "210"), ("a.yaml", "both", "1", "fines", "1")]
    assert list(tool.moved(before, now)) == [
        "a.yaml: orders was 200, is 210 (+5.00%)",
        "a.yaml: cost was 5, is -",
        "a.yaml: fines was -, is 1",
    ]
    assert not list(tool.moved(now, now))

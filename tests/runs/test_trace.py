"""One demand's story is the same from both engines, and says what the outcome says."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from audit import lay_out
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import SCENARIOS
from strategies import scenarios

from govsim import engine, language
from govsim.cli import cli
from govsim.demand.table import draw
from govsim.report.story import story
from govsim.runs.trace import find, follow
from govsim.scenarios.schema import Scenario
from govsim.service.outcome import DEMAND_COLUMNS, ORDER_COLUMNS, VISIT_COLUMNS
from govsim.service.rules import LATENT, OPEN

quick = settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
@quick
@given(scenarios, st.data())
def test_both_engines_tell_the_same_story_that_ends_as_the_outcome(
    scenario: Scenario, data: st.DataObject
) -> None:
    service = lay_out(scenario)
    table = draw(service, 0)
    if not len(table):
        return
    d = data.draw(st.integers(0, len(table) - 1))
    compiled, readable = (follow(service, table, d, e) for e in ("compiled", "simpy"))
    assert compiled == readable
    outcome, last = engine.run(service, table), compiled[-1]
    for column in DEMAND_COLUMNS:
        assert last.demand[column] == outcome.demands[column][d]
    for rows, names, mine in (
        (outcome.orders, ORDER_COLUMNS, last.orders),
        (outcome.visits, VISIT_COLUMNS, last.visits),
    ):
        of = np.flatnonzero(rows["demand"] == d)
        assert [[row[c] for c in names] for row in mine] == [
            [int(rows[c][i]) for c in names] for i in of
        ]
    lines = story(service, table, d, compiled)
    assert all(a.time <= b.time for a, b in pairwise(lines))
    still = last.demand["state"] in (LATENT, OPEN)
    assert (lines[-1].time == service.end) == still


@pytest.fixture
def one(tmp_path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    base = str(SCENARIOS / "tiandi.yaml")
    changes = ["--set", "horizon=10 days", "--set", "warm_up=0 min"]
    return ["run", base, *changes, "--replications", "2"]


def identity(one: list[str]) -> str:
    """Identity of a demand of the second replication only."""
    from govsim.scenarios.loading import load
    from govsim.service import network

    plan = load(one[1], settings=[("horizon", "10 days"), ("warm_up", "0 min")])
    net = network.build(plan.scenario, plan.folder)
    ids = set(draw(net, 1).id.tolist()) - set(draw(net, 0).id.tolist())
    return f"{min(ids):016x}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_tells_a_story_from_either_engine_and_writes_nothing(
    one: list[str], tmp_path, lang: str
) -> None:
    wanted = identity(one)
    told = []
    for how in ("compiled", "simpy"):
        command = [*one, "--trace", wanted, "--engine", how, "--lang", lang]
        said = CliRunner().invoke(cli, command)
        assert said.exit_code == 0, said.output
        told.append(said.output)
    language.use("en")
    assert told[0] == told[1]
    assert wanted in told[0]
    assert max(map(len, told[0].splitlines())) <= 100
    assert not list(tmp_path.iterdir())


def test_a_story_as_json_says_which_replication(one: list[str]) -> None:
    said = CliRunner().invoke(cli, [*one, "--trace", identity(one)[:14], "--json", "--quiet"])
    found = json.loads(said.stdout)
    assert found["replication"] == 1
    assert found["story"][0]["what"] == "the problem arises"


@pytest.mark.parametrize("wanted", ["zz", "", "9:ffffffffffffffff", "x:12"])
def test_an_identity_that_is_none_or_nobodys_is_refused(one: list[str], wanted: str) -> None:
    said = CliRunner().invoke(cli, [*one, "--trace", wanted])
    assert said.exit_code == 2
    assert "--trace" in said.output


def test_a_beginning_that_several_share_names_some_of_them(one: list[str]) -> None:
    said = CliRunner().invoke(cli, [*one, "--trace", "0"])
    assert said.exit_code == 2
    assert "demands begin with" in said.output


def test_a_demand_is_looked_for_in_the_replication_that_is_named(one: list[str]) -> None:
    from govsim.scenarios.loading import load
    from govsim.service import network

    plan = load(one[1], settings=[("horizon", "10 days"), ("warm_up", "0 min")])
    net = network.build(plan.scenario, plan.folder)
    wanted = identity(one)
    assert find(net, f"1:{wanted}", 2)[0] == 1

"""The compiled engine and the SimPy model are one service: no bit of their outcomes differs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from audit import lay_out
from hypothesis import given, settings
from hypothesis import strategies as st
from parting import KINDS, over_random_scenarios, parting
from places import SCENARIOS, SUPPORT
from strategies import scenarios

from govsim import engine, model, sources
from govsim.demand.table import draw
from govsim.scenarios import calendar
from govsim.scenarios.loading import load
from govsim.scenarios.schema import Scenario
from govsim.service import compiling, network, rules
from govsim.storage import cache

test_both_engines_make_the_same_of_random_scenarios = pytest.mark.slow(
    over_random_scenarios(120, derandomize=True)
)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("tiandi", []),
        ("tiandi-pooled", [("horizon", "60 days")]),
        ("jiangning", [("horizon", "5 days"), ("warm_up", "1 day")]),
    ],
)
def test_both_engines_make_the_same_of_shipped_scenarios(
    name: str, settings: list[tuple[str, str]]
) -> None:
    plan = load(SCENARIOS / f"{name}.yaml", settings=settings)
    laid_out = network.build(plan.scenario, plan.folder)
    told = parting(laid_out, draw(laid_out, 1), plan.scenario.warm_up)
    assert not told, told


@pytest.mark.slow
@settings(max_examples=40)
@given(scenarios)
def test_looking_at_the_service_each_midnight_changes_nothing(scenario: Scenario) -> None:
    laid_out = lay_out(scenario)
    table = draw(laid_out, 0)
    days: list[int] = []
    seen = engine.run(laid_out, table, 0, days.append)
    assert not engine.run(laid_out, table).differences(seen)
    assert days == list(range(1, laid_out.end // 86_400_000 + 1))


def test_what_is_kept_of_a_replication_stays_when_others_follow() -> None:
    plan = load(SCENARIOS / "tiandi.yaml", settings=[("horizon", "10 days"), ("warm_up", "0 min")])
    laid_out = network.build(plan.scenario, plan.folder)
    first, second, third = (draw(laid_out, r) for r in range(3))
    column = engine.run(laid_out, first).demands["resolved"]
    as_it_was, other = column.copy(), engine.run(laid_out, second)
    assert not other.differences(engine.run(laid_out, second))
    engine.run(laid_out, third)
    assert np.array_equal(column, as_it_was)
    assert np.array_equal(column, engine.run(laid_out, first).demands["resolved"])


def test_a_difference_is_told_with_the_event_at_which_it_arose() -> None:
    plan = load(SCENARIOS / "tiandi.yaml", settings=[("horizon", "10 days"), ("warm_up", "0 min")])
    laid_out = network.build(plan.scenario, plan.folder)
    table = draw(laid_out, 0)
    with mock.patch.object(model.Service, "is_replied", lambda *_: None):
        told = parting(laid_out, table)
    assert "The engines part at" in told
    assert "demands.replied: row" in told
    assert len(KINDS) == rules.ORDER_DUE + 1


@given(
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.lists(st.integers(0, 10**6), max_size=20, unique=True),
)
def test_the_working_clock_compiled_counts_as_it_does_plain(
    t: int, work: int, edges: list[int]
) -> None:
    from govsim.engine.rules import next_open, working_finish

    edges = sorted(edges)[: len(edges) // 2 * 2]
    starts, ends = (np.array(edges[i::2], dtype=np.int64) for i in (0, 1))
    done = np.cumsum(ends - starts) - (ends - starts)
    plain = starts.tolist(), ends.tolist()
    assert next_open(t, starts, ends) == calendar.next_open(t, *plain)
    finish = calendar.working_finish(t, work, *plain, done.tolist())
    assert working_finish(t, work, starts, ends, done) == finish


# ---------------------------------------------------------------- what is kept on disk


def test_an_edited_rule_is_never_ignored(tmp_path: Path) -> None:
    package = tmp_path / "govsim"
    package.mkdir()
    where = package / "sources.py"
    where.write_bytes(Path(sources.__file__).read_bytes())
    rule = package / "service" / "rules.py"
    rule.parent.mkdir()
    seen = set()
    for text in ("LATE = 1\n", "LATE = 2\n"):
        rule.write_text(text)
        with mock.patch.object(sources, "__file__", str(where)):
            seen.add(sources.code_hash.__wrapped__())
    assert len(seen) == 2
    folder = compiling.cache_folder()
    assert folder is None or sources.code_hash()[:16] in folder.parts


def test_an_engine_that_can_keep_nothing_goes_on_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    monkeypatch.setattr(cache, "_places", lambda: [blocked])
    assert cache.folder.__wrapped__("compiled") is None
    with mock.patch.object(compiling, "cache_folder", lambda: None):
        double = compiling.kept(lambda x: 2 * x)
    assert double(4) == 8


def double(x: int) -> int:
    return 2 * x


def triple(x: int) -> int:
    return 3 * x


def test_all_that_is_compiled_must_be_kept_for_a_run_to_begin_at_once(tmp_path: Path) -> None:
    with (
        mock.patch.object(compiling, "cache_folder", lambda: tmp_path),
        mock.patch.object(compiling, "ENTERED", []),
    ):
        one = compiling.kept(double)
        assert not compiling.is_kept()
        assert one(4) == 8 and compiling.is_kept()
        other = compiling.kept(triple)
        assert not compiling.is_kept()
        assert other(4) == 12 and compiling.is_kept()


def test_a_replication_enters_all_that_is_kept() -> None:
    """Else the first run after an update would never be over, as `is_kept` sees it."""
    code = """
from hand import plain
from govsim import engine
from govsim.service import compiling
from govsim.demand.table import draw
from govsim.measures.replication import measure
laid_out = plain()
table = draw(laid_out, 0)
measure(laid_out, table, engine.run(laid_out, table))
assert compiling.ENTERED
assert not [f.__name__ for f in compiling.ENTERED if not f.signatures]
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=SUPPORT)


def test_importing_the_engine_compiles_nothing() -> None:
    code = "import govsim.engine.loop as loop; assert not loop.advance.signatures"
    subprocess.run([sys.executable, "-c", code], check=True)

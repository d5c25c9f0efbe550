"""Replications: how many there are, and that a run goes on where it was stopped."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from places import TEMPLATE
from short_runs import SHORT, tables

import govsim
from govsim import language, sources
from govsim.errors import InputError, RunError
from govsim.measures import warmup
from govsim.measures.statistics import interval
from govsim.runs import tasks
from govsim.scenarios.loading import load
from govsim.service import network
from govsim.storage.folder import RunFolder


def stopped_in(replication: int, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the simulation of a replication fail."""
    simulate = tasks.simulate

    def stops(network, number, *args, **kwargs):
        if number == replication:
            raise error
        return simulate(network, number, *args, **kwargs)

    monkeypatch.setattr(tasks, "simulate", stops)


# ------------------------------------------------------------------ replications


def test_a_scenario_runs_from_python_in_three_lines():
    result = govsim.run(TEMPLATE, replications=3, settings=SHORT)
    assert result.replications == 3
    assert result.folder is None
    assert 0 < result.get("compliance_scene").mean < 1
    assert "My scenario, changed: 3 replications" in repr(result)


def test_the_same_seed_gives_the_same_and_another_seed_does_not(short):
    one, same, other = (govsim.run(short, replications=2, seed=s).values for s in (5, 5, 6))
    pd.testing.assert_frame_equal(one, same)
    assert not one["value"].equals(other["value"])


def test_a_mean_and_its_interval_come_from_the_values_of_replications(short):
    result = govsim.run(short, replications=4)
    v = result.values
    orders = v[(v["level"] == "district") & (v["measure"] == "orders")]["value"]
    assert len(orders) == 4
    assert result.get("orders").mean == orders.mean()
    assert result.get("orders").half_width == pytest.approx(interval(orders, 0.95).half_width)


def test_a_single_replication_has_no_interval(short):
    summary = govsim.run(short, replications=1).summary()
    assert summary["low"].isna().all()
    assert (summary["n"] <= 1).all()


def test_replications_go_on_until_the_interval_is_narrow_enough(short):
    result = govsim.run(short, precision=0.08, on=["compliance_solve"], most=40)
    found = result.get("compliance_solve")
    assert 5 <= result.replications < 40
    assert found.half_width <= 0.08 * found.mean
    fewer = govsim.run(short, replications=result.replications - 1).get("compliance_solve")
    assert result.replications == 5 or fewer.half_width > 0.08 * fewer.mean
    (said,) = [text for text in result.warnings if "decided by the intervals" in text]
    assert "Simple problems solved in time" in said and "all other measures" in said
    language.use("zh")
    assert any("简单问题解决达标率的区间" in text for text in result.warnings)


def test_a_precision_out_of_reach_is_said(short):
    result = govsim.run(short, precision=0.001, on=["orders"], at_least=2, most=3)
    assert result.replications == 3
    assert "not reached on: 12345 orders" in result.warnings[-1]


def test_a_measure_that_nobody_knows_is_refused_before_anything_runs(short):
    with pytest.raises(InputError) as error:
        govsim.run(short, precision=0.05, on=["compliance_scen"])
    assert error.value.problems[0].suggestion == "compliance_scene"


def test_progress_moves_forward_to_its_end(short):
    seen = []
    govsim.run(short, replications=2, on_progress=seen.append)
    amounts = [p.done + p.within for p in seen]
    assert amounts == sorted(amounts)
    assert amounts[-1] == seen[-1].total == 2
    assert len(seen) > 2 * 28


# ------------------------------------------------------------------ stop and go on


def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_bytes(short, tmp_path, monkeypatch):
    whole = govsim.run(short, replications=4, out=tmp_path / "a", keep_orders=True)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stopped_in(2, patch, KeyboardInterrupt())
        govsim.run(short, replications=4, out=tmp_path / "b", keep_orders=True)
    (folder,) = (tmp_path / "b" / "template").iterdir()
    assert RunFolder(folder).manifest()["state"] == "stopped"
    assert RunFolder(folder).kept() == 2
    again = govsim.run(short, replications=4, out=tmp_path / "b", keep_orders=True)
    assert again.manifest["state"] == "done"
    assert tables(again.folder) == tables(whole.folder)
    assert set(tables(whole.folder)) == {
        "measures.parquet",
        "weekly.parquet",
        "hours.parquet",
        "late.parquet",
        "orders.parquet",
        "points.parquet",
        "grids.parquet",
        "outline.parquet",
        "staff.parquet",
    }


def test_finished_replications_are_not_run_again(short, tmp_path, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stopped_in(2, patch, KeyboardInterrupt())
        govsim.run(short, replications=3, out=tmp_path)
    stopped_in(0, monkeypatch, AssertionError("was there already"))
    assert govsim.run(short, replications=3, out=tmp_path).replications == 3


def test_a_run_that_was_killed_goes_on(tmp_path):
    program = f"""
import os, govsim
from govsim import sources
sources.code_hash = lambda: {sources.code_hash()!r}  # whoever edits the code meanwhile
def dies(now):
    if now.done == 2 and now.within > 0.5:
        os._exit(9)
govsim.run({str(TEMPLATE)!r}, settings={SHORT!r}, replications=4, out={str(tmp_path)!r},
           on_progress=dies)
"""
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == 9
    (folder,) = (tmp_path / "template").iterdir()
    assert RunFolder(folder).kept() == 2
    gone_on = govsim.run(TEMPLATE, settings=SHORT, replications=4, out=tmp_path)
    whole = govsim.run(TEMPLATE, settings=SHORT, replications=4, out=tmp_path / "whole")
    assert gone_on.folder == folder
    assert tables(folder) == tables(whole.folder)
    assert not list(folder.glob("journal*"))


def test_more_replications_are_added_to_those_that_are_there(short, tmp_path):
    few = govsim.run(short, replications=2, out=tmp_path)
    more = govsim.run(short, replications=5, out=tmp_path)
    whole = govsim.run(short, replications=5, out=tmp_path / "whole")
    assert more.folder == few.folder
    assert (more.replications, more.manifest["replications"]) == (5, 5)
    assert tables(more.folder) == tables(whole.folder)


def test_what_is_there_is_never_thrown_away(short, tmp_path):
    govsim.run(short, replications=4, out=tmp_path)
    assert govsim.run(short, replications=2, out=tmp_path).replications == 4


def test_orders_that_are_asked_for_later_are_still_complete(short, tmp_path):
    govsim.run(short, replications=2, out=tmp_path)
    result = govsim.run(short, replications=2, out=tmp_path, keep_orders=True)
    orders = pd.read_parquet(result.folder / "orders.parquet")
    assert sorted(orders["replication"].unique()) == [0, 1]


def test_a_run_that_fails_says_so_in_its_manifest(short, tmp_path, monkeypatch):
    stopped_in(1, monkeypatch, ValueError("a team went missing"))
    with pytest.raises(ValueError, match="missing"):
        govsim.run(short, replications=2, out=tmp_path)
    (folder,) = (tmp_path / "template").iterdir()
    manifest = RunFolder(folder).manifest()
    assert manifest["state"] == "failed"
    assert "a team went missing" in manifest["error"]


def test_a_folder_that_cannot_be_made_is_said(short, tmp_path):
    (tmp_path / "results").write_text("a file stands in the way", encoding="utf-8")
    with pytest.raises(RunError, match="can't write to"):
        govsim.run(short, replications=1, out=tmp_path / "results")


# ------------------------------------------------------------------ identity


def test_what_changes_no_replication_leaves_the_run_the_same(short, tmp_path):
    names = {"replications": "7", "label.en": "Another name", "confidence": "0.9"}
    other = load(TEMPLATE, settings=(*SHORT, *names.items()))
    a, b = (govsim.run(s, replications=1, out=tmp_path).folder for s in (short, other))
    assert a == b


@pytest.mark.parametrize(
    "setting",
    [("seed", "2"), ("teams.volunteers.training", "1.1"), ("territory.residents", "12001")],
)
def test_what_changes_replications_makes_another_run(short, tmp_path, setting):
    other = load(TEMPLATE, settings=(*SHORT, setting))
    a, b = (govsim.run(s, replications=1, out=tmp_path).folder for s in (short, other))
    assert a != b


def test_the_code_of_the_model_is_part_of_a_runs_identity(short, tmp_path, monkeypatch):
    a = govsim.run(short, replications=1, out=tmp_path).folder
    monkeypatch.setattr(sources, "code_hash", lambda: "another model")
    assert govsim.run(short, replications=1, out=tmp_path).folder != a


# ------------------------------------------------------------------ warm-up


@pytest.fixture(scope="module")
def found():
    return govsim.run(TEMPLATE, settings=[("horizon", "30 weeks"), ("warm_up", "mser5")],
                      replications=1)  # fmt: skip


def test_a_warm_up_that_is_found_is_reported_and_left_out(found):
    warm_up = found.manifest["warm_up"]
    assert warm_up["how"] == "mser5"
    assert 0 < found.manifest["warm_up_days"] < 105
    assert found.measured_days == 210 - found.manifest["warm_up_days"]


def test_a_horizon_that_is_too_short_for_its_warm_up_is_said(short, monkeypatch):
    never = np.arange(100.0)
    monkeypatch.setattr(warmup, "observe", lambda outcome, step: {"open": never})
    loaded = load(TEMPLATE, settings=[("horizon", "4 weeks"), ("warm_up", "mser5")])
    result = govsim.run(loaded, replications=1)
    assert any("too short to find the warm-up" in text for text in result.warnings)
    assert result.measured_days > 0


@pytest.mark.parametrize(("days", "told"), [(10, 1), (49, 1), (50, 0), (210, 0)])
def test_a_short_horizon_is_said_to_leave_bias_even_if_it_seems_settled(days, told):
    settled = warmup.WarmUp(0, True, "open")
    assert len(list(warmup.doubts(settled, days * 86_400_000))) == told
    unsettled = warmup.WarmUp(0, False, "open")
    assert len(list(warmup.doubts(unsettled, days * 86_400_000))) == told + 1


def test_open_demands_are_counted_when_they_came_and_until_they_closed(short):
    service = network.build(short.scenario, short.folder)
    _, _, outcome = tasks.simulate(service, 0)
    series = warmup.observe(outcome, 86_400_000)
    d = outcome.demands
    begun = np.where(d["reported"] >= 0, d["reported"], d["accepted"])
    for day, n in enumerate(series["open"], start=1):
        t = day * 86_400_000
        still = (begun >= 0) & (begun < t) & ((d["closed"] < 0) | (d["closed"] >= t))
        assert n == still.sum()
    assert series["orders"].sum() == len(outcome.orders["time"])

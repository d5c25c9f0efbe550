"""The results folder: what is in it, and what happens when it can't be written or read."""

from __future__ import annotations

import errno
import json

import pandas as pd
import pytest
from places import TEMPLATE
from short_runs import SHORT

import govsim
from govsim import language
from govsim.errors import RunError
from govsim.runs.results import a_year, open_run
from govsim.scenarios.schema import Scenario
from govsim.storage.files import writing
from govsim.storage.finding import find, runs
from govsim.storage.folder import RunFolder


@pytest.fixture(scope="module")
def result(short, tmp_path_factory):
    language.use("en")
    out = tmp_path_factory.mktemp("results")
    return govsim.run(short, replications=3, out=out, keep_orders=True)


def test_a_manifest_says_all_that_a_run_was_made_from(result):
    manifest = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["state"] == "done"
    assert (manifest["seed"], manifest["replications"]) == (1, 3)
    assert manifest["generated"] is True
    assert any("generated" in note for note in manifest["notes"])
    assert set(manifest["inputs"]) == {"template.yaml"}
    assert {"python", "govsim", "numpy"} <= set(manifest["versions"])
    assert Scenario.model_validate(manifest["scenario"]) == result.scenario


def test_latest_names_the_newest_run(result):
    latest = (result.folder.parent / "latest").read_text(encoding="utf-8").strip()
    assert latest == result.folder.name


def test_a_run_reads_back_as_it_was(result):
    again = open_run(result.folder)
    pd.testing.assert_frame_equal(again.to_frame(), result.to_frame())
    assert again.scenario == result.scenario
    assert again.notes == result.notes
    pd.testing.assert_frame_equal(again.by_week("orders"), result.by_week("orders"))


def test_a_run_knows_its_places_with_and_without_a_folder(result):
    again, unkept = open_run(result.folder), govsim.run(TEMPLATE, settings=SHORT, replications=1)
    for name in ("points", "grids", "outline"):
        read, kept = getattr(again, name), getattr(unkept, name)
        pd.testing.assert_frame_equal(read.astype(object), kept.astype(object), check_dtype=False)
    residents = again.grids.groupby("point", observed=True)["residents"].sum()
    for point, n in residents.items():
        assert again.get("residents", "point", point).mean == n
    assert set(again.grids["point"]) <= set(again.points["point"])


def test_a_summary_has_one_row_a_key_and_measure(result):
    for level in ("district", "street", "point", "team", "category", "cause"):
        table = result.summary(level)
        assert len(table)
        assert not table.duplicated(["key", "measure"]).any()
        some = table.dropna()
        assert ((some["low"] <= some["mean"]) & (some["mean"] <= some["high"])).all()


def test_intervals_of_shares_stay_between_0_and_1(result):
    shares = result.to_frame().query("measure.str.startswith('compliance')")
    assert shares["low"].dropna().between(0, 1).all()
    assert shares["high"].dropna().between(0, 1).all()


def test_weeks_add_up_to_the_orders_of_the_measured_time(result):
    weekly = result.by_week("orders")
    assert len(weekly) == 3
    assert weekly["mean"].sum() == pytest.approx(result.get("orders").mean)


def test_a_file_says_of_each_value_what_it_is_an_amount_of(result):
    """Counts of 21 days and of a year can't be mistaken for each other."""
    values = pd.read_parquet(result.folder / "measures.parquet").astype({"per": str})
    weekly = pd.read_parquet(result.folder / "weekly.parquet").astype({"per": str})
    per = values.groupby("measure")["per"].agg(set)
    assert per["orders"] == per["demands"] == per["overtime_hours"] == {"21 days"}
    assert per["cost"] == per["staff_hours"] == per["orders_per_1000"] == {"year"}
    assert per["compliance_scene"] == per["residents"] == per["scene_minutes_mean"] == {""}
    assert set(weekly.loc[weekly["measure"].isin(["orders", "reported"]), "per"]) == {"week"}
    district = values[values["level"] == "district"].groupby("measure")["value"].mean()
    residents = district["residents"]
    assert district["orders_per_1000"] == pytest.approx(
        district["orders"] * 365 / 21 * 1000 / residents
    )


@pytest.fixture(scope="module")
def longer():
    """Twice as long as long is: 8 weeks and 16, in which little is left open."""
    return [
        govsim.run(
            TEMPLATE,
            settings=(("horizon", f"{weeks} weeks"), ("warm_up", "2 weeks")),
            replications=2,
        )
        for weeks in (10, 18)
    ]


def test_what_grows_with_the_time_that_was_counted_is_labelled_so_and_nothing_else(longer):
    once, twice = (run.summary().set_index("measure") for run in longer)
    ratio = (twice["mean"] / once["mean"]).dropna()
    few = ["helper_hours", "cost_helpers"]  # a few calls in all, so mostly luck
    ratio = ratio.drop(few, errors="ignore")
    counted = once["per"].reindex(ratio.index) == "56 days"
    assert ratio[counted].between(1.6, 2.5).all()
    assert ratio[~counted].between(0.4, 1.55).all()
    assert counted.sum() >= 4


def test_a_table_turned_into_amounts_a_year_is_the_same_for_any_length(longer):
    once, twice = (a_year(r.summary(), r.measured_days).set_index("measure") for r in longer)
    assert set(once["per"]) == set(twice["per"]) == {"year", ""}
    assert twice.at["orders", "mean"] == pytest.approx(once.at["orders", "mean"], rel=0.25)
    assert (once.at["orders", "low"], once.at["orders", "high"]) == pytest.approx(
        (longer[0].get("orders").low * 365 / 56, longer[0].get("orders").high * 365 / 56)
    )


def test_orders_say_what_became_of_each_demand_and_nothing_of_a_person(result):
    orders = pd.read_parquet(result.folder / "orders.parquet")
    assert set(orders["state"]) <= {"latent", "open", "closed", "turned away", "withdrawn"}
    assert orders["demand"].str.len().eq(16).all()
    closed = orders[orders["state"] == "closed"]
    assert (closed["onset"] <= closed["closed"]).all()
    assert orders.loc[orders["orders"] == 0, "first_cause"].eq("").all()
    people = {"name", "phone", "telephone", "address", "resident"}
    assert not people & set(orders.columns)


def test_a_run_is_found_by_its_scenario_its_id_or_its_folder(result):
    out = result.folder.parent.parent
    for name in ("template", result.folder.name, result.folder.name[:5], str(result.folder)):
        assert find(out, name) == RunFolder(result.folder)
    assert find(out, "nothing like it") is None
    assert [run.path for run in runs(out)] == [result.folder]


# ------------------------------------------------------------------ what can go wrong


def test_a_run_that_is_not_finished_is_not_read(result, tmp_path):
    RunFolder(tmp_path / "run").record({"state": "running"})
    with pytest.raises(RunError, match="isn't finished"):
        open_run(tmp_path / "run")
    with pytest.raises(RunError, match="no run in"):
        open_run(tmp_path / "elsewhere")


def test_a_manifest_that_is_broken_is_named(tmp_path):
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(RunError, match=r"manifest\.json"):
        open_run(tmp_path)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "not allowed"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_a_folder_that_cannot_be_written_is_named_with_the_reason(tmp_path, error, says):
    with pytest.raises(RunError, match=says), writing(tmp_path):
        raise error


def test_a_disk_that_fills_up_leaves_the_replications_that_are_whole(tmp_path, monkeypatch):
    put, calls = RunFolder.put, []

    def fills_up(self, replication, tables):
        calls.append(replication)
        if replication == 2:
            with writing(self.path):
                raise OSError(errno.ENOSPC, "No space left on device")
        put(self, replication, tables)

    with monkeypatch.context() as patch, pytest.raises(RunError, match="the disk is full"):
        patch.setattr(RunFolder, "put", fills_up)
        govsim.run(TEMPLATE, settings=SHORT, replications=4, out=tmp_path)
    (folder,) = (tmp_path / "template").iterdir()
    assert RunFolder(folder).kept() == 2
    assert RunFolder(folder).manifest()["state"] == "failed"
    assert govsim.run(TEMPLATE, settings=SHORT, replications=4, out=tmp_path).replications == 4

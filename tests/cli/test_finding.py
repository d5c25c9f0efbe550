"""Scenarios are found by name from any folder, and listed with a planner's own first."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from places import SCENARIOS, TEMPLATE

from govsim import language
from govsim.cli import cli
from govsim.cli.places import CASES, SHIPPED
from govsim.storage.folder import RunFolder


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def typed(*words: object, **env: str):
    return CliRunner().invoke(cli, [*map(str, words)], env=env)


def test_the_scenarios_that_come_with_govsim_are_known_by_name():
    assert {file.stem for file in SCENARIOS.glob("*.yaml")} == SHIPPED
    assert all((SCENARIOS / folder).is_dir() for folder in CASES)


@pytest.fixture
def office(tmp_path, monkeypatch) -> Path:
    """A folder with a planner's scenarios, one here and one below, and shipped ones."""
    below = tmp_path / "scenarios"
    shutil.copytree(SCENARIOS / "tables", below / "tables")
    for name in ("service", "tiandi", "tiandi-night"):
        shutil.copy(SCENARIOS / f"{name}.yaml", below)
    (below / "textbook").mkdir()
    shutil.copy(TEMPLATE, below / "textbook" / "erlang_x.yaml")
    shutil.copy(TEMPLATE, below / "我的方案.yaml")
    shutil.copy(TEMPLATE, tmp_path / "here.yaml")
    (tmp_path / "mapping.yaml").write_text("columns: {created: 上报时间}\n", encoding="utf-8")
    (tmp_path / "compose.yaml").write_text("services: {db: {image: x}}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_planners_own_scenarios_come_first_and_cases_only_when_asked_for(office):
    listed = json.loads(typed("list", "--json").stdout)["scenarios"]
    names = [one["scenario"] for one in listed]
    assert set(names[:2]) == {"here", "我的方案"}
    assert names[2:] == ["tiandi", "tiandi-night"]
    said = typed("list").stdout
    assert said.index("Your scenarios") < said.index("Shipped with govsim")
    assert "1 cases for validation are left out" in said and "erlang_x" not in said
    assert "erlang_x" in typed("list", "--all").stdout


@pytest.mark.parametrize("given", ["我的方案", "scenarios/我的方案.yaml", "here", "tiandi"])
def test_a_name_is_found_from_a_folder_below(office, monkeypatch, given):
    (office / "results" / "deep").mkdir(parents=True)
    monkeypatch.chdir(office / "results" / "deep")
    found = typed("validate", given)
    if given == "here":  # only folders of scenarios are looked through above
        assert found.exit_code == 2 and str(office / "scenarios") in found.stderr
    else:
        assert found.exit_code == 0, found.output


def test_a_name_that_is_nowhere_is_told_with_where_it_was_sought(office):
    said = typed("validate", "tiandy")
    assert said.exit_code == 2
    assert str(office / "scenarios") in said.stderr and "did you mean “tiandi”?" in said.stderr
    shown = typed("show", "nothing")
    assert shown.exit_code == 2 and str(office / "scenarios") in shown.stderr


def test_a_run_without_one_of_its_files_is_not_called_damaged(tmp_path):
    run = RunFolder(tmp_path / "results" / "mine" / "0123456789ab")
    run.path.mkdir(parents=True)
    (run.path / "measures.parquet").write_bytes(b"here")
    run.hold()
    run.record({"state": "done", "replications": 1})
    manifest = json.loads((run.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"] == {}
    run._contents.files["measures.parquet"] = {"bytes": 4, "sha256": ""}
    run.record({"state": "done", "replications": 1})
    run.release()
    (run.path / "measures.parquet").unlink()
    assert run.state() == "incomplete"
    shown = typed("show", run.path)
    assert shown.exit_code == 1
    assert "measures.parquet is missing" in shown.stderr and "damaged" not in shown.stderr
    listed = typed("list", "--out", tmp_path / "results")
    assert "a file is missing" in listed.stdout


def test_a_run_whose_record_is_gone_or_damaged_is_told_in_one_line(tmp_path):
    run = RunFolder(tmp_path / "tiandi" / "0123456789ab")
    run.path.mkdir(parents=True)
    (run.path / "measures.parquet").write_bytes(b"here")
    (run.path.parent / "latest").write_text(run.path.name)
    for name in ("tiandi", "tiandi/0123456789ab", run.path):
        shown = typed("show", name, "--out", tmp_path)
        assert (shown.exit_code, shown.stdout) == (1, "")
        assert "manifest.json is missing; the same “govsim run” makes it anew" in shown.stderr
        assert len(shown.stderr.splitlines()) == 1
    (run.path / "manifest.json").write_text("{", "utf-8")
    compared = typed("compare", "night desk", "day desk", "--out", tmp_path)
    assert compared.exit_code == 1 and len(compared.stderr.splitlines()) == 1
    assert "“night desk”; it may be one of these" in compared.stderr
    assert "tiandi/0123456789ab" in compared.stderr


@pytest.mark.parametrize(("columns", "widest"), [("60", 60), ("140", 140), ("", 100)])
def test_tables_in_a_pipe_are_as_wide_as_columns_says(office, columns, widest):
    said = typed("show", "scenarios/tiandi.yaml", "--parameters", COLUMNS=columns).stdout
    width = max(len(line) for line in said.splitlines())
    assert widest - 5 <= width <= widest

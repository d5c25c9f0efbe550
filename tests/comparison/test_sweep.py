"""A sweep: every combination of some values, each a run like any other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from places import TEMPLATE
from short_runs import SHORT, noted, tables

import govsim
from govsim import language, sources
from govsim.cli import cli
from govsim.cli.options import WRONG_INPUT
from govsim.comparison.result import open_comparison
from govsim.comparison.sweep import read_grid, sweep
from govsim.errors import InputError
from govsim.report import page
from govsim.runs.executors import Threads
from govsim.runs.results import open_run

DAY, NIGHT = "teams.volunteers.roster.day", "teams.volunteers.roster.night"
GRID = {DAY: ["1", "3"], NIGHT: ["0", "1"]}
PAIRS = [("1", "0"), ("1", "1"), ("3", "0"), ("3", "1")]


@pytest.fixture(autouse=True)
def _no_results_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def swept(out: Path, replications: int = 2, **others):
    return sweep(TEMPLATE, GRID, settings=SHORT, replications=replications, out=out, **others)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A sweep of four combinations, in this process alone."""
    language.use("en")
    return swept(tmp_path_factory.mktemp("sweep"))


def folders(of) -> list[Path]:
    return [found.folder for _, found in of.combinations]


# ------------------------------------------------------------------ what is run


def test_every_combination_is_run_in_the_order_of_the_values(made):
    assert [values for values, _ in made.combinations] == PAIRS
    for (day, night), folder in zip(PAIRS, folders(made), strict=True):
        roster = open_run(folder).manifest["scenario"]["teams"]["volunteers"]["roster"]
        assert (roster["day"], roster["night"]) == (int(day), int(night))


def test_a_combination_is_the_very_run_that_its_settings_make(made, tmp_path):
    for (day, night), folder in zip(PAIRS, folders(made), strict=True):
        settings = (*SHORT, (DAY, day), (NIGHT, night))
        alone = govsim.run(TEMPLATE, settings=settings, replications=2, out=tmp_path).folder
        assert alone.name == folder.name
        assert tables(alone) == tables(folder)


def test_workers_share_the_combinations_and_leave_the_same_bytes(made, tmp_path):
    with Threads(3) as executor:
        together = swept(tmp_path, executor=executor)
    assert list(map(tables, folders(together))) == list(map(tables, folders(made)))
    pd.testing.assert_frame_equal(together.to_frame(), made.to_frame())


def test_a_precision_is_reached_by_each_combination_and_all_get_equally_many(tmp_path):
    asked = {"precision": 0.15, "on": ["compliance_solve"]}
    made = sweep(TEMPLATE, {DAY: ["1", "3"]}, settings=SHORT, out=tmp_path, **asked)
    alone = [
        govsim.run(TEMPLATE, settings=(*SHORT, (DAY, *values)), **asked)
        for values, _ in made.combinations
    ]
    most = max(*(one.replications for one in alone), made.comparison.used[0])
    assert {found.replications for _, found in made.combinations} == {most}
    for (_, found), one in zip(made.combinations, alone, strict=True):
        if one.replications == most:
            assert found.get("compliance_solve") == one.get("compliance_solve")


def test_two_ways_to_write_a_value_are_one_run(tmp_path, monkeypatch):
    simulated = noted(monkeypatch)
    grid = {"warm_up": ["7 days", "1 week"]}
    made = sweep(TEMPLATE, grid, settings=SHORT[:1], replications=2, out=tmp_path)
    (_, days), (_, week) = made.combinations
    assert days.folder == week.folder
    assert simulated == [0, 1]


def test_the_table_has_every_measure_of_every_combination(made):
    frame = made.to_frame()
    for values, found in made.combinations:
        mine = frame[(frame[DAY] == values[0]) & (frame[NIGHT] == values[1])]
        assert list(mine["run"].unique()) == [found.run]
        expected = open_run(found.folder).summary()
        assert list(mine["measure"]) == list(expected["measure"])
        a_year = expected["per"].map({"21 days": 365 / 21}).fillna(1.0)
        np.testing.assert_allclose(mine["mean"], expected["mean"] * a_year)
        assert set(mine["per"]) == {"year", ""}
    kept = pd.read_csv(made.file, dtype=dict.fromkeys(made.paths, str))
    kept["per"] = kept["per"].fillna("")
    pd.testing.assert_frame_equal(kept, frame, check_dtype=False)


# ------------------------------------------------------------------ what is there already


@pytest.mark.slow
def test_only_what_no_earlier_run_has_made_is_simulated(tmp_path, monkeypatch):
    settings = (*SHORT, (DAY, "3"), (NIGHT, "1"))
    govsim.run(TEMPLATE, settings=settings, replications=2, out=tmp_path)
    simulated = noted(monkeypatch)
    swept(tmp_path)
    assert simulated == [0, 1] * 4  # with the plan as it is
    swept(tmp_path)
    assert simulated == [0, 1] * 4
    swept(tmp_path, replications=3)
    assert simulated == [0, 1] * 4 + [2] * 5


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_sweep_that_was_killed_goes_on_and_ends_with_the_same_bytes(
    made, tmp_path, monkeypatch, workers
):
    """It is killed when the first combination has its first replication."""
    program = f"""
import os
from govsim import sources
from govsim.runs import workers as where
from govsim.comparison.sweep import sweep
sources.code_hash = lambda: {sources.code_hash()!r}  # whoever edits the code meanwhile
def dies(now):
    if now.done == 3:
        os._exit(9)
with where.choose({workers}) as executor:
    sweep({str(TEMPLATE)!r}, {GRID!r}, settings={SHORT!r}, replications=2, out={str(tmp_path)!r},
          executor=executor, on_progress=dies)
"""
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == 9
    simulated = noted(monkeypatch)
    gone_on = swept(tmp_path)
    assert len(simulated) == 10 - 3
    assert list(map(tables, folders(gone_on))) == list(map(tables, folders(made)))


def test_progress_moves_forward_over_all_combinations(tmp_path):
    seen = []
    swept(tmp_path, on_progress=seen.append)
    made = [now for now in seen if now.phase == "replications"]  # compiling counts for itself
    amounts = [now.done + now.within for now in made]
    assert amounts == sorted(amounts)
    assert {now.total for now in made} == {10}
    assert amounts[-1] == 10


# ------------------------------------------------------------------ beside the plan as it is


def test_an_earlier_run_with_more_replications_changes_nothing(made, tmp_path):
    settings = (*SHORT, (DAY, "3"), (NIGHT, "1"))
    govsim.run(TEMPLATE, settings=settings, replications=4, out=tmp_path)
    again = swept(tmp_path)
    assert [found.replications for _, found in again.combinations] == [2] * 4
    assert [found.made for _, found in again.combinations] == [2, 2, 2, 4]
    pd.testing.assert_frame_equal(again.to_frame(), made.to_frame())
    reopened = open_comparison(again.comparison.folder)
    assert [result.replications for result in reopened.results] == [2] * 5


def test_differences_are_those_that_a_comparison_finds(made):
    """Equal to what `compare` says of the same plans over the same replications."""
    file, found = TEMPLATE, made.comparison
    plans = [f"{DAY}={day}; {NIGHT}={night}" for day, night in PAIRS]
    beside = govsim.compare([file], plans=plans, settings=SHORT, replications=2)
    assert found.baseline == beside.baseline == "template"
    ours, theirs = (f.to_frame().drop(columns="plan") for f in (found, beside))
    pd.testing.assert_frame_equal(ours, theirs)
    frame = made.to_frame()
    orders = frame[frame["measure"] == "orders"]["difference"]
    assert list(orders) == [made.difference(v, "orders").paired.difference.mean for v in PAIRS]


def test_rows_are_named_by_what_differs(made):
    titles = [made.comparison.title(name) for name in made.comparison.names]
    assert titles == [
        "My scenario",
        *(
            f"volunteers.roster.day = {day}; volunteers.roster.night = {night}"
            for day, night in PAIRS
        ),
    ]


def test_a_combination_that_is_the_plan_itself_is_the_base(tmp_path):
    path = "teams.grid_staff.roster.day"
    made = sweep(TEMPLATE, {path: ["2", "3"]}, settings=SHORT, replications=2, out=tmp_path)
    assert made.comparison.names == (f"{path}=2", f"{path}=3")
    assert made.comparison.baseline == f"{path}=2"
    assert made.comparison.title(f"{path}=2").endswith("(as it is)")


def test_other_seeds_are_not_paired(tmp_path):
    made = sweep(TEMPLATE, {"seed": ["1", "2"]}, settings=SHORT, replications=2, out=tmp_path)
    assert made.comparison is None
    assert "the seeds differ" in made.notes[0]


def test_without_a_folder_the_same_is_found(made):
    again = swept(None)
    pd.testing.assert_frame_equal(again.to_frame(), made.to_frame())
    assert again.comparison.folder is None


def test_a_report_of_the_sweep_says_what_each_row_changes_and_costs(made):
    html = page.html(open_comparison(made.comparison.folder)).replace("<wbr>", "")
    first = html.partition("<nav")[0]
    assert "4 combinations of values of" in first and DAY in first
    assert "volunteers.roster.day = 3; volunteers.roster.night = 1" in html
    for _, found in made.combinations:
        assert f"template/{found.run}" in html


# ------------------------------------------------------------------ the command line


def typed(*arguments: str):
    return CliRunner().invoke(cli, ["run", str(TEMPLATE), "-n", "2", *SETTINGS, *arguments])


SETTINGS = [part for path, value in SHORT for part in ("--set", f"{path}={value}")]
GIVEN = ["--set-grid", f"{DAY}=1,3", "--set-grid", f"{NIGHT}=0，1"]
"""A comma may be a Chinese one."""


@pytest.mark.parametrize(
    ("lang", "says"),
    [("en", "4 combinations; replications of each: 2"), ("zh", "共 4 种组合，每种重复 2 次")],
)
def test_a_sweep_is_shown_as_a_table_of_its_combinations(lang, says):
    said = typed(*GIVEN, "--lang", lang)
    assert said.exit_code == 0
    assert says in said.stdout
    for values in PAIRS:
        assert " × ".join(values) in said.stdout
    assert Path("results/template").is_dir()


def test_programs_read_what_a_sweep_found_as_json():
    found = json.loads(typed(*GIVEN, "--json", "--workers", "2").stdout)
    assert found["paths"] == [DAY, NIGHT]
    assert [tuple(one["settings"].values()) for one in found["combinations"]] == PAIRS
    for one in found["combinations"]:
        assert open_run(Path(one["folder"])).replications == one["replications"] == 2
    assert Path(found["table"]).is_file()


# ------------------------------------------------------------------ wrong input


def test_all_that_is_wrong_in_any_combination_is_said_at_once_before_anything_runs(tmp_path):
    grid = {"teams.volunters.roster.day": ["1"], "horizon": ["4 weeks", "-1 weeks", "2 moons"]}
    with pytest.raises(InputError) as error:
        sweep(TEMPLATE, grid, settings=SHORT, out=tmp_path)
    said = [str(problem) for problem in error.value.problems]
    assert len(said) == len(set(said))
    for part in ("did you mean “volunteers”", "-1 weeks", "2 moons"):
        assert any(part in line for line in said)
    assert not list(tmp_path.iterdir())


def test_a_path_without_values_is_refused():
    with pytest.raises(InputError, match=f"no values are given for {DAY}"):
        sweep(TEMPLATE, {DAY: [], NIGHT: ["1"]}, settings=SHORT)


@pytest.mark.parametrize(
    ("grids", "says"),
    [
        (["teams.volunters.roster.day=1,2"], ["did you mean “volunteers”"]),
        ([f"{DAY}=1,,2"], ["path=value,value"]),
        ([DAY], ["path=value,value"]),
        (["=1,2"], ["path=value,value"]),
        ([f"{DAY}=1,2,1"], ["same value twice"]),
        ([f"{DAY}=1,2", f"{DAY}=3"], ["given twice"]),
        ([f"{DAY}=1,many", "seed"], ["path=value,value"]),
        ([f"{DAY}=1,many", f"{NIGHT}=none,0"], ["many", "none"]),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(grids, says):
    said = typed(*(part for grid in grids for part in ("--set-grid", grid)))
    assert said.exit_code == WRONG_INPUT
    assert "Traceback" not in said.output
    for part in says:
        assert part in said.stderr
    assert not Path("results").exists()


def test_a_trace_and_a_sweep_do_not_go_together():
    said = typed(*GIVEN, "--trace", "3")
    assert said.exit_code == WRONG_INPUT
    assert "leave out --set-grid" in said.stderr


def test_commas_within_brackets_and_quotes_belong_to_a_value():
    text = 'work={lognormal: {median: 30 min, sigma: 0.7}},{fixed: 20 min},"1,5"'
    assert read_grid([text]) == {
        "work": ["{lognormal: {median: 30 min, sigma: 0.7}}", "{fixed: 20 min}", '"1,5"']
    }

"""A design covers what it says, keeps what is fixed, runs as it was written, and says what it rests
on."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from short_runs import typed

import govsim
from govsim import language
from govsim.errors import InputError
from govsim.report import page, siting_words, workbook
from govsim.runs.executors import Serial
from govsim.siting.result import COVER, MIXED, TODAY, Siting

TOWN = """
label: {zh: 小城, en: A small town}
horizon: 2 weeks
warm_up: 0 days
replications: 2
territory:
  name: {zh: 小城, en: A small town}
  outline: {square: 5 km}
  grids: {count: 40}
  residents: 20000
  offices: true
  point_stations: {count: 3, grids_each: 3, reach: 1.2 km}
teams:
  grid_staff:
    label: {zh: 网格员, en: grid staff}
    at: [point_station, community_office]
    roster: {day: 2}
groups:
  all: {label: {zh: 全部, en: all}, teams: [grid_staff]}
demand:
  categories:
    property:
      label: {zh: 物业服务, en: property service}
      rate: 60 per 1000 per year
      group: all
channels:
  walk_in:
    label: {zh: 点站窗口, en: station desk}
    with_station: 0.9
    without_station: 0.5
    via: direct
  call_12345:
    label: {zh: 12345热线, en: 12345 hotline}
    with_station: 0.1
    without_station: 0.5
    via: centre
"""


def town(folder: Path) -> Path:
    file = folder / "town.yaml"
    file.write_text(TOWN, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Siting:
    folder = tmp_path_factory.mktemp("town")
    return govsim.site(
        town(folder), add=1, move=1, curve=2, out=folder / "results", executor=Serial()
    )


@lru_cache
def loaded() -> govsim.Loaded:
    import tempfile

    return govsim.load(town(Path(tempfile.mkdtemp())))


def refused(**asked: object) -> str:
    with pytest.raises(InputError) as error:
        govsim.site(loaded(), simulate=0, executor=Serial(), **asked)  # type: ignore[arg-type]
    return str(error.value)


def test_stations_cover_what_they_say_within_their_reach_and_room(found: Siting) -> None:
    grids = found.grids.set_index("grid")
    plan = found.to_frame()
    for row in plan.itertuples():
        mine = [grid for grid in str(row.grids).split("; ") if grid]
        assert len(mine) == row.n_grids <= 3
        assert grids.loc[mine, "residents"].sum() == row.residents
        assert (grids.loc[mine, "proposed"] == row.point).all()
        if row.change in ("new", "moved"):
            far = np.hypot(grids.loc[mine, "x"] - row.x, grids.loc[mine, "y"] - row.y)
            assert (far <= 1200).all()
    assert plan["residents"].sum() == found.design(COVER)["covered"]
    assert plan["change"].value_counts()["new"] == 1
    assert (plan["change"] == "moved").sum() <= 1 and (plan["change"] != "closed").sum() == 4
    today = found.stations[found.stations["design"] == TODAY].set_index("point")
    for row in plan[plan["change"] == "kept"].itertuples():
        assert row.grids == today.loc[row.point, "grids"]


def test_more_stations_never_cover_less_and_no_design_passes_its_bound(found: Siting) -> None:
    curve = found.curve[found.curve["model"] == COVER]
    assert curve["count"].tolist() == [1, 2]
    assert curve["value"].is_monotonic_increasing
    assert (curve["bound"] >= curve["value"]).all() and (curve["gap"] <= 0.015).all()
    row = found.design(COVER)
    assert row["value"] == row["covered"] == curve["value"].iloc[0]


def test_the_written_scenario_runs_to_the_figures_of_the_design(found: Siting) -> None:
    plan = govsim.run(found.manifest["plan_file"], replications=2)
    orders = found.measures[
        (found.measures["design"] == found.proposed) & (found.measures["measure"] == "orders")
    ]
    year = 365 / plan.measured_days
    assert plan.get("orders").mean * year == pytest.approx(orders["plan"].iloc[0])
    assert "建议布点" in plan.scenario.label.zh


def test_it_is_read_back_and_goes_on_without_simulating_again(
    found: Siting, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found.folder is not None
    again = govsim.open_siting(found.folder)
    assert again.stations.equals(found.stations) and again.proposed == found.proposed
    from govsim.evaluation import work

    monkeypatch.setattr(work, "perform", lambda _: pytest.fail("simulated again"))
    scenario = found.folder.parents[2] / "town.yaml"
    twice = govsim.site(
        scenario, add=1, move=1, curve=2, out=found.folder.parents[1], executor=Serial()
    )
    assert twice.measures.equals(found.measures)
    assert twice.manifest["plan_file"] == found.manifest["plan_file"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_whatever_speaks_of_orders_says_that_it_rests_on_the_channel_mix(
    found: Siting, lang: str, tmp_path: Path
) -> None:
    language.use(lang)  # type: ignore[arg-type]
    rests = "with_station"
    assert rests in siting_words.mix(found)
    for line in siting_words.orders(found):
        assert rests in line or ("channel" in line if lang == "en" else "渠道" in line)
    text = page.html(found)
    assert text.count(rests) >= 3 and text.count("<svg") >= 3
    assert siting_words.marked("orders").endswith(siting_words.MARK)
    assert workbook.write(found, tmp_path / "sites.xlsx").stat().st_size > 1000
    language.use("en")


def test_without_another_channel_mix_there_is_no_fall_to_rest_on_it(found: Siting) -> None:
    measures = found.measures[found.measures["measure"] == "orders"].set_index("design")
    assert measures.loc[COVER, "difference"] < 0
    assert abs(measures.loc[MIXED, "difference"]) < abs(measures.loc[COVER, "difference"])


def test_all_that_is_wrong_is_said_at_once_with_the_likely_name() -> None:
    said = refused(add=-1, reach=0.0, grids_each=0, fixed=("S1",))
    assert said.count("\n") == 3
    assert "--add" in said and "--reach" in said and "--grids-each" in said and "S01" in said
    assert "more than the" in refused(add=999)
    assert "more than the 3" in refused(close=4)
    assert "--add 5" in refused()
    assert "all stations are fixed" in refused(move=1, fixed=("all",))


def test_a_station_that_changes_name_is_not_closed(tmp_path: Path) -> None:
    file = tmp_path / "closed.yaml"
    works = "{first_day: 2025-01-02, last_day: 2025-01-03, at: [S02], closed: true}"
    file.write_text(f"{TOWN}changes:\n  works: {works}\n", encoding="utf-8")
    with pytest.raises(InputError, match="--fixed S02"):
        govsim.site(file, close=1, simulate=0, executor=Serial())
    made = govsim.site(file, close=1, fixed=("S02",), simulate=0, executor=Serial())
    assert "S02" not in made.to_frame().query("change == 'closed'")["point"].tolist()
    assert (made.to_frame()["change"] == "closed").sum() == 1


def test_a_table_of_candidates_is_used_as_far_as_it_can_be(tmp_path: Path) -> None:
    table = tmp_path / "sites.csv"
    grids = govsim.Service(loaded(), executor=Serial()).network.territory.grids
    x, y = grids["x"].iloc[5], grids["y"].iloc[5]
    table.write_text(
        f"候选点,名称,x,y\nA,甲,{x},{y}\nB,乙,many,0\nS01,丙,0,0\nC,丁,99999,0\nD,戊,0,100\n",
        encoding="utf-8",
    )
    made = govsim.site(
        loaded(), add=1, candidates=table, simulate=0, out=tmp_path / "out", executor=Serial()
    )
    assert made.set_aside["line"].tolist() == [3, 4, 5]
    assert made.folder is not None
    assert "99999" in (made.folder / "candidates-set-aside.csv").read_text(encoding="utf-8")
    assert set(made.to_frame().query("change == 'new'")["point"]) <= {"A", "D"}
    table.write_text("候选点,x,y\nS01,0,0\nC,99999,0\n", encoding="utf-8")
    said = refused(add=1, candidates=table)
    assert ":2:" in said and ":3:" in said
    assert "positions are missing" in refused(add=1, candidates=_only_names(table))
    assert "no such file" in refused(add=1, candidates=tmp_path / "site.csv")


def _only_names(table: Path) -> Path:
    table.write_text("point\nA\n", encoding="utf-8")
    return table


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    file = town(tmp_path)
    told = ("site", file, "--add", 1, "--simulate", 0, "--out", tmp_path / "results")
    done = typed(*told, "--json", "--no-report")
    assert done.exit_code == 0, done.output
    values = json.loads(done.stdout)
    assert values["changes"]["new"] == 1 and values["stations"]
    shown = typed(*told, "--quiet")
    assert shown.exit_code == 0 and shown.stdout == ""
    assert "distance" in typed(*told, "--reach", "far").output

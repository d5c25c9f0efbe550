"""A plan that was sought is the cheapest, holds on fresh demands, and runs as it was written."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from places import SCENARIOS
from short_runs import A_PLAN, typed

import govsim
from govsim import language
from govsim.errors import InputError
from govsim.evaluation.service import Service
from govsim.optimisation import box as boxes
from govsim.optimisation import promises
from govsim.optimisation.asked import Wanted, asked_for
from govsim.optimisation.box import Box, levers_of, narrowed, options_of
from govsim.optimisation.result import FOUND, NONE, OUT_OF_REACH, Optimum
from govsim.optimisation.search import FRESH
from govsim.report import optimum_words as words
from govsim.report import page
from govsim.runs.executors import Serial
from govsim.scenarios.loading import load

TIANDI = SCENARIOS / "tiandi.yaml"
SHORT = (("horizon", "9 weeks"), ("warm_up", "1 week"))
BUT_VOLUNTEERS = ("teams.grid_staff", "teams.property_management", "desk")
FEW: dict[str, Any] = {
    "fix": (*BUT_VOLUNTEERS, "teams.volunteers.roster.night", "teams.urban_management.roster.night")
}
"""Nine plans: volunteers and urban management by day."""


@lru_cache
def short() -> govsim.Loaded:
    return load(TIANDI, settings=SHORT)


def sought(**asked: Any) -> Optimum:
    return govsim.optimise(short(), executor=Serial(), **asked)


@lru_cache
def found() -> Optimum:
    return sought(keep=("scene=59%",), **FEW)


def all_means() -> tuple[Box, np.ndarray]:
    """Mean share on the scene in time of all plans of the small box, over 40 replications."""
    service = Service(short(), executor=Serial())
    box = asked_for(service, Wanted(keep=("scene=59%",), **FEW)).box
    asked = [("district", "", "compliance_scene")]
    values = service.each((box.frozen(p) for p in range(box.size)), range(2000, 2040), asked)
    return box, np.array([one.mean() for one in values])


def test_the_plan_is_the_cheapest_of_all_that_keep_the_promise() -> None:
    answer = found()
    assert answer.verdict == FOUND
    box, means = all_means()
    keeps = means >= 0.59
    assert 0 < keeps.sum() < len(keeps)  # or there would be nothing to find
    assert answer.cost == pytest.approx(box.costs[keeps].min())
    assert answer.bound <= answer.cost


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_its_report_has_the_answer_its_figures_and_tables(lang) -> None:
    language.use(lang)
    text = page.html(found())
    assert words.sentences(found())[0] in text
    assert text.count("<svg") >= 1
    row = found().promises.iloc[0]
    assert f"{100 * row['plan']:.1f}%" in text
    hours = found().hours
    assert len(hours) == 48
    # Who is on the roster by the hour is who is on it by shifts of twelve hours.
    rosters = found().rosters
    mine = rosters[(rosters["team"] != "desk") & rosters["day_kind"].isin(["", "workday"])]
    for column in ("today", "number"):
        by_hour = hours[hours["day"] == "workday"][column].sum()
        assert by_hour == pytest.approx(12 * mine[column].sum())
    assert (hours["asked"] >= 0).all() and hours["asked"].sum() > 0


def test_what_is_claimed_was_found_on_replications_that_the_search_never_saw() -> None:
    row = found().promises.iloc[0]
    assert row["plan_low"] >= row["target"] == 0.59
    rosters = found().rosters.set_index(["team", "shift"])["number"]
    plan = {
        team: {shift: int(rosters[team, shift]) for shift in ("day", "night")}
        for team in ("volunteers", "urban_management")
    }
    service = Service(short(), executor=Serial())
    fresh = range(FRESH, FRESH + int(row["n"]))
    scene = service.evaluate(plan, fresh, ["compliance_scene"])["compliance_scene"]
    assert scene.mean() == pytest.approx(row["plan"], rel=1e-12)
    again = service.evaluate(None, fresh, ["compliance_scene"])["compliance_scene"]
    assert again.mean() == pytest.approx(row["today"], rel=1e-12)


def test_one_fewer_of_each_saves_what_it_costs() -> None:
    posts = found().posts.set_index("path")
    own = Service(short(), executor=Serial())
    less = own.with_rosters({"volunteers": {"day": 1}})
    assert posts.loc["teams.volunteers.roster.day", "saved"] == pytest.approx(
        (own.cost - less.cost) * (1 if len(posts) else 0)
    )


def test_costs_of_plans_are_those_of_their_rosters() -> None:
    service = Service(short(), executor=Serial())
    box = Box(service, levers_of(service), options_of(["travel.turn_out=1 min:20000元/年"]))
    rng = np.random.default_rng(3)
    assert box.costs[box.today] == pytest.approx(service.cost)
    for plan in rng.integers(0, box.size, 12).tolist():
        mine = service.with_pools(box.rosters(plan))
        price = 20000 * box.digits(plan)[0][0]
        assert box.costs[plan] == pytest.approx(mine.cost + price)
        fullest = mine.rosters.groupby(["point", "team", "shift"])["number"].max()
        assert box.heads[plan] == fullest.sum()
    with pytest.raises(InputError) as told:  # the least is what it costs to leave only who walks
        sought(keep=("scene=50%",), budget=1000.0)
    assert f"{box.costs.min():,.0f} yuan" in str(told.value)


def test_the_box_is_around_today_and_takes_nobody_from_who_walks_the_grids() -> None:
    levers = {lever.path: lever for lever in levers_of(Service(short(), executor=Serial()))}
    assert levers["teams.volunteers.roster.day"].values == (1, 2, 3)
    assert levers["teams.volunteers.roster.night"].values == (0, 1)
    by_day = levers["teams.grid_staff.roster_at.point_station.day"].values
    assert [boxes.most(head) for head in by_day] == [2, 3]
    assert by_day[1] == {"workday": 3, "weekend": 2, "holiday": 2}
    given = narrowed(
        list(levers.values()),
        ["teams.volunteers.roster.day=0..4", "desk.night=0,2"],
        ["teams.grid_staff"],
        ["day", "night"],
    )
    now = {lever.path: lever.values for lever in given}
    assert now["teams.volunteers.roster.day"] == (0, 1, 2, 3, 4)
    assert now["desk.rosters.point_station.night"] == (0, 2)
    assert now["teams.grid_staff.roster_at.point_station.night"] == (1,)
    assert boxes.most({"workday": 1, "weekend": 3}) == 3


def a_file(folder: Path) -> Path:
    """Write a planner's own short scenario: one station, three teams."""
    file = folder / "mine.yaml"
    file.write_text(A_PLAN, encoding="utf-8")
    return file


OWN: dict[str, Any] = {"keep": ("solve=20%",), "fix": ("teams.grid_staff", "desk")}


def test_the_written_plan_runs_to_the_figures_of_its_rosters(tmp_path: Path) -> None:
    file = a_file(tmp_path)
    answer = govsim.optimise(file, out=tmp_path / "results", executor=Serial(), **OWN)
    assert answer.verdict == FOUND and answer.folder is not None
    plan = tmp_path / "mine-plan.yaml"
    assert answer.manifest["plan_file"] == str(plan)
    run, mine = govsim.run(plan, replications=2), Service(plan, executor=Serial())
    assert mine.cost == pytest.approx(answer.cost) != answer.manifest["cost_today"]
    scene = mine.evaluate(None, 2, ["compliance_scene"])["compliance_scene"]
    assert run.get("compliance_scene").mean == pytest.approx(scene.mean(), rel=1e-12)
    assert "建议方案" in run.scenario.label.zh
    again = govsim.open_optimum(answer.folder)
    assert again.rosters.equals(answer.rosters) and again.cost == answer.cost


def test_a_search_that_was_made_before_goes_on_and_overwrites_nothing(tmp_path: Path) -> None:
    file, out = a_file(tmp_path), tmp_path / "results"
    first = govsim.optimise(file, out=out, executor=Serial(), **OWN)
    second = govsim.optimise(file, out=out, executor=Serial(), **OWN)
    assert first.manifest["replications"] > 0 == second.manifest["replications"]
    assert second.rosters.equals(first.rosters)
    assert sorted(f.name for f in tmp_path.glob("mine*")) == [
        "mine-plan-rosters.csv", "mine-plan.yaml", "mine.yaml"
    ]  # fmt: skip
    (tmp_path / "mine-plan.yaml").write_text("# gone on with by hand\n", encoding="utf-8")
    govsim.optimise(file, out=out, executor=Serial(), **OWN)
    assert "by hand" in (tmp_path / "mine-plan.yaml").read_text("utf-8")
    assert (tmp_path / "mine-plan-2.yaml").exists()


def test_what_no_staffing_can_keep_is_said_before_any_search() -> None:
    answer = sought(keep=("scene=97%",))
    assert answer.verdict == OUT_OF_REACH and answer.manifest["looked_at"] == 0
    assert answer.ceiling["high"].iloc[0] < 0.97
    assert answer.helps["gain"].max() > 0.03
    assert not len(answer.rosters) and np.isnan(answer.cost)


def test_where_no_plan_of_the_box_keeps_it_the_nearest_is_told() -> None:
    answer = sought(keep=("orders<=3",), **FEW)
    assert answer.verdict == NONE
    assert answer.manifest["nearest"]["values"][0] > 3


def test_the_best_for_a_budget_is_within_it_and_better_than_what_costs_less() -> None:
    box, means = all_means()
    budget = float(np.sort(box.costs)[4]) + 1
    answer = sought(best="scene", budget=budget, **FEW)
    assert answer.verdict == FOUND and answer.cost <= budget
    mine = answer.measures.set_index("measure").loc["compliance_scene", "plan"]
    assert mine >= means[box.costs <= budget].max() - 0.006


def test_an_option_is_taken_where_it_is_cheaper_than_people() -> None:
    answer = sought(
        keep=("scene=70%",),
        fix=(*BUT_VOLUNTEERS, "teams.volunteers", "teams.urban_management"),
        tries=("travel.turn_out=1 min:1000 yuan/year",),
    )
    assert answer.verdict == FOUND  # no plan without it comes near: see `all_means`
    assert "travel.turn_out" in answer.manifest["changes"]
    assert answer.cost <= answer.manifest["cost_today"] + 1000


def test_the_curve_rises_with_its_cost() -> None:
    answer = sought(keep=("scene=59%",), curve=True, fix=(*FEW["fix"], "teams.volunteers"))
    costs, means = answer.curve["cost"].to_numpy(), answer.curve["mean"].to_numpy()
    assert len(costs) >= 2
    assert (np.diff(costs) > 0).all() and (np.diff(means) > -0.005).all()


def test_promises_are_read_as_planners_write_them() -> None:
    scene, orders, worst = promises.read(["scene=55%", "orders ≤ 574", "worst_tenth>=0.4"])
    assert (scene.at_least, scene.target, scene.clock) == (True, 0.55, "scene")
    assert (orders.at_least, orders.target, orders.clock) == (False, 574.0, "")
    assert worst.at_least and str(worst) == "worst_tenth>=40%"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"keep": ("scene=140%", "scnee=5%")}, ("100%", "scene", "scnee")),
        ({"keep": ("utilisation=3%",)}, ("utilisation>=",)),
        ({"keep": ("orders=-4",)}, ("below 0",)),
        ({"vary": ("teams.volunteer.day=0..3", "desk=x")}, ("teams.volunteers", "desk=x")),
        ({"fix": ("volunters",)}, ("volunteers",)),
        ({"keep": ("scene=50%",), "budget": 1000.0}, ("the cheapest costs",)),
        ({"keep": ("scene=50%",), "heads": 1}, ("posts",)),
        ({"tries": ("travel.turnout=1 min:2",)}, ("--try", "turn_out")),
        ({"tries": ("travel.turn_out=1 min",)}, ("yuan/year",)),
        ({"vary": ("teams.volunteers=0..99", "desk=0..99", "teams.grid_staff=0..99")}, ("--fix",)),
        ({"best": "demands"}, ("demands",)),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_is_possible(
    asked: dict[str, Any], said: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as refused:
        govsim.optimise(TIANDI, executor=Serial(), **asked)
    for word in said:
        assert word in str(refused.value)


def test_the_command_shows_writes_and_prints_json(tmp_path: Path) -> None:
    words = [
        "optimise", a_file(tmp_path), "--keep", "solve=20%", "--out", tmp_path / "results",
        *(part for path in OWN["fix"] for part in ("--fix", path)),
    ]  # fmt: skip
    shown = typed(*words)
    assert shown.exit_code == 0, shown.output
    assert "Yes:" in shown.output and "fresh replications" in shown.output
    assert "mine-plan.yaml" in shown.output.replace("\n", "")
    (folder,) = (f for f in (tmp_path / "results" / "optimise").iterdir() if f.is_dir())
    assert {"rosters.csv", "rosters.xlsx"} <= {f.name for f in folder.iterdir()}
    told = json.loads(typed(*words, "--json", "--quiet").stdout)
    assert told["verdict"] == FOUND and told["promises"][0]["plan_low"] >= 0.2


def test_a_large_box_is_not_refused_where_a_budget_leaves_few_plans_of_it() -> None:
    service = Service(TIANDI, executor=Serial())
    few = asked_for(service, Wanted(best="scene", budget=900_000.0))
    assert few.box.size > 5000 and 0 < len(few.among) < 200
    assert (few.box.costs[few.among] <= 900_000.5).all()
    with pytest.raises(InputError, match="--fix"):
        asked_for(service, Wanted(best="scene"))

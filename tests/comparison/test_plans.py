"""What-ifs and finished runs beside each other: named by what differs, over the same demands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from short_runs import A_PLAN, noted, typed

import govsim
from govsim import language
from govsim.comparison.plans import read_plans
from govsim.comparison.result import Comparison, open_comparison
from govsim.errors import InputError
from govsim.report.comparison_words import how_sure
from govsim.runs.results import open_run

NIGHT, DAY = "desk.rosters.point_station.night", "teams.grid_staff.roster.day"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a plan and two what-ifs on it, compared once."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("planner")
        patch.chdir(folder)
        language.use("en")
        Path("scenarios").mkdir()
        Path("scenarios/mine.yaml").write_text(A_PLAN, "utf-8")
        plans = [f"night desk: {NIGHT}=1", f"{DAY}=3； {NIGHT}=1"]
        found = govsim.compare(["scenarios/mine.yaml"], plans=plans, replications=6, out="results")
        return folder, found


@pytest.fixture
def found(place, monkeypatch) -> Comparison:
    monkeypatch.chdir(place[0])
    return place[1]


def problems(*args: object, **kwargs: object) -> str:
    with pytest.raises(InputError) as error:
        govsim.compare(*args, **kwargs)
    return "\n".join(map(str, error.value.problems))


# ------------------------------------------------------------------ what-ifs


def test_a_plan_is_written_as_a_name_and_its_settings():
    one, two, three = read_plans(
        [
            f"night desk: {NIGHT}=1; {DAY}=3",
            f"夜间前台：{NIGHT}=1；{DAY}=3",
            "demand.categories.hazard.work={lognormal: {median: 30 min, sigma: 0.7}}",
        ]
    )
    assert one.name == "night desk" and two.name == "夜间前台"
    assert one.settings == two.settings == ((NIGHT, "1"), (DAY, "3"))
    assert three.name == "" and three.settings[0][1].endswith("sigma: 0.7}}")


def test_what_ifs_are_compared_with_their_base_over_the_same_demands(found):
    assert found.names == ("mine", "night desk", f"{DAY}=3; {NIGHT}=1")
    assert set(found.used) == {6}
    assert found.other_demands == {}
    assert "the same demands" in how_sure(found)[0]
    desk = next(
        d for d in found.differences if (d.plan, d.quantity.measure) == ("night desk", "cost")
    )
    assert desk.paired.difference.mean > 0 and desk.paired.difference.n == 6
    assert [found.title(plan) for plan in found.names] == [
        "My scenario",
        "night desk",
        "My scenario: rosters.point_station.night = 1, grid_staff.roster.day = 3",
    ]


def test_a_what_if_is_the_very_run_that_its_settings_make(found, monkeypatch):
    simulated = noted(monkeypatch)
    settings = ((DAY, "3"), (NIGHT, "1"))
    alone = govsim.run("scenarios/mine.yaml", settings=settings, replications=6, out="results")
    assert alone.folder == found.results[2].folder
    assert simulated == []


def test_a_comparison_keeps_the_names_it_was_given(found):
    again = open_comparison(found.folder)
    assert [again.title(plan) for plan in again.names] == list(map(found.title, found.names))
    govsim.run(
        "scenarios/mine.yaml",
        settings={NIGHT: "1"},
        replications=6,
        out="results",
        name="another name",
    )
    assert open_comparison(found.folder).title("night desk") == "night desk"


def test_all_that_is_wrong_with_plans_is_told_at_once(found, tmp_path):
    said = problems(
        ["scenarios/mine.yaml"],
        plans=[
            "one: desk.rosters.point_staton.night=1; teams.volunters.roster.day=2",
            "two night desk",
            "three: horizon=21 days",
            f"four: {NIGHT}=1",
            f"five: {NIGHT}= 1",
            "mine: seed=1",
        ],
        on=["ordres"],
        out=tmp_path / "none",
    )
    for part in (
        "--plan “one”: desk.rosters.point_staton: unknown key “point_staton”; did you mean “point",
        "--plan “one”: teams.volunters: unknown key “volunters”; did you mean “volunteers”?",
        "--plan: “two night desk” is not of the form “name: path=value; path=value”",
        "--plan “three”: it changes nothing in “mine”",
        "--plan “five”: it is the same plan as “four”",
        "--plan “mine”: another plan is called so, too",
        "did you mean “orders”?",
    ):
        assert part in said
    assert "at least two" not in said and not (tmp_path / "none").exists()


def test_a_what_if_with_other_demands_is_told_of(found):
    made = govsim.compare(
        ["scenarios/mine.yaml"], plans=["more: demand.level=1.5"], replications=2, out="results"
    )
    (share,) = made.other_demands.values()
    assert 0.3 < share < 0.7
    assert any("did not meet the same demands" in text for text in made.warnings)
    assert "but not all the same demands" in how_sure(made)[0]


def test_plans_can_t_have_another_seed(found):
    said = problems(["scenarios/mine.yaml"], plans=["luck: seed=7"])
    assert "the seeds differ" in said


# ------------------------------------------------------------------ finished runs


def test_finished_runs_are_compared_as_they_are(found, monkeypatch):
    simulated = noted(monkeypatch)
    again = govsim.compare([open_run(r.folder) for r in found.results], out="results")
    assert simulated == []
    assert set(again.used) == {6}
    ours, theirs = (f.to_frame().drop(columns=["plan", "against"]) for f in (again, found))
    assert ours.equals(theirs)


def test_runs_and_scenarios_are_found_by_what_a_planner_types(found):
    run = found.results[2].folder
    more = json.loads(
        typed("run", "mine", "-n", 3, f"--set={DAY}=4", "--no-report", "--json").stdout
    )
    given = ["mine", run.name[:8], f"mine/{Path(more['folder']).name}", "--no-report", "--json"]
    told = json.loads(typed("compare", *given).stdout)
    assert told["baseline"] == "mine"
    assert [one["replications"] for one in told["plans"]] == [3, 3, 3]
    assert told["plans"][1]["changes"] == [
        {"path": NIGHT, "after": 1},
        {"path": DAY, "before": 2, "after": 3},
    ]


def test_what_can_t_be_done_with_a_finished_run_is_told(found):
    run = found.results[1].folder.name
    for given, says in (
        (["-n", 40], "this run has 6 replications, and 40 are asked for"),
        (["--precision", "5%"], "no more can be made"),
        (["--set", f"{DAY}=3"], "not a run that is finished"),
        (["--uncertainty", "posterior"], "finished"),
    ):
        said = typed("compare", "mine", run, *given)
        assert said.exit_code == 2 and says in said.stderr
    said = typed("compare", run, "--plan", f"x: {DAY}=3")
    assert said.exit_code == 2 and "must be a file, not a run" in said.stderr
    said = typed("compare", "mine", "mine")
    assert said.exit_code == 2 and "--plan" in said.stderr


def test_runs_of_another_program_did_not_meet_the_same_demands(found):
    old = open_run(found.results[1].folder)
    old = replace(old, manifest={**old.manifest, "code": "0" * 64})
    assert "another version of govsim" in problems(["scenarios/mine.yaml", old])

"""From a table or a plan to a rota, to a sheet, and back into the scenario; faults are named."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from places import SCENARIOS
from short_runs import A_PLAN, typed

import govsim
from govsim.errors import InputError
from govsim.language import use
from govsim.rostering import back, people
from govsim.rostering.result import IMPOSSIBLE, MADE, Rota
from govsim.rostering.rules import Rules, example_file, read
from govsim.rostering.task import Shift, Task
from govsim.scenarios.loading import load

NEED = "时段,人数,日期类型\n08:00-16:00,1,\n16:00-24:00,1,\n00:00-08:00,1,\n08:00-16:00,2,周一\n"
ROLL = (
    "姓名,每周工时,夜班,请假从,请假至\n张三,40,是,2025-03-04,2025-03-05\n李四,40,是,,\n"
    "王五,40,否,,\n赵六,40,,,\n钱七,20,是,,\n孙八,,是,,\n"
)
WEEK = (("weeks", "1"), ("least_at_night", "1"))


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """Write a week's need and six people."""
    (tmp_path / "people.csv").write_text(ROLL, encoding="utf-8")
    (tmp_path / "need.csv").write_text(NEED, encoding="utf-8")
    return tmp_path


def a_week(folder: Path, **asked: object) -> Rota:
    given = {"people": folder / "people.csv", "rule": WEEK, "first": "2025-03-03"} | asked
    return govsim.roster(folder / "need.csv", **given)  # type: ignore[arg-type]


def test_a_table_of_need_and_of_people_become_a_rota(week: Path) -> None:
    found = a_week(week, out=week / "results")
    assert found.verdict == MADE and found.folder is not None
    assert (found.cover["kept"] >= found.cover["need"]).all()
    monday = found.cover[found.cover["starts"] == pd.Timestamp("2025-03-03 08:00")]
    assert monday["need"].tolist() == [2]  # what is said of Mondays goes over what is of all days
    assert not found.duties.query("person == '张三' and '2025-03-04' <= date <= '2025-03-05'").size
    assert not found.duties.query("person == '王五' and night").size
    assert found.people.set_index("person")["hours"]["钱七"] <= 20
    assert found.leave["date"].tolist() == ["2025-03-04", "2025-03-05"]
    again = govsim.open_rota(found.folder)
    assert again.duties.equals(found.duties) and again.to_frame().shape == (6, 7)


def test_the_next_rota_knows_the_last_shifts_of_this_one(week: Path) -> None:
    first = a_week(week, out=week / "results")
    rule = (*WEEK, ("days_in_a_row", "5"))
    later = a_week(week, after=first, first="2025-03-10", rule=rule)
    both = pd.concat([first.duties, later.duties]).sort_values(["person", "starts"])
    rest = both.groupby("person").apply(
        lambda one: (one["starts"] - one["ends"].shift()).min(), include_groups=False
    )
    assert (rest.dropna() >= pd.Timedelta("11h")).all()


def test_what_cannot_be_worked_is_refused_with_its_rules_and_who_would_do(week: Path) -> None:
    rule = (*WEEK, ("overtime", "0"))
    found = a_week(week, people=4, rule=rule)
    assert found.verdict == IMPOSSIBLE and not len(found.duties)
    of = dict(list(found.conflicts.groupby("what")))
    assert of["rule"]["rule"].tolist() == ["hours"] == of["alone"]["rule"].tolist()
    more = int(of["more"]["number"].sum())
    assert a_week(week, people=4 + more, rule=rule).verdict == MADE
    missing = a_week(week, people=4, short=True, rule=rule).manifest["short_hours"]
    assert missing == 2 * 8  # 22 shifts are needed, and four people have five each


def test_hours_that_no_shift_reaches_are_named(week: Path) -> None:
    rules = week / "rules.yaml"
    rules.write_text('weeks: 1\nshifts: {day: "08:00-16:00"}\n', encoding="utf-8")
    found = a_week(week, rules=rules, rule=())
    assert found.verdict == IMPOSSIBLE
    assert set(found.conflicts["what"]) == {"uncovered"}


def test_all_faults_of_a_table_are_told_with_their_lines(week: Path) -> None:
    bad = week / "bad.csv"
    bad.write_text(
        "姓名,每周工时,夜班,请假从,请假至\n张三,四十,是,,\n李四,40,也许,,\n王五,40,是,2025-03-09,2025-03-03\n"
        "赵六,40,是,2025-03-03,\n钱七,40,是,,\n",
        encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(InputError) as told:
        a_week(week, people=bad)
    assert [one.line for one in told.value.problems] == [2, 3, 4, 5]
    found = a_week(week, people=bad, skip_bad_rows=True, short=True)
    assert [row["line"] for row in found.manifest["set_aside"]] == [2, 3, 4, 5]
    assert found.people["person"].tolist() == ["钱七"]


def test_rules_are_read_with_their_lines_and_the_examples_say_the_defaults(tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        use(lang)  # type: ignore[arg-type]
        assert read(example_file()) == Rules()
    wrong = tmp_path / "rules.yaml"
    wrong.write_text("rests: 12 h\nweeks: 99\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        read(wrong, [("rest", "soon")])
    assert [(one.file == str(wrong), one.line) for one in told.value.problems[-2:]] == [
        (True, 1), (True, 2),
    ]  # fmt: skip
    assert any(one.file == "--rule" for one in told.value.problems) or len(told.value.problems) == 2


def test_a_station_pins_up_a_sheet_and_its_plan_runs(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(A_PLAN, encoding="utf-8")
    out = tmp_path / "results"
    rules = ("--rule", "weeks=1", "--rule", "least_at_night=1", "--team", "desk")
    shown = typed("roster", file, *rules, "--from", "2025-03-03", "-n", "2", "--json", "--out", out)
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.output)
    assert told["verdict"] == MADE and told["service"][0]["n"] == 2
    page = load_workbook(Path(told["folder"]) / "rota.xlsx").worksheets[0]
    assert page.page_setup.orientation == "landscape" and page.page_setup.fitToHeight == 1
    names = [page.cell(r, 1).value for r in range(4, 4 + len(told["people"]))]
    assert names == [row["person"] for row in told["people"]]
    ran = govsim.run(told["scenario_file"], replications=2)
    kept = {row["measure"]: row["rota"] for row in told["service"]}
    assert ran.get("orders").mean == pytest.approx(kept["orders"])
    assert ran.get("compliance_scene").mean == pytest.approx(kept["compliance_scene"], rel=1e-9)


def test_shifts_of_a_scenario_are_cut_where_the_rotas_are() -> None:
    starts = (0, 480, 960)
    shifts = tuple(Shift(f"{at}", at, at + 480) for at in starts)
    task = Task(date(2025, 3, 3), shifts, (), (), Rules(), (0,) * 7)
    scenario = load(SCENARIOS / "tiandi.yaml").scenario
    parts = {p.name: (p.start // 60, p.end // 60) for p in back.pieces(scenario, task)}
    assert parts == {
        "day": (8, 16), "day_1600": (16, 20), "night": (20, 24), "night_0000": (0, 8),
    }  # fmt: skip


def test_a_command_that_finds_no_rota_says_so_and_fails(week: Path) -> None:
    rules = ("--rule", "weeks=1", "--from", "2025-03-03", "--out", week / "out")
    done = typed("roster", week / "need.csv", "--people", "2", *rules)
    assert done.exit_code == 1 and "too few people at once" in done.output
    assert typed("roster", week / "need.csv", "--people", "x=0", *rules).exit_code == 2


def test_examples_are_written_and_never_over_a_file(tmp_path: Path) -> None:
    files = tmp_path / "rules.yaml", tmp_path / "people.csv"
    told = ("roster", "--write-rules", files[0], "--write-people", files[1])
    assert typed(*told).exit_code == 0 and typed(*told).exit_code == 2
    assert read(files[0]) == Rules()
    roll = people.read(files[1], {"a": "a"}, lambda word: word or "a", Rules(), date.today(), 28)
    assert len(roll.people) == 3 and any(one.part_time for one in roll.people)

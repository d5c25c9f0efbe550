"""A what-if is never shown as the plan: what it changes stands under its title, everywhere."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from places import TEMPLATE
from short_runs import A_PLAN, typed

from govsim import language
from govsim.cli.options import WRONG_INPUT
from govsim.report import changes, figures, page, style, workbook
from govsim.runs.given import with_seed
from govsim.runs.results import open_run
from govsim.scenarios.changes import MISSING, Change
from govsim.scenarios.loading import load
from govsim.storage.finding import find

NIGHT = "teams.volunteers.roster.night"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a plan that has been run as it is, and then with somebody more at night."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("planner")
        patch.chdir(folder)
        language.use("en")
        Path("scenarios").mkdir()
        Path("scenarios/mine.yaml").write_text(A_PLAN, "utf-8")
        plain = typed("run", "mine", "-n", 2, "--no-report", "--json")
        what_if = typed("run", "mine", "-n", 2, "--set", f"{NIGHT}=2", "--no-report", "--json")
        assert plain.exit_code == what_if.exit_code == 0, plain.output + what_if.output
        return folder, json.loads(plain.stdout), json.loads(what_if.stdout)


@pytest.fixture
def here(place, monkeypatch):
    monkeypatch.chdir(place[0])
    return place[1:]


# ------------------------------------------------------------------ what differs


def differing(**settings: str) -> list[Change]:
    given = [(path.replace("__", "."), text) for path, text in settings.items()]
    return list(load(TEMPLATE, settings=given).changes)


def test_what_differs_is_found_by_what_it_means_not_by_how_it_is_written():
    assert differing(horizon="364 days", teams__grid_staff__roster__day="2") == []
    assert differing(horizon="8 weeks") == [Change("horizon", "52 weeks", "8 weeks")]
    assert differing(teams__volunteers__roster_at__point_station__day="3") == [
        Change("teams.volunteers.roster_at.point_station", MISSING, {"day": 3})
    ]


def test_an_override_is_a_change_like_any_other():
    found = load(TEMPLATE, overrides=["night_team"]).changes
    assert [(change.path, change.after) for change in found] == [
        ("teams.property_management.roster.night", 1)
    ]


def test_a_distribution_of_another_family_is_one_change():
    (found,) = differing(demand__categories__hazard__work="{exponential: {mean: 20 min}}")
    assert found.path == "demand.categories.hazard.work"
    assert str(found).endswith("→ exponential(mean 20 min)")


def test_a_seed_is_a_change_and_the_file_s_own_is_none(short):
    assert [c.path for c in with_seed(short, 7).changes] == ["seed"]
    assert with_seed(short, short.scenario.seed).changes == ()
    there_and_back = with_seed(with_seed(short, 7), 1)
    assert there_and_back.changes == ()


def test_names_of_files_are_told_without_their_folders(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("grid,residents\ng1,500\n", "utf-8")
    file = Path(TEMPLATE).parents[2] / "scenarios" / "tiandi.yaml"
    setting = {"territory.grids.table": str(table), "territory.point_stations.table": "null"}
    found = {c.path: c for c in load(file, settings=setting).changes}
    grids = found["territory.grids.table"]
    assert (grids.before, grids.after) == ("tables/tiandi-grids.csv", "mine.csv")


# ------------------------------------------------------------------ wherever it is shown


@pytest.mark.usefixtures("here")
def test_the_change_stands_under_the_title_wherever_a_what_if_is_shown(here):
    plain, what_if = here
    told = f"{NIGHT}: 2 (new)"
    assert (plain["changes"], what_if["changes"]) == ([], [{"path": NIGHT, "after": 2}])
    shown = typed("show", Path(what_if["folder"]).name).stdout.splitlines()
    assert shown[0].endswith(", changed") and told in shown[1]
    result = open_run(Path(what_if["folder"]))
    with style.drawing():
        drawn = figures.overview(result)
    assert any(told in text.get_text() for text in drawn.texts)
    first = page.html(result).partition("<nav")[0].replace("<wbr>", "")
    assert told in first.partition("</h1>")[2].partition('class="measured"')[0]
    assert told in repr(result).replace("  ", "") and told in " ".join(changes.told(result))


@pytest.mark.usefixtures("here")
def test_a_workbook_says_it_on_its_first_sheet(here, tmp_path):
    from openpyxl import load_workbook

    file = workbook.write(open_run(Path(here[1]["folder"])), tmp_path / "found.xlsx")
    first = load_workbook(BytesIO(file.read_bytes())).worksheets[0]
    rows = [[str(cell.value or "") for cell in row] for row in first.iter_rows()]
    (title,) = (i for i, row in enumerate(rows) if row[-1].endswith(", changed"))
    assert f"{NIGHT}: 2 (new)" in rows[title + 1][-1]


@pytest.mark.usefixtures("here")
def test_list_says_what_differs(here):
    assert f"{NIGHT}: 2 (new)" in typed("list").stdout
    runs = {one["run"]: one for one in json.loads(typed("list", "--json").stdout)["runs"]}
    assert runs[Path(here[0]["folder"]).name]["changes"] == []
    assert runs[Path(here[1]["folder"]).name]["changes"] == here[1]["changes"]


@pytest.mark.usefixtures("here")
def test_a_bare_name_is_the_plan_as_it_is(here):
    plain = Path(here[0]["folder"])
    assert json.loads(typed("show", "mine", "--json").stdout)["changes"] == []
    assert find(Path("results"), "mine").path.name == plain.name
    latest = (plain.parent / "latest").read_text("utf-8").strip()
    assert latest == plain.name


def test_a_plan_of_which_there_are_only_what_ifs_has_none(here, tmp_path):
    out, run = tmp_path / "results", Path(here[1]["folder"])
    shutil.copytree(run, out / "mine" / run.name)
    for command in ("show", "report"):
        said = typed(command, "mine", "--out", out)
        assert said.exit_code == WRONG_INPUT
        assert run.name in said.stderr and f"{NIGHT}: 2" in said.stderr


def test_a_run_goes_by_the_name_it_is_given_until_it_gets_another(here):
    given = ("run", "mine", "--set", f"{NIGHT}=3", "--no-report")
    assert typed(*given, "-n", 1, "--name", "三名志愿者").exit_code == 0
    assert typed(*given, "-n", 2).exit_code == 0  # goes on with the same run
    shown = typed("show", "三名志愿者").stdout.splitlines()
    assert shown[0] == "三名志愿者"
    assert "Plan: My scenario" in shown[1] and f"{NIGHT}: 3 (new)" in shown[2]
    assert "三名志愿者" in typed("list").stdout


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ["mine", "", " ", "a/b", "x" * 61, "a\x1b[31mb"])
def test_a_name_that_can_mislead_is_refused(name):
    said = typed("run", "mine", "--set", f"{NIGHT}=2", "--name", name)
    assert said.exit_code == WRONG_INPUT
    assert "--name" in said.stderr and "\x1b" not in said.stderr


@pytest.mark.usefixtures("here")
def test_a_comparison_says_what_all_plans_change_and_what_each_does(tmp_path):
    Path("scenarios/more.yaml").write_text("extends: mine.yaml\n", "utf-8")
    given = ["compare", "mine", "more", "-n", 2, "--set", f"{NIGHT}=2", "--out", tmp_path]
    said = typed(*given)
    assert f"Changed in all plans: {NIGHT}: 2 (new)" in said.stdout
    first = next(tmp_path.glob("comparisons/*/report.html")).read_text("utf-8").partition("<nav")[0]
    assert f"Changed in all plans: {NIGHT}: 2 (new)" in first.replace("<wbr>", "")


def test_more_changes_than_fit_are_counted(short):
    many = [Change(f"a.b{i}", 0, i) for i in range(1, 13)]
    lines = changes.listed(many)
    assert len(lines) == changes.MOST + 1
    assert lines[-1].startswith(f"And {12 - changes.MOST} more changes")

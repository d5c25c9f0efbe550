"""`govsim compare` on the screen: the same answer in both languages, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result
from places import TEMPLATE
from short_runs import SHORT

from govsim.cli import cli
from govsim.report.wrapping import columns

SETTINGS = [f"--set={path}={value}" for path, value in SHORT]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two plans, compared once."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "few.yaml").write_text(TEMPLATE.read_text("utf-8"), "utf-8")
    more = """
        extends: few.yaml
        label: {zh: 增员, en: More people}
        desk: {rosters: {point_station: {day: 4, night: 2}}}
        teams:
          property_management: {roster: {day: 8, night: 3}}
          grid_staff: {roster: {day: 6, night: 3}}
    """
    (folder / "scenarios" / "more.yaml").write_text(dedent(more), "utf-8")
    return folder


@pytest.fixture
def typed(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def run(*words: str) -> Result:
        monkeypatch.chdir(folder)
        return CliRunner().invoke(cli, ["compare", *words, *SETTINGS])

    return run


@pytest.mark.parametrize(("lang", "verdict"), [("en", "better"), ("zh", "更好")])
def test_the_answer_fits_a_screen_of_100_columns(typed, lang: str, verdict: str) -> None:
    done = typed("few", "more", "-n", "6", "--no-report", "--lang", lang)
    assert done.exit_code == 0
    assert max(map(columns, done.stdout.splitlines())) <= 100
    assert verdict in done.stdout
    if lang == "zh":
        assert "增员" in done.stdout


def test_json_says_the_same_as_the_table(typed) -> None:
    words = ("few", "more", "-n", "6", "--no-report", "--lang", "en")
    told = json.loads(typed(*words, "--json").stdout)
    assert told["baseline"] == "few"
    assert [plan["name"] for plan in told["plans"]] == ["few", "more"]
    scene = next(row for row in told["differences"] if row["measure"] == "compliance_scene")
    shown = typed(*words).stdout
    assert f"{100 * scene['difference']:+.1f}".replace("-", "−") in shown
    assert scene["low"] < scene["difference"] < scene["high"]


def test_a_report_is_written_and_named(typed, folder: Path) -> None:
    done = typed("few", "more", "-n", "6", "--lang", "zh")
    page = folder / done.stderr.rpartition("报告：")[2].strip()
    assert page.name == "report.html" and "增员" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["few", "more", "--on", "utilisaton"], "did you mean “utilisation”?"),
        (["few"], "at least two scenarios"),
        (["few", "mroe"], "mroe"),
        (["few", "more", "--best", "orders"], "--delta"),
        (["few", "more", "--best", "orders", "--delta", "many"], "expected a number such as 10"),
        (["few", "more", "--precision", "tight"], "expected a share such as 5%"),
        (["few", "more", "--baseline", "fwe"], "did you mean “few”?"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_words(typed, words: list[str], said: str) -> None:
    done = typed(*words, "--lang", "en")
    assert done.exit_code == 2
    assert said in done.stderr and "Traceback" not in done.stderr

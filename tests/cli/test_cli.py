"""The command line as a planner uses it: commands typed, text and files looked at."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from govsim import language
from govsim.cli import cli, speak
from govsim.cli.options import WRONG_INPUT, scenario_file, share
from govsim.cli.progress import Clock, in_words
from govsim.errors import InputError
from govsim.runs import tasks
from govsim.runs.progress import Progress

SHORT = ("--set", "horizon=4 weeks", "--set", "warm_up=1 week")


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments])


def newest(scenario: str) -> str:
    """Id of the newest run of a scenario, what-ifs included."""
    files = Path("results", scenario).glob("*/manifest.json")
    return max(files, key=lambda file: file.stat().st_mtime).parent.name


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A planner's folder with one scenario, ``scenarios/mine.yaml``."""
    monkeypatch.chdir(tmp_path)
    assert typed("new", "scenarios/mine").exit_code == 0
    return tmp_path


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The folder of a planner who has run a scenario, and what stood on the screen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("planner"))
        language.use("en")
        assert typed("new", "scenarios/mine").exit_code == 0
        yield Path.cwd(), typed("run", "mine", "-n", "2", *SHORT)


@pytest.fixture
def after_a_run(ran, monkeypatch):
    folder, said = ran
    monkeypatch.chdir(folder)
    return said


# ------------------------------------------------------------------ run


def test_a_run_shows_its_summary_and_leaves_its_results(after_a_run):
    assert after_a_run.exit_code == 0, after_a_run.output
    for words in ("On the scene in time", "12345 called first", "volunteers", "Cost", "generated"):
        assert words in after_a_run.stdout
    (run,) = [d for d in Path("results/mine").iterdir() if d.is_dir()]
    for file in ("manifest.json", "measures.parquet", "weekly.parquet", "figures/overview.svg"):
        assert (run / file).is_file()
    assert not (run / "orders.parquet").exists()
    assert "replications: 2, all done" in after_a_run.stderr


@pytest.mark.usefixtures("after_a_run")
def test_a_run_has_its_report_unless_told_otherwise():
    said = typed("run", "mine", "-n", "2", "--no-report", "--out", "without", *SHORT)
    assert said.exit_code == 0, said.output
    found = [
        next(Path(out, "mine").glob("*/manifest.json")).parent for out in ("results", "without")
    ]
    assert [(run / "report.html").is_file() for run in found] == [True, False]
    assert found[0].name == found[1].name
    tables = [(run / "measures.parquet").read_bytes() for run in found]
    assert tables[0] == tables[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.usefixtures("after_a_run")
def test_tables_fit_in_a_hundred_columns(lang):
    run = newest("mine")
    said = typed("show", run, "--lang", lang)
    listed = typed("list", "--lang", lang)
    inputs = typed("show", "scenarios/mine.yaml", "--parameters", "--lang", lang)
    assert ("网格员" in said.output) == (lang == "zh")
    for result in (said, listed, inputs):
        assert result.exit_code == 0
        assert max(map(cell_len, result.output.splitlines())) <= 100


@pytest.mark.usefixtures("after_a_run")
def test_no_interval_is_shown_for_a_single_replication():
    said = typed("run", "mine", "-n", "1", "--seed", "3", "--no-report", *SHORT)
    assert "a single replication has no interval" in said.stdout
    row = next(line for line in said.stdout.splitlines() if line.startswith("On the scene"))
    assert row.split()[-1] == "—"


@pytest.mark.slow
@pytest.mark.usefixtures("after_a_run")
def test_json_is_all_that_is_printed_when_it_is_asked_for():
    said = typed("run", "mine", "-n", "2", "--json", "--no-report", *SHORT)
    found = json.loads(said.stdout)
    assert said.stderr == ""
    assert found["replications"] == 2
    by_name = {m["measure"]: m for m in found["measures"] if m["level"] == "district"}
    assert 0 <= by_name["compliance_scene"]["low"] <= by_name["compliance_scene"]["mean"] <= 1


@pytest.mark.usefixtures("after_a_run")
def test_quiet_says_nothing():
    said = typed("run", "mine", "-n", "2", "--quiet", *SHORT)
    assert (said.exit_code, said.output) == (0, "")


@pytest.mark.usefixtures("after_a_run")
def test_a_precision_is_given_in_percent():
    said = typed("run", "mine", "--precision", "30%", "--on", "satisfaction", "--no-report", *SHORT)
    assert said.exit_code == 0
    assert "replications: 5," in said.stdout


@pytest.mark.usefixtures("here")
def test_a_run_that_is_interrupted_says_how_to_go_on(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(tasks, "simulate", interrupted)
    said = typed("run", "mine", *SHORT)
    assert said.exit_code == 1
    assert "the same command goes on" in said.stderr


@pytest.mark.usefixtures("here")
def test_a_results_folder_that_cannot_be_written_is_one_message():
    Path("taken").write_text("", encoding="utf-8")
    said = typed("run", "mine", "-n", "1", "--out", "taken", *SHORT)
    assert said.exit_code == 1
    assert "can't write to" in said.stderr
    assert "Traceback" not in said.output


@pytest.mark.usefixtures("here")
def test_a_mistake_of_the_program_is_owned_and_shown_only_when_asked(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(tasks, "simulate", broken)
    said = typed("run", "mine", *SHORT)
    assert said.exit_code == 1
    assert "a mistake in govsim" in said.stderr
    assert "Traceback" not in said.output
    assert isinstance(typed("run", "mine", "--debug", *SHORT).exception, ZeroDivisionError)


# ------------------------------------------------------------------ wrong input


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "nosuch"], "nosuch"),
        (["run", "mine", "--set", "teams.volunters.roster.night=2"], "volunteers"),
        (["run", "mine", "--set", "seed"], "path=value"),
        (["run", "mine", "--override", "night_tem"], "night_team"),
        (["run", "mine", "--precision", "narrow"], "5%"),
        (["run", "mine", "--precision", "150%"], "between 0 and 1"),
        (["run", "mine", "--precision", "5%", "--on", "order"], "orders"),
        (["run", "mine", "--precision", "5%", "-n", "3"], "either"),
        (["run", "mine", "--on", "orders"], "--precision"),
        (["run", "mine", "-n", "0"], "0"),
        (["show", "nosuch"], "nosuch"),
        (["validate", "nosuch"], "nosuch"),
    ],
)
def test_wrong_input_is_said_with_what_is_meant_and_code_2(arguments, says):
    said = typed(*arguments)
    assert said.exit_code == WRONG_INPUT
    assert says in said.stderr
    assert "Traceback" not in said.output
    assert not Path("results").exists()


def test_every_mistake_of_a_file_stands_on_a_line_of_its_own(here):
    file = here / "scenarios" / "mine.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("horizon: 52 weeks", "horizon: 52 weks").replace(
        "  scene: 10 min", "  scen: 1 h"
    )
    file.write_text(text, encoding="utf-8")
    said = typed("validate", "mine")
    assert said.exit_code == WRONG_INPUT
    lines = said.stderr.splitlines()
    assert len(lines) == 2
    assert all("mine.yaml:" in line for line in lines)
    assert typed("run", "mine").stderr.splitlines() == lines


# ------------------------------------------------------------------ the other commands


@pytest.mark.usefixtures("here")
def test_validate_says_ok_of_what_can_be_run():
    said = typed("validate", "mine", "scenarios/mine.yaml")
    assert said.exit_code == 0
    assert said.stdout.count("ok") == 2
    found = json.loads(typed("validate", "mine", "--json").stdout)
    assert found[0]["errors"] == []


def test_new_never_replaces_a_file_unasked(here):
    file = here / "scenarios" / "mine.yaml"
    file.write_text("mine\n", encoding="utf-8")
    assert typed("new", "scenarios/mine.yaml").exit_code == WRONG_INPUT
    assert file.read_text(encoding="utf-8") == "mine\n"
    assert typed("new", "scenarios/mine.yaml", "--force").exit_code == 0
    assert "horizon" in file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("here")
def test_the_template_and_its_named_overrides_can_be_run():
    for override in ("night_team", "more_visits"):
        assert typed("validate", "mine", "--override", override).exit_code == 0


@pytest.mark.usefixtures("after_a_run")
def test_list_names_scenarios_with_their_question_and_runs():
    said = typed("list")
    assert "How well does this station keep its promises?" in said.output
    assert "mine/" in said.output
    assert "done" in said.output
    found = json.loads(typed("list", "--json").stdout)
    assert found["scenarios"][0]["scenario"] == "mine"


def test_list_in_an_empty_folder_says_how_to_begin(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = typed("list")
    assert said.exit_code == 0
    assert "govsim new" in said.output


@pytest.mark.usefixtures("after_a_run")
def test_show_gives_a_scenario_that_can_be_run_again():
    shown = typed("show", "scenarios/mine.yaml").stdout
    Path("scenarios/again.yaml").write_text(shown, encoding="utf-8")
    try:
        assert typed("validate", "again").exit_code == 0
        again, first = (typed("show", f"scenarios/{n}.yaml", "--json") for n in ("again", "mine"))
        assert json.loads(again.stdout) == json.loads(first.stdout)
    finally:
        Path("scenarios/again.yaml").unlink()


@pytest.mark.usefixtures("after_a_run")
def test_show_finds_a_run_by_its_name():
    run = newest("mine")
    assert "Promises kept" in typed("show", f"mine/{run}").output
    assert json.loads(typed("show", run, "--json").stdout)["state"] == "done"


def test_help_is_quick_and_names_every_command():
    began = time.monotonic()
    program = "import sys; sys.argv = ['govsim', '--help']; from govsim.cli import main; main()"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert time.monotonic() - began < 2  # half a second; the rest is for a busy machine
    for command in ("run", "validate", "new", "list", "show"):
        assert command.encode() in told.stdout


def test_help_loads_nothing_heavy():
    program = (
        "import sys; from click.testing import CliRunner; from govsim.cli import cli; "
        "CliRunner().invoke(cli, ['--help']); CliRunner().invoke(cli, ['run', '--help']); "
        "heavy = ('numpy', 'pandas', 'scipy', 'matplotlib', 'pydantic'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout.strip() == b"[]"


def test_a_report_is_made_without_what_simulates():
    program = (
        "import sys; from govsim.report import ahead; ahead._get_ready(); "
        "print([m for m in ('numba', 'govsim.engine', 'govsim.demand') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout.strip() == b"[]"


# ------------------------------------------------------------------ small parts


def test_shares_are_read_as_people_write_them():
    assert share("5%") == share("0.05") == share(" 5 % ") == 0.05
    assert share(None) is None
    with pytest.raises(InputError):
        share("five")


def test_a_bare_name_stands_for_a_scenario_in_its_folder(here):
    assert scenario_file("mine") == Path("scenarios/mine.yaml")
    assert scenario_file("scenarios/mine.yaml") == Path("scenarios/mine.yaml")
    (here / "scenarios" / "textbook").mkdir()
    (here / "scenarios" / "textbook" / "queue.yaml").write_text("", encoding="utf-8")
    assert scenario_file("textbook/queue") == Path("scenarios/textbook/queue.yaml")


def test_the_language_is_known_before_anything_is_said():
    speak(["run", "x", "--lang", "zh"])
    assert language.current() == "zh"
    speak(["run", "x", "--lang=en"])
    assert language.current() == "en"


def test_the_time_left_is_told_from_the_work_of_this_run_only(monkeypatch):
    """Seven of ten replications were there before; one took 60 s; two are left."""
    moment = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    clock = Clock()
    assert clock.left(Progress("replications", 7, 10)) is None
    moment = 160.0
    assert clock.left(Progress("replications", 8, 10)) == pytest.approx(120)
    assert in_words(120.0) == "2 min left"

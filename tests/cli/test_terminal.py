"""What reaches a terminal, what stops the program from there, and what if it can't be written."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from places import SHARED, TEMPLATE

from govsim.cli import cli, terminal
from govsim.cli.options import FAILED, WRONG_INPUT
from govsim.cli.screen import Screen
from govsim.errors import InputError, Problem, RunError, visible, visible_in_json
from govsim.runs import executors
from govsim.scenarios import tables
from govsim.scenarios.loading import load

CASES = SHARED / "cases" / "scenarios"
HOSTILE = "a\x1b[31m\x1b]0;pwned\x07\x9b3m\u202e[/x] [bold]:smile:"
SEEN = r"a\x1b[31m\x1b]0;pwned\x07\x9b3m\u202e[/x] [bold]:smile:"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


# ------------------------------------------------------------------ what is sent


def test_control_characters_are_shown_and_plain_text_stays() -> None:
    assert visible(HOSTILE) == SEEN
    assert visible("天地新城\tpoint\n") == "天地新城\tpoint\n"
    assert visible_in_json('"\x7f\u202e"') == '"\\u007f\\u202e"'


def test_a_problem_shows_them_in_every_part() -> None:
    said = str(Problem(HOSTILE, HOSTILE, HOSTILE, 3, HOSTILE))
    assert said.count(SEEN) == 4
    assert visible(said) == said


def test_a_stream_shows_them_and_a_screen_sends_its_own() -> None:
    stream = io.StringIO()
    guarded = terminal.Shown(stream)
    guarded.write(HOSTILE)
    assert stream.getvalue() == SEEN
    Screen(file=guarded, force_terminal=True, width=90, color_system="standard").print(
        HOSTILE, style="red"
    )
    assert f"\x1b[31m{SEEN}\x1b[0m" in stream.getvalue().replace("\n", "")


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not there")
def test_the_case_of_an_escape_in_a_key_is_shown(tmp_path: Path) -> None:
    (tmp_path / "tiandi.yaml").write_text("{}", "utf-8")
    (tmp_path / "mine.yaml").write_text((CASES / "escape-in-error.yaml").read_text(), "utf-8")
    said = typed("validate", "mine.yaml")
    assert said.exit_code == WRONG_INPUT
    assert r"mine.yaml:2: \x1b[31mEVIL\x1b]0;pwned\x07" in said.output
    assert visible(said.output) == said.output


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (r'label: {zh: "\e[31m", en: x}', "label.zh"),
        (r'teams: {"\e[31m": {}}', r"teams.\x1b[31m"),
        (r'demand: {categories: {"\u202e": {}}}', r"demand.categories.\u202e"),
    ],
)
def test_no_text_of_a_scenario_has_a_control_character(tmp_path, line, path) -> None:
    text = f"extends: {TEMPLATE.as_posix()}\n{line}\n"
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load(tmp_path / "mine.yaml")
    (problem,) = caught.value.problems
    assert (problem.line, visible(problem.path)) == (2, path)
    assert "control character" in problem.message


def test_no_name_in_a_table_has_one(tmp_path: Path) -> None:
    (tmp_path / "grids.csv").write_text("grid,residents\ng\x1b[31m,10\ng2,10\n", "utf-8")
    (problem,) = tables.read_table(tmp_path / "grids.csv", tables.GRIDS).problems
    assert (problem.line, r"\x1b[31m" in str(problem)) == (2, True)


@pytest.mark.skipif(os.name == "nt", reason="no file there can have such a name")
def test_names_of_folders_and_files_are_shown_in_lists_and_messages(tmp_path: Path) -> None:
    run = tmp_path / "results" / "a\x1b[31m[x]" / "0123456789ab"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text("{}", "utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "b\x1b[31m.yaml").write_text("no: 1\n", "utf-8")
    listed = typed("list")
    assert r"a\x1b[31m[x]" in listed.output.replace("\n", "")
    assert r"b\x1b[31m" in listed.output
    for said in (listed, typed("show", "no\x1b[31m"), typed("run", "x\x9b.yaml"), typed("-\x1b")):
        assert visible(said.output) == said.output


# ------------------------------------------------------------------ what can't be written


class Refusing(io.StringIO):
    """A stream that can't be written to."""

    def __init__(self, number: int, descriptor: int) -> None:
        super().__init__()
        self.number, self.descriptor = number, descriptor

    def fileno(self) -> int:
        return self.descriptor

    def write(self, _: str) -> int:
        raise OSError(self.number, os.strerror(self.number))


@pytest.fixture
def no_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard streams of the tests stay as they are."""
    monkeypatch.setattr(os, "dup2", lambda *_: None)


@pytest.mark.usefixtures("no_descriptor")
def test_a_full_disk_behind_the_output_is_one_message() -> None:
    with pytest.raises(RunError, match="can't write to the standard output: the disk is full"):
        terminal.Shown(Refusing(errno.ENOSPC, 1)).write("x")


@pytest.mark.usefixtures("no_descriptor")
def test_whoever_has_read_enough_is_told_nothing() -> None:
    with pytest.raises(SystemExit) as left:
        terminal.Shown(Refusing(errno.EPIPE, 1)).write("x")
    assert left.value.code == FAILED


@pytest.mark.usefixtures("no_descriptor")
def test_messages_that_nobody_can_read_stop_no_run() -> None:
    assert terminal.Shown(Refusing(errno.EIO, 2)).write("x") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no such device")
def test_the_program_ends_with_that_message() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "-c", "from govsim.cli import main; main()", "--lang=en", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.stderr == "can't write to the standard output: the disk is full\n"
    assert ended.returncode == FAILED


def test_what_the_system_refuses_is_no_mistake_of_the_program(tmp_path, monkeypatch) -> None:
    def refuses(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "somewhere.csv")

    monkeypatch.setattr("govsim.orders.log.OrderLog.write_set_aside", refuses)
    file = tmp_path / "orders.csv"
    file.write_text("id,created,closed\n1,2025-03-01 10:00,2025-03-01 12:00\n", "utf-8")
    said = typed("inspect", str(file), "--out", "there")
    assert said.exit_code == FAILED
    assert said.stderr == "somewhere.csv: the system says: the disk can only be read\n"


def test_rows_set_aside_are_not_missed_on_a_disk_that_can_only_be_read(
    tmp_path, monkeypatch
) -> None:
    """Where there are none, nothing is to be written or removed."""

    def refuses(self: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

    (tmp_path / "orders.csv").write_text(
        "id,created,closed\n1,2025-03-01 10:00,2025-03-01 12:00\n", "utf-8"
    )
    monkeypatch.setattr(Path, "unlink", refuses)
    said = typed("inspect", "orders.csv", "--out", "there")
    assert said.exit_code == 0, said.output
    (tmp_path / "there" / "set-aside.csv").write_text("of an earlier time", "utf-8")
    said = typed("inspect", "orders.csv", "--out", "there")
    assert said.stderr == "can't write to there: the disk can only be read\n"


# ------------------------------------------------------------------ what stops it


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a program that has just begun; the tests' own handlers afterwards."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
    before = [(number, signal.getsignal(number)) for number in signals]
    for number in signals[1:]:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(terminal, "_stop", terminal._Stop())
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield
    terminal.stopped()
    for number, handler in before:
        signal.signal(number, handler)


unix = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no such signals")


@unix
@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_to_end_is_heard_as_ctrl_c_and_once(name: str) -> None:
    terminal.listen()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), getattr(signal, name))
        time.sleep(1)
    assert terminal.is_stopping()
    os.kill(os.getpid(), signal.SIGHUP)  # a terminal that closes sends more than one
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.01)


@unix
@pytest.mark.usefixtures("handlers")
def test_a_stop_that_a_library_swallows_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "SWALLOWED", 0.05)
    terminal.listen()
    with suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)
    with pytest.raises(KeyboardInterrupt):
        time.sleep(5)
    terminal.stopped()
    time.sleep(0.1)


@unix
@pytest.mark.usefixtures("handlers")
def test_what_comes_of_a_stop_in_a_library_is_no_mistake_of_the_program(monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)
        raise ValueError("Error calling function `str`: KeyboardInterrupt")

    terminal.listen()
    monkeypatch.setattr(import_module("govsim.run"), "run", broken)
    said = typed("run", str(TEMPLATE))
    assert said.exit_code == FAILED
    assert said.stderr.startswith("Stopped. Finished replications are kept")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, click.Abort])
def test_a_stop_while_a_command_is_imported_is_told_in_our_words(monkeypatch, stop) -> None:
    def interrupted(*_: object) -> None:
        raise stop

    monkeypatch.setattr(cli, "get_command", interrupted)
    said = typed("list")
    assert (said.exit_code, said.stderr) == (FAILED, "Stopped.\n")


@unix
@pytest.mark.usefixtures("handlers")
def test_nohup_stays_in_force() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    terminal.listen()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


@unix
def test_a_run_that_is_ended_keeps_its_replications(tmp_path: Path) -> None:
    asked = ["run", str(TEMPLATE), "--lang", "en", "--no-report", "--workers", "1"]
    asked += ["--set", "horizon=4 weeks", "--set", "warm_up=1 week", "--out", str(tmp_path)]
    first = subprocess.Popen(
        [sys.executable, "-c", "from govsim.cli import main; main()", *asked, "-n", "100000"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert first.stderr is not None
    for line in first.stderr:
        if line.startswith("replications:") and "0 of" not in line:
            break
    first.send_signal(signal.SIGTERM)
    _, said = first.communicate(timeout=60)
    assert first.returncode == FAILED
    assert said.splitlines()[-1] == (
        "Stopped. Finished replications are kept: the same command goes on from here."
    )
    (run,) = json.loads(typed("list", "--out", str(tmp_path), "--json").output)["runs"]
    assert run["state"] == "stopped"
    assert run["replications"] > 0


@unix
def test_workers_leave_it_to_their_parent_from_their_first_moment() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    with executors._unheard():  # a new process has what its parent has then
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    assert blocked - before == {signal.SIGINT, signal.SIGHUP}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before

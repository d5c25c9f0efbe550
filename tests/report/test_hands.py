"""Figures are drawn in copies of the process, and here where that goes wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from govsim.report import hands

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is copied")


def says(program: str, *arguments: object) -> list[str]:
    """Run a program in a process without other threads; give the lines that it prints."""
    code = f"import os, sys, time\nfrom govsim.report import hands\n{program}"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")


@linux
def test_each_is_done_once_and_in_a_process_of_its_own(tmp_path: Path):
    program = """
hands.cores = lambda: 2
def draw(n):
    with open(sys.argv[1] + f"/{n}", "a") as file:
        print(os.getpid(), file=file)
copies = [hands.Copy(lambda n=n: draw(n)) for n in range(5)]
for copy in copies:
    copy.wait()
    copy.wait()
print(os.getpid())
"""
    here = says(program, tmp_path)[0]
    by = [(tmp_path / str(n)).read_text().split() for n in range(5)]
    assert all(len(one) == 1 for one in by)
    assert len({here, *(one[0] for one in by)}) == 6


@linux
@pytest.mark.parametrize("harm", ["raise ValueError", "os._exit(9)", "time.sleep(60)"])
def test_what_a_copy_does_not_do_is_done_here(tmp_path: Path, harm: str):
    program = f"""
hands.cores, hands.PATIENCE, here = (lambda: 2), 0.3, os.getpid()
def draw():
    if os.getpid() != here:
        {harm}
    print("drawn")
hands.Copy(draw).wait()
"""
    assert says(program, tmp_path)[0] == "drawn"


@linux
def test_work_is_shared_out_and_each_is_done_once(tmp_path: Path):
    program = """
hands.cores, here = (lambda: 3), os.getpid()
def draw(n):
    time.sleep(0.2 if n < 3 else 0.0)
    with open(sys.argv[1] + f"/{n}", "a") as file:
        print(os.getpid(), file=file)
hands.share_out([lambda n=n: draw(n) for n in range(300)])
print(here)
"""
    here = says(program, tmp_path)[0]
    by = [(tmp_path / str(n)).read_text().split() for n in range(300)]
    assert all(len(one) == 1 for one in by)
    assert len({here, *(one[0] for one in by)}) == 3


@linux
@pytest.mark.parametrize("harm", ["raise ValueError", "os._exit(9)", "time.sleep(60)"])
def test_what_a_helper_does_not_do_is_done_here(harm: str):
    program = f"""
hands.cores, hands.PATIENCE, here = (lambda: 2), 0.3, os.getpid()
done = []
def draw(n):
    if os.getpid() != here:
        {harm}
    time.sleep(0.1)
    done.append(n)
hands.share_out([lambda n=n: draw(n) for n in range(4)])
print(sorted(done))
"""
    assert says(program)[0] == "[0, 1, 2, 3]"


@linux
def test_what_fails_here_ends_the_helpers_and_is_told():
    program = """
hands.cores, here = (lambda: 2), os.getpid()
def draw():
    if os.getpid() != here:
        time.sleep(60)
    1 // 0
try:
    hands.share_out([draw, draw, draw])
except ZeroDivisionError:
    print("told")
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("alone")
"""
    assert says(program)[:2] == ["told", "alone"]


@linux
def test_beside_other_threads_nothing_is_copied():
    program = """
import threading
hands.cores, here = (lambda: 2), os.getpid()
threading.Thread(target=time.sleep, args=[0.5]).start()
print(hands.can_copy())
hands.Copy(lambda: print(os.getpid() == here)).wait()
"""
    assert says(program)[:2] == ["False", "True"]


def test_where_nothing_is_copied_it_is_done_when_it_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hands, "can_copy", lambda: False)
    done: list[int] = []
    copy = hands.Copy(lambda: done.append(1))
    assert not done
    copy.wait()
    copy.wait()
    assert done == [1]


def test_what_fails_here_too_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hands, "can_copy", lambda: False)
    with pytest.raises(ZeroDivisionError):
        hands.Copy(lambda: 1 // 0).wait()


AHEAD = """
import signal
from pathlib import Path
from govsim.report import ahead
hands.cores = lambda: 2
ahead._get_ready = lambda: None
"""


@linux
def test_a_copy_that_got_ready_and_is_killed_leaves_drawing_to_the_caller(tmp_path: Path):
    program = (
        AHEAD
        + """
with ahead.Ahead() as copy:
    os.kill(copy._process, signal.SIGKILL)
    copy.begin(Path(sys.argv[1]), True)
    print(copy.done())
"""
    )
    assert says(program, tmp_path)[0] == "False"


@linux
def test_a_copy_that_got_ready_does_not_outlive_a_run_that_failed():
    program = (
        AHEAD
        + """
try:
    with ahead.Ahead() as copy:
        process = copy._process
        raise ValueError
except ValueError:
    pass
try:
    os.kill(process, 0)
except ProcessLookupError:
    print("gone")
"""
    )
    assert says(program)[0] == "gone"

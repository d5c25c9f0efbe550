"""The results folder as such: what is whole in it, what isn't, and who works there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from govsim import language
from govsim.cli import cli
from govsim.errors import RunError
from govsim.storage import files
from govsim.storage.files import writing
from govsim.storage.folder import RunFolder
from govsim.storage.journal import Journal
from govsim.storage.tables import pack


@pytest.fixture(autouse=True)
def _english_and_no_scenarios_here(tmp_path_factory, monkeypatch):
    language.use("en")
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))


def typed(*arguments: object):
    return CliRunner().invoke(cli, list(map(str, arguments)))


# ------------------------------------------------------------------ the journal


def table(value: float, replication: int = 0) -> dict[str, bytes]:
    frame = pd.DataFrame({"level": ["district"], "key": [""], "measure": ["m"], "value": [value]})
    packed = pack(frame, replication)
    return {"measures": packed, "weekly": packed, "hours": packed, "late": packed}


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    """A journal of six replications, and where each table ends."""
    run = RunFolder(tmp_path_factory.mktemp("journal"))
    file = run.path / "journal.bin"
    ends = [0]
    for replication in range(6):
        run.put(replication, table(replication, replication))
        ends.append(file.stat().st_size)
    return file.read_bytes(), ends


@given(st.data())
def test_of_a_journal_only_what_is_damaged_is_lost(journal, tmp_path_factory, data):
    content, ends = journal
    damaged = bytearray(content)
    at = data.draw(st.integers(0, len(content) - 1))
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    run = RunFolder(tmp_path_factory.getbasetemp() / "damaged")
    run.path.mkdir(exist_ok=True)
    (run.path / "journal.bin").write_bytes(damaged)
    hit = int(np.searchsorted(ends, at, "right")) - 1
    for replication in range(6):
        assert run.has(replication, orders=False) == (replication != hit)
        if replication != hit:
            assert run.get(replication)["value"].tolist() == [replication]


@given(st.data())
def test_a_journal_that_ends_anywhere_goes_on_after_its_last_whole_replication(
    journal, tmp_path_factory, data
):
    content, ends = journal
    end = data.draw(st.integers(0, len(content)))
    path = tmp_path_factory.getbasetemp() / "torn"
    path.mkdir(exist_ok=True)
    (path / "journal.bin").write_bytes(content[:end])
    run = RunFolder(path)
    kept = sum(end >= e for e in ends[1:])
    assert run.reach() in {kept, kept + 1}  # of the last, measures may be whole and weeks not
    assert [run.has(r, orders=False) for r in range(6)] == [r < kept for r in range(6)]
    for replication in range(kept, 6):
        run.put(replication, table(replication, replication))
    assert RunFolder(path).kept() == 6
    assert len(Journal.read(path / "journal.bin").records) == 24


def test_a_replication_that_is_whole_only_in_part_does_not_count(tmp_path):
    run = RunFolder(tmp_path)
    run.put(0, table(1.0))
    assert run.has(0, orders=False)
    assert not run.has(0, orders=True)
    assert not run.has(1, orders=False)
    assert run.kept() == 1


# ------------------------------------------------------------------ files


def test_what_bears_its_name_has_reached_the_disk(tmp_path, monkeypatch):
    happened = []
    monkeypatch.setattr(files.os, "fsync", lambda _: happened.append("fsync"))
    rename = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, to: (happened.append("rename"), rename(self, to))[1]
    )
    files.write_text(tmp_path / "file", "text")
    assert happened[:2] == ["fsync", "rename"]


def test_what_killed_processes_leave_beside_the_pointer_to_the_latest_run_is_removed(tmp_path):
    run = RunFolder(tmp_path / "run")
    run.record({})
    old, new = tmp_path / ".latest.77-0.tmp", tmp_path / ".latest.78-0.tmp"
    for file in (old, new):
        file.write_text("run", encoding="utf-8")
    os.utime(old, (0, 0))
    run.point_latest()
    assert not old.exists()
    assert new.exists()  # perhaps of a process that is alive


def test_whatever_is_written_takes_away_what_a_killed_process_left_of_it(tmp_path):
    file = tmp_path / "report[1].html"
    program = """
import os, sys
from pathlib import Path
from govsim.storage import files
with files.replacing(Path(sys.argv[1])) as file:
    file.write(b"half")
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", program, str(file)]).returncode == 9
    (killed,) = tmp_path.iterdir()
    with files.replacing(file) as mine:  # nobody takes what one who is alive writes
        files.write_text(file, "whole")
        mine.write(b"the last")
    assert not killed.exists()
    assert [(one.name, one.read_text("utf-8")) for one in tmp_path.iterdir()] == [
        (file.name, "the last")
    ]


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "your share of the disk is used up"),
        (errno.EFBIG, "larger than is allowed"),
        (errno.EROFS, "can only be read"),
        (errno.EACCES, "not allowed"),
        (errno.EPERM, "not allowed"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_what_the_system_says_is_put_in_words(tmp_path, number, says):
    with pytest.raises(RunError, match=says), writing(tmp_path):
        raise OSError(number, os.strerror(number))


# ------------------------------------------------------------------ one run at a time


def test_the_lock_of_a_killed_run_holds_nobody_up(tmp_path):
    program = f"""
import sys
from pathlib import Path
from govsim.storage.folder import RunFolder
run = RunFolder(Path({str(tmp_path)!r}))
run.hold()
run.record({{"state": "running", "replications": 0}})
print("held", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        run = RunFolder(tmp_path)
        assert run.state() == "running"
        with pytest.raises(RunError, match=rf"\(process {process.pid}\)"):
            run.hold()
        process.kill()
    assert run.state() == "killed"
    run.hold()
    assert run.is_held
    run.release()


def test_a_journal_that_cannot_be_read_is_said_and_the_folder_is_free_again(tmp_path):
    (tmp_path / "journal.bin").mkdir()
    run = RunFolder(tmp_path)
    with pytest.raises(RunError, match="Is a directory"):
        run.hold()
    (tmp_path / "journal.bin").rmdir()
    run.hold()
    run.release()


# ------------------------------------------------------------------ folders of all kinds


def test_a_run_that_is_not_finished_says_how_far_it_is_and_how_to_go_on(tmp_path):
    run = RunFolder(tmp_path / "mine" / "0123456789ab")
    run.record({"state": "running", "replications": 0})
    run.put(0, table(1.0))
    shown = typed("show", "mine/0123456789ab", "--out", tmp_path)
    assert shown.exit_code == 1
    assert "isn't finished: 1 replications are kept" in shown.stderr
    assert "killed" in typed("list", "--out", tmp_path).stdout


@pytest.mark.parametrize(
    "manifest", ["", "{", "[]", "null", '{"name": "a web page"}', "\x00\x01", '{"sha256": 3}']
)
def test_a_folder_that_is_not_a_runs_is_no_trouble(tmp_path, manifest):
    folder = tmp_path / "site" / "0123456789ab"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    (folder / "measures.parquet").mkdir()
    (folder.parent / "latest").write_bytes(b"\xff\xfe\x00")
    listed = typed("list", "--out", tmp_path)
    assert listed.exit_code == 0
    assert "damaged" in listed.stdout
    for name in ("0123456789ab", "site/0123456789ab", folder):
        shown = typed("show", name, "--out", tmp_path)
        assert shown.exit_code == 1
        assert "manifest.json is damaged, or was not written by this version" in shown.stderr
    assert typed("show", "site", "--out", tmp_path).exit_code == 2  # names no run

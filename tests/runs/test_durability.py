"""Runs that last: killed, damaged, on a full disk, or two at once, nothing is lost or wrong."""

from __future__ import annotations

import errno
import gc
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import killing
import pandas as pd
import pytest
from click.testing import CliRunner
from short_runs import noted

import govsim
from govsim import language
from govsim.cli import cli
from govsim.errors import RunError
from govsim.runs.results import open_run
from govsim.scenarios.loading import load
from govsim.storage import lock
from govsim.storage.finding import find
from govsim.storage.folder import RunFolder

resource = pytest.importorskip("resource", reason="this system has no limits to be set")

SHORT = (("horizon", "2 weeks"), ("warm_up", "1 week"))
TABLES = ("measures", "weekly", "hours", "late", "orders", "points")


@pytest.fixture(autouse=True)
def _english_and_no_scenarios_here(tmp_path_factory, monkeypatch):
    language.use("en")
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))


@pytest.fixture(scope="module")
def short():
    return replace(load(killing.TEMPLATE, settings=SHORT), changes=())  # as if its file said so


@pytest.fixture(scope="module")
def whole(short, tmp_path_factory):
    """The folder of an undisturbed run of four replications."""
    language.use("en")
    out = tmp_path_factory.mktemp("whole")
    return govsim.run(short, replications=4, out=out, keep_orders=True).folder


@pytest.fixture
def copied(whole, tmp_path):
    """The same run in a folder that may be damaged."""
    shutil.copytree(whole.parent, tmp_path / "template")
    return tmp_path / "template" / whole.name


@pytest.fixture
def simulated(monkeypatch) -> list[int]:
    """The replications that are simulated from here on."""
    return noted(monkeypatch)


def again(short, out: Path, replications: int = 4):
    return govsim.run(short, replications=replications, out=out, keep_orders=True)


def left(folder: Path) -> dict[str, bytes]:
    return killing.left(RunFolder(folder))


def typed(*arguments: object):
    return CliRunner().invoke(cli, list(map(str, arguments)))


# ------------------------------------------------------------------ killed


@pytest.mark.slow
def test_runs_that_are_killed_end_with_the_same_bytes(tmp_path):
    told = list(killing.kills(2, random.Random(8), tmp_path, killing.HOW[:2], killing.FEWER))
    assert sum("killed" in line for line in told) == 2
    assert "came to its end with the same bytes" in told


class Killed(BaseException):
    """The process is no more."""


STEPS = ("combine", "put_places", "record", "drop_journal", "release", "point_latest")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("more", [False, True])
def test_no_moment_of_the_end_is_one_to_be_killed_at(whole, short, tmp_path, step, more):
    """Before each step of joining the replications, in a first run and in one for more."""
    if more:
        again(short, tmp_path, 2)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        joined: list[bool] = []
        combine, stopped_at = RunFolder.combine, getattr(RunFolder, step)

        def combined(self, *args):
            joined.append(True)
            if step == "combine":
                raise Killed
            combine(self, *args)

        def killed(self, *args):
            if joined:
                raise Killed
            stopped_at(self, *args)

        patch.setattr(RunFolder, step, killed)
        patch.setattr(RunFolder, "combine", combined)
        patch.setattr(govsim.runs.replications.Run, "give_up", lambda *_: None)
        again(short, tmp_path)
    gc.collect()  # what the dead process held goes with it
    again(short, tmp_path)
    assert left(tmp_path / "template" / whole.name) == left(whole)


@pytest.mark.parametrize("renamed", range(4))
def test_a_kill_between_two_renames_loses_nothing(
    whole, short, tmp_path, simulated, monkeypatch, renamed, caplog
):
    again(short, tmp_path, 2)
    done: list[Path] = []
    rename = Path.replace

    def renames(self, target):
        if target.suffix == ".parquet":
            if len(done) == renamed:
                raise Killed
            done.append(target)
        return rename(self, target)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Path, "replace", renames)
        patch.setattr(govsim.runs.replications.Run, "give_up", lambda *_: None)
        again(short, tmp_path)
    caplog.clear()
    simulated.clear()
    gc.collect()  # what the dead process held goes with it
    again(short, tmp_path)
    assert simulated == []
    assert not caplog.records
    assert left(tmp_path / "template" / whole.name) == left(whole)


# ------------------------------------------------------------------ damaged


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def shortened(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    file.write_bytes(content)


def replaced(file: Path) -> None:
    file.write_text("something else altogether", encoding="utf-8")


DAMAGES = (emptied, shortened, flipped, replaced, Path.unlink)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", [f"{name}.parquet" for name in TABLES])
def test_a_damaged_file_is_said_in_one_line_and_made_anew(
    copied, whole, short, name, damage, caplog
):
    damage(copied / name)
    again(short, copied.parent.parent)
    assert [r.getMessage() for r in caplog.records if name in r.getMessage()]
    assert len(caplog.records) == 1
    assert left(copied) == left(whole)


@pytest.mark.parametrize("damage", DAMAGES[:4])
def test_a_damaged_manifest_is_said_and_costs_no_replication(
    copied, whole, short, damage, caplog, simulated
):
    damage(copied / "manifest.json")
    again(short, copied.parent.parent)
    assert [r.getMessage() for r in caplog.records] == [
        f"{copied / 'manifest.json'} is damaged, or was not written by this version of govsim"
    ]
    assert simulated == []
    assert left(copied) == left(whole)


@pytest.mark.parametrize("seed", range(12))
def test_a_bit_that_flips_anywhere_is_noticed_and_put_right(copied, whole, short, seed, caplog):
    rng = random.Random(seed)
    file = copied / f"{rng.choice(TABLES)}.parquet"
    content = bytearray(file.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)
    if "orders" not in file.name:  # a summary doesn't need them
        shown = typed("show", copied)
        assert shown.exit_code == 1
        assert shown.stderr == f"{file} is damaged; the same “govsim run” makes it anew\n"
    again(short, copied.parent.parent)
    assert f"{file} is damaged; what it held is made anew" in caplog.text
    assert left(copied) == left(whole)


@pytest.mark.parametrize("whose", ["weekly", "a run with another seed"])
def test_a_whole_table_in_the_place_of_another_is_noticed_and_put_right(
    copied, whole, short, whose, tmp_path, caplog
):
    """Its checksums are right, and its numbers are not those of this table or of this run."""
    other = whole / "weekly.parquet"
    if whose != "weekly":
        found = govsim.run(short, seed=5, replications=4, out=tmp_path / "other")
        other = found.folder / "measures.parquet"
    shutil.copyfile(other, copied / "measures.parquet")
    again(short, copied.parent.parent)
    assert "measures.parquet is damaged; what it held is made anew" in caplog.text
    assert left(copied) == left(whole)


def test_only_the_replication_that_is_damaged_is_simulated_again(copied, short, simulated):
    import pyarrow.parquet as pq

    file = copied / "orders.parquet"
    column = pq.read_metadata(file).row_group(2).column(5)
    content = bytearray(file.read_bytes())
    content[column.data_page_offset + column.total_compressed_size // 2] ^= 16
    file.write_bytes(content)
    again(short, copied.parent.parent)
    assert simulated == [2]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_whoever_looks_at_a_damaged_run_is_told(copied, lang):
    shortened(copied / "weekly.parquet")
    out = copied.parent.parent
    listed = typed("list", "--out", out, "--lang", lang)
    assert ("damaged" if lang == "en" else "已损坏") in listed.stdout
    shown = typed("show", "template", "--out", out, "--lang", lang)
    assert shown.exit_code == 1
    assert shown.stderr.count("\n") == 1
    assert (
        "weekly.parquet is damaged" if lang == "en" else "weekly.parquet 已损坏"
    ) in shown.stderr


# ------------------------------------------------------------------ disks


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let writing beyond a size fail, as a full disk or a quota would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def disk(tmp_path) -> Iterator[Callable[[str], Path]]:
    """A small disk of its own, mounted with whatever options."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = False

    def mount(options: str) -> Path:
        nonlocal mounted
        how = f"remount,{options}" if mounted else options
        command = ["mount", "-t", "tmpfs", "-o", how, "govsim-test", str(folder)]
        if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("this machine doesn't let us mount a disk")
        mounted = True
        return folder

    yield mount
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("size", [16, 40, 64, 104, 152])
def test_a_disk_that_is_full_is_said_and_the_run_goes_on_when_there_is_room(
    whole, short, disk, size
):
    """It fills up with the first replications, later ones, or the files at the end."""
    out = disk(f"size={size}k")
    with pytest.raises(RunError, match="the disk is full"):
        again(short, out)
    disk("size=10m")
    again(short, out)
    assert left(out / "template" / whole.name) == left(whole)


def test_a_full_disk_damages_nothing_of_a_finished_run(whole, short, disk):
    out = disk("size=10m")
    again(short, out, 2)
    before = open_run(out / "template" / whole.name).to_frame()
    (out / "ballast").write_bytes(bytes(10 << 20)[: shutil.disk_usage(out).free - 60_000])
    with pytest.raises(RunError, match="the disk is full"):
        again(short, out, 40)
    result = open_run(out / "template" / whole.name)
    assert result.replications == 2
    pd.testing.assert_frame_equal(result.to_frame(), before)


def test_a_disk_that_can_only_be_read_is_said_and_its_runs_can_be_shown(short, disk):
    out = disk("size=10m")
    again(short, out, 2)
    disk("ro")
    with pytest.raises(RunError, match=r"can't write to .*: the disk can only be read"):
        again(short, out)
    assert typed("show", "template", "--out", out).exit_code == 0
    assert "done" in typed("list", "--out", out).stdout


@pytest.mark.parametrize("size", [3_000, 9_000, 30_000, 60_000])
def test_a_file_that_may_not_grow_is_said_and_the_run_goes_on_when_it_may(
    whole, short, tmp_path, size
):
    with pytest.raises(RunError, match="larger than is allowed"), no_file_above(size):
        again(short, tmp_path)
    gc.collect()  # what the dead process held goes with it
    again(short, tmp_path)
    assert left(tmp_path / "template" / whole.name) == left(whole)


# ------------------------------------------------------------------ two runs at once


def test_a_second_run_of_the_same_is_refused_until_the_first_is_done(copied, short):
    before = left(copied)
    first = RunFolder(copied)
    first.hold()
    with pytest.raises(RunError, match=rf"at work in .*{copied.name} \(process {os.getpid()}\)"):
        again(short, copied.parent.parent, 5)
    assert left(copied) == before
    assert open_run(copied).replications == 4  # readers need no lock
    first.release()
    assert again(short, copied.parent.parent, 5).replications == 5


def test_runs_with_different_seeds_work_side_by_side(short, tmp_path):
    found: list[Path] = []

    def runs(seed: int) -> None:
        found.append(govsim.run(short, replications=3, seed=seed, out=tmp_path).folder)

    threads = [threading.Thread(target=runs, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({folder.name for folder in found}) == 4
    assert {RunFolder(folder).state() for folder in found} == {"done"}
    assert find(tmp_path, "template").path in found
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_disk_that_knows_no_locks_is_used_without_and_that_is_said(
    short, tmp_path, monkeypatch, caplog
):
    def unknown(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", unknown)
    assert again(short, tmp_path, 2).replications == 2
    assert "can't be locked: take care that no other run works there" in caplog.text
    run = killing.folder(tmp_path)
    run.record({"state": "running"})
    assert run.state() == "running"  # nobody can tell whether it was killed


def test_who_reads_while_new_files_are_put_in_place_waits_for_a_moment(copied, short):
    more = again(short, copied.parent.parent / "more", 5).folder
    run = RunFolder(copied)
    run.hold()
    for name in TABLES[:-1]:
        shutil.copy(more / f"{name}.parquet", copied)

    def ends() -> None:
        time.sleep(0.3)
        shutil.copy(more / "manifest.json", copied)
        run.release()

    threading.Thread(target=ends).start()
    assert open_run(copied).values["replication"].nunique() in {4, 5}


# ------------------------------------------------------------------ memory


@pytest.mark.slow
def test_memory_does_not_grow_with_replications(tmp_path):
    """What 50 replications hold would be seen if more than half of it stayed in memory."""
    program = """
import resource, sys, govsim
from govsim.scenarios.loading import load
short = load(sys.argv[1], settings=(("horizon", "8 weeks"), ("warm_up", "1 week")))
result = govsim.run(short, replications=int(sys.argv[2]), out=sys.argv[3], keep_orders=True)
result.to_frame(), result.by_week("orders")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(sum(table.nbytes for table in result.tables("orders")))
"""

    def used(replications: int) -> tuple[int, int]:
        arguments = [killing.TEMPLATE, replications, tmp_path / str(replications)]
        said = subprocess.check_output([sys.executable, "-c", program, *map(str, arguments)])
        kibibytes, held = map(int, said.split())
        return kibibytes * 1024, held

    (memory_of_few, few), (memory_of_many, many) = used(10), used(60)
    assert memory_of_many - memory_of_few < (many - few) / 2

"""Whole results folders with something damaged, and every command that reads them.

A bit flips, or a file is cut off, emptied, gone, another one's, or its whole folder stands there
twice. Each command then says the same as before, or tells the damage in one line; what the same
command again leaves is what it left undisturbed.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from click.testing import Result
from commands import faults, typed
from works import WORKS, Work, place, without_times

KINDS = ("run", "what-if", "sweep", "compare", "explain", "calibrate")
NOT_READ = (".html", ".xlsx", ".png", ".svg")
"""Files that are written for people and read by no command."""


def examine(rng: random.Random, here: Path, number: int) -> Iterator[str]:
    """Damage a file of what a work has left; read it by each command, and do the work again."""
    work, at = WORKS[rng.choice(KINDS)], place()
    at.begin(at.whole(work.name))
    files = sorted(f for f in at.folder.glob("results/**/*") if f.is_file())
    files += sorted(at.folder.glob("*.posterior.parquet"))
    file = rng.choice([f for f in files if f.suffix not in NOT_READ and f.name != ".lock"])
    how = rng.choice((flip, flip, flip, cut, empty, gone, taken, twice))
    was = f"{work.name}: {how.__name__} {file.relative_to(at.folder)}"
    how(rng, file)
    with at.entered():
        for command in (*rng.sample(work.reads, 1), ("list", "--json")):
            expected = _said(work, command)
            yield from _judged(was, command, expected, typed(*command), file)
        again = typed(*work.command)
        yield from faults(again, f"{was}, again")
        if again.exit_code != 0:
            if file.suffix == ".yaml" or len(again.output.strip().splitlines()) > 1:
                yield f"{was}, again: {again.output[-300:]}"
        else:
            read = {name for name in at.unlike(work.name) if Path(name).suffix not in NOT_READ}
            read = {n for n in read if "copied" not in n and not n.endswith("orders.csv")}
            if unlike := read - _by(work, at.folder):
                yield f"{was}, again: other than undisturbed: {', '.join(sorted(unlike))}"


def _by(work: Work, folder: Path) -> set[str]:
    """Name what reading by a command that runs something has added."""
    if work.name != "calibrate":
        return set()
    return {f.relative_to(folder).as_posix() for f in folder.glob("results/a-calibrated/**/*")}


@cache
def _said(work: Work, command: tuple[str, ...]) -> tuple[int, str]:
    """What a command says where nothing is damaged."""
    at = place()
    damaged = at.folder.rename(at.folder.with_name("damaged"))
    at.begin(work.name)
    with at.entered():
        said = typed(*command)
    shutil.rmtree(at.folder)
    damaged.rename(at.folder)
    return said.exit_code, without_times(said.stdout)


def _judged(
    was: str, command: tuple[str, ...], expected: tuple[int, str], said: Result, file: Path
) -> Iterator[str]:
    what = f"{was}, {' '.join(command[:4])}"
    yield from faults(said, what)
    if said.exit_code != 0:
        lines = said.stderr.strip().splitlines()
        if len(lines) != 1:
            yield f"{what}: told in {len(lines)} lines: {said.output[-300:]}"
    elif command[0] == "list":
        yield from _runs(what, expected[1], said.stdout)
    elif without_times(said.stdout) != expected[1] and file.name not in said.output:
        yield f"{what}: says something else, and nothing of it"


def _runs(what: str, before: str, now: str) -> Iterator[str]:
    known = {run["run"]: run for run in json.loads(before)["runs"]}
    for run in json.loads(without_times(now))["runs"]:
        same = known.get(run["run"].removesuffix(" copied"))
        if run["scenario"] == "a-calibrated":  # of a command that has read the calibration
            continue
        if run["state"] == "done" and same != run | {"run": same["run"] if same else ""}:
            yield f"{what}: lists another run: {run}"


# ------------------------------------------------------------------ damages


def flip(rng: random.Random, file: Path) -> None:
    content = bytearray(file.read_bytes() or b"\0")
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)


def cut(rng: random.Random, file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: rng.randrange(len(content) + 1)])


def empty(rng: random.Random, file: Path) -> None:
    file.write_bytes(b"")


def gone(rng: random.Random, file: Path) -> None:
    file.unlink()


def taken(rng: random.Random, file: Path) -> None:
    """Another file, of this folder or of another one, stands in its place."""
    others = [one for one in file.parents[1].rglob(f"*{file.suffix}") if one.is_file()]
    shutil.copyfile(other, file) if (other := rng.choice(others)) != file else file.unlink()


def twice(rng: random.Random, file: Path) -> None:
    """Its folder stands there a second time, as somebody copied it."""
    shutil.copytree(file.parent, file.parent.with_name(f"{file.parent.name} copied"))

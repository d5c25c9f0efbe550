"""Commands that keep something, in a small place of their own: what kills and damages are tried on.

A `Place` lies where it was made for as long as the process lasts, since kept trials belong to the
folder of their scenario. Each work is done there once, undisturbed; an example begins from what
is given, or from what was kept, and is held against what that work leaves.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from places import TEMPLATE

BEFORE = """\
extends: template.yaml
label: {zh: 甲, en: A}
horizon: 3 weeks
warm_up: 1 week
"""
AFTER = """\
extends: a.yaml
label: {zh: 乙, en: B}
teams: {property_management: {roster: {night: 1}}}
"""

TIMES = ("started", "finished", "seconds", "sha256")
"""What may differ in a record; the last is its checksum."""


@dataclass(frozen=True)
class Work:
    """A command that keeps something.

    Attributes
    ----------
    name : what it is called here.
    command : what is typed.
    reads : further commands that read what it keeps.
    needs : works that come before it.
    keeps : where, below the place.
    """

    name: str
    command: tuple[str, ...]
    reads: tuple[tuple[str, ...], ...] = ()
    needs: tuple[str, ...] = ()
    keeps: str = "results"


ALONE = ("--no-report", "--workers", "1")
DESK = "desk.rosters.point_station.day"

WORKS = {
    work.name: work
    for work in (
        Work(
            "run",
            ("run", "a.yaml", "-n", "8", "--orders", *ALONE),
            (
                ("show", "a"),
                ("show", "a", "--json"),
                ("report", "a"),
                ("report", "a", "--format", "xlsx"),
                ("report", "a", "--format", "orders.csv"),
            ),
        ),
        Work("run on two cores", ("run", "a.yaml", "-n", "8", "--no-report", "--workers", "2")),
        Work("run with a report", ("run", "a.yaml", "-n", "3", "--orders", "--workers", "1")),
        Work("more", ("run", "a.yaml", "-n", "16", "--orders", *ALONE), needs=("run",)),
        Work(
            "what-if",
            ("run", "a.yaml", "-n", "3", "--set", f"{DESK}=2", "--name", "desk", *ALONE),
            (("show", "desk", "--json"), ("compare", "desk", "desk", "--json", *ALONE)),
        ),
        Work(
            "sweep",
            ("run", "a.yaml", "-n", "3", "--set-grid", f"{DESK}=1,2", *ALONE),
            (("report", "comparisons", "--format", "xlsx"),),
        ),
        Work(
            "compare",
            ("compare", "a.yaml", "b.yaml", "-n", "4", *ALONE),
            (
                ("report", "comparisons", "--format", "xlsx"),
                ("report", "comparisons"),
                ("show", "b", "--json"),
            ),
        ),
        Work(
            "explain",
            ("explain", "a.yaml", "b.yaml", "-n", "2", "--quick", *ALONE),
            (("report", "explanations", "--format", "xlsx"), ("report", "explanations")),
        ),
        Work(
            "calibrate",
            (
                *("calibrate", "a.yaml", "--orders", "orders.csv", "--points", "60", "--force"),
                *("--holdout", "1w", "--latent", "demand.level", *ALONE),
            ),
            (
                ("report", "calibrations", "--format", "xlsx"),
                ("validate", "a-calibrated.yaml"),
                ("run", "a-calibrated.yaml", "-n", "2", "--uncertainty", "posterior", *ALONE),
            ),
            keeps=".",
        ),
        Work("page", ("report", "a"), needs=("run",)),
        Work("workbook", ("report", "a", "--format", "xlsx"), needs=("run",)),
        Work("orders", ("report", "a", "--format", "orders.xlsx"), needs=("run",)),
        Work("page of plans", ("report", "comparisons"), needs=("compare",)),
        Work("stations", ("report", "a", "--point", "all"), needs=("run",)),
        Work("inspect", ("inspect", "orders.csv", "--write", "m.yaml", "--out", "aside.csv")),
        Work(
            "synth",
            ("synth", "a.yaml", "--out", "made.csv", "--ledger", "ledger.csv"),
        ),
    )
}


@cache
def place() -> Place:
    """Give the place of this process."""
    return Place(Path(tempfile.mkdtemp(prefix="govsim-fuzz-works-")))


class Place:
    """A folder with what is given, and what works have left there.

    Parameters
    ----------
    folder : where; it is removed when the process ends.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.kept = folder / "here", folder / "kept"
        owner = os.getpid()
        atexit.register(lambda: os.getpid() == owner and shutil.rmtree(folder, True))
        given = self.kept / "given"
        given.mkdir(parents=True)
        shutil.copy(TEMPLATE, given / "template.yaml")
        (given / "a.yaml").write_text(BEFORE, "utf-8")
        (given / "b.yaml").write_text(AFTER, "utf-8")
        self.begin("given")
        with self.entered():
            _done("synth", "a.yaml", "--set", "horizon=13 weeks", "--out", "orders.csv")
        shutil.copy(self.folder / "orders.csv", given)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Work in it."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            yield
        finally:
            os.chdir(before)

    def begin(self, name: str) -> None:
        """Put there what a work has left, or what is ``given``."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.kept / name, self.folder)

    def before(self, work: Work) -> None:
        """Put there what comes before a work."""
        self.begin("given" if not work.needs else self.whole(*work.needs))

    def whole(self, name: str, do: Callable[[tuple[str, ...]], None] | None = None) -> str:
        """Do a work undisturbed, if that was not done yet; give the name of what it left."""
        if not (self.kept / name).exists():
            self.before(WORKS[name])
            with self.entered():
                (do or (lambda command: _done(*command)))(WORKS[name].command)
            shutil.copytree(self.folder, self.kept / name)
        return name

    def unlike(self, name: str) -> list[str]:
        """Name what is other than a work has left it."""
        left, expected = contents(self.folder), contents(self.kept / name)
        both = left.keys() | expected.keys()
        return sorted(file for file in both if left.get(file) != expected.get(file))


def _done(*command: str) -> None:
    from commands import typed

    said = typed(*command)
    assert said.exit_code == 0, said.output


# ------------------------------------------------------------------ what is left


def contents(folder: Path) -> dict[str, bytes]:
    """Read what is in a folder and below, without times and locks."""
    return {
        file.relative_to(folder).as_posix(): timeless(file)
        for file in folder.rglob("*")
        if file.is_file() and file.name != ".lock"
    }


def timeless(file: Path) -> bytes:
    """Read a file, without the times at which it was written."""
    data = file.read_bytes()
    try:
        if file.suffix == ".json":
            record = json.loads(data)
            return json.dumps({k: v for k, v in record.items() if k not in TIMES}).encode()
        if file.suffix == ".xlsx":
            return _sheets(data)
        if file.suffix == ".jsonl":  # trials in another order, and those that were cut off
            return b"\n".join(sorted(set(filter(_is_kept, data.split(b"\n")))))
    except (ValueError, AttributeError, zipfile.BadZipFile):
        return data
    if file.suffix in (".html", ".svg"):
        return without_times(data.decode("utf-8", "replace")).encode()
    return data


def _is_kept(line: bytes) -> bool:
    checked, _, content = line.partition(b" ")
    return hashlib.sha256(content).hexdigest()[:16].encode() == checked


def _sheets(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = [name for name in sorted(book.namelist()) if not name.startswith("docProps/")]
        return without_times(
            "\n".join(f"{name}\n{book.read(name).decode('utf-8', 'replace')}" for name in names)
        ).encode()


def without_times(text: str) -> str:
    """Take out of a text what a clock says."""
    text = re.sub(r"\b20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-9:.+]{5,}", "(then)", text)
    text = re.sub(r'"(seconds|started|finished)": [^,}]+', r'"\1": 0', text)
    return re.sub(r"\b[0-9.]+ (s|min|h)( left)\b", "(while)", text)

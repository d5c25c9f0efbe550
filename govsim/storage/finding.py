"""Which runs there are, and which one a word stands for.

The name of a scenario stands for the newest run of it as its file has it: a what-if goes by its
id, or by a name of its own (``govsim run --name``).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from govsim.errors import RunError
from govsim.storage.contents import file_of
from govsim.storage.folder import LATEST, MANIFEST, RunFolder
from govsim.storage.tables import MEASURES

SHORTEST = 4
"""Digits of an id that are enough to stand for it."""


def runs(out: Path) -> list[RunFolder]:
    """List the runs under a results folder, by scenario, the newest first."""
    return [run for folder in sorted(_scenarios(out)) for run in _newest_first(folder)]


def find(out: Path, name: str) -> RunFolder | None:
    """Find a run by its folder, ``scenario/run``, its scenario, its own name, or its id.

    A scenario's name stands for the newest run of it that changes nothing in its file; a run's
    own name for the newest of that name.
    """
    for place in _places(out, name):
        with suppress(OSError, ValueError):
            if (place / MANIFEST).is_file() or _bereft(place):
                return RunFolder(place)
            if run := _unchanged(place):
                return run
    named = [run for run in runs(out) if name and _told(run).get("name") == name]
    if named:
        return max(named, key=_written)
    matches = [r for r in runs(out) if len(name) >= SHORTEST and r.path.name.startswith(name)]
    return matches[0] if len(matches) == 1 else None


def what_ifs(out: Path, name: str) -> list[RunFolder]:
    """List the finished runs of a scenario that change something in its file, newest first."""
    for place in _places(out, name):
        with suppress(OSError, ValueError):
            if found := [run for run in _newest_first(place) if _told(run).get("changes")]:
                return [run for run in found if _told(run).get("replications")]
    return []


def _places(out: Path, name: str) -> tuple[Path, Path]:
    return Path(name), out / name


def _scenarios(out: Path) -> set[Path]:
    return {file.parent.parent for file in out.glob(f"*/*/{MANIFEST}")}


def _newest_first(folder: Path) -> list[RunFolder]:
    found = []
    for file in folder.glob(f"*/{MANIFEST}"):
        with suppress(OSError):  # one that is being removed
            found.append((-file.stat().st_mtime, file.parent))
    return [RunFolder(run) for _, run in sorted(found)]


def _unchanged(folder: Path) -> RunFolder | None:
    """Find the newest run of a scenario as its file has it: as a rule ``latest`` names it."""
    with suppress(OSError, ValueError):
        latest = (folder / LATEST).read_text(encoding="utf-8").strip()
        run = RunFolder(folder / latest)
        # Its file may have been edited since, and the same run be a what-if of the new one. What
        # is damaged is found too, so that who reads it is told.
        if latest and (run.path / MANIFEST).is_file() and not _told(run).get("changes"):
            return run
        if latest and _bereft(run.path):
            return run
    for run in _newest_first(folder):
        told = _told(run)
        if told.get("replications") and not told.get("changes"):
            return run
    return None


def _bereft(folder: Path) -> bool:
    """Whether a run lies in a folder of which what is recorded has gone."""
    return not (folder / MANIFEST).exists() and file_of(folder, MEASURES).is_file()


def damaged(out: Path) -> list[RunFolder]:
    """List the runs of which nothing is known, not even a name of their own: newest first."""
    found = []
    for run in sorted(runs(out), key=_written, reverse=True):
        try:
            run.manifest()
        except RunError:
            found.append(run)
    return found


def _told(run: RunFolder) -> dict[str, Any]:
    """What the manifest says; nothing where it is damaged."""
    with suppress(RunError):
        return run.manifest()
    return {}


def _written(run: RunFolder) -> float:
    with suppress(OSError):
        return (run.path / MANIFEST).stat().st_mtime
    return 0.0

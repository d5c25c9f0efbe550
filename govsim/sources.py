"""Which sources a replication depends on: the one list that compiling and provenance share.

A run is identified by a hash of these, and compiled code is kept under one, so that an edit
elsewhere (a word in a report, a reader of orders) neither throws away kept runs nor compiles
the engine anew. `tests/test_sources.py` holds the list against the import graph, both ways.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

MODEL = (
    "__init__.py",
    "demand",
    "engine",
    "measures/__init__.py",
    "measures/absence.py",
    "measures/clocks.py",
    "measures/counting.py",
    "measures/duty.py",
    "measures/late.py",
    "measures/ledger.py",
    "measures/lives.py",
    "measures/pieces.py",
    "measures/point_hours.py",
    "measures/replication.py",
    "measures/shortest.py",
    "measures/statistics.py",
    "measures/warmup.py",
    "measures/ways.py",
    "measures/workload.py",
    "model.py",
    "reference",
    "runs/__init__.py",
    "runs/tasks.py",
    "scenarios",
    "service",
    "sources.py",
)
"""Modules, and whole folders, of the package that a replication's numbers pass through."""

CARRYING = (
    "errors.py",
    "language.py",
    "measures/catalogue.py",
    "runs/executors.py",
    "runs/provenance.py",
    "storage",
)
"""What these import too, and no number depends on: words, messages, which files are refused, and
where things are kept."""

ENDINGS = {".py", ".csv", ".geojson"}


def files() -> list[tuple[str, Path]]:
    """List the sources and shipped data, with their names from the package's folder, by name."""
    package = Path(__file__).parent
    found = [(f.relative_to(package), f) for f in package.rglob("*") if f.suffix in ENDINGS]
    return sorted((name.as_posix(), f) for name, f in found if among(name.as_posix(), MODEL))


def among(name: str, listed: tuple[str, ...]) -> bool:
    """Whether a file is one of those that are listed, or lies in one of the folders."""
    return any(name == one or name.startswith(f"{one}/") for one in listed)


@cache
def code_hash() -> str:
    """SHA-256 of what a replication's numbers depend on here, whatever the line ends."""
    digest = hashlib.sha256()
    for name, file in files():
        digest.update(name.encode() + b"\0")
        digest.update(file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


@cache
def version_of(package: str) -> str:
    """Version of a package that is installed; empty where it isn't.

    Found at the head of what a package says of itself; to read all that, as `version` does, takes
    longer for ten packages than a replication of a station.
    """
    try:
        told = distribution(package).read_text("METADATA") or ""
        found = re.search(r"^Version: *(\S+)\s*$", told, re.MULTILINE)
        return found[1] if found else version(package)
    except PackageNotFoundError:
        return ""

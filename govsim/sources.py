"""Which sources a replication depends on: the one list that compiling and provenance share.

A run is identified by a hash of these, and compiled code is kept under one, so that an edit
elsewhere (a word in a report, a reader of orders) neither throws away kept runs nor compiles
the engine anew. `tests/test_sources.py` holds the list against the import graph, both ways.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

MODEL = frozenset(
    {
        "__init__.py",
        "arrivals.py",
        "compiling.py",
        "dated.py",
        "demand.py",
        "drawing.py",
        "engine",
        "grouping.py",
        "measures.py",
        "model.py",
        "network.py",
        "outcome.py",
        "point_hours.py",
        "pools.py",
        "randomness.py",
        "replication.py",
        "residents.py",
        "rosters.py",
        "rules.py",
        "scenarios",
        "sources.py",
        "statistics.py",
        "tasks.py",
        "warmup.py",
        "workload.py",
    }
)
"""Modules and folders of the package that a replication's numbers pass through."""

CARRYING = frozenset(
    {
        "cache",
        "catalogue",
        "errors",
        "executors",
        "language",
        "ledger",
        "plain_files",
        "provenance",
        "storage",
        "visible",
    }
)
"""What these import too, and no number depends on: words, messages, which files are refused, and
where things are kept."""

ENDINGS = {".py", ".csv", ".geojson"}


def files() -> list[tuple[str, Path]]:
    """List the sources and shipped data, with their names from the package's folder, by name."""
    package = Path(__file__).parent
    found = [(f.relative_to(package), f) for f in package.rglob("*") if f.suffix in ENDINGS]
    return sorted((name.as_posix(), f) for name, f in found if name.parts[0] in MODEL)


@cache
def code_hash() -> str:
    """SHA-256 of what a replication's numbers depend on here, whatever the line ends."""
    digest = hashlib.sha256()
    for name, file in files():
        digest.update(name.encode() + b"\0")
        digest.update(file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()

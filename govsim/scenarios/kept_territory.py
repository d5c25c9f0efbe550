"""Territories that were laid out before, kept on this machine by what they are made from.

`laid_out` is `govsim.scenarios.territory.build`, which takes half a second for a district, for
whoever runs the same scenario again; for an estate the import of what does it takes as long as a
replication. A file is named by a hash of the section, of the contents of
the tables that it names, of the code and of the libraries; it is read only if its own checksum
holds, and whatever is amiss with it, the territory is laid out anew. SciPy's trees and shapely are
imported only then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from govsim.language import kept, retold
from govsim.scenarios.territory import Section, Territory, build
from govsim.sources import code_hash, version_of
from govsim.storage import cache

FOLDER = "territories"

LAID_OUT_BY = ("numpy", "pandas", "scipy", "shapely")
"""Libraries whose versions are part of a name."""

MOST_FILES, MOST_BYTES = 24, 4 * 2**20
"""Files that are kept, those used last, and the size above which one is not."""

MOST_READ = 64 * 2**20
"""Bytes of a planner's table above which it is not read twice, for its hash."""


def laid_out(section: Section, folder: Path) -> Territory:
    """Lay the district out as `govsim.scenarios.territory.build` does, or take what was kept.

    Raises
    ------
    InputError
        With every mistake found in the section and its tables.
    """
    place = cache.folder(FOLDER)
    name = None if place is None else _name(section, folder)
    if place is None or name is None:
        return build(section, folder)
    file = place / f"{name}.json"
    found = _read(file)
    if found is None:
        found = build(section, folder)
        # Tables that somebody changed meanwhile belong to no name.
        if _name(section, folder) == name:
            _keep(file, found)
    return found


# ------------------------------------------------------------------ names


def _name(section: Any, folder: Path) -> str | None:
    """Hash all that a territory is made from; None where that can't be read."""
    tree = section.model_dump(mode="json")
    files = {}
    for text in sorted(set(_texts(tree))):
        with suppress(ValueError):  # a text that can't name a file
            path = folder / text
            try:
                if not path.is_file():
                    continue
                if path.stat().st_size > MOST_READ:
                    return None
                files[text] = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError:
                return None
    whole = [tree, files, code_hash(), {name: version_of(name) for name in LAID_OUT_BY}]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]


def _texts(tree: Any) -> Iterator[str]:
    """Give all texts in a section; some of them are paths of tables."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from _texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value)


# ------------------------------------------------------------------ files


def _read(file: Path) -> Territory | None:
    """Read what was kept; None where there is nothing, or not what was written."""
    text = cache.read(file)
    if text is None:
        return None
    try:
        return _territory(json.loads(text))
    except Exception:  # whatever the bytes of a damaged file lead to
        return None


def _keep(file: Path, territory: Territory) -> None:
    """Write a territory at once or not at all, and let go of those that nobody used for long."""
    text = json.dumps(_values(territory))
    if len(text) > MOST_BYTES or not _same(_territory(json.loads(text)), territory):
        return
    cache.keep(file, text, MOST_FILES)


FRAMES = ("grids", "points", "rosters")


def _values(territory: Territory) -> dict[str, Any]:
    """Turn a territory into what JSON can keep."""
    frames = {name: getattr(territory, name) for name in FRAMES}
    return {
        **{
            name: [[column, str(frame[column].dtype), frame[column].tolist()] for column in frame]
            for name, frame in frames.items()
        },
        "outline": territory.outline,
        "notes": [kept(note) for note in territory.notes],
        "generated": territory.generated,
        "english": dict(territory.english),
    }


def _territory(values: dict[str, Any]) -> Territory:
    """Make a territory of them; its notes are in the language of who reads it."""
    grids, points, rosters = (
        pd.DataFrame({name: pd.Series(column, dtype=kind) for name, kind, column in values[frame]})
        for frame in FRAMES
    )
    return Territory(
        grids,
        points,
        [[(x, y) for x, y in ring] for ring in values["outline"]],
        [retold(note) for note in values["notes"]],
        values["generated"],
        rosters,
        values["english"],
    )


def _same(one: Territory, other: Territory) -> bool:
    """Whether nothing was lost on the way through JSON."""
    return (
        one.content_hash() == other.content_hash()
        and [kept(note) for note in one.notes] == [kept(note) for note in other.notes]
        and all(
            getattr(one, name).dtypes.equals(getattr(other, name).dtypes)
            and getattr(one, name).index.equals(getattr(other, name).index)
            for name in FRAMES
        )
    )

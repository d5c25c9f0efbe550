"""What a what-if changes in the plan that its file holds, input by input.

`govsim.scenarios.loading` finds it where ``--set`` or overrides are given; runs record it, and
every report says it under the title. What a scenario's own ``changes`` say of some days of a run
is another matter: see `govsim.scenarios.schema.changes` and `govsim.service.dated`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from govsim.language import tr
from govsim.scenarios.documents import Key

COMMAND = "--set"
"""Where a change comes from, as problems of it say."""

NAMING = 3
"""Steps at the end of a path that say what it is: ``volunteers.roster.day``."""

MISSING = "missing"
"""Stands where an input was not there before, or is not there now; no input is this text."""


@dataclass(frozen=True, slots=True)
class Change:
    """An input that differs from the file.

    Attributes
    ----------
    path : dotted, as ``--set`` spells it.
    before, after : what the file says and what was run, as people write it; `MISSING` for what
        is not there.
    """

    path: str
    before: Any = MISSING
    after: Any = MISSING

    def record(self) -> dict[str, Any]:
        """Give it as plain values, without what is missing."""
        values = {"before": self.before, "after": self.after}
        return {"path": self.path} | {k: v for k, v in values.items() if v is not MISSING}

    def __str__(self) -> str:
        """Write it as ``desk.rosters.point_station.night: 0 → 1``, in the current language."""
        before, after = (compact(one) or tr("nothing") for one in (self.before, self.after))
        if self.before is MISSING:
            return tr("{path}: {after} (new)", path=self.path, after=after)
        if self.after is MISSING:
            return tr("{path}: left out (was {before})", path=self.path, before=before)
        return tr("{path}: {before} → {after}", path=self.path, before=before, after=after)

    def brief(self) -> str:
        """Write what it is now by the end of its path: ``volunteers.roster.day = 1``.

        That names a plan; the whole path stands beside it wherever there is room.
        """
        path = ".".join(self.path.split(".")[-NAMING:])
        if self.after is MISSING:
            return tr("without {path}", path=path)
        return f"{path} = {compact(self.after)}"

    @classmethod
    def recorded(cls, values: Mapping[str, Any]) -> Change:
        """Read what `record` gave."""
        return cls(values["path"], values.get("before", MISSING), values.get("after", MISSING))


def between(before: BaseModel, after: BaseModel, folder: Path) -> tuple[Change, ...]:
    """Find what differs between two scenarios, in the order of the schema.

    Parameters
    ----------
    before, after : as validated, so that 60 min and 1 h are the same.
    folder : tables below it are named relative to it, others by their names.
    """
    old, new = (one.model_dump(mode="json") for one in (before, after))
    return tuple(
        Change(path, _named(was, folder), _named(now, folder))
        for path, was, now in _differing(old, new, ())
    )


def _differing(old: Any, new: Any, path: tuple[Key, ...]) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    both = _entries(old), _entries(new)
    if both[0] is None or both[1] is None or (all(both) and not both[0].keys() & both[1].keys()):
        yield ".".join(map(str, path)), old, new
        return
    for key in dict.fromkeys((*both[0], *both[1])):
        yield from _differing(both[0].get(key, MISSING), both[1].get(key, MISSING), (*path, key))


def _entries(value: Any) -> dict[Key, Any] | None:
    """Give what can be changed one by one; a list of numbers is one value."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return dict(enumerate(value))
    return None


def _named(value: Any, folder: Path) -> Any:
    """Name files briefly: the folders of a planner are nobody's business."""
    if isinstance(value, str) and Path(value).is_absolute():
        file = Path(value)
        inside = file.is_relative_to(folder)
        return file.relative_to(folder).as_posix() if inside else file.name
    if isinstance(value, dict):
        return {key: _named(item, folder) for key, item in value.items()}
    return value


def asked_for(settings: Iterable[tuple[str, str]]) -> tuple[Change, ...]:
    """Take settings as they were given, where the file alone can't be read as a scenario."""
    return tuple(Change(path, after=text) for path, text in dict(settings).items())


def compact(value: object) -> str:
    """Write a value on little room: ``lognormal(median 30 min, sigma 0.7)``."""
    if isinstance(value, dict):
        parts = (
            f"{key}({compact(item)})" if isinstance(item, dict) else f"{key} {compact(item)}"
            for key, item in value.items()
        )
        return ", ".join(parts)
    if isinstance(value, list | tuple):
        return ", ".join(map(compact, value))
    if isinstance(value, bool):
        return str(value).lower()  # as a scenario file spells it
    return "" if value is None else str(value)

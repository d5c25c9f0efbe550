"""What a check of a scenario finds: where, how bad, what, and what was probably meant.

Made by `govsim.scenarios.checks` and `govsim.scenarios.staffing_checks`, and by
`govsim.checks.offered_load` for what only the laid-out network shows. `govsim.scenarios.loading`
turns them into problems with file and line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from govsim.language import joined, tr
from govsim.scenarios.names import CHINESE, near_chinese
from govsim.scenarios.schema import Label
from govsim.scenarios.units import nearest

Path = tuple[str | int, ...]
Severity = Literal["error", "warning"]

MOST_NAMES = 12
"""So many names of what there is are listed; more would bury the message."""


class Finding(NamedTuple):
    """One mistake or suspicion.

    Attributes
    ----------
    path : where in the scenario.
    severity : an error forbids a run.
    message : what was found and what is allowed, in the planner's language.
    suggestion : the likely intended spelling, or "".
    """

    path: Path
    severity: Severity
    message: str
    suggestion: str = ""


def error(path: Path, message: str, suggestion: str = "") -> Finding:
    """Make a finding that forbids a run."""
    return Finding(path, "error", message, suggestion)


def warning(path: Path, message: str) -> Finding:
    """Make a finding of what is legal and suspicious."""
    return Finding(path, "warning", message)


def listed(names: Iterable[str]) -> str:
    """List names, the many cut short."""
    names = list(names)
    if not names:
        return tr("none")
    more = ["…"] if len(names) > MOST_NAMES else []
    return joined([*names[:MOST_NAMES], *more], "、", ", ")


def missing(path: Path, found: str, known: Iterable[str], what: str) -> Finding:
    """Say that a name is not known here.

    Parameters
    ----------
    found : the name.
    known : names that would do.
    what : a sentence that it isn't one of them, in the planner's language.
    """
    names = in_words(found, known, known if isinstance(known, Mapping) else {})
    text = tr("{what}; known here: {known}", what=what, known=listed(names))
    near = nearest(found, names) if found.isascii() else near_chinese(found, names)
    return error(path, text, near)


def in_words(found: str, known: Iterable[str], parts: Mapping[str, Any]) -> list[str]:
    """Name what is known as whoever wrote `found` would: by keys, or by Chinese labels."""
    if found.isascii():
        return list(known)
    labels = {key: getattr(part, "label", None) for key, part in parts.items()}
    return [label.zh if (label := labels.get(key)) else CHINESE.get(key, key) for key in known]


def meant_by_label(found: str, labels: Iterable[tuple[str, Label]]) -> str:
    """Find the key of the part that is called `found` in one of the languages, or ""."""
    return next((key for key, label in labels if found in (label.zh, label.en)), "")


def point_kind(kind: str) -> str:
    """Name a kind of service point."""
    return {
        "point_station": tr("point stations"),
        "workstation": tr("grid workstations"),
        "community_office": tr("community offices"),
    }[kind]

"""Warnings as a page shows them: an input by its name, not by its file and path.

On the screen and in the workbook a warning begins with where its input was written, for whoever
mends it; readers of a page have no scenario file. Called by `govsim.report.sections`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from govsim.language import kept, retold
from govsim.report.inputs import Names
from govsim.scenarios.schema import Scenario

_PLACE = re.compile(r".+\.(?:ya?ml|csv|xlsx)(?::\d+)?|--set")
"""Where an input was written, as `govsim.errors.Problem` says it."""

_PATH = re.compile(r"[^\s:：]+(?:\.[^:：]+)*")
"""A path in a scenario."""

_BEFORE = re.compile(r"^\S+\.(?:ya?ml|csv|xlsx):\d+: ")
"""The same at the head of a warning that older versions kept as one text."""


def on_paper(texts: Iterable[str], scenarios: Iterable[Scenario] = ()) -> tuple[str, ...]:
    """Say warnings for readers of a page, each once.

    Parameters
    ----------
    texts : as a result has them.
    scenarios : whose inputs they speak of.
    """
    names = Names(tuple(scenarios))
    said = (retold(_without_place(kept(text), names)) for text in texts)
    return tuple(dict.fromkeys(map(str, said)))


def _without_place(again: Any, names: Names) -> Any:
    """Take the place out of a text that was put together, and name the input at its path."""
    if isinstance(again, str):
        return _BEFORE.sub("", again)
    if not isinstance(again, dict):
        return again
    if "join" not in again:
        inner = {k: _without_place(v, names) for k, v in again.get("with", {}).items()}
        return {**again, "with": inner} if inner else again
    parts = again["join"]
    if again["en"] == ": " and isinstance(parts[0], str) and _PLACE.fullmatch(parts[0]):
        parts = parts[1:]
        if len(parts) > 1 and isinstance(parts[0], str) and _PATH.fullmatch(parts[0]):
            parts = [names.of(parts[0]), *parts[1:]]
        return {"join": parts, "zh": "：", "en": ": "}
    return {**again, "join": [_without_place(part, names) for part in parts]}

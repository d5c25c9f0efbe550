r"""What is wrong with an input, as values that can be collected and shown all at once.

Every reader of input (scenario files, tables, the command line) makes `Problem`
values; whoever asked raises one `InputError` with all of them.

What others wrote is quoted so that a terminal shows it and does not obey it. A control character
in a name can move the cursor, recolour the screen, rename the window or turn the direction of
writing: `visible` shows each as what it is, ``\x1b``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, or one suspicion, in an input.

    Attributes
    ----------
    message : what is wrong, what was found, what is allowed; in the planner's language.
    path : where in the scenario, dotted, as ``--set`` would spell it; may be empty.
    file, line : where it was written; line counts from 1; 0 where there is no line.
    suggestion : the likely intended spelling, if any.
    """

    message: str
    path: str = ""
    file: str = ""
    line: int = 0
    suggestion: str = ""

    def __str__(self) -> str:
        """Render as ``file:line: path: message; did you mean ...``."""
        from govsim.language import joined, tr

        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = [part for part in (place, self.path, self.message) if part]
        text = joined(parts, ": ", ": ")
        if self.suggestion:
            text = joined([text, tr("; did you mean “{it}”?", it=self.suggestion)])
        return visible(text) if has_controls(text) else text  # which can be said again


class InputError(Exception):
    """An input can't be used; carries every `Problem` found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class RunError(Exception):
    """A run failed for a reason outside its input: disk full, folder not writable."""


CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
"""Those of ASCII and Latin-1 but tab and line feed."""

TURNING = r"\u202a-\u202e\u2066-\u2069"
"""Marks that turn the direction of writing, so that a text is not read as it is stored."""

_UNSEEN = re.compile(f"[{CONTROLS}{TURNING}]")


def visible(text: str) -> str:
    r"""Show control characters as escapes: ``\x1b``, ``\u202e``."""
    return _UNSEEN.sub(lambda found: _escape(ord(found[0])), text)


def visible_in_json(text: str) -> str:
    r"""Show control characters in a JSON text, which knows no ``\x1b``, as ``\u001b``."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def has_controls(text: str) -> bool:
    """Whether `visible` would change a text."""
    return _UNSEEN.search(text) is not None


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

"""What is wrong with an input, as values that can be collected and shown all at once.

Every reader of input (scenario files, tables, the command line) makes `Problem`
values; whoever asked raises one `InputError` with all of them.
"""

from __future__ import annotations

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
        from govsim.visible import has_controls, visible

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

"""How ``--help`` and click's own words come out in Chinese.

Click speaks through gettext, so it needs no more than a catalogue (``click.po``). But it counts
letters where a terminal has columns, of which a Chinese character takes two, and it breaks lines
only at spaces: `Formatter` does both as Chinese wants it. Used by the commands' group and by
`govsim.cli.options.command`.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from govsim.language import current, tr
from govsim.report.wrapping import columns, lines

LOCALE = Path(__file__).parent.parent / "locale"


def translate_click() -> None:
    """Let click speak the language in force, whatever the locale.

    For the whole process: gettext reads the language from the environment.
    """
    os.environ["LANGUAGE"] = current()
    gettext.bindtextdomain("click", str(LOCALE))
    gettext.textdomain("click")


def _as_it_stands(text: str, width: int) -> str:
    """Mark a broken text as one that click shall not break again."""
    return "\b\n" + "\n".join(lines(text, width))


class Formatter(click.HelpFormatter):
    """Breaks Chinese text by its columns; leaves English to click."""

    def write_heading(self, heading: str) -> None:
        """Write the title of a section."""
        title = tr("{heading}:", heading=heading)
        self.write(f"{'':>{self.current_indent}}{title}\n")

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        if current() == "zh":
            text = _as_it_stands(text, self.width - self.current_indent)
        super().write_text(text)

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write options or commands, each with what it does."""
        rows = list(rows)
        if current() == "zh":
            first = min(max(columns(name) for name, _ in rows), col_max) + col_spacing
            width = self.width - first - self.current_indent
            rows = [(name, _as_it_stands(text, width)) for name, text in rows]
        super().write_dl(rows, col_max, col_spacing)


class Context(click.Context):
    """Lays out help by `Formatter`."""

    formatter_class = Formatter


class Command(click.Command):
    """A command whose help is laid out by `Formatter`."""

    context_class = Context


class Late(click.Option):
    """An option whose help is said when asked for: it is made before the language is known."""

    def __init__(self, *args: Any, said: Callable[[], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = said

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Say what the option does."""
        self.help = self.said()
        return super().get_help_record(ctx)

"""The console that tables and texts are laid out on, by rich."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from govsim.errors import has_controls, visible

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType
    from rich.segment import Segment


class Screen(Console):
    """A console on which nothing in a text is taken for a command, a style, a link or a face."""

    def __init__(self, **how: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **how)

    def render_str(self, text: str, **how: Any) -> Text:
        """Make a text of a cell, as it is written."""
        return super().render_str(visible(text), **how)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Lay out whatever it is."""
        if isinstance(renderable, Text) and has_controls(renderable.plain):
            renderable = Text(visible(renderable.plain), style=renderable.style)
        yield from super().render(renderable, options)

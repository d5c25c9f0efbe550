"""Figures as SVG that can stand in a page beside others.

matplotlib gives its elements the same ids in every figure; in one page they would name
each other's clip paths and letters, so each figure's get a prefix. Called by
`govsim.report.parts`.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NOT_DRAWN = re.compile(r"<!--.*?-->\s*|<metadata>.*?</metadata>\s*", re.DOTALL)
_NAMED = re.compile(r'(\sid="|(?:xlink:)?href="#|url\(#)')
_SIZE = re.compile(r'<svg[^>]*?viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>')


def drawn(figure: Figure, name: str) -> str:
    """Draw a figure as what stands in a page, and keep no file of it.

    Parameters
    ----------
    figure : laid out for good (`govsim.report.style.settle`).
    name : the prefix of its ids.
    """
    made = StringIO()
    figure.savefig(made, format="svg", metadata={"Date": None})
    return inline(made.getvalue(), name)


def inline(text: str, name: str) -> str:
    """Cut an SVG file down to the element that stands in a page.

    Its ids get a prefix; comments and metadata go.
    """
    body = _NOT_DRAWN.sub("", text[text.index("<svg") :])
    body = _NAMED.sub(rf"\g<1>{name}-", body)
    return _SIZE.sub(
        r'<svg viewBox="0 0 \1 \2" width="\1pt" height="\2pt" role="img" '
        rf'aria-labelledby="{name}-said" xmlns:xlink="http://www.w3.org/1999/xlink">',
        body,
        count=1,
    ).strip()

"""Lines of text in columns of a terminal, of which a Chinese character takes two.

Chinese may be broken at any character, but not before its punctuation. Used by help texts
and by the tables on the screen.
"""

from __future__ import annotations

import re
from unicodedata import east_asian_width

_PIECE = re.compile(r"[“（《]*(?:[^\s“（《\u2e80-\uffff]+|.)[，。；：、？！”）》]*\s*", re.DOTALL)
"""What may not be torn apart: a word or one Chinese character, with the punctuation at it."""


def columns(text: str) -> int:
    """Count the columns that a text takes in a terminal."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def lines(text: str, width: int) -> list[str]:
    """Break a paragraph into lines of at most `width` columns, where Chinese may be broken."""
    found = [""]
    for piece in _PIECE.findall(" ".join(text.split())):
        if found[-1] and columns(found[-1] + piece.rstrip()) > width:
            found.append("")
        found[-1] += piece
    return [line.rstrip() for line in found]

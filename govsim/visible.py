r"""Text from files that others wrote, so that a terminal shows it and does not obey it.

A control character in a name can move the cursor, recolour the screen, rename the window or
turn the direction of writing. Each is shown as what it is: ``\x1b``. Called by whatever says
something: `govsim.errors`, the command line, tables on the screen.
"""

from __future__ import annotations

import re

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

"""Colons of a Chinese keyboard behind the keys of a YAML file: ``标签：我的方案`` is read as meant.

Used by `govsim.scenarios.documents`.
"""

from __future__ import annotations

import re

_KEY = re.compile(
    r"(?P<before>\s*)(?P<key>[^\s\"'#\[\]{}&*!|>%@`?:：-][^:：\"'#\[\]{}]*)：(?P<after>.*)"
)
_BLOCK = re.compile(r"[:：]\s*[|>][+-]?[0-9]?[+-]?\s*(?:#.*)?")
"""What ends a line below which a text stands as it is."""


def narrowed(text: str) -> str:
    """Write a full-width colon behind the key of a line as the one that YAML knows.

    Items of lists and texts in blocks keep theirs; lines stay where they are.
    """
    if "：" not in text:
        return text
    lines, block = [], -1
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        if block >= 0 and (not line.strip() or indent > block):
            lines.append(line)
            continue
        block = indent if (found := _BLOCK.search(line)) and found.end() == len(line) else -1
        if key := _KEY.fullmatch(line):
            line = f"{key['before']}{key['key'].rstrip()}: {key['after'].lstrip()}"
        lines.append(line)
    return "\n".join(lines)

"""Wrap the paragraphs of a page that hold a line of more than 120 characters.

    python tools/wrap.py CHANGELOG.md docs/model.md
    python tools/wrap.py                              # all that a test looks at

Tables, code and headings stay as they are. Chinese is broken after its punctuation only, where
a browser that shows a blank for the break does no harm.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
WIDTH = 120

BEGINS = re.compile(r"(\s*(?:[-*] |\d+\. |> )?)(.*)")
ITEM = re.compile(r"\s*(?:[-*] |\d+\. )")
CODE = re.compile(r"`[^`]*`")
BLANK = "\0"
"""Stands for a blank within code, which stays on one line."""


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Give what may not be torn apart, and whether a blank stands before it."""
    for word in CODE.sub(lambda code: code[0].replace(" ", BLANK), text).split():
        at, in_code, within = 0, False, 0
        for i, sign in enumerate(word):
            in_code ^= sign == "`"
            within += (sign in "[(") - (sign in "])")
            after = word[i + 1 : i + 2]
            if (
                sign in "。；，：！？"
                and not in_code
                and within <= 0
                and after not in "。；，：！？、）”》*"
            ):
                yield word[at : i + 1], at == 0
                at = i + 1
        yield word[at:], at == 0


def is_wide(text: str) -> bool:
    """Whether a sign is Chinese, or written as wide."""
    return bool(text) and unicodedata.east_asian_width(text) in "WF"


def wrapped(block: list[str]) -> list[str]:
    """Write a paragraph or an item of a list in lines that are short enough."""
    if all(len(line) <= WIDTH for line in block):
        return block
    begin, text = BEGINS.fullmatch(block[0]).groups()  # type: ignore[union-attr]
    inside = begin if begin.strip() == ">" else " " * len(begin)
    for line in block[1:]:
        more = line.strip().removeprefix("> ")
        text += more if is_wide(text[-1:]) and is_wide(more[:1]) else f" {more}"
    lines, here = [begin], begin
    for piece, blank in pieces(text):
        gap = " " if blank and lines[-1] != here else ""
        if lines[-1] != here and len(lines[-1] + gap + piece) > WIDTH:
            lines.append(inside)
            here, gap = inside, ""
        lines[-1] += gap + piece
    return [line.replace(BLANK, " ").rstrip() for line in lines]


def page(text: str) -> str:
    """Wrap a page."""
    done: list[str] = []
    block: list[str] = []
    in_code = False
    for line in [*text.split("\n"), ""]:
        fence = line.lstrip().startswith("```")
        alone = not line.strip() or line.lstrip().startswith(("|", "#", "<!--", ":::", "!["))
        if fence or in_code or alone or ITEM.match(line):
            done += wrapped(block) if block else []
            block = []
        if fence or in_code or alone:
            done.append(line)
        else:
            block.append(line)
        in_code ^= fence
    return "\n".join(done[:-1])


def main() -> None:
    """Wrap the files that are named, or all."""
    named = [Path(name) for name in sys.argv[1:]]
    for file in named or [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        before = file.read_text(encoding="utf-8")
        after = page(before)
        if after != before:
            file.write_text(after, encoding="utf-8")
            print(file)


if __name__ == "__main__":
    main()

"""What is written for readers has short lines, so that a change of it can be read as well."""

import re
from pathlib import Path

import pytest
from places import DOCS, ROOT

WIDTH = 120
WRITTEN = [
    *(ROOT / name for name in ("README.md", "README.zh.md", "CHANGELOG.md", "CONTRIBUTING.md")),
    *sorted(DOCS.rglob("*.md")),
]
FENCE = re.compile(r"^\s*```")


def long_lines(page: Path) -> list[int]:
    """List the numbers of the lines that are too long; tables and code can't be broken."""
    found, in_code = [], False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        in_code ^= bool(FENCE.match(line))
        if len(line) > WIDTH and not in_code and not line.lstrip().startswith("|"):
            found.append(number)
    return found


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_line_is_too_long(page: Path):
    assert not long_lines(page), f"run: python tools/wrap.py {page.relative_to(ROOT)}"


def test_a_long_line_is_found_in_prose_and_left_in_tables_and_code(tmp_path: Path):
    long = "word " * 30
    page = tmp_path / "page.md"
    page.write_text(f"| {long} |\n```sh\n{long}\n```\n{long}\nshort\n", encoding="utf-8")
    assert long_lines(page) == [5]


def test_the_readme_is_a_first_page_and_no_manual():
    for name in ("README.md", "README.zh.md"):
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= 145, name

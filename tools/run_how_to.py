"""Run every command of get-started and the how-to pages, in the order in which a reader meets them.

    python tools/run_how_to.py                    # both languages, in a scratch folder
    python tools/run_how_to.py --only own-orders --lang en

Each page begins in the folder that the one before has left, as a reader would. Blocks marked `sh`
and `python` are run, a block marked `yaml` that extends a scenario is validated beside it; blocks
without a mark are shown only (how to install). The Chinese pages come after the English ones in
the same folder; of them only what is written otherwise is run, as a name in Chinese.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LOCALES = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}

BLOCK = re.compile(r"^```(sh|python|yaml)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LISTED = re.compile(r"^((?:how-to/)?[\w-]+?)(?:\.zh)?$", re.MULTILINE)
EXTENDS = re.compile(r"^extends: ", re.MULTILINE)


def pages(lang: str) -> list[Path]:
    """List the pages that planners read first, in the order of the site."""
    ending = ".zh.md" if lang == "zh" else ".md"
    index = (DOCS / f"index{ending}").read_text(encoding="utf-8")
    names = [name for name in LISTED.findall(index) if name.startswith(("get-", "how-to/"))]
    return [DOCS / f"{name}{ending}" for name in names]


def steps(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Give what stands in each block of a page, and the command that runs it."""
    for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "sh":
            yield text, ["bash", "-euo", "pipefail", "-c", text]
        elif kind == "python":
            yield text, [sys.executable, "-c", text]
        elif EXTENDS.search(text):
            told = "cat > scenarios/of-the-page.yaml && govsim validate scenarios/of-the-page.yaml"
            yield text, ["bash", "-euo", "pipefail", "-c", told]


def folder(place: Path) -> None:
    """Lay out what a reader has: the scenarios and the notebooks."""
    shutil.copytree(ROOT / "scenarios", place / "scenarios", dirs_exist_ok=True)
    shutil.copytree(DOCS / "notebooks", place / "docs" / "notebooks", dirs_exist_ok=True)


def run(page: Path, place: Path, lang: str, had: set[str]) -> None:
    """Run what was not had of a page; stop with what was said where a step fails."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    told = {"PATH": path, "LC_ALL": LOCALES[lang], "MPLBACKEND": "Agg", "COLUMNS": "100"}
    for text, command in steps(page):
        if text in had and lang != "en":
            continue
        had.add(text)
        begun = time.monotonic()
        done = subprocess.run(
            command,
            cwd=place,
            env=os.environ | told,
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        print(f"{time.monotonic() - begun:6.1f} s  {text.strip().splitlines()[0]}", flush=True)
        if done.returncode:
            name = page.relative_to(DOCS)
            sys.exit(
                f"docs/{name}:\n{text}\nends with {done.returncode}\n{done.stdout}{done.stderr}"
            )


def main() -> None:
    """Run the pages; the scratch folder is left where one is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lang", choices=tuple(LOCALES), help="only the pages of this language")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument(
        "--part", default="1/1", metavar="K/N", help="only each N-th page from the K-th on"
    )
    parser.add_argument("--place", type=Path, help="a folder to work in, which is kept")
    asked = parser.parse_args()
    first, step = map(int, asked.part.split("/"))
    with tempfile.TemporaryDirectory() as scratch:
        place = asked.place or Path(scratch)
        folder(place)
        had: set[str] = set()
        for lang in [asked.lang] if asked.lang else LOCALES:
            for page in pages(lang)[first - 1 :: step]:
                if asked.only in page.name:
                    print(page.relative_to(ROOT), flush=True)
                    run(page, place, lang, had)


if __name__ == "__main__":
    main()

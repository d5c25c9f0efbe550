"""Write the pictures of the READMEs from a real run: the summary on the screen, and the figure.

Run it from the project's root; it leaves the run in results/ like any other, and takes as
long as its replications do (the district: about a minute each):

    python tools/make_pictures.py            # or: --replications 5, another SCENARIO

Makes docs/images/run-en.svg, run-zh.svg (the terminal) and overview-en.png, overview-zh.png.
"""

from __future__ import annotations

import argparse
import html
import io
import re
import shutil
import tempfile
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console

from govsim import experiment
from govsim.language import use
from govsim.report import figures
from govsim.report.tables import WIDTH, summary
from govsim.results import Result

IMAGES = Path(__file__).parents[1] / "docs" / "images"
RESULTS = Path("results")

# Rich's own format fetches a font from the network, which a picture in a README can't.
FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
TEXT = re.compile(r'textLength="[^"]*"([^>]*>)([^<]*)(</text>)')
CELL = 12.2  # width of a column in Rich's drawing
FONTS = "Consolas, Menlo, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'Microsoft YaHei', monospace"


def terminal(result: Result, command: str) -> str:
    """Show the summary as a terminal shows it, as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    console.print(summary(result))
    drawn = console.export_svg(title=command, unique_id="govsim")
    plain = FONT_FACE.sub("", drawn).replace("Fira Code, monospace", FONTS)
    plain = TEXT.sub(_as_wide_as_its_columns, plain)
    return "\n".join(line.rstrip() for line in plain.splitlines()) + "\n"


def _as_wide_as_its_columns(text: re.Match[str]) -> str:
    """Give Chinese its two columns a character, which Rich forgets in the length of a text."""
    rest, words, end = text.groups()
    return f'textLength="{cell_len(html.unescape(words)) * CELL:g}"{rest}{words}{end}'


def main() -> None:
    """Run once; draw in both languages. The second run finds all its replications there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="?", default="scenarios/jiangning.yaml")
    parser.add_argument("--replications", type=int, default=5)
    given = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    command = f"govsim run {given.scenario}"
    for lang in ("en", "zh"):
        use(lang)
        result = experiment.run(given.scenario, replications=given.replications, out=RESULTS)
        path = IMAGES / f"run-{lang}.svg"
        path.write_text(terminal(result, command), encoding="utf-8", newline="\n")
        with tempfile.TemporaryDirectory() as folder:
            figures.write_overview(result, Path(folder))
            shutil.copy(Path(folder) / "overview.png", IMAGES / f"overview-{lang}.png")
        print(result, flush=True)


if __name__ == "__main__":
    main()

"""Write the pictures of the READMEs from a real run: the screen, the figure, and the report.

Run it from the project's root; it leaves the run in results/ like any other, and takes as
long as its replications do (the district: about a minute each):

    python tools/make_pictures.py            # or: --replications 5, another SCENARIO

Makes docs/images/run-en.svg, run-zh.svg (the terminal), overview-en.png, overview-zh.png and,
where there are Chromium and pdftoppm, report-en.png, report-zh.png: the report's first page as
it is printed.
"""

from __future__ import annotations

import argparse
import html
import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console

from govsim.language import use
from govsim.report import WIDTH, figures, page
from govsim.report.tables import summary
from govsim.run import run
from govsim.runs.results import Result

IMAGES = Path(__file__).parents[1] / "docs" / "images"
RESULTS = Path("results")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# Rich's own format fetches a font from the network, which a picture in a README can't.
FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
TEXT = re.compile(r'textLength="[^"]*"([^>]*>)([^<]*)(</text>)')
CELL = 12.2  # width of a column in Rich's drawing
FONTS = "Consolas, Menlo, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'Microsoft YaHei', monospace"


def terminal(result: Result, command: str) -> str:
    """Show the summary as a terminal shows it, as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False, markup=False)
    console.print(summary(result))
    drawn = console.export_svg(title=command, unique_id="govsim")
    plain = FONT_FACE.sub("", drawn).replace("Fira Code, monospace", FONTS)
    plain = TEXT.sub(_as_wide_as_its_columns, plain)
    return "\n".join(line.rstrip() for line in plain.splitlines()) + "\n"


def _as_wide_as_its_columns(text: re.Match[str]) -> str:
    """Give Chinese its two columns a character, which Rich forgets in the length of a text."""
    rest, words, end = text.groups()
    return f'textLength="{cell_len(html.unescape(words)) * CELL:g}"{rest}{words}{end}'


def first_page(result: Result, lang: str) -> None:
    """Print the report and keep its first page as a picture; say so where that can't be done."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None or shutil.which("pdftoppm") is None:
        print(f"no browser or no pdftoppm: report-{lang}.png stays as it is")
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        written = page.write(result, folder)
        printed, picture = folder / "report.pdf", IMAGES / f"report-{lang}"
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        print_to = [f"--print-to-pdf={printed}", written.as_uri()]
        subprocess.run([browser, *options, *print_to], check=True, capture_output=True)
        cut = ["-png", "-r", "110", "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run(["pdftoppm", *cut, str(printed), str(picture)], check=True)


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
        result = run(given.scenario, replications=given.replications, out=RESULTS)
        path = IMAGES / f"run-{lang}.svg"
        path.write_text(terminal(result, command), encoding="utf-8", newline="\n")
        with tempfile.TemporaryDirectory() as folder:
            figures.write_overview(result, Path(folder))
            shutil.copy(Path(folder) / "overview.png", IMAGES / f"overview-{lang}.png")
        first_page(result, lang)
        print(result, flush=True)


if __name__ == "__main__":
    main()

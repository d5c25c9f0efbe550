"""Write the pictures of docs/how-to/ from the runs that the pages speak of.

Run it from the project's root; it works in a folder of its own and takes a minute or two:

    python tools/make_how_to_pictures.py
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageChops
from rich.console import Console

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
AT_NIGHT = (
    "night desk: desk.rosters.point_station.night=1",
    "night property: teams.property_management.roster.night=1",
)
WIDTH = 1000


def govsim(folder: Path, lang: str, *told: str) -> str:
    """Run a command in a folder, and give what it says."""
    whole = [sys.executable, "-m", "govsim", *told, "--lang", lang]
    return subprocess.run(
        whole, cwd=folder, check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def keep(figure: Path, name: str) -> None:
    """Keep a figure in few colours and no wider than a page: a tenth of its size."""
    picture = Image.open(figure).convert("RGB")
    if picture.width > WIDTH:
        picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
    picture.quantize(48).save(IMAGES / f"how-to-{name}.png", optimize=True)


def screen(text: str, command: str, name: str) -> None:
    """Keep what a terminal shows."""
    from make_pictures import FONT_FACE, FONTS, TEXT, _as_wide_as_its_columns

    console = Console(record=True, width=100, file=io.StringIO(), highlight=False, markup=False)
    console.print("\n".join(text.splitlines()[:32]))
    drawn = console.export_svg(title=command, unique_id="govsim")
    plain = FONT_FACE.sub("", drawn).replace("Fira Code, monospace", FONTS)
    plain = TEXT.sub(_as_wide_as_its_columns, plain)
    lines = "\n".join(line.rstrip() for line in plain.splitlines()) + "\n"
    (IMAGES / f"how-to-{name}.svg").write_text(lines, encoding="utf-8", newline="\n")


def printed(workbook: Path, name: str) -> None:
    """Keep the first sheet of a workbook as LibreOffice prints it."""
    said = ["soffice", "--headless", "--convert-to", "pdf", workbook.name]
    subprocess.run(said, cwd=workbook.parent, check=True, capture_output=True)
    drawn = workbook.with_suffix(".png")
    pages = ["pdftoppm", "-png", "-r", "110", "-singlefile", str(workbook.with_suffix(".pdf"))]
    subprocess.run([*pages, str(drawn.with_suffix(""))], check=True)
    picture = Image.open(drawn).convert("RGB")
    white = Image.new("RGB", picture.size, "white")
    picture.crop(ImageChops.difference(picture, white).getbbox()).save(drawn)
    keep(drawn, name)


def latest(folder: Path, pattern: str) -> Path:
    """Find the newest file of a pattern."""
    return max(folder.glob(pattern), key=lambda file: file.stat().st_mtime)


def main() -> None:
    """Run what the pages say, in both languages, and keep the pictures."""
    sys.path.insert(0, str(Path(__file__).parent))
    for lang in ("en", "zh"):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            shutil.copytree(ROOT / "scenarios", folder / "scenarios")
            tiandi = "scenarios/tiandi.yaml"
            govsim(folder, lang, "run", tiandi, "-n", "5")
            keep(latest(folder, "results/tiandi/*/figures/staffing.png"), f"thin-shift-{lang}")
            keep(latest(folder, "results/tiandi/*/figures/minutes.png"), f"why-late-{lang}")
            keep(latest(folder, "results/tiandi/*/figures/map-points.png"), f"own-tables-{lang}")
            plans = [word for plan in AT_NIGHT for word in ("--plan", plan)]
            govsim(folder, lang, "compare", tiandi, *plans, "-n", "5")
            hours = latest(folder, "results/comparisons/*/figures/plans-hours.png")
            keep(hours, f"one-more-at-night-{lang}")
            held = ["--fix", "teams.grid_staff", "--fix", "desk"]
            govsim(folder, lang, "optimise", tiandi, "--keep", "scene=60%", *held)
            hours = latest(folder, "results/optimise/*/figures/people-by-hour.png")
            keep(hours, f"cheapest-rosters-{lang}")
            others = ["scenarios/tiandi-night.yaml", "scenarios/tiandi-pooled.yaml"]
            govsim(folder, lang, "compare", tiandi, *others, "-n", "5")
            orders = latest(folder, "results/comparisons/*/figures/plans-orders.png")
            keep(orders, f"real-difference-{lang}")
            govsim(
                folder, lang, "site", "scenarios/jiangning.yaml", "--add", "5", "--simulate", "2"
            )
            keep(latest(folder, "results/site/*/figures/map-near.png"), f"next-station-{lang}")
            govsim(folder, lang, "synth", tiandi, "--out", "orders.csv")
            team = ["--team", "grid_staff", "--from", "2025-03-03", "-n", "0"]
            govsim(folder, lang, "roster", tiandi, *team)
            printed(latest(folder, "results/roster/*/rota.xlsx"), f"four-weeks-{lang}")
            asked = ["inspect", "orders.csv", "--scenario", tiandi]
            screen(govsim(folder, lang, *asked), "govsim inspect orders.csv", f"own-orders-{lang}")
    with tempfile.TemporaryDirectory() as made:
        drawn = Path(made) / "notebook.png"
        cells = (ROOT / "docs" / "notebooks" / "thin_shift.py").read_text(encoding="utf-8")
        os.chdir(ROOT)
        mpl.use("Agg")
        exec(cells.replace("plt.show()", f"plt.savefig({str(drawn)!r}, dpi=150)"), {})
        keep(drawn, "notebook")


if __name__ == "__main__":
    main()

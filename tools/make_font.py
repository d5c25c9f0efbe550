"""Make govsim/report/fonts/GovsimSansSC-Regular.otf, the font of figures and reports.

Cuts Noto Sans CJK SC down to GB2312, ASCII and common signs, and renames it, as its
licence asks of a changed version (SIL Open Font License 1.1). Needs fonttools, and the
file NotoSansCJKsc-Regular.otf, for instance from the wheel of `mplfonts`:

    pip download --no-deps mplfonts        # in a folder outside the project
    unzip mplfonts-*.whl 'mplfonts/fonts/NotoSansCJKsc-Regular.otf'
    python tools/make_font.py mplfonts/fonts/NotoSansCJKsc-Regular.otf \
        --text govsim/scenarios/data/jiangning/communities.csv
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "govsim Sans SC"
POSTSCRIPT = "GovsimSansSC-Regular"
SIGNS = "–—‘’“”…‰′″←↑→↓≈≠≤≥−×÷±·°²³µ€¥§©®√∞∑σλμρ①②③④⑤✓✗●○■□▲△▼▽◆◇★☆"
NOTICE = (
    "A subset of Noto Sans CJK SC Regular 1.004, renamed. "
    "Copyright © 2014, 2015 Adobe Systems Incorporated (http://www.adobe.com/)."
)
LICENCE = "This Font Software is licensed under the SIL Open Font License, Version 1.1."


def gb2312() -> str:
    """All characters of GB2312 (6,763 of them ideographs)."""
    codes = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return "".join(code.decode("gb2312", errors="ignore") for code in codes)


def cut(source: Path, text: str) -> TTFont:
    """Keep the glyphs that `text` needs, without hints and vertical forms."""
    options = subset.Options(
        hinting=False,
        desubroutinize=False,
        layout_features=["kern", "ccmp"],
        name_IDs=[1, 2, 4, 6],
        name_languages=[0x409],
        notdef_outline=True,
        drop_tables=["DSIG", "vhea", "vmtx", "VORG", "BASE"],
    )
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    return font


def rename(font: TTFont) -> None:
    """Give the font its own name everywhere: reserved names may not stay."""
    names = {
        0: NOTICE,
        1: FAMILY,
        2: "Regular",
        3: f"1.0;{POSTSCRIPT}",
        4: f"{FAMILY} Regular",
        5: "Version 1.0",
        6: POSTSCRIPT,
        13: LICENCE,
        14: "https://openfontlicense.org",
    }
    font["name"].names = []
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [POSTSCRIPT]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName, top.Notice = f"{FAMILY} Regular", FAMILY, NOTICE
    for number, part in enumerate(top.FDArray):
        part.FontName = f"{POSTSCRIPT}-{number}"


def main() -> None:
    """Read the command line and write the font."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="NotoSansCJKsc-Regular.otf")
    parser.add_argument(
        "--text", type=Path, action="append", default=[], help="also its characters"
    )
    parser.add_argument(
        "--out", type=Path, default=Path(f"govsim/report/fonts/{POSTSCRIPT}.otf"), help="the font"
    )
    given = parser.parse_args()
    extra = "".join(path.read_text("utf-8-sig") for path in given.text)
    ascii_ = "".join(map(chr, range(0x20, 0x7F)))
    latin = "".join(map(chr, range(0xA0, 0x100)))
    font = cut(given.source, ascii_ + latin + SIGNS + gb2312() + extra)
    rename(font)
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False
    font.save(given.out)
    print(f"{given.out}: {given.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

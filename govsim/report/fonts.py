"""The Chinese font that the package ships: for matplotlib, and embedded in HTML reports.

Users' machines may have no Chinese font, and matplotlib then draws boxes. The font is a
subset (GB2312 and common signs) of Noto Sans CJK SC under the Open Font License, made by
``tools/make_font.py``. Called by figures and reports.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache as once
from io import BytesIO
from pathlib import Path

from govsim.sources import version_of
from govsim.storage import cache

FAMILY = "govsim Sans SC"
FILE = Path(__file__).parent / "fonts" / "GovsimSansSC-Regular.otf"

FOLDER, MOST_FILES = "fonts", 24
"""Where rules are kept on this machine, and how many: reports of the same plans need the same
characters."""


def register() -> str:
    """Make the font known to matplotlib and the first choice of all figures.

    May be called any number of times. Figures in SVG keep their letters as outlines
    (matplotlib's default), so that they look the same without the font.

    Returns
    -------
    str
        The font's family, `FAMILY`.
    """
    import matplotlib as mpl

    known()
    # DejaVu, which comes with matplotlib, has the few signs that this font lacks.
    mpl.rcParams["font.family"] = [FAMILY, "DejaVu Sans"]
    return FAMILY


def known() -> None:
    """Let matplotlib know the font."""
    from matplotlib import font_manager

    if FAMILY not in font_manager.fontManager.get_font_names():
        font_manager.fontManager.addfont(str(FILE))


@once
def characters() -> frozenset[str]:
    """All characters that the font can draw."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(FILE, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def missing(text: Iterable[str]) -> str:
    """Give the printable characters of `text` that the font lacks, sorted."""
    return "".join(sorted({c for c in text if c.isprintable()} - characters()))


def face_css(text: str) -> str:
    """Write the CSS rule that embeds the font, cut down to the characters of `text`.

    Parameters
    ----------
    text : everything that the page shows; characters that the font lacks are left to
        the reader's other fonts.

    Returns
    -------
    str
        An ``@font-face`` rule for `FAMILY` with a data URI: some 100 kB for 500
        ideographs, where the whole font would be 2 MB.
    """
    shown = "".join(sorted(set(text)))
    place = cache.folder(FOLDER)
    file = None if place is None else place / f"{_name(shown)}.css"
    kept = None if file is None else cache.read(file)
    if kept is not None:
        return kept
    made = _cut(shown)
    if file is not None:
        cache.keep(file, made, MOST_FILES)
    return made


def _name(shown: str) -> str:
    """Hash what a rule is made from: the characters, the font, and what cuts it."""
    digest = hashlib.sha256(f"{version_of('fonttools')}\n{shown}\n".encode())
    digest.update(FILE.read_bytes())
    return digest.hexdigest()[:32]


def _cut(shown: str) -> str:
    from fontTools import subset  # type: ignore[import-untyped]

    options = subset.Options(flavor="woff", layout_features=["kern", "ccmp"], notdef_outline=True)
    font = subset.load_font(FILE, options)
    font.recalcTimestamp = False
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(set(shown) & characters())) or " ")
    cutter.subset(font)
    made = BytesIO()
    subset.save_font(font, made, options)
    data = base64.b64encode(made.getvalue()).decode("ascii")
    return (
        f'@font-face {{ font-family: "{FAMILY}"; '
        f'src: url("data:font/woff;base64,{data}") format("woff"); }}'
    )

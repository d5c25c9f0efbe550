"""Chinese names and labels are readable in figures and reports, on any machine."""

import csv
import re
import warnings

import matplotlib as mpl
import pytest
from places import PACKAGE

from govsim.report import fonts


def test_the_font_is_small_enough_to_ship_and_has_its_licence():
    assert fonts.FILE.stat().st_size < 2_000_000
    assert "SIL OPEN FONT LICENSE" in (fonts.FILE.parent / "OFL.txt").read_text("utf-8")


def test_the_font_can_draw_the_name_of_every_street_and_community():
    path = PACKAGE / "scenarios/data/jiangning/communities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        names = "".join("".join(row) for row in csv.reader(file))
    assert "邵圣社区" in names
    assert fonts.missing(names) == ""


def test_the_font_can_draw_all_that_the_package_says_in_chinese():
    texts = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.po"), *PACKAGE.rglob("*.yaml")]
    # Readers of orders know words of Taiwan, Japan and Korea too, and say none of them.
    texts = [path for path in texts if path.parent.name != "orders"]
    said = "".join(path.read_text("utf-8") for path in texts)
    chinese = "".join(re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", said))
    assert fonts.missing(chinese) == ""


def test_the_font_can_draw_the_signs_of_numbers_and_intervals():
    assert fonts.missing("0123456789.,−–—±×≤≥≈%‰°²→…“”‘’《》（）：；、。·km²") == ""


def test_the_font_does_not_use_the_reserved_name_of_its_original():
    ttlib = pytest.importorskip("fontTools.ttLib")
    with ttlib.TTFont(fonts.FILE, lazy=True) as font:
        names = [font["name"].getDebugName(i) or "" for i in (1, 3, 4, 6)]
        top = font["CFF "].cff.topDictIndex[0]
        names += [top.FullName, top.FamilyName, *font["CFF "].cff.fontNames]
    assert names[0] == fonts.FAMILY
    assert not any("noto" in name.lower() or "source" in name.lower() for name in names)


def test_a_figure_shows_chinese_without_boxes(tmp_path):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of every glyph that it lacks
        assert fonts.register() == fonts.register() == fonts.FAMILY
        figure = Figure()
        FigureCanvasAgg(figure)
        figure.suptitle("江宁区：点站到场达标率 −5% ± 1.2%", fontweight="bold")
        figure.savefig(tmp_path / "figure.png")
        figure.savefig(tmp_path / "figure.svg")


def test_a_report_embeds_only_the_letters_that_it_shows():
    css = fonts.face_css("诉求 demands 12345\n🙂")
    assert css == fonts.face_css("诉求 demands 12345\n🙂")
    assert css.startswith("@font-face") and "data:font/woff;base64," in css
    assert 2_000 < len(css) < 20_000

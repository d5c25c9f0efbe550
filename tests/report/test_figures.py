"""The overview figure: nothing overlaps, nothing is cut off, every letter can be drawn."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from places import TEMPLATE

import govsim
from govsim import language
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.statistics import Interval
from govsim.report import figures, fonts, plates, style


def simulated(replications: int, *settings: tuple[str, str]):
    short = (("horizon", "9 weeks"), ("warm_up", "1 week"))
    return govsim.run(TEMPLATE, settings=(*short, *settings), replications=replications)


@pytest.fixture(scope="module")
def result():
    language.use("en")
    return simulated(3)


@pytest.fixture(scope="module")
def single():
    language.use("en")
    return simulated(1)


def drawn(result):
    """Texts of the overview that are seen, and the rectangles they fill."""
    with style.drawing(), warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter that no font has is a warning
        figure = figures.overview(result)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        texts = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
        return figure, [(t.get_text(), t.get_window_extent(renderer)) for t in texts]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("which", ["result", "single"])
def test_no_text_overlaps_another_or_leaves_the_figure(which, lang, request):
    result = request.getfixturevalue(which)
    language.use(lang)
    figure, texts = drawn(result)
    width, height = figure.bbox.width, figure.bbox.height
    for text, box in texts:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text
    for (one, a), (other, b) in combinations(texts, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 1 or along < 1, f"“{one}” and “{other}” overlap"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_letter_is_in_the_shipped_font(result, lang):
    language.use(lang)
    _, texts = drawn(result)
    assert fonts.missing("".join(text for text, _ in texts)) == ""


def test_every_axis_with_numbers_has_its_unit(result):
    figure, _ = drawn(result)
    labels = [
        axes.get_xlabel() + axes.get_ylabel()
        for axes in figure.findobj(lambda a: hasattr(a, "get_xlabel"))
    ]
    assert len(labels) == 4
    assert all(labels)


def test_a_figure_says_that_positions_are_generated(result):
    _, texts = drawn(result)
    assert any("generated" in text for text, _ in texts)


def test_a_single_replication_has_no_whiskers_and_says_why(single):
    _, texts = drawn(single)
    assert any("No intervals" in text for text, _ in texts)


def test_the_same_run_gives_the_same_files(result, tmp_path):
    one = figures.write_overview(result, tmp_path / "one")
    other = figures.write_overview(result, tmp_path / "other")
    assert [f.name for f in one] == ["overview.svg", "overview.png"]
    assert [f.read_bytes() for f in one] == [f.read_bytes() for f in other]


def test_drawing_leaves_the_settings_of_others_alone(result):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    drawn(result)
    assert dict(mpl.rcParams) == before


def test_less_than_a_week_is_said_in_place_of_a_curve():
    few_days = simulated(2, ("horizon", "5 days"), ("warm_up", "0 min"))
    _, texts = drawn(few_days)
    assert any("Less than a whole week" in text for text, _ in texts)
    assert np.isfinite(few_days.get("orders").mean)


def test_a_share_above_one_stays_inside_its_figure():
    rows = [
        ("grid staff, night shift", Interval(16.8, 16.1, 17.5, 2)),
        ("b", Interval(0.5, 0.4, 0.6, 2)),
    ]
    with style.drawing(), warnings.catch_warnings():
        warnings.simplefilter("error")  # a layout that is not possible is a warning
        figure = plates.shares(rows, CATALOGUE["utilisation"], "%")
        style.settle(figure)
    assert figure.axes[0].get_xlim()[1] > 16.8

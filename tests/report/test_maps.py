"""Maps and heat maps: what is worse is darker, what is larger is larger, and no text is lost."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.figure import Figure
from matplotlib.text import Text
from places import SCENARIOS

import govsim
from govsim import language
from govsim.report import fonts, heatmaps, maps, style
from govsim.report.tables import FEWEST
from govsim.runs.results import Result

FIGURES = (maps.communities, maps.points, heatmaps.use, heatmaps.waiting, heatmaps.promises)

Draw = Callable[[Result], Figure]


def simulated(scenario: str, horizon: str) -> Result:
    language.use("en")
    settings = (("horizon", horizon), ("warm_up", "0 min"))
    return govsim.run(SCENARIOS / f"{scenario}.yaml", settings=settings, replications=2)


@pytest.fixture(scope="module")
def district() -> Result:
    return simulated("jiangning", "2 weeks")


@pytest.fixture(scope="module")
def estate() -> Result:
    return simulated("tiandi", "5 weeks")


def drawn(draw: Draw, result: Result) -> tuple[Figure, list[Text]]:
    with style.drawing(), warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter that no font has is a warning
        figure = draw(result)
        style.settle(figure)
        FigureCanvasAgg(figure).draw()
    texts = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    return figure, texts


def marks(figure: Figure) -> PathCollection:
    """The marks that have a value."""
    return next(c for c in figure.findobj(PathCollection) if c.get_array() is not None)


def lightness(colours: np.ndarray) -> np.ndarray:
    """What a black and white print keeps of a colour (Rec. 601)."""
    return colours[:, :3] @ np.array([0.299, 0.587, 0.114])


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("draw", FIGURES)
@pytest.mark.parametrize("which", ["district", "estate"])
def test_every_text_of_a_map_is_seen(
    which: str, draw: Draw, lang: language.Language, request: pytest.FixtureRequest
) -> None:
    language.use(lang)
    figure, texts = drawn(draw, request.getfixturevalue(which))
    assert fonts.missing("".join(text.get_text() for text in texts)) == ""
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    # The ticks at the ends of a scale that the figure doesn't show lie outside of it.
    shown = [(text, box) for text, box in boxes if text.strip("\N{MINUS SIGN}-.0123456789")]
    for text, box in shown:
        assert box.x0 >= 0 and box.y0 >= 0, text
        assert box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height, text
    for (one, a), (other, b) in combinations(shown, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 1 or along < 1, f"“{one}” and “{other}” overlap"


def test_a_map_says_where_its_positions_come_from(district: Result, estate: Result) -> None:
    for result, word in ((district, "generated"), (estate, "assumed")):
        _, texts = drawn(maps.points, result)
        assert any(word in text.get_text() for text in texts)


def test_every_community_and_every_station_is_on_the_map(district: Result) -> None:
    for draw, number in ((maps.communities, 207), (maps.points, 63)):
        figure, _ = drawn(draw, district)
        found = figure.findobj(PathCollection)
        assert sum(len(c.get_offsets()) for c in found) == number


def test_a_mark_is_as_large_as_the_residents_it_stands_for(district: Result) -> None:
    figure, _ = drawn(maps.communities, district)
    sizes = marks(figure).get_sizes()
    residents = district.summary("community").query("measure == 'residents'")["mean"]
    above = (sizes - maps.SMALLEST) / (maps.LARGEST - maps.SMALLEST)
    assert above.sum() == pytest.approx(residents.sum() / residents.max(), rel=0.01)


@pytest.mark.parametrize(("measure", "sign"), [("compliance_scene", 1), ("orders_per_1000", -1)])
def test_what_is_worse_is_darker_in_black_and_white_too(
    measure: str, sign: int, district: Result
) -> None:
    figure, _ = drawn(lambda result: maps.communities(result, measure), district)
    found = marks(figure)
    order = np.argsort(sign * np.asarray(found.get_array()))
    assert (np.diff(lightness(found.get_facecolor()[order])) >= -1e-9).all()


def test_the_worst_stations_are_numbered_and_named(district: Result) -> None:
    _, texts = drawn(maps.points, district)
    rates = district.summary("point").set_index(["measure", "key"])["mean"]
    stations = district.points.set_index("point").query("kind == 'point_station'")
    many = [key for key in stations.index if rates["reported", key] >= FEWEST]
    worst = min(many, key=lambda key: rates["compliance_scene", key])
    listed = next(text.get_text() for text in texts if text.get_text().startswith("Worst"))
    assert f"1 {stations.at[worst, 'name_en']}:" in " ".join(listed.split())


def test_a_lone_station_has_its_name_and_number_beside_it(estate: Result) -> None:
    _, texts = drawn(maps.points, estate)
    share = f"{100 * estate.get('compliance_scene').mean:.1f}%"
    assert any(share in text.get_text() for text in texts)


def weeks(figure: Figure) -> list[np.ndarray]:
    found = figure.findobj(lambda a: isinstance(a, QuadMesh) and a.get_array().size == 168)
    return [mesh.get_array().filled(np.nan).reshape(7, 24) for mesh in found]


def test_a_heat_map_shows_the_measure_of_each_hour(estate: Result) -> None:
    figure, _ = drawn(heatmaps.use, estate)
    team = next(iter(estate.scenario.teams))
    for day, hour in ((0, 0), (2, 7), (6, 23)):
        known = estate.get("utilisation", "team_hour", f"{team}/{24 * day + hour}").mean
        assert weeks(figure)[0][day, hour] == pytest.approx(100 * known)


def test_hours_at_which_nobody_works_are_blank(estate: Result) -> None:
    figure, _ = drawn(heatmaps.use, estate)
    volunteers = list(estate.scenario.teams).index("volunteers")
    assert np.isnan(weeks(figure)[volunteers][:, :8]).all()  # the day shift begins at 8
    assert np.isfinite(weeks(figure)[volunteers][:, 8:20]).all()


@pytest.mark.parametrize("draw", FIGURES[2:])
def test_a_heat_map_has_its_unit(draw: Draw, estate: Result) -> None:
    _, texts = drawn(draw, estate)
    assert any(text.get_text().endswith((", %", ", min")) for text in texts)

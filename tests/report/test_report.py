"""The report: complete, in both languages, safe with any name, and with no need of a network."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from click.testing import CliRunner
from places import SCENARIOS

import govsim
from govsim import language
from govsim.cli.reporting import report_at_the_end
from govsim.explain import explain
from govsim.explanation.steps import QUICK
from govsim.report import page

SHORT = (("horizon", "9 weeks"), ("warm_up", "1 week"))
HOSTILE = "<script>alert('x')</script> & \"$\\frac{1}{0}$\" --> {{ 7 * 7 }}"
VOID = {"meta", "link", "br", "img", "hr", "input", "wbr"}


class Tree(HTMLParser):
    """What is in a page: its elements with their attributes, its headings, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.headings: list[int] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    language.use("en")
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def result(results):
    return govsim.run(SCENARIOS / "tiandi.yaml", settings=SHORT, replications=3, out=results)


@pytest.fixture(scope="module")
def comparison(results):
    plans = [SCENARIOS / f"{name}.yaml" for name in ("tiandi-before", "tiandi", "tiandi-night")]
    return govsim.compare(plans, settings=SHORT, replications=5, out=results)


@pytest.fixture(scope="module")
def explanation(results):
    plans = (SCENARIOS / f"{name}.yaml" for name in ("tiandi", "tiandi-night"))
    return explain(*plans, settings=SHORT, replications=2, budget=QUICK, out=results)


@pytest.fixture(scope="module")
def pages(result, comparison, explanation):
    """Pages by what they are of and their language."""
    found = {}
    for lang in ("en", "zh"):
        language.use(lang)
        found["run", lang] = page.html(result)
        found["comparison", lang] = page.html(comparison)
        found["explanation", lang] = page.html(explanation)
    return found


EACH = [(of, lang) for of in ("run", "comparison", "explanation") for lang in ("en", "zh")]


@pytest.mark.parametrize("which", EACH)
def test_a_page_is_whole_and_says_its_language(pages, which):
    assert pages[which].startswith("<!DOCTYPE html>")
    tree = Tree(pages[which])
    assert tree.open == []
    assert tree.all("html")[0]["lang"] == ("zh-CN" if which[1] == "zh" else "en")
    ids = [attributes["id"] for _, attributes in tree.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {attributes["href"] for attributes in tree.all("a")}
    assert named and named <= {f"#{one}" for one in ids}


@pytest.mark.parametrize("which", EACH)
def test_headings_come_in_order(pages, which):
    levels = Tree(pages[which]).headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("which", EACH)
def test_a_page_asks_nothing_of_a_network(pages, which):
    tree = Tree(pages[which])
    assert not tree.all("script")
    asked = [
        value
        for _, attributes in tree.elements
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "srcset", "data", "action", "poster")
    ]
    assert all(value.startswith(("#", "data:")) for value in asked)
    css = "".join(re.findall(r"<style.*?</style>", pages[which], re.DOTALL))
    assert "@import" not in css
    assert all(url.startswith('"data:') for url in re.findall(r"url\(([^#].*?)\)", css))


@pytest.mark.parametrize("which", EACH)
def test_a_page_allows_itself_nothing_but_its_own_style_font_and_pictures(pages, which):
    (policy,) = (
        one["content"]
        for one in Tree(pages[which]).all("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    )
    allowed = dict(part.split(maxsplit=1) for part in policy.split("; "))
    assert allowed.pop("default-src") == allowed.pop("base-uri") == "'none'"
    assert allowed == {
        "img-src": "data:",
        "font-src": "data:",
        "style-src": "'unsafe-inline'",
        "form-action": "'none'",
    }
    head = pages[which].partition("<style>")[0]
    assert "Content-Security-Policy" in head  # what stands before it is not bound by it


@pytest.mark.parametrize("which", EACH)
def test_a_page_is_small_enough_for_a_mail(pages, which):
    assert len(pages[which].encode()) < 5_000_000


@pytest.mark.parametrize("which", EACH)
def test_each_figure_is_said_in_words_and_each_table_has_heads(pages, which):
    tree = Tree(pages[which])
    drawings = [one for one in tree.all("svg") if one.get("role") == "img"]
    ids = {attributes.get("id") for _, attributes in tree.elements}
    assert drawings
    assert all(one["aria-labelledby"] in ids for one in drawings)
    tables = len(tree.all("table"))
    assert tables == len(tree.all("caption")) == len(tree.all("thead")) > 3


BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium, which prints")
def test_a_printed_report_of_a_run_has_at_most_ten_pages(pages, tmp_path):
    file, printed = tmp_path / "report.html", tmp_path / "report.pdf"
    file.write_text(pages["run", "zh"], encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command = [BROWSER, *options, f"--print-to-pdf={printed}", file.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert 3 < len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) <= 10


def test_inputs_that_differ_stand_in_the_readers_words(pages):
    for lang, wanted in (("en", "on duty · day shift"), ("zh", "在岗人数 · 白班")):
        text = pages["run", lang]
        section = text[text.index('<section id="inputs"') : text.index('<section id="provenance"')]
        assert wanted in section
        assert not re.findall(r"\b(?:demand|teams|channels)\.\w+", Tree(section).words)
        assert len(re.findall("<tr", section)) < 80  # the others are in the workbook


def test_three_figures_stand_on_the_first_page(pages):
    for which in EACH[:4]:
        text = pages[which]
        first = text[text.index('class="answer"') : text.index("<nav")]
        assert first.count('class="plate"') == 3


def test_chinese_is_not_mixed_with_english(pages):
    """Paths of inputs, file names and records of the machine stay as they are."""
    note = "The grids, residents and positions of Tiandi New City are assumed; none are published."
    text = pages["run", "zh"].replace(note, "")  # in the language that the run was made in
    words = Tree(text[: text.index('<section id="inputs"')] + "</main></body></html>").words
    assert not re.findall(r"[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{3,}", words)


def test_numbers_on_the_first_page_are_those_of_the_run(pages, result):
    first = Tree(pages["run", "en"]).words
    share = result.get("compliance_scene")
    assert f"{100 * share.mean:.1f}% ({100 * share.low:.1f} – {100 * share.high:.1f}%)" in first


def said_at(axes):
    """What stands at a panel: its title, and its axes' labels, or those it shares."""
    beside = axes.get_shared_y_axes().get_siblings(axes)
    labels = [axes.get_xlabel(), *(one.get_ylabel() for one in beside)]
    return "".join([axes.get_title(), axes.get_title(loc="left"), *labels])


def test_every_figure_of_numbers_says_its_unit(result, monkeypatch):
    from govsim.report import svg

    labels: dict[str, list[str]] = {}

    def look(figure, name):
        seen = [axes for axes in figure.axes if axes.axison]
        said = [said_at(axes) for axes in seen]
        # A scale of shades beside a panel that says its unit need not say it again.
        scales = [axes.get_label() == "<colorbar>" for axes in seen]
        labels[name] = [it for it, scale in zip(said, scales, strict=True) if it or not scale]
        return "<svg></svg>"

    monkeypatch.setattr(svg, "drawn", look)
    page.html(result)
    assert len(labels) > 6
    with_a_scale_of_shades = {"hours", "use", "waits"}
    for name in labels.keys() - with_a_scale_of_shades - {"map-points", "map-communities"}:
        assert all(labels[name]), name
    for name in with_a_scale_of_shades & labels.keys():
        assert "%" in labels[name][-1] or "min" in labels[name][-1], name


def test_a_hostile_name_is_shown_and_does_nothing(tmp_path):
    hostile = (("label.en", HOSTILE), ("label.zh", HOSTILE), ("teams.volunteers.label.en", HOSTILE))
    result = govsim.run(SCENARIOS / "tiandi.yaml", settings=(*SHORT, *hostile), replications=2)
    text = page.html(result)
    tree = Tree(text)
    assert not tree.all("script")
    assert tree.open == []
    assert HOSTILE in tree.words


def test_a_single_replication_is_reported_without_intervals():
    result = govsim.run(SCENARIOS / "tiandi.yaml", settings=SHORT, replications=1)
    words = Tree(page.html(result)).words
    assert not re.search(r"\bnan\b", words)
    assert "a single replication has no interval" in words


def test_figures_are_kept_as_svg_and_png(result, tmp_path):
    written = page.write(result, tmp_path)
    assert written == tmp_path / "report.html"
    names = {file.stem for file in (tmp_path / "figures").glob("*.svg")}
    assert {"promises", "causes", "weeks", "hours"} <= names
    assert names == {file.stem for file in (tmp_path / "figures").glob("*.png")}


def test_the_same_run_gives_the_same_page(result, pages):
    assert page.html(result) == pages["run", "en"]


def test_a_report_that_fails_loses_nothing(result, monkeypatch, capsys):
    def broken(*_):
        raise ValueError("no pen")

    before = sorted(result.folder.rglob("*"))
    monkeypatch.setattr(page, "html", broken)
    report_at_the_end(result, quiet=True)
    assert "no pen" in capsys.readouterr().err
    assert sorted(result.folder.rglob("*")) == before


@pytest.mark.slow
def test_reports_of_a_run_and_of_the_newest_comparison_and_explanation_can_be_asked_for(
    results, result, comparison, explanation, tmp_path
):
    from govsim.cli.reporting import report

    titles = {
        result.folder.name: "Tiandi New City station, changed",
        "comparisons": "3 plans compared",
        "explanations": "12345 orders",
    }
    for what, title in titles.items():
        to = tmp_path / what
        given = [what, "--out", str(results), "--folder", str(to), "--lang", "en"]
        done = CliRunner().invoke(report, given)
        assert done.exit_code == 0, done.output
        assert title in (to / "report.html").read_text("utf-8")
    missing = CliRunner().invoke(report, ["nowhere", "--out", str(results)])
    assert missing.exit_code == 2


CHINESE = re.compile("[\u4e00-\u9fff]+")


@pytest.mark.slow
def test_a_run_made_in_chinese_has_an_english_report(results):
    language.use("zh")
    overload = (("teams.grid_staff.roster.day", "1"), ("demand.level", "20"))
    small = {"grids.count": "220", "workstations.count": "50", "point_stations.count": "5"}
    places = tuple((f"territory.{path}", n) for path, n in small.items())
    short = (("horizon", "3 weeks"), ("warm_up", "1 week"))
    settings = (*short, *places, ("replications", "1"), *overload)
    made = govsim.run(SCENARIOS / "jiangning.yaml", settings=settings, replications=1, out=results)
    assert made.folder is not None
    language.use("en")
    found = govsim.runs.results.open_run(made.folder)
    assert found.notes and found.warnings
    assert not [text for text in (*found.notes, *found.warnings) if CHINESE.search(text)]
    assert not CHINESE.findall(Tree(page.html(found)).words)
    language.use("zh")
    assert govsim.runs.results.open_run(made.folder).notes == made.notes
    assert not [text for text in made.notes if re.search("[a-z]{5}", text)]


def test_beside_utilisation_stands_what_it_leaves_out(pages):
    assert "what fills the rest of a shift is not modelled" in Tree(pages["run", "en"]).words
    assert "班内其余工作未建模" in Tree(pages["comparison", "zh"]).words

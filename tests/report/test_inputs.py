"""Inputs have names in both languages, and their values are said in the reader's."""

from __future__ import annotations

import re

import pytest
from places import SCENARIOS

from govsim import language
from govsim.report import inputs
from govsim.report.input_names import INPUTS, WORDS
from govsim.scenarios.loading import load
from govsim.scenarios.parameters import fields, leaves
from govsim.scenarios.schema import Scenario

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(SCENARIOS / "tiandi.yaml").scenario


@pytest.fixture
def names(scenario: Scenario) -> inputs.Names:
    return inputs.Names((scenario,))


def test_every_input_of_the_schema_has_a_name_and_every_name_an_input() -> None:
    assert list(INPUTS) == [".".join(one.path) for one in fields()]
    assert all(CHINESE.search(one.zh) for one in INPUTS.values())
    assert not any(CHINESE.search(one.en) for one in INPUTS.values())


def test_every_word_of_the_schema_is_said_in_both_languages() -> None:
    assert {word for one in fields() for word in one.words} <= WORDS.keys()


@pytest.mark.parametrize(
    ("path", "english", "chinese"),
    [
        ("teams.property_management.roster.day", "property management · on duty · day shift",
         "物业人员 · 在岗人数 · 白班"),
        ("demand.categories.noise.rate", "noise · problems that arise", "噪音 · 问题发生率"),
        ("desk.rosters.point_station.night",
         "people at the desk · point stations · night shift", "前台人数 · 点站 · 夜班"),
        ("demand.categories.*.complex", "each of them · complex share", "各项 · 复杂问题占比"),
        ("nowhere.at.all", "nowhere.at.all", "nowhere.at.all"),
    ],
)  # fmt: skip
def test_an_input_is_named_by_the_scenarios_own_words(
    names: inputs.Names, path: str, english: str, chinese: str
) -> None:
    assert names.of(path) == english
    language.use("zh")
    assert names.of(path) == chinese


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        ("60 per 1000 per year", "", "60 per 1000 per year", "每千人每年60件"),
        ("2 per year", "", "2 per year", "每年2次"),
        ("40 min", "", "40 min", "40分钟"),
        ("3 working days", "", "3 working days", "3个工作日"),
        ("50 yuan/h", "", "50 yuan/h", "50元/小时"),
        ("08:00-20:00", "", "08:00-20:00", "08:00-20:00"),
        (0.35, "share, 0 to 1", "35%", "35%"),
        (1926117, "residents", "1,926,117", "1,926,117"),
        (20250101, "number", "20250101", "20250101"),
        (True, "", "yes", "是"),
        (None, "", "none", "无"),
        (["point_station", "workstation"], "", "point stations, grid workstations",
         "点站、网格工作站"),
        ({"lognormal": {"median": "40 min", "sigma": 0.7}}, "", "40 min, σ 0.7",
         "40分钟，σ 0.7"),
        ({"exponential": {"mean": "4 h"}}, "", "exponential (mean 4 h)", "指数（均值 4小时）"),
        ("/home/somebody/tables/grids.csv", "", "grids.csv", "grids.csv"),
        ("C:\\plans\\grids.csv", "", "grids.csv", "grids.csv"),
    ],
)  # fmt: skip
def test_a_value_is_said_in_the_readers_language(
    names: inputs.Names, value: object, unit: str, english: str, chinese: str
) -> None:
    assert names.value(value, unit) == english
    language.use("zh")
    assert names.value(value, unit) == chinese


def test_what_differs_is_what_the_scenario_says_otherwise_than_the_schema(
    scenario: Scenario,
) -> None:
    differing = {".".join(map(str, leaf.path)) for leaf in inputs.differing(scenario)}
    assert "demand.induced.resolution_rate" in differing  # 80% here, 75% by default
    assert "promises.scene" not in differing  # ten minutes, as by default
    assert not any(path.endswith(".label") for path in differing)


def test_a_row_of_the_table_of_categories_has_all_categories(scenario: Scenario) -> None:
    found = {m.collection: m for m in inputs.matrices(scenario, lambda leaf: not leaf.is_default)}
    categories = found["demand", "categories"]
    assert categories.entries == tuple(scenario.demand.categories)
    rows = dict(categories.rows)
    assert ("make_safe",) not in rows  # as by default everywhere
    assert set(rows["work",]) == set(categories.entries)
    assert all(inputs.in_collection(leaf) for row in rows.values() for leaf in row.values())


def test_nothing_of_a_chinese_report_of_inputs_is_english(scenario: Scenario) -> None:
    language.use("zh")
    names = inputs.Names((scenario,))
    said = [names.value(leaf.written) for leaf in leaves(scenario) if leaf.path[-1] != "table"]
    said += [names.of(leaf.path) for leaf in leaves(scenario)]
    words = {word for text in said for word in re.findall(r"[A-Za-z]{2,}", text)}
    assert words <= {"MSER", "govsim"}


@pytest.mark.parametrize(
    ("language_", "called", "says"),
    [
        (
            "zh",
            "志愿者",
            "在岗人数 白班 2；可出动占比 1；其他工作与可出动时段的轮换周期 3小时；出行方式 步行",
        ),
        (
            "en",
            "volunteers",
            "on duty day shift 2; free for demands 1; other work and free time in turn, every 3 h; "
            "on the way by walking",
        ),
    ],
)
def test_a_whole_team_is_said_by_its_inputs_in_words(language_, called, says):
    language.use(language_)
    scenario = load(SCENARIOS / "tiandi.yaml").scenario
    names = inputs.Names((scenario,))
    written = scenario.model_dump(mode="json")["teams"]["volunteers"]
    said = names.part("teams.volunteers", written)
    assert names.of("teams.volunteers") == called
    assert says in said and not re.search("label|free_for_calls|众数|most likely", said)
    assert names.part("teams.volunteers.training", 0.9) == "0.9"

"""A page speaks of inputs by their names; where they were written stays on the screen."""

from __future__ import annotations

import json

import pytest
from places import TEMPLATE

from govsim import language
from govsim.errors import Problem
from govsim.language import kept, retold, tr
from govsim.report.warned import on_paper
from govsim.scenarios.loading import load
from govsim.scenarios.schema import Scenario

PATH = "teams.volunteers.roster"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(TEMPLATE).scenario


def warned(file: str = "scenarios/mine.yaml", line: int = 7, suggestion: str = "") -> str:
    text = tr("work at speed 0 never ends; it must be above 0")
    return str(Problem(text, PATH, file, line, suggestion))


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "volunteers · on duty: work at speed 0 never ends; it must be above 0"),
        ("zh", "志愿者 · 在岗人数：工作速度为0，永远办不完；必须大于0"),
    ],
)
def test_an_input_is_called_by_its_name_and_not_by_file_and_path(scenario, lang, expected):
    language.use(lang)
    assert on_paper([warned()], [scenario]) == (expected,)
    assert on_paper([warned("--set", 0)], [scenario]) == (expected,)


def test_so_is_one_that_was_kept_and_one_with_a_plan_before_it_or_a_likely_spelling(scenario):
    on_disk = retold(json.loads(json.dumps(kept(warned()))))
    of_plan = tr("{plan}: {warning}", plan="Night", warning=warned())
    told = on_paper([on_disk, of_plan, warned(suggestion="day")], [scenario])
    assert "yaml" not in " ".join(told) and PATH not in " ".join(told)
    assert told[0].startswith("volunteers · ") and told[1].startswith("Night: volunteers · ")
    assert told[2].endswith("did you mean “day”?")


def test_the_same_warning_of_two_files_is_told_once(scenario):
    assert len(on_paper([warned(), warned("scenarios/other.yaml", 9)], [scenario])) == 1


def test_what_has_no_place_stays_as_it_is():
    assert on_paper(["after 5 replications: too wide", "a.yaml:3: mine: wrong"]) == (
        "after 5 replications: too wide",
        "mine: wrong",
    )

"""Every input says what it is counted in, how far it may lie, and how it is known."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import pytest
from places import DOCS, ROOT
from pydantic import TypeAdapter, ValidationError

from govsim.scenarios.evidence import parameters
from govsim.scenarios.parameters import REQUIRED, Input, fields, json_schema, leaves, schema_table
from govsim.scenarios.quantities import Distribution, Rate, Span
from govsim.scenarios.schema import Scenario

INPUTS = list(fields())
NAMED = [".".join(i.path) for i in INPUTS]


def plan(**more: Any) -> Scenario:
    label = {"zh": "某", "en": "some"}
    return Scenario.model_validate(
        {
            "demand": {"categories": {"noise": {"label": label, "group": "reception"}}},
            "channels": {"station": {"label": label, "with_station": 1}},
            "groups": {"reception": {"label": label, "teams": ["volunteers"]}},
            "teams": {
                "volunteers": {
                    "label": label,
                    "at": ["point_station"],
                    "roster": {"day": 2, "night": {"workday": 1}},
                }
            },
            **more,
        }
    )


def size(value: Any) -> float:
    """Order values of one type, as far as they have an order."""
    match value:
        case Distribution():
            return value.mean()
        case Span():
            return value.amount
        case Rate():
            return value.per_day
        case tuple() | frozenset():
            return float(sum(map(size, value)))
        case dict():
            return float(sum(map(size, value.values())))
    return float(value)


def read(hint: Any, value: Any) -> Any:
    return TypeAdapter(hint).validate_python(value)


@pytest.mark.parametrize("one", INPUTS, ids=NAMED)
def test_every_input_has_a_unit_a_description_and_evidence(one: Input) -> None:
    assert one.unit
    assert one.description.endswith(".")
    assert one.evidence in ("published", "inferred", "assumed", "given")


@pytest.mark.parametrize("one", INPUTS, ids=NAMED)
def test_every_input_has_a_plausible_range_or_is_a_planners_choice(one: Input) -> None:
    if one.evidence == "given":
        assert one.low is None
    else:
        assert one.default != REQUIRED
        assert one.words or (one.low is not None and one.high is not None)


@pytest.mark.parametrize("one", INPUTS, ids=NAMED)
def test_a_range_can_be_read_like_the_input_and_holds_its_default(one: Input) -> None:
    if one.low is None:
        return
    ends = []
    for end in (one.low, one.high):
        try:
            ends.append(read(one.hint, end))
        except ValidationError:  # the range of each entry of a mapping
            assert one.parsed == {}
            return
    if one.parsed is not None and one.is_quantity:
        assert size(ends[0]) <= size(one.parsed) <= size(ends[1])
    assert size(ends[0]) < size(ends[1]) or not one.is_quantity


def test_what_is_published_or_inferred_names_its_source() -> None:
    assert not [i.path for i in INPUTS if i.evidence in ("published", "inferred") and not i.source]


def test_no_input_is_listed_twice() -> None:
    assert len(set(schema_table()["path"])) == len(INPUTS)


def test_a_scenario_lists_every_value_in_force_as_a_planner_writes_it() -> None:
    table = parameters(plan()).set_index("path")
    assert table.index.is_unique
    assert table.loc["teams.volunteers.roster.night.workday", "value"] == 1
    assert table.loc["teams.volunteers.roster.day", "unit"] == "people"
    assert table.loc["promises.scene", "value"] == "10 min"
    assert table.loc["travel.speeds.walking", ["low", "high"]].tolist() == ["4 km/h", "5.4 km/h"]
    assert table.loc["travel.speeds.walking", "evidence"] == "published"
    inputs = {leaf.input.path[-1] for leaf in leaves(plan())}
    assert {"patience", "time", "scene", "tick", "pool"} <= inputs


def test_a_value_that_the_planner_changed_is_given() -> None:
    row = parameters(plan(travel={"detour": 1.5})).set_index("path").loc["travel.detour"]
    assert (row["value"], row["evidence"], row["low"]) == (1.5, "given", None)
    same = parameters(plan(travel={"detour": 1.3})).set_index("path").loc["travel.detour"]
    assert (same["evidence"], same["low"], same["high"]) == ("assumed", 1.1, 1.6)


def test_a_scenarios_own_word_on_its_evidence_comes_first_and_the_closest_one_wins() -> None:
    scenario = plan(
        evidence={
            "demand.categories.*.rate": {"evidence": "inferred", "source": "records"},
            "demand.categories.noise.rate": {
                "evidence": "calibrated",
                "source": "orders of 2024",
                "low": "20 per 1000 per year",
                "high": "30 per 1000 per year",
            },
            "travel": {"evidence": "published", "source": "a survey"},
        }
    )
    table = parameters(scenario).set_index("path")
    rate = table.loc["demand.categories.noise.rate"]
    assert (rate["evidence"], rate["source"]) == ("calibrated", "orders of 2024")
    assert rate["low"] == "20 per 1000 per year"
    detour = table.loc["travel.detour"]
    assert (detour["evidence"], detour["source"], detour["low"]) == ("published", "a survey", 1.1)
    assert table.loc["promises.scene", "evidence"] == "given"
    assert table.loc["travel.enabled", "evidence"] == "given"


def test_without_a_scenario_the_defaults_are_listed() -> None:
    table = parameters().set_index("path")
    assert table.loc["teams.*.roster", "value"] == REQUIRED
    assert table.loc["promises.solve", "value"] == "1 h"


def test_editors_learn_unit_range_and_evidence_of_each_input() -> None:
    schema = json_schema()
    rate = schema["$defs"]["Category"]["properties"]["rate"]
    assert rate["default"] == "30 per 1000 per year"
    assert (rate["low"], rate["high"]) == ("10 per 1000 per year", "100 per 1000 per year")
    assert rate["unit"] and rate["evidence"] == "assumed"
    json.dumps(schema)


def test_editors_let_a_file_leave_out_what_it_inherits() -> None:
    schema = json_schema()
    assert {"extends", "overrides", "apply"} <= schema["properties"].keys()
    assert {"required": ["extends"]} in schema["anyOf"]
    assert not [name for name, part in schema["$defs"].items() if "required" in part]


def test_the_schema_for_editors_is_valid_and_accepts_a_scenario() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema)
    assert not list(checker.iter_errors(plan().model_dump(mode="json")))
    assert not list(checker.iter_errors({"extends": "x.yaml", "teams": {"volunteers": None}}))
    assert list(checker.iter_errors({"extends": "x.yaml", "taems": {}}))
    assert list(
        checker.iter_errors({"extends": "x.yaml", "teams": {"volunteers": {"rooster": {}}}})
    )
    assert list(checker.iter_errors({"label": {"zh": "某", "en": "some"}}))


@pytest.mark.parametrize("name", ["parameters.md", "scenario.schema.json"])
def test_the_documentation_of_inputs_is_up_to_date(name: str) -> None:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    assert spec is not None and spec.loader is not None
    make_docs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_docs)
    committed = (DOCS / name).read_text(encoding="utf-8")
    assert committed == make_docs.documents()[name], "run: python tools/make_docs.py"

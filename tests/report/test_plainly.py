"""Inputs are shown with their units and sources in the reader's language, and read back alike."""

from __future__ import annotations

import re

import pytest
from places import SCENARIOS

from govsim import language
from govsim.report import plainly
from govsim.report.inputs import Names
from govsim.scenarios.evidence import parameters
from govsim.scenarios.loading import load
from govsim.scenarios.parameters import schema_table
from govsim.scenarios.units import (
    MONEY_UNITS,
    SPEED_UNITS,
    read_amount,
    read_duration,
    read_rate,
    working_amount,
)


@pytest.fixture(autouse=True)
def _in_chinese():
    language.use("zh")
    yield
    language.use("en")


@pytest.fixture(scope="module", params=["jiangning-storm", "tiandi-before"])
def shown(request):
    return parameters(load(SCENARIOS / f"{request.param}.yaml").scenario)


def test_every_source_and_unit_that_comes_with_govsim_is_said_in_chinese(shown):
    schema = schema_table()
    for text in {*shown["source"], *schema["source"]} - {""}:
        assert not plainly.source(text).isascii(), text
    for text in {*shown["unit"], *schema["unit"]} - {""}:
        assert re.search("[一-鿿]", plainly.unit(text)), text
    assert plainly.source("值班表，2026年") == "值班表，2026年"


def test_amounts_have_chinese_units(shown):
    names = Names(())
    for one in shown.itertuples():
        for value in (one.value, one.low, one.high):
            text = names.value(value, one.unit)
            assert not re.search(r"\d (min|h|days?|weeks?|yuan|m|per|working)\b", text), text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("52 weeks", read_duration),
        ("1.5 h", read_duration),
        ("90 min", read_duration),
        ("4 working days", working_amount),
        ("60 per 1000 per year", read_rate),
        ("2 per year", read_rate),
        ("6 per hour", read_rate),
        ("17.1 km/h", lambda text: read_amount(text, SPEED_UNITS, "")),
        ("200000 yuan", lambda text: read_amount(text, MONEY_UNITS, "")),
    ],
)
def test_what_is_shown_can_be_written_in_a_scenario(text, read):
    shown = Names(()).value(text)
    assert not re.search("[a-z]", shown)
    assert read(shown) == read(text)


def test_english_stays_as_it_is_written():
    language.use("en")
    assert Names(()).value("60 per 1000 per year") == "60 per 1000 per year"
    assert plainly.source("the programme") == "the programme"

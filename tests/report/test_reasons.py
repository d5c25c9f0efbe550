"""Why plans differ, a line each: orders by cause, money by what it is paid for, who is on duty."""

from __future__ import annotations

import pytest
from places import SCENARIOS

import govsim
from govsim import language
from govsim.report.comparison_reasons import following, reasons
from govsim.report.comparison_sentences import sentences

SHORT = (("horizon", "22 weeks"), ("warm_up", "1 week"))


@pytest.fixture(scope="module")
def found():
    language.use("en")
    plans = [SCENARIOS / f"{name}.yaml" for name in ("tiandi-before", "tiandi", "tiandi-pooled")]
    return govsim.compare(plans, settings=SHORT, replications=6)


def test_the_pay_of_those_on_duty_is_the_cost_of_staff(found):
    """The table of who is on duty, and the measure of the replications, are made apart."""
    for result in found.results:
        assert result.staff["cost"].sum() == pytest.approx(result.get("cost_staff").mean)


def test_a_day_shift_has_people_on_twelve_hours_of_each_day(found):
    staff = found.result("tiandi").staff
    managers = staff[staff["team"] == "property_management"]
    assert sorted(managers["hour"]) == [d * 24 + h for d in range(7) for h in range(8, 20)]
    assert set(managers["paid"]) == {1.0}


def test_page_one_says_where_orders_and_money_come_from(found):
    lines = list(reasons(found, "tiandi", "tiandi-before"))
    whole = " ".join(lines)
    assert "are first calls" in whole
    assert "the mix of channels: assumed" in whole
    assert "Orders after poor service" in whole
    assert "grid workstations with people on duty: 2 before, 0 now" in whole
    assert "point stations with people on duty: 0 before, 1 now" in whole
    assert "Point stations +200.0" in whole  # as costs.station_per_year says
    by_heading = dict(sentences(found))
    assert lines[0] in by_heading["B. Tiandi New City station, beside A"]


def test_plans_with_the_same_channels_have_no_word_on_their_mix(found):
    assert "mix of channels" not in " ".join(reasons(found, "tiandi-pooled", "tiandi"))


def test_what_follows_from_a_switch_is_among_the_inputs_that_differ(found):
    before, after = found.result("tiandi-before"), found.result("tiandi")
    rows = dict(following([before, after]))
    call = before.scenario.channels["call_12345"]
    label = f"turn to “{call.label.en}” first, % of residents"
    assert rows["residents with a point station, %"] == ["0", "100"]
    shares = (call.without_station, call.with_station)
    assert rows[label] == [f"{100 * share:.1f}" for share in shares]
    hours = rows["property management at grid workstations, person-hours on duty a week"]
    assert hours == ["168", "0"]  # one in each of two, twelve hours a day

"""Before anything runs, a planner is told where the work is more than the people."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from govsim.checks import taking_in
from govsim.checks.offered_load import flows, load_report, load_warnings
from govsim.demand.table import draw
from govsim.errors import InputError
from govsim.scenarios.documents import Origin
from govsim.scenarios.findings import Finding
from govsim.scenarios.schema import Scenario
from govsim.service.network import Network, build

LABEL = {"zh": "某", "en": "some"}

PLAN: dict[str, Any] = {
    "start": "2025-03-03",
    "horizon": "4 weeks",
    "warm_up": "0 min",
    "territory": {"grids": {"count": 1}, "residents": 1000, "point_stations": {"count": 1}},
    "calendar": {"holidays": "none", "shifts": {"all day": "always"}},
    "demand": {
        "hours": [1],
        "weekdays": [1] * 7,
        "months": [1] * 12,
        "dispersion": {"enabled": False},
        "induced": {"enabled": False},
        "categories": {
            "noise": {
                "label": LABEL,
                "group": "reception",
                "rate": "2 per hour",
                "incident": 0,
                "answered": 0,
                "complex": 0,
                "work": "1 h",
            }
        },
    },
    "channels": {
        "direct": {"label": LABEL, "with_station": 1, "via": "direct", "handling": "0 min"}
    },
    "groups": {"reception": {"label": LABEL, "teams": ["volunteers"]}},
    "teams": {"volunteers": {"label": LABEL, "at": ["point_station"], "roster": {"all day": 3}}},
    "promises": {"made": False},
    "travel": {"enabled": False},
    "desk": {"enabled": False},
    "joint_meeting": {"enabled": False},
    "helpers": {"enabled": False},
    "patrol": {"enabled": False},
    "centre": {"enabled": False},
}

NOISE = "demand.categories.noise"


def network(changes: dict[str, Any] | None = None) -> Network:
    tree = copy.deepcopy(PLAN)
    for path, value in (changes or {}).items():
        *above, last = path.split(".")
        here: Any = tree
        for key in above:
            here = here.setdefault(key, {})
        here[last] = value
    return build(Scenario.model_validate(tree))


def report(changes: dict[str, Any]) -> list[Finding]:
    return load_report(network(changes))


def only(findings: list[Finding]) -> tuple[str, str]:
    (finding,) = findings
    assert finding.severity == "warning"
    return ".".join(map(str, finding.path)), finding.message


def test_three_people_for_two_hours_of_work_an_hour_are_enough() -> None:
    assert report({}) == []


def test_two_people_for_three_hours_of_work_an_hour_are_too_few_and_by_how_much() -> None:
    path, text = only(
        report({f"{NOISE}.rate": "3 per hour", "teams.volunteers.roster": {"all day": 2}})
    )
    assert path == "teams.volunteers.roster"
    assert "1.50 of capacity for volunteers" in text
    assert "1 of 1 point stations" in text
    assert "72.0 person-hours of work a day for 48.0 on duty" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"groups.reception.crew": 2},
        {"teams.volunteers.training": 0.5},
        {"teams.volunteers.speed": {"noise": 0.5}},
        {"teams.volunteers.free_for_calls": 0.34},
        {f"{NOISE}.work": {"lognormal": {"median": "1 h", "sigma": 1}}},
        {"travel": {"turn_out": "20 min", "access": "20 min"}},
        {"calendar.shifts": {"all day": "08:00-20:00"}},
        {"groups.reception.handover": {"reception": 0.5}},
        {"demand.level": 2},
    ],
    ids=str,
)
def test_what_takes_more_time_or_leaves_less_makes_them_too_few(changes: dict[str, Any]) -> None:
    assert only(report(changes))[0] == "teams.volunteers.roster"


def test_two_teams_of_a_group_share_its_work() -> None:
    two = {
        "groups.reception.teams": ["volunteers", "grid_staff"],
        "teams.grid_staff": {"label": LABEL, "at": ["point_station"], "roster": {"all day": 2}},
        f"{NOISE}.rate": "4 per hour",
    }
    assert report(two) == []
    _, text = only(report({**two, f"{NOISE}.rate": "6 per hour"}))
    assert "1.20 of capacity for volunteers, grid_staff" in text


def test_a_team_that_two_groups_need_is_not_counted_twice() -> None:
    hazard = copy.deepcopy(PLAN["demand"]["categories"]["noise"]) | {"group": "safety"}
    two = {
        "demand.categories.hazard": hazard,
        "groups.safety": {"label": LABEL, "teams": ["volunteers"]},
    }
    _, text = only(report(two))
    assert "1.33 of capacity" in text


def test_a_point_without_a_team_for_a_group_is_refused() -> None:
    changes = {
        "territory.grids": {"count": 9, "layout": "lattice"},
        "territory.offices": True,
        "channels.direct.without_station": 1,
    }
    (finding,) = report(changes)
    assert finding.severity == "error"
    assert finding.path == ("groups", "reception", "teams")
    assert "at 1 of 2 service points" in finding.message


def test_a_surge_in_a_street_that_does_not_exist_is_refused() -> None:
    surge = {"label": LABEL, "begins": "2025-03-05 00:00", "lasts": "1 day", "streets": ["x"]}
    (finding,) = report({"demand.surges": [surge]})
    assert (finding.severity, finding.path[-2:]) == ("error", ("streets", 0))


def test_a_desk_with_more_intake_than_time_is_named() -> None:
    changes = {
        "desk": {"enabled": True, "rosters": {"point_station": {"all day": 1}}, "reply": "0 min"},
        "channels.direct.via": "desk",
        "channels.direct.handling": "45 min",
    }
    path, text = only(report(changes))
    assert path == "desk.rosters.point_station"
    assert "1.50 of capacity" in text


def test_a_hotline_with_more_calls_than_time_is_named() -> None:
    changes = {
        "centre": {"enabled": True, "roster": {"all day": 1}, "call": "1 h", "answered": 1},
        "channels.direct.via": "centre",
    }
    path, text = only(report(changes))
    assert path == "centre.roster"
    assert "2.00 of capacity: 48 first calls a day" in text


LETTERS = {
    "label": LABEL, "with_station": 0, "via": "direct", "handling": "0 min", "answers": False,
}  # fmt: skip
CLOSED_BY_DAY = {
    "demand.hours": [0] * 8 + [1] * 8 + [3] * 8,  # a quarter of all from 8 to 16 h
    "channels.letters": LETTERS,
    "channels.direct.hours": "8:00-16:00",
    "channels.direct.if_closed": "letters",
}


def test_a_closed_channel_neither_answers_nor_works_for_whom_it_sends_on() -> None:
    """A quarter comes while the desk is open; a half of those is answered there."""
    service = network(CLOSED_BY_DAY | {f"{NOISE}.answered": 0.5})
    assert taking_in.shares(service, True) == pytest.approx(np.array([[0.25, 0.75]]))
    assert flows(service).unanswered.sum() == pytest.approx(48 * (1 - 0.25 * 0.5))
    desk = {
        "desk": {"enabled": True, "rosters": {"point_station": {"all day": 1}}, "reply": "0 min"},
        "channels.direct.via": "desk",
        "channels.direct.handling": "90 min",
    }
    assert "3.00 of capacity" in only(report(desk))[1]
    assert report(CLOSED_BY_DAY | desk) == []  # 12 of the 48 a day, 1.5 h each


def test_who_waits_for_an_opening_is_taken_in_by_the_channel_that_was_closed() -> None:
    service = network(CLOSED_BY_DAY | {"channels.direct.if_closed": "wait"})
    assert taking_in.shares(service, True) == pytest.approx(np.array([[1.0, 0.0]]))


def test_as_many_are_answered_as_are_drawn() -> None:
    service = network(CLOSED_BY_DAY | {f"{NOISE}.answered": 1.0})
    expected = 1 - flows(service).unanswered.sum() / flows(service).reported.sum()
    assert draw(service, 0).answered.mean() == pytest.approx(expected, abs=0.04)
    assert expected == pytest.approx(0.25)


@pytest.mark.parametrize("weights", [[1], [1, 3], [1] * 8 + [0] * 8 + [2] * 8, [1] * 96])
def test_parts_of_a_day_of_any_length_are_looked_at_by_the_hour(weights: list[float]) -> None:
    service = network(CLOSED_BY_DAY | {"demand.hours": weights})
    parts = np.repeat(np.array(weights, float), 96 // len(weights))
    open_ = parts[32:64].sum() / parts.sum()
    assert taking_in.shares(service, True)[0, 0] == pytest.approx(open_)


@pytest.mark.parametrize("time", ["10 h", "10 working hours"])
def test_a_department_with_more_cases_than_crews_is_named(time: str) -> None:
    changes = {
        f"{NOISE}.complex": 0.5,
        f"{NOISE}.department": "bureau",
        f"{NOISE}.department_time": time,
        "departments.bureau": {"label": LABEL, "crews": 8, "hours": "always", "days": "daily"},
    }
    path, text = only(report(changes))
    assert path == "departments.bureau.crews"
    assert "1.25 of capacity: complex cases keep 10 crews busy, and there are 8" in text


def test_a_joint_meeting_with_more_cases_than_it_decides_is_named() -> None:
    changes = {
        f"{NOISE}.complex": 0.5,
        f"{NOISE}.joint_meeting": 0.5,
        "joint_meeting": {"enabled": True, "cases": 10},
    }
    path, text = only(report(changes))
    assert path == "joint_meeting.cases"
    assert "the worst gets 84.0 cases a week, and its meeting decides 10.0" in text


def test_rounds_that_do_not_fit_their_window_are_named() -> None:
    changes = {
        "territory.grids": {"count": 25, "layout": "lattice"},
        "territory.offices": True,
        "territory.point_stations": {"count": 0},
        "channels.direct.without_station": 1,
        "teams.volunteers.at": ["community_office"],
        "patrol": {"enabled": True, "team": "volunteers", "home_visits": {"enabled": False}},
    }
    paths = {f.path for f in report(changes)}
    assert ("patrol", "rounds", 0) in paths


def test_what_staff_find_is_estimated_as_it_is_drawn() -> None:
    changes = {
        f"{NOISE}.rate": "20 per hour",
        f"{NOISE}.incident": 0.9,
        "patrol": {"enabled": True, "team": "volunteers"},
        "teams.volunteers.roster": {"all day": 40},
        "horizon": "20 weeks",
    }
    plan = network(changes)
    offered, table = flows(plan), draw(plan, 0)
    estimated = 1 - offered.reported.sum() / offered.visits.sum()
    assert estimated == pytest.approx(float(np.mean(table.source != 0)), abs=0.02)
    assert len(table) == pytest.approx(offered.visits.sum() * 140, rel=0.02)


def test_what_is_short_is_told_with_file_and_line() -> None:
    origins = {("teams", "volunteers"): Origin("plan.yaml", 17, Path())}
    (problem,) = load_warnings(network({"demand.level": 2}), origins)
    assert str(problem).startswith("plan.yaml:17: teams.volunteers.roster: offered load 1.33")
    with pytest.raises(InputError, match=r"plan.yaml:17: demand.surges.0.streets.0"):
        surge = {"label": LABEL, "begins": "2025-03-05", "lasts": "1 day", "streets": ["x"]}
        origin = {("demand", "surges"): Origin("plan.yaml", 17, Path())}
        load_warnings(network({"demand.surges": [surge]}), origin)


@pytest.mark.parametrize(
    ("start", "calendar", "told"),
    [
        ("2099-01-25", {"holidays": "china"}, True),
        ("2025-12-01", {"holidays": "china"}, False),
        ("2099-01-25", {"holidays": "none"}, False),
        ("2099-01-25", {"holidays": "china", "extra_holidays": ["2099-01-26"]}, False),
    ],
)
def test_a_year_that_no_list_of_holidays_holds_is_told(
    start: str, calendar: dict[str, Any], told: bool
) -> None:
    changes = {"start": start} | {f"calendar.{key}": value for key, value in calendar.items()}
    report = load_report(network(changes))
    found = [f.message for f in report if f.path == ("calendar", "holidays")]
    assert len(found) == told
    assert all("2099" in message and "holidays" in message for message in found)


LONG_INTAKE = {
    "promises": {"made": True, "scene": "10 min"},
    "channels.direct.handling": {"exponential": {"mean": "20 min"}},
    "travel": {"enabled": True, "turn_out": "3 min", "access": "1 min", "variation": 0},
    "territory.grids": {"count": 1},
}


def test_a_promise_that_the_intake_alone_breaks_is_told_with_the_most_that_can_be_kept() -> None:
    """With 6 minutes left, less a way of a minute or so: 1 - exp(-5/20) is 22%, -6/20 is 26%."""
    path, text = only(report(LONG_INTAKE))
    assert path == "channels.direct.handling"
    most = int(text.split("at most ")[1].split("%")[0])
    assert 18 <= most <= 26
    assert "within 10 min" in text
    handed = {"channels.direct.dispatch": "at once", "channels.direct.handing_over": "1 min"}
    assert report(LONG_INTAKE | handed) == []
    slow = {"channels.direct.dispatch": "at once", "channels.direct.handing_over": "9 min"}
    assert only(report(LONG_INTAKE | slow))[0] == "channels.direct.handing_over"


def test_where_nothing_is_promised_or_the_way_alone_takes_longer_no_intake_is_blamed() -> None:
    assert report(LONG_INTAKE | {"promises": {"made": False, "scene": "10 min"}}) == []
    far = {"travel": {"enabled": True, "turn_out": "3 min", "access": "15 min", "variation": 0}}
    assert report(LONG_INTAKE | far) == []

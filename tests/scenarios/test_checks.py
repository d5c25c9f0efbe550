"""A scenario that can't work is refused with what is wrong, what is allowed, and what was meant."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from places import SCENARIOS

from govsim.errors import InputError
from govsim.scenarios.checks import Finding, check
from govsim.scenarios.loading import load, to_yaml
from govsim.scenarios.schema import Scenario

LABEL = {"zh": "某", "en": "some"}

PLAN: dict[str, Any] = {
    "territory": {
        "grids": {"count": 4},
        "point_stations": {"count": 1},
        "offices": True,
    },
    "demand": {
        "categories": {
            "noise": {"label": LABEL, "group": "reception", "department": "bureau"},
            "hazard": {"label": LABEL, "group": "safety", "complex": 0},
        }
    },
    "channels": {
        "walk_in": {
            "label": LABEL,
            "with_station": 0.6,
            "without_station": 0.5,
            "hours": "08:00-20:00",
            "if_closed": "wechat",
        },
        "wechat": {"label": LABEL, "with_station": 0.3, "without_station": 0.3},
        "call": {"label": LABEL, "with_station": 0.1, "without_station": 0.2, "via": "centre"},
    },
    "groups": {
        "reception": {
            "label": {"zh": "接待组", "en": "desk"},
            "teams": ["volunteers", "grid_staff"],
        },
        "safety": {"label": LABEL, "teams": ["grid_staff"]},
    },
    "teams": {
        "grid_staff": {
            "label": LABEL,
            "at": ["point_station", "community_office"],
            "roster": {"day": 2},
        },
        "volunteers": {
            "label": {"zh": "志愿者", "en": "volunteers"},
            "at": ["point_station"],
            "roster": {"day": 2},
        },
    },
    "departments": {"bureau": {"label": LABEL}},
}

NOISE = "demand.categories.noise"
SURGE = {"label": LABEL, "begins": "2025-02-01 08:00", "lasts": "2 days"}


def plan(changes: dict[str, Any]) -> Scenario:
    """Make the plan with some entries changed; None takes one out."""
    tree = copy.deepcopy(PLAN)
    for path, value in changes.items():
        *above, last = path.split(".")
        here: Any = tree
        for key in above:
            here = here[key] if key in here else here.setdefault(key, {})
        if value is None:
            del here[last]
        else:
            here[last] = value
    return Scenario.model_validate(tree)


def found(changes: dict[str, Any], folder: Path = Path()) -> list[Finding]:
    return check(plan(changes), folder)


def shown(finding: Finding) -> str:
    return ".".join(map(str, finding.path))


def test_a_plan_that_can_work_has_no_findings() -> None:
    assert found({}) == []


def mistake(
    changes: dict[str, Any], path: str, says: str, suggestion: str = ""
) -> tuple[dict[str, Any], str, str, str]:
    return changes, path, says, suggestion


MISTAKES = {
    # names
    "unknown group": mistake(
        {f"{NOISE}.group": "recption"}, f"{NOISE}.group", "known here: reception", "reception"
    ),
    "group by its label": mistake(
        {f"{NOISE}.group": "接待组"}, f"{NOISE}.group", "接待组", "reception"
    ),
    "unknown department": mistake(
        {f"{NOISE}.department": "buraeu"}, f"{NOISE}.department", "no department", "bureau"
    ),
    "unknown team in a group": mistake(
        {"groups.safety.teams": ["grid_staf"]}, "groups.safety.teams.0", "no team", "grid_staff"
    ),
    "team named twice": mistake(
        {"groups.safety.teams": ["grid_staff", "grid_staff"]}, "groups.safety.teams.1", "twice"
    ),
    "crew of a team that the group lacks": mistake(
        {"groups.safety.crew": {"volunteers": 1}},
        "groups.safety.crew.volunteers",
        "not among the teams",
    ),
    "crew of nobody": mistake({"groups.safety.crew": 0}, "groups.safety.crew", "at least 1"),
    "crew larger than the team": mistake(
        {"groups.safety.crew": 3, "helpers.enabled": False}, "groups.safety.crew", "more than the 2"
    ),
    "crew larger than those free for calls": mistake(
        {
            "groups.safety.crew": {"grid_staff": 2},
            "teams.grid_staff.free_for_calls": 0.4,
            "helpers.enabled": False,
        },
        "groups.safety.crew.grid_staff",
        "more than the 1",
    ),
    "crew larger than the team with all helpers": mistake(
        {"groups.safety.crew": 5, "helpers.pool": 2}, "groups.safety.crew", "more than the 4"
    ),
    "handing on to an unknown group": mistake(
        {"groups.safety.handover": {"recepton": 0.2}},
        "groups.safety.handover.recepton",
        "no group",
        "reception",
    ),
    "handing on more than all": mistake(
        {"groups.safety.handover": {"reception": 0.7, "safety": 0.5}},
        "groups.safety.handover",
        "add up to 1.2",
    ),
    "handing on for ever": mistake(
        {"groups.safety.handover": {"reception": 1}, "groups.reception.handover": {"safety": 1}},
        "groups.safety.handover",
        "never ends",
    ),
    "unknown way to travel": mistake(
        {"teams.volunteers.mode": "walkng"}, "teams.volunteers.mode", "no speed", "walking"
    ),
    "speed of 0 on the way": mistake(
        {"travel.speeds": {"e-bike": "0 km/h"}}, "travel.speeds.e-bike", "above 0"
    ),
    "speed of work for an unknown category": mistake(
        {"teams.volunteers.speed": {"nois": 1.1}}, "teams.volunteers.speed.nois", "noise", "noise"
    ),
    "speed of work of 0": mistake(
        {"teams.volunteers.speed": {"noise": 0}}, "teams.volunteers.speed.noise", "above 0"
    ),
    "team that nobody can dispatch": mistake(
        {"teams.drivers": {"label": LABEL, "at": ["point_station"], "roster": {"day": 1}}},
        "teams.drivers",
        "nobody can dispatch",
    ),
    # rosters
    "unknown shift": mistake(
        {"teams.volunteers.roster": {"dya": 2, "day": 1}},
        "teams.volunteers.roster.dya",
        "no shift",
        "day",
    ),
    "unknown shift at a kind of point": mistake(
        {"teams.grid_staff.roster_at": {"point_station": {"day": 1, "nigth": 1}}},
        "teams.grid_staff.roster_at.point_station.nigth",
        "no shift",
        "night",
    ),
    "unknown shift at the desk": mistake(
        {"desk.rosters": {"point_station": {"days": 1, "day": 1}, "community_office": {"day": 1}}},
        "desk.rosters.point_station.days",
        "no shift",
        "day",
    ),
    "unknown shift at the centre": mistake(
        {"centre.roster": {"day": 1, "nite": 1}}, "centre.roster.nite", "no shift", "night"
    ),
    "negative number": mistake(
        {"teams.volunteers.roster": {"day": 2, "night": -1}},
        "teams.volunteers.roster.night",
        "negative",
    ),
    "negative number on a kind of day": mistake(
        {"teams.volunteers.roster": {"day": {"workday": 2, "weekend": -1}}},
        "teams.volunteers.roster.day.weekend",
        "negative",
    ),
    "roster that covers no hour": mistake(
        {"teams.grid_staff.roster": {"day": 0, "night": 0}, "patrol.enabled": False},
        "teams.grid_staff.roster",
        "covers no hour",
    ),
    "roster of a shift that never is": mistake(
        {
            "teams.volunteers.roster": {"never": 2},
            "calendar.shifts": {"day": "08:00-20:00", "never": "never"},
        },
        "teams.volunteers.roster",
        "covers no hour",
    ),
    "roster that covers no hour at a kind of point": mistake(
        {"teams.grid_staff.roster_at": {"community_office": {}}},
        "teams.grid_staff.roster_at.community_office",
        "covers no hour",
    ),
    "desk that covers no hour": mistake(
        {"desk.rosters": {"point_station": {"day": 0}, "community_office": {"day": 1}}},
        "desk.rosters.point_station",
        "covers no hour",
    ),
    "centre that covers no hour": mistake({"centre.roster": {}}, "centre.roster", "covers no hour"),
    "helpers who are never on call": mistake({"helpers.hours": "never"}, "helpers.hours", "never"),
    "grids that no team of a group serves": mistake(
        {"groups.safety.teams": ["volunteers"]}, "groups.safety.teams", "community offices"
    ),
    "grids that no point serves": mistake(
        {"territory.point_stations": {"enabled": False, "count": 1}, "territory.offices": False},
        "territory.point_stations",
        "no service point",
    ),
    # patrol
    "unknown team on patrol": mistake(
        {"patrol.team": "gridstaff"}, "patrol.team", "no team", "grid_staff"
    ),
    "round of two windows": mistake(
        {"patrol.rounds": ["09:00-10:00, 11:00-12:00"]}, "patrol.rounds.0", "one window"
    ),
    "round past midnight": mistake(
        {"patrol.rounds": ["23:00-01:00"]}, "patrol.rounds.0", "past midnight"
    ),
    "home visits of no window": mistake(
        {"patrol.home_visits": {"hours": "never"}}, "patrol.home_visits.hours", "one window"
    ),
    # channels
    "unknown channel when closed": mistake(
        {"channels.walk_in.if_closed": "wehcat"},
        "channels.walk_in.if_closed",
        "no channel",
        "wechat",
    ),
    "circle of closed channels": mistake(
        {"channels.wechat.hours": "09:00-17:00", "channels.wechat.if_closed": "walk_in"},
        "channels.walk_in.if_closed",
        "walk_in → wechat → walk_in",
    ),
    "channel that never opens": mistake(
        {"channels.wechat.hours": "never"}, "channels.wechat.hours", "never opens"
    ),
    "channel that opens on no day": mistake(
        {"channels.wechat.days": "never"}, "channels.wechat.days", "never opens"
    ),
    "shares with a station that don't add up": mistake(
        {"channels.walk_in.with_station": 0.5},
        "channels",
        "with_station of all channels add up to 0.9",
    ),
    "shares elsewhere that don't add up": mistake(
        {"channels.walk_in.without_station": 0.6}, "channels", "add up to 1.1"
    ),
    "hotline that is switched off": mistake(
        {"centre.enabled": False}, "channels.call.via", "switched off"
    ),
    "hotline that is switched off, by way of another": mistake(
        {
            "centre.enabled": False,
            "channels.call.with_station": 0,
            "channels.call.without_station": 0,
            "channels.wechat.with_station": 0.4,
            "channels.wechat.without_station": 0.5,
            "channels.walk_in.if_closed": "call",
        },
        "channels.call.via",
        "switched off",
    ),
    # demand
    "bins that don't divide a day": mistake(
        {f"{NOISE}.hours": [1, 1, 1, 1, 1, 1, 1]}, f"{NOISE}.hours", "7 bins"
    ),
    "surge of an unknown category": mistake(
        {"demand.surges": [SURGE | {"categories": ["hazards"]}]},
        "demand.surges.0.categories.0",
        "no category",
        "hazard",
    ),
    "surge in an unknown street": mistake(
        {
            "demand.surges": [SURGE | {"streets": ["东山街"]}],
            "territory.communities": "jiangning",
        },
        "demand.surges.0.streets.0",
        "no street",
        "东山街道",
    ),
    "surge in a street by its English name": mistake(
        {
            "demand.surges": [SURGE | {"streets": ["Dongshan"]}],
            "territory.communities": "jiangning",
        },
        "demand.surges.0.streets.0",
        "no street",
        "东山街道",
    ),
    "surges of one name": mistake(
        {"demand.surges": [SURGE, SURGE]}, "demand.surges.1.label.en", "name them apart"
    ),
    "surge in another time zone": mistake(
        {"demand.surges": [SURGE | {"begins": "2025-02-01T08:00:00+08:00"}]},
        "demand.surges.0.begins",
        "local time",
        "2025-02-01 08:00:00",
    ),
    "department that never works": mistake(
        {"departments.bureau.hours": "never"}, "departments.bureau.hours", "no working hours"
    ),
    "joint meeting that never sits": mistake(
        {"joint_meeting.days": "never"}, "joint_meeting.days", "never sits"
    ),
    # time
    "warm-up as long as the run": mistake(
        {"horizon": "4 weeks", "warm_up": "4 weeks"}, "warm_up", "leaves nothing"
    ),
    "horizon below a tick": mistake(
        {"horizon": "1 s", "tick": "1 min", "warm_up": "0 min"}, "horizon", "less than a tick"
    ),
    "horizon beyond the calendar": mistake({"start": "9999-06-01"}, "horizon", "calendar ends"),
    "no working hours for limits in working days": mistake(
        {"calendar.working_hours": "never"}, "calendar.working_hours", "centre.limit"
    ),
    "team's work in working hours": mistake(
        {f"{NOISE}.work": "2 working hours"}, f"{NOISE}.work", "write it in hours or days"
    ),
    # evidence
    "evidence of nothing": mistake(
        {"evidence": {"demand.categores.noise.rate": {"evidence": "assumed"}}},
        "evidence.demand.categores.noise.rate",
        "no “categores” at “demand”",
        "demand.categories.noise.rate",
    ),
    "evidence of nothing under any name": mistake(
        {"evidence": {"teams.*.rooster": {"evidence": "assumed"}}},
        "evidence.teams.*.rooster",
        "no “rooster”",
        "teams.*.roster",
    ),
    "half a range": mistake(
        {"evidence": {"travel.detour": {"evidence": "inferred", "low": 1}}},
        "evidence.travel.detour",
        "both low and high",
    ),
    "range in another unit": mistake(
        {"evidence": {f"{NOISE}.rate": {"evidence": "inferred", "low": "5 min", "high": "6 min"}}},
        f"evidence.{NOISE}.rate.low",
        "not written as",
    ),
}


@pytest.mark.parametrize("changes, path, says, suggestion", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_refused(
    changes: dict[str, Any], path: str, says: str, suggestion: str
) -> None:
    errors = [f for f in found(changes) if f.severity == "error"]
    mine = [f for f in errors if shown(f) == path and says in f.message]
    assert mine, errors
    assert mine[0].suggestion == suggestion
    assert "{" not in mine[0].message


SUSPICIONS = {
    "group without work": ({f"{NOISE}.group": "safety"}, "groups.reception", "no work"),
    "team behind others with nobody": (
        {"groups.reception.teams": ["grid_staff", "volunteers"], "teams.volunteers.roster": {}},
        "teams.volunteers.roster",
        "covers no hour",
    ),
    "crew that only a team behind others lacks": (
        {
            "groups.reception.crew": {"grid_staff": 3},
            "helpers.enabled": False,
            "territory.offices": False,
        },
        "groups.reception.crew.grid_staff",
        "more than the 2",
    ),
    "points without a desk": (
        {"desk.rosters": {"point_station": {"day": 1}}},
        "desk.rosters",
        "community offices have no desk",
    ),
    "patrol while off duty": (
        {"patrol.rounds": ["06:00-08:30"]},
        "patrol.rounds.0",
        "not on duty",
    ),
    "rounds that overlap": (
        {"patrol.rounds": ["09:00-11:00", "10:00-12:00"]},
        "patrol.rounds.1",
        "away twice",
    ),
    "home visits during a round": (
        {"patrol.home_visits": {"hours": "16:00-18:00"}},
        "patrol.home_visits.hours",
        "away twice",
    ),
    "complex cases that nobody finishes": (
        {f"{NOISE}.department": None},
        f"{NOISE}.complex",
        "no department",
    ),
    "surge outside the run": (
        {"demand.surges": [SURGE | {"begins": "2024-02-01 00:00"}]},
        "demand.surges.0.begins",
        "outside the run",
    ),
    "surge of no length": (
        {"demand.surges": [SURGE | {"lasts": "0 min"}]},
        "demand.surges.0.lasts",
        "changes nothing",
    ),
    "no demand at all": ({"demand.level": 0}, "demand", "no demand"),
    "a single replication": ({"replications": 1}, "replications", "no intervals"),
    "solved before anyone is there": (
        {"promises.solve": "5 min"},
        "promises.solve",
        "on the scene within 10 min",
    ),
    "interim reply that comes too late": (
        {"promises.interim_after": "1 day"},
        "promises.interim_after",
        "already due",
    ),
    "time shorter than a tick": ({"tick": "2 min"}, "travel.access", "less than a tick"),
}


@pytest.mark.parametrize("changes, path, says", SUSPICIONS.values(), ids=SUSPICIONS.keys())
def test_what_is_legal_and_suspicious_is_a_warning(
    changes: dict[str, Any], path: str, says: str
) -> None:
    findings = found(changes)
    assert [f for f in findings if f.severity == "error"] == []
    assert [f for f in findings if shown(f) == path and says in f.message], findings


FINE = {
    "the patrol's team need not be in a group": {
        "groups.reception.teams": ["volunteers", "wardens"],
        "groups.safety.teams": ["wardens"],
        "teams.wardens": PLAN["teams"]["grid_staff"],
    },
    "shares elsewhere are not needed where stations serve all": {
        "territory.offices": False,
        "channels.walk_in.without_station": 0,
    },
    "shares with a station are not needed where stations stand empty": {
        "territory.point_stations": {"enabled": False, "count": 1},
        "channels.walk_in.with_station": 0,
        "groups.reception.teams": ["grid_staff", "volunteers"],
    },
    "a closed channel may lead to one that waits": {
        "channels.wechat.hours": "09:00-17:00",
        "channels.call.hours": "10:00-12:00",
        "channels.wechat.if_closed": "call",
    },
    "a circle that an open channel ends is none": {"channels.wechat.if_closed": "walk_in"},
    "work may go round between groups as long as some leaves": {
        "groups.safety.handover": {"reception": 1},
        "groups.reception.handover": {"safety": 0.9},
    },
    "a department without hours is fine for times by the calendar": {
        "departments.bureau.hours": "never",
        f"{NOISE}.department_time": "3 days",
    },
    "teams without travel need no speed": {
        "travel.enabled": False,
        "teams.volunteers.mode": "flying",
    },
    "evidence may be of a whole part": {
        "evidence": {
            "travel": {"evidence": "published"},
            "demand.categories.*.rate": {
                "evidence": "calibrated",
                "low": "1 per day",
                "high": "2 per day",
            },
            f"{NOISE}.work.lognormal.median": {"evidence": "assumed"},
            "teams.*.roster.day": {"evidence": "inferred", "low": 1, "high": 4},
            "demand.surges.0.factor": {"evidence": "assumed", "low": 1, "high": 4},
        },
        "demand.surges": [SURGE],
    },
    "a large crew can be made up with helpers": {"groups.safety.crew": 4},
    "no working hours are needed if nothing runs in them": {
        "calendar.working_hours": "never",
        "centre.limit": "5 days",
        "residents.satisfaction": {"expected_complex": "7 days"},
    },
}


@pytest.mark.parametrize("changes", FINE.values(), ids=FINE.keys())
def test_what_can_work_is_accepted(changes: dict[str, Any]) -> None:
    assert found(changes) == []


def test_all_mistakes_are_told_at_once() -> None:
    findings = found({f"{NOISE}.group": "x", "channels.walk_in.if_closed": "y", "patrol.team": "z"})
    assert {f"{NOISE}.group", "channels.walk_in.if_closed", "patrol.team"} <= set(
        map(shown, findings)
    )


def test_a_table_of_rosters_uses_the_names_of_the_scenario(tmp_path: Path) -> None:
    rows = "点站,队伍,班次,人数\n点站,志愿者,白班,2\n点站,志愿,夜班,1\n"
    rows += "点站,grid_staff,nite,1\n点站,前台,day,1\n"
    (tmp_path / "rosters.csv").write_text(rows, encoding="utf-8")
    findings = found({"territory.rosters": {"table": "rosters.csv"}}, tmp_path)
    told = {(f.suggestion, f.message.split(":")[0]) for f in findings}
    assert told == {("志愿者", "line 3 of the table"), ("night", "line 4 of the table")}


def test_a_roster_that_a_table_gives_is_not_missed(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("点站,队伍,班次,人数\nS1,volunteers,day,2\n", encoding="utf-8")
    empty = {"teams.volunteers.roster": {}, "territory.rosters": {"table": "r.csv"}}
    assert found(empty, tmp_path) == []


def test_streets_of_a_planners_own_grids_are_known(tmp_path: Path) -> None:
    rows = "网格,常住人口,街道,x,y\nG1,900,湖熟街道,1,2\nG2,800,汤山街道,5,6\n"
    (tmp_path / "grids.csv").write_text(rows, encoding="utf-8")
    changes = {
        "territory.grids": {"table": "grids.csv"},
        "demand.surges": [SURGE | {"streets": ["湖熟街", "汤山街道"]}],
    }
    (finding,) = found(changes, tmp_path)
    assert (shown(finding), finding.suggestion) == ("demand.surges.0.streets.0", "湖熟街道")


def test_the_shipped_scenarios_have_no_mistakes() -> None:
    from govsim.scenarios.loading import load

    folder = SCENARIOS
    # A mapping of columns, and what boston.yaml is based on.
    parts = {folder / "boston" / name for name in ("mapping.yaml", "requests.yaml")}
    for file in sorted({*folder.rglob("*.yaml")} - parts):
        load(file)


def test_what_cannot_be_read_and_what_does_not_fit_are_told_in_one_go(tmp_path: Path) -> None:
    text = to_yaml(plan({})).replace("group: reception", "group: recption")
    file = tmp_path / "plan.yaml"
    file.write_text(f"{text}\nhorizn: 3 days\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        load(file)
    assert {p.path for p in error.value.problems} == {f"{NOISE}.group", "horizn"}

"""How the service runs: each test lays a few demands down by hand and looks at what follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hand import category, channel, day, demands, label, plain, run, team

from govsim import model
from govsim.demand.table import BY_PATROL, draw
from govsim.measures.replication import promise_kept
from govsim.scenarios.quantities import DAY, HOUR, MINUTE
from govsim.service.network import DESK, TEAM
from govsim.service.rules import (
    CLOSED,
    ENDED_ANSWERED,
    ENDED_COMPLEX,
    FIRST_CHANNEL,
    LATENT,
    NO_REPLY,
    NOT_SOLVED,
    OPEN,
    REPEATED,
    SLOW_TO_SCENE,
    TURNED_AWAY,
    UNSATISFIED,
    WITHDRAWN,
)

TWO_KINDS = {
    "demand": {
        "categories": {
            "hazard": category("hazard", priority=0),
            "parking": category("parking", priority=2),
        }
    }
}
DAY_AND_NIGHT = {
    "holidays": "none",
    "shifts": {"=": {"day": "08:00-20:00", "night": "20:00-08:00"}},
}
CENTRE: dict[str, Any] = {
    "centre": {"enabled": True, "roster": {"all": 1}, "limit": "1 h", "call_back_after": "4 h"}
}


def pool(laid_out: Any, name: str, point: int = 0) -> int:
    found = [i for i, p in enumerate(laid_out.pools) if (p.name, p.point) == (name, point)]
    return found[0]


# ---------------------------------------------------------------- intake and channels


def test_a_demand_goes_through_the_service_from_report_to_close() -> None:
    laid_out = plain(
        channels={"app": {"via": "desk"}},
        desk={"enabled": True},
        travel={"enabled": True, "detour": 1, "speeds": {"e-bike": "36 km/h"}},
    )
    x = float(laid_out.territory.points["x"].iloc[0])
    y = float(laid_out.territory.points["y"].iloc[0])
    row = {"x": x + 600, "y": y, "turn_out": 2 * MINUTE, "access": 3 * MINUTE, "way": 2.0}
    times = {"intake": 5 * MINUTE, "dispatch_delay": MINUTE, "reply": 4 * MINUTE}
    d = run(laid_out, {"at": HOUR, **row, **times}).demands
    assert d["reported"] == d["clock_start"] == HOUR
    assert d["accepted"] == HOUR + 5 * MINUTE
    assert d["dispatched"] == d["accepted"] + MINUTE
    # 600 m at 10 m/s take a minute; this demand's ways take twice as long.
    assert d["scene"] == d["dispatched"] + 2 * MINUTE + 2 * MINUTE + 3 * MINUTE
    assert d["resolved"] == d["scene"] + 10 * MINUTE
    assert d["replied"] == d["closed"] == d["resolved"] + 4 * MINUTE
    assert (d["state"], d["satisfied"], d["orders"]) == (CLOSED, 1, 0)


def test_a_crew_sets_out_at_once_while_the_desk_still_writes() -> None:
    """The place is known after a minute; the desk is busy for five, so the next waits for it."""
    laid_out = plain(channels={"app": {"via": "desk"}}, desk={"enabled": True})
    early = {"at": HOUR, "handing_over": MINUTE, "intake": 5 * MINUTE}
    d = run(laid_out, early, early).demands
    assert d["accepted"].tolist() == [HOUR + MINUTE, HOUR + 6 * MINUTE]
    assert d["dispatched"][0] == HOUR + MINUTE
    assert d["resolved"][0] == HOUR + 11 * MINUTE


def test_a_report_on_the_spot_is_handed_over_before_it_is_written_down() -> None:
    laid_out = plain(channels={"app": {"via": "direct"}})
    d = run(laid_out, {"at": HOUR, "handing_over": MINUTE, "intake": 5 * MINUTE}).demands
    assert d["accepted"] == d["dispatched"] == HOUR + MINUTE


def test_what_the_desk_can_answer_ends_there() -> None:
    laid_out = plain(channels={"app": {"via": "desk"}}, desk={"enabled": True})
    o = run(laid_out, {"at": HOUR, "answered": True, "intake": 5 * MINUTE})
    assert o.demands["ended"] == ENDED_ANSWERED
    assert len(o.visits["demand"]) == 0


def test_the_desk_takes_one_after_the_other() -> None:
    laid_out = plain(
        channels={"app": {"via": "desk"}},
        desk={"enabled": True},
    )
    rows = [{"at": HOUR, "answered": True, "intake": 5 * MINUTE} for _ in range(3)]
    d = run(laid_out, *rows).demands
    assert d["accepted"].tolist() == [HOUR + k * 5 * MINUTE for k in (1, 2, 3)]


def test_a_station_closed_at_night_leaves_night_demands_to_the_hotline() -> None:
    laid_out = plain(
        channels={
            "=": {
                "station": channel("station", hours="08:00-20:00", if_closed="hotline"),
                "hotline": channel("hotline", with_station=0),
            }
        }
    )
    d = run(laid_out, {"at": 3 * HOUR}, {"at": 10 * HOUR}).demands
    assert d["channel"].tolist() == [1, 0]
    assert d["reported"].tolist() == [3 * HOUR, 10 * HOUR]


def test_residents_wait_until_a_closed_channel_opens() -> None:
    laid_out = plain(channels={"app": {"hours": "08:00-20:00", "days": "tue"}})
    d = run(laid_out, {"at": 3 * HOUR}).demands
    assert d["reported"] == day(1, 8)


def test_a_channel_that_never_opens_leaves_a_problem_latent() -> None:
    assert run(plain(channels={"app": {"hours": "never"}}), {"at": 0}).demands["state"] == LATENT


# ---------------------------------------------------------------- teams and queues


def test_a_hazard_is_served_before_a_parking_complaint() -> None:
    parked = [{"at": k * MINUTE, "category": "parking"} for k in range(3)]
    d = run(plain(**TWO_KINDS), *parked, {"at": 5 * MINUTE, "category": "hazard"}).demands
    # Work in hand is not interrupted.
    assert d["scene"].tolist() == [0, 20 * MINUTE, 30 * MINUTE, 10 * MINUTE]


def test_a_hazard_that_needs_fewer_people_begins_though_others_wait_for_a_crew() -> None:
    laid_out = plain(
        demand={
            "categories": {
                "hazard": category("hazard", priority=0, group="few"),
                "parking": category("parking"),
            }
        },
        groups={
            "g": {"crew": 2},
            "few": {"label": label("few"), "teams": ["staff"]},
        },
        teams={"staff": {"roster": {"all": 2}}},
    )
    rows = [{"at": 0, "category": "hazard", "work": HOUR}, {"at": 1, "category": "parking"}]
    d = run(laid_out, *rows, {"at": 2, "category": "hazard"}).demands
    assert d["scene"].tolist() == [0, HOUR, 2]


def test_what_is_due_first_goes_first_where_the_policy_says_so() -> None:
    # The second was reported before the third, and asks for a team after it.
    rows = [{"at": 0}, {"at": 1, "intake": 9 * MINUTE}, {"at": 5 * MINUTE}]
    by_arrival = run(plain(), *rows).demands["scene"].tolist()
    by_due = run(plain(policies={"order": "due"}), *rows).demands["scene"].tolist()
    assert by_arrival == [0, 20 * MINUTE, 10 * MINUTE]
    assert by_due == [0, 10 * MINUTE, 20 * MINUTE]


def test_the_first_team_in_order_with_a_free_crew_goes() -> None:
    laid_out = plain(groups={"g": {"teams": ["staff", "others"]}}, teams={"others": team("others")})
    visits = run(laid_out, {"at": 0}, {"at": 1}, {"at": 2}).visits
    one, other = pool(laid_out, "staff"), pool(laid_out, "others")
    assert visits["pool"].tolist() == [one, other, one]
    # With separate queues who is free next does not help the first team.
    assert visits["began"].tolist() == [0, 1, 10 * MINUTE]


def slow_and_fast(**change: Any) -> Any:
    """Walkers first in the order, then two teams that drive; all ways are 600 m."""
    return plain(
        groups={"g": {"teams": ["staff", "drivers", "others"]}},
        teams={
            "staff": {"mode": "walking"},
            "drivers": team("drivers", mode="car"),
            "others": team("others", mode="car"),
        },
        travel={
            "enabled": True,
            "detour": 1,
            "speeds": {"walking": "3.6 km/h", "car": "36 km/h"},
        },
        **change,
    )


def test_who_can_be_there_first_goes_where_the_policy_says_so() -> None:
    by_order, soonest = slow_and_fast(), slow_and_fast(policies={"dispatch": "soonest"})
    place = by_order.territory.points.iloc[0]
    rows = [{"at": k, "x": float(place["x"]) + 600, "y": float(place["y"])} for k in range(3)]
    names = ("staff", "drivers", "others")
    walkers, first, second = (pool(by_order, name) for name in names)
    assert run(by_order, *rows).visits["pool"].tolist() == [walkers, first, second]
    o = run(soonest, *rows)
    assert o.visits["pool"].tolist() == [first, second, walkers]
    assert o.demands["scene"].tolist() == [MINUTE, 1 + MINUTE, 2 + 10 * MINUTE]


def test_in_a_pooled_queue_whoever_is_free_first_takes_the_next() -> None:
    laid_out = plain(
        policies={"queue": "pooled"},
        groups={"g": {"teams": ["staff", "others"]}},
        teams={"others": team("others")},
    )
    visits = run(laid_out, {"at": 0, "work": HOUR}, {"at": 1}, {"at": 2}).visits
    assert visits["began"].tolist() == [0, 1, 1 + 10 * MINUTE]
    assert visits["pool"][2] == pool(laid_out, "others")


def test_who_was_kept_by_a_job_too_big_goes_on_when_another_team_takes_it() -> None:
    laid_out = plain(
        demand={"categories": {"noise": category("noise"), "small": category("small", group="h")}},
        policies={"queue": "pooled"},
        groups={
            "g": {"teams": ["staff", "others"], "crew": {"others": 2}},
            "h": {"label": label("h"), "teams": ["others"]},
        },
        teams={"others": team("others", roster={"all": 2})},
    )
    small = [{"at": k, "category": "small", "work": [(1, 2 * HOUR)]} for k in (1, 3)]
    o = run(laid_out, {"at": 0, "work": HOUR}, small[0], {"at": 2}, small[1])
    assert o.visits["began"].tolist() == [0, 1, HOUR, HOUR]


def test_a_job_waits_until_its_whole_crew_is_free() -> None:
    laid_out = plain(groups={"g": {"crew": {"staff": 2}}}, teams={"staff": {"roster": {"all": 3}}})
    o = run(laid_out, {"at": 0}, {"at": 1})
    assert o.visits["crew"].tolist() == [2, 2]
    assert o.visits["began"].tolist() == [0, 10 * MINUTE]
    assert o.pools["busy"] == 2 * 2 * 10 * MINUTE


def test_training_and_speed_shorten_the_work_only() -> None:
    laid_out = plain(teams={"staff": {"training": 1.25, "speed": {"noise": 2}}})
    d = run(laid_out, {"at": 0, "work": HOUR}).demands
    assert d["resolved"] == HOUR / 2.5


def test_who_finds_no_room_to_wait_is_turned_away() -> None:
    laid_out = plain(teams={"staff": {"waiting_room": 1}})
    d = run(laid_out, {"at": 0}, {"at": 1}, {"at": 2}).demands
    assert d["state"].tolist() == [CLOSED, CLOSED, TURNED_AWAY]
    assert d["satisfied"].tolist() == [1, 1, 0]


def test_work_is_handed_on_to_another_group_and_then_solved() -> None:
    laid_out = plain(
        groups={"street": {"label": label("street"), "teams": ["others"]}},
        teams={"others": team("others")},
    )
    o = run(laid_out, {"at": 0, "work": [(0, HOUR), (1, 2 * HOUR)]})
    assert o.demands["resolved"] == 3 * HOUR
    assert o.demands["scene"] == 0
    assert o.visits["pool"].tolist() == [pool(laid_out, "staff"), pool(laid_out, "others")]


def two_stations(**change: Any) -> Any:
    return plain(
        territory={
            "grids": {"count": 2},
            "point_stations": {"count": 2, "grids_each": 1},
            "estates": {"large": 1, "old": 0, "resettlement": 0, "commercial": 0, "rural": 0},
        },
        **change,
    )


def test_a_neighbour_station_helps_when_all_are_out() -> None:
    alone, together = two_stations(), two_stations(policies={"neighbours_within": "10 km"})
    rows = [{"at": 0, "work": HOUR}, {"at": 1}]
    assert run(alone, *rows).visits["began"].tolist() == [0, HOUR]
    o = run(together, *rows)
    assert o.visits["began"].tolist() == [0, 1]
    home = int(together.covering[0])
    assert o.visits["pool"].tolist() == [pool(together, "staff", p) for p in (home, 1 - home)]


def test_a_neighbour_out_of_reach_does_not_help() -> None:
    apart = two_stations(policies={"neighbours_within": "0 m"})
    o = run(apart, {"at": 0, "work": HOUR}, {"at": 1})
    assert o.visits["began"].tolist() == [0, HOUR]


# ---------------------------------------------------------------- shifts


def shift_change(mode: str, day_: int = 1, night: int = 1, **change: Any) -> Any:
    staff = {"roster": {"=": {"day": day_, "night": night}}, "end_of_shift": mode}
    return plain(calendar=DAY_AND_NIGHT, teams={"staff": staff}, **change)


LATE = [{"at": 19 * HOUR, "work": 2 * HOUR}, {"at": 19 * HOUR + 1}]


def test_who_is_busy_finishes_and_the_others_wait_for_that() -> None:
    o = run(shift_change("finish"), *LATE)
    assert o.visits["began"].tolist() == [19 * HOUR, 21 * HOUR]
    assert o.pools["overtime"] == 0


def test_a_relief_takes_what_waits_while_the_old_crew_finishes_as_overtime() -> None:
    o = run(shift_change("relief"), *LATE)
    assert o.visits["began"].tolist() == [19 * HOUR, 20 * HOUR]
    assert o.visits["ended"].tolist() == [21 * HOUR, 20 * HOUR + 10 * MINUTE]
    assert o.pools["overtime"] == HOUR


def test_overtime_of_a_relieved_crew_counts_though_its_relief_has_nothing_to_do() -> None:
    o = run(shift_change("relief", 1, 3), LATE[0])
    assert o.pools["overtime"] == HOUR


def test_work_handed_over_goes_on_first_and_what_is_done_stays_done() -> None:
    o = run(shift_change("hand over", 2, 1), *LATE[:1], {"at": 19 * HOUR + 1, "work": 3 * HOUR})
    # Whoever began last hands over; the one who stays takes it up after his own work.
    assert o.visits["handed_back"].tolist() == [0, 0, 1]
    assert o.visits["ended"].tolist() == [21 * HOUR, 20 * HOUR, 23 * HOUR + 1]
    assert o.demands["resolved"].tolist() == [21 * HOUR, 23 * HOUR + 1]
    assert o.pools["overtime"] == 0


def test_work_that_ends_with_the_shift_is_not_handed_over() -> None:
    o = run(shift_change("hand over", 1, 0), {"at": 19 * HOUR, "work": HOUR})
    assert o.visits["handed_back"].tolist() == [0]
    assert o.demands["resolved"] == 20 * HOUR


def test_handed_over_work_stays_with_the_teams_of_its_group() -> None:
    both = plain(
        calendar=DAY_AND_NIGHT,
        policies={"queue": "pooled"},
        groups={"=": {
            "first": {"label": label("first"), "teams": ["others", "staff"]},
            "g": {"label": label("g"), "teams": ["staff"]},
        }},
        teams={
            "staff": {"roster": {"=": {"day": 1}}, "end_of_shift": "hand over"},
            "others": team("others", roster={"day": 1, "night": 1}),
        },
    )  # fmt: skip
    o = run(both, {"at": 19 * HOUR, "work": 2 * HOUR})
    assert set(o.visits["pool"].tolist()) == {pool(both, "staff")}
    assert o.demands["resolved"] == day(1, 9)


def test_overtime_is_what_is_worked_beyond_the_roster() -> None:
    o = run(shift_change("finish", 1, 0), LATE[0], {"at": 22 * HOUR})
    assert o.pools["overtime"] == HOUR
    assert o.visits["began"].tolist() == [19 * HOUR, day(1, 8)]


# ---------------------------------------------------------------- helpers and patrol

HELPERS = {
    "enabled": True,
    "pool": 2,
    "hours": "08:00-20:00",
    "threshold": 2,
    "arrives_after": "10 min",
}


def test_a_helper_joins_when_the_queue_has_grown_and_leaves_when_it_is_empty() -> None:
    rows = [{"at": 9 * HOUR + k, "work": HOUR} for k in range(4)]
    o = run(plain(helpers=HELPERS), *rows)
    # The second who waits calls one; the third does not call another yet.
    came = 9 * HOUR + 2 + 10 * MINUTE
    assert o.visits["began"].tolist() == [9 * HOUR, came, 10 * HOUR, came + HOUR]
    assert o.pools["helpers"] == 11 * HOUR - (9 * HOUR + 2)


def test_a_helper_at_work_when_the_crew_is_relieved_begins_nothing_else() -> None:
    rows = [{"at": 19 * HOUR + k, "work": 3 * HOUR} for k in range(5)]
    o = run(shift_change("relief", helpers={**HELPERS, "hours": "always"}), *rows)
    # The second and the fourth who wait call one each; both finish what they are at.
    visits = o.visits
    after = visits["began"][visits["began"] >= 20 * HOUR]
    assert sorted(after.tolist())[0] == 20 * HOUR
    assert (after == 20 * HOUR).sum() == 1


def test_no_helper_comes_outside_their_hours() -> None:
    rows = [{"at": 5 * HOUR + k, "work": HOUR} for k in range(4)]
    assert run(plain(helpers=HELPERS), *rows).pools["helpers"] == 0


def test_no_more_helpers_come_than_a_street_has() -> None:
    rows = [{"at": 9 * HOUR + k, "work": 5 * HOUR} for k in range(20)]
    o = run(plain(helpers=HELPERS), *rows)
    visits = o.visits
    at_work = [int(((visits["began"] <= t) & (visits["ended"] > t)).sum()) for t in visits["began"]]
    assert max(at_work) == 3


def test_staff_on_patrol_are_not_there_for_calls() -> None:
    laid_out = plain(patrol={"enabled": True, "rounds": ["09:00-11:00"], "per_grid": "1 h"})
    d = run(laid_out, {"at": 9 * HOUR + MINUTE}, {"at": 12 * HOUR}).demands
    assert d["dispatched"].tolist() == [10 * HOUR, 12 * HOUR]


def test_what_staff_find_is_solved_without_a_report_or_a_reply() -> None:
    o = run(plain(**CENTRE), {"at": HOUR, "source": BY_PATROL, "close": 0.99})
    d = o.demands
    assert (d["state"], d["accepted"], d["resolved"]) == (CLOSED, HOUR, HOUR + 10 * MINUTE)
    assert d["reported"] == d["replied"] == d["satisfied"] == d["clock_start"] == -1


# ---------------------------------------------------------------- departments and meetings


def hard_cases(**change: Any) -> Any:
    return plain(
        **{
            "horizon": "3 weeks",
            "demand": {"categories": {"noise": {"department": "works"}}},
            "departments": {"works": {"label": label("works"), "hours": "09:00-17:00"}},
            **change,
        }
    )


def test_a_department_works_in_its_hours_only() -> None:
    row = {"at": 0, "complex": True, "department_time": 8 * HOUR + HOUR}
    d = run(hard_cases(), row).demands
    assert (d["ended"], d["resolved"]) == (ENDED_COMPLEX, day(1, 10))


def test_a_department_without_a_limit_begins_every_case_at_once() -> None:
    rows = [{"at": k, "complex": True, "work": 1, "department_time": HOUR} for k in range(5)]
    free = run(hard_cases(), *rows).demands["resolved"]
    works = {"label": label("works"), "hours": "09:00-17:00", "crews": 1}
    busy = run(hard_cases(departments={"works": works}), *rows).demands["resolved"]
    assert (free == 10 * HOUR).all()
    assert busy.tolist() == [(10 + k) * HOUR for k in range(5)]


def test_a_joint_meeting_sends_on_at_most_n_cases_per_sitting() -> None:
    laid_out = hard_cases(
        joint_meeting={"enabled": True, "days": "wed", "at": "14:00", "cases": 2},
        demand={"categories": {"noise": {"department": None}}},
    )
    rows = [{"at": k * HOUR, "complex": True, "meeting": True} for k in range(5)]
    d = run(laid_out, *rows).demands
    wednesdays = [day(2, 14), day(9, 14), day(16, 14)]
    assert d["resolved"].tolist() == [wednesdays[k] for k in (0, 0, 1, 1, 2)]


# ---------------------------------------------------------------- promises and patience


def test_a_broken_promise_can_cost_trust() -> None:
    change = {
        "promises": {"made": True, "scene": "10 min", "interim_after": "1 day"},
        "residents": {"patience": {"enabled": True, "left_after_broken": 0.25}},
        **CENTRE,
    }
    busy = {"at": 0, "work": 8 * HOUR}
    waits = {"at": 1, "patience": 4 * HOUR + 10 * MINUTE}
    trusting = run(plain(**change), busy, waits)
    hurt = run(plain(**change), busy, {**waits, "loses_trust": [True, False, False]})
    assert trusting.orders["time"].tolist() == [4 * HOUR + 10 * MINUTE + 1]
    assert hurt.orders["time"].tolist() == [HOUR + 10 * MINUTE + 1]
    change["promises"]["made"] = False
    unpromised = run(plain(**change), busy, {**waits, "loses_trust": [True, False, False]})
    assert unpromised.orders["time"].tolist() == trusting.orders["time"].tolist()


def test_a_promise_kept_to_the_moment_is_kept() -> None:
    laid_out = plain(
        promises={"made": True}, residents={"patience": {"enabled": True, "stretch_scene": 1}}
    )
    rows = [{"at": 0}, {"at": 0, "patience": 2 * HOUR, "loses_trust": True, "work": 3 * HOUR}]
    o = run(laid_out, *rows)
    assert o.demands["scene"][1] == 10 * MINUTE
    # Clock 1 was kept; clock 2 is not, and costs three quarters of the hour that is left.
    assert o.demands["patience_ended"][1] == HOUR + 15 * MINUTE


def test_arrival_on_the_scene_reassures() -> None:
    for stretch, ends in ((1.0, 2 * HOUR), (2.0, 3 * HOUR)):
        laid_out = plain(residents={"patience": {"enabled": True, "stretch_scene": stretch}})
        rows = [{"at": 0, "work": HOUR}, {"at": 0, "work": 9 * HOUR, "patience": 2 * HOUR}]
        assert run(laid_out, *rows).demands["patience_ended"][1] == ends


def test_who_is_out_of_patience_withdraws_what_still_waits() -> None:
    laid_out = plain(residents={"patience": {"enabled": True, "withdraws": True}})
    rows = [{"at": 0, "work": 5 * HOUR}, {"at": 1, "patience": HOUR}, {"at": 2}]
    o = run(laid_out, *rows)
    assert o.demands["state"].tolist() == [CLOSED, WITHDRAWN, CLOSED]
    assert o.demands["scene"].tolist() == [0, -1, 5 * HOUR]


def test_the_cause_of_a_call_is_what_went_wrong() -> None:
    laid_out = plain(
        residents={"patience": {"enabled": True, "stretch_scene": 1}},
        promises={"made": False, "reply": "6 h"},
        **CENTRE,
    )
    long = {"at": 0, "work": 12 * HOUR, "patience": HOUR}
    waits = {"at": 1, "patience": 2 * HOUR}
    silent = {"at": 2, "patience": 7 * HOUR}
    o = run(laid_out, long, waits, silent)
    assert o.orders["cause"].tolist() == [NOT_SOLVED, SLOW_TO_SCENE, NO_REPLY]


def test_an_interim_reply_reassures_who_waits() -> None:
    laid_out = plain(
        channels={"app": {"via": "desk"}},
        desk={"enabled": True},
        promises={"made": True, "interim_after": "2 h"},
        residents={"patience": {"enabled": True, "stretch_reply": 2}},
    )
    rows = [
        {"at": 0, "work": 20 * HOUR},
        {"at": 0, "patience": 3 * HOUR, "interim_reply": 6 * MINUTE},
    ]
    d = run(laid_out, *rows).demands
    assert d["replied"][1] == 2 * HOUR + 6 * MINUTE
    assert d["patience_ended"][1] == d["replied"][1] + 2 * 54 * MINUTE


def test_an_unsolved_problem_is_reported_again_until_it_is_solved() -> None:
    rows = [{"at": 0, "work": 150 * MINUTE, "repeats": 5}, {"at": 0, "work": 1, "repeats": 5}]
    assert run(plain(), *rows).demands["repeats"].tolist() == [2, 2]
    assert run(plain(), {**rows[0], "repeats": 1}).demands["repeats"].tolist() == [1]


# ---------------------------------------------------------------- the hotline 12345


def by_phone(**change: Any) -> Any:
    return plain(**{**CENTRE, "channels": {"app": {"via": "centre"}}, **change})


def test_what_12345_answers_on_the_call_is_no_work_for_the_station() -> None:
    o = run(by_phone(), {"at": HOUR, "answered_by_centre": True})
    assert o.orders["answered"] == 1
    assert o.demands["closed"] == HOUR + MINUTE
    assert len(o.visits["demand"]) == 0


def test_the_clocks_of_a_first_call_to_12345_run_from_the_order() -> None:
    o = run(by_phone(), {"at": HOUR, "order_delay": 4 * MINUTE})
    assert o.orders["cause"] == FIRST_CHANNEL
    assert o.orders["arrived"] == o.demands["clock_start"] == HOUR + 5 * MINUTE
    assert o.orders["due"] == 2 * HOUR


def test_an_order_from_12345_past_its_limit_goes_to_the_head() -> None:
    rows = [{"at": 0, "work": 3 * HOUR, "channel": 1}]
    rows += [{"at": k, "channel": 1} for k in (1, 2)] + [{"at": 10 * MINUTE, "channel": 0}]
    apps = {"=": {"phone": channel("phone", via="centre"), "app": channel("app")}}
    for limit, scene in (("1 h", 3 * HOUR), ("9 h", 3 * HOUR + 20 * MINUTE)):
        laid_out = plain(centre={**CENTRE["centre"], "limit": limit}, channels=apps)
        o = run(laid_out, *rows)
        assert o.demands["scene"][3] == scene
        assert o.orders["overdue"] == (limit == "1 h")


def test_an_order_that_comes_after_its_limit_is_overdue_at_once() -> None:
    o = run(by_phone(), {"at": 0, "order_delay": 3 * HOUR})
    assert (o.orders["due"], o.orders["arrived"]) == (HOUR, 3 * HOUR + MINUTE)
    assert o.orders["overdue"] == 1
    assert o.demands["resolved"] == 3 * HOUR + 11 * MINUTE


def test_an_unsatisfactory_close_brings_an_order_and_the_case_back() -> None:
    laid_out = plain(**CENTRE, residents={"escalates_after": "2 h"})
    row = {"at": 0, "close": [1.0, 0.0, 0.0, 0.0], "escalates": True, "rework": HOUR}
    o = run(laid_out, row)
    assert o.orders["cause"] == UNSATISFIED
    assert o.orders["time"] == 10 * MINUTE + 2 * HOUR
    assert (o.demands["reopened"], o.demands["satisfied"], o.demands["state"]) == (1, 1, CLOSED)
    assert o.orders["resolved"] == o.orders["arrived"] + HOUR == o.demands["closed"]


def test_who_is_not_content_at_the_call_back_may_call_again() -> None:
    row = {"at": 0, "close": 1.0, "calls_again": True}
    o = run(by_phone(centre={**CENTRE["centre"], "most_calls": 2}), row)
    assert o.orders["cause"].tolist() == [FIRST_CHANNEL, REPEATED]
    assert np.diff(o.orders["time"]) == 4 * HOUR + MINUTE + 10 * MINUTE
    assert o.demands["reopened"] == 1


def test_an_order_that_was_solved_on_its_way_opens_nothing_again() -> None:
    laid_out = plain(**CENTRE, residents={"patience": {"enabled": True}})
    o = run(laid_out, {"at": 0, "work": HOUR, "patience": 25 * MINUTE, "order_delay": 3 * HOUR})
    assert o.orders["resolved"] == HOUR
    assert o.demands["reopened"] == 0


def test_a_case_answered_by_12345_and_reopened_is_dispatched_once_only() -> None:
    laid_out = by_phone(centre={**CENTRE["centre"], "limit": "10 min", "most_calls": 3})
    row = {"at": 0, "answered_by_centre": True, "close": 1.0, "calls_again": True}
    o = run(laid_out, {**row, "rework": 2 * HOUR})
    assert o.orders["cause"].tolist() == [FIRST_CHANNEL, REPEATED, REPEATED]
    assert len(o.visits["demand"]) == 1


def test_an_order_asks_for_a_reply_in_writing_that_takes_desk_time() -> None:
    laid_out = by_phone(desk={"enabled": True})
    o = run(laid_out, {"at": 0, "reply": 4 * MINUTE, "written_reply": 20 * MINUTE})
    desk = [i for i, p in enumerate(laid_out.pools) if p.kind == DESK]
    assert o.pools["busy"][desk] == 24 * MINUTE


# ---------------------------------------------------------------- at the horizon


def test_what_is_not_done_at_the_horizon_is_open() -> None:
    o = run(plain(), {"at": 47 * HOUR, "work": HOUR}, {"at": 48 * HOUR})
    assert o.demands["state"].tolist() == [OPEN, LATENT]
    assert o.demands["scene"].tolist() == [47 * HOUR, -1]
    assert o.pools["busy"] == HOUR


def test_people_are_measured_from_the_end_of_the_warm_up_only() -> None:
    laid_out = plain()
    table = demands(laid_out, {"at": 0, "work": 2 * HOUR}, {"at": HOUR})
    o = model.run(laid_out, table, measured_from=90 * MINUTE)
    assert o.pools["busy"] == 40 * MINUTE
    assert o.pools["waiting"] == 30 * MINUTE
    assert o.pools["jobs"] == 1


@pytest.mark.parametrize("mode", ["finish", "relief", "hand over"])
def test_twice_the_staff_never_makes_compliance_worse_by_more_than_noise(mode: str) -> None:
    few, many = [], []
    for staff, found in ((2, few), (4, many)):
        laid_out = plain(
            horizon="10 days",
            seed=7,
            calendar=DAY_AND_NIGHT,
            demand={"categories": {"noise": {"rate": "80 per day", "work": "20 min"}}},
            teams={
                "staff": {"roster": {"=": {"day": staff, "night": staff}}, "end_of_shift": mode}
            },
        )
        for replication in range(5):
            table = draw(laid_out, replication)
            kept = promise_kept(laid_out, table, model.run(laid_out, table))
            applies, in_time = kept["scene"]
            found.append(in_time[applies].mean())
    assert (np.array(many) >= np.array(few)).all()
    assert np.mean(many) > np.mean(few) + 0.01


def test_every_day_s_end_is_told() -> None:
    told: list[int] = []
    laid_out = plain(horizon="60 h")
    model.run(laid_out, demands(laid_out, {"at": 0}), on_day=told.append)
    assert told == [1, 2]


def test_a_place_without_demands_is_no_trouble() -> None:
    laid_out = plain()
    o = model.run(laid_out, demands(laid_out))
    assert sum(len(column) for column in o.demands.values()) == 0
    assert [p.kind for p in laid_out.pools] == [TEAM]
    assert o.end == 2 * DAY


def test_on_a_mondays_first_hours_works_who_was_on_duty_since_sunday() -> None:
    """Nobody begins on a Sunday evening, so who comes at midnight waits for the morning."""
    laid_out = plain(
        start="2025-10-13",  # a Monday
        calendar={"shifts": {"=": {"night": "22:00-06:00", "day": "06:00-22:00"}}},
        teams={"staff": {"roster": {"=": {"day": 1, "night": {"workday": 1}}}}},
    )
    rows = [{"at": 0, "work": 1}, {"at": day(1), "work": 1}]
    assert run(laid_out, *rows).visits["began"].tolist() == [6 * HOUR, day(1)]

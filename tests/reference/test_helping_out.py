"""What a real station does when things wait: helpers in the morning, other teams, neighbours.

Right values are worked out by hand; each scenario is run by both engines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hand import category, day, demands, plain, team
from strategies import label

from govsim import engine, model
from govsim.measures.replication import measure
from govsim.scenarios.quantities import HOUR, MINUTE
from govsim.service.network import Network
from govsim.service.outcome import Outcome
from govsim.service.rules import CLOSED

DAY_AND_NIGHT = {
    "shifts": {"=": {"day": "08:00-20:00", "night": "20:00-08:00"}},
    "holidays": "none",
}

HELPERS = {"enabled": True, "pool": 2, "hours": "08:00-20:00", "threshold": 2} | {
    "arrives_after": "10 min"
}

TWO_TEAMS: dict[str, Any] = {
    "groups": {"g": {"teams": ["staff", "others"]}},
    "teams": {"others": team("others")},
}


def run(network: Network, *rows: dict[str, Any]) -> Outcome:
    """See what becomes of demands laid down by hand, in both engines."""
    table = demands(network, *rows)
    outcome = model.run(network, table)
    assert not outcome.differences(engine.run(network, table))
    return outcome


def pool(network: Network, name: str, point: int = 0) -> int:
    (found,) = [i for i, p in enumerate(network.pools) if (p.name, p.point) == (name, point)]
    return found


# ---------------------------------------------------------------- helpers


def test_a_queue_left_from_the_night_calls_helpers_in_the_morning() -> None:
    rows = [{"at": 5 * HOUR, "work": 6 * HOUR}]
    rows += [{"at": 5 * HOUR + k, "work": HOUR} for k in range(1, 5)]
    o = run(plain(helpers=HELPERS), *rows)
    # Four wait at 8: one helper for two of them, a second for four.
    came = 8 * HOUR + 10 * MINUTE
    assert o.visits["began"].tolist() == [5 * HOUR, came, came, came + HOUR, came + HOUR]
    assert o.pools["helpers"] == 2 * (2 * HOUR + 10 * MINUTE)


def test_a_helper_who_is_free_again_goes_where_a_queue_is_long() -> None:
    laid_out = plain(
        helpers=HELPERS | {"pool": 1, "hours": "always"},
        demand={"categories": {"noise": category("noise"), "small": category("small", group="h")}},
        groups={"h": {"label": label("h"), "teams": ["others"]}},
        teams={"others": team("others")},
    )
    here = [{"at": k, "work": HOUR} for k in range(3)]
    there = [{"at": 10, "category": "small", "work": [(1, 5 * HOUR)]}]
    there += [{"at": k, "category": "small", "work": [(1, 10 * MINUTE)]} for k in (11, 12)]
    o = run(laid_out, *here, *there)
    # The street's only helper is called at 2 ms, works from 10 min on for an hour, is free, and
    # is called by the others, who have waited for him, at once.
    called_again = 2 + HOUR + 10 * MINUTE
    came = called_again + 10 * MINUTE
    assert o.visits["began"].tolist()[:3] == [0, 2 + 10 * MINUTE, HOUR]
    assert o.visits["began"].tolist()[3:] == [10, came, came + 10 * MINUTE]


# ---------------------------------------------------------------- other teams and neighbours


def test_who_waits_for_one_team_is_taken_by_another_that_is_free_before() -> None:
    laid_out = plain(**TWO_TEAMS)
    o = run(laid_out, {"at": 0, "work": 2 * HOUR}, {"at": 1, "work": HOUR}, {"at": 2})
    assert o.visits["began"].tolist() == [0, 1, HOUR + 1]
    assert o.visits["pool"][2] == pool(laid_out, "others")


def test_nobody_waits_for_a_team_that_went_home_while_another_comes_on_duty() -> None:
    laid_out = plain(
        calendar=DAY_AND_NIGHT,
        groups={"g": {"teams": ["staff", "others"]}},
        teams={
            "staff": {"roster": {"=": {"day": 1}}},
            "others": team("others", roster={"night": 1}),
        },
    )
    o = run(laid_out, {"at": 19 * HOUR, "work": 3 * HOUR}, {"at": 19 * HOUR + 1})
    assert o.visits["began"].tolist() == [19 * HOUR, 20 * HOUR]
    assert o.visits["pool"][1] == pool(laid_out, "others")


def test_a_team_does_its_own_work_before_it_helps_out() -> None:
    laid_out = plain(
        demand={"categories": {"noise": category("noise"), "small": category("small", group="h")}},
        groups={
            "g": {"teams": ["staff", "others"]},
            "h": {"label": label("h"), "teams": ["others"]},
        },
        teams={"others": team("others")},
    )
    rows = [{"at": 0, "work": 3 * HOUR}, {"at": 1, "work": HOUR}, {"at": 2}]
    own = {"at": 3, "category": "small", "work": [(1, 20 * MINUTE)]}
    o = run(laid_out, *rows, own)
    # At one o'clock the third has waited longest, but for the first team.
    assert o.visits["began"].tolist() == [0, 1, HOUR + 1 + 20 * MINUTE, HOUR + 1]


def test_a_neighbour_takes_what_still_waits_when_it_is_free() -> None:
    laid_out = plain(
        territory={
            "grids": {"count": 2},
            "point_stations": {"count": 2, "grids_each": 1},
            "estates": {"large": 1, "old": 0, "resettlement": 0, "commercial": 0, "rural": 0},
        },
        policies={"neighbours_within": "10 km"},
    )
    home = int(laid_out.covering[0])
    rows = [{"at": 0, "work": 3 * HOUR}, {"at": 1, "work": HOUR, "grid": 1}, {"at": 2}]
    o = run(laid_out, *rows)
    assert o.visits["began"].tolist() == [0, 1, HOUR + 1]
    assert o.visits["pool"][2] == pool(laid_out, "staff", 1 - home)


# ---------------------------------------------------------------- crews that are too large


def two_groups(staff: int, night: int) -> Network:
    return plain(
        calendar=DAY_AND_NIGHT,
        demand={"categories": {"noise": category("noise"), "small": category("small", group="h")}},
        groups={"g": {"crew": 2}, "h": {"label": label("h"), "teams": ["staff"]}},
        teams={"staff": {"roster": {"=": {"day": staff, "night": night}}}},
    )


def test_a_crew_that_nobody_can_make_up_holds_nobody() -> None:
    # At night one is on duty: the job for two waits until eight, and a small one does not.
    small = {"at": 21 * HOUR + 1, "category": "small", "work": [(1, 10 * MINUTE)]}
    o = run(two_groups(2, 1), {"at": 21 * HOUR}, small)
    assert o.visits["began"].tolist() == [day(1, 8), 21 * HOUR + 1]


def test_who_is_free_waits_for_a_colleague_whom_the_next_job_needs_too() -> None:
    # Two are on duty and one of them is busy for an hour; a small job does not keep them apart.
    first = {"at": 9 * HOUR, "category": "small", "work": [(1, HOUR)]}
    small = {"at": 9 * HOUR + 2, "category": "small", "work": [(1, 10 * MINUTE)]}
    o = run(two_groups(2, 1), first, {"at": 9 * HOUR + 1}, small)
    assert o.visits["began"].tolist() == [9 * HOUR, 10 * HOUR, 10 * HOUR + 10 * MINUTE]


# ---------------------------------------------------------------- overtime and use


PATROLLED: dict[str, Any] = {
    "calendar": DAY_AND_NIGHT,
    "teams": {"staff": {"roster": {"=": {"day": 1}}}},
    "patrol": {"enabled": True, "rounds": ["09:00-11:00"], "per_grid": "1 h"},
}


def test_work_that_runs_into_a_patrol_is_no_overtime() -> None:
    """Half an hour before the round from 9 to 10, and half an hour of it."""
    o = run(plain(**PATROLLED), {"at": 8 * HOUR + 30 * MINUTE, "work": HOUR})
    assert o.pools["busy"] == HOUR
    assert o.pools["in_free_time"] == HOUR // 2
    assert o.pools["overtime"] == 0


def test_what_is_worked_after_the_shift_is_overtime_and_nothing_else_is() -> None:
    o = run(plain(**PATROLLED), {"at": 19 * HOUR, "work": 3 * HOUR})
    assert o.pools["overtime"] == 2 * HOUR
    assert o.pools["in_free_time"] == HOUR


def test_no_shift_is_used_for_more_than_its_time() -> None:
    network = plain(
        calendar=DAY_AND_NIGHT,
        teams={"staff": {"roster": {"=": {"day": 2, "night": 1}}}},
    )
    # Two at work from 19 to 23: the night has one, who is at work for three of twelve hours.
    table = demands(network, *({"at": 19 * HOUR, "work": 4 * HOUR} for _ in range(2)))
    found = measure(network, table, engine.run(network, table)).values
    mine = found[(found["level"] == "shift") & (found["measure"] == "utilisation")]
    use = dict(zip(mine["key"], mine["value"], strict=True))
    # Two days: 24 hours with two people by day, and 8 + 12 + 4 hours of night with one.
    assert use["staff/day"] == 2 / 48
    assert use["staff/night"] == 3 / 24


# ---------------------------------------------------------------- joint meetings


def test_a_case_that_comes_at_the_very_hour_of_the_meeting_is_heard() -> None:
    laid_out = plain(
        horizon="3 weeks",
        joint_meeting={"enabled": True, "days": "wed", "at": "14:00", "cases": 2},
        teams={"staff": {"roster": {"all": 4}}},
    )
    works = [HOUR, HOUR, HOUR, HOUR + MINUTE]
    rows = [
        {"at": day(2, 13), "complex": True, "meeting": True, "work": work, "grid": 0}
        for work in works
    ]
    d = run(laid_out, *rows).demands
    # Three come at two o'clock, and it hears two of them; the fourth comes a minute later.
    assert d["resolved"].tolist() == [day(2, 14), day(2, 14), day(9, 14), day(9, 14)]
    assert (d["state"] == CLOSED).all()


# ---------------------------------------------------------------- free time


def test_two_who_are_free_for_half_of_their_time_are_one_all_the_time() -> None:
    one, two = (
        plain(teams={"staff": {"roster": {"all": n}, "free_for_calls": 0.5}}) for n in (1, 2)
    )
    rows = [{"at": k * HOUR, "work": MINUTE} for k in range(47)]
    always, halves = run(two, *rows), run(one, *rows)
    assert (always.visits["began"] == always.visits["queued"]).all()
    waited = halves.visits["began"] - halves.visits["queued"]
    # A cycle of 24 / (8 + 0.618) h is half free: nobody waits longer than the other half.
    assert 0 < waited.max() <= 1.4 * HOUR
    assert 0.3 < np.mean(waited > 0) < 0.7

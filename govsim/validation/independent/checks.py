"""The checks that `govsim validate-model` runs beside the textbook cases."""

from __future__ import annotations

from functools import partial

from govsim.validation.independent import (
    calls,
    counts,
    crews,
    impatience,
    meetings,
    nearby,
    opening,
    rounds,
    turns,
    withdrawing,
)
from govsim.validation.independent.checking import Check

CHECKS: tuple[Check, ...] = (
    Check("opening_hours", "opening_hours.yaml", opening.program, opening.observe),
    Check(
        "opening_hours", "opening_hours.yaml", partial(opening.program, at_once=4),
        opening.observe, "at once",
    ),
    *(
        Check(
            "patience", "patience.yaml", partial(impatience.program, rules=rules),
            impatience.observe, block,
        )
        for block, rules in (
            ("", impatience.USUAL),
            ("nothing promised", impatience.Rules(promised=False)),
            ("trust alone", impatience.Rules(stretch_scene=1, stretch_reply=1)),
            ("trust is kept", impatience.Rules(broken=0)),
            ("over at the scene", impatience.Rules(ends_at_scene=True)),
        )
    ),
    Check("withdrawal", "withdrawal.yaml", withdrawing.program, withdrawing.observe),
    Check("crews", "crews.yaml", crews.one_team, crews.observe),
    Check("crews", "crews.yaml", crews.two_teams, crews.observe, "by team"),
    Check("crews", "crews.yaml", crews.pooled, crews.observe, "pooled"),
    Check("helpers", "helpers.yaml", crews.helpers, crews.observe_helpers),
    *(
        Check("patrol", "patrol.yaml", program, rounds.observe, block)
        for block, program in (
            ("", rounds.patrol),
            ("short", partial(rounds.patrol, minutes_a_grid=8)),
            ("two walk", partial(rounds.patrol, minutes_a_grid=30)),
            ("too much", partial(rounds.patrol, minutes_a_grid=50)),
            ("home visits", partial(rounds.patrol, staff=4, visits=True)),
        )
    ),
    Check("report_lag", "report_lag.yaml", rounds.reports, rounds.observe_reports),
    Check(
        "joint_meeting", "joint_meeting.yaml", meetings.meeting, meetings.observe_meeting,
        replications=200,
    ),
    Check(
        "joint_meeting", "joint_meeting.yaml",
        partial(meetings.meeting, cases=7, one_for_all=True), meetings.observe_meeting,
        "district", replications=200,
    ),
    *(
        Check(
            "departments", "departments.yaml", program, meetings.observe_department, block,
            replications=200,
        )
        for block, program in (
            ("", meetings.department),
            ("no limit", partial(meetings.department, crews=None)),
            ("daily", partial(meetings.department, hours=meetings.DAILY, daily=True)),
        )
    ),
    *(
        Check("repeats", "repeats.yaml", program, calls.observe_repeats, block)
        for block, program in (
            ("", calls.repeats),
            ("at once", partial(calls.repeats, via="direct")),
            ("12345", partial(calls.repeats, via="centre")),
        )
    ),
    Check("call_backs", "call_backs.yaml", calls.call_backs, calls.observe_call_backs,
        replications=100,
    ),
    Check("satisfaction", "satisfaction.yaml", calls.satisfaction, calls.observe_satisfaction),
    Check(
        "days", "days.yaml", counts.calendar, counts.observe_calendar, replications=60
    ),
    Check(
        "dispersion", "dispersion.yaml", counts.dispersion, counts.observe_dispersion,
        replications=200,
    ),
    Check(
        "dispersion", "dispersion.yaml",
        partial(counts.dispersion, k=8, one_for_all=True), counts.observe_dispersion,
        "district", replications=200,
    ),
    *(
        Check("neighbours", "neighbours.yaml", program, nearby.observe, block)
        for block, program in (
            ("", nearby.neighbours),
            ("alone", partial(nearby.neighbours, within=0)),
            ("far apart", partial(nearby.neighbours, within=1.05)),
            ("soonest", partial(nearby.neighbours, soonest=True)),
        )
    ),
    *(
        Check("free_time", "free_time.yaml", program, turns.observe, block)
        for block, program in (
            ("", turns.program),
            ("two", partial(turns.program, staff=2)),
            ("a large share", partial(turns.program, staff=2, share=0.7, cycle=6)),
            ("on patrol", partial(turns.program, patrol=4)),
        )
    ),
)  # fmt: skip

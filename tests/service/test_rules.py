"""The decisions one by one: who goes first, who is called, who calls."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govsim.demand.randomness import NEVER
from govsim.scenarios.quantities import DAY, MINUTE
from govsim.service import rules

demands = st.integers(0, 10**7)


@given(demands, st.integers(0, 7), st.integers(0, 6), demands, st.integers(0, 7), st.integers(0, 6))
def test_no_two_pieces_of_work_have_the_same_name(
    d1: int, k1: int, r1: int, d2: int, k2: int, r2: int
) -> None:
    same = rules.job_identifier(d1, k1, r1) == rules.job_identifier(d2, k2, r2)
    assert same == ((d1, k1, r1) == (d2, k2, r2))
    assert rules.job_identifier(d1, k1, r1) < 2**rules.ORDER_BITS


@given(st.integers(0, 15), st.integers(0, 2**48 - 1), st.integers(0, 15), st.integers(0, 2**48 - 1))
def test_events_of_an_instant_go_by_kind_and_then_by_identifier(
    k1: int, i1: int, k2: int, i2: int
) -> None:
    assert (rules.event_key(k1, i1) < rules.event_key(k2, i2)) == ((k1, i1) < (k2, i2))
    assert rules.event_key(k1, i1) >= 2
    assert rules.event_key(k1, i1) < 2**63


def test_people_are_settled_first_and_limits_come_last() -> None:
    kinds = [rules.ROSTER, rules.HELPER_COMES, rules.DONE, rules.ON_SCENE, rules.ENTERS]
    assert kinds == sorted(kinds)
    limits = [rules.PROMISE_DUE, rules.PATIENCE_ENDS, rules.ORDER_DUE]
    assert min(limits) > rules.INTERIM


@given(st.floats(0, 1e12), st.sampled_from([1, 1000, MINUTE]))
def test_lengths_are_rounded_up_to_whole_ticks_and_are_never_nothing(
    amount: float, tick: int
) -> None:
    whole = rules.whole_ticks(amount, tick)
    assert whole % tick == 0
    assert whole >= max(amount, tick)
    assert whole < amount + tick or whole == tick


def test_a_way_is_distance_times_detour_over_speed_times_its_own_factor() -> None:
    crow = rules.travel_time(300.0, 400.0, False, 1.2, 5.0, 1.5, 1)
    assert crow == 180_000
    blocks = rules.travel_time(-300.0, 400.0, True, 1.0, 5.0, 1.0, 1)
    assert blocks == 140_000
    assert rules.travel_time(0.0, 0.0, False, 1.3, 5.0, 1.0, MINUTE) == MINUTE


def test_faster_teams_need_less_time() -> None:
    assert rules.work_time(30 * MINUTE, 1.5, 1) == 20 * MINUTE
    assert rules.work_time(30 * MINUTE, 0.5, 1) == 60 * MINUTE


def test_work_beyond_the_roster_leaves_nobody_free() -> None:
    assert rules.free_members(on_duty=3, helpers=1, busy=2) == 2
    assert rules.free_members(on_duty=1, helpers=0, busy=2) == 0


def test_nobody_overtakes_those_who_wait() -> None:
    assert rules.can_begin(free=2, crew=2, others_before=False)
    assert not rules.can_begin(free=1, crew=2, others_before=False)
    assert not rules.can_begin(free=2, crew=1, others_before=True)


def test_a_crew_is_made_up_of_those_on_duty_and_helpers() -> None:
    assert rules.can_be_made_up(crew=3, on_duty=2, helpers=1)
    assert not rules.can_be_made_up(crew=3, on_duty=2, helpers=0)


def test_work_into_a_patrol_is_neither_in_free_time_nor_overtime() -> None:
    # Three at work; of three on duty one walks, and a helper is there.
    assert rules.in_free_time(busy=3, free_for_demands=1, helpers=1) == 2
    assert rules.overtime(busy=3, leaving=0, present=2, helpers=1) == 0
    assert rules.overtime(busy=3, leaving=2, present=1, helpers=0) == 4


def test_a_meeting_hears_who_comes_at_its_very_hour_while_it_can() -> None:
    assert rules.hears_more(sat_now=False, heard=0, cases=1)
    assert rules.hears_more(sat_now=True, heard=1, cases=2)
    assert not rules.hears_more(sat_now=True, heard=2, cases=2)


def test_a_team_calls_one_helper_for_each_so_many_who_wait() -> None:
    def calls(waiting: int, called: int, out: int = 0) -> bool:
        return rules.wants_helper(waiting, 3, called, on_call=2, helpers_out=out)

    assert [calls(n, 0) for n in (2, 3, 4)] == [False, True, True]
    assert [calls(n, 1) for n in (5, 6)] == [False, True]
    assert not calls(9, 0, out=2), "no more than are on call"


def test_an_urgent_demand_is_raised_and_never_lowered() -> None:
    assert rules.queue_class(2, urgent=True, urgent_class=1) == 1
    assert rules.queue_class(0, urgent=True, urgent_class=1) == 0
    assert rules.queue_class(2, urgent=False, urgent_class=1) == 2


def test_within_a_class_the_policy_says_who_goes_first() -> None:
    assert rules.queue_time(by_due=True, arrived=1, due=9) == 9
    assert rules.queue_time(by_due=False, arrived=1, due=9) == 1


@given(st.integers(0, 10**12), st.integers(0, NEVER), st.floats(0, 5))
def test_patience_is_stretched_from_now_and_has_an_end(now: int, left: int, factor: float) -> None:
    end = rules.stretched(now, now + left, factor)
    assert now <= end <= NEVER
    if end < NEVER:
        assert math.isclose(end - now, left * factor, rel_tol=1e-12, abs_tol=1)


@pytest.mark.parametrize(
    ("first", "on_scene", "replied", "reply_due", "cause"),
    [
        (True, False, False, False, rules.SLOW_TO_SCENE),
        (True, True, False, False, rules.NOT_SOLVED),
        (True, False, False, True, rules.NO_REPLY),
        (True, True, False, True, rules.NO_REPLY),
        (True, True, True, True, rules.NOT_SOLVED),
        (False, False, False, True, rules.REPEATED),
    ],
)
def test_the_cause_of_a_call(
    first: bool, on_scene: bool, replied: bool, reply_due: bool, cause: int
) -> None:
    assert rules.cause_of_call(first, on_scene, replied, reply_due) == cause
    assert rules.CAUSES[cause]


def test_satisfaction_falls_by_the_day_to_the_least() -> None:
    def chance(late_days: float) -> float:
        steps = [k / 1000 for k in range(1000)]
        late = round(late_days * DAY)
        return sum(rules.satisfied(u, 0.9, late, 0.1, 0.3) for u in steps) / 1000

    assert chance(-2) == chance(0) == pytest.approx(0.9)
    assert chance(1) == pytest.approx(0.8, abs=0.002)
    assert chance(3.5) == pytest.approx(0.55, abs=0.002)
    assert chance(30) == pytest.approx(0.3, abs=0.002)


def test_lateness_makes_nobody_content_who_would_not_be_in_time() -> None:
    assert not rules.satisfied(0.15, 0.1, 0, 0.1, 0.3)
    assert not rules.satisfied(0.15, 0.1, 9 * DAY, 0.1, 0.3)

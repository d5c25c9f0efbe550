"""Who is on duty when: shifts, kinds of day, midnight, and members away on rounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govsim.scenarios.quantities import DAY, HOUR
from govsim.service.rosters import Duty, FreeTime, constant, timeline

DAY_AND_NIGHT = {"day": ((8 * HOUR, 20 * HOUR),), "night": ((20 * HOUR, 32 * HOUR),)}
WORKDAYS = np.zeros(4, dtype=np.int8)
"""Three days and their eve."""


def at(line: object, *hours: float) -> list[int]:
    times = np.array([round(h * HOUR) for h in hours], dtype=np.int64)
    return line.at(times).tolist()  # type: ignore[attr-defined,no-any-return]


def test_a_shift_is_on_from_its_start_until_just_before_its_end() -> None:
    line = timeline({"day": 3}, DAY_AND_NIGHT, WORKDAYS)
    assert at(line, 0, 7.999, 8, 19.999, 20, 32) == [0, 0, 3, 3, 0, 3]


def test_the_night_shift_of_the_eve_is_on_when_the_run_begins() -> None:
    line = timeline({"night": 2}, DAY_AND_NIGHT, WORKDAYS)
    assert at(line, 0, 7.999, 8, 20, 24, 31.999, 32) == [2, 2, 0, 2, 2, 2, 0]


@pytest.mark.parametrize(("eve", "on_duty"), [(0, 1), (1, 0), (2, 5)])
def test_the_night_shift_of_the_eve_has_the_people_of_the_eves_kind_of_day(
    eve: int, on_duty: int
) -> None:
    roster = {"night": {"workday": 1, "weekend": 0, "holiday": 5}}
    line = timeline(roster, DAY_AND_NIGHT, np.array([eve, 0, 0], dtype=np.int8))
    assert at(line, 0, 7.999, 8, 20, 24) == [on_duty, on_duty, 0, 1, 1]


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    kinds = np.array([0, 0, 1, 2, 0], dtype=np.int8)
    roster = {"night": {"workday": 1, "weekend": 2, "holiday": 3}}
    line = timeline(roster, DAY_AND_NIGHT, kinds)
    assert at(line, 1, 21, 25, 45, 49, 69, 73, 93) == [1, 1, 1, 2, 2, 3, 3, 1]


def test_a_kind_of_day_that_is_not_named_has_nobody() -> None:
    line = timeline({"day": {"workday": 2}}, DAY_AND_NIGHT, np.array([0, 1, 0], dtype=np.int8))
    assert at(line, 10, 34) == [0, 2]


def test_a_shift_in_two_pieces_is_one_shift() -> None:
    shifts = {"day": ((9 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR))}
    line = timeline({"day": 2}, shifts, WORKDAYS)
    assert at(line, 9, 12, 12.5, 13, 17) == [2, 0, 0, 2, 0]
    assert line.person_ms(0, DAY) == 2 * 7 * HOUR


DAYS = 60
MONTHS = np.zeros(DAYS + 1, dtype=np.int8)


@pytest.mark.parametrize(
    ("staff", "share", "hours"), [(1, 0.4, 4.8), (2, 0.4, 9.6), (3, 0.4, 14.4), (1, 0.1, 1.2)]
)
def test_halves_of_people_are_free_for_half_of_the_time(
    staff: int, share: float, hours: float
) -> None:
    line = timeline({"day": staff}, DAY_AND_NIGHT, MONTHS, FreeTime(share))
    assert line.person_ms(0, DAYS * DAY) / DAYS / HOUR == pytest.approx(hours, rel=0.01)
    assert line.person_ms(0, DAYS * DAY, paid=True) == DAYS * staff * 12 * HOUR
    numbers = line.available[line.present > 0]
    assert set(numbers.tolist()) == {int(staff * share), int(staff * share) + 1}


def test_a_share_that_makes_whole_people_is_free_all_the_time() -> None:
    line = timeline({"day": 5}, DAY_AND_NIGHT, WORKDAYS, FreeTime(0.4))
    assert at(line, 8, 11, 19.999, 20) == [2, 2, 2, 0]


def test_one_member_is_at_other_work_and_free_in_turn() -> None:
    # Three hours and what makes them drift: 24 / (24 / 3 + 0.618) = 2.785 h, of which 40% are free.
    line = timeline({"all": 1}, {"all": ((0, DAY),)}, WORKDAYS, FreeTime(0.4, cycle=3 * HOUR))
    assert at(line, 0, 1.6, 1.7, 2.7, 2.8, 4.4, 4.5, 5.5, 5.6) == [0, 0, 1, 1, 0, 0, 1, 1, 0]


def test_a_shift_may_have_a_share_of_its_own() -> None:
    free = FreeTime(0.4, {"night": 1.0})
    line = timeline({"day": 1, "night": 1}, DAY_AND_NIGHT, MONTHS, free)
    assert line.at(np.arange(DAYS) * DAY + 23 * HOUR).tolist() == [1] * DAYS
    expected = 12 + 0.4 * 12
    assert line.person_ms(0, DAYS * DAY) / DAYS / HOUR == pytest.approx(expected, rel=0.01)


def test_a_patrol_is_part_of_what_takes_the_rest() -> None:
    # Free for 4.8 of 12 hours, with a patrol of 4: 4.8 of the other 8.
    duty = Duty(9 * HOUR, 13 * HOUR, 1, np.ones(DAYS, dtype=bool))
    line = timeline({"day": 1}, DAY_AND_NIGHT, MONTHS, FreeTime(0.4), [duty])
    assert line.at(np.arange(DAYS) * DAY + 10 * HOUR).max() == 0
    assert line.person_ms(0, DAYS * DAY) / DAYS / HOUR == pytest.approx(4.8, rel=0.02)


def test_a_patrol_that_leaves_less_than_the_share_leaves_what_it_leaves() -> None:
    duty = Duty(8 * HOUR, 18 * HOUR, 1, np.ones(DAYS, dtype=bool))
    line = timeline({"day": 1}, DAY_AND_NIGHT, MONTHS, FreeTime(0.4), [duty])
    assert line.person_ms(0, DAYS * DAY) == DAYS * 2 * HOUR


@given(st.integers(1, 5), st.floats(0.05, 1), st.floats(0.05, 1), st.floats(0, 1))
def test_nobody_is_free_less_for_more_people_or_a_larger_share(
    staff: int, share: float, other: float, phase: float
) -> None:
    less, more = sorted((share, other))
    few = timeline({"day": staff}, DAY_AND_NIGHT, WORKDAYS, FreeTime(less, phase=phase))
    shared = timeline({"day": staff}, DAY_AND_NIGHT, WORKDAYS, FreeTime(more, phase=phase))
    many = timeline({"day": staff + 1}, DAY_AND_NIGHT, WORKDAYS, FreeTime(less, phase=phase))
    times = np.arange(0, 3 * DAY, 5 * 60_000)
    assert (few.at(times) <= shared.at(times)).all()
    assert (few.at(times) <= many.at(times)).all()


def test_members_on_a_round_are_paid_and_not_free() -> None:
    days = np.array([True, False, True])
    duty = Duty(9 * HOUR, 11 * HOUR, 2, days)
    line = timeline({"day": 3}, DAY_AND_NIGHT, WORKDAYS, duties=[duty])
    assert at(line, 8.5, 9, 10.999, 11, 34, 58) == [3, 1, 1, 3, 3, 1]
    assert line.person_ms(0, DAY) == (36 - 4) * HOUR
    assert line.person_ms(0, DAY, paid=True) == 36 * HOUR


def test_no_more_go_on_a_round_than_are_there() -> None:
    duty = Duty(9 * HOUR, 11 * HOUR, 5, np.ones(3, dtype=bool))
    line = timeline({"day": 3}, DAY_AND_NIGHT, WORKDAYS, duties=[duty])
    assert at(line, 10) == [0]


def test_a_change_of_shift_is_kept_where_the_number_stays_only_if_asked() -> None:
    roster = {"day": 2, "night": 2}
    assert timeline(roster, DAY_AND_NIGHT, WORKDAYS).times.tolist()[:1] == [0]
    kept = timeline(roster, DAY_AND_NIGHT, WORKDAYS, keep_boundaries=True)
    changes = kept.times[kept.boundary].tolist()
    assert changes[1:4] == [8 * HOUR, 20 * HOUR, 32 * HOUR]
    duty = Duty(9 * HOUR, 10 * HOUR, 1, np.ones(3, dtype=bool))
    patrolled = timeline(roster, DAY_AND_NIGHT, WORKDAYS, duties=[duty], keep_boundaries=True)
    begins = patrolled.times.tolist().index(9 * HOUR)
    assert not patrolled.boundary[begins]


def test_a_constant_number_never_changes() -> None:
    assert at(constant(7), 0, 1000) == [7, 7]
    assert constant(7).person_ms(DAY, 3 * DAY) == 14 * DAY


@given(
    st.dictionaries(st.sampled_from(["day", "night"]), st.integers(0, 5)),
    st.lists(st.tuples(st.integers(0, 23), st.integers(1, 12), st.integers(1, 3)), max_size=3),
    st.integers(0, 3 * DAY),
    st.integers(0, 3 * DAY),
)
def test_person_time_is_the_sum_over_hours(
    roster: dict[str, int], away: list[tuple[int, int, int]], one: int, other: int
) -> None:
    duties = [Duty(s * HOUR, (s + n) * HOUR, m, np.ones(3, dtype=bool)) for s, n, m in away]
    line = timeline(roster, DAY_AND_NIGHT, WORKDAYS, duties=duties)
    hours = line.at(np.arange(72) * HOUR)
    assert line.person_ms(0, 3 * DAY) == hours.sum() * HOUR
    assert (hours >= 0).all()
    start, end = sorted((one, other))
    middle = (start + end) // 2
    whole = line.person_ms(start, end)
    assert whole == line.person_ms(start, middle) + line.person_ms(middle, end)
    assert line.person_ms(start, end) <= line.person_ms(start, end, paid=True)

"""Working time is counted as the service counts it: holidays, make-up days, closing times."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govsim import language
from govsim.scenarios.calendar import (
    HOLIDAY,
    NEVER,
    WEEKEND,
    WORKDAY,
    Calendar,
    WorkingClock,
    merged,
    next_open,
    working_finish,
)
from govsim.scenarios.units import DAY, HOUR

MIDNIGHT = datetime(2024, 3, 1)


def ms(text: str) -> int:
    return (datetime.fromisoformat(text) - MIDNIGHT) // timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("start", "hours", "finish"),
    [
        ("2024-03-01 16:00", 10, "2024-03-05 10:00"),
        ("2024-03-02 12:00", 1, "2024-03-04 10:00"),
        ("2024-03-04 08:00", 8, "2024-03-05 09:00"),
        ("2024-03-08 17:00", 0.5, "2024-03-11 09:30"),
        ("2024-03-07 13:30", 20, "2024-03-12 09:30"),
    ],
)
def test_working_hours_are_counted_as_pandas_counts_business_hours(start, hours, finish):
    # Case business_clock of queueing-cases.json; oracle: pandas 2.3.3 CustomBusinessHour.
    calendar = Calendar.build(MIDNIGHT.date(), 30, source="none")
    clock = WorkingClock(*calendar.intervals(((9 * HOUR, 17 * HOUR),), "workdays"))
    work = round(hours * HOUR)
    assert clock.finish(ms(start), work) == ms(finish)
    assert working_finish(ms(start), work, *clock.as_lists()) == ms(finish)
    assert clock.finish_all(np.array([ms(start)]), np.array([work])).tolist() == [ms(finish)]


def test_a_holiday_is_free_and_its_make_up_day_is_worked():
    calendar = Calendar.build(date(2025, 1, 20), 30)
    kinds = {calendar.date_of(i * DAY): int(k) for i, k in enumerate(calendar.kind_of_day)}
    assert kinds[date(2025, 1, 24)] == WORKDAY
    assert kinds[date(2025, 1, 25)] == WEEKEND
    assert kinds[date(2025, 1, 26)] == WORKDAY  # a Sunday, worked for the festival
    assert kinds[date(2025, 1, 28)] == kinds[date(2025, 2, 4)] == HOLIDAY
    assert kinds[date(2025, 2, 8)] == WORKDAY  # a Saturday
    assert calendar.notes == ()


def test_the_week_of_spring_festival_is_found_with_its_official_days():
    calendar = Calendar.build(date(2025, 1, 1), 365)
    days = [
        calendar.date_of(i * DAY) for i in np.flatnonzero(calendar.is_festival("spring_festival"))
    ]
    assert days == [date(2025, 1, 28) + timedelta(days=i) for i in range(8)]
    assert (
        calendar.is_festival("Spring Festival") == calendar.is_festival("spring_festival")
    ).all()
    assert calendar.is_festival("national_day").sum() > 0
    with pytest.raises(KeyError):
        calendar.is_festival("carnival")


def test_outside_the_official_years_only_weekends_are_free_and_the_calendar_says_so():
    language.use("en")
    calendar = Calendar.build(date(2035, 12, 1), 60)
    assert set(calendar.kind_of_day.tolist()) == {WORKDAY, WEEKEND}
    assert len(calendar.notes) == 1
    assert "2035, 2036" in calendar.notes[0]


def test_a_scenario_can_list_the_holidays_of_a_year_that_is_not_official_yet():
    calendar = Calendar.build(
        date(2035, 2, 1),
        28,
        extra_holidays=[date(2035, 2, 8), date(2035, 2, 9)],
        extra_workdays=[date(2035, 2, 10)],
    )
    assert calendar.notes == ()
    assert calendar.kind_of_day[6:10].tolist() == [WORKDAY, HOLIDAY, HOLIDAY, WORKDAY]


def test_a_textbook_week_has_no_holidays():
    calendar = Calendar.build(date(2025, 10, 1), 7, source="none")
    assert calendar.kind_of_day.tolist() == [0, 0, 0, 1, 1, 0, 0]
    assert calendar.weekday.tolist() == [2, 3, 4, 5, 6, 0, 1]
    assert calendar.month.tolist() == [10] * 7


def test_the_night_shift_that_began_on_the_eve_is_still_on_at_the_start():
    calendar = Calendar.build(date(2025, 1, 6), 2, source="none")
    for hours in ((22 * HOUR, 30 * HOUR), (22 * HOUR, 6 * HOUR)):
        starts, ends = calendar.intervals((hours,), "daily")
        assert starts.tolist() == [0, 22 * HOUR, 46 * HOUR]
        assert ends.tolist() == [6 * HOUR, 30 * HOUR, 48 * HOUR]
    # The eve is a Sunday: who works on workdays only was not on.
    assert calendar.intervals(((22 * HOUR, 30 * HOUR),), "workdays")[0][0] == 22 * HOUR


def test_a_desk_open_around_the_clock_never_closes():
    calendar = Calendar.build(date(2025, 1, 6), 10)
    starts, ends = calendar.intervals(((0, DAY),))
    assert (starts.tolist(), ends.tolist()) == ([0], [10 * DAY])
    starts, ends = calendar.intervals(((8 * HOUR, 20 * HOUR), (20 * HOUR, 32 * HOUR)))
    assert (starts.tolist(), ends.tolist()) == ([0], [10 * DAY])


def test_hours_can_apply_to_some_weekdays_only():
    calendar = Calendar.build(date(2025, 1, 6), 14, source="none")
    starts, _ = calendar.intervals(((9 * HOUR, 10 * HOUR),), frozenset({2}))
    assert starts.tolist() == [2 * DAY + 9 * HOUR, 9 * DAY + 9 * HOUR]


def test_a_closed_door_opens_next_morning_and_one_that_never_opens_says_so():
    starts, ends = [9 * HOUR, 33 * HOUR], [17 * HOUR, 41 * HOUR]
    assert next_open(0, starts, ends) == 9 * HOUR
    assert next_open(12 * HOUR, starts, ends) == 12 * HOUR
    assert next_open(17 * HOUR, starts, ends) == 33 * HOUR
    assert next_open(41 * HOUR, starts, ends) == NEVER
    assert next_open(0, [], []) == NEVER


def test_work_that_the_calendar_cannot_hold_is_never_done():
    clock = WorkingClock(np.array([0, 10]), np.array([5, 15]))
    assert clock.finish(0, 9) == 14
    assert clock.finish(0, 10) == clock.finish(20, 1) == NEVER
    none = WorkingClock(*merged(np.array([3]), np.array([3])))
    assert none.finish(0, 1) == none.next_open(0) == working_finish(0, 1, [], [], []) == NEVER
    assert none.finish_all(np.array([0]), np.array([1])).tolist() == [NEVER]
    assert none.work_between(0, 100) == 0


stretches = st.lists(st.integers(0, 60), min_size=2, max_size=16, unique=True).map(sorted)


@settings(max_examples=200, deadline=None)
@given(edges=stretches, t=st.integers(0, 70), work=st.integers(0, 40))
def test_a_working_clock_agrees_with_counting_tick_by_tick(edges, t, work):
    starts = np.array(edges[: len(edges) // 2 * 2 : 2], dtype=np.int64)
    ends = np.array(edges[1::2], dtype=np.int64)
    clock = WorkingClock(starts, ends)
    open_ticks = [
        x for a, b in zip(starts.tolist(), ends.tolist(), strict=True) for x in range(a, b)
    ]
    left = [x for x in open_ticks if x >= t]
    expected = left[work] if work < len(left) else NEVER
    assert clock.finish(t, work) == expected
    assert working_finish(t, work, *clock.as_lists()) == expected
    assert clock.finish_all(np.array([t]), np.array([work]))[0] == expected
    assert clock.work_between(t, t + work) == sum(t <= x < t + work for x in open_ticks)
    assert clock.work_between_all(np.array([t]), np.array([t + work]))[0] == clock.work_between(
        t, t + work
    )
    assert clock.next_open(t) == (left[0] if left else NEVER)


def test_a_calendar_of_ten_years_is_made_at_once():
    calendar = Calendar.build(date(2017, 1, 1), 3652)
    assert len(calendar.kind_of_day) == len(calendar.weekday) == len(calendar.month) == 3652

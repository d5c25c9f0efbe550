"""What planners write is read as they mean it, and written back to the same value."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from govsim.scenarios import quantities as q
from govsim.scenarios.quantities import DAY, HOUR, MINUTE, SECOND, WEEK, YEAR, Rate, Span


def read(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


def write(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).dump_python(value)


def refusal(kind: Any, value: object) -> tuple[str, str]:
    """Message and suggestion of the first complaint."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    first = caught.value.errors()[0]
    return first["msg"], first.get("ctx", {}).get("suggestion", "")


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("10 min", 10 * MINUTE),
        ("10 mins", 10 * MINUTE),
        ("1 h", HOUR),
        ("1.5 h", 90 * MINUTE),
        ("1 h 30 min", 90 * MINUTE),
        ("2 days", 2 * DAY),
        ("90 s", 90 * SECOND),
        ("250 ms", 250),
        ("12w", 12 * WEEK),
        ("1 year", YEAR),
        ("1,000 ms", SECOND),
        ("30 秒", 30 * SECOND),
        ("10分钟", 10 * MINUTE),
        ("2 个小时", 2 * HOUR),
        ("１０　分钟", 10 * MINUTE),
        ("3天", 3 * DAY),
        ("2 周", 2 * WEEK),
        ("1 年", YEAR),
        (0, 0),
        ("0", 0),
    ],
)
def test_a_duration_is_read_with_its_unit(text: object, milliseconds: int) -> None:
    assert read(q.Duration, text) == milliseconds


@pytest.mark.parametrize("bare", [10, "10", 2.5])
def test_a_duration_without_a_unit_is_refused_and_the_units_are_named(bare: object) -> None:
    message, _ = refusal(q.Duration, bare)
    assert "no unit" in message
    assert "min, h, days, weeks, years" in message


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("10 mni", "10 min"), ("10 minuts", "10 minutes"), ("10 m", "10 min"), ("2 dyas", "2 days")],
)
def test_a_misspelt_unit_brings_the_one_that_was_meant(typo: str, meant: str) -> None:
    assert refusal(q.Duration, typo)[1] == meant


def test_a_negative_or_endless_duration_is_refused() -> None:
    assert "negative" in refusal(q.Duration, "-5 min")[0]
    assert "1000 years" in refusal(q.Duration, "2000 years")[0]
    assert "1 ms" in refusal(q.Duration, "0.1 ms")[0]
    assert "too large" in refusal(q.Duration, "1e300 s")[0]


@pytest.mark.parametrize("other", ["", "soon", None, True, [10], {"min": 10}, float("nan")])
def test_what_is_no_duration_at_all_is_refused(other: object) -> None:
    refusal(q.Duration, other)


def test_python_code_may_give_internal_values_when_it_says_so() -> None:
    adapter: TypeAdapter[int] = TypeAdapter(q.Duration)
    assert adapter.validate_python(600_000, context=q.INTERNAL) == 10 * MINUTE
    with pytest.raises(ValidationError):
        adapter.validate_python(-1, context=q.INTERNAL)


def test_working_time_is_told_from_calendar_time() -> None:
    assert read(Span, "3 working days") == Span(3.0, "working days")
    assert read(Span, "3 个工作日") == Span(3.0, "working days")
    assert read(Span, "1.5 working hours") == Span(1.5, "working hours")
    assert read(Span, "10 min") == Span(600_000.0)
    assert read(Span, "10 min").ms == 600_000
    with pytest.raises(ValueError, match="calendar"):
        _ = read(Span, "3 working days").ms


def test_a_misspelt_working_day_brings_the_right_one() -> None:
    assert refusal(Span, "3 workng days")[1] == "3 working days"


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("60 per 1000 per year", Rate(60 / 1000 / 365, True)),
        ("60 per 1000 residents per year", Rate(60 / 1000 / 365, True)),
        ("60 per 1000 a year", Rate(60 / 1000 / 365, True)),
        ("0.365 per resident per year", Rate(0.001, True)),
        ("每千人每年 60 件", Rate(60 / 1000 / 365, True)),
        ("48 per min", Rate(48 * 1440.0)),
        ("6 per hour", Rate(144.0)),
        ("6 件/小时", Rate(144.0)),
        ("1/h", Rate(24.0)),
        ("1 per 10 min", Rate(144.0)),
        ("0 per hour", Rate(0.0)),
        (0, Rate(0.0)),
    ],
)
def test_a_rate_is_in_all_or_by_resident(text: object, rate: Rate) -> None:
    found = read(Rate, text)
    assert found.per_resident == rate.per_resident
    assert found.per_day == pytest.approx(rate.per_day, rel=1e-15)


def test_a_rate_without_its_period_is_refused() -> None:
    assert "60 per 1000 per year" in refusal(Rate, 60)[0]
    assert "negative" in refusal(Rate, "-6 per hour")[0]
    assert refusal(Rate, "60 per yaer")[1] == "60 per year"
    refusal(Rate, "6 per 0 h")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (q.Speed, "17.1 km/h", 4.75),
        (q.Speed, "1.3 m/s", 1.3),
        (q.Speed, "18 公里/小时", 5.0),
        (q.Distance, "800 m", 800.0),
        (q.Distance, "2 公里", 2000.0),
        (q.Money, "30 元", 30.0),
        (q.Money, "20 万元", 200_000.0),
        (q.HourlyCost, "35 yuan/h", 35.0),
        (q.HourlyCost, "35 元 / 小时", 35.0),
        (q.Share, "30%", 0.3),
        (q.Share, 0.3, 0.3),
        (q.Factor, 0, 0.0),
    ],
)
def test_other_amounts_are_read_with_their_units(kind: Any, text: object, value: float) -> None:
    assert read(kind, text) == value


def test_a_share_over_one_was_probably_a_percentage() -> None:
    assert refusal(q.Share, 30)[1] == "30%"
    refusal(q.Share, "130%")
    refusal(q.Share, -0.1)


def test_a_factor_that_divides_is_above_zero() -> None:
    refusal(q.PositiveFactor, 0)
    refusal(q.Factor, -1)
    refusal(q.Factor, float("inf"))


def test_hours_are_windows_and_may_pass_midnight() -> None:
    assert read(q.Hours, "08:00-17:30") == ((8 * HOUR, 17 * HOUR + 30 * MINUTE),)
    assert read(q.Hours, "14:00-17:00, 09:00-12:00") == (
        (9 * HOUR, 12 * HOUR),
        (14 * HOUR, 17 * HOUR),
    )
    assert read(q.Hours, "22:00-06:00") == ((22 * HOUR, 30 * HOUR),)
    assert read(q.Hours, "always") == ((0, DAY),)
    assert read(q.Hours, "never") == ()
    assert read(q.Hours, "9：00至12：00") == ((9 * HOUR, 12 * HOUR),)


@pytest.mark.parametrize(
    "wrong",
    [
        "8-17",
        "08:00-08:00",
        "25:00-26:00",
        "08:00-12:00, 11:00-13:00",
        "22:00-06:00, 05:00-08:00",
        9,
    ],
)
def test_hours_that_are_none_or_overlap_are_refused(wrong: object) -> None:
    refusal(q.Hours, wrong)


def test_weekdays_are_read_in_both_languages() -> None:
    assert read(q.Weekdays, "mon-fri") == frozenset(range(5))
    assert read(q.Weekdays, "工作日") == read(q.Weekdays, "workdays") == frozenset(range(5))
    assert read(q.Weekdays, "sat, sun") == frozenset((5, 6))
    assert read(q.Weekdays, "fri-mon") == frozenset((4, 5, 6, 0))
    assert read(q.Weekdays, "daily") == frozenset(range(7))
    assert read(q.Weekdays, "周一至周五") == frozenset(range(5))
    assert read(q.Weekdays, ["mon", "wed"]) == frozenset((0, 2))
    assert refusal(q.Weekdays, "mno-fri")[1] == "mon-fri"


FORMS: list[Any] = [
    "10 min",
    "3 working days",
    {"exponential": {"mean": "40 min"}},
    {"lognormal": {"median": "30 min", "sigma": 0.7}},
    {"lognormal": {"mean": "40 min", "cv": 1.0}},
    {"gamma": {"mean": "1 h", "cv": 0.5}},
    {"erlang": {"mean": "1 h", "k": 2}},
    {"weibull": {"scale": "9.5 days", "shape": 1.0}},
    {"empirical": {"quantiles": [[0.0, "1 min"], [0.5, "5 min"], [1.0, "20 min"]]}},
    {"empirical": {"values": ["1 min", "3 min"]}},
]


@pytest.mark.parametrize("form", FORMS)
def test_a_distribution_is_written_back_as_it_was_written(form: Any) -> None:
    found = read(q.Distribution, form)
    assert found.model_dump(mode="json") == form
    assert read(q.Distribution, found.model_dump()) == found
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(found) == hash(read(q.Distribution, form))


def test_the_mean_of_a_distribution_is_that_of_its_family() -> None:
    means = [read(q.Distribution, form).mean() for form in FORMS]
    assert means == pytest.approx(
        [
            10 * MINUTE,
            3,
            40 * MINUTE,
            30 * MINUTE * 1.2776213,
            40 * MINUTE,
            HOUR,
            HOUR,
            9.5 * DAY,
            (0.5 * 3 + 0.5 * 12.5) * MINUTE,
            2 * MINUTE,
        ]
    )
    assert read(q.Distribution, "3 working days").unit == "working days"
    assert read(q.Distribution, 0).is_zero
    assert not read(q.Distribution, "1 s").is_zero


def test_a_lognormal_by_mean_is_the_same_as_by_its_median() -> None:
    by_mean = read(q.Distribution, FORMS[4]).parameters
    assert by_mean.log_sd == pytest.approx(0.832554611)
    assert by_mean.median_amount == pytest.approx(40 * MINUTE / 2**0.5)


@pytest.mark.parametrize(
    "wrong",
    [
        10,
        {},
        {"exponental": {"mean": "1 h"}},
        {"exponential": {"mean": "1 h"}, "gamma": {"mean": "1 h", "cv": 1}},
        {"exponential": {"mean": 40}},
        {"lognormal": {"median": "1 h", "cv": 1}},
        {"erlang": {"mean": "1 h", "k": 0}},
        {"empirical": {"quantiles": [[0, "5 min"], [1, "1 min"]]}},
        {"empirical": {"quantiles": [[0.1, "1 min"], [1, "5 min"]]}},
        {"empirical": {"values": ["1 min", "1 working day"]}},
        {"empirical": {"values": []}},
    ],
)
def test_a_distribution_that_is_not_one_is_refused(wrong: object) -> None:
    refusal(q.Distribution, wrong)


class Everything(BaseModel):
    """One field of each type."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    duration: q.Duration
    span: Span
    rate: Rate
    speed: q.Speed
    distance: q.Distance
    money: q.Money
    cost: q.HourlyCost
    share: q.Share
    factor: q.Factor
    clock: q.ClockTime
    hours: q.Hours
    days: q.Weekdays
    time: q.Distribution


def test_a_whole_model_reads_what_it_writes_and_has_a_schema() -> None:
    value = Everything(
        **{
            **{"duration": "10 min", "span": "3 working days", "rate": "60 per 1000 per year"},
            **{"speed": "17.1 km/h", "distance": "2 km", "money": "30 yuan"},
            **{"cost": "35 yuan/h", "share": "30%", "factor": 1.3, "clock": "08:30"},
            **{"hours": "22:00-06:00", "days": "mon-fri", "time": FORMS[3]},
        }
    )
    assert Everything.model_validate(value.model_dump()) == value
    assert Everything.model_validate_json(value.model_dump_json()) == value
    assert value.model_dump()["rate"] == "60 per 1000 per year"
    properties = Everything.model_json_schema()["properties"]
    assert properties["duration"]["type"] == "string"
    assert properties["span"]["type"] == "string"


reproducible = settings(derandomize=True, deadline=None)
amounts = st.floats(min_value=0, max_value=1e12, allow_nan=False)


@reproducible
@given(st.integers(0, 1000 * YEAR))
def test_every_duration_survives_being_written(milliseconds: int) -> None:
    assert read(q.Duration, write(q.Duration, milliseconds)) == milliseconds


@reproducible
@given(amounts, st.sampled_from(["calendar", "working hours", "working days"]))
def test_every_span_survives_being_written(amount: float, unit: Any) -> None:
    assert read(Span, str(Span(amount, unit))) == Span(amount, unit)


@reproducible
@given(amounts, st.booleans())
def test_every_rate_survives_being_written(per_day: float, per_resident: bool) -> None:
    found = read(Rate, str(Rate(per_day, per_resident)))
    assert found.per_day == per_day
    assert found.per_resident == per_resident or per_day == 0


@reproducible
@given(amounts)
def test_every_speed_distance_and_cost_survives_being_written(value: float) -> None:
    for kind in (q.Speed, q.Distance, q.Money, q.HourlyCost, q.Factor):
        assert read(kind, write(kind, value)) == value


@reproducible
@given(st.integers(0, DAY))
def test_every_time_of_day_survives_being_written(ms: int) -> None:
    assert read(q.ClockTime, write(q.ClockTime, ms)) == ms


@reproducible
@given(st.frozensets(st.integers(0, 6)))
def test_every_set_of_weekdays_survives_being_written(days: frozenset[int]) -> None:
    assert read(q.Weekdays, write(q.Weekdays, days)) == days


@reproducible
@given(st.lists(st.integers(0, 2 * 1440 - 1), unique=True, max_size=8))
def test_all_opening_hours_survive_being_written(minutes: list[int]) -> None:
    ends = sorted(m % 1440 * MINUTE for m in minutes)
    ends = sorted(set(ends))
    windows = list(zip(ends[::2], ends[1::2], strict=False))
    if len(ends) % 2:  # the last window goes on until the first one opens
        windows.append((ends[-1], ends[0] + DAY if len(ends) > 1 else DAY))
    hours = tuple(windows)
    assert read(q.Hours, write(q.Hours, hours)) == hours


@reproducible
@given(st.text(max_size=30))
def test_no_text_makes_a_reader_stumble(text: str) -> None:
    for kind in (q.Duration, Span, Rate, q.Speed, q.Money, q.Share, q.Hours, q.Weekdays):
        try:
            read(kind, text)
        except ValidationError as error:
            assert error.errors()[0]["type"] == "quantity"

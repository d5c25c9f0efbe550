"""Dates and times are read in all forms that offices' programs write, and "nothing" in all too."""

import numpy as np
import pyarrow as pa
import pytest

from govsim.orders.short_years import Short, short_years
from govsim.orders.times import Kind, parse


def moment(text, **how):
    found = parse(pa.array([text]), **how)
    kind = Kind(found.kind[0])
    return str(np.datetime64(int(found.ms[0]), "ms"))[:19] if kind == Kind.MOMENT else kind.name


ONE_MOMENT = [
    "2025/3/31 下午1:05", "2025/3/31 下午 01:05:00", "2025年3月31日 13时05分",
    "2025年3月31日13时5分0秒", "2025年3月31日 下午1时05分", "2025-03-31 下午1点05分",
    "2025年3月31日 星期一 13:05", "2025-03-31 周一 13:05", "2025/3/31 13:05 PM",
    "3/31/2025 13:05 PM", "3/31/2025 1:05:00 PM", "31-3月 -25 01.05.00.000000 下午",
    "31-3月-25 01.05.00.000000000 下午", "31-MAR-25 01.05.00.000000 PM", "31-Mar-2025 13:05",
    "31MAR2025:13:05:00", "Mar 31 2025  1:05PM", "Mar 31 2025 01:05:00:000PM",
    "Mon Mar 31 13:05:00 CST 2025", "Mon Mar 31 2025 13:05:00 GMT+0800 (China Standard Time)",
    "Mon, 31 Mar 2025 05:05:00 GMT", "31/Mar/2025:13:05:00 +0800",
    "2025-03-31-13.05.00.000000", "2025-03-31_13:05", "20250331T050500Z",
    "20250331T130500+0800", "20250331 13:05:00", "20250331 130500",
    "2025-03-31T13:05:00+08:00[Asia/Shanghai]", "2025-03-31 05:05:00 UTC",
    "2025-03-31 05:05:00+00", "2025-03-31 13:05:00 GMT+8", "2025-03-31 13:05:00 UTC+08:00",
    "2025. 3. 31. 오후 1:05", "2025년 3월 31일 오후 1시 5분", "2025년 3월 31일 13:05",
    "2025.03.31 13:05", "2025-03-31 (월) 13:05", "2025年3月31日(月) 13:05",
    "2025/03/31(月) 13:05", "2025/03/31 午後1:05", "令和7年3月31日 13時05分", "R7.3.31 13:05",
    "R7/3/31 13:05", "31.03.2025 13:05", "31.03.2025 13:05 Uhr", "31.03.2025, 13:05 Uhr",
    "31. März 2025 13:05", "31. März 2025 um 13:05 Uhr", "Montag, 31. März 2025 13:05",
    "31.03.2025 13.05 Uhr", "31 Mrz 2025 13:05", "31/3/2568 13:05", "31/03/2568 13:05:00",
    "31 มี.ค. 2568 13:05 น.", "31 มีนาคม 2568 เวลา 13:05 น.", "31 มี.ค. 68 13:05",
    "31 มีนาคม พ.ศ. 2568 13.05 น.", "2568-03-31 13:05", "๓๑/๐๓/๒๕๖๘ ๑๓:๐๕",
    "31 de marzo de 2025 13:05", "31 mar. 2025 13:05", "March 31, 2025 1:05 PM",
    "Monday, March 31, 2025 1:05:00 PM", "Mar 31, 2025, 1:05:00\u202fPM", "2025-Mar-31 13:05",
    "31st March 2025 13:05", "March 31st, 2025 13:05", "13:05 31/03/2025",
    "13:05:00 2025-03-31", "2025-03-31 13:05:00,000", "'2025-03-31 13:05",
    "\"2025-03-31 13:05\"", "45747.5451388889", "45747,5451388889", "1743397500",
    "1743397500000", "1743397500000000", "\u200e2025-03-31 13:05", "民國114年3月31日 13:05",
    "114/03/31 13:05", "2025-03-31 1:05 p.m.", "2025-03-31 13h05",
    "2025-03-31 13:05:00.0000000 +08:00", "'25-03-31 13:05", "25年3月31日 13:05",
    "25. 3. 31. 13:05", "2025-03-31T13:05", "2025-03-31 PM 1:05", "2025/3/31 中午1:05",
    "2025/3/31 13:05:00 下午", "2025年03月31号 13点05分", "3/31/25 1:05 PM", "2025-03-31 1305",
    "20250331130500", "2025년 3월 31일 (월) 13:05",
]  # fmt: skip
"""31 March 2025, 13:05 in China."""

NONE = [
    "NA", "(null)", "-", "无", "0001-01-01 00:00:00", "0001-01-01T00:00:00Z",
    "1/1/0001 12:00:00 AM", "01.01.0001 00:00:00", "1970-01-01 08:00:00", "1970-01-01",
    "1970/1/1 8:00", "1969-12-31 19:00", "2099-12-31 23:59:59", "2099-12-31", "2099/12/31",
    "9999-12-31 23:59:59", "9999-12-31T23:59:59Z", "9999-12-31 23:59:59.9999999", "31/12/9999",
    "12/31/9999 11:59:59 PM", "99991231", "99991231235959", "00000000", "00010101", "0", "-1",
    "2958465", "253402271999000", "-62135596800000", "1753-01-01", "1601-01-01", "1900-01-00",
    "00/00/0000", "00.00.0000", "0000年00月00日", "1899-12-30", "1904-01-01", "N/A", "#N/A",
    "n.a.", "—", "——", "－", "NULL", "None", "NaN", "NaT", "未办结", "办理中", "pending",
    "暂无", "空", "\\N", "<NA>", "2999-12-31", "3000-01-01", "2038-01-19 11:14:07",
    "2079-06-06", "null", "Null", "''", "\"\"", "k.A.", "なし", "없음", "ไม่มี",
    "01/01/1970 00:00", "1/0/1900", "1900/1/0 0:00:00", "9999年12月31日", "2100-01-01",
    "2199-12-31", "2222-02-22", "01-JAN-0001", "31-DEC-9999", "0000-00-00T00:00:00.000Z",
    "1/1/1970 8:00:00 AM", "19000101", "2050-12-31 00:00:00",
]  # fmt: skip


@pytest.mark.parametrize("text", ONE_MOMENT)
def test_five_past_one_is_read_in_the_forms_of_many_countries_and_programs(text):
    assert moment(text) == "2025-03-31T13:05:00"


@pytest.mark.parametrize("text", NONE)
def test_what_stands_for_none_is_no_mistake_and_no_moment(text):
    assert moment(text) in ("BLANK", "PLACEHOLDER")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        *(("上午12:05", "00:05:00"), ("下午12:05", "12:05:00"), ("上午1:05", "01:05:00")),
        *(("凌晨2:05", "02:05:00"), ("中午12:05", "12:05:00"), ("晚上8:05", "20:05:00")),
        *(("下午0:05", "12:05:00"), ("오전 12:05", "00:05:00"), ("午後11:05", "23:05:00")),
    ],
)
def test_hours_of_half_a_day_become_those_of_a_whole_one(text, time):
    assert moment(f"2025/3/1 {text}") == f"2025-03-01T{time}"


@pytest.mark.parametrize("text", ["上午13:05", "13:05 AM", "晚上3:05", "25:05", "12:60"])
def test_a_time_that_contradicts_itself_is_not_guessed(text):
    assert moment(f"2025/3/1 {text}") == "IMPOSSIBLE"


@pytest.mark.parametrize(
    "text",
    [
        *("12.50", "31.90", "118.8", "hello 2025", "2025-03", "18:00-19:00", "192.168.1.10"),
        *("12345678", "13900000001", "V1.2.25", "3-5 days", "2025", "12", "已办结", "#REF!"),
    ],
)
def test_what_only_looks_like_a_time_is_none(text):
    assert moment(text) == "UNREADABLE"


@pytest.mark.parametrize(
    ("timezone", "hour"), [("Asia/Shanghai", 7), ("America/Chicago", 7), ("Europe/Berlin", 0)]
)
def test_a_zone_that_two_countries_call_alike_is_the_one_of_the_place(timezone, hour):
    # In Berlin CST is China's: 07:20 there is 00:20 in winter.
    found = moment("Mon Mar 03 07:20:00 CST 2025", timezone=timezone)
    assert found == f"2025-03-03T{hour:02}:20:00"


def test_where_the_year_stands_is_learned_from_how_far_the_dates_would_reach():
    early = pa.array([f"25/03/{day:02}" for day in range(3, 14)])
    assert short_years([early]).year_first is True
    late = pa.array([f"{day:02}/03/25" for day in range(3, 14)])
    assert short_years([late]).year_first is False
    assert short_years([pa.array(["25/3/3", "25/3/13"])]).year_first is True
    assert short_years([pa.array(["3/3/25", "13/3/25"])]).year_first is False
    assert short_years([pa.array(["03/04/05"])]).year_first is None


def test_two_digits_of_the_buddhist_era_are_known_by_all_dates_of_the_file():
    assert short_years([pa.array(["03/03/68", "28/03/68"])]).buddhist
    assert not short_years([pa.array(["03/03/68", "28/03/25"])]).buddhist
    found = parse(pa.array(["28/03/68"]), order="day first", short=Short(buddhist=True))
    assert str(found.ms.astype("datetime64[ms]")[0])[:10] == "2025-03-28"
    assert found.buddhist == 1
    assert moment("01-JAN-70") == "PLACEHOLDER"


@pytest.mark.parametrize(
    ("texts", "example"),
    [
        (["03/15/2025 07:20", "03/04/2025 07:20"], "01/31/2025 10:05"),
        (["15.03.2025 07:20", "04.03.2025 07:20"], "31.01.2025 10:05"),
        (["25/03/15 07:20", "25/03/16 07:20"], "25/01/31 10:05"),
        (["2025/3/1 下午3:05:00"], "2025/01/31 上午10:05:00"),
    ],
)
def test_the_form_that_is_shown_has_day_and_month_where_the_column_has_them(texts, example):
    assert parse(pa.array(texts)).forms[0].example == example

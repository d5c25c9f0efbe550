"""Times are read however they are written, and what is no time is counted, not guessed."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from govsim import language
from govsim.errors import InputError
from govsim.orders.mapping import Columns, Mapping
from govsim.orders.reading import read_orders
from govsim.orders.short_years import orders_of
from govsim.orders.times import Kind, parse

WHEN = "2025-01-31 10:05:00"


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def moments(*texts, **how):
    found = parse(pa.array(texts), **how)
    return [
        str(np.datetime64(int(ms), "ms")).replace("T", " ").removesuffix(".000")
        if kind == Kind.MOMENT
        else Kind(kind).name
        for ms, kind in zip(found.ms, found.kind, strict=True)
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("2025-01-31 10:05:00", "2025/1/31 10:05", "2025.01.31 10:05:00", "2025-01-31T10:05:00"),
        *("2025年1月31日10:05", "2025年01月31日 10时05分00秒", "2025年1月31日 上午10:05"),
        *("２０２５－０１－３１　１０：０５", "20250131100500", "202501311005"),
        *("31/01/2025 10:05", "01/31/2025 10:05:00 AM", "1/31/25 10:05", "31.01.2025 10:05"),
        *("31 Jan 2025 10:05", "31-January-2025 10:05:00", "Jan 31, 2025 10:05 am"),
        *("2025-01-31 10:05:00.000", "2025-01-31T02:05:00Z", "2025-01-31 10:05:00+08:00"),
        *("2025-01-30T21:05:00-05:00", "45688.4201388889", "1738289100", "1738289100000"),
        *(' 2025-01-31 10:05 ', '="2025-01-31 10:05"'),
    ],
)  # fmt: skip
def test_a_time_is_read_however_it_is_written(text):
    assert moments(text) == [WHEN]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("", "BLANK"), ("NULL", "BLANK"), ("--", "BLANK"), ("无", "BLANK")),
        *(("1900/1/0 0:00", "PLACEHOLDER"), ("1900-01-01", "PLACEHOLDER"), ("0.0", "PLACEHOLDER")),
        *(("0000-00-00 00:00:00", "PLACEHOLDER"), ("1900-01-00", "PLACEHOLDER")),
        *(("1899-12-30 00:00:00", "PLACEHOLDER"), ("2025-02-29", "IMPOSSIBLE")),
        *(("2025-13-01", "IMPOSSIBLE"), ("2025-01-31 25:00", "IMPOSSIBLE")),
        *(("2205-01-31", "OUT_OF_RANGE"), ("0025-01-31", "OUT_OF_RANGE")),
        *(("已办结", "UNREADABLE"), ("13900000001", "UNREADABLE"), ("2025-01-3", "MOMENT")),
        *(("=NOW()", "FORMULA"), ("#REF!", "UNREADABLE"), ("10:05", "TIME_OF_DAY")),
        *(("03/04/2025", "AMBIGUOUS"), ("04/04/2025", "MOMENT")),
    ],
)  # fmt: skip
def test_what_is_no_time_is_told_by_kind(text, kind):
    assert Kind(parse(pa.array([text])).kind[0]).name == kind


@pytest.mark.parametrize("hour", range(24))
def test_twelve_hour_clocks_are_read(hour):
    moment = pd.Timestamp("2025-01-31 00:07:09") + pd.Timedelta(hours=hour)
    assert moments(moment.strftime("%m/%d/%Y %I:%M:%S %p")) == [str(moment)]


def test_a_column_may_mix_all_forms_and_each_is_counted_with_its_rows():
    texts = ["2025-01-31 10:05"] * 3 + ["45688.4201388889"] * 2 + ["2025年1月31日10:05"]
    found = parse(pa.array(texts))
    assert moments(*texts) == [WHEN] * 6
    assert [(f.example, f.rows, f.first, f.last) for f in found.forms] == [
        ("2025-01-31 10:05", 3, 0, 2),
        ("45688.42", 2, 3, 4),
        ("2025年1月31日 10:05", 1, 5, 5),
    ]


def test_random_moments_come_back_to_the_second_from_every_form():
    rng = np.random.default_rng(7)
    # From 2035 on, ends of years and of programs' calendars stand for "never".
    when = pd.DatetimeIndex(
        (rng.integers(631_152_000, 2_051_222_400, 2000) * 10**9).astype("datetime64[ns]")
    )
    forms = ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日%H时%M分%S秒", "%Y%m%d%H%M%S"]
    forms += ["%d %b %Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S.000"]
    for form in forms:
        assert (parse(pa.array(when.strftime(form))).ms == when.asi8 // 10**6).all(), form
    excel = (when - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
    assert (parse(pa.array([repr(float(x)) for x in excel])).ms == when.asi8 // 10**6).all()


def test_whether_the_day_or_the_month_comes_first_is_learned_from_the_whole_file(tmp_path):
    assert orders_of(pa.array(["03/04/2025", "13/04/2025"])) == {"day first"}
    rows = "id,opened,closed\n1,03/04/2025,04/04/2025\n2,03/04/2025,13/04/2025\n"
    (tmp_path / "o.csv").write_text(rows)
    mapping = Mapping(columns=Columns(created="opened", closed="closed"))
    log = read_orders(tmp_path / "o.csv", mapping)
    assert log.frame["created"].dt.month.tolist() == [4, 4]
    assert log.frame["closed"].dt.day.tolist() == [4, 13]


def test_dates_that_no_row_explains_are_asked_about(tmp_path):
    (tmp_path / "o.csv").write_text("opened\n03/04/2025\n05/06/2025\n")
    columns = Columns(created="opened")
    with pytest.raises(InputError, match="add a line to the mapping: “dates: day first”"):
        read_orders(tmp_path / "o.csv", Mapping(columns=columns))
    log = read_orders(tmp_path / "o.csv", Mapping(columns=columns, dates="month first"))
    assert log.frame["created"].dt.month.tolist() == [3, 5]


def test_where_both_orders_are_mixed_only_what_is_sure_is_used(tmp_path):
    (tmp_path / "o.csv").write_text("opened\n13/04/2025\n04/13/2025\n03/04/2025\n")
    log = read_orders(tmp_path / "o.csv", Mapping(columns=Columns(created="opened")))
    assert log.frame["created"].dt.day.tolist() == [13, 13]
    assert log.reasons() == {"opened: day and month can't be told apart, as dates are mixed": 1}


def test_times_of_day_take_their_date_and_go_on_past_midnight(tmp_path):
    rows = "Date,TOC,ORD,IA\n31/12/2024,23:55:00,23:57:00,00:04:30\n13/01/2025,08:00:00,,\n"
    (tmp_path / "o.csv").write_text(rows)
    columns = Columns(date="Date", created="TOC", dispatched="ORD", scene="IA")
    log = read_orders(tmp_path / "o.csv", Mapping(columns=columns))
    assert log.frame["created"].astype("str")[0] == "2024-12-31 23:55:00"
    assert log.frame["scene"].astype("str")[0] == "2025-01-01 00:04:30"
    assert log.frame["scene"].isna().tolist() == [False, True]


def test_times_with_an_offset_become_local():
    aware = pa.array([pd.Timestamp("2025-07-01 12:00", tz="UTC")], pa.timestamp("us", "UTC"))
    assert moments("2025-07-01T12:00:00Z", timezone="America/New_York") == ["2025-07-01 08:00:00"]
    found = parse(aware, "America/New_York")
    assert str(np.datetime64(int(found.ms[0]), "ms"))[:16] == "2025-07-01T08:00"


def test_dates_that_stand_for_none_are_no_way_of_writing():
    found = parse(
        pa.array(["1900-01-01 00:00:00", "2025年1月31日 10:05:00", "1900-01-01 00:00:00"])
    )
    assert [form.example for form in found.forms] == ["2025年1月31日 10:05:00"]

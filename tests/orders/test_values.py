"""Cells that say nothing cost no row, and nothing is moved, swapped or left out in silence."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
from places import SHARED

from govsim import language
from govsim.errors import InputError
from govsim.orders.describing import Description, describe
from govsim.orders.mapping import Columns, Mapping, load_mapping
from govsim.orders.moments import lone
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.report.order_tables import warnings

CASES = SHARED / "cases" / "orders"
STARTS = pd.date_range("2025-03-03 07:20", periods=24, freq="11h17min")


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def read(tmp_path, rows, mapping=None):
    """Read rows of cells, the header first, by the mapping that is proposed if none is given."""
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(";".join(map(str, row)) for row in rows), "utf-8")
    return read_orders(file, mapping or propose(open_source(file)).mapping)


def table(created, closed, **more):
    rows = zip(created, closed, *more.values(), strict=True)
    return [
        ("case id", "created", "closed", *more),
        *((f"K{i}", *row) for i, row in enumerate(rows)),
    ]


def hours(log):
    took = (log.frame["closed"] - log.frame["created"]).dropna()
    return (took / pd.Timedelta(hours=1)).tolist()


def kinds(log):
    return {(one.kind, one.field): one.cells for one in log.remarks}


# ------------------------------------------------------------------ nothing


@pytest.mark.parametrize(
    "none",
    [
        *(
            "NA",
            "(null)",
            "-",
            "无",
            "#N/A",
            "未办结",
            "0001-01-01 00:00:00",
            "1970-01-01 08:00:00",
        ),
        *("2099-12-31 23:59:59", "9999-12-31", "1900-01-01", "2030-10-01 00:00:00", "2000-01-01"),
    ],
)
def test_an_open_order_stays_open_however_nothing_is_written(tmp_path, none):
    ends = [none if i % 3 == 0 else start + pd.Timedelta(hours=5) for i, start in enumerate(STARTS)]
    log = read(tmp_path, table(STARTS, ends))
    assert len(log.frame) == 24 and log.set_aside.empty
    assert log.frame["status"].value_counts().to_dict() == {"closed": 16, "open": 8}
    assert hours(log) == [5.0] * 16


def test_identities_parents_answers_and_words_that_say_nothing_are_missing(tmp_path):
    more = {
        "parent id": ["-", "K0", "0", "NULL", "K4", "无"],
        "category": ["road", "-", "n/a", "(null)", "road", "无"],
        "satisfied": ["yes", "NA", "(null)", "-", "no", "#N/A"],
        "status": ["-", "closed", "NULL", "open", "(null)", "closed"],
    }
    ends = [*(STARTS[:3] + pd.Timedelta(hours=1)), "", "", ""]
    rows = table(STARTS[:6], ends, **more)
    rows[1:] = [("--" if i % 2 else row[0], *row[1:]) for i, row in enumerate(rows[1:])]
    log = read(tmp_path, rows)
    orders = log.frame
    assert len(orders) == 6 and log.set_aside.empty
    assert orders["order"].isna().tolist() == [False, True] * 3
    # K4 names itself as its parent: it repeats no other.
    assert orders["repeat"].tolist() == [False, True, False, False, False, False]
    assert orders["category"].isna().tolist() == [False, True, True, True, False, True]
    assert orders["satisfied"].isna().tolist() == [False, True, True, True, False, True]
    # A status that says nothing follows from the time of closing.
    assert orders["status"].tolist() == ["closed", "closed", "closed", "open", "open", "closed"]


def test_zeros_are_no_identity_where_several_orders_have_them_but_may_be_the_first(tmp_path):
    ends = STARTS[:4] + pd.Timedelta(hours=1)
    rows = table(STARTS[:4], ends)
    rows[1:] = [(i, *row[1:]) for i, row in zip((0, 1, 0, 2), rows[1:], strict=True)]
    log = read(tmp_path, rows)
    assert log.frame["order"].isna().tolist() == [True, False, True, False]
    rows[3] = (3, *rows[3][1:])
    assert read(tmp_path, rows).frame["order"].tolist() == ["0", "1", "3", "2"]


def test_what_the_mapping_gives_a_meaning_has_it_though_it_looks_like_nothing(tmp_path):
    mapping = Mapping.model_validate(
        {
            "columns": {"created": "created", "category": "category"},
            "values": {"category": {"无": "other"}},
        }
    )
    rows = table(STARTS[:2], [""] * 2, category=["无", "-"])
    assert read(tmp_path, rows, mapping).frame["category"].tolist() == ["other", np.nan]


def test_positions_are_read_with_commas_and_signs_and_nowhere_is_nowhere(tmp_path):
    east = ["118,8000", "118.8", "东经118°48'00\"", "118.8E", "0", "NULL", "999", "-1", "0.0"]
    north = ["31,9000", "31.9", "北纬31°54'00\"", "31.9N", "0", "NULL", "999", "-1", "-"]
    rows = table(STARTS[:9], [""] * 9, longitude=east, latitude=north)
    log = read(tmp_path, rows)
    assert len(log.frame) == 9 and log.set_aside.empty
    assert log.frame["longitude"].tolist()[:4] == pytest.approx([118.8] * 4)
    assert log.frame["latitude"].tolist()[:4] == pytest.approx([31.9] * 4)
    assert log.frame["longitude"].isna().tolist() == [False] * 4 + [True] * 5
    assert log.frame["latitude"].isna().tolist() == [False] * 4 + [True] * 5
    # NULL is nothing anyway; the other four were read as nothing, which is said.
    assert kinds(log) == {("nowhere", "longitude"): 4}
    assert any("4 positions such as 0/0" in line for line in warnings(describe(log)))


def test_a_point_on_the_equator_or_the_meridian_is_a_place(tmp_path):
    rows = table(STARTS[:2], [""] * 2, longitude=["0", "9.45"], latitude=["51.48", "0"])
    assert read(tmp_path, rows).frame[["longitude", "latitude"]].notna().all(axis=None)


# ------------------------------------------------------------------ the order of numbers


def test_dates_with_a_two_digit_year_first_are_read_and_that_is_said(tmp_path):
    ends = STARTS + pd.Timedelta(hours=30)
    form = "%y/%m/%d %H:%M"
    log = read(tmp_path, table(STARTS.strftime(form), ends.strftime(form)))
    assert (log.frame["created"] == STARTS).all() and hours(log) == [30.0] * 24
    assert kinds(log) == {("year first", "created"): 24, ("year first", "closed"): 24}


def test_where_no_date_tells_where_the_year_stands_it_is_asked(tmp_path):
    rows = [("created",), ("03/04/05",), ("05/04/03",)]
    columns = Columns(created="created")
    with pytest.raises(InputError, match="“dates: year first”, “dates: day first”"):
        read(tmp_path, rows, Mapping(columns=columns))
    log = read(tmp_path, rows, Mapping(columns=columns, dates="year first"))
    assert log.frame["created"].astype("str").tolist() == ["2003-04-05", "2005-04-03"]
    log = read(tmp_path, rows, Mapping(columns=columns, dates="month first"))
    assert log.frame["created"].astype("str").tolist() == ["2005-03-04", "2003-05-04"]


def test_days_and_months_that_a_spreadsheet_has_swapped_are_put_right_and_that_is_said(tmp_path):
    def in_us_excel(moment):
        """A date where the text can be one with the month first, else the text."""
        if moment.day > 12:
            return moment.strftime("%d/%m/%Y %H:%M")
        return moment.replace(month=moment.day, day=moment.month).to_pydatetime()

    starts = pd.date_range("2025-03-03 07:20", periods=48, freq="10h37min")
    ends = starts + pd.Timedelta(hours=30)
    book = openpyxl.Workbook()
    book.active.append(["case id", "created", "closed"])
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        book.active.append([f"K{i}", in_us_excel(start), in_us_excel(end)])
    book.save(tmp_path / "o.xlsx")
    mapping = propose(open_source(tmp_path / "o.xlsx")).mapping
    log = read_orders(tmp_path / "o.xlsx", mapping)
    assert (log.frame["created"] == starts).all() and hours(log) == [30.0] * 48
    swapped = {(kind, field) for kind, field in kinds(log) if kind == "swapped"}
    assert swapped == {("swapped", "created"), ("swapped", "closed")}


def test_two_ways_of_writing_are_not_taken_for_swapped_days(tmp_path):
    texts = [
        start.strftime("%Y-%m-%d %H:%M" if i % 2 else "%d/%m/%Y %H:%M")
        for i, start in enumerate(STARTS)
    ]
    log = read(tmp_path, table(texts, [""] * 24))
    assert (log.frame["created"] == STARTS).all() and kinds(log) == {}


# ------------------------------------------------------------------ zones


def test_an_order_takes_its_time_over_a_change_to_summer_time(tmp_path):
    rows = table(
        ["2025-11-02T01:50:00-04:00", "2025-11-02T04:30:00Z", "2025-03-09T01:30:00-05:00"],
        ["2025-11-02T01:10:00-05:00", "2025-11-02T06:30:00Z", "2025-03-09T03:30:00-04:00"],
    )
    columns = Columns(created="created", closed="closed")
    log = read(tmp_path, rows, Mapping(columns=columns, timezone="America/New_York"))
    assert hours(log) == pytest.approx([1 / 3, 2, 1])
    assert log.set_aside.empty


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        *(("created", "2025-03-03T07:20:00Z"), ("created", "1740986400"), ("created_utc", "")),
        *(("创建时间(UTC)", ""), ("created (UTC+0)", "")),
    ],
)
def test_times_of_another_zone_are_moved_to_the_place_and_that_is_said(tmp_path, name, cell):
    rows = [(name,), (cell or "2025-03-03 07:20:00",)]
    log = read(tmp_path, rows, Mapping(columns=Columns(created=name)))
    assert log.frame["created"].astype("str").tolist() == ["2025-03-03 15:20:00"]
    assert kinds(log) == {("zone", "created"): 1}
    assert any("moved to Asia/Shanghai" in line for line in warnings(describe(log)))


def test_times_that_name_the_place_s_own_zone_are_not_said_to_be_moved(tmp_path):
    log = read(tmp_path, [("created",), ("2025-03-03T07:20:00+08:00",)])
    assert log.frame["created"].astype("str").tolist() == ["2025-03-03 07:20:00"]
    assert kinds(log) == {}


# ------------------------------------------------------------------ slips


@pytest.mark.parametrize("slip", ["2052-02-20 10:00", "2015-02-20 10:00", "2026-03-05 10:00"])
def test_a_lone_slip_of_the_year_is_named_and_does_not_stretch_the_record(tmp_path, slip):
    starts = pd.date_range("2025-01-01", periods=300, freq="8h")
    texts = [slip if i == 150 else str(start) for i, start in enumerate(starts)]
    log = read(tmp_path, table(texts, [""] * 300))
    found = describe(log)
    assert found.orders == 299 and found.per_day == pytest.approx(3, rel=0.01)
    assert log.set_aside["row"].tolist() == [152]
    assert any(f"{slip[:10]} in row 152" in line for line in warnings(found))


def test_a_slip_in_a_closing_is_named_and_old_orders_closed_late_are_not(tmp_path):
    ends = [start + pd.Timedelta(days=30 * i) for i, start in enumerate(STARTS)]
    log = read(tmp_path, table(STARTS, ends))
    assert len(log.frame) == 24 and kinds(log) == {}
    ends[3] = pd.Timestamp("2052-03-05 10:17")
    log = read(tmp_path, table(STARTS, ends))
    assert log.set_aside["row"].tolist() == [5] and kinds(log) == {("far", "closed"): 1}


def test_a_sparse_record_and_a_second_half_have_no_lone_orders():
    day = 86_400_000
    assert not lone(np.arange(30) * 100 * day).any()
    assert not lone(np.concatenate([np.arange(100), 500 + np.arange(50)]) * day).any()
    assert not lone(np.array([0, 4000]) * day).any()


def test_remarks_are_kept_with_a_description_and_an_old_one_has_none(tmp_path):
    found = describe(read(tmp_path, [("created",), ("2025-03-03T07:20:00Z",)]))
    assert Description.from_plain(found.plain()).remarks == found.remarks != ()
    old = {name: value for name, value in found.plain().items() if name != "remarks"}
    assert Description.from_plain(old).remarks == ()


# ------------------------------------------------------------------ handed cases


def handed(name, mapping=None):
    if not CASES.is_dir():
        pytest.skip("the shared cases are not there")
    return read_orders(CASES / name, mapping or propose(open_source(CASES / name)).mapping)


@pytest.mark.parametrize(
    ("name", "used", "still_open", "took"),
    [
        *(("na_of_r.csv", 12, 4, 5), ("none_dotnet.csv", 12, 4, 5), ("none_2099.csv", 12, 4, 5)),
        *(("year_first_two_digits.csv", 24, 0, 30), ("excel_swapped_days.xlsx", 48, 0, 30)),
        *(("identity_dash.csv", 12, 0, 5), ("comma_decimals.csv", 12, 0, 5)),
        *(("date_column.csv", 12, 0, 5), ("position_null.csv", 12, 0, 5)),
    ],
)
def test_handed_exports_lose_no_row_and_no_open_order(name, used, still_open, took):
    log = handed(name)
    assert len(log.frame) == used and log.set_aside.empty
    assert (log.frame["status"] == "open").sum() == still_open
    assert hours(log) == [took] * (used - still_open)


def test_handed_exports_are_read_as_their_readme_says():
    orders = handed("chinese-12h.csv").frame
    assert orders["created"].dt.hour.tolist() == [*range(1, 12), 0, *range(13, 24), 12]
    assert (orders["created"].dt.minute == 5).all() and len(orders) == 24
    assert {"order", "category", "place"} <= set(orders)
    long = handed("chinese-long-dates.csv").frame
    assert len(long) == 20 and "2025-03-03 02:14:00" in long["created"].astype("str").tolist()
    assert handed("identity_dash.csv").frame["order"].isna().sum() == 6
    assert handed("parent_dash.csv").frame["repeat"].sum() == 2
    assert handed("position_null.csv").frame["longitude"].isna().sum() == 4
    assert handed("month_first.csv").times["created"].forms[0].example == "01/31/2025 10:05"
    assert handed("comma_decimals.csv").frame["longitude"][0] == pytest.approx(8.8)
    assert handed("excel_swapped_days.xlsx").frame["created"].max() < pd.Timestamp("2025-03-25")
    assert handed("year_2052.csv").frame["created"].dt.year.unique().tolist() == [2025]
    created = handed("year_first_two_digits.csv").frame["created"].dt.floor("min")
    assert created.min() == pd.Timestamp("2025-03-03 07:20")
    assert created.max() == pd.Timestamp("2025-03-13 20:51")
    summer = handed("dst_offsets.csv", load_mapping(CASES / "dst_offsets.yaml"))
    assert hours(summer) == pytest.approx([1 / 3, 2, 1, 2])

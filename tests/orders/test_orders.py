"""Work orders are read as they are: whole rows, or rows set aside with a reason."""

import gzip

import numpy as np
import openpyxl
import pandas as pd
import pytest
from places import DATA, SHARED

from govsim import language
from govsim.errors import InputError
from govsim.orders.mapping import Columns, Mapping, load_mapping
from govsim.orders.reading import read_orders

RECORDS = SHARED / "data"

MAPPING = Mapping(
    columns=Columns(
        order="案件号",
        created="上报时间",
        resolved="处置结束时间",
        closed="结案时间",
        due="处置截止时间",
        channel="问题来源",
        category="大类名称",
        place="街道",
        status="案件状态",
    )
)
EXPORT = (DATA / "orders-export.csv").read_text("utf-8")


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def read(tmp_path, text, mapping=MAPPING, encoding="utf-8"):
    return read_orders(write(tmp_path / "orders.csv", text, encoding), mapping)


def times(log, column):
    return log.frame[column].astype("str").tolist()


# ------------------------------------------------------------------ encodings and separators


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"]
)
def test_an_export_is_read_in_any_encoding_that_offices_write(tmp_path, encoding):
    log = read(tmp_path, EXPORT, encoding=encoding)
    assert log.frame["order"].tolist() == ["A1", "A2", "A3"]
    assert log.frame["channel"].tolist() == ["12345热线", "微信", "网格员上报"]
    assert times(log, "created")[0] == "2025-03-01 08:05:10"
    assert log.frame["status"].tolist() == ["closed", "closed", "open"]
    assert pd.isna(log.frame["closed"][2])
    assert log.rows == 3 and log.set_aside.empty


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_the_separator_is_found(tmp_path, separator):
    assert len(read(tmp_path, EXPORT.replace(",", separator)).frame) == 3


def test_characters_that_only_gb18030_has_are_read(tmp_path):
    log = read(tmp_path, EXPORT.replace("秣陵街道", "㐂陵街道𠮷"), encoding="gb18030")
    assert log.frame["place"][1] == "㐂陵街道𠮷"


def test_a_title_above_the_header_and_blank_lines_do_no_harm(tmp_path):
    text = "江宁区案件导出表,,,,,,,,,,\n" + EXPORT.replace("A2,", ",,,,,,,,,,\nA2,")
    log = read(tmp_path, text)
    assert log.frame["row"].tolist() == [3, 5, 6]
    assert log.blank_rows == 1 and log.set_aside.empty


def test_a_comma_at_the_end_of_each_row_does_no_harm(tmp_path):
    head, *rows = EXPORT.splitlines()
    log = read(tmp_path, "\n".join([head, *(f"{row}," for row in rows)]))
    assert len(log.frame) == 3


def test_bytes_that_are_no_characters_set_their_row_aside(tmp_path):
    rows = EXPORT.splitlines()
    many = [rows[1].replace("A1", f"B{i}") for i in range(200)]
    data = "\n".join([*rows, *many]).encode()
    data = data.replace("秣陵".encode(), b"\xe7\xa7\xff\xfe")
    (tmp_path / "o.csv").write_bytes(data)
    log = read_orders(tmp_path / "o.csv", MAPPING)
    assert len(log.frame) == 202
    assert log.set_aside["row"].tolist() == [3]
    assert "街道: signs that can't be read" in log.reasons()


def test_a_file_that_is_in_no_known_encoding_is_refused(tmp_path):
    data = bytes(range(128, 256)) * 50
    (tmp_path / "o.csv").write_bytes(b"a,b\n" + data)
    with pytest.raises(InputError, match="neither UTF-8 nor GBK or GB18030"):
        read_orders(tmp_path / "o.csv", MAPPING)


def test_an_encoding_in_the_mapping_that_the_file_does_not_have_is_refused(tmp_path):
    mapping = MAPPING.model_copy(update={"encoding": "ascii"})
    with pytest.raises(InputError, match="not in the encoding ascii that the mapping names"):
        read(tmp_path, EXPORT, mapping)


def test_a_file_garbled_before_it_came_is_recognised(tmp_path):
    garbled = EXPORT.encode().decode("gb18030", "replace")
    assert "上报时间" not in garbled
    with pytest.raises(InputError, match=r"took UTF-8 for GBK .* said .*上报时间"):
        read(tmp_path, garbled)


def test_a_file_cut_off_in_the_middle_of_a_row_loses_that_row_only(tmp_path):
    cut = EXPORT[: EXPORT.index("2025-03-05") + 6]
    log = read(tmp_path, cut)
    assert log.frame["order"].tolist() == ["A1", "A2"]
    assert log.set_aside["row"].tolist() == [4]
    assert log.reasons() == {"the file is cut off in this row": 1}


def test_a_file_cut_off_in_the_middle_of_a_character_is_still_read(tmp_path):
    data = EXPORT.encode()
    cut = data[: data.index("王五".encode()) + 2]
    (tmp_path / "o.csv").write_bytes(cut)
    log = read_orders(tmp_path / "o.csv", MAPPING)
    assert log.frame["order"].tolist() == ["A1", "A2"]
    assert log.reasons() == {"the file is cut off in this row": 1}


def test_a_packed_file_that_is_cut_off_gives_the_rows_that_came(tmp_path):
    head, *rows = EXPORT.splitlines()
    rng = np.random.default_rng(1)
    text = [head] + [
        rows[0].replace("A1", f"A{i}").replace("张三", str(rng.integers(10**15)))
        for i in range(5000)
    ]
    packed = gzip.compress("\n".join(text).encode())
    (tmp_path / "o.csv.gz").write_bytes(packed[: len(packed) // 2])
    log = read_orders(tmp_path / "o.csv.gz", MAPPING)
    assert 1000 < len(log.frame) < 4900
    assert len(log.set_aside) <= 1


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_a_workbook_or_parquet_file_that_is_cut_off_is_refused(tmp_path, kind):
    file = tmp_path / f"o.{kind}"
    frame = pd.DataFrame({"上报时间": pd.date_range("2025-01-01", periods=500, freq="h")})
    frame.to_excel(file, index=False) if kind == "xlsx" else frame.to_parquet(file)
    file.write_bytes(file.read_bytes()[:-300])
    with pytest.raises(InputError, match="damaged or was cut off"):
        read_orders(file, Mapping(columns=Columns(created="上报时间")))


def test_a_quotation_mark_that_is_not_closed_is_said(tmp_path):
    log = read(tmp_path, EXPORT.replace("A3,", 'A3,"'))
    assert log.frame["order"].tolist() == ["A1", "A2"]
    assert len(log.set_aside) == 1


def test_a_web_page_without_a_table_is_refused(tmp_path):
    (tmp_path / "o.xls").write_text("<html><body>请先登录<table></table></body></html>")
    with pytest.raises(InputError, match="this is a web page without a table"):
        read_orders(tmp_path / "o.xls", MAPPING)


def test_a_text_file_called_xls_is_read(tmp_path):
    file = write(tmp_path / "o.xls", EXPORT.replace(",", "\t"), "gbk")
    assert len(read_orders(file, MAPPING).frame) == 3


@pytest.mark.parametrize("content", ["", "\n\n", EXPORT.splitlines()[0] + "\n"])
def test_a_file_without_rows_is_refused(tmp_path, content):
    with pytest.raises(InputError, match=r"is empty|has no rows"):
        read(tmp_path, content)


def test_a_file_that_is_not_there_is_refused_with_the_likely_one(tmp_path):
    write(tmp_path / "orders-2025.csv", EXPORT)
    with pytest.raises(InputError, match=r"no file .* did you mean “orders-2025.csv”"):
        read_orders(tmp_path / "orders-2024.csv", MAPPING)


# ------------------------------------------------------------------ what happens to bad rows


def damaged(*changes):
    """Make the export with some texts replaced."""
    text = EXPORT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


CREATED_1, CLOSED_1, CLOSED_2 = "2025-03-01 08:05:10", "2025-03-01 13:00:00", "2025-03-02 11:00:00"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((CREATED_1, ""), "上报时间: empty"),
        ((CREATED_1, "昨天上午"), "上报时间: not a time"),
        ((CREATED_1, "1900-01-01"), "上报时间: a date that stands for none"),
        ((CREATED_1, "2205-03-01"), "上报时间: the year can't be right"),
        ((CREATED_1, "=B2+1"), "上报时间: a formula in place of a value"),
        ((CLOSED_1, "2025-02-30 13:00:00"), "结案时间: there is no such day or time"),
        ((CLOSED_1, "2025-02-28 13:00:00"), "结案时间 is before 上报时间"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_number_and_the_reason(tmp_path, change, reason):
    log = read(tmp_path, damaged(change))
    assert log.frame["order"].tolist() == ["A2", "A3"]
    assert log.set_aside["row"].tolist() == [2]
    assert log.reasons() == {reason: 1}
    assert log.rows == 3


def test_rows_set_aside_are_written_with_mapped_columns_only(tmp_path):
    log = read(tmp_path, damaged((CREATED_1, "昨天上午")))
    file = log.write_set_aside(tmp_path / "out")
    written = file.read_text("utf-8-sig")
    assert "昨天上午" in written and "上报时间" in written and "not a time" in written
    assert "张三" not in written and "13900000001" not in written and "上报人" not in written
    assert read(tmp_path, EXPORT).write_set_aside(tmp_path / "out") is None
    assert not file.exists()


def test_nothing_of_a_column_that_is_not_mapped_is_kept(tmp_path):
    log = read(tmp_path, damaged((CLOSED_1, "不详")))
    kept = log.frame.to_csv() + log.set_aside.to_csv() + repr(log)
    assert not any(word in kept for word in ("张三", "李四", "王五", "1390000000"))


def test_a_date_of_1900_stands_for_no_time(tmp_path):
    log = read(tmp_path, damaged((CLOSED_1, "1900-01-01 00:00:00"), ("已结案", "处置中")))
    assert pd.isna(log.frame["closed"][0]) and log.frame["status"][0] == "open"
    assert log.times["closed"].placeholders == 1
    assert log.set_aside.empty


def test_an_order_that_occurs_again_is_used_once_with_the_row_that_knows_most(tmp_path):
    early = EXPORT.splitlines()[1].replace(CLOSED_1, "").replace("已结案", "处置中")
    head, *rows = EXPORT.splitlines()
    log = read(tmp_path, "\n".join([head, early, *rows]))
    assert log.frame["row"].tolist() == [3, 4, 5]
    assert log.reasons() == {"an earlier state of the order": 1}


def test_without_a_column_for_the_status_an_order_without_a_close_is_open(tmp_path):
    columns = Columns(created="上报时间", closed="结案时间")
    log = read(tmp_path, EXPORT, Mapping(columns=columns))
    assert log.frame["status"].tolist() == ["closed", "closed", "open"]


def test_a_day_is_not_before_an_hour_of_the_same_day(tmp_path):
    text = damaged((CLOSED_1, "2025-03-01"), (CLOSED_2, "2025-03-02"))
    log = read(tmp_path, text)
    assert log.rounding["closed"] == 86_400_000
    assert log.rounding["created"] == 1000
    assert log.set_aside.empty
    text = damaged((CLOSED_1, "2025-02-28"), (CLOSED_2, "2025-03-02"))
    assert read(tmp_path, text).reasons() == {"结案时间 is before 上报时间": 1}


def test_words_are_translated_as_the_mapping_says_and_others_stay(tmp_path):
    mapping = load_mapping(
        write(
            tmp_path / "m.yaml",
            "columns: {created: 上报时间, channel: 问题来源, place: 街道}\n"
            "values:\n  channel: {微信: wechat}\n  place: {东山街道: null}\n",
        )
    )
    log = read(tmp_path, EXPORT, mapping)
    assert log.frame["channel"].tolist() == ["12345热线", "wechat", "网格员上报"]
    assert log.frame["place"].isna().tolist() == [True, False, True]
    assert log.default_places == 2


def test_a_mapping_with_mistakes_is_refused_with_every_line(tmp_path):
    text = "columns:\n  created: 上报时间\n  closd: 结案时间\nvalues:\n  status: {办了: close}\n"
    with pytest.raises(InputError) as refused:
        load_mapping(write(tmp_path / "m.yaml", text))
    said = str(refused.value)
    assert "m.yaml:3: columns.closd: unknown key “closd”; did you mean “closed”?" in said
    assert "m.yaml:5: values.status.办了: “close” is not one of open, closed" in said


def test_a_column_that_the_table_does_not_have_is_said_with_its_line(tmp_path):
    mapping = write(tmp_path / "m.yaml", "columns:\n  created: 上报时问\n")
    with pytest.raises(InputError, match=r"m.yaml:2: columns.created: .* “上报时间”\?"):
        read(tmp_path, EXPORT, load_mapping(mapping))


def test_a_table_of_which_no_row_can_be_used_is_refused_with_the_reasons(tmp_path):
    columns = Columns(created="上报人")
    with pytest.raises(InputError, match=r"no row can be used\n.*3 rows.*not a time"):
        read(tmp_path, EXPORT, Mapping(columns=columns))


# ------------------------------------------------------------------ workbooks


def workbook(tmp_path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "orders.xlsx")
    return tmp_path / "orders.xlsx"


def test_a_workbook_whose_column_changes_its_type_half_way_is_read(tmp_path):
    when = pd.date_range("2025-03-01 08:05:10", periods=40, freq="h")
    cells = [t.to_pydatetime() for t in when[:20]] + [str(t) for t in when[20:]]
    file = workbook(tmp_path, [["导出表"], ["编号", "上报时间"], *enumerate(cells)])
    log = read_orders(file, Mapping(columns=Columns(order="编号", created="上报时间")))
    assert (log.frame["created"] == when).all()
    assert log.frame["row"].tolist() == list(range(3, 43))
    assert log.frame["order"][39] == "39"


def test_numbers_half_way_down_a_column_of_texts_are_dates_as_excel_keeps_them(tmp_path):
    cells = ["2025-03-01 08:05:10"] * 5 + [45717.33692129629] * 5
    file = workbook(tmp_path, [["编号", "上报时间"], *enumerate(cells)])
    log = read_orders(file, Mapping(columns=Columns(order="编号", created="上报时间")))
    assert (log.frame["created"] == pd.Timestamp("2025-03-01 08:05:10")).all()
    first, second = log.times["created"].forms
    assert (first.first, first.last, second.first, second.last) == (2, 6, 7, 11)


def test_a_formula_that_excel_has_not_calculated_counts_as_empty(tmp_path):
    file = workbook(tmp_path, [["编号", "上报时间"], [1, "=NOW()"], [2, "2025-03-01 08:05"]])
    log = read_orders(file, Mapping(columns=Columns(order="编号", created="上报时间")))
    assert log.frame["order"].tolist() == ["2"]
    assert log.reasons() == {"上报时间: empty": 1}


def test_a_sheet_that_is_not_there_is_named_with_the_likely_one(tmp_path):
    file = workbook(tmp_path, [["上报时间"], ["2025-03-01"]])
    with pytest.raises(InputError, match=r"no sheet “Sheet1”; .* did you mean “Sheet”"):
        read_orders(file, Mapping(columns=Columns(created="上报时间"), sheet="Sheet1"))


def test_a_parquet_file_is_read_with_its_types(tmp_path):
    frame = pd.read_csv(tmp_path / write(tmp_path / "o.csv", EXPORT).name)
    frame["上报时间"] = pd.to_datetime(frame["上报时间"])
    frame["问题来源"] = frame["问题来源"].astype("category")
    frame.to_parquet(tmp_path / "o.parquet")
    log = read_orders(tmp_path / "o.parquet", MAPPING)
    pd.testing.assert_frame_equal(
        log.frame.drop(columns="row"), read(tmp_path, EXPORT).frame.drop(columns="row")
    )


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_identities_that_excel_has_rounded_are_not_taken_for_one_another(tmp_path, kind):
    numbers = [202503010000012345.0, 202503010000012346.0]
    rows = [["编号", "上报时间"], *([number, "2025-03-01 08:05"] for number in numbers)]
    file = workbook(tmp_path, rows)
    if kind == "csv":
        rows = ["编号,上报时间", *("2.0250301E+17,2025-03-01 08:05" for _ in numbers)]
        file = write(tmp_path / "o.csv", "\n".join(rows))
    log = read_orders(file, Mapping(columns=Columns(order="编号", created="上报时间")))
    assert len(log.frame) == 2 and log.set_aside.empty
    assert log.lost_identities == 2 and log.frame["order"].isna().all()


# ------------------------------------------------------------------ public records


@pytest.mark.skipif(not RECORDS.is_dir(), reason="the shared data are not there")
def test_boston_is_read_with_the_faults_that_its_readme_names():
    columns = Columns(
        order="case_enquiry_id",
        created="open_dt",
        closed="closed_dt",
        due="target_dt",
        status="case_status",
        place="neighborhood",
        place_unknown="loc_is_cityhall_default",
    )
    file = RECORDS / "boston311" / "boston311-2015.csv.gz"
    log = read_orders(file, Mapping(columns=columns, timezone="America/New_York"))
    assert log.rows == 121_145
    assert log.reasons() == {"closed_dt is before open_dt": 197}
    orders = log.frame
    assert (orders["status"] == "open").mean() == pytest.approx(0.16, abs=0.005)
    assert orders["due"].isna().mean() == pytest.approx(0.22, abs=0.005)
    assert log.default_places / len(orders) == pytest.approx(0.14, abs=0.005)
    hours = (orders["closed"] - orders["created"]).dt.total_seconds() / 3600
    quantiles = hours.quantile([0.1, 0.25, 0.5, 0.75, 0.9]).tolist()
    assert quantiles == pytest.approx([0.02, 3.2, 67, 303, 931], rel=0.08)
    both = orders[orders["closed"].notna() & orders["due"].notna()]
    assert (both["closed"] <= both["due"]).mean() == pytest.approx(0.758, abs=0.0005)


@pytest.mark.skipif(not RECORDS.is_dir(), reason="the shared data are not there")
def test_stages_of_dispatch_in_dublin_are_read_across_midnight():
    columns = Columns(
        order="ID", date="Date", created="TOC", dispatched="ORD", departed="MOB", scene="IA"
    )
    log = read_orders(
        RECORDS / "dublin-fire" / "dublin-fire-2020-2022.csv.gz", Mapping(columns=columns)
    )
    orders = log.frame
    assert log.rows == 35_163 and log.set_aside.empty
    stages = [("created", "dispatched"), ("dispatched", "departed"), ("departed", "scene")]
    medians = [
        (orders[b] - orders[a]).dt.total_seconds().median() / 60
        for a, b in [*stages, ("created", "scene")]
    ]
    assert medians == pytest.approx([2.05, 1.77, 5.73, 10.07], abs=0.02)
    assert orders["scene"].isna().mean() == pytest.approx(0.21, abs=0.006)
    late = orders["scene"].dt.normalize() > orders["created"].dt.normalize()
    assert late.sum() > 50  # the stages that cross midnight
    assert (orders["scene"] - orders["created"]).min() >= pd.Timedelta(0)

"""Workbooks are read as offices build them: months, covers, merged cells, a touched far cell."""

import zipfile
from datetime import datetime, timedelta

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import SHARED

from govsim import language
from govsim.errors import InputError
from govsim.orders import old_workbooks
from govsim.orders.mapping import Columns, Mapping
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.orders.xlsx import is_date

CASES = SHARED / "cases" / "orders"
HEADER = ["工单编号", "上报时间", "结案时间", "街道"]
START = datetime(2025, 1, 1, 9, 30)


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def month(number, n=20):
    """Give the orders of a month, each closed after ten hours."""
    first = START.replace(month=number)
    days = [first + timedelta(days=i) for i in range(n)]
    return [[f"{number}-{i}", day, day + timedelta(hours=10), "东山"] for i, day in enumerate(days)]


def save(tmp_path, sheets, merged=()):
    """Save sheets by name; of the last one, cells are merged."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(tmp_path / "o.xlsx")
    return tmp_path / "o.xlsx"


def read(file, mapping=None):
    return read_orders(file, mapping or propose(open_source(file)).mapping)


def said(log):
    return {one.kind: one.detail for one in log.remarks if "sheet" in one.kind}


def hours(log):
    return ((log.frame["closed"] - log.frame["created"]) / pd.Timedelta(hours=1)).unique().tolist()


# ------------------------------------------------------------------ which sheets


def test_a_sheet_for_each_month_is_one_table(tmp_path):
    file = save(tmp_path, {f"{m}月": [HEADER, *month(m)] for m in (1, 2, 3)})
    log = read(file)
    assert len(log.frame) == 60 and hours(log) == [10.0] and log.set_aside.empty
    assert said(log) == {"sheets": "1月, 2月, 3月"}
    assert len(read(file, log.mapping).frame) == 60
    one = log.mapping.model_copy(update={"sheet": "2月"})
    assert read(file, one).frame["created"].dt.month.unique().tolist() == [2]
    assert not said(read(file, one))


def test_covers_statistics_and_lists_are_named_and_not_read(tmp_path):
    sheets = {
        "封面": [["2025年一季度工单"], ["制表：某科"]],
        "1月": [["1月工单明细"], [], HEADER, *month(1)],
        "统计": [["街道", "件数", "办结率"], *([f"街道{i}", i, 0.9] for i in range(50))],
        "2月": [HEADER, *month(2)],
        "人员": [["姓名", "街道", "入职时间"], *([f"某{i}", "东山", START] for i in range(300))],
        "空": [],
    }
    log = read(save(tmp_path, sheets))
    assert len(log.frame) == 40
    assert said(log) == {"sheets": "1月, 2月", "other sheets": "封面, 统计, 人员, 空"}
    assert log.frame["row"].tolist() == [*range(4, 24), *range(2, 22)]


def test_sheets_may_have_their_columns_in_another_order_or_lack_one(tmp_path):
    other = [[row[3], row[1], row[0]] for row in month(2)]
    sheets = {"1": [HEADER, *month(1)], "2": [["街道", "上报时间", "工单编号"], *other]}
    log = read(save(tmp_path, sheets))
    assert len(log.frame) == 40 and log.frame["closed"].isna().sum() == 20
    assert log.frame["order"].tolist()[-1] == "2-19"
    assert said(log)["missing in sheet"] == "2: 结案时间"


def test_hidden_sheets_are_not_read_and_named(tmp_path):
    file = save(tmp_path, {"1月": [HEADER, *month(1)], "旧": [HEADER, *month(2)]})
    book = openpyxl.load_workbook(file)
    book["旧"].sheet_state = "hidden"
    book.save(file)
    log = read(file)
    assert len(log.frame) == 20 and said(log) == {"other sheets": "旧"}


def test_a_sheet_that_holds_all_months_again_is_read_in_their_place(tmp_path):
    rows = {m: month(m) for m in (1, 2, 3)}
    sheets = {f"{m}月": [HEADER, *rows[m]] for m in rows}
    log = read(
        save(
            tmp_path, sheets | {"汇总": [HEADER, *(row for part in rows.values() for row in part)]}
        )
    )
    assert len(log.frame) == 60 and log.set_aside.empty
    assert said(log) == {"other sheets": "1月, 2月, 3月"}


def test_rows_set_aside_name_their_sheet(tmp_path):
    bad = month(2)
    bad[3][1] = "昨天"
    log = read(save(tmp_path, {"1月": [HEADER, *month(1)], "2月": [HEADER, *bad]}))
    assert log.set_aside[["sheet", "row"]].values.tolist() == [["2月", 5]]
    assert log.write_set_aside(tmp_path).read_text("utf-8-sig").startswith("sheet,row,工单编号")


# ------------------------------------------------------------------ header and cells


def test_a_header_of_two_storeys_is_put_together(tmp_path):
    rows = [
        ["一季度工单", None, None, None],
        ["工单编号", "时间", None, "街道"],
        [None, "上报", "结案", None],
        *month(1),
    ]
    file = save(tmp_path, {"1": rows}, ("A1:D1", "A2:A3", "B2:C2", "D2:D3"))
    assert open_source(file).header == ["工单编号", "上报", "结案", "街道"]
    log = read(file, Mapping(columns=Columns(order="工单编号", created="上报", closed="结案")))
    assert len(log.frame) == 20 and hours(log) == [10.0]


def test_names_below_a_common_head_that_are_alike_carry_it(tmp_path):
    rows = [["工单编号", "上报", None, "结案", None], [None, "时间", "人员", "时间", "人员"]]
    rows += [[row[0], row[1], "某", row[2], "某"] for row in month(1)]
    file = save(tmp_path, {"1": rows}, ("A1:A2", "B1:C1", "D1:E1"))
    assert open_source(file).header == ["工单编号", "上报时间", "上报人员", "结案时间", "结案人员"]
    assert len(read(file).frame) == 20 and hours(read(file)) == [10.0]


def test_cells_merged_below_one_another_count_for_each_of_their_rows(tmp_path):
    rows = month(1)
    for i in (1, 2, 4):
        rows[i][3] = None
    log = read(save(tmp_path, {"1": [HEADER, *rows]}, ("D2:D4", "D5:D6")))
    assert log.frame["place"].notna().all() and len(log.frame) == 20


def test_cells_marked_as_text_and_numbers_are_alike(tmp_path):
    rows = month(1)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADER)
    for i, row in enumerate(rows):
        as_text = [row[0], str(row[1]), f"'{row[2]}" if i % 2 else str(row[2]), row[3]]
        sheet.append(row if i % 3 else as_text)
        for cell in sheet[i + 2]:
            cell.quotePrefix = True
            cell.number_format = cell.number_format if i % 3 else "@"
    book.save(tmp_path / "o.xlsx")
    log = read(tmp_path / "o.xlsx")
    assert len(log.frame) == 20 and hours(log) == [10.0]
    assert log.frame["created"].tolist() == [row[1] for row in rows]


@pytest.mark.parametrize(
    ("code", "date"),
    [
        *((code, True) for code in ("yyyy-mm-dd", "m/d/yy h:mm", "yyyy年m月d日", "h:mm:ss")),
        *((code, True) for code in ("[$-804]上午/下午h时", "[DBNum1][$-404]e年m月d日")),
        *((code, True) for code in ("dd.mm.yyyy;@", "d\\-mmm\\-yy")),
        *((code, False) for code in ("General", "0.00", "#,##0", '0"days"', "[h]:mm", "@")),
        *((code, False) for code in ("0.00E+00", "[Red]0", "_(* #,##0_)", "0.0%", '"ymd"0')),
        *((code, False) for code in ("[$€-407]0", "0\\d")),
    ],
)  # fmt: skip
def test_a_format_of_dates_is_known_by_its_letters(code, date):
    assert is_date(code) == date


def test_times_come_out_of_an_xlsx_as_excel_shows_them(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["created"])
    serials = (45658, 45658.5, 45658.39583333334, 60.5, 59, 0.25, 45658.000011574)
    for serial in serials:
        sheet.append([serial])
        sheet.cell(sheet.max_row, 1).number_format = "yyyy-mm-dd hh:mm:ss"
    book.save(tmp_path / "o.xlsx")
    cells = open_source(tmp_path / "o.xlsx").read(["created"]).columns["created"].to_pylist()
    assert cells == [
        *("2025-01-01", "2025-01-01 12:00:00", "2025-01-01 09:30:00", "1900-02-28 12:00:00"),
        *("1900-02-28", "06:00:00", "2025-01-01 00:00:01"),
    ]
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(tmp_path / "o.xlsx")
    cells = open_source(tmp_path / "o.xlsx").read(["created"]).columns["created"].to_pylist()
    assert cells[:2] == ["2029-01-02", "2029-01-02 12:00:00"]


# ------------------------------------------------------------------ how far it reaches


def parts_of(file):
    with zipfile.ZipFile(file) as book:
        return {name: book.read(name) for name in book.namelist()}


def pack(file, parts):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return file


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "XFD2", "Z900000"])
def test_a_cell_at_the_far_end_costs_nothing(tmp_path, far):
    file = save(tmp_path, {"1": [HEADER, *month(1)]})
    parts = parts_of(file)
    row = "".join(sign for sign in far if sign.isdigit())
    cell = f'<row r="{row}"><c r="{far}"><v>1</v></c></row></sheetData>'.encode()
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", cell)
    log = read(pack(file, parts))
    # In column A it is the identity of an order without a creation; in others nothing is mapped.
    there = [1_048_576] if far.startswith("A") else []
    assert len(log.frame) == 20 and log.set_aside["row"].tolist() == there


def test_formatted_rows_without_anything_are_none(tmp_path):
    file = save(tmp_path, {"1": [HEADER, *month(1)]})
    parts = parts_of(file)
    empty = "".join(f'<row r="{r}"><c r="A{r}" s="1"/></row>' for r in range(30, 5000))
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", f"{empty}</sheetData>".encode())
    log = read(pack(file, parts))
    assert len(log.frame) == 20 and log.blank_rows == 0


def test_names_with_prefixes_and_cells_without_references_are_read(tmp_path):
    file = save(tmp_path, {"1": [HEADER, *month(1)]})
    parts = parts_of(file)
    text = parts[SHEET].decode()
    for tag in ("worksheet", "sheetData", "row", "c", "v", "is", "t"):
        text = text.replace(f"<{tag}>", f"<x:{tag}>").replace(f"<{tag} ", f"<x:{tag} ")
        text = text.replace(f"</{tag}>", f"</x:{tag}>")
    text = text.replace("xmlns=", "xmlns:x=")
    for letter in "ABCD":
        for row in range(1, 22):
            text = text.replace(f' r="{letter}{row}"', "")
    parts[SHEET] = text.encode()
    log = read(pack(file, parts))
    assert len(log.frame) == 20 and hours(log) == [10.0]


def ods(rows):
    """Write an ods; a number in a row stands for so many empty rows or cells before the next."""
    cells = []
    for times, row in rows:
        written = "".join(
            f'<table:table-cell table:number-columns-repeated="{cell}"/>'
            if isinstance(cell, int)
            else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        cells.append(
            f'<table:table-row table:number-rows-repeated="{times}">{written}</table:table-row>'
        )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    return {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b"<manifest/>",
        "content.xml": (
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="一">{"".join(cells)}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>"
        ).encode(),
    }


def test_an_ods_that_reaches_too_far_is_refused_in_one_line(tmp_path):
    rows = [(1, HEADER[:3]), *((1, [a, str(b), str(c)]) for a, b, c, _ in month(1))]
    assert len(read(pack(tmp_path / "o.ods", ods(rows))).frame) == 20
    empty = [*rows, (1_000_000, [16_000])]
    assert len(read(pack(tmp_path / "o.ods", ods(empty))).frame) == 20
    far = [*rows, (1_000_000, [16_000]), (1, [16_000, "x"])]
    with pytest.raises(InputError, match=r"“一” reaches over 1,000,022 rows and 16,001 columns"):
        read(pack(tmp_path / "o.ods", ods(far)))


def test_how_far_an_xlsb_reaches_is_found_in_its_records():
    def record(kind, data):
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        return head + bytes([len(data)]) + data

    number = (7).to_bytes(4, "little")
    data = b"".join(
        (
            record(129, b""),
            record(0, (0).to_bytes(4, "little") + bytes(13)),
            record(7, (2).to_bytes(4, "little") + number),
            record(0, (1_048_575).to_bytes(4, "little") + bytes(13)),
            record(7, (16_383).to_bytes(4, "little") + number),
            record(130, b""),
        )
    )
    assert old_workbooks._of_xlsb(data) == (1_048_576, 16_384)


def test_a_packed_folder_is_named_with_what_is_in_it(tmp_path):
    file = pack(tmp_path / "o.zip", {"一月.csv": b"a,b", "二月.csv": b"a,b"})
    with pytest.raises(InputError, match=r"packed folder; unpack it, .*一月\.csv, 二月\.csv"):
        open_source(file)


# ------------------------------------------------------------------ whatever is done to it


@settings(max_examples=30)
@given(data=st.data())
def test_a_spoilt_sheet_is_read_or_refused_in_words(tmp_path_factory, data):
    language.use("en")
    folder = tmp_path_factory.getbasetemp() / "sheets"
    folder.mkdir(exist_ok=True)
    if not (whole := folder / "o.xlsx").exists():
        save(folder, {"1": [HEADER, *month(1, 5)], "2": [HEADER, *month(2, 5)]}, ("D2:D4",))
    parts = parts_of(whole)
    name = data.draw(st.sampled_from(sorted(n for n in parts if "theme" not in n)))
    spoilt = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        piece = data.draw(
            st.sampled_from(
                [
                    b"",
                    b"<",
                    b">",
                    b'"',
                    b"9" * 30,
                    b"-1",
                    b"\xff",
                    b"&x;",
                    b"</c>",
                    b"s",
                    b"\0",
                    b"/",
                ]
            )
        )
        spoilt[at : at + data.draw(st.integers(0, 4))] = piece
    parts[name] = bytes(spoilt)
    file = pack(folder / "spoilt.xlsx", parts)
    try:
        log = read(file)
    except InputError as refused:
        assert refused.problems and all(problem.message for problem in refused.problems)
    else:
        assert log.rows == len(log.frame) + len(log.set_aside) > 0


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not there")
@pytest.mark.parametrize(("name", "orders"), [("abort-far-cell", 6), ("sheet_per_month", 60)])
def test_the_workbooks_of_the_cases_are_read(name, orders):
    assert len(read(CASES / f"{name}.xlsx").frame) == orders

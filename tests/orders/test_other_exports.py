"""Exports of other cities and programs are read right, or it is said why not.

Twelve made-up orders, 11 h 17 min apart from 3 March 2025 07:20:09 on; of three the third is
open, and the others closed after 5 h. Nobody tuned the reading to
these when they were first tried.
"""

import csv
import io
from datetime import datetime, timedelta

import pytest
from openpyxl import Workbook

from govsim import language
from govsim.errors import InputError
from govsim.orders.describing import describe
from govsim.orders.mapping import Mapping, load_mapping
from govsim.orders.mapping_file import to_yaml
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.report.order_columns import left_out
from govsim.report.order_tables import warnings

TIMES = [datetime(2025, 3, 3, 7, 20, 9) + i * timedelta(hours=11, minutes=17) for i in range(12)]
ENDS = [None if i % 3 == 2 else at + timedelta(hours=5) for i, at in enumerate(TIMES)]
UTC = timedelta(hours=8)
MONTH = ["ม.ค.", "ก.พ.", "มี.ค."]


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def written(tmp_path, rows, encoding="utf-8", sep=","):
    text = io.StringIO()
    csv.writer(text, delimiter=sep).writerows(rows)
    file = tmp_path / "export.csv"
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def table(tmp_path, head, form, none="", **how):
    """Write orders with their number, creation, end and category."""
    rows = [
        (1000 + i, form(TIMES[i]), form(end) if end else none, "AB"[i % 2])
        for i, end in enumerate(ENDS)
    ]
    return written(tmp_path, [head, *rows], **how)


def read(file):
    proposal = propose(open_source(file))
    return proposal, read_orders(file, proposal.mapping)


def is_right(log):
    found = describe(log)
    assert (found.orders, found.open) == (12, 4)
    assert found.first == "2025-03-03 07:20" and found.last == "2025-03-08 11:27"
    assert found.hours_to_close == pytest.approx([5.0] * 5, abs=0.02)


def half(at, am, pm):
    return f"{at.hour % 12 or 12:02}:{at:%M}", am if at.hour < 12 else pm


PLAIN = ("id", "created", "closed", "category")
CHINESE = ("工单编号", "受理时间", "办结时间", "诉求分类")
TAIWAN = ("案件編號", "受理時間", "結案時間", "案件類別")
GERMAN = ("Nr", "Eingang", "Erledigt am", "Thema")

FORMS = {
    "Jira": (PLAIN, lambda t: f"{t:%d/%b/%y} {' '.join(half(t, 'AM', 'PM'))}"),
    "Oracle": (PLAIN, lambda t: f"{t:%d-%b-%y}".upper() + f" {t:%I.%M.%S}.000000 {t:%p}"),
    "SQL Server": (PLAIN, lambda t: f"{t:%b} {t.day:2} {t.year} {t:%I:%M%p}"),
    "Java": (PLAIN, lambda t: f"{t:%a %b %d %H:%M:%S} CST {t.year}"),
    ".NET": (
        PLAIN,
        lambda t: f"/Date({int((t - UTC - datetime(1970, 1, 1)).total_seconds())}000)/",
    ),
    "Go": (PLAIN, lambda t: f"{t:%Y-%m-%d %H:%M:%S} +0800 CST"),
    "American, long": (PLAIN, lambda t: f"{t:%A, %B} {t.day}, {t.year} {t:%I:%M %p}"),
    "points": (GERMAN, lambda t: f"{t:%d.%m.%Y %H:%M} Uhr"),
    "Spanish header": (
        ("Folio", "Fecha_ingreso", "Fecha de cierre", "Tipo"),
        lambda t: f"{t:%d/%m/%Y %H:%M}",
    ),
    "French": (
        ("N° demande", "Date d'ouverture", "Date de clôture", "Catégorie"),
        lambda t: f"{t:%d/%m/%Y} à {t:%Hh%M}",
    ),
    "Buddhist era": (
        ("เลขที่", "วันที่แจ้ง", "วันที่แล้วเสร็จ", "ประเภท"),
        lambda t: f"{t.day}/{t.month}/{t.year + 543} {t:%H:%M}",
    ),
    "Thai": (
        ("เลขที่", "วันที่แจ้ง", "วันที่แล้วเสร็จ", "ประเภท"),
        lambda t: f"{t.day} {MONTH[t.month - 1]} {(t.year + 543) % 100} {t:%H:%M} น.",
    ),
    "the Republic's era": (TAIWAN, lambda t: f"中華民國114年{t.month}月{t.day}日 {t:%H:%M}"),
    "the Republic's era, one number": (TAIWAN, lambda t: f"114{t:%m%d%H%M%S}"),
    "the Republic's era, half days": (
        TAIWAN,
        lambda t: f"114/{t:%m/%d} {' '.join(half(t, '上午', '下午')[::-1])}",
    ),
    "Chinese numerals": (
        CHINESE,
        lambda t: f"二〇二五年三月{'〇一二三四五六七八'[t.day]}日 {t:%H:%M}",
    ),
    "Excel's tabs": (CHINESE, lambda t: f"\t{t:%Y-%m-%d %H:%M:%S}"),
    "weekdays": (CHINESE, lambda t: f"{t.year}-{t.month}-{t.day} 星期一 {t:%H:%M}"),
    "Korean": (
        ("번호", "접수일", "완료일", "분류"),
        lambda t: f"{t.year}. {t.month}. {t.day}. {' '.join(half(t, '오전', '오후')[::-1])}",
    ),
    "Reiwa": (
        ("受付番号", "受付日時", "完了日時", "種別"),
        lambda t: f"令和7年{t.month}月{t.day}日 {t.hour}時{t.minute:02}分",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_dates_are_read_as_other_programs_write_them(tmp_path, form):
    head, write = FORMS[form]
    proposal, log = read(table(tmp_path, head, write))
    is_right(log)
    assert proposal.mapping.columns.order == head[0]


def test_the_day_is_first_where_only_english_tables_have_the_month_first_and_that_is_said(tmp_path):
    _, log = read(table(tmp_path, GERMAN, lambda t: f"{t:%d.%m.%Y %H:%M}"))
    assert "20 dates" not in " ".join(warnings(describe(log)))
    assert "were read with the day first" in " ".join(warnings(describe(log)))
    with pytest.raises(InputError, match="day/month or as month/day"):
        read(table(tmp_path, PLAIN, lambda t: f"{t:%d/%m/%Y %H:%M}"))


def test_a_time_without_its_year_is_told_with_what_stands_there(tmp_path):
    with pytest.raises(InputError, match="“受理时间” is called like one, but “3月3日 07:20”"):
        read(table(tmp_path, CHINESE, lambda t: f"{t.month}月{t.day}日 {t:%H:%M}"))


# ------------------------------------------------------------------ a day and a time of day

PAIRS = {
    "SAP": (
        ("Notification", "Created On", "Created At", "Completion Date", "Completion Time"),
        "%d.%m.%Y",
        "%H:%M:%S",
    ),
    "12345": (("工单编号", "受理日期", "受理时间", "办结日期", "办结时间"), "%Y-%m-%d", "%H:%M"),
    "Buenos Aires": (
        ("contacto", "fecha_ingreso", "hora_ingreso", "fecha_cierre", "hora_cierre"),
        "%d/%m/%Y",
        "%H:%M:%S",
    ),
    "Kansas City": (
        ("Case ID", "Creation Date", "Creation Time", "Closed Date", "Closed Time"),
        "%Y/%m/%d",
        "%I:%M %p",
    ),
}


def pairs(day, clock):
    for i, (at, end) in enumerate(zip(TIMES, ENDS, strict=True)):
        over = ("", "") if end is None else (end.strftime(day), end.strftime(clock))
        yield 1000 + i, at.strftime(day), at.strftime(clock), *over


@pytest.mark.parametrize("program", PAIRS)
def test_the_day_and_the_time_of_day_of_an_end_are_joined_and_that_is_said(tmp_path, program):
    head, day, clock = PAIRS[program]
    proposal, log = read(written(tmp_path, [head, *pairs(day, clock)]))
    is_right(log)
    assert proposal.mapping.columns.given()["date"] == head[1]
    assert list(proposal.mapping.clocks.values()) == [head[4]]
    assert f"the time of day is from “{head[4]}”" in " ".join(warnings(describe(log)))
    assert not [left for left in proposal.left if left.column in head[3:]]


def test_a_workbook_has_days_and_times_of_day_in_cells_of_their_own(tmp_path):
    book = Workbook()
    book.active.append(["工单编号", "受理日期", "受理时间", "办结日期", "办结时间"])
    for i, (at, end) in enumerate(zip(TIMES, ENDS, strict=True)):
        over = (None, None) if end is None else (end.date(), end.time())
        book.active.append([1000 + i, at.date(), at.time(), *over])
    book.save(tmp_path / "export.xlsx")
    is_right(read(tmp_path / "export.xlsx")[1])


def test_a_mapping_file_keeps_the_column_of_times_of_day(tmp_path):
    head, day, clock = PAIRS["12345"]
    file = written(tmp_path, [head, *pairs(day, clock)])
    (tmp_path / "m.yaml").write_text(to_yaml(read(file)[0], "x"), "utf-8")
    is_right(read_orders(file, tmp_path / "m.yaml"))


def test_numbers_are_times_of_day_too_and_a_day_alone_stays_one(tmp_path):
    rows = [
        ("id", "created", "day", "clock"),
        (1, "2025-03-03 07:20:09", "20250303", "122009"),
        (2, "2025-03-04 07:20:09", "20250305", "72009"),  # 07:20:09
        (3, "2025-03-05 07:20:09", "20250306", ""),
        (4, "2025-03-06 07:20:09", "00000000", "000000"),
    ]
    columns = {"order": "id", "created": "created", "closed": "day"}
    given = Mapping.model_validate({"columns": columns, "clocks": {"closed": "clock"}})
    closed = read_orders(written(tmp_path, rows), given).frame["closed"]
    assert list(closed.astype(str).fillna("NaT")) == [
        "2025-03-03 12:20:09",
        "2025-03-05 07:20:09",
        "2025-03-06 00:00:00",
        "NaT",
    ]


def test_what_is_wrong_with_clocks_in_a_mapping_is_told_with_its_line(tmp_path):
    file = tmp_path / "m.yaml"
    text = "columns: {created: a, closed: b}\nclocks:\n  resolved: c\n  closed: a\n"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as found:
        load_mapping(file)
    assert [(p.path, p.line) for p in found.value.problems] == [
        ("clocks.resolved", 3),
        ("clocks.closed", 4),
    ]
    file.write_text("columns: {created: a, closed: b}\nclocks: {closed: c}\n", "utf-8")
    with pytest.raises(InputError, match="no column “c”"):
        read_orders(written(tmp_path, [("a", "b"), ("2025-03-03 07:20", "")]), file)


# ------------------------------------------------------------------ names, words, encodings


def test_words_written_as_one_are_told_apart(tmp_path):
    head = ("SERVICEREQUESTID", "ADDDATE", "RESOLUTIONDATE", "SERVICETYPE", "SERVICEDUEDATE")
    rows = [
        (f"25-{i}", at, end or "", ["Bulk", "Parking"][i % 2], at + timedelta(hours=9))
        for i, (at, end) in enumerate(zip(TIMES, ENDS, strict=True))
    ]
    columns = read(written(tmp_path, [head, *rows]))[0].mapping.columns.given()
    fields = ("order", "created", "resolved", "category", "due")
    assert [columns.get(field) for field in fields] == list(head)


@pytest.mark.parametrize(
    ("encoding", "head", "words"),
    [
        ("cp932", ("受付番号", "受付日時", "処理完了日時", "要望区分"), "道路 公園"),
        ("big5", TAIWAN, "道路坑洞 路燈故障"),
        ("cp949", ("접수번호", "접수일시", "처리완료일시", "민원유형"), "도로 가로등"),
        ("gbk", CHINESE, "噪音扰民 占道经营"),
    ],
)
def test_encodings_of_east_asia_are_told_apart(tmp_path, encoding, head, words):
    rows = [(1000 + i, TIMES[i], end or "", words.split()[i % 2]) for i, end in enumerate(ENDS)]
    proposal, log = read(written(tmp_path, [head, *rows], encoding))
    is_right(log)
    assert proposal.mapping.columns.category == head[3]
    assert set(log.frame["category"]) == set(words.split())


def test_yes_and_no_below_another_question_are_no_states(tmp_path):
    rows = [(i, t, e or "", i % 2 == 0) for i, (t, e) in enumerate(zip(TIMES, ENDS, strict=True))]
    proposal, log = read(
        written(tmp_path, [("number", "opened_at", "closed_at", "made_sla"), *rows])
    )
    is_right(log)
    assert proposal.mapping.columns.status is None


def test_a_column_of_closings_that_nobody_fills_says_nothing_of_ends(tmp_path):
    rows = [(i, t, e or "", "") for i, (t, e) in enumerate(zip(TIMES, ENDS, strict=True))]
    is_right(read(written(tmp_path, [("Report ID", "Created", "Fixed", "Closed"), *rows]))[1])


def test_rows_without_anything_count_nowhere_when_columns_are_recognised(tmp_path):
    rows = [(i, t, e or "", "A") for i, (t, e) in enumerate(zip(TIMES, ENDS, strict=True))]
    spaced = [row for pair in zip(rows, [("",) * 4] * 12, strict=True) for row in pair]
    is_right(read(written(tmp_path, [CHINESE, *spaced]))[1])


# ------------------------------------------------------------------ logs and durations

LOGS = {
    "German": (
        ("Vorgang", "Aktion", "Zeitpunkt"),
        ((0, "Angelegt"), (5, "Zugewiesen"), (300, "Geschlossen")),
    ),
    "Spanish": (
        ("Folio", "Acción", "Fecha y hora"),
        ((0, "Creada"), (5, "Asignada"), (300, "Cerrada")),
    ),
    "12345": (
        ("工单编号", "环节", "操作时间"),
        ((0, "登记"), (10, "受理"), (30, "派单"), (200, "处置完成"), (300, "结案")),
    ),
    "Jira": (
        ("Issue key", "To status", "Changed"),
        ((0, "To Do"), (10, "In Progress"), (250, "In Review"), (300, "Done")),
    ),
}


@pytest.mark.parametrize("program", LOGS)
def test_logs_of_events_are_read_in_other_languages(tmp_path, program):
    head, steps = LOGS[program]
    rows = [
        (f"G{1000 + i}", word, at + timedelta(minutes=m))
        for i, at in enumerate(TIMES)
        for m, word in steps
        if m < 300 or ENDS[i]
    ]
    is_right(read(written(tmp_path, [head, *rows]))[1])


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("办理时长", "5小时0分"),
        ("Resolution duration", "5h 0m 0s"),
        ("time_to_resolve", "PT5H"),
        ("resolution_minutes", "300"),
    ],
)
def test_durations_in_words_tell_their_unit(tmp_path, name, word):
    rows = [(i, at, word if ENDS[i] else "") for i, at in enumerate(TIMES)]
    is_right(read(written(tmp_path, [("ticket_no", "opened_time", name), *rows]))[1])


def test_a_time_of_recovery_comes_before_a_duration_that_runs_on(tmp_path):
    head = ("Time", "Recovery time", "Status", "Problem", "Duration")
    rows = [
        (at, end or "", "RESOLVED" if end else "PROBLEM", "Disk", "5h")
        for at, end in zip(TIMES, ENDS, strict=True)
    ]
    proposal, log = read(written(tmp_path, [head, *rows]))
    is_right(log)
    assert not proposal.mapping.durations


def test_times_of_day_below_the_name_of_a_duration_are_asked_for(tmp_path):
    rows = [(i, at, "05:00:00" if ENDS[i] else "") for i, at in enumerate(TIMES)]
    proposal, _ = read(written(tmp_path, [("ticket_no", "opened_time", "resolution_time"), *rows]))
    assert "“durations: {closed: hours}”" in " ".join(left_out(proposal))


def test_a_workbook_of_excel_2003_in_xml_is_named(tmp_path):
    file = tmp_path / "export.xls"
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    file.write_text(f'<?xml version="1.0"?><Workbook xmlns="{space}"></Workbook>')
    with pytest.raises(InputError, match="XML of Excel 2003"):
        open_source(file)


def test_longitudes_in_the_column_of_latitudes_are_exchanged_and_that_is_said(tmp_path):
    head = ("工单编号", "受理时间", "经度", "纬度")
    rows = [(i, at, 31.9 + i / 1000, 118.8 + i / 1000) for i, at in enumerate(TIMES)]
    _, log = read(written(tmp_path, [head, *rows]))
    assert log.frame["longitude"].between(118, 119).all()
    assert log.frame["latitude"].between(31, 32).all()
    assert "were exchanged" in " ".join(warnings(describe(log)))
    rows = [(i, at, 118.8 + i / 1000, 31.9 + i / 1000) for i, at in enumerate(TIMES)]
    _, log = read(written(tmp_path, [head, *rows]))
    assert log.frame["longitude"].between(118, 119).all() and not log.remarks

"""What clerks write for states and answers is read by its parts, and costs no row."""

import pandas as pd
import pytest
from places import SHARED

from govsim import language
from govsim.errors import InputError
from govsim.orders.answers import mark_of, scale_of
from govsim.orders.describing import Description, describe
from govsim.orders.mapping import Mapping, load_mapping
from govsim.orders.mapping_file import to_yaml
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.orders.states import state_of
from govsim.report.order_tables import warnings

CASES = SHARED / "cases" / "orders"
cases = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not there")


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def proposed(file):
    return read_orders(file, propose(open_source(file)).mapping)


def table(tmp_path, **columns):
    n = len(next(iter(columns.values())))
    created = pd.date_range("2025-03-03 07:20", periods=n, freq="11h17min")
    file = tmp_path / "orders.csv"
    pd.DataFrame({"Case ID": range(n), "Created": created, **columns}).to_csv(file, index=False)
    return file


# ------------------------------------------------------------------ states

STATES = {
    "open": (
        "Unresolved|Incomplete|Not completed|To be closed|Reopened|Closed - Reopened|Not yet "
        "closed|"
        "Awaiting closure|Uncompleted|Un-resolved|Ready to close|Partially resolved|On Hold|In "
        "Review|"
        "Work in Progress|Pending Customer Response|Dispatched|IN_PROGRESS|Open - Unassigned|"
        "未结案|待结案|未办结|已受理|已派单|待签收|处理中（超期）|已处置待结案|重新打开|尚未结案|"
        "未关闭|部分完成|"
        "Abierto|En proceso|Sin resolver|Por cerrar|No resuelto|Reabierto|En trámite|"
        "Offen|In Bearbeitung|Nicht erledigt|Unerledigt|Wiedereröffnet|teilweise erledigt|"
        "กำลังดำเนินการ|รอรับเรื่อง|ยังไม่เสร็จ|접수완료|처리중|미처리|담당자 지정완료|"
        "対応中|未対応|受付済|一部完了|Non résolu|Em andamento"
    ),
    "closed": (
        "Closed|RESOLVED|Closed - Duplicate|Closed Without Resolution|Closed - Not Resolved|"
        "Auto-closed|"
        "Case Closed|Cancelled|Done|已结案|已结案未评价|已办结待回访|已归档|处理完毕|强制结案|"
        "不予受理|"
        "已办结（不满意）|结案（未解决）|按期办结|Cerrado|Resuelto|Finalizada|Cerrado sin "
        "resolver|Geschlossen|"
        "Erledigt|เสร็จสิ้น|แก้ไขแล้ว|처리완료|답변완료|対応済|完了|Résolu|Concluído"
    ),
    "": (
        "NY|Texas|3|Unknown|办结待审核|申请结案|待评价|Closure Requested|"
        "Resolved, pending confirmation"
    ),
}


@pytest.mark.parametrize(
    ("word", "meaning"), [(word, it) for it, words in STATES.items() for word in words.split("|")]
)
def test_a_state_is_read_by_its_parts(word, meaning):
    assert state_of(word) == meaning


@cases
def test_what_is_not_closed_is_open_whatever_word_for_closed_it_holds():
    log = proposed(CASES / "status_not_closed.csv")
    assert log.frame["status"].value_counts().to_dict() == {"open": 50, "closed": 10}


def test_a_word_without_a_counterpart_follows_the_time_of_closing_and_is_named(tmp_path):
    closed = ["2025-04-03 07:20:00", "", "2025-04-03 07:20:00", "", ""]
    states = ["Blue", "Blue", "Closed", "In Review", "N/A"]
    file = table(tmp_path, Closed=closed, Status=states)
    proposal = propose(open_source(file))
    log = read_orders(file, proposal.mapping)
    assert log.set_aside.empty
    assert log.frame["status"].tolist() == ["closed", "open", "closed", "open", "open"]
    assert [(one.word, one.meaning, one.orders) for one in log.states] == [
        ("Blue", "", 2),
        ("Closed", "closed", 1),
        ("In Review", "open", 1),
    ]
    assert any("Blue 40%" in line for line in warnings(describe(log)))
    assert "without a counterpart: Blue" in to_yaml(proposal, "orders.csv")


def test_the_mapping_says_what_a_state_means_against_its_parts(tmp_path):
    file = table(tmp_path, State=["Closed", "Dormant"])
    columns = {"created": "Created", "status": "State"}
    given = {"columns": columns, "values": {"status": {"closed": "open", "dormant": "closed"}}}
    log = read_orders(file, Mapping.model_validate(given))
    assert log.frame["status"].tolist() == ["open", "closed"]


def test_a_record_in_which_nothing_ends_is_told(tmp_path):
    file = table(tmp_path, Type=["road", "lamp"])
    found = describe(proposed(file))
    assert found.endless and any("says when an order ends" in line for line in warnings(found))
    assert Description.from_plain(found.plain()).endless
    states = describe(proposed(table(tmp_path, Status=["Closed", "Blue"])))
    assert not states.endless and (states.open, states.closed_without_time) == (1, 1)
    assert Description.from_plain(states.plain()).states == states.states


# ------------------------------------------------------------------ answers and marks


@cases
def test_marks_are_not_yes_and_no():
    log = proposed(CASES / "rating_stars.csv")
    assert len(log.frame) == 60 and log.frame["satisfied"].sum() == 24
    (said,) = [line for line in warnings(describe(log)) if "marks" in line]
    assert "60 cells" in said and "≥ 4" in said


@pytest.mark.parametrize(
    ("name", "cells", "satisfied"),
    [
        ("Rating", "1 2 3 4 5 0", [False, False, False, True, True, None]),
        ("满意度评分", "100 80 79 0 55 无", [True, True, False, False, False, None]),
        ("Satisfaction rating", "10 8 7 0 6 n/a", [True, True, False, False, False, None]),
        ("nps score", "10 9 8 0 6 -", [True, True, False, False, False, None]),
        ("评价星级", "5星 4星 三星 1星 ★★★★☆ ★", [True, True, False, False, True, False]),
        ("satisfied", "-1 0 1 1 0 -1", [False, False, True, True, False, False]),
        ("satisfied", "1 0 1 1 0 0", [True, False, True, True, False, False]),
        ("satisfaction", "Good Bad Offered Unoffered Good Bad", [1, 0, None, None, 1, 0]),
        ("满意度", "满意 不满意 一般 非常满意 默认好评 差评", [1, 0, None, 1, None, 0]),
        ("满意度", "1.非常满意 2.满意 3.一般 4.不满意 5.非常不满意 无", [1, 1, None, 0, 0, None]),
        # Codes of which nobody knows the best one: no answer, and named.
        ("满意度", "1 2 3 1 2 3", [None] * 6),
    ],
)
def test_answers_on_satisfaction_in_words_marks_and_stars(tmp_path, name, cells, satisfied):
    file = table(tmp_path, **{name: cells.split()})
    mapping = Mapping.model_validate({"columns": {"created": "Created", "satisfied": name}})
    log = read_orders(file, mapping)
    assert log.set_aside.empty
    found = [None if it is pd.NA else bool(it) for it in log.frame["satisfied"]]
    assert found == [None if it is None else bool(it) for it in satisfied]


def test_words_that_are_neither_yes_nor_no_are_named(tmp_path):
    file = table(tmp_path, satisfied=["yes", "no", "purple", "purple"], repeat=["1", "2", "3", ""])
    columns = {"created": "Created", "satisfied": "satisfied", "repeat": "repeat"}
    log = read_orders(file, Mapping.model_validate({"columns": columns}))
    assert log.set_aside.empty and log.frame["repeat"].isna().all()
    said = [line for line in warnings(describe(log)) if "neither yes nor no" in line]
    assert "purple (2)" in " ".join(said) and "1 (1), 2 (1), 3 (1)" in " ".join(said)


@pytest.mark.parametrize(
    ("given", "satisfied"),
    [
        ({"satisfied_from": 3}, [False, False, True]),
        ({"satisfied_up_to": 2}, [True, True, False]),
        ({"values": {"satisfied": {"1": True, "2": None, "3": False}}}, [True, None, False]),
    ],
)
def test_the_mapping_says_which_marks_are_good(tmp_path, given, satisfied):
    file = table(tmp_path, code=["1", "2", "3"])
    mapping = Mapping.model_validate(
        {"columns": {"created": "Created", "satisfied": "code"}} | given
    )
    found = read_orders(file, mapping).frame["satisfied"]
    assert [None if it is pd.NA else bool(it) for it in found] == satisfied


def test_a_mapping_can_not_say_from_and_up_to_which_mark(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text("columns: {created: c}\nsatisfied_from: 4\nsatisfied_up_to: 2\n")
    with pytest.raises(InputError) as found:
        load_mapping(file)
    said = [problem.message for problem in found.value.problems]
    assert "give either satisfied_from or satisfied_up_to, not both" in said
    assert "there is no column for satisfied" in said


def test_a_mark_is_a_number_whatever_stands_around_it():
    for cell in ("4", "4.0", "4星", "4 stars", "★★★★☆", "4/5", "4 out of 5", "四星", "４分"):
        assert mark_of(cell) == 4
    for cell in ("four", "2025-01-01", "A4", "", "满意"):
        assert mark_of(cell) is None
    assert scale_of("Rating", ["1", "2"]).best_from == 4
    assert scale_of("满意度", ["1", "2", "3"]) is None

"""Several rows of one order are told apart, and read by a rule that is said."""

import pandas as pd
import pytest
from places import SHARED

from govsim import language
from govsim.errors import InputError
from govsim.orders.describing import describe
from govsim.orders.events import step_of
from govsim.orders.mapping import Columns, Mapping, Values
from govsim.orders.mapping_file import to_yaml
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.report.order_columns import also_read, field_name
from govsim.report.order_tables import warnings

CASES = SHARED / "cases" / "orders"
STARTS = list(pd.date_range("2025-03-03 07:20", periods=12, freq="11h17min31s"))
STEPS = ("上报", "立案", "派遣", "处置", "结案")


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def write(tmp_path, header, rows):
    file = tmp_path / "o.csv"
    lines = (",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    file.write_text("\n".join([",".join(header), *lines]), "utf-8")
    return file


def read(file, mapping=None):
    return read_orders(file, mapping or propose(open_source(file)).mapping)


def kinds(log):
    return {one.kind: one.cells for one in log.remarks}


def after(log, field):
    took = log.frame[field] - log.frame["created"]
    return (took.dropna() / pd.Timedelta(hours=1)).tolist()


def events(steps=STEPS, apart=2, orders=STARTS, lacking=()):
    """Give a row for each step of each order, some hours apart."""
    return [
        (f"A{i}", step, start + pd.Timedelta(hours=apart * k))
        for i, start in enumerate(orders)
        for k, step in enumerate(steps)
        if not (step == steps[-1] and i in lacking)
    ]


# ------------------------------------------------------------------ events


def check(log, starts=STARTS):
    assert len(log.frame) == 12 and log.set_aside.empty
    assert log.frame["created"].tolist() == starts
    assert log.frame["status"].value_counts().to_dict() == {"closed": 10, "open": 2}
    assert after(log, "closed") == [8.0] * 10
    for field, hours in (("accepted", 2), ("dispatched", 4), ("resolved", 6)):
        assert after(log, field) == [hours] * 12


def test_a_log_of_events_is_read_stage_by_stage(tmp_path):
    rows = events(lacking=(3, 7))
    file = write(tmp_path, ("案件编号", "环节", "操作时间"), rows)
    check(read(file))


def shuffled(rows):
    return sorted(rows, key=lambda row: (row[2], row[0]))


@pytest.mark.parametrize(
    ("header", "steps"),
    [
        (("案件编号", "环节", "操作时间"), STEPS),
        (("工单编号", "状态", "变更时间"), ("已上报", "已立案", "已派遣", "已处置", "已结案")),
        (
            ("工单号", "流程节点", "时间"),
            ("监督员上报", "值班长立案", "派遣员派遣", "部门处置", "核查结案"),
        ),
        (
            ("Case ID", "Activity", "Timestamp"),
            ("Opened", "Accepted", "Assigned", "Resolved", "Closed"),
        ),
        (
            ("ticket", "event_type", "event_time"),
            ("created", "acknowledged", "crew_dispatched", "work_completed", "ticket_closed"),
        ),
        (
            ("sr number", "status", "changed_at"),
            ("New", "Accepted", "Dispatched", "Resolved", "Closed"),
        ),
    ],
)  # fmt: skip
def test_logs_are_known_by_their_identities_steps_and_times(tmp_path, header, steps):
    file = write(tmp_path, header, shuffled(events(steps, lacking=(3, 7))))
    source = open_source(file)
    proposal = propose(source)
    assert proposal.mapping.columns.given() == {
        "order": header[0], "created": header[2], "event": header[1],
    }  # fmt: skip
    log = read(file)
    check(log)
    (said,) = (one for one in warnings(describe(log)) if "events" in one)
    assert "58 rows" in said and f"{steps[1]} = accepted" in said


def test_a_mapping_says_what_steps_are_and_other_columns_keep_their_last_word(tmp_path):
    rows = [
        (order, {"立案": "甲", "结案": "丁"}.get(step, step), when, "" if i % 5 else f"街{i % 2}")
        for i, (order, step, when) in enumerate(events())
    ]  # fmt: skip
    file = write(tmp_path, ("编号", "操作", "何时", "街道"), rows)
    mapping = Mapping(
        columns=Columns(order="编号", event="操作", created="何时", place="街道"),
        values=Values(event={"甲": "accepted", "丁": "closed", "处置": None}),
    )
    log = read(file, mapping)
    assert after(log, "closed") == [8.0] * 12 and after(log, "accepted") == [2.0] * 12
    assert "resolved" not in log.frame
    assert set(log.frame["place"]) == {"街0", "街1"}


def test_an_order_that_is_taken_up_again_has_not_ended(tmp_path):
    rows = events()
    again = STARTS[2] + pd.Timedelta(days=3)
    rows += [("A2", "重新打开", again), ("A4", "派遣", again)]
    rows += [("A4", "结案", again + pd.Timedelta(days=9))]
    log = read(write(tmp_path, ("案件编号", "环节", "操作时间"), rows))
    orders = log.frame.set_index("order")
    assert orders["status"]["A2"] == "open" and pd.isna(orders["closed"]["A2"])
    assert orders["closed"]["A4"] == again + pd.Timedelta(days=9)
    assert orders["dispatched"]["A4"] == STARTS[4] + pd.Timedelta(hours=4)


def test_an_event_that_cannot_be_placed_is_set_aside_with_its_row(tmp_path):
    rows = events()
    rows[3] = (rows[3][0], rows[3][1], "昨天")
    rows[9] = ("", rows[9][1], rows[9][2])
    log = read(write(tmp_path, ("案件编号", "环节", "操作时间"), rows))
    assert log.set_aside["row"].tolist() == [5, 11]
    assert log.reasons() == {"操作时间: not a time": 1, "案件编号: empty": 1}


def test_events_whose_column_nobody_named_are_refused_with_the_way_to_read_them(tmp_path):
    file = write(tmp_path, ("案件编号", "说了什么", "操作时间"), events())
    with pytest.raises(InputError, match=r"12 of 12 orders .* under “event:”"):
        read(file, Mapping(columns=Columns(order="案件编号", created="操作时间")))


def test_a_proposed_log_can_be_written_and_read(tmp_path):
    file = write(tmp_path, ("案件编号", "环节", "操作时间"), events())
    (tmp_path / "m.yaml").write_text(to_yaml(propose(open_source(file)), "x"), "utf-8")
    assert len(read_orders(file, tmp_path / "m.yaml").frame) == 12


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        *(("上报", "created"), ("受理员立案", "accepted"), ("派遣员派遣", "dispatched")),
        *(("专业部门处置", "resolved"), ("处置完成", "resolved"), ("结案回访", "replied")),
        *(("核查结案", "closed"), ("待派遣", ""), ("处置中", ""), ("未结案", "")),
        ("退回", "reopened"),
        *(("Case Closed", "closed"), ("re_assigned", "dispatched"), ("Reopened", "reopened")),
        *(("In progress", ""), ("Unresolved", ""), ("work completed", "resolved"), ("喝茶", "")),
    ],
)
def test_steps_are_known_by_their_parts(word, stage):
    assert step_of(word) == stage


# ------------------------------------------------------------------ states


def states(*snapshots):
    """Give rows of orders in a state, snapshot after snapshot."""
    return [(f"K{i}", STARTS[i], state) for snapshot in snapshots for i, state in snapshot]


FIRST = [(i, "处置中") for i in range(10)]
SECOND = [(i, "已结案") for i in range(7)]


@pytest.mark.parametrize("rows", [states(FIRST, SECOND), states(SECOND, FIRST)])
def test_of_several_states_of_an_order_the_last_counts(tmp_path, rows):
    log = read(write(tmp_path, ("工单编号", "上报时间", "工单状态"), rows))
    assert log.frame["status"].value_counts().to_dict() == {"closed": 7, "open": 3}
    assert log.reasons() == {"an earlier state of the order": 7}
    assert kinds(log)["states"] == 7 and "again" not in kinds(log)


def test_the_last_state_is_told_by_when_it_was_written(tmp_path):
    days = ("2025-03-20", "2025-03-10", "2025-03-15")
    said = ("已结案", "处置中", "派遣")
    rows = [
        (f"K{i}", STARTS[i], state, day) for state, day in zip(said, days, strict=True)
        for i in range(10)
    ]  # fmt: skip
    rows += [("K3", STARTS[3], "处置中", "2025-03-25")]
    file = write(tmp_path, ("工单编号", "上报时间", "工单状态", "快照日期"), rows)
    mapping = propose(open_source(file)).mapping
    assert mapping.columns.updated == "快照日期"
    log = read(file)
    assert log.frame["status"].value_counts().to_dict() == {"closed": 9, "open": 1}
    assert log.frame.set_index("order")["status"]["K3"] == "open"
    assert "time at which the row was written: 快照日期" in also_read(log.mapping.columns.given())


def test_every_field_of_a_mapping_has_a_name_for_the_planner():
    for lang in ("en", "zh"):
        language.use(lang)
        names = [field_name(field) for field in Columns.model_fields]
        assert len(set(names)) == len(names) and all(
            name.isascii() == (lang == "en") for name in names
        )


def test_a_reopened_order_has_its_first_creation_and_its_last_state(tmp_path):
    day = pd.Timedelta(days=1)
    rows = [(f"K{i}", start, start + day) for i, start in enumerate(STARTS)]
    rows += [("K1", STARTS[1] + 5 * day, None), ("K2", STARTS[2] + 5 * day, STARTS[2] + 9 * day)]
    log = read(write(tmp_path, ("工单编号", "上报时间", "结案时间"), rows))
    orders = log.frame.set_index("order")
    assert orders["created"].tolist() == [*STARTS[:1], *STARTS[3:], *STARTS[1:3]]
    assert orders["status"]["K1"] == "open"
    assert orders["closed"]["K2"] - orders["created"]["K2"] == 9 * day
    assert kinds(log)["again"] == 2


def test_the_same_row_again_is_no_state(tmp_path):
    rows = states(SECOND, SECOND[:3])
    log = read(write(tmp_path, ("工单编号", "上报时间", "工单状态"), rows))
    assert len(log.frame) == 7
    assert log.reasons() == {"the order is in another row too": 3}
    assert not kinds(log).keys() & {"states", "again"}


def test_an_identity_that_tells_nothing_apart_is_refused(tmp_path):
    rows = [(f"S{i % 3}", start, start + pd.Timedelta(days=1)) for i, start in enumerate(STARTS)]
    with pytest.raises(InputError, match="“工单编号” doesn't tell orders apart"):
        read(write(tmp_path, ("工单编号", "上报时间", "结案时间"), rows))


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not there")
def test_the_cases_with_several_rows_an_order_come_out_right():
    first = pd.read_csv(CASES / "event_log.csv", parse_dates=["操作时间"])
    first = first[first["环节"] == "上报"]["操作时间"]
    check(read(CASES / "event_log.csv"), first.tolist())
    log = read(CASES / "snapshots.csv")
    assert log.frame["status"].value_counts().to_dict() == {"closed": 7, "open": 3}
    # What was set aside, an order's earlier states, is no part of the shares of words.
    assert {one.word: one.orders for one in log.states} == {"已结案": 7, "处置中": 3}

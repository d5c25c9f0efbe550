"""Limits and durations that are numbers are times after others, and their unit is told."""

import pandas as pd
import pytest
from places import SHARED

from govsim import language
from govsim.errors import InputError
from govsim.orders.describing import describe
from govsim.orders.mapping import Mapping, load_mapping
from govsim.orders.mapping_file import to_yaml
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.orders.spans import Named, amount, named, unit_in
from govsim.report.order_columns import left_out
from govsim.report.order_tables import warnings
from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND

CASES = SHARED / "cases" / "orders"
STARTS = pd.date_range("2025-03-03 07:20", periods=6, freq="11h17min")


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def table(tmp_path, **columns):
    file = tmp_path / "orders.csv"
    pd.DataFrame({"id": range(6), "created": STARTS, **columns}).to_csv(file, index=False)
    return file


def minutes(log, field, base="created"):
    after = (log.frame[field] - log.frame[base]) / pd.Timedelta(minutes=1)
    return [None if pd.isna(it) else it for it in after]


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not there")
def test_a_limit_in_hours_is_a_time_after_creation():
    file = CASES / "ticket-export.csv"
    proposal = propose(open_source(file))
    columns = proposal.mapping.columns.given()
    assert columns == {
        "order": "ticket_id",
        "created": "created_at",
        "resolved": "resolved_at",
        "due": "sla_hours",
        "category": "request_type",
        "department": "department",
        "status": "status",
    }
    assert proposal.mapping.durations == {"due": "hours"}
    log = read_orders(file, proposal.mapping)
    assert len(log.frame) == 40 and log.frame["resolved"].notna().sum() == 8
    hours = (log.frame["due"] - log.frame["created"]) / pd.Timedelta(hours=1)
    assert hours.tolist()[:6] == [12, 48, 120, 12, 48, 120]
    assert log.frame["status"].value_counts().to_dict() == {"open": 32, "closed": 8}


def test_the_written_mapping_reads_the_same(tmp_path):
    file = table(tmp_path, sla_hours=[12] * 6, **{"Time to close (min)": [30, 60, "", 90, 5, 1]})
    proposal = propose(open_source(file))
    (tmp_path / "m.yaml").write_text(to_yaml(proposal, "orders.csv"), "utf-8")
    again = load_mapping(tmp_path / "m.yaml").mapping
    assert again == proposal.mapping
    log = read_orders(file, again)
    assert minutes(log, "closed") == [30, 60, None, 90, 5, 1]
    assert minutes(log, "due") == [720] * 6
    assert log.frame["status"].tolist().count("open") == 1
    (said,) = [line for line in warnings(describe(log)) if "minutes" in line]
    assert "time of closing: the column says how long it was after the time of creation" in said


def test_a_duration_may_count_from_another_stage(tmp_path):
    file = table(
        tmp_path,
        dispatched=STARTS + pd.Timedelta(minutes=3),
        travel_seconds=[240, 300, "n/a", 60, 60, 60],
    )
    proposal = propose(open_source(file))
    assert proposal.mapping.durations == {"scene": "seconds after dispatched"}
    log = read_orders(file, proposal.mapping)
    assert minutes(log, "scene", "dispatched") == [4, 5, None, 1, 1, 1]
    assert minutes(log, "scene") == [7, 8, None, 4, 4, 4]


def test_numbers_in_a_column_mapped_to_a_time_are_durations_by_its_name_or_asked_for(tmp_path):
    file = table(tmp_path, response_time_minutes=[5, 6, 7, 8, 9, 10], response=[1] * 6)
    columns = {"created": "created", "scene": "response_time_minutes"}
    log = read_orders(file, Mapping.model_validate({"columns": columns}))
    assert minutes(log, "scene") == [5, 6, 7, 8, 9, 10]
    with pytest.raises(InputError) as found:
        read_orders(file, Mapping.model_validate({"columns": columns | {"scene": "response"}}))
    assert "“durations: {scene: hours}”" in found.value.problems[0].message


def test_a_number_without_a_unit_is_named_and_not_read(tmp_path):
    file = table(tmp_path, **{"Resolution time": [5, 6, 7, 8, 9, 10]})
    proposal = propose(open_source(file))
    assert proposal.mapping.columns.closed is None
    assert "“durations: {closed: hours}”" in " ".join(left_out(proposal))


def test_a_duration_that_counts_from_what_is_not_mapped_is_told(tmp_path):
    given = {"columns": {"created": "created", "scene": "travel"}}
    given |= {"durations": {"scene": "minutes after dispatched", "due": "hours"}}
    with pytest.raises(InputError) as found:
        read_orders(table(tmp_path, travel=[4] * 6), Mapping.model_validate(given))
    assert [one.message for one in found.value.problems] == ["there is no column for dispatched"]


def test_working_days_are_no_days_of_a_calendar(tmp_path):
    proposal = propose(open_source(table(tmp_path, **{"办理时限（工作日）": [3, 5, 3, 5, 3, 5]})))
    assert proposal.mapping.columns.due is None
    assert "its numbers are working days" in " ".join(left_out(proposal))


def test_a_limit_of_nothing_is_none_and_what_is_no_duration_is_set_aside(tmp_path):
    file = table(tmp_path, limit=["0", "-", "2h 30m", "1:30:00", "soon", "3小时20分"])
    given = {"columns": {"created": "created", "due": "limit"}, "durations": {"due": "days"}}
    log = read_orders(file, Mapping.model_validate(given))
    assert minutes(log, "due") == [None, None, 150, 90, 200]
    assert log.reasons() == {"limit: not a time": 1}


@pytest.mark.parametrize(
    ("word", "ms"),
    [
        ("12", 12 * HOUR),
        ("1,5", 1.5 * HOUR),
        ("02:15", 2 * HOUR + 15 * MINUTE),
        ("2 days 03:15:07.5", 2 * DAY + 3 * HOUR + 15 * MINUTE + 7 * SECOND),
        ("1天2小时3分4秒", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND),
        ("PT4H30M", 4 * HOUR + 30 * MINUTE),
        ("5 days", 5 * DAY),
        ("45 min", 45 * MINUTE),
        ("tomorrow", None),
        ("2025-03-01", None),
        ("", None),
    ],
)
def test_durations_are_read_as_programs_write_them(word, ms):
    assert amount(word, HOUR) == ms


@pytest.mark.parametrize(
    ("name", "field", "unit"),
    [
        ("sla_hours", "due", "hours"),
        ("办理时限（小时）", "due", "hours"),
        ("处置用时(分钟)", "closed", "minutes"),
        ("办理时长(天)", "closed", "days"),
        ("response_time_minutes", "scene", "minutes"),
        ("INCIDENT_RESPONSE_SECONDS_QY", "scene", "seconds"),
        ("First response time (hrs)", "accepted", "hours"),
        ("days_to_close", "closed", "days"),
        ("Resolution time", "closed", ""),
        ("到场用时（分）", "scene", "minutes"),
        ("Tiempo de resolución (horas)", "closed", "hours"),
    ],
)
def test_a_name_tells_what_took_how_long_and_in_what_unit(name, field, unit):
    said = named(name)
    assert said is not None and (said.field, said.unit) == (field, unit)


def test_other_numbers_are_no_durations():
    for name in (
        "办理时限（工作日）",
        "age_days",
        "CREATED_HOUR",
        "priority",
        "business hours to close",
    ):
        assert named(name) is None
    assert unit_in("response_time") == ""
    assert Named("scene", "minutes", "dispatched").span({}) == "minutes"


def test_a_wrong_duration_in_a_mapping_is_told_with_its_line(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text("columns: {created: c, due: d}\ndurations:\n  due: hour\n  scene: minutes\n")
    with pytest.raises(InputError) as found:
        load_mapping(file)
    (problem,) = found.value.problems
    assert "“hour” is no unit of durations" in problem.message and problem.line == 3
    assert problem.suggestion == "hours"
    file.write_text("columns: {created: c, due: d}\ndurations: {due: second}\n")
    with pytest.raises(InputError, match="did you mean “seconds”"):
        load_mapping(file)
    file.write_text(
        "columns: {created: c, due: d, scene: s}\n"
        "durations: {due: hours, scene: minutes after resolved, closed: days}\n"
    )
    with pytest.raises(InputError) as found:
        load_mapping(file)
    said = [problem.message for problem in found.value.problems]
    assert "there is no column for resolved" in said and "there is no column for closed" in said
    assert "scene does not come after resolved" in said

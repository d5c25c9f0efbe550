"""`govsim inspect` finds out what an export holds, and says what is odd about it."""

import json
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from click.testing import CliRunner
from places import DATA, SCENARIOS, SHARED

from govsim import language
from govsim.cli import cli
from govsim.orders.describing import describe
from govsim.orders.mapping import Columns, Mapping, load_mapping
from govsim.orders.proposing import propose
from govsim.orders.raw import Raw
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source

RECORDS = SHARED / "data"
TIANDI = SCENARIOS / "tiandi.yaml"
EXPORT = DATA / "orders-export.csv"


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def inspect(*arguments):
    answer = CliRunner().invoke(cli, ["inspect", *map(str, arguments), "--lang", "en"])
    assert answer.exit_code == 0, answer.output
    return answer.output


class Table:
    """A table of a header, and of rows that say what the header leads to expect."""

    name = "a table"

    def __init__(self, header):
        self.header = header
        self.opened = []

    def read(self, names, most=None):
        self.opened += names
        n = 40
        when = pd.date_range("2025-03-01 08:05:10", periods=n, freq="7h").astype("str")
        columns = {}
        for name in names:
            timely = re.search(r"时间|时限|dt$|Date|_at|Time", name)
            words = [f"w{i % 5}" for i in range(n)]
            if re.search("itude|经度|纬度", name):
                words = [f"{30 + i / n:.4f}" for i in range(n)]
            elif re.search("是否|default", name):
                words = ["是", "否"] * (n // 2)
            columns[name] = when if timely else words
        return Raw(
            {name: pa.array(list(cells), pa.large_string()) for name, cells in columns.items()},
            np.arange(n),
        )


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "案件号 问题来源 大类名称 小类名称 街道 上报人 联系电话 问题描述 上报时间 立案时间 "
            "处置截止时间 处置结束时间 结案时间",
            {
                "order": "案件号",
                "channel": "问题来源",
                "category": "大类名称",
                "place": "街道",
                "created": "上报时间",
                "accepted": "立案时间",
                "due": "处置截止时间",
                "resolved": "处置结束时间",
                "closed": "结案时间",
            },
        ),
        (
            "工单编号 诉求来源 诉求类别 所属街道 所属社区 来电人姓名 创建时间 派单时间 到场时间 "
            "办结时间 办理时限 工单状态 是否重复 是否满意 经度 纬度",
            {
                "order": "工单编号",
                "channel": "诉求来源",
                "category": "诉求类别",
                "place": "所属社区",
                "created": "创建时间",
                "dispatched": "派单时间",
                "scene": "到场时间",
                "closed": "办结时间",
                "due": "办理时限",
                "status": "工单状态",
                "repeat": "是否重复",
                "satisfied": "是否满意",
                "longitude": "经度",
                "latitude": "纬度",
            },
        ),
        (
            "case_enquiry_id open_dt target_dt closed_dt ontime case_status subject reason type "
            "queue neighborhood latitude longitude source loc_is_cityhall_default",
            {
                "order": "case_enquiry_id",
                "created": "open_dt",
                "due": "target_dt",
                "closed": "closed_dt",
                "status": "case_status",
                "category": "reason",
                "place": "neighborhood",
                "channel": "source",
                "department": "queue",
                "place_unknown": "loc_is_cityhall_default",
                "latitude": "latitude",
                "longitude": "longitude",
            },
        ),
        (
            "Unique Key|Created Date|Closed Date|Agency|Complaint Type|Descriptor|Incident Address|"
            "Status|Due Date|Resolution Description|Borough|Open Data Channel Type|Latitude",
            {
                "order": "Unique Key",
                "created": "Created Date",
                "closed": "Closed Date",
                "due": "Due Date",
                "category": "Complaint Type",
                "department": "Agency",
                "status": "Status",
                "place": "Borough",
                "channel": "Open Data Channel Type",
                "latitude": "Latitude",
            },
        ),
    ],
    ids=["grid centre", "12345", "Boston", "New York"],
)
def test_the_columns_of_known_exports_are_recognised(header, expected):
    names = header.split("|") if "|" in header else header.split()
    table = Table(names)
    assert propose(table).mapping.columns.given() == expected
    personal = {"上报人", "联系电话", "问题描述", "来电人姓名", "Incident Address"}
    assert not personal & set(table.opened)


def test_a_column_is_recognised_by_its_content_where_its_name_says_nothing(tmp_path):
    file = tmp_path / "o.csv"
    file.write_text("a,b,c\n" + "".join(f"{i},2025-03-{i:02d} 08:05,x\n" for i in range(1, 29)))
    assert propose(open_source(file)).mapping.columns.created == "b"


def test_a_name_without_the_content_is_not_enough(tmp_path):
    file = tmp_path / "o.csv"
    file.write_text("上报时间,来电时间\n" + "上午,2025-03-01 08:05\n" * 5)
    assert propose(open_source(file)).mapping.columns.created == "来电时间"


def test_the_written_mapping_reads_what_inspect_described(tmp_path):
    mapping = tmp_path / "m.yaml"
    said = inspect(EXPORT, "--write", mapping, "--scenario", TIANDI)
    assert "3 rows, 3 work orders used" in said
    text = mapping.read_text("utf-8")
    assert "# Not read: 上报人, 联系电话" in text
    read = load_mapping(mapping).mapping
    assert read.columns.created == "上报时间" and read.columns.closed == "结案时间"
    assert read.values.channel["微信"] == "wechat"
    assert read.values.channel["网格员上报"] == "grid_worker"
    assert "3 work orders used" in inspect(EXPORT, "--mapping", mapping)


def test_inspect_speaks_chinese():
    answer = CliRunner().invoke(cli, ["inspect", str(EXPORT), "--lang", "zh"])
    assert "共 3 行，采用工单 3 件" in answer.output and "创建时间" in answer.output


def test_no_line_is_wider_than_a_hundred_columns(tmp_path):
    for line in inspect(EXPORT).splitlines():
        assert sum(2 if ord(sign) > 0x2E80 else 1 for sign in line) <= 100


def test_inspect_never_shows_what_a_personal_column_holds():
    said = inspect(EXPORT) + inspect(EXPORT, "--json")
    assert "张三" not in said and "13900000001" not in said


def test_a_mistake_is_a_message_and_not_a_traceback(tmp_path):
    answer = CliRunner().invoke(cli, ["inspect", str(tmp_path / "none.csv"), "--lang", "en"])
    assert answer.exit_code == 2 and "there is no file" in answer.output
    (tmp_path / "o.csv").write_text("a,b\n1,2\n")
    answer = CliRunner().invoke(cli, ["inspect", str(tmp_path / "o.csv"), "--lang", "en"])
    assert answer.exit_code == 2 and "no column looks like the time of creation" in answer.output


# ------------------------------------------------------------------ the description


def described(tmp_path, frame, **columns):
    frame.to_csv(tmp_path / "o.csv", index=False)
    log = read_orders(tmp_path / "o.csv", Mapping(columns=Columns(created="created", **columns)))
    return describe(log)


def test_gaps_are_days_on_which_orders_were_to_be_expected(tmp_path):
    days = [
        d for d in pd.date_range("2025-01-01", "2025-03-31") if not 5 <= d.day_of_year - 30 <= 9
    ]
    moments = [d + pd.Timedelta(hours=8 + h) for d in days for h in range(4)]
    (gap,) = described(tmp_path, pd.DataFrame({"created": moments})).gaps
    assert (gap.first, gap.last, gap.days) == ("2025-02-04", "2025-02-08", 5)


@pytest.mark.parametrize(("form", "step"), [("D", 86_400_000), ("h", 3_600_000), ("min", 60_000)])
def test_rounding_is_found_and_so_is_a_mixture(tmp_path, form, step):
    rng = np.random.default_rng(3)
    exact = pd.Series(pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 9e6, 4000), "s"))
    rounded = exact.dt.floor(form)
    half = exact.where(np.arange(4000) % 2 == 0, rounded)
    frame = pd.DataFrame({"created": exact, "closed": rounded + pd.Timedelta(days=9), "due": half})
    times = described(tmp_path, frame, closed="closed", due="due").times
    assert times["created"].rounding == 1000
    assert times["closed"].rounding == step
    assert times["due"].rounding == 1000
    assert times["due"].on_step[step] == pytest.approx(0.5, abs=0.02)
    frame.to_csv(tmp_path / "o.csv", index=False)
    assert re.search(r"second; 5[0-9]% to", inspect(tmp_path / "o.csv"))


def test_states_that_contradict_the_times_are_counted(tmp_path):
    frame = pd.DataFrame(
        {
            "created": ["2025-01-01 08:00"] * 4,
            "closed": ["2025-01-02 08:00", None, "2025-01-02 08:00", None],
            "state": ["closed", "closed", "open", "open"],
        }
    )
    found = described(tmp_path, frame, closed="closed", status="state")
    assert (found.open, found.closed_without_time, found.open_with_time) == (2, 1, 1)
    assert found.same_content == 0


def test_a_point_on_which_far_more_orders_lie_than_anywhere_is_told(tmp_path):
    rng = np.random.default_rng(4)
    at = rng.uniform(118, 119, 300).round(4)
    at[:60] = 118.5
    frame = pd.DataFrame({"created": pd.date_range("2025-01-01", periods=300, freq="h")})
    frame["x"], frame["y"] = at, at - 87
    found = described(tmp_path, frame, longitude="x", latitude="y")
    assert found.crowded_point == pytest.approx(0.2, abs=0.01)


def test_a_column_that_changes_half_way_is_told_with_the_rows(tmp_path):
    when = pd.date_range("2025-01-01 10:00", periods=40, freq="h")
    cells = [str(t) for t in when[:25]] + [t.strftime("%Y年%m月%d日 %H:%M") for t in when[25:]]
    pd.DataFrame({"上报时间": cells}).to_csv(tmp_path / "o.csv", index=False)
    said = " ".join(inspect(tmp_path / "o.csv").split())
    assert "up to row 26" in said and "from row 27 on" in said


@pytest.mark.skipif(not RECORDS.is_dir(), reason="the shared data are not there")
def test_boston_is_described_without_a_mapping():
    found = json.loads(inspect(RECORDS / "boston311" / "boston311-2015.csv.gz", "--json"))
    assert found["set_aside"] == {"closed_dt is before open_dt": 197}
    assert found["mapping"]["columns"]["due"] == "target_dt"
    assert found["on_time"] == pytest.approx(0.758, abs=0.0005)
    assert found["hours_to_close"] == pytest.approx([0.02, 3.2, 67, 303, 931], rel=0.08)
    assert found["default_places"] == pytest.approx(0.14, abs=0.005)
    assert found["per_day"] == pytest.approx(332, abs=1)

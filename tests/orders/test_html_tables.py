"""A web page called .xls is read like the workbook that its exporter takes it for."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from govsim.errors import InputError
from govsim.orders.html_tables import WIDEST
from govsim.orders.mapping import Columns, Mapping
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source

PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv=Content-Type content="text/html; charset={charset}">
<style>td {{mso-number-format:"<table>"}}</style></head><body>
<table><tr><td>网格化服务管理中心</td></tr></table>
<table border=1>
<tr><th colspan=2>受理</th><th>办结</th><th>类别</th></tr>
<tr><th>工单号<th>受理时间<th>办结时间<th></th></tr>
<tr><td>A1<td>2025/3/1 下午3:05:00<td>2025-03-01 18:00<td rowspan=2>噪音&nbsp;扰民</tr>
<tr><td>A2</td><td>2025-03-02 08:00:00</td><td></td></tr>
<tr></tr>
<tr><td>A3</td><td>2025-03-02 09:00:00</td><td>2025-03-02 12:00</td><td>停车<br>占道</td></tr>
</table></body></html>
"""
MAPPING = Mapping(columns=Columns(order="工单号", created="受理时间", closed="办结时间"))


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "o.xls"
    file.write_bytes(text.encode(encoding))
    return file


def cells(file: Path) -> dict[str, list[str | None]]:
    source = open_source(file)
    return {name: found.to_pylist() for name, found in source.read(source.header).columns.items()}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_a_table_of_a_page_is_read_with_its_merged_cells(tmp_path, encoding):
    assert cells(written(tmp_path, PAGE.format(charset=encoding), encoding)) == {
        "工单号": ["A1", "A2", "A3"],
        "受理时间": ["2025/3/1 下午3:05:00", "2025-03-02 08:00:00", "2025-03-02 09:00:00"],
        "办结时间": ["2025-03-01 18:00", None, "2025-03-02 12:00"],
        "类别": ["噪音 扰民", "噪音 扰民", "停车 占道"],
    }


def test_orders_are_read_from_it_and_the_other_table_is_named(tmp_path):
    log = read_orders(written(tmp_path, PAGE.format(charset="utf-8")), MAPPING)
    assert log.frame["order"].tolist() == ["A1", "A2", "A3"]
    assert log.frame["created"].iloc[0].hour == 15 and log.frame["closed"].isna().sum() == 1
    assert any("table 1" in str(remark) for remark in log.remarks)


def test_tags_that_were_never_closed_do_no_harm(tmp_path):
    page = PAGE.format(charset="utf-8")
    open_ones = re.sub(r"</(t[dhr]|table|body|html)>", "", page.split("</table>", 1)[1])
    expected = cells(written(tmp_path, page))
    assert cells(written(tmp_path, "<table>" + open_ones)) == expected


def test_a_table_within_a_cell_of_another_is_read_for_itself(tmp_path):
    inner = PAGE.split("<body>")[1].split("</body>")[0].format(charset="")
    laid_out = f"<html><table><tr><td>菜单</td><td>{inner}</td></tr></table></html>"
    assert cells(written(tmp_path, laid_out))["工单号"] == ["A1", "A2", "A3"]


def test_more_rows_than_are_laid_down_at_once_keep_their_order_and_gaps(tmp_path):
    n = 45_000
    rows = "".join(f"<tr><td>{i}<td>{'' if i % 3 else i * 2}" for i in range(n))
    source = open_source(written(tmp_path, f"<table><tr><th>id<th>twice{rows}</table>"))
    raw = source.read(["id", "twice"])
    assert np.array_equal(raw.rows, np.arange(2, n + 2))
    assert raw.columns["id"].to_pylist() == [str(i) for i in range(n)]
    assert raw.columns["twice"].to_pylist()[:4] == ["0", None, None, "6"]
    assert source.read(["id"], 5).columns["id"].to_pylist() == list("01234")


@pytest.mark.parametrize(
    "row",
    [
        "<tr><td rowspan=99999999999999999999 colspan=-1>a<td colspan=x>b",
        "<tr>" + "<td colspan=1000>a" * 100,
        f"<tr><td>a<td>b{'<td>' * (WIDEST + 5)}c",
        "<table>" * 500 + "<tr><td>a",
        "<tr><td>a<td>b<!-- <tr><td",
    ],
)
def test_no_span_depth_or_width_breaks_it(tmp_path, row):
    found = cells(written(tmp_path, f"<table><tr><th>id<th>created{row}"))
    assert list(found)[:2] == ["id", "created"]


def test_a_declaration_that_is_none_is_read_over_or_told_in_one_line(tmp_path):
    try:  # which of them, depends on the version of Python
        found = cells(written(tmp_path, "<html><table><tr><td>id<tr><td>a<![x[ ]>"))
    except InputError as refused:
        assert "damaged" in str(refused) and "\n" not in str(refused)
    else:
        assert list(found) == ["id"]

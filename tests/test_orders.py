"""Work orders are read as they are: whole rows, or rows set aside with a reason."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from govsim import language
from govsim.errors import InputError
from govsim.orders.mapping import Columns, Mapping
from govsim.orders.reading import read_orders

SHARED = Path(__file__).parents[2] / "shared" / "data"

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
EXPORT = (Path(__file__).parent / "data" / "orders-export.csv").read_text("utf-8")


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


def test_a_web_page_called_xls_is_refused_with_advice(tmp_path):
    (tmp_path / "o.xls").write_text("<html><table><tr><td>案件号</td></tr></table></html>")
    with pytest.raises(InputError, match="this is a web page; open it in Excel"):
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

"""A planner's table is read as meant, and every mistake in it is named with its line."""

from datetime import date

import openpyxl
import pytest

from govsim import language
from govsim.scenarios.tables import (
    COMMUNITIES,
    GRIDS,
    MOST_PROBLEMS,
    POINTS,
    read_rosters,
    read_table,
)


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def write(path, text, encoding="utf-8"):
    path.write_text(text, encoding, newline="")
    return path


CHINESE = """网格编号,所属街道,社区,常住人口（人）,经度,纬度,小区类型
J-1,东山街道,邵圣社区,"1,012",118.85,31.95,老旧小区
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_a_table_may_be_in_chinese_and_in_any_encoding_that_excel_writes(tmp_path, encoding):
    read = read_table(write(tmp_path / "网格.csv", CHINESE, encoding), GRIDS)
    assert read.problems == []
    (row,) = read.frame.to_dict("records")
    assert row == {
        "line": 2,
        "grid": "J-1",
        "street": "东山街道",
        "community": "邵圣社区",
        "residents": 1012,
        "lon": 118.85,
        "lat": 31.95,
        "estate": "old",
    }


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_may_be_in_english_with_any_common_separator(tmp_path, separator):
    text = "Grid,Residents,X,Y,Phone\nG1,900,0,0,13900000000\nG2,1100,10.5,-3,13900000001\n"
    read = read_table(write(tmp_path / "g.csv", text.replace(",", separator)), GRIDS)
    assert read.problems == []
    assert read.frame["residents"].tolist() == [900, 1100]
    assert read.frame["y"].tolist() == [0, -3]


def test_only_named_columns_are_read(tmp_path):
    text = "grid,姓名,residents,电话,x,y\nG1,张三,-5,13900000000,0,0\n"
    read = read_table(write(tmp_path / "g.csv", text), GRIDS)
    for part in (read.frame, read.set_aside, read.problems):
        assert "张三" not in str(part)
        assert "13900000000" not in str(part)


def test_a_spreadsheet_is_read_below_its_title_and_numbers_stay_names(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["网格一览表"], [], ["网格", "常住人口", "街道"], [320115001001, 994, "东山"]):
        sheet.append(row)
    book.save(tmp_path / "g.xlsx")
    read = read_table(tmp_path / "g.xlsx", GRIDS)
    assert read.problems == []
    assert read.frame[["line", "grid", "residents"]].to_numpy().tolist() == [
        [4, "320115001001", 994]
    ]


def test_a_date_or_a_formula_in_a_spreadsheet_is_named(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["grid", "residents"], ["A", date(2025, 3, 4)], ["B", "=1+1"], ["C", 5]):
        sheet.append(row)
    book.save(tmp_path / "g.xlsx")
    read = read_table(tmp_path / "g.xlsx", GRIDS)
    assert [p.line for p in read.problems] == [2, 3]
    assert "date" in read.problems[0].message
    assert "formula" in read.problems[1].message
    assert read.frame["grid"].tolist() == ["C"]


def test_all_mistakes_are_told_at_once_each_with_its_line(tmp_path):
    rows = [
        "grid,residents,estate,lat",
        "A,-1,old,0",
        "B,many,old,0",
        "A,3,old,0",
        "C,2.5,odl,95",
        ",4,old,0",
        "D,=2*3,old,0",
        "E,7,old,1",
    ]
    path = write(tmp_path / "g.csv", "\n".join(rows))
    read = read_table(path, GRIDS)
    said = [str(p) for p in read.problems]
    assert [p.line for p in read.problems] == [2, 3, 4, 5, 5, 5, 6, 7]
    assert said[0] == f"{path}:2: residents (常住人口): -1 is less than 0"
    assert "“many” is not a number" in said[1]
    assert "“A” is already in line 2" in said[2]
    assert "not a whole number" in said[3]
    assert "more than 90" in said[4] or "did you mean" in said[4]
    assert any("did you mean “old”?" in text for text in said)
    assert "empty" in said[6]
    assert "formula" in said[7]
    assert read.frame["grid"].tolist() == ["E"]
    assert read.set_aside["line"].tolist() == [2, 3, 4, 5, 6, 7]
    assert read.set_aside["reason"].str.len().min() > 0


def test_a_row_that_spans_lines_is_named_by_its_first(tmp_path):
    text = 'grid,residents,remark\nA,3,"two\nlines"\nB,x,\n'
    (problem,) = read_table(write(tmp_path / "g.csv", text), GRIDS).problems
    assert problem.line == 4


def test_a_missing_column_is_named_with_what_was_found_instead(tmp_path):
    path = write(tmp_path / "g.csv", "grid,resident,x\nA,3,0\n")
    (problem,) = read_table(path, GRIDS).problems
    assert str(problem) == (
        f"{path}:1: the column residents (常住人口) is missing; found are: grid, resident, x"
        "; did you mean “residents”?"
    )


def test_a_file_with_hundreds_of_mistakes_does_not_flood_the_screen(tmp_path):
    text = "grid,residents\n" + "".join(f"G{i},none\n" for i in range(500))
    read = read_table(write(tmp_path / "g.csv", text), GRIDS)
    assert len(read.problems) == MOST_PROBLEMS + 1
    assert "480" in read.problems[-1].message
    assert len(read.set_aside) == 500


@pytest.mark.parametrize("content", [b"", b"grid,residents\n", b"\x00\x01\x02\xff", b"\n\n"])
def test_a_file_that_is_no_table_is_one_mistake(tmp_path, content):
    (tmp_path / "g.csv").write_bytes(content)
    read = read_table(tmp_path / "g.csv", GRIDS)
    assert len(read.problems) == 1 or not len(read.frame)
    assert read.problems


def test_a_misspelt_file_name_is_guessed(tmp_path):
    write(tmp_path / "grids.csv", CHINESE)
    (problem,) = read_table(tmp_path / "grid.csv", GRIDS).problems
    assert "grids.csv" in problem.message
    (problem,) = read_table(tmp_path, GRIDS).problems
    assert "folder" in problem.message
    (tmp_path / "bad.xlsx").write_text("no workbook")
    (problem,) = read_table(tmp_path / "bad.xlsx", GRIDS).problems
    assert "can't be read" in problem.message


def test_stations_communities_and_rosters_have_their_columns(tmp_path):
    path = write(tmp_path / "s.csv", "点站,名称,x,y,覆盖网格\nS1,天地新城点站,0,0,G1;G2\n")
    assert read_table(path, POINTS).frame[["point", "name_zh", "grids"]].to_numpy().tolist() == [
        ["S1", "天地新城点站", "G1;G2"]
    ]
    text = "名称,街道,类型\n邵圣社区,东山街道,社区居委会\n周里村,秣陵街道,村委会\n"
    path = write(tmp_path / "c.csv", text)
    assert read_table(path, COMMUNITIES).frame["type"].tolist() == ["urban", "village"]
    text = "服务点,队伍,班次,日期类型,人数\n点站,volunteers,day,周末,3\nS1,grid,day,,2\n"
    path = write(tmp_path / "r.csv", text)
    read = read_rosters(path)
    assert read.problems == []
    assert read.frame["day_kind"].tolist() == ["weekend", ""]
    assert read.frame["number"].tolist() == [3, 2]

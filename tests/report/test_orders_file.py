"""The orders of a run as CSV or Excel: a row a demand, in the reader's words, and harmless."""

from __future__ import annotations

import csv

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from places import SCENARIOS

import govsim
from govsim import language
from govsim.cli.reporting import report
from govsim.errors import RunError
from govsim.report import orders_file

SHORT = (("horizon", "3 weeks"), ("warm_up", "1 week"))


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def result(out):
    hostile = (("demand.categories.noise.label.en", "=1+1"),)
    settings = (*SHORT, *hostile)
    return govsim.run(
        SCENARIOS / "tiandi.yaml", settings=settings, replications=2, out=out, keep_orders=True
    )


def test_each_demand_has_a_row_in_csv_that_excel_reads_as_chinese(result, tmp_path):
    kept = pd.read_parquet(result.folder / "orders.parquet")
    language.use("zh")
    file = orders_file.write(result, tmp_path, "csv")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == len(kept)
    assert not [head for head in rows[0] if head.isascii()]
    assert [row["诉求编号"] for row in rows] == kept["demand"].tolist()
    assert {row["服务点"] for row in rows} <= {"天地新城点站", ""}
    first = kept["scene"].first_valid_index()
    moment = kept["scene"][first].round("s").strftime("%Y-%m-%d %H:%M:%S")
    assert rows[first]["到场时间"] == moment
    went = [float(text) for head, text in rows[first].items() if head.startswith("到场时间：")]
    spent = kept.filter(regex="^scene_").iloc[first]
    assert len(went) == len(spent)
    assert sum(went) == pytest.approx(spent.sum() / 60_000, abs=0.01 * len(went))


def test_the_same_stands_in_a_workbook_with_times_as_times_and_no_formula(result, tmp_path):
    book = openpyxl.load_workbook(orders_file.write(result, tmp_path, "xlsx"))
    heads, *rows = book.active.iter_rows(values_only=True)
    kept = pd.read_parquet(result.folder / "orders.parquet")
    assert len(rows) == len(kept)
    reported = [row[heads.index("reported at")] for row in rows]
    assert [one is None for one in reported] == kept["reported"].isna().tolist()
    categories = {row[heads.index("Category")] for row in rows}
    assert "'=1+1" in categories


def test_orders_that_were_not_kept_are_said_with_the_way_to_keep_them(out, result, tmp_path):
    bare = govsim.run(SCENARIOS / "tiandi.yaml", settings=SHORT, replications=1, out=tmp_path)
    given = [str(bare.folder), "--format", "orders.csv", "--lang", "zh"]
    done = CliRunner().invoke(report, given)
    assert done.exit_code == 1
    assert "--orders" in done.output
    assert not (bare.folder / "orders.csv").exists()


def test_more_than_a_sheet_holds_is_refused_with_the_other_form(result, tmp_path, monkeypatch):
    monkeypatch.setattr(orders_file, "MOST_ROWS", 10)
    with pytest.raises(RunError, match=r"orders\.csv"):
        orders_file.write(result, tmp_path, "xlsx")
    assert not list(tmp_path.iterdir())

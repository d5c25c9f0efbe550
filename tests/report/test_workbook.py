"""Workbooks: numbers are numbers with their units, and no text can act as a formula."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import SCENARIOS

import govsim
from govsim import language
from govsim.comparison.result import Comparison
from govsim.errors import RunError
from govsim.explanation.result import Explanation
from govsim.report import spreadsheet, workbook
from govsim.report.sections import Found
from govsim.runs.results import Result

BEFORE, AFTER = SCENARIOS / "tiandi-before.yaml", SCENARIOS / "tiandi.yaml"
SHORT = (("horizon", "5 weeks"), ("warm_up", "1 week"))
ACTING = "=+-@＝＋－＠\t\r\n"


@pytest.fixture(scope="module")
def result() -> Result:
    language.use("en")
    hostile = '=HYPERLINK("http://example.org","prize")'
    settings = (
        *SHORT,
        ("label.en", hostile),
        ("question.en", "'@SUM(1+1)*cmd!A0'"),
        ("teams.volunteers.label.en", "+1+1"),
        ("demand.categories.noise.label.en", "＝1+1"),
    )
    return govsim.run(AFTER, settings=settings, replications=3)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    out = tmp_path_factory.mktemp("results")
    return govsim.compare([BEFORE, AFTER], settings=SHORT, replications=5, out=out)


_OPENED: dict[tuple[int, str], openpyxl.Workbook] = {}


def opened(found: Found, folder: Path) -> openpyxl.Workbook:
    """Write and read a workbook; once for each language, as writing takes seconds."""
    key = (id(found), language.current())
    if key not in _OPENED:
        _OPENED[key] = openpyxl.load_workbook(workbook.write(found, folder / "tables.xlsx"))
    return _OPENED[key]


def rows(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet, by the heads of its columns."""
    heads, *others = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in others]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("which", ["result", "comparison", "explained"])
def test_no_cell_acts_and_every_column_has_a_head(
    which: str, lang: language.Language, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    found = request.getfixturevalue(which)
    language.use(lang)
    for sheet in opened(found, tmp_path):
        heads, *body = sheet.iter_rows()
        assert all(cell.value and cell.font.bold for cell in heads), sheet.title
        assert len({cell.value for cell in heads}) == len(heads), sheet.title
        assert body, sheet.title
        assert sheet.freeze_panes is not None
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell
                assert not (isinstance(cell.value, str) and cell.value[0] in ACTING), cell


def test_hostile_names_are_still_read(result: Result, tmp_path: Path) -> None:
    book = opened(result, tmp_path)
    assert "'" + '=HYPERLINK("http://example.org","prize"), changed' in {
        c.value for c in book["About"]["B"]
    }
    assert "'+1+1" in {row["Team"] for row in rows(book["Teams"])}
    assert "'＝1+1" in {row["Category"] for row in rows(book["Categories"])}


@given(st.text())
def test_a_text_is_kept_but_for_an_apostrophe_and_unprintable_signs(text: str) -> None:
    safe = spreadsheet.harmless(text)
    assert not safe.lstrip()[:1] or safe.lstrip()[0] not in ACTING
    kept = safe[1:] if len(safe) > len(text) else safe
    assert len(kept) == len(text)
    assert all(a == b or a == "\N{REPLACEMENT CHARACTER}" for a, b in zip(kept, text, strict=True))


def test_the_district_stands_with_its_intervals_and_units(result: Result, tmp_path: Path) -> None:
    table = {row["Measure"]: row for row in rows(opened(result, tmp_path)["District"])}
    share, known = table["On the scene in time"], result.get("compliance_scene")
    assert share["mean"] == pytest.approx(known.mean)
    assert (share["interval from"], share["interval to"]) == pytest.approx((known.low, known.high))
    assert (share["unit"], share["replications"]) == ("%", 3)
    orders = table["12345 orders"]
    assert orders["unit"] == "orders a year"
    assert orders["mean"] == pytest.approx(result.get("orders").mean * 365 / 28)


def test_shares_are_shown_in_percent_and_are_numbers(result: Result, tmp_path: Path) -> None:
    sheet = opened(result, tmp_path)["Service points"]
    column = next(cell.column for cell in sheet[1] if cell.value == "On the scene in time, %")
    station = next(row for row in sheet.iter_rows(min_row=2) if "station" in row[0].value.lower())
    assert station[column - 1].number_format.endswith("%")
    assert 0 < station[column - 1].value < 1


def test_inputs_stand_with_their_names_those_that_differ_first(
    result: Result, tmp_path: Path
) -> None:
    table = rows(opened(result, tmp_path)["Inputs"])
    order = [row["as by default"] for row in table]
    assert order == sorted(order)  # "no" before "yes"
    by_path = {row["in the scenario file"]: row for row in table}
    own = by_path["demand.induced.resolution_rate"]
    assert own["Input"] == "resolution rate that residents know of"
    assert (own["value"], own["by default"], own["as by default"]) == (0.8, 0.75, "no")


def test_weeks_add_up_to_the_orders_of_the_year(result: Result, tmp_path: Path) -> None:
    book = opened(result, tmp_path)
    weeks = rows(book["Weeks"])
    assert weeks[0]["week beginning"] == datetime(2025, 1, 8)  # a week of warm-up from the 1st
    orders = sum(row["12345 orders a week"] for row in weeks)
    assert orders == pytest.approx(result.get("orders").mean)
    causes = [head for head in weeks[0] if head.startswith("12345 orders a week: ")]
    whole = [head for head in causes if "interval" not in head]
    assert sum(row[head] for row in weeks for head in whole) == pytest.approx(orders)


def test_hours_of_the_week_stand_by_day_and_hour(result: Result, tmp_path: Path) -> None:
    table = rows(opened(result, tmp_path)["Hours of the week"])
    tuesday_nine = next(
        row for row in table if (row["weekday"], row["hour of the day"]) == ("Tue", 9)
    )
    known = result.get("compliance_reply", "hour", "33").mean
    assert tuesday_nine["Replied in time, %"] == pytest.approx(known)


def test_a_comparison_has_its_differences_and_the_pairs_they_come_from(
    comparison: Comparison, tmp_path: Path
) -> None:
    book = opened(comparison, tmp_path)
    change = next(row for row in rows(book["Differences"]) if row["measure"] == "12345 orders")
    pairs = [row for row in rows(book["Replications"]) if row["Measure"] == "12345 orders"]
    before, after = list(pairs[0])[2:]
    assert len(pairs) == change["replications"] == 5
    mean = sum(row[after] - row[before] for row in pairs) / 5
    assert change["difference"] == pytest.approx(mean)
    assert change["interval from"] < mean < change["interval to"]


@pytest.mark.slow
def test_an_explanation_has_contributions_that_add_up(
    explained: Explanation, tmp_path: Path
) -> None:
    table = rows(opened(explained, tmp_path)["Mechanisms"])
    assert sum(row["share of the change"] for row in table) == pytest.approx(1)
    assert sum(row["contribution"] for row in table) == pytest.approx(
        explained.total("change").mean
    )


def test_sheets_print_across_a4_as_wide_as_the_paper_with_heads_on_every_page(
    result: Result, tmp_path: Path
) -> None:
    for sheet in opened(result, tmp_path):
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert int(sheet.page_setup.fitToHeight) == 0
        assert 1 <= int(sheet.page_setup.fitToWidth) <= 5
        assert sheet.max_column >= 10 or int(sheet.page_setup.fitToWidth) == 1
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.print_title_cols.startswith("$A:")


def test_no_count_and_no_interval_of_a_run_is_negative(result: Result, tmp_path: Path) -> None:
    book = opened(result, tmp_path)
    for name in ("Weeks", "Causes of orders", "Teams", "Hours of the week"):
        numbers = [v for row in rows(book[name]) for v in row.values() if isinstance(v, float)]
        assert numbers and min(numbers) >= 0


def test_charts_stand_below_their_tables(result: Result, tmp_path: Path) -> None:
    file = workbook.write(result, tmp_path / "tables.xlsx")
    book = openpyxl.load_workbook(file)
    for name in ("Weeks", "Causes of orders", "Categories", "Teams", "Hours of the week"):
        (chart,) = book[name]._charts  # which openpyxl reads back
        assert chart.anchor._from.row > book[name].max_row
        (series,) = chart.series
        assert series.val.numRef.f.endswith(f"${book[name].max_row}")


def test_the_same_results_give_the_same_bytes(result: Result, tmp_path: Path) -> None:
    one = workbook.write(result, tmp_path / "one.xlsx").read_bytes()
    assert workbook.write(result, tmp_path / "other.xlsx").read_bytes() == one


def test_a_workbook_that_cannot_be_written_is_said_in_words(result: Result, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RunError):
        workbook.write(result, tmp_path / "file" / "tables.xlsx")

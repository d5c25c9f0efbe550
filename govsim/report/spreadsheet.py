"""Tables as an Excel workbook: typed numbers, frozen heads, and no text that could act.

`save` writes `Sheet`s, of which `govsim.report.workbook` says what is in them. The same
sheets give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from govsim.report import wrapping
from govsim.storage.files import replacing, writing

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | int | date | None

TEXT, WHOLE, DATE, FREE = "@", "#,##0", "yyyy-mm-dd", "General"
SHARE, MONEY, NUMBER, RATE = "0.0%", "#,##0", "#,##0.0", "#,##0.000"
"""Formats of cells, as Excel writes them."""

A4 = 9
"""Number of the paper, as Excel counts."""

ACROSS = 260
"""Width of the columns on one page, in characters, at which print can still be read."""

CHART, CHART_ROWS, FEWEST = (7.5, 20.0), 17, 3
"""Height and width of a chart, cm; rows that it takes; last row from which there is one."""

NARROW, BROAD = 9, 60
"""Limits to the width of a column, in characters of Latin text."""

LONGEST = 32_767
"""Characters that a cell can hold."""

_ACTING = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""Beginnings of a text that some spreadsheet takes for a formula, also after a way by CSV."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Signs that a workbook can't hold."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that an archive can note of a file."""

_WHEN = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True)
class Column:
    """A column: its head, its values from the top, and their format or that of each."""

    head: str
    values: Sequence[Value]
    format: str | Sequence[str] = FREE

    def formats(self) -> Sequence[str]:
        """Give the format of each value."""
        return [self.format] * len(self.values) if isinstance(self.format, str) else self.format


@dataclass(frozen=True)
class Chart:
    """A chart below a table.

    Attributes
    ----------
    title : what it shows, with the unit.
    values : head of the column that is drawn.
    kind : bars for what has names, a line for what follows in time.
    labels : place of the column whose values name the bars or moments, from 0.
    """

    title: str
    values: str
    kind: Literal["bars", "line"] = "bars"
    labels: int = 0


@dataclass(frozen=True)
class Sheet:
    """A table: its name, at most 31 characters; its columns; how many on the left stay in view.

    Charts of columns that it lacks are left out.
    """

    name: str
    columns: tuple[Column, ...]
    kept: int = 1
    charts: tuple[Chart, ...] = ()


def save(sheets: Sequence[Sheet], path: Path) -> None:
    """Write a workbook.

    Raises
    ------
    RunError
        The file can't be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    del book["Sheet"]
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    made = BytesIO()
    book.save(made)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(settled(made.getvalue()))


def _fill(page: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    page.append([harmless(column.head) for column in sheet.columns])
    for values in zip(*(column.values for column in sheet.columns), strict=True):
        page.append([_plain(value) for value in values])
    for head in page[1]:
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="E8EEF2")
        head.alignment = Alignment(wrap_text=True, vertical="top")
    for number, column in enumerate(sheet.columns, 1):
        width = _width(column)
        page.column_dimensions[get_column_letter(number)].width = width
        for row, style in enumerate(column.formats(), 2):
            cell = page.cell(row, number)
            if style != FREE:
                cell.number_format = style
            if isinstance(cell.value, str):
                cell.data_type = "s"  # whatever it looks like
                cell.alignment = Alignment(wrap_text=len(cell.value) > BROAD, vertical="top")
    page.freeze_panes = page.cell(2, sheet.kept + 1)
    page.auto_filter.ref = page.dimensions
    _to_print(page, sheet)
    _draw(page, sheet)


def _to_print(page: Worksheet, sheet: Sheet) -> None:
    """Print on A4 across, as wide as the paper, with the heads on every page."""
    from openpyxl.utils import get_column_letter

    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = A4
    widths = sum(one.width for one in page.column_dimensions.values())
    # As many pages down as needed; beyond some width print would be too small to read.
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = max(1, round(widths / ACROSS)), 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    page.print_title_cols = f"A:{get_column_letter(sheet.kept)}"
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top = page.page_margins.bottom = 0.5
    page.oddFooter.left.text = "&A"
    page.oddFooter.right.text = "&P / &N"


def _draw(page: Worksheet, sheet: Sheet) -> None:
    """Draw the charts of a sheet below its table."""
    from openpyxl.chart import BarChart, LineChart, Reference

    heads = [column.head for column in sheet.columns]
    last = len(sheet.columns[0].values) + 1
    row = last + 2
    for chart in sheet.charts:
        if chart.values not in heads or last < FEWEST:
            continue
        drawn = BarChart() if chart.kind == "bars" else LineChart()
        column = heads.index(chart.values) + 1
        drawn.add_data(Reference(page, min_col=column, min_row=2, max_row=last))
        drawn.set_categories(Reference(page, min_col=chart.labels + 1, min_row=2, max_row=last))
        drawn.title, drawn.legend = harmless(chart.title), None
        drawn.height, drawn.width = CHART
        drawn.x_axis.delete = drawn.y_axis.delete = False  # openpyxl leaves them out else
        drawn.y_axis.scaling.min = 0
        if isinstance(drawn, BarChart):
            drawn.type, drawn.gapWidth = "col", 60
        else:
            drawn.x_axis.tickLblSkip = max(1, last // 12)
            drawn.series[0].smooth = False
        page.add_chart(drawn, f"A{row}")
        row += CHART_ROWS


def harmless(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula.

    An apostrophe goes before one that begins like a formula (OWASP, *CSV Injection*): names
    come from scenario files, which anyone may have written. Signs that a workbook can't hold
    become a replacement character.
    """
    shown = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)[: LONGEST - 1]
    return "'" + shown if _ACTING.match(shown) else shown


def _plain(value: Value) -> Value:
    """Give what a cell can hold."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, float) and not isfinite(value):
        return None if value != value else "∞" if value > 0 else "'-∞"
    return value


def _width(column: Column) -> float:
    """Room for the values, and for the head in at most three lines."""
    head = wrapping.columns(column.head) / 3 + 3
    texts = [wrapping.columns(value) for value in column.values if isinstance(value, str)]
    return min(max(NARROW, head, *(n + 2 for n in texts)), BROAD)


def settled(made: bytes) -> bytes:
    """Take out of an archive when it was made."""
    settled = BytesIO()
    with ZipFile(BytesIO(made)) as old, ZipFile(settled, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            body = old.read(info)
            if info.filename == "docProps/core.xml":
                body = _WHEN.sub(rb"\g<1>1980-01-01T00:00:00Z", body)
            new.writestr(ZipInfo(info.filename, EPOCH), body, ZIP_DEFLATED)
    return settled.getvalue()

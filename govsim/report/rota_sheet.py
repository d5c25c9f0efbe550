"""The rota as a workbook that a station pins up, and as CSV.

A sheet for each four weeks: people down, days across with weekday and holiday, coloured shifts,
sums at the right, who is on duty below; then who is on duty each day, and the rules. Each sheet
prints on one page across.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.language import joined, tr
from govsim.report import rota_words as words
from govsim.report.rota_tables import clock
from govsim.report.rota_words import rows
from govsim.report.spreadsheet import A4, harmless, settled
from govsim.rostering.result import Rota
from govsim.storage.files import replacing, write_text, writing

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SHEET, TABLE = "rota.xlsx", "rota.csv"

A3 = 8
"""Number of the larger paper, as Excel counts."""

MOST_ON_A4 = 24
"""People of whom a sheet can still be read on A4."""

FOUR_WEEKS = 28

DAY_COLOURS = ("FFF2CC", "DDEBF7", "E2EFDA", "FCE4D6", "EDEDED")
NIGHT_COLOURS = ("8EA9DB", "B4A7D6", "9DC3E6")
"""Colours of cells of shifts by day and at night, as Excel writes them."""

OFF_COLOUR, LEAVE_COLOUR, HEAD_COLOUR, SHORT_COLOUR = "F8CBAD", "D9D9D9", "E8EEF2", "FF7C80"


def write(found: Rota, folder: Path) -> Path:
    """Write the workbook and the CSV.

    Raises
    ------
    RunError
        They can't be written.
    """
    from openpyxl import Workbook

    book = Workbook()
    del book["Sheet"]
    days = [date.fromisoformat(str(day)) for day in found.days["date"]]
    for start in range(0, len(days), FOUR_WEEKS):
        some = days[start : start + FOUR_WEEKS]
        name = f"{some[0]:%m-%d} – {some[-1]:%m-%d}"
        _rota(book.create_sheet(name), found, some)
    _daily(book.create_sheet(tr("Who is on duty")), found, days)
    _rules(book.create_sheet(tr("Rules")), found)
    made = BytesIO()
    book.save(made)
    with writing(folder / SHEET), replacing(folder / SHEET) as file:
        file.write(settled(made.getvalue()))
    write_text(folder / TABLE, "\ufeff" + as_csv(found))
    return folder / SHEET


def as_csv(found: Rota) -> str:
    """Give the rota as a table: a row for each person, a column for each day, then the sums."""
    signs = words.shift_names(found)
    given = {(r["person"], r["date"]): signs[str(r["shift"])] for r in rows(found.duties)}
    away = {(r["person"], r["date"]) for r in rows(found.leave)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    days = [str(day) for day in found.days["date"]]
    sums = (tr("hours"), tr("nights"), tr("weekends and holidays"))
    writer.writerow([tr("person"), tr("team"), *days, *sums])
    for row in rows(found.people):
        name = str(row["person"])
        cells = [given.get((name, day), tr("leave") if (name, day) in away else "") for day in days]
        line = [name, _teams(found, row), *cells]
        writer.writerow(
            [harmless(cell) for cell in line]
            + [f"{row['hours']:g}", row["nights"], row["days_off"]]
        )
    return text.getvalue()


def _teams(found: Rota, row: dict[str, Any]) -> str:
    return joined([found.team_name(t) for t in str(row["teams"]).split(",")], "、", ", ")


# ---------------------------------------------------------------------- the rota itself


def _rota(page: Worksheet, found: Rota, days: Sequence[date]) -> None:
    """Fill a sheet of four weeks."""
    from openpyxl.styles import Font

    first, sums = 3, len(days) + 3
    heads = (tr("hours"), tr("nights"), tr("weekends, holidays"))
    width = len(days) + 2 + len(heads)
    page.append([harmless(words.title(found))])
    page["A1"].font = Font(bold=True, size=16)
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    _heads(page, found, days, heads)
    signs, colours = words.shift_signs(found), _colours(found)
    given = {(r["person"], r["date"]): r for r in rows(found.duties)}
    away = {(r["person"], r["date"]) for r in rows(found.leave)}
    inside = {f"{day}" for day in days}
    for n, row in enumerate(rows(found.people), 4):
        name, own = str(row["person"]), str(row["teams"]).split(",")[0]
        page.row_dimensions[n].height = 22
        _cell(page, n, 1, name, bold=True, centred=False)
        _cell(page, n, 2, _teams(found, row), centred=False)
        mine = [r for r in rows(found.duties) if r["person"] == name and r["date"] in inside]
        for c, day in enumerate(days, first):
            duty = given.get((name, f"{day}"))
            if duty is not None:
                sign = signs[str(duty["shift"])]
                if duty["team"] != own:  # helps out elsewhere
                    sign += found.team_name(str(duty["team"]))[:1]
                _cell(page, n, c, sign, colours[str(duty["shift"])])
            elif (name, f"{day}") in away:
                _cell(page, n, c, words.leave_sign(), LEAVE_COLOUR)
            else:
                _cell(page, n, c, "")
        totals = (
            sum(float(r["hours"]) for r in mine),
            sum(bool(r["night"]) for r in mine),
            sum(bool(r["day_off"]) for r in mine),
        )
        for c, total in enumerate(totals, sums):
            _cell(page, n, c, total)
    below = len(found.people) + 4
    below = _on_duty(page, found, days, below)
    _legend(page, found, signs, colours, below + 1, width)
    _to_print(page, found, len(days))


def _heads(page: Worksheet, found: Rota, days: Sequence[date], heads: Sequence[str]) -> None:
    from openpyxl.utils import get_column_letter

    of = {str(r["date"]): r for r in rows(found.days)}
    for row in (2, 3):
        _cell(page, row, 1, tr("person") if row == 2 else "", HEAD_COLOUR, bold=True)
        _cell(page, row, 2, tr("team") if row == 2 else "", HEAD_COLOUR, bold=True)
    for c, day in enumerate(days, 3):
        about = of[f"{day}"]
        off = about["kind"] != "workday"
        colour = OFF_COLOUR if off else HEAD_COLOUR
        new = day.day == 1 or c == 3
        _cell(page, 2, c, f"{day.month}/{day.day}" if new else f"{day.day}", colour, bold=True)
        mark = words.weekday(day)
        if about["kind"] == "holiday":
            mark = tr("H")
        elif about["kind"] == "workday" and day.weekday() >= 5:
            mark = tr("W")
        _cell(page, 3, c, mark, colour, bold=True)
        page.column_dimensions[get_column_letter(c)].width = 4.3
    for c, head in enumerate(heads, len(days) + 3):
        _cell(page, 2, c, head, HEAD_COLOUR, bold=True, wrapped=True)
        _cell(page, 3, c, "", HEAD_COLOUR)
        page.merge_cells(start_row=2, start_column=c, end_row=3, end_column=c)
        page.column_dimensions[get_column_letter(c)].width = 7
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 12, 14
    page.row_dimensions[2].height = 24
    page.freeze_panes = page.cell(4, 3)


def _on_duty(page: Worksheet, found: Rota, days: Sequence[date], at: int) -> int:
    """Count who is on duty by shift and day, below the people."""
    names = words.shift_names(found)
    for row in rows(found.shifts):
        key = str(row["shift"])
        counts = found.duties[found.duties["shift"] == key].groupby("date").size()
        if not len(counts):
            continue
        span = f"{clock(row['starts'])}-{clock(row['ends'])}"
        _cell(page, at, 1, tr("on duty"), HEAD_COLOUR, centred=False)
        called = names[key] if span in names[key] else f"{names[key]} {span}"
        _cell(page, at, 2, called, HEAD_COLOUR, centred=False, wrapped=True)
        for c, day in enumerate(days, 3):
            _cell(page, at, c, int(counts.get(f"{day}", 0)), HEAD_COLOUR)
        page.row_dimensions[at].height = 26
        at += 1
    missing = found.cover[found.cover["kept"] < found.cover["need"]]
    if len(missing):
        short = missing["starts"].dt.strftime("%Y-%m-%d")
        _cell(page, at, 1, tr("too few"), SHORT_COLOUR, bold=True, centred=False)
        _cell(page, at, 2, "", SHORT_COLOUR)
        for c, day in enumerate(days, 3):
            some = missing[short == f"{day}"]
            gap = int((some["need"] - some["kept"]).max()) if len(some) else 0
            _cell(page, at, c, gap or "", SHORT_COLOUR if gap else "")
        at += 1
    return at


def _legend(
    page: Worksheet,
    found: Rota,
    signs: dict[str, str],
    colours: dict[str, str],
    at: int,
    width: int,
) -> None:
    """Say what the signs mean, and leave room for who signs."""
    from openpyxl.styles import Alignment, Font

    names = words.shift_names(found)
    used = set(found.duties["shift"])
    parts = [
        f"{signs[key]} = {names[key]} {clock(r['starts'])}-{clock(r['ends'])}"
        for r in rows(found.shifts)
        if (key := str(r["shift"])) in used
    ]
    parts += [f"{words.leave_sign()} = {tr('leave')}", tr("empty = off")]
    parts += [tr("H = official holiday, W = weekend day that is worked")]
    signed = tr("Made by: ____________    Checked by: ____________    Date: ____________")
    lines = ["    ".join(parts), signed]
    for n, text in enumerate(lines, at):
        cell = page.cell(n, 1, harmless(text))
        cell.font, cell.alignment = Font(size=10), Alignment(vertical="center", wrap_text=True)
        page.merge_cells(start_row=n, start_column=1, end_row=n, end_column=width)
        page.row_dimensions[n].height = 30


def _colours(found: Rota) -> dict[str, str]:
    by_day, at_night = iter(DAY_COLOURS * 20), iter(NIGHT_COLOURS * 20)
    return {str(r["shift"]): next(at_night if r["night"] else by_day) for r in rows(found.shifts)}


def _cell(
    page: Worksheet,
    row: int,
    column: int,
    value: Any,
    colour: str = "",
    bold: bool = False,
    centred: bool = True,
    wrapped: bool = False,
) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    thin = Side("thin", "A6A6A6")
    cell = page.cell(row, column, harmless(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.border = Border(thin, thin, thin, thin)
    cell.font = Font(bold=bold, size=11)
    cell.alignment = Alignment("center" if centred else "left", "center", wrap_text=wrapped)
    if colour:
        cell.fill = PatternFill("solid", fgColor=colour)


def _to_print(page: Worksheet, found: Rota, days: int) -> None:
    """Print on one page across: on A4, or on A3 where there are many people."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = A4 if len(found.people) <= MOST_ON_A4 else A3
    page.page_setup.fitToWidth = page.page_setup.fitToHeight = 1
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.3
    page.page_margins.top = page.page_margins.bottom = 0.4


# ---------------------------------------------------------------------- further sheets


def _daily(page: Worksheet, found: Rota, days: Sequence[date]) -> None:
    """List the names on each shift, day by day."""
    from openpyxl.utils import get_column_letter

    names = words.shift_names(found)
    pairs = list(dict.fromkeys(
        (str(r["shift"]), team)
        for r in rows(found.shifts)
        for team in dict.fromkeys(found.duties[found.duties["shift"] == r["shift"]]["team"])
    ))  # fmt: skip
    _cell(page, 1, 1, tr("day"), HEAD_COLOUR, bold=True)
    for c, (shift, team) in enumerate(pairs, 2):
        text = f"{names[shift]}\n{found.team_name(team)}"
        _cell(page, 1, c, text, HEAD_COLOUR, bold=True, wrapped=True)
        page.column_dimensions[get_column_letter(c)].width = 20
    page.column_dimensions["A"].width = 16
    on: dict[tuple[str, str, str], list[str]] = {}
    for r in rows(found.duties):
        on.setdefault((r["date"], r["shift"], r["team"]), []).append(str(r["person"]))
    off = set(found.days[found.days["kind"] != "workday"]["date"])
    for n, day in enumerate(days, 2):
        colour = OFF_COLOUR if f"{day}" in off else ""
        _cell(page, n, 1, f"{day} {words.weekday(day)}", colour, centred=False)
        for c, (shift, team) in enumerate(pairs, 2):
            text = joined(on.get((f"{day}", shift, team), []), "、", ", ")
            _cell(page, n, c, text, centred=False, wrapped=True)
    page.row_dimensions[1].height = 30
    page.freeze_panes = "B2"
    _to_print(page, found, len(days))


def _rules(page: Worksheet, found: Rota) -> None:
    """List the rules that hold, and what a reader must know."""
    for c, (head, width) in enumerate(((tr("Rules"), 34), (tr("value"), 16), (tr("from"), 44)), 1):
        _cell(page, 1, c, head, HEAD_COLOUR, bold=True)
        page.column_dimensions["ABC"[c - 1]].width = width
    at = 2
    for row in rows(found.rules):
        rule = str(row["rule"])
        texts = (
            words.rule_name(rule),
            words.rule_value(rule, str(row["value"])),
            words.rule_source(str(row["law"])),
        )
        for c, text in enumerate(texts, 1):
            _cell(page, at, c, text, centred=False, wrapped=True)
        at += 1
    for text in (*words.sentences(found), *words.how_meant(found)):
        at += 1
        _cell(page, at, 1, text, centred=False, wrapped=True)
        page.merge_cells(start_row=at, start_column=1, end_row=at, end_column=3)
        page.row_dimensions[at].height = 46
    _to_print(page, found, 0)

"""Tables for the terminal of a rota, its rules, and what the service keeps with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from govsim.language import tr
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval
from govsim.report import rota_words as words
from govsim.report.rota_words import rows
from govsim.report.wording import measure_name, number
from govsim.rostering.result import MADE, SHORT, Rota

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def summary(found: Rota) -> RenderableType:
    """Lay out the answer: in words, then the tables."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from govsim.report import screen

    parts: list[RenderableType] = [Text(words.title(found), style="bold")]
    for i, line in enumerate(words.sentences(found)):
        parts += screen.paragraph(line, "  ", "bold" if i == 0 else "")
    tables: list[RenderableType] = []
    if found.verdict in (MADE, SHORT):
        tables += [_rota(found), _people(found)]
        if len(found.service):
            tables.append(_service(found))
    tables.append(_rules(found))
    parts += [Padding(table, (1, 0, 0, 0)) for table in tables]
    parts.append(Text())
    for line in words.how_meant(found):
        parts += screen.paragraph(line, "  ", "dim")
    return Group(*parts)


def _rota(found: Rota) -> RenderableType:
    """Show a line for each person, a sign for each day; a blank divides weeks."""
    from rich.text import Text

    signs = words.shift_signs(found)
    wide = max((screen_width(sign) for sign in signs.values()), default=1)
    wide = max(wide, 2)
    given = {(r["person"], r["date"]): signs[str(r["shift"])] for r in rows(found.duties)}
    away = {(r["person"], r["date"]) for r in rows(found.leave)}
    days = [date.fromisoformat(str(day)) for day in found.days["date"]]
    names = [str(name) for name in found.people["person"]]
    first = max(map(screen_width, names), default=0) + 2

    def line(head: str, cells: list[str]) -> str:
        text = pad(head, first)
        for n, cell in enumerate(cells):
            text += (" " if n % 7 == 0 and n else "") + pad(cell, wide + 1)
        return text

    lines = [line("", [f"{day.day}" for day in days]), line("", [words.weekday(d) for d in days])]
    for name in names:
        cells = [
            given.get((name, f"{d}"), words.leave_sign() if (name, f"{d}") in away else "·")
            for d in days
        ]
        lines.append(line(name, cells))
    named = words.shift_names(found)
    key = "  ".join(
        f"{signs[str(r['shift'])]} {named[str(r['shift'])]} {clock(r['starts'])}-{clock(r['ends'])}"
        for r in rows(found.shifts)
    )
    return Text("\n".join([*lines, "", key]), no_wrap=True, overflow="fold")


def screen_width(text: str) -> int:
    """Count the columns that a text takes."""
    from govsim.report.wrapping import columns

    return columns(text)


def pad(text: str, width: int) -> str:
    """Fill a text up to some columns."""
    return text + " " * max(0, width - screen_width(text))


def clock(minutes: int) -> str:
    """Write a time of day."""
    at = int(minutes)
    return f"{at // 60 % 24 if at != 1440 else 24:02d}:{at % 60:02d}"


def _people(found: Rota) -> Table:
    from govsim.report import screen

    table = screen.table(
        (tr("person"), 14), (tr("team"), 16), (tr("hours"), 8), (tr("normal"), 8),
        (tr("overtime"), 9), (tr("nights"), 7), (tr("fair"), 7), (tr("weekends and holidays"), 12),
        (tr("fair"), 7), (tr("leave, days"), 7),
    )  # fmt: skip
    for row in rows(found.people):
        teams = [found.team_name(team) for team in str(row["teams"]).split(",")]
        table.add_row(
            str(row["person"]), "、".join(teams), f"{row['hours']:g}", f"{row['normal']:g}",
            f"{row['overtime']:g}", f"{row['nights']}", f"{row['fair_nights']:.1f}",
            f"{row['days_off']}", f"{row['fair_days_off']:.1f}", f"{row['leave_days']}",
        )  # fmt: skip
    return table


def _service(found: Rota) -> Table:
    """Show what is kept with the people that are needed, and with the rota."""
    from govsim.report import screen
    from govsim.report.optimum_tables import differs

    table = screen.table(
        (tr("Simulated; shares differ in points"), 40), (tr("needed by the hour"), 12),
        (tr("with the rota"), 12), (tr("difference"), 14), (tr("interval"), 18),
    )  # fmt: skip
    for row in rows(found.service):
        name = str(row["measure"])
        ends = Interval(row["difference"], row["low"], row["high"], int(row["n"]))
        measure = Quantity.parse(name).shown
        table.add_row(
            measure_name(name), number(row["needed"], measure), number(row["rota"], measure),
            *differs(name, ends),
        )  # fmt: skip
    return table


def _rules(found: Rota) -> Table:
    from govsim.report import screen

    table = screen.table((tr("Rules"), 40), (tr("value"), 20), (tr("from"), 38))
    for row in rows(found.rules):
        rule = str(row["rule"])
        table.add_row(
            words.rule_name(rule),
            words.rule_value(rule, str(row["value"])),
            words.rule_source(str(row["law"])),
        )
    return table

"""Tables of where stations should stand: for the terminal, and through it for the page."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.report import siting_words as words
from govsim.report.wording import number
from govsim.siting.result import COVER, MIXED, TODAY, WAYS, WITHIN, Siting

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

SHOWN = 20
"""Numbers of new stations that the terminal shows of a curve, at most."""


def summary(found: Siting) -> RenderableType:
    """Lay out the answer: in words, then the tables."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from govsim.report import screen

    parts: list[RenderableType] = [Text(words.title(found), style="bold")]
    for i, line in enumerate(words.sentences(found)):
        parts += screen.paragraph(line, "  ", "bold" if i == 0 else "")
    made = tables(found, SHOWN)
    parts += [Padding(table, (1, 0, 0, 0)) for table in made.values() if table.row_count]
    parts.append(Text())
    for line in words.how_meant(found):
        parts += screen.paragraph(line, "  ", "dim")
    return Group(*parts)


def tables(found: Siting, most: int = 10_000) -> dict[str, Table]:
    """Lay out the tables."""
    made = {"stations": stations(found), "designs": designs(found)}
    if len(found.measures):
        made["measures"] = measures(found)
    if len(found.curve):
        made["curve"] = curve(found, most)
    return made


def stations(found: Siting) -> Table:
    """Show the stations that are new, moved or closed, with their grids."""
    from govsim.report import screen

    table = screen.table(
        (tr("Station"), 34),
        ("", 8),
        ("x", 8),
        ("y", 8),
        (tr("residents"), 10),
        (tr("its grids"), 26),
    )
    for row in words.rows(found.to_frame()):
        if row["change"] == "kept":
            continue
        table.add_row(
            f"{row['point']} {words.station_name(row)}",
            words.change_name(row["change"]),
            f"{row['x']:.0f}",
            f"{row['y']:.0f}",
            f"{row['residents']:,}" if row["change"] != "closed" else "—",
            row["grids"] or "—",
        )
    return table


def designs(found: Siting) -> Table:
    """Show each design by what designs are made for, with its gap to the bound."""
    from govsim.report import screen

    table = screen.table(
        (tr("Design"), 30), (tr("residents covered"), 12), (tr("share"), 8),
        (tr("within reach"), 12), (tr("way, m"), 8), (tr("gap to the bound"), 10),
    )  # fmt: skip
    for row in words.rows(found.designs):
        table.add_row(
            words.design_name(row["design"]),
            f"{row['covered']:,.0f}",
            words.share(row["share"]),
            f"{row['within']:,.0f}",
            "—" if isnan(row["distance"]) else f"{row['distance']:,.0f}",
            words.gap(row["gap"]),
            style="bold" if row["design"] == found.proposed else "",
        )
    return table


def measures(found: Siting) -> Table:
    """Show what comes of each design beside today's."""
    from govsim.report import screen

    table = screen.table(
        (tr("Simulated, beside today"), 44), (tr("today"), 14), (tr("difference"), 12),
        (tr("interval"), 22),
    )  # fmt: skip
    each, orders = tr("yuan for each order avoided"), tr("12345 orders")
    for name in words.apart(found):
        table.add_row(words.design_name(name), style="bold")
        for row in words.rows(found.measures[found.measures["design"] == name]):
            measure = row["measure"]
            if name == MIXED and measure != "orders":
                continue
            if name != found.proposed and measure not in words.BRIEFLY:
                continue
            table.add_row(
                f"  {words.marked(measure)}" if name != MIXED else f"  {orders}",
                number(row["today"], CATALOGUE[measure]),
                words.signed(measure, row["difference"]),
                f"{words.signed(measure, row['low'])} – {words.signed(measure, row['high'])}",
            )
        for row in words.rows(found.prices[found.prices["design"] == name]):
            if not isnan(row["low"]) and row["avoided"] > 0:
                table.add_row(
                    f"  {each} {words.MARK}",
                    "",
                    f"{row['price']:,.0f}",
                    f"{row['low']:,.0f} – {row['high']:,.0f}",
                )
    return table


def curve(found: Siting, most: int) -> Table:
    """Show what each number of new stations reaches."""
    from govsim.report import screen

    models = [name for name in (COVER, WITHIN, WAYS) if name in set(found.curve["model"])]
    heads = {COVER: tr("residents covered"), WITHIN: tr("within reach"), WAYS: tr("way, m")}
    columns = [
        pair for name in models for pair in ((heads[name], 14), (tr("gap to the bound"), 10))
    ]
    table = screen.table((tr("New stations"), 14), *columns)
    today = found.design(TODAY)
    at = {COVER: today["covered"], WITHIN: today["within"], WAYS: today["distance"]}
    cells = [cell for name in models for cell in (f"{at[name]:,.0f}", "")]
    table.add_row(f"0 ({tr('today')})", *cells)
    by = {(row["model"], row["count"]): row for row in words.rows(found.curve)}
    counts = sorted({count for _, count in by})
    step = -(-len(counts) // most)
    for count in counts[step - 1 :: step]:
        mine = [by[name, count] for name in models]
        cells = [cell for row in mine for cell in (f"{row['value']:,.0f}", words.gap(row["gap"]))]
        table.add_row(str(count), *cells)
    return table

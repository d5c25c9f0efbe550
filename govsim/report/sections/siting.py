"""The report of where stations should stand: the answer, maps, what comes of it."""

from __future__ import annotations

from collections.abc import Iterator

from govsim.language import tr
from govsim.measures.statistics import Interval
from govsim.report import plates, siting_maps, siting_tables
from govsim.report import siting_words as words
from govsim.report.parts import Contents, Desk, Plate, Point, Section, Table, Words, row
from govsim.report.sections import from_screen
from govsim.siting.result import MIXED, Siting


def contents(found: Siting, desk: Desk) -> Contents:
    """Say where stations should stand."""
    answer = (
        (tr("Where"), [*words.where(found)]),
        (tr("12345 orders"), [*words.orders(found)]),
        (tr("Other designs"), [*words.others(found)]),
    )
    made = siting_tables.tables(found)
    captions = {
        "stations": tr("Stations that are new, moved or closed, with their grids (x, y in m)."),
        "designs": tr(
            "Designs by what they are made for, and how far each is from its bound at most."
        ),
        "measures": tr("Simulated on the same demands, a year. {mark} {mix}",
                       mark=words.MARK, mix=words.mix(found)),
        "curve": tr("What each number of new stations reaches, and the gap to its bound."),
    }  # fmt: skip
    shown = {
        name: from_screen.table(table, captions[name])
        for name, table in made.items()
        if table.row_count
    }
    sections = (
        ("stations", tr("Stations and their grids"), ("stations",)),
        ("simulated", tr("What comes of it"), ("measures",)),
        ("designs", tr("How good the places are"), ("designs", "curve")),
    )
    return Contents(
        kind=tr("Where stations should stand"),
        title=found.title,
        question=_question(found),
        measured=words.how_meant(found)[1],
        answer=tuple(Point(lead, tuple(lines)) for lead, lines in answer if lines),
        plates=tuple(_plates(found, desk)),
        notes=(words.how_meant(found)[0],),
        sections=(
            *(
                Section(name, title, tuple(shown[one] for one in some if one in shown))
                for name, title, some in sections
                if any(one in shown for one in some)
            ),
            Section("meant", tr("How the numbers are meant"),
                    (Words(tuple(words.how_meant(found)), "note"),)),
            Section("provenance", tr("Provenance"), (_provenance(found),)),
        ),
    )  # fmt: skip


def _question(found: Siting) -> str:
    m = found.manifest
    asked = [
        text
        for text in (
            tr("{n} new", n=m["add"]) if m["add"] else "",
            tr("at most {n} moved", n=m["move"]) if m["move"] else "",
            tr("{n} closed", n=m["close"]) if m["close"] else "",
        )
        if text
    ]
    from govsim.language import joined

    if not asked:
        return tr("Where should the stations stand, and which grids should each cover?")
    return tr(
        "Where should the stations stand ({asked}), and which grids should each cover?",
        asked=joined(asked, "，", ", "),
    )


def _plates(found: Siting, desk: Desk) -> Iterator[Plate]:
    plan = found.to_frame()
    changed = plan[plan["change"] != "kept"]
    yield desk.plate(
        "map-before-after",
        tr("Stations and the grids that they cover, today and as proposed."),
        tr("; ").join(
            tr("{what}: {value}", what=words.station_name(one),
               value=words.change_name(one["change"]))
            for one in words.rows(changed)
        ),
        lambda: siting_maps.before_and_after(found),
    )  # fmt: skip
    around = siting_maps.window(found)
    if around is not None:
        yield desk.plate(
            "map-near",
            tr("The same around the stations that change."),
            tr("{n} stations change", n=len(changed)),
            lambda: siting_maps.before_and_after(found, around),
        )
    named = list(_orders(found))
    if named:
        texts = [words.signed("orders", one.mean) for _, one in named]
        yield desk.plate(
            "orders",
            tr("12345 orders beside today, a year, with intervals. {mix}", mix=words.mix(found)),
            tr("; ").join(
                tr("{what}: {value}", what=label, value=text)
                for (label, _), text in zip(named, texts, strict=True)
            ),
            lambda: plates.differences(named, texts, tr("12345 orders beside today, a year")),
        )
    if len(found.curve):
        last = found.curve[found.curve["model"] == "cover"].iloc[-1]
        yield desk.plate(
            "curve",
            tr("Residents covered by the number of new stations, with the bound."),
            tr("{what}: {value}", what=tr("{n} new", n=int(last["count"])),
               value=f"{last['value']:,.0f}"),
            lambda: siting_maps.curve(found),
        )  # fmt: skip


def _orders(found: Siting) -> Iterator[tuple[str, Interval]]:
    for name in words.apart(found):
        one = words.difference(found, name, "orders")
        if one is not None:
            label = words.design_name(name)
            mark = "" if name == MIXED else f" {words.MARK}"
            yield (
                f"{label}{mark}",
                Interval(one["difference"], one["low"], one["high"], int(one["n"])),
            )


def _provenance(found: Siting) -> Table:
    m = found.manifest
    rows = [
        (tr("scenario"), str(m["name"])),
        (tr("run"), str(m["run"])),
        (tr("replications"), str(m["replications"])),
        (tr("seed"), str(m["seed"])),
        (tr("program"), f"govsim {m['versions']['govsim']}"),
    ]
    return Table(
        tr("How this was made. The same scenario, seed and program give the same numbers."),
        (tr("Record"), tr("value")),
        tuple(row(*one) for one in rows),
        words=2,
        dense=True,
    )

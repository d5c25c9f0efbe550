"""The report of a plan that was sought: the answer, promises, who is on duty, and by the hour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from govsim.language import tr
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval
from govsim.optimisation.result import FOUND, Optimum
from govsim.report import hour_plates, optimum_tables, plates
from govsim.report import optimum_words as words
from govsim.report.parts import Contents, Desk, Plate, Point, Section, Table, Words, row
from govsim.report.sections import from_screen
from govsim.report.wording import spread


def contents(found: Optimum, desk: Desk) -> Contents:
    """Say which plan was found, what it keeps, and what it has on duty."""
    sentences = words.sentences(found)
    return Contents(
        kind=tr("Plan sought"),
        title=found.title,
        question=_question(found),
        measured=words.how_meant(found)[0],
        answer=(
            Point(tr("The answer"), (sentences[0],)),
            *((Point(tr("What it is"), tuple(sentences[1:])),) if sentences[1:] else ()),
        ),
        plates=tuple(_plates(found, desk)),
        sections=tuple(
            section
            for section in (
                Section("kept", tr("What is kept, and what else differs"), tuple(_kept(found))),
                Section("people", tr("Who is on duty"), tuple(_people(found))),
                Section("beside", tr("Beside the plan"), tuple(_beside(found))),
                Section(
                    "meant",
                    tr("How the numbers are meant"),
                    (Words(tuple(words.how_meant(found)), "note"),),
                ),
                Section("provenance", tr("Provenance"), (_provenance(found),)),
            )
            if section.blocks
        ),
    )


def _question(found: Optimum) -> str:
    kept = [
        words.target(str(one["measure"]), bool(one["at_least"]), float(one["target"]))
        for one in words.rows(found.promises)
    ]
    if not kept:
        return tr("Which rosters are best for what may be spent?")
    named = [words.measure(str(text)) for text in found.promises["measure"]]
    return tr(
        "Which rosters keep it at the least cost: {promises}?",
        promises=tr("; ").join(f"{n} {t}" for n, t in zip(named, kept, strict=True)),
    )


def _plates(found: Optimum, desk: Desk) -> Iterator[Plate]:
    if len(found.hours):
        hours = found.hours
        yield desk.plate(
            "people-by-hour",
            tr(
                "People of all teams on duty by hour of the day, today and in the plan; below "
                "them the work that is asked for in the hour, as people at work."
            ),
            tr("; ").join(
                tr("{what}: {value}", what=what, value=f"{hours[column].mean():,.1f}")
                for what, column in (
                    (tr("today"), "today"),
                    (tr("plan"), "number"),
                    (tr("work asked for"), "asked"),
                )
            ),
            lambda: hour_plates.people(hours),
        )
    if len(found.curve) > 1:
        name = str(found.curve["measure"].iloc[0])
        shown = Quantity.parse(name).shown
        curve = words.rows(found.curve)
        ends = [Interval(c["mean"], c["low"], c["high"], int(c["n"])) for c in curve]
        yield desk.plate(
            "curve",
            tr(
                "What money buys: {measure} by the cost of people on duty, with intervals.",
                measure=words.measure(name),
            ),
            tr("; ").join(
                tr("{what}: {value}", what=words.yuan(c["cost"]), value=spread(one, shown))
                for c, one in zip(curve, ends, strict=True)
            ),
            lambda: plates.curve(
                np.array([c["cost"] for c in curve]),
                ends,
                (float(found.manifest["cost_today"]), _today(found, name)),
                shown,
                words.measure(name),
            ),
        )


def _today(found: Optimum, name: str) -> float:
    mine = found.measures[found.measures["measure"] == name]
    return float(mine["today"].iloc[0]) if len(mine) else float("nan")


def _kept(found: Optimum) -> Iterator[Table]:
    if found.verdict == FOUND:
        if len(found.promises):
            yield from_screen.table(
                optimum_tables.promises(found),
                tr("Each promise, on demands that the search never saw."),
            )
        yield from_screen.table(
            optimum_tables.measures(found),
            tr("What differs from today's plan, on the same demands."),
        )
    if len(found.helps):
        yield from_screen.table(
            optimum_tables.helps(found), tr("Changes that help where staffing can't, simulated.")
        )


def _people(found: Optimum) -> Iterator[Table]:
    if found.verdict != FOUND:
        return
    if optimum_tables.many(found):
        yield from_screen.table(
            optimum_tables.by_kind(found),
            tr("People on duty at all points together; each point's are in the table of rosters."),
        )
    else:
        yield from_screen.table(optimum_tables.rosters(found), tr("People on duty."), words=2)


def _beside(found: Optimum) -> Iterator[Table]:
    if len(found.posts):
        yield from_screen.table(
            optimum_tables.posts(found), tr("What one fewer would save, and lose.")
        )
    if found.plans["rank"].nunique() > 1:
        yield from_screen.table(optimum_tables.plans(found), tr("The plans that come next."))
    if len(found.curve):
        yield from_screen.table(optimum_tables.curve(found), tr("What each amount of money buys."))


def _provenance(found: Optimum) -> Table:
    m = found.manifest
    rows = [
        (tr("scenario"), str(m["name"])),
        (tr("run"), str(m["run"])),
        (tr("replications of the search"), f"{m['replications']:,}"),
        (tr("fresh replications"), f"{m['checked']:,}"),
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

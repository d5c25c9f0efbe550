"""The report of an explanation: what a change comes from, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from govsim.explanation.mechanisms import mechanism_name
from govsim.explanation.result import AGAIN, FAILED, FIRST, Explanation
from govsim.language import tr
from govsim.measures.statistics import Interval
from govsim.report import explanation_tables, plates
from govsim.report import explanation_words as words
from govsim.report.comparison_words import scale_of, unit_of_change
from govsim.report.parts import Block, Contents, Desk, Plate, Point, Section, Table, Words, row
from govsim.report.plainly import source
from govsim.report.sections import from_screen
from govsim.report.wording import evidence_name


def contents(found: Explanation, desk: Desk) -> Contents:
    """Say what an explanation found."""
    before, after = found.titles
    return Contents(
        kind=tr("Why a measure differs"),
        title=words.quantity_name(found),
        question=tr(
            "Why does it differ: from “{before}” to “{after}”?", before=before, after=after
        ),
        measured=words.how_meant(found)[0],
        answer=tuple(Point(lead, tuple(lines)) for lead, lines in words.sentences(found)),
        plates=tuple(_plates(found, desk)),
        sections=(
            Section("explanation", tr("What it comes from"), tuple(_tables(found))),
            Section("meant", tr("How the numbers are meant"), (_meant(found),)),
            Section("inputs", tr("Inputs that differ, and those that are uncertain"),
                    tuple(_inputs(found))),
            Section("provenance", tr("Provenance"), (_provenance(found),)),
        ),
        notes=found.notes,
    )  # fmt: skip


# ---------------------------------------------------------------- figures


def _plates(found: Explanation, desk: Desk) -> Iterator[Plate]:
    shown = found.quantity.shown
    scale = scale_of(shown)
    unit = tr("{measure} ({unit})", measure=words.quantity_name(found), unit=unit_of_change(shown))
    parts = words.rows_by(found.shapley, "mechanism")
    named = [(mechanism_name(m), words.of_row(parts[m])) for m in found.mechanisms]
    named.append((tr("in all"), found.total("change")))
    yield _differences(
        found,
        desk,
        "mechanisms",
        tr("What each mechanism contributes to the change, with intervals: {unit}.", unit=unit),
        named,
        unit,
        scale,
    )
    if len(found.causes):
        causes = words.of_causes(found, "")
        changed = [
            (words.cause_group_name(c), words.of_row(causes[c])) for c in (FIRST, AGAIN, FAILED)
        ]
        caption = tr("The change by cause of the orders, with intervals: {unit}.", unit=unit)
        yield _differences(found, desk, "cause-groups", caption, changed, unit, scale)
    if len(found.points):
        chance = words.rows(found.chance)[0]
        low, high = (words.answer(found, chance[end]) for end in ("q05", "q95"))
        yield desk.plate(
            "points",
            tr(
                "The change where all uncertain inputs lie anywhere in their plausible ranges, "
                "%; the dashed line is {goal}.",
                goal=words.answer(found, found.manifest["goal"]),
            ),
            tr("Nine cases of ten lie between {low} and {high}.", low=low, high=high),
            lambda: plates.answers(
                100 * found.points["answer"].to_numpy(),
                100 * found.manifest["goal"],
                tr("change, %"),
                tr("points"),
            ),
        )


def _differences(
    found: Explanation,
    desk: Desk,
    name: str,
    caption: str,
    named: list[tuple[str, Interval]],
    unit: str,
    scale: float,
) -> Plate:
    texts = [
        tr("{value} ({ends})", value=words.changed(found, one), ends=words.between(found, one))
        for _, one in named
    ]
    said = _said(zip((label for label, _ in named), texts, strict=True))
    return desk.plate(
        name, caption, said, lambda: plates.differences(named, texts, unit, scale)
    )  # fmt: skip


def _said(rows: Iterable[tuple[str, str]]) -> str:
    return tr("; ").join(tr("{what}: {value}", what=what, value=value) for what, value in rows)


# ---------------------------------------------------------------- tables


def _tables(found: Explanation) -> Iterator[Block]:
    captions = {
        "mechanisms": tr("What each mechanism contributes, and does first and last."),
        "causes": tr("By which 12345 orders each mechanism changes their number."),
        "inputs": tr("The inputs on which the answer depends most."),
        "conditions": tr("What sets the cases that come nearest to the goal apart."),
        "bad year": tr("The fall that picking a bad year brings by itself."),
    }
    for name, made in explanation_tables.tables(found).items():
        yield from_screen.table(made, captions[name])


def _meant(found: Explanation) -> Words:
    return Words(tuple(words.how_meant(found)), "note")


def _inputs(found: Explanation) -> Iterator[Block]:
    heads = (tr("Input"), tr("mechanism"), tr("before"), tr("after"))
    rows = (
        row(words.input_name(found, r["path"]), mechanism_name(r["mechanism"]),
            *(words.input_value(found, r["path"], r[which]) for which in ("before", "after")))
        for r in words.rows(found.changes)
    )  # fmt: skip
    yield Table(tr("Inputs in which the scenarios differ."), heads, tuple(rows), 4, dense=True)
    if len(found.ranges):
        heads = (tr("Input"), tr("plausible range"), tr("evidence"), tr("source"))
        rows = (
            row(
                words.input_name(found, r["input"]),
                words.range_of(r),
                evidence_name(r["evidence"]),
                source(r["source"]),
            )
            for r in words.rows(found.ranges)
        )
        yield Table(tr("Inputs that are not known for sure."), heads, tuple(rows), 4, dense=True)


def _provenance(found: Explanation) -> Table:
    m = found.manifest
    rows = [
        (tr("scenarios"), ", ".join(str(m[which]["name"]) for which in ("before", "after"))),
        (tr("replications"), str(m["replications"])),
        (tr("seed"), str(m["seed"])),
        (tr("program"), f"govsim {m['versions']['govsim']}, {m['program'][:16]}"),
    ]
    return Table(
        tr("How this was made. The same scenarios, seed and program give the same numbers."),
        (tr("Record"), tr("value")),
        tuple(row(*one) for one in rows),
        words=2,
        dense=True,
    )

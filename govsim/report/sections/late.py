"""Why demands are late: what any staffing could reach, and where the minutes go."""

from __future__ import annotations

from collections.abc import Iterator

from govsim.language import tr
from govsim.lateness import parts
from govsim.lateness.result import Lateness, answers_of
from govsim.measures.clocks import AS_SENT, CLOCKS, KEPT, REACHABLE
from govsim.report import lateness_tables, minutes
from govsim.report import lateness_words as words
from govsim.report.parts import Block, Desk, Row, Section, Table, Words, row
from govsim.report.sections import from_screen
from govsim.report.wording import MISSING
from govsim.runs.results import Result

LEAST = 0.005
"""Share of late demands below which a piece isn't shown."""


def sections(result: Result, desk: Desk) -> Iterator[Section]:
    """Say why demands are late; older runs do not tell."""
    if len(result.late):
        yield Section("why-late", tr("Why demands are late"), tuple(_blocks(result, desk)))


def _blocks(result: Result, desk: Desk) -> Iterator[Block]:
    pieces, groups = parts.pieces(result), parts.groups(result)
    reached = {clock: parts.reach(result, clock) for clock in CLOCKS}
    known = answers_of(result.folder, result.replications) if result.folder else []
    first = {
        clock: words.first_line(
            clock, of[REACHABLE].mean, of[KEPT].mean, words.largest_of(pieces, clock)
        )
        for clock, of in reached.items()
        if of
    }
    if first:
        clock = next(iter(first))
        then = tr(
            "Which single changes bring most, and which two together, is not part of a run: each "
            "is simulated by the command “govsim why” with this plan's file, which goes on from "
            "this run and writes a report of its own. When this report is written anew with "
            "“govsim report”, they stand here too."
        )
        others = (line for one, line in first.items() if one != clock)
        lines = [first[clock], *words.reachable(groups, pieces, clock), *others]
        yield Words(tuple(lines if known else [*lines, then]))
    for one in known:
        yield from _changes(one, one is known[-1])
    yield Table(
        tr("Late demands by the piece that took most of their time, %, for each clock."),
        (tr("Piece of the time"), *(words.clock_name(clock) for clock in CLOCKS)),
        tuple(_by_piece(result)),
        note=tr(
            "Of demands whose clock has run out. “At most by staffing”: nobody ever waits, and the "
            "fastest team goes."
        ),
    )
    shown = minutes.of(pieces, "scene")
    if shown:
        yield desk.plate(
            "minutes",
            tr("Where the minutes to the arrival go, of demands in time and of late ones."),
            tr("; ").join(
                tr("{what}: {value}", what=one.name, value=f"{one.kept:.1f} / {one.late:.1f}")
                for one in shown
            ),
            lambda: minutes.figure(shown),
        )


def _changes(found: Lateness, last: bool) -> Iterator[Block]:
    """Show what brings most, as it was asked of this run before; how it is meant is said once."""
    if made := lateness_tables.tables(found, ()).get("changes"):
        yield Words(tuple(words.best(found)))
        yield from_screen.table(
            made,
            tr(
                "The single changes that bring most ({clock}), each simulated, and the best two "
                "together.",
                clock=words.clock_name(found.clock),
            ),
            note=" ".join(words.how_meant(found)) if last else "",
        )


def _by_piece(result: Result) -> Iterator[Row]:
    pieces = parts.pieces(result)
    mine = pieces[pieces["level"] == "district"].fillna(0.0)
    table = mine.pivot_table(index="piece", columns="clock", values="largest", sort=False)
    table = table.reindex(columns=list(CLOCKS))
    for piece, found in zip(table.index, table.to_numpy(), strict=True):
        if (found >= LEAST).any():
            cells = (f"{100 * share:.0f}" if share == share else MISSING for share in found)
            yield row(words.piece_name(str(piece)), *cells)
    for what, label in (
        (KEPT, tr("in time")),
        (REACHABLE, tr("at most by staffing")),
        (AS_SENT, tr("people without limit, sent as now")),
    ):
        reached = [parts.reach(result, clock).get(what) for clock in CLOCKS]
        cells = (MISSING if one is None else f"{100 * one.mean:.1f}" for one in reached)
        yield row(label, *cells, strong=what == REACHABLE)

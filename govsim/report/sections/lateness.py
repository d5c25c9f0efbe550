"""The report of an answer to "why late": the ceiling, where the minutes go, what brings most."""

from __future__ import annotations

from collections.abc import Iterator

from govsim.language import tr
from govsim.lateness.result import PAIR, Lateness
from govsim.measures.statistics import Interval
from govsim.report import lateness_tables, minutes, plates
from govsim.report import lateness_words as words
from govsim.report.parts import Contents, Desk, Plate, Point, Section, Table, Words, row
from govsim.report.sections import from_screen


def contents(found: Lateness, desk: Desk) -> Contents:
    """Say why demands are late, what any staffing could reach, and what brings most."""
    return Contents(
        kind=tr("Why demands are late"),
        title=found.title,
        question=tr(
            "Why are demands late ({clock}), and what brings more of them in time?",
            clock=words.clock_name(found.clock),
        ),
        measured=words.how_meant(found)[0],
        answer=tuple(
            Point(lead, tuple(lines))
            for lead, lines in (
                (tr("At most by staffing"), words.ceiling(found)),
                (tr("What brings most"), [*words.best(found)]),
                (tr("The other clocks"), words.others(found)),
            )
            if lines
        ),
        plates=tuple(_plates(found, desk)),
        sections=(
            Section("why-late", tr("What brings most, and where the time goes"),
                    tuple(_tables(found, ("changes", "clocks", "pieces")))),
            Section("parts", tr("By channel, category, station and hour"),
                    tuple(_tables(found, words.LEVELS))),
            Section("meant", tr("How the numbers are meant"),
                    (Words(tuple(words.how_meant(found)), "note"),)),
            Section("provenance", tr("Provenance"), (_provenance(found),)),
        ),
    )  # fmt: skip


def _plates(found: Lateness, desk: Desk) -> Iterator[Plate]:
    if shown := minutes.of(found.pieces, found.clock):
        yield desk.plate(
            "minutes",
            tr(
                "Where the minutes go ({clock}), of demands in time and of late ones.",
                clock=words.clock_name(found.clock),
            ),
            tr("; ").join(
                tr("{what}: {value}", what=one.name, value=f"{one.kept:.1f} / {one.late:.1f}")
                for one in shown
            ),
            lambda: minutes.figure(shown),
        )
    named = list(_gains(found))
    if named:
        texts = [f"{words.points(one.mean)} ({_between(one)})" for _, one in named]
        yield desk.plate(
            "changes",
            tr("What each change brings, with intervals: more in time, points."),
            tr("; ").join(
                tr("{what}: {value}", what=label, value=text)
                for (label, _), text in zip(named, texts, strict=True)
            ),
            lambda: plates.differences(named, texts, tr("more in time, points"), 100),
        )


def _gains(found: Lateness) -> Iterator[tuple[str, Interval]]:
    """Give the changes that are shown, and the best two together, with what they bring."""
    mine = found.to_frame()
    single = mine[mine["change"] != PAIR].head(words.SHOWN)
    for one in words.rows(single):
        yield words.change_name(found.scenario, one["change"]), _interval(one)
    for one in words.rows(mine[mine["change"] == PAIR]):
        yield tr("the best two together"), _interval(one)


def _interval(one: words.Row) -> Interval:
    return Interval(one["gain"], one["low"], one["high"], int(one["n"]))


def _between(one: Interval) -> str:
    return f"{words.points(one.low)} – {words.points(one.high)}"


def _tables(found: Lateness, names: tuple[str, ...]) -> Iterator[Table]:
    captions = {
        "changes": tr(
            "The single changes that bring most, each simulated, and the best two together."
        ),
        "clocks": tr("What is kept today, and what any staffing could reach, by clock."),
        "pieces": tr("Where the time of demands goes, of late ones and of those in time."),
        "channel": tr("Late demands by channel."),
        "category": tr("Late demands by category."),
        "kind": tr("Late demands by kind of service point."),
        "point": tr("Late demands by station, those with most first."),
        "hour": tr("Late demands by hour of the report."),
    }
    made = lateness_tables.tables(found, [name for name in names if name in words.LEVELS])
    for name in names:
        if name in made:
            yield from_screen.table(made[name], captions[name])


def _provenance(found: Lateness) -> Table:
    m = found.manifest
    rows = [
        (tr("scenario"), str(m["name"])),
        (tr("run"), str(m["run"])),
        (tr("replications"), str(m["replications"])),
        (tr("replications of each change"), str(m["changes_replications"])),
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

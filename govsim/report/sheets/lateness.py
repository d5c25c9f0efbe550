"""The sheets of an answer to "why late": changes, ceilings, pieces of time, parts."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from govsim.language import tr
from govsim.lateness.result import PAIR, Lateness
from govsim.report import lateness_words as words
from govsim.report import spreadsheet
from govsim.report.sheets.columns import about, end, start
from govsim.report.spreadsheet import Column, Sheet

SHARE, NUMBER, MONEY = spreadsheet.SHARE, spreadsheet.NUMBER, spreadsheet.MONEY


def of_lateness(found: Lateness) -> Iterator[Sheet]:
    """Lay out an answer."""
    m = found.manifest
    yield about(
        [
            (tr("Why demands are late"), found.title),
            (tr("Clock"), words.clock_name(found.clock)),
            *[(tr("the answer"), line) for line in words.sentences(found)],
            *[(tr("how it is meant"), line) for line in words.how_meant(found)],
            (tr("run"), str(m["run"])),
            (tr("replications"), str(m["replications"])),
            (tr("seed"), str(m["seed"])),
            (tr("program"), f"govsim {m['versions']['govsim']}"),
        ]
    )
    yield _changes(found)
    yield _ceiling(found)
    yield _pieces(found)
    yield _parts(found)


def _changes(found: Lateness) -> Sheet:
    frame = found.changes.sort_values(["clock", "rank"], kind="stable")
    title = tr("more in time, points")
    priced = frame["cost"].where(frame["priced"].astype(bool))
    return Sheet(
        tr("Changes"),
        (
            Column(tr("Change"), [_change(found, row) for row in words.rows(frame)]),
            Column(tr("Clock"), _clocks(frame)),
            Column(tr("in time"), frame["kept"].tolist(), SHARE),
            *(
                Column(head, (100 * frame[name]).tolist(), NUMBER)
                for name, head in {"gain": title, "low": start(title), "high": end(title)}.items()
            ),
            Column(tr("replications"), frame["n"].tolist()),
            Column(tr("yuan a year"), [None if x != x else x for x in priced], MONEY),
            Column(tr("in the scenario file"), [str(text) for text in frame["set"]]),
        ),
    )


def _change(found: Lateness, row: words.Row) -> str:
    if row["change"] == PAIR:
        both = words.change_name(found.scenario, row["about"])
        return tr("the best two together: {both}", both=both)
    return words.change_name(found.scenario, row["change"])


def _clocks(frame: pd.DataFrame) -> list[str]:
    return [words.clock_name(str(clock)) for clock in frame["clock"]]


def _ceiling(found: Lateness) -> Sheet:
    frame = found.ceiling
    names = {
        "kept": tr("today"),
        "reachable": tr("at most by staffing"),
        "as_sent": tr("people without limit, sent as now"),
        "simulated": tr("simulated with people without limit, less the ceiling"),
    }
    title = tr("in time")
    heads = {"mean": title, "low": start(title), "high": end(title)}
    return Sheet(
        tr("Ceiling"),
        (
            Column(tr("Clock"), _clocks(frame)),
            Column(tr("what"), [names[str(what)] for what in frame["what"]]),
            *(Column(head, frame[name].tolist(), SHARE) for name, head in heads.items()),
        ),
        kept=2,
    )


def _place(found: Lateness, frame: pd.DataFrame) -> Iterator[Column]:
    """Head rows by clock, level and part."""
    levels = [str(level) for level in frame["level"]]
    keys = [str(key) for key in frame["key"]]
    whole = tr("whole district")
    yield Column(tr("Clock"), _clocks(frame))
    yield Column(
        tr("by"), [whole if level == "district" else words.level_name(level) for level in levels]
    )
    yield Column(
        tr("part"),
        [
            whole if level == "district" else words.part_name(found, level, key)
            for level, key in zip(levels, keys, strict=True)
        ],
    )


def _pieces(found: Lateness) -> Sheet:
    frame = found.pieces
    shares = {"largest": tr("largest"), "alone": tr("alone"), "time": tr("of the time")}
    lasts = {"minutes_late": tr("min, late"), "minutes_kept": tr("min, in time")}
    return Sheet(
        tr("Pieces of the time"),
        (
            *_place(found, frame),
            Column(tr("Piece of the time"), [words.piece_name(str(one)) for one in frame["piece"]]),
            *(Column(head, _numbers(frame[name]), SHARE) for name, head in shares.items()),
            *(Column(head, _numbers(frame[name]), NUMBER) for name, head in lasts.items()),
        ),
        kept=4,
    )


def _parts(found: Lateness) -> Sheet:
    frame = found.groups
    years = found.manifest["measured_days"] / 365
    shares = {
        "kept": tr("in time"),
        "reachable": tr("at most by staffing"),
        "as_sent": tr("people without limit, sent as now"),
        "two_or_more": tr("two changes or more"),
    }
    return Sheet(
        tr("Parts of the district"),
        (
            *_place(found, frame),
            Column(tr("demands a year"), (frame["demands"] / years).tolist(), NUMBER),
            Column(tr("late a year"), (frame["late"] / years).tolist(), NUMBER),
            *(Column(head, _numbers(frame[name]), SHARE) for name, head in shares.items()),
        ),
        kept=3,
    )


def _numbers(column: pd.Series) -> list[float | None]:
    """Give the numbers; nothing where there is none."""
    return [None if value != value else float(value) for value in column]

"""The report of a calibration: what fits, what the data can't tell, and the weeks not seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from govsim.calibration import Calibration
from govsim.language import tr
from govsim.report import calibration_tables as words
from govsim.report import marks, plates, style
from govsim.report.parts import Contents, Desk, Plate, Point, Section, Table, Words, row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BINS = 10
"""Bars of the PIT figure: with 84 days some eight to each."""


def contents(found: Calibration, desk: Desk) -> Contents:
    """Say what a calibration found."""
    answer = [Point(tr("What the data tell"), tuple(words.identifiability(found)))]
    if not found.scores.empty:
        answer.append(Point(tr("Weeks not seen"), tuple(words.holdout(found))))
    return Contents(
        kind=tr("Calibration"),
        title=found.scenario.stem,
        question=tr("Does the model resemble the place, and what do its records leave open?"),
        measured=words.how_fitted(found),
        answer=tuple(answer),
        plates=tuple(_plates(found, desk)),
        sections=(
            Section("fitted", tr("What was fitted"), (_fitted(found),), True),
            Section("checks", tr("What the fitted scenario reproduces"), (_checks(found),)),
            Section("data", tr("The records"), (_records(found),)),
        ),
        warnings=found.warnings,
    )


def _plates(found: Calibration, desk: Desk) -> Iterator[Plate]:
    if found.days.empty:
        return
    said = " ".join(words.holdout(found))
    yield desk.plate(
        "holdout",
        tr("12345 orders a day in the weeks not seen: dots, what came; bands, forecast (50%, 90%)"),
        said,
        lambda: days(found.days),
    )
    yield desk.plate(
        "pit",
        tr("Where what came lies in its forecast; even bars: neither too wide nor too narrow"),
        said,
        lambda: pit(found.days),
    )


def days(frame: pd.DataFrame) -> Figure:
    """Daily numbers with the bands of their forecast."""
    figure = plates.sheet(2.2)
    axes = figure.subplots()
    style.bare(axes, "y")
    x = pd.to_datetime(frame["date"]).to_numpy()
    axes.fill_between(x, frame["q05"], frame["q95"], color=style.PALE, linewidth=0, alpha=0.6)
    axes.fill_between(x, frame["q25"], frame["q75"], color=style.PALE, linewidth=0)
    axes.plot(x, frame["mean"], color=style.BLUE, linewidth=1.4)
    axes.plot(x, frame["observed"], "o", color=style.INK, markersize=3)
    axes.set_ylabel(tr("orders a day"))
    axes.set_ylim(bottom=0)
    marks.date_axis(axes)
    return figure


def pit(frame: pd.DataFrame) -> Figure:
    """Histogram of the probability integral transform, beside what even bars would be."""
    figure = plates.sheet(1.7)
    axes = figure.subplots()
    style.bare(axes, "y")
    counted, edges = np.histogram(frame["pit"], bins=BINS, range=(0, 1))
    axes.bar(edges[:-1], counted, width=0.95 / BINS, align="edge", color=style.BLUE)
    even = len(frame) / BINS
    axes.axhline(even, color=style.INK, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set_xlim(0, 1)
    axes.set_ylabel(tr("days"))
    axes.set_xlabel(tr("share of the forecast below what came"))
    marks.percent(axes)
    return figure


def _fitted(found: Calibration) -> Table:
    return Table(
        caption=tr("Posterior against what was plausible beforehand"),
        heads=words.heads(),
        rows=tuple(row(*cells) for cells in words.cells(found)),
        words=5,
        note=tr(
            "“Not determined”: the data take away less than half of the variance that was "
            "plausible beforehand, so the interval is mostly that of the prior."
        ),
        dense=True,
    )


def _checks(found: Calibration) -> Table:
    rows = tuple(
        row(
            one["summary"],
            f"{one['observed']:.2f}",
            f"{one['low']:.2f} … {one['high']:.2f}",
            tr("yes") if one["inside"] else tr("no"),
        )
        for one in found.checks.to_dict("records")
    )
    return Table(
        caption=tr("Summaries of the records against their posterior predictive distribution"),
        heads=(tr("summary"), tr("observed"), tr("90% interval"), tr("reproduced")),
        rows=rows,
        note=tr("Counts and times (minutes) as logarithms, shares as log odds."),
    )


def _records(found: Calibration) -> Words:
    told = found.manifest
    lines = [words.how_fitted(found)]
    if told["ledger"] is not None:
        ledger = f"{told['ledger']:,}"
        lines.append(tr("{n} cases of the stations' ledger", n=ledger))
    lines.append(
        tr(
            "{points} points of the plausible ranges were simulated, {seeds} replications of each",
            points=told["points"],
            seeds=told["seeds"],
        )
    )
    return Words(tuple(lines), "list")

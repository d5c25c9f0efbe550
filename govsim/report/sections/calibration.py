"""The report of a calibration: what fits, what the data can't tell, and the weeks not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from govsim.calibration.result import Calibration
from govsim.language import tr
from govsim.orders.describing import Description
from govsim.report import calibration_tables as words
from govsim.report import marks, order_tables, plates, style
from govsim.report.parts import Block, Contents, Desk, Point, Section, Table, Words, row
from govsim.report.sections import from_screen
from govsim.report.warned import on_paper

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BINS = 10
"""Bars of the PIT figure: with 84 days some eight to each."""

TICKS = (1 / 60, 1 / 6, 1, 4, 24, 96, 480, 2400)
"""Hours that are named on an axis of times."""

ROWS = 20
"""Rows of a table, at most: the worst fits."""


def contents(found: Calibration, desk: Desk) -> Contents:
    """Say what a calibration found."""
    answer = [
        Point(tr("What the data tell"), tuple(words.identifiability(found))),
        Point(tr("What the model reproduces"), tuple(words.reproduced(found))),
    ]
    sections = [
        Section("fitted", tr("What was fitted"), tuple(_fitted(found, desk))),
        Section("fit", tr("What the fitted scenario reproduces"), tuple(_fit(found, desk))),
    ]
    if not found.scores.empty:
        answer.append(Point(tr("Weeks not seen"), tuple(words.holdout(found))))
        unseen = tuple(_unseen(found, desk))
        sections.append(Section("unseen", tr("Weeks not seen"), unseen))
    sections.append(Section("data", tr("The records"), tuple(_records(found, desk))))
    return Contents(
        kind=tr("Calibration"),
        title=found.scenario.stem,
        question=tr("Does the model resemble the place, and what do its records leave open?"),
        measured=words.how_fitted(found),
        answer=tuple(answer),
        plates=(),
        sections=tuple(sections),
        warnings=on_paper(found.warnings),
    )


def _fitted(found: Calibration, desk: Desk) -> Iterator[Block]:
    yield desk.plate(
        "posterior",
        tr(
            "Where the posterior lies in what was plausible beforehand, which is the whole width: "
            "median, 50% and 90% intervals"
        ),
        " ".join(words.identifiability(found)),
        lambda: posterior(found),
    )
    yield Table(
        caption=tr("Posterior against what was plausible beforehand"),
        heads=words.heads(),
        rows=tuple(row(*cells) for cells in words.cells(found)),
        words=5,
        note=tr(
            "Determined: the data take away at least three quarters of the variance that was "
            "plausible beforehand; in part: at least a half. “Not determined”: less; the interval "
            "is mostly that of what was plausible, driven by the prior."
        ),
        dense=True,
    )
    yield _direct(found)


def _direct(found: Calibration) -> Table:
    shown = found.direct[
        (found.direct["part"] != "hour") | (found.direct["low"] > 1) | (found.direct["high"] < 1)
    ]
    return Table(
        caption=tr("What the record tells by itself: its ratio to the scenario as it was given"),
        heads=("", "", tr("ratio"), tr("90% interval")),
        rows=tuple(
            row(
                words.parts()[one["part"]],
                words.part_name(found, one["part"], one["name"]),
                f"{one['ratio']:.2f}",
                f"{one['low']:.2f} – {one['high']:.2f}",
            )
            for one in shown.to_dict("records")
        ),
        words=2,
        note=tr(
            "Rates of categories, weights of weekdays, months and hours, factors of holidays, and "
            "the variance of days are multiplied by it; so are departments' times, next to what "
            "is common to all of them, which was inferred. Of hours, only those are listed whose "
            "interval does not hold 1. Rare ones borrow strength from the others."
        ),
        dense=True,
    )


def _fit(found: Calibration, desk: Desk) -> Iterator[Block]:
    yield Words(
        (
            tr(
                "The scenario was simulated afresh with {n} draws from the posterior, over the "
                "weeks that were fitted. The tail probability is the chance that a right model "
                "lies as far off as it does here.",
                n=found.manifest["draws"],
            ),
        )
    )
    shown = found.fit[found.fit["kind"] == "category"]
    if len(shown):
        labels = [words.label(found, "category", name) for name in shown["name"]]
        yield desk.plate(
            "categories",
            tr(
                "Orders by category in the weeks fitted: dots, the record; bars, 90% intervals of "
                "fresh runs; red, not reproduced"
            ),
            " ".join(words.reproduced(found)),
            lambda: against(labels, shown),
        )
    for kind, head, caption in (
        ("category", tr("Category"), tr("Orders by category, the worst fits first")),
        ("place", tr("Place"), tr("Orders by place, the worst fits first")),
    ):
        mine = found.fit[found.fit["kind"] == kind]
        if len(mine):
            yield _counts(found, kind, head, caption, mine.sort_values("tail")[:ROWS])
    yield _checks(found)


def _counts(found: Calibration, kind: str, head: str, caption: str, frame: pd.DataFrame) -> Table:
    return Table(
        caption=caption,
        heads=(head, *words.check_heads()),
        rows=tuple(
            row(
                words.label(found, kind, one["name"]),
                f"{one['observed']:,.0f}",
                f"{one['median']:,.0f}",
                f"{one['low']:,.0f} – {one['high']:,.0f}",
                words.chance(one["tail"]),
                tr("yes") if one["inside"] else tr("no"),
            )
            for one in frame.to_dict("records")
        ),
        note=tr("Orders of which it isn't known are left out, and as many of the simulated ones."),
        dense=True,
    )


def _unseen(found: Calibration, desk: Desk) -> Iterator[Block]:
    said = " ".join(words.holdout(found))
    captions = {
        "daily": tr(
            "12345 orders a day in the weeks not seen: dots, what came; bands, forecast (50%, 90%)"
        ),
        "backlog": tr("Open orders at the end of the day, alike"),
    }
    for series, caption in captions.items():
        mine = found.days[found.days["series"] == series]
        unit = words.quantities()[series]
        yield desk.plate(series, caption, said, partial(days, mine, unit))
    hours = found.shares[found.shares["kind"] == "hour"]
    if len(hours):
        yield desk.plate(
            "hours",
            tr("Share of orders in each hour of the day in these weeks, alike"),
            said,
            lambda: profile(hours),
        )
    yield desk.plate(
        "pit",
        tr("Where what came lies in its forecast; even bars: neither too wide nor too narrow"),
        said,
        lambda: pit(found.days[found.days["series"] == "daily"]),
    )
    yield _scores(found)


def posterior(found: Calibration) -> Figure:
    """Intervals of the posterior in the plausible range, a row for each input."""
    fitted = found.fitted
    figure = plates.sheet(plates.AROUND + plates.ROW * len(fitted))
    axes = figure.subplots()
    y = np.arange(len(fitted))
    axes.barh(y, 1, height=0.55, color=style.GREY, alpha=0.18, linewidth=0)
    axes.hlines(y, fitted["at_05"], fitted["at_95"], color=style.BLUE, linewidth=1.6)
    axes.hlines(y, fitted["at_25"], fitted["at_75"], color=style.BLUE, linewidth=4.5)
    axes.plot(fitted["at_50"], y, "o", color="white", markeredgecolor=style.BLUE, markersize=5)
    told = [words.determined(each) for each in fitted["contraction"]]
    marks.rows(
        axes, [words.input_name(found, path) for path in fitted["input"]], told, plates.NAMES
    )
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], [tr("low end"), tr("the scenario's value"), tr("high end")])
    return figure


def against(labels: Sequence[str], frame: pd.DataFrame) -> Figure:
    """What was observed, as dots, on intervals of fresh runs, a row for each name."""
    figure = plates.sheet(plates.AROUND + plates.ROW * len(frame))
    axes = figure.subplots()
    y = np.arange(len(frame))
    axes.hlines(y, frame["low"], frame["high"], color=style.BLUE, linewidth=5, alpha=0.35)
    for inside, colour in ((True, style.INK), (False, style.ORANGE)):
        mine = (frame["inside"] == inside).to_numpy()
        axes.plot(frame["observed"][mine], y[mine], "o", color=colour, markersize=4.5, zorder=5)
    seen, low, high = frame["observed"], frame["low"], frame["high"]
    numbers = [f"{o:,.0f}  ({a:,.0f} – {b:,.0f})" for o, a, b in zip(seen, low, high, strict=True)]
    marks.rows(axes, labels, numbers, plates.NAMES)
    axes.xaxis.set_major_formatter(marks.thousands)
    axes.set_xlim(left=0)
    axes.set_xlabel(tr("orders"))
    return figure


def profile(frame: pd.DataFrame) -> Figure:
    """Shares of the hours of the day with their forecast."""
    figure = plates.sheet(1.8)
    axes = figure.subplots()
    style.bare(axes, "y")
    x = frame["name"].astype(int).to_numpy()
    axes.vlines(x, 100 * frame["q05"], 100 * frame["q95"], color=style.PALE, linewidth=7)
    axes.vlines(x, 100 * frame["q25"], 100 * frame["q75"], color=style.BLUE, linewidth=7, alpha=0.5)
    axes.plot(x, 100 * frame["observed"], "o", color=style.INK, markersize=3.5)
    axes.set_xticks(range(0, 24, 3))
    axes.set_xlabel(tr("hour of the day"))
    axes.set_ylabel("%")
    axes.set_ylim(bottom=0)
    return figure


def days(frame: pd.DataFrame, unit: str) -> Figure:
    """Daily numbers with the bands of their forecast."""
    figure = plates.sheet(2.2)
    axes = figure.subplots()
    style.bare(axes, "y")
    x = pd.to_datetime(frame["date"]).to_numpy()
    axes.fill_between(x, frame["q05"], frame["q95"], color=style.PALE, linewidth=0, alpha=0.6)
    axes.fill_between(x, frame["q25"], frame["q75"], color=style.PALE, linewidth=0)
    axes.plot(x, frame["mean"], color=style.BLUE, linewidth=1.4)
    axes.plot(x, frame["observed"], "o", color=style.INK, markersize=3)
    axes.set_ylabel(unit)
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


def _checks(found: Calibration) -> Table:
    rows = tuple(
        row(
            words.summary_name(one["summary"]),
            *(words.summary_value(one["summary"], one[name]) for name in ("observed", "median")),
            " – ".join(words.summary_value(one["summary"], one[end]) for end in ("low", "high")),
            words.chance(one["tail"]),
            tr("yes") if one["inside"] else tr("no"),
        )
        for one in found.checks.to_dict("records")
    )
    return Table(
        caption=tr("Summaries of the records against those of fresh runs"),
        heads=(tr("summary"), *words.check_heads()),
        rows=rows,
        dense=True,
    )


def _scores(found: Calibration) -> Table:
    return Table(
        caption=tr("Forecasts of the weeks not seen, beside the seasonal naive forecast"),
        heads=words.score_heads(),
        rows=tuple(row(*cells) for cells in words.score_cells(found)),
        note=tr(
            "The naive forecast of a day is what came on the same day of the week, the last time "
            "before; that of a share is the weeks' before. CRPS: distance of a forecast "
            "distribution from what came, in the unit of what is forecast. MASE: mean error over "
            "that of the naive forecast; below 1 is better than naive."
        ),
        dense=True,
    )


def _records(found: Calibration, desk: Desk) -> Iterator[Block]:
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
    yield Words(tuple(lines), "list")
    yield from _times(found, desk)
    named = {"orders": tr("The work orders"), "ledger": tr("The stations' ledger")}
    for name, kept in told["records"].items():
        described = Description.from_plain(kept)
        yield from_screen.table(order_tables.facts(described), named[name])
        columns = kept["columns"]
        caption = tr("Times that were read, and their rounding")
        note = tr("Simulated times were rounded alike before they were compared.")
        yield from_screen.table(order_tables.times(described, columns), caption, note, words=5)
        if described.set_aside:
            yield from_screen.table(order_tables.aside(described), tr("Rows set aside"), words=2)
        if odd := tuple(order_tables.warnings(described)):
            yield Words(odd, "warning")


def _times(found: Calibration, desk: Desk) -> Iterator[Block]:
    if found.times.empty:
        return
    yield desk.plate(
        "times",
        tr(
            "Share of orders done, by the time since their creation: band, the record with open "
            "orders counted as open (90%); line, the fitted distribution"
        ),
        " ".join(
            f"{words.label(found, 'category', one['category'])}: {words.hours(one, 'median')}."
            for one in found.times.to_dict("records")
        ),
        lambda: curves(found),
    )
    yield Table(
        caption=tr("How long orders take, from the record alone"),
        heads=(
            tr("Category"),
            tr("distribution"),
            tr("orders"),
            tr("open"),
            tr("median (90% interval)"),
            tr("done by 9 in 10 (90% interval)"),
        ),
        rows=tuple(
            row(
                words.label(found, "category", one["category"]),
                words.family(one["family"]),
                f"{one['orders']:,}",
                f"{one['open']:.0%}",
                words.hours(one, "median"),
                words.hours(one, "q90"),
            )
            for one in found.times.to_dict("records")
        ),
        words=2,
        note=tr(
            "The distribution is the one with the smallest BIC among exponential, lognormal, "
            "Weibull, gamma and a mixture of two lognormals. Open orders count as open, times as "
            "rounded as they are. Of a frequent category, 2,000 orders are fitted. Working time "
            "where all of a category goes to a department that counts in it."
        ),
        dense=True,
    )


def curves(found: Calibration) -> Figure:
    """Fitted shares done over time, beside those of the record, a small panel for each category."""
    names = list(found.times["category"])
    down = -(-len(names) // 2)
    figure = plates.sheet(0.3 + 1.35 * down)
    panels = figure.subplots(down, 2, squeeze=False, sharey=True).ravel()
    for axes, name in zip(panels, names, strict=False):
        style.bare(axes, "y")
        mine = found.curves[found.curves["category"] == name]
        axes.fill_between(
            mine["hours"], mine["low"], mine["high"], color=style.PALE, linewidth=0, step="post"
        )
        axes.step(mine["hours"], mine["record"], where="post", color=style.INK, linewidth=0.8)
        axes.plot(mine["hours"], mine["fitted"], color=style.BLUE, linewidth=1.5)
        axes.set_xscale("log")
        axes.set_xlim(mine["hours"].min(), mine["hours"].max())
        shown = [at for at in TICKS if mine["hours"].min() <= at <= mine["hours"].max()]
        axes.set_xticks(shown, [words.time(at) for at in shown])
        axes.minorticks_off()
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])
        axes.set_title(words.label(found, "category", name), fontsize="small", loc="left")
    for axes in panels[len(names) :]:
        axes.set_visible(False)
    return figure

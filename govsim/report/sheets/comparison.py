"""The sheets of a comparison: differences, prices, the plans, their replications and inputs."""

from __future__ import annotations

from collections.abc import Iterator

from govsim.comparison.result import Comparison
from govsim.comparison.tradeoffs import trade_offs
from govsim.language import tr
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import interval
from govsim.report import changes, inputs, spreadsheet
from govsim.report import comparison_words as words
from govsim.report.sections import record
from govsim.report.sheets.columns import (
    FORMATS,
    about,
    end,
    how_to_read,
    said,
    start,
    unit,
)
from govsim.report.spreadsheet import Column, Sheet
from govsim.report.wording import how_measured


def of_comparison(found: Comparison) -> Iterator[Sheet]:
    """Lay out a comparison."""
    notes = dict.fromkeys(note for result in found.results for note in result.notes)
    yield about(
        [
            (tr("Comparison of service plans"), tr("{n} plans compared", n=len(found.names))),
            *[("", line) for line in changes.of_all(found)],
            *how_to_read(found.confidence),
            *[(tr("how sure"), line) for line in words.how_sure(found)],
            *[(tr("warning"), text) for text in found.warnings],
            *[(tr("note"), text) for text in notes],
            *_records(found),
        ]
    )
    yield _differences(found)
    yield _prices(found)
    yield _means(found)
    yield _replications(found)
    yield _inputs(found)


def _records(found: Comparison) -> Iterator[tuple[str, str]]:
    used = dict(zip(found.names, found.used, strict=True))
    for plan, letter in words.letters(found).items():
        result = found.result(plan)
        yield letter, found.title(plan)
        yield from (("", line) for line in changes.of_plan(found, plan))
        for what, value in (
            (tr("measured"), how_measured(result, used[plan])),
            *record.recorded(result),
        ):
            yield tr("{letter}: {what}", letter=letter, what=what), value


def _titles(found: Comparison) -> dict[str, str]:
    """Name each plan with its letter."""
    return {
        plan: tr("{letter}: {plan}", letter=letter, plan=found.title(plan))
        for plan, letter in words.letters(found).items()
    }


def _differences(found: Comparison) -> Sheet:
    rows, titles = found.differences, _titles(found)
    formats = [FORMATS[d.quantity.shown.kind] for d in rows]
    paired = [d.paired for d in rows]
    return Sheet(
        tr("Differences"),
        (
            Column(tr("Plan"), [titles[d.plan] for d in rows]),
            Column(tr("compared with"), [titles[d.against] for d in rows]),
            Column(tr("measure"), [words.quantity_name(found, d.quantity) for d in rows]),
            Column(tr("unit"), [unit(d.quantity.shown) for d in rows]),
            Column(tr("mean"), [d.mean for d in rows], formats),
            Column(tr("mean of the other"), [d.mean_against for d in rows], formats),
            Column(tr("difference"), [p.difference.mean for p in paired], formats),
            Column(tr("interval from"), [p.difference.low for p in paired], formats),
            Column(tr("interval to"), [p.difference.high for p in paired], formats),
            Column(tr("verdict"), [words.verdict_name(d.verdict) for d in rows]),
            Column(tr("replications"), [p.difference.n for p in paired]),
            Column(tr("standard deviation"), [p.sd for p in paired], formats),
            Column(tr("replications saved, times"), [p.saved for p in paired], spreadsheet.NUMBER),
            Column(tr("more replications needed"), [d.more for d in rows], spreadsheet.WHOLE),
        ),
        kept=3,
    )


def _prices(found: Comparison) -> Sheet:
    """Lay out what each plan gains against the baseline, and what that costs."""
    rows, titles = trade_offs(found), _titles(found)
    effects = [off.effect.quantity for off in rows]
    gains = [FORMATS[effect.shown.kind] for effect in effects]
    costs = [off.cost.paired.difference for off in rows]
    # A price is for a whole share of 1; people think of percentage points.
    each = [0.01 if effect.shown.kind == "share" else 1.0 for effect in effects]
    prices = [
        (k * off.price.mean, k * off.price.low, k * off.price.high)
        for k, off in zip(each, rows, strict=True)
    ]
    money = spreadsheet.MONEY
    return Sheet(
        tr("Cost and what it brings"),
        (
            Column(tr("Plan"), [titles[off.effect.plan] for off in rows]),
            Column(tr("effect"), [_effect(found, effect) for effect in effects]),
            Column(tr("gained"), [off.gained.mean for off in rows], gains),
            Column(start(tr("gained")), [off.gained.low for off in rows], gains),
            Column(end(tr("gained")), [off.gained.high for off in rows], gains),
            Column(tr("more cost, yuan a year"), [c.mean for c in costs], money),
            Column(start(tr("more cost")), [c.low for c in costs], money),
            Column(end(tr("more cost")), [c.high for c in costs], money),
            Column(tr("yuan for each order or percentage point"), [p[0] for p in prices], money),
            Column(start(tr("yuan for each")), [p[1] for p in prices], money),
            Column(end(tr("yuan for each")), [p[2] for p in prices], money),
            Column(tr("cost and effect"), [words.kind_name(off.kind) for off in rows]),
        ),
        kept=2,
    )


def _effect(found: Comparison, effect: Quantity) -> str:
    if effect.measure == "orders":
        return tr("12345 orders avoided a year")
    return words.quantity_name(found, effect)


def _means(found: Comparison) -> Sheet:
    """Lay out what is compared, a row each, with the mean of each plan and its interval."""
    rows = found.quantities
    formats = [FORMATS[quantity.shown.kind] for quantity in rows]
    columns = [
        Column(tr("Measure"), [words.quantity_name(found, quantity) for quantity in rows]),
        Column(tr("unit"), [unit(quantity.shown) for quantity in rows]),
    ]
    for plan, title in _titles(found).items():
        means = [interval(found.values(quantity)[plan], found.confidence) for quantity in rows]
        columns += [
            Column(title, [mean.mean for mean in means], formats),
            Column(start(title), [m.low for m in means], formats),
            Column(end(title), [m.high for m in means], formats),
        ]
    return Sheet(tr("Plans"), tuple(columns), kept=2)


def _replications(found: Comparison) -> Sheet:
    """Lay out the values of each replication: the pairs that the differences are taken of."""
    names: list[str] = []
    numbers: list[int] = []
    formats: list[str] = []
    values: dict[str, list[float]] = {plan: [] for plan in found.names}
    for quantity in found.quantities:
        frame = found.values(quantity)
        names += [words.quantity_name(found, quantity)] * len(frame)
        formats += [FORMATS[quantity.shown.kind]] * len(frame)
        numbers += [int(number) for number in frame.index]
        for plan in found.names:
            values[plan] += frame[plan].tolist()
    return Sheet(
        tr("Replications"),
        (
            Column(tr("Measure"), names),
            Column(tr("replication"), numbers),
            *(Column(title, values[plan], formats) for plan, title in _titles(found).items()),
        ),
        kept=2,
    )


def _inputs(found: Comparison) -> Sheet:
    """List the inputs in which the plans differ."""
    frames = {
        plan: record.known_inputs(found.result(plan)).set_index("path") for plan in found.names
    }
    paths = dict.fromkeys(str(path) for frame in frames.values() for path in frame.index)
    names = inputs.Names(tuple(found.result(plan).scenario for plan in found.names))
    table = {
        path: [
            said(names, frame.at[path, "value"]) if path in frame.index else None
            for frame in frames.values()
        ]
        for path in paths
    }
    differing = {path: values for path, values in table.items() if len(set(values)) > 1}
    titles = _titles(found)
    return Sheet(
        tr("Inputs that differ"),
        (
            Column(tr("Input"), [names.of(path) for path in differing]),
            *(
                Column(titles[plan], [values[i] for values in differing.values()])
                for i, plan in enumerate(found.names)
            ),
            Column(tr("in the scenario file"), list(differing)),
        ),
    )

"""How the promises are kept: by category, street and hour of the week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.statistics import Interval
from govsim.report import heatmaps
from govsim.report.parts import Block, Desk, Row, Section, Table, measured, row
from govsim.report.wording import PROMISES, category_name, measure_name, number, street_name
from govsim.runs.results import Result

_SHARE = CATALOGUE["compliance_scene"]
SHOWN = (*PROMISES, "satisfaction")


def section(result: Result, desk: Desk) -> Section:
    """Say how the promises are kept."""
    return Section("promises-kept", tr("Promises kept"), tuple(_blocks(result, desk)))


def _blocks(result: Result, desk: Desk) -> Iterator[Block]:
    yield Table(
        tr(
            "Share of demands that kept each clock, by category, %, with {share:.0f}% intervals.",
            share=100 * result.confidence,
        ),
        (tr("Category"), *(measure_name(measure) for measure in SHOWN)),
        tuple(_by_category(result)),
        note=tr(
            "Counted are demands whose clock has run out. The first clock applies to those that "
            "need somebody on the scene, the second to the simple ones among them (to all, where "
            "their category has a promise of its own), the third to all that were reported."
        ),
    )
    grid = hours_of_week(result)
    shown = heatmaps.varying(result) if not grid.empty else []
    if shown:
        low, high = number(np.nanmin(grid), _SHARE), number(np.nanmax(grid), _SHARE)
        yield desk.plate(
            "hours",
            tr(
                "Share of demands that kept each clock, %, by weekday and hour of the report. "
                "Dark is bad."
            )
            + "".join(_constant(result, shown)),
            tr(
                "On the scene in time: {low} in the worst hour of the week, {high} in the best.",
                low=low,
                high=high,
            ),
            lambda: heatmaps.promises(result, shown),
        )
    streets = _keys(result, "street")
    if len(streets) > 1:
        yield Table(
            tr("Share of demands that kept each clock, by street, %."),
            (tr("Street"), *(measure_name(measure) for measure in SHOWN)),
            tuple(
                _row(result, street_name(result, street), "street", street) for street in streets
            ),
        )


def _constant(result: Result, shown: Sequence[str]) -> Iterator[str]:
    """Say of measures that no map shows that they are the same in every hour."""
    for measure in PROMISES:
        if measure not in shown and result.get(measure).n:
            yield " " + tr(
                "{what}: {value} at every hour, and not drawn.",
                what=measure_name(measure),
                value=number(result.get(measure).mean, _SHARE),
            )


def _by_category(result: Result) -> Iterator[Row]:
    for category in result.scenario.demand.categories:
        yield _row(result, category_name(result, category), "category", category)
    yield _row(result, tr("all"), "district", "", strong=True)


def _row(result: Result, label: str, level: str, key: str, strong: bool = False) -> Row:
    found = [result.get(measure, level, key) for measure in SHOWN]
    cells = [measured(one, _SHARE) for one in found]
    return row(label, *cells, strong=strong)


def _keys(result: Result, level: str) -> list[str]:
    """Name the groups of a level that have any demands under the first clock, the best last."""
    table = result.summary(level)
    mine = table[(table["measure"] == PROMISES[0]) & table["mean"].notna()]
    return [str(key) for key in mine.sort_values("mean", kind="stable")["key"]]


def by_category(result: Result, measure: str) -> list[tuple[str, Interval]]:
    """Name the categories with a measure's interval, the lowest first."""
    known = result.scenario.demand.categories
    found = [(category_name(result, c), result.get(measure, "category", c)) for c in known]
    return sorted((one for one in found if one[1].n), key=lambda one: one[1].mean)


def hours_of_week(result: Result) -> pd.DataFrame:
    """Share that was reached in time: a row a weekday from Monday, a column an hour."""
    table = result.summary("hour")
    mine = table[table["measure"] == PROMISES[0]]
    if mine.empty:
        return pd.DataFrame()
    hours = mine.set_index(mine["key"].astype(int))["mean"].reindex(range(168))
    return pd.DataFrame(hours.to_numpy().reshape(7, 24))

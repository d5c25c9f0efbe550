"""Where the service is worst, how evenly it reaches residents, and every station."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.statistics import Interval
from govsim.report import maps, plates
from govsim.report.parts import Block, Desk, Section, Table, Words, drawn, measured, row
from govsim.report.tables import FEWEST
from govsim.report.wording import measure_name, number, per_year, place_name, point_name, told
from govsim.runs.results import Result

WORST = 10
"""Places in a table of the worst."""

_SHARE = CATALOGUE["compliance_scene"]


class Place(NamedTuple):
    """A place with its share on the scene in time, its demands and its orders a year."""

    label: str
    found: Interval
    demands: Interval
    orders: Interval


def sections(result: Result, desk: Desk) -> Iterator[Section]:
    """Say where it is worst, and how even it is."""
    stations, communities = _stations(result), _communities(result)
    if blocks := tuple(_worst(result, stations, communities)):
        yield Section("worst", tr("The worst places"), blocks)
    if blocks := tuple(_fairness(result, communities, desk)):
        yield Section("fairness", tr("Fairness"), blocks)
    yield Section("map", tr("Map"), tuple(_maps(result, communities, desk)))
    if len(stations) > WORST:
        yield Section("stations", tr("Every station"), (_table(result, stations, False),))


def _stations(result: Result) -> list[Place]:
    """Point stations with enough demands, the worst first."""
    points = result.points
    keys = points.loc[points["kind"] == "point_station", "point"].astype(str)
    return _ordered(_place(result, point_name(result, key), "point", key) for key in keys)


def _communities(result: Result) -> list[Place]:
    """Communities with enough demands, the worst first; named with their street."""
    table = result.summary("community")
    keys = table.loc[table["measure"] == "compliance_scene", "key"].astype(str)
    return _ordered(
        _place(result, place_name(result, key), "community", key) for key in keys
    )  # fmt: skip


def _place(result: Result, label: str, level: str, key: str) -> Place:
    counted = "n_scene" if level == "point" else "reported"
    return Place(
        label,
        result.get("compliance_scene", level, key),
        result.get(counted, level, key),
        per_year(result, result.get("orders", level, key)),
    )


def _ordered(places: Iterator[Place]) -> list[Place]:
    known = [one for one in places if one.found.n and one.demands.mean >= FEWEST]
    return sorted(known, key=lambda one: (one.found.mean, one.label))


# ---------------------------------------------------------------- the worst


def _worst(result: Result, stations: list[Place], communities: list[Place]) -> Iterator[Block]:
    if len(communities) < 2 and len(stations) < 2:
        return
    yield Words(
        (
            tr(
                "Places are ordered by what came out here. The worst of many are partly the "
                "unlucky ones: with other demands some of them would stand higher, and the true "
                "worst is less bad than it seems. Look at the intervals before you act on one."
            ),
        )
    )
    if len(stations) > 1:
        yield _table(result, stations[:WORST], True, of=len(stations))
    if len(communities) > 1:
        yield _table(result, communities[:WORST], True, of=len(communities), stations=False)


def _table(
    result: Result, places: list[Place], worst: bool, of: int = 0, stations: bool = True
) -> Table:
    """Lay out places; a few of them as the worst, or all of them in small type."""
    if not worst:
        caption = tr("Stations, the worst first.")
    elif stations:
        caption = tr("The {n} worst of {of} stations.", n=len(places), of=of)
    else:
        caption = tr("The {n} worst of {of} communities.", n=len(places), of=of)
    rows = (
        row(
            one.label,
            measured(one.found, _SHARE),
            drawn(one.found),
            measured(per_year(result, one.demands)),
            measured(one.orders),
        )
        for one in places
    )
    of_what = tr("demands under clock 1, a year") if stations else tr("reported, a year")
    heads = (
        tr("Station") if stations else tr("Community"),
        tr("on the scene in time, %"),
        tr("from 0 to 100%"),
        of_what,
        tr("12345 orders a year"),
    )
    few = tr("Left out are places with fewer than {n} demands in a replication.", n=FEWEST)
    return Table(caption, heads, tuple(rows), note=few, dense=not worst)


def _maps(result: Result, communities: list[Place], desk: Desk) -> Iterator[Block]:
    said = "" if not communities else _most_and_least(communities)
    yield desk.plate(
        "map-points",
        tr("Where residents are served, and the share of demands reached in time, %."),
        said,
        lambda: maps.points(result),
    )
    if len(communities) > 1:
        yield desk.plate(
            "map-communities",
            tr("The communities, and the share of their demands reached in time, %."),
            said,
            lambda: maps.communities(result),
        )


def _most_and_least(communities: list[Place]) -> str:
    low, high = (number(communities[end].found.mean, _SHARE) for end in (0, -1))
    return tr("From {low} in the worst community to {high} in the best.", low=low, high=high)


# ---------------------------------------------------------------- fairness


def _fairness(result: Result, communities: list[Place], desk: Desk) -> Iterator[Block]:
    gini, worst = result.get("gini"), result.get("worst_tenth")
    if not gini.n:
        return
    yield Words(
        (
            tr(
                "{what}: {share}; in the district as a whole {all}.",
                what=measure_name("worst_tenth"),
                share=told(worst, _SHARE),
                all=told(result.get("compliance_scene"), _SHARE),
            ),
            tr(
                "Gini coefficient of being on the scene in time, over residents: {low} (0 where "
                "every community is served alike, 1 where one has everything).",
                low=f"{gini.mean:.3f}"
                + ("" if gini.n < 2 else f" ({gini.low:.3f} – {gini.high:.3f})"),
            ),
        )
    )
    if len(communities) > WORST:
        values = [one.found.mean for one in communities]
        yield desk.plate(
            "communities",
            tr(
                "How the communities differ: share of all demands that arise in communities that "
                "are reached in time so often, %."
            ),
            _most_and_least(communities),
            lambda: plates.spread_over_places(
                values,
                [one.demands.mean for one in communities],
                tr("on the scene in time in a community, % of its demands"),
            ),
        )

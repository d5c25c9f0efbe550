"""A sheet for each station: its own hours, its teams, its worst times, on one page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.statistics import Interval
from govsim.report import by_hour, hour_plates
from govsim.report.by_hour import Station, Stretch
from govsim.report.heatmaps import weekdays
from govsim.report.parts import Block, Cell, Contents, Desk, Point, Row, Section, Table, Words, row
from govsim.report.wording import (
    MISSING,
    community_name,
    how_measured,
    number,
    per_year,
    point_name,
    street_name,
    team_name,
    told,
)
from govsim.runs.results import Result
from govsim.scenarios.units import nearest

ALL = ("all", "全部")
"""What stands for every point station."""

WORST = 3
"""Times of the week that are named as the worst."""

FEW = 20
"""Demands a year below which a time of the week is not named."""

_SHARE = CATALOGUE["compliance_scene"]


# ---------------------------------------------------------------- which


def find(result: Result, wanted: Sequence[str]) -> list[str]:
    """Find service points by their id, their Chinese or their English name.

    Parameters
    ----------
    wanted : as a planner writes them; one of `ALL` stands for every point station.

    Raises
    ------
    InputError
        There is no such point; the likely one is suggested.
    """
    points = result.points.astype({"point": str, "name_zh": str, "name_en": str, "kind": str})
    stations = points.loc[points["kind"] == "point_station", "point"].tolist()
    known: dict[str, str] = {}
    for column in ("name_en", "name_zh", "point"):
        known |= {_folded(text): key for text, key in zip(points[column], points["point"],
                                                          strict=True) if text}  # fmt: skip
    spelt = {_folded(text): text for c in ("point", "name_en", "name_zh") for text in points[c]}
    found, problems = [], []
    for text in wanted:
        if _folded(text) in ALL:
            found += stations or points["point"].tolist()
        elif (key := known.get(_folded(text)) or _only(known, _folded(text))) is not None:
            found.append(key)
        else:
            message = tr("there is no service point “{name}” in this run", name=text)
            near = spelt.get(nearest(_folded(text), known), "")
            problems.append(Problem(message, file="--point", suggestion=near))
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(found))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _only(known: dict[str, str], part: str) -> str | None:
    """Find the one point whose name holds a text, if there is but one."""
    holding = {key for text, key in known.items() if len(part) > 1 and part in text}
    return holding.pop() if len(holding) == 1 else None


# ---------------------------------------------------------------- sheets


def contents(result: Result, points: Sequence[str], desk: Desk) -> Contents:
    """Say how points do, a page each."""
    if len(points) == 1:
        return Contents(
            kind=tr("Station sheet"),
            title=point_name(result, points[0]),
            question=result.title,
            measured=how_measured(result),
            answer=tuple(_answer(result, points[0])),
            plates=(),
            sections=(
                Section("week", tr("Hours and teams"), tuple(_blocks(result, points[0], desk))),
            ),
        )
    sections = [
        Section(
            f"station-{n}",
            point_name(result, point),
            (*_in_words(result, point), *_blocks(result, point, desk, f"-{n}")),
            new_page=True,
        )
        for n, point in enumerate(points, 1)
    ]
    return Contents(
        kind=tr("Station sheets"),
        title=result.title,
        question=tr("How does each station do, and when is it worst?"),
        measured=how_measured(result),
        answer=(),
        plates=(),
        sections=tuple(sections),
    )


def only_one(result: Result, desk: Desk) -> Iterator[Section]:
    """Write the section of a run's report on its station, where it has but one."""
    points = result.points.astype({"point": str, "kind": str})
    stations = points.loc[points["kind"] == "point_station", "point"].tolist()
    if len(stations) == 1 and by_hour.of_station(result, stations[0]) is not None:
        title = tr("The station by the hour of the week")
        yield Section("station", title, tuple(_blocks(result, stations[0], desk)))


def _in_words(result: Result, point: str) -> Iterator[Block]:
    lines = tuple(line for one in _answer(result, point) for line in one.lines)
    yield Words(lines, "list")


def _answer(result: Result, point: str) -> Iterator[Point]:
    rows = result.points[result.points["point"].astype(str) == point].iloc[0]
    grids = result.grids[result.grids["point"].astype(str) == point]
    place = f"{rows['street']}/{rows['community']}"
    where = tr(
        "In {community}, {street}; it serves {grids} grids with {residents} residents.",
        community=community_name(result, place),
        street=street_name(result, str(rows["street"])),
        grids=len(grids),
        residents=f"{grids['residents'].sum():,.0f}",
    )
    yield Point(tr("Where"), (where,))
    scene = result.get("compliance_scene", "point", point)
    orders = per_year(result, result.get("orders", "point", point))
    yield Point(
        tr("In a year"),
        (
            tr(
                "On the scene in time: {share}; of all service points together {all}.",
                share=told(scene, _SHARE),
                all=told(result.get("compliance_scene"), _SHARE),
            ),
            tr(
                "{reported} demands are reported, and there are {orders} 12345 orders.",
                reported=told(per_year(result, result.get("reported", "point", point))),
                orders=told(orders),
            ),
        ),
    )
    station = by_hour.of_station(result, point)
    if station is not None and (worst := tuple(_worst(station))):
        yield Point(tr("Worst times"), worst)


def _times(station: Station) -> Iterator[tuple[int, Stretch]]:
    for day in range(by_hour.DAYS):
        for part in by_hour.parts_of_day():
            yield day, part


def _worst(station: Station) -> Iterator[str]:
    found = []
    for day, part in _times(station):
        share, demands, wait = station.within(slice(day, day + 1), part.hours)
        if share.n and demands >= FEW:
            found.append((share.mean, day, part, demands, wait))
    days = weekdays()
    listed = [
        tr(
            "{day} {part} ({first}–{last}): {share} of {n} a year",
            day=days[day],
            part=part.name,
            first=part.first,
            last=part.last,
            share=number(share, _SHARE),
            n=number(demands),
        )
        for share, day, part, demands, _ in sorted(found, key=lambda one: one[0])[:WORST]
    ]
    if listed:
        yield tr(
            "Fewest are reached in time: {list}. The worst of many times are partly the unlucky.",
            list=tr("; ").join(listed),
        )


def _blocks(result: Result, point: str, desk: Desk, which: str = "") -> Iterator[Block]:
    station = by_hour.of_station(result, point)
    if station is None:
        yield Words(
            (tr("Hours of the week are kept of point stations; of this point they are not."),),
            "note",
        )
    else:
        duty = by_hour.on_duty(result, point)["paid"]
        yield desk.plate(
            f"station-week{which}",
            tr(
                "The week of the station by weekday and hour: what is reached in time (dark is "
                "bad), what comes, how long it waits for a crew, and who is on duty (dark is few). "
                "Hatched: nothing came."
            ),
            tr("; ").join(_worst(station)) or MISSING,
            lambda: hour_plates.station(station.share(), station.a_year(), station.wait(), duty),
        )
        yield _week(station)
    if teams := tuple(_teams(result, point)):
        yield Table(
            tr("Who is on duty at the station when (hours: people), and how busy they are."),
            (
                tr("Team"),
                tr("Monday to Friday"),
                tr("Saturday and Sunday"),
                tr("utilisation, %"),
                tr("jobs waiting"),
            ),
            teams,
            words=3,
            note=tr(
                "Utilisation: the share of the time free for demands that is spent on them; the "
                "rest of a shift is not modelled. Jobs waiting: their mean number over time."
            ),
        )


def _week(station: Station) -> Table:
    parts, days = by_hour.parts_of_day(), weekdays()
    heads = (f"{part.name} {part.first}–{part.last}" for part in parts)
    named = [(days[day], slice(day, day + 1)) for day in range(by_hour.DAYS)]
    named.append((tr("all"), slice(None)))
    return Table(
        tr(
            "On the scene in time, %, by weekday and part of the day; small: reported demands a "
            "year, and the mean wait for a crew in minutes."
        ),
        (tr("Weekday"), *heads, tr("all day")),
        tuple(
            Row(
                (
                    Cell(label),
                    *(
                        _cell(*station.within(day, hours))
                        for hours in (*(part.hours for part in parts), slice(None))
                    ),
                ),
                strong=label == tr("all"),
            )
            for label, day in named
        ),
        note=tr("Few demands make a share uncertain: of 30 a year, it is good to 5 points or so."),
    )


def _cell(share: Interval, demands: float, wait: float) -> Cell:
    if not share.n:
        return Cell(MISSING)
    waited = MISSING if wait != wait else number(wait)
    small = tr("{n}, {wait} min", n=f"{demands:,.0f}", wait=waited)
    return Cell(number(share.mean, _SHARE), small)


def _teams(result: Result, point: str) -> Iterator[Row]:
    for team in (*result.scenario.teams, "desk"):
        week = by_hour.on_duty(result, point, team)["paid"]
        if not week.any():
            continue
        used = result.get("utilisation", "pool", f"{point}/{team}")
        queue = result.get("queue_length", "pool", f"{point}/{team}")
        yield row(
            team_name(result, team),
            *(
                by_hour.hours_in_words(week[list(days)].mean(0)) or MISSING
                for days in (by_hour.WORKING, by_hour.FREE)
            ),
            number(used.mean, _SHARE) if used.n else MISSING,
            number(queue.mean) if queue.n else MISSING,
        )

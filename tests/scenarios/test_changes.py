"""Absences, holiday rosters and closed stations hold from a day to a day, in both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand import day, demands, merge, plain
from pydantic import ValidationError

from govsim import engine, model
from govsim.checks.offered_load import load_report
from govsim.checks.staffed import Staffed
from govsim.checks.unused import silenced
from govsim.checks.usage import Usage
from govsim.demand.table import draw
from govsim.scenarios.checks import check
from govsim.scenarios.parameters import leaves
from govsim.scenarios.quantities import DAY, HOUR
from govsim.scenarios.schema import Scenario
from govsim.service.network import Network, build
from govsim.service.rosters import Dated, timeline

SHIFTS = {"day": ((8 * HOUR, 20 * HOUR),), "night": ((20 * HOUR, 32 * HOUR),)}
A_WEEK = np.zeros(8, dtype=np.int8)
"""Seven working days and their eve."""

TUESDAY = {"first_day": "2025-03-04", "last_day": "2025-03-04"}
"""Day 1 of the runs here, which begin on a Monday."""


def at(change: Dated, roster: dict[str, Any], *hours: float) -> list[int]:
    line = timeline(roster, SHIFTS, A_WEEK, changes=[change])
    return [int(n) for n in line.at(np.array([round(h * HOUR) for h in hours], dtype=np.int64))]


def test_two_of_three_are_missing_from_the_first_day_to_the_last() -> None:
    ill = Dated(1, 2, {}, add=-2)
    noons = [24 * d + 12 for d in range(4)]
    assert at(ill, {"day": 3}, *noons) == [3, 1, 1, 3]
    # A night belongs to the day on which it begins; no more are missing than are there.
    assert at(ill, {"night": 1}, 22, 30, 46, 54, 78, 79.9, 94) == [1, 1, 0, 0, 0, 0, 1]


def test_people_are_added_where_somebody_is_and_a_roster_names_what_it_changes() -> None:
    assert at(Dated(1, 1, {}, add=2), {"day": 1}, 12, 36, 46, 60) == [1, 3, 0, 1]
    feast = Dated(1, 1, {"night": 4})
    assert at(feast, {"day": 1}, 36, 46, 54, 60, 70) == [1, 4, 4, 1, 0]
    kinds = np.array([0, 0, 2, 1], dtype=np.int8)
    line = timeline({"day": 1}, SHIFTS, kinds, changes=[Dated(0, 2, {"day": {"holiday": 5}})])
    assert line.at(np.array([12, 36, 60]) * HOUR).tolist() == [1, 5, 1]


def test_nobody_is_at_a_closed_point_and_the_night_of_the_eve_is_still_on() -> None:
    shut = Dated(0, 0, {}, closed=True)
    assert at(shut, {"day": 3, "night": 2}, 4, 12, 22, 30, 36) == [2, 0, 0, 0, 3]


@pytest.mark.parametrize(
    "one", [{"add": -1}, {"add": -7}, {"roster": {"all": 0}}], ids=["one", "all", "roster"]
)
def test_who_reports_on_a_day_with_nobody_waits_for_the_next(one: dict[str, Any]) -> None:
    change = {"team": "staff", **TUESDAY, **one}
    network = plain(horizon="3 days", changes={"ill": change})
    table = demands(network, {"at": day(0, 20)}, {"at": day(1, 10)}, {"at": day(2, 5)})
    for run in (model.run, engine.run):
        outcome = run(network, table)
        assert outcome.visits["began"].tolist() == [day(0, 20), day(2), day(2, 5)]


def test_the_desk_and_the_hotline_may_be_short_too() -> None:
    network = plain(
        horizon="3 days",
        desk={"enabled": True},
        centre={"enabled": True, "roster": {"=": {"all": 2}}},
        changes={
            "desk": {"team": "desk", "add": 1, **TUESDAY},
            "calls": {"team": "centre", "add": -1, **TUESDAY},
        },
    )
    found = {p.name: network.timelines[p.timeline] for p in network.pools}
    noons = np.array([day(d, 12) for d in range(3)])
    assert found["desk"].at(noons).tolist() == [1, 2, 1]
    assert found["centre"].at(noons).tolist() == [2, 1, 2]
    assert found["staff"].at(noons).tolist() == [1, 1, 1]


def estate(other: dict[str, Any] | None = None, **changes: Any) -> Network:
    """A station that covers some grids, and community offices for the others."""
    kinds = ["point_station", "community_office"]
    usual: dict[str, Any] = {
        "horizon": "3 days",
        "territory": {
            "grids": {"count": 6},
            "offices": True,
            "residents": 6000,
            "point_stations": {"count": 1, "grids_each": 3},
            "estates": {
                "=": {"large": 1, "old": 0, "resettlement": 0, "commercial": 0, "rural": 0}
            },
        },
        "teams": {"staff": {"at": kinds, "roster": {"=": {"all": 9}}}},
        "channels": {
            "app": {"with_station": 0, "without_station": 1},
            "here": {
                "label": {"zh": "点站", "en": "station"},
                "with_station": 1,
                "without_station": 0,
                "via": "direct",
            },
        },
        "changes": changes,
    }
    return plain(**merge(usual, other or {}))


def test_the_grids_of_a_closed_station_are_served_as_all_others_meanwhile() -> None:
    usual = draw(estate(), 0)
    network = estate(repair={"at": ["point_station"], "closed": True, **TUESDAY})
    table = draw(network, 0)
    assert (table.id == usual.id).all() and (table.onset == usual.onset).all()
    (station,) = set(network.covering[network.has_station].tolist())
    shut = (table.enters // DAY == 1) & network.has_station[table.grid]
    assert shut.any() and (usual.point[shut] == station).all()
    fallback = network.territory.grids["fallback"].to_numpy()[table.grid]
    assert (table.point == np.where(shut, fallback, usual.point)).all()
    assert (table.channel == np.where(shut, 0, usual.channel)).all()
    mine, theirs = model.run(network, table), engine.run(network, table)
    assert (mine.demands["scene"] == theirs.demands["scene"]).all()
    served = mine.visits["began"] >= 0
    pools = mine.visits["pool"][served & (mine.visits["began"] // DAY == 1)]
    assert station not in {network.pools[p].point for p in set(pools.tolist())}


def silent(network: Network) -> dict[str, str]:
    usage = Usage(network, Staffed(network))
    found = {leaf.path: silenced(usage, leaf) for leaf in leaves(network.scenario)}
    return {".".join(map(str, path)): off.why for path, off in found.items() if off}


def test_what_only_a_change_makes_use_of_is_not_told_to_be_of_no_use() -> None:
    alone = {"territory": {"point_stations": {"grids_each": 6, "reach": "50 km"}}}
    usual = estate(alone)
    assert usual.has_station.all()
    assert {"channels.app.answers", "channels.app.without_station"} <= silent(usual).keys()
    repair = {"at": ["point_station"], "closed": True, **TUESDAY}
    found = silent(estate(alone, repair=repair))
    # Others are silent for other reasons: it is never closed, and hands over after intake.
    assert {path for path in found if path.startswith("channels.app.")} == {
        "channels.app.if_closed",
        "channels.app.handing_over",
    }


def test_a_shift_that_only_a_change_names_is_of_use() -> None:
    shifts = {"calendar": {"shifts": {"=": {"all": "always", "late": "never"}}}}
    more = {"team": "staff", "roster": {"late": 2}, **TUESDAY}
    assert "calendar.shifts.late" in silent(estate(shifts))
    assert "calendar.shifts.late" not in silent(estate(shifts, more=more))


def told(network: Network) -> list[tuple[str, str, str]]:
    found = load_report(network)
    return [(f.severity, ".".join(map(str, f.path)), f.message) for f in found]


def test_a_point_that_no_other_can_stand_in_for_is_told() -> None:
    closed = {"at": ["S01"], "closed": True, **TUESDAY}
    (only,) = told(plain(demand={"level": 0.01}, changes={"repair": closed}))
    assert only[:2] == ("warning", "changes.repair.closed") and "S01" in only[2]


def test_a_point_that_there_is_not_is_named_with_the_likely_one() -> None:
    change = {"at": ["S02"], "team": "staff", "add": -1, **TUESDAY}
    (only,) = load_report(plain(changes={"ill": change}))
    assert only.severity == "error" and only.path == ("changes", "ill", "at", 0)
    assert only.suggestion == "S01"


def test_fewer_at_every_point_is_told_unless_points_are_named() -> None:
    ill = {"team": "staff", "add": -2, **TUESDAY}
    assert [one[1] for one in told(estate(ill=ill))] == ["changes.ill.add"]
    assert told(estate(ill=ill | {"at": ["point_station"]})) == []


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        ({"team": "stuff", "add": 1, **TUESDAY}, "team", "known here: staff, desk, centre"),
        ({"team": "staff", "roster": {"al": 1}, **TUESDAY}, "roster.al", "no shift “al”"),
        ({"team": "staff", "roster": {"all": -1}, **TUESDAY}, "roster.all", "negative"),
        (
            {"team": "staff", "add": 1, "first_day": "2024-03-04", "last_day": "2024-03-05"},
            "first_day",
            "outside the run",
        ),
    ],
)
def test_what_a_change_names_is_checked(change: dict[str, Any], path: str, says: str) -> None:
    scenario = plain(changes={}).scenario
    tree = scenario.model_dump(mode="json") | {"changes": {"it": change}}
    findings = check(Scenario.model_validate(tree), Path())
    assert [".".join(map(str, f.path)) for f in findings if says in f.message] == [
        f"changes.it.{path}"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"team": "staff", "add": 1, "first_day": "2025-03-05", "last_day": "2025-03-04"},
        {"team": "staff", **TUESDAY},
        {"add": 1, **TUESDAY},
        {"closed": True, **TUESDAY},
        {"closed": True, "at": ["S01"], "team": "staff", **TUESDAY},
    ],
)
def test_a_change_that_says_nothing_or_two_things_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        plain(changes={"it": change})


def test_changes_that_never_come_to_pass_change_nothing() -> None:
    later = {"team": "staff", "add": -1, "first_day": "2026-01-01", "last_day": "2026-01-02"}
    one, other = plain(), plain(changes={"it": later})
    assert [t.times.tolist() for t in one.timelines] == [t.times.tolist() for t in other.timelines]
    assert build(one.scenario).covering.tolist() == other.covering.tolist()


ROUNDS = {
    "patrol": {
        "enabled": True,
        "team": "staff",
        "days": "daily",
        "rounds": ["15:00-17:00", "09:00-11:00"],
        "per_grid": "10 min",
        "found_visible": 0.5,
        "found_hidden": 0.5,
        "home_visits": {
            "enabled": True,
            "per_household": "1 per day",
            "found": 0.2,
            "time": "1 min",
            "hours": "18:00-20:00",
        },
    },
    "demand": {"categories": {"noise": {"rate": "4000 per day", "incident": 1}}},
}


def findings(network: Network, source: int) -> set[int]:
    """Days on which staff of the run's points find something."""
    table = draw(network, 0)
    mine = (table.source == source) & (table.enters < network.end) & network.has_station[table.grid]
    return set((table.enters[mine] // DAY).tolist())


def test_nobody_finds_anything_while_nobody_is_there_to_walk() -> None:
    usual = estate(ROUNDS)
    ill = {"team": "staff", "at": ["point_station"], "add": -9, **TUESDAY}
    shut = {"at": ["point_station"], "closed": True, **TUESDAY}
    late = {"team": "staff", "at": ["point_station"], "roster": {"all": 1}, **TUESDAY}
    for source in (1, 2):  # on a round, on a visit
        assert findings(usual, source) == {0, 1, 2}
        for change in (ill, shut):
            assert findings(estate(ROUNDS, it=change), source) == {0, 2}
        # One of them walks alone, as on a weekend with fewer people.
        assert findings(estate(ROUNDS, it=late), source) == {0, 1, 2}
    table, same = draw(usual, 0), draw(estate(ROUNDS, it=late), 0)
    assert (table.enters == same.enters).all()


def test_passes_that_are_left_out_are_not_counted_among_those_that_find() -> None:
    ill = {"team": "staff", "at": ["point_station"], "add": -9, **TUESDAY}
    usual, network = draw(estate(ROUNDS), 0), draw(estate(ROUNDS, it=ill), 0)
    order = np.argsort(usual.id), np.argsort(network.id)
    was, now = usual.enters[order[0]], network.enters[order[1]]
    grid = usual.grid[order[0]]
    covered = estate().has_station[grid]
    assert (was[~covered] == now[~covered]).all()  # elsewhere all goes on
    assert (was[was < DAY] == now[was < DAY]).all()  # and so does what was found before
    assert (now >= was).all() and (now > was).any()


def test_who_stands_in_for_a_closed_station_alone_is_paid_for_its_days() -> None:
    alone = {"territory": {"point_stations": {"grids_each": 6, "reach": "50 km"}}}
    assert len(estate(alone).pools) == 1  # the office serves nobody, and has nobody
    network = estate(alone, repair={"at": ["point_station"], "closed": True, **TUESDAY})
    kinds = network.territory.points["kind"]
    (office,) = [p for p in network.pools if kinds[p.point] == "community_office"]
    line = network.timelines[office.timeline]
    noons = np.array([day(d, 12) for d in range(3)])
    paid = line.paid[np.searchsorted(line.times, noons, side="right") - 1]
    assert paid.tolist() == [0, 9, 0]
    # What came in meanwhile is worked off afterwards.
    assert line.at(noons).tolist() == [0, 9, 9]
    grid = int(np.flatnonzero(network.has_station)[0])
    table = draw(network, 0)
    mine, theirs = model.run(network, table), engine.run(network, table)
    assert (mine.demands["scene"] == theirs.demands["scene"]).all()
    assert office.point == network.changes.covers(np.array([grid]), np.array([day(1, 3)]))[0]


def test_the_grids_of_a_closed_office_go_to_the_next_and_of_all_wait() -> None:
    two = {
        "territory": {
            "workstations": {"count": 3},
            "offices": True,
            "point_stations": {"count": 0},
        },
        "teams": {"staff": {"at": ["workstation", "community_office"]}},
    }
    points = estate(two).territory.points
    desks = points.index[points["kind"] == "workstation"].tolist()
    names = points["point"].iloc[desks].tolist()
    one = estate(two, it={"at": names[:1], "closed": True, **TUESDAY})
    grid = np.flatnonzero(one.covering == desks[0])
    noon = np.full(len(grid), day(1, 12))
    there = set(one.changes.covers(grid, noon).tolist())
    assert len(grid) and there <= set(desks[1:])
    assert set(one.changes.covers(grid, noon + DAY).tolist()) == {desks[0]}
    # All of them closed, on days that overlap in part: the office serves, while it is open.
    all_ = {"at": names, "closed": True, **TUESDAY}
    office = {"at": ["community_office"], "closed": True} | {
        "first_day": "2025-03-03",
        "last_day": "2025-03-04",
    }
    network = estate(two, it=all_)
    home = set(network.changes.covers(grid, noon).tolist())
    assert [points["kind"].iloc[p] for p in home] == ["community_office"]
    both = estate(two, it=all_, that=office)
    assert set(both.changes.covers(grid, noon).tolist()) == {desks[0]}
    assert [one[1] for one in told(both)] == ["changes.it.closed", "changes.that.closed"][:1]
    table = draw(both, 0)
    mine, theirs = model.run(both, table), engine.run(both, table)
    assert (mine.demands["scene"] == theirs.demands["scene"]).all()

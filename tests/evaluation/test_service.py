"""A service that is asked about many plans gives the figures of a run of each, and draws little."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from audit import lay_out
from hypothesis import given, settings
from places import SCENARIOS, TEMPLATE
from short_runs import SHORT
from strategies import scenarios

import govsim
from govsim.demand.table import DemandTable, draw
from govsim.engine import luck_of, run
from govsim.errors import InputError
from govsim.evaluation import work
from govsim.evaluation.service import Service
from govsim.runs.executors import Serial
from govsim.scenarios.loading import load
from govsim.scenarios.schema import Scenario
from govsim.service.network import with_rosters
from govsim.service.plan import Plan

TIANDI = SCENARIOS / "tiandi.yaml"

DISTRICT = (
    *SHORT,
    ("territory.residents", "40000"),
    ("territory.grids.count", "30"),
    ("territory.workstations.count", "4"),
    ("territory.point_stations", "{count: 3, grids_each: 5, reach: 2 km}"),
)
"""A small district of three stations and four workstations, in place of the template's estate."""

ALONE = (
    ("helpers.enabled", "false"),
    ("joint_meeting.enabled", "false"),
    ("centre.roster", "{day: 500, night: 500}"),
)
"""Nothing that points share; departments of the template have no limit."""


def service(scenario: object, pairs: tuple[tuple[str, str], ...] = SHORT) -> Service:
    return Service(load(scenario, settings=pairs), executor=Serial())  # type: ignore[arg-type]


def values(found: govsim.Result) -> pd.Series:
    """All values of a run, by replication, level, key and measure."""
    frame = found.values
    return frame.set_index(["level", "key", "measure", "replication"])["value"]


@pytest.mark.parametrize(
    ("rosters", "pairs"),
    [
        ({}, ()),
        ({"volunteers": {"night": 1}}, [("teams.volunteers.roster.night", "1")]),
        (
            {("point_station", "grid_staff"): {"day": 3, "night": 0}},
            [("teams.grid_staff.roster_at.point_station", "{day: 3, night: 0}")],
        ),
        (
            {"desk": {"night": {"workday": 1, "weekend": 0, "holiday": 0}}},
            [("desk.rosters.point_station.night", "{workday: 1}")],
        ),
    ],
)
def test_the_figures_are_those_of_a_run(rosters, pairs) -> None:  # type: ignore[no-untyped-def]
    expected = values(govsim.run(load(TIANDI, settings=[*SHORT, *pairs]), replications=2))
    known = expected.to_dict()
    names = expected.index.droplevel("replication").unique()
    names = [name for name in names if name[0] in ("district", "point", "team", "shift", "cause")]
    asked = service(TIANDI).with_rosters(rosters)
    found = next(asked.each([asked._frozen], range(2), names))
    for column, name in enumerate(names):
        for replication in range(2):
            want = known.get((*name, replication), np.nan)
            got = found[replication, column]
            assert got == want or (np.isnan(got) and np.isnan(want)), name
    assert asked.cost == pytest.approx(expected["district", "", "cost_staff", 0], rel=1e-12)


@settings(max_examples=25)
@given(scenarios)
def test_other_rosters_put_in_place_are_the_rosters_laid_out(scenario: Scenario) -> None:
    own = lay_out(scenario)
    for team, plan in scenario.teams.items():
        roster = dict.fromkeys(scenario.calendar.shifts, 2)
        places = [p.point for p in own.pools if p.name == team and p.point >= 0]
        changed = plan.model_copy(update={"roster": roster, "roster_at": {}})
        if not places or len(own.territory.rosters):
            continue
        teams = {**scenario.teams, team: changed}
        afresh = lay_out(scenario.model_copy(update={"teams": teams}))
        placed = with_rosters(own, {(point, team): roster for point in places})
        Plan.with_rosters(placed, own)
        met, again = draw(placed, 0), draw(afresh, 0)
        for column in fields(DemandTable):
            assert np.array_equal(getattr(met, column.name), getattr(again, column.name))
        a, b = run(placed, met, luck=luck_of(met)), run(afresh, again)
        for part in ("demands", "orders", "visits", "pools"):
            one, other = getattr(a, part), getattr(b, part)
            assert all(np.array_equal(one[name], other[name]) for name in one)
        break


def test_a_part_of_a_district_has_the_demands_that_it_has_in_the_whole() -> None:
    whole = service(TEMPLATE, (*DISTRICT, ("demand.categories.hazard.rate", "3 per day")))
    points = whole.rosters["point"].unique()[:3]
    part = whole.at(points)
    everything, mine = draw(whole.network, 1), draw(part.network, 1)
    rows = np.flatnonzero(np.isin(everything.id, mine.id))
    names = whole.network.territory.points["point"].to_numpy()
    assert set(names[everything.point[rows]]) == set(points)
    assert 0 < len(rows) == len(mine) < len(everything)
    assert np.isin(names[everything.point], points).sum() == len(mine)
    for name in ("id", "onset", "enters", "channel", "intake", "x", "turn_out", "patience"):
        assert np.array_equal(getattr(everything, name)[rows], getattr(mine, name))


def test_points_that_share_nothing_keep_alone_what_they_keep_together() -> None:
    whole = service(TEMPLATE, (*DISTRICT, *ALONE))
    points = list(whole.rosters["point"].unique())
    measures = [f"point/{p}:{m}" for p in points for m in ("compliance_scene", "n_scene", "orders")]
    together = whole.evaluate({"volunteers": {"night": 1}}, 2, measures)
    assert together.notna().to_numpy().sum() > len(measures)
    for point in points:
        mine = [name for name in measures if name.startswith(f"point/{point}:")]
        alone = whole.at([point])
        if len(alone.rosters[alone.rosters["team"] == "volunteers"]):
            alone = alone.with_rosters({"volunteers": {"night": 1}})
        pd.testing.assert_frame_equal(
            alone.evaluate(None, 2, mine), together[mine], check_exact=True
        )


def test_only_who_walks_the_grids_changes_what_is_drawn(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    drawn: list[int] = []

    def noted(network: object, replication: int) -> DemandTable:
        drawn.append(replication)
        return draw(network, replication)  # type: ignore[arg-type]

    monkeypatch.setattr(work, "draw", noted)
    asked = service(TIANDI, (*SHORT, ("seed", "4711")))
    for rosters in ({}, {"volunteers": {"day": 4}}, {"desk": {"night": 1}}, {"volunteers": {}}):
        asked.evaluate(rosters, 3)
    assert drawn == [0, 1, 2]
    asked.evaluate({("point_station", "grid_staff"): {"day": 0, "night": 0}}, 2)
    assert drawn == [0, 1, 2, 0, 1]


def test_what_people_cost_is_known_beforehand_also_with_dated_changes() -> None:
    dated = (
        "changes",
        "{leave: {first_day: 2025-01-10, last_day: 2025-01-17, team: volunteers, add: -1}}",
    )
    asked = service(TIANDI, (*SHORT, dated)).with_rosters({"volunteers": {"night": 2}})
    told = asked.evaluate(None, 1, ["cost_staff"])["cost_staff"][0]
    assert asked.cost == pytest.approx(told, rel=1e-12)
    assert asked.cost < service(TIANDI).with_rosters({"volunteers": {"night": 2}}).cost


def test_what_is_kept_is_bounded_and_what_was_used_last_stays() -> None:
    kept: work.Kept[int] = work.Kept(10, lambda size: size)
    for name, size in (("a", 4), ("b", 4), ("a", 4), ("c", 4)):
        assert kept.get(name, lambda size=size: size) == size  # type: ignore[misc]
    assert list(kept.things) == ["a", "c"] and kept.held == 8
    assert kept.get("whole", lambda: 99) == 99
    assert list(kept.things) == ["whole"]


def test_rosters_measures_and_points_that_are_none_are_refused_with_what_was_meant() -> None:
    asked = service(TIANDI)
    with pytest.raises(InputError) as found:
        asked.with_rosters({"volunteer": {"day": 1}, "volunteers": {"nigth": 1, "day": -1}})
    told = str(found.value)
    assert "volunteers" in told and "night" in told and "-1" in told
    assert len(found.value.problems) == 3
    with pytest.raises(InputError, match="compliance_scene"):
        asked.evaluate(None, 1, ["complience_scene"])
    with pytest.raises(InputError, match="no point"):
        asked.at(["nowhere"])


def test_a_roster_that_is_changed_twice_keeps_what_only_the_first_said() -> None:
    first = service(TIANDI).with_rosters({"volunteers": {"night": 1}})
    second = first.with_rosters({"volunteers": {"day": 3}})
    mine = second.rosters.set_index(["team", "shift"])["number"]
    assert mine["volunteers", "night"] == 1 and mine["volunteers", "day"] == 3
    assert (first.rosters["number"].sum(), second.rosters["number"].sum()) == (
        first.rosters["number"].sum(),
        first.rosters["number"].sum() + 1,
    )

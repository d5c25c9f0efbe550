"""Counts by station and hour of the week: they add up to what measures say of the same run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from places import SCENARIOS

import govsim
from govsim.demand.grouping import WEEK_HOURS
from govsim.measures import point_hours
from govsim.measures.replication import promise_kept
from govsim.runs import tasks
from govsim.scenarios.loading import load
from govsim.scenarios.units import DAY, SECOND
from govsim.service import network

SHORT = (("horizon", "5 weeks"), ("warm_up", "1 week"))


@pytest.fixture(scope="module")
def result():
    return govsim.run(SCENARIOS / "tiandi.yaml", settings=SHORT, replications=2)


def test_counts_of_a_station_add_up_to_its_measures(result):
    (station,) = set(result.hours["key"])
    for replication, mine in result.hours.groupby("replication"):
        values = result.values[result.values["replication"] == replication]
        known = values.set_index(["level", "key", "measure"])["value"]
        assert mine["due"].sum() == known["point", station, "n_scene"]
        share = mine["kept"].sum() / mine["due"].sum()
        assert share == pytest.approx(known["point", station, "compliance_scene"])
        assert mine["reported"].sum() == known["point", station, "reported"]


def test_counts_by_hour_are_those_of_the_district_where_it_has_one_point(result):
    mine = result.hours.groupby(["replication", "hour"])["reported"].sum()
    hours = result.values[
        (result.values["level"] == "hour") & (result.values["measure"] == "reported")
    ]
    assert len(hours) > 100
    for row in hours.itertuples():
        assert mine.get((row.replication, int(row.key)), 0) == row.value


def test_waits_are_those_of_the_visits():
    loaded = load(SCENARIOS / "tiandi.yaml", settings=SHORT)
    service = network.build(loaded.scenario, loaded.folder)
    found, table, outcome = tasks.simulate(service, 0)
    lasted, _ = outcome.waits()
    mine = lasted >= 0
    assert found.hours["asked"].sum() == mine.sum()
    assert found.hours["waited"].sum() == pytest.approx(lasted[mine].sum() / 1000, abs=WEEK_HOURS)
    due, kept = promise_kept(service, table, outcome)["scene"]
    again = point_hours.count(service, table, outcome, due, kept)
    assert again.equals(found.hours.drop(columns="per"))

    # As under a heavy overload: a century more for each that a crew was sent to.
    sent = outcome.visits["began"] >= 0
    century = 100 * 365 * DAY
    later = outcome.visits | {"began": outcome.visits["began"] + century * sent}
    long = point_hours.count(service, table, replace(outcome, visits=later), due, kept)
    added = (sent & mine).sum() * century // SECOND
    assert long["waited"].sum() == again["waited"].sum() + added
    assert (long["waited"] >= again["waited"]).all()


def test_where_there_are_no_stations_a_few_points_are_counted_and_many_are_not(monkeypatch):
    loaded = load(SCENARIOS / "tiandi-before.yaml", settings=SHORT)
    service = network.build(loaded.scenario, loaded.folder)
    serving = np.unique(service.covering)
    assert (np.flatnonzero(point_hours.counted(service)) == serving).all()
    monkeypatch.setattr(point_hours, "MOST", len(serving) - 1)
    assert not point_hours.counted(service).any()

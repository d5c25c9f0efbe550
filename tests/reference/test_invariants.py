"""What holds in every scenario, however strange: nobody is lost, nobody is in two places.

All of it is asked of the same random scenarios, each run once under watch: to draw and run others
for each statement took most of the time. Where one fails, the traceback names the statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields, replace
from unittest import mock

import numpy as np
import pytest
import simpy
from audit import Audit, BackwardsEnvironment, audit, lay_out
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import scenarios

from govsim import model
from govsim.demand.table import REPORTED, draw
from govsim.measures.catalogue import CATALOGUE
from govsim.measures.replication import measure
from govsim.scenarios.schema import Scenario
from govsim.service.network import DEPARTMENT, TEAM
from govsim.service.outcome import DEMAND_COLUMNS
from govsim.service.rules import (
    CLOSED,
    FIRST_CHANNEL,
    GONE,
    LATENT,
    NO_REPLY,
    NOT_SOLVED,
    OPEN,
    REPEATED,
    SLOW_TO_SCENE,
    TURNED_AWAY,
    UNSATISFIED,
    WITHDRAWN,
)

COUNTS = ("orders", "repeats", "reopened")

Statement = Callable[[Audit], None]
STATEMENTS: list[Statement] = []


def holds(statement: Statement) -> Statement:
    """Let a statement be asked of every scenario."""
    STATEMENTS.append(statement)
    return statement


@pytest.mark.slow
@settings(max_examples=50)
@given(scenarios, st.booleans())
def test_all_statements_hold_in_every_scenario(scenario: Scenario, later: bool) -> None:
    seen = audit(scenario, measured_from=scenario.horizon // 3 if later else 0)
    for statement in STATEMENTS:
        statement(seen)


def overlap(start: int, end: int, since: int) -> int:
    return max(end - max(start, since), 0)


# ---------------------------------------------------------------- demands


@holds
def each_demand_ends_in_exactly_one_state(seen: Audit) -> None:
    state, table, end = seen.column("state"), seen.table, seen.outcome.end
    assert np.isin(state, [LATENT, OPEN, CLOSED, TURNED_AWAY, WITHDRAWN]).all()
    met = (seen.column("reported") >= 0) | ((table.source != REPORTED) & (table.enters < end))
    assert ((state != LATENT) == met).all()
    for name in DEMAND_COLUMNS[1:]:
        nothing = 0 if name in COUNTS else -1
        assert (seen.column(name)[state == LATENT] == nothing).all(), name
    closed = np.isin(state, [CLOSED, TURNED_AWAY])
    assert (seen.column("closed")[closed] >= 0).all()
    assert ((seen.column("closed") >= 0) == (seen.column("ended") >= 0))[state != OPEN].all()


@holds
def no_demand_is_forgotten(seen: Audit) -> None:
    service = seen.service
    in_hand = {job.demand for job in seen.jobs if job.state != GONE}
    in_hand |= {d for waiting in service.meetings.values() for d in waiting} | service.beyond
    still_open = np.flatnonzero(seen.column("state") == OPEN).tolist()
    assert set(still_open) <= in_hand
    not_yet = (seen.column("state") == LATENT) & (seen.table.enters < seen.outcome.end)
    assert set(np.flatnonzero(not_yet).tolist()) <= service.beyond


@holds
def clocks_run_in_order(seen: Audit) -> None:
    d, t = seen.outcome.demands, seen.table
    assert (t.onset <= t.enters).all()
    found = t.source != REPORTED
    met = d["state"] != LATENT
    in_order(t.enters, d["reported"])
    in_order(d["reported"], d["clock_start"])
    in_order(d["clock_start"], d["accepted"])
    assert (d["accepted"] == t.enters)[met & found].all()
    assert (d["reported"] == -1)[found].all()
    in_order(d["accepted"], d["dispatched"])
    in_order(d["dispatched"], d["scene"])
    in_order(d["reported"], d["replied"])
    in_order(d["reported"], d["resolved"])
    by_centre = seen.outcome.orders["demand"][seen.outcome.orders["answered"] == 1]
    answered = (d["accepted"] == d["resolved"]) | np.isin(np.arange(len(t)), by_centre)
    in_order(d["scene"], np.where(answered, -1, d["resolved"]))
    shut = d["state"] == CLOSED
    assert (d["resolved"] >= 0)[shut].all()
    assert (d["resolved"] <= d["closed"])[shut].all()
    assert (d["replied"] <= d["closed"])[shut].all()
    # Who reported has had a reply by the close; who never asked gets none.
    assert ((d["replied"] >= 0) | found)[shut].all()
    assert (d["replied"] == -1)[found].all()
    for name in DEMAND_COLUMNS[2:10]:
        assert (d[name] < seen.outcome.end).all(), name


def in_order(earlier: np.ndarray, later: np.ndarray) -> None:
    """What happened later came after what happened earlier, where both did."""
    both = (earlier >= 0) & (later >= 0)
    assert (earlier[both] <= later[both]).all()


@holds
def the_cause_of_each_order_is_what_had_happened(seen: Audit) -> None:
    o, d, plan = seen.outcome.orders, seen.outcome.demands, seen.network.scenario
    who, time, cause = o["demand"], o["time"], o["cause"]
    assert (np.diff(time) >= 0).all()
    via = np.array([c.via == "centre" for c in plan.channels.values()])
    first = cause == FIRST_CHANNEL
    assert (via[d["channel"][who]] & (d["reported"][who] == time) & (o["round"] == 0))[first].all()
    assert ((cause == REPEATED) == (o["round"] > 0)).all()
    open_then = (d["resolved"][who] < 0) | (d["resolved"][who] >= time)
    unseen = (d["scene"][who] < 0) | (d["scene"][who] >= time)
    silent = (d["replied"][who] < 0) | (d["replied"][who] >= time)
    assert (unseen & open_then)[cause == SLOW_TO_SCENE].all()
    assert ((d["scene"][who] >= 0) & (d["scene"][who] <= time) & open_then)[
        cause == NOT_SOLVED
    ].all()
    assert (silent & open_then & (d["clock_start"][who] >= 0))[cause == NO_REPLY].all()
    impatient = np.isin(cause, [SLOW_TO_SCENE, NOT_SOLVED, NO_REPLY])
    assert (d["patience_ended"][who] == time)[impatient].all()
    late = d["reported"][who] + plan.residents.escalates_after <= time
    assert late[cause == UNSATISFIED].all()
    numbers = np.bincount(who, minlength=len(d["orders"]))
    assert (numbers == d["orders"]).all()
    assert (numbers <= (plan.centre.most_calls if plan.centre.enabled else 0)).all()
    assert (d["reported"][who] >= 0).all()
    in_order(time, o["arrived"])
    in_order(time, o["resolved"])
    assert ((o["due"] >= 0) == (o["arrived"] >= 0)).all()
    overdue = o["overdue"] == 1
    assert (o["due"] < seen.outcome.end)[overdue].all()
    assert ((o["resolved"] < 0) | (o["resolved"] >= o["due"]))[overdue].all()
    assert (o["arrived"] == -1)[o["answered"] == 1].all()


# ---------------------------------------------------------------- people


@holds
def the_right_crews_go_to_the_scene_one_at_a_time(seen: Audit) -> None:
    visits, laid_out = seen.outcome.visits, seen.network
    groups = list(laid_out.scenario.groups.values())
    last: dict[int, tuple[int, int]] = {}
    rows = zip(*(visits[c].tolist() for c in visits), strict=True)
    for d, stage, pool, crew, queued, began, scene, ended, _ in rows:
        before, over = last.get(d, (-1, 0))
        assert before <= stage
        assert over <= queued, "two visits to one demand at once"
        if began < 0:  # waits still, or was withdrawn or turned away
            assert laid_out.pools[pool].name in groups[seen.table.stage_group[stage]].teams
            last[d] = stage, queued
            continue
        last[d] = stage, ended if ended >= 0 else seen.outcome.end
        group = groups[seen.table.stage_group[stage]]
        staff = laid_out.pools[pool]
        assert staff.kind == TEAM
        assert staff.name in group.teams
        assert crew == (
            group.crew if isinstance(group.crew, int) else group.crew.get(staff.name, 1)
        )
        home = int(seen.table.point[d])
        assert staff.point in (home, *laid_out.neighbours.get(home, ()))
        assert queued <= began
        assert scene < 0 or began <= scene
        assert ended < 0 or began <= ended


@holds
def nobody_works_on_two_things_at_once_or_begins_off_duty(seen: Audit) -> None:
    """From the records alone: work in hand never exceeds those on duty where some begins."""
    laid_out = seen.network
    if laid_out.helper_timeline >= 0:
        return  # helpers are watched event by event
    by_pool = defaultdict(list)
    for span in seen.spans():
        if span.job.began >= 0 and span.job.staff is not None:
            by_pool[span.job.staff.index].append(span)
    for index, spans in by_pool.items():
        pool = laid_out.pools[index]
        line = laid_out.timelines[pool.timeline]
        relief = pool.kind == TEAM and laid_out.scenario.teams[pool.name].end_of_shift == "relief"
        for one in spans:
            # Whom a relief has replaced goes on beside the new crew.
            changes = line.times[line.boundary & (line.times <= one.began)]
            since = int(changes[-1]) if relief and len(changes) else -1
            at_work = sum(
                other.job.crew for other in spans if since <= other.began <= one.began < other.over
            )
            assert at_work <= int(line.at(np.array([one.began]))[0])


@holds
def work_adds_up_to_the_time_of_people_at_work(seen: Audit) -> None:
    totals, laid_out = seen.outcome.pools, seen.network
    n, since, end = len(laid_out.pools), seen.outcome.measured_from, seen.outcome.end
    busy, jobs = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for span in seen.spans():
        if span.job.began >= 0 and span.job.staff is not None:
            index = span.job.staff.index
            busy[index] += span.job.crew * overlap(span.began, span.over, since)
            jobs[index] += span.began >= since
    assert (busy == totals["busy"]).all()
    assert (jobs == totals["jobs"]).all()
    for i, pool in enumerate(laid_out.pools):
        if pool.kind == DEPARTMENT:
            assert totals["overtime"][i] == 0
            continue
        line = laid_out.timelines[pool.timeline]
        there = replace(line, available=line.present)
        helpers = totals["helpers"][i]
        assert min(totals["overtime"][i], totals["in_free_time"][i]) >= 0
        assert totals["overtime"][i] + totals["in_free_time"][i] <= totals["busy"][i]
        in_time = totals["busy"][i] - totals["overtime"][i]
        assert in_time <= there.person_ms(since, end) + helpers
        assert totals["in_free_time"][i] <= line.person_ms(since, end) + helpers
        mode = laid_out.scenario.teams[pool.name].end_of_shift if pool.kind == TEAM else "finish"
        if mode == "hand over":
            assert totals["overtime"][i] == 0, "who hands over goes home"


@holds
def little_s_law_holds_on_every_queue(seen: Audit) -> None:
    since = seen.outcome.measured_from
    waits: dict[int, int] = defaultdict(int)
    for span in seen.spans():
        if span.job.queue is not None:
            waits[id(span.job.queue)] += overlap(span.queued, span.left, since)
    known: set[int] = set()
    for staff, waiting in zip(
        seen.service.staffing.staff, seen.outcome.pools["waiting"].tolist(), strict=True
    ):
        mine = {id(queue) for queue in staff.queues} - known
        known |= mine
        assert waiting == sum(waits[queue] for queue in mine)
    assert set(waits) <= known


# ---------------------------------------------------------------- repeatable


@holds
def the_same_seed_gives_the_same_bytes(seen: Audit) -> None:
    laid_out = lay_out(seen.network.scenario)
    table, since = draw(laid_out, 0), seen.outcome.measured_from
    for column in fields(table):
        assert getattr(table, column.name).tobytes() == getattr(seen.table, column.name).tobytes()
    again = model.run(laid_out, table, measured_from=since, on_day=lambda _: None)
    assert not seen.outcome.differences(again)
    # Measuring from later on changes what is counted, and nothing that happens.
    late = model.run(laid_out, table, measured_from=since + laid_out.end // 2)
    assert all(name.startswith("pools.") for name in seen.outcome.differences(late))


@holds
def no_event_at_a_tied_instant_is_decided_by_chance(seen: Audit) -> None:
    with mock.patch.object(simpy, "Environment", BackwardsEnvironment):
        backwards = model.run(seen.network, seen.table, seen.outcome.measured_from)
    assert not seen.outcome.differences(backwards)


# ---------------------------------------------------------------- measures


@holds
def measures_stay_within_their_bounds(seen: Audit) -> None:
    found = measure(seen.network, seen.table, seen.outcome).values
    levels, keys, names = (found[column].tolist() for column in ("level", "key", "measure"))
    assert len(set(zip(levels, keys, names, strict=True))) == len(found)
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for level, name, value in zip(levels, names, found["value"].tolist(), strict=True):
        sums[level, name] += value
        assert not value < 0, name  # none of those that are not known either
        if name == "utilisation" and level != "team_hour":
            assert not value > 1 + 1e-12
        elif CATALOGUE[name].kind == "share" and name != "utilisation":
            assert not value > 1, name
    for level in ("street", "community", "point", "category"):
        for name in ("demands", "reported", "orders"):
            assert sums[level, name] == pytest.approx(sums["district", name]), (level, name)

"""Where a demand's time goes: every ms of it is counted once, as a trace shows it."""

from collections import Counter
from itertools import pairwise

import numpy as np
from audit import lay_out
from hypothesis import given, settings
from strategies import scenarios

from govsim import engine
from govsim.demand.table import draw
from govsim.measures.clocks import CLOCKS, EVENTS, PIECES
from govsim.measures.pieces import find
from govsim.measures.ways import ways
from govsim.runs.trace import Moment, follow
from govsim.scenarios.schema import Scenario
from govsim.service.plan import Plan
from govsim.service.rules import OPEN, TURNED_AWAY, WITHDRAWN

KINDS = {
    "taken in": ("closed", "desk", "intake"),
    "passed on": ("passing_on",),
    "waits": ("nobody", "other_work", "busy"),
    "on the way": ("turn_out", "way", "access"),
    "at work": ("work",),
    "another team": ("another_team",),
    "meeting": ("meeting",),
    "department": ("department",),
    "given up": ("gone",),
}
"""What a trace can tell apart, and the pieces that it stands for."""


def at(moment: Moment, first_stage: int) -> str:
    """What a demand is at after a moment of its trace, from the records of its work alone."""
    d = moment.demand
    if d["state"] in (WITHDRAWN, TURNED_AWAY):
        return "given up"
    if not moment.visits:
        return "taken in" if d["accepted"] < 0 else "passed on"
    visit = moment.visits[-1]
    if visit["began"] < 0:
        return "waits" if visit["stage"] == first_stage else "another team"
    if visit["ended"] < 0:
        return "on the way" if visit["scene"] < 0 else "at work"
    return "meeting" if moment.case < 0 else "department"


def by_trace(moments: list[Moment], start: int, stop: int, first_stage: int) -> dict[str, int]:
    found = dict.fromkeys(KINDS, 0)
    for now, then in pairwise(moments):
        lasts = min(then.time, stop) - max(now.time, start)
        if lasts > 0:
            found[at(now, first_stage)] += lasts
    return found


@settings(max_examples=30)
@given(scenarios)
def test_each_ms_of_each_clock_is_in_just_one_piece(scenario: Scenario) -> None:
    network = lay_out(scenario)
    table = draw(network, 0)
    outcome = engine.run(network, table)
    found = find(network, table, outcome)
    for clock in CLOCKS:
        assert (found.spent[clock] >= 0).all()
        assert found.spent[clock].sum(axis=1).tolist() == found.length(clock).tolist()
        event = outcome.demands[EVENTS[clock]]
        reached = (event >= 0) & (found.start >= 0)
        assert found.stopped[clock][reached].tolist() == event[reached].tolist()
        cut = (event < 0) & (found.start >= 0) & (outcome.demands["state"] == OPEN)
        assert (found.stopped[clock][cut] == network.end).all()


@settings(max_examples=30)
@given(scenarios)
def test_pieces_are_what_a_trace_shows(scenario: Scenario) -> None:
    network = lay_out(scenario)
    table = draw(network, 0)
    outcome = engine.run(network, table)
    found = find(network, table, outcome)
    started = np.flatnonzero(found.start >= 0)
    for d in started[:: max(1, len(started) // 6)].tolist():
        moments = follow(network, table, d)
        for clock in ("scene", "solve"):
            told = by_trace(
                moments, found.start[d], found.stopped[clock][d], int(table.first_stage[d])
            )
            mine = dict(zip(PIECES, found.spent[clock][d].tolist(), strict=True))
            assert {kind: sum(mine[p] for p in of) for kind, of in KINDS.items()} == told


@settings(max_examples=30)
@given(scenarios)
def test_waiting_is_told_apart_by_who_is_there(scenario: Scenario) -> None:
    """Minute by minute: too few on duty, too few of them free for demands, or all at work."""
    network = lay_out(scenario)
    table = draw(network, 0)
    outcome = engine.run(network, table)
    found, visits = find(network, table, outcome), outcome.visits
    lasted, _ = outcome.waits()
    crews = Plan.of(network).crews
    some = np.flatnonzero((lasted > 0) & (visits["stage"] == table.first_stage[visits["demand"]]))
    told: dict[int, Counter[str]] = {}
    for row in some[:4].tolist():
        d, group = int(visits["demand"][row]), int(table.stage_group[visits["stage"][row]])
        who = [network.pools[p] for p in network.candidates[int(table.point[d]), group]]
        lines = [
            (network.timelines[p.timeline], crews[group, network.teams.index(p.name)]) for p in who
        ]
        begins, stop = int(visits["queued"][row]), int(found.stopped["scene"][d])
        ends = min(begins + int(lasted[row]), stop)
        edges = {begins, ends} | {t for line, _ in lines for t in line.times.tolist()}
        for a, b in pairwise(sorted(t for t in edges if begins <= t <= ends)):
            now = [
                (
                    int(line.available[line.times <= a][-1]),
                    int(line.present[line.times <= a][-1]),
                    crew,
                )
                for line, crew in lines
            ]
            piece = (
                "busy"
                if any(free >= crew for free, _, crew in now)
                else "other_work"
                if any(there >= crew for _, there, crew in now)
                else "nobody"
            )
            told.setdefault(d, Counter())[piece] += b - a
    for d, pieces in told.items():
        mine = dict(zip(PIECES, found.spent["scene"][d].tolist(), strict=True))
        again = (visits["demand"] == d).sum() > 1  # then other visits have waited too
        assert all(mine[p] >= pieces[p] if again else mine[p] == pieces[p] for p in KINDS["waits"])


@given(scenarios)
def test_the_way_is_as_the_rules_say(scenario: Scenario) -> None:
    network = lay_out(scenario)
    table = draw(network, 0)
    visits = engine.run(network, table).visits
    went = np.flatnonzero((visits["scene"] >= 0) & network.scenario.travel.enabled)
    demand = visits["demand"][went]
    way = visits["scene"][went] - visits["began"][went] - table.turn_out[demand]
    assert (way - table.access[demand] == ways(network, table, demand, visits["pool"][went])).all()

"""The shortest that a demand can take: nobody waits, and whoever is there soonest goes.

What stands in the demand table before anything is simulated: intake, turn-out, the way, access and
work of each demand, then the next joint meeting and the time of its department in that one's hours;
neither is a matter of who is on duty where. No staffing is faster (`least`); with people without
limit a plan takes just as long as the teams take that it sends (`as_sent`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from govsim.demand.table import DemandTable
from govsim.measures.ways import ways, ways_from, whole_ticks
from govsim.service.network import TEAM, Network
from govsim.service.outcome import Outcome
from govsim.service.plan import AT_DESK, BY_CENTRE, DIRECT, Plan

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Goes = Callable[[int, Ints, Sequence[Ints]], list[Ints]]
"""Gives the way and the work, ms, of a group's visits to some demands, for each of some amounts of
work at speed 1."""

LONG = np.int64(2**50)
"""Nobody of the group could go at all."""


def least(network: Network, table: DemandTable, outcome: Outcome) -> dict[str, Ints]:
    """Shortest time of each demand from the start of its clocks, ms, whatever the staffing.

    The fastest of a working group's teams goes, from the point from which the way is shortest
    among its own and those that help it; a team stands at its kinds of point, whoever is on duty
    there. Opening hours of channels stay as they are, and with them who takes a demand in.

    Returns
    -------
    dict
        By clock int64[n].
    """
    plan, speeds = network.scenario, Plan.of(network).speeds
    names, stands = list(network.teams), _stands(network)
    pace = [plan.travel.speeds.get(team.mode, 1.0) for team in plan.teams.values()]

    def goes(group: int, mine: Ints, works: Sequence[Ints]) -> list[Ints]:
        teams = [names.index(t) for t in plan.groups[network.groups[group]].teams]
        found = [np.full(len(mine), LONG) for _ in works]
        way: dict[tuple[float, bytes], Ints] = {}
        for team in teams:
            how = pace[team], stands[team].tobytes()
            if how not in way:
                way[how] = _nearest(network, table, mine, pace[team], stands[team])
            speed = speeds[team][table.category[mine]]
            for best, work in zip(found, works, strict=True):
                np.minimum(best, way[how] + whole_ticks(work / speed, plan.tick), out=best)
        return found

    return _times(network, table, outcome, goes)


def as_sent(network: Network, table: DemandTable, outcome: Outcome) -> dict[str, Ints]:
    """Time of each demand if people of all teams were without limit, day and night: int64[n].

    Whom the plan sends then is the first team of the group that a point has, or the one that is
    there soonest.
    """
    plan, tick = Plan.of(network), network.scenario.tick
    team, pace = plan.pools["team"], plan.pools["pace"]

    def goes(group: int, mine: Ints, works: Sequence[Ints]) -> list[Ints]:
        first = np.full(len(network.territory.points), -1, dtype=np.int64)
        for (point, g), own in network.candidates.items():
            if g == group and own:
                quickest = min(own, key=lambda p: -pace[p])
                first[point] = quickest if plan.numbers.soonest else own[0]
        pool = first[table.point[mine]]
        speed = plan.speeds[team[pool], table.category[mine]]
        way = ways(network, table, mine, pool) if plan.numbers.travels else np.int64(0)
        lengths = (way + whole_ticks(work / speed, tick) for work in works)
        return [np.where(pool >= 0, length, LONG) for length in lengths]

    return _times(network, table, outcome, goes)


def _stands(network: Network) -> Bools:
    """Say where each team stands, or would if anybody of it were on duty: bool[teams, points]."""
    kinds = network.territory.points["kind"].to_numpy()
    found = np.array([np.isin(kinds, team.at) for team in network.scenario.teams.values()])
    for pool in network.pools:
        if pool.kind == TEAM:
            found[network.teams.index(pool.name), pool.point] = True
    return found


def _nearest(network: Network, table: DemandTable, mine: Ints, pace: float, stands: Bools) -> Ints:
    """Time of a team's way from the nearest point where it stands, of a demand's own and others."""
    own = table.point[mine]
    if not network.scenario.travel.enabled:
        helped = [p for p, others in network.neighbours.items() if stands[list(others)].any()]
        return np.where(stands[own] | np.isin(own, helped), np.int64(0), LONG)
    found = np.where(stands[own], ways_from(network, table, mine, own, pace), LONG)
    for point, others in network.neighbours.items():
        here = np.flatnonzero(own == point)
        for other in others if len(here) else ():
            if stands[other]:
                there = np.full(len(here), other, dtype=np.int64)
                found[here] = np.minimum(
                    found[here], ways_from(network, table, mine[here], there, pace)
                )
    return found


def _can_be_lost(network: Network) -> bool:
    """Whether a demand can leave before anybody came: by its resident, or for want of room."""
    plan = network.scenario
    rooms = (team.waiting_room for team in plan.teams.values())
    return plan.residents.patience.withdraws or any(room is not None for room in rooms)


def _after_departments(network: Network, table: DemandTable, start: Ints, solve: Ints) -> Ints:
    """Add to complex cases what the meeting and their department take, where nobody waits there."""
    joined = start + np.minimum(solve, LONG)
    meets = np.flatnonzero(table.complex & table.meeting)
    sittings = np.append(network.sittings, LONG)
    joined[meets] = sittings[np.searchsorted(network.sittings, joined[meets])]
    for c, category in enumerate(network.scenario.demand.categories.values()):
        mine = np.flatnonzero(table.complex & (table.category == c))
        if category.department is None or not len(mine):
            continue
        work = table.department_time[mine]
        if category.department_time.unit == "calendar":
            joined[mine] += work
        else:
            clock = network.department_clocks[category.department]
            joined[mine] = np.minimum(clock.finish_all(joined[mine], work), LONG)
    return np.where(table.complex, np.maximum(joined - start, solve), solve)


def _times(network: Network, table: DemandTable, outcome: Outcome, goes: Goes) -> dict[str, Ints]:
    """Add up a demand's life where nobody waits."""
    d, plan, n = outcome.demands, network.scenario, len(table)
    if not n:
        return {clock: np.empty(0, dtype=np.int64) for clock in ("scene", "solve", "reply")}
    laid_out = Plan.of(network)
    via = laid_out.channels["via"][np.maximum(d["channel"], 0)]
    desk = laid_out.points["desk"][table.point] >= 0
    # A crew may be asked for before the desk has taken all down.
    taken_in = np.where((via == DIRECT) | ((via == AT_DESK) & desk), table.handing_over, 0)
    sent = taken_in + np.where(via == BY_CENTRE, 0, table.dispatch_delay)
    travel = table.turn_out + table.access if plan.travel.enabled else np.zeros(n, dtype=np.int64)
    demand = np.repeat(np.arange(n), np.diff(table.first_stage))
    nothing = np.zeros(len(table.stage_work), dtype=np.int64)
    whole, again, way = nothing.copy(), nothing.copy(), nothing.copy()
    for group in range(len(network.groups)):
        stages = np.flatnonzero(table.stage_group == group)
        mine = demand[stages]
        works = (table.stage_work[stages], table.rework[mine], nothing[stages])
        whole[stages], again[stages], way[stages] = goes(group, mine, works)
    # A visit without work takes a tick of it, which the way alone does not.
    way = np.maximum(way - plan.tick, 0)
    first = table.first_stage[:-1]
    scene = sent + travel + way[first]
    solve = sent + np.diff(table.first_stage) * travel + np.add.reduceat(whole, first)
    solve = _after_departments(network, table, np.maximum(d["clock_start"], 0), solve)
    # Who gave up, or was turned away, and calls 12345 is settled by one more visit.
    lost = (d["reopened"] > 0) & _can_be_lost(network)
    solve[lost] = np.minimum(solve, sent + travel + again[first])[lost]
    at_desk = table.answered & (via != BY_CENTRE)
    scene = np.where(at_desk, taken_in, scene)
    solve = np.where(at_desk, taken_in, solve)
    reply = solve + np.where(desk & ~at_desk, table.reply, 0)
    if plan.promises.made:
        word = plan.promises.interim_after + np.where(desk, table.interim_reply, 0)
        reply = np.where(at_desk, reply, np.minimum(reply, word))
    return {"scene": scene, "solve": solve, "reply": reply}

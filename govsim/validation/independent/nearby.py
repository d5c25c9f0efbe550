"""Neighbouring stations that help, and the way there, a second time (docs/model.md, 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import inf

import numpy as np
import simpy

from govsim.scenarios.units import HOUR
from govsim.validation.independent.people import People, Steps
from govsim.validation.observing import Numbers, Replication

DAYS = 60
END = 24.0 * DAYS
NAMES, PLACES, SHARES = ("West", "Middle", "East"), (0.0, 1.0, 2.1), (0.3, 0.5, 0.2)
SIDE, DETOUR, SIGMA = 0.4, 1.2, 0.3
"""Side of each grid around its station, km."""

TEAMS = ((5.0, 1.0), (20.0, 0.8))
"""Speed on the way, km/h, and of work, of each team of a station."""

PER_HOUR, WORK, TURN_OUT, ACCESS = 4.0, 0.5, 2 / 60, 1 / 60


@dataclass
class Visit:
    """What became of a demand; times in h.

    Attributes
    ----------
    at, team : stations' number of the demand and of its crew, and which team of the station.
    """

    at: int
    came: float
    waited: float = inf
    way: float = inf
    station: int = -1
    team: int = -1


def neighbours(rng: np.random.Generator, within: float = 1.2, soonest: bool = False) -> Numbers:
    """Simulate one replication and give its numbers."""
    env = simpy.Environment()
    teams = [[People(env, 1) for _ in TEAMS] for _ in PLACES]
    visits: list[Visit] = []

    place_of = {id(teams[s][t]): (s, t) for s in range(len(PLACES)) for t in range(len(TEAMS))}

    def near(at: int) -> list[int]:
        apart = {other: abs(PLACES[other] - PLACES[at]) for other in range(3)}
        return sorted((o for o in apart if o != at and apart[o] <= within), key=apart.__getitem__)

    def metres(at: int, place: tuple[float, float], station: int) -> float:
        return abs(PLACES[at] + place[0] - PLACES[station]) + abs(place[1])

    def free(
        at: int, stations: list[int], place: tuple[float, float] | None
    ) -> tuple[int, int] | None:
        those = [(s, t) for s in stations for t in range(len(TEAMS)) if teams[s][t].free_for(1)]
        if place is not None:
            # Of those who are there as soon, the first asked: `sorted` keeps their order.
            those = sorted(those, key=lambda c: metres(at, place, c[0]) / TEAMS[c[1]][0])
        return those[0] if those else None

    def helps_out(station: int, team: int) -> None:
        # Whoever waits does so for the first team of its own station.
        for other in (station, *near(station)):
            if (other, 0) != (station, team):
                teams[station][team].help_out(teams[other][0])

    for station, team in place_of.values():
        teams[station][team].idle = partial(helps_out, station, team)

    def anywhere() -> tuple[float, float]:
        along, across = rng.uniform(-SIDE / 2, SIDE / 2, 2)
        return float(along), float(across)

    def demand(at: int, came: float) -> Steps:
        yield env.timeout(came)
        mine = Visit(at, came)
        visits.append(mine)
        # The place is drawn first only where it matters who is near.
        place = anywhere() if soonest else None
        # Nobody free: it waits for the first team of its own station.
        asked = free(at, [at], place) or free(at, near(at), place) or (at, 0)
        people = yield teams[asked[0]][asked[1]].ask()
        mine.station, mine.team = place_of[id(people)]
        mine.waited = env.now - came
        speed, work = TEAMS[mine.team]
        far = metres(at, place or anywhere(), mine.station)
        way = DETOUR * far / speed * rng.lognormal(0, SIGMA)
        way += rng.exponential(TURN_OUT) + rng.exponential(ACCESS)
        yield env.timeout(way)
        mine.way = way
        yield env.timeout(rng.exponential(WORK) / work)
        people.done()

    for at, share in enumerate(SHARES):
        for came in np.sort(rng.uniform(0, END, rng.poisson(PER_HOUR * share * END))):
            env.process(demand(at, float(came)))
    env.run(until=END)
    return numbers(visits)


def observe(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d, pools = r.outcome.demands, r.network.pools
    station_of = {int(point): grid for grid, point in enumerate(r.network.covering)}
    teams = list(r.network.teams)
    visits = []
    for row in np.flatnonzero(d["accepted"] >= 0).tolist():
        came, left, there = (int(d[c][row]) for c in ("accepted", "dispatched", "scene"))
        mine = Visit(int(r.table.grid[row]), came / HOUR)
        if left >= 0:
            pool = pools[int(d["served_by"][row])]
            mine.waited = (left - came) / HOUR
            mine.station, mine.team = station_of[pool.point], teams.index(pool.name)
        if there >= 0:
            mine.way = (there - left) / HOUR
        visits.append(mine)
    return numbers(visits)


def numbers(visits: list[Visit]) -> Numbers:
    """What is compared."""
    found: Numbers = {}
    seen = [v for v in visits if v.waited < inf]
    for at, name in enumerate(NAMES):
        mine = [v for v in seen if v.at == at]
        found[f"{name}: mean wait, h"] = float(np.mean([v.waited for v in mine]))
        found[f"{name}: waits"] = float(np.mean([v.waited > 0 for v in mine]))
        ways = [v.way for v in mine if v.way < inf]
        found[f"{name}: mean way, h"] = float(np.mean(ways))
        found[f"{name}: way over 10 min"] = float((np.array(ways) > 1 / 6).mean())
        for station, from_there in enumerate(NAMES):
            shares = [v.station == station for v in mine]
            found[f"{name}: served from {from_there}"] = float(np.mean(shares))
        found[f"{name}: served by the second team"] = float(np.mean([v.team == 1 for v in mine]))
    return found

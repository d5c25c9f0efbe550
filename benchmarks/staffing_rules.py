"""What planners use today beside the search: Erlang C, square-root staffing, marginal analysis.

    python benchmarks/staffing_rules.py             # Tiandi, some minutes
    python benchmarks/staffing_rules.py --target 0.65

All see the same station. *Erlang C* and *square-root staffing* take the arrival rate and the mean
time of each group of problems by shift from a year of today's plan, as a planner takes them from
records, and staff the first team of each group, and the desk, for a wait below two minutes in 80
and 95% of cases, or with R + beta sqrt(R) people. *Marginal analysis* begins with the least of the
box and adds the post that brings most for its money, by simulation, until the target is met. Every
plan is judged on the same 200 replications that none of them saw.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from math import ceil, sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from govsim.evaluation import work
from govsim.evaluation.service import Service
from govsim.measures import pieces
from govsim.measures.clocks import ACCESS, INTAKE, REPLY, TURN_OUT, WAY, WORK
from govsim.optimisation.asked import Wanted, asked_for
from govsim.optimise import optimise
from govsim.scenarios.schema import Roster
from govsim.scenarios.units import DAY, HOUR, MINUTE
from govsim.validation.closed_forms import wait_beyond_mmc

Floats = NDArray[np.float64]

SCENARIO = Path(__file__).parents[1] / "scenarios" / "tiandi.yaml"
FRESH = range(3_000_000, 3_000_200)
SEEN = range(30)
WAIT = 2 * MINUTE / HOUR
Rule = Callable[[float, float], int]


def main() -> None:
    """Compare, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", type=float, default=0.60, help="share on the scene in time")
    target = parser.parse_args().target
    service = Service(SCENARIO)
    print(f"{'plan':34} {'yuan a year':>12} {'in time':>9} {'orders':>8}  posts")
    _show("today", service)
    rules: dict[str, Rule] = {
        "Erlang C, 80% within 2 min": lambda rate, takes: erlang_c(rate, takes, 0.80),
        "Erlang C, 95% within 2 min": lambda rate, takes: erlang_c(rate, takes, 0.95),
        "square root, beta 1": lambda rate, takes: square_root(rate * takes, 1),
        "square root, beta 2": lambda rate, takes: square_root(rate * takes, 2),
    }
    loads = loads_of(service)
    for name, rule in rules.items():
        _show(name, service.with_rosters(staffed(loads, rule)))
    _show(f"marginal analysis to {target:.0%}", marginal(service, target))
    found = optimise(SCENARIO, keep=(f"scene={100 * target:g}%",), vary=BOX, fix=FIXED)
    if found.verdict == "found":
        mine = found.rosters[found.rosters["day_kind"] == ""]
        plan: dict[str, dict[str, int]] = {}
        for row in mine.to_dict("records"):
            plan.setdefault(str(row["team"]), {})[str(row["shift"])] = int(row["number"])
        _show(f"govsim optimise to {target:.0%}", service.with_rosters(plan))


BOX = (
    "desk.day=1..2", "desk.night=0..1", "teams.grid_staff.night=0..2",
    "teams.property_management.day=0..2", "teams.property_management.night=0..1",
    "teams.urban_management.day=0..1", "teams.volunteers.day=0..3", "teams.volunteers.night=0..1",
)  # fmt: skip
FIXED = ("teams.grid_staff.day", "teams.urban_management.night")


def _show(name: str, service: Service) -> None:
    values = service.evaluate(None, FRESH, ["compliance_scene", "orders"]).mean()
    rosters = service.rosters.groupby(["team", "shift"])["number"].max()
    posts = " ".join(f"{team}/{shift}:{n}" for (team, shift), n in rosters.items() if n)
    print(
        f"{name:34} {service.cost:12,.0f} {100 * values['compliance_scene']:8.1f}% "
        f"{values['orders']:8.0f}  {posts}"
    )


def loads_of(service: Service) -> dict[tuple[str, str], tuple[float, float]]:
    """Give arrivals an hour and the mean time, h, of the desk and of each first team by shift."""
    network, start = service.network, service.measured_from
    scenario = service.scenario
    met = work.drawn(service.plan, service.points, network, 0)
    spent = pieces.find(network, met.table, met.serve(network, start))
    asked = spent.start >= start
    hour = (spent.start % DAY) // HOUR
    category = list(scenario.demand.categories.values())
    first = np.array(
        [scenario.groups[category[c].group].teams[0] for c in met.table.category], dtype=object
    )
    on_scene = spent.spent["solve"][:, [TURN_OUT, WAY, ACCESS, WORK]].sum(axis=1)
    at_desk = spent.spent["reply"][:, [INTAKE, REPLY]].sum(axis=1)
    days = (network.end - start) / DAY
    found = {}
    for shift, windows in scenario.calendar.shifts.items():
        hours = [h for h in range(24) if any(a <= h * HOUR < b or a <= h * HOUR + DAY < b
                                             for a, b in windows)]  # fmt: skip
        now = asked & np.isin(hour, hours)
        for team in sorted(set(first)):
            mine = now & (first == team) & (on_scene > 0)
            found[team, shift] = _load(mine, on_scene, len(hours) * days)
        found["desk", shift] = _load(now & (at_desk > 0), at_desk, len(hours) * days)
    return found


def _load(mine: NDArray[np.bool_], takes: NDArray[np.int64], hours: float) -> tuple[float, float]:
    rate = float(mine.sum()) / hours
    return rate, float(takes[mine].mean()) / HOUR if mine.any() else 0.0


def staffed(
    loads: Mapping[tuple[str, str], tuple[float, float]], rule: Rule
) -> dict[str | tuple[str, str], Roster]:
    """Staff each first team and the desk by a rule; the others stay at home."""
    found: dict[str, dict[str, int]] = {"urban_management": {"day": 0, "night": 0}}
    for (team, shift), (rate, takes) in loads.items():
        found.setdefault(team, {})[shift] = rule(rate, takes) if rate else 0
    plan: dict[str | tuple[str, str], Roster] = {}
    plan.update(found)
    return plan


def erlang_c(rate: float, takes: float, share: float) -> int:
    """Least number of servers with which so many wait less than `WAIT` (Erlang 1917)."""
    n = int(rate * takes) + 1
    while 1 - wait_beyond_mmc(rate, 1 / takes, n, WAIT) < share:
        n += 1
    return n


def square_root(load: float, beta: float) -> int:
    """Load and a safety of so many square roots of it (Halfin and Whitt 1981)."""
    return ceil(load + beta * sqrt(load))


def marginal(service: Service, target: float) -> Service:
    """Add the post that brings most for its money until the target is met in what was seen."""
    box = asked_for(service, Wanted(keep=(f"scene={100 * target:g}%",), vary=BOX, fix=FIXED)).box
    asked = [("district", "", "compliance_scene")]
    digits = [0] * len(box.shape)

    def kept(plans: list[int]) -> list[float]:
        frozen = [box.frozen(plan) for plan in plans]
        return [float(values.mean()) for values in service.each(frozen, SEEN, asked)]

    now = int(np.ravel_multi_index(digits, box.shape))
    (share,) = kept([now])
    while share < target:
        steps = []
        for i, digit in enumerate(digits):
            if digit + 1 < box.shape[i]:
                more = [*digits[:i], digit + 1, *digits[i + 1 :]]
                steps.append((more, int(np.ravel_multi_index(more, box.shape))))
        if not steps:
            break
        shares = kept([plan for _, plan in steps])
        worth = [
            (one - share) / (box.costs[plan] - box.costs[now])
            for one, (_, plan) in zip(shares, steps, strict=True)
        ]
        best = int(np.argmax(worth))
        if shares[best] <= share:
            print("  marginal analysis stops: no single post brings anything more")
            break
        digits, now = list(steps[best][0]), steps[best][1]
        share = shares[best]
    return service.with_pools(box.rosters(now))


if __name__ == "__main__":
    main()

"""How nearly points are independent, and how far a district's plan is from its bound.

    python benchmarks/by_point.py                       # the district, some 15 minutes of two cores
    python benchmarks/by_point.py --set "horizon=9 weeks" --set "warm_up=1 week"

First a random plan for every point is simulated as a whole district, and its sums are held against
those that were seen of each plan while all other points had the same one. Then the cheapest plan
point by point is sought, at what today's plan keeps, with the grid staff and desks held; what it
costs is shown beside today's, beside the same plan at every point, and beside the bound.
"""

from __future__ import annotations

import argparse
import time
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from govsim.evaluation.service import Service
from govsim.optimisation.asked import Wanted, asked_for
from govsim.optimisation.by_point import AnswerByPoint
from govsim.optimisation.point_box import Digits
from govsim.runs.trials import Kept
from govsim.scenarios.loading import load, split_setting

SCENARIO = Path(__file__).parents[1] / "scenarios" / "jiangning.yaml"
Floats = NDArray[np.float64]

FIXED = ("teams.grid_staff", "desk")
FRESH = range(2_000_000, 2_000_010)
"""Replications by which today's plan is judged, for targets that it keeps."""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE")
    parser.add_argument("--kept", type=Path, help="folder in which what was simulated is kept")
    given = parser.parse_args()
    settings = tuple(split_setting(text) for text in given.set)
    service = Service(load(SCENARIO, settings=settings))
    today = service.evaluate(None, FRESH, ["compliance_scene", "orders"])
    year = 365 / ((service.network.end - service.measured_from) / 86_400_000)
    scene, orders = float(today["compliance_scene"].mean()), float(today["orders"].mean()) * year
    keep = (f"scene={100 * scene:.2f}%", f"orders<={orders:.0f}")
    print(f"today: {service.cost:,.0f} yuan a year; {' '.join(keep)}")

    begun = time.perf_counter()
    asked = asked_for(service, Wanted(keep=keep, fix=FIXED, each=True))
    answer = AnswerByPoint(asked, Kept(given.kept), None)
    found = answer.optimum()
    seconds = time.perf_counter() - begun
    _independence(answer)
    m = found.manifest
    print(f"verdict: {found.verdict}; {seconds:,.0f} s; {m['replications']:,} district-years seen")
    if found.verdict != "found":
        return
    print(f"plan: {found.cost:,.0f}; {100 * (found.cost / service.cost - 1):+.2f}% beside today")
    print(f"gap to the bound of the sample: {100 * (found.cost / found.bound - 1):.3f}%")
    alike = _alike(answer)
    print(f"the same plan at all points of a kind: {100 * (alike / found.bound - 1):+.2f}%")
    for row in found.promises.to_dict("records"):
        print(
            f"{row['measure']}: target {row['target']:.4f}; today {row['today']:.4f}; plan "
            f"{row['plan']:.4f} ({row['plan_low']:.4f} to {row['plan_high']:.4f}), n {row['n']}"
        )


def _independence(answer: AnswerByPoint) -> None:
    """Hold what a random mix does against the sums of what its points did alone."""
    seen, rng = answer.seen, np.random.default_rng(1)
    plans: dict[int, list[int]] = {}
    for row, point in enumerate(seen.points):
        plans.setdefault(point, []).append(row)
    rows = {point: int(rng.choice(mine)) for point, mine in plans.items()}
    mix = {answer.points.points[point]: seen.plans[row] for point, row in rows.items()}
    asked = [("district", "", "compliance_scene"), ("district", "", "orders")]
    numbers = range(seen.replications)
    (joint,) = answer.service.each([answer.points.frozen(mix)], numbers, asked)
    scene, orders = np.array(seen.amounts)[list(rows.values())].sum(axis=0)
    print(
        f"a random mix: kept {100 * scene[0] / scene[1]:.3f}% by sums of points, "
        f"{100 * joint[:, 0].mean():.3f}% together; orders {orders[0]:,.0f} and "
        f"{joint[:, 1].mean() * seen.factor:,.0f}"
    )


def _alike(answer: AnswerByPoint) -> float:
    """Cost of the cheapest plan that is the same at all points of a group, in the sample."""
    seen, box = answer.seen, answer.points
    of = {point: i for i, group in enumerate(box.groups) for point in group.points}
    costs: dict[tuple[int, Digits], float] = {}
    sums: dict[tuple[int, Digits], Floats] = {}
    for row, plan, amounts in zip(seen.points, seen.plans, seen.amounts, strict=True):
        point = box.points[row]
        key = of[point], plan
        costs[key] = costs.get(key, 0.0) + box.cost_of(point, plan)
        sums[key] = sums.get(key, np.zeros_like(amounts)) + amounts
    by_group = [[key for key in costs if key[0] == i] for i in range(len(box.groups))]
    best = np.inf
    for chosen in product(*by_group):
        total = np.sum([sums[key] for key in chosen], axis=0)
        values = [amount / many if many else amount for amount, many in total]
        keeps = (
            promise.margin(np.array([value]))[0] >= 0
            for promise, value in zip(answer.promises, values, strict=True)
        )
        if all(keeps):
            best = min(best, sum(costs[key] for key in chosen))
    return answer.service.cost + best


if __name__ == "__main__":
    main()

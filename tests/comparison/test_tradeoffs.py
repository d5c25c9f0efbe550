"""What a better service costs: which plans others beat, and the price of an order avoided."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from govsim import language
from govsim.comparison.result import COMPARED, Comparison
from govsim.comparison.tradeoffs import EFFECTS, choice, dominated, steps, to_frame, trade_offs
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import ratio
from govsim.report.comparison_words import beaten_name
from govsim.runs.results import Result

ORDERS = Quantity("orders")
REPLICATIONS = 12
LUCK = np.random.default_rng(8).standard_normal((3, REPLICATIONS))


def plan(cost: float, orders: float, scene: float, noise: float = 1.0) -> Result:
    """A run of a year whose luck is that of all others, but for a little of its own."""
    own = np.random.default_rng(int(cost + 7 * orders)).standard_normal((3, REPLICATIONS))
    of = {
        "cost": cost + 5 * LUCK[0] + noise * own[0],
        "orders": orders + 5 * LUCK[1] + noise * own[1],
        "compliance_scene": scene + 0.01 * LUCK[2] + noise * 0.001 * own[2],
        "compliance_solve": np.full(REPLICATIONS, 0.5),
        "compliance_reply": np.full(REPLICATIONS, 0.5),
    }
    frames = [
        pd.DataFrame(
            {
                "replication": range(REPLICATIONS),
                "level": "district",
                "key": "",
                "measure": name,
                "value": values,
            }
        )
        for name, values in of.items()
    ]
    values = pd.concat(frames)
    found = SimpleNamespace(of_level=lambda _: values, per_draw=1, measured_days=365.0)
    return cast(Result, found)


def compared(**plans: Result) -> Comparison:
    return Comparison(
        tuple(plans),
        tuple(plans.values()),
        (REPLICATIONS,) * len(plans),
        next(iter(plans)),
        tuple(map(Quantity, COMPARED)),
        0.95,
    )


@pytest.fixture(scope="module")
def four() -> Comparison:
    """A baseline; one dearer and better; one dearer and no better; one cheaper and worse."""
    return compared(
        base=plan(1000, 500, 0.5),
        better=plan(2000, 400, 0.7),
        wasteful=plan(2500, 450, 0.6),
        thrift=plan(600, 700, 0.3),
    )


def by_plan(found: Comparison, effect: Quantity = ORDERS) -> dict[str, Any]:
    return {off.effect.plan: off for off in trade_offs(found) if off.effect.quantity == effect}


def test_the_price_of_an_order_avoided_is_more_cost_by_fewer_orders(four: Comparison) -> None:
    off = by_plan(four)["better"]
    assert off.kind == "buys"
    assert off.gained.mean == pytest.approx(100, abs=2)
    assert off.cost.paired.difference.mean == pytest.approx(1000, abs=2)
    assert off.price.mean == pytest.approx(off.cost.paired.difference.mean / off.gained.mean)
    assert off.price.low < 10 < off.price.high


def test_prices_hold_together_over_all_plans_and_effects(four: Comparison) -> None:
    cost, orders = four.values(Quantity("cost")), four.values(ORDERS)
    error = 0.05 / (3 * len(EFFECTS))
    known = ratio(cost["better"] - cost["base"], orders["base"] - orders["better"], 1 - error)
    found = by_plan(four)["better"].price
    assert (found.low, found.high) == pytest.approx((known.low, known.high))


def test_cheaper_and_worse_saves_money_for_each_order_more(four: Comparison) -> None:
    off = by_plan(four)["thrift"]
    assert off.kind == "saves"
    assert off.price.mean == pytest.approx(400 / 200, rel=0.05)


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (plan(900, 400, 0.7), "gain"),
        (plan(1100, 600, 0.3), "loss"),
        (plan(1000, 500, 0.5), "same"),
        (plan(2000, 500.2, 0.7), "unclear"),
    ],
    ids=["cheaper and better", "dearer and worse", "the same", "dearer, no telling"],
)
def test_each_plan_is_what_its_intervals_say(other: Result, kind: str) -> None:
    assert by_plan(compared(base=plan(1000, 500, 0.5), other=other))["other"].kind == kind


def test_an_effect_that_may_be_nothing_has_no_price() -> None:
    off = by_plan(compared(base=plan(1000, 500, 0.5), other=plan(2000, 499.9, 0.5)))["other"]
    assert off.kind == "unclear"
    assert np.isnan([off.price.mean, off.price.low, off.price.high]).all()


def test_a_plan_that_costs_more_and_brings_less_is_beaten(four: Comparison) -> None:
    beaten = {(one.plan, one.by): one.sure for one in dominated(four) if one.effect == ORDERS}
    assert beaten == {("wasteful", "better"): True}


def test_where_only_the_means_say_so_it_is_not_sure() -> None:
    found = compared(base=plan(1000, 500, 0.5, noise=40), other=plan(1001, 505, 0.5, noise=40))
    means = {q: found.values(q).mean() for q in (Quantity("cost"), ORDERS)}
    worse = "other" if means[ORDERS]["other"] > means[ORDERS]["base"] else "base"
    agrees = means[Quantity("cost")][worse] >= means[Quantity("cost")].min() and (
        means[Quantity("cost")].idxmax() == worse
    )
    beaten = [one for one in dominated(found) if one.effect == ORDERS]
    assert [(one.plan, one.sure) for one in beaten] == ([(worse, False)] if agrees else [])


def test_each_step_is_held_against_the_plan_before_it(four: Comparison) -> None:
    found = steps(four)
    assert [(one.effect.plan, one.effect.against) for one in found] == [
        ("base", "thrift"),
        ("better", "base"),
    ]
    assert found[0].price.mean == pytest.approx(2, rel=0.05)  # 400 yuan, 200 orders
    assert found[1].price.mean == pytest.approx(10, rel=0.05)  # 1,000 yuan, 100 orders


def test_the_table_has_a_row_for_each_plan_and_effect(four: Comparison) -> None:
    frame = to_frame(four).set_index(["effect", "plan"])
    assert len(frame) == 4 * len(EFFECTS)
    assert np.isnan(frame.loc[("orders", "base"), "price"])
    assert frame.loc[("orders", "wasteful"), "dominated_by"] == "better"
    assert frame.loc[("orders", "better"), "gained"] == pytest.approx(100, abs=2)


def test_plans_that_no_interval_tells_apart_are_not_distinguishable() -> None:
    language.use("en")
    one, other = plan(1000, 500, 0.4627, noise=5), plan(1002, 500, 0.4629, noise=5)
    found = compared(base=plan(3000, 900, 0.1), one=one, other=other)
    alike = [d for d in dominated(found) if {d.plan, d.by} == {"one", "other"}]
    assert "compliance_scene" in {d.effect.measure for d in alike}
    assert {beaten_name(found, d) for d in alike} == {"not distinguishable from B"}


def test_the_dearer_of_two_that_bring_the_same_is_dearer_not_worse() -> None:
    language.use("en")
    found = compared(base=plan(1000, 500, 0.5), other=plan(2000, 500, 0.5))
    reply = Quantity("compliance_reply")
    one = next(d for d in dominated(found) if d.effect == reply)
    assert (one.plan, beaten_name(found, one)) == ("other", "the same as A, dearer")


def test_the_choice_left_goes_along_the_plans_that_nothing_beats(four: Comparison) -> None:
    found = choice(four)
    assert [(cost.against, cost.plan) for cost, _ in found] == [
        ("thrift", "base"),
        ("base", "better"),
    ]
    cost, effects = found[1]
    assert cost.paired.difference.mean == pytest.approx(1000, abs=2)
    gained = {one.quantity.measure: one.paired.difference.mean for one in effects}
    assert gained["orders"] == pytest.approx(-100, abs=2)
    assert gained["compliance_scene"] == pytest.approx(0.2, abs=0.01)

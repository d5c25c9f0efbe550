"""Sensitivity agrees with published functions, and tells what matters from noise."""

from __future__ import annotations

import json
from math import pi

import numpy as np
import pandas as pd
import pytest
from places import ROOT, SCENARIOS, SHARED

from govsim.explanation.regression import APART, Selection, fall_after, simulated
from govsim.explanation.sensitivity import Answers, chance, conditions, elementary_effects, indices
from govsim.runs.ranges import changes, inputs
from govsim.runs.trials import plain
from govsim.scenarios.loading import load
from govsim.scenarios.schema import Scenario

PUBLISHED = SHARED / "validation" / "queueing-cases.json"
A, B = 7.0, 0.1


def ishigami(x):
    """Ishigami and Homma 1990, on positions from 0 to 1 in place of -π to π."""
    u = 2 * pi * x - pi
    return np.sin(u[:, 0]) + A * np.sin(u[:, 1]) ** 2 + B * u[:, 2] ** 4 * np.sin(u[:, 0])


def ishigami_in_closed_form():
    """First-order and total indices by the function's own decomposition of variance."""
    one, two = 0.5 * (1 + B * pi**4 / 5) ** 2, A**2 / 8
    both = B**2 * pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    return (one / whole, two / whole, 0.0), ((one + both) / whole, two / whole, both / whole)


@pytest.fixture(scope="module")
def pair():
    return tuple(load(SCENARIOS / name).scenario for name in ("tiandi-before.yaml", "tiandi.yaml"))


def test_ishigami_is_shared_out_as_published():
    first, total = ishigami_in_closed_form()
    if PUBLISHED.is_file():
        cases = {c["name"]: c for c in json.loads(PUBLISHED.read_text("utf-8"))["cases"]}
        expected = cases["sobol_ishigami"]["expected"]
        assert first == pytest.approx(expected["S1"], abs=1e-9)
        assert total == pytest.approx(expected["ST"], abs=1e-9)
    found = indices(ishigami, ["a", "b", "c"], 4096, 1, 0.95).set_index("input")
    for name, of_first, of_total in zip("abc", first, total, strict=True):
        assert found.loc[name, "S1"] == pytest.approx(of_first, abs=0.01)
        assert found.loc[name, "ST"] == pytest.approx(of_total, abs=0.01)


def test_intervals_of_indices_hold_the_truth():
    first, total = ishigami_in_closed_form()
    missed = 0
    for seed in range(20):
        found = indices(ishigami, ["a", "b", "c"], 256, seed, 0.95).set_index("input").loc[[*"abc"]]
        missed += (abs(found["S1"] - np.array(first)) > found["S1_conf"]).sum()
        missed += (abs(found["ST"] - np.array(total)) > found["ST_conf"]).sum()
    assert missed <= 15  # of 120; Sobol's sequence does better than the bootstrap believes


def test_a_straight_function_has_its_slopes_as_effects():
    slopes = np.array([3.0, -1.0, 0.0])
    found = elementary_effects(lambda x: x @ slopes, ["a", "b", "c"], 5, 1, 0.95)
    assert found["input"].tolist() == ["a", "b", "c"]
    assert found["mu_star"].tolist() == pytest.approx([3, 1, 0], abs=1e-12)
    assert found["mu"].tolist() == pytest.approx([3, -1, 0], abs=1e-12)
    assert found["sigma"].tolist() == pytest.approx([0, 0, 0], abs=1e-9)


def test_what_does_not_vary_has_no_shares():
    found = indices(lambda x: np.ones(len(x)), ["a", "b"], 8, 1, 0.95)
    assert (found[["S1", "ST"]] == 0).all(axis=None)


def test_samples_must_be_balanced():
    with pytest.raises(ValueError, match="power of 2"):
        indices(ishigami, ["a", "b", "c"], 100, 1, 0.95)


def test_noise_is_the_spread_of_answers_over_replications():
    rng = np.random.default_rng(1)
    before = np.full((4000, 4), 100.0)
    found = Answers(before, before * (0.5 + rng.normal(0, 0.02, before.shape)), relative=True)
    assert found.mean.std() == pytest.approx(found.noise, rel=0.05)
    assert found.noise == pytest.approx(0.01, rel=0.05)


def test_a_chance_has_the_exact_interval_of_a_count():
    never = chance(pd.Series(np.zeros(50)), -0.6, 0.95).iloc[0]
    assert (never["chance"], never["low"]) == (0, 0)
    assert never["high"] == pytest.approx(1 - 0.025 ** (1 / 50))
    rises = chance(pd.Series([0.1, 0.3, np.nan, 0.5]), 0.3, 0.95).iloc[0]
    assert (rises["reached"], rises["points"]) == (2, 3)


def test_only_what_brings_an_answer_about_is_a_condition_for_it(pair):
    some = [one for one in inputs(*pair) if "call_12345" in one.name or "patrol" in one.name]
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.random((400, len(some))), columns=[one.name for one in some])
    cause = next(one for one in some if one.name.endswith("with_station"))
    table["answer"] = table[cause.name] - 0.8
    found = conditions(table, some, -0.6, 0.99)
    assert found["input"].tolist() == [cause.name]
    row = found.iloc[0]
    assert (row["of"], row["points"]) == ("goal", (table["answer"] <= -0.6).sum())
    assert 0 <= row["from"] < row["reaching"] < row["to"] <= 0.2 < row["others"]
    rare = conditions(table.assign(answer=table["answer"] + 0.3), some, -0.6, 0.99).iloc[0]
    assert (rare["of"], rare["points"]) == ("nearest tenth", 40)


# ---------------------------------------------------------------- ranges


def with_inputs(scenario, which, some, position):
    tree = json.loads(plain(scenario))
    for path, value in changes(scenario, which, some, [position] * len(some)):
        part = tree
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value
    return Scenario.model_validate(tree)


def test_the_middle_of_all_ranges_is_the_scenario_itself(pair):
    some = inputs(*pair)
    for which, scenario in zip(("before", "after"), pair, strict=True):
        found = with_inputs(scenario, which, some, 0.5).model_dump()
        del found["evidence"]
        assert found == {k: v for k, v in scenario.model_dump().items() if k != "evidence"}


@pytest.mark.parametrize("position", [0.0, 0.2, 0.9, 1.0])
def test_anywhere_in_its_ranges_a_scenario_can_be_run(pair, position):
    some = inputs(*pair)
    for which, scenario in zip(("before", "after"), pair, strict=True):
        found = with_inputs(scenario, which, some, position)
        for mix in ("with_station", "without_station"):
            assert sum(getattr(c, mix) for c in found.channels.values()) == pytest.approx(1)


def test_an_input_that_differs_between_the_scenarios_is_set_in_each_alone(pair):
    names = [one.name for one in inputs(*pair)]
    assert {"policies.dispatch_delay [before]", "policies.dispatch_delay [after]"} <= {*names}
    assert "residents.escalation" in names
    assert len(names) == len(set(names))


# ---------------------------------------------------------------- a bad year


def test_the_worst_of_a_year_are_followed_into_the_next():
    first, second = np.array([5.0, 9.0, 7.0]), np.array([5.0, 6.0, 6.0])
    assert fall_after(first, second, 1) == pytest.approx(1 - 6 / 9)
    assert fall_after(first, second, 2) == pytest.approx(1 - 12 / 16)
    assert np.isnan(fall_after(np.zeros(3), second, 1))


def test_luck_that_does_not_come_twice_is_a_fall(pair):
    """Years of normal orders: the worst of 60 is 2.32 standard deviations above the mean."""
    mean, sd, rng = 500.0, 20.0, np.random.default_rng(5)

    def years(trials):
        """Orders in proportion to demand, and luck that is a year's own."""
        luck = {}
        for trial in trials:
            for year in trial.replications:
                luck.setdefault(year, rng.normal(mean, sd))
        level = pair[0].demand.level
        return [
            np.array([[luck[r] for r in t.replications]]) * json.loads(t.changes)[0][1] / level
            for t in trials
        ]

    selection = Selection(years=1000)
    found = simulated(pair[0], ROOT, 0, selection, 0.95, years).set_index(
        ["between", "years", "picked"]
    )
    alike = found.loc[(0.0, 0.0, 1)]
    above = 2.32 * sd  # expected maximum of 60 standard normal values, by tables
    assert alike["mean"] == pytest.approx(above / (mean + above), rel=0.1)
    assert alike["low"] < alike["mean"] < alike["high"]
    assert alike["variation"] == pytest.approx(sd / mean, rel=0.1)
    # Of two causes that add up, the second year keeps the share of the one that stays.
    apart = found.loc[(APART, 0.2, 1)]
    stays = APART**2 / (APART**2 + 0.2**2 + (sd / mean) ** 2)
    lost = (1 - stays) * 2.32 * np.sqrt(APART**2 + 0.2**2 + (sd / mean) ** 2)
    assert apart["mean"] == pytest.approx(1 - np.exp(-lost + 0.2**2 / 2), abs=0.05)

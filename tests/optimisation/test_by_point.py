"""Rosters of each point by itself: chosen as by enumeration, adding up, held on fresh demands."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from places import SCENARIOS
from rich.console import Console, RenderableType

import govsim
from govsim import language
from govsim.cli import cli
from govsim.errors import InputError
from govsim.evaluation.service import Service
from govsim.optimisation import by_point, search
from govsim.optimisation.asked import Wanted, asked_for
from govsim.optimisation.by_point import AnswerByPoint
from govsim.optimisation.choice import Columns, choose, nearest, undominated
from govsim.optimisation.result import FOUND, NONE, OUT_OF_REACH, Optimum
from govsim.report.optimum_tables import summary
from govsim.runs.executors import Serial
from govsim.runs.trials import Kept
from govsim.scenarios.loading import load

SMALL = (
    ("territory.grids.count", "220"),
    ("territory.workstations.count", "8"),
    ("territory.point_stations.count", "4"),
    ("territory.residents", "40000"),
    ("horizon", "3 weeks"),
    ("warm_up", "1 week"),
)
FIX = ("teams.grid_staff", "desk", "teams.urban_management", "teams.volunteers.roster.night")
TARGET = 0.21


@pytest.fixture(scope="module", autouse=True)
def _few_replications() -> Iterator[None]:
    """As of a district, whose plans are seen in two: nothing here rests on how many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_point, "MOST", 8)
        patch.setattr(by_point, "CHECKED", 1)
        patch.setattr(search, "FEWEST", 20)
        patch.setattr(by_point, "LEVEL", 1)
        yield


@lru_cache
def small() -> govsim.Loaded:
    return load(SCENARIOS / "jiangning.yaml", settings=SMALL)


@lru_cache
def answer() -> AnswerByPoint:
    wanted = Wanted(keep=(f"scene={TARGET}",), fix=FIX, each=True)
    made = AnswerByPoint(asked_for(Service(small(), executor=Serial()), wanted), Kept(), None)
    made.result = made.optimum()  # type: ignore[attr-defined]
    return made


def found() -> Optimum:
    result = answer().result  # type: ignore[attr-defined]
    assert isinstance(result, Optimum)
    return result


def shown(table: RenderableType) -> str:
    screen = Console(file=io.StringIO(), width=120)
    screen.print(table)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


# ---------------------------------------------------------------- choosing


@st.composite
def instances(draw: st.DrawFn) -> tuple[Columns, np.ndarray]:
    points, asked = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    sizes = [draw(st.integers(1, 4)) for _ in range(points)]
    whole = st.integers(0, 20)
    n = sum(sizes)
    cost = np.array(draw(st.lists(whole, min_size=n, max_size=n)), float)
    gains = np.array([draw(st.lists(whole, min_size=n, max_size=n)) for _ in range(asked)], float)
    needs = np.array([draw(st.integers(0, 15 * points)) for _ in range(asked)], float)
    return Columns(np.repeat(np.arange(points), sizes), cost, gains.T), needs


@given(instances())
def test_the_choice_is_the_cheapest_of_all_and_its_bound_holds(given_) -> None:
    columns, needs = given_
    rows = [np.flatnonzero(columns.point == p) for p in range(columns.point.max() + 1)]
    costs = [
        columns.cost[list(mix)].sum()
        for mix in product(*rows)
        if (columns.gains[list(mix)].sum(axis=0) >= needs).all()
    ]
    made = choose(columns, needs)
    if not costs:
        assert made is None
        near = nearest(columns, needs)
        assert [columns.point[row] for row in near.taken] == list(range(len(rows)))
        return
    assert made is not None
    assert [columns.point[row] for row in made.taken] == list(range(len(rows)))
    assert (columns.gains[made.taken].sum(axis=0) >= needs - 1e-6).all()
    assert made.cost == pytest.approx(min(costs), rel=2e-4)
    assert made.bound <= min(costs) + 1e-6
    assert (made.prices >= -1e-9).all()


def test_of_plans_that_are_alike_one_stays_and_none_that_another_beats() -> None:
    columns = Columns(
        np.array([0, 0, 0, 1]),
        np.array([3.0, 3.0, 4.0, 4.0]),
        np.array([[5.0], [5.0], [5.0], [1.0]]),
    )
    assert undominated(columns).tolist() == [True, False, False, True]


# ---------------------------------------------------------------- a small district


def test_a_point_keeps_what_it_keeps_whatever_the_others_do() -> None:
    """What plans seen everywhere say of a mix is what the mix does, but for what points share."""
    made = answer()
    assert made.checked_as is not None
    mix = made.checked_as.mix
    assert len(set(mix.values())) > 1
    asked = [("district", "", "compliance_scene")]
    numbers = range(made.seen.replications)
    (joint,) = made.service.each([made.points.frozen(mix)], numbers, asked)
    seen = zip(made.seen.points, made.seen.plans, strict=True)
    row = {plan: i for i, plan in enumerate(seen)}
    amounts = np.array(made.seen.amounts)
    kept, of = sum(amounts[row[made.seen.row[point], plan], 0] for point, plan in mix.items())
    # The mean of replications' shares, and the share of all their demands, are nearly the same.
    assert kept / of == pytest.approx(joint[:, 0].mean(), abs=0.001)


def test_the_plan_holds_on_fresh_replications_and_its_bound_is_below_it() -> None:
    optimum, made = found(), answer()
    assert optimum.verdict == FOUND
    row = optimum.promises.iloc[0]
    assert row["plan_low"] >= row["target"] == TARGET
    assert optimum.bound <= optimum.cost < optimum.manifest["cost_today"]
    assert made.seen.whole and len(made.seen.plans) == sum(
        len(group.points) * group.size for group in made.points.groups
    )
    service = made.service.with_pools(made.points.rosters(made.checked_as.mix))
    assert service.cost == pytest.approx(optimum.cost)
    rows = optimum.rosters
    assert (
        int(rows.groupby(["point", "team", "shift"])["number"].max().sum())
        == (optimum.manifest["heads"])
    )


def test_a_box_that_is_too_large_is_searched_in_small_steps(monkeypatch) -> None:
    monkeypatch.setattr("govsim.optimisation.seen.ENUMERATED", 4)
    by_steps = govsim.optimise(
        small(), keep=(f"scene={TARGET}",), fix=FIX, each_point=True, executor=Serial()
    )
    assert by_steps.verdict == FOUND
    assert np.isnan(by_steps.bound) and not by_steps.manifest["enumerated"]
    assert by_steps.cost <= 1.02 * found().cost
    assert by_steps.manifest["replications"] < found().manifest["replications"]


def test_what_no_rosters_keep_is_said() -> None:
    told = govsim.optimise(
        small(), keep=("scene=95%",), fix=FIX, each_point=True, executor=Serial()
    )
    assert told.verdict == OUT_OF_REACH
    fixed = (*FIX, "teams.volunteers", "teams.property_management.roster_at.workstation")
    told = govsim.optimise(
        small(),
        keep=(f"scene={TARGET}", "orders<=1"),
        fix=fixed,
        each_point=True,
        executor=Serial(),
    )
    assert told.verdict == NONE
    assert len(told.manifest["nearest"]["values"]) == 2


def test_what_cannot_be_asked_of_each_point_is_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        govsim.optimise(
            small(),
            keep=("satisfaction=80%",),
            budget=1e6,
            tries=("travel.turn_out=1 min:20000",),
            each_point=True,
            executor=Serial(),
        )
    text = str(told.value)
    assert "satisfaction" in text and "--budget" in text and "--try" in text


def test_the_command_shows_sums_and_writes_a_scenario_that_runs(tmp_path) -> None:
    for name in ("jiangning", "service"):
        shutil.copy(SCENARIOS / f"{name}.yaml", tmp_path)
    settings = [part for path, value in SMALL for part in ("--set", f"{path}={value}")]
    fixed = [part for path in FIX for part in ("--fix", path)]
    said = CliRunner().invoke(cli, [
        "optimise", str(tmp_path / "jiangning.yaml"), "--keep", f"scene={TARGET}", "--each-point",
        *settings, *fixed, "--out", str(tmp_path / "results"), "--lang", "zh",
        "--no-report", "--workers", "1",
    ])  # fmt: skip
    assert said.exit_code == 0, said.output
    assert "网格工作站：物业" in said.stdout
    language.use("en")
    assert "grid workstations: property" in shown(summary(found()))
    plan = load(tmp_path / "jiangning-plan.yaml")
    assert Service(plan, executor=Serial()).cost == pytest.approx(found().cost)

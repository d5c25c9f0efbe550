"""Inputs that are known by their posterior: which replication uses which, and what it does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from places import TEMPLATE

import govsim
from govsim.cli import cli
from govsim.errors import InputError
from govsim.measures.quantity import Quantity
from govsim.runs.results import open_run
from govsim.runs.uncertainty import PER_DRAW, components, find
from govsim.scenarios.loading import load

LEVELS = (0.5, 1.0, 2.0)


@pytest.fixture
def calibrated(tmp_path: Path) -> Path:
    """A calibrated scenario with three draws of the level of demand."""
    text = TEMPLATE.read_text(encoding="utf-8")
    (tmp_path / "given.yaml").write_text(text, encoding="utf-8")
    file = tmp_path / "fitted.yaml"
    file.write_text(
        "extends: given.yaml\nhorizon: 4 weeks\nwarm_up: 1 week\ndemand: {level: 1.0}\n", "utf-8"
    )
    draws = pd.DataFrame({"demand.level": [json.dumps(level) for level in LEVELS]})
    draws.to_parquet(tmp_path / "fitted.posterior.parquet")
    return file


def plan(calibrated: Path, name: str, text: str) -> Path:
    file = calibrated.with_name(name)
    file.write_text(f"extends: fitted.yaml\n{text}\n", encoding="utf-8")
    return file


def demands(result: govsim.Result) -> pd.Series:
    v = result.values
    mine = v[(v["level"] == "district") & (v["measure"] == "demands")]
    return mine.set_index("replication")["value"]


def test_a_replication_with_a_draw_is_the_one_with_that_input(calibrated):
    with_draws = demands(govsim.run(calibrated, replications=9, uncertainty="posterior"))
    assert len(with_draws) == 3 * PER_DRAW  # a draw that is begun is used as often as the others
    for draw, level in enumerate(LEVELS):
        plain = govsim.run(calibrated, replications=12, settings={"demand.level": str(level)})
        mine = slice(draw * PER_DRAW, (draw + 1) * PER_DRAW - 1)
        assert with_draws.loc[mine].equals(demands(plain).loc[mine])


def test_without_the_option_draws_change_nothing(calibrated, tmp_path):
    result = govsim.run(calibrated, replications=2, out=tmp_path / "a")
    calibrated.with_name("fitted.posterior.parquet").unlink()
    other = govsim.run(calibrated, replications=2, out=tmp_path / "b")
    assert result.folder.name == other.folder.name
    for file in result.folder.glob("*.parquet"):
        assert file.read_bytes() == (other.folder / file.name).read_bytes()


def test_other_draws_are_another_run(calibrated, tmp_path):
    def run():
        return govsim.run(calibrated, replications=4, uncertainty="posterior", out=tmp_path / "r")

    first, plain = run(), govsim.run(calibrated, replications=4, out=tmp_path / "r")
    draws = pd.DataFrame({"demand.level": ["0.75"]})
    draws.to_parquet(calibrated.with_name("fitted.posterior.parquet"))
    assert len({first.folder.name, plain.folder.name, run().folder.name}) == 3
    assert open_run(first.folder).per_draw == PER_DRAW


def test_plans_that_extend_the_calibrated_one_meet_the_same_draws(calibrated):
    same = plan(calibrated, "same.yaml", "label: {en: the same, zh: 相同}")
    found = govsim.compare([calibrated, same], replications=12, uncertainty="posterior")
    assert {d.verdict for d in found.differences} <= {"same", "too few", "no value"}
    split = found.components(Quantity("orders"), "same", "fitted")
    assert split.between == split.within == 0


def test_a_plan_keeps_what_it_sets_itself(calibrated):
    more = plan(calibrated, "more.yaml", "demand: {level: 3.0}\n")
    assert find(load(more)).paths == ()
    assert find(load(calibrated, settings={"demand.level": "3"})).paths == ()
    kept = demands(govsim.run(more, replications=4, uncertainty="posterior"))
    assert kept.equals(demands(govsim.run(more, replications=4)))


def test_draws_are_asked_for_where_there_are_none(tmp_path):
    with pytest.raises(InputError, match="govsim calibrate"):
        govsim.run(TEMPLATE, replications=4, uncertainty="posterior")


def test_a_precision_and_draws_exclude_each_other(calibrated):
    with pytest.raises(InputError, match="--replications"):
        govsim.run(calibrated, precision=0.1, uncertainty="posterior")


def test_an_input_that_is_not_in_the_scenario_is_told(calibrated):
    draws = pd.DataFrame({"demand.nothing.here": ["1"]})
    draws.to_parquet(calibrated.with_name("fitted.posterior.parquet"))
    with pytest.raises(InputError, match="nothing"):
        govsim.run(calibrated, replications=4, uncertainty="posterior")


def test_the_variance_is_split_as_by_hand():
    # Draws (1, 3) and (5, 7): means 2 and 6 with variance 8, and 2 within each; 8 - 2 / 2 = 7.
    split = components(np.array([1.0, 3.0, 5.0, 7.0]), 0.9, per_draw=2)
    assert (split.mean, split.draws) == (4.0, 2)
    assert split.within**2 == pytest.approx(2)
    assert split.between**2 == pytest.approx(7)
    assert split.share == pytest.approx(7 / 9)


def test_the_inputs_part_does_not_shrink_with_replications_and_covers_as_it_says():
    rng = np.random.default_rng(5)
    # 4,000 draws: the standard error of a standard deviation is about 1%.
    inputs = 10 + 2 * rng.standard_normal(4000)
    split = components((inputs[:, None] + 3 * rng.standard_normal((4000, 4))).ravel(), 0.9)
    assert split.between == pytest.approx(2, rel=0.06)
    assert split.within == pytest.approx(3, rel=0.06)
    inside = ((inputs > split.low) & (inputs < split.high)).mean()
    assert inside == pytest.approx(0.9, abs=0.03)


def test_the_intervals_of_a_run_are_those_of_its_draws(calibrated):
    found = govsim.run(calibrated, replications=12, uncertainty="posterior")
    of_draws = demands(found).groupby(np.arange(12) // PER_DRAW).mean()
    shown = found.get("demands")
    assert shown.n == 3
    assert shown.mean == pytest.approx(of_draws.mean())
    half = 4.302653 * of_draws.std() / 3**0.5  # Student's t, 97.5%, 2 degrees of freedom
    assert shown.high == pytest.approx(of_draws.mean() + half)


@pytest.mark.slow
def test_the_table_stands_on_the_screen_and_in_the_report(calibrated, tmp_path):
    other = plan(calibrated, "other.yaml", "promises: {made: false}")

    def said(*arguments: object) -> str:
        given = ["--uncertainty", "posterior", "-n", "12", "--out", str(tmp_path / "r")]
        done = CliRunner().invoke(cli, [*map(str, arguments), *given])
        assert done.exit_code == 0, done.output
        return done.stdout

    ran = json.loads(said("run", calibrated, "--json", "--no-report", "--lang", "en"))
    levels = {row["measure"]: row for row in ran["uncertainty"]}
    # Twice and half the demand matter more to orders than luck does.
    assert levels["orders"]["share"] > 0.5
    compared = "compare", calibrated, other
    assert "from the inputs" in said(*compared, "--no-report", "--lang", "en")
    assert "投入参数" in said(*compared, "--lang", "zh")
    (written,) = (tmp_path / "r").rglob("report*.html")
    assert "投入参数" in written.read_text(encoding="utf-8")

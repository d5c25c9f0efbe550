"""The file that a calibration writes: an earlier one is never lost without a word."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from places import TEMPLATE

from govsim import language
from govsim.calibration import predictive_checks, scenario_file
from govsim.calibration.direct import Estimate
from govsim.calibration.inference import prior
from govsim.calibration.inference.posterior import Posterior
from govsim.cli import cli
from govsim.runs.uncertainty import SUFFIX
from govsim.scenarios.loading import load


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def fitted(loaded, at: float) -> Posterior:
    """A posterior whose draws all say the same; `at` is a score of the prior, 0 its median."""
    inputs = tuple(prior.find(loaded.scenario, ["demand.level=0.5..3"]))
    return Posterior(inputs, np.full((20, 1), at), 0.5, ())


def written(place: Path, at: float, replace: bool = False) -> scenario_file.Written:
    loaded = load(place)
    days = list(loaded.scenario.demand.weekdays)
    found = Estimate(("demand", "weekdays"), days, days, days)
    return scenario_file.write(
        loaded, [found], fitted(loaded, at), "fitted to 3 work orders", replace
    )


def everything(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture
def place(tmp_path) -> Path:
    return Path(shutil.copy(TEMPLATE, tmp_path / "place.yaml"))


def test_another_calibration_leaves_an_earlier_one_as_it_was(place):
    first = written(place, 0.0)
    assert first.file.name == "place-calibrated.yaml" and not first.earlier
    before = everything(place.parent)
    second = written(place, 1.0)
    assert second.file.name == "place-calibrated-2.yaml"
    assert second.earlier == (first.file,)
    after = everything(place.parent)
    assert {name: after[name] for name in before} == before
    levels = [load(one.file).scenario.demand.level for one in (first, second)]
    assert levels[0] < levels[1]
    assert second.file.with_name("place-calibrated-2" + SUFFIX).exists()


def test_what_was_changed_by_hand_stays(place):
    first = written(place, 0.0)
    own = first.file.read_text(encoding="utf-8") + "# agreed with the hotline\n"
    first.file.write_text(own, encoding="utf-8")
    second = written(place, 0.0)
    assert second.file != first.file
    assert first.file.read_text(encoding="utf-8") == own


def test_the_same_calibration_writes_the_same_file_again(place):
    one, again = written(place, 0.0), written(place, 0.0)
    assert again == one
    second, third = written(place, 1.0), written(place, 1.0)
    assert second.file == third.file != one.file


def test_whoever_asks_for_it_replaces_the_earlier_one(place):
    first = written(place, 0.0)
    before = load(first.file).scenario.demand.level
    second = written(place, 1.0, replace=True)
    assert second == first
    assert load(second.file).scenario.demand.level > before


@pytest.mark.slow
def test_the_command_says_that_it_left_an_earlier_file(place, monkeypatch):
    monkeypatch.setattr(predictive_checks, "DRAWS", 5)  # nothing is asked of what they show
    folder, earlier = place.parent, place.with_name("place-calibrated.yaml")
    earlier.write_text("extends: place.yaml\n", encoding="utf-8")
    orders, out = folder / "orders.csv", folder / "results"
    plan = ["--set", "horizon=10 weeks", "--set", "warm_up=1 week", "--lang", "en"]
    runner = CliRunner()
    made = runner.invoke(cli, ["synth", str(place), "--out", str(orders), *plan])
    assert made.exit_code == 0, made.output
    asked = ["calibrate", str(place), "--orders", str(orders), "--out", str(out), "--no-report"]
    asked += ["--holdout", "0w", "--points", "60", "--latent", "demand.level"]
    asked += ["--set", "warm_up=1 week", "--lang", "en"]
    done = runner.invoke(cli, asked)
    assert done.exit_code == 0, done.output
    assert earlier.read_text(encoding="utf-8") == "extends: place.yaml\n"
    said = done.output.replace("\n", "")
    assert "place-calibrated-2.yaml" in said
    assert f"{earlier} was there already" in said
    done = runner.invoke(cli, [*asked, "--force"])
    assert done.exit_code == 0, done.output
    assert "was there already" not in done.output
    assert "calibrated" in load(earlier).scenario.evidence["demand.level"].evidence

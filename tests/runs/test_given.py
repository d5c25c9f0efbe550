"""What is given beside a scenario is checked at one door, whichever command it is given to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from places import TEMPLATE
from short_runs import SHORT

import govsim
from govsim.comparison.sweep import sweep
from govsim.errors import InputError
from govsim.runs.given import opened, with_seed
from govsim.runs.tasks import runs
from govsim.scenarios.loading import load
from govsim.scenarios.schema import SEEDS

DOORS = {
    "run": lambda **given: govsim.run(TEMPLATE, replications=1, settings=SHORT, **given),
    "compare": lambda **given: govsim.compare(
        [TEMPLATE, Path(TEMPLATE).parent / "nowhere.yaml"], settings=SHORT, **given
    ),
    "sweep": lambda **given: sweep(
        TEMPLATE, {"population": ["1000"]}, replications=1, settings=SHORT, **given
    ),
    "explain": lambda **given: govsim.explain(TEMPLATE, TEMPLATE, settings=SHORT, **given),
}


@pytest.mark.parametrize("seed", ["abc", "3", -3, 1.5, SEEDS, True, float("nan")])
@pytest.mark.parametrize("door", DOORS)
def test_a_seed_that_is_none_is_refused_at_every_door(door, seed):
    with pytest.raises(InputError) as refused:
        DOORS[door](seed=seed)
    said = [problem for problem in refused.value.problems if problem.file == "--seed"]
    assert said and all(f"not {seed}" in problem.message for problem in said)


def test_a_seed_of_numpy_is_kept_as_a_whole_number_of_python():
    seed = with_seed(load(TEMPLATE), np.int64(7)).scenario.seed  # type: ignore[arg-type]
    assert (seed, type(seed)) == (7, int)


def test_a_scenario_in_memory_takes_no_settings_of_a_file():
    with pytest.raises(ValueError, match="go with a file"):
        opened(load(TEMPLATE), settings=SHORT)


def test_a_misspelt_engine_is_refused_with_what_was_meant():
    with pytest.raises(InputError, match="unknown engine “simplpy”") as refused:
        govsim.run(TEMPLATE, replications=1, settings=SHORT, engine="simplpy")  # type: ignore[arg-type]
    assert refused.value.problems[0].suggestion == "simpy"
    with pytest.raises(ValueError, match="simplpy"):
        runs("simplpy")  # type: ignore[arg-type]


@pytest.mark.parametrize("replications", [2.5, "3", True])
def test_replications_are_whole_numbers(replications):
    with pytest.raises(InputError, match="whole numbers"):
        govsim.run(TEMPLATE, settings=SHORT, replications=replications)


def test_a_measure_that_is_none_is_told_in_the_same_words_by_all():
    said = []
    for ask in (
        lambda: govsim.run(TEMPLATE, settings=SHORT, precision=0.05, on=["ordrs"]),
        lambda: govsim.compare([TEMPLATE, TEMPLATE], on=["ordrs"]),
        lambda: govsim.explain(TEMPLATE, TEMPLATE, measure="ordrs"),
    ):
        with pytest.raises(InputError) as refused:
            ask()
        said += [
            (problem.message, problem.suggestion)
            for problem in refused.value.problems
            if "measure" in problem.message
        ]
    assert said == 3 * [("unknown measure “ordrs”", "orders")]

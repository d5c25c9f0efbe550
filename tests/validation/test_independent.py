"""The second programs agree with the model, and would tell if it were wrong.

All of them in full are run by ``govsim validate-model``; here with fewer replications, fixed
seeds, and a bound that correct programs pass together with more than 999 in 1000.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
import simpy
from click.testing import CliRunner
from places import SCENARIOS

from govsim.validation.closed_forms import family_wise_z
from govsim.validation.independent import (
    calls,
    checking,
    counts,
    impatience,
    meetings,
    nearby,
    rounds,
)
from govsim.validation.independent.checking import Check, two_samples
from govsim.validation.independent.checks import CHECKS
from govsim.validation.independent.people import People, next_open
from govsim.validation.report import kept_part, with_kept_part
from govsim.validation.running import Finding

FOLDER = SCENARIOS / "independent"
FALSE_ALARM = 0.0009


def _check(name: str, block: str = "") -> Check:
    return next(c for c in CHECKS if (c.name, c.block) == (name, block))


# ------------------------------------------------------------------ what programs share


def test_two_samples_are_compared_as_welch_did():
    # By hand: means 2 and 5, variances 1 and 4 of 3 values each: t = 3 / sqrt(5/3) = 2.3238
    # with (5/3)^2 / ((1/9 + 16/9) / 2) = 2.9412 degrees; a tail of 0.0522, as a normal 1.624.
    known, simulated, se, z = two_samples([1, 2, 3], [3, 5, 7])
    assert (known, simulated) == (2, 5)
    assert se == pytest.approx((5 / 3) ** 0.5)
    assert z == pytest.approx(1.624, abs=2e-3)


def test_numbers_without_chance_must_be_the_same():
    assert two_samples([0.1 + 0.2, 0.3], [0.3, 0.3])[2:] == (0, 0)
    assert two_samples([1.0, 1.0], [1.1, 1.1])[3] == np.inf


def test_a_pair_is_waited_for_by_all_behind_it():
    env = simpy.Environment()
    people = People(env, 3)
    began: list[tuple[str, float]] = []

    def job(name: str, at: float, need: int, urgency: int = 2):
        yield env.timeout(at)
        yield people.ask(need, urgency)
        began.append((name, env.now))
        yield env.timeout(10)
        people.done(need)

    for one in (("two", 0, 2), ("pair", 1, 2), ("single", 2, 1), ("urgent", 3, 1, 0)):
        env.process(job(*one))
    env.run()
    people.count()
    # The urgent one needs one of three, and goes before the pair that blocks the single.
    assert began == [("two", 0), ("urgent", 3), ("pair", 10), ("single", 13)]
    assert (people.worked, people.waited) == (60, 9 + 11 + 0)


def test_who_comes_after_closing_comes_again_on_the_next_open_day():
    hours = (9, 17)
    assert next_open(10.5, hours) == 10.5
    assert next_open(8, hours) == 9
    assert next_open(17, hours) == 24 + 9
    assert next_open(17, hours, lambda day: day != 1) == 48 + 9


# ------------------------------------------------------------------ the programs


@cache
def _found(place: int) -> list[Finding]:
    """Findings of one check; two tests look at them."""
    *_, found = checking.run(CHECKS[place], FOLDER, 4)
    return found or []


@pytest.mark.slow
@pytest.mark.parametrize(
    "place", range(len(CHECKS)), ids=[f"{c.name} {c.block}".strip() for c in CHECKS]
)
def test_both_programs_tell_the_same_things(place: int):
    found = _found(place)
    assert found
    assert all(np.isfinite([f.expected, f.simulated]).all() for f in found)


def test_each_kind_of_scenario_beside_the_textbook_is_checked():
    assert {c.file for c in CHECKS} == {f.name for f in FOLDER.glob("*.yaml")}


def test_a_program_that_answers_from_a_letter_box_is_told():
    check = _check("opening_hours")

    def wrong(rng: np.random.Generator) -> dict[str, float]:
        return check.program(rng) | {"letter_box: answered": 0.48 + 0.01 * rng.random()}

    *_, found = checking.run(replace(check, program=wrong), FOLDER, 4)
    assert found is not None
    assert [f.quantity for f in found if not f.agrees(3.5)] == ["letter_box: answered"]


WRONG: tuple[tuple[str, Callable[..., dict[str, float]], int], ...] = (
    ("patience", partial(impatience.program, rules=impatience.Rules(promised=False)), 6),
    ("patrol", partial(rounds.patrol, minutes_a_grid=50), 6),
    ("repeats", partial(calls.repeats, via="centre"), 6),
    ("neighbours", partial(nearby.neighbours, within=0), 6),
    ("departments", partial(meetings.department, crews=None), 20),
    ("joint_meeting", partial(meetings.meeting, cases=9), 60),
    ("dispersion", partial(counts.dispersion, k=8, one_for_all=True), 40),
)


@pytest.mark.parametrize(("name", "program", "replications"), WRONG, ids=[w[0] for w in WRONG])
def test_a_program_of_another_service_is_told(
    name: str, program: Callable[..., dict[str, float]], replications: int
):
    *_, found = checking.run(replace(_check(name), program=program), FOLDER, replications)
    assert found is not None
    assert max(abs(f.z) for f in found) > family_wise_z(len(found), FALSE_ALARM)


@pytest.mark.slow
@pytest.mark.statistics
def test_both_programs_agree():
    findings = [one for place in range(len(CHECKS)) for one in _found(place)]
    limit = family_wise_z(len(findings), FALSE_ALARM)
    assert [(f.case, f.quantity, f.z) for f in findings if not f.agrees(limit)] == []


def test_the_command_lists_and_runs_them(tmp_path: Path):
    from govsim.cli import cli

    page = tmp_path / "page.md"
    page.write_text(with_kept_part("old", "measured otherwise"), encoding="utf-8")
    done = CliRunner().invoke(
        cli, ["validate-model", "opening_hours", "-n", "2", "--write", str(page)]
    )
    assert "Traceback" not in done.output
    assert "opening.program" in page.read_text("utf-8")
    assert kept_part(page.read_text("utf-8")) == "measured otherwise"

"""The shared cases of scenarios that failed, each with the right answer of their README."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from click.testing import CliRunner
from places import SCENARIOS, SHARED

import govsim
from govsim.cli import cli
from govsim.cli.options import WRONG_INPUT
from govsim.runs.tasks import Engine

CASES = SHARED / "cases" / "scenarios"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not there")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cases beside the project's scenarios, as they say that they stand."""
    shutil.copytree(SCENARIOS, tmp_path, dirs_exist_ok=True)
    for file in CASES.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def validated(name: str) -> tuple[int, str]:
    said = CliRunner().invoke(cli, ["validate", name])
    return said.exit_code, said.output


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "place", "found", "allowed"),
    [
        ("crash-bool.yaml", "crash-bool.yaml:3: x: ", "maybe", "true or false"),
        ("crash-roster.yaml", "crash-roster.yaml:3: centre.roster.day: ", "9" * 20, "1000000"),
        (
            "crash-sigma.yaml",
            "crash-sigma.yaml:3: demand.categories.noise.work.lognormal: ",
            "1000",
            "from 0 to 5",
        ),
        ("hang-level.yaml", "hang-level.yaml:3: demand.level: ", "1e30", "1000"),
        ("zero_residents.yaml", "zero_residents.yaml:6: territory.grids", "nobody lives", "one"),
    ],
)
def test_it_is_refused_with_its_line_what_was_found_and_what_is_allowed(
    name: str, place: str, found: str, allowed: str
) -> None:
    code, said = validated(name)
    assert code == WRONG_INPUT
    (line,) = said.splitlines()
    assert line.startswith(place)
    assert found in line.replace(",", "").replace("1e+30", "1e30")
    assert allowed in line.replace(",", "")


@pytest.mark.usefixtures("here")
def test_one_team_keeps_as_few_promises_as_the_district() -> None:
    result = govsim.run("survivors.yaml")
    team = result.get("compliance_scene", "team", "team").mean
    assert team == result.get("compliance_scene").mean
    assert round(100 * team, 1) == 6.7
    # Who still waits counts with the wait so far: 20 a day, 30 h of work each, a day in all.
    assert result.get("waiting_minutes_mean", "team", "team").mean > 600


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("engine", get_args(Engine))
def test_the_shift_of_the_eve_has_the_people_of_the_eve(tmp_path: Path, engine: Engine) -> None:
    """From 0 to 6 h nobody is there: who reports waits until 6, for three hours on average."""
    short = (("horizon", "1 day"), ("replications", "8"))
    result = govsim.run(
        "eve_shift.yaml", settings=short, out=tmp_path / "r", keep_orders=True, engine=engine
    )
    assert result.folder is not None
    orders = pd.read_parquet(result.folder / "orders.parquet")
    early = orders[orders["reported"] < "2025-10-13 06:00"]
    waits = (early["scene"] - early["reported"]).dt.total_seconds() / 60
    assert len(early) > 400
    # Evenly spread over 360 min: a standard deviation of 104 min, of their mean about 5.
    assert waits.mean() == pytest.approx(180, abs=15)
    assert early["scene"].min() >= pd.Timestamp("2025-10-13 06:00")


@pytest.mark.usefixtures("here")
def test_a_year_that_no_list_of_holidays_holds_is_told() -> None:
    code, said = validated("next_year.yaml")
    assert code == 0
    assert "next_year.yaml:7: calendar.holidays: No official holidays are known for 2027" in said
    result = govsim.run("next_year.yaml", replications=1)
    assert any("2027" in text for text in (*result.warnings, *result.notes))


@pytest.mark.usefixtures("here")
def test_who_is_sent_on_to_a_channel_that_answers_nobody_is_not_answered(tmp_path: Path) -> None:
    days = (("horizon", "20 days"),)
    result = govsim.run(
        "closed-channel-answers.yaml",
        settings=days,
        replications=1,
        out=tmp_path / "r",
        keep_orders=True,
    )
    assert result.folder is not None
    orders = pd.read_parquet(result.folder / "orders.parquet")
    answered = orders["dispatched"].isna().groupby(orders["channel"].astype(str)).mean()
    assert answered["box"] == 0
    assert answered["walk_in"] == pytest.approx(0.5, abs=0.1)  # of some 380
    night = ~orders["reported"].dt.hour.between(8, 17)
    assert (orders.loc[night, "channel"] == "box").all()

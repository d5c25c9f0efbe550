"""A row of a table of rosters changes what it names; who is left without people is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand import PLAIN, merge

from govsim.checks.offered_load import load_report
from govsim.scenarios.findings import Finding
from govsim.scenarios.quantities import DAY, HOUR
from govsim.scenarios.schema import Scenario
from govsim.scenarios.staffing import Row, with_rows
from govsim.service.network import Network, build

SHIFTS = {"day": "08:00-20:00", "night": "20:00-08:00"}
ON_MONDAY, ON_SATURDAY = 0, 5
"""Days of the run, which begins on a Monday."""


def laid_out(folder: Path, rows: str = "", **changes: Any) -> Network:
    """Two weeks of a station with a desk and a team, and a table of rosters."""
    territory: dict[str, Any] = {"residents": 1000}
    if rows:
        (folder / "rosters.csv").write_text("点站,队伍,班次,日期类型,人数\n" + rows, "utf-8")
        territory["rosters"] = {"table": "rosters.csv"}
    roster = {"roster": {"=": {"day": 3, "night": 1}}}
    base = {
        "horizon": "2 weeks",
        "demand": {"level": 0.01},
        "calendar": {"shifts": {"=": SHIFTS}},
        "territory": territory,
        "teams": {"staff": roster},
        "desk": {"enabled": True, "rosters": {"=": {"point_station": {"day": 2}}}},
    }
    return build(Scenario.model_validate(merge(merge(PLAIN, base), changes)), folder)


def on_duty(network: Network, name: str, day: int, hour: int) -> int:
    (pool,) = [p for p in network.pools if p.name == name]
    return int(network.timelines[pool.timeline].at(np.array([day * DAY + hour * HOUR]))[0])


def told(network: Network) -> list[tuple[str, str]]:
    found: list[Finding] = load_report(network)
    return [(".".join(map(str, f.path)), f.message) for f in found]


def test_a_weekend_row_leaves_the_working_days_and_the_night_as_they_were(tmp_path: Path) -> None:
    network = laid_out(tmp_path, "点站,staff,day,周末,5\n")
    assert on_duty(network, "staff", ON_MONDAY, 10) == 3
    assert on_duty(network, "staff", ON_SATURDAY, 10) == 5
    assert on_duty(network, "staff", ON_SATURDAY, 23) == on_duty(network, "staff", 0, 23) == 1
    assert told(network) == []


def test_a_row_for_all_days_leaves_the_other_shift_as_it_was(tmp_path: Path) -> None:
    weekday = {"teams": {"staff": {"roster": {"=": {"day": {"workday": 3}, "night": 1}}}}}
    network = laid_out(tmp_path, "点站,staff,day,,4\n", **weekday)
    assert [on_duty(network, "staff", d, 10) for d in (ON_MONDAY, ON_SATURDAY)] == [4, 4]
    assert on_duty(network, "staff", ON_MONDAY, 22) == 1


def test_rows_of_a_desk_change_what_they_name_too(tmp_path: Path) -> None:
    network = laid_out(tmp_path, "点站,desk,night,周末,1\n")
    assert on_duty(network, "desk", ON_MONDAY, 10) == on_duty(network, "desk", 5, 10) == 2
    assert [on_duty(network, "desk", d, 21) for d in (ON_MONDAY, ON_SATURDAY)] == [0, 1]


def test_a_row_of_the_point_goes_over_one_of_its_kind_in_what_it_names(tmp_path: Path) -> None:
    rows = "P0001,staff,day,周末,7\n点站,staff,day,,5\n点站,staff,night,,2\n"
    point = laid_out(tmp_path).territory.points["point"].iloc[0]
    network = laid_out(tmp_path, rows.replace("P0001", point))
    assert [on_duty(network, "staff", d, 10) for d in (ON_MONDAY, ON_SATURDAY)] == [5, 7]
    assert [on_duty(network, "staff", d, 22) for d in (ON_MONDAY, ON_SATURDAY)] == [2, 2]


def test_a_shift_that_a_table_gives_to_some_days_has_nobody_on_the_others() -> None:
    assert with_rows(None, [Row("day", "weekend", 2)]) == {
        "day": {"workday": 0, "weekend": 2, "holiday": 0}
    }
    roster = {"day": {"workday": 1}}
    assert with_rows(roster, [Row("day", "holiday", 4)]) == {
        "day": {"workday": 1, "weekend": 0, "holiday": 4}
    }
    assert roster == {"day": {"workday": 1}}  # the scenario's own stays untouched


def test_a_team_that_only_a_table_puts_there_on_weekends_is_told(tmp_path: Path) -> None:
    own = {"teams": {"staff": {"at": ["workstation"]}}, "desk": {"enabled": False}}
    ((path, text),) = told(laid_out(tmp_path, "点站,staff,day,周末,5\n", **own))
    assert path == "territory.rosters.table"
    assert text.startswith("on working days nobody of “staff” is on duty at 1 of 1 point stations")


def test_a_team_that_a_table_empties_on_some_days_or_all_is_told(tmp_path: Path) -> None:
    rows = "点站,staff,day,工作日,0\n点站,staff,night,工作日,0\n"
    ((_, text),) = told(laid_out(tmp_path, rows, desk={"enabled": False}))
    assert "on working days nobody" in text
    both = told(laid_out(tmp_path, "点站,desk,day,,0\n"))
    assert any("on working days, weekends nobody of “desk”" in text for _, text in both)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"teams": {"staff": {"roster": {"=": {"day": {"workday": 2}}}}}}, "teams.staff.roster"),
        (
            {"teams": {"staff": {"roster_at": {"point_station": {"day": {"weekend": 0}}}}}},
            "teams.staff.roster_at.point_station",
        ),
        (
            {"desk": {"rosters": {"point_station": {"=": {"day": {"workday": 1}}}}}},
            "desk.rosters.point_station",
        ),
        ({"centre": {"enabled": True, "roster": {"day": {"workday": 1}}}}, "centre.roster"),
    ],
    ids=["team", "kind of point", "desk", "centre"],
)
def test_a_roster_of_the_scenario_that_leaves_days_without_people_is_told(
    tmp_path: Path, changes: dict[str, Any], path: str
) -> None:
    ours = [text for where, text in told(laid_out(tmp_path, **changes)) if where == path]
    if "roster_at" in path:  # nobody on any day, which the checks of the scenario tell
        assert not any(text.startswith("on ") for text in ours)
    else:
        assert any("weekends" in text and "holidays" not in text for text in ours)

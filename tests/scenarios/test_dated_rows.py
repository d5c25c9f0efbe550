"""Rows of a table of rosters that hold from a day to a day: absences, holidays, closed points."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hand import PLAIN, merge

from govsim.checks.offered_load import load_report
from govsim.checks.staffed import Staffed
from govsim.errors import InputError
from govsim.scenarios.checks import check
from govsim.scenarios.quantities import DAY, HOUR
from govsim.scenarios.schema import Scenario
from govsim.service.network import Network, build

HEAD = "点站,队伍,班次,日期类型,人数,从,至\n"


def scenario(table: str, **changes: Any) -> Scenario:
    """Two weeks from Monday, 3 March 2025, at a station with a team and a desk."""
    base = {
        "horizon": "2 weeks",
        "demand": {"level": 0.01},
        "calendar": {"shifts": {"=": {"day": "08:00-20:00", "night": "20:00-08:00"}}},
        "territory": {"residents": 1000, "rosters": {"table": table}},
        "teams": {
            "staff": {"label": {"zh": "网格员"}, "roster": {"=": {"day": 3, "night": 1}}},
        },
        "desk": {"enabled": True, "rosters": {"=": {"point_station": {"day": 2}}}},
    }
    return Scenario.model_validate(merge(merge(PLAIN, base), changes))


def laid_out(folder: Path, text: str, **changes: Any) -> Network:
    (folder / "rosters.csv").write_text(text, "utf-8")
    return build(scenario("rosters.csv", **changes), folder)


def by_day(network: Network, name: str = "staff", hour: int = 12) -> list[int]:
    (pool,) = [p for p in network.pools if p.name == name]
    at = np.arange(14) * DAY + hour * HOUR
    return [int(n) for n in network.timelines[pool.timeline].at(at)]


def wrong(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        laid_out(folder, text)
    return [f"{Path(p.file).name}:{p.line}: {p.message}" for p in caught.value.problems]


def test_a_row_with_days_holds_from_the_first_to_the_last_and_no_longer(tmp_path: Path) -> None:
    network = laid_out(tmp_path, HEAD + "点站,网格员,白班,,1,2025-03-05,2025-03-07\n")
    assert by_day(network) == [3, 3, 1, 1, 1, *[3] * 9]
    assert by_day(network, hour=22) == [1] * 14


def test_it_is_the_same_as_a_change_in_the_scenario(tmp_path: Path) -> None:
    one = laid_out(tmp_path, HEAD + "点站,staff,night,周末,4,2025-03-04,2025-03-09\n")
    other = {"first_day": "2025-03-04", "last_day": "2025-03-09", "at": ["point_station"]}
    feast = other | {"team": "staff", "roster": {"night": {"weekend": 4}}}
    rows = {"territory": {"rosters": None}, "changes": {"feast": feast}}
    for mine, theirs in zip(one.timelines, build(scenario("", **rows)).timelines, strict=True):
        assert mine.times.tolist() == theirs.times.tolist()
        assert mine.available.tolist() == theirs.available.tolist()
    assert by_day(one, hour=22) == [1, 1, 1, 1, 1, 4, 4, *[1] * 7]


@pytest.mark.parametrize(
    ("days", "holds"),
    [
        (",2025/3/4", [1, 1, *[3] * 12]),
        ("2025年3月14日,", [*[3] * 11, 1, 1, 1]),
        ("2025.03.03,20250303", [1, *[3] * 13]),
        ("2025-03-03 00:00:00,２０２５－０３－０４", [1, 1, *[3] * 12]),
        (",", [1] * 14),
    ],
)
def test_days_as_offices_write_them_and_one_side_may_be_open(
    tmp_path: Path, days: str, holds: list[int]
) -> None:
    assert by_day(laid_out(tmp_path, HEAD + f"点站,staff,day,,1,{days}\n")) == holds


def test_cells_of_a_workbook_that_are_days_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["station", "team", "shift", "number", "from", "to"],
        ["point station", "desk", "day", 0, date(2025, 3, 4), datetime(2025, 3, 5)],
        ["point station", "staff", "day", 5, None, None],
    ):
        book.active.append(row)
    book.save(tmp_path / "rosters.xlsx")
    network = build(scenario("rosters.xlsx"), tmp_path)
    assert by_day(network, "desk") == [2, 0, 0, *[2] * 11]
    assert by_day(network) == [5] * 14


def test_a_row_with_days_goes_over_the_rows_that_always_hold(tmp_path: Path) -> None:
    rows = "点站,staff,day,,5,,\n点站,staff,day,,1,2025-03-04,2025-03-04\n"
    assert by_day(laid_out(tmp_path, HEAD + rows)) == [5, 1, *[5] * 12]


def test_a_change_for_a_point_itself_goes_over_a_row_for_its_kind(tmp_path: Path) -> None:
    (name,) = build(scenario("", territory={"rosters": None})).territory.points["point"]
    days = {"first_day": "2025-03-04", "last_day": "2025-03-06", "team": "staff"}
    one = {"one": days | {"at": [name], "roster": {"day": 7}}}
    rows = "点站,staff,day,,1,2025-03-03,2025-03-05\n"
    assert by_day(laid_out(tmp_path, HEAD + rows, changes=one)) == [1, 7, 7, 7, *[3] * 10]
    kind = {"kind": days | {"at": ["point_station"], "roster": {"day": 7}}}
    assert by_day(laid_out(tmp_path, HEAD + rows, changes=kind)) == [1, 1, 1, 7, *[3] * 10]
    rows = rows.replace("点站", str(name))
    assert by_day(laid_out(tmp_path, HEAD + rows, changes=one)) == [1, 1, 1, 7, *[3] * 10]


def test_a_closed_point_has_nobody_on_its_days(tmp_path: Path) -> None:
    head = "点站,队伍,班次,人数,从,至,关闭\n"
    network = laid_out(tmp_path, head + "点站,,,,2025-03-05,2025-03-06,是\n点站,staff,day,4,,,\n")
    assert by_day(network) == [4, 4, 0, 0, *[4] * 10]
    assert by_day(network, "desk") == [2, 2, 0, 0, *[2] * 10]
    assert [spell.days for spell in network.changes.spells] == [(2, 3)]
    (found,) = load_report(network)
    assert ".".join(map(str, found.path)) == "territory.rosters.table"
    assert found.severity == "warning" and "waits until they open again" in found.message


def test_mistakes_in_days_are_told_with_file_row_and_field(tmp_path: Path) -> None:
    rows = (
        "点站,staff,day,,1,3/4/2025,\n"
        "点站,staff,day,,1,2025-02-30,\n"
        "点站,staff,day,,1,,2025-03-04 08:30\n"
    )
    assert wrong(tmp_path, HEAD + rows) == [
        "rosters.csv:2: first_day (从): “3/4/2025” is not a day; write it as 2025-03-31",
        "rosters.csv:3: first_day (从): there is no day 2025-02-30",
        "rosters.csv:4: last_day (至): “2025-03-04 08:30” is not a day; write it as 2025-03-31",
    ]


def test_rows_that_contradict_themselves_or_one_another_are_told(tmp_path: Path) -> None:
    rows = (
        "点站,staff,day,,1,2025-03-05,2025-03-04\n"
        "点站,staff,night,,1,2025-03-05,2025-03-09\n"
        "点站,staff,night,,2,2025-03-09,2025-03-12\n"
        "点站,staff,night,,3,2025-03-13,\n"
    )
    assert wrong(tmp_path, HEAD + rows) == [
        "rosters.csv:2: the last day 2025-03-04 is before the first, 2025-03-05",
        "rosters.csv:4: this point, team, shift and kind of day has a number already",
    ]
    head = "点站,队伍,班次,人数,从,至,关闭\n"
    assert wrong(tmp_path, head + "点站,staff,day,1,2025-03-05,,是\n点站,,,,,,是\n,,,,,,\n") == [
        "rosters.csv:2: a row that closes a point says its days and no team, shift or number",
        "rosters.csv:3: say from which day on the point is closed, or until which, or both",
    ]
    assert wrong(tmp_path, head + "点站,,day,1,2025-03-05,,否\n") == [
        "rosters.csv:2: team (队伍): the cell is empty (so is a formula that Excel has not yet "
        "calculated)"
    ]


def test_two_rows_for_one_team_under_two_names_are_told(tmp_path: Path) -> None:
    point = laid_out(tmp_path, HEAD + "点站,staff,day,,1,,\n").territory.points["point"].iloc[0]
    days = "2025-03-05,2025-03-06"
    rows = f"{point},staff,day,,1,{days}\n{point},网格员,白班,,2,{days}\n"
    (found,) = load_report(laid_out(tmp_path, HEAD + rows))
    assert found.severity == "error" and found.message.startswith("line 3 of the table: ")


def test_rows_that_hold_on_no_day_are_told(tmp_path: Path) -> None:
    rows = (
        "点站,staff,day,,1,2026-03-05,\n"
        "点站,staff,day,节假日,1,2025-03-05,2025-03-06\n"
        "点站,staff,night,,2,2025-03-05,2025-03-05\n"
        "S01,staff,night,,2,2025-03-05,2025-03-05\n"
    )
    found = dict(Staffed(laid_out(tmp_path, HEAD + rows)).rows_in_vain())
    assert found == {
        2: "the run has no such day",
        3: "the run has no such day",
        4: "line 5 of the table of rosters holds instead",
    }


def test_a_column_of_days_that_is_not_read_is_told(tmp_path: Path) -> None:
    text = "点站,队伍,班次,人数,生效,电话\n点站,staff,day,1,2025-03-05,52281205\n"
    (tmp_path / "rosters.csv").write_text(text, "utf-8")
    (found,) = [f for f in check(scenario("rosters.csv"), tmp_path) if "holds days" in f.message]
    assert found.severity == "warning" and "“生效”" in found.message


def test_a_table_without_days_is_the_same_territory_as_before(tmp_path: Path) -> None:
    plain = laid_out(tmp_path, "点站,队伍,班次,人数\n点站,staff,day,5\n").territory
    empty = laid_out(tmp_path, HEAD + "点站,staff,day,,5,,\n").territory
    assert list(plain.rosters.columns) == ["point", "team", "shift", "day_kind", "number", "line"]
    assert plain.content_hash() == empty.content_hash()

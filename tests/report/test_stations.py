"""Sheets of stations: found by any of their names, and right about Tuesday evening."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from places import SCENARIOS

import govsim
from govsim import language
from govsim.cli.reporting import report
from govsim.errors import InputError
from govsim.report import by_hour, page
from govsim.report.sections import stations

SHORT = (("horizon", "9 weeks"), ("warm_up", "1 week"))
STATION = "天地新城点站"


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def result(out):
    return govsim.run(SCENARIOS / "tiandi.yaml", settings=SHORT, replications=2, out=out)


def test_a_station_is_found_by_any_of_its_names(result):
    for wanted in (STATION, f" {STATION} ", "天地新城", "ALL", "全部"):
        assert stations.find(result, [wanted]) == [STATION]
    assert stations.find(result, ["天地新城点站", "天地新城"]) == [STATION]


def test_unknown_stations_are_told_together_with_the_likely_name(result):
    with pytest.raises(InputError) as told:
        stations.find(result, ["天地新村点站", "nowhere"])
    first, second = told.value.problems
    assert first.suggestion == STATION
    assert "nowhere" in second.message
    assert second.suggestion == ""


@pytest.mark.slow
def test_tuesday_evening_is_what_was_counted(result):
    station = by_hour.of_station(result, STATION)
    assert station is not None
    share, demands, wait = station.within(slice(1, 2), slice(18, 24))
    mine = result.hours[result.hours["hour"].between(24 + 18, 24 + 23)]
    assert share.mean == pytest.approx(mine["kept"].sum() / mine["due"].sum())
    weeks = 8
    assert demands == pytest.approx(mine["reported"].sum() / 2 / weeks * 365 / 7)
    assert wait == pytest.approx(mine["waited"].sum() / 60 / mine["asked"].sum())
    text = page.html(result)
    row = re.search(r"<th[^>]*>Tue</th>.*?</tr>", text[text.index('id="station"') :], re.DOTALL)
    assert row is not None
    evening = re.findall(r"<td>(.*?)</td>", row[0])[3]
    assert evening.startswith(f"{100 * share.mean:.1f}% <small>{demands:.0f}, {wait:.1f} min")


def test_the_sheet_says_who_is_on_duty_when(result):
    language.use("zh")
    text = page._page(stations.contents(result, [STATION], page.Desk(None)))
    assert re.search(r"物业人员</th><td[^>]*>8–20时1人</td>", text)
    assert re.search(r"网格员</th><td[^>]*>0–8时1人；8–20时2人；20–24时1人</td>", text)


def test_hours_are_said_in_stretches():
    day = np.array([1.0] * 8 + [3.9] * 12 + [0.0] * 4)
    assert by_hour.hours_in_words(day) == "0–8: 1; 8–20: 4"
    assert by_hour.hours_in_words(np.array([0.5] * 24)) == "0–24: 0.5"


def test_a_sheet_can_be_asked_for_at_the_command_line(out, result, tmp_path):
    base = [
        str(result.folder),
        "--out",
        str(out),
        "--folder",
        str(tmp_path / "new"),
        "--lang",
        "zh",
    ]
    done = CliRunner().invoke(report, [*base, "--point", "天地新城"])
    assert done.exit_code == 0, done.output
    written = Path(done.output.strip().splitlines()[-1])
    assert written.name == f"station-{STATION}.html"
    assert "最差时段" in written.read_text("utf-8")
    wrong = CliRunner().invoke(report, [*base, "--point", "天地新成点站"])
    assert wrong.exit_code == 2
    assert STATION in wrong.output


def test_an_older_run_that_kept_no_hours_has_sheets_without_them(result, tmp_path):
    older = replace(result, folder=tmp_path)
    assert older.hours.empty
    text = page._page(stations.contents(older, [STATION], page.Desk(None)))
    assert "of this point they are not" in text

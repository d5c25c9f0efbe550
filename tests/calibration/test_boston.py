"""Boston: every fault of its records is dealt with in a way that can be told, and it can be run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from places import DATA, ROOT, SCENARIOS, SHARED

from govsim import engine
from govsim.calibrate import calibrate
from govsim.calibration import predictive_checks
from govsim.calibration.inference.observations import passed_on
from govsim.demand.arrivals import BY_PATROL, REPORTED
from govsim.demand.table import DemandTable, draw
from govsim.measures.replication import promise_kept
from govsim.orders.describing import Description, describe
from govsim.orders.log import OrderLog
from govsim.orders.reading import read_orders
from govsim.scenarios.loading import load
from govsim.scenarios.units import DAY
from govsim.service import network
from govsim.service.network import Network

FOLDER = SCENARIOS / "boston"
RECORDS = SHARED / "data" / "boston311" / "boston311-2015.csv.gz"
SAMPLE = DATA / "boston-sample.csv"

with_records = pytest.mark.skipif(
    not RECORDS.is_file(), reason="the records of Boston are not there"
)


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    """A sample of the records, as they were written."""
    return pd.read_csv(SAMPLE, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def log() -> OrderLog:
    """The sample as govsim reads it."""
    return read_orders(SAMPLE, FOLDER / "mapping.yaml")


@pytest.fixture
def spoilt(tmp_path: Path) -> Any:
    """Write a changed sample, and read it."""

    def read(frame: pd.DataFrame) -> tuple[OrderLog, Description]:
        frame.to_csv(tmp_path / "spoilt.csv", index=False)
        found = read_orders(tmp_path / "spoilt.csv", FOLDER / "mapping.yaml")
        return found, describe(found)

    return read


# ---------------------------------------------------------------- the faults of the records


def test_a_case_that_was_open_on_the_day_of_the_export_is_open_and_not_left_out(
    sample: pd.DataFrame, log: OrderLog
) -> None:
    still = (sample["case_status"] == "Open").sum()
    assert still > 200
    assert (log.frame["status"] == "open").sum() == still == describe(log).open
    assert log.frame.loc[log.frame["status"] == "open", "closed"].isna().all()


def test_a_case_that_closes_before_it_opens_is_set_aside_with_the_reason(
    sample: pd.DataFrame, spoilt: Any
) -> None:
    fine = sample[(sample["closed_dt"] >= sample["open_dt"]) | (sample["closed_dt"] == "")]
    frame = fine.reset_index(drop=True)
    rows = np.flatnonzero(frame["closed_dt"] != "")[[3, 30, 300]]
    opened = pd.to_datetime(frame.loc[rows, "open_dt"])
    frame.loc[rows, "closed_dt"] = (opened - pd.Timedelta("3h")).astype(str)
    log, told = spoilt(frame)
    assert told.set_aside == {"closed_dt is before open_dt": 3}
    assert log.set_aside["row"].tolist() == (rows + 2).tolist()  # as a spreadsheet counts
    assert told.orders == len(frame) - 3


def test_a_case_without_a_promise_is_used_but_is_neither_late_nor_in_time(
    sample: pd.DataFrame, log: OrderLog, spoilt: Any
) -> None:
    used = sample.iloc[log.frame["row"].to_numpy() - 2]
    assert log.frame["due"].isna().sum() == (used["target_dt"] == "").sum() > 300
    promised = sample[sample["target_dt"] != ""]
    assert spoilt(promised)[1].on_time == pytest.approx(describe(log).on_time)


def test_a_default_point_is_no_place(sample: pd.DataFrame, log: OrderLog) -> None:
    default = (sample["loc_is_cityhall_default"] == "True").to_numpy()
    assert 0.10 < default.mean() < 0.18
    kept = default[log.frame["row"].to_numpy() - 2]
    assert log.frame.loc[kept, ["place", "longitude", "latitude"]].isna().all(axis=None)
    assert describe(log).default_places >= kept.mean()


def test_default_points_that_nobody_marked_are_told_by_their_crowd(
    sample: pd.DataFrame, spoilt: Any
) -> None:
    default = sample["loc_is_cityhall_default"] == "True"
    _, told = spoilt(sample.assign(loc_is_cityhall_default="False"))
    assert told.crowded_point == pytest.approx(default.mean(), abs=0.03)


def test_a_place_that_says_only_boston_is_unknown_and_parts_go_to_their_neighbourhood(
    sample: pd.DataFrame, spoilt: Any
) -> None:
    located = sample[sample["loc_is_cityhall_default"] == "False"].head(6)
    words = ["Boston", "", "Brighton", "Mattapan", "South Boston", "Roxbury"]
    log, _ = spoilt(located.assign(neighborhood=words))
    places = log.frame["place"].tolist()
    assert pd.isna(places[0]) and pd.isna(places[1])
    assert places[2:] == [
        "Allston / Brighton",
        "Greater Mattapan",
        "South Boston / South Boston Waterfront",
        "Roxbury",
    ]


def test_types_that_the_export_leaves_out_cannot_be_seen_in_it(
    sample: pd.DataFrame, log: OrderLog, spoilt: Any
) -> None:
    left_out = sample["type"].isin(["Street Light Outages", "Sign Repair"])
    _, told = spoilt(sample[~left_out])
    whole = describe(log)
    assert told.per_day == pytest.approx(whole.per_day * (1 - left_out.mean()), rel=0.01)
    assert set(told.set_aside) == set(whole.set_aside) and told.gaps == whole.gaps
    # So it must be said by who knows, in every report.
    assert "five types" in load(FOLDER / "boston.yaml").scenario.territory.note.en


def test_cases_that_staff_found_come_by_no_channel_of_the_residents(
    sample: pd.DataFrame, log: OrderLog
) -> None:
    channels = log.frame["channel"]
    named = set(load(FOLDER / "boston.yaml").scenario.channels) | {"found by staff"}
    assert set(channels.unique()) <= named
    rows = sample.iloc[log.frame["row"].to_numpy() - 2]
    by_staff = rows["source"].isin(["Employee Generated", "City Worker App", "Maximo Integration"])
    assert ((channels == "found by staff").to_numpy() == by_staff.to_numpy()).all()
    assert 0.18 < by_staff.mean() < 0.28
    assert (passed_on(log) == ~by_staff.to_numpy()).all()


def test_a_day_without_requests_is_told_as_a_gap(sample: pd.DataFrame, spoilt: Any) -> None:
    # Of a sample of 5 a day, it takes four such days to be sure.
    day = sample["open_dt"].str.slice(0, 10)
    _, told = spoilt(sample[(day < "2015-07-20") | (day > "2015-07-23")])
    assert [(gap.first, gap.last) for gap in told.gaps] == [("2015-07-20", "2015-07-23")]


def test_times_to_the_minute_among_times_to_the_second_are_told(log: OrderLog) -> None:
    created = describe(log).times["created"]
    assert created.rounding == 1000
    assert 0.3 < created.on_step[60_000] < 0.6  # 1 in 60 by chance


def test_a_request_that_occurs_twice_counts_once(sample: pd.DataFrame, spoilt: Any) -> None:
    _, told = spoilt(pd.concat([sample, sample.iloc[[5, 50]]]))
    assert told.set_aside["the order is in another row too"] == 2


@with_records
def test_the_record_lacks_one_day_and_the_rest_is_as_its_readme_says() -> None:
    told = describe(read_orders(RECORDS, FOLDER / "mapping.yaml"))
    assert told.rows == 121_145 and told.set_aside == {"closed_dt is before open_dt": 197}
    assert [(gap.first, gap.last) for gap in told.gaps] == [("2015-07-22", "2015-07-22")]
    assert told.open / told.orders == pytest.approx(0.16, abs=0.005)
    assert told.on_time == pytest.approx(0.758, abs=0.0005)


# ---------------------------------------------------------------- the scenario


@pytest.fixture(scope="module")
def tool() -> Any:
    """The tool that makes the scenario."""
    spec = importlib.util.spec_from_file_location("make_boston", ROOT / "tools/make_boston.py")
    assert spec and spec.loader
    made = sys.modules["make_boston"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@with_records
def test_the_files_are_what_the_tool_makes_of_the_records(
    tool: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "OUT", tmp_path)
    monkeypatch.setattr(tool, "SAMPLE", tmp_path / SAMPLE.name)
    tool.make(RECORDS)
    for made in tmp_path.iterdir():
        shipped = SAMPLE if made.name == SAMPLE.name else FOLDER / made.name
        assert made.read_bytes() == shipped.read_bytes(), made.name


@pytest.mark.slow
@with_records
def test_what_is_fitted_knows_nothing_of_october(tool: Any, tmp_path: Path) -> None:
    records = pd.read_csv(RECORDS, dtype=str)
    before = records[records["open_dt"] < "2015-10-01"].copy()
    later = before["closed_dt"] >= "2015-10-01"
    before.loc[later, ["closed_dt", "ontime", "case_status"]] = None
    before.to_csv(tmp_path / "before.csv", index=False)
    made = []
    for file in (RECORDS, tmp_path / "before.csv"):
        frame = tool.read(file)
        made.append(tool.fit(frame, tool.categories(frame)))
    assert made[0] == made[1]


def test_a_working_day_is_a_day_of_24_hours_that_is_worked(tool: Any) -> None:
    times = pd.Series(pd.to_datetime(["2015-09-03 12:00", "2015-09-08 06:00"]))
    begins, ends = tool.days_until(times, working=True)
    assert ends - begins == pytest.approx(0.5 + 1 + 0.25)  # over a weekend and Labor Day


def test_an_older_case_tells_only_of_the_ages_at_which_it_was_watched(tool: Any) -> None:
    since = tool.SPLIT - pd.Timedelta("10D")
    opened = [0, 0, 7, -2, -6]  # days after that day
    closed = [1, 4, None, 3, 0]
    day = pd.Timedelta("1D")
    cases = pd.DataFrame(
        {
            "open_dt": [since + n * day for n in opened],
            "closed_dt": [pd.NaT if n is None else since + n * day for n in closed],
        }
    )
    cases["over"] = cases["closed_dt"].notna()
    # At the ages of 1, 4 and 5 days, 3, 2 and 1 were watched: one was opened 3 days before
    # `SPLIT`, one was 2 days old when the watch began, and one was closed before.
    ages, shares = tool.closed_by(cases, since, working=False)
    assert ages.tolist() == [1, 4, 5]
    assert shares == pytest.approx([1 / 3, 1 - 2 / 3 / 2, 1])


@pytest.fixture(scope="module")
def year() -> tuple[Network, DemandTable, Any]:
    """A replication of half a year."""
    plan = load(FOLDER / "boston.yaml", settings=[("horizon", "196 days")])
    laid_out = network.build(plan.scenario, plan.folder)
    table = draw(laid_out, 0)
    return laid_out, table, engine.run(laid_out, table, plan.scenario.warm_up)


def test_days_differ_far_more_than_by_chance(year: Any) -> None:
    laid_out, table, _ = year
    number = np.bincount(table.enters[table.enters < laid_out.end] // DAY, minlength=196)
    midweek = number[14:][np.isin(laid_out.calendar.weekday[14:196], [1, 2])]
    assert midweek.var() / midweek.mean() > 4  # the records have 32, Poisson days 1 ± 0.2


def test_what_staff_found_is_found_on_workdays_within_their_hours(year: Any) -> None:
    laid_out, table, _ = year
    found = table.enters[(table.source == BY_PATROL) & (table.enters < laid_out.end)]
    assert ((found % DAY >= 7 * DAY / 24) & (found % DAY <= 16 * DAY / 24)).all()
    assert (laid_out.calendar.kind_of_day[found // DAY] == 0).all()
    assert len(found) / (table.enters < laid_out.end).sum() == pytest.approx(0.23, abs=0.02)


def test_a_promise_is_kept_as_often_as_the_time_to_close_says(year: Any) -> None:
    laid_out, table, outcome = year
    applies, kept = promise_kept(laid_out, table, outcome)["solve"]
    judged = 0
    for c, category in enumerate(laid_out.scenario.demand.categories.values()):
        mine = applies & (table.category == c)
        if category.solve is None or mine.sum() < 100:
            continue
        points = category.department_time.parameters.quantiles
        share = next((q for q, time in points if time == category.solve), 0.0)
        spread = np.sqrt(share * (1 - share) / mine.sum())
        assert kept[mine].mean() == pytest.approx(share, abs=4.5 * spread + 1e-3)
        judged += 1
    assert judged >= 10


def test_only_who_reported_was_promised_anything(year: Any) -> None:
    laid_out, table, outcome = year
    applies, _ = promise_kept(laid_out, table, outcome)["solve"]
    assert (table.source[applies] == REPORTED).all()


@pytest.mark.slow
@with_records
def test_it_can_be_calibrated_on_its_records(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(predictive_checks, "DRAWS", 5)  # docs/boston.md shows what they say
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    records = pd.read_csv(RECORDS, dtype=str)
    spring = records[records["open_dt"].between("2015-04-01", "2015-06-01")]
    spring.to_csv(tmp_path / "spring.csv", index=False)
    found = calibrate(
        tmp_path / "boston.yaml",
        tmp_path / "spring.csv",
        mapping=tmp_path / "mapping.yaml",
        holdout=0,
        latents=["demand.level"],
        points=12,
        out=tmp_path / "results",
    )
    assert found.manifest["orders"] > 15_000 and found.manifest["set_aside"] > 0
    # These are weeks of those that its rates were counted in.
    level = load(tmp_path / "boston-calibrated.yaml").scenario.demand.level
    assert level == pytest.approx(1, abs=0.15)

"""A scenario fitted to work orders: known truths are found, and scores are what they are called."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from places import TEMPLATE
from scipy import stats

from govsim import language
from govsim.calibrate import calibrate
from govsim.calibration import days as days_
from govsim.calibration import direct, given, out_of_sample, predictive_checks, shrinkage
from govsim.calibration.counts import Counted, Window
from govsim.calibration.inference import prior
from govsim.calibration.result import open_calibration
from govsim.cli import cli
from govsim.errors import InputError
from govsim.estimation.daily import Kinds
from govsim.report import workbook
from govsim.runs.executors import Serial
from govsim.runs.trials import Kept
from govsim.runs.uncertainty import find
from govsim.scenarios.calendar import Calendar
from govsim.scenarios.loading import load
from govsim.scenarios.units import DAY, WEEK

TRUE_LEVEL = 1.5
SHIFTED, TRUE_RATIO = "property", 0.4
"""A category, and what its rate is where the records come from, over the scenario's 95."""
RARER = f"demand.categories.{SHIFTED}.rate", f"{95 * TRUE_RATIO} per 1000 per year"


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    """A folder with a scenario, and what an office would have of one with more demand."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(TEMPLATE, folder / "place.yaml")
    plan = ["--set", "horizon=22 weeks", "--set", "warm_up=2 weeks", "--lang", "en"]
    files = ["--out", str(folder / "orders.csv"), "--ledger", str(folder / "ledger.csv")]
    level = ["--set", f"demand.level={TRUE_LEVEL}"]
    level += ["--set", "=".join(RARER)]
    done = CliRunner().invoke(cli, ["synth", str(folder / "place.yaml"), *files, *plan, *level])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def found(exported):
    """The calibration of that scenario to those records."""
    return calibrate(
        exported / "place.yaml",
        exported / "orders.csv",
        ledger=exported / "ledger.csv",
        holdout=4 * WEEK,
        points=120,
        settings={"warm_up": "2 weeks"},
        out=exported / "results",
    )


def rates(scenario) -> dict[str, float]:
    """Problems a day by category, before the factor on all."""
    return {name: one.rate.per_day for name, one in scenario.demand.categories.items()}


def amounts(found, given: Path) -> tuple[float, list[float]]:
    """Problems a day in truth, and as fitted: ends and median of the interval."""
    of_level = sum(rates(load(found.scenario).scenario).values())
    known = rates(load(given).scenario)
    true = TRUE_LEVEL * sum((known | {SHIFTED: known[SHIFTED] * TRUE_RATIO}).values())
    row = found.fitted.set_index("input").loc["demand.level"]
    return true, [of_level * float(row[name]) for name in ("q05", "median", "q95")]


@pytest.mark.slow
def test_the_true_amount_of_demand_is_found(found, exported):
    true, (low, middle, high) = amounts(found, exported / "place.yaml")
    # A 90% interval misses one time in ten; one three times as wide hardly ever does.
    assert middle - 3 * (middle - low) < true < middle + 3 * (high - middle)
    row, given = (
        found.fitted.set_index("input").loc["demand.level"],
        rates(load(exported / "place.yaml").scenario),
    )
    assert row["contraction"] > 0.5
    assert middle > sum(given.values())  # and not where the scenario had it


@pytest.mark.slow
def test_a_category_that_is_rarer_than_the_scenario_says_is_found(found):
    ratio = found.direct[found.direct["part"] == "category"].set_index("name")
    others = ratio.drop(index=SHIFTED)
    # Only how categories stand to each other is told here; inference tells how many there are.
    middle = ratio.loc[SHIFTED, "ratio"] / others["ratio"].mean()
    reach = (ratio["high"] / ratio["low"]).max() ** 1.5
    assert middle / reach < TRUE_RATIO < middle * reach
    assert ratio.loc[SHIFTED, "high"] < ratio.loc["surroundings", "low"]
    fit = found.fit[found.fit["kind"] == "category"].set_index("name")
    assert fit.loc[SHIFTED, "inside"]


@pytest.mark.slow
def test_ratios_of_numbers_cover_as_often_as_they_say_and_borrow_strength():
    rng = np.random.default_rng(4)
    covered, off, off_alone = [], 0.0, 0.0
    for _ in range(30):
        expected = rng.uniform(2, 60, 30)
        truth = rng.gamma(8, 1 / 8, 30)
        seen = rng.poisson(expected * truth).astype(float)
        drawn = rng.poisson(expected, (400, 30)).astype(float)
        low, middle, high = shrinkage.ratios(seen, drawn)
        truth = truth * expected.sum() / (truth * expected).sum()  # of the same total
        covered += [(low <= truth) & (truth <= high)]
        alone = seen / expected * expected.sum() / seen.sum()
        off, off_alone = (
            off + ((middle - truth) ** 2).sum(),
            off_alone + ((alone - truth) ** 2).sum(),
        )
    # 900 ratios, not independent within one table: standard error about 1.4%.
    assert np.mean(covered) == pytest.approx(0.9, abs=0.045)
    # A ratio of shape 8 and an expectation of 31 orders keep 31 / 39 of the error.
    assert off < 0.9 * off_alone


def kinds_of(scenario, days: int) -> Kinds:
    """Days from the start of 2025 on."""
    first = date(2025, 1, 1)
    calendar = Calendar.of(scenario.calendar, first, days)
    return Kinds.of(calendar, first, days)


def test_points_of_a_mixture_have_their_chances_by_scipys_own_distribution():
    rng = np.random.default_rng(6)
    weights = rng.dirichlet(np.ones(5))
    shape, rate = rng.uniform(0.3, 900, (5, 4)), rng.uniform(0.01, 50, (5, 4))
    points = shrinkage._points_of_gammas(weights, shape, rate)
    chances = np.tensordot(weights, stats.gamma(shape, scale=1 / rate).cdf(points[:, None]), (0, 1))
    np.testing.assert_allclose(chances, np.array([[0.05], [0.5], [0.95]]) + np.zeros(4), atol=1e-6)


def test_where_nothing_was_seen_no_ratio_is_told():
    assert (shrinkage.ratios(np.zeros(3), np.ones((4, 3))) == 1).all()


@pytest.mark.slow
def test_holidays_are_told_from_the_weekdays_and_months_that_they_lie_in(exported):
    """Half the orders on holidays, a third in Spring Festival, and fewer of a weekend."""
    scenario = load(exported / "place.yaml").scenario
    days, start = 365, int(np.datetime64("2025-01-01", "ms").astype(np.int64))
    kinds = kinds_of(scenario, days)
    truth = np.array([1.0, 0.5, 1 / 3])[kinds.special] * np.where(kinds.weekday > 4, 0.7, 1.1)
    of = days_.classes(start, kinds)
    missed, found = [], []
    for seed in range(15):
        rng = np.random.default_rng(seed)
        drawn = rng.poisson(30.0, (40, days)).astype(float)
        low, middle, high = days_.spread(rng.poisson(30 * truth).astype(float), drawn, of)[
            "holiday"
        ]
        for kind, factor in ((1, 0.5), (2, 1 / 3)):
            missed.append(not low[kind] <= factor * middle[0] <= high[kind])
            found.append(middle[kind] / middle[0] / factor)
    # 30 intervals of 90%: 3 miss on average; 10 or more by chance in one of 2,000.
    assert sum(missed) < 10
    assert np.mean(found) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 3.0])
def test_the_variation_of_days_is_told_from_chance_and_from_a_trend(ratio):
    """Gamma factors of days, of a known variance; the record also has a slow trend."""
    days, of = 300, {"weekday": np.arange(300) % 7}
    level = 60 * (1 + 0.4 * np.sin(np.arange(days) / 50))
    held, found = [], []
    for seed in range(50):
        rng = np.random.default_rng(seed)
        k, own = 5.0, 5.0 / ratio
        drawn = rng.poisson(60 * rng.gamma(k, 1 / k, (40, days))).astype(float)
        seen = rng.poisson(level * rng.gamma(own, 1 / own, days)).astype(float)
        low, middle, high = days_.variation(seen, drawn, of, days_.spread(seen, drawn, of))
        held.append(low <= ratio <= high)
        found.append(middle)
    assert np.mean(found) == pytest.approx(ratio, rel=0.1)
    # Of 50 intervals of 90% more than 37: fewer happens once in 1,000.
    assert np.sum(held) > 37


def test_no_variation_is_estimated_where_chance_covers_it():
    rng = np.random.default_rng(1)
    drawn, seen = (rng.poisson(0.3, size).astype(float) for size in ((40, 60), 60))
    of, none = {"weekday": np.arange(60) % 7}, {"weekday": np.ones((3, 7))}
    assert days_.variation(seen, drawn, of, none) is None


def test_times_of_categories_differ_as_they_do_and_rare_ones_borrow_from_the_others():
    rng = np.random.default_rng(8)
    cases, ones, held = np.geomspace(20, 2000, 8), np.ones(8), []
    off, off_alone = [], []
    for _ in range(300):
        truth = rng.normal(0.3, 0.3, 8)
        drawn = rng.normal(7, 1 / np.sqrt(cases), (40, 8))
        seen = 7 + truth + rng.normal(0, 1 / np.sqrt(cases))
        low, middle, high = np.log(shrinkage.of_times(seen, drawn, cases, cases, ones))
        right = truth - truth.mean()  # what is common to all is left out
        held += list((low <= right) & (right <= high))
        off.append(np.abs(middle - right)[:3].mean())
        off_alone.append(np.abs(seen - seen.mean() - right)[:3].mean())
    # The common part has an error of its own, as eight are few to tell it from.
    assert 0.8 < np.mean(held) < 0.95
    assert np.mean(off) < 0.95 * np.mean(off_alone), "rare ones borrow strength"
    alike = shrinkage.of_times(np.full(8, 7.3), drawn, cases, cases, ones)
    np.testing.assert_allclose(alike[1], 1, atol=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["h", "D"])
def test_demand_is_found_though_only_hours_or_days_are_recorded(exported, tmp_path, step):
    shutil.copy(exported / "place.yaml", tmp_path)
    for name in ("orders.csv", "ledger.csv"):
        floored(exported / name, step).to_csv(tmp_path / name, index=False)
    made = calibrate(
        tmp_path / "place.yaml",
        tmp_path / "orders.csv",
        ledger=tmp_path / "ledger.csv",
        holdout=0,
        points=40,
        latents=["demand.level", "demand.categories.*.department_time"],
        settings={"warm_up": "2 weeks"},
        out=tmp_path / "results",
    )
    true, (low, middle, high) = amounts(made, exported / "place.yaml")
    assert middle - 3 * (middle - low) < true < middle + 3 * (high - middle)
    assert (made.fitted["contraction"] > 0.75).all(), "times tell what they did before"
    assert made.checks["inside"].all()
    assert {"orders median long time", "ledger median long time"} <= set(made.checks["summary"])


def floored(file: Path, step: str | None) -> pd.DataFrame:
    """An export whose times were written down to a step only."""
    frame = pd.read_csv(file, dtype=str)
    for column in frame if step else ():
        if frame[column].str.match(r"\d{4}-\d\d-\d\d ", na=False).any():
            frame[column] = pd.to_datetime(frame[column]).dt.floor(step)
    return frame


def test_channels_are_told_from_the_ledger(tmp_path):
    """More at the window and fewer in the group chat than the scenario says."""
    shutil.copy(TEMPLATE, tmp_path / "place.yaml")
    scenario = load(tmp_path / "place.yaml").scenario
    stations = [name for name, one in scenario.channels.items() if one.via != "centre"]
    first, second = [name for name in stations if scenario.channels[name].with_station][:2]
    given_ = {name: scenario.channels[name].with_station for name in scenario.channels}
    drawn, seen = np.zeros((40, len(given_))), np.zeros(len(given_))
    rng = np.random.default_rng(5)
    truth = {first: 2.0, second: 0.5}
    for i, name in enumerate(given_):
        drawn[:, i] = rng.poisson(2000 * given_[name], 40)
        seen[i] = rng.poisson(4000 * given_[name] * truth.get(name, 1.0))
    made = direct._Made(scenario, scenario.demand, frozenset(), [], [])
    made.by_channel(seen, drawn, ["with_station"])
    found = {one.path[1]: one for one in made.found}
    assert set(found) == {name for name in stations if given_[name]}
    whole = sum(given_[name] for name in stations)
    assert sum(one.value for one in found.values()) == pytest.approx(whole, abs=1e-3)
    right = sum(given_[name] * truth.get(name, 1.0) for name in stations) / whole
    for name, factor in truth.items():
        expected = given_[name] * factor / right
        assert found[name].value == pytest.approx(expected, rel=0.15)
        assert found[name].low <= found[name].value <= found[name].high


def test_times_that_show_half_of_what_departments_take_are_told_whole():
    rng = np.random.default_rng(9)
    cases = np.full(6, 4000.0)
    drawn = rng.normal(7, 0.01, (40, 6))
    felt = np.array([0.5, 1, 1, 1, 1, np.nan])
    seen = 7 + np.array([0.5 * np.log(3), 0, 0, 0, 0, 5])
    low, middle, high = shrinkage.of_times(seen, drawn, cases, cases, felt)
    assert middle[0] / middle[1] == pytest.approx(3, rel=0.05)
    assert low[5] == middle[5] == high[5] == 1, "nothing is felt, so nothing is told"


@pytest.mark.parametrize("days", [300, 100])
def test_a_season_is_estimated_from_half_a_year_on(exported, days):
    """Twice the orders in May; the record ends before November."""
    scenario = load(exported / "place.yaml").scenario
    rng = np.random.default_rng(4)
    start = np.datetime64("2025-01-01", "ms").astype(np.int64)
    month = (np.datetime64("2025-01-01") + np.arange(days)).astype("datetime64[M]").astype(int) % 12
    none = np.zeros(len(scenario.demand.categories))

    def counted(daily):
        empty = np.zeros((*daily.shape[:-1], 24))
        nothing = np.broadcast_to(none, (*daily.shape[:-1], len(none)))
        reports = np.zeros((*daily.shape[:-1], len(scenario.channels)))
        return Counted(nothing, nothing, empty, daily, daily, daily[..., :1], nothing, reports)

    seen = counted(rng.poisson(20 * np.where(month == 4, 2.0, 1.0)).astype(float))
    drawn = counted(rng.poisson(20, (40, days)).astype(float))
    window = Window(int(start), int(start) + days * DAY, len(none), "", ())
    kinds = kinds_of(scenario, days)
    estimates, table = direct.estimates(scenario, window, kinds, seen, drawn, drawn)
    found = {one.path[-1]: one for one in estimates}
    if days < 183:
        assert "months" not in found
        return
    ratio = table[table["part"] == "month"].set_index("name")["ratio"]
    assert ratio["5"] / ratio["4"] == pytest.approx(2, rel=0.12)
    assert found["months"].value[11] == scenario.demand.months[11], "none seen: as it was"
    assert found["months"].low[4] < found["months"].value[4] < found["months"].high[4]


@pytest.mark.slow
def test_the_new_scenario_holds_what_was_fitted_with_its_evidence(found):
    loaded = load(found.scenario)
    row = found.fitted.set_index("input").loc["demand.level"]
    assert loaded.scenario.demand.level == pytest.approx(float(row["median"]), rel=0.01)
    known = loaded.scenario.evidence["demand.level"]
    assert known.evidence == "calibrated"
    assert float(known.low) < loaded.scenario.demand.level < float(known.high)


@pytest.mark.slow
def test_its_draws_can_be_used_and_are_the_posterior(found):
    draws = find(load(found.scenario))
    column = [".".join(path) for path in draws.paths].index("demand.level")
    levels = [float(json.loads(values[column])) for values in draws.values]
    row = found.fitted.set_index("input").loc["demand.level"]
    inside = np.mean([float(row["q05"]) <= level <= float(row["q95"]) for level in levels])
    assert inside == pytest.approx(0.9, abs=0.05)


@pytest.mark.slow
def test_a_calibration_is_read_back(found):
    again = open_calibration(found.folder)
    assert again.manifest == json.loads(json.dumps(found.manifest))
    pd.testing.assert_frame_equal(again.days, found.days)


class Refuses(Serial):
    """Simulates nothing."""

    def map(self, function, items, *args, **kwargs):
        assert not list(items), "everything was simulated before"
        return iter(())


FEW = ("--points", "60", "--latent", "demand.level", "--holdout", "0w")
FEW_DRAWS = 5
"""What a fit is held against afterwards, where nothing is asked of that."""


@pytest.fixture
def few_draws(monkeypatch):
    monkeypatch.setattr(predictive_checks, "DRAWS", FEW_DRAWS)


@pytest.fixture(scope="module")
def few(exported):
    """A calibration of one input that begins with sixty points, as typed with `FEW`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(predictive_checks, "DRAWS", FEW_DRAWS)
        done = CliRunner().invoke(cli, command(exported, exported / "few", *FEW))
    assert done.exit_code == 0, done.output
    (folder,) = (exported / "few" / "calibrations").glob("*/")
    return open_calibration(folder)


def command(exported: Path, out: Path, *more: str) -> list[str]:
    """What a planner types for `found`, with other results."""
    place = [str(exported / "place.yaml"), "--set", "warm_up=2 weeks", "--workers", "1"]
    given = ["--orders", str(exported / "orders.csv"), "--ledger", str(exported / "ledger.csv")]
    told = ["--holdout", "4w", "--points", "120", "--no-report", "--lang", "en"]
    return ["calibrate", *place, *given, *told, "--out", str(out), *more]


WAITING = """
import signal, time
from pathlib import Path
from govsim.calibration import predictive_checks
from govsim.cli import main
from govsim.runs.trials import Kept
predictive_checks.DRAWS = {draws}
# A shell's background job, and so its children, may not hear of Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
put, done = Kept.put, []
def some(kept, trial, values):
    put(kept, trial, values)
    done.extend([trial] * (kept.file.parent.name == "design"))
    if len(done) == {after}:
        Path({waits!r}).touch()
        time.sleep(3600)
Kept.put = some
main()
"""
"""The program, which waits to be stopped when so many trials are kept: no machine is too fast."""


@pytest.mark.slow
def test_a_calibration_that_is_stopped_or_killed_goes_on_with_the_same_command(
    few, few_draws, exported, tmp_path
):
    design = tmp_path / "calibrations" / few.folder.name / "design"

    def stopped(by: signal.Signals, after: int) -> str:
        """Stop it when it has kept so many more trials; give what it said."""
        waits = tmp_path / f"waits-{by.name}"
        program = WAITING.format(waits=str(waits), draws=FEW_DRAWS, after=after)
        typed = [sys.executable, "-c", program, *command(exported, tmp_path, *FEW)]
        process = subprocess.Popen(typed, stderr=subprocess.PIPE)
        while process.poll() is None and not waits.exists():
            time.sleep(0.02)
        process.send_signal(by)
        _, said = process.communicate()
        assert process.returncode != 0
        return said.decode()

    said = stopped(signal.SIGINT, 11)
    assert "the same command goes on" in said
    assert "Traceback" not in said
    assert len(Kept(design).found) == 11
    stopped(signal.SIGKILL, 9)
    done = len(Kept(design).found)
    assert done == 20
    again = CliRunner().invoke(cli, command(exported, tmp_path, *FEW))
    assert again.exit_code == 0, again.output
    assert f"plausible inputs: {done} of 60" in again.output  # and not from 0
    made = open_calibration(tmp_path / "calibrations" / few.folder.name)
    pd.testing.assert_frame_equal(made.fitted, few.fitted)


@pytest.mark.slow
def test_what_was_simulated_is_not_simulated_again(found, exported):
    again = calibrate(
        exported / "place.yaml",
        exported / "orders.csv",
        ledger=exported / "ledger.csv",
        holdout=4 * WEEK,
        points=120,
        settings={"warm_up": "2 weeks"},
        out=exported / "results",
        executor=Refuses(),
    )
    pd.testing.assert_frame_equal(again.fitted, found.fitted)


def test_a_planner_says_what_is_inferred_and_within_which_range(exported):
    scenario = load(exported / "place.yaml").scenario
    wanted = ["demand.level=0.5..3", "residents.escalation"]
    level, escalation = prior.find(scenario, wanted)
    assert [level.shown(at) for at in (0.0, 0.5, 1.0)] == ["0.5", "1", "3"]
    assert escalation.path == "residents.escalation"
    one, *_ = scenario.demand.categories
    (single,) = prior.find(scenario, [f"demand.categories.{one}.work=10 min..2 h"])
    assert [entry.path[2] for entry in single.entries] == [one]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (["demand.levl"], "did you mean demand.level"),
        (["demand.level=much"], "write it like demand.level=LOW..HIGH"),
        (["demand.level=a..b"], "write it like demand.level=LOW..HIGH"),
        (["demand.categories.*.work", "demand.categories.{}.work"], "also set by another"),
    ],
)
def test_an_input_that_is_none_is_told_with_the_likely_one(exported, wanted, said):
    scenario = load(exported / "place.yaml").scenario
    wanted = [one.format(next(iter(scenario.demand.categories))) for one in wanted]
    with pytest.raises(InputError) as told:
        prior.find(scenario, wanted)
    assert said in str(told.value)


def test_a_record_that_is_too_short_is_told(exported):
    with pytest.raises(InputError, match="at least 8"):
        calibrate(exported / "place.yaml", exported / "orders.csv", holdout=16 * WEEK)


@pytest.mark.slow
def test_holdout_days_are_those_of_the_record(found):
    daily = found.days[found.days["series"] == "daily"]
    assert len(daily) == 28
    orders = pd.read_csv(found.manifest["scenario"].replace("place.yaml", "orders.csv"))
    first = orders.columns[orders.columns.str.contains("created|创建|受理|上报", case=False)][0]
    dated = pd.to_datetime(orders[first]).dt.strftime("%Y-%m-%d").value_counts()
    counted = daily.set_index("date")["observed"]
    assert (counted <= dated.reindex(counted.index).fillna(0)).all()


def counted(daily: np.ndarray) -> Counted:
    """Only daily numbers; nothing else came."""
    none = np.zeros((*daily.shape[:-1], 24))
    nan = np.full((*daily.shape[:-1], 1), np.nan)
    return Counted(
        none[..., :2], none[..., :0], none, daily, 0 * daily, nan, none[..., :2], none[..., :0]
    )


def test_a_forecast_that_knows_the_distribution_is_scored_so():
    rng = np.random.default_rng(2)
    before, held = (counted(rng.poisson(20, 700).astype(float)) for _ in range(2))
    drawn = counted(rng.poisson(20, (400, 700)).astype(float))
    days, shares, scored = out_of_sample.test(drawn, before, held, 0, ("noise", "waste"), seed=1)
    assert shares.empty  # nothing is known of them
    scores = scored.set_index("quantity").loc["daily"]
    # Of counts, intervals hold a little more than they say; 700 days: standard errors 1 to 2%.
    assert 0.87 < scores["coverage_90"] < 0.97
    assert 0.45 < scores["coverage_50"] < 0.65
    assert scores["mase"] < 0.9  # the naive forecast carries the luck of one day
    assert scores["crps"] < scores["crps_naive"]
    # Randomised, the transform is uniform though numbers are whole (Kolmogorov's 0.1% point).
    pit = np.sort(days.loc[days["series"] == "daily", "pit"])
    assert np.abs(pit - (np.arange(700) + 0.5) / 700).max() < 1.95 / 700**0.5


def test_the_tail_probability_of_a_right_model_is_uniform():
    rng = np.random.default_rng(3)
    tails = np.sort(
        [predictive_checks.tail(rng.normal(7, 2, 12), rng.normal(7, 2)) for _ in range(700)]
    )
    assert np.abs(tails - (np.arange(700) + 0.5) / 700).max() < 1.95 / 700**0.5


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_says_it_on_a_screenful(found, exported, lang):
    told = command(exported, exported / "results", "--lang", lang)
    done = CliRunner().invoke(cli, told)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert len(lines) <= 40
    assert "--uncertainty posterior" in done.stdout
    assert {"en": "90% intervals held", "zh": "90% 区间覆盖"}[lang] in "".join(lines)


@pytest.mark.slow
def test_its_tables_stand_in_a_workbook(found, tmp_path):
    book = openpyxl.load_workbook(workbook.write(found, tmp_path / "tables.xlsx"))
    fitted = book["What was fitted"]
    heads = [cell.value for cell in fitted[1]]
    inputs = {row[0].value: row for row in fitted.iter_rows(min_row=2)}
    assert set(inputs) == set(found.fitted["input"])
    known = found.fitted.set_index("input").loc["demand.level", "contraction"]
    assert inputs["demand.level"][heads.index("contraction")].value == pytest.approx(known)
    days = list(book["Days not seen"].iter_rows(min_row=2, values_only=True))
    assert len(days) == len(found.days) and sum(day[2] for day in days) == found.days.observed.sum()


def test_weeks_that_are_none_are_told(exported):
    place = [str(exported / "place.yaml"), "--orders", "x.csv", "--holdout", "soon"]
    done = CliRunner().invoke(cli, ["calibrate", *place, "--lang", "en"])
    assert done.exit_code == 2
    assert "12w" in done.output


@pytest.mark.parametrize("step", [None, "min", "h", "D"])
def test_an_export_shows_what_the_simulation_says_it_would(exported, tmp_path, step):
    """What inference compares must be the same thing: the record, and its simulation.

    So too where the office writes down minutes, hours or days only.
    """
    from govsim.calibration.inference import observations, records, summaries
    from govsim.demand.table import draw
    from govsim.runs.tasks import runs
    from govsim.service import network

    settings = {"horizon": "22 weeks", "warm_up": "2 weeks", "demand.level": str(TRUE_LEVEL)}
    settings |= dict([RARER])
    loaded = load(exported / "place.yaml", settings=settings)
    service = network.build(loaded.scenario, loaded.folder)
    table = draw(service, 0)
    outcome = runs("compiled")(service, table, 2 * WEEK)
    start = int(np.datetime64(loaded.scenario.start, "ms").astype(np.int64))
    logs = []
    for name in ("orders.csv", "ledger.csv"):
        floored(exported / name, step).to_csv(tmp_path / name, index=False)
        logs.append(given.read(tmp_path / name, None, loaded.scenario).log)
    rounding = observations.rounding(*logs)
    simulated = summaries.of(records.of_replication(service, table, outcome, 2 * WEEK, rounding))
    span = (start + 2 * WEEK, start + 22 * WEEK)
    exported_ = summaries.of(observations.records(loaded.scenario, logs[0], logs[1], *span))
    assert exported_.keys() == simulated.keys()
    for name, value in simulated.items():
        # Exports have whole seconds.
        assert exported_[name] == pytest.approx(value, abs=0.02, nan_ok=True), name
    if step == "D":
        assert np.isnan(simulated["ledger median work"])
        assert np.isfinite(simulated["orders median long time"])

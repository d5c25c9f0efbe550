"""Simulated work orders look like an office's export, faults and all, and are read back whole."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from places import SCENARIOS

from govsim import language
from govsim.cli import cli
from govsim.demand.randomness import Streams
from govsim.demand.table import draw
from govsim.errors import InputError
from govsim.orders.describing import describe
from govsim.orders.faults import Faults, read_faults, write_export
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.orders.synthetic import station_ledger, work_orders
from govsim.runs.tasks import runs
from govsim.scenarios.loading import load
from govsim.service import network

TIANDI = SCENARIOS / "tiandi-before.yaml"
STAGES = ("created", "dispatched", "resolved", "closed", "due")


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


@pytest.fixture(scope="module")
def simulated():
    """A replication: the service, its demands, and what became of them."""
    loaded = load(TIANDI, settings={"horizon": "26 weeks", "warm_up": "2 weeks"})
    service = network.build(loaded.scenario, loaded.folder)
    table = draw(service, 0)
    return service, table, runs("compiled")(service, table, loaded.scenario.warm_up)


@pytest.fixture(scope="module")
def orders(simulated):
    language.use("en")
    return work_orders(*simulated, linked=True)


def exported(tmp_path, frame, **faults):
    file = tmp_path / "orders.csv"
    write_export(frame, file, Faults(**faults), Streams(5, 0))
    return file


def read_back(file):
    source = open_source(file)
    return read_orders(source, propose(source).mapping)


def test_there_is_a_row_for_each_order_that_was_given_after_the_warm_up(simulated, orders):
    _, table, outcome = simulated
    measured = outcome.orders["time"] >= outcome.measured_from
    assert len(orders) == measured.sum() > 200
    assert (orders["created"].diff().dropna() >= pd.Timedelta(0)).all()
    named = [f"{i:016x}" for i in table.id[outcome.orders["demand"][measured]].tolist()]
    assert orders["demand"].tolist() == named


def test_a_further_order_of_a_demand_names_the_one_before(orders):
    numbers = orders.set_index("order")
    again = orders[orders["parent"].isin(numbers.index)]
    assert len(again) > 10
    before = numbers.loc[again["parent"]]
    assert before["demand"].tolist() == again["demand"].tolist()
    assert (before["created"].to_numpy() <= again["created"].to_numpy()).all()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_written_is_read_back_whole_without_any_help(simulated, tmp_path, lang):
    language.use(lang)
    for frame in (work_orders(*simulated, linked=True), station_ledger(*simulated)):
        log = read_back(exported(tmp_path, frame))
        assert log.set_aside.empty
        read = log.frame
        for name in frame.columns.difference(
            ["street", "community", "grid", "satisfied", "status"]
        ):
            if frame[name].dtype.kind == "M":
                pd.testing.assert_series_equal(
                    read[name], frame[name].astype("datetime64[ms]"), check_names=False
                )
            else:
                assert read[name].fillna("").astype(str).tolist() == frame[name].tolist(), name
        assert read["place"].tolist() == frame["grid"].tolist()
        assert read["status"].tolist() == frame["status"].tolist()
        assert read["satisfied"].astype("Int8").fillna(-1).tolist() == frame["satisfied"].tolist()


def test_orders_are_linked_to_the_ledger_by_the_demand(simulated, orders):
    ledger = station_ledger(*simulated)
    assert "demand" not in station_ledger(*simulated, linked=False)
    assert "demand" not in work_orders(*simulated)
    both = orders.merge(ledger, on="demand", suffixes=("", "_station"))
    assert len(both) > 50
    assert (both["category"] == both["category_station"]).all()
    assert (both["created"] >= both["created_station"]).all()  # no first channel among them


@pytest.mark.parametrize(("step", "ms"), [("minute", 60_000), ("hour", 3.6e6), ("day", 8.64e7)])
def test_rounded_times_are_found_to_be_rounded_and_no_row_is_lost(orders, tmp_path, step, ms):
    log = read_back(exported(tmp_path, orders, rounding=step))
    assert log.rounding["created"] == log.rounding["closed"] == ms
    assert len(log.frame) == len(orders)
    lost = orders["closed"].astype("datetime64[ms]") - log.frame["closed"]
    assert lost.min() >= pd.Timedelta(0) and lost.max() < pd.Timedelta(milliseconds=ms)


def test_each_fault_comes_in_the_share_asked_for_and_is_found_again(orders, tmp_path):
    n = len(orders)

    def about(share, of=n):  # five standard errors
        return pytest.approx(share * of, abs=5 * np.sqrt(share * (1 - share) * of) + 1)

    log = read_back(exported(tmp_path, orders, missing=0.2))
    there = orders["dispatched"].notna()
    assert log.frame["dispatched"][there].isna().sum() == about(0.2, int(there.sum()))
    closed = int((orders["status"] == "closed").sum())
    log = read_back(exported(tmp_path, orders, open=0.3))
    assert (log.frame["status"] == "closed").sum() == about(0.7, closed)
    log = read_back(exported(tmp_path, orders, reversed=0.1))
    assert log.reasons() == {"Closed is before Created": len(log.set_aside)}
    assert len(log.set_aside) == about(0.1, int(orders["closed"].notna().sum()))
    log = read_back(exported(tmp_path, orders, nowhere=0.14))
    assert log.default_places == about(0.14)
    log = read_back(exported(tmp_path, orders, duplicates=0.05))
    assert log.reasons() == {"the order is in another row too": len(log.set_aside)}
    assert len(log.frame) == n and len(log.set_aside) == about(0.05)
    log = read_back(exported(tmp_path, orders, placeholder=1.0))
    assert log.times["closed"].placeholders == orders["closed"].isna().sum() > 0
    log = read_back(exported(tmp_path, orders, formats=0.25))
    assert min(form.rows for form in log.times["created"].forms) == about(0.25)
    log = read_back(exported(tmp_path, orders, halfway=0.6))
    first, second = log.times["created"].forms
    assert first.last + 1 == second.first
    assert describe(log).orders == n


def test_faults_may_come_together_and_all_rows_are_accounted_for(orders, tmp_path):
    together = {
        "rounding": "minute", "missing": 0.1, "open": 0.05, "reversed": 0.03, "nowhere": 0.1,
        "placeholder": 0.5, "formats": 0.2, "halfway": 0.5, "duplicates": 0.05,
    }  # fmt: skip
    file = exported(tmp_path, orders, **together, encoding="gb18030")
    written = file.read_bytes().count(b"\r\n") - 1
    log = read_back(file)
    assert len(log.frame) + len(log.set_aside) == written > len(orders)
    cut = exported(tmp_path, orders, **together, encoding="gb18030", cut=0.7)
    log = read_back(cut)
    assert len(log.frame) + len(log.set_aside) == cut.read_bytes().count(b"\r\n")


def test_the_same_seed_gives_the_same_file_and_another_fault_moves_nothing(orders, tmp_path):
    once = exported(tmp_path, orders, missing=0.1).read_bytes()
    assert exported(tmp_path, orders, missing=0.1).read_bytes() == once
    one = read_back(exported(tmp_path, orders, missing=0.1)).frame["dispatched"]
    two = read_back(exported(tmp_path, orders, missing=0.1, nowhere=0.5)).frame["dispatched"]
    pd.testing.assert_series_equal(one, two)


def test_faults_that_make_no_sense_are_all_named():
    with pytest.raises(InputError) as refused:
        read_faults([("missing", "120%"), ("roundin", "day"), ("rounding", "days")])
    said = str(refused.value)
    assert "missing: “120%”" in said and "did you mean “rounding”" in said
    assert "did you mean “day”" in said
    assert read_faults([("missing", "5%"), ("encoding", "gbk")]) == Faults(
        missing=0.05, encoding="gbk"
    )


def test_the_command_writes_both_files(tmp_path):
    language.use("en")
    answer = CliRunner().invoke(
        cli,
        [
            *("synth", str(TIANDI), "--out", str(tmp_path / "o.csv"), "--lang", "zh"),
            *("--ledger", str(tmp_path / "l.csv"), "--fault", "rounding=hour"),
            *("--set", "horizon=8 weeks", "--set", "warm_up=1 week"),
        ],
    )
    assert answer.exit_code == 0, answer.output
    assert "案件号,诉求编号" in (tmp_path / "o.csv").read_text("utf-8-sig")
    assert "诉求编号" in (tmp_path / "l.csv").read_text("utf-8-sig")

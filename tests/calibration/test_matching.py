"""Words of a record are matched with a scenario's alike, with a mapping file and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from places import SCENARIOS

from govsim import language
from govsim.calibrate import calibrate
from govsim.calibration import given
from govsim.cli import cli
from govsim.errors import InputError
from govsim.orders.matching import like, parts_of, spellings
from govsim.scenarios.loading import load

TIANDI = SCENARIOS / "tiandi.yaml"
HEADER = "工单编号,上报时间,办结时间,大类名称,问题来源,处置截止时间"
WORDS = ("物业服务", "停车管理", "噪音", "Parking", "供水")
"""Spelled as the scenario has it, nearly so, in the other language, and not known to it."""

MEANT = ("property", "parking", "noise", "parking", "供水")


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


@pytest.fixture(scope="module")
def scenario():
    return load(TIANDI).scenario


def orders(folder: Path, words=WORDS, channel: str = "12345热线") -> Path:
    rows = [
        f"G{day:02d}{i},2025-03-{day:02d} 0{i}:00,2025-03-{day:02d} 1{i}:00,{word},{channel},"
        for day in range(1, 11)
        for i, word in enumerate(words)
    ]
    file = folder / "orders.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return file


def written(source: Path, *more: str) -> Path:
    """Give the mapping that inspect writes, as the README says."""
    file = source.with_name("m.yaml")
    done = CliRunner().invoke(cli, ["inspect", str(source), "--write", str(file), *more])
    assert done.exit_code == 0, done.output
    return file


@pytest.mark.parametrize("more", [(), ("--scenario", str(TIANDI))])
def test_a_record_keeps_its_categories_with_the_mapping_that_inspect_writes(
    tmp_path, scenario, more
):
    source = orders(tmp_path)
    by_file = given.read(source, written(source, *more), scenario)
    by_itself = given.read(source, None, scenario)
    for read in (by_file, by_itself):
        assert read.log.frame["category"].astype(object).tolist()[:5] == list(MEANT)
        assert read.share_unknown("category") == pytest.approx(1 / 5)
        assert set(read.log.frame["channel"]) == {"call_12345"}


def test_what_the_mapping_says_comes_before_likeness_and_may_be_said_in_chinese(tmp_path, scenario):
    source = orders(tmp_path)
    mapping = written(source)
    with mapping.open("a", encoding="utf-8") as file:
        file.write("values:\n  category: {停车管理: 噪音, 供水: null, 噪音: hazard}\n")
    read = given.read(source, mapping, scenario)
    told = read.log.frame["category"].astype(object).tolist()[:5]
    assert told[:4] == ["property", "noise", "hazard", "parking"] and told[4] != told[4]
    assert read.unknown("category") == ()


def test_a_mapping_that_names_what_the_scenario_lacks_is_refused_with_its_line(tmp_path, scenario):
    source = orders(tmp_path)
    mapping = written(source)
    line = len(mapping.read_text(encoding="utf-8").splitlines()) + 2
    with mapping.open("a", encoding="utf-8") as file:
        file.write("values:\n  category: {供水: 市政设备}\n  channel: {12345热线: hotlin}\n")
    with pytest.raises(InputError) as caught:
        given.read(source, mapping, scenario)
    channel, category = caught.value.problems
    assert (category.line, category.suggestion) == (line, "市政设施")
    assert (channel.line, channel.suggestion) == (line + 1, "hotline")


def test_a_record_whose_categories_are_strange_is_refused_before_any_work(tmp_path, scenario):
    source = orders(tmp_path, ("供水", "供电", "燃气", "停车"))
    mapping = written(source)
    with pytest.raises(InputError) as caught:
        calibrate(TIANDI, source, mapping=mapping, out=tmp_path / "results")
    (problem,) = caught.value.problems
    assert problem.file == str(mapping)
    assert "75%" in problem.message and "供水 (10)" in problem.message
    assert "municipal" in problem.message and "values: category:" in problem.message
    assert not (tmp_path / "results").exists()


def test_a_record_in_which_nothing_ends_is_refused(tmp_path, scenario):
    source = orders(tmp_path)
    mapping = written(source)
    text = mapping.read_text(encoding="utf-8").splitlines()
    mapping.write_text("\n".join(one for one in text if "办结时间" not in one), encoding="utf-8")
    with pytest.raises(InputError, match="when it was resolved or closed"):
        given.read(source, mapping, scenario)


@pytest.mark.parametrize("word", ["巡查发现", "网格员巡查", "found on patrol", "工作人员发现"])
def test_what_staff_found_is_no_residents_call(tmp_path, scenario, word):
    read = given.read(orders(tmp_path, channel=word), None, scenario)
    assert set(read.log.frame["channel"]) == {"found by staff"}


@pytest.mark.parametrize("word", ["居民巡查群上报", "市民发现上报"])
def test_what_residents_found_is_not_taken_for_staffs(tmp_path, scenario, word):
    read = given.read(orders(tmp_path, channel=word), None, scenario)
    assert set(read.log.frame["channel"]) != {"found by staff"}


def test_the_mapping_of_the_orders_reads_a_ledger_with_other_columns(tmp_path, scenario):
    source = orders(tmp_path)
    mapping = written(source)
    assert "处置截止时间" in mapping.read_text(encoding="utf-8")
    book = tmp_path / "ledger.csv"
    row = "T1,2025-03-01 01:00,2025-03-01 01:20,2025-03-01 02:00,停车,微信群"
    book.write_text(f"工单编号,上报时间,到场时间,办结时间,大类名称,问题来源\n{row}\n", "utf-8")
    read = given.read(book, mapping, scenario, ledger=True, own=False)
    assert read.log.frame.loc[0, ["category", "channel"]].tolist() == ["parking", "wechat"]
    assert "scene" in read.log.times and "due" not in read.log.times


def test_a_ledger_none_of_whose_channels_is_known_is_refused(tmp_path, scenario):
    source = orders(tmp_path, channel="甲乙丙丁")
    assert given.read(source, None, scenario).share_unknown("channel") == 1
    with pytest.raises(InputError, match="would count as found by staff"):
        given.read(source, None, scenario, ledger=True)


def test_a_part_that_several_names_share_is_none_of_them(scenario):
    known = spellings(parts_of(scenario, "channel"))
    assert like("热线", known, "channel") == ""  # 便民热线, or 12345热线
    assert like("便民热线电话", known, "channel") == "hotline"
    assert like("hotlin", known, "channel") == "hotline"
    assert like("phone", known, "channel") == ""
    assert like("Noise complaint", spellings(parts_of(scenario, "category")), "category") == "noise"

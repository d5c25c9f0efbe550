"""Planners write names as they know them: labels, Chinese words, full-width signs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from places import SCENARIOS

from govsim import language
from govsim.checks.offered_load import load_report
from govsim.errors import InputError
from govsim.scenarios.loading import load, split_setting
from govsim.service import network

TIANDI = SCENARIOS / "tiandi.yaml"


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder in which a planner's file may extend the scenario of Tiandi."""
    shutil.copytree(SCENARIOS / "tables", tmp_path / "tables")
    for name in ("service", "tiandi"):
        shutil.copy(SCENARIOS / f"{name}.yaml", tmp_path)
    return tmp_path


def extended(place: Path, text: str):
    file = place / "我的方案.yaml"
    file.write_text("extends: tiandi.yaml\n" + text, encoding="utf-8")
    return load(file).scenario


def settings(*texts: str):
    return [split_setting(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "teams.物业人员.roster.白班=2",
        "teams.property management.roster.day=2",
        "队伍.物业人员.排班.白班=２",
        "teams。物业人员。roster。白班＝2人",
        "teams.物业人员.roster={白班：２}",
        "teams.物业人员.roster={day: 2}",
    ],
)
def test_a_setting_may_be_written_in_chinese(text):
    changed = load(TIANDI, settings=settings(text)).scenario
    by_keys = load(TIANDI, settings={"teams.property_management.roster": "{day: 2}"}).scenario
    assert changed.teams == by_keys.teams


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("teams.物业人.roster.白班=2", "物业人员"),
        ("teams.物业人员.roster.白般=2", "白班"),
        ("队五.物业人员.roster.白班=2", "队伍"),
        ("demand.categories.停车位.complex=0.2", "停车"),
        ("patrol.team=网格长", "网格员"),
        ("demand.categories.停车.department=环卫处", "环卫部门"),
        ("channels.微信群.if_closed=便民热", "便民热线"),
    ],
)
def test_a_wrong_chinese_name_brings_the_chinese_one_that_was_meant(text, meant):
    with pytest.raises(InputError) as caught:
        load(TIANDI, settings=settings(text))
    assert caught.value.problems[0].suggestion == meant


def test_a_file_may_name_parts_and_words_in_chinese(place):
    s = extended(
        place,
        """
label: 我的方案（一期）
replications: ５
confidence: ９０％
teams:
  物业人员: {roster: {白班：２，夜班：1人}, at: [点站，网格工作站], mode: 步行}
  城管队员: {roster: {白班: {工作日: 1, 周末: 2}}, speed: {停车: 1.5}}
groups:
  公共安全隐患组: {teams: [物业人员，网格员]}
patrol: {team: 志愿者, enabled: 是, days: 工作日}
desk: {rosters: {点站: {白班: 1, 夜班: 1}}}
channels: {微信群: {hours: 08：00-20：00, if_closed: 便民热线}}
demand: {categories: {停车: {group: 居民接待组, department: 环卫部门}}}
costs: {order: ８０元, station_per_year: 20万元}
evidence: {teams.城管队员.roster.白班: {evidence: 公布, source: 值班表}}
""",
    )
    assert (s.label.zh, s.label.en) == ("我的方案（一期）",) * 2
    assert (s.replications, s.confidence) == (5, 0.9)
    team = s.teams["property_management"]
    assert team.roster == {"day": 2, "night": 1} and team.mode == "walking"
    assert team.at == ("point_station", "workstation")
    assert set(s.teams) == {"grid_staff", "property_management", "urban_management", "volunteers"}
    assert s.teams["urban_management"].roster == {"day": {"workday": 1, "weekend": 2}}
    assert s.teams["urban_management"].speed == {"parking": 1.5}
    assert s.groups["safety"].teams == ("property_management", "grid_staff")
    assert (s.patrol.team, s.patrol.enabled, s.patrol.days) == ("volunteers", True, "workdays")
    assert s.desk.rosters["point_station"] == {"day": 1, "night": 1}
    assert s.channels["wechat"].hours == ((8 * 3_600_000, 20 * 3_600_000),)
    assert s.channels["wechat"].if_closed == "hotline"
    parking = s.demand.categories["parking"]
    assert (parking.group, parking.department) == ("reception", "sanitation")
    assert (s.costs.order, s.costs.station_per_year) == (80, 200_000)
    assert s.evidence["teams.urban_management.roster.day"].evidence == "published"


def test_a_shift_that_is_called_in_chinese_itself_keeps_its_name(place):
    file = place / "own.yaml"
    text = (place / "service.yaml").read_text(encoding="utf-8")
    for key, word in (("day", "白班"), ("night", "夜班")):
        text = text.replace(f'    {key}: "', f'    {word}: "').replace(f"{{{key}: ", f"{{{word}: ")
        text = text.replace(f", {key}: ", f", {word}: ").replace(
            f"      {key}: ", f"      {word}: "
        )
    file.write_text(text + "\ncentre: {roster: {白班: 6, 夜班: 2}}\n", encoding="utf-8")
    s = load(file).scenario
    assert set(s.calendar.shifts) == {"白班", "夜班"}
    assert set(s.teams["grid_staff"].roster_at["point_station"]) == {"白班", "夜班"}


def test_a_part_that_is_named_twice_is_refused(place):
    with pytest.raises(InputError, match="“白班” means “day”, which stands here already"):
        extended(place, "teams: {物业人员: {roster: {day: 1, 白班: 2}}}\n")


def test_a_name_of_nothing_is_told_in_a_file_with_its_line(place):
    with pytest.raises(InputError) as caught:
        extended(place, "replications: 4\nteams:\n  物业人: {roster: {白班: 2}}\n")
    (problem,) = caught.value.problems
    assert (problem.line, problem.path, problem.suggestion) == (4, "teams.物业人", "物业人员")


def test_a_new_part_with_a_label_of_its_own_is_new(place):
    s = extended(
        place,
        "teams: {保安: {label: 保安, at: [点站], roster: {白班: 3}}}\n"
        "groups: {safety: {teams: [保安, 网格员]}}\n",
    )
    assert s.teams["保安"].roster == {"day": 3}
    assert s.groups["safety"].teams == ("保安", "grid_staff")


def test_text_that_is_no_number_keeps_its_signs(place):
    s = extended(place, "label: {zh: 方案２（二期，试点）, en: Plan}\nquestion: 几个人？\n")
    assert s.label.zh == "方案２（二期，试点）"
    assert s.question is not None and s.question.en == "几个人？"


def test_a_table_of_rosters_may_name_teams_and_shifts_in_chinese(place):
    rows = "点站,队伍,班次,人数\n天地新城点站,物业人员,白班,２\n点站,前台,夜班,1\n"
    (place / "rosters.csv").write_text(rows, encoding="utf-8")
    s = extended(place, "territory: {rosters: {table: rosters.csv}}\n")
    service = network.build(s, place)
    keys = {
        (team, row.shift, row.number)
        for (_, team), all_ in service.territory.roster_rows().items()
        for row in all_
    }
    assert keys == {("property_management", "day", 2), ("desk", "night", 1)}


def test_a_table_that_says_the_same_twice_in_two_languages_is_refused(place):
    rows = "点站,队伍,班次,人数\n天地新城点站,物业人员,白班,2\n"
    rows += "天地新城点站,property_management,day,3\n"
    (place / "rosters.csv").write_text(rows, encoding="utf-8")
    scenario = extended(place, "territory: {rosters: {table: rosters.csv}}\n")
    told = [f.message for f in load_report(network.build(scenario, place)) if f.severity == "error"]
    assert any(text.startswith("line 3 of the table: this point, team, shift") for text in told)


def test_a_dated_change_names_teams_in_chinese_and_the_hotline_too(place):
    change = "changes: {病假: {first_day: 2025-03-03, last_day: 2025-03-09, team: %s, add: -1}}\n"
    found = [
        extended(place, change % name).changes["病假"].team for name in ("物业人员", "12345中心")
    ]
    assert found == ["property_management", "centre"]
    with pytest.raises(InputError) as caught:
        extended(place, change % "物业人圆")
    (only,) = caught.value.problems
    assert only.suggestion == "物业人员" and "前台, 12345中心" in only.message

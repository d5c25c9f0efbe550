"""A scenario file is read as written, and every mistake in it is named with its line at once."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from govsim.errors import InputError, Problem
from govsim.scenarios.documents import parse
from govsim.scenarios.loading import LoadedAs, dump, load, load_as, locate, split_setting, to_yaml
from govsim.scenarios.quantities import DAY, MINUTE, Distribution, Duration, Hours, Share


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Team(Part):
    roster: dict[Literal["workday", "weekend"], int] | int = 1
    hours: Hours = Field("always", validate_default=True)
    training: float = Field(1.0, gt=0, le=3)
    crew: int | None = None


class Table(Part):
    table: str


class Territory(Part):
    communities: str | Table | None = None


class Patience(Part):
    enabled: bool = True


class Plan(Part):
    """A small schema with one of each thing that the real one has."""

    label: str = ""
    start: date = date(2025, 1, 1)
    warm_up: Duration | Literal["mser5"] = Field("4 weeks", validate_default=True)
    seed: int = Field(1, ge=0)
    answered: Share = 0.3
    work: Distribution = Field("10 min", validate_default=True)
    speeds: dict[str, float] = {"walk": 4.7, "e-bike": 17.1}
    weights: tuple[float, ...] = (1.0, 2.0, 3.0)
    teams: dict[str, Team] = {}
    territory: Territory = Territory()
    patience: Patience = Patience()
    order: Literal["arrival", "due"] = "arrival"

    @field_validator("weights")
    @classmethod
    def _some(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if sum(value) == 0:
            raise ValueError("the weights are all 0")
        return value


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write files and return the first; the planner works in their folder."""
    monkeypatch.chdir(tmp_path)

    def write(text: str | bytes = "", **others: str) -> Path:
        for name, content in others.items():
            (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
        data = text.encode() if isinstance(text, str) else text
        (tmp_path / "plan.yaml").write_bytes(data)
        return tmp_path / "plan.yaml"

    return write


def read(path: Path, *overrides: str, **settings: str) -> LoadedAs[Plan]:
    return load_as(path, Plan, overrides=overrides, settings=settings)


def problems(path: Path, *overrides: str, settings: Any = ()) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        load_as(path, Plan, overrides=overrides, settings=settings)
    return list(caught.value.problems)


def problem(path: Path, *overrides: str, settings: Any = ()) -> Problem:
    (only,) = problems(path, *overrides, settings=settings)
    return only


# ---------------------------------------------------------------- what is read


def test_a_plan_is_read_with_its_amounts_and_the_place_of_each(write: Write) -> None:
    loaded = read(write("# a plan\nwarm_up: 2 days\nteams:\n  grid:\n    hours: 08:00-17:30\n"))
    assert loaded.scenario.warm_up == 2 * DAY
    assert loaded.scenario.teams["grid"].hours == ((8 * 60 * MINUTE, 1050 * MINUTE),)
    assert loaded.tree == {"warm_up": "2 days", "teams": {"grid": {"hours": "08:00-17:30"}}}
    assert locate(loaded.origins, ("teams", "grid", "hours")) == ("plan.yaml", 5)
    assert locate(loaded.origins, ("teams", "grid", "crew")) == ("plan.yaml", 4)
    assert locate(loaded.origins, ("seed",)) == ("plan.yaml", 1)


def test_a_time_of_day_is_no_sexagesimal_number_and_on_is_no_truth(write: Write) -> None:
    assert read(write("label: 17:30")).tree == {"label": "17:30"}
    assert read(write("label: on")).tree == {"label": "on"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_file_in_any_encoding_of_an_office_is_read(write: Write, encoding: str) -> None:
    assert read(write("label: 天地新城点站".encode(encoding))).scenario.label == "天地新城点站"


def test_windows_line_ends_keep_the_line_numbers(write: Write) -> None:
    assert problem(write("label: a\r\n\r\nseeed: 1\r\n")).line == 3


def test_the_files_that_were_read_are_named_with_their_digests(write: Write) -> None:
    path = write("extends: base.yaml\n", base="seed: 5\n")
    loaded = read(path)
    assert [f.path.name for f in loaded.files] == ["plan.yaml", "base.yaml"]
    assert loaded.files[1].sha256 == hashlib.sha256(b"seed: 5\n").hexdigest()
    assert loaded.folder == path.parent


def test_a_name_that_looks_like_a_number_stays_a_name(write: Write) -> None:
    assert read(write("speeds: {12345: 3}")).scenario.speeds == {"12345": 3}


# ---------------------------------------------------------------- extends


def test_a_plan_takes_over_what_it_extends_and_changes_only_what_it_says(write: Write) -> None:
    loaded = read(
        write(
            "extends: base.yaml\nteams:\n  grid: {crew: 2}\n",
            base="seed: 5\nteams:\n  grid:\n    training: 1.5\n    crew: 1\n",
        )
    )
    assert loaded.scenario.seed == 5
    assert loaded.scenario.teams["grid"] == Team(training=1.5, crew=2)
    assert locate(loaded.origins, ("teams", "grid", "crew")) == ("plan.yaml", 3)
    assert locate(loaded.origins, ("teams", "grid", "training")) == ("base.yaml", 4)


def test_a_plan_may_extend_several_and_the_later_ones_win(write: Write) -> None:
    loaded = read(write("extends: [a.yaml, b.yaml]", a="seed: 1\nlabel: a", b="seed: 2"))
    assert (loaded.scenario.seed, loaded.scenario.label) == (2, "a")


def test_lists_are_replaced_and_not_mixed(write: Write) -> None:
    assert read(write("extends: a.yaml\nweights: [9]", a="weights: [1, 2]")).scenario.weights == (
        9,
    )


def test_null_takes_an_inherited_entry_out(write: Write) -> None:
    loaded = read(write("extends: a.yaml\nteams: {b: null}", a="teams: {a: {}, b: {}}"))
    assert set(loaded.scenario.teams) == {"a"}


@pytest.mark.parametrize(
    ("own", "family"),
    [
        ("{exponential: {mean: 1 h}}", "exponential"),
        ("{lognormal: {mean: 1 h, cv: 1}}", "lognormal"),
        ("{lognormal: {sigma: 1.1}}", "lognormal"),
        ("5 min", "deterministic"),
    ],
)
def test_another_kind_of_time_replaces_the_inherited_one(
    write: Write, own: str, family: str
) -> None:
    base = "work: {lognormal: {median: 30 min, sigma: 0.7}}"
    assert read(write(f"extends: a.yaml\nwork: {own}", a=base)).scenario.work.family == family


def test_a_mistake_in_the_extended_file_is_named_there(write: Write) -> None:
    found = problem(write("extends: a.yaml\n", a="label: x\nseed: -1\n"))
    assert (found.file, found.line, found.path) == ("a.yaml", 2, "seed")


def test_files_that_extend_each_other_are_reported_with_the_whole_circle(write: Write) -> None:
    found = problem(write("extends: a.yaml", a="\nextends: b.yaml", b="extends: plan.yaml"))
    assert "plan.yaml → a.yaml → b.yaml → plan.yaml" in found.message
    assert (found.file, found.line) == ("b.yaml", 1)


@pytest.mark.parametrize(
    "name", ["../secret.yaml", "/etc/passwd", "C:\\secret.yaml", "sub/../../x"]
)
def test_no_file_outside_of_the_folder_is_read(write: Write, name: str) -> None:
    path = write(f"label: x\nextends: '{name}'")
    (path.parent.parent / "secret.yaml").write_text("seed: 1")
    found = problem(path)
    assert "outside" in found.message or "absolute" in found.message
    assert found.line == 2


def test_a_link_that_leads_out_of_the_folder_is_not_followed(write: Write) -> None:
    path = write("extends: link.yaml")
    outside = path.parent.parent / "outside.yaml"
    outside.write_text("seed: 3")
    try:
        (path.parent / "link.yaml").symlink_to(outside)
    except OSError:
        pytest.skip("this system lets no links be made")
    assert "outside" in problem(path).message


def test_plans_in_the_scenarios_folder_may_share_a_base(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios" / "2026"
    folder.mkdir(parents=True)
    (tmp_path / "scenarios" / "base.yaml").write_text("seed: 8")
    (folder / "plan.yaml").write_text("extends: ..\\base.yaml")
    assert read(folder / "plan.yaml").scenario.seed == 8


def test_a_missing_base_brings_the_file_of_like_name(write: Write) -> None:
    found = problem(write("seed: 1\nextends: basis.yaml", baseline="", basic="", base=""))
    assert (found.line, found.suggestion) == (2, "basic.yaml")


# ---------------------------------------------------------------- overrides and --set

OVERRIDES = """
seed: 1
teams: {grid: {crew: 1}}
overrides:
  more: {teams: {grid: {crew: 3}}}
  seeded: {seed: 7}
  none: {teams: {grid: null}}
"""


def test_named_overrides_are_laid_over_in_their_order(write: Write) -> None:
    path = write(OVERRIDES)
    assert read(path).scenario.seed == 1
    both = read(path, "more", "seeded").scenario
    assert (both.seed, both.teams["grid"].crew) == (7, 3)
    assert read(path, "none").scenario.teams == {}


def test_a_plan_can_apply_inherited_overrides_itself(write: Write) -> None:
    loaded = read(write("extends: a.yaml\napply: [more, seeded]", a=OVERRIDES))
    assert (loaded.scenario.seed, loaded.scenario.teams["grid"].crew) == (7, 3)
    assert "overrides" not in loaded.tree


def test_an_unknown_override_brings_the_one_that_was_meant(write: Write) -> None:
    assert problem(write(OVERRIDES), "moer").suggestion == "more"
    found = problem(write(OVERRIDES + "\napply: seded"))
    assert (found.suggestion, found.line) == ("seeded", 9)


def test_a_typo_in_an_override_is_found_even_when_it_is_not_applied(write: Write) -> None:
    found = problem(write("overrides:\n  more:\n    teems: {}\n"))
    assert (found.path, found.line, found.suggestion) == ("overrides.more.teems", 3, "teams")


def test_set_changes_one_value_and_keeps_the_rest(write: Write) -> None:
    path = write("teams: {grid: {crew: 1, training: 2}}")
    loaded = load_as(
        path,
        Plan,
        settings={
            "teams.grid.crew": "4",
            "warm_up": "3 days",
            "speeds.walk": "5",
            "weights.1": "9",
        },
    )
    assert loaded.scenario.teams["grid"] == Team(crew=4, training=2)
    assert loaded.scenario.warm_up == 3 * DAY
    assert loaded.scenario.speeds == {"walk": 5, "e-bike": 17.1}
    assert loaded.scenario.weights == (1, 9, 3)
    assert locate(loaded.origins, ("teams", "grid", "crew")) == ("--set", 0)


def test_set_can_give_another_kind_of_time(write: Write) -> None:
    path = write("work: {gamma: {mean: 1 h, cv: 1}}")
    assert read(path, **{"work.exponential.mean": "2 h"}).scenario.work.family == "exponential"
    assert read(path, work="{weibull: {scale: 1 h, shape: 1}}").scenario.work.family == "weibull"
    assert read(path, **{"work.gamma.cv": "0.5"}).scenario.work.parameters.cv == 0.5  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("where", "suggestion"),
    [
        ("warmup", "warm_up"),
        ("teams.grdi.crew", "grid"),
        ("teams.grid.crews", "crew"),
        ("speeds.e-bik", "e-bike"),
        ("enabled", "patience.enabled"),
        ("seed.value", ""),
        ("weights.7", ""),
        ("", ""),
    ],
)
def test_set_refuses_a_path_that_does_not_exist(write: Write, where: str, suggestion: str) -> None:
    found = problem(write("teams: {grid: {crew: 1}}"), settings=[(where, "1")])
    assert found.file == "--set"
    assert found.suggestion == suggestion


def test_set_refuses_a_wrong_value_with_its_path(write: Write) -> None:
    found = problem(write("seed: 1"), settings=[("warm_up", "10 mni")])
    assert (found.file, found.path, found.suggestion) == ("--set", "warm_up", "10 min")
    assert problem(write("seed: 1"), settings=[("seed", "[1")]).path == "seed"


def test_a_setting_is_a_path_and_a_value() -> None:
    assert split_setting("a.b = 10 min") == ("a.b", "10 min")
    assert split_setting("a=b=c") == ("a", "b=c")
    for wrong in ("a.b", "=3"):
        with pytest.raises(InputError):
            split_setting(wrong)


# ---------------------------------------------------------------- files that can't be read


def test_a_missing_file_brings_those_of_like_name(write: Write) -> None:
    path = write("seed: 1")
    found = problem(path.with_name("paln.yaml"))
    assert (found.file, found.suggestion) == ("paln.yaml", "plan.yaml")
    assert problem(path.with_name("plan")).suggestion == "plan.yaml"
    assert "folder" in problem(path.parent / "nowhere" / "plan.yaml").message


def test_a_folder_is_not_a_plan(write: Write) -> None:
    assert "folder" in problem(write("seed: 1").parent).message


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n"])
def test_an_empty_file_is_said_to_be_empty(write: Write, text: str) -> None:
    assert "empty" in problem(write(text)).message


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text\n", "3"])
def test_a_file_that_is_no_block_of_keys_is_refused(write: Write, text: str) -> None:
    assert "block of keys" in problem(write(text)).message


@pytest.mark.parametrize("data", [b"seed: 1\xff\x00\x01", b"\x89PNG\r\n\x1a\n\0\0", b"a: \xff\xff"])
def test_what_is_no_text_is_refused(write: Write, data: bytes) -> None:
    assert "UTF-8" in problem(write(data)).message


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("teams:\n\tgrid: 1\n", 2, 1, "tab"),
        ("label: a: b\n", 1, 9, "colon"),
        ("seed: 1\nlabel: 'x\norder: due\n", 2, 8, "quotation mark"),
        ("seed: 1\nweights: [1, 2\nlabel: x\n", 2, 10, "bracket"),
        ("label: @x\n", 1, 8, "“@” must be in quotes"),
        ("label: *x\n", 1, 8, "in quotes"),
        ("list:\n- at：x\n  seed: 2\n", 2, 5, "full-width colon"),
        ("seed: 1\nlabel\norder: due\n", 2, 1, "no colon"),
        ("seed: 1\n  label: x\n", 2, 8, "colon"),
        ("seed: 1\n---\nseed: 2\n", 2, 1, "second document"),
        ('label: "C:\\x"\n', 1, 11, "backslash"),
        ("- a\nb: 1\n", 2, 1, "indentation"),
    ],
)
def test_broken_yaml_is_explained_in_plain_words_with_line_and_column(
    write: Write, text: str, line: int, column: int, words: str
) -> None:
    found = problem(write(text))
    assert words in found.message
    assert found.line == line
    assert f"column {column})" in found.message


@pytest.mark.parametrize(
    "text",
    [
        "label: \x01\n",
        "[" * 5000,
        "label: &x [*x]\n",
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{b}: &{b} [{','.join(f'*{a}' for _ in range(9))}]\n"
            for a, b in zip("abcdefg", "bcdefgh", strict=True)
        ),
        "label: !!python/object:os.system x\n",
        "label: !secret x\n",
        "? [a]\n: 1\n",
        "start: 2025-99-99\n",
        "<<: 3\n",
    ],
)
def test_strange_yaml_is_one_message_and_never_a_traceback(write: Write, text: str) -> None:
    assert problem(write(text)).message


def test_a_repeated_key_is_refused_with_both_lines(write: Write) -> None:
    found = problems(write("seed: 1\nteams:\n  a: {}\n  a: {}\nseed: 2\n"))
    assert [p.line for p in found] == [4, 5]
    assert "line 3" in found[0].message


def test_an_anchor_can_be_merged(write: Write) -> None:
    loaded = read(write("teams:\n  a: &a {crew: 1, training: 2}\n  b: {<<: *a, crew: 3}\n"))
    assert loaded.scenario.teams["b"] == Team(crew=3, training=2)


# ---------------------------------------------------------------- wrong values


@pytest.mark.parametrize(
    ("text", "path", "line", "words", "suggestion"),
    [
        ("seeed: 1", "seeed", 1, "unknown key", "seed"),
        ("teams:\n  a:\n    trainign: 1", "teams.a.trainign", 3, "unknown key", "training"),
        ("enabled: true", "enabled", 1, "unknown key", "patience.enabled"),
        ("warm_up: 10 mni", "warm_up", 1, "min, h, days", "10 min"),
        ("warm_up: 10", "warm_up", 1, "no unit", ""),
        ("warm_up: -1 day", "warm_up", 1, "negative", ""),
        ("answered: 30", "answered", 1, "from 0 to 1", "30%"),
        ("seed: x", "seed", 1, "expected a whole number, but found “x”", ""),
        ("seed: 1.5", "seed", 1, "whole number", ""),
        ("seed: -1", "seed", 1, "at least 0", ""),
        ("seed: [1]", "seed", 1, "a list", ""),
        ("label: 12345", "label", 1, "put it in quotes", ""),
        ("label: {a: 1}", "label", 1, "block of keys", ""),
        ("start: yesterday", "start", 1, "2025-01-31", ""),
        ("order: du", "order", 1, "arrival, due", "due"),
        ("weights: 3", "weights", 1, "a list", ""),
        ("weights: [1, x]", "weights.1", 1, "a number", ""),
        ("weights: [0]", "weights", 1, "all 0", ""),
        ("teams: {a: {training: 0}}", "teams.a.training", 1, "greater than 0", ""),
        ("teams: {a: {training: 9}}", "teams.a.training", 1, "at most 3", ""),
        ("teams: {a: 3}", "teams.a", 1, "expected a block of keys", ""),
        ("teams: {a: {hours: 8-17}}", "teams.a.hours", 1, "08:30", ""),
        ("teams: {a: {roster: x}}", "teams.a.roster", 1, "whole number", ""),
        ("teams: {a: {roster: {wekend: 1}}}", "teams.a.roster.wekend", 1, "workday", "weekend"),
        ("teams: {a: {roster: [1]}}", "teams.a.roster", 1, "block of keys or a whole", ""),
        ("territory: {communities: {tabel: x}}", "territory.communities.tabel", 1, "", "table"),
        ("territory: {communities: {}}", "territory.communities.table", 1, "missing", ""),
        ("patience: {enabled: maybe}", "patience.enabled", 1, "true or false", ""),
        ("patience:", "patience", 1, "found nothing", ""),
        ("work: {exponental: {mean: 1 h}}", "work.exponental", 1, "", "exponential"),
        ("work: {exponential: {mean: 40}}", "work.exponential.mean", 1, "no unit", ""),
        ("work: 10 mni", "work", 1, "unknown unit", "10 min"),
        ("work: {gamma: {mean: 1 h}}", "work.gamma.cv", 1, "missing", ""),
        ("extends: 3", "extends", 1, "name", ""),
        ("overrides: [a]", "overrides", 1, "named blocks", ""),
        ("overrides: {a: 3}", "overrides.a", 1, "block of keys", ""),
        ("apply: a\noverrides: {a: {extends: x}}", "overrides.a.extends", 2, "extends", ""),
    ],
)
def test_a_wrong_value_is_named_with_its_place_and_what_is_allowed(
    write: Write, text: str, path: str, line: int, words: str, suggestion: str
) -> None:
    found = problem(write(text))
    assert (found.path, found.line, found.suggestion) == (path, line, suggestion)
    assert words in found.message
    assert "pydantic" not in str(found)
    assert "Input should" not in str(found)


def test_all_mistakes_of_a_file_are_reported_at_once_in_order(write: Write) -> None:
    found = problems(write("seed: -1\nlabel: ok\nwarm_up: 10\nteams:\n  a: {creww: 1}\n"))
    assert [(p.line, p.path) for p in found] == [(1, "seed"), (3, "warm_up"), (5, "teams.a.creww")]
    assert str(found[2]) == "plan.yaml:5: teams.a.creww: unknown key “creww”; did you mean “crew”?"


# ---------------------------------------------------------------- tables


def test_a_table_is_found_beside_the_file_that_names_it(write: Write) -> None:
    path = write("extends: sub/base.yaml")
    (path.parent / "sub").mkdir()
    (path.parent / "sub" / "base.yaml").write_text("territory: {communities: {table: a.csv}}")
    (path.parent / "sub" / "a.csv").write_bytes(b"x\n")
    loaded = read(path)
    table = loaded.scenario.territory.communities
    assert isinstance(table, Table)
    assert Path(table.table) == path.parent / "sub" / "a.csv"
    assert loaded.files[-1].sha256 == hashlib.sha256(b"x\n").hexdigest()


def test_a_missing_table_brings_those_of_like_name(write: Write) -> None:
    path = write("territory:\n  communities:\n    table: comunities.csv\n")
    (path.parent / "communities.csv").write_text("x")
    found = problem(path)
    assert found.path == "territory.communities.table"
    assert (found.line, found.suggestion) == (3, "communities.csv")


def test_a_table_outside_of_the_folder_is_refused(write: Write) -> None:
    assert "outside" in problem(write("territory: {communities: {table: ../a.csv}}")).message


def test_the_name_of_a_shipped_table_is_left_alone(write: Write) -> None:
    loaded = read(write("territory: {communities: jiangning}"))
    assert loaded.scenario.territory.communities == "jiangning"


def test_a_table_given_on_the_command_line_may_be_anywhere(write: Write) -> None:
    path = write("seed: 1")
    outside = path.parent.parent / "outside.csv"
    outside.write_text("x")
    loaded = read(path, **{"territory.communities.table": str(outside)})
    assert loaded.scenario.territory.communities == Table(table=str(outside))


# ---------------------------------------------------------------- the real schema

REAL = """
demand: {categories: {noise: {label: {zh: 噪音, en: Noise}, group: reception}}}
channels: {desk: {label: {zh: 前台, en: Desk}}}
groups: {reception: {label: {zh: 受理, en: Reception}, teams: [staff]}}
teams:
  staff: {label: {zh: 网格员, en: Staff}, at: [point_station], roster: {day: 2}}
"""


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the checks of a whole scenario will find."""
    found: list[tuple[Any, ...]] = []
    checks = SimpleNamespace(check=lambda scenario, folder: found)
    monkeypatch.setitem(sys.modules, "govsim.scenarios.checks", checks)
    return found


def test_what_the_checks_find_is_placed_in_the_file(
    write: Write, findings: list[tuple[Any, ...]]
) -> None:
    path = write(REAL)
    findings.append((("teams", "staff", "cost"), "warning", "cheap", ""))
    (warning,) = load(path).warnings
    assert (warning.path, warning.line) == ("teams.staff.cost", 6)
    findings.append((("groups", "reception", "teams", 0), "error", "no such team", "staff"))
    with pytest.raises(InputError) as caught:
        load(path)
    assert [(p.line, p.suggestion) for p in caught.value.problems] == [(4, "staff")]


def test_a_scenario_that_is_written_reads_as_the_same_scenario(
    write: Write, tmp_path: Path, findings: list[tuple[Any, ...]]
) -> None:
    scenario = load(write(REAL), settings=[("residents.patience.time", "3 working days")]).scenario
    dump(scenario, tmp_path / "copy.yaml")
    assert load(tmp_path / "copy.yaml").scenario == scenario


# ---------------------------------------------------------------- writing


def test_a_plan_that_is_written_reads_as_the_same_plan(write: Write, tmp_path: Path) -> None:
    plan = read(
        write(
            "label: '12345'\nwarm_up: mser5\nwork: {lognormal: {median: 30 min, sigma: 0.7}}\n"
            "teams: {甲: {hours: '22:00-06:00', roster: {weekend: 2}}}\nanswered: 30%\n"
        )
    ).scenario
    dump(plan, tmp_path / "copy.yaml")
    assert read(tmp_path / "copy.yaml").scenario == plan
    assert "甲" in to_yaml(plan)
    assert "weights: [1.0, 2.0, 3.0]" in to_yaml(plan)


def test_a_written_plan_names_its_tables_relative_to_itself(write: Write, tmp_path: Path) -> None:
    path = write("territory: {communities: {table: a.csv}}")
    (tmp_path / "a.csv").write_text("x")
    plan = read(path).scenario
    dump(plan, tmp_path / "copy.yaml")
    assert "table: a.csv" in (tmp_path / "copy.yaml").read_text(encoding="utf-8")
    assert read(tmp_path / "copy.yaml").scenario == plan


def test_a_full_width_colon_behind_a_key_is_read_as_the_colon_that_it_is():
    def read(text: str) -> object:
        return plain(parse(text, "plan.yaml", Path()))

    def plain(node: Any) -> object:
        if isinstance(node.value, dict):
            return {key: plain(one) for key, one in node.value.items()}
        return [plain(one) for one in node.value] if isinstance(node.value, list) else node.value

    text = "label：我的方案\nhorizon： 4 weeks\nquestion: |\n  时间：不变\n"
    text += "teams:\n  甲：\n    day：2\n"
    teams = {"甲": {"day": 2}}
    told = {"label": "我的方案", "horizon": "4 weeks", "question": "时间：不变\n", "teams": teams}
    assert read(text) == told
    for other in ("label: 方案：夜间\n", "list:\n- 甲：乙\n", "label: 我的\n  方案：夜间\n"):
        assert "：" in str(read(other))

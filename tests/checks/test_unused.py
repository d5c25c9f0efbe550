"""Inputs that have no effect are named, and those that are named have none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from audit import lay_out
from hand import PLAIN, merge
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import scenarios

from govsim import engine
from govsim.checks.offered_load import load_warnings
from govsim.checks.staffed import Staffed
from govsim.checks.unused import ALWAYS, RULES, silenced
from govsim.checks.usage import Usage
from govsim.demand.table import draw
from govsim.measures.replication import measure
from govsim.scenarios.loading import load, to_yaml
from govsim.scenarios.parameters import Leaf, leaves
from govsim.scenarios.parameters import fields as inputs
from govsim.scenarios.schema import Scenario
from govsim.service.network import build

SAID = "used at no point"


def told(folder: Path, change: dict[str, Any] | None = None, *said: str) -> list[str]:
    """What a file, and what is said by --set on top of it, is told to be of no use."""
    file = folder / "plan.yaml"
    if not file.exists():
        bare = merge(
            PLAIN, {"desk": {"=": {"enabled": False}}, "patrol": {"=": {"enabled": False}}}
        )
        scenario = Scenario.model_validate(merge(bare, change or {}))
        file.write_text(to_yaml(scenario, folder), "utf-8")
    pairs = [(one.partition("=")[0], one.partition("=")[2]) for one in said]
    loaded = load(file, settings=pairs)
    warnings = load_warnings(build(loaded.scenario, loaded.folder), loaded.origins)
    return [str(one) for one in warnings if SAID in str(one)]


def two_kinds(**team: Any) -> dict[str, Any]:
    return {
        "territory": {"grids": {"count": 4}, "offices": True},
        "teams": {"staff": {"at": ["point_station", "community_office"], **team}},
    }


def test_a_roster_that_a_kind_of_points_roster_overrides_is_named_with_the_winner(
    tmp_path: Path,
) -> None:
    change = {"teams": {"staff": {"roster_at": {"point_station": {"all": 2}}}}}
    (said,) = [t for t in told(tmp_path, change, "teams.staff.roster.all=6") if "--set" in t]
    assert said.startswith("--set: teams.staff.roster.all: used at no point: ")
    assert "teams.staff.roster_at.point_station holds instead" in said
    assert "plan.yaml:" in said


def test_a_roster_that_holds_at_one_kind_of_point_is_of_use(tmp_path: Path) -> None:
    change = two_kinds(roster_at={"point_station": {"all": 2}})
    assert told(tmp_path, change, "teams.staff.roster.all=6") == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("patrol.per_grid=30 min", "patrol.enabled is false"),
        ("teams.staff.roster_at.workstation.all=4", "this team does not stand there"),
        ("channels.app.if_closed=app", "the channel is always open"),
        ("channels.app.without_station=0.4", "a point station serves every grid"),
        ("demand.spring_festival=0.3", "the run has no such day"),
        ("desk.reply=9 min", "desk.enabled is false"),
        ("travel.speeds.car=30 km/h", "travel.enabled is false"),
        ("residents.patience.time=2 days", "residents.patience.enabled is false"),
        ("demand.categories.noise.make_safe=2 h", "demand.categories.noise.complex is 0"),
        ("calendar.shifts.late=never", "nobody's roster names this shift"),
        ("policies.dispatch=soonest", "travel.enabled is false"),
        ("policies.neighbours_within=2 km", "there are no two point stations"),
        ("promises.interim_after=3 h", "promises.made is false"),
        ("centre.call=9 min", "centre.enabled is false"),
        ("helpers.pool=3", "helpers.enabled is false"),
        ("demand.dispersion.k=3", "demand.dispersion.enabled is false"),
    ],
)
def test_what_is_said_in_vain_is_named_with_what_silences_it(
    tmp_path: Path, said: str, why: str
) -> None:
    ours = [text for text in told(tmp_path, {}, said) if text.startswith("--set")]
    assert [f"{said.partition('=')[0]}: {SAID}: {why}" in text for text in ours] == [True]


def test_what_silences_may_be_said_as_well(tmp_path: Path) -> None:
    change = {"patrol": {"enabled": True, "team": "staff", "per_grid": "30 min"}}
    assert told(tmp_path, change, "patrol.enabled=false") == []  # the file is not at fault
    both = told(tmp_path, change, "patrol.enabled=false", "patrol.per_grid=15 min")
    assert [text.partition(" (")[2] for text in both] == ["--set)"]


def test_what_a_file_inherits_is_not_told_and_its_own_is_with_its_line(tmp_path: Path) -> None:
    told(tmp_path, {"patrol": {"enabled": False, "per_grid": "30 min"}})
    child = tmp_path / "child.yaml"
    child.write_text("extends: plan.yaml\npatrol:\n  team: staff\n  found_hidden: 0.1\n", "utf-8")
    loaded = load(child)
    warnings = load_warnings(build(loaded.scenario, loaded.folder), loaded.origins)
    (only,) = [str(w) for w in warnings if SAID in str(w)]
    assert only.partition(": ")[0].endswith("child.yaml:3")
    assert "patrol.team" in only and "patrol.found_hidden" in only  # one reason, one warning


def test_rows_of_a_table_that_hold_nowhere_are_named_with_the_line_that_wins(
    tmp_path: Path,
) -> None:
    rows = "点站,staff,all,,2\n点站,staff,all,周末,3\nS01,staff,all,,4\n点站,staff,all,节假日,5\n"
    (tmp_path / "r.csv").write_text(f"点站,队伍,班次,日期类型,人数\n{rows}", "utf-8")
    change = {"territory": {"rosters": {"table": "r.csv"}}, "horizon": "2 weeks"}
    found = [text for text in told(tmp_path, change) if "r.csv" in text.partition(": ")[0]]
    lines = {text.partition(": ")[0].rpartition(":")[2]: text for text in found}
    assert set(lines) == {"2", "3", "5"}
    assert "line 4 of the table of rosters holds instead" in lines["2"]
    assert "the run has no such day" in lines["5"]
    (said,) = [t for t in told(tmp_path, None, "teams.staff.roster.all=7") if "--set" in t]
    assert "line 4 of the table of rosters holds instead" in said


def test_rows_for_a_point_that_serves_no_grid_are_named(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("点站,队伍,班次,人数\n工作站,staff,all,2\n", "utf-8")
    change = {
        "territory": {
            "rosters": {"table": "r.csv"},
            "workstations": {"count": 1},
        }
    }
    (found,) = [text for text in told(tmp_path, change) if "r.csv:2" in text]
    assert "no grid is served by “workstation”" in found


def test_every_input_of_the_schema_is_judged() -> None:
    """A new input must be given a rule, or be one that nothing silences."""
    known = [pattern.split(".") for pattern, _ in RULES] + [one.split(".") for one in ALWAYS]

    def covers(pattern: list[str], path: tuple[str, ...]) -> bool:
        return all(a in ("*", b) or b == "*" for a, b in zip(pattern, path, strict=False))

    lost = [".".join(one.path) for one in inputs() if not any(covers(k, one.path) for k in known)]
    assert lost == []


def changed(tree: dict[str, Any], leaf: Leaf) -> Scenario | None:
    """The scenario with another value of an input; None where no other is at hand."""
    written = leaf.written
    if isinstance(written, bool):
        other: Any = not written
    elif isinstance(written, int | float):
        other = written * 0.5 if isinstance(written, float) else written + 1
    elif isinstance(written, str) and written.endswith((" min", " h", " day", " days")):
        other = "7 min"
    elif isinstance(written, dict):
        other = "11 min"
    else:
        return None
    *above, last = leaf.path
    here: Any = tree
    for key in above:
        here = here[key]
    before, here[last] = here[last], other
    try:
        return Scenario.model_validate(tree)
    except ValueError:
        return None
    finally:
        here[last] = before


def outcome(scenario: Scenario) -> str:
    """All that is measured of a replication."""
    network = lay_out(scenario)
    table = draw(network, 0)
    found = measure(network, table, engine.run(network, table, 0))
    return found.values.to_csv() + found.weekly.to_csv()


@given(scenarios, st.randoms(use_true_random=False))
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],  # each example takes three replications
    suppress_health_check=list(HealthCheck),
)
def test_changing_what_is_told_to_be_of_no_use_changes_nothing(
    scenario: Scenario, some: Any
) -> None:
    network = lay_out(scenario)
    usage = Usage(network, Staffed(network))
    silent = [leaf for leaf in leaves(scenario) if silenced(usage, leaf)]
    tree = scenario.model_dump(mode="json")
    before = outcome(scenario)
    for leaf in some.sample(silent, min(3, len(silent))):
        if (other := changed(tree, leaf)) is not None:
            assert outcome(other) == before, leaf.path

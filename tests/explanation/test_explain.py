"""An explanation adds up to the change, names every mechanism that differs, and is kept."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from places import SCENARIOS
from rich.cells import cell_len
from short_runs import EXPLAINED as SHORT

import govsim
from govsim import language
from govsim.cli import cli
from govsim.errors import InputError, RunError
from govsim.explanation import attribution, mechanisms, switches
from govsim.explanation.regression import Selection
from govsim.explanation.result import AGAIN, EXPLANATIONS, FAILED, FIRST, FRAMES, open_explanation
from govsim.explanation.shapley import coalitions
from govsim.explanation.steps import QUICK, Budget
from govsim.runs import trials
from govsim.runs.executors import Serial
from govsim.runs.trials import FILE, Kept, Trial
from govsim.scenarios.loading import load
from govsim.scenarios.parameters import leaves
from govsim.service import network
from govsim.service.rules import CAUSES

BEFORE, AFTER = SCENARIOS / "tiandi-before.yaml", SCENARIOS / "tiandi.yaml"
A_YEAR = 365 / 28
"""From what is counted in eight weeks to a year."""


@pytest.fixture(scope="module")
def pair():
    return [load(file, settings=SHORT) for file in (BEFORE, AFTER)]


@pytest.fixture(scope="module")
def tiandi(pair):
    """Tiandi's two scenarios as switches."""
    return switches.between(pair[0].scenario, pair[1].scenario, pair[0].folder)


# ---------------------------------------------------------------- mechanisms


def test_every_input_belongs_to_a_mechanism(pair):
    aside = {*switches.COMMON, *switches.WORDS}
    for loaded in pair:
        for leaf in leaves(loaded.scenario):
            path = tuple(map(str, leaf.path))
            if not aside & set(path):
                assert mechanisms.belongs(path) in set(mechanisms.ORDER) - {"other"}, path


def test_tiandi_differs_by_its_station_and_what_comes_with_it(tiandi):
    assert tiandi.mechanisms == (
        "stations", "channels", "station_teams", "promises", "dispatch", "induced",
    )  # fmt: skip
    assert tiandi.needs["channels"] == tiandi.needs["station_teams"] == {"stations"}
    assert [c.path for c in tiandi.changes("promises")] == ["promises.made"]


def test_switching_nothing_is_before_and_all_is_after(tiandi):
    assert tiandi.at(()) == tiandi.before
    assert tiandi.at(tiandi.mechanisms) == tiandi.after


def test_every_scenario_in_between_can_be_run(tiandi):
    assert switches.settle(tiandi) == tiandi
    assert all(map(tiandi.is_valid, coalitions(tiandi.mechanisms, tiandi.needs)))


def on_duty(scenario, folder):
    """People on the day shift of a working day, by their point: teams and desks."""
    service = network.build(scenario, folder)
    found = {}
    for point in np.unique(service.covering):
        kind = service.territory.points["kind"].iloc[point]
        for name, team in [*scenario.teams.items(), ("desk", None)]:
            roster = (
                scenario.desk.rosters.get(kind)
                if team is None
                else (team.roster_at.get(kind, team.roster) if kind in team.at else {})
            )
            day = (roster or {}).get("day", 0)
            found[name] = found.get(name, 0) + (day["workday"] if isinstance(day, dict) else day)
    return {name: n for name, n in found.items() if n}


def test_a_station_without_its_teams_has_the_people_of_the_points_it_replaces(tiandi, pair):
    before = on_duty(tiandi.before, pair[0].folder)
    assert on_duty(tiandi.at({"stations"}), pair[0].folder) == before
    assert on_duty(tiandi.at({"stations", "station_teams"}), pair[0].folder) != before


def test_a_station_without_its_channels_is_used_as_the_points_before(tiandi):
    for channel in tiandi.at({"stations", "station_teams"}).channels.values():
        assert channel.with_station == channel.without_station


def test_the_other_way_round_mechanisms_are_taken_away(pair):
    back = switches.between(pair[1].scenario, pair[0].scenario, pair[0].folder)
    assert set(back.needs["stations"]) == {"channels", "station_teams"}
    assert back.at({"channels", "station_teams"}).territory.point_stations.enabled


def test_what_cannot_be_switched_apart_is_joined_or_put_in_order(pair):
    """A new team and the groups that call it come together, and only then can it patrol."""
    tree = pair[1].scenario.model_dump(mode="json")
    tree["teams"]["watch"] = tree["teams"]["grid_staff"]
    tree["patrol"]["team"] = "watch"
    for group in tree["groups"].values():
        group["teams"].append("watch")
    other = type(pair[1].scenario).model_validate(tree)
    found = switches.settle(switches.between(pair[1].scenario, other, pair[1].folder))
    assert found.mechanisms == ("teams+dispatch", "patrol")
    assert found.needs == {"teams+dispatch": frozenset(), "patrol": {"teams+dispatch"}}
    assert found.at(found.mechanisms) == other


# ---------------------------------------------------------------- shares


@pytest.mark.slow
def test_what_mechanisms_contribute_is_the_whole_change(explained):
    each = explained.replications.pivot(
        index="replication", columns="mechanism", values="shapley"
    ).sum(axis=1)
    runs = [govsim.run(file, replications=3, settings=SHORT) for file in (BEFORE, AFTER)]
    before, after = (
        run.values.query("level == 'district' and measure == 'orders'").set_index("replication")[
            "value"
        ]
        * A_YEAR
        for run in runs
    )
    assert each.to_numpy() == pytest.approx((after - before).to_numpy(), abs=1e-9)
    assert explained.shapley["mean"].sum() == pytest.approx(explained.total("change").mean)
    assert explained.shapley["share"].sum() == pytest.approx(1)
    assert explained.total("before").mean == pytest.approx(before.mean())


@pytest.mark.slow
def test_causes_add_up_over_mechanisms_and_to_all_orders(explained):
    table = explained.causes.pivot(index="mechanism", columns="cause", values="mean")
    whole = table.loc[""]
    assert table.drop("").sum().to_numpy() == pytest.approx(whole.to_numpy(), abs=1e-9)
    assert whole[[*CAUSES]].sum() == pytest.approx(explained.total("change").mean)
    assert whole[[FIRST, AGAIN, FAILED]].sum() == pytest.approx(explained.total("change").mean)
    shares = explained.shapley.set_index("mechanism")["mean"]
    by_cause = table.drop("")[[*CAUSES]].sum(axis=1)
    assert by_cause[shares.index].to_numpy() == pytest.approx(shares.to_numpy(), abs=1e-9)


@pytest.mark.slow
def test_with_too_many_mechanisms_drawn_orders_add_up_too(explained, monkeypatch):
    monkeypatch.setattr(attribution, "MOST_EXACT", 5)
    found = govsim.explain(BEFORE, AFTER, replications=3, settings=SHORT, budget=QUICK)
    assert not found.manifest["exact"]
    assert found.total("change") == explained.total("change")
    each = found.replications.groupby("replication")["shapley"].sum().mean()
    assert each == pytest.approx(found.total("change").mean)
    for name in ("first_in", "last_in"):
        exact, drawn = getattr(explained, name), getattr(found, name)
        assert drawn["mean"].to_numpy() == pytest.approx(exact["mean"].to_numpy())


def test_what_has_no_effect_contributes_nothing(pair):
    paid = (*SHORT, ("teams.volunteers.cost", "20 yuan/h"), ("policies.dispatch_delay", "30 min"))
    dearer = load(AFTER, settings=paid)
    found = govsim.explain(pair[1], dearer, replications=2, budget=QUICK)
    shares = found.shapley.set_index("mechanism")["mean"]
    assert sorted(shares.index) == ["costs", "dispatch"]
    assert shares["costs"] == 0
    assert shares["dispatch"] == pytest.approx(found.total("change").mean)


def test_a_share_is_explained_by_differences_and_has_a_goal_of_its_own(pair):
    found = govsim.explain(*pair, measure="compliance_scene", replications=2, budget=QUICK)
    change = found.total("change").mean
    assert found.shapley["mean"].sum() == pytest.approx(change)
    assert found.manifest["goal"] == pytest.approx(change / 2, rel=0.05)
    assert found.causes.empty


# ---------------------------------------------------------------- kept


@pytest.mark.slow
def test_an_explanation_is_read_back_as_it_was_written(explained):
    found = open_explanation(explained.folder)
    assert dict(found.manifest) == json.loads(json.dumps(explained.manifest))
    for name in FRAMES:
        mine, theirs = getattr(found, name), getattr(explained, name)
        assert len(theirs) or name == "conditions"  # so few points leave none beyond doubt
        pd.testing.assert_frame_equal(mine, theirs, check_dtype=False)


@pytest.mark.slow
def test_what_is_kept_is_not_simulated_again(explained, monkeypatch, tmp_path):
    """Neither after a kill, of which a line that was cut off is left."""
    own = tmp_path / "results"
    shutil.copytree(explained.folder.parents[1], own)
    with (own / EXPLANATIONS / explained.folder.name / FILE).open("a", encoding="utf-8") as file:
        file.write('\n["cut off", [[1')

    def never(trial):
        raise AssertionError(trial)

    monkeypatch.setattr(trials, "perform", never)
    budget = replace(
        Budget(**explained.manifest["budget"] | {"selection": None}), selection=Selection(years=4)
    )
    again = govsim.explain(
        BEFORE,
        AFTER,
        replications=3,
        settings=SHORT,
        budget=budget,
        out=own,
    )
    assert again.folder == own / EXPLANATIONS / explained.folder.name
    assert again.points.equals(explained.points)


def test_trials_give_what_they_are_asked_whatever_else_is_kept(tiandi):
    base = Trial(
        trials.plain(tiandi.after), str(tiandi.folder), (0, 1), tiandi.after.warm_up,
        (("district", "", "orders"), ("team", "nobody", "utilisation")),
    )  # fmt: skip
    kept = Kept()
    executor = Serial()
    both = trials.run([base, base.changed([(("demand", "level"), 2.0)])], executor, kept)
    assert np.isnan(both[0][1]).all()
    assert (both[1][0] > 1.3 * both[0][0]).all()
    assert trials.run([base], executor, kept)[0] is both[0]


def test_there_is_no_explanation_where_none_was_written(tmp_path):
    with pytest.raises(RunError, match="no explanation"):
        open_explanation(tmp_path)


# ---------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("settings", "arguments", "said"),
    [
        ((), {"measure": "order"}, "orders"),
        ((), {"measure": "teams/volunteers:utilisation"}, "team"),
        ((), {"measure": "team/volunteers:utilisation"}, "no value"),
        ((), {"replications": 1}, "two replications"),
        ((), {"goal": -1.0}, "goal"),
        ((), {"budget": Budget(samples=100)}, "power of 2"),
        ((("seed", "5"),), {}, "same demands"),
    ],
)
def test_what_is_asked_wrongly_is_said(pair, settings, arguments, said):
    before = load(BEFORE, settings=(*SHORT, *settings))
    with pytest.raises(InputError, match=said):
        govsim.explain(before, pair[1], **{"replications": 2, "budget": QUICK} | arguments)


def test_two_scenarios_that_do_not_differ_cannot_be_explained(pair):
    with pytest.raises(InputError, match="do not differ"):
        govsim.explain(pair[0], pair[0])


# ---------------------------------------------------------------- on the screen


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_tables_fit_in_100_columns_and_say_the_whole(explained, lang):
    from govsim.cli.options import console
    from govsim.report.explanation_tables import summary

    language.use(lang)
    screen = console()
    with screen.capture() as captured:
        screen.print(summary(explained))
    text = captured.get()
    assert max(map(cell_len, text.splitlines())) <= 100
    assert f"{explained.total('before').mean:,.0f}" in text
    assert ("沙普利" if lang == "zh" else "Shapley") in text


def test_the_command_gives_json_with_all_that_the_tables_show(tmp_path):
    short = [word for path, value in SHORT for word in ("--set", f"{path}={value}")]
    asked = ["explain", str(BEFORE), str(AFTER), "-n", "2", "--quick", "--json", *short]
    found = CliRunner().invoke(cli, [*asked, "--out", str(tmp_path), "--workers", "1"])
    assert found.exit_code == 0, found.output
    values = json.loads(found.stdout)
    whole = next(row["mean"] for row in values["totals"] if row["what"] == "change")
    assert sum(row["mean"] for row in values["shapley"]) == pytest.approx(whole)
    assert Path(values["folder"]).parent == tmp_path / "explanations"
    wrong = CliRunner().invoke(cli, [*asked, "--measure", "order", "--out", str(tmp_path)])
    assert wrong.exit_code == 2
    assert "orders" in wrong.output


def test_sensitivity_is_loaded_only_when_it_is_used():
    """So that the other commands start as fast as without it."""
    code = "import sys, govsim.explain, govsim.cli.explaining; print('SALib' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"

"""Comparing plans: the same demands meet them all, and nothing is said that isn't known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from places import TEMPLATE
from scipy import stats
from short_runs import SHORT, noted

import govsim
from govsim.comparison.result import FEWEST, Comparison, open_comparison
from govsim.comparison.stopping import AT_LEAST
from govsim.errors import InputError, RunError
from govsim.measures.quantity import Quantity
from govsim.runs.results import Result

MORE = """
extends: few.yaml
label: {zh: 增员, en: More people}
desk: {rosters: {point_station: {day: 4, night: 2}}}
teams:
  property_management: {roster: {day: 8, night: 3}}
  grid_staff: {roster: {day: 6, night: 3}}
"""
ORDERS, SCENE, DEMANDS = map(Quantity, ("orders", "compliance_scene", "demands"))


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A plan, the same with more people, and the same under another name."""
    folder = tmp_path_factory.mktemp("plans")
    few, more, again = (folder / f"{name}.yaml" for name in ("few", "more", "again"))
    few.write_text(TEMPLATE.read_text("utf-8"), "utf-8")
    more.write_text(MORE, "utf-8")
    again.write_text("extends: few.yaml\n", "utf-8")
    return [few, more, again]


@pytest.fixture(scope="module")
def found(plans: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    out = tmp_path_factory.mktemp("results")
    return govsim.compare(plans, on=["demands"], replications=8, settings=SHORT, out=out)


def beside(plans: list[Path], name: str, changes: str) -> Path:
    """Write another plan, based on the first."""
    file = plans[0].with_name(f"{name}.yaml")
    file.write_text(f"extends: few.yaml\n{changes}\n", "utf-8")
    return file


def values(result: Result, measure: str) -> np.ndarray:
    """Values of the district by replication, as they were measured."""
    v = result.values
    mine = v[(v["measure"] == measure) & (v["level"] == "district")]
    return mine.sort_values("replication")["value"].to_numpy(np.float64)


def test_the_same_demands_meet_all_plans(found: Comparison) -> None:
    for one in found.differences:
        if one.quantity == DEMANDS:
            assert (one.verdict, one.paired.difference.mean) == ("same", 0.0)


def test_differences_are_paired_and_their_intervals_hold_together(found: Comparison) -> None:
    """As `scipy.stats.ttest_rel` has them, with Bonferroni's confidence for 2 x 6 intervals."""
    assert len(found.differences) == 12
    few, more, _ = (values(result, "compliance_scene") for result in found.results)
    known = stats.ttest_rel(more, few).confidence_interval(1 - 0.05 / 12)
    one = next(d for d in found.differences if (d.plan, d.quantity) == ("more", SCENE))
    assert one.paired.difference.mean == pytest.approx((more - few).mean())
    assert (one.paired.difference.low, one.paired.difference.high) == pytest.approx(
        (known.low, known.high)
    )
    assert (one.mean, one.mean_against) == pytest.approx((more.mean(), few.mean()))
    apart = few.var(ddof=1) + more.var(ddof=1)
    assert one.paired.saved == pytest.approx(apart / (more - few).var(ddof=1))


def test_counts_are_those_of_a_year(found: Comparison) -> None:
    one = next(d for d in found.differences if d.quantity == ORDERS)
    assert one.mean_against == pytest.approx(values(found.results[0], "orders").mean() * 365 / 21)


def test_plans_that_are_the_same_are_called_so(found: Comparison) -> None:
    verdicts = {d.verdict for d in found.differences if d.plan == "again"}
    assert verdicts == {"same"}


def test_more_people_are_sooner_on_the_scene(found: Comparison) -> None:
    one = next(d for d in found.differences if (d.plan, d.quantity) == ("more", SCENE))
    assert one.verdict == "better" and one.paired.difference.low > 0


def test_no_verdict_is_given_where_the_interval_holds_0(found: Comparison) -> None:
    for one in found.differences:
        low, high = one.paired.difference.low, one.paired.difference.high
        if one.verdict == "unclear":
            assert low <= 0 <= high
            assert one.more >= 1
        elif one.verdict not in ("same", "no value"):
            assert not low <= 0 <= high


def test_a_handful_of_replications_allows_no_verdict(plans: list[Path]) -> None:
    few = govsim.compare(plans[:2], replications=FEWEST - 1, settings=SHORT)
    assert {d.verdict for d in few.differences} <= {"too few", "no value"}


def test_each_with_each_takes_wider_intervals(plans: list[Path], found: Comparison) -> None:
    every = replace(found, every_pair=True)
    assert [(d.plan, d.against) for d in every.differences if d.quantity == SCENE] == [
        ("more", "few"),
        ("again", "few"),
        ("again", "more"),
    ]
    assert every.confidence_of_each == pytest.approx(1 - 0.05 / 18)


def test_what_earlier_runs_have_made_is_not_made_again(
    plans: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = noted(monkeypatch)
    govsim.run(plans[0], replications=4, settings=SHORT, out=tmp_path)
    both = govsim.compare(plans[:2], replications=4, settings=SHORT, out=tmp_path)
    assert made == [0, 1, 2, 3] * 2
    further = govsim.compare(plans[:2], replications=6, settings=SHORT, out=tmp_path)
    assert made[8:] == [4, 5] * 2
    assert further.folder == both.folder, "the same question replaces its answer"


def test_it_reads_back_as_it_was(found: Comparison) -> None:
    assert found.folder is not None
    assert open_comparison(found.folder).to_frame().equals(found.to_frame())
    assert (found.folder / "differences.csv").is_file()


def test_a_comparison_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no comparison"):
        open_comparison(tmp_path)


def test_nothing_is_written_where_no_folder_is_given(
    plans: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    in_memory = govsim.compare(plans[:2], replications=5, settings=SHORT)
    assert in_memory.folder is None and not list(tmp_path.iterdir())
    assert len(in_memory.results[0].values)


# ---------------------------------------------------------------------- how long


@pytest.mark.slow
def test_a_precision_is_reached_before_it_stops(plans: list[Path], tmp_path: Path) -> None:
    """Asked for is less than the first look finds, whatever the numbers are: it must go on."""
    asked = {"on": ["orders"], "settings": SHORT, "out": tmp_path}

    def width(done: Comparison) -> float:
        one = next(d for d in done.differences if d.quantity == ORDERS)
        return one.paired.difference.half_width / one.mean_against

    first = width(govsim.compare(plans[:2], replications=AT_LEAST, **asked))
    done = govsim.compare(plans[:2], precision=0.8 * first, **asked)
    assert 0 < width(done) <= 0.8 * first
    assert done.used[0] == done.used[1] > AT_LEAST
    assert not [text for text in done.warnings if "not yet known" in text]


def test_a_precision_that_is_out_of_reach_is_given_up_and_said(plans: list[Path]) -> None:
    done = govsim.compare(plans[:2], precision=0.001, most=12, settings=SHORT)
    assert done.used == (12, 12)
    (said,) = [text for text in done.warnings if "not yet known" in text]
    assert "after 12 replications" in said and "0.1%" in said


def test_the_best_plan_is_named_with_its_zone(plans: list[Path]) -> None:
    done = govsim.compare(plans[:2], best="compliance_scene", delta=0.02, settings=SHORT)
    assert done.selection is not None
    assert done.names[done.selection.best] == "more"
    assert (done.selection.delta, done.selection.confidence) == (0.02, 0.95)


# ---------------------------------------------------------------------- what is asked


def problems(*args: object, **kwargs: object) -> str:
    with pytest.raises(InputError) as error:
        govsim.compare(*args, **kwargs)
    return "\n".join(map(str, error.value.problems))


def test_all_that_is_wrong_with_a_question_is_told_at_once(plans: list[Path]) -> None:
    said = problems(
        [plans[0]], on=["ordres"], precision=3.0, best="orders", delta=-1.0, confidence=0.2
    )
    assert "unknown measure “ordres”; did you mean “orders”" in said
    assert "one of --replications, --precision and --best" in said
    assert "between 0 and 1" in said and "between 50% and 100%" in said
    assert "above 0" in said and "at least two scenarios" in said


def test_what_makes_the_demands_differ_is_told(plans: list[Path]) -> None:
    other = beside(plans, "other", "seed: 7\nhorizon: 30 days\nstart: 2025-02-01")
    said = problems([plans[0], other])
    for what in ("the seeds differ", "the horizons differ", "start on different days"):
        assert what in said
    assert "--set seed=..." in said


def test_a_baseline_that_is_none_of_the_plans_is_told(plans: list[Path]) -> None:
    assert "did you mean “more”" in problems(plans[:2], baseline="mroe", settings=SHORT)


def test_the_same_scenario_twice_is_told(plans: list[Path]) -> None:
    assert "given twice" in problems([plans[0], plans[1], plans[0]], settings=SHORT)


def test_mistakes_in_several_scenarios_are_told_together(plans: list[Path]) -> None:
    wrong = [beside(plans, name, "horizn: 3 days") for name in ("one", "two")]
    said = problems([*plans[:1], *wrong])
    assert "one.yaml:2" in said and "two.yaml:2" in said


def test_neither_more_nor_less_of_it_being_better_no_plan_is_the_best(plans: list[Path]) -> None:
    assert "neither more nor less" in problems(plans[:2], best="demands", delta=1.0)


def test_a_team_that_is_nowhere_is_told(plans: list[Path]) -> None:
    said = problems(plans[:2], on=["team/nobody:utilisation"], replications=5, settings=SHORT)
    assert "has no value in any plan" in said


def test_plans_for_other_residents_are_warned_of(plans: list[Path]) -> None:
    other = beside(plans, "elsewhere", "territory: {residents: 9000}")
    done = govsim.compare([plans[0], other], replications=5, settings=SHORT)
    assert any("serves other residents" in text for text in done.warnings)

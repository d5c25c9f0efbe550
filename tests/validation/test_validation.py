"""The model gives what queueing theory knows: the textbook cases, shortened, and exact ones.

All of them in full are run by ``govsim validate-model``. What is random here has fixed
seeds, and bounds that a correct model passes in all of them with more than 999 in 1000.
"""

from __future__ import annotations

import heapq
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from places import SCENARIOS, SHARED

from govsim import engine, model
from govsim.demand.table import draw
from govsim.scenarios.loading import load
from govsim.service import network
from govsim.validation import chains, paths, running
from govsim.validation import closed_forms as known
from govsim.validation.cases import CASES, HOURS, P90_ERLANG_A, shifts_day
from govsim.validation.independent.checks import CHECKS
from govsim.validation.observing import Replication
from govsim.validation.report import kept_part, with_kept_part
from govsim.validation.running import bound, exact, judge, replicate

TEXTBOOK = SCENARIOS / "textbook"
PUBLISHED = SHARED / "validation" / "queueing-cases.json"
FALSE_ALARM = 0.0009


# ------------------------------------------------------------------ the known answers


@cache
def _published() -> dict[str, Any]:
    if not PUBLISHED.is_file():
        pytest.skip("no table of published results beside the project")
    cases = json.loads(PUBLISHED.read_text("utf-8"))["cases"]
    return {case["name"]: case for case in cases}


def _expected(case: str) -> Any:
    return _published()[case]["expected"]


def test_erlang_b_is_that_of_the_tables():
    # 25 erlangs on 30 lines; the column of 1% of the standard Erlang-B table.
    assert known.erlang_b(25, 30) == pytest.approx(0.0526, abs=1e-4)
    for load_, lines in ((4.46, 10), (12.03, 20), (37.9, 50), (84.06, 100)):
        assert known.erlang_b(load_, lines) == pytest.approx(0.01, abs=2e-5)
    systems = _published()["erlang_b_table"]["parameters"]
    found = [known.erlang_b(s["offered_load"], s["c"]) for s in systems]
    assert found == pytest.approx(_expected("erlang_b_table")["blocking"], rel=1e-9)


def test_the_call_centre_of_garnett_and_others_is_as_they_print_it():
    patient = known.wait_mmc(48, 1, 50) * 60, known.wait_mmc(48, 1, 50) * 48
    assert patient == pytest.approx((20.8, 17), rel=0.025)
    a = known.ErlangA(48, 1, 50, 0.5)
    found = (a.abandons, a.wait * 60, a.queue, a.utilisation)
    assert found == pytest.approx((0.031, 3.7, 3, 0.93), rel=0.012)
    assert a.wait_quantile(0.9) * 60 == pytest.approx(P90_ERLANG_A, rel=1e-8)
    e = _expected("erlang_c_gmr")
    assert known.erlang_c(48, 50) == pytest.approx(e["P_wait"])
    assert patient == pytest.approx((e["Wq_sec"], e["Lq"]))
    assert known.wait_beyond_mmc(48, 1, 50, e["wait_p90_sec"] / 60) == pytest.approx(0.1)
    e = _expected("erlang_a_gmr")
    assert a.waits == pytest.approx(e["P_wait"])
    assert found == pytest.approx((e["P_abandon"], e["EW_sec_all"], e["Lq"], e["utilisation"]))


def test_single_queues_wait_as_the_textbooks_say():
    waits = [known.wait_mg1(1.05, 2 / 3, 1), known.wait_mg1(1.2, 2 / 3, 0)]
    assert waits == pytest.approx([14 / 9, 4 / 3])
    # Hillier and Lieberman: the waits of the County Hospital emergency room.
    assert known.wait_priorities((0.2, 0.6, 1.2), 3, 1) == pytest.approx(
        [0.238, 0.325, 0.909], abs=5e-4
    )
    assert known.wait_priorities((0.2, 0.6, 1.2), 3, 2) == pytest.approx(
        [0.0287, 0.0332, 0.0481], abs=5e-5
    )
    for servers in (1, 2):
        e = _expected(f"priority_nonpreemptive_mmc_s{servers}")["Wq_h"]
        assert known.wait_priorities((0.2, 0.6, 1.2), 3, servers) == pytest.approx(e)
    e = _expected("mmc_sojourn_sla")
    assert known.sojourn_within_mmc(2.4, 2, 2, 1) == pytest.approx(e["P_sojourn_le_t"])
    assert known.wait_beyond_mmc(2.4, 2, 2, 1 / 6) == pytest.approx(e["P_wait_gt_10min"])


def test_networks_flow_as_jackson_says():
    through, present, time = known.jackson(
        (3.8, 0, 0), ((0, 0.7, 0), (0.2, 0, 0.5), (0, 0.2, 0)), (9, 7, 7)
    )
    assert through == pytest.approx([4.5, 3.5, 1.75])
    assert present == pytest.approx([1, 1, 1 / 3])
    e = _expected("jackson_durrett")
    assert time == pytest.approx(e["mean_total_time"])
    e = _expected("tandem_mm1_mm2")
    assert known.wait_mmc(3, 4, 1) == pytest.approx(e["Wq1"])
    assert known.wait_mmc(3, 2, 2) == pytest.approx(e["Wq2"])


def test_the_number_in_service_follows_a_sinusoid_with_a_lag():
    case = _published()["mt_g_inf_sinusoid"]
    times, e = case["parameters"]["t"], case["expected"]
    for name, survives in (
        ("m_exponential", known.survives_exponential),
        ("m_deterministic", known.survives_deterministic),
        ("m_lognormal", known.survives_lognormal),
    ):
        found = [known.sinusoid_in_service(100, 20, survives, t) for t in times]
        assert found == pytest.approx(e[name], rel=1e-8)


@pytest.mark.slow
def test_how_a_shift_ends_decides_the_wait():
    relief, finish, hand_over = map(shifts_day, ("relief", "finish", "hand over"))
    waits = [relief.wait, finish.wait, hand_over.wait]
    assert waits == pytest.approx([0.40, 0.89, 0.99], abs=5e-3)
    e = _expected("mt_m_st_three_shifts_exhaustive")
    assert finish.delayed == pytest.approx(e["frac_arrivals_delayed_day"], rel=3e-5)
    assert finish.wait == pytest.approx(e["mean_wait_h_day"], rel=3e-5)
    for hour in HOURS:
        assert finish.present[hour] == pytest.approx(e["EN_after_switch_at_h"][str(hour)], rel=1e-4)
        assert finish.all_busy[hour] == pytest.approx(e["P_all_busy_at_h"][str(hour)], rel=1e-4)


def test_a_queue_that_began_empty_takes_its_time():
    e = _expected("mm1_transient_empty_start")
    times, customers = ([int(k) for k in e[name]] for name in ("EN_t", "EWq_n"))
    assert chains.number_from_empty(0.9, 1, times) == pytest.approx(list(e["EN_t"].values()))
    waits = chains.waits_from_empty(0.9, 1, customers)
    assert waits == pytest.approx(list(e["EWq_n"].values()))


@pytest.mark.parametrize(
    ("file", "arrivals", "service"),
    [("single_server.yaml", 1.05, 1.5), ("priorities.yaml", 2, 3), ("tandem.yaml", 3, 4)],
)
def test_the_warm_up_leaves_nothing_of_the_empty_start(file: str, arrivals: float, service: float):
    warm_up = load(TEXTBOOK / file).scenario.warm_up
    assert isinstance(warm_up, int)
    present = chains.number_from_empty(arrivals, service, [warm_up / 3_600_000])
    assert present[0] == pytest.approx(arrivals / (service - arrivals), rel=1e-4)


def test_the_hypercube_is_that_of_larson_and_odoni():
    h = chains.hypercube((0.5, 0.25, 0.35, 0.4), ((0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1)), 1)
    assert h.workload == pytest.approx([0.5574, 0.4734, 0.4693], abs=5e-5)
    assert (h.queued, h.outside) == pytest.approx((0.23684, 0.43529), abs=5e-5)
    e = _expected("larson_hypercube_3server")
    assert np.allclose(h.dispatches, e["f_unit_by_group"], rtol=1e-9)
    assert h.states == pytest.approx(e["state_probs_b321"])


def test_distances_and_records_are_as_their_integrals_say():
    e = _expected("travel_geometry")
    assert known.mean_distance_to_centre("euclidean") == pytest.approx(e["mean_euclid_to_centre"])
    assert known.mean_distance_of_two("euclidean") == pytest.approx(e["mean_euclid_two_random"])
    e = _expected("horizon_bias_sla")
    assert known.within_limit(1, 1) == pytest.approx(e["true_P_le_1d"])
    assert known.closed_in_time_share(1, 1, 7) == pytest.approx(e["naive_closed_only"])
    e = _expected("day_rounded_exponential")
    for i, mean in enumerate((2, 1, 0.5)):
        none, one = known.same_day_shares(mean)
        assert (none, one) == pytest.approx((e["P_K0"][i], e["P_K1"][i]))


def test_many_comparisons_together_rarely_alarm():
    assert known.family_wise_z(1, 0.05) == pytest.approx(1.96, abs=1e-3)
    assert known.family_wise_z(52, 0.05) == pytest.approx(3.3, abs=0.01)


# ------------------------------------------------------------------ the model, exactly


BLOCKS = sorted({(TEXTBOOK / c.file, c.block) for c in CASES}) + sorted(
    {(SCENARIOS / "independent" / c.file, c.block) for c in CHECKS}
)


@pytest.mark.parametrize(("file", "block"), BLOCKS, ids=[f"{f.stem} {b}" for f, b in BLOCKS])
def test_both_engines_make_the_same_of_each_of_these_scenarios(file: Path, block: str):
    """So what is compared with theory below, by the compiled one, holds of the other too."""
    hours = {"departments": 1440, "joint_meeting": 1440, "erlang_a": 8, "erlang_c": 8}
    short = [("horizon", f"{hours.get(file.stem, 96)} h"), ("warm_up", "1 h")]
    loaded = load(file, overrides=(block,) if block else (), settings=short)
    service = network.build(loaded.scenario, loaded.folder)
    table = draw(service, 3)
    assert len(table) > 20
    both = [one.run(service, table, loaded.scenario.warm_up) for one in (engine, model)]
    assert not both[0].differences(both[1])


@pytest.mark.slow
def test_each_demand_begins_when_a_recursion_says_and_limits_end_in_working_hours():
    findings = exact(TEXTBOOK)
    assert [f.quantity for f in findings if not f.agrees(0)] == []


def _replication(file: str, **settings: str) -> Replication:
    pairs = [(path.replace("__", "."), value) for path, value in settings.items()]
    loaded = load(TEXTBOOK / file, settings=pairs)
    return replicate(network.build(loaded.scenario, loaded.folder), 0)


def _begun(r: Replication) -> Any:
    return r.outcome.demands["dispatched"]


def _up_to(times: Any, r: Replication) -> Any:
    return np.where(times < r.network.end, times, -1)


def test_four_people_in_crews_of_two_are_two_servers():
    r = _replication(
        "within_an_hour.yaml",
        horizon="60 days",
        teams__team__roster="{all day: 4}",
        groups__group__crew="2",
    )
    assert np.array_equal(_begun(r), _up_to(paths.in_order(r.table, 2), r))


def test_two_teams_with_a_pooled_queue_are_one():
    team = "{label: {zh: b, en: b}, at: [point_station], roster: {all day: 1}}"
    r = _replication(
        "within_an_hour.yaml",
        horizon="60 days",
        teams__other=team,
        teams__team__roster="{all day: 1}",
        groups__group__teams="[team, other]",
        policies__queue="pooled",
    )
    assert np.array_equal(_begun(r), _up_to(paths.in_order(r.table, 2), r))


@pytest.mark.parametrize("room", [0, 1, 3])
def test_no_more_wait_than_there_is_room_for(room: int):
    r = _replication("within_an_hour.yaml", horizon="60 days", teams__team__waiting_room=f"{room}")
    assert np.array_equal(_begun(r), _up_to(paths.in_order(r.table, 2, room), r))


def test_ties_of_whole_minutes_change_nothing():
    r = _replication("within_an_hour.yaml", horizon="60 days", tick="1 min")
    assert np.array_equal(_begun(r), _up_to(paths.in_order(r.table, 2), r))


def test_nobody_overtakes_a_job_that_waits_for_a_larger_crew():
    r = _replication(
        "priorities.yaml",
        horizon="100 days",
        demand__categories__critical__priority="2",
        demand__categories__serious__priority="2",
        demand__categories__serious__group="pair",
        groups__pair="{label: {zh: p, en: p}, teams: [team], crew: 2}",
        teams__team__roster="{all day: 3}",
    )
    table = r.table
    free, last, begun = [0] * 3, 0, []
    for comes, work, category in zip(
        table.enters.tolist(), table.stage_work.tolist(), table.category.tolist(), strict=True
    ):
        crew = 2 if category == 1 else 1
        last = max(comes, last, heapq.nsmallest(crew, free)[-1])
        for _ in range(crew):
            heapq.heapreplace(free, last + work)
        begun.append(last)
    assert (np.array(begun) > table.enters).any()
    assert np.array_equal(_begun(r), _up_to(np.array(begun), r))


# ------------------------------------------------------------------ the model, by chance

SHORT = {
    "erlang_b.yaml": "4 days",
    "erlang_a.yaml": "2 h",
    "single_server.yaml": "70 days",
    "within_an_hour.yaml": "40 days",
    "priorities.yaml": "40 days",
    "sinusoid.yaml": "5 days",
    "three_shifts.yaml": "20 days",
    "hypercube.yaml": "30 days",
    "jackson.yaml": "12 days",
    "tandem.yaml": "25 days",
    "seven_days.yaml": "7 days",
    "same_day.yaml": "40 days",
    "travel.yaml": "1 day",
}
"""Files whose cases are run here, with horizons cut down; others take too long."""

SKIPPED = {"10 lines", "20 lines", "50 lines", "100 lines", "one day", "half a day", "cells"}
CHEAP = [c for c in CASES if c.file in SHORT and c.block not in SKIPPED]


@pytest.mark.slow
@pytest.mark.statistics
def test_the_textbook_cases_agree_with_theory():
    findings = []
    for case in CHEAP:
        loaded = load(
            TEXTBOOK / case.file,
            overrides=(case.block,) if case.block else (),
            settings=[("horizon", SHORT[case.file])],
        )
        service = network.build(loaded.scenario, loaded.folder)
        answers = case.known()
        seen = [case.observe(replicate(service, k)) for k in range(6)]
        for name, expected in answers.items():
            mean, se, z = judge([s[name] for s in seen], expected)
            findings.append((case.name, case.block, name, expected, mean, se, z))
    limit = known.family_wise_z(len(findings), FALSE_ALARM)
    assert [f for f in findings if not abs(f[-1]) <= limit] == []


def test_a_wrong_answer_is_told_from_a_right_one():
    case = next(c for c in CASES if c.name == "sojourn")
    wrong = replace(case, known=lambda: {"P_sojourn_le_1h": 0.68})
    *_, found = running.run(wrong, TEXTBOOK, 4)
    assert found is not None
    assert not found[0].agrees(bound(found))


def test_z_allows_for_few_replications():
    values = [1.0, 2.0, 3.0, 4.0]
    mean, se, z = judge(values, 0.5)
    assert (mean, se) == pytest.approx((2.5, 0.6455), abs=1e-4)
    # t = 3.098 with 3 degrees: a tail of .0267, as a normal value of 1.931.
    assert z == pytest.approx(1.932, abs=2e-3)


def test_what_another_command_wrote_on_the_page_stays_when_it_is_written_again() -> None:
    page = "# Page\n\nA sentence.\n"
    assert kept_part(page) == ""
    assert with_kept_part(page, "") == page
    once = with_kept_part(page, "## Measured\n\nBy others.")
    assert kept_part(once) == "## Measured\n\nBy others."
    again = with_kept_part("# Page\n\nAnother sentence.\n", kept_part(once))
    assert again == once.replace("A sentence", "Another sentence")
    newer = with_kept_part(again, "## Measured anew")
    assert newer == with_kept_part("# Page\n\nAnother sentence.\n", "## Measured anew")

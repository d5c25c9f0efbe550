"""What is measured, against outcomes small enough to count by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hand import channel, day, demands, plain, team
from hypothesis import given
from hypothesis import strategies as st

from govsim import model
from govsim.demand.grouping import Groups, grouped, kaplan_meier
from govsim.demand.table import BY_PATROL, BY_VISIT
from govsim.measures.replication import measure, promise_kept
from govsim.measures.statistics import gini
from govsim.scenarios.quantities import DAY, HOUR, MINUTE, YEAR
from govsim.service.network import Network


class Found:
    """Measures of demands laid down by hand, by name."""

    def __init__(self, network: Network, *rows: dict[str, Any], measured_from: int = 0) -> None:
        table = demands(network, *rows)
        self.outcome = model.run(network, table, measured_from)
        self.kept = promise_kept(network, table, self.outcome)
        made = measure(network, table, self.outcome)
        self.values = made.values.set_index(["measure", "level", "key"])["value"]
        self.weekly = made.weekly

    def __call__(self, name: str, level: str = "district", key: str = "") -> float:
        return float(self.values[name, level, key])


CENTRE: dict[str, Any] = {
    "centre": {"enabled": True, "roster": {"all": 1}, "limit": "1 h", "call_back_after": "4 h"}
}


# ---------------------------------------------------------------- promises


def test_a_category_may_have_a_promise_of_its_own_which_holds_for_complex_cases_too() -> None:
    rows = [
        {"at": HOUR, "work": 30 * MINUTE},
        {"at": HOUR, "work": 30 * MINUTE, "complex": True},
        {"at": HOUR, "work": 3 * HOUR, "complex": True},
    ]
    by_promise = {}
    for promise in (None, "2 h"):
        own = {} if promise is None else {"solve": promise}
        laid_out = plain(
            teams={"staff": {"roster": {"all": 3}}}, demand={"categories": {"noise": own}}
        )
        by_promise[promise] = Found(laid_out, *rows).kept["solve"]
    applies, kept = by_promise[None]
    assert applies.tolist() == [True, False, False]
    applies, kept = by_promise["2 h"]
    assert applies.tolist() == [True, True, True] and kept.tolist() == [True, True, False]


def test_a_clock_that_has_not_run_out_by_the_horizon_counts_for_nothing() -> None:
    laid_out = plain(teams={"staff": {"roster": {"all": 2}}})
    end = 48 * HOUR
    rows = [
        {"at": HOUR, "work": 5 * HOUR},  # on the scene at once, solved late
        {"at": HOUR, "work": 10 * MINUTE},  # all in time
        {"at": HOUR, "work": HOUR},  # ten minutes late to begin, ten late to end
        {"at": end - 5 * MINUTE, "work": MINUTE},  # in time, but no clock has run out
        {"at": end - 30 * MINUTE, "work": MINUTE},  # only clock 1 has
    ]
    found = Found(laid_out, *rows)
    assert found.kept["scene"][0].tolist() == [True, True, True, True, False]
    assert found.kept["scene"][1].tolist() == [True] * 5  # to the moment is in time
    assert found.kept["solve"][0].tolist() == [True, True, True, False, False]
    assert found.kept["solve"][1].tolist()[:3] == [False, True, False]
    assert found.kept["reply"][0].tolist() == [True, True, True, False, False]
    assert found("compliance_scene") == 1
    assert found("compliance_solve") == pytest.approx(1 / 3)
    assert found("n_solve", "point", "S01") == 3


def test_what_was_never_done_is_a_promise_broken() -> None:
    laid_out = plain(teams={"staff": {"roster": {"all": 0}}})
    found = Found(laid_out, {"at": 0})
    for name in ("scene", "solve", "reply"):
        assert found(f"compliance_{name}") == 0


def test_each_clock_applies_to_the_demands_it_is_promised_for() -> None:
    laid_out = plain()
    rows = [
        {"at": 0, "complex": True},
        {"at": 0, "answered": True},
        {"at": 0, "source": BY_PATROL},
        {"at": 0},
    ]
    kept = Found(laid_out, *rows).kept
    assert kept["scene"][0].tolist() == [True, False, False, True]
    assert kept["solve"][0].tolist() == [False, False, False, True]
    assert kept["reply"][0].tolist() == [True, True, False, True]


def test_a_limit_in_working_time_runs_in_working_hours_only() -> None:
    laid_out = plain(
        calendar={"working_hours": "09:00-17:00"}, promises={"solve": "2 working hours"}
    )
    found = Found(laid_out, {"at": 0, "work": 11 * HOUR}, {"at": HOUR, "work": MINUTE})
    assert found.kept["solve"][1].tolist() == [True, False]


def test_the_warm_up_is_not_measured() -> None:
    rows = [{"at": 0, "work": 3 * HOUR}, {"at": HOUR}, {"at": 5 * HOUR}]
    found = Found(plain(), *rows, measured_from=4 * HOUR)
    assert found("compliance_scene") == 1
    assert found("reported") == found("demands") == 1


# ---------------------------------------------------------------- counts


def test_demands_are_counted_by_how_they_came_and_ended() -> None:
    rows = [
        {"at": HOUR, "source": BY_PATROL},
        {"at": HOUR, "source": BY_VISIT},
        {"at": HOUR, "close": 1.0},
        {"at": HOUR, "repeats": 1, "work": 10 * HOUR},
        {"at": 45 * HOUR, "work": 5 * HOUR},
    ]
    found = Found(plain(teams={"staff": {"roster": {"all": 5}}}), *rows)
    assert found("demands") == 5
    assert found("reported") == 3
    assert found("found_share") == pytest.approx(2 / 5)
    assert found("found_on_visits_share") == pytest.approx(1 / 5)
    assert found("satisfaction") == pytest.approx(1 / 2)
    assert found("repeat_report_share") == pytest.approx(1 / 3)
    assert found("open_at_end") == 1
    assert found("reported", "category", "noise") == 3
    assert found("reported", "channel", "app") == 3


def test_reports_are_counted_by_the_hour_of_the_week() -> None:
    late = {"at": day(1, 13.5), "answered_by_centre": True}
    found = Found(plain(**CENTRE, channels={"app": {"via": "centre"}}), {"at": 3 * HOUR}, late)
    assert found("reported", "hour", "3") == 1  # Monday, the first day, at 3
    assert found("reported", "hour", "37") == 1
    assert found("reported", "hour", "0") == 0


def test_orders_are_counted_by_cause_and_over_residents() -> None:
    laid_out = plain(**CENTRE, channels={"app": {"via": "centre"}})
    rows = [{"at": 0, "work": 3 * HOUR}, {"at": HOUR, "close": 1.0, "calls_again": True}]
    found = Found(laid_out, *rows)
    orders = found.outcome.orders
    n = len(orders["time"])
    assert n >= 3
    assert found("orders") == n
    assert found("orders", "cause", "first channel") == 2
    assert found("orders", "cause", "repeated") == n - 2
    assert found("orders_per_1000") == pytest.approx(n / (2 * DAY / YEAR))
    assert found("orders_overdue_share") == pytest.approx(orders["overdue"].mean())


# ---------------------------------------------------------------- times


def test_times_are_censored_at_the_horizon() -> None:
    """Solved after 1, 2 and 4 h; one is open for 3 h at the horizon: Kaplan-Meier by hand."""
    laid_out = plain(teams={"staff": {"roster": {"all": 9}}})
    rows = [{"at": 0, "work": h * HOUR} for h in (1, 2, 4)]
    found = Found(laid_out, *rows, {"at": 45 * HOUR, "work": 9 * HOUR})
    # Survival: 3/4 after 1 h, 1/2 after 2 h, then 0 after 4 h, one being censored at 3.
    assert found("solve_hours_mean") == pytest.approx(1 + 3 / 4 + 2 * 1 / 2)
    assert found("solve_hours_median") == 2
    assert found("solve_hours_p90") == 4
    assert found("scene_minutes_mean") == 0


def test_a_withdrawn_demand_is_censored_when_it_was_withdrawn() -> None:
    laid_out = plain(residents={"patience": {"enabled": True, "withdraws": True}})
    rows = [{"at": 0, "work": 5 * HOUR}, {"at": 0, "patience": HOUR}, {"at": 4 * HOUR}]
    found = Found(laid_out, *rows)
    # On the scene after 0, never (for 60 min), and 60 min.
    assert found("scene_minutes_mean") == pytest.approx(60 * 2 / 3)


def alone(length: np.ndarray) -> Groups:
    return grouped(np.zeros(len(length), dtype=np.int64), 1)


def test_survival_is_that_of_kaplan_and_meier() -> None:
    """Freireich's 6-MP group, as in every textbook: weeks of remission, + where censored."""
    length = np.array(
        [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35.0]
    )
    over = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    times, survival = kaplan_meier(length, over, alone(length)).curve(0)
    assert times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert survival == pytest.approx(published, abs=0.0005)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30))
def test_without_censoring_survival_is_the_share_that_lasts_longer(lengths: list[int]) -> None:
    length = np.sort(np.array(lengths, dtype=float))
    over = np.ones(len(length), dtype=bool)
    times, survival = kaplan_meier(length, over, alone(length)).curve(0)
    assert survival == pytest.approx([(length > t).mean() for t in times])


# ---------------------------------------------------------------- people


def test_utilisation_is_work_over_time_on_duty() -> None:
    laid_out = plain(teams={"staff": {"roster": {"all": 2}}}, horizon="1 day")
    found = Found(laid_out, {"at": 0, "work": 6 * HOUR}, {"at": 20 * HOUR, "work": 9 * HOUR})
    assert found("utilisation") == pytest.approx(10 / 48)
    assert found("utilisation", "team", "staff") == pytest.approx(10 / 48)
    assert found("utilisation", "pool", "S01/staff") == pytest.approx(10 / 48)
    assert found("utilisation", "shift", "staff/all") == pytest.approx(10 / 48)


def test_overtime_is_apart_from_utilisation() -> None:
    laid_out = plain(
        calendar={"shifts": {"=": {"day": "08:00-20:00"}}},
        teams={"staff": {"roster": {"=": {"day": 1}}}},
        horizon="1 day",
    )
    found = Found(laid_out, {"at": 8 * HOUR, "work": 15 * HOUR})
    assert found("utilisation") == 1
    assert found("overtime_hours") == 3
    assert found("cost_overtime") == pytest.approx(3 * 45 * 1.5 * 365)
    assert found("cost_staff") == pytest.approx(12 * 45 * 365)
    assert found("staff_hours") == pytest.approx(12 * 365)


def test_waiting_is_measured_by_time_and_by_length() -> None:
    found = Found(plain(horizon="1 day"), *[{"at": 0, "work": HOUR} for _ in range(3)])
    assert found("waiting_minutes_mean") == pytest.approx(60)
    assert found("queue_length", "team", "staff") == pytest.approx(3 / 24)


@pytest.mark.parametrize("queue", ["separate", "pooled"])
def test_levels_agree_where_one_contains_the_other(queue: str) -> None:
    """One team, one point, one category: each level has all demands, also those that wait."""
    laid_out = plain(
        horizon="1 day",
        policies={"queue": queue},
        residents={"patience": {"enabled": True, "withdraws": 1, "calls": 0}},
    )
    rows: list[dict[str, Any]] = [{"at": h * HOUR, "work": 30 * HOUR} for h in range(8)]
    rows.append({"at": 9 * HOUR, "patience": HOUR})
    found = Found(laid_out, *rows)
    assert found.outcome.demands["scene"].tolist().count(-1) == 8
    for level, key in (("team", "staff"), ("point", "S01"), ("category", "noise")):
        mine = found.values.xs((level, key), level=("level", "key"))
        values = {str(name): value for name, value in mine.items()}
        same = [
            n for n in values if n.startswith(("compliance", "scene", "solve", "reply", "waiting"))
        ]
        same += ["reported", "demands", "satisfaction"]
        for name in {*same} & {*values}:
            assert values[name] == pytest.approx(found(name)), (level, name)
    assert found("compliance_scene") == found("compliance_scene", "team", "staff") == 1 / 9
    assert found("demands", "team", "staff") == 9


def test_who_still_waits_counts_with_the_wait_so_far() -> None:
    """The first is served at once; the others have waited for 23 and 12 hours at midnight."""
    rows = [{"at": h * HOUR, "work": 30 * HOUR} for h in (0, 1, 12)]
    found = Found(plain(horizon="1 day"), *rows)
    # A third is served at 0; after the censoring at 12 h one of one goes on, up to 23 h.
    for level, key in (("district", ""), ("team", "staff")):
        assert found("waiting_minutes_mean", level, key) == pytest.approx(60 * 23 * 2 / 3)
        assert found("scene_minutes_mean", level, key) == pytest.approx(60 * 23 * 2 / 3)
    assert found("waiting_minutes_mean", "team_hour", "staff/12") == 12 * 60


def test_who_was_turned_away_belongs_to_the_team_and_waits_no_longer() -> None:
    laid_out = plain(horizon="1 day", teams={"staff": {"waiting_room": 1}})
    rows = [{"at": h * HOUR, "work": 10 * HOUR} for h in (0, 1, 2)]
    found = Found(laid_out, *rows)
    for level, key in (("district", ""), ("team", "staff")):
        assert found("compliance_scene", level, key) == pytest.approx(1 / 3)
        assert found("waiting_minutes_mean", level, key) == pytest.approx(
            9 * 60 / 2
        )  # of the two who found room


def test_use_and_waiting_are_known_by_team_and_hour_of_the_week() -> None:
    monday_eleven = 35  # hours from Sunday's midnight, when this replication begins
    laid_out = plain(start="2025-03-02", horizon="2 days")
    rows = [
        {"at": monday_eleven * HOUR + 45 * MINUTE, "work": 30 * MINUTE},  # a quarter in each hour
        {"at": monday_eleven * HOUR + 50 * MINUTE, "work": 90 * MINUTE},  # waits 25 minutes
    ]
    found = Found(laid_out, *rows)
    assert found("utilisation", "team_hour", "staff/11") == pytest.approx(15 / 60)
    assert found("utilisation", "team_hour", "staff/12") == pytest.approx(1)
    assert found("utilisation", "team_hour", "staff/13") == pytest.approx(45 / 60)
    assert found("utilisation", "team_hour", "staff/14") == 0
    assert found("waiting_minutes_mean", "team_hour", "staff/11") == pytest.approx(25 / 2)
    assert ("waiting_minutes_mean", "team_hour", "staff/12") not in found.values.index
    assert ("utilisation", "team_hour", "staff/40") not in found.values.index  # not measured


def test_use_by_hour_adds_up_to_the_use_of_the_team() -> None:
    rows = [{"at": k * 5 * HOUR + 7 * MINUTE, "work": 50 * MINUTE} for k in range(30)]
    laid_out = plain(horizon="1 week", teams={"staff": {"roster": {"all": 2}}})
    found = Found(laid_out, *rows, measured_from=30 * MINUTE)
    hours = found.values["utilisation"]["team_hour"]
    # The first hour is measured for half its time; each other one in full.
    weight = np.where(hours.index == "staff/0", 0.5, 1.0)
    assert np.average(hours, weights=weight) == pytest.approx(found("utilisation", "team", "staff"))


def test_residents_are_counted_where_they_are_served() -> None:
    found = Found(plain(), {"at": 0})
    assert found("residents") == found("residents", "point", "S01") == 1000


def test_a_helper_costs_from_the_call_to_the_leaving() -> None:
    helpers = {"enabled": True, "hours": "always", "threshold": 1, "arrives_after": "10 min"}
    found = Found(plain(helpers=helpers, horizon="1 day"), *[{"at": 0, "work": HOUR}] * 2)
    # Called at once, there after ten minutes; after the hour the team goes on by itself.
    assert found("helper_hours") == pytest.approx(1)
    assert found("cost_helpers") == pytest.approx(20 * 365)


def test_a_station_costs_its_rooms_and_an_order_its_handling() -> None:
    laid_out = plain(**CENTRE, channels={"app": {"via": "centre"}}, horizon="1 day")
    found = Found(laid_out, {"at": 0})
    assert found("cost_stations") == 200_000
    assert found("cost_orders") == pytest.approx(60 * 365)
    parts = ("staff", "overtime", "helpers", "stations", "orders")
    assert found("cost") == pytest.approx(sum(found(f"cost_{p}") for p in parts))


def test_demands_are_measured_by_the_team_that_went_first() -> None:
    laid_out = plain(groups={"g": {"teams": ["staff", "others"]}}, teams={"others": team("others")})
    found = Found(laid_out, {"at": 0, "work": 5 * HOUR}, {"at": 1})
    assert found("compliance_solve", "team", "staff") == 0
    assert found("compliance_solve", "team", "others") == 1


# ---------------------------------------------------------------- fairness


def test_where_all_have_the_same_gini_is_0() -> None:
    assert gini(np.full(4, 0.7), np.array([1.0, 5, 2, 9])) == pytest.approx(0)
    assert gini(np.zeros(3), np.ones(3)) == 0


def test_where_one_in_n_has_all_gini_is_what_is_left() -> None:
    assert gini(np.array([0.0, 0, 0, 1]), np.ones(4)) == pytest.approx(3 / 4)
    assert gini(np.array([1.0, 0]), np.array([1.0, 9])) == pytest.approx(0.9)


rates = st.lists(st.tuples(st.floats(0.01, 1), st.integers(1, 50)), min_size=1, max_size=12)


@given(rates)
def test_gini_is_half_the_mean_difference_over_the_mean(found: list[tuple[float, int]]) -> None:
    rate = np.repeat([r for r, _ in found], [n for _, n in found])
    difference = np.abs(rate[:, None] - rate[None, :]).mean()
    by_group = gini(np.array([r for r, _ in found]), np.array([float(n) for _, n in found]))
    assert by_group == pytest.approx(difference / 2 / rate.mean(), abs=1e-12)


def test_the_worst_tenth_of_communities_stands_for_itself() -> None:
    laid_out = plain(
        territory={
            "communities": {"table": "communities.csv"},
            "grids": {"count": 3},
            "offices": True,
        },
        teams={"staff": {"at": ["point_station", "community_office"], "roster": {"all": 9}}},
        travel={"enabled": True, "turn_out": "0 min", "access": "0 min"},
    )
    slow = {"turn_out": 20 * MINUTE}
    rows = [{"at": 0, "grid": 0, **slow}, *({"at": 0, "grid": g} for g in (1, 2))]
    place = laid_out.territory.grids
    for row in rows:
        at = laid_out.covering[row["grid"]]
        row |= {c: float(laid_out.territory.points[c].iloc[at]) for c in ("x", "y")}
    found = Found(laid_out, *rows)
    name = f"{place['street'].iloc[0]}/{place['community'].iloc[0]}"
    assert found("compliance_scene", "community", name) == 0
    assert found("worst_tenth") == 0
    people = place["residents"].to_numpy(float)
    assert found("gini") == pytest.approx(people[0] / people.sum())


# ---------------------------------------------------------------- weeks


def test_weeks_run_from_the_end_of_the_warm_up_and_are_whole() -> None:
    laid_out = plain(horizon="20 days", channels={"=": {"p": channel("p", via="centre")}}, **CENTRE)
    rows = [{"at": day(n, 12)} for n in (0, 1, 6, 9, 15, 16)]
    found = Found(laid_out, *rows, measured_from=DAY)
    weekly = found.weekly.set_index(["measure", "level", "key", "week"])["value"]
    assert sorted(found.weekly["week"].unique()) == [0, 1]
    assert [weekly["reported", "district", "", w] for w in (0, 1)] == [2, 1]
    assert [weekly["orders", "district", "", w] for w in (0, 1)] == [2, 1]
    assert [weekly["orders", "cause", "first channel", w] for w in (0, 1)] == [2, 1]
    assert weekly["compliance_scene", "district", "", 0] == 1

"""Who needs what, when: as many as the rates say, and nobody's luck depends on anybody else."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hand import PLAIN, category, channel, merge, plain
from places import DATA
from scipy import stats
from strategies import label

from govsim import engine, model
from govsim.demand.table import BY_PATROL, BY_VISIT, REPORTED, DemandTable, draw
from govsim.scenarios.quantities import DAY, HOUR, MINUTE
from govsim.scenarios.schema import Scenario
from govsim.scenarios.territory import Territory
from govsim.scenarios.territory import build as build_territory
from govsim.service import network
from govsim.service.network import Network

UNLIKELY = 0.001
"""A fixed seed keeps a test that passed passing; a wrong distribution gives far less."""

DISTRICT: dict[str, Any] = {
    "horizon": "4 weeks",
    "territory": {
        "outline": "jiangning",
        "communities": "jiangning",
        "grids": {"count": 300},
        "residents": 300_000,
        "workstations": {"count": 60},
        "offices": True,
        "point_stations": {"count": 10},
    },
    "demand": {
        "categories": {
            "noise": category("noise", rate="300 per 1000 per year", incident=0.7, complex=0.3),
            "leak": category("leak", rate="900 per 1000 per year", incident=0.9, group="other"),
        },
        "dispersion": {"enabled": True},
        "surges": [{"label": label("storm"), "begins": "2025-03-10T06:00", "lasts": "2 days"}],
    },
    "groups": {
        "g": {"handover": {"other": 0.2}},
        "other": {"label": label("other"), "teams": ["staff"], "handover": {"g": 0.1}},
    },
    "teams": {"staff": {"at": ["point_station", "workstation", "community_office"]}},
    "patrol": {"enabled": True, "home_visits": {"per_household": "2 per year"}},
    "residents": {"patience": {"enabled": True}, "repeats": {"enabled": True}},
    "promises": {"made": True},
    "travel": {"enabled": True},
    "joint_meeting": {"enabled": True},
}


@lru_cache(maxsize=1)
def district() -> Territory:
    scenario = Scenario.model_validate(merge(PLAIN, DISTRICT))
    return build_territory(scenario.territory, DATA)


def build(territory: Territory, **change: Any) -> Network:
    scenario = Scenario.model_validate(merge(merge(PLAIN, DISTRICT), change))
    with mock.patch.object(network, "laid_out", lambda *_: territory):
        return network.build(scenario)


def rows_by_id(table: DemandTable) -> dict[str, np.ndarray[Any, Any]]:
    """All columns with demands in the order of their identity, stages spread out."""
    order = np.argsort(table.id)
    found = {}
    for field in fields(table):
        column = getattr(table, field.name)
        if field.name not in ("first_stage", "stage_group", "stage_work"):
            found[field.name] = column[..., order]
    stages = np.diff(table.first_stage)
    for k in range(int(stages.max())):
        at = np.minimum(table.first_stage[:-1] + k, len(table.stage_work) - 1)
        for name in ("stage_group", "stage_work"):
            value = np.where(stages > k, getattr(table, name)[at], -1)
            found[f"{name} {k}"] = value[order]
    return found


def assert_same_but_for(more: DemandTable, less: DemandTable) -> np.ndarray[Any, Any]:
    """All demands of `less` are in `more`, alike in every column; gives those that are new."""
    one, other = rows_by_id(more), rows_by_id(less)
    known = np.isin(one["id"], other["id"])
    assert known.sum() == len(other["id"])
    for name, column in other.items():
        assert np.array_equal(one[name][..., known], column), name
    return one["id"][~known]


def test_one_more_resident_changes_nobody_else_s_demands() -> None:
    before = draw(build(district()), 0)
    crowded = district().grids.copy()
    crowded.loc[crowded.index[17], "residents"] += 1
    after = draw(build(replace(district(), grids=crowded)), 0)
    assert len(assert_same_but_for(after, before)) <= 1
    crowded.loc[crowded.index[17], "residents"] += 500
    more = draw(build(replace(district(), grids=crowded)), 0)
    new = assert_same_but_for(more, before)
    assert len(new) > 10
    assert set(more.grid[np.isin(more.id, new)].tolist()) == {17}


def test_one_more_grid_changes_nobody_else_s_demands() -> None:
    fewer = district().grids.iloc[:-1]
    before = draw(build(replace(district(), grids=fewer)), 0)
    after = draw(build(district()), 0)
    moved = ("point",)
    one, other = rows_by_id(after), rows_by_id(before)
    known = np.isin(one["id"], other["id"])
    assert (one["grid"][~known] == len(fewer)).all()
    mine = ("category", "onset", "channel", "patience", "loses_trust", "satisfaction", "way")
    for name in mine:
        assert name not in moved
        assert np.array_equal(one[name][..., known], other[name]), name


def test_residents_meet_the_same_problems_whoever_is_on_duty() -> None:
    few = draw(build(district()), 1)
    staff = {"roster": {"all": 9}, "training": 1.2, "end_of_shift": "relief"}
    many = draw(
        build(
            district(),
            teams={
                "staff": staff,
                "more": {**merge(PLAIN["teams"]["staff"], {}), "label": label("m")},
            },
            policies={"queue": "pooled"},
            desk={"enabled": True},
            helpers={"enabled": True, "pool": 5},
        ),
        1,
    )
    assert assert_same_but_for(many, few).size == 0


def test_replications_are_independent() -> None:
    laid_out = build(district())
    tables = [draw(laid_out, r) for r in range(2)]
    counts = [np.bincount(t.grid, minlength=300) for t in tables]
    expected = district().grids["residents"].to_numpy()
    excess = [c - expected * c.sum() / expected.sum() for c in counts]
    assert stats.pearsonr(*excess).pvalue > UNLIKELY
    shared, one, other = np.intersect1d(tables[0].id, tables[1].id, return_indices=True)
    assert len(shared) > 5000
    for name in ("onset", "patience", "way"):
        a, b = getattr(tables[0], name)[one], getattr(tables[1], name)[other]
        assert stats.spearmanr(a, b).pvalue > UNLIKELY, name


def test_a_table_is_in_the_order_in_which_the_service_meets_it() -> None:
    table = draw(build(district()), 0)
    assert (np.diff(table.enters) >= 0).all()
    assert len(np.unique(table.id)) == len(table)
    assert table.onset.min() >= 0
    assert table.onset.max() < 4 * 7 * DAY


# ---------------------------------------------------------------- how many, and when


def daily_counts(laid_out: Network, replications: int) -> np.ndarray[Any, Any]:
    days = laid_out.end // DAY
    return np.concatenate(
        [np.bincount(draw(laid_out, r).onset // DAY, minlength=days) for r in range(replications)]
    )


def test_without_dispersion_the_demands_of_a_day_are_poisson() -> None:
    counts = daily_counts(plain(horizon="400 days"), 5)
    n = len(counts)
    assert abs(stats.norm.ppf(stats.poisson.cdf(counts.sum(), 100 * n))) < 3.3
    # The index of dispersion of n Poisson counts is chi-squared.
    dispersion = ((counts - counts.mean()) ** 2).sum() / counts.mean()
    assert UNLIKELY / 2 < stats.chi2.cdf(dispersion, n - 1) < 1 - UNLIKELY / 2


def test_with_dispersion_they_are_negative_binomial() -> None:
    laid_out = plain(
        horizon="400 days",
        demand={
            "categories": {"noise": {"rate": "20 per day"}},
            "dispersion": {"enabled": True, "k": 4, "area": "district"},
        },
    )
    counts = daily_counts(laid_out, 8)
    k, mean = 4, 20
    p = k / (k + mean)
    edges = np.array([-1, *range(5, 45, 3), 10**6])
    expected = np.diff(stats.nbinom.cdf(edges, k, p)) * len(counts)
    observed = np.histogram(counts, edges + 0.5)[0]
    assert stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue > UNLIKELY


def test_areas_share_a_day_s_factor_and_others_do_not() -> None:
    dispersed = {"dispersion": {"enabled": True, "k": 2, "area": "street"}, "surges": []}
    table = draw(build(district(), demand=dispersed), 0)
    streets, code = np.unique(district().grids["street"], return_inverse=True)
    days = table.onset // DAY
    by_day = np.zeros((len(streets), 28))
    np.add.at(by_day, (code[table.grid], days), 1)
    means = by_day.mean(axis=1)
    # Variance of a negative binomial: mean + mean² / k, far above Poisson in each street.
    ratio = by_day.var(axis=1, ddof=1) / (means + means**2 / 2)
    assert 0.6 < ratio.mean() < 1.4
    between = np.corrcoef(by_day)[np.triu_indices(len(streets), 1)]
    assert abs(between.mean()) < 0.1


def test_onsets_follow_the_profile_of_the_day_and_the_week() -> None:
    hours = [1, 3, 0, 2]
    week = [1.5, 1, 1, 1, 1, 0.5, 1]
    table = draw(plain(horizon="52 weeks", demand={"hours": hours, "weekdays": week}), 0)
    by_quarter = np.bincount(table.onset % DAY // (6 * HOUR), minlength=4)
    assert by_quarter[2] == 0
    share = np.array([1, 3, 2]) / 6
    assert stats.chisquare(by_quarter[[0, 1, 3]], share * len(table)).pvalue > UNLIKELY
    by_weekday = np.bincount(table.onset // DAY % 7, minlength=7)
    assert stats.chisquare(by_weekday, np.array(week) / 7 * len(table)).pvalue > UNLIKELY
    # Within a bin, evenly.
    inside = (table.onset % (6 * HOUR)) / (6 * HOUR)
    assert stats.kstest(inside, "uniform").pvalue > UNLIKELY


def test_a_category_may_have_hours_of_its_own() -> None:
    night = category("noise", hours=[1, 0, 0, 0])
    table = draw(plain(demand={"categories": {"noise": night, "other": category("other")}}), 0)
    assert (table.onset[table.category == 0] % DAY < 6 * HOUR).all()
    assert (table.onset[table.category == 1] % DAY > 6 * HOUR).any()


def test_festivals_months_and_trend_change_the_rate() -> None:
    change = {"months": [1, 3, *[1] * 10], "spring_festival": 0, "holidays": 0, "trend": 0.5}
    laid_out = plain(
        start="2025-01-20", horizon="40 days", calendar={"holidays": "china"}, demand=change
    )
    counts = np.mean(
        [np.bincount(draw(laid_out, r).onset // DAY, minlength=40) for r in range(20)], axis=0
    )
    festival = np.arange(8, 16)  # 28 January to 4 February 2025
    assert (counts[festival] == 0).all()
    assert counts[:8].mean() == pytest.approx(100, rel=0.1)
    assert counts[16:].mean() == pytest.approx(300 * (1 + 0.5 * 28 / 365), rel=0.05)


def test_a_surge_adds_demands_in_its_window_only() -> None:
    storm = {"label": label("storm"), "begins": "2025-03-04T18:00", "lasts": "1 day", "factor": 3}
    calm, stormy = plain(horizon="5 days"), plain(horizon="5 days", demand={"surges": [storm]})
    added = []
    for r in range(20):
        before, after = draw(calm, r), draw(stormy, r)
        new = assert_same_but_for(after, before)
        added.append(after.onset[np.isin(after.id, new)])
    when = np.concatenate(added)
    assert when.min() >= DAY + 18 * HOUR
    assert when.max() < 2 * DAY + 18 * HOUR
    assert abs(len(when) - 20 * 200) < 3.3 * np.sqrt(20 * 200)


def test_two_surges_of_the_same_name_are_two_surges() -> None:
    one = {"label": label("storm"), "begins": "2025-03-04T00:00", "lasts": "1 day", "factor": 2}
    both = plain(horizon="5 days", demand={"surges": [one, {**one, "begins": "2025-03-06T00:00"}]})
    table = draw(both, 0)
    assert len(np.unique(table.id)) == len(table)


def test_a_lull_takes_demands_away_in_its_window_only() -> None:
    lull = {"label": label("lull"), "begins": "2025-03-04T00:00", "lasts": "1 day", "factor": 0.25}
    calm, quiet = plain(horizon="5 days"), plain(horizon="5 days", demand={"surges": [lull]})
    left = 0
    for r in range(20):
        before, after = draw(calm, r), draw(quiet, r)
        gone = assert_same_but_for(before, after)
        assert (before.onset[np.isin(before.id, gone)] // DAY == 1).all()
        left += int((after.onset // DAY == 1).sum())
    assert abs(left - 500) < 3.3 * np.sqrt(500)


def test_good_service_brings_demand_by_its_elasticity() -> None:
    induced = {"enabled": True, "elasticity": 0.5, "resolution_rate": 0.96, "reference": 0.6}
    usual, more = plain(horizon="200 days"), plain(horizon="200 days", demand={"induced": induced})
    before, after = draw(usual, 0), draw(more, 0)
    assert len(after) / len(before) == pytest.approx(1.6**0.5, rel=0.03)
    mine = ("category", "way", "channel")
    _, one, other = np.intersect1d(after.id, before.id, return_indices=True)
    assert len(one) == len(before)
    for name in mine:
        assert np.array_equal(getattr(after, name)[one], getattr(before, name)[other])


# ---------------------------------------------------------------- found or reported


def test_requests_are_reported_at_once_and_incidents_after_a_lag() -> None:
    lag = category("noise", incident=0.6, report_lag={"exponential": {"mean": "1 day"}})
    table = draw(plain(horizon="100 days", demand={"categories": {"noise": lag}}), 0)
    wait = table.enters - table.onset
    share = (wait > 0).mean()
    assert abs(share - 0.6) < 3.3 * np.sqrt(0.24 / len(table))
    assert wait[wait > 0].mean() == pytest.approx(DAY, rel=0.05)


def test_reports_keep_the_profile_of_the_day_whatever_the_lag() -> None:
    hours = [0, 4, 2, 1]
    lag = category("noise", incident=1, report_lag={"lognormal": {"median": "7 h", "sigma": 1}})
    laid_out = plain(horizon="100 days", demand={"hours": hours, "categories": {"noise": lag}})
    table = draw(laid_out, 0)
    found = np.bincount(table.enters % DAY // (6 * HOUR), minlength=4)
    assert found[0] == 0
    assert stats.chisquare(found[1:], np.array([4, 2, 1]) / 7 * len(table)).pvalue > UNLIKELY


def walked(**patrol: Any) -> Network:
    long = category("noise", incident=1, visible=1, report_lag="400 days")
    return plain(
        horizon="60 days",
        demand={"categories": {"noise": long}},
        patrol={"enabled": True, "per_grid": "20 min", "home_visits": {"enabled": False}, **patrol},
    )


def test_a_round_that_always_finds_finds_at_the_next_pass() -> None:
    table = draw(walked(rounds=["15:00-17:00", "09:00-11:00"], found_visible=1), 0)
    found = table.source == BY_PATROL
    passes = np.array([9 * HOUR + 20 * MINUTE, 15 * HOUR + 20 * MINUTE])
    at = table.onset[found] % DAY
    nexts = np.where(
        at < passes[0], passes[0], np.where(at < passes[1], passes[1], DAY + passes[0])
    )
    assert (table.enters[found] - table.onset[found] == nexts - at).all()
    assert found.sum() > 5900


def test_which_pass_finds_is_geometric() -> None:
    table = draw(walked(rounds=["09:00-11:00"], found_visible=0.3), 0)
    early = table.onset < 30 * DAY
    passes = -(-(table.enters[early] - table.onset[early]) // DAY)
    observed = np.bincount(passes, minlength=12)[1:12]
    expected = stats.geom.pmf(np.arange(1, 12), 0.3) * early.sum()
    scaled = expected * observed.sum() / expected.sum()
    assert stats.chisquare(observed, scaled).pvalue > UNLIKELY


def test_nobody_finds_what_was_reported_before() -> None:
    laid_out = build(district())
    table = draw(laid_out, 0)
    without = draw(build(district(), patrol={"enabled": False}), 0)
    assert (without.source == REPORTED).all()
    _, one, other = np.intersect1d(table.id, without.id, return_indices=True)
    assert len(one) == len(table)
    earlier = table.enters[one] < without.enters[other]
    assert (earlier == (table.source[one] != REPORTED)).all()
    assert (table.enters[one] <= without.enters[other]).all()


def test_rounds_on_workdays_find_nothing_at_weekends() -> None:
    table = draw(walked(rounds=["09:00-11:00"], days="workdays"), 0)
    found = table.source == BY_PATROL
    assert found.any()
    assert (table.enters[found] // DAY % 7 < 5).all()


def test_rounds_that_never_take_place_find_nothing() -> None:
    weekend = walked(rounds=["09:00-11:00"], days="workdays")
    change = {"start": "2025-03-08", "horizon": "2 days"}
    scenario = weekend.scenario.model_dump(mode="json") | change
    with mock.patch.object(network, "laid_out", lambda *_: weekend.territory):
        laid_out = network.build(Scenario.model_validate(scenario))
    assert (draw(laid_out, 0).source == REPORTED).all()


def test_home_visits_find_within_their_hours_at_their_rate() -> None:
    table = draw(
        walked(
            found_visible=0,
            found_hidden=0,
            home_visits={
                "enabled": True,
                "per_household": "1 per day",
                "found": 0.5,
                "time": "1 min",
            },
        ),
        0,
    )
    found = table.source == BY_VISIT
    assert (
        (table.enters[found] % DAY >= 17 * HOUR) & (table.enters[found] % DAY <= 20 * HOUR)
    ).all()
    early = found & (table.onset < 40 * DAY)
    assert (table.enters - table.onset)[early].mean() == pytest.approx(2 * DAY, rel=0.1)


# ---------------------------------------------------------------- what each is like


def night_box(desk_hours: str = "08:00-18:00") -> Network:
    """A counter that sends on by night to a telephone, and that to a letter box at weekends."""
    return plain(
        seed=2020,
        horizon="60 days",
        demand={"categories": {"noise": {"answered": 0.5}}},
        channels={
            "=": {
                "counter": channel(
                    "counter", hours=desk_hours, if_closed="phone", handling="2 min", answers=True
                ),
                "phone": channel(
                    "phone",
                    days="mon-fri",
                    if_closed="box",
                    handling={"lognormal": {"median": "15 min", "sigma": 0.3}},
                    answers=True,
                ),
                "box": channel("box", handling="30 min", answers=False),
            }
        },
    )


def test_who_is_sent_on_is_handled_and_answered_by_the_channel_that_takes_the_demand_in() -> None:
    laid_out = night_box()
    table = draw(laid_out, 0)
    for made in (model.run(laid_out, table), engine.run(laid_out, table)):
        by = made.demands["channel"]
        taken = {c: np.flatnonzero(by == c) for c in range(3)}
        sent_on = {c: mine[table.channel[mine] != c] for c, mine in taken.items()}
        assert not len(sent_on[0])
        assert min(len(sent_on[1]), len(sent_on[2])) > 500
        assert (table.intake[taken[0]] == 2 * MINUTE).all()
        below = int((table.intake[sent_on[1]] < 15 * MINUTE).sum())
        assert stats.binomtest(below, len(sent_on[1]), 0.5).pvalue > 0.001
        assert (table.intake[taken[2]] == 30 * MINUTE).all()
        assert not table.answered[taken[2]].any()
        for mine in (taken[0], sent_on[1]):
            assert stats.binomtest(int(table.answered[mine].sum()), len(mine), 0.5).pvalue > 0.001


def test_who_meets_the_same_channel_in_two_plans_meets_the_same_luck_there() -> None:
    one, other = night_box(), night_box("06:00-22:00")
    tables, by = [], []
    for laid_out in (one, other):
        tables.append(draw(laid_out, 0))
        by.append(engine.run(laid_out, tables[-1]).demands["channel"])
    assert np.array_equal(tables[0].id, tables[1].id)
    same = by[0] == by[1]
    assert 0 < same.sum() < len(same)
    assert np.array_equal(tables[0].intake[same], tables[1].intake[same])
    assert np.array_equal(tables[0].answered[same], tables[1].answered[same])
    assert (tables[0].intake[~same] != tables[1].intake[~same]).all()


def test_handing_over_at_once_has_luck_of_its_own_and_is_never_after_the_intake() -> None:
    """A question that is answered at intake is not handed over."""
    times = {"lognormal": {"median": "5 min", "sigma": 0.6}}
    plans = [
        {"handling": times, "dispatch": how, "handing_over": times}
        for how in ("after intake", "at once")
    ]
    kind: Any = {"demand": {"categories": {"noise": {"answered": 0.3}}}}
    after, once = (
        draw(plain(channels={"=": {"app": channel("app", **p)}}, horizon="60 days", **kind), 0)
        for p in plans
    )
    for field in fields(after):
        same = np.array_equal(getattr(after, field.name), getattr(once, field.name))
        assert same == (field.name != "handing_over"), field.name
    assert np.array_equal(after.handing_over, after.intake)
    answered = once.answered
    assert np.array_equal(once.handing_over[answered], once.intake[answered])
    handed, intake = once.handing_over[~answered], once.intake[~answered]
    assert (handed <= intake).all()
    # Of two independent times that are alike, each is the shorter one as often as the other.
    assert stats.binomtest(int((handed < intake).sum()), len(handed), 0.5).pvalue > 0.001


def test_a_channel_has_luck_of_its_own() -> None:
    """The times of two channels that are alike don't hang together."""
    times = {"lognormal": {"median": "15 min", "sigma": 0.3}}
    found = {}
    for mine in ("one", "two"):
        laid_out = plain(channels={"=": {mine: channel(mine, handling=times)}}, horizon="60 days")
        found[mine] = draw(laid_out, 0).intake
    assert abs(np.corrcoef(found["one"], found["two"])[0, 1]) < 4 / np.sqrt(len(found["one"]))


def test_channels_are_taken_in_the_shares_of_covered_and_other_grids() -> None:
    channels = {
        "=": {
            "a": channel("a", with_station=0.6, without_station=0.1),
            "b": channel("b", with_station=0.3, without_station=0.2),
            "c": channel("c", with_station=0.1, without_station=0.7),
        }
    }
    laid_out = build(district(), channels=channels)
    table = draw(laid_out, 0)
    covered = laid_out.has_station[table.grid]
    for where, shares in ((covered, [0.6, 0.3, 0.1]), (~covered, [0.1, 0.2, 0.7])):
        counts = np.bincount(table.channel[where], minlength=3)
        assert counts.sum() > 500
        assert stats.chisquare(counts, np.array(shares) * counts.sum()).pvalue > UNLIKELY


def test_how_often_work_is_handed_on_is_geometric() -> None:
    change = {
        "g": {"handover": {"h": 0.4}},
        "h": {"label": label("h"), "teams": ["staff"], "handover": {"g": 0.4}},
    }
    table = draw(plain(horizon="60 days", groups=change), 0)
    stages = np.diff(table.first_stage)
    observed = np.bincount(np.minimum(stages, 6), minlength=7)[1:]
    chance = stats.geom.pmf(np.arange(1, 7), 0.6)
    chance[-1] = stats.geom.sf(5, 0.6)
    assert stats.chisquare(observed, chance * len(table)).pvalue > UNLIKELY
    # The groups take turns.
    depth = np.arange(len(table.stage_group)) - np.repeat(table.first_stage[:-1], stages)
    assert (table.stage_group == depth % 2).all()


def test_yes_or_no_comes_as_often_as_the_shares_say() -> None:
    kind = category("noise", complex=0.3, answered=0.2, joint_meeting=0.5)
    laid_out = plain(
        horizon="100 days",
        demand={"categories": {"noise": kind}},
        joint_meeting={"enabled": True},
        promises={"made": True},
        residents={"escalation": 0.35, "patience": {"enabled": True, "broken_promise": 0.1}},
    )
    table = draw(laid_out, 0)
    n = len(table)
    for found, share in (
        (table.complex, 0.3),
        (table.answered, 0.2),
        (table.meeting, 0.15),
        (table.complex & table.answered, 0.06),
        *((row, 0.35) for row in table.escalates),
        *((row, 0.1) for row in table.loses_trust),
    ):
        assert stats.binomtest(int(found.sum()), n, share).pvalue > UNLIKELY
    assert abs(np.corrcoef(table.escalates)[np.triu_indices(4, 1)]).max() < 0.05


def test_every_time_is_a_whole_number_of_ticks() -> None:
    table = draw(build(district(), tick="1 min"), 0)
    for name in ("onset", "enters", "turn_out", "access", "stage_work", "patience", "call"):
        times = getattr(table, name)
        assert (times[times < 2**60] % MINUTE == 0).all(), name

"""Shapley values share out fairly, add up exactly, and agree with published games."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import SHARED

from govsim.explanation.shapley import along, coalitions, ends, exact, random_orders, sampled

PUBLISHED = SHARED / "validation" / "queueing-cases.json"


def glove(team):
    """One has a left glove, two have right ones: a pair is worth 1."""
    return float("1" in team and bool(team & {"2", "3"}))


def airport(team):
    """A runway costs what its largest aeroplane needs."""
    return max((float(p) for p in team), default=0.0)


def test_published_games_are_shared_as_published():
    if not PUBLISHED.is_file():
        pytest.skip("no table of published results beside the project")
    cases = {c["name"]: c for c in json.loads(PUBLISHED.read_text("utf-8"))["cases"]}
    expected = cases["shapley_glove_and_airport"]["expected"]
    assert exact("123", glove).shapley == pytest.approx(expected["glove"], abs=1e-12)
    assert exact("123", airport).shapley == pytest.approx(expected["airport"], abs=1e-12)


@pytest.mark.parametrize("needs", [{}, {"c": "a"}, {"b": "a", "c": "ab", "e": "d"}])
def test_values_are_the_mean_over_all_possible_orders(needs):
    players = "abcde"
    rng = np.random.default_rng(7)
    table = {team: rng.normal(size=4) for team in coalitions(players)}
    possible = [
        order
        for order in permutations(players)
        if all(set(needs.get(p, "")) <= set(order[:at]) for at, p in enumerate(order))
    ]
    found = exact(players, table.__getitem__, needs)
    assert found.shapley == pytest.approx(along(possible, players, table.__getitem__), abs=1e-12)


@given(st.integers(0, 2**32), st.integers(1, 6))
def test_what_is_shared_out_is_the_whole_in_every_replication(seed, n):
    players = [str(i) for i in range(n)]
    rng = np.random.default_rng(seed)
    table = {team: 1000 * rng.normal(size=7) for team in coalitions(players)}
    whole = table[frozenset(players)] - table[frozenset()]
    assert exact(players, table.__getitem__).shapley.sum(axis=0) == pytest.approx(whole, abs=1e-9)
    some = random_orders(players, 3, rng)
    found = along(some, players, table.__getitem__)
    assert found.sum(axis=0) == pytest.approx(whole, abs=1e-9)


def test_whoever_adds_the_same_to_everybody_gets_that():
    added = {"a": 1.5, "b": -4.0, "c": 0.0}
    found = exact("abc", lambda team: sum(added[p] for p in team))
    for effect in (found.shapley, found.first, found.last):
        assert effect == pytest.approx(list(added.values()))


def test_a_pair_that_only_works_together_shares_alike():
    # 10 for both, nothing for one: each gets half, though alone it adds nothing and last all.
    found = exact("ab", lambda team: 10.0 * (len(team) == 2))
    assert found.shapley == pytest.approx([5, 5])
    assert found.first == pytest.approx([0, 0])
    assert found.last == pytest.approx([10, 10])


def test_whoever_needs_another_gets_what_it_adds_to_him():
    # The same pair, but b can't come before a: all that the pair brings comes with b.
    found = exact("ab", lambda team: 10.0 * (len(team) == 2), {"b": "a"})
    assert found.shapley == pytest.approx([0, 10])
    assert found.first == pytest.approx([0, 10])
    assert found.last == pytest.approx([0, 10])


def test_first_and_last_respect_who_needs_whom():
    first, with_it, late, with_it_late = ends("abcd", {"b": "a", "c": "b"})["b"]
    assert (first, with_it) == ({"a"}, {"a", "b"})
    assert (late, with_it_late) == ({"a", "d"}, {"a", "b", "d"})


def test_coalitions_are_those_in_which_everybody_has_whom_he_needs():
    assert len(coalitions("abcdef")) == 64
    found = coalitions("abc", {"b": "a", "c": "a"})
    assert {"".join(sorted(one)) for one in found} == {"", "a", "ab", "ac", "abc"}
    with pytest.raises(ValueError, match="circle"):
        coalitions("ab", {"a": "b", "b": "a"})


def test_orders_drawn_are_as_likely_as_one_another():
    # b and c after a, d anywhere: eight orders; 4,000 draws, chi-square on 7 degrees.
    drawn = random_orders("abcd", 4000, np.random.default_rng(3), {"b": "a", "c": "a"})
    assert all(o.index("a") < min(o.index("b"), o.index("c")) for o in drawn)
    counts = np.unique(["".join(o) for o in drawn], return_counts=True)[1]
    assert len(counts) == 8
    assert ((counts - 500) ** 2 / 500).sum() < 24.3  # 0.1% of the time more


def test_sampled_orders_come_near_the_exact_values_of_many_players():
    # Ten players; each alone is worth its number, and each pair of neighbours 3 more.
    players = [str(i) for i in range(10)]

    def worth(team, replication=0):
        alone = sum(float(p) for p in team)
        pairs = sum(str(i) in team and str(i + 1) in team for i in range(9))
        return alone + 3.0 * pairs + replication

    known = [i + 1.5 * ((i > 0) + (i < 9)) for i in range(10)]
    rng = np.random.default_rng(11)
    orders = [random_orders(players, 4, rng) for _ in range(100)]
    found = sampled(players, worth, orders)
    assert found.shapley.sum(axis=0) == pytest.approx(np.full(100, 45 + 27.0), abs=1e-9)
    off = found.shapley.mean(axis=1) - known
    error = found.shapley.std(axis=1, ddof=1) / 10
    assert (np.abs(off) < 4 * error + 1e-9).all()
    assert found.first.mean(axis=1) == pytest.approx(range(10))
    assert exact(players, worth).shapley == pytest.approx(known)

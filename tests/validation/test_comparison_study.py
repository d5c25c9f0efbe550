"""The study of comparisons: small here; `govsim validate-comparison` makes it in full."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.comparison import selection
from govsim.runs.executors import Serial
from govsim.validation import comparing
from govsim.validation.closed_forms import wait_mmc


@pytest.mark.slow
def test_two_staffings_wait_as_erlang_says() -> None:
    """The difference that intervals must hold is the one that the model has."""
    plans = ("", "eight")
    queues = comparing.observe(comparing.STAFFINGS, plans, 15, Serial(), lambda *_: None)
    per_hour, served = comparing.PER_HOUR, comparing.SERVED_PER_HOUR
    for plan, members in enumerate((7, 8)):
        found = queues[:, plan].ravel()
        known = per_hour * wait_mmc(per_hour, served, members)
        # Four standard errors: fails by chance once in some ten thousand.
        assert abs(found.mean() - known) < 4 * found.std(ddof=1) / np.sqrt(len(found))


@pytest.mark.parametrize("shared", [0.0, 0.5])
@pytest.mark.parametrize("spread", list(comparing.SPREADS))
def test_the_best_plan_is_selected_as_often_as_promised(spread: str, shared: float) -> None:
    tries = 200
    found = comparing.slippage(selection.kn, comparing.KN_PLANS, tries, spread, shared, seed=9)
    assert found >= comparing.CONFIDENCE - 3.1 * np.sqrt(0.95 * 0.05 / tries)


def test_a_procedure_that_guesses_is_found_out() -> None:
    def guesses(observe: object, plans: int, *_: object) -> selection.Selection:
        return selection.Selection(0, (0,), (1,) * plans, 1.0, 0.95, "KN")

    assert comparing.slippage(guesses, 5, 100, "equal", 0.0, seed=1) == pytest.approx(0.2)


def test_equal_plans_are_not_the_same_replication_by_replication() -> None:
    """Else intervals that hold 0 would prove nothing."""
    queues = comparing.observe(comparing.EQUAL, ("one", "two"), 3, Serial(), lambda *_: None)
    assert (queues[:, 0] != queues[:, 1]).all()

"""Stages of a dispatch log are fitted over midnight, and with times that are missing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from places import SHARED

from govsim.estimation import stages
from govsim.estimation.stages import NONE
from govsim.scenarios.units import DAY, HOUR, MINUTE, SECOND

RECORD = SHARED / "data" / "dublin-fire" / "dublin-fire-2020-2022.csv.gz"


def told(*rows: tuple[str | None, ...]) -> dict[str, stages.Ints]:
    """Points in time of rows of times of the first of January 1970."""
    times = pd.DataFrame(rows, columns=["call", "order", "scene"]).apply(pd.to_timedelta)
    days = pd.Series(pd.to_datetime(["1970-01-01"] * len(rows)))
    return stages.instants(days, times)


def test_a_time_of_day_before_the_last_is_one_of_the_next_day() -> None:
    at = told(("23:58:00", "23:59:00", "00:04:00"), ("10:00:00", "10:01:00", "10:05:00"))
    assert at["scene"].tolist() == [DAY + 4 * MINUTE, 10 * HOUR + 5 * MINUTE]


def test_what_follows_a_missing_time_is_counted_from_the_one_before() -> None:
    at = told(("23:50:00", None, "00:04:00"))
    assert at["order"].tolist() == [NONE]
    assert at["scene"].tolist() == [DAY + 4 * MINUTE]


def test_times_in_the_wrong_order_are_set_aside_and_shift_nothing_that_follows() -> None:
    rows = [(f"10:{m:02}:00", f"10:{m + 1:02}:{m:02}", f"10:{m + 5:02}:00") for m in range(20)]
    at = told(*rows, ("12:00:00", "11:59:00", "12:06:00"))
    one, other = stages.fit(at)
    assert (one.disordered, one.missing, len(one.took)) == (1, 0, 20)
    assert at["scene"][-1] == 12 * HOUR + 6 * MINUTE
    assert other.disordered == 1, "the order that came before its call is no start of a stage"


@pytest.mark.skipif(not RECORD.is_file(), reason="the record of Dublin is not there")
def test_stages_of_dublin_have_the_quantiles_of_the_record() -> None:
    record = pd.read_csv(RECORD, dtype=str)
    keys = ["TOC", "ORD", "MOB", "IA"]
    times = record[keys].apply(pd.to_timedelta)
    days = pd.to_datetime(record["Date"], format="%d/%m/%Y")
    found = stages.fit(stages.instants(days, times))
    assert [(one.first, one.then) for one in found] == list(pairwise(keys))
    assert found[2].missing / len(record) == pytest.approx(0.23, abs=0.02)
    assert all(one.over_midnight > 40 for one in found)
    assert all(one.disordered < 0.005 * len(record) for one in found)
    for one in found:
        shown = one.quantiles([0.05, 0.25, 0.5, 0.75, 0.9, 0.95])
        assert shown["fitted"].to_numpy() == pytest.approx(shown["record"].to_numpy(), rel=0.04)
        assert one.fitted.quantile(0.5) == pytest.approx(np.median(one.took), abs=5 * SECOND)

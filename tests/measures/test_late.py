"""Where late demands lost their time: all of it is shared out; no staffing beats the ceiling."""

import numpy as np
import pandas as pd
from audit import lay_out
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import scenarios

from govsim import engine
from govsim.demand.table import draw
from govsim.measures.clocks import AS_SENT, EVENTS, KEPT, LATE, PIECES, REACHABLE
from govsim.measures.late import COLUMNS
from govsim.measures.pieces import find
from govsim.measures.replication import measure, promise_kept
from govsim.measures.shortest import least
from govsim.runs.trace import follow
from govsim.scenarios.schema import Scenario

SUMS = list(COLUMNS[4:])


@settings(max_examples=20)
@given(scenarios)
def test_shares_add_up_to_all_late_demands_and_all_their_time(scenario: Scenario) -> None:
    network = lay_out(scenario)
    table = draw(network, 0)
    outcome = engine.run(network, table)
    found = measure(network, table, outcome).late
    spent = find(network, table, outcome)
    for clock, (applies, kept) in promise_kept(network, table, outcome).items():
        late = applies & ~kept
        mine = found[found["clock"] == clock]
        for level, part in mine.groupby("level"):
            groups = part.groupby(["key", "piece"])[SUMS].sum()
            whole = groups.groupby("piece").sum()
            pieces = groups[groups.index.isin(PIECES, level="piece")].groupby("key").sum()
            of = groups.xs(LATE, level="piece") if LATE in whole.index else pieces[:0]
            pieces = pieces.reindex(of.index, fill_value=0)
            assert (pieces["n"] == of["n"]).all()  # each has one largest piece
            assert (pieces["late_ms"] == of["late_ms"]).all()
            assert (of["alone"] <= of["n"]).all()
            if level in ("district", "kind", "category"):  # that every demand belongs to
                assert whole["n"].get(LATE, 0) == late.sum()
                assert whole["n"].get(KEPT, 0) == (applies & kept).sum()
                assert whole["late_ms"].get(LATE, 0) == spent.length(clock)[late].sum()


@settings(max_examples=15)
@given(scenarios)
def test_each_minute_of_a_late_demand_is_one_of_its_trace(scenario: Scenario) -> None:
    network = lay_out(scenario)
    table = draw(network, 0)
    outcome = engine.run(network, table)
    found = measure(network, table, outcome).late
    for clock in ("scene", "solve"):
        applies, kept = promise_kept(network, table, outcome)[clock]
        late = np.flatnonzero(applies & ~kept)
        whole = found[(found["clock"] == clock) & (found["level"] == "district")]
        if 0 < len(late) <= 8:  # what traces cost
            lasted = 0
            for d in late.tolist():
                story = follow(network, table, d)
                start, last = outcome.demands["clock_start"][d], story[-1].demand
                event = int(last[EVENTS[clock]])
                gone = {3: int(last["closed"]), 4: int(last["patience_ended"])}
                end = event if event >= 0 else gone.get(int(last["state"]), network.end)
                lasted += max(0, end - int(start))
            assert whole.loc[whole["piece"].isin(PIECES), "late_ms"].sum() == lasted


def numbers(found: pd.DataFrame, clock: str) -> dict[str, int]:
    mine = found[(found["clock"] == clock) & (found["level"] == "district")]
    return dict(zip(mine["piece"], mine["n"].tolist(), strict=True))


@settings(max_examples=25)
@given(scenarios, st.data())
def test_no_staffing_keeps_more_than_the_ceiling(scenario: Scenario, data: st.DataObject) -> None:
    teams = {
        name: team.model_copy(
            update={
                "roster": {s: data.draw(st.integers(0, 9)) for s in scenario.calendar.shifts},
                "roster_at": {},
            }
        )
        for name, team in scenario.teams.items()
    }
    network = lay_out(scenario.model_copy(update={"teams": teams}))
    table = draw(network, 0)
    outcome = engine.run(network, table)
    found = measure(network, table, outcome).late
    shortest = least(network, table, outcome)
    for clock, (applies, _) in promise_kept(network, table, outcome).items():
        event = outcome.demands[EVENTS[clock]]
        over = applies & (event >= 0)
        assert (event - outcome.demands["clock_start"] >= shortest[clock])[over].all()
        told = numbers(found, clock)
        assert told.get(KEPT, 0) <= told.get(REACHABLE, 0)
        assert told.get(AS_SENT, 0) <= told.get(REACHABLE, 0)

"""A small scenario that runs in a fraction of a second, and the bytes that a run leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from places import TEMPLATE

from govsim.cli import cli
from govsim.runs import tasks

SHORT = (("horizon", "4 weeks"), ("warm_up", "1 week"))

A_PLAN = (
    TEMPLATE.read_text("utf-8")
    .replace("horizon: 52 weeks", "horizon: 3 weeks")
    .replace("warm_up: 4 weeks", "warm_up: 1 week")
)
"""The template as a planner's own file, over three weeks."""
assert "horizon: 3 weeks" in A_PLAN and "warm_up: 1 week" in A_PLAN

EXPLAINED = (("horizon", "5 weeks"), ("warm_up", "1 week"))
"""What is set in the scenarios that the fixture `explained` explains."""


def typed(*words: object) -> Result:
    """Type a command, in English."""
    return CliRunner().invoke(cli, [*map(str, words), "--lang", "en"])


def tables(folder: Path) -> dict[str, bytes]:
    """Read the files of a run that hold numbers."""
    return {file.name: file.read_bytes() for file in folder.glob("*.parquet")}


def noted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """List the replications that are simulated from here on, as they begin."""
    numbers: list[int] = []
    simulate = tasks.simulate

    def notes(network, replication, *args, **kwargs):
        numbers.append(replication)
        return simulate(network, replication, *args, **kwargs)

    monkeypatch.setattr(tasks, "simulate", notes)
    return numbers

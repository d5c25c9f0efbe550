"""Whoever does the replications, the results are the same bytes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from short_runs import tables

import govsim
from govsim.runs import executors
from govsim.runs.executors import Executor, Serial, Threads
from govsim.runs.tasks import Plan, Task, packed
from govsim.scenarios.units import WEEK
from govsim.storage.folder import RunFolder


@pytest.fixture(scope="module")
def serial(short, tmp_path_factory) -> dict[str, bytes]:
    """Tables of a run in this process alone."""
    out = tmp_path_factory.mktemp("serial")
    return tables(govsim.run(short, replications=6, out=out, keep_orders=True).folder)


# ------------------------------------------------------------------ tasks of any kind


def slowly(task: int) -> int:
    """Take the longer, the earlier in the list."""
    time.sleep(0.02 * (5 - task % 5))
    return task * task


def fails(task: int) -> int:
    if task == 3:
        raise ValueError("the third is wrong")
    return task


@pytest.fixture(params=["serial", "threads"])
def executor(request) -> Iterator[Executor]:
    with Serial() if request.param == "serial" else Threads(3) as chosen:
        yield chosen


def test_results_come_in_the_order_of_the_tasks(executor):
    assert list(executor.map(slowly, range(12))) == [n * n for n in range(12)]


def test_every_task_comes_back_with_its_own_result(executor):
    assert dict(executor.as_completed(slowly, range(12))) == {n: n * n for n in range(12)}


def test_what_a_task_raises_is_raised_where_its_result_is_asked_for(executor):
    with pytest.raises(ValueError, match="third"):
        list(executor.map(fails, range(8)))


def test_few_tasks_are_taken_before_their_results_are_used(executor):
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for n in range(100):
            taken.append(n)
            yield n

    for used, _ in enumerate(executor.map(slowly, tasks()), start=1):
        assert len(taken) - used < 2 * executor.slots
        if used == 10:
            break
    assert len(taken) < 20


def waits(task: threading.Event) -> None:
    """Go on until somebody says so."""
    while not task.wait(0.01):
        executors.report(0.5)


def test_leaving_gives_up_what_is_under_way():
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Threads(2) as executor:
        for _ in executor.map(waits, [threading.Event(), threading.Event()], interrupt):
            pass
    assert time.monotonic() - begun < 5


def interrupt(share: float) -> None:
    if share == 1.0:  # half of either task
        raise KeyboardInterrupt


# ------------------------------------------------------------------ replications


def test_threads_write_the_same_bytes(short, serial, tmp_path):
    with Threads(3) as executor:
        result = govsim.run(
            short, replications=6, out=tmp_path, keep_orders=True, executor=executor
        )
    assert tables(result.folder) == serial


def test_a_precision_takes_as_many_replications_with_any_number_of_workers(short, tmp_path):
    asked = {"precision": 0.08, "on": ["compliance_solve"], "most": 40}
    alone = govsim.run(short, out=tmp_path / "alone", **asked)
    with Threads(4) as executor:
        together = govsim.run(short, out=tmp_path / "together", executor=executor, **asked)
    assert 5 < alone.replications < 40
    assert tables(together.folder) == tables(alone.folder)


def test_gaps_that_a_killed_run_has_left_are_filled(short, serial, tmp_path):
    """With several workers, a later replication may be kept before an earlier one."""
    whole = govsim.run(short, replications=6, out=tmp_path / "a", keep_orders=True)
    killed = tmp_path / "b" / "template" / whole.folder.name
    RunFolder(killed).put(5, packed(Task(Plan.of(whole.network), 5, WEEK, orders=True)))
    gone_on = govsim.run(short, replications=2, out=tmp_path / "b", keep_orders=True)
    assert gone_on.replications == 6
    assert tables(gone_on.folder) == serial

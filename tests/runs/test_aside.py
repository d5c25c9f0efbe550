"""What is made beside the replications is the same as what is made after them."""

from __future__ import annotations

import threading

import pandas as pd
import pytest
from places import SCENARIOS

import govsim
from govsim import language
from govsim.language import tr
from govsim.runs.aside import Aside
from govsim.runs.executors import Serial, Threads

SHORT = (("horizon", "4 weeks"), ("warm_up", "1 week"))


def test_it_is_made_once_and_in_a_thread_of_its_own_if_it_begins_at_once():
    made: list[threading.Thread] = []

    def make() -> int:
        made.append(threading.current_thread())
        return 7

    assert Aside(make, now=True).value() == 7
    assert len(made) == 1
    assert made[0] is not threading.current_thread()


def test_otherwise_it_is_made_where_it_is_asked_for():
    assert Aside(threading.current_thread, now=False).value() is threading.current_thread()


def test_what_fails_there_is_told_where_it_is_asked_for():
    with pytest.raises(ZeroDivisionError):
        Aside(lambda: 1 // 0, now=True).value()


def test_it_speaks_the_language_of_whoever_began_it():
    language.use("zh")
    assert Aside(lambda: tr("Stopped."), now=True).value() == tr("Stopped.") != "Stopped."


def test_a_single_replication_leaves_the_same_places_whoever_made_them(tmp_path):
    file = SCENARIOS / "tiandi.yaml"
    found = []
    for name, executor in (("one", Serial()), ("two", Threads(2))):
        with executor:
            result = govsim.run(
                file, settings=SHORT, replications=1, out=tmp_path / name, executor=executor
            )
        found.append(result)
    for table in ("points", "grids", "staff", "outline"):
        pd.testing.assert_frame_equal(getattr(found[0], table), getattr(found[1], table))

"""What measures how strong the comparison of the engines is does see a change of the engine."""

from __future__ import annotations

import os

import pytest

if not hasattr(os, "fork"):
    pytest.skip("the engine as plain Python stands in a forked process", allow_module_level=True)

import ast
import json
import multiprocessing
from pathlib import Path
from queue import Empty

import mutating
from equivalents import EQUIVALENT, reason_of
from mutants import KINDS, MODULES, Mutant, changes, mutants
from mutating import SURVIVES, Fates, cases, everything, look, outcome, page_section, publish
from plain_engine import Plain


def _measured(queue) -> None:
    """Try a few mutants on a few scenarios; the compiled engine is gone from this process then."""
    every = list(everything())
    tried = cases(6)
    noticing = Plain(every)
    for case in tried:
        look(noticing, case)  # which fails unless the outcome is the model's
    plain, fates, found = Plain(), Fates(None), {}
    some = [m for m in every if m.function in ("_done", "free", "bisect_right")]
    for mutant in some:
        found[mutant.name], by = outcome(plain, mutant, fates.in_order(mutant, tried))
        fates.note(mutant.name, found[mutant.name], by, len(tried))
    reached = {name for case in tried for name in case.matters}
    queue.put((found, sorted(reached), outcome(plain, some[0], [])[0], len(every)))


@pytest.fixture(scope="module")
def measured():
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_measured, args=(queue,))
    child.start()
    while True:
        try:
            found = queue.get(timeout=0.5)
            break
        except Empty:
            assert child.is_alive(), "it failed: what it says stands above"
    child.join()
    return found


@pytest.mark.slow
def test_a_mutant_that_changes_anything_is_killed(measured):
    """Work that is done does not end, but all else that comes about ends it."""
    fates, _, untried, _ = measured
    (name,) = [name for name in fates if "if job.state == GONE:" in name.partition(" -> ")[2]]
    assert fates[name] in ("differs", "fails", "never ends")
    assert untried == SURVIVES


@pytest.mark.slow
def test_it_is_known_which_mutants_a_scenario_could_kill(measured):
    fates, reached, _, number = measured
    assert number / 3 < len(reached) < number
    assert {name for name, fate in fates.items() if fate != SURVIVES} <= set(reached)


def test_each_comparison_constant_and_operator_is_changed_and_put_back():
    tree = ast.parse("a < b and not c == 1 + min(d, 2)")
    before = ast.unparse(tree)
    made = []
    for node in ast.walk(tree):
        for kind, change, restore in changes(node):
            change()
            made.append(ast.unparse(tree))
            restore()
            assert kind in KINDS
    assert ast.unparse(tree) == before
    assert len(set(made)) == len(made) == 11  # 2 of <, 1 of and, not, ==, +, min, 2 each of 1, 2


def test_every_module_has_mutants_and_each_has_a_name_of_its_own():
    for module in MODULES:
        names = [mutant.name for mutant in mutants(module)]
        assert len(names) > 50
        assert len(set(names)) == len(names)


def test_what_is_listed_as_equivalent_is_listed_once_and_most_of_it_is_there():
    """Of a statement that was changed since, the command says so; it counts as survived again."""
    names = [mutant.name for mutant in everything()]
    listed = [one for some in EQUIVALENT.values() for one in some]
    assert len(listed) == len(set(listed))
    assert all(one.partition(".")[0] in MODULES for one in listed)
    there = [one for one in listed if any(name.startswith(one) for name in names)]
    assert len(there) > 0.8 * len(listed)


def test_fates_are_kept_and_gone_on_with(tmp_path: Path):
    file = tmp_path / "fates.jsonl"
    Fates(file).add("loop._done: a -> b", "differs", 3, 40)
    Fates(file).add("loop._done: a -> c", SURVIVES, -1, 40)
    again = Fates(file)
    assert again.known == {"loop._done: a -> b": "differs", "loop._done: a -> c": SURVIVES}
    assert again.kills["loop._done", 3] == 1
    assert again.are_known("loop._done: a -> b", 80)
    assert again.are_known("loop._done: a -> c", 40)
    assert not again.are_known("loop._done: a -> c", 80)
    assert not again.are_known("loop._done: a -> d", 40)
    assert [json.loads(line)[2] for line in file.read_text("utf-8").splitlines()] == [3, -1]


def test_the_page_counts_killed_survived_and_equivalent(tmp_path: Path, monkeypatch):
    def made(after: str, kind: str) -> Mutant:
        return Mutant("loop", "_done", 1, kind, "a", after, 1, "", None, None)

    monkeypatch.setattr(mutating, "reason_of", lambda name: "no such thing")
    told = [
        (made("b", "constant"), "differs"),
        (made("c", "constant"), "fails"),
        (made("d", "comparison"), SURVIVES),
        (made("e", "comparison"), "equivalent"),
    ]
    section = page_section(told, 100)
    assert "| `loop` | 4 | 2 | 1 | 1 | 66.7% |" in section
    assert "| constant | 2 | 2 | 0 | 0 | 100.0% |" in section
    assert "- 1: no such thing" in section
    assert "\nloop._done: {a -> d}\n" in section
    page = tmp_path / "validation.md"
    page.write_text("# Page\n", encoding="utf-8")
    publish(section, page)
    publish(section, page)
    assert page.read_text("utf-8").count("| `loop` |") == 1


def test_a_reason_stands_for_all_that_begin_so(monkeypatch):
    monkeypatch.setitem(EQUIVALENT, "for a test", ("loop._done: if a",))
    assert reason_of("loop._done: if a: -> if b:") == "for a test"
    assert reason_of("loop._done: if b: -> if a:") == ""

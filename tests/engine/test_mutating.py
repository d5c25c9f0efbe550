"""What measures how strong the comparison of the engines is does see a change of the engine."""

from __future__ import annotations

import os

import pytest

if not hasattr(os, "fork"):
    pytest.skip("each mutant is tried in a process that is forked", allow_module_level=True)

import ast

from mutating import MODULES, cases, changes, mutants, outcome


@pytest.fixture(scope="module")
def tried():
    return cases(6)


def test_the_engine_as_plain_python_gives_the_outcomes_of_the_model(tried):
    assert outcome(None, tried) == "survives"


def test_a_mutant_that_changes_anything_is_killed(tried):
    """Work that is done does not end, but all else that comes about ends it."""
    (mutant,) = [mutant for mutant in mutants("loop") if "if kind != DONE" in mutant.source]
    assert outcome(mutant, tried) in ("differs", "fails", "hangs")


def test_each_comparison_constant_and_operator_is_changed_and_put_back():
    tree = ast.parse("a < b and not c == 1 + min(d, 2)")
    before = ast.unparse(tree)
    made = []
    for node in ast.walk(tree):
        for _, change, restore in changes(node):
            change()
            made.append(ast.unparse(tree))
            restore()
    assert ast.unparse(tree) == before
    assert len(set(made)) == len(made) == 11  # 2 of <, 1 of and, not, ==, +, min, 2 each of 1, 2


def test_every_module_has_mutants_and_each_has_a_name_of_its_own():
    for module in MODULES:
        names = [mutant.name for mutant in mutants(module)]
        assert len(names) > 50
        assert len(set(names)) == len(names)

"""Both engines are written twice, step by step: nothing stands in one of them only, unexplained."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from places import PACKAGE

from govsim.service import rules

MODEL = [PACKAGE / "model.py", *sorted((PACKAGE / "reference").glob("*.py"))]
ENGINE = [PACKAGE / "engine" / f"{name}.py" for name in (
    "__init__", "loop", "service", "residents", "staffing", "helping", "work", "events"
)]  # fmt: skip
"""Where the engine decides and acts. `memory`, `packing` and `tables` lay records out, where the
model has objects; `rules` compiles what both share; `watching` looks on."""

MODEL_ONLY = {
    "crew": "crew_of in the engine, where crew is a field of a job",
    "handed_back": "new_visit in the engine, as for any piece of work",
    "department_begins": "part of _begun in the engine",
    "desk": "done_at_once in the engine; in the model desks that are off do it at once themselves",
    "happen": "SimPy's way to call what an event does",
    "read_plan": "packing.lay_out in the engine",
    "listed": "a record of World.lists in the engine",
    "candidates": "entries of World.lists in the engine",
    "visit_row": "the engine writes rows of the log as it goes",
    "pop": "_drop_first in the engine",
    "can_make_up": "the rule itself in the engine",
    "waiting": "a field of staff in the engine, kept when a queue's length changes",
    "next_step": "the engine's loop goes through a table of steps",
    "limit": "a row of World.limits in the engine",
    "accepts_order": "part of order_comes in the engine",
    "opens_again": "part of order_comes in the engine",
    "columns": "the records of the model are lists; those of the engine, packing.apart",
    "push": "into a queue, _enter in the engine, whose _push is of events",
}

ENGINE_ONLY = {
    "solve_applies": "said where it is asked in the model",
    "class_of": "said where it is asked in the model",
    "done_at_once": "desk in the model",
    "watch": "for traces, which only the engine makes",
    "go_to": "env.run of SimPy",
    "outcome": "part of run in the model",
    "new_job": "the class Job in the model",
    "new_visit": "the model's jobs are their own rows of the log",
    "release": "Python takes back what nothing names",
    "crew_of": "crew in the model",
    "out_of_hand": "list.remove in the model",
    "meld": "heapq in the model",
    "enter": "Queue.push in the model",
    "drop_first": "Queue.pop in the model",
    "set_free": "part of _done in the model",
    "is_over": "part of _done and _hand_back in the model",
    "goes_on": "part of _shift_changes in the model",
    "begun_last": "part of _shift_changes in the model",
    "most_needed": "Python's lists grow by themselves",
    "has_room": "Python's lists grow by themselves",
    "advance": "SimPy's own loop",
    "happens": "SimPy calls what an event does",
    "push": "SimPy's calendar",
    "take_event": "SimPy's calendar",
    "put_off": "SimPy's calendar",
    "next_stretch": "SimPy's calendar",
    "revoke": "in the model, what was set before stays and is void",
    "working_end": "calendar.working_finish, called by the model itself",
    "opens": "calendar.next_open, called by the model itself",
}


def functions(files: list[Path]) -> Iterator[ast.FunctionDef]:
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
                yield node


def names(files: list[Path]) -> set[str]:
    return {function.name.lstrip("_") for function in functions(files)}


def calls(node: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    """List what is called, by its last name, with its arguments, in the order of the text."""
    found = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
    for call in sorted(found, key=lambda n: (n.lineno, n.col_offset)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        yield (call.func.id if isinstance(call.func, ast.Name) else name), call.args


KINDS = {
    name
    for node in ast.parse(Path(rules.__file__).read_text(encoding="utf-8")).body
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple)
    for name in [target.id for target in node.targets[0].elts if isinstance(target, ast.Name)]
    if {"ROSTER", "ORDER_COMES", "PROMISE_DUE"} & {t.id for t in node.targets[0].elts}  # type: ignore[attr-defined]
}
"""Names of the kinds of event, as the rules list them."""

BY_TABLE = {"ENTERS": "enters", "ROSTER": "rosters_change"}
"""Kinds that the engine reads off sorted tables, and what they do."""


def scheduled(files: list[Path], kind_is: int) -> dict[str, list[list[ast.expr]]]:
    """Calls of `at` by kind of event."""
    found: dict[str, list[list[ast.expr]]] = {}
    for function in functions(files):
        for name, arguments in calls(function):
            if name == "at" and len(arguments) > kind_is:
                kind = arguments[kind_is]
                if isinstance(kind, ast.Name) and kind.id in KINDS:
                    found.setdefault(kind.id, []).append(arguments)
    return found


@cache
def does_in_the_model() -> dict[str, set[str]]:
    found = {}
    for kind, each in scheduled(MODEL, 1).items():
        methods = [arguments[3] for arguments in each]
        assert all(isinstance(method, ast.Attribute) for method in methods)
        found[kind] = {method.attr.lstrip("_") for method in methods}  # type: ignore[attr-defined]
    return found


@cache
def does_in_the_engine() -> dict[str, set[str]]:
    """What `_happens` calls for each kind, and what the loop calls by itself."""
    found = {kind: {name} for kind, name in BY_TABLE.items()}
    (happens,) = [f for f in functions(ENGINE) if f.name == "_happens"]
    for node in ast.walk(happens):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare):
            (kind,) = node.test.comparators
            if isinstance(kind, ast.Name):
                does = [name for statement in node.body for name, _ in calls(statement)]
                own = {"job_at", "release"}  # who gives back the place of what an event names
                found[kind.id] = {name.lstrip("_") for name in does} - own
    return found


def test_the_kinds_of_event_are_known():
    assert len(KINDS) == rules.ORDER_DUE + 1
    assert {getattr(rules, kind) for kind in KINDS} == set(range(len(KINDS)))


def test_every_kind_of_event_is_set_in_both_engines():
    assert set(scheduled(MODEL, 1)) == KINDS
    assert set(scheduled(ENGINE, 2)) == KINDS - set(BY_TABLE)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_event_does_the_same_in_both_engines(kind: str):
    assert does_in_the_model()[kind] == does_in_the_engine()[kind]


def test_every_function_has_its_counterpart_or_a_reason():
    model, engine = names(MODEL), names(ENGINE)
    both_lists = {"push"}  # one name, of two things
    assert model - engine == set(MODEL_ONLY) - both_lists
    assert engine - model == set(ENGINE_ONLY) - both_lists
    assert both_lists <= model & engine
    assert len(model & engine) >= 56


def test_both_engines_ask_the_same_rules():
    stated = {f.name for f in functions([Path(rules.__file__)])}
    asked = [{name for f in functions(files) for name, _ in calls(f)} for files in (MODEL, ENGINE)]
    own = {"job_identifier", "event_key"}  # names of jobs and events, made where each has them
    model, engine = ({name.lstrip("_") for name in names} & stated - own for names in asked)
    assert model == engine
    shared = (PACKAGE / "engine" / "rules.py").read_text(encoding="utf-8")
    assert all(f"{name} = shared(rules.{name}" in shared for name in stated)

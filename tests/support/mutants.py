"""Every mutant of a module of the compiled engine: one comparison, constant or operator changed.

A mutant is named by its function and by its statement before and after, not by its line: it keeps
its name while the code around it changes.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from places import PACKAGE

ENGINE = PACKAGE / "engine"

MODULES = ("loop", "service", "residents", "staffing", "work", "events")
"""Where the engine decides; the others lay out memory, or call the rules that both share."""

COMPARED = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
COUNTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.Mod: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
SWAPPED = {"min": "max", "max": "min"}

KINDS = ("comparison", "constant", "operator", "and, or, not", "truth", "min, max")
"""Kinds of mutation, as docs/validation.md has them."""

Change = tuple[str, Callable[[], None], Callable[[], None]]
"""What kind of mutation it is, how it is made, and how it is undone."""


@dataclass(frozen=True)
class Mutant:
    """A change of one place in a function of the engine.

    Attributes
    ----------
    module, function : where, such as ``staffing`` and ``_meld``.
    line : of the statement; holds in one state of the code only.
    kind : one of `KINDS`.
    before, after : the statement; of one that holds others, its head.
    number : 1, or which of those that are alike.
    source : the function's whole text, changed.
    place : the largest expression around the change that changes nothing itself, by which one
        can see where it matters; None if it matters wherever it is reached.
    changed : that expression, changed.
    """

    module: str
    function: str
    line: int
    kind: str
    before: str
    after: str
    number: int
    source: str
    place: ast.expr | None
    changed: ast.expr | None

    @property
    def name(self) -> str:
        """Say where it is and what, such as ``loop._done: if a > b: -> if a >= b:``."""
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.module}.{self.function}: {self.before} -> {self.after}{again}"


def text_of(module: str) -> str:
    return (ENGINE / f"{module}.py").read_text(encoding="utf-8")


def mutants(module: str, tree: ast.Module | None = None) -> Iterator[Mutant]:
    """Make every mutant of a module, in the order of its text."""
    alike: Counter[tuple[str, str, str]] = Counter()
    for function in (tree or ast.parse(text_of(module))).body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for statement, node, parents in _places(function.body):
            before = _head(statement)
            place = _place(node, parents)
            for kind, change, restore in changes(node):
                change()
                after, source = _head(statement), ast.unparse(function)
                changed = copy.deepcopy(place)
                restore()
                key = (function.name, before, after)
                alike[key] += 1
                yield Mutant(
                    module,
                    function.name,
                    statement.lineno,
                    kind,
                    before,
                    after,
                    alike[key],
                    source,
                    place,
                    changed,
                )


Place = tuple[ast.stmt, ast.AST, tuple[ast.AST, ...]]
"""A statement, a part of it, and what that stands in, the innermost last."""


def _places(body: list[ast.stmt]) -> Iterator[Place]:
    """List the parts of all statements, each with the innermost statement that it is a part of."""
    for statement in body:
        parts: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [(statement, ())]
        while parts:
            node, parents = parts.pop(0)
            yield statement, node, parents
            inner = [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.stmt)]
            parts[:0] = [(n, (*parents, node)) for n in inner]
        for name in ("body", "orelse"):
            yield from _places(getattr(statement, name, []))


READING = {
    "min", "max", "len", "range", "float", "free", "waiting", "crew_of", "way", "working_end",
    "after", "opens", "queue_of", "class_of", "due", "solve_applies", "_goes_on", "listed",
    "bisect_right", "starts_of", "ends_of", "done_of", "lists_of", "chain_of_stretch",
}  # fmt: skip
"""Functions of the engine that only read, beside the rules and what reaches into tables."""


def _reads(node: ast.AST) -> bool:
    """Whether evaluating an expression once more would change nothing."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            name = part.func.id if isinstance(part.func, ast.Name) else ""
            if not (name in READING or name in RULES or name.endswith("_at")):
                return False
        elif isinstance(part, ast.expr) and isinstance(getattr(part, "ctx", None), ast.Store):
            return False
    return True


def _place(node: ast.AST, parents: tuple[ast.AST, ...]) -> ast.expr | None:
    found: ast.expr | None = None
    for one in (node, *reversed(parents)):
        if isinstance(one, ast.expr) and _reads(one):
            found = one
        elif found is not None or not isinstance(one, ast.expr_context | ast.operator):
            break
    return found


RULES = {
    target.id
    for node in ast.parse(text_of("rules")).body
    if isinstance(node, ast.Assign)
    for target in node.targets
    if isinstance(target, ast.Name)
}


def _head(statement: ast.stmt) -> str:
    """Write a statement, without those in it."""
    if isinstance(statement, ast.If | ast.While | ast.For):
        bare = copy.copy(statement)
        bare.body, bare.orelse = [ast.Pass()], []
        return ast.unparse(bare).partition("\n")[0]
    return " ".join(ast.unparse(statement).split())


def changes(node: ast.AST) -> Iterator[Change]:
    """List what can be changed at a node, with how, and how it is undone."""

    def swap(kind: str, name: str, new: Any) -> Change:
        old = copy.copy(getattr(node, name))
        return kind, lambda: setattr(node, name, new), lambda: setattr(node, name, old)

    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            for other in COMPARED.get(type(operator), ()):
                yield swap("comparison", "ops", [*node.ops[:i], other(), *node.ops[i + 1 :]])
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COUNTED:
        yield swap("operator", "op", COUNTED[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield swap("and, or, not", "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield swap("and, or, not", "op", ast.UAdd())
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield swap("truth", "value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        for value in (node.value + 1, node.value - 1):
            yield swap("constant", "value", value)
    elif isinstance(node, ast.Name) and node.id in SWAPPED:
        yield swap("min, max", "id", SWAPPED[node.id])

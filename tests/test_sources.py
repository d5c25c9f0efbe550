"""A replication is identified by just the sources that its numbers depend on."""

import ast
from collections.abc import Iterable
from pathlib import Path

from places import PACKAGE

from govsim import sources

STARTS = ["govsim.runs.tasks"]
"""Draws the demands, simulates and measures: all that a replication is."""


def module(path: Path) -> str:
    parts = ("govsim", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


MODULES = {module(path): path for path in PACKAGE.rglob("*.py")}


def imported(name: str) -> set[str]:
    """Modules of govsim that a module imports when it runs."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                continue
            if isinstance(child, ast.ImportFrom) and child.module:
                names = [child.module, *(f"{child.module}.{a.name}" for a in child.names)]
                found.update(n for n in names if n in MODULES)
            elif isinstance(child, ast.Import):
                found.update(a.name for a in child.names if a.name in MODULES)
            visit(child)

    visit(ast.parse(MODULES[name].read_text(encoding="utf-8")))
    return found


def file(name: str) -> str:
    """A module's file, from the package's folder."""
    return MODULES[name].relative_to(PACKAGE).as_posix()


def carries(name: str) -> bool:
    return sources.among(file(name), sources.CARRYING)


def reached(starts: Iterable[str]) -> set[str]:
    """Modules that are reached by imports, without going through those that only carry."""
    seen: set[str] = set()
    to_do = list(starts)
    while to_do:
        name = to_do.pop()
        if name in seen or carries(name):
            continue
        seen.add(name)
        to_do += imported(name)
        to_do += [parent for parent in [name.rpartition(".")[0]] if parent]
    return seen


def test_the_hash_covers_what_a_replication_imports_and_nothing_else() -> None:
    hashed = {name for name, _ in sources.files() if name.endswith(".py")}
    assert hashed == {file(name) for name in reached(STARTS)}


def test_what_only_carries_is_imported_by_a_replication_too() -> None:
    used = {file(n) for name in reached(STARTS) for n in imported(name)}
    assert all(any(sources.among(n, (one,)) for n in used) for one in sources.CARRYING)


def test_a_comment_in_a_reader_of_orders_changes_no_hash() -> None:
    names = [name for name, _ in sources.files()]
    assert "runs/tasks.py" in names
    assert "engine/loop.py" in names
    assert not [name for name in names if name.startswith(("orders/", "report/", "cli/"))]

"""Imports go downwards only: what a reader needs to understand a module lies below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from places import PACKAGE

LAYERS = (
    "language",
    "errors",
    "storage",
    "sources",
    "scenarios",
    "service",
    "demand",
    "reference",
    "model engine",
    "measures",
    "checks",
    "runs",
    "evaluation",
    "run",
    "lateness",
    "why",
    "comparison",
    "compare",
    "optimisation",
    "optimise",
    "rostering",
    "siting",
    "explanation",
    "explain",
    "estimation",
    "orders",
    "calibration",
    "calibrate",
    "validation",
    "report",
    "cli",
    "__init__ __main__",
)
"""Modules and folders of the package, from the ground up; those of one layer know nothing of
each other."""

FLOOR = {name: floor for floor, names in enumerate(LAYERS) for name in names.split()}

AT_THE_TOP = 12
"""Modules that a reader meets first; more are a drawer."""


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def imports(file: Path) -> Iterator[str]:
    """Modules of govsim that a file names, also where types alone are needed."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("govsim."))
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "govsim":
                yield from (f"govsim.{alias.name}" for alias in node.names)
            elif node.module.startswith("govsim."):
                yield node.module


def place(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_module_has_its_layer() -> None:
    assert {place(file) for file in FILES} == set(FLOOR)
    assert len(list(PACKAGE.glob("*.py"))) <= AT_THE_TOP


def test_imports_go_downwards_only() -> None:
    upwards = [
        f"{file.relative_to(PACKAGE).as_posix()} imports {module}"
        for file in FILES
        if place(file) != "__init__"  # the door to all of them, by names that are looked up late
        for module in imports(file)
        if room(module) != place(file) and FLOOR[room(module)] >= FLOOR[place(file)]
    ]
    assert not upwards


def test_contributing_shows_the_same_layers() -> None:
    file = PACKAGE.parent / "CONTRIBUTING.md"
    told = file.read_text(encoding="utf-8").split("holds the list:\n\n")[1].split("\n\n")[0]
    layers = [layer.replace(",", " ").split() for layer in told.split("<")]
    assert layers == [layer.split() for layer in LAYERS[:-1]]


def test_no_module_is_longer_than_a_reader_keeps_in_mind() -> None:
    long = {
        file.name: n for file in FILES if (n := len(file.read_text("utf-8").splitlines())) > 500
    }
    assert not long


def inside(folder: str) -> dict[str, set[str]]:
    """Which modules of a folder import which others of it, but for types alone."""
    files = {
        ".".join(("govsim", *file.relative_to(PACKAGE).with_suffix("").parts)): file
        for file in (PACKAGE / folder).rglob("*.py")
        if file.name != "__init__.py"
    }
    found: dict[str, set[str]] = {}
    for name, file in files.items():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):  # what runs never: for types alone
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                node.body = []
        found[name] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
                found[name] |= names & files.keys()
    return found


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle, or in front of one; empty where none does."""
    left = {name: set(others) for name, others in edges.items()}
    while True:
        free = [name for name, others in left.items() if not others & left.keys()]
        if not free:
            return sorted(left)
        for name in free:
            del left[name]


def test_what_finds_circles_finds_them() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]


def test_no_modules_of_a_folder_import_each_other_in_a_circle() -> None:
    folders = [folder for folder in PACKAGE.iterdir() if (folder / "__init__.py").is_file()]
    assert {
        folder.name: found for folder in folders if (found := circle(inside(folder.name)))
    } == {}

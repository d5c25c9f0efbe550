"""How strong the comparison of both engines is: mutants of the compiled one, and which survive.

    python tests/support/mutating.py                     # all of the engine; an hour or more
    python tests/support/mutating.py --modules staffing --every 10  # a tenth of one module
    python tests/support/mutating.py --only staffing:214  # those of one line, told one by one

A mutant is the engine with one comparison, constant or operator changed. It is killed when a
random scenario (`strategies.py`) comes out otherwise than in the SimPy model, when it fails, or
when it does not come to an end. One that survives all scenarios shows what the comparison would
not notice, unless it can't make a difference at all: those are listed with the reason in
`EQUIVALENT`. docs/validation.md has the figures.

Compiling thousands of mutants would take days. So the engine's code is run as the plain Python
that it is, over the same tables; before anything is changed, that is shown to give the very
outcomes of the SimPy model. Each mutant is tried in a process of its own.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from audit import lay_out
from hypothesis import HealthCheck, Phase, given, settings
from places import PACKAGE
from strategies import scenarios

from govsim import model
from govsim.demand.table import DemandTable, draw
from govsim.scenarios.schema import Scenario
from govsim.service import compiling
from govsim.service.network import Network
from govsim.service.outcome import Outcome

ENGINE = PACKAGE / "engine"

MODULES = ("loop", "service", "residents", "staffing", "work", "events")
"""Where the engine decides; the others lay out memory, or call the rules that both share."""

PATIENCE = 20
"""A mutant won't come to its end after so many times what the model takes, and two seconds."""

EQUIVALENT: dict[str, str] = {}
"""Mutants that can't make a difference, by their names: why."""

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
STRETCHES = ("starts", "ends", "done", "lists")
"""Tables of numbers that are read several at once; nothing changes them."""

CHANGED = (
    "demands", "areas", "staff", "queues", "helpers_out", "events", "later", "stretches", "jobs",
    "nodes", "orders", "visits", "stack",
)  # fmt: skip
"""Tables that change as time passes."""

SWAPPED = {"min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """A change of one place in a module of the engine.

    Attributes
    ----------
    module : its name, such as ``staffing``.
    line, column, to : where in its file.
    what : what is changed into what.
    source : the module's whole text, changed.
    """

    module: str
    line: int
    column: int
    to: int
    what: str
    source: str

    @property
    def name(self) -> str:
        """Say where it is and what, such as ``staffing:214:11-16 Lt to LtE``."""
        return f"{self.module}:{self.line}:{self.column}-{self.to} {self.what}"


def mutants(module: str) -> Iterator[Mutant]:
    """Make every mutant of a module, in the order of its text."""
    tree = ast.parse((ENGINE / f"{module}.py").read_text(encoding="utf-8"))
    places = [
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for statement in function.body
        for node in ast.walk(statement)
    ]
    for node in sorted(
        places, key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0))
    ):
        for what, change, restore in changes(node):
            change()
            source = ast.unparse(tree)
            restore()
            where = (node.lineno, node.col_offset, node.end_col_offset)  # type: ignore[attr-defined]
            yield Mutant(module, *where, what, source)


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


Change = tuple[str, Callable[[], None], Callable[[], None]]


def changes(node: ast.AST) -> Iterator[Change]:
    """List what can be changed at a node, with how, and how it is undone."""

    def swap(name: str, new: Any, what: str) -> Change:
        old = copy.copy(getattr(node, name))
        return (
            what,
            lambda: setattr(node, name, new),
            lambda: setattr(node, name, old),
        )

    def of(kind: Any) -> str:
        return str(kind.__name__ if isinstance(kind, type) else type(kind).__name__)

    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            for other in COMPARED.get(type(operator), ()):
                ops = [*node.ops[:i], other(), *node.ops[i + 1 :]]
                yield swap("ops", ops, f"{of(operator)} to {of(other)}")
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COUNTED:
        other = COUNTED[type(node.op)]
        yield swap("op", other(), f"{of(node.op)} to {of(other)}")
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield swap("op", other(), f"{of(node.op)} to {of(other)}")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield swap("op", ast.UAdd(), "not left out")
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield swap("value", not node.value, f"{node.value} to {not node.value}")
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        for value in (node.value + 1, node.value - 1):
            yield swap("value", value, f"{node.value} to {value}")
    elif isinstance(node, ast.Name) and node.id in SWAPPED:
        yield swap("id", SWAPPED[node.id], f"{node.id} to {SWAPPED[node.id]}")


class Plain:
    """The engine's modules as plain Python, one of them changed.

    Numba's decorators are left out, and a record is an object with an attribute for each field;
    what was changed is written back to the tables whenever the engine reads these themselves.
    """

    def __init__(self, mutant: Mutant | None) -> None:
        self.mutant = mutant
        self.rows: dict[str, list[Any]] = {}
        self.numbers: dict[str, list[int]] = {}

    def run(self) -> Callable[..., Outcome]:
        """Import them, and give what simulates."""
        for name in [name for name in sys.modules if name.startswith("govsim.engine")]:
            del sys.modules[name]
        for name in ("compiled", "inlined", "kept"):
            setattr(compiling, name, lambda function: function)
        compiling.shared = self.shared  # type: ignore[assignment]
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]
        engine = importlib.import_module("govsim.engine")
        memory = importlib.import_module("govsim.engine.memory")
        advance, put = engine.advance, memory.Memory.put
        made = {name: _row(kind) for name, kind in memory.TABLES.items()}
        of_world = _row(memory.WORLD)

        def noted(its: Any, name: str, table: Any) -> None:
            put(its, name, table)
            values = its.tables[name].view(memory.TABLES[name]).tolist()
            self.rows[name] = [made[name](*value) for value in values]
            if name in STRETCHES:
                self.numbers[name] = [value for (value,) in values]

        def advanced(world: Any, until: int) -> int:
            w = of_world(*world.tolist()[0])
            why: int = advance([w], until)
            world[0] = w.values()
            return why

        def written_back(its: Any) -> None:
            for name in CHANGED:
                kind = memory.TABLES[name]
                its.tables[name].view(kind)[:] = np.array(
                    [row.values() for row in self.rows[name]], kind
                )

        def before(function: Callable[..., Any]) -> Callable[..., Any]:
            def does(its: Any, *others: Any) -> Any:
                written_back(its)
                return function(its, *others)

            return does

        memory.Memory.put = noted
        memory.Memory.make_room = before(memory.Memory.make_room)
        engine.advance, engine._outcome = advanced, before(engine._outcome)
        run: Callable[..., Outcome] = engine.run
        return run

    @staticmethod
    def shared(function: Any, **others: Any) -> Any:
        return FunctionType(
            function.__code__, {**function.__globals__, **others}, function.__name__
        )

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Find the engine's modules here; see `importlib.abc.MetaPathFinder`."""
        if not name.startswith("govsim.engine"):
            return None
        return ModuleSpec(name, self, is_package=name == "govsim.engine")  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Make an ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's text, changed where it is the mutant's."""
        name = module.__name__.rpartition(".")[2]
        file = ENGINE / (f"{name}.py" if name != "engine" else "__init__.py")
        if name == "tables":
            vars(module).update(self.reached(file))
            return
        source = file.read_text(encoding="utf-8")
        if self.mutant is not None and self.mutant.module == name:
            source = self.mutant.source
        exec(compile(source, str(file), "exec"), vars(module))

    def reached(self, file: Path) -> dict[str, Any]:
        """Make what stands in the module `tables`: records and stretches by their place."""
        made: dict[str, Any] = {"word_at": None}  # only what is watched is read by words
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                (target,), call = node.targets, node.value
                assert isinstance(target, ast.Name) and isinstance(call.func, ast.Name)
                if call.func.id in ("_records", "_stretch"):
                    assert isinstance(call.args[0], ast.Constant)
                    make = self.record if call.func.id == "_records" else self.stretch
                    made[target.id] = make(str(call.args[0].value))
        return made

    def record(self, table: str) -> Callable[[Any, int], Any]:
        return lambda w, i: self.rows[table][i]

    def stretch(self, table: str) -> Callable[[Any, int, int], Any]:
        return lambda w, first, n: self.numbers[table][first : first + n]


def _row(kind: np.dtype[Any]) -> type[Any]:
    """Make the class of a record: a slot for each field, in order."""
    assert kind.names is not None
    names = kind.names
    text = f"def __init__(self, {', '.join(names)}):\n"
    text += "".join(f"    self.{name} = {name}\n" for name in names)
    text += f"def values(self):\n    return ({' '.join(f'self.{name},' for name in names)})\n"
    made: dict[str, Any] = {"__slots__": names}
    exec(text, made)
    del made["__builtins__"]
    return type("Row", (), made)


@dataclass(frozen=True)
class Case:
    """A random scenario, what the SimPy model makes of it, and how long that takes, s."""

    network: Network
    table: DemandTable
    measured_from: int
    outcome: Outcome
    seconds: float


def cases(number: int) -> list[Case]:
    """Draw random scenarios, the same each time."""
    found: list[Case] = []

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(scenarios)
    def draw_one(scenario: Scenario) -> None:
        network = lay_out(scenario)
        table = draw(network, 0)
        begins = int(network.end * (0.3 if len(found) % 2 else 0.0))
        begun = time.process_time()
        made = model.run(network, table, begins)
        found.append(Case(network, table, begins, made, time.process_time() - begun))

    draw_one()
    return found


def differs(run: Callable[..., Outcome], case: Case) -> bool:
    made = run(case.network, case.table, case.measured_from)
    return bool(case.outcome.differences(made))


def outcome(mutant: Mutant | None, tried: list[Case]) -> str:
    """Say what kills a mutant: ``differs``, ``fails``, ``hangs``; ``survives`` if nothing.

    Each in a process of its own, which ends with it.
    """
    reader, writer = multiprocessing.Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        said = "survives"
        try:
            run = Plain(mutant).run()
            for case in tried:
                signal.setitimer(signal.ITIMER_VIRTUAL, 2 + PATIENCE * case.seconds)
                if differs(run, case):
                    said = "differs"
                    break
        except BaseException as error:
            said = f"fails: {type(error).__name__}: {error}" if mutant is None else "fails"
        writer.send(said)
        os._exit(0)
    writer.close()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "hangs" if os.WTERMSIG(status) == signal.SIGVTALRM else "fails"
    return str(reader.recv())


def main() -> None:
    """Try them, and tell which survive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modules", nargs="+", choices=MODULES, default=MODULES)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each Nth mutant only")
    parser.add_argument("--only", default="", metavar="MODULE:LINE", help="those of one place")
    parser.add_argument("--examples", type=int, default=250, help="random scenarios")
    parser.add_argument("--out", type=Path, help="file of fates, gone on with")
    asked = parser.parse_args()
    tried = cases(asked.examples)
    unchanged = outcome(None, tried)
    if unchanged != "survives":
        sys.exit(f"the engine as it is, as plain Python: {unchanged}")
    print(f"the engine as it is makes the same of {len(tried)} scenarios", flush=True)
    known = {}
    if asked.out and asked.out.is_file():
        known = dict(map(json.loads, asked.out.read_text(encoding="utf-8").splitlines()))
    counts: dict[str, int] = {}
    for module in asked.modules:
        for number, mutant in enumerate(mutants(module)):
            if number % asked.every or not mutant.name.startswith(asked.only):
                continue
            fate = known.get(mutant.name) or outcome(mutant, tried)
            if asked.out and mutant.name not in known:
                with asked.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([mutant.name, fate]) + "\n")
            if fate == "survives" and mutant.name in EQUIVALENT:
                fate = "equivalent"
            counts[fate] = counts.get(fate, 0) + 1
            if fate == "survives" or asked.only:
                print(f"{fate}: {mutant.name}", flush=True)
    told = sum(counts.values()) - counts.get("equivalent", 0)
    killed = told - counts.get("survives", 0)
    print(json.dumps(counts))
    print(f"killed {killed} of {told} that are not equivalent: {killed / max(told, 1):.1%}")


if __name__ == "__main__":
    main()

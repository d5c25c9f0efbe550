"""The compiled engine as plain Python: as it is, or with one of its modules changed.

Compiling a thousand mutants would take days. So the engine's code is run as the plain Python
that it is, over the same tables. Every loop counts its turns, and a mutant that never ends is
so found by a number, not by a clock. Tables have just as much room as the engine has asked for,
so that whoever asks for too little fails.
"""

from __future__ import annotations

import ast
import copy
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from mutants import ENGINE, MODULES, Mutant, mutants

from govsim.service import compiling
from govsim.service.outcome import Outcome
from govsim.service.rules import GONE

STRETCHES = ("starts", "ends", "done", "lists")
"""Tables of numbers that are read several at once; nothing changes them."""

CHANGED = (
    "demands", "areas", "staff", "queues", "helpers_out", "events", "later", "stretches", "jobs",
    "nodes", "orders", "visits", "stack",
)  # fmt: skip
"""Tables that change as time passes."""

USED = {
    "events": ("events", "live_later"), "later": ("live_later",), "jobs": ("live",),
    "nodes": ("live_nodes",), "orders": ("orders",), "visits": ("visits",), "stack": (),
}  # fmt: skip
"""Numbers of a `World` that say how much of a table is in use."""


PLACES = {"live": "jobs", "live_nodes": "nodes", "live_later": "later"}
"""Numbers of a `World` that tell how many places of a table are in use, and that table."""

MOST_ROWS = 200_000
"""A table of more rows is none that a short scenario needs."""


class EndlessError(Exception):
    """Loops have turned more often than is allowed, or memory grows without an end."""


class Plain:
    """The engine's modules as plain Python.

    Numba's decorators are left out, and a record is an object with an attribute for each field;
    what was changed is written back to the tables when the engine hands them over.

    Parameters
    ----------
    noticing : mutants, of which `matters` gathers those that would have made a difference at their
        own place, by their numbers here; `open` has those that are still of interest.

    Attributes
    ----------
    tight : the only table that has no more room than was asked for; all of them if it is "".
    peaks : how many places were in use at most, of those that are used again.
    """

    def __init__(self, noticing: Sequence[Mutant] = ()) -> None:
        self.noticing = noticing
        self.rows: dict[str, list[Any]] = {}
        self.numbers: dict[str, list[int]] = {}
        self.matters: set[int] = set()
        self.open: set[int] = set()
        self.timed_events = 0
        self.leaks: list[str] = []
        self.turns = 0
        self.most = sys.maxsize
        self.tight = ""
        self.peaks: dict[str, int] = {}
        self.modules: dict[str, dict[str, Any]] = {}
        self.run = self._import()

    def turn(self) -> None:
        """Count a turn of a loop."""
        self.turns += 1
        if self.turns > self.most:
            raise EndlessError

    def notice(self, value: Any, numbers: tuple[int, ...], others: tuple[Any, ...]) -> Any:
        """Give a value, and note which mutants would have another one here."""
        for number, other in zip(numbers, others, strict=True):
            if number in self.open:
                try:
                    if other() == value:
                        continue
                except Exception:  # it fails, so it makes a difference
                    pass
                self.matters.add(number)
                self.open.discard(number)
        return value

    def reach(self, numbers: tuple[int, ...]) -> None:
        """Note mutants that make a difference wherever they are reached."""
        self.matters.update(numbers)

    @contextmanager
    def changed(self, mutant: Mutant) -> Iterator[None]:
        """Let a mutant stand in the place of its function."""
        home = self.modules[mutant.module]
        old = home[mutant.function]
        tree = ast.parse(mutant.source)
        _count_turns(tree)
        made: dict[str, Any] = {}
        exec(compile(tree, mutant.name, "exec"), home, made)
        new = made[mutant.function]
        held = [m for m in self.modules.values() if m.get(mutant.function) is old]
        for module in held:
            module[mutant.function] = new
        try:
            yield
        finally:
            for module in held:
                module[mutant.function] = old

    def _import(self) -> Callable[..., Outcome]:
        """Import them, and give what simulates; the compiled ones are not there any more."""
        for name in [name for name in sys.modules if name.startswith("govsim.engine")]:
            del sys.modules[name]
        for name in ("compiled", "inlined", "kept"):
            setattr(compiling, name, lambda function: function)
        compiling.shared = self.shared  # type: ignore[assignment]
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]
        engine = importlib.import_module("govsim.engine")
        sys.meta_path.remove(self)  # type: ignore[arg-type]
        memory = importlib.import_module("govsim.engine.memory")
        put, outcome, loop = memory.Memory.put, engine._outcome, self.modules["loop"]
        made = {name: _row(kind) for name, kind in memory.TABLES.items()}
        of_world = self._noting_peaks(_row(memory.WORLD))

        laid: dict[tuple[int, int, int], _Laid] = {}
        lay_out = engine.lay_out

        def without_room(its: Any, name: str, table: Any) -> None:
            put(its, name, table[:0] if name in USED else table)

        def lay_out_once(network: Any, table: Any, measured_from: int, luck: Any = None) -> Any:
            """Lay out a replication, or take what was laid out, as it was before it began."""
            key = id(network), id(table), measured_from
            if key not in laid:
                fresh = lay_out(network, table, measured_from, luck)
                values = {
                    name: part.view(memory.TABLES[name]).tolist()
                    for name, part in fresh.tables.items()
                }
                same = {
                    name: [made[name](*value) for value in part]
                    for name, part in values.items()
                    if name not in CHANGED and name not in ("starts", "ends", "done")
                }
                laid[key] = _Laid(network, table, fresh, fresh.world.copy(), values, same)
            one = laid[key]
            one.memory.world[:] = one.world
            self.peaks.update(dict.fromkeys(PLACES, 0))
            self.rows = dict(one.same)
            for name in CHANGED:
                self.rows[name] = [made[name](*value) for value in one.values[name]]
            self.numbers = {name: [x for (x,) in one.values[name]] for name in STRETCHES}
            return one.memory

        def advanced(world: Any, until: int) -> int:
            w = of_world(*world.tolist()[0])
            why: int = loop["advance"]([w], until)
            world[0] = w.values()
            return why

        def make_room(its: Any) -> None:
            """Give room for what was asked for, and for nothing more where it is to be tight."""
            world = its.world[0]
            for name, used in USED.items():
                wanted = int(world["needed"]) + sum(int(world[one]) for one in used)
                rows = self.rows[name]
                if wanted > MOST_ROWS:
                    raise EndlessError  # it turns slowly, as what it asks for takes ever longer
                if self.tight not in ("", name):
                    wanted *= 4  # whoever does not ask for the tight one does without
                if len(rows) < wanted:
                    blank = np.zeros(1, memory.TABLES[name]).tolist()[0]
                    rows += [made[name](*blank) for _ in range(wanted - len(rows))]
                    world[f"room_{name}"] = wanted

        def handed_over(its: Any, *others: Any) -> Any:
            self.timed_events = int(its.world["timed_events"][0])
            self.leaks = leaks(its.world[0], self.rows, self.peaks)
            for name in CHANGED:
                values = [row.values() for row in self.rows[name]]
                its.tables[name] = np.array(values, memory.TABLES[name])
            return outcome(its, *others)

        memory.Memory.put, memory.Memory.make_room = without_room, make_room
        memory.Memory.give_back = lambda _: None
        engine.lay_out = lay_out_once
        engine.advance, engine._outcome = advanced, handed_over
        run: Callable[..., Outcome] = engine.run
        return run

    def _noting_peaks(self, row: type[Any]) -> type[Any]:
        """Let a `World` note in `peaks` how many places are in use at most."""

        def noted(name: str) -> property:
            slot = getattr(row, name)

            def put(world: Any, value: int) -> None:
                slot.__set__(world, value)
                if value > self.peaks[name]:
                    self.peaks[name] = value

            return property(slot.__get__, put)

        return type("World", (row,), {"__slots__": (), **{name: noted(name) for name in PLACES}})

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
            vars(module).update(self.tables(file.read_text(encoding="utf-8")))
            return
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if name in MODULES and self.noticing:
            self._let_notice(name, tree)
        if name in (*MODULES, "engine"):
            _count_turns(tree)
        vars(module).update(_turn=self.turn, _notice=self.notice, _reach=self.reach)
        exec(compile(ast.fix_missing_locations(tree), str(file), "exec"), vars(module))
        self.modules[name] = vars(module)

    def _let_notice(self, name: str, tree: ast.Module) -> None:
        """Let each place of a mutant notice where that would make a difference."""
        number_of = {m.name: i for i, m in enumerate(self.noticing) if m.module == name}
        at_place: dict[ast.AST, list[tuple[int, ast.expr]]] = {}
        at_line: dict[int, list[int]] = {}
        for mutant in list(mutants(name, tree)):
            number = number_of.get(mutant.name, -1)
            if mutant.place is not None and mutant.changed is not None:
                at_place.setdefault(mutant.place, []).append((number, mutant.changed))
            else:
                at_line.setdefault(mutant.line, []).append(number)
        _Noticing(at_place, at_line).visit(tree)

    def tables(self, text: str) -> dict[str, Any]:
        """Make what stands in the module `tables`: records and stretches by their place."""
        made: dict[str, Any] = {"word_at": None}  # only what is watched is read by words
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                (target,), call = node.targets, node.value
                assert isinstance(target, ast.Name) and isinstance(call.func, ast.Name)
                if call.func.id in ("_records", "_stretch"):
                    assert isinstance(call.args[0], ast.Constant)
                    make = self.record if call.func.id == "_records" else self.stretch
                    made[target.id] = make(str(call.args[0].value))
        return made

    def record(self, table: str) -> Callable[[Any, int], Any]:
        def at(_: Any, i: int) -> Any:
            if i < 0:
                raise IndexError(i)  # as it is no place in compiled code either
            return self.rows[table][i]

        return at

    def stretch(self, table: str) -> Callable[[Any, int, int], Any]:
        return lambda _, first, n: self.numbers[table][first : first + n]


def _count_turns(tree: ast.AST) -> None:
    """Let each loop count its turns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.While | ast.For):
            node.body.insert(0, ast.parse("_turn()").body[0])
    ast.fix_missing_locations(tree)


class _Noticing(ast.NodeTransformer):
    def __init__(
        self, at_place: dict[ast.AST, list[tuple[int, ast.expr]]], at_line: dict[int, list[int]]
    ) -> None:
        self.at_place, self.at_line = at_place, at_line

    def visit(self, node: ast.AST) -> Any:
        found = self.at_place.get(node)
        if found is not None:
            numbers = ast.parse(repr(tuple(n for n, _ in found)), mode="eval").body
            nothing = ast.parse("lambda: 0", mode="eval").body
            others: list[ast.expr] = []
            for _, changed in found:
                other = copy.deepcopy(nothing)
                assert isinstance(other, ast.Lambda)
                other.body = changed
                others.append(other)
            name = ast.Name("_notice", ast.Load())
            return ast.Call(name, [node, numbers, ast.Tuple(others, ast.Load())], [])  # type: ignore[list-item]
        self.generic_visit(node)
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list) and not isinstance(node, ast.Module):
                setattr(node, name, [x for s in body for x in self._told(s)])
        return node

    def _told(self, statement: ast.stmt) -> list[ast.stmt]:
        numbers = self.at_line.get(statement.lineno)
        if numbers is None:
            return [statement]
        return [ast.parse(f"_reach({tuple(numbers)!r})").body[0], statement]


@dataclass
class _Laid:
    """A replication that has not begun; what it was laid out from is kept with it."""

    network: Any
    table: Any
    memory: Any
    world: Any
    values: dict[str, list[Any]]
    same: dict[str, list[Any]]


def leaks(world: Any, rows: dict[str, list[Any]], peaks: dict[str, int]) -> list[str]:
    """Name the tables of a replication at its end in which places are lost, or in use twice.

    Places that nothing needs any more stand in a chain, from which they are taken again before a
    new one is: there are as many as were in use at most. What is lost shows in no outcome: tables
    only grow, until a long replication has no memory.
    """
    jobs, nodes = rows["jobs"], rows["nodes"]
    named = [0] * len(jobs)
    in_queues: list[int] = []
    for queue in rows["queues"]:
        below = [queue.first]
        while below:
            i = below.pop()
            if i >= 0:
                in_queues.append(i)
                named[nodes[i].job] += 1
                below += [nodes[i].child, nodes[i].sibling]
    free = {
        "jobs": _chain(jobs, int(world["free_job"]), "after"),
        "nodes": _chain(nodes, int(world["free_node"]), "sibling"),
        "later": _chain(rows["later"], int(world["free_later"]), "next"),
    }
    used = sorted(set(range(int(world["jobs"]))) - set(free["jobs"]))
    held = all(jobs[j].references == named[j] and (jobs[j].state != GONE or named[j]) for j in used)
    in_meetings = sum(area.waiting for area in rows["areas"])
    right = {
        "jobs": held and len(used) == world["live"],
        "nodes": sorted(in_queues + free["nodes"]) == list(range(int(world["nodes"])))
        and len(in_queues) == world["live_nodes"],
        "later": world["later"] - len(free["later"]) == world["live_later"],
        "areas": in_meetings == world["in_meetings"],
    }
    again = [table for live, table in PLACES.items() if world[table] != peaks[live]]
    return [name for name, is_right in right.items() if not is_right] + again


def _chain(rows: list[Any], first: int, onward: str) -> list[int]:
    found = []
    while first >= 0 and len(found) <= len(rows):
        found.append(first)
        first = getattr(rows[first], onward)
    return found


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

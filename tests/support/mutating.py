"""How strong the comparison of both engines is: mutants of the compiled one, and which survive.

    python tests/support/mutating.py --processes 2       # all of the engine; 10 minutes or so
    python tests/support/mutating.py --only staffing.    # those whose names begin so
    python tests/support/mutating.py --publish           # and write docs/validation.md's section

A mutant is the engine with one comparison, constant or operator changed (`mutants.py`). It is
killed when a random scenario (`themes.py`) comes out otherwise than in the SimPy model, when
it fails, or when its loops turn many times more often than they should. One that survives all
scenarios shows what the comparison would not notice, unless it can't make a difference at all:
those are listed with the reason in `equivalents.py`.

Before anything is changed, the engine as plain Python (`plain_engine.py`) is shown to give the
very outcomes of the SimPy model, and it is noted which mutants would give another value at their
own place in which scenario: a mutant is tried on those alone, those first that killed others of
its function. Scenarios and fates are kept at once, so that a run that was interrupted goes on.
Everything runs at the lowest priority.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import pickle
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from audit import lay_out
from equivalents import EQUIVALENT, reason_of
from hypothesis import HealthCheck, Phase, given, seed, settings
from mutants import ENGINE, KINDS, MODULES, Mutant, mutants
from parting import warm_ups
from places import PACKAGE
from plain_engine import USED, EndlessError, Plain
from themes import crowded, crowds, scenarios

from govsim import model
from govsim.demand.table import DemandTable, draw
from govsim.scenarios.schema import Scenario
from govsim.service.network import Network
from govsim.service.outcome import Outcome
from govsim.service.rules import CALL_BACK, ENDED_TURNED_AWAY, PROMISE_DUE, SOLVE, solution_promised
from govsim.sources import code_hash

EXAMPLES = 16
"""Times that `AT_A_TIME` random scenarios are drawn."""

AT_A_TIME = 25

MOST_DEMANDS = 150
"""Scenarios with more of them are left out, as plain Python takes long for them."""

DRAWN_BY = ("strategies.py", "themes.py", "mutants.py")

KEPT = PACKAGE.parent / "build" / "mutating"
"""Where scenarios and fates are kept."""

PAGE = PACKAGE.parent / "docs" / "validation.md"

ENDLESS = 20
"""A mutant never ends whose loops turn so many times as often, and ten thousand times more."""

FEW = 10
"""Scenarios on which those are tried that are listed as equivalent; none of them may kill one."""

SURVIVES = "survives"


@dataclass
class Case:
    """A random scenario, what the SimPy model makes of it, and what the engine does for it.

    How many events it set is compared too, as one too many may change nothing else; and the engine
    must have lost no memory.

    Attributes
    ----------
    matters : names of the mutants that would give another value at their own place.
    turns : how often the engine's loops turn.
    seconds : what it takes as plain Python.
    """

    network: Network
    table: DemandTable
    measured_from: int
    outcome: Outcome
    timed_events: int
    matters: set[str] = field(default_factory=set)
    turns: int = 0
    seconds: float = 0.0


class Counting(model.Service):
    """Counts the events that the compiled engine sets too.

    That does not set the end of a promise that was not made, nor the call back to those who are
    content and weren't turned away: nothing comes of either.
    """

    def at(self, time: int, kind: int, identifier: int, happens: Any, *args: Any) -> None:
        if time < self.end:
            d, promise = divmod(identifier, 4)
            if kind == PROMISE_DUE and promise == SOLVE:
                categories = list(self.network.scenario.demand.categories.values())
                own = categories[self.table.category[d]].solve is not None
                self.timed_events -= not solution_promised(self.table.complex[d], own)
            elif kind == CALL_BACK:
                content = self.satisfied[identifier] == 1
                self.timed_events -= content and self.ended[identifier] != ENDED_TURNED_AWAY
        super().at(time, kind, identifier, happens, *args)


def cases(number: int, which: int = 0) -> list[Case]:
    """Draw random scenarios, the same each time; those that come out alike stand once."""
    found: dict[str, Case] = {}

    @seed(which)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(scenarios, warm_ups, crowds)
    def draw_one(scenario: Scenario, warm_up: float, crowd: int) -> None:
        network = lay_out(scenario)
        table = crowded(draw(network, 0), crowd)
        if len(table) > MOST_DEMANDS:
            return
        begins = int(network.end * warm_up)
        service = Counting(network, table, begins)
        made = service.run()
        parts = made.demands, made.orders, made.visits, made.pools
        key = hashlib.sha256(b"".join(c.tobytes() for part in parts for c in part.values()))
        found.setdefault(key.hexdigest(), Case(network, table, begins, made, service.timed_events))

    draw_one()
    return list(found.values())


def kept_cases(times: Iterable[int]) -> list[Case]:
    """Draw random scenarios and look what the engine does for them, or take what was kept."""
    found: list[Case] = []
    plain = None
    for which in times:
        file = KEPT / f"cases-{digest()}-{which}.pickle"
        if not file.is_file():
            drawn = cases(AT_A_TIME, which)
            plain = plain or Plain(list(everything()))
            for case in drawn:
                look(plain, case)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.with_suffix(".new").write_bytes(pickle.dumps(drawn))
            file.with_suffix(".new").replace(file)
        found += pickle.loads(file.read_bytes())
    return found


def everything() -> Iterator[Mutant]:
    for module in MODULES:
        yield from mutants(module)


def digest() -> str:
    """Name the state of the code and of the random scenarios."""
    own = [Path(__file__).with_name(name).read_text(encoding="utf-8") for name in DRAWN_BY]
    return hashlib.sha256("".join([code_hash(), *own]).encode()).hexdigest()[:12]


def look(plain: Plain, case: Case) -> None:
    """Note what the engine does for a case, which must be what the SimPy model does."""
    plain.turns, plain.matters, plain.open = 0, set(), set(range(len(plain.noticing)))
    begun = time.process_time()
    if differs(plain, case):
        raise AssertionError("the engine as it is, as plain Python, gives another outcome")
    case.turns, case.seconds = plain.turns, time.process_time() - begun
    case.matters = {plain.noticing[i].name for i in plain.matters}


def differs(plain: Plain, case: Case) -> bool:
    """Tell whether the engine as it now is makes something else of a case, or loses memory."""
    plain.tight = ("", *USED)[len(case.table) % (len(USED) + 1)]
    made = plain.run(case.network, case.table, case.measured_from)
    if plain.leaks or plain.timed_events != case.timed_events:
        return True
    return bool(case.outcome.differences(made))


def outcome(plain: Plain, mutant: Mutant, tried: Sequence[tuple[int, Case]]) -> tuple[str, int]:
    """Say what kills a mutant, ``differs``, ``fails`` or ``never ends``, and which case.

    ``survives``, and -1, if nothing does.
    """
    number = -1
    try:
        with plain.changed(mutant):
            for number, case in tried:  # which one is told
                plain.turns, plain.most = 0, 10_000 + ENDLESS * case.turns
                if differs(plain, case):
                    return "differs", number
    except EndlessError:
        return "never ends", number
    except (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError):
        return "fails", number
    return SURVIVES, -1


class Fates:
    """What became of mutants: kept in a file, and which cases killed how many.

    Of one that survives, it is kept on how many cases it was tried: with more of them, it is tried
    on the others.
    """

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.known: dict[str, str] = {}
        self.tried: dict[str, int] = {}
        self.kills: Counter[tuple[str, int]] = Counter()
        if file is not None and file.is_file():
            for line in file.read_text(encoding="utf-8").splitlines():
                self.note(*json.loads(line))

    def note(self, name: str, fate: str, by: int, tried: int) -> None:
        self.known[name], self.tried[name] = fate, tried
        if by >= 0:
            self.kills[name.partition(":")[0], by] += 1
            self.kills["", by] += 1

    def add(self, name: str, fate: str, by: int, tried: int) -> None:
        self.note(name, fate, by, tried)
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps([name, fate, by, tried]) + "\n")

    def are_known(self, name: str, tried: int) -> bool:
        """Whether a mutant is killed, or has survived so many cases."""
        return self.known.get(name, SURVIVES) != SURVIVES or self.tried.get(name, 0) >= tried

    def in_order(self, mutant: Mutant, tried: Sequence[Case]) -> list[tuple[int, Case]]:
        """Order the cases where a mutant matters: those first that killed its like, quick ones."""
        function = f"{mutant.module}.{mutant.function}"
        begin = self.tried.get(mutant.name, 0)
        others = list(enumerate(tried))[begin:]
        able = [(i, case) for i, case in others if mutant.name in case.matters]
        if reason_of(mutant.name):
            able = able[:: max(len(able) // FEW, 1)]

        def worth(one: tuple[int, Case]) -> float:
            i, case = one
            return -(10 * self.kills[function, i] + self.kills["", i] + 1) / (case.seconds + 0.01)

        return sorted(able, key=worth)


def table(fates: Sequence[tuple[Mutant, str]]) -> list[str]:
    """Lay out what became of mutants, by module and by kind."""
    lines = [
        "| | mutants | killed | survived | equivalent | killed of those not equivalent |",
        "|---|--:|--:|--:|--:|--:|",
    ]

    def row(title: str, chosen: Callable[[Mutant], bool]) -> None:
        these = [fate for mutant, fate in fates if chosen(mutant)]
        survived, equivalent = these.count(SURVIVES), these.count("equivalent")
        killed = len(these) - survived - equivalent
        share = f"{killed / max(killed + survived, 1):.1%}"
        lines.append(f"| {title} | {len(these)} | {killed} | {survived} | {equivalent} | {share} |")

    for module in MODULES:
        row(f"`{module}`", lambda m, module=module: m.module == module)
    for kind in KINDS:
        row(kind, lambda m, kind=kind: m.kind == kind)
    row("all", lambda m: True)
    return lines


def page_section(fates: Sequence[tuple[Mutant, str]], number: int) -> str:
    """Write the section of docs/validation.md."""
    equivalent = Counter(reason_of(m.name) for m, fate in fates if fate == "equivalent")
    alive = [in_short(m) for m, fate in fates if fate == SURVIVES]
    of = hashlib.sha256(b"".join((ENGINE / f"{m}.py").read_bytes() for m in MODULES)).hexdigest()
    lines = [
        "## How strong the comparison of both engines is",
        "",
        *textwrap.wrap(
            "Written by `python tests/support/mutating.py --publish`. Each comparison, constant "
            "and operator of the compiled engine was changed, one by one, and the changed engine "
            f"run on {number} random scenarios of `tests/support/themes.py`. A mutant is killed "
            "when anything comes out otherwise than in the SimPy model, when it loses memory, "
            "fails, or never ends. This is of the engine whose modules have the digest "
            f"`{of[:12]}`.",
            118,
        ),
        "",
        *table(fates),
        "",
        "Equivalent are those that can make no difference, by reason:",
        "",
        *(f"- {count}: {reason}" for reason, count in equivalent.most_common()),
        "",
    ]
    if alive:
        lines += ["Those that survived:", "", "```text", *alive, "```", ""]
    return "\n".join(lines)


def in_short(mutant: Mutant, around: int = 4) -> str:
    """Show the change of a mutant on one line, and of its statement the words beside that."""
    before, after = mutant.before.split(), mutant.after.split()
    begin = _alike(before, after)
    end = _alike(before[begin:][::-1], after[begin:][::-1])
    left, right = before[:begin], before[len(before) - end :]
    changed = [words[begin : len(words) - end] for words in (before, after)]
    shown = [
        *(left if len(left) <= around else ["...", *left[-around:]]),
        "{" + " -> ".join(" ".join(words) for words in changed) + "}",
        *(right if len(right) <= around else [*right[:around], "..."]),
    ]
    return f"{mutant.module}.{mutant.function}: {' '.join(shown)}"


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the words at the begin that are the same."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def publish(section: str, page: Path = PAGE) -> None:
    """Replace the marked part of docs/validation.md, or append it."""
    from govsim.validation.report import with_kept_part

    text = page.read_text(encoding="utf-8")
    page.write_text(with_kept_part(text, section), encoding="utf-8", newline="\n")


def main() -> None:
    """Try them, and tell which survive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="NAME", help="those whose names begin so")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each Nth mutant only")
    parser.add_argument(
        "--examples", type=int, default=EXAMPLES, help=f"times {AT_A_TIME} random scenarios"
    )
    parser.add_argument("--processes", type=int, default=1, help="mutants tried at once")
    parser.add_argument("--tell", action="store_true", help="only tell what is known so far")
    parser.add_argument("--publish", action="store_true", help="write docs/validation.md's section")
    asked = parser.parse_args()
    os.nice(19)
    tried = kept_cases(range(asked.examples))
    print(f"the engine as it is makes the same of {len(tried)} scenarios", flush=True)
    file = KEPT / f"fates-{digest()}.jsonl"
    print(f"fates are kept in {file}", flush=True)
    chosen = [m for m in list(everything())[:: asked.every] if m.name.startswith(asked.only)]
    # In no order, so that a run that was stopped shows a fair part of them.
    todo = sorted(chosen, key=lambda m: hashlib.sha256(m.name.encode()).digest())
    if asked.tell:
        todo = []
    workers = []
    for share in range(1, asked.processes):
        if (child := os.fork()) == 0:
            try_all(todo[share :: asked.processes], tried, Fates(file))
            os._exit(0)
        workers.append(child)
    try_all(todo[:: asked.processes], tried, Fates(file))
    for child in workers:
        os.waitpid(child, 0)
    told = tell(chosen, tried, Fates(file))
    print("\n".join(table(told)))
    print(dict(Counter(fate for _, fate in told)))
    if asked.publish:
        publish(page_section(told, len(tried)))


def try_all(todo: Sequence[Mutant], tried: list[Case], fates: Fates) -> None:
    """Try mutants whose fates are not known."""
    plain = Plain()
    for i, mutant in enumerate(todo):
        if not fates.are_known(mutant.name, len(tried)):
            fate, by = outcome(plain, mutant, fates.in_order(mutant, tried))
            fates.add(mutant.name, fate, by, len(tried))
        if i % 50 == 49:
            print(f"{i + 1} of {len(todo)}", flush=True)


def tell(chosen: Sequence[Mutant], tried: list[Case], fates: Fates) -> list[tuple[Mutant, str]]:
    """Say which survive, and what is listed as equivalent and should not be."""
    names, told = [m.name for m in everything()], []
    for mutant in chosen:
        if mutant.name not in fates.known:
            continue  # a run that was stopped
        fate, reason = fates.known[mutant.name], reason_of(mutant.name)
        if reason and fate != SURVIVES:
            print(f"NOT EQUIVALENT ({reason}): {mutant.name}")
        elif reason:
            fate = "equivalent"
        told.append((mutant, fate))
        if fate == SURVIVES:
            seen = sum(mutant.name in case.matters for case in tried)
            print(f"{fate} ({seen} scenarios): {mutant.name}")
    for reason, listed in EQUIVALENT.items():
        for one in listed:
            if not any(name.startswith(one) for name in names):
                print(f"NOT THERE ({reason}): {one}")
    return told


if __name__ == "__main__":
    main()

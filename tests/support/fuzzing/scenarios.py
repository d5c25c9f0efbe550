"""Mutated scenarios: ``govsim validate`` in words, and a run where it has nothing to say."""

from __future__ import annotations

import atexit
import json
import math
import random
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import mutations
from commands import faults, typed
from places import SCENARIOS

from govsim.errors import InputError
from govsim.measures.catalogue import CATALOGUE
from govsim.run import run
from govsim.scenarios import merging
from govsim.scenarios.loading import load, to_yaml
from govsim.scenarios.parameters import leaves

SHORT = (("horizon", "3 days"), ("warm_up", "0 min"))
BASES = ("tiandi.yaml", "tiandi-pooled.yaml", "textbook/base.yaml", "jiangning.yaml")
NAMED = {"shifts", "roster", "rosters", "roster_at", "evidence", "handover"}
"""Blocks whose keys are names; some of them no mistake where they are switched off."""

RUN = 0.15
"""Share of what validates that is run, for three days."""


@cache
def _base(name: str) -> tuple[str, list[tuple[tuple[Any, ...], Any]]]:
    loaded = load(SCENARIOS / name)
    found = [(leaf.path, leaf.written) for leaf in leaves(loaded.scenario)]
    return to_yaml(loaded.scenario), found


@cache
def copied() -> Path:
    """Give a copy of the project's scenarios, one for all examples of this process.

    What stands in it is parsed once, which takes most of the time; `_tables` has its own.
    """
    place = Path(tempfile.mkdtemp(prefix="govsim-fuzz-scenarios-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    shutil.copytree(SCENARIOS, place / "s")
    parse, parsed = merging.parse, {}

    def once(text: str, shown: str, folder: Path, *, first_line: int = 1) -> Any:
        key = text, shown, folder, first_line
        if "mine.yaml" in shown or shown == merging.COMMAND_LINE:
            return parse(text, shown, folder, first_line=first_line)
        if key not in parsed:
            parsed[key] = parse(text, shown, folder, first_line=first_line)
        return parsed[key]

    merging.parse = once  # type: ignore[attr-defined]
    return place / "s"


def examine(rng: random.Random, place: Path, number: int) -> Iterator[str]:
    """Change a scenario; validate it, and run it if it is valid."""
    name = rng.choice(BASES[:3] if rng.random() < 0.95 else BASES)
    base = copied() / name
    mine = base.parent / "mine.yaml"
    how = rng.choice((_text, _bytes, _value, _value, _value, _key, _whole, _tables))
    if how is _tables:
        mine = place / "mine.yaml"
    settings: list[str] = []
    wrong = how(rng, base, mine, settings)
    said = typed("validate", mine, *settings)
    yield from faults(said, how.__name__)
    if said.exit_code == 0 and wrong:
        yield f"{how.__name__}: {wrong} and no word of it"
    if said.exit_code == 0 and not said.exception and rng.random() < RUN:
        yield from ran(mine, settings)


def ran(file: Path, settings: list[str] | None = None) -> Iterator[str]:
    """Run a valid scenario for three days, and look at the district's measures."""
    pairs = [tuple(text.split("=", 1)) for text in (settings or [])[1::2]]
    try:
        loaded = load(file, settings=[*pairs, *SHORT])
        result = run(loaded, replications=1)
        found = result.summary()
    except InputError:  # the horizon is another one than was validated
        return
    for row in found.itertuples():
        kind = CATALOGUE[row.measure].kind
        if math.isnan(row.mean):
            continue
        if not math.isfinite(row.mean) or row.mean < 0 or (kind == "share" and row.mean > 1):
            yield f"run: {row.measure} is {row.mean}"


# ------------------------------------------------------------------ changes


def _text(rng: random.Random, base: Path, mine: Path, settings: list[str]) -> str:
    mine.write_text(mutations.text(rng, base.read_text("utf-8")), "utf-8", "replace")
    return ""


def _bytes(rng: random.Random, base: Path, mine: Path, settings: list[str]) -> str:
    mine.write_bytes(mutations.data(rng, base.read_bytes()))
    return ""


def _value(rng: random.Random, base: Path, mine: Path, settings: list[str]) -> str:
    """Other values at one to three places, in the file or by ``--set``."""
    _, inputs = _base(_name(base))
    tree: dict[str, Any] = {"extends": base.name}
    for _ in range(rng.choice((1, 1, 2, 3))):
        path, before = rng.choice(inputs)
        after = mutations.value(rng, before)
        if rng.random() < 0.2:
            settings += ["--set", f"{'.'.join(map(str, path))}={_json(after)}"]
            continue
        part: Any = tree
        for key in path[:-1]:
            part = part.setdefault(str(key), {}) if isinstance(part, dict) else {}
        if isinstance(part, dict):
            part[str(path[-1])] = after
    mine.write_text(_json(tree) + "\n", "utf-8")
    return ""


def _key(rng: random.Random, base: Path, mine: Path, settings: list[str]) -> str:
    """A key that no scenario has, in some block of the whole scenario: it must be told."""
    lines = _base(_name(base))[0].split("\n")
    blocks = [at for at, line in enumerate(lines) if line.endswith(":") and "- " not in line]
    paths = [[lines[i].strip().rstrip(":") for i in (*_above(lines, at), at)] for at in blocks]
    path = rng.choice([[], *(path for path in paths if not NAMED & set(path))])
    tree: dict[str, Any] = {f"unheard_of_{rng.randrange(100)}": 1}
    for key in reversed(path):
        tree = {key: tree}
    mine.write_text(_json({"extends": base.name} | tree) + "\n", "utf-8")
    return f"an unknown key under {'.'.join(path) or 'the top'}"


def _above(lines: list[str], at: int) -> list[int]:
    """Find the lines of the blocks that a line is in, from the top."""
    found: list[int] = []
    indent = _indent(lines[at])
    for i in reversed(range(at)):
        if lines[i].strip() and _indent(lines[i]) < indent:
            indent = _indent(lines[i])
            found.insert(0, i)
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _whole(rng: random.Random, base: Path, mine: Path, settings: list[str]) -> str:
    """Some of the scenario with all its defaults, changed as a text.

    Not all of it: reading a thousand lines takes longer than all else together.
    """
    lines = _base(_name(base))[0].strip().split("\n")
    at = rng.randrange(len(lines))
    some = [*(lines[i] for i in _above(lines, at)), *lines[at : at + rng.randint(5, 60)]]
    text = mutations.text(rng, "\n".join(some))
    mine.write_text(f"extends: {base.name}\n{text}\n", "utf-8", "replace")
    return ""


def _tables(rng: random.Random, base: Path, mine: Path, settings: list[str]) -> str:
    """Tables beside a scenario, changed."""
    shutil.copytree(SCENARIOS / "tables", mine.parent / "tables")
    file = rng.choice(sorted((mine.parent / "tables").glob("*.csv")))
    if rng.random() < 0.5:
        file.write_text(mutations.text(rng, file.read_text("utf-8")), "utf-8", "replace")
    else:
        file.write_bytes(mutations.data(rng, file.read_bytes()))
    text = (SCENARIOS / "tiandi.yaml").read_text("utf-8")
    (mine.parent / "service.yaml").write_text(
        (SCENARIOS / "service.yaml").read_text("utf-8"), "utf-8"
    )
    mine.write_text(text, "utf-8")
    return ""


def _name(base: Path) -> str:
    return f"textbook/{base.name}" if base.parent.name == "textbook" else base.name


def _json(value: Any) -> str:
    """Write a value as YAML reads it, in one line."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("-Infinity", "-.inf").replace("Infinity", ".inf").replace("NaN", ".nan")

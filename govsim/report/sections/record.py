"""What a report rests on: the inputs with their evidence, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from govsim.language import joined, tr
from govsim.report import inputs as inputs_of
from govsim.report.parts import Block, Cell, Row, Section, Table, Words, row
from govsim.report.wording import MISSING, evidence_name
from govsim.runs.results import Result
from govsim.scenarios.evidence import parameters
from govsim.scenarios.parameters import Leaf, unit_of

STRENGTH = ("calibrated", "published", "inferred", "assumed", "given")
"""Evidence, the strongest first; what is given is a choice of the planner's."""


def known_inputs(result: Result) -> pd.DataFrame:
    """List the inputs of a run but for names; see `govsim.scenarios.evidence.parameters`."""
    frame = parameters(result.scenario)
    return frame[~frame["unit"].str.startswith("name in ")]


# ---------------------------------------------------------------- inputs


def inputs(result: Result) -> Section:
    """Say what was put in, and how well each input is known."""
    return Section("inputs", tr("Inputs and their evidence"), tuple(_inputs(result)))


def _inputs(result: Result) -> Iterator[Block]:
    scenario, names = result.scenario, inputs_of.Names((result.scenario,))
    frame = known_inputs(result)
    yield evidence_in_words(frame)
    differing = inputs_of.differing(scenario)
    if not differing:
        return
    evidence = dict(zip(frame["path"], frame["evidence"], strict=True))
    yield Words(
        (
            tr(
                "Below are the inputs that are not as govsim has them by default. The other {n}, "
                "with plausible ranges and sources, are in the workbook (govsim report RUN "
                "--format xlsx).",
                n=len(frame) - len(differing),
            ),
        ),
        "note",
    )
    plain = [leaf for leaf in differing if not inputs_of.in_collection(leaf)]
    if plain:
        yield Table(
            tr("Inputs of the whole service that differ from govsim's defaults."),
            (tr("Input"), tr("value"), tr("by default"), tr("evidence")),
            tuple(_plain(names, leaf, evidence) for leaf in plain),
            words=4,
            dense=True,
        )
    for matrix in inputs_of.matrices(scenario, lambda leaf: not leaf.is_default):
        yield _matrix(names, matrix)


def evidence_in_words(frame: pd.DataFrame) -> Words:
    """Count the inputs by how well they are known."""
    counts = frame["evidence"].value_counts()
    listed = [
        tr("{what}: {value}", what=evidence_name(e), value=int(counts[e]))
        for e in STRENGTH
        if e in counts
    ]
    return Words(
        (
            tr(
                "The results are as good as the inputs. Of {n} inputs, by evidence: {list}. What "
                "is assumed has a plausible range; govsim explain shows on which ranges the "
                "answer depends.",
                n=len(frame),
                list=tr("; ").join(listed),
            ),
        )
    )


def _plain(names: inputs_of.Names, leaf: Leaf, evidence: dict[str, str]) -> Row:
    unit = unit_of(leaf.hint, str(leaf.path[-1]))
    return row(
        names.of(leaf.path),
        names.value(leaf.written, unit),
        inputs_of.shown_default(names, leaf, unit),
        evidence_name(evidence.get(".".join(map(str, leaf.path)), "given")),
    )


def _matrix(names: inputs_of.Names, matrix: inputs_of.Matrix) -> Table:
    captions = {
        "categories": tr("Inputs of the categories of demand"),
        "surges": tr("Inputs of the surges"),
        "channels": tr("Inputs of the channels"),
        "groups": tr("Inputs of the working groups"),
        "teams": tr("Inputs of the teams"),
        "departments": tr("Inputs of the departments"),
    }
    return Table(
        tr(
            "{what}; small and grey where they are as by default.",
            what=captions[matrix.collection[-1]],
        ),
        (tr("Input"), *(names.entry(matrix.collection, key) for key in matrix.entries)),
        tuple(
            row(
                names.within([*matrix.collection, "*", *path]),
                *(_entry(names, leaves.get(key)) for key in matrix.entries),
            )
            for path, leaves in matrix.rows
        ),
        words=1 + len(matrix.entries),
        note=tr("Random times are given by their median and σ: of ten, about seven lie between "
                "the median divided and multiplied by e to the power of σ.")
        if any(_is_random(leaf) for _, leaves in matrix.rows for leaf in leaves.values())
        else "",
        dense=True,
    )  # fmt: skip


def _entry(names: inputs_of.Names, leaf: Leaf | None) -> Cell:
    if leaf is None:
        return Cell(MISSING)
    value = names.value(leaf.written, unit_of(leaf.hint, str(leaf.path[-1])))
    return Cell("", value) if leaf.is_default else Cell(value)


def _is_random(leaf: Leaf) -> bool:
    return isinstance(leaf.written, dict) and "lognormal" in leaf.written


# ---------------------------------------------------------------- provenance


def provenance(result: Result) -> Section:
    """Say how to make the same numbers again."""
    table = Table(
        tr("How this run was made. The same scenario, seed and program give the same numbers."),
        (tr("Record"), tr("value")),
        tuple(row(label, value) for label, value in recorded(result)),
        words=2,
        dense=True,
    )
    return Section("provenance", tr("Provenance"), (table,))


def recorded(result: Result) -> Iterator[tuple[str, str]]:
    """What the manifest records, as a planner can read it."""
    m = result.manifest
    if result.folder is not None:
        yield tr("run"), f"{result.folder.parent.name}/{result.folder.name}"
    yield tr("scenario"), str(m["scenario_name"])
    if result.changes:
        yield tr("changed"), joined(map(str, result.changes), "；", "; ")
    yield tr("replications"), str(m["replications"])
    yield tr("seed"), str(m["seed"])
    yield tr("horizon, days"), f"{m['horizon_days']:g}"
    yield tr("warm-up, days"), f"{m['warm_up_days']:g}"
    yield tr("started"), str(m["started"])
    if m["finished"]:
        yield tr("finished"), str(m["finished"])
    yield tr("program"), f"govsim {m['versions']['govsim']}, {m['code'][:16]}"
    yield tr("libraries"), _pairs(m["versions"], leave=("govsim",))
    yield tr("machine"), _pairs(m["machine"])
    for file, digest in m["inputs"].items():
        yield tr("input {file}", file=file), f"SHA-256 {digest[:16]}"
    yield tr("territory"), str(m["territory"])


def _pairs(values: dict[str, Any], leave: Sequence[str] = ()) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items() if key not in leave)

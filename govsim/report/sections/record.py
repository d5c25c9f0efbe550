"""What a report rests on: the inputs with their evidence, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from govsim.language import joined, tr
from govsim.report.parts import Block, Row, Section, Table, Words, row
from govsim.report.wording import evidence_name
from govsim.results import Result
from govsim.scenarios.changes import compact
from govsim.scenarios.parameters import parameters

STRENGTH = ("calibrated", "published", "inferred", "assumed", "given")
"""Evidence, the strongest first; what is given is a choice of the planner's."""


def known_inputs(result: Result) -> pd.DataFrame:
    """List the inputs of a run but for names; see `govsim.scenarios.parameters.parameters`."""
    frame = parameters(result.scenario)
    return frame[~frame["unit"].str.startswith("name in ")]


# ---------------------------------------------------------------- inputs


def inputs(result: Result) -> Section:
    """Say what was put in, and how well each input is known."""
    return Section("inputs", tr("Inputs and their evidence"), tuple(_inputs(result)), True)


def _inputs(result: Result) -> Iterator[Block]:
    frame = known_inputs(result)
    yield evidence_in_words(frame)
    for evidence, caption in _captions():
        mine = frame[frame["evidence"] == evidence]
        if len(mine):
            yield _listed(mine, caption, evidence != "given")


def _captions() -> list[tuple[str, str]]:
    texts = {
        "calibrated": tr("Inputs that were calibrated on work orders."),
        "published": tr("Inputs that are published."),
        "inferred": tr("Inputs that are inferred from published figures."),
        "assumed": tr("Inputs that are assumed."),
        "given": tr("Inputs that are the plan itself, or the planner's own figures."),
    }
    return [(evidence, texts[evidence]) for evidence in STRENGTH]


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


def _listed(frame: pd.DataFrame, caption: str, uncertain: bool) -> Table:
    heads: tuple[str, ...] = (tr("Input"), tr("value"), tr("unit"))
    if uncertain:
        heads = (tr("Input"), tr("value"), tr("plausible range"), tr("source"))
    rows = (_row(one, uncertain) for one in frame.to_dict("records"))
    return Table(caption, heads, tuple(rows), words=len(heads), dense=True)


def _row(one: dict[Any, Any], uncertain: bool) -> Row:
    value = compact(one["value"])
    if not uncertain:
        return row(one["path"], value, one["unit"])
    known = one["low"] is not None
    ends = f"{compact(one['low'])} – {compact(one['high'])}" if known else ""
    return row(one["path"], value, ends, one["source"])


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
    return Section("provenance", tr("Provenance"), (table,), True)


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

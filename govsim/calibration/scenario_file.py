"""The scenario that a calibration writes, and the draws from the posterior beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from govsim.calibration.direct import Estimate
from govsim.calibration.inference import prior
from govsim.calibration.inference.posterior import Posterior
from govsim.runs.uncertainty import SUFFIX, sealed
from govsim.scenarios.loading import Loaded
from govsim.storage.files import replacing, write_text, writing

DRAWS = 1000
"""Draws that are kept beside the scenario."""


@dataclass(frozen=True)
class Written:
    """Where a fitted scenario was written.

    Attributes
    ----------
    file : the scenario.
    earlier : calibrated scenarios of the same name with other contents, which were left alone.
    """

    file: Path
    earlier: tuple[Path, ...] = ()


def write(
    loaded: Loaded,
    direct: Sequence[Estimate],
    fitted: Posterior,
    source: str,
    replace: bool = False,
) -> Written:
    """Write what was fitted, with its evidence, as a scenario that extends the given one.

    An earlier calibrated scenario may be one that plans were compared with, or that was gone on
    with by hand: what has other contents stays, and the new one gets a number.

    Parameters
    ----------
    loaded : the scenario that was given.
    direct : what was estimated directly; what was inferred too goes before it.
    fitted : draws from the posterior.
    source : what it was fitted to, for the evidence.
    replace : write over an earlier calibrated scenario.

    Raises
    ------
    RunError
        It can't be written.
    """
    given = loaded.files[0].path
    tree: dict[str, Any] = {"extends": given.name}
    evidence: dict[str, Any] = {}

    def put(one: Estimate) -> None:
        part = tree
        for key in one.path[:-1]:
            part = part.setdefault(key, {})
        part[one.path[-1]] = one.value
        evidence[".".join(one.path)] = {
            "evidence": "calibrated",
            "source": str(source),  # plain: YAML knows no other kinds of text
            "low": one.low,
            "high": one.high,
        }

    for one in direct:
        put(one)
    ends = prior.positions(np.quantile(fitted.scores, [0.05, 0.5, 0.95], axis=0))
    for latent_, at in zip(fitted.inputs, ends.T.tolist(), strict=True):
        for entry in latent_.entries:
            put(Estimate(entry.path, *map(entry.written, at)))
    text = io.StringIO()
    YAML().dump({**tree, "evidence": evidence}, text)
    written = _place(given, text.getvalue(), replace)
    write_text(written.file, text.getvalue())
    _write_draws(loaded, fitted, written.file.with_name(written.file.stem + SUFFIX))
    return written


def _place(given: Path, text: str, replace: bool) -> Written:
    """Find a name that is free, or whose file holds the same already."""
    earlier: list[Path] = []
    for number in count(1):
        end = "" if number == 1 else f"-{number}"
        file = given.with_name(f"{given.stem}-calibrated{end}.yaml")
        if replace or not file.exists():
            break
        with suppress(OSError, ValueError):
            if file.read_text(encoding="utf-8") == text:
                break
        earlier.append(file)
    return Written(file, tuple(earlier))


def _write_draws(loaded: Loaded, fitted: Posterior, file: Path) -> None:
    rng = np.random.default_rng(loaded.scenario.seed)
    some = fitted.scores[rng.permutation(len(fitted.scores))[:DRAWS]]
    rows = [
        {
            ".".join(path): json.dumps(value)
            for path, value in prior.changes(loaded.scenario, fitted.inputs, z)
        }
        for z in some
    ]
    with writing(file), replacing(file) as to:
        pq.write_table(sealed(pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False)), to)

"""The scenario that a calibration writes, and the draws from the posterior beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from govsim.calibrating.direct import Estimate
from govsim.inference import latent
from govsim.inference.posterior import Posterior
from govsim.scenarios.loading import Loaded
from govsim.storage import write_text, writing
from govsim.storage.files import replacing
from govsim.uncertainty import SUFFIX

DRAWS = 1000
"""Draws that are kept beside the scenario."""


def write(loaded: Loaded, direct: Sequence[Estimate], fitted: Posterior, source: str) -> Path:
    """Write what was fitted, with its evidence, as a scenario that extends the given one.

    Parameters
    ----------
    loaded : the scenario that was given.
    direct : what was estimated directly; what was inferred too goes before it.
    fitted : draws from the posterior.
    source : what it was fitted to, for the evidence.

    Raises
    ------
    RunError
        It can't be written.
    """
    given = loaded.files[0].path
    file = given.with_name(f"{given.stem}-calibrated.yaml")
    tree: dict[str, Any] = {"extends": given.name}
    evidence: dict[str, Any] = {}

    def put(one: Estimate) -> None:
        part = tree
        for key in one.path[:-1]:
            part = part.setdefault(key, {})
        part[one.path[-1]] = one.value
        evidence[".".join(one.path)] = {
            "evidence": "calibrated",
            "source": source,
            "low": one.low,
            "high": one.high,
        }

    for one in direct:
        put(one)
    ends = latent.positions(np.quantile(fitted.scores, [0.05, 0.5, 0.95], axis=0))
    for latent_, at in zip(fitted.inputs, ends.T.tolist(), strict=True):
        for entry in latent_.entries:
            put(Estimate(entry.path, *map(entry.written, at)))
    text = io.StringIO()
    YAML().dump({**tree, "evidence": evidence}, text)
    write_text(file, text.getvalue())
    _write_draws(loaded, fitted, file.with_name(file.stem + SUFFIX))
    return file


def _write_draws(loaded: Loaded, fitted: Posterior, file: Path) -> None:
    rng = np.random.default_rng(loaded.scenario.seed)
    some = fitted.scores[rng.permutation(len(fitted.scores))[:DRAWS]]
    rows = [
        {
            ".".join(path): json.dumps(value)
            for path, value in latent.changes(loaded.scenario, fitted.inputs, z)
        }
        for z in some
    ]
    with writing(file), replacing(file) as to:
        pd.DataFrame(rows).to_parquet(to, index=False)

"""Inputs that are known only by their posterior: each block of replications uses a draw from it.

A calibration leaves draws beside the scenario it writes, ``NAME.posterior.parquet`` beside
``NAME.yaml``. With ``--uncertainty posterior``, replications 0 to 3 use the first draw, 4 to 7
the second, and so on, in every plan alike: replications of the same number still meet the same
luck. `components` splits what comes out into what the inputs do to it and what luck does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from math import ceil, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import ValidationError

from govsim.errors import InputError, Problem
from govsim.language import tr
from govsim.scenarios.loading import Loaded
from govsim.scenarios.merging import COMMAND_LINE
from govsim.scenarios.parameters import leaves
from govsim.scenarios.schema import Scenario
from govsim.storage.plain_files import MEGABYTE, read_plain
from govsim.storage.tables import as_frame

if TYPE_CHECKING:
    import pyarrow as pa

    from govsim.runs.tasks import Plan
    from govsim.service.network import Network

Floats = NDArray[np.float64]
Uncertainty = Literal["posterior"]

SUFFIX = ".posterior.parquet"

SEAL = b"govsim.sha256"
"""Where the file of draws has the checksum of its values."""

MOST_BYTES = 100 * MEGABYTE
"""A thousand draws of a hundred inputs take a hundredth of that."""

PER_DRAW = 4
"""Replications of each draw: from two on luck can be told from the inputs, more tell it better."""

USUAL_DRAWS = 30
"""Draws that are used where the number of replications isn't given."""


@dataclass(frozen=True)
class Draws:
    """Draws from the posterior of some inputs.

    Attributes
    ----------
    file : where they were read from.
    sha256 : of its bytes.
    paths : d inputs of a scenario.
    values : n draws of all inputs, as JSON.
    """

    file: Path
    sha256: str
    paths: tuple[tuple[str, ...], ...]
    values: tuple[tuple[str, ...], ...]

    def scenario(self, scenario: Scenario, draw: int) -> Scenario:
        """Put a draw into a scenario; after the last one they begin anew.

        Raises
        ------
        InputError
            The scenario has no such input, or can't have such a value.
        """
        tree = scenario.model_dump(mode="json")
        values = self.values[draw % len(self.values)]
        try:
            for path, value in zip(self.paths, values, strict=True):
                part = tree
                for key in path[:-1]:
                    part = part[key]
                part[path[-1]] = json.loads(value)
            return Scenario.model_validate(tree)
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            message = tr("draw {n} doesn't fit the scenario: {reason}", n=draw, reason=_why(error))
            raise InputError([Problem(message, file=str(self.file))]) from error

    def plan(self, service: Network, draw: int) -> Plan:
        """Pack the service with the values of a draw."""
        from govsim.runs.tasks import Plan  # who reads a result needs neither
        from govsim.service import network

        scenario = self.scenario(service.scenario, draw)
        return Plan.of(network.lay_out(scenario, service.territory))

    def run_id(self, run: str) -> str:
        """Name a run whose replications use these draws, by the name of that without."""
        text = json.dumps([run, self.sha256, self.paths, PER_DRAW])
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def record(self) -> dict[str, Any]:
        """Describe them, for the manifest of a run."""
        return {
            "file": self.file.name,
            "sha256": self.sha256,
            "draws": len(self.values),
            "per_draw": PER_DRAW,
            "inputs": [".".join(path) for path in self.paths],
        }


def whole_blocks(replications: int | None, precision: float | None, own: int) -> int:
    """Say how many replications to run, so that each draw has all of its own.

    Parameters
    ----------
    replications, precision : as asked for.
    own : the scenario's number of replications.

    Raises
    ------
    InputError
        A precision is asked for, which is one of luck alone.
    """
    if precision is not None:
        message = tr("with draws from a posterior, give --replications")
        raise InputError([Problem(message, file="--precision")])
    wanted = replications or max(own, USUAL_DRAWS * PER_DRAW)
    return ceil(wanted / PER_DRAW) * PER_DRAW


def find(loaded: Loaded) -> Draws:
    """Find the draws of a calibrated scenario, or of the calibrated one that a plan extends.

    An input that the plan, or the command line, sets itself keeps that value.

    Raises
    ------
    InputError
        There are none, or they can't be read.
    """
    for above, read in enumerate(loaded.files):
        file = read.path.with_name(read.path.stem + SUFFIX)
        if file.is_file():
            own = {one.path.name for one in loaded.files[:above]} | {COMMAND_LINE}
            return _read(file, loaded, own)
    where = str(loaded.files[0].path) if loaded.files else ""
    message = tr(
        "there are no draws of a posterior ({name}) beside this scenario or one that it extends; "
        "“govsim calibrate” writes them",
        name="*" + SUFFIX,
    )
    raise InputError([Problem(message, file=where)])


def _why(error: Exception) -> str:
    """Say in one line why a value doesn't fit."""
    if not isinstance(error, ValidationError):
        return f"{type(error).__name__}: {error}"
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def sealed(table: pa.Table) -> pa.Table:
    """Put a checksum of a table's values into it, for whoever reads its file."""
    return table.replace_schema_metadata({**(table.schema.metadata or {}), SEAL: _seal(table)})


def _seal(table: pa.Table) -> bytes:
    plain = json.dumps([table.column_names, table.to_pydict()], default=str)
    return hashlib.sha256(plain.encode()).hexdigest().encode()


def _opened(file: Path) -> tuple[pd.DataFrame, bool]:
    """Read the draws of a file, and whether a calibration has written them just so."""
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(BytesIO(read_plain(file, MOST_BYTES)))
        seal = (table.schema.metadata or {}).get(SEAL)
        frame = table.to_pandas()
    except Exception as error:  # libraries fail in many ways on what is no such file
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        message = tr("can't read {file}: {reason}", file=file.name, reason=reason)
        raise InputError([Problem(message, file=str(file))]) from error
    if seal is not None and seal != _seal(table):
        message = tr("the draws are damaged; calibrate again")
        raise InputError([Problem(message, file=str(file))])
    if frame.empty or not len(frame.columns):
        raise InputError([Problem(tr("there is no draw in it"), file=str(file))])
    return frame, seal is not None


def _check_foreign(found: Draws, scenario: Scenario) -> None:
    """Hold all draws of a file that no calibration has written against the schema.

    Raises
    ------
    InputError
        With all inputs that the scenario doesn't have, or the first draw that doesn't fit it.
    """
    known = {tuple(map(str, leaf.path)) for leaf in leaves(scenario)}
    problems = [
        Problem(tr("the scenario has no such input"), ".".join(path), str(found.file))
        for path in found.paths
        if path not in known and not any(one[: len(path)] == path for one in known)
    ]
    if problems:
        raise InputError(problems)
    for draw in range(len(found.values)):
        found.scenario(scenario, draw)


def _read(file: Path, loaded: Loaded, own: set[str]) -> Draws:
    frame, is_ours = _opened(file)
    set_above = [path for path, origin in loaded.origins.items() if Path(origin.file).name in own]
    paths = {name: tuple(str(name).split(".")) for name in frame.columns}

    def kept(path: tuple[str, ...]) -> bool:
        return any(tuple(map(str, other[: len(path)])) == path for other in set_above)

    drawn = {name: path for name, path in paths.items() if not kept(path)}
    values = frame[list(drawn)].astype(str).itertuples(index=False, name=None)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    found = Draws(file, digest, tuple(drawn.values()), tuple(values))
    if not is_ours:
        _check_foreign(found, loaded.scenario)
    found.scenario(loaded.scenario, 0)
    return found


# ---------------------------------------------------------------- what comes out


@dataclass(frozen=True, slots=True)
class Components:
    """What makes a quantity uncertain.

    Attributes
    ----------
    mean : over all draws.
    between, within : standard deviation that the inputs cause, and that luck causes from run to
        run.
    low, high : interval of the quantity's expected value over what is not known of the inputs.
    run_low, run_high : interval of a single run, if the inputs were known.
    draws : how many were used.
    """

    mean: float
    between: float
    within: float
    low: float
    high: float
    run_low: float
    run_high: float
    draws: int

    @property
    def share(self) -> float:
        """Share of the variance of a single run that the inputs cause; NaN where nothing varies."""
        total = self.between**2 + self.within**2
        return self.between**2 / total if total else float("nan")


def components(values: ArrayLike, confidence: float, per_draw: int = PER_DRAW) -> Components:
    """Split a quantity's variance into the inputs' and luck's.

    Parameters
    ----------
    values : replications in their order, `per_draw` of each draw; draws with a missing value
        are left out.
    confidence : of the intervals.

    Notes
    -----
    By the law of total variance, estimated by one-way analysis of variance with random effects
    (Searle, Casella and McCulloch 1992, section 3.6). Means of draws also carry luck; the
    interval is that of their quantiles, drawn together about the mean until their variance is
    the inputs' alone.
    """
    from scipy.stats import norm

    given: Floats = np.asarray(values, dtype=np.float64)
    whole = given[: len(given) // per_draw * per_draw].reshape(-1, per_draw)
    whole = whole[~np.isnan(whole).any(axis=1)]
    n = len(whole)
    if n < 2:
        return Components(nan, nan, nan, nan, nan, nan, nan, n)
    means = whole.mean(axis=1)
    of_luck = float(whole.var(axis=1, ddof=1).mean())
    of_means = float(means.var(ddof=1))
    of_inputs = max(0.0, of_means - of_luck / per_draw)
    narrowed = (of_inputs / of_means) ** 0.5 if of_means else 0.0
    ends = ((1 - confidence) / 2, (1 + confidence) / 2)
    mean = float(means.mean())
    low, high = (mean + narrowed * (float(q) - mean) for q in np.quantile(means, ends))
    reach = float(norm.ppf(ends[1])) * of_luck**0.5
    return Components(mean, of_inputs**0.5, of_luck**0.5, low, high, mean - reach, mean + reach, n)


def by_draw(tables: Iterable[pa.Table], by: list[str], per_draw: int) -> Iterator[pa.Table]:
    """Put the mean over the replications of each draw in their place.

    Parameters
    ----------
    tables : of replications, in their order, with columns `by` and value.
    """
    import pyarrow as pa

    left = iter(tables)
    while block := list(islice(left, per_draw)):
        frame = as_frame(block)
        mean = frame.groupby(by, sort=False, observed=True)["value"].mean().reset_index()
        # Plain words, as in the tables of replications: `astype(int)` of keys that are hours
        # fails for categories, since those of the whole table include other keys.
        words = dict.fromkeys(mean.select_dtypes("category").columns, object)
        yield pa.Table.from_pandas(mean.astype(words), preserve_index=False)

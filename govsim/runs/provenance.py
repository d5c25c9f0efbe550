"""Where a result comes from: the hash that identifies a run, and what its manifest records.

A run is what its replications are drawn and simulated from: the scenario with every
default, the contents of its tables, the seed, the code of the model, and the versions of
the libraries that compute its numbers. How many replications there are, what they are
called and how they are shown is not part of it. Called by `govsim.runs.replications`.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim import sources
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.scenarios.schema import Scenario
    from govsim.scenarios.territory import Territory
    from govsim.service.network import Network

NOT_OF_THE_RUN = frozenset({"label", "question", "replications", "confidence", "evidence"})
"""Parts of a scenario that change no replication."""

Program = tuple[str, dict[str, str]]
"""What computes: the hash of the code, and versions of libraries by their names."""

COMPUTING = ("numpy", "scipy", "simpy")
"""Libraries that numbers in a replication pass through."""

RECORDED = ("govsim", *COMPUTING, "pandas", "pyarrow", "pydantic", "shapely", "chinesecalendar")


def run_id(network: Network) -> str:
    """Name a run by what determines it; see `run_of`."""
    return run_of(network.scenario, network.territory)


def run_of(scenario: Scenario, territory: Territory) -> str:
    """Name a run by what determines it: twelve hexadecimal digits.

    The territory enters by what it is, not by where its tables lie or who made them.
    """
    told = {k: v for k, v in resolved(scenario).items() if k not in NOT_OF_THE_RUN}
    told["territory"] = territory.content_hash()
    text = json.dumps([told, *program()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def program() -> Program:
    """What computes here."""
    return sources.code_hash(), {name: _version(name) for name in COMPUTING}


def difference(caller: Program, worker: Program) -> str:
    """Say how the program of a worker differs from the caller's; nothing if it doesn't."""
    if caller[0] != worker[0]:
        return tr("a worker has another version of govsim; install the same one everywhere")
    there = ", ".join(f"{n} {v}" for n, v in worker[1].items() if v != caller[1].get(n))
    here = ", ".join(f"{n} {v}" for n, v in caller[1].items() if v != worker[1].get(n))
    return there and tr(
        "a worker has {there} where this machine has {here}; the results could differ",
        there=there,
        here=here,
    )


def resolved(scenario: Scenario, folder: Path | None = None) -> dict[str, Any]:
    """Write a scenario as plain values, with every default.

    Parameters
    ----------
    scenario : what to write.
    folder : tables below this folder are named relative to it.
    """

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shown(item) for key, item in value.items()}
        if isinstance(value, list):
            return [shown(item) for item in value]
        if folder and isinstance(value, str) and Path(value).is_absolute():
            with suppress(ValueError):
                return Path(value).relative_to(folder.resolve()).as_posix()
        return value

    plain: dict[str, Any] = shown(scenario.model_dump(mode="json"))
    return plain


def versions() -> dict[str, str]:
    """Versions of Python, of govsim and of the libraries it computes with."""
    return {"python": platform.python_version()} | {name: _version(name) for name in RECORDED}


def machine() -> dict[str, Any]:
    """Describe the machine, without names of computers or people."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
    }


def _version(package: str) -> str:
    return sources.version_of(package) or "unknown"

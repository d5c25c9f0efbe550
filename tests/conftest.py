"""What all tests share: the language they begin in, a short scenario, how long they search.

Hypothesis tries the same examples in every run; `pytest --hypothesis-profile=long` tries many
others, and shrinks what fails.
"""

from __future__ import annotations

import os
import sys

# The other test processes and the programs that tests start read what one of them compiled, also
# where Python is told to keep nothing.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Two test processes whose libraries each start a thread for every core wait for each other: a
# fit of small matrices then takes a hundred times as long. Said before NumPy is imported.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# Tables are as wide as in a pipe, wherever the tests run and in however many processes.
os.environ.pop("COLUMNS", None)

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from places import SCENARIOS, TEMPLATE
from short_runs import EXPLAINED, SHORT

import govsim
from govsim import language
from govsim.explanation.regression import Selection
from govsim.explanation.result import EXPLANATIONS, Explanation, open_explanation
from govsim.explanation.steps import Budget
from govsim.scenarios.loading import Loaded, load

FIRST = ("explain",)
"""The longest file of all, for one of the test processes to begin with."""

WITHOUT_ENGINE = (
    "durations", "loading", "inspect", "orders", "order_values", "checks", "quantities",
    "order_forms", "order_times", "parameters", "tables", "randomness", "forecast", "scores",
)  # fmt: skip
"""For the others: while the first one compiles the engine, so that they need not do so too."""

LONG = (
    "durability", "calibrate", "independent", "report", "validation", "boston", "sweep", "engine",
    "uncertainty", "cli", "inference", "fuzzing", "workbook", "compare", "replications", "what_ifs",
    "pieces", "invariants", "trace", "maps", "figures", "comparison_study",
)  # fmt: skip
"""Then whatever takes long, so that no process is left with it at the end; all of them are slow."""

SLOW = (*FIRST, *LONG, "forecast", "durations")
"""Files that take more than ten seconds; what takes long in other files is marked there."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in an order in which several processes come to their end together."""
    slow = {f"test_{name}.py" for name in SLOW}
    for item in items:
        if item.path.name in slow:
            item.add_marker(pytest.mark.slow)
    order = {f"test_{name}.py": n for n, name in enumerate((*FIRST, *WITHOUT_ENGINE, *LONG))}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=80,
    phases=[Phase.explicit, Phase.generate],
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "long",
    settings.get_profile("ci"),
    derandomize=False,
    max_examples=1000,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
settings.load_profile("ci")


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Processes are killed in tests, and no machine: what is written is there without syncing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Begin and leave each test in English: what a whole file shares is made before this runs."""
    language.use("en")
    yield
    language.use("en")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let no other test process in while this one is at it."""
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            time.sleep(0.2)
    try:
        yield
    finally:
        lock.rmdir()


@pytest.fixture(scope="session")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Explanation:
    """Explain Tiandi's fall, with little of everything; once for all test processes."""
    language.use("en")
    budget = Budget(trajectories=1, points=20, screened=2, samples=2, selection=Selection(years=4))
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent  # that of all of them
    with _alone(place / "explained.lock"):
        for kept in (place / "explained" / EXPLANATIONS).glob("*/"):
            return open_explanation(kept)
        return govsim.explain(
            SCENARIOS / "tiandi-before.yaml",
            SCENARIOS / "tiandi.yaml",
            replications=3,
            settings=EXPLAINED,
            budget=budget,
            out=place / "explained",
        )


@pytest.fixture(scope="session")
def short() -> Loaded:
    """A scenario that runs in a fraction of a second, as if its file said so."""
    return replace(load(TEMPLATE, settings=SHORT), changes=())

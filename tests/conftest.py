"""What all tests share: the language they begin in, a short scenario, how long they search.

Hypothesis tries the same examples in every run; `pytest --hypothesis-profile=long` tries many
others, and shrinks what fails.
"""

from __future__ import annotations

import os

# Two test processes whose libraries each start a thread for every core wait for each other: a
# fit of small matrices then takes a hundred times as long. Said before NumPy is imported.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from short_runs import SHORT, TEMPLATE

from govsim import language
from govsim.scenarios.loading import Loaded, load

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


@pytest.fixture(autouse=True)
def _english() -> None:
    language.use("en")


@pytest.fixture(scope="session")
def short() -> Loaded:
    """A scenario that runs in a fraction of a second, as if its file said so."""
    return replace(load(TEMPLATE, settings=SHORT), changes=())

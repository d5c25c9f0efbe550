"""Where the things lie that tests read, wherever the test itself lies."""

from __future__ import annotations

from pathlib import Path

import govsim

ROOT = Path(__file__).parents[2]
"""The project."""

TESTS = ROOT / "tests"
DATA = TESTS / "data"
SUPPORT = TESTS / "support"
SCENARIOS = ROOT / "scenarios"
DOCS = ROOT / "docs"

PACKAGE = Path(govsim.__file__).parent
TEMPLATE = PACKAGE / "scenarios" / "template.yaml"
"""The scenario that `govsim new` writes."""

SHARED = ROOT.parent / "shared"
"""Public records, published cases and cases that failed, beside the project: not everywhere."""

"""Write docs/parameters.md and docs/scenario.schema.json from the schema of scenarios.

Run it from the project's root after any change of the schema or of the district's
scenario; a test compares the files with what this makes:

    python tools/make_docs.py            # --check only says what is out of date
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from govsim.language import use
from govsim.scenarios.distributions import Distribution
from govsim.scenarios.evidence import known, parameters
from govsim.scenarios.limits import limits_of
from govsim.scenarios.loading import load
from govsim.scenarios.parameters import REQUIRED, json_schema, leaves, schema_table

ROOT = Path(__file__).parents[1]
DISTRICT = ROOT / "scenarios" / "jiangning.yaml"

SECTIONS = {
    "": "The run",
    "territory": "Territory",
    "calendar": "Calendar",
    "demand": "Demand",
    "channels": "Channels",
    "residents": "Residents",
    "desk": "Desks",
    "groups": "Working groups",
    "teams": "Teams",
    "travel": "Travel",
    "departments": "Departments and property companies",
    "joint_meeting": "Joint meeting",
    "helpers": "Helpers",
    "patrol": "Patrol and home visits",
    "centre": "The 12345 centre",
    "promises": "Promises",
    "policies": "Policies",
    "changes": "Changes from a day to a day",
    "costs": "Costs",
}

HEAD = """\
# Inputs

<!-- Written by tools/make_docs.py from govsim/scenarios/schema: change that, not this. -->

Every input of a scenario, as a scenario file spells it (`*` stands for a name that you choose).

- **Unit**: what it is counted in. Amounts are written with their unit (`10 min`, `1.5 h`,
  `3 working days`, `17.1 km/h`, `800 m`, `60 per 1000 per year`), shares as `0.3` or `30%`, and
  random times as a family with its parameters (`lognormal: {median: 30 min, sigma: 0.7}`).
- **Plausible range**: what sensitivity analysis and calibration explore; not a limit. Inputs
  without one are a planner's own choice.
- **Limits**: a value beyond is refused. Values near them are often a slip of the unit, and are
  asked about. Shares go from 0 to 1; of a random time its mean counts.
- **Evidence** of the default: *published*, *inferred* from published figures, *assumed*, or
  *given* (a planner's choice). A scenario can say how its own values are known, under `evidence:`.
"""


def documents() -> dict[str, str]:
    """Make the files, by name."""
    use("en")
    schema = json.dumps(json_schema(), ensure_ascii=False, indent=1, sort_keys=True)
    return {"parameters.md": "\n".join(_pages()) + "\n", "scenario.schema.json": schema + "\n"}


def _pages() -> Iterator[str]:
    yield HEAD
    table = schema_table()
    table["section"] = _sections(table["path"])
    assert set(table["section"]) <= SECTIONS.keys(), "name the new section in SECTIONS"
    for key, title in SECTIONS.items():
        yield f"## {title}\n"
        yield from _markdown(
            ("Input", "Unit", "Default", "Plausible range", "Limits", "Evidence", "What it is"),
            (
                (
                    f"`{row['path']}`",
                    row["unit"],
                    row["default"] if row["default"] == REQUIRED else _value(row["default"]),
                    _range(row["low"], row["high"], row["words"]),
                    "; ".join(map(str, limits_of(tuple(row["path"].split("."))))),
                    row["evidence"],
                    f"{row['description']} *{row['source']}*"
                    if row["source"]
                    else row["description"],
                )
                for row in table[table["section"] == key].to_dict("records")
            ),
        )
        yield ""
    if DISTRICT.exists():
        yield from _district()


def _district() -> Iterator[str]:
    """List what the district's scenario says otherwise than the defaults."""
    scenario = load(DISTRICT).scenario
    rows = [
        row
        for leaf, row in zip(leaves(scenario), parameters(scenario).to_dict("records"), strict=True)
        if leaf.path[-1] != "label"
        and (not leaf.is_default or known(scenario, leaf)[0] is not None)
    ]
    yield f"## Values of `scenarios/{DISTRICT.name}`\n"
    yield "What is not as the defaults above: facts and assumptions first.\n"
    yield from _markdown(
        ("Input", "Value", "Plausible range", "Evidence", "Source"),
        (
            (
                f"`{row['path']}`",
                _value(row["value"]),
                _range(row["low"], row["high"], ()),
                row["evidence"],
                row["source"],
            )
            for row in rows
            if row["evidence"] != "given"
        ),
    )
    yield "\nWhat was chosen for it.\n"
    yield from _markdown(
        ("Input", "Value"),
        ((f"`{row['path']}`", _value(row["value"])) for row in rows if row["evidence"] == "given"),
    )


def _sections(paths: Iterable[str]) -> list[str]:
    return [path.partition(".")[0] if "." in path else "" for path in paths]


def _value(value: Any) -> str:
    """Write a value as in a scenario file, on one line."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case dict() if len(value) == 1 and next(iter(value)) in Distribution.model_fields:
            ((family, inner),) = value.items()
            return f"{family}: {_value(inner)}"
        case dict():
            return "{" + ", ".join(f"{k}: {_value(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_value, value)) + "]"
        case float():
            return f"{value:g}"
    return str(value)


def _range(low: Any, high: Any, words: tuple[str, ...]) -> str:
    if low is None:
        return ", ".join(words)
    return f"{_value(low)} to {_value(high)}"


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def main() -> None:
    """Write the files, or only say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if one is stale")
    check = parser.parse_args().check
    stale = 0
    for name, text in documents().items():
        path = ROOT / "docs" / name
        if not check:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"docs/{name}")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale += 1
            print(f"docs/{name} is out of date: run python tools/make_docs.py")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()

"""The plan that was found as files: a scenario that extends the given one, and a table of rosters.

``tiandi-plan.yaml`` runs as it is, by ``tiandi-plan-rosters.csv``; both stand beside
``tiandi.yaml``. The table is what a planner hands to the station.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from govsim.evaluation.service import Service
from govsim.optimisation.box import Option
from govsim.scenarios import dated_rows
from govsim.scenarios.changes import MISSING
from govsim.scenarios.loading import Loaded
from govsim.storage.files import write_text

ROSTERS = "rosters.csv"


def write(
    folder: Path, given: Loaded, rosters: pd.DataFrame, options: Iterable[Option]
) -> Path | None:
    """Write the table of rosters, and a scenario that runs with it beside the one that was given.

    A scenario names files of its own folder only, so it stands there, as one that was calibrated
    does; an earlier plan with other contents stays, and the new one gets a number.

    Parameters
    ----------
    folder : of the results; the table goes there too.
    given : the scenario that was asked about, with what ``--set`` has changed in it.
    rosters : ``point, team, shift, day_kind, number``, and for rows of some days only
        `govsim.scenarios.dated_rows.COLUMNS`.
    options : those that are taken.

    Returns
    -------
    Path
        The scenario; None where none was given as a file, or ``--set`` has left something out.

    Raises
    ------
    RunError
        They can't be written.
    """
    table = rosters.to_csv(index=False, lineterminator="\n")
    write_text(folder / ROSTERS, table)
    if not given.files or any(change.after is MISSING for change in given.changes):
        return None
    file = given.files[0].path
    for number in count(1):
        name = f"{file.stem}-plan{'' if number == 1 else f'-{number}'}"
        contents = {
            file.with_name(f"{name}-rosters.csv"): table,
            file.with_name(f"{name}.yaml"): _scenario(given, f"{name}-rosters.csv", options),
        }
        if not any(one.exists() for one in contents) or _same(contents):
            break
    for one, text in contents.items():
        write_text(one, text)
    return file.with_name(f"{name}.yaml")


def _same(contents: Mapping[Path, str]) -> bool:
    try:
        return all(one.read_text(encoding="utf-8") == text for one, text in contents.items())
    except (OSError, ValueError):
        return False


def _scenario(given: Loaded, table: str, options: Iterable[Option]) -> str:
    label = given.scenario.label
    tree: dict[str, Any] = {
        "extends": given.files[0].path.name,
        "label": {"zh": f"{label.zh}（建议方案）", "en": f"{label.en}, proposed plan"},
    }
    for change in given.changes:
        _put(tree, tuple(change.path.split(".")), change.after)
    for option in options:
        _put(tree, *option.setting)
    _put(tree, ("territory", "rosters"), {"table": table})
    text = io.StringIO()
    YAML().dump(tree, text)
    return text.getvalue()


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def table(service: Service) -> pd.DataFrame:
    """Lay out all that holds: numbers of all days, then a planner's rows of some days."""
    always = service.rosters
    rows = service.network.territory.rosters
    dated = rows[dated_rows.dated(rows)].drop(columns="line")
    return pd.concat([always, dated], ignore_index=True).fillna("") if len(dated) else always

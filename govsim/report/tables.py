"""Tables on the screen: what a run found, in 100 columns.

Called by the command line; reads a `govsim.runs.results.Result`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from govsim.language import current, name, tr
from govsim.measures.catalogue import CATALOGUE
from govsim.report import changes, uncertain
from govsim.report.inputs import Names
from govsim.report.plainly import source
from govsim.report.wording import (
    MISSING,
    PROMISES,
    cause_name,
    evidence_name,
    how_measured,
    measure_name,
    money_unit,
    number,
    per_year,
    point_name,
    spread,
    team_name,
    what_use_leaves_out,
    why_no_interval,
)
from govsim.runs.results import Result
from govsim.scenarios.changes import Change, compact
from govsim.service.rules import CAUSES

if TYPE_CHECKING:
    import pandas as pd

    from govsim.scenarios.schema import Scenario

PATH_WIDTH = 30
"""Columns for the path of an input."""

WORST = 5
"""Stations in the table of the worst."""

FEWEST = 30
"""Demands under clock 1 in a replication that a station needs to be called one of the worst."""

COSTS = ("cost_staff", "cost_overtime", "cost_helpers", "cost_stations", "cost_orders")


def summary(result: Result) -> RenderableType:
    """Lay out the main results of a run with their intervals."""
    parts: list[RenderableType] = [
        Text(result.title, style="bold"),
        *(Text(line) for line in changes.told(result)),
        Text(how_measured(result), style="dim"),
        _promises(result),
        _orders(result),
        _people(result),
        _worst(result),
        _costs(result),
        *uncertain.shown(result),
    ]
    return Group(*parts, *_notes(result))


def _table(*columns: str) -> Table:
    """Make a table whose columns stand below those of the others."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    first, *others = columns
    table.add_column(first, width=31, overflow="fold")
    for column in others:
        table.add_column(column, width=20, justify="right", overflow="fold")
    return table


def _interval_head(result: Result) -> str:
    return tr("{share:.0f}% interval", share=100 * result.confidence)


def _section(table: Table) -> RenderableType:
    return Padding(table, (1, 0, 0, 0))


def _promises(result: Result) -> RenderableType:
    made = result.scenario.promises.made
    title = tr("Promises kept") if made else tr("Clocks met (nothing is promised)")
    table = _table(title, tr("share"), _interval_head(result))
    for measure in (*PROMISES, "satisfaction", "found_share"):
        found = result.get(measure)
        shown = CATALOGUE[measure]
        table.add_row(measure_name(measure), number(found.mean, shown), spread(found, shown))
    return _section(table)


def _orders(result: Result) -> RenderableType:
    table = _table(
        tr("12345 orders by cause"), tr("a year"), _interval_head(result), tr("per 1,000 residents")
    )
    rows = [(cause_name(c), "cause", c) for c in CAUSES] + [(tr("in all"), "district", "")]
    for label, level, key in rows:
        found = per_year(result, result.get("orders", level, key))
        rate = result.get("orders_per_1000", level, key)
        table.add_row(
            label,
            number(found.mean),
            spread(found),
            number(rate.mean),
            style="bold" if level == "district" else "",
        )
    return _section(table)


def _people(result: Result) -> RenderableType:
    table = _table(
        tr("Team"), tr("utilisation"), _interval_head(result), tr("wait for a crew, min")
    )
    share = CATALOGUE["utilisation"]
    for team in (*result.scenario.teams, "desk"):
        used = result.get("utilisation", "team", team)
        if used.n:
            wait = result.get("waiting_minutes_mean", "team", team)
            table.add_row(
                team_name(result, team),
                number(used.mean, share),
                spread(used, share),
                number(wait.mean),
            )
    note = Text(what_use_leaves_out() if table.row_count else "", style="dim")
    return Group(_section(table), note)


def worst_points(result: Result) -> tuple[str, list[str], int]:
    """Name the service points that reach the fewest demands in time.

    Returns
    -------
    kind, keys, of
        Point stations where any has enough demands, else all kinds of point (``""``);
        the worst first, at most `WORST`; out of how many with at least `FEWEST` demands.
    """
    points = result.points
    for kind in ("point_station", ""):
        of_kind = points["point"][(points["kind"] == kind) | (kind == "")].astype(str)
        known = {
            key: result.get("compliance_scene", "point", key).mean
            for key in of_kind
            if result.get("n_scene", "point", key).mean >= FEWEST
        }
        if known:
            return kind, sorted(known, key=lambda key: (known[key], key))[:WORST], len(known)
    return "", [], 0


def _worst(result: Result) -> RenderableType:
    kind, keys, of = worst_points(result)
    if not keys:
        return Group()
    if of <= WORST:
        title = tr("Stations") if kind else tr("Service points")
    elif kind:
        title = tr("Worst {n} of {of} stations", n=WORST, of=of)
    else:
        title = tr("Worst {n} of {of} service points", n=WORST, of=of)
    table = _table(title, tr("on the scene in time"), _interval_head(result), tr("demands a year"))
    share = CATALOGUE["compliance_scene"]
    for key in keys:
        found = result.get("compliance_scene", "point", key)
        table.add_row(
            point_name(result, key),
            number(found.mean, share),
            spread(found, share),
            number(per_year(result, result.get("n_scene", "point", key)).mean),
        )
    return _section(table)


def _costs(result: Result) -> RenderableType:
    table = _table(tr("Cost"), money_unit(), _interval_head(result))
    for measure in (*COSTS, "cost"):
        found, shown = result.get(measure), CATALOGUE[measure]
        label = tr("in all") if measure == "cost" else name(shown.label)
        style = "bold" if measure == "cost" else ""
        table.add_row(label, number(found.mean, shown), spread(found, shown), style=style)
    return _section(table)


def _notes(result: Result) -> Iterator[RenderableType]:
    lines = [(text, "yellow") for text in result.warnings]
    if missing := why_no_interval(result):
        lines.append((missing, "yellow"))
    lines += [(text, "") for text in result.notes]
    if result.folder is not None:
        lines.append((tr("results: {folder}", folder=result.folder), "dim"))
    yield Text()
    for text, style in lines:
        mark = "! " if style == "yellow" else "· "
        yield Text(mark + text, style=style)


# ---------------------------------------------------------------- what there is


def listing(scenarios: list[dict[str, Any]], runs: list[dict[str, Any]]) -> RenderableType:
    """Lay out scenarios with the question each answers, and runs with their state."""
    parts: list[RenderableType] = []
    for group in dict.fromkeys(entry["group"] for entry in scenarios):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        table.add_column(group_name(group), overflow="fold", max_width=30)
        table.add_column(tr("Question"), overflow="fold")
        for entry in scenarios:
            if entry["group"] == group:
                table.add_row(entry["scenario"], entry["question"])
        parts.append(_section(table) if parts else table)
    if runs:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        heads = (tr("Run, and what it changes"), tr("state"), tr("replications"), tr("started"))
        for head in heads:
            table.add_column(head, overflow="fold")
        for entry in runs:
            started = str(entry["started"] or "")[:16].replace("T", " ")
            run = f"{entry['scenario']}/{entry['run']}"
            differs = [entry["name"], *map(str, map(Change.recorded, entry["changes"]))]
            lines = [run, *(f"  {line}" for line in differs if line)]
            state = state_name(entry["state"])
            table.add_row("\n".join(lines), state, str(entry["replications"]), started)
        parts.append(_section(table))
    return Group(*parts)


def group_name(group: str) -> str:
    """Name a group of scenarios."""
    names = {
        "own": tr("Your scenarios"),
        "shipped": tr("Shipped with govsim"),
        "validation": tr("Cases for validation"),
    }
    return names[group]


def state_name(state: str | None) -> str:
    """Name the state of a run."""
    names = {
        "running": tr("running"),
        "killed": tr("killed"),
        "damaged": tr("damaged"),
        "incomplete": tr("a file is missing"),
        "done": tr("done"),
        "failed": tr("failed"),
        "stopped": tr("stopped"),
    }
    return names.get(state or "", MISSING)


def inputs(frame: pd.DataFrame, scenario: Scenario) -> RenderableType:
    """Lay out the inputs of a scenario; see `govsim.scenarios.evidence.parameters`."""
    names, chinese = Names((scenario,)), current() == "zh"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head, width in (
        (tr("Input"), PATH_WIDTH),
        (tr("value"), 18),
        (tr("range"), 18),
        (tr("evidence"), 9),
        (tr("source"), None),
    ):
        table.add_column(head, width=width, overflow="fold")
    for row in frame[~frame["unit"].str.startswith("name in ")].itertuples():
        known = row.low is not None
        low, value, high = (
            names.value(one, str(row.unit)) if chinese and one is not None else compact(one)
            for one in (row.low, row.value, row.high)
        )
        ends = f"{low} – {high}" if known else ""
        evidence = evidence_name(str(row.evidence))
        path = _broken(str(row.path))
        if chinese and (called := names.of(str(row.path))) != row.path:
            path = f"{called}\n{path}"  # below its name, as --set spells it
        cells = (path, value, ends, evidence, source(str(row.source)))
        table.add_row(*(str(cell) for cell in cells))
    return table


def _broken(path: str) -> str:
    """Break a path before a dot where it is too long for its column."""
    lines = [""]
    for i, step in enumerate(path.split(".")):
        part = f".{step}" if i else step
        if lines[-1] and len(lines[-1] + part) > PATH_WIDTH:
            lines.append("  ")
        lines[-1] += part
    return "\n".join(lines)

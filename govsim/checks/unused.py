"""Which inputs have no effect on a run: overridden by others, or of what is switched off.

`problems` names every input that a planner gave in vain, in the scenario's own file, by ``--set``,
or in a table of rosters, and the input that wins. What a file inherits is not told: a plan that
switches patrols off need not take their hours out as well. Nor is what a later word overrides: a
``--set`` that switches something off says nothing against the file.

`RULES` has a line for each input that something else can silence, `ALWAYS` those that nothing can;
a test holds both against the schema, so that a new input has to stand in one of them, and another
that changing what is told here changes nothing that is measured. Called by
`govsim.checks.offered_load`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from govsim.checks.staffed import Off, Staffed
from govsim.checks.usage import Usage
from govsim.errors import Problem
from govsim.language import joined, tr
from govsim.scenarios.documents import Key, Origin
from govsim.scenarios.loading import locate
from govsim.scenarios.merging import COMMAND_LINE, dotted
from govsim.scenarios.parameters import Leaf, leaves, matches
from govsim.scenarios.schema import Territory
from govsim.service.network import Network

Path = tuple[Key, ...]
Origins = Mapping[Path, Origin]
Rule = Callable[[Usage, Path], Off | None]

INHERITED, OWN, SAID = range(3)
"""Where an input was given: in a file that is extended or nowhere, in the file itself, by --set."""

WORDS = ("label", "name", "note", "question")
"""Inputs that are only shown."""

MIXED = ("with_station", "without_station")
"""Inputs of two sorts of grid, of which a plan may have but one: told only if they are said."""

NOTHING = (0, False, None, "never", "always", "daily", "0 min", "0 per day")
"""What a file may say of a part that is off as well as on: it says the same as silence."""

MOST_TOGETHER = 6
"""So many inputs that are silent for one reason are named together; the rest are counted."""


def problems(network: Network, origins: Origins) -> Iterator[Problem]:
    """Name the inputs that have no effect.

    Parameters
    ----------
    network : the service laid out.
    origins : where each entry of the scenario was written, as
        `govsim.scenarios.loading.LoadedAs.origins`.

    Yields
    ------
    Problem
        One for each reason, at the first input that it silences.
    """
    usage = Usage(network, Staffed(network))
    given = _given(origins)
    if network.scenario.territory == Territory():
        # A file without a place is a part for others, who use of it what they need.
        given = {path: where for path, where in given.items() if where == SAID}
    together: dict[tuple[str, Path, str], list[Path]] = {}
    for leaf in leaves(network.scenario):
        where = given.get(leaf.path, INHERITED)
        if where == INHERITED or leaf.is_default or leaf.path[-1] in WORDS:
            continue
        if where == OWN and (leaf.written in NOTHING or leaf.path[-1] in MIXED):
            continue
        off = silenced(usage, leaf)
        if off is None or where < given.get(_written(off.by, origins), INHERITED):
            continue
        file = locate(origins, leaf.path)[0]
        together.setdefault((off.why, off.by, file), []).append(leaf.path)
    for (why, by, _), paths in together.items():
        text = tr("used at no point: {why}", why=_with_place(why, by, origins))
        if more := paths[1:]:
            names = [dotted(path) for path in more[:MOST_TOGETHER]]
            names += ["…"] if len(more) > MOST_TOGETHER else []
            text += tr("; nor are {others}", others=joined(names, "、", ", "))
        yield Problem(text, dotted(paths[0]), *locate(origins, paths[0]))
    yield from _rows(usage)


def silenced(usage: Usage, leaf: Leaf) -> Off | None:
    """Find what keeps an input from having any effect; None where it has one."""
    for pattern, rule in RULES:
        if matches(pattern.split("."), leaf.path) and (off := rule(usage, leaf.path)):
            return off
    return None


def _rows(usage: Usage) -> Iterator[Problem]:
    """Rows of the planner's table of rosters that have no effect."""
    table = usage.plan.territory.rosters
    for line, why in usage.staffed.rows_in_vain():
        assert table is not None
        yield Problem(tr("used at no point: {why}", why=why), "", str(table.table), line)


def _given(origins: Origins) -> dict[Path, int]:
    """Find where each entry was given; a mapping as far on as the last of its entries."""
    own = origins[()].file if () in origins else ""
    found: dict[Path, int] = {}
    for path, origin in origins.items():
        said = SAID if origin.file == COMMAND_LINE else OWN if origin.file == own else INHERITED
        for depth in range(1, len(path) + 1):
            found[path[:depth]] = max(found.get(path[:depth], INHERITED), said)
    return found


def _written(by: Path, origins: Origins) -> Path:
    """The winning input, or the part of it that was written."""
    while by and by not in origins:
        by = by[:-1]
    return by


def _with_place(why: str, by: Path, origins: Origins) -> str:
    """Add where the winning input was written."""
    if not by or by not in origins:
        return why
    file, line = locate(origins, by)
    place = f"{file}:{line}" if line else file
    return tr("{why} ({place})", why=why, place=place) if place else why


# ---------------------------------------------------------------- rules


def _off(switch: str) -> Rule:
    """Make the rule of what a switch turns off."""
    keys = tuple(switch.split("."))

    def rule(usage: Usage, path: Path) -> Off | None:
        value: Any = usage.plan
        for key in keys:
            value = getattr(value, key)
        return None if value or path == keys else usage.says(keys, value)

    return rule


def _usage(method: Callable[..., Off | None]) -> Rule:
    """Make the rule that a method of `Usage` holds."""
    return lambda usage, path: method(usage, path)


RULES: tuple[tuple[str, Rule], ...] = (
    ("territory.point_stations", _off("territory.point_stations.enabled")),
    ("territory.point_stations.*", _usage(Usage.generated_station)),
    ("territory.workstations.count", _usage(Usage.generated_workstation)),
    ("territory.residents", _usage(Usage.generated_grid)),
    ("territory.estates", _usage(Usage.generated_grid)),
    ("territory.seed", _usage(Usage.nothing_generated)),
    ("calendar.shifts.*", _usage(Usage.shift)),
    ("demand.categories.*.*", _usage(Usage.category)),
    ("demand.categories.*.*", _usage(Usage.nature)),
    ("demand.hours", _usage(Usage.hours)),
    ("demand.spring_festival", _usage(Usage.festival)),
    ("demand.holidays", _usage(Usage.holiday)),
    ("demand.dispersion", _off("demand.dispersion.enabled")),
    ("demand.induced", _off("demand.induced.enabled")),
    ("demand.induced.*", _usage(Usage.elasticity)),
    ("channels.*.*", _usage(Usage.channel)),
    ("residents.patience", _off("residents.patience.enabled")),
    ("residents.patience.*", _usage(Usage.patience)),
    ("residents.escalation", _off("centre.enabled")),
    ("residents.escalates_after", _off("centre.enabled")),
    ("residents.escalation", _usage(Usage.escalation)),
    ("residents.escalates_after", _usage(Usage.escalation)),
    ("residents.satisfaction.turned_away", _usage(Usage.turned_away)),
    ("residents.satisfaction.*", _usage(Usage.lateness)),
    ("residents.repeats", _off("residents.repeats.enabled")),
    ("residents.repeats.*", _usage(Usage.repeats)),
    ("desk", _off("desk.enabled")),
    ("desk.rosters", _usage(Usage.roster)),
    ("desk.interim_reply", _off("promises.made")),
    ("desk.written_reply", _off("centre.enabled")),
    ("groups.*.*", _usage(Usage.group)),
    ("teams.*", _usage(Usage.team)),
    ("teams.*.roster", _usage(Usage.roster)),
    ("teams.*.roster_at", _usage(Usage.roster)),
    ("teams.*.mode", _off("travel.enabled")),
    ("teams.*.speed.*", _usage(Usage.speed)),
    ("travel", _off("travel.enabled")),
    ("travel.speeds.*", _usage(Usage.way)),
    ("departments.*", _usage(Usage.department)),
    ("joint_meeting", _off("joint_meeting.enabled")),
    ("joint_meeting", _usage(Usage.meeting)),
    ("helpers", _off("helpers.enabled")),
    ("helpers.*", _usage(Usage.helpers)),
    ("patrol.home_visits", _off("patrol.home_visits.enabled")),
    ("patrol", _off("patrol.enabled")),
    ("patrol.home_visits.*", _usage(Usage.visits)),
    ("patrol.*", _usage(Usage.walkers)),
    ("centre", _off("centre.enabled")),
    ("centre.answered", _usage(Usage.first_calls)),
    ("promises.interim_after", _off("promises.made")),
    ("policies.overdue_priority", _off("centre.enabled")),
    ("policies.dispatch", _off("travel.enabled")),
    ("policies.dispatch", _usage(Usage.soonest)),
    ("policies.neighbours_within", _usage(Usage.neighbours)),
    ("costs.station_per_year", _usage(Usage.upkeep)),
    ("costs.order", _off("centre.enabled")),
)
"""For inputs by their path: what can keep them from having any effect. The first rule that does
counts."""

ALWAYS = (
    *("label", "question", "start", "horizon", "warm_up", "replications", "seed", "confidence"),
    *("tick", "territory.name", "territory.outline", "territory.communities", "territory.grids"),
    *("territory.household_size", "territory.workstations.table", "territory.offices"),
    *("territory.rosters", "territory.note", "calendar.holidays", "calendar.extra_holidays"),
    *("calendar.extra_workdays", "calendar.working_hours", "demand.level", "demand.weekdays"),
    *("demand.months", "demand.trend", "demand.surges", "groups.*.label", "groups.*.teams"),
    *("promises.made", "promises.scene", "promises.solve", "promises.reply", "policies.queue"),
    *("policies.order", "policies.dispatch_delay", "costs.overtime_factor", "changes"),
)
"""Inputs that nothing silences, or whose silence the checks of the scenario tell."""

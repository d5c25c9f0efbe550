"""Single changes of a plan that may bring more demands in time, as a planner would write them.

`levers` names those that a scenario leaves room for; which of them help is for
`govsim.lateness.trials` to find by simulating each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from govsim.scenarios.schema import Roster, Scenario
from govsim.scenarios.units import MINUTE

Path = tuple[str, ...]
Setting = tuple[Path, Any]

SHORT_TURN_OUT = MINUTE
"""Turn-out of the change that shortens it, ms."""


@dataclass(frozen=True)
class Lever:
    """A change of a plan.

    Attributes
    ----------
    key : what it is: ``night_desk``, ``second_desk``, ``mode``, ``order``, ``soonest``,
        ``handing_over``, ``turn_out``, ``pooled``, ``hours``, ``somebody:TEAM``, ``one_more:TEAM``,
        ``free:TEAM``.
    about : changes about the same thing, of which one is enough: ``desk``, ``way``, ...
    pieces : pieces of a demand's time that it shortens; see `govsim.measures.lives`.
    settings : paths with values to put in place of the scenario's.
    priced : whether the scenario says what it costs; people on duty, and no other thing.
    """

    key: str
    about: str
    pieces: tuple[str, ...]
    settings: tuple[Setting, ...]
    priced: bool = True

    def as_set(self) -> list[str]:
        """Write it as ``--set`` takes it."""
        return [f"{'.'.join(path)}={_written(value)}" for path, value in self.settings]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def changed(scenario: Scenario, settings: tuple[Setting, ...]) -> Scenario:
    """Give a scenario with other values at some paths.

    Raises
    ------
    pydantic.ValidationError
        The changes make no scenario.
    """
    tree = scenario.model_dump(mode="json") | {"evidence": {}}
    for path, value in settings:
        part = tree
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value
    return Scenario.model_validate(tree)


def levers(scenario: Scenario) -> list[Lever]:
    """Name the changes that a scenario leaves room for."""
    return [lever for lever in _all(scenario) if lever.settings]


def _all(plan: Scenario) -> Iterator[Lever]:
    shifts = list(plan.calendar.shifts)
    yield Lever("night_desk", "desk", ("closed",), _desks(plan, lambda r: _nobody(r, shifts)))
    yield Lever("second_desk", "desk", ("desk",), _desks(plan, _one_more))
    yield Lever("handing_over", "intake", ("intake",), tuple(_handing_over(plan)))
    if plan.travel.enabled:
        yield from _on_the_way(plan)
    if plan.policies.queue == "separate":
        yield Lever("pooled", "queues", ("busy",), ((("policies", "queue"), "pooled"),))
    yield Lever("hours", "hours", ("closed",), tuple(_opening(plan)))
    for name in plan.teams:
        there = _rosters(plan, name, lambda r: _nobody(r, shifts))
        # Who was withdrawn or turned away had waited for people, or would have.
        yield Lever(f"somebody:{name}", "duty", ("nobody", "gone"), there)
        more = _rosters(plan, name, _one_more)
        pieces = ("busy", "other_work", "another_team", "gone")
        yield Lever(f"one_more:{name}", "duty", pieces, more)
        yield Lever(
            f"free:{name}", "free", ("other_work",), tuple(_all_free(plan, name)), priced=False
        )


def _on_the_way(plan: Scenario) -> Iterator[Lever]:
    pace = {name: plan.travel.speeds.get(team.mode, 0.0) for name, team in plan.teams.items()}
    fastest = max(pace, key=lambda name: pace[name])
    mode = plan.teams[fastest].mode
    slower = [name for name in pace if pace[name] < pace[fastest]]
    faster = tuple((("teams", name, "mode"), mode) for name in slower)
    yield Lever("mode", "way", ("way",), faster, priced=False)
    order = []
    for name, group in plan.groups.items():
        sorted_ = sorted(group.teams, key=lambda team: -pace[team])
        if sorted_ != list(group.teams):
            order.append((("groups", name, "teams"), sorted_))
    if plan.policies.dispatch == "order" and order:
        yield Lever("order", "way", ("way",), tuple(order))
        yield Lever("soonest", "way", ("way",), ((("policies", "dispatch"), "soonest"),))
    turn_out = plan.travel.turn_out
    if not turn_out.is_zero and turn_out.mean() > SHORT_TURN_OUT:
        setting = (("travel", "turn_out"), "1 min")
        yield Lever("turn_out", "turn-out", ("turn_out",), (setting,), priced=False)


def _all_free(plan: Scenario, team: str) -> Iterator[Setting]:
    """Take all other work off a team; patrols and visits stay."""
    of = plan.teams[team]
    if of.free_for_calls < 1:
        yield ("teams", team, "free_for_calls"), 1.0
    for shift, share in of.free_in_shift.items():
        if share < 1:
            yield ("teams", team, "free_in_shift", shift), 1.0


def _handing_over(plan: Scenario) -> Iterator[Setting]:
    for name, channel in plan.channels.items():
        if channel.via != "centre" and channel.dispatch == "after intake":
            yield ("channels", name, "dispatch"), "at once"


def _opening(plan: Scenario) -> Iterator[Setting]:
    for name, channel in plan.model_dump(mode="json")["channels"].items():
        used = channel["with_station"] or channel["without_station"]
        if used and (channel["hours"] != "always" or channel["days"] != "daily"):
            yield ("channels", name, "hours"), "always"
            yield ("channels", name, "days"), "daily"


# ---------------------------------------------------------------------- rosters

Change = Callable[[Roster], dict[str, Any]]
"""Gives the shifts that are to change, with their new numbers."""


def _desks(plan: Scenario, change: Change) -> tuple[Setting, ...]:
    if not plan.desk.enabled:
        return ()
    found = {kind: change(roster) for kind, roster in plan.desk.rosters.items()}
    return tuple(
        (("desk", "rosters", kind, shift), number)
        for kind, numbers in found.items()
        for shift, number in numbers.items()
    )


def _rosters(plan: Scenario, team: str, change: Change) -> tuple[Setting, ...]:
    of = plan.teams[team]
    usual = [] if set(of.at) <= set(of.roster_at) else [(("roster",), of.roster)]
    own = [(("roster_at", kind), roster) for kind, roster in of.roster_at.items()]
    return tuple(
        (("teams", team, *path, shift), number)
        for path, roster in (*usual, *own)
        for shift, number in change(roster).items()
    )


def _nobody(roster: Roster, shifts: list[str]) -> dict[str, Any]:
    """Put one where there is nobody."""
    found: dict[str, Any] = {}
    for shift in shifts:
        head = roster.get(shift, 0)
        if isinstance(head, Mapping):
            if any(not n for n in head.values()):
                found[shift] = {kind: max(1, n) for kind, n in head.items()}
        elif not head:
            found[shift] = 1
    return found


def _one_more(roster: Roster) -> dict[str, Any]:
    """Put one more where there is anybody."""
    found: dict[str, Any] = {}
    for shift, head in roster.items():
        if isinstance(head, Mapping):
            if any(head.values()):
                found[shift] = {kind: n + 1 if n else 0 for kind, n in head.items()}
        elif head:
            found[shift] = head + 1
    return found

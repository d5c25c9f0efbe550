"""The lowest and highest sane value of each number of a scenario.

A value beyond `Limits.least` or `Limits.most` can't be meant, and is an error; one beyond
`Limits.low` or `Limits.high` is suspicious, most often a slip of the unit, and a warning. Shares
and numbers that the schema itself bounds need no entry; a test goes through all others. Of a
random time its mean is held against them. Called by `govsim.scenarios.checks`; `tools/make_docs.py`
writes them into ``docs/parameters.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from govsim.language import tr
from govsim.scenarios.findings import Finding, error, warning
from govsim.scenarios.parameters import Leaf, leaves, matches
from govsim.scenarios.quantities import DAY, HOUR, Distribution, Rate, Span
from govsim.scenarios.schema import Scenario
from govsim.scenarios.units import in_part

HUGE = 10**300

WORKING = {"working hours": HOUR, "working days": DAY}
"""Milliseconds that stand for an amount of working time here, roughly."""


class Limits(NamedTuple):
    """Sane values, as people write them; None where there is no limit.

    Attributes
    ----------
    least, most : a value beyond is an error.
    low, high : a value beyond is a warning.
    """

    least: str | None = None
    low: str | None = None
    high: str | None = None
    most: str | None = None

    def __str__(self) -> str:
        """Write them for a table: the errors' limits, or those of the warnings."""
        low, high = self.least or self.low or "", self.most or self.high or ""
        return f"{low} … {high}".strip()


SHORT_TIME = Limits(high="1 day", most="10 years")
"""What a person does at one go."""
LONG_TIME = Limits(high="2 years", most="100 years")
PROMISE = Limits(low="1 min", high="10 years", most="100 years")
PEOPLE = Limits(high="1000", most="10000000")
"""At one point in one shift; textbooks have services without limit."""
FACTOR = Limits(high="5", most="1000")
WEIGHT = Limits(most="1e9")
SPEED_OF_WORK = Limits(least="0.01", low="0.1", high="10", most="1000")
WAGE = Limits(high="1000 yuan/h", most="1000000 yuan/h")
RATES = (
    Limits(high="100 per resident per year", most="1000 per resident per day"),
    Limits(high="1000000 per day", most="1000000000 per day"),
)
"""By resident, and in all."""

LIMITS: dict[str, tuple[Limits, ...]] = {
    "horizon": (Limits("1 s", "1 h", "10 years", "100 years"),),
    "warm_up": (Limits(high="10 years", most="100 years"),),
    "replications": (Limits(high="10000"),),
    "confidence": (Limits("0.01", "0.5", "0.999", "0.9999999"),),
    "tick": (Limits(high="1 min", most="1 h"),),
    "territory.outline.square": (Limits("1 m", "50 m", "200 km", "5000 km"),),
    "territory.residents": (Limits(high="50000000", most="2000000000"),),
    "territory.household_size": (Limits("0.1", "1", "10", "1000"),),
    "territory.point_stations.reach": (Limits("1 m", "50 m", "50 km", "5000 km"),),
    "territory.point_stations.grids_each": (Limits(high="1000", most="100000"),),
    "demand.level": (Limits(high="20", most="10000"),),
    "demand.categories.*.rate": RATES,
    "demand.categories.*.report_lag": (LONG_TIME,),
    "demand.categories.*.work": (SHORT_TIME,),
    "demand.categories.*.make_safe": (SHORT_TIME,),
    "demand.categories.*.department_time": (LONG_TIME,),
    "demand.categories.*.solve": (PROMISE,),
    "demand.categories.*.patience": (Limits(high="10 years", most="1000 years"),),
    "demand.categories.*.hours": (WEIGHT,),
    "demand.hours": (WEIGHT,),
    "demand.weekdays": (WEIGHT,),
    "demand.months": (Limits(high="20", most="1000"),),
    "demand.spring_festival": (FACTOR,),
    "demand.holidays": (FACTOR,),
    "demand.dispersion.k": (Limits("0.001", "0.1", None, "1e9"),),
    "demand.surges.*.lasts": (LONG_TIME,),
    "demand.surges.*.factor": (Limits(high="20", most="1000"),),
    "channels.*.handling": (SHORT_TIME,),
    "channels.*.handing_over": (SHORT_TIME,),
    "residents.patience.time": (Limits(high="10 years", most="1000 years"),),
    "residents.patience.stretch_scene": (Limits(high="20", most="1000"),),
    "residents.patience.stretch_reply": (Limits(high="20", most="1000"),),
    "residents.escalates_after": (LONG_TIME,),
    "residents.satisfaction.expected_simple": (LONG_TIME,),
    "residents.satisfaction.expected_complex": (LONG_TIME,),
    "residents.repeats.after": (Limits(low="1 min", high="1 year", most="100 years"),),
    "desk.rosters": (PEOPLE,),
    "desk.reply": (SHORT_TIME,),
    "desk.interim_reply": (SHORT_TIME,),
    "desk.written_reply": (SHORT_TIME,),
    "desk.cost": (WAGE,),
    "groups.*.crew": (Limits(high="20", most="1000"),),
    "teams.*.roster": (PEOPLE,),
    "teams.*.roster_at": (PEOPLE,),
    "teams.*.free_cycle": (Limits("10 min", "30 min", "12 h", "30 days"),),
    "teams.*.training": (SPEED_OF_WORK,),
    "teams.*.speed": (SPEED_OF_WORK,),
    "teams.*.waiting_room": (Limits(high="1000000", most="1000000000"),),
    "teams.*.cost": (WAGE,),
    "travel.detour": (Limits("0.1", "1", "3", "100"),),
    "travel.speeds": (Limits("0.01 km/h", "1 km/h", "120 km/h", "1000 km/h"),),
    "travel.turn_out": (SHORT_TIME,),
    "travel.access": (SHORT_TIME,),
    "departments.*.crews": (Limits(high="10000", most="1000000"),),
    "joint_meeting.cases": (Limits(high="1000", most="1000000"),),
    "helpers.pool": (PEOPLE,),
    "helpers.threshold": (Limits(high="1000", most="1000000"),),
    "helpers.arrives_after": (SHORT_TIME,),
    "helpers.cost": (WAGE,),
    "patrol.per_grid": (SHORT_TIME,),
    "patrol.home_visits.per_household": (Limits(high="24 per year", most="3650 per year"),),
    "patrol.home_visits.time": (SHORT_TIME,),
    "changes.*.roster": (PEOPLE,),
    "changes.*.add": (Limits("-10000000", "-1000", "1000", "10000000"),),
    "centre.roster": (PEOPLE,),
    "centre.call": (SHORT_TIME,),
    "centre.dispatch_delay": (LONG_TIME,),
    "centre.limit": (PROMISE,),
    "centre.call_back_after": (LONG_TIME,),
    "promises.scene": (PROMISE,),
    "promises.solve": (PROMISE,),
    "promises.reply": (PROMISE,),
    "promises.interim_after": (Limits(high="10 years", most="100 years"),),
    "policies.neighbours_within": (Limits("1 m", "50 m", "100 km", "5000 km"),),
    "policies.dispatch_delay": (LONG_TIME,),
    "costs.overtime_factor": (Limits(None, "1", "5", "1000"),),
    "costs.station_per_year": (Limits(high="100000000 yuan", most="1000000000000 yuan"),),
    "costs.order": (Limits(high="100000 yuan", most="1000000000 yuan"),),
}
"""By path in the schema, with ``*`` for a name of the planner's; two for what has two units."""


def limits_of(path: tuple[str | int, ...]) -> tuple[Limits, ...]:
    """Find the limits of what stands at a path; empty where it needs none."""
    for pattern, limits in _by_first(str(path[0])) if path else ():
        if matches(pattern, path):
            return limits
    return ()


@cache
def _by_first(name: str) -> tuple[tuple[tuple[str, ...], tuple[Limits, ...]], ...]:
    patterns = ((tuple(key.split(".")), limits) for key, limits in LIMITS.items())
    return tuple((pattern, limits) for pattern, limits in patterns if pattern[0] == name)


def insane(scenario: Scenario) -> Iterator[Finding]:
    """Find numbers beyond their limits: errors and warnings."""
    for leaf in leaves(scenario):
        for limits in limits_of(leaf.path) if leaf.value is not None else ():
            values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            for index, value in enumerate(values):
                path = (*leaf.path, index) if isinstance(leaf.value, tuple) else leaf.path
                yield from _held_against(limits, leaf, value, path)


def _held_against(
    limits: Limits, leaf: Leaf, value: Any, path: tuple[str | int, ...]
) -> Iterator[Finding]:
    plain = isinstance(value, int | float)
    ends = [None if text is None else _read(leaf.hint, text, plain) for text in limits]
    amount = _amount(value)
    if amount is None or any(_unlike(end, value) for end in ends):
        return
    least, low, high, most = (None if end is None else _amount(end) for end in ends)
    found = f"{value:g}" if isinstance(value, float) and _is_plain(leaf) else _written(leaf, value)
    if (least is not None and amount < least) or (most is not None and amount > most):
        yield error(path, _beyond(found, limits.least, limits.most))
    elif (low is not None and amount < low) or (high is not None and amount > high):
        yield warning(path, _unusual(found, limits.low, limits.high))


def _beyond(found: str, least: str | None, most: str | None) -> str:
    if least is None:
        return tr("{found} can't be meant; at most {most} is allowed", found=found, most=most)
    return tr(
        "{found} can't be meant; {least} to {most} is allowed", found=found, least=least, most=most
    )


def _unusual(found: str, low: str | None, high: str | None) -> str:
    if low is None:
        return tr("{found} is unusual (up to {high}); is it meant so?", found=found, high=high)
    if high is None:
        return tr("{found} is unusual (from {low} on); is it meant so?", found=found, low=low)
    return tr(
        "{found} is unusual ({low} to {high}); is it meant so?", found=found, low=low, high=high
    )


def _is_plain(leaf: Leaf) -> bool:
    return not isinstance(leaf.written, str)


def _written(leaf: Leaf, value: Any) -> str:
    """Write a value as people do; of a random time its mean."""
    if isinstance(value, Distribution) and value.deterministic is None:
        mean = Span(value.mean(), value.unit)
        return tr("a mean of {mean}", mean=_rough(mean))
    text = str(leaf.written if not isinstance(leaf.written, list | dict) else value)
    return in_part(text)


def _rough(span: Span) -> str:
    from govsim.scenarios.units import write_duration

    if span.is_working:
        return f"{span.amount:.3g} {span.unit}"
    size = DAY if span.amount >= DAY else HOUR if span.amount >= HOUR else 1000
    return write_duration(round(span.amount / size) * size)


@cache
def _read(hint: Any, text: str, is_number: bool) -> Any:
    """Read a limit as the values of an input are read."""
    if is_number and text.replace("e", "").replace(".", "").isdigit():
        return float(text)
    return TypeAdapter(hint).validate_python(text)


def _amount(value: Any) -> float | None:
    """Give what is compared; None of what is no amount, such as a word."""
    if isinstance(value, bool | str):
        return None
    if isinstance(value, int):
        return float(max(-HUGE, min(value, HUGE)))  # it may be larger than any float
    if isinstance(value, float):
        return value
    if isinstance(value, Rate):
        return value.per_day
    if isinstance(value, Distribution):
        return value.mean() * WORKING.get(value.unit, 1)
    if isinstance(value, Span):
        return value.amount * WORKING.get(value.unit, 1)
    return None


def _unlike(end: Any, value: Any) -> bool:
    """Whether a limit is in another unit than a value: rates by resident and in all."""
    return isinstance(end, Rate) and end.per_resident != value.per_resident

"""What a scenario is: one frozen value that says everything about a run.

`Scenario` is built by `govsim.scenarios.loading.load` from YAML, or directly in Python.
Its parts stand in `place` (where and when), `demand` (what residents need), `service`
(who answers) and `residents` (how they bear it).
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from govsim.scenarios.quantities import Duration, Share
from govsim.scenarios.schema.base import Evidence, Label, Model, choice, par
from govsim.scenarios.schema.changes import Change
from govsim.scenarios.schema.demand import Category, Channel, Demand, Surge
from govsim.scenarios.schema.place import Calendar, Roster, Territory
from govsim.scenarios.schema.residents import Residents
from govsim.scenarios.schema.service import (
    Centre,
    Costs,
    Department,
    Desk,
    Group,
    Helpers,
    JointMeeting,
    Patrol,
    PointKind,
    Policies,
    Promises,
    Team,
    Travel,
)


class Known(Model):
    """How one value of this scenario is known, where it differs from the schema's word on it."""

    evidence: Evidence
    """Published, inferred, assumed, calibrated, or given by the planner."""
    source: str = ""
    """From where."""
    low: Any = None
    """Lower end of the plausible range, or of the interval of a calibrated value."""
    high: Any = None
    """Upper end."""


SEEDS = 2**63
"""Seeds are below it."""


class Scenario(Model):
    """A plan for a service, the place and its residents, and how long to simulate them."""

    label: Label = choice({"zh": "未命名方案", "en": "Unnamed scenario"})
    """Name of the scenario."""
    question: Label | None = choice(None)
    """The question that this scenario answers."""

    start: date = choice(date(2025, 1, 1))
    """First day."""
    horizon: Duration = choice("52 weeks", gt=0)
    """Length of a replication, warm-up included."""
    warm_up: Duration | Literal["mser5"] = par("4 weeks", "2 weeks", "8 weeks")
    """Time at the start that is not measured; `mser5` finds it."""
    replications: int = choice(10, ge=1, le=1_000_000)
    """Independent replications."""
    seed: int = choice(1, ge=0, lt=SEEDS)
    """Seed of the replications."""
    confidence: Share = choice(0.95, gt=0, lt=1)
    """Confidence of intervals."""
    tick: Duration = choice("1 ms", gt=0)
    """All times are whole multiples of this."""

    territory: Territory = choice({})
    """Where."""
    calendar: Calendar = choice({})
    """When."""
    demand: Demand
    """What residents need."""
    channels: dict[str, Channel] = Field(min_length=1)
    """How they turn to the service."""
    residents: Residents = choice({})
    """How they bear waiting."""

    desk: Desk = choice({})
    """Reception desks."""
    groups: dict[str, Group] = Field(min_length=1)
    """Working groups."""
    teams: dict[str, Team] = Field(min_length=1)
    """Teams."""
    travel: Travel = choice({})
    """Getting to the scene."""
    departments: dict[str, Department] = choice({})
    """Departments and property companies."""
    joint_meeting: JointMeeting = choice({})
    """Joint meetings."""
    helpers: Helpers = choice({})
    """Ning Bang helpers."""
    patrol: Patrol = choice({})
    """Patrol and home visits."""
    centre: Centre = choice({})
    """The hotline 12345."""
    promises: Promises = choice({})
    """The three clocks."""
    policies: Policies = choice({})
    """Dispatch and queueing."""
    changes: dict[str, Change] = choice({})
    """What holds from one day to another: absences, holiday rosters, closed points; by name."""
    costs: Costs = choice({})
    """Costs."""

    evidence: dict[str, Known] = choice({})
    """How values of this scenario are known: dotted path to evidence, source and range."""


__all__ = [
    "Calendar",
    "Category",
    "Centre",
    "Change",
    "Channel",
    "Costs",
    "Demand",
    "Department",
    "Desk",
    "Group",
    "Helpers",
    "JointMeeting",
    "Known",
    "Label",
    "Model",
    "Patrol",
    "PointKind",
    "Policies",
    "Promises",
    "Residents",
    "Roster",
    "Scenario",
    "Surge",
    "Team",
    "Territory",
    "Travel",
]

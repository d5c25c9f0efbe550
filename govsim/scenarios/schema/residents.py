"""How residents bear waiting, and how content they are at the end."""

from __future__ import annotations

from govsim.scenarios.quantities import Distribution, Duration, Share, Span
from govsim.scenarios.schema.base import Model, choice, par


class Patience(Model):
    """Patience counts from the report while nothing happens; when it ends, residents call 12345."""

    enabled: bool = choice(True)
    """Off: residents wait as long as it takes."""
    time: Distribution = par(
        {"weibull": {"scale": "9.5 days", "shape": 1}},
        {"weibull": {"scale": "3.5 days", "shape": 1}},
        {"weibull": {"scale": "32.8 days", "shape": 1}},
        source="0.10 a day (.03 to .25) while overdue: an assumption; no effect size is published",
    )
    """Patience."""
    stretch_scene: float = par(2.0, 1.0, 5.0, ge=1)
    """Arrival on the scene multiplies what is left."""
    stretch_reply: float = par(2.0, 1.0, 5.0, ge=1)
    """A reply multiplies what is left."""
    ends_at_scene: bool = choice(False)
    """Arrival on the scene ends all impatience (as in queues with abandonment)."""
    broken_promise: Share = par(0.1, 0.0, 0.4)
    """Chance that a broken promise costs the resident's trust."""
    left_after_broken: Share = par(0.25, 0.0, 1.0)
    """Share of patience that is left when trust is lost."""
    calls: Share = par(1.0, 0.5, 1.0)
    """Chance of calling 12345 when patience ends."""
    withdraws: bool = choice(False)
    """A demand that still waits for a team is withdrawn when patience ends."""


class Satisfaction(Model):
    """Chance that a resident is satisfied at the close, by how it ended and how late."""

    answered: Share = par(0.85, 0.7, 0.95)
    """Answered at intake."""
    simple: Share = par(0.85, 0.7, 0.95)
    """Simple problem resolved by when residents expect it."""
    complex: Share = par(0.72, 0.55, 0.9)
    """Complex problem resolved by when residents expect it."""
    turned_away: Share = par(0.1, 0.0, 0.4)
    """Turned away."""
    expected_simple: Span = par("4 h", "1 h", "2 days")
    """When residents expect a simple problem to be resolved, from the report."""
    expected_complex: Span = par("5 working days", "2 working days", "15 working days")
    """When residents expect a complex problem to be resolved, from the report."""
    lost_per_day: Share = par(0.04, 0.01, 0.1)
    """Lost for each day later than expected."""
    least: Share = par(0.2, 0.0, 0.4)
    """Chance below which lateness does not push it."""


class Repeats(Model):
    """New reports of a problem that is still unresolved."""

    enabled: bool = choice(True)
    """Off: a problem is reported once."""
    share: Share = par(0.2, 0.1, 0.35, "assumed", "property .35: Shanghai, a week in 2016")
    """Chance that an unresolved problem is reported again after each `after`."""
    after: Distribution = par(
        {"exponential": {"mean": "3 days"}},
        {"exponential": {"mean": "1 day"}},
        {"exponential": {"mean": "7 days"}},
    )
    """Time between reports."""
    most: int = choice(2, ge=1, le=5)
    """Repeated reports at most."""


class Residents(Model):
    """The residents' side."""

    patience: Patience = choice({})
    """Patience and trust."""
    escalation: Share = par(0.35, 0.15, 0.6)
    """Chance of calling 12345 after an unsatisfactory close."""
    escalates_after: Duration = par("2 h", "10 min", "2 days")
    """From an unsatisfactory close to the call."""
    satisfaction: Satisfaction = choice({})
    """Satisfaction at the close."""
    repeats: Repeats = choice({})
    """Repeated reports."""

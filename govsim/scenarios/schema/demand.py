"""What residents need, when, and how they turn to the service."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, field_validator

from govsim.language import tr
from govsim.scenarios.quantities import (
    Distribution,
    Duration,
    Factor,
    Hours,
    Rate,
    Share,
    Span,
    Weekdays,
)
from govsim.scenarios.schema.base import Label, Model, choice, par

LARSON = "Larson and McKnew 1982: work that staff find takes about as much time as calls"


def _weights(value: tuple[float, ...]) -> tuple[float, ...]:
    if any(weight < 0 for weight in value) or not sum(value) > 0:
        raise ValueError(tr("weights may not be negative, and one must be above 0"))
    return value


class Category(Model):
    """One kind of demand."""

    label: Label
    """Name."""
    rate: Rate = par("30 per 1000 per year", "10 per 1000 per year", "100 per 1000 per year")
    """Latent demand: problems that appear, whether or not anyone reports them."""
    group: str
    """Working group that owns it."""
    priority: int = choice(2, ge=0, le=9)
    """Class in queues; 0 goes first (hazards)."""
    incident: Share = par(0.75, 0.3, 1.0)
    """Share that exists whether or not reported; the rest are requests, which appear as reports."""
    visible: Share = par(0.5, 0.2, 0.9)
    """Share of incidents that a patrol can see in passing."""
    report_lag: Distribution = par(
        {"lognormal": {"median": "3 days", "sigma": 1.2}},
        {"lognormal": {"median": "12 h", "sigma": 0.8}},
        {"lognormal": {"median": "10 days", "sigma": 1.5}},
        source="no lag is published; reporting differs by place up to 3 times: Liu and Garg 2022",
    )
    """From the onset of an incident to the resident's report."""
    answered: Share = par(0.15, 0.0, 0.5)
    """Share that the desk answers at intake."""
    complex: Share = par(0.3, 0.1, 0.6)
    """Share that a team can only make safe, and a department must finish."""
    work: Distribution = par(
        {"lognormal": {"median": "30 min", "sigma": 0.7}},
        {"lognormal": {"median": "15 min", "sigma": 0.4}},
        {"lognormal": {"median": "45 min", "sigma": 1.0}},
        source=LARSON,
    )
    """Time on the scene of a simple case."""
    make_safe: Distribution = par(
        {"lognormal": {"median": "20 min", "sigma": 0.7}},
        {"lognormal": {"median": "10 min", "sigma": 0.4}},
        {"lognormal": {"median": "40 min", "sigma": 1.0}},
    )
    """Time on the scene of a complex case, before it goes to its department."""
    department: str | None = choice(None)
    """Department or company that finishes complex cases."""
    department_time: Distribution = par(
        {"lognormal": {"median": "4 working days", "sigma": 0.8}},
        {"lognormal": {"median": "2 working days", "sigma": 0.8}},
        {"lognormal": {"median": "8 working days", "sigma": 1.7}},
    )
    """Time of the department for a complex case."""
    joint_meeting: Share = par(0.05, 0.0, 0.2)
    """Share of complex cases that wait for the joint meeting first."""
    solve: Span | None = choice(None)
    """Promise of its own in place of `promises.solve`; it holds for complex cases too."""
    patience: Distribution | None = par(
        None,
        {"weibull": {"scale": "3.5 days", "shape": 1}},
        {"weibull": {"scale": "32.8 days", "shape": 1}},
    )
    """Patience of its residents, where it differs from `residents.patience`."""
    escalation: Share | None = par(None, 0.15, 0.6)
    """Chance of calling 12345 after an unsatisfactory close, where it differs."""
    repeat: Share | None = par(None, 0.1, 0.45)
    """Chance of a repeated report while unresolved, where it differs."""
    hours: tuple[float, ...] | None = choice(None)
    """Weights over the day in equal bins, where they differ from `demand.hours`."""

    @field_validator("hours")
    @classmethod
    def _hours(cls, value: tuple[float, ...] | None) -> tuple[float, ...] | None:
        return None if value is None else _weights(value)


class Dispersion(Model):
    """Day-to-day variation beyond Poisson: a gamma factor of mean 1 per day and area."""

    enabled: bool = choice(True)
    """Off: Poisson."""
    k: float = par(5.0, 2.0, 20.0, gt=0)
    """Shape of the gamma factor; counts are negative binomial with this k."""
    area: Literal["district", "street", "community"] = par("street")
    """Area that shares a day's factor."""


class Induced(Model):
    """The better the service of the weeks before, the more residents report."""

    enabled: bool = choice(True)
    """Off: reports do not depend on the service."""
    elasticity: float = par(0.2, 0.0, 0.6, ge=0, le=2)
    """Elasticity of demand to the stated resolution rate."""
    resolution_rate: Share = par(0.75, 0.5, 0.95)
    """Stated service level of this scenario: share resolved, as residents know it."""
    reference: Share = par(0.75, 0.5, 0.95, gt=0)
    """Service level at which the rates hold."""


class Surge(Model):
    """A storm or other event that multiplies demand for a time."""

    label: Label
    """Name."""
    begins: datetime
    """First moment, local time."""
    lasts: Duration
    """How long."""
    factor: Factor = par(2.0, 1.5, 3.0)
    """Multiplies the rates; below 1 it lowers them."""
    categories: tuple[str, ...] | None = choice(None)
    """Categories it touches; none named: all."""
    streets: tuple[str, ...] | None = choice(None)
    """Streets it touches; none named: all."""


HOURS = (*(0.8,) * 6, *(3, 6, 9, 10, 8, 5, 5, 7.5, 8.5, 7.5, 5.5, 4.5, 4.5, 4, 3.2, 2, 1.2, 1.0))
WEEKDAYS = (1.15, 1.10, 1.05, 1.03, 1.00, 0.85, 0.82)
MONTHS = (1, 1, 1, 1, 1, 1.1, 1.1, 1.1, 1, 1, 1, 1)


def _times(factor: float, weights: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(factor * weight, 3) for weight in weights)


class Demand(Model):
    """All demand: how much of what, and when."""

    level: Factor = par(1.0, 0.48, 2.0)
    """Factor on all rates (250 per 1,000 residents a year in all at 1; 120 to 500)."""
    categories: dict[str, Category] = Field(min_length=1)
    """The kinds of demand."""
    hours: tuple[float, ...] = par(
        HOURS,
        _times(0.7, HOURS),
        _times(1.3, HOURS),
        "inferred",
        "peaks 9 to 11 and 14 to 16: Beijing 2019",
    )
    """Weights over the day in equal bins from midnight (24 bins: hours)."""
    weekdays: tuple[float, float, float, float, float, float, float] = par(
        WEEKDAYS, _times(0.85, WEEKDAYS), _times(1.15, WEEKDAYS)
    )
    """Weights of Monday to Sunday; their mean is scaled to 1."""
    months: tuple[float, ...] = par(
        MONTHS, _times(0.85, MONTHS), _times(1.15, MONTHS), min_length=12, max_length=12
    )
    """Factors of January to December."""
    spring_festival: Factor = par(0.65, 0.55, 0.8, "inferred", "two hotline reports")
    """Factor in the official Spring Festival holiday."""
    holidays: Factor = par(0.85, 0.6, 1.1)
    """Factor on other official holidays."""
    trend: float = par(0.0, -0.1, 0.2, ge=-1, le=5)
    """Relative change a year, linear from the start."""
    dispersion: Dispersion = choice({})
    """Variation from day to day."""
    induced: Induced = choice({})
    """Demand that good service brings."""
    surges: tuple[Surge, ...] = choice(())
    """Storms and the like."""

    @field_validator("hours", "weekdays", "months")
    @classmethod
    def _positive(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        return _weights(value)

    @field_validator("hours")
    @classmethod
    def _whole_bins(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if 86_400_000 % len(value):
            raise ValueError(tr("{n} bins do not divide a day evenly", n=len(value)))
        return value


class Channel(Model):
    """A way in which residents turn to the service."""

    label: Label
    """Name."""
    with_station: Share = par(0.0, 0.0, 0.5)
    """Share of first reports where a point station covers the grid."""
    without_station: Share = par(0.0, 0.0, 0.5)
    """Share of first reports elsewhere."""
    via: Literal["desk", "direct", "centre"] = choice("desk")
    """Taken in by the reception desk, by somebody on the spot, or by the 12345 centre."""
    hours: Hours = choice("always")
    """Open hours."""
    days: Weekdays = choice("daily")
    """Open days of the week."""
    if_closed: str = choice("wait")
    """`wait` until it opens, or the name of the channel that is tried next."""
    handling: Distribution = par(
        {"lognormal": {"median": "5 min", "sigma": 0.6}},
        {"lognormal": {"median": "2 min", "sigma": 0.4}},
        {"lognormal": {"median": "12 min", "sigma": 0.8}},
    )
    """Desk time of an intake; for `direct` the delay until it is passed on."""
    dispatch: Literal["after intake", "at once"] = choice("after intake")
    """A crew is asked for after the intake, or as soon as the place is known."""
    handing_over: Distribution = par(
        {"lognormal": {"median": "1 min", "sigma": 0.5}},
        {"lognormal": {"median": "0.5 min", "sigma": 0.3}},
        {"lognormal": {"median": "4 min", "sigma": 0.8}},
        source="assumed; ambulances leave within 3 min of the call in 95% of cases: goal for 2025",
    )
    """With `at once`: from the begin of the intake until the report is handed over."""
    answers: bool = choice(True)
    """Whether an answer at intake is possible."""

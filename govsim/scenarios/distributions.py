"""Random lengths of time, as a scenario writes them: "10 min", or a family with parameters.

Only their description and mean; drawing from them is `govsim.demand.randomness`'s business.
`govsim.scenarios.quantities` offers `Distribution` to the schema.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from govsim.language import tr
from govsim.scenarios.numbers import Factor, PositiveFactor, Share
from govsim.scenarios.spans import Span, TimeUnit, read_with, refusal
from govsim.scenarios.units import DAY, HOUR, LONGEST

MOST_SIGMA, MOST_CV, LEAST_CV = 5.0, 100.0, 0.001
"""At sigma 5 the mean is 268,000 medians; at cv 0.001 a time is as good as fixed."""
LEAST_SHAPE, MOST_SHAPE, MOST_STAGES = 0.1, 100.0, 10_000


class _Family(BaseModel):
    """What the families of distributions share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _one_unit(self) -> _Family:
        if len({span.unit for span in self.spans()}) > 1:
            raise refusal(tr("all amounts of one distribution need the same kind of time"))
        return self

    def spans(self) -> tuple[Span, ...]:
        """All amounts of time in it."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(v for v in values if isinstance(v, Span))

    @property
    def unit(self) -> TimeUnit:
        """What its amounts are counted in."""
        return self.spans()[0].unit

    def average(self) -> float:
        """Mean, in ms for calendar time, else in working hours or days."""
        raise NotImplementedError


_LENGTH: dict[TimeUnit, int] = {"calendar": 1, "working hours": HOUR, "working days": DAY}
"""Milliseconds that stand for a unit where only the order of magnitude matters."""


def _within(name: str, value: float, least: float, most: float) -> None:
    _need(
        least <= value <= most,
        lambda: tr(
            "{name} must be from {least} to {most}, but is {found}",
            name=name,
            least=f"{least:g}",
            most=f"{most:g}",
            found=f"{value:g}",
        ),
    )


def _need(condition: bool, message: Callable[[], str]) -> None:
    """Refuse with a message that is put into words only then: reading is done very often."""
    if not condition:
        raise refusal(message())


class Deterministic(_Family):
    """Always the same time."""

    value: Span

    def average(self) -> float:
        """Mean."""
        return self.value.amount


class Exponential(_Family):
    """Memoryless time."""

    mean: Span

    def average(self) -> float:
        """Mean."""
        return self.mean.amount


class Lognormal(_Family):
    """Time whose logarithm is normal: by median and sigma, or by mean and cv.

    sigma : standard deviation of the logarithm.
    cv : standard deviation over mean.
    """

    median: Span | None = None
    sigma: Factor | None = None
    mean: Span | None = None
    cv: Factor | None = None

    @model_validator(mode="after")
    def _by_median_or_mean(self) -> Lognormal:
        given = {
            name for name in ("median", "sigma", "mean", "cv") if getattr(self, name) is not None
        }
        _need(
            given in ({"median", "sigma"}, {"mean", "cv"}),
            lambda: tr("a lognormal time needs “median” and “sigma”, or “mean” and “cv”"),
        )
        _within("sigma", self.sigma or 0.0, 0.0, MOST_SIGMA)
        _within("cv", self.cv or 0.0, 0.0, MOST_CV)
        return self

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm: sigma = sqrt(ln(1 + cv²))."""
        if self.sigma is not None:
            return self.sigma
        return math.sqrt(math.log1p((self.cv or 0.0) ** 2))

    @property
    def median_amount(self) -> float:
        """Median: mean / exp(sigma²/2)."""
        if self.median is not None:
            return self.median.amount
        return self.average() / math.exp(self.log_sd**2 / 2)

    def average(self) -> float:
        """Mean: median · exp(sigma²/2)."""
        if self.mean is not None:
            return self.mean.amount
        return self.median_amount * math.exp(self.log_sd**2 / 2)


class Gamma(_Family):
    """Gamma time by its mean and cv (standard deviation over mean); shape is 1/cv²."""

    mean: Span
    cv: PositiveFactor

    @model_validator(mode="after")
    def _varies(self) -> Gamma:
        _within("cv", self.cv, LEAST_CV, MOST_CV)
        return self

    def average(self) -> float:
        """Mean."""
        return self.mean.amount


class Erlang(_Family):
    """Sum of `k` equal exponential stages, by its mean."""

    mean: Span
    k: Annotated[int, Field(ge=1, le=MOST_STAGES)]

    def average(self) -> float:
        """Mean."""
        return self.mean.amount


class Weibull(_Family):
    """Weibull time; shape 1 is exponential, below 1 the impatient go first."""

    scale: Span
    shape: PositiveFactor

    @model_validator(mode="after")
    def _shaped(self) -> Weibull:
        _within("shape", self.shape, LEAST_SHAPE, MOST_SHAPE)
        return self

    def average(self) -> float:
        """Mean: scale · Γ(1 + 1/shape)."""
        return self.scale.amount * math.gamma(1 + 1 / self.shape)


class Empirical(_Family):
    """Observed times: `values`, equally likely, or `quantiles`, linear in between.

    quantiles : pairs (probability, time), from probability 0 to 1.
    """

    quantiles: tuple[tuple[Share, Span], ...] | None = None
    values: tuple[Span, ...] | None = None

    @model_validator(mode="after")
    def _one_list_in_order(self) -> Empirical:
        _need(
            (self.quantiles is None) != (self.values is None),
            lambda: tr("an empirical time needs either “quantiles” or “values”"),
        )
        _need(self.values is None or len(self.values) > 0, lambda: tr("“values” is empty"))
        if self.quantiles is not None:
            shares = [share for share, _ in self.quantiles]
            amounts = [span.amount for _, span in self.quantiles]
            _need(
                len(shares) >= 2 and shares[0] == 0 and shares[-1] == 1,
                lambda: tr("“quantiles” must go from 0 to 1"),
            )
            _need(
                all(a < b for a, b in pairwise(shares)) and amounts == sorted(amounts),
                lambda: tr("“quantiles” must rise, in the probabilities and in the times"),
            )
        return self

    def spans(self) -> tuple[Span, ...]:
        """All amounts of time in it."""
        return self.values or tuple(span for _, span in self.quantiles or ())

    def average(self) -> float:
        """Mean; of the piecewise linear quantile function, its integral."""
        if self.quantiles is None:
            return math.fsum(span.amount for span in self.spans()) / len(self.spans())
        return math.fsum(
            (q - p) * (a.amount + b.amount) / 2 for (p, a), (q, b) in pairwise(self.quantiles)
        )


class Distribution(BaseModel):
    """A random length of time: "10 min" (always the same), or a family with its parameters.

    Exactly one field is set; the others are None. An amount of 0 means "takes no time".
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    deterministic: Deterministic | None = None
    exponential: Exponential | None = None
    lognormal: Lognormal | None = None
    gamma: Gamma | None = None
    erlang: Erlang | None = None
    weibull: Weibull | None = None
    empirical: Empirical | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_amount(cls, value: object) -> object:
        if isinstance(value, str | int | float | Span) and not isinstance(value, bool):
            span = value if isinstance(value, Span) else read_with(Span.read, value)
            return {"deterministic": {"value": span}}
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Distribution:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        _need(
            len(given) == 1,
            lambda: tr(
                "expected a time, such as “10 min”, or one of {families}",
                families=", ".join(type(self).model_fields),
            ),
        )
        try:
            mean = self.mean() * _LENGTH[self.unit]
        except ArithmeticError:
            mean = math.inf
        _need(mean <= LONGEST, lambda: tr("the mean of this time is longer than 1000 years"))
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> str | dict[str, Any]:
        if self.deterministic is not None:
            return str(self.deterministic.value)
        parameters = handler(self)[self.family]
        return {self.family: {k: v for k, v in parameters.items() if v is not None}}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        mapping = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [{"type": "string", "examples": ["10 min"]}, mapping]}

    @property
    def family(self) -> str:
        """Name of the family that is set."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def parameters(
        self,
    ) -> Deterministic | Exponential | Lognormal | Gamma | Erlang | Weibull | Empirical:
        """Parameters of the family that is set."""
        found = getattr(self, self.family)
        assert isinstance(found, _Family)
        return found  # type: ignore[return-value]

    @property
    def unit(self) -> TimeUnit:
        """What its amounts are counted in."""
        return self.parameters.unit

    @property
    def is_zero(self) -> bool:
        """Whether it takes no time at all."""
        return all(span.amount == 0 for span in self.parameters.spans())

    def mean(self) -> float:
        """Mean, in ms for calendar time, else in working hours or days."""
        return self.parameters.average()

    def scaled(self, factor: float) -> Distribution:
        """Give the distribution of times that are longer by a factor."""
        own = self.parameters
        longer = {name: _longer(getattr(own, name), factor) for name in type(own).model_fields}
        return Distribution(**{self.family: own.model_copy(update=longer)})

    @classmethod
    def fixed(cls, amount: str | Span) -> Distribution:
        """Make the distribution that always gives `amount`."""
        return cls.model_validate(amount)

    def __str__(self) -> str:
        """Write it on one line."""
        if self.deterministic is not None:
            return str(self.deterministic.value)
        written = self.model_dump()[self.family]
        return f"{self.family}({', '.join(f'{k} {v}' for k, v in written.items())})"


def _longer(value: Any, factor: float) -> Any:
    """Multiply the amounts of time in a parameter; shapes, spreads and shares stay."""
    if isinstance(value, Span):
        return replace(value, amount=value.amount * factor)
    return tuple(_longer(one, factor) for one in value) if isinstance(value, tuple) else value

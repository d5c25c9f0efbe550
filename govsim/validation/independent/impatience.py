"""Patience, trust and what residents call 12345 for, a second time (docs/model.md, 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from govsim.scenarios.units import HOUR
from govsim.service.rules import CAUSES
from govsim.validation.observing import Numbers, Replication

DAYS, PER_HOUR = 60, 2.0
ANSWERED, COMPLEX, CALLS = 0.2, 0.5, 0.8
SCENE, SOLVE, REPLY, INTERIM = 1.0, 4.0, 12.0, 6.0
"""Limits of the promises, and when an interim reply begins, h."""

SLOW, UNSOLVED, SILENT = "slow to the scene", "not solved", "no reply"


@dataclass(frozen=True)
class Rules:
    """What the variants differ in, as the scenario says it."""

    promised: bool = True
    broken: float = 0.5
    left: float = 0.3
    stretch_scene: float = 2.0
    stretch_reply: float = 3.0
    ends_at_scene: bool = False


USUAL = Rules()


@dataclass(frozen=True)
class Story:
    """A demand's impatience; times in h since the report, inf where it never happens.

    Attributes
    ----------
    lost : when patience ended, while unsolved.
    called : when its resident called 12345.
    cause : of the order.
    """

    lost: float
    called: float
    cause: str


def program(rng: np.random.Generator, rules: Rules = USUAL) -> Numbers:
    """Simulate one replication and give its numbers."""
    end = 24.0 * DAYS
    reports = np.sort(rng.uniform(0, end, rng.poisson(PER_HOUR * end)))
    stories = []
    for report in reports:
        told = _resident(rng, rules)
        over = end - report
        stories.append(
            Story(
                told.lost if told.lost < over else inf,
                told.called if told.called < over else inf,
                told.cause,
            )
        )
    return numbers(stories)


def _resident(rng: np.random.Generator, rules: Rules) -> Story:
    """Follow one resident, from the report on."""
    accepted = rng.exponential(1 / 6)
    answered = rng.random() < ANSWERED
    hard = rng.random() < COMPLEX
    scene = inf if answered else accepted + rng.exponential(1.0)
    work = rng.exponential(0.5) + rng.exponential(40.0) if hard else rng.exponential(3.0)
    solved = accepted if answered else scene + work
    replied = solved
    if rules.promised and solved > INTERIM:
        replied = min(solved, INTERIM + rng.exponential(4.0))

    events = [(scene, "scene"), (replied, "reply")]
    if rules.promised:
        promises = [(REPLY, replied)] if answered else [(SCENE, scene), (REPLY, replied)]
        if not answered and not hard:
            promises.append((SOLVE, solved))
        events += [(limit, "broken") for limit, kept in promises if kept > limit]
    patience = 30.0 * rng.weibull(1.5)
    for at, what in sorted(events):
        if at > patience or at >= solved:
            break
        left = patience - at
        if what == "scene":
            left = inf if rules.ends_at_scene else left * rules.stretch_scene
        elif what == "reply":
            left *= rules.stretch_reply
        elif rng.random() < rules.broken:
            left *= rules.left
        patience = at + left
    if patience >= solved:
        return Story(inf, inf, "")
    if patience >= REPLY and replied > patience:
        cause = SILENT
    else:
        cause = SLOW if scene > patience else UNSOLVED
    return Story(patience, patience if rng.random() < CALLS else inf, cause)


def observe(r: Replication) -> Numbers:
    """Read the same off a replication of govsim."""
    d, orders = r.outcome.demands, r.outcome.orders
    reports = d["reported"]
    called = dict(zip(orders["demand"].tolist(), orders["time"].tolist(), strict=True))
    causes = dict(zip(orders["demand"].tolist(), orders["cause"].tolist(), strict=True))
    stories = []
    for row in np.flatnonzero(reports >= 0).tolist():
        lost = int(d["patience_ended"][row])
        report = int(reports[row])
        stories.append(
            Story(
                (lost - report) / HOUR if lost >= 0 else inf,
                (called[row] - report) / HOUR if row in called else inf,
                CAUSES[causes[row]] if row in causes else "",
            )
        )
    return numbers(stories)


def numbers(stories: list[Story]) -> Numbers:
    """What is compared."""
    lost = np.array([s.lost for s in stories])
    called = np.array([s.called for s in stories])
    causes = np.array([s.cause if s.called < inf else "" for s in stories])
    found = {
        "share that loses patience": float((lost < inf).mean()),
        "mean time until then, h": float(lost[lost < inf].mean()),
        "lost within 3 h": float((lost < 3).mean()),
        "lost within 12 h": float((lost < 12).mean()),
        "share that calls 12345": float((called < inf).mean()),
    }
    return found | {
        f"called for: {cause}": float((causes == cause).mean())
        for cause in (SLOW, UNSOLVED, SILENT)
    }

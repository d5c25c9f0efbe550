"""How names and numbers are shown to a planner, in tables and figures alike."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

from govsim.language import current, name, tr
from govsim.measures.catalogue import CATALOGUE, Measure
from govsim.measures.statistics import Interval
from govsim.runs.results import Result
from govsim.scenarios.spans import Span
from govsim.scenarios.units import DAY, HOUR, MINUTE, YEAR

MISSING = "—"
"""Stands where there is no value, or no interval."""

PROMISES = ("compliance_scene", "compliance_solve", "compliance_reply")


def cause_name(cause: str) -> str:
    """Name a cause of 12345 orders."""
    names = {
        "first channel": tr("12345 called first"),
        "slow to the scene": tr("slow to the scene"),
        "not solved": tr("not solved"),
        "no reply": tr("no reply"),
        "unsatisfied": tr("unsatisfied at the close"),
        "repeated": tr("called again"),
    }
    return names.get(cause, cause)


def evidence_name(evidence: str) -> str:
    """Name how well an input is known."""
    names = {
        "published": tr("published"),
        "inferred": tr("inferred"),
        "assumed": tr("assumed"),
        "calibrated": tr("calibrated"),
        "given": tr("given"),
    }
    return names.get(evidence, evidence)


def team_name(result: Result, team: str) -> str:
    """Name a team, a desk, or the 12345 centre."""
    if team in result.scenario.teams:
        return name(result.scenario.teams[team].label)
    return {"desk": tr("reception desks"), "centre": tr("12345 centre")}.get(team, team)


def point_name(result: Result, point: str) -> str:
    """Name a service point."""
    rows = result.points.loc[result.points["point"].astype(str) == point]
    column = "name_zh" if current() == "zh" else "name_en"
    return str(rows[column].iloc[0]) if len(rows) and rows[column].iloc[0] else point


def street_name(result: Result, street: str) -> str:
    """Name a street in the current language where that is known."""
    return result.english.get(street, street) if current() == "en" else street


def community_name(result: Result, key: str) -> str:
    """Name a community, given as ``street/community``, without its street."""
    plain = key.rpartition("/")[2]
    return result.english.get(key, plain) if current() == "en" else plain


def place_name(result: Result, key: str) -> str:
    """Name a community, given as ``street/community``, behind its street."""
    street = street_name(result, key.rpartition("/")[0])
    return " · ".join(filter(None, (street, community_name(result, key))))


def measure_name(measure: str) -> str:
    """Name a measure, without its unit."""
    return name(CATALOGUE[measure].label)


def per_year(result: Result, found: Interval) -> Interval:
    """Turn a count over the measured time into one a year."""
    factor = YEAR / DAY / result.measured_days
    return replace(
        found, mean=found.mean * factor, low=found.low * factor, high=found.high * factor
    )


def number(value: float, measure: Measure | None = None, beside: float | None = None) -> str:
    """Write a number: shares in percent, money in thousands (万元 in Chinese).

    Parameters
    ----------
    value, measure : what to write, and what it measures; a plain count if not given.
    beside : the number whose decimals it shall have; itself if not given.
    """
    if isnan(value):
        return MISSING
    scale, sign = 1.0, ""
    if measure is not None and measure.kind == "share":
        scale, sign = 100.0, "%"
    elif measure is not None and measure.kind == "money":
        scale = 1e-4 if current() == "zh" else 1e-3
    size = abs(value if beside is None else beside) * scale
    decimals = 0 if size >= 100 and not sign else 1
    return f"{value * scale:,.{decimals}f}{sign}"


def spread(found: Interval, measure: Measure | None = None) -> str:
    """Write an interval; a dash for a single replication."""
    if isnan(found.half_width):
        return MISSING
    low, high = (number(end, measure, found.mean) for end in (found.low, found.high))
    return f"{low.removesuffix('%')} – {high}"


def money_unit() -> str:
    """Name the unit in which `number` writes money."""
    return tr("thousand yuan a year")


def how_measured(result: Result, replications: int | None = None) -> str:
    """Say over how long and how often it was measured; all replications count if not given."""
    return tr(
        "replications: {n}, each {days:g} measured days after a warm-up of {warm:g} days ({how})",
        n=result.replications if replications is None else replications,
        days=round(result.measured_days, 1),
        warm=round(result.manifest["warm_up_days"], 1),
        how=tr("found by MSER-5") if result.manifest["warm_up"]["how"] == "mser5" else tr("given"),
    )


def why_no_interval(result: Result) -> str:
    """Say why there are dashes in place of intervals; empty where there are none."""
    if result.replications > 1:
        return ""
    return tr("a single replication has no interval; run at least two (--replications 2)")


def told(found: Interval, measure: Measure | None = None) -> str:
    """Write a mean in a sentence, its interval behind it if there is one."""
    value, ends = number(found.mean, measure), spread(found, measure)
    return value if ends == MISSING else tr("{value} ({ends})", value=value, ends=ends)


def what_use_leaves_out() -> str:
    """Say beside utilisation what it does not count, or 5% reads as idleness."""
    return tr(
        "Utilisation is of demands alone: patrols, visits and other duties come before it, and "
        "what fills the rest of a shift is not modelled. A low figure is no idleness, and no "
        "reason by itself to take people away: they are there so that somebody is near."
    )


def limit(span: Span) -> str:
    """Say how long a promise gives."""
    if span.unit == "working days":
        return tr("{n:g} working days", n=span.amount)
    if span.unit == "working hours":
        return tr("{n:g} working hours", n=span.amount)
    if span.amount == DAY:
        return tr("a day")
    if span.amount % DAY == 0:
        return tr("{n:g} days", n=span.amount / DAY)
    if span.amount % HOUR == 0:
        return tr("{n:g} h", n=span.amount / HOUR)
    return tr("{n:g} min", n=span.amount / MINUTE)


def category_name(result: Result, category: str) -> str:
    """Name a category of demand."""
    known = result.scenario.demand.categories
    return name(known[category].label) if category in known else category


def shift_name(shift: str) -> str:
    """Name a shift; those of a planner's own are called what the scenario calls them."""
    return {"day": tr("day shift"), "night": tr("night shift")}.get(shift, shift)

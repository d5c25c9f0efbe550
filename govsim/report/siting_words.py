"""Where stations should stand, in plain sentences.

Reads a `govsim.siting.result.Siting`; the screen, the page and the workbook show the sentences.
Whatever speaks of 12345 orders says what it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from typing import Any

from govsim.language import current, joined, tr
from govsim.measures.catalogue import CATALOGUE
from govsim.report.wording import measure_name, money_unit, number
from govsim.siting.result import COVER, MIXED, TODAY, WAYS, WITHIN, Siting

Row = dict[str, Any]

MARK = "*"
"""Stands at every figure that rests on the channel mix."""

RESTS = ("orders", "cost", "cost_orders", "satisfaction")
"""Measures that rest on it: a station changes by which channel residents report."""


def title(found: Siting) -> str:
    """Name what was asked."""
    return tr("Places for stations: {plan}", plan=found.title)


def design_name(name: str) -> str:
    """Name a design."""
    return {
        TODAY: tr("today"),
        COVER: tr("most residents covered"),
        WITHIN: tr("most residents within reach"),
        WAYS: tr("shortest ways"),
        MIXED: tr("the same with one channel mix for all"),
    }[name]


def change_name(change: str) -> str:
    """Name what becomes of a station."""
    return {
        "kept": tr("unchanged"),
        "new": tr("new"),
        "moved": tr("moved"),
        "closed": tr("given up"),
    }[change]


def station_name(row: Row) -> str:
    """Name a station in the current language."""
    return str(row["name_zh" if current() == "zh" else "name_en"] or row["point"])


def rows(frame: Any) -> list[Row]:
    """Give the rows of a frame."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def share(amount: float) -> str:
    """Write a share."""
    return "—" if isnan(amount) else f"{100 * amount:.1f}%"


def gap(amount: float) -> str:
    """Write a gap to the bound, in percent."""
    if isnan(amount):
        return "—"
    return "0%" if amount < 5e-6 else f"{100 * amount:.2f}%"


def signed(name: str, amount: float) -> str:
    """Write a difference of a measure; of shares in points."""
    if isnan(amount):
        return "—"
    shown = CATALOGUE[name]
    text = number(abs(amount), shown).removesuffix("%")
    if not text.strip("0.,"):
        return text
    return f"-{text}" if amount < 0 else f"+{text}"


def marked(name: str) -> str:
    """Name a measure, with the mark if it rests on the channel mix."""
    called = measure_name(name)
    if CATALOGUE[name].kind == "share":
        called = tr("{measure}, points", measure=called)
    elif CATALOGUE[name].kind == "money":
        called = f"{called} ({money_unit()})"
    return f"{called} {MARK}" if name in RESTS else called


BRIEFLY = ("orders", "compliance_scene", "cost")
"""Measures that are shown of designs beside the proposed one."""


def apart(found: Siting) -> list[str]:
    """Name the designs that were simulated, but for those that are the proposed one again."""
    names = [str(name) for name in found.measures["design"].unique()]
    mine = found.measures[found.measures["design"] == found.proposed]["plan"].tolist()
    return [
        name
        for name in names
        if name == found.proposed
        or found.measures[found.measures["design"] == name]["plan"].tolist() != mine
    ]


def difference(found: Siting, design: str, name: str) -> Row | None:
    """Find how a design differs from today's in a measure."""
    frame = found.measures
    some = frame[(frame["design"] == design) & (frame["measure"] == name)]
    return None if some.empty else rows(some)[0]


# ---------------------------------------------------------------------- sentences


def sentences(found: Siting) -> list[str]:
    """Say what came out, the answer first."""
    return [*where(found), *orders(found), *others(found)]


def where(found: Siting) -> Iterator[str]:
    """Say what is covered, and how good that is at best."""
    plan, today = found.design(found.proposed), found.design(TODAY)
    changes = found.manifest["changes"]
    said = [
        tr("{n} {what}", n=changes[change], what=change_name(change))
        for change in ("new", "moved", "closed", "kept")
        if changes.get(change)
    ]
    yield tr(
        "The proposed stations ({stations}) cover {plan} residents; today {today}. That is {share} "
        "of the {could} residents whom a station could cover ({before} today).",
        stations=joined(said, "，", ", "),
        plan=f"{plan['covered']:,.0f}",
        today=f"{today['covered']:,.0f}",
        share=share(plan["share"]),
        before=share(today["share"]),
        could=f"{found.manifest['could_be_covered']:,.0f}",
    )
    best = found.design(COVER)
    if best["gap"] < 5e-6:
        yield tr(
            "No choice of places covers more: {n} is proven to be the most.",
            n=f"{best['value']:,.0f}",
        )
    else:
        yield tr(
            "No choice of places covers more than {bound}: {value} is within {gap} of that.",
            bound=f"{best['bound']:,.0f}",
            value=f"{best['value']:,.0f}",
            gap=gap(best["gap"]),
        )


def mix(found: Siting) -> str:
    """Say what every figure of orders rests on."""
    known = found.manifest["channel_mix"]
    if "assumed" in known:
        return tr(
            "Rests on an assumption: residents whom a station covers are taken to report by the "
            "channels of “with_station”, and so less often to 12345. Nobody has measured that "
            "here."
        )
    return tr(
        "Rests on the channel mix of those whom a station covers (“with_station”), which this "
        "scenario gives as {known}.",
        known=joined(known, "、", ", "),
    )


def orders(found: Siting) -> Iterator[str]:
    """Say what was simulated, and on what it rests."""
    one = difference(found, found.proposed, "orders")
    if one is None:
        yield tr("Nothing was simulated: with --simulate 10 it says what it does to 12345 orders.")
        return
    interval = f"{signed('orders', one['low'])} – {signed('orders', one['high'])}"
    yield tr(
        "Simulated, 12345 orders change by {n} a year (interval {interval}; {share} of {today}). "
        "{mix}",
        n=signed("orders", one["difference"]),
        interval=interval,
        share=f"{100 * one['difference'] / one['today']:+.2f}%" if one["today"] else "—",
        today=number(one["today"], CATALOGUE["orders"]),
        mix=mix(found),
    )
    same = difference(found, MIXED, "orders")
    if same is not None:
        yield tr(
            "If a station changed nobody's choice of channel, they would change by {n} (interval "
            "{low} – {high}): only that much does not rest on it.",
            n=signed("orders", same["difference"]),
            low=signed("orders", same["low"]),
            high=signed("orders", same["high"]),
        )
    yield from _price(found)


def _price(found: Siting) -> Iterator[str]:
    mine = found.prices[found.prices["design"] == found.proposed]
    one = rows(mine)[0]
    cost = f"{one['cost']:+,.0f}"
    if not one["avoided"] > 0 or isnan(one["low"]):
        yield tr(
            "The service costs {cost} yuan a year beside today; no fall in orders is shown that it "
            "could be divided by. {mix}",
            cost=cost,
            mix=tr("(That, too, rests on the channel mix.)"),
        )
        return
    yield tr(
        "The service costs {cost} yuan a year beside today: {price} yuan for each order avoided "
        "(interval {low} – {high}). {mix}",
        cost=cost,
        price=f"{one['price']:,.0f}",
        low=f"{one['low']:,.0f}",
        high=f"{one['high']:,.0f}",
        mix=tr("(That, too, rests on the channel mix.)"),
    )


def others(found: Siting) -> Iterator[str]:
    """Say what the other designs are worth, and which is proposed."""
    names = set(found.designs["design"])
    ways, plan = (found.design(name) if name in names else None for name in (WAYS, COVER))
    if ways is not None and plan is not None and ways["covered"] < plan["covered"]:
        yield tr(
            "The design with the shortest ways ({ways} m on average instead of {plan} m) covers "
            "{n} residents: it ignores that a station takes {each} grids.",
            ways=f"{ways['distance']:,.0f}",
            plan=f"{plan['distance']:,.0f}",
            n=f"{ways['covered']:,.0f}",
            each=found.manifest["grids_each"],
        )
    if found.proposed != COVER:
        yield tr(
            "Proposed is “{name}”: simulated, it has clearly fewer orders than the design that "
            "covers most. {mix}",
            name=design_name(found.proposed),
            mix=tr("(That, too, rests on the channel mix.)"),
        )
    idle = int(found.design(found.proposed)["idle"])
    if idle:
        yield tr("{n} stations of it cover no grid: there was none left for them.", n=idle)


def how_meant(found: Siting) -> list[str]:
    """Say how the numbers are meant."""
    m = found.manifest
    lines = [
        tr(
            "{mark} {mix}",
            mark=MARK,
            mix=mix(found),
        ),
        tr(
            "A new station covers at most {each} grids within {reach} m as the crow flies; "
            "stations that stay keep their grids. Places: {places}.",
            each=m["grids_each"],
            reach=f"{m['reach']:,.0f}",
            places=tr("{n} of the table of candidates", n=m["places"])
            if m["candidates"] == "table"
            else tr("{n} centres of grids of suitable estates", n=m["places"]),
        ),
        tr(
            "The bound is one that no choice of places can pass. It is a bound for the figure that "
            "the design was made for, not for orders."
        ),
    ]
    if m["replications"]:
        lines.append(
            tr(
                "Differences are of {n} replications in which all designs met the same demands; "
                "intervals hold {share}% of the time. New stations are staffed as the scenario "
                "staffs stations; rent and building are not in the cost unless the scenario has "
                "them.",
                n=m["replications"],
                share=f"{100 * found.confidence:.0f}",
            )
        )
    if m["generated"]:
        lines.append(
            tr(
                "Positions that no table gives are generated inside the outline, not surveyed: "
                "these places show the method, not addresses."
            )
        )
    if m["set_aside"]:
        lines.append(
            tr(
                "{n} rows of the table of candidates could not be used: "
                "candidates-set-aside.csv has them with the reason.",
                n=m["set_aside"],
            )
        )
    if m["too_large"]:
        lines.append(
            tr("The district is too large for designs without a limit; only cover was sought.")
        )
    return lines

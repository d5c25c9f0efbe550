"""Tables for the terminal of the plan that was found, and the roster as a sheet to hand on."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from govsim.language import current, tr
from govsim.measures.quantity import Quantity
from govsim.measures.statistics import Interval
from govsim.optimisation.result import FOUND, Optimum
from govsim.report import optimum_words as words
from govsim.report.lateness_words import change_name, points
from govsim.report.lateness_words import cost as price
from govsim.report.lateness_words import share as percent
from govsim.report.wording import MISSING, money_unit, shift_name, spread
from govsim.scenarios.findings import point_kind

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

Row = words.Row

SEVERAL = 6
"""Points up to which the rosters of each stand on the screen."""


def summary(found: Optimum) -> RenderableType:
    """Lay out the answer: in words, then the tables."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from govsim.report import screen

    parts: list[RenderableType] = [Text(words.title(found), style="bold")]
    for i, line in enumerate(words.sentences(found)):
        parts += screen.paragraph(line, "  ", "bold" if i == 0 else "")
    tables = [helps(found)] if len(found.helps) else []
    if found.verdict == FOUND:
        tables.append(by_kind(found) if many(found) else rosters(found))
        if len(found.promises):
            tables.append(promises(found))
        tables.append(measures(found))
        if len(found.posts):
            tables.append(posts(found))
        if found.plans["rank"].nunique() > 1:
            tables.append(plans(found))
    if len(found.curve):
        tables.append(curve(found))
    parts += [Padding(table, (1, 0, 0, 0)) for table in tables]
    parts.append(Text())
    for line in words.how_meant(found):
        parts += screen.paragraph(line, "  ", "dim")
    return Group(*parts)


def many(found: Optimum) -> bool:
    """Whether there are too many points to show the rosters of each."""
    return bool(found.rosters["point"].nunique() > SEVERAL)


def rosters(found: Optimum) -> Table:
    """Show who is on duty."""
    from govsim.report import screen

    several = found.rosters["point"].nunique() > 1
    table = screen.table(
        (tr("On duty"), 46), (tr("kind of day"), 14), (tr("today"), 8), (tr("plan"), 8)
    )
    for row in words.rows(found.rosters):
        who = tr(
            "{team}, {shift}",
            team=words.team(found.scenario, row["team"]),
            shift=shift_name(row["shift"]),
        )
        if several:
            who = f"{point_name(row)}: {who}"
        changed = row["today"] != row["number"]
        if row["today"] or row["number"]:
            table.add_row(
                who, day_kind(row["day_kind"]), str(row["today"]), str(row["number"]),
                style="bold" if changed else "",
            )  # fmt: skip
    return table


def by_kind(found: Optimum) -> Table:
    """Show the numbers on duty of all points together, on the fullest kind of day."""
    from govsim.report import screen

    kinds = found.rosters["point_kind"].unique().tolist()
    by = ["point_kind", "team", "shift"]
    each = found.rosters.groupby([*by, "point"], sort=False)[["today", "number"]].max()
    each["changed"] = each["today"] != each["number"]
    table = screen.table(
        (tr("On duty"), 50), (tr("today"), 8), (tr("plan"), 8), (tr("points that change"), 20)
    )
    for (kind, team, shift), mine in each.groupby(by, sort=False):
        if not mine[["today", "number"]].to_numpy().any():
            continue
        who = tr(
            "{team}, {shift}",
            team=words.team(found.scenario, str(team)),
            shift=shift_name(str(shift)),
        )
        if len(kinds) > 1:
            who = tr("{where}: {who}", where=point_kind(str(kind)), who=who)
        changed = int(mine["changed"].sum())
        table.add_row(
            who,
            f"{mine['today'].sum():,}",
            f"{mine['number'].sum():,}",
            tr("{n} of {all}", n=changed, all=len(mine)),
            style="bold" if changed else "",
        )
    return table


def day_kind(kind: str) -> str:
    """Name a kind of day."""
    names = {
        "": tr("every day"),
        "workday": tr("workdays"),
        "weekend": tr("weekends"),
        "holiday": tr("holidays"),
    }
    return names[kind]


def point_name(row: Row) -> str:
    """Name a point in the current language."""
    return str(row["name_zh" if current() == "zh" else "name_en"] or row["point"])


def promises(found: Optimum) -> Table:
    """Show each promise, on fresh replications."""
    from govsim.report import screen

    table = screen.table(
        (tr("Promise, on fresh replications"), 40), (tr("target"), 12), (tr("today"), 12),
        (tr("plan"), 12), (tr("interval"), 18),
    )  # fmt: skip
    for row in words.rows(found.promises):
        text = str(row["measure"])
        ends = Interval(row["plan"], row["plan_low"], row["plan_high"], int(row["n"]))
        table.add_row(
            words.measure(text),
            words.target(text, bool(row["at_least"]), row["target"]),
            words.value(text, row["today"]),
            words.value(text, row["plan"]),
            spread(ends, Quantity.parse(text).shown),
            style="bold",
        )
    return table


def measures(found: Optimum) -> Table:
    """Show what else differs from today."""
    from govsim.report import screen

    table = screen.table(
        (tr("Beside today; shares differ in points"), 40), (tr("today"), 12), (tr("plan"), 12),
        (tr("difference"), 14), (tr("interval"), 18),
    )  # fmt: skip
    for row in words.rows(found.measures):
        text = str(row["measure"])
        ends = Interval(
            row["difference"], row["difference_low"], row["difference_high"], int(row["n"])
        )
        table.add_row(
            f"{words.measure(text)}{_unit(text)}",
            words.value(text, row["today"]),
            words.value(text, row["plan"]),
            *differs(text, ends),
        )
    return table


def _with_points(text: str) -> str:
    """Name a measure of which differences are shown."""
    if Quantity.parse(text).shown.kind == "share":
        return tr("{measure}, points", measure=words.measure(text))
    return words.measure(text)


def _unit(text: str) -> str:
    return f" ({money_unit()})" if Quantity.parse(text).shown.kind == "money" else ""


def posts(found: Optimum) -> Table:
    """Show what one fewer would save and lose."""
    from govsim.report import screen

    names = list(dict.fromkeys(found.posts["measure"]))
    table = screen.table(
        (tr("One fewer of"), 40), (tr("saves, yuan a year"), 20),
        *((_with_points(name), max(16, 50 // max(len(names), 1))) for name in names),
    )  # fmt: skip
    for path, mine in found.posts.groupby("path", sort=False):
        lost = dict(zip(mine["measure"], mine["lost"], strict=True))
        table.add_row(
            words.post(found.scenario, str(path)),
            words.yuan(float(mine["saved"].iloc[0])),
            *(_signed(name, lost[name]) for name in names),
        )
    return table


def differs(text: str, found: Interval) -> list[str]:
    """Write a difference, of shares in points, and its interval."""
    if isnan(found.half_width):
        return [_signed(text, found.mean), MISSING]
    return [
        _signed(text, found.mean),
        " – ".join(_signed(text, e) for e in (found.low, found.high)),
    ]


def _signed(text: str, amount: float) -> str:
    shown = words.value(text, amount).removesuffix("%")
    if shown == MISSING:
        return shown
    bare = shown.removeprefix("-")
    if not bare.strip("0.,"):
        return bare
    return f"-{bare}" if amount < 0 else f"+{bare}"


def plans(found: Optimum) -> Table:
    """Show the plans that come next, by the search's own replications."""
    from govsim.report import screen

    names = list(dict.fromkeys(found.plans["measure"]))
    table = screen.table(
        (tr("Next plans, by the search's own replications"), 50), (tr("yuan a year"), 14),
        (tr("posts"), 6), *((words.measure(name), 16) for name in names),
    )  # fmt: skip
    for _, mine in found.plans.groupby("rank"):
        means = dict(zip(mine["measure"], mine["mean"], strict=True))
        first = mine.iloc[0]
        table.add_row(
            words.changes(found.scenario, first["changes"]),
            words.yuan(first["cost"]),
            str(first["heads"]),
            *(words.value(name, means[name]) for name in names),
        )
    return table


def curve(found: Optimum) -> Table:
    """Show what each amount of money buys."""
    from govsim.report import screen

    name = str(found.curve["measure"].iloc[0])
    table = screen.table(
        (tr("What money buys: the best plan for each cost"), 50), (tr("yuan a year"), 14),
        (words.measure(name), 16), (tr("interval"), 18),
    )  # fmt: skip
    for row in words.rows(found.curve):
        ends = Interval(row["mean"], row["low"], row["high"], int(row["n"]))
        table.add_row(
            words.changes(found.scenario, str(row["changes"])),
            words.yuan(row["cost"]),
            words.value(name, row["mean"]),
            spread(ends, Quantity.parse(name).shown),
        )
    return table


def helps(found: Optimum) -> Table:
    """Show the changes that help where staffing can't."""
    from govsim.report import screen

    table = screen.table(
        (tr("Change, simulated"), 44), (tr("in time"), 10), (tr("more, points"), 14),
        (tr("yuan a year"), 14),
    )  # fmt: skip
    for row in words.rows(found.helps):
        pair = row["change"] == "pair"
        called = change_name(found.scenario, str(row["about"] if pair else row["change"]))
        table.add_row(
            called, percent(row["kept"]), points(row["gain"]), price(row),
            style="bold" if pair else "",
        )  # fmt: skip
    return table

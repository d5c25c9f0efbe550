"""What a rota says, in plain sentences, and what its rules and shifts are called.

Reads a `govsim.rostering.result.Rota`; `rota_tables` and `rota_sheet` show the sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from govsim.language import current, joined, tr
from govsim.report.wording import measure_name
from govsim.rostering.result import IMPOSSIBLE, MADE, SHORT, UNKNOWN, Rota

WEEKDAYS = ("一二三四五六日", ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))


def title(found: Rota) -> str:
    """Name the rota and its weeks."""
    first = date.fromisoformat(found.manifest["first"])
    last = first + timedelta(days=int(found.manifest["days"]) - 1)
    return tr("Rota of {place}, {first} to {last}", place=found.title, first=first, last=last)


def weekday(day: date) -> str:
    """Name a day of the week in a column's head."""
    return WEEKDAYS[current() != "zh"][day.weekday()]


def shift_names(found: Rota) -> dict[str, str]:
    """Name the shifts, by key."""
    return {str(r["shift"]): str(r[current()] or r["shift"]) for r in rows(found.shifts)}


def shift_signs(found: Rota) -> dict[str, str]:
    """Give each shift what stands in the rota's cells: as said, or so many signs as tell apart."""
    names, said = shift_names(found), {str(r["shift"]): str(r["short"]) for r in rows(found.shifts)}
    signs: dict[str, str] = {}
    for key, name in names.items():
        bare = name.replace(" ", "")
        wanted = [said[key]] if said[key] else []
        wanted += [bare[:n].upper() if n == 1 else bare[:n] for n in range(1, len(bare) + 1)]
        taken = set(signs.values()) | {OFF, leave_sign()}
        signs[key] = next((one for one in wanted if one not in taken), bare)
    return signs


OFF = ""
"""What stands in the cell of somebody who is off."""


def leave_sign() -> str:
    """Give what stands in the cell of somebody on leave."""
    return tr("lv")


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a frame."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def rule_name(rule: str) -> str:
    """Name a rule."""
    return {
        "system": tr("how hours are reckoned"),
        "hours_a_day": tr("normal hours a day"),
        "hours_a_week": tr("normal hours a week"),
        "overtime_a_day": tr("most overtime a day"),
        "overtime": tr("most overtime in four weeks"),
        "hours": tr("hours of each person, with overtime"),
        "most_hours_a_week": tr("most hours in any one week"),
        "rest": tr("rest between two shifts"),
        "days_in_a_row": tr("most days in a row"),
        "rest_days": tr("days of rest each week"),
        "free_weekends": tr("free weekends in four weeks"),
        "night": tr("the night"),
        "night_hours": tr("night in a night shift, at least"),
        "nights_in_a_row": tr("most nights in a row"),
        "least_at_night": tr("people at night, at least"),
        "leave": tr("leave"),
        "no_nights": tr("people who may not work at night"),
    }[rule]


def rule_value(rule: str, value: str) -> str:
    """Write the value of a rule."""
    if rule == "system":
        names = {"standard": tr("standard hours"), "comprehensive": tr("comprehensive hours")}
        return names[value]
    hours = ("hours_a_day", "hours_a_week", "overtime", "overtime_a_day", "most_hours_a_week")
    if rule in (*hours, "rest", "night_hours"):
        return tr("{n} h", n=value)
    return value


def rule_source(law: str) -> str:
    """Say where a rule is from."""
    return {"": tr("assumed"), "given": tr("given")}.get(law, law)


# ---------------------------------------------------------------------- sentences


def sentences(found: Rota) -> list[str]:
    """Say what came out, the answer first."""
    said = list(_answer(found))
    if found.verdict in (MADE, SHORT):
        said += _shared(found)
        said += _kept(found)
    return said


def _answer(found: Rota) -> Iterator[str]:
    m, people = found.manifest, found.people
    if found.verdict == MADE:
        yield tr(
            "A rota for {n} people in {weeks} weeks keeps all that is needed, by all rules.",
            n=len(people),
            weeks=int(m["days"]) // 7,
        )
    elif found.verdict == SHORT:
        yield tr(
            "These {n} people can't work all that is needed; this rota holds all rules of people "
            "and is short of {hours:g} person-hours.",
            n=len(people),
            hours=m["short_hours"],
        )
        yield from _why(found)
    elif found.verdict == IMPOSSIBLE:
        yield tr("No rota: {n} people can't work what is needed by these rules.", n=len(people))
        yield from _why(found)
    else:
        yield tr(
            "No rota was found, and it was not shown that there is none: another seed, or one "
            "person more, may do."
        )
        yield from _why(found)
    if m["counted"] and m["enough"]:
        yield from _enough(found)


def _enough(found: Rota) -> Iterator[str]:
    enough = found.manifest["enough"]
    if "normal" in enough:
        yield tr(
            "{n} full-time people can work it without overtime: {teams}.",
            n=sum(enough["normal"].values()),
            teams=_by_team(found, enough["normal"]),
        )
    if "overtime" in enough and enough["overtime"] != enough.get("normal"):
        yield tr(
            "With as much overtime as the rules allow, {n}: {teams}.",
            n=sum(enough["overtime"].values()),
            teams=_by_team(found, enough["overtime"]),
        )


def _by_team(found: Rota, counts: Any) -> str:
    return joined(
        [tr("{team} {n}", team=found.team_name(team), n=n) for team, n in counts.items()],
        "、",
        ", ",
    )


def _why(found: Rota) -> Iterator[str]:
    """Name the rules that stand against it, where people are missing, and who would do."""
    of = {what: rows(part) for what, part in found.conflicts.groupby("what", sort=False)}
    values = {str(r["rule"]): str(r["value"]) for r in rows(found.rules)}
    for row in of.get("uncovered", [])[:3]:
        yield tr(
            "No shift reaches {when}, where {n} of {team} are needed: give a shift that does.",
            when=_span(found, row),
            n=int(row["number"]),
            team=found.team_name(str(row["team"])),
        )
    if "rule" in of:
        proved = found.manifest["proved"]
        text = (
            tr("These rules can't all be held with it: {rules}.", rules=_listed(of["rule"], values))
            if proved
            else tr(
                "These rules seem not to be held with it, as far as the search could tell: "
                "{rules}.",
                rules=_listed(of["rule"], values),
            )
        )
        yield text
    elif "uncovered" not in of:
        yield tr("Even without any rule there are too few people at once.")
    if "alone" in of:
        yield tr(
            "Without any one of these, all others can be held: {rules}.",
            rules=_listed(of["alone"], values),
        )
    if "short" in of:
        first = of["short"][0]
        yield tr(
            "The rota that keeps most is short in {n} stretches of time, first {when}: {k} of "
            "{team} too few.",
            n=len(of["short"]),
            when=_span(found, first),
            k=int(first["number"]),
            team=found.team_name(str(first["team"])),
        )
    if "more" in of:
        yield tr(
            "It can be done with more full-time people: {teams}.",
            teams=_by_team(found, {str(r["team"]): f"+{int(r['number'])}" for r in of["more"]}),
        )


def _listed(some: list[dict[str, Any]], values: dict[str, str]) -> str:
    said = []
    for row in some:
        rule = str(row["rule"])
        value = values.get(rule)
        if rule == "hours":
            parts = [values["hours_a_week"], values["overtime"]]
            said.append(
                tr(
                    "{rule} ({week} h a week, {more} h of overtime)",
                    rule=rule_name(rule),
                    week=parts[0],
                    more=parts[1],
                )
            )
        elif value is None:
            said.append(rule_name(rule))
        else:
            called = {"rule": rule_name(rule), "value": rule_value(rule, value)}
            said.append(tr("{rule} ({value})", **called))
    return joined(said, "；", "; ")


def _span(found: Rota, row: dict[str, Any]) -> str:
    zero = datetime.combine(date.fromisoformat(found.manifest["first"]), datetime.min.time())
    start, end = (zero + timedelta(minutes=int(row[key])) for key in ("starts", "ends"))
    return tr(
        "{day} {start} to {end}", day=start.date(), start=f"{start:%H:%M}", end=f"{end:%H:%M}"
    )


def _shared(found: Rota) -> Iterator[str]:
    people = found.people
    full = people[~people["part_time"] & (people["leave_days"] == 0)]
    some = full if len(full) else people
    nights = some[some["nights_allowed"]]
    parts = [
        tr("hours {span}", span=_between(some["hours"])),
        tr("nights {span}", span=_between(nights["nights"])),
        tr("shifts on weekends and holidays {span}", span=_between(some["days_off"])),
    ]
    yield tr("Each full-time person has: {parts}.", parts=joined(parts, "；", "; "))
    over = people[people["overtime"] > 0]
    if len(over):
        yield tr(
            "{n} of them work overtime, {hours:g} h in all.",
            n=len(over),
            hours=float(over["overtime"].sum()),
        )
    spare = found.cover["kept"] - found.cover["need"]
    length = (found.cover["ends"] - found.cover["starts"]).dt.total_seconds() / 3600
    more = float((spare.clip(lower=0) * length).sum())
    if more:
        yield tr("{hours:g} person-hours are more than is needed by the hour.", hours=more)


def _between(numbers: Any) -> str:
    if not len(numbers):
        return "0"
    low, high = float(numbers.min()), float(numbers.max())
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _kept(found: Rota) -> Iterator[str]:
    """Say what the service keeps with the rota, beside the people that are needed."""
    if not len(found.service):
        return
    moved = found.service[found.service["difference"] != 0]
    if not len(moved):
        yield tr(
            "Simulated, the rota keeps what the people needed by the hour keep: at every hour as "
            "many are on duty."
        )
        return
    row = found.service[found.service["measure"] == "compliance_scene"].iloc[0]
    yield tr(
        "Simulated on the same demands, {measure} is {rota:.1%} with the rota and {needed:.1%} "
        "with the people needed by the hour: {difference:+.1f} points ({low:+.1f} to {high:+.1f}).",
        measure=measure_name("compliance_scene"),
        rota=row["rota"],
        needed=row["needed"],
        difference=100 * row["difference"],
        low=100 * row["low"],
        high=100 * row["high"],
    )


def how_meant(found: Rota) -> list[str]:
    """Say how the rota is meant, and what it does not know."""
    m = found.manifest
    lines = [str(note) for note in m["notes"]]
    if m["system"] == "comprehensive" and m["days"]:
        lines.append(
            tr(
                "Some shifts are longer than standard hours allow (Labour Law 36 and 41). Hours "
                "are reckoned over the whole rota: the labour authority has to approve that "
                "(Labour Law 39, Laobufa [1994] 503); shorter shifts need no approval (--rules)."
            )
        )
    if m["counted"] and found.verdict != UNKNOWN:
        lines.append(
            tr(
                "A1, B1, ... stand for full-time people without leave; --people takes a table with "
                "their names."
            )
        )
    if m["set_aside"]:
        lines.append(tr("{n} rows could not be read and were set aside.", n=len(m["set_aside"])))
    lines.append(
        tr(
            "Who falls ill is not foreseen. Work on an official holiday is paid by Labour Law 44, "
            "whatever the hours; the rota counts it."
        )
    )
    return lines

"""A calibration on the screen: what was fitted, what the data can't tell, how the test went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import exp, isnan
from typing import Any

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from govsim.calibration.inference.posterior import DETERMINED, NOT_DETERMINED
from govsim.calibration.out_of_sample import SHARES
from govsim.calibration.result import Calibration
from govsim.language import current, joined, tr
from govsim.report.heatmaps import weekdays
from govsim.report.inputs import Names
from govsim.report.wording import MISSING

NAMES = Names(())
"""Names of inputs of all entries; those that a planner gave are in the manifest."""

WORST = 3
"""Names of what fits worst, at most."""


def summary(found: Calibration) -> RenderableType:
    """Lay out a calibration on at most about 40 lines."""
    return Group(
        Text(tr("Calibration of {scenario}", scenario=found.manifest["scenario"]), style="bold"),
        Text(how_fitted(found), style="dim"),
        Padding(_fitted(found), (1, 0, 0, 0)),
        Text(),
        *map(Text, identifiability(found)),
        *map(Text, reproduced(found)),
        *map(Text, holdout(found)),
        *(Text("! " + text, style="yellow") for text in found.warnings),
    )


def how_fitted(found: Calibration) -> str:
    """Say what was fitted to."""
    told = found.manifest
    return tr(
        "fitted to {start} – {split}; {n} work orders were read, {aside} rows set aside",
        start=told["start"],
        split=told["split"],
        n=f"{told['orders']:,}",
        aside=f"{told['set_aside']:,}",
    )


def determined(contraction: float) -> str:
    """Say in a word how far records determine an input."""
    if contraction < NOT_DETERMINED:
        return tr("not determined")
    return tr("determined") if contraction >= DETERMINED else tr("in part")


def summary_name(name: str) -> str:
    """Name a summary of the records (`govsim.calibration.inference.summaries`)."""
    names = {
        "orders a week": tr("orders a week"),
        "orders again": tr("share of further orders of the same matter"),
        "orders long time": tr("share of orders that took more than a day"),
        "orders median short time": tr("median time of an order of less than a day"),
        "orders median long time": tr("median time of an order of more than a day"),
        "ledger reported a week": tr("cases reported to the stations a week"),
        "ledger found a week": tr("cases found by staff a week"),
        "ledger median time to the scene": tr("median time to the scene"),
        "ledger median work": tr("median work on the scene"),
        "ledger upper work": tr("85% quantile of work on the scene"),
        "ledger long cases": tr("share of cases of more than a day"),
        "ledger median long time": tr("median time of these"),
        "ledger unsatisfied": tr("share of unsatisfied residents"),
        "links ordered before it was solved": tr("share that called 12345 before it was solved"),
        "links ordered after it was solved": tr("share that called 12345 after it was solved"),
        "links median time to that order": tr("median time to the call in cases of over a day"),
        "links long cases ordered before they were solved": tr(
            "share of cases of over a day that called 12345 before they were solved"
        ),
    }
    return names.get(name, name)


def summary_value(summary: str, value: float) -> str:
    """Write a summary on the scale of the record: a number a week, a time, or a share.

    Parameters
    ----------
    value : as `govsim.calibration.inference.summaries` has it: a logarithm, or log odds.
    """
    if isnan(value):
        return MISSING
    if summary.endswith("a week"):
        return f"{exp(value):,.3g}"
    if "median" in summary or "upper" in summary:
        return time(max(exp(value) - 0.5, 0.0) / 60)
    return f"{1 / (1 + exp(-value)):.1%}"


def input_name(found: Calibration, path: str) -> str:
    """Name an input that was fitted."""
    entry, between, rest = NAMES.of(path).partition(" · ")
    labels = found.manifest["categories"] | found.manifest["channels"]
    return f"{labels[entry][current()] if entry in labels else entry}{between}{rest}"


def input_value(written: str) -> str:
    """Say a value of an input, which may be a number, a time, or a distribution's parameters."""
    said = []
    for part in written.split(", "):
        head, _, rest = part.partition(" ")
        word = NAMES.word(head)
        worded = rest and not head[:1].isdigit()
        said.append(f"{word} {NAMES.value(rest)}" if worded else NAMES.value(part))
    return joined(said, "，", ", ")


def identifiability(found: Calibration) -> Iterator[str]:
    """Say what the data leave open, and which further record would help."""
    open_ = found.fitted.loc[found.fitted["contraction"] < NOT_DETERMINED, "input"]
    if open_.empty:
        yield tr("The data determine all of these inputs, at least in part.")
        return
    yield tr(
        "The data do not determine: {names}. Their intervals come from what was plausible "
        "beforehand.",
        names=joined([input_name(found, path) for path in open_], "、", ", "),
    )
    if found.manifest["ledger"] is None:
        yield tr("The stations' own ledger, linked with 12345 orders, would tell more (--ledger).")
    elif not found.manifest["linked"]:
        yield tr("An identity shared by the ledger and 12345 orders would tell more.")
    else:
        yield tr("A log of patrols (rounds, and what was found) would tell more.")


def reproduced(found: Calibration) -> Iterator[str]:
    """Say what fresh runs of the fitted scenario reproduce, and what not; the worst first."""
    of_summaries = found.checks.rename(columns={"summary": "name"}).assign(kind="summary")
    every = pd.concat([of_summaries, found.fit], ignore_index=True)
    off = every[~every["inside"]].sort_values("tail")
    if misfits := found.manifest["misfits"]:
        yield tr(
            "Whatever these inputs are, the model does not come near: {names}. They were given "
            "less weight.",
            names=", ".join(map(summary_name, misfits)),
        )
    for kind in ("summary", "category", "place"):
        mine = every[every["kind"] == kind]
        if mine.empty:
            continue
        worst = [label(found, kind, name) for name in off.loc[off["kind"] == kind, "name"]]
        told = {"what": kinds()[kind], "n": len(mine), "k": len(mine) - len(worst)}
        if not worst:
            yield tr("Fresh runs reproduce all {n} {what}.", n=told["n"], what=told["what"])
        else:
            yield tr(
                "Fresh runs reproduce {k} of {n} {what}; furthest off: {names}.",
                **told,
                names=", ".join(worst[:WORST]),
            )


def label(found: Calibration, kind: str, name: str) -> str:
    """Name a summary, category or place for people."""
    if kind == "summary":
        return summary_name(name)
    of = {"category": "categories", "channel": "channels"}
    labels = found.manifest[of[kind]] if kind in of else {}
    return labels[name][current()] if name in labels else name


def part_name(found: Calibration, part: str, name: str) -> str:
    """Name a category, a weekday (0 is Monday), a month or an hour of the day."""
    if part == "month":
        return tr("month {n}", n=name)
    if part in ("holiday", "dispersion"):
        return {
            "holidays": tr("official holidays"),
            "spring_festival": tr("Spring Festival"),
            "k": tr("variation of days beyond chance"),
        }[name]
    if part == "weekday":
        return weekdays()[int(name)]
    return (
        f"{name}:00"
        if part == "hour"
        else label(found, "category" if part == "time" else part, name)
    )


def family(name: str) -> str:
    """Name a family of distributions."""
    return {
        "exponential": tr("exponential"),
        "lognormal": tr("lognormal"),
        "weibull": "Weibull",
        "gamma": tr("gamma"),
        "two lognormals": tr("mixture of two lognormals"),
    }.get(name, name)


def time(hours: float) -> str:
    """Write a time in a unit in which it is neither large nor small."""
    if hours < 0.995:
        return tr("{n} min", n=f"{60 * hours:.2g}")
    if hours < 47.5:
        return tr("{n} h", n=f"{hours:.2g}")
    return tr("{n} days", n=f"{hours / 24:,.3g}")


def hours(one: Mapping[Any, Any], name: str) -> str:
    """Write a time of `Calibration.times` with its interval."""
    middle, low, high = (one[name + end] for end in ("", "_low", "_high"))
    if isnan(middle):
        return tr("not seen")
    if one["working"]:
        return tr(
            "{middle} ({low} – {high}) working hours",
            middle=f"{middle:.3g}",
            low=f"{low:.3g}",
            high=f"{high:.3g}",
        )
    return f"{time(middle)} ({time(low)} – {time(high)})"


def parts() -> dict[str, str]:
    """Name what demand is spread over."""
    return {
        "category": tr("Category"),
        "weekday": tr("Day of the week"),
        "month": tr("Month"),
        "holiday": tr("Holidays"),
        "dispersion": tr("Variation"),
        "hour": tr("Hour"),
        "time": tr("Department's time"),
        "channel": tr("Channel"),
    }


def kinds() -> dict[str, str]:
    """Name what is held against the record."""
    return {
        "summary": tr("summaries of the records"),
        "category": tr("numbers of orders by category"),
        "place": tr("numbers of orders by place"),
    }


def holdout(found: Calibration) -> Iterator[str]:
    """Say how the weeks that were not seen were forecast."""
    if found.scores.empty:
        return
    scores = found.scores.set_index("quantity").loc["daily"]
    yield tr(
        "{days} days not seen, orders a day: 90% intervals held {share:.0%} of days and 50% "
        "intervals {half:.0%}. The forecast misses by {crps:.2f} orders a day (CRPS), one that "
        "repeats the same weekday of before by {naive:.2f}; its mean error is {mase:.2f} of that "
        "one's (MASE; below 1 is better).",
        days=found.days["date"].nunique(),
        share=scores["coverage_90"],
        half=scores["coverage_50"],
        crps=scores["crps"],
        naive=scores["crps_naive"],
        mase=scores["mase"],
    )
    on_time = found.shares[found.shares["kind"] == "on_time"]
    for row in on_time.to_dict("records"):
        yield tr(
            "On time were {observed:.1%} of these weeks' orders; the forecast was {mean:.1%} "
            "({low:.1%} – {high:.1%}).",
            observed=row["observed"],
            mean=row["mean"],
            low=row["q05"],
            high=row["q95"],
        )


def quantities() -> dict[str, str]:
    """Name what is forecast."""
    return {
        "daily": tr("orders a day"),
        "backlog": tr("open orders at the end of the day"),
        "hour": tr("share of each hour of the day"),
        "category": tr("share of each category"),
        "on_time": tr("share done by the limit"),
    }


def check_heads() -> tuple[str, ...]:
    """Head the columns of what is held against the record."""
    return tr("observed"), tr("median"), tr("90% interval"), tr("tail"), tr("reproduced")


def chance(tail: float) -> str:
    """Write a tail probability."""
    return "< .001" if tail < 0.001 else f"{tail:.3f}"


def score_heads() -> tuple[str, ...]:
    """Head the columns of `score_cells`."""
    return (
        tr("What is forecast"),
        tr("number"),
        "CRPS",
        tr("naive"),
        "MASE",
        tr("in 50%"),
        tr("in 90%"),
    )


def score_cells(found: Calibration) -> Iterator[tuple[str, ...]]:
    """Give a row for each quantity that is forecast."""
    for one in found.scores.to_dict("records"):
        shown = "{:.2%}" if one["quantity"] in SHARES else "{:.2f}"
        yield (
            quantities()[one["quantity"]],
            str(one["n"]),
            shown.format(one["crps"]),
            shown.format(one["crps_naive"]),
            MISSING if isnan(one["mase"]) else f"{one['mase']:.2f}",
            f"{one['coverage_50']:.0%}",
            f"{one['coverage_90']:.0%}",
        )


def heads() -> tuple[str, ...]:
    """Head the columns of `cells`."""
    return tr("Input"), tr("plausible"), tr("fitted"), tr("90% interval"), tr("by the data")


def cells(found: Calibration) -> Iterator[tuple[str, ...]]:
    """Give a row for each input that was fitted."""
    for row in found.fitted.to_dict("records"):
        yield (
            input_name(found, row["input"]),
            _span(row["low"], row["high"]),
            input_value(row["median"]) or tr("one for each; see the file"),
            _span(row["q05"], row["q95"]),
            determined(row["contraction"]),
        )


def _span(low: str, high: str) -> str:
    return f"{input_value(low)} – {input_value(high)}" if low else ""


def _fitted(found: Calibration) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head in heads():
        table.add_column(head, overflow="fold")
    for row in cells(found):
        table.add_row(*row)
    return table


def next_steps(found: Calibration) -> Iterator[str]:
    """Say where things were written, and what to type next."""
    yield tr("scenario: {file}", file=found.scenario)
    if earlier := found.manifest.get("earlier"):
        yield tr(
            "{files} was there already, with other contents, and is left as it was (--force "
            "replaces it).",
            files=joined(earlier, "、", ", "),
        )
    yield tr("results: {folder}", folder=found.folder)
    command = f"govsim run {found.scenario} --uncertainty posterior"
    yield tr("Next: {command}", command=command)

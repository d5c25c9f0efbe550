"""A calibration on the screen: what was fitted, what the data can't tell, how the test went."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from govsim.calibration import Calibration
from govsim.inference.posterior import DETERMINED, NOT_DETERMINED
from govsim.language import tr


def summary(found: Calibration) -> RenderableType:
    """Lay out a calibration on at most about 40 lines."""
    return Group(
        Text(tr("Calibration of {scenario}", scenario=found.manifest["scenario"]), style="bold"),
        Text(how_fitted(found), style="dim"),
        Padding(_fitted(found), (1, 0, 0, 0)),
        Text(),
        *map(Text, identifiability(found)),
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


def identifiability(found: Calibration) -> Iterator[str]:
    """Say what the data leave open, and which further record would help."""
    open_ = found.fitted.loc[found.fitted["contraction"] < NOT_DETERMINED, "input"]
    if open_.empty:
        yield tr("The data determine all of these inputs, at least in part.")
        return
    yield tr(
        "The data do not determine: {names}. Their intervals come from what was plausible "
        "beforehand.",
        names=", ".join(open_),
    )
    if found.manifest["ledger"] is None:
        yield tr("The stations' own ledger, linked with 12345 orders, would tell more (--ledger).")
    elif not found.manifest["linked"]:
        yield tr("An identity shared by the ledger and 12345 orders would tell more.")
    else:
        yield tr("A log of patrols (rounds, and what was found) would tell more.")


def holdout(found: Calibration) -> Iterator[str]:
    """Say how the weeks that were not seen were forecast."""
    if found.scores.empty:
        return
    scores = found.scores.iloc[0]
    yield tr(
        "{days} days not seen, orders a day: 90% intervals held {share:.0%} of days and 50% "
        "intervals {half:.0%}; the CRPS is {crps:.2f}, that of the seasonal naive forecast "
        "{naive:.2f}; MASE {mase:.2f}.",
        days=len(found.days),
        share=scores["coverage_90"],
        half=scores["coverage_50"],
        crps=scores["crps"],
        naive=scores["crps_naive"],
        mase=scores["mase"],
    )


def heads() -> tuple[str, ...]:
    """Head the columns of `cells`."""
    return tr("Input"), tr("plausible"), tr("fitted"), tr("90% interval"), tr("by the data")


def cells(found: Calibration) -> Iterator[tuple[str, ...]]:
    """Give a row for each input that was fitted."""
    for row in found.fitted.to_dict("records"):
        yield (
            row["input"],
            f"{row['low']} – {row['high']}",
            row["median"] or tr("one for each; see the file"),
            f"{row['q05']} – {row['q95']}" if row["q05"] else "",
            determined(row["contraction"]),
        )


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
    yield tr("results: {folder}", folder=found.folder)
    command = f"govsim run {found.scenario} --uncertainty posterior"
    yield tr("Next: {command}", command=command)

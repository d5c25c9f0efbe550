"""The sheets of a calibration: what was fitted, what it reproduces, and the weeks not seen."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from govsim.calibration.result import Calibration
from govsim.language import tr
from govsim.report import calibration_tables as words
from govsim.report import spreadsheet
from govsim.report.sheets.columns import about
from govsim.report.spreadsheet import Column, Sheet

RATIO = "0.00"
CHANCE = "0.000"


def of_calibration(found: Calibration) -> Iterator[Sheet]:
    """Lay out a calibration."""
    said = [*words.identifiability(found), *words.reproduced(found), *words.holdout(found)]
    versions = found.manifest["versions"]
    yield about(
        [
            (tr("Calibration"), found.scenario.stem),
            (tr("measured"), words.how_fitted(found)),
            *[(tr("what came out"), line) for line in said],
            *[(tr("warning"), text) for text in found.warnings],
            (tr("the scenario given"), str(found.manifest["scenario"])),
            (tr("the scenario written"), str(found.scenario)),
            *[(name, str(version)) for name, version in versions.items()],
        ]
    )
    yield _posterior(found)
    yield _direct(found)
    yield _times(found)
    yield _checks(found)
    yield _counts(found)
    yield _days(found)
    yield _shares(found)
    yield _scores(found)


def _posterior(found: Calibration) -> Sheet:
    frame = found.fitted
    heads = {
        "input": tr("Input"),
        "low": tr("plausible from"),
        "value": tr("value"),
        "high": tr("plausible to"),
        "q05": tr("90% interval from"),
        "median": tr("median"),
        "q95": tr("90% interval to"),
    }
    return Sheet(
        tr("What was fitted"),
        (
            *(Column(head, frame[name].tolist()) for name, head in heads.items()),
            Column(tr("contraction"), frame["contraction"].tolist(), RATIO),
            Column(tr("verdict"), [words.determined(one) for one in frame["contraction"]]),
        ),
    )


def _direct(found: Calibration) -> Sheet:
    frame = found.direct
    pairs = zip(frame["part"], frame["name"], strict=True)
    return Sheet(
        tr("How demand is spread"),
        (
            Column(tr("Part"), [words.parts()[part] for part in frame["part"]]),
            Column(tr("name"), [words.part_name(found, part, name) for part, name in pairs]),
            Column(tr("ratio"), frame["ratio"].tolist(), RATIO),
            Column(tr("90% interval from"), frame["low"].tolist(), RATIO),
            Column(tr("90% interval to"), frame["high"].tolist(), RATIO),
        ),
        kept=2,
    )


def _times(found: Calibration) -> Sheet:
    frame = found.times
    heads = {
        "median": tr("median"),
        "median_low": tr("median, 90% interval from"),
        "median_high": tr("median, 90% interval to"),
        "q90": tr("done by 9 in 10"),
        "q90_low": tr("done by 9 in 10, 90% interval from"),
        "q90_high": tr("done by 9 in 10, 90% interval to"),
    }
    return Sheet(
        tr("Times of orders"),
        (
            Column(
                tr("Category"), [words.label(found, "category", one) for one in frame["category"]]
            ),
            Column(tr("distribution"), [words.family(one) for one in frame["family"]]),
            Column(tr("orders"), frame["orders"].tolist(), spreadsheet.WHOLE),
            Column(tr("open"), frame["open"].tolist(), spreadsheet.SHARE),
            Column(
                tr("unit"),
                [tr("working hours") if one else tr("hours") for one in frame["working"]],
            ),
            *(Column(head, frame[name].tolist(), RATIO) for name, head in heads.items()),
        ),
        kept=2,
    )


def _checks(found: Calibration) -> Sheet:
    frame = found.checks
    names = [words.summary_name(name) for name in frame["summary"]]
    return Sheet(tr("Summaries"), (Column(tr("Summary"), names), *_held(frame)))


def _counts(found: Calibration) -> Sheet:
    frame, kinds = found.fit, words.kinds()
    pairs = zip(frame["kind"], frame["name"], strict=True)
    return Sheet(
        tr("Numbers of orders"),
        (
            Column(tr("Kind"), [kinds[kind] for kind in frame["kind"]]),
            Column(tr("name"), [words.label(found, kind, name) for kind, name in pairs]),
            *_held(frame, spreadsheet.NUMBER),
        ),
        kept=2,
    )


def _held(frame: pd.DataFrame, style: str = spreadsheet.FREE) -> Iterator[Column]:
    """Lay out what was held against fresh runs."""
    heads = {
        "observed": tr("record"),
        "median": tr("median of fresh runs"),
        "low": tr("90% interval from"),
        "high": tr("90% interval to"),
    }
    for name, head in heads.items():
        yield Column(head, frame[name].tolist(), style)
    yield Column(tr("tail probability"), frame["tail"].tolist(), CHANCE)
    yield Column(tr("reproduced"), [tr("yes") if one else tr("no") for one in frame["inside"]])


def _days(found: Calibration) -> Sheet:
    frame = found.days
    return Sheet(
        tr("Days not seen"),
        (
            Column(tr("series"), [words.quantities()[one] for one in frame["series"]]),
            Column(tr("day"), [pd.Timestamp(one).date() for one in frame["date"]], "yyyy-mm-dd"),
            *_forecast(frame, spreadsheet.NUMBER),
        ),
        kept=2,
    )


def _shares(found: Calibration) -> Sheet:
    frame, kinds = found.shares, words.quantities()
    pairs = zip(frame["kind"], frame["name"], strict=True)
    return Sheet(
        tr("Shares not seen"),
        (
            Column(tr("share"), [kinds[kind] for kind in frame["kind"]]),
            Column(tr("name"), [words.part_name(found, kind, str(name)) for kind, name in pairs]),
            *_forecast(frame, spreadsheet.SHARE),
        ),
        kept=2,
    )


def _forecast(frame: pd.DataFrame, style: str) -> Iterator[Column]:
    """Lay out what came, and its forecast."""
    heads = {
        "observed": tr("what came"),
        "mean": tr("forecast, mean"),
        "q05": tr("90% interval from"),
        "q25": tr("50% interval from"),
        "q75": tr("50% interval to"),
        "q95": tr("90% interval to"),
        "naive": tr("seasonal naive forecast"),
    }
    for name, head in heads.items():
        yield Column(head, frame[name].tolist(), style)


def _scores(found: Calibration) -> Sheet:
    frame = found.scores
    heads = {
        "n": (tr("forecasts"), spreadsheet.WHOLE),
        "crps": ("CRPS", CHANCE),
        "crps_naive": (tr("CRPS, seasonal naive"), CHANCE),
        "mase": ("MASE", RATIO),
        "coverage_50": (tr("50% intervals held"), spreadsheet.SHARE),
        "coverage_90": (tr("90% intervals held"), spreadsheet.SHARE),
    }
    return Sheet(
        tr("Scores"),
        (
            Column(tr("quantity"), [words.quantities()[one] for one in frame["quantity"]]),
            *(Column(head, frame[name].tolist(), style) for name, (head, style) in heads.items()),
        ),
    )

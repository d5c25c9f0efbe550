"""What is suspicious in what is compared: warnings of the runs, and plans whose demands differ."""

from __future__ import annotations

from govsim.comparison.result import Comparison
from govsim.language import tr


def doubts(found: Comparison, told: bool = False) -> list[str]:
    """Say what is suspicious in the runs, and where plans did not meet the same demands.

    Parameters
    ----------
    found : what was compared.
    told : whether other demands are told of already.
    """
    return [*_of_runs(found), *(() if told else _other_demands(found))]


def _other_demands(found: Comparison) -> list[str]:
    """Warn where plans did not meet the same demands: an input that makes demands differs."""
    return [
        tr(
            "“{plan}” did not meet the same demands as “{baseline}” ({change:+.1%} of them): "
            "the difference is also one of demand",
            plan=found.title(plan),
            baseline=found.title(found.baseline),
            change=change,
        )
        for plan, change in found.other_demands.items()
    ]


def _of_runs(found: Comparison) -> list[str]:
    """Collect the warnings of the runs; those that all share are said once."""
    of_each = [list(result.warnings) for result in found.results]
    shared = [text for text in of_each[0] if all(text in other for other in of_each)]
    lines = list(dict.fromkeys(shared))
    for plan, warnings in zip(found.names, of_each, strict=True):
        lines += [
            tr("{plan}: {warning}", plan=found.title(plan), warning=text)
            for text in warnings
            if text not in shared
        ]
    if len({round(result.measured_days, 6) for result in found.results}) > 1:
        lines.append(
            tr(
                "the warm-ups differ between the plans, so less luck cancels; "
                "--set warm_up=... makes them the same"
            )
        )
    return lines

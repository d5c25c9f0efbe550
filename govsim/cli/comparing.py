"""``govsim compare``: which plan is better, by how much, how sure, and at what price."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from govsim.cli.finding import damaged_runs, scenario_or_run
from govsim.cli.options import (
    as_json,
    command,
    console,
    engine,
    executor,
    out,
    overrides,
    print_json,
    quiet,
    replications,
    scenario_file,
    seed,
    settings,
    share,
    uncertainty,
    workers,
)
from govsim.cli.progress import plans, stoppable
from govsim.cli.reporting import no_report, report_at_the_end
from govsim.errors import InputError, Problem, RunError
from govsim.language import tr

if TYPE_CHECKING:
    from govsim.comparison.result import Comparison
    from govsim.runs.results import Result
    from govsim.runs.tasks import Engine
    from govsim.runs.uncertainty import Uncertainty


@command(
    "compare",
    tr(
        "Compare scenarios, what-ifs (--plan) and finished runs (their ids) over the same demands: "
        "differences to the first, how sure they are, and what they cost."
    ),
)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO_OR_RUN...")
@click.option(
    "--plan",
    "what_ifs",
    multiple=True,
    metavar="NAME:PATH=VALUE;...",
    help=tr("Compare the first scenario changed like this, too; may be repeated."),
)
@click.option("--baseline", metavar="SCENARIO", help=tr("Compare with this one, not the first."))
@click.option("--pairs", is_flag=True, help=tr("Compare each with each."))
@click.option(
    "--on",
    multiple=True,
    metavar="MEASURE",
    help=tr("Compare this measure too, such as team/volunteers:utilisation; --precision is its."),
)
@replications(tr("How many replications to run."))
@click.option(
    "--precision",
    metavar="5%",
    help=tr("Instead: run until differences are known to this share of the baseline."),
)
@click.option(
    "--best", metavar="MEASURE", help=tr("Instead: run until one plan is the best on this.")
)
@click.option(
    "--delta",
    metavar="AMOUNT",
    help=tr("For --best: the smallest difference that matters, such as 10 (a year) or 1%."),
)
@click.option("--confidence", metavar="95%", help=tr("How sure all of it together shall be."))
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="N",
    help=tr("Replications of a plan at which --precision and --best give up."),
)
@seed(tr("Seed, in place of the scenarios'."))
@settings(tr("Change one input of all."))
@overrides()
@out(tr("Folder for results."))
@engine()
@uncertainty()
@workers()
@no_report()
@quiet()
@as_json()
def compare(
    scenarios: tuple[str, ...],
    what_ifs: tuple[str, ...],
    baseline: str | None,
    pairs: bool,
    on: tuple[str, ...],
    replications: int | None,
    precision: str | None,
    best: str | None,
    delta: str | None,
    confidence: str | None,
    most: int | None,
    seed: int | None,
    settings: tuple[str, ...],
    overrides: tuple[str, ...],
    out: Path,
    engine: Engine,
    uncertainty: Uncertainty | None,
    workers: int | None,
    cluster: str | None,
    no_report: bool,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Run the scenarios as far as needed, and show what differs."""
    from govsim.compare import compare as compared
    from govsim.comparison.stopping import MOST
    from govsim.scenarios.loading import split_setting

    given = _given(scenarios, what_ifs, out)
    with (
        stoppable(),
        executor(workers, cluster, engine) as chosen,
        plans(quiet or as_json_, named=True) as told,
    ):
        found = compared(
            list(given.values()),
            plans=what_ifs,
            baseline=None if baseline is None else _name(baseline, given),
            on=on,
            replications=replications,
            precision=share(precision),
            best=best,
            delta=_amount(delta, best),
            most=most or MOST,
            confidence=share(confidence, "--confidence"),
            every_pair=pairs,
            seed=seed,
            settings=[split_setting(setting) for setting in settings],
            overrides=overrides,
            out=out,
            on_progress=told,
            engine=engine,
            executor=chosen,
            uncertainty=uncertainty,
        )
    if not no_report:
        report_at_the_end(found, quiet or as_json_)
    if as_json_:
        print_json(as_values(found))
    elif not quiet:
        from govsim.report.comparison_tables import summary

        console().print(summary(found))


def _given(scenarios: tuple[str, ...], what_ifs: tuple[str, ...], out: Path) -> dict[str, Any]:
    """Find what is to be compared, by how it is spelt; all that isn't there is told at once."""
    from govsim.comparison.plans import read_plans

    given: dict[str, Any] = {}
    problems = []
    for text in scenarios:
        if text in given:
            twice = tr(
                "the same scenario is given twice; --plan “name: path=value” compares it with a "
                "what-if"
            )
            problems.append(Problem(twice, file=text))
            continue
        try:
            given[text] = scenario_or_run(text, out)
        except InputError as error:
            if damaged := damaged_runs(out):
                raise RunError(
                    tr(
                        "there is no scenario or run “{name}”; it may be one of these, whose "
                        "record is damaged, so that their names can't be read: {runs}; the same "
                        "“govsim run” makes it anew",
                        name=text,
                        runs=", ".join(damaged),
                    )
                ) from error
            problems += error.problems
    if problems:
        try:
            read_plans(what_ifs)
        except InputError as error:
            problems += error.problems
        raise InputError(problems)
    return given


def _name(baseline: str, given: dict[str, Path | Result]) -> str:
    """Give the name that a plan has in the comparison, however it is spelt."""
    from govsim.comparison.plans import name_of

    if baseline in given:
        return name_of(given[baseline])
    file = scenario_file(baseline, needed=False)
    return file.stem if file.is_file() else baseline


def _amount(text: str | None, best: str | None) -> float | None:
    """Read the smallest difference that matters: ``1%`` of a share, else a plain number."""
    if text is None:
        return None
    from govsim.measures.catalogue import CATALOGUE
    from govsim.measures.quantity import Quantity

    measure = CATALOGUE.get(Quantity.parse(best or "").measure)
    if measure is not None and measure.kind == "share":
        return share(text, "--delta")
    try:
        return float(text.replace(",", ""))
    except ValueError:
        message = tr("expected a number such as 10, but found “{text}”", text=text)
        raise InputError([Problem(message, file="--delta")]) from None


def as_values(found: Comparison) -> dict[str, Any]:
    """Give what the tables show as plain values."""
    from govsim.comparison import tradeoffs
    from govsim.report.comparison_sentences import sentences
    from govsim.report.uncertain import frame_of

    plans = zip(found.names, found.results, found.used, strict=True)
    prices = tradeoffs.to_frame(found)
    return {
        "baseline": found.baseline,
        "plans": [
            {
                "name": plan,
                "title": found.title(plan),
                "changes": [change.record() for change in result.changes],
                "run": None if result.folder is None else str(result.folder),
                "replications": used,
            }
            for plan, result, used in plans
        ],
        "confidence": found.confidence,
        "confidence_of_each": found.confidence_of_each,
        "differences": found.to_frame().to_dict("records"),
        "trade_offs": prices.to_dict("records"),
        "best": None if found.best is None else str(found.best),
        "selection": None if found.selection is None else asdict(found.selection),
        "in_words": [{"about": about, "lines": lines} for about, lines in sentences(found)],
        **({"uncertainty": frame_of(found).to_dict("records")} if found.per_draw > 1 else {}),
        "warnings": list(found.warnings),
        "folder": None if found.folder is None else str(found.folder),
    }

"""``govsim validate-model``, ``-comparison`` and ``-calibration``: hold them to what is known."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from govsim.cli.options import (
    FAILED,
    as_json,
    command,
    console,
    executor,
    out,
    print_json,
    quiet,
    replications,
)
from govsim.cli.options import workers as worker_options
from govsim.cli.progress import in_words
from govsim.cli.terminal import rewrite_line
from govsim.language import tr


@command("validate-model", tr("Compare the model with known results and with second programs."))
@click.argument("cases", nargs=-1, metavar="[CASE...]")
@replications(tr("How many replications to run."), least=2)
@click.option(
    "--write",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=tr("Also write the comparison as a page (Markdown)."),
)
@quiet()
@as_json()
def validate_model(
    cases: tuple[str, ...],
    replications: int | None,
    write: Path | None,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Run the textbook cases and show what is known beside what is simulated."""
    from govsim.validation import running
    from govsim.validation.cases import CASES
    from govsim.validation.independent import checking
    from govsim.validation.independent.checks import CHECKS
    from govsim.validation.report import (
        kept_part,
        markdown,
        number,
        summary,
        tables,
        with_kept_part,
    )

    known = [*running.names(CASES), *dict.fromkeys(check.name for check in CHECKS)]
    for asked in cases:
        if asked not in known:
            raise click.UsageError(
                tr("no case “{case}”; there are {known}", case=asked, known=", ".join(known))
            )
    chosen = [c for c in CASES if not cases or c.name in cases]
    checks = [c for c in CHECKS if not cases or c.name in cases]
    each = [*(c.replications for c in chosen), *(c.replications for c in checks)]
    tell = _Told(quiet or as_json_, sum(replications or n for n in each))
    folder = running.folder_of_scenarios()
    findings = []
    for case in chosen:
        for found in running.run(case, folder, replications):
            if found is None:
                tell(case.name)
            else:
                findings += found
    if not cases or set(running.EXACT) & set(cases):
        findings += [f for f in running.exact(folder) if not cases or f.case in cases]
    for check in checks:
        for found in checking.run(check, checking.folder_beside(folder), replications):
            if found is None:
                tell(check.name)
            else:
                findings += found
    bound = running.bound(findings)
    if write is not None:
        write.parent.mkdir(parents=True, exist_ok=True)
        old = write.read_text(encoding="utf-8") if write.is_file() else ""
        page = with_kept_part(markdown(findings, bound), kept_part(old))
        write.write_text(page, encoding="utf-8", newline="\n")
    if as_json_:
        print_json(
            {
                "bound": bound,
                "findings": [
                    {
                        "case": f.case,
                        "variant": f.block,
                        "quantity": f.quantity,
                        "source": f.source,
                        "known": f.expected,
                        "simulated": f.simulated,
                        "se": f.se,
                        "z": f.z,
                        "second_program": f.second,
                        "replications": f.n,
                        "agrees": f.agrees(bound),
                    }
                    for f in findings
                ],
            }
        )
    elif not quiet:
        console().print(tables(findings, bound))
    differ = [f for f in findings if not f.agrees(bound)]
    for f in differ:
        click.echo(
            tr(
                "{case}, {quantity}: {simulated} differs from {known}",
                case=f"{f.case} {f.block}".strip(),
                quantity=f.quantity,
                simulated=number(f.simulated),
                known=number(f.expected),
            ),
            err=True,
        )
    if quiet and differ:
        click.echo(summary(findings, bound), err=True)
    if differ:
        sys.exit(FAILED)


@command(
    "validate-comparison", tr("Count how often comparisons of plans are right, by known answers.")
)
@click.option(
    "--comparisons",
    type=click.IntRange(min=50),
    metavar="N",
    default=1000,
    show_default=True,
    help=tr("How many comparisons to simulate for each count."),
)
@click.option(
    "--tries",
    type=click.IntRange(min=50),
    metavar="N",
    default=1000,
    show_default=True,
    help=tr("How often to select the best plan in each case."),
)
@worker_options()
@quiet()
@as_json()
def validate_comparison(
    comparisons: int,
    tries: int,
    workers: int | None,
    cluster: str | None,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Make comparisons with known answers and show how often they are right."""
    from dataclasses import asdict

    from govsim.validation import comparing
    from govsim.validation.report import promises

    def told(study: str, share: float) -> None:
        if not quiet and not as_json_ and sys.stderr.isatty():
            rewrite_line(f"{study} {share:.0%}", share >= 1)

    with executor(workers, cluster) as where:
        found = [
            *comparing.intervals(comparisons, where, told),
            *comparing.pairing(PAIRED_YEARS, where, told),
            *comparing.selections(tries, told),
        ]
    if as_json_:
        print_json([asdict(one) | {"kept": one.kept} for one in found])
    elif not quiet:
        console().print(promises(found))
    if not all(one.kept for one in found):
        sys.exit(FAILED)


PAIRED_YEARS = 60
"""Replications from which is found what pairing saves."""


@command("validate-calibration", tr("Count how often calibration finds known truths again."))
@click.argument("scenario", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--truths",
    type=click.IntRange(min=10),
    metavar="N",
    default=200,
    show_default=True,
    help=tr("How many truths to draw from the prior."),
)
@click.option(
    "--runs",
    type=click.IntRange(min=50),
    metavar="N",
    default=5000,
    show_default=True,
    help=tr("How many simulations to learn from."),
)
@click.option(
    "--records",
    type=click.Choice(["linked", "unlinked", "orders"]),
    multiple=True,
    help=tr("Which records there are; each of the three if not given."),
)
@out(tr("Folder where simulations are kept; the same command goes on where it was stopped."))
@worker_options()
@quiet()
@as_json()
def validate_calibration(
    scenario: Path,
    truths: int,
    runs: int,
    records: tuple[str, ...],
    out: Path,
    workers: int | None,
    cluster: str | None,
    quiet: bool,
    as_json_: bool,
) -> None:
    """Infer inputs from records of known truths and show how often that is right."""
    from dataclasses import asdict

    from govsim.validation import inferring
    from govsim.validation.report import truths_found

    def told(study: str, share: float) -> None:
        if not quiet and not as_json_ and sys.stderr.isatty():
            rewrite_line(f"{study} {share:.0%}", share >= 1)

    kinds = records or tuple(inferring.RECORDS)
    folder = out / "validation" / "calibration"
    with executor(workers, cluster, processes=True) as where:
        found = list(inferring.known_truths(scenario, truths, runs, kinds, where, folder, told))
    if as_json_:
        shown = [asdict(one) | {"determined": one.determined, "kept": one.kept} for one in found]
        print_json(shown)
    elif not quiet:
        console().print(truths_found(found))
    if not all(one.kept for one in found):
        sys.exit(FAILED)


class _Told:
    """Says what runs: on a terminal in one line that is rewritten, else a line a case."""

    def __init__(self, quiet: bool, total: int) -> None:
        self.quiet, self.total, self.done = quiet, total, 0
        self.last, self.began = "", time.monotonic()
        self.rewrites = sys.stderr.isatty()

    def __call__(self, case: str) -> None:
        self.done += 1
        if self.quiet:
            return
        if self.rewrites:
            spent = time.monotonic() - self.began
            left = in_words(spent / self.done * (self.total - self.done))
            line = tr("{case}: {done} of {all}", case=case, done=self.done, all=self.total)
            shown = tr("{line}, {left}", line=line, left=left) if self.done < self.total else ""
            rewrite_line(shown)
        elif case != self.last:
            self.last = case
            click.echo(case, err=True)

"""Shows what the textbook cases and studies gave: tables for the terminal, docs/validation.md.

Called by `govsim.cli.validating` with the findings of `govsim.validation.running`, and with what
`govsim.validation.comparing` counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap

from rich.console import Group
from rich.table import Table
from rich.text import Text

from govsim.language import name, tr
from govsim.validation.comparing import Promise
from govsim.validation.inferring import Known
from govsim.validation.running import FALSE_ALARM, Finding

WANTED = 0.005
"""Standard error over the known value that is wanted where it is feasible."""


def number(value: float | str) -> str:
    """Write a number to six digits, a text as it is."""
    return value if isinstance(value, str) else f"{value:.6g}"


def verdict(finding: Finding, bound: float) -> str:
    """Whether it agrees, in the planner's language."""
    return tr("agrees") if finding.agrees(bound) else tr("DIFFERS")


def _cells(finding: Finding, bound: float) -> tuple[str, ...]:
    by_chance = finding.by_chance
    return (
        finding.quantity,
        number(finding.expected),
        number(finding.simulated),
        f"{finding.se:.2g}" if by_chance else "",
        f"{finding.relative_se:.2%}" if by_chance else "",
        f"{finding.z:+.2f}" if by_chance else "",
        verdict(finding, bound),
    )


def _titles(second: bool) -> tuple[str, ...]:
    return (
        tr("quantity"),
        tr("second program") if second else tr("known"),
        tr("simulated"),
        tr("SE"),
        tr("SE/known"),
        "z",
        tr("verdict"),
    )


def _by_scenario(findings: Sequence[Finding]) -> Iterator[tuple[str, str, list[Finding]]]:
    """Title, source and findings of each run scenario."""
    for _, group in groupby(findings, key=lambda f: (f.case, f.block, f.label, f.source)):
        these = list(group)
        first = these[0]
        block = f" ({first.block})" if first.block else ""
        yield f"{first.case}{block}: {name(first.label)}", first.source, these


def summary(findings: Sequence[Finding], bound: float) -> str:
    """Say in a few sentences how it went."""
    random = [f for f in findings if f.by_chance]
    failed = sum(not f.agrees(bound) for f in findings)
    if failed:
        said = tr("{failed} of {n} comparisons differ.", failed=failed, n=len(findings))
    else:
        said = tr("All {n} comparisons agree.", n=len(findings))
    if not random:
        return said
    worst = max(random, key=lambda f: abs(f.z))
    fine = sum(f.relative_se <= WANTED for f in random)
    return " ".join(
        (
            said,
            tr(
                "{n} of them are statistical: |z| may be up to {bound:.2f}, which a correct model "
                "passes in all of them together with probability {chance:.0%}; the largest is "
                "{worst:.2f} ({quantity} of {case}).",
                n=len(random),
                bound=bound,
                chance=1 - FALSE_ALARM,
                worst=abs(worst.z),
                quantity=worst.quantity,
                case=worst.case,
            ),
            tr(
                "A standard error of {wanted:.1%} of the known value was reached in {fine} of {n}; "
                "the others would need many times the runs.",
                wanted=WANTED,
                fine=fine,
                n=len(random),
            ),
        )
    )


def tables(findings: Sequence[Finding], bound: float) -> Group:
    """Make the tables for the terminal, one for each scenario."""
    parts: list[Table | Text] = []
    for title, source, these in _by_scenario(findings):
        table = Table(title=title, caption=source, title_justify="left", caption_justify="left")
        for i, column in enumerate(_titles(these[0].second)):
            table.add_column(column, justify="left" if i in (0, 6) else "right")
        for f in these:
            table.add_row(*_cells(f, bound), style=None if f.agrees(bound) else "bold red")
        parts.append(table)
    return Group(*parts, Text(summary(findings, bound)))


def markdown(findings: Sequence[Finding], bound: float) -> str:
    """Write the page docs/validation.md."""
    lines = [
        "# " + tr("Validation against known answers"),
        "",
        tr(
            "Written by `govsim validate-model --write docs/validation.md`; the same command "
            "repeats it. Each case is an ordinary scenario file in `scenarios/textbook`, run "
            "through the compiled engine, whose bits are those of the SimPy model in each of them "
            "(held by the tests); its known answers stand in `govsim/validation` as formulas with "
            "their sources."
        ),
        "",
        summary(findings, bound),
        "",
        "## " + tr("How to read it"),
        "",
        "- "
        + tr(
            "SE: standard error of the mean over {n} or more independent replications. z: the "
            "difference over SE, as a standard normal would have it (Student's t taken to the "
            "normal value of the same probability). The bound on |z| is Šidák's for all "
            "comparisons made together.",
            n=min((f.n for f in findings if f.n > 1), default=30),
        ),
        "- "
        + tr(
            "SE/known: how fine the comparison is. Means of queues near their capacity vary so "
            "much that 0.5% would take up to a hundred million demands; there a difference of a "
            "few percent could hide. For Erlang B, C and A, M/G/1, two servers and priorities the "
            "case `path` closes that gap: each single demand of a replication must begin at the "
            "same millisecond as in a recursion that shares nothing with the model. For shifts, "
            "networks and the hypercube the gap stays."
        ),
        "- "
        + tr(
            "Warm-up: for Erlang C, exponential M/G/1, two servers, the priorities of one server "
            "and each queue of the tandem the equations were solved from the empty start: at its "
            "end less than 0.01% of the mean queue is missing. The other warm-ups are as long "
            "beside the times of their queues, but were not solved. `from_empty` has none, as the "
            "start is its subject."
        ),
        "- "
        + tr(
            "Waits of demands are read up to 3% before the end, so that all of them have begun; "
            "those of the promises follow the measures' own rule on what is open at the end."
        ),
        "",
    ]
    if any(f.second for f in findings):
        lines[-1:] = [
            "- "
            + tr(
                "Second programs: for what both engines of govsim take from one table of luck, "
                "comparing them shows nothing, and theory knows no answer. So each such mechanism "
                "is programmed again, from docs/model.md and with random numbers of its own "
                "(`govsim/validation/independent`), for the scenarios in `scenarios/independent`. "
                "Both simulate equally many replications; SE is that of the difference of the two "
                "means, z is Welch's."
            ),
            "",
        ]
    for title, source, these in _by_scenario(findings):
        second = these[0].second
        said = (
            tr("Second program: {source}.", source=f"`{source}`")
            if second
            else tr("Source: {source}.", source=source)
        )
        lines += [f"## {title}", "", said, ""]
        lines += ["| " + " | ".join(_titles(second)) + " |", "|---|--:|--:|--:|--:|--:|---|"]
        lines += ["| " + " | ".join(_cells(f, bound)) + " |" for f in these]
        lines.append("")
    return "\n".join(row for line in lines for row in _short(line))


def _short(line: str) -> list[str]:
    """Break a paragraph or an item of a list as the other pages are; a table is left as it is."""
    if line.startswith(("|", "#")) or not line:
        return [line]
    inside = "  " if line.startswith("- ") else ""
    return wrap(line, 120, subsequent_indent=inside, break_long_words=False, break_on_hyphens=False)


KEPT_FROM, KEPT_TO = "<!-- kept from here -->", "<!-- kept up to here -->"
"""What stands between these on docs/validation.md was measured by another command, and stays when
the page is written again."""


def kept_part(page: str) -> str:
    """Give what a page has between the marks, without them; nothing if it has none."""
    _, begins, behind = page.partition(KEPT_FROM)
    part, ends, _ = behind.partition(KEPT_TO)
    return part.strip("\n") if begins and ends else ""


def with_kept_part(page: str, part: str) -> str:
    """Put a part at the end of a page, between the marks, in place of one that it has."""
    before, begins, behind = page.partition(KEPT_FROM)
    if begins:
        page = before.rstrip("\n") + "\n" + behind.partition(KEPT_TO)[2].strip("\n")
    if not part:
        return page
    return page.rstrip("\n") + f"\n\n{KEPT_FROM}\n\n{part.strip()}\n\n{KEPT_TO}\n"


def promises(found: Sequence[Promise]) -> Table:
    """Lay out what comparisons promise and how often they kept it."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(tr("promise"), overflow="fold")
    for title in (tr("asked"), tr("found"), tr("of"), tr("verdict")):
        table.add_column(title, justify="right", no_wrap=True)
    for one in found:
        table.add_row(
            one.what,
            _asked(one),
            _share(one, one.found),
            f"{one.of:,}",
            tr("kept") if one.kept else tr("BROKEN"),
        )
    return table


def _asked(one: Promise) -> str:
    if one.high > 1 or (one.high == 1 and one.low > 0):
        return f"≥ {_share(one, one.low)}"
    if one.low <= 0:
        return f"≤ {_share(one, one.high)}"
    return tr("{low} to {high}", low=_share(one, one.low), high=_share(one, one.high))


def _share(one: Promise, value: float) -> str:
    """Write a share, or what pairing saves as so many times."""
    if one.high > 1:
        return f"{value:,.1f}×" if value < float("inf") else "∞"
    return f"{value:.1%}"


def truths_found(found: Sequence[Known]) -> Table:
    """Lay out how well calibration found known truths again."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(tr("records"), width=8)
    table.add_column(tr("input"), width=35, overflow="fold")
    for title, width in ((tr("90% covers"), 7), (tr("p of ranks"), 6), (tr("contraction"), 11)):
        table.add_column(title, justify="right", width=width, overflow="fold")
    table.add_column(tr("ranks"), no_wrap=True)
    table.add_column(tr("verdict"), justify="right", width=10)
    words = {"linked": tr("linked"), "unlinked": tr("unlinked"), "orders": tr("orders only")}
    for one in found:
        table.add_row(
            words[one.records],
            one.input,
            f"{one.coverage:.1%}",
            f"{one.p_uniform:.3f}",
            f"{one.contraction:.2f}",
            _bars(one.ranks),
            _found_again(one),
            style=None if one.kept else "bold red",
        )
    return table


def _found_again(one: Known) -> str:
    if not one.determined:
        return tr("not determined")
    return tr("kept") if one.kept else tr("BROKEN")


def _bars(counts: Sequence[int]) -> str:
    """Draw a histogram in a line."""
    highest = max(counts)
    return "".join("▁▂▃▄▅▆▇█"[round(7 * n / highest)] for n in counts)

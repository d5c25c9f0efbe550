"""Tells a query that only reads from everything else, before a database sees it.

Used by `govsim.orders.databases`. It is the first of two locks; the second is a transaction
that may not write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from govsim.language import tr

_TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n]* | /\*(?!!).*?\*/ )
    | (?P<quoted> '(?:[^']|'')*' | "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]\n]*\]
                | (?P<dollar>\$\w*\$).*?(?P=dollar) )
    | (?P<word> [^\W\d]\w* )
    | (?P<sign> \S )
    """,
    re.VERBOSE | re.DOTALL,
)

_READS = ("select", "with", "values", "table")
"""Words with which a query begins that reads."""

_WRITES = ("insert", "update", "delete", "merge", "into", "truncate", "drop", "alter", "create")
"""Words that write, within a query that begins like one that reads."""


def _tokens(query: str) -> Iterator[tuple[str, str, int]]:
    """Go through what counts: the kind, the token in small letters, and where it ends."""
    for found in _TOKEN.finditer(query):
        if (kind := found.lastgroup or "") != "comment":
            yield ("quoted" if kind == "dollar" else kind), found[0].lower(), found.end()


def only_reads(query: str) -> str:
    """Give a query without its last semicolon.

    Raises
    ------
    ValueError
        It isn't one query that only reads; with what is wrong, for the planner.
    """
    tokens = list(_tokens(query))
    while tokens and tokens[-1][1] == ";":
        tokens.pop()
    if not tokens:
        raise ValueError(tr("the query is empty"))
    words = [token for _, token, _ in tokens]
    if ";" in words:
        raise ValueError(tr("give one query, without a semicolon in it"))
    first = next((word for word in words if word != "("), "")
    if first not in _READS:
        message = tr(
            "a query may only read: it must begin with SELECT, not with {it}", it=first.upper()
        )
        raise ValueError(message)
    following = [*words[1:], ""]
    for (kind, word, _), before, after in zip(tokens, ["", *words], following, strict=False):
        # replace(x) and delete(x) are functions, t.update is a column.
        if kind == "word" and word in _WRITES and after != "(" and before not in (".", "as"):
            raise ValueError(tr("a query may only read, but this one holds {it}", it=word.upper()))
    if "/*!" in query:
        raise ValueError(tr("a query may only read, but this one holds {it}", it="/*!"))
    return query[: tokens[-1][2]]

"""Writes a proposed mapping as a file, with remarks for the planner who looks it over."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from ruamel.yaml import YAML

from govsim.language import tr
from govsim.orders.mapping import Mapping
from govsim.orders.proposing import Proposal


def to_yaml(proposal: Proposal, source: str) -> str:
    """Write a proposal as a mapping file, with remarks in the planner's language."""
    mapping = proposal.mapping
    head = [
        tr("Which column of {source} says what, proposed by govsim inspect.", source=source),
        tr("Correct it where it is wrong; take a line out if there is no such column."),
    ]
    if proposal.unread:
        head.append(tr("Not read: {names}", names=", ".join(proposal.unread)))
    for field, words in proposal.unmatched.items():
        head.append(
            tr(
                "Words in {field} without a counterpart: {words}",
                field=field,
                words=", ".join(words),
            )
        )
    tree = mapping.model_dump(exclude_defaults=True)
    tree["columns"] = mapping.columns.given()
    order = [name for name in Mapping.model_fields if name in tree]
    return _comment(head) + _dump({name: tree[name] for name in order})


def _comment(lines: Iterable[str]) -> str:
    return "".join(f"# {' '.join(line.split())}\n" for line in lines)


def _dump(tree: dict[str, Any]) -> str:
    yaml = YAML()
    yaml.width = 10_000
    yaml.allow_unicode = True
    stream = io.StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()

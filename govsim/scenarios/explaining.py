"""Pydantic's complaints in a planner's words, each at the line where the mistake stands.

Used by `govsim.scenarios.loading`. Every message says what was found and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from govsim.errors import Problem
from govsim.language import tr
from govsim.scenarios import shape
from govsim.scenarios.documents import MOST_TOLD, Key, Node, Origin
from govsim.scenarios.merging import dotted, unknown_key
from govsim.scenarios.units import describe, nearest

_BLOCK = frozenset(
    f"{kind}_type" for kind in ("model", "model_attributes", "dataclass", "dict", "mapping")
)
_LIST = frozenset(
    ["list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type", "sequence_type"]
)
_KIND = _BLOCK | _LIST | frozenset(("string_type", "none_required", "int_type", "float_type"))
"""Errors that say no more than: this is another kind of value."""


def _wanted(code: str) -> str:
    """Name what was expected, by the beginning of an error's code."""
    if code in _BLOCK:
        return tr("a block of keys")
    if code in _LIST:
        return tr("a list")
    names: dict[str, Callable[[], str]] = {
        "string": lambda: tr("a text"),
        "int": lambda: tr("a whole number"),
        "float": lambda: tr("a number"),
        "finite": lambda: tr("a number"),
        "decimal": lambda: tr("a number"),
        "bool": lambda: tr("true or false"),
        "datetime": lambda: tr("a date and time, such as 2025-01-31 08:00"),
        "date": lambda: tr("a date, such as 2025-01-31"),
        "none": lambda: tr("nothing"),
    }
    return names.get(code.split("_")[0], lambda: "")()


@dataclass(frozen=True)
class _Found:
    """One of pydantic's errors, placed in the tree.

    Attributes
    ----------
    path : as far as the tree goes, and the key that is missing or unknown.
    branch : where in `path` an alternative was tried, and which; empty if there was only one.
    code, context : pydantic's name for the error, and what goes with it.
    node : what stands at `path`, or the nearest thing above it.
    about_key : whether the last key of `path` is wrong, not its value.
    """

    path: tuple[Key, ...]
    branch: tuple[tuple[int, str], ...]
    code: str
    context: Mapping[str, Any]
    node: Node
    about_key: bool


def explain(error: ValidationError, tree: Node, model: type[BaseModel]) -> list[Problem]:
    """Turn a validation error into problems.

    Parameters
    ----------
    error : of validating ``tree.plain()`` with `model`.
    tree : says where each value stands.
    """
    found = [
        _place(tree, e["loc"], e["type"], e.get("ctx", {}))
        for e in error.errors(include_url=False, include_input=False)
    ]
    every = _by_place(_relevant(found))
    groups, rest = every[:MOST_TOLD], every[MOST_TOLD:]
    problems = [_problem(group, tree, model) for group in groups]
    meant = {
        (*f.path[:-1], p.suggestion)
        for (f, *_), p in zip(groups, problems, strict=True)
        if p and f.code == "extra_forbidden"
    }
    # A misspelt key is also a missing one; saying both would send the planner looking twice.
    told = [
        p
        for (f, *_), p in zip(groups, problems, strict=True)
        if p is not None and not (f.code == "missing" and f.path in meant)
    ]
    if rest:
        at = origin_of(tree, rest[0][0].path)
        text = tr("and {n} more mistakes from here on", n=len(rest))
        told.append(Problem(text, file=at.file, line=at.line))
    return told


def _place(tree: Node, loc: Sequence[Key], code: str, context: Mapping[str, Any]) -> _Found:
    """Follow pydantic's location through the tree; what isn't there names an alternative."""
    node = tree
    path: list[Key] = []
    branch: list[tuple[int, str]] = []
    for depth, key in enumerate(loc):
        if (inner := _inner(node, key)) is not None:
            node = inner
            path.append(key)
        elif code == "missing" and depth == len(loc) - 1:
            path.append(key)
        elif key != "[key]":
            branch.append((len(path), str(key)))
    return _Found(tuple(path), tuple(branch), code, context, node, "[key]" in loc)


def _relevant(found: list[_Found]) -> list[_Found]:
    """Keep, of the alternatives tried for a value, those of the kind that was written."""
    tried: dict[tuple[tuple[Key, ...], int], dict[str, list[_Found]]] = {}
    for f in found:
        for depth, tag in f.branch:
            tried.setdefault((f.path[:depth], depth), {}).setdefault(tag, []).append(f)
    dropped: set[int] = set()
    for branches in tried.values():
        wrong_kind = [fs for fs in branches.values() if all(f.code in _KIND for f in fs)]
        if len(wrong_kind) < len(branches):
            dropped |= {id(f) for fs in wrong_kind for f in fs}
    return [f for f in found if id(f) not in dropped]


def _by_place(found: Iterable[_Found]) -> list[list[_Found]]:
    """Group the alternatives of one value; each other error stands alone."""
    groups: dict[object, list[_Found]] = {}
    for number, f in enumerate(found):
        groups.setdefault((f.path,) if f.branch else number, []).append(f)
    return list(groups.values())


def _problem(group: list[_Found], tree: Node, model: type[BaseModel]) -> Problem | None:
    first = group[0]
    at = origin_of(tree, first.path)
    if first.code == "too_short":
        written = first.node.mapping or first.node.sequence or ()
        if len(written) >= first.context.get("min_length", 0):
            return None  # it is short only because its items are wrong, which is said already
    if first.code == "extra_forbidden":
        places = shape.at(model, first.path[:-1])
        message, _, _, hint = unknown_key(str(first.path[-1]), places, model, at, first.path)
    elif all(f.code in _KIND for f in group):
        wanted = dict.fromkeys(_wanted(f.code) for f in group)
        message, hint = _not_of_kind(tr(" or ").join(wanted), first.node), ""
    else:
        words = [f for f in group if f.code == "literal_error" and len(group) > 1]
        said = [_say(f) for f in group if f not in words]
        said += [(tr("or write {words}", words=", ".join(_words(f))), "") for f in words]
        message = "; ".join(dict.fromkeys(text for text, _ in said))
        hint = next((h for _, h in said if h), "")
    return Problem(message, dotted(first.path), at.file, at.line, hint)


def _not_of_kind(wanted: str, node: Node) -> str:
    found = describe(node.plain())
    if wanted == tr("a text") and isinstance(node.value, int | float | date):
        return tr("expected a text, but found {found}; put it in quotes", found=found)
    return tr("expected {wanted}, but found {found}", wanted=wanted, found=found)


def _say(f: _Found) -> tuple[str, str]:
    """Message and suggestion for one error."""
    found = describe(f.node.plain())
    context = f.context
    match f.code:
        case "quantity":
            return str(context["message"]), str(context.get("suggestion", ""))
        case "value_error" | "assertion_error":
            error = context.get("error")
            return str(error), str(getattr(error, "suggestion", ""))
        case "missing":
            return tr("this key is missing"), ""
        case "literal_error" | "enum":
            return _not_allowed(f)
        case "greater_than":
            return tr("{found} must be greater than {limit}", found=found, limit=context["gt"]), ""
        case "greater_than_equal":
            return tr("{found} must be at least {limit}", found=found, limit=context["ge"]), ""
        case "less_than":
            return tr("{found} must be less than {limit}", found=found, limit=context["lt"]), ""
        case "less_than_equal":
            return tr("{found} must be at most {limit}", found=found, limit=context["le"]), ""
        case "multiple_of":
            step = context["multiple_of"]
            return tr("{found} must be a multiple of {step}", found=found, step=step), ""
        case "too_short":
            least, count = context["min_length"], context["actual_length"]
            return tr(
                "at least {least} needed here, but there are {count}", least=least, count=count
            ), ""
        case "too_long":
            most, count = context["max_length"], context["actual_length"]
            return tr("may have {most} entries, but has more", most=most, count=count), ""
        case "string_too_short":
            least = context["min_length"]
            return tr("{found} is shorter than {least} signs", found=found, least=least), ""
        case "string_too_long":
            most = context["max_length"]
            return tr("{found} is longer than {most} signs", found=found, most=most), ""
        case "string_pattern_mismatch":
            return tr("{found} is not of the form that is needed here", found=found), ""
    if wanted := _wanted(f.code):
        return _not_of_kind(wanted, f.node), ""
    return tr("{found} is not allowed here", found=found), ""


def _not_allowed(f: _Found) -> tuple[str, str]:
    """Say which words are allowed."""
    word = str(f.path[-1] if f.about_key and f.path else f.node.value)
    allowed = _words(f)
    message = (
        tr(
            "unknown key “{found}”; the keys here are {allowed}",
            found=word,
            allowed=", ".join(allowed),
        )
        if f.about_key
        else tr("“{found}” is not one of {allowed}", found=word, allowed=", ".join(allowed))
    )
    return message, nearest(word.lower(), allowed)


def _words(f: _Found) -> list[str]:
    """Take the allowed words, which pydantic lists in quotes."""
    expected = str(f.context.get("expected", ""))
    return re.findall(r"'([^']*)'", expected) or [expected]


def origin_of(tree: Node, path: Sequence[Key]) -> Origin:
    """Origin of what stands at `path`, or of the nearest thing above it."""
    node = tree
    for key in path:
        inner = _inner(node, key)
        if inner is None:
            break
        node = inner
    return node.origin


def _inner(node: Node, key: Key) -> Node | None:
    if node.mapping is not None:
        return node.mapping.get(str(key))
    if node.sequence is not None and isinstance(key, int) and key < len(node.sequence):
        return node.sequence[key]
    return None

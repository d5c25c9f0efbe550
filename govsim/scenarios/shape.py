"""What the schema allows at a place: the keys that may stand there, and the kind of value.

Walks pydantic models by their annotations. Used to merge files, to check the paths of
``--set``, and to suggest the key that was probably meant.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from govsim.scenarios.documents import Key
from govsim.scenarios.units import nearest

Types = tuple[Any, ...]
"""The alternatives that a place may hold, without `Annotated` and unions."""


def alternatives(annotation: Any) -> Types:
    """Take an annotation apart into its alternatives."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return alternatives(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return tuple(t for arg in get_args(annotation) for t in alternatives(arg))
    return (annotation,)


def _frame(kind: Any) -> Any:
    """Take ``dict`` of ``dict[str, int]``, and any other type as it is."""
    return get_origin(kind) or kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def below(places: Types, key: Key) -> Types:
    """Alternatives of what stands under `key`; empty if nothing may."""
    found: list[Any] = []
    for kind in places:
        arguments = get_args(kind)
        match _frame(kind):
            case model if _is_model(model):
                if key in model.model_fields:
                    found += alternatives(model.model_fields[str(key)].annotation)
            case container if container is dict and arguments:
                allowed = literals(alternatives(arguments[0]))
                if not allowed or key in allowed:
                    found += alternatives(arguments[1])
            case container if container is tuple and arguments and _is_index(key):
                items = arguments[:1] if arguments[-1] is ... else arguments
                index = 0 if arguments[-1] is ... else int(key)
                found += alternatives(items[index]) if index < len(items) else ()
            case container if container in (list, set, frozenset) and _is_index(key):
                found += alternatives(arguments[0]) if arguments else (Any,)
            case other if other is Any:
                found.append(Any)
    return tuple(found)


def _is_index(key: Key) -> bool:
    return isinstance(key, int) or key.isdecimal()


def at(model: type[BaseModel], path: Sequence[Key]) -> Types:
    """Alternatives of what stands at `path`; empty if the schema has no such place."""
    places: Types = (model,)
    for key in path:
        places = below(places, key)
    return places


def literals(places: Types) -> list[str]:
    """Words that may stand here, where only given words may."""
    words: list[str] = []
    for kind in places:
        if _frame(kind) is Literal:
            words += map(str, get_args(kind))
        elif isinstance(kind, type) and issubclass(kind, Enum):
            words += [str(member.value) for member in kind]
    return words


def keys(places: Types) -> list[str]:
    """Keys that the schema names for this place; empty where any key may stand."""
    known: list[str] = []
    for kind in places:
        if _is_model(kind):
            known += kind.model_fields
        elif _frame(kind) is dict:
            known += literals(_key_type(kind))
    return list(dict.fromkeys(known))


def _key_type(mapping: Any) -> Types:
    return alternatives((get_args(mapping) or (Any,))[0])


def any_key(places: Types) -> bool:
    """Whether keys are names that the planner makes up here."""
    return any(
        kind is Any or (_frame(kind) is dict and not literals(_key_type(kind))) for kind in places
    )


def has_keys(places: Types) -> bool:
    """Whether a block of keys may stand here."""
    return any(kind is Any or _is_model(kind) or _frame(kind) is dict for kind in places)


def suggest(key: str, places: Types, model: type[BaseModel], others: Iterable[str] = ()) -> str:
    """Find the key that was meant by `key`.

    Parameters
    ----------
    key : what was written.
    places : where it was written.
    model : the whole; if no key here is much like it, one of the same name elsewhere is.
    others : further keys that exist here.

    Returns
    -------
    str
        A key of this place, or a dotted path from the top with ``*`` for any name, or ``""``.
    """
    folded = key.lower().replace("-", "_").replace(" ", "_")
    known = [*keys(places), *others]
    if folded in known:
        return folded
    close = difflib.get_close_matches(folded, known, n=1, cutoff=0.75)
    return next(iter(close), "") or _elsewhere(folded, model) or nearest(folded, known)


def _elsewhere(key: str, model: type[BaseModel]) -> str:
    """Find the highest field called `key` in all of `model`; ``""`` if there is none."""
    found: set[str] = set()
    ways: list[tuple[tuple[str, ...], Any]] = [((), model)]
    while ways:
        path, kind = ways.pop()
        if len(path) > 8:
            continue
        if _is_model(kind):
            for name, field in kind.model_fields.items():
                if name == key:
                    found.add(".".join((*path, name)))
                ways += [((*path, name), t) for t in alternatives(field.annotation)]
        elif _frame(kind) is dict and get_args(kind):
            ways += [((*path, "*"), t) for t in alternatives(get_args(kind)[1])]
    return min(found, key=lambda path: (path.count("."), path), default="")

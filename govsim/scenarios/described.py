"""What the schema says of each input: the docstring below its field.

Read from the source when something asks for it, for docs, JSON Schema and workbooks; a run asks
for none, and reading them all takes as long as building the schema.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise

Said = dict[str, str]
"""Docstrings by the names of fields."""


@cache
def descriptions(part: type) -> Said:
    """Get the docstrings of a part's fields, those that it inherits included."""
    found: Said = {}
    for kind in reversed(part.__mro__):
        if kind.__module__.startswith("govsim."):
            found |= _of_module(kind.__module__).get(kind.__name__, {})
    return found


@cache
def _of_module(module: str) -> dict[str, Said]:
    """Read the docstrings of fields in a module, by the names of its classes."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        kind.name: {
            field.target.id: inspect.cleandoc(below.value.value)
            for field, below in pairwise(kind.body)
            if isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        }
        for kind in tree.body
        if isinstance(kind, ast.ClassDef)
    }

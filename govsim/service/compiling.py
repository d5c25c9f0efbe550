"""Compiles functions that must be fast, and keeps what was compiled between runs.

Rules are shared with the SimPy model: `shared` compiles the very code of a function of
`govsim.service.rules`. Numba's cache notices a change only in the file of the function that is
cached; an edited rule or constant in another file would silently be ignored. So the
cache has a folder of its own for each state of all sources, named by their hash.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar

from numba import config, njit, types
from numba.core.runtime import rtsys

from govsim.sources import code_hash
from govsim.storage import cache

Function = TypeVar("Function", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
"""No fastmath: compiled code must round as plain code does."""


def compiled(function: Function) -> Function:
    """Compile a function that compiled code calls."""
    return _once(njit(**OPTIONS)(function))


def inlined(function: Function) -> Function:
    """Compile a small function into whatever calls it."""
    return _once(njit(forceinline=True, **OPTIONS)(function))


def shared(function: Function, **others: Any) -> Function:
    """Compile the code of a Python function that the SimPy model calls as it stands.

    Parameters
    ----------
    others : what names of further Python functions in it stand for, compiled.
    """
    # Compiled code can't call plain Python functions, so their names are bound anew.
    same = FunctionType(function.__code__, {**function.__globals__, **others}, function.__name__)
    return _once(njit(forceinline=True, **OPTIONS)(same))


def _once(made: Any) -> Any:
    """Let a function be compiled once for all whole numbers that compiled code calls it with.

    Numba compiles it anew for each constant and each width of them, which is a third of all
    the time that compiling takes. Constants still come to bear where it is inlined.
    """
    given = made.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return given(tuple(map(_widest, args)), {name: _widest(arg) for name, arg in kws.items()})

    made.get_call_template = get_call_template
    return made


def _widest(kind: types.Type) -> types.Type:
    plain = types.unliteral(kind)
    whole = isinstance(plain, types.Integer) and plain.signed
    return types.int64 if whole else plain


ENTERED: list[Callable[..., Any]] = []
"""Compiled functions that every replication enters, of the modules imported so far."""


def kept(function: Function) -> Function:
    """Compile a function that every replication enters, and keep it on disk if that can be."""
    made = kept_if_entered(function)
    ENTERED.append(made)
    return made


def kept_if_entered(function: Function) -> Function:
    """Compile and keep a function that only some scenarios need; `is_kept` does not ask for it."""
    folder = cache_folder()
    before = config.CACHE_DIR
    made = compiled(function)
    if folder is not None:
        config.CACHE_DIR = str(folder)
        with suppress(RuntimeError):  # Numba finds no place to write
            made = njit(cache=True, **OPTIONS)(function)
            _read_alone(made)
        config.CACHE_DIR = before
    return made


def _read_alone(made: Any) -> None:
    """Let compiled code that is on disk be read without getting ready to compile.

    Numba imports all that it can compile before it looks for what it has compiled, some 150
    modules and SciPy's linear algebra among them: as long as its own import takes. What it reads
    needs only its memory management; where nothing is on disk, compiling gets it ready after all.
    """
    there = made._cache
    if not all(
        hasattr(there, name) for name in ("_load_overload", "_guard_against_spurious_io_errors")
    ):
        return  # another version of Numba, which goes its own way

    def load_overload(signature: Any, target: Any) -> Any:
        rtsys.initialize(target)
        with there._guard_against_spurious_io_errors():
            return there._load_overload(signature, target)

    there.load_overload = load_overload


def cache_folder() -> Path | None:
    """Find or make the folder for compiled code of this state of the sources.

    Returns
    -------
    Path or None
        None where there is no place to write; all is then compiled anew in each process.
    """
    return cache.folder("compiled", code_hash()[:16])


def is_kept() -> bool:
    """Tell whether all that every replication enters, of what was imported, is on disk already."""
    folder = cache_folder()
    files = [] if folder is None else [file.name for file in folder.rglob("*.nbc")]
    names = [f"{f.__module__.rpartition('.')[2]}.{f.__name__}-" for f in ENTERED]
    return all(any(file.startswith(name) for file in files) for name in names)

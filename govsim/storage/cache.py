"""Where this machine keeps what takes long to make: compiled code, laid-out territories.

All of it can be removed at any time; it is then made anew.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path


@cache
def folder(*names: str) -> Path | None:
    """Find or make a folder below the user's cache.

    Returns
    -------
    Path or None
        None where there is no place to write.
    """
    for base in _places():
        found = base.joinpath("govsim", *names)
        try:
            found.mkdir(parents=True, exist_ok=True)
            probe = found / f".{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError:
            continue
        return found
    return None


def _places() -> list[Path]:
    """User cache folders by the customs of the system, the most particular first."""
    places = []
    for name in ("GOVSIM_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        if os.environ.get(name):
            places.append(Path(os.environ[name]))
    try:
        home = Path.home()
    except RuntimeError:
        return places
    places.append(home / ("Library/Caches" if sys.platform == "darwin" else ".cache"))
    return places

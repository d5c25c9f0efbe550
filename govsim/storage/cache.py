"""Where this machine keeps what takes long to make: compiled code, territories, cut fonts.

All of it can be removed at any time; it is then made anew.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
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


def read(file: Path) -> str | None:
    """Read a text that was kept; None where there is none, or not what was written."""
    try:
        checksum, _, text = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, ValueError):
        return None
    if hashlib.sha256(text.encode()).hexdigest() != checksum:
        return None
    with suppress(OSError):
        os.utime(file)  # so that it is one of those used last
    return text


def keep(file: Path, text: str, most: int) -> None:
    """Keep a text at once or not at all, and let go of those that nobody used for long.

    Parameters
    ----------
    file : named by a hash of what the text is made from.
    text : without ends of lines that a system would change.
    most : files that are kept in its folder, those used last.
    """
    whole = f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}"
    made = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        try:
            made.write_text(whole, encoding="utf-8")
            made.replace(file)
        finally:
            made.unlink(missing_ok=True)
        by_age = sorted(file.parent.iterdir(), key=lambda one: -one.stat().st_mtime)
        for old in by_age[most:]:
            old.unlink(missing_ok=True)


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

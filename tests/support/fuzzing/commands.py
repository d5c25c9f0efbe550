"""Commands typed in this process, and what may not come of any of them."""

from __future__ import annotations

import gc
from collections.abc import Iterator

from click.testing import CliRunner, Result

from govsim import language
from govsim.cli import cli
from govsim.errors import visible


def typed(*arguments: object) -> Result:
    """Type a command."""
    language.use("en")
    gc.collect()
    return CliRunner().invoke(cli, [*map(str, arguments)])


def faults(said: Result, what: str) -> Iterator[str]:
    """What is wrong with how a command ended, whatever it was given."""
    error = said.exception
    if error is not None and not isinstance(error, SystemExit):
        yield f"{what}: traceback: {type(error).__name__}: {str(error)[:300]}"
    elif said.exit_code not in (0, 1, 2):
        yield f"{what}: ends with {said.exit_code}"
    elif said.exit_code and not said.output.strip():
        yield f"{what}: fails in silence"
    for words in ("mistake in govsim", "Traceback (most recent", "could not be written ("):
        if words in said.output:
            line = next(line for line in said.output.splitlines() if words in line)
            yield f"{what}: {line[:400]}"
    if visible(said.output) != said.output:
        yield f"{what}: sends control characters"
    if (
        not said.output.startswith("{")
        and max(map(len, said.output.splitlines()), default=0) > 20_000
    ):
        yield f"{what}: a line of over 20,000 signs"

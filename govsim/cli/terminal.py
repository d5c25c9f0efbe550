r"""The terminal: what is sent to it, how it stops the program, and what if it is gone.

Whatever is said passes `Shown`, which shows control characters from names and files as ``\x1b``;
tables are laid out by `govsim.cli.screen`, whose own colours and bars go through. What can't be
written ends in a message: a full disk behind ``>``, a closed pipe. SIGTERM and SIGHUP end a
command as Ctrl-C does.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn, TextIO, cast

from govsim.errors import RunError, visible
from govsim.language import tr
from govsim.storage.files import reason_of

FAILED = 1

TOGETHER = 2.0
"""Seconds in which several signals mean one thing: a closing terminal sends two."""

SWALLOWED = 10.0
"""Seconds after which the program should have ended, so that somebody has swallowed the news."""

STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")

HEARD = (signal.SIG_DFL, signal.default_int_handler)
"""Handlers that nobody has put in their place."""


# ------------------------------------------------------------------ what is sent


class Shown:
    """A standard stream that shows control characters, and says why it can't be written to.

    Parameters
    ----------
    stream : the stream itself.
    plainly : let control characters through, from whoever lays out a screen.
    """

    def __init__(self, stream: TextIO, plainly: bool = False) -> None:
        self.stream, self.plainly = stream, plainly

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    @property
    def rich_proxied_file(self) -> Shown:
        """What a `rich.console.Console` writes to; it is asked for by this name."""
        return Shown(self.stream, plainly=True)

    def write(self, text: str) -> int:
        """Write a text."""
        if text == "":  # click tries by nothing of each kind what kind of stream this is
            return 0
        with self._told():
            self.stream.write(text if self.plainly else visible(text))
        return len(text)

    def flush(self) -> None:
        """Let it be seen."""
        with self._told():
            self.stream.flush()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._let_go()
            if self._is_for_messages():  # there is nobody left to tell
                return
            if error.errno == errno.EPIPE:  # as ``| head`` ends what it has seen enough of
                sys.exit(FAILED)
            message = tr("can't write to the standard output: {reason}", reason=reason_of(error))
            raise RunError(message) from error

    def _is_for_messages(self) -> bool:
        with suppress(OSError, ValueError, AttributeError):
            return self.stream.fileno() == 2
        return False

    def _let_go(self) -> None:
        """Let what is still to be written go nowhere, or Python complains when it ends."""
        with suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)


@contextmanager
def shown() -> Iterator[None]:
    """Let all that is said pass `Shown` from here on."""
    before = sys.stdout, sys.stderr

    def through(stream: TextIO | None) -> TextIO | None:
        if stream is None or isinstance(stream, Shown):
            return stream
        return cast(TextIO, Shown(stream))

    sys.stdout, sys.stderr = map(through, before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def rewrite_line(text: str, done: bool = False) -> None:
    """Write over the last line of messages on a terminal; go on to the next one if `done`."""
    stream = getattr(sys.stderr, "rich_proxied_file", sys.stderr)
    stream.write(f"\r\033[K{visible(text)}" + "\n" * done)
    stream.flush()


# ------------------------------------------------------------------ how it stops


def leave(message: str, code: int = FAILED) -> NoReturn:
    """Say why, and leave."""
    stopped()
    print(message, file=sys.stderr, flush=True)
    sys.exit(code)


@dataclass
class _Stop:
    """Whether somebody has asked the program to end, and when it was last told so."""

    at: float | None = None


_stop = _Stop()


def is_stopping() -> bool:
    """Whether the program was asked to end: whatever goes wrong from then on is due to that."""
    return _stop.at is not None


def listen() -> None:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does, unless they are to be ignored.

    ``nohup`` has SIGHUP ignored, and so it stays. What is raised in the midst of a library may be
    swallowed there or come out as something else; so it is raised again as long as the
    program runs, and `is_stopping` tells what an error means.
    """

    def stop(number: int, frame: object) -> None:
        now = time.monotonic()
        again = number == getattr(signal, "SIGALRM", None)
        if _stop.at is not None and now - _stop.at < TOGETHER and not again:
            return
        _stop.at = now
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, SWALLOWED)
        raise KeyboardInterrupt

    for name in STOPPING:
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) in HEARD:
            signal.signal(number, stop)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, stop)
    sys.unraisablehook = _unless_stopping(sys.unraisablehook)
    threading.excepthook = _unless_stopping(threading.excepthook)


def stopped() -> None:
    """Know that the program is on its way out, which nothing shall interrupt."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def _unless_stopping(hook: Callable[[Any], object]) -> Callable[[Any], object]:
    """Say nothing of what a library could not finish when it was interrupted."""

    def said(what: Any) -> None:
        if not is_stopping():
            hook(what)

    return said

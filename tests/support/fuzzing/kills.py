"""Commands that are killed or stopped at random moments, then given again.

A command is begun in a child of this process, which has imported all already, and is killed
(``kill -9``) or stopped (SIGTERM, SIGINT, SIGHUP) after a part of the CPU time that it takes
undisturbed, drawn anew each time: moments are the same however busy the machine is. Whoever is
stopped says so. The same command must then end with the bytes that an undisturbed one leaves.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from commands import faults
from works import WORKS, Place, Work, place

KILL, STOPS = signal.SIGKILL, (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

OFTEN = ("run", "run on two cores", "more", "what-if", "sweep", "compare", "explain")
"""Works whose half-done state others go on from; they are drawn twice as often."""

ENDS = 20.0
"""Seconds of CPU time in which what was stopped must have ended."""

MOST = 2 << 30


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, below 0 by a signal, and what it said."""

    code: int
    said: str
    signalled: bool
    cpu: float
    memory: int


def examine(rng: random.Random, here: Path, number: int) -> Iterator[str]:
    """Kill or stop a command once or twice, let it come to its end, and look at what is left."""
    work = WORKS[rng.choice((*WORKS, *OFTEN))]
    at, lasts = place(), _undisturbed(work)
    at.before(work)
    if work.name == "calibrate":
        _some_trials_done(at, rng)
    with at.entered():
        for _ in range(rng.choice((1, 1, 2))):
            number_ = rng.choice((KILL, KILL, *STOPS))
            ended = typed_apart(work.command, here / "said", number_, rng.uniform(0, lasts))
            yield from _wrong(ended, f"{work.name}, {signal.Signals(number_).name}", number_)
        ended = typed_apart(work.command, here / "said")
        yield from _wrong(ended, f"{work.name}, again", None)
    if unlike := at.unlike(work.name):
        yield f"{work.name}: other than undisturbed: {', '.join(unlike)}"


def _undisturbed(work: Work) -> float:
    """Let a work be done once, and give the CPU time that it takes, s."""
    took: dict[str, float] = place().__dict__.setdefault("took", {})

    def do(command: tuple[str, ...]) -> None:
        ended = typed_apart(command, place().kept / "said")
        assert ended.code == 0, ended.said
        took[" ".join(command)] = ended.cpu

    place().whole(work.name, do)
    return took.get(" ".join(work.command), 1.0)


def _some_trials_done(at: Place, rng: random.Random) -> None:
    """Begin where an earlier calibration was killed: all of them are done too often otherwise."""
    at.begin(at.whole("calibrate"))
    for file in at.folder.glob("a-calibrated.*"):
        file.unlink()
    for file in at.folder.rglob("results/calibrations/*/*"):
        if file.is_file():
            file.unlink()
    stages = sorted(at.folder.rglob("trials.jsonl"), key=lambda file: file.stat().st_mtime)
    reached = rng.randrange(len(stages))
    for stage, file in enumerate(stages):
        lines = file.read_bytes().split(b"\n")
        if stage == reached:
            whole = b"\n".join(lines[: -rng.randrange(1, 12)])
            file.write_bytes(whole[: len(whole) - rng.choice((0, 0, 50))])
        elif stage > reached:
            shutil.rmtree(file.parent)


def _wrong(ended: Ended, what: str, number: int | None) -> Iterator[str]:
    if number == KILL and ended.code == -KILL:
        return
    exception = None if ended.code >= 0 else SystemExit(ended.code)
    said = SimpleNamespace(exit_code=ended.code, output=ended.said, exception=exception)
    yield from faults(said, what)
    if ended.signalled and ended.code == 1:
        lines = [line for line in ended.said.splitlines() if "Stopped" in line]
        if len(lines) != 1 or not ended.said.rstrip().endswith(lines[0]):
            yield f"{what}: is stopped and says: {ended.said[-300:]}"
    elif ended.code != 0:
        yield f"{what}: ends with {ended.code}: {ended.said[-300:]}"
    if ended.memory > MOST:
        yield f"{what}: takes {ended.memory / (1 << 30):.1f} GiB"


# ------------------------------------------------------------------ in a child


def typed_apart(
    command: tuple[str, ...], said: Path, number: int | None = None, after: float = 0.0
) -> Ended:
    """Type a command in a child, and signal it after a time of its own, s of CPU."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    child = os.fork()
    if not child:
        _be(command, said)
    signalled, stopped_at = False, 0.0
    while True:
        ended, status, used = os.wait4(child, os.WNOHANG)
        if ended:
            break
        now = _cpu(child)
        if number is not None and not signalled and now >= after:
            os.kill(child, number)
            signalled, stopped_at = True, now
        elif signalled and now - stopped_at > ENDS:
            os.kill(child, KILL)
        time.sleep(0.0005)
    with suppress(ProcessLookupError):  # workers of its own, if it had any
        os.killpg(child, KILL)
    return Ended(
        os.waitstatus_to_exitcode(status),
        said.read_text("utf-8", "replace"),
        signalled,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss << 10,
    )


def _cpu(process: int) -> float:
    """CPU time of a process, s, by the number that Linux gives its clock."""
    with suppress(OSError):
        return time.clock_gettime((~process << 3) | 2)
    return 0.0


def _be(command: tuple[str, ...], said: Path) -> None:
    """Be the command line, as it is begun by a shell; never comes back."""
    code = 99
    try:
        os.setpgid(0, 0)
        to = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(to, 1)
        os.dup2(to, 2)
        sys.stdout, sys.stderr = (os.fdopen(n, "w", closefd=False) for n in (1, 2))
        for number in STOPS:
            as_begun = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, as_begun)
        sys.argv = ["govsim", *command, "--lang", "en"]
        from govsim.cli import main

        main()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)

"""Examples done in processes of their own, under limits of time and memory.

A worker does one example after another and says in JSON lines which one it is at, so that an
example that ends the process, or never ends, has its name, and the others are done all the
same. Time is the worker's own (CPU) time, since other programs may be busy beside it.
"""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from govsim.runs import tasks

SECONDS, BYTES = 20, 2 << 30
"""What an example may take."""

FUSE = 8 << 30
"""Address space of a worker: libraries map much of it that they never touch."""

PATIENCE = 3600.0
"""Seconds without a word after which a worker is taken to hang, however busy the machine is:
one that gives way to all else may begin with compiling the engine, which takes a minute alone."""


class Hang(BaseException):
    """An example takes too long; no handler of errors shall take it for one of its own."""


Examine = Callable[[random.Random, Path, int], Iterator[str]]
"""Does an example with a source of luck, in an empty folder; gives what is wrong."""


def work(kind: str, seed: int, numbers: Sequence[int]) -> None:
    """Do examples and tell of each; in a worker."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is not a word of ours

    def tell(what: str, number: int, **more: Any) -> None:
        told.write(json.dumps({"what": what, "number": number, **more}) + "\n")
        told.flush()

    examine: Examine = import_module(kind).examine
    limited = kind != "kills"
    if kind != "orders":
        tasks.compile_engine()  # once after each change of the program, and no example's fault
    if limited:
        resource.setrlimit(resource.RLIMIT_AS, (FUSE, FUSE))
        signal.signal(signal.SIGPROF, _hangs)
    gc.collect()
    gc.freeze()  # what was imported is looked through no more: most of the time of `typed`
    for number in numbers:
        tell("begin", number)
        for text in examined(examine, kind, seed, number, limited):
            tell("found", number, text=text)
        tell("done", number)


def examined(
    examine: Examine, kind: str, seed: int, number: int, limited: bool = False
) -> list[str]:
    """Do one example and give what is wrong."""
    rng, found = random.Random(f"{seed}/{kind}/{number}"), []
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="govsim-fuzz-") as place:
        os.chdir(place)
        forget_the_peak()
        try:
            if limited:
                signal.setitimer(signal.ITIMER_PROF, SECONDS)
            found += examine(rng, Path(place), number)
        except Hang:
            found.append(f"takes over {SECONDS} s")
        except BaseException as error:  # whatever it is, it is a finding
            where = "".join(traceback.format_exception(error)[-3:])
            found.append(f"traceback: {type(error).__name__}: {error}\n{where}"[:2000])
        finally:
            if limited:
                signal.setitimer(signal.ITIMER_PROF, 0)
            os.chdir(here)
    if (most := peak()) > BYTES:
        found.append(f"takes {most / (1 << 30):.1f} GiB")
    return found


def _hangs(number: int, frame: FrameType | None) -> None:
    raise Hang


def forget_the_peak() -> None:
    """Count the most memory from here on, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """Most memory that this process has had, bytes; 0 where the system doesn't say."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return 0


# ------------------------------------------------------------------ in the parent


def share_out(kind: str, seed: int, numbers: range, workers: int) -> Iterator[dict[str, Any]]:
    """Let workers do the examples, and give what they tell; one that ends is replaced."""
    with selectors.DefaultSelector() as listening:
        for i in range(workers):
            if mine := numbers[i::workers]:
                worker = _Worker(kind, seed, mine)
                listening.register(worker.out, selectors.EVENT_READ, worker)
        while listening.get_map():
            ready = {key.data for key, _ in listening.select(timeout=5)}
            for key in list(listening.get_map().values()):
                worker = key.data
                if worker in ready:
                    yield from worker.words()
                elif time.monotonic() - worker.heard > PATIENCE:
                    worker.process.kill()
                    yield worker.found("no word for so long that it was killed")
                if worker.process.poll() is not None and worker.is_read:
                    listening.unregister(worker.out)
                    if worker.at is not None or worker.last is None:
                        yield worker.found(f"the process ended: {worker.process.returncode}")
                    if left := worker.left():
                        after = _Worker(kind, seed, left)
                        listening.register(after.out, selectors.EVENT_READ, after)


class _Worker:
    def __init__(self, kind: str, seed: int, numbers: range) -> None:
        self.numbers, self.at, self.last = numbers, None, None
        self.heard, self.rest, self.is_read = time.monotonic(), b"", False
        asked = [kind, "--worker", f"--seed={seed}", f"--first={numbers.start}"]
        asked += [f"--examples={numbers.stop - numbers.start}", f"--step={numbers.step}"]
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent), *asked],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")},
        )
        assert self.process.stdout is not None
        self.out = self.process.stdout

    def words(self) -> Iterator[dict[str, Any]]:
        """What it has told since; `at` is the example that it is at."""
        data = os.read(self.out.fileno(), 1 << 16)
        self.is_read = not data
        self.heard = time.monotonic()
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            told = json.loads(line)
            self.last = told["number"]
            self.at = None if told["what"] == "done" else told["number"]
            yield told
        if self.is_read:
            self.process.wait()

    def found(self, text: str) -> dict[str, Any]:
        return {"what": "found", "number": self.at, "text": text}

    def left(self) -> range:
        """Examples that it has not come to; the one it ended at is not tried again."""
        if self.last is None:
            return range(0)
        return self.numbers[self.numbers.index(self.last) + 1 :]

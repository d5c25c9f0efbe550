"""Runs that are killed at random moments, and whether they end with the same bytes.

    python tests/support/killing.py --kills 50            # other moments each time
    python tests/support/killing.py --kills 50 --seed 3   # the same moments, as far as a clock can

`test_durability.py` kills a few times. A run is killed (``kill -9``) at a moment drawn from
the time that an undisturbed one takes, and the same command is given again until a run
comes to its end; then it is given more replications in the same way. What is in its folder
then must be what an undisturbed run leaves.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from places import TEMPLATE

from govsim.storage.folder import RunFolder

PROGRAM = """
import sys, govsim
from govsim.runs import workers as where
short = (("horizon", "4 weeks"), ("warm_up", "1 week"))
scenario, out, replications, how = sys.argv[1:]
workers = 1 if how == "serial" else 2
def told(now):
    print(now.done, flush=True)
with where.choose(workers, processes=how == "processes") as executor:
    govsim.run(scenario, settings=short, replications=int(replications), out=out,
               keep_orders=True, executor=executor, on_progress=told)
"""

NUMBERS = (30, 60)
"""Replications that are asked for, one after the other."""

FEWER = (8, 16)
"""The same, where starting a program takes longer than what it is killed in."""

HOW = ("serial", "threads", "processes")
"""Where replications are done, one after another or two at once."""

TIMES = ("started", "finished", "seconds", "sha256")
"""What may differ in a manifest; the last is its checksum."""


def run(out: Path, replications: int, how: str, after: float | None = None) -> float | None:
    """Run the scenario; seconds from when it had begun to its end, None if it was killed.

    Parameters
    ----------
    out : folder for results.
    replications : how many.
    how : one of `HOW`.
    after : seconds after which it is killed.
    """
    arguments = [str(TEMPLATE), str(out), str(replications), how]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        begun = time.perf_counter()
        try:
            process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.kill()
            return None
    assert process.returncode == 0
    return time.perf_counter() - begun


def folder(out: Path) -> RunFolder:
    (path,) = (out / TEMPLATE.stem).glob("*/")
    return RunFolder(path)


def left(run: RunFolder) -> dict[str, bytes]:
    """Read all that a run has left, without the times in the manifest."""
    manifest = json.loads((run.path / "manifest.json").read_text(encoding="utf-8"))
    rest = {key: value for key, value in manifest.items() if key not in TIMES}
    files = {
        file.relative_to(run.path).as_posix(): file.read_bytes()
        for file in run.path.rglob("*")
        if file.is_file() and file.name not in {"manifest.json", ".lock"}
    }
    return files | {"manifest.json": json.dumps(rest, indent=1).encode()}


def kills(
    number: int,
    moments: random.Random,
    place: Path,
    how: Sequence[str] = HOW,
    numbers: Sequence[int] = NUMBERS,
) -> Iterator[str]:
    """Kill runs so often and tell of each; fail where one ends with other bytes."""
    lasts = [run(place / "undisturbed", replications, "serial") or 0.0 for replications in numbers]
    expected = left(folder(place / "undisturbed"))
    done = ended = 0
    while done < number:
        out = place / str(ended)
        for replications, last in zip(numbers, lasts, strict=True):
            while done < number:
                after, way = moments.uniform(0, last), moments.choice(how)
                if run(out, replications, way, after) is not None:
                    break
                done += 1
                kept = folder(out).kept()
                yield f"{way}: killed after {after:.2f} s with {kept} of {replications} kept"
            else:
                run(out, replications, "serial")
        found = left(folder(out))
        unlike = [n for n in found.keys() | expected.keys() if found.get(n) != expected.get(n)]
        assert not unlike, f"other than undisturbed: {', '.join(sorted(unlike))}"
        ended += 1
        yield "came to its end with the same bytes"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, help="for the same moments each time")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        try:
            for told in kills(arguments.kills, random.Random(arguments.seed), Path(place)):
                print(told, flush=True)
        except AssertionError as unlike:
            sys.exit(f"{unlike}")
    print(f"{arguments.kills} kills, nothing lost ({time.perf_counter() - begun:.0f} s)")

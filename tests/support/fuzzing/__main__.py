"""Fuzzers: inputs that nobody writes, made by a command with a seed.

    python tests/support/fuzzing scenarios --examples 5000 --seed 1
    python tests/support/fuzzing orders    --examples 3000 --seed 1
    python tests/support/fuzzing extremes  --examples 5000 --seed 1 --workers 2
    python tests/support/fuzzing kills     --examples 100 --seed 1
    python tests/support/fuzzing flips     --examples 300 --seed 1

Nothing may end in a traceback, take over 20 s or 2 GiB, or go wrong in silence. The same seed
makes the same examples; ``--first 71 --examples 1`` repeats the one of number 71. What was found
when they were last run in full stands in docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

import watched

KINDS = ("scenarios", "orders", "extremes", "kills", "flips")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first example")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--step", type=int, default=1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    numbers = range(asked.first, asked.first + asked.examples)
    if asked.worker:
        watched.work(asked.kind, asked.seed, numbers[:: asked.step])
        return
    begun = time.monotonic()
    seen: Counter[str] = Counter()
    for told in watched.share_out(asked.kind, asked.seed, numbers, asked.workers):
        seen[told["what"]] += 1
        if told["what"] == "found":
            print(f"{asked.kind} {told['number']}: {told['text']}", flush=True)
        elif told["what"] == "done" and seen["done"] % 100 == 0:
            print(f"  {seen['done']} of {len(numbers)}", file=sys.stderr, flush=True)
    print(
        json.dumps(
            {
                "kind": asked.kind,
                "seed": asked.seed,
                "examples": seen["done"],
                "findings": seen["found"],
                "seconds": round(time.monotonic() - begun),
            }
        )
    )
    sys.exit(1 if seen["found"] or seen["done"] < len(numbers) else 0)


if __name__ == "__main__":
    main()

"""Changes to texts and values: what a slip, a broken editor or an attacker may make of them."""

from __future__ import annotations

import random
from typing import Any

PIECES = (
    *(
        ",",
        '"',
        "'",
        "\n",
        "\t",
        "\r",
        "\0",
        ":",
        ": ",
        "- ",
        "#",
        "&a",
        "*a",
        "<<",
        "!!",
        "%",
        "@",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        "|",
        ">",
        "---\n",
        "...\n",
        "? ",
        "!!bool maybe",
        '!!int ""',
        "!!binary x",
    ),
    *(
        "!!python/object:os.system",
        "!!timestamp x",
        "!!set {}",
        "~",
        "null",
        "yes",
        "\\",
        "\\e[31m",
    ),
    *(
        "\x1b[31m",
        "\x07",
        "\u202e",
        "\ufeff",
        "\ufffd",
        "\u2028",
        "：",
        "，",
        "“",
        "２０２５",
        "天地",
    ),
    *("1e999", "-1", "0x1F", "0o17", "1_000", ".inf", ".nan", "9" * 30, "9" * 400, "1e-300", "%s"),
    *("2025-02-30", "24:00", "25:61", "../../etc/passwd", "/dev/zero", "con.yaml", "x" * 5000),
)

NUMBERS = (
    *(0, -1, 1, 2, 0.5, -0.5, 1e-300, 1e-9, 1e9, 1e12, 1e30, 1e300, 10**30, 10**400, -(10**30)),
    *(float("inf"), float("-inf"), float("nan"), 2**31, 2**63, 2**64, 0.1 + 0.2, 1 / 3, -0.0),
)

WORDS = (
    *(
        "",
        " ",
        "x",
        "x" * 5000,
        "null",
        "true",
        "none",
        "always",
        "every day",
        "天地新城",
        "ａ",
        "é",
    ),
    *(
        "0",
        "-1",
        "1 h",
        "-1 h",
        "0 min",
        "1e30 days",
        "5%",
        "500%",
        "-5%",
        "1 per h",
        "1e30 per min",
    ),
    *("0 km/h", "1e9 km", "0 m", "25:00-26:00", "08:00-08:00", "22:00-06:00", "2025-02-30", "1..2"),
    *(
        "1 yuan/h",
        "nan",
        "inf",
        "0x10",
        "1e5",
        "１２",
        "一百",
        "\u202e",
        "a.b",
        "*",
        "../x.csv",
        "\n",
    ),
)

TIMES: tuple[Any, ...] = (
    {"exponential": {"mean": "1 h"}},
    {"exponential": {"mean": "-1 h"}},
    {"lognormal": {"median": "30 min", "sigma": 1000}},
    {"lognormal": {"median": "30 min", "sigma": 0}},
    {"weibull": {"scale": "30 min", "shape": 1e-300}},
    {"gamma": {"mean": "30 min", "cv": 0}},
    {"erlang": {"mean": "1 h", "k": 0}},
    {"uniform": {"low": "2 h", "high": "1 h"}},
    {"nothing": {}},
    {"exponential": {"mean": "1 h"}, "lognormal": {"median": "1 h", "sigma": 1}},
    {"mixture": []},
    {"empirical": []},
)

OTHERS: tuple[Any, ...] = (
    *(None, True, False, [], {}, [[]], [None], [1, 2], [1] * 24, [0] * 7, [-1] * 12, {"": ""}),
    *(
        {"x": 1},
        {"day": 1},
        {"workday": 1, "weekend": 0},
        {"zh": "x"},
        [{"x": 1}],
        {"1": {"2": {}}},
    ),
)


def value(rng: random.Random, before: Any = None) -> Any:
    """Draw a value to stand in place of another; often one of its kind."""
    kind = rng.random()
    if isinstance(before, int | float) and not isinstance(before, bool) and kind < 0.4:
        return before * rng.choice((10, 100, 1e6, 0.1, 1e-6, -1, 0, 1.5))
    if isinstance(before, str) and kind < 0.4:
        return text(rng, before)
    return rng.choice(rng.choice((NUMBERS, WORDS, TIMES, OTHERS)))


def text(rng: random.Random, before: str) -> str:
    """Change a text in a place or two: a piece put in, taken out, doubled, moved."""
    after = before
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        at = rng.randrange(len(after) + 1)
        to = min(len(after), at + int(rng.expovariate(1 / 8)))
        how = rng.randrange(5)
        if how == 0:
            after = after[:at] + rng.choice(PIECES) + after[at:]
        elif how == 1:
            after = after[:at] + after[to:]
        elif how == 2:
            after = after[:at] + after[at:to] * rng.choice((2, 3, 50)) + after[to:]
        elif how == 3:
            after = after[:at] + rng.choice(PIECES) + after[to:]
        else:
            after = _lines(rng, after)
    return after


def _lines(rng: random.Random, before: str) -> str:
    """Exchange, take out, repeat or indent whole lines."""
    lines = before.split("\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    how = rng.randrange(5)
    if how == 0:
        lines[i], lines[j] = lines[j], lines[i]
    elif how == 1:
        del lines[i]
    elif how == 2:
        lines.insert(j, lines[i])
    elif how == 3:
        lines[i] = " " * rng.randrange(1, 5) + lines[i]
    else:
        lines = lines[: i + 1]
    return "\n".join(lines)


def data(rng: random.Random, before: bytes) -> bytes:
    """Change the bytes of a file: pieces put in, flipped, taken out, cut off."""
    after = bytearray(before)
    for _ in range(rng.choice((1, 1, 2, 6))):
        at = rng.randrange(len(after) + 1)
        how = rng.randrange(4)
        if how == 0 and at < len(after):
            after[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            after[at:at] = rng.choice(PIECES).encode(
                rng.choice(("utf-8", "gb18030", "utf-16")), "replace"
            )
        elif how == 2:
            del after[at : at + int(rng.expovariate(1 / 30))]
        elif rng.random() < 0.2:
            del after[at:]
        else:
            after[at : at + 4] = rng.randbytes(4)
    return bytes(after)

"""Which encoding of East Asia a text has that isn't Unicode: by the signs that it would hold.

Nearly all bytes of a Japanese, Korean or Taiwanese file are signs in GB18030 too, but rare ones.
Used by `govsim.orders.characters`.
"""

from __future__ import annotations

import re

FEWEST = 12
"""Signs beyond ASCII, at least, that tell encodings apart."""

COMMON = 0.85
"""Share of them, at least, that are common ones in the right encoding."""

_DAILY = {
    "cp932": (range(0x81, 0x99), range(0x40, 0xFD)),
    "big5": (range(0xA1, 0xC7), range(0x40, 0xFF)),
    "gb18030": (range(0xA1, 0xD8), range(0xA1, 0xFF)),
}
"""First and second bytes of the signs that are in daily use, by encoding."""


def likely(beginning: bytes) -> list[str]:
    """Give the encodings that a text which is no UTF-8 may have, the likeliest first.

    Parameters
    ----------
    beginning : of the file, perhaps cut within a sign.
    """
    korean = _share(beginning, "cp949", r"[\uac00-\ud7a3]")
    if korean >= 0.97:
        return ["cp949", "gb18030"]
    if _share(beginning, "gb18030") >= COMMON:
        return ["gb18030"]
    shares = {
        "cp932": _share(beginning, "cp932", r"[\u3040-\u30ff]"),
        "big5": _share(beginning, "big5"),
    }
    best = max(shares, key=lambda name: shares[name])
    return [best, "gb18030"] if shares[best] >= COMMON else ["gb18030"]


def _share(beginning: bytes, encoding: str, besides: str = "") -> float:
    """Share of the signs beyond ASCII that are common in an encoding; 0 where it can't be."""
    text = _decoded(beginning, encoding)
    signs = [sign for sign in text if not sign.isascii()]
    if len(signs) < FEWEST:
        return 0.0
    first, second = _DAILY.get(encoding, (range(0), range(0)))
    n = 0
    for sign in signs:
        if besides and re.match(besides, sign):
            n += 1
            continue
        code = sign.encode(encoding)
        n += len(code) == 2 and code[0] in first and code[1] in second
    return n / len(signs)


def _decoded(beginning: bytes, encoding: str) -> str:
    """Decode the beginning of a text, which may be cut within a sign; "" where it can't be."""
    for cut in range(4):
        try:
            return beginning[: len(beginning) - cut].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(beginning) - 4:
                break
    return ""

"""Characters of a text file: its encoding, found where it isn't named; whole or cut, packed or not.

Used by `govsim.orders.text_files` and `govsim.orders.json_files`.
"""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from govsim.language import tr
from govsim.orders import encodings
from govsim.orders.raw import PEEK, damaged, refuse

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

MOST_BAD = 0.01
"""Share of characters that may be unreadable before the file is refused; a few always may."""

FEW = 3
"""Unreadable characters that any file may have."""

GARBLED = "\ufffd"
"""What stands for bytes that are no character."""

AT_ONCE = 2**22
"""Bytes unpacked at a time: a packed file may hold a thousand times its size."""


class Characters:
    """The characters of a file, perhaps packed by gzip.

    Parameters
    ----------
    path : the file.
    encoding : if the planner names one; else it is found.
    """

    def __init__(self, path: Path, encoding: str | None) -> None:
        self.path, self.name = path, str(path)
        with path.open("rb") as stream:
            self.packed = stream.read(2) == b"\x1f\x8b"
        self.encoding, self.cut = self._find_encoding(encoding)

    def stream(self) -> Recoded:
        """Open the file as a stream of UTF-8."""
        return Recoded(self.chunks, self.encoding)

    def chunks(self) -> Iterator[bytes]:
        """Go through the bytes of the file; of a packed one that is cut off, what there is."""
        with self.path.open("rb") as opened:
            if self.packed:
                yield from self._unpacked(opened)
                return
            while chunk := opened.read(2**20):
                yield chunk

    def _unpacked(self, opened: BinaryIO) -> Iterator[bytes]:
        unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while packed := opened.read(2**18):
            while packed:
                try:
                    chunk = unpack.decompress(packed, AT_ONCE)
                except zlib.error as error:
                    damaged(self.name, error)
                if chunk:
                    yield chunk
                packed = unpack.unconsumed_tail
                if unpack.eof and unpack.unused_data:  # another file joined to it
                    packed = unpack.unused_data
                    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        self.cut = self.cut or not unpack.eof

    def _find_encoding(self, named: str | None) -> tuple[str, bool]:
        """Find the encoding, and whether the file is cut off at its end."""
        self.cut = False
        beginning = next(self.chunks(), b"")[:PEEK]
        if beginning.startswith(codecs.BOM_UTF8):
            candidates = ["utf-8-sig"]
        elif beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            candidates = ["utf-16"]
        elif b"\0" in beginning[:1000]:
            evens, odds = beginning[0:1000:2].count(0), beginning[1:1000:2].count(0)
            if min(evens, odds) > 0.1 * max(evens, odds):
                refuse(tr("this is not a text file, and none that can be read"), self.name)
            candidates = ["utf-16-be" if evens > odds else "utf-16-le"]
        else:
            candidates = ["utf-8", *encodings.likely(beginning)]
        if named is not None and len(candidates) > 1:
            candidates = [named]
        bad = {}
        for encoding in candidates:
            bad[encoding], seen, rest = self._count_bad(encoding)
            if not bad[encoding]:
                return encoding, self.cut or rest
        best = min(bad, key=lambda encoding: bad[encoding])
        if bad[best] > max(FEW, MOST_BAD * seen):
            self._refuse_encoding(named)
        return best, self.cut

    def _refuse_encoding(self, named: str | None) -> None:
        if named is not None:
            message = tr(
                "the text is not in the encoding {name} that the mapping names", name=named
            )
        else:
            message = tr(
                "the text is neither UTF-8 nor GBK or GB18030; save it as CSV UTF-8, "
                "or name its encoding in the mapping"
            )
        refuse(message, self.name)

    def _count_bad(self, encoding: str) -> tuple[int, int, bool]:
        """Count characters that can't be read, and all; say whether the last one is cut."""
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        seen = bad = 0
        for chunk in self.chunks():
            text = decoder.decode(chunk)
            bad += text.count(GARBLED)
            if encoding.startswith("utf-8"):
                bad -= chunk.count(GARBLED.encode())  # that was in it before
            seen += len(text)
        return bad, seen, bool(decoder.getstate()[0])

    def sample(self) -> str:
        """Give the beginning of the text, up to the end of a line if that is not far."""
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        text = decoder.decode(next(self.chunks(), b"")[: 4 * PEEK])
        return text if len(text) < PEEK else text[: text.rfind("\n") + 1] or text


class Recoded(io.RawIOBase):
    """The characters of a file as a stream of UTF-8."""

    def __init__(self, chunks: Callable[[], Iterator[bytes]], encoding: str) -> None:
        self.chunks, self.buffer = chunks(), memoryview(b"")
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.ended, self.ends_in_newline = False, True

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, into: Buffer) -> int:
        """Read on; see `io.RawIOBase`."""
        view = memoryview(into).cast("B")
        while not self.buffer and not self.ended:
            chunk = next(self.chunks, None)
            if chunk is None:
                self.ended = True
                text = self.decoder.decode(b"", final=True)
            else:
                text = self.decoder.decode(chunk)
            if text:
                self.ends_in_newline = text[-1] in "\r\n"
            self.buffer = memoryview(text.encode())
        n = min(len(view), len(self.buffer))
        view[:n] = self.buffer[:n]
        self.buffer = self.buffer[n:]
        return n

"""Addresses of databases as they may be shown: without what lets anyone in.

A password stands before the host, in the query after it (``?password=``), or in a connection
string that ODBC is given whole (``?odbc_connect=...PWD=...``). Used by
`govsim.orders.databases` for whatever is shown or written.
"""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, unquote, unquote_plus

HIDDEN = "***"
"""What stands in the place of a secret."""

_SECRET = re.compile(r"pass|pwd|secret|token|key|credential|auth|signature|\bsig\b", re.IGNORECASE)
"""Names of what must not be seen."""

_PART = re.compile(r"\s*(?P<name>[^=;&]+?)\s*=\s*(?P<value>\{(?:[^}]|\}\})*\}|[^;&]*)")
"""A part of a connection string: PWD=word, PWD={word with ; in it}."""


class Address:
    """The address of a database, and the secrets in it.

    Parameters
    ----------
    address : as SQLAlchemy writes it, or anything that is like it.
    """

    def __init__(self, address: str) -> None:
        self._secrets: set[str] = set()
        scheme, _, rest = address.partition("://")
        before, mark, query = rest.partition("?")
        # A password may hold any sign, and is over at the last @ before the host.
        while "@" in query.partition("=")[0]:  # the question mark was one of its signs
            more, mark, query = query.partition("?")
            before = f"{before}?{more}"
        who, at, where = before.rpartition("@")
        name, colon, word = who.partition(":")
        if colon:
            self._keep(word, unquote(word))
            who = f"{name}:{HIDDEN}"
        parts = [self._part(part) for part in query.split("&")] if mark else []
        self.shown = f"{scheme}://{who}{at}{where}{mark}{'&'.join(parts)}"
        """The address with its secrets masked."""

    def _part(self, part: str) -> str:
        """Mask what is secret in a part of the query."""
        name, sign, value = part.partition("=")
        if not sign:
            return part
        plain = unquote_plus(value)
        if _SECRET.search(unquote_plus(name)):
            self._keep(value, plain)
            return f"{name}={HIDDEN}"
        if "=" in plain:  # a connection string of its own
            masked = _PART.sub(self._masked, plain)
            return part if masked == plain else f"{name}={masked}"
        return part

    def _masked(self, found: re.Match[str]) -> str:
        if not _SECRET.search(found["name"]):
            return found[0]
        value = found["value"]
        bare = value[1:-1].replace("}}", "}") if value.startswith("{") else value.strip()
        self._keep(value, bare)
        return found[0][: found.start("value") - found.start()] + HIDDEN

    def _keep(self, *words: str) -> None:
        for word in words:
            self._secrets |= {word, quote(word, safe=""), quote_plus(word)}

    def hide(self, text: str) -> str:
        """Mask the secrets in what a driver says, which may repeat all that it was given."""
        for word in sorted(self._secrets, key=len, reverse=True):
            # A word of a sign or two is in any text; what it is in can't be told apart.
            if len(word) > 2:
                text = text.replace(word, HIDDEN)
        return _PART.sub(self._masked, text) if "=" in text else text

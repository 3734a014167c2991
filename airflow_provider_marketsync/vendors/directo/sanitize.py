# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Dropping control characters, which people type or paste into Directo and XML does not allow (contract 9.14)."""

from __future__ import annotations

import re

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_REFERENCE = re.compile(rb"&#(?:0{0,8}(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0{0,8}(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
_BEGUN = re.compile(rb"&(?:#(?:x?[0-9a-fA-F]{0,10})?)?\Z")


class Sanitizer:
    """Cleans one byte stream in an encoding that contains ASCII, as UTF-8 does.

    Both the characters themselves and references to them (``&#1;``) are dropped; tab, LF and CR stay.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._begun = b""

    def clean(self, block: bytes) -> bytes:
        """Return the next piece without control characters; a reference that may go on is kept back."""
        bare = (self._begun + block).translate(None, _CONTROLS)
        self.dropped += len(self._begun) + len(block) - len(bare)
        clean, count = _REFERENCE.subn(b"", bare)
        self.dropped += count
        begun = _BEGUN.search(clean)
        self._begun = begun.group() if begun else b""
        return clean.removesuffix(self._begun)

    def rest(self) -> bytes:
        """Return what was kept back, at the end of the stream."""
        return self._begun

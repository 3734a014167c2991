# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Blanks, control characters, and which words a report may show."""

from __future__ import annotations

import re

# Zero-width signs come along when people copy from web pages; str.strip() leaves them standing.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_BLANK = rf"\s{_INVISIBLE}"
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_ENDS = re.compile(rf"^[{_BLANK}{_CONTROL}]+|[{_BLANK}{_CONTROL}]+\Z")
_INNER = re.compile(rf"[{_BLANK}]*[{_CONTROL}][{_BLANK}{_CONTROL}]*")
_MANY_DIGITS = re.compile(r"(?:\d\D*){6}")
_LONGEST_WORD = 24


def trim(text: str) -> str:
    """Drop Unicode blanks at both ends; inner control characters, with the blanks around them, become one blank."""
    if text.isascii() and text.isprintable():
        return text.strip(" ")
    return _INNER.sub(" ", _ENDS.sub("", text))


def shown(word: str) -> str:
    """Return a word as a report may show it: what may be more than a code word is only described.

    Lists of words that fit no rule stand in summaries, where no personal data may stand; a free text field could hold
    an address, a phone number or a sentence.
    """
    if len(word) <= _LONGEST_WORD and "@" not in word and not _MANY_DIGITS.search(word):
        return word
    return f"(text of {len(word)} characters)"

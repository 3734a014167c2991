# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Takes a text of the mapping language apart, sign by sign, and points at the place that is wrong."""

from __future__ import annotations

import re
from typing import NoReturn

from airflow_provider_marketsync.exceptions import DefinitionError

_BLANKS = re.compile(r"\s*")
_WORD = re.compile(r"\w+(?:-\w+)*")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?![\w.])")
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_BARE = re.compile(r"""[^,()|='"]+""")
_IN_BRACKETS = re.compile(r"""[^\]['"]+""")


class ExpressionError(DefinitionError):
    """A text of the mapping language is wrong; the message shows the text with a caret below the place."""


class Scanner:
    """Reads one text from left to right. Blanks between signs do not matter.

    :param text: the text
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._skip()

    def _skip(self) -> None:
        found = _BLANKS.match(self.text, self.position)
        self.position = found.end() if found else self.position

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
            self._skip()
        return found

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.position == len(self.text)

    def sees(self, sign: str) -> bool:
        """Tell whether this sign comes next."""
        return self.text.startswith(sign, self.position)

    def takes(self, sign: str) -> bool:
        """Take this sign if it comes next."""
        if not self.sees(sign):
            return False
        self.position += len(sign)
        self._skip()
        return True

    def needs(self, sign: str, after: str) -> None:
        """Take this sign, or fail saying after what it was expected."""
        if not self.takes(sign):
            self.fail(f'expected "{sign}" after {after}')

    def next_word(self) -> str:
        """Return the word that comes next without taking it, "" if none does."""
        found = _WORD.match(self.text, self.position)
        return found.group() if found else ""

    def word(self) -> str | None:
        """Take a word: letters, digits, underscores, hyphens inside."""
        found = self._take(_WORD)
        return found.group() if found else None

    def number(self) -> str | None:
        """Take a number as it is written."""
        found = self._take(_NUMBER)
        return found.group() if found else None

    def quoted(self) -> str | None:
        """Take a text in single or double quotes; a backslash escapes quotes, itself, n, r and t."""
        start = self.position
        found = self._take(_QUOTED)
        if found is None:
            if self.sees("'") or self.sees('"'):
                self.fail("this quote is not closed")
            return None
        inner = found.group(1) if found.group(1) is not None else found.group(2)
        return _ESCAPE.sub(lambda escape: self._unescaped(escape, start), inner)

    def _unescaped(self, escape: re.Match[str], start: int) -> str:
        sign = escape.group(1)
        if sign not in _UNESCAPED:
            self.fail(f"unknown escape \\{sign}; write \\\\ for a backslash", start)
        return _UNESCAPED[sign]

    def literal(self) -> str | None:
        """Take a converter's argument: a quoted text, or what stands before the next of , ( ) | = and quotes."""
        return self._quoted_or(_BARE)

    def in_brackets(self) -> str | None:
        """Take what stands in square brackets: a quoted text, or everything up to the closing one."""
        return self._quoted_or(_IN_BRACKETS)

    def _quoted_or(self, bare: re.Pattern[str]) -> str | None:
        text = self.quoted()
        if text is not None:
            return text
        found = self._take(bare)
        return (found.group().strip() or None) if found else None

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        """Raise :class:`ExpressionError` that points at the position (default: here)."""
        raise ExpressionError(message + self._pointed(self.position if position is None else position))

    def _pointed(self, position: int) -> str:
        start = self.text.rfind("\n", 0, position) + 1
        line = self.text[start:].partition("\n")[0]
        return f"\n      {line}\n      {' ' * (position - start)}^"

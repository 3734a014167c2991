# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Everything that is wrong with a definition, collected and told at once."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_provider_marketsync.exceptions import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_provider_marketsync.contacts.expressions import Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a definition.

    :param path: dotted keys, as ``consent.email.granted[0]``; empty for the whole
    :param line: line of the file, from 1; None where there is no file
    """

    path: str
    line: int | None = None

    def down(self, key: str, line: int | None = None) -> Place:
        """Return the place of a key below this one."""
        return Place(f"{self.path}.{key}" if self.path else key, line or self.line)

    def at(self, index: int, line: int | None = None) -> Place:
        """Return the place of one entry of the list that stands here."""
        return Place(f"{self.path}[{index}]", line or self.line)

    def __str__(self) -> str:
        return ", ".join(part for part in (f"line {self.line}" if self.line else "", self.path) if part)


class Problems:
    """Collects what is wrong, so that a user mends a definition in one go.

    :param subject: what is being read: the file's name, or "the sync definition"
    :ivar named: every source field named so far and where, for the checks that come last
    """

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self.named: list[tuple[Place, Path]] = []
        self._found: list[tuple[Place, str]] = []

    def add(self, place: Place, message: str) -> None:
        """Note one error: what is wrong and what to write instead."""
        self._found.append((place, message))

    def raise_any(self) -> None:
        """Raise one :class:`DefinitionError` that tells all of them, in the order of their lines.

        :raises DefinitionError: something was added before
        """
        if not self._found:
            return
        count = len(self._found)
        told = sorted(self._found, key=lambda found: found[0].line or 0)
        lines = "".join(f"\n  {place}: {message}" if str(place) else f"\n  {message}" for place, message in told)
        raise DefinitionError(f"{self._subject} has {count} error{'s' if count > 1 else ''}:{lines}")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean "..."?`` for the closest known word, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""

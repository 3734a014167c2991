# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One record while it is being looked at."""

from __future__ import annotations

from typing import Any

from airflow_provider_marketsync.contacts.record import DATAFIELDS, Record

Entry = tuple[str, str]
"""Content and param of one free field."""


class Row:
    """A record with its free fields at hand by code; collects what was noticed on the way.

    :param record: the record
    """

    __slots__ = ("_entries", "misses", "repeated", "values")

    def __init__(self, record: Record) -> None:
        self._entries: dict[str, list[Entry]] | None = None
        # Any: only the name "datafields" holds a list, and no path can name it alone.
        self.values: dict[str, Any] = record.values
        self.misses: list[str] = []
        self.repeated: set[tuple[str, str | None]] = set()

    def entries(self, code: str) -> list[Entry]:
        """Return every entry of a free field, in the record's order.

        :param code: the code, case-folded
        """
        if self._entries is None:
            self._entries = self._by_code()
        return self._entries.get(code, [])

    def _by_code(self) -> dict[str, list[Entry]]:
        by_code: dict[str, list[Entry]] = {}
        for code, content, param in self.values.get(DATAFIELDS) or ():
            folded = code.casefold()
            if folded in by_code:
                by_code[folded].append((content, param))
            else:
                by_code[folded] = [(content, param)]
        return by_code

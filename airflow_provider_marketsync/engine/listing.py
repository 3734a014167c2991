# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Counts by name for people to read, in memory that does not grow with the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

MOST = 20
OTHERS = "others"


class Listing:
    """Count names; the first twenty by name, all others together."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, names: Iterable[str]) -> None:
        """Count each name once."""
        for name in names:
            known = name in self._counts or len(self._counts) < MOST
            self._counts[name if known else OTHERS] += 1

    def to_dict(self) -> dict[str, int]:
        """Return the counts, the most frequent first."""
        return dict(self._counts.most_common())

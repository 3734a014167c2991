# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What became of each record of a run: exactly one outcome each, and they add up."""

from __future__ import annotations

from collections import Counter
from enum import Enum


class Outcome(str, Enum):
    """What became of one record in one run."""

    UNCHANGED = "unchanged"
    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"
    INVALID = "invalid"
    """Refused by us before sending."""
    REJECTED = "rejected"
    """Refused by the target."""
    POSTPONED = "postponed"
    """Not tried in this run; stands in the carry-over."""
    UNKNOWN = "unknown"
    """Sent, and no answer came."""


class Tally:
    """Count the records of a run and their outcomes."""

    def __init__(self) -> None:
        self.read = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.reasons: Counter[tuple[Outcome, str]] = Counter()

    def count(self, outcome: Outcome, reason: str | None = None, number: int = 1) -> None:
        """Give records their outcome."""
        self.outcomes[outcome] += number
        if reason:
            self.reasons[outcome, reason] += number

    def change(self, was: Outcome, now: Outcome, reason: str) -> None:
        """Take one record's outcome back and give it another."""
        self.outcomes[was] -= 1
        self.count(now, reason)

    def check(self) -> None:
        """Insist that every record read has exactly one outcome."""
        if self.outcomes.total() != self.read:
            raise AssertionError(
                f"{self.read} records were read, but {self.outcomes.total()} outcomes given: {dict(self.outcomes)}"
            )

    def to_dict(self) -> dict[str, object]:
        """Return the counts as plain JSON."""
        reasons: dict[str, dict[str, int]] = {}
        for (outcome, reason), number in sorted(self.reasons.items()):
            reasons.setdefault(outcome.value, {})[reason] = number
        return {
            "read": self.read,
            "outcomes": {outcome.value: self.outcomes[outcome] for outcome in Outcome},
            "reasons": reasons,
        }

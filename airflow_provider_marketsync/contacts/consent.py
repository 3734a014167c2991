# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Words about consent: what a card states, and what was decided about a mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Stated(str, Enum):
    """What one card says about consent on one channel (the four states of ``new_contacts``)."""

    GRANTED = "granted"
    PENDING = "pending"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


class Decided(str, Enum):
    """What holds for a person on one channel in one scope (rule 2 of the rules about people)."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    OPTED_IN = "opted_in"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    COMPLAINT = "complaint"
    RETIRED = "retired"
    ERASED = "erased"

    @property
    def stated(self) -> Stated:
        """The row of ``new_contacts`` that applies to this decision."""
        return _STATED[self]


_STATED = {
    Decided.UNKNOWN: Stated.UNKNOWN,
    Decided.PENDING: Stated.PENDING,
    Decided.OPTED_IN: Stated.GRANTED,
    Decided.OPTED_OUT: Stated.WITHDRAWN,
    Decided.BOUNCED: Stated.WITHDRAWN,
    Decided.COMPLAINT: Stated.WITHDRAWN,
    Decided.RETIRED: Stated.WITHDRAWN,
    Decided.ERASED: Stated.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a card says, with its date.

    :param stated: the state; a missing field is UNKNOWN ("silence is not consent")
    :param on: date of the statement as ISO text (``2026-11-19``, its first second in the source's zone), None where undated or
        in the future
    :param unlisted: words that stand in no list of the definition, for the report (they count as UNKNOWN)
    """

    stated: Stated
    on: str | None = None
    unlisted: tuple[str, ...] = ()


class NewContact(str, Enum):
    """What happens to somebody who is neither delivered by us nor at the target."""

    SUBSCRIBE = "subscribe"
    DOUBLE_OPT_IN = "double_opt_in"
    CREATE_UNSUBSCRIBED = "create_unsubscribed"
    SKIP = "skip"

# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the ledger's rows about source records hold, as the engine is handed them."""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple


class Attention(IntFlag):
    """Why a record may not be called unchanged, though its source is."""

    PENDING = 1
    """Sent, and no answer is known."""
    REJUDGE = 2
    """Something about its mailbox changed: other cards, consent, suppression."""
    RESEND = 4
    """A process that had lost its lock was sending it."""
    REFUSED = 8
    """Refused by us or by the target; waits to be tried again."""


class Glance(NamedTuple):
    """The little that decides whether a record is unchanged."""

    key: str
    id: int
    """0 for a key never seen."""
    source_fp: bytes | None
    read_at: str | None
    attention: int


class Known(NamedTuple):
    """All that the ledger knows of one record; the columns are explained in ``schema.py``."""

    id: int
    key: str
    short: str
    attention: int = 0
    source_fp: bytes | None = None
    payload_fp: bytes | None = None
    field_hashes: bytes | None = None
    pending_fp: bytes | None = None
    read_at: str | None = None
    changed: str | None = None
    address: bytes | None = None
    delivered_address: bytes | None = None
    stated: str | None = None
    stated_on: str | None = None
    in_scope: int = 0
    adopted: int = 0
    acknowledged_at: float | None = None
    outcome: str | None = None
    reason: str | None = None
    reported: int = 1
    attempts: int = 0
    not_before: float | None = None


class Card(NamedTuple):
    """What a group's judgement needs of one of its cards."""

    id: int
    key: str
    short: str
    main: bool
    changed: str | None
    stated: str | None
    in_scope: int
    delivered: bool
    """Whether this mailbox was delivered by this card, or its delivery was begun."""
    certain: bool
    """Whether the target acknowledged it, or the person was found there."""
    seen: bool
    """Whether the person was ever seen at the target."""


class Facts(NamedTuple):
    """What a reading told about a card."""

    changed: str | None
    address: bytes | None
    stated: str
    stated_on: str | None
    in_scope: bool


UNREAD = Facts(None, None, "", None, False)
"""Facts of a card of which nothing was learned yet."""

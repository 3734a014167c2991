# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The feed of opt-outs: the action log by cursor, and the whole opted-out base where the log can not be enough.

The log holds 30 days and does not show a gap, so the cursor remembers when it was taken (contract 10).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Annotated

import msgspec

from airflow_provider_marketsync.contacts.consent import Decided
from airflow_provider_marketsync.engine.ports import Told
from airflow_provider_marketsync.exceptions import LedgerError
from airflow_provider_marketsync.vendors.smaily.rows import Action, OptedOut
from airflow_provider_marketsync.vendors.smaily.stamps import earliest_utc, latest_utc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_marketsync.vendors.smaily.client import SmailyClient

log = logging.getLogger(__name__)

# The log's 30 days, less the time a long pull itself may take.
HORIZON = timedelta(days=30) - timedelta(hours=1)

MEANINGS = {
    "optin": Decided.OPTED_IN,
    "optout": Decided.OPTED_OUT,
    "delete": Decided.OPTED_OUT,
    "complaint": Decided.COMPLAINT,
}
"""Actions that say something about consent. A bounce is not documented to mean "do not mail" (contract 10.3)."""


class Cursor(msgspec.Struct, frozen=True):
    """How far the log was read.

    :param seq_id: number of the last row read, 0 where the log was empty
    :param at: UTC moment the pull began that read it
    """

    seq_id: int
    at: Annotated[datetime, msgspec.Meta(tz=True)]


def cursor_of(text: str) -> Cursor:
    """Read a cursor.

    :raises LedgerError: if it is not one of this module
    """
    try:
        return msgspec.json.decode(text, type=Cursor)
    except msgspec.MsgspecError:
        fault = LedgerError(
            "The kept cursor of Smaily's opt-outs is not readable; restore the ledger from a backup", vendor="smaily"
        )
    raise fault


class SmailyOptOutPull:
    """One pull; fulfils :class:`~airflow_provider_marketsync.engine.ports.OptOutPull`.

    :param client: the account
    :param segment: id of the segment of opted-out subscribers
    :param since: cursor of the last pull, None for the first
    :param now: UTC moment of this pull
    """

    def __init__(self, client: SmailyClient, segment: int, since: Cursor | None, now: datetime) -> None:
        self._client = client
        self._segment = segment
        self._now = now
        self._known = 0
        self._rebaselined = since is None or _has_gap(since, now)
        if since and not self._rebaselined:
            self._known = since.seq_id

    def __iter__(self) -> Iterator[Told]:
        """Yield what the feed tells; the log is drained before and after a walk of the base: nothing falls between."""
        yield from self._drain()
        if self._rebaselined:
            yield from self._walk()
            yield from self._drain()

    @property
    def cursor(self) -> str:
        """Where the next pull goes on."""
        return msgspec.json.encode(Cursor(self._known, self._now)).decode()

    @property
    def rebaselined(self) -> bool:
        """Whether the opted-out base is walked: first pull, or the last one lies beyond the log's horizon."""
        return self._rebaselined

    def _drain(self) -> Iterator[Told]:
        for page in self._client.history_pages(self._known, tuple(MEANINGS)):
            yield from (_told(action) for action in page if action.action in MEANINGS)
            self._known = page[-1].number

    def _walk(self) -> Iterator[Told]:
        for page in self._client.segment_pages(self._segment, OptedOut):
            for row in page:
                # The log forgets a complaint after 30 days, and a complaint is never lifted.
                decided = Decided.COMPLAINT if row.complained else Decided.OPTED_OUT
                yield Told(row.email, decided, latest_utc(row.unsubscribed_at), "segment")


def _told(action: Action) -> Told:
    decided = MEANINGS[action.action]
    # The hour that October repeats is read so that no "no" seems older, and no "yes" newer, than it is.
    at = earliest_utc(action.time) if decided is Decided.OPTED_IN else latest_utc(action.time)
    return Told(action.email, decided, at, action.action)


def _has_gap(since: Cursor, now: datetime) -> bool:
    age = now - since.at.astimezone(timezone.utc)
    if timedelta(0) <= age < HORIZON:
        return False
    if age < timedelta(0):
        log.warning("smaily: the clock has stepped back, which may hide a gap; reading the whole opted-out base")
        return True
    log.warning(
        "smaily: opt-outs were last pulled %d days ago, the action log holds 30; reading the whole opted-out base",
        age.days,
    )
    return True

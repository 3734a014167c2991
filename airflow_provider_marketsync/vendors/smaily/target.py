# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Smaily as a target.

* identity: the e-mail address, compared without case; there is no other id (contract 7)
* create: makes a new person mailable; an existing opt-out stays: ``is_unsubscribed`` is only written as 1 (8.1)
* batch: 500 rows, 100 where rows have more than 20 fields (8.1, 13); 5 requests a second per IP address (5)
* retried: every call made here, for reads and upserts may be repeated
* never: workflows, messages and campaigns, which mail people twice when repeated; they are not called here
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.engine.ports import Answer, Capability, Payload, Presence, Verdict
from airflow_provider_marketsync.exceptions import NoAnswerError, RequestError, RetryableError
from airflow_provider_marketsync.transport.faults import in_doubt
from airflow_provider_marketsync.vendors.smaily.answers import Meaning, Said
from airflow_provider_marketsync.vendors.smaily.client import SmailyClient, open_session
from airflow_provider_marketsync.vendors.smaily.fields import (
    EMAIL,
    FIELD_NAME,
    IS_UNSUBSCRIBED,
    READ_ONLY,
    RESERVED,
    checked_name,
)
from airflow_provider_marketsync.vendors.smaily.optouts import SmailyOptOutPull, cursor_of
from airflow_provider_marketsync.vendors.smaily.rows import Address, Subscriber, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from airflow_provider_marketsync.transport.session import HttpSession
    from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings

WIDE_FIELDS = 20
WIDE_BATCH = 100
_SHOWN = 5
SETTLES_WITHIN = 60.0
"""Seconds after which a write must be readable; Smaily's own tests poll that long (contract 8.1)."""


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class SmailyTarget:
    """One Smaily account; fulfils :class:`~airflow_provider_marketsync.engine.ports.Target`.

    :param settings: the account
    :param fields: how many fields a row has; wide rows travel in small batches
    :param session: how to call it, by default as the settings say
    :param now: the present moment in UTC
    """

    vendor = "smaily"

    def __init__(
        self,
        settings: SmailySettings,
        *,
        fields: int = 0,
        session: HttpSession | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.capability = capability_of(settings, fields)
        self.session = session or open_session(settings)
        self._settings = settings
        self._client = SmailyClient(settings, self.session)
        self._now = now

    @property
    def account(self) -> str:
        """The subdomain."""
        return self._settings.subdomain

    def check(self) -> None:
        """List the segments, or raise a typed error that says what to do."""
        self._client.segments()

    def known_fields(self) -> frozenset[str]:
        """Return the custom fields that a few subscribers show; empty where there is nobody yet.

        Smaily has no list of fields (contract 7), and whether a subscriber shows those it has no value for is open.
        """
        everybody = self._client.segment_page(self._settings.all_segment, Address)
        shown = [self._client.read_one(row.email) or {} for row in _spread(everybody)]
        return frozenset().union(*shown) - RESERVED - READ_ONLY

    def payload(self, address: str, fields: dict[str, str], *, unsubscribed: bool) -> Payload:
        """Render one subscriber.

        :raises PreflightError: if a field's name is reserved or malformed
        """
        row: dict[str, Any] = {checked_name(name): value for name, value in fields.items() if name != EMAIL}
        row[EMAIL] = address
        if unsubscribed:
            row[IS_UNSUBSCRIBED] = 1
        return row

    def send(self, batch: Sequence[Payload]) -> Answer:
        """Upsert one batch; the same batch is sent again after a fault, for repeating it changes nothing.

        :raises NoAnswerError: after the last attempt, if the batch may have been stored
        :raises RetryableError: if it was not
        :raises FatalError: if account, credentials or call are at fault
        """
        try:
            said = self._client.upsert(batch)
        except RetryableError as error:
            if not in_doubt(error):
                raise
            raise _unknown(error) from error
        if said.meaning is Meaning.DONE:
            return Answer(Verdict.ACCEPTED, str(said.code), said.reason)
        if said.meaning is Meaning.REFUSED:
            return Answer(Verdict.REFUSED, str(said.code), said.reason, _named(said, batch))
        raise RequestError(f"Smaily answered an upsert with code {said.code}, which it should not", vendor=self.vendor)

    def read_one(self, address: str) -> Presence | None:
        """Look one person up."""
        found = self._client.read_one(address)
        if found is None:
            return None
        (row,) = rows_of([found], Subscriber)
        return Presence(row.email, mailable=not row.opted_out)

    def walk(self) -> Iterator[list[Presence]]:
        """Yield everybody page by page; a person may come twice, and one who is missing may still be there."""
        for page in self._client.segment_pages(self._settings.all_segment, Subscriber):
            yield [Presence(row.email, mailable=not row.opted_out) for row in page]

    def pull_opt_outs(self, cursor: str | None) -> SmailyOptOutPull:
        """Begin a pull; without a cursor, or one older than the log's horizon, over the whole opted-out base too.

        :raises LedgerError: if the cursor is none of this target's
        """
        since = cursor_of(cursor) if cursor else None
        return SmailyOptOutPull(self._client, self._settings.opted_out_segment, since, self._now())

    def close(self) -> None:
        """Close all connections."""
        self.session.close()


def capability_of(settings: SmailySettings, fields: int) -> Capability:
    """Return what Smaily can do with rows of so many fields."""
    return Capability(
        field_name=FIELD_NAME,
        address_field=EMAIL,
        create_makes_mailable=True,
        can_create_unsubscribed=True,
        double_opt_in=False,
        idempotent_upsert=True,
        bulk_read=True,
        batch_size=min(settings.batch_size, WIDE_BATCH) if fields > WIDE_FIELDS else settings.batch_size,
        in_flight=settings.in_flight,
        settles_within=SETTLES_WITHIN,
        new_fields_appear=True,
    )


def _spread(rows: Sequence[Address]) -> list[Address]:
    """Return at most five rows from all over the page."""
    step = -(-len(rows) // _SHOWN)
    return list(rows[:: max(step, 1)])


def _named(said: Said, batch: Sequence[Payload]) -> tuple[int, ...]:
    """Return where the address stands that code 204 names at its message's end."""
    named = said.message.rpartition(" - ")[2].strip().casefold()
    return tuple(place for place, row in enumerate(batch) if row[EMAIL].strip().casefold() == named)


def _unknown(error: RetryableError) -> NoAnswerError:
    return NoAnswerError(
        "Smaily may have stored the batch, but said nothing that tells; it is sent again later",
        retry_after=error.retry_after,
        vendor="smaily",
        status=error.status,
    )

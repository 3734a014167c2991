# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the engine asks of a source and of a target. A vendor fulfils these; the engine knows nothing else of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from airflow_provider_marketsync.contacts.consent import Decided
from airflow_provider_marketsync.contacts.opt_out import OptOut
from airflow_provider_marketsync.contacts.personal import Personal
from airflow_provider_marketsync.contacts.record import FieldNames, Record

Payload = dict[str, Any]
"""One contact in the target's words, ready to be sent."""


# ------------------------------------------------------------------------------------------------ source


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What a fetch wants from a source.

    :param fields: the fields to keep; nothing else may leave the source port
    :param since: the cursor of the last delivered read as the source itself gave it in :attr:`Reading.cursor`, or None for a
        complete read
    """

    fields: FieldNames
    since: str | None = None


class Reading(Protocol):
    """One read in progress: iterate it to its end, then look at what it learned.

    Iterating raises when the document is cut off or is no list of records: a reading that ended without an
    error is whole.
    """

    def __iter__(self) -> Iterator[Record]:
        """Yield the records; memory does not grow with their number."""

    @property
    def cursor(self) -> str | None:
        """The source's own high-water mark over everything yielded, for :attr:`ReadRequest.since`; None without stamps."""

    @property
    def names_seen(self) -> frozenset[str]:
        """Every field name the source delivered, used or not (``datafields.CODE`` for free fields): names only, never values."""

    @property
    def notices(self) -> Sequence[str]:
        """Short sentences for the log about oddities (records without stamp, say), with counts and no personal data."""


class Source(Protocol):
    """Where records come from."""

    vendor: str

    @property
    def account(self) -> str:
        """Stable, non-secret identity of the account behind the connection (``design.md`` 6)."""

    def check(self) -> None:
        """Make one cheap authenticated read, or raise a typed error that says what to do."""

    def read(self, request: ReadRequest) -> Reading:
        """Begin a read."""

    def since_moment(self, moment: str) -> str:
        """Turn an ISO date or date-time given by a person into a cursor for :attr:`ReadRequest.since`."""


# ------------------------------------------------------------------------------------------------ target


@dataclass(frozen=True, slots=True)
class Capability:
    """What a target can do, in one place; a job it cannot do is an error when the task starts.

    :param field_name: regular expression a target field's name must match
    :param address_field: the payload's key that holds the address
    :param create_makes_mailable: whether a plain create makes a new person mailable
    :param can_create_unsubscribed: whether somebody can be created as opted out
    :param double_opt_in: whether the target can ask a new person for confirmation
    :param idempotent_upsert: whether sending the same batch twice changes nothing; only such a target can be upserted to
    :param bulk_read: whether :meth:`Target.walk` is possible
    :param batch_size: rows in one request
    :param in_flight: requests in flight at one time
    :param settles_within: seconds after which an acknowledged write must be readable
    :param new_fields_appear: whether an unknown field name makes a new field for ever instead of an error
    :param mails_per_create: mails the target itself sends to somebody a plain create made mailable
    """

    field_name: str
    address_field: str
    create_makes_mailable: bool
    can_create_unsubscribed: bool
    double_opt_in: bool
    idempotent_upsert: bool
    bulk_read: bool
    batch_size: int
    in_flight: int
    settles_within: float
    new_fields_appear: bool
    mails_per_create: int = 0


class Verdict(str, Enum):
    """What the target said to a batch."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """The target's answer to one batch. No answer at all, and faults of the account, are raised as errors instead.

    :param verdict: whether the batch as a whole was taken or refused
    :param code: the vendor's short code, for the journal
    :param reason: the vendor's meaning in our words, without personal data
    :param refused: positions in the batch that the target named as bad; empty where it named none
    """

    verdict: Verdict
    code: str
    reason: str
    refused: tuple[int, ...] = ()


class Presence(Personal, frozen=True):
    """Somebody who stands at the target now. Lives in memory only: it holds an address.

    :param address: as the target gave it
    :param mailable: False where the person is opted out there
    """

    address: str
    mailable: bool


class Told(Personal, frozen=True):
    """One thing the target's feed tells about a mailbox. Lives in memory only: it holds an address.

    :param address: as the target gave it
    :param decided: what it means; ``OPTED_IN`` where the person subscribed there again
    :param at: UTC moment as ``YYYY-MM-DDTHH:MM:SSZ``, None where the target does not say
    :param origin: the target's word for it (``optout``, ``complaint``, ``delete``, ``segment``)
    """

    address: str
    decided: Decided
    at: str | None
    origin: str


class OptOutPull(Protocol):
    """One pull of the target's feed: iterate to the end, then take the cursor."""

    def __iter__(self) -> Iterator[Told]:
        """Yield what the feed tells, oldest first; an error means that nothing may be written."""

    @property
    def cursor(self) -> str:
        """Where the next pull goes on; meaningful only after the iteration ended."""

    @property
    def rebaselined(self) -> bool:
        """Whether the whole opted-out base was walked (first pull, or a gap in the feed)."""


class Target(Protocol):
    """Where contacts go."""

    vendor: str
    capability: Capability

    @property
    def account(self) -> str:
        """Stable, non-secret identity of the account behind the connection (``design.md`` 6)."""

    def check(self) -> None:
        """Make one cheap authenticated read, or raise a typed error that says what to do."""

    def known_fields(self) -> frozenset[str]:
        """Field names the account shows by itself; may be empty where nobody stands there yet."""

    def payload(self, address: str, fields: dict[str, str], *, unsubscribed: bool) -> Payload:
        """Render one contact in the target's words.

        ``unsubscribed`` adds the flag that opts the person out; False says nothing about consent at all.
        """

    def send(self, batch: Sequence[Payload]) -> Answer:
        """Upsert one batch (at most ``capability.batch_size`` rows). Thread-safe.

        Raises :class:`NoAnswerError` when the outcome is unknown, other :class:`RetryableError` when nothing was
        done, :class:`FatalError` when the account or the credentials are at fault.
        """

    def read_one(self, address: str) -> Presence | None:
        """Look one person up."""

    def walk(self) -> Iterable[Sequence[Presence]]:
        """Yield everybody who stands at the target, page by page."""

    def pull_opt_outs(self, cursor: str | None) -> OptOutPull:
        """Read the feed of opt-outs since the cursor; without one, or after a gap, over the whole base too."""


# ------------------------------------------------------------------------------------- back to the source


class ConsentSink(Protocol):
    """Where the source hears of opt-outs: a file for its people, or the source itself."""

    def write(self, opt_outs: Iterable[OptOut]) -> Iterator[str | None]:
        """Write opt-outs and yield one result each, in their order, as soon as it is certain.

        None means that it is written for good; a text says why it is not, without personal data, and the opt-out is
        handed over again by a later run.
        """

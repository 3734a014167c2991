# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One contact card (contract sections 4, 6 and 8.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.salesmanago.event import Event

STATES = ("CUSTOMER", "PROSPECT", "PARTNER", "OTHER", "UNKNOWN")
DEFAULT_STATE = "PROSPECT"
ADDRESS_FIELDS = ("streetAddress", "zipCode", "city", "country")


class Birthday(NamedTuple):
    """Parts as a card shows them: unpadded text."""

    year: str | None
    month: str | None
    day: str | None


NO_BIRTHDAY = Birthday(None, None, None)


@dataclass(slots=True)
class Tag:
    """One tag on one card; ``score`` rises only with tag scoring."""

    name: str
    created_at: float
    score: int = 1


@dataclass(slots=True)
class Card:
    """
    A contact; times are seconds since 1970.

    :param texts: ``name``, ``phone``, ``fax``, ``company``, ``externalId``, ``province``, ``lang`` as far as set
    :param dictionary: name -> (type, value)
    :param consents: by consent name, as they were sent
    :param purge_at: when the nightly run removes it for good; None = never
    :param awaits_confirmation: a double opt-in mail is out and was not answered
    """

    id: str
    email: str
    owner: str
    created_at: float
    modified_at: float
    texts: dict[str, str] = field(default_factory=dict)
    state: str = DEFAULT_STATE
    address: dict[str, str] = field(default_factory=dict)
    birthday: Birthday = NO_BIRTHDAY
    properties: dict[str, str] = field(default_factory=dict)
    dictionary: dict[str, tuple[str, float]] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    consents: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    score: int = 0
    opted_out: bool = False
    opted_out_phone: bool = False
    deleted: bool = False
    invalid: bool = False
    last_visit: float | None = None
    purge_at: float | None = None
    awaits_confirmation: bool = False

    @property
    def is_mailable(self) -> bool:
        """Tell whether a mailing would reach this person."""
        return not (self.opted_out or self.deleted or self.invalid)

    @property
    def is_textable(self) -> bool:
        """Tell whether an SMS would reach this person."""
        return bool(self.texts.get("phone")) and not (self.opted_out_phone or self.deleted)

    def profile(self) -> tuple[Any, ...]:
        """Everything a write can change, to tell whether one did."""
        return (
            self.email, self.owner, self.state, self.birthday, self.opted_out, self.opted_out_phone, self.deleted,
            tuple(self.texts.items()), tuple(self.address.items()), tuple(self.properties.items()),
            tuple(self.dictionary.items()), tuple((tag.name, tag.score) for tag in self.tags.values()),
            repr(self.consents), len(self.notes),
        )  # fmt: skip

# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every change of a status, and the webhook event it is (contract sections 8 and 10.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.mailup.recipient import (
    EMAIL,
    PENDING,
    SUBSCRIBED,
    UNSUBSCRIBED,
    Membership,
    Place,
    Recipient,
    reason_of,
)
from airflow_provider_marketsync.sandbox.mailup.webhooks import Event, post_event

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.mailup.account import Account

API, CONSOLE, PERSON = "API", "Console", "Recipient"
HARD_BOUNCE, COMPLAINT = "8", "16"


@dataclass(frozen=True)
class Cause:
    """
    Who or what changes something.

    :param source: ``API``, ``Console`` or ``Recipient``
    :param at: seconds since 1970
    :param fires: whether webhooks are called
    :param ip: address of the caller, kept with a request to subscribe
    """

    source: str
    at: float
    fires: bool = True
    ip: str | None = None


def _membership(account: Account, place: Place, recipient: Recipient) -> Membership:
    return account.roll(place).setdefault(recipient.id, Membership(""))


def _tell(account: Account, kind: str, place: Place, recipient: Recipient, cause: Cause) -> None:
    if cause.fires:
        membership = account.membership(place, recipient) or Membership("")
        post_event(account, Event(kind, place, recipient, membership, cause.source, cause.at))


def subscribe(account: Account, place: Place, recipient: Recipient, cause: Cause) -> None:
    """Subscribe at once; a pending one is confirmed by it."""
    membership = _membership(account, place, recipient)
    if membership.status == SUBSCRIBED:
        return
    membership.status, membership.optin_at = SUBSCRIBED, cause.at
    if account.switches["optout_date_after_return"] == "cleared":
        membership.forget_opt_out()
    _tell(account, "SUBSCRIBE", place, recipient, cause)


def request(account: Account, place: Place, recipient: Recipient, cause: Cause) -> None:
    """Make pending; there is no event for it."""
    membership = _membership(account, place, recipient)
    membership.status, membership.optin_at = PENDING, None
    membership.requested_at, membership.requested_from = cause.at, cause.ip
    membership.forget_opt_out()


def unsubscribe(
    account: Account, place: Place, recipient: Recipient, cause: Cause, code: str, message: int | None = None
) -> None:
    """
    Unsubscribe; an earlier opt-out keeps its date and reason.

    :param code: of section 10.2
    :param message: id of the message whose link was clicked
    """
    membership = _membership(account, place, recipient)
    if membership.status == UNSUBSCRIBED:
        return
    membership.status, membership.optout_at, membership.optout_message = UNSUBSCRIBED, cause.at, message
    membership.optout_type, membership.optout_subtype = reason_of(code)
    _tell(account, "UNSUBSCRIBE", place, recipient, cause)


def bounce(account: Account, recipient: Recipient, cause: Cause, code: str) -> None:
    """Count a hard bounce: it ends the subscription in every list."""
    for place in account.places_of(recipient):
        if place.channel == EMAIL:
            unsubscribe(account, place, recipient, cause, code)


def remove_from_list(account: Account, list_id: int, recipient: Recipient, cause: Cause) -> None:
    """Remove from one list and its groups; the memory of an opt-out goes too."""
    for place in account.places_of(recipient):
        if place.list_id == list_id:
            _tell(account, "DELETE", place, recipient, cause)
            del account.rolls[place][recipient.id]
    for group in account.groups_of(recipient, list_id):
        del group.members[recipient.id]


def remove_from_account(account: Account, recipient: Recipient, cause: Cause) -> None:
    """Forget a recipient wholly."""
    for list_id in sorted({place.list_id for place in account.places_of(recipient)}):
        remove_from_list(account, list_id, recipient, cause)
    for group in account.groups.values():
        group.members.pop(recipient.id, None)
    account.people.remove(recipient)


def tell_profile(account: Account, recipient: Recipient, cause: Cause, list_id: int | None = None) -> None:
    """Tell that fields or groups changed, in one list or in all of the recipient's."""
    for place in account.places_of(recipient):
        if place.channel == EMAIL and list_id in (None, place.list_id):
            _tell(account, "CHANGEPROFILE", place, recipient, cause)


def tell_new_address(account: Account, recipient: Recipient, new: str, cause: Cause) -> None:
    """Change the address: the old one is told as unsubscribed, the new one as subscribed; statuses stay."""
    places = [place for place in account.places_of(recipient) if account.is_subscribed(place.list_id, recipient)]
    for place in places:
        _tell(account, "UNSUBSCRIBE", place, recipient, cause)
    account.people.rename(recipient, new)
    for place in places:
        _tell(account, "SUBSCRIBE", place, recipient, cause)
